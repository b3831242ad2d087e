//! Worker processes: starting them, giving them requests, hearing what they say.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use taskonomy_run::{Event, Hello, PROTOCOL, Request};

use crate::error::PlanError;

/// How workers are started.
#[derive(Debug, Clone)]
pub struct WorkerSpec {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// How many to start at most.
    pub count: usize,
    /// The version that they must be.
    pub version: String,
    /// Where their stderr is appended; inherited when absent.
    pub log: Option<PathBuf>,
    /// How long to wait for a hello, and for workers that were asked to leave.
    pub patience: Duration,
}

impl WorkerSpec {
    /// Workers of this program's version that may take a minute to start and five seconds to
    /// leave, and whose stderr is ours.
    pub fn new(program: impl Into<PathBuf>, args: Vec<OsString>, count: usize) -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let patience = Duration::from_secs(5);
        Self { program: program.into(), args, count, version, log: None, patience }
    }
}

/// libtorch takes a third of a second to load, a cold disk or a busy machine many times that.
const HELLO: Duration = Duration::from_mins(2);

/// What came from a worker.
#[derive(Debug)]
pub enum Message {
    /// An event.
    Event(Event),
    /// It is gone.
    Gone {
        /// The process id that it had.
        pid: u32,
        /// How it ended.
        how: String,
        /// Its exit code, if it ended by itself.
        code: Option<i32>,
    },
}

/// What a reading thread passes on.
enum Line {
    Text(String),
    End,
}

struct Worker {
    child: Child,
    stdin: Option<ChildStdin>,
}

/// Running workers. Each has a number, never used twice.
pub struct Pool {
    spec: WorkerSpec,
    workers: BTreeMap<usize, Worker>,
    next: usize,
    hello: Option<Hello>,
    /// How long the log was before the first of them started.
    logged: u64,
    sender: Sender<(usize, Line)>,
    receiver: Receiver<(usize, Line)>,
}

impl Pool {
    /// Starts the workers and hears their hellos.
    ///
    /// # Errors
    /// When the program cannot be started, says something else, or is of another protocol or
    /// version.
    pub fn start(spec: WorkerSpec) -> Result<Self, PlanError> {
        let (sender, receiver) = channel();
        let count = spec.count.max(1);
        let log = spec.log.as_ref().and_then(|path| path.metadata().ok());
        let logged = log.map_or(0, |log| log.len());
        let workers = BTreeMap::new();
        let mut pool = Self { spec, workers, next: 0, hello: None, logged, sender, receiver };
        for _ in 0..count {
            pool.spawn()?;
        }
        for _ in 0..count {
            pool.greet()?;
        }
        Ok(pool)
    }

    /// Starts another worker, in place of one that died. Only while no other worker is alive: the
    /// next line is taken to be its hello.
    pub fn replace(&mut self) -> Result<usize, PlanError> {
        let worker = self.spawn()?;
        self.greet()?;
        Ok(worker)
    }

    /// The workers that live.
    pub fn workers(&self) -> Vec<usize> {
        self.workers.keys().copied().collect()
    }

    /// A worker's process id.
    pub fn pid(&self, worker: usize) -> Option<u32> {
        self.workers.get(&worker).map(|w| w.child.id())
    }

    /// What the workers are.
    pub fn hello(&self) -> Option<&Hello> {
        self.hello.as_ref()
    }

    /// Sends a worker a request. That it died meanwhile is no error here: [`Pool::next`] tells.
    pub fn send(&mut self, worker: usize, request: &Request) {
        let stdin = self.workers.get_mut(&worker).and_then(|w| w.stdin.as_mut());
        if let Some(stdin) = stdin {
            let mut line = serde_json::to_vec(request).expect("keys are texts");
            line.push(b'\n');
            if stdin.write_all(&line).and_then(|()| stdin.flush()).is_err() {
                self.close(worker);
            }
        }
    }

