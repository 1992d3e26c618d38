//! Takes nothing; gives every number that the matcher uses, each with its reason.
//! Evidence is counted in nats: adding 1 makes a match 2.7 times as likely. Zero is the worth of
//! leaving an entry without a file, so a pair below zero is never chosen.
//!
//! They were set by hand, in the order of what people mind most (a wrong song before a gap), on listings
//! with libraries made for the purpose, and rounded. Only what a margin is worth is fitted: see
//! `CALIBRATION`. The counts of
//! common words in `words` are from half of a public set of dirty song records.

use super::version::Version;

// --- words -----------------------------------------------------------------------------------

/// An article says a little: "The The" is not nothing.
pub(super) const LIGHTEST_WORD: f64 = 0.4;
/// A word nobody has seen is still a word and not a proof.
pub(super) const HEAVIEST_WORD: f64 = 9.0;
/// A number of one or two digits is everywhere; that it must agree is seen to elsewhere.
pub(super) const SHORT_NUMBER: f64 = 4.0;
/// Edits are only forgiven in words of this many letters: "go" is not "so".
pub(super) const SHORTEST_TYPO: usize = 4;
/// Two words this alike are one word misspelt.
pub(super) const TYPO_FLOOR: f64 = 0.75;
/// "2" for "to", "u" for "you".
pub(super) const BY_EAR: f64 = 0.9;
/// "Lie" for "Lies": many languages have no plural to translate.
pub(super) const PLURAL: f64 = 0.95;
/// Names without gaps are compared from this length on.
pub(super) const SHORTEST_GLUED: usize = 5;
/// Below this, letters in common are chance.
pub(super) const GLUED_FLOOR: f64 = 0.72;
/// Share of the better-covered side when two artists are compared.
pub(super) const ARTIST_WITHIN: f64 = 0.55;
/// Only a name this heavy counts when it is inside a longer one: "John" alone is nobody.
pub(super) const HEAVY_NAME: f64 = 6.0;
/// An initial for a first name.
pub(super) const INITIAL: f64 = 0.6;
/// Two first names this alike may be one ("Vinnie", "Vince").
pub(super) const NICKNAME_FLOOR: f64 = 0.6;
/// What such a pair is worth.
pub(super) const NICKNAME: f64 = 0.8;
/// In a word of this many letters one slip costs half: hardly any other word is that near.
pub(super) const LONG_WORD: usize = 8;

// --- names of a title --------------------------------------------------------------------------

/// Trust in one segment of "War / Fanfare".
pub(super) const SEGMENT: f64 = 0.94;
/// Trust in "Let It Snow" for "Let It Snow! Let It Snow!".
pub(super) const REPEATED: f64 = 0.97;
/// One part of each of two divided titles: the rests may differ.
pub(super) const PARTS_ONLY: f64 = 0.85;
/// "Chapter 4" of "Chapter 4: The Ferry": every book has one.
pub(super) const COUNT_ONLY: f64 = 0.7;
/// Trust in a name in brackets that is written in another script than the one before it: "Blue Umbrella (青い傘)".
pub(super) const OTHER_SCRIPT: f64 = 0.97;
/// Trust in a bracketed subtitle as the name.
pub(super) const ASIDE: f64 = 0.91;
/// Trust in a spelling in other letters.
pub(super) const TRANSLITERATED: f64 = 0.9;
/// Trust in another name that a song or work is known by.
pub(super) const KNOWN: f64 = 0.95;
/// The same of people.
pub(super) const KNOWN_PERSON: f64 = 0.97;
/// Trust in a title without the number of a catalogue, its key, or "Parts 1 & 2": sleeves leave these out.
pub(super) const WITHOUT_PAPER: f64 = 0.97;
/// Titles of two consonants that are the same by ear.
pub(super) const BRIEF_TITLE: f64 = 0.78;
/// Trust in what a title means in English: words have several meanings, and translators are free.
pub(super) const TRANSLATED: f64 = 0.82;
/// Artists' names that sound alike across scripts: theirs is a choice among few.
pub(super) const SOUNDING_ARTIST: f64 = 0.9;
/// The same of names of only two consonants.
pub(super) const BRIEF_ARTIST: f64 = 0.6;
/// A Latin acronym of a name's syllables.
pub(super) const ACRONYM: f64 = 0.75;
/// Likeness of "ITEOTWAWKI" to the title it abbreviates; three letters are weaker.
pub(super) const ABBREVIATED: [f64; 2] = [0.80, 0.86];

