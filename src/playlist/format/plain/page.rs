//! Takes a line; says whether it is what pages have around a list: the heading of a concert, a date, an hour, the
//! heading of what stands below the list, in the languages of the listings one meets most.
//! Never sees more than one line.

use super::number::is_year;

/// Between who plays and where.
pub(super) const SETLIST_AT: &str = " setlist at ";

/// Whether the line is the heading of a concert's set list: "Velo Setlist at The Hall, Riga", "Tour: Lanterns".
pub(super) fn heads_setlist(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.contains(SETLIST_AT) || ["tour:", "venue:"].iter().any(|label| lower.starts_with(label))
}

/// Whether the line is the heading of what pages put below a list of tracks.
pub(super) fn is_end(text: &str) -> bool {
    const ENDS: &[&str] = &[
        "about",
        "about me",
        "additional information",
        "alben",
        "bemerkungen",
        "besetzung",
        "cast",
        "comentarios",
        "commentaires",
        "comments",
        "companies, etc",
        "credits",
        "créditos",
        "crédits",
        "customer reviews",
        "discussion",
        "edits and comments",
        "einzelnachweise",
        "external links",
        "featured artists",
        "fans also like",
        "ficha técnica",
        "formazione",
        "further reading",
        "kommentare",
        "leave a comment",
        "line-up",
        "lineup",
        "more episodes",
        "musicians",
        "musiciens",
        "musiker",
        "musicisti",
        "músicos",
        "notes",
        "personnel",
        "product details",
        "produktinformation",
        "recommendations",
        "recommended",
        "références",
        "referencias",
        "references",
        "related",
        "reviews",
        "see also",
        "setlist statistics",
        "share this",
        "songs on albums",
        "supported by",
        "user reviews",
        "videos",
        "weblinks",
        "you may also like",
        "комментарии",
        "участники записи",
        "примечания",
        "参加ミュージシャン",
        "脚注",
    ];
    // Wikipedia has a button behind every heading.
    let (head, button) = text.split_once('[').unwrap_or((text, ""));
    let edited =
        button.ends_with(']') && EDITS.contains(&button.trim_end_matches(']').to_lowercase().as_str());
    let bare = if edited { head } else { text }.trim_matches(|c: char| !c.is_alphanumeric());
    if edited && SINGLES.contains(&bare.to_lowercase().as_str()) {
        return true;
    }
    bare.len() <= 40 && ENDS.contains(&bare.to_lowercase().as_str())
}

/// What the button behind a heading is called.
const EDITS: &[&str] = &[
    "edit",
    "editar",
    "bearbeiten",
    "modifier",
    "modifica",
    "bewerken",
    "править",
    "編集",
    "edytuj",
    "redigera",
];
/// The headings of lists that stand below that of the tracks, and repeat some of them.
const SINGLES: &[&str] = &[
    "singles",
    "sencillos",
    "singoli",
    "simples",
    "single",
    "singlar",
    "single-auskopplungen",
    "auskopplungen",
    "charts",
    "certifications",
    "music videos",
    "videoclips",
    "синглы",
];

/// Whether the line is of the head of a letter that was sent by mail: "From: Jo", "Betreff: Musik".
pub(super) fn is_letterhead(text: &str) -> bool {
    const HEADS: &[&str] = &[
        "from", "to", "cc", "subject", "sent", "re", "fwd", "von", "an", "betreff", "gesendet", "de", "para",
        "asunto", "assunto", "enviado", "à", "objet", "envoyé", "da", "a", "oggetto", "inviato", "od", "do",
        "temat", "kimden", "kime", "konu", "от", "кому", "тема",
    ];
    text.split_once(": ").is_some_and(|(head, _)| HEADS.contains(&head.to_lowercase().as_str()))
}

/// Whether the line is a date and no more: "Dec 13 2022", "13. Dezember 2022", "2022-12-13". A year alone may be a title.
pub(super) fn is_date(text: &str) -> bool {
    const MONTHS: &[&str] = &[
        "jan", "feb", "mar", "mär", "apr", "may", "mai", "jun", "jul", "aug", "sep", "oct", "okt", "nov",
        "dec", "dez", "ene", "abr", "ago", "dic", "fév", "avr", "aoû", "déc", "янв", "фев", "мар", "апр",
        "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек",
    ];
    if text.len() > 60 {
        return false;
    }
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let digits = |word: &&&str| word.starts_with(|c: char| c.is_ascii_digit());
    let numbers = words.iter().filter(digits).count();
    let year = words.iter().any(|word| is_year(word));
    let month = |word: &str| MONTHS.iter().any(|month| word.starts_with(month));
    let others = words.iter().filter(|word| !digits(word));
    let named = others.clone().any(|word| month(word));
    let weekday = |word: &str| {
        word.ends_with("day")
            || word.ends_with("tag")
            || ["de", "mon", "tue", "wed", "thu", "fri", "sat", "sun"].contains(&word)
    };
    let whole = others.clone().all(|word| month(word) || weekday(word));
    let signs = text.contains(['-', '/', '.']) && words.len() == 3;
    year && whole && ((named && numbers >= 2) || (numbers == 3 && signs))
}

