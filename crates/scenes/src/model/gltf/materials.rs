//! The materials of a glTF file.

use std::collections::BTreeMap;
use std::sync::Arc;

use glam::Vec3;
use gltf::material::AlphaMode;

use super::super::{Files, Parts, Reading, thing_of};
use super::buffers::{Buffers, fetch};
use crate::mesh::Material;
use crate::texture::Image;

/// The extension that shifts, turns and scales textures.
const PLACEMENT: &str = "KHR_texture_transform";

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
    if document.extensions_used().any(|name| name == PLACEMENT) {
        parts
            .faults
            .add("placements of textures that are not read", || format!("{PLACEMENT} in {file}"));
    }
    for material in document.materials() {
        let name = material.name().unwrap_or("");
        let pbr = material.pbr_metallic_roughness();
        let [r, g, b, alpha] = pbr.base_color_factor();
        let texture = pbr.base_color_texture();
        sets.push(texture.as_ref().map_or(0, gltf::texture::Info::tex_coord));
        let image = texture.and_then(|info| {
            let index = info.texture().source().index();
            let read = images.entry(index).or_insert_with(|| {
                // Not by way of the crate's own source, which panics where there is no type.
                let bytes = document.as_json().images.get(index).map(|image| {
                    match (&image.buffer_view, &image.uri) {
                        (Some(view), _) => {
                            let view = document.views().nth(view.value());
                            let bytes =
                                view.and_then(|view| buffers.view(&view).map(<[u8]>::to_vec));
                            bytes.ok_or_else(|| "its data are not there".to_owned())
                        }
                        (None, Some(uri)) => fetch(files, file, uri),
                        (None, None) => Err("it has no data".to_owned()),
                    }
                });
                let bytes = bytes.unwrap_or_else(|| Err("there is no such image".to_owned()));
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
            // A texture of light says where a material glows; it is hardly anywhere, and not read.
            glow: if material.emissive_texture().is_some() {
                0.0
            } else {
                Vec3::from(material.emissive_factor()).max_element().clamp(0.0, 1.0)
            },
            opacity: if clear {
                0.0
            } else if blends {
                alpha
            } else {
                1.0
            },
        });
    }
    sets
}
