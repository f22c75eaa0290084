//! Station 3, **admit**, only at the issuer's home: schema, rules, life cycle, trust list, window. All faults at once.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use garita_credential::vc;
use garita_formats::identifiers::FieldIdentifiers;
use garita_profile::Profile;
use garita_profile::admission::{self, AdmitContext};
use garita_profile::builtin::MANDATE;
use garita_profile::case::{CaseRecord, CaseRef, CaseState};
use garita_profile::links::Linked;
use garita_profile::model::Severity;
use garita_profile::rules::Identifiers;

use crate::adoption;
use crate::core::Hosted;
use crate::encode;
use crate::envelope::Envelope;
use crate::governance::Network;
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::program::Programs;
use crate::project::Projector;
use crate::read::{self, core_followed};
use crate::sequence::store_refusal;
use crate::verify::{self, Verified};

/// `occurred` may lie this far ahead of the home's clock: two clocks are never the same.
const AHEAD_MS_MAX: i64 = 5 * 60 * 1_000;

/// A record that its home takes in. Only [`admit`] makes one.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) record: Verified,
    pub(crate) profile: Arc<Profile>,
}

/// What admission looks at beside the record.
#[derive(Debug)]
pub(crate) struct Desk<'a> {
    pub(crate) network: &'a Network,
    pub(crate) programs: &'a Programs,
    pub(crate) hosted: &'a BTreeMap<String, Hosted>,
    pub(crate) logged_ms: i64,
    pub(crate) now_ms: i64,
    /// What the links found that the record's rules ask for.
    pub(crate) linked: Option<&'a Linked>,
}

/// The field's identifiers, as the profile engine asks for them.
#[derive(Debug)]
pub struct FieldChecks;

impl Identifiers for FieldChecks {
    fn check(&self, name: &str, value: &str) -> Option<bool> {
        FieldIdentifiers.check(name, value)
    }
}

/// The fault of issuing under a core that is not in force at a logged instant, or not duly signed, where the network has spoken of its
/// profile. `followed` are cores that cases of the record follow already: they end as they began.
pub(crate) fn not_adopted(
    network: &Network,
    profile: &Profile,
    core: &str,
    logged_ms: i64,
    followed: &[String],
) -> Option<Fault> {
    let program = profile.programs().iter().find(|p| p.core_digest == core)?;
    let id = program.id.as_str();
    if let Some(adoption) = network.profiles.get(core) {
        let charter = profile.charter(id).map_or(&[][..], |c| &c.signatories);
        if !adoption::satisfies(adoption, charter) {
            let roles = charter.join(", ");
            return Some(Fault::at(
                "profile-not-cosigned",
                "/profile",
                format!(
                    "the charter in `{id}` {} asks for signatures of {roles}, and the network's adoption does not have them all; have it signed anew",
                    program.version
                ),
                format!(
                    "la carta de `{id}` {} pide las firmas de {roles}, y la adopción de la red no las tiene todas; haga que se firme otra vez",
                    program.version
                ),
            ));
        }
        if adoption.from_ms > logged_ms {
            let from = encode::instant_text(adoption.from_ms);
            return Some(Fault::at(
                "profile-not-in-force-yet",
                "/profile",
                format!(
                    "`{id}` {} is in force from {from}; until then make the record under the version in force",
                    program.version
                ),
                format!(
                    "`{id}` {} rige desde {from}; hasta entonces haga el registro con la versión vigente",
                    program.version
                ),
            ));
        }
    }
    if network.may_issue_under(id, core, logged_ms) || followed.iter().any(|c| c == core) {
        return None;
    }
    if network.profiles.contains_key(core) {
        let by = network.in_force(id, logged_ms);
        let version = by.map_or("", |(_, a)| a.version.as_str());
        let since = by.map_or_else(String::new, |(_, a)| encode::instant_text(a.from_ms));
        return Some(Fault::at(
            "profile-superseded",
            "/profile",
            format!(
                "`{id}` {} was superseded by {version} on {since}, and no case of this record follows it; make the record under {version}",
                program.version
            ),
            format!(
                "`{id}` {} fue sustituida por {version} el {since}, y ningún caso de este registro la sigue; haga el registro con {version}",
                program.version
            ),
        ));
    }
    let adopted = network
        .adoptions_of(id)
        .map(|(core, adoption)| format!("{} (`{core}`)", adoption.version))
        .collect::<Vec<_>>()
        .join(", ");
    Some(Fault::at(
        "profile-not-adopted",
        "/profile",
        format!(
            "this network has not adopted core `{core}` of `{id}`; adopted: {adopted}; install that one, or have this one adopted"
        ),
        format!(
            "esta red no ha adoptado el núcleo `{core}` de `{id}`; adoptados: {adopted}; instale ese, o haga adoptar este"
        ),
    ))
}

