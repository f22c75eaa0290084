//! The fold: the pure function from a case's records, its parts' results and an instant to its state (design §5).
//!
//! How it goes: records are made distinct, given their place in the one order ([`crate::order`]), and judged; then the instants
//! at which anything can change are walked from the first to `as_of`. At each instant the records in force are known
//! ([`crate::in_force`]), tracks, holds and balances are brought up to date, and where something changed that `show` reads, its
//! lines are asked. So the way of states costs little more than the last state.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::builtin::ANY;
use crate::case::{CaseRecord, CaseRef, CaseState, Directory, RecordState, ReplaceKind, Told};
use crate::clocks;
use crate::facts::KindFacts;
use crate::fold_state::Folded;
use crate::in_force::{AFFIRMATION, Entry, Force, Verdict, force_at, may_replace};
use crate::knowledge::{Knowledge, seats_of};
use crate::model::{Kind, LifeCycle, Model, Role};
use crate::notice::STATE_NOTICE;
use crate::order::{duration_ms, effective_ms, positions};
use crate::seats::{self, OWNER_SEAT};

/// How deep parts of parts are folded: a project's contracts' deliveries.
pub const PART_DEPTH_MAX: usize = 3;

/// Folds a case.
///
/// - `records`: all that the reader holds about the case, in any order, with repeats and several views of one record.
/// - `parts`: the folded state of a part, none where nothing of it is in hand. It is asked for each part once.
/// - `knowledge`: what the reader gets; [`Knowledge::all`] where everything is in hand.
/// - `as_of_ms`: the instant. Records that take effect later are listed and not applied, so pass at least the newest logged time.
///
/// Pure: same set of records, same result, whatever their order.
pub fn fold(
    model: &Model,
    case: &CaseRef,
    records: &[CaseRecord],
    directory: &Directory,
    parts: &dyn Fn(&CaseRef) -> Option<Arc<CaseState>>,
    knowledge: &Knowledge,
    as_of_ms: i64,
) -> CaseState {
    let mut fold = Fold::new(model, case, records, directory, knowledge, as_of_ms);
    fold.gather_parts(parts);
    fold.run()
}

/// Folds a case with its parts, their parts, and so on, at most [`PART_DEPTH_MAX`] deep; a ring of parts ends where it would close.
///
/// `records` gives what the reader holds about a case.
pub fn fold_case(
    model: &Model,
    case: &CaseRef,
    records: &dyn Fn(&CaseRef) -> Arc<Vec<CaseRecord>>,
    directory: &Directory,
    knowledge: &Knowledge,
    as_of_ms: i64,
) -> Arc<CaseState> {
    let memo = RefCell::new(HashMap::new());
    Folder {
        model,
        records,
        directory,
        knowledge,
        as_of_ms,
        memo: &memo,
    }
    .fold(case, 0)
}

struct Folder<'a> {
    model: &'a Model,
    records: &'a dyn Fn(&CaseRef) -> Arc<Vec<CaseRecord>>,
    directory: &'a Directory,
    knowledge: &'a Knowledge,
    as_of_ms: i64,
    /// A case that is being folded stands here as none, which ends rings.
    memo: &'a RefCell<HashMap<CaseRef, Option<Arc<CaseState>>>>,
}

impl Folder<'_> {
    fn fold(&self, case: &CaseRef, depth: usize) -> Arc<CaseState> {
        self.memo.borrow_mut().insert(case.clone(), None);
        let records = (self.records)(case);
        let part = |part: &CaseRef| -> Option<Arc<CaseState>> {
            if depth >= PART_DEPTH_MAX {
                return None;
            }
            let known = self.memo.borrow().get(part).cloned();
            match known {
                Some(state) => state,
                None => Some(self.fold(part, depth + 1)),
            }
        };
        let state = Arc::new(fold(
            self.model,
            case,
            &records,
            self.directory,
            &part,
            self.knowledge,
            self.as_of_ms,
        ));
        self.memo
            .borrow_mut()
            .insert(case.clone(), Some(state.clone()));
        state
    }
}

