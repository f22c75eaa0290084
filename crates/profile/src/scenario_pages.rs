//! What pages would show a party in a scenario: a board's needs, the acts that are possible, the credentials it gets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::acts::{CaseView, acts};
use crate::board::board_row;
use crate::board_live::links_of_kind;
use crate::case::{CaseRecord, CaseRef, CaseState};
use crate::credentials;
use crate::links::Linked;
use crate::scenario::Expect;
use crate::scenario_run::World;

impl World<'_> {
    /// Ids of the needs that boards show of the case: to the reader, or to all roles together.
    pub(crate) fn needs(&self, expect: &Expect, state: &CaseState) -> BTreeSet<String> {
        let roles = self.roles(expect);
        let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
        let (records, linked) = self.looked_at(expect, state);
        let case = self.view(expect, state, &records, &linked);
        let profile = self.profile();
        let boards = profile.model().boards.keys();
        boards
            .filter_map(|board| board_row(profile, board, case, &roles))
            .flat_map(|row| row.needs)
            .map(|need| need.id)
            .collect()
    }

    /// Which acts are possible: to the reader, or to all roles together.
    pub(crate) fn acts(&self, expect: &Expect, state: &CaseState) -> BTreeMap<String, bool> {
        let roles = self.roles(expect);
        let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
        let (records, linked) = self.looked_at(expect, state);
        let case = self.view(expect, state, &records, &linked);
        let reader = expect.reader.as_deref().unwrap_or_default();
        let profile = self.profile();
        let of_kind = profile.model().acts.iter();
        let mut possible: BTreeMap<String, bool> = of_kind
            .filter(|act| act.kind == state.case.kind)
            .map(|act| (act.id.clone(), false))
            .collect();
        let offers = acts(profile, case, reader, &roles);
        possible.extend(offers.into_iter().map(|offer| (offer.id, offer.allowed)));
        possible
    }

    /// Names of the credentials that the reader gets of the case; without a reader, of those who issue them.
    pub(crate) fn credentials(&self, expect: &Expect, state: &CaseState) -> BTreeSet<String> {
        let roles = self.roles(expect);
        let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
        let (records, linked) = self.looked_at(expect, state);
        let case = self.view(expect, state, &records, &linked);
        let profile = self.profile();
        let names = profile.model().credentials.keys();
        names
            .filter(|name| match credentials::make(profile, name, case) {
                Ok(made) => {
                    let reader = expect.reader.as_deref().unwrap_or(&made.issuer);
                    let offers = credentials::offered(profile, case, reader, &roles);
                    offers.iter().any(|o| o.name == **name)
                }
                Err(_) => false,
            })
            .cloned()
            .collect()
    }

    fn view<'v>(
        &'v self,
        expect: &Expect,
        state: &'v CaseState,
        records: &'v [CaseRecord],
        linked: &'v Linked,
    ) -> CaseView<'v> {
        CaseView {
            state,
            records,
            directory: self.directory(),
            as_of_ms: expect.as_of_ms,
            linked: Some(linked),
        }
    }

    fn roles(&self, expect: &Expect) -> BTreeSet<String> {
        let parties = self.directory().parties.iter();
        parties
            .filter(|(did, _)| expect.reader.as_ref().is_none_or(|r| r == *did))
            .flat_map(|(_, party)| party.roles.iter().map(|r| r.role.clone()))
            .collect()
    }

    /// The case's records in the reader's hands, and what its links find there.
    fn looked_at(&self, expect: &Expect, state: &CaseState) -> (Vec<CaseRecord>, Linked) {
        let (_, held) = self.reader(expect);
        let of = |case: &CaseRef| -> Vec<CaseRecord> {
            let about = held.iter().filter(|r| r.about.contains(case));
            about.cloned().collect()
        };
        let records = of(&state.case);
        let profile = self.profile();
        let mut names = links_of_kind(profile, &state.case.kind);
        let of_kind = profile.model().credentials.values();
        let of_kind = of_kind.filter(|c| c.kind == state.case.kind);
        names.extend(of_kind.flat_map(credentials::links));
        if names.is_empty() {
            return (records, Linked::default());
        }
        let mut in_hand = vec![(Arc::new(state.clone()), Arc::new(records.clone()))];
        let home = self.home_of(expect.reader.as_deref(), expect.as_of_ms);
        for (part, _) in state.parts.values().flat_map(|p| &p.cases) {
            in_hand.extend(home(part).map(|s| (s, Arc::new(of(part)))));
        }
        let linked = self.linked(
            expect.reader.as_deref(),
            &names,
            None,
            &in_hand,
            expect.as_of_ms,
        );
        (records, linked)
    }
}
