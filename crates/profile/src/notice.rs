//! State notices: the keeper's word on a state, for those of a case who cannot fold it (design §5).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::case::{CaseRef, CaseState, Directory};
use crate::clocks::date_time;
use crate::knowledge::{Knowledge, seats_of};
use crate::model::{Model, Role};

/// Record type of a state notice. Its subject has `kind`, `key`, `state`, `since` and `asOf`.
pub const STATE_NOTICE: &str = "StateNotice";

/// A record that the engine asks an office's home to issue.
#[derive(Debug, Clone, PartialEq)]
pub struct NoticeDraft {
    /// [`STATE_NOTICE`].
    pub record_type: String,
    /// The case.
    pub about: CaseRef,
    /// `credentialSubject`.
    pub subject: Value,
    /// The keeper's notice before this one: of two at one instant the later must be known as the later.
    pub follows: Option<String>,
    /// Parties that must be told; they get the notice whole, nobody else does beside its issuer.
    pub audience: Vec<String>,
}

/// The role whose word counts for a kind: the keeper of most of its tracks, the first by name among equals.
pub fn keeper_role(model: &Model, kind: &str) -> Option<Role> {
    let mut count: BTreeMap<&Role, usize> = BTreeMap::new();
    for keeper in model
        .life_cycle
        .get(kind)?
        .tracks
        .values()
        .filter_map(|t| t.keeper.as_ref())
    {
        *count.entry(keeper).or_default() += 1;
    }
    let most = count.values().copied().max()?;
    count
        .into_iter()
        .find(|(_, n)| *n == most)
        .map(|(r, _)| r.clone())
}

/// Who of a case must be told its state: its owner and seats, the seats of its parts (the broker of one shipment, for the trip), and
/// parties with a role that [`roles_to_tell`] names; each only where it does not get all that the state reads.
///
/// `part` gives the folded states of parts.
pub fn to_tell(
    model: &Model,
    state: &CaseState,
    directory: &Directory,
    part: &dyn Fn(&CaseRef) -> Option<Arc<CaseState>>,
    at_ms: i64,
) -> BTreeSet<String> {
    let kind = state.case.kind.as_str();
    if state.opening.is_none() {
        return BTreeSet::new();
    }
    let mut candidates: BTreeSet<String> = state.owner.iter().cloned().collect();
    candidates.extend(state.seats.values().flatten().cloned());
    for (case, _) in state.parts.values().flat_map(|p| &p.cases) {
        if let Some(part) = part(case) {
            candidates.extend(part.owner.iter().cloned());
            candidates.extend(part.seats.values().flatten().cloned());
        }
    }
    let roles = model.to_tell(kind);
    for role in roles {
        candidates.extend(directory.with_role(role, at_ms).map(str::to_owned));
    }
    let owner_roles: &[Role] = model.kinds.get(kind).map_or(&[], |k| &k.owner.roles);
    candidates
        .into_iter()
        .filter(|did| {
            // The owner's role is told as a party of this case, not wherever it is found.
            let by_owner_role_only = roles.iter().any(|r| owner_roles.contains(r))
                && !belongs(state, part, did)
                && !roles
                    .iter()
                    .any(|r| !owner_roles.contains(r) && directory.has_role(did, r, at_ms));
            !by_owner_role_only && !can_fold(model, state, directory, part, did, at_ms)
        })
        .collect()
}

fn belongs(
    state: &CaseState,
    part: &dyn Fn(&CaseRef) -> Option<Arc<CaseState>>,
    did: &str,
) -> bool {
    !seats_of(state.owner.as_deref(), &state.seats, did).is_empty()
        || state
            .parts
            .values()
            .flat_map(|p| &p.cases)
            .filter_map(|(c, _)| part(c))
            .any(|p| !seats_of(p.owner.as_deref(), &p.seats, did).is_empty())
}

/// Whether `did` gets all that the state of this case and of its parts reads.
fn can_fold(
    model: &Model,
    state: &CaseState,
    directory: &Directory,
    part: &dyn Fn(&CaseRef) -> Option<Arc<CaseState>>,
    did: &str,
    at_ms: i64,
) -> bool {
    let knowledge = Knowledge::of(directory, did, at_ms);
    let seats = seats_of(state.owner.as_deref(), &state.seats, did);
    knowledge.folds(model, &state.case.kind, &seats)
        && state
            .parts
            .values()
            .flat_map(|p| &p.cases)
            .all(|(case, _)| {
                let part = part(case);
                let seats = part
                    .as_ref()
                    .map(|p| seats_of(p.owner.as_deref(), &p.seats, did))
                    .unwrap_or_default();
                knowledge.folds(model, &case.kind, &seats)
            })
}

/// The notices that `keeper` (an office with the kind's keeper role) owes now that a case went from `before` to `after`: one to all who
/// must be told where the shown state changed, else one to those who have newly come to be told.
///
/// Who got a seat in a part that was already in hand hears at the next change. Empty where `keeper` is not the keeper, or the state
/// cannot be told.
pub fn notices(
    model: &Model,
    before: Option<&CaseState>,
    after: &CaseState,
    directory: &Directory,
    part: &dyn Fn(&CaseRef) -> Option<Arc<CaseState>>,
    keeper: &str,
    at_ms: i64,
) -> Vec<NoticeDraft> {
    let is_keeper = model
        .kind_facts(&after.case.kind)
        .keeper
        .as_ref()
        .is_some_and(|r| directory.has_role(keeper, r, at_ms));
    let Some(state) = after
        .state
        .as_ref()
        .filter(|_| is_keeper && !after.by_notice)
    else {
        return Vec::new();
    };
    let mut audience = to_tell(model, after, directory, part, at_ms);
    if let Some(before) = before
        && before.state.as_ref() == Some(state)
    {
        // A part that was not in hand then seated nobody then.
        let then = |case: &CaseRef| {
            let known = before
                .parts
                .values()
                .flat_map(|p| &p.cases)
                .any(|(c, state)| c == case && state.is_some());
            known.then(|| part(case)).flatten()
        };
        for told in to_tell(model, before, directory, &then, at_ms) {
            audience.remove(&told);
        }
    }
    audience.remove(keeper);
    if audience.is_empty() {
        return Vec::new();
    }
    vec![NoticeDraft {
        record_type: STATE_NOTICE.to_owned(),
        about: after.case.clone(),
        subject: json!({
            "kind": after.case.kind,
            "key": after.case.key,
            "state": state,
            "since": date_time(after.since_ms),
            "asOf": date_time(at_ms),
        }),
        audience: audience.into_iter().collect(),
        follows: after
            .told
            .iter()
            .rev()
            .find(|told| told.office == keeper)
            .map(|told| told.record.clone()),
    }]
}
