//! What a reader gets to see.

use resvg::usvg;
use taskonomy_core::{AffinityTable, Dictionary, Role, Taxonomy};
use taskonomy_policy::Problem;
use taskonomy_report::{
    NetworkResult, Part, TargetResult, affinity_heatmap, explanation_tables, html_page,
    network_table, policy_svg, policy_table, sweep_csv, sweep_svg, sweep_table, target_table,
};

const FOUR: &str = "\
target,sources,affinity,win_vs_scratch,win_vs_full
depth_zbuffer,self,0.3,0.8,0.5
depth_zbuffer,normals,0.25,0.7,0.4
depth_zbuffer,colorization+normals,0.35,0.75,0.41
normals,self,0.6,0.9,0.5
normals,random,0.1,0.3,0.1
own_task,normals,0.2,,
scene_class,self,0.2,0.75,0.5
scene_class,normals,0.1,0.5,0.25
";

fn four() -> (AffinityTable, Taxonomy) {
    let table = AffinityTable::read(FOUR.as_bytes()).expect("a table");
    let mut problem = Problem::new(table.clone()).budget(2.0);
    problem.roles.insert("own_task".parse().expect("an id"), Role::TargetOnly);
    let policy = problem.solve().expect("feasible");
    (table, problem.taxonomy(policy, &Dictionary::builtin(), "taskonomy 0.0.0"))
}

#[test]
fn the_policy_as_text_and_picture() {
    let (_, taxonomy) = four();
    insta::assert_snapshot!("table", policy_table(&taxonomy).terminal(false));
    insta::assert_snapshot!("svg", policy_svg(&taxonomy));
}

#[test]
fn the_learning_tables() {
    let networks = [
        NetworkResult {
            task: "normals".parse().expect("an id"),
            constant: Some(0.632),
            full: 0.286,
            beats_constant: Some(0.995),
        },
        NetworkResult {
            task: "jigsaw".parse().expect("an id"),
            constant: None,
            full: 1.25,
            beats_constant: None,
        },
    ];
    let targets = [TargetResult {
        target: "normals".parse().expect("an id"),
        best: "reshading+depth_zbuffer".parse().expect("sources"),
        gain: Some(0.99),
        quality: Some(0.05),
        constant: Some(0.632),
        scratch: Some(0.508),
        full: Some(0.286),
    }];
    insta::assert_snapshot!("networks", network_table(&networks).terminal(false));
    insta::assert_snapshot!("targets", target_table(&targets).terminal(false));
}

#[test]
fn pictures_are_svg_with_everything_inside() {
    let (table, mut taxonomy) = four();
    taxonomy.nodes[0].name = "A name with <, & and \"quotes\" that is rather long".into();
    let heatmap = affinity_heatmap(&table, ToString::to_string);
    for svg in [policy_svg(&taxonomy), heatmap] {
        let tree = usvg::Tree::from_str(&svg, &usvg::Options::default()).expect("valid SVG");
        let (page, drawn) = (tree.size(), tree.root().abs_stroke_bounding_box());
        assert!(drawn.left() >= 0.0 && drawn.top() >= 0.0, "{drawn:?}");
        assert!(drawn.right() <= page.width() && drawn.bottom() <= page.height(), "{drawn:?}");
    }
}

#[test]
fn the_reasons_of_a_policy() {
    let (table, _) = four();
    let why = Problem::new(table).budget(1.0).explain().expect("feasible");
    let [targets, sources] = explanation_tables(&why).map(|grid| grid.terminal(false));
    insta::assert_snapshot!("explanation", targets + &sources);
}

#[test]
fn a_sweep_as_text_and_picture() {
    let (table, _) = four();
    let problem = Problem::new(table);
    let policies: Vec<_> = [1, 2]
        .iter()
        .flat_map(|&order| (1..=3).map(move |budget| (order, f64::from(budget))))
        .filter_map(|(order, budget)| problem.clone().order(order).budget(budget).solve().ok())
        .collect();
    assert_eq!(policies.len(), 6);
    insta::assert_snapshot!("sweep", sweep_table(&policies).terminal(false));
    insta::assert_snapshot!("sweep_csv", sweep_csv(&policies));
    let svg = sweep_svg(&policies);
    assert_eq!(svg.matches("up to 2 sources").count(), 1);
    let tree = usvg::Tree::from_str(&svg, &usvg::Options::default()).expect("valid SVG");
    let (page, drawn) = (tree.size(), tree.root().abs_stroke_bounding_box());
    assert!(drawn.left() >= 0.0 && drawn.right() <= page.width(), "{drawn:?}");
}

#[test]
fn the_page_needs_nothing_else() {
    let (_, taxonomy) = four();
    let page = html_page(
        "A <run>",
        &[Part {
            heading: "Policy".into(),
            text: "What to label & why.".into(),
            tables: vec![policy_table(&taxonomy)],
            pictures: vec![policy_svg(&taxonomy)],
        }],
    );
    assert!(page.contains("<title>A &lt;run&gt;</title>") && page.contains("label &amp; why"));
    let links = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    for outside in ["<script", "http", "href", "src=", "@import", "url("] {
        assert!(!links.contains(outside), "{outside}");
    }
    assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
}
