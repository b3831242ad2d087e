use proptest::prelude::*;

use taskonomy_core::TaskId;

use super::*;

fn table(target: &str, csv: &str) -> LossTable {
    LossTable::read(TaskId::new(target).unwrap(), csv.as_bytes()).unwrap()
}

/// The table with each of its rows as often as the counts say.
fn repeated(table: &LossTable, counts: &[usize]) -> LossTable {
    let rows = table.losses.chunks(table.contenders.len());
    let rows: Vec<&[f64]> =
        rows.zip(counts).flat_map(|(row, &count)| std::iter::repeat_n(row, count)).collect();
    LossTable {
        images: (0..rows.len()).map(|row| row.to_string()).collect(),
        losses: rows.concat(),
        ..table.clone()
    }
}

/// Losses of six columns on a coarse grid, so that ties happen; a few are missing. Some tables
/// have more rows than one product takes.
fn losses() -> impl Strategy<Value = Vec<[f64; 6]>> {
    let cell = prop_oneof![12 => (0_u8..6).prop_map(f64::from), 1 => Just(f64::NAN)];
    let row = prop::array::uniform6(cell);
    (prop::collection::vec(row, 1..20), prop_oneof![9 => Just(1), 1 => Just(300)])
        .prop_map(|(rows, times)| rows.repeat(times))
}

fn of_losses(rows: &[[f64; 6]]) -> LossTable {
    LossTable {
        target: TaskId::new("t").unwrap(),
        images: (0..rows.len()).map(|row| row.to_string()).collect(),
        // Not in ascending order, and scratch among them.
        contenders: ["b", "self", "pixels#1", "a+b", "a", "c"].map(|c| c.parse().unwrap()).to_vec(),
        losses: rows.concat(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_product_gives_the_tournament_of_the_resampled_table(rows in losses(), seed in 0_u64..9) {
        let table = of_losses(&rows);
        let counts = counts(&table, 0, 3, seed);
        let rates = WinRates::of(&table, &counts);
        for draw in 0..3 {
            let column: Vec<usize> = counts.column(draw).iter().map(|&n| n as usize).collect();
            prop_assert_eq!(column.iter().sum::<usize>(), rows.len());
            let (found, undecided) = rates.of_draw(draw);
            match Tournament::hold(&repeated(&table, &column)) {
                // The tournament also wants samples in common with scratch.
                Err(_) => prop_assert!(undecided > 0 || rows.concat().iter().any(|l| l.is_nan())),
                Ok(held) => {
                    prop_assert_eq!(undecided, 0);
                    prop_assert_eq!(&found, &held.win_rates);
                    prop_assert_eq!(ahp(&found).vector, held.affinities);
                }
            }
        }
    }

    #[test]
    fn counts_of_one_give_the_affinities_of_stage_3(rows in losses()) {
        let table = of_losses(&rows);
        let ones = DMatrix::from_element(rows.len(), 1, 1.0);
        if let Ok(held) = Tournament::hold(&table) {
            prop_assert_eq!(resampled(&table, &ones).affinities, held.affinities);
        }
    }
}

#[test]
fn two_samples_by_hand() {
    // Three resamples of two images: the first twice (b always wins), one each, the second twice.
    let table = table("t", "image,a,b\ni,2,1\nj,1,3\n");
    let counts = DMatrix::from_row_slice(2, 3, &[2.0, 1.0, 0.0, 0.0, 1.0, 2.0]);
    let affinities = resampled(&table, &counts).affinities;
    // Of two contenders affinity is the clipped win rate.
    for (found, expected) in affinities.iter().zip([0.001, 0.999, 0.5, 0.5, 0.999, 0.001]) {
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }
}

#[test]
fn tables_of_the_same_images_share_their_draws_whatever_the_order_of_rows() {
    let one = table("one", "image,a,b\ni,2,1\nj,1,3\nk,5,4\nl,1,2\n");
    let two = table("two", "image,a,b\nl,1,2\nk,5,4\nj,1,3\ni,2,1\n");
    let other = table("other", "image,a,b\nm,2,1\nj,1,3\nk,5,4\nl,1,2\n");
    let tables = [one, two.clone(), other];
    let held = bootstrap(&tables, 300, 5).unwrap();
    assert_eq!(held[0].affinities, held[1].affinities);
    assert_ne!(held[0].affinities, held[2].affinities);
    // Alone it is drawn as among others.
    assert_eq!(bootstrap(&[two], 300, 5).unwrap()[0].affinities, held[0].affinities);
    let share = |of: &Bootstrap| {
        let all = of.affinities.column(0);
        all.iter().filter(|a| **a > 0.4).count() as f64 / 300.0
    };
    // P(at least two of four draws hit the two samples that `a` wins) = 11/16.
    assert!((share(&held[0]) - 11.0 / 16.0).abs() < 0.1, "{}", share(&held[0]));
}

#[test]
fn threads_change_no_bit_and_draws_do_not_depend_on_how_many_there_are() {
    let tables = [
        table("one", "image,a,b,c\ni,2,1,3\nj,1,3,2\nk,5,4,3\n"),
        table("two", "image,a,self\ni,2,\nj,1,3\nk,,4\n"),
    ];
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| bootstrap(&tables, 2 * DRAWS + 3, 11).unwrap())
    };
    let held = on(1);
    let many = on(4);
    for (one, four) in held.iter().zip(&many) {
        assert_eq!((&one.affinities, one.undecided), (&four.affinities, four.undecided));
    }
    assert_eq!(held[0].undecided, 0);
    // The two meet on one image of three: (2/3)³ of the draws leave it out.
    let share = held[1].undecided as f64 / held[1].affinities.nrows() as f64;
    assert!((share - 8.0 / 27.0).abs() < 0.08, "{share}");
    let fewer = bootstrap(&tables, 5, 11).unwrap();
    assert_eq!(fewer[0].affinities, held[0].affinities.slice(ndarray::s![..5, ..]));
}

#[test]
fn what_cannot_be_compared_is_an_error() {
    let alone = bootstrap(&[table("t", "image,a,pixels\n1,1,2\n")], 3, 1).unwrap_err();
    assert!(alone.to_string().contains("at least 2 contenders"));
}
