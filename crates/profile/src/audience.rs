//! Who gets a record, and what of it: (party, view) entries, resolved once by the home at sequencing (design §5).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::builtin::MANDATE;
use crate::case::{CaseRecord, CaseRef, CaseState, Directory};
use crate::model::{Audience, Model};
use crate::seats::{self, is_office};

/// Where a decision says what it decided: the first that is there. `agreed` compares it.
pub const DECISION_PATHS: [&str; 3] = [
    "/credentialSubject/decision",
    "/credentialSubject/value",
    "/credentialSubject/state",
];

/// One entry of an audience.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AudienceEntry {
    /// DID of the party or office.
    pub party: String,
    /// The view's name; none: the whole record.
    pub view: Option<String>,
}

/// Who gets `record`, in DID order, one entry a party (whole before a view; of two views the one that discloses more).
///
/// `state` gives the folded states of the cases it is about (with or without the record in them), none where nothing is in hand.
/// The issuer always gets it whole. A record by a stranger, or about a case that is not opened, goes to its issuer and the offices
/// that its audience names (the charter's signatories where it names none). A type that is `secret: office` stays with its issuer.
/// For a state notice only its issuer comes out: whom it tells, [`crate::notice::NoticeDraft::audience`] says.
pub fn audience(
    model: &Model,
    record: &CaseRecord,
    state: &dyn Fn(&CaseRef) -> Option<Arc<CaseState>>,
    directory: &Directory,
) -> Vec<AudienceEntry> {
    let default = [default_line(model)];
    let mut out: BTreeMap<String, Option<&Audience>> = BTreeMap::new();
    if let Some(ty) = model.records.get(&record.record_type)
        && !ty.secret_office
        // Whom a notice tells, its draft says.
        && record.record_type != crate::notice::STATE_NOTICE
    {
        // A mandate is about no case: it goes to the agent whom it names, else nobody could act by it.
        let agent = (record.record_type == MANDATE)
            .then(|| record.document.pointer("/credentialSubject/agent"))
            .flatten()
            .and_then(Value::as_str)
            .filter(|did| directory.parties.contains_key(*did));
        out.extend(agent.map(|did| (did.to_owned(), None)));
        let offices = &model.facts().offices;
        let at = record.logged_ms;
        let lines: &[Audience] = if ty.audience.is_empty() {
            &default
        } else {
            &ty.audience
        };
        // An office's record goes to all offices of the role under which it issued it: an agency is one reader.
        let own = seats::issuers(model, ty)
            .into_iter()
            .filter(|r| offices.contains(*r));
        for role in own.filter(|r| directory.has_role(&record.issuer, r, at)) {
            for did in directory.with_role(role, at) {
                out.insert(did.to_owned(), None);
            }
        }
        for about in &record.about {
            let case = CaseSeats::read(
                model,
                about,
                record,
                state(about).as_deref(),
                directory,
                offices,
            );
            for line in lines {
                for to in &line.to {
                    for did in case.resolve(to, directory, at, offices) {
                        add(&mut out, did, line);
                    }
                }
            }
        }
    }
    finish(out, &record.issuer)
}

/// Parties that by today's states would get the record and are not in `had`: whom the issuer's home grants it to, since seats were
/// given after it was sequenced (a record that waited for the opening, a broker named later). An audience never shrinks.
pub fn grown(
    model: &Model,
    record: &CaseRecord,
    had: &[AudienceEntry],
    state: &dyn Fn(&CaseRef) -> Option<Arc<CaseState>>,
    directory: &Directory,
) -> Vec<AudienceEntry> {
    audience(model, record, state, directory)
        .into_iter()
        .filter(|e| {
            !had.iter()
                .any(|h| h.party == e.party && (h.view.is_none() || h.view == e.view))
        })
        .collect()
}

