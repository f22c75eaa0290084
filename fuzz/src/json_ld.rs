//! The target of JSON-LD: the short way over compiled contexts and the general processor say the same.
//!
//! `crates/canon/tests/it/compiled.rs` compares them over documents made for it; here they are compared over what nobody thought of.

use std::sync::LazyLock;

use garita_canon::rdfc::canonicalize_with;
use garita_canon::{CanonError, Canonicalizer, ContextSet, HashAlgorithm, WorkLimit};
use serde_json::Value;

/// Containers, lists, types, scoped contexts: the context of that test, by the same address.
const TERMS: &str = include_str!("../../crates/canon/tests/it/compiled/terms.json");

static CANONICALIZER: LazyLock<Canonicalizer> = LazyLock::new(|| {
    let terms = serde_json::from_str(TERMS).unwrap_or_default();
    let bundled = ContextSet::bundled();
    Canonicalizer::new(
        bundled
            .with("https://example.org/t", terms)
            .unwrap_or_else(|_| ContextSet::bundled()),
    )
});

/// A document: the same N-Quads and labels, or the same refusal at the same place.
pub(crate) fn run(_: &'static str, bytes: &[u8]) {
    // Not the strict reader: it would keep from here what a program could hand in, such as numbers beyond 2^53.
    let Ok(document) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    let (canonicalizer, work) = (&*CANONICALIZER, WorkLimit::default());
    let dataset = canonicalizer.dataset(&document);
    for hash in [HashAlgorithm::Sha256, HashAlgorithm::Sha384] {
        let general = dataset
            .clone()
            .and_then(|dataset| canonicalize_with(&dataset, hash, &work).map_err(CanonError::from));
        // An inline context is compiled the second time.
        for _ in 0..2 {
            assert_eq!(canonicalizer.canonical(&document, hash), general);
        }
        let nquads = general.map(|canonical| canonical.nquads);
        assert_eq!(canonicalizer.nquads_by(&document, hash), nquads);
        if let Err(error) = &nquads {
            assert!(!error.code().is_empty() && !error.to_string().is_empty());
        }
    }
    without(&document);
    by_place(&document);
}

/// What a proof covers: the document as if it had no proof.
fn without(document: &Value) {
    for name in ["proof", "name", "credentialSubject"] {
        let mut less = document.clone();
        let Some(members) = less.as_object_mut() else {
            return;
        };
        members.shift_remove(name);
        assert_eq!(
            CANONICALIZER.nquads_without(document, name, HashAlgorithm::Sha256),
            CANONICALIZER.nquads(&less),
            "without {name}"
        );
    }
}

/// Blank nodes named by where they stand: other labels, the same form.
fn by_place(document: &Value) {
    let hash = HashAlgorithm::Sha256;
    let form = |dataset| {
        let canonical = CANONICALIZER.canonical_dataset(&dataset, hash);
        canonical.map(|canonical| canonical.nquads)
    };
    let by_place = CANONICALIZER.dataset_by_place(document).and_then(form);
    let usual = CANONICALIZER.dataset(document).and_then(form);
    match (by_place, usual) {
        // How much work alike nodes take may hang on the labels by which they are tried first.
        (Err(CanonError::Rdfc(_)), _) | (_, Err(CanonError::Rdfc(_))) => {}
        (by_place, usual) => assert_eq!(by_place, usual, "by place"),
    }
}
