//! Keys: Ed25519, P-256, P-384, P-521 and BLS12-381 G2, in the Multikey forms of the W3C Controlled Identifiers specification.
//!
//! **The one rule of Ed25519: strict, and no batch.** A signature counts if and only if `verify_strict` of
//! `ed25519-dalek` accepts it: RFC 8032 §5.1.7 without the cofactor, S below the group order, neither the public key nor
//! R of small order. Batch verification accepts crafted signatures that this refuses, so two nodes that met the same
//! record in different batches could disagree; we never use it. All of Garita verifies through
//! [`VerificationKey::verify`].
//!
//! **ECDSA** signs as RFC 6979 says, so that a signature needs no randomness and vectors can be made again, and verifies by
//! AWS-LC. Both values of S count, as in every other implementation of the W3C suites: a signature names a content, it is no
//! identifier of its own. Where very many statements are signed by a key of one document, AWS-LC can sign them with random nonces
//! ([`crate::selective::ecdsa_sd::Nonces`]).
//!
//! **BLS12-381** keys sign lists of messages, not one: they can be read and named here, and are used in [`crate::bbs`].
//!
//! The set of key types is closed: a new one is a variant of [`KeyType`], and each place that must think about it
//! stops compiling until it has.

mod elsewhere;
mod encrypted;
mod file;
mod multibase;
mod random_nonces;

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED,
    EcdsaVerificationAlgorithm, ParsedPublicKey,
};
use ed25519_dalek::Signer as _;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::problem::Code;

pub use elsewhere::{ElsewhereKey, NotSigned};
pub use encrypted::{EncryptedKey, ForKeyFile};
pub use file::KeyFile;
pub(crate) use multibase::{
    base58_multibase, base64url_multibase, to_base58_multibase, to_base64url_multibase,
};
pub(crate) use random_nonces::RandomNonces;

/// The longest multibase text we decode as a key or a plain signature: a P-384 signature has 132 characters, a BLS12-381 key 134;
/// base58 costs the square of its length.
pub const MULTIBASE_CHARS_MAX: usize = 256;

/// Which kind of key. Closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// Edwards curve 25519, RFC 8032.
    Ed25519,
    /// NIST curve P-256, FIPS 186-5; signs with SHA-256.
    P256,
    /// NIST curve P-384, FIPS 186-5; signs with SHA-384.
    P384,
    /// NIST curve P-521, FIPS 186-5; signs with SHA-512. For tokens and COSE alone: no cryptosuite of Data Integrity takes it.
    P521,
    /// The second group of BLS12-381, for BBS signatures.
    Bls12381G2,
}

