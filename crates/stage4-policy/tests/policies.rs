//! Policies by hand, and on the published table.

mod published;

use published::published;
use taskonomy_core::{AffinityTable, Contender, Objective, Role, Status, TaskId};
use taskonomy_policy::{PolicyError, Problem};

fn problem(csv: &str) -> Problem {
    let csv = format!("target,sources,affinity\n{csv}");
    Problem::new(AffinityTable::read(csv.as_bytes()).expect("a table"))
}

fn names(ids: &[TaskId]) -> String {
    ids.iter().map(TaskId::as_str).collect::<Vec<_>>().join(" ")
}

const FOUR: &str = "\
a,self,0.6\na,b,0.3\na,random,0.1\n\
b,self,0.5\nb,a,0.4\nb,random,0.1\n\
c,self,0.4\nc,a+b,0.35\nc,a,0.2\nc,random,0.05\n\
d,self,0.7\nd,a,0.2\nd,b,0.05\nd,random,0.05\n";

#[test]
fn budgets_by_hand() {
    let at = |budget: f64| problem(FOUR).budget(budget).solve().expect("random reaches all");
    let policy = at(0.0);
    assert_eq!((names(&policy.bought).as_str(), policy.cost), ("random", 0.0));
    assert!((policy.value - 0.3).abs() < 1e-11);
    // a: 0.6 + 0.4 + 0.2 + 0.2; d alone is worth 0.7 + 0.1 + 0.1 + 0.05.
    assert_eq!(names(&at(1.0).bought), "a");
    // a, d: 0.6 + 0.4 + 0.2 + 0.7.
    assert_eq!(names(&at(2.0).bought), "a d");
    let all = at(1e6);
    assert_eq!(names(&all.bought), "a b c d");
    assert_eq!(all.cost, 4.0);
    assert!(all.edges.iter().all(|e| e.contender == Contender::Full));
    assert_eq!(all.status, Status::Optimal);
}

#[test]
fn wishes_change_the_policy() {
    let id = |name: &str| TaskId::new(name).expect("an id");
    let mut p = problem(FOUR).budget(1.0);
    p.forbid.insert(id("a"));
    assert_eq!(names(&p.solve().expect("feasible").bought), "d random");
    let mut p = problem(FOUR).budget(1.0);
    p.require.insert(id("c"));
    assert_eq!(names(&p.solve().expect("feasible").bought), "c random");
    let mut p = problem(FOUR).budget(2.0);
    p.cost.insert(id("a"), 3.0);
    assert_eq!(names(&p.solve().expect("feasible").bought), "b d random");
    let mut p = problem(FOUR).budget(1.0);
    p.importance.insert(id("d"), 10.0);
    assert_eq!(names(&p.solve().expect("feasible").bought), "d random");
    let mut p = problem(FOUR).budget(2.0);
    p.roles.insert(id("d"), Role::TargetOnly);
    let policy = p.solve().expect("feasible");
    assert_eq!(names(&policy.bought), "a b");
    assert_eq!(policy.edges[2].contender.to_string(), "a+b");
    let policy = problem(FOUR).budget(2.0).order(1).objective(Objective::NoSelf).solve();
    // b reads a 0.4, a reads b 0.3, c reads a 0.2, d reads a 0.2.
    assert_eq!(names(&policy.expect("feasible").bought), "a b");
}

#[test]
fn ties_go_to_the_cheapest_then_to_the_smallest_ids() {
    // Three ways to 0.5: a+b for 2, c for 2 and d for 1.
    let csv = "t,a+b,0.5\nt,c,0.5\nt,d,0.5";
    let mut p = problem(csv).budget(9.0);
    assert_eq!(names(&p.solve().expect("feasible").bought), "c");
    p.cost.insert(TaskId::new("c").expect("an id"), 2.0);
    assert_eq!(names(&p.solve().expect("feasible").bought), "d");
    p.cost.insert(TaskId::new("d").expect("an id"), 2.0);
    assert_eq!(names(&p.solve().expect("feasible").bought), "a b");
}

#[test]
fn a_difference_far_below_the_solvers_tolerance_decides() {
    let tiny = 2_f64.powi(-39);
    let csv = format!("t,a,0.5\nt,b,{}\nu,a,0.25\nu,b,0.25", 0.5 + tiny);
    let policy = problem(&csv).budget(1.0).solve().expect("feasible");
    assert_eq!(names(&policy.bought), "b");
    assert_eq!(policy.value, 0.75 + tiny);
}

#[test]
fn what_cannot_be_satisfied_says_why() {
    let csv = "t,self,0.5\nt,a+b,0.2\nu,a,0.5";
    let error = problem(csv).budget(0.5).solve().expect_err("too small");
    assert_eq!(
        error.to_string(),
        "a budget of 0.5 does not reach every target, the smallest that does is 2; out of reach each by itself: `t`, `u`"
    );
    let error = problem(csv).budget(1.0).solve().expect_err("too small").to_string();
    assert!(error.ends_with("the smallest that does is 2"), "{error}");
    let error = problem("t,t,0.5\nt,a+b,0.2\nu,a,0.5").order(1).solve().expect_err("no edge");
    assert!(error.to_string().starts_with("no edge of at most 1 sources leads to `t`"), "{error}");
    assert_eq!(problem(csv).budget(-1.0).solve(), Err(PolicyError::Budget(-1.0)));
    assert!(problem(csv).budget(f64::NAN).solve().is_err());
    assert_eq!(problem(csv).order(0).solve(), Err(PolicyError::Order));
    let mut p = problem("normals,self,0.5");
    p.forbid.insert(TaskId::new("normal").expect("an id"));
    let error = p.solve().expect_err("unknown").to_string();
    assert_eq!(error, "`forbid`: the table has no task `normal`; did you mean `normals`?");
}

#[test]
fn the_published_table_at_order_4_and_budget_8() {
    let Some(table) = published("transfers_1k.csv") else { return };
    let policy = Problem::new(table).budget(8.0).order(4).solve().expect("feasible");
    assert_eq!((policy.edges.len(), policy.status), (22, Status::Optimal));
    assert!(policy.cost <= 8.0);
    assert_eq!(
        names(&policy.bought),
        "autoencoder curvature denoise edge2d keypoint2d keypoint3d rgb2sfnorm segment25d"
    );
    assert!((policy.value - 3.735_109_609_267).abs() < 1e-11);
}
