//! JSON Web Keys: RFC 7517, with the curves of RFC 7518 §6.2 and RFC 8037 §2; their thumbprints (RFC 7638); `did:jwk`.
//!
//! Strict where two readers could differ: coordinates have their full length and one spelling, a key says nothing that
//! contradicts its curve, and a public key holds no secret. Members that mean nothing to us are let be, as RFC 7517 §4 asks.
//!
//! ```
//! use garita_credential::{DidKeyResolver, KeyType, Resolver, SigningKey, jwk};
//!
//! let key = SigningKey::from_bytes(KeyType::P256, &[7; 32])?.verification_key();
//! assert_eq!(jwk::to_jwk(&key)?["crv"], "P-256");
//! let did = jwk::did_of(&key)?;
//! assert_eq!(DidKeyResolver.key(&format!("{did}#0"), None).unwrap().key, key);
//! # Ok::<(), garita_credential::keys::KeyError>(())
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use garita_canon::{jcs, json};
use p256::elliptic_curve::sec1::ToSec1Point as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::did::{Did, shorten};
use crate::keys::{KeyError, KeyType, SigningKey, VerificationKey};

/// The longest JSON of a key that we read: one of P-521 has some 350 bytes, a name and an algorithm included.
pub const JWK_BYTES_MAX: usize = 1_024;

/// The name of the one algorithm that a kind of key signs by in JOSE, RFC 7518 §3.1 and RFC 8037 §3.1. `None` for BLS12-381.
#[must_use]
pub fn algorithm_of(kind: KeyType) -> Option<&'static str> {
    match kind {
        KeyType::Ed25519 => Some("EdDSA"),
        KeyType::P256 => Some("ES256"),
        KeyType::P384 => Some("ES384"),
        KeyType::P521 => Some("ES512"),
        KeyType::Bls12381G2 => None,
    }
}

/// Reads a public key.
///
/// # Errors
/// When it isn't one of Ed25519, P-256, P-384 or P-521, is no point of its curve, is meant for something else than signatures, or
/// holds a secret.
pub fn from_jwk(jwk: &Value) -> Result<VerificationKey, KeyError> {
    if jwk.get("d").is_some() {
        return Err(KeyError::Jwk("a public key holds its secret, `d`"));
    }
    check_use(jwk, "verify")?;
    public_of(jwk)
}

/// Writes a public key: `kty`, `crv`, `x` and, where the curve has one, `y`.
///
/// # Errors
/// When keys of this kind have no such form.
pub fn to_jwk(key: &VerificationKey) -> Result<Value, KeyError> {
    match key.key_type() {
        KeyType::Ed25519 => {
            Ok(json!({"kty": "OKP", "crv": "Ed25519", "x": encode(key.as_bytes())}))
        }
        kind @ (KeyType::P256 | KeyType::P384 | KeyType::P521) => {
            let (x, y) = coordinates(kind, key.as_bytes())?;
            Ok(json!({"kty": "EC", "crv": kind.name(), "x": encode(&x), "y": encode(&y)}))
        }
        kind @ KeyType::Bls12381G2 => Err(unsupported(kind.name())),
    }
}

/// Reads a secret key with its public half.
///
/// # Errors
/// As [`from_jwk`]; when `d` is missing or no secret of the curve, or the halves don't belong together.
pub fn secret_from_jwk(jwk: &Value) -> Result<SigningKey, KeyError> {
    check_use(jwk, "sign")?;
    let public = public_of(jwk)?;
    let secret = Zeroizing::new(member(jwk, "d", public.key_type().secret_bytes())?);
    let key = SigningKey::from_bytes(public.key_type(), &secret)?;
    if key.verification_key() == public {
        Ok(key)
    } else {
        Err(KeyError::FileMismatch)
    }
}

/// The thumbprint by SHA-256 in base64url, by which a key can be named. RFC 7638 §3, RFC 8037 §2.
///
/// # Errors
/// As [`to_jwk`].
pub fn thumbprint(key: &VerificationKey) -> Result<String, KeyError> {
    // Just the members that make the key what it is, by their names' order: JCS writes what §3.3 asks for.
    let canonical = jcs::canonicalize(&to_jwk(key)?).map_err(|_| KeyError::Jwk("no number"))?;
    Ok(encode(&Sha256::digest(canonical)))
}

/// The `did:jwk` of a key; its one verification method has the fragment `0`.
///
/// # Errors
/// As [`to_jwk`].
pub fn did_of(key: &VerificationKey) -> Result<Did, KeyError> {
    let text = format!("did:jwk:{}", encode(to_jwk(key)?.to_string().as_bytes()));
    Did::parse(&text).map_err(|_| KeyError::Jwk("too long for a DID"))
}

/// The JWK in the method-specific id of a `did:jwk`, as it was written.
///
/// # Errors
/// When the id is not base64url of one JSON object.
pub(crate) fn jwk_of_did(id: &str) -> Result<Value, KeyError> {
    let malformed = KeyError::Jwk("not base64url of a JSON object");
    if id.len() > JWK_BYTES_MAX.div_ceil(3) * 4 {
        return Err(malformed);
    }
    let bytes = URL_SAFE_NO_PAD.decode(id).map_err(|_| malformed.clone())?;
    let limits = json::Limits {
        bytes_max: JWK_BYTES_MAX,
        ..json::Limits::default()
    };
    json::parse(&bytes, &limits)
        .ok()
        .filter(Value::is_object)
        .ok_or(malformed)
}