impl KeyType {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Ed25519,
        Self::P256,
        Self::P384,
        Self::P521,
        Self::Bls12381G2,
    ];

    /// Its name as people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "Ed25519",
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::Bls12381G2 => "BLS12-381 G2",
        }
    }

    /// Bytes of a public key: the point, compressed.
    #[must_use]
    pub fn public_bytes(self) -> usize {
        match self {
            Self::Ed25519 => 32,
            Self::P256 => 33,
            Self::P384 => 49,
            Self::P521 => 67,
            Self::Bls12381G2 => 96,
        }
    }

    /// Bytes of a secret key.
    #[must_use]
    pub fn secret_bytes(self) -> usize {
        match self {
            Self::Ed25519 | Self::P256 | Self::Bls12381G2 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// Multicodec prefix of a public key, as a varint. Controlled Identifiers 1.0 §2.2.2.
    fn public_prefix(self) -> [u8; 2] {
        match self {
            Self::Ed25519 => [0xed, 0x01],
            Self::P256 => [0x80, 0x24],
            Self::P384 => [0x81, 0x24],
            Self::P521 => [0x82, 0x24],
            Self::Bls12381G2 => [0xeb, 0x01],
        }
    }

    /// Multicodec prefix of a secret key, as a varint.
    fn secret_prefix(self) -> [u8; 2] {
        match self {
            Self::Ed25519 => [0x80, 0x26],
            Self::P256 => [0x86, 0x26],
            Self::P384 => [0x87, 0x26],
            Self::P521 => [0x88, 0x26],
            Self::Bls12381G2 => [0x8a, 0x26],
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
    /// A kind of key that is known by name but not supported, or not here.
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
    /// Bytes that are no point on the curve, or one of small order; a secret key that is zero or beyond the curve's order.
    #[error("key is not a usable point on the curve")]
    NotAPoint,
    /// Not a JSON Web Key, or one that contradicts itself.
    #[error("JSON Web Key: {0}")]
    Jwk(&'static str),
    /// The key file isn't a Multikey document with the needed members.
    #[error("key file: {0}")]
    File(&'static str),
    /// The key file's public half doesn't belong to its secret half.
    #[error("key file: the public key does not belong to the secret key")]
    FileMismatch,
    /// An encrypted key file that does not open.
    #[error("the passphrase is wrong, or the key file is damaged")]
    Passphrase,
}

impl KeyError {
    /// Which code it has in a [`crate::Problem`].
    #[must_use]
    pub fn kind(&self) -> Code {
        match self {
            Self::NotMultibase | Self::NotAPoint => Code::KeyMalformed,
            Self::TypeUnsupported { .. } => Code::KeyTypeUnsupported,
            Self::Length { .. } => Code::KeyLengthWrong,
            Self::Jwk(_) => Code::JwkMalformed,
            Self::File(_) => Code::KeyFileMalformed,
            Self::FileMismatch => Code::KeyFileMismatch,
            Self::Passphrase => Code::KeyPassphraseWrong,
        }
    }

    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.kind().as_str()
    }
}

/// A signature that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not match the key and the content")]
pub struct SignatureInvalid;

/// A public key.
#[derive(Clone)]
pub struct VerificationKey(PublicInner);

#[derive(Clone)]
enum PublicInner {
    Ed25519(ed25519_dalek::VerifyingKey),
    P256(NistKey<33>),
    P384(NistKey<49>),
    P521(NistKey<67>),
    Bls12381G2(Box<[u8; 96]>),
}

/// A point as it is written, and as AWS-LC has read it.
#[derive(Clone)]
struct NistKey<const N: usize> {
    compressed: [u8; N],
    parsed: Arc<ParsedPublicKey>,
}

impl<const N: usize> NistKey<N> {
    fn read(raw: &[u8], algorithm: &'static EcdsaVerificationAlgorithm) -> Result<Self, KeyError> {
        let compressed: [u8; N] = raw.try_into().map_err(|_| KeyError::Length {
            expected: N,
            found: raw.len(),
        })?;
        // The library reads other forms of a point too; there is one by which a key is named.
        if !matches!(compressed.first(), Some(2 | 3)) {
            return Err(KeyError::NotAPoint);
        }
        let parsed = ParsedPublicKey::new(algorithm, raw).map_err(|_| KeyError::NotAPoint)?;
        Ok(Self {
            compressed,
            parsed: Arc::new(parsed),
        })
    }
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

    /// From the bytes of a public key of a kind: 32 of Ed25519 (RFC 8032), a compressed point of the NIST curves (SEC 1 §2.3.3)
    /// or of BLS12-381 G2.
    ///
    /// # Errors
    /// When there are too many or too few, or they are no usable point.
    pub fn from_bytes(kind: KeyType, raw: &[u8]) -> Result<Self, KeyError> {
        let length = |_| KeyError::Length {
            expected: kind.public_bytes(),
            found: raw.len(),
        };
        match kind {
            KeyType::Ed25519 => Self::from_ed25519(raw.try_into().map_err(length)?),
            KeyType::P256 => Ok(Self(PublicInner::P256(NistKey::read(
                raw,
                &ECDSA_P256_SHA256_FIXED,
            )?))),
            KeyType::P384 => Ok(Self(PublicInner::P384(NistKey::read(
                raw,
                &ECDSA_P384_SHA384_FIXED,
            )?))),
            KeyType::P521 => Ok(Self(PublicInner::P521(NistKey::read(
                raw,
                &ECDSA_P521_SHA512_FIXED,
            )?))),
            KeyType::Bls12381G2 => {
                let bytes: [u8; 96] = raw.try_into().map_err(length)?;
                if !crate::bbs::is_public_key(&bytes) {
                    return Err(KeyError::NotAPoint);
                }
                Ok(Self(PublicInner::Bls12381G2(Box::new(bytes))))
            }
        }
    }

    /// From `publicKeyMultibase`, such as `z6Mk…`. Controlled Identifiers 1.0 §2.2.2.
    ///
    /// # Errors
    /// When it isn't multibase, of another kind (named in the error), of a wrong length or no point.
    pub fn from_multibase(text: &str) -> Result<Self, KeyError> {
        let bytes = base58_multibase(text).ok_or(KeyError::NotMultibase)?;
        let (kind, raw) = multibase::strip(&bytes, KeyType::public_prefix)?;
        Self::from_bytes(kind, raw)
    }

    /// As `publicKeyMultibase`.
    #[must_use]
    pub fn to_multibase(&self) -> String {
        multibase::prefixed(self.key_type().public_prefix(), self.as_bytes())
    }

    /// With its multicodec prefix, as `did:key` and selective proofs carry it.
    #[must_use]
    pub fn to_multikey_bytes(&self) -> Vec<u8> {
        [&self.key_type().public_prefix(), self.as_bytes()].concat()
    }

    /// From bytes with a multicodec prefix.
    ///
    /// # Errors
    /// As [`Self::from_multibase`].
    pub fn from_multikey_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let (kind, raw) = multibase::strip(bytes, KeyType::public_prefix)?;
        Self::from_bytes(kind, raw)
    }

    /// The raw bytes, as long as the kind has: [`KeyType::public_bytes`].
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            PublicInner::Ed25519(key) => key.as_bytes(),
            PublicInner::P256(key) => &key.compressed,
            PublicInner::P384(key) => &key.compressed,
            PublicInner::P521(key) => &key.compressed,
            PublicInner::Bls12381G2(bytes) => bytes.as_slice(),
        }
    }

    /// The 32 bytes of an Ed25519 key; none of another kind.
    #[must_use]
    pub fn ed25519_bytes(&self) -> Option<[u8; 32]> {
        match &self.0 {
            PublicInner::Ed25519(key) => Some(key.to_bytes()),
            PublicInner::P256(_)
            | PublicInner::P384(_)
            | PublicInner::P521(_)
            | PublicInner::Bls12381G2(_) => None,
        }
    }

    /// Which kind it is.
    #[must_use]
    pub fn key_type(&self) -> KeyType {
        match &self.0 {
            PublicInner::Ed25519(_) => KeyType::Ed25519,
            PublicInner::P256(_) => KeyType::P256,
            PublicInner::P384(_) => KeyType::P384,
            PublicInner::P521(_) => KeyType::P521,
            PublicInner::Bls12381G2(_) => KeyType::Bls12381G2,
        }
    }

    /// The rules of this module: 64 bytes of signature for Ed25519; r and s, 32 bytes each for P-256, 48 for P-384
    /// and 66 for P-521.
    ///
    /// # Errors
    /// When the signature is not this key's over `message`, has another length, or is one that the strict rule refuses. Always for a
    /// BLS12-381 key, which signs lists of messages.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureInvalid> {
        match &self.0 {
            PublicInner::Ed25519(key) => {
                let signature = signature.try_into().map_err(|_| SignatureInvalid)?;
                key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature))
                    .map_err(|_| SignatureInvalid)
            }
            PublicInner::P256(NistKey { parsed, .. })
            | PublicInner::P384(NistKey { parsed, .. })
            | PublicInner::P521(NistKey { parsed, .. }) => parsed
                .verify_sig(message, signature)
                .map_err(|_| SignatureInvalid),
            PublicInner::Bls12381G2(_) => Err(SignatureInvalid),
        }
    }
}

