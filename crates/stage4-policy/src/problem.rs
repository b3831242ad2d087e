//! What is asked: a table of affinities and the user's wishes.

use std::collections::{BTreeMap, BTreeSet};

use taskonomy_core::{
    AffinityTable, Constraint, Contender, Edge, Objective, Role, TaskId, nearest,
};

use crate::error::PolicyError;

/// A policy problem. Made with [`Problem::new`], changed through its fields or the methods of the
/// same names, solved by [`Problem::solve`](crate::Problem::solve).
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// All edges.
    pub table: AffinityTable,
    /// Largest total cost of the bought tasks.
    pub budget: f64,
    /// Most sources of a chosen edge.
    pub order: usize,
    /// What is maximised.
    pub objective: Objective,
    /// Label cost per task, exact to billionths; 1 where absent, and 0 for `random`.
    pub cost: BTreeMap<TaskId, f64>,
    /// Importance per target; 1 where absent.
    pub importance: BTreeMap<TaskId, f64>,
    /// Which ends of an edge a task may be; where absent, what the table has it be. A task that is
    /// named a target here must have an edge.
    pub roles: BTreeMap<TaskId, Role>,
    /// Tasks that are bought in any case.
    pub require: BTreeSet<TaskId>,
    /// Tasks that are not bought in any case.
    pub forbid: BTreeSet<TaskId>,
    /// How many of some tasks are bought.
    pub constraints: Vec<Constraint>,
    /// Who solves.
    pub solver: Solver,
    /// Take the first optimum that is found rather than the first by the tie rules.
    pub any_optimum: bool,
}

/// A way to solve the programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Solver {
    /// [`Solver::Lagrange`], or [`Solver::Milp`] where constraints ask for it.
    #[default]
    Auto,
    /// Lagrangian relaxation with branch and bound, in whole numbers.
    Lagrange,
    /// A general solver of mixed-integer programmes in pure Rust (`microlp`), for tables of up to
    /// [`MILP_MOST_TASKS`](crate::MILP_MOST_TASKS) tasks.
    Milp,
    /// The same with `HiGHS`; only in builds with the feature `highs`.
    Highs,
}

impl Problem {
    /// Every target of the table is wanted, every source costs 1 (`random` nothing), nothing
    /// limits budget or order.
    pub fn new(table: AffinityTable) -> Self {
        let sources = |edge: &Edge| match &edge.contender {
            Contender::Transfer(sources) => sources.order(),
            _ => 1,
        };
        Self {
            order: table.edges.iter().map(sources).max().unwrap_or(1),
            budget: table.tasks().len() as f64,
            table,
            objective: Objective::Raw,
            cost: BTreeMap::new(),
            importance: BTreeMap::new(),
            roles: BTreeMap::new(),
            require: BTreeSet::new(),
            forbid: BTreeSet::new(),
            constraints: Vec::new(),
            solver: Solver::Auto,
            any_optimum: false,
        }
    }

    /// Sets the budget.
    #[must_use]
    pub fn budget(self, budget: f64) -> Self {
        Self { budget, ..self }
    }

    /// Sets the highest order.
    #[must_use]
    pub fn order(self, order: usize) -> Self {
        Self { order, ..self }
    }

    /// Sets the objective.
    #[must_use]
    pub fn objective(self, objective: Objective) -> Self {
        Self { objective, ..self }
    }

    /// The cost of buying a task.
    pub fn cost_of(&self, id: &TaskId) -> f64 {
        self.cost.get(id).copied().unwrap_or(if id.is_random() { 0.0 } else { 1.0 })
    }

    /// The importance of a target.
    pub fn importance_of(&self, id: &TaskId) -> f64 {
        self.importance.get(id).copied().unwrap_or(1.0)
    }

    /// The targets that the policy must reach, in ascending order.
    pub fn targets(&self) -> Vec<TaskId> {
        let named =
            self.roles.iter().filter(|(_, role)| role.is_target()).map(|(id, _)| id.clone());
        let in_table = self.table.targets().into_iter().filter(|id| self.role_of(id).is_target());
        named.chain(in_table).collect::<BTreeSet<_>>().into_iter().collect()
    }

    pub(crate) fn role_of(&self, id: &TaskId) -> Role {
        self.roles.get(id).copied().unwrap_or_default()
    }

    /// Whether the task may be bought.
    pub(crate) fn can_buy(&self, id: &TaskId) -> bool {
        self.role_of(id).is_source() && !self.forbid.contains(id)
    }

    /// Whether the rules allow the edge: its order, and all that it needs may be bought. Readouts
    /// of the target's own encoder (t→t and sets with t) compete for affinity, but are no edges.
    pub(crate) fn allows(&self, edge: &Edge) -> bool {
        let buys = |id: &TaskId| self.can_buy(id);
        match &edge.contender {
            Contender::Full => buys(&edge.target),
            Contender::Transfer(sources) => {
                sources.order() <= self.order
                    && !sources.contains(&edge.target)
                    && sources.iter().all(buys)
            }
            Contender::Scratch(_) | Contender::Small => false,
        }
    }

    /// Whether budget and order are in their ranges.
    pub(crate) fn check_limits(&self) -> Result<(), PolicyError> {
        if !(self.budget >= 0.0 && self.budget.is_finite()) {
            return Err(PolicyError::Budget(self.budget));
        }
        if self.order == 0 {
            return Err(PolicyError::Order);
        }
        Ok(())
    }

    pub(crate) fn check(&self) -> Result<(), PolicyError> {
        self.check_limits()?;
        for (what, numbers) in [("cost", &self.cost), ("importance", &self.importance)] {
            for (task, &found) in numbers {
                if !(0.0..=1e12).contains(&found) {
                    return Err(PolicyError::Number { what, task: task.clone(), found });
                }
            }
        }
        let lists = [("require", &self.require), ("forbid", &self.forbid)];
        let lists = lists.into_iter().map(|(list, ids)| (list, ids.iter().collect::<Vec<_>>()));
        let constrained = self.constraints.iter().flat_map(|constraint| &constraint.tasks);
        for (list, ids) in lists.chain([("constraint", constrained.collect())]) {
            if ids.is_empty() {
                continue;
            }
            let known = self.table.tasks();
            for task in ids {
                if known.binary_search(task).is_err() && !self.roles.contains_key(task) {
                    let nearest = nearest(task.as_str(), known.iter().map(TaskId::as_str));
                    let nearest = nearest.map(str::to_owned);
                    return Err(PolicyError::Unknown { list, task: task.clone(), nearest });
                }
            }
        }
        for constraint in &self.constraints {
            constraint.check().map_err(PolicyError::Constraint)?;
        }
        for task in &self.require {
            let why = match () {
                () if self.forbid.contains(task) => "forbidden",
                () if !self.role_of(task).is_source() => "target-only",
                () => continue,
            };
            return Err(PolicyError::Required { task: task.clone(), why });
        }
        if self.targets().is_empty() {
            return Err(PolicyError::NoTargets);
        }
        Ok(())
    }
}
