//! Doing the jobs of stages 1 and 2, and of pictures, in workers.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::Instant;

use taskonomy_plan::{Plan, Reason, Stages, Summary, WorkerSpec};
use taskonomy_run::{RunRecord, RunState, StageRecord};

use crate::args::Stage;
use crate::failure::{Exit, Explain, Failure, causes};
use crate::output::Output;
use crate::progress::{Jobs, counted, duration};
use crate::session::{Session, plan_failure};
use crate::{interrupt, worker};

/// Does what is left of the stages, in workers: of the run, then of its repetitions. With `--partial`
/// a repetition is not held up by what failed before it.
pub fn train(
    session: &mut Session,
    stages: Stages,
    args: &Stage,
    output: Output,
) -> Result<Summary, Failure> {
    let mut plan = session.plan(stages, args.force)?;
    plan.check().map_err(plan_failure)?;
    let mut lost = None;
    let mut summary = match execute(session, &mut plan, args, RunRecord::add, output) {
        Err(failure) if is_passed_over(&failure, args) => {
            lost = Some(failure);
            Summary::default()
        }
        executed => executed?,
    };
    for mut repeat in session.repeats(output)? {
        let place = repeat.run.root().display().to_string();
        output.note(format_args!("{place}: the same with seed {}", repeat.pipeline.seed));
        let more = match train(&mut repeat, stages, args, output).at(place) {
            Ok(more) => more,
            Err(failure) if is_passed_over(&failure, args) => {
                lost = Some(both(lost.take(), failure));
                continue;
            }
            Err(failure) => {
                session.save(left_by(&failure))?;
                return Err(both(lost, failure));
            }
        };
        let is_done = stages == Stages::All && lost.is_none();
        repeat.save(if is_done { RunState::Done } else { RunState::Incomplete })?;
        summary.done += more.done;
        summary.skipped += more.skipped;
    }
    let Some(failure) = lost else { return Ok(summary) };
    session.save(RunState::Incomplete)?;
    Err(failure)
}

/// Whether a plan has jobs that are not done.
pub fn has_work(plan: &Plan) -> bool {
    plan.listing().iter().any(|line| !matches!(line.reason, Reason::Done))
}

/// Carries a plan out: config.toml and run.json first, then the jobs. `add` says how what they took
/// comes into run.json.
pub fn execute(
    session: &mut Session,
    plan: &mut Plan,
    args: &Stage,
    add: fn(&mut RunRecord, &BTreeMap<u8, StageRecord>),
    output: Output,
) -> Result<Summary, Failure> {
    // A run whose jobs are all done needs no worker: it may have been trained elsewhere.
    let program = if has_work(plan) { worker::find()? } else { "taskonomy-worker".into() };
    let stop = interrupt::stop_flag()?;
    session.write_config()?;
    session.save(RunState::Running)?;

    let run = OsString::from(session.run.root());
    let device = worker::device(&args.device).into();
    let every = args.checkpoint_every.0.as_secs().to_string();
    let mut arguments = vec!["--run".into(), run, "--device".into(), device];
    arguments.extend(["--checkpoint-every".into(), every.into()]);
    let mut spec = WorkerSpec::new(program, arguments, args.workers());
    spec.log = Some(session.run.path("workers.log"));
    let bar = Jobs::new(output);
    let begun = Instant::now();
    let summary = plan.execute(&spec, &stop, &mut |progress| bar.show(progress));
    bar.clear();
    let summary = match summary {
        Ok(summary) => summary,
        Err(error) => {
            // Where the disk is full, this fails as well; the first failure is what counts.
            let _ = session.save(RunState::Incomplete);
            return Err(plan_failure(error));
        }
    };
    add(&mut session.record, &summary.stages);
    report(session, &summary, begun, output)?;
    Ok(summary)
}

/// Says how it went; what is not complete is a failure.
fn report(
    session: &mut Session,
    summary: &Summary,
    begun: Instant,
    output: Output,
) -> Result<(), Failure> {
    if summary.done > 0 {
        let time = duration(begun.elapsed().as_secs_f64());
        let done = counted(summary.done, "job");
        output.note(format_args!("{done} done in {time}, {} skipped", summary.skipped));
    }
    if summary.interrupted {
        session.save(RunState::Interrupted)?;
        let message = format!("interrupted with {} left", counted(summary.left, "job"));
        let failure = Failure::new(Exit::Interrupted, message);
        return Err(failure.hint("the same command goes on where it was"));
    }
    if summary.is_complete() {
        return Ok(());
    }
    session.save(RunState::Incomplete)?;
    let mut message = format!("{} failed", counted(summary.failed.len(), "job"));
    for (job, error) in &summary.failed {
        message += &format!("\n  {job}: {error}");
    }
    for job in &summary.blocked {
        message += &format!("\n  {job}: not tried, it needs one that failed");
    }
    let is_race = !session.pipeline.transfers.rounds().is_empty();
    for target in &summary.unranked {
        message += &if is_race {
            format!("\n  the race of {target}: one of the transfers that it compares is missing")
        } else {
            format!("\n  higher orders of {target}: a first-order transfer into it is missing")
        };
    }
    let failure = Failure::new(Exit::Incomplete, message);
    let mut hint = "the same command tries them again; --partial goes on without them".to_owned();
    let log = session.run.path("workers.log");
    if log.metadata().is_ok_and(|file| file.len() > 0) {
        hint += &format!("; what the workers said is in {}", log.display());
    }
    Err(failure.hint(hint))
}

/// Whether `--partial` goes on in spite of it.
pub fn is_passed_over(failure: &Failure, args: &Stage) -> bool {
    failure.exit == Exit::Incomplete && args.partial
}

/// Two failures in one, which ends as the later one does.
pub fn both(first: Option<Failure>, second: Failure) -> Failure {
    let Some(first) = first else { return second };
    let [first, later] = [&first, &second].map(|failure| causes(&failure.error).join(": "));
    Failure { error: anyhow::anyhow!("{first}\n{later}"), ..second }
}

/// How far a run is that ended like this.
pub fn left_by(failure: &Failure) -> RunState {
    match failure.exit {
        Exit::Interrupted => RunState::Interrupted,
        _ => RunState::Incomplete,
    }
}
