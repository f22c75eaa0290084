//! `ecdsa-sd-2023`: the vectors made again to the byte, and what neither a holder nor a verifier can be made to believe.

use garita_credential::selective::ecdsa_sd::{self, Nonces, Secrets};
use garita_credential::{KeyType, Problem, ProofOptions, SigningKey};
use serde_json::{Value, json};

use crate::common::{
    CANONICALIZER, codes, from_hex, options_of, parse, pointers, vector_key, vectors, verify,
};

#[test]
fn makes_the_vectors_again_to_the_byte() {
    let Some(root) = vectors("vc-di-ecdsa") else {
        return;
    };
    let read = |path: &str| parse(&std::fs::read_to_string(root.join(path)).unwrap()).unwrap();
    let keys = read("ecdsa-sd-2023/SDKeyMaterial.json");
    let secrets = Secrets {
        hmac_key: from_hex(keys["hmacKeyString"].as_str().unwrap())
            .try_into()
            .unwrap(),
        proof_key: vector_key(&keys["proofKeyPair"]),
        nonces: Nonces::Repeatable,
    };
    let key = vector_key(&keys["baseKeyPair"]);
    for (folder, name) in [("employ", "employ"), ("prc", "prCred")] {
        let file = |name: &str| read(&format!("ecdsa-sd-2023/{folder}/{name}.json"));
        // The unsigned file of the second says other words than what was signed.
        let mut unsigned = file("addSignedSDBase");
        unsigned.as_object_mut().unwrap().shift_remove("proof");
        let base = ecdsa_sd::create(
            &unsigned,
            &key,
            &options_of(&file("addProofConfig")),
            &pointers(&read(&format!("{name}Mandatory.json"))),
            &secrets,
            &CANONICALIZER,
        )
        .unwrap();
        assert_eq!(base, file("addSignedSDBase"), "{folder}: base");
        assert_eq!(codes(&base), ["proof-not-derived"]);
        let reveal = pointers(&read(&format!("{name}Selective.json")));
        let derived = ecdsa_sd::derive(&base, &reveal, &CANONICALIZER).unwrap();
        assert_eq!(derived, file("derivedRevealDocument"), "{folder}: derived");
        verify(&derived).unwrap();
    }
}

const NOW: i64 = 1_795_532_400_000;

fn key() -> SigningKey {
    SigningKey::from_bytes(KeyType::P256, &[8; 32]).unwrap()
}

fn signed(document: &Value, mandatory: &[&str]) -> Result<Value, Problem> {
    signed_with(Nonces::Repeatable, document, mandatory)
}

fn signed_with(nonces: Nonces, document: &Value, mandatory: &[&str]) -> Result<Value, Problem> {
    let public = key().verification_key();
    let options = ProofOptions::assertion(format!("did:key:{public}#{public}"), NOW);
    let secrets = Secrets {
        hmac_key: [3; 32],
        proof_key: SigningKey::from_bytes(KeyType::P256, &[4; 32]).unwrap(),
        nonces,
    };
    let mandatory: Vec<String> = mandatory.iter().map(|p| (*p).to_owned()).collect();
    ecdsa_sd::create(
        document,
        &key(),
        &options,
        &mandatory,
        &secrets,
        &CANONICALIZER,
    )
}

fn derived(base: &Value, reveal: &[&str]) -> Result<Value, Problem> {
    let reveal: Vec<String> = reveal.iter().map(|p| (*p).to_owned()).collect();
    ecdsa_sd::derive(base, &reveal, &CANONICALIZER)
}

/// Two lines that look alike, one that does not, a literal that looks like a blank node, a list, a node named as blank.
fn manifest() -> Value {
    let term = |name: &str| json!(format!("https://example.org/{name}"));
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", {
            "plate": term("plate"), "line": term("line"), "goods": term("goods"), "cartons": term("cartons"),
            "seals": {"@id": "https://example.org/seals", "@container": "@list"}, "by": {"@id": "https://example.org/by", "@type": "@id"},
        }],
        "type": ["VerifiableCredential"],
        "issuer": "did:example:customs",
        "credentialSubject": {
            "plate": "64AR8N",
            "line": [
                {"goods": "wire harnesses", "cartons": 40},
                {"goods": "wire harnesses", "cartons": 40},
                {"goods": "_:b0", "cartons": 7, "by": "_:packer"},
            ],
            "seals": ["MX1", "MX2"],
            "by": "_:packer",
        },
    })
}

