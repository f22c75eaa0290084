//! A key with its name, as the file that `garita did create` writes.

use serde_json::{Map, Value};
use zeroize::{Zeroize as _, Zeroizing};

use super::{KeyError, SecretKey, SigningKey, VerificationKey};

/// A key with its name: the Multikey document that `garita did create` writes.
///
/// `{"id":"did:key:z6Mk…#z6Mk…","type":"Multikey","controller":"did:key:z6Mk…","publicKeyMultibase":"z6Mk…","secretKeyMultibase":"z3u2…"}`
#[derive(Clone, Debug)]
pub struct KeyFile<K = SigningKey> {
    /// The verification method, a DID URL with a fragment.
    pub id: String,
    /// The DID that it speaks for.
    pub controller: String,
    /// The key itself.
    pub key: K,
}

impl<K: SecretKey> KeyFile<K> {
    /// A key that names itself by `did:key`.
    #[must_use]
    pub fn did_key(key: K) -> Self {
        let multibase = key.verification_key().to_multibase();
        Self {
            id: format!("did:key:{multibase}#{multibase}"),
            controller: format!("did:key:{multibase}"),
            key,
        }
    }

    /// Reads the Multikey document, or one of type JsonWebKey with `publicKeyJwk` and `secretKeyJwk`. `privateKeyMultibase` and
    /// `privateKeyJwk`, as older tools wrote them, are read too.
    ///
    /// # Errors
    /// When a member is missing or wrong, or the two halves don't belong together.
    pub fn from_value(document: &Value) -> Result<Self, KeyError> {
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        let (key, public) = match text("type") {
            None | Some("Multikey") => multikey::<K>(document)?,
            Some("JsonWebKey" | "JsonWebKey2020") => json_web_key::<K>(document)?,
            Some(_) => return Err(KeyError::File("`type` is not Multikey or JsonWebKey")),
        };
        if public != key.verification_key() {
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

impl KeyFile {
    /// A key that names itself by `did:jwk`.
    ///
    /// # Errors
    /// When keys of this kind have no JSON Web Key.
    pub fn did_jwk(key: SigningKey) -> Result<Self, KeyError> {
        let did = crate::jwk::did_of(&key.verification_key())?;
        Ok(Self {
            id: did.with_fragment("0"),
            controller: did.as_str().to_owned(),
            key,
        })
    }
}

fn multikey<K: SecretKey>(document: &Value) -> Result<(K, VerificationKey), KeyError> {
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    let secret = text("secretKeyMultibase")
        .or_else(|| text("privateKeyMultibase"))
        .ok_or(KeyError::File("`secretKeyMultibase` is missing"))?;
    let public =
        text("publicKeyMultibase").ok_or(KeyError::File("`publicKeyMultibase` is missing"))?;
    Ok((
        K::from_multibase(secret)?,
        VerificationKey::from_multibase(public)?,
    ))
}

fn json_web_key<K: SecretKey>(document: &Value) -> Result<(K, VerificationKey), KeyError> {
    let object = |name: &str| document.get(name).filter(|jwk| jwk.is_object());
    let secret = object("secretKeyJwk")
        .or_else(|| object("privateKeyJwk"))
        .ok_or(KeyError::File("`secretKeyJwk` is missing"))?;
    let public = object("publicKeyJwk").ok_or(KeyError::File("`publicKeyJwk` is missing"))?;
    Ok((K::from_jwk(secret)?, crate::jwk::from_jwk(public)?))
}

/// Erases the secret of a parsed key document.
fn wipe(document: &mut Value) {
    for place in [
        "/secretKeyMultibase",
        "/privateKeyMultibase",
        "/secretKeyJwk/d",
        "/privateKeyJwk/d",
    ] {
        if let Some(Value::String(secret)) = document.pointer_mut(place) {
            secret.zeroize();
        }
    }
}
