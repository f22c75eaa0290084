//! A file on its way in: written piece by piece as it comes, so that its size is none of the memory's affair.

use std::time::{Duration, Instant};

use axum::body::{Body, BodyDataStream};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use garita_credential::http_signature::ContentDigest;
use garita_exchange::files::{Place, Places};
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::sequence::store_refusal;
use garita_store::BlobWriter;
use tokio::sync::watch;
use tokio_stream::StreamExt as _;

use super::BODY_BYTES_MAX;
use super::body;
use crate::server::blocking;

/// Pieces are written together, up to so many bytes.
const WRITE_BYTES: usize = 256 << 10;
/// Between two pieces there is at most this.
const PIECE: Duration = Duration::from_secs(30);
/// One request brings what it brings within this.
const WHOLE: Duration = Duration::from_secs(15 * 60);
/// Who was refused while he was sending is heard for so long, so that he gets to read why, and no longer.
const HEARD: Duration = Duration::from_secs(10);
const HEARD_BYTES_MAX: usize = 16 << 20;

/// That a request's body is handed on as it comes: who checks a signature over it does so when it has come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Streamed;

/// Hands on a request with its body as it comes; where its method has none that matters, as for all other routes.
pub(super) async fn streamed(mut request: Request, next: Next) -> Response {
    if [Method::POST, Method::PATCH].contains(request.method()) {
        request.extensions_mut().insert(Streamed);
        return next.run(request).await;
    }
    body::whole(BODY_BYTES_MAX, request, next).await
}

/// What is asked of a body while it comes.
#[derive(Debug)]
pub(super) struct Asked {
    /// Bytes that it may have.
    pub(super) bytes_max: u64,
    /// Bytes that it has, where its sender says so: a connection that is dropped looks like an end.
    pub(super) length: Option<u64>,
    /// What its sender says that it is.
    pub(super) digest: Option<ContentDigest>,
    /// Changes when its sender has begun another request in its stead.
    pub(super) newer: Option<watch::Receiver<u64>>,
}

/// What came: the writer, unless the disk failed, and whether that was all.
pub(super) struct Came {
    pub(super) writer: Option<BlobWriter>,
    pub(super) end: Result<(), End>,
}

/// Why not all of a body came.
#[derive(Debug)]
pub(super) enum End {
    /// The sender, or what is between, broke off: what came is good.
    Broken(Refusal),
    /// What came is of no use.
    Refused(Refusal),
}

impl End {
    pub(super) fn refusal(self) -> Refusal {
        match self {
            Self::Broken(refusal) | Self::Refused(refusal) => refusal,
        }
    }
}

/// A place to send from.
///
/// # Errors
/// `node-busy` where this party, or all together, send as much at once as they may.
pub(super) fn place(places: &Places, name: &str) -> Result<Place, Refusal> {
    places.take(name).ok_or_else(|| {
        Refusal::one(
            RefusalKind::Busy,
            Fault::whole(
                "node-busy",
                "as many files are on their way as the node takes at once; try again in a moment",
                "ya vienen tantos archivos como el nodo admite a la vez; intente en un momento",
            ),
        )
    })
}

/// Refuses a body that says it is too long, before any of it is read.
///
/// # Errors
/// `document-too-large`.
pub(super) fn fits(headers: &HeaderMap, bytes_max: u64) -> Result<(), Refusal> {
    match length(headers) {
        Some(told) if told > bytes_max => Err(too_large(bytes_max)),
        Some(_) | None => Ok(()),
    }
}

/// Bytes of a body, where its sender says so.
pub(super) fn length(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()
}

