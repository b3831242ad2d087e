//! Stage 3: tournaments, win rates and the Analytic Hierarchy Process.
