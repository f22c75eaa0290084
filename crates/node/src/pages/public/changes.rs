//! What changed: for people, newest first, with the page as it was after each; for machines, oldest first from where they stopped.

use garita_exchange::encode::instant_text;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use serde_json::{Map, Value, json};

use super::project::{nearest, of, source_link};
use super::schemas;
use super::sentence::Wording;
use super::visit::{Answer, Visit, day_of};
use crate::console::public::{
    ChangeRow, ChangesPage, FeedKind, Paging, PublicFeed, PublicPlace, render_changes,
};
use crate::console::{Address, Choice, Filter, Link, paths};
use crate::csv;
use crate::site::changes::{Change, Number, Scope, Topic};

/// Rows of a page.
const ROWS: usize = 60;
/// Events of one answer, where the reader does not say how many.
const EVENTS: usize = 500;
/// Events of one answer.
const EVENTS_MAX: usize = 1_000;

/// `GET /changes`.
pub(super) fn page(visit: &Visit) -> Result<Answer, Refusal> {
    let wanted = Wanted::of(visit)?;
    let title = visit.w("What changed", "Qué cambió").to_owned();
    let lede = visit.w(
        "Every signed record in the order in which it came here, newest first. Nothing is ever taken out: a correction is a change of its own.",
        "Cada registro firmado en el orden en que llegó, lo más reciente primero. Nada se quita nunca: una corrección es un cambio más.",
    );
    let made = listed(visit, &wanted, title, lede.to_owned(), Link::default());
    let frame = visit.frame(PublicPlace::Elsewhere);
    Ok(Answer::Page(render_changes(
        &frame,
        &visit.head(feeds(visit)),
        &made,
    )))
}

/// `GET /projects/{id}/versions`: each version of one page, with its address.
pub(super) fn versions(visit: &Visit, id: &str) -> Result<Answer, Refusal> {
    let Some((_, judged)) = of(visit, id) else {
        return Ok(Answer::Absent(nearest(visit, id)));
    };
    let mut wanted = Wanted::of(visit)?;
    id.clone_into(&mut wanted.subject);
    let name = visit.name_of(judged);
    let lede = visit.w(
        "Each record about it made a new version of its page. The address of a version always shows what was known then.",
        "Cada registro sobre él hizo una nueva versión de su página. La dirección de una versión muestra siempre lo que se sabía entonces.",
    );
    let over = Link::new(name, visit.page_of(id));
    let title = visit.w("All versions", "Todas las versiones").to_owned();
    let made = listed(visit, &wanted, title, lede.to_owned(), over);
    let frame = visit.frame(PublicPlace::Projects);
    Ok(Answer::Page(render_changes(
        &frame,
        &visit.head(Vec::new()),
        &made,
    )))
}

/// `GET /changes.json`: from where the reader stopped, oldest first.
pub(super) fn json(visit: &Visit) -> Result<Answer, Refusal> {
    let wanted = Wanted::of(visit)?;
    let (found, last, more) = wanted.found(visit);
    let events: Vec<Value> = found.iter().map(|c| event(&visit.origin(), c)).collect();
    let made = json!({
        "last": last.to_string(),
        "more": more,
        "changes": events,
    });
    let mut text = serde_json::to_string_pretty(&made).unwrap_or_default();
    text.push('\n');
    Ok(Answer::File("application/json", text))
}

/// `GET /changes.csv`: the same rows.
pub(super) fn csv(visit: &Visit) -> Result<Answer, Refusal> {
    let wanted = Wanted::of(visit)?;
    let (found, ..) = wanted.found(visit);
    let mut out = csv::row(schemas::CHANGES.names());
    for change in found {
        out.push_str(&csv::row(cells(change)));
    }
    Ok(Answer::File("text/csv; charset=utf-8", out))
}

/// An event as machines read it. What is empty is left out.
pub(crate) fn event(origin: &str, change: &Change) -> Value {
    let mut members = Map::new();
    for (name, cell) in schemas::CHANGES.names().zip(cells(change)) {
        if !cell.is_empty() {
            members.insert(camel(name), Value::String(cell));
        }
    }
    if let Some(days) = change.moved_days {
        members.insert("movedDays".to_owned(), days.into());
    }
    if !change.addresses.is_empty() {
        members.insert("sources".to_owned(), json!(change.addresses));
    }
    if change.taken_back {
        members.insert("takenBack".to_owned(), true.into());
    }
    if !change.subject.is_empty() {
        let version = version_of(change);
        members.insert("version".to_owned(), format!("{origin}{version}").into());
    }
    let record = paths::public_record(&change.record);
    members.insert("recordAt".to_owned(), format!("{origin}{record}").into());
    Value::Object(members)
}

