//! Questions to who must answer: each with its clock of working days, its answers, and who closed it.

use garita_profile::calendar;
use garita_profile::promises::answering::{Question as Counted, answering};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::One;
use crate::console::public::{Answer, Question as Shown, day};
use crate::console::{Lang, paths};
use crate::pages::public::visit::Visit;
use crate::site::asking::in_language;
use crate::site::register::{Asked, Question, Subject, Told, in_force, newest};

/// Working days within which an answer is due.
const ANSWER_DAYS: i64 = 10;
/// Names of those to whom a question is escalated.
const HOLDERS_MAX: usize = 3;

/// Questions that are due, and how many of them were answered in time.
pub(in crate::pages::public) fn answered(visit: &Visit) -> (usize, usize) {
    let asked: Vec<Counted> = visit
        .register
        .questions
        .values()
        .filter_map(|q| Some(Then::of(visit, q)?.counted(visit)))
        .collect();
    let found = answering(asked.iter(), visit.as_of.today);
    (found.due, found.in_time)
}

/// A question as of then.
pub(super) struct Then<'v> {
    /// Its number.
    pub(super) number: &'v str,
    /// Its words, as last corrected.
    pub(super) what: &'v Asked,
    asked_on: Date,
    pub(super) answers: Vec<&'v Told<(String, String)>>,
    /// By whom it was closed, and which answers were found good.
    closed: Option<&'v Told<Vec<String>>>,
}

impl<'v> Then<'v> {
    fn of(visit: &Visit, question: &'v Question) -> Option<Then<'v>> {
        let (by, recorded) = (visit.as_of.stated_by, visit.as_of.recorded_by_ms);
        let what = newest(&question.asked, by, recorded)?;
        // A correction mends the words, not the day on which it was asked.
        let first = question.asked.iter().filter(|t| t.seen(by, recorded));
        let asked_on = first.map(|t| t.source.stated_on).min()?;
        let mut answers: Vec<_> = in_force(&question.answers, by, recorded).collect();
        answers.sort_by_key(|a| (a.source.stated_on, a.source.logged_ms));
        Some(Then {
            number: &question.number,
            what: &what.what,
            asked_on,
            answers,
            closed: newest(&question.closed, by, recorded),
        })
    }

    /// The day of the answer that closed it; of one that is not closed, of its first answer.
    fn answered_on(&self) -> Option<Date> {
        let good = self.answers.iter().find(|a| {
            self.closed
                .is_some_and(|closed| closed.what.contains(&a.source.id))
        });
        let found = good.or(self.answers.first());
        found.map(|a| a.source.stated_on)
    }

    /// Its words, in the reader's language where there are both.
    fn text<'a>(&'a self, visit: &'a Visit) -> &'a str {
        match &visit.register.publisher {
            Some(publisher) => in_language(
                &self.what.text,
                &self.what.asker,
                &publisher.words,
                visit.lang(),
            ),
            None => &self.what.text,
        }
    }

    fn rung(&self, visit: &Visit) -> Rung {
        let half = after(visit, self.what, self.asked_on, ANSWER_DAYS / 2);
        rung(half, &self.counted(visit), visit.as_of.today)
    }

    fn counted(&self, visit: &Visit) -> Counted {
        Counted {
            asked_on: self.asked_on,
            due_on: due(visit, self.what, self.asked_on),
            answered_on: self.answered_on(),
            accepted: self.closed.is_some(),
            party: (!self.what.of.is_empty()).then(|| self.what.of.clone()),
        }
    }
}

/// What a question's clock brought by itself. Nobody has to record it: it follows from the day of asking, the calendar and the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pages::public) struct Rung {
    /// The day after half of the time, where there was no answer on it.
    pub(in crate::pages::public) reminded_on: Option<Date>,
    /// The day after the last one, where there was no answer on that.
    pub(in crate::pages::public) escalated_on: Option<Date>,
}

fn rung(half: Date, asked: &Counted, today: Date) -> Rung {
    let passed = |last: Date| {
        let next = last.tomorrow().ok()?;
        (next <= today && asked.answered_on.is_none_or(|on| on > last)).then_some(next)
    };
    Rung {
        reminded_on: passed(half),
        escalated_on: passed(asked.due_on),
    }
}

/// One thing that happened to a question, for a feed.
pub(in crate::pages::public) struct Happened {
    /// The record, or the number with what the clock brought.
    pub(in crate::pages::public) id: String,
    /// The instant by which it is ordered, ms since 1970 UTC.
    pub(in crate::pages::public) at_ms: i64,
    /// In a sentence.
    pub(in crate::pages::public) title: String,
    /// The words of question or answer.
    pub(in crate::pages::public) content: String,
}

