//! What changed since a shift began, for the reader's party; the same as CSV.
//!
//! The cost does not grow with the store: the log's place of the instant is found by halving, each list reads its newest rows from an
//! index and stops at a number that has a name.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use axum::response::Response;
use garita_exchange::blind::{self as decided, DecidedBlind};
use garita_exchange::clock::real_now_ms;
use garita_exchange::problem::Refusal;
use garita_exchange::{encode, read};
use garita_profile::acts;
use garita_profile::builtin::BUILT_IN;
use garita_profile::case::{Blind, CaseRecord, CaseRef, ReplaceKind};
use garita_profile::model::RecordType;
use garita_store::{CaseQuery, CaseView, HeldRecord, LinkKind, RecordQuery};
use garita_tlog::LeafIndex;
use serde::Deserialize;
use serde_json::Value;

use super::ask::{Ask, business_ms, held, see_other, set_cookie, signed};
use super::words::Say;
use super::{board, case, file, undo};
use crate::access;
use crate::api::records::digest_of;
use crate::console::{
    Act, Address, Glyph, HandOverNote, Link, Place, Rich, ShiftList, ShiftNeeds, ShiftPage,
    ShiftRow, paths, render_shift, time,
};
use crate::server::App;

/// The page's own choice, for as long as a person may be on duty.
const COOKIE: &str = "garita_shift";
const COOKIE_S: u32 = 24 * 3_600;
/// A shift where nothing says when it began.
const SHIFT_MS: i64 = 8 * 3_600_000;
/// A hand-over note begins the next shift; an older one than two shifts is not the last shift's.
const NOTE_MS: i64 = 16 * 3_600_000;
/// Nobody asks for more than a month: older changes are the business of lists and tables.
const BACK_MS: i64 = 31 * 24 * 3_600_000;
/// Rows of a list before *all*.
const SHOWN: usize = 12;
/// Rows of a list that is looked at alone, and of the CSV.
const ALL: usize = 500;
/// Cases of one kind that are read for their changes; the count beside them goes further.
const READ: usize = 200;
/// Changed cases of one kind are counted no further.
const COUNT_MAX: usize = 10_000;
/// Needs shown of one board.
const NEEDS_SHOWN: usize = 8;
/// Hand-over notes looked at until one is in force.
const NOTES_READ: usize = 8;
/// A silence shorter than this is one missed round of questions, in real milliseconds.
const SILENCE_LEAST_MS: i64 = 3_000;
/// Cases that a hand-over note is offered as open points.
const POINTS_MAX: usize = 20;
/// The value of a record type's `page` that stands here.
const PAGE: &str = "shift";

/// `GET /console/shift`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    let cookie = access::cookie(&headers, COOKIE);
    signed(app, headers, uri, move |ask| {
        let said = said(ask);
        if let Some(at_ms) = said {
            // What was chosen goes into the cookie; an address without it can be kept open and loaded again.
            if ask.here.value("since") == "now" || !ask.here.value("since").contains('Z') {
                let mut there = ask.here.clone();
                there.query.retain(|(name, _)| name != "since");
                let mut response = see_other(&there.to_string());
                keep(&mut response, at_ms);
                return Ok(response);
            }
        }
        let since = Since::of(ask, said, cookie.as_deref())?;
        let frame = ask.frame(Place::Shift);
        Ok(ask.html(render_shift(&frame, &make(ask, &since)?)))
    })
    .await
}

/// `GET /console/shift.csv`.
pub(super) async fn csv(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    let cookie = access::cookie(&headers, COOKIE);
    signed(app, headers, uri, move |ask| {
        let since = Since::of(ask, said(ask), cookie.as_deref())?;
        let mut text = String::from("list,case,kind,from,to,what,who,at\n");
        for list in lists(ask, &since, ALL)? {
            for row in list.rows {
                let (from, to) = match row.moved {
                    Some((from, to)) => (from.map(|s| s.label).unwrap_or_default(), to.label),
                    None => Default::default(),
                };
                let cells = [
                    list.id.clone(),
                    row.what.label,
                    row.sub,
                    from,
                    to,
                    row.text.plain(),
                    row.who,
                    time::machine(row.at_ms, &ask.zone()),
                ];
                let line: Vec<String> = cells.iter().map(|c| crate::csv::quoted(c)).collect();
                text.push_str(&line.join(","));
                text.push('\n');
            }
        }
        Ok(crate::csv::download("shift.csv", text))
    })
    .await
}

