//! From the problem to its policy.

use taskonomy_core::{Edge, Policy, Status};

use crate::error::PolicyError;
use crate::exact::{self, Unsolved, Warm};
use crate::limits::Limits;
use crate::milp::{self, Backend};
use crate::problem::{Problem, Solver};
use crate::programme::{Arc, COST_UNIT, Programme, Purchase, WEIGHT_UNIT};

/// The largest number of tasks that the general solver takes.
pub const MILP_MOST_TASKS: usize = 300;

impl Problem {
    /// Solves the programme.
    ///
    /// The optimum is proved in whole numbers; a second pass applies the tie rules (`any_optimum`
    /// skips it): the cheapest purchase without useless tasks, then the smallest sorted list of
    /// bought ids, then per target the fewest sources, then the smallest ids. A free task is
    /// bought only when it is needed.
    ///
    /// # Errors
    /// What is out of range, contradictory or cannot be reached: see [`PolicyError`].
    pub fn solve(&self) -> Result<Policy, PolicyError> {
        self.solve_within(&Limits::default())
    }

    /// Solves the programme as far as the limits allow: the status says whether the optimum is
    /// proved, and the bound how much better a policy could be.
    ///
    /// A limit that is met in the second pass leaves an optimum that may not be the first by the
    /// tie rules. The general solver heeds no limits.
    ///
    /// # Errors
    /// As [`Problem::solve`]; [`PolicyError::CutOff`] where no policy was found within the limits.
    pub fn solve_within(&self, limits: &Limits<'_>) -> Result<Policy, PolicyError> {
        let programme = Programme::new(self)?;
        self.solve_programme(&programme, limits, &mut Warm::default())
    }

    /// Whether a general solver is asked for, or constraints ask for one: it heeds no limits.
    pub fn is_general(&self) -> bool {
        match self.solver {
            Solver::Auto => !self.constraints.is_empty(),
            Solver::Lagrange => false,
            Solver::Milp | Solver::Highs => true,
        }
    }

    /// Solves a programme of this problem, at its budget.
    pub(crate) fn solve_programme(
        &self,
        programme: &Programme,
        limits: &Limits<'_>,
        warm: &mut Warm,
    ) -> Result<Policy, PolicyError> {
        let constrained = !self.constraints.is_empty();
        if self.solver == Solver::Lagrange && constrained {
            return Err(PolicyError::Unconstrained);
        }
        if self.is_general() {
            let backend = Backend::of(self.solver)?;
            let (tasks, most) = (programme.sources.len(), MILP_MOST_TASKS);
            if tasks > most {
                return Err(PolicyError::TooLarge { tasks, most, constrained });
            }
            let solved = milp::solve(programme, backend, self.any_optimum)?;
            let Some(solved) = solved else {
                let minimum =
                    milp::cheapest(programme, backend)?.ok_or(PolicyError::Constraints)?;
                return Err(infeasible(self, programme, minimum));
            };
            return Ok(self.policy(
                programme,
                solved.bought,
                solved.bound,
                solved.proved,
                backend.counts_nodes().then_some(solved.nodes),
            ));
        }
        match exact::solve(programme, self.any_optimum, limits, warm) {
            Ok(solved) => {
                let proved = programme.value(&solved.bought) == Some(solved.bound);
                let bound = solved.bound as f64 / WEIGHT_UNIT;
                Ok(self.policy(programme, solved.bought, bound, proved, Some(solved.nodes)))
            }
            Err(Unsolved::TooDear { minimum }) => Err(infeasible(self, programme, minimum)),
            Err(Unsolved::CutOff) => Err(PolicyError::CutOff),
        }
    }

    pub(crate) fn policy(
        &self,
        programme: &Programme,
        bought: Purchase,
        bound: f64,
        proved: bool,
        nodes: Option<u64>,
    ) -> Policy {
        let arcs = programme.choose(&bought).expect("solvers return purchases that reach all");
        let value = arcs.iter().map(|arc| arc.weight).sum::<i128>() as f64 / WEIGHT_UNIT;
        let edges: Vec<Edge> = arcs.iter().map(|arc| self.table.edges[arc.row].clone()).collect();
        let held = programme.sources.iter().zip(&bought).filter(|(_, bought)| **bought);
        let bound = bound.max(value);
        Policy {
            bought: held.map(|(id, _)| id.clone()).collect(),
            edges,
            objective: self.objective,
            value,
            bound,
            status: if proved {
                Status::Optimal
            } else {
                Status::Bounded { gap: (bound - value) / value.abs().max(f64::MIN_POSITIVE) }
            },
            budget: self.budget,
            cost: programme.cost_of(&bought) as f64 / COST_UNIT,
            order: self.order,
            nodes,
        }
    }
}

/// The cheapest purchase that reaches every target costs this much, and that is too much.
fn infeasible(problem: &Problem, programme: &Programme, minimum: i128) -> PolicyError {
    let required = programme.cost_of(&programme.required);
    let out_of_reach = |arcs: &Vec<Arc>| {
        let extra = |arc: &Arc| -> i128 {
            let more = arc.sources.iter().filter(|&&s| !programme.required[s]);
            more.map(|&s| programme.cost[s]).sum()
        };
        arcs.iter().all(|arc| required + extra(arc) > programme.budget)
    };
    let pairs = programme.targets.iter().zip(&programme.edges);
    PolicyError::Infeasible {
        budget: problem.budget,
        minimum: minimum as f64 / COST_UNIT,
        unaffordable: pairs
            .filter(|(_, arcs)| out_of_reach(arcs))
            .map(|(target, _)| target.clone())
            .collect(),
    }
}
