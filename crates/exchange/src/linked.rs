//! What links find where somebody looks: for the boards, acts and case pages of a hosted party.
//!
//! A board asks for the same few certificates in hundreds of rows, so what was found is kept: for one look by what was looked for,
//! and beyond it by case, for as long as the case has not moved.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use garita_profile::Profile;
use garita_profile::case::{CaseRecord, CaseRef, CaseState};
use garita_profile::links::{self, Found, Linked, LooksFor};
use garita_store::TermMatch;
use garita_tlog::LeafIndex;

use crate::clock::real_now_ms;
use crate::core::Core;
use crate::governance::Network;
use crate::problem::Refusal;
use crate::read::case_record_of;
use crate::sequence::store_refusal;
use crate::sync::Standings;

/// Cases that one search of a link gives, at most: a maker has a certificate or two.
pub(crate) const FOUND_MAX: usize = 50;
/// Found cases kept between looks; a certificate's state with what is told of it takes some 20 KB.
const KEPT_MAX: usize = 1_000;

/// How long ago the home of a case's owner was in step with us, in ms; 0 where it is this node.
pub(crate) fn heard_ago_ms(
    network: &Network,
    own: &str,
    standings: &Standings,
    state: &CaseState,
) -> Option<i64> {
    let home = network.homes.get(state.owner.as_ref()?)?;
    if *home == own {
        return Some(0);
    }
    let standing = standings.of(home);
    (standing.we_hold_theirs == Some(true))
        .then(|| real_now_ms().saturating_sub(standing.reached_ms))
}

/// A found case as of its last move: the log entry after which it was folded and the shown state.
#[derive(Debug, Clone)]
struct Kept {
    updated: LeafIndex,
    shown: String,
    state: Arc<CaseState>,
    records: Arc<Vec<CaseRecord>>,
}

/// Cases that links found lately, by party and case.
#[derive(Debug, Default)]
pub struct FoundCases(Mutex<HashMap<(String, CaseRef), Kept>>);

impl FoundCases {
    fn get(&self, name: &(String, CaseRef), updated: LeafIndex, shown: &str) -> Option<Kept> {
        let kept = self.0.lock().ok()?;
        let found = kept.get(name)?;
        (found.updated == updated && found.shown == shown).then(|| found.clone())
    }

    fn put(&self, name: (String, CaseRef), found: Kept) {
        if let Ok(mut kept) = self.0.lock() {
            if kept.len() >= KEPT_MAX {
                kept.clear();
            }
            kept.insert(name, found);
        }
    }
}

/// Looks links up for one party, for one page.
pub struct Finder<'a> {
    core: &'a Core,
    standings: &'a Standings,
    network: &'a Network,
    party: &'a str,
    /// What each link found for what it looked for.
    looked: RefCell<HashMap<(String, BTreeSet<String>), Linked>>,
    /// Cases by kind, search name and value: two trucks with some makers in common look each of them up once.
    found: RefCell<BTreeMap<Wanted, Vec<Found>>>,
}

/// Kind, search name, value.
type Wanted = (String, String, String);

impl<'a> Finder<'a> {
    /// A finder for a party's page.
    pub fn new(
        core: &'a Core,
        standings: &'a Standings,
        network: &'a Network,
        party: &'a str,
    ) -> Self {
        Self {
            core,
            standings,
            network,
            party,
            looked: RefCell::new(HashMap::new()),
            found: RefCell::new(BTreeMap::new()),
        }
    }

    /// What links find for what they look for. What was looked for before on the page is not read again.
    ///
    /// # Errors
    /// When the store is away.
    pub fn look_up(&self, profile: &Profile, looks_for: &LooksFor) -> Result<Linked, Refusal> {
        let mut out = Linked::default();
        for (link, values) in looks_for {
            let name = (link.clone(), values.clone());
            let known = self.looked.borrow().get(&name).cloned();
            let found = match known {
                Some(found) => found,
                None => {
                    let one = LooksFor::from([name.clone()]);
                    let found = self.find(profile, &one)?;
                    self.looked.borrow_mut().insert(name, found.clone());
                    found
                }
            };
            out.join(&found);
        }
        Ok(out)
    }

    fn find(&self, profile: &Profile, looks_for: &LooksFor) -> Result<Linked, Refusal> {
        let model = profile.model();
        for wanted in links::wanted(model, looks_for) {
            if !self.found.borrow().contains_key(&wanted) {
                let cases = self.cases(profile, &wanted)?;
                self.found.borrow_mut().insert(wanted, cases);
            }
        }
        let found = self.found.borrow();
        let find = |kind: &str, by: &str, value: &str| {
            let name = (kind.to_owned(), by.to_owned(), value.to_owned());
            found.get(&name).cloned().unwrap_or_default()
        };
        Ok(links::look_up(model, looks_for, &find))
    }

    fn cases(&self, profile: &Profile, (kind, by, value): &Wanted) -> Result<Vec<Found>, Refusal> {
        let keys: BTreeSet<String> = if by.is_empty() {
            BTreeSet::from([value.clone()])
        } else {
            let reader = &self.core.reader;
            reader
                .search(self.party, Some(by), value, TermMatch::Exact, FOUND_MAX)
                .map_err(|e| store_refusal(&e))?
                .into_iter()
                .filter(|h| h.kind == *kind)
                .map(|h| h.key)
                .collect()
        };
        let mut cases = Vec::new();
        for key in keys {
            let kind = kind.clone();
            cases.extend(self.case(profile, CaseRef { kind, key })?);
        }
        Ok(cases)
    }

    /// A found case as the sequencer last folded it, with the records that tell of it.
    fn case(&self, profile: &Profile, case: CaseRef) -> Result<Option<Found>, Refusal> {
        let reader = &self.core.reader;
        let view = reader
            .case(self.party, &case.kind, &case.key)
            .map_err(|e| store_refusal(&e))?;
        let Some(view) = view else { return Ok(None) };
        let name = (self.party.to_owned(), case);
        let kept = match self.core.found.get(&name, view.updated, &view.shown) {
            Some(kept) => kept,
            None => {
                let Ok(state) = serde_json::from_str::<CaseState>(&view.state) else {
                    return Ok(None);
                };
                let held = reader
                    .case_records(self.party, &name.1.kind, &name.1.key)
                    .map_err(|e| store_refusal(&e))?;
                let records: Vec<CaseRecord> = held
                    .iter()
                    .filter_map(case_record_of)
                    .filter(|r| links::told_of(profile.model(), &r.record_type))
                    .collect();
                let kept = Kept {
                    updated: view.updated,
                    shown: view.shown,
                    state: Arc::new(state),
                    records: Arc::new(records),
                };
                self.core.found.put(name, kept.clone());
                kept
            }
        };
        let own = &self.core.identity.did;
        Ok(Some(Found {
            heard_ago_ms: heard_ago_ms(self.network, own, self.standings, &kept.state),
            state: kept.state,
            records: kept.records,
        }))
    }
}
