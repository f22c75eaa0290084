//! Keys: Ed25519, in the Multikey forms of the W3C Controlled Identifiers specification.
//!
//! **The one rule of verification: strict, and no batch.** A signature counts if and only if `verify_strict` of
//! `ed25519-dalek` accepts it: RFC 8032 §5.1.7 without the cofactor, S below the group order, neither the public key nor
//! R of small order. Batch verification accepts crafted signatures that this refuses, so two nodes that met the same
//! record in different batches could disagree; we never use it. All of Garita verifies through
//! [`VerificationKey::verify`].
//!
//! The set of key types is closed: a new one is a variant of [`KeyType`], and each place that must think about it
//! stops compiling until it has.

use std::fmt;

use ed25519_dalek::Signer as _;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::{Zeroize, Zeroizing};

/// The longest multibase text we decode. An Ed25519 key has 48 characters, a P-384 key 71; base58 costs the square of its length.
pub const MULTIBASE_CHARS_MAX: usize = 256;

/// Multicodec prefix of an Ed25519 public key, `0xed` as a varint.
const ED25519_PUB: [u8; 2] = [0xed, 0x01];
/// Multicodec prefix of an Ed25519 secret key (the 32-byte seed), `0x1300` as a varint.
const ED25519_PRIV: [u8; 2] = [0x80, 0x26];

/// Which kind of key. Closed; today one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// Edwards curve 25519, RFC 8032.
    Ed25519,
}

impl KeyType {
    /// Its name as people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "Ed25519",
        }
    }
}

/// A key that could not be read or does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Not base58btc multibase (`z…`), or too long.
    #[error("key is not base58btc multibase (`z…`) of at most {MULTIBASE_CHARS_MAX} characters")]
    NotMultibase,
    /// A kind of key that is known by name but not supported.
    #[error("key type {name} is not supported")]
    TypeUnsupported {
        /// The kind's name, or the first bytes in hexadecimal.
        name: String,
    },
    /// The right kind, the wrong number of bytes.
    #[error("an {expected}-byte key was expected, {found} bytes were found")]
    Length {
        /// Bytes that the kind has.
        expected: usize,
        /// Bytes that were there.
        found: usize,
    },
    /// Bytes that are no point on the curve, or one of small order.
    #[error("key is not a usable point on the curve")]
    NotAPoint,
    /// The key file isn't a Multikey document with the needed members.
    #[error("key file: {0}")]
    File(&'static str),
    /// The key file's public half doesn't belong to its secret half.
    #[error("key file: the public key does not belong to the secret key")]
    FileMismatch,
}

impl KeyError {
    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotMultibase | Self::NotAPoint => "key-malformed",
            Self::TypeUnsupported { .. } => "key-type-unsupported",
            Self::Length { .. } => "key-length-wrong",
            Self::File(_) => "key-file-malformed",
            Self::FileMismatch => "key-file-mismatch",
        }
    }
}

/// A signature that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not match the key and the content")]
pub struct SignatureInvalid;

/// A public key.
#[derive(Clone, PartialEq, Eq)]
pub struct VerificationKey(PublicInner);

#[derive(Clone, PartialEq, Eq)]
enum PublicInner {
    Ed25519(ed25519_dalek::VerifyingKey),
}

