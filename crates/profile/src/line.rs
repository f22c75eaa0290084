//! A case in a list, for one party: what that party calls it, for whom it works there, what needs it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::acts::CaseView;
use crate::board::{self, NeedRow};
use crate::case::CaseRecord;
use crate::load::Profile;
use crate::model::TypedPath;

/// What a list says of a case beside its state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CaseLine {
    /// The party's own number for it; empty: none.
    pub reference: String,
    /// For whom it works there: a DID or a name; empty: not known.
    pub client: String,
    /// What needs a person of its roles, by every board of the program that shows the case, each once.
    pub needs: Vec<NeedRow>,
}

/// The line of a case for a party with these roles.
pub fn case_line(profile: &Profile, case: CaseView<'_>, party: &str, roles: &[&str]) -> CaseLine {
    let mut seen = BTreeSet::new();
    let needs = profile
        .model()
        .boards
        .keys()
        .filter_map(|name| board::board_row(profile, name, case, roles))
        .flat_map(|row| row.needs)
        .chain(board::list_needs(profile, case, roles))
        .filter(|need| seen.insert(need.id.clone()))
        .collect();
    CaseLine {
        reference: reference(profile, case, party),
        client: client(profile, case, party),
        needs,
    }
}

/// What a party itself calls a case: by the newest of its own records that its kind's `reference` names. Such a record may be secret:
/// it moves nothing, so the fold does not count it, and it is read here past the fold.
pub fn reference(profile: &Profile, case: CaseView<'_>, party: &str) -> String {
    let Some(kind) = profile.model().kinds.get(&case.state.case.kind) else {
        return String::new();
    };
    let replaced: BTreeSet<&str> = case
        .records
        .iter()
        .filter_map(|r| Some(r.replaces.as_ref()?.id.as_str()))
        .collect();
    let own = |t: &TypedPath| {
        case.records
            .iter()
            .filter(|r| {
                r.record_type == t.record_type
                    && r.issuer == party
                    && r.disputed.is_none()
                    && !withdraws(r)
                    && !replaced.contains(r.id.as_str())
            })
            .max_by_key(|r| (r.logged_ms, r.id.as_str()))
            .and_then(|r| t.path.first_text(&r.document))
    };
    kind.reference.iter().find_map(own).unwrap_or_default()
}

fn withdraws(record: &CaseRecord) -> bool {
    record
        .replaces
        .as_ref()
        .is_some_and(|r| r.kind == crate::case::ReplaceKind::Withdraws)
}

/// For whom a party works in a case: the first value of its kind's `client` that is not the party itself.
pub fn client(profile: &Profile, case: CaseView<'_>, party: &str) -> String {
    let Some(kind) = profile.model().kinds.get(&case.state.case.kind) else {
        return String::new();
    };
    let in_force = || {
        let states = case.state.records.iter().rev().filter(|r| r.in_force);
        states.filter_map(|s| case.records.iter().find(|r| r.id == s.id))
    };
    kind.client
        .iter()
        .find_map(|t| {
            in_force()
                .filter(|r| r.record_type == t.record_type)
                .find_map(|r| t.path.first_text(&r.document))
                .filter(|found| found != party)
        })
        .unwrap_or_default()
}
