//! Takes the last bytes of an Ogg file; gives the granule position at which one of its streams ends.
//! Never follows packets.

use super::ogg_watch;

/// The bytes of a file's end that surely hold a whole last page: a page is at most 65,307 bytes.
pub(super) const TAIL: usize = 128 * 1024;

/// The bytes of a file's beginning that hold its headers and the first pages of sound.
pub(super) const HEAD: usize = 256 * 1024;

/// All of a file's first bytes but the pages that are damaged.
pub(super) fn whole_pages(head: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    let mut at = 0;
    while let Some(found) = head[at..].windows(4).position(|window| window == b"OggS") {
        at += found;
        match ogg_watch::page_len(&head[at..]) {
            // The page at the end of these bytes is whole in the file.
            None => break,
            Some(0) => at += 1,
            Some(len) => {
                whole.extend_from_slice(&head[at..at + len]);
                at += len;
            }
        }
    }
    whole.extend_from_slice(&head[at..]);
    whole
}

/// The final granule position of the stream `serial`; `None` where it does not end the file (another
/// chained stream follows it) or where the tail shows no page of it.
pub(super) fn final_granule(tail: &[u8], serial: u32) -> Option<u64> {
    let mut last = None;
    for page in (0..tail.len()).filter_map(|at| Page::parse(&tail[at..])) {
        // Joined copies of a file share one serial number, though they should not.
        if page.begins_stream && last.is_some() {
            return None;
        }
        // Header pages stand at 0, and a page on which no packet ends has no position.
        if page.serial == serial && page.granule != 0 && page.granule != u64::MAX {
            last = Some(page.granule);
        }
    }
    last
}

/// A page header: RFC 3533, 6.
struct Page {
    begins_stream: bool,
    granule: u64,
    serial: u32,
}

impl Page {
    /// Reads the header of a page that is there as a whole.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let head: &[u8; 27] = bytes.first_chunk()?;
        if !head.starts_with(b"OggS\0") {
            return None;
        }
        let lacing = bytes.get(27..27 + usize::from(head[26]))?;
        let body: usize = lacing.iter().map(|&len| usize::from(len)).sum();
        let is_whole = bytes.len() >= 27 + lacing.len() + body;
        is_whole.then_some(Self {
            begins_stream: head[5] & 2 != 0,
            granule: u64::from_le_bytes(*head[6..].first_chunk()?),
            serial: u32::from_le_bytes(*head[14..].first_chunk()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(flags: u8, granule: u64, serial: u32) -> Vec<u8> {
        let mut page = b"OggS\0".to_vec();
        page.push(flags);
        page.extend(granule.to_le_bytes());
        page.extend(serial.to_le_bytes());
        page.extend([0; 8]);
        page.extend([2, 3, 4]);
        page.extend(b"packets");
        page
    }

    #[test]
    fn finds_the_last_page_that_ends_a_packet() {
        let tail = [page(0, 100, 7), page(0, 200, 7), page(0, u64::MAX, 7)].concat();
        assert_eq!(final_granule(&tail, 7), Some(200));
        assert_eq!(final_granule(&tail, 8), None);
    }

    #[test]
    fn a_chained_stream_hides_the_end_of_the_first() {
        let tail = [page(4, 100, 7), page(2, 0, 8), page(4, 50, 8)].concat();
        assert_eq!(final_granule(&tail, 7), None);
        let copies = [page(2, 0, 7), page(4, 100, 7), page(2, 0, 7), page(4, 100, 7)].concat();
        assert_eq!(final_granule(&copies, 7), None);
    }

    #[test]
    fn a_video_beside_it_does_not_hide_the_end() {
        let tail = [page(2, 0, 7), page(2, 0, 8), page(0, 100, 7), page(4, 90, 8)].concat();
        assert_eq!(final_granule(&tail, 7), Some(100));
    }

    #[test]
    fn a_page_that_is_cut_does_not_count() {
        let tail = [page(0, 100, 7), page(0, 200, 7)].concat();
        assert_eq!(final_granule(&tail[..tail.len() - 1], 7), Some(100));
    }

    #[test]
    fn a_short_tail_is_no_page() {
        assert_eq!(final_granule(b"OggS\0", 0), None);
        assert_eq!(final_granule(b"", 0), None);
    }
}