fn keep(response: &mut Response, at_ms: i64) {
    set_cookie(
        response,
        &format!("{COOKIE}={at_ms}; Path=/console; Max-Age={COOKIE_S}; SameSite=Lax; HttpOnly"),
    );
}

/// The beginning that the address names: an instant, the port's hour, or now.
fn said(ask: &Ask) -> Option<i64> {
    let text = ask.here.value("since");
    let at_ms = match text {
        "" => return None,
        "now" => ask.now_ms,
        other => encode::parse_instant_ms(other)
            .or_else(|| encode::parse_instant_ms(&file::instant_of(other, &ask.zone())?))?,
    };
    Some(bounded(ask, at_ms))
}

fn bounded(ask: &Ask, at_ms: i64) -> i64 {
    at_ms.clamp(ask.now_ms.saturating_sub(BACK_MS), ask.now_ms)
}

/// When the shift began, and how that is known.
pub(super) struct Since {
    /// Business time.
    pub(super) at_ms: i64,
    note: String,
    /// The newest note of the office.
    last: Option<HeldRecord>,
}

impl Since {
    fn of(ask: &Ask, said: Option<i64>, cookie: Option<&str>) -> Result<Since, Refusal> {
        let last = last_note(ask)?;
        let kept = cookie
            .and_then(|text| text.parse::<i64>().ok())
            .map(|at_ms| bounded(ask, at_ms));
        let handed = last
            .as_ref()
            .map(|h| h.record.logged_ms)
            .filter(|at| ask.now_ms.saturating_sub(*at) <= NOTE_MS);
        let (at_ms, note) = match (said.or(kept), handed) {
            (Some(at_ms), _) => (at_ms, ""),
            (None, Some(at_ms)) => (
                at_ms,
                ask.w(
                    "Since the last hand-over note of this office. Say when your shift began, and it is kept for a day on this device.",
                    "Desde la última nota de entrega de esta autoridad. Diga cuándo empezó su turno y se guarda por un día en este equipo.",
                ),
            ),
            (None, None) => (
                ask.now_ms.saturating_sub(SHIFT_MS),
                ask.w(
                    "The last eight hours, as nothing says when your shift began. Say it, and it is kept for a day on this device.",
                    "Las últimas ocho horas, pues nada dice cuándo empezó su turno. Dígalo y se guarda por un día en este equipo.",
                ),
            ),
        };
        Ok(Since {
            at_ms,
            note: note.to_owned(),
            last,
        })
    }

    /// For who has chosen nothing on this device.
    pub(super) fn unsaid(ask: &Ask) -> Result<Since, Refusal> {
        Since::of(ask, None, None)
    }
}

fn make(ask: &Ask, since: &Since) -> Result<ShiftPage, Refusal> {
    let one = ask.here.value("list").to_owned();
    let mut lists = lists(ask, since, if one.is_empty() { SHOWN } else { ALL })?;
    if !one.is_empty() {
        lists.retain(|list| list.id == one);
    }
    Ok(ShiftPage {
        office: ask.network.name_of(ask.party()).to_owned(),
        since_ms: since.at_ms,
        since_input: time::local_input(since.at_ms, &ask.zone()),
        zone: time::zone_short(ask.now_ms, &ask.zone()),
        since_note: since.note.clone(),
        begins_now: Address::new(paths::SHIFT).with("since", "now").to_string(),
        note: since
            .last
            .as_ref()
            .map(|found| note(ask, found))
            .transpose()?
            .flatten(),
        write: note_type(ask).map(|(_, ty)| {
            Link::new(
                ask.w("Write a hand-over note", "Escribir nota de entrega"),
                Address::new(format!("/console/file/{}", crate::console::segment(&ty)))
                    .with("since", encode::instant_text(since.at_ms))
                    .to_string(),
            )
        }),
        needs: needs(ask)?,
        lists,
        csv: Address::new("/console/shift.csv")
            .with("since", encode::instant_text(since.at_ms))
            .to_string(),
    })
}

