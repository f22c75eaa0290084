//! A file on its way out: piece by piece from the disk, whole or one range of it.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use garita_exchange::attachments::Stored;
use garita_exchange::files::Place;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use serde_json::Map;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, SeekFrom};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::problem::Problem;
use super::ranges::{self, Part};

/// Bytes of one piece: so much of a file is in memory for each who reads one, two times.
const PIECE_BYTES: u64 = 64 << 10;
/// Who takes no piece for so long is gone.
const PATIENCE: Duration = Duration::from_secs(60);

/// The answer with a file, or with what was asked for of it. `place` is given back when the last byte has gone.
pub(super) fn file(
    stored: Stored,
    digest: &str,
    headers: &HeaderMap,
    place: Option<Place>,
) -> Response {
    let tag = format!("\"{digest}\"");
    let size = stored.size;
    let part = ranges::asked(headers, size, &tag);
    let (status, from, count) = match part {
        Part::Known => (StatusCode::NOT_MODIFIED, 0, 0),
        Part::Beyond => return tagged(beyond(size), &tag),
        Part::Whole => (StatusCode::OK, 0, size),
        Part::Range(from, to) => (
            StatusCode::PARTIAL_CONTENT,
            from,
            to.saturating_sub(from).saturating_add(1),
        ),
    };
    let mut response = if part == Part::Known {
        status.into_response()
    } else {
        let fields = [
            (header::CONTENT_TYPE, stored.media_type),
            (header::CONTENT_LENGTH, count.to_string()),
            // What somebody uploaded is never run as a page of ours.
            (header::CONTENT_DISPOSITION, "attachment".to_owned()),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        ];
        (status, fields, pieces(stored.file, from, count, place)).into_response()
    };
    if let Part::Range(from, to) = part
        && let Ok(range) = HeaderValue::try_from(format!("bytes {from}-{to}/{size}"))
    {
        response.headers_mut().insert(header::CONTENT_RANGE, range);
    }
    tagged(response, &tag)
}

fn tagged(mut response: Response, tag: &str) -> Response {
    let fields = response.headers_mut();
    fields.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    // Kept by who got it, and asked for anew each time: who may have it can change, its bytes cannot.
    let control = HeaderValue::from_static("private, no-cache");
    fields.insert(header::CACHE_CONTROL, control);
    if let Ok(tag) = HeaderValue::try_from(tag) {
        fields.insert(header::ETAG, tag);
    }
    response
}

fn beyond(size: u64) -> Response {
    let problem = Problem::from(Refusal::one(
        RefusalKind::Malformed,
        Fault::at(
            "range-beyond",
            "Range",
            format!("the file has {size} bytes; the range begins behind its end"),
            format!("el archivo tiene {size} bytes; el intervalo empieza después de su final"),
        ),
    ));
    let mut told = problem.beside(StatusCode::RANGE_NOT_SATISFIABLE, Map::new());
    if let Ok(range) = HeaderValue::try_from(format!("bytes */{size}")) {
        told.headers_mut().insert(header::CONTENT_RANGE, range);
    }
    told
}

/// A part of a file as the body of an answer.
fn pieces(file: std::fs::File, from: u64, count: u64, place: Option<Place>) -> Body {
    let (pieces, body) = mpsc::channel::<io::Result<Bytes>>(1);
    tokio::spawn(async move {
        let read = read(file, from, count, &pieces).await;
        if let Err(error) = read {
            // The connection ends before the length that was told: who reads knows that it is not all.
            let _ = tokio::time::timeout(PATIENCE, pieces.send(Err(error))).await;
        }
        drop(place);
    });
    Body::from_stream(ReceiverStream::new(body))
}

async fn read(
    file: std::fs::File,
    from: u64,
    count: u64,
    pieces: &mpsc::Sender<io::Result<Bytes>>,
) -> io::Result<()> {
    let mut file = File::from_std(file);
    file.seek(SeekFrom::Start(from)).await?;
    let mut left = count;
    while left > 0 {
        let room = left.min(PIECE_BYTES);
        let mut piece = Vec::with_capacity(usize::try_from(room).unwrap_or_default());
        let read = (&mut file).take(room).read_to_end(&mut piece).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        left = left.saturating_sub(u64::try_from(read).unwrap_or(left));
        let sent = tokio::time::timeout(PATIENCE, pieces.send(Ok(Bytes::from(piece)))).await;
        match sent {
            Ok(Ok(())) => {}
            // The reader has left.
            Ok(Err(_)) => return Ok(()),
            Err(_) => return Err(io::ErrorKind::TimedOut.into()),
        }
    }
    Ok(())
}
