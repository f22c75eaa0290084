//! What the draws come to.

use jiff::civil::Date;

use super::{Network, expected};
use crate::promises::forecast::Expected;

/// Bars of a histogram: enough to see a second hump, few enough to print.
const BINS: usize = 24;

/// The finish of a goal, drawn many times.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulated {
    /// How many draws.
    pub draws: usize,
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
    /// How many draws fell where, in spans of equal length.
    pub histogram: Vec<Bin>,
    /// How many draws fell beyond the record.
    pub beyond: usize,
    /// What made the goal late, the most often first; activities that never did are left out.
    pub critical: Vec<Critical>,
    /// Taken as promised for want of a class: the answer is too early by as much as they will be late.
    pub without_basis: Vec<String>,
    today: Date,
    /// Days after today, sorted.
    days: Vec<f64>,
}

/// A bar of the histogram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bin {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Draws in it.
    pub draws: usize,
}

/// How often an activity decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Critical {
    /// Which.
    pub id: String,
    /// Share of draws in which it lay on the path that set the goal's day.
    pub on_path: f64,
    /// Share of draws in which that path began with it: its own delay set the day.
    pub decisive: f64,
}

impl Simulated {
    /// The day by which a share `q` of the draws was done.
    pub fn quantile(&self, q: f64) -> Expected {
        let rank = (self.days.len() as f64 * q - 1e-9).ceil().max(1.0) as usize;
        self.days
            .get(rank - 1)
            .map_or(Expected::BeyondRecord, |days| expected(self.today, *days))
    }

    /// The share of the draws that were done by `day`.
    pub fn share_by(&self, day: Date) -> f64 {
        let days = crate::promises::dates::days_between(self.today, day) as f64;
        // A day is done at its end; draws lie on whole days but for rounding.
        let done = self.days.partition_point(|d| d.round() <= days);
        done as f64 / self.days.len().max(1) as f64
    }
}

/// What is counted while drawing.
pub(super) struct Tally {
    days: Vec<f64>,
    on_path: Vec<usize>,
    decisive: Vec<usize>,
}

impl Tally {
    pub(super) fn new(activities: usize, draws: usize) -> Self {
        Self {
            days: Vec::with_capacity(draws),
            on_path: vec![0; activities],
            decisive: vec![0; activities],
        }
    }

    /// One draw: the goal's day, and back along what each waited for last.
    pub(super) fn draw(&mut self, goal: usize, waited_for: &[Option<usize>], day: Option<f64>) {
        self.days.extend(day);
        let mut at = goal;
        loop {
            if let Some(count) = self.on_path.get_mut(at) {
                *count += 1;
            }
            match waited_for.get(at).copied().flatten() {
                Some(before) => at = before,
                None => break,
            }
        }
        if let Some(count) = self.decisive.get_mut(at) {
            *count += 1;
        }
    }

    pub(super) fn told(mut self, network: &Network) -> Simulated {
        self.days.sort_by(f64::total_cmp);
        let draws = self.days.len();
        let of_draws = |count: &usize| *count as f64 / draws.max(1) as f64;
        let mut critical: Vec<Critical> = network
            .activities()
            .iter()
            .zip(self.on_path.iter().zip(&self.decisive))
            .filter(|(_, (on_path, _))| **on_path > 0)
            .map(|(activity, (on_path, decisive))| Critical {
                id: activity.id.clone(),
                on_path: of_draws(on_path),
                decisive: of_draws(decisive),
            })
            .collect();
        critical.sort_by(|a, b| {
            b.decisive
                .total_cmp(&a.decisive)
                .then(b.on_path.total_cmp(&a.on_path))
        });
        let today = network.today();
        let mut told = Simulated {
            draws,
            p50: Expected::BeyondRecord,
            p80: Expected::BeyondRecord,
            p90: Expected::BeyondRecord,
            interval50: (Expected::BeyondRecord, Expected::BeyondRecord),
            interval80: (Expected::BeyondRecord, Expected::BeyondRecord),
            histogram: histogram(today, &self.days),
            beyond: self.days.iter().filter(|d| d.is_infinite()).count(),
            critical,
            without_basis: network.without_basis().map(str::to_owned).collect(),
            today,
            days: self.days,
        };
        told.p50 = told.quantile(0.5);
        told.p80 = told.quantile(0.8);
        told.p90 = told.quantile(0.9);
        told.interval50 = (told.quantile(0.25), told.quantile(0.75));
        told.interval80 = (told.quantile(0.1), told.p90);
        told
    }
}

/// Bars of equal whole days over what is not beyond the record; `days` are sorted.
fn histogram(today: Date, days: &[f64]) -> Vec<Bin> {
    let within: Vec<i64> = days
        .iter()
        .filter(|d| d.is_finite())
        .map(|d| d.round() as i64)
        .collect();
    let (Some(first), Some(last)) = (within.first(), within.last()) else {
        return Vec::new();
    };
    let bins = i64::try_from(BINS).unwrap_or(1);
    let width = ((last - first) / bins + 1).max(1);
    let mut out = Vec::new();
    let mut from = *first;
    while from <= *last {
        let to = from + width - 1;
        let draws = within.partition_point(|d| *d <= to) - within.partition_point(|d| *d < from);
        if let (Expected::Day(from), Expected::Day(to)) =
            (expected(today, from as f64), expected(today, to as f64))
        {
            out.push(Bin { from, to, draws });
        }
        from += width;
    }
    out
}
