//! Where the time of a run's workers went, from its log.

use std::collections::BTreeMap;

use taskonomy_run::{DriverEvent, Entry, Event, JobKind, Logged, Spent, StageRecord};

use crate::grid::{Cell, Grid};

/// Where the time of a run's workers went, over all invocations.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunTimes {
    /// Of every stage and kind of job.
    pub jobs: Vec<JobTimes>,
    /// Of every stage.
    pub stages: BTreeMap<u8, StageTimes>,
}

/// The finished jobs of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct JobTimes {
    /// Their stage.
    pub stage: u8,
    /// What kind of job.
    pub kind: &'static str,
    /// How many.
    pub jobs: usize,
    /// Seconds of workers.
    pub seconds: f64,
    /// Those of them of jobs that said what they were spent on.
    pub split: f64,
    /// On what.
    pub spent: Spent,
}

/// The workers of one stage, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct StageTimes {
    /// Time during which at least one of its jobs ran.
    pub time: f64,
    /// Workers' time in attempts that finished their job.
    pub finished: f64,
    /// Workers' time in attempts that did not: stopped, killed, failed.
    pub unfinished: f64,
    /// Time of workers without a job while others had one; it counts to the first stage that is
    /// worked on, because that is what everyone waits for.
    pub idle: f64,
}

impl JobTimes {
    /// Seconds that no activity accounts for.
    pub fn other(&self) -> f64 {
        (self.split - self.spent.total()).max(0.0)
    }

    /// Samples that a worker trains on per second of training steps.
    pub fn samples_per_second(&self) -> Option<f64> {
        let seconds = self.spent.training();
        (self.spent.samples > 0 && seconds > 0.0).then(|| self.spent.samples as f64 / seconds)
    }

    fn add(&mut self, other: &Self) {
        self.jobs += other.jobs;
        self.seconds += other.seconds;
        self.split += other.split;
        self.spent.add(&other.spent);
    }
}

impl RunTimes {
    /// From the log of a run.
    pub fn of(events: &[Logged]) -> Self {
        let mut jobs = BTreeMap::<(u8, &str), JobTimes>::new();
        for logged in events {
            let Entry::Worker(Event::Done { job, seconds, spent }) = &logged.entry else {
                continue;
            };
            let (stage, kind) = (job.stage(), job.name());
            let one = JobTimes {
                stage,
                kind,
                jobs: 1,
                seconds: *seconds,
                split: spent.map_or(0.0, |_| *seconds),
                spent: spent.unwrap_or_default(),
            };
            let sum = jobs.entry((stage, kind));
            sum.or_insert(JobTimes { stage, kind, ..JobTimes::default() }).add(&one);
        }
        Self { jobs: jobs.into_values().collect(), stages: Clockwork::run(events) }
    }

    /// The jobs, then the stages with the processor time that `run.json` has of them.
    pub fn tables(&self, records: &BTreeMap<u8, StageRecord>) -> [Grid; 2] {
        [self.job_table(), self.stage_table(records)]
    }

    fn job_table(&self) -> Grid {
        let mut all = JobTimes::default();
        self.jobs.iter().for_each(|kind| all.add(kind));
        let mut rows: Vec<_> = self
            .jobs
            .iter()
            .map(|kind| row(kind, Cell::Text(kind.stage.to_string()), kind.kind))
            .collect();
        if rows.len() > 1 {
            rows.push(row(&all, Cell::Text(String::new()), "all"));
        }
        let mut notes = vec![
            "seconds of workers, which have one thread each; samples/s: of training steps, per worker"
                .to_owned(),
        ];
        if all.split < all.seconds {
            notes.push(format!(
                "{:.0} of {:.0} seconds are of jobs that did not say what they were spent on",
                all.seconds - all.split,
                all.seconds
            ));
        }
        let header = [
            "stage",
            "job",
            "jobs",
            "seconds",
            "per job",
            "data",
            "forward",
            "backward",
            "optimiser",
            "evaluation",
            "files",
            "other",
            "samples/s",
        ];
        Grid { header: header.map(str::to_owned).into(), rows, notes }
    }

