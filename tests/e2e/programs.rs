//! The worker that stands beside the program: of another build, or absent.

use std::fs;
use std::process::Command;

use crate::place::{Ended, Reference};

/// `run` by the program in a folder of its own, beside this worker.
fn beside(worker: Option<&str>) -> Ended {
    // On the file system of the program, which is linked: a file that was open for writing while
    // another test started a process cannot be executed yet.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let program = folder.path().join("taskonomy");
    fs::hard_link(env!("CARGO_BIN_EXE_taskonomy"), &program).unwrap();
    if let Some(script) = worker {
        // By another process, for the same reason.
        let write = "printf %s \"$1\" > \"$0\" && chmod +x \"$0\"";
        let mut shell = Command::new("sh");
        shell.args(["-c", write]).arg(folder.path().join("taskonomy-worker")).arg(script);
        assert!(shell.status().unwrap().success());
    }
    let mut run = Command::new(program);
    run.current_dir(folder.path()).arg("run").arg(Reference::get().pipeline());
    run.output().unwrap().into()
}

#[test]
fn a_worker_of_another_build_is_refused() {
    let hello = |protocol, version| {
        format!(
            "#!/bin/sh\necho '{{\"protocol\": {protocol}, \"version\": \"{version}\", \
             \"libtorch\": \"2\", \"cpu\": [], \"pid\": 1}}'\nread line\n"
        )
    };
    let newer = beside(Some(&hello(99, env!("CARGO_PKG_VERSION"))));
    assert_eq!(newer.code, Some(4), "{newer:?}");
    assert!(newer.stderr.contains("speaks protocol 99, this program speaks"), "{newer:?}");
    let older = beside(Some(&hello(taskonomy_run::PROTOCOL, "0.0.9")));
    assert_eq!(older.code, Some(4), "{older:?}");
    assert!(older.stderr.contains("is version 0.0.9, this program is"), "{older:?}");
    assert!(older.stderr.contains("hint: install both programs from the same build"));
}

#[test]
fn a_worker_that_does_not_start_is_quoted() {
    let missing = "error while loading shared libraries: libtorch_cpu.so";
    let silent = beside(Some(&format!("#!/bin/sh\necho '{missing}' >&2\nexit 127\n")));
    assert_eq!(silent.code, Some(4), "{silent:?}");
    assert!(silent.stderr.contains("did not say hello") && silent.stderr.contains(missing));
    assert!(silent.stderr.contains("hint: `taskonomy doctor`"), "{silent:?}");
}

#[test]
fn a_missing_worker_is_named_with_a_way_to_get_one() {
    let alone = beside(None);
    assert_eq!(alone.code, Some(4), "{alone:?}");
    assert!(alone.stderr.contains("there is no taskonomy-worker beside"), "{alone:?}");
    assert!(alone.stderr.contains("hint: scripts/libtorch.sh"), "{alone:?}");
}
