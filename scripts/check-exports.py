#!/usr/bin/env python3
# /// script
# dependencies = ["networkx", "xgi"]
# ///
"""Read an exported taxonomy in every machine-readable format and compare what comes out.

    python3 scripts/check-exports.py DIR

DIR holds taxonomy.json, taxonomy.hif.json, taxonomy.node-link.json and taxonomy.graphml of one
policy. Exit code 0 if all four tell the same story.
"""

import json
import pathlib
import sys

import networkx as nx
import xgi


def from_json(path):
    graph = json.loads(path.read_text())["graph"]
    edges = {(frozenset(e["source"]), *e["target"]): e["metadata"]["affinity"] for e in graph["hyperedges"]}
    return set(graph["nodes"]), edges


def from_hif(path):
    h = xgi.read_hif(path)
    edges = {}
    for edge in h.edges:
        tail, head = h.edges.dimembers(edge)
        (target,) = head
        edges[frozenset(tail), target] = h.edges[edge]["affinity"]
    return set(h.nodes), edges


def from_bipartite(graph):
    assert graph.is_directed() and nx.is_bipartite(graph)
    tasks = {n for n, a in graph.nodes(data=True) if a["bipartite"] == 0}
    edges = {}
    for node, attributes in graph.nodes(data=True):
        if attributes["bipartite"] == 1:
            (target,) = graph.successors(node)
            edges[frozenset(graph.predecessors(node)), target] = attributes["affinity"]
    return tasks, edges


def main(folder):
    stories = {
        "JSON Graph Format": from_json(folder / "taxonomy.json"),
        "HIF (xgi)": from_hif(folder / "taxonomy.hif.json"),
        "node-link (networkx)": from_bipartite(
            nx.node_link_graph(json.loads((folder / "taxonomy.node-link.json").read_text()))
        ),
        "GraphML (networkx)": from_bipartite(nx.read_graphml(folder / "taxonomy.graphml")),
    }
    tasks, edges = stories["JSON Graph Format"]
    failed = False
    for name, story in stories.items():
        same = story == (tasks, edges)
        failed |= not same
        print(f"{name}: {len(story[0])} tasks, {len(story[1])} transfers{'' if same else ', DIFFERENT'}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
