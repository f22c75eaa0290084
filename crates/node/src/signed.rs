//! Systems that sign their requests (RFC 9421) with a key that the operator registered for a party: scoped and expiring like a token.
//!
//! What is kept of a key is a row beside the tokens, under a hash that no bearer token can have. A signature on a write counts once:
//! the node remembers those it took for as long as they would hold, and takes none that was made before it started.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use garita_credential::http_signature::{self, Component, ContentDigest, Request, VerifyOptions};
use garita_credential::keys::VerificationKey;
use garita_credential::resolver::{ResolveError, ResolvedKey, Resolver};
use garita_exchange::clock::real_now_ms;
use garita_exchange::core::Core;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::sequence::store_refusal;
use garita_store::ApiToken;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::api::problem::Problem;
use crate::api::receiving::Streamed;
use crate::server::App;

/// How old a signature may be, ms, whatever its own expiry. Besides that, clocks may be apart as between nodes.
pub const AGE_MS_MAX: i64 = 120_000;
/// Signatures of writes remembered at a time: 800 writes a second over the whole window.
const REMEMBERED_MAX: usize = 200_000;
/// What is hashed before a key. A header cannot hold a zero byte, so no bearer token has the hash of a key.
const KEY_PREFIX: &[u8] = b"\0garita signing key\0";

/// Who asks, as the request says: its fields, and the party whose registered key signed it.
#[derive(Debug, Clone)]
pub struct Caller {
    headers: HeaderMap,
    signer: Option<Signer>,
}

/// A party, by a key that is registered for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// For which party it acts.
    pub party: String,
    /// What it may do, as JSON text, like a token's.
    pub scopes: String,
    /// Until when the key is good, ms since 1970.
    pub expires_ms: i64,
}

/// What is kept of a key, in the place where a token's scopes stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyRow {
    /// The public key, multibase.
    pub public_key: String,
    /// Its scopes.
    pub scopes: Vec<String>,
}

/// The whole body of a request, for whoever has to check a signature over it.
#[derive(Debug, Clone)]
pub(crate) struct WholeBody(pub(crate) Bytes);

impl Caller {
    /// The request's fields.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// What the request says that its body is, where that counts: always where it is signed.
    ///
    /// # Errors
    /// 401 where a signed request says it in a way that cannot be read.
    pub(crate) fn body_digest(&self) -> Result<Option<ContentDigest>, Refusal> {
        let lines = self.headers.get_all("content-digest").iter();
        let lines: Vec<&str> = lines.filter_map(|value| value.to_str().ok()).collect();
        if lines.is_empty() {
            return Ok(None);
        }
        match ContentDigest::parse(&lines.join(", ")) {
            Ok(digest) => Ok(Some(digest)),
            Err(_) if self.signer.is_none() => Ok(None),
            Err(problem) => Err(Refusal::one(
                RefusalKind::Unauthenticated,
                garita_exchange::verify::fault(&problem),
            )),
        }
    }

    /// Whose registered key signed the request.
    pub fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }
}

impl From<HeaderMap> for Caller {
    /// One who signed nothing.
    fn from(headers: HeaderMap) -> Self {
        Self {
            headers,
            signer: None,
        }
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let headers = parts.headers.clone();
        // Who brings a token needs no signature; a proxy may have put its own there.
        let signs = headers.contains_key("signature-input")
            && !headers.contains_key(axum::http::header::AUTHORIZATION);
        let signer = signs.then(|| signer(app, parts)).transpose()?;
        Ok(Self { headers, signer })
    }
}

/// The hash under which a key is kept.
pub fn key_hash(public_key: &str) -> [u8; 32] {
    Sha256::new()
        .chain_update(KEY_PREFIX)
        .chain_update(public_key.as_bytes())
        .finalize()
        .into()
}

/// What a row of the tokens' table says of a key; none where it is a token's.
pub fn key_of(row: &ApiToken) -> Option<KeyRow> {
    serde_json::from_str(&row.scopes).ok()
}

