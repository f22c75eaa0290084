//! `did:key`: the document is made of the DID. The did:key Method §3.1.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::{Asked, Resolution, ResolutionError};
use crate::did::{Did, DidUrl, document};
use crate::keys::{KeyType, VerificationKey, to_base58_multibase};

/// Multicodec prefix of an X25519 public key, as a varint.
const X25519_PREFIX: [u8; 2] = [0xec, 0x01];

/// How the document of a `did:key` is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyOptions<'a> {
    /// How keys are written, such as `Multikey`, which it is where this says nothing.
    pub public_key_format: Option<&'a str>,
    /// Whether forms beyond those of the method are asked for. There are none here.
    pub enable_experimental_public_key_types: bool,
    /// Whether an Ed25519 key also gives an X25519 key for encryption.
    pub enable_encryption_key_derivation: bool,
}

impl Default for KeyOptions<'_> {
    fn default() -> Self {
        Self {
            public_key_format: None,
            enable_experimental_public_key_types: false,
            enable_encryption_key_derivation: true,
        }
    }
}

/// A way to write keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Multikey,
    /// `JsonWebKey`, or `JsonWebKey2020` as earlier versions of the method had it.
    Jwk(&'static str),
    /// `Ed25519VerificationKey2020`, with `X25519KeyAgreementKey2020` for encryption.
    Suite2020,
}

/// Resolves a `did:key`, or dereferences a DID URL of one.
///
/// What the answer is called goes by what was asked: a text with a path, query or fragment is a DID URL.
#[must_use]
pub fn resolve_key(asked_for: &str, options: &KeyOptions<'_>) -> Resolution {
    let asked = if asked_for.contains(['/', '?', '#']) {
        Asked::DidUrl
    } else {
        Asked::Did
    };
    let outcome = match asked {
        Asked::Did => Did::parse(asked_for)
            .map_err(|error| ResolutionError::from(&error))
            .and_then(|did| expand(&did, options)),
        Asked::DidUrl => dereference(asked_for, options),
    };
    match outcome {
        Ok(document) => Resolution {
            asked,
            outcome: Ok(document),
            metadata: json!({}),
        },
        Err(error) => Resolution::refused(asked, error),
    }
}

/// The verification method that a DID URL names; the whole document where the URL has no fragment.
fn dereference(url: &str, options: &KeyOptions<'_>) -> Result<Value, ResolutionError> {
    let url = DidUrl::parse(url).map_err(|_| ResolutionError::InvalidDidUrl)?;
    let document = expand(url.did(), options)?;
    // A document made of a key has no paths, versions or services.
    if url.has_path_or_query() {
        return Err(ResolutionError::NotFound);
    }
    let Some(fragment) = url.fragment() else {
        return Ok(document);
    };
    let id = url.did().with_fragment(fragment);
    let methods = document.get("verificationMethod").and_then(Value::as_array);
    let mut method = methods
        .into_iter()
        .flatten()
        .find(|method| method.get("id").and_then(Value::as_str) == Some(&id))
        .and_then(Value::as_object)
        .cloned()
        .ok_or(ResolutionError::NotFound)?;
    if let Some(contexts) = document.get("@context") {
        method.insert("@context".into(), contexts.clone());
    }
    Ok(method.into())
}

/// The document of a `did:key`. §3.1.1.
fn expand(did: &Did, options: &KeyOptions<'_>) -> Result<Value, ResolutionError> {
    // Other DIDs are keys too, and name them in their own ways.
    if did.method() != "key" {
        return Err(ResolutionError::MethodNotSupported);
    }
    // A version other than the first is written between the method and the key; there is none.
    let key = did.key().map_err(|error| ResolutionError::from(&error))?;
    let format = Format::of(key.key_type(), options)?;
    let id = did.method_specific_id().to_owned();
    let mut document = document(did, &[(id.clone(), key.clone())]);
    let mut methods = vec![format.method(did, &id, &key)?];
    let mut agreement = None;
    if let (true, Some(encryption)) = (options.enable_encryption_key_derivation, x25519(&key)) {
        let (method, id) = format.encryption_method(did, &encryption);
        methods.push(method);
        agreement = Some(id);
    }
    let Some(members) = document.as_object_mut() else {
        return Err(ResolutionError::InvalidDid);
    };
    members.insert(
        "@context".into(),
        json!([crate::did::CONTEXT_DID, format.context()]),
    );
    members.insert("verificationMethod".into(), methods.into());
    if let Some(id) = agreement {
        members.insert("keyAgreement".into(), json!([id]));
    }
    Ok(document)
}

