//! A document's one canonical form: strict JSON, JCS, JSON-LD to RDF, RDFC-1.0.
//!
//! ```
//! use garita_canon::{Canonicalizer, ContextSet, json};
//! let canonicalizer = Canonicalizer::new(ContextSet::bundled());
//! let text = br#"{"@context": "https://www.w3.org/ns/credentials/v2", "type": "VerifiableCredential",
//!                 "issuer": "did:web:customs.example"}"#;
//! let document = json::parse(text, &json::Limits::default())?;
//! assert_eq!(canonicalizer.nquads(&document)?.lines().count(), 2);
//! // A member that no context defines is refused, never dropped.
//! let forged = json::parse(br#"{"@context": "https://www.w3.org/ns/credentials/v2", "rate": 0}"#, &json::Limits::default())?;
//! assert_eq!(canonicalizer.nquads(&forged).unwrap_err().code(), "term-undefined");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! This crate knows nothing of records, keys or proofs, and fetches nothing.

pub mod contexts;
pub mod iri;
pub mod jcs;
pub mod json;
pub mod jsonld;
mod quick;
pub mod rdf;
pub mod rdfc;
mod statements;

use serde_json::Value;
use thiserror::Error;

pub use contexts::ContextSet;
pub use rdf::Dataset;
pub use rdfc::{Canonical, HashAlgorithm, WorkLimit};

/// From a JSON-LD document to its canonical N-Quads, strictly. One for a process: it remembers processed contexts, and
/// many threads may use it at once.
#[derive(Debug)]
pub struct Canonicalizer {
    processor: jsonld::Processor,
    work: WorkLimit,
}

impl Canonicalizer {
    /// Strict, with the default limits; base directions are kept as `i18n-datatype`.
    pub fn new(contexts: ContextSet) -> Self {
        Self::with(contexts, jsonld::Options::default(), WorkLimit::default())
    }

    /// With options and limits of one's own.
    pub fn with(contexts: ContextSet, options: jsonld::Options, work: WorkLimit) -> Self {
        Self {
            processor: jsonld::Processor::new(contexts, options),
            work,
        }
    }

    /// The contexts that documents may name.
    pub fn contexts(&self) -> &ContextSet {
        self.processor.contexts()
    }

    /// The RDF dataset of a document.
    ///
    /// # Errors
    /// When the document is not JSON-LD over the known contexts, or holds something that RDF would not carry.
    pub fn dataset(&self, document: &Value) -> Result<Dataset, CanonError> {
        Ok(self.processor.to_rdf(document)?)
    }

    /// The RDF dataset of a document, its blank nodes named by place: [`jsonld::Processor::to_rdf_by_place`].
    ///
    /// # Errors
    /// As [`Self::dataset`].
    pub fn dataset_by_place(&self, document: &Value) -> Result<Dataset, CanonError> {
        Ok(self.processor.to_rdf_by_place(document)?)
    }

    /// The canonical form of a dataset, by the same limit on work.
    ///
    /// # Errors
    /// When the work limit is passed.
    pub fn canonical_dataset(
        &self,
        dataset: &Dataset,
        hash: HashAlgorithm,
    ) -> Result<Canonical, CanonError> {
        Ok(rdfc::canonicalize_with(dataset, hash, &self.work)?)
    }

    /// Whether a document takes the short way to its canonical form: its `@context` is compiled, and it holds only objects, texts,
    /// numbers and references. Others get the same form, and the same refusals, in several times the time.
    pub fn is_ordinary(&self, document: &Value) -> bool {
        self.processor.statements(document, None).is_some()
    }

    /// The canonical form of a document (RDFC-1.0 by the hash named) with the labels given to its blank nodes.
    ///
    /// # Errors
    /// As [`Self::dataset`], and when the work limit is passed.
    pub fn canonical(
        &self,
        document: &Value,
        hash: HashAlgorithm,
    ) -> Result<Canonical, CanonError> {
        if let Some(statements) = self.processor.statements(document, None) {
            return Ok(statements.canonical(hash, &self.work)?);
        }
        Ok(rdfc::canonicalize_with(
            &self.dataset(document)?,
            hash,
            &self.work,
        )?)
    }

    /// The canonical N-Quads of a document (RDFC-1.0 with SHA-256).
    ///
    /// # Errors
    /// As [`Self::canonical`].
    pub fn nquads(&self, document: &Value) -> Result<String, CanonError> {
        self.nquads_by(document, HashAlgorithm::Sha256)
    }

    /// The canonical N-Quads of a document (RDFC-1.0 by the hash named).
    ///
    /// # Errors
    /// As [`Self::canonical`].
    pub fn nquads_by(&self, document: &Value, hash: HashAlgorithm) -> Result<String, CanonError> {
        if let Some(statements) = self.processor.statements(document, None) {
            return Ok(statements.nquads(hash, &self.work)?);
        }
        Ok(self.canonical(document, hash)?.nquads)
    }

    /// The canonical N-Quads of a document as if it had no member of that name: what a proof covers, without a copy of all else.
    ///
    /// # Errors
    /// As [`Self::canonical`].
    pub fn nquads_without(
        &self,
        document: &Value,
        member: &str,
        hash: HashAlgorithm,
    ) -> Result<String, CanonError> {
        // Without its context a document is another one.
        if member != "@context"
            && let Some(statements) = self.processor.statements(document, Some(member))
        {
            return Ok(statements.nquads(hash, &self.work)?);
        }
        let mut document = document.clone();
        if let Some(members) = document.as_object_mut() {
            members.shift_remove(member);
        }
        self.nquads_by(&document, hash)
    }
}

/// Why a document has no canonical form.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CanonError {
    /// It is not JSON-LD over the known contexts, or something in it would be lost.
    #[error(transparent)]
    JsonLd(#[from] jsonld::JsonLdError),
    /// Its graph takes more work than allowed.
    #[error(transparent)]
    Rdfc(#[from] rdfc::RdfcError),
}

impl CanonError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::JsonLd(error) => error.code(),
            Self::Rdfc(error) => error.code(),
        }
    }

    /// Where in the document, as a JSON pointer, where there is a place.
    pub fn pointer(&self) -> Option<&str> {
        match self {
            Self::JsonLd(error) => Some(error.pointer()),
            Self::Rdfc(_) => None,
        }
    }
}