/// What needs a person now, of each board on which the reader has cases.
fn needs(ask: &Ask) -> Result<Vec<ShiftNeeds>, Refusal> {
    let mut out = Vec::new();
    for (title, name, needs, count) in board::needs_of_all(ask, NEEDS_SHOWN)? {
        out.push(ShiftNeeds {
            title: format!("{title}: {}", crate::console::grouped(count)),
            href: Address::new(paths::BOARD).with("board", &name).to_string(),
            count,
            rows: needs.into_iter().map(|(_, need)| need).collect(),
        });
    }
    Ok(out)
}

/// Cases that need a person, as open points of a note: kind, key, why.
pub(super) fn open_points(ask: &Ask) -> Result<Vec<(CaseRef, String)>, Refusal> {
    let mut out = Vec::new();
    for (_, _, needs, _) in board::needs_of_all(ask, POINTS_MAX)? {
        for (kind, need) in needs {
            out.push((
                CaseRef {
                    kind,
                    key: need.key,
                },
                need.what.plain(),
            ));
        }
    }
    out.truncate(POINTS_MAX);
    Ok(out)
}

/// The type of note that a program offers to the reader's roles, with its program.
fn note_type(ask: &Ask) -> Option<(Say, String)> {
    let roles = ask.roles();
    ask.app.core().programs.iter().find_map(|program| {
        let (name, _) = program
            .model()
            .records
            .iter()
            .find(|(name, ty)| ty.page == PAGE && file::may(program, name, &roles))?;
        Some((ask.say(program), name.clone()))
    })
}

fn last_note(ask: &Ask) -> Result<Option<HeldRecord>, Refusal> {
    let Some((_, record_type)) = note_type(ask) else {
        return Ok(None);
    };
    let query = RecordQuery {
        record_type: Some(record_type),
        issuer: Some(ask.party().to_owned()),
        limit: NOTES_READ,
        ..RecordQuery::default()
    };
    let found = held(ask.app.core().reader.records(ask.party(), &query))?;
    for held in found.items {
        let withdrawal = read::case_record_of(&held)
            .and_then(|r| r.replaces)
            .is_some_and(|r| r.kind == ReplaceKind::Withdraws);
        if !withdrawal && undo::replaced_by(ask, &held.record.id)?.is_none() {
            return Ok(Some(held));
        }
    }
    Ok(None)
}

fn note(ask: &Ask, found: &HeldRecord) -> Result<Option<HandOverNote>, Refusal> {
    let Some(record) = read::case_record_of(found) else {
        return Ok(None);
    };
    let Some(profile) = ask.app.core().programs.for_record_type(&record.record_type) else {
        return Ok(None);
    };
    let say = ask.say(&profile);
    let mut points = Vec::new();
    for (case, why) in points_of(&profile, &record) {
        let title = case::name_of(ask, &case)?;
        points.push((Link::new(title, paths::case(&case.kind, &case.key)), why));
    }
    let mut after = Vec::new();
    for link in held(ask.app.core().reader.node_touching(&record.id))? {
        if link.kind != LinkKind::Follows {
            continue;
        }
        if let Some(next) = held(ask.app.core().reader.record(ask.party(), &link.id))? {
            let who = signer(ask, &next);
            after.push((
                format!("{}: {who}", say.record(&next.record.record_type)),
                next.record.logged_ms,
            ));
        }
    }
    let mut offered = Vec::new();
    if let Some(about) = record.about.first() {
        let opened = case::open(ask, &about.kind, &about.key)?;
        for offer in acts::acts(
            opened.profile(),
            opened.view(ask),
            ask.party(),
            &ask.roles(),
        ) {
            if offer.allowed {
                offered.push(Act {
                    label: say.of(&offer.title).to_owned(),
                    href: case::act_href(about, &offer.id),
                    halt: offer.grave,
                    why_not: None,
                });
            }
        }
    }
    let lists = |member: &str| {
        record
            .document
            .pointer(&format!("/credentialSubject/{member}"))
            .is_some_and(Value::is_array)
    };
    Ok(Some(HandOverNote {
        title: say.record(&record.record_type),
        who: signer(ask, found),
        at_ms: record.logged_ms,
        facts: say
            .facts(&record.record_type, &record.document)
            .into_iter()
            .filter(|(member, _)| !lists(member))
            .map(|(_, fact)| fact)
            .collect(),
        points,
        href: paths::record(digest_of(&record.id)),
        after,
        acts: offered,
    }))
}

