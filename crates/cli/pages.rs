//! What a run found, for people: tables on the terminal and the page `report/index.html`.

use std::collections::BTreeMap;

use serde_json::json;
use taskonomy_affinity::win_rate;
use taskonomy_core::{Contender, Dictionary, LossTable, Task, TaskId, Taxonomy};
use taskonomy_policy::Repeatability;
use taskonomy_report::{
    Grid, NetworkResult, Part, TargetResult, affinity_heatmap, html_page, network_table,
    policy_svg, policy_table, repeats_table, target_table,
};
use taskonomy_run::{JobKind, Losses, RunDir, RunRecord};

use crate::failure::{Explain, Fail, Failure};
use crate::output::Output;
use crate::progress::duration;
use crate::session::run_failure;
use crate::{conclude, repeats, runs};

/// Everything about a finished run that is shown.
struct Findings {
    networks: Vec<NetworkResult>,
    targets: Vec<TargetResult>,
    taxonomy: Taxonomy,
    /// How alike the policies of repeated trainings are, by budget; empty without repetitions.
    repeatability: Vec<Repeatability>,
    times: Vec<String>,
}

impl Findings {
    /// Read from the run's files.
    fn of(
        run: &RunDir,
        roster: &[Task],
        repeats: usize,
        record: &RunRecord,
        output: Output,
    ) -> Result<Self, Failure> {
        let losses = network_losses(run, roster)?;
        let json = run.read("stage4/taxonomy.json").map_err(run_failure)?;
        let taxonomy = Taxonomy::read(&json[..]).input().at("stage4/taxonomy.json")?;
        Ok(Self {
            networks: losses.iter().map(|(task, losses)| network_result(task, losses)).collect(),
            targets: target_results(run, &losses, output)?,
            taxonomy,
            repeatability: repeats::read(run, repeats)?,
            times: times(record),
        })
    }

    /// The two lists that tell whether anything was learned, and the policy.
    fn tables(&self) -> [Grid; 3] {
        let networks = network_table(&self.networks);
        [networks, target_table(&self.targets), policy_table(&self.taxonomy)]
    }
}

/// Writes the page of a run that is trained so often.
pub fn write(
    run: &RunDir,
    roster: &[Task],
    repeats: usize,
    record: &RunRecord,
    output: Output,
) -> Result<(), Failure> {
    let findings = Findings::of(run, roster, repeats, record, output)?;
    let [networks, targets, policy] = findings.tables();
    let names: BTreeMap<_, _> = roster.iter().map(|task| (&task.id, &task.name)).collect();
    let name = |id: &TaskId| names.get(id).map_or_else(|| id.to_string(), ToString::to_string);
    let heatmap = affinity_heatmap(&conclude::affinities(run, output)?, name);
    let sweep = run.read("stage4/sweep.svg").map_err(run_failure)?;
    let part = |heading: &str, text: &str, tables, pictures| Part {
        heading: heading.to_owned(),
        text: text.to_owned(),
        tables,
        pictures,
    };
    let parts = [
        part(
            "Policy",
            "What to label, and what to learn from it.",
            vec![policy],
            vec![policy_svg(&findings.taxonomy)],
        ),
        part(
            "What a budget buys",
            "The best policies for other budgets and numbers of sources, means over all targets.",
            vec![],
            vec![String::from_utf8_lossy(&sweep).into_owned()],
        ),
        part(
            "Affinities",
            "Shares of each target's tournament, first order.",
            vec![],
            vec![heatmap],
        ),
        part(
            "Transfers",
            "Gain: share of test samples on which the best transfer beats training from scratch on the same few samples. Quality: the same against full supervision.",
            vec![targets],
            vec![],
        ),
        part(
            "Networks",
            "Share of test samples on which each task's own network beats the best constant answer.",
            vec![networks],
            vec![],
        ),
    ];
    let repeatability = (!findings.repeatability.is_empty()).then(|| {
        part(
            "Trained again",
            "Policies from single trainings with other seeds, compared with one another and with the policy of their mean.",
            vec![repeats_table(&findings.repeatability)],
            vec![],
        )
    });
    let times = part("Time and memory", &findings.times.join(". "), vec![], vec![]);
    let parts: Vec<Part> = parts.into_iter().chain(repeatability).chain([times]).collect();
    let title = run.root().file_name().unwrap_or_default().to_string_lossy().into_owned();
    let page = html_page(&title, &parts);
    run.write("report/index.html", page.as_bytes()).map_err(run_failure)
}

/// Prints the tables of a run that is trained so often.
pub fn print(
    run: &RunDir,
    roster: &[Task],
    repeats: usize,
    record: &RunRecord,
    output: Output,
) -> Result<(), Failure> {
    let findings = Findings::of(run, roster, repeats, record, output)?;
    output.result(
        || {
            let mut text = String::new();
            for table in findings.tables() {
                text += &format!("{}\n", table.terminal(false));
            }
            let budget = findings.taxonomy.policy.budget;
            if let Some(repeatability) = findings.repeatability.iter().find(|a| a.budget == budget)
            {
                text += &format!("{}\n", repeats_table(&[*repeatability]).terminal(false));
            }
            text += &findings.times.join("\n");
            let root = run.root().display();
            text + &format!(
                "\n\n{root}/stage4/taxonomy.svg      the policy, drawn\n\
                 {root}/stage1/*/examples.png   what the networks see\n\
                 {root}/stage3/examples/        what the best transfers see\n\
                 {root}/report/index.html       tables and charts on one page\n"
            )
        },
        || {
            let networks = findings.networks.iter().map(|n| {
                json!({
                    "task": n.task, "loss_constant": n.constant, "loss_self": n.full,
                    "beats_constant": n.beats_constant,
                })
            });
            let targets = findings.targets.iter().map(|t| {
                json!({
                    "target": t.target, "best": t.best, "gain": t.gain, "quality": t.quality,
                    "loss_constant": t.constant, "loss_scratch": t.scratch, "loss_self": t.full,
                })
            });
            json!({
                "run": run.root(),
                "networks": networks.collect::<Vec<_>>(),
                "targets": targets.collect::<Vec<_>>(),
                "bought": findings.taxonomy.policy.bought,
                "stages": record.stages,
            })
        },
    )
}

