//! JSON-LD 1.1 (W3C Recommendation, JSON-LD 1.1 Processing Algorithms and API) from a document to RDF.

mod error;

use serde_json::Value;

pub use error::{ErrorCode, JsonLdError};

use crate::contexts::ContextSet;
use crate::rdf::Dataset;

/// What happens to what RDF would not carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Refused: what is signed is all that is there.
    Strict,
    /// Dropped, as the Recommendation says.
    Lax,
}

/// How a string's base direction goes into RDF (JSON-LD 1.1 API §9.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RdfDirection {
    /// In the datatype, `https://www.w3.org/ns/i18n#`.
    I18nDatatype,
    /// In a blank node with `rdf:value`, `rdf:language`, `rdf:direction`.
    CompoundLiteral,
}

/// How documents are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What relative IRIs are resolved against; without one they stay relative.
    pub base: Option<String>,
    /// What happens to what RDF would not carry.
    pub mode: Mode,
    /// How base direction is kept; `None` loses it, which strict mode refuses.
    pub rdf_direction: Option<RdfDirection>,
    /// A context that is applied before the document's own.
    pub expand_context: Option<Value>,
    /// What a document may cost.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            base: None,
            mode: Mode::Strict,
            rdf_direction: Some(RdfDirection::I18nDatatype),
            expand_context: None,
            limits: Limits::default(),
        }
    }
}

/// What a document may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Objects and arrays inside one another.
    pub depth_max: usize,
    /// Contexts that name one another in a chain.
    pub context_chain_max: usize,
    /// Contexts processed for one document, those remembered not counted.
    pub contexts_max: usize,
    /// Quads that a document becomes.
    pub quads_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth_max: 128,
            context_chain_max: 16,
            contexts_max: 4_096,
            quads_max: 500_000,
        }
    }
}

/// Turns documents into RDF over a fixed set of contexts, which it remembers processed. Callable at once from many threads.
#[derive(Debug)]
pub struct Processor {
    contexts: ContextSet,
    #[expect(dead_code, reason = "used from the next commit on")]
    options: Options,
}

impl Processor {
    /// A processor for documents that name these contexts.
    pub fn new(contexts: ContextSet, options: Options) -> Self {
        Self { contexts, options }
    }

    /// The contexts that documents may name.
    pub fn contexts(&self) -> &ContextSet {
        &self.contexts
    }

    /// The RDF dataset of a document.
    ///
    /// # Errors
    /// With a code of the Recommendation, or one of ours in strict mode.
    pub fn to_rdf(&self, _document: &Value) -> Result<Dataset, JsonLdError> {
        Err(JsonLdError::new(
            ErrorCode::NotYet,
            String::new(),
            "JSON-LD is not built yet".to_owned(),
        ))
    }
}
