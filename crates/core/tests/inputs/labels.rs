use std::collections::BTreeSet;

use taskonomy_core::LabelTable;

/// Any bytes are a table or an error that can be shown; every image has one row with all cells.
pub fn check(bytes: &[u8]) {
    let columns = ["a".to_owned(), "self".to_owned()];
    for columns in [&columns[..1], &columns] {
        match LabelTable::read(bytes, columns) {
            Ok(table) => {
                let images: BTreeSet<_> = table.rows.iter().map(|row| &row.image).collect();
                assert!(images.len() == table.rows.len() && !images.is_empty());
                assert!(table.rows.iter().all(|row| row.cells.len() == columns.len()));
                assert!(table.rows.is_sorted_by(|a, b| a.line < b.line));
            }
            Err(error) => {
                let said = error.to_string();
                assert!(said.len() < 2000, "{said}");
            }
        }
    }
}
