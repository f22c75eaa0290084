//! The active context: what each name means at one place of a document (JSON-LD 1.1 API §4.1).

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::name::{
    Container, Direction, Keyword, Name, has_inner_colon, is_blank, is_iri, looks_like_keyword,
};
use crate::iri;
use crate::quick::QuickState;

/// What each name means at one place. Never changed once shared.
#[derive(Clone, Debug, Default)]
pub(super) struct Active {
    /// Names this context among those remembered; 0 where it depends on a document's own inline context.
    pub(super) id: u64,
    pub(super) terms: HashMap<Arc<str>, Arc<TermDefinition>, QuickState>,
    pub(super) base: Option<Arc<str>>,
    pub(super) vocab: Option<Arc<str>>,
    pub(super) language: Option<Arc<str>>,
    pub(super) direction: Option<Direction>,
    pub(super) previous: Option<Arc<Active>>,
}

/// What one term means.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TermDefinition {
    /// `None`: the term is explicitly without meaning.
    pub(super) name: Option<Name>,
    pub(super) prefix: bool,
    pub(super) protected: bool,
    pub(super) reverse: bool,
    pub(super) coercion: Option<Coercion>,
    pub(super) container: Container,
    pub(super) index: Option<Arc<str>>,
    pub(super) context: Option<Arc<ScopedContext>>,
    pub(super) language: Option<Option<Arc<str>>>,
    pub(super) direction: Option<Option<Direction>>,
    pub(super) nest: Option<Arc<str>>,
}

/// A term's `@type`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Coercion {
    Id,
    Vocab,
    Json,
    None,
    Datatype(Arc<str>),
}

/// A context that holds below a term or a type.
#[derive(Debug)]
pub(super) struct ScopedContext {
    /// Names it among those remembered.
    pub(super) id: u64,
    pub(super) value: Value,
    pub(super) base_url: Option<Arc<str>>,
}

impl PartialEq for ScopedContext {
    fn eq(&self, other: &Self) -> bool {
        // Two definitions are the same when they say the same (§4.2.2 step 27), whoever said it first.
        self.value == other.value
    }
}

/// How a name is expanded when it is no term.
#[derive(Clone, Copy, Debug)]
pub(super) struct Relative {
    pub(super) to_vocab: bool,
    pub(super) to_document: bool,
}

impl Relative {
    pub(super) const VOCAB: Self = Self {
        to_vocab: true,
        to_document: false,
    };
    pub(super) const DOCUMENT: Self = Self {
        to_vocab: false,
        to_document: true,
    };
    pub(super) const BOTH: Self = Self {
        to_vocab: true,
        to_document: true,
    };
}

impl Active {
    pub(super) fn term(&self, name: &str) -> Option<&TermDefinition> {
        self.terms.get(name).map(Arc::as_ref)
    }

    pub(super) fn has_protected(&self) -> bool {
        self.terms.values().any(|term| term.protected)
    }

    /// IRI expansion (§5.2) with all terms defined; `None` where the name is explicitly or by its form without meaning.
    pub(super) fn expand(&self, value: &str, how: Relative) -> Option<Name> {
        if value.starts_with('@') {
            if let Some(keyword) = Keyword::parse(value) {
                return Some(Name::Keyword(keyword));
            }
            if looks_like_keyword(value) {
                return None;
            }
        }
        if let Some(term) = self.terms.get(value)
            && (how.to_vocab || matches!(term.name, Some(Name::Keyword(_))))
        {
            return term.name.clone();
        }
        if has_inner_colon(value) {
            let (prefix, suffix) = value.split_once(':').unwrap_or((value, ""));
            if prefix == "_" || suffix.starts_with("//") {
                return Some(Name::Iri(value.into()));
            }
            if let Some(term) = self.terms.get(prefix)
                && term.prefix
                && let Some(Name::Iri(iri)) = &term.name
            {
                return Some(Name::Iri(format!("{iri}{suffix}").into()));
            }
            if is_iri(value) {
                return Some(Name::Iri(value.into()));
            }
        }
        if how.to_vocab
            && let Some(vocab) = &self.vocab
        {
            return Some(Name::Iri(format!("{vocab}{value}").into()));
        }
        if how.to_document
            && let Some(base) = &self.base
        {
            return Some(Name::Iri(iri::resolve(base, value).into()));
        }
        Some(Name::Iri(value.into()))
    }
}

/// An absolute IRI or a blank node: what can stand in RDF by its form.
pub(super) fn is_iri_or_blank(text: &str) -> bool {
    is_blank(text) || is_iri(text)
}