impl VerificationKey {
    /// From the 32 bytes of an Ed25519 public key.
    ///
    /// # Errors
    /// When the bytes are no point on the curve, or one of small order (for which anybody can make signatures).
    pub fn from_ed25519(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let key =
            ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NotAPoint)?;
        if key.is_weak() {
            return Err(KeyError::NotAPoint);
        }
        Ok(Self(PublicInner::Ed25519(key)))
    }

    /// From `publicKeyMultibase`, such as `z6Mk…`. Controlled Identifiers 1.0 §2.2.2.
    ///
    /// # Errors
    /// When it isn't multibase, of another kind (named in the error), of a wrong length or no point.
    pub fn from_multibase(text: &str) -> Result<Self, KeyError> {
        let bytes = base58_multibase(text).ok_or(KeyError::NotMultibase)?;
        let raw = strip_multicodec(&bytes, ED25519_PUB)?;
        let raw: &[u8; 32] = raw.try_into().map_err(|_| KeyError::Length {
            expected: 32,
            found: raw.len(),
        })?;
        Self::from_ed25519(raw)
    }

    /// As `publicKeyMultibase`.
    #[must_use]
    pub fn to_multibase(&self) -> String {
        match &self.0 {
            PublicInner::Ed25519(key) => multibase(ED25519_PUB, key.as_bytes()),
        }
    }

    /// The raw bytes, as long as the kind has: 32 for Ed25519.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            PublicInner::Ed25519(key) => key.as_bytes(),
        }
    }

    /// The 32 bytes of an Ed25519 key.
    #[must_use]
    pub fn ed25519_bytes(&self) -> [u8; 32] {
        match &self.0 {
            PublicInner::Ed25519(key) => key.to_bytes(),
        }
    }

    /// Which kind it is.
    #[must_use]
    pub fn key_type(&self) -> KeyType {
        match &self.0 {
            PublicInner::Ed25519(_) => KeyType::Ed25519,
        }
    }

    /// The strict rule of this module.
    ///
    /// # Errors
    /// When the signature is not this key's over `message`, or is one that the strict rule refuses.
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> Result<(), SignatureInvalid> {
        match &self.0 {
            PublicInner::Ed25519(key) => key
                .verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature))
                .map_err(|_| SignatureInvalid),
        }
    }
}

impl fmt::Debug for VerificationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerificationKey({})", self.to_multibase())
    }
}

impl fmt::Display for VerificationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_multibase())
    }
}

impl std::str::FromStr for VerificationKey {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::from_multibase(text)
    }
}

impl Serialize for VerificationKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_multibase())
    }
}

impl<'de> Deserialize<'de> for VerificationKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::from_multibase(&text).map_err(serde::de::Error::custom)
    }
}

/// A secret key. Erased from memory when dropped; cannot be printed.
#[derive(Clone)]
pub struct SigningKey(SecretInner);

#[derive(Clone)]
enum SecretInner {
    // Erases itself on drop (the crate's `zeroize` feature).
    Ed25519(Box<ed25519_dalek::SigningKey>),
}

impl SigningKey {
    /// The Ed25519 key of a 32-byte seed. Where the seed comes from is the caller's affair.
    #[must_use]
    pub fn from_seed(mut seed: [u8; 32]) -> Self {
        let key = ed25519_dalek::SigningKey::from_bytes(&seed);
        seed.zeroize();
        Self(SecretInner::Ed25519(Box::new(key)))
    }

    /// From `secretKeyMultibase`, such as `z3u2…`.
    ///
    /// # Errors
    /// When it isn't multibase, of another kind or of a wrong length.
    pub fn from_multibase(text: &str) -> Result<Self, KeyError> {
        let bytes = Zeroizing::new(base58_multibase(text).ok_or(KeyError::NotMultibase)?);
        let raw = strip_multicodec(&bytes, ED25519_PRIV)?;
        let seed: [u8; 32] = raw.try_into().map_err(|_| KeyError::Length {
            expected: 32,
            found: raw.len(),
        })?;
        Ok(Self::from_seed(seed))
    }

    /// As `secretKeyMultibase`; the text erases itself too.
    #[must_use]
    pub fn to_multibase(&self) -> Zeroizing<String> {
        match &self.0 {
            SecretInner::Ed25519(key) => Zeroizing::new(multibase(ED25519_PRIV, key.as_bytes())),
        }
    }

    /// The public half.
    #[must_use]
    pub fn verification_key(&self) -> VerificationKey {
        match &self.0 {
            SecretInner::Ed25519(key) => VerificationKey(PublicInner::Ed25519(key.verifying_key())),
        }
    }