/// Likeness of two titles that name the same movement of the same numbered work.
pub(super) const SAME_WORK: f64 = 0.82;

// --- accounts of a file -------------------------------------------------------------------------

/// A reading of a file name that its folder does not bear out.
pub(super) const SECOND_READING: f64 = 0.6;
/// A file name beside tags: the tags are usually the better account.
pub(super) const BESIDE_TAGS: f64 = 0.3;
/// Artist and title tag swapped: seen, but rare.
pub(super) const SWAPPED_TAGS: f64 = 1.2;

// --- evidence for a pair --------------------------------------------------------------------------

/// Any file, before looking: most files are not the one.
pub(super) const PRIOR: f64 = -4.0;
/// Likeness of titles -> nats, straight lines between.
pub(super) const TITLE: &[(f64, f64)] =
    &[(0.0, -8.0), (0.4, -5.0), (0.6, -2.0), (0.7, 0.0), (0.8, 2.3), (0.86, 3.8), (0.92, 4.9), (1.0, 5.5)];
/// Agreeing words of this weight are taken for granted in the line above ...
pub(super) const USUAL_MASS: f64 = 6.5;
/// ... each nat beside that adds this: "War" says less than "Bohemian Rhapsody".
pub(super) const MASS: f64 = 0.2;
/// And these are the ends.
pub(super) const MASS_RANGE: (f64, f64) = (-1.2, 2.0);
/// Likeness of artists -> nats.
pub(super) const ARTIST: &[(f64, f64)] =
    &[(0.0, -5.0), (0.2, -4.0), (0.35, -2.0), (0.5, 0.5), (0.75, 3.0), (0.95, 4.5), (1.0, 4.5)];
/// From this on an artist is the one who is asked for, as people spell names.
pub(super) const SAME_ARTIST: f64 = 0.7;
/// Below this two artists contradict each other.
pub(super) const CONTRADICTION: f64 = 0.4;
/// An artist that only the heading names may be the compiler: it counts in part.
pub(super) const HEADING_ARTIST: f64 = 0.75;
/// A folder's name that is the artist.
pub(super) const HINT: f64 = 0.93;
/// A folder's name that is the artist where the file names somebody else.
pub(super) const HINT_AGAINST: f64 = 0.5;
/// Share of the best of several people asked for; the rest is how many of them are there.
pub(super) const BEST_PERSON: f64 = 0.55;
/// An entry cut at its first comma: what follows may be a remark or a part of the title.
pub(super) const CUT_SHORT: f64 = 0.7;
/// The name above a part of the listing read as the artist of its entries: it may also be a side or a place.
pub(super) const SECTION_ARTIST: f64 = 0.3;
/// The gap in a line of a script without gaps read as standing between artist and title.
pub(super) const GAP_PARTS: f64 = 0.2;
/// An entry without the last words that may be the writer's own ("waterloo please").
pub(super) const FILLER: f64 = 0.4;
/// The remark behind a dash taken as the title, and what stands before it as the artist.
pub(super) const REMARK_AS_TITLE: f64 = 0.4;
/// Likeness of an artist to a file whose album is what stands in the artist's place ("America - West Side Story"):
/// people name a show or a film so. Enough to play, not to be sure.
pub(super) const ALBUM_FOR_ARTIST: f64 = 0.65;
/// An artist found at the end of a title ("angels robbie williams").
pub(super) const EDGE_ARTIST: f64 = -0.5;
/// Titles or artists in different scripts cannot be compared: neither for nor much against.
pub(super) const OTHER_SCRIPT_TITLE: f64 = -2.0;
/// The same for artists.
pub(super) const OTHER_SCRIPT_ARTIST: f64 = 0.0;
/// A file of which no title is known.
pub(super) const UNTITLED: f64 = -1.0;
/// A title this much alike is the one, if its place says so too ...
pub(super) const GOOD_TITLE: f64 = 0.9;
/// ... with this a numbering of releases is learnt from it ...
pub(super) const TITLED: f64 = 0.75;
/// ... and below this it has little in common with what is asked for.
pub(super) const SOME_TITLE: f64 = 0.6;
/// Lengths that differ by so many seconds are one, as sleeves and files round them.
pub(super) const SAME_LENGTH: f64 = 3.0;
/// Difference in seconds -> nats.
pub(super) const LENGTH: &[(f64, f64)] =
    &[(0.0, 1.5), (3.0, 1.2), (10.0, 0.3), (20.0, -0.3), (45.0, -1.2), (120.0, -2.0)];
