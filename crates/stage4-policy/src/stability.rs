//! How firm is the policy? The programme again with affinities that were measured otherwise, such
//! as on resampled test images.

use std::collections::BTreeMap;

use rayon::prelude::*;
use taskonomy_core::{Contender, Edge, Policy, Spread, TaskId};

use crate::error::PolicyError;
use crate::problem::Problem;

/// A policy and what became of it over many draws of the affinities.
#[derive(Debug, Clone, PartialEq)]
pub struct Stability {
    /// The policy of the table itself.
    pub policy: Policy,
    /// How many draws there were.
    pub draws: usize,
    /// Draws whose policy buys the same and reads every target from the same sources.
    pub same: usize,
    /// What is maximised, over the draws; nothing without draws.
    pub objective: Option<Spread>,
    /// Each source that any draw or the policy itself buys, and how many draws buy it: the most
    /// frequent first, then by id.
    pub bought: Vec<(TaskId, usize)>,
    /// Each edge that any draw or the policy itself chooses, by target and frequency.
    pub chosen: Vec<Choice>,
}

/// An edge that was chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The predicted task.
    pub target: TaskId,
    /// What it is read from.
    pub contender: Contender,
    /// How many draws choose it.
    pub draws: usize,
    /// Whether the policy of the table itself chooses it.
    pub in_policy: bool,
}

type Chosen = (TaskId, Contender);

impl Problem {
    /// Solves the problem and, in parallel, each of the draws: affinities of all edges of the
    /// table, in its order.
    ///
    /// # Errors
    /// As [`Problem::solve`], of the table itself or else of the first draw that has one.
    ///
    /// # Panics
    /// Where a draw has another number of affinities than the table has edges.
    pub fn stability(&self, draws: &[Vec<f64>]) -> Result<Stability, PolicyError> {
        let policy = self.solve()?;
        let solve = |problem: &mut Self, draw: &Vec<f64>| {
            assert_eq!(draw.len(), problem.table.edges.len(), "an affinity per edge");
            for (edge, affinity) in problem.table.edges.iter_mut().zip(draw) {
                edge.affinity = *affinity;
            }
            problem.solve().map(|policy| Drawn::new(policy, &self.table.edges))
        };
        let solved: Vec<_> = draws.par_iter().map_init(|| self.clone(), solve).collect();
        let solved = solved.into_iter().collect::<Result<Vec<_>, _>>()?;

        let point = Drawn::new(policy.clone(), &self.table.edges);
        let mut bought: BTreeMap<&TaskId, usize> = point.bought.iter().map(|id| (id, 0)).collect();
        let mut chosen: BTreeMap<Chosen, usize> = point.chosen(self).map(|key| (key, 0)).collect();
        for drawn in &solved {
            for id in &drawn.bought {
                *bought.entry(id).or_default() += 1;
            }
            for key in drawn.chosen(self) {
                *chosen.entry(key).or_default() += 1;
            }
        }
        let mut bought: Vec<_> = bought.into_iter().map(|(id, n)| (id.clone(), n)).collect();
        bought.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let in_policy = |(target, contender): &Chosen| {
            policy.edge(target).is_some_and(|edge| edge.contender == *contender)
        };
        let mut chosen: Vec<Choice> = chosen
            .into_iter()
            .map(|(key, draws)| {
                let in_policy = in_policy(&key);
                Choice { target: key.0, contender: key.1, draws, in_policy }
            })
            .collect();
        chosen.sort_by(|a, b| {
            let key = |choice: &Choice| (choice.target.clone(), usize::MAX - choice.draws);
            key(a).cmp(&key(b)).then_with(|| a.contender.cmp(&b.contender))
        });
        Ok(Stability {
            draws: draws.len(),
            same: solved.iter().filter(|drawn| drawn.is_same(&point)).count(),
            objective: Spread::of(solved.iter().map(|drawn| drawn.value)),
            bought,
            chosen,
            policy,
        })
    }
}

/// What is kept of the policy of a draw.
struct Drawn {
    value: f64,
    bought: Vec<TaskId>,
    /// Rows of the table.
    rows: Vec<usize>,
}

impl Drawn {
    fn new(policy: Policy, table: &[Edge]) -> Self {
        let row = |edge: &Edge| {
            let key = (&edge.target, &edge.contender);
            let found = table.binary_search_by(|e| (&e.target, &e.contender).cmp(&key));
            found.expect("a policy chooses from its table, which is sorted")
        };
        Self {
            value: policy.value,
            rows: policy.edges.iter().map(row).collect(),
            bought: policy.bought,
        }
    }

    fn chosen<'a>(&'a self, problem: &'a Problem) -> impl Iterator<Item = Chosen> + 'a {
        let edges = self.rows.iter().map(|&row| &problem.table.edges[row]);
        edges.map(|edge| (edge.target.clone(), edge.contender.clone()))
    }

    fn is_same(&self, other: &Self) -> bool {
        self.bought == other.bought && self.rows == other.rows
    }
}

#[cfg(test)]
mod tests {
    use taskonomy_core::AffinityTable;

    use super::*;

    const TABLE: &str = "target,sources,affinity\nt,a,0.5\nt,b,0.3\nu,a,0.4\nu,b,0.2\n";

    fn problem() -> Problem {
        Problem::new(AffinityTable::read(TABLE.as_bytes()).unwrap()).budget(1.0)
    }

    #[test]
    fn frequencies_by_hand() {
        // The policy reads both targets from a. The second draw prefers b, the third a again.
        let draws = [vec![0.5, 0.3, 0.4, 0.2], vec![0.1, 0.9, 0.1, 0.8], vec![0.6, 0.0, 0.6, 0.0]];
        let stability = problem().stability(&draws).unwrap();
        assert_eq!((stability.draws, stability.same), (3, 2));
        let bought: Vec<_> = stability.bought.iter().map(|(id, n)| format!("{id} {n}")).collect();
        assert_eq!(bought, ["a 2", "b 1"]);
        let chosen: Vec<_> = stability
            .chosen
            .iter()
            .map(|c| format!("{}<{} {} {}", c.target, c.contender, c.draws, c.in_policy))
            .collect();
        assert_eq!(chosen, ["t<a 2 true", "t<b 1 false", "u<a 2 true", "u<b 1 false"]);
        // Objectives 0.9, 1.7 and 1.2: the percentiles are at places 0.1, 1 and 1.9.
        let objective = stability.objective.unwrap();
        assert!((objective.low - 0.93).abs() < 1e-11 && (objective.median - 1.2).abs() < 1e-11);
        assert!((objective.high - 1.65).abs() < 1e-11);
    }

    #[test]
    fn what_only_the_table_chooses_is_listed_with_no_draw() {
        let stability = problem().stability(&[vec![0.1, 0.9, 0.1, 0.8]]).unwrap();
        assert_eq!(stability.same, 0);
        assert_eq!(stability.bought.last().unwrap().1, 0);
        let none: Vec<_> = stability.chosen.iter().filter(|c| c.draws == 0).collect();
        assert!(none.iter().all(|choice| choice.in_policy) && none.len() == 2);
    }
}
