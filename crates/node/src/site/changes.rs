//! What changed, one event after the other: a reader who stopped somewhere goes on from there and misses nothing.
//!
//! INVARIANT (append-only): an event's number is where its record stands in what this node opened to its publisher: the entry of the log,
//! and among the records of one entry their order of arrival. Numbers only grow, a correction is an event of its own, and no event is given
//! out before the whole entry of the log that it belongs to was read.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use garita_profile::promises::dates::Interval;
use garita_profile::promises::statement::{Said, Statement};
use jiff::civil::Date;

use super::overview::Overview;
use super::read::{SaidRecord, statement, text};
use super::register::{Detail, Register, Source, Subject};

/// Where an event stands: `812.40`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Number {
    /// Entry of this node's log that opened the record to the publisher.
    pub(crate) entry: u64,
    /// The record's number in order of arrival.
    pub(crate) record: u64,
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.entry, self.record)
    }
}

impl Number {
    /// Reads what [`fmt::Display`] writes; none of anything else.
    pub(crate) fn parse(text: &str) -> Option<Number> {
        let (entry, record) = text.split_once('.')?;
        let number = Number {
            entry: entry.parse().ok()?,
            record: record.parse().ok()?,
        };
        // One form a number: what is written another way is no number of ours.
        (number.to_string() == text).then_some(number)
    }
}

/// What an event is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// A day is promised.
    DatePromised,
    /// It was met.
    DateMet,
    /// There is no promised day any more.
    DateWithdrawn,
    /// A start of works is promised.
    StartPromised,
    /// Works began.
    StartMet,
    /// Money.
    Cost,
    /// How much is done.
    Progress,
    /// How much was to be done.
    ProgressPlanned,
    /// The phase.
    Phase,
    /// What it is.
    Described,
    /// A milestone.
    Milestone,
    /// Who takes part.
    Party,
    /// What may go wrong.
    Risk,
    /// A late change was judged.
    Approval,
    /// A question.
    Question,
    /// An answer.
    Answer,
    /// A question was closed.
    Settled,
    /// A set of things.
    Plan,
    /// Money of a set.
    PlanMoney,
}

/// What somebody may want to be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Topic {
    /// Dates promised, met, withdrawn.
    Dates,
    /// Money.
    Costs,
    /// Progress and phases.
    Progress,
    /// Questions and answers.
    Questions,
    /// All else: descriptions, milestones, parties, risks, plans.
    Other,
}

impl Topic {
    /// All of them.
    pub(crate) const ALL: [Topic; 5] = [
        Topic::Dates,
        Topic::Costs,
        Topic::Progress,
        Topic::Questions,
        Topic::Other,
    ];

    /// Its code.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Topic::Dates => "dates",
            Topic::Costs => "costs",
            Topic::Progress => "progress",
            Topic::Questions => "questions",
            Topic::Other => "other",
        }
    }

    /// The one of that code.
    pub(crate) fn of(code: &str) -> Option<Topic> {
        Topic::ALL.into_iter().find(|topic| topic.code() == code)
    }
}

impl Kind {
    /// Its code.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Kind::DatePromised => "date-promised",
            Kind::DateMet => "date-met",
            Kind::DateWithdrawn => "date-withdrawn",
            Kind::StartPromised => "start-promised",
            Kind::StartMet => "start-met",
            Kind::Cost => "cost",
            Kind::Progress => "progress",
            Kind::ProgressPlanned => "progress-planned",
            Kind::Phase => "phase",
            Kind::Described => "description",
            Kind::Milestone => "milestone",
            Kind::Party => "party",
            Kind::Risk => "risk",
            Kind::Approval => "approval",
            Kind::Question => "question",
            Kind::Answer => "answer",
            Kind::Settled => "closed",
            Kind::Plan => "plan",
            Kind::PlanMoney => "plan-money",
        }
    }

    /// What it belongs to.
    pub(crate) fn topic(self) -> Topic {
        match self {
            Kind::DatePromised
            | Kind::DateMet
            | Kind::DateWithdrawn
            | Kind::StartPromised
            | Kind::StartMet => Topic::Dates,
            Kind::Cost | Kind::PlanMoney => Topic::Costs,
            Kind::Progress | Kind::ProgressPlanned | Kind::Phase => Topic::Progress,
            Kind::Question | Kind::Answer | Kind::Settled => Topic::Questions,
            Kind::Described
            | Kind::Milestone
            | Kind::Party
            | Kind::Risk
            | Kind::Approval
            | Kind::Plan => Topic::Other,
        }
    }
}

