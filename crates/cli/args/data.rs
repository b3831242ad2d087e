//! The command line of datasets, and of pipelines on them.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use taskonomy_core::SplitCounts;

/// A pipeline to start from.
#[derive(Debug, ClapArgs)]
pub struct Init {
    /// The file to write [default: pipelines/NAME.toml]
    pub file: Option<PathBuf>,
    /// Name of the pipeline and of its run [default: first, or that of the folder of photos]
    #[arg(long)]
    pub name: Option<String>,
    /// Begin with the photos of this folder instead of procedural rooms
    #[arg(long, value_name = "DIR")]
    pub photos: Option<PathBuf>,
    /// Number of crops of the photos
    #[arg(long, value_name = "N", requires = "photos", default_value_t = 300)]
    pub crops: usize,
}

/// Datasets.
#[derive(Debug, Subcommand)]
pub enum Data {
    /// Make images of procedural rooms, or of models of buildings, with all labels
    Rooms(Rooms),
    /// Make crops of your own photos, with the labels that need nothing but the image
    Photos(Photos),
    /// Read a folder of the Taskonomy or Omnidata dataset
    Import(Import),
    /// Write a dataset as a folder that loaders of the Taskonomy dataset read
    Export(ExportData),
    /// Write a contact sheet: images and labels side by side
    Show {
        /// The dataset
        dir: PathBuf,
        /// The picture to write [default: DIR/contact-sheet.png]
        #[arg(short, long, alias = "out", value_name = "FILE")]
        output: Option<PathBuf>,
        /// Which split
        #[arg(long, default_value = "test")]
        split: taskonomy_core::Split,
        /// How many samples
        #[arg(short = 'n', long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=200))]
        samples: u16,
    },
    /// Check that every file is whole, and show ranges, means and gaps of the labels
    Check {
        /// The dataset, or a folder of the Taskonomy or Omnidata dataset
        dir: PathBuf,
    },
}

/// Procedural rooms, or models of buildings.
#[derive(Debug, ClapArgs)]
pub struct Rooms {
    /// The folder to make
    pub dir: PathBuf,
    /// Seed of the rooms and cameras
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Height and width of the images
    #[arg(long, default_value_t = 64)]
    pub size: usize,
    /// Scenes for networks, transfers, validation and test; with --model their proportions
    #[arg(long, value_name = "N,N,N,N", value_parser = scenes, default_value = "240,60,24,100")]
    pub scenes: SplitCounts,
    /// Views of each scene; with --model of each part of a building's floor
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub views: u16,
    /// A model of a building, .obj, .gltf or .glb; give it again for more. Four and more are divided
    /// among the splits as they are, fewer by the rooms in them
    #[arg(long, value_name = "FILE", conflicts_with = "furniture")]
    pub model: Vec<String>,
    /// Which axis is up in the models
    #[arg(long, value_enum, default_value = "y", requires = "model")]
    pub up: UpArg,
    /// Metres per unit of the models, as 0.01 where they are in centimetres
    #[arg(long, value_name = "METRES", default_value_t = 1.0, requires = "model", value_parser = scale)]
    pub scale: f32,
    /// Furnish the rooms with the models of this folder, which has a catalogue as Debian's package
    /// sweethome3d-furniture
    #[arg(long, value_name = "DIR")]
    pub furniture: Option<PathBuf>,
}

/// An axis that is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UpArg {
    Y,
    Z,
}

/// Crops of photos.
#[derive(Debug, ClapArgs)]
pub struct Photos {
    /// The folder of the photos: JPEG, PNG and WebP, also in folders below it
    pub dir: PathBuf,
    /// The dataset to make [default: data/ and the name of the folder]
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Number of crops in all
    #[arg(long, value_name = "N", default_value_t = 300)]
    pub crops: usize,
    /// Height and width of the crops
    #[arg(long, default_value_t = 64)]
    pub size: usize,
    /// Seed of the splits and the crops
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Proportions of networks, transfers, validation and test
    #[arg(long, value_name = "N,N,N,N", value_parser = shares, default_value = "5,2,1,2")]
    pub shares: SplitCounts,
}

/// A folder of somebody else's.
#[derive(Debug, ClapArgs)]
pub struct Import {
    /// The folder: DOMAIN/BUILDING/, DOMAIN/taskonomy/BUILDING/ or BUILDING/DOMAIN/ with files that
    /// are named as the published ones
    pub dir: PathBuf,
    /// The dataset to make [default: data/ and the name of the folder]
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Height and width of the images
    #[arg(long, default_value_t = 64)]
    pub size: usize,
    /// Which buildings are for what: a table id,train,val,test, as the published ones [default:
    /// buildings are divided by --shares]
    #[arg(long, value_name = "FILE")]
    pub splits: Option<PathBuf>,
    /// Proportions of networks, transfers, validation and test; of networks and transfers with
    /// --splits
    #[arg(long, value_name = "N,N,N,N", value_parser = shares, default_value = "5,2,1,2")]
    pub shares: SplitCounts,
    /// Seed of the splits
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// A folder for others.
#[derive(Debug, ClapArgs)]
pub struct ExportData {
    /// The dataset
    pub dataset: PathBuf,
    /// The folder to write
    pub dir: PathBuf,
    /// How domains and buildings are nested
    #[arg(long, default_value = "taskonomy")]
    pub layout: LayoutArg,
}

/// How domains and buildings are nested in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LayoutArg {
    /// DOMAIN/BUILDING/
    Taskonomy,
    /// DOMAIN/taskonomy/BUILDING/
    Omnidata,
    /// BUILDING/DOMAIN/
    Buildings,
}

fn scenes(text: &str) -> Result<SplitCounts, String> {
    match four(text) {
        Some([0, 0, 0, 0]) => Err("there must be at least one scene".to_owned()),
        Some(numbers) => Ok(counts(numbers)),
        None => Err("write four numbers, as in 240,60,24,100".to_owned()),
    }
}

fn scale(text: &str) -> Result<f32, String> {
    let range = 1e-6..=1e6;
    let value = text.parse().ok().filter(|value| range.contains(value));
    value.ok_or_else(|| "write a number from 0.000001 to 1000000".to_owned())
}

fn shares(text: &str) -> Result<SplitCounts, String> {
    match four(text) {
        Some(numbers) if !numbers.contains(&0) => Ok(counts(numbers)),
        _ => Err("write four numbers of 1 or more, as in 5,2,1,2".to_owned()),
    }
}

fn four(text: &str) -> Option<[u32; 4]> {
    let numbers: Result<Vec<u32>, _> = text.split(',').map(|part| part.trim().parse()).collect();
    numbers.ok()?.try_into().ok()
}

fn counts(numbers: [u32; 4]) -> SplitCounts {
    let [networks, transfers, validation, test] = numbers.map(|number| number as usize);
    SplitCounts { networks, transfers, validation, test }
}
