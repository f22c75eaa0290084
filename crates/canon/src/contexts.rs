//! The contexts that are known: by URL, pinned by the digest of their JCS form. Nothing is ever fetched.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use thiserror::Error;

use crate::{iri, jcs, json};

/// A fixed set of JSON-LD contexts; the only ones that a document may name. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct ContextSet {
    entries: BTreeMap<String, Arc<Context>>,
}

/// One context as it is known.
#[derive(Debug, PartialEq)]
pub struct Context {
    document: Value,
    digest: [u8; 32],
}

impl Context {
    /// The whole document, an object with the member `@context`.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// SHA-256 of the document's JCS form.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }
}

/// Why a context cannot be added to a set.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContextError {
    /// The name is no absolute IRI.
    #[error("context name `{url}` is not an absolute IRI")]
    Url {
        /// The name given.
        url: String,
    },
    /// The document is no object with a member `@context`.
    #[error("context `{url}` is not an object with the member `@context`")]
    NoContext {
        /// The context's name.
        url: String,
    },
    /// The name is taken by a context with other content.
    #[error("context `{url}` is known already with other content")]
    Conflict {
        /// The context's name.
        url: String,
    },
    /// The document has no canonical form.
    #[error("context `{url}` has no canonical form: {source}")]
    Jcs {
        /// The context's name.
        url: String,
        /// What is wrong with it.
        source: jcs::JcsError,
    },
}

impl ContextError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Url { .. } => "context-url",
            Self::NoContext { .. } => "context-invalid",
            Self::Conflict { .. } => "context-conflict",
            Self::Jcs { source, .. } => source.code(),
        }
    }
}

impl ContextSet {
    /// A set that knows nothing.
    pub fn empty() -> Self {
        Self::default()
    }

    /// The contexts of the Recommendations that credentials lean on, each admitted only where its digest is the pinned one.
    pub fn bundled() -> Self {
        // INVARIANT (pinned contexts): a context enters only with the digest written beside it, so that a changed
        // dependency makes documents unreadable, never differently read. A test counts that all are in.
        let mut set = Self::empty();
        for (url, text, pinned) in BUNDLED {
            let Ok(document) = json::parse(text.as_bytes(), &json::Limits::default()) else {
                continue;
            };
            let Ok(digest) = jcs::digest(&document) else {
                continue;
            };
            if hex(&digest) == *pinned {
                set.entries
                    .insert((*url).to_owned(), Arc::new(Context { document, digest }));
            }
        }
        set
    }

    /// The set with one more context; the same content under the same name again changes nothing.
    ///
    /// # Errors
    /// When `url` is not an absolute IRI, the document is no object with `@context`, or the name is taken by other content.
    pub fn with(mut self, url: &str, document: Value) -> Result<Self, ContextError> {
        if !iri::is_absolute(url) {
            return Err(ContextError::Url {
                url: url.to_owned(),
            });
        }
        if document.get("@context").is_none() {
            return Err(ContextError::NoContext {
                url: url.to_owned(),
            });
        }
        let digest = jcs::digest(&document).map_err(|source| ContextError::Jcs {
            url: url.to_owned(),
            source,
        })?;
        match self.entries.get(url) {
            Some(known) if known.digest != digest => Err(ContextError::Conflict {
                url: url.to_owned(),
            }),
            Some(_) => Ok(self),
            None => {
                self.entries
                    .insert(url.to_owned(), Arc::new(Context { document, digest }));
                Ok(self)
            }
        }
    }

    /// The context of that name.
    pub fn get(&self, url: &str) -> Option<&Context> {
        self.entries.get(url).map(Arc::as_ref)
    }

