//! When a promise is to be expected, by what others of its class have done with theirs.
//!
//! The method, section 9 (reference class forecasting): the ratio of the time taken to the time promised, from the same gate.

use jiff::civil::Date;

use super::dates::{Interval, days_between, days_later_f64};
use super::survival::{Observed, Survival};

#[cfg(test)]
mod tests;

/// Fewer of a class are no basis.
pub const CLASS_MIN: usize = 10;
/// Nor are fewer that have finished.
pub const FINISHED_MIN: usize = 5;

/// What one subject has done with its promise.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// What kind of subject.
    pub class: String,
    /// From which gate it is measured; gates are never mixed.
    pub gate: String,
    /// Time taken over time promised, from the day the promise was stated.
    pub ratio: f64,
    /// It finished. Else it takes at least so long.
    pub finished: bool,
}

impl History {
    /// Of a promise that was kept on that day.
    ///
    /// None where the promise was already due when stated, or kept before it was.
    pub fn finished(class: &str, gate: &str, promise: &Promise, on: Date) -> Option<Self> {
        let ratio = promise.ratio(on).filter(|r| *r >= 0.0)?;
        Some(Self::new(class, gate, ratio, true))
    }

    /// Of a promise not kept yet: it takes until its latest target, and until today at least.
    ///
    /// None where the promise was already due when stated.
    pub fn unfinished(
        class: &str,
        gate: &str,
        promise: &Promise,
        latest_target: Option<Interval>,
        today: Date,
    ) -> Option<Self> {
        let until = latest_target.map_or(today, |t| t.hi.max(today));
        let ratio = promise.ratio(until).filter(|r| *r >= 0.0)?;
        Some(Self::new(class, gate, ratio, false))
    }

    fn new(class: &str, gate: &str, ratio: f64, finished: bool) -> Self {
        Self {
            class: class.to_owned(),
            gate: gate.to_owned(),
            ratio,
            finished,
        }
    }
}

/// A date, and the day it was promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// The day it was promised.
    pub stated_on: Date,
    /// The date promised.
    pub target: Interval,
}

impl Promise {
    /// The share of the promised time that has passed by `day`; above 1 once it is late. None where the promise was due when stated.
    pub fn ratio(&self, day: Date) -> Option<f64> {
        let promised = self.days()?;
        Some(days_between(self.stated_on, day) as f64 / promised)
    }

    /// The day by which `ratio` times the promised time has passed.
    pub fn day_at(&self, ratio: f64) -> Option<Date> {
        days_later_f64(self.stated_on, ratio * self.days()?)
    }

    fn days(&self) -> Option<f64> {
        let days = days_between(self.stated_on, self.target.hi);
        (days > 0).then_some(days as f64)
    }
}

/// The class that a forecast rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Basis {
    /// The class; none where it had to be widened to all.
    pub class: Option<String>,
    /// The gate.
    pub gate: String,
    /// Its ratios.
    pub ratios: Survival,
}

/// Too few are known, even of all classes: the promise is shown, and nothing is forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no basis: {n} known, {finished} of them finished")]
pub struct NoBasis {
    /// How many of all classes have that gate.
    pub n: usize,
    /// How many of them finished.
    pub finished: usize,
}

/// The narrowest class that is enough of a basis: the class, else all classes, always of one gate.
///
/// # Errors
/// Fewer than [`CLASS_MIN`] are known of that gate, or fewer than [`FINISHED_MIN`] of them finished.
pub fn basis(histories: &[History], class: &str, gate: &str) -> Result<Basis, NoBasis> {
    let of = |class: Option<&str>| {
        Survival::of(
            histories
                .iter()
                .filter(|h| h.gate == gate && class.is_none_or(|c| c == h.class))
                .map(|h| Observed {
                    value: h.ratio,
                    ended: h.finished,
                }),
        )
    };
    let enough = |s: &Survival| s.n() >= CLASS_MIN && s.ended() >= FINISHED_MIN;
    let own = of(Some(class));
    if enough(&own) {
        return Ok(Basis {
            class: Some(class.to_owned()),
            gate: gate.to_owned(),
            ratios: own,
        });
    }
    let all = of(None);
    if enough(&all) {
        return Ok(Basis {
            class: None,
            gate: gate.to_owned(),
            ratios: all,
        });
    }
    Err(NoBasis {
        n: all.n(),
        finished: all.ended(),
    })
}

/// How quantiles are read off the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reading {
    /// At the ranks of conformal prediction (point 4): right for small records, and never far from plain for large ones.
    #[default]
    Cautious,
    /// Straight from the curve (point 1).
    Plain,
}

/// A forecast day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// That day.
    Day(Date),
    /// Later than anything in the record tells.
    BeyondRecord,
}

impl Expected {
    /// The day, where there is one.
    pub fn day(self) -> Option<Date> {
        match self {
            Self::Day(day) => Some(day),
            Self::BeyondRecord => None,
        }
    }

    fn of(day: Option<Date>) -> Self {
        day.map_or(Self::BeyondRecord, Self::Day)
    }
}

/// What is to be expected of a promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// As likely before as after.
    pub p50: Expected,
    /// Four times in five by then.
    pub p80: Expected,
    /// Nine times in ten by then.
    pub p90: Expected,
    /// One time in two within.
    pub interval50: (Expected, Expected),
    /// Four times in five within.
    pub interval80: (Expected, Expected),
    /// How many of the record had come as far as this has, and so are what the forecast rests on.
    pub n: usize,
    /// How many of them finished.
    pub finished: usize,
}

impl Forecast {
    /// A forecast on stale data: every later end so many days later (8.7).
    #[must_use]
    pub fn widened(&self, age_days: i64) -> Self {
        let later = |expected: Expected| {
            Expected::of(
                expected
                    .day()
                    .and_then(|day| super::dates::days_later(day, age_days.max(0))),
            )
        };
        Self {
            p50: self.p50,
            p80: later(self.p80),
            p90: later(self.p90),
            interval50: (self.interval50.0, later(self.interval50.1)),
            interval80: (self.interval80.0, later(self.interval80.1)),
            n: self.n,
            finished: self.finished,
        }
    }
}

/// What is to be expected of a promise not kept by `today`. None where it was already due when stated.
pub fn forecast(
    basis: &Basis,
    promise: &Promise,
    today: Date,
    reading: Reading,
) -> Option<Forecast> {
    // Not below 0: a promise of tomorrow has passed nothing yet.
    let passed = promise.ratio(today)?.max(0.0);
    let rest = if passed > 0.0 {
        basis.ratios.beyond(passed)
    } else {
        basis.ratios.clone()
    };
    let upper = |q: f64| {
        let ratio = match reading {
            Reading::Cautious => rest.quantile_cautious(q),
            Reading::Plain => rest.quantile(q),
        };
        Expected::of(ratio.and_then(|r| promise.day_at(r)))
    };
    let lower = |q: f64| {
        if rest.n() == 0 {
            return Expected::BeyondRecord;
        }
        let ratio = match reading {
            // Below the record nothing is known but that the time passed has passed.
            Reading::Cautious if (rest.n() + 1) as f64 * q < 1.0 => Some(passed),
            Reading::Cautious => rest.quantile_cautious_low(q),
            Reading::Plain => rest.quantile(q),
        };
        Expected::of(ratio.and_then(|r| promise.day_at(r)))
    };
    Some(Forecast {
        p50: upper(0.5),
        p80: upper(0.8),
        p90: upper(0.9),
        interval50: (lower(0.25), upper(0.75)),
        interval80: (lower(0.1), upper(0.9)),
        n: rest.n(),
        finished: rest.ended(),
    })
}
