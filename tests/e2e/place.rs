//! Where runs take place, and how a test follows one while it is going on.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use taskonomy_run::{DriverEvent, Entry, RunDir};
use tempfile::TempDir;

/// Three trained tasks, one dense, one of classes and one vector, and `random`; order 2, and the
/// networks on little data.
const PIPELINE: &str = r#"
name = "tiny"
seed = 3
[data]
path = "{data}"
make = "rooms"
size = 32
scenes = { networks = 6, transfers = 3, validation = 2, test = 3 }
views = 4
[tasks]
both = ["normals", "point_matching", "vanishing_points"]
source_only = ["random"]
[networks]
epochs = 2
batch = 8
[transfers]
order = 2
epochs = 2
keep_weights = "all"
small_networks = true
[policy]
budget = 1
"#;

/// Nothing here takes so long, however busy the machine.
const HUNG: Duration = Duration::from_mins(2);

/// One undisturbed run, made once for all tests: images, pipeline and results.
pub struct Reference {
    folder: PathBuf,
    /// How its `run` ended.
    pub output: Output,
    /// Held until this process ends: another test process would make the folder anew.
    _lock: File,
}

impl Reference {
    pub fn get() -> &'static Self {
        static REFERENCE: OnceLock<Reference> = OnceLock::new();
        REFERENCE.get_or_init(|| {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("e2e");
            let lock = File::create(folder.with_extension("lock")).unwrap();
            lock.lock().unwrap();
            if folder.exists() {
                fs::remove_dir_all(&folder).unwrap();
            }
            fs::create_dir_all(&folder).unwrap();
            let pipeline = folder.join("tiny.toml");
            let data = folder.join("data");
            fs::write(&pipeline, PIPELINE.replace("{data}", data.to_str().unwrap())).unwrap();
            let run = folder.join("tiny");
            let output = taskonomy(&folder)
                .args(["run", "tiny.toml", "--jobs", "2", "--run"])
                .arg(run)
                .output()
                .unwrap();
            Self { folder, output, _lock: lock }
        })
    }

    pub fn run(&self) -> PathBuf {
        self.folder.join("tiny")
    }

    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub fn pipeline(&self) -> PathBuf {
        self.folder.join("tiny.toml")
    }
}

/// The program, in a folder.
pub fn taskonomy(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taskonomy"));
    command.current_dir(folder).env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        Self { code: output.status.code(), stdout, stderr }
    }
}

/// A run of the reference's pipeline and images in a folder of its own.
pub struct Place {
    folder: TempDir,
    pub pipeline: PathBuf,
    pub run: RunDir,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDir::new(folder.path().join("tiny"));
        Self { folder, pipeline: Reference::get().pipeline(), run }
    }

    /// The same on other images, which `make` puts at the path.
    pub fn on_other_images(make: impl FnOnce(&Path)) -> Self {
        let place = Self::new();
        let (data, pipeline) = (place.path().join("data"), place.path().join("tiny.toml"));
        make(&data);
        fs::write(&pipeline, PIPELINE.replace("{data}", data.to_str().unwrap())).unwrap();
        Self { pipeline, ..place }
    }

    /// The reference's images, and its pipeline with something changed.
    pub fn with_other_settings(change: impl FnOnce(String) -> String) -> Self {
        let place = Self::new();
        let pipeline = place.path().join("tiny.toml");
        let text = PIPELINE.replace("{data}", Reference::get().data().to_str().unwrap());
        fs::write(&pipeline, change(text)).unwrap();
        Self { pipeline, ..place }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// `taskonomy COMMAND PIPELINE --run RUN ARGS`.
    pub fn command(&self, command: &str, args: &[&str]) -> Command {
        let mut process = taskonomy(self.path());
        process.arg(command).arg(&self.pipeline).arg("--run").arg(self.run.root()).args(args);
        process
    }

    /// That command to its end.
    pub fn call(&self, command: &str, args: &[&str]) -> Ended {
        self.command(command, args).output().unwrap().into()
    }

    /// `taskonomy run` with two workers to its end.
    pub fn finish(&self) -> Ended {
        self.call("run", &["--jobs", "2"])
    }

    /// `taskonomy run` with two workers, behind a limit of so many KiB per file.
    pub fn finish_with_files_up_to(&self, kib: usize) -> Ended {
        let run = self.command("run", &["--jobs", "2"]);
        // POSIX counts in units of 512 bytes.
        let script = format!("ulimit -f {}; exec \"$0\" \"$@\"", 2 * kib);
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).arg(run.get_program()).args(run.get_args());
        shell.current_dir(self.path()).env("NO_COLOR", "1").output().unwrap().into()
    }

    /// What `status --json` says about the state.
    pub fn state(&self) -> String {
        let mut status = taskonomy(self.path());
        let output = status.args(["status", "--json", "--run"]).arg(self.run.root()).output();
        let status: serde_json::Value = serde_json::from_slice(&output.unwrap().stdout).unwrap();
        status["state"].as_str().unwrap().to_owned()
    }

    pub fn entries(&self) -> Vec<Entry> {
        self.run.events().unwrap().into_iter().map(|logged| logged.entry).collect()
    }

    /// Starts `taskonomy run` with two workers.
    pub fn start(&self) -> Running<'_> {
        self.start_command("run", &["--jobs", "2"])
    }

    /// Starts any command of a run.
    pub fn start_command(&self, command: &str, args: &[&str]) -> Running<'_> {
        let known = self.entries().len();
        let mut run = self.command(command, args);
        let child = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        Running { place: self, child: Some(child), known }
    }
}

/// A run that is going on; killed when a test fails.
pub struct Running<'p> {
    place: &'p Place,
    child: Option<Child>,
    /// Lines of the log that were there before, or were looked at.
    known: usize,
}

impl Running<'_> {
    /// The driver's process id.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// Looks at every event in turn until one is what was waited for; `None` when the run ended
    /// without it.
    pub fn next<T>(&mut self, wanted: impl Fn(&Entry) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + HUNG;
        loop {
            // Asked before the log is read: whoever ended wrote all its lines before.
            let ended = self.child.as_mut().unwrap().try_wait().unwrap().is_some();
            for entry in &self.place.entries()[self.known..] {
                self.known += 1;
                if let Some(found) = wanted(entry) {
                    return Some(found);
                }
            }
            if ended {
                return None;
            }
            assert!(Instant::now() < deadline, "the run hangs");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// As [`Self::next`], of a run that cannot end before.
    pub fn wait_for<T>(&mut self, wanted: impl Fn(&Entry) -> Option<T>) -> T {
        match self.next(wanted) {
            Some(found) => found,
            None => panic!("the run ended: {:?}", self.collect()),
        }
    }

    pub fn signal(&self, signal: Signal) {
        kill(self.pid(), signal);
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ended {
        self.collect()
    }

    fn collect(&mut self) -> Ended {
        self.child.take().unwrap().wait_with_output().unwrap().into()
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub fn kill(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    // Whoever is gone already needs no signal.
    let _ = kill_process(pid, signal);
}

/// For [`Running::next`]: the job that a worker was given, and the worker.
pub fn started(entry: &Entry) -> Option<(taskonomy_run::JobKind, u32)> {
    match entry {
        Entry::Driver(DriverEvent::Started { job, pid }) => Some((job.clone(), *pid)),
        _ => None,
    }
}
