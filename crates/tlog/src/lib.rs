//! What cannot be rewritten: Merkle tree, proofs, tiles, signed notes, checkpoints.
//!
//! Pure: no I/O, clock, randomness. It knows nothing of records: a leaf is 32 bytes.
//!
//! - [`Frontier`] appends leaves and gives the root, in O(log n) memory.
//! - [`inclusion_proof`], [`consistency_proof`] read stored node hashes through [`HashReader`];
//!   [`verify_inclusion`], [`verify_consistency`] check them with nothing but the proof.
//! - [`TilePath`] names C2SP tlog-tiles resources; [`Note`], [`Checkpoint`] are C2SP signed-note and tlog-checkpoint.
//! - [`Cosignature`], [`AddCheckpoint`], [`Cosigned`] are what witnesses sign, are asked and may answer (C2SP tlog-cosignature,
//!   tlog-witness); [`TlogProof`] is one leaf's proof as text (C2SP tlog-proof).
//!
//! ```
//! use garita_tlog::{Frontier, LeafIndex, TreeSize, leaf_hash, verify_inclusion};
//!
//! let mut log = Frontier::new();
//! log.push(&[1; 32])?;
//! log.push(&[2; 32])?;
//! let proof = [leaf_hash(&[1; 32])];
//! verify_inclusion(&leaf_hash(&[2; 32]), LeafIndex::new(1), TreeSize::new(2), &log.root(), &proof)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod checkpoint;
mod cosignature;
mod frontier;
mod hash;
mod note;
mod proof;
mod proof_text;
mod tile;
mod witness;

pub use checkpoint::{CHECKPOINT_EXTENSIONS_MAX, Checkpoint, CheckpointError};
pub use cosignature::{
    ALGORITHM_COSIGNATURE, COSIGNATURE_BYTES, Cosignature, WitnessKey, cosigned_message,
    key_id_cosignature, parse_cosignatures,
};
pub use frontier::{Appended, Frontier, FrontierError};
pub use hash::{EMPTY_ROOT, Hash, HashError, LeafIndex, NodeId, TreeSize, leaf_hash, node_hash};
pub use note::{
    ALGORITHM_ED25519, KeyId, NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX, Note, NoteError, NoteSignature,
    NoteSigner, NoteVerifier, SigningFailed, VerifierKey, key_id_ed25519, sign_note,
};
pub use proof::{
    HashReader, PROOF_HASHES_MAX, ProofError, ReadProofError, consistency_proof, inclusion_proof,
    verify_consistency, verify_inclusion,
};
pub use proof_text::{EXTRA_BYTES_MAX, PROOF_TEXT_BYTES_MAX, Proven, TlogProof, TlogProofError};
pub use tile::{
    ENTRY_BUNDLE_BYTES_MAX, TILE_HEIGHT, TILE_LEVEL_MAX, TILE_WIDTH, TileError, TilePath,
    entry_bundle, parse_entry_bundle, parse_tile, tile_bytes, tile_nodes,
};
pub use witness::{
    ADD_CHECKPOINT_BYTES_MAX, ADD_CHECKPOINT_PROOF_MAX, AddCheckpoint, AddCheckpointError,
    CosignRefused, Cosigned, TLOG_SIZE_MEDIA_TYPE, parse_tlog_size,
};
