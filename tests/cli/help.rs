//! Help texts, completions, manual pages, start-up.

use crate::{done, folder, run};

#[test]
fn every_help_text() {
    let folder = folder(&[]);
    let commands = [
        &[][..],
        &["run"],
        &["stage1"],
        &["stage3"],
        &["solve"],
        &["evaluate"],
        &["audit"],
        &["export"],
        &["import-official"],
        &["init"],
        &["data"],
        &["data", "rooms"],
        &["data", "photos"],
        &["data", "import"],
        &["data", "export"],
        &["data", "show"],
        &["data", "check"],
        &["predict"],
        &["status"],
        &["doctor"],
    ];
    let mut all = String::new();
    for command in commands {
        let args: Vec<_> = command.iter().copied().chain(["--help"]).collect();
        let (code, stdout, stderr) = run(folder.path(), &args);
        assert_eq!((code, stderr.as_str()), (0, ""), "{command:?}");
        all += &format!("$ taskonomy {}\n{stdout}\n", args.join(" "));
    }
    insta::assert_snapshot!("help", all);
}

#[test]
fn completions_and_manual_pages_come_from_the_same_definition() {
    let folder = folder(&[]);
    for shell in ["bash", "zsh", "fish"] {
        let (code, stdout, _) = run(folder.path(), &["completions", shell]);
        assert_eq!(code, 0);
        assert!(stdout.contains("stage3") && stdout.contains("any-optimum"), "{shell}");
    }
    let (code, page, _) = run(folder.path(), &["man"]);
    assert_eq!(code, 0);
    assert!(page.contains(".TH taskonomy"));
    assert_eq!(run(folder.path(), &["man", "pages"]).0, 0);
    assert!(folder.path().join("pages/taskonomy-solve.1").is_file());
}

#[test]
fn wrong_usage_is_json_where_that_was_asked_for() {
    let folder = folder(&[]);
    let (code, stdout, stderr) = run(folder.path(), &["solve", "--json", "--bugdet", "3"]);
    let said: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, &said["exit"]), (2, &2.into()));
    assert_eq!(said["error"], "unexpected argument '--bugdet' found");
    assert_eq!(said["hint"], "a similar argument exists: '--budget'");
    assert!(stderr.starts_with("error: unexpected argument"), "{stderr}");
    // Help is no mistake.
    let (code, stdout, _) = run(folder.path(), &["solve", "--json", "--help"]);
    assert!(code == 0 && stdout.starts_with("Find the best policy"), "{stdout}");
}

#[test]
fn wrong_usage_is_exit_2() {
    let folder = folder(&[]);
    for args in [&["slove"][..], &["run", "--jobs", "0"], &["solve", "--budget", "many"], &[]] {
        assert_eq!(run(folder.path(), args).0, 2, "{args:?}");
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    let folder = folder(&[]);
    let expected = format!("taskonomy {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(done(folder.path(), &["--version"]), expected);
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let folder = folder(&[("a.csv", "target,sources,affinity\nnormals,self,1\n")]);
    for args in [&["completions", "bash"][..], &["solve", "--affinities", "a.csv"], &["--help"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_taskonomy"))
            .current_dir(folder.path())
            .args(args)
            .stdout(writer)
            .stderr(std::process::Stdio::piped())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
    }
}

#[test]
fn a_full_disk_under_stdout_is_an_environment_failure() {
    let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else {
        println!("skipped: there is no /dev/full on this system");
        return;
    };
    let folder = folder(&[]);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_taskonomy"))
        .current_dir(folder.path())
        .args(["completions", "fish"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.starts_with("error: stdout: "), "{stderr}");
}

#[test]
fn nothing_is_coloured_where_nobody_looks() {
    let folder = folder(&[("a.csv", "target,sources,affinity\nnormals,self,0.5\n")]);
    for args in [&["--help"][..], &["solve", "--affinities", "a.csv"], &["solve", "-vv"]] {
        let (_, stdout, stderr) = run(folder.path(), args);
        assert!(!stdout.contains('\u{1b}') && !stderr.contains('\u{1b}'), "{args:?}");
    }
}

#[test]
fn colours_are_for_terminals_and_no_color_takes_them_away() {
    let folder = folder(&[("a.csv", "target,sources,affinity\nnormals,self,0.5\n")]);
    let solve = format!("'{}' solve --affinities a.csv", env!("CARGO_BIN_EXE_taskonomy"));
    let on_a_terminal = |no_color: Option<&str>| {
        let mut script = std::process::Command::new("script");
        script.args(["-q", "-e", "-c", &solve, "/dev/null"]).current_dir(folder.path());
        script.env_remove("NO_COLOR").envs(no_color.map(|value| ("NO_COLOR", value)));
        script.stdin(std::process::Stdio::null());
        script.output().ok().filter(|output| output.status.success()).map(|output| output.stdout)
    };
    let Some(coloured) = on_a_terminal(None) else {
        println!("skipped: there is no script(1) that makes a terminal");
        return;
    };
    assert!(coloured.contains(&0x1b));
    let plain = on_a_terminal(Some("1")).unwrap();
    assert!(!plain.contains(&0x1b) && plain.len() > 100);
    // An empty NO_COLOR is none, see no-color.org.
    assert!(on_a_terminal(Some("")).unwrap().contains(&0x1b));
}
