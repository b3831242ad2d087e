//! The materials of an OBJ file.

use glam::Vec3;

use super::{Files, Parts, Reading, beside, thing_of};
use crate::mesh::Material;

/// Reads all materials of an MTL file. Values that are no numbers and textures that cannot be read
/// are faults.
pub(super) fn read(
    files: &dyn Files,
    file: &str,
    bytes: &[u8],
    how: &Reading,
    parts: &mut Parts,
) -> Vec<Material> {
    let mut made: Vec<Material> = Vec::new();
    let text = String::from_utf8_lossy(bytes);
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let place = || format!("line {number} of {file}");
        if word == "newmtl" {
            let name = rest.trim();
            made.push(Material { thing: thing_of(name), ..Material::grey(name) });
            continue;
        }
        let Some(material) = made.last_mut() else { continue };
        let values: Option<Vec<f32>> = rest
            .split_whitespace()
            .map(|v| v.parse().ok().filter(|v: &f32| v.is_finite()))
            .collect();
        let mut value = |count: usize| {
            let found = values.as_ref().filter(|values| values.len() >= count);
            if found.is_none() {
                parts.faults.add("values of materials that are no numbers", place);
            }
            found.map(|values| Vec3::from_array(std::array::from_fn(|i| values[i.min(count - 1)])))
        };
        match word {
            // What files give is what is shown; light is its square here.
            "Kd" => {
                if let Some(kd) = value(3) {
                    material.colour = kd.clamp(Vec3::ZERO, Vec3::ONE).map(|v| v * v);
                }
            }
            "Ks" => {
                if let Some(ks) = value(3) {
                    material.gloss = 0.3 * (ks.element_sum() / 3.0).clamp(0.0, 1.0);
                }
            }
            "Ke" => {
                if let Some(ke) = value(3) {
                    material.glow = ke.max_element().clamp(0.0, 1.0);
                }
            }
            "d" | "Tr" => {
                if let Some(share) = value(1) {
                    material.opacity = if word == "d" { share.x } else { 1.0 - share.x };
                }
            }
            "map_Kd" => {
                let Some(name) = texture(rest) else { continue };
                material.image = parts.image(files, &beside(file, name), how, place);
                if let Some(image) = &material.image {
                    material.cut_out = image.has_holes();
                    // Black below a texture is left over from a program; the texture is meant.
                    if material.colour.max_element() < 1e-3 {
                        material.colour = Vec3::ONE;
                    }
                }
            }
            _ => {}
        }
    }
    made
}

/// The file of a texture: what is left when options such as `-s 1 1 1` are taken away.
fn texture(text: &str) -> Option<&str> {
    let mut rest = text.trim();
    while rest.starts_with('-') {
        rest = rest.split_once(char::is_whitespace)?.1.trim_start();
        // Options have numbers or words like "on" behind them.
        while let Some((word, after)) = rest.split_once(char::is_whitespace) {
            if word.parse::<f32>().is_err() && !matches!(word, "on" | "off") {
                break;
            }
            rest = after.trim_start();
        }
    }
    Some(rest).filter(|rest| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    #[test]
    fn options_of_textures_are_not_part_of_their_names() {
        for (text, expected) in [
            ("wood.png", Some("wood.png")),
            ("old oak.png", Some("old oak.png")),
            ("-s 1 1 1 oak.png", Some("oak.png")),
            ("-clamp on -o 0.5 0 a b.jpg", Some("a b.jpg")),
            ("-s 1 1 1", Some("1")),
            ("", None),
            ("-s", None),
        ] {
            assert_eq!(super::texture(text), expected, "{text}");
        }
    }
}
