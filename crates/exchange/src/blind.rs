//! What a party of this node decided without knowing of a record dated before, and whether the case would have stood otherwise with it.
//!
//! The fold names such acts and what they did not know (decision 0011). Here each is held
//! against itself: the case as of the act, from what lay here then, and the same with what came later. Nothing is decided anew: whether it
//! should be is the office's.

use std::collections::{BTreeMap, BTreeSet};

use garita_profile::acts::{self, CaseView};
use garita_profile::case::{Blind, CaseRecord, CaseRef, CaseState};
use garita_store::{CaseQuery, HeldRecord};
use serde::Deserialize;

use crate::core::Core;
use crate::problem::Refusal;
use crate::read;
use crate::sequence::store_refusal;

/// Cases of a kind that are looked through, those that changed last first.
const CASES_MAX: usize = 1_000;
/// Acts of one answer: each is folded twice.
pub const ACTS_MAX: usize = 100;

/// An act that was taken without knowing of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidedBlind {
    /// The case.
    pub case: CaseRef,
    /// What people call it.
    pub title: String,
    /// Id of the act.
    pub act: String,
    /// Its type.
    pub record_type: String,
    /// When it was logged, ms since 1970.
    pub logged_ms: i64,
    /// What was not known, as far as the party may read it.
    pub unseen: Vec<Unseen>,
    /// How the case stood before the act, by what lay here.
    pub known: Stood,
    /// How it would have stood with what was not known.
    pub with: Stood,
}

impl DecidedBlind {
    /// Whether the office would have had another case before it: another state, other holds, or an act that was not open.
    pub fn otherwise(&self) -> bool {
        self.known != self.with
    }
}

/// A record that an act did not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    /// Its id.
    pub id: String,
    /// Its type.
    pub record_type: String,
    /// DID of the issuer.
    pub issuer: String,
    /// When its home logged it, ms since 1970.
    pub logged_ms: i64,
}

/// How a case stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stood {
    /// The shown state; none where it could not be told.
    pub state: Option<String>,
    /// Ids of the records that opened the holds that were open.
    pub holds: Vec<String>,
    /// Whether its program offers the act then; none where it offers it in no button at all.
    pub offered: Option<bool>,
}

/// What of a kept state is read here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Brief {
    blind: Vec<Blind>,
}

/// Acts of a party of this node that were taken at an instant or later without knowing of something that their office has not answered
/// since, the newest first; at most [`ACTS_MAX`].
///
/// # Errors
/// When the store is away.
pub fn of(core: &Core, party: &str, since_ms: i64) -> Result<Vec<DecidedBlind>, Refusal> {
    let mut found: Vec<(i64, CaseRef, String, Blind)> = Vec::new();
    let kinds: BTreeSet<String> = core
        .programs
        .newest()
        .flat_map(|program| program.model().kinds.keys().cloned())
        .collect();
    for kind in kinds {
        let query = CaseQuery {
            limit: CASES_MAX,
            ..CaseQuery::default()
        };
        let page = core
            .reader
            .cases(party, &kind, &query)
            .map_err(|e| store_refusal(&e))?;
        for view in page.items {
            let brief: Brief = serde_json::from_str(&view.state).unwrap_or_default();
            for blind in brief.blind.into_iter().filter(|b| b.office == party) {
                let act = core
                    .reader
                    .record(party, &blind.act)
                    .map_err(|e| store_refusal(&e))?;
                if let Some(act) = act.filter(|act| act.record.logged_ms >= since_ms) {
                    let case = CaseRef {
                        kind: view.kind.clone(),
                        key: view.key.clone(),
                    };
                    found.push((act.record.logged_ms, case, view.title.clone(), blind));
                }
            }
        }
    }
    found.sort_by_key(|(logged_ms, ..)| std::cmp::Reverse(*logged_ms));
    found.truncate(ACTS_MAX);
    let mut out = Vec::with_capacity(found.len());
    for (_, case, title, blind) in found {
        out.extend(of_act(core, party, case, title, &blind)?);
    }
    Ok(out)
}

/// One such act of a party of this node; none where the party does not hold it any more.
///
/// # Errors
/// When the store is away.
pub fn of_act(
    core: &Core,
    party: &str,
    case: CaseRef,
    title: String,
    blind: &Blind,
) -> Result<Option<DecidedBlind>, Refusal> {
    let held = core
        .reader
        .case_records(party, &case.kind, &case.key)
        .map_err(|e| store_refusal(&e))?;
    let Some(act) = held.iter().find(|one| one.record.id == blind.act) else {
        return Ok(None);
    };
    let act = act.clone();
    // What lay here before the act's entry of this log: its office lives on this node, and could see no more.
    let before = |one: &&HeldRecord| one.since < act.since && one.record.id != act.record.id;
    let known: Vec<CaseRecord> = held
        .iter()
        .filter(before)
        .filter_map(read::case_record_of)
        .collect();
    let unseen: Vec<&HeldRecord> = held
        .iter()
        .filter(|one| blind.unseen.contains(&one.record.id) && !before(one))
        .collect();
    let mut with = known.clone();
    with.extend(unseen.iter().filter_map(|one| read::case_record_of(one)));
    let at = At {
        core,
        party,
        case: &case,
        act: &act,
    };
    let (known, with) = (at.stood(&known)?, at.stood(&with)?);
    Ok(Some(DecidedBlind {
        unseen: unseen
            .iter()
            .map(|one| Unseen {
                id: one.record.id.clone(),
                record_type: one.record.record_type.clone(),
                issuer: one.record.issuer.clone(),
                logged_ms: one.record.logged_ms,
            })
            .collect(),
        act: act.record.id.clone(),
        record_type: act.record.record_type.clone(),
        logged_ms: act.record.logged_ms,
        known,
        with,
        title,
        case,
    }))
}

/// A case as of an act.
struct At<'a> {
    core: &'a Core,
    party: &'a str,
    case: &'a CaseRef,
    act: &'a HeldRecord,
}

impl At<'_> {
    fn stood(&self, records: &[CaseRecord]) -> Result<Stood, Refusal> {
        let at_ms = self.act.record.logged_ms;
        let mut parts = BTreeMap::new();
        let (core, party) = (self.core, self.party);
        let state = read::folded(core, party, self.case, records, &mut parts, 0, at_ms)?;
        let Some(state) = state else {
            return Ok(Stood {
                state: None,
                holds: Vec::new(),
                offered: None,
            });
        };
        let mut holds: Vec<String> = state.holds.iter().map(|h| h.record.clone()).collect();
        holds.sort();
        Ok(Stood {
            offered: self.offered(&state, records),
            state: state.state.clone(),
            holds,
        })
    }

    fn offered(&self, state: &CaseState, records: &[CaseRecord]) -> Option<bool> {
        let at_ms = self.act.record.logged_ms;
        let network = self.core.network();
        let profile = self.core.governing(&self.case.kind)?;
        let roles: Vec<&str> = network
            .directory
            .parties
            .get(self.party)
            .into_iter()
            .flat_map(|entry| &entry.roles)
            .filter(|role| role.from_ms <= at_ms && role.until_ms.is_none_or(|until| at_ms < until))
            .map(|role| role.role.as_str())
            .collect();
        let view = CaseView {
            state,
            records,
            directory: &network.directory,
            as_of_ms: at_ms,
            linked: None,
        };
        let offers = acts::acts(&profile, view, self.party, &roles);
        let issuing = offers
            .iter()
            .filter(|offer| offer.issue == self.act.record.record_type);
        issuing
            .map(|offer| offer.allowed)
            .reduce(|one, other| one || other)
    }
}
