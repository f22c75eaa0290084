//! How good our forecasts would have been: each finished subject forecast from the others.
//!
//! The method, section 9, point 6. Published whatever it says.

use jiff::civil::Date;

use super::dates::{Interval, days_between};
use super::forecast::{Expected, History, Promise, Reading, basis, forecast};

/// Fewer finished ones tell nothing of a share of four in five: two of them are chance.
pub const JUDGED_MIN: usize = 20;

/// One subject with its promise and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What kind of subject.
    pub class: String,
    /// From which gate.
    pub gate: String,
    /// What was promised, and when.
    pub promise: Promise,
    /// The day it was done; none where it is not.
    pub finished_on: Option<Date>,
    /// Its newest target, where it is not done.
    pub latest_target: Option<Interval>,
}

/// From which others each is forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// From all others, as they are today. Uses the record best, and knows what nobody knew then.
    LeaveOneOut,
    /// From those promised before it, as they stood on its day: what one would have said then.
    Rolling,
}

/// A share with what it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hits {
    /// Intervals that had both ends.
    pub n: usize,
    /// Those that held the day.
    pub hits: usize,
}

impl Hits {
    /// The share; none of none.
    pub fn share(&self) -> Option<f64> {
        (self.n > 0).then(|| self.hits as f64 / self.n as f64)
    }
}

/// The mean pinball loss of one quantile, in days: smaller is better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loss {
    /// Which quantile.
    pub q: f64,
    /// The mean; none of none.
    pub days: Option<f64>,
    /// Forecasts that had a day.
    pub n: usize,
}

/// What the back-test says.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    /// Finished subjects that were forecast.
    pub n: usize,
    /// Finished subjects for which there was no basis.
    pub no_basis: usize,
    /// Forecasts whose later end lay beyond the record: they cannot miss, so they are not counted as hits.
    pub open_ended: usize,
    /// The interval that should hold one in two.
    pub within50: Hits,
    /// The interval that should hold four in five.
    pub within80: Hits,
    /// Losses at 0.5, 0.8 and 0.9.
    pub losses: [Loss; 3],
    /// Whether the intervals hold what they say.
    pub verdict: Verdict,
}

/// Whether intervals of four in five hold four in five.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Too few to judge.
    NotEnough {
        /// How many there were.
        finished: usize,
    },
    /// They do, as far as so many can tell.
    Holds,
    /// They hold fewer: the forecasts are too sure.
    TooNarrow,
    /// They hold more: the forecasts say less than is known.
    TooWide,
}

/// Forecasts each finished case on the day of its promise, and compares.
pub fn backtest(cases: &[Case], today: Date, scheme: Scheme, reading: Reading) -> Backtest {
    let mut scored = Vec::new();
    let mut no_basis = 0;
    for (i, case) in cases.iter().enumerate() {
        let Some(finished_on) = case.finished_on.filter(|day| *day <= today) else {
            continue;
        };
        let others = cases
            .iter()
            .enumerate()
            .filter(|(j, _)| *j != i)
            .map(|(_, c)| c);
        let histories: Vec<History> = match scheme {
            Scheme::LeaveOneOut => others.filter_map(|c| history(c, today, true)).collect(),
            Scheme::Rolling => {
                let then = case.promise.stated_on;
                others
                    .filter(|c| c.promise.stated_on < then)
                    // Its newest target is today's, and nobody knew it then.
                    .filter_map(|c| history(c, then, false))
                    .collect()
            }
        };
        let told = basis(&histories, &case.class, &case.gate)
            .ok()
            .and_then(|b| forecast(&b, &case.promise, case.promise.stated_on, reading));
        match told {
            Some(told) => scored.push((told, case.promise.stated_on, finished_on)),
            None => no_basis += 1,
        }
    }
    let within = |of: &dyn Fn(&super::forecast::Forecast) -> (Expected, Expected)| {
        let mut hits = Hits::default();
        for (told, _, finished) in &scored {
            if let (Expected::Day(lo), Expected::Day(hi)) = of(told) {
                hits.n += 1;
                hits.hits += usize::from(lo <= *finished && *finished <= hi);
            }
        }
        hits
    };
    let loss = |q: f64, of: &dyn Fn(&super::forecast::Forecast) -> Expected| {
        let losses: Vec<f64> = scored
            .iter()
            .filter_map(|(told, from, finished)| {
                let forecast = days_between(*from, of(told).day()?);
                Some(pinball(
                    q,
                    days_between(*from, *finished) as f64,
                    forecast as f64,
                ))
            })
            .collect();
        let n = losses.len();
        Loss {
            q,
            days: (n > 0).then(|| losses.iter().sum::<f64>() / n as f64),
            n,
        }
    };
    let within80 = within(&|f| f.interval80);
    Backtest {
        n: scored.len(),
        no_basis,
        open_ended: scored
            .iter()
            .filter(|(told, _, _)| told.interval80.1 == Expected::BeyondRecord)
            .count(),
        within50: within(&|f| f.interval50),
        within80,
        losses: [
            loss(0.5, &|f| f.p50),
            loss(0.8, &|f| f.p80),
            loss(0.9, &|f| f.p90),
        ],
        verdict: verdict(within80),
    }
}

/// The loss of a forecast `f` of the quantile `q` when `y` came.
pub fn pinball(q: f64, y: f64, f: f64) -> f64 {
    if y >= f {
        q * (y - f)
    } else {
        (1.0 - q) * (f - y)
    }
}

