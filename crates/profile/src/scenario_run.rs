//! Runs scenarios: plays the records through the parties' homes, checks what is expected, and folds in many orders.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::acts::CaseView;
use crate::audience::{AudienceEntry, audience, grown};
use crate::case::{CaseRecord, CaseRef, CaseState, Standing};
use crate::clocks::{date_time, signable};
use crate::fold::fold_case;
use crate::knowledge::Knowledge;
use crate::load::{Folder, Profile};
use crate::model::Model;
use crate::notice::{keeper_role, notices};
use crate::scenario::{Expect, Scenario, as_map, did, id_of, name_of, read_all};
use crate::scenario_deeds::Asked;
use crate::tables::table_rows;
use crate::view::reduce;

/// Up to so many records a scenario is folded in every order.
pub const EVERY_ORDER_RECORDS_MAX: usize = 6;
/// Beyond, in so many seeded orders with repeats.
pub const SEEDED_ORDERS: usize = 1_000;

/// What came of a folder's scenarios.
#[derive(Debug, Clone, Default)]
pub struct ScenarioReport {
    /// Scenarios run.
    pub scenarios: usize,
    /// Expectations checked.
    pub checks: usize,
    /// Orders in which cases were folded.
    pub orders: usize,
    /// What is not as expected, or cannot be read.
    pub faults: Vec<ScenarioFault>,
    /// Lines of `show`, and clocks, that no scenario reached: `show trip.gone`, `clock transit`.
    pub unreached: Vec<String>,
}

/// One thing that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioFault {
    /// File inside the folder.
    pub file: String,
    /// Line from 1; 0 where it is the whole file.
    pub line: usize,
    /// In words.
    pub what: String,
}

/// Runs all scenarios of a folder, each in every order up to six records, else in a thousand.
pub fn run_scenarios(folder: &Folder) -> ScenarioReport {
    run_scenarios_in(folder, SEEDED_ORDERS)
}

/// As [`run_scenarios`], with another number of seeded orders.
pub fn run_scenarios_in(folder: &Folder, seeded_orders: usize) -> ScenarioReport {
    run_scenarios_with(folder, &[], seeded_orders)
}

/// As [`run_scenarios_in`], with the folders among which those are that `folder` stands on.
pub fn run_scenarios_with(
    folder: &Folder,
    pool: &[&Folder],
    seeded_orders: usize,
) -> ScenarioReport {
    let mut report = ScenarioReport::default();
    let profile = match Profile::load_with(folder, pool) {
        Ok(profile) => profile,
        Err(findings) => {
            report.faults = findings
                .into_iter()
                .map(|f| ScenarioFault {
                    file: f.file,
                    line: f.line,
                    what: f.message,
                })
                .collect();
            return report;
        }
    };
    let (scenarios, faults) = read_all(&profile, folder);
    report.faults = faults;
    let mut reached = BTreeSet::new();
    for scenario in &scenarios {
        report.scenarios += 1;
        let world = World::play(&profile, scenario);
        let rules = (world.all.iter()).filter_map(|r| r.document.pointer("/automation/rule"));
        reached.extend(
            rules
                .filter_map(Value::as_str)
                .map(|r| format!("automation {r}")),
        );
        for expect in &scenario.expects {
            let state = world.state(expect);
            reach(&state, &mut reached);
            if expect.wants.iter().any(|(word, _)| word == "credentials") {
                let made = world.credentials(expect, &state);
                reached.extend(made.into_iter().map(|name| format!("credential {name}")));
            }
            report.checks += expect.wants.len();
            for what in world.compare(expect, &state) {
                report.faults.push(ScenarioFault {
                    file: scenario.file.clone(),
                    line: expect.line,
                    what,
                });
            }
            match world.orders(expect, &state, seeded_orders) {
                Ok(orders) => report.orders += orders,
                Err(what) => report.faults.push(ScenarioFault {
                    file: scenario.file.clone(),
                    line: expect.line,
                    what,
                }),
            }
        }
    }
    report.unreached = unreached(profile.model(), &reached);
    report
}

