//! Deliveries from peers: each entry judged by itself, none keeps another out.
//!
//! Membership is a function of the record alone: id, stamp, proof under a key of that time. What is lacking to judge it parks it
//! as *waiting*, by name; a refusal is an answer that both sides keep.

use std::sync::Arc;

use garita_credential::resolver::{ResolveError, Resolver};
use garita_credential::{Code, Problem, Suite};
use garita_store::{Lacking, NAME_BYTES_MAX};
use serde_json::Value;

use crate::core::Core;
use crate::envelope::Envelope;
use crate::governance::{Network, node_method};
use crate::parse;
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::sequence::Taken;
use crate::stamp::{Stamp, WHOLE};
use crate::submit::blocking;
use crate::verify;
use crate::wire::{Delivery, DeliveryAnswer, DeliveryEntry, RECORDS_PER_DELIVERY_MAX};

/// Sequences that a delivery may be ahead of what was taken from the peer: those of other requests under way, and what a node that came
/// back from a copy has forgotten.
const AHEAD_MAX: u64 = 65_536;
/// 9999-12-31T23:59:59.999Z, ms since 1970: the last instant that can be written.
const INSTANT_MS_MAX: i64 = 253_402_300_799_999;

/// A delivered entry after judging.
#[derive(Debug)]
pub(crate) enum VerifiedEntry {
    /// It is what it says.
    Good {
        seq: u64,
        view: String,
        document: Arc<Value>,
        bytes: Vec<u8>,
        envelope: Box<Envelope>,
        stamp: Stamp,
        to: Vec<String>,
        disputed: Option<String>,
        /// Its number among the waiting, where it had waited.
        waited: Option<u64>,
    },
    /// Something is lacking to judge it.
    Waiting {
        seq: u64,
        id: String,
        view: String,
        lacking: Lacking,
        name: String,
        bytes: Vec<u8>,
    },
    /// It is not what it says.
    Refused {
        seq: u64,
        id: Option<String>,
        fault: Fault,
        /// Its number among the waiting, where it had waited.
        waited: Option<u64>,
    },
}

impl VerifiedEntry {
    pub(crate) fn seq(&self) -> u64 {
        match self {
            Self::Good { seq, .. } | Self::Waiting { seq, .. } | Self::Refused { seq, .. } => *seq,
        }
    }
}

/// Takes a delivery of an authenticated peer; answers only after all of it is durable.
///
/// # Errors
/// When the whole delivery cannot be taken (too many entries, somebody else's name, the store away).
pub async fn take(
    core: &Arc<Core>,
    peer: &str,
    delivery: Delivery,
) -> Result<DeliveryAnswer, Refusal> {
    taken(core, peer, delivery, false).await
}

/// The same; `again` where it had come before a copy was restored, and sets nothing off a second time.
pub(crate) async fn taken(
    core: &Arc<Core>,
    peer: &str,
    delivery: Delivery,
    again: bool,
) -> Result<DeliveryAnswer, Refusal> {
    if delivery.from != peer {
        return Err(Refusal::one(
            RefusalKind::Forbidden,
            Fault::at(
                "delivery-from-other",
                "/from",
                format!(
                    "the request is signed by `{peer}` and says it is from `{}`",
                    delivery.from
                ),
                format!(
                    "la petición la firma `{peer}` y dice venir de `{}`",
                    delivery.from
                ),
            ),
        ));
    }
    if delivery.entries.len() > RECORDS_PER_DELIVERY_MAX {
        return Err(Refusal::one(
            RefusalKind::TooLarge,
            Fault::at(
                "delivery-too-many",
                "/entries",
                format!("at most {RECORDS_PER_DELIVERY_MAX} records a delivery"),
                format!("a lo más {RECORDS_PER_DELIVERY_MAX} registros por entrega"),
            ),
        ));
    }
    if let Some(isolation) = core.histories.isolation(&core.network(), peer) {
        return Err(isolated(&isolation.reason));
    }
    let judged = {
        let core = Arc::clone(core);
        let peer = peer.to_owned();
        blocking(move || {
            let seen = core
                .reader
                .inbox_seen(&peer)
                .map_err(|e| crate::sequence::store_refusal(&e))?;
            in_order(&delivery.entries, seen)?;
            let network = core.network();
            Ok(delivery
                .entries
                .into_iter()
                .map(|entry| judge(&core, &network, Home::Peer(&peer), entry, None))
                .collect::<Vec<_>>())
        })
        .await?
    };
    for entry in &judged {
        if let VerifiedEntry::Refused { fault, .. } = entry {
            core.metrics.refuse(&fault.code);
        }
    }
    let Taken {
        results,
        checkpoint,
    } = core.sequencer.delivered(peer, judged, again).await?;
    Ok(DeliveryAnswer {
        results,
        checkpoint,
        governance_head: core.network().head.unwrap_or(0),
    })
}