pub(crate) fn admit(
    record: Verified,
    desk: &Desk<'_>,
    issuer: &Arc<str>,
    projector: &mut Projector,
) -> Result<Admitted, Refusal> {
    let envelope = &record.envelope;
    let mut faults = Vec::new();
    if !desk.hosted.contains_key(&envelope.issuer) {
        faults.push(Fault::at(
            "issuer-not-hosted",
            "/issuer/id",
            format!(
                "`{}` has its home on another node; submit there",
                envelope.issuer
            ),
            format!(
                "`{}` tiene su nodo en otra parte; presente el registro allá",
                envelope.issuer
            ),
        ));
    }
    if envelope.network != desk.network.id {
        faults.push(Fault::at(
            "network-unknown",
            "/network",
            format!("this node exchanges under network `{}`", desk.network.id),
            format!("este nodo intercambia en la red `{}`", desk.network.id),
        ));
    }
    if envelope.view.is_some() {
        faults.push(Fault::at(
            "view-submitted",
            "/view",
            "a view is made by the home from the whole record; submit the whole",
            "la vista la hace el nodo a partir del registro completo; presente el completo",
        ));
    }
    if envelope.occurred_ms > desk.now_ms.saturating_add(AHEAD_MS_MAX) {
        faults.push(Fault::at(
            "occurred-ahead",
            "/occurred",
            format!(
                "`occurred` lies ahead of this node's clock ({}); check the clock of the sender",
                encode::instant_text(desk.now_ms)
            ),
            format!(
                "`occurred` está adelante del reloj de este nodo ({}); revise el reloj del emisor",
                encode::instant_text(desk.now_ms)
            ),
        ));
    }
    let profile = desk.programs.for_core(&envelope.profile);
    let Some(profile) = profile else {
        faults.push(Fault::at(
            "profile-unknown",
            "/profile",
            format!(
                "no program with core `{}` is in force here; known: {}",
                envelope.profile,
                desk.programs.known()
            ),
            format!(
                "ningún programa con núcleo `{}` está vigente aquí; conocidos: {}",
                envelope.profile,
                desk.programs.known()
            ),
        ));
        return Err(Refusal {
            kind: RefusalKind::Unprocessable,
            faults,
        });
    };
    let mut cases = BTreeMap::new();
    let mut records: HashMap<CaseRef, Arc<Vec<CaseRecord>>> = HashMap::new();
    for case in &envelope.about {
        let state = projector
            .state(issuer, case, desk.network, desk.now_ms)
            .map_err(|e| store_refusal(&e))?;
        if let Some(state) = state {
            cases.insert(case.clone(), CaseState::clone(&state));
        }
        let held = projector
            .records(issuer, case)
            .map_err(|e| store_refusal(&e))?;
        records.insert(case.clone(), Arc::new(held.to_vec()));
    }
    let followed: Vec<String> = envelope
        .about
        .iter()
        .filter_map(|case| core_followed(&case.kind, &profile, records.get(case)?))
        .collect();
    faults.extend(not_adopted(
        desk.network,
        &profile,
        &envelope.profile,
        desk.logged_ms,
        &followed,
    ));
    let mandates = asks_for_mandates(&profile, envelope)
        .then(|| projector.mandates(issuer))
        .transpose()
        .map_err(|e| store_refusal(&e))?;
    let context = AdmitContext {
        directory: &desk.network.directory,
        now_ms: desk.now_ms,
        logged_ms: desk.logged_ms,
        cases: &cases,
        records: &|case| records.get(case).cloned().unwrap_or_default(),
        identifiers: &FieldChecks,
        linked: desk.linked,
        mandates: mandates.as_deref(),
    };
    for problem in admission::admit(&profile, &record.document, &context) {
        match problem.severity {
            Severity::Refuse => faults.push(Fault {
                code: problem.code,
                pointer: problem.pointer,
                en: problem.en,
                es: problem.es,
            }),
            // Told at each fold, on the case: the record stands.
            Severity::Dispute | Severity::Warn => {}
        }
    }
    // What no peer would take must not be logged here: a subject that says nothing, for one. Last, since the schema says it better.
    if faults.is_empty() {
        faults.extend(vc::check(&record.document, None).iter().map(verify::fault));
    }
    if faults.is_empty() {
        Ok(Admitted { record, profile })
    } else {
        Err(Refusal {
            kind: RefusalKind::Unprocessable,
            faults,
        })
    }
}

/// Whether judging a record asks for mandates: it is one, it speaks by one, or a rule of its type looks for one.
fn asks_for_mandates(profile: &Profile, envelope: &Envelope) -> bool {
    let name = &envelope.record_type;
    let rules = || profile.model().rules.iter();
    name == MANDATE
        || envelope.on_behalf_of.is_some()
        || rules().any(|r| r.on.contains(name) && read::asks_for_mandates(r))
}
