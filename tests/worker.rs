//! The worker as its driver meets it: a process, two pipes, a run directory.
#![cfg(feature = "torch")]
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use taskonomy_core::{Domain, Dtype, Split, Values};
use taskonomy_data::{DatasetWriter, Provenance, Sample};
use taskonomy_run::{Event, Fingerprint, Hello, Job, JobKind, JobState, PROTOCOL, Request, RunDir};

const SIDE: usize = 32;

/// A run over a dataset of grey images of many brightnesses.
fn make_run(place: &Path, epochs: usize) -> RunDir {
    let data = place.join("data");
    let rgb = Domain {
        name: "rgb".into(),
        dtype: Dtype::U8,
        shape: [3, SIDE, SIDE],
        unit: "test".into(),
        invalid: None,
        classes: vec![],
        views: 1,
        note: String::new(),
    };
    let provenance = Provenance { generator: "grey".into(), seed: 1 };
    let mut writer = DatasetWriter::create(&data, provenance, vec![rgb], SIDE).unwrap();
    for split in Split::ALL {
        for i in 0..16 {
            let id = format!("{split}_{i}");
            let values = Values::U8(vec![16 * i; 3 * SIDE * SIDE]);
            let values = BTreeMap::from([("rgb".to_owned(), values)]);
            writer.append(split, Sample { scene: id.clone(), id }, &values).unwrap();
        }
    }
    writer.finish().unwrap();
    let run = RunDir::new(place.join("run"));
    let path = data.display();
    run.write_config(&format!(
        "name = 'test'\n[data]\npath = '{path}'\nsize = 32\n[tasks]\nboth = ['autoencoding', \
         'normals']\n[networks]\nepochs = {epochs}\nprecision = 'f32'\n"
    ))
    .unwrap();
    run
}

struct Worker {
    process: Child,
    events: BufReader<ChildStdout>,
}

impl Worker {
    /// Starts it through a shell so that limits can be set before.
    fn start(run: &RunDir, limits: &str) -> Self {
        let worker = env!("CARGO_BIN_EXE_taskonomy-worker");
        let mut process = Command::new("sh")
            .args(["-c", &format!("{limits} exec \"$0\" --checkpoint-every 0 --run \"$1\"")])
            .arg(worker)
            .arg(run.root())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let events = BufReader::new(process.stdout.take().unwrap());
        Self { process, events }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.events.read_line(&mut line).unwrap();
        line
    }

    fn hello(&mut self) -> Hello {
        serde_json::from_str(&self.line()).unwrap()
    }

