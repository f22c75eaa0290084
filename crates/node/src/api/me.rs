//! `GET /v1/me`: who the caller is to this node.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use garita_exchange::clock::real_now_ms;
use garita_exchange::encode;
use serde_json::{Value, json};

use super::problem::Problem;
use crate::access;
use crate::server::{App, blocking};
use crate::signed::Caller;

/// `GET /v1/me`.
pub async fn me(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Value>, Problem> {
    let core = Arc::clone(app.core());
    let known = blocking(move || access::known(&core, &caller, real_now_ms())).await?;
    let core = app.core();
    let network = core.network();
    let party = network.directory.parties.get(&known.principal.party);
    let now_ms = core.clock.now_ms();
    let roles: Vec<&str> = party
        .map(|p| {
            p.roles
                .iter()
                .filter(|r| r.from_ms <= now_ms && r.until_ms.is_none_or(|until| now_ms < until))
                .map(|r| r.role.as_str())
                .collect()
        })
        .unwrap_or_default();
    let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Ok(Json(json!({
        "party": known.principal.party,
        "name": party.map(|p| &p.name),
        "roles": roles,
        "holds": party.map(|p| p.holds.clone()).unwrap_or_default(),
        "scopes": known.scopes,
        "by": known.by,
        "person": said(&known.principal.person),
        "post": said(&known.principal.post),
        "expires": known.expires_ms.map(encode::instant_text),
        "node": core.identity.did,
        "network": network.id,
    })))
}
