//! Tables: in columns where there is room, otherwise each row as a list of `heading: cell`.

use super::{BULLET, Look, Piece, pieces, plain, quiet, text, width, wrapped};
use crate::markdown::{Align, Inline};

const RULE: &str = " │ ";

/// A table as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    /// The prefix of its first row, and of the others.
    before: (Vec<Piece>, Vec<Piece>),
    align: Vec<Option<Align>>,
    head: Vec<Vec<Piece>>,
    rows: Vec<Vec<Vec<Piece>>>,
}

impl Table {
    pub(super) fn new(
        before: (Vec<Piece>, Vec<Piece>),
        align: &[Option<Align>],
        head: &[Vec<Inline>],
        rows: &[Vec<Vec<Inline>>],
    ) -> Self {
        let cell = |nodes: &Vec<Inline>| -> Vec<Piece> { pieces(nodes).concat() };
        let strong = |mut piece: Piece| {
            piece.look = Look { strong: true, ..piece.look };
            piece
        };
        Self {
            before,
            align: align.to_vec(),
            head: head.iter().map(|it| cell(it).into_iter().map(strong).collect()).collect(),
            rows: rows.iter().map(|row| row.iter().map(cell).collect()).collect(),
        }
    }

    pub(super) fn shown(&self) -> String {
        let all = std::iter::once(&self.head).chain(&self.rows).flatten();
        all.map(|cell| text(cell)).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn rows(&self, columns: usize) -> Vec<Vec<Piece>> {
        let free = columns.saturating_sub(width(&self.before.0)).max(2);
        let columns = self.widths();
        let wide = columns.iter().sum::<usize>() + 3 * columns.len().saturating_sub(1);
        let rows = if wide <= free { self.side_by_side(&columns) } else { self.listed(free) };
        let before = rows.into_iter().enumerate().map(|(at, row)| {
            let before = if at == 0 { &self.before.0 } else { &self.before.1 };
            [before.clone(), row].concat()
        });
        before.collect()
    }

    fn widths(&self) -> Vec<usize> {
        let all = || std::iter::once(&self.head).chain(&self.rows);
        let widest =
            |column: usize| all().filter_map(|row| row.get(column).map(|it| width(it))).max();
        (0..self.head.len()).map(|column| widest(column).unwrap_or(0)).collect()
    }

    fn side_by_side(&self, widths: &[usize]) -> Vec<Vec<Piece>> {
        let line: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
        let mut rows = vec![self.row(&self.head, widths), vec![quiet(&line.join("─┼─"))]];
        rows.extend(self.rows.iter().map(|row| self.row(row, widths)));
        rows
    }

    fn row(&self, cells: &[Vec<Piece>], widths: &[usize]) -> Vec<Piece> {
        let mut row = Vec::new();
        for (column, (cell, wide)) in cells.iter().zip(widths).enumerate() {
            let free = wide.saturating_sub(width(cell));
            let before = match self.align.get(column).copied().flatten() {
                Some(Align::Right) => free,
                Some(Align::Centre) => free / 2,
                Some(Align::Left) | None => 0,
            };
            if column > 0 {
                row.push(quiet(RULE));
            }
            row.push(plain(&" ".repeat(before)));
            row.extend(cell.iter().cloned());
            row.push(plain(&" ".repeat(free - before)));
        }
        row
    }

    /// Each row as a list, with the heading of its column before each cell.
    fn listed(&self, columns: usize) -> Vec<Vec<Piece>> {
        let mut rows = Vec::new();
        for row in &self.rows {
            let cells = self.head.iter().zip(row).filter(|(_, cell)| !text(cell).is_empty());
            for (at, (head, cell)) in cells.enumerate() {
                let mark = if at == 0 { BULLET } else { "  " };
                let colon = if text(head).is_empty() { "" } else { ": " };
                let line = [head.clone(), vec![plain(colon)], cell.clone()].concat();
                for (at, part) in
                    wrapped(&line, columns.saturating_sub(4).max(2)).into_iter().enumerate()
                {
                    let before = if at == 0 { mark } else { "    " };
                    rows.push([vec![quiet(before)], part].concat());
                }
            }
        }
        if rows.is_empty() { wrapped(&self.head.concat(), columns) } else { rows }
    }
}
