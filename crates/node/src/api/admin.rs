//! For the operator, by the token in `DATA/admin.token`: invitations, joining a network, sign-in links.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use garita_exchange::clock::real_now_ms;
use garita_exchange::governance::{NodeEntry, PartyEntry};
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::sequence::store_refusal;
use garita_exchange::{client, encode};
use garita_store::{ApiToken, SignInLink};
use garita_tlog::{VerifierKey, WitnessKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::problem::Problem;
use crate::access;
use crate::config;
use crate::server::App;
use crate::setup;

/// An invitation counts this long.
const INVITATION_MS: i64 = 7 * 24 * 3_600_000;
const LINK_MS: i64 = 3_600_000;
/// Days of a token, where the operator does not say.
const TOKEN_DAYS: u16 = 90;
/// Longest life of a token, days.
const TOKEN_DAYS_MAX: u16 = 400;
/// Longest name of a token or a key, in characters.
const NAME_LENGTH_MAX: usize = 200;

/// What an invitation carries: whom to ask, which network that must be, and the one-time secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Address of the inviting node.
    pub url: String,
    /// Digest of the network's genesis: the joiner adopts no other chain.
    pub network: String,
    /// One-time secret.
    pub secret: String,
}

impl Invitation {
    /// As one line of text.
    pub fn encode(&self) -> String {
        let json = serde_json::to_vec(self).unwrap_or_default();
        format!("garita-invitation:{}", encode::base64url(&json))
    }

    /// From one line of text.
    pub fn decode(text: &str) -> Option<Self> {
        let bytes = encode::from_base64url(text.trim().strip_prefix("garita-invitation:")?)?;
        serde_json::from_slice(&bytes).ok()
    }
}

/// `POST /v1/peer/join`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Join {
    /// The invitation's secret.
    pub secret: String,
    /// The joining node.
    pub node: NodeEntry,
    /// Its parties.
    pub parties: Vec<PartyEntry>,
}

/// `POST /v1/admin/invitations`: a one-time invitation to this node's network.
pub async fn invite(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    admin(&app, &headers)?;
    let core = app.core();
    if app.authority().is_none() {
        return Err(Refusal::one(
            RefusalKind::Forbidden,
            Fault::whole(
                "not-authority",
                "this node does not keep the network's authority key; invitations come from the node that founded the network",
                "este nodo no guarda la llave de la autoridad de la red; las invitaciones salen del nodo que la fundó",
            ),
        )
        .into());
    }
    let secret = access::new_secret().map_err(|e| unavailable("no-randomness", &e.to_string()))?;
    let name = invitation_name(&secret);
    let until = real_now_ms() + INVITATION_MS;
    core.sequencer
        .change(move |commit| {
            commit
                .meta
                .push((name, Some(until.to_string().into_bytes())))
        })
        .await?;
    let invitation = Invitation {
        url: core.identity.url.clone(),
        network: core.network().id.clone(),
        secret,
    };
    Ok(Json(json!({ "invitation": invitation.encode() })))
}

/// `POST /v1/peer/join`: the invited node introduces itself; the answer is the chain with its entries.
pub async fn join(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let core = app.core();
    let join: Join = serde_json::from_slice(&body).map_err(|e| {
        Refusal::one(
            RefusalKind::Malformed,
            Fault::whole("join-malformed", e.to_string(), e.to_string()),
        )
    })?;
    let Some(authority) = app.authority() else {
        return Err(access::unauthenticated().into());
    };
    let name = invitation_name(&join.secret);
    let held = core.reader.meta(&name).map_err(|e| store_refusal(&e))?;
    let until: i64 = held
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    if until < real_now_ms() {
        return Err(Refusal::one(
            RefusalKind::Forbidden,
            Fault::whole(
                "invitation-invalid",
                "the invitation was used, has expired or was never given; ask for a new one",
                "la invitación ya se usó, venció o nunca se dio; pida otra",
            ),
        )
        .into());
    }
    access::joining(core, &headers, &body, &join.node)?;
    introduced_rightly(&app, &join)?;
    // Used up first: a crash between the two costs an invitation, never gives one twice.
    core.sequencer
        .change(move |commit| commit.meta.push((name, None)))
        .await?;
    for statement in setup::joining(&join.node, &join.parties) {
        let entry = core
            .network()
            .draft(&statement, &authority, core.clock.now_ms())
            .map_err(|e| unavailable(e.code(), &e.to_string()))?;
        core.govern(vec![entry]).await?;
    }
    let chain = app.chain()?;
    Ok(Json(json!({ "entries": chain })))
}

