//! The case page: one case as the reader's party sees it now, with its parts.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use garita_exchange::governance::Adoption;
use garita_exchange::problem::Refusal;
use garita_exchange::read::{self, CaseRead};
use garita_profile::Profile;
use garita_profile::acts::{self, ActOffer};
use garita_profile::board::{self as rows, BoardRow};
use garita_profile::board_live::links_of_kind;
use garita_profile::builtin::BUILT_IN;
use garita_profile::case::{CaseRecord, CaseRef, CaseState, RecordState};
use garita_profile::links::{self, Linked};
use garita_profile::model::{Model, Severity};
use garita_store::{HeldRecord, TermMatch};

use super::ask::{Ask, absent, held, signed};
use super::board_anew::finder;
use super::words::{Say, inside};
use super::{
    after, case_fields, case_holders, case_papers, case_sends, case_times, contacts, live, needy,
    undo,
};
use crate::api::records::digest_of;
use crate::console::{
    Act, CasePage, CredentialLine, Fact, Finding, Fragment, Frame, Glyph, Hold, Holder, Link, Look,
    Mark, MarkKind, Notice, PartRow, PartsTable, PeerLine, Place, Rich, Span, Step, Tone,
    case_announcement, paths, render_case, render_case_fragments, time,
};
use crate::server::App;

/// The search name under which the fold keeps of which wholes a case is a part.
const PART_TERM: &str = "part-of";
/// Parts that are read with their records; the rest are named with their state.
const PARTS_READ: usize = 60;
/// What the fold says of a record whose issuer has no seat in the case.
const STRANGER: &str = "stranger";
/// Other cases of one record that are looked into.
const ABOUT_READ: usize = 10;
/// The fact that no record's member gives: it stands in a secret record, which the fold does not count.
const OWN_REFERENCE: &str = "own reference";
/// Facts at the head.
const FACTS: usize = 6;
/// Cells of a part between its key and its state.
const CELLS: usize = 3;
/// Acts of parts offered on the whole.
const PART_ACTS: usize = 4;

/// `GET /console/cases/{kind}/{key}`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    Path((kind, key)): Path<(String, String)>,
) -> Response {
    signed(app, headers, uri, move |ask| {
        let (frame, page) = make(ask, &kind, &key)?;
        Ok(ask.html(render_case(&frame, &page)))
    })
    .await
}

/// The page's fragments and what is announced.
pub(super) fn fragments(
    ask: &Ask,
    kind: &str,
    key: &str,
) -> Result<(Frame, Vec<Fragment>, String), Refusal> {
    let (frame, page) = make(ask, kind, key)?;
    let announce = case_announcement(&page);
    let fragments = render_case_fragments(&frame, &page);
    Ok((frame, fragments, announce))
}

/// A case with its program, read for the party.
pub(super) struct Opened {
    /// Which.
    pub(super) case: CaseRef,
    /// Program.
    pub(super) say: Say,
    /// State, records, parts' states.
    pub(super) read: CaseRead,
    /// What people call it.
    pub(super) title: String,
    /// Records of parts, by part.
    pub(super) parts: BTreeMap<CaseRef, Vec<HeldRecord>>,
    /// Records about several cases that move nothing here, but are in force in another one: id -> that case.
    pub(super) elsewhere: BTreeMap<String, CaseRef>,
    /// What the links found that boards and acts of the kind ask for.
    linked: Linked,
}

impl Opened {
    /// What the profile's engine reads.
    pub(super) fn view<'a>(&'a self, ask: &'a Ask) -> acts::CaseView<'a> {
        acts::CaseView {
            state: &self.read.state,
            records: &self.read.case_records,
            directory: ask.directory(),
            as_of_ms: ask.now_ms,
            linked: Some(&self.linked),
        }
    }

    /// The program.
    pub(super) fn profile(&self) -> &Arc<Profile> {
        &self.say.profile
    }

    /// The held record of an id, of this case or of a part.
    pub(super) fn held(&self, id: &str) -> Option<&HeldRecord> {
        self.read
            .records
            .iter()
            .chain(self.parts.values().flatten())
            .find(|h| h.record.id == id)
    }

    /// Every record of the case and of the parts that were read, once, with the part where it is in force if it is not in the whole.
    pub(super) fn fates(&self) -> Vec<(Option<&CaseRef>, &RecordState)> {
        let own = self.read.state.records.iter().map(|r| (None, r));
        let of_parts = self
            .read
            .parts
            .iter()
            .filter(|(case, _)| self.parts.contains_key(case))
            .flat_map(|(case, state)| state.records.iter().map(move |r| (Some(case), r)));
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let mut fates: Vec<(Option<&CaseRef>, &RecordState)> = Vec::new();
        for (part, state) in own.chain(of_parts) {
            match places.get(state.id.as_str()) {
                None => {
                    places.insert(&state.id, fates.len());
                    fates.push((part, state));
                }
                Some(at) => {
                    if let Some(first) = fates.get_mut(*at)
                        && !first.1.in_force
                        && state.in_force
                    {
                        *first = (part, state);
                    }
                }
            }
        }
        fates
    }

