//! Checkpoints: a log's signed head (C2SP tlog-checkpoint).

use std::fmt::Write as _;

use crate::hash::{Hash, HashError, TreeSize};
use crate::note::{Note, NoteError, NoteSigner, NoteVerifier, sign_note};

/// Extensions are rare; more are refused.
pub const CHECKPOINT_EXTENSIONS_MAX: usize = 16;

/// The head of a log: who, how many leaves, which root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's unique name: `exchange.example/log`.
    pub origin: String,
    /// How many leaves.
    pub size: TreeSize,
    /// Root of the tree of that size.
    pub root: Hash,
    /// Opaque further lines, none empty.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// A checkpoint without extensions.
    #[must_use]
    pub fn new(origin: &str, size: TreeSize, root: Hash) -> Self {
        Self {
            origin: origin.to_owned(),
            size,
            root,
            extensions: Vec::new(),
        }
    }

    /// Parses the text of a note. Signatures are not its matter: see [`Checkpoint::open`].
    ///
    /// # Errors
    /// When a line is missing or has another form.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let text = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?;
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::Lines);
        };
        if origin.is_empty() {
            return Err(CheckpointError::Origin);
        }
        let size = parse_size(size)?;
        let root = Hash::from_base64(root)?;
        let mut extensions = Vec::new();
        for line in lines {
            if line.is_empty() || extensions.len() == CHECKPOINT_EXTENSIONS_MAX {
                return Err(CheckpointError::Extensions);
            }
            extensions.push(line.to_owned());
        }
        Ok(Self {
            origin: origin.to_owned(),
            size,
            root,
            extensions,
        })
    }

    /// The note's text, with its final newline.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.origin, self.size, self.root);
        for line in &self.extensions {
            let _ = writeln!(text, "{line}");
        }
        text
    }

    /// Signs the checkpoint; gives the whole note.
    ///
    /// # Errors
    /// When its members have no written form or the signer can't sign.
    pub fn sign(&self, signer: &dyn NoteSigner) -> Result<String, CheckpointError> {
        let text = self.text();
        // What we write we must be able to read: a newline within the origin would forge the next line.
        if Self::parse(&text)? != *self {
            return Err(CheckpointError::Lines);
        }
        Ok(sign_note(&text, signer)?)
    }

    /// Parses a note, checks that the log's key signed it and that it is this log's.
    ///
    /// # Errors
    /// When it is no checkpoint, not signed by `key`, or of another origin.
    pub fn open(
        note: &[u8],
        origin: &str,
        key: &dyn NoteVerifier,
    ) -> Result<Self, CheckpointError> {
        let note = Note::parse(note)?;
        note.verify(key)?;
        let checkpoint = Self::parse(note.text())?;
        if checkpoint.origin == origin {
            Ok(checkpoint)
        } else {
            Err(CheckpointError::OtherOrigin {
                found: checkpoint.origin,
            })
        }
    }

    /// Parses a note whose signatures were checked before, such as one's own stored one.
    ///
    /// # Errors
    /// When it is no note or no checkpoint.
    pub fn parse_note_unverified(note: &[u8]) -> Result<Self, CheckpointError> {
        Self::parse(Note::parse(note)?.text())
    }
}

/// Why a text is no checkpoint, or not this log's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The note itself.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Fewer than three lines, or no final newline.
    #[error("a checkpoint is origin, size and root, a line each")]
    Lines,
    /// An empty origin.
    #[error("a checkpoint's origin is not empty")]
    Origin,
    /// No decimal number without leading zeroes.
    #[error("a checkpoint's size is a decimal number without leading zeroes")]
    Size,
    /// No root hash.
    #[error("a checkpoint's root: {0}")]
    Root(#[from] HashError),
    /// An empty extension line, or too many.
    #[error("a checkpoint has at most {CHECKPOINT_EXTENSIONS_MAX} extension lines, none empty")]
    Extensions,
    /// Another log's.
    #[error("the checkpoint is that of `{found}`")]
    OtherOrigin {
        /// The origin found.
        found: String,
    },
}

impl CheckpointError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Note(note) => note.code(),
            Self::Lines => "checkpoint-lines",
            Self::Origin => "checkpoint-origin",
            Self::Size => "checkpoint-size",
            Self::Root(_) => "checkpoint-root",
            Self::Extensions => "checkpoint-extensions",
            Self::OtherOrigin { .. } => "checkpoint-other-origin",
        }
    }
}

/// A decimal number without leading zeroes.
pub(crate) fn parse_size(text: &str) -> Result<TreeSize, CheckpointError> {
    let digits =
        !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || (text.len() > 1 && text.starts_with('0')) {
        return Err(CheckpointError::Size);
    }
    text.parse()
        .map(TreeSize::new)
        .map_err(|_| CheckpointError::Size)
}
