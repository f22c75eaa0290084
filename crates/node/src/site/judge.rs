//! What was said of one thing, as of a day and by a rule: where its date stands, how far it slipped, how old the last word is.

use garita_profile::promises::colour::Colour;
use garita_profile::promises::dates::Interval;
use garita_profile::promises::forecast::{History, Promise};
use garita_profile::promises::quality::{Freshness, FreshnessLimits, Needed, freshness};
use garita_profile::promises::slip::hits::{HitRates, hit_rates};
use garita_profile::promises::slip::{BaselineRule, Slip, Standing, slip};
use garita_profile::promises::statement::{AsOf, Said, Statement, visible};
use jiff::civil::Date;

use super::overview::SET;
use super::read::WHOLE;
use super::register::{Described, Source, Subject, Told, in_force, newest};

/// A date as it was said.
#[derive(Debug, Clone)]
pub(crate) struct SaidDate {
    /// As written: `2027-Q4`.
    pub(crate) text: String,
    /// The days it means.
    pub(crate) interval: Interval,
    /// The day on which it was said; none where that is not on record.
    pub(crate) stated_on: Option<Date>,
    /// The statement.
    pub(crate) statement: String,
    /// Days by which it moved; none for the first.
    pub(crate) moved: Option<i64>,
    /// Two sources of that day cannot both be right.
    pub(crate) conflict: bool,
}

/// One milestone's date, as of a day.
#[derive(Debug, Clone)]
pub(crate) struct Dates {
    /// Where it stands.
    pub(crate) standing: Standing,
    /// What it is held against.
    pub(crate) baseline: Option<SaidDate>,
    /// What is promised now.
    pub(crate) current: Option<SaidDate>,
    /// When it was met.
    pub(crate) actual: Option<SaidDate>,
    /// The date to reckon with.
    pub(crate) effective: Option<Interval>,
    /// Days of slip, and the least and the most.
    pub(crate) slip: Option<(i64, (i64, i64))>,
    /// Slip over the time first allowed.
    pub(crate) relative: Option<f64>,
    /// Days past the target.
    pub(crate) overdue: i64,
    /// How often it changed.
    pub(crate) changes: usize,
    /// Days moved for each day that passed, between the last two statements.
    pub(crate) rate: Option<f64>,
    /// Each promise after the other.
    pub(crate) steps: Vec<SaidDate>,
    /// Since when there is no date any more.
    pub(crate) none_since: Option<Date>,
    /// Whether it was due by now and met in time.
    pub(crate) hits: HitRates,
}

/// One thing as of a day.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    /// Its id.
    pub(crate) id: String,
    /// Its revision when this was worked out.
    pub(crate) revision: u64,
    /// What it is; none where only statements came so far.
    pub(crate) described: Option<Described>,
    /// Code of its phase; empty where none was stated.
    pub(crate) phase: String,
    /// The date of the whole.
    pub(crate) dates: Dates,
    /// The day of the last word, whatever it was.
    pub(crate) last_word: Option<Date>,
    /// How fresh that is.
    pub(crate) fresh: Option<Freshness>,
    /// Which of the nine things are on record.
    pub(crate) present: Vec<Needed>,
    /// What its sponsor says of itself.
    pub(crate) own_colour: Option<(Colour, String)>,
    /// What it tells of its class.
    pub(crate) history: Option<History>,
    /// The promise from which a forecast goes out.
    pub(crate) promise: Option<Promise>,
    /// Statements seen, those of a description not counted.
    pub(crate) statements: usize,
    /// Its phase says that it is done, and nobody ever said on which day.
    pub(crate) done_undated: bool,
}

impl Judged {
    /// Port or place; empty where nothing describes it.
    pub(crate) fn place(&self) -> &str {
        self.described.as_ref().map_or("", |d| &d.place)
    }
}

