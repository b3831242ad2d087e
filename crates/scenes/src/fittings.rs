//! What is built in, one file a family.

mod bathroom;
mod heating;
mod kitchen;
mod openings;
mod stairs;

pub(crate) use bathroom::{basin, bath, shower, toilet, towel_rail, washing_machine};
pub(crate) use heating::{fireplace, radiator};
pub(crate) use kitchen::{Unit, fridge, kitchen_run, wall_units};
pub(crate) use openings::{door, door_frame, door_leaf, window};
pub(crate) use stairs::{Flight, flight, railing};
