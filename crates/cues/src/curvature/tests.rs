use super::*;
use ndarray::{Array2, s};
use proptest::prelude::*;

const SIDE: usize = 32;

/// Maps of what rays meet: z-distance, normal, curvature and number of a surface.
struct Maps {
    depth: Array2<f32>,
    normals: Array3<f32>,
    curvatures: Array3<f32>,
    surfaces: Array2<u32>,
}

/// A plane n·p = d of the camera's frame.
type Plane = ([f32; 3], f32);

/// The nearest (or, seen from inside, the farthest) of planes along every ray, with field of view
/// 1: a solid that bulges towards the camera is behind all its planes, a hollow one before them.
fn planes(planes: &[Plane], bulges: bool) -> Maps {
    let camera = Pinhole::new(SIDE, SIDE, 1.0);
    let mut maps = Maps {
        depth: Array2::zeros((SIDE, SIDE)),
        normals: Array3::zeros((3, SIDE, SIDE)),
        curvatures: Array3::zeros((2, SIDE, SIDE)),
        surfaces: Array2::zeros((SIDE, SIDE)),
    };
    for y in 0..SIDE {
        for x in 0..SIDE {
            let depth = |(n, d): &Plane| {
                let t = d / dot(*n, camera.ray(x, y));
                if t > 0.0 { t } else { f32::INFINITY }
            };
            let by_depth = |a: &&Plane, b: &&Plane| depth(a).total_cmp(&depth(b));
            let met = if bulges {
                planes.iter().max_by(by_depth)
            } else {
                planes.iter().min_by(by_depth)
            };
            let plane = met.unwrap();
            maps.depth[[y, x]] = depth(plane);
            (0..3).for_each(|c| maps.normals[[c, y, x]] = plane.0[c]);
        }
    }
    maps
}

fn coded(maps: &Maps) -> Array3<u8> {
    let Maps { depth, normals, curvatures, surfaces } = maps;
    principal_curvature(depth.view(), normals.view(), curvatures.view(), surfaces.view(), 1.0)
        .unwrap()
}

/// Two planes that meet upright, 1 m ahead, each turned by 45°.
fn edge(bulges: bool) -> Maps {
    let half = 0.5_f32.sqrt();
    let towards = if bulges { 1.0 } else { -1.0 };
    let [left, right] = [-half, half].map(|x| ([towards * x, 0.0, half], -half));
    planes(&[left, right], bulges)
}

#[test]
fn codes_by_hand() {
    // 0.03·20 = 0.6: 1.6/2·254 = 203.2, and 0.4/2·254 = 50.8.
    assert_eq!([0.0, 20.0, -20.0].map(code_curvature), [127, 203, 51]);
    assert_eq!([1.0 / 0.03, 1e9, -1e9, f32::INFINITY].map(code_curvature), [254, 254, 1, 254]);
}

#[test]
fn a_plane_is_flat_and_nothing_is_nothing() {
    let mut wall = planes(&[([0.0, 0.0, 1.0], -2.0)], true);
    assert!(coded(&wall).iter().all(|&code| code == 127));
    wall.depth[[3, 4]] = f32::INFINITY;
    (0..3).for_each(|c| wall.normals[[c, 3, 4]] = 0.0);
    let map = coded(&wall);
    assert_eq!([map[[0, 3, 4]], map[[1, 3, 4]]], [0, 0]);
    assert_eq!(map.iter().filter(|&&code| code != 127).count(), 2);
}

#[test]
fn creases_are_bands_of_the_radius_convex_or_concave() {
    for (bulges, code) in [(true, 203), (false, 51)] {
        let map = coded(&edge(bulges));
        // 5 cm·tan 45° of each plane are 3.5 cm across: 1 m away a pixel is 3.4 cm wide, the middle
        // of the first is half of that from the crease and that of the second one and a half.
        for y in [0, 9, SIDE - 1] {
            let bent: Vec<_> = (0..SIDE).filter(|&x| map[[0, y, x]] != 127).collect();
            assert_eq!(bent, [15, 16], "row {y}");
            assert!(bent.iter().all(|&x| map[[0, y, x]] == code && map[[1, y, x]] == 127));
        }
    }
}

#[test]
fn a_far_crease_is_a_pixel_wide_on_each_side() {
    let half = 0.5_f32.sqrt();
    let sides = [-half, half].map(|x| ([x, 0.0, half], -10.0 * half));
    let map = coded(&planes(&sides, true));
    // A pixel is 35 cm wide, and so is the radius: 127·(1 + 0.03/0.35).
    assert_eq!(map.slice(s![0, 5, 14..18]).to_vec(), [127, 138, 138, 127]);
}

