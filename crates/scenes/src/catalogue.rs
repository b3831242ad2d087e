//! Catalogues of furniture: folders of OBJ models in the layout of Sweet Home 3D's libraries.

mod properties;
mod replace;

use std::path::Path;
use std::sync::{Arc, OnceLock};

use glam::{Mat3A, Vec3A};

use crate::mesh::Mesh;
use crate::model::{Archive, Faults, Files, Folder, Model, ModelError, Reading, Up, thing_of};
use crate::texture::Image;
use crate::thing::Thing;
use properties::Entry;

/// From the bytes of a picture to its pixels; why not, for people.
pub type Decode = dyn Fn(&[u8]) -> Result<Image, String> + Send + Sync;

/// Models of furniture that take the place of what procedural rooms are furnished with.
///
/// A model is read when a room first needs it, and kept.
pub struct Catalogue {
    sources: Vec<Box<dyn Files + Send>>,
    pieces: Vec<Piece>,
    entries: usize,
    faults: Faults,
    decode: Box<Decode>,
}

/// A model of a catalogue that can stand for a thing.
struct Piece {
    thing: Thing,
    /// Width, depth and height, metres.
    size: Vec3A,
    /// Which of the sources has it.
    source: usize,
    /// Its path there.
    path: String,
    /// How it is turned before it stands upright and looks to its front.
    turn: Mat3A,
    model: OnceLock<Result<Loaded, (Faults, String)>>,
}

/// A model that was read, and what was left out of it.
struct Loaded {
    mesh: Arc<Mesh>,
    faults: Faults,
}

/// Larger models are passed over, bytes: a room has dozens of them.
const LARGEST: usize = 4 << 20;
/// How catalogues are named; of their translations nothing is needed.
const CATALOGUE: &str = "FurnitureCatalog.properties";

impl Catalogue {
    /// Reads all catalogues of a folder: those in it and below, and those in its `.sh3f` archives.
    ///
    /// Of doors, windows, what has no size and what no room has, nothing is kept.
    pub fn open(folder: &Path, decode: Box<Decode>) -> Result<Self, ModelError> {
        let shown = folder.display().to_string();
        let unread = |why| ModelError::Read { file: shown.clone(), why };
        let disk = Folder(folder.to_owned());
        let mut faults = Faults::default();
        let mut sources: Vec<Box<dyn Files + Send>> = Vec::new();
        for path in disk.ending(".sh3f").map_err(unread)? {
            match disk.read(&path).and_then(Archive::new) {
                Ok(archive) => sources.push(Box::new(archive)),
                Err(why) => faults.add("archives that cannot be read", || format!("{path}: {why}")),
            }
        }
        sources.push(Box::new(disk));
        let (mut pieces, mut catalogues, mut entries) = (Vec::new(), 0, 0);
        for (source, files) in sources.iter().enumerate() {
            for path in files.ending(CATALOGUE).map_err(unread)? {
                match files.read(&path) {
                    Ok(bytes) => {
                        catalogues += 1;
                        let read = properties::read(&bytes);
                        entries += read.len();
                        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                        let fits = read.into_iter().filter_map(|entry| {
                            Piece::new(entry, source, folder, &path, &mut faults)
                        });
                        pieces.extend(fits);
                    }
                    Err(why) => {
                        faults.add("catalogues that cannot be read", || format!("{path}: {why}"));
                    }
                }
            }
        }
        let left_out = faults.to_string();
        if catalogues == 0 {
            return Err(if faults.is_empty() {
                ModelError::NoCatalogue { folder: shown }
            } else {
                ModelError::NoFurniture { folder: shown, entries, left_out }
            });
        }
        if pieces.is_empty() {
            return Err(ModelError::NoFurniture { folder: shown, entries, left_out });
        }
        Ok(Self { sources, pieces, entries, faults, decode })
    }

    /// How many entries there are, and how many of them can stand in a room.
    pub fn counts(&self) -> (usize, usize) {
        (self.entries, self.pieces.len())
    }

    /// How many models have taken a place so far, and what was left out of them and beside them.
    pub fn used(&self) -> (usize, Faults) {
        let (mut used, mut faults) = (0, self.faults.clone());
        for piece in &self.pieces {
            match piece.model.get() {
                Some(Ok(loaded)) => {
                    used += 1;
                    faults.join(loaded.faults.clone());
                }
                Some(Err((inside, why))) => {
                    faults.join(inside.clone());
                    faults.add("models that cannot be used", || why.clone());
                }
                None => {}
            }
        }
        (used, faults)
    }

    /// The triangles of a piece, read if they have not been yet; none if they cannot be used.
    fn mesh(&self, piece: usize) -> Option<Arc<Mesh>> {
        let piece = &self.pieces[piece];
        let loaded = piece.model.get_or_init(|| self.load(piece));
        loaded.as_ref().ok().map(|loaded| Arc::clone(&loaded.mesh))
    }

    fn load(&self, piece: &Piece) -> Result<Loaded, (Faults, String)> {
        let files = &*self.sources[piece.source];
        let failed = |why: String| (Faults::default(), why);
        let bytes =
            files.read(&piece.path).map_err(|why| failed(format!("{}: {why}", piece.path)))?;
        if bytes.len() > LARGEST {
            return Err(failed(format!("{}: more than {} MiB", piece.path, LARGEST >> 20)));
        }
        let how = Reading {
            up: Up::Y,
            turn: piece.turn,
            scale: 0.01,
            glass: true,
            whole: true,
            decode: &*self.decode,
        };
        let model = Model::read(files, &piece.path, &how).map_err(|e| failed(e.to_string()))?;
        let Model { mut objects, faults, .. } = model;
        let object = objects.pop().ok_or_else(|| failed(piece.path.clone()))?;
        let bounds = object.mesh.bounds();
        if (bounds.max - bounds.min).min_element() <= 1e-4 {
            return Err((faults, format!("{}: it is flat", piece.path)));
        }
        Ok(Loaded { mesh: object.mesh, faults })
    }
}

impl Piece {
    /// The piece of an entry, if rooms have such things; `folder` is that of its catalogue.
    fn new(
        entry: Entry,
        source: usize,
        folder: &str,
        catalogue: &str,
        faults: &mut Faults,
    ) -> Option<Self> {
        let thing = entry.is_indoors().then(|| thing_of(&entry.name)).flatten();
        let thing = thing.filter(|&thing| replace::front(thing).is_some())?;
        let place = || format!("number {} ({:?}) of {catalogue}", entry.number, entry.name);
        let Some(size) = entry.size() else {
            faults.add("entries without a size", place);
            return None;
        };
        if !entry.model.to_ascii_lowercase().ends_with(".obj") {
            faults.add("entries whose models are no OBJ files", place);
            return None;
        }
        let path = match (entry.model.strip_prefix('/'), folder) {
            (Some(path), _) => path.to_owned(),
            (None, "") => entry.model.clone(),
            (None, folder) => format!("{folder}/{}", entry.model),
        };
        let turn = entry.turn();
        Some(Self { thing, size, source, path, turn, model: OnceLock::new() })
    }
}

#[cfg(test)]
mod tests;
