//! What a log asks a witness, and what the witness may answer (C2SP tlog-witness, `add-checkpoint`).

use std::fmt;

use crate::checkpoint::{Checkpoint, CheckpointError, parse_size};
use crate::hash::{EMPTY_ROOT, Hash, HashError, TreeSize};
use crate::note::{NOTE_BYTES_MAX, Note, NoteError};
use crate::proof::verify_consistency;

/// Most consistency proof lines of a request (C2SP tlog-witness).
pub const ADD_CHECKPOINT_PROOF_MAX: usize = 63;

/// A request: its note, its proof lines, its first line.
pub const ADD_CHECKPOINT_BYTES_MAX: usize = NOTE_BYTES_MAX + (ADD_CHECKPOINT_PROOF_MAX + 1) * 45;

/// The media type in which a witness answers with the size that it knows.
pub const TLOG_SIZE_MEDIA_TYPE: &str = "text/x.tlog.size";

/// The body of `POST <prefix>/add-checkpoint`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// Size that the witness cosigned last, as the log believes.
    pub old: TreeSize,
    /// Consistency proof from there to the checkpoint.
    pub proof: Vec<Hash>,
    /// The checkpoint. Its signatures are not checked yet.
    pub note: Note,
}

impl AddCheckpoint {
    /// Parses a body; sizes are checked first.
    ///
    /// # Errors
    /// When it is too large or has another form: a witness answers 400.
    pub fn parse(body: &[u8]) -> Result<Self, AddCheckpointError> {
        if body.len() > ADD_CHECKPOINT_BYTES_MAX {
            return Err(AddCheckpointError::TooLarge { found: body.len() });
        }
        let text = std::str::from_utf8(body).map_err(|_| AddCheckpointError::Form)?;
        // Neither the first line nor a hash is empty: the first blank line parts them from the note.
        let (head, note) = text.split_once("\n\n").ok_or(AddCheckpointError::Form)?;
        let mut lines = head.split('\n');
        let old = lines
            .next()
            .and_then(|line| line.strip_prefix("old "))
            .and_then(|size| parse_size(size).ok())
            .ok_or(AddCheckpointError::OldSize)?;
        let mut proof = Vec::new();
        for line in lines {
            if proof.len() == ADD_CHECKPOINT_PROOF_MAX {
                return Err(AddCheckpointError::ProofLines);
            }
            proof.push(Hash::from_base64(line)?);
        }
        let note = Note::parse(note.as_bytes())?;
        Ok(Self { old, proof, note })
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        for hash in &self.proof {
            writeln!(f, "{hash}")?;
        }
        write!(f, "\n{}", self.note)
    }
}

/// Why a body is no request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddCheckpointError {
    /// More bytes than [`ADD_CHECKPOINT_BYTES_MAX`].
    #[error("a request is at most {ADD_CHECKPOINT_BYTES_MAX} bytes, found {found}")]
    TooLarge {
        /// Bytes found.
        found: usize,
    },
    /// No blank line before a note, or no UTF-8.
    #[error("a request is the old size, proof lines, a blank line and a checkpoint")]
    Form,
    /// Another first line.
    #[error("the first line is `old` and a size without leading zeroes")]
    OldSize,
    /// More proof lines than [`ADD_CHECKPOINT_PROOF_MAX`].
    #[error("a request has at most {ADD_CHECKPOINT_PROOF_MAX} proof lines")]
    ProofLines,
    /// A proof line that is no hash.
    #[error("a proof line: {0}")]
    Hash(#[from] HashError),
    /// The note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

impl AddCheckpointError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "witness-too-large",
            Self::Form => "witness-form",
            Self::OldSize => "witness-old-size",
            Self::ProofLines => "witness-proof-lines",
            Self::Hash(error) => error.code(),
            Self::Note(error) => error.code(),
            Self::Checkpoint(error) => error.code(),
        }
    }
}

/// What a witness knows of a log: the last tree that it cosigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cosigned {
    /// Leaves.
    pub size: TreeSize,
    /// Root.
    pub root: Hash,
}

impl Cosigned {
    /// Of a log that the witness never cosigned: the empty tree, which every tree continues.
    pub const NOTHING: Self = Self {
        size: TreeSize::ZERO,
        root: EMPTY_ROOT,
    };

    /// Whether a checkpoint, whose signature holds, may be cosigned after this: in the order that tlog-witness asks.
    ///
    /// # Errors
    /// Why not; each is a status of its own.
    pub fn admits(
        &self,
        old: TreeSize,
        proof: &[Hash],
        checkpoint: &Checkpoint,
    ) -> Result<(), CosignRefused> {
        if old > checkpoint.size {
            return Err(CosignRefused::OldBeyond);
        }
        if old != self.size {
            return Err(CosignRefused::OtherSize { size: self.size });
        }
        verify_consistency(
            self.size,
            &self.root,
            checkpoint.size,
            &checkpoint.root,
            proof,
        )
        .map_err(|_| CosignRefused::Inconsistent)
    }
}

/// Why a checkpoint is not cosigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CosignRefused {
    /// 400: the old size is beyond the checkpoint's.
    #[error("the old size is larger than the checkpoint's")]
    OldBeyond,
    /// 409: another size was cosigned last.
    #[error("the last checkpoint cosigned here has {size} leaves")]
    OtherSize {
        /// That size.
        size: TreeSize,
    },
    /// 422: it does not continue what was cosigned last.
    #[error("the checkpoint does not continue the one that was cosigned here last")]
    Inconsistent,
}

impl CosignRefused {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::OldBeyond => "witness-old-size",
            Self::OtherSize { .. } => "witness-size-other",
            Self::Inconsistent => "witness-inconsistent",
        }
    }
}

/// The size in a witness's answer 409: a decimal number and a newline.
#[must_use]
pub fn parse_tlog_size(body: &[u8]) -> Option<TreeSize> {
    let text = std::str::from_utf8(body).ok()?;
    parse_size(text.strip_suffix('\n')?).ok()
}
