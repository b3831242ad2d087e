//! `solve --explain`: a policy with its reasons.

use serde_json::{Value, json};
use taskonomy_core::Dictionary;
use taskonomy_policy::{Explanation, Problem};
use taskonomy_report::{explanation_tables, policy_table};

use crate::args::Format;
use crate::commands::solve::policy_failure;
use crate::failure::{Exit, Failure};
use crate::output::{Output, is_coloured};
use crate::taxonomies;

/// Solves, finds the reasons, and prints both.
pub fn print(
    problem: &Problem,
    tasks: &Dictionary,
    format: Format,
    output: Output,
) -> Result<(), Failure> {
    if !matches!(format, Format::Table | Format::Json) {
        let message = "--format: reasons are a table or JSON".to_owned();
        return Err(Failure::new(Exit::Usage, message).hint("leave out --format, or --explain"));
    }
    let why = problem.explain().map_err(policy_failure)?;
    let taxonomy = taxonomies::of(problem, why.policy.clone(), tasks);
    if output.is_json() || format == Format::Json {
        let bytes = taxonomies::encode(&taxonomy, Format::Json)?;
        let taxonomy: Value = serde_json::from_slice(&bytes).expect("the encoder writes JSON");
        let value = json!({ "taxonomy": taxonomy, "explanation": json(&why) });
        let text = serde_json::to_string_pretty(&value).expect("keys are texts");
        return output.bytes(format!("{text}\n").as_bytes());
    }
    let colour = is_coloured(&std::io::stdout());
    let [targets, sources] = explanation_tables(&why);
    let tables = [policy_table(&taxonomy), targets, sources];
    let text: Vec<String> = tables.iter().map(|table| table.terminal(colour)).collect();
    output.bytes(text.join("\n").as_bytes())
}

fn json(why: &Explanation) -> Value {
    let targets = why.targets.iter().map(|reason| {
        let given_up = reason.given_up.as_ref().map(
            |up| json!({ "sources": up.edge.contender, "missing": up.missing, "worth": up.worth }),
        );
        json!({
            "target": reason.edge.target,
            "sources": reason.edge.contender,
            "given_up": given_up,
        })
    });
    let sources = why.sources.iter().map(|reason| {
        json!({ "source": reason.source, "loss": why.loss(reason), "serves": reason.serves })
    });
    json!({
        "targets": targets.collect::<Vec<_>>(),
        "sources": sources.collect::<Vec<_>>(),
        "one_more": { "gain": why.gain(), "bought": why.one_more.bought },
        "optima": why.optima.iter().map(|policy| &policy.bought).collect::<Vec<_>>(),
        "all_optima": why.all_optima,
    })
}