    /// Components of this case's key and its parts' keys: what needs no saying again.
    pub(super) fn known(&self) -> Vec<String> {
        std::iter::once(&self.case)
            .chain(self.parts.keys())
            .flat_map(|c| c.key.split(':').map(str::to_owned).chain([c.key.clone()]))
            .chain([self.title.clone()])
            .collect()
    }
}

/// Opens a case with its parts' records.
pub(super) fn open(ask: &Ask, kind: &str, key: &str) -> Result<Opened, Refusal> {
    let case = CaseRef {
        kind: kind.to_owned(),
        key: key.to_owned(),
    };
    let core = ask.app.core();
    let profile = core.governing(kind).ok_or_else(absent)?;
    let read = read::case(core, ask.party(), &case)?.ok_or_else(absent)?;
    let mut parts = BTreeMap::new();
    for (part, _) in read
        .state
        .parts
        .values()
        .flat_map(|p| &p.cases)
        .take(PARTS_READ)
    {
        let records = held(core.reader.case_records(ask.party(), &part.kind, &part.key))?;
        parts.insert(part.clone(), records);
    }
    let title = rows::title(
        &profile,
        acts::CaseView {
            state: &read.state,
            records: &read.case_records,
            directory: ask.directory(),
            as_of_ms: ask.now_ms,
            linked: None,
        },
    );
    let mut opened = Opened {
        case,
        title,
        say: ask.say(&profile),
        read,
        parts,
        elsewhere: BTreeMap::new(),
        linked: Linked::default(),
    };
    opened.linked = linked(ask, &opened)?;
    opened.elsewhere = elsewhere(ask, &opened)?;
    Ok(opened)
}

/// What the links find for the case, by its records and those of the parts that were read.
fn linked(ask: &Ask, opened: &Opened) -> Result<Linked, Refusal> {
    let profile = opened.profile();
    let names = links_of_kind(profile, &opened.case.kind);
    if names.is_empty() {
        return Ok(Linked::default());
    }
    let parts: Vec<(&CaseState, Vec<CaseRecord>)> = opened
        .parts
        .iter()
        .filter_map(|(part, held)| {
            let state = opened.read.parts.get(part)?;
            Some((
                state.as_ref(),
                held.iter().filter_map(read::case_record_of).collect(),
            ))
        })
        .collect();
    let own = (
        opened.read.state.as_ref(),
        opened.read.case_records.as_slice(),
    );
    let cases = parts.iter().map(|(s, r)| (*s, r.as_slice())).chain([own]);
    let looks_for = links::looks_for(profile.model(), &names, None, cases);
    finder(ask).look_up(profile, &looks_for)
}

/// What the links find for a part by itself.
fn linked_of_part(
    ask: &Ask,
    opened: &Opened,
    state: &CaseState,
    records: &[CaseRecord],
) -> Result<Linked, Refusal> {
    let profile = opened.profile();
    let names = links_of_kind(profile, &state.case.kind);
    let looks_for = links::looks_for(profile.model(), &names, None, [(state, records)]);
    finder(ask).look_up(profile, &looks_for)
}

/// One record may be about many cases, and its issuer have a seat in one of them only: there it counts.
fn elsewhere(ask: &Ask, opened: &Opened) -> Result<BTreeMap<String, CaseRef>, Refusal> {
    #[derive(serde::Deserialize)]
    struct Brief {
        records: Vec<RecordState>,
    }
    let mut found = BTreeMap::new();
    for (_, state) in opened.fates() {
        if state.why.as_deref() != Some(STRANGER) {
            continue;
        }
        let about = opened
            .held(&state.id)
            .and_then(read::case_record_of)
            .map(|r| r.about)
            .unwrap_or_default();
        for case in about.into_iter().take(ABOUT_READ) {
            let other = held(
                ask.app
                    .core()
                    .reader
                    .case(ask.party(), &case.kind, &case.key),
            )?;
            let counts = other
                .and_then(|view| serde_json::from_str::<Brief>(&view.state).ok())
                .is_some_and(|b| b.records.iter().any(|r| r.id == state.id && r.in_force));
            if counts {
                found.insert(state.id.clone(), case);
                break;
            }
        }
    }
    Ok(found)
}

/// Cases of which a case is a part.
pub(super) fn wholes(ask: &Ask, part: &CaseRef) -> Result<Vec<CaseRef>, Refusal> {
    let value = format!("{} {}", part.kind, part.key);
    let hits = held(ask.app.core().reader.search(
        ask.party(),
        Some(PART_TERM),
        &value,
        TermMatch::Exact,
        10,
    ))?;
    Ok(hits
        .into_iter()
        .map(|hit| CaseRef {
            kind: hit.kind,
            key: hit.key,
        })
        .collect())
}

