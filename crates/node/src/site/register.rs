//! Everything that was said, in memory, by what it is about. Nothing is ever taken out: what was corrected is left out when somebody looks,
//! as of the day for which he looks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use garita_profile::promises::statement::Statement;
use jiff::civil::Date;

use super::Publisher;
use super::changes::{self, Change, Number};
use super::read;

/// All that is published.
#[derive(Debug, Clone, Default)]
pub(crate) struct Register {
    /// Who publishes; none before the first look.
    pub(crate) publisher: Option<Publisher>,
    /// The log was read up to here.
    pub(crate) read_to: u64,
    /// Records read: two registers of one publisher with the same number are the same.
    pub(crate) records: u64,
    /// When the newest of them was logged, ms since 1970 UTC.
    pub(crate) newest_ms: i64,
    /// What is promised, by id.
    pub(crate) subjects: BTreeMap<String, Arc<Subject>>,
    /// Sets of them, by id.
    pub(crate) plans: BTreeMap<String, Arc<Plan>>,
    /// Questions, by number.
    pub(crate) questions: BTreeMap<String, Arc<Question>>,
    /// Figures of places, by place.
    pub(crate) figures: BTreeMap<String, Arc<Vec<Told<Figure>>>>,
    /// Some of them are of a month.
    pub(crate) has_months: bool,
    /// What changed, in the order of its numbers.
    pub(crate) changes: Vec<Arc<Change>>,
}

/// How the code of a figure ends that counts a month.
pub(crate) const OF_MONTH: &str = "-a-month";

/// A number that is known of a place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figure {
    /// Names of the place, English and Spanish.
    pub(crate) names: [String; 2],
    /// Code of what is measured.
    pub(crate) indicator: String,
    /// The number.
    pub(crate) value: f64,
    /// In what.
    pub(crate) unit: String,
    /// The last day of which it speaks.
    pub(crate) as_of: Option<Date>,
}

/// What every record says beside its content.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// The record's id.
    pub(crate) id: String,
    /// Its issuer's DID.
    pub(crate) issuer: String,
    /// Where it stands among the events of this node.
    pub(crate) number: Number,
    /// It is its issuer's own word: an act under the role whose own word counts as such.
    pub(crate) own: bool,
    /// When its home logged it, ms since 1970 UTC.
    pub(crate) logged_ms: i64,
    /// The day on which it was said.
    pub(crate) stated_on: Date,
    /// That day is not sure.
    pub(crate) approximate: bool,
    /// Where it is said, the best first.
    pub(crate) addresses: Vec<String>,
    /// Code of the kind of source; empty where not told.
    pub(crate) rank: String,
    /// Who says it there, where that is not the issuer.
    pub(crate) said_by: String,
    /// A note of whoever recorded it.
    pub(crate) note: String,
    /// The record that it corrects, amends or withdraws.
    pub(crate) replaces: Option<String>,
    /// It takes that one back and says nothing of its own.
    pub(crate) taken_back: bool,
}

/// Something said, with where.
#[derive(Debug, Clone)]
pub(crate) struct Told<T> {
    /// What.
    pub(crate) what: T,
    /// Where, when, by whom.
    pub(crate) source: Source,
}

/// One thing that is promised.
#[derive(Debug, Clone, Default)]
pub(crate) struct Subject {
    /// Its id.
    pub(crate) id: String,
    /// Grows with each record about it.
    pub(crate) revision: u64,
    /// Ids of the records that were taken.
    pub(crate) taken: BTreeSet<String>,
    /// What it is, as said from time to time.
    pub(crate) described: Vec<Told<Described>>,
    /// Dates, costs, progress, phases.
    pub(crate) statements: Vec<Statement>,
    /// Where each statement was said, by its id.
    pub(crate) sources: BTreeMap<String, Source>,
    /// More of each statement than the engine asks for, by its id.
    pub(crate) details: BTreeMap<String, Detail>,
    /// Milestones.
    pub(crate) milestones: Vec<Told<Milestone>>,
    /// Who takes part.
    pub(crate) parties: Vec<Told<Party>>,
    /// What may go wrong.
    pub(crate) risks: Vec<Told<Risk>>,
    /// Whole documents of other standards: form and text.
    pub(crate) documents: Vec<Told<(String, String)>>,
    /// Late changes that a reviewer judged: the statement's id, and whether it was approved.
    pub(crate) approvals: Vec<Told<(String, bool)>>,
    /// Numbers of questions about it.
    pub(crate) questions: Vec<String>,
}

