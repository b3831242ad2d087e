//! Why a policy is what it is, as tables.

use taskonomy_core::{Contender, Edge, TaskId};
use taskonomy_policy::Explanation;

use crate::grid::{Cell, Grid};
use crate::sweep::changes;

/// What every target gave up; what every bought task is worth, what one more unit of budget would
/// buy and which other purchases are as good.
pub fn explanation_tables(why: &Explanation) -> [Grid; 2] {
    [targets(why), sources(why)]
}

fn targets(why: &Explanation) -> Grid {
    let row = |reason: &taskonomy_policy::TargetReason| {
        let target = Cell::Text(reason.edge.target.to_string());
        let uses = Cell::Text(contender(&reason.edge));
        let [rather, missing, worth] = match &reason.given_up {
            None => ["–", "–", "–"].map(str::to_owned),
            Some(up) => [contender(&up.edge), joined(&up.missing), format!("{:+.6}", up.worth)],
        };
        vec![target, uses, Cell::Text(rather), Cell::Text(missing), Cell::Number(worth)]
    };
    let header = ["target", "uses", "best of all", "for lack of", "worth"];
    Grid {
        header: header.map(str::to_owned).to_vec(),
        rows: why.targets.iter().map(row).collect(),
        notes: Vec::new(),
    }
}

fn sources(why: &Explanation) -> Grid {
    let row = |reason: &taskonomy_policy::SourceReason| {
        let loss = match why.loss(reason) {
            Some(loss) => format!("{loss:.6}"),
            None => "cannot be spared".to_owned(),
        };
        let serves = if reason.serves.is_empty() { "–".into() } else { joined(&reason.serves) };
        vec![Cell::Text(reason.source.to_string()), Cell::Number(loss), Cell::Text(serves)]
    };
    let changes_to = |bought: &[TaskId]| changes(&why.policy.bought, bought);
    let more = if why.gain() > 0.0 {
        format!("{:+.6} ({})", why.gain(), changes_to(&why.one_more.bought))
    } else {
        "nothing".to_owned()
    };
    let mut notes = vec![format!("one more unit of budget buys: {more}")];
    match (&why.optima[1..], why.all_optima) {
        ([], true) => notes.push("no other purchase is as good".to_owned()),
        (others, all) => {
            let at_least = if all { "" } else { "at least " };
            notes.push(format!("as good, {at_least}{} other(s):", others.len()));
            notes.extend(others.iter().map(|p| format!("  {}", changes_to(&p.bought))));
        }
    }
    let header = ["bought", "lost without it", "serves"];
    Grid {
        header: header.map(str::to_owned).to_vec(),
        rows: why.sources.iter().map(row).collect(),
        notes,
    }
}

fn contender(edge: &Edge) -> String {
    match &edge.contender {
        Contender::Full => "self".to_owned(),
        other => other.to_string().replace('+', " + "),
    }
}

fn joined(ids: &[TaskId]) -> String {
    ids.iter().map(TaskId::as_str).collect::<Vec<_>>().join(", ")
}
