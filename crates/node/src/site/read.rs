//! From a record to what it says. Members are those that a program's `promises` asks for; what is not there stays empty.

use std::sync::Arc;

use garita_exchange::read::case_record_of;
use garita_profile::case::{CaseRecord, Directory, ReplaceKind, Standing};
use garita_profile::model::Model;
use garita_profile::promises::dates::Interval;
use garita_profile::promises::statement::{Cost, Said, SourceRank, Statement};
use garita_profile::published::{MEMBERS, Promises};
use garita_store::HeldRecord;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::changes::Number;
use super::register::{
    Asked, Described, Detail, Figure, Milestone, Money, OF_MONTH, Party, Register, Risk, Source,
    StatedPlan, Subject, Told,
};

/// The milestone that is the whole: its opening or completion.
pub(crate) const WHOLE: &str = "completion";
/// What a start of works is filed under: a date of its own, no part of the opening's.
pub(crate) const START: &str = "construction-start";
/// A milestone that is never asked for: what is taken back stands there, so that it takes the place of what it takes back.
const NOWHERE: &str = "";

/// A record, read.
pub(crate) struct SaidRecord {
    pub(super) says: &'static str,
    pub(super) source: Source,
    follows: Vec<String>,
    pub(super) subject: Value,
}

impl SaidRecord {
    /// Where it stands among the events of this node.
    pub(super) fn number(&self) -> Number {
        self.source.number
    }

    /// When its home logged it, ms since 1970 UTC.
    pub(super) fn logged_ms(&self) -> i64 {
        self.source.logged_ms
    }
}

/// By what a record is judged before it counts for everybody.
pub(super) struct Judge<'a> {
    /// The program's words.
    pub(super) words: &'a Promises,
    /// The program.
    pub(super) model: &'a Model,
    /// The trust list.
    pub(super) directory: &'a Directory,
}

impl Judge<'_> {
    /// Reads a record; none of what says nothing here, is in dispute, comes from nobody who may say such things, or speaks of another case
    /// than its envelope names.
    pub(super) fn record(
        &self,
        held: &HeldRecord,
        issuer_of: &dyn Fn(&str) -> Option<String>,
    ) -> Option<SaidRecord> {
        let says = self.words.says(&held.record.record_type)?;
        let (says, _) = MEMBERS.iter().find(|(name, _)| *name == says)?;
        let record = case_record_of(held)?;
        let subject = record.document.get("credentialSubject")?.clone();
        if !self.counts(&record) || !self.is_about(says, &record, &subject) {
            return None;
        }
        let mut source = self.source(&record, &subject);
        source.number = Number {
            entry: held.since.get(),
            record: held.number,
        };
        // Nobody takes back or corrects what another said.
        let foreign = |id: &String| issuer_of(id).is_none_or(|by| by != record.issuer);
        if source.replaces.as_ref().is_some_and(foreign) {
            if source.taken_back {
                return None;
            }
            source.replaces = None;
        }
        Some(SaidRecord {
            says,
            source,
            follows: record.follows.clone(),
            subject,
        })
    }

    /// Whether everybody may be shown it: undisputed, by somebody who has a role that issues such records, whatever its standing. Others may
    /// relay what they like; it stays with the case and moves no public page.
    pub(super) fn counts(&self, record: &CaseRecord) -> bool {
        let may = self
            .model
            .records
            .get(&record.record_type)
            .is_some_and(|ty| {
                let mut roles = ty.issued_by.iter();
                roles.any(|role| self.has(record, role))
            });
        record.disputed.is_none() && may
    }

    fn has(&self, record: &CaseRecord, role: &str) -> bool {
        self.directory
            .has_role(&record.issuer, role, record.logged_ms)
    }

    /// Whether the envelope names the case that the subject speaks of.
    fn is_about(&self, says: &str, record: &CaseRecord, subject: &Value) -> bool {
        if says == "indicator" {
            // Of places the program names no kind here: any case of that key.
            let place = text(subject, "place");
            return record.about.iter().any(|case| case.key == place);
        }
        let (kind, member) = match says {
            "plan" | "funding" => (self.words.plans.as_deref(), "plan"),
            "question" | "answer" | "settled" => (self.words.questions.as_deref(), "question"),
            _ => (Some(self.words.of.as_str()), "project"),
        };
        let key = text(subject, member);
        let mut about = record.about.iter();
        about.any(|case| Some(case.kind.as_str()) == kind && case.key == key)
    }

    fn source(&self, record: &CaseRecord, subject: &Value) -> Source {
        let day = |ms: i64| {
            jiff::Timestamp::from_millisecond(ms)
                .ok()
                .map(|at| TimeZone::UTC.to_datetime(at).date())
        };
        let stated_on = text(subject, "statedOn").parse().ok();
        Source {
            id: record.id.clone(),
            issuer: record.issuer.clone(),
            number: Number::default(),
            own: record.standing == Standing::Act && self.has(record, &self.words.own),
            logged_ms: record.logged_ms,
            stated_on: stated_on
                .or_else(|| day(record.occurred_ms))
                .unwrap_or(Date::constant(1970, 1, 1)),
            approximate: flag(subject, "approximate"),
            addresses: texts(subject, "sources"),
            rank: text(subject, "sourceRank"),
            said_by: text(subject, "statedBy"),
            note: text(subject, "sourceNote"),
            replaces: record.replaces.as_ref().map(|r| r.id.clone()),
            taken_back: record
                .replaces
                .as_ref()
                .is_some_and(|r| r.kind == ReplaceKind::Withdraws),
        }
    }
}