fn cells(change: &Change) -> [String; 20] {
    [
        change.number.to_string(),
        instant_text(change.recorded_ms),
        change.stated_on.to_string(),
        change.kind.code().to_owned(),
        change.kind.topic().code().to_owned(),
        change.subject.clone(),
        change.plan.clone(),
        change.question.clone(),
        change.milestone.clone(),
        change.measure.clone(),
        change.old.clone(),
        change.new.clone(),
        change
            .moved_days
            .map_or_else(String::new, |d| d.to_string()),
        change.reason.clone(),
        change.said_by.clone(),
        change.issuer.clone(),
        change.addresses.join(" | "),
        change.record.clone(),
        change.supersedes.clone().unwrap_or_default(),
        if change.taken_back { "yes" } else { "" }.to_owned(),
    ]
}

/// `recorded_at` as `recordedAt`.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut out, word| {
        let (head, tail) = word.split_at(1);
        out.push_str(&head.to_ascii_uppercase());
        out.push_str(tail);
        out
    })
}

/// The page as it was once that event was recorded.
fn version_of(change: &Change) -> String {
    Address::new(paths::project(&change.subject))
        .with("recorded_by", instant_text(change.recorded_ms))
        .to_string()
}

fn feeds(visit: &Visit) -> Vec<PublicFeed> {
    let feed = |kind, name: &str, href: &str| PublicFeed {
        kind,
        link: Link::new(name, href),
    };
    vec![
        feed(
            FeedKind::Atom,
            visit.w("Changes", "Cambios"),
            "/projects.atom",
        ),
        feed(
            FeedKind::Json,
            visit.w("Changes", "Cambios"),
            "/changes.json",
        ),
    ]
}

/// Which events are asked for.
struct Wanted {
    after: Option<Number>,
    before: Option<Number>,
    count: usize,
    subject: String,
    plan: String,
    place: String,
    topic: Option<Topic>,
}

impl Wanted {
    fn of(visit: &Visit) -> Result<Wanted, Refusal> {
        let here = &visit.ask.here;
        let mut faults = Vec::new();
        let mut number = |member: &str| match here.value(member) {
            "" => None,
            text => {
                let read = Number::parse(text);
                if read.is_none() {
                    faults.push(Fault::at(
                        "change-number",
                        member,
                        format!("`{member}` is the number of a change, as 812.40"),
                        format!("`{member}` es el número de un cambio, como 812.40"),
                    ));
                }
                read
            }
        };
        let (after, before) = (number("after"), number("before"));
        let topic = match here.value("topic") {
            "" => None,
            code => {
                let read = Topic::of(code);
                if read.is_none() {
                    let known = Topic::ALL.map(Topic::code).join(", ");
                    faults.push(Fault::at(
                        "change-topic",
                        "topic",
                        format!("`topic` is one of {known}"),
                        format!("`topic` es uno de {known}"),
                    ));
                }
                read
            }
        };
        let count = match here.value("limit") {
            "" => EVENTS,
            text => match text.parse() {
                Ok(count @ 1..=EVENTS_MAX) => count,
                _ => {
                    faults.push(Fault::at(
                        "change-limit",
                        "limit",
                        format!("`limit` is a number from 1 to {EVENTS_MAX}"),
                        format!("`limit` es un número de 1 a {EVENTS_MAX}"),
                    ));
                    EVENTS
                }
            },
        };
        if !faults.is_empty() {
            return Err(Refusal {
                kind: RefusalKind::Malformed,
                faults,
            });
        }
        Ok(Wanted {
            after,
            before,
            count,
            subject: here.value("project").to_owned(),
            plan: here.value("plan").to_owned(),
            place: here.value("port").to_owned(),
            topic,
        })
    }

    fn filter<'v>(&'v self, visit: &'v Visit) -> impl Fn(&Change) -> bool + 'v {
        let (register, overview) = (&visit.register, &visit.overview);
        let scope = Scope::of(register, overview, &self.subject, &self.plan, &self.place);
        let as_of = &visit.as_of;
        move |change| {
            as_of.stated_by.is_none_or(|by| change.stated_on <= by)
                && as_of
                    .recorded_by_ms
                    .is_none_or(|by| change.recorded_ms <= by)
                && self.topic.is_none_or(|t| t == change.kind.topic())
                && scope.takes(change)
        }
    }

