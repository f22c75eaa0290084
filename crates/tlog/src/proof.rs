//! Inclusion and consistency proofs: computed from stored nodes, verified from nothing (RFC 9162 §2.1.3, §2.1.4).

use crate::hash::{EMPTY_ROOT, Hash, LeafIndex, NodeId, TreeSize, node_hash};

/// No proof is longer: a path has at most 64 hashes, a consistency proof one more.
pub const PROOF_HASHES_MAX: usize = 65;

/// Stored hashes of complete subtrees. Any `Fn(NodeId) -> Result<Hash, E>` is one.
pub trait HashReader {
    /// Why a hash could not be read; a missing node is an error too.
    type Error;

    /// The hash of a complete subtree.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    fn node(&self, id: NodeId) -> Result<Hash, Self::Error>;
}

impl<F, E> HashReader for F
where
    F: Fn(NodeId) -> Result<Hash, E>,
{
    type Error = E;

    fn node(&self, id: NodeId) -> Result<Hash, E> {
        self(id)
    }
}

/// The path from leaf `index` to the root of the tree of `size` leaves, lowest first (RFC 9162 §2.1.3.1).
///
/// # Errors
/// When the tree has no such leaf or a node cannot be read.
pub fn inclusion_proof<R: HashReader>(
    reader: &R,
    index: LeafIndex,
    size: TreeSize,
) -> Result<Vec<Hash>, ReadProofError<R::Error>> {
    if !size.has(index) {
        return Err(ProofError::IndexBeyondSize {
            index: index.get(),
            size: size.get(),
        }
        .into());
    }
    let mut proof = Vec::new();
    path(reader, index.get(), 0, size.get(), &mut proof)?;
    Ok(proof)
}

/// The proof that the tree of `old` leaves is a prefix of the tree of `new` leaves (RFC 9162 §2.1.4.1).
///
/// Empty where the sizes are equal or `old` is 0.
///
/// # Errors
/// When `old` is larger than `new` or a node cannot be read.
pub fn consistency_proof<R: HashReader>(
    reader: &R,
    old: TreeSize,
    new: TreeSize,
) -> Result<Vec<Hash>, ReadProofError<R::Error>> {
    if old > new {
        return Err(ProofError::Shrinks {
            old: old.get(),
            new: new.get(),
        }
        .into());
    }
    let mut proof = Vec::new();
    if old != new && old != TreeSize::ZERO {
        subproof(reader, old.get(), 0, new.get(), true, &mut proof)?;
    }
    Ok(proof)
}

/// Checks that the leaf with Merkle hash `leaf` is at `index` in the tree of `size` leaves with this root
/// (RFC 9162 §2.1.3.2).
///
/// # Errors
/// When it is not proven.
pub fn verify_inclusion(
    leaf: &Hash,
    index: LeafIndex,
    size: TreeSize,
    root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if !size.has(index) {
        return Err(ProofError::IndexBeyondSize {
            index: index.get(),
            size: size.get(),
        });
    }
    let mut place = index.get();
    let mut last = size.get() - 1;
    let mut hash = *leaf;
    for step in proof {
        if last == 0 {
            return Err(ProofError::Length { found: proof.len() });
        }
        if place & 1 == 1 || place == last {
            hash = node_hash(step, &hash);
            // The last leaf's subtree may have no brother on some levels: climb to where it is a right child.
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, step);
        }
        place >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length { found: proof.len() });
    }
    if hash == *root {
        Ok(())
    } else {
        Err(ProofError::Root)
    }
}