    fn ask(&mut self, job: &Job) {
        let line = serde_json::to_string(&Request::Job(job.clone())).unwrap();
        writeln!(self.process.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// The last event of a job, and how many epochs were told of before it.
    fn result(&mut self) -> (usize, Event) {
        let mut epochs = 0;
        loop {
            match serde_json::from_str(&self.line()).unwrap() {
                Event::Epoch { .. } => epochs += 1,
                event => return (epochs, event),
            }
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Already gone where a test went well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn network(task: &str) -> Job {
    let fingerprint = Fingerprint([("seed".to_owned(), "1".to_owned())].into());
    Job { kind: JobKind::Network { task: task.parse().unwrap() }, fingerprint }
}

#[test]
fn it_greets_works_through_its_jobs_and_leaves() {
    let place = tempfile::tempdir().unwrap();
    let run = make_run(place.path(), 2);
    let mut worker = Worker::start(&run, "");
    let hello = worker.hello();
    assert_eq!(hello.protocol, PROTOCOL);
    assert_eq!(hello.pid, worker.process.id());

    let (good, bad) = (network("autoencoding"), network("normals"));
    worker.ask(&good);
    let (epochs, event) = worker.result();
    assert!(matches!(event, Event::Done { .. }), "{event:?}");
    assert_eq!((epochs, run.state(&good).unwrap()), (2, JobState::Done));
    assert_eq!(run.job(&good.kind).done().unwrap().unwrap().cpu, hello.cpu);

    // The dataset has no normals: the job fails, and the worker goes on.
    worker.ask(&bad);
    let (_, event) = worker.result();
    assert!(matches!(event, Event::Failed { .. }), "{event:?}");
    assert!(matches!(run.state(&bad).unwrap(), JobState::Failed { .. }));
    worker.ask(&good);
    assert!(matches!(worker.result().1, Event::Done { .. }));

    drop(worker.process.stdin.take());
    assert_eq!(worker.process.wait().unwrap().code(), Some(0));
}

/// The files of a job.
fn files(run: &RunDir, job: &Job) -> Vec<String> {
    let entries = std::fs::read_dir(run.job(&job.kind).folder()).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

#[test]
fn a_job_that_is_ended_leaves_a_checkpoint_within_seconds_and_goes_on_from_it() {
    type End = fn(&mut Worker);
    let stdin: End = |worker| drop(worker.process.stdin.take());
    let signal: End = |worker| {
        rustix::process::kill_process(
            rustix::process::Pid::from_child(&worker.process),
            rustix::process::Signal::TERM,
        )
        .unwrap();
    };
    let place = tempfile::tempdir().unwrap();
    let run = make_run(place.path(), 1_000_000);
    let job = network("autoencoding");
    let mut reached = 0;
    for end in [stdin, signal, stdin] {
        let mut worker = Worker::start(&run, "");
        worker.hello();
        worker.ask(&job);
        let mut event = || serde_json::from_str(&worker.line()).unwrap();
        if reached > 0 {
            let resumed: Event = event();
            let Event::Resumed { epoch, .. } = resumed else { panic!("{resumed:?}") };
            assert!(epoch >= reached, "{epoch} after {reached}");
        }
        let first: Event = event();
        let Event::Epoch { epoch, .. } = first else { panic!("{first:?}") };
        assert!(epoch > reached, "{epoch} after {reached}");
        reached = epoch;
        let start = Instant::now();
        end(&mut worker);
        // Its output must be read, or it could wait for us.
        while !worker.line().is_empty() {}
        assert_eq!(worker.process.wait().unwrap().code(), Some(0));
        assert!(start.elapsed() < Duration::from_secs(3));
        assert_eq!(files(&run, &job), ["checkpoint.safetensors"]);
    }
}

#[test]
fn an_idle_worker_ends_at_once_when_it_is_terminated() {
    let place = tempfile::tempdir().unwrap();
    let run = make_run(place.path(), 1);
    let mut worker = Worker::start(&run, "");
    worker.hello();
    worker.ask(&network("autoencoding"));
    assert!(matches!(worker.result().1, Event::Done { .. }));
    let pid = rustix::process::Pid::from_child(&worker.process);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    while !worker.line().is_empty() {}
    worker.process.wait().unwrap();
}

#[test]
fn a_damaged_checkpoint_is_left_out_and_said_so() {
    let place = tempfile::tempdir().unwrap();
    let run = make_run(place.path(), 2);
    let job = network("autoencoding");
    run.job(&job.kind).keep_checkpoint(b"no checkpoint").unwrap();
    let mut worker = Worker::start(&run, "");
    worker.hello();
    worker.ask(&job);
    let (epochs, event) = worker.result();
    let Event::Done { seconds, spent: Some(spent), .. } = event else { panic!("{event:?}") };
    assert_eq!(epochs, 2, "it began anew");
    assert_eq!(spent.samples, 2 * 16);
    let parts = [spent.data, spent.forward, spent.backward, spent.optimizer, spent.evaluation];
    assert!(parts.iter().all(|&part| part > 0.0) && spent.total() <= seconds, "{spent:?}");
    assert!(!files(&run, &job).contains(&"checkpoint.safetensors".to_owned()));
    drop(worker.process.stdin.take());
    let mut said = String::new();
    worker.process.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("stage1/autoencoding: the checkpoint is left out"), "{said}");
}

#[test]
fn a_limit_on_file_sizes_is_the_environments_fault() {
    let place = tempfile::tempdir().unwrap();
    let run = make_run(place.path(), 1);
    let mut worker = Worker::start(&run, "ulimit -f 1;");
    worker.hello();
    let job = network("autoencoding");
    worker.ask(&job);
    let (_, event) = worker.result();
    assert!(matches!(event, Event::Broken { .. }), "{event:?}");
    assert_eq!(run.state(&job).unwrap(), JobState::Missing);
}

#[test]
fn a_run_that_is_not_there_is_an_environment_error() {
    let place = tempfile::tempdir().unwrap();
    let run = RunDir::new(place.path().join("nowhere"));
    let mut worker = Worker::start(&run, "");
    worker.hello();
    assert_eq!(worker.process.wait().unwrap().code(), Some(4));
}