/// Cases named in a list of a note whose schema says `x-fill: open-cases`, each with its reason.
fn points_of(profile: &garita_profile::Profile, record: &CaseRecord) -> Vec<(CaseRef, String)> {
    let schema = profile.model().schemas.get(&record.record_type);
    let members = schema
        .and_then(|s| s.get("properties"))
        .and_then(Value::as_object);
    let mut out = Vec::new();
    for (member, of) in members.into_iter().flatten() {
        if of.get(file::FILL).and_then(Value::as_str) != Some("open-cases") {
            continue;
        }
        let inner = of
            .pointer("/items/properties")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        let named = |word: &str| {
            inner
                .iter()
                .find(|(_, m)| m.get(file::FILL).and_then(Value::as_str) == Some(word))
                .map(|(name, _)| name.clone())
                .unwrap_or_default()
        };
        let (kind, key, why) = (named("case-kind"), named("case-key"), named("why"));
        let rows = record
            .document
            .pointer(&format!("/credentialSubject/{member}"))
            .and_then(Value::as_array);
        for row in rows.into_iter().flatten() {
            let text = |name: &str| {
                row.get(name)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            out.push((
                CaseRef {
                    kind: text(&kind),
                    key: text(&key),
                },
                text(&why),
            ));
        }
    }
    out
}

/// Who signed a record, as far as it says: the person, else the office.
fn signer(ask: &Ask, found: &HeldRecord) -> String {
    let document: Value = serde_json::from_slice(&found.record.document).unwrap_or_default();
    document
        .pointer("/signedBy/person")
        .and_then(Value::as_str)
        .filter(|person| !person.is_empty())
        .map_or_else(
            || ask.network.name_of(&found.record.issuer).to_owned(),
            str::to_owned,
        )
}

/// All lists, each with at most `most` rows.
fn lists(ask: &Ask, since: &Since, most: usize) -> Result<Vec<ShiftList>, Refusal> {
    let reader = &ask.app.core().reader;
    let from = held(reader.first_logged(since.at_ms))?;
    let changed = match from {
        Some(from) => changed(ask, since, from, most)?,
        None => Vec::new(),
    };
    let mut out = vec![blind(ask, &changed, most)?];
    out.push(records_list(
        ask,
        from,
        most,
        "shift-holds",
        ask.w("Holds placed and removed", "Retenciones puestas y quitadas"),
        ask.w(
            "No hold was placed or removed.",
            "No se puso ni se quitó ninguna retención.",
        ),
        &hold_types(ask),
        false,
    )?);
    out.push(records_list(
        ask,
        from,
        most,
        "shift-decisions",
        ask.w("Decided by this office", "Decidido por esta autoridad"),
        ask.w(
            "This office decided nothing.",
            "Esta autoridad no decidió nada.",
        ),
        &types(ask, |ty| ty.decisive),
        true,
    )?);
    out.push(replaced(ask, from, most)?);
    out.push(silences(ask, since));
    let moved = changed.into_iter().map(|of| of.list);
    let mut moved: Vec<ShiftList> = moved.filter(|list| !list.rows.is_empty()).collect();
    if moved.is_empty() {
        moved.push(ShiftList {
            id: "shift-cases".to_owned(),
            title: ask.w("Cases whose state changed", "Expedientes que cambiaron de estado").to_owned(),
            empty: ask
                .w(
                    "No case changed its state since. Choose an earlier beginning to look further back.",
                    "Ningún expediente cambió de estado desde entonces. Elija un inicio anterior para ver más atrás.",
                )
                .to_owned(),
            ..ShiftList::default()
        });
    }
    out.extend(moved);
    for list in &mut out {
        if most == SHOWN && list.rows.len() > SHOWN {
            list.rows.truncate(SHOWN);
            list.more = Some(Link::new(
                ask.w("All of them", "Ver todos"),
                Address::new(paths::SHIFT)
                    .with("since", encode::instant_text(since.at_ms))
                    .with("list", &list.id)
                    .to_string(),
            ));
        }
    }
    Ok(out)
}

/// What of a case's state is read here; the rest is passed over unread.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StateBrief {
    way: Vec<(i64, String)>,
    blind: Vec<Blind>,
    records: Vec<RecordBrief>,
}

