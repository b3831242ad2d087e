use super::*;
use crate::model::archive_of;
use crate::scene::{Group, Scene};
use crate::shape::{Bounds, Ray};

/// A seat with a back at z = 0, in other units: the front is +z, as everywhere in these libraries.
const SEAT: &str = "v 0 0 0\nv 10 0 0\nv 10 0 10\nv 0 0 10\nv 0 5 0\nv 10 5 0\nv 10 5 10\nv 0 5 10\n\
    v 0 20 0\nv 10 20 0\nf 5 6 7 8\nf 5 6 10 9\nf 4 3 7 8\nf 1 2 6 5\n";

fn library() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = "name#1=Kitchen chair\nmodel#1=/m/seat.obj\nwidth#1=43\ndepth#1=45\nheight#1=92\n\
        name#2=Sofa\nmodel#2=/m/seat.obj\nwidth#2=190\ndepth#2=88\nheight#2=80\n\
        name#3=Bed\nmodel#3=/m/gone.obj\nwidth#3=160\ndepth#3=210\nheight#3=90\n\
        name#4=Door\nmodel#4=/m/seat.obj\nwidth#4=90\ndepth#4=10\nheight#4=200\n";
    let files =
        [("PluginFurnitureCatalog.properties", text.as_bytes()), ("m/seat.obj", SEAT.as_bytes())];
    std::fs::write(folder.path().join("some.sh3f"), archive_of(&files)).unwrap();
    std::fs::write(folder.path().join("broken.sh3f"), "no archive").unwrap();
    folder
}

fn open(folder: &Path) -> Result<Catalogue, ModelError> {
    Catalogue::open(folder, Box::new(|_| Err("no pictures".to_owned())))
}

/// The box of an object of a group, in the group's frame.
fn boxes(group: &Group, thing: Thing) -> Vec<Bounds> {
    let mut all = std::collections::BTreeMap::new();
    for primitive in group.primitives.iter().filter(|p| p.thing == thing) {
        let bounds = all.entry(primitive.object).or_insert(Bounds::EMPTY);
        *bounds = bounds.union(primitive.shape.bounds());
    }
    all.into_values().collect()
}

#[test]
fn models_fill_the_boxes_of_what_they_stand_for() {
    let folder = library();
    let catalogue = open(folder.path()).unwrap();
    assert_eq!(catalogue.counts(), (4, 3));
    let mut replaced = 0;
    for index in 0..16 {
        let plain = Scene::room(3, index);
        let room = catalogue.furnish(Scene::room(3, index));
        assert_eq!(room, catalogue.furnish(Scene::room(3, index)));
        for thing in [Thing::Chair, Thing::Sofa] {
            let wanted: Vec<_> = plain.groups.iter().flat_map(|g| boxes(g, thing)).collect();
            let is_it = |g: &&Group| g.mesh.as_ref().is_some_and(|mesh| mesh.thing == Some(thing));
            for group in room.groups.iter().filter(is_it) {
                let found = group.mesh.as_ref().unwrap().bounds();
                let near =
                    |b: &Bounds| b.min.distance(found.min) + b.max.distance(found.max) < 1e-3;
                assert!(wanted.iter().any(near), "{index}: {found:?} in {wanted:?}");
                replaced += 1;
            }
        }
    }
    assert!(replaced > 10, "{replaced}");
    let (used, faults) = catalogue.used();
    assert_eq!(used, 2);
    assert_eq!(faults.count("archives that cannot be read"), 1);
    assert_eq!(faults.count("models that cannot be used"), 1);
}

#[test]
fn chairs_look_at_tables_and_sofas_into_the_room() {
    let folder = library();
    let catalogue = open(folder.path()).unwrap();
    let mut seen = 0;
    for index in 0..16 {
        let room = catalogue.furnish(Scene::room(3, index));
        for group in &room.groups {
            let Some(placed) = &group.mesh else { continue };
            // From the room to the wall, above the seat: where the back is.
            let Bounds { min, max } = placed.bounds();
            let z = min.z + 0.9 * (max.z - min.z);
            let from = Vec3A::new(0.5 * (min.x + max.x), max.y + 1.0, z);
            let t = group.meets_mesh(&Ray::new(from, -Vec3A::Y), 9.0, 0).unwrap().t;
            let back = if placed.thing == Some(Thing::Sofa) { min.y } else { max.y };
            assert!((max.y + 1.0 - t - back).abs() < 1e-3, "{:?}", placed.thing);
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn folders_without_use_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refusal = || open(folder.path()).err().unwrap().to_string();
    assert!(refusal().contains("no catalogue of furniture"));
    let text = "name#1=Helicopter\nmodel#1=h.obj\nwidth#1=1\ndepth#1=1\nheight#1=1\n";
    std::fs::write(folder.path().join("FurnitureCatalog.properties"), text).unwrap();
    assert!(refusal().contains("none of the 1 models"), "{}", refusal());
    assert!(open(&folder.path().join("gone")).is_err());
}