/// What a peer with two histories is told.
pub(crate) fn isolated(reason: &str) -> Refusal {
    Refusal::one(
        RefusalKind::Forbidden,
        Fault::whole(
            "peer-isolated",
            format!("this node takes nothing from you: your log has two histories ({reason})"),
            format!(
                "este nodo no recibe nada de usted: su bitácora tiene dos historias ({reason})"
            ),
        ),
    )
}

/// That the sequences of a delivery are those of an outbox: they begin at one, rise, and go on from what was taken.
///
/// What both sides hold is compared by walking these numbers: one that is made up would have it walked for ever.
fn in_order(entries: &[DeliveryEntry], seen: u64) -> Result<(), Refusal> {
    let mut last = 0;
    for entry in entries {
        if entry.seq <= last || entry.seq > seen.saturating_add(AHEAD_MAX) {
            return Err(Refusal::one(
                RefusalKind::Malformed,
                Fault::at(
                    "delivery-sequence",
                    "/entries",
                    format!(
                        "sequence {} cannot come after {last}: they begin at 1, rise, and go on from {seen}, the last that was taken",
                        entry.seq
                    ),
                    format!(
                        "la secuencia {} no puede venir después de {last}: empiezan en 1, crecen y siguen a {seen}, la última recibida",
                        entry.seq
                    ),
                ),
            ));
        }
        last = entry.seq;
    }
    Ok(())
}

/// Judges again what waited and may be judged now: governance brought its key or party, or the node started with its program.
///
/// # Errors
/// When the store is away.
pub async fn retry_waiting(core: &Arc<Core>) -> Result<usize, Refusal> {
    let found = {
        let core = Arc::clone(core);
        blocking(move || {
            let network = core.network();
            let mut by_peer: std::collections::BTreeMap<String, Vec<VerifiedEntry>> =
                std::collections::BTreeMap::new();
            let mut after = 0;
            let mut judged_now = 0;
            while judged_now < RECORDS_PER_DELIVERY_MAX {
                let page = core
                    .reader
                    .waiting(after, RECORDS_PER_DELIVERY_MAX)
                    .map_err(|e| crate::sequence::store_refusal(&e))?;
                let Some(last) = page.last() else { break };
                after = last.number;
                for held in page {
                    if !may_be_here(&core, &network, held.lacking, &held.name) {
                        continue;
                    }
                    let Ok(entry) = serde_json::from_slice::<DeliveryEntry>(&held.bytes) else {
                        continue;
                    };
                    let home = Home::Peer(&held.peer);
                    let judged = judge(&core, &network, home, entry, Some(held.number));
                    if !matches!(judged, VerifiedEntry::Waiting { .. }) {
                        judged_now += 1;
                        by_peer.entry(held.peer).or_default().push(judged);
                    }
                }
            }
            Ok(by_peer)
        })
        .await?
    };
    let mut count = 0;
    for (peer, entries) in found {
        count += entries.len();
        core.sequencer.delivered(&peer, entries, false).await?;
    }
    Ok(count)
}

