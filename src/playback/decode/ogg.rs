//! Takes the last bytes of an Ogg file; gives the granule position at which one of its streams ends.
//! Never follows packets.

/// The bytes of a file's end that surely hold a whole last page: a page is at most 65,307 bytes.
pub(super) const TAIL: u64 = 128 * 1024;

/// The final granule position of the stream `serial`; `None` where it does not end the file (it is
/// followed by another chained stream) or where the tail shows no page of it.
///
/// Page header: RFC 3533, 6.
pub(super) fn final_granule(tail: &[u8], serial: u32) -> Option<u64> {
    let mut last = None;
    for at in 0..tail.len().saturating_sub(26) {
        let page = &tail[at..];
        if !page.starts_with(b"OggS\0") {
            continue;
        }
        let begins_stream = page[5] & 2 != 0;
        let page_serial = u32::from_le_bytes(page[14..18].try_into().ok()?);
        let granule = u64::from_le_bytes(page[6..14].try_into().ok()?);
        if begins_stream && page_serial != serial {
            last = None;
        } else if page_serial == serial && granule != u64::MAX {
            last = Some(granule);
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(flags: u8, granule: u64, serial: u32) -> Vec<u8> {
        let mut page = b"OggS\0".to_vec();
        page.push(flags);
        page.extend(granule.to_le_bytes());
        page.extend(serial.to_le_bytes());
        page.extend([0; 20]);
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
    }

    #[test]
    fn a_short_tail_is_no_page() {
        assert_eq!(final_granule(b"OggS\0", 0), None);
        assert_eq!(final_granule(b"", 0), None);
    }
}