/// A fold at work.
pub(crate) struct Fold<'a> {
    pub(crate) model: &'a Model,
    pub(crate) case: &'a CaseRef,
    pub(crate) kind: Option<&'a Kind>,
    pub(crate) life: Option<&'a LifeCycle>,
    pub(crate) directory: &'a Directory,
    pub(crate) knowledge: &'a Knowledge,
    pub(crate) as_of_ms: i64,
    /// In fold order: a smaller index comes first.
    pub(crate) entries: Vec<Entry<'a>>,
    pub(crate) ids: HashMap<&'a str, usize>,
    pub(crate) opening: Option<usize>,
    pub(crate) offices: &'a BTreeSet<Role>,
    pub(crate) part_states: HashMap<CaseRef, Option<Arc<CaseState>>>,
    /// Seats each record gives.
    given: Vec<Vec<(&'a str, String)>>,
    facts: &'a KindFacts,
    /// For each decisive act what came before it unseen; filled when first asked.
    pub(crate) unseen: HashMap<usize, Vec<usize>>,
}

/// What is shown at an instant.
pub(crate) struct Now {
    pub(crate) at_ms: i64,
    /// Indices in force, in order.
    pub(crate) list: Vec<usize>,
    /// Seats: (name, DID).
    pub(crate) seats: BTreeSet<(String, String)>,
    /// The reader's own seats.
    pub(crate) mine: Vec<String>,
    /// Whether the reader gets all that a track reads, as far as it was asked: each expression that names the track asks again.
    pub(crate) tracks_known: RefCell<BTreeMap<String, bool>>,
}