/// What a subject comes to.
pub(crate) fn judge(subject: &Subject, as_of: &AsOf, rule: BaselineRule) -> Judged {
    let (by, recorded) = (as_of.stated_by, as_of.recorded_by_ms);
    let described = newest(&subject.described, by, recorded);
    let seen = seen(subject, described, as_of);
    let phase = phase(&seen);
    let mut dates = dates(subject, &seen, WHOLE, rule, as_of.today);
    halt(&mut dates, &seen);
    let done_undated = done(&mut dates, &phase);
    let said = seen
        .iter()
        .filter(|s| !is_undated(subject, s) && !s.milestone.is_empty());
    let last_word = said
        .map(|s| s.stated_on)
        .chain(described.map(|d| d.source.stated_on))
        .max();
    let class = described.map_or("", |d| d.what.class.as_str());
    let gate = rule.code();
    let promise = dates.baseline.as_ref().and_then(|base| {
        Some(Promise {
            stated_on: base.stated_on?,
            target: base.interval,
        })
    });
    // What was done on no known day says nothing of how long it took.
    let told = promise
        .as_ref()
        .filter(|_| !done_undated && phase != "cancelled" && class != SET);
    let history = told.and_then(|promise| match &dates.actual {
        Some(met) => History::finished(class, gate, promise, met.interval.hi),
        None => {
            let target = dates.current.as_ref().map(|c| c.interval);
            History::unfinished(class, gate, promise, target, as_of.today)
        }
    });
    let own_colour = seen.iter().rev().find_map(|s| {
        let detail = subject.details.get(&s.id)?;
        let colour = match detail.own_colour.as_str() {
            "green" => Colour::Green,
            "amber" => Colour::Amber,
            "red" => Colour::Red,
            _ => return None,
        };
        Some((colour, s.id.clone()))
    });
    Judged {
        id: subject.id.clone(),
        revision: subject.revision,
        present: present(subject, &seen, described, &dates, as_of),
        fresh: last_word
            .map(|day| freshness(&phase, day, as_of.today, &FreshnessLimits::default())),
        statements: seen.iter().filter(|s| !is_described(subject, s)).count(),
        described: described.map(|d| d.what.clone()),
        phase,
        dates,
        last_word,
        own_colour,
        history,
        promise,
        done_undated,
    }
}

/// The statements that count as of then: those of a description only where nothing was said by itself.
pub(crate) fn seen<'s>(
    subject: &'s Subject,
    described: Option<&Told<Described>>,
    as_of: &AsOf,
) -> Vec<&'s Statement> {
    let all = visible(&subject.statements, as_of);
    let own = |s: &&&Statement| !is_described(subject, s) && s.milestone == WHOLE;
    let targets: Vec<(Interval, Date)> = all
        .iter()
        .filter(own)
        .filter_map(|s| match s.said {
            Said::Target(interval) => Some((interval, s.stated_on)),
            _ => None,
        })
        .collect();
    let met = all
        .iter()
        .filter(own)
        .any(|s| matches!(s.said, Said::Actual(_)));
    let newest = described.map(|d| d.source.id.as_str());
    let counts = |s: &&Statement| {
        let Some((record, part)) = s.id.split_once('#') else {
            return true;
        };
        let Said::Target(interval) = s.said else {
            return part != "met" || !met;
        };
        match part {
            // The newest description's own: those before it said the same of the same day.
            "first" => targets.is_empty() && newest == Some(record),
            _ => !targets
                .iter()
                .any(|(said, on)| said.same_days(&interval) || *on >= s.stated_on),
        }
    };
    // What was taken back stands nowhere, and is no word on anything.
    let said = |s: &&Statement| !s.milestone.is_empty() || matches!(s.said, Said::Award);
    all.into_iter().filter(counts).filter(said).collect()
}

/// Where one milestone's date stands.
pub(crate) fn dates(
    subject: &Subject,
    seen: &[&Statement],
    milestone: &str,
    rule: BaselineRule,
    today: Date,
) -> Dates {
    let found = slip(seen, milestone, rule, today);
    let said = |stated: &garita_profile::promises::slip::Stated<'_>, moved: Option<i64>| {
        let id = &stated.statement.id;
        let detail = subject.details.get(id);
        SaidDate {
            text: detail.map(|d| d.text.clone()).unwrap_or_default(),
            interval: stated.interval,
            stated_on: (!detail.is_some_and(|d| d.undated)).then(|| stated.stated_on()),
            statement: id.clone(),
            moved,
            conflict: stated.conflict,
        }
    };
    let undated = found
        .baseline
        .as_ref()
        .is_some_and(|b| is_undated(subject, b.statement));
    let none_since = seen
        .iter()
        .rev()
        .find(|s| s.milestone == milestone && matches!(s.said, Said::NoDate))
        .map(|s| s.stated_on);
    let steps = found
        .steps
        .iter()
        .map(|step| said(&step.stated, step.moved_days));
    Dates {
        baseline: found.baseline.as_ref().map(|b| said(b, None)),
        current: found.current.as_ref().map(|c| said(c, None)),
        actual: found.actual.as_ref().map(|a| said(a, None)),
        slip: slip_of(&found),
        // Without the day of the first promise nobody knows how much time it allowed, nor how fast it moved.
        relative: found.relative.filter(|_| !undated),
        rate: found.rate.filter(|_| !(undated && found.steps.len() < 3)),
        standing: found.standing,
        effective: found.effective,
        overdue: found.overdue_days,
        changes: found.changes,
        steps: steps.collect(),
        none_since,
        hits: hit_rates(std::slice::from_ref(&found), Date::MIN, today, today),
    }
}

