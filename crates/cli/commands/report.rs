//! `report`: the page of a run, made again from its files.
