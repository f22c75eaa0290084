//! Changes as Atom, promised days as a calendar.

use garita_exchange::problem::Refusal;
use garita_formats::feeds::{
    AtomCategory, AtomEntry, AtomFeed, Calendar, CalendarEvent, EventStatus, tag_uri, write_atom,
    write_calendar,
};
use garita_profile::promises::slip::Standing;
use garita_profile::promises::statement::{Said, Statement};
use jiff::Timestamp;

use super::project::{happened, nearest, of};
use super::projects::found;
use super::visit::{Answer, Visit};
use crate::console::public::{coarse, day, days};
use crate::console::{Lang, paths};
use crate::pages::ask::host_of;
use crate::site::judge::{Dates, Judged, SaidDate, dates, seen};
use crate::site::read::WHOLE;
use crate::site::register::{Subject, in_force, newest};

const ATOM: &str = "application/atom+xml; charset=utf-8";
const CALENDAR: &str = "text/calendar; charset=utf-8";
/// Entries of a feed: what a reader who looks once a week has missed.
const ENTRIES_MAX: usize = 100;
/// RFC 4151 asks for a day on which the name was the publisher's.
const TAG_DAY: &str = "2026";

/// `GET /projects.atom`: the newest words on everything that the address asks for, as `?port=` or `?plan=`.
pub(super) fn all_atom(visit: &Visit) -> Result<Answer, Refusal> {
    let mut entries = Vec::new();
    for judged in found(visit) {
        if let Some(subject) = visit.register.subjects.get(&judged.id) {
            collect(visit, subject, &judged, &mut entries);
            questions(visit, subject, &judged, &mut entries);
        }
    }
    let title = visit
        .w("Border projects", "Proyectos fronterizos")
        .to_owned();
    // A feed of some of them is another feed, with a name of its own.
    let own = visit.ask.here.to_string();
    Ok(feed(visit, &own, paths::PROJECTS, title, entries))
}

/// `GET /projects/{id}/feed.atom`.
pub(super) fn atom(visit: &Visit, id: &str) -> Result<Answer, Refusal> {
    let Some((subject, judged)) = of(visit, id) else {
        return Ok(Answer::Absent(nearest(visit, id)));
    };
    let mut entries = Vec::new();
    collect(visit, subject, judged, &mut entries);
    questions(visit, subject, judged, &mut entries);
    let page = paths::project(id);
    let own = format!("{page}/feed.atom");
    Ok(feed(visit, &own, &page, visit.name_of(judged), entries))
}

/// An entry with the time by which it is ordered.
type Dated = (i64, AtomEntry);

fn feed(visit: &Visit, own: &str, page: &str, title: String, mut entries: Vec<Dated>) -> Answer {
    entries.sort_by(|a, b| (b.0, &b.1.id).cmp(&(a.0, &a.1.id)));
    entries.truncate(ENTRIES_MAX);
    let newest = entries
        .first()
        .map_or(visit.register.newest_ms, |(at, _)| *at);
    let made = AtomFeed {
        id: tag_uri(host_of(&visit.origin()), TAG_DAY, own),
        title,
        subtitle: Some(
            visit
                .w(
                    "What was promised, what is promised now",
                    "Lo que se prometió, lo que se promete hoy",
                )
                .to_owned(),
        ),
        updated: instant(newest),
        author: host_of(&visit.origin()).to_owned(),
        link: Some(format!("{}{page}", visit.origin())),
        self_link: Some(format!("{}{own}", visit.origin())),
        language: visit.lang().code().to_owned(),
        entries: entries.into_iter().map(|(_, entry)| entry).collect(),
    };
    Answer::File(ATOM, write_atom(&made))
}

