//! Keys in their written forms.

use serde_json::Value;

use super::multibase::prefixed;
use super::*;

#[test]
fn keys_survive_their_written_forms() {
    let key = SigningKey::from_seed([7; 32]);
    let public = key.verification_key();
    assert!(public.to_multibase().starts_with("z6Mk"));
    assert!(key.to_multibase().starts_with("z3u2"));
    assert_eq!(
        VerificationKey::from_multibase(&public.to_multibase()).unwrap(),
        public
    );
    assert_eq!(
        SigningKey::from_multibase(&key.to_multibase())
            .unwrap()
            .verification_key(),
        public
    );
    let file = KeyFile::did_key(key);
    let back = <KeyFile>::parse(&file.to_json()).unwrap();
    assert_eq!((back.id, back.controller), (file.id, file.controller));
    assert_eq!(back.key.verification_key(), public);
    let json = serde_json::to_string(&public).unwrap();
    assert_eq!(
        serde_json::from_str::<VerificationKey>(&json).unwrap(),
        public
    );
}

#[test]
fn a_secret_is_not_printed() {
    let file = KeyFile::did_key(SigningKey::from_seed([7; 32]));
    let printed = format!("{file:?}");
    assert!(printed.contains("SigningKey(..)"), "{printed}");
    assert!(!printed.contains("z3u2"), "{printed}");
}

#[test]
fn refuses_other_kinds_by_name() {
    let check = |text: &str, code: &str, part: &str| {
        let error = VerificationKey::from_multibase(text).unwrap_err();
        assert_eq!(error.code(), code, "{text}");
        assert!(error.to_string().contains(part), "{error}");
    };
    check(
        "zQ3shZc2QzApp2oymGvQbzP8eKheVshBHbU4ZYjeXqwSKEn6N",
        "key-type-unsupported",
        "secp256k1",
    );
    check(
        &SigningKey::from_seed([1; 32]).to_multibase(),
        "key-type-unsupported",
        "Ed25519 secret",
    );
    check("uAAAA", "key-malformed", "multibase");
    check("z0OIl", "key-malformed", "multibase");
    check("", "key-malformed", "multibase");
    check("z", "key-type-unsupported", "none");
    check(
        &format!("z{}", "1".repeat(100_000)),
        "key-malformed",
        "multibase",
    );
    check(
        &prefixed(KeyType::Ed25519.public_prefix(), &[1; 31]),
        "key-length-wrong",
        "31",
    );
    // The identity: of small order.
    let mut identity = [0; 32];
    identity[0] = 1;
    check(
        &prefixed(KeyType::Ed25519.public_prefix(), &identity),
        "key-malformed",
        "point",
    );
}

#[test]
fn refuses_a_signature_with_s_beyond_the_order() {
    let key = SigningKey::from_seed([9; 32]);
    let mut signature = key.sign(b"m");
    assert!(key.verification_key().verify(b"m", &signature).is_ok());
    // S + L: the same point, another encoding.
    let order = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10_u8,
    ];
    let mut carry = 0_u16;
    for (byte, add) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
    assert!(key.verification_key().verify(b"m", &signature).is_err());
}

#[test]
fn refuses_a_key_file_of_two_halves() {
    let mut document: Value =
        serde_json::from_str(&KeyFile::did_key(SigningKey::from_seed([1; 32])).to_json()).unwrap();
    document["publicKeyMultibase"] = SigningKey::from_seed([2; 32])
        .verification_key()
        .to_multibase()
        .into();
    assert_eq!(
        <KeyFile>::from_value(&document).unwrap_err().code(),
        "key-file-mismatch"
    );
    document["type"] = "JsonWebKey".into();
    assert_eq!(
        <KeyFile>::from_value(&document).unwrap_err().code(),
        "key-file-malformed"
    );
    assert_eq!(
        <KeyFile>::parse("{").unwrap_err().code(),
        "key-file-malformed"
    );
}

/// Keys of each kind that signs bytes.
fn signing_keys() -> Vec<SigningKey> {
    [KeyType::Ed25519, KeyType::P256, KeyType::P384]
        .into_iter()
        .map(|kind| SigningKey::from_bytes(kind, &vec![7; kind.secret_bytes()]).unwrap())
        .collect()
}

#[test]
fn each_kind_signs_the_same_again_and_only_its_own() {
    let keys = signing_keys();
    for key in &keys {
        let (public, signature) = (key.verification_key(), key.sign(b"manifest"));
        assert_eq!(signature, key.sign(b"manifest"));
        assert!(public.verify(b"manifest", &signature).is_ok());
        assert!(public.verify(b"manifesT", &signature).is_err());
        for at in 0..signature.len() {
            let mut changed = signature.clone();
            changed[at] ^= 1;
            assert!(public.verify(b"manifest", &changed).is_err());
        }
        for length in [0, 1, signature.len() - 1, signature.len() + 1] {
            let mut cut = signature.clone();
            cut.resize(length, 0);
            assert!(public.verify(b"manifest", &cut).is_err(), "{length}");
        }
        for other in keys
            .iter()
            .filter(|other| other.key_type() != key.key_type())
        {
            assert!(
                other
                    .verification_key()
                    .verify(b"manifest", &signature)
                    .is_err()
            );
        }
        let text = key.to_multibase();
        let back = SigningKey::from_multibase(&text).unwrap();
        assert_eq!(back.verification_key(), public);
        let raw = public.to_multikey_bytes();
        assert_eq!(VerificationKey::from_multikey_bytes(&raw).unwrap(), public);
        let file = <KeyFile>::parse(&KeyFile::did_key(back).to_json()).unwrap();
        assert_eq!(file.controller, format!("did:key:{public}"));
    }
}

#[test]
fn refuses_points_and_secrets_that_are_none() {
    let of = |kind: KeyType, raw: &[u8]| VerificationKey::from_bytes(kind, raw).unwrap_err();
    for kind in [KeyType::P256, KeyType::P384] {
        let size = kind.public_bytes();
        let mut raw = vec![0xff; size];
        raw[0] = 2;
        assert_eq!(of(kind, &raw), KeyError::NotAPoint, "beyond the field");
        // Of two neighbouring values at least one here is no abscissa.
        let no_point = (0..8_u8).any(|x| {
            let mut raw = vec![0; size];
            (raw[0], raw[size - 1]) = (3, x);
            VerificationKey::from_bytes(kind, &raw).is_err()
        });
        assert!(no_point);
        assert_eq!(of(kind, &raw[1..]).code(), "key-length-wrong");
        let key = SigningKey::from_bytes(kind, &vec![1; kind.secret_bytes()]).unwrap();
        let mut other_form = key.verification_key().as_bytes().to_vec();
        other_form[0] = 4;
        assert_eq!(of(kind, &other_form), KeyError::NotAPoint);
        for secret in [
            vec![0; kind.secret_bytes()],
            vec![0xff; kind.secret_bytes()],
        ] {
            let error = SigningKey::from_bytes(kind, &secret).unwrap_err();
            assert_eq!(error, KeyError::NotAPoint);
        }
    }
    let error = SigningKey::from_bytes(KeyType::Bls12381G2, &[1; 32]).unwrap_err();
    assert_eq!(error.code(), "key-type-unsupported");
}
