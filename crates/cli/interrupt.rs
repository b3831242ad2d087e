//! What ends a command early: signals, and a time that it was given.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::flag;

use crate::failure::{Exit, Fail, Failure};

/// The flag that SIGTERM and Ctrl-C raise; a second one ends the process at once. There is one for
/// the whole process, so that what comes between two steps of a run stops the later one.
pub fn stop_flag() -> Result<Arc<AtomicBool>, Failure> {
    static FLAG: Mutex<Option<Arc<AtomicBool>>> = Mutex::new(None);
    let mut known = FLAG.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(stop) = &*known {
        return Ok(Arc::clone(stop));
    }
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGINT] {
        // In this order: the first signal finds the flag down, raises it and goes on.
        flag::register_conditional_shutdown(signal, 75, Arc::clone(&stop)).environment()?;
        flag::register(signal, Arc::clone(&stop)).environment()?;
    }
    *known = Some(Arc::clone(&stop));
    Ok(stop)
}

/// Ends what stopped because the flag was raised.
pub fn heed(stop: &AtomicBool) -> Result<(), Failure> {
    if !stop.load(Ordering::Relaxed) {
        return Ok(());
    }
    let failure = Failure::new(Exit::Interrupted, "interrupted");
    Err(failure.hint("the same command goes on where it was"))
}

/// Raises the flag after so long, as a signal would.
pub fn stop_after(time: Duration) -> Result<(), Failure> {
    let stop = stop_flag()?;
    std::thread::spawn(move || {
        std::thread::sleep(time);
        stop.store(true, Ordering::Relaxed);
    });
    Ok(())
}

/// Lets a write beyond the file size limit fail like one on a full disk, instead of ending the
/// process between two writes.
pub fn survive_file_size_limit() -> Result<(), Failure> {
    flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false))).environment()?;
    Ok(())
}
