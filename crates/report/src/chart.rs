//! Line charts: some panels side by side that share their x axis and their legend.

use crate::canvas::{Anchor, Canvas, round, text_width};

/// Lines for up to as many series; they differ in lightness too, so that they survive grey print.
const COLOURS: [&str; 6] = ["#0b3c68", "#d1495b", "#2a9d6f", "#e08e1b", "#6a4c93", "#5b6770"];
const PANEL: (f64, f64) = (290.0, 220.0);
/// Left of a panel (ticks), between its plot and the next, above and below the plot.
const MARGIN: [f64; 4] = [52.0, 18.0, 74.0, 52.0];
const QUIET: &str = "fill=\"#5b6770\" font-size=\"11\"";

/// A line of points in ascending order of x.
pub(crate) struct Series {
    /// What the legend calls it; series of the same name share a colour over all panels.
    pub name: String,
    /// x and y.
    pub points: Vec<(f64, f64)>,
    /// From where to where the values spread around each point, if they do.
    pub band: Vec<(f64, f64)>,
}

/// One plot.
pub(crate) struct Panel {
    pub title: String,
    /// Whether y is a share, shown in percent.
    pub percent: bool,
    pub series: Vec<Series>,
}

/// The panels, from left to right; a panel without a point is left out.
pub(crate) fn chart(title: &str, x_label: &str, panels: &[Panel]) -> String {
    let panels: Vec<&Panel> =
        panels.iter().filter(|panel| panel.series.iter().any(|s| !s.points.is_empty())).collect();
    let [left, right, top, bottom] = MARGIN;
    let pitch = left + PANEL.0 + right;
    let names = names(&panels);
    let width = (pitch * panels.len().max(1) as f64 + right).max(legend_width(&names) + 2.0 * left);
    let mut canvas = Canvas::new(width, top + PANEL.1 + bottom, title);
    let colour = |name: &str| {
        let place = names.iter().position(|n| *n == name).unwrap_or(0);
        COLOURS[place % COLOURS.len()]
    };
    legend(&mut canvas, title, &names, colour);
    let xs = panels.iter().flat_map(|p| &p.series).flat_map(|s| &s.points).map(|p| p.0);
    let x = Axis::between(xs);
    for (at, panel) in panels.iter().enumerate() {
        let origin = (left + pitch * at as f64, top);
        draw(&mut canvas, panel, origin, &x, x_label, colour);
    }
    canvas.finish()
}

fn names<'a>(panels: &[&'a Panel]) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for series in panels.iter().flat_map(|panel| &panel.series) {
        if !names.contains(&series.name.as_str()) {
            names.push(&series.name);
        }
    }
    names
}

fn legend_width(names: &[&str]) -> f64 {
    names.iter().map(|name| 44.0 + text_width(name, 12.0)).sum()
}

fn legend<'c>(canvas: &mut Canvas, title: &str, names: &[&str], colour: impl Fn(&str) -> &'c str) {
    canvas.text(MARGIN[0], 18.0, Anchor::Start, "font-weight=\"bold\" font-size=\"14\"", title);
    let mut x = MARGIN[0];
    for name in names {
        let (from, to) = (round(x), round(x + 22.0));
        canvas.raw(&format!(
            "<path d=\"M{from} 38H{to}\" stroke=\"{}\" stroke-width=\"2.5\" fill=\"none\"/>",
            colour(name)
        ));
        canvas.text(x + 28.0, 38.0, Anchor::Start, "font-size=\"12\"", name);
        x += 44.0 + text_width(name, 12.0);
    }
}

/// The numbers of an axis, and where its ticks are.
struct Axis {
    low: f64,
    high: f64,
    step: f64,
}

impl Axis {
    /// From a round number below the smallest value to one above the largest.
    fn over(values: impl Iterator<Item = f64>) -> Self {
        let axis = Self::between(values);
        let round = |value: f64| value / axis.step;
        let (low, high) = (round(axis.low).floor(), round(axis.high).ceil());
        Self { low: low * axis.step, high: high * axis.step, ..axis }
    }

