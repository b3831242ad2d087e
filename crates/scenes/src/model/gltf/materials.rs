//! The materials of a glTF file.

use std::collections::BTreeMap;
use std::sync::Arc;

use glam::Vec3;
use gltf::image::Source;
use gltf::material::AlphaMode;

use super::super::{Files, Parts, Reading, thing_of};
use super::buffers::{Buffers, fetch};
use crate::mesh::Material;
use crate::texture::Image;

/// Adds all materials after the first, which stands for none, and says for each which set of
/// coordinates its texture uses.
pub(super) fn read(
    files: &dyn Files,
    file: &str,
    document: &gltf::Document,
    buffers: &Buffers,
    how: &Reading,
    parts: &mut Parts,
) -> Vec<u32> {
    let mut images: BTreeMap<usize, Option<Arc<Image>>> = BTreeMap::new();
    let mut sets = vec![0];
    for material in document.materials() {
        let name = material.name().unwrap_or("");
        let pbr = material.pbr_metallic_roughness();
        let [r, g, b, alpha] = pbr.base_color_factor();
        let texture = pbr.base_color_texture();
        sets.push(texture.as_ref().map_or(0, gltf::texture::Info::tex_coord));
        let image = texture.and_then(|info| {
            let image = info.texture().source();
            let index = image.index();
            let read = images.entry(index).or_insert_with(|| {
                let bytes = match image.source() {
                    Source::View { view, .. } => {
                        buffers.view(&view).map(<[u8]>::to_vec).ok_or("its data are not there".into())
                    }
                    Source::Uri { uri, .. } => fetch(files, file, uri),
                };
                let image = bytes.and_then(|bytes| (how.decode)(&bytes));
                if let Err(why) = &image {
                    parts.faults.add("textures that cannot be read", || {
                        format!("image {index} of {file}: {why}")
                    });
                }
                image.ok().map(Arc::new)
            });
            read.clone()
        });
        let blends = material.alpha_mode() == AlphaMode::Blend;
        let holes = image.as_ref().is_some_and(|image| image.has_holes());
        let clear = material.transmission().is_some_and(|t| t.transmission_factor() > 0.5);
        parts.materials.push(Material {
            thing: thing_of(name),
            name: name.to_owned(),
            colour: Vec3::new(r, g, b).clamp(Vec3::ZERO, Vec3::ONE),
            cut_out: holes && material.alpha_mode() != AlphaMode::Opaque,
            image,
            gloss: 0.3 * (1.0 - pbr.roughness_factor()).clamp(0.0, 1.0),
            glow: Vec3::from(material.emissive_factor()).max_element().clamp(0.0, 1.0),
            opacity: if clear { 0.0 } else if blends { alpha } else { 1.0 },
        });
    }
    sets
}
