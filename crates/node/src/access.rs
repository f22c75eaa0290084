//! Who is asking: a system by its token or its registered key ([`crate::signed`]), a person by a session, a peer by its signature.
//!
//! Secrets are 256 random bits; only their SHA-256 is kept.

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, COOKIE};
use garita_credential::http_signature::{self, Request, VerifyOptions};
use garita_credential::keys::VerificationKey;
use garita_credential::resolver::{KeyEntry, KeyHistory, Resolver};
use garita_exchange::clock::real_now_ms;
use garita_exchange::core::Core;
use garita_exchange::governance::NodeEntry;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::sequence::store_refusal;
use garita_exchange::submit::Principal;
use garita_exchange::{encode, governance};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::signed::Caller;

/// Name of the session's cookie.
pub const SESSION_COOKIE: &str = "garita_session";

/// A new secret.
///
/// # Errors
/// When the system has no randomness.
pub fn new_secret() -> Result<String, getrandom::Error> {
    encode::random::<32>().map(|bytes| encode::base64url(&bytes))
}

/// What is kept of a secret.
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// What a token may do. A person's session may do both: what the person may is the program's matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Read what the party may read.
    Read,
    /// Have records signed and filed for the party, and credentials issued.
    Submit,
}

/// The scope that stands for all, as it is written.
pub const SCOPE_ALL: &str = "*";

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 2] = [Self::Read, Self::Submit];

    /// As it is written in a token's list.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Submit => "submit",
        }
    }
}

/// Scopes of a new token, as they are kept.
///
/// # Errors
/// `scope-unknown`, one for each that this node does not know, or `scope-missing` where there is none.
pub fn scopes(names: &[&str]) -> Result<String, Refusal> {
    let known = |name: &str| name == SCOPE_ALL || Scope::ALL.iter().any(|s| s.as_str() == name);
    let mut faults: Vec<Fault> = names
        .iter()
        .enumerate()
        .filter(|(_, name)| !known(name))
        .map(|(index, name)| {
            Fault::at(
                "scope-unknown",
                &format!("/scopes/{index}"),
                format!("`{name}` is no scope; there are `read`, `submit`, and `*` for both"),
                format!("`{name}` no es un alcance; hay `read`, `submit`, y `*` para ambos"),
            )
        })
        .collect();
    if names.is_empty() {
        faults.push(Fault::at(
            "scope-missing",
            "/scopes",
            "a token needs a scope: `read`, `submit`, or `*` for both",
            "una ficha necesita un alcance: `read`, `submit`, o `*` para ambos",
        ));
    }
    if faults.is_empty() {
        Ok(json!(names).to_string())
    } else {
        Err(Refusal {
            kind: RefusalKind::Unprocessable,
            faults,
        })
    }
}

/// Who asks, and what he may do.
#[derive(Debug, Clone)]
pub struct Known {
    /// For whom he acts.
    pub principal: Principal,
    /// Scopes, as they are written.
    pub scopes: Vec<String>,
    /// `token`, `key` or `person`.
    pub by: &'static str,
    /// Until when the token or key is good, ms since 1970.
    pub expires_ms: Option<i64>,
}

/// Who made a request: by registered key or bearer token, else by session.
///
/// # Errors
/// 401 where none is given or holds.
pub fn known(core: &Core, caller: &Caller, now_ms: i64) -> Result<Known, Refusal> {
    let system = |party: String, scopes: &str, by, expires_ms| Known {
        principal: Principal {
            party,
            person: String::new(),
            post: String::new(),
        },
        // What cannot be read gives nothing.
        scopes: serde_json::from_str(scopes).unwrap_or_default(),
        by,
        expires_ms: Some(expires_ms),
    };
    if let Some(signer) = caller.signer() {
        let (party, scopes) = (signer.party.clone(), signer.scopes.as_str());
        return Ok(system(party, scopes, "key", signer.expires_ms));
    }
    if let Some(token) = bearer(caller.headers()) {
        return core
            .reader
            .api_token(&hash(token), now_ms)
            .map_err(|e| store_refusal(&e))?
            .filter(|token| token.revoked_ms.is_none())
            .map(|t| system(t.party, &t.scopes, "token", t.expires_ms))
            .ok_or_else(unauthenticated);
    }
    let principal = session(core, caller.headers())?.ok_or_else(unauthenticated)?;
    Ok(Known {
        principal,
        scopes: vec![SCOPE_ALL.to_owned()],
        by: "person",
        expires_ms: None,
    })
}