impl<'a> Fold<'a> {
    fn new(
        model: &'a Model,
        case: &'a CaseRef,
        records: &'a [CaseRecord],
        directory: &'a Directory,
        knowledge: &'a Knowledge,
        as_of_ms: i64,
    ) -> Fold<'a> {
        let kind = model.kinds.get(&case.kind);
        let life = model.life_cycle.get(&case.kind);
        let facts = model.kind_facts(&case.kind);
        let entries = entries_of(model, directory, records);
        let ids = entries
            .iter()
            .enumerate()
            .map(|(i, e)| (e.record.id.as_str(), i))
            .collect();
        let given = entries
            .iter()
            .map(|e| {
                kind.map(|k| seats::seats_given(k, e.record))
                    .unwrap_or_default()
            })
            .collect();
        let mut fold = Fold {
            model,
            case,
            kind,
            life,
            directory,
            knowledge,
            as_of_ms,
            entries,
            ids,
            opening: None,
            offices: &model.facts().offices,
            part_states: HashMap::new(),
            given,
            facts,
            unseen: HashMap::new(),
        };
        fold.link();
        fold.open();
        fold
    }

    /// Who replaces and affirms whom, and the verdicts that no later record can change.
    fn link(&mut self) {
        for i in 0..self.entries.len() {
            let Some(entry) = self.entries.get(i) else {
                continue;
            };
            let record = entry.record;
            let mut verdict = self.fixed_verdict(entry);
            let mut target = None;
            if let Some(replaces) = &record.replaces
                && let Some(&t) = self.ids.get(replaces.id.as_str())
                && t != i
                && let Some(replaced) = self.entries.get(t)
            {
                if may_replace(
                    self.model,
                    self.directory,
                    (record, entry.actor),
                    (replaced.record, replaced.actor),
                ) {
                    target = Some(t);
                } else if verdict.is_none() {
                    verdict = Some(Verdict::Rejected("disputed: not-entitled-to-replace"));
                }
            }
            let affirms: Vec<usize> = if record.record_type == AFFIRMATION {
                record
                    .follows
                    .iter()
                    .map(String::as_str)
                    .chain(
                        record
                            .document
                            .pointer("/credentialSubject/affirms")
                            .and_then(|v| v.as_str()),
                    )
                    .filter_map(|id| self.ids.get(id).copied())
                    .filter(|&t| t != i)
                    .collect()
            } else {
                Vec::new()
            };
            if let Some(entry) = self.entries.get_mut(i) {
                entry.target = target;
                if let Some(v) = verdict {
                    entry.verdict = v;
                }
            }
            if let Some(t) = target.and_then(|t| self.entries.get_mut(t)) {
                t.replacers.push(i);
            }
            for t in affirms {
                if let Some(t) = self.entries.get_mut(t) {
                    t.affirmations.push(i);
                }
            }
        }
    }

    fn fixed_verdict(&self, entry: &Entry<'_>) -> Option<Verdict> {
        let record = entry.record;
        if let Some(code) = &record.disputed {
            return Some(Verdict::Disputed(code.clone()));
        }
        if record.on_behalf_of.is_some() && entry.actor.is_empty() {
            return Some(Verdict::Rejected("disputed: mandate-unknown"));
        }
        let at = record.logged_ms;
        match record.record_type.as_str() {
            STATE_NOTICE => {
                let keeper = self.facts.keeper.as_ref();
                let kept = keeper.is_some_and(|r| self.directory.has_role(entry.actor, r, at));
                return Some(if kept {
                    Verdict::Accepted
                } else {
                    Verdict::Rejected("disputed: issuer-not-entitled")
                });
            }
            AFFIRMATION => {
                let office = seats::is_office(self.directory, self.offices, entry.actor, at);
                return Some(if office {
                    Verdict::Accepted
                } else {
                    Verdict::Rejected("disputed: issuer-not-entitled")
                });
            }
            _ => {}
        }
        let Some(ty) = entry.ty else {
            return Some(Verdict::Rejected("disputed: unknown-type"));
        };
        if ty.secret_office && !ty.inside {
            return Some(Verdict::Rejected("secret"));
        }
        let standing = match record.standing {
            crate::case::Standing::Act => return None,
            crate::case::Standing::Report => "report",
            crate::case::Standing::Compiled => "compiled",
        };
        (!ty.accepts.iter().any(|a| a == standing)).then_some(Verdict::Rejected("not-accepted"))
    }

    /// Finds the opening record of the newest case under this key.
    fn open(&mut self) {
        let Some(kind) = self.kind else { return };
        let able: Vec<bool> = self
            .entries
            .iter()
            .map(|e| {
                e.position.at_ms <= self.as_of_ms
                    && seats::opens(
                        self.model,
                        kind,
                        self.case,
                        self.directory,
                        e.record,
                        e.actor,
                    )
            })
            .collect();
        let mut first = 0;
        if let Some(reuse) = kind.reuse_after.as_deref().and_then(duration_ms) {
            let mut last = None;
            for (i, entry) in self.entries.iter().enumerate() {
                // Strangers cannot keep a case alive by filing under its number.
                let counts = able.get(i) == Some(&true)
                    || seats::is_office(
                        self.directory,
                        self.offices,
                        entry.actor,
                        entry.record.logged_ms,
                    );
                if !counts {
                    continue;
                }
                let at = entry.position.at_ms;
                if last.is_some_and(|l: i64| at.saturating_sub(l) > reuse)
                    && able.iter().skip(i).any(|&a| a)
                {
                    first = i;
                }
                last = Some(at);
            }
        }
        for entry in self.entries.iter_mut().take(first) {
            entry.verdict = Verdict::Rejected("earlier-case");
        }
        self.opening = able
            .iter()
            .enumerate()
            .skip(first)
            .find(|(_, a)| **a)
            .map(|(i, _)| i);
    }

    /// Asks for the states of all parts that any version of the lists names.
    fn gather_parts(&mut self, parts: &dyn Fn(&CaseRef) -> Option<Arc<CaseState>>) {
        let Some(kind) = self.kind else { return };
        for part in kind.parts.values() {
            for entry in self
                .entries
                .iter()
                .filter(|e| e.record.record_type == part.from)
            {
                for case in part_cases(self.model, part, &entry.record.document) {
                    self.part_states
                        .entry(case.clone())
                        .or_insert_with(|| parts(&case));
                }
            }
        }
    }

    fn run(mut self) -> CaseState {
        let mut now = Now {
            at_ms: self.as_of_ms,
            list: Vec::new(),
            seats: BTreeSet::new(),
            mine: Vec::new(),
            tracks_known: RefCell::default(),
        };
        let mut folded = Folded::new(&self);
        let mut way: Vec<(i64, String)> = Vec::new();
        let mut state = None;
        let mut aside: Vec<(usize, usize)> = Vec::new();
        let mut stops = clocks::Stops::new(&self);
        if let Some(start) = self
            .opening
            .and_then(|o| self.entries.get(o))
            .map(|e| e.position.at_ms)
        {
            let mut applied: Vec<usize> = Vec::new();
            let mut first = true;
            for (at_ms, parts_moved) in self.instants(start) {
                now.at_ms = at_ms;
                let seats_changed = self.settle(&mut now);
                let mut list = self.without_aside(&now.list, &aside);
                let mut ask = first || parts_moved || seats_changed;
                if list != applied {
                    ask |= self.bring(&mut folded, &applied, &list, &now);
                }
                if ask {
                    state = self.show(&folded, &list, &now);
                    if self.find_aside(&mut aside, &folded, &now) {
                        let shorter = self.without_aside(&now.list, &aside);
                        self.bring(&mut folded, &list, &shorter, &now);
                        list = shorter;
                        state = self.show(&folded, &list, &now);
                    }
                    if let Some(s) = &state
                        && way.last().is_none_or(|(_, last)| last != s)
                    {
                        // Two changes at one instant are one.
                        if way.last().is_some_and(|(at, _)| *at == at_ms) {
                            way.pop();
                        }
                        way.push((at_ms, s.clone()));
                    }
                }
                stops.look(&self, &folded, &list, &now);
                applied = list;
                first = false;
            }
            now.at_ms = self.as_of_ms;
            let list = applied;
            stops.end(&self, &folded, &list, &now);
            return self.result(now, folded, &list, &aside, state, way, &stops);
        }
        self.result(now, folded, &[], &aside, state, way, &stops)
    }

    /// Instants at which something can change, each with whether a part changed then.
    fn instants(&self, start: i64) -> Vec<(i64, bool)> {
        let mut out: BTreeMap<i64, bool> = BTreeMap::new();
        for entry in &self.entries {
            let at = entry.position.at_ms.max(start);
            if at <= self.as_of_ms {
                out.entry(at).or_insert(false);
            }
        }
        for state in self.part_states.values().flatten() {
            for (at, _) in &state.way {
                let at = (*at).max(start);
                if at <= self.as_of_ms {
                    out.insert(at, true);
                }
            }
        }
        out.into_iter().collect()
    }

    /// Brings `folded` from `before` to `after`; true where something changed that the shown state reads.
    fn bring(&self, folded: &mut Folded<'a>, before: &[usize], after: &[usize], now: &Now) -> bool {
        let mut read = false;
        let from = if after.starts_with(before) {
            before.len()
        } else {
            *folded = Folded::new(self);
            read = true;
            0
        };
        for &i in after.iter().skip(from) {
            read |= self
                .entries
                .get(i)
                .is_some_and(|e| self.facts.read.contains(&e.record.record_type));
            folded.apply(self, i, now);
        }
        read
    }

    /// A fresh fold of `list`.
    pub(crate) fn refold(&self, list: &[usize], now: &Now) -> Folded<'a> {
        let mut folded = Folded::new(self);
        for &i in list {
            folded.apply(self, i, now);
        }
        folded
    }

    pub(crate) fn without_aside(&self, list: &[usize], aside: &[(usize, usize)]) -> Vec<usize> {
        if aside.is_empty() {
            return list.to_vec();
        }
        list.iter()
            .copied()
            .filter(|i| {
                !aside
                    .iter()
                    .any(|(act, late)| late == i && list.contains(act))
            })
            .collect()
    }

    /// Works out who is seated and what is in force at `now.at_ms`, judging what waited; true where the seats changed.
    fn settle(&mut self, now: &mut Now) -> bool {
        let at_ms = now.at_ms;
        let before = std::mem::take(&mut now.seats);
        let mut force = Vec::new();
        // Each round accepts at least one more record or ends.
        for _ in 0..=self.entries.len() {
            force = force_at(&self.entries, self.directory, at_ms);
            now.seats = self.seats_at(&force);
            let mut again = false;
            for i in 0..self.entries.len() {
                let due = self.entries.get(i).is_some_and(|e| {
                    e.position.at_ms <= at_ms && matches!(e.verdict, Verdict::Pending(_))
                });
                if !due {
                    continue;
                }
                let verdict = self.judge(i, &force, &now.seats);
                if let Some(entry) = self.entries.get_mut(i) {
                    again |= verdict == Verdict::Accepted;
                    entry.verdict = verdict;
                }
                if again {
                    // What comes after it in order is judged with it in force.
                    break;
                }
            }
            if !again {
                break;
            }
        }
        now.list = force
            .iter()
            .enumerate()
            .filter(|(_, f)| **f == Force::Counts)
            .map(|(i, _)| i)
            .collect();
        let changed = before != now.seats;
        if changed || now.mine.is_empty() {
            now.mine = self.own_seats(&now.seats);
            now.tracks_known.get_mut().clear();
        }
        changed
    }

    fn seats_at(&self, force: &[Force]) -> BTreeSet<(String, String)> {
        // A record in force was accepted, so its issuer is seated or an office: what it names is given.
        let mut out = BTreeSet::new();
        for (i, given) in self.given.iter().enumerate() {
            let takes_back = self
                .entries
                .get(i)
                .is_some_and(|e| e.replace_kind() == Some(ReplaceKind::Withdraws));
            if force.get(i) == Some(&Force::Counts) && !takes_back {
                out.extend(given.iter().map(|(s, d)| ((*s).to_owned(), d.clone())));
            }
        }
        out
    }

    fn own_seats(&self, seats: &BTreeSet<(String, String)>) -> Vec<String> {
        let Some(did) = self.knowledge.did() else {
            return Vec::new();
        };
        let mut out: Vec<String> = seats
            .iter()
            .filter(|(_, d)| d == did)
            .map(|(s, _)| s.clone())
            .collect();
        if self.owner() == Some(did) {
            out.push(OWNER_SEAT.to_owned());
        }
        out
    }

    /// The party that opened the case.
    pub(crate) fn owner(&self) -> Option<&'a str> {
        self.opening
            .and_then(|o| self.entries.get(o))
            .map(|e| e.actor)
    }

    fn judge(&self, i: usize, force: &[Force], seats: &BTreeSet<(String, String)>) -> Verdict {
        let Some(entry) = self.entries.get(i) else {
            return Verdict::Rejected("unknown");
        };
        let (record, did, at) = (entry.record, entry.actor, entry.record.logged_ms);
        let seated = |name: Option<&str>| {
            (name.is_none_or(|n| n == OWNER_SEAT) && self.owner() == Some(did))
                || seats
                    .iter()
                    .any(|(s, d)| d == did && name.is_none_or(|n| n == s))
        };
        let inside = seated(None)
            || self.seated_in_part(did, at)
            || seats::is_office(self.directory, self.offices, did, at)
            || self
                .facts
                .addressed
                .iter()
                .any(|r| self.directory.has_role(did, r, at));
        if !inside {
            return Verdict::Pending("stranger");
        }
        if record.standing == crate::case::Standing::Report {
            return Verdict::Accepted;
        }
        let Some(ty) = entry.ty else {
            return Verdict::Rejected("disputed: unknown-type");
        };
        let mut waiting = false;
        for word in seats::issuers(self.model, ty) {
            let entitled = if let Some(post) = word
                .strip_prefix("post.")
                .and_then(|p| self.model.posts.get(p))
            {
                let newest = |ty: &str| {
                    (0..i)
                        .rev()
                        .filter(|&j| force.get(j) == Some(&Force::Counts))
                        .filter_map(|j| self.entries.get(j))
                        .find(|e| {
                            e.record.record_type == ty
                                && e.replace_kind() != Some(ReplaceKind::Withdraws)
                        })
                        .map(|e| e.record)
                };
                match seats::post_place(post, &newest) {
                    Some(place) => seats::holds_post(self.directory, post, &place, did, at),
                    None => {
                        waiting = true;
                        false
                    }
                }
            } else if let Some(seat) = word.strip_prefix("seat.") {
                seated(Some(seat))
            } else if word == "seats" {
                seated(None)
            } else {
                word == ANY || self.directory.has_role(did, word, at)
            };
            if entitled {
                return Verdict::Accepted;
            }
        }
        if waiting {
            Verdict::Pending("waiting-for-post")
        } else {
            Verdict::Rejected("disputed: issuer-not-entitled")
        }
    }

    /// Whether `did` has a seat in a part that the case's owner lists: the broker of one shipment is no stranger to its truck. It may
    /// speak there as far as the type's line lets it; it is not addressed by `seats` for that. What others list seats nobody, and who
    /// could own the whole speaks by owning it: a competitor whose shipment rides along stays a stranger to the truck.
    fn seated_in_part(&self, did: &str, at_ms: i64) -> bool {
        let (Some(kind), Some(owner)) = (self.kind, self.owner()) else {
            return false;
        };
        let owns = |r: &crate::model::Role| self.directory.has_role(did, r, at_ms);
        if kind.owner.roles.iter().any(owns) {
            return false;
        }
        kind.parts.values().any(|part| {
            self.entries
                .iter()
                .filter(|e| e.record.record_type == part.from && e.actor == owner)
                .flat_map(|e| part_cases(self.model, part, &e.record.document))
                .filter_map(|case| self.part_states.get(&case)?.as_deref())
                .any(|state| state.seats.values().flatten().any(|d| d == did))
        })
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the end of the walk hands over all it found, once"
    )]
    fn result(
        mut self,
        now: Now,
        folded: Folded<'a>,
        list: &[usize],
        aside: &[(usize, usize)],
        mut state: Option<String>,
        mut way: Vec<(i64, String)>,
        stops: &clocks::Stops,
    ) -> CaseState {
        let told = self.told();
        let mut by_notice = false;
        if state.is_none()
            && self.knowledge.did().is_some()
            && let Some(last) = told.last()
        {
            by_notice = true;
            state = Some(last.state.clone());
            way = told.iter().map(|t| (t.as_of_ms, t.state.clone())).collect();
            way.dedup_by(|later, earlier| later.1 == earlier.1);
        }
        let since_ms = state
            .as_ref()
            .and_then(|s| way.iter().rev().find(|(_, w)| w == s))
            .map_or(0, |(at, _)| *at);
        // The shown state passes over what is set aside; the holds do not.
        let whole = (list.len() != now.list.len()).then(|| self.refold(&now.list, &now));
        let holds = whole.as_ref().unwrap_or(&folded).holds_now(&self);
        let blind = self.blind(&now, whole.as_ref().unwrap_or(&folded));
        let force = force_at(&self.entries, self.directory, self.as_of_ms);
        let records = self
            .entries
            .iter()
            .enumerate()
            .map(|(i, e)| self.record_state(i, e, &force, &folded, aside))
            .collect();
        let clocks = clocks::states(&self, list, stops);
        let posts = self.posts(list);
        let seat_refs: BTreeSet<(&str, &str)> = now
            .seats
            .iter()
            .map(|(s, d)| (s.as_str(), d.as_str()))
            .collect();
        CaseState {
            case: self.case.clone(),
            profile: (self.model.kind_of)
                .get(&self.case.kind)
                .unwrap_or(&self.model.id)
                .clone(),
            opening: self
                .opening
                .and_then(|o| self.entries.get(o))
                .map(|e| e.record.id.clone()),
            owner: self.owner().map(str::to_owned),
            state,
            since_ms,
            way,
            tracks: folded.track_states(&self),
            holds,
            balances: self.balances(&folded, &now),
            seats: seats::seat_map(&seat_refs),
            posts,
            parts: self.parts_now(list, &now),
            clocks,
            records,
            blind,
            told,
            by_notice,
            findings: Vec::new(),
        }
    }

    fn told(&self) -> Vec<Told> {
        self.entries
            .iter()
            .filter(|e| {
                e.record.record_type == STATE_NOTICE
                    && e.verdict == Verdict::Accepted
                    && e.position.at_ms <= self.as_of_ms
                    && e.replacers.is_empty()
            })
            .filter_map(|e| {
                let subject = e.record.document.get("credentialSubject")?;
                Some(Told {
                    office: e.actor.to_owned(),
                    state: subject.get("state")?.as_str()?.to_owned(),
                    as_of_ms: e.effective_ms,
                    record: e.record.id.clone(),
                })
            })
            .collect()
    }

    fn posts(&self, list: &[usize]) -> BTreeMap<String, Vec<String>> {
        self.facts
            .posts
            .iter()
            .map(|name| {
                let holders = self
                    .place_of(name, list)
                    .and_then(|place| {
                        let post = self.model.posts.get(name)?;
                        Some(seats::post_holders(
                            self.directory,
                            post,
                            &place,
                            self.as_of_ms,
                        ))
                    })
                    .unwrap_or_default();
                (name.clone(), holders)
            })
            .collect()
    }

    /// The place of a post by the records of `list`.
    pub(crate) fn place_of(&self, post: &str, list: &[usize]) -> Option<String> {
        let post = self.model.posts.get(post)?;
        let newest = |ty: &str| {
            list.iter()
                .rev()
                .filter_map(|&j| self.entries.get(j))
                .find(|e| {
                    e.record.record_type == ty && e.replace_kind() != Some(ReplaceKind::Withdraws)
                })
                .map(|e| e.record)
        };
        seats::post_place(post, &newest)
    }

    fn record_state(
        &self,
        i: usize,
        entry: &Entry<'_>,
        force: &[Force],
        folded: &Folded<'_>,
        aside: &[(usize, usize)],
    ) -> RecordState {
        let note = folded.note(i);
        let why = match &entry.verdict {
            Verdict::Pending(why) if self.opening.is_none() => Some(
                if *why == "stranger" {
                    "stranger"
                } else {
                    "waiting-for-opening"
                }
                .to_owned(),
            ),
            Verdict::Pending(_) if entry.position.at_ms > self.as_of_ms => {
                Some("not-yet".to_owned())
            }
            Verdict::Pending(why) | Verdict::Rejected(why) => Some((*why).to_owned()),
            Verdict::Disputed(code) => Some(format!("disputed: {code}")),
            Verdict::Accepted => match force.get(i) {
                Some(Force::Counts) | None => note.map(str::to_owned).or_else(|| {
                    aside
                        .iter()
                        .any(|(act, late)| *late == i && force.get(*act) == Some(&Force::Counts))
                        .then(|| "set-aside".to_owned())
                }),
                Some(Force::NotApplied) => None,
                Some(Force::NotYet) => Some("not-yet".to_owned()),
                Some(Force::Replaced) => Some("replaced".to_owned()),
                Some(Force::Withdrawn) => Some("withdrawn".to_owned()),
                Some(Force::Rival) => Some("rival".to_owned()),
                Some(Force::NotAffirmed) => Some("not-affirmed".to_owned()),
            },
        };
        RecordState {
            id: entry.record.id.clone(),
            record_type: entry.record.record_type.clone(),
            issuer: entry.record.issuer.clone(),
            effective_ms: entry.effective_ms,
            in_force: force.get(i) == Some(&Force::Counts) && note.is_none(),
            why,
            moved: folded.moved(i),
        }
    }

    /// Seats that `did` has now.
    pub(crate) fn seats_of(&self, now: &Now, did: &str) -> Vec<String> {
        let mut map: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (s, d) in &now.seats {
            map.entry(s.clone()).or_default().push(d.clone());
        }
        seats_of(self.owner(), &map, did)
            .into_iter()
            .map(str::to_owned)
            .collect()
    }
}

