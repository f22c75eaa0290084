//! Files beside records: in from whoever will name them, out to whoever may read a record that names them.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use garita_exchange::attachments;
use garita_exchange::core::Core;
use garita_exchange::encode;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::sequence::store_refusal;
use garita_exchange::submit::Principal;
use garita_store::Attachment;
use serde_json::json;

use super::problem::Problem;
use super::reading::reading;
use super::receiving::{self, Asked, End};
use super::records::digest_of;
use super::{sending, uploads};
use crate::access::{self, Scope};
use crate::server::{App, blocking};
use crate::signed::Caller;

/// `POST /v1/attachments`: bytes in, their RFC 6920 name out; a record names it in `relatedResource`. With `Upload-Complete: ?0` the
/// beginning of an upload that goes on by further requests.
pub async fn attach(State(app): State<Arc<App>>, caller: Caller, body: Body) -> Response {
    let core = app.core();
    let principal = match access::principal(core, &caller, Scope::Submit) {
        Ok(principal) => principal,
        Err(refusal) => {
            receiving::refuse(caller.headers(), body);
            return Problem::from(refusal).into_response();
        }
    };
    if uploads::is_complete(caller.headers()) == Some(false) {
        return uploads::begin(app, caller, principal, body).await;
    }
    match sent_whole(core, &caller, &principal, body).await {
        Ok(kept) => stored(&kept),
        Err(refusal) => uploads::limited(Problem::from(refusal).into_response(), core),
    }
}

async fn sent_whole(
    core: &Arc<Core>,
    caller: &Caller,
    principal: &Principal,
    body: Body,
) -> Result<Attachment, Refusal> {
    let headers = caller.headers();
    let bytes_max = core.files.bytes_max;
    let ready = async {
        receiving::fits(headers, bytes_max)?;
        let place = receiving::place(&core.files.incoming, &principal.party)?;
        let digest = caller.body_digest()?;
        let blobs = core.blobs.clone();
        let create = move || blobs.create(bytes_max).map_err(|e| store_refusal(&e));
        Ok((place, digest, blocking(create).await?))
    };
    let (_place, digest, writer) = match ready.await {
        Ok(ready) => ready,
        Err(refusal) => {
            receiving::refuse(headers, body);
            return Err(refusal);
        }
    };
    let asked = Asked {
        bytes_max,
        length: receiving::length(headers),
        digest,
        newer: None,
    };
    let came = receiving::receive(writer, body, asked).await;
    came.end.map_err(End::refusal)?;
    let writer = came.writer.filter(|writer| writer.size() > 0);
    let writer = writer.ok_or_else(empty)?;
    let kept = attachments::keep_written(core, &principal.party, writer, media_type(headers)).await;
    kept.inspect(|kept| {
        tracing::info!(
            party = principal.party,
            size = kept.size,
            "attachment stored"
        );
    })
}

/// Media type of a request's body, as it says.
pub(super) fn media_type(headers: &HeaderMap) -> &str {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default()
}

/// The answer to who brought a file.
pub(super) fn stored(kept: &Attachment) -> Response {
    let id = encode::ni(&kept.digest);
    (
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
        .into_response()
}

/// Nothing came.
pub(super) fn empty() -> Refusal {
    Refusal::one(
        RefusalKind::Malformed,
        Fault::whole(
            "attachment-empty",
            "the request has no body: send the file's bytes",
            "la petición no trae contenido: envíe los bytes del archivo",
        ),
    )
}

/// `GET /v1/attachments/{digest}`: for parties that hold a record which names it; what is not here comes from the record's home.
pub async fn attachment(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(digest): Path<String>,
) -> Result<Response, Problem> {
    let party = reading(&app, &caller, |_, party| Ok(party.to_owned())).await?;
    let wanted = read_digest(&digest).ok_or_else(Problem::not_found)?;
    let found = attachments::get(app.core(), &party, wanted)
        .await?
        .ok_or_else(Problem::not_found)?;
    let name = encode::base64url(&wanted);
    Ok(sending::file(found, &name, caller.headers(), None))
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
    let name = encode::base64url(&wanted);
    let path = format!("/v1/peer/attachments/{name}");
    let peer = access::peer(&core, "GET", &path, None, &headers, &[])?;
    let place = receiving::place(&core.files.outgoing, &peer)?;
    let found = blocking(move || attachments::for_peer(&core, &peer, wanted))
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(sending::file(found, &name, &headers, Some(place)))
}

fn read_digest(text: &str) -> Option<[u8; 32]> {
    encode::from_base64url(text)?.try_into().ok()
}
