//! Uploads that go on where they broke off, over several requests: draft-ietf-httpbis-resumable-upload-12. Why that, and what of it is not
//! done, is in `docs/protocol.md`.
//!
//! What a signed request brings counts whole or not at all: its signature covers a digest of all of it.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use garita_exchange::attachments;
use garita_exchange::clock::real_now_ms;
use garita_exchange::core::Core;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::sequence::store_refusal;
use garita_exchange::submit::Principal;
use garita_exchange::uploads::{Turn, Upload};
use garita_store::BlobWriter;
use serde_json::json;

use super::attachments::{empty, media_type, stored};
use super::problem::Problem;
use super::receiving::{self, Asked, End};
use crate::access::{self, Scope};
use crate::server::{App, blocking};
use crate::signed::Caller;

const COMPLETE: HeaderName = HeaderName::from_static("upload-complete");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const LIMIT: HeaderName = HeaderName::from_static("upload-limit");
/// Of an append (§6).
const PARTIAL: &str = "application/partial-upload";

/// What `Upload-Complete` says (§4.1.2); none where it is not there or cannot be read.
pub(super) fn is_complete(headers: &HeaderMap) -> Option<bool> {
    match item(headers, &COMPLETE)? {
        "?1" => Some(true),
        "?0" => Some(false),
        _ => None,
    }
}

/// A structured field's item without its parameters (RFC 9651 §3.3); none where there are several.
fn item<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    Some(value.split(';').next().unwrap_or_default().trim())
}

fn integer(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    let text = item(headers, name)?;
    let is_one = (1..=15).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_one.then(|| text.parse().ok())?
}

/// `OPTIONS /v1/attachments`: what an upload may have (§4.1.4).
pub async fn limits(State(app): State<Arc<App>>) -> Response {
    limited(StatusCode::NO_CONTENT.into_response(), app.core())
}

/// An answer that tells the limits.
pub(super) fn limited(mut response: Response, core: &Core) -> Response {
    if let Ok(limit) = HeaderValue::try_from(format!("max-size={}", core.files.bytes_max)) {
        response.headers_mut().insert(LIMIT, limit);
    }
    response
}

/// An upload begins, with its first bytes or with none (§4.2).
pub(super) async fn begin(
    app: Arc<App>,
    caller: Caller,
    principal: Principal,
    body: Body,
) -> Response {
    let core = Arc::clone(app.core());
    let headers = caller.headers();
    let length = integer(headers, &LENGTH);
    let ready = async {
        let most = length.unwrap_or(u64::MAX).min(core.files.bytes_max);
        if length.is_some_and(|length| length > core.files.bytes_max) {
            return Err(receiving::too_large(core.files.bytes_max));
        }
        receiving::fits(headers, most)?;
        let told = media_type(headers).to_owned();
        let upload = core.files.uploads.begin(&core, &principal, told, length);
        upload.await
    };
    let upload = match ready.await {
        Ok(upload) => upload,
        Err(refusal) => {
            receiving::refuse(headers, body);
            return limited(Problem::from(refusal).into_response(), &core);
        }
    };
    let begun = Arc::clone(&upload);
    let appended = detached(async move {
        let turn = begun.turn().await?;
        let append = Append {
            core: Arc::clone(&core),
            upload: Arc::clone(&begun),
            party: principal.party,
            from: 0,
            is_last: false,
        };
        let response = append.take(&caller, turn, body).await;
        // Who was cut off does not know its address.
        if !response.status().is_success() {
            core.files.uploads.remove(&begun.id);
        }
        Ok(response)
    });
    let mut response = match appended.await {
        Ok(response) => response,
        Err(refusal) => return Problem::from(refusal).into_response(),
    };
    if response.status().is_success() {
        *response.status_mut() = StatusCode::CREATED;
        if let Ok(place) = HeaderValue::try_from(format!("/v1/uploads/{}", upload.id)) {
            response.headers_mut().insert(header::LOCATION, place);
        }
    }
    response
}

