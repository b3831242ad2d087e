//! The parts of the method against enumeration, on random programmes.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use taskonomy_core::{AffinityTable, Contender, Edge, Sources, TaskId};

use super::budget::Selection;
use super::core::Core;
use super::fixing::settle;
use super::goal::{Goal, Scaled};
use super::relaxation::Relaxation;
use super::search::{Outcome, Search, start};
use super::subgradient::Descent;
use super::{Warm, root};
use crate::limits::Limits;
use crate::problem::Problem;
use crate::programme::Programme;

/// Sources of a random programme.
const SOURCES: usize = 11;

/// Seven targets read from sets of up to four of eleven sources; every second one has costs.
fn programme(seed: u64) -> Programme {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let id = |k: usize| TaskId::new(&format!("s{k:02}")).unwrap();
    let mut edges = Vec::new();
    for target in 0..7 {
        let random = Contender::Transfer(Sources::one(TaskId::random()));
        let mut contenders = vec![Contender::Full, random];
        for _ in 0..24 {
            let order = rng.random_range(1..=4);
            let set: Vec<_> = (0..order).map(|_| rng.random_range(0..SOURCES)).collect();
            let set = set.into_iter().filter(|&s| s != target).map(id);
            contenders.extend(Sources::new(set).map(Contender::Transfer));
        }
        contenders.sort();
        contenders.dedup();
        edges.extend(contenders.into_iter().map(|contender| Edge {
            target: id(target),
            contender,
            affinity: f64::from(rng.random_range(0..1000_u32)) / 1000.0,
            gain: None,
            quality: None,
        }));
    }
    let mut problem = Problem::new(AffinityTable { edges, notes: vec![] });
    problem.budget = f64::from(rng.random_range(1..9_u32));
    if seed % 2 == 1 {
        problem.cost =
            (0..SOURCES).map(|k| (id(k), f64::from(rng.random_range(0..9_u32)) / 4.0)).collect();
    }
    if seed.is_multiple_of(5) {
        // So large that weights do not fit a core and are rounded up.
        problem.importance = (0..7).map(|k| (id(k), rng.random::<f64>() * 1e12)).collect();
    }
    Programme::new(&problem).unwrap()
}

fn scaled(programme: &Programme) -> Scaled<'_> {
    Scaled::new(programme, Goal::Value { limit: programme.budget, not: &[] })
}

/// The best value of a core within its budget, by trying everything.
fn best(core: &Core) -> Option<i64> {
    let sets = 0..1_u32 << core.sources.len();
    let taken = sets.map(|set| (0..core.sources.len()).map(|s| set >> s & 1 == 1).collect());
    let cost = |taken: &Vec<bool>| {
        taken.iter().zip(&core.cost).filter(|(t, _)| **t).map(|(_, cost)| cost).sum::<i128>()
    };
    taken.filter(|taken| cost(taken) <= core.budget).filter_map(|taken| core.value(&taken)).max()
}

fn random_multipliers(core: &Core, most: i64, rng: &mut ChaCha8Rng) -> Vec<i64> {
    core.source_of.iter().map(|_| (rng.random::<f64>().powi(3) * most as f64) as i64).collect()
}

#[test]
fn any_multipliers_bound_the_core_and_settle_nothing_that_is_better() {
    for seed in 0..60 {
        let programme = programme(seed);
        let core = root(&programme, &scaled(&programme).core()).unwrap();
        let optimum = best(&core).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let widest = *core.weight.iter().max().unwrap();
        for _ in 0..8 {
            let lambda = random_multipliers(&core, widest / 4, &mut rng);
            let mut descent = Descent::new(&core, lambda, vec![0.5; core.sources.len()], 1.0);
            for _ in 0..rng.random_range(0..60) {
                descent.step(&core, optimum - 1, i64::MAX >> 10);
            }
            assert!(descent.bound >= optimum, "seed {seed}: {} < {optimum}", descent.bound);
            let at = Relaxation::new(&core, descent.best);
            assert_eq!(at.bound, descent.bound, "sums that are kept up are the sums");
            let settled = settle(&core, &at, optimum - 1);
            let reduced = core.reduce(&settled.fates, |e| settled.kept[e], &at.lambda);
            let (reduced, lambda) = reduced.expect("the optimum is left");
            assert_eq!(best(&reduced), Some(optimum), "seed {seed}");
            assert!(Relaxation::new(&reduced, lambda).bound >= optimum);
        }
    }
}

