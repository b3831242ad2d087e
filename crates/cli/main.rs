//! `taskonomy`: which tasks teach which, and what should we label?
//!
//! The only place with arguments, environment, standard streams and exit codes. It never links
//! libtorch: training is done by `taskonomy-worker`, which it starts where it is needed.

mod args;
mod commands;
mod conclude;
mod failure;
mod interrupt;
mod machine;
mod output;
mod own;
mod pages;
mod period;
mod progress;
mod reasons;
mod repeats;
mod runs;
mod session;
mod span;
mod sweep;
mod taxonomies;
mod worker;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => return output::misread(&error),
    };
    let output = output::Output::new(&args.global);
    match interrupt::survive_file_size_limit().and_then(|()| commands::run(args.command, output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output.fail(&failure),
    }
}
