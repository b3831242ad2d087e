//! Win rates are counts: k of N test images.

/// No published set has more test images (17,853 in the authors' list).
pub(super) const MOST_IMAGES: u32 = 20_000;

/// A double that is k/N is off by its rounding, 1e-16. Of arbitrary doubles one in some 4,000 is as
/// near as this to a fraction of such denominators.
const TOLERANCE: f64 = 1e-12;

/// The denominator, in lowest terms, of a share in [0, 1] that is a fraction of at most
/// [`MOST_IMAGES`]; none for any other number.
///
/// A fraction nearer than half the inverse square of its denominator is a convergent of the
/// continued fraction (Legendre), so only those need looking at.
pub(super) fn denominator(share: f64) -> Option<u32> {
    // p/q is the current convergent, p0/q0 the one before.
    let (mut p0, mut q0, mut p, mut q) = (1.0, 0.0, share.floor(), 1.0);
    let mut rest = share - p;
    while q <= f64::from(MOST_IMAGES) {
        if (share - p / q).abs() <= TOLERANCE {
            return Some(q as u32);
        }
        rest = 1.0 / rest;
        let whole = rest.floor();
        rest -= whole;
        (p0, q0, p, q) = (p, q, whole * p + p0, whole * q + q0);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn divisor(a: u32, b: u32) -> u32 {
        if b == 0 { a } else { divisor(b, a % b) }
    }

    #[test]
    fn every_count_is_found_in_lowest_terms() {
        for n in [1_u32, 2, 7, 2_163, 16_191, 17_356, 20_000] {
            for k in (0..=n).step_by(n.div_ceil(300) as usize) {
                let share = f64::from(k) / f64::from(n);
                assert_eq!(denominator(share), Some(n / divisor(k, n)), "{k}/{n}");
            }
        }
    }

    #[test]
    fn other_numbers_have_none() {
        let half = 0.5_f64;
        for share in [half.sqrt(), 1.0 / std::f64::consts::PI, 1.0 / 20_001.0, 0.123_456_789] {
            assert_eq!(denominator(share), None, "{share}");
        }
        for share in [f64::NAN, f64::INFINITY] {
            assert_eq!(denominator(share), None);
        }
    }
}