#[test]
fn the_first_bound_is_a_number_and_falls() {
    let programme = programme(1);
    let core = root(&programme, &scaled(&programme).core()).unwrap();
    let zeros = vec![0; core.source_of.len()];
    let mut descent = Descent::new(&core, zeros, vec![0.5; core.sources.len()], 1.0);
    let first = descent.bound;
    let free: i64 = (0..core.targets()).map(|t| core.weight[core.edges(t).start]).sum();
    assert_eq!(first, core.settled + free, "without multipliers all targets have their best edge");
    assert_eq!(first, core.trivial_bound());
    for _ in 0..100 {
        descent.step(&core, best(&core).unwrap(), i64::MAX >> 10);
    }
    assert!(descent.bound < first);
}

/// Searches the core of the programme; what the outcome is, what was found and how many nodes it took.
fn searched(
    programme: &Programme,
    enumerate: usize,
    memory: usize,
    limits: &Limits<'_>,
) -> (Outcome, Option<i128>, u64) {
    let mut search = Search::new(scaled(programme), None, limits);
    let whole = search.scaled.core();
    (search.enumerate, search.memory) = (enumerate, memory);
    search.multipliers = vec![0; whole.source_of.len()];
    let core = root(programme, &whole).unwrap();
    start(&mut search, &core);
    (search.run(core), search.worth, search.nodes)
}

#[test]
fn the_search_finds_what_enumeration_finds() {
    let mut below_roots = 0;
    for seed in 0..150 {
        let programme = programme(seed);
        let solve = |enumerate: usize, memory: usize| {
            let (outcome, worth, nodes) =
                searched(&programme, enumerate, memory, &Limits::default());
            assert!(matches!(outcome, Outcome::Complete));
            (worth, nodes)
        };
        let (tried, one) = solve(SOURCES + 1, usize::MAX);
        let (found, some) = solve(0, usize::MAX);
        assert_eq!(found, tried, "seed {seed}");
        assert!(one <= 1, "seed {seed}: {one} nodes to try everything");
        below_roots += some.saturating_sub(1);
        // Depth first from the root on, and from where a few cores wait.
        for memory in [0, 5_000] {
            assert_eq!(solve(0, memory).0, tried, "seed {seed}, {memory} bytes");
        }
    }
    assert!(
        below_roots > 150,
        "{below_roots} nodes: the programmes are too easy to test branching"
    );
}

#[test]
fn a_search_that_is_cut_off_bounds_what_is_left_in_either_order() {
    let mut cut = 0;
    for seed in 0..150 {
        let programme = programme(seed);
        let (_, optimum, _) = searched(&programme, SOURCES + 1, 0, &Limits::default());
        let scaled = scaled(&programme);
        let trivial = scaled.bound(root(&programme, &scaled.core()).unwrap().trivial_bound());
        let depth_first = [0, 1, 2, 3, 5].map(|nodes| (nodes, 0));
        let best_first = [(0, usize::MAX), (2, usize::MAX), (3, 5_000)];
        for (nodes, memory) in depth_first.into_iter().chain(best_first) {
            let limits = Limits { nodes: Some(nodes), stop: None };
            let (outcome, found, _) = searched(&programme, 0, memory, &limits);
            if let Outcome::CutOff { bound } = outcome {
                assert!(Some(bound).max(found) >= optimum, "seed {seed}: {bound} is no bound");
                assert!(bound <= trivial, "seed {seed}: {bound} after {nodes} nodes says nothing");
                cut += 1;
            }
        }
    }
    assert!(cut > 100, "only {cut} searches were cut off");
}

