//! When the last of many that wait for each other is done: drawn many times over.
//!
//! The method, sections 6 and 9, point 5. Never the date of one party: each activity takes as long as its class has taken, nothing is
//! done before what it waits for, and the parties of one side are late together.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::chance::{Chance, normal_share};
use super::dates::{days_between, days_later_f64};
use super::forecast::{Expected, Promise};
use super::survival::Survival;

pub mod network;
mod outcome;
#[cfg(test)]
mod tests;

pub use network::{Network, NetworkFault};
pub use outcome::{Bin, Critical, Simulated};

/// More draws than anyone can tell apart; a request for more is cut to it.
pub const DRAWS_MAX: usize = 200_000;

/// One thing that must be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity<'b> {
    /// Once in its network.
    pub id: String,
    /// Whose: activities of one side are late together.
    pub side: String,
    /// What must be done first.
    pub after: Vec<String>,
    /// Days it takes at least after the last of those.
    pub least_days: u32,
    /// What is known of its finish.
    pub finish: Finish<'b>,
}

/// What is known of an activity's finish.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Finish<'b> {
    /// It was done on that day.
    Met(Date),
    /// It is promised, and its class has done so with such promises: drawn from the plain curve, given the time that has passed. Without a
    /// class the promise is taken as it stands, or today where that has passed: the answer then names it, for it is too early.
    Promised(Promise, Option<&'b Survival>),
    /// Nobody promised a day: it is done when what it waits for is.
    WhenReady,
}

/// How much finishes go together, as correlations of the draws behind them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correlation {
    shared: f64,
    of_side: f64,
    own: f64,
}

impl Correlation {
    /// `between` for two activities of different sides, `within` for two of one side.
    ///
    /// None unless 0 <= between <= within <= 1: what holds for all holds for those of one side.
    pub fn new(between: f64, within: f64) -> Option<Self> {
        (0.0 <= between && between <= within && within <= 1.0).then(|| Self {
            shared: between.sqrt(),
            of_side: (within - between).sqrt(),
            own: (1.0 - within).sqrt(),
        })
    }

    /// Every activity for itself.
    pub fn none() -> Self {
        Self {
            shared: 0.0,
            of_side: 0.0,
            own: 1.0,
        }
    }
}

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Draws {
    /// How many; 10,000 by the method, [`DRAWS_MAX`] at most.
    pub count: usize,
    /// The same seed gives the same answer.
    pub seed: u64,
    /// How much finishes go together.
    pub correlation: Correlation,
}

/// An activity made ready for drawing: names are places, dates are days after `today`.
#[derive(Debug, Clone)]
struct Node {
    side: usize,
    after: Vec<usize>,
    least_days: f64,
    own: Own,
    /// It was done: what it waited for no longer moves it.
    met: bool,
}

#[derive(Debug, Clone)]
enum Own {
    At(f64),
    /// Days, and the share finished by each; what is left is beyond the record.
    Drawn(Vec<(f64, f64)>),
}

impl Own {
    fn of(finish: Finish, today: Date) -> Self {
        let days = |day: Date| days_between(today, day) as f64;
        match finish {
            Finish::Met(day) => Self::At(days(day)),
            // What is not done is not done before today.
            Finish::WhenReady => Self::At(0.0),
            Finish::Promised(promise, None) => Self::At(days(promise.target.hi).max(0.0)),
            Finish::Promised(promise, Some(ratios)) => {
                // A promise that was due when stated has no ratio: as if of no class.
                let Some(passed) = promise.ratio(today) else {
                    return Self::At(days(promise.target.hi).max(0.0));
                };
                let given = ratios.beyond(passed.max(0.0));
                Self::Drawn(
                    given
                        .steps()
                        .iter()
                        .map(|s| {
                            let day = promise.day_at(s.at).map_or(f64::INFINITY, days);
                            (1.0 - s.lasting, day.max(0.0))
                        })
                        .collect(),
                )
            }
        }
    }

    /// The day at the share `u`; infinite beyond the record.
    fn at(&self, u: f64) -> f64 {
        match self {
            Self::At(day) => *day,
            Self::Drawn(steps) => {
                let i = steps.partition_point(|(share, _)| *share < u);
                steps.get(i).map_or(f64::INFINITY, |(_, day)| *day)
            }
        }
    }
}

impl Network<'_> {
    /// Draws the finish of `goal`.
    ///
    /// # Errors
    /// There is no such activity.
    pub fn simulate(&self, goal: &str, draws: Draws) -> Result<Simulated, NetworkFault> {
        let goal = self.place(goal)?;
        let (nodes, sides) = self.nodes();
        let count = draws.count.clamp(1, DRAWS_MAX);
        let mut chance = Chance::new(draws.seed);
        let mut of_sides = vec![0.0; sides];
        let mut finish = vec![0.0; nodes.len()];
        let mut waited_for: Vec<Option<usize>> = vec![None; nodes.len()];
        let mut tally = outcome::Tally::new(nodes.len(), count);
        let Correlation {
            shared: by_all,
            of_side: by_side,
            own: by_own,
        } = draws.correlation;
        for _ in 0..count {
            let of_all = chance.normal() * by_all;
            for side in &mut of_sides {
                *side = chance.normal() * by_side;
            }
            for place in self.order() {
                let Some(node) = nodes.get(*place) else {
                    continue;
                };
                // Drawn for each, whatever its kind, so that a fact that comes in does not shuffle the draws of all others.
                let of_side = of_sides.get(node.side).copied().unwrap_or(0.0);
                let z = of_all + of_side + chance.normal() * by_own;
                let mut day = node.own.at(normal_share(z));
                let mut last = None;
                if !node.met {
                    for before in &node.after {
                        let ready = finish.get(*before).copied().unwrap_or(0.0) + node.least_days;
                        if ready > day {
                            day = ready;
                            last = Some(*before);
                        }
                    }
                }
                if let (Some(f), Some(w)) = (finish.get_mut(*place), waited_for.get_mut(*place)) {
                    *f = day;
                    *w = last;
                }
            }
            tally.draw(goal, &waited_for, finish.get(goal).copied());
        }
        Ok(tally.told(self))
    }

    /// The activities by place, and the number of sides.
    fn nodes(&self) -> (Vec<Node>, usize) {
        let mut sides: BTreeMap<&str, usize> = BTreeMap::new();
        let nodes = self
            .activities()
            .iter()
            .zip(self.before())
            .map(|(activity, after)| {
                let next = sides.len();
                Node {
                    side: *sides.entry(activity.side.as_str()).or_insert(next),
                    after: after.clone(),
                    least_days: f64::from(activity.least_days),
                    own: Own::of(activity.finish, self.today()),
                    met: matches!(activity.finish, Finish::Met(_)),
                }
            })
            .collect();
        (nodes, sides.len())
    }
}

fn expected(today: Date, days: f64) -> Expected {
    days_later_f64(today, days).map_or(Expected::BeyondRecord, Expected::Day)
}
