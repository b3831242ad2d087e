//! Cells of tables for other programs.

/// The number in full, or an empty cell.
pub(crate) fn cell(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}
