//! Signals.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::flag;

use crate::failure::{Fail, Failure};

/// A flag that SIGTERM and Ctrl-C raise; a second one ends the process at once.
pub fn stop_flag() -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGINT] {
        // In this order: the first signal finds the flag down, raises it and goes on.
        flag::register_conditional_shutdown(signal, 75, Arc::clone(&stop)).environment()?;
        flag::register(signal, Arc::clone(&stop)).environment()?;
    }
    Ok(stop)
}

/// Lets a write beyond the file size limit fail like one on a full disk, instead of ending the
/// process between two writes.
pub fn survive_file_size_limit() -> Result<(), Failure> {
    flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false))).environment()?;
    Ok(())
}
