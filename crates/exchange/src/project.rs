//! The fold, kept warm: what each hosted party knows of each case, refolded when something it reads has changed.
//!
//! Lives on the sequencer's thread. What it holds is a cache: everything can be had again from the store, and is dropped when a
//! commit fails.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use garita_profile::Profile;
use garita_profile::board_live::links_of_boards;
use garita_profile::case::{CaseRecord, CaseRef, CaseState};
use garita_profile::fold::fold;
use garita_profile::knowledge::Knowledge;
use garita_profile::links::{self, LooksFor};
use garita_profile::{acts, board, keys, line, tables};
use garita_store::{CaseView, Reader, StoreError, TableRow, Term, TermMatch};
use garita_tlog::LeafIndex;

use crate::governance::Network;
use crate::program::Programs;
use crate::read::case_record_of;

/// Cases kept warm; about 40 KB each at worst, so some hundred MB at the very most and a tenth of it in practice.
const WARM_MAX: usize = 4_000;
/// Parts of parts of parts, and no further (design §5).
const DEPTH_MAX: usize = 3;
/// Wholes that one part may have: a consolidated pedimento serves some hundreds of shipments.
const WHOLES_MAX: usize = 1_000;
/// State of a clock that has not run out yet.
const RUNNING: &str = "running";
/// Search name under which a part finds the cases it is part of.
pub(crate) const PART_TERM: &str = "part-of";

/// A party's case.
pub(crate) type Seen = (Arc<str>, CaseRef);

#[derive(Debug, Default)]
struct Warm {
    records: Vec<CaseRecord>,
    state: Option<Arc<CaseState>>,
    /// State as of the last commit: what notices are compared with.
    committed: Option<Arc<CaseState>>,
    /// Search names that are in the store already, and how many of the records they come from.
    terms: HashSet<(String, String)>,
    termed: usize,
    /// Columns of each declared table's open row, as last written.
    rows: BTreeMap<String, String>,
    used: u64,
}

/// How a batch moved a case.
pub(crate) struct Moved {
    pub(crate) before: Option<Arc<CaseState>>,
    pub(crate) after: Arc<CaseState>,
}

/// The instants and the place in the log that go with what a case gives.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At {
    /// Business time.
    pub(crate) now_ms: i64,
    /// When rows are recorded: logged time, which never goes back where the clock does.
    pub(crate) recorded_ms: i64,
    /// The log's last entry.
    pub(crate) updated: LeafIndex,
}

/// What a case gives the commit.
pub(crate) struct Rows {
    pub(crate) view: CaseView,
    pub(crate) terms: Vec<Term>,
    pub(crate) rows: Vec<TableRow>,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Projector {
    reader: Reader,
    programs: Arc<Programs>,
    warm: HashMap<Seen, Warm>,
    /// Part -> the cases it is part of, for each party.
    wholes: HashMap<Seen, BTreeSet<CaseRef>>,
    dirty: BTreeSet<Seen>,
    touched: BTreeSet<Seen>,
    tick: u64,
}

impl Projector {
    pub(crate) fn new(reader: Reader, programs: Arc<Programs>) -> Self {
        Self {
            reader,
            programs,
            warm: HashMap::new(),
            wholes: HashMap::new(),
            dirty: BTreeSet::new(),
            touched: BTreeSet::new(),
            tick: 0,
        }
    }

    /// The party's state of a case as of now, folded if something changed.
    pub(crate) fn state(
        &mut self,
        party: &Arc<str>,
        case: &CaseRef,
        network: &Network,
        now_ms: i64,
    ) -> Result<Option<Arc<CaseState>>, StoreError> {
        self.state_at(party, case, network, now_ms, 0)
    }

    /// The party's records of a case.
    pub(crate) fn records(
        &mut self,
        party: &Arc<str>,
        case: &CaseRef,
    ) -> Result<&[CaseRecord], StoreError> {
        Ok(&self.load(party, case)?.records)
    }

