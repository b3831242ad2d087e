//! What is wrong with single files: named up to a number, counted beyond it.

use std::collections::BTreeMap;

use serde::Serialize;

/// How a file fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Defect {
    /// It cannot be read from the disk.
    Unreadable,
    /// Its name is not that of a view of this folder.
    Name,
    /// Another file is of the same view and domain.
    Twice,
    /// It is cut off, or not of its kind.
    Damaged,
    /// Its colour type, bit depth or number type is not that of the domain.
    Format,
    /// It has other sides than the image of its view.
    Size,
    /// A field that is needed is missing or makes no sense.
    Field,
    /// It holds a number that is none, or infinite.
    NotFinite,
    /// It holds a class that there is not.
    Class,
}

impl Defect {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Unreadable,
        Self::Name,
        Self::Twice,
        Self::Damaged,
        Self::Format,
        Self::Size,
        Self::Field,
        Self::NotFinite,
        Self::Class,
    ];

    /// For people, after a number of files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Name => "with a name of no view",
            Self::Twice => "of a view that has one already",
            Self::Damaged => "damaged",
            Self::Format => "of the wrong type or bit depth",
            Self::Size => "of another size than the image",
            Self::Field => "with missing or impossible fields",
            Self::NotFinite => "with a number that is not finite",
            Self::Class => "with a class that there is not",
        }
    }
}

/// A file that was left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// How it fails.
    pub defect: Defect,
    /// Its path below the folder.
    pub file: String,
    /// What was found and what is needed, for people.
    pub why: String,
}

impl Fault {
    pub(crate) fn new(defect: Defect, why: impl Into<String>) -> Self {
        Self { defect, file: String::new(), why: why.into() }
    }

    /// Of this file.
    pub(crate) fn at(self, file: impl Into<String>) -> Self {
        Self { file: file.into(), ..self }
    }
}

/// The files that were left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Faults {
    /// How many of each kind; kinds that do not occur are not listed.
    pub counts: BTreeMap<Defect, usize>,
    /// The first [`Faults::NAMED`] of each kind, by kind and then in the order of the folder.
    pub named: Vec<Fault>,
}

impl Faults {
    /// Of each kind as many files are named: a folder of millions may have millions.
    pub const NAMED: usize = 100;

    /// The number of all files that were left out.
    pub fn total(&self) -> usize {
        self.counts.values().sum()
    }

    pub(crate) fn add(&mut self, fault: Fault) {
        let count = self.counts.entry(fault.defect).or_default();
        *count += 1;
        if *count <= Self::NAMED {
            let place = self.named.partition_point(|other| other.defect <= fault.defect);
            self.named.insert(place, fault);
        }
    }

    pub(crate) fn extend(&mut self, faults: impl IntoIterator<Item = Fault>) {
        faults.into_iter().for_each(|fault| self.add(fault));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_counted_and_the_first_of_each_kind_named() {
        let mut faults = Faults::default();
        for number in 0..Faults::NAMED + 5 {
            faults.add(Fault::new(Defect::Size, "x").at(number.to_string()));
        }
        faults.add(Fault::new(Defect::Damaged, "y").at("z"));
        assert_eq!((faults.total(), faults.named.len()), (106, 101));
        assert_eq!(faults.counts[&Defect::Size], 105);
        assert_eq!((faults.named[0].file.as_str(), faults.named[100].file.as_str()), ("z", "99"));
        assert!(Defect::ALL.is_sorted());
    }
}
