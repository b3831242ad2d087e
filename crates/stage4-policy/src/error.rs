//! Why there is no policy.

use std::fmt;

use taskonomy_core::TaskId;

/// Why there is no policy.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PolicyError {
    /// The budget is negative or no number.
    #[error("the budget is {0}: it must be 0 or more, and finite")]
    Budget(f64),
    /// A cost or an importance is negative, no number or too large to be summed exactly.
    #[error("the {what} of `{task}` is {found}: it must be between 0 and 1e12")]
    Number {
        /// `cost` or `importance`.
        what: &'static str,
        /// Whose.
        task: TaskId,
        /// The number.
        found: f64,
    },
    /// Edges need at least one source.
    #[error("the order is 0: a transfer reads at least 1 source")]
    Order,
    /// A list names a task that the table does not have.
    #[error("`{list}`: the table has no task `{task}`{}", did_you_mean(.nearest.as_deref()))]
    Unknown {
        /// `require`, `forbid` or `constraint`.
        list: &'static str,
        /// The name.
        task: TaskId,
        /// The most similar task of the table.
        nearest: Option<String>,
    },
    /// A task is required and cannot be a source.
    #[error("`{task}` is required, but it is {why}")]
    Required {
        /// Which.
        task: TaskId,
        /// `forbidden` or `target-only`.
        why: &'static str,
    },
    /// There is nothing to reach.
    #[error("the table has no target, or every one is source-only")]
    NoTargets,
    /// Some targets have no edge, whatever the budget.
    #[error(
        "no edge of at most {order} sources leads to {}, once {} are left out",
        List(.targets),
        left_out(.targets.len(), .zeros.len())
    )]
    NoEdge {
        /// Which, in ascending order.
        targets: Vec<TaskId>,
        /// Most sources of an edge.
        order: usize,
        /// Those of them with edges whose affinity is 0 where its logarithm is asked for.
        zeros: Vec<TaskId>,
    },
    /// The budget does not reach all targets.
    #[error(
        "a budget of {budget} does not reach every target, the smallest that does is {minimum}{}",
        alone(.unaffordable)
    )]
    Infeasible {
        /// What was given.
        budget: f64,
        /// The cost of the cheapest purchase that reaches every target.
        minimum: f64,
        /// Targets whose cheapest edge alone costs more than the budget.
        unaffordable: Vec<TaskId>,
    },
    /// A constraint says nothing or contradicts itself.
    #[error("`constraint`: {0}")]
    Constraint(String),
    /// Whatever the budget, no purchase meets the constraints.
    #[error("no purchase, whatever it costs, reaches every target and meets the constraints")]
    Constraints,
    /// Only the general solver knows constraints.
    #[error(
        "the Lagrangian solver knows no constraints: leave the choice to `auto`, or ask for `milp` or `highs`"
    )]
    Unconstrained,
    /// `HiGHS` is asked for, and the crate was built without its feature `highs`.
    #[error("HiGHS is not in this build")]
    NoHighs,
    /// The general solver would take too long.
    #[error(
        "{tasks} tasks are too many for the general solver, which takes up to {most}{}",
        if *.constrained { " (constraints ask for it)" } else { "" }
    )]
    TooLarge {
        /// Tasks that can be bought.
        tasks: usize,
        /// The largest number that it takes.
        most: usize,
        /// Whether constraints ask for this solver.
        constrained: bool,
    },
    /// A limit on nodes or time ended the search before any policy was found.
    #[error("the limit on nodes or time ended the search before it found any policy")]
    CutOff,
    /// Purchases of too many kinds to be counted, and so to be drawn evenly.
    #[error(
        "random purchases can be drawn from at most {most_sources} sources whose costs add up in at most {most_sums} ways: here are {sources}"
    )]
    Uncountable {
        /// Sources that cost something.
        sources: usize,
        /// Most of them.
        most_sources: usize,
        /// Most different sums of costs, over all suffixes of the sources.
        most_sums: usize,
    },
    /// The solver of the integer programme gave up.
    #[error("the solver failed: {0}")]
    Solver(String),
}

struct List<'a>(&'a [TaskId]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (k, id) in self.0.iter().enumerate() {
            write!(f, "{}`{id}`", if k == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |id| format!("; did you mean `{id}`?"))
}

fn left_out(targets: usize, zeros: usize) -> &'static str {
    match zeros {
        0 => "forbidden and target-only sources, and edges that read their own target,",
        _ if zeros == targets => "edges of affinity 0, which has no logarithm,",
        _ => {
            "forbidden and target-only sources, edges that read their own target, and edges of \
             affinity 0, which has no logarithm,"
        }
    }
}

fn alone(targets: &[TaskId]) -> String {
    if targets.is_empty() {
        return String::new();
    }
    format!("; out of reach each by itself: {}", List(targets))
}
