//! How far a promise has slipped: baseline, current target, what happened, and how fast the date moves.
//!
//! The method, 8.2 to 8.5.

use jiff::civil::Date;

use super::dates::{Interval, days_between, days_later_f64};
use super::statement::{Said, Statement};

pub mod hits;
#[cfg(test)]
mod tests;

/// Which promise the slip is measured from (8.2). The choice is the reader's, and it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaselineRule {
    /// The first target ever stated.
    FirstPromise,
    /// The first target stated on or after the gate (contract awarded, ground broken); the first ever where there is none.
    ContractPromise,
    /// The numbered re-baseline that a change of scope brought, from 1.
    ScopeChange(usize),
}

impl BaselineRule {
    /// A code that does not change, for captions.
    pub fn code(self) -> &'static str {
        match self {
            Self::FirstPromise => "first-promise",
            Self::ContractPromise => "contract-promise",
            Self::ScopeChange(_) => "scope-change",
        }
    }
}

/// A date as it was stated on a day, all its sources of that day taken together (8.12).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stated<'s> {
    /// The date.
    pub interval: Interval,
    /// The statement shown for it.
    pub statement: &'s Statement,
    /// Another statement of the same day names days that cannot be the same.
    pub conflict: bool,
}

impl Stated<'_> {
    /// The day it was stated.
    pub fn stated_on(&self) -> Date {
        self.statement.stated_on
    }
}

/// Where a milestone stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It was met.
    Met,
    /// Its date is today or later.
    Due,
    /// Its date has passed and it was not met.
    Overdue,
    /// It had a date, and has none now. A state to report, not a blank.
    NoCurrentDate,
    /// No date was ever stated.
    NothingStated,
}

/// One statement of a date after another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step<'s> {
    /// What was stated.
    pub stated: Stated<'s>,
    /// Days by which the date moved from the one before; none for the first.
    pub moved_days: Option<i64>,
    /// Days since the date before was stated; none for the first.
    pub days_since: Option<i64>,
    /// Days the date moved for each day that passed (8.4); none for the first.
    pub rate: Option<f64>,
    /// The days meant are others than before.
    pub changed: bool,
}

/// Where the line of promises meets the calendar (8.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trend {
    /// On that day, if the date goes on moving as it did last.
    Meets(Date),
    /// Never: the date moves away as fast as time passes, or faster.
    MovesAway,
    /// So far off that the calendar has no such day.
    BeyondCalendar,
}

/// All that is known of one milestone's date.
#[derive(Debug, Clone, PartialEq)]
pub struct Slip<'s> {
    /// Where it stands.
    pub standing: Standing,
    /// What the slip is measured from.
    pub baseline: Option<Stated<'s>>,
    /// The target now; none where it was withdrawn.
    pub current: Option<Stated<'s>>,
    /// When it was met.
    pub actual: Option<Stated<'s>>,
    /// The date to reckon with: when it was met, else its target, else today where that has passed.
    pub effective: Option<Interval>,
    /// Days that lies after the baseline, on the last day of each.
    pub slip_days: Option<i64>,
    /// The fewest and the most days of slip, since dates are coarse.
    pub slip_range: Option<(i64, i64)>,
    /// The slip as a share of the time first allowed; none where the baseline was already due when stated.
    pub relative: Option<f64>,
    /// Days the target has passed; 0 where it has not, or it was met.
    pub overdue_days: i64,
    /// Each statement of a target, the oldest first, one a day.
    pub steps: Vec<Step<'s>>,
    /// How often the date became another.
    pub changes: usize,
    /// Days between one change and the next, from the first statement on.
    pub days_between_changes: Vec<i64>,
    /// The rate between the last two statements; 1 or more: the finish moves away as fast as time passes.
    pub rate: Option<f64>,
    /// Where that leads.
    pub trend: Option<Trend>,
    /// Baselines that a change of scope brought, in order: the first is number 1. The old ones stay.
    pub scope_changes: Vec<Stated<'s>>,
}