fn reach(state: &CaseState, reached: &mut BTreeSet<String>) {
    for (_, shown) in &state.way {
        reached.insert(format!("show {}.{shown}", state.case.kind));
    }
    for clock in &state.clocks {
        reached.insert(format!("clock {}", clock.name));
    }
}

fn unreached(model: &Model, reached: &BTreeSet<String>) -> Vec<String> {
    // What a used profile shows, its own scenarios reach.
    let own = |place: String| model.profile_of(&place).is_none_or(|p| p == model.id);
    let lives = (model.life_cycle.iter()).filter(|(kind, _)| own(format!("life-cycle.{kind}")));
    let shows = lives.flat_map(|(kind, life)| {
        life.show
            .iter()
            .map(move |l| format!("show {kind}.{}", l.state))
    });
    let clocks = (model.clocks.keys())
        .filter(|c| own(format!("clocks.{c}")))
        .map(|c| format!("clock {c}"));
    let automations = (model.automations.iter())
        .filter(|a| own(format!("automations.{}", a.id)))
        .map(|a| format!("automation {}", a.id));
    let credentials = (model.credentials.keys())
        .filter(|c| own(format!("credentials.{c}")))
        .map(|c| format!("credential {c}"));
    let mut seen = BTreeSet::new();
    shows
        .chain(clocks)
        .chain(automations)
        .chain(credentials)
        .filter(|w| !reached.contains(w) && seen.insert(w.clone()))
        .collect()
}

/// Who holds what after all records went their way.
pub(crate) struct World<'s> {
    profile: &'s Profile,
    model: &'s Model,
    scenario: &'s Scenario,
    all: Vec<CaseRecord>,
    held: BTreeMap<String, Vec<CaseRecord>>,
}