/// One event.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// Where it stands.
    pub(crate) number: Number,
    /// Id of the record that says it.
    pub(crate) record: String,
    /// What it is of.
    pub(crate) kind: Kind,
    /// Id of the thing; empty for a plan.
    pub(crate) subject: String,
    /// Id of the plan; else empty.
    pub(crate) plan: String,
    /// Number of the question; else empty.
    pub(crate) question: String,
    /// Milestone; empty where it is of none.
    pub(crate) milestone: String,
    /// What was said before, as written; empty where nothing was.
    pub(crate) old: String,
    /// What is said now, as written; empty where it was taken back.
    pub(crate) new: String,
    /// Kind of cost, measure of progress: what old and new have in common. Else empty.
    pub(crate) measure: String,
    /// Days by which a promised day moved; none where nothing was promised before.
    pub(crate) moved_days: Option<i64>,
    /// How often that day had moved with this time, as ordered by the day of saying.
    pub(crate) nth: usize,
    /// Reason in words; empty where none was given.
    pub(crate) reason: String,
    /// The day on which it was said.
    pub(crate) stated_on: Date,
    /// When its home logged it, ms since 1970 UTC.
    pub(crate) recorded_ms: i64,
    /// Its issuer's DID.
    pub(crate) issuer: String,
    /// Who says it at the source, where that is not the issuer.
    pub(crate) said_by: String,
    /// Where it is said.
    pub(crate) addresses: Vec<String>,
    /// The record that it takes the place of.
    pub(crate) supersedes: Option<String>,
    /// It takes that one back and says nothing of its own.
    pub(crate) taken_back: bool,
}

impl Register {
    /// Events after that one, oldest first, of entries of the log that were read whole.
    pub(crate) fn changes_after(&self, after: Option<Number>) -> impl Iterator<Item = &Change> {
        let from = match after {
            Some(after) => self.changes.partition_point(|c| c.number <= after),
            None => 0,
        };
        self.whole().skip(from)
    }

    /// Events of entries of the log that were read whole, oldest first.
    pub(crate) fn whole(&self) -> impl DoubleEndedIterator<Item = &Change> + ExactSizeIterator {
        let to = self
            .changes
            .partition_point(|c| c.number.entry < self.read_to);
        self.changes
            .get(..to)
            .unwrap_or(&[])
            .iter()
            .map(Arc::as_ref)
    }

    /// The number of the newest of them.
    pub(crate) fn last_number(&self) -> Number {
        self.whole()
            .next_back()
            .map(|c| c.number)
            .unwrap_or_default()
    }
}

/// Which things somebody asks about: one, those of a plan, those at a place.
pub(crate) struct Scope<'a> {
    overview: &'a Overview,
    subject: &'a str,
    plan: &'a str,
    /// Ids of what belongs to the plan.
    members: BTreeSet<&'a str>,
    place: &'a str,
}

impl<'a> Scope<'a> {
    /// Each empty text asks for everything.
    pub(crate) fn of(
        register: &'a Register,
        overview: &'a Overview,
        subject: &'a str,
        plan: &'a str,
        place: &'a str,
    ) -> Scope<'a> {
        Scope {
            overview,
            subject,
            plan,
            members: register.members(plan),
            place,
        }
    }

    /// Whether a change is of one of them.
    pub(crate) fn takes(&self, change: &Change) -> bool {
        let is_at = || {
            let judged = self.overview.all.get(&change.subject);
            judged.is_some_and(|j| j.place() == self.place)
        };
        (self.subject.is_empty() || self.subject == change.subject)
            && (self.plan.is_empty()
                || self.plan == change.plan
                || self.members.contains(change.subject.as_str()))
            && (self.place.is_empty() || is_at())
    }
}

