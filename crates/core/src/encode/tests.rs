use serde_json::{Value, json};

use super::*;
use crate::{Edge, Node, Objective, Policy, Role, Status};

/// Four tasks: one bought, one source-only, one target-only.
fn tiny() -> Taxonomy {
    let edge = |target: &str, contender: &str, affinity, gain, quality| Edge {
        target: target.parse().unwrap(),
        contender: contender.parse().unwrap(),
        affinity,
        gain,
        quality,
    };
    let node = |id: &str, name: &str, role, bought, cost| Node {
        id: id.parse().unwrap(),
        name: name.into(),
        role,
        bought,
        cost,
        importance: 1.0,
    };
    Taxonomy {
        nodes: vec![
            node("colorization", "Colorization", Role::SourceOnly, true, 0.5),
            node("depth_zbuffer", "Depth & distance", Role::Both, false, 1.0),
            node("keypoints_2d", "2D keypoints", Role::TargetOnly, false, 1.0),
            node("normals", "Normals", Role::Both, true, 1.5),
        ],
        policy: Policy {
            bought: vec!["colorization".parse().unwrap(), "normals".parse().unwrap()],
            edges: vec![
                edge("depth_zbuffer", "normals", 0.25, Some(0.75), Some(0.375)),
                edge("keypoints_2d", "colorization+normals", 0.125, None, None),
                edge("normals", "self", 0.5, Some(0.875), Some(0.5)),
            ],
            objective: Objective::Raw,
            value: 0.875,
            bound: 0.9375,
            status: Status::Bounded { gap: 0.0625 },
            budget: 2.0,
            cost: 2.0,
            order: 2,
            nodes: Some(3),
        },
        tool: "taskonomy 0.0.0".into(),
    }
}

fn text(format: Format) -> String {
    let mut bytes = Vec::new();
    tiny().write(format, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn encodings_of_a_tiny_taxonomy() {
    for format in Format::ALL {
        insta::assert_snapshot!(format.name(), text(format));
    }
}

#[test]
fn json_reads_back_and_keeps_to_its_schema() {
    let json = text(Format::Json);
    assert_eq!(Taxonomy::read(json.as_bytes()).unwrap(), tiny());
    let schema: Value = serde_json::from_str(TAXONOMY_SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let instance: Value = serde_json::from_str(&json).unwrap();
    let errors: Vec<_> = validator.iter_errors(&instance).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");

    let mut optimal = tiny();
    optimal.policy.status = Status::Optimal;
    optimal.policy.nodes = None;
    let mut bytes = Vec::new();
    optimal.write(Format::Json, &mut bytes).unwrap();
    assert!(validator.is_valid(&serde_json::from_slice(&bytes).unwrap()));
    assert_eq!(Taxonomy::read(&bytes[..]).unwrap(), optimal);

    // What the schema must refuse.
    for (pointer, value) in [
        ("/graph/metadata/status", json!("perhaps")),
        ("/graph/metadata/budget", json!(-1)),
        ("/graph/hyperedges/0/target", json!(["a", "b"])),
        ("/graph/hyperedges/0/metadata/affinity", json!(1.5)),
        ("/graph/hyperedges/0/source", json!([])),
        ("/graph/nodes/normals/metadata/role", json!("king")),
        ("/graph/directed", json!(false)),
    ] {
        let mut broken = instance.clone();
        *broken.pointer_mut(pointer).unwrap() = value;
        assert!(!validator.is_valid(&broken), "{pointer}");
    }
}

#[test]
fn a_chosen_edge_table_is_an_affinity_table() {
    let table = crate::AffinityTable::read(text(Format::Csv).as_bytes()).unwrap();
    assert_eq!(table.edges, tiny().policy.edges);
}

#[test]
fn what_is_no_taxonomy_is_refused_with_its_reason() {
    let good: Value = serde_json::from_str(&text(Format::Json)).unwrap();
    let read = |pointer: &str, value: Value| {
        let mut json = good.clone();
        *json.pointer_mut(pointer).unwrap() = value;
        Taxonomy::read(json.to_string().as_bytes()).unwrap_err().to_string()
    };
    let cases = [
        ("/graph/metadata/schema", json!(2), "`graph.metadata.schema` is 2"),
        ("/graph/hyperedges/0/source", json!([]), "hyperedge 0 has no source"),
        ("/graph/hyperedges/0/source", json!(["x"]), "names `x`, which is no node"),
        ("/graph/hyperedges/0/target", json!([]), "not exactly one target"),
        ("/graph/hyperedges/0/target", json!(["normals"]), "target of two hyperedges"),
        ("/graph/metadata", json!({}), "missing field `schema`"),
    ];
    for (pointer, value, expected) in cases {
        let error = read(pointer, value);
        assert!(error.contains(expected), "{pointer}: {error}");
    }
    assert!(Taxonomy::read(&b"{"[..]).is_err());
}

#[test]
fn names_of_formats() {
    for format in Format::ALL {
        assert_eq!(format.name().parse(), Ok(format));
    }
    let error = "yaml".parse::<Format>().unwrap_err();
    assert!(error.contains("json, hif, node-link, dot, graphml, csv"), "{error}");
}

#[test]
fn the_bipartite_graph_has_every_task_and_transfer() {
    let taxonomy = tiny();
    let graph = taxonomy.graph();
    assert_eq!((graph.node_count(), graph.edge_count()), (7, 7));
}