    /// Which kind it is.
    #[must_use]
    pub fn key_type(&self) -> KeyType {
        match &self.0 {
            SecretInner::Ed25519(_) => KeyType::Ed25519,
        }
    }

    /// Signs; the same key and message always give the same bytes.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        match &self.0 {
            SecretInner::Ed25519(key) => key.sign(message).to_bytes(),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

/// A key with its name: the Multikey document that `garita did create` writes.
///
/// `{"id":"did:key:z6Mk…#z6Mk…","type":"Multikey","controller":"did:key:z6Mk…","publicKeyMultibase":"z6Mk…","secretKeyMultibase":"z3u2…"}`
#[derive(Clone, Debug)]
pub struct KeyFile {
    /// The verification method, a DID URL with a fragment.
    pub id: String,
    /// The DID that it speaks for.
    pub controller: String,
    /// The key itself.
    pub key: SigningKey,
}

impl KeyFile {
    /// A key that names itself by `did:key`.
    #[must_use]
    pub fn did_key(key: SigningKey) -> Self {
        let multibase = key.verification_key().to_multibase();
        Self {
            id: format!("did:key:{multibase}#{multibase}"),
            controller: format!("did:key:{multibase}"),
            key,
        }
    }

    /// Reads the Multikey document. `privateKeyMultibase`, as older tools wrote it, is read too.
    ///
    /// # Errors
    /// When a member is missing or wrong, or the two halves don't belong together.
    pub fn from_value(document: &Value) -> Result<Self, KeyError> {
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        if text("type").is_some_and(|kind| kind != "Multikey") {
            return Err(KeyError::File("`type` is not Multikey"));
        }
        let secret = text("secretKeyMultibase")
            .or_else(|| text("privateKeyMultibase"))
            .ok_or(KeyError::File("`secretKeyMultibase` is missing"))?;
        let key = SigningKey::from_multibase(secret)?;
        let public =
            text("publicKeyMultibase").ok_or(KeyError::File("`publicKeyMultibase` is missing"))?;
        if VerificationKey::from_multibase(public)? != key.verification_key() {
            return Err(KeyError::FileMismatch);
        }
        let mut file = Self::did_key(key);
        if let Some(id) = text("id") {
            file.id = id.to_owned();
            file.controller = match (text("controller"), id.split_once('#')) {
                (Some(controller), _) => controller.to_owned(),
                (None, Some((did, _))) => did.to_owned(),
                (None, None) => {
                    return Err(KeyError::File(
                        "`id` has no fragment and `controller` is missing",
                    ));
                }
            };
        }
        Ok(file)
    }

    /// Reads the JSON text of a Multikey document.
    ///
    /// # Errors
    /// As [`KeyFile::from_value`], and when the text is not JSON.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut document: Value =
            serde_json::from_str(text).map_err(|_| KeyError::File("not JSON"))?;
        let file = Self::from_value(&document);
        wipe(&mut document);
        file
    }

    /// The JSON text, indented, ending with a line feed; erases itself.
    #[must_use]
    pub fn to_json(&self) -> Zeroizing<String> {
        let mut members = Map::new();
        members.insert("id".into(), self.id.clone().into());
        members.insert("type".into(), "Multikey".into());
        members.insert("controller".into(), self.controller.clone().into());
        members.insert(
            "publicKeyMultibase".into(),
            self.key.verification_key().to_multibase().into(),
        );
        members.insert(
            "secretKeyMultibase".into(),
            self.key.to_multibase().as_str().into(),
        );
        let mut document = Value::Object(members);
        // The alternate form is the indented one.
        let text = Zeroizing::new(format!("{document:#}\n"));
        wipe(&mut document);
        text
    }
}

