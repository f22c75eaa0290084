//! Proofs as text: one leaf, its path, a checkpoint with what witnesses signed (C2SP tlog-proof).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{Checkpoint, CheckpointError, parse_size};
use crate::hash::{Hash, HashError, LeafIndex};
use crate::note::{NOTE_BYTES_MAX, Note, NoteError, NoteVerifier};
use crate::proof::{PROOF_HASHES_MAX, ProofError, verify_inclusion};

/// The first line.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// Most bytes of extra data: what a leaf commits to has some hundreds.
pub const EXTRA_BYTES_MAX: usize = 16 * 1024;

/// Most bytes of a proof: its note, its extra data in base64, its hashes, its other lines.
pub const PROOF_TEXT_BYTES_MAX: usize =
    NOTE_BYTES_MAX + EXTRA_BYTES_MAX.div_ceil(3) * 4 + PROOF_HASHES_MAX * 45 + 256;

/// That a log holds a leaf, to be checked without the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// Opaque data of the application. Nothing binds it: whoever uses it must compute the leaf from it.
    pub extra: Option<Vec<u8>>,
    /// The leaf's place.
    pub index: LeafIndex,
    /// The path from the leaf to the root, lowest first.
    pub proof: Vec<Hash>,
    /// The checkpoint. Its signatures are not checked yet.
    pub note: Note,
}

/// What a proof proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// The tree.
    pub checkpoint: Checkpoint,
    /// Which of the witnesses that were asked for cosigned it, by their place among them.
    pub cosigned: Vec<usize>,
}

impl TlogProof {
    /// Parses the text; sizes are checked first.
    ///
    /// # Errors
    /// When it is too large or has another form.
    pub fn parse(text: &[u8]) -> Result<Self, TlogProofError> {
        if text.len() > PROOF_TEXT_BYTES_MAX {
            return Err(TlogProofError::TooLarge { found: text.len() });
        }
        let text = std::str::from_utf8(text).map_err(|_| TlogProofError::Form)?;
        // No line before the checkpoint is empty.
        let (head, note) = text.split_once("\n\n").ok_or(TlogProofError::Form)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(TlogProofError::Header);
        }
        let extra = match lines.peek().and_then(|line| line.strip_prefix("extra ")) {
            Some(encoded) => {
                lines.next();
                Some(parse_extra(encoded)?)
            }
            None => None,
        };
        let index = lines
            .next()
            .and_then(|line| line.strip_prefix("index "))
            .and_then(|index| parse_size(index).ok())
            .map(|index| LeafIndex::new(index.get()))
            .ok_or(TlogProofError::Index)?;
        let mut proof = Vec::new();
        for line in lines {
            if proof.len() == PROOF_HASHES_MAX {
                return Err(ProofError::Length {
                    found: proof.len() + 1,
                }
                .into());
            }
            proof.push(Hash::from_base64(line)?);
        }
        let note = Note::parse(note.as_bytes())?;
        Ok(Self {
            extra,
            index,
            proof,
            note,
        })
    }

    /// Checks that the log of `log`'s name holds the leaf with Merkle hash `leaf`, and which of `witnesses` cosigned, of which
    /// `threshold` must. Signatures of others are passed over; a wrong one under a known key makes the whole suspect.
    ///
    /// # Errors
    /// What does not hold.
    pub fn verify(
        &self,
        leaf: &Hash,
        log: &dyn NoteVerifier,
        witnesses: &[&dyn NoteVerifier],
        threshold: usize,
    ) -> Result<Proven, TlogProofError> {
        self.note.verify(log)?;
        let checkpoint = Checkpoint::parse(self.note.text())?;
        if checkpoint.origin != log.name() {
            return Err(CheckpointError::OtherOrigin {
                found: checkpoint.origin,
            }
            .into());
        }
        let cosigned = match self.note.verified_by(witnesses) {
            Ok(cosigned) => cosigned,
            Err(NoteError::NoKnownSignature) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        if cosigned.len() < threshold {
            return Err(TlogProofError::TooFewCosignatures {
                found: cosigned.len(),
                wanted: threshold,
            });
        }
        let (size, root) = (checkpoint.size, &checkpoint.root);
        verify_inclusion(leaf, self.index, size, root, &self.proof)?;
        Ok(Proven {
            checkpoint,
            cosigned,
        })
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        // No data and none at all are one: the line is never empty.
        if let Some(extra) = self.extra.as_ref().filter(|extra| !extra.is_empty()) {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.proof {
            writeln!(f, "{hash}")?;
        }
        write!(f, "\n{}", self.note)
    }
}

fn parse_extra(encoded: &str) -> Result<Vec<u8>, TlogProofError> {
    if encoded.is_empty() || encoded.len() > EXTRA_BYTES_MAX.div_ceil(3) * 4 {
        return Err(TlogProofError::Extra);
    }
    STANDARD.decode(encoded).map_err(|_| TlogProofError::Extra)
}

/// Why a text proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlogProofError {
    /// More bytes than [`PROOF_TEXT_BYTES_MAX`].
    #[error("a proof is at most {PROOF_TEXT_BYTES_MAX} bytes, found {found}")]
    TooLarge {
        /// Bytes found.
        found: usize,
    },
    /// No blank line before a note, or no UTF-8.
    #[error("a proof is some lines, a blank line and a checkpoint")]
    Form,
    /// Another first line.
    #[error("a proof begins with `{HEADER}`")]
    Header,
    /// Extra data that is none.
    #[error("extra data is base64 of at most {EXTRA_BYTES_MAX} bytes")]
    Extra,
    /// No index.
    #[error("the line after is `index` and a number without leading zeroes")]
    Index,
    /// A proof line that is no hash.
    #[error("a proof line: {0}")]
    Hash(#[from] HashError),
    /// The note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The path.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// Too few of the witnesses that were asked for.
    #[error("{found} of the witnesses asked for cosigned, {wanted} must")]
    TooFewCosignatures {
        /// How many did.
        found: usize,
        /// How many must.
        wanted: usize,
    },
}

impl TlogProofError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "tlog-proof-too-large",
            Self::Form => "tlog-proof-form",
            Self::Header => "tlog-proof-header",
            Self::Extra => "tlog-proof-extra",
            Self::Index => "tlog-proof-index",
            Self::Hash(error) => error.code(),
            Self::Note(error) => error.code(),
            Self::Checkpoint(error) => error.code(),
            Self::Proof(error) => error.code(),
            Self::TooFewCosignatures { .. } => "tlog-proof-cosignatures",
        }
    }
}
