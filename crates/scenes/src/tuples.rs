//! Tuples of views: what two or three images of one scene have to do with each other.

mod overlap;

use std::collections::BTreeMap;
use std::f32::consts::FRAC_PI_2;

use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use taskonomy_core::{Domain, Dtype, Values};
use taskonomy_cues::map_domain;

use crate::camera::Camera;
use crate::room::stream;
use crate::scene::Scene;
use crate::tree::Tree;
use overlap::Sights;

/// Views that belong together, and their label.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuple {
    /// The numbers of the views, all different.
    pub views: Vec<usize>,
    /// The label, one sample of the tuple's domain.
    pub values: Values,
}

/// The cameras of one scene of a split.
#[derive(Debug, Clone, PartialEq)]
pub struct SceneViews {
    /// The number of the scene within the dataset.
    pub index: u64,
    /// Its cameras, in the order of its views.
    pub cameras: Vec<Camera>,
}

const FIXATED: &str = "pose_fixated";
const NONFIXATED: &str = "pose_nonfixated";
const EGOMOTION: &str = "egomotion";
/// The domain of [`point_matching`].
pub const POINT_MATCHING: &str = "point_matching";

/// Fixation points that are nearer than this, metres, are too alike to be told apart.
const APART: f32 = 0.5;

/// Told apart from the streams of scenes and cameras.
const POSES: u64 = 0x706f_7365_7300_0000;
const MATCHES: u64 = 0x6d61_7463_6865_7300;

/// The domains whose labels belong to tuples of views: those of [`Scene::tuples`] and
/// [`point_matching`].
pub fn tuple_domains() -> Vec<Domain> {
    let poses = |name: &str, length: usize, views, what: &str, needs: &str| Domain {
        shape: [length, 1, 1],
        views,
        note: format!(
            "{what}: Euler angles sxyz of R2'R1 and R2'(c1-c2), angles under 90 degrees; {needs}"
        ),
        ..map_domain(name, Dtype::F32, length, 1, "radians, metres")
    };
    vec![
        poses(FIXATED, 6, 2, "two views of one fixation point", "needs 2 views a scene"),
        poses(
            NONFIXATED,
            6,
            2,
            "two views of different fixation points that share a tenth of what they see",
            "needs 4 views a scene, or 5",
        ),
        poses(
            EGOMOTION,
            18,
            3,
            "three views of one fixation point, pairs 12, 13, 23",
            "needs 3 views a scene",
        ),
        Domain {
            classes: ["different", "same"].map(str::to_owned).to_vec(),
            views: 2,
            note: "whether both views fixate one point; half of the others are of one scene where it has several points".into(),
            ..map_domain(POINT_MATCHING, Dtype::U8, 1, 1, "class")
        },
    ]
}

impl Scene {
    /// Tuples of views of the scene, by domain: `pose_fixated`, `pose_nonfixated`, `egomotion`.
    /// The numbers of views are indices of `cameras`, the first cameras of the scene.
    ///
    /// Up to as many of each as there are cameras, drawn from all orders of all pairs or triplets
    /// that fit: those of one fixation point, or else pairs of two fixation points that share at
    /// least a tenth of what they see, in both frusta and in line of sight. Views that are turned
    /// by more than 90° against each other are left out: there Euler angles jump by 180°.
    pub fn tuples(&self, cameras: &[Camera]) -> BTreeMap<String, Vec<Tuple>> {
        let mut rng = stream(self.seed ^ POSES, self.index, 0);
        let most = cameras.len();
        let pose = |from: usize, to: usize| cameras[from].pose_seen_by(&cameras[to]);
        let pair = |views: Vec<usize>| {
            let values = Values::F32(pose(views[0], views[1]).to_vec());
            Tuple { views, values }
        };
        let triplet = |views: Vec<usize>| {
            let [a, b, c] = [0, 1, 2].map(|i| views[i]);
            let values = Values::F32([pose(a, b), pose(a, c), pose(b, c)].concat());
            Tuple { views, values }
        };
        let near = |a: usize, b: usize| {
            let [x, _, z, ..] = pose(a, b);
            x.abs() < FRAC_PI_2 && z.abs() < FRAC_PI_2
        };
        let same = |a: usize, b: usize| cameras[a].fixation == cameras[b].fixation;
        let fixated = pairs(most, |a, b| same(a, b) && near(a, b));
        let triplets = fixated.iter().flat_map(|pair| {
            let [a, b] = [pair[0], pair[1]];
            let fits = move |&c: &usize| c != a && c != b && same(a, c) && near(a, c) && near(b, c);
            (0..most).filter(fits).map(move |c| vec![a, b, c])
        });
        let triplets = drawn(&mut rng, triplets.collect(), most);
        let fixated = drawn(&mut rng, fixated, most);
        let tree = Tree::new(self);
        let sights: Vec<_> = cameras.iter().map(|camera| Sights::new(&tree, camera)).collect();
        let meet =
            |a: usize, b: usize| !same(a, b) && near(a, b) && sights[a].overlap(&sights[b], &tree);
        let others = drawn(&mut rng, both_orders(pairs(most, |a, b| a < b && meet(a, b))), most);
        BTreeMap::from([
            (FIXATED.to_owned(), fixated.into_iter().map(pair).collect()),
            (NONFIXATED.to_owned(), others.into_iter().map(pair).collect()),
            (EGOMOTION.to_owned(), triplets.into_iter().map(triplet).collect()),
        ])
    }
}

