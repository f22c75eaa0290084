//! Whether those who must answer do, and how long it takes them.
//!
//! The method, 8.9. A clock's last day is handed in: working days are [`crate::calendar`]'s.

use jiff::civil::Date;

use super::dates::days_between;
use super::survival::{Observed, Survival};

/// One question to a party, with a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The day it was put.
    pub asked_on: Date,
    /// The last day to answer in time.
    pub due_on: Date,
    /// The day of the answer that closed it.
    pub answered_on: Option<Date>,
    /// The asker or a reviewer closed it. An answerer alone never closes a question.
    pub accepted: bool,
    /// Who must answer; none where nobody is named.
    pub party: Option<String>,
}

impl Question {
    fn answered(&self, today: Date) -> Option<Date> {
        self.answered_on
            .filter(|day| self.accepted && *day <= today)
    }
}

/// How questions were answered, by `today`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answering {
    /// Questions whose clock has run out.
    pub due: usize,
    /// Those of them answered in time.
    pub in_time: usize,
    /// The share answered in time; none of none.
    pub in_time_share: Option<f64>,
    /// Days by which half are answered, by Kaplan-Meier: an open question counts as one that lasts. None where more than half last still.
    pub median_days: Option<f64>,
    /// Open questions.
    pub open: usize,
    /// Open questions whose clock has run out.
    pub open_past: usize,
    /// Open questions for which nobody is named.
    pub open_unnamed: usize,
}

/// How these questions were answered. What was asked or answered after `today` is not seen.
pub fn answering<'q>(questions: impl IntoIterator<Item = &'q Question>, today: Date) -> Answering {
    let asked: Vec<&Question> = questions
        .into_iter()
        .filter(|q| q.asked_on <= today)
        .collect();
    let count = |holds: &dyn Fn(&Question) -> bool| asked.iter().filter(|q| holds(q)).count();
    let past = |q: &Question| q.due_on < today;
    let open = |q: &Question| q.answered(today).is_none();
    let due = count(&past);
    // An early answer to a question whose clock still runs is not counted: its slow fellows are not in the sum yet.
    let in_time = count(&|q| past(q) && q.answered(today).is_some_and(|day| day <= q.due_on));
    let lengths = asked.iter().map(|q| Observed {
        value: days_between(q.asked_on, q.answered(today).unwrap_or(today)) as f64,
        ended: !open(q),
    });
    Answering {
        due,
        in_time,
        in_time_share: (due > 0).then(|| in_time as f64 / due as f64),
        median_days: Survival::of(lengths).quantile(0.5),
        open: count(&open),
        open_past: count(&|q| open(q) && past(q)),
        open_unnamed: count(&|q| open(q) && q.party.is_none()),
    }
}

/// The share of open milestones for which nobody is named, from the party of each; none of none.
pub fn unnamed_share<'a>(parties: impl IntoIterator<Item = Option<&'a str>>) -> Option<f64> {
    let (mut all, mut unnamed) = (0_usize, 0_usize);
    for party in parties {
        all += 1;
        unnamed += usize::from(party.is_none_or(str::is_empty));
    }
    (all > 0).then(|| unnamed as f64 / all as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promises::statement::tests::day;

    fn question(asked: &str, due: &str, answered: Option<&str>) -> Question {
        Question {
            asked_on: day(asked),
            due_on: day(due),
            answered_on: answered.map(day),
            accepted: true,
            party: Some("owner".to_owned()),
        }
    }

    #[test]
    fn open_questions_are_censored_and_not_dropped() {
        let all = [
            question("2026-01-01", "2026-01-15", Some("2026-01-06")), // 5 days
            question("2026-01-01", "2026-01-15", Some("2026-01-21")), // 20 days, late
            question("2026-01-01", "2026-01-15", None),
            question("2026-01-11", "2026-01-25", None),
            question("2026-02-09", "2026-02-23", Some("2026-02-10")), // its clock still runs
        ];
        let a = answering(&all, day("2026-02-10"));
        assert_eq!((a.due, a.in_time), (4, 1));
        assert_eq!(a.in_time_share, Some(0.25));
        assert_eq!((a.open, a.open_past, a.open_unnamed), (2, 2, 0));
        // Ended at 1, 5, 20; 30 and 40 last: shares lasting 0.8, 0.6, 0.4.
        assert_eq!(a.median_days, Some(20.0));
        // Before the second answer three of four last still.
        let before = answering(&all, day("2026-01-20"));
        assert_eq!((before.median_days, before.open), (None, 3));
    }

    #[test]
    fn the_answerer_alone_closes_nothing() {
        let q = Question {
            accepted: false,
            party: None,
            ..question("2026-01-01", "2026-01-15", Some("2026-01-02"))
        };
        let a = answering([&q], day("2026-02-01"));
        assert_eq!(
            (a.open, a.open_past, a.open_unnamed, a.in_time),
            (1, 1, 1, 0)
        );
    }

    #[test]
    fn on_its_last_day_a_clock_has_not_run_out() {
        let q = question("2026-01-01", "2026-01-15", None);
        assert_eq!(answering([&q], day("2026-01-15")).due, 0);
        assert_eq!(answering([&q], day("2026-01-16")).due, 1);
        let none = answering([], day("2026-01-16"));
        assert_eq!((none.in_time_share, none.median_days), (None, None));
    }

    #[test]
    fn the_share_without_a_party() {
        assert_eq!(
            unnamed_share([Some("a"), None, Some(""), Some("b")]),
            Some(0.5)
        );
        assert_eq!(unnamed_share([]), None);
    }
}
