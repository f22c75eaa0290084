//! Statements: what was said of a milestone, on which day, by whom, and when we learned it.
//!
//! Two clocks, always: a statement of 2019 recorded in 2026 changes what had been stated by 2020, and never what was known in 2020.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::dates::Interval;

/// One thing said. Statements are only ever added; a mistake is put right by a later one that `supersedes` it.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Its own, once among all.
    pub id: String,
    /// What it speaks of, once within its subject.
    pub milestone: String,
    /// What it says.
    pub said: Said,
    /// The day it was said.
    pub stated_on: Date,
    /// When we learned it, in milliseconds since 1970.
    pub recorded_ms: i64,
    /// Who said it.
    pub by: String,
    /// How good the source is; lower is better (8.12, [`SourceRank`]).
    pub rank: u8,
    /// Why a date or an amount changed; empty where none was given.
    pub reason: String,
    /// Anything a reader should know.
    pub note: String,
    /// The document of a change of scope that this new date rests on: it makes the date a new, numbered baseline (8.2).
    pub scope_change: Option<String>,
    /// The statement that this one corrects, recorded before it. Who may correct whom is the caller's to judge.
    pub supersedes: Option<String>,
}

/// What a statement says.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// It will be met then.
    Target(Interval),
    /// The date given before no longer holds, and there is no other.
    NoDate,
    /// It was met then.
    Actual(Interval),
    /// It costs so much.
    Cost(Cost),
    /// So much of it is done, or should be.
    Progress {
        /// What is measured: `physical`, `financial`.
        measure: String,
        /// 0 to 100.
        percent: f64,
        /// Whether it is the plan rather than what was found.
        planned: bool,
    },
    /// It is in this phase.
    Phase(String),
    /// The gate: a contract was awarded or ground was broken.
    Award,
}

/// An amount of one kind. Amounts of two kinds, scopes or currencies are never compared (8.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// `estimate`, `appropriation`, `contract`, `spent`.
    pub kind: String,
    /// What it pays for: one side, both, one phase.
    pub scope: String,
    /// Cents, centavos: the currency's smallest unit.
    pub amount_minor: i128,
    /// ISO 4217.
    pub currency: String,
}

/// How good a source is, best first (8.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceRank {
    /// A document of the owner.
    OwnerDocument = 1,
    /// A press release of the owner.
    OwnerRelease = 2,
    /// A law, or the record of a council.
    LawOrCouncil = 3,
    /// The press.
    Press = 4,
    /// A summary written by a machine.
    Machine = 5,
}

impl SourceRank {
    /// For [`Statement::rank`].
    pub fn rank(self) -> u8 {
        self as u8
    }
}

/// From where one looks: the day of the report, and how much of both clocks is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    /// The day the report is for.
    pub today: Date,
    /// Only what had been stated by this day; all where absent.
    pub stated_by: Option<Date>,
    /// Only what had been recorded by this instant (milliseconds since 1970); all where absent.
    pub recorded_by_ms: Option<i64>,
}

impl AsOf {
    /// Everything, on that day.
    pub fn day(today: Date) -> Self {
        Self {
            today,
            stated_by: None,
            recorded_by_ms: None,
        }
    }

    fn recorded(&self, s: &Statement) -> bool {
        self.recorded_by_ms.is_none_or(|by| s.recorded_ms <= by)
    }

    fn stated(&self, s: &Statement) -> bool {
        self.stated_by.is_none_or(|by| s.stated_on <= by)
    }
}