/// Body of `POST /v1/admin/peers`.
#[derive(Debug, Deserialize)]
pub struct AddPeer {
    invitation: String,
}

/// `POST /v1/admin/peers`: takes up an invitation: introduces this node and adopts the network's chain.
pub async fn add_peer(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Json(body): Json<AddPeer>,
) -> Result<Json<Value>, Problem> {
    admin(&app, &headers)?;
    let core = app.core();
    let Some(invitation) = Invitation::decode(&body.invitation) else {
        return Err(Refusal::one(
            RefusalKind::Malformed,
            Fault::whole(
                "invitation-malformed",
                "this is no invitation: it begins with `garita-invitation:` and is one line",
                "esto no es una invitación: empieza con `garita-invitation:` y es una sola línea",
            ),
        )
        .into());
    };
    let held = core.network();
    if held.head.is_some() {
        return Err(Refusal::one(
            RefusalKind::Conflict,
            Fault::whole(
                "network-already",
                format!(
                    "this node is in network `{}` already; one node, one network",
                    held.name
                ),
                format!(
                    "este nodo ya está en la red `{}`; un nodo, una red",
                    held.name
                ),
            ),
        )
        .into());
    }
    let http = client::Client::new(&core.identity.did, Arc::clone(&core.identity.key))
        .map_err(|e| unavailable("client-unavailable", &e.to_string()))?;
    let answer: Value = http
        .post(
            &invitation.url,
            "/v1/peer/join",
            &Join {
                secret: invitation.secret,
                node: app.node_entry(),
                parties: app.party_entries(),
            },
        )
        .await
        .map_err(|e| unavailable("peer-unreachable", &e.to_string()))?;
    let entries = answer
        .get("entries")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let genesis = entries
        .first()
        .and_then(|e| garita_exchange::governance::entry_digest(e).ok());
    if genesis.as_deref() != Some(invitation.network.as_str()) {
        return Err(Refusal::one(
            RefusalKind::Unprocessable,
            Fault::whole(
                "network-other",
                "the node that answered belongs to another network than the invitation names",
                "el nodo que respondió es de otra red que la que dice la invitación",
            ),
        )
        .into());
    }
    let network = core.govern(entries).await?;
    Ok(Json(json!({
        "network": network.id,
        "name": network.name,
        "nodes": network.nodes.values().map(|n| &n.name).collect::<Vec<_>>(),
    })))
}

/// Body of `POST /v1/admin/links`.
#[derive(Debug, Deserialize)]
pub struct LinkRequest {
    party: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    post: String,
}

/// `POST /v1/admin/links`: a one-time sign-in link for a person of a hosted party.
pub async fn sign_in_link(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Json(body): Json<LinkRequest>,
) -> Result<Json<Value>, Problem> {
    admin(&app, &headers)?;
    let core = app.core();
    let party = hosted(&app, &body.party)?;
    let secret = access::new_secret().map_err(|e| unavailable("no-randomness", &e.to_string()))?;
    let row = SignInLink {
        hash: access::hash(&secret),
        party,
        data: json!({ "person": body.person, "post": body.post }).to_string(),
        expires_ms: real_now_ms() + LINK_MS,
        used_ms: None,
    };
    core.sequencer
        .change(move |commit| commit.sign_in_links.push(row))
        .await?;
    Ok(Json(
        json!({ "link": format!("{}/signin/{secret}", core.identity.url) }),
    ))
}

