use taskonomy_core::{LossTable, TaskId};

/// Any bytes are a table or an error that can be shown; a table reads as it is written.
pub fn check(bytes: &[u8]) {
    let target = TaskId::random();
    match LossTable::read(target.clone(), bytes) {
        Ok(table) => {
            assert_eq!(table.losses.len(), table.images.len() * table.contenders.len());
            let mut written = Vec::new();
            table.write(&mut written).expect("memory takes it");
            let again = LossTable::read(target, &written[..]).expect("what is written can be read");
            // NaN, an empty cell, is not equal to itself.
            let bits =
                |table: &LossTable| table.losses.iter().map(|l| l.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&again), bits(&table));
            assert_eq!((again.images, again.contenders), (table.images, table.contenders));
        }
        Err(error) => {
            let said = error.to_string();
            assert!(said.len() < 2000, "{said}");
        }
    }
}