/// Puts what a record says where it belongs.
pub(super) fn place(register: &mut Register, said: SaidRecord) {
    let SaidRecord {
        says,
        source,
        follows,
        subject,
    } = said;
    let id = text(&subject, "project");
    if !id.is_empty() {
        let of = register.subject(&id);
        of.taken.insert(source.id.clone());
    }
    match says {
        "question" => {
            let what = Asked {
                subject: id.clone(),
                text: text(&subject, "questionText"),
                of: text(&subject, "askedOf"),
                calendar: text(&subject, "answerCalendar"),
                cause: text(&subject, "askedFor"),
                asker: text(&subject, "askerKind"),
                by: text(&subject, "askedBy"),
            };
            let number = text(&subject, "question");
            let of = register.subject(&id);
            if !of.questions.contains(&number) {
                of.questions.push(number.clone());
            }
            register.question(&number).asked.push(Told { what, source });
        }
        "answer" => {
            let what = (text(&subject, "answerText"), text(&subject, "answeredFor"));
            let number = text(&subject, "question");
            register
                .question(&number)
                .answers
                .push(Told { what, source });
        }
        "settled" => {
            let number = text(&subject, "question");
            let what = follows;
            register
                .question(&number)
                .closed
                .push(Told { what, source });
        }
        "plan" => {
            let what = StatedPlan {
                names: names(&subject),
                sponsors: texts(&subject, "sponsors"),
                policies: texts(&subject, "policies"),
                subjects: texts(&subject, "projects"),
            };
            let plan = register.plan(&text(&subject, "plan"));
            plan.stated.push(Told { what, source });
        }
        "funding" => {
            let what = Money {
                amount: text(&subject, "amount"),
                currency: text(&subject, "currency"),
                kind: text(&subject, "costKind"),
                payer: text(&subject, "costSource"),
                side: text(&subject, "side"),
            };
            let plan = register.plan(&text(&subject, "plan"));
            plan.money.push(Told { what, source });
        }
        "indicator" => {
            let what = Figure {
                names: [text(&subject, "placeNameEn"), text(&subject, "placeNameEs")],
                indicator: text(&subject, "indicator"),
                // Left out where it is no number: a figure of nothing would be worse than none.
                value: subject
                    .get("value")
                    .and_then(Value::as_f64)
                    .unwrap_or(f64::NAN),
                unit: text(&subject, "unit"),
                as_of: text(&subject, "asOf").parse().ok(),
            };
            register.has_months |= what.indicator.ends_with(OF_MONTH);
            let of = register.figures.entry(text(&subject, "place")).or_default();
            Arc::make_mut(of).push(Told { what, source });
        }
        "approval" => {
            let approved = text(&subject, "decision") == "approve";
            let of = register.subject(&id);
            for what in follows {
                of.approvals.push(Told {
                    what: (what, approved),
                    source: source.clone(),
                });
            }
        }
        "described" => described(register.subject(&id), &subject, source),
        "milestone" => {
            let own = register.subject(&id);
            own.milestones.push(Told {
                what: milestone(&subject),
                source,
            });
        }
        "party" => {
            let what = Party {
                name: text(&subject, "partyName"),
                role: text(&subject, "partyRole"),
                side: text(&subject, "partySide"),
                milestone: text(&subject, "milestone"),
                contact: text(&subject, "partyContact"),
            };
            register.subject(&id).parties.push(Told { what, source });
        }
        "risk" => {
            let what = Risk {
                what: text(&subject, "risk"),
                likelihood: text(&subject, "likelihood"),
                consequence: text(&subject, "consequence"),
                owner: text(&subject, "riskOwner"),
            };
            register.subject(&id).risks.push(Told { what, source });
        }
        "document" => {
            let what = (
                text(&subject, "documentForm"),
                text(&subject, "documentText"),
            );
            register.subject(&id).documents.push(Told { what, source });
        }
        _ => {
            let found = statement(says, &subject).filter(|_| !source.taken_back);
            // What cannot be read still takes the place of what it corrects.
            let nothing = || (NOWHERE.to_owned(), Said::NoDate, Detail::default());
            let (milestone, what, detail) = found.unwrap_or_else(nothing);
            let of = register.subject(&id);
            let gate = match (&what, detail.date_kind.as_str()) {
                (Said::Actual(day), "start-actual") => Some(*day),
                (Said::Actual(day), _) if of.is_award(&milestone) => Some(*day),
                _ => None,
            };
            if let Some(day) = gate {
                // The gate of the contract promise: works were begun, or the contract was awarded.
                let mut source = source.clone();
                source.stated_on = day.hi;
                let id = format!("{}#gate", source.id);
                let detail = Detail {
                    from_description: true,
                    ..Detail::default()
                };
                say(of, id, NOWHERE.to_owned(), Said::Award, detail, source);
            }
            let id = source.id.clone();
            say(of, id, milestone, what, detail, source);
        }
    }
}