/// Whether the line tells a time of day, and of what: "Start time: 8:15 PM", "Doors 19:00 Uhr".
pub(super) fn is_clock(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let half =
        lower.strip_suffix("am").or_else(|| lower.strip_suffix("pm")).or_else(|| lower.strip_suffix("uhr"));
    half.map(str::trim_end).is_some_and(|rest| {
        let digits =
            rest.bytes().rev().take_while(|byte| byte.is_ascii_digit() || b":.".contains(byte)).count();
        let at = rest.len() - digits;
        digits >= 3 && rest[at..].contains([':', '.']) && !rest[at..].ends_with([':', '.'])
    })
}

/// "LW: 3", "Weeks: 12", "Plays: 1,204": what a chart or a service counts.
pub(super) fn is_count(text: &str) -> bool {
    let Some((label, count)) = text.split_once(':') else { return false };
    let count = count.trim().trim_end_matches(',');
    let number = !count.is_empty() && count.chars().all(|c| c.is_ascii_digit() || ".,-–+%".contains(c));
    label.split_whitespace().count() <= 2
        && label.chars().all(|c| c.is_alphabetic() || c == ' ' || c == '.')
        && (number || matches!(count, "New" | "NEW" | "RE" | "Re"))
}

/// "2.1k points · 1,873 comments", "94% upvoted": how a page with comments counts those who read it; "share   save   hide": what they can do.
pub(super) fn is_tally(text: &str) -> bool {
    const COUNTED: &[&str] = &[
        "point",
        "points",
        "comment",
        "comments",
        "upvoted",
        "upvotes",
        "votes",
        "views",
        "likes",
        "replies",
        "shares",
        "kommentare",
        "aufrufe",
        "commentaires",
        "vues",
        "comentarios",
        "comentários",
        "visualizações",
        "vistas",
    ];
    const BUTTONS: &[&str] =
        &["share", "save", "hide", "report", "reply", "award", "embed", "permalink", "parent"];
    let (mut counts, mut buttons) = (0, 0);
    let mut words =
        text.split(|c: char| c.is_whitespace() || "·•|,".contains(c)).filter(|word| !word.is_empty());
    let known = words.all(|word| {
        let lower = word.to_lowercase();
        let number = lower.trim_end_matches(['k', 'm', '%']).chars().all(|c| c.is_ascii_digit() || c == '.');
        let (counted, button) = (COUNTED.contains(&lower.as_str()), BUTTONS.contains(&lower.as_str()));
        counts += usize::from(counted);
        buttons += usize::from(button);
        number || counted || button
    });
    known && (buttons > 1 || (counts > 0 && text.contains(|c: char| c.is_ascii_digit())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tallies_are_no_words() {
        for text in [
            "2.1k points · 1,873 comments · 91% upvoted",
            "2.3k comments   share   save   hide",
            "permalink embed save",
        ] {
            assert!(is_tally(text), "{text}");
        }
        assert!(!is_tally("Points of View") && !is_tally("99 Rains") && !is_tally("Share"));
    }

    #[test]
    fn counts_have_their_names() {
        for text in ["LW: 3,", "Weeks: 12", "Plays: 1,204", "LW: New,"] {
            assert!(is_count(text), "{text}");
        }
        for text in ["Velo: Rain", "Track: 7 Seconds", "3:41", "Set: "] {
            assert!(!is_count(text), "{text}");
        }
    }

    #[test]
    fn dates_and_hours_are_no_titles() {
        for date in ["Dec 13 2022", "13. Dezember 2022", "2022-12-13", "13.12.2022", "Tuesday 6 March 2018"] {
            assert!(is_date(date), "{date}");
        }
        for title in
            ["1979", "December", "December, 1963", "Maybe 2 of 1999 Things", "7-7", "March 5", "99 - 1 - 2"]
        {
            assert!(!is_date(title), "{title}");
        }
        assert!(is_clock("Start time: 8:15 PM") && is_clock("Doors 19:00 Uhr"));
        assert!(!is_clock("I Am") && !is_clock("5 AM") && !is_clock("Uhr"));
    }
}
