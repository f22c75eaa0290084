//! For whoever runs the node: health, status, metrics; the DID documents of the node and its parties.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use garita_credential::did::{self, Did};
use garita_exchange::governance::node_method;
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

/// `GET /v1/status`: counts and standings, nothing of any case.
pub async fn status(State(app): State<Arc<App>>) -> Result<Json<Value>, Problem> {
    let core = Arc::clone(app.core());
    let counts = blocking(move || core.reader.counts().map_err(|e| store_refusal(&e))).await?;
    let core = app.core();
    let peers = standings(&app, &waiting(&app).await?);
    let in_step = peers
        .iter()
        .all(|p| p.get("inStep").and_then(Value::as_bool) == Some(true));
    Ok(Json(json!({
        "name": app.name(),
        "did": core.identity.did,
        "network": core.network().id,
        "records": counts.records,
        "cases": counts.cases,
        "log": { "size": counts.log_size, "root": counts.log_root },
        "deliveries": {
            "sent": counts.deliveries,
            "acknowledged": counts.deliveries_acked,
            "pending": counts.deliveries_pending,
        },
        "waiting": counts.waiting,
        "forks": counts.forks,
        "refused": core.metrics.refused(),
        "peers": peers,
        "inStep": in_step,
    })))
}

/// `GET /metrics`: Prometheus text; no label names a case, a party or a record.
pub async fn metrics(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let core = Arc::clone(app.core());
    let head = {
        let core = Arc::clone(&core);
        blocking(move || core.reader.head().map_err(|e| store_refusal(&e))).await?
    };
    let m = &core.metrics;
    let mut text = String::new();
    let mut counter = |name: &str, help: &str, value: u64| {
        let _ = writeln!(
            text,
            "# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}"
        );
    };
    counter(
        "garita_records_issued_total",
        "Records sequenced here as home.",
        m.issued.load(Ordering::Relaxed),
    );
    counter(
        "garita_records_received_total",
        "Records taken from peers.",
        m.received.load(Ordering::Relaxed),
    );
    counter(
        "garita_commits_total",
        "Commits of the sequencer.",
        m.commits.load(Ordering::Relaxed),
    );
    counter(
        "garita_commit_microseconds_total",
        "Time in commits.",
        m.commit_us.load(Ordering::Relaxed),
    );
    counter(
        "garita_sequencer_microseconds_total",
        "Time of the sequencer in all.",
        m.sequence_us.load(Ordering::Relaxed),
    );
    counter(
        "garita_deliveries_total",
        "Deliveries acknowledged by peers.",
        m.delivered.load(Ordering::Relaxed),
    );
    counter(
        "garita_delivery_retries_total",
        "Delivery requests tried again.",
        m.delivery_retries.load(Ordering::Relaxed),
    );
    counter(
        "garita_log_violations_total",
        "Logs of peers that contradicted themselves.",
        m.log_violations.load(Ordering::Relaxed),
    );
    counter(
        "garita_file_violations_total",
        "Files of which a peer gave other bytes, or more than it said.",
        m.file_violations.load(Ordering::Relaxed),
    );
    let _ = writeln!(
        text,
        "# HELP garita_refusals_total Refusals by code.\n# TYPE garita_refusals_total counter"
    );
    for (code, count) in m.refused() {
        let _ = writeln!(text, "garita_refusals_total{{code=\"{code}\"}} {count}");
    }
    let _ = writeln!(
        text,
        "# HELP garita_log_size Leaves of the log.\n# TYPE garita_log_size gauge\ngarita_log_size {}",
        head.frontier.size().get()
    );
    let _ = writeln!(
        text,
        "# HELP garita_peer_pending Deliveries that wait for a peer.\n# TYPE garita_peer_pending gauge"
    );
    let standings = app.standings().all();
    for (peer, standing) in &standings {
        let _ = writeln!(
            text,
            "garita_peer_pending{{peer=\"{peer}\"}} {}",
            standing.pending
        );
    }
    let _ = writeln!(
        text,
        "# HELP garita_peer_in_step Whether a peer and this node hold the same of each other.\n# TYPE garita_peer_in_step gauge"
    );
    for (peer, standing) in &standings {
        let _ = writeln!(
            text,
            "garita_peer_in_step{{peer=\"{peer}\"}} {}",
            u8::from(standing.in_step())
        );
    }
    let _ = writeln!(
        text,
        "# HELP garita_peer_isolated Whether a peer is isolated for two histories of its log.\n# TYPE garita_peer_isolated gauge"
    );
    for (peer, standing) in &standings {
        let _ = writeln!(
            text,
            "garita_peer_isolated{{peer=\"{peer}\"}} {}",
            u8::from(standing.isolated.is_some())
        );
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
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
