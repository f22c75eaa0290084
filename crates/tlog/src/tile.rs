//! Tiles: the tree in pieces of 256 hashes that never change (C2SP tlog-tiles).

use std::fmt;
use std::str::FromStr;

use crate::hash::{Hash, NodeId, TreeSize};
use crate::proof::HashReader;

/// Levels of the tree that one tile spans.
pub const TILE_HEIGHT: u8 = 8;

/// Hashes of a full tile.
pub const TILE_WIDTH: u16 = 256;

/// The highest level of tiles that paths name (C2SP tlog-tiles: 0 to 5).
pub const TILE_LEVEL_MAX: u8 = 5;

/// A bundle of our entries, 256 times length and 32 bytes, is 8,704 bytes; others' may be larger.
pub const ENTRY_BUNDLE_BYTES_MAX: usize = 256 * (2 + 65_535);

/// What a path under the log's prefix names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TilePath {
    /// `tile/L/N[.p/W]`: hashes.
    Hashes {
        /// Level of tiles, 0 to [`TILE_LEVEL_MAX`].
        level: u8,
        /// Place among the tiles of the level.
        index: u64,
        /// Hashes in it, 1 to 256; below 256 the tile is partial.
        width: u16,
    },
    /// `tile/entries/N[.p/W]`: leaves.
    Entries {
        /// Place among the bundles.
        index: u64,
        /// Leaves in it, 1 to 256.
        width: u16,
    },
}

impl TilePath {
    /// How many hashes the tree of `size` leaves has at this place, at most 256: 0 where the tile does not exist yet.
    #[must_use]
    pub fn available(self, size: TreeSize) -> u16 {
        let (level, index) = match self {
            Self::Hashes { level, index, .. } => (level, index),
            Self::Entries { index, .. } => (0, index),
        };
        let complete = size
            .get()
            .checked_shr(u32::from(level) * u32::from(TILE_HEIGHT))
            .unwrap_or(0);
        let before = index.saturating_mul(u64::from(TILE_WIDTH));
        u16::try_from(complete.saturating_sub(before).min(u64::from(TILE_WIDTH)))
            .unwrap_or(TILE_WIDTH)
    }

    /// How many hashes or leaves the path asks for.
    #[must_use]
    pub fn width(self) -> u16 {
        match self {
            Self::Hashes { width, .. } | Self::Entries { width, .. } => width,
        }
    }

    /// Whether a tree of `size` leaves has all that the path asks for.
    #[must_use]
    pub fn exists(self, size: TreeSize) -> bool {
        self.available(size) >= self.width()
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (index, width) = match *self {
            Self::Hashes {
                level,
                index,
                width,
            } => {
                write!(f, "tile/{level}/")?;
                (index, width)
            }
            Self::Entries { index, width } => {
                f.write_str("tile/entries/")?;
                (index, width)
            }
        };
        // Three digits an element; all but the last begin with an x.
        let mut groups = vec![index % 1000];
        let mut rest = index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (place, group) in groups.iter().enumerate().rev() {
            if place > 0 {
                write!(f, "x{group:03}/")?;
            } else {
                write!(f, "{group:03}")?;
            }
        }
        if width < TILE_WIDTH {
            write!(f, ".p/{width}")?;
        }
        Ok(())
    }
}

impl FromStr for TilePath {
    type Err = TileError;

    /// Parses `tile/L/N[.p/W]` or `tile/entries/N[.p/W]`, without a leading slash. Only the one canonical spelling
    /// of each tile is taken, so that caches hold it once.
    fn from_str(text: &str) -> Result<Self, TileError> {
        // 2^64 takes seven groups of four characters.
        if text.len() > 64 {
            return Err(TileError::Path);
        }
        let rest = text.strip_prefix("tile/").ok_or(TileError::Path)?;
        let (kind, rest) = rest.split_once('/').ok_or(TileError::Path)?;
        let (number, width) = match rest.split_once(".p/") {
            None => (rest, TILE_WIDTH),
            Some((number, width)) => (number, parse_decimal(width)?),
        };
        let mut index = 0u64;
        let mut groups = number.split('/').peekable();
        while let Some(group) = groups.next() {
            let digits = if groups.peek().is_some() {
                group.strip_prefix('x').ok_or(TileError::Path)?
            } else {
                group
            };
            if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(TileError::Path);
            }
            let digits: u64 = digits.parse().map_err(|_| TileError::Path)?;
            index = index
                .checked_mul(1000)
                .and_then(|n| n.checked_add(digits))
                .ok_or(TileError::Path)?;
        }
        let path = if kind == "entries" {
            Self::Entries { index, width }
        } else {
            let level = u8::try_from(parse_decimal(kind)?).map_err(|_| TileError::Path)?;
            if level > TILE_LEVEL_MAX {
                return Err(TileError::Path);
            }
            Self::Hashes {
                level,
                index,
                width,
            }
        };
        if width == 0 || width > TILE_WIDTH || path.to_string() != text {
            return Err(TileError::Path);
        }
        Ok(path)
    }
}