fn signer(app: &App, parts: &Parts) -> Result<Signer, Refusal> {
    let core = app.core();
    let fields: Vec<(&str, &str)> = parts
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect();
    let (scheme, authority) = core
        .identity
        .url
        .split_once("://")
        .unwrap_or(("https", core.identity.url.as_str()));
    // Without the body nobody can say that the signature is over it.
    let body = parts.extensions.get::<WholeBody>();
    if body.is_none() && parts.extensions.get::<Streamed>().is_none() {
        return Err(crate::access::unauthenticated());
    }
    let registered = Registered {
        core,
        found: OnceLock::new(),
    };
    let now_ms = real_now_ms();
    let options = VerifyOptions {
        resolver: &registered,
        now_ms,
        skew_ms: VerifyOptions::SKEW_MS,
        age_ms_max: AGE_MS_MAX,
        label: None,
        required: &[Component::Method, Component::TargetUri],
    };
    let verified = http_signature::verify(
        &Request {
            method: parts.method.as_str(),
            scheme,
            authority,
            path: parts.uri.path(),
            query: parts.uri.query(),
            fields: &fields,
        },
        body.map(|body| body.0.as_ref()),
        &options,
    );
    let found = registered.found.into_inner();
    let verified = match (verified, found) {
        (_, Some(Err(refusal))) => return Err(refusal),
        (Err(problem), _) => {
            return Err(Refusal::one(
                RefusalKind::Unauthenticated,
                garita_exchange::verify::fault(&problem),
            ));
        }
        (Ok(verified), Some(Ok(row))) => (verified, row),
        (Ok(_), None) => return Err(crate::access::unauthenticated()),
    };
    let (verified, signer) = verified;
    // A body that comes piece by piece is compared when it has come ([`Caller::body_digest`]): that it will be is known now.
    let covers = || Component::Field("content-digest".to_owned());
    if body.is_none()
        && may_have_a_body(&parts.headers)
        && !verified.components().contains(&covers())
    {
        return Err(Refusal::one(
            RefusalKind::Unauthenticated,
            Fault::whole(
                "content-digest-missing",
                "the signature does not cover a `content-digest` of the body",
                "la firma no cubre un `content-digest` del contenido",
            ),
        ));
    }
    if !matches!(parts.method, Method::GET | Method::HEAD) {
        let signature = parts
            .headers
            .get("signature")
            .map_or(&[][..], |value| value.as_bytes());
        let created_ms = verified.parameters().created_s.unwrap_or(0) * 1000;
        app.signed_writes().take(signature, created_ms, now_ms)?;
    }
    Ok(signer)
}

/// Whether a request's framing leaves room for a body. RFC 9112 §6.
fn may_have_a_body(headers: &HeaderMap) -> bool {
    let length = headers.get(axum::http::header::CONTENT_LENGTH);
    headers.contains_key(axum::http::header::TRANSFER_ENCODING)
        || length.is_some_and(|length| length.as_bytes() != b"0")
}

/// The keys that the operator registered.
struct Registered<'a> {
    core: &'a Core,
    found: OnceLock<Result<Signer, Refusal>>,
}

impl Resolver for Registered<'_> {
    fn key(&self, keyid: &str, at_ms: Option<i64>) -> Result<ResolvedKey, ResolveError> {
        let unknown = || ResolveError::KeyUnknown {
            method: keyid.to_owned(),
        };
        let row = match self.core.reader.api_token(&key_hash(keyid), i64::MIN) {
            Ok(row) => row.ok_or_else(unknown)?,
            Err(error) => {
                let _ = self.found.set(Err(store_refusal(&error)));
                return Err(unknown());
            }
        };
        let now_ms = at_ms.unwrap_or_else(real_now_ms);
        if let Some(from_ms) = row.revoked_ms {
            return Err(ResolveError::KeyRevoked {
                method: keyid.to_owned(),
                from_ms,
            });
        }
        if row.expires_ms <= now_ms {
            return Err(ResolveError::KeyRetired {
                method: keyid.to_owned(),
                until_ms: row.expires_ms,
            });
        }
        let kept = key_of(&row).ok_or_else(unknown)?;
        let key = VerificationKey::from_multibase(&kept.public_key).map_err(|_| unknown())?;
        let scopes = serde_json::to_string(&kept.scopes).map_err(|_| unknown())?;
        let _ = self.found.set(Ok(Signer {
            party: row.party.clone(),
            scopes,
            expires_ms: row.expires_ms,
        }));
        Ok(ResolvedKey::new(row.party, key))
    }
}

