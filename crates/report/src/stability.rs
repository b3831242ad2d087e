//! How firm a policy is when the test images are resampled: as tables and as CSV.

use taskonomy_affinity::Bootstrap;
use taskonomy_core::{Contender, Spread};
use taskonomy_policy::{Choice, Stability};

use crate::grid::{Cell, Grid};

/// Which sources are bought how often, and from what each target is read how often; the policy of
/// all images stands out.
pub fn stability_tables(stability: &Stability) -> [Grid; 2] {
    let draws = stability.draws as f64;
    let share =
        |count: usize| Cell::Number(format!("{:.1} %", 100.0 * count as f64 / draws.max(1.0)));
    let sources = stability.bought.iter().map(|(id, count)| {
        let name = if stability.policy.is_bought(id) {
            Cell::Strong(format!("{id} *"))
        } else {
            Cell::Text(id.to_string())
        };
        vec![name, share(*count)]
    });
    let targets = stability.policy.edges.iter().map(|edge| {
        let of = |choice: &&Choice| choice.target == edge.target;
        let all = || stability.chosen.iter().filter(of);
        let chosen = all().find(|choice| choice.in_policy).map_or(0, |choice| choice.draws);
        let next = all().find(|choice| !choice.in_policy);
        vec![
            Cell::Text(edge.target.to_string()),
            Cell::Strong(sources_text(&edge.contender)),
            share(chosen),
            Cell::Text(next.map_or_else(|| "–".to_owned(), |c| sources_text(&c.contender))),
            next.map_or_else(|| Cell::Number("–".to_owned()), |next| share(next.draws)),
        ]
    });
    let objective = stability.objective.map_or_else(String::new, |spread| {
        format!(
            " (median {:.6}, 5 to 95 %: {:.6} to {:.6})",
            spread.median, spread.low, spread.high
        )
    });
    let header = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    [
        Grid {
            header: header(&["source", "bought in"]),
            rows: sources.collect(),
            notes: vec![format!(
                "* bought by the policy of all images (cost {} of {})",
                stability.policy.cost, stability.policy.budget
            )],
        },
        Grid {
            header: header(&["target", "the policy reads", "in", "runner-up", "in"]),
            rows: targets.collect(),
            notes: vec![
                format!("{} resamples of the test images", stability.draws),
                format!(
                    "the whole policy stays the same in {:.1} % of them",
                    100.0 * stability.same as f64 / draws.max(1.0)
                ),
                format!("value {:.6}{objective}", stability.policy.value),
            ],
        },
    ]
}

fn sources_text(contender: &Contender) -> String {
    contender.to_string().replace('+', " + ")
}

/// A row per contender: its affinity, the percentiles of its affinity over the resamples, and the
/// share of resamples whose policy reads the target from it.
pub fn stability_csv(bootstraps: &[Bootstrap], stability: &Stability) -> String {
    let mut csv = "target,sources,affinity,affinity_p5,affinity_p50,affinity_p95,in_policy,\
                   share_chosen\n"
        .to_owned();
    let text = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    for bootstrap in bootstraps {
        let tournament = &bootstrap.tournament;
        for (k, contender) in tournament.contenders.iter().enumerate() {
            let spread = Spread::of(bootstrap.affinities.column(k).iter().copied());
            let is_it = |c: &&Choice| c.target == tournament.target && c.contender == *contender;
            let choice = stability.chosen.iter().find(is_it);
            let count = choice.map_or(0, |choice| choice.draws);
            csv += &format!(
                "{},{contender},{},{},{},{},{},{}\n",
                tournament.target,
                tournament.affinities[k],
                text(spread.map(|s| s.low)),
                text(spread.map(|s| s.median)),
                text(spread.map(|s| s.high)),
                choice.is_some_and(|choice| choice.in_policy),
                count as f64 / stability.draws.max(1) as f64,
            );
        }
    }
    csv
}
