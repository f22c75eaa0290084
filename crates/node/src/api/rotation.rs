//! A party's new keys: its home makes them and asks, the node that keeps the network's authority puts them on the list.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use garita_credential::Resolver as _;
use garita_exchange::client::{Client, ClientError};
use garita_exchange::core::{Hosted, HostedKey};
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::{encode, rotation};
use serde::Deserialize;
use serde_json::{Value, json};

use super::admin::{admin, hosted};
use super::problem::Problem;
use crate::access;
use crate::config;
use crate::keyring::Place;
use crate::server::{App, blocking};
use crate::setup;

const HOUR_MS: i64 = 3_600_000;

/// Body of `POST /v1/admin/rotations`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RotationRequest {
    party: String,
    /// How long the old keys count beside the new ones, so that what is on its way still holds.
    #[serde(default = "usual_hours")]
    keep_old_hours: u16,
    /// Where the new keys are made; where the old ones lie, if it is not said.
    #[serde(default)]
    keys_in: Option<KeysIn>,
}

/// Where keys are made.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum KeysIn {
    /// In files.
    File,
    /// In the node's token.
    Token,
}

fn usual_hours() -> u16 {
    1
}

/// `POST /v1/admin/rotations`: a hosted party signs with new keys from now on, without a stop.
pub async fn rotate(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Json(body): Json<RotationRequest>,
) -> Result<Json<Value>, Problem> {
    admin(&app, &headers)?;
    let core = app.core();
    let party = hosted(&app, &body.party)?;
    let held = core.hosted.get(&party).ok_or_else(Problem::not_found)?;
    let slug = slug_of(&app, &party)?;
    // One at a time: two would choose the same names.
    let _turn = app.rotating().lock().await;
    if let Some(keys) = listed_already(&app, &party, &slug) {
        // A change whose answer was lost: the list has the keys, and their files are here.
        adopt(&app, held, &slug, keys.clone()).await?;
        return Ok(Json(told(&app, &party, &keys)));
    }
    let current = config::key_file(&slug, &held.current().verification_method);
    let place = match body.keys_in {
        Some(KeysIn::File) => Place::File,
        Some(KeysIn::Token) => Place::Token,
        None => app.keyring().place(&current),
    };
    if place == Place::Token && !app.keyring().has_token() {
        return Err(Refusal::one(RefusalKind::Conflict, no_token()).into());
    }
    let new = next_keys(&app, &party, &slug, place).await?;
    // What waits in the queue is signed with the old ones yet.
    let keep_old_ms = i64::from(body.keep_old_hours.max(1)).saturating_mul(HOUR_MS);
    let (network, current, asker) = (core.network(), held.current(), party.clone());
    let (wanted, now_ms) = (new.clone(), core.clock.now_ms());
    let document =
        blocking(move || rotation::ask(&network, &asker, &current, &wanted, keep_old_ms, now_ms))
            .await?;
    let entries = if app.authority().is_some() {
        listed(&app, &document).await?.1
    } else {
        asked(&app, &document).await?
    };
    core.govern(entries).await?;
    adopt(&app, held, &slug, new.clone()).await?;
    Ok(Json(told(&app, &party, &new)))
}

/// Signs with keys that the list has: written down first, so that a restart signs with the same.
async fn adopt(app: &App, held: &Hosted, slug: &str, keys: HostedKey) -> Result<(), Problem> {
    let (data, kept, written) = (app.data().to_owned(), slug.to_owned(), keys.clone());
    blocking(move || {
        config::use_keys(&data, &kept, &written).map_err(|e| unwritten(&e.to_string()))
    })
    .await?;
    held.replace(keys);
    Ok(())
}

fn told(app: &App, party: &str, keys: &HostedKey) -> Value {
    let core = app.core();
    let methods: Vec<&str> = keys.public_keys().map(|(id, _)| id).collect();
    json!({
        "party": party,
        "verificationMethods": methods,
        "since": encode::instant_text(core.clock.now_ms()),
        "head": core.network().head,
    })
}

/// At start: parties whose newest listed keys are here and not yet in use sign with them, as where the answer to a change was lost.
pub(crate) fn catch_up(app: &App) {
    for party in app.parties() {
        let Some(keys) = listed_already(app, &party.did, &party.slug) else {
            continue;
        };
        let Some(held) = app.core().hosted.get(&party.did) else {
            continue;
        };
        match config::use_keys(app.data(), &party.slug, &keys) {
            Ok(()) => {
                tracing::warn!(
                    party = party.slug,
                    key = keys.verification_method,
                    "a key change is brought to its end"
                );
                held.replace(keys);
            }
            Err(error) => {
                tracing::error!(party = party.slug, %error, "a key change cannot be brought to its end");
            }
        }
    }
}

/// The newest keys of a party that the list has, open, and whose files are here; none where they are in use already.
fn listed_already(app: &App, party: &str, slug: &str) -> Option<HostedKey> {
    let core = app.core();
    let network = core.network();
    let now_ms = core.clock.now_ms();
    let mut newest = None;
    for number in 2..u32::MAX {
        let [method, _] = setup::key_methods(party, number);
        if network.keys.of(&method).is_empty() {
            break;
        }
        let there = setup::keys_there(app.keyring(), slug, party, number)
            .ok()
            .flatten();
        let counts = |keys: &HostedKey| {
            keys.public_keys().all(|(method, key)| {
                network
                    .key(method, Some(now_ms))
                    .is_ok_and(|listed| listed.key == key)
            })
        };
        newest = there.filter(counts).or(newest);
    }
    let current = core.hosted.get(party)?.current();
    newest.filter(|keys| keys.verification_method != current.verification_method)
}

