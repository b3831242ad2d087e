//! Tournaments as tables.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use taskonomy_core::{AffinityTable, Contender, Edge, Note, TaskId};

use crate::tournament::Tournament;

/// The affinities of all tournaments, sorted by target and contender, with the defects as notes.
pub fn affinity_table(tournaments: &[Tournament]) -> AffinityTable {
    let mut edges: Vec<Edge> = tournaments
        .iter()
        .flat_map(|t| (0..t.contenders.len()).map(|contender| t.edge(contender)))
        .collect();
    edges.sort_by(|a, b| (&a.target, &a.contender).cmp(&(&b.target, &b.contender)));
    let defects = tournaments.iter().flat_map(|t| &t.defects);
    AffinityTable { edges, notes: defects.map(|d| Note::new(d.to_string())).collect() }
}

/// Writes the first-order affinities as a matrix: a row per target, a column for `self` and one
/// per source in ascending order; empty where there is no such contender.
pub fn write_affinity_matrix(table: &AffinityTable, mut output: impl Write) -> io::Result<()> {
    let first = table.edges.iter().filter(|edge| match &edge.contender {
        Contender::Full => true,
        Contender::Transfer(sources) => sources.order() == 1,
        Contender::Scratch(_) | Contender::Small => false,
    });
    let mut rows: BTreeMap<&TaskId, BTreeMap<&Contender, f64>> = BTreeMap::new();
    let mut columns: BTreeSet<&Contender> = BTreeSet::new();
    for edge in first {
        rows.entry(&edge.target).or_default().insert(&edge.contender, edge.affinity);
        columns.insert(&edge.contender);
    }
    write!(output, "target")?;
    for column in &columns {
        write!(output, ",{column}")?;
    }
    writeln!(output)?;
    for (target, row) in rows {
        write!(output, "{target}")?;
        for column in &columns {
            match row.get(column) {
                Some(affinity) => write!(output, ",{affinity}")?,
                None => write!(output, ",")?,
            }
        }
        writeln!(output)?;
    }
    Ok(())
}

/// Writes the win rates of one tournament: a row per contender, a column per contender and per
/// seed of scratch; a cell is the share of samples on which the row beats the column.
pub fn write_win_rates(tournament: &Tournament, mut output: impl Write) -> io::Result<()> {
    write!(output, "contender")?;
    for column in tournament.contenders.iter().chain(&tournament.scratch) {
        write!(output, ",{column}")?;
    }
    writeln!(output)?;
    for (i, contender) in tournament.contenders.iter().enumerate() {
        write!(output, "{contender}")?;
        let scratch = tournament.win_rates_scratch.row(i);
        for rate in tournament.win_rates.row(i).iter().chain(&scratch) {
            // Empty where they never met.
            let rate = if rate.is_nan() { String::new() } else { rate.to_string() };
            write!(output, ",{rate}")?;
        }
        writeln!(output)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use taskonomy_core::LossTable;

    use super::*;

    fn tournament(target: &str, csv: &str) -> Tournament {
        let table = LossTable::read(TaskId::new(target).unwrap(), csv.as_bytes()).unwrap();
        Tournament::hold(&table).unwrap()
    }

    #[test]
    fn tables_by_hand() {
        let held = [
            tournament("b", "image,self,a,pixels\n1,1,2,1\n2,1,0,1\n"),
            tournament("a", "image,b+c,b,pixels\n1,1,2,1\n2,1,1,1\n"),
        ];
        let table = affinity_table(&held);
        let mut csv = Vec::new();
        table.write(&mut csv).unwrap();
        let read = AffinityTable::read(&csv[..]).unwrap();
        assert_eq!(read.edges, table.edges);
        let keys: Vec<_> =
            read.edges.iter().map(|e| format!("{}<{}", e.target, e.contender)).collect();
        assert_eq!(keys, ["a<b", "a<b+c", "b<self", "b<a"]);

        let mut matrix = Vec::new();
        write_affinity_matrix(&table, &mut matrix).unwrap();
        let first = table.edges[0].affinity;
        let expected = format!("target,self,a,b\na,,,{first}\nb,0.5,0.5,\n");
        assert_eq!(String::from_utf8(matrix).unwrap(), expected);

        let mut rates = Vec::new();
        write_win_rates(&held[1], &mut rates).unwrap();
        let expected = "contender,b,b+c,pixels\nb,0.5,0.25,0.25\nb+c,0.75,0.5,0.5\n";
        assert_eq!(String::from_utf8(rates).unwrap(), expected);
    }
}
