use taskonomy_core::AffinityTable;

/// Any bytes are a table or an error that can be shown; a table reads as it is written.
pub fn check(bytes: &[u8]) {
    match AffinityTable::read(bytes) {
        Ok(mut table) => {
            for edge in &table.edges {
                assert!((0.0..=1.0).contains(&edge.affinity), "{edge:?}");
            }
            let mut written = Vec::new();
            table.write(&mut written).expect("memory takes it");
            let mut again = AffinityTable::read(&written[..]).expect("what is written can be read");
            table.notes.clear();
            again.notes.clear();
            assert_eq!(again, table);
        }
        Err(error) => {
            let said = format!("{error} {:?}", error.hint());
            assert!(said.len() < 2000, "{said}");
        }
    }
}
