//! What needs the reader's party among all its open cases, of every program: for whoever has hundreds of files and looks at few.
//!
//! It is read from the rows that the fold left, a few queries for each kind of case, never a case at a time. A hold names the office
//! whose it is and what ends it; a clock of the party's own counts from a day before it is due; the rest are the programs' needs.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use axum::response::Response;
use garita_exchange::problem::Refusal;
use garita_profile::Profile;
use garita_profile::board::NeedRow;
use garita_profile::case::{ClockState, Hold};
use garita_profile::line::CaseLine;
use garita_profile::seats;
use garita_store::{CaseQuery, CaseView, PAGE_MAX};
use serde::Deserialize;

use super::ask::{Ask, held, signed};
use super::board;
use super::words::Say;
use crate::console::{
    Act, Address, Choice, Filter, Glyph, Look, NeedyPage, NeedyRow, Place, Rich, Span, Tone, paths,
    render_needy, time,
};
use crate::server::App;

/// Open cases of one kind that are looked at: a large broker has some hundreds, a port's office some thousands.
const CASES_MAX: usize = 5_000;
/// Lines of the page; the CSV has them all.
const ROWS_MAX: usize = 500;
/// How long before it is due a clock needs somebody.
const SOON_MS: i64 = 24 * 3_600_000;
/// State of a case that this party cannot tell.
const UNKNOWN: &str = "unknown";
const SEAT: &str = "seat.";

/// What a line needs of a case's state; the rest is passed over unread.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StateBrief {
    owner: Option<String>,
    seats: BTreeMap<String, Vec<String>>,
    posts: BTreeMap<String, Vec<String>>,
    holds: Vec<Hold>,
    clocks: Vec<ClockState>,
}

impl StateBrief {
    fn people(&self) -> People<'_> {
        People {
            owner: self.owner.as_deref(),
            seats: &self.seats,
            posts: &self.posts,
        }
    }

    /// Seats that a party has in the case.
    fn seats_of(&self, did: &str) -> Vec<&str> {
        let own = (self.owner.as_deref() == Some(did)).then_some("owner");
        let given = self
            .seats
            .iter()
            .filter(|(_, dids)| dids.iter().any(|d| d == did));
        own.into_iter()
            .chain(given.map(|(name, _)| name.as_str()))
            .collect()
    }
}

/// How urgent: what is first is shown first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Urgency {
    Overdue,
    Halted,
    Soon,
    Act,
    Look,
}

/// One thing that is wrong with a case.
struct Wrong {
    urgency: Urgency,
    glyph: Glyph,
    what: Rich,
    holder: Vec<String>,
    ends: String,
    due_ms: Option<i64>,
    act: Option<Act>,
}

/// A case that needs somebody.
struct Needy {
    view: CaseView,
    say: Arc<Say>,
    line: CaseLine,
    wrongs: Vec<Wrong>,
}

/// `GET /console/needs`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, |ask| {
        Ok(ask.html(render_needy(&ask.frame(Place::Cases), &make(ask)?)))
    })
    .await
}

/// `GET /console/needs.csv`, with the same query.
pub(super) async fn csv(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, |ask| {
        let mut text =
            String::from("reference,kind,number,title,client,what,held_by,ends,due,state,others\n");
        for needy in found(ask)?.1.iter().filter(|n| wanted(ask, n)) {
            let Some(first) = needy.wrongs.first() else {
                continue;
            };
            let cells = [
                needy.line.reference.clone(),
                needy.view.kind.clone(),
                needy.view.key.clone(),
                needy.view.title.clone(),
                client(ask, &needy.line),
                first.what.plain(),
                first.holder.join(", "),
                first.ends.clone(),
                first
                    .due_ms
                    .map_or_else(String::new, |at| time::machine(at, &ask.zone())),
                needy.view.shown.clone(),
                needy.wrongs.len().saturating_sub(1).to_string(),
            ];
            let line: Vec<String> = cells.iter().map(|c| crate::csv::quoted(c)).collect();
            text.push_str(&line.join(","));
            text.push('\n');
        }
        Ok(crate::csv::download("needs.csv", text))
    })
    .await
}

