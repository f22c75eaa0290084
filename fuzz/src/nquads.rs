//! The target of N-Quads and RDFC-1.0: what ours reads, Oxigraph's reader reads too, and both canonical forms are one.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use garita_canon::rdf::{self, Dataset, Literal, Quad, Term};
use garita_canon::rdfc::canonicalize_with;
use garita_canon::{HashAlgorithm, WorkLimit};
use oxrdf::dataset::{CanonicalizationAlgorithm, CanonicalizationHashAlgorithm};
use oxttl::NQuadsParser;

/// The other implementation has no limit of its own.
const WORK: WorkLimit = WorkLimit {
    steps_max: 2_000,
    depth_max: 16,
};
const QUADS_MAX: usize = 64;

/// A graph: what is written is read again, its canonical form is its own, and others find the same.
pub(crate) fn run(_: &'static str, bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let dataset = match rdf::parse(text) {
        Ok(dataset) => dataset,
        Err(error) => {
            assert!(error.line() >= 1 && !error.code().is_empty());
            return;
        }
    };
    let written = dataset.to_nquads();
    let again = rdf::parse(&written).map(|read| read.to_nquads());
    assert_eq!(again.as_ref(), Ok(&written));
    for (hash, theirs) in [
        (HashAlgorithm::Sha256, CanonicalizationHashAlgorithm::Sha256),
        (HashAlgorithm::Sha384, CanonicalizationHashAlgorithm::Sha384),
    ] {
        let Ok(canonical) = canonicalize_with(&dataset, hash, &WORK) else {
            return;
        };
        let read = rdf::parse(&canonical.nquads).unwrap_or_default();
        let again = canonicalize_with(&read, hash, &WORK).map(|again| again.nquads);
        assert_eq!(again.as_ref(), Ok(&canonical.nquads), "a fixed point");
        if dataset.len() > QUADS_MAX || dataset.quads().iter().any(has_three_nodes) {
            continue;
        }
        let mut turned = dataset.quads().to_vec();
        turned.reverse();
        let turned = canonicalize_with(&with_plain_labels(&Dataset::new(turned)), hash, &WORK);
        if let Ok(turned) = turned {
            assert_eq!(turned.nquads, canonical.nquads, "in another order");
        }
        // Their literals keep language tags in small letters (RDF 1.1 §3.3 allows it), and RDFC-1.0 hashes them as they stand.
        let small = in_small_letters(&dataset);
        if let Ok(ours) = canonicalize_with(&small, hash, &WORK) {
            let plain = with_plain_labels(&small).to_nquads();
            assert_eq!(others(&plain, theirs).as_ref(), Ok(&ours.nquads));
        }
    }
}

/// RDFC-1.0 itself does not tell apart all nodes of statements that hold three: of `_:a <urn:p> _:b _:g` and `_:b <urn:p> _:a _:h`, Hash
/// N-Degree Quads sees for `a` and for `b` the same related nodes at the same positions (which of them share a statement is not hashed),
/// so both get one hash and the order of their labels is left to chance. `oxrdf` and ours then differ, and neither is wrong.
fn has_three_nodes(quad: &Quad) -> bool {
    match (&quad.subject, &quad.object, &quad.graph) {
        (Term::Blank(subject), Term::Blank(object), Some(Term::Blank(graph))) => {
            subject != object && object != graph && graph != subject
        }
        _ => false,
    }
}

/// The canonical form by `oxrdf`.
fn others(text: &str, hash_algorithm: CanonicalizationHashAlgorithm) -> Result<String, String> {
    let mut dataset = oxrdf::Dataset::new();
    // Lenient: the grammar of N-Quads asks less of an IRI than RFC 3987, and so does our reader.
    for quad in NQuadsParser::new().lenient().for_slice(text) {
        dataset.insert(&quad.map_err(|error| error.to_string())?);
    }
    dataset.canonicalize(CanonicalizationAlgorithm::Rdfc10 { hash_algorithm });
    // Lines as ours writes them: what is compared is the form, not the escapes of a serializer.
    let mut lines = String::new();
    for quad in &dataset {
        lines.push_str(&format!("{quad} .\n"));
    }
    rdf::parse(&lines)
        .map(|read| read.to_nquads())
        .map_err(|error| error.to_string())
}

/// Their reader ends a label at a `:`, which N-Quads 1.1 has in `PN_CHARS_U`; which labels there are is nothing to the canonical form.
fn with_plain_labels(dataset: &Dataset) -> Dataset {
    let labels = RefCell::new(BTreeMap::new());
    dataset.relabel(|label| {
        let mut labels = labels.borrow_mut();
        let next = labels.len();
        let number = *labels.entry(label.to_owned()).or_insert(next);
        Some(format!("b{number}").into())
    })
}

fn in_small_letters(dataset: &Dataset) -> Dataset {
    let small = |tag: &Arc<str>| Arc::from(tag.to_ascii_lowercase());
    let object = |term: &Term| match term {
        Term::Literal(literal) => Term::Literal(Literal {
            language: literal.language.as_ref().map(small),
            ..literal.clone()
        }),
        Term::Iri(_) | Term::Blank(_) => term.clone(),
    };
    let quads = dataset.quads().iter().map(|quad| Quad {
        object: object(&quad.object),
        ..quad.clone()
    });
    Dataset::new(quads.collect())
}
