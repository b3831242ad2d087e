//! SVG text, element by element.

use std::fmt::Write;

/// Wide fonts first in the estimate: what fits in `DejaVu Sans` fits in Helvetica and Arial.
pub(crate) const FONT: &str = "Helvetica, Arial, 'DejaVu Sans', sans-serif";

/// An SVG under construction; coordinates in pixels, y downwards.
pub(crate) struct Canvas {
    out: String,
}

/// Where a text is anchored.
#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Canvas {
    pub fn new(width: f64, height: f64, title: &str) -> Self {
        let mut out = String::new();
        _ = write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
             width=\"{width:.0}\" height=\"{height:.0}\" font-family=\"{FONT}\" font-size=\"13\" role=\"img\">\n\
             <title>{}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
            escape(title)
        );
        Self { out }
    }

    /// Any element; numbers should be rounded with [`round`].
    pub fn raw(&mut self, element: &str) {
        self.out.push_str(element);
        self.out.push('\n');
    }

    /// A text whose baseline is set so that its x-height is centred on `y`.
    pub fn text(&mut self, x: f64, y: f64, anchor: Anchor, style: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let (x, y, text) = (round(x), round(y + 4.5), escape(text));
        self.raw(&format!(
            "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" {style}>{text}</text>"
        ));
    }

    pub fn finish(mut self) -> String {
        self.out.push_str("</svg>\n");
        self.out
    }
}

/// Two decimals at most: small files, and the same text on every machine.
pub(crate) fn round(number: f64) -> String {
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// An upper estimate of the width of a text, from the wide glyphs of `DejaVu Sans`.
pub(crate) fn text_width(text: &str, size: f64) -> f64 {
    let em = |c: char| match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | '\'' | ' ' | '(' | ')' => 0.38,
        'm' | 'w' | 'M' | 'W' | '→' => 0.98,
        'A'..='Z' => 0.72,
        _ => 0.635,
    };
    size * text.chars().map(em).sum::<f64>()
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