#[derive(Debug, Deserialize)]
struct RecordBrief {
    id: String,
    record_type: String,
    issuer: String,
    effective_ms: i64,
    in_force: bool,
}

/// What changed of one kind.
struct Changed {
    list: ShiftList,
    blind: Vec<(CaseView, Blind)>,
}

fn changed(
    ask: &Ask,
    since: &Since,
    from: LeafIndex,
    most: usize,
) -> Result<Vec<Changed>, Refusal> {
    let core = ask.app.core();
    let mut out: Vec<(bool, Changed)> = Vec::new();
    for program in core.programs.newest() {
        let say = ask.say(program);
        for kind in program.model().kinds.keys() {
            let count = held(
                core.reader
                    .cases_changed(ask.party(), kind, from, COUNT_MAX),
            )?;
            if count == 0 {
                continue;
            }
            let query = CaseQuery {
                updated_from: Some(from),
                limit: READ.max(most),
                ..CaseQuery::default()
            };
            let views = held(core.reader.cases(ask.party(), kind, &query))?.items;
            let read = views.len() as u64;
            let mut rows = Vec::new();
            let mut blind = Vec::new();
            for view in views {
                let state: StateBrief = serde_json::from_str(&view.state).unwrap_or_default();
                rows.extend(moved(ask, &say, since, &view, &state));
                for act in state.blind {
                    blind.push((view.clone(), act));
                }
            }
            rows.sort_by_key(|row| std::cmp::Reverse(row.at_ms));
            let (title, _) = say.program_of_kind(kind);
            let known = rows.len() as u64;
            rows.truncate(most.max(SHOWN) + 1);
            let on_board = program.model().boards.values().any(|b| b.rows == *kind);
            out.push((
                on_board,
                Changed {
                    list: ShiftList {
                        id: format!("shift-of-{}", crate::console::slug(kind)),
                        title: format!("{title}: {} {}", crate::console::grouped(known), say.noun(kind).of(known)),
                        note: if count > read {
                            ask.w(
                                "Changed state, among the newest {read} of {count} that something was recorded of",
                                "Cambiaron de estado, entre los {read} más recientes de {count} con algún registro nuevo",
                            )
                            .replace("{read}", &read.to_string())
                            .replace("{count}", &if count >= COUNT_MAX as u64 { format!("{COUNT_MAX}+") } else { count.to_string() })
                        } else {
                            ask.w("Changed state", "Cambiaron de estado").to_owned()
                        },
                        rows,
                        ..ShiftList::default()
                    },
                    blind,
                },
            ));
        }
    }
    out.sort_by_key(|(on_board, _)| !on_board);
    Ok(out.into_iter().map(|(_, changed)| changed).collect())
}

