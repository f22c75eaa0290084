//! The live board: cases by stage from the rows that the fold left, what needs a person, the lane strip.
//!
//! Fields of a board that this page understands by name, where a program declares them: `lane` (a mark and a filter), `lane-number` (a
//! place in the strip; another where the column says `by:`), `NAME-since` (since when it stands at the place NAME), `dock` (where it
//! stands), `arrival` (when it is expected).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use axum::response::Response;
use garita_exchange::problem::Refusal;
use garita_profile::Profile;
use garita_profile::board::{BoardRow, NeedRow};
use garita_profile::builtin::ANY;
use garita_profile::case::{ClockState, PartState};
use garita_profile::clocks::instant;
use garita_profile::model::{Board, BoardColumn, RecordType};
use garita_store::{CaseQuery, CaseView, PAGE_MAX};
use serde::Deserialize;

use super::ask::{Ask, absent, held, signed};
use super::board_anew::Anew;
use super::words::{Say, inside, readable};
use super::{live, peers, wait};
use crate::api::cases::found;
use crate::console::{
    Act, AtBooth, BoardPage, Choice, Column, Filter, Fragment, Frame, Glyph, Lane, Link, Look,
    Mark, MarkKind, Need, Place, Rich, Row, Strip, Tone, Why, board_announcement, paths,
    render_board, render_board_fragments, time,
};
use crate::server::App;

/// Cases read for one board: a day of the largest crossing has some ten thousand trucks, of which a tenth is under way.
const CASES_MAX: usize = 5_000;
/// Rows shown in a column before *all*.
const ROWS_SHOWN: usize = 8;
/// Rows shown when one column is looked at.
const ROWS_ALL: usize = 200;
/// Lines of the needs list before *all*.
const NEEDS_SHOWN: usize = 8;
/// Names of the search that its hint tells.
const SEARCH_NAMES: usize = 7;
/// Members of the address that filter.
pub(super) const FILTERS: [&str; 8] = [
    "board", "lane", "docs", "carrier", "q", "exact", "stage", "needs",
];

/// `GET /console`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, |ask| {
        let (frame, page) = make(ask)?;
        Ok(ask.html(render_board(&frame, &page)))
    })
    .await
}

/// The page's fragments and what is announced.
pub(super) fn fragments(ask: &Ask) -> Result<(Frame, Vec<Fragment>, String), Refusal> {
    let (frame, page) = make(ask)?;
    let announce = board_announcement(&frame, &page);
    let fragments = render_board_fragments(&frame, &page);
    Ok((frame, fragments, announce))
}

/// What a row needs of a case's state; the rest is passed over unread.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StateBrief {
    owner: Option<String>,
    clocks: Vec<ClockState>,
    records: Vec<RecordBrief>,
    parts: BTreeMap<String, PartState>,
}

#[derive(Debug, Deserialize)]
struct RecordBrief {
    record_type: String,
    in_force: bool,
    why: Option<String>,
}

struct Entry {
    row: BoardRow,
    state: StateBrief,
}

/// The board that an address names, else the one with the most cases of the reader, else the first of the programs.
pub(super) fn chosen(ask: &Ask, name: &str) -> Option<(Arc<Profile>, String)> {
    let programs = || ask.app.core().programs.iter();
    programs()
        .find(|p| p.model().boards.contains_key(name))
        .map(|p| (Arc::clone(p), name.to_owned()))
        .or_else(|| busiest(ask))
        .or_else(|| {
            programs().find_map(|p| Some((Arc::clone(p), p.model().first_board()?.to_owned())))
        })
}

/// Who follows several programs comes to the one they have most to do with; none where they have no case yet.
fn busiest(ask: &Ask) -> Option<(Arc<Profile>, String)> {
    let core = ask.app.core();
    let mut best: Option<(u64, Arc<Profile>, String)> = None;
    for program in core.programs.iter() {
        for (name, board) in &program.model().boards {
            let counts = core.reader.case_counts(ask.party(), &board.rows);
            let cases: u64 = counts.unwrap_or_default().iter().map(|(_, n)| *n).sum();
            if cases > best.as_ref().map_or(0, |(most, _, _)| *most) {
                best = Some((cases, Arc::clone(program), name.clone()));
            }
        }
    }
    best.map(|(_, program, name)| (program, name))
}