impl Format {
    /// §3.1.2 step 7: which form, and whether it is for this kind of key.
    fn of(kind: KeyType, options: &KeyOptions<'_>) -> Result<Self, ResolutionError> {
        let invalid = ResolutionError::InvalidPublicKeyType;
        let unsupported = ResolutionError::UnsupportedPublicKeyType;
        match options.public_key_format {
            None | Some("Multikey") => Ok(Self::Multikey),
            Some(name @ ("JsonWebKey" | "JsonWebKey2020")) => match (kind, name) {
                (KeyType::Bls12381G2, _) => Err(unsupported),
                (_, "JsonWebKey") => Ok(Self::Jwk("JsonWebKey")),
                (_, _) => Ok(Self::Jwk("JsonWebKey2020")),
            },
            Some("Ed25519VerificationKey2020") if kind == KeyType::Ed25519 => Ok(Self::Suite2020),
            // Forms that are known by name, and are not this method's or not this key's.
            Some(
                "Ed25519VerificationKey2020"
                | "X25519KeyAgreementKey2020"
                | "Ed25519VerificationKey2018"
                | "X25519KeyAgreementKey2019"
                | "EcdsaSecp256k1VerificationKey2019"
                | "EcdsaSecp256r1VerificationKey2019"
                | "Bls12381G2Key2020",
            ) => Err(if options.enable_experimental_public_key_types {
                unsupported
            } else {
                invalid
            }),
            Some(_) => Err(unsupported),
        }
    }

    fn context(self) -> &'static str {
        match self {
            Self::Multikey => crate::did::CONTEXT_MULTIKEY,
            Self::Jwk("JsonWebKey") => "https://w3id.org/security/jwk/v1",
            Self::Jwk(_) => "https://w3id.org/security/suites/jws-2020/v1",
            Self::Suite2020 => "https://w3id.org/security/suites/ed25519-2020/v1",
        }
    }

    /// §3.1.2.
    fn method(self, did: &Did, id: &str, key: &VerificationKey) -> Result<Value, ResolutionError> {
        let (kind, name, value) = match self {
            Self::Multikey => ("Multikey", "publicKeyMultibase", key.to_multibase().into()),
            Self::Suite2020 => (
                "Ed25519VerificationKey2020",
                "publicKeyMultibase",
                key.to_multibase().into(),
            ),
            Self::Jwk(kind) => {
                let jwk = crate::jwk::to_jwk(key)
                    .map_err(|_| ResolutionError::UnsupportedPublicKeyType)?;
                (kind, "publicKeyJwk", jwk)
            }
        };
        Ok(written(did, id, kind, name, value))
    }

    /// §3.1.5: also its id.
    fn encryption_method(self, did: &Did, key: &[u8; 32]) -> (Value, String) {
        let multibase = to_base58_multibase(&[&X25519_PREFIX, key.as_slice()].concat());
        let (kind, name, value) = match self {
            Self::Multikey => ("Multikey", "publicKeyMultibase", multibase.clone().into()),
            Self::Suite2020 => (
                "X25519KeyAgreementKey2020",
                "publicKeyMultibase",
                multibase.clone().into(),
            ),
            Self::Jwk(kind) => (kind, "publicKeyJwk", octets("X25519", key)),
        };
        let method = written(did, &multibase, kind, name, value);
        (method, did.with_fragment(&multibase))
    }
}

fn written(did: &Did, id: &str, kind: &str, name: &str, value: Value) -> Value {
    let mut method = Map::new();
    method.insert("id".into(), did.with_fragment(id).into());
    method.insert("type".into(), kind.into());
    method.insert("controller".into(), did.as_str().into());
    method.insert(name.into(), value);
    method.into()
}

/// The key for encryption that an Ed25519 key gives: the same point on Curve25519. §3.1.6, RFC 7748 §4.1.
fn x25519(key: &VerificationKey) -> Option<[u8; 32]> {
    let key = ed25519_dalek::VerifyingKey::from_bytes(&key.ed25519_bytes()?).ok()?;
    Some(key.to_montgomery().to_bytes())
}

/// RFC 8037 §2.
fn octets(curve: &str, bytes: &[u8]) -> Value {
    json!({"kty": "OKP", "crv": curve, "x": URL_SAFE_NO_PAD.encode(bytes)})
}
