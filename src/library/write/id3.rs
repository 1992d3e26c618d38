//! Takes the ID3v2 tag that a file begins with and frames to replace; gives the tag with them. Every other frame stays
//! as it is, byte for byte, known or not: pictures, private frames, lyrics in odd encodings.
//! Never changes the tag's version (ID3v2.2, 2.3 and 2.4, id3.org).

use super::Change;

/// What makes no sense is left alone.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("has an ID3 tag that is damaged or of an unknown version")]
pub(super) struct OddTag;

/// Room for later changes, as most programs leave it.
const PADDING: usize = 1024;

const HEADER: usize = 10;
const UNSYNCHRONISED: u8 = 0x80;
const EXTENDED: u8 = 0x40;
const FOOTER: u8 = 0x10;

/// The length of the tag that a file beginning with these bytes has; 0 where it has none.
pub(super) fn length(head: &[u8]) -> usize {
    match head.first_chunk::<HEADER>() {
        Some(head) if head.starts_with(b"ID3") => {
            let footer = if head[5] & FOOTER != 0 { HEADER } else { 0 };
            HEADER + synchsafe(&head[6..]) + footer
        }
        _ => 0,
    }
}

/// The tag with the changes made; `tag` may be empty.
pub(super) fn edit(tag: &[u8], changes: &[Change]) -> Result<Vec<u8>, OddTag> {
    let Some(head) = tag.first_chunk::<HEADER>() else {
        return Ok(with_header(4, 0, &new_frames(4, changes)));
    };
    let (version, flags) = (head[3], head[5]);
    if !(2..=4).contains(&version) {
        return Err(OddTag);
    }
    let body = tag.get(HEADER..HEADER + synchsafe(&head[6..])).ok_or(OddTag)?;
    // Of version 2.4 each frame says so itself; before it the whole tag is meant, and is written without.
    let whole = (flags & UNSYNCHRONISED != 0 && version < 4).then(|| synchronised(body));
    let body = whole.as_deref().unwrap_or(body);
    let extended = if flags & EXTENDED != 0 { extended_header(version, body)? } else { 0 };
    let mut kept = body.get(..extended).ok_or(OddTag)?.to_vec();
    for frame in frames(version, body.get(extended..).ok_or(OddTag)?)? {
        if !changes.iter().any(|change| is_replaced(version, frame, change)) {
            kept.extend_from_slice(frame);
        }
    }
    kept.extend(new_frames(version, changes));
    let flags = if whole.is_some() { flags & !UNSYNCHRONISED } else { flags };
    Ok(with_header(version, flags & !FOOTER, &kept))
}

fn with_header(version: u8, flags: u8, body: &[u8]) -> Vec<u8> {
    let size = body.len() + PADDING;
    let mut tag = vec![b'I', b'D', b'3', version, 0, flags];
    tag.extend([21, 14, 7, 0].map(|shift| (size >> shift) as u8 & 0x7F));
    tag.extend_from_slice(body);
    tag.resize(HEADER + size, 0);
    tag
}

/// Its size is counted with itself in 2.4, without in 2.3. Its checksum, which next to nobody writes, would be wrong.
fn extended_header(version: u8, body: &[u8]) -> Result<usize, OddTag> {
    let size: &[u8; 4] = body.first_chunk().ok_or(OddTag)?;
    match version {
        4 if body.get(5).is_some_and(|flags| flags & 0x20 == 0) => Ok(synchsafe(size)),
        3 if u32::from_be_bytes(*size) == 6 => Ok(10),
        _ => Err(OddTag),
    }
}

/// The frames, each with its header; padding ends them.
fn frames(version: u8, mut body: &[u8]) -> Result<Vec<&[u8]>, OddTag> {
    let head = if version == 2 { 6 } else { 10 };
    let mut frames = Vec::new();
    while body.first().is_some_and(|byte| *byte != 0) {
        let size = match version {
            2 => usize::from(*body.get(3).ok_or(OddTag)?) << 16 | usize::from(u16_at(body, 4)?),
            3 => u32_at(body)?,
            _ => size_of_2_4(body)?,
        };
        let id = body.get(..if version == 2 { 3 } else { 4 }).ok_or(OddTag)?;
        if !id.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b' ') {
            return Err(OddTag);
        }
        let (frame, rest) = body.split_at_checked(head + size).ok_or(OddTag)?;
        frames.push(frame);
        body = rest;
    }
    Ok(frames)
}