fn history(case: &Case, on: Date, with_target: bool) -> Option<History> {
    let Case {
        class,
        gate,
        promise,
        ..
    } = case;
    match case.finished_on.filter(|day| *day <= on) {
        Some(day) => History::finished(class, gate, promise, day),
        None => {
            let target = case.latest_target.filter(|_| with_target);
            History::unfinished(class, gate, promise, target, on)
        }
    }
}

/// Two standard errors of a share of 0.8 are what chance does.
fn verdict(within80: Hits) -> Verdict {
    let n = within80.n as f64;
    let Some(share) = within80.share().filter(|_| within80.n >= JUDGED_MIN) else {
        return Verdict::NotEnough {
            finished: within80.n,
        };
    };
    let chance = 2.0 * (0.8 * 0.2 / n).sqrt();
    if share < 0.8 - chance {
        Verdict::TooNarrow
    } else if share > 0.8 + chance {
        Verdict::TooWide
    } else {
        Verdict::Holds
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promises::chance::Chance;
    use crate::promises::dates::days_later;
    use crate::promises::statement::tests::{day, interval};

    /// Promises of a thousand days, one a month, kept after a thousand times the ratio.
    fn cases(ratios: impl IntoIterator<Item = f64>) -> Vec<Case> {
        (0_i64..)
            .zip(ratios)
            .map(|(i, ratio)| {
                let stated_on = days_later(day("1990-01-01"), i * 30).unwrap();
                let target = Interval::day(days_later(stated_on, 1_000).unwrap());
                let promise = Promise { stated_on, target };
                Case {
                    class: "bridge".to_owned(),
                    gate: "award".to_owned(),
                    promise,
                    finished_on: promise.day_at(ratio),
                    latest_target: None,
                }
            })
            .collect()
    }

    fn run(cases: &[Case], scheme: Scheme, reading: Reading) -> Backtest {
        backtest(cases, day("2100-01-01"), scheme, reading)
    }

    #[test]
    fn the_loss_is_the_formula() {
        assert_eq!(pinball(0.75, 10.0, 6.0), 3.0);
        assert_eq!(pinball(0.75, 6.0, 10.0), 1.0);
        assert_eq!(pinball(0.5, 6.0, 6.0), 0.0);
    }

    #[test]
    fn few_are_not_enough_to_judge() {
        let few = cases((1..=12).map(|i| f64::from(i) / 4.0));
        let b = run(&few, Scheme::LeaveOneOut, Reading::Plain);
        assert_eq!((b.n, b.no_basis), (12, 0));
        assert_eq!(b.verdict, Verdict::NotEnough { finished: 12 });
        let none = run(&few[..5], Scheme::LeaveOneOut, Reading::Plain);
        assert_eq!((none.n, none.no_basis), (0, 5));
        assert_eq!((none.within80.share(), none.losses[0].days), (None, None));
    }

    #[test]
    fn intervals_of_one_distribution_hold_what_they_say() {
        let mut chance = Chance::new(8);
        let many = cases((0..400).map(|_| 1.0 + chance.uniform()));
        for scheme in [Scheme::LeaveOneOut, Scheme::Rolling] {
            let b = run(&many, scheme, Reading::Cautious);
            assert_eq!(b.verdict, Verdict::Holds, "{scheme:?} {:?}", b.within80);
            assert!((b.within50.share().unwrap() - 0.5).abs() < 0.1);
            // Of a uniform length of 1 000 days the loss at q is 1 000 q (1 - q) / 2.
            for loss in b.losses {
                let wanted = 500.0 * loss.q * (1.0 - loss.q);
                assert!((loss.days.unwrap() / wanted - 1.0).abs() < 0.2, "{loss:?}");
            }
        }
    }

    #[test]
    fn a_world_that_turns_shows() {
        // The later ones take ever longer: what was said then was too sure.
        let many = cases((0..200).map(|i| 1.0 + f64::from(i) / 20.0));
        let b = run(&many, Scheme::Rolling, Reading::Plain);
        assert_eq!(b.verdict, Verdict::TooNarrow);
        // Nine in ten are always inside: too wide.
        assert_eq!(verdict(Hits { n: 100, hits: 95 }), Verdict::TooWide);
    }

    #[test]
    fn rolling_knows_no_more_than_was_known() {
        let mut all = cases((0..60).map(|i| 1.0 + f64::from(i % 7) / 10.0));
        let before = run(&all, Scheme::Rolling, Reading::Plain);
        // A later promise, and a target stated later, change nothing of what was said before.
        for case in &mut all {
            case.latest_target = Some(interval("2099"));
        }
        assert_eq!(run(&all, Scheme::Rolling, Reading::Plain), before);
    }

    #[test]
    fn what_is_beyond_the_record_is_no_hit() {
        // Eleven others: nine in ten of them by rank ceil(12 x 0.9) = 11 is the last; with ten unfinished it is beyond.
        let mut all = cases((0..24).map(|i| 1.0 + f64::from(i) / 10.0));
        for case in all.iter_mut().step_by(2) {
            case.finished_on = None;
            case.latest_target = Some(interval("2099"));
        }
        let b = run(&all, Scheme::LeaveOneOut, Reading::Cautious);
        assert_eq!((b.n, b.open_ended, b.within80.n), (12, 12, 0));
        assert_eq!(b.verdict, Verdict::NotEnough { finished: 0 });
    }
}
