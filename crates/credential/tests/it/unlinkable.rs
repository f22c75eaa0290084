//! `bbs-2023`: the vectors, and what neither a holder nor a verifier can be made to believe.

use garita_credential::bbs::SecretKey;
use garita_credential::selective::bbs;
use garita_credential::{KeyFile, Problem, ProofOptions};
use serde_json::{Value, json};

use crate::common::{CANONICALIZER, codes, from_hex, options_of, parse, pointers, vectors, verify};

#[test]
fn the_vectors_are_made_again_and_verify() {
    let Some(root) = vectors("vc-di-bbs") else {
        return;
    };
    let read = |path: &str| parse(&std::fs::read_to_string(root.join(path)).unwrap()).unwrap();
    let keys = read("BBSKeyMaterial.json");
    let bytes = |name: &str| from_hex(keys[name].as_str().unwrap());
    let key = SecretKey::from_bytes(bytes("privateKeyHex").try_into().unwrap()).unwrap();
    assert_eq!(key.verification_key().as_bytes(), bytes("publicKeyHex"));
    let hmac_key = bytes("hmacKeyString").try_into().unwrap();
    for (folder, name) in [("", "wind"), ("prc/", "prCred")] {
        let file = |name: &str| read(&format!("{folder}{name}.json"));
        let signed = file("addSignedSDBase");
        let mut unsigned = signed.clone();
        unsigned.as_object_mut().unwrap().shift_remove("proof");
        let mandatory = pointers(&read(&format!("{name}Mandatory.json")));
        let options = options_of(&file("addProofConfig"));
        let base = bbs::create(
            &unsigned,
            &key,
            &options,
            &mandatory,
            &hmac_key,
            &CANONICALIZER,
        )
        .unwrap();
        assert_eq!(base, signed, "{folder}: base");
        assert_eq!(codes(&base), ["proof-not-derived"]);
        let vector = file("derivedRevealDocument");
        verify(&vector).unwrap();
        // A proof is new each time; all else is as in the vector.
        let reveal = pointers(&read(&format!("{name}Selective.json")));
        let header = [0x11, 0x33, 0x77, 0xaa];
        let derived = bbs::derive(&base, &reveal, &header, &CANONICALIZER).unwrap();
        verify(&derived).unwrap();
        let other = bbs::derive(&base, &reveal, &header, &CANONICALIZER).unwrap();
        assert_ne!(derived["proof"]["proofValue"], other["proof"]["proofValue"]);
        let (mut ours, mut theirs) = (derived, vector);
        for document in [&mut ours, &mut theirs] {
            document["proof"]["proofValue"] = Value::Null;
        }
        assert_eq!(ours, theirs, "{folder}: derived");
    }
}

fn key() -> SecretKey {
    SecretKey::from_bytes([7; 32]).unwrap()
}

fn base() -> Value {
    let document = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", {"@vocab": "https://example.org/"}],
        "type": ["VerifiableCredential"],
        "issuer": "did:example:office",
        "credentialSubject": {"licence": "C-26", "name": "_:b0", "lane": [{"port": "2304"}, {"port": "2304"}]},
    });
    let file = KeyFile::did_key(key());
    let options = ProofOptions::assertion(&file.id, 1_795_532_400_000);
    let mandatory = ["/issuer".to_owned()];
    bbs::create(
        &document,
        &key(),
        &options,
        &mandatory,
        &[3; 32],
        &CANONICALIZER,
    )
    .unwrap()
}

fn derived(reveal: &[&str]) -> Result<Value, Problem> {
    let reveal: Vec<String> = reveal.iter().map(|p| (*p).to_owned()).collect();
    bbs::derive(&base(), &reveal, b"", &CANONICALIZER)
}

#[test]
fn parts_verify_and_nothing_else() {
    let parts: [&[&str]; 4] = [
        &[],
        &["/credentialSubject/name"],
        &["/credentialSubject/lane/1"],
        &["/credentialSubject"],
    ];
    for reveal in parts {
        let shown = derived(reveal).unwrap();
        assert!(verify(&shown).is_ok(), "{reveal:?} {:?}", verify(&shown));
        let mut forged = shown.clone();
        forged["issuer"] = "did:example:other".into();
        assert_eq!(codes(&forged), ["proof-invalid"]);
        if shown["credentialSubject"]["name"].is_string() {
            for name in ["_:FORGED", "_:b1", "x"] {
                let mut forged = shown.clone();
                forged["credentialSubject"]["name"] = name.into();
                assert_eq!(codes(&forged), ["proof-invalid"], "{name}");
            }
        }
        let mut added = shown;
        added["credentialSubject"]["rank"] = "chief".into();
        assert_eq!(codes(&added), ["proof-invalid"]);
    }
    assert_eq!(derived(&["/gone"]).unwrap_err().code(), "pointer-unmatched");
}

#[test]
fn a_touched_proof_is_refused() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let shown = derived(&["/credentialSubject/licence"]).unwrap();
    let text = shown["proof"]["proofValue"].as_str().unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(&text[1..]).unwrap();
    let found = |bytes: &[u8]| {
        let mut touched = shown.clone();
        touched["proof"]["proofValue"] = format!("u{}", URL_SAFE_NO_PAD.encode(bytes)).into();
        codes(&touched)
    };
    // Each verification takes milliseconds, so that some places stand for all.
    for at in (0..bytes.len())
        .step_by(13)
        .chain(0..8)
        .chain(bytes.len() - 12..bytes.len())
    {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        assert!(!found(&flipped).is_empty(), "byte {at}");
        assert!(!found(&bytes[..at]).is_empty(), "cut at {at}");
    }
    for feature in 4..=9 {
        let mut other = bytes.clone();
        other[2] = feature;
        assert_eq!(found(&other), ["suite-unknown"]);
    }
}

#[test]
fn keys_survive_their_written_forms() {
    let file = KeyFile::did_key(key());
    assert!(file.controller.starts_with("did:key:zUC7"));
    let back = KeyFile::<SecretKey>::parse(&file.to_json()).unwrap();
    assert_eq!(back.key.verification_key(), key().verification_key());
    assert!(<KeyFile>::parse(&file.to_json()).is_err());
    for wrong in [[0; 32], [0xff; 32]] {
        assert!(SecretKey::from_bytes(wrong).is_err());
    }
    assert!(!format!("{:?}", key()).contains('7'));
}
