//! Time on the case page: what happened on each side, how long it stood where, what is owed.

use garita_exchange::read;
use garita_profile::case::{CaseRef, RecordState, ReplaceKind, Standing};
use garita_profile::clocks::SOON;
use garita_profile::order;
use garita_profile::pointer::text_of;
use garita_tlog::LeafIndex;
use serde_json::Value;

use super::ask::Ask;
use super::case::Opened;
use super::contacts;
use super::words::inside;
use crate::api::records::digest_of;
use crate::console::{
    ClockLine, Event, Link, Look, Rich, Side, Span, Timeline, WaySegment, paths, time,
};

/// A silence longer than this is told in words.
const GAP_MS: i64 = 20 * 60_000;
/// A silence longer than this is another day's filing, not a wait.
const GAP_MOST_MS: i64 = 8 * 3_600_000;
/// Events shown before *earlier*.
const EVENTS_SHOWN: usize = 60;
/// A state left within a second is no segment of the way.
const WAY_LEAST_MS: i64 = 1_000;
/// The engine's own record type by which a keeper tells a state.
const STATE_NOTICE: &str = "StateNotice";
/// The engine's own record type by which a case is shared with somebody.
const GRANT: &str = "Grant";
/// Grants of one office within this are one line.
const GRANTS_APART_MS: i64 = 60_000;

/// The side of a record: by its type, else by its issuer's country.
pub(super) fn side(ask: &Ask, opened: &Opened, record_type: &str, issuer: &str) -> Side {
    let ty = opened.profile().model().records.get(record_type);
    ty.and_then(|t| Side::parse(&t.side))
        .or_else(|| {
            ask.directory()
                .parties
                .get(issuer)
                .and_then(|p| Side::parse(&p.country))
        })
        .unwrap_or_default()
}

/// When this node's log began, ms.
fn began(ask: &Ask) -> i64 {
    let first = ask.app.core().reader.log_entry(LeafIndex::new(0));
    first
        .ok()
        .flatten()
        .map_or(i64::MIN, |entry| entry.logged_ms)
}

/// What happened in the case and its parts, newest first.
pub(super) fn timeline(ask: &Ask, opened: &Opened) -> Timeline {
    let mut events: Vec<Event> = Vec::new();
    let known = opened.known();
    let began_ms = began(ask);
    let mut shared: Vec<(&str, Event)> = Vec::new();
    for (part, state) in opened.fates() {
        let Some(made) = event(ask, opened, part, state, &known, began_ms) else {
            continue;
        };
        if state.record_type == GRANT && made.flag.is_empty() {
            share(ask, opened, state, made, &mut shared);
        } else {
            events.push(made);
        }
    }
    events.extend(shared.into_iter().map(|(_, event)| event));
    events.sort_by_key(|e| std::cmp::Reverse(e.at_ms));
    let all = !ask.here.value("all").is_empty();
    let total = events.len();
    if !all {
        events.truncate(EVENTS_SHOWN);
    }
    let earlier = (total > events.len()).then(|| {
        Link::new(
            ask.w("{n} earlier records", "{n} registros anteriores")
                .replace("{n}", &(total - events.len()).to_string()),
            ask.here.with("all", "1").to_string(),
        )
    });
    Timeline {
        events: with_gaps(ask, opened, events),
        earlier,
    }
}

/// Adds to whom a grant shares the case, linked to its proof, to the line of what its office shared at that time.
fn share<'a>(
    ask: &Ask,
    opened: &Opened,
    state: &'a RecordState,
    made: Event,
    shared: &mut Vec<(&'a str, Event)>,
) {
    let to = opened
        .held(&state.id)
        .and_then(read::case_record_of)
        .and_then(|record| {
            let to = record.document.pointer("/credentialSubject/to")?.as_str()?;
            Some(ask.network.name_of(to).to_owned())
        })
        .unwrap_or_default();
    let to = Span::Link(Link::new(to, paths::record(digest_of(&state.id))));
    let near = shared.iter_mut().find(|(issuer, event)| {
        *issuer == state.issuer && event.at_ms.abs_diff(made.at_ms) < GRANTS_APART_MS.unsigned_abs()
    });
    match near {
        Some((_, event)) => {
            let sub = std::mem::take(&mut event.sub);
            event.sub = sub.and(Span::Text(", ".to_owned())).and(to);
        }
        None => {
            let sub = Rich::text(ask.network.name_of(&state.issuer))
                .and(Span::Text(ask.w(", to ", ", a ").to_owned()))
                .and(to);
            shared.push((
                &state.issuer,
                Event {
                    sub,
                    proof: None,
                    ..made
                },
            ));
        }
    }
}