    /// The next thing that a worker says, if one does in time. A worker that says what is no
    /// event is ended: nothing that it says can be trusted.
    pub fn next(&mut self, timeout: Duration) -> Option<(usize, Message)> {
        let deadline = Instant::now() + timeout;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.receiver.recv_timeout(left) {
                // The pool itself holds a sender, so it is never disconnected.
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
                Ok((worker, line)) => {
                    if !self.workers.contains_key(&worker) {
                        continue;
                    }
                    return Some((worker, self.understand(worker, line)));
                }
            }
        }
    }

    fn understand(&mut self, worker: usize, line: Line) -> Message {
        let pid = self.pid(worker).unwrap_or_default();
        match line {
            Line::End => {
                let (how, code) = self.bury(worker);
                Message::Gone { pid, how, code }
            }
            Line::Text(text) => match serde_json::from_str(&text) {
                Ok(event) => Message::Event(event),
                Err(error) => {
                    self.kill(worker);
                    let how = format!("it said `{text}`, which is no event ({error})");
                    Message::Gone { pid, how, code: None }
                }
            },
        }
    }

    /// Asks a worker to leave.
    pub fn close(&mut self, worker: usize) {
        if let Some(worker) = self.workers.get_mut(&worker) {
            worker.stdin = None;
        }
    }

    /// Ends a worker.
    pub fn kill(&mut self, worker: usize) {
        if let Some(mut worker) = self.workers.remove(&worker) {
            // It may have ended by itself.
            let _ = worker.child.kill();
            let _ = worker.child.wait();
        }
    }

    /// What the workers wrote to their log that most likely says why they ended: the last line
    /// that begins with `error:`, else the last.
    pub fn complaint(&self) -> Option<String> {
        let bytes = std::fs::read(self.spec.log.as_ref()?).ok()?;
        let since = bytes.get(usize::try_from(self.logged).ok()?..)?;
        let text = String::from_utf8_lossy(since);
        let lines = || text.lines().rev().map(str::trim).filter(|line| !line.is_empty());
        let error = lines().find_map(|line| line.strip_prefix("error: "));
        error.or_else(|| lines().next()).map(str::to_owned)
    }

    /// How long workers have to leave.
    pub fn patience(&self) -> Duration {
        self.spec.patience
    }

    fn spawn(&mut self) -> Result<usize, PlanError> {
        let program = || self.spec.program.clone();
        let start = |source| PlanError::Start { program: program(), source };
        let stderr = match &self.spec.log {
            Some(path) => {
                let log = OpenOptions::new().append(true).create(true).open(path);
                Stdio::from(log.map_err(start)?)
            }
            None => Stdio::inherit(),
        };
        let mut command = Command::new(&self.spec.program);
        command.args(&self.spec.args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(stderr);
        // Ctrl-C in a terminal is for the driver: it lets the workers end in order.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(start)?;
        let number = self.next;
        self.next += 1;
        let stdin = child.stdin.take();
        if let Some(stdout) = child.stdout.take() {
            let sender = self.sender.clone();
            std::thread::spawn(move || read(number, stdout, &sender));
        }
        self.workers.insert(number, Worker { child, stdin });
        Ok(number)
    }

    /// Hears one hello.
    fn greet(&mut self) -> Result<(), PlanError> {
        let program = self.spec.program.clone();
        let failed = |why: String| PlanError::Hello { program: program.clone(), why };
        let (worker, line) = loop {
            let silent = |_| failed(format!("it was silent for {} seconds", HELLO.as_secs()));
            let (worker, line) = self.receiver.recv_timeout(HELLO).map_err(silent)?;
            // Whoever was ended for what it said may have said more.
            if self.workers.contains_key(&worker) {
                break (worker, line);
            }
        };
        let text = match line {
            Line::Text(text) => text,
            Line::End => {
                let (how, _) = self.bury(worker);
                let complaint = self.complaint().map(|why| format!(" ({why})"));
                return Err(failed(how + &complaint.unwrap_or_default()));
            }
        };
        let wrong = |error| failed(format!("it said `{text}` ({error})"));
        // The number first: another protocol's hello may have other fields.
        let value: serde_json::Value = serde_json::from_str(&text).map_err(wrong)?;
        let found = value.get("protocol").and_then(serde_json::Value::as_u64);
        match found {
            Some(found) if found != u64::from(PROTOCOL) => {
                return Err(PlanError::Protocol { program, found, expected: PROTOCOL });
            }
            _ => {}
        }
        let hello: Hello = serde_json::from_str(&text).map_err(wrong)?;
        if hello.version != self.spec.version {
            let expected = self.spec.version.clone();
            return Err(PlanError::Version { program, found: hello.version, expected });
        }
        self.hello = Some(hello);
        Ok(())
    }

    /// Forgets a worker whose stdout ended; how it did, and its exit code. One that closed its
    /// stdout and goes on is ended.
    fn bury(&mut self, worker: usize) -> (String, Option<i32>) {
        let Some(mut worker) = self.workers.remove(&worker) else {
            return ("it ended".to_owned(), None);
        };
        drop(worker.stdin.take());
        if let Some(status) = wait(&mut worker.child, self.spec.patience) {
            return (status.to_string(), status.code());
        }
        let _ = worker.child.kill();
        let _ = worker.child.wait();
        ("it closed its stdout and did not leave".to_owned(), None)
    }
}

impl Drop for Pool {
    /// Asks all workers to leave and ends those that do not.
    fn drop(&mut self) {
        let numbers = self.workers();
        for &worker in &numbers {
            self.close(worker);
        }
        let deadline = Instant::now() + self.spec.patience;
        for worker in self.workers.values_mut() {
            let left = deadline.saturating_duration_since(Instant::now());
            let _ = wait(&mut worker.child, left);
        }
        for worker in numbers {
            self.kill(worker);
        }
    }
}

/// Waits for a process to end, for so long.
fn wait(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let deadline = Instant::now() + patience;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(5)),
            _ => return None,
        }
    }
}

/// Passes a worker's lines on until it closes its stdout.
fn read(number: usize, stdout: ChildStdout, sender: &Sender<(usize, Line)>) {
    let mut reader = BufReader::new(stdout);
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        match reader.read_until(b'\n', &mut bytes) {
            Ok(n) if n > 0 => {
                let text = String::from_utf8_lossy(&bytes).trim_end().to_owned();
                if sender.send((number, Line::Text(text))).is_err() {
                    return;
                }
            }
            _ => {
                // Nobody listens any more: nothing to tell.
                let _ = sender.send((number, Line::End));
                return;
            }
        }
    }
}
