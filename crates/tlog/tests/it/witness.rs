//! Cosignatures and what a witness may sign.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use garita_tlog::{
    ADD_CHECKPOINT_BYTES_MAX, ADD_CHECKPOINT_PROOF_MAX, AddCheckpoint, Checkpoint, CosignRefused,
    Cosignature, Cosigned, EMPTY_ROOT, Frontier, Hash, KeyId, NodeId, Note, NoteError, NoteSigner,
    NoteVerifier, SigningFailed, TreeSize, VerifierKey, WitnessKey, consistency_proof,
    cosigned_message, leaf_hash, node_hash, parse_cosignatures, parse_tlog_size,
};

use crate::notes::{Key, ORIGIN};

const NOW_S: u64 = 1_795_532_400;

/// A witness by its seed.
pub(crate) struct Witness {
    key: SigningKey,
    public: WitnessKey,
    time_s: u64,
}

impl Witness {
    pub(crate) fn new(name: &str, seed: u8) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let public = WitnessKey::new(name, key.verifying_key().to_bytes()).unwrap();
        Self {
            key,
            public,
            time_s: NOW_S,
        }
    }
}

impl NoteSigner for Witness {
    fn name(&self) -> &str {
        self.public.name()
    }
    fn key_id(&self) -> KeyId {
        self.public.key_id()
    }
    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SigningFailed> {
        let message = cosigned_message(self.time_s, text);
        let cosignature = Cosignature {
            time_s: self.time_s,
            signature: self.key.sign(&message).to_bytes(),
        };
        Ok(cosignature.to_bytes().to_vec())
    }
}

impl NoteVerifier for Witness {
    fn name(&self) -> &str {
        self.public.name()
    }
    fn key_id(&self) -> KeyId {
        self.public.key_id()
    }
    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        let Ok(cosignature) = Cosignature::from_bytes(signature) else {
            return false;
        };
        let message = cosigned_message(cosignature.time_s, text);
        let signature = Signature::from_bytes(&cosignature.signature);
        VerifyingKey::from_bytes(self.public.public_key())
            .is_ok_and(|key| key.verify_strict(&message, &signature).is_ok())
    }
}

/// Roots and proofs of a log whose leaf n is n.
struct Log(u64);

impl Log {
    fn leaf(n: u64) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&n.to_be_bytes());
        bytes
    }

    fn node(id: NodeId) -> Hash {
        if id.level == 0 {
            return leaf_hash(&Self::leaf(id.index));
        }
        let child = |n| Self::node(NodeId::new(id.level - 1, id.index * 2 + n));
        node_hash(&child(0), &child(1))
    }

    fn root(&self) -> Hash {
        let mut frontier = Frontier::new();
        for n in 0..self.0 {
            frontier.push(&Self::leaf(n)).unwrap();
        }
        frontier.root()
    }

    fn size(&self) -> TreeSize {
        TreeSize::new(self.0)
    }

    fn checkpoint(&self) -> Checkpoint {
        Checkpoint::new(ORIGIN, self.size(), self.root())
    }

    fn cosigned(&self) -> Cosigned {
        Cosigned {
            size: self.size(),
            root: self.root(),
        }
    }

    fn since(&self, old: u64) -> Vec<Hash> {
        let reader = |id: NodeId| Ok::<Hash, ()>(Self::node(id));
        consistency_proof(&reader, TreeSize::new(old), self.size()).unwrap()
    }
}

#[test]
fn the_specifications_example_is_read_as_it_says() {
    let line = "\u{2014} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
    let lines = parse_cosignatures(line).unwrap();
    assert_eq!(lines.len(), 1);
    let cosignature = Cosignature::from_bytes(&lines[0].signature).unwrap();
    assert_eq!(cosignature.time_s, 1_679_315_147);
    assert_eq!(cosignature.to_bytes().to_vec(), lines[0].signature);
    let text =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    assert_eq!(
        cosigned_message(cosignature.time_s, text.as_bytes()),
        format!("cosignature/v1\ntime 1679315147\n{text}").into_bytes()
    );
}

