//! What users give for tasks of their own: `own/<task>/`, a dataset that only the driver writes.

use std::io;
use std::path::{Path, PathBuf};

use taskonomy_core::TaskId;

use crate::atomic::sync_folder;
use crate::dir::RunDir;
use crate::error::RunError;

impl RunDir {
    /// Where the labels or representations that a user gave for a task stand as a dataset.
    pub fn own(&self, task: &TaskId) -> PathBuf {
        self.path("own").join(task.as_str())
    }

    /// Where they are put together; nothing is there. A task's id begins with a letter, so that this is
    /// no other task's place.
    pub fn own_draft(&self, task: &TaskId) -> Result<PathBuf, RunError> {
        let draft = self.path("own").join(format!("-{task}"));
        remove(&draft)?;
        Ok(draft)
    }

    /// Puts what was put together in the place of what was there before.
    pub fn publish_own(&self, task: &TaskId) -> Result<(), RunError> {
        let (draft, path) = (self.path("own").join(format!("-{task}")), self.own(task));
        remove(&path)?;
        let io = |source| RunError::Io { path: path.clone(), source };
        std::fs::rename(draft, &path).map_err(io)?;
        sync_folder(&self.path("own")).map_err(io)
    }
}

fn remove(folder: &Path) -> Result<(), RunError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result.map_err(|source| RunError::Io { path: folder.to_owned(), source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_takes_the_place_of_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDir::new(folder.path());
        let task = TaskId::new("mine").unwrap();
        for text in ["first", "second"] {
            let draft = run.own_draft(&task).unwrap();
            assert!(!draft.exists());
            std::fs::create_dir_all(&draft).unwrap();
            std::fs::write(draft.join("file"), text).unwrap();
            run.publish_own(&task).unwrap();
            assert_eq!(std::fs::read_to_string(run.own(&task).join("file")).unwrap(), text);
        }
        std::fs::create_dir_all(run.own_draft(&task).unwrap()).unwrap();
        assert!(!run.own_draft(&task).unwrap().exists(), "what a killed process left");
    }
}