/// What a thing is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Described {
    /// Names, English and Spanish.
    pub(crate) names: [String; 2],
    /// Code of the side.
    pub(crate) side: String,
    /// Port or place.
    pub(crate) place: String,
    /// Code of the state; empty where not told.
    pub(crate) state: String,
    /// Code of the class, by which comparable ones are found.
    pub(crate) class: String,
    /// What is built, in the source's words.
    pub(crate) kind: String,
    /// Code of the effect on cargo; empty where not told.
    pub(crate) cargo: String,
    /// Code of the phase.
    pub(crate) phase: String,
    /// Amount, currency, year as last stated.
    pub(crate) budget: Option<(String, String, Option<i64>)>,
    /// First date, last date, date of completion, as written.
    pub(crate) dates: [String; 3],
    /// Who is responsible.
    pub(crate) sponsors: Vec<String>,
}

/// More of a statement than the engine asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Detail {
    /// A date as written, an amount as written; empty where it is neither.
    pub(crate) text: String,
    /// Code of what the date is: a promise, a start.
    pub(crate) date_kind: String,
    /// Reason in words.
    pub(crate) reason_text: String,
    /// Whose money.
    pub(crate) payer: String,
    /// The sponsor's own colour.
    pub(crate) own_colour: String,
    /// It rests on a change of scope: a new baseline.
    pub(crate) replanned: bool,
    /// It was taken from a description, not said by itself.
    pub(crate) from_description: bool,
    /// The day on which it was stated is not on record at all.
    pub(crate) undated: bool,
}

/// A milestone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Milestone {
    /// Its meeting is the award of the contract.
    pub(crate) is_award: bool,
    /// Its name within the subject.
    pub(crate) id: String,
    /// Names, English and Spanish.
    pub(crate) names: [String; 2],
    /// Code of the side; empty where not told.
    pub(crate) side: String,
    /// Who answers; empty where nobody is named.
    pub(crate) responsible: String,
    /// What it comes after: subject (empty: its own) and milestone.
    pub(crate) after: Vec<(String, String)>,
}

/// Who takes part.
#[derive(Debug, Clone, Default)]
pub(crate) struct Party {
    /// Name.
    pub(crate) name: String,
    /// Code of the role.
    pub(crate) role: String,
    /// Code of the side; empty where not told.
    pub(crate) side: String,
    /// Milestone; empty: the whole.
    pub(crate) milestone: String,
    /// An office's address or telephone; empty where not told.
    pub(crate) contact: String,
}

/// What may go wrong.
#[derive(Debug, Clone, Default)]
pub(crate) struct Risk {
    /// In words.
    pub(crate) what: String,
    /// Code of the likelihood.
    pub(crate) likelihood: String,
    /// Code of the consequence.
    pub(crate) consequence: String,
    /// Who answers.
    pub(crate) owner: String,
}

/// A set of what is promised.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    /// Its id.
    pub(crate) id: String,
    /// What it is, as said from time to time.
    pub(crate) stated: Vec<Told<StatedPlan>>,
    /// Its money.
    pub(crate) money: Vec<Told<Money>>,
}

/// What a plan is.
#[derive(Debug, Clone, Default)]
pub(crate) struct StatedPlan {
    /// Names, English and Spanish.
    pub(crate) names: [String; 2],
    /// Who is responsible.
    pub(crate) sponsors: Vec<String>,
    /// Its policies.
    pub(crate) policies: Vec<String>,
    /// Ids of what belongs to it.
    pub(crate) subjects: Vec<String>,
}

/// Money of one source and kind.
#[derive(Debug, Clone, Default)]
pub(crate) struct Money {
    /// Amount as written.
    pub(crate) amount: String,
    /// ISO 4217.
    pub(crate) currency: String,
    /// Code of the kind.
    pub(crate) kind: String,
    /// Whose; empty where not told.
    pub(crate) payer: String,
    /// Code of the side; empty where not told.
    pub(crate) side: String,
}

/// A question to who must answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Question {
    /// Its number.
    pub(crate) number: String,
    /// What is asked, as asked and corrected.
    pub(crate) asked: Vec<Told<Asked>>,
    /// Answers: words, on whose behalf.
    pub(crate) answers: Vec<Told<(String, String)>>,
    /// What closed it: the answers that were found good.
    pub(crate) closed: Vec<Told<Vec<String>>>,
}

