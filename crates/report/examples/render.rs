//! Renders a solved affinity table into a folder: what the report looks like.
//!
//! `cargo run -p taskonomy-report --example render -- affinities.csv 8 4 DIR Sans.ttf Bold.ttf`

use std::error::Error;
use std::path::Path;

use resvg::{tiny_skia, usvg};
use taskonomy_core::{AffinityTable, Dictionary, Format};
use taskonomy_policy::Problem;
use taskonomy_report::{
    Part, affinity_heatmap, html_page, policy_svg, policy_table, significance_svg, sweep_svg,
    sweep_table,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [table, budget, order, folder, fonts @ ..] = &arguments[..] else {
        return Err("give: affinities.csv, budget, order, folder, fonts".into());
    };
    let table = AffinityTable::read(std::fs::File::open(table)?)?;
    let dictionary = Dictionary::builtin();
    let problem = Problem::new(table).budget(budget.parse()?).order(order.parse()?);
    let taxonomy = problem.taxonomy(problem.solve()?, &dictionary, "taskonomy");
    let folder = Path::new(folder);
    for format in Format::ALL {
        let name = match format {
            Format::Json => "taxonomy.json".to_owned(),
            Format::Hif | Format::NodeLink => format!("taxonomy.{}.json", format.name()),
            other => format!("taxonomy.{}", other.name()),
        };
        taxonomy.write(format, std::fs::File::create(folder.join(name))?)?;
    }
    let policy = policy_svg(&taxonomy);
    let heatmap = affinity_heatmap(&problem.table, |id| {
        dictionary.find(id.as_str()).map_or_else(|_| id.to_string(), |task| task.name.clone())
    });
    let whole = |order: usize| (1..=problem.targets().len()).map(move |budget| (order, budget));
    let policies: Vec<_> = (1..=problem.order)
        .flat_map(whole)
        .filter_map(|(order, budget)| {
            problem.clone().order(order).budget(budget as f64).solve().ok()
        })
        .collect();
    let sweep = sweep_svg(&policies);
    let budgets: Vec<f64> = (1..=problem.targets().len()).map(|budget| budget as f64).collect();
    let among = problem.significance(&budgets, 1000, 1)?.into_iter().flatten();
    let among = significance_svg(&among.collect::<Vec<_>>());
    let page = html_page(
        "Policy",
        &[Part {
            heading: "Policy".into(),
            text: String::new(),
            tables: vec![policy_table(&taxonomy)],
            pictures: vec![policy.clone(), heatmap.clone()],
        }],
    );
    std::fs::write(folder.join("index.html"), page)?;
    std::fs::write(folder.join("policy.txt"), policy_table(&taxonomy).terminal(false))?;
    std::fs::write(folder.join("sweep.txt"), sweep_table(&policies).terminal(false))?;
    let pictures =
        [("policy", policy), ("heatmap", heatmap), ("sweep", sweep), ("significance", among)];
    for (name, svg) in pictures {
        std::fs::write(folder.join(format!("{name}.svg")), &svg)?;
        let mut options = usvg::Options::default();
        for font in fonts {
            options.fontdb_mut().load_font_data(std::fs::read(font)?);
        }
        let tree = usvg::Tree::from_str(&svg, &options)?;
        let size = tree.size().to_int_size();
        let mut pixmap = tiny_skia::Pixmap::new(size.width(), size.height()).ok_or("no size")?;
        resvg::render(&tree, tiny_skia::Transform::default(), &mut pixmap.as_mut());
        pixmap.save_png(folder.join(format!("{name}.png")))?;
    }
    Ok(())
}
