//! A refusal in the reader's words: stable code, place, English and Spanish. The HTTP layer makes RFC 9457 of it.

use serde::{Deserialize, Serialize};

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Stable kebab-case code.
    pub code: String,
    /// JSON pointer into the submitted document; empty: the whole.
    pub pointer: String,
    /// English sentence: what is wrong and what to do.
    pub en: String,
    /// Spanish sentence.
    pub es: String,
}

impl Fault {
    /// A fault of the whole document.
    pub fn whole(code: &str, en: impl Into<String>, es: impl Into<String>) -> Self {
        Self::at(code, "", en, es)
    }

    /// A fault at a pointer.
    pub fn at(code: &str, pointer: &str, en: impl Into<String>, es: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            pointer: pointer.to_owned(),
            en: en.into(),
            es: es.into(),
        }
    }
}

/// Whose turn it is after a refusal; the HTTP layer maps it to a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalKind {
    /// The bytes are not a document we can read (400).
    Malformed,
    /// Larger than allowed (413).
    TooLarge,
    /// Nobody is signed in, or the signature on the request does not hold (401).
    Unauthenticated,
    /// Not for this caller (403).
    Forbidden,
    /// Not there, or not for this caller to know (404).
    NotFound,
    /// It was here, and was erased (410).
    Gone,
    /// Contradicts what is there: an idempotency key used for another body (409).
    Conflict,
    /// Understood and refused: proof, schema, rules, life cycle (422).
    Unprocessable,
    /// Too many at once (429).
    Busy,
    /// Out of room: reading goes on (507).
    Full,
    /// A part of the node is away (503).
    Unavailable,
}

impl RefusalKind {
    /// HTTP status.
    pub fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Gone => 410,
            Self::TooLarge => 413,
            Self::Unprocessable => 422,
            Self::Busy => 429,
            Self::Unavailable => 503,
            Self::Full => 507,
        }
    }
}

/// A whole refusal: every fault that was found, at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}", self.summary())]
pub struct Refusal {
    /// Whose turn it is.
    pub kind: RefusalKind,
    /// All faults, never empty.
    pub faults: Vec<Fault>,
}

impl Refusal {
    /// A refusal with one fault.
    pub fn one(kind: RefusalKind, fault: Fault) -> Self {
        Self {
            kind,
            faults: vec![fault],
        }
    }

    /// The first fault's code: the refusal's own.
    pub fn code(&self) -> &str {
        self.faults.first().map_or("refused", |f| f.code.as_str())
    }

    /// The first fault in English, and how many more there are.
    pub fn summary(&self) -> String {
        match self.faults.as_slice() {
            [] => "refused".to_owned(),
            [only] => format!("{}: {}", only.code, only.en),
            [first, rest @ ..] => {
                format!("{}: {} (and {} more)", first.code, first.en, rest.len())
            }
        }
    }
}
