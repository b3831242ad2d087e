//! The policy: what is bought, and the one edge of every target.

use crate::affinities::Edge;
use crate::contender::Contender;
use crate::id::TaskId;
use crate::pipeline::Objective;

/// A solution of the Boolean integer programme (Zamir et al., CVPR 2018, section 3.4).
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The source tasks that are paid for, in ascending order.
    pub bought: Vec<TaskId>,
    /// One per target, in ascending order of the targets.
    pub edges: Vec<Edge>,
    /// What was maximised.
    pub objective: Objective,
    /// Sum over the targets of importance × affinity (or its log), in multiples of 2⁻⁴⁰.
    pub value: f64,
    /// No policy within the budget has a larger value than this.
    pub bound: f64,
    /// Whether the optimum is proved.
    pub status: Status,
    /// Largest allowed cost.
    pub budget: f64,
    /// Total cost of `bought`.
    pub cost: f64,
    /// Most sources that an edge was allowed to have.
    pub order: usize,
    /// Nodes of the branch and bound, where the solver counts them.
    pub nodes: Option<u64>,
}

/// How sure a policy is to be the best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Status {
    /// Proved.
    Optimal,
    /// The search was cut off.
    Bounded {
        /// (bound − value) / |value|.
        gap: f64,
    },
}

/// The mean of a win rate over some targets of a policy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    /// The mean over the targets that have the number.
    pub value: f64,
    /// How many have it.
    pub targets: usize,
}

impl Policy {
    /// Whether the task is paid for.
    pub fn is_bought(&self, id: &TaskId) -> bool {
        self.bought.binary_search(id).is_ok()
    }

    /// The chosen edge of a target.
    pub fn edge(&self, target: &TaskId) -> Option<&Edge> {
        self.edges.iter().find(|edge| edge.target == *target)
    }

    /// Mean win rate against scratch over all targets, and over those that were not bought.
    pub fn mean_gain(&self) -> [Option<Mean>; 2] {
        self.means(|edge| edge.gain)
    }

    /// Mean win rate against full supervision over all targets, and over those not bought.
    pub fn mean_quality(&self) -> [Option<Mean>; 2] {
        self.means(|edge| edge.quality)
    }

    fn means(&self, number: impl Fn(&Edge) -> Option<f64>) -> [Option<Mean>; 2] {
        let mean = |edges: Vec<&Edge>| {
            let known: Vec<f64> = edges.into_iter().filter_map(&number).collect();
            let targets = known.len();
            let sum: f64 = known.iter().sum();
            (targets > 0).then(|| Mean { value: sum / targets as f64, targets })
        };
        let unbought = self.edges.iter().filter(|edge| !self.is_bought(&edge.target));
        [mean(self.edges.iter().collect()), mean(unbought.collect())]
    }
}

impl Edge {
    /// The tasks that must be paid for to use the edge, in ascending order: its sources, and for
    /// `self` the target.
    pub fn needs(&self) -> Vec<TaskId> {
        match &self.contender {
            Contender::Full => vec![self.target.clone()],
            Contender::Transfer(sources) => sources.iter().cloned().collect(),
            Contender::Scratch(_) | Contender::Small => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_over_all_and_over_unbought_targets() {
        let edge = |target: &str, contender: &str, gain| Edge {
            target: target.parse().unwrap(),
            contender: contender.parse().unwrap(),
            affinity: 0.5,
            gain,
            quality: None,
        };
        let policy = Policy {
            bought: vec!["a".parse().unwrap()],
            edges: vec![
                edge("a", "self", Some(1.0)),
                edge("b", "a", Some(0.5)),
                edge("c", "a", None),
            ],
            objective: Objective::Raw,
            value: 1.5,
            bound: 1.5,
            status: Status::Optimal,
            budget: 1.0,
            cost: 1.0,
            order: 1,
            nodes: None,
        };
        let mean = |value, targets| Some(Mean { value, targets });
        assert_eq!(policy.mean_gain(), [mean(0.75, 2), mean(0.5, 1)]);
        assert_eq!(policy.mean_quality(), [None, None]);
        assert_eq!(policy.edges[0].needs(), policy.bought);
    }
}
