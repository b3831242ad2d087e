//! The policy as a table.

use taskonomy_core::{Contender, Mean, Status, Taxonomy};

use crate::grid::{Cell, Grid};

/// One row per target: what it is predicted from and how well; bought targets stand out.
pub fn policy_table(taxonomy: &Taxonomy) -> Grid {
    let policy = &taxonomy.policy;
    let names = |ids: &[taskonomy_core::TaskId]| -> String {
        ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let rows = policy.edges.iter().map(|edge| {
        let target = if policy.is_bought(&edge.target) {
            Cell::Strong(format!("{} *", edge.target))
        } else {
            Cell::Text(edge.target.to_string())
        };
        let sources = match &edge.contender {
            Contender::Full => "self".to_owned(),
            other => other.to_string().replace('+', " + "),
        };
        vec![
            target,
            Cell::Text(sources),
            Cell::Number(edge.order().to_string()),
            Cell::number(Some(edge.affinity), 4),
            Cell::percent(edge.gain),
            Cell::percent(edge.quality),
        ]
    });
    let proof = match policy.status {
        Status::Optimal => "optimal, proved".to_owned(),
        Status::Bounded { gap } => {
            format!("not proved: at most {:.6}, gap {:.2e}", policy.bound, gap)
        }
    };
    let [gain, gain_unbought] = policy.mean_gain();
    let [quality, quality_unbought] = policy.mean_quality();
    let mut notes = vec![
        format!("* bought: {} (cost {} of {})", names(&policy.bought), policy.cost, policy.budget),
        format!("value {:.6} ({proof})", policy.value),
    ];
    notes.extend(means("all targets", gain, quality));
    notes.extend(means("targets that were not bought", gain_unbought, quality_unbought));
    let header = ["target", "sources", "order", "affinity", "gain", "quality"];
    Grid { header: header.map(str::to_owned).to_vec(), rows: rows.collect(), notes }
}

fn means(over: &str, gain: Option<Mean>, quality: Option<Mean>) -> Option<String> {
    let text = |name: &str, mean: Mean| {
        let plural = if mean.targets == 1 { "" } else { "s" };
        format!("{name} {:.1} % ({} target{plural})", 100.0 * mean.value, mean.targets)
    };
    let parts: Vec<String> = [("gain", gain), ("quality", quality)]
        .into_iter()
        .filter_map(|(name, mean)| mean.map(|mean| text(name, mean)))
        .collect();
    (!parts.is_empty()).then(|| format!("mean over {over}: {}", parts.join(", ")))
}