/// Writes a body as it comes, to its end or to the first that is wrong.
pub(super) async fn receive(writer: BlobWriter, body: Body, mut asked: Asked) -> Came {
    let until = Instant::now() + WHOLE;
    let mut pieces = body.into_data_stream();
    let mut writer = Some(writer);
    let mut waiting: Vec<u8> = Vec::new();
    let mut count = 0_u64;
    loop {
        let left = PIECE.min(until.saturating_duration_since(Instant::now()));
        let piece = tokio::select! {
            piece = tokio::time::timeout(left, pieces.next()) => piece,
            () = newer(&mut asked.newer) => Ok(Some(Err(axum::Error::new("a newer request came")))),
        };
        let end = match piece {
            Ok(Some(Ok(piece))) => {
                count = count.saturating_add(piece.len() as u64);
                if count > asked.bytes_max {
                    drain(pieces);
                    let end = Err(End::Refused(too_large(asked.bytes_max)));
                    return Came { writer, end };
                }
                if let Some(digest) = &mut asked.digest {
                    digest.update(&piece);
                }
                waiting.extend_from_slice(&piece);
                None
            }
            Ok(None) if asked.length.is_some_and(|told| count < told) => {
                Some(Err(End::Broken(broken())))
            }
            Ok(None) => Some(Ok(())),
            Ok(Some(Err(_))) => Some(Err(End::Broken(broken()))),
            Err(_) => Some(Err(End::Broken(too_slow()))),
        };
        if waiting.len() >= WRITE_BYTES || (end.is_some() && !waiting.is_empty()) {
            let Some(held) = writer.take() else {
                let end = Err(End::Refused(broken()));
                return Came { writer: None, end };
            };
            let bytes = std::mem::take(&mut waiting);
            match write(held, bytes).await {
                Ok((held, emptied)) => (writer, waiting) = (Some(held), emptied),
                Err(refusal) => {
                    drain(pieces);
                    let end = Err(End::Refused(refusal));
                    return Came { writer: None, end };
                }
            }
        }
        let Some(end) = end else { continue };
        let checked = match (end, asked.digest.take()) {
            (Ok(()), Some(digest)) => digest.check().map_err(|problem| {
                let fault = garita_exchange::verify::fault(&problem);
                End::Refused(Refusal::one(RefusalKind::Unauthenticated, fault))
            }),
            (end, _) => end,
        };
        return Came {
            writer,
            end: checked,
        };
    }
}

/// Hears a body that is not taken, for a while: who is still sending when the connection closes sees a broken pipe and never the answer.
/// Not where the sender waits to be asked for it.
pub(super) fn refuse(headers: &HeaderMap, body: Body) {
    if !headers.contains_key(header::EXPECT) {
        drain(body.into_data_stream());
    }
}

fn drain(mut pieces: BodyDataStream) {
    tokio::spawn(async move {
        let mut heard = 0_usize;
        let _ = tokio::time::timeout(HEARD, async {
            while let Some(Ok(piece)) = pieces.next().await {
                heard = heard.saturating_add(piece.len());
                if heard > HEARD_BYTES_MAX {
                    return;
                }
            }
        })
        .await;
    });
}

async fn newer(newer: &mut Option<watch::Receiver<u64>>) {
    if let Some(newer) = newer
        && newer.changed().await.is_ok()
    {
        return;
    }
    std::future::pending::<()>().await;
}

/// Writes off the async threads, and gives the emptied buffer back.
async fn write(
    mut writer: BlobWriter,
    mut bytes: Vec<u8>,
) -> Result<(BlobWriter, Vec<u8>), Refusal> {
    blocking(move || {
        writer.write(&bytes).map_err(|e| store_refusal(&e))?;
        bytes.clear();
        Ok((writer, bytes))
    })
    .await
}

pub(super) fn too_large(bytes_max: u64) -> Refusal {
    Refusal::one(
        RefusalKind::TooLarge,
        Fault::whole(
            "document-too-large",
            format!("the file is larger than the {bytes_max} bytes that this node takes"),
            format!("el archivo es más grande que los {bytes_max} bytes que admite este nodo"),
        ),
    )
}

fn too_slow() -> Refusal {
    Refusal::one(
        RefusalKind::Malformed,
        Fault::whole(
            "request-too-slow",
            "the request's body came too slowly: nothing for half a minute, or not all in a quarter of an hour; send it again, or as a resumable upload",
            "el contenido de la petición llegó muy despacio: nada en medio minuto, o no todo en un cuarto de hora; envíela de nuevo, o como envío reanudable",
        ),
    )
}

fn broken() -> Refusal {
    Refusal::one(
        RefusalKind::Malformed,
        Fault::whole(
            "request-malformed",
            "the request's body broke off; send it again, or go on with a resumable upload",
            "el contenido de la petición se cortó; envíela de nuevo, o continúe un envío reanudable",
        ),
    )
}
