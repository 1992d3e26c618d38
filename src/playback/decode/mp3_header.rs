//! Takes the first bytes of an MPEG audio stream; gives what its Xing, Info or VBRI frame says of
//! its length and of the encoder's delay. Never estimates, and never looks past the first frames.

use super::trim::Window;

/// Frames that every layer III decoder puts before the encoder's own delay: half a polyphase
/// filter bank and an MDCT overlap, 528 + 1 (LAME's "decoder delay").
const DECODER_DELAY: u64 = 529;

/// What the information frame of an MP3 says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mp3Header {
    /// PCM frames in one MPEG frame: 1152, or 576 below 32 kHz.
    frames_per_packet: u64,
    /// MPEG frames after the information frame.
    packets: Option<u64>,
    /// Bytes of the stream.
    bytes: Option<u64>,
    /// Frames the encoder put before and after the music (LAME, Lavf and Lavc write them).
    gap: Option<(u64, u64)>,
}

impl Mp3Header {
    /// The music within decoded time, which begins with the frame after the information frame.
    ///
    /// Nothing is cut where no encoder left its delay; the end is cut only where the number of frames
    /// is known too, and believed: `len` is the stream's bytes, and a file with far more of them than
    /// the header says holds several streams in a row.
    pub(super) fn window(&self, len: u64) -> Window {
        let Some((delay, padding)) = self.gap else {
            return Window::default();
        };
        let beyond = padding.saturating_sub(DECODER_DELAY);
        let decoded = self.decoded(len);
        Window { start: delay + DECODER_DELAY, end: decoded.map(|all| all.saturating_sub(beyond)) }
    }

    /// Frames that the whole stream of `len` bytes decodes to, where the header says so.
    pub(super) fn decoded(&self, len: u64) -> Option<u64> {
        // Room for an appended tag with a picture.
        let expected = self.bytes.map(|bytes| bytes + bytes / 2 + 256 * 1024);
        if expected.is_some_and(|expected| len > expected) {
            return None;
        }
        self.packets.map(|n| n.saturating_mul(self.frames_per_packet))
    }
}

/// The window of a delay and a length that were given elsewhere (`iTunSMPB` in an MP3), in the
/// terms of an encoder: the decoder's own delay comes on top.
pub(super) fn window_of(delay: u32, frames: u64) -> Window {
    let start = u64::from(delay) + DECODER_DELAY;
    Window { start, end: Some(start.saturating_add(frames)) }
}

/// Looks for the information frame in the first bytes of a stream (after any ID3v2 tag).
pub(super) fn find(head: &[u8]) -> Option<Mp3Header> {
    (0..head.len().saturating_sub(4)).find_map(|at| parse_frame(&head[at..]))
}

/// A layer III frame header, as far as the information frame needs it.
struct Layer3 {
    frames_per_packet: u64,
    side_info: usize,
}

fn layer3(bytes: &[u8]) -> Option<Layer3> {
    let &[0xff, b1, b2, b3, ..] = bytes else {
        return None;
    };
    let version = (b1 >> 3) & 3;
    let is_layer3 = b1 & 0xe0 == 0xe0 && version != 1 && (b1 >> 1) & 3 == 1;
    let is_valid = b2 >> 4 != 15 && (b2 >> 2) & 3 != 3;
    if !is_layer3 || !is_valid {
        return None;
    }
    let (mpeg1, mono) = (version == 3, b3 >> 6 == 3);
    Some(Layer3 {
        frames_per_packet: if mpeg1 { 1152 } else { 576 },
        side_info: match (mpeg1, mono) {
            (true, false) => 32,
            (true, true) | (false, false) => 17,
            (false, true) => 9,
        },
    })
}

fn parse_frame(bytes: &[u8]) -> Option<Mp3Header> {
    let frame = layer3(bytes)?;
    let xing = bytes.get(4 + frame.side_info..)?;
    // An information frame has nothing to decode: its side information (behind a checksum) is empty.
    if bytes[6..4 + frame.side_info].iter().any(|&byte| byte != 0) {
        return None;
    }
    if xing.starts_with(b"Xing") || xing.starts_with(b"Info") {
        return parse_xing(&xing[4..], frame.frames_per_packet);
    }
    // VBRI always stands 32 bytes after the header: id, version, delay, quality, bytes, frames.
    let vbri = bytes.get(36..).filter(|vbri| vbri.starts_with(b"VBRI"))?;
    Some(Mp3Header {
        frames_per_packet: frame.frames_per_packet,
        bytes: Some(u64::from(be32(vbri, 10)?)),
        packets: Some(u64::from(be32(vbri, 14)?)),
        gap: None,
    })
}

