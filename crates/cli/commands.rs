//! The commands, one file each.

pub mod data;

mod audit;
mod doctor;
mod dry_run;
mod evaluate;
mod export;
mod import_official;
mod init;
mod predict;
mod report;

mod shell;
pub mod solve;
pub mod stages;
mod status;

use crate::args::Command;
use crate::failure::Failure;
use crate::output::Output;

/// Carries out a command.
pub fn run(command: Command, output: Output) -> Result<(), Failure> {
    match command {
        Command::Run(args) => stages::run(&args, output),
        Command::Stage1(args) => stages::stage1(&args, output),
        Command::Stage2(args) => stages::stage2(&args, output),
        Command::Stage3(args) => stages::stage3(&args, output),
        Command::Stage4(args) => stages::stage4(&args, output),
        Command::Solve(args) => solve::solve(&args, output),
        Command::Evaluate(args) => evaluate::evaluate(&args, output),
        Command::Audit(args) => audit::audit(&args, output),
        Command::Export(args) => export::export(&args, output),
        Command::ImportOfficial(args) => import_official::import_official(&args, output),
        Command::Init(args) => init::init(&args, output),
        Command::Data(args) => data::data(&args, output),
        Command::Predict(args) => predict::predict(&args, output),
        Command::Status(args) => status::status(&args, output),
        Command::Report(args) => report::report(&args, output),
        Command::Doctor => doctor::doctor(output),
        Command::Completions { shell } => shell::completions(shell, output),
        Command::Man { dir } => shell::man(dir.as_deref(), output),
    }
}
