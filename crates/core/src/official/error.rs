//! What is wrong with a published file.

use crate::id::IdError;

/// Why bytes are not the pickle of a dict of numbers; bytes count from 0.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PickleError {
    /// The file is none of the published ones.
    #[error("{len} bytes are too many: the published files have less than {limit}")]
    Large {
        /// Of the file.
        len: usize,
        /// What is allowed.
        limit: usize,
    },
    /// The first opcode is not PROTO.
    #[error("this is no pickle of protocol 2 or later, it begins with `{0}`")]
    NoPickle(String),
    /// A protocol that does not exist, or one that the files are not written in.
    #[error("byte 1: pickle protocol {0}: protocols 2 to 5 can be read")]
    Protocol(u8),
    /// The file ends within an opcode's argument.
    #[error(
        "the file is cut short: it ends at byte {len}, within the opcode {opcode} of byte {at}"
    )]
    CutShort {
        /// Which opcode.
        opcode: String,
        /// Where it stands.
        at: usize,
        /// Where the file ends.
        len: usize,
    },
    /// The file ends before STOP.
    #[error("the file is cut short: it ends at byte {len}, without the opcode STOP")]
    NoEnd {
        /// Where the file ends.
        len: usize,
    },
    /// An opcode that such a file does not need, or not there.
    #[error("opcode {opcode} at byte {at}: {why}")]
    Refused {
        /// Which, with what it names.
        opcode: String,
        /// Where it stands.
        at: usize,
        /// What would be allowed.
        why: &'static str,
    },
}

/// What is wrong with a published file.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OfficialError {
    /// It is no pickle of a dict of numbers.
    #[error(transparent)]
    Pickle(#[from] PickleError),
    /// A key that is no transfer.
    #[error("key `{key}`: it must be SOURCE__TARGET or SOURCE__SOURCE__TARGET and so on ({why})")]
    Key {
        /// The key.
        key: String,
        /// Why it is none.
        why: IdError,
    },
    /// A number that is no share.
    #[error("key `{key}`: {found} is no number between 0 and 1")]
    Value {
        /// The key.
        key: String,
        /// Its number.
        found: f64,
    },
    /// A key that stands twice (ids of ours and of the authors name the same task).
    #[error("key `{key}`: the file has it already")]
    Twice {
        /// The key.
        key: String,
    },
    /// A dict without entries.
    #[error("the file has no entries")]
    Empty,
}