/// Cases that a listing document names for a part: by their whole key as one text, or by an object with the key's members.
pub(crate) fn part_cases(
    model: &Model,
    part: &crate::model::Part,
    document: &serde_json::Value,
) -> Vec<CaseRef> {
    let mut out = Vec::new();
    let Some(kind) = model.kinds.get(&part.kind) else {
        return out;
    };
    seats::each_value(&part.at, document, &mut |v| {
        if out.len() < crate::pointer::VALUES_MAX
            && let Some(key) = crate::keys::key_of(kind, v)
        {
            out.push(CaseRef {
                kind: part.kind.clone(),
                key,
            });
        }
    });
    out
}

/// Distinct records in fold order, with who speaks in each.
fn entries_of<'a>(
    model: &'a Model,
    directory: &Directory,
    records: &'a [CaseRecord],
) -> Vec<Entry<'a>> {
    let mut by_id: HashMap<&str, &CaseRecord> = HashMap::with_capacity(records.len());
    for record in records {
        by_id
            .entry(&record.id)
            .and_modify(|kept| {
                if fullness(record) > fullness(kept) {
                    *kept = record;
                }
            })
            .or_insert(record);
    }
    let mut distinct: Vec<&CaseRecord> = by_id.into_values().collect();
    distinct.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    let index: HashMap<&str, usize> = distinct
        .iter()
        .enumerate()
        .map(|(i, r)| (r.id.as_str(), i))
        .collect();
    let effective: Vec<i64> = distinct.iter().map(|r| effective_ms(model, r)).collect();
    let places = positions(&distinct, &effective, &index);
    let mut entries: Vec<Entry<'a>> = distinct
        .iter()
        .zip(effective)
        .zip(places)
        .map(|((record, effective_ms), position)| Entry {
            record,
            ty: model.records.get(&record.record_type),
            actor: actor_of(record, &index, &distinct, directory),
            effective_ms,
            position,
            target: None,
            replacers: Vec::new(),
            affirmations: Vec::new(),
            must_affirm: model
                .affirmed_by
                .get(&record.record_type)
                .map(Vec::as_slice)
                .unwrap_or_default(),
            verdict: Verdict::Pending("waiting-for-opening"),
        })
        .collect();
    entries.sort_unstable_by(|a, b| {
        (a.position, a.record.id.as_str()).cmp(&(b.position, b.record.id.as_str()))
    });
    entries
}

