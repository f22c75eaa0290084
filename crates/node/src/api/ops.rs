//! For whoever runs the node: health, status, metrics; the DID documents of the node and its parties.
//!
//! Anybody is told what is public of a node: its log's head, and whether it is in step. How much there is of what is not: a number that
//! grows with a record tells those who hold no such record of it. So counts are for the operator, and for who bears `monitor.token`.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use garita_credential::did::{self, Did};
use garita_exchange::core::Core;
use garita_exchange::encode;
use garita_exchange::governance::node_method;
use garita_exchange::incident;
use garita_exchange::sequence::store_refusal;
use serde_json::{Value, json};

use super::peers::{standings, waiting};
use super::problem::Problem;
use crate::server::{App, blocking};

/// `GET /livez`.
pub async fn livez() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the store answers.
pub async fn readyz(State(app): State<Arc<App>>) -> Response {
    let core = Arc::clone(app.core());
    match blocking(move || {
        core.reader
            .head()
            .map(|_| ())
            .map_err(|e| store_refusal(&e))
    })
    .await
    {
        Ok(()) => "ready\n".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the store is away\n").into_response(),
    }
}

/// Members of a peer's standing that say nothing of how much there is.
const PUBLIC_OF_PEER: [&str; 6] = ["did", "name", "url", "inStep", "reached", "silentSince"];

/// Whether who asks may know how much there is on this node.
fn is_told_counts(app: &App, headers: &HeaderMap) -> bool {
    app.is_admin(headers) || app.is_monitor(headers)
}

/// `GET /v1/status`: the log's head and the standings; for who runs the node also counts. Nothing of any case.
pub async fn status(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    if is_told_counts(&app, &headers) {
        counted(&app).await
    } else {
        public(&app).await
    }
}

/// What anybody is told; it costs the same however much there is.
async fn public(app: &Arc<App>) -> Result<Json<Value>, Problem> {
    let core = Arc::clone(app.core());
    let head = blocking(move || core.reader.head().map_err(|e| store_refusal(&e))).await?;
    let core = app.core();
    let mut peers = standings(app, &[], &|_| false);
    for peer in peers.iter_mut().filter_map(Value::as_object_mut) {
        peer.retain(|name, _| PUBLIC_OF_PEER.contains(&name.as_str()));
    }
    Ok(Json(json!({
        "name": app.name(),
        "did": core.identity.did,
        "network": core.network().id,
        "log": {
            "size": head.frontier.size().get(),
            "root": head.frontier.root().to_base64(),
            "witnessed": witnessed(core),
        },
        "inStep": all_in_step(&peers),
        "peers": peers,
    })))
}

/// The newest checkpoint that more than half of the witnesses cosigned.
fn witnessed(core: &Core) -> Option<Value> {
    core.witnessed.newest().map(|held| {
        json!({
            "size": held.checkpoint.size.get(),
            "at": encode::instant_text(held.at_ms()),
            "by": held.by.iter().map(|by| &by.did).collect::<Vec<_>>(),
            "of": held.of,
        })
    })
}

fn all_in_step(peers: &[Value]) -> bool {
    peers
        .iter()
        .all(|p| p.get("inStep").and_then(Value::as_bool) == Some(true))
}

async fn counted(app: &Arc<App>) -> Result<Json<Value>, Problem> {
    let core = Arc::clone(app.core());
    let counts = blocking(move || core.reader.counts().map_err(|e| store_refusal(&e))).await?;
    let core = app.core();
    let peers = standings(app, &waiting(app).await?, &|_| false);
    let in_step = all_in_step(&peers);
    Ok(Json(json!({
        "name": app.name(),
        "did": core.identity.did,
        "network": core.network().id,
        "records": counts.records,
        "cases": counts.cases,
        "log": {
            "size": counts.log_size,
            "root": counts.log_root,
            "witnessed": witnessed(core),
        },
        "deliveries": {
            "sent": counts.deliveries,
            "acknowledged": counts.deliveries_acked,
            "pending": counts.deliveries_pending,
        },
        "waiting": counts.waiting,
        "forks": counts.forks,
        "attachments": counts.attachments,
        "refused": core.metrics.refused(),
        "peers": peers,
        "inStep": in_step,
    })))
}

