//! How good the telling is: how fresh, how complete, and whether it contradicts itself.
//!
//! The method, 8.7, 8.8, 8.12 and the broken dates of section 6.

use jiff::civil::Date;

use super::dates::{Interval, days_between};
use super::statement::{Said, Statement};

/// How old the latest statement may be, by phase, in days (8.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreshnessLimits {
    /// Phases and their limits; a phase that is not named has none.
    pub by_phase: Vec<(String, i64)>,
}

impl Default for FreshnessLimits {
    /// A quarter while work goes on or pauses, half a year in preparation, a year before.
    fn default() -> Self {
        let limit = |phase: &str, days| (phase.to_owned(), days);
        Self {
            by_phase: vec![
                limit("implementation", 92),
                limit("paused", 92),
                limit("preparation", 183),
                limit("identification", 365),
            ],
        }
    }
}

/// How fresh what is told is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Freshness {
    /// Days since the latest statement.
    pub age_days: i64,
    /// How old it may be; none where its phase has no limit.
    pub limit_days: Option<i64>,
    /// 1 when new, 0 at twice the limit; none without a limit.
    pub share: Option<f64>,
    /// Older than the limit.
    pub stale: bool,
}

/// How fresh a statement of `latest` is on `today` for a subject in `phase`.
pub fn freshness(phase: &str, latest: Date, today: Date, limits: &FreshnessLimits) -> Freshness {
    // A statement dated ahead of today is new, not better than new.
    let age_days = days_between(latest, today).max(0);
    let limit_days = limits
        .by_phase
        .iter()
        .find(|(name, days)| name == phase && *days > 0)
        .map(|(_, days)| *days);
    Freshness {
        age_days,
        limit_days,
        share: limit_days.map(|l| (1.0 - age_days as f64 / (2.0 * l as f64)).max(0.0)),
        stale: limit_days.is_some_and(|l| age_days > l),
    }
}

/// What a complete record has (8.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needed {
    /// A responsible party that can be reached.
    ResponsibleParty,
    /// The phase.
    Phase,
    /// The date first promised.
    BaselineDate,
    /// The date promised now.
    CurrentDate,
    /// A cost, with its kind.
    Cost,
    /// Where the money comes from.
    FundingSource,
    /// What comes next.
    NextMilestone,
    /// The document of the last change.
    ChangeDocument,
    /// The latest progress.
    Progress,
}

impl Needed {
    /// All nine.
    pub const ALL: [Self; 9] = [
        Self::ResponsibleParty,
        Self::Phase,
        Self::BaselineDate,
        Self::CurrentDate,
        Self::Cost,
        Self::FundingSource,
        Self::NextMilestone,
        Self::ChangeDocument,
        Self::Progress,
    ];

    /// A code that does not change.
    pub fn code(self) -> &'static str {
        match self {
            Self::ResponsibleParty => "responsible-party",
            Self::Phase => "phase",
            Self::BaselineDate => "baseline-date",
            Self::CurrentDate => "current-date",
            Self::Cost => "cost",
            Self::FundingSource => "funding-source",
            Self::NextMilestone => "next-milestone",
            Self::ChangeDocument => "change-document",
            Self::Progress => "progress",
        }
    }
}

/// The share of what is needed, and what is missing: the list is shown, not only the share.
#[derive(Debug, Clone, PartialEq)]
pub struct Completeness {
    /// 0 to 1.
    pub share: f64,
    /// What is not there.
    pub missing: Vec<Needed>,
}

/// How complete a record is that has these.
pub fn completeness(present: &[Needed]) -> Completeness {
    let missing: Vec<Needed> = Needed::ALL
        .into_iter()
        .filter(|n| !present.contains(n))
        .collect();
    let all = Needed::ALL.len();
    Completeness {
        share: (all - missing.len()) as f64 / all as f64,
        missing,
    }
}

/// A milestone and its date, for [`broken_dates`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dated<'a> {
    /// Which.
    pub milestone: &'a str,
    /// When.
    pub interval: Interval,
}

/// A milestone promised before what it must wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokenDate<'a> {
    /// What must come first.
    pub predecessor: Dated<'a>,
    /// What is promised before it.
    pub successor: Dated<'a>,
    /// By how many days, on the last day of each.
    pub days: i64,
    /// No reading of the two dates puts them in order.
    pub certain: bool,
}

/// The pairs (predecessor, successor) whose dates are not in order.
pub fn broken_dates<'a>(pairs: &[(Dated<'a>, Dated<'a>)]) -> Vec<BrokenDate<'a>> {
    pairs
        .iter()
        .map(|(predecessor, successor)| BrokenDate {
            predecessor: *predecessor,
            successor: *successor,
            days: predecessor.interval.days_after(&successor.interval),
            certain: predecessor.interval.lo > successor.interval.hi,
        })
        .filter(|broken| broken.days > 0)
        .collect()
}

