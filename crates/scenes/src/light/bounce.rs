//! Light that the room throws back: one bounce, coarse in where it comes from, exact in what is
//! in its way.

use glam::{Vec2, Vec3, Vec3A};

use crate::light::{Source, even, turned};
use crate::shape::Ray;
use crate::tree::Tree;

/// What the six sides of the room throw back.
pub(crate) struct Bounce {
    /// Light from each side, numbered as by [`crate::Scene::shell`]; of a model from any surface.
    sides: [Vec3; 6],
    /// Light on a surface that looks away from each side.
    on: [Vec3; 6],
}

/// Things nearer than this darken and colour what is beside them, metres.
const NEARBY: f32 = 1.3;

impl Bounce {
    /// The light on points of every side, and the colours of the sides, averaged; then what comes
    /// back from all sides, again and again.
    pub fn new(tree: &Tree, sources: &[Source]) -> Self {
        const POINTS: usize = 12;
        let scene = tree.scene;
        if let Some(ground) = &scene.ground {
            let (on, back) = ground.light(tree, sources);
            return Self { sides: [back; 6], on };
        }
        let mut on = [Vec3::ZERO; 6];
        for (side, light) in on.iter_mut().enumerate() {
            let mut normal = Vec3A::ZERO;
            normal[side / 2] = if side % 2 == 1 { -1.0 } else { 1.0 };
            for i in 0..POINTS {
                let (u, v) = even(i);
                let mut share = Vec3A::splat(if side % 2 == 1 { 0.999 } else { 0.001 });
                share[(side / 2 + 1) % 3] = u;
                share[(side / 2 + 2) % 3] = v;
                let point = share * scene.size;
                for source in sources {
                    if !source.casts_shadow() || !tree.blocked(point, source.aim(point, Vec2::ZERO))
                    {
                        *light += source.unblocked(point, normal) / POINTS as f32;
                    }
                }
            }
        }
        let size = scene.size;
        let area = |side: usize| size.x * size.y * size.z / size[side / 2];
        let whole: f32 = (0..6).map(area).sum();
        // Furniture is darker than walls and hides half of the floor.
        let colour = |side: usize| scene.lining(side).mean() * if side == 4 { 0.7 } else { 0.9 };
        let mean = |on: &[Vec3; 6]| {
            (0..6).map(|side| colour(side) * on[side] * (area(side) / whole)).sum::<Vec3>()
        };
        let mut indirect = Vec3::ZERO;
        for _ in 0..3 {
            indirect = 0.4 * scene.ambient + mean(&on.map(|direct| direct + indirect));
        }
        let on = on.map(|direct| direct + indirect);
        let mut sides = on;
        sides.iter_mut().enumerate().for_each(|(side, light)| *light *= colour(side));
        Self { sides, on }
    }

    /// Light that comes against a ray: from a side of the room, or from something nearby, which
    /// is the darker the nearer it is.
    pub fn against(&self, tree: &Tree, ray: &Ray) -> Vec3 {
        let (wall, side) = tree.scene.shell(ray);
        let far = NEARBY / ray.direction.length();
        let dark = |t: f32| {
            let near = (t / far).min(1.0);
            0.12 + 0.88 * near * (2.0 - near)
        };
        let open = tree.scene.ground.as_deref();
        match tree.nearest(ray, if open.is_some() { wall } else { wall.min(far) }) {
            // Farther away in a model one surface stands for all, so that few rays are enough.
            Some(met) if met.t > far => self.sides[side],
            Some(met) => {
                let normal = tree.scene.groups[met.group].outward(met.normal);
                let light = self.ambient(normal) * dark(met.t);
                let (colour, glow) = tree.scene.matt(&met);
                colour * (0.8 * light + 0.5 * glow)
            }
            None => open.map_or(self.sides[side] * dark(wall), |ground| ground.skylight(ray)),
        }
    }

    /// Light on a surface somewhere in the room that looks this way.
    pub fn ambient(&self, normal: Vec3A) -> Vec3 {
        let square = normal * normal;
        (0..3).map(|axis| square[axis] * self.on[2 * axis + usize::from(normal[axis] < 0.0)]).sum()
    }

    /// Light from all directions above a surface, from rays in these directions about +z.
    pub fn gathered(&self, tree: &Tree, point: Vec3A, normal: Vec3A, dome: &[Vec3A]) -> Vec3 {
        let against = |&v| self.against(tree, &Ray::new(point, turned(normal, v)));
        dome.iter().map(against).sum::<Vec3>() / dome.len() as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::light::Light;
    use crate::scene::Scene;

    #[test]
    fn corners_are_darker_than_open_walls() {
        for index in 0..8 {
            let mut room = Scene::room(1, index);
            room.groups.clear();
            let light = Light::new(&room);
            let gathered = |x: f32, z: f32| {
                let point = Vec3A::new(x, 0.001, z);
                light.bounce.gathered(&light.tree, point, Vec3A::Y, &light.dome).element_sum()
            };
            let (x, z) = (0.5 * room.size.x, 0.5 * room.size.z);
            let (open, edge, corner) = (gathered(x, z), gathered(x, 0.04), gathered(0.04, 0.04));
            assert!(corner < edge && edge < 0.85 * open, "{index}: {corner} {edge} {open}");
        }
    }

    #[test]
    fn what_comes_back_is_less_than_what_arrives() {
        for index in 0..24 {
            let room = Scene::room(2, index);
            let light = Light::new(&room);
            for (back, on) in light.bounce.sides.iter().zip(light.bounce.on) {
                assert!(back.cmpge(Vec3::ZERO).all() && back.cmple(on).all());
                assert!(on.max_element() < 12.0, "{index}: {on}");
            }
        }
    }
}
