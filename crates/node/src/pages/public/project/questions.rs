//! Questions to who must answer: all of them, one on a page of its own, as a file.

use std::cmp::Reverse;

use garita_exchange::problem::Refusal;
use garita_profile::promises::answering::Question as Counted;

use super::One;
use super::answering::Then;
use crate::console::public::{
    AskedRow, FeedKind, Figure, PublicFeed, PublicPlace, QuestionPage, QuestionsPage,
    render_question, render_questions,
};
use crate::console::{Choice, Filter, Lang, Link, grouped, paths};
use crate::csv;
use crate::pages::public::schemas;
use crate::pages::public::visit::{Answer, Visit};
use crate::site::register::newest;

/// Questions on a page; all are in the CSV.
const ROWS: usize = 200;
/// States of a question, and the words for several of them.
const STATES: [(&str, &str, &str); 4] = [
    ("unanswered", "without an answer", "sin respuesta"),
    ("overdue", "overdue", "vencidas"),
    (
        "answered",
        "answered, not closed",
        "respondidas, sin cerrar",
    ),
    ("settled", "closed", "cerradas"),
];

/// A question with the thing it is about.
struct Asked<'v> {
    one: One<'v>,
    then: Then<'v>,
    counted: Counted,
}

impl Asked<'_> {
    fn is(&self, state: &str) -> bool {
        let open = self.counted.answered_on.is_none();
        let late = self.one.visit.as_of.today > self.counted.due_on;
        match state {
            // What is no state asks for all of them.
            "" => true,
            "unanswered" => open,
            "overdue" => open && late,
            "answered" => !open && !self.counted.accepted,
            "settled" => self.counted.accepted,
            _ => false,
        }
    }

    fn state(&self) -> &'static str {
        let mut states = ["settled", "answered", "overdue", "unanswered"].into_iter();
        states.find(|s| self.is(s)).unwrap_or_default()
    }
}

/// All questions as of then, what waits longest first.
fn all(visit: &Visit) -> Vec<Asked<'_>> {
    let mut out = Vec::new();
    for (id, subject) in &visit.register.subjects {
        if subject.questions.is_empty() {
            continue;
        }
        let Some(one) = One::of(visit, id) else {
            continue;
        };
        for (then, counted) in one.asked() {
            out.push(Asked { one, then, counted });
        }
    }
    out.sort_by_key(|a| {
        let over = a.counted.answered_on.is_none();
        (
            !over,
            a.counted.accepted,
            over.then_some(a.counted.due_on),
            Reverse(a.counted.asked_on),
        )
    });
    out
}

/// `GET /questions`.
pub(in crate::pages::public) fn page(visit: &Visit) -> Result<Answer, Refusal> {
    let all = all(visit);
    let asked = visit.ask.here.value("state");
    let asked = match STATES.iter().any(|(code, ..)| *code == asked) {
        true => asked,
        false => "",
    };
    let found: Vec<&Asked<'_>> = all.iter().filter(|a| a.is(asked)).collect();
    let count = |state: &str| {
        let n = all.iter().filter(|a| a.is(state)).count();
        grouped(u64::try_from(n).unwrap_or(0))
    };
    let (due, in_time) = super::answered(visit);
    let choice = |(code, en, es): (&'static str, &str, &str)| {
        Choice::new(code, visit.w(en, es).to_owned(), asked == code)
    };
    let every = Choice::new("", visit.w("all", "todas"), asked.is_empty());
    let made = QuestionsPage {
        lede: visit
            .w(
                "Each question goes to who must answer, and starts a clock of ten working days of its country. What is not answered is shown as not answered, for as long as that lasts.",
                "Cada pregunta va a quien debe responder y pone en marcha un plazo de diez días hábiles de su país. Lo que no se responde se muestra sin respuesta, mientras dure.",
            )
            .to_owned(),
        figures: vec![
            Figure::new(count(""), visit.w("questions on record", "preguntas en el registro")),
            Figure::new(
                count("overdue"),
                visit.w("overdue and without an answer", "vencidas y sin respuesta"),
            ),
            Figure::new(
                match visit.lang() {
                    Lang::En => format!("{in_time} of {due}"),
                    Lang::Es => format!("{in_time} de {due}"),
                },
                visit.w(
                    "of those due were answered in time",
                    "de las que vencieron se respondieron a tiempo",
                ),
            ),
        ],
        states: Filter {
            name: "state".to_owned(),
            label: visit.w("Show", "Mostrar").to_owned(),
            options: std::iter::once(every)
                .chain(STATES.into_iter().map(choice))
                .collect(),
        },
        total: u64::try_from(found.len()).unwrap_or(u64::MAX),
        rows: found
            .iter()
            .take(ROWS)
            .map(|a| AskedRow {
                about: Link::new(a.one.name(), visit.page_of(&a.one.judged.id)),
                question: a.one.question(&a.then, &a.counted),
            })
            .collect(),
        downloads: vec![Link::new("CSV", "/questions.csv")],
    };
    let frame = visit.frame(PublicPlace::Elsewhere);
    Ok(Answer::Page(render_questions(
        &frame,
        &visit.head(Vec::new()),
        &made,
    )))
}