fn make(ask: &Ask) -> Result<(Frame, BoardPage), Refusal> {
    let (profile, name) = chosen(ask, ask.here.value("board")).ok_or_else(absent)?;
    let board = profile.model().boards.get(&name).ok_or_else(absent)?;
    let say = ask.say(&profile);
    let all = entries(ask, &profile, board, &name)?;
    let maker = Maker::new(ask, &say, board, &name);
    let carriers = maker.carriers(&all);
    let kept = maker.filtered(&all)?;
    let mut frame = ask.frame(Place::Board);
    frame.peers = ask.peer_lines();
    let kept_members: Vec<(String, String)> = FILTERS
        .iter()
        .map(|f| ((*f).to_owned(), ask.here.value(f).to_owned()))
        .filter(|(_, v)| !v.is_empty())
        .collect();
    frame.live = Some(live::of(ask, "board", &kept_members));
    let most = if ask.here.value("needs") == "all" {
        ROWS_ALL
    } else {
        NEEDS_SHOWN
    };
    let (needs, needs_total) = maker.needs(&kept, most);
    let cut = needs_total > needs.len() as u64;
    let (title, over) = maker.title();
    let page = BoardPage {
        over,
        title,
        direction: inside(&say.word(&format!("board.{name}"))),
        find_hint: maker.find_hint(),
        query: ask.here.value("q").to_owned(),
        filters: maker.filters(&carriers),
        exact: !ask.here.value("exact").is_empty(),
        rows: say.noun(&board.rows),
        needs,
        needs_total,
        needs_all: cut.then(|| {
            Link::new(
                ask.lang.count("board.all", needs_total, &[]),
                ask.here.with("needs", "all").to_string(),
            )
        }),
        last_need_ms: None,
        wait: wait::chart(ask, &say, board)?,
        strips: maker.strips(&kept, &all),
        columns: maker.columns(&kept, &all)?,
    };
    Ok((frame, page))
}

fn entries(ask: &Ask, profile: &Profile, board: &Board, name: &str) -> Result<Vec<Entry>, Refusal> {
    let mut views: Vec<CaseView> = Vec::new();
    let mut query = CaseQuery {
        shown: board
            .columns
            .iter()
            .flat_map(|c| c.states.clone())
            .collect(),
        limit: PAGE_MAX,
        ..CaseQuery::default()
    };
    loop {
        let page = held(
            ask.app
                .core()
                .reader
                .cases(ask.party(), &board.rows, &query),
        )?;
        views.extend(page.items);
        query.cursor = page.next;
        if query.cursor.is_none() || views.len() >= CASES_MAX {
            break;
        }
    }
    let anew = Anew::of(ask, profile, name);
    let mut entries = Vec::new();
    for view in views {
        let rows = serde_json::from_str::<BTreeMap<String, BoardRow>>(&view.board);
        let Some(mut row) = rows.ok().and_then(|mut rows| rows.remove(name)) else {
            continue;
        };
        let state: StateBrief = serde_json::from_str(&view.state).unwrap_or_default();
        if left(board, &row, &state, ask.now_ms) {
            continue;
        }
        if anew.as_ref().map_or(Ok(true), |a| a.row(&mut row, &view))? {
            entries.push(Entry { row, state });
        }
    }
    Ok(entries)
}

/// Whether a case has left its column by time alone: the clock that ends its stay there has run out.
fn left(board: &Board, row: &BoardRow, state: &StateBrief, now_ms: i64) -> bool {
    let column = board
        .columns
        .iter()
        .find(|c| row.state.as_ref().is_some_and(|s| c.states.contains(s)));
    let Some(until) = column.and_then(|c| c.until.as_ref()) else {
        return false;
    };
    state
        .clocks
        .iter()
        .any(|c| c.name == *until && c.met_ms.is_none() && c.due_ms < now_ms)
}

struct Maker<'a> {
    ask: &'a Ask,
    say: &'a Say,
    board: &'a Board,
    name: &'a str,
    marks: BTreeSet<String>,
}

/// What needs a person on one board: its title, its name, the first lines each with its case's kind, how many there are.
pub(super) type BoardNeeds = (String, String, Vec<(String, Need)>, u64);