/// What people call a case that the party has a view of.
pub(super) fn name_of(ask: &Ask, case: &CaseRef) -> Result<String, Refusal> {
    let view = held(
        ask.app
            .core()
            .reader
            .case(ask.party(), &case.kind, &case.key),
    )?;
    Ok(view.map_or_else(|| case.key.clone(), |v| v.title))
}

fn make(ask: &Ask, kind: &str, key: &str) -> Result<(Frame, CasePage), Refusal> {
    let opened = open(ask, kind, key)?;
    let (say, state) = (&opened.say, &opened.read.state);
    let view = opened.view(ask);
    let title = rows::title(opened.profile(), view);
    let owner = state.owner.as_deref();
    let mut frame = ask.frame(Place::Cases);
    frame.live = Some(live::of(
        ask,
        "case",
        &[("kind".into(), kind.into()), ("key".into(), key.into())],
    ));
    frame.notices = after::notices(ask)?;
    let row = board_row(ask, &opened);
    let shown = say.state(state.state.as_deref());
    let closed = matches!(shown.look, Look::Closed);
    let (holders, waits) = case_holders::holders(ask, &opened)?;
    let others = holders.iter().any(|holder| holder.peer.is_some());
    let peer = worst(&holders);
    let mut wholes_links = Vec::new();
    for whole in wholes(ask, &opened.case)? {
        wholes_links.push(Link::new(
            format!("{} {}", say.kind(&whole.kind), name_of(ask, &whole)?),
            paths::case(&whole.kind, &whole.key),
        ));
    }
    let mut page = CasePage {
        path: path(ask, &opened, row.as_ref()),
        subtitle: {
            let name = owner.map_or_else(String::new, |did| ask.network.name_of(did).to_owned());
            if title == opened.case.key || opened.case.key.ends_with(&title) {
                [say.kind(kind), name]
                    .into_iter()
                    .filter(|word| !word.is_empty())
                    .collect::<Vec<_>>()
                    .join(", ")
            } else {
                name
            }
        },
        title,
        state: shown,
        since_ms: state.state.as_ref().map(|_| state.since_ms),
        state_text: state_text(ask, &opened),
        told_by: told_by(ask, state),
        may_change: matches!(
            peer.as_ref().map(|p| p.step),
            Some(Step::Behind { .. } | Step::Away { .. })
        ),
        peer,
        asks: {
            let mut asks = asks(ask, &opened, row.as_ref().map(|(_, r)| r));
            asks.extend(waits.iter().map(|wait| wait.notice(ask)));
            asks
        },
        holds: holds(ask, &opened),
        facts: [
            facts(ask, &opened),
            case_fields::linked(&opened.say, row.as_ref()),
        ]
        .concat(),
        way: case_times::way(ask, &opened),
        way_to_come: if closed {
            String::new()
        } else {
            to_come(&opened, row.as_ref())
        },
        parts: parts(&opened),
        wholes: wholes_links,
        timeline: case_times::timeline(ask, &opened),
        documents: case_papers::documents(ask, &opened),
        evidence: Some(Link::new(
            ask.w("Evidence (file)", "Evidencia (archivo)"),
            paths::evidence(kind, &opened.case.key),
        )),
        findings: findings(ask, &opened),
        acts_as: acts_as(ask, say),
        acts: Vec::new(),
        clocks: case_times::clocks(ask, &opened),
        credentials: credentials(ask, &opened)?,
        sends: case_sends::lines(ask, &opened)?,
        compare: others.then(|| case_holders::compare(ask, &opened)),
        holders,
        governed: governed(ask, &opened),
    };
    page.acts = offered(ask, &opened, &page.asks)?;
    page.acts.extend(undoable(ask, &opened)?);
    Ok((frame, page))
}

/// The credentials that the reader's party may have of the case as it stands.
fn credentials(ask: &Ask, opened: &Opened) -> Result<Vec<CredentialLine>, Refusal> {
    let offered = garita_exchange::credentials::offered(ask.app.core(), ask.party(), &opened.read)?;
    let (kind, key) = (&opened.case.kind, &opened.case.key);
    Ok(offered
        .into_iter()
        .map(|offer| CredentialLine {
            title: opened.say.of(&offer.title).to_owned(),
            file: paths::credential(kind, key, &offer.name),
            print: paths::carry(kind, key, &offer.name),
        })
        .collect())
}

