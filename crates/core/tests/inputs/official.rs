use taskonomy_core::{AffinityTable, Dictionary, OfficialScores, Published};

/// Any bytes are a published file or an error that can be shown; what is made of a file can be
/// written and read.
pub fn check(bytes: &[u8]) {
    static TASKS: std::sync::LazyLock<Dictionary> = std::sync::LazyLock::new(Dictionary::builtin);
    match OfficialScores::read(bytes, &TASKS) {
        Ok(scores) => {
            let set = Published::join(&scores, Some(&scores), Some(&scores));
            for defect in &set.defects {
                assert!(!defect.to_string().is_empty());
            }
            if set.table.edges.is_empty() {
                return; // nothing but pixels
            }
            let mut written = Vec::new();
            set.table.write(&mut written).expect("memory takes it");
            let again = AffinityTable::read(&written[..]).expect("what is written can be read");
            assert_eq!(again.edges, set.table.edges);
        }
        Err(error) => {
            let said = error.to_string();
            assert!(said.len() < 2000, "{said}");
        }
    }
}