impl PartialEq for VerificationKey {
    fn eq(&self, other: &Self) -> bool {
        self.key_type() == other.key_type() && self.as_bytes() == other.as_bytes()
    }
}

impl Eq for VerificationKey {}

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

/// A secret key that has a written form and a public half.
pub trait SecretKey: Sized {
    /// From `secretKeyMultibase`.
    ///
    /// # Errors
    /// When it isn't multibase, of another kind, of a wrong length, or no secret of the curve.
    fn from_multibase(text: &str) -> Result<Self, KeyError>;

    /// As `secretKeyMultibase`; the text erases itself.
    #[must_use]
    fn to_multibase(&self) -> Zeroizing<String>;

    /// The public half.
    #[must_use]
    fn verification_key(&self) -> VerificationKey;

    /// From a secret JSON Web Key, for kinds that have that form.
    ///
    /// # Errors
    /// When it isn't one; always for other kinds.
    fn from_jwk(_jwk: &serde_json::Value) -> Result<Self, KeyError> {
        Err(KeyError::File("keys of this kind have no JSON Web Key"))
    }
}

/// The bytes of a secret key of that kind, from its multibase text.
#[cfg(feature = "bbs")]
pub(crate) fn secret_bytes_of<const N: usize>(
    text: &str,
    expected: KeyType,
) -> Result<[u8; N], KeyError> {
    let bytes = Zeroizing::new(base58_multibase(text).ok_or(KeyError::NotMultibase)?);
    let (kind, raw) = multibase::strip(&bytes, KeyType::secret_prefix)?;
    if kind != expected {
        return Err(KeyError::TypeUnsupported {
            name: kind.name().to_owned(),
        });
    }
    raw.try_into().map_err(|_| KeyError::Length {
        expected: N,
        found: raw.len(),
    })
}

