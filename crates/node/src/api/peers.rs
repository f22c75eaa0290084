//! Between nodes: deliveries, governance, digests. Requests are signed (RFC 9421) by a node of the network's list.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, RawQuery, State};
use axum::http::HeaderMap;
use garita_exchange::contacts::{self, Contact};
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::sequence::store_refusal;
use garita_exchange::wire::{
    DELIVERY_BYTES_MAX, Delivery, DeliveryAnswer, GovernanceFeed, Pull, StepDigest, TakenFeed,
};
use garita_exchange::{deliver, encode, epoch, history, incident, intake, regain, sync};
use garita_store::WaitingFor;
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::Problem;
use super::reading::reading;
use crate::access::{self, Scope};
use crate::server::{App, blocking};
use crate::signed::Caller;

const GOVERNANCE_PAGE: usize = 500;
/// Divergences of one peer that an answer lists.
const DIVERGENCES_MAX: usize = 8;
/// Names of what is waited for that one answer lists.
const WAITING_MAX: usize = 200;

/// `POST /v1/peer/deliveries`.
pub async fn deliveries(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<DeliveryAnswer>, Problem> {
    let core = app.core();
    let peer = access::peer(core, "POST", "/v1/peer/deliveries", None, &headers, &body)?;
    // One record always goes, however large: its own limit is the parser's.
    if body.len() > DELIVERY_BYTES_MAX + garita_exchange::parse::RECORD_BYTES_MAX {
        return Err(Refusal::one(
            RefusalKind::TooLarge,
            Fault::whole(
                "delivery-too-large",
                format!("a delivery is at most {DELIVERY_BYTES_MAX} bytes"),
                format!("una entrega es de a lo más {DELIVERY_BYTES_MAX} bytes"),
            ),
        )
        .into());
    }
    let delivery: Delivery = serde_json::from_slice(&body).map_err(|e| {
        Refusal::one(
            RefusalKind::Malformed,
            Fault::whole("delivery-malformed", e.to_string(), e.to_string()),
        )
    })?;
    Ok(Json(intake::take(core, &peer, delivery).await?))
}

/// Query of `GET /v1/governance`.
#[derive(Debug, Deserialize)]
pub struct GovernanceQuery {
    after: Option<i64>,
}

/// `GET /v1/governance?after=N`: signed entries, public to whoever reaches the node.
pub async fn governance(
    State(app): State<Arc<App>>,
    Query(query): Query<GovernanceQuery>,
) -> Result<Json<GovernanceFeed>, Problem> {
    let after = query.after.unwrap_or(-1);
    if after < -1 {
        return Err(Problem::parameter(
            "after",
            "`after` is the number of an entry, or -1 for all",
            "`after` es el número de un asiento, o -1 para todos",
        ));
    }
    let from = u64::try_from(after.saturating_add(1)).unwrap_or(0);
    let core = Arc::clone(app.core());
    let set_up = app.governance();
    let entries = blocking(move || {
        let mut entries: Vec<Value> = set_up
            .iter()
            .filter(|e| number_of(e).is_some_and(|n| n >= from))
            .cloned()
            .collect();
        let next = entries.last().and_then(number_of).map_or(from, |n| n + 1);
        let stored = core
            .reader
            .governance(next, GOVERNANCE_PAGE)
            .map_err(|e| store_refusal(&e))?;
        entries.extend(
            stored
                .into_iter()
                .filter_map(|e| serde_json::from_slice::<Value>(&e.document).ok()),
        );
        entries.truncate(GOVERNANCE_PAGE);
        Ok(entries)
    })
    .await?;
    Ok(Json(GovernanceFeed { entries }))
}

/// `POST /v1/governance`: a signed entry, by whoever has it; what counts is the authorities' signatures.
pub async fn govern(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let core = app.core();
    if !app.is_admin(caller.headers()) {
        access::principal(core, &caller, Scope::Submit)?;
    }
    let entry = garita_exchange::parse::document(&body)?;
    let network = core.govern(vec![entry]).await?;
    Ok(Json(
        json!({ "head": network.head, "digest": network.head_digest }),
    ))
}

fn number_of(entry: &Value) -> Option<u64> {
    entry
        .pointer("/credentialSubject/number")
        .and_then(Value::as_u64)
}

/// `GET /v1/peers`: how each peer stands.
pub async fn list(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Value>, Problem> {
    let waiting = waiting(&app).await?;
    if app.is_admin(caller.headers()) {
        return Ok(Json(
            json!({ "items": standings(&app, &waiting, &|_| true) }),
        ));
    }
    let shown = Arc::clone(&app);
    let items = reading(&app, &caller, move |core, party| {
        // A party is told of its own records; of others', how many.
        let reads = |id: &str| {
            let held = core.reader.record_views(party, id);
            held.is_ok_and(|views| !views.is_empty())
        };
        Ok(standings(&shown, &waiting, &reads))
    })
    .await?;
    Ok(Json(json!({ "items": items })))
}

/// What deliveries of peers wait for here.
pub(crate) async fn waiting(app: &App) -> Result<Vec<WaitingFor>, Refusal> {
    let core = Arc::clone(app.core());
    blocking(move || {
        core.reader
            .waiting_by_name(WAITING_MAX)
            .map_err(|e| store_refusal(&e))
    })
    .await
}

/// `GET /v1/network`: what the chain says as of its last adopted entry, public to whoever reaches the node.
pub async fn network(State(app): State<Arc<App>>) -> Json<Value> {
    let core = app.core();
    let network = core.network();
    let now_ms = core.clock.now_ms();
    let profiles: Vec<Value> = network
        .profiles
        .iter()
        .map(|(digest, adoption)| {
            json!({
                "profile": adoption.profile,
                "version": adoption.version,
                "core": digest,
                "entry": adoption.entry,
                "signers": adoption.signers,
                "inForceFrom": (adoption.from_ms > i64::MIN).then(|| encode::instant_text(adoption.from_ms)),
                "inForce": network.may_issue_under(&adoption.profile, digest, now_ms),
                "package": adoption.package,
                "supersedes": adoption.supersedes,
                "signatories": adoption.signatories,
                "cosignatures": adoption.cosignatures.iter().map(|c| json!({
                    "role": c.role,
                    "party": c.party,
                    "name": network.name_of(&c.party),
                    "verificationMethod": c.verification_method,
                    "signed": encode::instant_text(c.signed_ms),
                })).collect::<Vec<_>>(),
                "installed": core.programs.for_core(digest).is_some(),
            })
        })
        .collect();
    Json(json!({
        "id": network.id,
        "name": network.name,
        "simulated": network.simulated,
        "head": network.head,
        "headDigest": network.head_digest,
        "authorities": network.authorities,
        "threshold": network.threshold,
        "profiles": profiles,
        "nodes": network.nodes.values().map(|node| json!({
            "did": node.did,
            "name": node.name,
            "url": node.url,
            "logKey": node.log_key,
            "witnessKey": node.witness_key,
        })).collect::<Vec<_>>(),
        "witnesses": network.witnesses,
        "parties": network.homes.iter().map(|(did, home)| json!({
            "did": did,
            "name": network.name_of(did),
            "home": home,
        })).collect::<Vec<_>>(),
    }))
}

/// Peers with their standings; records are named where `named` says so.
pub(crate) fn standings(
    app: &App,
    waiting: &[WaitingFor],
    named: &dyn Fn(&str) -> bool,
) -> Vec<Value> {
    let core = app.core();
    let network = core.network();
    let known = app.standings().all();
    network
        .nodes
        .values()
        .filter(|node| node.did != core.identity.did)
        .map(|node| {
            let standing = known.get(&node.did).cloned().unwrap_or_default();
            let log = core.histories.standing(&network, &node.did);
            json!({
                "did": node.did,
                "name": node.name,
                "url": node.url,
                "inStep": standing.in_step(),
                "pending": standing.pending,
                "reached": (standing.reached_ms > 0).then(|| encode::instant_text(standing.reached_ms)),
                "silentSince": standing.silent_since_ms.map(encode::instant_text),
                "holdsOurs": standing.holds_ours,
                "weHoldTheirs": standing.we_hold_theirs,
                "waiting": waiting.iter().filter(|w| w.peer == node.did).map(|w| json!({
                    "lacking": w.lacking.as_str(),
                    "name": w.name,
                    "count": w.count,
                    "since": encode::instant_text(w.since_ms),
                })).collect::<Vec<_>>(),
                "log": {
                    "size": log.size,
                    "checked": (log.checked_ms > 0).then(|| encode::instant_text(log.checked_ms)),
                    "unchecked": log.unchecked,
                    "epoch": network.logs.get(&node.did).map_or(1, Vec::len),
                    "continues": network.logs.get(&node.did).and_then(|logs| logs.last()?.continues.as_ref()).map(|continues| json!({
                        "reason": continues.reason,
                        "since": encode::instant_text(continues.at_ms),
                        "lostAtMost": epoch::lost(continues),
                    })),
                },
                "regaining": regaining(core, &node.did),
                "divergences": divergences(core, &node.did, named),
                "isolated": log.isolation.map(|isolation| json!({
                    "reason": isolation.reason,
                    "since": encode::instant_text(isolation.since_ms),
                })),
            })
        })
        .collect()
}

/// Whether something that a copy lacked is not here again yet.
pub(crate) fn regaining(core: &garita_exchange::core::Core, peer: &str) -> bool {
    let hole = core.reader.outbox_hole(peer).ok().flatten();
    hole.is_some_and(|hole| hole.done_ms.is_none())
}

/// What was found to be missing on one of the two sides, the newest first.
fn divergences(
    core: &garita_exchange::core::Core,
    peer: &str,
    named: &dyn Fn(&str) -> bool,
) -> Vec<Value> {
    let kept = incident::incidents(&core.reader, peer).unwrap_or_default();
    kept.iter()
        .rev()
        .take(DIVERGENCES_MAX)
        .map(|incident| {
            json!({
                "at": encode::instant_text(incident.at_ms),
                "theyLacked": incident.they_lacked,
                "weLacked": incident.we_lacked,
                "lostHere": incident.lost_here,
                "lostThere": incident.lost_there,
                "recounted": incident.recounted,
                "ids": incident.ids.iter().filter(|id| named(id)).collect::<Vec<_>>(),
                "healed": incident.healed_ms.map(encode::instant_text),
            })
        })
        .collect()
}

/// Query of `GET /v1/peer/digest`.
#[derive(Debug, Deserialize)]
pub struct DigestQuery {
    through: u64,
}

/// `GET /v1/peer/digest?through=N`: what this node holds of the asking peer's records.
pub async fn digest(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
    Query(query): Query<DigestQuery>,
) -> Result<Json<StepDigest>, Problem> {
    let peer = access::peer(
        app.core(),
        "GET",
        "/v1/peer/digest",
        raw.as_deref(),
        &headers,
        &[],
    )?;
    Ok(Json(
        sync::received_from(app.core(), &app.exchange().steps, &peer, query.through).await?,
    ))
}

/// `GET /v1/peer/delivered`: what this node delivered to the asking peer.
pub async fn delivered(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Json<StepDigest>, Problem> {
    let peer = access::peer(app.core(), "GET", "/v1/peer/delivered", None, &headers, &[])?;
    Ok(Json(
        sync::delivered_to(app.core(), &app.exchange().steps, &peer).await?,
    ))
}

/// `GET /v1/peer/seen`: what this node has seen of the asking peer's log, and taken of its deliveries.
pub async fn seen(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Json<history::Seen>, Problem> {
    let peer = access::peer(app.core(), "GET", "/v1/peer/seen", None, &headers, &[])?;
    Ok(Json(history::seen(app.core(), &peer).await?))
}

/// Query of `GET /v1/peer/taken`.
#[derive(Debug, Deserialize)]
pub struct TakenQuery {
    after: u64,
}

/// `GET /v1/peer/taken?after=N`: what this node took of the asking peer's deliveries, for one that lost it.
pub async fn taken(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
    Query(query): Query<TakenQuery>,
) -> Result<Json<TakenFeed>, Problem> {
    let (core, path) = (app.core(), "/v1/peer/taken");
    let peer = access::peer(core, "GET", path, raw.as_deref(), &headers, &[])?;
    Ok(Json(regain::taken(core, &peer, query.after).await?))
}

/// `POST /v1/peer/pull`: what lies here for the asking peer, which cannot be called; the answer may wait for news.
pub async fn pull(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Delivery>, Problem> {
    let core = app.core();
    let peer = access::peer(core, "POST", "/v1/peer/pull", None, &headers, &body)?;
    let pull: Pull = serde_json::from_slice(&body).map_err(|e| {
        Refusal::one(
            RefusalKind::Malformed,
            Fault::whole("delivery-malformed", e.to_string(), e.to_string()),
        )
    })?;
    if pull.after.is_none() {
        let steps = &app.exchange().steps;
        sync::told(core, app.standings(), steps, &peer, &pull).await?;
    }
    let mut stop = app.exchange().stopping();
    tokio::select! {
        found = deliver::pulled(core, &peer, &pull) => Ok(Json(found?)),
        _ = stop.changed() => Err(Refusal::one(
            RefusalKind::Unavailable,
            Fault::whole("node-stopping", "the node is stopping", "el nodo se está deteniendo"),
        )
        .into()),
    }
}

/// `POST /v1/peer/answers`: what became of deliveries that the peer pulled.
pub async fn answers(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let core = app.core();
    let peer = access::peer(core, "POST", "/v1/peer/answers", None, &headers, &body)?;
    let answer: DeliveryAnswer = serde_json::from_slice(&body).map_err(|e| {
        Refusal::one(
            RefusalKind::Malformed,
            Fault::whole("delivery-malformed", e.to_string(), e.to_string()),
        )
    })?;
    deliver::answered(core, &peer, answer).await?;
    Ok(Json(json!({ "taken": true })))
}

/// Query of `GET /v1/peer/contacts`.
#[derive(Debug, Deserialize)]
pub struct ContactsQuery {
    known: Option<String>,
}

/// `GET /v1/peer/contacts?known=DIGEST`: whom to call at the parties of this node, as they signed it; nothing where the asker has it.
pub async fn contacts(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
    Query(query): Query<ContactsQuery>,
) -> Result<Json<contacts::Feed>, Problem> {
    let core = app.core();
    let path = "/v1/peer/contacts";
    access::peer(core, "GET", path, raw.as_deref(), &headers, &[])?;
    let known = query.known.unwrap_or_default();
    Ok(Json(core.contacts.feed(core, &known)))
}

/// `POST /v1/contacts`: the caller's party says whom to call.
pub async fn set_contact(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let core = app.core();
    let principal = access::principal(core, &caller, Scope::Submit)?;
    let contact: Contact = serde_json::from_slice(&body).map_err(|e| {
        Refusal::one(
            RefusalKind::Malformed,
            Fault::whole("contact-malformed", e.to_string(), e.to_string()),
        )
    })?;
    contacts::set(core, &principal.party, contact).await?;
    Ok(Json(
        json!({ "party": principal.party, "contact": core.contacts.of(&principal.party) }),
    ))
}