/// `GET` and `HEAD /v1/uploads/{id}`: how much has come (§4.3). Who was still sending to it is cut off, as the one who asks is he.
pub async fn offset(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let core = app.core();
    let principal = access::principal(core, &caller, Scope::Submit)?;
    let found = core.files.uploads.find(&principal, &id);
    let upload = found.ok_or_else(Problem::not_found)?;
    let turn = upload.turn().await?;
    if turn.state.writer.is_none() && turn.state.finished.is_none() {
        return Err(Problem::not_found());
    }
    Ok(standing(core, &upload, &turn, StatusCode::OK))
}

/// `DELETE /v1/uploads/{id}`: it is not wanted any more (§4.5).
pub async fn cancel(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let core = app.core();
    let principal = access::principal(core, &caller, Scope::Submit)?;
    let found = core.files.uploads.find(&principal, &id);
    let upload = found.ok_or_else(Problem::not_found)?;
    core.files.uploads.remove(&upload.id);
    Ok(StatusCode::NO_CONTENT)
}

/// `PATCH /v1/uploads/{id}`: the next bytes, which may be the last (§4.4).
pub async fn append(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Response {
    let core = Arc::clone(app.core());
    let ready = async {
        let principal = access::principal(&core, &caller, Scope::Submit)?;
        let found = core.files.uploads.find(&principal, &id);
        let upload = found.ok_or_else(Problem::not_found)?;
        let append = Append::read(&core, upload, principal.party, caller.headers())?;
        let turn = append.upload.turn().await?;
        Ok::<_, Problem>((append, turn))
    };
    let (append, turn) = match ready.await {
        Ok(ready) => ready,
        Err(problem) => {
            receiving::refuse(caller.headers(), body);
            return problem.into_response();
        }
    };
    // By itself: when the sender's connection breaks, what came is kept all the same.
    let appended = detached(async move { Ok(append.take(&caller, turn, body).await) }).await;
    appended.unwrap_or_else(|refusal| Problem::from(refusal).into_response())
}

/// Work that goes on when nobody waits for it any more.
async fn detached<T: Send + 'static>(
    work: impl Future<Output = Result<T, Refusal>> + Send + 'static,
) -> Result<T, Refusal> {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(_) => Err(Refusal::one(
            RefusalKind::Unavailable,
            Fault::whole(
                "work-interrupted",
                "the node stopped in the middle of this request; ask again",
                "el nodo se detuvo a la mitad de esta petición; vuelva a pedir",
            ),
        )),
    }
}

/// Bytes for an upload.
struct Append {
    core: Arc<Core>,
    upload: Arc<Upload>,
    party: String,
    /// The place of the first of them in the file.
    from: u64,
    /// Whether the last of the file is among them.
    is_last: bool,
}

impl Append {
    fn read(
        core: &Arc<Core>,
        upload: Arc<Upload>,
        party: String,
        headers: &HeaderMap,
    ) -> Result<Self, Refusal> {
        let kind = media_type(headers).split(';').next().unwrap_or_default();
        let (from, is_last) = (integer(headers, &OFFSET), is_complete(headers));
        let (Some(from), Some(is_last), true) =
            (from, is_last, kind.trim().eq_ignore_ascii_case(PARTIAL))
        else {
            return Err(malformed(
                "an append has `Upload-Offset`, `Upload-Complete` and the media type `application/partial-upload`",
                "una continuación lleva `Upload-Offset`, `Upload-Complete` y el tipo `application/partial-upload`",
            ));
        };
        Ok(Self {
            core: Arc::clone(core),
            upload,
            party,
            from,
            is_last,
        })
    }

