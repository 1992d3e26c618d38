//! Takes the first and last bytes of a Matroska file; gives the codec delay of a track and the padding
//! of its last block. Never reads frames.
//!
//! Elements: RFC 9559, 5.1.4.1.27 (`CodecDelay`) and 5.1.3.5.7 (`DiscardPadding`), both nanoseconds.

/// Bytes of the file's beginning and end that are looked at.
pub(super) const HEAD: usize = 64 * 1024;
pub(super) const TAIL: usize = 256 * 1024;

pub(super) const SEGMENT: u32 = 0x1853_8067;
const TRACKS: u32 = 0x1654_ae6b;
const TRACK_ENTRY: u32 = 0xae;
const TRACK_NUMBER: u32 = 0xd7;
const CODEC_DELAY: u32 = 0x56aa;
pub(super) const CLUSTER: u32 = 0x1f43_b675;
pub(super) const SIMPLE_BLOCK: u32 = 0xa3;
pub(super) const BLOCK_GROUP: u32 = 0xa0;
pub(super) const BLOCK: u32 = 0xa1;
const DISCARD_PADDING: u32 = 0x75a2;

/// The codec delay of track `number`, in nanoseconds.
pub(super) fn codec_delay(head: &[u8], number: u64) -> Option<u64> {
    let (_, segment) = Elements(head).find(|&(id, _)| id == SEGMENT)?;
    let (_, tracks) = Elements(segment).find(|&(id, _)| id == TRACKS)?;
    let entries = Elements(tracks).filter(|&(id, _)| id == TRACK_ENTRY);
    let value = |entry, wanted| Elements(entry).find(|&(id, _)| id == wanted).map(|(_, v)| uint(v));
    let (_, entry) = entries.into_iter().find(|&(_, e)| value(e, TRACK_NUMBER) == Some(number))?;
    value(entry, CODEC_DELAY)
}

/// The padding at the end of the last block of track `number`, in nanoseconds; 0 where it has none.
pub(super) fn tail_padding(tail: &[u8], number: u64) -> u64 {
    let id = CLUSTER.to_be_bytes();
    let clusters = (0..tail.len().saturating_sub(4)).rev().filter(|&at| tail[at..].starts_with(&id));
    // The bytes of a cluster's name may stand in audio by chance: take the last that holds a block.
    for at in clusters.take(16) {
        let Some((CLUSTER, cluster)) = Elements(&tail[at..]).next() else {
            continue;
        };
        let padding = Elements(cluster).filter_map(|(id, body)| match id {
            SIMPLE_BLOCK if is_of(body, number) => Some(0),
            BLOCK_GROUP => group_padding(body, number),
            _ => None,
        });
        if let Some(padding) = padding.last() {
            return padding;
        }
    }
    0
}

fn group_padding(group: &[u8], number: u64) -> Option<u64> {
    let (_, block) = Elements(group).find(|&(id, _)| id == BLOCK)?;
    if !is_of(block, number) {
        return None;
    }
    let padding = Elements(group).find(|&(id, _)| id == DISCARD_PADDING);
    // Negative padding would be at the block's beginning; no muxer writes it for music.
    Some(padding.map_or(0, |(_, v)| match v.first() {
        Some(first) if first & 0x80 == 0 => uint(v),
        _ => 0,
    }))
}

/// Whether a block belongs to the track: it begins with the track's number.
fn is_of(block: &[u8], number: u64) -> bool {
    vint(block).is_some_and(|(value, _)| value == Some(number))
}

/// The elements of a master element, as far as they are whole or reach beyond the bytes given.
struct Elements<'a>(&'a [u8]);

impl<'a> Iterator for Elements<'a> {
    type Item = (u32, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.0;
        let id_len = bytes.first()?.leading_zeros() as usize + 1;
        let id = bytes.get(..id_len).filter(|_| id_len <= 4)?;
        let id = id.iter().fold(0, |id, &byte| id << 8 | u32::from(byte));
        let (size, size_len) = vint(&bytes[id_len..])?;
        let body = &bytes[id_len + size_len..];
        let size = size.map_or(body.len(), |size| usize::try_from(size).unwrap_or(usize::MAX));
        let (body, rest) = body.split_at(size.min(body.len()));
        self.0 = rest;
        Some((id, body))
    }
}

/// A variable-length number (RFC 8794, 4) and its length; `None` inside is "unknown".
pub(super) fn vint(bytes: &[u8]) -> Option<(Option<u64>, usize)> {
    let len = bytes.first()?.leading_zeros() as usize + 1;
    let raw = bytes.get(..len).filter(|_| len <= 8)?;
    let value = raw.iter().fold(0_u64, |value, &byte| value << 8 | u64::from(byte));
    let mask = (1_u64 << (7 * len)) - 1;
    let value = value & mask;
    Some(((value != mask).then_some(value), len))
}

fn uint(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |value, &byte| value << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn element(id: u32, body: &[u8]) -> Vec<u8> {
        let id = id.to_be_bytes();
        let mut bytes: Vec<u8> = id.into_iter().skip_while(|&byte| byte == 0).collect();
        bytes.push(0x40 | (body.len() >> 8) as u8);
        bytes.push(body.len() as u8);
        bytes.extend_from_slice(body);
        bytes
    }

    #[test]
    fn reads_the_codec_delay_of_the_right_track() {
        let entry = |number: u8, delay: [u8; 3]| {
            let number = element(TRACK_NUMBER, &[number]);
            element(TRACK_ENTRY, &[number, element(CODEC_DELAY, &delay)].concat())
        };
        let tracks = element(TRACKS, &[entry(1, [0, 0, 1]), entry(2, [0x63, 0x2e, 0xa0])].concat());
        let file = [element(0x1a45_dfa3, &[]), element(SEGMENT, &tracks)].concat();
        assert_eq!(codec_delay(&file, 2), Some(6_500_000));
        assert_eq!(codec_delay(&file, 3), None);
    }

    #[test]
    fn reads_the_padding_of_the_last_block_only() {
        let group = |padding: &[u8]| {
            let block = element(BLOCK, &[0x81, 0, 0, 0, 1, 2, 3]);
            element(BLOCK_GROUP, &[block, element(DISCARD_PADDING, padding)].concat())
        };
        let simple = element(SIMPLE_BLOCK, &[0x81, 0, 0, 0, 9]);
        let cluster = element(CLUSTER, &[simple.clone(), group(&[0x12, 0x34])].concat());
        let tail = [b"tail of a cluster".to_vec(), cluster].concat();
        assert_eq!(tail_padding(&tail, 1), 0x1234);
        assert_eq!(tail_padding(&tail, 2), 0);
        let cluster = element(CLUSTER, &[group(&[0x12]), simple].concat());
        assert_eq!(tail_padding(&cluster, 1), 0);
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let cluster = [CLUSTER.to_be_bytes().to_vec(), bytes].concat();
            tail_padding(&cluster, 1);
            codec_delay(&cluster[4..], 1);
        }
    }
}
