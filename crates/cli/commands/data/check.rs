//! `data check`: whether a dataset is whole, and what its values are like.

use std::path::Path;

use serde_json::json;
use taskonomy_core::Domain;
use taskonomy_data::{DataError, Dataset, Entry, Sheet};

use super::{data_failure, folder, summary};
use crate::failure::Failure;
use crate::output::Output;

/// Carries out `data check`.
pub fn check(dir: &Path, output: Output) -> Result<(), Failure> {
    let dataset = match Dataset::open(dir) {
        Err(error @ DataError::NoManifest { .. }) => return folder::check(dir, error, output),
        other => other.map_err(data_failure)?,
    };
    dataset.verify_checksums().map_err(data_failure)?;
    let sheet = Sheet::of(&dataset);
    output.result(
        || summary(dataset.manifest(), dir) + &text(&dataset, &sheet),
        || {
            let mut value = json!(dataset.manifest());
            value["sheet"] = json!(sheet.entries);
            value["flags"] = json!(sheet.flags);
            value
        },
    )
}

fn text(dataset: &Dataset, sheet: &Sheet) -> String {
    let mut text = format!(
        "\n{:<19} {:<11}{:>8}{:>9}  {:<16} {:>8} {:>10}\n",
        "domain", "split", "absent", "invalid", "range", "mean", "deviation"
    );
    for entry in &sheet.entries {
        text += line(entry).trim_end();
        text += "\n";
    }
    for domain in &dataset.manifest().domains {
        text += &classes(domain, &sheet.entries);
    }
    if sheet.flags.is_empty() {
        return text + "\nevery file is whole, and no label is degenerate\n";
    }
    text += "\nevery file is whole; look at these labels:\n";
    for flag in &sheet.flags {
        let place = [flag.domain.clone(), flag.split.map(|split| format!("split {split}"))];
        let place: Vec<_> = place.into_iter().flatten().collect();
        text += &format!("  {}: {}\n", place.join(", "), flag.what);
    }
    text
}

fn line(entry: &Entry) -> String {
    let Entry { domain, split, samples, absent, invalid, .. } = entry;
    let number = |value: Option<f64>| value.map_or_else(String::new, short);
    let range = match (entry.min, entry.max) {
        _ if !entry.classes.is_empty() => "classes".to_owned(),
        (Some(min), Some(max)) => format!("{} to {}", short(min), short(max)),
        _ => "nothing".to_owned(),
    };
    format!(
        "{domain:<19} {split:<11}{:>8}{:>9}  {range:<16} {:>8} {:>10}",
        percent(*absent as f64 / (*samples).max(1) as f64),
        percent(*invalid),
        number(entry.mean),
        number(entry.deviation),
    )
}

/// The share of every class of a domain, per split; nothing for a domain without classes.
fn classes(domain: &Domain, entries: &[Entry]) -> String {
    let splits: Vec<_> = entries.iter().filter(|entry| entry.domain == domain.name).collect();
    if domain.classes.is_empty() || splits.is_empty() {
        return String::new();
    }
    let row = |cell: &dyn Fn(&Entry) -> String| {
        let cells: Vec<_> = splits.iter().map(|entry| format!("{:>11}", cell(entry))).collect();
        cells.concat()
    };
    let mut text = format!("\n{:<19} {}\n", domain.name, row(&|entry| entry.split.to_string()));
    for (class, name) in domain.classes.iter().enumerate() {
        let share =
            |entry: &Entry| entry.classes.get(class).copied().map_or_else(String::new, percent);
        text += &format!("  {name:<18}{}\n", row(&share));
    }
    text
}

fn percent(share: f64) -> String {
    match 100.0 * share {
        0.0 => "0 %".to_owned(),
        share if share < 0.1 => "<0.1 %".to_owned(),
        share => format!("{share:.1} %"),
    }
}

/// Whole numbers as they are, others with as many digits as a table has room for.
fn short(value: f64) -> String {
    match value.abs() {
        _ if value.fract() == 0.0 => value.to_string(),
        1000.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use taskonomy_core::{Dtype, Split, Values};
    use taskonomy_data::{DatasetWriter, Provenance, SampleId};

    use super::*;

    #[test]
    fn wide_numbers_do_not_run_together() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("set");
        let domain = Domain {
            name: "wide".into(),
            dtype: Dtype::F32,
            shape: [1, 1, 1],
            unit: "1".into(),
            invalid: None,
            classes: Vec::new(),
            views: 1,
            note: String::new(),
        };
        let provenance = Provenance { generator: "test".into(), seed: 1 };
        let mut writer = DatasetWriter::create(&path, provenance, vec![domain], 8).unwrap();
        for (id, value) in [("a", -1e12), ("b", 2e12)] {
            let sample = SampleId { id: id.into(), scene: id.into() };
            let values = [("wide".to_owned(), Values::F32(vec![value]))].into();
            writer.append(Split::Test, sample, &values).unwrap();
        }
        writer.finish().unwrap();
        let row = line(&Sheet::of(&Dataset::open(&path).unwrap()).entries[0]);
        let words: Vec<_> = row.split_whitespace().skip(6).collect();
        assert!(words.len() == 5 && words[1] == "to", "{row}");
        assert!([0, 2, 3, 4].iter().all(|&at| words[at].parse::<f64>().is_ok()), "{row}");
    }
}