fn event(
    ask: &Ask,
    opened: &Opened,
    part: Option<&CaseRef>,
    state: &RecordState,
    known: &[String],
    began_ms: i64,
) -> Option<Event> {
    // A keeper's notice repeats a state that its own record moved.
    if state.record_type == STATE_NOTICE {
        return None;
    }
    let held = opened.held(&state.id)?;
    let record = read::case_record_of(held)?;
    let say = &opened.say;
    let ty = opened.profile().model().records.get(&state.record_type);
    let taken_back = record
        .replaces
        .as_ref()
        .filter(|r| r.kind == ReplaceKind::Withdraws);
    let mut title = Rich::text(match taken_back {
        Some(_) => format!(
            "{}: {}",
            ask.w("Withdrawn", "Retirado"),
            say.record(&state.record_type)
        ),
        None => say.record(&state.record_type),
    });
    if let Some(span) = ty.and_then(|t| say.names(t, &record.document, known)) {
        title = title.and(Span::Text(" ".to_owned())).and(span);
    }
    if held.erased_ms.is_some() {
        title = title.and(Span::Text(format!(" ({})", ask.w("erased", "borrado"))));
    }
    let mut sub = Rich::text(ask.network.name_of(&state.issuer));
    if let Some(part) = part {
        sub = sub
            .and(Span::Text(", ".to_owned()))
            .and(Span::Id(part.key.clone()));
    }
    if let Some(taken_back) = taken_back {
        if !taken_back.reason.is_empty() {
            sub = sub.and(Span::Text(format!(", {}", taken_back.reason)));
        }
    } else if let Some(words) = first_words(opened, &state.record_type, &record.document) {
        sub = sub.and(Span::Text(format!(", {words}")));
    }
    let why = if opened.elsewhere.contains_key(&state.id) {
        ""
    } else {
        state.why.as_deref().unwrap_or_default()
    };
    let mut flags: Vec<String> = Vec::new();
    match why {
        "" => {}
        "replaced" => flags.push(
            ask.w(
                "replaced by a later record",
                "sustituido por un registro posterior",
            )
            .into(),
        ),
        "withdrawn" => flags.push(ask.w("withdrawn", "retirado").into()),
        "rival" => flags.push(
            ask.w("rival of another record", "compite con otro registro")
                .into(),
        ),
        "not-affirmed" => flags.push(
            ask.w("waits for the other office", "espera a la otra autoridad")
                .into(),
        ),
        "waiting-for-opening" => flags.push(
            ask.w(
                "waits for the opening record",
                "espera el registro de apertura",
            )
            .into(),
        ),
        "stranger" => flags.push(
            ask.w(
                "of a party without a seat: not applied",
                "de quien no es parte: no se aplica",
            )
            .into(),
        ),
        other => {
            let code = other.strip_prefix("disputed: ").unwrap_or(other);
            flags.push(format!("{}: {code}", ask.w("disputed", "en disputa")));
        }
    }
    match record.standing {
        Standing::Report => flags.push(
            ask.w(
                "reported, not the office's own word",
                "reportado, no es palabra de la autoridad",
            )
            .into(),
        ),
        Standing::Compiled => {
            flags.push(ask.w("from public sources", "de fuentes públicas").into())
        }
        Standing::Act => {}
    }
    let outside = order::effective_ms(opened.profile().model(), &record) != record.occurred_ms;
    // What happened before this log began was taken over, not told late.
    let taken_over = outside && record.occurred_ms < began_ms;
    if outside && !taken_over {
        flags.push(
            ask.w(
                "happened {at}, logged later",
                "ocurrió {at}, asentado después",
            )
            .replace(
                "{at}",
                &time::exact(record.occurred_ms, ask.now_ms, &ask.zone(), ask.lang),
            ),
        );
    }
    let blind = opened.read.state.blind.iter().any(|b| b.act == state.id);
    if blind {
        flags.push(
            ask.w(
                "without knowing of a record dated before",
                "sin conocer un registro con fecha anterior",
            )
            .into(),
        );
    }
    if record.view.is_some() {
        sub = sub.and(Span::Text(
            ask.w(", a part of it", ", una parte").to_owned(),
        ));
    }
    Some(Event {
        key: state.id.clone(),
        at_ms: if taken_over {
            record.occurred_ms
        } else {
            state.effective_ms
        },
        side: side(ask, opened, &state.record_type, &state.issuer),
        title,
        sub,
        proof: Some(paths::record(digest_of(&state.id))),
        bad: blind || why.starts_with("disputed") || why == "rival",
        gap: false,
        flag: flags.join("; "),
    })
}

/// The first value of a record that is a word of a code list or a short sentence.
fn first_words(opened: &Opened, record_type: &str, document: &Value) -> Option<String> {
    let say = &opened.say;
    let ty = opened.profile().model().records.get(record_type)?;
    if ty.face == "document" {
        return None;
    }
    ty.brief.iter().find_map(|path| {
        let member = path.last_name()?;
        let text = text_of(path.first(document)?)?;
        if let Some(words) = say.code(record_type, member, &text) {
            // A code of capitals and digits, or of two letters, names a thing; a word stands for a word.
            let names = text.len() <= 2 || !text.chars().any(char::is_lowercase);
            return Some(if names { words } else { inside(&words) });
        }
        let sentence = text.contains(' ') && text.chars().count() <= 90;
        sentence.then_some(text)
    })
}

