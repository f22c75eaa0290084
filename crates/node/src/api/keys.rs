//! Keys of systems that sign their requests: registered for a party by the operator, with scopes and an end; listed; revoked.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use garita_credential::keys::VerificationKey;
use garita_exchange::clock::real_now_ms;
use garita_exchange::encode;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::sequence::store_refusal;
use garita_store::ApiToken;
use serde::Deserialize;
use serde_json::{Value, json};

use super::admin::{admin, hosted, life, named, usual_days};
use super::problem::Problem;
use crate::access;
use crate::server::{App, blocking};
use crate::signed::{KeyRow, key_hash, key_of};

/// Body of `POST /v1/admin/keys`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct KeyRequest {
    party: String,
    /// Multibase of an Ed25519 key (`z6Mk…`).
    public_key: String,
    #[serde(default)]
    name: String,
    scopes: Vec<String>,
    #[serde(default = "usual_days")]
    days: u16,
}

/// `POST /v1/admin/keys`: from now on the party's system may sign its requests with this key.
pub async fn register(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Json(body): Json<KeyRequest>,
) -> Result<Response, Problem> {
    admin(&app, &headers)?;
    let party = hosted(&app, &body.party)?;
    let names: Vec<&str> = body.scopes.iter().map(String::as_str).collect();
    access::scopes(&names)?;
    let days = life(body.days)?;
    named(&body.name)?;
    let key = VerificationKey::from_multibase(&body.public_key).map_err(|error| {
        Refusal::one(
            RefusalKind::Unprocessable,
            Fault::at(
                "key-malformed",
                "/publicKey",
                format!("no Ed25519 key in multibase (`z6Mk…`): {error}"),
                "no es una llave Ed25519 en multibase (`z6Mk…`)",
            ),
        )
    })?;
    // One key, one text: what is registered is the normal form, which the signer names as `keyid`.
    let public_key = key.to_multibase();
    let row = found(&app, &public_key).await?;
    if row.is_some() {
        return Err(Refusal::one(
            RefusalKind::Conflict,
            Fault::at(
                "key-registered",
                "/publicKey",
                "this key is or was registered; use a new one",
                "esta llave ya está o estuvo registrada; use una nueva",
            ),
        )
        .into());
    }
    let now_ms = real_now_ms();
    let kept = KeyRow {
        public_key: public_key.clone(),
        scopes: body.scopes,
    };
    let row = ApiToken {
        hash: key_hash(&public_key),
        name: body.name,
        party,
        scopes: json!(kept).to_string(),
        created_ms: now_ms,
        expires_ms: now_ms + i64::from(days) * 24 * 3_600_000,
        revoked_ms: None,
    };
    let told = described(&row);
    app.core()
        .sequencer
        .change(move |commit| commit.api_tokens.push(row))
        .await?;
    Ok((StatusCode::CREATED, Json(told)).into_response())
}

/// Query of `GET /v1/admin/keys`.
#[derive(Debug, Deserialize)]
pub struct ListQuery {
    party: String,
}

/// `GET /v1/admin/keys?party=…`: its keys, expired and revoked ones too.
pub async fn list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Query(query): Query<ListQuery>,
) -> Result<Json<Value>, Problem> {
    admin(&app, &headers)?;
    let party = hosted(&app, &query.party)?;
    let core = Arc::clone(app.core());
    let rows = blocking(move || {
        core.reader
            .api_tokens(&party)
            .map_err(|e| store_refusal(&e))
    })
    .await?;
    let items: Vec<Value> = rows
        .iter()
        .filter(|row| key_of(row).is_some())
        .map(described)
        .collect();
    Ok(Json(json!({ "items": items })))
}

/// `DELETE /v1/admin/keys/{key}`: from now on nothing that it signs is taken. Revoking again changes nothing.
pub async fn revoke(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Result<Json<Value>, Problem> {
    admin(&app, &headers)?;
    let mut row = found(&app, &key).await?.ok_or_else(Problem::not_found)?;
    if row.revoked_ms.is_none() {
        row.revoked_ms = Some(real_now_ms());
        let revoked = row.clone();
        app.core()
            .sequencer
            .change(move |commit| commit.api_tokens.push(revoked))
            .await?;
    }
    Ok(Json(described(&row)))
}

async fn found(app: &App, key: &str) -> Result<Option<ApiToken>, Refusal> {
    let core = Arc::clone(app.core());
    let hash = key_hash(key);
    blocking(move || {
        core.reader
            .api_token(&hash, i64::MIN)
            .map_err(|e| store_refusal(&e))
    })
    .await
}

fn described(row: &ApiToken) -> Value {
    let kept = key_of(row);
    json!({
        "key": kept.as_ref().map(|k| &k.public_key),
        "party": row.party,
        "name": row.name,
        "scopes": kept.as_ref().map(|k| &k.scopes),
        "created": encode::instant_text(row.created_ms),
        "expires": encode::instant_text(row.expires_ms),
        "revoked": row.revoked_ms.map(encode::instant_text),
    })
}