/// What is asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    /// Id of what it is about.
    pub(crate) subject: String,
    /// In words.
    pub(crate) text: String,
    /// To whom.
    pub(crate) of: String,
    /// Code of the calendar by which its clock runs.
    pub(crate) calendar: String,
    /// Code of why it is asked; empty where not told.
    pub(crate) cause: String,
    /// Code of who asks; empty where not told.
    pub(crate) asker: String,
    /// What the asker wants to be called; empty where not told.
    pub(crate) by: String,
}

impl Register {
    /// An empty one.
    pub(crate) fn of(publisher: Publisher) -> Register {
        Register {
            publisher: Some(publisher),
            ..Register::default()
        }
    }

    /// Takes what a record says.
    pub(crate) fn take(&mut self, said: read::SaidRecord) {
        if let Some(change) = changes::of(self, &said) {
            self.changes.push(Arc::new(change));
        }
        self.records += 1;
        self.newest_ms = self.newest_ms.max(said.logged_ms());
        read::place(self, said);
    }

    /// Ids of what belongs to a plan, as last stated; none of a plan that is not there.
    pub(crate) fn members(&self, plan: &str) -> BTreeSet<&str> {
        let stated = self
            .plans
            .get(plan)
            .and_then(|p| newest(&p.stated, None, None));
        let members = stated.into_iter().flat_map(|s| &s.what.subjects);
        members.map(String::as_str).collect()
    }

    /// The thing of that id, made where nothing was said of it before.
    pub(super) fn subject(&mut self, id: &str) -> &mut Subject {
        let subject = self.subjects.entry(id.to_owned()).or_insert_with(|| {
            Arc::new(Subject {
                id: id.to_owned(),
                ..Subject::default()
            })
        });
        let subject = Arc::make_mut(subject);
        subject.revision += 1;
        subject
    }

    /// The plan of that id.
    pub(super) fn plan(&mut self, id: &str) -> &mut Plan {
        let plan = self.plans.entry(id.to_owned()).or_insert_with(|| {
            Arc::new(Plan {
                id: id.to_owned(),
                ..Plan::default()
            })
        });
        Arc::make_mut(plan)
    }

    /// The question of that number.
    pub(super) fn question(&mut self, number: &str) -> &mut Question {
        let question = self.questions.entry(number.to_owned()).or_insert_with(|| {
            Arc::new(Question {
                number: number.to_owned(),
                ..Question::default()
            })
        });
        Arc::make_mut(question)
    }
}

impl Subject {
    /// Whether that milestone is the award of the contract.
    pub(super) fn is_award(&self, milestone: &str) -> bool {
        let mut own = self.milestones.iter();
        own.any(|m| m.what.is_award && m.what.id == milestone)
    }
}

impl<T> Told<T> {
    /// Whether it had been recorded by then, and said by then.
    pub(crate) fn seen(&self, stated_by: Option<Date>, recorded_by_ms: Option<i64>) -> bool {
        stated_by.is_none_or(|by| self.source.stated_on <= by)
            && recorded_by_ms.is_none_or(|by| self.source.logged_ms <= by)
    }
}

/// The newest of those that were said and recorded by then and not replaced by then.
pub(crate) fn newest<T>(
    told: &[Told<T>],
    stated_by: Option<Date>,
    recorded_by_ms: Option<i64>,
) -> Option<&Told<T>> {
    in_force(told, stated_by, recorded_by_ms)
        .max_by_key(|t| (t.source.stated_on, t.source.logged_ms))
}

/// Those that were said and recorded by then and not replaced by then.
pub(crate) fn in_force<T>(
    told: &[Told<T>],
    stated_by: Option<Date>,
    recorded_by_ms: Option<i64>,
) -> impl Iterator<Item = &Told<T>> {
    let recorded = move |t: &&Told<T>| recorded_by_ms.is_none_or(|by| t.source.logged_ms <= by);
    let replaced: Vec<&str> = told
        .iter()
        .filter(recorded)
        .filter_map(|t| t.source.replaces.as_deref())
        .collect();
    told.iter().filter(move |t| {
        let stands = !t.source.taken_back && !replaced.contains(&t.source.id.as_str());
        stands && t.seen(stated_by, recorded_by_ms)
    })
}
