//! What a resolver answers: DID Resolution results, for `did:key` and `did:webvh`. Nothing is fetched here.
//!
//! An answer always has its four members, so that whoever reads it need not guess which; where there is no document, an empty object
//! stands for it, as the public suite of `did:key` asks.

mod key;

use serde_json::{Map, Value, json};

use crate::did::DidError;
use crate::keys::KeyError;
use crate::webvh::{History, Version};

pub use key::{KeyOptions, resolve_key};

const CONTEXT: &str = "https://w3id.org/did-resolution/v1";
/// DID Core 1.0 §6.3: a document in JSON-LD.
const CONTENT_TYPE: &str = "application/did+ld+json";

/// The answer to "what is this DID, or this part of it?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// Whether a DID was asked for, or what a DID URL names.
    pub asked: Asked,
    /// The document, or the part of it; or why there is none.
    pub outcome: Result<Value, ResolutionError>,
    /// `didDocumentMetadata`: an object.
    pub metadata: Value,
}

/// What was asked for, by which the answer's metadata are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A DID: it is resolved.
    Did,
    /// A DID URL: it is dereferenced.
    DidUrl,
}

/// Why there is no document. DID Resolution and the `did:key` method, in their own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResolutionError {
    /// Not a DID, or one that its method does not know as its own.
    InvalidDid,
    /// Not a DID URL.
    InvalidDidUrl,
    /// A DID method that is not resolved here.
    MethodNotSupported,
    /// There is no such DID, version or part.
    NotFound,
    /// The DID is over.
    Deactivated,
    /// The document is asked for in a form that it is not to be had in.
    RepresentationNotSupported,
    /// A key of the wrong length for its kind.
    InvalidPublicKeyLength,
    /// A key that is no point on its curve.
    InvalidPublicKey,
    /// A way to write the key that is not for keys of its kind, or an experiment.
    InvalidPublicKeyType,
    /// A kind of key, or a way to write it, that is not known here.
    UnsupportedPublicKeyType,
}

impl ResolutionError {
    /// Its name in metadata.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidDid => "invalidDid",
            Self::InvalidDidUrl => "invalidDidUrl",
            Self::MethodNotSupported => "methodNotSupported",
            Self::NotFound => "notFound",
            Self::Deactivated => "deactivated",
            Self::RepresentationNotSupported => "representationNotSupported",
            Self::InvalidPublicKeyLength => "invalidPublicKeyLength",
            Self::InvalidPublicKey => "invalidPublicKey",
            Self::InvalidPublicKeyType => "invalidPublicKeyType",
            Self::UnsupportedPublicKeyType => "unsupportedPublicKeyType",
        }
    }

    /// The status of an answer over HTTP, as DID Resolution's binding has it.
    #[must_use]
    pub fn http_status(self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::RepresentationNotSupported => 406,
            Self::Deactivated => 410,
            Self::MethodNotSupported => 501,
            Self::InvalidDid
            | Self::InvalidDidUrl
            | Self::InvalidPublicKeyLength
            | Self::InvalidPublicKey
            | Self::InvalidPublicKeyType
            | Self::UnsupportedPublicKeyType => 400,
        }
    }
}

impl From<&DidError> for ResolutionError {
    fn from(error: &DidError) -> Self {
        match error {
            DidError::Malformed(_) | DidError::Host(_) | DidError::Document { .. } => {
                Self::InvalidDid
            }
            DidError::MethodUnsupported(_) => Self::MethodNotSupported,
            DidError::Key { source, .. } => match source {
                KeyError::Length { .. } => Self::InvalidPublicKeyLength,
                KeyError::TypeUnsupported { .. } => Self::UnsupportedPublicKeyType,
                KeyError::NotAPoint => Self::InvalidPublicKey,
                KeyError::NotMultibase
                | KeyError::Jwk(_)
                | KeyError::File(_)
                | KeyError::FileMismatch
                | KeyError::Passphrase => Self::InvalidDid,
            },
        }
    }
}

impl Resolution {
    /// As JSON, with all members whatever the outcome.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut about = Map::new();
        match &self.outcome {
            Ok(_) => drop(about.insert("contentType".into(), CONTENT_TYPE.into())),
            // To be over is no error: the metadata say it.
            Err(ResolutionError::Deactivated) => {}
            Err(error) => drop(about.insert("error".into(), error.as_str().into())),
        }
        if self.metadata.get("deactivated") == Some(&Value::Bool(true)) {
            about.insert("deactivated".into(), true.into());
        }
        let mut answer = Map::new();
        answer.insert("@context".into(), CONTEXT.into());
        let document = self.outcome.clone().unwrap_or_else(|_| json!({}));
        answer.insert("didDocument".into(), document);
        let name = match self.asked {
            Asked::Did => "didResolutionMetadata",
            Asked::DidUrl => "didDereferencingMetadata",
        };
        answer.insert(name.into(), about.into());
        answer.insert("didDocumentMetadata".into(), self.metadata.clone());
        answer.into()
    }

    /// The status of an answer over HTTP.
    #[must_use]
    pub fn http_status(&self) -> u16 {
        self.outcome
            .as_ref()
            .map_or_else(|error| error.http_status(), |_| 200)
    }

    /// That there is no document, and why.
    #[must_use]
    pub fn refused(asked: Asked, error: ResolutionError) -> Self {
        Self {
            asked,
            outcome: Err(error),
            metadata: json!({}),
        }
    }
}

/// Which version of a DID with a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionQuery<'a> {
    /// The newest.
    Latest,
    /// The one that counted at a time: `versionTime`.
    AtMs(i64),
    /// The one with this `versionId`.
    Id(&'a str),
    /// The one with this `versionNumber`.
    Number(u64),
}

/// Resolves a version of a `did:webvh` whose history has been verified. §3.6.2 of that method.
///
/// A DID that is over has no document any more; its earlier versions, asked for by name or time, do.
#[must_use]
pub fn resolve_history(history: &History, query: VersionQuery<'_>) -> Resolution {
    let version: Option<&Version> = match query {
        VersionQuery::Latest => history.latest(),
        VersionQuery::AtMs(at_ms) => history.at(at_ms),
        VersionQuery::Id(id) => history.by_id(id),
        VersionQuery::Number(number) => history.by_number(number),
    };
    let Some(version) = version else {
        return Resolution::refused(Asked::Did, ResolutionError::NotFound);
    };
    Resolution {
        asked: Asked::Did,
        outcome: if version.parameters().deactivated {
            Err(ResolutionError::Deactivated)
        } else {
            Ok(version.state().clone())
        },
        metadata: history.metadata(version),
    }
}

#[cfg(test)]
mod tests;