/// Body of `POST /v1/admin/tokens`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    party: String,
    #[serde(default)]
    name: String,
    scopes: Vec<String>,
    #[serde(default = "usual_days")]
    days: u16,
}

/// `POST /v1/admin/tokens`: a token for a system of a hosted party, for some days and for what its scopes say.
pub async fn token(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Json(body): Json<TokenRequest>,
) -> Result<Response, Problem> {
    admin(&app, &headers)?;
    let party = hosted(&app, &body.party)?;
    let names: Vec<&str> = body.scopes.iter().map(String::as_str).collect();
    let scopes = access::scopes(&names)?;
    let days = life(body.days)?;
    named(&body.name)?;
    let secret = access::new_secret().map_err(|e| unavailable("no-randomness", &e.to_string()))?;
    let now_ms = real_now_ms();
    let expires_ms = now_ms + i64::from(days) * 24 * 3_600_000;
    let row = ApiToken {
        hash: access::hash(&secret),
        name: body.name,
        party: party.clone(),
        scopes,
        created_ms: now_ms,
        expires_ms,
        revoked_ms: None,
    };
    app.core()
        .sequencer
        .change(move |commit| commit.api_tokens.push(row))
        .await?;
    Ok((
        StatusCode::CREATED,
        Json(json!({
            "token": secret,
            "party": party,
            "scopes": body.scopes,
            "expires": encode::instant_text(expires_ms),
        })),
    )
        .into_response())
}

/// Days of a token or a key whose body does not say.
pub(super) fn usual_days() -> u16 {
    TOKEN_DAYS
}

/// Days of a token or a key.
///
/// # Errors
/// `token-days` where they are too many or none.
pub(super) fn life(days: u16) -> Result<u16, Refusal> {
    if (1..=TOKEN_DAYS_MAX).contains(&days) {
        return Ok(days);
    }
    Err(Refusal::one(
        RefusalKind::Unprocessable,
        Fault::at(
            "token-days",
            "/days",
            format!("a token or key is for 1 to {TOKEN_DAYS_MAX} days"),
            format!("una ficha o llave es por 1 a {TOKEN_DAYS_MAX} días"),
        ),
    ))
}

/// That the name of a token or a key has a length that a list can show.
///
/// # Errors
/// `name-too-long`.
pub(super) fn named(name: &str) -> Result<(), Refusal> {
    if name.chars().count() <= NAME_LENGTH_MAX {
        return Ok(());
    }
    Err(Refusal::one(
        RefusalKind::Unprocessable,
        Fault::at(
            "name-too-long",
            "/name",
            format!("a name has at most {NAME_LENGTH_MAX} characters"),
            format!("un nombre tiene a lo más {NAME_LENGTH_MAX} caracteres"),
        ),
    ))
}

/// A hosted party by its short name or DID.
pub(super) fn hosted(app: &App, name: &str) -> Result<String, Problem> {
    app.party_by_slug(name)
        .map(|p| p.did.clone())
        .or_else(|| app.core().hosts(name).then(|| name.to_owned()))
        .ok_or_else(Problem::not_found)
}