    /// Takes them as they come.
    async fn take(self, caller: &Caller, mut turn: Turn, body: Body) -> Response {
        if let Some(kept) = &turn.state.finished
            && kept.size == self.from
        {
            // The answer was lost on its way.
            return complete(stored(kept));
        }
        let ready = self.ready(caller, &mut turn);
        let (place, asked) = match ready {
            Ok(ready) => ready,
            Err(Fails::Elsewhere) => {
                receiving::refuse(caller.headers(), body);
                return self.elsewhere(&turn);
            }
            Err(Fails::Refused(refusal)) => {
                receiving::refuse(caller.headers(), body);
                if refusal.kind == RefusalKind::TooLarge {
                    // §4.4.2: what would be longer than it was said to be is of no more use.
                    self.core.files.uploads.remove(&self.upload.id);
                }
                return self.told(&turn, refusal);
            }
        };
        let Some(writer) = turn.state.writer.take() else {
            receiving::refuse(caller.headers(), body);
            return Problem::not_found().into_response();
        };
        let (mark, is_whole_or_none) = (writer.mark(), asked.digest.is_some());
        let came = receiving::receive(writer, body, asked).await;
        drop(place);
        let Some(mut writer) = came.writer else {
            // The disk failed: what there is of it is not known.
            self.core.files.uploads.remove(&self.upload.id);
            let refusal = came.end.err().map(End::refusal);
            return refusal
                .map_or_else(Problem::not_found, Problem::from)
                .into_response();
        };
        let (back, refusal) = match came.end {
            Ok(()) => (false, None),
            Err(End::Broken(refusal)) => (is_whole_or_none, Some(refusal)),
            Err(End::Refused(refusal)) => (true, Some(refusal)),
        };
        // What is told to have come is on disk.
        let synced = blocking(move || {
            if back {
                writer.back_to(mark).map_err(|e| store_refusal(&e))?;
            }
            writer.sync().map_err(|e| store_refusal(&e))?;
            Ok(writer)
        });
        match synced.await {
            Ok(writer) => turn.state.writer = Some(writer),
            Err(refusal) => {
                self.core.files.uploads.remove(&self.upload.id);
                return Problem::from(refusal).into_response();
            }
        }
        if let Some(refusal) = refusal {
            if refusal.kind == RefusalKind::TooLarge {
                self.core.files.uploads.remove(&self.upload.id);
                return limited(Problem::from(refusal).into_response(), &self.core);
            }
            return self.told(&turn, refusal);
        }
        if self.is_last {
            self.finish(turn).await
        } else {
            standing(&self.core, &self.upload, &turn, StatusCode::OK)
        }
    }

    /// What is asked of the bytes, once the upload is theirs.
    fn ready(
        &self,
        caller: &Caller,
        turn: &mut Turn,
    ) -> Result<(garita_exchange::files::Place, Asked), Fails> {
        let headers = caller.headers();
        let bytes_max = self.core.files.bytes_max;
        if self.from != came(turn) {
            return Err(Fails::Elsewhere);
        }
        let content = receiving::length(headers);
        // §4.1.3: the last append says by its own length how long the whole is.
        let by_content = content
            .filter(|_| self.is_last)
            .map(|content| self.from.saturating_add(content));
        let mut told = [turn.state.length, integer(headers, &LENGTH), by_content]
            .into_iter()
            .flatten();
        let length = told.next();
        if told.any(|other| Some(other) != length) {
            return Err(Fails::Refused(malformed(
                "the upload's length is told in two ways",
                "la longitud del envío se dice de dos maneras",
            )));
        }
        let most = length.unwrap_or(u64::MAX).min(bytes_max);
        if length.is_some_and(|length| length > bytes_max) || self.from > most {
            return Err(Fails::Refused(receiving::too_large(bytes_max)));
        }
        let left = most.saturating_sub(self.from);
        receiving::fits(headers, left).map_err(|_| Fails::Refused(receiving::too_large(most)))?;
        let place = receiving::place(&self.core.files.incoming, &self.party);
        let place = place.map_err(Fails::Refused)?;
        let digest = caller.body_digest().map_err(Fails::Refused)?;
        turn.state.length = length;
        let asked = Asked {
            bytes_max: left,
            length: content,
            digest,
            newer: Some(turn.newer.clone()),
        };
        Ok((place, asked))
    }

