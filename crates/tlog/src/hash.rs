//! Hashes, positions and sizes of the tree (RFC 9162 §2.1).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// A SHA-256 value: of a leaf, an inner node or a root.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

/// The root of the tree without leaves: SHA-256 of nothing (RFC 9162 §2.1.1).
pub const EMPTY_ROOT: Hash = Hash([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

impl Hash {
    /// Takes 32 bytes as they are.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Takes a slice of exactly 32 bytes.
    ///
    /// # Errors
    /// When the slice has another length.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, HashError> {
        bytes
            .try_into()
            .map(Self)
            .map_err(|_| HashError::Length { found: bytes.len() })
    }

    /// Parses standard base64 with padding, the form of checkpoints.
    ///
    /// # Errors
    /// When the text is no base64 of 32 bytes.
    pub fn from_base64(text: &str) -> Result<Self, HashError> {
        // 44 characters are 32 bytes; checked first, so that nothing large is decoded.
        if text.len() != 44 {
            return Err(HashError::Base64);
        }
        let bytes = STANDARD.decode(text).map_err(|_| HashError::Base64)?;
        Self::from_slice(&bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Standard base64 with padding.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }
}

impl AsRef<[u8]> for Hash {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<[u8; 32]> for Hash {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_base64())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({})", self.to_base64())
    }
}

/// Why bytes or text are no hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// Another length than 32 bytes.
    #[error("a hash is 32 bytes, found {found}")]
    Length {
        /// The length found, in bytes.
        found: usize,
    },
    /// Not the base64 of 32 bytes.
    #[error("a hash is 44 characters of standard base64")]
    Base64,
}

impl HashError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Length { .. } => "hash-length",
            Self::Base64 => "hash-base64",
        }
    }
}

/// A leaf's place in the log, from 0. An index is not a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeafIndex(u64);

impl LeafIndex {
    /// The leaf at place `index`.
    #[must_use]
    pub const fn new(index: u64) -> Self {
        Self(index)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The smallest tree that has this leaf.
    #[must_use]
    pub const fn size_with(self) -> TreeSize {
        TreeSize(self.0.saturating_add(1))
    }
}

impl fmt::Display for LeafIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How many leaves a tree has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TreeSize(u64);

impl TreeSize {
    /// The tree without leaves.
    pub const ZERO: Self = Self(0);

    /// A tree of `size` leaves.
    #[must_use]
    pub const fn new(size: u64) -> Self {
        Self(size)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The last leaf, if there is one.
    #[must_use]
    pub fn last(self) -> Option<LeafIndex> {
        self.0.checked_sub(1).map(LeafIndex)
    }

    /// The place that the next leaf gets.
    #[must_use]
    pub const fn next(self) -> LeafIndex {
        LeafIndex(self.0)
    }

    /// Whether the tree has this leaf.
    #[must_use]
    pub const fn has(self, index: LeafIndex) -> bool {
        index.0 < self.0
    }
}

impl fmt::Display for TreeSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A complete subtree: the `index`-th of 2^`level` leaves, from the left. Level 0 is the leaves' hashes.
///
/// Complete subtrees never change as the log grows, so they are what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// Height above the leaves, 0 to 63.
    pub level: u8,
    /// Place among the nodes of this level, from 0.
    pub index: u64,
}

impl NodeId {
    /// The node.
    #[must_use]
    pub const fn new(level: u8, index: u64) -> Self {
        Self { level, index }
    }

    /// The leaf whose arrival completes this node; `None` where it lies beyond 2^64 leaves.
    ///
    /// A store may so keep, for each leaf, the hashes that it completed, lowest level first: node (level, index) is
    /// the `level`-th of them at this leaf.
    #[must_use]
    pub fn completed_by(self) -> Option<LeafIndex> {
        let width = 1u64.checked_shl(u32::from(self.level))?;
        let end = self.index.checked_add(1)?.checked_mul(width)?;
        end.checked_sub(1).map(LeafIndex)
    }
}

/// The hash of a leaf: SHA-256(0x00 || leaf) (RFC 9162 §2.1.1).
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    let mut sha = Sha256::new();
    sha.update([0u8]);
    sha.update(leaf);
    Hash(sha.finalize().into())
}

/// The hash of an inner node: SHA-256(0x01 || left || right) (RFC 9162 §2.1.1).
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut sha = Sha256::new();
    sha.update([1u8]);
    sha.update(left.0);
    sha.update(right.0);
    Hash(sha.finalize().into())
}
