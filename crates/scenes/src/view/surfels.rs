//! Where light is computed: once for each surface of a cell of samples, not for each sample.

use glam::{Vec3, Vec3A};

use crate::light::{Light, RAYS, Source, WEAK};

/// A piece of surface that a cell shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surfel {
    /// A point just before it.
    pub point: Vec3A,
    /// Its unit normal in the world.
    pub normal: Vec3A,
    /// Metres that a cell covers there.
    pub footprint: f32,
}

/// The surfels of an image, row by row, cell by cell.
pub(crate) struct Surfels {
    /// Cells a side.
    size: usize,
    all: Vec<Surfel>,
    /// The first surfel of every cell, and the end.
    starts: Vec<u32>,
}

/// The side of the square of cells that share their rays.
const BLOCK: usize = 3;
/// Shadow rays a cell for each lamp and pane where there may be penumbra, and rays for what the
/// room throws back. A block has nine times as many.
const SHADOW_RAYS: usize = 2;
const BOUNCE_RAYS: usize = 3;
const _: () = assert!(BLOCK * BLOCK * SHADOW_RAYS <= RAYS && BLOCK * BLOCK * BOUNCE_RAYS <= RAYS);

impl Surfels {
    pub fn new(size: usize) -> Self {
        let starts = Vec::with_capacity(size * size + 1);
        Self { size, all: Vec::with_capacity(size * size * 5 / 4), starts }
    }

    /// Goes on to the next cell.
    pub fn next_cell(&mut self) {
        self.starts.push(self.all.len() as u32);
    }

    /// The surfel of the present cell for a sample: one that looks the same way, or a new one.
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
    /// Every cell sends few rays, each of a block of 3×3 others; then every cell takes the mean
    /// over the block around it as far as it shows the same flat surface. So a smooth wall gets
    /// the same rays at every cell and shows no grain. Where all first shadow rays of a block agree
    /// there are no second ones.
    pub fn lit(&mut self, light: &Light) -> Vec<Vec3> {
        self.next_cell();
        let cells = || self.starts.windows(2).enumerate();
        let mut back = Vec::with_capacity(self.all.len());
        for (cell, range) in cells() {
            let dome = &light.dome[self.place(cell) * BOUNCE_RAYS..][..BOUNCE_RAYS];
            for surfel in &self.all[range[0] as usize..range[1] as usize] {
                let Surfel { point, normal, .. } = *surfel;
                back.push(light.bounce.gathered(&light.tree, point, normal, dome));
            }
        }
        let mut near = Vec::new();
        let mut shadows: Vec<_> =
            light.sources.iter().map(|source| Shadow::new(source, self.all.len())).collect();
        let mut lit = Vec::with_capacity(self.all.len());
        for (cell, range) in cells() {
            for index in range[0] as usize..range[1] as usize {
                near.clear();
                self.around(cell, index, |neighbour| near.push(neighbour));
                let mut sum = near.iter().map(|near| back[near.1]).sum::<Vec3>();
                sum /= near.len() as f32;
                let Surfel { point, normal, .. } = self.all[index];
                for shadow in &mut shadows {
                    let full = shadow.source.unblocked(point, normal);
                    sum += if full.max_element() > WEAK && shadow.source.casts_shadow() {
                        full * shadow.seen(self, light, &near)
                    } else {
                        full
                    };
                }
                lit.push(sum);
            }
        }
        lit
    }

    /// Which of the nine a cell is in its block.
    fn place(&self, cell: usize) -> usize {
        let (x, y) = (cell % self.size, cell / self.size);
        x % BLOCK + BLOCK * (y % BLOCK)
    }

    /// The surfels of the same flat surface in the block around a cell, each with its cell's place.
    fn around(&self, cell: usize, index: usize, mut each: impl FnMut((usize, usize))) {
        let (x, y) = (cell % self.size, cell / self.size);
        let surfel = &self.all[index];
        for row in y.saturating_sub(1)..(y + 2).min(self.size) {
            for column in x.saturating_sub(1)..(x + 2).min(self.size) {
                let other = row * self.size + column;
                for near in self.starts[other] as usize..self.starts[other + 1] as usize {
                    if surfel.is_like(&self.all[near], 0.9) {
                        each((self.place(other), near));
                    }
                }
            }
        }
    }
}

/// How much of one source is seen from every surfel, as far as that has been asked.
struct Shadow<'a> {
    source: &'a Source,
    /// Whether each ray of each surfel gets through.
    rays: [Vec<Option<bool>>; SHADOW_RAYS],
}

impl<'a> Shadow<'a> {
    fn new(source: &'a Source, surfels: usize) -> Self {
        Self { source, rays: [vec![None; surfels], vec![None; surfels]] }
    }

