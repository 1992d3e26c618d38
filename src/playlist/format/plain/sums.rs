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
    let mut words = lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let Some(first) = words.next().filter(|word| SUMS.contains(word) || word.starts_with("合計")) else {
        return false;
    };
    let counts =
        !matches!(first, "playing" | "running") && lower.contains(|c: char| c.is_numeric() || c == ':');
    words.all(|word| OF.contains(&word)) && (counts || words_of_time(&lower))
}

/// Whether it says what is summed up.
fn words_of_time(lower: &str) -> bool {
    ["time", "length", "duration", "zeit", "länge", "dauer", "время", "durée", "duración", "durata", "合計"]
        .iter()
        .any(|word| lower.contains(word))
}
