//! Takes the lines of a page; gives them without what pages put beside every track for the hand, not the eye:
//! buttons, and how often others have pressed them.
//! Never takes a word away that could be a title, unless it stands alone on three lines of the page or more.

use std::collections::HashMap;

use super::line::Line;
use super::time::{self, Kind};

/// No title, whatever the language of the titles.
const ALWAYS: &[&str] = &[
    "add time",
    "add to favorites",
    "add to festival",
    "add to playlist",
    "add to queue",
    "album only",
    "buy digital track",
    "buy track",
    "edit set times",
    "edit setlist",
    "edit setlist songs",
    "edit venue & date",
    "love this track",
    "loved track",
    "play track",
    "play video",
    "pre-save",
    "share setlist",
    "song cover",
    "view in itunes",
];

/// Titles as well, but not of several tracks of one listing.
const REPEATED: &[&str] = &[
    "amazon",
    "buy",
    "download",
    "explicit",
    "info",
    "like",
    "listen",
    "listen on apple music",
    "love",
    "lyrics",
    "more",
    "now playing",
    "options",
    "play",
    "preview",
    "reply",
    "save",
    "share",
    "spotify",
    "stream",
    "video",
    "views",
    "youtube",
    "acheter",
    "anhören",
    "ascolta",
    "baixar",
    "comprar",
    "descargar",
    "escuchar",
    "extrait",
    "hörprobe",
    "kaufen",
    "letra",
    "ouvir",
    "paroles",
    "reinhören",
    "écouter",
    "купить",
    "скачать",
    "слушать",
    "текст песни",
    "가사",
    "곡정보",
    "다운",
    "다운로드",
    "담기",
    "듣기",
    "뮤비",
    "뮤직비디오",
    "재생",
    "좋아요",
    "좋아요 총건수",
    "下载",
    "分享",
    "播放",
    "收藏",
    "歌詞",
    "歌词",
    "試聴",
    "試聽",
    "试听",
    "購入",
    "ダウンロード",
];

/// As they were always told apart, in the spelling that pages use.
const AS_WRITTEN: &[&str] = &["lyrics", "Explicit", "EXPLICIT"];

/// So many lines alike are a button, and not a title that comes again.
const FEWEST: usize = 3;

/// Drops the lines that are buttons, and cuts buttons off behind the times that end a line.
pub(super) fn strip(lines: &mut Vec<Line<'_>>) {
    strip_cells(lines);
    let mut counts: HashMap<&'static str, usize> = HashMap::new();
    for word in lines.iter().filter_map(|line| repeated(&line.text)) {
        *counts.entry(word).or_default() += 1;
    }
    lines.retain(|line| {
        let again = || repeated(&line.text).is_some_and(|word| counts[word] >= FEWEST);
        !is_always(&line.text) && !again()
    });
    for line in lines {
        if let Some(end) = before_buttons(&line.text) {
            line.text.truncate(end);
        }
    }
}

/// Takes buttons out of the rows of tables, and the rows that have nothing else.
fn strip_cells(lines: &mut Vec<Line<'_>>) {
    let mut counts: HashMap<&'static str, usize> = HashMap::new();
    let tabbed = || lines.iter().filter(|line| line.text.contains('\t'));
    for word in tabbed().flat_map(|line| line.text.split('\t')).filter_map(repeated) {
        *counts.entry(word).or_default() += 1;
    }
    let is_button = |cell: &str| repeated(cell).is_some_and(|word| counts[word] >= FEWEST);
    // Korean services set the word before the track that an album is sold by.
    let korean = lines.iter().any(|line| line.text.contains(|c| ('가'..='힣').contains(&c)));
    let unmarked = |cell: &str| -> String {
        let mark = ["TITLE ", "[타이틀] ", "타이틀 "].iter().find_map(|mark| cell.strip_prefix(mark));
        mark.filter(|_| korean).unwrap_or(cell).to_owned()
    };
    lines.retain_mut(|line| {
        let buttons = line.text.contains('\t') && line.text.split('\t').any(&is_button);
        if buttons {
            let cells = line.text.split('\t').filter(|cell| !is_button(cell)).map(unmarked);
            line.text = cells.collect::<Vec<String>>().join("\t");
        }
        !buttons || line.text.contains(char::is_alphanumeric)
    });
}