#[test]
fn every_part_verifies_and_only_as_it_was_signed() {
    let base = signed(&manifest(), &["/issuer", "/credentialSubject/plate"]).unwrap();
    let parts: [&[&str]; 9] = [
        &[],
        &["/credentialSubject/line/0"],
        &["/credentialSubject/line/1/goods"],
        &[
            "/credentialSubject/line/0/goods",
            "/credentialSubject/line/1/cartons",
        ],
        &["/credentialSubject/line/2"],
        &["/credentialSubject/line/2/by", "/credentialSubject/by"],
        &["/credentialSubject/seals"],
        &["/credentialSubject/line", "/credentialSubject/seals"],
        &[""],
    ];
    for reveal in parts {
        let shown = derived(&base, reveal).unwrap();
        let verdict = verify(&shown);
        assert!(verdict.is_ok(), "{reveal:?}: {verdict:?}");
        assert_eq!(shown["credentialSubject"]["plate"], "64AR8N");
        // Each text changed is another statement.
        let mut changed = 0;
        each_text(&shown, "", &mut |pointer, text| {
            if pointer.starts_with("/@context")
                || pointer.starts_with("/proof")
                || text.starts_with("_:p")
            {
                return;
            }
            let mut forged = shown.clone();
            *forged.pointer_mut(pointer).unwrap() = format!("{text}x").into();
            assert!(!codes(&forged).is_empty(), "{pointer} of {reveal:?}");
            changed += 1;
        });
        assert!(changed >= 3);
        // And each member left out.
        for gone in ["plate", "line", "seals", "by"] {
            let mut less = shown.clone();
            let members = less["credentialSubject"].as_object_mut().unwrap();
            if members.shift_remove(gone).is_some() {
                assert!(!codes(&less).is_empty(), "{gone} of {reveal:?}");
            }
        }
    }
}

#[test]
fn random_nonces_make_a_new_proof_each_time_that_verifies_alike() {
    let [one, other] =
        [Nonces::Random; 2].map(|nonces| signed_with(nonces, &manifest(), &["/issuer"]).unwrap());
    let again = signed(&manifest(), &["/issuer"]).unwrap();
    let value = |base: &Value| base["proof"]["proofValue"].as_str().unwrap().to_owned();
    assert_ne!(value(&one), value(&other));
    assert_ne!(value(&one), value(&again));
    // All else of a proof is decided by what is handed in, and signatures are of one length.
    assert_eq!(value(&one).len(), value(&again).len());
    for base in [one, other, again] {
        for reveal in [&[""][..], &["/credentialSubject/line/0"], &[]] {
            let shown = derived(&base, reveal).unwrap();
            verify(&shown).unwrap();
            let mut forged = shown;
            forged["credentialSubject"]["by"] = "_:other".into();
            assert_eq!(codes(&forged), ["proof-invalid"]);
        }
    }
}

fn each_text(value: &Value, pointer: &str, visit: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(text) => visit(pointer, text),
        Value::Array(items) => (0..).zip(items).for_each(|(n, item): (u32, _)| {
            each_text(item, &format!("{pointer}/{n}"), visit);
        }),
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            let name = name.replace('~', "~0").replace('/', "~1");
            each_text(member, &format!("{pointer}/{name}"), visit);
        }),
        _ => {}
    }
}

#[test]
fn a_literal_that_looks_like_a_blank_node_stays_what_was_signed() {
    let base = signed(&manifest(), &["/issuer"]).unwrap();
    let shown = derived(&base, &["/credentialSubject/line/2/goods"]).unwrap();
    verify(&shown).unwrap();
    for forged in ["_:FORGED", "_:c14n0", "_:c14n1", "_:u"] {
        let mut changed = shown.clone();
        changed["credentialSubject"]["line"][0]["goods"] = forged.into();
        assert_eq!(codes(&changed), ["proof-invalid"], "{forged}");
    }
}

