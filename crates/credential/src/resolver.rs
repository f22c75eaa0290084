//! Which key a verification method meant at a time. Design §4: a proof is judged by the key its issuer had at *logged*.
//!
//! Nothing is fetched: who holds key histories hands them in.

use std::collections::HashMap;

use crate::data_integrity::Purpose;
use crate::did::{Did, DidUrl};
use crate::keys::{KeyError, VerificationKey};
use crate::problem::Code;

/// How many entries a history holds at most: a party rotates monthly for decades, a node hosts some hundred.
pub const HISTORY_ENTRIES_MAX: usize = 100_000;

/// What a key may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Purposes(u8);

impl Purposes {
    /// All that a signature can serve for.
    pub const ALL: Self = Self(0b1111);
    /// None.
    pub const NONE: Self = Self(0);

    /// With one more.
    #[must_use]
    pub fn with(self, purpose: Purpose) -> Self {
        Self(self.0 | Self::bit(purpose))
    }

    /// Whether `purpose` is one of them.
    #[must_use]
    pub fn allow(self, purpose: Purpose) -> bool {
        self.0 & Self::bit(purpose) != 0
    }

    fn bit(purpose: Purpose) -> u8 {
        match purpose {
            Purpose::AssertionMethod => 1,
            Purpose::Authentication => 2,
            Purpose::CapabilityInvocation => 4,
            Purpose::CapabilityDelegation => 8,
        }
    }
}

/// The key of a verification method, and who speaks with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedKey {
    /// The DID that controls the key.
    pub controller: String,
    /// The key.
    pub key: VerificationKey,
    /// What the controller uses it for.
    pub purposes: Purposes,
}

impl ResolvedKey {
    /// A key for all purposes.
    #[must_use]
    pub fn new(controller: impl Into<String>, key: VerificationKey) -> Self {
        Self {
            controller: controller.into(),
            key,
            purposes: Purposes::ALL,
        }
    }
}

/// Why there is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// Nobody here has heard of the verification method.
    #[error("key `{method}` is not known")]
    KeyUnknown {
        /// The verification method.
        method: String,
    },
    /// Known, and revoked from a time not after the one asked for.
    #[error("key `{method}` is revoked from {from_ms} on")]
    KeyRevoked {
        /// The verification method.
        method: String,
        /// Since when, in logged time.
        from_ms: i64,
    },
    /// Known, but in use only later.
    #[error("key `{method}` is in use only from {from_ms} on")]
    KeyNotYetValid {
        /// The verification method.
        method: String,
        /// From when, in logged time.
        from_ms: i64,
    },
    /// Known, but no longer in use.
    #[error("key `{method}` was in use only until {until_ms}")]
    KeyRetired {
        /// The verification method.
        method: String,
        /// Until when (exclusive), in logged time.
        until_ms: i64,
    },
    /// Of a DID method that cannot be resolved here.
    #[error("DID method `{method}` is not supported")]
    DidMethodUnsupported {
        /// The DID method's name.
        method: String,
    },
    /// Not a DID URL with a fragment.
    #[error("`{method}` does not name a key of a DID")]
    DidMalformed {
        /// What was there instead.
        method: String,
    },
    /// The DID itself is a key, and cannot be used.
    #[error("key `{method}`: {source}")]
    Key {
        /// The verification method.
        method: String,
        /// What is wrong with it.
        source: KeyError,
    },
}

impl ResolveError {
    /// Which code it has in a [`crate::Problem`].
    #[must_use]
    pub fn kind(&self) -> Code {
        match self {
            Self::KeyUnknown { .. } => Code::KeyUnknown,
            Self::KeyRevoked { .. } => Code::KeyRevoked,
            Self::KeyNotYetValid { .. } => Code::KeyNotYetValid,
            Self::KeyRetired { .. } => Code::KeyRetired,
            Self::DidMethodUnsupported { .. } => Code::DidMethodUnsupported,
            Self::DidMalformed { .. } => Code::DidMalformed,
            Self::Key { source, .. } => source.kind(),
        }
    }

    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.kind().as_str()
    }
}