/// Numbers that tell siblings apart differ ("Part 1", "Part 2").
pub(super) const NUMBERS_DIFFER: f64 = -4.0;
/// One title is the other and a number behind it.
pub(super) const SEQUEL: f64 = -1.2;
/// One side tells a part, the other does not.
pub(super) const NUMBER_UNSAID: f64 = -0.3;
/// One name holds so much of another's words where it says the same.
pub(super) const SAME_WORDS: f64 = 0.86;
/// An entry is found for certain from so many nats on ...
pub(super) const FOUND: f64 = 2.5;
/// ... and who has so many of a listing, and this share of all its other entries, has the rest as well: that is worth so much
/// for a title so much alike, with no other file so near.
pub(super) const FEWEST_FOUND: usize = 6;
pub(super) const MOST_FOUND: f64 = 0.75;
pub(super) const OWNS_THE_REST: f64 = 0.6;
pub(super) const SLIP: f64 = 0.85;
pub(super) const SLIP_MARGIN: f64 = 1.5;
/// A guest in the file's title whom the entry does not name: where the same song is there without, that one is meant.
pub(super) const GUEST_UNSAID: f64 = -0.1;
/// Who is asked for is such a guest: what they have of their own comes first.
pub(super) const ONLY_GUEST: f64 = -1.0;
/// A subtitle that only one side has.
pub(super) const ASIDE_UNSAID: f64 = -0.35;
/// A remark that the file's album answers ("1981 recording").
pub(super) const ASIDE_ANSWERED: f64 = 0.5;
/// A note names the year of the recording, and the album or folder has it ...
pub(super) const SAME_YEAR: f64 = 0.8;
/// ... or another one.
pub(super) const OTHER_YEAR: f64 = -0.8;
/// A remark beside the entry names the file's people or its subtitle.
pub(super) const REMARKED: f64 = 1.2;
/// Two words of it do.
pub(super) const REMARKED_TWICE: f64 = 2.2;
/// A remark rules them out ("not the X one").
pub(super) const RULED_OUT: f64 = -1.5;
/// Words of a remark that are at least this heavy count.
pub(super) const REMARK_MASS: f64 = 5.0;
/// A note with a year that only one side has: a session or broadcast.
pub(super) const DATED_NOTE: f64 = -1.4;
/// The entry's album is here without it, and nobody is named: a song of another album.
pub(super) const OTHER_ALBUM: f64 = -3.5;
/// The same where the artist is the right one: perhaps from a collection, perhaps another take.
pub(super) const OTHER_ALBUM_SAME_ARTIST: f64 = -1.0;
/// Likeness of an entry of heavy words to the only title of the listing's artist that holds them all.
pub(super) const SHORTHAND: f64 = 0.8;
/// So heavy.
pub(super) const SHORTHAND_MASS: f64 = 6.0;
/// Words that a title goes on with, at least, for its beginning to be its short name.
pub(super) const BEGINNING_REST: usize = 3;
/// ... and that have this likeness at least, which all such have.
pub(super) const BEGINNING: f64 = 0.4;
/// Titles in two scripts this alike by ear, of one artist ...
pub(super) const ONLY_SOUND: f64 = 0.71;
/// ... are worth so much more where no other song of theirs is.
pub(super) const ONLY_SOUND_NATS: f64 = 1.5;
/// The listing names this very file.
pub(super) const NAMED_FILE: f64 = 14.0;
/// The listing's orientation of artist and title, once voted, is rarely broken by one line.
pub(super) const TURNED: f64 = -2.0;

