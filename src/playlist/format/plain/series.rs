//! Takes the numbers that lines may begin with; gives the runs that count: 1, 2, 3 or 20, 19, 18,
//! with a slip here and there, starting again on every side or disc.
//! Never looks at the words behind the numbers.

use super::number::Style;

/// A number that a line may begin with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    /// Index of the line.
    pub(super) line: usize,
    pub(super) style: Style,
    pub(super) value: u32,
    pub(super) part: Option<u32>,
}

/// The largest step inside a run: a number left out or misread.
const LARGEST_STEP: u32 = 3;

/// Runs of marks of one style, at least `shortest` long, in the order of lines.
pub(super) fn runs(marks: &[Mark]) -> Vec<Vec<Mark>> {
    let mut styles: Vec<Style> = marks.iter().map(|mark| mark.style).collect();
    styles.sort();
    styles.dedup();
    let mut runs = Vec::new();
    for style in styles {
        let same: Vec<Mark> = marks.iter().filter(|mark| mark.style == style).copied().collect();
        runs.extend(split(&same).into_iter().filter(|run| run.len() >= shortest(style) && starts_well(run)));
    }
    runs.sort_by_key(|run| run[0].line);
    runs
}

/// A bare number or a roman one is easily a title's own ("7 Seconds", "I. Me, Mine").
fn shortest(style: Style) -> usize {
    match style {
        Style::Bare | Style::Roman => 3,
        Style::DiscTrack | Style::Medium | Style::Marked | Style::Circled | Style::Side | Style::Letter => 2,
    }
}

/// Letters are a person's initials ("B. B. King") more often than a side, unless they begin at A.
fn starts_well(run: &[Mark]) -> bool {
    run[0].style != Style::Letter || run[0].value == 1
}

/// Cuts where the count breaks. A run that starts again for another disc or side is one more run.
fn split(marks: &[Mark]) -> Vec<Vec<Mark>> {
    let mut runs: Vec<Vec<Mark>> = Vec::new();
    for mark in marks {
        match runs.last_mut() {
            Some(run) if continues(run, mark) => run.push(*mark),
            _ => runs.push(vec![*mark]),
        }
    }
    runs
}

fn continues(run: &[Mark], next: &Mark) -> bool {
    let Some(last) = run.last() else { return false };
    if last.part != next.part {
        // "1/12", "2/12": which of how many.
        let counts = next.part.is_some_and(|part| last.part == part.checked_sub(1) && part <= next.value);
        if last.style == Style::DiscTrack && next.value == last.value && counts {
            return true;
        }
        // A new disc or side: B1 after A5, 2-01 after 1-23.
        return next.part > last.part && next.value <= LARGEST_STEP;
    }
    // 201 after 112: the hundreds count discs.
    if last.value > 100 && next.value % 100 == 1 && next.value / 100 == last.value / 100 + 1 {
        return true;
    }
    let before = run.iter().rev().nth(1).filter(|before| before.part == last.part);
    let falling = before.is_some_and(|before| before.value > last.value);
    let rising = before.is_some_and(|before| before.value < last.value);
    let step = next.value.abs_diff(last.value);
    // The pieces of a track have its number; "CD-1.2" is none by chance. A list of one item each counts from 1 again.
    let again = last.style == Style::Medium || (next.value == 1 && last.style == Style::Marked);
    let slip = step == 0 && (run.len() > 1 || again);
    slip || (step <= LARGEST_STEP
        && step > 0
        && if next.value > last.value { !falling } else { !rising && next.value > 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(values: &[u32], style: Style) -> Vec<Vec<u32>> {
        let marks: Vec<Mark> = values
            .iter()
            .enumerate()
            .map(|(line, value)| Mark { line, style, value: *value, part: None })
            .collect();
        runs(&marks).iter().map(|run| run.iter().map(|mark| mark.value).collect()).collect()
    }

    #[test]
    fn sides_go_on() {
        let mark = |(line, (part, value))| Mark { line, style: Style::Side, value, part: Some(part) };
        let marks: Vec<Mark> = [(1, 1), (1, 2), (2, 1), (2, 2)].into_iter().enumerate().map(mark).collect();
        assert_eq!(runs(&marks).iter().map(Vec::len).collect::<Vec<_>>(), [4]);
    }

    #[test]
    fn counting_up_down_and_again() {
        assert_eq!(values(&[1, 2, 3], Style::Marked), [[1, 2, 3]]);
        assert_eq!(values(&[20, 19, 18, 16], Style::Marked), [[20, 19, 18, 16]]);
        assert_eq!(values(&[1, 2, 3, 1, 2], Style::Marked), [vec![1, 2, 3], vec![1, 2]]);
        assert_eq!(values(&[1, 2, 2, 4], Style::Marked), [[1, 2, 2, 4]]);
        assert_eq!(values(&[1, 1, 1], Style::Marked), [[1, 1, 1]]);
        assert_eq!(values(&[99, 7], Style::Bare), Vec::<Vec<u32>>::new());
    }
}
