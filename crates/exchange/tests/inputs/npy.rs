use taskonomy_exchange::Scores;

/// Any bytes are scores of classes or a fault that can be shown; scores have a class.
pub fn check(bytes: &[u8]) {
    match Scores::read(bytes) {
        Ok(scores) => {
            assert!(!scores.is_empty() && scores.len() <= bytes.len());
            for classes in [1, 2, 365, scores.len()] {
                match scores.class(classes) {
                    Ok(class) => assert!(class < classes),
                    Err(fault) => assert!(fault.why.len() < 500, "{}", fault.why),
                }
            }
        }
        Err(fault) => assert!(fault.why.len() < 500, "{}", fault.why),
    }
}
