//! Maximal affordable purchases, all of them equally likely.
//!
//! A purchase is maximal when nothing that is left can be added within the budget. With items by
//! ascending cost and *m* the first one that is not bought, that is so when all before *m* are
//! bought and the money left is less than *m* costs: what is bought after *m* must add up to a sum
//! between two numbers. Counting the subsets of every suffix by their sum therefore counts maximal
//! purchases, and walking back through the counts draws one of them, each with the same
//! probability. With equal costs they are the purchases of exactly as many as the budget allows.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Counts are floating-point numbers: those of 1,000 items stay below the largest one.
pub(super) const MOST_ITEMS: usize = 1000;
/// Most entries of all tables of sums: 64 MB.
pub(super) const MOST_SUMS: usize = 1 << 21;

pub(super) struct MaximalPurchases {
    /// The items and what they cost, the cheapest first.
    items: Vec<(usize, i128)>,
    /// For each suffix of the items its subsets: how many have which sum, by ascending sum.
    subsets: Vec<Vec<(i128, f64)>>,
    /// For each item, sums of what is bought after it where it is the first that is not bought;
    /// and how many purchases there are. The last entry is the purchase of everything.
    first_left: Vec<FirstLeft>,
}

struct FirstLeft {
    above: i128,
    up_to: i128,
    count: f64,
}

impl MaximalPurchases {
    /// Of items with these costs, all above 0; nothing when they are too many to be counted. The
    /// budget must not be negative.
    pub fn new(mut items: Vec<(usize, i128)>, budget: i128) -> Option<Self> {
        let n = items.len();
        if n > MOST_ITEMS {
            return None;
        }
        items.sort_by_key(|&(item, cost)| (cost, item));
        let mut subsets = vec![vec![(0, 1.0)]; n + 1];
        let mut entries = 1;
        for k in (0..n).rev() {
            subsets[k] = with_item(&subsets[k + 1], items[k].1, budget);
            entries += subsets[k].len();
            if entries > MOST_SUMS {
                return None;
            }
        }
        let mut first_left = Vec::with_capacity(n + 1);
        let mut left = budget;
        for (k, &(_, cost)) in items.iter().enumerate() {
            let (above, up_to) = (left - cost, left);
            let count = within(&subsets[k + 1], above, up_to).iter().map(|sum| sum.1).sum();
            first_left.push(FirstLeft { above, up_to, count });
            left -= cost;
        }
        let everything = if left >= 0 { 1.0 } else { 0.0 };
        first_left.push(FirstLeft { above: -1, up_to: 0, count: everything });
        Some(Self { items, subsets, first_left })
    }

    /// Buys the items of a maximal purchase, each one equally likely.
    pub fn draw(&self, bought: &mut [bool], rng: &mut ChaCha8Rng) {
        let n = self.items.len();
        let m = pick(self.first_left.iter().map(|first| first.count), rng);
        for &(item, _) in &self.items[..m] {
            bought[item] = true;
        }
        if m == n {
            return;
        }
        let FirstLeft { above, up_to, .. } = self.first_left[m];
        let sums = within(&self.subsets[m + 1], above, up_to);
        let (mut sum, _) = sums[pick(sums.iter().map(|sum| sum.1), rng)];
        for k in m + 1..n {
            let (item, cost) = self.items[k];
            let with = count(&self.subsets[k + 1], sum - cost);
            let without = count(&self.subsets[k + 1], sum);
            if pick([with, without].into_iter(), rng) == 0 {
                bought[item] = true;
                sum -= cost;
            }
        }
    }
}

/// The sums with one more item, up to the budget: those of before, and those that cost it more.
fn with_item(sums: &[(i128, f64)], cost: i128, budget: i128) -> Vec<(i128, f64)> {
    let mut merged: Vec<(i128, f64)> = Vec::with_capacity(2 * sums.len());
    let mut with = sums.iter().map(|&(sum, count)| (sum + cost, count)).peekable();
    let mut without = sums.iter().copied().peekable();
    loop {
        let next = match (with.peek(), without.peek()) {
            (Some(a), Some(b)) if a.0 < b.0 => with.next(),
            (Some(_), None) => with.next(),
            _ => without.next(),
        };
        match (next, merged.last_mut()) {
            (Some((sum, count)), Some(last)) if last.0 == sum => last.1 += count,
            (Some(next), _) if next.0 <= budget => merged.push(next),
            (Some(_), _) => {}
            (None, _) => return merged,
        }
    }
}

