//! Takes Opus packets and their stream header; gives 48 kHz PCM. Beside it stand the pure readers of
//! `OpusHead` and of a packet's length. Never trims: pre-skip is part of the track's window.

use ropus::{Channels, DecodeMode, OpusMSDecoder};

use super::DecodeError;

/// Opus always decodes at this rate here; the header's "input rate" is only a memory of the source.
pub(super) const RATE: u32 = 48_000;

/// The longest packet there may be: 120 ms (RFC 6716, 3.1).
const LONGEST_PACKET: usize = 5760;

/// The stream header: RFC 7845, 5.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OpusHead {
    pub(super) channels: u8,
    /// Frames to drop from the beginning of the decoded stream.
    pub(super) pre_skip: u16,
    /// Gain that the decoder applies, in 1/256 dB.
    gain: i16,
    layout: Layout,
}

/// How channels are spread over streams.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Layout {
    /// Mapping family 0: one stream, mono or stereo.
    Single,
    /// Mapping families 1 and 255: streams, coupled streams, and the decoded channel of each.
    Multi { streams: u8, coupled: u8, mapping: Vec<u8> },
}

impl OpusHead {
    /// Reads the header as Ogg and Matroska keep it.
    ///
    /// # Errors
    /// [`DecodeError::Unsupported`] for ambisonics, [`DecodeError::Damaged`] for anything malformed.
    pub(super) fn parse(head: &[u8]) -> Result<Self, DecodeError> {
        let malformed = || DecodeError::Damaged("its OpusHead is malformed".into());
        let fixed: &[u8; 19] = head.first_chunk().ok_or_else(malformed)?;
        if !fixed.starts_with(b"OpusHead") || fixed[8] & 0xf0 != 0 {
            return Err(malformed());
        }
        let channels = fixed[9];
        let layout = match fixed[18] {
            0 if (1..=2).contains(&channels) => Layout::Single,
            1 | 255 if (1..=32).contains(&channels) => {
                let table = head.get(19..21 + usize::from(channels)).ok_or_else(malformed)?;
                Layout::Multi {
                    streams: table[0],
                    coupled: table[1],
                    mapping: in_wave_order(fixed[18], &table[2..]),
                }
            }
            2 | 3 => return Err(DecodeError::Unsupported("ambisonic Opus".into())),
            _ => return Err(malformed()),
        };
        Ok(Self {
            channels,
            pre_skip: u16::from_le_bytes([fixed[10], fixed[11]]),
            gain: i16::from_le_bytes([fixed[16], fixed[17]]),
            layout,
        })
    }
}

/// Family 1 keeps channels in the order of Vorbis (RFC 7845, 5.1.1.2); this is the WAVE order.
fn in_wave_order(family: u8, mapping: &[u8]) -> Vec<u8> {
    let order: &[usize] = match (family, mapping.len()) {
        (1, 3) => &[0, 2, 1],
        (1, 5) => &[0, 2, 1, 3, 4],
        (1, 6) => &[0, 2, 1, 5, 3, 4],
        (1, 7) => &[0, 2, 1, 6, 5, 3, 4],
        (1, 8) => &[0, 2, 1, 7, 5, 6, 3, 4],
        _ => return mapping.to_vec(),
    };
    order.iter().map(|&from| mapping[from]).collect()
}

/// Frames at 48 kHz that a packet decodes to (RFC 6716, 3.1 and 3.2); `None` if it is malformed.
pub(super) fn packet_frames(packet: &[u8]) -> Option<u64> {
    let &toc = packet.first()?;
    let config = u64::from(toc >> 3);
    let frame = match config {
        0..12 => [480, 960, 1920, 2880][config as usize % 4],
        12..16 => [480, 960][config as usize % 2],
        _ => [120, 240, 480, 960][config as usize % 4],
    };
    let count = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u64::from(packet.get(1)? & 0x3f),
    };
    let frames = frame * count;
    (1..=LONGEST_PACKET as u64).contains(&frames).then_some(frames)
}

/// Whether a packet is coded as speech, by SILK alone or beneath CELT (RFC 6716, 3.1).
pub(super) fn is_speech(packet: &[u8]) -> bool {
    packet.first().is_some_and(|toc| toc >> 3 < 16)
}

/// One stream's decoder.
pub(super) struct OpusDecoder {
    head: OpusHead,
    inner: Inner,
    /// The packet decoded last, interleaved.
    pcm: Vec<f32>,
    frames: usize,
}

enum Inner {
    Single(Box<ropus::Decoder>),
    Multi(Box<OpusMSDecoder>, Vec<i16>),
}

impl OpusDecoder {
    /// Makes a decoder with the header's gain.
    ///
    /// # Errors
    /// [`DecodeError::Damaged`] when the header describes no possible stream.
    pub(super) fn new(head: OpusHead) -> Result<Self, DecodeError> {
        let channels = usize::from(head.channels);
        Ok(Self { inner: Inner::new(&head)?, pcm: vec![0.0; LONGEST_PACKET * channels], frames: 0, head })
    }

    /// Channels of every block.
    pub(super) fn channels(&self) -> u16 {
        u16::from(self.head.channels)
    }

    /// Forgets the past, as after a jump in time.
    ///
    /// # Errors
    /// None in practice: the same header made the decoder before.
    pub(super) fn reset(&mut self) -> Result<(), DecodeError> {
        self.frames = 0;
        self.inner = Inner::new(&self.head)?;
        Ok(())
    }