/// The multibase text of a secret key.
#[cfg(feature = "bbs")]
pub(crate) fn secret_multibase(kind: KeyType, raw: &[u8]) -> Zeroizing<String> {
    multibase::prefixed_secret(kind.secret_prefix(), raw)
}

/// A secret key that signs bytes: held here, erased from memory when dropped; or held elsewhere ([`ElsewhereKey`]). Cannot be printed.
#[derive(Clone)]
pub struct SigningKey {
    secret: SecretInner,
    public: VerificationKey,
}

#[derive(Clone)]
enum SecretInner {
    // Each erases itself on drop.
    Ed25519(Box<ed25519_dalek::SigningKey>),
    P256(Box<p256::ecdsa::SigningKey>),
    P384(Box<p384::ecdsa::SigningKey>),
    P521(Box<p521::ecdsa::SigningKey>),
    // The secret is not in this process.
    Elsewhere(Arc<dyn ElsewhereKey>),
}

impl SigningKey {
    /// A key whose secret lies elsewhere, with its public half.
    #[must_use]
    pub fn elsewhere(public: VerificationKey, key: Arc<dyn ElsewhereKey>) -> Self {
        Self {
            secret: SecretInner::Elsewhere(key),
            public,
        }
    }

    /// Whether it signs nothing, since it lies in a file that was not opened.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        matches!(&self.secret, SecretInner::Elsewhere(key) if key.is_locked())
    }

    /// The Ed25519 key of a 32-byte seed. Where the seed comes from is the caller's affair.
    #[must_use]
    pub fn from_seed(mut seed: [u8; 32]) -> Self {
        let key = ed25519_dalek::SigningKey::from_bytes(&seed);
        seed.zeroize();
        Self {
            public: VerificationKey(PublicInner::Ed25519(key.verifying_key())),
            secret: SecretInner::Ed25519(Box::new(key)),
        }
    }

    /// From the bytes of a secret key of a kind, as long as [`KeyType::secret_bytes`] says.
    ///
    /// # Errors
    /// When there are too many or too few, or they are zero or beyond the curve's order, as of random bytes hardly any are; for
    /// BLS12-381, whose keys do not sign bytes ([`crate::bbs`]).
    pub fn from_bytes(kind: KeyType, raw: &[u8]) -> Result<Self, KeyError> {
        if raw.len() != kind.secret_bytes() {
            return Err(KeyError::Length {
                expected: kind.secret_bytes(),
                found: raw.len(),
            });
        }
        let (secret, point) = match kind {
            KeyType::Ed25519 => {
                let seed = raw.try_into().map_err(|_| KeyError::NotAPoint)?;
                return Ok(Self::from_seed(seed));
            }
            KeyType::P256 => {
                let key =
                    p256::ecdsa::SigningKey::from_slice(raw).map_err(|_| KeyError::NotAPoint)?;
                let point = key.verifying_key().to_sec1_point(true).as_bytes().to_vec();
                (SecretInner::P256(Box::new(key)), point)
            }
            KeyType::P384 => {
                let key =
                    p384::ecdsa::SigningKey::from_slice(raw).map_err(|_| KeyError::NotAPoint)?;
                let point = key.verifying_key().to_sec1_point(true).as_bytes().to_vec();
                (SecretInner::P384(Box::new(key)), point)
            }
            KeyType::P521 => {
                let key =
                    p521::ecdsa::SigningKey::from_slice(raw).map_err(|_| KeyError::NotAPoint)?;
                let point = key.verifying_key().to_sec1_point(true).as_bytes().to_vec();
                (SecretInner::P521(Box::new(key)), point)
            }
            KeyType::Bls12381G2 => {
                return Err(KeyError::TypeUnsupported {
                    name: format!("{} (it signs lists of messages)", kind.name()),
                });
            }
        };
        Ok(Self {
            public: VerificationKey::from_bytes(kind, &point)?,
            secret,
        })
    }

    /// From `secretKeyMultibase`, such as `z3u2…`.
    ///
    /// # Errors
    /// When it isn't multibase, of another kind or of a wrong length.
    pub fn from_multibase(text: &str) -> Result<Self, KeyError> {
        <Self as SecretKey>::from_multibase(text)
    }

    /// As `secretKeyMultibase`; the text erases itself too.
    #[must_use]
    pub fn to_multibase(&self) -> Zeroizing<String> {
        <Self as SecretKey>::to_multibase(self)
    }

    /// The public half.
    #[must_use]
    pub fn verification_key(&self) -> VerificationKey {
        self.public.clone()
    }

    /// Which kind it is.
    #[must_use]
    pub fn key_type(&self) -> KeyType {
        self.public.key_type()
    }

    /// Signs: 64 bytes, 96 for P-384, or 132 for P-521. A key that is held here gives the same bytes for the same message, and always.
    ///
    /// # Errors
    /// When the key lies elsewhere and did not sign: the token is away, or the key is locked. Worth trying again.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, NotSigned> {
        Ok(match &self.secret {
            SecretInner::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
            SecretInner::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            SecretInner::P384(key) => {
                let signature: p384::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            SecretInner::P521(key) => {
                let signature: p521::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            SecretInner::Elsewhere(key) => {
                let signature = key.sign(message)?;
                // What comes from outside this process is not believed: a signature that does not hold would be found out by others.
                self.public
                    .verify(message, &signature)
                    .map_err(|_| NotSigned::new("what it gave is not its signature"))?;
                signature
            }
        })
    }
}

