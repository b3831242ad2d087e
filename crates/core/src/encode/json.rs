//! JSON Graph Format v2: tasks as nodes, transfers as directed hyperedges.

use std::collections::BTreeMap;
use std::io::Read;

use serde::{Deserialize, Serialize};

use super::TaxonomyError;
use crate::affinities::Edge;
use crate::contender::{Contender, Sources};
use crate::id::TaskId;
use crate::pipeline::Objective;
use crate::policy::{Policy, Status};
use crate::task::Role;
use crate::taxonomy::{Node, Taxonomy};

/// The JSON schema of what [`Taxonomy::write`] writes as [`Format::Json`](crate::Format::Json).
pub const TAXONOMY_SCHEMA: &str = include_str!("../../schema/taxonomy.schema.json");

/// Raised when an older reader would misunderstand the file.
const SCHEMA: u32 = 1;

#[derive(Serialize, Deserialize)]
pub(super) struct Document {
    graph: Graph,
}

#[derive(Serialize, Deserialize)]
struct Graph {
    directed: bool,
    #[serde(rename = "type")]
    kind: String,
    metadata: Metadata,
    nodes: BTreeMap<TaskId, TaskNode>,
    hyperedges: Vec<Hyperedge>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Metadata {
    schema: u32,
    tool: String,
    objective: Objective,
    order: usize,
    budget: f64,
    cost: f64,
    value: f64,
    bound: f64,
    status: StatusName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gap: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    search_nodes: Option<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StatusName {
    Optimal,
    Bounded,
}

#[derive(Serialize, Deserialize)]
struct TaskNode {
    label: String,
    metadata: TaskMetadata,
}

#[derive(Serialize, Deserialize)]
pub(super) struct TaskMetadata {
    role: Role,
    bought: bool,
    cost: f64,
    importance: f64,
}

#[derive(Serialize, Deserialize)]
struct Hyperedge {
    source: Vec<TaskId>,
    target: Vec<TaskId>,
    relation: Relation,
    metadata: EdgeMetadata,
}

#[derive(Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Relation {
    /// A readout of the sources.
    Transfer,
    /// The target's own network.
    #[serde(rename = "self")]
    Full,
}

#[derive(Serialize, Deserialize)]
pub(super) struct EdgeMetadata {
    order: usize,
    affinity: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gain: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quality: Option<f64>,
}

pub(super) fn encode(taxonomy: &Taxonomy) -> Document {
    let nodes = taxonomy.nodes.iter().map(|node| {
        (node.id.clone(), TaskNode { label: node.name.clone(), metadata: task_metadata(node) })
    });
    let hyperedges = taxonomy.policy.edges.iter().map(|edge| Hyperedge {
        source: edge.needs(),
        target: vec![edge.target.clone()],
        relation: relation(edge),
        metadata: edge_metadata(edge),
    });
    Document {
        graph: Graph {
            directed: true,
            kind: "taxonomy".into(),
            metadata: metadata(taxonomy),
            nodes: nodes.collect(),
            hyperedges: hyperedges.collect(),
        },
    }
}

pub(super) fn metadata(taxonomy: &Taxonomy) -> Metadata {
    let policy = &taxonomy.policy;
    let (status, gap) = match policy.status {
        Status::Optimal => (StatusName::Optimal, None),
        Status::Bounded { gap } => (StatusName::Bounded, Some(gap)),
    };
    Metadata {
        schema: SCHEMA,
        tool: taxonomy.tool.clone(),
        objective: policy.objective,
        order: policy.order,
        budget: policy.budget,
        cost: policy.cost,
        value: policy.value,
        bound: policy.bound,
        status,
        gap,
        search_nodes: policy.nodes,
    }
}

pub(super) fn task_metadata(node: &Node) -> TaskMetadata {
    let &Node { role, bought, cost, importance, .. } = node;
    TaskMetadata { role, bought, cost, importance }
}

pub(super) fn edge_metadata(edge: &Edge) -> EdgeMetadata {
    let &Edge { affinity, gain, quality, .. } = edge;
    EdgeMetadata { order: edge.order(), affinity, gain, quality }
}

pub(super) fn relation(edge: &Edge) -> Relation {
    match edge.contender {
        Contender::Full => Relation::Full,
        Contender::Transfer(_) | Contender::Scratch(_) | Contender::Small => Relation::Transfer,
    }
}

impl Taxonomy {
    /// Reads the JSON form.
    ///
    /// # Errors
    /// What is no such JSON, of another schema, or contradicts itself.
    pub fn read(input: impl Read) -> Result<Self, TaxonomyError> {
        let Document { graph } = serde_json::from_reader(input)?;
        let m = graph.metadata;
        if m.schema != SCHEMA {
            return Err(TaxonomyError::Schema { found: m.schema, known: SCHEMA });
        }
        let wrong = TaxonomyError::Contradiction;
        let nodes: Vec<Node> = graph
            .nodes
            .into_iter()
            .map(|(id, TaskNode { label, metadata: t })| {
                let TaskMetadata { role, bought, cost, importance } = t;
                Node { id, name: label, role, bought, cost, importance }
            })
            .collect();
        let mut edges = Vec::new();
        for (k, edge) in graph.hyperedges.into_iter().enumerate() {
            let [target] = <[TaskId; 1]>::try_from(edge.target)
                .map_err(|_| wrong(format!("hyperedge {k} has not exactly one target")))?;
            for id in edge.source.iter().chain([&target]) {
                if nodes.binary_search_by(|node| node.id.cmp(id)).is_err() {
                    return Err(wrong(format!("hyperedge {k} names `{id}`, which is no node")));
                }
            }
            let contender = match (edge.relation, Sources::new(edge.source)) {
                (Relation::Full, _) => Contender::Full,
                (Relation::Transfer, Some(sources)) => Contender::Transfer(sources),
                (Relation::Transfer, None) => {
                    return Err(wrong(format!("hyperedge {k} has no source")));
                }
            };
            let EdgeMetadata { affinity, gain, quality, .. } = edge.metadata;
            edges.push(Edge { target, contender, affinity, gain, quality });
        }
        edges.sort_by(|a, b| a.target.cmp(&b.target));
        if let Some(pair) = edges.windows(2).find(|pair| pair[0].target == pair[1].target) {
            return Err(wrong(format!("`{}` is the target of two hyperedges", pair[0].target)));
        }
        let policy = Policy {
            bought: nodes.iter().filter(|node| node.bought).map(|node| node.id.clone()).collect(),
            edges,
            objective: m.objective,
            value: m.value,
            bound: m.bound,
            status: match m.status {
                StatusName::Optimal => Status::Optimal,
                StatusName::Bounded => Status::Bounded { gap: m.gap.unwrap_or(f64::INFINITY) },
            },
            budget: m.budget,
            cost: m.cost,
            order: m.order,
            nodes: m.search_nodes,
        };
        Ok(Self { nodes, policy, tool: m.tool })
    }
}