#[test]
fn one_node_is_not_shown_as_two_nor_two_as_one() {
    let base = signed(&manifest(), &["/issuer"]).unwrap();
    let two = derived(
        &base,
        &[
            "/credentialSubject/line/0/goods",
            "/credentialSubject/line/2/cartons",
        ],
    )
    .unwrap();
    verify(&two).unwrap();
    let mut one = two.clone();
    one["credentialSubject"]["line"] = json!([{"goods": "wire harnesses", "cartons": 7}]);
    assert_eq!(codes(&one), ["proof-invalid"]);
    let whole = derived(&base, &["/credentialSubject/line/2"]).unwrap();
    let mut split = whole.clone();
    split["credentialSubject"]["line"] =
        json!([{"goods": "_:b0"}, {"cartons": 7, "by": "_:packer"}]);
    assert_eq!(codes(&split), ["proof-invalid"]);
}

#[test]
fn what_cannot_be_shown_or_signed_is_refused_by_name() {
    let document = manifest();
    let base = signed(&document, &["/issuer"]).unwrap();
    let code = |result: Result<Value, Problem>| result.err().map(|p| p.code());
    assert_eq!(
        code(derived(&base, &["/credentialSubject/seals/0"])),
        Some("selection-partial")
    );
    assert_eq!(
        code(derived(&base, &["/credentialSubject/gone"])),
        Some("pointer-unmatched")
    );
    assert_eq!(
        code(derived(&base, &["credentialSubject"])),
        Some("pointer-malformed")
    );
    assert_eq!(
        code(signed(&document, &["/credentialSubject/line/3"])),
        Some("pointer-unmatched")
    );
    assert_eq!(code(derived(&document, &[])), Some("proof-not-base"));
    let shown = derived(&base, &["/credentialSubject/by"]).unwrap();
    assert_eq!(code(derived(&shown, &[])), Some("proof-not-base"));
    let mut two = base.clone();
    two["proof"] = json!([base["proof"], base["proof"]]);
    assert_eq!(code(derived(&two, &[])), Some("proof-not-base"));
    // A statement put in by the holder has no signature.
    let mut added = base.clone();
    added["credentialSubject"]["cartons"] = 9.into();
    assert_eq!(
        code(derived(&added, &["/credentialSubject/cartons"])),
        Some("proof-invalid")
    );
    let mut other = base;
    other["credentialSubject"]["plate"] = "99ZZ9Z".into();
    let forged = derived(&other, &["/credentialSubject/plate"]).unwrap();
    assert_eq!(codes(&forged), ["proof-invalid"]);
}

#[test]
fn a_proof_value_that_was_touched_is_refused_whatever_was_touched() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let base = signed(&manifest(), &["/issuer"]).unwrap();
    let shown = derived(
        &base,
        &["/credentialSubject/line/0", "/credentialSubject/line/2"],
    )
    .unwrap();
    let text = shown["proof"]["proofValue"].as_str().unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(&text[1..]).unwrap();
    let refused = |bytes: &[u8]| {
        let mut touched = shown.clone();
        touched["proof"]["proofValue"] = format!("u{}", URL_SAFE_NO_PAD.encode(bytes)).into();
        let found = codes(&touched);
        assert!(
            ["proof-invalid", "proof-malformed", "proof-not-derived"].contains(&found[0]),
            "{found:?}"
        );
    };
    for at in 0..bytes.len() {
        for bit in [1, 0x80] {
            let mut flipped = bytes.clone();
            flipped[at] ^= bit;
            refused(&flipped);
        }
        if at % 7 == 0 {
            refused(&bytes[..at]);
        }
    }
    refused(&[&bytes[..], &[0]].concat());
    // Another key's proof key, and another's signature over it.
    let other = ProofOptions::assertion(
        "did:key:zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP#zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP",
        NOW,
    );
    let mut stolen = shown.clone();
    stolen["proof"]["verificationMethod"] = other.verification_method.into();
    assert_eq!(codes(&stolen), ["proof-invalid"]);
}
