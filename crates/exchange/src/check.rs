//! Whether a folder is whole, and what it can be used for.

use std::collections::BTreeMap;

use serde::Serialize;
use taskonomy_core::{Dictionary, TaskId};

use crate::error::ExchangeError;
use crate::fault::Faults;
use crate::folder::{Folder, Layout};
use crate::gaps::{Gap, gaps};
use crate::import::{Step, going_on, read_all};
use crate::plan::{Plan, feeds};
use crate::tree::Tree;

/// What a folder holds, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Checked {
    /// Its layout.
    pub layout: Layout,
    /// Number of its buildings.
    pub buildings: usize,
    /// Number of views whose image can be read.
    pub views: usize,
    /// Number of those of each size, by `WIDTHxHEIGHT`.
    pub sizes: BTreeMap<String, usize>,
    /// Number of these views that have each domain.
    pub present: BTreeMap<String, usize>,
    /// For each task that is trained, the domains that it needs and that are not there.
    pub tasks: BTreeMap<TaskId, Vec<String>>,
    /// Folders that stand where domains do and are none that is read.
    pub others: Vec<String>,
    /// Files that one would expect and that are not there.
    pub gaps: Vec<Gap>,
    /// Files that cannot be used.
    pub faults: Faults,
}

impl Checked {
    /// Whether nothing is missing or wrong.
    pub fn is_whole(&self) -> bool {
        self.gaps.is_empty() && self.faults.total() == 0
    }
}

/// The size that views are brought to when only their being readable counts.
const SIZE: usize = 8;

/// Reads every file of a folder. `watch` as for [`crate::import`].
pub fn check(
    tree: &dyn Tree,
    name: &str,
    tasks: &Dictionary,
    watch: &(dyn Fn(Step) -> bool + Sync),
) -> Result<Checked, ExchangeError> {
    let folder = Folder::scan(tree, name)?;
    let plan = Plan::new(tree, &folder, SIZE)?;
    let mut checked = Checked {
        layout: folder.layout,
        buildings: folder.buildings.len(),
        views: 0,
        sizes: BTreeMap::new(),
        present: plan.domains.iter().map(|domain| (domain.name.clone(), 0)).collect(),
        tasks: BTreeMap::new(),
        others: folder.others.clone(),
        gaps: gaps(&folder),
        faults: folder.faults.clone(),
    };
    going_on(watch, Step::Found(folder.views()))?;
    for (place, building) in folder.buildings.iter().enumerate() {
        let views: Vec<_> = building.images().collect();
        read_all(tree, &folder, place, &views, &plan, watch, |_, read| {
            checked.faults.extend(read.faults);
            if let Some([width, height]) = read.sides {
                checked.views += 1;
                *checked.sizes.entry(format!("{width}x{height}")).or_default() += 1;
            }
            for name in read.values.into_keys() {
                *checked.present.entry(name).or_default() += 1;
            }
            Ok(())
        })?;
    }
    // What no view has can teach nothing.
    let held: Vec<_> =
        plan.domains.into_iter().filter(|domain| checked.present[&domain.name] > 0).collect();
    checked.tasks = feeds(&held, tasks);
    Ok(checked)
}
