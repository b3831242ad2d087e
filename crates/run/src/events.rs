//! `events.jsonl`: what happened, one line an event. Only ever appended to.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::dir::RunDir;
use crate::error::RunError;
use crate::job::JobKind;
use crate::protocol::Event;

/// A line of `events.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Logged {
    /// Seconds since 1970.
    pub time: f64,
    /// What happened.
    #[serde(flatten)]
    pub entry: Entry,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Entry {
    /// A worker said so.
    Worker(Event),
    /// The driver saw to it.
    Driver(DriverEvent),
}

/// What the driver itself has to tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum DriverEvent {
    /// Workers were started.
    Begun {
        /// How many.
        workers: usize,
        /// Their version.
        version: String,
        /// Their libtorch.
        libtorch: String,
        /// The CPU features that they use.
        cpu: Vec<String>,
    },
    /// A job was given to a worker.
    Started {
        /// Which.
        job: JobKind,
        /// The worker's process id.
        pid: u32,
    },
    /// A worker died, and with it the attempt at a job.
    Died {
        /// The job, if it had one.
        job: Option<JobKind>,
        /// The worker's process id.
        pid: u32,
        /// How it ended.
        how: String,
    },
    /// The invocation ended.
    Ended {
        /// Jobs executed.
        done: usize,
        /// Jobs failed.
        failed: usize,
        /// Jobs left.
        left: usize,
        /// Whether it was asked to stop.
        interrupted: bool,
    },
}

/// The log, open for appending.
#[derive(Debug)]
pub struct EventLog {
    file: File,
    path: PathBuf,
}

impl EventLog {
    /// Appends a line. One write per line, so that a reader meets whole lines.
    pub fn append(&mut self, entry: &Entry) -> Result<(), RunError> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let logged = Logged { time: since.as_millis() as f64 / 1e3, entry: entry.clone() };
        let mut line = serde_json::to_vec(&logged).expect("keys are texts");
        line.push(b'\n');
        self.file
            .write_all(&line)
            .map_err(|source| RunError::Io { path: self.path.clone(), source })
    }
}

impl RunDir {
    /// Opens `events.jsonl` for appending. A line that a crash left half-written is ended first.
    pub fn event_log(&self) -> Result<EventLog, RunError> {
        let path = self.path("events.jsonl");
        let open = || -> io::Result<File> {
            std::fs::create_dir_all(self.root())?;
            let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path)?;
            if file.seek(SeekFrom::End(0))? > 0 {
                file.seek(SeekFrom::End(-1))?;
                let mut last = [0];
                file.read_exact(&mut last)?;
                if last != *b"\n" {
                    file.write_all(b"\n")?;
                }
            }
            Ok(file)
        };
        match open() {
            Ok(file) => Ok(EventLog { file, path }),
            Err(source) => Err(RunError::Io { path, source }),
        }
    }

    /// The events so far. Lines that a crash cut are left out; no log is an empty one.
    pub fn events(&self) -> Result<Vec<Logged>, RunError> {
        let path = self.path("events.jsonl");
        let bytes = match std::fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            bytes => bytes.map_err(|source| RunError::Io { path, source })?,
        };
        let lines = bytes.split(|&b| b == b'\n');
        Ok(lines.filter_map(|line| serde_json::from_slice(line).ok()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_line_costs_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDir::new(folder.path());
        assert_eq!(run.events().unwrap(), []);
        let job = JobKind::Scratch { target: "normals".parse().unwrap(), replica: 2 };
        let entries = [
            Entry::Driver(DriverEvent::Started { job: job.clone(), pid: 7 }),
            Entry::Worker(Event::Epoch {
                job: job.clone(),
                epoch: 1,
                epochs: 2,
                train: 0.5,
                validation: 0.25,
            }),
            Entry::Worker(Event::Done { job, seconds: 1.5, spent: None }),
        ];
        let mut log = run.event_log().unwrap();
        log.append(&entries[0]).unwrap();
        log.append(&entries[1]).unwrap();
        log.file.write_all(b"{\"time\": 3, \"event\": \"do").unwrap();
        let read = |n| {
            let events = run.events().unwrap();
            assert!(events.iter().all(|e| e.time > 1e9));
            assert_eq!(events.into_iter().map(|e| e.entry).collect::<Vec<_>>(), entries[..n]);
        };
        read(2);
        run.event_log().unwrap().append(&entries[2]).unwrap();
        read(3);
    }
}
