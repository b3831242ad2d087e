//! The task dictionary: `[[task]]` entries, ours built in.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::id::TaskId;
use crate::nearest::nearest;
use crate::task::{Loss, Output, Task};

/// All tasks that can be named, by id.
#[derive(Debug, Clone, PartialEq)]
pub struct Dictionary(BTreeMap<TaskId, Task>);

/// What is wrong with a dictionary, or with a name that was looked up in it.
#[derive(Debug, thiserror::Error)]
pub enum DictionaryError {
    /// The text is not TOML, or an entry has a wrong or unknown key.
    #[error("task dictionary: {0}")]
    Syntax(#[from] toml::de::Error),
    /// An id or official id stands twice.
    #[error("task dictionary: the id `{0}` stands twice")]
    Twice(TaskId),
    /// An id is that of a task that is there already, or another name of it.
    #[error("the id `{id}` is taken: it is {}", if id == by { format!("the task \"{name}\"") } else { format!("another name of `{by}`, \"{name}\"") })]
    Taken {
        /// The id.
        id: TaskId,
        /// Whose it is.
        by: TaskId,
        /// How that one is called.
        name: String,
    },
    /// The parts of an entry contradict one another.
    #[error("task dictionary: task `{task}`: {why}")]
    Contradiction {
        /// The entry.
        task: TaskId,
        /// What contradicts what.
        why: &'static str,
    },
    /// No task of that name.
    #[error("there is no task `{name}`{}", suggestion(.nearest.as_deref()))]
    Unknown {
        /// What was asked for.
        name: String,
        /// The known id that is most like it.
        nearest: Option<String>,
    },
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |id| format!(": did you mean `{id}`?"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entries {
    task: Vec<Task>,
}

impl Dictionary {
    /// The tasks that come with the tool.
    pub fn builtin() -> Self {
        Self::parse(include_str!("tasks.toml")).expect("the built-in dictionary is tested")
    }

    /// Reads `[[task]]` entries.
    pub fn parse(text: &str) -> Result<Self, DictionaryError> {
        let entries: Entries = toml::from_str(text)?;
        let mut tasks = BTreeMap::new();
        let mut names = std::collections::BTreeSet::new();
        for task in entries.task {
            check(&task)?;
            for name in std::iter::once(&task.id).chain(&task.official) {
                if !names.insert(name.clone()) {
                    return Err(DictionaryError::Twice(name.clone()));
                }
            }
            tasks.insert(task.id.clone(), task);
        }
        Ok(Self(tasks))
    }

    /// The task of that id or official id.
    pub fn find(&self, name: &str) -> Result<&Task, DictionaryError> {
        self.0
            .get(name)
            .or_else(|| self.iter().find(|t| t.official.iter().any(|o| o.as_str() == name)))
            .ok_or_else(|| DictionaryError::Unknown {
                name: name.to_owned(),
                nearest: nearest(name, self.0.keys().map(TaskId::as_str)).map(str::to_owned),
            })
    }

    /// Adds a task under an id that nothing else has.
    pub(crate) fn add(&mut self, task: Task) -> Result<(), DictionaryError> {
        if let Ok(other) = self.find(task.id.as_str()) {
            let (by, name) = (other.id.clone(), other.name.clone());
            return Err(DictionaryError::Taken { id: task.id, by, name });
        }
        check(&task)?;
        self.0.insert(task.id.clone(), task);
        Ok(())
    }

    /// All tasks in ascending order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Task> {
        self.0.values()
    }
}

fn check(task: &Task) -> Result<(), DictionaryError> {
    let contradiction = |why| Err(DictionaryError::Contradiction { task: task.id.clone(), why });
    let trained = !matches!(task.output, Output::Nothing {});
    if trained != task.target.is_some() || trained != (task.loss != Loss::Nothing) {
        return contradiction("output, loss and target are all given, or none of them is");
    }
    if task.mirror.is_some() && !trained {
        return contradiction("only a task that predicts something has a mirror");
    }
    let classes = matches!(task.output, Output::Class {} | Output::Dense { channels: None, .. });
    if classes != (task.loss == Loss::CrossEntropy) {
        return contradiction("cross_entropy goes with classes, and classes with cross_entropy");
    }
    if matches!(task.output, Output::Embedding { .. }) != (task.loss == Loss::Metric) {
        return contradiction("metric goes with an embedding, and an embedding with metric");
    }
    if let Output::Dense { stride, .. } | Output::Embedding { stride, .. } = task.output
        && ![1, 2, 4].contains(&stride)
    {
        return contradiction("stride is 1, 2 or 4");
    }
    if !(task.cost >= 0.0 && task.cost.is_finite()) {
        return contradiction("cost is a number of at least 0");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_builtin_dictionary_is_sound_and_knows_official_ids() {
        let tasks = Dictionary::builtin();
        assert_eq!(tasks.iter().count(), 27);
        assert_eq!(tasks.find("edge2d").unwrap().id.as_str(), "edges_texture");
        assert!(tasks.iter().all(|t| t.id.is_random() != t.is_trained()));
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest() {
        let error = Dictionary::builtin().find("normal").unwrap_err().to_string();
        assert_eq!(error, "there is no task `normal`: did you mean `normals`?");
    }

    #[test]
    fn contradictions_and_repetitions_are_refused() {
        let entry = |id: &str, loss: &str| {
            format!(
                "[[task]]\nid = \"{id}\"\nname = \"x\"\noutput = {{ class = {{}} }}\nloss = \
                 \"{loss}\"\ntarget = {{ domain = \"d\", encoding = \"labels\" }}\n"
            )
        };
        assert!(Dictionary::parse(&entry("a", "cross_entropy")).is_ok());
        let twice = entry("a", "cross_entropy").repeat(2);
        assert!(matches!(Dictionary::parse(&twice), Err(DictionaryError::Twice(_))));
        let wrong = Dictionary::parse(&entry("a", "l1"));
        assert!(matches!(wrong, Err(DictionaryError::Contradiction { .. })));
        let unknown = entry("a", "cross_entropy").replace("name", "nmae");
        assert!(Dictionary::parse(&unknown).unwrap_err().to_string().contains("nmae"));
    }
}
