//! Records: submit, get, list, receipt, who has it.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use garita_exchange::core::Core;
use garita_exchange::erase;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::sequence::store_refusal;
use garita_exchange::submit::{self, Submission};
use garita_exchange::verify::Once;
use garita_exchange::{encode, parse, read};
use garita_store::{HeldRecord, Order, PeerAnswer, RecordQuery};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::problem::Problem;
use super::reading::{idempotency_key, page_size, reading};
use crate::access::{self, Scope};
use crate::server::App;
use crate::signed::Caller;

/// `POST /v1/records`: a complete signed record, or a draft that this node completes and signs.
pub async fn submit(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Bytes,
) -> Result<Response, Problem> {
    let core = app.core();
    let principal = access::principal(core, &caller, Scope::Submit)?;
    let idempotency = idempotency_key(caller.headers())?;
    let request: [u8; 32] = Sha256::digest(&body).into();
    let once = idempotency.map(|key| Once { key, request });
    let document = parse::document(&body).inspect_err(|r| core.metrics.refuse(r.code()))?;
    let receipt = if document.get("@context").is_some() || document.get("proof").is_some() {
        submit::signed(core, body.to_vec(), &principal, once).await?
    } else {
        let submission: Submission = serde_json::from_value(document).map_err(|e| {
            core.metrics.refuse("submission-malformed");
            Refusal::one(
                RefusalKind::Malformed,
                Fault::whole(
                    "submission-malformed",
                    format!("neither a signed record nor a draft (`recordType`, `credentialSubject`): {e}"),
                    format!("no es registro firmado ni borrador (`recordType`, `credentialSubject`): {e}"),
                ),
            )
        })?;
        submit::draft_once(core, submission, &principal, once).await?
    };
    let location = format!("/v1/records/{}", digest_of(&receipt.leaf.id));
    let value = serde_json::to_value(&receipt).unwrap_or_default();
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(value),
    )
        .into_response())
}

/// `POST /v1/records/dry-run`: judges a draft, records nothing.
pub async fn dry_run(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let core = app.core();
    let principal = access::principal(core, &caller, Scope::Submit)?;
    let document = parse::document(&body)?;
    let submission: Submission = serde_json::from_value(document).map_err(|e| {
        Refusal::one(
            RefusalKind::Malformed,
            Fault::whole("submission-malformed", e.to_string(), e.to_string()),
        )
    })?;
    Ok(Json(submit::dry_run(core, submission, &principal).await?))
}

/// Query of `GET /v1/records`.
#[derive(Debug, Deserialize)]
pub struct ListQuery {
    /// Record type.
    #[serde(rename = "type")]
    record_type: Option<String>,
    issuer: Option<String>,
    cursor: Option<String>,
    limit: Option<usize>,
    order: Option<String>,
}

/// `GET /v1/records`.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<Value>, Problem> {
    let limit = page_size(query.limit)?;
    let order = match query.order.as_deref() {
        None | Some("newest") => Order::NewestFirst,
        Some("oldest") => Order::OldestFirst,
        Some(_) => {
            return Err(Problem::parameter(
                "order",
                "`order` is newest or oldest",
                "`order` es newest u oldest",
            ));
        }
    };
    let page = reading(&app, &caller, move |core, party| {
        core.reader
            .records(
                party,
                &RecordQuery {
                    record_type: query.record_type,
                    issuer: query.issuer,
                    order,
                    limit,
                    cursor: query.cursor,
                    ..RecordQuery::default()
                },
            )
            .map_err(|e| store_refusal(&e))
    })
    .await?;
    Ok(Json(json!({
        "items": page.items.iter().map(brief).collect::<Vec<_>>(),
        "next": page.next,
    })))
}

/// `GET /v1/records/{digest}`: the widest view that the party holds, with its stamp.
pub async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(digest): Path<String>,
) -> Result<Json<Value>, Problem> {
    let held = reading(&app, &caller, move |core, party| {
        let held = core
            .reader
            .record(party, &id_of(&digest))
            .map_err(|e| store_refusal(&e))?;
        not_erased(core, held.as_ref())?;
        Ok(held)
    })
    .await?
    .ok_or_else(Problem::not_found)?;
    let mut value = brief(&held);
    if let Value::Object(map) = &mut value {
        map.insert(
            "record".to_owned(),
            serde_json::from_slice(&held.record.document).unwrap_or_default(),
        );
        map.insert(
            "stamp".to_owned(),
            serde_json::from_slice(&held.record.stamp).unwrap_or_default(),
        );
    }
    Ok(Json(value))
}