fn is_always(text: &str) -> bool {
    let word = text.len() <= 32 && {
        let lower = text.to_lowercase();
        ALWAYS.contains(&uncounted(&lower))
    };
    word || AS_WRITTEN.contains(&text) || is_count_of_views(text)
}

/// The button that the line may be, without its count.
fn repeated(text: &str) -> Option<&'static str> {
    let lower = Some(text).filter(|text| text.len() <= 32)?.to_lowercase();
    REPEATED.iter().copied().find(|word| *word == uncounted(&lower))
}

/// "save 312", "12.4k views": without the number.
fn uncounted(text: &str) -> &str {
    let counts = |word: &str| {
        let bare = word.strip_suffix(['k', 'm']).unwrap_or(word);
        bare.starts_with(|c: char| c.is_ascii_digit())
            && bare.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',')
    };
    match (text.rsplit_once(' '), text.split_once(' ')) {
        (Some((word, count)), _) if counts(count) => word.trim(),
        (_, Some((count, word))) if counts(count) => word.trim(),
        _ => text.trim(),
    }
}

/// "1.2M", "800K", "68M views • 11 years ago": how often others have looked.
fn is_count_of_views(text: &str) -> bool {
    if let Some((count, "views" | "plays" | "likes")) =
        text.split('•').next().and_then(|text| text.trim().split_once(' '))
    {
        return count.starts_with(|c: char| c.is_ascii_digit()) && count.len() <= 12;
    }
    let count = text.strip_suffix(['K', 'M']).unwrap_or_default();
    !count.is_empty()
        && count.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && count.as_bytes()[0] != b'.'
}

/// Where a line's time ends that has nothing but buttons behind it: "Rain 3:41  lyrics buy track".
fn before_buttons(text: &str) -> Option<usize> {
    const BEHIND: &[&str] = &["lyrics", "buy", "track", "video", "download", "share", "play", "info", "more"];
    let mut rest = text;
    while let Some(word) = rest.split_whitespace().next_back().filter(|word| BEHIND.contains(word)) {
        rest = rest[..rest.len() - word.len()].trim_end();
    }
    let timed = || time::tail(rest).is_some_and(|found| found.kind != Kind::Dot && !found.rest.is_empty());
    (rest.len() < text.len() && timed()).then_some(rest.len())
}

#[cfg(test)]
mod tests {
    use super::super::line;
    use super::*;

    fn left(text: &str) -> Vec<String> {
        let mut lines = line::lines(text);
        strip(&mut lines);
        lines.into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn buttons_are_dropped_and_titles_are_not() {
        assert_eq!(left("Rain\n68M views • 11 years ago\n1,024 plays\nGlass\n"), ["Rain", "Glass"]);
        assert_eq!(left("Rain\nPlay Video\nGlass\nPre-Save 0\nMore\n"), ["Rain", "Glass", "More"]);
        assert_eq!(left("Rain\nSave 312\nGlass\nSave 1.2k\nSalt\nSave 8\nSave Me 2\n").len(), 4);
        assert_eq!(left("More\nMore\n").len(), 2, "twice may be a reprise");
    }

    #[test]
    fn buttons_in_the_cells_of_a_table() {
        let table = "1\t곡정보\tRain\n좋아요 총건수 91,402\t다운로드\n2\t곡정보\tTITLE Glass\n좋아요 총건수 12\t다운로드\n\
                     3\t곡정보\tSalt\n좋아요 총건수 7\t다운로드\n";
        assert_eq!(left(table), ["1\tRain", "2\tGlass", "3\tSalt"]);
        assert_eq!(left("1\tMore\tVelo\n2\tRain\tVelo\n").len(), 2);
    }

    #[test]
    fn buttons_behind_a_time() {
        assert_eq!(left("Rain 3:41  lyrics buy track"), ["Rain 3:41"]);
        assert_eq!(left("Play Video\nI want more"), ["I want more"]);
        assert_eq!(left("3:41 more"), ["3:41 more"], "a title behind its start");
    }
}