    /// Adds a record to what a party knows of a case. A record held already in the same view changes nothing.
    pub(crate) fn add(
        &mut self,
        party: &Arc<str>,
        case: &CaseRef,
        record: CaseRecord,
    ) -> Result<(), StoreError> {
        let warm = self.load(party, case)?;
        if !warm
            .records
            .iter()
            .any(|held| held.id == record.id && held.view == record.view)
        {
            warm.records.push(record);
        }
        self.mark(party, case)
    }

    /// Marks what a party knows of a case by a record, in the same view, as disputed.
    pub(crate) fn dispute(
        &mut self,
        party: &Arc<str>,
        case: &CaseRef,
        record: &CaseRecord,
        reason: &str,
    ) -> Result<(), StoreError> {
        let warm = self.load(party, case)?;
        let held = warm.records.iter_mut();
        for held in held.filter(|held| held.id == record.id && held.view == record.view) {
            held.disputed = Some(reason.to_owned());
        }
        self.mark(party, case)
    }

    /// Puts what is left of a record in the place of what a party knows of it, in the same view.
    pub(crate) fn replace(
        &mut self,
        party: &Arc<str>,
        case: &CaseRef,
        record: &CaseRecord,
    ) -> Result<(), StoreError> {
        let warm = self.load(party, case)?;
        let held = warm.records.iter_mut();
        for held in held.filter(|held| held.id == record.id && held.view == record.view) {
            held.clone_from(record);
        }
        self.mark(party, case)
    }

    /// The party's state of a case, folded anew as of now.
    pub(crate) fn folded_anew(
        &mut self,
        party: &Arc<str>,
        case: &CaseRef,
        network: &Network,
        now_ms: i64,
    ) -> Result<Option<Arc<CaseState>>, StoreError> {
        self.dirty.insert((Arc::clone(party), case.clone()));
        self.state(party, case, network, now_ms)
    }

    /// Cases to settle: all that changed since the last call, wholes after their parts.
    pub(crate) fn take_touched(&mut self) -> Vec<Seen> {
        std::mem::take(&mut self.touched).into_iter().collect()
    }

    /// Folds a touched case.
    pub(crate) fn settle(
        &mut self,
        seen: &Seen,
        network: &Network,
        now_ms: i64,
    ) -> Result<Option<Moved>, StoreError> {
        let (party, case) = seen;
        let Some(after) = self.state_at(party, case, network, now_ms, 0)? else {
            return Ok(None);
        };
        let warm = self.load(party, case)?;
        let before = warm.committed.replace(Arc::clone(&after));
        Ok(Some(Moved { before, after }))
    }

    /// What the commit writes of a settled case: search names and table rows only where they are new.
    pub(crate) fn rows(
        &mut self,
        seen: &Seen,
        network: &Network,
        at: At,
    ) -> Result<Option<Rows>, StoreError> {
        let (party, case) = seen;
        let Some(profile) = self.programs.governing(&case.kind, network, at.now_ms) else {
            return Ok(None);
        };
        let Some(state) = self.load(party, case)?.state.clone() else {
            return Ok(None);
        };
        let looks_for = self.looks_for(party, &profile, &state)?;
        let warm = self.load(party, case)?;
        let terms = new_terms(warm, party, case, &profile, &state);
        let shown = acts::CaseView {
            state: &state,
            records: &warm.records,
            directory: &network.directory,
            as_of_ms: at.now_ms,
            linked: None,
        };
        let view = case_view(party, &profile, shown, network, at.updated, &looks_for);
        let rows = table_rows(party, &profile, shown, at.recorded_ms);
        let rows = new_rows(&mut warm.rows, rows);
        Ok(Some(Rows { view, terms, rows }))
    }

