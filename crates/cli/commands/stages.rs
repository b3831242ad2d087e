//! `run` and `stage1` to `stage4`.

pub mod training;

use serde_json::json;
use taskonomy_plan::Stages;
use taskonomy_run::RunState;

use crate::args::{Stage, Stage3};
use crate::commands::dry_run;
use crate::commands::status::Counts;
use crate::failure::Failure;
use crate::output::Output;
use crate::period::Period;
use crate::progress::counted;
use crate::session::Session;
use crate::{conclude, interrupt, pages};
use training::{both, is_passed_over, left_by, train};

/// All four stages.
pub fn run(args: &Stage, output: Output) -> Result<(), Failure> {
    limit(args)?;
    let mut session = Session::open(args, output)?;
    if args.dry_run {
        return dry_run::training(&session, Stages::All, args, output);
    }
    let ended = all_four(&mut session, args, output);
    settled(&mut session, ended)
}

fn all_four(session: &mut Session, args: &Stage, output: Output) -> Result<(), Failure> {
    let trained = train(session, Stages::All, args, output);
    let lost = match trained {
        Err(failure) if is_passed_over(&failure, args) => Some(failure),
        trained => trained.map(|_| None)?,
    };
    if let Err(failure) = after_training(session, args, output) {
        return Err(both(lost, failure));
    }
    session.save(if lost.is_some() { RunState::Incomplete } else { RunState::Done })?;
    print(session, output)?;
    lost.map_or(Ok(()), Err)
}

/// Stages 3 and 4 of what is trained.
fn after_training(session: &mut Session, args: &Stage, output: Output) -> Result<(), Failure> {
    let repeats = session.repeats(output)?;
    conclude::stage3(session, &repeats, args, output)?;
    drop(repeats);
    conclude::stage4(session, output)
}

fn print(session: &Session, output: Output) -> Result<(), Failure> {
    let repeats = session.pipeline.repeats;
    pages::print(&session.run, &session.roster, repeats, &session.total()?, output)
}

/// Sees to it that run.json does not say of a run that failed that it goes on.
fn settled<T>(session: &mut Session, ended: Result<T, Failure>) -> Result<T, Failure> {
    if let Err(failure) = &ended
        && session.is_running()
    {
        // Where the disk is full, this fails as well; the first failure is what counts.
        _ = session.save(left_by(failure));
    }
    ended
}

/// The task-specific networks.
pub fn stage1(args: &Stage, output: Output) -> Result<(), Failure> {
    one_stage(args, Stages::First, output)
}

/// The transfers.
pub fn stage2(args: &Stage, output: Output) -> Result<(), Failure> {
    one_stage(args, Stages::Second, output)
}

/// Sees to it that signals end the command in order from its beginning on, and that all of it, images
/// included, ends after `--max-time`. A dry run leaves nothing to put in order: signals end it at once.
fn limit(args: &Stage) -> Result<(), Failure> {
    if args.dry_run {
        return Ok(());
    }
    interrupt::stop_flag()?;
    args.max_time.map_or(Ok(()), |Period(time)| interrupt::stop_after(time))
}

fn one_stage(args: &Stage, stages: Stages, output: Output) -> Result<(), Failure> {
    limit(args)?;
    let mut session = Session::open(args, output)?;
    if args.dry_run {
        return dry_run::training(&session, stages, args, output);
    }
    let trained = train(&mut session, stages, args, output);
    let summary = settled(&mut session, trained)?;
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
        return dry_run::stage3(&session, &args.stage, output);
    }
    let repeats = session.repeats(output)?;
    let ended = conclude::stage3(&mut session, &repeats, &args.stage, output);
    settled(&mut session, ended)?;
    session.save(RunState::Incomplete)?;
    let file = session.run.path("stage3/affinities.csv");
    output.result(|| file.display().to_string(), || json!({ "affinities": file }))
}

/// The policy.
pub fn stage4(args: &Stage, output: Output) -> Result<(), Failure> {
    limit(args)?;
    let mut session = Session::look(args, output)?;
    session.keep_trainings(output)?;
    if args.dry_run {
        return dry_run::stage4(&session, output);
    }
    conclude::stage4(&mut session, output)?;
    let state = with_policy(&session, output);
    session.save(state)?;
    print(&session, output)
}

/// How far a run is once it has a policy: done, if all its trainings are.
fn with_policy(session: &Session, output: Output) -> RunState {
    let before = session.record.state;
    if before == RunState::Done {
        return before;
    }
    // Where jobs cannot be looked at, nobody knows: the policy can be had nevertheless.
    let plans = session.has_images().then(|| session.plans(Stages::All, false, output).ok());
    let left = plans.flatten().map(|plans| Counts::of_plans(&plans).left());
    let what = match left {
        Some(0) => return RunState::Done,
        Some(left) => format!("{} of stages 1 and 2 left", counted(left, "job")),
        None => "jobs left when it was worked on last".to_owned(),
    };
    let run = session.run.root().display();
    output.warn(format_args!("{run}: the run is not done, it has {what}"));
    if before == RunState::Interrupted { before } else { RunState::Incomplete }
}
