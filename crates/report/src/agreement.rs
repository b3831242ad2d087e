//! How alike the policies of repeated trainings are.

use taskonomy_policy::Agreement;

use crate::grid::{Cell, Grid};

/// A row per budget.
pub fn agreement_table(agreements: &[Agreement]) -> Grid {
    let row = |agreement: &Agreement| {
        let [kept, least] = agreement.kept;
        vec![
            Cell::Number(agreement.budget.to_string()),
            Cell::percent(Some(agreement.bought)),
            Cell::percent(Some(agreement.edges)),
            Cell::Number(format!("{:.1} %", 100.0 * kept)),
            Cell::Number(format!("{:.1} %", 100.0 * least)),
        ]
    };
    let header = ["budget", "bought alike", "read alike", "objective kept", "at least"];
    Grid {
        header: header.map(str::to_owned).to_vec(),
        rows: agreements.iter().map(row).collect(),
        notes: vec![
            "policies of single trainings: alike between two of them, and what they are worth by the \
             mean affinities"
                .to_owned(),
        ],
    }
}

/// A row per budget, numbers in full.
pub fn agreement_csv(agreements: &[Agreement]) -> String {
    let mut text = "budget,bought_alike,read_alike,kept,kept_least\n".to_owned();
    for Agreement { budget, bought, edges, kept: [kept, least] } in agreements {
        text += &format!("{budget},{bought},{edges},{kept},{least}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_by_hand() {
        let agreement = Agreement { budget: 8.0, bought: 0.75, edges: 0.5, kept: [0.995, 0.99] };
        let table = agreement_table(&[agreement]).terminal(false);
        assert!(
            table.contains("8           75 %         50 %           99.5 %     99.0 %"),
            "{table}"
        );
        let csv = "budget,bought_alike,read_alike,kept,kept_least\n8,0.75,0.5,0.995,0.99\n";
        assert_eq!(agreement_csv(&[agreement]), csv);
    }
}
