//! The general solvers, behind one call.

use good_lp::solvers::microlp::microlp;
use good_lp::solvers::{SolutionStatus, WithMipGap};
use good_lp::variable::UnsolvedProblem;
use good_lp::{Constraint, ResolutionError, Solution, SolverModel, Variable};

use crate::error::PolicyError;
use crate::problem::Solver;

/// A general solver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    /// Pure Rust, in every build.
    Microlp,
    /// C++, behind the feature `highs`.
    #[cfg(feature = "highs")]
    Highs,
}

/// A mixed-integer model to be minimised.
pub(super) struct Model {
    pub problem: UnsolvedProblem,
    pub rows: Vec<Constraint>,
    /// The variables whose values are asked for: the first that were made, in that order.
    pub wanted: Vec<Variable>,
}

pub(super) struct Answer {
    /// Of the wanted variables.
    pub values: Vec<f64>,
    /// Nothing is less, up to the solver's arithmetic.
    pub least: f64,
    /// Whether the tree was searched to its end.
    pub proved: bool,
    /// 0 where the solver does not say.
    pub nodes: u64,
}

impl Backend {
    /// The general solver that is asked for.
    #[cfg_attr(
        feature = "highs",
        allow(clippy::unnecessary_wraps, reason = "it fails in builds without HiGHS")
    )]
    pub fn of(solver: Solver) -> Result<Self, PolicyError> {
        match solver {
            #[cfg(feature = "highs")]
            Solver::Highs => Ok(Self::Highs),
            #[cfg(not(feature = "highs"))]
            Solver::Highs => Err(PolicyError::NoHighs),
            Solver::Auto | Solver::Lagrange | Solver::Milp => Ok(Self::Microlp),
        }
    }

    /// Whether it says how many nodes it searched: the bindings of `HiGHS` do not.
    pub fn counts_nodes(self) -> bool {
        self == Self::Microlp
    }

    /// Minimises; nothing where the rows cannot be met.
    pub(super) fn minimise(self, model: Model) -> Result<Option<Answer>, PolicyError> {
        match self {
            Self::Microlp => with_microlp(model),
            #[cfg(feature = "highs")]
            Self::Highs => with_highs(model),
        }
    }
}

fn with_microlp(Model { problem, rows, wanted }: Model) -> Result<Option<Answer>, PolicyError> {
    // A gap of 0, said and not left to the default: the optimum is wanted, not something near.
    let mut model = problem.using(microlp).with_mip_gap(0.0).map_err(failed)?;
    for row in rows {
        model.add_constraint(row);
    }
    match model.solve() {
        Err(ResolutionError::Infeasible) => Ok(None),
        Err(error) => Err(failed(error)),
        Ok(solution) => {
            let values = wanted.iter().map(|&y| solution.value(y)).collect();
            let proved = matches!(solution.status(), SolutionStatus::Optimal);
            let stats = solution.into_inner().stats();
            let least = stats.best_bound.unwrap_or(0.0);
            Ok(Some(Answer { values, least, proved, nodes: stats.nodes_solved }))
        }
    }
}

/// As tight as `HiGHS` goes. A relaxed solution may miss every row and every whole number by 1e-10,
/// so that its value is too good by about 2e-10 a target, and a bound may be off by 1e-10 an edge.
/// The second pass compares all within 1e-7 in whole numbers: wider than the first for all tables
/// that are let in, and than the second unless a thousand edges err to one side.
#[cfg(feature = "highs")]
const TOLERANCES: [(&str, f64); 5] = [
    ("mip_rel_gap", 0.0),
    ("mip_abs_gap", 0.0),
    ("mip_feasibility_tolerance", 1e-10),
    ("primal_feasibility_tolerance", 1e-10),
    ("dual_feasibility_tolerance", 1e-10),
];

#[cfg(feature = "highs")]
fn with_highs(Model { problem, rows, wanted }: Model) -> Result<Option<Answer>, PolicyError> {
    use highs::HighsModelStatus as Status;

    let mut model = problem.using(good_lp::highs);
    for row in rows {
        model.add_constraint(row);
    }
    let mut model = model.try_into_inner().map_err(failed)?;
    for (option, value) in TOLERANCES {
        model.try_set_option(option, value).map_err(failed)?;
    }
    // The same path, and so the same bytes, on every machine.
    model.try_set_option("threads", 1).map_err(failed)?;
    let solved = model.try_solve().map_err(failed)?;
    match solved.status() {
        Status::Infeasible | Status::UnboundedOrInfeasible => Ok(None),
        Status::Optimal => {
            let mut values = solved.get_solution().columns().to_vec();
            values.truncate(wanted.len());
            let least = solved.double_info_value(c"mip_dual_bound").map_err(failed)?;
            Ok(Some(Answer { values, least, proved: true, nodes: 0 }))
        }
        other => Err(PolicyError::Solver(format!("HiGHS ended with the status {other:?}"))),
    }
}

fn failed(error: impl std::fmt::Debug) -> PolicyError {
    PolicyError::Solver(format!("{error:?}"))
}