    fn stage_table(&self, records: &BTreeMap<u8, StageRecord>) -> Grid {
        let row = |(stage, times): (&u8, &StageTimes)| {
            let StageTimes { time, finished, unfinished, idle } = *times;
            let all = finished + unfinished + idle;
            let seconds = |value: f64| Cell::number(Some(value), 1);
            let cpu = records.get(stage).and_then(|record| record.cpu_seconds);
            vec![
                Cell::Text(stage.to_string()),
                seconds(time),
                seconds(finished),
                seconds(unfinished),
                seconds(idle),
                Cell::percent((all > 0.0).then(|| idle / all)),
                Cell::number(cpu, 1),
            ]
        };
        let header = ["stage", "seconds", "finished jobs", "other attempts", "idle", "idle", "CPU"];
        Grid {
            header: header.map(str::to_owned).into(),
            rows: self.stages.iter().map(row).collect(),
            notes: vec![
                "seconds: while jobs of the stage ran; then those of workers in attempts that \
                 finished their job,\nin other attempts, and without a job; CPU: of finished and \
                 failed jobs"
                    .to_owned(),
            ],
        }
    }
}

fn row(times: &JobTimes, stage: Cell, name: &str) -> Vec<Cell> {
    let JobTimes { jobs, seconds, split, spent, .. } = times;
    let share = |part: f64| Cell::percent((*split > 0.0).then(|| part / split));
    vec![
        stage,
        Cell::Text(name.to_owned()),
        Cell::Number(jobs.to_string()),
        Cell::number(Some(*seconds), 1),
        Cell::number((*jobs > 0).then(|| seconds / *jobs as f64), 2),
        share(spent.data),
        share(spent.forward),
        share(spent.backward),
        share(spent.optimizer),
        share(spent.evaluation),
        share(spent.files),
        share(times.other()),
        Cell::number(times.samples_per_second(), 0),
    ]
}

/// Goes through a log and charges the time between two events to whoever worked or waited.
#[derive(Default)]
struct Clockwork {
    now: f64,
    workers: usize,
    /// By process: the job that it has, and since when.
    running: BTreeMap<u32, (JobKind, f64)>,
    stages: BTreeMap<u8, StageTimes>,
}

impl Clockwork {
    fn run(events: &[Logged]) -> BTreeMap<u8, StageTimes> {
        let mut clock = Self::default();
        for Logged { time, entry } in events {
            if let Entry::Driver(DriverEvent::Begun { workers, .. }) = entry {
                // Whatever still seems to run was killed with the driver before.
                clock.abandon();
                (clock.workers, clock.now) = (*workers, *time);
                continue;
            }
            clock.pass(*time);
            match entry {
                Entry::Driver(DriverEvent::Started { job, pid }) => {
                    clock.running.insert(*pid, (job.clone(), *time));
                }
                Entry::Driver(DriverEvent::Died { pid, .. }) => {
                    clock.end(*pid, false);
                    // The last one is replaced.
                    clock.workers = (clock.workers - 1).max(1);
                }
                Entry::Driver(DriverEvent::Ended { .. }) => clock.abandon(),
                Entry::Worker(Event::Done { job, .. }) => clock.end_job(job, true),
                Entry::Worker(Event::Failed { job, .. } | Event::Broken { job, .. }) => {
                    clock.end_job(job, false);
                }
                _ => {}
            }
        }
        clock.abandon();
        clock.stages
    }

    /// Time passes up to the next event.
    fn pass(&mut self, time: f64) {
        // A clock that was put back measures nothing.
        let seconds = (time - self.now).max(0.0);
        self.now = time;
        let mut stages: Vec<u8> = self.running.values().map(|(job, _)| job.stage()).collect();
        stages.sort_unstable();
        stages.dedup();
        for &stage in &stages {
            self.stages.entry(stage).or_default().time += seconds;
        }
        if let Some(&first) = stages.first() {
            let idle = self.workers.saturating_sub(self.running.len());
            self.stages.entry(first).or_default().idle += idle as f64 * seconds;
        }
    }