/// The losses of the networks that the run has.
pub fn network_losses(run: &RunDir, roster: &[Task]) -> Result<Vec<(TaskId, Losses)>, Failure> {
    let mut all = Vec::new();
    for task in roster.iter().filter(|task| task.is_trained() && task.role.is_source()) {
        let folder = run.job(&JobKind::Network { task: task.id.clone() });
        if folder.path("losses.safetensors").exists() {
            all.push((task.id.clone(), folder.losses().map_err(run_failure)?));
        }
    }
    Ok(all)
}

fn network_result(task: &TaskId, losses: &Losses) -> NetworkResult {
    NetworkResult {
        task: task.clone(),
        constant: losses.constant.as_ref().and_then(|losses| mean(numbers(losses))),
        full: mean(numbers(&losses.test)).unwrap_or(f64::NAN),
        beats_constant: beats_constant(losses),
    }
}

/// On which share of the test samples a network beats the average guess.
pub fn beats_constant(losses: &Losses) -> Option<f64> {
    let wide = |losses: &[f32]| losses.iter().map(|&loss| f64::from(loss)).collect::<Vec<_>>();
    win_rate(wide(&losses.test), wide(losses.constant.as_ref()?))
}

fn target_results(
    run: &RunDir,
    networks: &[(TaskId, Losses)],
    output: Output,
) -> Result<Vec<TargetResult>, Failure> {
    let affinities = conclude::affinities(run, output)?;
    let mut results = Vec::new();
    let mut tables = BTreeMap::new();
    for target in affinities.targets() {
        let file = format!("stage2/losses/{target}.csv");
        let bytes = run.read(&file).map_err(run_failure)?;
        let table = LossTable::read(target.clone(), &bytes[..]).input().at(&file)?;
        tables.insert(target, table);
    }
    let is_whole = |target: &TaskId, contender: &Contender| {
        tables.get(target).is_some_and(|table| table.position(contender).is_some())
    };
    for (target, best) in conclude::best_transfers(&affinities, is_whole) {
        let table = &tables[&target];
        let column = |wanted: fn(&Contender) -> bool| {
            let columns = (0..table.contenders.len()).filter(|&k| wanted(&table.contenders[k]));
            mean(columns.flat_map(|k| table.column(k)).filter(|loss| !loss.is_nan()))
        };
        let edge = affinities.find(&target, &best);
        let network = networks.iter().find(|(task, _)| *task == target);
        let constant = network.and_then(|(_, losses)| losses.constant.as_ref());
        results.push(TargetResult {
            gain: edge.and_then(|edge| edge.gain),
            quality: edge.and_then(|edge| edge.quality),
            constant: constant.and_then(|losses| mean(numbers(losses))),
            scratch: column(Contender::is_scratch),
            full: column(|c| *c == Contender::Full),
            target,
            best,
        });
    }
    Ok(results)
}

fn numbers(losses: &[f32]) -> impl Iterator<Item = f64> {
    losses.iter().filter(|loss| !loss.is_nan()).map(|&loss| f64::from(loss))
}

fn mean(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = numbers.fold((0.0, 0_u32), |(sum, n), x| (sum + x, n + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// A line per stage: time and memory.
fn times(record: &RunRecord) -> Vec<String> {
    let name = |stage| match stage {
        0 => "images",
        1 => "stage 1, networks",
        2 => "stage 2, transfers",
        3 => "stage 3, affinities",
        _ => "stage 4, policy",
    };
    let lines = record.stages.iter().map(|(&stage, times)| {
        let peak = times.peak_memory.map_or_else(String::new, |bytes| {
            format!(", at most {:.2} GiB", bytes as f64 / f64::from(1 << 30))
        });
        format!("{}: {}{peak}", name(stage), duration(times.seconds))
    });
    lines.collect()
}

/// Makes the page of a run again, with the names of the dictionary as it is now.
pub fn again(run: &RunDir, record: &RunRecord, output: Output) -> Result<(), Failure> {
    let config = runs::config(run)?;
    let dictionary = Dictionary::builtin();
    let place = run.path("config.toml");
    let pipeline = taskonomy_core::Pipeline::parse(&config, &[], &dictionary);
    let pipeline = pipeline.input().at(place.display())?;
    let roster = pipeline.roster(&pipeline.dictionary(&dictionary));
    let record = &runs::total(run, record, pipeline.repeats)?;
    write(run, &roster, pipeline.repeats, record, output)?;
    print(run, &roster, pipeline.repeats, record, output)
}
