//! Takes rows, columns and the worth of pairing them; gives the best pairing in which no column
//! is used twice and a row may stay free.
//! Exact and deterministic: shortest augmenting paths on a sparse table, whole numbers only.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// One row: columns with their worth. A worth of zero equals staying free.
pub(super) type Row = Vec<(usize, i64)>;

/// The best pairing: the column of each row, `None` for a row that stays free. Pairs that are
/// worth less than nothing are not made.
pub(super) fn assign(rows: &[Row]) -> Vec<Option<usize>> {
    let mut solver = Solver::new(rows);
    for row in 0..rows.len() {
        solver.place(row);
    }
    (0..rows.len()).map(|row| solver.column_of[row].filter(|column| *column < solver.real)).collect()
}

/// The worth of a pairing.
pub(super) fn worth(rows: &[Row], pairing: &[Option<usize>]) -> i64 {
    let pair = |(row, column): (&Row, &Option<usize>)| {
        row.iter().find(|(c, _)| Some(*c) == *column).map_or(0, |(_, w)| *w)
    };
    rows.iter().zip(pairing).map(pair).sum()
}

/// Dijkstra over reduced costs; columns from `real` on are the rows' private "stay free".
struct Solver {
    edges: Vec<Vec<(usize, i64)>>,
    real: usize,
    column_of: Vec<Option<usize>>,
    row_of: Vec<Option<usize>>,
    row_price: Vec<i64>,
    column_price: Vec<i64>,
}

impl Solver {
    fn new(rows: &[Row]) -> Self {
        let real = rows.iter().flatten().map(|(column, _)| column + 1).max().unwrap_or(0);
        let edges: Vec<Vec<(usize, i64)>> = rows
            .iter()
            .enumerate()
            .map(|(at, row)| {
                let paid =
                    row.iter().filter(|(_, worth)| *worth > 0).map(|(column, worth)| (*column, -worth));
                paid.chain([(real + at, 0)]).collect()
            })
            .collect();
        let cheapest = |row: &Vec<(usize, i64)>| row.iter().map(|(_, cost)| *cost).min().unwrap_or(0);
        Self {
            row_price: edges.iter().map(cheapest).collect(),
            column_price: vec![0; real + rows.len()],
            column_of: vec![None; rows.len()],
            row_of: vec![None; real + rows.len()],
            edges,
            real,
        }
    }

    /// Gives `row` a column, moving others where that costs least.
    fn place(&mut self, row: usize) {
        let mut reached: HashMap<usize, (i64, usize)> = HashMap::new();
        let mut done: Vec<(usize, i64)> = Vec::new();
        let mut heap = BinaryHeap::new();
        let (mut from, mut far) = (row, 0);
        let end = loop {
            for (column, cost) in &self.edges[from] {
                let distance = far + cost - self.row_price[from] - self.column_price[*column];
                if reached.get(column).is_none_or(|(known, _)| distance < *known) {
                    reached.insert(*column, (distance, from));
                    heap.push(Reverse((distance, *column)));
                }
            }
            let Some(Reverse((distance, column))) = heap.pop() else { return };
            if reached.get(&column).is_some_and(|(known, _)| *known < distance) {
                continue;
            }
            far = distance;
            match self.row_of[column] {
                Some(next) => {
                    done.push((column, distance));
                    from = next;
                }
                None => break column,
            }
        };
        self.row_price[row] += far;
        for (column, distance) in done {
            if let Some(owner) = self.row_of[column] {
                self.row_price[owner] += far - distance;
            }
            self.column_price[column] -= far - distance;
        }
        let mut column = end;
        loop {
            let owner = reached[&column].1;
            self.row_of[column] = Some(owner);
            let before = self.column_of[owner].replace(column);
            match before {
                Some(previous) if owner != row => column = previous,
                _ => break,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_row_gives_way_where_all_gain() {
        let rows = [vec![(0, 10), (1, 9)], vec![(0, 10)]];
        assert_eq!(assign(&rows), [Some(1), Some(0)]);
    }

    #[test]
    fn nothing_is_forced() {
        assert_eq!(assign(&[vec![(0, -3)], vec![]]), [None, None]);
        assert_eq!(assign(&[vec![(0, 5)], vec![(0, 7)]]), [None, Some(0)]);
        assert_eq!(assign(&[]), [] as [Option<usize>; 0]);
    }

    /// The best worth by trying everything.
    fn by_hand(rows: &[Row], used: u32) -> i64 {
        let Some((row, rest)) = rows.split_first() else { return 0 };
        let free = by_hand(rest, used);
        let taken =
            row.iter().filter(|(c, _)| used & (1 << c) == 0).map(|(c, w)| w + by_hand(rest, used | (1 << c)));
        taken.fold(free, i64::max)
    }

    proptest! {
        #[test]
        fn it_is_the_best(table in proptest::collection::vec(proptest::collection::vec(-20_i64..50, 5), 0..6)) {
            let rows: Vec<Row> = table.iter().map(|row| row.iter().copied().enumerate().filter(|(_, w)| w % 3 != 0).collect()).collect();
            let pairing = assign(&rows);
            prop_assert_eq!(worth(&rows, &pairing), by_hand(&rows, 0));
            let mut used: Vec<usize> = pairing.iter().flatten().copied().collect();
            used.sort_unstable();
            used.dedup();
            prop_assert_eq!(used.len(), pairing.iter().flatten().count());
        }
    }
}