/// The line of a case that is in another state than when the shift began; none of one that came back or never left.
fn moved(
    ask: &Ask,
    say: &Say,
    since: &Since,
    view: &CaseView,
    state: &StateBrief,
) -> Option<ShiftRow> {
    let before = state
        .way
        .iter()
        .rev()
        .find(|(entered, _)| *entered <= since.at_ms)
        .map(|(_, s)| s.as_str());
    // A state that was told by its keeper has no way of its own here: since when it is so says whether it changed.
    if before == Some(view.shown.as_str()) || (before.is_none() && view.since_ms <= since.at_ms) {
        return None;
    }
    let entered = view.since_ms;
    let by = state
        .records
        .iter()
        .filter(|r| !BUILT_IN.contains(&r.record_type.as_str()))
        .find(|r| r.effective_ms == entered && r.in_force);
    let shown = Some(view.shown.as_str()).filter(|s| *s != "unknown");
    Some(ShiftRow {
        what: Link::new(&view.title, paths::case(&view.kind, &view.key)),
        sub: say.kind(&view.kind),
        moved: Some((before.map(|s| say.state(Some(s))), say.state(shown))),
        text: by.map_or_else(Rich::default, |r| {
            Rich::text(format!(" {}", say.record(&r.record_type)))
        }),
        who: by.map_or_else(String::new, |r| ask.network.name_of(&r.issuer).to_owned()),
        at_ms: entered,
        proof: by.map(|r| Link::new(ask.lang.t("case.proof"), paths::record(digest_of(&r.id)))),
        ..ShiftRow::default()
    })
}

fn blind(ask: &Ask, changed: &[Changed], most: usize) -> Result<ShiftList, Refusal> {
    let core = ask.app.core();
    let mut rows = Vec::new();
    for (view, blind) in changed.iter().flat_map(|c| &c.blind).take(most + 1) {
        let Some(act) = held(core.reader.record(ask.party(), &blind.act))? else {
            continue;
        };
        let Some(profile) = core.programs.for_record_type(&act.record.record_type) else {
            continue;
        };
        let say = ask.say(&profile);
        let mut unseen = Vec::new();
        for id in &blind.unseen {
            if let Some(other) = held(core.reader.record(ask.party(), id))? {
                unseen.push(say.record(&other.record.record_type));
            }
        }
        let mut text = ask
            .w(
                "{act}, not knowing of: {unseen}",
                "{act}, sin conocer: {unseen}",
            )
            .replace("{act}", &say.record(&act.record.record_type))
            .replace("{unseen}", &unseen.join(", "));
        if blind.office == ask.party() {
            let case = CaseRef {
                kind: view.kind.clone(),
                key: view.key.clone(),
            };
            let title = view.title.clone();
            if let Some(compared) = decided::of_act(core, ask.party(), case, title, blind)? {
                text.push_str(". ");
                text.push_str(&otherwise(ask, &say, &compared));
            }
        }
        rows.push(ShiftRow {
            what: Link::new(&view.title, paths::case(&view.kind, &view.key)),
            sub: say.kind(&view.kind),
            text: Rich::text(text),
            glyph: Some(Glyph::Differ),
            who: ask.network.name_of(&blind.office).to_owned(),
            at_ms: act.record.logged_ms,
            proof: Some(Link::new(
                ask.lang.t("case.proof"),
                paths::record(digest_of(&blind.act)),
            )),
            ..ShiftRow::default()
        });
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.at_ms));
    Ok(ShiftList {
        id: "shift-blind".to_owned(),
        title: counted(
            ask.w("Decided blind", "Decidido sin conocer algo"),
            &rows,
            most,
        ),
        rows,
        empty: ask
            .w(
                "Nothing was decided without knowing of a record dated before.",
                "Nada se decidió sin conocer un registro con fecha anterior.",
            )
            .to_owned(),
        ..ShiftList::default()
    })
}

