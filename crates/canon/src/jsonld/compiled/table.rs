//! What the names of one active context mean, laid out for writing: predicates and the ends of literals as N-Quads has them.

use std::sync::{Arc, OnceLock};

use super::Edge;
use crate::iri;
use crate::jsonld::active::{Active, Coercion, ScopedContext, TermDefinition};
use crate::jsonld::emit::XSD_DOUBLE;
use crate::jsonld::guarded::own_name;
use crate::jsonld::name::{Container, Direction, Keyword, Name};
use crate::rdf::XSD_STRING;

/// A term further from its own slot than this would make a look-up slow: such a context, an attack or a rarity, is left to the
/// general processor.
const PROBES_MAX: usize = 24;

/// The terms of an active context by name.
#[derive(Debug)]
pub(super) struct Table {
    entries: Vec<Entry>,
    /// Part of the hash and place in `entries` plus one; 0 where the slot is free. A power of two of them.
    slots: Vec<(u32, u32)>,
}

/// One term.
#[derive(Debug)]
pub(super) struct Entry {
    key: Box<str>,
    pub(super) meaning: Meaning,
    /// May be the prefix of compact IRIs.
    pub(super) prefix: bool,
    /// ` <iri> ` where the term maps to an IRI that RDF can hold, otherwise empty.
    pub(super) predicate: Box<str>,
    pub(super) coerced: Coerced,
    /// The base direction of texts in a language map.
    pub(super) direction: Option<Direction>,
    pub(super) scope: Option<Box<ScopeEdges>>,
}

/// What a key is in an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Id,
    Type,
    Value,
    Language,
    Direction,
    /// `@none`, in language maps.
    None,
    Property,
    /// A property whose values, where they are an object, are texts by language.
    LanguageMap,
    /// At the top: `@context`, which has been read, and what is to be left out.
    Read,
    /// What only the general processor knows to handle, or to refuse.
    Other,
}

/// How a scalar of a term is written.
#[derive(Debug)]
pub(super) enum Coerced {
    Id,
    Vocab,
    /// What follows the text of a string; numbers and booleans have types of their own.
    Plain(Box<str>),
    /// What follows the text, whatever it is; a number is written as a double where the type is.
    Typed {
        end: Box<str>,
        is_double: bool,
    },
    Other,
}

/// Where a term's own context leads, from each context below which the term can be met.
#[derive(Debug)]
pub(super) struct ScopeEdges {
    pub(super) context: Arc<ScopedContext>,
    /// As a property, from this context.
    pub(super) property: OnceLock<Edge>,
    /// As a property, from the context that held before types scoped this one.
    pub(super) property_reverted: OnceLock<Edge>,
    /// As a type, from this context.
    pub(super) class: OnceLock<Edge>,
}

impl Table {
    /// The terms of a context; `None` where their names collide too much.
    pub(super) fn new(active: &Active) -> Option<Self> {
        let entries: Vec<Entry> = active
            .terms
            .iter()
            .map(|(key, term)| Entry::new(key, term, active))
            .collect();
        let size = (entries.len() * 2).next_power_of_two().max(8);
        let mut slots = vec![(0, 0); size];
        for (number, entry) in (1_u32..).zip(&entries) {
            let hash = hash(entry.key.as_bytes());
            let at = (0..PROBES_MAX)
                .map(|step| place(hash, step, size))
                .find(|at| slots.get(*at).is_some_and(|slot: &(u32, u32)| slot.1 == 0))?;
            *slots.get_mut(at)? = (hash, number);
        }
        Some(Self { entries, slots })
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        let hash = hash(key.as_bytes());
        for step in 0..PROBES_MAX {
            let (known, number) = *self.slots.get(place(hash, step, self.slots.len()))?;
            if number == 0 {
                return None;
            }
            if known == hash
                && let Some(entry) = self.entries.get(number as usize - 1)
                && *entry.key == *key
            {
                return Some(entry);
            }
        }
        None
    }
}

impl Entry {
    fn new(key: &str, term: &TermDefinition, active: &Active) -> Self {
        let sets = Container::SET;
        let (meaning, predicate) = match &term.name {
            Some(Name::Keyword(keyword)) => (Meaning::of(*keyword), Box::default()),
            Some(Name::Iri(iri)) if iri::is_absolute(iri) => {
                let rest = term.container.without(sets);
                // What verifiers read by another name is refused: see `guarded`.
                let is_hidden = own_name(iri).is_some_and(|name| name != key);
                let meaning = if is_hidden || term.reverse || term.coercion == Some(Coercion::Json)
                {
                    Meaning::Other
                } else if rest == Container::default() {
                    Meaning::Property
                } else if rest == Container::LANGUAGE {
                    Meaning::LanguageMap
                } else {
                    Meaning::Other
                };
                (meaning, format!(" <{iri}> ").into())
            }
            Some(Name::Iri(_)) | None => (Meaning::Other, Box::default()),
        };
        Self {
            key: key.into(),
            meaning,
            prefix: term.prefix,
            predicate,
            coerced: Coerced::new(term, active),
            direction: term.direction.unwrap_or(active.direction),
            scope: term.context.as_ref().map(|context| {
                Box::new(ScopeEdges {
                    context: Arc::clone(context),
                    property: OnceLock::new(),
                    property_reverted: OnceLock::new(),
                    class: OnceLock::new(),
                })
            }),
        }
    }
}