/// Signatures of writes that were taken, so that none is taken twice.
#[derive(Debug)]
pub(crate) struct SignedWrites {
    started_ms: i64,
    taken: Mutex<HashMap<[u8; 32], i64>>,
}

impl SignedWrites {
    /// Remembers nothing yet: what was signed before `started_ms` may have been taken already.
    pub(crate) fn new(started_ms: i64) -> Self {
        Self {
            started_ms,
            taken: Mutex::default(),
        }
    }

    /// Takes a signature once.
    ///
    /// # Errors
    /// `request-replayed`, `request-before-start`, and `node-busy` where more are remembered than there is room for.
    fn take(&self, signature: &[u8], created_ms: i64, now_ms: i64) -> Result<(), Refusal> {
        // Whole seconds: a signature of the second in which the node started may be from before it.
        if created_ms < self.started_ms {
            return Err(Refusal::one(
                RefusalKind::Unauthenticated,
                Fault::whole(
                    "request-before-start",
                    "the node started after this request was signed, and cannot tell whether it was taken before; sign it anew",
                    "el nodo arrancó después de que se firmó esta petición y no puede saber si ya la tomó; fírmela de nuevo",
                ),
            ));
        }
        let holds_until_ms = created_ms
            .saturating_add(AGE_MS_MAX)
            .saturating_add(VerifyOptions::SKEW_MS);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.len() >= REMEMBERED_MAX {
            taken.retain(|_, until_ms| *until_ms >= now_ms);
            if taken.len() >= REMEMBERED_MAX {
                return Err(Refusal::one(
                    RefusalKind::Busy,
                    Fault::whole(
                        "node-busy",
                        "more signed writes came than the node can remember; try again in a minute",
                        "llegaron más escrituras firmadas de las que el nodo puede recordar; intente en un minuto",
                    ),
                ));
            }
        }
        let name: [u8; 32] = Sha256::digest(signature).into();
        if taken.insert(name, holds_until_ms).is_some() {
            return Err(Refusal::one(
                RefusalKind::Unauthenticated,
                Fault::whole(
                    "request-replayed",
                    "a request with this signature was taken already; sign it anew, with another `nonce`",
                    "ya se tomó una petición con esta firma; fírmela de nuevo, con otro `nonce`",
                ),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_is_taken_once_and_none_from_before_the_start() {
        let writes = SignedWrites::new(5_500);
        let code = |result: Result<(), Refusal>| result.err().map(|r| r.code().to_owned());
        assert_eq!(code(writes.take(b"a", 6_000, 6_100)), None);
        assert_eq!(
            code(writes.take(b"a", 6_000, 6_200)).as_deref(),
            Some("request-replayed")
        );
        assert_eq!(code(writes.take(b"b", 6_000, 6_200)), None);
        assert_eq!(
            code(writes.take(b"c", 5_000, 6_200)).as_deref(),
            Some("request-before-start")
        );
    }

    #[test]
    fn memory_is_bounded_and_frees_itself() {
        let writes = SignedWrites::new(0);
        for n in 0..REMEMBERED_MAX {
            assert!(writes.take(&n.to_be_bytes(), 1_000, 1_000).is_ok());
        }
        assert_eq!(
            writes.take(b"one more", 1_000, 1_000).unwrap_err().code(),
            "node-busy"
        );
        let later_ms = 1_000 + AGE_MS_MAX + VerifyOptions::SKEW_MS + 1;
        assert!(writes.take(b"one more", later_ms, later_ms).is_ok());
        assert_eq!(writes.taken.lock().unwrap().len(), 1);
    }

    #[test]
    fn no_bearer_token_has_the_hash_of_a_key() {
        let key = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
        assert_ne!(key_hash(key), crate::access::hash(key));
        assert!(axum::http::HeaderValue::from_bytes(KEY_PREFIX).is_err());
    }
}
