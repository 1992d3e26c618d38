//! Takes the text of an `iTunSMPB` comment; gives the encoder's delay, padding and the exact number
//! of frames. Never trims by itself.

/// What `iTunSMPB` says, in frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ITunSmpb {
    pub(super) delay: u32,
    pub(super) padding: u32,
    pub(super) frames: u64,
}

/// Reads the comment: words in hexadecimal, of which the second is the delay, the third the
/// padding and the fourth the number of frames (as iTunes, qaac and fdkaac write it).
///
/// ` 00000000 00000840 000001CA 00000000003F31F6 00000000 ...`
pub(super) fn parse(text: &str) -> Option<ITunSmpb> {
    let mut words = text.trim_matches(['\0', ' ']).split_ascii_whitespace();
    words.next()?;
    let delay = u32::from_str_radix(words.next()?, 16).ok()?;
    let padding = u32::from_str_radix(words.next()?, 16).ok()?;
    let frames = u64::from_str_radix(words.next()?, 16).ok()?;
    // A file whose encoder knew nothing says zero frames: that is no window.
    (frames > 0).then_some(ITunSmpb { delay, padding, frames })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_itunes_writes() {
        let text = " 00000000 00000840 000001CA 00000000003F31F6 00000000 00000000 00000000";
        let expected = ITunSmpb { delay: 2112, padding: 458, frames: 4_141_558 };
        assert_eq!(parse(text), Some(expected));
    }

    #[test]
    fn refuses_what_is_short_empty_or_not_hexadecimal() {
        for text in ["", " 00000000 00000840", "0 0 0 0", "0 840 1CA xyz", "0 FFFFFFFFF 0 1"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
