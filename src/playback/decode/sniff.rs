//! Takes the first bytes of a file; says by name what is certainly not played here, so that a demuxer
//! never tries to find sound in it. Never says that a file is good: opening it does.

use super::DecodeError;

/// One kind of file that is not played: a mark at an offset, and its name.
struct Kind {
    at: usize,
    mark: &'static [u8],
    name: &'static str,
}

const fn kind(at: usize, mark: &'static [u8], name: &'static str) -> Kind {
    Kind { at, mark, name }
}

/// Audio without a decoder here.
const UNSUPPORTED: &[Kind] = &[
    kind(0, b"wvpk", "WavPack"),
    kind(0, b"MAC ", "Monkey's Audio"),
    kind(0, b"MP+", "Musepack"),
    kind(0, b"MPCK", "Musepack"),
    kind(0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media Audio"),
    kind(0, b"DSD ", "DSD"),
    kind(0, b"FRM8", "DSD"),
    kind(0, b"TTA1", "True Audio"),
    kind(0, b"TTA2", "True Audio"),
    kind(0, b"OFR ", "OptimFROG"),
    kind(0, b"tBaK", "TAK"),
    kind(0, b"ajkg", "Shorten"),
    kind(0, b"LA0", "Lossless Audio"),
    kind(0, b".RMF", "RealAudio"),
    kind(0, b".ra\xfd", "RealAudio"),
    kind(0, b"#!AMR", "AMR speech"),
    kind(0, b"ADIF", "AAC in ADIF"),
    kind(0, b"MThd", "MIDI (notes, not sound)"),
    kind(0, b"\x0b\x77", "Dolby Digital"),
    kind(0, b"\x7f\xfe\x80\x01", "DTS"),
    kind(0, b".snd", "Sun audio"),
    kind(0, b"RF64", "RF64 (WAV above 4 GB)"),
    kind(0, b"BW64", "BW64 (WAV above 4 GB)"),
    kind(0, b"riff\x2e\x91\xcf\x11", "Wave64"),
    kind(0, b"FLV\x01", "Flash video"),
    kind(8, b"AVI ", "AVI video"),
    kind(0, b"\x00\x00\x01\xba", "MPEG video"),
    kind(28, b"Speex   ", "Speex"),
    kind(0, b"Extended Module: ", "a tracker module"),
    kind(0, b"IMPM", "a tracker module"),
    kind(44, b"SCRM", "a tracker module"),
    kind(1080, b"M.K.", "a tracker module"),
];

/// Files that hold no audio, whatever they are called.
const NO_AUDIO: &[&[u8]] = &[
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF",
    b"PK\x03\x04",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"\x7fELF",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"SQLite format 3",
    b"II*\0",
    b"MM\0*",
    b"BM",
];

/// Why a file that begins like this (after any ID3v2 tag) is not even tried; `None` if it may play.
pub(super) fn refuse(head: &[u8]) -> Option<DecodeError> {
    let named = UNSUPPORTED.iter().find(|kind| {
        let at = head.get(kind.at..);
        at.is_some_and(|bytes| bytes.starts_with(kind.mark))
    });
    if let Some(kind) = named {
        return Some(DecodeError::Unsupported(kind.name.to_owned()));
    }
    // UTF-16 text begins like an MPEG layer I frame with a checksum, which nobody has.
    let hopeless = NO_AUDIO.iter().any(|mark| head.starts_with(mark)) || is_text(head);
    hopeless.then_some(DecodeError::NotAudio)
}

/// Text has no control characters; every audio container has some among its first bytes.
fn is_text(head: &[u8]) -> bool {
    head.iter().all(|&byte| byte >= b' ' || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c))
        && !head.contains(&0x7f)
        && !head.contains(&0xff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_it_does_not_play() {
        let name = |head: &[u8]| refuse(head).map(|error| error.to_string());
        let expected = "is WavPack, which tonearm does not play";
        assert_eq!(name(b"wvpk\0\0\0\0").as_deref(), Some(expected));
        let avi = b"RIFF\0\0\0\0AVI LIST";
        assert_eq!(name(avi).as_deref(), Some("is AVI video, which tonearm does not play"));
    }

    #[test]
    fn text_and_pictures_are_no_audio() {
        let utf16 = b"\xff\xfeH\0e\0l\0l\0o\0";
        for head in [&b"#EXTM3U\nsong.mp3\n"[..], "gr\u{fc}n".as_bytes(), utf16, b"\x89PNG\r\n"] {
            assert!(matches!(refuse(head), Some(DecodeError::NotAudio)), "{head:?}");
        }
    }

    #[test]
    fn what_may_play_is_let_through() {
        for head in [
            &b"fLaC\0\0\0\x22"[..],
            b"RIFF\0\0\0\0WAVE",
            b"\xff\xfb\x90\x64",
            b"\xff\xf1\x50\x80",
            b"OggS\0\x02",
            b"\0\0\0\x20ftypM4A ",
            b"\x1a\x45\xdf\xa3\x01",
            b"caff\0\x01\0\0",
            b"FORM\0\0\0\0AIFF",
        ] {
            assert!(refuse(head).is_none(), "{head:?}");
        }
    }
}
