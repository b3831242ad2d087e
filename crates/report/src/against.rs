//! Policies of one run by the affinities of another.

use taskonomy_policy::Against;

use crate::csv::cell;
use crate::grid::{Cell, Grid};

/// A row per order and budget. `notes` are lines below.
pub fn against_table(found: &[Against], notes: Vec<String>) -> Grid {
    let row = |against: &Against| {
        let kept = against.kept.map_or_else(|| "–".into(), |k| format!("{:.1} %", 100.0 * k));
        vec![
            Cell::Number(against.order.to_string()),
            Cell::Number(against.budget.to_string()),
            Cell::number(against.worth, 3),
            Cell::number(Some(against.best), 3),
            Cell::Number(kept),
            Cell::Number(against.replaced.to_string()),
        ]
    };
    let header = ["order", "budget", "worth there", "best there", "kept", "not trained there"];
    let header = header.map(str::to_owned).to_vec();
    Grid { header, rows: found.iter().map(row).collect(), notes }
}

/// A row per order and budget, numbers in full.
pub fn against_csv(found: &[Against]) -> String {
    let mut text = "order,budget,worth,best,kept,replaced\n".to_owned();
    for against in found {
        let Against { order, budget, worth, best, kept, replaced } = against;
        let (worth, kept) = (cell(*worth), cell(*kept));
        text += &format!("{order},{budget},{worth},{best},{kept},{replaced}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_by_hand() {
        let (worth, kept) = (Some(1.5), Some(0.75));
        let known = Against { budget: 8.0, order: 2, worth, best: 2.0, kept, replaced: 1 };
        let unknown = Against { worth: None, kept: None, ..known.clone() };
        let found = [known, unknown];
        let table = against_table(&found, vec!["a note".into()]).terminal(false);
        let cells = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let rows: Vec<_> = table.lines().map(cells).collect();
        assert!(rows.contains(&cells("2 8 1.500 2.000 75.0 % 1")), "{table}");
        assert!(rows.contains(&cells("2 8 – 2.000 – 1")) && table.ends_with("a note\n"), "{table}");
        let csv = "order,budget,worth,best,kept,replaced\n2,8,1.5,2,0.75,1\n2,8,,2,,1\n";
        assert_eq!(against_csv(&found), csv);
    }
}