/// The first board that shows this case, and its row there.
fn board_row(ask: &Ask, opened: &Opened) -> Option<(String, BoardRow)> {
    let roles = ask.roles();
    let model = opened.profile().model();
    model.boards.keys().find_map(|name| {
        rows::board_row(opened.profile(), name, opened.view(ask), &roles)
            .map(|row| (name.clone(), row))
    })
}

fn path(ask: &Ask, opened: &Opened, row: Option<&(String, BoardRow)>) -> Vec<Link> {
    let say = &opened.say;
    match row {
        Some((name, row)) => {
            let board = crate::console::Address::new(paths::BOARD).with("board", name);
            let mut path = vec![Link::new(
                say.word(&format!("board.{name}")),
                board.to_string(),
            )];
            if let Some(column) = &row.column {
                path.push(Link::new(
                    say.word(&format!("board.{column}")),
                    format!("{board}#s-{}", crate::console::slug(column)),
                ));
            }
            path
        }
        None => vec![Link::new(
            ask.lang.t("nav.cases"),
            crate::console::Address::new(paths::CASES)
                .with("kind", &opened.case.kind)
                .to_string(),
        )],
    }
}

fn state_text(ask: &Ask, opened: &Opened) -> Rich {
    let say = &opened.say;
    let mut sentences = Vec::new();
    for (name, part) in &opened.read.state.parts {
        let all = part.cases.len();
        if all == 0 {
            continue;
        }
        let done = part
            .cases
            .iter()
            .filter(|(_, s)| say.state(s.as_deref()).look == Look::Released)
            .count();
        let what = inside(&say.word(&format!("parts.{}.{name}", opened.case.kind)));
        sentences.push(
            ask.w(
                "{done} of {all} {what} released.",
                "{done} de {all} {what} con liberación.",
            )
            .replace("{done}", &done.to_string())
            .replace("{all}", &all.to_string())
            .replace("{what}", &what),
        );
    }
    Rich::text(sentences.join(" "))
}

fn told_by(ask: &Ask, state: &CaseState) -> Option<String> {
    if !state.by_notice {
        return None;
    }
    let told = state.told.last()?;
    Some(
        ask.w("as told by {who} at {at}.", "según dijo {who} a las {at}.")
            .replace("{who}", ask.network.name_of(&told.office))
            .replace("{at}", &time::minutes(told.as_of_ms, &ask.zone())),
    )
}

/// Address of an act on a case.
pub(super) fn act_href(case: &CaseRef, act: &str) -> String {
    format!(
        "{}/act/{}",
        paths::case(&case.kind, &case.key),
        crate::console::segment(act)
    )
}

fn button(say: &Say, case: &CaseRef, offer: &ActOffer) -> Act {
    Act {
        label: say.of(&offer.title).to_owned(),
        href: act_href(case, &offer.id),
        halt: offer.grave,
        why_not: (!offer.allowed).then(|| {
            offer
                .why_not
                .as_ref()
                .map_or_else(String::new, |w| say.of(w).to_owned())
        }),
    }
}

fn asks(ask: &Ask, opened: &Opened, row: Option<&BoardRow>) -> Vec<Notice> {
    let (say, state) = (&opened.say, &opened.read.state);
    let mut notices = Vec::new();
    let offers = acts::acts(
        opened.profile(),
        opened.view(ask),
        ask.party(),
        &ask.roles(),
    );
    let people = needy::People {
        owner: state.owner.as_deref(),
        seats: &state.seats,
        posts: &state.posts,
    };
    let listed = rows::list_needs(opened.profile(), opened.view(ask), &ask.roles());
    for need in row.into_iter().flat_map(|r| &r.needs).chain(&listed) {
        let glyph = Glyph::parse(&need.glyph).unwrap_or(Glyph::Wait);
        // Blind acts and holds are told below, each with what was not seen and with what ends it.
        let blind = need.id == "blind" && !state.blind.is_empty();
        let held = glyph == Glyph::Hold && has_holds(opened);
        if blind || held {
            continue;
        }
        notices.push(Notice {
            tone: if matches!(glyph, Glyph::Cross | Glyph::Stop) {
                Tone::Stop
            } else {
                Tone::Warn
            },
            glyph,
            title: say.of(&need.text).trim_end_matches('.').to_owned(),
            text: needy::in_hands(ask, say, people, need),
            code: None,
            act: need
                .act
                .as_ref()
                .and_then(|act| offers.iter().find(|o| o.id == *act && o.allowed))
                .map(|offer| button(say, &opened.case, offer)),
            post: None,
        });
    }
    for blind in &state.blind {
        let mut text = Rich::text(ask.w(
            "Not seen when it was signed: ",
            "No se había visto al firmar: ",
        ));
        for (at, id) in blind.unseen.iter().enumerate() {
            if at > 0 {
                text = text.and(Span::Text(", ".to_owned()));
            }
            let title = opened.held(id).map_or_else(
                || ask.w("a record", "un registro").to_owned(),
                |h| say.record(&h.record.record_type),
            );
            text = text.and(Span::Link(Link::new(title, paths::record(digest_of(id)))));
        }
        let act = opened
            .held(&blind.act)
            .map_or_else(String::new, |h| say.record(&h.record.record_type));
        notices.push(Notice {
            tone: Tone::Warn,
            glyph: Glyph::Differ,
            title: ask
                .w(
                    "{act} by {who}, not knowing of what was dated before",
                    "{act}, de {who}, sin conocer algo con fecha anterior",
                )
                .replace("{act}", &act)
                .replace("{who}", ask.network.name_of(&blind.office)),
            text,
            code: None,
            act: None,
            post: None,
        });
    }
    if state.opening.is_none() && !state.by_notice {
        notices.push(Notice {
            tone: Tone::Quiet,
            glyph: Glyph::Wait,
            title: ask.w("Waits for its opening record", "Espera su registro de apertura").to_owned(),
            text: Rich::text(ask.w(
                "Records about it are here, but not yet one of whoever may open it. They count from the moment that it comes.",
                "Hay registros sobre él, pero aún ninguno de quien puede abrirlo. Cuentan desde que llegue.",
            )),
            code: None,
            act: None,
            post: None,
        });
    }
    notices
}