/// Erases the secret of a parsed key document.
fn wipe(document: &mut Value) {
    for name in ["secretKeyMultibase", "privateKeyMultibase"] {
        if let Some(Value::String(secret)) = document.get_mut(name) {
            secret.zeroize();
        }
    }
}

/// Decodes base58btc multibase (`z…`), bounded.
pub(crate) fn base58_multibase(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix('z')?;
    if digits.len() > MULTIBASE_CHARS_MAX {
        return None;
    }
    bs58::decode(digits).into_vec().ok()
}

/// Writes base58btc multibase.
pub(crate) fn to_base58_multibase(bytes: &[u8]) -> String {
    let mut text = String::from("z");
    text.push_str(&bs58::encode(bytes).into_string());
    text
}

fn multibase(prefix: [u8; 2], raw: &[u8]) -> String {
    let mut bytes = Zeroizing::new(Vec::with_capacity(prefix.len() + raw.len()));
    bytes.extend_from_slice(&prefix);
    bytes.extend_from_slice(raw);
    to_base58_multibase(&bytes)
}

/// What follows the expected multicodec prefix; else the error names the kind that was found.
fn strip_multicodec(bytes: &[u8], expected: [u8; 2]) -> Result<&[u8], KeyError> {
    if let Some(raw) = bytes.strip_prefix(&expected) {
        return Ok(raw);
    }
    let name = match bytes {
        [0xed, 0x01, ..] => "Ed25519 public".to_owned(),
        [0x80, 0x26, ..] => "Ed25519 secret".to_owned(),
        [0x80, 0x24, ..] => "P-256".to_owned(),
        [0x81, 0x24, ..] => "P-384".to_owned(),
        [0x82, 0x24, ..] => "P-521".to_owned(),
        [0xe7, 0x01, ..] => "secp256k1".to_owned(),
        [0xec, 0x01, ..] => "X25519".to_owned(),
        [0xeb, 0x01, ..] => "BLS12-381 G2".to_owned(),
        [0xea, 0x01, ..] => "BLS12-381 G1".to_owned(),
        [0x86, 0x26, ..] => "P-256 secret".to_owned(),
        [0x87, 0x26, ..] => "P-384 secret".to_owned(),
        [first, second, ..] => format!("0x{first:02x}{second:02x}"),
        [] | [_] => "none".to_owned(),
    };
    Err(KeyError::TypeUnsupported { name })
}

#[cfg(test)]
mod tests {
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
        let back = KeyFile::parse(&file.to_json()).unwrap();
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
            "zDnaegE6RR3atJtHKwTRTWHsJ3kNHqFwv7n9YjTgmU7TyfU76",
            "key-type-unsupported",
            "P-256",
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
        check(&multibase(ED25519_PUB, &[1; 31]), "key-length-wrong", "31");
        // The identity: of small order.
        let mut identity = [0; 32];
        identity[0] = 1;
        check(&multibase(ED25519_PUB, &identity), "key-malformed", "point");
    }

    #[test]
    fn refuses_a_signature_with_s_beyond_the_order() {
        let key = SigningKey::from_seed([9; 32]);
        let mut signature = key.sign(b"m");
        assert!(key.verification_key().verify(b"m", &signature).is_ok());
        // S + L: the same point, another encoding.
        let order = [
            0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9,
            0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10_u8,
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
            serde_json::from_str(&KeyFile::did_key(SigningKey::from_seed([1; 32])).to_json())
                .unwrap();
        document["publicKeyMultibase"] = SigningKey::from_seed([2; 32])
            .verification_key()
            .to_multibase()
            .into();
        assert_eq!(
            KeyFile::from_value(&document).unwrap_err().code(),
            "key-file-mismatch"
        );
        document["type"] = "JsonWebKey".into();
        assert_eq!(
            KeyFile::from_value(&document).unwrap_err().code(),
            "key-file-malformed"
        );
        assert_eq!(
            KeyFile::parse("{").unwrap_err().code(),
            "key-file-malformed"
        );
    }
}
