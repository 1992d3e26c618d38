//! Takes the lines of a page; where a sleeve's two sides were set beside each other, gives them one below the other:
//! "1. Rain          1. Orbit" is two tracks, the second of them of the second side.
//! Never parts lines that have no number in both halves, but for the heading right above them, and those below the names of
//! both sides.

use super::line::Line;
use super::number;
use super::words::names_part;

/// Spaces between two columns.
const GAP: &str = "   ";
/// So many rows make columns.
const FEWEST: usize = 3;

/// More characters than the name of a side has.
const LONGEST_HEADING: usize = 40;

/// A line in two halves, each with its number, if it has one.
struct Halves<'a> {
    left: &'a str,
    right: &'a str,
    numbers: Option<(u32, u32)>,
}

/// The lines with their columns one below the other, or as they are where there are no columns.
pub(super) fn unfolded(lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let halves: Vec<Option<Halves<'_>>> = lines.iter().map(|line| halves(&line.text)).collect();
    let numbers = |index: usize| halves[index].as_ref().and_then(|halves| halves.numbers);
    let numbered: Vec<usize> = (0..lines.len()).filter(|index| numbers(*index).is_some()).collect();
    let (Some(first), Some(last)) = (numbered.first().copied(), numbered.last().copied()) else {
        return below_headings(lines);
    };
    if numbered.len() < FEWEST || last - first >= 2 * numbered.len() {
        return below_headings(lines);
    }
    // "1. … 2. …" above "3. … 4. …" is read by rows, and what counts anew on the right by columns.
    let by_rows = numbered.iter().filter_map(|index| numbers(*index)).all(|(left, right)| right == left + 1);
    let headed = first.checked_sub(1).filter(|above| halves[*above].is_some() && !lines[first].gap);
    let from = headed.unwrap_or(first);
    let (mut unfolded, mut right) = (Vec::with_capacity(lines.len() + numbered.len()), Vec::new());
    for (index, line) in lines.iter().enumerate() {
        let parted = halves[index].as_ref().filter(|_| (from..=last).contains(&index));
        match parted {
            Some(halves) => {
                unfolded.push(half(line, halves.left, line.gap));
                let other = half(line, halves.right, false);
                if by_rows { unfolded.push(other) } else { right.push(other) }
            }
            None => unfolded.push(line.clone()),
        }
        if index == last {
            unfolded.append(&mut right);
        }
    }
    unfolded
}

/// Columns whose tracks have no numbers, below a line that names two parts: "SIDE A          SIDE B".
fn below_headings(lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let parted =
        |line: &Line<'_>| halves(&line.text).map(|halves| (halves.left.to_owned(), halves.right.to_owned()));
    let heads = |line: &&Line<'_>| {
        parted(line).is_some_and(|(left, right)| {
            names_part(&left) && names_part(&right) && left.len().max(right.len()) <= LONGEST_HEADING
        })
    };
    let Some(head) = lines.iter().position(|line| heads(&line)) else { return lines };
    // A blank line may stand below the headings, and one below the tracks ends them.
    let ends = |at: usize| at > head + 1 && lines[at].gap;
    let end = (head + 1..lines.len()).find(|at| ends(*at)).unwrap_or(lines.len());
    let rows = lines[head + 1..end].iter().filter(|line| parted(line).is_some()).count();
    if rows < FEWEST || rows * 3 < (end - head - 1) * 2 {
        return lines;
    }
    let (mut unfolded, mut other) = (Vec::with_capacity(lines.len() * 2), Vec::new());
    for (at, line) in lines.iter().enumerate() {
        match parted(line).filter(|_| (head..end).contains(&at)) {
            Some((left, right)) => {
                unfolded.push(half(line, &left, line.gap));
                other.push(half(line, &right, false));
            }
            // The longer side goes on alone; the right one is indented.
            None if (head..end).contains(&at) && line.indented && !lines[head].indented => {
                other.push(line.clone())
            }
            None => unfolded.push(line.clone()),
        }
        if at + 1 == end {
            unfolded.append(&mut other);
        }
    }
    unfolded
}

fn halves(text: &str) -> Option<Halves<'_>> {
    let (left, right) = text.split_once(GAP).or_else(|| text.split_once('\t'))?;
    let (left, right) = (left.trim(), right.trim());
    if left.is_empty() || right.is_empty() || right.contains(GAP) || right.contains('\t') {
        return None;
    }
    let of = |half: &str| {
        let number = number::lead(half).filter(|number| number.rest.contains(char::is_alphabetic))?;
        (number.style != number::Style::Bare).then_some(number.value)
    };
    Some(Halves { left, right, numbers: of(left).zip(of(right)) })
}

fn half<'a>(line: &Line<'a>, text: &str, gap: bool) -> Line<'a> {
    line.piece(text, text.to_owned(), gap)
}

#[cfg(test)]
mod tests {
    use super::super::line;
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        unfolded(line::lines(text)).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn sides_beside_each_other() {
        let sleeve = "Night\n\nSIDE ONE          SIDE TWO\n1. Rain           1. Orbit\n2. Glass          2. Tide\n\
                      3. Salt           3. Shore\n4. Mist\n";
        let unfolded = texts(sleeve);
        let want = [
            "Night", "SIDE ONE", "1. Rain", "2. Glass", "3. Salt", "SIDE TWO", "1. Orbit", "2. Tide",
            "3. Shore", "4. Mist",
        ];
        assert_eq!(unfolded, want);
    }

    #[test]
    fn rows_that_count_on() {
        let rows = "1. Rain           2. Glass\n3. Salt           4. Orbit\n5. Tide           6. Shore\n";
        assert_eq!(texts(rows), ["1. Rain", "2. Glass", "3. Salt", "4. Orbit", "5. Tide", "6. Shore"]);
    }

    #[test]
    fn sides_without_numbers_below_their_names() {
        let sleeve = "Night\n\nSIDE A              SIDE B\n\nVelo - Rain         Ada - Orbit\nMoor - Glass        Ada - Tide\n\
                      Velo - Salt         Lind - Shore\nVelo - Mist\n\nNR on               NR off\n";
        let want = [
            "Night",
            "SIDE A",
            "Velo - Rain",
            "Moor - Glass",
            "Velo - Salt",
            "Velo - Mist",
            "SIDE B",
            "Ada - Orbit",
            "Ada - Tide",
            "Lind - Shore",
            "NR on               NR off",
        ];
        assert_eq!(texts(sleeve), want);
    }

    #[test]
    fn other_columns_stay() {
        let table = "1. Rain    Velo\n2. Glass    Ada\n3. Salt    7 Seconds of Air\n";
        assert_eq!(texts(table).len(), 3);
    }
}
