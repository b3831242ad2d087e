//! Randomness of single samples: a function of the sample's id, the task and a seed.

use std::sync::LazyLock;

/// A stream of 64-bit numbers (`SplitMix64`: Steele, Lea and Flood, OOPSLA 2014).
pub(crate) struct Stream(u64);

impl Stream {
    /// The stream of these words; no two lists of words are mistaken for one another.
    pub(crate) fn new(words: &[&[u8]]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for word in words {
            hasher.update(&(word.len() as u64).to_le_bytes()).update(word);
        }
        let hash = hasher.finalize();
        let (first, _) = hash.as_bytes().as_chunks();
        Self(u64::from_le_bytes(first[0]))
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, or 0 when that is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }

    /// Calls `add` on every value with a Gaussian number of mean 0 and deviation 1.
    pub(crate) fn gaussian(&mut self, values: &mut [f32], add: impl Fn(f32, f32) -> f32) {
        let table = &*QUANTILES;
        for four in values.chunks_mut(4) {
            let mut bits = self.next();
            for value in four {
                *value = add(*value, table[bits as usize % LEVELS]);
                bits >>= 16;
            }
        }
    }
}

const LEVELS: usize = 1 << 13;

/// The Gaussian in 8,192 equally likely levels, up to 3.8 deviations, with mean 0 and variance 1.
/// A look-up costs less than a logarithm and a cosine, and 32 KB stay in the cache.
static QUANTILES: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let half = LEVELS / 2;
    let mut upper = Vec::with_capacity(half);
    let mut z = 0.0_f64;
    for i in 0..half {
        let p = (i as f64 + 0.5) / LEVELS as f64; // beyond one half
        for _ in 0..8 {
            z -= (area(z) - p) / density(z);
        }
        upper.push(z);
    }
    let square = upper.iter().map(|z| z * z).sum::<f64>() / half as f64;
    upper
        .iter()
        .rev()
        .map(|z| -z)
        .chain(upper.iter().copied())
        .map(|z| (z / square.sqrt()) as f32)
        .collect()
});

fn density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// The area under the density from 0 to z: φ(z) (z + z³/3 + z⁵/(3·5) + …).
fn area(z: f64) -> f64 {
    let (mut term, mut sum, mut odd) = (z, z, 1.0);
    while term.abs() > 1e-17 {
        odd += 2.0;
        term *= z * z / odd;
        sum += term;
    }
    density(z) * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_gaussian() {
        let moment =
            |n| QUANTILES.iter().map(|&z| f64::from(z).powi(n)).sum::<f64>() / LEVELS as f64;
        assert!(moment(1).abs() < 1e-9 && (moment(2) - 1.0).abs() < 1e-6);
        assert!((moment(4) - 3.0).abs() < 0.02, "{}", moment(4));
        // The level whose share below is 0.975 stands at 1.96.
        let at = QUANTILES[(0.975 * LEVELS as f64) as usize];
        assert!((at - 1.959_96).abs() < 2e-3, "{at}");
        assert!(QUANTILES.is_sorted());
    }

    #[test]
    fn streams_of_other_words_are_other_streams() {
        let first = |words: &[&[u8]]| Stream::new(words).next();
        assert_eq!(first(&[b"a", b"b"]), first(&[b"a", b"b"]));
        assert_ne!(first(&[b"ab", b""]), first(&[b"a", b"b"]));
        // The published first number of SplitMix64 from the seed 0.
        assert_eq!(Stream(0).next(), 0xe220_a839_7b1d_cdaf);
        assert!((0..100).all(|i| Stream(i).below(3) < 3) && Stream(0).below(0) == 0);
    }

    #[test]
    fn numbers_of_a_stream_are_gaussian_and_do_not_repeat() {
        let mut values = vec![0.0; 100_000];
        Stream::new(&[b"x"]).gaussian(&mut values, |v, z| v + z);
        let mean = values.iter().sum::<f32>() / 1e5;
        let square = values.iter().map(|v| v * v).sum::<f32>() / 1e5;
        let next = values.windows(2).map(|v| v[0] * v[1]).sum::<f32>() / 1e5;
        assert!(mean.abs() < 0.015 && (square - 1.0).abs() < 0.02 && next.abs() < 0.015);
    }
}