fn finish(found: BTreeMap<String, Option<&Audience>>, issuer: &str) -> Vec<AudienceEntry> {
    let mut out: Vec<AudienceEntry> = found
        .into_iter()
        .filter(|(did, _)| did != issuer)
        .map(|(party, line)| AudienceEntry {
            party,
            view: line.map(|l| l.view_name.clone()),
        })
        .collect();
    out.push(AudienceEntry {
        party: issuer.to_owned(),
        view: None,
    });
    out.sort();
    out
}

fn add<'m>(out: &mut BTreeMap<String, Option<&'m Audience>>, did: String, line: &'m Audience) {
    let offered = (!line.view.is_empty()).then_some(line);
    out.entry(did)
        .and_modify(|kept| {
            if let (Some(k), Some(o)) = (&kept, offered) {
                if (o.view.len(), &k.view_name) > (k.view.len(), &o.view_name) {
                    *kept = offered;
                }
            } else {
                *kept = None;
            }
        })
        .or_insert(offered);
}

/// The line that stands for none: the charter's signatories and the seats, whole.
fn default_line(model: &Model) -> Audience {
    let mut to = model.charter.signatories.clone();
    to.push("seats".to_owned());
    Audience {
        to,
        view: Vec::new(),
        view_name: String::new(),
    }
}

/// Who belongs to a case, as far as an audience needs it.
struct CaseSeats {
    seats: BTreeSet<(String, String)>,
    posts: BTreeMap<String, Vec<String>>,
    /// Opened, and the record's issuer is no stranger to it.
    inside: bool,
}

impl CaseSeats {
    fn read(
        model: &Model,
        case: &CaseRef,
        record: &CaseRecord,
        state: Option<&CaseState>,
        directory: &Directory,
        offices: &BTreeSet<String>,
    ) -> CaseSeats {
        let at = record.logged_ms;
        let did = record.issuer.as_str();
        let kind = model.kinds.get(&case.kind);
        let opened = state.is_some_and(|s| s.opening.is_some());
        let opens = kind.is_some_and(|k| seats::opens(model, k, case, directory, record, did));
        let mut out = CaseSeats {
            seats: BTreeSet::new(),
            posts: BTreeMap::new(),
            inside: false,
        };
        if let Some(state) = state {
            out.posts.clone_from(&state.posts);
            for (seat, dids) in &state.seats {
                out.seats
                    .extend(dids.iter().map(|d| (seat.clone(), d.clone())));
            }
            out.seats.extend(
                state
                    .owner
                    .iter()
                    .map(|d| (seats::OWNER_SEAT.to_owned(), d.clone())),
            );
        }
        let known = out.seats.iter().any(|(_, d)| d == did)
            || is_office(directory, offices, did, at)
            || model
                .kind_facts(&case.kind)
                .addressed
                .iter()
                .any(|r| directory.has_role(did, r, at));
        // The record that opens a case seats its author; what an insider's record names is seated by it.
        out.inside = if opened { known } else { opens };
        if out.inside {
            if !opened {
                out.seats
                    .insert((seats::OWNER_SEAT.to_owned(), did.to_owned()));
            }
            if let Some(kind) = kind {
                out.seats.extend(
                    seats::seats_given(kind, record)
                        .into_iter()
                        .map(|(s, d)| (s.to_owned(), d)),
                );
            }
        }
        out
    }

    fn resolve(
        &self,
        to: &str,
        directory: &Directory,
        at_ms: i64,
        offices: &BTreeSet<String>,
    ) -> Vec<String> {
        if to == "seats" {
            return if self.inside {
                self.seats.iter().map(|(_, d)| d.clone()).collect()
            } else {
                Vec::new()
            };
        }
        if let Some(seat) = to.strip_prefix("seat.") {
            return if self.inside {
                self.seats
                    .iter()
                    .filter(|(s, _)| s == seat)
                    .map(|(_, d)| d.clone())
                    .collect()
            } else {
                Vec::new()
            };
        }
        if let Some(post) = to.strip_prefix("post.") {
            return self.posts.get(post).cloned().unwrap_or_default();
        }
        if self.inside || offices.contains(to) {
            directory.with_role(to, at_ms).map(str::to_owned).collect()
        } else {
            Vec::new()
        }
    }
}
