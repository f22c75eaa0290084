//! What offices sign by the programs' automations: asked where a record is first applied, in its transaction, at the office's home
//! alone, once for each (rule, trigger), never on a re-fold.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use garita_profile::Profile;
use garita_profile::acts;
use garita_profile::automation::{self, Deed, Outcome};
use garita_profile::case::{CaseRecord, CaseRef, CaseState};
use garita_profile::links::{self, Found, Linked};
use garita_profile::model::{Automation, Trigger};
use garita_profile::rules::DocumentScope;
use garita_store::{TableQuery, TableRow, TermMatch};
use serde_json::{Value, json};

use crate::admit::{self, FieldChecks};
use crate::batch::Batch;
use crate::core::{Core, Hosted};
use crate::envelope::Envelope;
use crate::linked::FOUND_MAX;
use crate::problem::{Refusal, RefusalKind};
use crate::project::Seen;
use crate::sequence::store_refusal;
use crate::signing::{Draft, signer_away};
use crate::verify::Verified;

/// Table under which each deed is kept for the register: kind is the rule, key the trigger.
pub const DEEDS_TABLE: &str = "automations";

/// One line of the public register: what an office of this node signs by rule. It names no case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The program.
    pub profile: String,
    /// Its version.
    pub version: String,
    /// The rule.
    pub rule: String,
    /// The office's role or post.
    pub office: String,
    /// DIDs of the offices of this node that run it or may come to.
    pub run_by: Vec<String>,
    /// What it answers to: record types, or `kind: state`.
    pub on: Vec<String>,
    /// The condition as written; empty: always.
    pub when: String,
    /// What it issues.
    pub issue: String,
    /// Title in English and Spanish.
    pub title: (String, String),
    /// Why, in English and Spanish.
    pub why: (String, String),
    /// Records issued here; none are counted of a type that is secret to its office.
    pub issued: u64,
    /// Records that admission refused.
    pub refused: u64,
    /// First and last answer, ms since 1970.
    pub first_ms: Option<i64>,
    /// See `first_ms`.
    pub last_ms: Option<i64>,
    /// Ids of the last records issued, with the time of each, the newest first. Who may read them is for the reader to ask.
    pub latest: Vec<(String, i64)>,
}

/// Last records named for each rule.
const LATEST: usize = 5;
/// Rows of deeds that a reading of the register counts, at most; beyond, the counts are of the oldest ones.
const COUNTED_MAX: usize = 200_000;

/// The register of this node: every automation of every program in force, with what it did here.
///
/// # Errors
/// When the store is away.
pub fn register(core: &Core) -> Result<Vec<Registered>, Refusal> {
    let network = core.network();
    let now_ms = core.clock.now_ms();
    let mut done: BTreeMap<String, (u64, u64, i64, i64)> = BTreeMap::new();
    let mut latest: BTreeMap<String, Vec<(String, i64)>> = BTreeMap::new();
    for party in core.hosted.keys() {
        let mut query = TableQuery::default();
        let mut counted = 0;
        loop {
            let page = core
                .reader
                .table(party, DEEDS_TABLE, &query)
                .map_err(|e| store_refusal(&e))?;
            counted += page.items.len();
            for row in &page.items {
                let at = row.recorded_from_ms;
                let held = done.entry(row.kind.clone()).or_insert((0, 0, at, at));
                let columns = row.columns.as_deref().unwrap_or_default();
                let issued = serde_json::from_str::<Value>(columns)
                    .ok()
                    .and_then(|c| Some(c.get("issued")?.as_str()?.to_owned()));
                if let Some(id) = issued {
                    held.0 += 1;
                    let ids = latest.entry(row.kind.clone()).or_default();
                    ids.push((id, at));
                    // Rows come in the order recorded, for each office: twice the number is enough to sort them at the end.
                    if ids.len() > 2 * LATEST {
                        ids.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
                        ids.truncate(LATEST);
                    }
                } else {
                    held.1 += 1;
                }
                held.2 = held.2.min(at);
                held.3 = held.3.max(at);
            }
            query.cursor = page.next;
            if query.cursor.is_none() || counted >= COUNTED_MAX {
                break;
            }
        }
    }
    let mut out = Vec::new();
    for (profile, program) in core.programs.each() {
        let model = profile.model();
        let own = |id: &str| model.profile_of(&format!("automations.{id}")) == Some(&program.id);
        for a in model.automations.iter().filter(|a| own(&a.id)) {
            let key = format!("automations.{}", a.id);
            let titled = format!("{key}.title");
            let text = |lang: &str, key: &str| {
                let texts = model.texts.get(lang);
                texts.and_then(|t| t.get(key)).cloned()
            };
            let title = |lang: &str| {
                text(lang, &titled)
                    .or_else(|| text(lang, &key))
                    .unwrap_or_default()
            };
            let why = |lang: &str| text(lang, &format!("{key}.why")).unwrap_or_default();
            let roles: Vec<&String> = match a.office.strip_prefix("post.") {
                Some(post) => model
                    .posts
                    .get(post)
                    .into_iter()
                    .flat_map(|p| &p.roles)
                    .collect(),
                None => vec![&a.office],
            };
            // The register is public: that an office keeps something to itself is told by its rule, how often it did by nothing.
            if model.records.get(&a.issue).is_some_and(|r| r.secret_office) {
                done.remove(&a.id);
                latest.remove(&a.id);
            }
            let (issued, refused, first, last) = done.get(&a.id).copied().unwrap_or_default();
            let answered = issued + refused > 0;
            out.push(Registered {
                profile: program.id.clone(),
                version: program.version.clone(),
                rule: a.id.clone(),
                office: a.office.clone(),
                run_by: core
                    .hosted
                    .keys()
                    .filter(|did| {
                        roles
                            .iter()
                            .any(|r| network.directory.has_role(did, r, now_ms))
                    })
                    .cloned()
                    .collect(),
                on: match &a.on {
                    Trigger::Records(types) => types.clone(),
                    Trigger::State { kind, state } => vec![format!("{kind}: {state}")],
                },
                when: a
                    .when
                    .as_ref()
                    .map(|w| w.text().to_owned())
                    .unwrap_or_default(),
                issue: a.issue.clone(),
                title: (title("en"), title("es")),
                why: (why("en"), why("es")),
                issued,
                refused,
                first_ms: answered.then_some(first),
                last_ms: answered.then_some(last),
                latest: newest(latest.remove(&a.id).unwrap_or_default()),
            });
        }
    }
    out.sort_by(|a, b| (&a.profile, &a.rule).cmp(&(&b.profile, &b.rule)));
    Ok(out)
}