impl<'s> World<'s> {
    /// Each record is addressed by its issuer's home as that home sees the cases; later seats are granted; keepers tell.
    fn play(profile: &'s Profile, scenario: &'s Scenario) -> World<'s> {
        let model = profile.model();
        let mut asked = Asked::default();
        let mut world = World {
            profile,
            model,
            scenario,
            all: Vec::new(),
            held: BTreeMap::new(),
        };
        let mut had: HashMap<String, Vec<AudienceEntry>> = HashMap::new();
        let mut told: BTreeMap<(String, CaseRef), Arc<CaseState>> = BTreeMap::new();
        for made in &scenario.records {
            let record = &made.record;
            let at = record.logged_ms;
            world.all.push(record.clone());
            world.give(&record.issuer, record.clone());
            let entries = world.audience_of(record, at);
            world.deliver(record, &entries);
            had.insert(record.id.clone(), entries);
            // A record that gives seats opens earlier ones to those who sit down.
            let earlier: Vec<CaseRecord> = world
                .all
                .iter()
                .filter(|r| r.view.is_none())
                .cloned()
                .collect();
            for old in earlier {
                let Some(before) = had.get(&old.id).cloned() else {
                    continue;
                };
                let home = world.home(&old.issuer, at);
                let new = grown(model, &old, &before, &home, &scenario.directory);
                drop(home);
                if !new.is_empty() {
                    world.deliver(&old, &new);
                    had.entry(old.id.clone()).or_default().extend(new);
                }
            }
            let issued = if scenario.automations {
                world.automate(profile, &mut asked, at)
            } else {
                Vec::new()
            };
            for made in issued {
                let entries = world.audience_of(&made, at);
                had.insert(made.id.clone(), entries);
            }
            world.tell(&mut told, at);
        }
        world
    }

    /// A record that an office's home has issued goes its way.
    pub(crate) fn take_in(&mut self, record: &CaseRecord, at: i64) {
        self.all.push(record.clone());
        self.give(&record.issuer, record.clone());
        let entries = self.audience_of(record, at);
        self.deliver(record, &entries);
    }

    pub(crate) fn all_records(&self) -> &[CaseRecord] {
        &self.all
    }

    pub(crate) fn held_by(&self, party: &str) -> &[CaseRecord] {
        self.held.get(party).map(Vec::as_slice).unwrap_or_default()
    }

    /// What a party holds, or everything.
    pub(crate) fn held_of(&self, party: Option<&str>) -> &[CaseRecord] {
        party.map_or(self.all.as_slice(), |party| self.held_by(party))
    }

    pub(crate) fn profile(&self) -> &'s Profile {
        self.profile
    }

    pub(crate) fn directory(&self) -> &'s crate::case::Directory {
        &self.scenario.directory
    }

    fn give(&mut self, party: &str, record: CaseRecord) {
        let held = self.held.entry(party.to_owned()).or_default();
        if !held
            .iter()
            .any(|r| r.id == record.id && r.view == record.view)
        {
            held.push(record);
        }
    }

    fn audience_of(&self, record: &CaseRecord, at: i64) -> Vec<AudienceEntry> {
        let home = self.home(&record.issuer, at);
        audience(self.model, record, &home, &self.scenario.directory)
    }

    /// The cases as the home of `party` sees them.
    pub(crate) fn home(&self, party: &str, at: i64) -> impl Fn(&CaseRef) -> Option<Arc<CaseState>> {
        self.home_of(Some(party), at)
    }

    /// The cases as the home of a party sees them, or who has everything.
    pub(crate) fn home_of(
        &self,
        party: Option<&str>,
        at: i64,
    ) -> impl Fn(&CaseRef) -> Option<Arc<CaseState>> {
        let knowledge = party.map_or_else(Knowledge::all, |party| {
            Knowledge::of(&self.scenario.directory, party, at)
        });
        let held = by_case(self.held_of(party));
        move |case: &CaseRef| {
            held.contains_key(case).then(|| {
                fold_held(
                    self.model,
                    case,
                    &held,
                    &self.scenario.directory,
                    &knowledge,
                    at,
                )
            })
        }
    }

    fn deliver(&mut self, record: &CaseRecord, entries: &[AudienceEntry]) {
        for entry in entries {
            let copy = match &entry.view {
                None => Some(record.clone()),
                Some(view) => reduce(self.model, &record.document, &record.record_type, view).map(
                    |document| CaseRecord {
                        view: Some(view.clone()),
                        document: Arc::new(document),
                        saw: Vec::new(),
                        ..record.clone()
                    },
                ),
            };
            if let Some(copy) = copy {
                self.give(&entry.party, copy);
            }
        }
    }

    fn tell(&mut self, told: &mut BTreeMap<(String, CaseRef), Arc<CaseState>>, at: i64) {
        let cases: BTreeSet<CaseRef> = self
            .all
            .iter()
            .flat_map(|r| r.about.iter().cloned())
            .collect();
        for case in cases {
            let Some(role) = keeper_role(self.model, &case.kind) else {
                continue;
            };
            let Some(keeper) = self
                .scenario
                .directory
                .with_role(&role, at)
                .next()
                .map(str::to_owned)
            else {
                continue;
            };
            let home = self.home(&keeper, at);
            let Some(after) = home(&case) else { continue };
            let key = (keeper.clone(), case.clone());
            let before = told.get(&key).cloned();
            let drafts = notices(
                self.model,
                before.as_deref(),
                &after,
                &self.scenario.directory,
                &home,
                &keeper,
                at,
            );
            drop(home);
            for draft in drafts {
                let number = self
                    .all
                    .iter()
                    .filter(|r| r.record_type == draft.record_type)
                    .count()
                    + 1;
                let record = CaseRecord {
                    id: id_of(&format!("notice-{number:03}")),
                    record_type: draft.record_type.clone(),
                    issuer: keeper.clone(),
                    about: vec![draft.about.clone()],
                    occurred_ms: at,
                    logged_ms: at,
                    standing: Standing::Act,
                    replaces: None,
                    follows: draft.follows.clone().into_iter().collect(),
                    saw: Vec::new(),
                    on_behalf_of: None,
                    view: None,
                    disputed: None,
                    document: Arc::new(json!({
                        "id": id_of(&format!("notice-{number:03}")),
                        "type": ["VerifiableCredential", draft.record_type],
                        "issuer": { "id": keeper },
                        "occurred": date_time(at),
                        "credentialSubject": draft.subject,
                    })),
                };
                self.all.push(record.clone());
                self.give(&keeper, record.clone());
                for party in &draft.audience {
                    self.give(party, record.clone());
                }
            }
            told.insert(key, after);
        }
    }

    pub(crate) fn reader(&self, expect: &Expect) -> (Knowledge, &[CaseRecord]) {
        match &expect.reader {
            None => (Knowledge::all(), &self.all),
            Some(did) => (
                Knowledge::of(&self.scenario.directory, did, expect.as_of_ms),
                self.held_by(did),
            ),
        }
    }

    fn state(&self, expect: &Expect) -> Arc<CaseState> {
        let (knowledge, records) = self.reader(expect);
        fold_held(
            self.model,
            &expect.case,
            &by_case(records),
            &self.scenario.directory,
            &knowledge,
            expect.as_of_ms,
        )
    }

    /// Folds the same records in other orders, with repeats; the number of orders, or what differs.
    fn orders(&self, expect: &Expect, base: &CaseState, seeded: usize) -> Result<usize, String> {
        let (knowledge, records) = self.reader(expect);
        let mut cases: BTreeSet<&CaseRef> = BTreeSet::from([&expect.case]);
        cases.extend(
            base.parts
                .values()
                .flat_map(|p| p.cases.iter().map(|(c, _)| c)),
        );
        let own: Vec<CaseRecord> = records
            .iter()
            .filter(|r| r.about.iter().any(|c| cases.contains(c)))
            .cloned()
            .collect();
        let fold = |order: &[CaseRecord]| {
            fold_held(
                self.model,
                &expect.case,
                &by_case(order),
                &self.scenario.directory,
                &knowledge,
                expect.as_of_ms,
            )
        };
        // What indicators are computed from.
        let rows = |state: &CaseState, order: &[CaseRecord]| {
            let of_case: Vec<CaseRecord> = order
                .iter()
                .filter(|r| r.about.contains(&expect.case))
                .cloned()
                .collect();
            let view = CaseView {
                state,
                records: &of_case,
                directory: &self.scenario.directory,
                as_of_ms: expect.as_of_ms,
                linked: None,
            };
            table_rows(self.profile, view)
        };
        let base_rows = rows(base, &own);
        let mut done = 0;
        let mut look = |order: &[CaseRecord]| {
            done += 1;
            let state = fold(order);
            let names = || {
                let names: Vec<&str> = order.iter().map(|r| name_of(&r.id)).collect();
                names.join(", ")
            };
            if *state != *base {
                return Err(format!(
                    "in the order {} the case is {:?} instead of {:?}",
                    names(),
                    state.state,
                    base.state
                ));
            }
            let found = rows(&state, order);
            if found != base_rows {
                return Err(format!(
                    "in the order {} its rows are {found:?} instead of {base_rows:?}",
                    names()
                ));
            }
            Ok(())
        };
        if own.len() <= EVERY_ORDER_RECORDS_MAX {
            let mut order = own;
            every_order(&mut order, &mut look)?;
        } else {
            let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
            for _ in 0..seeded {
                look(&chance.order_with_repeats(&own))?;
            }
        }
        Ok(done)
    }

    /// What differs from what is wanted, in words.
    fn compare(&self, expect: &Expect, state: &CaseState) -> Vec<String> {
        let mut out = Vec::new();
        for (word, want) in &expect.wants {
            let found = self.found(expect, state, word);
            let same = match word.as_str() {
                // These list what matters; the rest may be as it is.
                "tracks" | "clocks" | "why" | "parts" | "balances" | "complete" | "acts" => {
                    within(want, &found)
                }
                "seats" | "posts" => within(&named(want), &found),
                "owner" => want.as_str().map(did).as_deref() == found.as_str(),
                "sees" | "holds" | "may-sign" | "issued" | "needs" | "credentials" => {
                    sorted(want) == sorted(&found)
                }
                _ => *want == found,
            };
            if !same {
                let who = expect.reader.as_deref().unwrap_or("who has everything");
                out.push(format!(
                    "{} as {who} sees it: `{word}` is {found}, not {want}",
                    expect.case
                ));
            }
        }
        // What was not applied is most often why.
        let asked = expect.wants.iter().any(|(word, _)| word == "why");
        if let (Some(last), false, Some(why)) = (out.last_mut(), asked, not_applied(state)) {
            last.push_str(&why);
        }
        out
    }

    fn found(&self, expect: &Expect, state: &CaseState, word: &str) -> Value {
        match word {
            "state" => json!(state.state.as_deref().unwrap_or("unknown")),
            "owner" => json!(state.owner),
            "tracks" => as_map(
                state
                    .tracks
                    .iter()
                    .map(|(n, t)| (n.clone(), t.state.clone())),
            ),
            "holds" => json!(
                state
                    .holds
                    .iter()
                    .map(|h| name_of(&h.record))
                    .collect::<Vec<_>>()
            ),
            "balances" => as_map(
                state
                    .balances
                    .iter()
                    .map(|(n, b)| (n.clone(), b.map_or_else(|| json!("unknown"), |b| json!(b)))),
            ),
            "clocks" => {
                // A clock that the case has not can be expected too: `none`.
                let absent = (self.model.clocks.iter())
                    .filter(|(_, c)| c.kind == state.case.kind)
                    .map(|(name, _)| (name.clone(), "none".to_owned()));
                as_map(
                    absent.chain(
                        state
                            .clocks
                            .iter()
                            .map(|c| (c.name.clone(), c.state.clone())),
                    ),
                )
            }
            "why" => as_map(state.records.iter().map(|r| {
                (
                    name_of(&r.id).to_owned(),
                    r.why.clone().unwrap_or_else(|| "applied".to_owned()),
                )
            })),
            "seats" => as_map(state.seats.iter().map(|(n, d)| (n.clone(), d.clone()))),
            "posts" => as_map(state.posts.iter().map(|(n, d)| (n.clone(), d.clone()))),
            "blind" => as_map(state.blind.iter().map(|b| {
                let unseen: Vec<&str> = b.unseen.iter().map(|u| name_of(u)).collect();
                (name_of(&b.act).to_owned(), json!(unseen))
            })),
            "way" => json!(state.way.iter().map(|(_, s)| s).collect::<Vec<_>>()),
            "parts" => as_map(state.parts.iter().map(|(n, p)| {
                let states = p.cases.iter().map(|(c, s)| {
                    (
                        c.key.clone(),
                        s.clone().unwrap_or_else(|| "unknown".to_owned()),
                    )
                });
                (n.clone(), as_map(states))
            })),
            "complete" => as_map(state.parts.iter().map(|(n, p)| {
                (
                    n.clone(),
                    p.complete.map_or_else(|| json!("unknown"), |c| json!(c)),
                )
            })),
            "told" => json!(state.told.iter().map(|t| &t.state).collect::<Vec<_>>()),
            "may-sign" => {
                let reader = expect.reader.as_deref().unwrap_or_default();
                let may = signable(
                    self.model,
                    state,
                    &self.scenario.directory,
                    reader,
                    expect.as_of_ms,
                );
                json!(may.into_iter().map(|(_, ty)| ty).collect::<Vec<_>>())
            }
            "needs" => json!(self.needs(expect, state)),
            "acts" => json!(self.acts(expect, state)),
            "credentials" => json!(self.credentials(expect, state)),
            "issued" => {
                let (_, records) = self.reader(expect);
                let rules = records
                    .iter()
                    .filter(|r| r.view.is_none() && r.about.contains(&expect.case))
                    .filter_map(|r| r.document.pointer("/automation/rule"));
                json!(rules.collect::<Vec<_>>())
            }
            "sees" => {
                let (_, records) = self.reader(expect);
                let names: Vec<String> = records
                    .iter()
                    .filter(|r| {
                        r.about.contains(&expect.case)
                            && r.record_type != crate::notice::STATE_NOTICE
                    })
                    .map(|r| match &r.view {
                        None => name_of(&r.id).to_owned(),
                        Some(view) => format!("{} ({view})", name_of(&r.id)),
                    })
                    .collect();
                json!(names)
            }
            _ => Value::Null,
        }
    }
}

