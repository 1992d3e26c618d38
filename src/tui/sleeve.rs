//! Takes the track that plays; gives what its sleeve would show: the cover and the words, read and decoded by a thread.
//! Never makes the screen wait for a file.

use std::sync::Arc;

use super::Picture;
use crate::errand::Errand;
use crate::library::{self, Lyrics};
use crate::player::Part;

/// What belongs to a track beside its sound.
#[derive(Debug, Default, PartialEq)]
pub struct Sleeve {
    /// Its words.
    pub lyrics: Option<Lyrics>,
    /// The picture that it carries, or that of its folder.
    pub cover: Option<Arc<Picture>>,
}

/// Reads sleeves. Dropping it ends the work soon.
#[derive(Debug)]
pub struct Sleeves(Errand<Part, Sleeve>);

impl Sleeves {
    /// Starts a thread, which calls `tell` when there is an answer.
    pub fn start(tell: impl Fn() + Send + 'static) -> Self {
        Self(Errand::start("sleeve", |part: &Part, _: &dyn Fn() -> bool| Some(Sleeve::of(part)), tell))
    }

    /// The sleeve of a track, if it is there. If not, it is read from now on: ask again, or for another one.
    pub fn get(&self, part: &Part) -> Option<Arc<Sleeve>> {
        self.0.get(part)
    }
}

impl Sleeve {
    /// Reads it.
    pub fn of(part: &Part) -> Self {
        Self {
            // The words of a file with many tracks are of none of them.
            lyrics: library::lyrics(&part.path).filter(|_| part.span.is_none()),
            cover: cover(&part.path).map(Arc::new),
        }
    }
}

#[cfg(not(feature = "art"))]
fn cover(_: &std::path::Path) -> Option<Picture> {
    None
}

#[cfg(feature = "art")]
fn cover(path: &std::path::Path) -> Option<Picture> {
    use std::fs::File;
    use std::io::Read;

    use super::art::LARGEST;

    let decoded = |bytes: &[u8]| {
        let picture = Picture::decode(bytes);
        picture.inspect_err(|error| tracing::debug!(file = %path.display(), %error, "no cover")).ok()
    };
    let inside = library::picture(path).and_then(|picture| decoded(&picture.bytes));
    inside.or_else(|| {
        let mut bytes = Vec::new();
        let file = File::open(library::cover(path.parent()?)?).ok()?;
        file.take(LARGEST as u64 + 1).read_to_end(&mut bytes).ok()?;
        decoded(&bytes)
    })
}

#[cfg(all(test, feature = "art"))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn a_sleeve_has_the_cover_of_its_folder_and_the_words_beside_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let song = folder.path().join("song.mp3");
        fs::copy(fixtures.join("lame.mp3"), &song).unwrap();
        let part = Part::from(song);
        let bare = Sleeve::of(&part);
        assert!(bare.lyrics.is_none() && bare.cover.is_none());
        fs::copy(fixtures.join("two_colours.jpg"), folder.path().join("cover.jpg")).unwrap();
        fs::write(folder.path().join("song.lrc"), "[00:01.00]la").unwrap();
        let sleeve = Sleeve::of(&part);
        assert_eq!(sleeve.cover.unwrap().size(), (16, 16));
        assert_eq!(sleeve.lyrics.unwrap().lines().collect::<Vec<_>>(), ["la"]);
        let missing = Sleeve::of(&folder.path().join("gone/song.mp3").into());
        assert!(missing.lyrics.is_none() && missing.cover.is_none());
    }
}
