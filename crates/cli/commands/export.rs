//! `export`: a taxonomy in another format.
