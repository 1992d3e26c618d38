//! Takes what stands beside a title; says whether it is who wrote the music and not who plays it: "J. S. Bach",
//! "Trad., arr. Velo", "Franz Liszt (1811-1886)".
//! Never takes a name for a composer's that bands have as well.

use super::super::KnowsArtist;
use super::fields::Fields;
use super::number::is_year;

/// Surnames that tell a composer wherever they stand, as programmes of several countries spell them.
const SURNAMES: &[&str] = &[
    "albinoni",
    "allegri",
    "bach",
    "bartók",
    "bartok",
    "beethoven",
    "bellini",
    "berlioz",
    "bernstein",
    "bizet",
    "borodin",
    "brahms",
    "britten",
    "bruckner",
    "buxtehude",
    "byrd",
    "charpentier",
    "chopin",
    "copland",
    "corelli",
    "couperin",
    "debussy",
    "donizetti",
    "dvorak",
    "dvořák",
    "elgar",
    "falla",
    "fauré",
    "faure",
    "franck",
    "gounod",
    "grainger",
    "grieg",
    "górecki",
    "gorecki",
    "granados",
    "haendel",
    "händel",
    "handel",
    "haydn",
    "holst",
    "howells",
    "janáček",
    "janacek",
    "lauridsen",
    "liszt",
    "lully",
    "mahler",
    "mascagni",
    "massenet",
    "mendelssohn",
    "messiaen",
    "monteverdi",
    "mozart",
    "mussorgsky",
    "offenbach",
    "orff",
    "pachelbel",
    "palestrina",
    "parry",
    "poulenc",
    "prokofiev",
    "puccini",
    "purcell",
    "rachmaninov",
    "rachmaninoff",
    "rameau",
    "ravel",
    "respighi",
    "rimsky-korsakov",
    "rossini",
    "rutter",
    "saint-saëns",
    "saint-saens",
    "satie",
    "scarlatti",
    "schubert",
    "schumann",
    "schütz",
    "shostakovich",
    "sibelius",
    "smetana",
    "sousa",
    "stanford",
    "stravinsky",
    "tallis",
    "tavener",
    "tchaikovsky",
    "tiomkin",
    "telemann",
    "tschaikowsky",
    "verdi",
    "vierne",
    "vivaldi",
    "wagner",
    "warlock",
    "widor",
    "whitacre",
];

/// The programme of a service or a concert names who wrote a piece; who plays stands above it. Where the library has most
/// of the names as artists, its files are filed under them.
pub(super) fn to_notes(fields: &mut [Fields], knows: &KnowsArtist<'_>) {
    let named = || fields.iter().filter_map(|fields| fields.artist.as_deref());
    let composers = named().filter(|name| is_composer(name)).count();
    let known = named().filter(|name| knows(name)).count();
    if composers < 3 || composers * 3 < named().count() || known * 2 >= named().count() {
        return;
    }
    for fields in fields {
        let artist = fields.artist.take();
        fields.note = fields.note.take().or(artist);
    }
}

/// Whether the words name a composer, or say that somebody arranged.
pub(super) fn is_composer(text: &str) -> bool {
    let lower = text.to_lowercase();
    if ["arr.", " arr ", "orch.", "trad."].iter().any(|word| lower.contains(word)) || is_dated(&lower) {
        return true;
    }
    let name = lower.split([',', '(']).next().unwrap_or_default();
    let words: Vec<&str> = name.split([' ', '.']).filter(|word| !word.is_empty()).collect();
    words.len() <= 4 && words.last().is_some_and(|last| SURNAMES.contains(last))
}

/// "(1685-1750)", "(b. 1952)": when somebody lived.
fn is_dated(lower: &str) -> bool {
    let Some((_, inner)) = lower.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) else {
        return false;
    };
    let born =
        ["b. ", "b.", "born ", "*", "geb. ", "né en "].iter().find_map(|word| inner.strip_prefix(word));
    born.is_some_and(|born| is_year(born.trim()))
        || inner.split_once(['-', '–']).is_some_and(|(from, to)| is_year(from.trim()) && is_year(to.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composers_are_told_from_players() {
        for name in [
            "J.S. Bach",
            "Johann Sebastian Bach",
            "H. Velo, arr. Moor",
            "Ana Velo (1685–1750)",
            "Ana Velo (b. 1952)",
            "Charles-Marie Widor",
        ] {
            assert!(is_composer(name), "{name}");
        }
        for name in ["Ana Velo", "The Bach Choir", "Velo (live 1999)", "Arrested", "Bach Choir, London"] {
            assert!(!is_composer(name), "{name}");
        }
    }
}
