//! What a reader gets to see of an evaluation.

use resvg::usvg;
use taskonomy_core::AffinityTable;
use taskonomy_policy::{Problem, Significance};
use taskonomy_report::{significance_csv, significance_svg, significance_tables};

const TABLE: &str = "\
target,sources,affinity,win_vs_scratch,win_vs_full
normals,self,0.6,0.9,0.5
normals,depth_zbuffer,0.3,0.7,0.2
normals,edges_texture,0.1,0.4,0.1
depth_zbuffer,self,0.7,0.95,0.5
depth_zbuffer,normals,0.2,0.8,0.4
depth_zbuffer,edges_texture,0.1,0.45,0.1
";

fn significance(table: &str) -> Vec<Significance> {
    let table = AffinityTable::read(table.as_bytes()).expect("a table");
    let found = Problem::new(table).significance(&[1.0, 2.0], 100, 1).expect("a problem");
    found.into_iter().map(|found| found.expect("feasible")).collect()
}

#[test]
fn the_optimum_among_random_taxonomies() {
    let found = significance(TABLE);
    let tables = significance_tables(&found);
    let text: Vec<String> = tables.iter().map(|table| table.terminal(false)).collect();
    insta::assert_snapshot!("significance", text.join("\n"));
    assert_eq!(significance_csv(&found).lines().count(), 1 + 2 * 5);
}

#[test]
fn the_picture_has_a_band_and_stays_on_its_page() {
    for (table, panels) in [(TABLE.to_owned(), 2), (TABLE.replace("win_vs", "my"), 1)] {
        let svg = significance_svg(&significance(&table));
        assert_eq!(svg.matches("fill-opacity=\"0.18\"").count(), panels);
        let tree = usvg::Tree::from_str(&svg, &usvg::Options::default()).expect("valid SVG");
        let (page, drawn) = (tree.size(), tree.root().abs_stroke_bounding_box());
        assert!(drawn.left() >= 0.0 && drawn.right() <= page.width(), "{drawn:?}");
    }
}