fn has_holds(opened: &Opened) -> bool {
    !opened.read.state.holds.is_empty() || opened.read.parts.values().any(|p| !p.holds.is_empty())
}

/// Whether an act lifts a hold where all that are open are other offices': it would be refused.
fn lifts_another_s(ask: &Ask, opened: &Opened, state: &CaseState, kind: &str, issue: &str) -> bool {
    let cycle = opened.profile().model().life_cycle.get(kind);
    let closes = cycle
        .and_then(|c| c.holds.as_ref())
        .is_some_and(|h| h.by_same_office && h.closes.iter().any(|t| t == issue));
    closes && !state.holds.iter().any(|h| h.office == ask.party())
}

fn holds(ask: &Ask, opened: &Opened) -> Vec<Hold> {
    let say = &opened.say;
    opened
        .read
        .state
        .holds
        .iter()
        .chain(opened.read.parts.values().flat_map(|p| &p.holds))
        .map(|hold| {
            let ty = opened
                .held(&hold.record)
                .map(|h| h.record.record_type.clone())
                .unwrap_or_default();
            let kind = if hold.kind.is_empty() {
                say.record(&ty)
            } else {
                say.code(&ty, "kind", &hold.kind)
                    .unwrap_or_else(|| hold.kind.clone())
            };
            let part = opened
                .parts
                .iter()
                .find(|(_, records)| records.iter().any(|h| h.record.id == hold.record))
                .map(|(part, _)| part.key.clone());
            let in_part = hold.ends_with.is_empty()
                && opened
                    .held(&hold.record)
                    .and_then(read::case_record_of)
                    .is_some_and(|record| record.view.is_some());
            let mut what = Rich::text(kind);
            if let Some(key) = part {
                what = what.and(Span::Text(", ".to_owned())).and(Span::Id(key));
            }
            Hold {
                office: ask.network.name_of(&hold.office).to_owned(),
                what: what.and(Span::Text(".".to_owned())),
                since_ms: hold.since_ms,
                ends: Rich::text(if in_part {
                    ask.w(
                        "its office knows; your part of the record does not say",
                        "lo sabe su autoridad; la parte que usted tiene no lo dice",
                    )
                    .to_owned()
                } else if hold.ends_with.is_empty() {
                    ask.w("its office removes it", "la quita su autoridad")
                        .to_owned()
                } else {
                    hold.ends_with.clone()
                }),
                href: paths::record(digest_of(&hold.record)),
                contact: contacts::of(ask, &hold.office),
            }
        })
        .collect()
}

/// Documents in force, oldest first, with their type.
pub(super) fn in_force<'a>(
    state: &'a CaseState,
    records: &'a [CaseRecord],
) -> impl DoubleEndedIterator<Item = &'a CaseRecord> {
    state
        .records
        .iter()
        .filter(|r| r.in_force)
        .filter_map(move |s| records.iter().find(|r| r.id == s.id))
}

/// How early a type of record tells of a kind of case: first the one that lists its parts, then those that seat and name it, so
/// that every case of a kind reads in the same order; the others after them.
fn telling(model: &Model, kind: &str, record_type: &str) -> usize {
    let Some(kind) = model.kinds.get(kind) else {
        return 0;
    };
    let lists = kind.parts.values().map(|part| part.from.as_str());
    let seats = kind.seats.values().flatten();
    let names = seats
        .chain(&kind.title)
        .map(|path| path.record_type.as_str());
    let mut types = lists.chain(names);
    types.position(|t| t == record_type).unwrap_or(usize::MAX)
}