/// What a statement says: its milestone, what is said, and more of it.
pub(super) fn statement(says: &'static str, subject: &Value) -> Option<(String, Said, Detail)> {
    let mut detail = Detail {
        reason_text: text(subject, "reasonText"),
        replanned: flag(subject, "replanned"),
        ..Detail::default()
    };
    let named = text(subject, "milestone");
    let start = match named.as_str() {
        "" => START.to_owned(),
        named => format!("{named}-start"),
    };
    let milestone = match named {
        none if none.is_empty() => WHOLE.to_owned(),
        named => named,
    };
    let said = match says {
        "dated" => {
            detail.date_kind = text(subject, "dateKind");
            detail.text = text(subject, "date");
            let interval = || Interval::parse(&detail.text).ok();
            match detail.date_kind.as_str() {
                "target" => (milestone, Said::Target(interval()?)),
                "actual" => (milestone, Said::Actual(interval()?)),
                "no-date" => (milestone, Said::NoDate),
                "start-target" => (start, Said::Target(interval()?)),
                "start-actual" => (start, Said::Actual(interval()?)),
                _ => return None,
            }
        }
        "cost" => {
            let amount = text(subject, "amount");
            let scope = match text(subject, "costScope") {
                none if none.is_empty() => "not-stated".to_owned(),
                scope => scope,
            };
            let cost = Cost {
                kind: text(subject, "costKind"),
                scope,
                amount_minor: minor(&amount)?,
                currency: text(subject, "currency"),
            };
            detail.text = amount;
            detail.payer = text(subject, "costSource");
            (WHOLE.to_owned(), Said::Cost(cost))
        }
        "progress" => {
            let measure = text(subject, "progressMeasure");
            let percent = subject.get("percent").and_then(Value::as_f64)?;
            let planned = flag(subject, "planned");
            (
                milestone,
                Said::Progress {
                    measure,
                    percent,
                    planned,
                },
            )
        }
        "phase" => {
            detail.own_colour = text(subject, "sponsorStatus");
            (WHOLE.to_owned(), Said::Phase(text(subject, "phase")))
        }
        _ => return None,
    };
    Some((said.0, said.1, detail))
}