/// What happened to the questions about a thing as of then.
pub(in crate::pages::public) fn happened(visit: &Visit, subject: &Subject) -> Vec<Happened> {
    let mut out = Vec::new();
    let questions = subject.questions.iter();
    for question in questions.filter_map(|n| visit.register.questions.get(n)) {
        let Some(then) = Then::of(visit, question) else {
            continue;
        };
        let text = then.text(visit);
        let of = &then.what.of;
        let mut add = |id: String, at_ms: i64, title: String, content: &str| {
            out.push(Happened {
                id,
                at_ms,
                title,
                content: content.to_owned(),
            });
        };
        let spanish = visit.lang() == Lang::Es;
        let asked = newest(
            &question.asked,
            visit.as_of.stated_by,
            visit.as_of.recorded_by_ms,
        );
        if let Some(asked) = asked {
            let title = match spanish {
                true => format!("Pregunta a {of}"),
                false => format!("Asked of {of}"),
            };
            let id = format!("records/{}", asked.source.id);
            add(id, asked.source.logged_ms, title, text);
        }
        let rung = then.rung(visit);
        let start = |day: Date| {
            let at = TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0));
            at.map_or(0, |at| at.as_millisecond())
        };
        if let Some(on) = rung.reminded_on {
            let id = format!("questions/{}/reminder", then.number);
            add(id, start(on), reminder(visit, on), text);
        }
        if let Some(on) = rung.escalated_on {
            let id = format!("questions/{}/escalation", then.number);
            add(id, start(on), escalation(visit, on), text);
        }
        for answer in &then.answers {
            let title = match spanish {
                true => format!("Respuesta de {of}"),
                false => format!("Answered by {of}"),
            };
            let id = format!("records/{}", answer.source.id);
            add(id, answer.source.logged_ms, title, &answer.what.0);
        }
    }
    out
}

fn reminder(visit: &Visit, on: Date) -> String {
    let on = day(on, visit.lang());
    match visit.lang() {
        Lang::Es => format!("Recordatorio del {on}: pasó la mitad del plazo sin respuesta"),
        Lang::En => format!("Reminder of {on}: half of the time is gone without an answer"),
    }
}

fn escalation(visit: &Visit, on: Date) -> String {
    let on = day(on, visit.lang());
    let to = escalated_to(visit);
    match (visit.lang(), to.is_empty()) {
        (Lang::Es, false) => format!("Escalada a {to} el {on}: el plazo venció sin respuesta"),
        (Lang::Es, true) => format!("El plazo venció sin respuesta el {on}"),
        (Lang::En, false) => {
            format!("Escalated to {to} on {on}: the time ran out without an answer")
        }
        (Lang::En, true) => format!("The time ran out without an answer on {on}"),
    }
}

/// To whom a question goes whose time has run out: the role of the program, with those of the network who have it now.
fn escalated_to(visit: &Visit) -> String {
    let publisher = visit.register.publisher.as_ref();
    let Some(role) = publisher.and_then(|p| p.words.escalate.as_ref()) else {
        return String::new();
    };
    let network = visit.ask.app.core().network();
    let directory = &network.directory;
    let holders: Vec<&str> = directory
        .with_role(role, visit.ask.now_ms)
        .filter_map(|did| directory.parties.get(did))
        .map(|party| party.name.as_str())
        .take(HOLDERS_MAX)
        .collect();
    let role = visit.say.role(role);
    match holders.is_empty() {
        true => role,
        false => format!("{role} ({})", holders.join(", ")),
    }
}

/// The last day on which an answer is in time, by the calendar of the country of who must answer.
fn due(visit: &Visit, question: &Asked, asked_on: Date) -> Date {
    after(visit, question, asked_on, ANSWER_DAYS)
}

/// The day that is so many working days later.
fn after(visit: &Visit, question: &Asked, from: Date, working: i64) -> Date {
    let (mut day, mut left) = (from, working);
    while left > 0 {
        let Ok(next) = day.tomorrow() else { break };
        day = next;
        left -= i64::from(works(visit, question, day));
    }
    day
}

/// Working days after `from` up to `to`; at most a year is counted.
fn working_days(visit: &Visit, question: &Asked, from: Date, to: Date) -> i64 {
    let (mut day, mut count) = (from, 0);
    for _ in 0..366 {
        let Some(next) = day.tomorrow().ok().filter(|next| *next <= to) else {
            break;
        };
        day = next;
        count += i64::from(works(visit, question, day));
    }
    count
}

