use glam::Vec3A;
use taskonomy_scenes::{Building, Group, Model, Placed, Ray, Reading, Scene, Up};

use crate::memory::{Memory, decode};

/// Any files are a model that can be seen and, if it has a floor, stood in, or an error that can be
/// shown.
pub fn check(files: &Memory, file: &str, up: Up, scale: f32) {
    let how =
        Reading { up, turn: Reading::UPRIGHT, scale, glass: false, whole: false, decode: &decode };
    let model = match Model::read(files, file, &how) {
        Ok(model) => model,
        Err(error) => {
            assert!(error.to_string().len() < 5000, "{error}");
            return;
        }
    };
    assert!(model.faults.to_string().len() < 20_000, "{}", model.faults);
    let bounds = model.bounds();
    assert!(bounds.min.is_finite() && bounds.max.is_finite() && model.triangles() > 0);
    let mut scene = Scene::room(1, 0);
    (scene.groups, scene.openings) = (Vec::new(), Vec::new());
    scene.size = bounds.max - bounds.min + 2.0;
    for object in &model.objects {
        let mut placed = Placed::new(object.mesh.clone(), object.thing);
        placed.offset = 1.0 - bounds.min;
        placed.scale = Vec3A::new(1.0, 1.0, 1.0);
        scene.groups.push(Group::of_mesh(placed, Vec3A::ZERO, (1.0, 0.0)));
    }
    for i in 0..24_u32 {
        let share = |k: u32| (i * k % 23) as f32 / 22.0;
        let to = scene.size * Vec3A::new(share(3), share(5), share(7));
        let hit = scene.cast(&Ray::new(0.4 * scene.size, to - 0.4 * scene.size), 0.01);
        assert!(hit.t >= 0.0 && hit.albedo.is_finite(), "{hit:?}");
        assert!((hit.normal.length() - 1.0).abs() < 1e-3, "{hit:?}");
        assert!(hit.curvature.iter().all(|k| k.is_finite()), "{hit:?}");
    }
    let size = bounds.max - bounds.min;
    if size.x * size.y < 100.0 && model.triangles() < 2000 {
        match Building::new(&model, 1) {
            Ok(building) => {
                assert!(building.parts() > 0 && building.area() > 0.0);
                let scene = building.scene(0, 0);
                for camera in scene.cameras(1) {
                    let inside =
                        camera.position.cmpge(Vec3A::ZERO) & camera.position.cmple(scene.size);
                    assert!(inside.all() && camera.yaw.is_finite(), "{camera:?} in {}", scene.size);
                }
            }
            Err(error) => assert!(error.to_string().len() < 1000),
        }
    }
}