/// The nodes whose hashes a tile holds, in order: level 8 × `level` of the tree.
pub fn tile_nodes(level: u8, index: u64, width: u16) -> impl Iterator<Item = NodeId> {
    let first = index.saturating_mul(u64::from(TILE_WIDTH));
    (0..u64::from(width)).map(move |place| {
        NodeId::new(
            level.saturating_mul(TILE_HEIGHT),
            first.saturating_add(place),
        )
    })
}

/// A tile's content: its hashes one after the other.
///
/// # Errors
/// When a node cannot be read.
pub fn tile_bytes<R: HashReader>(
    reader: &R,
    level: u8,
    index: u64,
    width: u16,
) -> Result<Vec<u8>, R::Error> {
    let mut bytes = Vec::with_capacity(usize::from(width) * 32);
    for id in tile_nodes(level, index, width) {
        bytes.extend_from_slice(reader.node(id)?.as_bytes());
    }
    Ok(bytes)
}

/// The hashes of a tile's content.
///
/// # Errors
/// When its length is not that of `width` hashes.
pub fn parse_tile(bytes: &[u8], width: u16) -> Result<Vec<Hash>, TileError> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    if hashes.len() != usize::from(width) || !rest.is_empty() {
        return Err(TileError::Length { found: bytes.len() });
    }
    Ok(hashes.iter().copied().map(Hash::new).collect())
}

/// An entry bundle's content: for each leaf its length, 2 bytes big-endian, and its bytes.
#[must_use]
pub fn entry_bundle(leaves: &[[u8; 32]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(leaves.len() * 34);
    for leaf in leaves {
        bytes.extend_from_slice(&[0, 32]);
        bytes.extend_from_slice(leaf);
    }
    bytes
}

/// The leaves of an entry bundle of one of our logs.
///
/// # Errors
/// When it is no bundle of `width` leaves of 32 bytes.
pub fn parse_entry_bundle(bytes: &[u8], width: u16) -> Result<Vec<[u8; 32]>, TileError> {
    let (entries, rest) = bytes.as_chunks::<34>();
    if entries.len() != usize::from(width) || !rest.is_empty() {
        return Err(TileError::Length { found: bytes.len() });
    }
    let leaf = |entry: &[u8; 34]| match entry.split_first_chunk::<2>() {
        Some(([0, 32], leaf)) => leaf.try_into().map_err(|_| TileError::Entry),
        _ => Err(TileError::Entry),
    };
    entries.iter().map(leaf).collect()
}

/// Why a path names no tile, or bytes are none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// No tile's path in its canonical spelling.
    #[error("a tile's path is tile/L/N or tile/entries/N, with .p/W where it is partial")]
    Path,
    /// Another length than its width asks for.
    #[error("the tile has another length than {found} bytes")]
    Length {
        /// Bytes found.
        found: usize,
    },
    /// An entry that is not 32 bytes.
    #[error("an entry of this log is 32 bytes")]
    Entry,
}

impl TileError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Path => "tile-path",
            Self::Length { .. } => "tile-length",
            Self::Entry => "tile-entry",
        }
    }
}

fn parse_decimal(text: &str) -> Result<u16, TileError> {
    let digits =
        !text.is_empty() && text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || (text.len() > 1 && text.starts_with('0')) {
        return Err(TileError::Path);
    }
    text.parse().map_err(|_| TileError::Path)
}
