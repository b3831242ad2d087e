//! A table that can be shown on a terminal and on a page.

use std::fmt::Write;

use comfy_table::{Attribute, CellAlignment, LineStyle, Table, TableStyle};

use crate::canvas::escape;

/// A line above, below the header and at the end.
const STYLE: TableStyle = {
    let line = LineStyle::none().fill('─').junction('─');
    TableStyle::new().top_border(line).header_separator(line).bottom_border(line)
};

/// A table: a header, rows of the same length, and remarks below.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grid {
    /// Column names.
    pub header: Vec<String>,
    /// Rows of cells.
    pub rows: Vec<Vec<Cell>>,
    /// Lines below the table.
    pub notes: Vec<String>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Words, aligned left.
    Text(String),
    /// Words that stand out.
    Strong(String),
    /// A number, already in the digits wanted, aligned right.
    Number(String),
}

impl Cell {
    /// A number with this many decimals, or `–` where it is not known.
    pub fn number(value: Option<f64>, decimals: usize) -> Self {
        let text = value.map_or_else(|| "–".to_owned(), |value| format!("{value:.decimals$}"));
        Self::Number(text)
    }

    /// A share as a percentage without decimals, or `–`.
    pub fn percent(value: Option<f64>) -> Self {
        let text = |value| format!("{:.0} %", 100.0 * value);
        Self::Number(value.map_or_else(|| "–".to_owned(), text))
    }

    fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Strong(text) | Self::Number(text) => text,
        }
    }
}

impl Grid {
    /// The table for a terminal, bold where cells stand out if `colour` is wanted; ends with a
    /// line feed.
    pub fn terminal(&self, colour: bool) -> String {
        let mut table = Table::new();
        // Whether the output is a terminal is the caller's knowledge, not to be asked here.
        if colour {
            table.force_no_tty().enforce_styling();
        } else {
            table.force_no_tty();
        }
        table.load_style(STYLE);
        table.set_header(&self.header);
        for row in &self.rows {
            table.add_row(row.iter().map(|cell| {
                let shown = comfy_table::Cell::new(cell.text());
                match cell {
                    Cell::Text(_) => shown,
                    Cell::Strong(_) => shown.add_attribute(Attribute::Bold),
                    Cell::Number(_) => shown.set_alignment(CellAlignment::Right),
                }
            }));
        }
        let mut text = table.trim_fmt();
        text.push('\n');
        for note in &self.notes {
            _ = writeln!(text, "{note}");
        }
        text
    }

    /// The table as an HTML fragment.
    pub fn html(&self) -> String {
        let mut out = String::from("<table>\n<thead><tr>");
        for (column, name) in self.header.iter().enumerate() {
            // A name stands above what it names.
            let is_number =
                self.rows.iter().any(|row| matches!(row.get(column), Some(Cell::Number(_))));
            let class = if is_number { " class=\"number\"" } else { "" };
            _ = write!(out, "<th{class}>{}</th>", escape(name));
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for row in &self.rows {
            out.push_str("<tr>");
            for cell in row {
                let text = escape(cell.text());
                _ = match cell {
                    Cell::Text(_) => write!(out, "<td>{text}</td>"),
                    Cell::Strong(_) => write!(out, "<td><strong>{text}</strong></td>"),
                    Cell::Number(_) => write!(out, "<td class=\"number\">{text}</td>"),
                };
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody>\n</table>\n");
        for note in &self.notes {
            _ = writeln!(out, "<p class=\"note\">{}</p>", escape(note));
        }
        out
    }
}

/// The mean of the numbers that are known.
pub(crate) fn mean(numbers: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let known: Vec<f64> = numbers.flatten().collect();
    (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_cells_in_both_forms() {
        let grid = Grid {
            header: vec!["task".into(), "gain".into()],
            rows: vec![
                vec![Cell::Strong("a<b".into()), Cell::percent(Some(0.256))],
                vec![Cell::Text("c".into()), Cell::number(None, 2)],
            ],
            notes: vec!["done".into()],
        };
        let plain = grid.terminal(false);
        assert!(!plain.contains('\u{1b}') && plain.contains("26 %") && plain.ends_with("done\n"));
        assert!(grid.terminal(true).contains("\u{1b}[1m"));
        let html = grid.html();
        assert!(html.contains("<td><strong>a&lt;b</strong></td><td class=\"number\">26 %</td>"));
    }
}
