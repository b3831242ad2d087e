//! Encodings of the bipartite graph: tasks → transfer → target.

use std::fmt::Write;

use petgraph::visit::EdgeRef;
use serde_json::{Value, json};

use super::json::{edge_metadata, metadata, relation, task_metadata};
use crate::contender::Contender;
use crate::taxonomy::{Taxonomy, Vertex};

/// Node-link JSON as `NetworkX` reads it by default.
pub(super) fn node_link(taxonomy: &Taxonomy) -> Value {
    let graph = taxonomy.graph();
    let nodes = graph.node_weights().map(|vertex| {
        let mut node = attributes(vertex);
        node["id"] = json!(vertex.id());
        node
    });
    let links = graph.edge_references().map(
        |link| json!({ "source": graph[link.source()].id(), "target": graph[link.target()].id() }),
    );
    json!({
        "directed": true,
        "multigraph": false,
        "graph": metadata(taxonomy),
        "nodes": nodes.collect::<Vec<_>>(),
        "edges": links.collect::<Vec<_>>(),
    })
}

/// What a vertex carries; `bipartite` is 0 for tasks and 1 for transfers.
fn attributes(vertex: &Vertex<'_>) -> Value {
    match vertex {
        Vertex::Task(node) => {
            let mut value = json!(task_metadata(node));
            value["kind"] = json!("task");
            value["bipartite"] = json!(0);
            value["name"] = json!(node.name);
            value
        }
        Vertex::Transfer(edge) => {
            let mut value = json!(edge_metadata(edge));
            value["kind"] = json!(relation(edge));
            value["bipartite"] = json!(1);
            value
        }
    }
}

/// Graphviz, from left to right; bought tasks are filled, targets only have round corners.
pub(super) fn dot(taxonomy: &Taxonomy) -> String {
    let graph = taxonomy.graph();
    let mut out = String::from(
        "digraph taxonomy {\n  rankdir=LR;\n  node [fontname=\"sans-serif\", fontsize=12];\n",
    );
    for vertex in graph.node_weights() {
        let id = vertex.id();
        let line = match vertex {
            Vertex::Task(node) => {
                let name = node.name.replace('\\', "\\\\").replace('"', "\\\"");
                let style = match (node.bought, node.role.is_source()) {
                    (true, _) => "filled,bold\", fillcolor=\"#cfe3f5",
                    (false, true) => "solid",
                    (false, false) => "rounded",
                };
                format!("  \"{id}\" [label=\"{name}\", shape=box, style=\"{style}\"];\n")
            }
            Vertex::Transfer(edge) => {
                let label = match edge.contender {
                    Contender::Full => format!("self {:.3}", edge.affinity),
                    _ => format!("{:.3}", edge.affinity),
                };
                format!("  \"{id}\" [label=\"{label}\", shape=plaintext, fontsize=10];\n")
            }
        };
        out.push_str(&line);
    }
    for link in graph.edge_references() {
        let (from, to) = (graph[link.source()], graph[link.target()]);
        let affinity = match (from, to) {
            (Vertex::Transfer(edge), _) | (_, Vertex::Transfer(edge)) => edge.affinity,
            _ => 0.0,
        };
        let width = 0.5 + 4.0 * affinity;
        let head = if matches!(to, Vertex::Transfer(_)) { ", arrowhead=none" } else { "" };
        _ = writeln!(out, "  \"{}\" -> \"{}\" [penwidth={width:.2}{head}];", from.id(), to.id());
    }
    out.push_str("}\n");
    out
}

/// `GraphML` with typed attributes; what a vertex does not have is left out.
pub(super) fn graphml(taxonomy: &Taxonomy) -> String {
    const KEYS: [(&str, &str, &str); 18] = [
        ("node", "kind", "string"),
        ("node", "bipartite", "int"),
        ("node", "name", "string"),
        ("node", "role", "string"),
        ("node", "bought", "boolean"),
        ("node", "cost", "double"),
        ("node", "importance", "double"),
        ("node", "order", "int"),
        ("node", "affinity", "double"),
        ("node", "gain", "double"),
        ("node", "quality", "double"),
        ("graph", "tool", "string"),
        ("graph", "objective", "string"),
        ("graph", "budget", "double"),
        ("graph", "value", "double"),
        ("graph", "bound", "double"),
        ("graph", "status", "string"),
        ("graph", "gap", "double"),
    ];
    let data = |out: &mut String, domain: &str, indent: &str, values: &Value| {
        for (of, key, _) in KEYS.iter().filter(|(of, ..)| *of == domain) {
            let Some(value) = values.get(key) else { continue };
            let text = value.as_str().map_or_else(|| value.to_string(), escape);
            _ = writeln!(out, "{indent}<data key=\"{of}_{key}\">{text}</data>");
        }
    };
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n",
    );
    for (of, key, kind) in KEYS {
        _ = writeln!(
            out,
            "  <key id=\"{of}_{key}\" for=\"{of}\" attr.name=\"{key}\" attr.type=\"{kind}\"/>"
        );
    }
    out.push_str("  <graph id=\"taxonomy\" edgedefault=\"directed\">\n");
    data(&mut out, "graph", "    ", &json!(metadata(taxonomy)));
    let graph = taxonomy.graph();
    for vertex in graph.node_weights() {
        _ = writeln!(out, "    <node id=\"{}\">", escape(&vertex.id()));
        data(&mut out, "node", "      ", &attributes(vertex));
        out.push_str("    </node>\n");
    }
    for link in graph.edge_references() {
        let (from, to) = (graph[link.source()].id(), graph[link.target()].id());
        _ = writeln!(out, "    <edge source=\"{}\" target=\"{}\"/>", escape(&from), escape(&to));
    }
    out.push_str("  </graph>\n</graphml>\n");
    out
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