/// What needs a person, of each board on which the reader has cases; boards without any are left out.
pub(super) fn needs_of_all(ask: &Ask, most: usize) -> Result<Vec<BoardNeeds>, Refusal> {
    let core = ask.app.core();
    let mut out = Vec::new();
    for program in core.programs.newest() {
        let say = ask.say(program);
        for (name, board) in &program.model().boards {
            let counts = held(core.reader.case_counts(ask.party(), &board.rows))?;
            if counts.iter().all(|(_, n)| *n == 0) {
                continue;
            }
            let all = entries(ask, program, board, name)?;
            let maker = Maker::new(ask, &say, board, name);
            let kept: Vec<&Entry> = all.iter().collect();
            let (needs, total) = maker.needs(&kept, most);
            if total > 0 {
                let (program, _) = say.program_of_kind(&board.rows);
                let title = format!("{program}, {}", inside(&say.word(&format!("board.{name}"))));
                let needs = needs.into_iter().map(|need| (board.rows.clone(), need));
                out.push((title, name.clone(), needs.collect(), total));
            }
        }
    }
    Ok(out)
}

impl<'a> Maker<'a> {
    fn new(ask: &'a Ask, say: &'a Say, board: &'a Board, name: &'a str) -> Maker<'a> {
        Maker {
            ask,
            say,
            board,
            name,
            marks: ask
                .directory()
                .parties
                .values()
                .flat_map(|p| p.marks.iter().cloned())
                .collect(),
        }
    }
}