    /// The share of the source that is seen from some surfels: of one ray each, and of another one
    /// each when they do not agree.
    fn seen(&mut self, surfels: &Surfels, light: &Light, near: &[(usize, usize)]) -> f32 {
        let mut through = 0;
        for (ray, known) in self.rays.iter_mut().enumerate() {
            for &(place, index) in near {
                through += usize::from(*known[index].get_or_insert_with(|| {
                    let point = surfels.all[index].point;
                    let aim = self.source.aim(point, light.disc[place + BLOCK * BLOCK * ray]);
                    !light.tree.blocked(point, aim)
                }));
            }
            if ray == 0 && (through == 0 || through == near.len()) {
                return if through == 0 { 0.0 } else { 1.0 };
            }
        }
        through as f32 / (SHADOW_RAYS * near.len()) as f32
    }
}

impl Surfel {
    /// Whether both look nearly the same way and lie in nearly the same plane.
    fn is_like(&self, other: &Self, cos: f32) -> bool {
        let off = self.normal.dot(other.point - self.point).abs();
        self.normal.dot(other.normal) > cos && off < 0.004 + self.footprint
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{Group, Lamp, Primitive, Scene};
    use crate::shape::{Bounds, Shape};
    use crate::texture::Texture;

    /// A room with one lamp, a board over half of the floor, and the light on 30×30 surfels of
    /// the floor's middle 2×2 metres.
    fn floor(radius: f32, board: bool) -> Vec<Vec3> {
        const SIZE: usize = 30;
        let mut room = Scene::room(1, 4);
        (room.groups, room.panes, room.openings, room.sun) = Default::default();
        let middle = room.size.with_z(0.0) * 0.5;
        room.lamps = vec![Lamp {
            position: middle + 2.2 * Vec3A::Z,
            colour: Vec3::ONE,
            reach: 2.0,
            casts_shadow: true,
            radius,
        }];
        if board {
            let bounds =
                Bounds { min: Vec3A::new(-1.5, -2.0, 1.0), max: Vec3A::new(0.0, 2.0, 1.02) };
            let primitive = Primitive {
                shape: Shape::Cuboid(bounds),
                texture: Texture::plain(Vec3::splat(0.5)),
                thing: crate::Thing::Table,
                object: 0,
                glow: 0.0,
            };
            room.groups = vec![Group::new(vec![primitive], middle, 0.0)];
        }
        let light = Light::new(&room);
        let mut surfels = Surfels::new(SIZE);
        for cell in 0..SIZE * SIZE {
            surfels.next_cell();
            let step = 2.0 / SIZE as f32;
            let (x, y) = ((cell % SIZE) as f32 * step - 1.0, (cell / SIZE) as f32 * step - 1.0);
            let point = middle + Vec3A::new(x, y, 1e-3);
            surfels.of_sample(Surfel { point, normal: Vec3A::Z, footprint: step });
        }
        surfels.lit(&light)
    }

    #[test]
    fn shadow_is_darker_than_light_and_penumbra_grows_monotonely() {
        let (open, shaded) = (floor(0.15, false), floor(0.15, true));
        // Share of the open floor's light, along a row in the middle.
        let shares: Vec<f32> =
            (1..29).map(|x| shaded[15 * 30 + x].x / open[15 * 30 + x].x).collect();
        assert!(shares[2] < 0.6 && shares[25] > 0.8, "{shares:?}");
        assert!(shares.windows(2).all(|pair| pair[1] > pair[0] - 0.03), "{shares:?}");
        let soft = |shares: &[f32]| shares.windows(2).filter(|p| p[1] - p[0] > 0.05).count();
        assert!(soft(&shares) >= 3, "{shares:?}");
    }

    #[test]
    fn light_is_bounded_by_lamp_and_room() {
        let (open, shaded) = (floor(0.15, false), floor(0.15, true));
        // 1.2·reach²/(d² + 0.2·reach²) is 0.85 straight below, and the ceiling,
        // half a metre above the lamp, throws back less than twice as much.
        let most = 3.0 * 1.2 * 4.0 / (2.2 * 2.2 + 0.8);
        assert!(open.iter().all(|l| l.x > 0.0 && l.x < most));
        assert!(open.iter().zip(&shaded).all(|(open, shaded)| shaded.x < 1.05 * open.x));
    }

    #[test]
    fn an_open_floor_shows_no_grain() {
        let open = floor(0.15, false);
        for y in 1..29 {
            for x in 1..28 {
                let (a, b) = (open[30 * y + x].x, open[30 * y + x + 1].x);
                assert!((a - b).abs() < 0.02 * a, "({x}, {y}): {a} beside {b}");
            }
        }
    }

    #[test]
    fn surfaces_of_a_cell_are_kept_apart() {
        let surfel = Surfel { point: Vec3A::ZERO, normal: Vec3A::Z, footprint: 0.01 };
        let mut surfels = Surfels::new(1);
        surfels.next_cell();
        let beside = Surfel { point: Vec3A::X * 0.01, ..surfel };
        let above = Surfel { point: Vec3A::Z * 0.1, ..surfel };
        let turned = Surfel { normal: Vec3A::X, ..surfel };
        let numbers = [surfel, beside, above, turned, surfel].map(|s| surfels.of_sample(s));
        assert_eq!(numbers, [0, 0, 1, 2, 0]);
    }
}