/// What a record changes, before it is taken; none of what is counted elsewhere: figures of places, whole documents of other standards.
pub(super) fn of(register: &Register, said: &SaidRecord) -> Option<Change> {
    let (source, value) = (&said.source, &said.subject);
    let blank = Change {
        number: source.number,
        record: source.id.clone(),
        kind: Kind::Described,
        subject: text(value, "project"),
        plan: String::new(),
        question: String::new(),
        milestone: String::new(),
        old: String::new(),
        new: String::new(),
        measure: String::new(),
        moved_days: None,
        nth: 0,
        reason: text(value, "reasonText"),
        stated_on: source.stated_on,
        recorded_ms: source.logged_ms,
        issuer: source.issuer.clone(),
        said_by: source.said_by.clone(),
        addresses: source.addresses.clone(),
        supersedes: source.replaces.clone(),
        taken_back: source.taken_back,
    };
    let simple = |kind: Kind, new: String| {
        let new = match source.taken_back {
            true => String::new(),
            false => new,
        };
        Some(Change {
            kind,
            new,
            milestone: text(value, "milestone"),
            ..blank.clone()
        })
    };
    match said.says {
        "indicator" | "document" => None,
        "described" => simple(Kind::Described, String::new()),
        "milestone" => simple(Kind::Milestone, text(value, "milestone")),
        "party" => simple(Kind::Party, text(value, "partyName")),
        "risk" => simple(Kind::Risk, text(value, "risk")),
        "approval" => simple(Kind::Approval, text(value, "decision")),
        "plan" | "funding" => {
            let kind = match said.says {
                "plan" => Kind::Plan,
                _ => Kind::PlanMoney,
            };
            let amount = text(value, "amount");
            let new = match amount.is_empty() {
                true => String::new(),
                false => format!("{amount} {}", text(value, "currency")),
            };
            simple(kind, new).map(|change| Change {
                plan: text(value, "plan"),
                measure: text(value, "costKind"),
                ..change
            })
        }
        "question" | "answer" | "settled" => {
            let question = text(value, "question");
            let (kind, new) = match said.says {
                "question" => (Kind::Question, text(value, "questionText")),
                "answer" => (Kind::Answer, text(value, "answerText")),
                _ => (Kind::Settled, text(value, "reasonText")),
            };
            // Who closes a question names it alone: what it is about was said by who asked.
            let about = || {
                let asked = register.questions.get(&question)?.asked.first()?;
                Some(asked.what.subject.clone())
            };
            let subject = match blank.subject.is_empty() {
                true => about().unwrap_or_default(),
                false => blank.subject.clone(),
            };
            simple(kind, new).map(|change| Change {
                question,
                subject,
                ..change
            })
        }
        _ => stated(register, said, blank),
    }
}

/// What a date, a cost, a progress or a phase changes.
fn stated(register: &Register, record: &SaidRecord, blank: Change) -> Option<Change> {
    let (milestone, said, detail) = statement(record.says, &record.subject)?;
    let (new, measure) = worded(&said, &detail);
    let (kind, at_start) = match (&said, detail.date_kind.as_str()) {
        (Said::Target(_), "start-target") => (Kind::StartPromised, true),
        (Said::Actual(_), "start-actual") => (Kind::StartMet, true),
        (Said::Target(_), _) => (Kind::DatePromised, false),
        (Said::Actual(_), _) => (Kind::DateMet, false),
        (Said::NoDate, _) => (Kind::DateWithdrawn, false),
        (Said::Cost(_), _) => (Kind::Cost, false),
        (Said::Progress { planned: true, .. }, _) => (Kind::ProgressPlanned, false),
        (Said::Progress { .. }, _) => (Kind::Progress, false),
        (Said::Phase(_), _) => (Kind::Phase, false),
        (Said::Award, _) => return None,
    };
    let mut change = Change {
        kind,
        new,
        measure,
        // The start of the whole has a name of the register's own, which nobody stated.
        milestone: match at_start {
            true => text(&record.subject, "milestone"),
            false if kind.topic() == Topic::Dates || kind.topic() == Topic::Progress => {
                milestone.clone()
            }
            false => String::new(),
        },
        ..blank
    };
    if kind == Kind::Phase {
        change.milestone = String::new();
    }
    if let Some(subject) = register.subjects.get(&change.subject) {
        let before = Before {
            subject,
            milestone: &milestone,
            said: &said,
            source: &record.source,
        };
        before.fill(&mut change);
    }
    if change.taken_back {
        change.new = String::new();
        change.moved_days = None;
    }
    Some(change)
}

/// What is written, and what it is a measure of.
fn worded(said: &Said, detail: &Detail) -> (String, String) {
    match said {
        Said::Target(_) | Said::Actual(_) => (detail.text.clone(), String::new()),
        Said::NoDate | Said::Award => (String::new(), String::new()),
        Said::Cost(cost) => (
            format!("{} {}", detail.text, cost.currency),
            cost.kind.clone(),
        ),
        Said::Progress {
            measure, percent, ..
        } => (percent.to_string(), measure.clone()),
        Said::Phase(phase) => (phase.clone(), String::new()),
    }
}

