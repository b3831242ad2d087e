//! Bars on a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use taskonomy_plan::Progress;

use crate::output::Output;

/// A bar that counts to `length`; hidden where nobody looks at one.
pub fn bar(output: Output, length: usize, message: &'static str) -> ProgressBar {
    if !output.shows_progress() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {eta} left")
        .expect("the template is well-formed");
    ProgressBar::new(length as u64).with_style(style).with_message(message)
}

/// Follows the jobs of a run.
pub struct Jobs(ProgressBar);

impl Jobs {
    /// A bar whose length is known with the first event.
    pub fn new(output: Output) -> Self {
        if !output.shows_progress() {
            return Self(ProgressBar::hidden());
        }
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} jobs{wide_msg}")
            .expect("the template is well-formed");
        Self(ProgressBar::new(1).with_style(style))
    }

    /// Shows how far it is, what runs, and how long it will take.
    pub fn show(&self, progress: &Progress) {
        let ended = progress.done + progress.failed;
        self.0.set_length((ended + progress.left) as u64);
        self.0.set_position(ended as u64);
        let left = progress.seconds_left.map(|seconds| format!(", {} left", duration(seconds)));
        let running = progress.running.iter().map(|kind| format!(", {kind}"));
        self.0.set_message(left.into_iter().chain(running).collect::<String>());
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        self.0.finish_and_clear();
    }
}

/// Seconds for people: `8.1 s`, `2 min 5 s`, `3 h 20 min`, `12 days`.
pub fn duration(seconds: f64) -> String {
    let whole = Duration::from_secs_f64(seconds.max(0.0)).as_secs();
    match whole {
        0..60 => format!("{seconds:.1} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        3600..172_800 => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
        _ => format!("{} days", whole / 86_400),
    }
}

/// A number of things: `1 job`, `2 jobs`.
pub fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}
