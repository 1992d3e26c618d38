//! Takes a FLAC file's metadata and comments to replace; gives the metadata with them. Every other block and comment
//! stays as it is, byte for byte: pictures, cue sheets, applications, comments that are no UTF-8.
//! Never reads a frame of sound (RFC 9639).

use std::io::{self, Read};

use super::Change;

const STREAMINFO: u8 = 0;
const PADDING: u8 = 1;
const COMMENTS: u8 = 4;
const LAST: u8 = 0x80;

/// Room for later changes.
const ROOM: usize = 4096;

/// Reads the metadata of a file that begins with `fLaC`; the sound follows.
pub(super) fn edit(from: &mut impl Read, changes: &[Change]) -> io::Result<Vec<u8>> {
    let mut magic = [0; 4];
    from.read_exact(&mut magic)?;
    if &magic != b"fLaC" {
        return Err(odd());
    }
    let mut blocks = blocks(from)?;
    let is_comments = |block: &Block| block.kind == COMMENTS;
    let at = blocks.iter().position(is_comments);
    let old = at.map_or(Ok((&[][..], Vec::new())), |at| parse(&blocks[at].body).ok_or_else(odd))?;
    let body = written(&old, changes);
    match at {
        Some(at) => blocks[at].body = body,
        None => blocks.insert(1, Block { kind: COMMENTS, body }),
    }
    // All padding in one, at the end.
    blocks.retain(|block| block.kind != PADDING);
    blocks.push(Block { kind: PADDING, body: vec![0; ROOM] });
    let mut metadata = magic.to_vec();
    let last = blocks.len() - 1;
    for (n, block) in blocks.iter().enumerate() {
        let size = u32::try_from(block.body.len()).ok().filter(|size| *size < 1 << 24);
        let size = size.ok_or_else(odd)?.to_be_bytes();
        metadata.push(block.kind | if n == last { LAST } else { 0 });
        metadata.extend_from_slice(&size[1..]);
        metadata.extend_from_slice(&block.body);
    }
    Ok(metadata)
}

fn odd() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "has metadata that makes no sense")
}

struct Block {
    kind: u8,
    body: Vec<u8>,
}

fn blocks(from: &mut impl Read) -> io::Result<Vec<Block>> {
    let mut blocks = Vec::new();
    loop {
        let mut head = [0; 4];
        from.read_exact(&mut head)?;
        let size = u32::from_be_bytes([0, head[1], head[2], head[3]]);
        let mut body = Vec::new();
        from.take(u64::from(size)).read_to_end(&mut body)?;
        if body.len() as u64 != u64::from(size) || (blocks.is_empty() && head[0] & !LAST != STREAMINFO) {
            return Err(odd());
        }
        blocks.push(Block { kind: head[0] & !LAST, body });
        if head[0] & LAST != 0 {
            return Ok(blocks);
        }
    }
}

/// The vendor and the comments of a block, raw.
type Comments<'a> = (&'a [u8], Vec<&'a [u8]>);

fn parse(mut body: &[u8]) -> Option<Comments<'_>> {
    let vendor = text(&mut body)?;
    let (count, mut body) = body.split_first_chunk()?;
    let comments = (0..u32::from_le_bytes(*count)).map(|_| text(&mut body));
    Some((vendor, comments.collect::<Option<_>>()?))
}

fn text<'a>(body: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (size, rest) = body.split_first_chunk()?;
    let (text, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*size)).ok()?)?;
    *body = rest;
    Some(text)
}

fn written((vendor, old): &Comments<'_>, changes: &[Change]) -> Vec<u8> {
    let is_replaced = |comment: &[u8], change: &Change| {
        let name = comment.split(|byte| *byte == b'=').next().unwrap_or_default();
        comment.contains(&b'=') && name.eq_ignore_ascii_case(change.comment.as_bytes())
    };
    let kept = old.iter().filter(|comment| !changes.iter().any(|change| is_replaced(comment, change)));
    let mut comments: Vec<Vec<u8>> = kept.map(|comment| comment.to_vec()).collect();
    for change in changes {
        comments.extend(change.text.as_ref().map(|text| format!("{}={text}", change.comment).into_bytes()));
    }
    let mut body = Vec::new();
    let mut put = |text: &[u8]| {
        // Blocks are smaller than 16 MiB, or are refused later.
        body.extend((text.len() as u32).to_le_bytes());
        body.extend_from_slice(text);
    };
    put(vendor);
    let count = comments.len() as u32;
    comments.iter().for_each(|comment| put(comment));
    body.splice(4 + vendor.len()..4 + vendor.len(), count.to_le_bytes());
    body
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn block(kind: u8, body: &[u8]) -> Vec<u8> {
        [&[kind][..], &(body.len() as u32).to_be_bytes()[1..], body].concat()
    }

    fn comments(vendor: &str, comments: &[&[u8]]) -> Vec<u8> {
        let mut body = [&(vendor.len() as u32).to_le_bytes()[..], vendor.as_bytes()].concat();
        body.extend((comments.len() as u32).to_le_bytes());
        for comment in comments {
            body.extend((comment.len() as u32).to_le_bytes());
            body.extend_from_slice(comment);
        }
        body
    }

    fn gain() -> Change {
        Change { comment: "REPLAYGAIN_TRACK_GAIN", frame: None, text: Some("-1.00 dB".into()) }
    }

    #[test]
    fn every_other_block_and_comment_stays_byte_for_byte() {
        let odd: [&[u8]; 5] = [b"My own=a", b"My own=b", b"=", b"no equals sign", b"LATIN=\xE9\xFF"];
        let mut old = odd.to_vec();
        old.insert(1, b"replaygain_track_gain=-9 dB");
        let others = [block(2, b"appl\x01\x02"), block(6, &[9; 200]), block(5, &[3; 40])].concat();
        let head = [&b"fLaC"[..], &block(0, &[1; 34])].concat();
        let file = [
            &head[..],
            &block(1, &[0; 10]),
            &block(4, &comments("me", &old)),
            &others,
            &block(0x81, &[0; 9]),
            b"sound",
        ]
        .concat();
        let mut from = &file[..];
        let edited = edit(&mut from, &[gain()]).unwrap();
        assert_eq!(from, b"sound");
        let mut new = odd.to_vec();
        new.push(b"REPLAYGAIN_TRACK_GAIN=-1.00 dB");
        let expected =
            [&head[..], &block(4, &comments("me", &new)), &others, &block(0x81, &[0; ROOM])].concat();
        assert!(edited == expected);
        assert!(edit(&mut &[&edited[..], b"sound"].concat()[..], &[gain()]).unwrap() == edited);
    }

    #[test]
    fn a_file_without_comments_gets_them() {
        let file = [&b"fLaC"[..], &block(0x80, &[1; 34])].concat();
        let edited = edit(&mut &file[..], &[gain()]).unwrap();
        let new = block(4, &comments("", &[b"REPLAYGAIN_TRACK_GAIN=-1.00 dB"]));
        assert!(edited[4 + 38..].starts_with(&new));
    }

    #[test]
    fn what_makes_no_sense_is_left_alone() {
        let file = [&b"fLaC"[..], &block(0, &[1; 34]), &block(0x84, &comments("me", &[b"A=b"]))].concat();
        for end in 0..file.len() {
            assert!(edit(&mut &file[..end], &[gain()]).is_err(), "{end}");
        }
        let lie = [&b"fLaC"[..], &block(0, &[1; 34]), &block(0x84, &[255; 8])].concat();
        assert!(edit(&mut &lie[..], &[gain()]).is_err());
    }
}