// --- versions ---------------------------------------------------------------------------------------

/// What a difference of version costs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gap {
    /// The file is this version and the listing asks for the plain song.
    pub(super) in_file: f64,
    /// The listing asks for this version and the file does not say so.
    pub(super) in_listing: f64,
    /// Whether such a file may never be played without asking, for the two cases above.
    pub(super) blocks: (bool, bool),
}

/// The costs per version. A plain song asked for is not served by another performance.
pub(super) fn gap(version: Version) -> Gap {
    let (in_file, in_listing, blocks) = match version {
        // Paper: the same performance.
        Version::Remaster => (0.05, 0.05, (false, false)),
        // The same performance, shorter or longer.
        Version::Edit => (0.5, 0.5, (false, false)),
        Version::Extended => (1.5, 1.0, (false, false)),
        // Another performance.
        Version::Live => (3.0, 2.5, (true, true)),
        Version::Acoustic | Version::Demo => (3.0, 2.5, (true, true)),
        Version::Remix | Version::Altered => (3.5, 3.5, (true, true)),
        // A short relative; files often do not say so where the sleeve does.
        Version::Fragment => (3.5, 1.8, (true, false)),
        // An instrumental piece is often only called so on the sleeve.
        Version::Instrumental => (4.0, 1.8, (true, false)),
        Version::Acapella => (4.0, 4.0, (true, true)),
        // "(X cover)" in a listing tells who wrote it.
        Version::Cover => (4.0, 0.3, (true, false)),
        Version::Karaoke => (5.0, 4.0, (true, true)),
        // "Ada's Version" was made because the first one is another.
        Version::Other => (3.0, 3.0, (true, true)),
    };
    Gap { in_file, in_listing, blocks }
}

/// A version that costs this much is never sure.
pub(super) const NOTABLE: f64 = 1.0;
/// Two remixes by different people.
pub(super) const OTHER_REMIXER: f64 = 3.5;

/// Only one of the two says whose remix it is.
pub(super) const SOME_REMIXER: f64 = 1.0;
/// Share of its cost where a version is only told by another word for it: "unplugged" for a live one, or the name of who
/// made it.
pub(super) const RELATIVE: f64 = 0.2;

/// The same of a song that its own title calls live on the release that the entry names: a plain one there is meant first.
pub(super) const BESIDE_PLAIN: f64 = 0.5;

/// Two recordings of one song at two concerts.
pub(super) const OTHER_CONCERT: f64 = 3.0;
/// A live song is asked for with its length: one further off, in seconds, is of another evening.
pub(super) const OTHER_NIGHT: f64 = 45.0;
/// A concert is named, and the file only says that it is one.
pub(super) const SOME_CONCERT: f64 = 1.0;
/// The mono mix is asked for and the file is the stereo one, or the other way round.
pub(super) const OTHER_MIX: f64 = 3.0;
/// The file does not say which of the two it is.
pub(super) const SOME_MIX: f64 = 0.5;
/// The long version is asked for and the file is the short one, or the other way round.
pub(super) const OTHER_LENGTH: f64 = 2.0;
/// The cast of the film for that of the stage, or another city's.
pub(super) const OTHER_CAST: f64 = -3.0;

/// Most that a difference of version costs where any version will do: the one asked for comes first.
pub(super) const ANY_VERSION: f64 = 1.5;

/// What the other performer of a cover costs less, there.
pub(super) const ANY_PERFORMER: f64 = 5.0;

// --- the listing as a whole -----------------------------------------------------------------------------

