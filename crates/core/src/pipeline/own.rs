//! `[[task]]` and `[[source]]`: tasks and representations of the user's own.

use serde::{Deserialize, Serialize};

use crate::id::TaskId;
use crate::pipeline::Classes;
use crate::task::{Encoding, Input, Loss, Mirror, Output, Role, Target, Task};

/// A task whose labels the user has, in a folder of files or in the columns of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnTask {
    /// Its id; none that the dictionary has.
    pub id: TaskId,
    /// The printed name; the id where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The form of a label.
    pub kind: Kind,
    /// A folder of `<image>.png` or `<image>.npy`, or a table `.csv` with a column `image`.
    pub labels: String,
    /// Of a table: the column of the labels; the id where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Of a table: the columns of a vector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
    /// Of a map of values: its channels; 1 where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<usize>,
    /// Of a vector in a folder: the numbers in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<usize>,
    /// Of a class, or of a map of classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<Classes>,
    /// What is trained and compared; see [`OwnTask::task`] for what it is where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<Loss>,
    /// Of a map: 2 predicts and judges at half of the resolution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stride: Option<usize>,
    /// Stored values times this are the values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<f64>,
    /// The stored value that means "nothing known here", for a place of a map, a whole vector or a
    /// class; may be NaN, and counts as the numbers of a file round it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invalid: Option<f64>,
    /// What a mirrored image's answer is, where it follows from the image's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mirror: Option<Mirror>,
    /// In which list of `[tasks]` it counts, where it stands in none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Label cost; 1 where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
}

/// The form of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A map of values, or of classes where `classes` is given.
    Dense,
    /// One of the classes.
    Class,
    /// A number or several.
    Vector,
}

/// Representations that the user has of every image: a source that needs no network of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnSource {
    /// Its id; none that the dictionary has.
    pub id: TaskId,
    /// The printed name; the id where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A folder of `<image>.npy` or `.safetensors`, or one `.safetensors` file.
    pub features: String,
    /// Its cost; a model that is there already costs nothing.
    #[serde(default)]
    pub cost: f64,
}

/// The most classes: their numbers have 16 bits, of which the largest means "unknown".
const MOST_CLASSES: usize = 65535;
/// The most channels of a map, or numbers in a vector.
const MOST_CHANNELS: usize = 1024;

impl OwnTask {
    /// The domain of the dataset that its labels become.
    pub fn domain(&self) -> String {
        own_domain(&self.id)
    }

    /// Whether its labels stand in a table rather than in a folder.
    pub fn is_in_table(&self) -> bool {
        let path = std::path::Path::new(&self.labels);
        path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
    }

    /// The columns of a table that hold its labels: `columns`, else `column`, else the id.
    pub fn label_columns(&self) -> Vec<String> {
        match (&self.columns, &self.column) {
            (Some(columns), _) => columns.clone(),
            (None, Some(column)) => vec![column.clone()],
            (None, None) => vec![self.id.to_string()],
        }
    }

    /// Numbers of a label: channels of a map, length of a vector, 1 for a class.
    pub fn width(&self) -> usize {
        match self.kind {
            Kind::Dense => self.channels.unwrap_or(1),
            Kind::Vector => self.length.unwrap_or_else(|| self.label_columns().len()),
            Kind::Class => 1,
        }
    }

    /// The entry of the dictionary that it stands for.
    ///
    /// The loss is cross-entropy for classes; else, where none is given, the mean absolute
    /// difference for maps and the mean squared one for vectors. Values are whitened.
    pub fn task(&self) -> Task {
        let stride = self.stride.unwrap_or(1);
        let channels = self.classes.is_none().then(|| self.width());
        let (output, usual) = match self.kind {
            Kind::Dense => (Output::Dense { channels, stride }, Loss::L1),
            Kind::Vector => (Output::Vector { length: self.width() }, Loss::L2),
            Kind::Class => (Output::Class {}, Loss::CrossEntropy),
        };
        let labels = self.classes.is_some();
        let usual = if labels { Loss::CrossEntropy } else { usual };
        let encoding = if labels { Encoding::Labels } else { Encoding::Plain };
        Task {
            id: self.id.clone(),
            official: Vec::new(),
            name: self.name.clone().unwrap_or_else(|| self.id.to_string()),
            role: self.role.unwrap_or_default(),
            cost: self.cost.unwrap_or(1.0),
            output,
            loss: self.loss.unwrap_or(usual),
            input: Input::Rgb,
            target: Some(Target { domain: self.domain(), encoding, mask: None }),
            features: None,
            mirror: self.mirror.clone(),
        }
    }

