//! Reading a pipeline: TOML, overrides, what is said of mistakes.

use crate::dictionary::{Dictionary, DictionaryError};
use crate::id::TaskId;
use crate::nearest::nearest;
use crate::pipeline::{Maker, Pipeline};
use crate::task::{Role, Task};

/// What is wrong with a pipeline file.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The text is not TOML, or a key is unknown, missing or of the wrong kind.
    #[error("{message}")]
    Syntax {
        /// With line and column where they are known.
        message: String,
        /// The known key that is most like an unknown one.
        nearest: Option<String>,
    },
    /// A `key=value` on the command line is none.
    #[error("`--set {0}`: write key=value, as in `--set networks.epochs=3`")]
    Override(String),
    /// A value is out of its range.
    #[error("`{key}` is {found}: {allowed}")]
    Range {
        /// Dotted.
        key: &'static str,
        /// The value.
        found: String,
        /// What is allowed.
        allowed: String,
    },
    /// A setting of another maker of datasets than the one that is asked for.
    #[error("`{key}` is for make = \"{of}\", but `data.make` is {}", .make.map_or("not given".into(), |m| format!("\"{m}\"")))]
    Maker {
        /// Dotted.
        key: &'static str,
        /// Whose setting it is.
        of: Maker,
        /// The maker that is asked for.
        make: Option<Maker>,
    },
    /// A task is not in the dictionary.
    #[error("`{}`: {source}", if list.contains('.') { (*list).to_owned() } else { format!("tasks.{list}") })]
    Task {
        /// The list in which it stands.
        list: &'static str,
        /// What is wrong.
        source: DictionaryError,
    },
    /// An entry of the user's own contradicts itself or something else.
    #[error("`[[{kind}]]` {id}: {why}")]
    Own {
        /// `task` or `source`.
        kind: &'static str,
        /// Its id.
        id: TaskId,
        /// What is wrong and what is allowed.
        why: String,
    },
    /// A constraint cannot be met or says nothing.
    #[error("`policy.constraint`: {0}")]
    Constraint(String),
    /// The lists of tasks contradict one another.
    #[error("`tasks`: {0}")]
    Tasks(String),
}

impl Pipeline {
    /// Reads a pipeline, applies `key=value` overrides, and checks it.
    ///
    /// A value is read as TOML and, failing that, as text: `name=new` and `name="new"` are one.
    pub fn parse(
        text: &str,
        overrides: &[String],
        dictionary: &Dictionary,
    ) -> Result<Self, PipelineError> {
        let mut pipeline: Self = if overrides.is_empty() {
            toml::from_str(text).map_err(syntax)?
        } else {
            let mut table: toml::Table = toml::from_str(text).map_err(syntax)?;
            for setting in overrides {
                set(&mut table, setting)?;
            }
            // Through text: a table's keys are texts, and a number read from one is not a number.
            toml::from_str(&table.to_string()).map_err(|error| mistake(text, error))?
        };
        pipeline.check(dictionary)?;
        Ok(pipeline)
    }

    /// The pipeline as a file that reads back as the same.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("keys are texts and numbers, values are plain")
    }

    /// The built-in tasks and those of this pipeline.
    pub fn dictionary(&self, builtin: &Dictionary) -> Dictionary {
        self.extended(builtin).expect("checked when it was read")
    }

    /// The tasks that take part with their roles and costs as this pipeline has them, in
    /// ascending order of their ids. The dictionary is that of [`Pipeline::dictionary`], which is the
    /// built-in one where the pipeline has no tasks of its own.
    pub fn roster(&self, dictionary: &Dictionary) -> Vec<Task> {
        let lists = [
            (&self.tasks.both, Role::Both),
            (&self.tasks.source_only, Role::SourceOnly),
            (&self.tasks.target_only, Role::TargetOnly),
        ];
        let mut tasks: Vec<Task> = lists
            .into_iter()
            .flat_map(|(ids, role)| ids.iter().map(move |id| (id, role)))
            .map(|(id, role)| {
                let task = dictionary.find(id.as_str()).expect("checked when it was read");
                let cost = self.tasks.cost.get(id).copied().unwrap_or(task.cost);
                Task { role, cost, ..task.clone() }
            })
            .collect();
        tasks.sort_by(|a, b| a.id.cmp(&b.id));
        tasks
    }
}

