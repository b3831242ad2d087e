//! Furniture, made of grouped primitives, one file a family.
//!
//! Every piece has the typical proportions and colours of its class, and varies around them. All
//! frames have their origin at the wall (or the table's edge) on the floor; see [`Piece`].
//!
//! [`Piece`]: crate::piece::Piece

mod beds;
mod hangings;
mod lamps;
mod plants;
mod seats;
mod storage;
mod tables;
mod things;

pub(crate) use beds::{Bed, bed};
pub(crate) use hangings::{clock, coat_rack, curtains, mirror, picture, rug};
pub(crate) use lamps::{
    ceiling_bowl, ceiling_panel, desk_lamp, hanging_lamp, pendants, standing_lamp, wall_lamp,
};
pub(crate) use plants::plant;
pub(crate) use seats::{armchair, bench, chair, office_chair, sofa, stool};
pub(crate) use storage::{bookcase, cabinet, chest, wall_board, wardrobe};
pub(crate) use tables::{coffee_table, desk, table};
pub(crate) use things::{
    bottle, bowl, box_pile, cushion, keyboard, place_setting, screen, small_things, vase,
};
