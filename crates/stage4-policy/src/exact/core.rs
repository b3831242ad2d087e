//! The part of the programme that is not settled yet, as flat arrays of small whole numbers.
//!
//! A *link* is a pair (target, source) that some edge of the target needs: the rows of the
//! programme that the relaxation prices.

/// What is known of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Free,
    /// It is bought.
    In,
    /// It is not bought.
    Out,
}

/// An unsettled programme: maximise the best open edge of every target, minus prices, within a
/// budget. Per target the edges stand best first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Core {
    /// First edge of each target, and the end.
    pub edge_start: Vec<u32>,
    /// At least 0.
    pub weight: Vec<i64>,
    /// First link of each edge, and the end.
    pub link_start: Vec<u32>,
    /// The links that each edge needs.
    pub links: Vec<u32>,
    /// The source of each link.
    pub source_of: Vec<u32>,
    /// The target of each link.
    pub target_of_link: Vec<u32>,
    /// The number of each link in the core of the whole programme.
    pub origin: Vec<u32>,
    /// First entry of each source in `links_of`, and the end.
    pub links_of_start: Vec<u32>,
    /// Links by source.
    pub links_of: Vec<u32>,
    /// The index in the programme of each source.
    pub sources: Vec<u32>,
    /// What buying takes from the objective; at least 0.
    pub price: Vec<i64>,
    /// What buying takes from the budget.
    pub cost: Vec<i128>,
    pub budget: i128,
    /// What settled targets and bought sources contribute.
    pub settled: i64,
    /// Indices in the programme of the sources that are settled as bought.
    pub bought: Vec<u32>,
}

impl Core {
    pub fn targets(&self) -> usize {
        self.edge_start.len() - 1
    }

    pub fn edges(&self, target: usize) -> std::ops::Range<usize> {
        self.edge_start[target] as usize..self.edge_start[target + 1] as usize
    }

    /// The links of an edge.
    pub fn needs(&self, edge: usize) -> &[u32] {
        &self.links[self.link_start[edge] as usize..self.link_start[edge + 1] as usize]
    }

    /// The links of a source.
    pub fn links_of(&self, source: usize) -> &[u32] {
        let (from, to) = (self.links_of_start[source], self.links_of_start[source + 1]);
        &self.links_of[from as usize..to as usize]
    }