/// What an invitation does not give: somebody else's name, number or office.
fn introduced_rightly(app: &App, join: &Join) -> Result<(), Refusal> {
    let core = app.core();
    let network = core.network();
    let mut faults = Vec::new();
    let own_did = setup::node_did(&join.node.url).ok();
    if own_did.as_deref() != Some(join.node.did.as_str()) {
        faults.push(Fault::at(
            "join-did-mismatch",
            "/node/did",
            "a node's DID is that of its address",
            "el DID de un nodo es el de su dirección",
        ));
    }
    // Another node's log, or its cosignatures, are not to be had either.
    let origin = setup::log_origin(&join.node.url).unwrap_or_default();
    let logs = VerifierKey::parse(&join.node.log_key).is_ok_and(|key| key.name() == origin);
    let witness = join.node.witness_key.as_deref().map(WitnessKey::parse);
    let held = |key: &WitnessKey| {
        let nodes = network.nodes.values();
        nodes
            .filter_map(|node| WitnessKey::parse(node.witness_key.as_deref()?).ok())
            .any(|other| other.public_key() == key.public_key())
    };
    let witnesses = match &witness {
        None => true,
        Some(Ok(key)) => key.name() == config::witness_name(&origin) && !held(key),
        Some(Err(_)) => false,
    };
    for (good, pointer) in [(logs, "/node/logKey"), (witnesses, "/node/witnessKey")] {
        if !good {
            faults.push(Fault::at(
                "join-key-elsewhere",
                pointer,
                "the key of a node's log, and that with which it cosigns, bear the name of its address and are nobody else's",
                "la llave de la bitácora de un nodo, y aquella con que cofirma, llevan el nombre de su dirección y no son de nadie más",
            ));
        }
    }
    if network.nodes.contains_key(&join.node.did) {
        faults.push(Fault::at(
            "join-did-taken",
            "/node/did",
            "this node is in the network's list already",
            "este nodo ya está en la lista de la red",
        ));
    }
    let offices: BTreeSet<String> = core
        .programs
        .iter()
        .flat_map(|profile| garita_profile::seats::office_roles(profile.model()))
        .collect();
    for (index, party) in join.parties.iter().enumerate() {
        let pointer = format!("/parties/{index}");
        if party.home != join.node.did
            || !party
                .did
                .starts_with(&format!("{}:parties:", join.node.did))
        {
            faults.push(Fault::at(
                "join-party-elsewhere",
                &pointer,
                "a node introduces only parties of its own address",
                "un nodo solo presenta partes de su propia dirección",
            ));
        }
        if network.homes.contains_key(&party.did) {
            faults.push(Fault::at(
                "join-did-taken",
                &pointer,
                "this party is in the network's list already",
                "esta parte ya está en la lista de la red",
            ));
        }
        let held_elsewhere = party.party.holds.iter().any(|(namespace, values)| {
            values.iter().any(|value| {
                network
                    .directory
                    .parties
                    .keys()
                    .any(|did| network.directory.holds(did, namespace, value))
            })
        });
        if held_elsewhere {
            faults.push(Fault::at(
                "join-number-taken",
                &pointer,
                "another party holds this number",
                "otra parte tiene este número",
            ));
        }
        // An office that stands already is not doubled by whoever has an invitation.
        let doubled = party.party.roles.iter().find(|granted| {
            offices.contains(&granted.role)
                && network
                    .directory
                    .with_role(&granted.role, core.clock.now_ms())
                    .next()
                    .is_some()
        });
        if let Some(role) = doubled {
            faults.push(Fault::at(
                "join-office-taken",
                &pointer,
                format!(
                    "`{}` is an office of this network already; its founder adds further holders",
                    role.role
                ),
                format!(
                    "`{}` ya es una oficina de esta red; su fundador agrega a otros titulares",
                    role.role
                ),
            ));
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Refusal {
            kind: RefusalKind::Unprocessable,
            faults,
        })
    }
}

pub(super) fn admin(app: &App, headers: &HeaderMap) -> Result<(), Refusal> {
    if app.is_admin(headers) {
        Ok(())
    } else {
        Err(access::unauthenticated())
    }
}

fn invitation_name(secret: &str) -> String {
    format!("invitation:{}", encode::base64url(&access::hash(secret)))
}

fn unavailable(code: &str, what: &str) -> Refusal {
    Refusal::one(
        RefusalKind::Unavailable,
        Fault::whole(code, what.to_owned(), what.to_owned()),
    )
}