/// Those above one number and up to another.
fn within(sums: &[(i128, f64)], above: i128, up_to: i128) -> &[(i128, f64)] {
    let place = |limit: i128| sums.partition_point(|&(sum, _)| sum <= limit);
    &sums[place(above)..place(up_to).max(place(above))]
}

fn count(sums: &[(i128, f64)], sum: i128) -> f64 {
    sums.binary_search_by_key(&sum, |&(sum, _)| sum).map_or(0.0, |at| sums[at].1)
}

/// A place, as likely as its weight says; not all weights are 0.
fn pick(weights: impl Iterator<Item = f64> + Clone, rng: &mut ChaCha8Rng) -> usize {
    let total: f64 = weights.clone().sum();
    let mut point = rng.random::<f64>() * total;
    let mut last = 0;
    for (place, weight) in weights.enumerate() {
        if weight > 0.0 {
            if point < weight {
                return place;
            }
            point -= weight;
            last = place;
        }
    }
    // Rounding can carry the point beyond the last weight.
    last
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use rand::SeedableRng;

    use super::*;

    /// All maximal purchases, by their bits.
    fn brute_force(costs: &[i128], budget: i128) -> Vec<u32> {
        let cost = |set: u32| -> i128 {
            (0..costs.len()).filter(|k| set >> k & 1 == 1).map(|k| costs[k]).sum()
        };
        let is_maximal = |set: &u32| {
            let left = budget - cost(*set);
            left >= 0 && (0..costs.len()).all(|k| set >> k & 1 == 1 || costs[k] > left)
        };
        (0..1 << costs.len()).filter(is_maximal).collect()
    }

    fn drawn(costs: &[i128], budget: i128, draws: usize) -> BTreeMap<u32, usize> {
        let items = costs.iter().copied().enumerate().collect();
        let purchases = MaximalPurchases::new(items, budget).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut found = BTreeMap::new();
        for _ in 0..draws {
            let mut bought = vec![false; costs.len()];
            purchases.draw(&mut bought, &mut rng);
            let bits = bought.iter().enumerate().map(|(k, &b)| u32::from(b) << k).sum();
            *found.entry(bits).or_default() += 1;
        }
        found
    }

    #[test]
    fn all_maximal_purchases_are_equally_likely() {
        // Budget 5 of costs 1, 2, 2, 3: {1,2,2}, {2,3} twice. {1,3} leaves 1: nothing fits.
        let found = drawn(&[1, 2, 2, 3], 5, 8000);
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), [0b0111, 0b1001, 0b1010, 0b1100]);
        // 2000 expected of each, the standard deviation is 39.
        assert!(found.values().all(|&n| (1800..2200).contains(&n)), "{found:?}");
        // Equal costs: pairs of five, 800 expected of each.
        let found = drawn(&[7; 5], 20, 8000);
        assert_eq!(found.len(), 10);
        assert!(found.iter().all(|(set, n)| set.count_ones() == 2 && (680..920).contains(n)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn counts_are_those_of_all_subsets(
            costs in prop::collection::vec(1_i128..9, 0..8),
            budget in 0_i128..40,
        ) {
            let expected = brute_force(&costs, budget);
            let items = costs.iter().copied().enumerate().collect();
            let purchases = MaximalPurchases::new(items, budget).unwrap();
            let total: f64 = purchases.first_left.iter().map(|first| first.count).sum();
            prop_assert_eq!(total, expected.len() as f64);
            let found = drawn(&costs, budget, 20);
            prop_assert!(found.keys().all(|set| expected.contains(set)), "{found:?}");
        }
    }

    #[test]
    fn what_cannot_be_counted_is_refused() {
        assert!(MaximalPurchases::new((0..1001).map(|k| (k, 1)).collect(), 5).is_none());
        let powers = (0..30).map(|k| (k, 1 << k)).collect();
        assert!(MaximalPurchases::new(powers, 1 << 40).is_none());
        // Near the end of what a number can hold.
        let many = MaximalPurchases::new((0..1000).map(|k| (k, 1)).collect(), 500).unwrap();
        let mut bought = vec![false; 1000];
        many.draw(&mut bought, &mut ChaCha8Rng::seed_from_u64(3));
        assert_eq!(bought.iter().filter(|b| **b).count(), 500);
    }
}