fn works(visit: &Visit, question: &Asked, day: Date) -> bool {
    calendar::is_business_day(visit.say.profile.model(), calendar_of(visit, question), day)
}

/// The calendar of the country of who must answer: that of a clock of the program whose name begins with the country's code.
fn calendar_of<'v>(visit: &'v Visit, question: &Asked) -> Option<&'v str> {
    let start = format!("{}.", question.calendar);
    let clocks = visit.say.profile.model().clocks.values();
    let mut named = clocks.filter_map(|clock| clock.calendar.as_deref());
    named.find(|name| name.starts_with(&start))
}

impl<'v> One<'v> {
    /// Its questions as of then: what waits longest first, what is closed last.
    pub(super) fn asked(&self) -> Vec<(Then<'v>, Counted)> {
        let numbers = self.subject.questions.iter();
        let mut found: Vec<(Then<'v>, Counted)> = numbers
            .filter_map(|n| self.visit.register.questions.get(n))
            .filter_map(|q| Then::of(self.visit, q))
            .map(|then| {
                let counted = then.counted(self.visit);
                (then, counted)
            })
            .collect();
        found.sort_by_key(|(then, asked)| {
            (
                asked.accepted,
                asked.answered_on.is_some(),
                asked.due_on,
                then.number,
            )
        });
        found
    }
}

impl One<'_> {
    pub(super) fn questions(&self) -> Vec<Shown> {
        let shown = self.asked().into_iter();
        shown
            .map(|(then, asked)| self.question(&then, &asked))
            .collect()
    }

    pub(super) fn question(&self, then: &Then<'_>, asked: &Counted) -> Shown {
        let question = then.what;
        let today = self.visit.as_of.today;
        let until = asked.answered_on.unwrap_or(today);
        let used = working_days(self.visit, question, asked.asked_on, until);
        let left = match asked.answered_on {
            Some(_) if asked.accepted => self.w("settled", "resuelta").to_owned(),
            Some(_) => self.w("answered", "respondida").to_owned(),
            None => {
                let left = ANSWER_DAYS - used;
                let one = left.abs() == 1;
                match (left >= 0, one, self.lang()) {
                    (true, true, Lang::Es) => "queda 1 día".to_owned(),
                    (true, false, Lang::Es) => format!("quedan {left} días"),
                    (true, true, Lang::En) => "1 day left".to_owned(),
                    (true, false, Lang::En) => format!("{left} days left"),
                    (false, true, Lang::Es) => "1 día de más".to_owned(),
                    (false, false, Lang::Es) => format!("{} días de más", -left),
                    (false, true, Lang::En) => "1 day over".to_owned(),
                    (false, false, Lang::En) => format!("{} days over", -left),
                }
            }
        };
        let country = self.visit.code("answerCalendar", &question.calendar);
        let of = match self.lang() {
            Lang::Es => format!("{used} de {ANSWER_DAYS} días hábiles, {country}"),
            Lang::En => format!("{used} of {ANSWER_DAYS} working days, {country}"),
        };
        let rung = then.rung(self.visit);
        let reminded = rung.reminded_on.map(|on| reminder(self.visit, on));
        let escalated = rung.escalated_on.map(|on| escalation(self.visit, on));
        let by = [
            question.by.clone(),
            self.visit.code("askerKind", &question.asker),
            self.visit.code("askedFor", &question.cause),
        ];
        let by: Vec<String> = by.into_iter().filter(|t| !t.is_empty()).collect();
        Shown {
            text: then.text(self.visit).to_owned(),
            href: paths::question(then.number),
            who: question.of.clone(),
            asked: match self.lang() {
                Lang::Es => format!(
                    "Preguntada el {} ({})",
                    day(asked.asked_on, Lang::Es),
                    by.join(", ")
                ),
                Lang::En => format!(
                    "Asked {} ({})",
                    day(asked.asked_on, Lang::En),
                    by.join(", ")
                ),
            },
            left,
            of,
            rung: reminded.into_iter().chain(escalated).collect(),
            gone: asked
                .answered_on
                .is_none()
                .then(|| used as f64 / ANSWER_DAYS as f64),
            answers: then
                .answers
                .iter()
                .map(|a| {
                    let (text, of) = &a.what;
                    Answer {
                        text: text.clone(),
                        who: if of.is_empty() {
                            self.who(&a.source)
                        } else {
                            of.clone()
                        },
                        at: a.source.stated_on,
                        only_moves: false,
                        proof: self.proof(&a.source),
                    }
                })
                .collect(),
            closed_by: then
                .closed
                .map_or_else(String::new, |c| self.who(&c.source)),
        }
    }
}
