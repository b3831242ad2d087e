//! What is in a folder: its layout, its buildings, their views, and the files of each.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde::Serialize;

use crate::error::ExchangeError;
use crate::fault::{Defect, Fault, Faults};
use crate::known::{KNOWN, RGB, by_folder};
use crate::name::{FileName, ViewId, parse};
use crate::tree::{Entry, Tree, below, sorted};

/// How domains and buildings are nested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// `DOMAIN/BUILDING/point_P_view_V_domain_D.png`, as most loaders want it.
    Taskonomy,
    /// `DOMAIN/taskonomy/BUILDING/…`, as Omnidata's downloader makes it.
    Omnidata,
    /// `BUILDING/DOMAIN/…`, as the published archives unpack.
    Buildings,
    /// `DOMAIN/…`: one building, called as the folder is.
    Single,
}

impl Layout {
    /// The pattern of paths, for people.
    pub fn pattern(self) -> &'static str {
        match self {
            Self::Taskonomy => "DOMAIN/BUILDING/point_P_view_V_domain_D.png",
            Self::Omnidata => "DOMAIN/taskonomy/BUILDING/point_P_view_V_domain_D.png",
            Self::Buildings => "BUILDING/DOMAIN/point_P_view_V_domain_D.png",
            Self::Single => "DOMAIN/point_P_view_V_domain_D.png",
        }
    }
}

/// Everything that a folder holds; its files are not opened.
#[derive(Debug)]
pub struct Folder {
    /// How it is laid out.
    pub layout: Layout,
    /// In the order of their names.
    pub(crate) buildings: Vec<Building>,
    /// Names of folders that stand where domains do and are none that is read.
    pub others: Vec<String>,
    /// Files that are of no view, or of one that has another.
    pub(crate) faults: Faults,
}

/// A building: the scene of its views.
#[derive(Debug)]
pub(crate) struct Building {
    pub(crate) name: String,
    /// In the order of points and views.
    pub(crate) views: Vec<View>,
    /// Per domain of [`KNOWN`]: its folder, and how most of its files end.
    folders: [Option<(String, &'static str)>; KNOWN.len()],
    /// Names that are not as they would be written (leading zeros, another suffix).
    odd: BTreeMap<(usize, ViewId), String>,
}

/// A view, and which domains of [`KNOWN`] it has a file of, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) id: ViewId,
    files: u32,
}

impl View {
    /// Whether there is a file of the domain.
    pub(crate) fn has(self, known: usize) -> bool {
        self.files & (1 << known) != 0
    }
}

impl Building {
    fn new(name: String) -> Self {
        Self { name, views: Vec::new(), folders: Default::default(), odd: BTreeMap::new() }
    }

    /// The path of a file of a view.
    pub(crate) fn path(&self, known: usize, id: ViewId) -> String {
        let default = KNOWN[known].folders[0].to_owned();
        let suffix = KNOWN[known].suffixes[0];
        let (folder, suffix) =
            self.folders[known].as_ref().map_or((&default, suffix), |(f, s)| (f, *s));
        match self.odd.get(&(known, id)) {
            Some(name) => below(folder, name),
            None => below(folder, &id.file(suffix, KNOWN[known].coding.ending())),
        }
    }

    /// The views that have an image.
    pub(crate) fn images(&self) -> impl Iterator<Item = View> {
        self.views.iter().copied().filter(|view| view.has(RGB))
    }
}

impl Folder {
    /// Reads the names of all files; `name` is that of the folder itself.
    pub fn scan(tree: &dyn Tree, name: &str) -> Result<Self, ExchangeError> {
        let unreadable = |folder, source| ExchangeError::Tree { folder, source };
        let top = sorted(tree, "").map_err(|source| unreadable(String::new(), source))?;
        let folders = |entries: Vec<Entry>| entries.into_iter().filter(|e| e.is_folder);
        let mut found = Found::default();
        for entry in folders(top.clone()) {
            match by_folder(&entry.name) {
                Some(known) => found.domain(known, &entry.name, name, tree),
                None => _ = found.others.insert(entry.name),
            }
        }
        if found.layouts.is_empty() {
            found.others.clear(); // They are buildings, if anything.
            for building in folders(top.clone()) {
                for entry in folders(found.list(tree, &building.name)) {
                    let Some(known) = by_folder(&entry.name) else {
                        found.others.insert(entry.name);
                        continue;
                    };
                    let path = below(&building.name, &entry.name);
                    let files = found.list(tree, &path);
                    found.add(Layout::Buildings, known, &building.name, path, files);
                }
            }
        }
        let layouts: Vec<Layout> = found.layouts.keys().copied().collect();
        let [layout] = layouts[..] else {
            let shown = top.iter().take(5).map(|entry| entry.name.escape_debug().to_string());
            let example =
                |layout: &Layout| format!("{} ({})", found.layouts[layout], layout.pattern());
            return Err(match layouts.len() {
                0 if let Some((folder, source)) = found.unreadable.pop_first() => {
                    unreadable(folder, source)
                }
                0 => ExchangeError::Layout { found: shown.collect() },
                _ => ExchangeError::Layouts { found: layouts.iter().map(example).collect() },
            });
        };
        let Found { mut buildings, faults, others, .. } = found;
        for building in buildings.values_mut() {
            building.views.sort_unstable_by_key(|view| view.id);
        }
        let buildings = buildings.into_values().filter(|b| !b.views.is_empty()).collect();
        let others = others.into_iter().collect();
        Ok(Self { layout, buildings, others, faults })
    }

