//! DIDs of others, resolved: `did:key` and `did:jwk` by themselves, `did:web` and `did:webvh` from where their owners publish them.
//!
//! What is fetched comes from an address that a stranger chose, so that the guard of [`crate::outside`] stands before it: https, never inside
//! this network but in a demonstration, little, not for long. What was found is kept for a while, what was not for less. The history of a
//! `did:webvh` may only grow: an owner who shows another one than before is not believed.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use garita_canon::{Canonicalizer, ContextSet, json};
use garita_credential::did::{self, Did, DidDocument, DidUrl};
use garita_credential::resolution::{
    Asked, KeyOptions, Resolution, ResolutionError, VersionQuery, resolve_history, resolve_key,
};
use garita_credential::resolver::{KeyHistory, ResolveError, ResolvedKey, Resolver as _};
use garita_credential::webvh::{self, Documents, History, LOG_BYTES_MAX, WebvhDid};
use garita_exchange::clock::real_now_ms;
use serde_json::{Value, json};

use crate::outside::Targets;

/// Largest document of a `did:web`.
const DOCUMENT_BYTES_MAX: usize = 256 << 10;
/// For how long what was found is kept; a DID that asks for less gets less.
const FOUND_MS: i64 = 5 * 60_000;
/// For how long it is kept that nothing was found.
const NOT_FOUND_MS: i64 = 30_000;
/// DIDs kept at once. Where there are more, one without a history is forgotten; a history that was seen is not, or its owner could show
/// another one to whoever asks for enough others first.
const KEPT_MAX: usize = 1_000;
/// Histories kept at once, which can be megabytes each: no more are taken.
const HISTORIES_MAX: usize = 100;

/// Resolves DIDs, and remembers for a while. Callable at once from many tasks.
pub struct Dids {
    targets: Targets,
    canonicalizer: Canonicalizer,
    kept: Mutex<HashMap<String, Kept>>,
}

#[derive(Clone)]
struct Kept {
    until_ms: i64,
    found: Result<Found, ResolutionError>,
    /// The longest history seen, whatever came after.
    history: Option<Arc<History>>,
}

#[derive(Clone)]
enum Found {
    Document(Value),
    History(Arc<History>),
}

impl Dids {
    /// `inside`: also of this machine and its network, and without TLS; for demonstrations.
    #[must_use]
    pub fn new(inside: bool) -> Self {
        Self {
            targets: Targets { inside },
            canonicalizer: Canonicalizer::new(ContextSet::bundled()),
            kept: Mutex::new(HashMap::new()),
        }
    }

    /// Whether the document of this DID has to be fetched from its owner.
    #[must_use]
    pub fn is_fetched(did: &Did) -> bool {
        matches!(did.method(), "web" | "webvh")
    }

    /// The document of a DID, or a version of it for a DID with a history.
    pub async fn resolve(&self, text: &str, version: VersionQuery<'_>) -> Resolution {
        let Ok(did) = Did::parse(text) else {
            // Whatever else it is, the resolver of keys says what is wrong with it.
            return resolve_key(text, &KeyOptions::default());
        };
        let found = match did.method() {
            "jwk" => did::key_document(&did)
                .map(Found::Document)
                .map_err(|e| ResolutionError::from(&e)),
            "web" | "webvh" => self.kept_or_fetched(&did).await,
            _ => return resolve_key(text, &KeyOptions::default()),
        };
        match found {
            Ok(Found::History(history)) => resolve_history(&history, version),
            // Where there is no history no version has a name; at whatever time, what is published is all there is.
            Ok(Found::Document(_))
                if matches!(version, VersionQuery::Id(_) | VersionQuery::Number(_)) =>
            {
                answer(Err(ResolutionError::NotFound))
            }
            Ok(Found::Document(document)) => answer(Ok(document)),
            Err(error) => answer(Err(error)),
        }
    }

    /// The key of a verification method, as the owner of its DID publishes it, at a time for a DID with a history.
    ///
    /// # Errors
    /// `key-unknown` where nothing is published that holds, or not this key; `did-method-unsupported` where nothing would be fetched.
    pub async fn key(&self, method: &str, at_ms: Option<i64>) -> Result<ResolvedKey, ResolveError> {
        let did = did_of(method)?;
        let found = self.kept_or_fetched(&did).await;
        key_of(&found, method, at_ms)
    }

    /// As [`Self::key`], of what is kept; none where it would have to be fetched.
    pub fn key_at_hand(
        &self,
        method: &str,
        at_ms: Option<i64>,
    ) -> Option<Result<ResolvedKey, ResolveError>> {
        let did = match did_of(method) {
            Ok(did) => did,
            Err(error) => return Some(Err(error)),
        };
        let kept = self.kept();
        let kept = kept
            .get(did.as_str())
            .filter(|kept| real_now_ms() < kept.until_ms)?;
        Some(key_of(&kept.found, method, at_ms))
    }

