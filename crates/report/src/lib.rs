//! Tables, SVG and HTML from the results of a run, as text: nothing is written or printed here.
//!
//! ```
//! use taskonomy_core::{AffinityTable, Dictionary};
//! use taskonomy_policy::Problem;
//! use taskonomy_report::{policy_svg, policy_table};
//!
//! let csv = "target,sources,affinity\nnormals,self,0.9\nnormals,reshading,0.1\n\
//!            reshading,self,0.6\nreshading,normals,0.4\n";
//! let problem = Problem::new(AffinityTable::read(csv.as_bytes()).unwrap()).budget(1.0);
//! let policy = problem.solve().unwrap();
//! let taxonomy = problem.taxonomy(policy, &Dictionary::builtin(), "taskonomy 0.1.0");
//! assert!(policy_table(&taxonomy).terminal(false).contains("normals"));
//! assert!(policy_svg(&taxonomy).starts_with("<svg"));
//! ```

mod against;
mod agreement;
mod baselines;
mod budgets;
mod canvas;
mod chart;
mod csv;
mod explanation;
mod grid;
mod heatmap;
mod html;
mod layout;
mod learning;
mod orders;
mod policy_svg;
mod policy_table;
mod repeats;
mod sanity;
mod significance;
mod stability;
mod sweep;
mod times;

pub use against::{against_csv, against_table};
pub use agreement::{agreement_csv, agreement_table};
pub use baselines::{baselines_csv, baselines_tables};
pub use budgets::budget_table;
pub use explanation::explanation_tables;
pub use grid::{Cell, Grid};
pub use heatmap::affinity_heatmap;
pub use html::{Part, html_page};
pub use learning::{NetworkResult, TargetResult, network_table, target_table};
pub use orders::{best_by_order_csv, best_by_order_table, extended_table, extensions_csv};
pub use policy_svg::policy_svg;
pub use policy_table::policy_table;
pub use repeats::{repeats_csv, repeats_table};
pub use sanity::{Sanity, sanity_csv, sanity_table};
pub use significance::{significance_csv, significance_svg, significance_tables};
pub use stability::{stability_csv, stability_tables};
pub use sweep::{sweep_csv, sweep_svg, sweep_table};
pub use times::{JobTimes, RunTimes, StageTimes};
