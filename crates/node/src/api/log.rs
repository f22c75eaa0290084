//! The log, read only: C2SP tlog-tiles paths under `/log`.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use garita_exchange::sequence::store_refusal;
use garita_tlog::TilePath;

use super::problem::Problem;
use crate::server::{App, blocking};

/// `GET /log/checkpoint`: the newest, with what witnesses have cosigned of it so far; public.
pub async fn checkpoint(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let core = Arc::clone(app.core());
    let head = blocking(move || core.reader.head().map_err(|e| store_refusal(&e))).await?;
    let cosigned = app.core().witnessed.at(head.frontier.size());
    let note = match cosigned {
        Some(held) => held.note.clone(),
        None => head.checkpoint.ok_or_else(Problem::not_found)?,
    };
    Ok(note_answer(note))
}

/// `GET /log/witnessed`: the newest that more than half of the witnesses cosigned; public.
pub async fn witnessed(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let newest = app.core().witnessed.newest();
    let held = newest.ok_or_else(Problem::not_found)?;
    Ok(note_answer(held.note.clone()))
}

/// A signed note that another takes the place of soon.
pub(crate) fn note_answer(note: String) -> Response {
    (
        [
            (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
            (header::CACHE_CONTROL, "no-cache"),
        ],
        note,
    )
        .into_response()
}

/// `GET /log/tile/…`: hashes and entries. Leaves are salted commitments and say nothing of what they commit to.
pub async fn tile(
    State(app): State<Arc<App>>,
    Path(path): Path<String>,
) -> Result<Response, Problem> {
    let path: TilePath = format!("tile/{path}")
        .parse()
        .map_err(|_| Problem::not_found())?;
    let core = Arc::clone(app.core());
    let bytes = blocking(move || core.reader.tile(path).map_err(|e| store_refusal(&e)))
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok((
        [
            (header::CONTENT_TYPE, "application/octet-stream"),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        ],
        bytes,
    )
        .into_response())
}
