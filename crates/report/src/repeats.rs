//! How alike the policies of repeated trainings are.

use taskonomy_policy::Repeatability;

use crate::grid::{Cell, Grid};

/// A row per budget.
pub fn repeats_table(budgets: &[Repeatability]) -> Grid {
    let row = |budget: &Repeatability| {
        let [kept, least] = budget.kept.map(|share| {
            if share.is_nan() { "–".to_owned() } else { format!("{:.1} %", 100.0 * share) }
        });
        vec![
            Cell::Number(budget.budget.to_string()),
            Cell::percent(Some(budget.bought)),
            Cell::percent(Some(budget.edges)),
            Cell::Number(kept),
            Cell::Number(least),
        ]
    };
    let header = ["budget", "bought alike", "read alike", "objective kept", "at least"];
    Grid {
        header: header.map(str::to_owned).to_vec(),
        rows: budgets.iter().map(row).collect(),
        notes: vec![
            "policies of single trainings: alike between two of them, and what they are worth by the \
             mean affinities"
                .to_owned(),
        ],
    }
}

/// A row per budget, numbers in full; `NaN` where the objective has no shares.
pub fn repeats_csv(budgets: &[Repeatability]) -> String {
    let mut text = "budget,bought_alike,read_alike,kept,kept_least\n".to_owned();
    for Repeatability { budget, bought, edges, kept: [kept, least] } in budgets {
        text += &format!("{budget},{bought},{edges},{kept},{least}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_by_hand() {
        let budget = Repeatability { budget: 8.0, bought: 0.75, edges: 0.5, kept: [0.995, 0.99] };
        let table = repeats_table(&[budget]).terminal(false);
        assert!(
            table.contains("8           75 %         50 %           99.5 %     99.0 %"),
            "{table}"
        );
        let csv = "budget,bought_alike,read_alike,kept,kept_least\n8,0.75,0.5,0.995,0.99\n";
        assert_eq!(repeats_csv(&[budget]), csv);
        let none = Repeatability { kept: [f64::NAN; 2], ..budget };
        assert_eq!(repeats_table(&[none]).rows[0][3..], ["–", "–"].map(|c| Cell::Number(c.into())));
        assert!(repeats_csv(&[none]).ends_with(",NaN,NaN\n"));
    }
}