/// Worth of other entries found in the same release: this times ln(1 + their number) ...
pub(super) const RELEASE: f64 = 1.2;
/// ... and no more than this.
pub(super) const RELEASE_MOST: f64 = 3.2;
/// Evidence in nats from which a file has a voice before anything is chosen ...
pub(super) const WORTH_A_VOICE: f64 = -1.0;
/// ... and the share of it that one has which may not be played: the song's release may be the one all the same.
pub(super) const BLOCKED_TRUST: f64 = 0.3;
/// The listing's heading names the release.
pub(super) const HEADED_RELEASE: f64 = 1.2;
/// The entry's own album field names it.
pub(super) const NAMED_RELEASE: f64 = 1.8;
/// The track number fits in a release whose numbers fit the listing's.
pub(super) const NUMBER_FITS: f64 = 2.0;
/// It does not.
pub(super) const NUMBER_DIFFERS: f64 = -1.0;
/// A choice more likely than this has a voice in how a release is numbered ...
pub(super) const TRUSTED: f64 = 0.5;
/// ... which two of them and this share of all must agree on ...
pub(super) const NUMBERING_SHARE: f64 = 0.6;
/// ... though two may agree by chance: from so many on they do not.
pub(super) const NUMBERED: usize = 5;
/// With this share a number tells the place of a file ...
pub(super) const PLACED_NUMBERED: f64 = 0.75;
/// ... and with this share, and most of the listing, the release is the listing's.
pub(super) const HOME_NUMBERED: f64 = 0.8;
/// Releases of so many entries are searched for files that stand in an entry's place.
pub(super) const PLACES_FROM: f64 = 3.0;
/// Of several rips the one of a release is taken that has this share of the listing ...
pub(super) const VOUCHING_SHARE: f64 = 0.3;
/// ... and so many entries.
pub(super) const VOUCHING_FEWEST: f64 = 2.5;
/// A file without a title whose place in a named or fitting release is the entry's.
pub(super) const PLACE_ONLY: f64 = 4.5;
/// Title likeness counts as no worse than this where release, number and length all fit:
/// the same piece under another name.
pub(super) const ALIAS_FLOOR: f64 = -1.5;
/// What the fitting length adds in that case.
pub(super) const ALIAS_LENGTH: f64 = 1.0;
/// So many numbers with their lengths make a disc known, as they do in disc databases ...
pub(super) const DISC_PAIRS: usize = 4;
/// ... if they are this share of the entries.
pub(super) const DISC_SHARE: f64 = 0.6;
/// What a file on such a disc with the right number and length is worth at least ...
pub(super) const DISC_PLACE: f64 = 4.0;
/// ... and what that adds: another disc of the same piece has other lengths.
pub(super) const DISC: f64 = 4.0;
/// A listing of so many numbers at least, in another script than the files ...
pub(super) const SEATS_FEWEST: usize = 8;
/// ... of which so many titles, this much alike, stand under their numbers on one release ...
pub(super) const SEATS_AGREED: usize = 2;
pub(super) const SEATED_TITLE: f64 = 0.65;
/// ... that has this share of the numbers, and so many more or fewer than the listing at most, is that release: what
/// stands under a number there is worth so much.
pub(super) const SEATS_SHARE: f64 = 0.8;
pub(super) const SEATS_MORE: u32 = 2;
pub(super) const SEATED: f64 = 3.0;
/// The one file and the one entry that are left of a release and a listing of one size ...
pub(super) const LEFT_OVER: f64 = 2.5;
/// ... if at least so many others were found there ...
pub(super) const LEFT_BY: usize = 4;
/// ... and the titles have at least this in common: one may have been exchanged for another.
pub(super) const LEFT_TITLE: f64 = 0.3;
/// Worth of an artist who has most of the entries that name nobody: times ln(1 + them) ...
pub(super) const HOUSE_ARTIST: f64 = 1.1;
/// ... and no more than this.
pub(super) const HOUSE_ARTIST_MOST: f64 = 3.0;
/// They have so many entries at least ...
pub(super) const HOUSE_FEWEST: f64 = 2.0;
/// ... and this share of those that are found; from the second share on others are strangers.
pub(super) const HOUSE_SHARE: f64 = 0.4;
pub(super) const HOUSE_OF_MOST: f64 = 0.6;
/// Counted so many times if a line beside the entries names them.
pub(super) const SPOKEN_OF: f64 = 1.5;
/// Somebody else, in such a listing.
pub(super) const NOT_HOUSE_ARTIST: f64 = -2.5;
/// So many files that name the player whom the page names show that the owner has these.
pub(super) const FEWEST_CREDITED: usize = 3;
/// The heading holds the artist's name.
pub(super) const HEADED_ARTIST: f64 = 2.0;