    /// All names, in order.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// How many contexts are known.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True where nothing is known.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Name, text, SHA-256 of the JCS form. A digest changes only together with a look at what changed in the text.
const BUNDLED: &[(&str, &str, &str)] = &[
    (
        "https://www.w3.org/2018/credentials/v1",
        ssi_contexts::CREDENTIALS_V1,
        "b01e671e873981f19a9102a9a57f666dbcaeb31b99e3e124378d143e71549247",
    ),
    (
        "https://www.w3.org/2018/credentials/examples/v1",
        ssi_contexts::CREDENTIALS_EXAMPLES_V1,
        "5bca9da34aefb4c5e0cd993e222e58827734e0928fda0210ee73413c43d6e5e5",
    ),
    (
        "https://www.w3.org/ns/credentials/v2",
        ssi_contexts::CREDENTIALS_V2,
        "b463c8d6a066214123ddd9827b135e1b50e1fc73322cc52a9b12a4f1fc7d86cf",
    ),
    (
        "https://www.w3.org/ns/credentials/examples/v2",
        ssi_contexts::CREDENTIALS_EXAMPLES_V2,
        "8a675bead391be98e6054c4e07c41f73337508d398e07047344c5d349aa2dc58",
    ),
    (
        "https://www.w3.org/ns/did/v1",
        ssi_contexts::DID_V1,
        "a7e146c40fcec005d3f0f14ae745665f446da58d7914a9d8f733746686fad82b",
    ),
    (
        "https://w3id.org/security/data-integrity/v1",
        ssi_contexts::W3ID_DATA_INTEGRITY_V1,
        "9505bf85338a4c2121ad03992ac90061bc85d43bcfa34d9d47b779381cf08b5f",
    ),
    (
        "https://w3id.org/security/data-integrity/v2",
        ssi_contexts::W3ID_DATA_INTEGRITY_V2,
        "7ba3c50acf2689d5e07927267343eb353249c7c22a9f2d00307cc970e855e305",
    ),
    (
        "https://w3id.org/security/multikey/v1",
        ssi_contexts::W3ID_MULTIKEY_V1,
        "c1ccf058057f53b0c88d982b5fb362e0465bbf0e3e781cccf277c806da176209",
    ),
    (
        "https://w3id.org/security/suites/ed25519-2020/v1",
        ssi_contexts::W3ID_ED2020_V1,
        "fb517f09d990829aed734c9bad8cbbb2ac3d5063b865c7e3d81f246074bf5691",
    ),
    (
        "https://w3id.org/citizenship/v1",
        ssi_contexts::CITIZENSHIP_V1,
        "e6ac4c5a1e0f9358b191a782f88d0909df940bed2587a2c5d9e1808949e9a72a",
    ),
    (
        "https://w3id.org/traceability/v1",
        ssi_contexts::TRACEABILITY_V1,
        "3f95a007b8652535fc157d9085ba5072bdb291171e37d24579bf3bbbb7f9eb7e",
    ),
    (
        "https://w3id.org/vdl/v1",
        ssi_contexts::VDL_V1,
        "33c9dad4847f7d466d28b9f704dd07d8e1da7614d99b94febb03e19d815ef7da",
    ),
    // Not 1EdTech's file: of its terms those that our badges use, each with the IRI and the coercion that it has there. A badge with
    // another term is refused, never read differently.
    (
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        OPEN_BADGES,
        "def513b1fcd1bfa31684930f6729a37798714a5dd74f41f8c85915daed795a23",
    ),
];

const OPEN_BADGES: &str = include_str!("../contexts/open-badges-3.0.3.json");

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn all_bundled_contexts_have_their_pinned_digest() {
        for (url, text, pinned) in BUNDLED {
            let document = json::parse(text.as_bytes(), &json::Limits::default()).expect(url);
            assert_eq!(hex(&jcs::digest(&document).unwrap()), *pinned, "{url}");
        }
        assert_eq!(ContextSet::bundled().len(), BUNDLED.len());
    }

    #[test]
    fn refuses_what_is_no_context_or_another_one() {
        let set = ContextSet::empty()
            .with("https://example.org/a", json!({"@context": {}}))
            .unwrap();
        let set = set
            .with("https://example.org/a", json!({"@context": {}}))
            .unwrap();
        assert_eq!(set.urls().collect::<Vec<_>>(), ["https://example.org/a"]);
        let check = |url: &str, document: Value, code: &str| {
            assert_eq!(set.clone().with(url, document).unwrap_err().code(), code);
        };
        check(
            "https://example.org/a",
            json!({"@context": {"b": "https://example.org/b"}}),
            "context-conflict",
        );
        check("a", json!({"@context": {}}), "context-url");
        check("https://example.org/b", json!({}), "context-invalid");
        check("https://example.org/b", json!([]), "context-invalid");
        check(
            "https://example.org/b",
            json!({"@context": {"n": 1u64 << 60}}),
            "json-number",
        );
    }
}
