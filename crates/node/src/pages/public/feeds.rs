//! Changes as Atom, promised days as a calendar.

use std::collections::{HashMap, HashSet};

use garita_exchange::problem::Refusal;
use garita_formats::feeds::{
    AtomCategory, AtomEntry, AtomFeed, Calendar, CalendarEvent, EventStatus, tag_uri, write_atom,
    write_calendar,
};
use garita_profile::promises::slip::Standing;
use jiff::Timestamp;

use super::project::{happened, nearest, of};
use super::projects::found;
use super::sentence::Wording;
use super::visit::{Answer, Visit};
use crate::console::paths;
use crate::console::public::coarse;
use crate::pages::ask::host_of;
use crate::site::changes::Change;
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
    let found = found(visit);
    let (mut heard, mut entries) = (Vec::new(), Vec::new());
    for judged in &found {
        if let Some(subject) = visit.register.subjects.get(&judged.id) {
            collect(visit, subject, judged, &mut heard);
            questions(visit, subject, judged, &mut entries);
        }
    }
    entries.extend(worded(visit, heard));
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
    let (mut heard, mut entries) = (Vec::new(), Vec::new());
    collect(visit, subject, judged, &mut heard);
    questions(visit, subject, judged, &mut entries);
    entries.extend(worded(visit, heard));
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

/// A statement that counts as of then, before it is worded.
struct Heard<'v> {
    judged: &'v Judged,
    record: &'v str,
    at_ms: i64,
}

/// The statements that count as of then.
fn collect<'v>(
    visit: &Visit,
    subject: &'v Subject,
    judged: &'v Judged,
    heard: &mut Vec<Heard<'v>>,
) {
    let as_of = &visit.as_of;
    let described = newest(&subject.described, as_of.stated_by, as_of.recorded_by_ms);
    for statement in seen(subject, described, as_of) {
        let (Some(source), Some(detail)) = (
            subject.sources.get(&statement.id),
            subject.details.get(&statement.id),
        ) else {
            continue;
        };
        if !detail.from_description && !statement.milestone.is_empty() {
            heard.push(Heard {
                judged,
                record: &source.id,
                at_ms: source.logged_ms,
            });
        }
    }
}

/// Entries of the newest statements: only what is given out is worded.
fn worded(visit: &Visit, mut heard: Vec<Heard<'_>>) -> Vec<Dated> {
    heard.sort_by(|a, b| (b.at_ms, b.record).cmp(&(a.at_ms, a.record)));
    heard.truncate(ENTRIES_MAX);
    let wanted: HashSet<&str> = heard.iter().map(|h| h.record).collect();
    let changes = visit.register.whole();
    let changes = changes.filter(|c| wanted.contains(c.record.as_str()));
    let changes: HashMap<&str, &Change> = changes.map(|c| (c.record.as_str(), c)).collect();
    let wording = Wording::of(visit);
    let origin = visit.origin();
    let entry = |heard: Heard<'_>| {
        let change = changes.get(heard.record)?;
        let name = visit.name_of(heard.judged);
        let said = format!("{} {}", wording.what(change), wording.source(change));
        Some((
            heard.at_ms,
            AtomEntry {
                id: tag_uri(
                    host_of(&origin),
                    TAG_DAY,
                    &format!("records/{}", heard.record),
                ),
                title: format!("{name}: {}", wording.what(change)),
                updated: instant(heard.at_ms),
                published: None,
                link: Some(format!("{origin}{}", paths::project(&heard.judged.id))),
                content: format!(
                    "{said} {} {}",
                    visit.w("Source:", "Fuente:"),
                    change.addresses.join(" | ")
                ),
                language: None,
                categories: vec![AtomCategory {
                    term: heard.judged.id.clone(),
                    label: Some(name),
                }],
            },
        ))
    };
    heard.into_iter().filter_map(entry).collect()
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