fn make(ask: &Ask) -> Result<NeedyPage, Refusal> {
    let (open, needy) = found(ask)?;
    let total = needy.len() as u64;
    let shown: Vec<&Needy> = needy.iter().filter(|n| wanted(ask, n)).collect();
    let here = &ask.here;
    let mut csv = Address::new(paths::NEEDS_CSV);
    csv.query.clone_from(&here.query);
    Ok(NeedyPage {
        open,
        total,
        query: here.value("q").to_owned(),
        filters: filters(ask, &needy),
        found: shown.len() as u64,
        rows: shown.iter().take(ROWS_MAX).map(|n| row(ask, n)).collect(),
        csv: csv.to_string(),
    })
}

/// How many cases the party has open with a seat in them, and those that need somebody, the most urgent first.
fn found(ask: &Ask) -> Result<(u64, Vec<Needy>), Refusal> {
    let mut open = 0;
    let mut needy = Vec::new();
    for profile in ask.app.core().programs.newest() {
        let say = Arc::new(ask.say(profile));
        for kind in profile.model().kinds.keys() {
            for view in views(ask, profile, kind)? {
                let state: StateBrief = serde_json::from_str(&view.state).unwrap_or_default();
                let seats = state.seats_of(ask.party());
                if seats.is_empty() {
                    continue;
                }
                open += 1;
                let line: CaseLine = serde_json::from_str(&view.line).unwrap_or_default();
                let mut wrongs = wrongs(ask, &say, &view, &state, &seats, &line);
                if wrongs.is_empty() {
                    continue;
                }
                wrongs.sort_by_key(|w| (w.urgency, w.due_ms.unwrap_or(i64::MAX)));
                needy.push(Needy {
                    view,
                    say: Arc::clone(&say),
                    line,
                    wrongs,
                });
            }
        }
    }
    needy.sort_by_cached_key(|n| {
        let first = n.wrongs.first();
        (
            first.map(|w| w.urgency),
            first.and_then(|w| w.due_ms).unwrap_or(i64::MAX),
            n.view.since_ms,
            n.view.key.clone(),
        )
    });
    Ok((open, needy))
}

/// The party's cases of a kind that are not over.
fn views(ask: &Ask, profile: &Profile, kind: &str) -> Result<Vec<CaseView>, Refusal> {
    let model = profile.model();
    let Some(life) = model.life_cycle.get(kind) else {
        return Ok(Vec::new());
    };
    let closed = |state: &str| {
        let face = model.states.get(state);
        face.is_some_and(|f| Look::parse(&f.look) == Look::Closed)
    };
    let mut shown: Vec<String> = life
        .show
        .iter()
        .map(|line| line.state.clone())
        .filter(|state| !closed(state))
        .collect();
    shown.push(UNKNOWN.to_owned());
    let mut query = CaseQuery {
        shown,
        updated_from: None,
        limit: PAGE_MAX,
        cursor: None,
    };
    let mut views = Vec::new();
    loop {
        let page = held(ask.app.core().reader.cases(ask.party(), kind, &query))?;
        views.extend(page.items);
        query.cursor = page.next;
        if query.cursor.is_none() || views.len() >= CASES_MAX {
            return Ok(views);
        }
    }
}

