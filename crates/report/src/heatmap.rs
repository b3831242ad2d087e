//! First-order affinities as a heat map.

use std::collections::{BTreeMap, BTreeSet};

use taskonomy_core::{AffinityTable, Contender, TaskId};

use crate::canvas::{Anchor, Canvas, round, text_width};

const CELL: f64 = 24.0;
const MARGIN: f64 = 24.0;
/// Where the colours begin; affinities below are as light as this.
const LEAST: f64 = 1e-4;
/// Light to dark, readable in grey.
const RAMP: [(f64, f64, f64); 5] = [
    (247.0, 250.0, 252.0),
    (190.0, 219.0, 230.0),
    (96.0, 165.0, 190.0),
    (36.0, 100.0, 140.0),
    (12.0, 44.0, 84.0),
];

/// Draws the affinities of `self` and of all single sources, a row per target and a column per
/// source, on a logarithmic scale from 0.0001 to 1. `name` gives the printed name of a task.
pub fn affinity_heatmap(table: &AffinityTable, name: impl Fn(&TaskId) -> String) -> String {
    let mut rows: BTreeMap<&TaskId, BTreeMap<&Contender, f64>> = BTreeMap::new();
    let mut columns: BTreeSet<&Contender> = BTreeSet::new();
    for edge in &table.edges {
        let first = match &edge.contender {
            Contender::Full => true,
            Contender::Transfer(sources) => sources.order() == 1,
            Contender::Scratch(_) | Contender::Small => false,
        };
        if first {
            rows.entry(&edge.target).or_default().insert(&edge.contender, edge.affinity);
            columns.insert(&edge.contender);
        }
    }
    let title = |contender: &Contender| match contender {
        Contender::Transfer(sources) => sources.iter().map(&name).collect(),
        other => other.to_string(),
    };
    let columns: Vec<(&Contender, String)> = columns.into_iter().map(|c| (c, title(c))).collect();
    let rows: Vec<_> = rows.into_iter().map(|(target, row)| (name(target), row)).collect();
    let widest = |names: &mut dyn Iterator<Item = &String>| {
        names.map(|name| text_width(name, 12.0)).fold(60.0, f64::max)
    };
    let left = MARGIN + widest(&mut rows.iter().map(|(name, _)| name)) + 8.0;
    let top = 54.0 + widest(&mut columns.iter().map(|(_, name)| name));
    let width = (left + CELL * columns.len() as f64 + MARGIN).max(left + 300.0);
    let height = top + CELL * rows.len() as f64 + 70.0;
    let mut canvas = Canvas::new(width, height, "First-order affinities");
    let ink = "fill=\"#1f2933\" font-size=\"12\"";
    let heading = "fill=\"#1f2933\" font-size=\"16\" font-weight=\"bold\"";
    canvas.text(
        MARGIN,
        26.0,
        Anchor::Start,
        heading,
        "How much each source tells about each target",
    );
    for (c, (_, name)) in columns.iter().enumerate() {
        let (x, y) = (left + CELL * (c as f64 + 0.5), top - 6.0);
        let turn = format!("{ink} transform=\"rotate(-90 {} {})\"", round(x), round(y));
        canvas.text(x, y, Anchor::Start, &turn, name);
    }
    for (r, (name, row)) in rows.iter().enumerate() {
        let y = top + CELL * r as f64;
        canvas.text(left - 8.0, y + CELL / 2.0, Anchor::End, ink, name);
        for (c, (contender, _)) in columns.iter().enumerate() {
            let Some(&affinity) = row.get(contender) else { continue };
            canvas.raw(&format!(
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"><title>{affinity:.4}</title></rect>",
                round(left + CELL * c as f64 + 0.5),
                round(y + 0.5),
                CELL - 1.0,
                CELL - 1.0,
                colour(affinity)
            ));
        }
    }
    let y = top + CELL * rows.len() as f64 + 24.0;
    for step in 0..40 {
        let share = f64::from(step) / 39.0;
        canvas.raw(&format!(
            "<rect x=\"{}\" y=\"{}\" width=\"5.5\" height=\"12\" fill=\"{}\"/>",
            round(left + 5.0 * f64::from(step)),
            round(y),
            colour(LEAST.powf(1.0 - share))
        ));
    }
    for (power, label) in [(0, "0.0001"), (1, "0.001"), (2, "0.01"), (3, "0.1"), (4, "1")] {
        let x = left + 200.0 * f64::from(power) / 4.0;
        canvas.text(x, y + 22.0, Anchor::Middle, "fill=\"#6b7785\" font-size=\"11\"", label);
    }
    canvas.text(
        left + 212.0,
        y + 6.0,
        Anchor::Start,
        "fill=\"#6b7785\" font-size=\"12\"",
        "affinity",
    );
    canvas.finish()
}

fn colour(affinity: f64) -> String {
    let share = 1.0 - affinity.clamp(LEAST, 1.0).ln() / LEAST.ln();
    let at = share * (RAMP.len() - 1) as f64;
    let low = (at.floor() as usize).min(RAMP.len() - 2);
    let mix = at - low as f64;
    let (a, b) = (RAMP[low], RAMP[low + 1]);
    let blend = |a: f64, b: f64| (a + (b - a) * mix).round() as u8;
    format!("#{:02x}{:02x}{:02x}", blend(a.0, b.0), blend(a.1, b.1), blend(a.2, b.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_run_over_the_decades() {
        assert_eq!(colour(1.0), "#0c2c54");
        assert_eq!(colour(0.0), "#f7fafc");
        assert_eq!(colour(0.01), "#60a5be");
    }

    #[test]
    fn a_cell_per_first_order_edge() {
        let csv = "target,sources,affinity\na,self,0.5\na,b,0.25\na,b+c,0.25\nb,a,1\n";
        let table = AffinityTable::read(csv.as_bytes()).unwrap();
        let svg = affinity_heatmap(&table, ToString::to_string);
        assert_eq!(svg.matches("<title>0.").count() + svg.matches("<title>1.").count(), 3);
    }
}
