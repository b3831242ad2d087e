//! A policy as people and other tools want it.

use taskonomy_core::Policy;
use taskonomy_policy::Problem;

use crate::args::Format;
use crate::failure::Failure;
use crate::output::Output;

/// Prints a policy in the chosen format.
pub fn print(
    _problem: &Problem,
    policy: &Policy,
    _format: Format,
    output: Output,
) -> Result<(), Failure> {
    output.result(|| format!("{policy:#?}"), || serde_json::json!(policy.value))
}
