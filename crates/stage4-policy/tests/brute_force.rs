//! The solver against all purchases, on tables small enough to try them.

use proptest::prelude::*;
use taskonomy_core::{
    AffinityTable, Constraint, Contender, Edge, Objective, Role, Sources, Status, TaskId,
};
use taskonomy_policy::{Limits, PolicyError, Problem, Solver};

const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "random"];

fn id(name: &str) -> TaskId {
    TaskId::new(name).expect("an id")
}

/// What the tests compare: the value, bought ids, and per target the chosen contender.
type Answer = (i128, Vec<TaskId>, Vec<String>);

/// An edge as the set of tasks that it needs, by bits.
struct Bits<'a> {
    needs: u32,
    weight: i128,
    edge: &'a Edge,
}

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
    let usable = |edge: &&Edge| {
        let reads_target =
            matches!(&edge.contender, Contender::Transfer(s) if s.contains(&edge.target));
        let has_weight = p.objective != Objective::Log || edge.affinity > 0.0;
        !reads_target && edge.needs().len() <= p.order && has_weight
    };
    let bits = |ids: &[TaskId]| -> u32 {
        ids.iter().map(|id| 1 << tasks.binary_search(id).expect("a task of the table")).sum()
    };
    // Into each target by the tie rules: the first one that is open is chosen.
    let into = |target: &TaskId| -> Vec<Bits> {
        let edges = p.table.edges.iter().filter(|e| e.target == *target).filter(usable);
        let mut edges: Vec<_> = edges
            .map(|edge| Bits { needs: bits(&edge.needs()), weight: weight(edge), edge })
            .collect();
        edges.sort_by_key(|e| (-e.weight, e.edge.needs().len(), e.edge.needs()));
        edges
    };
    let edges: Vec<Vec<Bits>> = p.targets().iter().map(into).collect();
    let choose = |bought: u32| -> Option<Vec<&Bits>> {
        edges.iter().map(|edges| edges.iter().find(|e| e.needs & !bought == 0)).collect()
    };
    let value = |bought: u32| -> Option<i128> {
        choose(bought).map(|edges| edges.iter().map(|edge| edge.weight).sum())
    };
    let ids = |set: u32| -> Vec<TaskId> {
        (0..tasks.len()).filter(|k| set >> k & 1 == 1).map(|k| tasks[k].clone()).collect()
    };
    let require = bits(&p.require.iter().cloned().collect::<Vec<_>>());
    let never = tasks.iter().filter(|&id| p.forbid.contains(id) || !role(id).is_source());
    let never = bits(&never.cloned().collect::<Vec<_>>());
    // Costs in the tests are multiples of a half.
    let cost = |set: u32| ids(set).iter().map(|s| (2.0 * p.cost_of(s)) as i128).sum::<i128>();
    let mut best: Option<(i128, i128, Vec<TaskId>, u32)> = None;
    for set in (0..1_u32 << tasks.len()).filter(|set| set & never == 0 && require & !set == 0) {
        let meets = |constraint: &Constraint| {
            let held = (set & bits(&constraint.tasks)).count_ones() as usize;
            constraint.at_least.unwrap_or(0) <= held && held <= constraint.at_most.unwrap_or(9)
        };
        let Some(worth) = value(set).filter(|_| p.constraints.iter().all(meets)) else { continue };
        let cost = cost(set);
        if cost as f64 > 2.0 * p.budget || best.as_ref().is_some_and(|b| -worth > b.0) {
            continue;
        }
        // Constraints are upper bounds here, so that giving back never breaks one.
        let useless =
            |k: &usize| (set & !require) >> k & 1 == 1 && value(set & !(1 << k)) == Some(worth);
        if (0..tasks.len()).any(|k| useless(&k)) {
            continue;
        }
        let entry = (-worth, cost, ids(set), set);
        best = Some(best.map_or(entry.clone(), |best| best.min(entry)));
    }
    let (worth, _, bought, set) = best?;
    let chosen = choose(set)?.iter().map(|bits| bits.edge.contender.to_string()).collect();
    Some((-worth, bought, chosen))
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
                // Most edges do not read their target, and have 1 to 4 sources.
                let held = held.filter(|k| *k != target || mask % 7 == 0);
                let most = 1 + (mask % 4) as usize;
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
    (table(), halves(12), 1..=4_usize, objective, tasks, worth, roles, lists).prop_map(
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

/// At most so many of some tasks.
fn constraint() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..NAMES.len(), 2..4)
}

fn check(p: &Problem) -> Result<(), TestCaseError> {
    match (p.solve(), brute_force(p)) {
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
        (Err(PolicyError::NoEdge { .. } | PolicyError::Constraints), None) => {}
        (Err(PolicyError::Infeasible { minimum, .. }), None) => {
            prop_assert!(minimum > p.budget);
            let enough = Problem { budget: minimum, ..p.clone() };
            prop_assert!(brute_force(&enough).is_some());
            let less = Problem { budget: minimum - 0.5, ..p.clone() };
            prop_assert!(brute_force(&less).is_none());
        }
        (solved, tried) => prop_assert!(false, "{:?}\n{:?}", solved, tried),
    }
    Ok(())
}

/// By every general solver of this build.
fn check_general(p: Problem) -> Result<(), TestCaseError> {
    check(&Problem { solver: Solver::Milp, ..p.clone() })?;
    if cfg!(feature = "highs") {
        check(&Problem { solver: Solver::Highs, ..p })?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn the_solver_finds_what_trying_everything_finds(p in problem()) {
        prop_assume!(!p.targets().is_empty());
        check(&p)?;
    }

    #[test]
    fn what_a_limit_leaves_open_is_within_the_gap(p in problem(), nodes in 1_u64..4) {
        prop_assume!(!p.targets().is_empty());
        let limits = Limits { nodes: Some(nodes), stop: None };
        match (p.solve_within(&limits), brute_force(&p)) {
            (Ok(policy), Some((value, ..))) => {
                let value = value as f64 / 2_f64.powi(40);
                prop_assert!(policy.value <= value && value <= policy.bound);
                match policy.status {
                    Status::Optimal => prop_assert_eq!(policy.value, value),
                    Status::Bounded { gap } => prop_assert!(gap > 0.0),
                }
            }
            (Ok(policy), None) => prop_assert!(false, "{policy:?}"),
            (Err(PolicyError::CutOff | PolicyError::NoEdge { .. }), _) => {}
            (Err(PolicyError::Infeasible { .. }), tried) => prop_assert!(tried.is_none()),
            (error, _) => prop_assert!(false, "{error:?}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn so_does_the_general_solver(p in problem()) {
        prop_assume!(!p.targets().is_empty());
        check_general(p)?;
    }

    #[test]
    fn and_with_constraints(p in problem(), tasks in constraint(), at_most in 0..2_usize) {
        prop_assume!(!p.targets().is_empty());
        let known = p.table.tasks();
        let mut tasks: Vec<_> = tasks.into_iter().filter_map(|k| known.get(k).cloned()).collect();
        tasks.sort();
        tasks.dedup();
        let constraints = vec![Constraint { tasks, at_least: None, at_most: Some(at_most) }];
        check_general(Problem { constraints, ..p })?;
    }
}