/// `GET /questions/{number}`.
pub(in crate::pages::public) fn one(visit: &Visit, number: &str) -> Result<Answer, Refusal> {
    let about = visit.register.questions.get(number).and_then(|question| {
        let asked = question.asked.first()?;
        Some((question, One::of(visit, &asked.what.subject)?))
    });
    let Some((question, one)) = about else {
        return Ok(Answer::Absent(vec![Link::new(
            visit.w("All questions", "Todas las preguntas"),
            paths::QUESTIONS,
        )]));
    };
    let mut own = one.asked().into_iter();
    let Some((then, counted)) = own.find(|(then, _)| then.number == number) else {
        // Not yet asked, as of the day that is looked at.
        return Ok(Answer::Absent(vec![Link::new(
            one.name(),
            visit.page_of(&one.judged.id),
        )]));
    };
    let as_of = &visit.as_of;
    let asked = newest(&question.asked, as_of.stated_by, as_of.recorded_by_ms);
    let made = QuestionPage {
        about: Link::new(one.name(), visit.page_of(&one.judged.id)),
        number: number.to_owned(),
        proof: asked.map(|a| one.proof(&a.source)).unwrap_or_default(),
        question: one.question(&then, &counted),
        changes: Link::new(
            visit.w(
                "Everything that changed about this project",
                "Todo lo que cambió de este proyecto",
            ),
            one.under("versions"),
        ),
    };
    let feeds = vec![PublicFeed {
        kind: FeedKind::Atom,
        link: Link::new(one.name(), one.under("feed.atom")),
    }];
    let frame = visit.frame(PublicPlace::Elsewhere);
    Ok(Answer::Page(render_question(
        &frame,
        &visit.head(feeds),
        &made,
    )))
}

/// `GET /questions.csv`.
pub(in crate::pages::public) fn csv(visit: &Visit) -> Result<Answer, Refusal> {
    let mut out = csv::row(schemas::QUESTIONS.names());
    for asked in all(visit) {
        let what = asked.then.what;
        let counted = &asked.counted;
        out.push_str(&csv::row([
            asked.then.number.to_owned(),
            what.subject.clone(),
            counted.asked_on.to_string(),
            what.of.clone(),
            what.calendar.clone(),
            what.cause.clone(),
            what.asker.clone(),
            counted.due_on.to_string(),
            counted
                .answered_on
                .map_or_else(String::new, |d| d.to_string()),
            asked.state().to_owned(),
            asked.then.answers.len().to_string(),
            what.text.clone(),
        ]));
    }
    Ok(Answer::File("text/csv; charset=utf-8", out))
}
