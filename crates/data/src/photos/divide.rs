//! Which split a photo belongs to, and how many crops are cut from it.

use std::cmp::Reverse;

use taskonomy_core::{Split, SplitCounts};

use crate::noise::Stream;

/// A photo's part in the dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    /// The photo's position.
    pub(super) photo: usize,
    /// Its split.
    pub(super) split: Split,
    /// The first photo of its group.
    pub(super) scene: usize,
    /// Number of its crops; may be 0.
    pub(super) crops: usize,
}

/// Divides groups of photos over the splits in the proportions of `shares`, at least one group
/// each, and `crops` crops over the photos of each split, as evenly as can be.
///
/// There must be as many groups and crops as splits, and no share may be 0. Which group goes where
/// follows from the seed and the names alone. The result is in the order of the photos.
pub(super) fn divide(
    groups: &[Vec<usize>],
    names: &[String],
    shares: SplitCounts,
    crops: usize,
    seed: u64,
) -> Vec<Part> {
    let draw = |what: &[u8], photo: usize| {
        Stream::new(&[b"photos", what, &seed.to_le_bytes(), names[photo].as_bytes()]).next()
    };
    let total: usize = Split::ALL.iter().map(|&split| shares.of(split)).sum();
    let photos: usize = groups.iter().map(Vec::len).sum();
    // In photos times the sum of the shares, so that everything is whole.
    let mut missing = Split::ALL.map(|split| (photos * shares.of(split)) as i128);
    let mut members: [Vec<(usize, usize)>; 4] = Default::default();
    let mut order: Vec<&Vec<usize>> = groups.iter().collect();
    // Large groups first: the small ones even out what those leave uneven.
    order.sort_by_key(|group| (Reverse(group.len()), draw(b"split", group[0])));
    for (placed, group) in order.iter().enumerate() {
        let empty = members.iter().filter(|m| m.is_empty()).count();
        let must_be_empty = groups.len() - placed <= empty;
        let split = (0..4)
            .filter(|&s| !must_be_empty || members[s].is_empty())
            .max_by_key(|&s| (missing[s], Reverse(s)))
            .expect("there are four splits");
        missing[split] -= (group.len() * total) as i128;
        members[split].extend(group.iter().map(|&photo| (photo, group[0])));
    }
    let mut parts = Vec::with_capacity(photos);
    for ((split, mut members), crops) in
        Split::ALL.into_iter().zip(members).zip(quotas(crops, shares))
    {
        members.sort_by_key(|&(photo, _)| draw(b"crops", photo));
        let count = members.len();
        for (k, (photo, scene)) in members.into_iter().enumerate() {
            let crops = crops / count + usize::from(k < crops % count);
            parts.push(Part { photo, split, scene, crops });
        }
    }
    parts.sort_by_key(|part| part.photo);
    parts
}

/// The crops of each split, in proportion by largest remainder; an empty one gets one of the
/// largest's.
fn quotas(crops: usize, shares: SplitCounts) -> [usize; 4] {
    let shares = Split::ALL.map(|split| shares.of(split) as u128);
    let total: u128 = shares.iter().sum();
    let exact = shares.map(|share| crops as u128 * share);
    let mut quotas = exact.map(|share| (share / total) as usize);
    let mut by_remainder = [0, 1, 2, 3];
    by_remainder.sort_by_key(|&split| Reverse(exact[split] % total));
    let left = crops - quotas.iter().sum::<usize>();
    for &split in by_remainder.iter().take(left) {
        quotas[split] += 1;
    }
    while let Some(empty) = quotas.iter().position(|&quota| quota == 0) {
        let largest = (0..4).max_by_key(|&split| quotas[split]).expect("there are four splits");
        if quotas[largest] < 2 {
            break; // Fewer crops than splits.
        }
        quotas[largest] -= 1;
        quotas[empty] += 1;
    }
    quotas
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quotas_by_hand() {
        assert_eq!(quotas(300, SplitCounts::SHARES), [150, 60, 30, 60]);
        assert_eq!(quotas(4, SplitCounts::SHARES), [1; 4]);
        assert_eq!(quotas(5, SplitCounts::SHARES), [2, 1, 1, 1]);
    }

    #[test]
    fn ten_photos_are_divided_as_asked() {
        let groups: Vec<Vec<usize>> = (0..10).map(|k| vec![k]).collect();
        let names: Vec<String> = (0..10).map(|k| format!("{k}.jpg")).collect();
        let parts = divide(&groups, &names, SplitCounts::SHARES, 20, 1);
        let of = |split| parts.iter().filter(|p| p.split == split).collect::<Vec<_>>();
        assert_eq!(Split::ALL.map(|split| of(split).len()), [5, 2, 1, 2]);
        assert!(of(Split::Networks).iter().all(|p| p.crops == 2));
        assert_ne!(parts, divide(&groups, &names, SplitCounts::SHARES, 20, 2));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn groups_stay_together_and_every_split_has_its_crops(
            sizes in prop::collection::vec(1_usize..6, 4..20),
            shares in prop::array::uniform4(1_usize..9),
            crops in 4_usize..200,
            seed: u64,
        ) {
            let mut next = 0;
            let groups: Vec<Vec<usize>> =
                sizes.iter().map(|n| { next += n; (next - n..next).collect() }).collect();
            let names: Vec<String> = (0..next).map(|k| k.to_string()).collect();
            let [networks, transfers, validation, test] = shares;
            let shares = SplitCounts { networks, transfers, validation, test };
            let parts = divide(&groups, &names, shares, crops, seed);
            prop_assert_eq!(parts.iter().map(|p| p.photo).collect::<Vec<_>>(), (0..next).collect::<Vec<_>>());
            prop_assert_eq!(parts.iter().map(|p| p.crops).sum::<usize>(), crops);
            for group in &groups {
                prop_assert!(group.iter().all(|&p| parts[p].split == parts[group[0]].split));
                prop_assert!(group.iter().all(|&p| parts[p].scene == group[0]));
            }
            for split in Split::ALL {
                let crops: Vec<_> =
                    parts.iter().filter(|p| p.split == split).map(|p| p.crops).collect();
                prop_assert!(crops.iter().sum::<usize>() > 0);
                prop_assert!(crops.iter().max().unwrap() - crops.iter().min().unwrap() <= 1);
            }
        }
    }
}
