//! `status`: what is done, what is left, how long it will take.

use serde_json::json;
use taskonomy_plan::{Listed, Plan, Reason, Stages};
use taskonomy_run::{RunDir, RunState};

use crate::args::{OneRun, Stage};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::progress::{counted, duration};
use crate::session::{Session, plan_failure, run_failure};
use crate::{machine, runs};

/// Looks at a run without touching it.
pub fn status(args: &OneRun, output: Output) -> Result<(), Failure> {
    let run = runs::find(args.run.as_ref(), output)?;
    let record = run.record().map_err(run_failure)?.ok_or_else(|| {
        Failure::new(Exit::Input, format!("{}: there is no run.json", run.root().display()))
    })?;
    let driven = run.is_driven().map_err(run_failure)?;
    let session = Session::look(&look_only(&run), output)?;
    // Without the images nobody can tell whether a job was done on them or on others.
    let plan = if session.has_images() { Some(session.plan(Stages::All, false)?) } else { None };
    let lines = plan.as_ref().map(Plan::listing).unwrap_or_default();
    let counts = plan.is_some().then(|| Counts::of(&lines));
    let left = counts.as_ref().map(Counts::left);
    // From what the jobs took so far, in this invocation and in earlier ones.
    let estimate = plan.map(|plan| plan.seconds_left(machine::cores())).transpose();
    let seconds = estimate.map_err(plan_failure)?.flatten();
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
                text += &format!("  stage {stage}  {name:<10}");
                if let Some([done, of]) = counts.as_ref().map(|counts| counts.0[stage - 1]) {
                    text += &format!(" {done:>5} of {of} jobs done");
                }
                let times = record.stages.get(&(stage as u8));
                text += &times.map_or_else(String::new, |t| format!(", {}", duration(t.seconds)));
                text += "\n";
            }
            let failed = lines.iter().filter(|l| matches!(l.reason, Reason::Failed { .. }));
            for line in failed {
                text += &format!("  {}: {}\n", line.job, line.reason);
            }
            match (left, seconds) {
                (None, _) => {
                    let path = &session.pipeline.data.path;
                    text += &format!("  {path} is gone: jobs cannot be compared with its images\n");
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
    }
}

/// Jobs done and jobs in all, of stages 1 and 2.
struct Counts([[usize; 2]; 2]);

impl Counts {
    fn of(lines: &[Listed]) -> Self {
        let mut counts = [[0; 2]; 2];
        for line in lines.iter().filter(|line| (1..=2).contains(&line.stage)) {
            let [done, of] = &mut counts[usize::from(line.stage) - 1];
            match line.reason {
                Reason::Beam { transfers, .. } => *of += transfers,
                Reason::Done => (*done, *of) = (*done + 1, *of + 1),
                _ => *of += 1,
            }
        }
        Self(counts)
    }

    fn left(&self) -> usize {
        self.0.iter().map(|[done, of]| of - done).sum()
    }
}
