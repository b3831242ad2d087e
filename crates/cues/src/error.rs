//! What can be wrong with a cue's arguments.

/// Maps that belong together have different sizes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CueError {
    /// A map has another shape than the map it belongs to.
    #[error("`{map}` has the shape {found:?}: it must be {needed:?}")]
    Shape {
        /// Which map.
        map: &'static str,
        /// Its shape.
        found: Vec<usize>,
        /// The shape it must have.
        needed: Vec<usize>,
    },
}

/// Demands that a map has the shape it must have.
pub(crate) fn demand(map: &'static str, found: &[usize], needed: &[usize]) -> Result<(), CueError> {
    if found == needed {
        return Ok(());
    }
    Err(CueError::Shape { map, found: found.to_vec(), needed: needed.to_vec() })
}