#[test]
fn a_corner_is_bent_twice() {
    // The corner of a room: two walls and the floor, which meet 3 m ahead and 0.5 m below.
    let half = 0.5_f32.sqrt();
    let walls = [([half, 0.0, half], -3.0 * half), ([-half, 0.0, half], -3.0 * half)];
    let map = coded(&planes(&[walls[0], walls[1], ([0.0, 1.0, 0.0], -0.5)], false));
    let twice = map.slice(s![1, .., ..]).indexed_iter().filter(|(_, code)| **code < 127).count();
    assert!((1..=8).contains(&twice), "{twice}");
    assert!(map.iter().all(|&code| code <= 127), "everything is concave");
}

#[test]
fn what_does_not_touch_makes_no_crease() {
    // A board 1 m before a wall that is turned away.
    let mut maps = planes(&[([0.6, 0.0, 0.8], -3.0)], true);
    for y in 0..SIDE {
        for x in 0..SIDE / 2 {
            maps.depth[[y, x]] = 1.0;
            (0..3).for_each(|c| maps.normals[[c, y, x]] = f32::from(u8::from(c == 2)));
        }
    }
    assert!(coded(&maps).iter().all(|&code| code == 127));
}

#[test]
fn a_round_surface_has_its_own_curvature_and_no_creases() {
    // A cylinder of 10 cm, upright, 1 m ahead, before nothing.
    let camera = Pinhole::new(SIDE, SIDE, 1.0);
    let mut maps = edge(true);
    maps.depth.fill(f32::INFINITY);
    for ((y, x), depth) in maps.depth.indexed_iter_mut() {
        // ‖(t·rx, 1 − t)‖ = 0.1
        let rx = camera.ray(x, y)[0];
        let (a, root) = (rx * rx + 1.0, 1.0 - (rx * rx + 1.0) * 0.99);
        if root > 0.0 {
            let t = (1.0 - root.sqrt()) / a;
            *depth = t;
            let normal = [10.0 * t * rx, 0.0, 10.0 * (1.0 - t)];
            (0..3).for_each(|c| maps.normals[[c, y, x]] = normal[c]);
            maps.curvatures[[0, y, x]] = 10.0;
        }
    }
    let map = coded(&maps);
    let seen = maps.depth.iter().filter(|depth| depth.is_finite()).count();
    assert!(seen > SIDE * 4);
    assert_eq!(map.slice(s![0, .., ..]).iter().filter(|&&code| code == 165).count(), seen);
    assert_eq!(map.slice(s![1, .., ..]).iter().filter(|&&code| code == 127).count(), seen);
}

#[test]
fn maps_must_have_one_size() {
    let Maps { depth, normals, curvatures, surfaces } = edge(true);
    let wrong = principal_curvature(
        depth.view(),
        normals.view(),
        curvatures.slice(s![.., .., 1..]),
        surfaces.view(),
        1.0,
    );
    let error = wrong.unwrap_err().to_string();
    assert!(error.contains("`curvatures`") && error.contains("[2, 32, 32]"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// The mirror image of what is seen has the mirror image of its curvature.
    #[test]
    fn mirrored_maps_have_mirrored_curvature(
        normals in prop::array::uniform3(prop::array::uniform2(-0.8_f32..0.8)),
        distance in 1.0_f32..4.0, bulges in any::<bool>(),
    ) {
        let plane = |[x, y]: [f32; 2]| {
            let length = (x * x + y * y + 1.0).sqrt();
            ([x / length, y / length, 1.0 / length], -distance / length)
        };
        let maps = planes(&normals.map(plane), bulges);
        let flip = planes(&normals.map(|[x, y]| plane([-x, y])), bulges);
        let (map, mirrored) = (coded(&maps), coded(&flip));
        let same = map.indexed_iter().filter(|&((c, y, x), &code)| {
            mirrored[[c, y, SIDE - 1 - x]] == code
        });
        // Rounding may tip a pixel at the end of a band.
        prop_assert!(same.count() + 12 >= map.len());
        // The first is the larger, and all planes of a solid meet in creases of one sign.
        for y in 0..SIDE {
            for x in 0..SIDE {
                let [first, second] = [0, 1].map(|c| i32::from(map[[c, y, x]]) - 127);
                prop_assert!(first.abs() >= second.abs());
                let of_one_sign = if bulges { first >= 0 } else { first <= 0 };
                prop_assert!(of_one_sign);
            }
        }
    }
}