    /// From the smallest value to the largest, with round ticks.
    fn between(values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = values
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        let (low, high) = if low < high { (low, high) } else { (low - 0.5, low + 0.5) };
        let rough = (high - low) / 5.0;
        let power = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|m| m * power).into_iter().find(|s| *s >= rough);
        Self { low, high, step: step.unwrap_or(rough) }
    }

    /// Where a value is between the ends, from 0 to 1.
    fn share(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }

    fn ticks(&self) -> impl Iterator<Item = f64> {
        // A little slack: an end that is a tick stays one whatever the rounding.
        let first = (self.low / self.step - 1e-9).ceil() as i64;
        let last = (self.high / self.step + 1e-9).floor() as i64;
        let step = self.step;
        (first..=last).map(move |k| k as f64 * step)
    }

    fn label(&self, value: f64, percent: bool) -> String {
        let (value, step) =
            if percent { (100.0 * value, 100.0 * self.step) } else { (value, self.step) };
        let decimals = (-(step.log10().floor())).max(0.0) as usize;
        format!("{value:.decimals$}{}", if percent { " %" } else { "" })
    }
}

fn draw<'c>(
    canvas: &mut Canvas,
    panel: &Panel,
    (left, top): (f64, f64),
    x: &Axis,
    x_label: &str,
    colour: impl Fn(&str) -> &'c str,
) {
    let ys = panel.series.iter().flat_map(|series| {
        let ends = series.band.iter().flat_map(|&(low, high)| [low, high]);
        series.points.iter().map(|p| p.1).chain(ends)
    });
    let y = Axis::over(ys);
    let (w, h) = PANEL;
    let at = |point: (f64, f64)| {
        let (x, y) = (left + w * x.share(point.0), top + h * (1.0 - y.share(point.1)));
        format!("{} {}", round(x), round(y))
    };
    canvas.text(left, top - 14.0, Anchor::Start, "font-weight=\"bold\"", &panel.title);
    for tick in y.ticks() {
        let line = top + h * (1.0 - y.share(tick));
        canvas.raw(&format!(
            "<path d=\"M{} {}h{}\" stroke=\"#e3e7ea\"/>",
            round(left),
            round(line),
            round(w)
        ));
        canvas.text(left - 6.0, line, Anchor::End, QUIET, &y.label(tick, panel.percent));
    }
    for tick in x.ticks() {
        let line = left + w * x.share(tick);
        canvas.text(line, top + h + 14.0, Anchor::Middle, QUIET, &x.label(tick, false));
    }
    canvas.text(left + w / 2.0, top + h + 34.0, Anchor::Middle, "font-size=\"12\"", x_label);
    for series in panel.series.iter().filter(|series| !series.band.is_empty()) {
        let xs = || series.points.iter().map(|p| p.0).zip(&series.band);
        let upper = xs().map(|(x, band)| at((x, band.1)));
        let lower = xs().map(|(x, band)| at((x, band.0))).collect::<Vec<_>>().into_iter().rev();
        let outline: Vec<String> = upper.chain(lower).collect();
        canvas.raw(&format!(
            "<path d=\"M{}Z\" fill=\"{}\" fill-opacity=\"0.18\"/>",
            outline.join("L"),
            colour(&series.name)
        ));
    }
    let count = panel.series.len();
    for (place, series) in panel.series.iter().enumerate() {
        if series.points.is_empty() {
            continue;
        }
        // Later lines are thinner: those that run together stay visible.
        let line = 1.6 + 4.2 * (count - 1 - place) as f64 / (count - 1).max(3) as f64;
        let points: Vec<String> = series.points.iter().map(|&point| at(point)).collect();
        let ink = colour(&series.name);
        canvas.raw(&format!(
            "<path d=\"M{}\" stroke=\"{ink}\" stroke-width=\"{}\" fill=\"none\" stroke-linejoin=\"round\"/>",
            points.join("L"),
            round(line)
        ));
        // A dot a point, so that a lone one is seen: lines of no length with round ends.
        canvas.raw(&format!(
            "<path d=\"M{}h0\" stroke=\"{ink}\" stroke-width=\"{}\" stroke-linecap=\"round\"/>",
            points.join("h0M"),
            round(line + 2.6)
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_by_hand() {
        let axis = Axis::over([1.0, 26.0].into_iter());
        assert_eq!((axis.low, axis.high, axis.step), (0.0, 30.0, 5.0));
        assert_eq!(axis.ticks().count(), 7);
        assert_eq!(axis.share(15.0), 0.5);
        let axis = Axis::between([1.0, 26.0].into_iter());
        assert_eq!(axis.ticks().collect::<Vec<_>>(), [5.0, 10.0, 15.0, 20.0, 25.0]);
        assert_eq!(axis.share(26.0), 1.0);
        let axis = Axis::over([0.52, 0.878].into_iter());
        assert_eq!(axis.label(axis.low, true), "50 %");
        assert_eq!(Axis::over([3.0].into_iter()).label(3.0, false), "3.0");
    }
}