impl Maker<'_> {
    fn title(&self) -> (String, String) {
        let program = self.say.program_of_kind(&self.board.rows).0;
        let places = self
            .ask
            .entry()
            .map(|p| p.places.as_slice())
            .unwrap_or_default();
        let named: Vec<(String, &String)> = places
            .iter()
            .filter_map(|code| Some((self.say.place(code)?, code)))
            .collect();
        match named.first() {
            Some((title, _)) => {
                let codes: Vec<String> = named
                    .iter()
                    .map(|(name, code)| format!("{name} {code}"))
                    .collect();
                (title.clone(), format!("{program}. {}", codes.join(", ")))
            }
            None => (
                self.ask.network.name_of(self.ask.party()).to_owned(),
                program,
            ),
        }
    }

    fn find_hint(&self) -> String {
        let mut names: Vec<&str> = Vec::new();
        let model = self.say.profile.model();
        let kind = model.kinds.get(&self.board.rows);
        let shown: Vec<&str> = std::iter::once(self.board.rows.as_str())
            .chain(
                kind.into_iter()
                    .flat_map(|k| k.parts.values().map(|p| p.kind.as_str())),
            )
            .collect();
        // Other programs' names find nothing on this board.
        let about = |kind: &&str, ty: &RecordType| ty.about.keys().any(|k| k == kind);
        for ty in model
            .records
            .values()
            .filter(|ty| shown.iter().any(|k| about(k, ty)))
        {
            for name in ty.search.keys() {
                if !names.contains(&name.as_str()) {
                    names.push(name);
                }
            }
        }
        let said: Vec<String> = names
            .iter()
            .take(SEARCH_NAMES)
            .map(|n| {
                self.say
                    .text(&format!("search.{n}"))
                    .map_or_else(|| (*n).to_owned(), str::to_owned)
            })
            .collect();
        readable(&said.join(", "))
    }

    fn lane(&self, row: &BoardRow) -> String {
        text_of(row, "lane")
    }

    fn carriers(&self, all: &[Entry]) -> Vec<(String, String)> {
        let owners: BTreeSet<&String> = all.iter().filter_map(|e| e.state.owner.as_ref()).collect();
        let mut named: Vec<(String, String)> = owners
            .into_iter()
            .map(|did| (did.clone(), self.ask.network.name_of(did).to_owned()))
            .collect();
        named.sort_by(|a, b| a.1.cmp(&b.1));
        named
    }

    fn filters(&self, carriers: &[(String, String)]) -> Vec<Filter> {
        let ask = self.ask;
        let now = |name: &str| ask.here.value(name).to_owned();
        let program = self.say.profile.model();
        let mut filters = Vec::new();
        let boards = self.boards();
        if boards.len() > 1 {
            filters.push(Filter {
                name: "board".into(),
                label: ask.w("Board", "Tablero").into(),
                options: boards,
            });
        }
        let lanes: BTreeSet<String> = program
            .records
            .keys()
            .filter_map(|ty| {
                program
                    .schemas
                    .get(ty)?
                    .pointer("/properties/lane/enum")?
                    .as_array()
            })
            .flatten()
            .filter_map(|v| v.as_str().map(str::to_owned))
            .collect();
        if self.board.fields.contains_key("lane") && !lanes.is_empty() {
            let mut options = vec![Choice::new(
                "",
                ask.w("All lanes", "Todos los carriles"),
                now("lane").is_empty(),
            )];
            options.extend(
                lanes
                    .iter()
                    .map(|l| Choice::new(l, self.lane_word(l), *l == now("lane"))),
            );
            filters.push(Filter {
                name: "lane".into(),
                label: self.say.word("board.lane"),
                options,
            });
        }
        let docs = now("docs");
        filters.push(Filter {
            name: "docs".into(),
            label: ask.w("Documents", "Documentos").into(),
            options: vec![
                Choice::new(
                    "",
                    ask.w("All documents", "Todos los documentos"),
                    docs.is_empty(),
                ),
                Choice::new(
                    "open",
                    ask.w("Something is missing", "Falta algo"),
                    docs == "open",
                ),
                Choice::new(
                    "good",
                    ask.w("All verified", "Todo verificado"),
                    docs == "good",
                ),
            ],
        });
        if carriers.len() > 1 {
            let mut options = vec![Choice::new(
                "",
                ask.w("All owners", "Todos los titulares"),
                now("carrier").is_empty(),
            )];
            options.extend(
                carriers
                    .iter()
                    .map(|(did, name)| Choice::new(did, name, *did == now("carrier"))),
            );
            let owner = program
                .kinds
                .get(&self.board.rows)
                .map(|k| k.owner.role.as_str());
            filters.push(Filter {
                name: "carrier".into(),
                label: owner.map_or_else(String::new, |role| self.say.role(role)),
                options,
            });
        }
        filters
    }

    /// Boards of every program; with the program's title where there are several.
    fn boards(&self) -> Vec<Choice> {
        let mut found: Vec<(String, String, String)> = Vec::new();
        for program in self.ask.app.core().programs.newest() {
            let say = self.ask.say(program);
            for (name, board) in &program.model().boards {
                let (title, _) = say.program_of_kind(&board.rows);
                found.push((title, say.word(&format!("board.{name}")), name.clone()));
            }
        }
        let many = found
            .iter()
            .any(|(title, _, _)| found.first().is_some_and(|(first, _, _)| first != title));
        found
            .into_iter()
            .map(|(title, word, name)| {
                let label = if many {
                    format!("{title}: {}", inside(&word))
                } else {
                    word
                };
                let chosen = name == self.name;
                Choice::new(name, label, chosen)
            })
            .collect()
    }

    fn lane_word(&self, lane: &str) -> String {
        let upper = lane.to_uppercase();
        if self.marks.contains(&upper) {
            upper
        } else {
            self.say.any_code("lane", lane)
        }
    }

    fn filtered<'e>(&self, all: &'e [Entry]) -> Result<Vec<&'e Entry>, Refusal> {
        let here = &self.ask.here;
        let (lane, carrier, docs, query) = (
            here.value("lane"),
            here.value("carrier"),
            here.value("docs"),
            here.value("q").trim(),
        );
        let hits: Option<BTreeSet<String>> = if query.is_empty() {
            None
        } else {
            Some(self.hits(query)?)
        };
        let mut kept = Vec::new();
        for entry in all {
            let row = &entry.row;
            let fits = (lane.is_empty() || self.lane(row) == lane)
                && (carrier.is_empty() || entry.state.owner.as_deref() == Some(carrier))
                && hits.as_ref().is_none_or(|h| h.contains(&row.key));
            if !fits {
                continue;
            }
            if !docs.is_empty() {
                let (verified, required, _) = self.papers(entry)?;
                if (verified >= required) != (docs == "good") {
                    continue;
                }
            }
            kept.push(entry);
        }
        Ok(kept)
    }

    /// Keys of rows that a text finds: by themselves, or by a part of them.
    fn hits(&self, query: &str) -> Result<BTreeSet<String>, Refusal> {
        let core = self.ask.app.core();
        let mut keys = BTreeSet::new();
        for (_, _, case) in found(core, self.ask.party(), query, None)? {
            if case.kind == self.board.rows {
                keys.insert(case.key);
            } else {
                for whole in super::case::wholes(self.ask, &case)? {
                    if whole.kind == self.board.rows {
                        keys.insert(whole.key);
                    }
                }
            }
        }
        Ok(keys)
    }

    /// Documents verified and required, with those of the parts; and what stands in the way.
    fn papers(&self, entry: &Entry) -> Result<(u32, u32, Option<Glyph>), Refusal> {
        let model = self.say.profile.model();
        let (mut verified, mut required, mut glyph) = (0u32, 0u32, None);
        let mut count = |records: &[RecordBrief]| {
            for record in records {
                let document = model
                    .records
                    .get(&record.record_type)
                    .is_some_and(|t| t.face == "document");
                let why = record.why.as_deref().unwrap_or_default();
                if !document || ["replaced", "withdrawn", "stranger"].contains(&why) {
                    continue;
                }
                required = required.saturating_add(1);
                if record.in_force {
                    verified = verified.saturating_add(1);
                } else if why.starts_with("disputed") {
                    glyph = Some(Glyph::Differ);
                }
            }
        };
        count(&entry.state.records);
        for (part, _) in entry.state.parts.values().flat_map(|p| &p.cases).take(60) {
            let view = held(self.ask.app.core().reader.case(
                self.ask.party(),
                &part.kind,
                &part.key,
            ))?;
            if let Some(view) = view {
                let state: StateBrief = serde_json::from_str(&view.state).unwrap_or_default();
                count(&state.records);
            }
        }
        if entry
            .row
            .needs
            .iter()
            .any(|n| n.glyph == Glyph::Missing.name())
        {
            required = required.saturating_add(1);
            glyph = Some(Glyph::Missing);
        }
        Ok((verified, required, glyph))
    }

    fn column(&self, row: &BoardRow) -> Option<(usize, &BoardColumn)> {
        let state = row.state.as_deref()?;
        self.board
            .columns
            .iter()
            .enumerate()
            .find(|(_, c)| c.states.iter().any(|s| s == state))
    }

    fn column_title(&self, column: &BoardColumn) -> String {
        self.say.word(&format!("board.{}", column.id))
    }

    /// Standing ones first, the longest first; then by arrival.
    fn order(&self, row: &BoardRow) -> (bool, i64) {
        let first = self.column(row).is_none_or(|(at, _)| at == 0);
        (first, self.since(row))
    }

    /// In the first column what counts is when it is expected; everywhere else since when it stands there.
    fn since(&self, row: &BoardRow) -> i64 {
        let first = self.column(row).is_some_and(|(at, _)| at == 0);
        first
            .then(|| {
                row.fields
                    .get("arrival")
                    .and_then(|v| v.as_str())
                    .and_then(instant)
            })
            .flatten()
            .unwrap_or(row.since_ms)
    }

    fn over(&self, row: &BoardRow) -> bool {
        self.column(row)
            .and_then(|(_, c)| c.limit_min)
            .is_some_and(|limit| {
                self.ask.now_ms.saturating_sub(row.since_ms) > limit.saturating_mul(60_000)
            })
    }

    fn href(&self, row: &BoardRow) -> String {
        paths::case(&self.board.rows, &row.key)
    }

    fn owner(&self, entry: &Entry) -> String {
        entry
            .state
            .owner
            .as_deref()
            .map_or_else(String::new, |did| self.ask.network.name_of(did).to_owned())
    }

    fn marks(&self, entry: &Entry) -> Vec<Mark> {
        let lane = self.lane(&entry.row).to_uppercase();
        let mut marks = Vec::new();
        if self.marks.contains(&lane) {
            marks.push(Mark::new(lane.clone(), MarkKind::Lane));
        }
        let owner = entry.state.owner.as_ref();
        let held = owner.and_then(|did| self.ask.directory().parties.get(did));
        for mark in held.into_iter().flat_map(|p| &p.marks) {
            // A lane's membership is said by its lane.
            let lane_mark = self.board.fields.contains_key("lane") && self.is_lane(mark);
            if !lane_mark {
                marks.push(Mark::new(mark, MarkKind::Programme));
            }
        }
        marks
    }

    fn is_lane(&self, mark: &str) -> bool {
        let lane = mark.to_lowercase();
        self.say.any_code("lane", &lane) != readable(&lane)
            || self.say.profile.model().schemas.values().any(|s| {
                s.pointer("/properties/lane/enum")
                    .and_then(serde_json::Value::as_array)
                    .is_some_and(|e| e.iter().any(|v| v.as_str() == Some(lane.as_str())))
            })
    }

    fn parts(&self, entry: &Entry) -> String {
        let mut said = Vec::new();
        for (name, part) in &entry.state.parts {
            if part.cases.len() > 1 {
                let kind = self
                    .say
                    .profile
                    .model()
                    .kinds
                    .get(&self.board.rows)
                    .and_then(|k| k.parts.get(name))
                    .map_or_else(|| name.clone(), |p| p.kind.clone());
                let count = part.cases.len() as u64;
                said.push(format!("{count} {}", self.say.noun(&kind).of(count)));
            }
        }
        said.join(", ")
    }

    fn needs(&self, kept: &[&Entry], most: usize) -> (Vec<Need>, u64) {
        let mut needy: Vec<&Entry> = kept
            .iter()
            .copied()
            .filter(|e| !e.row.needs.is_empty())
            .collect();
        needy.sort_by_key(|e| self.order(&e.row));
        let total = needy.len() as u64;
        needy.truncate(most);
        let lines = needy
            .into_iter()
            .filter_map(|entry| {
                let need = entry.row.needs.first()?;
                Some(Need {
                    key: entry.row.key.clone(),
                    title: entry.row.title.clone(),
                    href: self.href(&entry.row),
                    who: self.owner(entry),
                    glyph: Glyph::parse(&need.glyph).unwrap_or(Glyph::Wait),
                    tone: tone(need),
                    what: Rich::marked(self.say.of(&need.text)),
                    since_ms: entry.row.since_ms,
                    place: self.place(&entry.row),
                    act: need
                        .act
                        .as_deref()
                        .and_then(|act| self.act(&entry.row, act)),
                })
            })
            .collect();
        (lines, total)
    }

    fn place(&self, row: &BoardRow) -> String {
        let Some((at, column)) = self.column(row) else {
            return self.say.state(row.state.as_deref()).label;
        };
        let title = self.column_title(column);
        let dock = text_of(row, "dock");
        let lane = text_of(row, "lane-number");
        if at == 0 && self.since(row) > self.ask.now_ms {
            let arrival = time::minutes(self.since(row), &self.ask.zone());
            return format!("{title} {arrival}");
        }
        // Where it stood while it was looked at says nothing once it is free to go.
        let free = self.say.state(row.state.as_deref()).look == Look::Released;
        if !dock.is_empty() && !free {
            return format!("{title}, {} {dock}", inside(&self.say.word("board.dock")));
        }
        if column.show == "strip" && !lane.is_empty() {
            return format!("{title}, {} {lane}", inside(&self.say.word("board.lane")));
        }
        title
    }

    fn act(&self, row: &BoardRow, act: &str) -> Option<Act> {
        act_of(self.ask, self.say, &self.href(row), act)
    }

    fn row(&self, entry: &Entry) -> Result<Row, Refusal> {
        let (verified, required, docs_glyph) = self.papers(entry)?;
        let need = entry.row.needs.first();
        Ok(Row {
            key: entry.row.key.clone(),
            title: entry.row.title.clone(),
            href: self.href(&entry.row),
            parts: self.parts(entry),
            marks: self.marks(entry),
            since_ms: self.since(&entry.row),
            over: self.over(&entry.row),
            who: self.owner(entry),
            verified,
            required,
            docs_glyph,
            why: need.map(|need| Why {
                tone: tone(need),
                glyph: Glyph::parse(&need.glyph).unwrap_or(Glyph::Wait),
                text: self.say.of(&need.text).trim_end_matches('.').to_owned(),
                edge: true,
            }),
        })
    }

    fn columns(&self, kept: &[&Entry], all: &[Entry]) -> Result<Vec<Column>, Refusal> {
        let stage = self.ask.here.value("stage");
        let mut columns = Vec::new();
        for (at, column) in self.board.columns.iter().enumerate() {
            let strip = self.stands(column, all);
            if strip && !Self::keeps_unplaced(column) {
                continue;
            }
            let mut inside: Vec<&Entry> = kept
                .iter()
                .copied()
                .filter(|e| self.column(&e.row).is_some_and(|(i, _)| i == at))
                .filter(|e| !strip || text_of(&e.row, &column.by).is_empty())
                .collect();
            // Those that need a person first, then the longest there; in the first column the next to come.
            inside.sort_by_key(|e| (e.row.needs.is_empty(), self.since(&e.row)));
            let count = inside.len() as u64;
            let shown = if stage == column.id {
                ROWS_ALL
            } else {
                ROWS_SHOWN
            };
            let note = if strip {
                format!(
                    "{}: {}",
                    self.say.word(&format!("board.{}", column.by)),
                    self.ask.w("not given yet", "aún sin asignar")
                )
            } else if at == 0 {
                self.ask.w("By arrival", "Por llegada").to_owned()
            } else {
                self.note(&inside)
            };
            let rows = inside
                .iter()
                .take(shown)
                .map(|e| self.row(e))
                .collect::<Result<Vec<_>, _>>()?;
            columns.push(Column {
                id: column.id.clone(),
                title: self.column_title(column),
                count,
                note,
                all: (count > rows.len() as u64).then(|| {
                    Link::new(
                        self.ask.lang.count("board.all", count, &[]),
                        self.ask.here.with("stage", &column.id).to_string()
                            + "#s-"
                            + &crate::console::slug(&column.id),
                    )
                }),
                rows,
                empty: None,
            });
        }
        Ok(columns)
    }

    fn note(&self, inside: &[&Entry]) -> String {
        let mut spans: Vec<i64> = inside
            .iter()
            .map(|e| self.ask.now_ms.saturating_sub(e.row.since_ms).max(0))
            .collect();
        spans.sort_unstable();
        match (spans.get(spans.len() / 2), spans.last()) {
            (Some(median), Some(longest)) => self
                .ask
                .w("Median {m}, longest {l}", "Mediana {m}, máximo {l}")
                .replace("{m}", &time::span(*median))
                .replace("{l}", &time::span(*longest)),
            _ => String::new(),
        }
    }

    /// The places of a strip that the reader's office has, whether or not anybody stands there.
    fn own_places<'c>(&self, column: &'c BoardColumn) -> &'c [String] {
        let ports = self.ask.entry().map(|p| p.places.as_slice());
        ports
            .unwrap_or_default()
            .iter()
            .find_map(|port| column.places.get(port))
            .map_or(&[], Vec::as_slice)
    }

    /// Whether the reader is told of a strip's places at all; who is not gets the stage as a column.
    fn stands(&self, column: &BoardColumn, all: &[Entry]) -> bool {
        column.show == "strip"
            && (!self.own_places(column).is_empty()
                || all.iter().any(|e| !text_of(&e.row, &column.by).is_empty()))
    }

    /// Whether a strip's column keeps those whom nobody has given a place: a booth has its truck from the moment that it arrives.
    fn keeps_unplaced(column: &BoardColumn) -> bool {
        !column.places.is_empty()
    }

    fn strips(&self, kept: &[&Entry], all: &[Entry]) -> Vec<Strip> {
        self.board
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| self.stands(column, all))
            .map(|(at, column)| self.strip(at, column, kept, all))
            .collect()
    }

    fn strip(&self, at: usize, column: &BoardColumn, kept: &[&Entry], all: &[Entry]) -> Strip {
        let bays = Self::keeps_unplaced(column);
        let inside: Vec<&Entry> = kept
            .iter()
            .copied()
            .filter(|e| self.column(&e.row).is_some_and(|(i, _)| i == at))
            .filter(|e| !bays || !text_of(&e.row, &column.by).is_empty())
            .collect();
        let place = |name: &str| (name.parse::<u64>().unwrap_or(u64::MAX), name.to_owned(), 0);
        let mut lanes: BTreeMap<(u64, String, usize), Lane> = BTreeMap::new();
        let empty = |number: &str, kind: String| Lane {
            number: number.to_owned(),
            kind,
            ..Lane::default()
        };
        let declared = match column.places.get("") {
            Some(names) => names.as_slice(),
            None => self.own_places(column),
        };
        for name in declared {
            lanes.insert(place(name), empty(name, String::new()));
        }
        // Where the program does not say which places there are, one is known by who stood there: today's, as far as they are on the board.
        for entry in all.iter().filter(|_| declared.is_empty()) {
            let number = text_of(&entry.row, &column.by);
            if !number.is_empty() {
                lanes
                    .entry(place(&number))
                    .or_insert_with(|| empty(&number, self.lane_kind(&entry.row)));
            }
        }
        for (nth, entry) in inside.iter().enumerate() {
            let number = text_of(&entry.row, &column.by);
            let known = !number.is_empty();
            // Without a number each stands for itself at the end.
            let mut key = if known {
                place(&number)
            } else {
                (u64::MAX, entry.row.key.clone(), 0)
            };
            let taken =
                |key: &(u64, String, usize)| lanes.get(key).is_some_and(|lane| lane.at.is_some());
            // Two at one bay are two that somebody must look at; at a booth the one before has gone on and its release is on the way.
            if bays && taken(&key) {
                key.2 = nth + 1;
            }
            let lane = lanes.entry(key).or_default();
            lane.number = if known { number } else { "–".to_owned() };
            lane.kind = self.lane_kind(&entry.row);
            let since_ms = self.placed_ms(&entry.row, &column.by);
            let newer = lane.at.as_ref().is_none_or(|held| held.since_ms < since_ms);
            if newer {
                lane.at = Some(AtBooth {
                    title: entry.row.title.clone(),
                    href: self.href(&entry.row),
                    since_ms,
                    slow: self.over(&entry.row),
                });
            }
        }
        let free = lanes.values().filter(|lane| lane.at.is_none()).count() as u64;
        Strip {
            id: if bays {
                format!("{}-{}", column.id, column.by)
            } else {
                column.id.clone()
            },
            title: self.column_title(column),
            count: inside.len() as u64,
            note: self.note(&inside),
            free: bays.then_some(free),
            lanes: lanes.into_values().collect(),
        }
    }

    /// Since when a row stands at its place, where the board has a field that says it (`NAME-since`); else since it is in the stage.
    fn placed_ms(&self, row: &BoardRow, by: &str) -> i64 {
        row.fields
            .get(&format!("{by}-since"))
            .and_then(serde_json::Value::as_i64)
            .unwrap_or(row.since_ms)
    }

    fn lane_kind(&self, row: &BoardRow) -> String {
        let lane = self.lane(row);
        if lane.is_empty() {
            return String::new();
        }
        if let Some(short) = self.say.text(&format!("lanes.{lane}.short")) {
            return short.to_owned();
        }
        let word = self.lane_word(&lane);
        if word.chars().count() > 6 {
            word.chars().take(3).collect::<String>()
        } else {
            word
        }
    }
}

