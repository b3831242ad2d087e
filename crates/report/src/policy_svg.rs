//! The policy as a picture: sources left, targets right, transfers between.

use taskonomy_core::{Contender, Edge, Node, Objective, Policy, Role, Status, Taxonomy};

use crate::canvas::{Anchor, Canvas, round, text_width};
use crate::layout::layout;

/// Distinguishable also with red-green blindness, dark enough on white.
const COLOURS: [&str; 14] = [
    "#0072b2", "#c25400", "#00805d", "#b04a92", "#7d6300", "#4b4ec9", "#2779a0", "#a3342c",
    "#5f7f1f", "#6b6b6b", "#7a4b2a", "#1d6f6f", "#93003a", "#405a75",
];
const ROW: f64 = 30.0;
const BOX: f64 = 22.0;
const MARGIN: f64 = 24.0;
const TOP: f64 = 92.0;
/// From the boxes of the sources to those of the targets.
const MIDDLE: f64 = 380.0;
const INK: &str = "#1f2933";
const FAINT: &str = "#6b7785";

/// Draws the policy; the same taxonomy is always the same text.
///
/// A line's width grows with the square root of the affinity, its colour tells the source.
pub fn policy_svg(taxonomy: &Taxonomy) -> String {
    let order = layout(taxonomy);
    let policy = &taxonomy.policy;
    let target_of = |edge: &Edge| taxonomy.node(&edge.target);
    let left = box_width(order.sources.iter().chain(&order.unused).map(|&k| &taxonomy.nodes[k]));
    let right = box_width(policy.edges.iter().filter_map(target_of));
    let x_left = MARGIN + left;
    let x_right = x_left + MIDDLE;
    let x_transfer = x_left + 0.72 * MIDDLE;
    let numbers = x_right + right;
    let unused_rows = order.unused.len() as f64 + if order.unused.is_empty() { 0.0 } else { 1.6 };
    let rows = (order.edges.len() as f64).max(order.sources.len() as f64 + unused_rows).max(1.0);
    let bottom = TOP + rows * ROW;
    let subtitle = subtitle(policy);
    let width = (numbers + 3.0 * 64.0 + MARGIN).max(880.0);
    let width = width.max(2.0 * MARGIN + text_width(&subtitle, 12.0));
    let height = bottom + 86.0;

    let mut canvas = Canvas::new(width, height, "Transfer policy");
    heading(&mut canvas, [&policy.budget.to_string(), &subtitle], x_right, numbers);

    let share = (rows - unused_rows) * ROW / order.sources.len().max(1) as f64;
    let source_y = |at: usize| TOP + (at as f64 + 0.5) * share;
    let target_y = |at: usize| TOP + (at as f64 + 0.5) * ROW;
    let colour = |at: usize| COLOURS[at % COLOURS.len()];

    // Lines first, so that boxes and transfers lie on them.
    for (at, &e) in order.edges.iter().enumerate() {
        let edge = &policy.edges[e];
        let y = target_y(at);
        let needs = edge.needs();
        let line = line_width(edge.affinity);
        for (from, &s) in order.sources.iter().enumerate() {
            if needs.contains(&taxonomy.nodes[s].id) {
                let (y0, bend) = (source_y(from), 0.5 * (x_transfer - x_left));
                let dash = if edge.contender == Contender::Full {
                    " stroke-dasharray=\"7 4\""
                } else {
                    ""
                };
                canvas.raw(&format!(
                    "<path d=\"M{} {} C{} {} {} {} {} {}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-opacity=\"0.75\"{dash}/>",
                    round(x_left), round(y0), round(x_left + bend), round(y0),
                    round(x_transfer - bend), round(y), round(x_transfer), round(y),
                    colour(from), round(line),
                ));
            }
        }
        canvas.raw(&format!(
            "<path d=\"M{} {} H{}\" stroke=\"{INK}\" stroke-width=\"{}\" stroke-opacity=\"0.55\"/>",
            round(x_transfer),
            round(y),
            round(x_right),
            round(line),
        ));
        transfer(&mut canvas, x_transfer, y, edge);
    }
    for (at, &s) in order.sources.iter().enumerate() {
        task_box(&mut canvas, MARGIN, source_y(at), left, &taxonomy.nodes[s], Some(colour(at)));
    }
    if !order.unused.is_empty() {
        let y = TOP + (rows - unused_rows + 1.0) * ROW;
        let style = format!("fill=\"{FAINT}\" font-size=\"12\"");
        canvas.text(MARGIN, y - 2.0, Anchor::Start, &style, "not bought:");
        for (at, &s) in order.unused.iter().enumerate() {
            let y = y + 0.6 * ROW + (at as f64 + 0.5) * ROW - 6.0;
            task_box(&mut canvas, MARGIN, y, left, &taxonomy.nodes[s], None);
        }
    }
    for (at, &e) in order.edges.iter().enumerate() {
        let (edge, y) = (&policy.edges[e], target_y(at));
        let Some(node) = target_of(edge) else { continue };
        let place = order.sources.iter().position(|&s| taxonomy.nodes[s].id == node.id);
        task_box(&mut canvas, x_right, y, right, node, place.map(colour));
        let shown = [Some(edge.affinity), edge.gain, edge.quality];
        for (column, number) in shown.into_iter().enumerate() {
            let text = match (column, number) {
                (_, None) => "–".to_owned(),
                (0, Some(number)) if number < 0.0005 => "<0.001".to_owned(),
                (0, Some(number)) => format!("{number:.3}"),
                (_, Some(number)) => format!("{number:.2}"),
            };
            let x = numbers + 64.0 * (column as f64 + 1.0);
            canvas.text(x, y, Anchor::End, &format!("fill=\"{INK}\" font-size=\"12\""), &text);
        }
    }
    legend(&mut canvas, bottom + 34.0);
    canvas.finish()
}