/// What was halted after its last promise has no date any more, though nobody took the date back: no date is a state to report.
fn halt(dates: &mut Dates, seen: &[&Statement]) {
    let newest = seen.iter().rev().find_map(|s| match &s.said {
        Said::Phase(phase) => Some((phase.as_str(), s.stated_on)),
        _ => None,
    });
    let Some(("halted" | "paused" | "cancelled", since)) = newest else {
        return;
    };
    let promised = dates.current.as_ref().map(|c| c.stated_on);
    if dates.actual.is_none() && promised.is_some_and(|on| on.is_none_or(|on| on < since)) {
        dates.standing = Standing::NoCurrentDate;
        dates.none_since = Some(since);
        dates.current = None;
        dates.slip = None;
        dates.effective = None;
        dates.relative = None;
        dates.overdue = 0;
        dates.hits = HitRates::default();
    }
}

/// What is done cannot be overdue: where nobody said on which day, its date is not known, and so is its slip.
fn done(dates: &mut Dates, phase: &str) -> bool {
    let is_done = matches!(
        phase,
        "completion" | "maintenance" | "decommissioning" | "decommissioned"
    );
    if !is_done || dates.actual.is_some() {
        return false;
    }
    dates.slip = None;
    dates.effective = None;
    dates.relative = None;
    dates.overdue = 0;
    dates.hits = HitRates::default();
    if dates.standing == Standing::Overdue {
        dates.standing = Standing::Due;
    }
    true
}

fn slip_of(found: &Slip<'_>) -> Option<(i64, (i64, i64))> {
    Some((found.slip_days?, found.slip_range?))
}

/// The newest phase that was stated.
fn phase(seen: &[&Statement]) -> String {
    let newest = seen.iter().rev().find_map(|s| match &s.said {
        Said::Phase(phase) => Some(phase.clone()),
        _ => None,
    });
    newest.unwrap_or_default()
}

/// Which of the nine things are on record.
fn present(
    subject: &Subject,
    seen: &[&Statement],
    described: Option<&Told<Described>>,
    dates: &Dates,
    as_of: &AsOf,
) -> Vec<Needed> {
    let (by, recorded) = (as_of.stated_by, as_of.recorded_by_ms);
    let parties: Vec<_> = in_force(&subject.parties, by, recorded).collect();
    let has = |test: &dyn Fn(&Statement) -> bool| seen.iter().any(|s| test(s));
    let payer = |s: &Statement| {
        subject
            .details
            .get(&s.id)
            .is_some_and(|d| !d.payer.is_empty())
    };
    let last_change = dates.steps.iter().rev().find(|step| step.moved != Some(0));
    let source_of = |id: &str| -> Option<&Source> { subject.sources.get(id) };
    let documented = last_change.is_none_or(|step| {
        let addressed = source_of(&step.statement).is_some_and(|s| !s.addresses.is_empty());
        let reasoned = subject
            .details
            .get(&step.statement)
            .is_some_and(|d| !d.reason_text.is_empty());
        addressed && (reasoned || step.moved.is_none())
    });
    let milestones: Vec<_> = in_force(&subject.milestones, by, recorded).collect();
    let next = milestones.iter().any(|m| {
        !has(&|s| s.milestone == m.what.id && matches!(s.said, Said::Actual(_)))
            && has(&|s| s.milestone == m.what.id && matches!(s.said, Said::Target(_)))
    });
    let known_cost = |s: &Statement| match &s.said {
        Said::Cost(cost) => cost.kind != "not-stated",
        _ => false,
    };
    let reachable = parties
        .iter()
        .any(|p| p.what.role == "responsible" && !p.what.contact.is_empty());
    let funded = has(&payer) || parties.iter().any(|p| p.what.role == "funder");
    [
        (Needed::ResponsibleParty, reachable),
        (
            Needed::Phase,
            described.is_some() || has(&|s| matches!(s.said, Said::Phase(_))),
        ),
        (Needed::BaselineDate, dates.baseline.is_some()),
        (
            Needed::CurrentDate,
            dates.current.is_some() || dates.actual.is_some(),
        ),
        (Needed::Cost, has(&known_cost)),
        (Needed::FundingSource, funded),
        (Needed::NextMilestone, next || dates.actual.is_some()),
        (
            Needed::ChangeDocument,
            documented && dates.baseline.is_some(),
        ),
        (
            Needed::Progress,
            has(&|s| matches!(s.said, Said::Progress { planned: false, .. })),
        ),
    ]
    .into_iter()
    .filter_map(|(needed, there)| there.then_some(needed))
    .collect()
}

fn is_described(subject: &Subject, statement: &Statement) -> bool {
    let detail = subject.details.get(&statement.id);
    detail.is_some_and(|d| d.from_description)
}

fn is_undated(subject: &Subject, statement: &Statement) -> bool {
    subject
        .details
        .get(&statement.id)
        .is_some_and(|d| d.undated)
}