/// Two statements of one day about one milestone that cannot both be true (8.12). Both are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conflict<'s> {
    /// The one with the later date, which is shown.
    pub shown: &'s Statement,
    /// The other.
    pub other: &'s Statement,
    /// The better source says the other; equal ranks say neither.
    pub better_source_disagrees: bool,
}

/// The conflicts among these statements, targets with targets and facts with facts.
pub fn conflicts<'s>(statements: &[&'s Statement]) -> Vec<Conflict<'s>> {
    let mut found = Vec::new();
    for (i, a) in statements.iter().enumerate() {
        for b in statements.iter().skip(i + 1) {
            if a.stated_on != b.stated_on || a.milestone != b.milestone {
                continue;
            }
            let ((Said::Target(x), Said::Target(y)) | (Said::Actual(x), Said::Actual(y))) =
                (&a.said, &b.said)
            else {
                continue;
            };
            if x.overlaps(y) {
                continue;
            }
            let (shown, other) = if x.hi > y.hi { (a, b) } else { (b, a) };
            found.push(Conflict {
                shown,
                other,
                better_source_disagrees: other.rank < shown.rank,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promises::statement::tests::{day, interval, target};

    #[test]
    fn freshness_falls_to_nothing_at_twice_the_limit() {
        let limits = FreshnessLimits::default();
        let of =
            |phase: &str, today: &str| freshness(phase, day("2026-01-01"), day(today), &limits);
        let at_limit = of("implementation", "2026-04-03");
        assert_eq!((at_limit.age_days, at_limit.stale), (92, false));
        assert_eq!(at_limit.share, Some(0.5));
        assert!(of("implementation", "2026-04-04").stale);
        assert_eq!(of("paused", "2026-07-04").share, Some(0.0));
        assert_eq!(of("paused", "2030-01-01").share, Some(0.0));
        assert!(!of("preparation", "2026-07-03").stale && of("preparation", "2026-07-04").stale);
        assert!(!of("identification", "2027-01-01").stale);
        assert_eq!(of("identification", "2025-01-01").share, Some(1.0));
        let done = of("maintenance", "2030-01-01");
        assert_eq!(
            (done.limit_days, done.share, done.stale),
            (None, None, false)
        );
    }

    #[test]
    fn completeness_names_what_is_missing() {
        let c = completeness(&[Needed::Phase, Needed::Cost, Needed::Phase]);
        assert!((c.share - 2.0 / 9.0).abs() < 1e-12);
        assert_eq!(c.missing.len(), 7);
        assert!(!c.missing.contains(&Needed::Cost));
        assert_eq!(completeness(&Needed::ALL).share, 1.0);
        let mut codes: Vec<&str> = Needed::ALL.iter().map(|n| n.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), 9);
    }

    #[test]
    fn a_milestone_before_what_it_waits_for_is_broken() {
        let dated = |milestone, text: &str| Dated {
            milestone,
            interval: interval(text),
        };
        let broken = broken_dates(&[
            (dated("permit", "2026"), dated("works", "2027")),
            (dated("scanners", "2028"), dated("opening", "2028-Q2")),
            (dated("staff", "2029-01"), dated("opening", "2028-Q2")),
            (dated("toll", "2028-Q2"), dated("opening", "2028-Q2")),
        ]);
        let told: Vec<(&str, i64, bool)> = broken
            .iter()
            .map(|b| (b.predecessor.milestone, b.days, b.certain))
            .collect();
        assert_eq!(told, [("scanners", 184, false), ("staff", 215, true)]);
    }

    #[test]
    fn sources_that_contradict_each_other_are_told() {
        let of_rank = |id: &str, on: &str, date: &str, rank: u8| Statement {
            rank,
            ..target(id, on, date)
        };
        let all = [
            of_rank("owner", "2024-01-01", "2028", 1),
            of_rank("press", "2024-01-01", "2029", 4),
            of_rank("other", "2024-01-01", "2028-Q4", 4),
            of_rank("later", "2024-01-02", "2031", 4),
        ];
        let seen: Vec<&Statement> = all.iter().collect();
        let told: Vec<(&str, &str, bool)> = conflicts(&seen)
            .iter()
            .map(|c| {
                (
                    c.shown.id.as_str(),
                    c.other.id.as_str(),
                    c.better_source_disagrees,
                )
            })
            .collect();
        assert_eq!(told, [("press", "owner", true), ("press", "other", false)]);
    }
}