/// Made in Python, from the text of the specification: the seed is 0, 1, … 31.
#[test]
fn a_cosignature_by_another_implementation_holds() {
    let text =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    let key = "witness.example/w1+e75f6532+BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
    let line = "\u{2014} witness.example/w1 519lMgAAAABrBaZw/RVSpzazj1C5SQfpOdj2CxC7lkrNXnJ1d1kL9SbLzH0LWRDgoZOg60POhvXAbmfaUZEQAcuexQdfVZshZSE1Dw==\n";
    let mut seed = [0; 32];
    seed.iter_mut().zip(0_u8..).for_each(|(byte, n)| *byte = n);
    let witness = Witness {
        key: SigningKey::from_bytes(&seed),
        public: WitnessKey::parse(key).unwrap(),
        time_s: NOW_S,
    };
    let note = Note::parse(format!("{text}\n{line}").as_bytes()).unwrap();
    assert_eq!(note.text(), text);
    assert!(note.verify(&witness).is_ok());
    // Ed25519 leaves nothing to chance: ours is the same, to the letter.
    let mut ours = note.clone();
    ours.add_signature(&witness).unwrap();
    assert_eq!(ours.to_string(), format!("{text}\n{line}"));
}

#[test]
fn a_witnesss_key_is_no_logs_key() {
    let witness = Witness::new("w.example/witness", 5).public;
    let text = witness.to_string();
    assert_eq!(WitnessKey::parse(&text).unwrap(), witness);
    assert!(VerifierKey::parse(&text).is_err());
    let log = VerifierKey::ed25519(witness.name(), *witness.public_key()).unwrap();
    assert!(WitnessKey::parse(&log.to_string()).is_err());
    assert_ne!(log.key_id(), witness.key_id());
    for at in 0..text.len() {
        let mut other = text.clone().into_bytes();
        other[at] = if other[at] == b'A' { b'B' } else { b'A' };
        let other = String::from_utf8(other).unwrap();
        assert!(WitnessKey::parse(&other).is_err(), "{other}");
    }
    for bad in ["", "w", "w+0000", "w+00000000+", "+00000000+BA=="] {
        assert!(WitnessKey::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_cosignature_is_over_time_and_text() {
    let witness = Witness::new("w.example/witness", 5);
    let log = Key::new(ORIGIN, 1);
    let mut note = Note::parse(Log(7).checkpoint().sign(&log).unwrap().as_bytes()).unwrap();
    note.add_signature(&witness).unwrap();
    let text = note.to_string();
    let note = Note::parse(text.as_bytes()).unwrap();
    let keys: [&dyn NoteVerifier; 2] = [&log.public(), &witness];
    assert_eq!(note.verified_by(&keys).unwrap(), [0, 1]);
    // Every bit of it: time, signature, and what it is over.
    let good = note.signatures()[1].signature.clone();
    for bit in 0..good.len() * 8 {
        let mut bad = good.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        assert!(!witness.verify(note.text().as_bytes(), &bad), "{bit}");
    }
    assert!(!witness.verify(b"other\n", &good));
    // The log's own signature under the witness's name is none, and the other way round.
    assert!(!witness.verify(note.text().as_bytes(), &note.signatures()[0].signature));
    assert!(!log.public().verify(note.text().as_bytes(), &good));
    for bad in [
        &good[..71],
        &good[1..],
        &[0; 72],
        &[255; 72],
        &[good.clone(), vec![0]].concat(),
    ] {
        assert_eq!(Cosignature::from_bytes(bad), Err(NoteError::Cosignature));
    }
}

#[test]
fn a_line_takes_the_place_of_the_same_keys_earlier_one() {
    let log = Key::new(ORIGIN, 1);
    let mut note = Note::parse(Log(3).checkpoint().sign(&log).unwrap().as_bytes()).unwrap();
    let mut witness = Witness::new("w.example/witness", 5);
    for time_s in [NOW_S, NOW_S + 1] {
        witness.time_s = time_s;
        let mut alone = note.clone();
        alone.add_signature(&witness).unwrap();
        note.put_signature(alone.signatures().last().unwrap().clone())
            .unwrap();
    }
    assert_eq!(note.signatures().len(), 2);
    let last = Cosignature::from_bytes(&note.signatures()[1].signature).unwrap();
    assert_eq!(last.time_s, NOW_S + 1);
    assert!(note.verify(&witness).is_ok());
}

#[test]
fn lines_of_an_answer_are_signature_lines() {
    for bad in [
        "",
        "\n",
        "x\n",
        "\u{2014} w AAAAAAA=",
        "\u{2014} w AAAAAAA=\n\n",
    ] {
        assert!(parse_cosignatures(bad).is_err(), "{bad}");
    }
    let many = "\u{2014} w AAAAAAA=\n".repeat(101);
    assert_eq!(parse_cosignatures(&many), Err(NoteError::TooManySignatures));
}

#[test]
fn a_request_is_written_as_it_is_read() {
    let log = Key::new(ORIGIN, 1);
    let note = Log(7).checkpoint().sign(&log).unwrap();
    for old in [0, 3, 6, 7] {
        let proof: String = Log(7).since(old).iter().map(|h| format!("{h}\n")).collect();
        let body = format!("old {old}\n{proof}\n{note}");
        let request = AddCheckpoint::parse(body.as_bytes()).unwrap();
        assert_eq!(request.old, TreeSize::new(old));
        assert_eq!(request.proof, Log(7).since(old));
        assert_eq!(request.to_string(), body);
    }
}

#[test]
fn refuses_what_is_no_request() {
    let note = Log(7).checkpoint().sign(&Key::new(ORIGIN, 1)).unwrap();
    let code = |body: &str| AddCheckpoint::parse(body.as_bytes()).unwrap_err().code();
    assert_eq!(code(""), "witness-form");
    assert_eq!(code("old 0\n"), "witness-form");
    for old in [
        "",
        "old",
        "old ",
        "old 00",
        "old 01",
        "old -1",
        "old +1",
        "old 1 ",
        "Old 1",
        "old 18446744073709551616",
    ] {
        assert_eq!(
            code(&format!("{old}\n\n{note}")),
            "witness-old-size",
            "{old}"
        );
    }
    let hash = EMPTY_ROOT.to_string();
    assert_eq!(code(&format!("old 1\n{hash}x\n\n{note}")), "hash-base64");
    assert_eq!(code(&format!("old 1\r\n\n{note}")), "witness-old-size");
    let lines = |count: usize| format!("old 1\n{}\n{note}", format!("{hash}\n").repeat(count));
    assert!(AddCheckpoint::parse(lines(ADD_CHECKPOINT_PROOF_MAX).as_bytes()).is_ok());
    assert_eq!(
        code(&lines(ADD_CHECKPOINT_PROOF_MAX + 1)),
        "witness-proof-lines"
    );
    assert_eq!(code(&format!("old 1\n\n{}", note.trim_end())), "note-form");
    assert_eq!(
        code(&"x".repeat(ADD_CHECKPOINT_BYTES_MAX + 1)),
        "witness-too-large"
    );
}

#[test]
fn a_witness_goes_along_one_history_only() {
    let judged = |held: &Cosigned, old: u64, proof: &[Hash], checkpoint: &Checkpoint| {
        held.admits(TreeSize::new(old), proof, checkpoint)
    };
    // From nothing, with no proof.
    let nothing = Cosigned::NOTHING;
    assert_eq!(judged(&nothing, 0, &[], &Log(7).checkpoint()), Ok(()));
    assert_eq!(judged(&nothing, 0, &[], &Log(0).checkpoint()), Ok(()));
    assert_eq!(
        judged(&nothing, 0, &[EMPTY_ROOT], &Log(7).checkpoint()),
        Err(CosignRefused::Inconsistent)
    );
    let empty = Checkpoint::new(ORIGIN, TreeSize::ZERO, Log(1).root());
    assert_eq!(
        judged(&nothing, 0, &[], &empty),
        Err(CosignRefused::Inconsistent)
    );
    for old in 1..12 {
        let held = Log(old).cosigned();
        for new in 0..12 {
            let checkpoint = Log(new).checkpoint();
            if new < old {
                assert_eq!(
                    judged(&held, old, &[], &checkpoint),
                    Err(CosignRefused::OldBeyond)
                );
                // With a smaller size named it is told what was cosigned: no way back.
                assert_eq!(
                    judged(&held, new, &[], &checkpoint),
                    Err(CosignRefused::OtherSize {
                        size: TreeSize::new(old)
                    })
                );
                continue;
            }
            let proof = Log(new).since(old);
            assert_eq!(judged(&held, old, &proof, &checkpoint), Ok(()));
            let longer = [proof.clone(), vec![EMPTY_ROOT]].concat();
            assert_eq!(
                judged(&held, old, &longer, &checkpoint),
                Err(CosignRefused::Inconsistent)
            );
            // Another history of that size.
            let other = Checkpoint::new(ORIGIN, TreeSize::new(new), leaf_hash(b"other"));
            assert_eq!(
                judged(&held, old, &proof, &other),
                Err(CosignRefused::Inconsistent),
                "{old} {new}"
            );
        }
    }
}

#[test]
fn a_told_size_is_a_number_and_a_newline() {
    assert_eq!(parse_tlog_size(b"0\n"), Some(TreeSize::ZERO));
    assert_eq!(
        parse_tlog_size(b"20852163\n"),
        Some(TreeSize::new(20_852_163))
    );
    for bad in [
        "", "\n", "7", "7\n\n", "07\n", " 7\n", "-7\n", "7\r\n", "x\n",
    ] {
        assert_eq!(parse_tlog_size(bad.as_bytes()), None, "{bad:?}");
    }
}
