//! The result files of Zamir et al., CVPR 2018, as their authors published them: pickles of
//! affinities and win rates in the folder `results` of their repository.

mod checks;
mod defect;
mod error;
mod fraction;
mod ids;
mod opcodes;
mod pickle;
mod published;
mod scores;

pub use defect::Defect as OfficialDefect;
pub use error::{OfficialError, PickleError};
pub use published::Published;
pub use scores::Scores as OfficialScores;

#[cfg(test)]
mod tests;