/// The records that count for nothing in a case, each with its reason.
fn not_applied(state: &CaseState) -> Option<String> {
    let reasons: Vec<String> = state
        .records
        .iter()
        .filter_map(|r| Some(format!("{} ({})", name_of(&r.id), r.why.as_ref()?)))
        .collect();
    (!reasons.is_empty()).then(|| format!("; not applied: {}", reasons.join(", ")))
}

type Held = BTreeMap<CaseRef, Arc<Vec<CaseRecord>>>;

fn by_case(records: &[CaseRecord]) -> Held {
    let mut out: BTreeMap<CaseRef, Vec<CaseRecord>> = BTreeMap::new();
    for record in records {
        for case in &record.about {
            out.entry(case.clone()).or_default().push(record.clone());
        }
    }
    out.into_iter().map(|(k, v)| (k, Arc::new(v))).collect()
}

fn fold_held(
    model: &Model,
    case: &CaseRef,
    held: &Held,
    directory: &crate::case::Directory,
    knowledge: &Knowledge,
    as_of_ms: i64,
) -> Arc<CaseState> {
    let records = |case: &CaseRef| held.get(case).cloned().unwrap_or_default();
    fold_case(model, case, &records, directory, knowledge, as_of_ms)
}

/// Whether every member of `want` is in `found`.
fn within(want: &Value, found: &Value) -> bool {
    match (want, found) {
        (Value::Object(w), Value::Object(f)) => w
            .iter()
            .all(|(k, v)| f.get(k).is_some_and(|x| within(v, x))),
        _ => want == found,
    }
}

