//! Takes the first bytes of a WAV file above 4 GB; gives the header of the plain WAV that it would be, and
//! where its samples stand. Never reads samples.
//!
//! RF64 and BW64: EBU Tech 3306, ITU-R BS.2088. Sizes that do not fit stand in the chunk `ds64`.

/// A header for a demuxer that knows 32-bit sizes only.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wave {
    pub(super) head: Vec<u8>,
    /// The first byte of the samples, counted from the header's first.
    pub(super) data_at: u64,
    pub(super) data_len: u64,
    pub(super) frames: u64,
}

/// The plain header of an RF64 or BW64 file; `None` for any other file and where it is incomplete.
pub(super) fn translate(bytes: &[u8]) -> Option<Wave> {
    let is_large = bytes.starts_with(b"RF64") || bytes.starts_with(b"BW64");
    if !is_large || bytes.get(8..12)? != b"WAVE" {
        return None;
    }
    let (mut ds64, mut fmt) = (None, None);
    let mut at = 12_usize;
    loop {
        let (id, len) = (bytes.get(at..at + 4)?, le32(bytes, at + 4)?);
        let body = at + 8;
        match id {
            b"ds64" => ds64 = Some(le64(bytes, body + 8)?),
            b"fmt " => fmt = Some(bytes.get(at..body.checked_add(len as usize)?)?),
            b"data" => {
                let data_len = if len == u32::MAX { ds64? } else { u64::from(len) };
                return wave(fmt?, body as u64, data_len);
            }
            _ => {}
        }
        at = body.checked_add(len as usize)?.checked_next_multiple_of(2)?;
    }
}

fn wave(fmt: &[u8], data_at: u64, data_len: u64) -> Option<Wave> {
    let block = u64::from(u16::from_le_bytes([*fmt.get(20)?, *fmt.get(21)?]));
    let frames = data_len.checked_div(block)?;
    // What does not fit says "to the end", which is where the view ends.
    let len = u32::try_from(data_len).unwrap_or(u32::MAX).to_le_bytes();
    let odd = vec![0; fmt.len() % 2];
    let head = [&b"RIFF\xff\xff\xff\xffWAVE"[..], fmt, &odd, b"data", &len].concat();
    Some(Wave { head, data_at, data_len, frames })
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn le64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn large(data_len: u64) -> Vec<u8> {
        let mut bytes = b"RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0".to_vec();
        bytes.extend((data_len + 72).to_le_bytes());
        bytes.extend(data_len.to_le_bytes());
        bytes.extend([0; 12]);
        bytes.extend(b"fmt \x10\0\0\0\x01\0\x02\0\x44\xac\0\0\x10\xb1\x02\0\x04\0\x10\0");
        bytes.extend(b"data\xff\xff\xff\xff");
        bytes
    }

    #[test]
    fn the_size_comes_from_its_own_chunk() {
        let wave = translate(&large(6_000_000_000)).unwrap();
        assert_eq!((wave.data_at, wave.data_len, wave.frames), (80, 6_000_000_000, 1_500_000_000));
        assert_eq!(&wave.head[..12], b"RIFF\xff\xff\xff\xffWAVE");
        assert_eq!(&wave.head[36..], b"data\xff\xff\xff\xff");
        assert_eq!(&translate(&large(4000)).unwrap().head[40..], 4000_u32.to_le_bytes());
    }

    #[test]
    fn other_files_and_halves_of_headers_are_left_alone() {
        assert_eq!(translate(b"RIFF\0\0\0\0WAVEdata"), None);
        let bytes = large(4000);
        assert!((0..bytes.len()).all(|len| translate(&bytes[..len]).is_none()));
    }

    proptest! {
        #[test]
        fn never_panics(at in 4_usize..80, value in any::<u8>()) {
            let mut bytes = large(4000);
            bytes[at] = value;
            translate(&bytes);
        }
    }
}
