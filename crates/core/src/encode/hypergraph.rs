//! Hypergraph Interchange Format.

use serde_json::{Value, json};

use super::json::{edge_metadata, metadata, relation, task_metadata};
use crate::taxonomy::Taxonomy;

/// Sources are the tail of a hyperedge, the target is its head.
pub(super) fn hif(taxonomy: &Taxonomy) -> Value {
    let mut incidences = Vec::new();
    for edge in &taxonomy.policy.edges {
        let incidence =
            |node, direction| json!({ "edge": edge.id(), "node": node, "direction": direction });
        incidences.extend(edge.needs().into_iter().map(|source| incidence(source, "tail")));
        incidences.push(incidence(edge.target.clone(), "head"));
    }
    let nodes = taxonomy.nodes.iter().map(|node| {
        let mut attrs = json!(task_metadata(node));
        attrs["name"] = json!(node.name);
        json!({ "node": node.id, "attrs": attrs })
    });
    let edges = taxonomy.policy.edges.iter().map(|edge| {
        let mut attrs = json!(edge_metadata(edge));
        attrs["relation"] = json!(relation(edge));
        json!({ "edge": edge.id(), "weight": edge.affinity, "attrs": attrs })
    });
    json!({
        "network-type": "directed",
        "metadata": metadata(taxonomy),
        "nodes": nodes.collect::<Vec<_>>(),
        "edges": edges.collect::<Vec<_>>(),
        "incidences": incidences,
    })
}
