//! This node as a witness of others' logs (C2SP tlog-witness): no token and no signature on the request; what counts is who signed the
//! checkpoint.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use garita_exchange::witness::{self, Answer};
use garita_tlog::TLOG_SIZE_MEDIA_TYPE;

use super::log::note_answer;
use super::problem::Problem;
use crate::server::App;

/// `POST /witness/add-checkpoint`.
pub async fn add_checkpoint(State(app): State<Arc<App>>, body: Bytes) -> Result<Response, Problem> {
    Ok(match witness::add_checkpoint(app.core(), &body).await? {
        Answer::Cosigned(lines) => {
            ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], lines).into_response()
        }
        Answer::OtherSize(size) => (
            StatusCode::CONFLICT,
            [(header::CONTENT_TYPE, TLOG_SIZE_MEDIA_TYPE)],
            format!("{size}\n"),
        )
            .into_response(),
    })
}

/// `GET /witness/{origin}/checkpoint`: what this node cosigned last of the log with this SHA-256 of its origin.
pub async fn checkpoint(
    State(app): State<Arc<App>>,
    Path(origin): Path<String>,
) -> Result<Response, Problem> {
    let note = witness::cosigned(app.core(), &origin).await?;
    Ok(note_answer(note.ok_or_else(Problem::not_found)?))
}