impl SigningKey {
    /// The same key of P-256 in the hands of AWS-LC; none of another kind.
    pub(crate) fn with_random_nonces(&self) -> Option<RandomNonces> {
        match &self.secret {
            SecretInner::P256(key) => RandomNonces::of(key),
            SecretInner::Ed25519(_)
            | SecretInner::P384(_)
            | SecretInner::P521(_)
            | SecretInner::Elsewhere(_) => None,
        }
    }
}

impl SecretKey for SigningKey {
    fn from_multibase(text: &str) -> Result<Self, KeyError> {
        let bytes = Zeroizing::new(base58_multibase(text).ok_or(KeyError::NotMultibase)?);
        let (kind, raw) = multibase::strip(&bytes, KeyType::secret_prefix)?;
        Self::from_bytes(kind, raw)
    }

    fn to_multibase(&self) -> Zeroizing<String> {
        let prefix = self.key_type().secret_prefix();
        match &self.secret {
            SecretInner::Ed25519(key) => multibase::prefixed_secret(prefix, key.as_bytes()),
            SecretInner::P256(key) => {
                multibase::prefixed_secret(prefix, Zeroizing::new(key.to_bytes()).as_slice())
            }
            SecretInner::P384(key) => {
                multibase::prefixed_secret(prefix, Zeroizing::new(key.to_bytes()).as_slice())
            }
            SecretInner::P521(key) => {
                multibase::prefixed_secret(prefix, Zeroizing::new(key.to_bytes()).as_slice())
            }
            // Nothing is known of it here; a file with an empty secret is read by nobody.
            SecretInner::Elsewhere(_) => Zeroizing::new(String::new()),
        }
    }

    fn verification_key(&self) -> VerificationKey {
        self.public.clone()
    }

    fn from_jwk(jwk: &serde_json::Value) -> Result<Self, KeyError> {
        crate::jwk::secret_from_jwk(jwk)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

#[cfg(test)]
mod tests;
