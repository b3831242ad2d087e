//! The user's own entries among the tasks: in the dictionary, and in the lists of `[tasks]`.

use crate::dictionary::{Dictionary, DictionaryError};
use crate::id::TaskId;
use crate::pipeline::{OwnSource, OwnTask, Pipeline, PipelineError, TasksConfig};
use crate::task::{Role, Task};

impl Pipeline {
    /// The dictionary with the entries of this pipeline, or what is wrong with them.
    pub(super) fn extended(&self, builtin: &Dictionary) -> Result<Dictionary, PipelineError> {
        let mut dictionary = builtin.clone();
        let mut add = |kind, task: Task, checked: Result<(), String>| {
            let id = task.id.clone();
            let wrong = |why| PipelineError::Own { kind, id: id.clone(), why };
            checked.map_err(wrong)?;
            dictionary.add(task).map_err(|error| {
                wrong(match error {
                    DictionaryError::Contradiction { why, .. } => why.to_owned(),
                    other => other.to_string(),
                })
            })
        };
        for own in &self.own_tasks {
            add("task", own.task(), own.check())?;
        }
        for own in &self.own_sources {
            add("source", own.task(), own.check())?;
        }
        Ok(dictionary)
    }
}

impl TasksConfig {
    /// Puts every own entry that stands in no list into that of its role: of both, where it names
    /// none.
    pub(super) fn enlist(
        &mut self,
        tasks: &[OwnTask],
        sources: &[OwnSource],
    ) -> Result<(), PipelineError> {
        let tasks = tasks.iter().map(|own| ("task", &own.id, own.role));
        let sources = sources.iter().map(|own| ("source", &own.id, Some(Role::SourceOnly)));
        for (kind, id, role) in tasks.chain(sources) {
            match (self.list_of(id), role) {
                (None, role) => self.list(role.unwrap_or_default()).push(id.clone()),
                (Some(found), Some(role)) if found != role => {
                    let (found, role) = (name(found), name(role));
                    let why = match kind {
                        "source" => format!(
                            "it stands in `tasks.{found}`: it predicts nothing, so it can only \
                             stand in `tasks.{role}`"
                        ),
                        _ => format!("its role is {role}, but it stands in `tasks.{found}`"),
                    };
                    return Err(PipelineError::Own { kind, id: id.clone(), why });
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn list_of(&mut self, id: &TaskId) -> Option<Role> {
        let roles = [Role::Both, Role::SourceOnly, Role::TargetOnly];
        roles.into_iter().find(|&role| self.list(role).contains(id))
    }

    fn list(&mut self, role: Role) -> &mut Vec<TaskId> {
        match role {
            Role::Both => &mut self.both,
            Role::SourceOnly => &mut self.source_only,
            Role::TargetOnly => &mut self.target_only,
        }
    }
}

fn name(role: Role) -> &'static str {
    match role {
        Role::Both => "both",
        Role::SourceOnly => "source_only",
        Role::TargetOnly => "target_only",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::{Encoding, Loss, Output};

    const LISTS: &str = "name = 'x'\n[data]\npath = 'd'\n[tasks]\nboth = ['normals', 'quality']\n";
    const TASK: &str = "[[task]]\nid = 'quality'\nkind = 'class'\nlabels = 'l.csv'\nclasses = 3\n";

    fn parse(text: &str) -> Result<Pipeline, String> {
        Pipeline::parse(text, &[], &Dictionary::builtin()).map_err(|error| error.to_string())
    }

    #[test]
    fn own_entries_are_tasks_and_stay_in_the_file() {
        let text = format!(
            "{LISTS}{TASK}\
             [[task]]\nid = 'height'\nname = 'Height'\nkind = 'dense'\nlabels = 'height'\n\
             scale = 0.01\ninvalid = nan\nrole = 'target_only'\ncost = 3\n\
             [[task]]\nid = 'pose'\nkind = 'vector'\nlabels = 'l.csv'\ncolumns = ['x', 'y']\n\
             [[task]]\nid = 'parts'\nkind = 'dense'\nlabels = 'parts'\nclasses = ['a', 'b']\n\
             stride = 2\n[[source]]\nid = 'dinov2'\nfeatures = 'dino'\n"
        );
        let pipeline = parse(&text).unwrap();
        let roster = pipeline.roster(&pipeline.dictionary(&Dictionary::builtin()));
        let lines: Vec<_> = roster
            .iter()
            .map(|t| format!("{} {:?} {} {} {:?}", t.id, t.role, t.name, t.cost, t.loss))
            .collect();
        assert_eq!(
            lines,
            [
                "dinov2 SourceOnly dinov2 0 Nothing",
                "height TargetOnly Height 3 L1",
                "normals Both Surface normals 1 L1",
                "parts Both parts 1 CrossEntropy",
                "pose Both pose 1 L2",
                "quality Both quality 1 CrossEntropy",
            ]
        );
        assert!(roster[0].is_learned() && !roster[0].is_trained());
        assert_eq!(roster[0].features.as_deref(), Some("own_dinov2"));
        assert_eq!(roster[3].output, Output::Dense { channels: None, stride: 2 });
        let target = roster[4].target.clone().unwrap();
        assert_eq!((target.domain.as_str(), target.encoding), ("own_pose", Encoding::Plain));
        assert_eq!(roster[4].output, Output::Vector { length: 2 });
        assert_eq!(roster[5].loss, Loss::CrossEntropy);
        let again = parse(&pipeline.to_toml()).unwrap();
        assert_eq!(again.to_toml(), pipeline.to_toml());
        assert_eq!(again.tasks, pipeline.tasks);
        assert!(again.own_tasks[1].invalid.is_some_and(f64::is_nan));
    }

    #[test]
    fn ids_that_are_taken_name_both() {
        let cases = [
            (
                "normals",
                "`[[task]]` normals: the id `normals` is taken: it is the task \"Surface n",
            ),
            ("rgb2depth", "is taken: it is another name of `depth_zbuffer`, \"Z-depth\""),
            ("jigsaw", "is taken: it is the task \"Jigsaw\""),
        ];
        for (id, expected) in cases {
            let error = parse(&format!("{LISTS}{}", TASK.replace("quality", id))).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
        let error = parse(&format!("{LISTS}{TASK}{TASK}")).unwrap_err();
        assert!(error.contains("the id `quality` is taken: it is the task \"quality\""), "{error}");
    }

    #[test]
    fn mistakes_are_named_with_what_is_allowed() {
        let with = |line: &str| parse(&format!("{LISTS}{TASK}{line}\n")).unwrap_err();
        let cases = [
            ("columns = ['a', 'b']", "`columns` goes with kind = \"vector\""),
            ("channels = 2", "`channels` goes with kind = \"dense\""),
            ("length = 2", "`length` goes with kind = \"vector\""),
            ("scale = 2", "`scale` goes with values"),
            ("cost = -1", "`cost` is -1: it must be 0 or more"),
            ("loss = 'l2'", "cross_entropy goes with classes"),
            ("mirror = { negate = [4] }", "`mirror` negates 4: there are 1 numbers"),
            ("role = 'target_only'", "its role is target_only, but it stands in `tasks.both`"),
            ("[[source]]\nid = 's'\nfeatures = ''", "`features` is empty"),
            ("[[source]]\nid = 'normals'\nfeatures = 'f'", "`[[source]]` normals: the id"),
        ];
        for (line, expected) in cases {
            let error = with(line);
            assert!(error.contains(expected), "{line}: {error}");
        }
        let changed = |from: &str, to: &str| {
            parse(&format!("{LISTS}{}", TASK.replace(from, to))).unwrap_err()
        };
        let cases = [
            ("classes = 3", "", "`classes` is missing"),
            ("classes = 3", "classes = 1", "`classes`: 1 of them: it must be 2 to 65535"),
            ("classes = 3", "classes = ['a', 'b', 'a']", "`a` stands twice"),
            ("classes = 3", "classes = 'a'", "expected the number of classes or a list"),
            ("classes = 3", "classes = -3", "`classes` is -3"),
            ("'class'", "'dense'", "`labels` is a table: maps are in a folder"),
            ("'class'", "'vector'", "`classes` goes with kind = \"class\" or \"dense\""),
            ("'l.csv'", "''", "`labels` is empty"),
        ];
        for (from, to, expected) in cases {
            let error = changed(from, to);
            assert!(error.contains(expected), "{to}: {error}");
        }
        let vector = "[[task]]\nid = 'quality'\nkind = 'vector'\nlabels = 'folder'\n";
        let error = parse(&format!("{LISTS}{vector}")).unwrap_err();
        assert!(error.contains("`length` is missing"), "{error}");
        let listed = LISTS.replace("'quality'", "'s'");
        let error = parse(&format!("{listed}[[source]]\nid = 's'\nfeatures = 'f'\n")).unwrap_err();
        assert!(error.contains("it stands in `tasks.both`: it predicts nothing"), "{error}");
    }

    #[test]
    fn unknown_keys_name_their_line_and_the_nearest() {
        let text = format!("{LISTS}{TASK}colum = 'a'\n");
        let error = Pipeline::parse(&text, &[], &Dictionary::builtin()).unwrap_err();
        let PipelineError::Syntax { message, nearest } = error else { panic!("{error}") };
        assert!(message.contains("line 11") && message.contains("colum = 'a'"), "{message}");
        assert_eq!(nearest.as_deref(), Some("column"));
    }

    #[test]
    fn classes_are_found_by_name_then_by_number() {
        let names = crate::Classes::Names(vec!["b".into(), "0".into()]);
        assert_eq!(
            ["b", "0", "1", "2", "-1", "1.0"].map(|t| names.find(t)),
            [Some(0), Some(1), Some(1), None, None, None]
        );
        assert_eq!(crate::Classes::Number(3).find("2"), Some(2));
    }
}
