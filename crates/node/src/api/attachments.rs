//! Files beside records: in from whoever will name them, out to whoever may read a record that names them.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use garita_exchange::attachments::{self, Held};
use garita_exchange::encode;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use serde_json::json;

use super::problem::Problem;
use super::reading::reading;
use super::records::digest_of;
use crate::access::{self, Scope};
use crate::server::{App, blocking};
use crate::signed::Caller;

/// `POST /v1/attachments`: bytes in, their RFC 6920 name out; a record names it in `relatedResource`.
pub async fn attach(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Bytes,
) -> Result<Response, Problem> {
    let core = app.core();
    let principal = access::principal(core, &caller, Scope::Submit)?;
    if body.is_empty() {
        return Err(Refusal::one(
            RefusalKind::Malformed,
            Fault::whole(
                "attachment-empty",
                "the request has no body: send the file's bytes",
                "la petición no trae contenido: envíe los bytes del archivo",
            ),
        )
        .into());
    }
    let file = Held {
        media_type: caller
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
            .to_owned(),
        bytes: body.to_vec(),
    };
    let kept = attachments::keep(core, &principal.party, vec![file]).await?;
    let kept = kept.first().ok_or_else(Problem::not_found)?;
    tracing::info!(
        party = principal.party,
        size = kept.size,
        "attachment stored"
    );
    let id = encode::ni(&kept.digest);
    Ok((
        StatusCode::CREATED,
        [(
            header::LOCATION,
            format!("/v1/attachments/{}", digest_of(&id)),
        )],
        Json(json!({
            "id": id,
            "size": kept.size,
            "mediaType": kept.media_type,
            "relatedResource": attachments::named(kept),
        })),
    )
        .into_response())
}

/// `GET /v1/attachments/{digest}`: for parties that hold a record which names it; what is not here comes from the record's home.
pub async fn attachment(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(digest): Path<String>,
) -> Result<Response, Problem> {
    let party = reading(&app, &caller, |_, party| Ok(party.to_owned())).await?;
    let digest = read_digest(&digest).ok_or_else(Problem::not_found)?;
    let held = attachments::get(app.core(), &party, digest)
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(file(held))
}

/// `GET /v1/peer/attachments/{digest}`: for a node to which a record that names it was delivered whole.
pub async fn for_peer(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(digest): Path<String>,
) -> Result<Response, Problem> {
    let core = Arc::clone(app.core());
    let wanted = read_digest(&digest).ok_or_else(Problem::not_found)?;
    // The path as it was signed: base64url needs no escaping, so what was routed is what was sent.
    let path = format!("/v1/peer/attachments/{}", encode::base64url(&wanted));
    let peer = access::peer(&core, "GET", &path, None, &headers, &[])?;
    let held = blocking(move || attachments::for_peer(&core, &peer, wanted))
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(file(held))
}

fn read_digest(text: &str) -> Option<[u8; 32]> {
    encode::from_base64url(text)?.try_into().ok()
}

fn file(held: Held) -> Response {
    (
        [
            (header::CONTENT_TYPE, held.media_type),
            // What somebody uploaded is never run as a page of ours.
            (header::CONTENT_DISPOSITION, "attachment".to_owned()),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        ],
        held.bytes,
    )
        .into_response()
}