/// The statements seen from there, by day of statement, then when recorded, then id.
///
/// A corrected statement is gone from the moment its correction was recorded, even if the correction moves it to a day that is not
/// seen: what is known to be wrong is not shown because the right answer lies elsewhere.
pub fn visible<'s>(statements: &'s [Statement], as_of: &AsOf) -> Vec<&'s Statement> {
    let mut corrections: BTreeMap<&str, (i64, &str)> = BTreeMap::new();
    for s in statements.iter().filter(|s| as_of.recorded(s)) {
        if let Some(wrong) = s.supersedes.as_deref() {
            let latest = corrections.entry(wrong).or_insert((s.recorded_ms, &s.id));
            *latest = (*latest).max((s.recorded_ms, &s.id));
        }
    }
    // Only a later record corrects: two that name each other would else both be gone.
    let corrected = |s: &Statement| {
        corrections
            .get(s.id.as_str())
            .is_some_and(|by| *by > (s.recorded_ms, s.id.as_str()))
    };
    let mut seen: Vec<&Statement> = statements
        .iter()
        .filter(|s| as_of.recorded(s) && as_of.stated(s) && !corrected(s))
        .collect();
    seen.sort_by(|a, b| {
        (a.stated_on, a.recorded_ms, &a.id).cmp(&(b.stated_on, b.recorded_ms, &b.id))
    });
    seen
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::promises::chance::Chance;

    pub(in crate::promises) fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    pub(in crate::promises) fn interval(text: &str) -> Interval {
        Interval::parse(text).unwrap()
    }

    /// A statement of the milestone `opening`, recorded on its day.
    pub(in crate::promises) fn said(id: &str, stated_on: &str, said: Said) -> Statement {
        let stated_on = day(stated_on);
        Statement {
            id: id.to_owned(),
            milestone: "opening".to_owned(),
            said,
            stated_on,
            recorded_ms: ms(stated_on),
            by: "owner".to_owned(),
            rank: SourceRank::OwnerRelease.rank(),
            reason: String::new(),
            note: String::new(),
            scope_change: None,
            supersedes: None,
        }
    }

    pub(in crate::promises) fn target(id: &str, stated_on: &str, date: &str) -> Statement {
        said(id, stated_on, Said::Target(interval(date)))
    }

    pub(in crate::promises) fn ms(day: Date) -> i64 {
        86_400_000 * crate::promises::dates::days_between(Date::constant(1970, 1, 1), day)
    }

    fn ids(seen: &[&Statement]) -> Vec<String> {
        seen.iter().map(|s| s.id.clone()).collect()
    }

    #[test]
    fn what_is_learned_late_changes_what_was_stated_and_not_what_was_known() {
        let mut all = vec![target("b", "2018-03-01", "2022")];
        let by_2020 = |stated: bool, recorded: bool| AsOf {
            today: day("2026-06-01"),
            stated_by: stated.then(|| day("2020-01-01")),
            recorded_by_ms: recorded.then(|| ms(day("2020-01-01"))),
        };
        let late = Statement {
            recorded_ms: ms(day("2026-01-05")),
            ..target("a", "2019-05-01", "2023")
        };
        all.push(late);
        assert_eq!(ids(&visible(&all, &by_2020(true, false))), ["b", "a"]);
        assert_eq!(ids(&visible(&all, &by_2020(false, true))), ["b"]);
        assert_eq!(ids(&visible(&all, &by_2020(true, true))), ["b"]);
    }

    #[test]
    fn a_correction_counts_from_when_it_was_recorded() {
        let all = vec![
            target("typo", "2019-01-01", "2032"),
            Statement {
                recorded_ms: ms(day("2019-02-01")),
                supersedes: Some("typo".to_owned()),
                ..target("right", "2019-01-02", "2023")
            },
        ];
        let seen = |recorded: &str, stated: &str| {
            let as_of = AsOf {
                today: day("2026-06-01"),
                stated_by: Some(day(stated)),
                recorded_by_ms: Some(ms(day(recorded))),
            };
            ids(&visible(&all, &as_of))
        };
        assert_eq!(seen("2019-01-15", "2026-01-01"), ["typo"]);
        assert_eq!(seen("2019-03-01", "2026-01-01"), ["right"]);
        assert!(seen("2019-03-01", "2019-01-01").is_empty());
    }

    #[test]
    fn two_that_correct_each_other_leave_the_later() {
        let of = |id: &str, wrong: &str| Statement {
            supersedes: Some(wrong.to_owned()),
            ..target(id, "2019-01-01", "2023")
        };
        let as_of = AsOf::day(day("2026-06-01"));
        assert_eq!(ids(&visible(&[of("a", "b"), of("b", "a")], &as_of)), ["b"]);
        assert_eq!(ids(&visible(&[of("a", "a")], &as_of)), ["a"]);
    }

    #[test]
    fn nothing_recorded_later_changes_what_had_been_recorded() {
        let mut chance = Chance::new(7);
        let mut draw = |n: u64| i64::try_from(chance.next_u64() % n).unwrap();
        for round in 0..200 {
            let mut all: Vec<Statement> = (0..20)
                .map(|i| {
                    let on = crate::promises::dates::days_later(day("2018-01-01"), draw(2_000));
                    let mut s = target(&format!("{i}"), &on.unwrap().to_string(), "2027");
                    s.recorded_ms = draw(1_000);
                    if draw(4) == 0 {
                        s.supersedes = Some(draw(20).to_string());
                    }
                    s
                })
                .collect();
            let limit = draw(1_000);
            let as_of = AsOf {
                today: day("2026-06-01"),
                stated_by: (round % 2 == 0).then(|| day("2020-06-01")),
                recorded_by_ms: Some(limit),
            };
            let before = ids(&visible(&all, &as_of));
            all.retain(|s| s.recorded_ms <= limit);
            assert_eq!(ids(&visible(&all, &as_of)), before);
            all.reverse();
            assert_eq!(
                ids(&visible(&all, &as_of)),
                before,
                "the order given is no matter"
            );
        }
    }
}
