//! A node's next log is put on the network's list, by the node that keeps its authority's key.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use garita_exchange::governance::{NodeEntry, Statement};
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::{epoch, history};
use garita_tlog::Checkpoint;
use serde_json::{Value, json};

use super::problem::Problem;
use super::rotation::not_authority;
use crate::access;
use crate::server::App;

/// `POST /v1/peer/log-epochs`: a node's request, signed with its key; the answer is the chain from the asker's head on.
pub async fn continues(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let core = app.core();
    let peer = access::peer(core, "POST", "/v1/peer/log-epochs", None, &headers, &body)?;
    if app.authority().is_none() {
        return Err(not_authority().into());
    }
    let document = garita_exchange::parse::document(&body)?;
    if garita_exchange::envelope::issuer_of(&document) != Some(peer.as_str()) {
        return Err(Refusal::one(
            RefusalKind::Forbidden,
            Fault::at(
                "delivery-from-other",
                "/issuer",
                "a node's log is continued by the node itself",
                "la bitácora de un nodo la continúa el propio nodo",
            ),
        )
        .into());
    }
    let head = list(&app, &document).await?;
    let after = usize::try_from(head)
        .unwrap_or(usize::MAX)
        .saturating_add(1);
    let news: Vec<Value> = app.chain()?.into_iter().skip(after).collect();
    Ok(Json(json!({ "entries": news })))
}

/// Puts what was asked on the list; the asker's head.
pub(crate) async fn list(app: &App, document: &Value) -> Result<u64, Refusal> {
    let core = app.core();
    let authority = app.authority().ok_or_else(not_authority)?;
    // One at a time: two would be successors of one entry.
    let _turn = app.rotating().lock().await;
    let (network, now_ms) = (core.network(), core.clock.now_ms());
    let asked = epoch::judge(&network, document, now_ms)?;
    // Nobody's log gets shorter than what was shown here of it.
    if let Statement::Node(NodeEntry {
        did,
        continues: Some(continues),
        log_key: _,
        ..
    }) = &asked.statement
    {
        let seen = history::seen(core, did).await?.checkpoint;
        let size = |note: Option<&str>| {
            let checkpoint =
                note.and_then(|note| Checkpoint::parse_note_unverified(note.as_bytes()).ok());
            checkpoint.map_or(0, |checkpoint| checkpoint.size.get())
        };
        if size(seen.as_deref()) > size(continues.seen.as_deref()) {
            return Err(Refusal::one(
                RefusalKind::Unprocessable,
                Fault::at(
                    "log-continues-malformed",
                    "/credentialSubject/continues/seen",
                    "this node has seen more of that log than the statement says was seen",
                    "este nodo ha visto de esa bitácora más de lo que la declaración dice",
                ),
            ));
        }
    }
    let entry = network
        .draft(&asked.statement, &authority, now_ms)
        .map_err(|error| {
            Refusal::one(
                RefusalKind::Unavailable,
                Fault::whole(error.code(), error.to_string(), error.es()),
            )
        })?;
    core.govern(vec![entry]).await?;
    Ok(asked.head)
}