    fn end(&mut self, pid: u32, finished: bool) {
        let Some((job, since)) = self.running.remove(&pid) else { return };
        let stage = self.stages.entry(job.stage()).or_default();
        let seconds = (self.now - since).max(0.0);
        *if finished { &mut stage.finished } else { &mut stage.unfinished } += seconds;
    }

    fn end_job(&mut self, job: &JobKind, finished: bool) {
        let has = |(pid, (running, _)): (&u32, &(JobKind, f64))| (running == job).then_some(*pid);
        if let Some(pid) = self.running.iter().find_map(has) {
            self.end(pid, finished);
        }
    }

    fn abandon(&mut self) {
        while let Some(&pid) = self.running.keys().next() {
            self.end(pid, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(lines: &[(f64, &str)]) -> Vec<Logged> {
        let line = |&(time, rest): &(f64, &str)| {
            serde_json::from_str(&format!("{{\"time\":{time},{rest}}}")).unwrap()
        };
        lines.iter().map(line).collect()
    }

    fn begun(workers: usize) -> String {
        format!(r#""event":"begun","workers":{workers},"version":"0","libtorch":"2","cpu":[]"#)
    }

    fn started(task: &str, pid: u32) -> String {
        let job = format!(r#"{{"kind":"network","task":"{task}"}}"#);
        format!(r#""event":"started","job":{job},"pid":{pid}"#)
    }

    fn done(task: &str, seconds: f64) -> String {
        let job = format!(r#"{{"kind":"network","task":"{task}"}}"#);
        format!(r#""event":"done","job":{job},"seconds":{seconds}"#)
    }

    #[test]
    fn every_worker_second_is_finished_unfinished_or_idle() {
        let features = r#""event":"started","job":{"kind":"features","source":"a"},"pid":1"#;
        let events = log(&[
            (100.0, &begun(2)),
            (100.0, &started("a", 1)),
            (100.0, &started("b", 2)),
            (104.0, &done("a", 4.0)), // one worker idles for a second, then begins stage 2
            (105.0, features),
            (107.0, r#""event":"died","job":null,"pid":2,"how":"killed""#),
            (110.0, r#""event":"ended","done":1,"failed":0,"left":2,"interrupted":true"#),
            (500.0, &begun(1)),
            (500.0, &started("b", 9)),
            (503.0, &done("b", 3.0)),
            (503.0, &started("c", 9)), // killed with its driver
            (
                504.0,
                r#""event":"epoch","job":{"kind":"network","task":"c"},"epoch":1,"epochs":2,"train":1,"validation":1"#,
            ),
            (900.0, &begun(1)),
        ]);
        let stages = RunTimes::of(&events).stages;
        let first = StageTimes { time: 7.0 + 4.0, finished: 7.0, unfinished: 8.0, idle: 1.0 };
        let second = StageTimes { time: 5.0, finished: 0.0, unfinished: 5.0, idle: 0.0 };
        assert_eq!(stages, BTreeMap::from([(1, first), (2, second)]));
    }

    #[test]
    fn kinds_of_jobs_add_up() {
        let spent =
            r#""spent":{"data":1.0,"forward":2.0,"backward":3.0,"evaluation":0.5,"samples":900}"#;
        let events = log(&[
            (1.0, &done("a", 10.0)),
            (2.0, &format!("{},{spent}", done("b", 8.0))),
            (3.0, &format!("{},{spent}", done("a", 8.0))),
        ]);
        let [jobs] = RunTimes::of(&events).jobs[..] else { panic!("{events:?}") };
        assert_eq!((jobs.jobs, jobs.seconds, jobs.split), (3, 26.0, 16.0));
        assert_eq!((jobs.spent.total(), jobs.other()), (13.0, 3.0));
        assert_eq!(jobs.samples_per_second(), Some(150.0));
        let table = RunTimes::of(&events).tables(&BTreeMap::new())[0].terminal(false);
        assert!(table.contains("10 of 26 seconds are of jobs that did not say"), "{table}");
    }
}
