//! Labels that a network cannot learn from, or hardly.

use taskonomy_core::Split;

use super::{Entry, Flag};
use crate::dataset::Dataset;

/// Less than this share of valid values is next to nothing.
const LEAST_VALID: f64 = 0.01;

/// One value in more than this share of the places leaves next to nothing to tell apart.
const MOST_OF_ONE: f64 = 0.99;

/// More than this share of samples without any contrast is worth a look.
const MOST_FLAT: f64 = 0.1;

pub(super) fn flags(dataset: &Dataset, entries: &[Entry]) -> Vec<Flag> {
    let mut flags = Vec::new();
    for split in Split::ALL.into_iter().filter(|&split| dataset.is_empty(split)) {
        flags.push(Flag { domain: None, split: Some(split), what: "has no samples".into() });
    }
    for domain in &dataset.manifest().domains {
        let name = &domain.name;
        let here: Vec<&Entry> = entries.iter().filter(|e| e.domain == *name).collect();
        let mut flag = |split, what| flags.push(Flag { domain: Some(name.clone()), split, what });
        for entry in &here {
            entry_flags(entry, |what| flag(Some(entry.split), what));
        }
        let names = |missing: &dyn Fn(usize) -> bool| {
            let names = domain.classes.iter().enumerate().filter(|(class, _)| missing(*class));
            names.map(|(_, name)| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        };
        let never = |class: usize| here.iter().all(|e| e.classes[class] == 0.0);
        let missing = names(&never);
        if !missing.is_empty() {
            flag(None, format!("classes that never occur: {missing}"));
        }
        for entry in here.iter().filter(|e| e.min.is_some()) {
            let missing = names(&|class| entry.classes[class] == 0.0 && !never(class));
            if !missing.is_empty() {
                flag(Some(entry.split), format!("classes that do not occur: {missing}"));
            }
        }
    }
    flags
}

fn entry_flags(entry: &Entry, mut flag: impl FnMut(String)) {
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    if entry.samples == 0 {
        flag("has no tuples: each scene has too few views for them".into());
        return;
    }
    if entry.absent == entry.samples {
        flag("absent from every sample".into());
        return;
    }
    let Some(min) = entry.min else {
        flag("no value is valid".into());
        return;
    };
    if 1.0 - entry.invalid < LEAST_VALID {
        flag(format!("nearly empty: {} of the values are valid", percent(1.0 - entry.invalid)));
    }
    if !entry.classes.is_empty() {
        return; // Missing classes are told apart from the other splits.
    }
    if entry.max == Some(min) {
        flag(format!("constant: every value is {min}"));
        return;
    }
    for (channel, value) in &entry.constant {
        flag(format!("channel {channel} is constant: every value is {value}"));
    }
    let (value, share) = entry.commonest;
    if share > MOST_OF_ONE {
        flag(format!("nearly empty: {} of the values are {value}", percent(share)));
    }
    let present = entry.samples - entry.absent;
    if entry.flat as f64 > MOST_FLAT * present as f64 {
        flag(format!("{} of {present} samples have one value throughout", entry.flat));
    }
}