/// Whether the office would have had another case before it.
fn otherwise(ask: &Ask, say: &Say, compared: &DecidedBlind) -> String {
    let (known, with) = (&compared.known, &compared.with);
    let mut said = Vec::new();
    if known.state != with.state {
        said.push(
            ask.w(
                "As known then: {known}. With that: {with}.",
                "Según lo conocido: {known}. Con ello: {with}.",
            )
            .replace("{known}", &say.state(known.state.as_deref()).label)
            .replace("{with}", &say.state(with.state.as_deref()).label),
        );
    }
    let more = with
        .holds
        .iter()
        .filter(|h| !known.holds.contains(h))
        .count();
    if more > 0 {
        said.push(
            ask.w(
                "Open holds that it did not know: {n}.",
                "Retenciones abiertas que no conocía: {n}.",
            )
            .replace("{n}", &more.to_string()),
        );
    }
    if known.offered == Some(true) && with.offered == Some(false) {
        said.push(
            ask.w(
                "The act would not have been open.",
                "El acto no habría estado disponible.",
            )
            .to_owned(),
        );
    }
    if said.is_empty() {
        said.push(
            ask.w(
                "With that the case would have stood the same.",
                "Con ello el expediente habría estado igual.",
            )
            .to_owned(),
        );
    }
    said.join(" ")
}

/// Record types of all programs that a test picks.
fn types(ask: &Ask, pick: impl Fn(&RecordType) -> bool) -> Vec<String> {
    let mut names: Vec<String> = ask
        .app
        .core()
        .programs
        .iter()
        .flat_map(|p| p.model().records.iter())
        .filter(|(_, ty)| pick(ty))
        .map(|(name, _)| name.clone())
        .collect();
    names.sort();
    names.dedup();
    names
}

fn hold_types(ask: &Ask) -> Vec<String> {
    let mut names: Vec<String> = ask
        .app
        .core()
        .programs
        .iter()
        .flat_map(|p| p.model().life_cycle.values())
        .filter_map(|life| life.holds.as_ref())
        .flat_map(|holds| holds.opens.iter().chain(&holds.closes).cloned())
        .collect();
    names.sort();
    names.dedup();
    names
}

#[expect(clippy::too_many_arguments, reason = "two callers, a few lines above")]
fn records_list(
    ask: &Ask,
    from: Option<LeafIndex>,
    most: usize,
    id: &str,
    title: &str,
    empty: &str,
    types: &[String],
    own: bool,
) -> Result<ShiftList, Refusal> {
    let mut found: BTreeMap<u64, HeldRecord> = BTreeMap::new();
    if let Some(from) = from {
        for record_type in types {
            let query = RecordQuery {
                record_type: Some(record_type.clone()),
                issuer: own.then(|| ask.party().to_owned()),
                arrived_from: Some(from),
                limit: most + 1,
                ..RecordQuery::default()
            };
            let page = held(ask.app.core().reader.records(ask.party(), &query))?;
            found.extend(page.items.into_iter().map(|h| (h.number, h)));
        }
    }
    let mut rows = Vec::new();
    for record in found.into_values().rev().take(most + 1) {
        rows.extend(record_row(ask, &record)?);
    }
    Ok(ShiftList {
        id: id.to_owned(),
        title: counted(title, &rows, most),
        rows,
        empty: empty.to_owned(),
        ..ShiftList::default()
    })
}

fn replaced(ask: &Ask, from: Option<LeafIndex>, most: usize) -> Result<ShiftList, Refusal> {
    let found = match from {
        Some(from) => held(ask.app.core().reader.replacing(ask.party(), from, most + 1))?,
        None => Vec::new(),
    };
    let mut rows = Vec::new();
    for record in &found {
        rows.extend(record_row(ask, record)?);
    }
    Ok(ShiftList {
        id: "shift-replaced".to_owned(),
        title: counted(
            ask.w("Corrected or withdrawn", "Corregido o retirado"),
            &rows,
            most,
        ),
        rows,
        empty: ask
            .w(
                "No record was corrected or withdrawn.",
                "Ningún registro se corrigió ni se retiró.",
            )
            .to_owned(),
        ..ShiftList::default()
    })
}