/// What is known of `milestone` from the statements of its subject, in the order of [`super::statement::visible`].
pub fn slip<'s>(
    statements: &[&'s Statement],
    milestone: &str,
    rule: BaselineRule,
    today: Date,
) -> Slip<'s> {
    let of_it: Vec<&Statement> = statements
        .iter()
        .copied()
        .filter(|s| s.milestone == milestone)
        .collect();
    let targets = by_day(&of_it, |said| match said {
        Said::Target(interval) => Some(*interval),
        _ => None,
    });
    let actual = by_day(&of_it, |said| match said {
        Said::Actual(interval) => Some(*interval),
        _ => None,
    })
    .pop();
    let scope_changes: Vec<Stated> = targets
        .iter()
        .copied()
        .filter(|t| t.statement.scope_change.is_some())
        .collect();
    let baseline = match rule {
        BaselineRule::FirstPromise => targets.first().copied(),
        BaselineRule::ContractPromise => {
            // The gate is the subject's: an award is rarely stated of the milestone that it binds.
            let gate = statements
                .iter()
                .filter(|s| s.said == Said::Award)
                .map(|s| s.stated_on)
                .min();
            gate.and_then(|gate| targets.iter().find(|t| t.stated_on() >= gate))
                .or(targets.first())
                .copied()
        }
        BaselineRule::ScopeChange(number) => number
            .checked_sub(1)
            .and_then(|i| scope_changes.get(i))
            .copied(),
    };
    let withdrawn_on = of_it
        .iter()
        .filter(|s| s.said == Said::NoDate)
        .map(|s| s.stated_on)
        .max();
    // A date and its withdrawal of one day: the date stands, since somebody still promises it.
    let current = targets
        .last()
        .copied()
        .filter(|t| withdrawn_on.is_none_or(|on| on <= t.stated_on()));
    let standing = match (&actual, &current) {
        (Some(_), _) => Standing::Met,
        (None, Some(c)) if c.interval.hi >= today => Standing::Due,
        (None, Some(_)) => Standing::Overdue,
        (None, None) if targets.is_empty() && withdrawn_on.is_none() => Standing::NothingStated,
        (None, None) => Standing::NoCurrentDate,
    };
    let effective = match standing {
        Standing::Met => actual.map(|a| a.interval),
        Standing::Due => current.map(|c| c.interval),
        // The true date cannot be in the past.
        Standing::Overdue => Some(Interval::day(today)),
        Standing::NoCurrentDate | Standing::NothingStated => None,
    };
    let overdue_days = match (standing, &current) {
        (Standing::Overdue, Some(c)) => days_between(c.interval.hi, today).max(0),
        _ => 0,
    };
    let measured = effective.zip(baseline);
    let slip_days = measured.map(|(f, b)| f.days_after(&b.interval));
    let steps = steps(&targets);
    let changed: Vec<&Step> = steps.iter().filter(|s| s.changed).collect();
    let moments: Vec<Date> = steps
        .first()
        .into_iter()
        .chain(changed.iter().copied())
        .map(|s| s.stated.stated_on())
        .collect();
    let rate = steps.last().and_then(|s| s.rate);
    Slip {
        standing,
        baseline,
        current,
        actual,
        effective,
        slip_days,
        slip_range: measured.map(|(f, b)| f.range_after(&b.interval)),
        relative: slip_days.zip(baseline).and_then(|(days, b)| {
            let allowed = days_between(b.stated_on(), b.interval.hi);
            (allowed > 0).then(|| days as f64 / allowed as f64)
        }),
        overdue_days,
        changes: changed.len(),
        days_between_changes: moments
            .iter()
            .zip(moments.iter().skip(1))
            .map(|(a, b)| days_between(*a, *b))
            .collect(),
        rate,
        trend: rate
            .zip(steps.last())
            .map(|(rate, last)| trend(rate, &last.stated)),
        steps,
        scope_changes,
    }
}

/// One date a day: where sources of a day can be reconciled, the best one's; where not, the latest date, flagged (8.12).
fn by_day<'s>(
    statements: &[&'s Statement],
    date: impl Fn(&Said) -> Option<Interval>,
) -> Vec<Stated<'s>> {
    let mut days: Vec<Stated> = Vec::new();
    for statement in statements {
        let Some(interval) = date(&statement.said) else {
            continue;
        };
        let next = Stated {
            interval,
            statement,
            conflict: false,
        };
        match days.pop() {
            Some(last) if last.stated_on() == statement.stated_on => {
                days.push(settle(last, next));
            }
            other => {
                days.extend(other);
                days.push(next);
            }
        }
    }
    days
}

/// The one shown of two of a day: the later where they cannot both be true, else the better source, else the one recorded last.
pub(super) fn settle<'s>(a: Stated<'s>, b: Stated<'s>) -> Stated<'s> {
    let apart = !a.interval.overlaps(&b.interval);
    let conflict = apart || a.conflict || b.conflict;
    let first = if apart {
        a.interval.hi > b.interval.hi
    } else {
        a.statement.rank < b.statement.rank
    };
    Stated {
        conflict,
        ..if first { a } else { b }
    }
}

fn steps<'s>(targets: &[Stated<'s>]) -> Vec<Step<'s>> {
    let before = std::iter::once(None).chain(targets.iter().map(Some));
    targets
        .iter()
        .zip(before)
        .map(|(stated, before)| {
            let moved_days = before.map(|b| stated.interval.days_after(&b.interval));
            let days_since = before.map(|b| days_between(b.stated_on(), stated.stated_on()));
            Step {
                stated: *stated,
                moved_days,
                days_since,
                rate: moved_days
                    .zip(days_since)
                    .and_then(|(moved, since)| slip_rate(moved, since)),
                changed: before.is_some_and(|b| !b.interval.same_days(&stated.interval)),
            }
        })
        .collect()
}

/// Days that a date moved for each day that passed (8.4); none where no day passed.
pub fn slip_rate(moved_days: i64, days_since: i64) -> Option<f64> {
    (days_since > 0).then(|| moved_days as f64 / days_since as f64)
}

fn trend(rate: f64, last: &Stated) -> Trend {
    if rate >= 1.0 {
        return Trend::MovesAway;
    }
    // t* = (C - r t) / (1 - r) is, counted from the day t: (C - t) / (1 - r). Any point of the line gives the same.
    let left = days_between(last.stated_on(), last.interval.hi) as f64;
    days_later_f64(last.stated_on(), left / (1.0 - rate))
        .map_or(Trend::BeyondCalendar, Trend::Meets)
}
