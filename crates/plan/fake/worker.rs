//! The worker: protocol as the real one's, losses from a seed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};

use serde::{Deserialize, Serialize};
use taskonomy_run::{
    Done, Event, Failed, Hello, Job, JobKind, Losses, Measured, PROTOCOL, Pace, Paces, Request,
    RunDir, Spent, write_atomic,
};

use crate::Result;

/// How the worker misbehaves; jobs by their names.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Behaviour {
    /// Its hello says so.
    protocol: Option<u32>,
    /// Its hello says so.
    version: Option<String>,
    /// Dies in the middle of these jobs, so many times.
    crash: BTreeMap<String, u32>,
    /// Reports these as failed.
    fail: BTreeSet<String>,
    /// Reports a broken environment at these.
    broken: BTreeSet<String>,
    /// Never finishes these; `measure` is the answer what steps take.
    hang: BTreeSet<String>,
    /// Never finishes these and does not leave when asked to.
    deaf: BTreeSet<String>,
    /// Prints no event at these.
    babble: BTreeSet<String>,
    /// Ends itself at these, with the exit code of a broken environment.
    unable: BTreeSet<String>,
    /// Says that these are done and does nothing.
    lie: BTreeSet<String>,
}

impl Behaviour {
    fn read(control: &Path) -> Result<Self> {
        match std::fs::read(control.join("behaviour.json")) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
            Err(_) => Ok(Self::default()),
        }
    }
}

/// Answers requests until stdin ends.
pub fn work(run: &RunDir, control: &Path) -> Result<()> {
    let behaviour = Behaviour::read(control)?;
    say(&hello(&behaviour))?;
    let (sender, requests) = channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(std::result::Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    while let Ok(line) = requests.recv() {
        if let Request::Job(job) = serde_json::from_str(&line)? {
            execute(run, control, &behaviour, job, &requests)?;
        }
    }
    Ok(())
}

fn hello(behaviour: &Behaviour) -> Hello {
    Hello {
        protocol: behaviour.protocol.unwrap_or(PROTOCOL),
        version: behaviour.version.clone().unwrap_or(env!("CARGO_PKG_VERSION").to_owned()),
        libtorch: "none".to_owned(),
        cpu: Vec::new(),
        pid: std::process::id(),
    }
}

/// Answers one request with round numbers; where `measure` hangs, with nothing.
pub fn measure(control: &Path) -> Result<()> {
    say(&hello(&Behaviour::default()))?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    if Behaviour::read(control)?.hang.contains("measure") {
        // Until stdin ends.
        while std::io::stdin().read_line(&mut String::new())? > 0 {}
        return Ok(());
    }
    let Request::Measure(_) = serde_json::from_str(&line)? else {
        return Err("no request to measure".into());
    };
    let pace = |seconds| Pace { seconds, bytes: 1_000_000 };
    let paces = |seconds| Paces { map: pace(seconds), flat: pace(seconds / 2.0) };
    let (network, readout, scratch) = (paces(0.08), paces(0.01), paces(0.02));
    say(&Event::Measured(Measured { network, encoding: 0.02, readout, scratch }))
}

fn execute(
    run: &RunDir,
    control: &Path,
    behaviour: &Behaviour,
    job: Job,
    requests: &Receiver<String>,
) -> Result<()> {
    let (kind, folder) = (job.kind.clone(), run.job(&job.kind));
    let name = kind.to_string();
    // As plain files: a test has hundreds of jobs, and the disk takes its time for an fsync.
    std::fs::create_dir_all(folder.folder())?;
    std::fs::write(folder.path("metrics.jsonl"), format!("{{\"job\":\"{name}\"}}\n"))?;
    if crashes(control, behaviour, &name)? {
        std::fs::write(folder.path(".tmp-half"), b"half")?;
        std::process::abort();
    }
    if behaviour.babble.contains(&name) {
        writeln!(std::io::stdout(), "warning: this is no event")?;
        return Ok(());
    }
    while behaviour.deaf.contains(&name) {
        std::thread::park();
    }
    if behaviour.unable.contains(&name) {
        return Err("there is no dataset".into());
    }
    if behaviour.hang.contains(&name) {
        // Until stdin ends.
        while requests.recv().is_ok() {}
        return Ok(());
    }
    if behaviour.broken.contains(&name) {
        return say(&Event::Broken { job: kind, error: "no space left".to_owned() });
    }
    if behaviour.fail.contains(&name) {
        let error = "the loss is NaN in epoch 2".to_owned();
        folder.fail(&Failed { job, error: error.clone() })?;
        return say(&Event::Failed { job: kind, error });
    }
    if behaviour.lie.contains(&name) {
        return say(&Event::Done { job: kind, seconds: 1.0, spent: None });
    }
    let (epoch, epochs, train, validation) = (1, 1, 0.5, f64::NAN);
    say(&Event::Epoch { job: kind.clone(), epoch, epochs, train, validation })?;
    // Of every run, training and round other ones.
    let seed = job.fingerprint.0.get("seed").map_or(Ok(1), |seed| seed.parse::<u64>())?;
    let round = if let JobKind::Leg { epochs, .. } = kind { epochs as u64 } else { 0 };
    let mut state = kind.seed(seed + 1000 * round);
    let mut five = || (0..5).map(|_| random(&mut state)).collect();
    let (validation, test) = (five(), if round > 0 { Vec::new() } else { five() });
    let is_network = matches!(kind, JobKind::Network { .. } | JobKind::Small { .. });
    let losses = Losses { validation, test, constant: is_network.then(five) };
    if round > 0 {
        folder.keep_checkpoint(b"state")?;
    } else {
        std::fs::write(folder.path("weights.safetensors"), job.fingerprint.hash())?;
    }
    std::fs::write(folder.path("losses.safetensors"), losses.to_bytes())?;
    folder.finish(&Done { job, libtorch: "none".to_owned(), cpu: Vec::new() })?;
    let spent = Some(Spent { forward: 0.0005, samples: 5, ..Spent::default() });
    say(&Event::Done { job: kind, seconds: 0.001, spent })
}

/// Whether to die, counting down in a file: the next worker is another process.
fn crashes(control: &Path, behaviour: &Behaviour, name: &str) -> Result<bool> {
    let Some(times) = behaviour.crash.get(name) else { return Ok(false) };
    let path = control.join(name);
    let before: u32 = match std::fs::read_to_string(&path) {
        Ok(text) => text.parse()?,
        Err(_) => 0,
    };
    write_atomic(&path, (before + 1).to_string().as_bytes())?;
    Ok(before < *times)
}

fn say(value: &impl Serialize) -> Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(&line)?;
    Ok(stdout.flush()?)
}

/// In [0, 1), by a linear congruential generator (Knuth's constants).
fn random(state: &mut u64) -> f32 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 40) as f32 / (1_u64 << 24) as f32
}