/// The mistake of a text that was overridden: where the user's own text has one, it is told with the
/// lines of that. What only misses there may have come with the overrides.
fn mistake(text: &str, overridden: toml::de::Error) -> PipelineError {
    match toml::from_str::<Pipeline>(text) {
        Err(own) if !own.message().starts_with("missing field") => syntax(own),
        _ => syntax(overridden),
    }
}

/// Keys of texts, also of such as look like numbers.
const TEXTS: [&str; 4] = ["name", "data.path", "data.photos", "networks.weights"];

/// Sets a dotted key of the table, making the tables on the way.
fn set(table: &mut toml::Table, setting: &str) -> Result<(), PipelineError> {
    let wrong = || PipelineError::Override(setting.to_owned());
    let (key, value) = setting.split_once('=').ok_or_else(wrong)?;
    // No setting is a date.
    let is_meant =
        |v: &toml::Value| v.is_str() || !(v.is_datetime() || TEXTS.contains(&key.trim()));
    let value = format!("x = {value}")
        .parse::<toml::Table>()
        .ok()
        .and_then(|mut t| t.remove("x"))
        .filter(is_meant)
        .unwrap_or_else(|| toml::Value::String(value.trim().to_owned()));
    let mut path: Vec<&str> = key.trim().split('.').collect();
    let last = path.pop().filter(|last| !last.is_empty()).ok_or_else(wrong)?;
    let mut inner = table;
    for part in path {
        inner = inner
            .entry(part)
            .or_insert_with(|| toml::Value::Table(toml::Table::new()))
            .as_table_mut()
            .ok_or_else(wrong)?;
    }
    inner.insert(last.to_owned(), value);
    Ok(())
}