fn wrongs(
    ask: &Ask,
    say: &Say,
    view: &CaseView,
    state: &StateBrief,
    seats: &[&str],
    line: &CaseLine,
) -> Vec<Wrong> {
    let mut out = Vec::new();
    for hold in &state.holds {
        let kind = say
            .any_type_code("kind", &hold.kind)
            .unwrap_or_else(|| hold.kind.clone());
        let what = ask
            .w("Held: {kind}", "Retenido: {kind}")
            .replace("{kind}", &kind);
        out.push(Wrong {
            urgency: Urgency::Halted,
            glyph: Glyph::Hold,
            what: Rich::text(what.trim_end_matches([':', ' '])),
            holder: vec![ask.network.name_of(&hold.office).to_owned()],
            ends: if hold.ends_with.is_empty() {
                ask.w("its office removes it", "la quita su autoridad")
                    .to_owned()
            } else {
                hold.ends_with.clone()
            },
            due_ms: None,
            act: None,
        });
    }
    let roles = ask.roles();
    for clock in &state.clocks {
        let mine = match clock.owner.strip_prefix(SEAT) {
            Some(seat) => seats.contains(&seat),
            None => roles.contains(&clock.owner.as_str()),
        };
        let over = clock.due_ms < ask.now_ms;
        let open = clock.met_ms.is_none();
        if !mine || !open || (!over && clock.due_ms.saturating_sub(ask.now_ms) > SOON_MS) {
            continue;
        }
        let title = say.word(&format!("clocks.{}", clock.name));
        let what = if over {
            ask.w("Past due: {what}", "Vencido: {what}")
        } else {
            ask.w("Due soon: {what}", "Por vencer: {what}")
        };
        out.push(Wrong {
            urgency: if over {
                Urgency::Overdue
            } else {
                Urgency::Soon
            },
            glyph: Glyph::Late,
            what: Rich::text(what.replace("{what}", &title)),
            holder: vec![ask.w("You", "Usted").to_owned()],
            ends: String::new(),
            due_ms: Some(clock.due_ms),
            act: None,
        });
    }
    let due_ms = out.iter().filter_map(|w| w.due_ms).min();
    for need in &line.needs {
        let glyph = Glyph::parse(&need.glyph).unwrap_or(Glyph::Wait);
        // The holds themselves are told already, each with its office and what ends it; a clock's lateness too.
        let told = (glyph == Glyph::Hold && !state.holds.is_empty())
            || (glyph == Glyph::Late && out.iter().any(|w| w.urgency == Urgency::Overdue));
        if told {
            if let Some(first) = out.first_mut().filter(|w| w.act.is_none()) {
                first.act = act(ask, say, view, need);
            }
            continue;
        }
        let act = act(ask, say, view, need);
        out.push(Wrong {
            urgency: match glyph {
                Glyph::Cross | Glyph::Stop => Urgency::Halted,
                _ if act.is_some() => Urgency::Act,
                _ => Urgency::Look,
            },
            glyph,
            what: Rich::marked(say.of(&need.text)),
            holder: holder(ask, say, state.people(), need),
            ends: say.of(&need.ends).to_owned(),
            due_ms,
            act,
        });
    }
    out
}

/// Who is who in a case.
#[derive(Clone, Copy)]
pub(super) struct People<'a> {
    /// Its owner.
    pub(super) owner: Option<&'a str>,
    /// Seats.
    pub(super) seats: &'a BTreeMap<String, Vec<String>>,
    /// Posts.
    pub(super) posts: &'a BTreeMap<String, Vec<String>>,
}

/// Who has a need in hand, by name: the case's office for a role before the role itself; the reader where the program names nobody.
fn holder(ask: &Ask, say: &Say, people: People<'_>, need: &NeedRow) -> Vec<String> {
    let you = || vec![ask.w("You", "Usted").to_owned()];
    let role = need.holder.as_str();
    if role.is_empty() {
        return you();
    }
    let known = match (role.strip_prefix("post."), role.strip_prefix(SEAT)) {
        (Some(post), _) => people.posts.get(post).cloned(),
        (_, Some(seats::OWNER_SEAT)) => people.owner.map(|did| vec![did.to_owned()]),
        (_, Some(seat)) => people.seats.get(seat).cloned(),
        (None, None) => say
            .profile
            .model()
            .posts
            .iter()
            .filter(|(_, post)| post.roles.iter().any(|r| r == role))
            .filter_map(|(name, _)| people.posts.get(name))
            .find(|dids| !dids.is_empty())
            .cloned(),
    };
    let dids = known.unwrap_or_default();
    if dids.is_empty() {
        return vec![say.role(role)];
    }
    dids.iter()
        .flat_map(|did| {
            if did == ask.party() {
                you()
            } else {
                vec![ask.network.name_of(did).to_owned()]
            }
        })
        .collect()
}

/// Who has a need in hand and what ends it, where the program says so: *In the hands of ANAM. Ends: the light.*
pub(super) fn in_hands(ask: &Ask, say: &Say, people: People<'_>, need: &NeedRow) -> Rich {
    let mut said = Vec::new();
    if !need.holder.is_empty() {
        said.push(
            ask.w("In the hands of {who}.", "En manos de {who}.")
                .replace("{who}", &holder(ask, say, people, need).join(", ")),
        );
    }
    let ends = say.of(&need.ends);
    if !ends.is_empty() {
        said.push(
            ask.w("Ends: {what}.", "Termina con: {what}.")
                .replace("{what}", ends),
        );
    }
    Rich::text(said.join(" "))
}

fn act(ask: &Ask, say: &Say, view: &CaseView, need: &NeedRow) -> Option<Act> {
    let href = paths::case(&view.kind, &view.key);
    board::act_of(ask, say, &href, need.act.as_deref()?)
}

