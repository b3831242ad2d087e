//! Labels in the columns of a table.

use taskonomy_core::{Dtype, LabelRow, OwnTask, Values};

use super::map::{self, indices, vector};
use crate::fault::{Defect, Fault};

/// The label of a row: none where its cells are empty or hold the value for "unknown".
pub(super) fn read(row: &LabelRow, task: &OwnTask, dtype: Dtype) -> Result<Option<Values>, Fault> {
    let columns = task.label_columns();
    let fault =
        |defect, column: &str, why: String| Fault::new(defect, format!("column `{column}`: {why}"));
    let is_invalid = map::is_unknown(task, false);
    let is_unknown = |cell: &str| cell.is_empty() || cell.parse::<f64>().is_ok_and(&is_invalid);
    let cells = || row.cells.iter().map(String::as_str).zip(columns.iter().map(String::as_str));
    if cells().all(|(cell, _)| is_unknown(cell)) {
        return Ok(None);
    }
    if let Some((_, column)) = cells().find(|(cell, _)| is_unknown(cell)) {
        let why = "it is unknown, though others of the row are not".to_owned();
        return Err(fault(Defect::Field, column, why));
    }
    if let (Some(classes), Some((cell, column))) = (&task.classes, cells().next()) {
        let class = classes.find(cell).ok_or_else(|| {
            let why = format!("`{cell}` is no class: the classes are {}", classes.allowed());
            fault(Defect::Class, column, why)
        })?;
        return Ok(Some(indices(std::iter::once(class as u32), dtype)));
    }
    let number = |(cell, column): (&str, &str)| {
        let why = || fault(Defect::NotFinite, column, format!("`{cell}` is no number"));
        cell.parse::<f64>().map_err(|_| why())
    };
    let values = cells().map(number).collect::<Result<Vec<_>, _>>()?;
    vector(&values, task).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(text: &str) -> OwnTask {
        let text = format!(
            "name = 'x'\n[data]\npath = 'd'\n[tasks]\nsource_only = ['random']\n\
             [[task]]\nid = 'own'\nlabels = 'l.csv'\n{text}"
        );
        let tasks = taskonomy_core::Dictionary::builtin();
        let pipeline = taskonomy_core::Pipeline::parse(&text, &[], &tasks).unwrap();
        pipeline.own_tasks[0].clone()
    }

    fn label(task: &OwnTask, cells: &[&str]) -> Result<Option<Values>, String> {
        let cells = cells.iter().map(|&cell| cell.to_owned()).collect();
        let row = LabelRow { line: 2, image: "a".into(), cells };
        read(&row, task, Dtype::U8).map_err(|fault| fault.why)
    }

    #[test]
    fn classes_numbers_and_what_is_unknown() {
        let class = task("kind = 'class'\nclasses = ['cat', 'dog']\ninvalid = -1");
        assert_eq!(label(&class, &["dog"]), Ok(Some(Values::U8(vec![1]))));
        assert_eq!(label(&class, &["0"]), Ok(Some(Values::U8(vec![0]))));
        assert_eq!((label(&class, &["-1"]), label(&class, &[""])), (Ok(None), Ok(None)));
        let error = label(&class, &["cow"]).unwrap_err();
        assert_eq!(error, "column `own`: `cow` is no class: the classes are cat, dog");

        let vector = task("kind = 'vector'\ncolumns = ['x', 'y']\nscale = 0.5");
        assert_eq!(label(&vector, &["3", "-1e1"]), Ok(Some(Values::F32(vec![1.5, -5.0]))));
        assert_eq!(label(&vector, &["", ""]), Ok(None));
        let error = label(&vector, &["1", ""]).unwrap_err();
        assert_eq!(error, "column `y`: it is unknown, though others of the row are not");
        assert_eq!(label(&vector, &["1", "far"]).unwrap_err(), "column `y`: `far` is no number");
        assert!(label(&vector, &["1", "nan"]).unwrap_err().contains("must be finite"));
    }
}
