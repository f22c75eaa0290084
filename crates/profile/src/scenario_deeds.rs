//! Automations in scenarios: each office's home asks after each record, and what it issues goes its way as any other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::acts::CaseView;
use crate::automation::{self, Deed, Outcome};
use crate::case::{CaseRecord, CaseRef, CaseState, Standing};
use crate::clocks::date_time;
use crate::keys::search_keys;
use crate::links::{self, Found, Linked};
use crate::load::Profile;
use crate::model::{Automation, Trigger};
use crate::rules::{DocumentScope, NoIdentifiers};
use crate::scenario::{id_of, name_of};
use crate::scenario_run::World;

/// What has been asked and answered so far.
#[derive(Default)]
pub(crate) struct Asked {
    before: BTreeMap<(String, CaseRef), Arc<CaseState>>,
    done: BTreeSet<(String, String)>,
}

/// A chain of automations is cut here, as at a node.
const ROUNDS_MAX: usize = 6;

impl World<'_> {
    /// Lets every office's automations answer to what is new, and gives the records that come of it.
    pub(crate) fn automate(
        &mut self,
        profile: &Profile,
        asked: &mut Asked,
        at: i64,
    ) -> Vec<CaseRecord> {
        let mut out = Vec::new();
        if profile.model().automations.is_empty() {
            return out;
        }
        for _ in 0..ROUNDS_MAX {
            let made = self.automate_once(profile, asked, at);
            if made.is_empty() {
                break;
            }
            for record in made {
                self.take_in(&record, at);
                out.push(record);
            }
        }
        out
    }

    fn automate_once(&self, profile: &Profile, asked: &mut Asked, at: i64) -> Vec<CaseRecord> {
        let model = profile.model();
        let directory = self.directory();
        let mut out: Vec<CaseRecord> = Vec::new();
        let cases: BTreeSet<CaseRef> = (self.all_records().iter())
            .flat_map(|r| r.about.iter().cloned())
            .collect();
        for office in directory.parties.keys() {
            let home = self.home(office, at);
            for case in &cases {
                let Some(after) = home(case) else { continue };
                let key = (office.clone(), case.clone());
                let before = asked.before.insert(key, Arc::clone(&after));
                for due in automation::due(model, before.as_deref(), &after) {
                    let runs = automation::runner(due.automation, &after, directory, at);
                    let name = (due.automation.id.clone(), due.trigger.clone());
                    if runs.as_deref() != Some(office.as_str()) || asked.done.contains(&name) {
                        continue;
                    }
                    let outcome =
                        self.ask(profile, due.automation, office, &after, &due.trigger, at);
                    if let Some(Outcome::Issues(deed)) = outcome {
                        asked.done.insert(name);
                        out.push(record(office, due.automation, &due.trigger, deed, at));
                    }
                }
            }
        }
        out
    }

    fn ask(
        &self,
        profile: &Profile,
        automation: &Automation,
        office: &str,
        after: &Arc<CaseState>,
        trigger: &str,
        at: i64,
    ) -> Option<Outcome> {
        let held = self.held_by(office);
        let of = |case: &CaseRef| -> Arc<Vec<CaseRecord>> {
            let about = held.iter().filter(|r| r.about.contains(case));
            Arc::new(about.cloned().collect())
        };
        let home = self.home(office, at);
        let record = held.iter().find(|r| r.id == trigger)?;
        let about = match automation.on {
            Trigger::Records(_) => record.about.clone(),
            Trigger::State { .. } => vec![after.case.clone()],
        };
        let mut in_hand = Vec::new();
        let mut states = BTreeMap::new();
        for case in &about {
            let Some(state) = home(case) else { continue };
            for (part, _) in state.parts.values().flat_map(|p| &p.cases) {
                in_hand.extend(home(part).map(|s| (s, of(part))));
            }
            states.insert(case.clone(), CaseState::clone(&state));
            in_hand.push((state, of(case)));
        }
        let names = links::names(automation::expressions(automation));
        let document: &Value = &record.document;
        let linked = self.linked(Some(office), &names, Some(document), &in_hand, at);
        Some(match automation.on {
            Trigger::Records(_) => {
                let scope = DocumentScope::new(
                    profile,
                    document,
                    record.view.as_deref(),
                    record.logged_ms,
                    &about,
                    &states,
                    &of,
                    &NoIdentifiers,
                )
                .with_linked(Some(&linked))
                .with_directory(self.directory());
                automation::of_record(profile, automation, record, &scope)
            }
            Trigger::State { .. } => {
                let records = of(&after.case);
                let view = CaseView {
                    state: after,
                    records: &records,
                    directory: self.directory(),
                    as_of_ms: at,
                    linked: Some(&linked),
                };
                automation::of_state(profile, automation, record, view)
            }
        })
    }
}

impl World<'_> {
    /// What links find in what a party holds, or in everything.
    pub(crate) fn linked(
        &self,
        party: Option<&str>,
        names: &BTreeSet<String>,
        document: Option<&Value>,
        in_hand: &[(Arc<CaseState>, Arc<Vec<CaseRecord>>)],
        at: i64,
    ) -> Linked {
        let profile = self.profile();
        let held = self.held_of(party);
        let home = self.home_of(party, at);
        let of = |case: &CaseRef| -> Arc<Vec<CaseRecord>> {
            let about = held.iter().filter(|r| r.about.contains(case));
            Arc::new(about.cloned().collect())
        };
        let find = |kind: &str, by: &str, value: &str| -> Vec<Found> {
            let hits: BTreeSet<CaseRef> = held
                .iter()
                .filter(|r| {
                    by.is_empty()
                        || search_keys(profile, &r.document)
                            .iter()
                            .any(|(n, v)| n == by && v == value)
                })
                .flat_map(|r| r.about.iter().filter(|c| c.kind == kind).cloned())
                .filter(|c| !by.is_empty() || c.key == value)
                .collect();
            hits.into_iter()
                .filter_map(|case| {
                    Some(Found {
                        state: home(&case)?,
                        records: of(&case),
                        heard_ago_ms: Some(0),
                    })
                })
                .collect()
        };
        let cases = in_hand.iter().map(|(s, r)| (s.as_ref(), r.as_slice()));
        let looks_for = links::looks_for(profile.model(), names, document, cases);
        links::look_up(profile.model(), &looks_for, &find)
    }
}

fn record(office: &str, automation: &Automation, trigger: &str, deed: Deed, at: i64) -> CaseRecord {
    let id = id_of(&format!("{}@{}", automation.id, name_of(trigger)));
    let document = json!({
        "id": id,
        "type": ["VerifiableCredential", deed.record_type],
        "issuer": { "id": office },
        "occurred": date_time(at),
        "automation": { "rule": automation.id, "trigger": trigger },
        "follows": deed.follows,
        "credentialSubject": deed.subject,
    });
    CaseRecord {
        id,
        record_type: deed.record_type,
        issuer: office.to_owned(),
        about: deed.about,
        occurred_ms: at,
        logged_ms: at,
        standing: Standing::Act,
        replaces: None,
        follows: deed.follows,
        saw: Vec::new(),
        on_behalf_of: None,
        view: None,
        disputed: None,
        document: Arc::new(document),
    }
}
