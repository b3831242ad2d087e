//! The solver against all purchases, on tables small enough to try them.

use std::collections::BTreeSet;

use proptest::prelude::*;
use taskonomy_core::{AffinityTable, Contender, Edge, Objective, Role, Sources, Status, TaskId};
use taskonomy_policy::{PolicyError, Problem};

const NAMES: [&str; 7] = ["a", "b", "c", "d", "e", "f", "random"];

fn id(name: &str) -> TaskId {
    TaskId::new(name).expect("an id")
}

/// What the tests compare: bought ids, and per target the chosen contender.
type Answer = (i128, Vec<TaskId>, Vec<String>);

/// Tries every purchase; nothing when none reaches all targets within the budget.
fn brute_force(p: &Problem) -> Option<Answer> {
    let tasks = p.table.tasks();
    let weight = |edge: &Edge| {
        let share = match p.objective {
            Objective::Log => edge.affinity.ln(),
            Objective::NoSelf if edge.contender == Contender::Full => 0.0,
            _ => edge.affinity,
        };
        (p.importance_of(&edge.target) * share * 2_f64.powi(40)).round() as i128
    };
    let role = |id: &TaskId| p.roles.get(id).copied().unwrap_or_default();
    let usable = |edge: &Edge, bought: &BTreeSet<TaskId>| {
        let reads_target =
            matches!(&edge.contender, Contender::Transfer(s) if s.contains(&edge.target));
        let order = edge.needs().len();
        !reads_target && order <= p.order && edge.needs().iter().all(|s| bought.contains(s))
    };
    // The weight of the whole purchase, and its edges by the tie rules.
    let evaluate = |bought: &BTreeSet<TaskId>| -> Option<(i128, Vec<String>)> {
        let (mut value, mut chosen) = (0, Vec::new());
        for target in p.targets() {
            let edges = p.table.edges.iter().filter(|e| e.target == target && usable(e, bought));
            let edges = edges.filter(|e| p.objective != Objective::Log || e.affinity > 0.0);
            let best = edges.min_by_key(|e| (-weight(e), e.needs().len(), e.needs()))?;
            value += weight(best);
            chosen.push(best.contender.to_string());
        }
        Some((value, chosen))
    };
    let mut best: Option<(i128, i128, Vec<TaskId>, Vec<String>)> = None;
    for mask in 0..1_u32 << tasks.len() {
        let bought: BTreeSet<TaskId> =
            (0..tasks.len()).filter(|k| mask >> k & 1 == 1).map(|k| tasks[k].clone()).collect();
        if bought.iter().any(|s| p.forbid.contains(s) || !role(s).is_source())
            || !p.require.is_subset(&bought)
        {
            continue;
        }
        // Costs in the tests are multiples of a half.
        let cost: f64 = bought.iter().map(|s| p.cost_of(s)).sum();
        let Some((value, chosen)) = evaluate(&bought).filter(|_| cost <= p.budget) else {
            continue;
        };
        let useless = |s: &TaskId| {
            let mut less = bought.clone();
            less.remove(s);
            evaluate(&less).is_some_and(|(v, _)| v == value)
        };
        if bought.iter().any(|s| !p.require.contains(s) && useless(s)) {
            continue;
        }
        let entry = (-value, (2.0 * cost) as i128, bought.into_iter().collect(), chosen);
        best = Some(best.map_or(entry.clone(), |best| best.min(entry)));
    }
    best.map(|(value, _, bought, chosen)| (-value, bought, chosen))
}

/// Affinities on a coarse grid make ties common, on a fine one rare.
fn table() -> impl Strategy<Value = AffinityTable> {
    let coarse = (0_u8..4).prop_map(|k| f64::from(k) / 4.0);
    let affinity = prop_oneof![3 => coarse, 1 => 0.001_f64..1.0];
    let edge = (0..4_usize, 0_u32..1 << NAMES.len(), any::<bool>(), affinity);
    prop::collection::vec(edge, 12..48).prop_map(|edges| {
        let mut edges: Vec<Edge> = edges
            .into_iter()
            .map(|(target, mask, full, affinity)| {
                let held = (0..NAMES.len()).filter(|k| mask >> k & 1 == 1);
                // Most edges do not read their target, and have 1 to 3 sources.
                let held = held.filter(|k| *k != target || mask % 7 == 0);
                let most = 1 + (mask % 3) as usize;
                let sources = Sources::new(held.take(most).map(|k| id(NAMES[k])));
                let contender = match sources {
                    Some(sources) if !full || mask % 5 > 0 => Contender::Transfer(sources),
                    _ => Contender::Full,
                };
                Edge { target: id(NAMES[target]), contender, affinity, gain: None, quality: None }
            })
            .collect();
        edges.sort_by(|a, b| (&a.target, &a.contender).cmp(&(&b.target, &b.contender)));
        edges.dedup_by(|a, b| a.target == b.target && a.contender == b.contender);
        AffinityTable { edges, notes: vec![] }
    })
}

