//! Notes and checkpoints with real keys.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use garita_tlog::{
    Checkpoint, CheckpointError, KeyId, Note, NoteError, NoteSigner, NoteVerifier, SigningFailed,
    TreeSize, VerifierKey, key_id_ed25519, leaf_hash, sign_note,
};

pub(crate) struct Key {
    name: String,
    pub(crate) key: SigningKey,
}

impl Key {
    pub(crate) fn new(name: &str, seed: u8) -> Self {
        Self {
            name: name.to_owned(),
            key: SigningKey::from_bytes(&[seed; 32]),
        }
    }

    pub(crate) fn public(&self) -> Public {
        Public(VerifierKey::ed25519(&self.name, self.key.verifying_key().to_bytes()).unwrap())
    }
}

impl NoteSigner for Key {
    fn name(&self) -> &str {
        &self.name
    }
    fn key_id(&self) -> KeyId {
        key_id_ed25519(&self.name, &self.key.verifying_key().to_bytes())
    }
    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SigningFailed> {
        Ok(self.key.sign(text).to_bytes().to_vec())
    }
}

pub(crate) struct Public(VerifierKey);

impl NoteVerifier for Public {
    fn name(&self) -> &str {
        self.0.name()
    }
    fn key_id(&self) -> KeyId {
        self.0.key_id()
    }
    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        let Ok(key) = VerifyingKey::from_bytes(self.0.public_key()) else {
            return false;
        };
        Signature::from_slice(signature)
            .is_ok_and(|signature| key.verify_strict(text, &signature).is_ok())
    }
}

pub(crate) const ORIGIN: &str = "node.example/log";

fn checkpoint() -> Checkpoint {
    let mut checkpoint = Checkpoint::new(ORIGIN, TreeSize::new(20_852_163), leaf_hash(b"x"));
    checkpoint.extensions.push("epoch 2".to_owned());
    checkpoint
}

#[test]
fn a_checkpoint_is_signed_and_opened() {
    let key = Key::new(ORIGIN, 1);
    let note = checkpoint().sign(&key).unwrap();
    assert!(note.starts_with("node.example/log\n20852163\n"));
    assert!(note.contains("\n\n\u{2014} node.example/log "));
    assert_eq!(
        Checkpoint::open(note.as_bytes(), ORIGIN, &key.public()).unwrap(),
        checkpoint()
    );
    assert_eq!(
        Checkpoint::parse_note_unverified(note.as_bytes()).unwrap(),
        checkpoint()
    );
    assert_eq!(Note::parse(note.as_bytes()).unwrap().to_string(), note);
}

#[test]
fn the_specifications_example_is_read() {
    // C2SP tlog-checkpoint, the example of the introduction.
    let note = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
        \u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
    let checkpoint = Checkpoint::parse_note_unverified(note.as_bytes()).unwrap();
    assert_eq!(
        (checkpoint.origin.as_str(), checkpoint.size.get()),
        ("example.com/behind-the-sofa", 20_852_163)
    );
    let parsed = Note::parse(note.as_bytes()).unwrap();
    assert_eq!(parsed.signatures()[0].key_id.to_string(), "033de0ae");
    assert_eq!(parsed.to_string(), note);
}

#[test]
fn a_known_verifier_key_is_read() {
    // The public key of Go's checksum database.
    let text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
    let key = VerifierKey::parse(text).unwrap();
    assert_eq!(key.name(), "sum.golang.org");
    assert_eq!(key.to_string(), text);
}

#[test]
fn refuses_other_verifier_keys() {
    for text in [
        "",
        "a+b",
        "sum.golang.org+033de0af+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
        "sum.golang.com+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
        "sum.golang.org+033de0ae+As4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
        "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuA==",
    ] {
        assert_eq!(
            VerifierKey::parse(text).unwrap_err().code(),
            "note-verifier-key",
            "{text}"
        );
    }
    assert_eq!(
        VerifierKey::ed25519("two words", [0; 32])
            .unwrap_err()
            .code(),
        "note-key-name"
    );
}

#[test]
fn refuses_every_changed_byte() {
    let key = Key::new(ORIGIN, 1);
    let note = checkpoint().sign(&key).unwrap().into_bytes();
    for place in 0..note.len() {
        for change in [1u8, 0x20, 0x80] {
            let mut changed = note.clone();
            changed[place] ^= change;
            assert!(
                Checkpoint::open(&changed, ORIGIN, &key.public()).is_err(),
                "byte {place} ^ {change}"
            );
        }
        assert!(
            Checkpoint::open(&note[..place], ORIGIN, &key.public()).is_err(),
            "cut at {place}"
        );
    }
}

#[test]
fn refuses_another_logs_checkpoint_and_key() {
    let key = Key::new(ORIGIN, 1);
    let note = checkpoint().sign(&key).unwrap();
    let code = |result: Result<Checkpoint, CheckpointError>| result.unwrap_err().code();
    assert_eq!(
        code(Checkpoint::open(
            note.as_bytes(),
            "other.example/log",
            &key.public()
        )),
        "checkpoint-other-origin"
    );
    assert_eq!(
        code(Checkpoint::open(
            note.as_bytes(),
            ORIGIN,
            &Key::new(ORIGIN, 2).public()
        )),
        "note-not-signed"
    );
    assert_eq!(
        code(Checkpoint::open(
            note.as_bytes(),
            ORIGIN,
            &Key::new("else", 1).public()
        )),
        "note-not-signed"
    );
}

