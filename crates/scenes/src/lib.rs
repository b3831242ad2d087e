//! Procedural rooms, cameras and ray-cast views with labels.
//!
//! Three steps, each a pure function: a [`Scene`] ([`Scene::room`]) has cameras
//! ([`Scene::cameras`]), a camera sees a view ([`render`]), and a view is labelled ([`annotate`])
//! with one sample of every domain of [`domains`]. What several views have to do with each other
//! ([`Scene::tuples`], [`point_matching`]) needs no pictures. Another generator of scenes, or another
//! annotation of views, takes the place of one step and leaves the others alone.
//!
//! Everything is a function of the seed and the scene's number: views can be made in any order
//! and on any number of threads.
//!
//! ```
//! use taskonomy_scenes::{Scene, annotate, domains, render};
//!
//! let room = Scene::room(1, 4);
//! assert_eq!(room.kind.map(|kind| kind.name()), Some("living_room"));
//! let cameras = room.cameras(2);
//! let labels = annotate(&render(&room, &cameras[0], 16)?, &|_| true);
//! for domain in domains(16) {
//!     assert_eq!(labels[&domain.name].len(), domain.len());
//!     assert_eq!(labels[&domain.name].dtype(), domain.dtype);
//! }
//! # Ok::<(), taskonomy_scenes::SceneError>(())
//! ```

mod bounds;
mod boxes;
mod building;
mod camera;
mod catalogue;
mod class;
mod curvature;
mod error;
mod film;
mod fittings;
mod furnish;
mod furniture;
mod ground;
mod group;
mod hit;
mod label;
mod layout;
mod light;
mod mesh;
mod model;
mod object;
mod piece;
mod plan;
mod pose;
mod room;
mod sampling;
mod scene;
mod shape;
mod style;
mod texture;
mod thing;
mod tree;
mod tuples;
mod view;

pub use building::Building;
pub use camera::Camera;
pub use catalogue::{Catalogue, Decode};
pub use class::{Class, RoomKind};
pub use error::SceneError;
pub use hit::{Hit, Place};
pub use label::{annotate, domains};
pub use mesh::{Corner, Draft, MOST_TRIANGLES, Material, Mesh, Placed, Unfit};
pub use model::{
    Archive, Faults, Files, Folder, MOST_OBJECTS, Model, ModelError, Object, Reading, Up,
};
pub use scene::{Group, Lamp, Opening, Pane, Primitive, Scene, Sun};
pub use shape::{Bounds, Ray, Shape};
pub use texture::{Image, Pattern, Texture};
pub use thing::Thing;
pub use tuples::{POINT_MATCHING, SceneViews, Tuple, point_matching, tuple_domains};
pub use view::{View, render};
