//! One page that needs nothing else.

use std::fmt::Write;

use crate::canvas::{FONT, escape};
use crate::grid::Grid;

/// A section of the page.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its heading.
    pub heading: String,
    /// A paragraph below the heading; may be empty.
    pub text: String,
    /// Tables.
    pub tables: Vec<Grid>,
    /// SVG documents, shown inline.
    pub pictures: Vec<String>,
}

/// Assembles a self-contained page without scripts.
pub fn html_page(title: &str, parts: &[Part]) -> String {
    let title = escape(title);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n\
         body {{ font-family: {FONT}; color: #1f2933; background: #fff; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; line-height: 1.45; }}\n\
         h1 {{ font-size: 1.6rem; }}\nh2 {{ font-size: 1.2rem; margin-top: 2.2rem; }}\n\
         table {{ border-collapse: collapse; font-size: 0.9rem; }}\n\
         th, td {{ text-align: left; padding: 0.25rem 0.8rem; border-bottom: 1px solid #e4e7eb; }}\n\
         th {{ border-bottom: 2px solid #9aa5b1; }}\n\
         .number {{ text-align: right; font-variant-numeric: tabular-nums; }}\n\
         p.note {{ color: #52606d; font-size: 0.9rem; margin: 0.3rem 0; }}\n\
         .wide {{ overflow-x: auto; }}\n.wide svg {{ max-width: 100%; height: auto; }}\n\
         </style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    );
    for part in parts {
        _ = writeln!(out, "<section>\n<h2>{}</h2>", escape(&part.heading));
        if !part.text.is_empty() {
            _ = writeln!(out, "<p>{}</p>", escape(&part.text));
        }
        for table in &part.tables {
            _ = writeln!(out, "<div class=\"wide\">\n{}</div>", table.html());
        }
        for picture in &part.pictures {
            _ = writeln!(out, "<div class=\"wide\">\n{picture}</div>");
        }
        out.push_str("</section>\n");
    }
    out.push_str("</body>\n</html>\n");
    out
}