/// Old versions of iTunes wrote sizes as version 2.3 has them: whichever leads to another frame or to the end is meant.
fn size_of_2_4(body: &[u8]) -> Result<usize, OddTag> {
    let bytes: &[u8] = body.get(4..8).ok_or(OddTag)?;
    let (right, wrong) = (synchsafe(bytes), u32_at(body)?);
    let leads_on = |size: usize| match body.get(10 + size..) {
        Some([next, ..]) => *next == 0 || next.is_ascii_uppercase(),
        Some([]) => true,
        None => false,
    };
    let is_synchsafe = bytes.iter().all(|byte| byte & 0x80 == 0);
    Ok(if is_synchsafe && (leads_on(right) || !leads_on(wrong)) { right } else { wrong })
}

fn u16_at(body: &[u8], at: usize) -> Result<u16, OddTag> {
    let bytes = body.get(at..).and_then(|bytes| bytes.first_chunk());
    bytes.map(|bytes| u16::from_be_bytes(*bytes)).ok_or(OddTag)
}

fn u32_at(body: &[u8]) -> Result<usize, OddTag> {
    let bytes = body.get(4..).and_then(|bytes| bytes.first_chunk()).ok_or(OddTag)?;
    usize::try_from(u32::from_be_bytes(*bytes)).map_err(|_| OddTag)
}

/// Four bytes of seven bits.
fn synchsafe(bytes: &[u8]) -> usize {
    bytes.iter().take(4).fold(0, |size, byte| size << 7 | usize::from(byte & 0x7F))
}

/// Takes away the zero that stands behind every 0xFF (ID3v2.3, section 5).
fn synchronised(body: &[u8]) -> Vec<u8> {
    let mut was_full = false;
    let kept = body.iter().filter(|&&byte| !(std::mem::replace(&mut was_full, byte == 0xFF) && byte == 0));
    kept.copied().collect()
}

/// Names of frames of 2.2 that are longer since.
const SHORT: [(&str, &str); 5] =
    [("TIT2", "TT2"), ("TPE1", "TP1"), ("TALB", "TAL"), ("TRCK", "TRK"), ("TXXX", "TXX")];

fn frame_id(version: u8, change: &Change) -> &'static str {
    let id = change.frame.unwrap_or("TXXX");
    let short = SHORT.iter().find(|(long, _)| version == 2 && *long == id);
    short.map_or(id, |(_, short)| short)
}

fn is_replaced(version: u8, frame: &[u8], change: &Change) -> bool {
    let (head, flags) = if version == 2 { (6, [0; 2]) } else { (10, [frame[8], frame[9]]) };
    if !frame.starts_with(frame_id(version, change).as_bytes()) {
        return false;
    }
    if change.frame.is_some() {
        return true;
    }
    // Compressed, encrypted and grouped frames have more before their text; a data length has four bytes.
    let skipped = if version == 4 && flags[1] & 1 != 0 { 4 } else { 0 };
    let text = frame.get(head + skipped..).unwrap_or_default();
    let Some((encoding, text)) = text.split_first() else { return false };
    let description: Vec<u8> = match encoding {
        // Of UTF-16 only what is ASCII can be the name that is looked for.
        1 | 2 => {
            let units = text.chunks_exact(2).take_while(|unit| **unit != [0, 0]);
            units.flatten().copied().filter(|byte| !matches!(byte, 0 | 0xFE | 0xFF)).collect()
        }
        _ => text.iter().copied().take_while(|byte| *byte != 0).collect(),
    };
    description.eq_ignore_ascii_case(change.comment.as_bytes())
}

fn new_frames(version: u8, changes: &[Change]) -> Vec<u8> {
    let mut frames = Vec::new();
    for change in changes {
        let Some(text) = &change.text else { continue };
        let mut body = encoding(version, text);
        if change.frame.is_none() {
            // A name is ASCII: it takes the encoding of the text.
            body.extend(encoded(body[0], change.comment));
            body.extend(if body[0] == 1 { &[0, 0][..] } else { &[0] });
        }
        body.extend(encoded(body[0], text));
        frames.extend(frame_id(version, change).as_bytes());
        let size = body.len();
        let shift = if version == 4 { [21, 14, 7, 0] } else { [24, 16, 8, 0] };
        let mask = if version == 4 { 0x7F } else { 0xFF };
        let size = shift.map(|shift| (size >> shift) as u8 & mask);
        frames.extend(if version == 2 { &size[1..] } else { &size[..] });
        frames.extend(if version == 2 { &[][..] } else { &[0, 0] });
        frames.extend(body);
    }
    frames
}

/// Latin-1 says ASCII in every version; else UTF-8 in 2.4, UTF-16 with its mark before.
fn encoding(version: u8, text: &str) -> Vec<u8> {
    vec![match version {
        _ if text.is_ascii() => 0,
        4 => 3,
        _ => 1,
    }]
}