fn problem() -> impl Strategy<Value = Problem> {
    let halves = |most: u8| (0..=most).prop_map(|k| f64::from(k) / 2.0);
    let tasks = prop::collection::btree_map(0..NAMES.len(), halves(4), 0..5);
    let worth = prop::collection::btree_map(0..NAMES.len(), halves(4), 0..4);
    let roles = prop::collection::vec((0..3 * NAMES.len(), 0..3_u8), 0..2);
    let lists = (prop::collection::vec(0..20_usize, 1), prop::collection::vec(0..20_usize, 1));
    let objective =
        prop_oneof![Just(Objective::Raw), Just(Objective::Log), Just(Objective::NoSelf)];
    (table(), halves(12), 1..=3_usize, objective, tasks, worth, roles, lists).prop_map(
        |(table, budget, order, objective, cost, worth, roles, (require, forbid))| {
            let mut p = Problem::new(table).budget(budget).order(order).objective(objective);
            let named = |map: std::collections::BTreeMap<usize, f64>| {
                map.into_iter().map(|(k, x)| (id(NAMES[k]), x)).collect()
            };
            (p.cost, p.importance) = (named(cost), named(worth));
            let known = p.table.tasks();
            for (k, role) in roles.into_iter().filter(|(k, _)| *k < NAMES.len()) {
                let role = [Role::Both, Role::SourceOnly, Role::TargetOnly][usize::from(role)];
                // `Both` would make a target of a task that may have no edge.
                if role != Role::Both && p.table.targets().contains(&id(NAMES[k])) {
                    p.roles.insert(id(NAMES[k]), role);
                }
            }
            let pick = |ks: Vec<usize>| ks.into_iter().filter_map(|k| known.get(k).cloned());
            p.forbid = pick(forbid).collect();
            p.require = pick(require)
                .filter(|s| !p.forbid.contains(s))
                .filter(|s| p.roles.get(s).copied().unwrap_or_default().is_source())
                .collect();
            p
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_solver_finds_what_trying_everything_finds(p in problem()) {
        prop_assume!(!p.targets().is_empty());
        match (p.solve(), brute_force(&p)) {
            (Ok(policy), Some((value, bought, chosen))) => {
                let found: Vec<_> = policy.edges.iter().map(|e| e.contender.to_string()).collect();
                prop_assert_eq!(policy.value, value as f64 / 2_f64.powi(40));
                prop_assert_eq!(&policy.bought, &bought);
                prop_assert_eq!(found, chosen);
                prop_assert_eq!((policy.status, policy.bound), (Status::Optimal, policy.value));
                let any = Problem { any_optimum: true, ..p.clone() }.solve().expect("feasible");
                prop_assert!((any.value - policy.value).abs() < 1e-8);
                prop_assert!(any.bound >= policy.value - 1e-8);
                for s in &any.bought {
                    let used = any.edges.iter().any(|e| e.needs().contains(s));
                    prop_assert!(used || p.require.contains(s), "{} is useless", s);
                }
            }
            (Err(PolicyError::NoEdge { .. }), None) => {}
            (Err(PolicyError::Infeasible { minimum, .. }), None) => {
                prop_assert!(minimum > p.budget);
                let enough = Problem { budget: minimum, ..p.clone() };
                prop_assert!(brute_force(&enough).is_some());
                let less = Problem { budget: minimum - 0.5, ..p };
                prop_assert!(brute_force(&less).is_none());
            }
            (solved, tried) => prop_assert!(false, "{:?}\n{:?}", solved, tried),
        }
    }
}
