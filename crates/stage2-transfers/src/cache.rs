//! What a worker keeps between jobs: decoded labels, inputs, representations.

use std::collections::BTreeMap;

use taskonomy_core::{Split, TaskId};
use tch::Tensor;

/// What is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// What the encoder of a task sees of a split.
    Input(TaskId, Split),
    /// Encoded targets and weights of a split.
    Labels(TaskId, Split),
    /// Representations of a split by the frozen encoder of a task.
    Features(TaskId, Split),
}

/// Tensors up to a number of bytes; the least recently used go first, and what is larger than all of
/// it is not kept.
#[derive(Debug)]
pub(crate) struct Cache {
    most: usize,
    bytes: usize,
    clock: u64,
    entries: BTreeMap<Key, Entry>,
}

#[derive(Debug)]
struct Entry {
    tensors: Vec<Tensor>,
    bytes: usize,
    used: u64,
}

impl Cache {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, bytes: 0, clock: 0, entries: BTreeMap::new() }
    }

    /// The tensors under this key, made when they are not there (the handles are shared, not the
    /// memory copied). What a job holds stays alive even when it leaves the cache.
    pub(crate) fn get<E>(
        &mut self,
        key: Key,
        make: impl FnOnce() -> Result<Vec<Tensor>, E>,
    ) -> Result<Vec<Tensor>, E> {
        self.clock += 1;
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.used = self.clock;
            return Ok(share(&entry.tensors));
        }
        let tensors = make()?;
        let bytes = tensors.iter().map(|t| t.numel() * t.kind().elt_size_in_bytes()).sum();
        if bytes <= self.most {
            self.make_room(bytes);
            self.bytes += bytes;
            self.entries.insert(key, Entry { tensors: share(&tensors), bytes, used: self.clock });
        }
        Ok(tensors)
    }

    fn make_room(&mut self, bytes: usize) {
        while self.bytes + bytes > self.most {
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used);
            let Some(key) = oldest.map(|(key, _)| key.clone()) else { return };
            self.bytes -= self.entries.remove(&key).map_or(0, |entry| entry.bytes);
        }
    }
}

fn share(tensors: &[Tensor]) -> Vec<Tensor> {
    tensors.iter().map(Tensor::shallow_clone).collect()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use tch::{Device, Kind};

    use super::*;

    #[test]
    fn the_least_recently_used_leave_and_nothing_is_made_twice() {
        let mut cache = Cache::new(8 * 4);
        let mut made = Vec::new();
        let mut get = |id: &str, numbers: i64| {
            let key = Key::Features(TaskId::new(id).unwrap(), Split::Test);
            let tensors = cache.get(key, || {
                made.push(id.to_owned());
                Ok::<_, Infallible>(vec![Tensor::zeros([numbers], (Kind::Float, Device::Cpu))])
            });
            assert_eq!(tensors.unwrap()[0].numel(), numbers as usize);
        };
        get("a", 4);
        get("b", 4);
        get("a", 4); // there
        get("c", 4); // drives out b, not a
        get("a", 4); // there
        get("b", 4); // drives out c
        get("huge", 100); // never kept, and drives out nothing
        get("huge", 100);
        get("a", 4);
        get("b", 4);
        assert_eq!(made, ["a", "b", "c", "b", "huge", "huge"]);
    }
}