    async fn finish(self, mut turn: Turn) -> Response {
        let size = came(&turn);
        if turn.state.length.is_some_and(|length| length != size) {
            let refusal = malformed(
                "the upload ends before its length",
                "el envío termina antes de su longitud",
            );
            return self.told(&turn, refusal);
        }
        let Some(writer) = turn.state.writer.take().filter(|w| w.size() > 0) else {
            self.core.files.uploads.remove(&self.upload.id);
            return complete(Problem::from(empty()).into_response());
        };
        let told = &self.upload.media_type;
        match attachments::keep_written(&self.core, &self.party, writer, told).await {
            Ok(kept) => {
                tracing::info!(party = self.party, size, "attachment stored");
                let response = complete(stored(&kept));
                self.upload.finish(&mut turn, kept);
                response
            }
            Err(refusal) => {
                self.core.files.uploads.remove(&self.upload.id);
                Problem::from(refusal).into_response()
            }
        }
    }

    /// The bytes are not those that come next (§4.4.2).
    fn elsewhere(&self, turn: &Turn) -> Response {
        let at = came(turn);
        let refusal = Refusal::one(
            RefusalKind::Conflict,
            Fault::at(
                "upload-offset",
                "Upload-Offset",
                format!("{at} bytes have come; go on from there"),
                format!("han llegado {at} bytes; continúe desde ahí"),
            ),
        );
        self.told(turn, refusal)
    }

    fn told(&self, turn: &Turn, refusal: Refusal) -> Response {
        let response = Problem::from(refusal).into_response();
        with_state(&self.core, &self.upload, turn, response)
    }
}

/// Why bytes are not taken.
enum Fails {
    /// They are not those that come next.
    Elsewhere,
    /// For another reason.
    Refused(Refusal),
}

fn came(turn: &Turn) -> u64 {
    let finished = turn.state.finished.as_ref().map(|kept| kept.size);
    let written = turn.state.writer.as_ref().map(BlobWriter::size);
    finished.or(written).unwrap_or(0)
}

/// How an upload stands, in the answer's fields and as JSON.
fn standing(core: &Core, upload: &Upload, turn: &Turn, status: StatusCode) -> Response {
    let body = Json(json!({
        "offset": came(turn),
        "length": turn.state.length,
        "complete": turn.state.finished.is_some(),
        "sizeMax": core.files.bytes_max,
        "secondsLeft": seconds_left(upload),
    }));
    with_state(core, upload, turn, (status, body).into_response())
}

fn with_state(core: &Core, upload: &Upload, turn: &Turn, mut response: Response) -> Response {
    let (max, left) = (core.files.bytes_max, seconds_left(upload));
    let is_complete = turn.state.finished.is_some() && response.status().is_success();
    let fields = [
        (OFFSET, Some(came(turn).to_string())),
        (LENGTH, turn.state.length.map(|length| length.to_string())),
        (LIMIT, Some(format!("max-size={max}, max-age={left}"))),
        (COMPLETE, Some(format!("?{}", u8::from(is_complete)))),
        (header::CACHE_CONTROL, Some("no-store".to_owned())),
    ];
    for (name, value) in fields {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn complete(mut response: Response) -> Response {
    let fields = response.headers_mut();
    fields.insert(COMPLETE, HeaderValue::from_static("?1"));
    response
}

fn seconds_left(upload: &Upload) -> i64 {
    (upload.expires_ms.saturating_sub(real_now_ms()) / 1_000).max(0)
}

fn malformed(en: &str, es: &str) -> Refusal {
    Refusal::one(
        RefusalKind::Malformed,
        Fault::whole("upload-malformed", en, es),
    )
}
