//! `status`: what is done, what is left, how long it will take.

use std::time::Duration;

use serde_json::json;
use taskonomy_plan::{Listed, Plan, Reason, Stages};
use taskonomy_report::{JobTimes, RunTimes, StageTimes};
use taskonomy_run::{DriverEvent, Entry, RunDir, RunRecord, RunState};

use crate::args::{Stage, Status};
use crate::failure::{Exit, Failure};
use crate::output::{Output, is_coloured};
use crate::period::Period;
use crate::progress::{counted, duration};
use crate::session::{Session, plan_failure, run_failure};
use crate::{machine, runs};

/// Looks at a run without touching it.
pub fn status(args: &Status, output: Output) -> Result<(), Failure> {
    let run = runs::find(args.of.run.as_ref(), output)?;
    let record = run.record().map_err(run_failure)?.ok_or_else(|| {
        Failure::new(Exit::Input, format!("{}: there is no run.json", run.root().display()))
    })?;
    if args.times {
        return times(&run, &record, output);
    }
    let driven = run.is_driven().map_err(run_failure)?;
    let session = Session::look(&look_only(&run), output)?;
    // Without the images nobody can tell whether a job was done on them or on others.
    let plans =
        if session.has_images() { session.plans(Stages::All, false, output)? } else { Vec::new() };
    let lines: Vec<_> = plans.iter().flat_map(Plan::listing).collect();
    let counts = session.has_images().then(|| Counts::of(&lines));
    let left = counts.as_ref().map(Counts::left);
    // From what the jobs took so far, in this invocation and in earlier ones.
    let workers = workers(&run, session.pipeline.repeats)?;
    let each = plans.iter().map(|plan| plan.seconds_left(workers));
    let each = each.collect::<Result<Vec<_>, _>>().map_err(plan_failure)?;
    let seconds = each.into_iter().sum::<Option<f64>>().filter(|_| session.has_images());
    let record = session.total()?;
    let state = match record.state {
        _ if driven => "running",
        RunState::Done => "done",
        RunState::Interrupted => "interrupted",
        RunState::Running => "killed",
        RunState::Incomplete => "incomplete",
    };
    output.result(
        || {
            let mut text = format!("{}: {state}\n", run.root().display());
            for (stage, name) in [(1, "networks"), (2, "transfers")] {
                let done = counts.as_ref().map(|counts| {
                    let [done, of] = counts.0[stage - 1];
                    format!("{done:>5} of {of} jobs done")
                });
                let times = record.stages.get(&(stage as u8)).map(|t| duration(t.seconds));
                let known: Vec<String> = done.into_iter().chain(times).collect();
                let row = format!("  stage {stage}  {name:<10} {}", known.join(", "));
                text += &format!("{}\n", row.trim_end());
            }
            let failed = lines.iter().filter(|l| matches!(l.reason, Reason::Failed { .. }));
            for line in failed {
                text += &format!("  {}: {}\n", line.job, line.reason);
            }
            match (left, seconds) {
                (None, _) => {
                    let path = &session.pipeline.data.path;
                    text += &format!(
                        "  {path} is not here, so jobs cannot be compared with its images: relative \
                         paths start where the command is run\n"
                    );
                }
                (Some(0), _) => {}
                (Some(left), Some(seconds)) => {
                    text +=
                        &format!("  {} left: about {}\n", counted(left, "job"), duration(seconds));
                }
                (Some(left), None) => text += &format!("  {} left\n", counted(left, "job")),
            }
            text
        },
        || {
            json!({
                "run": run.root(), "state": state, "jobs_left": left,
                "seconds_left": seconds, "stages": record.stages,
            })
        },
    )
}

/// How many workers the run, or a repetition of it, had last; one per core before it had any.
fn workers(run: &RunDir, repeats: usize) -> Result<usize, Failure> {
    let mut last = (0.0, machine::cores());
    for run in std::iter::once(run.clone()).chain(runs::repeats(run, repeats)) {
        for logged in run.events().map_err(run_failure)? {
            if let Entry::Driver(DriverEvent::Begun { workers, .. }) = logged.entry
                && logged.time >= last.0
            {
                last = (logged.time, workers);
            }
        }
    }
    Ok(last.1)
}

/// Where the time of the workers went.
fn times(run: &RunDir, record: &RunRecord, output: Output) -> Result<(), Failure> {
    let mut events = run.events().map_err(run_failure)?;
    let repeats = runs::asked(run)?;
    for repeat in runs::repeats(run, repeats) {
        events.extend(repeat.events().map_err(run_failure)?);
    }
    let record = &runs::total(run, record, repeats)?;
    let times = RunTimes::of(&events);
    output.result(
        || {
            let [jobs, stages] = times.tables(&record.stages);
            let colour = is_coloured(&std::io::stdout());
            format!("{}\n{}", jobs.terminal(colour), stages.terminal(colour))
        },
        || {
            let job = |t: &JobTimes| {
                json!({
                    "stage": t.stage, "kind": t.kind, "jobs": t.jobs, "seconds": t.seconds,
                    "split_seconds": t.split, "spent": t.spent, "other": t.other(),
                    "samples_per_second": t.samples_per_second(),
                })
            };
            let stage = |(stage, t): (&u8, &StageTimes)| {
                json!({
                    "stage": stage, "seconds": t.time, "finished": t.finished,
                    "unfinished": t.unfinished, "idle": t.idle,
                    "cpu_seconds": record.stages.get(stage).and_then(|r| r.cpu_seconds),
                })
            };
            json!({
                "run": run.root(),
                "jobs": times.jobs.iter().map(job).collect::<Vec<_>>(),
                "stages": times.stages.iter().map(stage).collect::<Vec<_>>(),
            })
        },
    )
}

/// The run's own pipeline in a dry run: nothing is written.
fn look_only(run: &RunDir) -> Stage {
    Stage {
        pipeline: Some(run.path("config.toml")),
        run: Some(run.root().to_owned()),
        set: Vec::new(),
        jobs: None,
        device: "auto".into(),
        seed: None,
        dry_run: true,
        no_measure: true,
        force: false,
        partial: false,
        max_time: None,
        checkpoint_every: Period(Duration::ZERO),
    }
}

/// Jobs done and jobs in all, of stages 1 and 2.
pub(super) struct Counts([[usize; 2]; 2]);

impl Counts {
    pub(super) fn of_plans(plans: &[Plan]) -> Self {
        Self::of(&plans.iter().flat_map(Plan::listing).collect::<Vec<_>>())
    }

    fn of(lines: &[Listed]) -> Self {
        let mut counts = [[0; 2]; 2];
        for line in lines.iter().filter(|line| (1..=2).contains(&line.stage)) {
            let [done, of] = &mut counts[usize::from(line.stage) - 1];
            *of += line.reason.awaited().unwrap_or(1);
            *done += usize::from(matches!(line.reason, Reason::Done));
        }
        Self(counts)
    }

    pub(super) fn left(&self) -> usize {
        self.0.iter().map(|[done, of]| of - done).sum()
    }
}