fn instant(at_ms: i64) -> Timestamp {
    Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// An entry for each statement that counts as of then.
fn collect(visit: &Visit, subject: &Subject, judged: &Judged, entries: &mut Vec<Dated>) {
    let as_of = &visit.as_of;
    let described = newest(&subject.described, as_of.stated_by, as_of.recorded_by_ms);
    for statement in seen(subject, described, as_of) {
        let (Some(source), Some(detail)) = (
            subject.sources.get(&statement.id),
            subject.details.get(&statement.id),
        ) else {
            continue;
        };
        if detail.from_description || statement.milestone.is_empty() {
            continue;
        }
        let sentence = sentence(visit, judged, statement, &detail.text);
        let mut content = sentence.clone();
        if !detail.reason_text.is_empty() {
            content.push(' ');
            content.push_str(visit.w("Reason: ", "Motivo: "));
            content.push_str(&detail.reason_text);
        }
        content.push(' ');
        content.push_str(visit.w("Source: ", "Fuente: "));
        content.push_str(&source.addresses.join(" | "));
        let id = tag_uri(
            host_of(&visit.origin()),
            TAG_DAY,
            &format!("records/{}", source.id),
        );
        entries.push((
            source.logged_ms,
            AtomEntry {
                id,
                title: sentence,
                updated: instant(source.logged_ms),
                published: None,
                link: Some(format!("{}{}", visit.origin(), paths::project(&judged.id))),
                content,
                language: None,
                categories: vec![AtomCategory {
                    term: judged.id.clone(),
                    label: Some(visit.name_of(judged)),
                }],
            },
        ));
    }
}

/// An entry for each thing that happened to a question: asked, reminded, escalated, answered.
fn questions(visit: &Visit, subject: &Subject, judged: &Judged, entries: &mut Vec<Dated>) {
    let name = visit.name_of(judged);
    for event in happened(visit, subject) {
        entries.push((
            event.at_ms,
            AtomEntry {
                id: tag_uri(host_of(&visit.origin()), TAG_DAY, &event.id),
                title: format!("{name}: {}.", event.title),
                updated: instant(event.at_ms),
                published: None,
                link: Some(format!("{}{}", visit.origin(), paths::project(&judged.id))),
                content: event.content,
                language: None,
                categories: vec![AtomCategory {
                    term: judged.id.clone(),
                    label: Some(name.clone()),
                }],
            },
        ));
    }
}

/// *Opening of X moved to 2028 (+366 days), stated on 31 May 2025, third change.*
fn sentence(visit: &Visit, judged: &Judged, statement: &Statement, text: &str) -> String {
    let (lang, name) = (visit.lang(), visit.name_of(judged));
    let on = day(statement.stated_on, lang);
    let spanish = lang == Lang::Es;
    let said = match &statement.said {
        Said::Target(_) => {
            let step = judged
                .dates
                .steps
                .iter()
                .find(|s| s.statement == statement.id);
            let moved = step.and_then(|s| s.moved).filter(|m| *m != 0);
            let date = coarse(text, lang);
            match (moved, spanish) {
                (Some(n), true) => format!(
                    "{name}: la fecha prometida cambia a {date} ({})",
                    days(n, lang)
                ),
                (Some(n), false) => format!(
                    "{name}: the promised date moves to {date} ({})",
                    days(n, lang)
                ),
                (None, true) => format!("{name}: se promete {date}"),
                (None, false) => format!("{name}: promised {date}"),
            }
        }
        Said::Actual(_) if spanish => format!("{name}: terminado {}", coarse(text, lang)),
        Said::Actual(_) => format!("{name}: completed {}", coarse(text, lang)),
        Said::NoDate if spanish => format!("{name}: ya sin fecha"),
        Said::NoDate => format!("{name}: no date any more"),
        Said::Cost(cost) => format!(
            "{name}: {text} {} ({})",
            cost.currency,
            visit.code("costKind", &cost.kind)
        ),
        Said::Progress { percent, .. } if spanish => format!("{name}: avance {percent} %"),
        Said::Progress { percent, .. } => format!("{name}: progress {percent} %"),
        Said::Phase(phase) => format!("{name}: {}", visit.code("phase", phase)),
        Said::Award if spanish => format!("{name}: adjudicado"),
        Said::Award => format!("{name}: awarded"),
    };
    match spanish {
        true => format!("{said}. Dicho el {on}."),
        false => format!("{said}. Stated {on}."),
    }
}

/// `GET /projects.ics`: what is promised now, of everything that the address asks for.
pub(super) fn all_calendar(visit: &Visit) -> Result<Answer, Refusal> {
    let mut events = Vec::new();
    for judged in found(visit) {
        if let Some(subject) = visit.register.subjects.get(&judged.id) {
            events.extend(event(
                visit,
                subject,
                &judged,
                WHOLE,
                &judged.dates,
                &visit.name_of(&judged),
            ));
        }
    }
    let name = visit
        .w("Border projects", "Proyectos fronterizos")
        .to_owned();
    Ok(calendar_of(visit, name, events))
}

/// `GET /projects/{id}/milestones.ics`.
pub(super) fn calendar(visit: &Visit, id: &str) -> Result<Answer, Refusal> {
    let Some((subject, judged)) = of(visit, id) else {
        return Ok(Answer::Absent(nearest(visit, id)));
    };
    let as_of = &visit.as_of;
    let name = visit.name_of(judged);
    let mut events: Vec<CalendarEvent> = event(visit, subject, judged, WHOLE, &judged.dates, &name)
        .into_iter()
        .collect();
    let described = newest(&subject.described, as_of.stated_by, as_of.recorded_by_ms);
    let said = seen(subject, described, as_of);
    let mut told: Vec<&str> = Vec::new();
    for milestone in in_force(&subject.milestones, as_of.stated_by, as_of.recorded_by_ms) {
        let id = milestone.what.id.as_str();
        if told.contains(&id) {
            continue;
        }
        told.push(id);
        let own = dates(subject, &said, id, visit.overview.rule, as_of.today);
        let title = format!("{name}: {}", visit.name(&milestone.what.names));
        events.extend(event(visit, subject, judged, id, &own, &title));
    }
    Ok(calendar_of(visit, name, events))
}

fn calendar_of(visit: &Visit, name: String, events: Vec<CalendarEvent>) -> Answer {
    let made = Calendar {
        product: "-//Garita//Scorecard//EN".to_owned(),
        name,
        description: None,
        language: visit.lang().code().to_owned(),
        events,
    };
    Answer::File(CALENDAR, write_calendar(&made))
}

/// A promised or met day; none where there is none now.
fn event(
    visit: &Visit,
    subject: &Subject,
    judged: &Judged,
    milestone: &str,
    dates: &Dates,
    title: &str,
) -> Option<CalendarEvent> {
    if milestone == WHOLE && judged.done_undated {
        return None;
    }
    let shown: &SaidDate = dates.actual.as_ref().or(dates.current.as_ref())?;
    let source = subject.sources.get(&shown.statement)?;
    let met = dates.actual.is_some();
    let word = match (met, dates.standing) {
        (true, _) => visit.w("met", "cumplido"),
        (false, Standing::Overdue) => visit.w("promised, date passed", "prometido, fecha vencida"),
        _ => visit.w("promised", "prometido"),
    };
    let host = visit.origin();
    Some(CalendarEvent {
        uid: format!("{}.{milestone}@{}", judged.id, host_of(&host)),
        stamp: instant(source.logged_ms),
        sequence: u32::try_from(dates.changes).unwrap_or(u32::MAX),
        first: shown.interval.lo,
        last: shown.interval.hi,
        summary: format!("{title} ({word})"),
        description: Some(format!(
            "{} {}",
            coarse(&shown.text, visit.lang()),
            source.addresses.first().cloned().unwrap_or_default()
        )),
        location: judged.described.as_ref().map(|d| d.place.clone()),
        url: Some(format!("{host}{}", paths::project(&judged.id))),
        status: if met {
            EventStatus::Confirmed
        } else {
            EventStatus::Tentative
        },
        categories: vec![visit.code("phase", &judged.phase)],
    })
}