    /// The sources that an edge needs.
    pub fn sources_of(&self, edge: usize) -> impl Iterator<Item = usize> + '_ {
        self.needs(edge).iter().map(|&link| self.source_of[link as usize] as usize)
    }

    /// The value of buying these free sources besides the settled ones; nothing when a target is
    /// left without an edge. Does not look at the budget.
    pub fn value(&self, taken: &[bool]) -> Option<i64> {
        let mut value = self.settled;
        for target in 0..self.targets() {
            let open = |&edge: &usize| self.sources_of(edge).all(|s| taken[s]);
            value += self.weight[self.edges(target).find(open)?];
        }
        let prices = taken.iter().zip(&self.price).filter(|(taken, _)| **taken);
        Some(value - prices.map(|(_, price)| price).sum::<i64>())
    }

    /// Nothing is worth more than the best edge of every target, at no price.
    pub fn trivial_bound(&self) -> i64 {
        let best = |target| self.weight[self.edges(target).start];
        self.settled + (0..self.targets()).map(best).sum::<i64>()
    }

    /// The purchase as indices in the programme: the settled sources and these free ones.
    pub fn purchase(&self, taken: &[bool]) -> Vec<u32> {
        let free = self.sources.iter().zip(taken).filter(|(_, taken)| **taken);
        self.bought.iter().copied().chain(free.map(|(&s, _)| s)).collect()
    }

    /// The core with these sources settled and only the edges that `keeps` names, with its
    /// multipliers; nothing when the budget is passed or a target has no edge left.
    ///
    /// Removed besides: sources that the rest of the budget cannot pay or that no edge needs,
    /// edges that need all that a better one into the same target needs, and targets with one
    /// edge that needs nothing more. A bought source needs no multiplier: that a target has at
    /// most one edge reading it holds anyway.
    pub fn reduce(
        &self,
        fates: &[Fate],
        keeps: impl Fn(usize) -> bool,
        lambda: &[i64],
    ) -> Option<(Self, Vec<i64>)> {
        let mut fates = fates.to_vec();
        let mut next = Self {
            budget: self.budget,
            settled: self.settled,
            bought: self.bought.clone(),
            ..Self::default()
        };
        for s in (0..fates.len()).filter(|&s| fates[s] == Fate::In) {
            next.budget -= self.cost[s];
            next.settled -= self.price[s];
            next.bought.push(self.sources[s]);
        }
        if next.budget < 0 {
            return None;
        }
        for (s, fate) in fates.iter_mut().enumerate() {
            if *fate == Fate::Free && self.cost[s] > next.budget {
                *fate = Fate::Out;
            }
        }
        // Without a newly bought source no edge lost a need, so that none is newly dominated.
        let dominance = fates.contains(&Fate::In);
        next.edge_start.push(0);
        next.link_start.push(0);
        let mut link_at: Vec<u32> = vec![u32::MAX; fates.len()];
        let (mut kept, mut used): (Vec<(usize, u64)>, Vec<bool>) =
            (vec![], vec![false; fates.len()]);
        let mut old_links = Vec::new();
        for target in 0..self.targets() {
            kept.clear();
            for edge in self.edges(target).filter(|&edge| keeps(edge)) {
                if self.sources_of(edge).any(|s| fates[s] == Fate::Out) {
                    continue;
                }
                let free = || self.sources_of(edge).filter(|&s| fates[s] == Fate::Free);
                let sketch = free().fold(0_u64, |sketch, s| sketch | 1 << (s % 64));
                let within = |&(better, its): &(usize, u64)| {
                    its & !sketch == 0
                        && self
                            .sources_of(better)
                            .all(|s| fates[s] == Fate::In || free().any(|mine| mine == s))
                };
                if dominance && kept.iter().any(within) {
                    continue;
                }
                kept.push((edge, sketch));
                if sketch == 0 {
                    break;
                }
            }
            match kept[..] {
                [] => return None,
                [(only, 0), ..] => {
                    next.settled += self.weight[only];
                    continue;
                }
                _ => {}
            }
            let first_link = next.source_of.len() as u32;
            for &(edge, _) in &kept {
                for &link in self.needs(edge) {
                    let s = self.source_of[link as usize] as usize;
                    if fates[s] != Fate::Free {
                        continue;
                    }
                    if link_at[s] == u32::MAX || link_at[s] < first_link {
                        link_at[s] = next.source_of.len() as u32;
                        next.source_of.push(s as u32);
                        next.target_of_link.push(next.edge_start.len() as u32 - 1);
                        next.origin.push(self.origin[link as usize]);
                        old_links.push(link);
                        used[s] = true;
                    }
                    next.links.push(link_at[s]);
                }
                next.weight.push(self.weight[edge]);
                next.link_start.push(next.links.len() as u32);
            }
            next.edge_start.push(next.weight.len() as u32);
        }
        let mut index = vec![0_u32; fates.len()];
        for s in (0..fates.len()).filter(|&s| used[s]) {
            index[s] = next.sources.len() as u32;
            next.sources.push(self.sources[s]);
            next.price.push(self.price[s]);
            next.cost.push(self.cost[s]);
        }
        for s in &mut next.source_of {
            *s = index[*s as usize];
        }
        next.index_links();
        let lambda = old_links.into_iter().map(|link| lambda[link as usize]).collect();
        Some((next, lambda))
    }

    /// Memory of the arrays.
    pub fn bytes(&self) -> usize {
        let fours = [
            &self.edge_start,
            &self.link_start,
            &self.links,
            &self.source_of,
            &self.target_of_link,
            &self.origin,
            &self.links_of_start,
            &self.links_of,
            &self.sources,
            &self.bought,
        ];
        let eights = self.weight.len() + self.price.len();
        4 * fours.map(Vec::len).iter().sum::<usize>() + 8 * eights + 16 * self.cost.len()
    }

    /// Fills `links_of` from `source_of`.
    pub fn index_links(&mut self) {
        let mut start = vec![0_u32; self.sources.len() + 1];
        for &s in &self.source_of {
            start[s as usize + 1] += 1;
        }
        for s in 0..self.sources.len() {
            start[s + 1] += start[s];
        }
        self.links_of_start.clone_from(&start);
        self.links_of = vec![0; self.source_of.len()];
        for (link, &s) in self.source_of.iter().enumerate() {
            let at = &mut start[s as usize];
            self.links_of[*at as usize] = link as u32;
            *at += 1;
        }
    }
}
