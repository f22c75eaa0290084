//! RDF 1.1 datasets: terms, quads, and N-Quads read and written.

mod nquads;

use std::collections::HashSet;
use std::sync::Arc;

use crate::quick::QuickState;

pub(crate) use nquads::escape;
pub use nquads::{NquadsError, parse};

/// `xsd:string`.
pub const XSD_STRING: &str = "http://www.w3.org/2001/XMLSchema#string";
/// `rdf:langString`.
pub const RDF_LANG_STRING: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString";
/// `rdf:type`.
pub const RDF_TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

/// A subject, object or graph name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Term {
    /// An IRI, absolute.
    Iri(Arc<str>),
    /// A blank node, by its label without `_:`.
    Blank(Arc<str>),
    /// A literal; objects only.
    Literal(Literal),
}

/// A literal. A base direction is carried in the datatype (`i18n-datatype`) or in a compound literal, as JSON-LD 1.1 says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Literal {
    /// The lexical form.
    pub lexical: Arc<str>,
    /// The datatype's IRI; [`RDF_LANG_STRING`] where there is a language.
    pub datatype: Arc<str>,
    /// The language tag, as written.
    pub language: Option<Arc<str>>,
}

/// One statement in one graph.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Quad {
    /// What is spoken of: an IRI or a blank node.
    pub subject: Term,
    /// The predicate's IRI.
    pub predicate: Arc<str>,
    /// What is said.
    pub object: Term,
    /// The graph's name, `None` for the default graph.
    pub graph: Option<Term>,
}

/// A set of quads, in the order they came.
#[derive(Clone, Debug, Default)]
pub struct Dataset {
    quads: Vec<Quad>,
}

impl Dataset {
    /// A dataset of these quads, each once.
    pub fn new(mut quads: Vec<Quad>) -> Self {
        let mut seen = HashSet::with_capacity_and_hasher(quads.len(), QuickState::default());
        let keep: Vec<bool> = quads.iter().map(|quad| seen.insert(quad)).collect();
        if keep.contains(&false) {
            let mut keep = keep.into_iter();
            quads.retain(|_| keep.next().unwrap_or(true));
        }
        Self { quads }
    }

    /// The quads.
    pub fn quads(&self) -> &[Quad] {
        &self.quads
    }

    /// How many quads.
    pub fn len(&self) -> usize {
        self.quads.len()
    }

    /// True where there is no quad.
    pub fn is_empty(&self) -> bool {
        self.quads.is_empty()
    }

    /// The dataset with blank nodes named by `label`; what it gives `None` for keeps its name. Works on terms: text in a
    /// literal that looks like a blank node is left alone.
    pub fn relabel(&self, label: impl Fn(&str) -> Option<Arc<str>>) -> Self {
        let term = |t: &Term| match t {
            Term::Blank(name) => Term::Blank(label(name).unwrap_or_else(|| name.clone())),
            Term::Iri(_) | Term::Literal(_) => t.clone(),
        };
        let quads = self.quads.iter().map(|quad| Quad {
            subject: term(&quad.subject),
            predicate: quad.predicate.clone(),
            object: term(&quad.object),
            graph: quad.graph.as_ref().map(term),
        });
        Self::new(quads.collect())
    }

    /// Canonical N-Quads lines (RDF 1.1 N-Quads, canonical form), sorted, each ending in a line feed.
    pub fn to_nquads(&self) -> String {
        let mut lines: Vec<String> = self.quads.iter().map(Quad::to_nquad).collect();
        lines.sort_unstable();
        lines.concat()
    }
}

impl Quad {
    /// The canonical N-Quads line, ending in a line feed.
    pub fn to_nquad(&self) -> String {
        let mut out = String::with_capacity(160);
        self.subject.write(&mut out);
        out.push_str(" <");
        out.push_str(&self.predicate);
        out.push_str("> ");
        self.object.write(&mut out);
        if let Some(graph) = &self.graph {
            out.push(' ');
            graph.write(&mut out);
        }
        out.push_str(" .\n");
        out
    }
}

impl Term {
    /// Writes the term as canonical N-Quads does.
    pub fn write(&self, out: &mut String) {
        match self {
            Self::Iri(iri) => {
                out.push('<');
                out.push_str(iri);
                out.push('>');
            }
            Self::Blank(label) => {
                out.push_str("_:");
                out.push_str(label);
            }
            Self::Literal(literal) => literal.write(out),
        }
    }
}

impl Literal {
    fn write(&self, out: &mut String) {
        out.push('"');
        nquads::escape(&self.lexical, out);
        out.push('"');
        if let Some(language) = &self.language {
            out.push('@');
            out.push_str(language);
        } else if &*self.datatype != XSD_STRING {
            out.push_str("^^<");
            out.push_str(&self.datatype);
            out.push('>');
        }
    }
}
