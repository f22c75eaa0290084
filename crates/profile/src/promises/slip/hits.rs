//! How many promises were kept (8.5).

use jiff::civil::Date;

use super::{Slip, Stated};
use crate::promises::dates::days_between;

/// How long before its day a target must have stood, for the second share of [`hit_rates`].
pub const STOOD_DAYS: i64 = 90;

/// Milestones due, and those of them that were met in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HitRate {
    /// Milestones that were due and are decided.
    pub n: usize,
    /// Met by the day.
    pub met: usize,
}

impl HitRate {
    /// The share met; none of none.
    pub fn share(&self) -> Option<f64> {
        (self.n > 0).then(|| self.met as f64 / self.n as f64)
    }

    fn count(&mut self, met: bool) {
        self.n += 1;
        self.met += usize::from(met);
    }
}

/// Both shares of 8.5, each with its own n: a milestone may be due in the window by one and not by the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HitRates {
    /// Met by the baseline, of those whose baseline lies in the window.
    pub by_baseline: HitRate,
    /// Met by the last target in the window that still stood [`STOOD_DAYS`] before its own day.
    pub by_late_target: HitRate,
}

impl HitRates {
    /// Counts others beside these.
    pub fn add(&mut self, others: HitRates) {
        for (own, other) in [
            (&mut self.by_baseline, others.by_baseline),
            (&mut self.by_late_target, others.by_late_target),
        ] {
            own.n += other.n;
            own.met += other.met;
        }
    }
}

/// How many of the milestones due from `from` to `to` were met. What is not yet due on `today` and not met is left out.
///
/// A milestone is met in time when the last day of when it was met is not after the last day promised.
pub fn hit_rates(slips: &[Slip], from: Date, to: Date, today: Date) -> HitRates {
    let mut rates = HitRates::default();
    for slip in slips {
        let due = |stated: &Stated| {
            let day = stated.interval.hi;
            day >= from && day <= to && (day < today || slip.actual.is_some())
        };
        let met = |stated: &Stated| {
            slip.actual
                .is_some_and(|a| a.interval.hi <= stated.interval.hi)
        };
        if let Some(b) = slip.baseline.filter(due) {
            rates.by_baseline.count(met(&b));
        }
        if let Some(late) = late_target(slip, due) {
            rates.by_late_target.count(met(&late));
        }
    }
    rates
}

fn late_target<'s>(slip: &Slip<'s>, due: impl Fn(&Stated<'s>) -> bool) -> Option<Stated<'s>> {
    let next = slip.steps.iter().skip(1).map(Some).chain([None]);
    slip.steps
        .iter()
        .zip(next)
        .filter(|(step, next)| {
            let day = step.stated.interval.hi;
            let stood = |on: Date| days_between(on, day) >= STOOD_DAYS;
            stood(step.stated.stated_on()) && !next.is_some_and(|n| stood(n.stated.stated_on()))
        })
        .map(|(step, _)| step.stated)
        .filter(due)
        .last()
}
