//! The statements of a document in the order in which a selective proof counts them, and which of them a group of pointers names.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use garita_canon::rdf::Dataset;
use garita_canon::{Canonicalizer, HashAlgorithm};
use serde_json::Value;

use super::pointers::Selection;
use crate::data_integrity::canon_problem;
use crate::problem::{Code, Problem};

/// From a blank node's name to another.
pub(super) type Names = BTreeMap<Arc<str>, Arc<str>>;

/// A document's statements under names that tell nothing of what is held back.
pub(super) struct Statements<'a> {
    pub(super) document: &'a Value,
    canonicalizer: &'a Canonicalizer,
    /// From the place of a node to its name.
    names: Names,
    /// Canonical N-Quads, sorted.
    pub(super) lines: Vec<String>,
}

/// What a group of pointers names.
#[derive(Default)]
pub(super) struct Group {
    /// Which statements, by their number.
    pub(super) members: BTreeSet<usize>,
    /// The same with nodes named by their place in the whole document.
    dataset: Dataset,
}

impl<'a> Statements<'a> {
    /// The statements of a document without proofs. `naming` gives the names, from the canonical ones.
    ///
    /// # Errors
    /// When the document has no canonical form.
    pub(super) fn of(
        document: &'a Value,
        naming: impl FnOnce(Names) -> Names,
        canonicalizer: &'a Canonicalizer,
    ) -> Result<Self, Problem> {
        let dataset = canonicalizer
            .dataset_by_place(document)
            .map_err(|e| canon_problem(&e))?;
        let names = naming(canonical_names(&dataset, canonicalizer)?);
        let mut lines = lines(&dataset, &names);
        lines.sort_unstable();
        Ok(Self {
            document,
            canonicalizer,
            names,
            lines,
        })
    }

    /// Which of the statements belong to what the pointers name; none where there is no pointer.
    ///
    /// # Errors
    /// When a pointer names nothing, or a part of what can only be shown whole.
    pub(super) fn group(&self, pointers: &[String]) -> Result<Group, Problem> {
        if pointers.is_empty() {
            return Ok(Group::default());
        }
        let part = Selection::of(self.document, pointers)?;
        let dataset = self
            .canonicalizer
            .dataset_by_place(&part.document)
            .map_err(|e| canon_problem(&e))?
            .relabel(|place| Some(part.origin(place).into()));
        let members = lines(&dataset, &self.names)
            .iter()
            .map(|line| self.lines.binary_search(line).ok())
            .collect::<Option<_>>()
            .ok_or_else(|| {
                Problem::new(
                    Code::SelectionPartial,
                    "",
                    "a part of an ordered list, or of an object named by another member than `id`",
                )
            })?;
        Ok(Group { members, dataset })
    }

    /// What is needed to name the nodes of a group again, who sees only the group: by their canonical names there, the names here.
    ///
    /// # Errors
    /// When the group has no canonical form.
    pub(super) fn names_in(&self, group: &Group) -> Result<Names, Problem> {
        let canonical = canonical_names(&group.dataset, self.canonicalizer)?;
        Ok(canonical
            .into_iter()
            .filter_map(|(place, there)| Some((there, Arc::clone(self.names.get(&place)?))))
            .collect())
    }
}

/// The statements of a document that was derived, as its verifier names them.
///
/// # Errors
/// When it has no canonical form, or the names are not those of its nodes, each once: two nodes of one name would be one, and one
/// node shown as two.
pub(super) fn shown(
    document: &Value,
    names: &Names,
    canonicalizer: &Canonicalizer,
) -> Result<Vec<String>, Problem> {
    let dataset = canonicalizer
        .dataset(document)
        .map_err(|e| canon_problem(&e))?;
    let canonical = canonical_names(&dataset, canonicalizer)?;
    let distinct: BTreeSet<&Arc<str>> = names.values().collect();
    if names.len() != canonical.len() || distinct.len() != names.len() {
        return Err(not_the_signed());
    }
    let named = canonical
        .into_iter()
        .map(|(node, there)| Some((node, Arc::clone(names.get(&there)?))))
        .collect::<Option<Names>>()
        .ok_or_else(not_the_signed)?;
    let mut lines = lines(&dataset, &named);
    lines.sort_unstable();
    Ok(lines)
}

/// What does not match what was signed; where and why is nobody's to know.
pub(super) fn not_the_signed() -> Problem {
    Problem::new(
        Code::ProofInvalid,
        "/proofValue",
        "the signature does not match what is shown and the key",
    )
}

/// Names by HMAC-SHA-256 of the canonical ones (§3.5.7), so that they tell nothing of how many others there are.
pub(super) fn by_hmac(key: &[u8; 32], canonical: Names) -> Names {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    canonical
        .into_iter()
        .map(|(node, name)| {
            let tag = hmac::sign(&key, name.as_bytes());
            (node, format!("u{}", URL_SAFE_NO_PAD.encode(tag)).into())
        })
        .collect()
}

fn canonical_names(dataset: &Dataset, canonicalizer: &Canonicalizer) -> Result<Names, Problem> {
    let canonical = canonicalizer.canonical_dataset(dataset, HashAlgorithm::Sha256);
    Ok(canonical.map_err(|e| canon_problem(&e))?.labels)
}

fn lines(dataset: &Dataset, names: &Names) -> Vec<String> {
    let named = dataset.relabel(|node| names.get(node).map(Arc::clone));
    named.quads().iter().map(|quad| quad.to_nquad()).collect()
}
