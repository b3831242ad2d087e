//! `run` and `stage1` to `stage4`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Instant;

use serde_json::json;
use taskonomy_plan::{Plan, Reason, Stages, Summary, WorkerSpec};
use taskonomy_run::RunState;

use crate::args::{Stage, Stage3};
use crate::commands::dry_run::dry_run;
use crate::failure::{Exit, Explain, Failure};
use crate::output::Output;
use crate::period::Period;
use crate::progress::{Jobs, counted, duration};
use crate::session::{Session, plan_failure};
use crate::{conclude, interrupt, pages, worker};

/// All four stages.
pub fn run(args: &Stage, output: Output) -> Result<(), Failure> {
    limit(args)?;
    let mut session = Session::open(args, output)?;
    if args.dry_run {
        return dry_run(&session, Stages::All, args, output);
    }
    let trained = train(&mut session, Stages::All, args, output);
    let lost = match trained {
        Err(failure) if failure.exit == Exit::Incomplete && args.partial => Some(failure),
        trained => trained.map(|_| None)?,
    };
    let repeats = session.repeats(output)?;
    conclude::stage3(&mut session, &repeats, args, output)?;
    drop(repeats);
    conclude::stage4(&mut session, output)?;
    session.save(if lost.is_some() { RunState::Incomplete } else { RunState::Done })?;
    pages::print(&session.run, &session.roster, &session.total()?, output)?;
    lost.map_or(Ok(()), Err)
}

/// The task-specific networks.
pub fn stage1(args: &Stage, output: Output) -> Result<(), Failure> {
    training(args, Stages::First, output)
}

/// The transfers.
pub fn stage2(args: &Stage, output: Output) -> Result<(), Failure> {
    training(args, Stages::Second, output)
}

/// Sees to it that signals end the command in order from its beginning on, and that all of it, images
/// included, ends after `--max-time`.
fn limit(args: &Stage) -> Result<(), Failure> {
    interrupt::stop_flag()?;
    args.max_time.map_or(Ok(()), |Period(time)| interrupt::stop_after(time))
}

fn training(args: &Stage, stages: Stages, output: Output) -> Result<(), Failure> {
    limit(args)?;
    let mut session = Session::open(args, output)?;
    if args.dry_run {
        return dry_run(&session, stages, args, output);
    }
    let summary = train(&mut session, stages, args, output)?;
    session.save(RunState::Incomplete)?;
    let run = session.run.root();
    output.result(
        || {
            let done = counted(summary.done, "job");
            format!("{}: {done} done, {} skipped", run.display(), summary.skipped)
        },
        || json!({ "run": run, "done": summary.done, "skipped": summary.skipped }),
    )
}

/// Tournaments and affinities.
pub fn stage3(args: &Stage3, output: Output) -> Result<(), Failure> {
    limit(&args.stage)?;
    if let Some(folder) = &args.losses {
        return conclude::foreign_losses(folder, args.out.as_deref(), output);
    }
    let mut session = Session::open(&args.stage, output)?;
    if args.stage.dry_run {
        return dry_run(&session, Stages::All, &args.stage, output);
    }
    let repeats = session.repeats(output)?;
    conclude::stage3(&mut session, &repeats, &args.stage, output)?;
    session.save(RunState::Incomplete)?;
    let file = session.run.path("stage3/affinities.csv");
    output.result(|| file.display().to_string(), || json!({ "affinities": file }))
}

/// The policy.
pub fn stage4(args: &Stage, output: Output) -> Result<(), Failure> {
    if args.dry_run {
        let session = Session::open(args, output)?;
        return dry_run(&session, Stages::All, args, output);
    }
    let mut session = Session::look(args, output)?;
    conclude::stage4(&mut session, output)?;
    session.save(RunState::Done)?;
    pages::print(&session.run, &session.roster, &session.total()?, output)
}

/// Does what is left of the stages, in workers: of the run, then of its repetitions.
pub fn train(
    session: &mut Session,
    stages: Stages,
    args: &Stage,
    output: Output,
) -> Result<Summary, Failure> {
    let mut plan = session.plan(stages, args.force)?;
    plan.check().map_err(plan_failure)?;
    let mut summary = execute(session, &mut plan, args, output)?;
    for mut repeat in session.repeats(output)? {
        let place = repeat.run.root().display().to_string();
        output.note(format_args!("{place}: the same with seed {}", repeat.pipeline.seed));
        let more = match train(&mut repeat, stages, args, output).at(place) {
            Ok(more) => more,
            Err(failure) => {
                let is_stopped = failure.exit == Exit::Interrupted;
                let state = if is_stopped { RunState::Interrupted } else { RunState::Incomplete };
                session.save(state)?;
                return Err(failure);
            }
        };
        let state = if stages == Stages::All { RunState::Done } else { RunState::Incomplete };
        repeat.save(state)?;
        summary.done += more.done;
        summary.skipped += more.skipped;
    }
    Ok(summary)
}

/// Carries a plan out: config.toml and run.json first, then the jobs.
pub fn execute(
    session: &mut Session,
    plan: &mut Plan,
    args: &Stage,
    output: Output,
) -> Result<Summary, Failure> {
    let is_work = |line: &taskonomy_plan::Listed| !matches!(line.reason, Reason::Done);
    // A run whose jobs are all done needs no worker: it may have been trained elsewhere.
    let program = if plan.listing().iter().any(is_work) {
        worker::find()?
    } else {
        PathBuf::from("taskonomy-worker")
    };
    let stop = interrupt::stop_flag()?;
    let config = session.pipeline.to_toml();
    session.run.write_config(&config).map_err(crate::session::run_failure)?;
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
    session.record.add(&summary.stages);
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
