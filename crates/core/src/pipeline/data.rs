//! The `[data]` table: where the images are, and how they are made when they are not there yet.

use serde::{Deserialize, Serialize};

use crate::pipeline::PipelineError;
use crate::split::Split;

/// Where the images are, and how they are made when they are not there yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// Folder of the dataset.
    pub path: String,
    /// Makes the dataset when the folder is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub make: Option<Maker>,
    /// Height and width of the images in pixels.
    #[serde(default = "size")]
    pub size: usize,
    /// Of a dataset from elsewhere: about how many images each split has, for the estimates of a
    /// dry run where the folder is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images: Option<SplitCounts>,
    /// Rooms: scenes per split. Present once the pipeline is checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenes: Option<SplitCounts>,
    /// Rooms: views per scene. Present once the pipeline is checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub views: Option<usize>,
    /// Photos: the folder that they are in. Present once the pipeline is checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photos: Option<String>,
    /// Photos: number of crops in all. Present once the pipeline is checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crops: Option<usize>,
    /// Photos: proportions of the splits. Present once the pipeline is checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shares: Option<SplitCounts>,
}

/// A generator of datasets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Maker {
    /// Procedural rooms.
    Rooms,
    /// Crops of a folder of photos.
    Photos,
}

impl Maker {
    fn name(self) -> &'static str {
        match self {
            Self::Rooms => "rooms",
            Self::Photos => "photos",
        }
    }

    /// The keys of `[data]` that only this one reads.
    pub fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Rooms => &["scenes", "views"],
            Self::Photos => &["photos", "crops", "shares"],
        }
    }
}

impl std::fmt::Display for Maker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// A number per split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitCounts {
    /// For [`Split::Networks`].
    pub networks: usize,
    /// For [`Split::Transfers`].
    pub transfers: usize,
    /// For [`Split::Validation`].
    pub validation: usize,
    /// For [`Split::Test`].
    pub test: usize,
}

impl SplitCounts {
    /// Scenes of rooms, unless something else is asked for.
    pub const SCENES: Self = Self { networks: 240, transfers: 60, validation: 24, test: 100 };
    /// Proportions in which photos are divided, unless something else is asked for.
    pub const SHARES: Self = Self { networks: 5, transfers: 2, validation: 1, test: 2 };

    /// The number of one split.
    pub fn of(&self, split: Split) -> usize {
        match split {
            Split::Networks => self.networks,
            Split::Transfers => self.transfers,
            Split::Validation => self.validation,
            Split::Test => self.test,
        }
    }
}

/// Views of each scene, unless something else is asked for.
const VIEWS: usize = 10;

/// Crops, unless something else is asked for.
const CROPS: usize = 300;

impl DataConfig {
    /// About how many samples a split has, where the pipeline tells; else as many as rooms have.
    pub fn samples(&self, split: Split) -> usize {
        match self.make {
            Some(Maker::Photos) => {
                let shares = self.shares.unwrap_or(SplitCounts::SHARES);
                let total: usize = Split::ALL.iter().map(|&s| shares.of(s)).sum();
                self.crops.unwrap_or(CROPS) * shares.of(split) / total.max(1)
            }
            None if let Some(images) = self.images => images.of(split),
            _ => self.scenes.unwrap_or(SplitCounts::SCENES).of(split) * self.views.unwrap_or(VIEWS),
        }
    }

    /// Refuses what belongs to another maker, and fills in what was left open.
    pub(super) fn settle(&mut self) -> Result<(), PipelineError> {
        let given = [
            (Maker::Rooms, "data.scenes", self.scenes.is_some()),
            (Maker::Rooms, "data.views", self.views.is_some()),
            (Maker::Photos, "data.photos", self.photos.is_some()),
            (Maker::Photos, "data.crops", self.crops.is_some()),
            (Maker::Photos, "data.shares", self.shares.is_some()),
        ];
        for (of, key, is_given) in given {
            // Scenes and views stood in every config.toml once, also of datasets made elsewhere.
            let is_idle = self.make.is_none() && of == Maker::Rooms;
            if is_given && self.make != Some(of) && !is_idle {
                return Err(PipelineError::Maker { key, of, make: self.make });
            }
        }
        if self.images.is_some() && self.make.is_some() {
            let allowed = "it must be left out beside `data.make`, whose settings tell".to_owned();
            let found = "given".to_owned();
            return Err(PipelineError::Range { key: "data.images", found, allowed });
        }
        match self.make {
            Some(Maker::Rooms) => {
                self.scenes.get_or_insert(SplitCounts::SCENES);
                self.views.get_or_insert(VIEWS);
            }
            Some(Maker::Photos) => {
                if self.photos.as_ref().is_none_or(String::is_empty) {
                    let allowed = "it must name the folder of the photos".to_owned();
                    let found = self.photos.as_ref().map_or("missing", |_| "empty").to_owned();
                    return Err(PipelineError::Range { key: "data.photos", found, allowed });
                }
                self.crops.get_or_insert(CROPS);
                self.shares.get_or_insert(SplitCounts::SHARES);
            }
            None => {}
        }
        Ok(())
    }
}

fn size() -> usize {
    64
}