/// Checks that the tree of `old` leaves with `old_root` is a prefix of the tree of `new` leaves with `new_root`
/// (RFC 9162 §2.1.4.2). Every tree continues the empty one, whose root must still be right.
///
/// # Errors
/// When it is not proven.
pub fn verify_consistency(
    old: TreeSize,
    old_root: &Hash,
    new: TreeSize,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::Shrinks {
            old: old.get(),
            new: new.get(),
        });
    }
    if old == TreeSize::ZERO || old == new {
        if !proof.is_empty() {
            return Err(ProofError::Length { found: proof.len() });
        }
        if (old == TreeSize::ZERO && *old_root != EMPTY_ROOT)
            || (old == new && old_root != new_root)
        {
            return Err(ProofError::Root);
        }
        return Ok(());
    }
    let mut steps = proof.iter();
    let mut place = old.get() - 1;
    let mut last = new.get() - 1;
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    // Where the old tree is one complete subtree its root is not in the proof: it is the start.
    let start = if old.get().is_power_of_two() {
        *old_root
    } else {
        *steps.next().ok_or(ProofError::Length { found: 0 })?
    };
    let (mut old_hash, mut new_hash) = (start, start);
    for step in steps {
        if last == 0 {
            return Err(ProofError::Length { found: proof.len() });
        }
        if place & 1 == 1 || place == last {
            old_hash = node_hash(step, &old_hash);
            new_hash = node_hash(step, &new_hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, step);
        }
        place >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length { found: proof.len() });
    }
    if old_hash == *old_root && new_hash == *new_root {
        Ok(())
    } else {
        Err(ProofError::Root)
    }
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The tree has no such leaf.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    IndexBeyondSize {
        /// The leaf.
        index: u64,
        /// The tree's leaves.
        size: u64,
    },
    /// The newer tree is smaller.
    #[error("a tree of {old} leaves cannot continue as one of {new}")]
    Shrinks {
        /// Leaves before.
        old: u64,
        /// Leaves after.
        new: u64,
    },
    /// Too few or too many hashes for these sizes.
    #[error("a proof between these places has another length than {found}")]
    Length {
        /// Hashes found.
        found: usize,
    },
    /// The hashes lead to another root.
    #[error("the proof leads to another root")]
    Root,
}

impl ProofError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::IndexBeyondSize { .. } => "proof-index-beyond-size",
            Self::Shrinks { .. } => "log-shrinks",
            Self::Length { .. } => "proof-length",
            Self::Root => "proof-root",
        }
    }
}

/// Why a proof could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadProofError<E> {
    /// What was asked for cannot be proven.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// A stored hash could not be read.
    #[error("a stored hash could not be read")]
    Read(E),
}

/// PATH of RFC 9162 §2.1.3.1 for leaf `index` within the subtree of `size` leaves that starts at leaf `start`.
fn path<R: HashReader>(
    reader: &R,
    index: u64,
    start: u64,
    size: u64,
    proof: &mut Vec<Hash>,
) -> Result<(), ReadProofError<R::Error>> {
    if size <= 1 {
        return Ok(());
    }
    let left = split(size);
    if index < start + left {
        path(reader, index, start, left, proof)?;
        proof.push(subtree(reader, start + left, size - left)?);
    } else {
        path(reader, index, start + left, size - left, proof)?;
        proof.push(subtree(reader, start, left)?);
    }
    Ok(())
}

/// SUBPROOF of RFC 9162 §2.1.4.1: `old` leaves of the subtree of `size` leaves that starts at leaf `start`;
/// `whole` where the old tree begins here, so that its root is known to the verifier.
fn subproof<R: HashReader>(
    reader: &R,
    old: u64,
    start: u64,
    size: u64,
    whole: bool,
    proof: &mut Vec<Hash>,
) -> Result<(), ReadProofError<R::Error>> {
    if old == size {
        if !whole {
            proof.push(subtree(reader, start, size)?);
        }
        return Ok(());
    }
    let left = split(size);
    if old <= left {
        subproof(reader, old, start, left, whole, proof)?;
        proof.push(subtree(reader, start + left, size - left)?);
    } else {
        subproof(reader, old - left, start + left, size - left, false, proof)?;
        proof.push(subtree(reader, start, left)?);
    }
    Ok(())
}

/// The hash of `size` leaves from `start`, which is a multiple of a power of two not below `size`'s highest bit.
fn subtree<R: HashReader>(
    reader: &R,
    start: u64,
    size: u64,
) -> Result<Hash, ReadProofError<R::Error>> {
    if size.is_power_of_two() {
        let level = size.trailing_zeros();
        #[expect(clippy::cast_possible_truncation, reason = "at most 63")]
        return reader
            .node(NodeId::new(level as u8, start >> level))
            .map_err(ReadProofError::Read);
    }
    let left = split(size);
    let right_hash = subtree(reader, start + left, size - left)?;
    let left_hash = subtree(reader, start, left)?;
    Ok(node_hash(&left_hash, &right_hash))
}

/// The largest power of two below `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (63 - (size - 1).leading_zeros())
}
