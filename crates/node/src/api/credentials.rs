//! Credentials for outsiders: one of a case, as a file or as the text of a QR code; what nodes ask each other for.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use garita_credential::carry;
use garita_exchange::credentials::{self, PEER_PATH, Wanted};
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_profile::case::CaseRef;
use serde::Deserialize;
use serde_json::Value;

use super::problem::Problem;
use super::reading::reading;
use crate::access;
use crate::server::{App, blocking};
use crate::signed::Caller;

/// The media type of a credential with an embedded proof (VC Data Model 2.0, §6.2).
const MEDIA_TYPE: &str = "application/vc";

/// Query of `GET …/credentials/{name}`.
#[derive(Debug, Deserialize)]
pub struct OneQuery {
    /// `qr`: the text of a QR code.
    r#as: Option<String>,
}

/// `GET /v1/cases/{kind}/{key}/credentials/{name}`.
pub async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((kind, key, name)): Path<(String, String, String)>,
    Query(query): Query<OneQuery>,
) -> Result<Response, Problem> {
    let file = file_name(&name, &key);
    let document = for_reader(&app, &caller, CaseRef { kind, key }, name).await?;
    match query.r#as.as_deref() {
        None => Ok((
            [
                (header::CONTENT_TYPE, MEDIA_TYPE.to_owned()),
                (
                    header::CONTENT_DISPOSITION,
                    format!("attachment; filename=\"{file}\""),
                ),
            ],
            document.to_string(),
        )
            .into_response()),
        Some("qr") => {
            let text = carry::to_text(&document).map_err(|e| Problem::from(carried(&e)))?;
            Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
        }
        Some(_) => Err(Problem::parameter(
            "as",
            "`as` is `qr`, or left out for the file",
            "`as` es `qr`, o se omite para el archivo",
        )),
    }
}

/// The credential for whoever reads here.
pub(crate) async fn for_reader(
    app: &Arc<App>,
    caller: &Caller,
    case: CaseRef,
    name: String,
) -> Result<Value, Refusal> {
    let party = reading(app, caller, |_, party| Ok(party.to_owned())).await?;
    let client = &app.exchange().client;
    credentials::obtain(app.core(), client, &party, case, name).await
}

/// `GET /v1/trust`: what a booth without a net goes by, as the asking party's records say it now; signed by this node.
pub async fn trust(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Value>, Problem> {
    let party = reading(&app, &caller, |_, party| Ok(party.to_owned())).await?;
    let file = blocking(move || {
        let chain = app.chain()?;
        garita_exchange::trust::export(app.core(), app.standings(), &party, chain)
    })
    .await?;
    Ok(Json(file))
}

/// `POST /v1/peer/credentials`, signed by a node of the list for one of its parties.
pub async fn for_peer(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let core = Arc::clone(app.core());
    let peer = access::peer(&core, "POST", PEER_PATH, None, &headers, &body)?;
    let wanted: Wanted = serde_json::from_slice(&body).map_err(|e| {
        Refusal::one(
            RefusalKind::Malformed,
            Fault::whole("request-malformed", e.to_string(), e.to_string()),
        )
    })?;
    Ok(Json(
        blocking(move || credentials::for_peer(&core, &peer, &wanted)).await?,
    ))
}

fn carried(problem: &garita_credential::Problem) -> Refusal {
    Refusal::one(
        RefusalKind::Unprocessable,
        garita_exchange::verify::fault(problem),
    )
}

/// Letters, digits and hyphens of both: it stands in a header.
pub(super) fn file_name(name: &str, key: &str) -> String {
    let mut text: String = format!("{name}-{key}")
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    text.truncate(80);
    format!("{text}.json")
}