/// A description says a phase and dates too, as of its day. They count as statements where nothing was said by itself.
fn described(subject: &mut Subject, value: &Value, source: Source) {
    let year = value.get("budgetYear").and_then(Value::as_i64);
    let amount = text(value, "budgetAmount");
    let what = Described {
        names: names(value),
        side: text(value, "side"),
        place: text(value, "port"),
        state: text(value, "state"),
        class: text(value, "projectClass"),
        kind: text(value, "projectType"),
        cargo: text(value, "cargoEffect"),
        phase: text(value, "phase"),
        budget: (!amount.is_empty()).then(|| (amount, text(value, "budgetCurrency"), year)),
        dates: [
            text(value, "originalTarget"),
            text(value, "currentTarget"),
            text(value, "actualCompletion"),
        ],
        sponsors: texts(value, "sponsors"),
    };
    let [first, now, met] = what.dates.clone();
    let parts = [
        (
            "first",
            Interval::parse(&first).ok().map(Said::Target),
            first,
            "target",
        ),
        (
            "now",
            Interval::parse(&now).ok().map(Said::Target),
            now,
            "target",
        ),
        (
            "met",
            Interval::parse(&met).ok().map(Said::Actual),
            met,
            "actual",
        ),
        (
            "phase",
            Some(Said::Phase(what.phase.clone())),
            String::new(),
            "",
        ),
    ];
    for (part, said, text, date_kind) in parts {
        let mut source = source.clone();
        let undated = part == "first";
        if undated {
            // The engine orders by day: what was promised first comes before what is promised now. The day itself is never shown.
            source.stated_on = source.stated_on.yesterday().unwrap_or(source.stated_on);
        }
        let detail = Detail {
            text,
            date_kind: date_kind.to_owned(),
            from_description: true,
            undated,
            ..Detail::default()
        };
        let id = format!("{}#{part}", source.id);
        match said.filter(|_| !source.taken_back) {
            Some(said) => say(subject, id, WHOLE.to_owned(), said, detail, source),
            // What the description before said of it goes all the same.
            None if source.replaces.is_some() => {
                say(
                    subject,
                    id,
                    NOWHERE.to_owned(),
                    Said::NoDate,
                    detail,
                    source,
                );
            }
            None => {}
        }
    }
    subject.described.push(Told { what, source });
}

fn say(
    subject: &mut Subject,
    id: String,
    milestone: String,
    said: Said,
    detail: Detail,
    source: Source,
) {
    let rank = match source.rank.as_str() {
        "owner-document" => SourceRank::OwnerDocument,
        "owner-release" => SourceRank::OwnerRelease,
        "law-record" => SourceRank::LawOrCouncil,
        "summary" => SourceRank::Machine,
        _ => SourceRank::Press,
    };
    // A part of a description takes the place of the same part of the one that it replaces.
    let part = id.split_once('#').map(|(_, part)| part);
    let supersedes = source.replaces.as_ref().map(|replaced| match part {
        Some(part) => format!("{replaced}#{part}"),
        None => replaced.clone(),
    });
    subject.statements.push(Statement {
        id: id.clone(),
        milestone,
        said,
        stated_on: source.stated_on,
        recorded_ms: source.logged_ms,
        by: source.issuer.clone(),
        rank: rank.rank(),
        reason: detail.reason_text.clone(),
        note: source.note.clone(),
        scope_change: detail
            .replanned
            .then(|| source.addresses.first().cloned().unwrap_or_default()),
        supersedes,
    });
    subject.details.insert(id.clone(), detail);
    subject.sources.insert(id, source);
}

fn milestone(subject: &Value) -> Milestone {
    let after = texts(subject, "after")
        .into_iter()
        .map(|named| match named.split_once('#') {
            Some((other, milestone)) => (other.to_owned(), milestone.to_owned()),
            None => (String::new(), named),
        });
    Milestone {
        is_award: text(subject, "milestoneKind") == "award",
        id: text(subject, "milestone"),
        names: names(subject),
        side: text(subject, "side"),
        responsible: text(subject, "responsible"),
        after: after.collect(),
    }
}

fn names(subject: &Value) -> [String; 2] {
    [text(subject, "nameEn"), text(subject, "nameEs")]
}

pub(super) fn text(value: &Value, member: &str) -> String {
    let found = value.get(member).and_then(Value::as_str);
    found.unwrap_or_default().to_owned()
}

fn flag(value: &Value, member: &str) -> bool {
    value.get(member).and_then(Value::as_bool).unwrap_or(false)
}

fn texts(value: &Value, member: &str) -> Vec<String> {
    let list = value.get(member).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// An amount in the currency's smallest unit: both currencies have two decimals.
pub(crate) fn minor(amount: &str) -> Option<i128> {
    let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
    if part.len() > 2 {
        return None;
    }
    let whole: i128 = whole.parse().ok()?;
    let cents: i128 = format!("{part:0<2}").parse().ok()?;
    whole.checked_mul(100)?.checked_add(cents)
}
