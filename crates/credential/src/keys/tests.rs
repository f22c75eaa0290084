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
    let mut signature = key.sign(b"m").unwrap();
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
    [
        KeyType::Ed25519,
        KeyType::P256,
        KeyType::P384,
        KeyType::P521,
    ]
    .into_iter()
    // Of bytes of 1, for the order of P-521 begins with 01.
    .map(|kind| SigningKey::from_bytes(kind, &vec![1; kind.secret_bytes()]).unwrap())
    .collect()
}

#[test]
fn each_kind_signs_the_same_again_and_only_its_own() {
    let keys = signing_keys();
    for key in &keys {
        let (public, signature) = (key.verification_key(), key.sign(b"manifest").unwrap());
        assert_eq!(signature, key.sign(b"manifest").unwrap());
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
    for kind in [KeyType::P256, KeyType::P384, KeyType::P521] {
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

/// RFC 6979 A.2.7: key, and signatures with SHA-512.
#[test]
fn p521_signs_as_rfc_6979_says() {
    let bytes = |text: &str| -> Vec<u8> {
        (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
            .collect()
    };
    let secret = "00FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75CAA896EB32F1F47C70855836A6D16FCC1466F6D8FBEC67DB89EC0C08B0E996B83538";
    let key = SigningKey::from_bytes(KeyType::P521, &bytes(secret)).unwrap();
    let public = key.verification_key();
    let x = "01894550D0785932E00EAA23B694F213F8C3121F86DC97A04E5A7167DB4E5BCD371123D46E45DB6B5D5370A7F20FB633155D38FFA16D2BD761DCAC474B9A2F5023A4";
    assert_eq!(public.as_bytes()[1..], bytes(x));
    for (message, r, s) in [
        (
            "sample",
            "00C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C5F174E25A1EE9017B5D450606ADD152B534931D7D4E8455CC91F9B15BF05EC36E377FA",
            "00617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68AF282623EAA63E5B5C0723D8B8C37FF0777B1A20F8CCB1DCCC43997F1EE0E44DA4A67A",
        ),
        (
            "test",
            "013E99020ABF5CEE7525D16B69B229652AB6BDF2AFFCAEF38773B4B7D08725F10CDB93482FDCC54EDCEE91ECA4166B2A7C6265EF0CE2BD7051B7CEF945BABD47EE6D",
            "01FBD0013C674AA79CB39849527916CE301C66EA7CE8B80682786AD60F98F7E78A19CA69EFF5C57400E3B3A0AD66CE0978214D13BAF4E9AC60752F7B155E2DE4DCE3",
        ),
    ] {
        let signature = key.sign(message.as_bytes()).unwrap();
        assert_eq!(signature, bytes(&format!("{r}{s}")), "{message}");
        assert!(public.verify(message.as_bytes(), &signature).is_ok());
    }
    assert!(public.to_multibase().starts_with("z2J9"), "{public}");
}

#[test]
fn a_signature_with_a_random_nonce_is_one_like_any_other() {
    use p256::ecdsa::signature::Verifier as _;
    let key = SigningKey::from_bytes(KeyType::P256, &[8; 32]).unwrap();
    let public = key.verification_key();
    let other = p256::ecdsa::VerifyingKey::from_sec1_bytes(public.as_bytes()).unwrap();
    let random = key.with_random_nonces().unwrap();
    let message = b"44 packages";
    let mut seen = std::collections::HashSet::from([key.sign(message).unwrap()]);
    // Of 300 signatures, one or two have an r or an s that starts with a zero byte.
    for _ in 0..300 {
        let signature = random.sign(message).unwrap();
        assert_eq!(signature.len(), 64);
        public.verify(message, &signature).unwrap();
        assert!(public.verify(b"45 packages", &signature).is_err());
        let parsed = p256::ecdsa::Signature::from_slice(&signature).unwrap();
        other.verify(message, &parsed).unwrap();
        assert!(seen.insert(signature), "a nonce came twice");
    }
    for kind in [KeyType::Ed25519, KeyType::P384, KeyType::P521] {
        let key = SigningKey::from_bytes(kind, &vec![1; kind.secret_bytes()]).unwrap();
        assert!(key.with_random_nonces().is_none(), "{}", kind.name());
    }
}