/// `POST /v1/peer/keys`: a party's request, signed with the key that it has; the answer is the chain from the asker's head on.
pub async fn change(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let core = app.core();
    let peer = access::peer(core, "POST", "/v1/peer/keys", None, &headers, &body)?;
    if app.authority().is_none() {
        return Err(not_authority().into());
    }
    let document = garita_exchange::parse::document(&body)?;
    let issuer = garita_exchange::envelope::issuer_of(&document).unwrap_or_default();
    if core.network().homes.get(issuer) != Some(&peer) {
        return Err(Refusal::one(
            RefusalKind::Forbidden,
            Fault::at(
                "join-party-elsewhere",
                "/issuer",
                "a party's keys are changed by its home",
                "las llaves de una parte las cambia su nodo",
            ),
        )
        .into());
    }
    let (head, _) = listed(&app, &document).await?;
    let chain = app.chain()?;
    let after = usize::try_from(head)
        .unwrap_or(usize::MAX)
        .saturating_add(1);
    let news: Vec<Value> = chain.into_iter().skip(after).collect();
    Ok(Json(json!({ "entries": news })))
}

/// Puts what was asked on the list; the asker's head, and the entry.
async fn listed(app: &App, document: &Value) -> Result<(u64, Vec<Value>), Problem> {
    let core = app.core();
    let authority = app.authority().ok_or_else(not_authority)?;
    let now_ms = core.clock.now_ms();
    let network = core.network();
    let asked = rotation::judge(&network, document, now_ms)?;
    let entry = network
        .draft(&asked.statement, &authority, now_ms)
        .map_err(|error| unwritten(&error.to_string()))?;
    core.govern(vec![entry.clone()]).await?;
    Ok((asked.head, vec![entry]))
}

/// Asks each node of the network until the one that keeps the authority answers.
async fn asked(app: &App, document: &Value) -> Result<Vec<Value>, Problem> {
    let core = app.core();
    let http = Client::new(&core.identity.did, Arc::clone(&core.identity.key))
        .map_err(|e| unwritten(&e.to_string()))?;
    let network = core.network();
    let mut last = String::new();
    for node in network.nodes.values() {
        if node.did == core.identity.did {
            continue;
        }
        match http
            .post::<Value>(&node.url, "/v1/peer/keys", document)
            .await
        {
            Ok(answer) => {
                let entries = answer.get("entries").and_then(Value::as_array).cloned();
                return Ok(entries.unwrap_or_default());
            }
            // Its authority refused: another would too.
            Err(ClientError::Status { status: 422, body }) => {
                return Err(Refusal::one(
                    RefusalKind::Unprocessable,
                    Fault::whole(
                        "key-change-malformed",
                        format!("`{}` refused the key change: {body}", node.name),
                        format!("`{}` rechazó el cambio de llave: {body}", node.name),
                    ),
                )
                .into());
            }
            Err(error) => last = format!("`{}`: {error}", node.name),
        }
    }
    Err(Refusal::one(
        RefusalKind::Unavailable,
        Fault::whole(
            "peer-unreachable",
            format!(
                "the node that keeps the network's authority does not answer, and the keys are as they were; try again when it does ({last})"
            ),
            format!(
                "el nodo que guarda la autoridad de la red no responde, y las llaves quedan como estaban; intente cuando responda ({last})"
            ),
        ),
    )
    .into())
}

/// New keys under names that the list does not have; those of a try that did not get to the end are taken up again.
async fn next_keys(app: &App, party: &str, slug: &str, place: Place) -> Result<HostedKey, Problem> {
    let network = app.core().network();
    let free = (2..)
        .find(|number| {
            setup::key_methods(party, *number)
                .iter()
                .all(|method| network.keys.of(method).is_empty())
        })
        .unwrap_or(u32::MAX);
    let (keyring, party, slug) = (app.keyring().clone(), party.to_owned(), slug.to_owned());
    let made = blocking(move || {
        setup::keys_numbered_in(&keyring, &slug, &party, free, place)
            .map_err(|e| unwritten(&e.to_string()))
    });
    Ok(made.await?)
}

fn no_token() -> Fault {
    Fault::at(
        "token-missing",
        "/keysIn",
        "this node has no token to make keys in; say where it is with `pkcs11` in node.json",
        "este nodo no tiene token en el cual crear llaves; indique cuál con `pkcs11` en node.json",
    )
}

fn slug_of(app: &App, party: &str) -> Result<String, Problem> {
    let found = app.parties().iter().find(|p| p.did == party);
    found.map(|p| p.slug.clone()).ok_or_else(Problem::not_found)
}

pub(super) fn not_authority() -> Refusal {
    Refusal::one(
        RefusalKind::Forbidden,
        Fault::whole(
            "not-authority",
            "this node does not keep the network's authority key; the node that founded the network changes its list",
            "este nodo no guarda la llave de la autoridad de la red; su lista la cambia el nodo que la fundó",
        ),
    )
}

fn unwritten(why: &str) -> Refusal {
    Refusal::one(
        RefusalKind::Unavailable,
        Fault::whole(
            "keys-unwritten",
            format!("the new keys could not be written, and the old ones are in use: {why}"),
            format!("no se pudieron escribir las llaves nuevas y siguen las anteriores: {why}"),
        ),
    )
}
