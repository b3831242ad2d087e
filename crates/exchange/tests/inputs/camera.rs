use taskonomy_exchange::PointInfo;

/// Any bytes are the file of a camera or a fault that can be shown; all numbers that are made of it
/// are finite, and directions are of length 1.
pub fn check(bytes: &[u8]) {
    let info = match PointInfo::read(bytes) {
        Ok(info) => info,
        Err(fault) => {
            assert!(fault.why.len() < 500, "{}", fault.why);
            return;
        }
    };
    let is_ours = String::from_utf8_lossy(bytes).contains("as_stored");
    for (domain, length) in [("camera", 11), ("vanishing_points", 9), ("room_layout", 9)] {
        for share in [1.0, 0.75] {
            match info.numbers(domain, share) {
                Ok(numbers) => {
                    assert_eq!(numbers.len(), length);
                    assert!(numbers.iter().all(|n| n.is_finite()), "{domain}: {numbers:?}");
                    let directions = match domain {
                        "camera" => numbers[3..7].chunks(4),
                        "vanishing_points" => numbers.chunks(3),
                        _ => continue,
                    };
                    for direction in directions {
                        let square: f32 = direction.iter().map(|d| d * d).sum();
                        assert!(is_ours || (square - 1.0).abs() < 1e-3, "{domain}: {numbers:?}");
                    }
                }
                Err(fault) => assert!(fault.why.len() < 500, "{}", fault.why),
            }
        }
    }
}
