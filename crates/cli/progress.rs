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
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} jobs {prefix}{wide_msg}")
            .expect("the template is well-formed");
        Self(ProgressBar::new(1).with_style(style))
    }

    /// Shows how far it is, what runs, and how long it will take.
    pub fn show(&self, progress: &Progress) {
        let ended = progress.done + progress.failed;
        self.0.set_length((ended + progress.left) as u64);
        self.0.set_position(ended as u64);
        if let Some(seconds) = progress.seconds_left {
            self.0.set_prefix(format!("{} left, ", duration(seconds)));
        }
        let running: Vec<_> = progress.running.iter().map(ToString::to_string).collect();
        self.0.set_message(running.join(", "));
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        self.0.finish_and_clear();
    }
}

/// Seconds for people: `8.1 s`, `2 min 5 s`, `3 h 20 min`.
pub fn duration(seconds: f64) -> String {
    let whole = Duration::from_secs_f64(seconds.max(0.0)).as_secs();
    match whole {
        0..60 => format!("{seconds:.1} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}
