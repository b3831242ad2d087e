//! A piece of furniture while it is being made.

use std::ops::Range;

use glam::{Vec3, Vec3A};

use crate::scene::Primitive;
use crate::shape::{Bounds, Shape};
use crate::texture::Texture;
use crate::thing::Thing;

/// Primitives in the frame of a piece of furniture: x runs along the wall that it stands at, from
/// negative to positive; y from the wall (0) into the room; z up from the floor.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Piece {
    /// The primitives so far.
    pub primitives: Vec<Primitive>,
    /// Where its bulb is, if it is a lamp.
    pub bulb: Option<Vec3A>,
    thing: Thing,
    /// The number of the thing that comes next, within the piece.
    object: u16,
}

impl Piece {
    pub fn new(thing: Thing) -> Self {
        Self { primitives: Vec::new(), bulb: None, thing, object: 0 }
    }

    fn add(&mut self, shape: Shape, texture: Texture) -> &mut Self {
        let Self { thing, object, .. } = *self;
        self.primitives.push(Primitive { shape, texture, thing, object, glow: 0.0 });
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

    /// A sphere that is longer, wider or higher.
    pub fn ellipsoid(&mut self, centre: [f32; 3], radii: [f32; 3], texture: Texture) -> &mut Self {
        self.add(Shape::Ellipsoid { centre: centre.into(), radii: radii.into() }, texture)
    }

    /// A cylinder in any direction.
    pub fn rod(
        &mut self,
        from: [f32; 3],
        to: [f32; 3],
        radius: f32,
        texture: Texture,
    ) -> &mut Self {
        self.add(Shape::Rod { from: from.into(), to: to.into(), radius }, texture)
    }

    /// The part of a box behind the plane through `through` with this normal.
    pub fn wedge(
        &mut self,
        [x, y, z]: [Range<f32>; 3],
        normal: [f32; 3],
        through: [f32; 3],
        texture: Texture,
    ) -> &mut Self {
        let (min, max) = (Vec3A::new(x.start, y.start, z.start), Vec3A::new(x.end, y.end, z.end));
        let normal = Vec3A::from(normal).normalize();
        let offset = normal.dot(through.into());
        self.add(Shape::Wedge { bounds: Bounds { min, max }, normal, offset }, texture)
    }

    /// What comes next is another thing.
    pub fn thing(&mut self, thing: Thing) -> &mut Self {
        self.thing = thing;
        self.object = self.objects();
        self
    }

    /// The first number that no thing has yet.
    fn objects(&self) -> u16 {
        self.primitives.iter().map(|p| p.object + 1).max().unwrap_or(0)
    }

    /// How far it reaches to either side of its frame's origin along the wall.
    pub fn half_width(&self) -> f32 {
        let bounds = self.primitives.iter().map(|p| p.shape.bounds());
        bounds.fold(0.0_f32, |half, b| half.max(b.max.x).max(-b.min.x))
    }

    /// How high it is above its frame's origin.
    pub fn height(&self) -> f32 {
        self.primitives.iter().map(|p| p.shape.bounds().max.z).fold(0.0, f32::max)
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

    /// Adds another piece, moved by `by`; its things stay things of their own.
    pub fn with(&mut self, other: &Self, by: Vec3A) -> &mut Self {
        let first = self.objects();
        for &primitive in &other.primitives {
            let (shape, object) = (primitive.shape.moved(by), first + primitive.object);
            self.primitives.push(Primitive { shape, object, ..primitive });
        }
        self.bulb = self.bulb.or(other.bulb.map(|bulb| bulb + by));
        self
    }
}

/// Colours that things have whatever the room.
pub(crate) fn plain(colour: Vec3) -> Texture {
    Texture::plain(colour)
}
