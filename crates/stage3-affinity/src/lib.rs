//! Stage 3: tournaments, win rates and the Analytic Hierarchy Process.
//!
//! For each target, every contender (all transfers of all orders, `self`, `random`, t→t) meets
//! every other on the same test samples. The share of samples on which one's loss is below the
//! other's is its *win rate*; the ratios of clipped win rates form a positive reciprocal matrix,
//! whose principal eigenvector, scaled to sum 1, holds the *affinities* (Zamir et al., CVPR 2018,
//! section 3.3).
//!
//! ```
//! use taskonomy_affinity::Tournament;
//! use taskonomy_core::{LossTable, TaskId};
//!
//! let csv = "image,self,a,b,pixels\n1,1,2,3,2\n2,1,2,3,4\n3,2,1,3,4\n4,1,3,2,4\n";
//! let table = LossTable::read(TaskId::new("t").unwrap(), csv.as_bytes()).unwrap();
//! let tournament = Tournament::hold(&table).unwrap();
//! assert_eq!(tournament.win_rates[[0, 1]], 0.75); // `self` beats `a` on three images of four
//! assert_eq!(tournament.edge(1).gain, Some(0.875)); // `a` beats scratch on three and ties once
//! assert!((tournament.affinities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
//! ```

mod agreement;
mod ahp;
mod baselines;
mod bootstrap;
mod defect;
mod duels;
mod orders;
mod race;
mod repeats;
mod standings;
mod table;
mod tournament;

pub use agreement::{Agreement, agreement, spearman};
pub use ahp::{CLIP, Principal, ahp, principal_eigenvector, unconnected};
pub use baselines::{Baseline, Baselines};
pub use bootstrap::{Bootstrap, bootstrap};
pub use defect::{Defect, TournamentError};
pub use duels::{Duels, win_rate};
pub use orders::{BestByOrder, Extended, Extension, best_by_order, extended_by_order, extensions};
pub use repeats::Repeated;
pub use standings::{rank, standings};
pub use table::{affinity_table, write_affinity_matrix, write_win_rates};
pub use tournament::{Tournament, hold_all, hold_all_in_rounds};