/// The Xing header (flags, then the fields that the flags announce) and LAME's extension of it:
/// <http://gabriel.mp3-tech.org/mp3infotag.html>.
fn parse_xing(body: &[u8], frames_per_packet: u64) -> Option<Mp3Header> {
    let flags = be32(body, 0)?;
    let mut at = 4;
    let mut field = |flag: u32, len: usize| {
        let start = at;
        let present = flags & flag != 0;
        at += if present { len } else { 0 };
        present.then_some(start)
    };
    let packets = field(1, 4).and_then(|at| be32(body, at));
    let bytes = field(2, 4).and_then(|at| be32(body, at));
    field(4, 100);
    field(8, 4);
    let gap = body.get(at..).and_then(parse_lame);
    Some(Mp3Header { frames_per_packet, packets: packets.map(u64::from), bytes: bytes.map(u64::from), gap })
}

/// Delay and padding, 12 bits each, at byte 21 of the extension.
fn parse_lame(lame: &[u8]) -> Option<(u64, u64)> {
    let known = [&b"LAME"[..], b"Lavf", b"Lavc"];
    if !known.iter().any(|name| lame.starts_with(name)) {
        return None;
    }
    let &[a, b, c] = lame.get(21..24)? else {
        return None;
    };
    let delay = u64::from(a) << 4 | u64::from(b) >> 4;
    let padding = u64::from(b & 15) << 8 | u64::from(c);
    Some((delay, padding))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(word.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    /// An MPEG-1 joint stereo frame with a Xing header of the given flags and encoder.
    fn frame(flags: u32, packets: u32, encoder: &[u8], delay: u32, padding: u32) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xfb, 0x90, 0x40];
        bytes.resize(36, 0);
        bytes.extend_from_slice(b"Xing");
        bytes.extend(flags.to_be_bytes());
        if flags & 1 != 0 {
            bytes.extend(packets.to_be_bytes());
        }
        if flags & 4 != 0 {
            bytes.extend([0; 100]);
        }
        let lame = bytes.len();
        bytes.extend_from_slice(encoder);
        bytes.resize(lame + 21, 0);
        bytes.extend(&(delay << 12 | padding).to_be_bytes()[1..]);
        bytes.resize(417, 0);
        bytes
    }

    #[test]
    fn lame_says_where_music_begins_and_ends() {
        // 100 frames of 1152: 576 + 529 before the music, 1000 - 529 after it.
        let header = find(&frame(5, 100, b"LAME3.100", 576, 1000)).unwrap();
        let window = header.window(0);
        assert_eq!(window.start, 1105);
        assert_eq!(window.frames(), Some(115_200 - 576 - 1000));
    }

    #[test]
    fn lame_without_a_count_gives_no_end() {
        let window = find(&frame(0, 0, b"Lavc60.31", 1105, 900)).unwrap().window(0);
        assert_eq!((window.start, window.end), (1634, None));
    }

    #[test]
    fn another_encoder_gives_a_length_and_no_window() {
        let header = find(&frame(1, 10, b"GOGO", 576, 1000)).unwrap();
        assert_eq!(header.window(0), Window::default());
        assert_eq!(header.decoded(0), Some(11_520));
    }

    #[test]
    fn a_header_of_one_of_several_streams_gives_no_end() {
        let mut header = find(&frame(1, 10, b"LAME", 576, 1000)).unwrap();
        header.bytes = Some(1_000_000);
        assert!(header.window(1_000_100).end.is_some());
        assert_eq!(header.window(2_000_000).end, None);
    }

    #[test]
    fn vbri_gives_a_length() {
        let mut bytes = vec![0xff, 0xfb, 0x90, 0x40];
        bytes.resize(36, 0);
        bytes.extend_from_slice(b"VBRI\0\x01\0\0\0\0\0\0\0\0\0\0\0\x0a");
        assert_eq!(find(&bytes).unwrap().decoded(0), Some(11_520));
    }

    #[test]
    fn a_frame_with_music_in_it_is_no_information_frame() {
        let mut bytes = frame(1, 10, b"LAME", 576, 1000);
        bytes[20] = 1;
        assert_eq!(find(&bytes), None);
    }

    #[test]
    fn leading_garbage_is_passed_over() {
        let mut bytes = b"garbage \xff\xfb\x90".to_vec();
        bytes.extend(frame(1, 7, b"LAME", 576, 600));
        assert_eq!(find(&bytes).unwrap().packets, Some(7));
    }

    #[test]
    fn plain_frames_say_nothing() {
        let mut bytes = vec![0xff, 0xfb, 0x90, 0x40];
        bytes.resize(4096, 0);
        assert_eq!(find(&bytes), None);
        assert_eq!(find(b""), None);
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            if let Some(header) = find(&bytes) {
                header.window(600);
            }
        }
    }
}