    /// Decodes one packet, and says how many frames it gave.
    ///
    /// # Errors
    /// [`DecodeError::Damaged`] for this packet alone.
    pub(super) fn decode(&mut self, packet: &[u8]) -> Result<usize, DecodeError> {
        self.frames = 0;
        // ropus takes an empty packet for a lost one and makes up sound; here it is damage.
        if packet_frames(packet).is_none() {
            return Err(DecodeError::Damaged("an Opus packet is malformed".into()));
        }
        self.frames = match &mut self.inner {
            Inner::Single(decoder) => decoder
                .decode_float(packet, &mut self.pcm, DecodeMode::Normal)
                .map_err(|error| DecodeError::Damaged(error.to_string()))?,
            Inner::Multi(decoder, ints) => {
                let len = packet.len() as i32;
                let frames = decoder
                    .decode(Some(packet), len, ints, LONGEST_PACKET as i32, false)
                    .map_err(|code| DecodeError::Damaged(format!("Opus error {code}")))?;
                for (to, &from) in self.pcm.iter_mut().zip(ints.iter()) {
                    *to = f32::from(from) / 32_768.0;
                }
                usize::try_from(frames).unwrap_or(0)
            }
        };
        Ok(self.frames)
    }

    /// The block decoded last, interleaved.
    pub(super) fn block(&self) -> &[f32] {
        &self.pcm[..self.frames * usize::from(self.head.channels)]
    }
}

impl Inner {
    fn new(head: &OpusHead) -> Result<Self, DecodeError> {
        let impossible = |_| DecodeError::Damaged("its OpusHead describes no stream".into());
        match &head.layout {
            Layout::Single => {
                let channels = match head.channels {
                    1 => Channels::Mono,
                    _ => Channels::Stereo,
                };
                let refused = |_| DecodeError::Damaged("its Opus stream cannot be decoded".into());
                let mut decoder = ropus::Decoder::new(RATE, channels).map_err(refused)?;
                decoder
                    .set_gain(i32::from(head.gain))
                    .map_err(|error| DecodeError::Damaged(error.to_string()))?;
                Ok(Self::Single(Box::new(decoder)))
            }
            Layout::Multi { streams, coupled, mapping } => {
                let mut decoder = OpusMSDecoder::new(
                    RATE as i32,
                    i32::from(head.channels),
                    i32::from(*streams),
                    i32::from(*coupled),
                    mapping,
                )
                .map_err(impossible)?;
                decoder.set_gain(i32::from(head.gain));
                let ints = vec![0; LONGEST_PACKET * usize::from(head.channels)];
                Ok(Self::Multi(Box::new(decoder), ints))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn head(channels: u8, family: u8, table: &[u8]) -> Vec<u8> {
        let mut head = b"OpusHead\x01".to_vec();
        head.push(channels);
        head.extend([0x38, 0x01, 0x80, 0xbb, 0, 0, 0x00, 0xff, family]);
        head.extend(table);
        head
    }

    #[test]
    fn reads_a_stereo_header() {
        let head = OpusHead::parse(&head(2, 0, &[])).unwrap();
        assert_eq!((head.channels, head.pre_skip, head.gain), (2, 312, -256));
        assert!(OpusDecoder::new(head).is_ok());
    }

    #[test]
    fn surround_comes_in_wave_order() {
        let head = OpusHead::parse(&head(6, 1, &[4, 2, 0, 4, 1, 2, 3, 5])).unwrap();
        let Layout::Multi { ref mapping, .. } = head.layout else {
            panic!("not a multistream layout");
        };
        // L C R Ls Rs LFE becomes L R C LFE Ls Rs.
        assert_eq!(mapping, &[0, 1, 4, 5, 2, 3]);
        assert!(OpusDecoder::new(head).is_ok());
    }

    #[test]
    fn names_ambisonics_and_refuses_nonsense() {
        let ambisonic = OpusHead::parse(&head(4, 2, &[4, 0, 0, 1, 2, 3]));
        assert!(matches!(ambisonic, Err(DecodeError::Unsupported(_))));
        for bytes in [head(3, 0, &[]), head(0, 1, &[1, 0]), head(6, 1, &[4, 2]), b"OpusHead".to_vec()] {
            assert!(matches!(OpusHead::parse(&bytes), Err(DecodeError::Damaged(_))));
        }
    }

    #[test]
    fn counts_the_frames_of_a_packet() {
        assert_eq!(packet_frames(&[0x98]), Some(960));
        assert_eq!(packet_frames(&[0xfc, 0]), Some(960));
        assert_eq!(packet_frames(&[0x19]), Some(5760));
        assert_eq!(packet_frames(&[0xe3, 48]), Some(5760));
        assert_eq!(packet_frames(&[0xe3, 49]), None);
        assert_eq!(packet_frames(&[0xe3]), None);
        assert_eq!(packet_frames(&[]), None);
    }

    #[test]
    fn tells_speech_from_music() {
        // SILK and hybrid end with configuration 15.
        assert_eq!(
            [0x08, 0x78, 0x7f, 0x80, 0xfc].map(|toc| is_speech(&[toc])),
            [true, true, true, false, false]
        );
        assert!(!is_speech(&[]));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(head) = OpusHead::parse(&bytes) {
                let _ = OpusDecoder::new(head);
            }
            packet_frames(&bytes);
        }
    }
}