    async fn kept_or_fetched(&self, did: &Did) -> Result<Found, ResolutionError> {
        let now_ms = real_now_ms();
        let before = self.kept().get(did.as_str()).cloned();
        if let Some(kept) = before.as_ref().filter(|kept| now_ms < kept.until_ms) {
            return kept.found.clone();
        }
        let mut history = before.and_then(|kept| kept.history);
        let found = match did.method() {
            "webvh" => self.fetch_history(did, now_ms).await,
            _ => self.fetch_document(did).await,
        };
        let found = match (found, &history) {
            (Ok(Found::History(new)), Some(old)) if !new.continues(old) => {
                tracing::warn!(
                    did = did.as_str(),
                    "its owner shows another history than before"
                );
                Err(ResolutionError::NotFound)
            }
            (found, _) => found,
        };
        if let Ok(Found::History(new)) = &found {
            history = Some(Arc::clone(new));
        }
        let keep_ms = match &found {
            Ok(Found::History(history)) => {
                let asked_s = history.latest().map(|v| v.parameters().ttl_s);
                FOUND_MS.min(asked_s.map_or(FOUND_MS, |s| i64::from(s) * 1_000))
            }
            Ok(Found::Document(_)) => FOUND_MS,
            Err(_) => NOT_FOUND_MS,
        };
        let mut kept = self.kept();
        if !kept.contains_key(did.as_str()) {
            let histories = kept.values().filter(|k| k.history.is_some()).count();
            if history.is_some() && histories >= HISTORIES_MAX {
                return found;
            }
            if kept.len() >= KEPT_MAX {
                let other = kept.iter().find(|(_, k)| k.history.is_none());
                if let Some(other) = other.map(|(did, _)| did.clone()) {
                    kept.remove(&other);
                }
            }
        }
        let entry = Kept {
            until_ms: now_ms + keep_ms,
            found: found.clone(),
            history,
        };
        kept.insert(did.as_str().to_owned(), entry);
        found
    }

    async fn fetch_document(&self, did: &Did) -> Result<Found, ResolutionError> {
        let url = did::web_url(did)
            .or_else(|error| match self.targets.inside {
                true => did::web_url_loopback(did),
                false => Err(error),
            })
            .map_err(|e| ResolutionError::from(&e))?;
        let bytes = self
            .targets
            .get(&url, DOCUMENT_BYTES_MAX)
            .await
            .ok_or(ResolutionError::NotFound)?;
        let document = json::parse(&bytes, &json::Limits::default())
            .map_err(|_| ResolutionError::InvalidDid)?;
        match DidDocument::parse(&document) {
            Ok(read) if read.id == *did => Ok(Found::Document(document)),
            Ok(_) => Err(ResolutionError::InvalidDid),
            Err(error) => Err(ResolutionError::from(&error)),
        }
    }

    async fn fetch_history(&self, did: &Did, now_ms: i64) -> Result<Found, ResolutionError> {
        let webvh = WebvhDid::from_did(did.clone()).map_err(|e| ResolutionError::from(&e))?;
        let urls = match (webvh.log_url(), webvh.witness_url()) {
            (Ok(log), Ok(witness)) => Ok((log, witness)),
            (Err(error), _) | (_, Err(error)) if !self.targets.inside => Err(error),
            _ => webvh
                .log_url_loopback()
                .and_then(|log| Ok((log, webvh.witness_url_loopback()?))),
        };
        let (log, witness) = urls.map_err(|e| ResolutionError::from(&e))?;
        let log = self
            .targets
            .get(&log, LOG_BYTES_MAX)
            .await
            .ok_or(ResolutionError::NotFound)?;
        // Most have none; those that need some are refused where it is not to be had.
        let witness = self.targets.get(&witness, LOG_BYTES_MAX).await;
        let documents = Documents {
            log: &log,
            witness: witness.as_deref(),
        };
        webvh::verify(&webvh, documents, now_ms, &self.canonicalizer)
            .map(|history| Found::History(Arc::new(history)))
            .map_err(|broken| {
                tracing::info!(did = did.as_str(), fault = %broken.problem, "a log does not hold");
                ResolutionError::InvalidDid
            })
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<String, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Dids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dids")
            .field("targets", &self.targets)
            .finish_non_exhaustive()
    }
}

/// The DID of a verification method, where its document is one that is fetched.
fn did_of(method: &str) -> Result<Did, ResolveError> {
    let url = DidUrl::parse(method)
        .ok()
        .filter(|url| url.fragment().is_some() && !url.has_path_or_query())
        .ok_or_else(|| ResolveError::DidMalformed {
            method: method.to_owned(),
        })?;
    if Dids::is_fetched(url.did()) {
        Ok(url.did().clone())
    } else {
        Err(ResolveError::DidMethodUnsupported {
            method: url.did().method().to_owned(),
        })
    }
}

fn key_of(
    found: &Result<Found, ResolutionError>,
    method: &str,
    at_ms: Option<i64>,
) -> Result<ResolvedKey, ResolveError> {
    let unknown = || ResolveError::KeyUnknown {
        method: method.to_owned(),
    };
    match found {
        Ok(Found::Document(document)) => {
            let document = DidDocument::parse(document).map_err(|_| unknown())?;
            let found = document.method(method).ok_or_else(unknown)?;
            Ok(ResolvedKey {
                controller: found.controller.clone(),
                key: found.key.clone(),
                purposes: found.purposes,
            })
        }
        Ok(Found::History(history)) => {
            KeyHistory::from_iter(history.key_entries(|version| version.at_ms())).key(method, at_ms)
        }
        Err(_) => Err(unknown()),
    }
}

fn answer(outcome: Result<Value, ResolutionError>) -> Resolution {
    Resolution {
        asked: Asked::Did,
        outcome,
        metadata: json!({}),
    }
}