    /// What the links of the case's boards look for: kept with its rows, so that a board opens no case for it.
    fn looks_for(
        &mut self,
        party: &Arc<str>,
        profile: &Profile,
        state: &CaseState,
    ) -> Result<LooksFor, StoreError> {
        let names = links_of_boards(profile, &state.case.kind);
        if names.is_empty() {
            return Ok(LooksFor::new());
        }
        let parts = state.parts.values().flat_map(|p| &p.cases);
        let cases: Vec<&CaseRef> = parts.map(|(part, _)| part).chain([&state.case]).collect();
        for case in &cases {
            self.load(party, case)?;
        }
        let warm: Vec<&Warm> = cases
            .iter()
            .filter_map(|case| self.warm.get(&(Arc::clone(party), (*case).clone())))
            .collect();
        let folded = warm
            .iter()
            .filter_map(|w| Some((w.state.as_deref()?, w.records.as_slice())));
        Ok(links::looks_for(profile.model(), &names, None, folded))
    }

    /// Table rows of a case, computed anew, where they differ from what was last written: for when a program has changed. A row that
    /// the store has already changes nothing there.
    pub(crate) fn retabled(
        &mut self,
        seen: &Seen,
        network: &Network,
        now_ms: i64,
        recorded_ms: i64,
    ) -> Result<Vec<TableRow>, StoreError> {
        let (party, case) = seen;
        let (Some(state), Some(profile)) = (
            self.state(party, case, network, now_ms)?,
            self.programs.governing(&case.kind, network, now_ms),
        ) else {
            return Ok(Vec::new());
        };
        let warm = self.load(party, case)?;
        let shown = acts::CaseView {
            state: &state,
            records: &warm.records,
            directory: &network.directory,
            as_of_ms: now_ms,
            linked: None,
        };
        let rows = table_rows(party, &profile, shown, recorded_ms);
        Ok(new_rows(&mut warm.rows, rows))
    }

    /// Mandates that a party gave and was given.
    pub(crate) fn mandates(&self, party: &str) -> Result<Vec<CaseRecord>, StoreError> {
        crate::read::mandates(&self.reader, party)
    }

    /// What is shown of a case, folded anew as of now: time alone may have changed it.
    pub(crate) fn refreshed(
        &mut self,
        seen: &Seen,
        network: &Network,
        at: At,
    ) -> Result<Option<CaseView>, StoreError> {
        let (party, case) = seen;
        self.load(party, case)?;
        self.dirty.insert(seen.clone());
        let (Some(state), Some(profile)) = (
            self.state(party, case, network, at.now_ms)?,
            self.programs.governing(&case.kind, network, at.now_ms),
        ) else {
            return Ok(None);
        };
        let looks_for = self.looks_for(party, &profile, &state)?;
        let warm = self.load(party, case)?;
        let shown = acts::CaseView {
            state: &state,
            records: &warm.records,
            directory: &network.directory,
            as_of_ms: at.now_ms,
            linked: None,
        };
        Ok(Some(case_view(
            party, &profile, shown, network, at.updated, &looks_for,
        )))
    }

    /// States of a case's parts, as far as the party has them.
    pub(crate) fn parts(
        &mut self,
        party: &Arc<str>,
        state: &CaseState,
        network: &Network,
        now_ms: i64,
    ) -> Result<BTreeMap<CaseRef, Arc<CaseState>>, StoreError> {
        let mut parts = BTreeMap::new();
        for (part, _) in state.parts.values().flat_map(|p| &p.cases) {
            if let Some(folded) = self.state(party, part, network, now_ms)? {
                parts.insert(part.clone(), folded);
            }
        }
        Ok(parts)
    }

    /// The commit is durable. Makes room where too much is warm.
    pub(crate) fn committed(&mut self) {
        if self.warm.len() > WARM_MAX {
            let mut ages: Vec<u64> = self.warm.values().map(|w| w.used).collect();
            ages.sort_unstable();
            let median = ages.get(ages.len() / 2).copied().unwrap_or(0);
            self.warm.retain(|_, w| w.used > median);
            let warm = &self.warm;
            self.wholes.retain(|part, _| warm.contains_key(part));
        }
    }

    /// The commit failed: what is warm may hold what was never recorded.
    pub(crate) fn forget(&mut self) {
        self.warm.clear();
        self.wholes.clear();
        self.dirty.clear();
        self.touched.clear();
    }

