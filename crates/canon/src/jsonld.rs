//! JSON-LD 1.1 (W3C Recommendation, JSON-LD 1.1 Processing Algorithms and API) from a document to RDF.
//!
//! The Recommendation drops what it cannot map: a holder could add a claim that no signature covers. Strict mode refuses
//! all that would be lost. Section numbers in this module are those of the API Recommendation.

mod active;
mod compiled;
mod context;
mod definition;
mod emit;
mod error;
mod expand;
mod expanded;
mod guarded;
mod memory;
mod name;

use std::sync::Arc;

use serde_json::Value;

pub use error::{ErrorCode, JsonLdError};

use crate::contexts::ContextSet;
use crate::json::push_pointer;
use crate::rdf::Dataset;
use active::Active;
use memory::Memory;

/// What follows the place of an object in the name of the graph around it. A pointer has no such text: its `~` is `~0` or `~1`.
pub const GRAPH_PLACE: &str = "~g";
/// What follows the place of a list in the name of one of its cells, before the cell's number.
pub const CELL_PLACE: &str = "~l";

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
    /// Twice the depth that [`crate::json::Limits`] lets through; contexts enough to read all bundled ones anew.
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
    options: Options,
    memory: Memory,
    compiled: compiled::Sets,
    root: Arc<Active>,
}

impl Processor {
    /// A processor for documents that name these contexts.
    pub fn new(contexts: ContextSet, options: Options) -> Self {
        let memory = Memory::default();
        let root = Active {
            id: memory.next_id(),
            base: options.base.as_deref().map(Arc::from),
            ..Active::default()
        };
        Self {
            contexts,
            options,
            memory,
            compiled: compiled::Sets::default(),
            root: Arc::new(root),
        }
    }

    /// The contexts that documents may name.
    pub fn contexts(&self) -> &ContextSet {
        &self.contexts
    }

    /// The RDF dataset of a document.
    ///
    /// # Errors
    /// With a code of the Recommendation, or one of ours in strict mode.
    pub fn to_rdf(&self, document: &Value) -> Result<Dataset, JsonLdError> {
        self.read(document, false)
    }

    /// The same dataset with blank nodes named by where they stand: the JSON pointer of the object, with [`GRAPH_PLACE`] after it for
    /// the graph around it, that of a list with [`CELL_PLACE`] and a number for a cell of it; `_:x` where the document says so.
    ///
    /// So nodes can be told apart that look alike, and found again in a part of the document.
    ///
    /// # Errors
    /// As [`Self::to_rdf`].
    pub fn to_rdf_by_place(&self, document: &Value) -> Result<Dataset, JsonLdError> {
        self.read(document, true)
    }

    fn read(&self, document: &Value, by_place: bool) -> Result<Dataset, JsonLdError> {
        let mut run = Run::new(self, by_place);
        let items = run.document(document)?;
        emit::dataset(&items, &self.options, by_place)
    }
}

/// One step of the way to where a document is being read.
#[derive(Clone, Copy, Debug)]
enum Step<'d> {
    Key(&'d str),
    Index(usize),
}

/// One document being read.
struct Run<'p, 'd> {
    processor: &'p Processor,
    path: Vec<Step<'d>>,
    contexts_left: usize,
    /// Whether places are noted.
    by_place: bool,
}

impl<'p> Run<'p, '_> {
    fn new(processor: &'p Processor, by_place: bool) -> Self {
        Self {
            processor,
            path: Vec::new(),
            contexts_left: processor.options.limits.contexts_max,
            by_place,
        }
    }

    fn is_strict(&self) -> bool {
        self.processor.options.mode == Mode::Strict
    }

    fn error(&self, code: ErrorCode, message: String) -> JsonLdError {
        JsonLdError::new(code, self.pointer(), message)
    }

    fn pointer(&self) -> String {
        let mut pointer = String::new();
        for step in &self.path {
            match step {
                Step::Key(key) => push_pointer(&mut pointer, key),
                Step::Index(index) => push_pointer(&mut pointer, &index.to_string()),
            }
        }
        pointer
    }

    /// Where the document is being read, where that is noted.
    fn place(&self) -> Option<Arc<str>> {
        self.by_place.then(|| self.pointer().into())
    }

    /// Refuses in strict mode; in lax mode what was found is dropped.
    fn lost(&self, code: ErrorCode, message: impl FnOnce() -> String) -> Result<(), JsonLdError> {
        if self.is_strict() {
            Err(self.error(code, message()))
        } else {
            Ok(())
        }
    }
}