impl Meaning {
    /// That of a keyword, or of an alias of it.
    pub(super) fn of(keyword: Keyword) -> Self {
        match keyword {
            Keyword::Id => Self::Id,
            Keyword::Type => Self::Type,
            Keyword::Value => Self::Value,
            Keyword::Language => Self::Language,
            Keyword::Direction => Self::Direction,
            Keyword::None => Self::None,
            Keyword::Base
            | Keyword::Container
            | Keyword::Context
            | Keyword::Graph
            | Keyword::Import
            | Keyword::Included
            | Keyword::Index
            | Keyword::Json
            | Keyword::List
            | Keyword::Nest
            | Keyword::Prefix
            | Keyword::Propagate
            | Keyword::Protected
            | Keyword::Reverse
            | Keyword::Set
            | Keyword::Version
            | Keyword::Vocab => Self::Other,
        }
    }
}

impl Coerced {
    fn new(term: &TermDefinition, active: &Active) -> Self {
        match &term.coercion {
            Some(Coercion::Id) => Self::Id,
            Some(Coercion::Vocab) => Self::Vocab,
            Some(Coercion::Datatype(datatype)) if iri::is_absolute(datatype) => {
                let mut end = String::new();
                push_datatype(&mut end, datatype);
                end.push_str(" .\n");
                Self::Typed {
                    end: end.into(),
                    is_double: &**datatype == XSD_DOUBLE,
                }
            }
            Some(Coercion::Datatype(_) | Coercion::Json) => Self::Other,
            Some(Coercion::None) | None => Self::plain(
                term.language
                    .as_ref()
                    .map_or(active.language.as_deref(), Option::as_deref),
                term.direction.unwrap_or(active.direction),
            ),
        }
    }

    /// That of a key which is no term.
    pub(super) fn plain(language: Option<&str>, direction: Option<Direction>) -> Self {
        let mut end = String::new();
        match push_tag(&mut end, language, direction) {
            Some(()) => {
                end.push_str(" .\n");
                Self::Plain(end.into())
            }
            None => Self::Other,
        }
    }
}

/// Ends a literal of a datatype.
pub(super) fn push_datatype(out: &mut String, datatype: &str) {
    if datatype == XSD_STRING {
        out.push('"');
    } else {
        out.push_str("\"^^<");
        out.push_str(datatype);
        out.push('>');
    }
}

/// Ends a text with its language and direction; `None` where the tag is none.
pub(super) fn push_tag(
    out: &mut String,
    language: Option<&str>,
    direction: Option<Direction>,
) -> Option<()> {
    if language.is_some_and(|tag| !iri::is_language_tag(tag)) {
        return None;
    }
    match (language, direction) {
        (None, None) => out.push('"'),
        (Some(language), None) => {
            out.push_str("\"@");
            out.push_str(language);
        }
        (language, Some(direction)) => {
            out.push_str("\"^^<https://www.w3.org/ns/i18n#");
            out.push_str(&language.unwrap_or_default().to_ascii_lowercase());
            out.push('_');
            out.push_str(direction.as_str());
            out.push('>');
        }
    }
    Some(())
}

fn place(hash: u32, step: usize, size: usize) -> usize {
    (hash as usize).wrapping_add(step) & (size - 1)
}

/// Spreads short names well and quickly. Not keyed: [`PROBES_MAX`] bounds what collisions can cost.
fn hash(key: &[u8]) -> u32 {
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| (hash.rotate_left(23) ^ word).wrapping_mul(MIX);
    let mut hash = key.len() as u64;
    let (words, rest) = key.as_chunks::<8>();
    for word in words {
        hash = mix(hash, u64::from_le_bytes(*word));
    }
    let last = match key.last_chunk::<8>() {
        Some(last) => u64::from_le_bytes(*last),
        None => rest
            .iter()
            .fold(0, |word, byte| (word << 8) | u64::from(*byte)),
    };
    hash = mix(hash, last);
    ((hash ^ (hash >> 29)) >> 16) as u32
}
