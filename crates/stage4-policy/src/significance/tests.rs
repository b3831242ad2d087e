use taskonomy_core::{AffinityTable, Constraint};

use super::*;

/// With both sources, five edges lead to `t` and one to each other target; without `a` nothing
/// leads to `u` and `v`.
const FIVE: &str = "target,sources,affinity,win_vs_scratch,win_vs_full
t,a,0.5,0.5,0.1
t,b,0.4,0.3,0.2
t,a+b,0.6,0.9,0.3
t,random,0.1,0.1,0.4
t,a+random,0.2,0.2,0.5
u,a,0.3,0.6,
v,a,0.2,0.6,
";

fn problem(csv: &str) -> Problem {
    Problem::new(AffinityTable::read(csv.as_bytes()).unwrap())
}

fn only(problem: &Problem, budget: f64) -> Significance {
    problem.significance(&[budget], 1000, 7).unwrap().remove(0).unwrap()
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-11, "{found} {expected}");
}

/// Of five equally likely numbers the percentiles are the first, the third and the last.
#[test]
fn all_taxonomies_of_two_sources_and_three_targets() {
    let found = only(&problem(FIVE), 2.0);
    assert_eq!((found.asked, found.drawn, found.tries), (1000, 1000, 1000));
    assert_eq!(found.objective.optimal, Some(found.best.value));
    close(found.best.value, 1.1);
    let random = found.objective.random.unwrap();
    close(random.low, 0.6);
    close(random.median, 0.9);
    close(random.high, 1.1);
    // One in five is the optimum; the standard deviation is 1.3 %.
    assert!((found.objective.beaten.unwrap() - 0.8).abs() < 0.05, "{found:?}");

    // Gain: means of {0.1, 0.2, 0.3, 0.5, 0.9} and twice 0.6; nothing that is bought is a target.
    let [all, unbought] = found.gain;
    assert_eq!(all, unbought);
    close(all.optimal.unwrap(), 0.7);
    let random = all.random.unwrap();
    close(random.low, 1.3 / 3.0);
    close(random.median, 0.5);
    close(random.high, 0.7);
    // Quality is known of one target; two of five numbers are below that of the optimum.
    let quality = found.quality[0];
    assert_eq!(quality.optimal, Some(0.3));
    assert_eq!(quality.random.unwrap().median, 0.3);
    assert!((quality.beaten.unwrap() - 0.4).abs() < 0.08);
}

#[test]
fn purchases_that_leave_a_target_out_are_drawn_again() {
    let found = only(&problem(FIVE), 1.0);
    // `b` alone is no use: half of the purchases are drawn again; standard deviation 45.
    assert_eq!(found.drawn, 1000);
    assert!((1800..2200).contains(&found.tries), "{}", found.tries);
    // With `a`, three edges lead to `t`: 0.1, 0.2 and 0.5.
    let random = found.objective.random.unwrap();
    close(random.low, 0.6);
    close(random.median, 0.7);
    close(random.high, 1.0);

    let mut required = problem(FIVE);
    required.require.insert("a".parse().unwrap());
    assert_eq!(only(&required, 1.0).tries, 1000);
    let mut constrained = problem(FIVE);
    constrained.constraints.push(Constraint {
        tasks: vec!["b".parse().unwrap()],
        at_least: Some(1),
        at_most: None,
    });
    let found = only(&constrained, 2.0);
    assert_eq!((found.drawn, found.tries), (1000, 1000));
}

#[test]
fn a_draw_that_finds_nothing_is_given_up() {
    // Only one pair of 400 sources will do.
    let mut csv = "target,sources,affinity\nt,s0+s1,1\n".to_owned();
    for k in 2..400 {
        csv += &format!("u,s{k},0.1\n");
    }
    csv += "u,s0+s1,1\n";
    let found = problem(&csv).significance(&[2.0], 20, 1).unwrap().remove(0).unwrap();
    // One purchase in 79,800: with 1,000 tries nearly every draw is in vain.
    assert!(found.drawn <= 3, "{found:?}");
    assert!(found.tries >= 17 * MOST_TRIES);
    if found.drawn == 0 {
        assert_eq!((found.objective.random, found.objective.beaten), (None, None));
    }
}

#[test]
fn where_there_is_no_choice_chance_is_as_good() {
    let csv = "target,sources,affinity,win_vs_scratch,win_vs_full\n\
               t,self,0.9,0.8,0.5\nu,t,0.3,0.6,0.4\n";
    let found = only(&problem(csv), 1.0);
    for compared in [&[found.objective], &found.gain[..], &found.quality[..]].concat() {
        let same = compared.optimal.unwrap();
        assert_eq!(compared.random, Some(Spread { low: same, median: same, high: same }));
        assert_eq!(compared.beaten, Some(0.0));
    }
    assert_eq!(found.gain.map(|gain| gain.optimal), [Some(0.7), Some(0.6)]);
}

#[test]
fn what_is_not_known_is_not_compared() {
    let found = only(&problem("target,sources,affinity\nt,a,0.9\nt,b,0.3\n"), 1.0);
    let nothing = Comparison { optimal: None, random: None, beaten: None };
    assert_eq!((found.gain, found.quality), ([nothing; 2], [nothing; 2]));
    assert!(found.objective.random.is_some());
}

#[test]
fn threads_and_other_budgets_change_no_bit() {
    let problem = problem(FIVE);
    let on = |threads: usize, budgets: &[f64]| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| problem.significance(budgets, 200, 3).unwrap())
    };
    let both = on(1, &[1.0, 2.0]);
    assert_eq!(both, on(4, &[1.0, 2.0]));
    let second = on(4, &[2.0]).remove(0).unwrap();
    let first = both[1].as_ref().unwrap();
    assert_eq!((&first.gain, &first.objective), (&second.gain, &second.objective));
    let other = problem.significance(&[2.0], 200, 4).unwrap().remove(0).unwrap();
    assert_ne!(other.objective.beaten, second.objective.beaten);
}

#[test]
fn budgets_and_costs_that_cannot_be() {
    let found = problem(FIVE).significance(&[0.0, 1.0, -1.0], 10, 1).unwrap();
    assert!(matches!(found[0], Err(PolicyError::Infeasible { .. })));
    assert!(found[1].is_ok());
    assert_eq!(found[2], Err(PolicyError::Budget(-1.0)));
    assert_eq!(problem(FIVE).order(0).significance(&[1.0], 1, 1), Err(PolicyError::Order));
    assert_eq!(problem(FIVE).most_budget(), Ok(2.0));
    let mut fine = problem(
        &(0..40)
            .fold("target,sources,affinity\n".to_owned(), |csv, k| csv + &format!("t,s{k},0.1\n")),
    );
    for k in 0..40 {
        let cost = 1.0 + f64::from(k).sqrt() / 1000.0;
        fine.cost.insert(format!("s{k}").parse().unwrap(), cost);
    }
    let found = fine.significance(&[20.0], 1, 1).unwrap().remove(0);
    assert!(matches!(found, Err(PolicyError::Uncountable { sources: 40, .. })), "{found:?}");
}
