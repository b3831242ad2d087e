//! Help texts, completions, manual pages, start-up.

use crate::{folder, run};

#[test]
fn every_help_text() {
    let folder = folder(&[]);
    let commands = [
        &[][..],
        &["run"],
        &["stage1"],
        &["stage3"],
        &["solve"],
        &["export"],
        &["init"],
        &["data"],
        &["data", "rooms"],
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
fn wrong_usage_is_exit_2() {
    let folder = folder(&[]);
    for args in [&["slove"][..], &["run", "--jobs", "0"], &["solve", "--budget", "many"], &[]] {
        assert_eq!(run(folder.path(), args).0, 2, "{args:?}");
    }
}