fn with_gaps(ask: &Ask, opened: &Opened, events: Vec<Event>) -> Vec<Event> {
    let mut out: Vec<Event> = Vec::with_capacity(events.len());
    for event in events {
        if let Some(later) = out.last() {
            let span_ms = later.at_ms.saturating_sub(event.at_ms);
            let state = state_at(opened, event.at_ms);
            if let (true, Some(name)) = ((GAP_MS..GAP_MOST_MS).contains(&span_ms), state) {
                let face = opened.say.state(Some(name));
                // Silence before it sets out or after it is over is no wait.
                if !matches!(face.look, Look::Expected | Look::Closed) {
                    out.push(Event {
                        at_ms: event.at_ms,
                        side: event.side,
                        title: Rich::text(format!(
                            "{}, {}",
                            time::span(span_ms),
                            inside(&face.label)
                        )),
                        gap: true,
                        ..Event::default()
                    });
                }
            }
        }
        out.push(event);
    }
    let _ = ask;
    out
}

fn state_at(opened: &Opened, at_ms: i64) -> Option<&str> {
    opened
        .read
        .state
        .way
        .iter()
        .rev()
        .find(|(entered, _)| *entered <= at_ms)
        .map(|(_, state)| state.as_str())
}

/// Time so far by segment; what went before it set out is left away.
pub(super) fn way(ask: &Ask, opened: &Opened) -> Vec<WaySegment> {
    let way = &opened.read.state.way;
    let mut segments = Vec::new();
    for (at, (entered_ms, state)) in way.iter().enumerate() {
        let face = opened.say.state(Some(state));
        let next = way.get(at + 1).map(|(ms, _)| *ms);
        if matches!(face.look, Look::Expected | Look::Closed) {
            continue;
        }
        let took_ms = next
            .unwrap_or(ask.now_ms)
            .saturating_sub(*entered_ms)
            .max(0);
        // States that came and went in one record's moment were never stood in.
        if next.is_some() && took_ms < WAY_LEAST_MS {
            continue;
        }
        let by = opened
            .read
            .state
            .records
            .iter()
            .find(|r| r.effective_ms == *entered_ms && r.in_force);
        segments.push(WaySegment {
            title: face.label,
            took_ms,
            side: by.map_or(Side::UnitedStates, |r| {
                side(ask, opened, &r.record_type, &r.issuer)
            }),
            current: next.is_none(),
        });
    }
    segments
}

/// What is owed in the case and its parts; the running first, by what is left.
pub(super) fn clocks(ask: &Ask, opened: &Opened) -> Vec<ClockLine> {
    let say = &opened.say;
    let own = opened.read.state.clocks.iter().map(|c| (None, c));
    let of_parts = opened
        .read
        .parts
        .iter()
        .filter(|(case, _)| opened.parts.contains_key(case))
        .flat_map(|(case, state)| state.clocks.iter().map(move |c| (Some(case), c)));
    let mut lines: Vec<(bool, i64, ClockLine)> = own
        .chain(of_parts)
        .filter(|(part, clock)| part.is_none() || clock.met_ms.is_none())
        .map(|(part, clock)| {
            let met = clock.met_ms.is_some();
            let length = clock.due_ms.saturating_sub(clock.from_ms).max(1);
            let gone = ask.now_ms.saturating_sub(clock.from_ms).max(0);
            let percent = if ask.now_ms > clock.due_ms {
                100
            } else if clock.due_ms <= clock.from_ms {
                0
            } else {
                u32::try_from(gone.saturating_mul(100) / length).unwrap_or(100)
            };
            let mut sub = say.role(&clock.owner);
            if clock.state == "met-late" {
                sub.push_str(ask.w(", met late", ", cumplido tarde"));
            }
            let soon = clock.state == SOON;
            if soon {
                sub.push_str(ask.w(", runs out soon", ", por vencer"));
            }
            let title = say.word(&format!("clocks.{}", clock.name));
            let title = part.map_or(title.clone(), |p| format!("{title}, {}", p.key));
            (
                met,
                clock.due_ms,
                ClockLine {
                    title,
                    due_ms: (!met).then_some(clock.due_ms),
                    left: String::new(),
                    gone_percent: percent,
                    sub,
                    met,
                    soon,
                    contact: if met {
                        Rich::default()
                    } else {
                        contacts::of_role(ask, &clock.owner)
                    },
                },
            )
        })
        .collect();
    lines.sort_by_key(|(met, due, _)| (*met, *due));
    lines
        .into_iter()
        .map(|(_, _, line)| line)
        .take(12)
        .collect()
}