/// What is bought, what for, and whether anything could be better.
fn subtitle(policy: &Policy) -> String {
    let proof = match policy.status {
        Status::Optimal => "proved optimal".to_owned(),
        Status::Bounded { gap } => format!("within {:.2} % of the optimum", 100.0 * gap),
    };
    let objective = match policy.objective {
        Objective::Raw => "affinity",
        Objective::Log => "log affinity",
        Objective::NoSelf => "affinity without self",
    };
    let sources = if policy.bought.len() == 1 { "source is" } else { "sources are" };
    let others = policy.edges.iter().filter(|edge| !policy.is_bought(&edge.target)).count();
    format!(
        "{} {sources} bought at a cost of {}, {others} other targets are read from them (at most {} at a time); total {objective} {:.3}, {proof}",
        policy.bought.len(),
        round(policy.cost),
        policy.order,
        policy.value,
    )
}

fn heading(canvas: &mut Canvas, [budget, subtitle]: [&str; 2], x_right: f64, numbers: f64) {
    let title = format!("What to label within a budget of {budget}");
    let style = format!("fill=\"{INK}\" font-size=\"18\" font-weight=\"bold\"");
    canvas.text(MARGIN, 28.0, Anchor::Start, &style, &title);
    let style = format!("fill=\"{FAINT}\" font-size=\"12\"");
    canvas.text(MARGIN, 50.0, Anchor::Start, &style, subtitle);
    let style = format!("fill=\"{FAINT}\" font-size=\"12\" font-weight=\"bold\"");
    canvas.text(MARGIN, TOP - 12.0, Anchor::Start, &style, "bought sources");
    canvas.text(x_right, TOP - 12.0, Anchor::Start, &style, "targets");
    for (column, name) in ["affinity", "gain", "quality"].into_iter().enumerate() {
        let x = numbers + 64.0 * (column as f64 + 1.0);
        canvas.text(x, TOP - 12.0, Anchor::End, &style, name);
    }
}

fn box_width<'a>(nodes: impl Iterator<Item = &'a Node>) -> f64 {
    nodes.map(|node| text_width(&node.name, 13.0)).fold(90.0, f64::max) + 20.0
}

fn line_width(affinity: f64) -> f64 {
    1.2 + 6.0 * affinity.max(0.0).sqrt()
}

