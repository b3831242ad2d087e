//! The jigsaw: nine tiles of an image, shuffled; which shuffle was it? (Noroozi and Favaro, ECCV 2016;
//! the task as in Zamir et al., CVPR 2018, supplement 14.)

use crate::noise::Stream;

/// Tiles along a side.
const SIDE: usize = 3;

/// The shuffles that are told apart: place p of the puzzle shows tile `PERMUTATIONS[k][p]` of the
/// image, tiles counted along rows.
///
/// Picked one by one from all 9! in lexicographic order, the first of those with the largest total
/// Hamming distance to the ones before, and among these the largest least distance (a test picks
/// them again). Two of them differ in 8.1 places in the mean, and in 4 at least.
#[rustfmt::skip]
pub(crate) const PERMUTATIONS: [&str; 100] = [
    "012345678", "103254786", "230167845", "321078564", "456780123", "547806231", "678412350", "785631402", "864523017", "023186457",
    "102437568", "210548736", "341265870", "435072681", "568701324", "657813042", "876324105", "784650213", "013472865", "104368257",
    "231056478", "320685741", "452107386", "587214603", "648730512", "765843120", "876521034", "014267583", "105623874", "237481056",
    "340158627", "421836705", "562074138", "758302461", "683715240", "876540312", "021753846", "106875432", "213684570", "347520168",
    "465208713", "650431287", "782046351", "538167024", "874312605", "025461738", "132580647", "206734851", "314852076", "487326510",
    "671203485", "543678102", "850147263", "768015324", "032618754", "124576380", "268457103", "375084216", "507341862", "410762538",
    "641835027", "783120645", "856203471", "054728631", "146082375", "261340587", "473601258", "302175846", "510834762", "638257410",
    "785416023", "827563104", "068134275", "253860714", "381407652", "615028347", "104752863", "420371586", "572613408", "746285031",
    "837546120", "157038426", "461587230", "634125708", "012456387", "203841675", "348672051", "520764813", "785203164", "876310542",
    "508236147", "012687435", "120453678", "231564780", "345710826", "456378012", "673842501", "867021354", "784105263", "013526748",
];

/// The puzzles of one task.
#[derive(Debug)]
pub(crate) struct Jigsaw {
    task: String,
    size: usize,
}

impl Jigsaw {
    /// Of images of `size`×`size` pixels.
    pub(crate) fn new(task: &str, size: usize) -> Self {
        Self { task: task.to_owned(), size }
    }

    /// The shuffle of a sample, as an index into [`PERMUTATIONS`]: a function of its id and the task.
    pub(crate) fn permutation(&self, id: &str) -> usize {
        self.stream(id).below(PERMUTATIONS.len())
    }

    /// Shuffles the tiles of the planes of an image. Of every tile nine tenths of the side are shown,
    /// cut out somewhere in it, so that lines that go on from tile to tile do not give it away; the
    /// rest is 0.
    pub(crate) fn shuffle(&self, id: &str, planes: &mut [f32]) {
        let mut stream = self.stream(id);
        let order = PERMUTATIONS[stream.below(PERMUTATIONS.len())].as_bytes();
        let tile = self.size / SIDE;
        let shown = (tile * 9).div_ceil(10);
        let corner = |place: usize| [place / SIDE * tile, place % SIDE * tile];
        let image = planes.to_vec();
        planes.fill(0.0);
        for (place, from) in order.iter().map(|digit| usize::from(digit - b'0')).enumerate() {
            let [top, left] = corner(from).map(|start| start + stream.below(tile - shown + 1));
            let [to_top, to_left] = corner(place).map(|start| start + (tile - shown) / 2);
            for plane in (0..planes.len()).step_by(self.size * self.size) {
                for y in 0..shown {
                    let old = plane + (top + y) * self.size + left;
                    let new = plane + (to_top + y) * self.size + to_left;
                    planes[new..new + shown].copy_from_slice(&image[old..old + shown]);
                }
            }
        }
    }

    fn stream(&self, id: &str) -> Stream {
        Stream::new(&[id.as_bytes(), self.task.as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_permutations_are_the_greedy_choice() {
        let mut all = vec![String::new()];
        for _ in 0..9 {
            let longer = |p: String| {
                let rest = "012345678".chars().filter(|&c| !p.contains(c));
                rest.map(|c| format!("{p}{c}")).collect::<Vec<_>>()
            };
            all = all.into_iter().flat_map(longer).collect();
        }
        // (total, least) distance to those picked so far; none to itself again.
        let mut distances = vec![(0_u32, 9_u32); all.len()];
        let mut pick = 0;
        for expected in PERMUTATIONS {
            assert_eq!(all[pick], expected);
            for (p, (total, least)) in all.iter().zip(&mut distances) {
                let differ = p.bytes().zip(expected.bytes()).filter(|(a, b)| a != b).count() as u32;
                (*total, *least) = (*total + differ, differ.min(*least));
            }
            let rank = |i: &usize| (distances[*i].1 > 0, distances[*i], usize::MAX - i);
            pick = (0..all.len()).max_by_key(rank).unwrap();
        }
    }

    #[test]
    fn tiles_go_where_the_permutation_says() {
        // Every pixel of tile k is k + 1; 20 px a tile, of which 18 are shown.
        let (size, tile) = (60, 20);
        let tile_of = |i: usize| i / size / tile * 3 + i % size / tile;
        let image: Vec<f32> = (0..size * size).map(|i| tile_of(i) as f32 + 1.0).collect();
        let jigsaw = Jigsaw::new("jigsaw", size);
        let mut seen = std::collections::BTreeSet::new();
        for id in ["a", "b", "c", "d"] {
            let mut puzzle = image.clone();
            jigsaw.shuffle(id, &mut puzzle);
            let permutation = jigsaw.permutation(id);
            let order: Vec<f32> =
                PERMUTATIONS[permutation].bytes().map(|b| f32::from(b - b'0') + 1.0).collect();
            for (place, &tile) in order.iter().enumerate() {
                let shown: Vec<f32> =
                    (0..size * size).filter(|&i| tile_of(i) == place).map(|i| puzzle[i]).collect();
                assert!(shown.iter().all(|&v| v == tile || v == 0.0));
                assert_eq!(shown.iter().filter(|&&v| v == 0.0).count(), 400 - 18 * 18);
            }
            seen.insert(permutation);
        }
        assert!(seen.len() > 1, "ids differ, so do puzzles");
    }
}