/// Answers which key a verification method meant.
///
/// Pure for one state: the same question gets the same answer until something new is logged. Callable at once from many
/// threads where the implementation is `Sync`.
pub trait Resolver {
    /// The key of `verification_method` (a DID URL with a fragment) at `at_ms`, in logged time.
    ///
    /// Without a time, the key is judged as of the latest that is known: any revocation counts, and a key that was replaced
    /// is refused.
    ///
    /// # Errors
    /// When the method names no key that was valid then.
    fn key(
        &self,
        verification_method: &str,
        at_ms: Option<i64>,
    ) -> Result<ResolvedKey, ResolveError>;
}

impl<R: Resolver + ?Sized> Resolver for &R {
    fn key(
        &self,
        verification_method: &str,
        at_ms: Option<i64>,
    ) -> Result<ResolvedKey, ResolveError> {
        (**self).key(verification_method, at_ms)
    }
}

/// Knows `did:key` and `did:jwk` only: each such DID is its own key.
#[derive(Clone, Copy, Debug, Default)]
pub struct DidKeyResolver;

impl Resolver for DidKeyResolver {
    fn key(
        &self,
        verification_method: &str,
        _at_ms: Option<i64>,
    ) -> Result<ResolvedKey, ResolveError> {
        resolve_did_key(verification_method)?.ok_or_else(|| ResolveError::DidMethodUnsupported {
            method: did_method(verification_method).to_owned(),
        })
    }
}

/// One key of a history: what it was, and when it counted. All times are logged times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyEntry {
    /// The verification method, a DID URL with a fragment.
    pub verification_method: String,
    /// The DID that it speaks for.
    pub controller: String,
    /// The key.
    pub key: VerificationKey,
    /// What the controller uses it for.
    pub purposes: Purposes,
    /// From when it counts.
    pub from_ms: i64,
    /// Until when (exclusive); `None` while in use.
    pub until_ms: Option<i64>,
    /// From when it is revoked: what was logged at or after this doesn't count.
    pub revoked_from_ms: Option<i64>,
}

impl KeyEntry {
    /// A key in use from a time on, whose controller is the DID in the method's name.
    #[must_use]
    pub fn new(verification_method: impl Into<String>, key: VerificationKey, from_ms: i64) -> Self {
        let verification_method = verification_method.into();
        let controller = verification_method
            .split('#')
            .next()
            .unwrap_or_default()
            .to_owned();
        Self {
            verification_method,
            controller,
            key,
            purposes: Purposes::ALL,
            from_ms,
            until_ms: None,
            revoked_from_ms: None,
        }
    }

    /// Whether it counted at a time, or why not.
    fn judge(&self, at_ms: Option<i64>) -> Result<(), ResolveError> {
        let method = || self.verification_method.clone();
        // Without a time the latest counts: later than every boundary.
        let at_ms = at_ms.unwrap_or(i64::MAX);
        if let Some(from_ms) = self.revoked_from_ms.filter(|from_ms| at_ms >= *from_ms) {
            return Err(ResolveError::KeyRevoked {
                method: method(),
                from_ms,
            });
        }
        if at_ms < self.from_ms {
            return Err(ResolveError::KeyNotYetValid {
                method: method(),
                from_ms: self.from_ms,
            });
        }
        if let Some(until_ms) = self.until_ms.filter(|until_ms| at_ms >= *until_ms) {
            return Err(ResolveError::KeyRetired {
                method: method(),
                until_ms,
            });
        }
        Ok(())
    }
}

/// The keys that parties had, by verification method and logged time. Answers `did:key` and `did:jwk` by itself, unless it lists
/// them.
///
/// A verification method may have several entries, as when a `did:web` document gave its fragment a new key.
#[derive(Clone, Debug, Default)]
pub struct KeyHistory {
    by_method: HashMap<String, Vec<KeyEntry>>,
    len: usize,
}

impl KeyHistory {
    /// Knows nothing but `did:key` and `did:jwk`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an entry. Returns false, and adds nothing, when [`HISTORY_ENTRIES_MAX`] is reached.
    pub fn add(&mut self, entry: KeyEntry) -> bool {
        if self.len >= HISTORY_ENTRIES_MAX {
            return false;
        }
        self.len += 1;
        self.by_method
            .entry(entry.verification_method.clone())
            .or_default()
            .push(entry);
        true
    }