    /// The buildings' names.
    pub fn buildings(&self) -> impl Iterator<Item = &str> {
        self.buildings.iter().map(|building| building.name.as_str())
    }

    /// Number of views with an image.
    pub fn views(&self) -> usize {
        self.buildings.iter().map(|building| building.images().count()).sum()
    }

    /// Whether some view has a file of the domain.
    pub(crate) fn holds(&self, known: usize) -> bool {
        self.buildings.iter().any(|b| b.views.iter().any(|view| view.has(known)))
    }
}

/// What was found so far.
#[derive(Debug, Default)]
struct Found {
    /// Each layout with the first folder that has it.
    layouts: BTreeMap<Layout, String>,
    buildings: BTreeMap<String, Building>,
    others: BTreeSet<String>,
    faults: Faults,
    /// Folders that cannot be listed.
    unreadable: BTreeMap<String, io::Error>,
}

impl Found {
    /// What is in a folder; nothing where it cannot be listed, which is a fault.
    fn list(&mut self, tree: &dyn Tree, folder: &str) -> Vec<Entry> {
        sorted(tree, folder).unwrap_or_else(|error| {
            let fault = Fault::new(Defect::Unreadable, error.to_string());
            if self.unreadable.insert(folder.to_owned(), error).is_none() {
                self.faults.add(fault.at(folder.escape_debug().to_string()));
            }
            Vec::new()
        })
    }

    /// A folder of a domain at the top.
    fn domain(&mut self, known: usize, folder: &str, root: &str, tree: &dyn Tree) {
        let entries = self.list(tree, folder);
        if entries.iter().any(|entry| !entry.is_folder && entry.name.starts_with("point_")) {
            self.add(Layout::Single, known, root, folder.to_owned(), entries);
            return;
        }
        for entry in entries {
            let path = below(folder, &entry.name);
            if !entry.is_folder {
                self.stray(path);
                continue;
            }
            let inner = self.list(tree, &path);
            if inner.is_empty() {
                continue; // A download that brought nothing tells no layout.
            }
            let is_view = |e: &Entry| !e.is_folder && e.name.starts_with("point_");
            if inner.iter().any(is_view) || !inner.iter().any(|e| e.is_folder) {
                self.add(Layout::Taskonomy, known, &entry.name, path, inner);
                continue;
            }
            for building in inner {
                if !building.is_folder {
                    self.stray(below(&path, &building.name));
                    continue;
                }
                let path = below(&path, &building.name);
                // Buildings of other components than the first may have the same names.
                let name = match entry.name.as_str() {
                    "taskonomy" => building.name,
                    component => below(component, &building.name),
                };
                let files = self.list(tree, &path);
                self.add(Layout::Omnidata, known, &name, path, files);
            }
        }
    }

    /// A folder with the files of one domain of one building.
    fn add(&mut self, layout: Layout, known: usize, name: &str, path: String, files: Vec<Entry>) {
        if name.chars().any(char::is_control) {
            self.stray(path);
            return;
        }
        self.layouts.entry(layout).or_insert_with(|| path.clone());
        let building =
            self.buildings.entry(name.to_owned()).or_insert_with(|| Building::new(name.to_owned()));
        if building.folders[known].is_some() {
            return; // `points` beside `point_info`: one of the two is enough.
        }
        let domain = &KNOWN[known];
        let ending = domain.coding.ending();
        let mut usual = None;
        let mut places: BTreeMap<ViewId, usize> =
            building.views.iter().enumerate().map(|(at, view)| (view.id, at)).collect();
        for Entry { name, .. } in files {
            let suffix = |found: &FileName| {
                domain.suffixes.iter().find(|s| **s == found.suffix && found.ending == ending)
            };
            let Some((id, suffix)) = parse(&name).and_then(|n| Some((n.id, *suffix(&n)?))) else {
                let file = below(&path, &name).escape_debug().to_string();
                let expected = format!("point_P_view_V_domain_{}.{ending}", domain.suffixes[0]);
                let why = format!("no file of this folder, whose names are {expected}");
                self.faults.add(Fault::new(Defect::Name, why).at(file));
                continue;
            };
            let at = *places.entry(id).or_insert_with(|| {
                building.views.push(View { id, files: 0 });
                building.views.len() - 1
            });
            let view = &mut building.views[at];
            if view.has(known) {
                let why = format!("there is another file of {id} and this domain");
                self.faults.add(Fault::new(Defect::Twice, why).at(below(&path, &name)));
                continue;
            }
            view.files |= 1 << known;
            if name != id.file(usual.get_or_insert(suffix), ending) {
                building.odd.insert((known, id), name);
            }
        }
        building.folders[known] = Some((path, usual.unwrap_or(domain.suffixes[0])));
    }

    fn stray(&mut self, path: String) {
        let why = "no file or building of this layout";
        self.faults.add(Fault::new(Defect::Name, why).at(path.escape_debug().to_string()));
    }
}
