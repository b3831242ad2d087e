//! The command line as a user meets it: whole processes, no libtorch.

mod help;
mod pipelines;
mod solve;
mod stage3;

use std::path::Path;

use assert_cmd::Command;

/// The program, in a folder of its own.
fn taskonomy(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taskonomy"));
    command.current_dir(folder).env("NO_COLOR", "1").env("COLUMNS", "100");
    command
}

/// Runs it and gives exit code, stdout and stderr.
fn run(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let output = taskonomy(folder).args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// Exit code and stderr as one text, for snapshots of failures.
fn failure(folder: &Path, args: &[&str]) -> String {
    let (code, stdout, stderr) = run(folder, args);
    assert!(stdout.is_empty() || args.contains(&"--json"), "data of a failure: {stdout}");
    format!("exit {code}\n{stderr}")
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
