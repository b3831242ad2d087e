//! What is said of a folder: what it holds, what it lacks, what cannot be used.

use std::path::Path;

use taskonomy_exchange::{Checked, Defect, Fault, Faults, Gap};

use crate::output::Output;
use crate::progress::counted;

/// Files that are named; more of them are in the JSON.
const NAMED: usize = 20;

/// Buildings and missing files that are named on a line.
const ON_A_LINE: usize = 3;

/// Names on stderr what was left out.
pub fn faults(faults: &Faults, output: Output) {
    if faults.total() == 0 {
        return;
    }
    let verb = if faults.total() == 1 { "was" } else { "were" };
    output.warn(format_args!("{} {verb} left out:", counted(faults.total(), "file")));
    for line in fault_lines(faults) {
        output.note(line);
    }
}

/// Names on stderr what is missing.
pub fn gaps(gaps: &[Gap], output: Output) {
    for gap in gaps {
        output.note(format_args!("missing: {}", gap_line(gap)));
    }
}

/// Names on stderr the buildings that no split has.
pub fn left_out(buildings: &[String], output: Output) {
    if buildings.is_empty() {
        return;
    }
    let count = counted(buildings.len(), "building");
    let names = few(buildings, buildings.len());
    output.warn(format_args!("{count} left out, by the table of splits: {names}"));
}

/// Everything about a folder.
pub fn folder(checked: &Checked, dir: &Path) -> String {
    let Checked { layout, buildings, views, sizes, present, tasks, others, .. } = checked;
    let sizes: Vec<_> = sizes.iter().map(|(size, count)| format!("{size} ({count})")).collect();
    let mut text = format!(
        "{}: {}\n  {} of {}, pixels: {}\n\n",
        dir.display(),
        layout.pattern(),
        counted(*views, "view"),
        counted(*buildings, "building"),
        sizes.join(", ")
    );
    for (domain, count) in present {
        text += &format!("  {domain:<20}{count:>7} of {views} views\n");
    }
    if !others.is_empty() {
        text += &format!("  not read: {}\n", others.join(", "));
    }
    if !checked.gaps.is_empty() {
        text += "\nmissing:\n";
        for gap in &checked.gaps {
            text += &format!("  {}\n", gap_line(gap));
        }
    }
    if checked.faults.total() > 0 {
        text += "\nfiles that cannot be used:\n";
        for line in fault_lines(&checked.faults) {
            text += &format!("{line}\n");
        }
    }
    text += "\ntasks:\n";
    for (task, missing) in tasks {
        text += &match missing[..] {
            [] => format!("  {task:<24}yes\n"),
            _ => format!("  {task:<24}no: there is no {}\n", missing.join(", ")),
        };
    }
    if checked.is_whole() {
        text += "\nnothing is missing, and every file can be used\n";
    }
    text
}

/// How many of each kind, and the first of them by name.
fn fault_lines(faults: &Faults) -> Vec<String> {
    let kinds = Defect::ALL.iter().filter_map(|kind| Some((kind, faults.counts.get(kind)?)));
    let mut lines: Vec<_> =
        kinds.map(|(kind, count)| format!("  {count} {}", kind.as_str())).collect();
    let shown = faults.named.iter().take(NAMED);
    lines.extend(shown.map(|Fault { file, why, .. }| format!("  {file}: {why}")));
    if faults.total() > NAMED {
        lines.push(format!("  and {} more: --json names more", faults.total() - NAMED));
    }
    lines
}

fn gap_line(gap: &Gap) -> String {
    let mut parts = Vec::new();
    if !gap.buildings.is_empty() {
        let count = counted(gap.buildings.len(), "building");
        parts.push(format!("all of {count} ({})", few(&gap.buildings, gap.buildings.len())));
    }
    if gap.files > 0 {
        let count = counted(gap.files, "file");
        parts.push(format!("{count} ({})", few(&gap.named, gap.files)));
    }
    format!("{}: {}", gap.domain, parts.join(" and "))
}

/// The first few of so many.
fn few(names: &[String], count: usize) -> String {
    let mut text = names.iter().take(ON_A_LINE).cloned().collect::<Vec<_>>().join(", ");
    if count > ON_A_LINE {
        text += ", …";
    }
    text
}
