//! A piece of furniture while it is being made.

use std::ops::Range;

use glam::{Vec3, Vec3A};

use crate::class::Class;
use crate::scene::Primitive;
use crate::shape::{Bounds, Shape};
use crate::texture::Texture;

/// Primitives in the frame of a piece of furniture: x runs along the wall that it stands at, from
/// negative to positive; y from the wall (0) into the room; z up from the floor.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Piece {
    /// The primitives so far.
    pub primitives: Vec<Primitive>,
    /// Where its bulb is, if it is a lamp.
    pub bulb: Option<Vec3A>,
    class: Class,
}

impl Piece {
    pub fn new(class: Class) -> Self {
        Self { primitives: Vec::new(), bulb: None, class }
    }

    fn add(&mut self, shape: Shape, texture: Texture) -> &mut Self {
        self.primitives.push(Primitive { shape, texture, class: self.class, glow: 0.0 });
        self
    }

    /// A box.
    pub fn cuboid(
        &mut self,
        x: Range<f32>,
        y: Range<f32>,
        z: Range<f32>,
        texture: Texture,
    ) -> &mut Self {
        let (min, max) = (Vec3A::new(x.start, y.start, z.start), Vec3A::new(x.end, y.end, z.end));
        self.add(Shape::Cuboid(Bounds { min, max }), texture)
    }

    /// An upright cylinder.
    pub fn cylinder(
        &mut self,
        base: [f32; 3],
        radius: f32,
        height: f32,
        texture: Texture,
    ) -> &mut Self {
        self.add(Shape::Cylinder { base: base.into(), radius, height }, texture)
    }

    /// An upright cone, cut off at the radius `top`.
    pub fn cone(
        &mut self,
        base: [f32; 3],
        (bottom, top): (f32, f32),
        height: f32,
        texture: Texture,
    ) -> &mut Self {
        self.add(Shape::Cone { base: base.into(), bottom, top, height }, texture)
    }

    /// A sphere.
    pub fn sphere(&mut self, centre: [f32; 3], radius: f32, texture: Texture) -> &mut Self {
        self.add(Shape::Sphere { centre: centre.into(), radius }, texture)
    }

    /// The last primitive gives off light.
    pub fn glowing(&mut self, glow: f32) -> &mut Self {
        if let Some(last) = self.primitives.last_mut() {
            last.glow = glow;
        }
        self
    }

    /// Four legs under a top of width `w` and depth `d`.
    pub fn legs(&mut self, w: f32, d: f32, height: f32, thick: f32, texture: Texture) -> &mut Self {
        for x in [-w / 2.0, w / 2.0 - thick] {
            for y in [0.0, d - thick] {
                self.cuboid(x..x + thick, y..y + thick, 0.0..height, texture);
            }
        }
        self
    }

    /// Adds another piece, moved by `by`.
    pub fn with(&mut self, other: &Self, by: Vec3A) -> &mut Self {
        for &primitive in &other.primitives {
            let shape = match primitive.shape {
                Shape::Cuboid(b) => Shape::Cuboid(Bounds { min: b.min + by, max: b.max + by }),
                Shape::Cylinder { base, radius, height } => {
                    Shape::Cylinder { base: base + by, radius, height }
                }
                Shape::Cone { base, bottom, top, height } => {
                    Shape::Cone { base: base + by, bottom, top, height }
                }
                Shape::Sphere { centre, radius } => Shape::Sphere { centre: centre + by, radius },
            };
            self.primitives.push(Primitive { shape, ..primitive });
        }
        self.bulb = self.bulb.or(other.bulb.map(|bulb| bulb + by));
        self
    }
}

/// Colours that things have whatever the room.
pub(crate) fn plain(colour: Vec3) -> Texture {
    Texture::plain(colour)
}
