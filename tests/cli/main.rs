//! The command line as a user meets it: whole processes, no libtorch.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod audit;
mod damage;
mod data;
mod evaluate;
mod fake;
mod folders;
mod help;
mod models;
mod official;
mod own;
mod partial;
mod photos;
mod pipelines;
mod race;
mod run_faults;
mod run_whole;
mod solve;
mod solve_refused;
mod stage3;
mod stages;
mod times;

use std::path::Path;

use assert_cmd::Command;

/// The program, in a folder of its own.
fn taskonomy(folder: &Path) -> Command {
    program(env!("CARGO_BIN_EXE_taskonomy").as_ref(), folder)
}

/// A program whose output does not depend on the terminal.
fn program(path: &Path, folder: &Path) -> Command {
    let mut command = Command::new(path);
    command.current_dir(folder).env("NO_COLOR", "1").env("COLUMNS", "100");
    command
}

/// Runs it and gives exit code, stdout and stderr.
fn run(folder: &Path, args: &[&str]) -> (i32, String, String) {
    output(&mut taskonomy(folder), args)
}

fn output(command: &mut Command, args: &[&str]) -> (i32, String, String) {
    let output = command.args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// What must succeed: its stdout.
fn done(folder: &Path, args: &[&str]) -> String {
    let (code, stdout, stderr) = run(folder, args);
    assert_eq!(code, 0, "{args:?}: {stderr}");
    stdout
}

/// Exit code and stderr as one text, for snapshots of failures.
fn failure(folder: &Path, args: &[&str]) -> String {
    let (code, stdout, stderr) = run(folder, args);
    assert!(code > 0, "{args:?} did not fail: {code}\n{stdout}{stderr}");
    assert!(stdout.is_empty() || args.contains(&"--json"), "data of a failure: {stdout}");
    format!("exit {code}\n{stderr}")
}

/// The failures of several commands, each below its command line, for one snapshot.
fn failures(folder: &Path, commands: &[&[&str]]) -> String {
    let said =
        |args: &&[&str]| format!("$ taskonomy {}\n{}\n", args.join(" "), failure(folder, args));
    commands.iter().map(said).collect()
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// Every file below a folder with its bytes, by its path in it.
fn files(folder: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let (mut found, mut folders) = (std::collections::BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for path in std::fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}