    /// Ends a method's current entry at `until_ms` (exclusive), as at a rotation. Returns whether there was one.
    pub fn retire(&mut self, verification_method: &str, until_ms: i64) -> bool {
        self.update(verification_method, |entry| {
            let open = entry.until_ms.is_none();
            if open {
                entry.until_ms = Some(until_ms);
            }
            open
        })
    }

    /// Revokes all entries of a method from a time on; the earlier of two revocations stays. Returns whether there was one.
    pub fn revoke(&mut self, verification_method: &str, from_ms: i64) -> bool {
        self.update(verification_method, |entry| {
            entry.revoked_from_ms = Some(
                entry
                    .revoked_from_ms
                    .map_or(from_ms, |at_ms| at_ms.min(from_ms)),
            );
            true
        })
    }

    fn update(
        &mut self,
        verification_method: &str,
        mut change: impl FnMut(&mut KeyEntry) -> bool,
    ) -> bool {
        let mut any = false;
        for entry in self
            .by_method
            .get_mut(verification_method)
            .into_iter()
            .flatten()
        {
            any |= change(entry);
        }
        any
    }

    /// The entries of a verification method, in the order in which they were added.
    #[must_use]
    pub fn of(&self, verification_method: &str) -> &[KeyEntry] {
        self.by_method
            .get(verification_method)
            .map_or(&[], Vec::as_slice)
    }