    /// Events from where the reader stopped; where he is then; whether there are more.
    fn found<'v>(&self, visit: &'v Visit) -> (Vec<&'v Change>, Number, bool) {
        let takes = self.filter(visit);
        let mut all = visit.register.changes_after(self.after);
        let mut found = Vec::new();
        let mut last = self.after.unwrap_or_default();
        for change in all.by_ref() {
            last = change.number;
            if takes(change) {
                found.push(change);
                if found.len() == self.count {
                    break;
                }
            }
        }
        let more = all.next().is_some();
        (found, last, more)
    }
}

/// The newest first, a page of them.
fn listed(visit: &Visit, wanted: &Wanted, title: String, lede: String, over: Link) -> ChangesPage {
    let wording = Wording::of(visit);
    let takes = wanted.filter(visit);
    let newest_first = visit.register.whole().rev();
    let mut rest = newest_first
        .filter(|c| wanted.before.is_none_or(|before| c.number < before))
        .filter(|c| takes(c));
    let shown: Vec<&Change> = rest.by_ref().take(ROWS).collect();
    let more = rest.next().is_some();
    let here = &visit.ask.here;
    let next = shown
        .last()
        .filter(|_| more)
        .map(|last| here.with("before", last.number).to_string());
    let mut data = Address::new("/changes.json");
    for (member, value) in [
        ("project", wanted.subject.as_str()),
        ("plan", &wanted.plan),
        ("port", &wanted.place),
        ("topic", wanted.topic.map_or("", Topic::code)),
    ] {
        data = data.with(member, value);
    }
    let file = data.to_string();
    let sheet = file.replacen(".json", ".csv", 1);
    ChangesPage {
        over,
        title,
        lede,
        topics: Filter {
            name: "topic".to_owned(),
            label: visit.w("What", "Qué").to_owned(),
            options: topics(visit, wanted.topic),
        },
        hidden: [
            ("project", &wanted.subject),
            ("plan", &wanted.plan),
            ("port", &wanted.place),
        ]
        .into_iter()
        .filter(|(member, value)| !value.is_empty() && here.value(member) == *value)
        .map(|(member, value)| (member.to_owned(), value.clone()))
        .collect(),
        rows: shown.iter().map(|c| row(visit, &wording, c)).collect(),
        paging: Paging {
            previous: wanted
                .before
                .is_some()
                .then(|| here.with("before", "").to_string()),
            next,
            ..Paging::default()
        },
        downloads: vec![Link::new("JSON", file), Link::new("CSV", sheet)],
    }
}

fn topics(visit: &Visit, chosen: Option<Topic>) -> Vec<Choice> {
    let all = Choice::new("", visit.w("everything", "todo"), chosen.is_none());
    let each = Topic::ALL
        .into_iter()
        .map(|t| Choice::new(t.code(), topic_word(t, visit.lang()), chosen == Some(t)));
    std::iter::once(all).chain(each).collect()
}

/// A topic in words.
pub(crate) fn topic_word(topic: Topic, lang: crate::console::Lang) -> &'static str {
    let [en, es] = match topic {
        Topic::Dates => ["dates", "fechas"],
        Topic::Costs => ["costs", "costos"],
        Topic::Progress => ["progress and phases", "avance y fases"],
        Topic::Questions => ["questions and answers", "preguntas y respuestas"],
        Topic::Other => ["everything else", "todo lo demás"],
    };
    match lang {
        crate::console::Lang::En => en,
        crate::console::Lang::Es => es,
    }
}

fn row(visit: &Visit, wording: &Wording<'_>, change: &Change) -> ChangeRow {
    let about = match (change.subject.is_empty(), change.plan.is_empty()) {
        (false, _) => paths::project(&change.subject),
        (true, false) => paths::plan(&change.plan),
        (true, true) => String::new(),
    };
    ChangeRow {
        number: change.number.to_string(),
        recorded: day_of(change.recorded_ms).unwrap_or(change.stated_on),
        about: Link::new(wording.about(change), about),
        what: capital(&wording.what(change)),
        said: wording.source(change),
        source: source_link(&change.addresses),
        proof: Link::new(
            visit.w("signed record", "registro firmado"),
            paths::public_record(&change.record),
        ),
        version: match change.subject.is_empty() {
            true => Link::default(),
            false => Link::new(
                visit.w("the page then", "la página entonces"),
                version_of(change),
            ),
        },
    }
}

/// The first letter large.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