/// The public half, whatever else is there.
fn public_of(jwk: &Value) -> Result<VerificationKey, KeyError> {
    let kind = kind_of(jwk)?;
    let name = jwk.get("alg");
    if name.is_some() && name.and_then(Value::as_str) != algorithm_of(kind) {
        return Err(KeyError::Jwk("`alg` is not the algorithm of the curve"));
    }
    let size = kind.secret_bytes();
    let x = member(jwk, "x", size)?;
    if kind == KeyType::Ed25519 {
        return VerificationKey::from_bytes(kind, &x);
    }
    let y = member(jwk, "y", size)?;
    let uncompressed = [&[4][..], &x, &y].concat();
    // Reading the point checks that it lies on the curve, which its compressed form alone could not show.
    let compressed = compress(kind, &uncompressed)?;
    VerificationKey::from_bytes(kind, &compressed)
}

fn kind_of(jwk: &Value) -> Result<KeyType, KeyError> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    let kty = text("kty").ok_or(KeyError::Jwk("`kty` is missing"))?;
    if !matches!(kty, "OKP" | "EC") {
        return Err(unsupported(kty));
    }
    let crv = text("crv").ok_or(KeyError::Jwk("`crv` is missing"))?;
    match (kty, crv) {
        ("OKP", "Ed25519") => Ok(KeyType::Ed25519),
        ("EC", "P-256") => Ok(KeyType::P256),
        ("EC", "P-384") => Ok(KeyType::P384),
        ("EC", "P-521") => Ok(KeyType::P521),
        (_, "Ed25519" | "P-256" | "P-384" | "P-521") => {
            Err(KeyError::Jwk("`crv` is not one of its `kty`"))
        }
        (_, other) => Err(unsupported(other)),
    }
}

/// RFC 7517 §4.2 and §4.3: a key may say what it is for.
fn check_use(jwk: &Value, operation: &str) -> Result<(), KeyError> {
    let meant = match jwk.get("use") {
        None => true,
        Some(purpose) => purpose == "sig",
    };
    let allowed = match jwk.get("key_ops") {
        None => true,
        Some(operations) => operations
            .as_array()
            .is_some_and(|operations| operations.iter().any(|one| one == operation)),
    };
    if meant && allowed {
        Ok(())
    } else {
        Err(KeyError::Jwk("the key is not meant for signatures"))
    }
}

/// RFC 7518 §6.2.1.2: the octets of a coordinate in full length, zeros in front included.
fn member(jwk: &Value, name: &'static str, size: usize) -> Result<Vec<u8>, KeyError> {
    let text = jwk
        .get(name)
        .and_then(Value::as_str)
        .ok_or(KeyError::Jwk("`x`, `y` or `d` is missing"))?;
    if text.len() > size * 2 {
        return Err(KeyError::Length {
            expected: size,
            found: text.len() / 4 * 3,
        });
    }
    let bytes = URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| KeyError::Jwk("`x`, `y` or `d` is not base64url without padding"))?;
    if bytes.len() == size {
        Ok(bytes)
    } else {
        Err(KeyError::Length {
            expected: size,
            found: bytes.len(),
        })
    }
}

fn compress(kind: KeyType, uncompressed: &[u8]) -> Result<Vec<u8>, KeyError> {
    let point = match kind {
        KeyType::P256 => p256::PublicKey::from_sec1_bytes(uncompressed)
            .map(|key| key.to_sec1_point(true).as_bytes().to_vec()),
        KeyType::P384 => p384::PublicKey::from_sec1_bytes(uncompressed)
            .map(|key| key.to_sec1_point(true).as_bytes().to_vec()),
        KeyType::P521 => p521::PublicKey::from_sec1_bytes(uncompressed)
            .map(|key| key.to_sec1_point(true).as_bytes().to_vec()),
        KeyType::Ed25519 | KeyType::Bls12381G2 => return Err(unsupported(kind.name())),
    };
    point.map_err(|_| KeyError::NotAPoint)
}

fn coordinates(kind: KeyType, compressed: &[u8]) -> Result<(Vec<u8>, Vec<u8>), KeyError> {
    let point = match kind {
        KeyType::P256 => p256::PublicKey::from_sec1_bytes(compressed)
            .map(|key| key.to_sec1_point(false).as_bytes().to_vec()),
        KeyType::P384 => p384::PublicKey::from_sec1_bytes(compressed)
            .map(|key| key.to_sec1_point(false).as_bytes().to_vec()),
        KeyType::P521 => p521::PublicKey::from_sec1_bytes(compressed)
            .map(|key| key.to_sec1_point(false).as_bytes().to_vec()),
        KeyType::Ed25519 | KeyType::Bls12381G2 => return Err(unsupported(kind.name())),
    };
    let point = point.map_err(|_| KeyError::NotAPoint)?;
    // 04, x, y.
    point
        .get(1..)
        .and_then(|both| both.split_at_checked(both.len() / 2))
        .map(|(x, y)| (x.to_vec(), y.to_vec()))
        .ok_or(KeyError::NotAPoint)
}

fn unsupported(name: &str) -> KeyError {
    KeyError::TypeUnsupported {
        name: shorten(name),
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests;