/// The newest of them first, so many.
fn newest(mut ids: Vec<(String, i64)>) -> Vec<(String, i64)> {
    ids.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
    ids.truncate(LATEST);
    ids
}

/// An automation's record that is to be issued.
#[derive(Debug)]
pub(crate) struct Planned {
    office: Arc<str>,
    rule: String,
    trigger: String,
    profile: Arc<Profile>,
    deed: Deed,
}

/// A case in hand: its state and its records.
type InHand = (Arc<CaseState>, Arc<Vec<CaseRecord>>);

impl Batch<'_> {
    /// What the automations of `seen`'s program issue now that its case has moved.
    pub(crate) fn planned(
        &mut self,
        seen: &Seen,
        before: Option<&CaseState>,
        after: &Arc<CaseState>,
    ) -> Result<Vec<Planned>, Refusal> {
        let programs = Arc::clone(&self.desk.programs);
        let network = &self.desk.network;
        let Some(profile) = programs.governing(&seen.1.kind, network, self.logged_ms) else {
            return Ok(Vec::new());
        };
        let mut out = Vec::new();
        for due in automation::due(profile.model(), before, after) {
            let network = Arc::clone(&self.desk.network);
            let runner =
                automation::runner(due.automation, after, &network.directory, self.logged_ms);
            if runner.as_deref() != Some(seen.0.as_ref())
                || !self.desk.hosted.contains_key(seen.0.as_ref())
                || self.done(seen, &due.automation.id, &due.trigger)?
            {
                continue;
            }
            let name = (due.automation.id.clone(), due.trigger.clone());
            if let Outcome::Issues(deed) =
                self.asked(&profile, due.automation, seen, after, &due.trigger)?
            {
                self.deeds.insert(name);
                out.push(Planned {
                    office: Arc::clone(&seen.0),
                    rule: due.automation.id.clone(),
                    trigger: due.trigger,
                    profile: Arc::clone(&profile),
                    deed,
                });
            }
        }
        Ok(out)
    }

    /// Whether a rule has answered a trigger already: in this batch, or by a record of one of the trigger's cases.
    fn done(&mut self, seen: &Seen, rule: &str, trigger: &str) -> Result<bool, Refusal> {
        if self.deeds.contains(&(rule.to_owned(), trigger.to_owned())) {
            return Ok(true);
        }
        let answers = |r: &CaseRecord| {
            r.issuer == seen.0.as_ref()
                && r.document
                    .pointer("/automation/rule")
                    .and_then(Value::as_str)
                    == Some(rule)
                && r.document
                    .pointer("/automation/trigger")
                    .and_then(Value::as_str)
                    == Some(trigger)
        };
        let records = self
            .projector
            .records(&seen.0, &seen.1)
            .map_err(|e| store_refusal(&e))?;
        if records.iter().any(answers) {
            return Ok(true);
        }
        // The issued record may be about other cases than the trigger: the register knows it.
        let query = TableQuery {
            case: Some((rule.to_owned(), trigger.to_owned())),
            limit: 1,
            ..TableQuery::default()
        };
        let rows = self
            .desk
            .reader
            .table(&seen.0, DEEDS_TABLE, &query)
            .map_err(|e| store_refusal(&e))?;
        Ok(!rows.items.is_empty())
    }

    fn asked(
        &mut self,
        profile: &Arc<Profile>,
        automation: &Automation,
        seen: &Seen,
        after: &Arc<CaseState>,
        trigger: &str,
    ) -> Result<Outcome, Refusal> {
        let office = Arc::clone(&seen.0);
        let held = self
            .projector
            .records(&office, &seen.1)
            .map_err(|e| store_refusal(&e))?;
        let whole = held.iter().filter(|r| r.id == trigger);
        let Some(record) = whole.min_by_key(|r| r.view.is_some()).cloned() else {
            return Ok(Outcome::No);
        };
        let about = match automation.on {
            Trigger::Records(_) => record.about.clone(),
            Trigger::State { .. } => vec![seen.1.clone()],
        };
        let mut cases: BTreeMap<CaseRef, CaseState> = BTreeMap::new();
        let mut records: HashMap<CaseRef, Arc<Vec<CaseRecord>>> = HashMap::new();
        let mut in_hand: Vec<InHand> = Vec::new();
        for case in &about {
            let Some((state, held)) = self.in_hand(&office, case)? else {
                continue;
            };
            cases.insert(case.clone(), CaseState::clone(&state));
            records.insert(case.clone(), Arc::clone(&held));
            let network = Arc::clone(&self.desk.network);
            let parts = self
                .projector
                .parts(&office, &state, &network, self.now_ms)
                .map_err(|e| store_refusal(&e))?;
            for part in parts.into_keys() {
                in_hand.extend(self.in_hand(&office, &part)?);
            }
            in_hand.push((state, held));
        }
        let names = links::names(automation::expressions(automation));
        let linked = self.linked(profile, &office, &names, Some(&record.document), &in_hand)?;
        let of = |case: &CaseRef| records.get(case).cloned().unwrap_or_default();
        Ok(match automation.on {
            Trigger::Records(_) => {
                let network = Arc::clone(&self.desk.network);
                let scope = DocumentScope::new(
                    profile,
                    &record.document,
                    record.view.as_deref(),
                    record.logged_ms,
                    &about,
                    &cases,
                    &of,
                    &FieldChecks,
                )
                .with_linked(Some(&linked))
                .with_directory(&network.directory);
                automation::of_record(profile, automation, &record, &scope)
            }
            Trigger::State { .. } => {
                let network = Arc::clone(&self.desk.network);
                let held = of(&seen.1);
                let view = acts::CaseView {
                    state: after,
                    records: &held,
                    directory: &network.directory,
                    as_of_ms: self.now_ms,
                    linked: Some(&linked),
                };
                automation::of_state(profile, automation, &record, view)
            }
        })
    }

    fn in_hand(&mut self, office: &Arc<str>, case: &CaseRef) -> Result<Option<InHand>, Refusal> {
        let network = Arc::clone(&self.desk.network);
        let state = self
            .projector
            .state(office, case, &network, self.now_ms)
            .map_err(|e| store_refusal(&e))?;
        let Some(state) = state else { return Ok(None) };
        let records = self
            .projector
            .records(office, case)
            .map_err(|e| store_refusal(&e))?
            .to_vec();
        Ok(Some((state, Arc::new(records))))
    }

    /// What the links find that rules on a record's type ask for; none where none does.
    pub(crate) fn linked_for(
        &mut self,
        envelope: &Envelope,
        document: &Value,
    ) -> Result<Option<Linked>, Refusal> {
        let Some(profile) = self.desk.programs.for_core(&envelope.profile) else {
            return Ok(None);
        };
        let model = profile.model();
        let rules = (model.rules.iter()).filter(|r| r.on.contains(&envelope.record_type));
        let names = links::names(rules.flat_map(|r| {
            let all = r.when.iter().chain([&r.must]).chain(r.values.values());
            all.collect::<Vec<_>>()
        }));
        if names.is_empty() {
            return Ok(None);
        }
        let office: Arc<str> = Arc::from(envelope.issuer.as_str());
        let mut cases = Vec::new();
        for case in &envelope.about {
            cases.extend(self.in_hand(&office, case)?);
        }
        self.linked(&profile, &office, &names, Some(document), &cases)
            .map(Some)
    }

    /// What links find for an office, by its own search names.
    fn linked(
        &mut self,
        profile: &Profile,
        office: &Arc<str>,
        names: &BTreeSet<String>,
        document: Option<&Value>,
        cases: &[InHand],
    ) -> Result<Linked, Refusal> {
        let cases = cases.iter().map(|(s, r)| (s.as_ref(), r.as_slice()));
        let looks_for = links::looks_for(profile.model(), names, document, cases);
        let mut found: BTreeMap<(String, String, String), Vec<Found>> = BTreeMap::new();
        // Looked up before, since the finder may not change what is warm while it is asked.
        for (kind, by, value) in links::wanted(profile.model(), &looks_for) {
            let keys: BTreeSet<String> = if by.is_empty() {
                BTreeSet::from([value.clone()])
            } else {
                self.desk
                    .reader
                    .search(office, Some(&by), &value, TermMatch::Exact, FOUND_MAX)
                    .map_err(|e| store_refusal(&e))?
                    .into_iter()
                    .filter(|h| h.kind == kind)
                    .map(|h| h.key)
                    .collect()
            };
            let mut of_key = Vec::new();
            for key in keys {
                let case = CaseRef {
                    kind: kind.clone(),
                    key,
                };
                if let Some((state, records)) = self.in_hand(office, &case)? {
                    of_key.push(Found {
                        heard_ago_ms: self.heard_ago_ms(&state),
                        state,
                        records,
                    });
                }
            }
            found.insert((kind, by, value), of_key);
        }
        let find = |kind: &str, by: &str, value: &str| {
            let name = (kind.to_owned(), by.to_owned(), value.to_owned());
            found.get(&name).cloned().unwrap_or_default()
        };
        Ok(links::look_up(profile.model(), &looks_for, &find))
    }

    /// How long ago the home of a case's owner was in step with us; 0 where it is this node.
    fn heard_ago_ms(&self, state: &CaseState) -> Option<i64> {
        let own = &self.desk.identity.did;
        crate::linked::heard_ago_ms(&self.desk.network, own, &self.desk.standings, state)
    }

    /// Signs, admits and places what an automation issues. A refusal is kept on the register and stops nothing else.
    pub(crate) fn perform(&mut self, planned: Planned) -> Result<(), Refusal> {
        let Planned {
            office,
            rule,
            trigger,
            profile,
            deed,
        } = planned;
        let Some(key) = self.desk.hosted.get(office.as_ref()).map(Hosted::current) else {
            return Ok(());
        };
        let network = Arc::clone(&self.desk.network);
        let record_type = deed.record_type.clone();
        let document = Draft {
            record_type: deed.record_type,
            issuer: office.to_string(),
            about: deed.about,
            occurred_ms: self.now_ms,
            subject: deed.subject,
            follows: deed.follows,
            automation: Some((rule.clone(), trigger.clone())),
            ..Draft::default()
        }
        .document(&network, &profile)
        .map_err(|f| Refusal::one(RefusalKind::Unavailable, f))?;
        let outcome = match self.desk.signer.sign(&document, &key, self.now_ms) {
            Err(why) => match signer_away(&why) {
                // The act is not done and not forgotten: the batch fails, and what brought it about comes again.
                Some(refusal) => return Err(refusal),
                None => Err(("draft-unsignable".to_owned(), why.to_string())),
            },
            Ok(signed) => {
                let envelope = Envelope::read(&signed).map_err(|faults| Refusal {
                    kind: RefusalKind::Unavailable,
                    faults,
                })?;
                let id = envelope.id.clone();
                let admitted = admit::admit(
                    Verified::own(signed, envelope),
                    &admit::Desk {
                        network: &network,
                        programs: &self.desk.programs,
                        hosted: &self.desk.hosted,
                        logged_ms: self.logged_ms,
                        now_ms: self.now_ms,
                        linked: None,
                    },
                    &office,
                    self.projector,
                );
                match admitted {
                    Ok(admitted) => {
                        let placed = self.place_home(admitted, &office);
                        self.note_break(placed)?;
                        Ok(id)
                    }
                    // The store being away is ours, and fails the batch; a fault of the record is the program's.
                    Err(refusal) if refusal.kind == RefusalKind::Unavailable => {
                        return Err(refusal);
                    }
                    Err(refusal) => {
                        let first = refusal.faults.first();
                        Err((
                            first.map(|f| f.code.clone()).unwrap_or_default(),
                            first.map(|f| f.en.clone()).unwrap_or_default(),
                        ))
                    }
                }
            }
        };
        let columns = match outcome {
            Ok(id) => json!({ "issued": id, "type": record_type }),
            Err((code, why)) => {
                tracing::warn!(rule, code, why, "an automation's record was refused");
                json!({ "refused": code, "type": record_type })
            }
        };
        self.commit.table_rows.push(TableRow {
            party: office.to_string(),
            table: DEEDS_TABLE.to_owned(),
            kind: rule,
            key: trigger,
            stated_on_ms: None,
            columns: Some(columns.to_string()),
            recorded_from_ms: self.now_ms,
            recorded_to_ms: None,
        });
        Ok(())
    }
}