/// `GET /v1/records/{digest}/receipt`.
pub async fn receipt(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(digest): Path<String>,
) -> Result<Json<Value>, Problem> {
    let sequenced = reading(&app, &caller, move |core, party| {
        let id = id_of(&digest);
        let held = core
            .reader
            .record(party, &id)
            .map_err(|e| store_refusal(&e))?;
        // Without the salt nobody can be shown what the leaf commits to.
        not_erased(core, held.as_ref())?;
        read::sequenced(core, party, &id)
    })
    .await?
    .ok_or_else(Problem::not_found)?;
    let receipt = submit::receipt(app.core(), sequenced).await?;
    Ok(Json(serde_json::to_value(receipt).unwrap_or_default()))
}

/// `GET /v1/records/{digest}/proof`: what its receipt proves, as C2SP tlog-proof.
pub async fn proof(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(digest): Path<String>,
) -> Result<Response, Problem> {
    let sequenced = reading(&app, &caller, move |core, party| {
        read::sequenced(core, party, &id_of(&digest))
    })
    .await?
    .ok_or_else(Problem::not_found)?;
    let text = submit::proof_text(app.core(), sequenced).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

/// `GET /v1/records/{digest}/holders`: who else has it, by the peers' receipts.
pub async fn holders(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(digest): Path<String>,
) -> Result<Json<Value>, Problem> {
    let network = app.core().network();
    let holders = reading(&app, &caller, move |core, party| {
        let id = id_of(&digest);
        let held = core
            .reader
            .record(party, &id)
            .map_err(|e| store_refusal(&e))?;
        held.map(|_| read::holders(core, party, &id)).transpose()
    })
    .await?
    .ok_or_else(Problem::not_found)?;
    let apart = |node: &str| app.core().histories.isolation(&network, node).is_some();
    Ok(Json(json!({
        "items": holders.iter().map(|h| json!({
            "node": h.peer,
            "name": network.name_of(&h.peer),
            "view": h.view,
            "parties": serde_json::from_str::<Value>(&h.recipients).unwrap_or_default(),
            "sent": encode::instant_text(h.queued_ms),
            "acknowledged": h.acked_ms.map(encode::instant_text),
            "answer": h.answer.as_ref().map(|answer| match answer {
                // What a log says that contradicts itself proves nothing.
                PeerAnswer::Logged { .. } if apart(&h.peer) => "doubted",
                PeerAnswer::Logged { .. } => "recorded",
                PeerAnswer::Waiting { .. } => "waiting",
                PeerAnswer::Refused { .. } => "refused",
            }),
            "code": match &h.answer {
                Some(PeerAnswer::Waiting { lacking }) => Some(lacking.clone()),
                Some(PeerAnswer::Refused { answer }) => Some(String::from_utf8_lossy(answer).into_owned()),
                Some(PeerAnswer::Logged { .. }) | None => None,
            },
            "checkpoint": h.checkpoint,
        })).collect::<Vec<_>>(),
    })))
}

/// Refuses what was erased here: 410, with when and why.
fn not_erased(core: &Core, held: Option<&HeldRecord>) -> Result<(), Refusal> {
    match held.filter(|held| held.erased_ms.is_some()) {
        Some(held) => Err(erase::gone(core, held)?),
        None => Ok(()),
    }
}

/// Facts of a held record, without its body.
pub(crate) fn brief(held: &HeldRecord) -> Value {
    let record = &held.record;
    json!({
        "id": record.id,
        "view": record.view,
        "recordType": record.record_type,
        "issuer": record.issuer,
        "occurred": encode::instant_text(record.occurred_ms),
        "logged": encode::instant_text(record.logged_ms),
        "home": record.home,
        "index": record.local_index.get(),
        "disputed": record.disputed,
        "erased": held.erased_ms.map(encode::instant_text),
    })
}

/// The last part of a record's address: its id without the scheme.
pub(crate) fn digest_of(id: &str) -> &str {
    id.strip_prefix("ni:///sha-256;").unwrap_or(id)
}

/// The id of a record's address.
pub(crate) fn id_of(digest: &str) -> String {
    if digest.starts_with("ni:") {
        digest.to_owned()
    } else {
        format!("ni:///sha-256;{digest}")
    }
}
