//! Where the time of a job goes.

use std::time::{Duration, Instant};

/// What a job does, as far as it is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// Putting inputs and labels together.
    Data,
    /// Predictions and losses of training steps, and representations.
    Forward,
    /// Gradients.
    Backward,
    /// Steps of the weights.
    Optimizer,
    /// Judging on the validation and test splits.
    Evaluation,
    /// Reading and writing files.
    Files,
}

/// How long a job did what, and how much it trained on. Results never depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Times {
    /// [`Activity::Data`].
    pub data: Duration,
    /// [`Activity::Forward`].
    pub forward: Duration,
    /// [`Activity::Backward`].
    pub backward: Duration,
    /// [`Activity::Optimizer`].
    pub optimizer: Duration,
    /// [`Activity::Evaluation`].
    pub evaluation: Duration,
    /// [`Activity::Files`].
    pub files: Duration,
    /// Samples that training steps saw, each as often as it was seen.
    pub samples: usize,
}

impl Times {
    /// Does the work and counts its time. On a GPU, which works behind the program's back, only all
    /// activities together are right.
    pub fn spend<T>(&mut self, on: Activity, work: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let result = work();
        *match on {
            Activity::Data => &mut self.data,
            Activity::Forward => &mut self.forward,
            Activity::Backward => &mut self.backward,
            Activity::Optimizer => &mut self.optimizer,
            Activity::Evaluation => &mut self.evaluation,
            Activity::Files => &mut self.files,
        } += begun.elapsed();
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_adds_up_under_its_own_name() {
        let mut times = Times::default();
        let wait = |times: &mut Times| {
            times.spend(Activity::Backward, || std::thread::sleep(Duration::from_millis(2)));
        };
        wait(&mut times);
        wait(&mut times);
        assert!(times.backward >= Duration::from_millis(4));
        assert_eq!(times, Times { backward: times.backward, ..Times::default() });
    }
}
