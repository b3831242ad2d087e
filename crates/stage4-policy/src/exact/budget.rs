//! The budget part of the relaxation: which sources to buy at these profits.
//!
//! `max Σ_s profit_s y_s` with `Σ_s cost_s y_s ≤ budget` and y between 0 and 1: Dantzig's
//! fractional knapsack (Operations Research 5, 1957), in whole numbers. For the price θ of a unit
//! of budget, `θ budget + Σ_s max(0, profit_s − θ cost_s)` is an upper bound whatever θ is; θ is
//! the ratio of the source at which the budget is used up.

/// A price of a unit of budget, `profit / cost`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Theta {
    profit: i64,
    cost: i128,
}

impl Theta {
    const FREE: Self = Self { profit: 0, cost: 1 };

    /// `θ cost − profit`: how much the source falls short, rounded down.
    fn shortfall(self, profit: i64, cost: i128) -> i128 {
        if self.profit == 0 {
            return -i128::from(profit);
        }
        if self.cost == cost {
            return i128::from(self.profit - profit);
        }
        (i128::from(self.profit) * cost).div_euclid(self.cost) - i128::from(profit)
    }
}

/// A solution of the budget part.
#[derive(Debug, Clone)]
pub(crate) struct Selection {
    /// Sources that are bought entirely.
    pub taken: Vec<bool>,
    /// The source that is bought in part, and how much of it.
    pub part: Option<(usize, f64)>,
    /// No choice is worth more than this.
    pub bound: i64,
    /// Prices that give the same bound: of the best source left out and of the last one taken.
    below: Theta,
    above: Theta,
    order: Vec<(i64, u32)>,
    ratios: Vec<(f64, u32)>,
}

impl Selection {
    pub fn new() -> Self {
        Self {
            taken: Vec::new(),
            part: None,
            bound: 0,
            below: Theta::FREE,
            above: Theta::FREE,
            order: Vec::new(),
            ratios: Vec::new(),
        }
    }

    /// Solves for these profits.
    pub fn solve(&mut self, profit: &[i64], cost: &[i128], budget: i128) {
        self.taken.clear();
        self.taken.resize(profit.len(), false);
        (self.part, self.bound) = (None, 0);
        (self.below, self.above) = (Theta::FREE, Theta::FREE);
        self.order.clear();
        let mut total = 0;
        for s in 0..profit.len() {
            if profit[s] < 0 {
                continue;
            }
            if cost[s] == 0 {
                self.taken[s] = true;
                self.bound += profit[s];
            } else {
                total += cost[s];
                self.order.push((profit[s], s as u32));
            }
        }
        if total <= budget {
            for &(profit, s) in &self.order {
                self.taken[s as usize] = true;
                self.bound += profit;
            }
            return;
        }
        let one = cost[self.order[0].1 as usize];
        if cost.iter().all(|&cost| cost == 0 || cost == one) {
            self.of_equal_costs(one, (budget / one) as usize);
        } else {
            self.fractional(profit, cost, budget);
        }
    }

    /// The most profitable ones, as many as the budget pays; there are more than that.
    fn of_equal_costs(&mut self, cost: i128, count: usize) {
        let best_first = |a: &(i64, u32), b: &(i64, u32)| b.0.cmp(&a.0).then(a.1.cmp(&b.1));
        let (first, next, _) = self.order.select_nth_unstable_by(count, best_first);
        self.below = Theta { profit: next.0, cost };
        self.above = self.below;
        if let Some(last) = first.iter().map(|(profit, _)| *profit).min() {
            self.above = Theta { profit: last, cost };
        }
        for &(profit, s) in &*first {
            self.taken[s as usize] = true;
            self.bound += profit;
        }
    }

    fn fractional(&mut self, profit: &[i64], cost: &[i128], budget: i128) {
        let ratio = |&(profit, s): &(i64, u32)| (profit as f64 / cost[s as usize] as f64, s);
        self.ratios.clear();
        self.ratios.extend(self.order.iter().map(ratio));
        self.ratios.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut left = budget;
        let mut critical = self.ratios[0].1 as usize;
        for &(_, s) in &self.ratios {
            let s = s as usize;
            if cost[s] > left {
                critical = s;
                self.part = Some((s, left as f64 / cost[s] as f64));
                break;
            }
            self.taken[s] = true;
            left -= cost[s];
        }
        // The ratios above are rounded; from here on everything is exact.
        let theta = Theta { profit: profit[critical], cost: cost[critical] };
        (self.below, self.above) = (theta, theta);
        let (mut sum, mut left) = (0_i64, budget);
        for &(profit, s) in &self.order {
            let s = s as usize;
            if i128::from(profit) * theta.cost > i128::from(theta.profit) * cost[s] {
                sum += profit;
                left -= cost[s];
            }
        }
        let rest = i128::from(theta.profit) * left;
        self.bound += sum + -((-rest).div_euclid(theta.cost)) as i64;
    }

    /// How far the bound falls at least when a source that is not taken must be.
    pub fn loss_in(&self, profit: i64, cost: i128) -> i64 {
        clamp(self.above.shortfall(profit, cost))
    }

    /// How far the bound falls at least when a source that is taken must not be.
    pub fn loss_out(&self, profit: i64, cost: i128) -> i64 {
        // Rounded down twice, so that the bound stays one.
        clamp(-self.below.shortfall(profit, cost) - i128::from(self.below.cost != cost))
    }
}

fn clamp(loss: i128) -> i64 {
    loss.clamp(0, i128::from(i64::MAX / 4)) as i64
}