fn encoded(encoding: u8, text: &str) -> Vec<u8> {
    match encoding {
        1 => std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn frame(id: &str, body: &[u8]) -> Vec<u8> {
        [id.as_bytes(), &(body.len() as u32).to_be_bytes(), &[0, 0], body].concat()
    }

    fn tag(version: u8, flags: u8, body: &[u8]) -> Vec<u8> {
        let mut tag = with_header(version, flags, body);
        tag.truncate(HEADER + body.len());
        let size = body.len();
        tag.splice(6..10, [21, 14, 7, 0].map(|shift| (size >> shift) as u8 & 0x7F));
        tag
    }

    fn gain(text: &str) -> Change {
        Change { comment: "REPLAYGAIN_TRACK_GAIN", frame: None, text: Some(text.into()) }
    }

    #[test]
    fn every_other_frame_stays_byte_for_byte() {
        let others = [
            frame("PRIV", b"owner\0\x01\x02\xFF\x00\xFE"),
            frame("GEOB", b"\0application/x\0a\0b\0\x80\x81"),
            frame("TXXX", b"\0My own\0words"),
            frame("TSOP", b"\0not of 2.3, but everywhere"),
            frame("XQZ9", b"nobody knows"),
            frame("APIC", &[7; 3000]),
        ]
        .concat();
        let old = [frame("TXXX", b"\0replaygain_track_gain\0-9 dB"), others.clone()].concat();
        let edited = edit(&tag(3, 0, &old), &[gain("-1.00 dB")]).unwrap();
        assert_eq!(edited[3], 3, "the version stays");
        assert!(edited[HEADER..].starts_with(&others));
        let new = frame("TXXX", b"\0REPLAYGAIN_TRACK_GAIN\0-1.00 dB");
        assert!(edited[HEADER + others.len()..].starts_with(&new));
        assert_eq!(length(&edited), edited.len());
        assert_eq!(edit(&edited, &[gain("-1.00 dB")]).unwrap(), edited);
    }

    #[test]
    fn names_are_known_in_utf_16_and_in_2_2() {
        let wide: Vec<u8> =
            "\u{feff}replaygain_track_gain\0\u{feff}1 dB".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let edited = edit(&tag(3, 0, &frame("TXXX", &[&[1][..], &wide].concat())), &[]).unwrap();
        assert!(edited.windows(4).any(|bytes| bytes == b"TXXX"));
        let removed = Change { text: None, ..gain("") };
        let edited = edit(&tag(3, 0, &frame("TXXX", &[&[1][..], &wide].concat())), &[removed]).unwrap();
        assert!(!edited.windows(4).any(|bytes| bytes == b"TXXX"));
        let short = edit(&tag(2, 0, b"TT2\0\0\x02\0A"), &[gain("1 dB")]).unwrap();
        assert!(short[HEADER..].starts_with(b"TT2\0\0\x02\0ATXX\0\0\x1B\0REPLAYGAIN_TRACK_GAIN\x001 dB"));
    }

    #[test]
    fn unsynchronised_tags_are_written_without() {
        let body = frame("PRIV", b"a\0\xFF\x00\xE0");
        let edited = edit(&tag(3, UNSYNCHRONISED, &body), &[]);
        assert_eq!(edited, Err(OddTag), "the size counts what is there after synchronising");
        let mut body = frame("PRIV", b"a\0\xFF\xE0");
        body.insert(HEADER + 3, 0);
        let edited = edit(&tag(3, UNSYNCHRONISED, &body), &[]).unwrap();
        assert_eq!(edited[5], 0);
        assert!(edited[HEADER..].starts_with(&frame("PRIV", b"a\0\xFF\xE0")));
    }

    #[test]
    fn a_file_without_a_tag_gets_one() {
        let title = Change { comment: "TITLE", frame: Some("TIT2"), text: Some("Ämber".into()) };
        let tag = edit(&[], &[title]).unwrap();
        assert!(tag[HEADER..].starts_with(b"TIT2\0\0\0\x07\0\0\x03\xC3\x84mber"));
    }

    #[test]
    fn a_damaged_tag_is_left_alone() {
        let good = tag(3, 0, &frame("TIT2", b"\0A title"));
        for end in HEADER..good.len() {
            assert_eq!(edit(&good[..end], &[gain("1 dB")]), Err(OddTag));
        }
        assert_eq!(edit(&tag(3, 0, b"\x01\x02\x03\x04\0\0\0\0\0\0"), &[]), Err(OddTag));
        assert_eq!(edit(&tag(9, 0, b""), &[]), Err(OddTag));
    }
}