fn record_row(ask: &Ask, found: &HeldRecord) -> Result<Option<ShiftRow>, Refusal> {
    let Some(record) = read::case_record_of(found) else {
        return Ok(None);
    };
    let Some(profile) = ask.app.core().programs.for_record_type(&record.record_type) else {
        return Ok(None);
    };
    let say = ask.say(&profile);
    let (what, sub) = match record.about.first() {
        Some(case) => (
            Link::new(
                case::name_of(ask, case)?,
                paths::case(&case.kind, &case.key),
            ),
            say.kind(&case.kind),
        ),
        None => (
            Link::new(
                say.record(&record.record_type),
                paths::record(digest_of(&record.id)),
            ),
            String::new(),
        ),
    };
    let name = say.record(&record.record_type);
    let text = match &record.replaces {
        Some(replaces) => {
            let verb = match replaces.kind {
                ReplaceKind::Withdraws => ask.w("Withdrawn", "Retirado"),
                ReplaceKind::Corrects => ask.w("Corrected", "Corregido"),
                ReplaceKind::Amends => ask.w("Amended", "Modificado"),
            };
            if replaces.reason.is_empty() {
                format!("{verb}: {name}")
            } else {
                format!("{verb}: {name}, {}", replaces.reason)
            }
        }
        None => match say.first_code(&record.record_type, &record.document) {
            Some(code) => format!("{name}, {}", super::words::inside(&code)),
            None => name,
        },
    };
    Ok(Some(ShiftRow {
        what,
        sub,
        text: Rich::text(text),
        who: ask.network.name_of(&record.issuer).to_owned(),
        at_ms: record.logged_ms,
        proof: Some(Link::new(
            ask.lang.t("case.proof"),
            paths::record(digest_of(&record.id)),
        )),
        ..ShiftRow::default()
    }))
}

/// Peers that were away, and those that are.
fn silences(ask: &Ask, since: &Since) -> ShiftList {
    let standings = ask.app.standings();
    let speed = ask.app.core().clock.speed().max(f64::MIN_POSITIVE);
    let ago = ask.now_ms.saturating_sub(since.at_ms).max(0) as f64 / speed;
    let from_real = real_now_ms().saturating_sub(ago as i64);
    let mut rows = Vec::new();
    let mut tell = |peer: &str, from_ms: i64, until_ms: Option<i64>| {
        let (from, until) = (
            business_ms(ask, from_ms),
            until_ms.map(|at| business_ms(ask, at)),
        );
        let span = time::span(until.unwrap_or(ask.now_ms).saturating_sub(from));
        rows.push(ShiftRow {
            what: Link::new(ask.network.name_of(peer), paths::PEERS),
            text: Rich::text(match until {
                Some(until) => ask
                    .w(
                        "not reached for {span}, until {until}",
                        "sin contacto por {span}, hasta {until}",
                    )
                    .replace("{span}", &span)
                    .replace(
                        "{until}",
                        &time::exact(until, ask.now_ms, &ask.zone(), ask.lang),
                    ),
                None => ask
                    .w(
                        "not reached for {span}, still",
                        "sin contacto por {span}, aún",
                    )
                    .replace("{span}", &span),
            }),
            glyph: Some(Glyph::Away),
            at_ms: from,
            ..ShiftRow::default()
        });
    };
    for (peer, standing) in standings.all() {
        if let Some(from_ms) = standing.silent_since_ms {
            tell(&peer, from_ms, None);
        }
    }
    for silence in standings.silences_since(from_real).iter().rev() {
        if silence.until_ms.saturating_sub(silence.from_ms) >= SILENCE_LEAST_MS {
            tell(&silence.peer, silence.from_ms, Some(silence.until_ms));
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.at_ms));
    ShiftList {
        id: "shift-peers".to_owned(),
        title: counted(
            ask.w("Nodes not reached", "Nodos sin contacto"),
            &rows,
            usize::MAX,
        ),
        rows,
        empty: ask
            .w(
                "Every node was reached, as far as this one remembers: since it was started.",
                "Hubo contacto con todos los nodos, hasta donde este recuerda: desde que arrancó.",
            )
            .to_owned(),
        ..ShiftList::default()
    }
}

fn counted(title: &str, rows: &[ShiftRow], most: usize) -> String {
    if rows.len() > most {
        format!("{title}: {most}+")
    } else {
        format!("{title}: {}", rows.len())
    }
}
