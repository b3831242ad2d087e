//! `status`: what is done, what is left, how long it will take.

use serde_json::json;
use taskonomy_plan::{Listed, Reason, Stages};
use taskonomy_run::{RunDir, RunRecord, RunState};

use crate::args::{OneRun, Stage};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::progress::duration;
use crate::runs;
use crate::session::{Session, run_failure};

/// Looks at a run without touching it.
pub fn status(args: &OneRun, output: Output) -> Result<(), Failure> {
    let run = runs::find(args.run.as_ref(), output)?;
    let record = run.record().map_err(run_failure)?.ok_or_else(|| {
        Failure::new(Exit::Input, format!("{}: there is no run.json", run.root().display()))
    })?;
    let driven = run.is_driven().map_err(run_failure)?;
    let session = Session::open(&look_only(&run), output)?;
    let lines = session.plan(Stages::All, false)?.listing();
    let counts = Counts::of(&lines);
    let left = counts.left();
    let seconds = seconds_left(&record, &counts);
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
                let [done, of] = counts.0[stage - 1];
                text += &format!("  stage {stage}  {name:<10} {done:>5} of {of} jobs done");
                let times = record.stages.get(&(stage as u8));
                text += &times.map_or_else(String::new, |t| format!(", {}", duration(t.seconds)));
                text += "\n";
            }
            let failed = lines.iter().filter(|l| matches!(l.reason, Reason::Failed { .. }));
            for line in failed {
                text += &format!("  {}: {}\n", line.job, line.reason);
            }
            match seconds {
                _ if left == 0 => {}
                Some(seconds) => {
                    text += &format!("  {left} jobs left: about {}\n", duration(seconds))
                }
                None => text += &format!("  {left} jobs left\n"),
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

/// At the pace of what each stage has done so far; none before a stage has a pace.
fn seconds_left(record: &RunRecord, counts: &Counts) -> Option<f64> {
    let mut seconds = 0.0;
    for (stage, [done, of]) in (1..).zip(counts.0) {
        if of > done {
            let times = record.stages.get(&stage).filter(|times| times.done > 0)?;
            seconds += times.seconds / times.done as f64 * (of - done) as f64;
        }
    }
    Some(seconds)
}
