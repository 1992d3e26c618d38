//! Takes files of integers, all of one rate and channel count; gives them joined with every bit, 32 of them
//! where the files have so many. For renderings only: playback and resampling count in `f32`, with 24.
//! Never resamples, mixes or changes a level.

use std::ops::Range;

use crate::playback::decode::{DecodeError, Decoder, Format};
use crate::playback::part::Part;
use crate::playback::render::RenderError;

/// What comes out of joined files, in order.
#[derive(Debug)]
pub enum IntegerPiece<'a> {
    /// The frames that follow belong to the file of this index; so many came before.
    Begins(usize, u64),
    /// Interleaved frames, full scale at 2^31.
    Frames(&'a [i32]),
    /// The file of this index does not play, or no further.
    Failed(usize, DecodeError),
}

/// Whether files can be joined in this way, and need it: integers of more than 24 bits in one of them, and
/// the same rate and channels in all that open.
pub fn need_integers(files: &[Part], rate: u32, channels: u16) -> bool {
    let formats: Vec<Format> = files.iter().filter_map(|file| file.format().ok()).collect();
    let is_deep = |format: &Format| !format.float && format.bits.is_some_and(|bits| bits > 24);
    let fits = |format: &Format| {
        !format.float && format.bits.is_some() && (format.rate, format.channels) == (rate, channels)
    };
    formats.iter().any(is_deep) && formats.iter().all(fits)
}

/// Gives these frames of all files as one, in order; says how many there were.
///
/// # Errors
/// What `take` says.
pub fn join_integers(
    files: &[Part],
    frames: Range<u64>,
    mut take: impl FnMut(IntegerPiece<'_>) -> Result<(), RenderError>,
) -> Result<u64, RenderError> {
    let mut at = 0;
    for (index, file) in files.iter().enumerate().take_while(|_| !frames.is_empty()) {
        if at >= frames.end {
            break;
        }
        let joined = file
            .open_integers()
            .and_then(|window| skip(Box::new(window), frames.start - at.min(frames.start)));
        match joined {
            Ok((mut decoder, skipped)) => {
                at += skipped;
                if at >= frames.start {
                    at = join_one(index, decoder.as_mut(), at, &frames, &mut take)?;
                }
            }
            Err(error) => take(IntegerPiece::Failed(index, error))?,
        }
    }
    Ok(at.saturating_sub(frames.start))
}

/// Passes over up to `frames` frames; says how many there were.
fn skip(
    mut decoder: Box<dyn Decoder<i32>>,
    frames: u64,
) -> Result<(Box<dyn Decoder<i32>>, u64), DecodeError> {
    let there = match decoder.format().frames {
        Some(there) => there,
        None if frames > 0 => count(decoder.as_mut())?,
        None => return Ok((decoder, 0)),
    };
    let skipped = frames.min(there);
    if skipped > 0 {
        decoder.seek(skipped)?;
    }
    Ok((decoder, skipped))
}

fn count(decoder: &mut dyn Decoder<i32>) -> Result<u64, DecodeError> {
    let (mut block, mut all) = (Vec::new(), 0);
    loop {
        block.clear();
        match decoder.decode(&mut block)? {
            0 => return Ok(all),
            frames => all += frames as u64,
        }
    }
}

/// Gives what is left of a file, up to the end of the range; says where that was.
fn join_one(
    index: usize,
    decoder: &mut dyn Decoder<i32>,
    mut at: u64,
    range: &Range<u64>,
    take: &mut impl FnMut(IntegerPiece<'_>) -> Result<(), RenderError>,
) -> Result<u64, RenderError> {
    let channels = usize::from(decoder.format().channels);
    let (mut block, mut has_begun) = (Vec::new(), false);
    while at < range.end {
        block.clear();
        let frames = match decoder.decode(&mut block) {
            Ok(0) => break,
            Ok(frames) => (frames as u64).min(range.end - at),
            Err(error) => {
                take(IntegerPiece::Failed(index, error))?;
                break;
            }
        };
        if !std::mem::replace(&mut has_begun, true) {
            take(IntegerPiece::Begins(index, at - range.start))?;
        }
        take(IntegerPiece::Frames(&block[..frames as usize * channels]))?;
        at += frames;
    }
    Ok(at)
}