    fn state_at(
        &mut self,
        party: &Arc<str>,
        case: &CaseRef,
        network: &Network,
        now_ms: i64,
        depth: usize,
    ) -> Result<Option<Arc<CaseState>>, StoreError> {
        let seen: Seen = (Arc::clone(party), case.clone());
        let Some(profile) = self.programs.governing(&case.kind, network, now_ms) else {
            return Ok(None);
        };
        if self.load(party, case)?.records.is_empty() {
            return Ok(None);
        }
        if !self.dirty.contains(&seen)
            && let Some(state) = self.warm.get(&seen).and_then(|w| w.state.clone())
        {
            return Ok(Some(state));
        }
        let directory = Arc::clone(&network.directory);
        let knowledge = Knowledge::of(&directory, party, now_ms);
        let records = std::mem::take(&mut self.load(party, case)?.records);
        let failed: RefCell<Option<StoreError>> = RefCell::new(None);
        let state = {
            let projector = RefCell::new(&mut *self);
            let part = |part: &CaseRef| {
                if depth >= DEPTH_MAX {
                    return None;
                }
                let state =
                    projector
                        .borrow_mut()
                        .state_at(party, part, network, now_ms, depth + 1);
                state.unwrap_or_else(|error| {
                    failed.borrow_mut().get_or_insert(error);
                    None
                })
            };
            Arc::new(fold(
                profile.model(),
                case,
                &records,
                &directory,
                &part,
                &knowledge,
                now_ms,
            ))
        };
        self.load(party, case)?.records = records;
        if let Some(error) = failed.into_inner() {
            return Err(error);
        }
        for (part, _) in state.parts.values().flat_map(|p| &p.cases) {
            self.wholes
                .entry((Arc::clone(party), part.clone()))
                .or_default()
                .insert(case.clone());
        }
        self.dirty.remove(&seen);
        let warm = self.load(party, case)?;
        warm.state = Some(Arc::clone(&state));
        Ok(Some(state))
    }

    /// Marks a case and the wholes it is part of.
    fn mark(&mut self, party: &Arc<str>, case: &CaseRef) -> Result<(), StoreError> {
        let mut queue = vec![(case.clone(), 0)];
        while let Some((case, depth)) = queue.pop() {
            let seen: Seen = (Arc::clone(party), case.clone());
            self.dirty.insert(seen.clone());
            self.touched.insert(seen);
            if depth < DEPTH_MAX {
                for whole in self.wholes_of(party, &case)? {
                    queue.push((whole, depth + 1));
                }
            }
        }
        Ok(())
    }

    fn wholes_of(&mut self, party: &Arc<str>, case: &CaseRef) -> Result<Vec<CaseRef>, StoreError> {
        let seen: Seen = (Arc::clone(party), case.clone());
        if let Some(known) = self.wholes.get(&seen) {
            return Ok(known.iter().cloned().collect());
        }
        let hits = self.reader.search(
            party,
            Some(PART_TERM),
            &part_value(case),
            TermMatch::Exact,
            WHOLES_MAX,
        )?;
        let found: BTreeSet<CaseRef> = hits
            .into_iter()
            .map(|hit| CaseRef {
                kind: hit.kind,
                key: hit.key,
            })
            .collect();
        self.wholes.insert(seen, found.clone());
        Ok(found.into_iter().collect())
    }

