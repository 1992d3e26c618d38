//! Takes a line; says whether it sums the listing up, in the languages of the listings one meets most.
//! Never sees more than one line, and never calls a title a sum that only begins like one.

/// Whether the line sums up: "Total length: 40:12", "Gesamtspielzeit 61:03". "Total Eclipse of the Heart" does not,
/// nor does "Running 3:00".
pub(in super::super) fn is_total(text: &str) -> bool {
    const SUMS: &[&str] = &[
        "total",
        "totale",
        "gesamt",
        "gesamtspielzeit",
        "gesamtlänge",
        "gesamtzeit",
        "gesamtlaufzeit",
        "gesamtdauer",
        "durée",
        "duración",
        "durata",
        "playing",
        "running",
        "runtime",
        "spielzeit",
        "общее",
    ];
    const OF: &[&str] = &[
        "total",
        "totale",
        "length",
        "time",
        "playing",
        "running",
        "duration",
        "runtime",
        "spielzeit",
        "länge",
        "zeit",
        "laufzeit",
        "dauer",
        "durée",
        "duración",
        "durata",
        "время",
        "tracks",
        "songs",
        "titel",
        "disc",
        "disk",
        "cd",
        "side",
        "album",
        "tape",
        "of",
        "for",
        "approx",
        "ca",
        "about",
        "minutes",
        "minuten",
        "min",
        "mins",
        "hours",
        "hour",
        "hr",
        "hrs",
        "h",
        "m",
        "s",
        "sec",
        "secs",
        "seconds",
        "and",
        "a",
        "b",
        "one",
        "two",
    ];
    let lower = text.to_lowercase();
    if counts_tracks(&lower) {
        return true;
    }
    let mut words = lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let Some(first) = words.next().filter(|word| SUMS.contains(word) || word.starts_with("合計")) else {
        return false;
    };
    let counts =
        !matches!(first, "playing" | "running") && lower.contains(|c: char| c.is_numeric() || c == ':');
    words.all(|word| OF.contains(&word)) && (counts || words_of_time(&lower))
}

/// "13 items", "10 songs, 45 minutes", "12 Titel • 48 Min.": a count, what is counted, and perhaps how long it lasts.
fn counts_tracks(lower: &str) -> bool {
    const TRACKS: &[&str] = &[
        "items",
        "songs",
        "tracks",
        "titles",
        "videos",
        "titel",
        "lieder",
        "titres",
        "morceaux",
        "canciones",
        "brani",
        "utworów",
        "曲",
        "песен",
        "треков",
    ];
    const TIMES: &[&str] = &[
        "about", "approx", "ca", "environ", "minutes", "minute", "minuten", "minuti", "minutos", "min",
        "mins", "hours", "hour", "hr", "hrs", "h", "m", "s", "std", "sec", "seconds", "sekunden", "and",
        "und", "et", "y", "total", "in", "album", "playlist", "disc", "this", "the", "on",
    ];
    let count = lower.bytes().take_while(u8::is_ascii_digit).count();
    let mut words = lower[count..].split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    // "7. Songs" is a track of that name.
    let apart = lower[count..].starts_with(|c: char| c == ' ' || c.is_alphabetic());
    (1..=5).contains(&count)
        && apart
        && lower.len() < 80
        && words.next().is_some_and(|word| TRACKS.contains(&word))
        && words.all(|word| TIMES.contains(&word))
}

/// Whether it says what is summed up.
fn words_of_time(lower: &str) -> bool {
    ["time", "length", "duration", "zeit", "länge", "dauer", "время", "durée", "duración", "durata", "合計"]
        .iter()
        .any(|word| lower.contains(word))
}