/// `GET /metrics`: Prometheus text; no label names a case, a party or a record. Counts of records and deliveries are for who runs the node.
pub async fn metrics(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    let core = Arc::clone(app.core());
    let head = {
        let core = Arc::clone(&core);
        blocking(move || core.reader.head().map_err(|e| store_refusal(&e))).await?
    };
    let mut text = String::new();
    series(
        &mut text,
        "garita_log_size",
        "gauge",
        "Leaves of the log.",
        &[(String::new(), head.frontier.size().get())],
    );
    series(
        &mut text,
        "garita_log_violations_total",
        "counter",
        "Logs of peers that contradicted themselves.",
        &[(
            String::new(),
            core.metrics.log_violations.load(Ordering::Relaxed),
        )],
    );
    series(
        &mut text,
        "garita_log_witnessed_size",
        "gauge",
        "Leaves that more than half of the witnesses have cosigned.",
        &[(
            String::new(),
            core.witnessed
                .newest()
                .map_or(0, |held| held.checkpoint.size.get()),
        )],
    );
    let standings = app.standings().all();
    let in_step: Vec<(String, u64)> = standings
        .iter()
        .map(|(peer, standing)| (labelled("peer", peer), u64::from(standing.in_step())))
        .collect();
    series(
        &mut text,
        "garita_peer_in_step",
        "gauge",
        "Whether a peer and this node hold the same of each other.",
        &in_step,
    );
    let isolated: Vec<(String, u64)> = standings
        .iter()
        .map(|(peer, standing)| {
            (
                labelled("peer", peer),
                u64::from(standing.isolated.is_some()),
            )
        })
        .collect();
    series(
        &mut text,
        "garita_peer_isolated",
        "gauge",
        "Whether a peer is isolated for two histories of its log.",
        &isolated,
    );
    if is_told_counts(&app, &headers) {
        counters(&app, &mut text);
        let peers: Vec<String> = standings.keys().cloned().collect();
        let open = blocking(move || {
            peers
                .into_iter()
                .map(|peer| {
                    let kept = incident::incidents(&core.reader, &peer)?;
                    let open = kept.iter().filter(|i| i.healed_ms.is_none()).count();
                    let open = u64::try_from(open).unwrap_or(u64::MAX);
                    Ok((labelled("peer", &peer), open))
                })
                .collect::<Result<Vec<_>, _>>()
        })
        .await?;
        series(
            &mut text,
            "garita_peer_divergences_open",
            "gauge",
            "Divergences from a peer that are not healed.",
            &open,
        );
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}

/// What grows with records, deliveries and requests.
fn counters(app: &App, text: &mut String) {
    let m = &app.core().metrics;
    for (name, help, value) in [
        (
            "garita_records_issued_total",
            "Records sequenced here as home.",
            &m.issued,
        ),
        (
            "garita_records_received_total",
            "Records taken from peers.",
            &m.received,
        ),
        (
            "garita_commits_total",
            "Commits of the sequencer.",
            &m.commits,
        ),
        (
            "garita_commit_microseconds_total",
            "Time in commits.",
            &m.commit_us,
        ),
        (
            "garita_sequencer_microseconds_total",
            "Time of the sequencer in all.",
            &m.sequence_us,
        ),
        (
            "garita_deliveries_total",
            "Deliveries acknowledged by peers.",
            &m.delivered,
        ),
        (
            "garita_delivery_retries_total",
            "Delivery requests tried again.",
            &m.delivery_retries,
        ),
        (
            "garita_divergences_total",
            "Comparisons by which this node or a peer lacked what it should have had.",
            &m.divergences,
        ),
        (
            "garita_divergence_records_total",
            "Records that were had or given again after one.",
            &m.divergence_records,
        ),
        (
            "garita_file_violations_total",
            "Files of which a peer gave other bytes, or more than it said.",
            &m.file_violations,
        ),
    ] {
        let value = value.load(Ordering::Relaxed);
        series(text, name, "counter", help, &[(String::new(), value)]);
    }
    let refused: Vec<(String, u64)> = m
        .refused()
        .into_iter()
        .map(|(code, count)| (labelled("code", &code), count))
        .collect();
    series(
        text,
        "garita_refusals_total",
        "counter",
        "Refusals by code.",
        &refused,
    );
    let held: Vec<(String, u64)> = app
        .rates()
        .refused()
        .into_iter()
        .map(|(limit, count)| (labelled("limit", limit), count))
        .collect();
    let help = "Requests refused because their asker had asked for too much, by the limit.";
    series(text, "garita_rate_limited_total", "counter", help, &held);
    let overdue = [(String::new(), app.rates().overdue())];
    let help = "Requests of which no answer came in time.";
    series(
        text,
        "garita_requests_overdue_total",
        "counter",
        help,
        &overdue,
    );
    let pending: Vec<(String, u64)> = app
        .standings()
        .all()
        .iter()
        .map(|(peer, standing)| (labelled("peer", peer), standing.pending))
        .collect();
    let help = "Deliveries that wait for a peer.";
    series(text, "garita_peer_pending", "gauge", help, &pending);
}

fn labelled(name: &str, value: &str) -> String {
    format!("{{{name}=\"{value}\"}}")
}

/// One metric with its lines, each with its labels as they are written.
fn series(text: &mut String, name: &str, kind: &str, help: &str, lines: &[(String, u64)]) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    for (labels, value) in lines {
        let _ = writeln!(text, "{name}{labels} {value}");
    }
}

/// `GET /.well-known/did.json`.
pub async fn node_did(State(app): State<Arc<App>>) -> Result<Json<Value>, Problem> {
    let identity = &app.core().identity;
    let did = Did::parse(&identity.did).map_err(|_| Problem::not_found())?;
    Ok(Json(did::document(
        &did,
        &[(node_method(&identity.did), identity.key.verification_key())],
    )))
}

/// `GET /parties/{slug}/did.json`.
pub async fn party_did(
    State(app): State<Arc<App>>,
    Path(slug): Path<String>,
) -> Result<Json<Value>, Problem> {
    let party = app.party_by_slug(&slug).ok_or_else(Problem::not_found)?;
    let hosted = app
        .core()
        .hosted
        .get(&party.did)
        .ok_or_else(Problem::not_found)?;
    let did = Did::parse(&party.did).map_err(|_| Problem::not_found())?;
    let current = hosted.current();
    let mut keys: Vec<_> = current
        .public_keys()
        .map(|(method, key)| (method.to_owned(), key))
        .collect();
    // What earlier keys signed for use outside stays good: who resolves this DID has no chain to ask.
    let network = app.core().network();
    let mut earlier: Vec<_> = network
        .keys
        .entries()
        .filter(|key| key.controller == party.did && key.revoked_from_ms.is_none())
        .filter(|key| {
            keys.iter()
                .all(|(method, _)| *method != key.verification_method)
        })
        .map(|key| (key.verification_method.clone(), key.key.clone()))
        .collect();
    earlier.sort_by(|a, b| a.0.cmp(&b.0));
    keys.extend(earlier);
    Ok(Json(did::document(&did, &keys)))
}