    fn load(&mut self, party: &Arc<str>, case: &CaseRef) -> Result<&mut Warm, StoreError> {
        self.tick += 1;
        let tick = self.tick;
        let seen: Seen = (Arc::clone(party), case.clone());
        if !self.warm.contains_key(&seen) {
            let held = self.reader.case_records(party, &case.kind, &case.key)?;
            let records = held.iter().filter_map(case_record_of).collect();
            let committed = self
                .reader
                .case(party, &case.kind, &case.key)?
                .and_then(|view| serde_json::from_str::<CaseState>(&view.state).ok())
                .map(Arc::new);
            self.warm.insert(
                seen.clone(),
                Warm {
                    records,
                    state: None,
                    committed,
                    used: tick,
                    ..Warm::default()
                },
            );
        }
        let warm = self.warm.entry(seen).or_default();
        warm.used = tick;
        Ok(warm)
    }
}

/// How a part is named in [`PART_TERM`].
pub(crate) fn part_value(case: &CaseRef) -> String {
    format!("{} {}", case.kind, case.key)
}

/// Search names of the records that came since the last call, and of parts that the state names since; each once.
fn new_terms(
    warm: &mut Warm,
    party: &Arc<str>,
    case: &CaseRef,
    profile: &Profile,
    state: &CaseState,
) -> Vec<Term> {
    let mut out = Vec::new();
    let mut tell = |(name, value): (String, String), by_suffix: bool| {
        if warm.terms.insert((name.clone(), value.clone())) {
            out.push(Term {
                party: party.to_string(),
                by_suffix,
                name,
                value,
                kind: case.kind.clone(),
                key: case.key.clone(),
            });
        }
    };
    for record in warm.records.iter().skip(warm.termed) {
        for found in keys::search_keys(profile, &record.document) {
            tell(found, true);
        }
    }
    for (part, _) in state.parts.values().flat_map(|part| &part.cases) {
        tell((PART_TERM.to_owned(), part_value(part)), false);
    }
    warm.termed = warm.records.len();
    out
}

/// The rows that are not as last written.
fn new_rows(written: &mut BTreeMap<String, String>, mut rows: Vec<TableRow>) -> Vec<TableRow> {
    rows.retain(|row| {
        let columns = row.columns.clone().unwrap_or_default();
        let before = written.insert(row.table.clone(), columns);
        before.as_ref() != row.columns.as_ref()
    });
    rows
}

fn table_rows(
    party: &Arc<str>,
    profile: &Profile,
    shown: acts::CaseView<'_>,
    recorded_ms: i64,
) -> Vec<TableRow> {
    let case = &shown.state.case;
    tables::table_rows(profile, shown)
        .into_iter()
        .map(|row| TableRow {
            party: party.to_string(),
            table: row.table,
            kind: case.kind.clone(),
            key: case.key.clone(),
            stated_on_ms: None,
            columns: serde_json::to_string(&row.columns).ok(),
            recorded_from_ms: recorded_ms,
            recorded_to_ms: None,
        })
        .collect()
}

fn case_view(
    party: &Arc<str>,
    profile: &Profile,
    shown: acts::CaseView<'_>,
    network: &Network,
    updated: LeafIndex,
    looks_for: &LooksFor,
) -> CaseView {
    let (state, now_ms) = (shown.state, shown.as_of_ms);
    let roles: Vec<&str> = network
        .directory
        .parties
        .get(party.as_ref())
        .into_iter()
        .flat_map(|p| &p.roles)
        .filter(|r| r.from_ms <= now_ms && r.until_ms.is_none_or(|u| now_ms < u))
        .map(|r| r.role.as_str())
        .collect();
    let boards: BTreeMap<&str, board::BoardRow> = profile
        .model()
        .boards
        .keys()
        .filter_map(|name| {
            let row = board::kept_row(profile, name, shown, &roles, looks_for)?;
            Some((name.as_str(), row))
        })
        .collect();
    CaseView {
        party: party.to_string(),
        kind: state.case.kind.clone(),
        key: state.case.key.clone(),
        state: serde_json::to_string(state).unwrap_or_default(),
        shown: state.state.clone().unwrap_or_else(|| "unknown".to_owned()),
        title: board::title(profile, shown),
        since_ms: state.since_ms,
        updated,
        opening: state.opening.clone(),
        board: serde_json::to_string(&boards).unwrap_or_default(),
        line: serde_json::to_string(&line::case_line(profile, shown, party, &roles))
            .unwrap_or_default(),
        due_ms: state
            .clocks
            .iter()
            .filter(|clock| clock.state == RUNNING && clock.due_ms >= now_ms)
            .map(|clock| clock.due_ms)
            .min(),
    }
}