fn facts(ask: &Ask, opened: &Opened) -> Vec<Fact> {
    let say = &opened.say;
    let mut found: Vec<(String, Fact)> = Vec::new();
    let model = opened.profile().model();
    let key = &opened.case.key;
    let last = key.rsplit(':').next().unwrap_or(key);
    found.push((
        "key".into(),
        Fact {
            label: say.kind(&opened.case.kind),
            value: Rich::id(last),
            ..Fact::default()
        },
    ));
    let own = garita_profile::line::reference(opened.profile(), opened.view(ask), ask.party());
    if !own.is_empty() {
        found.push((
            OWN_REFERENCE.into(),
            Fact {
                label: ask.w("Own reference", "Referencia propia").to_owned(),
                value: Rich::id(&own),
                sub: Rich::text(ask.w("seen by you alone", "solo la ve usted")),
                ..Fact::default()
            },
        ));
    }
    // Papers before events, which speak of one moment.
    for face in ["document", "event"] {
        let mut records: Vec<&CaseRecord> = in_force(&opened.read.state, &opened.read.case_records)
            .rev()
            .collect();
        records.sort_by_key(|r| telling(model, &opened.case.kind, &r.record_type));
        for record in records {
            let fits = model
                .records
                .get(&record.record_type)
                .is_some_and(|t| t.face == face);
            if !fits {
                continue;
            }
            for (member, fact) in say.facts(&record.record_type, &record.document) {
                let whole = record
                    .document
                    .pointer(&format!("/credentialSubject/{member}"));
                let nested = whole.is_some_and(|v| {
                    v.as_array()
                        .is_some_and(|a| a.iter().any(serde_json::Value::is_object))
                });
                let told = fact.value.plain();
                if nested
                    || told == last
                    || told == opened.title
                    || found.iter().any(|(m, _)| *m == member)
                {
                    continue;
                }
                found.push((member, fact));
            }
        }
    }
    let mut facts: Vec<Fact> = found.into_iter().map(|(_, f)| f).take(FACTS - 1).collect();
    if let Some(owner) = opened.read.state.owner.as_deref() {
        // Where several roles may open a case, the one under which this party is there.
        let role = model
            .kinds
            .get(&opened.case.kind)
            .map_or_else(String::new, |k| {
                let has = |r: &&String| ask.directory().has_role(owner, r, ask.now_ms);
                say.role(k.owner.roles.iter().find(has).unwrap_or(&k.owner.role))
            });
        let marks = ask
            .directory()
            .parties
            .get(owner)
            .map(|p| {
                p.marks
                    .iter()
                    .map(|m| Mark::new(m, MarkKind::Programme))
                    .collect()
            })
            .unwrap_or_default();
        facts.insert(
            facts.len().min(1),
            Fact {
                label: role,
                value: Rich(vec![Span::Strong(ask.network.name_of(owner).to_owned())]),
                sub: Rich::default(),
                marks,
            },
        );
    }
    facts
}

fn to_come(opened: &Opened, row: Option<&(String, BoardRow)>) -> String {
    let Some((name, row)) = row else {
        return String::new();
    };
    let columns = opened
        .profile()
        .model()
        .boards
        .get(name)
        .map(|b| b.columns.as_slice())
        .unwrap_or_default();
    let Some(at) = columns
        .iter()
        .position(|c| row.column.as_deref() == Some(c.id.as_str()))
    else {
        return String::new();
    };
    columns
        .iter()
        .skip(at + 1)
        .map(|c| inside(&opened.say.word(&format!("board.{}", c.id))))
        .collect::<Vec<_>>()
        .join(", ")
}

fn parts(opened: &Opened) -> Vec<PartsTable> {
    let say = &opened.say;
    opened
        .read
        .state
        .parts
        .iter()
        .filter(|(_, part)| !part.cases.is_empty())
        .map(|(name, part)| {
            let kind = part.cases.first().map_or("", |(c, _)| c.kind.as_str());
            let told: Vec<(&CaseRef, Vec<(String, Fact)>)> = part
                .cases
                .iter()
                .map(|(case, _)| (case, part_facts(opened, case)))
                .collect();
            let mut members: Vec<(String, String)> = Vec::new();
            for (member, fact) in told.iter().flat_map(|(_, facts)| facts) {
                if members.len() < CELLS + 1 && !members.iter().any(|(m, _)| m == member) {
                    members.push((member.clone(), fact.label.clone()));
                }
            }
            // The first stands under the key.
            let under = (!members.is_empty()).then(|| members.remove(0).0);
            let count = part.cases.len() as u64;
            let mut heads = vec![say.kind(kind)];
            heads.extend(members.iter().map(|(_, label)| label.clone()));
            heads.push(String::new());
            PartsTable {
                id: name.clone(),
                title: format!("{count} {}", say.noun(kind).of(count)),
                note: say
                    .text(&format!("parts.{}.{name}.note", opened.case.kind))
                    .unwrap_or_default()
                    .to_owned(),
                heads,
                rows: part
                    .cases
                    .iter()
                    .zip(&told)
                    .map(|((case, state), (_, facts))| {
                        let cell = |member: &str| {
                            facts
                                .iter()
                                .find(|(m, _)| m == member)
                                .map(|(_, f)| f.value.clone())
                                .unwrap_or_default()
                        };
                        let inside = opened.read.parts.get(case);
                        PartRow {
                            key: case.key.clone(),
                            href: inside
                                .map_or_else(String::new, |_| paths::case(&case.kind, &case.key)),
                            sub: under.as_deref().map(cell).unwrap_or_default(),
                            cells: members
                                .iter()
                                .map(|(m, _)| (cell(m), Rich::default()))
                                .collect(),
                            state: say.state(state.as_deref()),
                            since_ms: inside.filter(|s| s.state.is_some()).map(|s| s.since_ms),
                        }
                    })
                    .collect(),
            }
        })
        .collect()
}