/// An act that a need offers, where the reader's roles may issue its record.
pub(super) fn act_of(ask: &Ask, say: &Say, case: &str, act: &str) -> Option<Act> {
    let model = say.profile.model();
    let found = model.acts.iter().find(|a| a.id == act)?;
    let roles = ask.roles();
    let ty = model.records.get(&found.issue)?;
    // Posts and seats are settled on the act's own page, which has the case in hand.
    let may = ty
        .issued_by
        .iter()
        .any(|role| match role.strip_prefix("post.") {
            Some(post) => model
                .posts
                .get(post)
                .is_some_and(|p| p.roles.iter().any(|r| roles.contains(&r.as_str()))),
            None => role == ANY || role.starts_with("seat.") || roles.contains(&role.as_str()),
        });
    may.then(|| Act {
        label: say
            .text(&format!("acts.{act}.title"))
            .map_or_else(|| say.word(&format!("acts.{act}")), str::to_owned),
        href: format!("{case}/act/{}", crate::console::segment(act)),
        halt: found.grave,
        why_not: None,
    })
}

fn tone(need: &NeedRow) -> Tone {
    match Glyph::parse(&need.glyph) {
        Some(Glyph::Cross | Glyph::Stop | Glyph::Revoked) => Tone::Stop,
        _ => Tone::Warn,
    }
}

fn text_of(row: &BoardRow, field: &str) -> String {
    match row.fields.get(field) {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(serde_json::Value::Number(n)) => n.to_string(),
        _ => String::new(),
    }
}

/// Names of peers in a sentence.
pub(super) fn names(names: &[&str]) -> String {
    peers::listed(names, 3)
}