/// The principal of a request, who must have this scope.
///
/// # Errors
/// 401 where nobody is known, 403 where the key or the token is for something else.
pub fn principal(core: &Core, caller: &Caller, scope: Scope) -> Result<Principal, Refusal> {
    let known = known(core, caller, real_now_ms())?;
    let may = |name: &String| name == SCOPE_ALL || name == scope.as_str();
    if known.scopes.iter().any(may) {
        Ok(known.principal)
    } else {
        Err(insufficient(scope))
    }
}

fn insufficient(scope: Scope) -> Refusal {
    Refusal::one(
        RefusalKind::Forbidden,
        Fault::whole(
            "scope-insufficient",
            format!(
                "this token or key is not for `{}`; ask the operator for one that is",
                scope.as_str()
            ),
            format!(
                "esta ficha o llave no es para `{}`; pida al operador una que lo sea",
                scope.as_str()
            ),
        ),
    )
}

/// The person of a session, where there is one.
///
/// # Errors
/// When the store is away.
pub fn session(core: &Core, headers: &HeaderMap) -> Result<Option<Principal>, Refusal> {
    let Some(secret) = cookie(headers, SESSION_COOKIE) else {
        return Ok(None);
    };
    let found = core
        .reader
        .session(&hash(&secret), real_now_ms())
        .map_err(|e| store_refusal(&e))?;
    Ok(found.map(|session| {
        let data: Value = serde_json::from_str(&session.data).unwrap_or_default();
        let text = |name: &str| {
            data.get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        Principal {
            party: session.party,
            person: text("person"),
            post: text("post"),
        }
    }))
}

/// The node that signed a request (RFC 9421), by the network's list.
///
/// # Errors
/// 401 with what does not hold.
pub fn peer(
    core: &Core,
    method: &str,
    path: &str,
    query: Option<&str>,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<String, Refusal> {
    let network = core.network();
    let node = signer(core, network.as_ref(), method, path, query, headers, body)?;
    if network.nodes.contains_key(&node) {
        Ok(node)
    } else {
        Err(unauthenticated())
    }
}

/// That a joining node signed its introduction with the key that it announces.
///
/// # Errors
/// 401 with what does not hold.
pub fn joining(
    core: &Core,
    headers: &HeaderMap,
    body: &[u8],
    node: &NodeEntry,
) -> Result<(), Refusal> {
    let key = VerificationKey::from_multibase(&node.key).map_err(|_| unauthenticated())?;
    let mut announced = KeyHistory::new();
    announced.add(KeyEntry {
        controller: node.did.clone(),
        ..KeyEntry::new(governance::node_method(&node.did), key, i64::MIN)
    });
    let signed = signer(
        core,
        &announced,
        "POST",
        "/v1/peer/join",
        None,
        headers,
        body,
    )?;
    if signed == node.did {
        Ok(())
    } else {
        Err(unauthenticated())
    }
}

fn signer(
    core: &Core,
    resolver: &dyn Resolver,
    method: &str,
    path: &str,
    query: Option<&str>,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<String, Refusal> {
    let fields: Vec<(&str, &str)> = headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect();
    let (scheme, authority) = core
        .identity
        .url
        .split_once("://")
        .unwrap_or(("https", core.identity.url.as_str()));
    let verified = http_signature::verify(
        &Request {
            method,
            scheme,
            authority,
            path,
            query,
            fields: &fields,
        },
        Some(body),
        &VerifyOptions::between_nodes(resolver, real_now_ms()),
    )
    .map_err(|problem| {
        Refusal::one(
            RefusalKind::Unauthenticated,
            garita_exchange::verify::fault(&problem),
        )
    })?;
    let node = verified.controller().to_owned();
    if verified.keyid() == governance::node_method(&node) {
        Ok(node)
    } else {
        Err(unauthenticated())
    }
}

/// Whether a request bears a token of the node's own, the operator's or the monitor's, that has this hash.
pub fn bears(hash_of: Option<&[u8; 32]>, headers: &HeaderMap) -> bool {
    match (hash_of, bearer(headers)) {
        // Hashes are compared, not secrets: what an attacker learns by timing is of a hash that it cannot choose.
        (Some(expected), Some(token)) => hash(token) == *expected,
        (Some(_) | None, _) => false,
    }
}

/// A cookie's value.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned())
}

/// The secret of a token, where the request bears one.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.strip_prefix("Bearer "))
        .map(str::trim)
}

/// Nobody that this node knows.
pub fn unauthenticated() -> Refusal {
    Refusal::one(
        RefusalKind::Unauthenticated,
        Fault::whole(
            "unauthenticated",
            "no valid token, session or signature came with the request; use `Authorization: Bearer TOKEN`, sign with a registered key, or sign in",
            "la petición no trae token, sesión ni firma válidos; use `Authorization: Bearer TOKEN`, firme con una llave registrada o inicie sesión",
        ),
    )
}