/// For whom: a party of the network by its name, else the name as it was written.
pub(super) fn client(ask: &Ask, line: &CaseLine) -> String {
    if line.client.starts_with("did:") {
        ask.network.name_of(&line.client).to_owned()
    } else {
        line.client.clone()
    }
}

/// Whether a case is among those that the address asks for.
fn wanted(ask: &Ask, needy: &Needy) -> bool {
    let here = &ask.here;
    let (kind, who, query) = (
        here.value("kind"),
        here.value("who"),
        here.value("q").trim().to_lowercase(),
    );
    let text = || {
        let first = needy.wrongs.first();
        [
            needy.line.reference.clone(),
            needy.view.key.clone(),
            needy.view.title.clone(),
            client(ask, &needy.line),
            first.map(|w| w.what.plain()).unwrap_or_default(),
            first.map(|w| w.holder.join(", ")).unwrap_or_default(),
        ]
        .join("\n")
        .to_lowercase()
    };
    (kind.is_empty() || needy.view.kind == kind)
        && (who.is_empty()
            || needy
                .wrongs
                .iter()
                .any(|w| w.holder.iter().any(|h| h == who)))
        && (query.is_empty() || text().contains(&query))
}

fn filters(ask: &Ask, needy: &[Needy]) -> Vec<Filter> {
    let mut kinds: BTreeMap<&str, (String, u64)> = BTreeMap::new();
    let mut who: BTreeMap<&str, u64> = BTreeMap::new();
    for n in needy {
        let label = || n.say.kind(&n.view.kind);
        kinds.entry(&n.view.kind).or_insert_with(|| (label(), 0)).1 += 1;
        let mut names: Vec<&str> = n
            .wrongs
            .iter()
            .flat_map(|w| w.holder.iter().map(String::as_str))
            .collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            *who.entry(name).or_insert(0) += 1;
        }
    }
    let choices =
        |name: &str, all: &str, found: Vec<(String, String, u64)>| {
            let now = ask.here.value(name);
            let mut options = vec![Choice::new("", all, now.is_empty())];
            options.extend(found.into_iter().map(|(value, label, n)| {
                Choice::new(&value, format!("{label} ({n})"), value == now)
            }));
            options
        };
    vec![
        Filter {
            name: "kind".into(),
            label: ask.w("Kind", "Clase").into(),
            options: choices(
                "kind",
                ask.w("All kinds", "Todas las clases"),
                kinds
                    .into_iter()
                    .map(|(k, (label, n))| (k.to_owned(), label, n))
                    .collect(),
            ),
        },
        Filter {
            name: "who".into(),
            label: ask.w("In whose hands", "En manos de").into(),
            options: choices(
                "who",
                ask.w("Anybody's", "De quien sea"),
                who.into_iter()
                    .map(|(w, n)| (w.to_owned(), w.to_owned(), n))
                    .collect(),
            ),
        },
    ]
}

fn row(ask: &Ask, needy: &Needy) -> NeedyRow {
    let first = needy.wrongs.first();
    let more = needy.wrongs.len().saturating_sub(1);
    let mut what = first.map(|w| w.what.clone()).unwrap_or_default();
    if more > 0 {
        what = what.and(Span::Text(
            ask.w(" And {n} more.", " Y {n} más.")
                .replace("{n}", &more.to_string()),
        ));
    }
    let glyph = first.map_or(Glyph::Wait, |w| w.glyph);
    let act = needy.wrongs.iter().find_map(|w| w.act.clone());
    NeedyRow {
        reference: needy.line.reference.clone(),
        kind: needy.say.kind(&needy.view.kind),
        key: needy.view.key.clone(),
        title: needy.view.title.clone(),
        href: paths::case(&needy.view.kind, &needy.view.key),
        client: client(ask, &needy.line),
        tone: match first.map(|w| w.urgency) {
            Some(Urgency::Overdue) => Tone::Stop,
            _ if matches!(glyph, Glyph::Cross | Glyph::Stop) => Tone::Stop,
            _ => Tone::Warn,
        },
        glyph,
        what,
        holder: first.map(|w| w.holder.join(", ")).unwrap_or_default(),
        ends: first.map(|w| w.ends.clone()).unwrap_or_default(),
        due_ms: first.and_then(|w| w.due_ms),
        since_ms: needy.view.since_ms,
        act,
    }
}
