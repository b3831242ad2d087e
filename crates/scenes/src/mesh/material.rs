//! What the triangles of a mesh look like.

use std::sync::Arc;

use glam::{Vec2, Vec3};

use crate::texture::Image;
use crate::thing::Thing;

/// The material of triangles; colours are linear.
#[derive(Debug, Clone, PartialEq)]
pub struct Material {
    /// Its name in the file.
    pub name: String,
    /// Its colour, or what its texture is multiplied by.
    pub colour: Vec3,
    /// Its texture.
    pub image: Option<Arc<Image>>,
    /// Whether its texture has holes that one sees and light goes through.
    pub cut_out: bool,
    /// How much of a mirror it is, 0 to 1.
    pub gloss: f32,
    /// Light it gives off, as a factor of its colour.
    pub glow: f32,
    /// How much of it there is: below a half it is glass.
    pub opacity: f32,
    /// What it is the material of, as its name says.
    pub thing: Option<Thing>,
}

impl Material {
    /// Matt and grey.
    pub fn grey(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            colour: Vec3::splat(0.5),
            image: None,
            cut_out: false,
            gloss: 0.0,
            glow: 0.0,
            opacity: 1.0,
            thing: None,
        }
    }

    /// Whether the texture has a hole here.
    pub(crate) fn is_hole(&self, uv: Vec2) -> bool {
        self.image.as_ref().is_some_and(|image| image.alpha(uv) < 0.5)
    }

    /// Its colour at a place of its texture, averaged over `width`, a share of the texture's side.
    pub(crate) fn colour_at(&self, uv: Vec2, width: f32) -> Vec3 {
        match &self.image {
            Some(image) => self.colour * image.colour(uv, width),
            None => self.colour,
        }
    }

    /// Its colour from far away.
    pub(crate) fn mean(&self) -> Vec3 {
        match &self.image {
            Some(image) => self.colour * image.mean(),
            None => self.colour,
        }
    }
}
