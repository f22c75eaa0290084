//! A request's body, bounded. One that is too large is heard to its end before it is refused: who is still sending when the
//! connection closes sees a broken pipe and never the answer.

use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use tokio_stream::StreamExt as _;

use super::problem::Problem;
use crate::rates::{Deadline, Room, Taken};
use crate::signed::WholeBody;

/// Between two pieces of a body there is at most this.
const PIECE: Duration = Duration::from_secs(30);
/// And a whole body is there within this.
pub(crate) const WHOLE: Duration = Duration::from_secs(15 * 60);
/// Bytes heard of a body that is too large; who sends more than this is cut off.
const HEARD_BYTES_MAX: usize = 128 << 20;

/// Hands on a request whose body is at most `limit` bytes; nothing of a longer one is kept.
pub(crate) async fn whole(limit: usize, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    // Taken once, by whoever hears the body first.
    let room = parts.extensions.remove::<Room>();
    let limit = room.as_ref().map_or(limit, |room| room.most().min(limit));
    let mut taken = Taken::default();
    let mut pieces = body.into_data_stream();
    let mut kept = Vec::new();
    let mut heard = 0_usize;
    let until = Instant::now() + WHOLE;
    loop {
        let left = PIECE.min(until.saturating_duration_since(Instant::now()));
        let Ok(piece) = tokio::time::timeout(left, pieces.next()).await else {
            return Problem::from(Refusal::one(
                RefusalKind::Malformed,
                Fault::whole(
                    "request-too-slow",
                    "the request's body came too slowly: nothing for half a minute, or not all in a quarter of an hour; send it again",
                    "el contenido de la petición llegó muy despacio: nada en medio minuto, o no todo en un cuarto de hora; envíela de nuevo",
                ),
            ))
            .into_response();
        };
        let Some(piece) = piece else { break };
        let Ok(piece) = piece else {
            return Problem::from(Refusal::one(
                RefusalKind::Malformed,
                Fault::whole(
                    "request-malformed",
                    "the request's body broke off; send it again",
                    "el contenido de la petición se cortó; envíela de nuevo",
                ),
            ))
            .into_response();
        };
        heard = heard.saturating_add(piece.len());
        if heard <= limit {
            if room.as_ref().is_some_and(|room| !taken.grow(room, heard)) {
                return crowded();
            }
            kept.extend_from_slice(&piece);
        } else {
            (kept, taken) = (Vec::new(), Taken::default());
        }
        if heard > HEARD_BYTES_MAX {
            break;
        }
    }
    if heard > limit {
        return Problem::from(Refusal::one(
            RefusalKind::TooLarge,
            Fault::whole(
                "document-too-large",
                format!("the document is larger than the {limit} bytes that this address takes"),
                format!(
                    "el documento es más grande que los {limit} bytes que admite esta dirección"
                ),
            ),
        ))
        .into_response();
    }
    let kept = Bytes::from(kept);
    let mut request = Request::from_parts(parts, Body::from(kept.clone()));
    // For whoever must check a signature over it before the handler has it.
    request.extensions_mut().insert(WholeBody(kept));
    let answer = match request.extensions().get::<Deadline>().copied() {
        Some(deadline) => deadline.keep(next.run(request)).await,
        None => next.run(request).await,
    };
    drop(taken);
    answer
}

fn crowded() -> Response {
    Problem::from(Refusal::one(
        RefusalKind::Busy,
        Fault::whole(
            "node-busy",
            "the node holds as many requests' bodies as it has room for; send it again in a moment",
            "el nodo ya tiene tanto contenido de peticiones como le cabe; envíela de nuevo en un momento",
        ),
    ))
    .into_response()
}