/// Pairs of views for `point_matching`, whose numbers are rows of the split: the views of its
/// scenes one after the other. The label is 1 for two views of one fixation point, else 0.
///
/// Of every scene about as many pairs as it has views, as many of either label. Half of the
/// different ones are of two points of the scene, 0.5 m apart and more, the others are of two
/// scenes of the split; where there is only one point or only one scene, all are of the other sort.
pub fn point_matching(seed: u64, scenes: &[SceneViews]) -> Vec<Tuple> {
    let mut tuples = Vec::new();
    let mut first = 0;
    let rows: usize = scenes.iter().map(|scene| scene.cameras.len()).sum();
    for SceneViews { index, cameras } in scenes {
        let mut rng = stream(seed ^ MATCHES, *index, 0);
        let count = cameras.len();
        let fixation = |view: usize| cameras[view].fixation;
        let same = pairs(count, |a, b| fixation(a) == fixation(b));
        let apart = pairs(count, |a, b| fixation(a).distance(fixation(b)) >= APART);
        let in_split = |pair: Vec<usize>| -> Vec<usize> {
            pair.into_iter().map(|view| first + view).collect()
        };
        let wanted = same.len().min(count.div_ceil(2));
        let half = wanted / 2 + rng.random_range(0..=wanted % 2);
        let hard = if rows > count { half } else { wanted };
        let mut different: Vec<_> =
            drawn(&mut rng, apart, hard).into_iter().map(in_split).collect();
        while rows > count && different.len() < wanted {
            let here = first + rng.random_range(0..count);
            let there = rng.random_range(0..rows - count);
            let pair = vec![here, if there < first { there } else { there + count }];
            if !different.contains(&pair) {
                different.push(pair);
            }
        }
        let alike = drawn(&mut rng, same, different.len()).into_iter().map(in_split);
        let label = |views, label: u8| Tuple { views, values: Values::U8(vec![label]) };
        tuples.extend(alike.map(|views| label(views, 1)));
        tuples.extend(different.into_iter().map(|views| label(views, 0)));
        first += count;
    }
    tuples
}

/// All ordered pairs of different numbers below `count` that fit.
fn pairs(count: usize, fit: impl Fn(usize, usize) -> bool) -> Vec<Vec<usize>> {
    let all = (0..count).flat_map(|a| (0..count).map(move |b| (a, b)));
    all.filter(|&(a, b)| a != b && fit(a, b)).map(|(a, b)| vec![a, b]).collect()
}

fn both_orders(pairs: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    pairs.into_iter().flat_map(|pair| [vec![pair[1], pair[0]], pair]).collect()
}

/// `most` of them, or all, in a random order.
fn drawn(rng: &mut ChaCha8Rng, mut all: Vec<Vec<usize>>, most: usize) -> Vec<Vec<usize>> {
    all.shuffle(rng);
    all.truncate(most);
    all
}

#[cfg(test)]
mod tests;