/// Facts of a part, of its papers in force: those that tell of it first, then the newest; without its own key.
fn part_facts(opened: &Opened, part: &CaseRef) -> Vec<(String, Fact)> {
    let say = &opened.say;
    let (Some(state), Some(records)) = (opened.read.parts.get(part), opened.parts.get(part)) else {
        return Vec::new();
    };
    let model = opened.profile().model();
    let mut out: Vec<(String, Fact)> = Vec::new();
    let list: Vec<CaseRecord> = records.iter().filter_map(read::case_record_of).collect();
    let mut papers: Vec<&CaseRecord> = in_force(state, &list).rev().collect();
    papers.sort_by_key(|r| telling(model, &part.kind, &r.record_type));
    for record in papers {
        let paper = model
            .records
            .get(&record.record_type)
            .is_some_and(|t| t.face == "document");
        if !paper || BUILT_IN.contains(&record.record_type.as_str()) {
            continue;
        }
        for (member, fact) in say.facts(&record.record_type, &record.document) {
            let plain = fact.value.plain();
            if plain != part.key
                && !plain.contains(&part.key)
                && !out.iter().any(|(m, _)| *m == member)
            {
                out.push((member, fact));
            }
        }
    }
    out
}

fn findings(ask: &Ask, opened: &Opened) -> Vec<Finding> {
    opened
        .read
        .state
        .findings
        .iter()
        .chain(opened.read.parts.values().flat_map(|p| &p.findings))
        .map(|problem| {
            let (tone, glyph) = match problem.severity {
                Severity::Refuse => (Tone::Stop, Glyph::Cross),
                Severity::Dispute => (Tone::Warn, Glyph::Differ),
                Severity::Warn => (Tone::Quiet, Glyph::Late),
            };
            Finding {
                tone,
                glyph,
                text: Rich::marked(ask.w(&problem.en, &problem.es)),
                code: problem.code.clone(),
                pointer: problem.pointer.clone(),
                link: None,
            }
        })
        .collect()
}

/// In whose name acts are signed: *CBP Laredo, US customs (CBP)*.
pub(super) fn acts_as(ask: &Ask, say: &Say) -> String {
    let roles: Vec<String> = ask.roles().iter().map(|r| say.role(r)).collect();
    let name = ask.network.name_of(ask.party());
    let person = ask.who.person.trim();
    let who = if person.is_empty() || person == name {
        name.to_owned()
    } else {
        format!("{person}, {name}")
    };
    if roles.is_empty() {
        who
    } else {
        format!("{who} ({})", roles.join(", "))
    }
}

