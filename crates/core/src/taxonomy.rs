//! A solved policy as a graph for other tools.

use petgraph::graph::{DiGraph, NodeIndex};

use crate::affinities::Edge;
use crate::contender::Contender;
use crate::id::TaskId;
use crate::policy::Policy;
use crate::task::Role;

/// A policy with what is known of its tasks: a directed hypergraph whose vertices are tasks and
/// whose hyperedges are the chosen transfers.
///
/// [`Taxonomy::write`] encodes it for other tools, [`Taxonomy::read`] reads the JSON back.
#[derive(Debug, Clone, PartialEq)]
pub struct Taxonomy {
    /// Sources and targets, in ascending order of their ids.
    pub nodes: Vec<Node>,
    /// The solution.
    pub policy: Policy,
    /// What made it, such as `taskonomy 0.1.0`.
    pub tool: String,
}

/// A task of a taxonomy.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its id.
    pub id: TaskId,
    /// The printed name.
    pub name: String,
    /// Which ends of a transfer it may be.
    pub role: Role,
    /// Whether the policy pays for it.
    pub bought: bool,
    /// Label cost.
    pub cost: f64,
    /// Weight of its affinities in the objective.
    pub importance: f64,
}

/// A vertex of the bipartite graph of a taxonomy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Vertex<'a> {
    /// A task.
    Task(&'a Node),
    /// A chosen edge of the policy.
    Transfer(&'a Edge),
}

impl Vertex<'_> {
    /// The task's id, or the transfer as `a+b->t` or `self->t`.
    pub fn id(&self) -> String {
        match self {
            Self::Task(node) => node.id.to_string(),
            Self::Transfer(edge) => edge.id(),
        }
    }
}

impl Edge {
    /// The edge as `a+b->t` or `self->t`.
    pub fn id(&self) -> String {
        format!("{}->{}", self.contender, self.target)
    }

    /// The number of tasks that it reads; 1 for `self`.
    pub fn order(&self) -> usize {
        match &self.contender {
            Contender::Transfer(sources) => sources.order(),
            Contender::Full | Contender::Scratch(_) | Contender::Small => 1,
        }
    }
}

impl Taxonomy {
    /// The hypergraph as a bipartite graph: tasks → transfer → target. Tasks come first, in
    /// order, then transfers in the order of their targets.
    pub fn graph(&self) -> DiGraph<Vertex<'_>, ()> {
        let mut graph = DiGraph::new();
        let tasks: Vec<NodeIndex> =
            self.nodes.iter().map(|node| graph.add_node(Vertex::Task(node))).collect();
        let find = |id: &TaskId| {
            self.nodes.binary_search_by(|node| node.id.cmp(id)).ok().map(|k| tasks[k])
        };
        for edge in &self.policy.edges {
            let transfer = graph.add_node(Vertex::Transfer(edge));
            for source in edge.needs().iter().filter_map(find) {
                graph.add_edge(source, transfer, ());
            }
            if let Some(target) = find(&edge.target) {
                graph.add_edge(transfer, target, ());
            }
        }
        graph
    }

    /// The task with this id.
    pub fn node(&self, id: &TaskId) -> Option<&Node> {
        self.nodes.binary_search_by(|node| node.id.cmp(id)).ok().map(|k| &self.nodes[k])
    }
}