/// A whole record beats its view, a fuller view a poorer one; the rest only makes the choice the same for everyone.
fn fullness(record: &CaseRecord) -> (bool, bool, usize, Option<&str>) {
    let members = record
        .document
        .get("credentialSubject")
        .and_then(|s| s.as_object())
        .map_or(0, serde_json::Map::len);
    (
        record.view.is_none(),
        record.disputed.is_some(),
        members,
        record.view.as_deref(),
    )
}

/// The issuer; or, where it speaks for another, the issuer of the mandate that names it at `/credentialSubject/agent`.
/// Empty where no such mandate is in hand.
fn actor_of<'a>(
    record: &'a CaseRecord,
    index: &HashMap<&str, usize>,
    records: &[&'a CaseRecord],
    _directory: &Directory,
) -> &'a str {
    let Some(mandate) = &record.on_behalf_of else {
        return &record.issuer;
    };
    index
        .get(mandate.as_str())
        .and_then(|&i| records.get(i))
        .filter(|m| {
            let agent = m.document.pointer("/credentialSubject/agent");
            let named =
                agent.and_then(|a| a.as_str().or_else(|| a.get("id").and_then(|i| i.as_str())));
            let withdrawn = records.iter().any(|w| {
                w.issuer == m.issuer
                    && w.logged_ms <= record.logged_ms
                    && w.replaces
                        .as_ref()
                        .is_some_and(|r| r.id == m.id && r.kind == ReplaceKind::Withdraws)
            });
            named == Some(record.issuer.as_str())
                && m.disputed.is_none()
                && m.logged_ms <= record.logged_ms
                && !withdrawn
        })
        .map_or("", |m| m.issuer.as_str())
}
