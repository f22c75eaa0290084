//! The appender: what must be known of a tree to add leaves to it.

use crate::hash::{EMPTY_ROOT, Hash, LeafIndex, NodeId, TreeSize, leaf_hash, node_hash};

/// The right border of a tree: its size and the hashes of its largest complete subtrees, from the left.
///
/// There is one subtree for each bit that is set in the size, the highest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    // INVARIANT (peaks): peaks.len() == size.count_ones().
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The frontier of the empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes size and peaks, the largest subtree first.
    ///
    /// # Errors
    /// When their number does not fit the size.
    pub fn from_peaks(size: TreeSize, peaks: Vec<Hash>) -> Result<Self, FrontierError> {
        let size = size.get();
        if peaks.len() == size.count_ones() as usize {
            Ok(Self { size, peaks })
        } else {
            Err(FrontierError::Peaks {
                size,
                found: peaks.len(),
            })
        }
    }

    /// The ids of the peaks of a tree, the largest first: what to read to restore a frontier.
    pub fn peak_ids(size: TreeSize) -> impl Iterator<Item = NodeId> {
        let size = size.get();
        (0..64u8)
            .rev()
            .filter(move |level| size >> level & 1 == 1)
            .map(move |level| {
                // The leaves left of this peak are those of the higher bits; so many of this width fit before it.
                NodeId::new(level, (size >> level) - 1)
            })
    }

    /// How many leaves the tree has.
    #[must_use]
    pub fn size(&self) -> TreeSize {
        TreeSize::new(self.size)
    }

    /// The hashes of the largest complete subtrees, from the left.
    #[must_use]
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Appends a leaf (its 32 bytes, not its hash) and returns its place and the hashes that it completes:
    /// the leaf's own, then its ancestors that are now full, lowest level first.
    ///
    /// # Errors
    /// When the tree has 2^64 - 1 leaves.
    pub fn push(&mut self, leaf: &[u8; 32]) -> Result<Appended, FrontierError> {
        self.push_hash(leaf_hash(leaf))
    }

    /// Appends a leaf by its Merkle leaf hash.
    ///
    /// # Errors
    /// When the tree has 2^64 - 1 leaves.
    pub fn push_hash(&mut self, hash: Hash) -> Result<Appended, FrontierError> {
        let next = self.size.checked_add(1).ok_or(FrontierError::Full)?;
        let index = LeafIndex::new(self.size);
        let mut completed = vec![hash];
        let mut node = hash;
        // As in binary counting: each trailing one of the old size is a peak that merges.
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            node = node_hash(&left, &node);
            completed.push(node);
        }
        self.peaks.push(node);
        self.size = next;
        Ok(Appended { index, completed })
    }

    /// The root of the tree (RFC 9162 §2.1.1).
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else {
            return EMPTY_ROOT;
        };
        peaks.fold(*last, |right, left| node_hash(left, &right))
    }

    /// The size as 8 bytes, big-endian, then the peaks of 32 bytes each, the largest first.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size.to_be_bytes().to_vec();
        for peak in &self.peaks {
            bytes.extend_from_slice(peak.as_bytes());
        }
        bytes
    }

    /// Reads what [`Frontier::to_bytes`] wrote.
    ///
    /// # Errors
    /// When the length does not fit the size.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrontierError> {
        let Some((head, rest)) = bytes.split_first_chunk::<8>() else {
            return Err(FrontierError::Length { found: bytes.len() });
        };
        let size = u64::from_be_bytes(*head);
        let (peaks, left_over) = rest.as_chunks::<32>();
        if !left_over.is_empty() || peaks.len() > 64 {
            return Err(FrontierError::Length { found: bytes.len() });
        }
        Self::from_peaks(
            TreeSize::new(size),
            peaks.iter().copied().map(Hash::new).collect(),
        )
    }
}

/// What one push did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The leaf's place.
    pub index: LeafIndex,
    /// Hashes that are complete by this leaf: level 0 first, no gaps.
    pub completed: Vec<Hash>,
}

/// Why a frontier could not be restored or grown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrontierError {
    /// The number of peaks does not fit the size.
    #[error("a tree of {size} leaves has another number of peaks than {found}")]
    Peaks {
        /// Leaves.
        size: u64,
        /// Peaks found.
        found: usize,
    },
    /// The bytes have a length that no frontier has.
    #[error("a frontier is 8 bytes and 32 for each peak, found {found}")]
    Length {
        /// Bytes found.
        found: usize,
    },
    /// The tree has as many leaves as can be counted.
    #[error("the tree is full")]
    Full,
}

impl FrontierError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Peaks { .. } => "frontier-peaks",
            Self::Length { .. } => "frontier-length",
            Self::Full => "log-full",
        }
    }
}
