//! The evidence bundle of a case: one file that is checked without a node.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use garita_exchange::evidence;
use garita_profile::case::CaseRef;
use tokio::sync::Semaphore;

use super::credentials::file_name;
use super::problem::Problem;
use super::reading::reading;
use crate::server::{App, blocking};
use crate::signed::Caller;

/// Bundles in the making at once, the others wait: each may hold some hundred MiB.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// `GET /v1/cases/{kind}/{key}/evidence`: what the asking party holds of the case, with all that proves it; signed by this node.
pub async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((kind, key)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let file = file_name("evidence", &key);
    let party = reading(&app, &caller, |_, party| Ok(party.to_owned())).await?;
    // It is closed by nobody: this waits, and never fails.
    let _turn = AT_ONCE.acquire().await;
    let governed = Arc::clone(&app);
    let chain = blocking(move || governed.chain()).await?;
    let client = &app.exchange().client;
    let case = CaseRef { kind, key };
    let bundle = evidence::export(app.core(), client, &party, case, chain)
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok((
        [
            (header::CONTENT_TYPE, "application/json".to_owned()),
            (
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{file}\""),
            ),
        ],
        bundle.to_string(),
    )
        .into_response())
}
