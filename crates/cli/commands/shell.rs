//! `completions` and `man`: made from the command line's own definition.

use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Args;
use crate::failure::{Explain, Fail, Failure};
use crate::output::Output;

/// Prints the completion script of a shell.
pub fn completions(shell: Shell, output: Output) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "taskonomy", &mut script);
    output.bytes(&script)
}

/// Prints the manual page, or writes one per command into a folder.
pub fn man(dir: Option<&Path>, output: Output) -> Result<(), Failure> {
    let Some(dir) = dir else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Args::command()).render(&mut page).environment()?;
        return output.bytes(&page);
    };
    std::fs::create_dir_all(dir).environment().at(dir.display())?;
    clap_mangen::generate_to(Args::command(), dir).environment().at(dir.display())?;
    output.note(format_args!("manual pages: {}", dir.display()));
    Ok(())
}
