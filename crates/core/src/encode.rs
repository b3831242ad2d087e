//! Encodings of a taxonomy for other tools.

mod graph;
mod hypergraph;
mod json;

use std::io::Write;
use std::str::FromStr;

use crate::taxonomy::Taxonomy;

pub use json::TAXONOMY_SCHEMA;

/// The formats that a taxonomy can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// JSON Graph Format v2 with directed hyperedges: the one that is read back.
    Json,
    /// Hypergraph Interchange Format: XGI, `HyperNetX`.
    Hif,
    /// Node-link JSON of the bipartite graph: `NetworkX`, D3.
    NodeLink,
    /// Graphviz.
    Dot,
    /// `GraphML` of the bipartite graph: Gephi, yEd, `NetworkX`.
    GraphMl,
    /// One row per chosen edge, an affinity table with more columns.
    Csv,
}

/// Why a taxonomy cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum TaxonomyError {
    /// The output cannot be written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The output cannot be written as CSV.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// The input is no JSON, or not a taxonomy's; with line and column.
    #[error("this is no taxonomy: {0}")]
    Json(#[from] serde_json::Error),
    /// The input is of another kind or a newer version.
    #[error("`graph.metadata.schema` is {found}: this version reads schema {known}")]
    Schema {
        /// What stands there.
        found: u32,
        /// What can be read.
        known: u32,
    },
    /// The parts of the input contradict one another.
    #[error("{0}")]
    Contradiction(String),
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 6] =
        [Self::Json, Self::Hif, Self::NodeLink, Self::Dot, Self::GraphMl, Self::Csv];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Hif => "hif",
            Self::NodeLink => "node-link",
            Self::Dot => "dot",
            Self::GraphMl => "graphml",
            Self::Csv => "csv",
        }
    }
}

impl FromStr for Format {
    type Err = String;

    /// The error lists the names.
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|format| format.name() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("`{text}` is no format of a taxonomy: {names}")
        })
    }
}

impl Taxonomy {
    /// Writes the taxonomy; the same taxonomy is always the same bytes.
    pub fn write(&self, format: Format, mut output: impl Write) -> Result<(), TaxonomyError> {
        match format {
            Format::Json => pretty(&json::encode(self), output),
            Format::Hif => pretty(&hypergraph::hif(self), output),
            Format::NodeLink => pretty(&graph::node_link(self), output),
            Format::Dot => Ok(output.write_all(graph::dot(self).as_bytes())?),
            Format::GraphMl => Ok(output.write_all(graph::graphml(self).as_bytes())?),
            Format::Csv => rows(self, output),
        }
    }
}

fn pretty(value: &impl serde::Serialize, mut output: impl Write) -> Result<(), TaxonomyError> {
    serde_json::to_writer_pretty(&mut output, value)?;
    Ok(output.write_all(b"\n")?)
}

fn rows(taxonomy: &Taxonomy, output: impl Write) -> Result<(), TaxonomyError> {
    let mut writer = csv::Writer::from_writer(output);
    let header = [
        "target",
        "sources",
        "order",
        "affinity",
        "win_vs_scratch",
        "win_vs_full",
        "target_bought",
    ];
    writer.write_record(header)?;
    let text = |number: Option<f64>| number.map_or_else(String::new, |n| n.to_string());
    for edge in &taxonomy.policy.edges {
        writer.write_record([
            edge.target.to_string(),
            edge.contender.to_string(),
            edge.order().to_string(),
            edge.affinity.to_string(),
            text(edge.gain),
            text(edge.quality),
            taxonomy.policy.is_bought(&edge.target).to_string(),
        ])?;
    }
    Ok(writer.flush()?)
}

#[cfg(test)]
mod tests;
