//! Who is best: what beams are cut from, and who goes on in a race.

use taskonomy_core::{Contender, LossTable, Sources, TaskId};

use crate::defect::TournamentError;
use crate::tournament::{Tournament, sorted_columns};

/// All transfers of a table, best affinity first and ties by order and ids, by a tournament among them
/// alone.
///
/// # Errors
/// As [`Tournament::hold`].
pub fn standings(table: &LossTable) -> Result<Vec<(Sources, f64)>, TournamentError> {
    let is_transfer = |contender: &Contender| matches!(contender, Contender::Transfer(_));
    let Tournament { contenders, affinities, .. } = Tournament::hold(&select(table, is_transfer))?;
    let mut ranked: Vec<(Sources, f64)> = contenders
        .into_iter()
        .zip(affinities)
        .filter_map(|(contender, affinity)| match contender {
            Contender::Transfer(sources) => Some((sources, affinity)),
            _ => None,
        })
        .collect();
    // Contenders are in order: the sort is stable.
    ranked.sort_by(|(_, p), (_, q)| q.total_cmp(p));
    Ok(ranked)
}

/// The target's sources, best affinity first and ties by id: what the beam is cut from.
///
/// The tournament is held among contenders of first order alone (with `self`, `random` and t→t),
/// whatever else the table has, so that a resumed run ranks as an undisturbed one. `random` and
/// t→t are no candidates and left out of the answer.
///
/// # Errors
/// As [`Tournament::hold`].
pub fn rank(table: &LossTable) -> Result<Vec<(TaskId, f64)>, TournamentError> {
    let first = |contender: &Contender| match contender {
        Contender::Full => true,
        Contender::Transfer(sources) => sources.order() == 1,
        Contender::Scratch(_) | Contender::Small => false,
    };
    let tournament = Tournament::hold(&select(table, first))?;
    let mut ranked: Vec<(TaskId, f64)> = tournament
        .contenders
        .iter()
        .zip(&tournament.affinities)
        .filter_map(|(contender, &affinity)| match contender {
            Contender::Transfer(sources) => sources.iter().next().map(|id| (id.clone(), affinity)),
            _ => None,
        })
        .filter(|(id, _)| !id.is_random() && *id != table.target)
        .collect();
    ranked.sort_by(|(a, p), (b, q)| q.total_cmp(p).then_with(|| a.cmp(b)));
    Ok(ranked)
}

/// The table with some of its columns.
fn select(table: &LossTable, keep: impl Fn(&Contender) -> bool) -> LossTable {
    let columns = sorted_columns(table, keep);
    let rows = table.losses.chunks(table.contenders.len().max(1));
    LossTable {
        target: table.target.clone(),
        images: table.images.clone(),
        contenders: columns.iter().map(|&c| table.contenders[c].clone()).collect(),
        losses: rows.flat_map(|row| columns.iter().map(|&c| row[c])).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(csv: &str) -> LossTable {
        LossTable::read(TaskId::new("t").unwrap(), csv.as_bytes()).unwrap()
    }

    #[test]
    fn the_beam_is_cut_from_first_order_sources() {
        let t = table(
            "image,self,c,b,a,a+b,random,t,pixels\n1,0,1,1,2,0,9,0,1\n2,0,1,1,2,0,9,0,1\n3,0,3,3,2,9,1,0,1\n",
        );
        let ranked = rank(&t).unwrap();
        let ids: Vec<_> = ranked.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(ids, ["b", "c", "a"]);
        assert_eq!(ranked[0].1, ranked[1].1);
    }

    #[test]
    fn standings_are_of_all_transfers_and_of_nothing_else() {
        let csv = "image,self,t,a,a+b,b,pixels#1\n1,0,1,2,3,2,0\n2,0,2,2,1,2,0\n3,0,3,2,1,2,0\n";
        let ranked = standings(&table(csv)).unwrap();
        let names: Vec<_> = ranked.iter().map(|(sources, _)| sources.to_string()).collect();
        assert_eq!(names, ["a+b", "a", "b", "t"]);
    }
}