/// Party names as DIDs.
fn named(want: &Value) -> Value {
    match want {
        Value::String(name) => json!(did(name)),
        Value::Array(items) => items.iter().map(named).collect(),
        Value::Object(members) => members.iter().map(|(k, v)| (k.clone(), named(v))).collect(),
        other => other.clone(),
    }
}

fn sorted(value: &Value) -> Vec<String> {
    let mut out: Vec<String> = value
        .as_array()
        .into_iter()
        .flatten()
        .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
        .collect();
    out.sort();
    out
}

fn every_order(
    order: &mut [CaseRecord],
    look: &mut dyn FnMut(&[CaseRecord]) -> Result<(), String>,
) -> Result<(), String> {
    // Heap's algorithm, without recursion.
    let n = order.len();
    let mut counters = vec![0usize; n];
    look(order)?;
    let mut i = 0;
    while i < n {
        let Some(counter) = counters.get_mut(i) else {
            break;
        };
        if *counter < i {
            let j = if i % 2 == 0 { 0 } else { *counter };
            *counter += 1;
            order.swap(j, i);
            look(order)?;
            i = 0;
        } else {
            *counter = 0;
            i += 1;
        }
    }
    Ok(())
}

/// A small generator of chance (xorshift64*), so that a run is the same again.
pub struct Chance(pub u64);

impl Chance {
    /// A number below `bound`; 0 where that is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let n = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(n)
            .unwrap_or(0)
            .checked_rem(bound)
            .unwrap_or(0)
    }

    /// The same items in another order, up to three of them twice.
    pub fn order_with_repeats<T: Clone>(&mut self, items: &[T]) -> Vec<T> {
        let mut out = items.to_vec();
        for _ in 0..self.below(4) {
            let i = self.below(items.len());
            out.extend(items.get(i).cloned());
        }
        for i in (1..out.len()).rev() {
            let j = self.below(i + 1);
            out.swap(i, j);
        }
        out
    }
}
