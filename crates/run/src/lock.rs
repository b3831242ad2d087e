//! `.lock`: one driver per run.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};

use crate::atomic::remove_temporaries;
use crate::dir::RunDir;
use crate::error::RunError;

/// The right to drive a run, held until it is dropped or the process ends, however it ends.
///
/// Only the driver takes it: jobs need no lock, each writes in its own folder.
#[derive(Debug)]
pub struct RunLock {
    file: File,
}

impl RunDir {
    /// Takes the lock, an OS lock on the file `.lock`. The run's folder is made when it is absent;
    /// what a killed driver left unfinished is removed.
    ///
    /// # Errors
    /// [`RunError::Locked`] with the process id of whoever holds it.
    pub fn lock(&self) -> Result<RunLock, RunError> {
        let path = self.path(".lock");
        let io = |source| RunError::Io { path: path.clone(), source };
        std::fs::create_dir_all(self.root()).map_err(io)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // The text is a courtesy: the lock is what counts.
                let holder = match file.read_to_string(&mut text) {
                    Ok(_) if !text.trim().is_empty() => text.trim().to_owned(),
                    _ => "another process".to_owned(),
                };
                return Err(RunError::Locked { path, holder });
            }
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        for folder in ["", "stage2/losses", "stage3", "stage3/win_rates", "stage4", "report"] {
            remove_temporaries(&self.path(folder)).map_err(io)?;
        }
        file.set_len(0).map_err(io)?;
        file.rewind().map_err(io)?;
        writeln!(file, "process {}", std::process::id()).map_err(io)?;
        Ok(RunLock { file })
    }

    /// Whether another process drives the run. Nothing is written.
    pub fn is_driven(&self) -> Result<bool, RunError> {
        let path = self.path(".lock");
        let file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            file => file,
        };
        // Shared: those who only look are not in one another's way.
        match file.map(|file| file.try_lock_shared()) {
            Ok(Ok(())) => Ok(false),
            Ok(Err(TryLockError::WouldBlock)) => Ok(true),
            Ok(Err(TryLockError::Error(source))) | Err(source) => {
                Err(RunError::Io { path, source })
            }
        }
    }
}

impl Drop for RunLock {
    fn drop(&mut self) {
        // The file stays: were it removed, a third process could lock a new one beside a second
        // that still waits on the old.
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_driver_is_told_of_the_first_and_leaves_it_alone() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDir::new(folder.path().join("new"));
        assert!(!run.is_driven().unwrap());
        let first = run.lock().unwrap();
        assert!(run.is_driven().unwrap());
        for _ in 0..2 {
            let error = run.lock().unwrap_err();
            let expected = format!("process {}", std::process::id());
            assert!(matches!(&error, RunError::Locked { holder, .. } if *holder == expected));
        }
        drop(first);
        assert!(!run.is_driven().unwrap());
        run.lock().unwrap();
    }

    #[test]
    fn what_a_killed_driver_left_unfinished_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDir::new(folder.path());
        run.write("stage4/taxonomy.json", b"{}").unwrap();
        for name in [".tmp-1", "stage4/.tmp-2"] {
            std::fs::write(run.path(name), b"half").unwrap();
        }
        run.lock().unwrap();
        assert!(!run.path(".tmp-1").exists() && !run.path("stage4/.tmp-2").exists());
        assert!(run.path("stage4/taxonomy.json").exists());
    }
}
