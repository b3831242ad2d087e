//! Runs without libtorch: the program beside a worker that makes its losses up.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::SystemTime;

use crate::{data, files, folder, output, program};

const PIPELINE: &str = r#"
name = "tiny"
[data]
path = "d"
size = 32
[tasks]
both = ["normals", "depth_zbuffer", "edges_texture"]
source_only = ["random"]
[networks]
precision = "f32"
[transfers]
order = 2
beam = 2
[policy]
budget = 1
"#;

/// A folder with the tiny rooms, a pipeline on them, and whatever its runs make.
pub struct Bench(tempfile::TempDir);

impl Bench {
    pub fn new() -> Self {
        let folder = folder(&[("p.toml", PIPELINE)]);
        data::put(folder.path());
        Self(folder)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// What the workers do from now on, as `crates/plan/fake` reads it.
    pub fn behave(&self, behaviour: &str) {
        fs::write(self.path().join("behaviour.json"), behaviour).unwrap();
    }

    /// Exit code, stdout and stderr of the program that stands beside the fake worker.
    pub fn run(&self, args: &[&str]) -> (i32, String, String) {
        output(&mut program(&programs().join("taskonomy"), self.path()), args)
    }

    /// What must succeed: its stdout.
    pub fn done(&self, args: &[&str]) -> String {
        let (code, stdout, stderr) = self.run(args);
        assert_eq!(code, 0, "{args:?}: {stderr}");
        stdout
    }

    /// Exit code and stderr of what must fail, without process ids and paths of this machine.
    pub fn failure(&self, args: &[&str]) -> String {
        let (code, _, stderr) = self.run(args);
        assert!(code > 0, "{args:?} did not fail");
        let beside = programs().display().to_string();
        format!("exit {code}\n{}", stderr.replace(&beside, "[programs]"))
    }

    /// The files of the run that are the same whenever, wherever and however often it is done.
    pub fn results(&self) -> BTreeMap<String, Vec<u8>> {
        let mut results = files(&self.path().join("results/tiny"));
        for name in [".lock", "run.json", "events.jsonl", "workers.log", "report/index.html"] {
            results.remove(name);
        }
        results
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join("results/tiny").join(name)).unwrap()
    }
}

/// The results of a run that nothing disturbed.
pub fn undisturbed() -> &'static BTreeMap<String, Vec<u8>> {
    static RESULTS: OnceLock<BTreeMap<String, Vec<u8>>> = OnceLock::new();
    RESULTS.get_or_init(|| {
        let bench = Bench::new();
        bench.done(&["run", "p.toml"]);
        bench.results()
    })
}

/// The folder where `taskonomy` stands beside the fake worker.
pub fn programs() -> &'static Path {
    static PROGRAMS: OnceLock<PathBuf> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs-with-fake-worker");
        put(Path::new(env!("CARGO_BIN_EXE_taskonomy")), &folder.join("taskonomy"));
        put(&fake_worker(), &folder.join("taskonomy-worker"));
        folder
    })
}

/// The program in a folder without any worker.
pub fn alone() -> PathBuf {
    // Put there once: several tests ask for it at the same time.
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let program = PROGRAM.get_or_init(|| {
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("program-alone/taskonomy");
        put(Path::new(env!("CARGO_BIN_EXE_taskonomy")), &program);
        program
    });
    program.clone()
}

/// A hard link: a copy could still be open for writing when another test starts a process.
fn put(program: &Path, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    _ = fs::remove_file(to);
    fs::hard_link(program, to).unwrap();
}

/// The worker of the package taskonomy-plan, built unless it is there and new enough.
fn fake_worker() -> PathBuf {
    let ours = Path::new(env!("CARGO_BIN_EXE_taskonomy"));
    let fake = ours.with_file_name("taskonomy-plan-fake");
    let changed = |path: &Path| path.metadata().and_then(|file| file.modified()).ok();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/plan/fake");
    let sources = files(&sources).into_keys().map(|name| sources.join(name));
    let newest: Option<SystemTime> = sources.filter_map(|source| changed(&source)).max();
    if changed(&fake) < newest {
        let profile = ours.parent().unwrap();
        let name = profile.file_name().unwrap().to_str().unwrap();
        let status = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "-p", "taskonomy-plan", "--bin", "taskonomy-plan-fake"])
            .args(["--profile", if name == "debug" { "dev" } else { name }, "--target-dir"])
            .arg(profile.parent().unwrap())
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .unwrap();
        assert!(status.success(), "the fake worker does not build");
    }
    fake
}
