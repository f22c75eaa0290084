//! What the caller's party decided without knowing of something, and whether the case would have stood otherwise.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use garita_exchange::blind::{self, DecidedBlind, Stood};
use garita_exchange::encode;
use garita_exchange::governance::Network;
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::Problem;
use super::reading::reading;
use crate::server::App;
use crate::signed::Caller;

/// Query of `GET /v1/decided-blind`.
#[derive(Debug, Deserialize)]
pub struct BlindQuery {
    since: Option<String>,
}

/// `GET /v1/decided-blind?since=…`: acts of the party that did not know of a record dated before, with how the case stood and would
/// have stood.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<BlindQuery>,
) -> Result<Json<Value>, Problem> {
    let since_ms = match query.since.as_deref() {
        None => i64::MIN,
        Some(text) => encode::parse_instant_ms(text).ok_or_else(|| {
            Problem::parameter(
                "since",
                "`since` is a date and time with zone, as in 2026-11-24T15:00:00Z",
                "`since` es fecha y hora con zona, como 2026-11-24T15:00:00Z",
            )
        })?,
    };
    let items = reading(&app, &caller, move |core, party| {
        blind::of(core, party, since_ms)
    })
    .await?;
    let network = app.core().network();
    Ok(Json(json!({
        "items": items.iter().map(|item| json_of(item, &network)).collect::<Vec<_>>(),
    })))
}

fn json_of(item: &DecidedBlind, network: &Network) -> Value {
    let stood = |stood: &Stood| json!({ "state": stood.state, "holds": stood.holds, "offered": stood.offered });
    json!({
        "kind": item.case.kind,
        "key": item.case.key,
        "title": item.title,
        "act": item.act,
        "recordType": item.record_type,
        "logged": encode::instant_text(item.logged_ms),
        "unseen": item.unseen.iter().map(|unseen| json!({
            "id": unseen.id,
            "recordType": unseen.record_type,
            "issuer": unseen.issuer,
            "issuerName": network.name_of(&unseen.issuer),
            "logged": encode::instant_text(unseen.logged_ms),
        })).collect::<Vec<_>>(),
        "known": stood(&item.known),
        "with": stood(&item.with),
        "otherwise": item.otherwise(),
    })
}