// --- how sure --------------------------------------------------------------------------------------------

/// Log-odds of a choice without any margin, and what a nat of margin adds to them.
pub(super) const CALIBRATION: (f64, f64) = (0.69, 0.92);
/// Confidence from which a match is sure.
pub(super) const SURE: f64 = 0.98;
/// Confidence from which it is played.
pub(super) const LIKELY: f64 = 0.85;
/// The most that a guarded match may have.
pub(super) const NEVER_SURE: f64 = 0.97;
/// The most that a match may have that must not be played: of such, so many were right after all.
pub(super) const NEVER_LIKELY: f64 = 0.25;
/// Titles less alike than this need the release to vouch for them before they are sure.
pub(super) const SURE_TITLE: f64 = 0.84;
/// An artist less alike than this is only perhaps the one.
pub(super) const FAINT_ARTIST: f64 = 0.6;
/// Another version further off than this, in nats, is not even asked about.
pub(super) const FAR_OFF: f64 = -8.0;
/// With an artist who is only perhaps the one, titles need words of this weight to be played.
pub(super) const FAINT_MASS: f64 = 9.0;
/// Matched words of less weight need an artist or a release.
pub(super) const SURE_MASS: f64 = 12.0;
/// Words of this weight are a title that hardly two songs have.
pub(super) const RARE_MASS: f64 = 15.0;
/// Release support in nats that is strong.
pub(super) const STRONG_RELEASE: f64 = 1.5;
/// The share of entries that have to be found on the releases that the heading names, to take those for the listing.
pub(super) const HOME: f64 = 0.6;
/// And so many.
pub(super) const HOME_FEWEST: f64 = 5.0;
/// A file from outside the album that the listing is must have this length, in seconds of
/// difference, or it may be another take.
pub(super) const SAME_TAKE: f64 = 4.0;
/// Another recording of the same song this close makes a match no more than likely.
pub(super) const RIVAL: f64 = 1.0;
/// An entry whose best file is at least this likely is doubtful rather than missing.
pub(super) const WORTH_ASKING: f64 = 0.10;
/// The same where the artists contradict each other.
pub(super) const WORTH_ASKING_AGAINST: f64 = 0.30;

/// Straight lines between the points of a table ordered by its first column.
pub(super) fn on_curve(table: &[(f64, f64)], x: f64) -> f64 {
    let Some(after) = table.iter().position(|(at, _)| x <= *at) else {
        return table.last().map_or(0.0, |(_, y)| *y);
    };
    if after == 0 {
        return table[0].1;
    }
    let ((x0, y0), (x1, y1)) = (table[after - 1], table[after]);
    y0 + (y1 - y0) * (x - x0) / (x1 - x0)
}

/// Margin of a choice in nats -> how often such a choice is right; see `confidence` for how it was got.
pub(super) fn calibrated(margin: f64) -> f64 {
    logistic(CALIBRATION.0 + CALIBRATION.1 * margin)
}

/// Log-odds -> probability.
pub(super) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_join_their_points() {
        assert_eq!(on_curve(TITLE, 1.0), 5.5);
        assert_eq!(on_curve(TITLE, -1.0), -8.0);
        assert!((on_curve(&[(0.0, 0.0), (1.0, 2.0)], 0.5) - 1.0).abs() < 1e-9);
        assert_eq!(on_curve(LENGTH, 1e9), -2.0);
    }
}
