//! A policy as people and other tools want it.

use taskonomy_core::{Dictionary, Policy, Taxonomy};
use taskonomy_policy::Problem;
use taskonomy_report::{policy_svg, policy_table};

use crate::args::Format;
use crate::failure::{Fail, Failure};
use crate::output::{Output, is_coloured};

/// The policy with what is known of its tasks.
pub fn of(problem: &Problem, policy: Policy, tasks: &Dictionary) -> Taxonomy {
    let tool = concat!("taskonomy ", env!("CARGO_PKG_VERSION"));
    problem.taxonomy(policy, tasks, tool)
}

/// Prints a taxonomy; `--json` stands for the JSON format.
pub fn print(taxonomy: &Taxonomy, format: Format, output: Output) -> Result<(), Failure> {
    let format = if output.is_json() { Format::Json } else { format };
    output.bytes(&encode(taxonomy, format)?)
}

/// A taxonomy in one of the formats.
pub fn encode(taxonomy: &Taxonomy, format: Format) -> Result<Vec<u8>, Failure> {
    let encoding = match format {
        Format::Table => {
            let colour = is_coloured(&std::io::stdout());
            return Ok(policy_table(taxonomy).terminal(colour).into_bytes());
        }
        Format::Svg => return Ok(policy_svg(taxonomy).into_bytes()),
        Format::Json => taskonomy_core::Format::Json,
        Format::Hif => taskonomy_core::Format::Hif,
        Format::NodeLink => taskonomy_core::Format::NodeLink,
        Format::Dot => taskonomy_core::Format::Dot,
        Format::Graphml => taskonomy_core::Format::GraphMl,
        Format::Csv => taskonomy_core::Format::Csv,
    };
    let mut bytes = Vec::new();
    taxonomy.write(encoding, &mut bytes).input()?;
    Ok(bytes)
}
