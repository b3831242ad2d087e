//! A toy task: where is the bright square?

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use taskonomy_core::Split;
use taskonomy_nn::{Batches, Labels};
use tch::{Kind, Tensor};

pub const SIDE: i64 = 32;

/// 3×32×32 noise with one bright 8×8 square; the target is the mask of the square.
pub struct Squares {
    pub images: Tensor,
    pub masks: Tensor,
    /// What every label weighs.
    pub weight: f64,
    /// Added to every target: NaN or infinity spoil a training.
    pub offset: f64,
}

impl Squares {
    pub fn new(n: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let (side, pixels) = (SIDE as usize, (SIDE * SIDE) as usize);
        let mut images: Vec<f32> =
            (0..n * 3 * pixels).map(|_| 0.2 * rng.random::<f32>() - 0.1).collect();
        let mut masks = vec![0.0_f32; n * pixels];
        for i in 0..n {
            let (top, left) = (rng.random_range(0..side - 8), rng.random_range(0..side - 8));
            for y in top..top + 8 {
                for x in left..left + 8 {
                    masks[i * pixels + y * side + x] = 1.0;
                    for c in 0..3 {
                        images[(3 * i + c) * pixels + y * side + x] += 0.8;
                    }
                }
            }
        }
        let shaped = |v: &[f32], c| Tensor::from_slice(v).view([n as i64, c, SIDE, SIDE]);
        Self { images: shaped(&images, 3), masks: shaped(&masks, 1), weight: 1.0, offset: 0.0 }
    }
}

fn pick(all: &Tensor, rows: &[usize]) -> Tensor {
    let rows: Vec<i64> = rows.iter().map(|&r| r as i64).collect();
    all.index_select(0, &Tensor::from_slice(&rows))
}

impl Batches for Squares {
    fn len(&self, _: Split) -> usize {
        self.images.size()[0] as usize
    }

    fn input(&self, _: Split, rows: &[usize]) -> Tensor {
        pick(&self.images, rows)
    }

    fn labels(&self, _: Split, rows: &[usize]) -> Labels {
        let values = pick(&self.masks, rows) + self.offset;
        let weight = values.ones_like().to_kind(Kind::Float) * self.weight;
        Labels { values, weight }
    }
}