/// A task: filled with its colour when it is bought; square corners say that it may be a source,
/// round ones that it is a target only, a dashed frame that it is a source only.
fn task_box(canvas: &mut Canvas, x: f64, y: f64, width: f64, node: &Node, colour: Option<&str>) {
    let (fill, ink) =
        colour.map_or(("#ffffff", if node.bought { INK } else { "#52606d" }), |c| (c, "#ffffff"));
    let frame = colour.unwrap_or("#9aa5b1");
    let corner = if node.role == Role::TargetOnly { BOX / 2.0 } else { 2.0 };
    let dash = if node.role == Role::SourceOnly && colour.is_none() {
        " stroke-dasharray=\"3 2\""
    } else {
        ""
    };
    let (x0, y0) = (round(x), round(y - BOX / 2.0));
    canvas.raw(&format!(
        "<rect x=\"{x0}\" y=\"{y0}\" width=\"{}\" height=\"{BOX}\" rx=\"{corner}\" fill=\"{fill}\" stroke=\"{frame}\"{dash}/>",
        round(width)
    ));
    let style = format!("fill=\"{ink}\"");
    canvas.text(x + width / 2.0, y, Anchor::Middle, &style, &node.name);
}

/// A transfer: a dot, with the number of its sources when there are several; a diamond for `self`.
fn transfer(canvas: &mut Canvas, x: f64, y: f64, edge: &Edge) {
    if edge.contender == Contender::Full {
        canvas.raw(&format!(
            "<path d=\"M{} {} l7 -7 l7 7 l-7 7 Z\" fill=\"#ffffff\" stroke=\"{INK}\" stroke-width=\"1.5\"/>",
            round(x - 7.0), round(y)
        ));
    } else if edge.order() == 1 {
        canvas.raw(&format!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"4\" fill=\"{INK}\"/>",
            round(x),
            round(y)
        ));
    } else {
        canvas.raw(&format!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"8.5\" fill=\"{INK}\"/>",
            round(x),
            round(y)
        ));
        let style = "fill=\"#ffffff\" font-size=\"11\" font-weight=\"bold\"";
        canvas.text(x, y - 0.5, Anchor::Middle, style, &edge.order().to_string());
    }
}

fn legend(canvas: &mut Canvas, y: f64) {
    let style = format!("fill=\"{FAINT}\" font-size=\"12\"");
    let mut x = MARGIN;
    let swatches: [(&str, &str); 4] = [
        ("fill=\"#0072b2\" stroke=\"#0072b2\" rx=\"2\"", "bought"),
        ("fill=\"#ffffff\" stroke=\"#9aa5b1\" rx=\"2\"", "not bought"),
        ("fill=\"#ffffff\" stroke=\"#9aa5b1\" rx=\"7\"", "target only"),
        (
            "fill=\"#ffffff\" stroke=\"#9aa5b1\" stroke-dasharray=\"3 2\" rx=\"2\"",
            "source only, not bought",
        ),
    ];
    for (look, label) in swatches {
        canvas.raw(&format!(
            "<rect x=\"{}\" y=\"{}\" width=\"24\" height=\"14\" {look}/>",
            round(x),
            round(y - 7.0)
        ));
        canvas.text(x + 32.0, y, Anchor::Start, &style, label);
        x += 32.0 + text_width(label, 12.0) + 22.0;
    }
    let (mut x, y) = (MARGIN, y + 28.0);
    let marks = [
        ("self", "own network (self)"),
        ("a", "transfer from one source"),
        ("a+b", "from several"),
    ];
    for (contender, label) in marks {
        let contender = contender.parse::<Contender>();
        if let (Ok(contender), Ok(target)) = (contender, "t".parse()) {
            let edge = Edge { target, contender, affinity: 0.0, gain: None, quality: None };
            transfer(canvas, x + 12.0, y, &edge);
        }
        canvas.text(x + 32.0, y, Anchor::Start, &style, label);
        x += 32.0 + text_width(label, 12.0) + 22.0;
    }
    for affinity in [0.01, 0.1, 0.5] {
        canvas.raw(&format!(
            "<path d=\"M{} {} h26\" stroke=\"{INK}\" stroke-opacity=\"0.55\" stroke-width=\"{}\"/>",
            round(x),
            round(y),
            round(line_width(affinity))
        ));
        let label = format!("affinity {affinity}");
        let label = if affinity > 0.01 { affinity.to_string() } else { label };
        canvas.text(x + 32.0, y, Anchor::Start, &style, &label);
        x += 32.0 + text_width(&label, 12.0) + 14.0;
    }
}
