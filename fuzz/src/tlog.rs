//! The target of what comes to a log and its witnesses as text: notes, checkpoints, requests to witnesses and their answers, proofs.

use garita_tlog::{
    ADD_CHECKPOINT_BYTES_MAX, AddCheckpoint, Checkpoint, Cosignature, Cosigned, NOTE_BYTES_MAX,
    Note, PROOF_TEXT_BYTES_MAX, TlogProof, WitnessKey, leaf_hash, parse_cosignatures,
    parse_tlog_size, verify_inclusion,
};

/// What is taken is written again as it was, and no witness takes a tree that it cannot know from nothing.
pub(crate) fn run(_: &'static str, bytes: &[u8]) {
    match AddCheckpoint::parse(bytes) {
        Ok(request) => {
            assert!(bytes.len() <= ADD_CHECKPOINT_BYTES_MAX);
            assert_eq!(request.to_string().as_bytes(), bytes);
            if let Ok(checkpoint) = Checkpoint::parse(request.note.text()) {
                let admitted = Cosigned::NOTHING.admits(request.old, &request.proof, &checkpoint);
                let from_nothing = request.old.get() == 0 && request.proof.is_empty();
                assert!(admitted.is_err() || from_nothing, "{admitted:?}");
                if let Err(refused) = admitted {
                    assert!(!refused.code().is_empty());
                }
            }
        }
        Err(error) => assert!(!error.code().is_empty()),
    }
    match TlogProof::parse(bytes) {
        Ok(proof) => {
            assert!(bytes.len() <= PROOF_TEXT_BYTES_MAX);
            assert_eq!(proof.to_string().as_bytes(), bytes);
            if let Ok(checkpoint) = Checkpoint::parse(proof.note.text()) {
                let (size, root) = (checkpoint.size, &checkpoint.root);
                let leaf = leaf_hash(proof.extra.as_deref().unwrap_or_default());
                let _ = verify_inclusion(&leaf, proof.index, size, root, &proof.proof);
            }
        }
        Err(error) => assert!(!error.code().is_empty()),
    }
    match Note::parse(bytes) {
        Ok(note) => {
            assert!(bytes.len() <= NOTE_BYTES_MAX);
            assert_eq!(note.to_string().as_bytes(), bytes);
            for line in note.signatures() {
                if let Ok(cosignature) = Cosignature::from_bytes(&line.signature) {
                    assert_eq!(cosignature.to_bytes().as_slice(), line.signature);
                }
            }
        }
        Err(error) => assert!(!error.code().is_empty()),
    }
    let _ = parse_tlog_size(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(lines) = parse_cosignatures(text) {
        let written: String = lines.iter().map(|line| format!("{line}\n")).collect();
        assert_eq!(written, text);
    }
    for word in text.split_ascii_whitespace() {
        if let Ok(key) = WitnessKey::parse(word) {
            assert_eq!(key.to_string(), word);
        }
    }
}
