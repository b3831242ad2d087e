//! When to give up a proof.

/// When a search ends without a proof. The library has no clock: whoever wants a time limit asks
/// one in `stop`.
#[derive(Clone, Copy, Default)]
pub struct Limits<'a> {
    /// Most nodes of the branch and bound; what this cuts off repeats exactly.
    pub nodes: Option<u64>,
    /// Asked between nodes and rounds of steps; true ends the search.
    pub stop: Option<&'a dyn Fn() -> bool>,
}

impl std::fmt::Debug for Limits<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limits")
            .field("nodes", &self.nodes)
            .field("stop", &self.stop.map(|_| "a function"))
            .finish()
    }
}

impl Limits<'_> {
    pub(crate) fn interrupted(&self) -> bool {
        self.stop.is_some_and(|stop| stop())
    }

    /// Whether a search may end without a proof.
    pub(crate) fn can_cut(&self) -> bool {
        self.nodes.is_some() || self.stop.is_some()
    }

    pub(crate) fn reached(&self, nodes: u64) -> bool {
        self.nodes.is_some_and(|most| nodes >= most) || self.interrupted()
    }
}
