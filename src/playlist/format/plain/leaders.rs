//! Takes the lines of a page; where rows of dots lead from the title to a name, "Rain ........ Velo", gives them columns.
//! Never touches the dots before a time, nor three that trail off.

use super::line::{LONGEST, Line};
use super::time;

/// So few lines may trail off.
const FEWEST: usize = 3;
/// Fewer dots than this lead nowhere.
const LONG: usize = 4;

/// Sets tabs for the dots, where three lines or more have them between words.
pub(super) fn cut(lines: &mut [Line<'_>]) {
    let led = |line: &&Line<'_>| {
        line.text.len() <= LONGEST && time::tail(&line.text).is_none() && columns(&line.text, LONG).is_some()
    };
    if lines.iter().filter(led).count() < FEWEST {
        return;
    }
    for line in lines.iter_mut().filter(|line| line.text.len() <= LONGEST) {
        // Among such lines two dots lead as well, where the title is long.
        if let Some(text) = columns(&line.text, 2).filter(|_| time::tail(&line.text).is_none()) {
            line.text = text;
        }
    }
}

/// The text with a tab for each row of so many dots that stands between words and apart from them.
fn columns(text: &str, most: usize) -> Option<String> {
    let mut cells: Vec<String> = vec![String::new()];
    for word in text.split(' ') {
        let dots = word.chars().filter(|c| *c == '.').count() + 3 * word.matches('…').count();
        if dots >= most && word.chars().all(|c| matches!(c, '.' | '…')) {
            cells.push(String::new());
        } else if let Some(cell) = cells.last_mut() {
            if !cell.is_empty() {
                cell.push(' ');
            }
            cell.push_str(word);
        }
    }
    let cells: Vec<&str> = cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
    (cells.len() > 1).then(|| cells.join("\t"))
}

#[cfg(test)]
mod tests {
    use super::super::line;
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let mut lines = line::lines(text);
        cut(&mut lines);
        lines.into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn dots_between_title_and_name() {
        let programme = "Rain ........ Ana Velo\nGlass at Night .. Jo Lind\nSalt ..... Ines Calder\nTide .... Velo\nShore ..... 3:41\n";
        let want = [
            "Rain\tAna Velo",
            "Glass at Night\tJo Lind",
            "Salt\tInes Calder",
            "Tide\tVelo",
            "Shore ..... 3:41",
        ];
        assert_eq!(texts(programme), want);
    }

    #[test]
    fn other_dots_stay() {
        let text = "Rain ... and more\nGlass...\nWait .... what\n";
        assert_eq!(texts(text).join("\n") + "\n", text);
    }
}
