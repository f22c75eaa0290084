//! Proofs as text.

use garita_tlog::{
    Checkpoint, Hash, LeafIndex, Note, NoteVerifier, PROOF_TEXT_BYTES_MAX, TlogProof, TreeSize,
    leaf_hash, node_hash,
};

use crate::notes::{Key, ORIGIN};
use crate::witness::Witness;

const LEAF: &[u8] = b"second";

fn witnesses() -> [Witness; 3] {
    [1, 2, 3].map(|n| Witness::new(&format!("w{n}.example/witness"), 10 + n))
}

fn leaf() -> Hash {
    leaf_hash(LEAF)
}

/// The second leaf of three, cosigned by the first two witnesses.
fn made() -> TlogProof {
    let (first, third) = (leaf_hash(b"first"), leaf_hash(b"third"));
    let root = node_hash(&node_hash(&first, &leaf()), &third);
    let checkpoint = Checkpoint::new(ORIGIN, TreeSize::new(3), root);
    let mut note = Note::parse(checkpoint.sign(&Key::new(ORIGIN, 1)).unwrap().as_bytes()).unwrap();
    for witness in &witnesses()[..2] {
        note.add_signature(witness).unwrap();
    }
    TlogProof {
        extra: Some(b"what the leaf is of".to_vec()),
        index: LeafIndex::new(1),
        proof: vec![first, third],
        note,
    }
}

fn judged(text: &str, threshold: usize) -> Result<Vec<usize>, &'static str> {
    let witnesses = witnesses();
    let keys: Vec<&dyn NoteVerifier> = witnesses.iter().map(|w| w as &dyn NoteVerifier).collect();
    TlogProof::parse(text.as_bytes())
        .and_then(|proof| proof.verify(&leaf(), &Key::new(ORIGIN, 1).public(), &keys, threshold))
        .map(|proven| proven.cosigned)
        .map_err(|error| error.code())
}

#[test]
fn a_proof_is_written_as_it_is_read_and_counts_the_witnesses() {
    let text = made().to_string();
    assert!(
        text.starts_with("c2sp.org/tlog-proof@v1\nextra d2hhdCB0aGUgbGVhZiBpcyBvZg==\nindex 1\n")
    );
    assert_eq!(TlogProof::parse(text.as_bytes()).unwrap(), made());
    assert_eq!(judged(&text, 0), Ok(vec![0, 1]));
    assert_eq!(judged(&text, 2), Ok(vec![0, 1]));
    assert_eq!(judged(&text, 3), Err("tlog-proof-cosignatures"));
    let bare = TlogProof {
        extra: None,
        ..made()
    };
    assert_eq!(TlogProof::parse(bare.to_string().as_bytes()).unwrap(), bare);
    // No data and empty data are written alike.
    let empty = TlogProof {
        extra: Some(Vec::new()),
        ..made()
    };
    assert_eq!(empty.to_string(), bare.to_string());
    // The only leaf of a log has a proof of no hash.
    let alone = Checkpoint::new(ORIGIN, TreeSize::new(1), leaf())
        .sign(&Key::new(ORIGIN, 1))
        .unwrap();
    let text = format!("c2sp.org/tlog-proof@v1\nindex 0\n\n{alone}");
    assert_eq!(judged(&text, 0), Ok(Vec::new()));
    assert_eq!(TlogProof::parse(text.as_bytes()).unwrap().to_string(), text);
}

#[test]
fn a_changed_proof_does_not_hold() {
    let text = made().to_string();
    let extra = text.find("index").unwrap();
    for at in extra..text.len() {
        if !text.is_char_boundary(at) {
            continue;
        }
        let end = at + text[at..].chars().next().unwrap().len_utf8();
        let here = &text[at..end];
        for new in ["", "A", "0", "\n", "é"] {
            if new == here {
                continue;
            }
            let other = format!("{}{new}{}", &text[..at], &text[end..]);
            assert!(
                judged(&other, 2).is_err(),
                "{at}: {here:?} {new:?}\n{other}"
            );
        }
    }
    let code = |from: &str, to: &str| judged(&text.replacen(from, to, 1), 0).unwrap_err();
    assert_eq!(code("tlog-proof@v1", "tlog-proof@v2"), "tlog-proof-header");
    assert_eq!(code("index 1", "index 01"), "tlog-proof-index");
    assert_eq!(code("index 1", "index 0"), "proof-root");
    assert_eq!(code("index 1", "index 3"), "proof-index-beyond-size");
    assert_eq!(code("extra d2", "extra d2="), "tlog-proof-extra");
    assert_eq!(code("extra ", "extra  "), "tlog-proof-extra");
    assert_eq!(code("index 1\n", "index 1\nx\n"), "hash-base64");
    assert_eq!(code("index 1\n", "index 1\n\n"), "note-signature-wrong");
    let hash = leaf().to_string();
    assert_eq!(
        code("index 1\n", &format!("index 1\n{hash}\n")),
        "proof-length"
    );
    let many = format!("index 1\n{}", format!("{hash}\n").repeat(66));
    assert_eq!(code("index 1\n", &many), "proof-length");
    let long = "x".repeat(PROOF_TEXT_BYTES_MAX + 1);
    assert_eq!(judged(&long, 0), Err("tlog-proof-too-large"));
    assert_eq!(judged("", 0), Err("tlog-proof-form"));
    // Another log's, and a leaf that is not this one.
    let other = made().verify(&leaf(), &Key::new("else", 1).public(), &[], 0);
    assert_eq!(other.unwrap_err().code(), "note-not-signed");
    let other = made().verify(&leaf_hash(b"x"), &Key::new(ORIGIN, 1).public(), &[], 0);
    assert_eq!(other.unwrap_err().code(), "proof-root");
}