    /// Says which keys do not go with one another, or are out of their range.
    pub(super) fn check(&self) -> Result<(), String> {
        let is_dense = self.kind == Kind::Dense;
        let has_values = self.classes.is_none();
        let allowed = [
            ("column", self.column.is_some(), self.is_in_table(), "labels in a table .csv"),
            ("columns", self.columns.is_some(), self.is_in_table(), "labels in a table .csv"),
            ("columns", self.columns.is_some(), self.kind == Kind::Vector, "kind = \"vector\""),
            ("channels", self.channels.is_some(), is_dense, "kind = \"dense\""),
            ("channels", self.channels.is_some(), has_values, "values, not with `classes`"),
            ("length", self.length.is_some(), self.kind == Kind::Vector, "kind = \"vector\""),
            ("length", self.length.is_some(), !self.is_in_table(), "labels in a folder"),
            ("stride", self.stride.is_some(), is_dense, "kind = \"dense\""),
            ("scale", self.scale.is_some(), has_values, "values, not with `classes`"),
            ("classes", !has_values, self.kind != Kind::Vector, "kind = \"class\" or \"dense\""),
        ];
        if let Some((key, _, _, with)) =
            allowed.into_iter().find(|(_, given, fits, _)| *given && !fits)
        {
            return Err(format!("`{key}` goes with {with}"));
        }
        if is_dense && self.is_in_table() {
            return Err("`labels` is a table: maps are in a folder".into());
        }
        if self.kind == Kind::Class && has_values {
            return Err("`classes` is missing: it is their number, or a list of their names".into());
        }
        if self.kind == Kind::Vector && self.length.is_none() && !self.is_in_table() {
            return Err("`length` is missing: it is how many numbers each vector has".into());
        }
        if self.column.is_some() && self.columns.is_some() {
            return Err("`column` and `columns` are two names of one thing: give one".into());
        }
        if self.labels.is_empty() {
            return Err("`labels` is empty: it must name a folder or a table .csv".into());
        }
        if let Some(classes) = &self.classes {
            classes.check(MOST_CLASSES)?;
        }
        within("channels", self.channels, MOST_CHANNELS)?;
        within("length", self.length, MOST_CHANNELS)?;
        within("columns", self.columns.as_ref().map(Vec::len), MOST_CHANNELS)?;
        if let Some(scale) = self.scale.filter(|&s| s == 0.0 || !s.is_finite()) {
            return Err(format!("`scale` is {scale}: it must be a finite number other than 0"));
        }
        let mirrored = self.mirror.iter().flat_map(|mirror| &mirror.negate);
        if let Some(channel) = mirrored.filter(|&&channel| channel >= self.width()).max() {
            return Err(format!(
                "`mirror` negates {channel}: there are {} numbers, counted from 0",
                self.width()
            ));
        }
        check_cost(self.cost.unwrap_or(1.0))
    }
}

impl OwnSource {
    /// The domain of the dataset that its representations become.
    pub fn domain(&self) -> String {
        own_domain(&self.id)
    }

    /// The entry of the dictionary that it stands for: a source that predicts nothing.
    pub fn task(&self) -> Task {
        Task {
            id: self.id.clone(),
            official: Vec::new(),
            name: self.name.clone().unwrap_or_else(|| self.id.to_string()),
            role: Role::SourceOnly,
            cost: self.cost,
            output: Output::Nothing {},
            loss: Loss::Nothing,
            input: Input::Rgb,
            target: None,
            features: Some(self.domain()),
            mirror: None,
        }
    }

    /// Says which values are out of their range.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.features.is_empty() {
            return Err("`features` is empty: it must name a folder or a file .safetensors".into());
        }
        check_cost(self.cost)
    }
}

/// No domain that our tools make is called so.
fn own_domain(id: &TaskId) -> String {
    format!("own_{id}")
}

fn check_cost(cost: f64) -> Result<(), String> {
    if cost >= 0.0 && cost.is_finite() {
        return Ok(());
    }
    Err(format!("`cost` is {cost}: it must be 0 or more"))
}

fn within(key: &str, found: Option<usize>, most: usize) -> Result<(), String> {
    match found.filter(|found| !(1..=most).contains(found)) {
        Some(found) => Err(format!("`{key}`: {found} of them: it must be 1 to {most}")),
        None => Ok(()),
    }
}
