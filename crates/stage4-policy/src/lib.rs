//! Stage 4: the Boolean integer programme of the transfer policy.
//!
//! Given the affinities of all edges, what each source task costs and what each target is worth:
//! which tasks should be labelled within the budget, and which edge should every target use
//! (Zamir et al., CVPR 2018, section 3.4)? With *S(e)* the tasks that an edge needs,
//!
//! ```text
//! maximise   Σ_t importance_t Σ_{e into t} affinity_e x_e
//! such that  Σ_{e into t} x_e = 1                     for every target t
//!            Σ_{e into t, s ∈ S(e)} x_e ≤ y_s         for every target t and source s
//!            Σ_s cost_s y_s ≤ budget,                 y_s ∈ {0, 1}
//! ```
//!
//! The second row is valid because a target has exactly one edge; it is far tighter than the
//! paper's `|S(e)| x_e ≤ Σ y_s`, and lets x be continuous.
//!
//! ```
//! use taskonomy_core::{AffinityTable, Contender};
//! use taskonomy_policy::Problem;
//!
//! let csv = "target,sources,affinity\n\
//!            a,self,0.7\na,b,0.2\nb,self,0.6\nb,a,0.3\nc,self,0.5\nc,a,0.1\nc,a+b,0.4\n";
//! let table = AffinityTable::read(csv.as_bytes()).unwrap();
//! let policy = Problem::new(table).budget(2.0).order(2).solve().unwrap();
//! // Two of three tasks are labelled; c is read from both.
//! assert_eq!(policy.bought.iter().map(|id| id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
//! assert_eq!(policy.edges[2].contender, "a+b".parse::<Contender>().unwrap());
//! assert!((policy.value - 1.7).abs() < 1e-11);
//! ```

mod against;
mod error;
mod exact;
mod explain;
mod limits;
mod milp;
mod problem;
mod programme;
mod repeatability;
mod significance;
mod solve;
mod stability;
mod sweep;
mod taxonomy;

pub use against::Against;
pub use error::PolicyError;
pub use explain::{Explanation, GivenUp, MOST_OPTIMA, SourceReason, TargetReason};
pub use limits::Limits;
pub use problem::{Problem, Solver};
pub use repeatability::Repeatability;
pub use significance::{Comparison, MOST_TRIES, Significance};
pub use solve::MILP_MOST_TASKS;
pub use stability::{Choice, Stability};
pub use sweep::SweepEntry;