#[test]
fn witnesses_sign_beside_the_log() {
    let (log, witness) = (Key::new(ORIGIN, 1), Key::new("w.example", 2));
    let mut note = Note::parse(checkpoint().sign(&log).unwrap().as_bytes()).unwrap();
    note.add_signature(&witness).unwrap();
    note.add_signature(&witness).unwrap();
    let note = Note::parse(note.to_string().as_bytes()).unwrap();
    assert_eq!(note.signatures().len(), 2);
    let keys = [
        log.public(),
        Key::new("absent", 3).public(),
        witness.public(),
    ];
    assert_eq!(
        note.verified_by(&[&keys[0], &keys[1], &keys[2]]).unwrap(),
        [0, 2]
    );
}

#[test]
fn a_known_keys_wrong_signature_spoils_the_note() {
    let (log, witness) = (Key::new(ORIGIN, 1), Key::new("w.example", 2));
    let text = checkpoint().text();
    let good = sign_note(&text, &log).unwrap();
    let elsewhere = sign_note("other\n", &witness).unwrap();
    let forged = format!("{good}{}\n", elsewhere.lines().last().unwrap());
    let note = Note::parse(forged.as_bytes()).unwrap();
    let wrong = NoteError::WrongSignature {
        name: "w.example".to_owned(),
    };
    assert_eq!(
        note.verified_by(&[&log.public(), &witness.public()]),
        Err(wrong)
    );
    assert_eq!(note.verified_by(&[&log.public()]).unwrap(), [0]);
    let twice = format!("{good}{}\n", good.lines().last().unwrap());
    let repeated = Note::parse(twice.as_bytes()).unwrap().verify(&log.public());
    assert_eq!(repeated.unwrap_err().code(), "note-signature-repeated");
}

#[test]
fn refuses_what_is_no_note() {
    let line = "\u{2014} a AAAAAAA=\n";
    let code = |note: &str| Note::parse(note.as_bytes()).unwrap_err().code();
    assert!(Note::parse(format!("text\n\n{line}").as_bytes()).is_ok());
    assert_eq!(code(""), "note-form");
    assert_eq!(code("text\n"), "note-form");
    assert_eq!(code(&format!("text\n{line}")), "note-form");
    assert_eq!(code("text\n\n"), "note-form");
    assert_eq!(code("text\n\n\u{2014} a AAAAAAA="), "note-form");
    assert_eq!(code("text\n\n- a AAAAAAA=\n"), "note-signature-line");
    assert_eq!(code("text\n\n\u{2014} a AAAA\n"), "note-signature-line");
    assert_eq!(
        code("text\n\n\u{2014} a AAAAAAA=\nmore\n"),
        "note-signature-line"
    );
    assert_eq!(code("text\n\n\u{2014} a+b AAAAAAA=\n"), "note-key-name");
    assert_eq!(code(&format!("te\rxt\n\n{line}")), "note-characters");
    assert_eq!(
        code(&format!("text\n\n{}", line.repeat(101))),
        "note-too-many-signatures"
    );
    assert_eq!(code(&"x".repeat(70_000)), "note-too-large");
    assert_eq!(
        Note::parse(&[0xff, 0xfe]).unwrap_err().code(),
        "note-characters"
    );
}

#[test]
fn refuses_what_is_no_checkpoint() {
    let root = leaf_hash(b"x").to_base64();
    let code = |text: &str| Checkpoint::parse(text).unwrap_err().code();
    assert!(Checkpoint::parse(&format!("o\n0\n{root}\n")).is_ok());
    assert_eq!(code("o\n1\n"), "checkpoint-lines");
    assert_eq!(code(&format!("o\n1\n{root}")), "checkpoint-lines");
    assert_eq!(code(&format!("\n1\n{root}\n")), "checkpoint-origin");
    for size in [
        "",
        "01",
        "-1",
        "+1",
        " 1",
        "1a",
        "18446744073709551616",
        "111111111111111111111",
    ] {
        assert_eq!(
            code(&format!("o\n{size}\n{root}\n")),
            "checkpoint-size",
            "{size}"
        );
    }
    assert_eq!(code("o\n1\nAAAA\n"), "checkpoint-root");
    assert_eq!(
        code(&format!("o\n1\n{root}\n\nx\n")),
        "checkpoint-extensions"
    );
    assert_eq!(
        code(&format!("o\n1\n{root}\n{}", "x\n".repeat(17))),
        "checkpoint-extensions"
    );
}

#[test]
fn an_origin_cannot_forge_lines() {
    let forged = Checkpoint::new("o\n7", TreeSize::new(1), leaf_hash(b"x"));
    assert!(forged.sign(&Key::new(ORIGIN, 1)).is_err());
    let mut forged = Checkpoint::new("o", TreeSize::new(1), leaf_hash(b"x"));
    forged.extensions.push("a\nb".to_owned());
    assert_eq!(
        forged.sign(&Key::new(ORIGIN, 1)).unwrap_err().code(),
        "checkpoint-lines"
    );
}