    /// All entries, in no order.
    pub fn entries(&self) -> impl Iterator<Item = &KeyEntry> {
        self.by_method.values().flatten()
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl Extend<KeyEntry> for KeyHistory {
    fn extend<I: IntoIterator<Item = KeyEntry>>(&mut self, entries: I) {
        for entry in entries {
            if !self.add(entry) {
                return;
            }
        }
    }
}

impl FromIterator<KeyEntry> for KeyHistory {
    fn from_iter<I: IntoIterator<Item = KeyEntry>>(entries: I) -> Self {
        let mut history = Self::new();
        history.extend(entries);
        history
    }
}

impl Resolver for KeyHistory {
    fn key(
        &self,
        verification_method: &str,
        at_ms: Option<i64>,
    ) -> Result<ResolvedKey, ResolveError> {
        let Some(entries) = self.by_method.get(verification_method) else {
            return match resolve_did_key(verification_method)? {
                Some(resolved) => Ok(resolved),
                None => Err(ResolveError::KeyUnknown {
                    method: verification_method.to_owned(),
                }),
            };
        };
        let mut nearest = None;
        // The newest entry that counted wins; where none did, the newest one's reason is the most telling.
        for entry in entries.iter().rev() {
            match entry.judge(at_ms) {
                Ok(()) => {
                    return Ok(ResolvedKey {
                        controller: entry.controller.clone(),
                        key: entry.key.clone(),
                        purposes: entry.purposes,
                    });
                }
                Err(error) => nearest = nearest.or(Some(error)),
            }
        }
        Err(nearest.unwrap_or_else(|| ResolveError::KeyUnknown {
            method: verification_method.to_owned(),
        }))
    }
}

/// The key of a verification method whose DID is its own key, `did:key` or `did:jwk`; `None` for other DID methods.
///
/// # Errors
/// When the method isn't a DID URL with a fragment, the fragment names another key, or the key isn't usable.
pub fn resolve_did_key(verification_method: &str) -> Result<Option<ResolvedKey>, ResolveError> {
    let malformed = || ResolveError::DidMalformed {
        method: crate::did::shorten(verification_method),
    };
    let url = DidUrl::parse(verification_method).map_err(|_| malformed())?;
    let Some(fragment) = url.fragment() else {
        return Err(malformed());
    };
    let did: &Did = url.did();
    // The only method of such a document is named by the key itself, or has the one fixed name.
    let name = match did.method() {
        "key" => did.method_specific_id(),
        "jwk" => "0",
        _ => return Ok(None),
    };
    if fragment != name || url.has_path_or_query() {
        return Err(ResolveError::KeyUnknown {
            method: verification_method.to_owned(),
        });
    }
    let key = did.own_key().map_err(|source| ResolveError::Key {
        method: crate::did::shorten(verification_method),
        source,
    })?;
    Ok(Some(ResolvedKey::new(did.as_str(), key)))
}

fn did_method(verification_method: &str) -> &str {
    verification_method.split(':').nth(1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::SigningKey;

    fn key(n: u8) -> VerificationKey {
        SigningKey::from_seed([n; 32]).verification_key()
    }

    #[test]
    fn judges_keys_by_the_time_asked_for() {
        let mut history = KeyHistory::new();
        let method = "did:web:cbp.example#a";
        history.add(KeyEntry::new(method, key(1), 100));
        assert!(history.retire(method, 200));
        history.add(KeyEntry::new(method, key(2), 200));
        let check = |history: &KeyHistory, at_ms: Option<i64>, expected: Result<u8, &str>| {
            let found = history
                .key(method, at_ms)
                .map(|resolved| resolved.key)
                .map_err(|error| error.code());
            assert_eq!(found, expected.map(key), "{at_ms:?}");
        };
        check(&history, Some(99), Err("key-not-yet-valid"));
        check(&history, Some(100), Ok(1));
        check(&history, Some(199), Ok(1));
        check(&history, Some(200), Ok(2));
        check(&history, None, Ok(2));
        assert!(history.revoke(method, 300));
        check(&history, Some(299), Ok(2));
        check(&history, Some(300), Err("key-revoked"));
        check(&history, None, Err("key-revoked"));
        assert!(history.revoke(method, 150));
        check(&history, Some(149), Ok(1));
        check(&history, Some(250), Err("key-revoked"));
        assert!(
            history.revoke(method, 400),
            "a later revocation changes nothing"
        );
        check(&history, Some(250), Err("key-revoked"));
        assert!(!history.revoke("did:web:other.example#a", 1));
        assert_eq!(
            history
                .key("did:web:cbp.example#b", None)
                .unwrap_err()
                .code(),
            "key-unknown"
        );
    }

    #[test]
    fn a_replaced_key_is_retired() {
        let mut history = KeyHistory::new();
        history.add(KeyEntry {
            until_ms: Some(20),
            ..KeyEntry::new("did:web:a.example#1", key(1), 10)
        });
        assert_eq!(
            history
                .key("did:web:a.example#1", Some(20))
                .unwrap_err()
                .code(),
            "key-retired"
        );
        assert_eq!(
            history.key("did:web:a.example#1", None).unwrap_err().code(),
            "key-retired"
        );
        assert_eq!(
            history
                .key("did:web:a.example#1", Some(19))
                .unwrap()
                .controller,
            "did:web:a.example"
        );
    }

    #[test]
    fn answers_did_key_by_itself() {
        let multibase = key(3).to_multibase();
        let did = format!("did:key:{multibase}");
        let check = |method: &str, expected: Result<VerificationKey, &str>| {
            let found = KeyHistory::new()
                .key(method, Some(0))
                .map(|resolved| resolved.key)
                .map_err(|error| error.code());
            assert_eq!(found, expected, "{method}");
        };
        check(&format!("{did}#{multibase}"), Ok(key(3)));
        check(
            &format!("{did}#{}", key(4).to_multibase()),
            Err("key-unknown"),
        );
        check(&format!("{did}/x#{multibase}"), Err("key-unknown"));
        check(&did, Err("did-malformed"));
        check("not a did", Err("did-malformed"));
        check(
            "did:key:zQ3shZc2QzApp2oymGvQbzP8eKheVshBHbU4ZYjeXqwSKEn6N#zQ3shZc2QzApp2oymGvQbzP8eKheVshBHbU4ZYjeXqwSKEn6N",
            Err("key-type-unsupported"),
        );
        assert_eq!(
            DidKeyResolver
                .key("did:web:a.example#1", None)
                .unwrap_err()
                .code(),
            "did-method-unsupported"
        );
    }
}