/// What had been said of the same, when a record came.
struct Before<'a> {
    subject: &'a Subject,
    milestone: &'a str,
    said: &'a Said,
    source: &'a Source,
}

impl Before<'_> {
    fn fill(&self, change: &mut Change) {
        let replaced: Vec<&str> = self
            .subject
            .statements
            .iter()
            .filter_map(|s| s.supersedes.as_deref())
            .collect();
        let stands = |s: &&Statement| {
            let undated = self.subject.details.get(&s.id).is_some_and(|d| d.undated);
            s.milestone == self.milestone
                && is_same(&s.said, self.said)
                && !undated
                && !replaced.contains(&s.id.as_str())
        };
        let mut earlier: Vec<&Statement> = self
            .subject
            .statements
            .iter()
            .filter(stands)
            .filter(|s| s.stated_on <= self.source.stated_on)
            .collect();
        earlier.sort_by_key(|a| (a.stated_on, a.recorded_ms));
        // A description only sums up: what was said by itself is what was said before.
        let is_own = |s: &&Statement| !s.id.contains('#');
        if earlier.iter().any(is_own) {
            earlier.retain(is_own);
        }
        let corrected = self.source.replaces.as_deref();
        let corrected = corrected.and_then(|id| {
            let all = self.subject.statements.iter();
            all.filter(|s| !s.milestone.is_empty()).find(|s| s.id == id)
        });
        // What is corrected is what was said before, whenever that was.
        let Some(old) = corrected.or(earlier.last().copied()) else {
            return;
        };
        if let Some(detail) = self.subject.details.get(&old.id) {
            change.old = worded(&old.said, detail).0;
        }
        let (Some(was), Some(is)) = (interval(&old.said), interval(self.said)) else {
            return;
        };
        if matches!((&old.said, self.said), (Said::Actual(_), Said::Actual(_))) {
            // What was met on another day than was said first is no promise that moved.
            return;
        }
        change.moved_days = Some(is.days_after(&was));
        if matches!(self.said, Said::Target(_)) {
            let told = earlier
                .iter()
                .filter(|s| Some(s.id.as_str()) != corrected.map(|c| c.id.as_str()))
                .filter_map(|s| interval(&s.said));
            let told: Vec<Interval> = told.chain([is]).collect();
            let pairs = told.iter().zip(told.iter().skip(1));
            change.nth = pairs.filter(|(a, b)| a.hi != b.hi).count();
        }
    }
}

/// Whether two statements say the same kind of thing, so that one takes the other's place.
fn is_same(held: &Said, new: &Said) -> bool {
    match (held, new) {
        (Said::Target(_) | Said::NoDate, Said::Target(_) | Said::NoDate) => true,
        // What was promised is what the day of meeting is held against, where no other such day was told.
        (Said::Actual(_) | Said::Target(_), Said::Actual(_)) => true,
        (Said::Cost(a), Said::Cost(b)) => {
            (&a.kind, &a.scope, &a.currency) == (&b.kind, &b.scope, &b.currency)
        }
        (
            Said::Progress {
                measure: a,
                planned: p,
                ..
            },
            Said::Progress {
                measure: b,
                planned: q,
                ..
            },
        ) => (a, p) == (b, q),
        (Said::Phase(_), Said::Phase(_)) => true,
        _ => false,
    }
}

fn interval(said: &Said) -> Option<Interval> {
    match said {
        Said::Target(interval) | Said::Actual(interval) => Some(*interval),
        _ => None,
    }
}

/// Puts events into their order. They come nearly in it: only what was opened late stands elsewhere.
pub(super) fn order(changes: &mut [Arc<Change>]) {
    let ordered = changes
        .iter()
        .zip(changes.iter().skip(1))
        .all(|(a, b)| a.number.cmp(&b.number) != Ordering::Greater);
    if !ordered {
        changes.sort_by_key(|c| c.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_it_is_written_and_no_other_way() {
        let number = Number {
            entry: 812,
            record: 40,
        };
        assert_eq!(Number::parse("812.40"), Some(number));
        for other in [
            "", "812", "812.", ".40", "812.040", "+812.40", "812.40.1", "-1.2", "９.1",
        ] {
            assert_eq!(Number::parse(other), None, "{other}");
        }
    }

    #[test]
    fn every_topic_is_found_by_its_code() {
        for topic in Topic::ALL {
            assert_eq!(Topic::of(topic.code()), Some(topic));
        }
        assert_eq!(Topic::of("date"), None);
    }
}