/// Whose records are judged.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Home<'a> {
    /// A peer's, delivered to parties of this node.
    Peer(&'a str),
    /// This node's own, given back by somebody who has them.
    Own(&'a str),
}

pub(crate) fn judge(
    core: &Core,
    network: &Network,
    from: Home<'_>,
    entry: DeliveryEntry,
    waited: Option<u64>,
) -> VerifiedEntry {
    let seq = entry.seq;
    let bytes = entry.record.get().as_bytes();
    let refused = |id: Option<String>, fault: Fault| VerifiedEntry::Refused {
        seq,
        id,
        fault,
        waited,
    };
    let parsed = match parse::parse(bytes, &entry.view) {
        Ok(parsed) => parsed,
        Err(refusal) => {
            return refused(
                None,
                refusal
                    .faults
                    .into_iter()
                    .next()
                    .unwrap_or_else(|| Fault::whole("refused", "", "")),
            );
        }
    };
    let id = parsed.envelope.id.clone();
    let wait = |lacking: Lacking, name: String, entry: &DeliveryEntry| VerifiedEntry::Waiting {
        seq,
        id: id.clone(),
        view: entry.view.clone(),
        lacking,
        name,
        bytes: serde_json::to_vec(entry).unwrap_or_default(),
    };
    if parsed.envelope.view.as_deref().unwrap_or(WHOLE) != entry.view
        || entry.stamp.view != entry.view
        || entry.stamp.id != id
    {
        return refused(
            Some(id),
            Fault::whole(
                "delivery-mismatch",
                "the delivery's view or stamp is of another record",
                "la vista o el sello de la entrega son de otro registro",
            ),
        );
    }
    let (Home::Peer(node) | Home::Own(node)) = from;
    if matches!(from, Home::Peer(_)) && !entry.to.iter().any(|party| core.hosts(party)) {
        return refused(
            Some(id),
            Fault::whole(
                "delivery-not-ours",
                "none of those to whom it is addressed has its home here; nothing of it was kept",
                "ninguno de los destinatarios tiene aquí su nodo; no se guardó nada de ello",
            ),
        );
    }
    if parsed.envelope.network != network.id {
        return refused(
            Some(id),
            Fault::at(
                "network-unknown",
                "/network",
                format!("this node exchanges under network `{}`", network.id),
                format!("este nodo intercambia en la red `{}`", network.id),
            ),
        );
    }
    let issuer = &parsed.envelope.issuer;
    let Some(home) = network.home_of(issuer) else {
        return wait(Lacking::Charter, issuer.clone(), &entry);
    };
    if home.did != entry.stamp.node || home.did != node {
        return refused(
            Some(id),
            Fault::whole(
                "stamp-not-home",
                format!(
                    "only the issuer's home may stamp and deliver: `{}`",
                    home.did
                ),
                format!(
                    "solo el nodo del emisor puede sellar y entregar: `{}`",
                    home.did
                ),
            ),
        );
    }
    // By any key that the node had by then: what it stamped before its key changed may be on its way for days.
    let stamped = (0..=INSTANT_MS_MAX).contains(&entry.stamp.logged)
        && network
            .keys
            .of(&node_method(&home.did))
            .iter()
            .filter(|key| {
                key.revoked_from_ms
                    .is_none_or(|from| entry.stamp.logged < from)
            })
            .any(|key| entry.stamp.verify(&key.key));
    if !stamped {
        return refused(
            Some(id),
            Fault::whole(
                "stamp-invalid",
                "the stamp is not signed by a key of the home node",
                "el sello no está firmado con una llave del nodo de origen",
            ),
        );
    }
    let Some(profile) = core.programs.for_core(&parsed.envelope.profile) else {
        return wait(Lacking::Profile, parsed.envelope.profile.clone(), &entry);
    };
    // A version in force is asked of a record as a key of its time is: by when its home logged it.
    if let Some(adoption) = network.profiles.get(&parsed.envelope.profile)
        && adoption.from_ms > entry.stamp.logged
    {
        let from = crate::encode::instant_text(adoption.from_ms);
        return refused(
            Some(id),
            Fault::at(
                "profile-not-in-force-yet",
                "/profile",
                format!(
                    "it was logged before its version of `{}` was in force ({from})",
                    adoption.profile
                ),
                format!(
                    "se asentó antes de que rigiera su versión de `{}` ({from})",
                    adoption.profile
                ),
            ),
        );
    }
    // Types that every program has come with the engine: a peer with a newer one may use more of them under the same core.
    if !profile
        .model()
        .records
        .contains_key(&parsed.envelope.record_type)
    {
        return wait(
            Lacking::Context,
            parsed.envelope.record_type.clone(),
            &entry,
        );
    }
    let document = Arc::clone(&parsed.document);
    match verify::verify(parsed, network, &core.canonicalizer, entry.stamp.logged) {
        Ok(verified) => good(seq, entry, verified, None, waited),
        Err(problems) => {
            if let Some((lacking, name)) = lacking(&problems, &document) {
                return wait(lacking, name, &entry);
            }
            // Revocation, expiry: the record is what its author signed. It is kept, and moves nothing.
            if let Some(reason) = only_disputes(&problems) {
                let Ok(parsed) = parse::parse(entry.record.get().as_bytes(), &entry.view) else {
                    return refused(Some(id), verify_fault(&problems));
                };
                let verified = verify::Verified::of(parsed);
                return good(seq, entry, verified, Some(reason), waited);
            }
            refused(Some(id), verify_fault(&problems))
        }
    }
}

fn good(
    seq: u64,
    entry: DeliveryEntry,
    verified: verify::Verified,
    disputed: Option<String>,
    waited: Option<u64>,
) -> VerifiedEntry {
    VerifiedEntry::Good {
        seq,
        view: entry.view,
        document: verified.document,
        bytes: verified.bytes,
        envelope: Box::new(verified.envelope),
        stamp: entry.stamp,
        to: entry.to,
        disputed,
        waited,
    }
}

/// What is lacking to judge a record, by kind and name; none where something was judged and does not hold.
fn lacking(problems: &[Problem], document: &Value) -> Option<(Lacking, String)> {
    let kind = |problem: &Problem| match problem.code {
        Code::KeyUnknown => Some(Lacking::Key),
        Code::SuiteUnknown => Some(Lacking::Proof),
        Code::Canon("context-unknown") => Some(Lacking::Context),
        _ => None,
    };
    let suite_unknown = problems.iter().any(|p| p.code == Code::SuiteUnknown);
    // What a proof value looks like is its suite's to say.
    let open = |problem: &Problem| {
        kind(problem).is_some()
            || disputes(problem.code)
            || (suite_unknown && problem.code == Code::ProofMalformed)
    };
    if !problems.iter().all(open) {
        return None;
    }
    let (lacking, problem) = problems.iter().find_map(|p| Some((kind(p)?, p)))?;
    let name = document
        .pointer(&problem.pointer)
        .and_then(Value::as_str)
        .unwrap_or(&problem.message);
    // Upholds (names fit).
    let name = name.get(..name.floor_char_boundary(NAME_BYTES_MAX));
    Some((lacking, name.unwrap_or_default().to_owned()))
}

/// Whether a problem leaves the record standing as its author's word: it is kept, and moves nothing.
fn disputes(code: Code) -> bool {
    matches!(
        code,
        Code::KeyRevoked | Code::CredentialExpired | Code::CredentialNotYetValid
    )
}

/// Whether what is lacking may be here now; the record itself is judged only then.
fn may_be_here(core: &Core, network: &Network, lacking: Lacking, name: &str) -> bool {
    match lacking {
        Lacking::Charter => network.home_of(name).is_some(),
        Lacking::Profile => core.programs.for_core(name).is_some(),
        Lacking::Key => !matches!(
            network.key(name, None),
            Err(ResolveError::KeyUnknown { .. })
        ),
        // A context's URL, or a type.
        Lacking::Context => {
            core.canonicalizer.contexts().get(name).is_some()
                || core.programs.for_record_type(name).is_some()
        }
        Lacking::Proof => Suite::from_name(name).is_some(),
    }
}

/// The reason, where all problems are of a kind that leaves the record standing as its author's word.
fn only_disputes(problems: &[Problem]) -> Option<String> {
    problems
        .iter()
        .all(|p| disputes(p.code))
        .then(|| problems.first().map(|p| p.code().to_owned()))
        .flatten()
}

fn verify_fault(problems: &[Problem]) -> Fault {
    problems
        .first()
        .map(verify::fault)
        .unwrap_or_else(|| Fault::whole("proof-invalid", "", ""))
}
