//! What a run found, for people and for other programs.

use serde_json::{Value, json};
use taskonomy_affinity::{Baseline, extended_by_order};
use taskonomy_core::{Mean, Policy, Spread};
use taskonomy_report::{
    Grid, agreement_csv, agreement_table, baselines_csv, baselines_tables, best_by_order_csv,
    best_by_order_table, budget_table, extended_table, extensions_csv, sanity_csv, sanity_table,
    sweep_csv,
};

use super::found::Found;

/// All tables, each below its question.
pub fn text(found: &Found, colour: bool) -> String {
    let [wins, losses] = baselines_tables(&found.baselines);
    let mut parts = vec![
        ("Did the networks learn anything?", vec![sanity_table(&found.networks)]),
        ("What do the best transfers beat?", vec![wins, losses]),
        ("Do transfers of higher order gain more?", vec![best_by_order_table(&found.by_order)]),
    ];
    let extended = extended_by_order(&found.extensions);
    if !extended.is_empty() {
        parts.push(("Does one source more help?", vec![extended_table(&extended)]));
    }
    parts.push(("What does a budget buy?", vec![budget_table(&found.policies)]));
    let question = "Are sources ranked as in the published results?";
    if let Some(agreement) = &found.agreement {
        parts.push((question, vec![agreement_table(agreement)]));
    }
    let part = |(question, tables): (&str, Vec<Grid>)| {
        let tables: String = tables.iter().map(|table| table.terminal(colour)).collect();
        format!("{question}\n{tables}")
    };
    let mut text = parts.into_iter().map(part).collect::<Vec<_>>().join("\n");
    if found.agreement.is_none() {
        text += &format!(
            "\n{question}\nNot compared: give them with --published FILE, a table that \
             `taskonomy import-official` wrote.\n"
        );
    }
    text
}

/// The same as files: their names and contents.
pub fn files(found: &Found) -> Vec<(&'static str, String)> {
    let mut files = vec![
        ("audit.txt", text(found, false)),
        ("networks.csv", sanity_csv(&found.networks)),
        ("baselines.csv", baselines_csv(&found.baselines)),
        ("orders.csv", best_by_order_csv(&found.by_order)),
        ("extensions.csv", extensions_csv(&found.extensions)),
        ("budgets.csv", sweep_csv(&found.policies)),
    ];
    files.extend(found.agreement.as_ref().map(|found| ("published.csv", agreement_csv(found))));
    files
}

/// The same as one value.
pub fn json(found: &Found) -> Value {
    let networks = found.networks.iter().map(|n| {
        json!({
            "task": n.task, "beats_average_guess": n.average_guess, "beats_random": n.random,
        })
    });
    let baselines = found.baselines.iter().map(|b| {
        let against = |b: Baseline| json!({ "loss": b.loss, "beaten": b.beaten });
        json!({
            "target": b.target, "best": b.best, "loss": b.loss,
            "constant": against(b.constant), "scratch": against(b.scratch),
            "small": against(b.small), "self": against(b.full),
        })
    });
    let orders = found.by_order.iter().flat_map(|of| of.best.iter().flatten()).map(|edge| {
        json!({
            "target": edge.target, "order": edge.order(), "sources": edge.contender,
            "affinity": edge.affinity, "gain": edge.gain, "quality": edge.quality,
        })
    });
    let extended = extended_by_order(&found.extensions).into_iter().map(|of| {
        json!({
            "order": of.order, "transfers": of.transfers, "compared": of.compared,
            "better": of.better, "mean_win_rate": of.mean, "subsets_not_trained": of.untrained,
        })
    });
    let agreement = found.agreement.as_ref().map(|found| {
        let targets = found
            .iter()
            .map(|a| json!({ "target": a.target, "common_sources": a.sources, "spearman": a.rho }));
        let median = Spread::of(found.iter().filter_map(|a| a.rho)).map(|spread| spread.median);
        json!({ "median": median, "targets": targets.collect::<Vec<_>>() })
    });
    json!({
        "networks": networks.collect::<Vec<_>>(),
        "baselines": baselines.collect::<Vec<_>>(),
        "orders": orders.collect::<Vec<_>>(),
        "extended": extended.collect::<Vec<_>>(),
        "budgets": found.policies.iter().map(budget).collect::<Vec<_>>(),
        "published": agreement,
    })
}

fn budget(policy: &Policy) -> Value {
    let means = |[all, unbought]: [Option<Mean>; 2]| json!({ "all": all.map(|m| m.value), "unbought": unbought.map(|m| m.value) });
    json!({
        "order": policy.order, "budget": policy.budget, "cost": policy.cost,
        "value": policy.value, "bought": policy.bought,
        "gain": means(policy.mean_gain()), "quality": means(policy.mean_quality()),
    })
}
