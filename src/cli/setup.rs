//! Takes a program, where it begins, and how it is to be played; gives what the player is started with.
//! Never starts it, never decides an order.

use super::how::How;
use super::program::{Program, Row};
use super::render;
use super::resuming::Beginning;
use crate::playback::Shape;
use crate::playback::output::Target;
use crate::player::{OnUnplug, Opening, Setup};

/// The setup; what keeps it is not in it yet.
pub(super) fn setup(
    program: &Program,
    how: &How,
    playable: &[&Row],
    beginning: &Beginning,
) -> anyhow::Result<Setup> {
    let files = program.parts();
    // Only these have no shape of their own; for a device no file is opened twice.
    let is_shapeless = |output: &Target| matches!(output, Target::Wav(_) | Target::Null | Target::Void);
    let shape = match how.outputs().iter().any(is_shapeless) {
        true => render::first_format(&files).map_or_else(Shape::default, |format| render::shape_of(&format)),
        false => Shape::default(),
    };
    let rows = &beginning.rows;
    let start = how.start.map(|number| {
        let reaches = |at: &Option<usize>| at.is_some_and(|at| playable[at].number >= number as usize);
        rows.iter().position(reaches).unwrap_or(rows.len().saturating_sub(1))
    });
    let Opening { items, origin, bookmark } = beginning.opening.clone();
    let (shuffle, repeat) =
        bookmark.as_ref().map_or((how.usual.shuffle, how.usual.repeat), |left| (left.shuffle, left.repeat));
    Ok(Setup {
        items,
        start,
        repeat: how.repeat().unwrap_or(repeat),
        shuffle: how.shuffle.map_or(shuffle, Into::into),
        seed: how.seed.unwrap_or_else(any_seed),
        levelling: how.gain.leveller()?,
        outputs: how.outputs().to_vec(),
        rate: how.rate.map(Into::into).unwrap_or_default(),
        on_unplug: how.on_unplug.map_or(OnUnplug::Usual, Into::into),
        shape,
        origin,
        bookmark,
        keeper: None,
        sleep: how.sleep,
        is_first: false,
    })
}

/// A different shuffle every time.
fn any_seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0)
}
