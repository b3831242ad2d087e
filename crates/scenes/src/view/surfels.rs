//! Where light is computed: once for each surface of a pixel, not for each of its four samples.

use glam::{Vec3, Vec3A};

use crate::light::{Light, RAYS, WEAK};

/// A piece of surface that a pixel shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surfel {
    /// A point just before it.
    pub point: Vec3A,
    /// Its unit normal in the world.
    pub normal: Vec3A,
    /// Metres that a pixel covers there.
    pub footprint: f32,
}

/// The surfels of an image, row by row, pixel by pixel.
pub(crate) struct Surfels {
    size: usize,
    all: Vec<Surfel>,
    /// The first surfel of every pixel, and the end.
    starts: Vec<u32>,
}

/// The sides of the square of pixels that share their shadow rays.
const BLOCK: usize = 3;
/// Shadow rays a pixel for each lamp and pane, and rays for what the room throws back; a block of
/// pixels has nine times as many.
const SHADOW_RAYS: usize = 2;
const BOUNCE_RAYS: usize = 3;
const _: () = assert!(BLOCK * BLOCK * SHADOW_RAYS <= RAYS && BLOCK * BLOCK * BOUNCE_RAYS <= RAYS);

impl Surfels {
    pub fn new(size: usize) -> Self {
        let starts = Vec::with_capacity(size * size + 1);
        Self { size, all: Vec::with_capacity(size * size * 5 / 4), starts }
    }

    /// Goes on to the next pixel.
    pub fn next_pixel(&mut self) {
        self.starts.push(self.all.len() as u32);
    }

    /// The surfel of the present pixel for a sample: one that looks the same way, or a new one.
    pub fn of_sample(&mut self, surfel: Surfel) -> u32 {
        let first = self.starts.last().map_or(0, |&start| start as usize);
        let same = |other: &Surfel| surfel.is_like(other, 0.95);
        let found = self.all[first..].iter().position(same).map(|i| first + i);
        let index = found.unwrap_or(self.all.len());
        if index == self.all.len() {
            self.all.push(surfel);
        }
        index as u32
    }

    /// Light on every surfel: with soft shadows and what the room throws back, without sun.
    ///
    /// Every pixel sends few rays, each of a block of 3×3 others; then every pixel takes the mean
    /// over the block around it as far as it shows the same flat surface. So a smooth wall gets
    /// the same rays at every pixel and shows no grain.
    pub fn lit(&mut self, light: &Light) -> Vec<Vec3> {
        self.next_pixel();
        let columns = light.sources.len();
        // For every surfel: the share of each source that is seen from it, and light thrown back.
        let mut seen = vec![1.0_f32; self.all.len() * columns];
        let mut unblocked = vec![Vec3::ZERO; self.all.len() * columns];
        let mut back = vec![Vec3::ZERO; self.all.len()];
        for (pixel, range) in self.starts.windows(2).enumerate() {
            let (x, y) = (pixel % self.size, pixel / self.size);
            let place = x % BLOCK + BLOCK * (y % BLOCK);
            for index in range[0] as usize..range[1] as usize {
                let Surfel { point, normal, .. } = self.all[index];
                for (column, source) in light.sources.iter().enumerate() {
                    let full = source.unblocked(point, normal);
                    unblocked[index * columns + column] = full;
                    if full.max_element() > WEAK && source.casts_shadow() {
                        let free = light.disc[place * SHADOW_RAYS..][..SHADOW_RAYS]
                            .iter()
                            .filter(|&&at| !light.tree.blocked(point, source.aim(point, at)))
                            .count();
                        seen[index * columns + column] = free as f32 / SHADOW_RAYS as f32;
                    }
                }
                let dome = &light.dome[place * BOUNCE_RAYS..][..BOUNCE_RAYS];
                back[index] = light.bounce.gathered(&light.tree, point, normal, dome);
            }
        }
        let mut lit = Vec::with_capacity(self.all.len());
        let mut near = Vec::new();
        for pixel in 0..self.size * self.size {
            for index in self.starts[pixel] as usize..self.starts[pixel + 1] as usize {
                near.clear();
                self.around(pixel, index, |other| near.push(other));
                let mut sum: Vec3 = near.iter().map(|&other| back[other]).sum();
                for column in 0..columns {
                    let shares = near.iter().map(|&other| seen[other * columns + column]);
                    sum += unblocked[index * columns + column] * shares.sum::<f32>();
                }
                lit.push(sum / near.len() as f32);
            }
        }
        lit
    }

    /// The surfels of the same flat surface in the block around a pixel.
    fn around(&self, pixel: usize, index: usize, mut each: impl FnMut(usize)) {
        let (x, y) = (pixel % self.size, pixel / self.size);
        let surfel = &self.all[index];
        for row in y.saturating_sub(1)..(y + 2).min(self.size) {
            let left = row * self.size + x.saturating_sub(1);
            let right = row * self.size + (x + 2).min(self.size);
            for other in self.starts[left]..self.starts[right] {
                if surfel.is_like(&self.all[other as usize], 0.9) {
                    each(other as usize);
                }
            }
        }
    }
}

impl Surfel {
    /// Whether both look nearly the same way and lie in nearly the same plane.
    fn is_like(&self, other: &Self, cos: f32) -> bool {
        let off = self.normal.dot(other.point - self.point).abs();
        self.normal.dot(other.normal) > cos && off < 0.004 + self.footprint
    }
}