fn offered(ask: &Ask, opened: &Opened, asks: &[Notice]) -> Result<Vec<Act>, Refusal> {
    let say = &opened.say;
    let roles = ask.roles();
    let mut list: Vec<Act> = acts::acts(opened.profile(), opened.view(ask), ask.party(), &roles)
        .iter()
        .filter(|offer| {
            let (state, kind) = (&opened.read.state, &opened.case.kind);
            !offer.allowed || !lifts_another_s(ask, opened, state, kind, &offer.issue)
        })
        .map(|offer| button(say, &opened.case, offer))
        .filter(|act| {
            !asks
                .iter()
                .filter_map(|n| n.act.as_ref())
                .any(|a| a.href == act.href)
        })
        .collect();
    list.extend(super::pass::link(ask, opened).map(|link| Act {
        label: link.label,
        href: link.href,
        halt: false,
        why_not: None,
    }));
    let mut of_parts = Vec::new();
    for (part, records) in &opened.parts {
        let Some(state) = opened.read.parts.get(part) else {
            continue;
        };
        let case_records: Vec<CaseRecord> =
            records.iter().filter_map(read::case_record_of).collect();
        let linked = linked_of_part(ask, opened, state, &case_records)?;
        let view = acts::CaseView {
            state,
            records: &case_records,
            directory: ask.directory(),
            as_of_ms: ask.now_ms,
            linked: Some(&linked),
        };
        for offer in acts::acts(opened.profile(), view, ask.party(), &roles) {
            let model = opened.profile().model();
            let when = model
                .acts
                .iter()
                .any(|a| a.id == offer.id && a.when.is_some());
            if lifts_another_s(ask, opened, state, &part.kind, &offer.issue) {
                continue;
            }
            // What a state makes possible is worth a button here; the rest stands on the part's own page.
            if offer.allowed && when && of_parts.len() < PART_ACTS {
                let mut act = button(say, part, &offer);
                act.label = format!("{}, {}", act.label, part.key);
                of_parts.push(act);
            }
        }
    }
    list.extend(of_parts);
    // What can be done first, then what halts, then what can't be done and why.
    list.sort_by_key(|act| (act.why_not.is_some(), act.halt));
    Ok(list)
}

/// The undo of what the reader's office signed last in this case, while its time runs.
fn undoable(ask: &Ask, opened: &Opened) -> Result<Option<Act>, Refusal> {
    let newest = opened
        .read
        .records
        .iter()
        .filter(|h| undo::may(ask, h) && undo::in_time(ask, h.record.logged_ms))
        .max_by_key(|h| h.number);
    let Some(newest) = newest else {
        return Ok(None);
    };
    if undo::replaced_by(ask, &newest.record.id)?.is_some() {
        return Ok(None);
    }
    Ok(Some(Act {
        label: format!(
            "{}: {}",
            ask.w("Undo", "Deshacer"),
            opened.say.record(&newest.record.record_type)
        ),
        href: undo::href(&newest.record.id),
        halt: true,
        why_not: None,
    }))
}

fn governed(ask: &Ask, opened: &Opened) -> Rich {
    let (say, kind) = (&opened.say, opened.case.kind.as_str());
    let Some(program) = say.profile.program_of_kind(kind) else {
        return Rich::default();
    };
    let core = read::core_followed(kind, &say.profile, &opened.read.case_records)
        .unwrap_or_else(|| program.core_digest.clone());
    let adoption = ask.network.profiles.get(&core);
    let version = adoption.map_or(program.version.as_str(), |a| a.version.as_str());
    let (title, _) = say.program_of_kind(kind);
    let mut text = Rich::text(format!(
        "{} {title} {version}. ",
        ask.w("Governed by", "Se rige por"),
    ));
    if let Some(adoption) = adoption {
        text = signed_by(ask, text, adoption);
    }
    let now = ask.network.in_force(&program.id, ask.now_ms);
    if let Some((_, now)) = now.filter(|(held, _)| adoption.is_some() && *held != core) {
        let since = ask.clock_text(now.from_ms);
        text = text.and(Span::Text(
            ask.w(
                "New cases follow {version} since {since}; this one ends as it began. ",
                "Los expedientes nuevos siguen la {version} desde {since}; este termina como empezó. ",
            )
            .replace("{version}", &now.version)
            .replace("{since}", &since),
        ));
    }
    text.and(Span::Long(core))
}

/// By whom a version is signed and since when it is in force.
pub(super) fn signed_by(ask: &Ask, mut text: Rich, adoption: &Adoption) -> Rich {
    let offices: Vec<&str> = adoption
        .cosignatures
        .iter()
        .map(|c| ask.network.name_of(&c.party))
        .collect();
    text = text.and(Span::Text(if offices.is_empty() {
        ask.w(
            "Adopted when the network was founded, not signed by its offices yet. ",
            "Adoptado al fundarse la red, aún sin firma de sus autoridades. ",
        )
        .to_owned()
    } else {
        format!(
            "{} {}. ",
            ask.w("Signed by", "Firmado por"),
            offices.join(", ")
        )
    }));
    if adoption.from_ms > i64::MIN {
        let since = ask.clock_text(adoption.from_ms);
        text = text.and(Span::Text(format!(
            "{} {since}. ",
            ask.w("In force since", "Rige desde")
        )));
    }
    text
}

/// The peer that matters: away before behind before in step.
fn worst(holders: &[Holder]) -> Option<PeerLine> {
    holders
        .iter()
        .filter_map(|h| {
            let step = h.peer?;
            let rank = match step {
                Step::Isolated { .. } | Step::Away { .. } => 0,
                Step::Behind { .. } => 1,
                Step::InStep { .. } => 2,
            };
            Some((
                rank,
                PeerLine {
                    name: h.name.clone(),
                    step,
                    href: paths::PEERS.to_owned(),
                },
            ))
        })
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, line)| line)
}