#[test]
fn a_purchase_is_carried_on_once() {
    let (programme, mut warm) = (programme(1), Warm::default());
    for _ in 0..3 {
        super::solve(&programme, true, &Limits::default(), &mut warm).unwrap();
    }
    assert_eq!(warm.purchases.len(), 1);
}

#[test]
fn half_a_pair_earns_nothing() {
    let csv = "target,sources,affinity\nt,a+b,0.9\nt,random,0.1\n";
    let table = AffinityTable::read(csv.as_bytes()).unwrap();
    let policy = Problem::new(table).budget(1.0).solve().unwrap();
    assert_eq!(policy.edges[0].contender.to_string(), "random");
    assert!((policy.value - 0.1).abs() < 1e-11);
}

#[test]
fn the_budget_part_bounds_every_choice_and_its_losses_are_losses() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for case in 0..400 {
        let n = rng.random_range(1..9_usize);
        let least = if case % 4 == 0 { -20 } else { 0 };
        let profit: Vec<i64> = (0..n).map(|_| rng.random_range(least..40)).collect();
        let most = if case % 2 == 0 { 2 } else { 9 };
        let cost: Vec<i128> = (0..n).map(|_| i128::from(rng.random_range(0..most))).collect();
        let budget = i128::from(rng.random_range(0..20));
        let mut selection = Selection::new();
        selection.solve(&profit, &cost, budget);
        let worth = |set: u32| {
            let held = || (0..n).filter(move |s| set >> s & 1 == 1);
            (held().map(|s| cost[s]).sum::<i128>() <= budget)
                .then(|| held().map(|s| profit[s]).sum::<i64>())
        };
        let best_with = |s: usize, held: u32| {
            (0..1 << n).filter(|set| set >> s & 1 == held).filter_map(worth).max()
        };
        for s in 0..n {
            for held in [0, 1] {
                let Some(best) = best_with(s, held) else { continue };
                let loss = match (selection.taken[s], held) {
                    (true, 0) => selection.loss_out(profit[s], cost[s]),
                    (false, 1) => selection.loss_in(profit[s], cost[s]),
                    _ => 0,
                };
                assert!(
                    selection.bound - loss >= best,
                    "{profit:?} {cost:?} {budget}: {s} {held}: {} - {loss} < {best}",
                    selection.bound
                );
            }
        }
    }
}

#[test]
fn the_cheapest_purchase_that_reaches_all_is_found() {
    for seed in 0..40 {
        let programme = programme(seed);
        // Without the free edges of `random`, reaching every target costs something.
        let mut programme = programme;
        let random = programme.sources.iter().position(TaskId::is_random).unwrap();
        for arcs in &mut programme.edges {
            arcs.retain(|arc| !arc.sources.contains(&random));
        }
        let (found, proved) = super::cheapest(&programme, &Limits::default(), &mut 0);
        let found = found.unwrap();
        assert!(proved && programme.value(&found).is_some());
        let sets = 0..1_u32 << programme.sources.len();
        let bought =
            sets.map(|set| (0..programme.sources.len()).map(|s| set >> s & 1 == 1).collect());
        let least = bought
            .filter(|bought: &Vec<bool>| programme.value(bought).is_some())
            .map(|bought| programme.cost_of(&bought))
            .min();
        assert_eq!(Some(programme.cost_of(&found)), least, "seed {seed}");
    }
}

#[test]
fn a_required_source_stays_bought_in_a_core() {
    let mut programme = programme(2);
    programme.required[0] = true;
    let core = root(&programme, &scaled(&programme).core()).unwrap();
    assert_eq!(core.bought, [0]);
}