/// Serde names an unknown key and all known ones between backquotes: the first is the unknown.
fn syntax(error: toml::de::Error) -> PipelineError {
    let mut quoted = error.message().split('`').skip(1).step_by(2);
    let nearest = (error.message().starts_with("unknown field")
        || error.message().starts_with("unknown variant"))
    .then(|| quoted.next().and_then(|unknown| nearest(unknown, quoted)))
    .flatten()
    .map(str::to_owned);
    let mut message = error.to_string().trim_end().to_owned();
    for (ours, theirs) in
        [("usize", "a whole number"), ("u64", "a whole number"), ("f64", "a number")]
    {
        message = message.replace(&format!("expected {ours}"), &format!("expected {theirs}"));
    }
    // What a key that should be a number is said to be.
    message = message.replace("invalid digit found in string", "the key must be a whole number");
    PipelineError::Syntax { message, nearest }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::{Descent, Optimizer, SplitCounts};
    use crate::split::Split;

    const QUICK: &str = r#"
name = "quick"
[data]
path = "data/quick"
make = "rooms"
[tasks]
both = ["normals", "rgb2depth"]
source_only = ["random"]
[transfers]
order = 4
beam_by_order = { 4 = 6 }
"#;

    const IMAGES: &str =
        "data.images={ networks = 120, transfers = 16, validation = 4, test = 17 }";

    fn parse(text: &str, overrides: &[&str]) -> Result<Pipeline, PipelineError> {
        let overrides: Vec<_> = overrides.iter().map(|&s| s.to_owned()).collect();
        Pipeline::parse(text, &overrides, &Dictionary::builtin())
    }

    #[test]
    fn defaults_official_ids_and_beams() {
        let p = parse(QUICK, &[]).unwrap();
        assert_eq!(p.tasks.both[1].as_str(), "depth_zbuffer");
        assert_eq!((p.networks.epochs, p.data.size, p.seed), (6, 64, 1));
        assert_eq!([2, 4, 7].map(|k| p.transfers.beam_of(k)), [5, 6, 7]);
        let roster = p.roster(&Dictionary::builtin());
        assert_eq!(roster.iter().map(|t| t.cost).collect::<Vec<_>>(), [1.0, 1.0, 0.0]);
        assert_eq!(parse(&p.to_toml(), &[]).unwrap(), p);
    }

    #[test]
    fn rooms_and_photos_have_settings_of_their_own() {
        let rooms = parse(QUICK, &[]).unwrap().data;
        assert_eq!((rooms.scenes, rooms.views), (Some(SplitCounts::SCENES), Some(10)));
        assert_eq!((rooms.crops, rooms.samples(Split::Test)), (None, 1000));

        let text = QUICK.replace("\"rooms\"", "\"photos\"\nphotos = \"my photos\"");
        let photos = parse(&text, &["data.crops=200"]).unwrap();
        assert_eq!((photos.data.views, photos.data.crops), (None, Some(200)));
        assert_eq!(Split::ALL.map(|split| photos.data.samples(split)), [100, 40, 20, 40]);
        assert_eq!(parse(&photos.to_toml(), &[]).unwrap(), photos);

        let elsewhere = QUICK.replace("make = \"rooms\"", "");
        let cases = [
            (
                QUICK,
                "data.crops=9",
                "`data.crops` is for make = \"photos\", but `data.make` is \"rooms\"",
            ),
            (
                &text,
                "data.views=9",
                "`data.views` is for make = \"rooms\", but `data.make` is \"photos\"",
            ),
            (&elsewhere, "data.photos=x", "but `data.make` is not given"),
            (&text, "data.photos=\"\"", "`data.photos` is empty: it must name the folder"),
            (&text, "data.crops=0", "`data.crops` is 0: it must be 4 (one for each"),
            (&text, "data.crops=1000001", "`data.crops` is 1000001: it must be 4 (one"),
            (
                &text,
                "data.shares={networks=1, transfers=1, validation=0, test=1}",
                "shares.validation",
            ),
        ];
        for (text, setting, expected) in cases {
            let error = parse(text, &[setting]).unwrap_err().to_string();
            assert!(error.contains(expected), "{setting}: {error}");
        }
        let missing = parse(QUICK, &["data.make=photos"]).unwrap_err().to_string();
        assert_eq!(missing, "`data.photos` is missing: it must name the folder of the photos");
        let counted = parse(&elsewhere, &[IMAGES]).unwrap();
        assert_eq!(Split::ALL.map(|split| counted.data.samples(split)), [120, 16, 4, 17]);
        assert_eq!(parse(&counted.to_toml(), &[]).unwrap(), counted);
        let none = IMAGES.replace("validation = 4", "validation = 0");
        let error = parse(&elsewhere, &[&none]).unwrap_err().to_string();
        assert_eq!(error, "`data.images.validation` is 0: it must be 1 or more");
        // As the config.toml of a run on a dataset from elsewhere had it once.
        assert!(parse(&elsewhere, &["data.views=10"]).is_ok());
    }

    #[test]
    fn the_papers_way_to_train_is_read_and_written() {
        let papers = [
            "networks.optimizer=adam",
            "networks.weight_decay=2e-6",
            "networks.drop_at=80000",
            "transfers.weight_decay=1e-5",
            "transfers.weight_decay_by_order={ 2 = 1e-6 }",
        ];
        let p = parse(QUICK, &papers).unwrap();
        let adam =
            Descent { optimizer: Optimizer::Adam, weight_decay: 2e-6, drop_at: Some(80_000) };
        assert_eq!(p.networks.descent(), adam);
        let decays = [1, 2, 3].map(|order| p.transfers.descent(order).weight_decay);
        assert_eq!(decays, [1e-5, 1e-6, 1e-5]);
        assert_eq!(parse(&p.to_toml(), &[]).unwrap(), p);
        assert_eq!(parse(QUICK, &[]).unwrap().transfers.descent(1), Descent::default());
    }

    #[test]
    fn overrides_are_toml_values_or_plain_text() {
        let p = parse(QUICK, &["networks.epochs=3", "name=other", "tasks.cost.normals=2"]).unwrap();
        assert_eq!((p.networks.epochs, p.name.as_str()), (3, "other"));
        assert_eq!(p.tasks.cost[&TaskId::new("normals").unwrap()], 2.0);
        assert!(matches!(parse(QUICK, &["epochs"]), Err(PipelineError::Override(_))));
        for name in ["2024-01-01", "2024", "1.5", "true"] {
            let p = parse(QUICK, &[&format!("name = {name}"), "data.path=7"]).unwrap();
            assert_eq!((p.name.as_str(), p.data.path.as_str()), (name, "7"));
        }
    }

    #[test]
    fn overrides_move_no_mistake_to_another_line() {
        let broken = format!("{QUICK}\n[networks]\nepoch = 3\n");
        let plain = parse(&broken, &[]).unwrap_err().to_string();
        assert_eq!(parse(&broken, &["seed=3"]).unwrap_err().to_string(), plain);
        // Of a mistake that is the override's own, its excerpt tells.
        let error = parse(QUICK, &["networks.epochs=some"]).unwrap_err().to_string();
        assert!(error.contains("epochs = \"some\""), "{error}");
        // What misses in the file may come with an override.
        let nameless = QUICK.replace("name = \"quick\"", "");
        assert_eq!(parse(&nameless, &["name=late"]).unwrap().name, "late");
        let error = parse(&nameless, &["name=late", "networks.epoch=3"]).unwrap_err().to_string();
        assert!(error.contains("unknown field `epoch`"), "{error}");
    }

    #[test]
    fn an_unknown_key_is_answered_with_its_line_and_the_nearest() {
        let error = parse(&format!("{QUICK}\n[networks]\nepoch = 3\n"), &[]).unwrap_err();
        let PipelineError::Syntax { message, nearest } = error else { panic!("{error}") };
        assert!(message.contains("line 14") && message.contains("epoch = 3"), "{message}");
        assert_eq!(nearest.as_deref(), Some("epochs"));
    }

    #[test]
    fn values_out_of_range_name_key_value_and_range() {
        let cases = [
            ("data.size=60", "`data.size` is 60: it must be a multiple of 8"),
            ("transfers.order=0", "`transfers.order` is 0: it must be 1 or more"),
            ("policy.budget=-1", "`policy.budget` is -1"),
            ("networks.lr=0", "`networks.lr` is 0"),
            ("networks.optimizer=sgd", "expected `muon` or `adam`"),
            ("networks.weight_decay=-1", "`networks.weight_decay` is -1: it must be from 0 to"),
            ("transfers.weight_decay=1", "`transfers.weight_decay` is 1: it must be from 0 to"),
            ("transfers.weight_decay_by_order={ 2 = 3 }", "`transfers.weight_decay_by_order` is 3"),
            ("transfers.weight_decay_by_order={ 0 = 0 }", "it must be of orders from 1 on"),
            ("networks.drop_at=0", "`networks.drop_at` is 0: it must be 1 or more"),
            ("transfers.drop_at=0", "`transfers.drop_at` is 0: it must be 1 or more"),
            (IMAGES, "`data.images` is given: it must be left out beside `data.make`"),
            ("name=a/b", "`name` is a/b"),
            ("tasks.both=[\"normls\"]", "did you mean `normals`?"),
            ("tasks.both=[\"normals\", \"rgb2sfnorm\"]", "`normals` stands twice"),
            ("tasks.both=[\"random\"]", "stands twice"),
            ("tasks.both=[]", "no target"),
            ("tasks={ target_only = [\"normals\"], source_only = [\"random\"] }", "one source and"),
            ("tasks.both=[\"jigsaw\"]", "`jigsaw` is seen by its own encoder alone: it can only"),
            ("tasks.cost.normals=-2", "`tasks.cost` is -2"),
            ("tasks.cost.normals=1e13", "it must be numbers from 0 to 1e12"),
            ("tasks.cost={ normals = 1, rgb2sfnorm = 2 }", "`tasks.cost` has `normals` twice"),
            ("transfers.beam_by_order={ 1 = 3 }", "it must be of orders from 2 on"),
            ("transfers.beam_by_order={ 3 = 0 }", "`transfers.beam_by_order` is 0"),
            ("transfers.beam_by_order={ four = 6 }", "the key must be a whole number"),
        ];
        for (setting, expected) in cases {
            let error = parse(QUICK, &[setting]).unwrap_err().to_string();
            assert!(error.contains(expected), "{setting}: {error}");
        }
        let constraints = [
            ("tasks = [\"normals\"]", "`policy.constraint`: [normals] needs at_least or at_most"),
            ("tasks = [\"normals\"]\nat_least = 2", "these are only 1"),
            (
                "tasks = [\"normals\", \"random\"]\nat_least = 2\nat_most = 1",
                "more than at_most = 1",
            ),
            ("tasks = [\"normals\", \"normals\"]\nat_most = 1", "`normals` stands twice"),
            ("tasks = [\"edges_texture\"]\nat_most = 1", "cannot be bought"),
            ("tasks = [\"normls\"]\nat_most = 1", "`policy.constraint`: "),
        ];
        for (text, expected) in constraints {
            let text = format!("{QUICK}\n[[policy.constraint]]\n{text}\n");
            let error = parse(&text, &[]).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
        let good =
            format!("{QUICK}\n[[policy.constraint]]\ntasks = [\"rgb2depth\"]\nat_most = 1\n");
        let p = parse(&good, &[]).unwrap();
        assert_eq!(p.policy.constraints[0].tasks[0].as_str(), "depth_zbuffer");
        assert_eq!(parse(&p.to_toml(), &[]).unwrap(), p);
        let only_random = QUICK.replace("\"normals\", \"rgb2depth\"", "\"random\"");
        let error = parse(&only_random.replace("source_only", "target_only"), &[]);
        assert!(error.is_err());
    }
}
