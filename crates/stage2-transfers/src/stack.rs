//! Rows that come in parts, as one tensor.

use tch::Tensor;

/// N×C×h×w with the channels innermost in memory. It is there in full from the first part on, so that
/// no row is ever there twice.
#[derive(Debug)]
pub(crate) struct Stack {
    rows: usize,
    filled: i64,
    whole: Option<Tensor>,
}

impl Stack {
    /// For so many rows.
    pub(crate) fn new(rows: usize) -> Self {
        Self { rows, filled: 0, whole: None }
    }

    /// Takes the next rows; all parts have the same C, h and w.
    pub(crate) fn push(&mut self, part: &Tensor) {
        let [rows, c, h, w] = part.size()[..] else { unreachable!("images and labels are maps") };
        let whole = self.whole.get_or_insert_with(|| {
            let inner = [self.rows as i64, h, w, c];
            Tensor::zeros(inner, (part.kind(), part.device())).permute([0, 3, 1, 2])
        });
        whole.narrow(0, self.filled, rows).copy_(part);
        self.filled += rows;
    }

    /// All rows.
    pub(crate) fn finish(self) -> Tensor {
        debug_assert_eq!(self.filled, self.rows as i64, "no row is left out");
        self.whole.expect("there is a part, be it without rows")
    }
}

/// Row numbers in parts of so many; one empty part where there are no rows.
pub(crate) fn parts(rows: usize, most: usize) -> impl Iterator<Item = Vec<usize>> {
    let starts = (0..rows.max(1)).step_by(most);
    starts.map(move |start| (start..rows.min(start + most)).collect())
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind};

    use super::*;

    #[test]
    fn parts_come_together_in_their_order_with_the_channels_innermost() {
        let all = Tensor::arange(5 * 2 * 3 * 4, (Kind::Float, Device::Cpu)).view([5, 2, 3, 4]);
        let mut stack = Stack::new(5);
        for rows in parts(5, 2) {
            stack.push(&all.narrow(0, rows[0] as i64, rows.len() as i64));
        }
        let stacked = stack.finish();
        assert_eq!(stacked, all);
        assert_eq!(stacked.stride(), [24, 1, 8, 2]);
        let mut none = Stack::new(0);
        for rows in parts(0, 2) {
            assert!(rows.is_empty());
            none.push(&all.narrow(0, 0, 0));
        }
        assert_eq!(none.finish().size(), [0, 2, 3, 4]);
    }
}
