//! Decentralized identifiers (DID Core 1.0), `did:key`, `did:jwk`, `did:web`, and DID documents. Nothing is fetched here.

mod place;

use std::fmt;

use serde_json::{Map, Value, json};

use crate::data_integrity::Purpose;
use crate::jwk;
use crate::keys::{KeyError, VerificationKey};
use crate::resolver::Purposes;

pub(crate) use place::WebPlace;

/// The longest DID or DID URL. A `did:key` of BLS12-381 has 147 characters; a DNS name at most 253.
pub const DID_CHARS_MAX: usize = 1_024;
/// The most verification methods of a document; more are not a party's keys but an attack on whoever reads them.
pub const METHODS_MAX: usize = 64;

const CONTEXT_JWS: &str = "https://w3id.org/security/suites/jws-2020/v1";
pub(crate) const CONTEXT_DID: &str = "https://www.w3.org/ns/did/v1";
pub(crate) const CONTEXT_MULTIKEY: &str = "https://w3id.org/security/multikey/v1";

/// What is wrong with a DID or its document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DidError {
    /// Not a DID, or not a DID URL, by the grammar.
    #[error("`{0}` is not a well-formed DID")]
    Malformed(String),
    /// A DID of another method than the operation is for.
    #[error("DID method `{0}` is not supported")]
    MethodUnsupported(String),
    /// The DID's key cannot be used.
    #[error("`{did}`: {source}")]
    Key {
        /// The DID.
        did: String,
        /// What is wrong with its key.
        source: KeyError,
    },
    /// `did:web` with a host that is no public name.
    #[error("`{0}` is not a host that did:web may name")]
    Host(String),
    /// The document doesn't have the form of a DID document.
    #[error("DID document: {message} (at {pointer})")]
    Document {
        /// Where, as a JSON pointer.
        pointer: String,
        /// What.
        message: &'static str,
    },
}

impl DidError {
    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) | Self::Host(_) => "did-malformed",
            Self::MethodUnsupported(_) => "did-method-unsupported",
            Self::Key { source, .. } => source.code(),
            Self::Document { .. } => "did-document-malformed",
        }
    }
}

/// A DID, such as `did:web:cbp.example`. DID Core 1.0 §3.1.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Did {
    text: String,
    /// Where the method-specific id begins.
    id_start: usize,
}

impl Did {
    /// Reads a DID without path, query or fragment.
    ///
    /// # Errors
    /// When it isn't one.
    pub fn parse(text: &str) -> Result<Self, DidError> {
        let malformed = || DidError::Malformed(shorten(text));
        if text.len() > DID_CHARS_MAX {
            return Err(malformed());
        }
        let (method, id) = text
            .strip_prefix("did:")
            .and_then(|rest| rest.split_once(':'))
            .ok_or_else(malformed)?;
        let method_ok = !method.is_empty()
            && method
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if !method_ok || id.is_empty() || id.ends_with(':') || !is_id_chars(id) {
            return Err(malformed());
        }
        Ok(Self {
            text: text.to_owned(),
            id_start: "did:".len() + method.len() + 1,
        })
    }

    /// The `did:key` of a key.
    #[must_use]
    pub fn from_key(key: &VerificationKey) -> Self {
        Self {
            text: format!("did:key:{key}"),
            id_start: "did:key:".len(),
        }
    }

    /// The whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The method's name, such as `key`.
    #[must_use]
    pub fn method(&self) -> &str {
        self.text
            .get("did:".len()..self.id_start.saturating_sub(1))
            .unwrap_or_default()
    }

    /// What follows the method's name.
    #[must_use]
    pub fn method_specific_id(&self) -> &str {
        self.text.get(self.id_start..).unwrap_or_default()
    }

    /// The key of a `did:key` or `did:jwk`.
    ///
    /// # Errors
    /// When it is of another method, or its key cannot be used.
    pub fn key(&self) -> Result<VerificationKey, DidError> {
        if !matches!(self.method(), "key" | "jwk") {
            return Err(DidError::MethodUnsupported(self.method().to_owned()));
        }
        self.own_key().map_err(|source| DidError::Key {
            did: shorten(&self.text),
            source,
        })
    }

    /// The key that the method-specific id of a `did:key` or `did:jwk` is.
    pub(crate) fn own_key(&self) -> Result<VerificationKey, KeyError> {
        if self.method() == "jwk" {
            jwk::from_jwk(&jwk::jwk_of_did(self.method_specific_id())?)
        } else {
            VerificationKey::from_multibase(self.method_specific_id())
        }
    }

    /// The DID URL of one of this DID's keys.
    #[must_use]
    pub fn with_fragment(&self, fragment: &str) -> String {
        format!("{}#{fragment}", self.text)
    }
}

impl fmt::Debug for Did {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Did({})", self.text)
    }
}

impl fmt::Display for Did {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::str::FromStr for Did {
    type Err = DidError;
    fn from_str(text: &str) -> Result<Self, DidError> {
        Self::parse(text)
    }
}

/// A DID URL: a DID with path, query or fragment. DID Core 1.0 §3.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DidUrl {
    did: Did,
    path_and_query: String,
    fragment: Option<String>,
}

impl DidUrl {
    /// Reads a DID URL; a plain DID is one too.
    ///
    /// # Errors
    /// When it isn't one.
    pub fn parse(text: &str) -> Result<Self, DidError> {
        let malformed = || DidError::Malformed(shorten(text));
        if text.len() > DID_CHARS_MAX {
            return Err(malformed());
        }
        let (rest, fragment) = match text.split_once('#') {
            Some((rest, fragment)) => (rest, Some(fragment)),
            None => (text, None),
        };
        let did_end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (did, path_and_query) = rest.split_at_checked(did_end).ok_or_else(malformed)?;
        if !is_url_chars(path_and_query)
            || fragment.is_some_and(|part| part.is_empty() || !is_url_chars(part))
        {
            return Err(malformed());
        }
        Ok(Self {
            did: Did::parse(did)?,
            path_and_query: path_and_query.to_owned(),
            fragment: fragment.map(str::to_owned),
        })
    }

    /// The DID.
    #[must_use]
    pub fn did(&self) -> &Did {
        &self.did
    }

    /// What follows `#`.
    #[must_use]
    pub fn fragment(&self) -> Option<&str> {
        self.fragment.as_deref()
    }

    /// Whether there is something between the DID and its fragment.
    #[must_use]
    pub fn has_path_or_query(&self) -> bool {
        !self.path_and_query.is_empty()
    }
}

/// Where the document of a `did:web` lies: `https://HOST[:PORT]/.well-known/did.json` or `https://HOST[:PORT]/PATH/did.json`.
///
/// Addresses in numbers are refused, as the method asks.
///
/// # Errors
/// When it is no `did:web` or names no public host.
pub fn web_url(did: &Did) -> Result<String, DidError> {
    Ok(web_place(did)?.public()?.url("https", "did.json"))
}

/// As [`web_url`], but over http and for this machine only (`localhost`, `127.0.0.1`): for the demo and tests.
///
/// # Errors
/// When it is no `did:web` or names another machine.
pub fn web_url_loopback(did: &Did) -> Result<String, DidError> {
    Ok(web_place(did)?.loopback()?.url("http", "did.json"))
}

/// The `did:web` of a host, a port if it isn't the usual one, and a path of plain segments.
///
/// # Errors
/// When host or path have characters that a DID can't hold.
pub fn web_did(host: &str, port: Option<u16>, path: &[&str]) -> Result<Did, DidError> {
    let mut text = format!("did:web:{host}");
    if let Some(port) = port {
        text.push_str(&format!("%3A{port}"));
    }
    for segment in path {
        text.push(':');
        text.push_str(segment);
    }
    let did = Did::parse(&text)?;
    web_place(&did)?;
    Ok(did)
}

fn web_place(did: &Did) -> Result<WebPlace<'_>, DidError> {
    if did.method() != "web" {
        return Err(DidError::MethodUnsupported(did.method().to_owned()));
    }
    WebPlace::parse(did.method_specific_id())
}

/// The document of a `did:key` or `did:jwk`.
/// The document of a `did:key`.
///
/// # Errors
/// When it is of another method, or its key cannot be used.
pub fn key_document(did: &Did) -> Result<Value, DidError> {
    let key = did.key()?;
    if did.method() == "jwk" {
        return jwk_document(did);
    }
    let id = did.method_specific_id().to_owned();
    Ok(document(did, &[(id, key)]))
}

/// The document of a `did:jwk` whose key can be used: the key as it was written, by the one name that the method gives it.
fn jwk_document(did: &Did) -> Result<Value, DidError> {
    let key = jwk::jwk_of_did(did.method_specific_id()).map_err(|source| DidError::Key {
        did: shorten(did.as_str()),
        source,
    })?;
    let id = did.with_fragment("0");
    let mut document = json!({
        "@context": [CONTEXT_DID, CONTEXT_JWS],
        "id": did.as_str(),
        "verificationMethod": [{
            "id": id,
            "type": "JsonWebKey2020",
            "controller": did.as_str(),
            "publicKeyJwk": key,
        }],
    });
    if let Some(members) = document.as_object_mut() {
        members.extend(Purpose::ALL.map(|purpose| (purpose.as_str().to_owned(), json!([id]))));
    }
    Ok(document)
}

/// A DID document with these keys, each for assertion, authentication and capabilities. A key's id is a fragment
/// (`key-1`) or a whole DID URL.
#[must_use]
pub fn document(did: &Did, keys: &[(String, VerificationKey)]) -> Value {
    document_of(did.as_str(), keys)
}

/// As [`document`], for what is not yet a DID: the template of a `did:webvh`.
pub(crate) fn document_of(did: &str, keys: &[(String, VerificationKey)]) -> Value {
    let url = |id: &str| {
        if id.starts_with("did:") {
            id.to_owned()
        } else {
            format!("{did}#{}", id.trim_start_matches('#'))
        }
    };
    let methods: Vec<Value> = keys
        .iter()
        .map(|(id, key)| {
            json!({
                "id": url(id),
                "type": "Multikey",
                "controller": did,
                "publicKeyMultibase": key.to_multibase(),
            })
        })
        .collect();
    let ids: Vec<String> = keys.iter().map(|(id, _)| url(id)).collect();
    let mut members = Map::new();
    members.insert("@context".into(), json!([CONTEXT_DID, CONTEXT_MULTIKEY]));
    members.insert("id".into(), did.into());
    members.insert("verificationMethod".into(), methods.into());
    for purpose in Purpose::ALL {
        members.insert(purpose.as_str().into(), json!(ids));
    }
    Value::Object(members)
}

/// A DID document as far as we read it: its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DidDocument {
    /// The DID it is about.
    pub id: Did,
    /// Its keys of supported kinds.
    pub methods: Vec<DidMethod>,
    /// Verification methods whose key can't be used here: id and why.
    pub unsupported: Vec<(String, String)>,
}

/// One key of a DID document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DidMethod {
    /// The verification method, an absolute DID URL.
    pub id: String,
    /// The DID that controls it.
    pub controller: String,
    /// The key.
    pub key: VerificationKey,
    /// What the DID uses it for.
    pub purposes: Purposes,
}

impl DidDocument {
    /// Reads a DID document. Members we don't use are let be, as DID Core asks.
    ///
    /// A method counts for a purpose only where the document lists it there, and only if this DID controls it.
    ///
    /// # Errors
    /// When it isn't one, is about something else than a DID, or has more than [`METHODS_MAX`] methods.
    pub fn parse(document: &Value) -> Result<Self, DidError> {
        let error =
            |pointer: String, message: &'static str| DidError::Document { pointer, message };
        let id = document
            .get("id")
            .and_then(Value::as_str)
            .ok_or_else(|| error("/id".into(), "the id is missing"))?;
        let id = Did::parse(id)?;
        let mut this = Self {
            id,
            methods: Vec::new(),
            unsupported: Vec::new(),
        };
        let mut count = 0;
        for (n, method) in list(document.get("verificationMethod")).enumerate() {
            count += 1;
            this.read_method(method, &format!("/verificationMethod/{n}"), count)?;
        }
        for purpose in Purpose::ALL {
            let name = purpose.as_str();
            for (n, reference) in list(document.get(name)).enumerate() {
                let pointer = format!("/{name}/{n}");
                let method_id = match reference {
                    Value::String(reference) => this.absolute(reference),
                    Value::Object(_) => {
                        count += 1;
                        this.read_method(reference, &pointer, count)?
                    }
                    _ => {
                        return Err(error(
                            pointer,
                            "neither a reference nor a verification method",
                        ));
                    }
                };
                let (methods, did) = (&mut this.methods, this.id.as_str());
                for method in methods
                    .iter_mut()
                    .filter(|method| method.id == method_id && method.controller == did)
                {
                    method.purposes = method.purposes.with(purpose);
                }
                if n >= METHODS_MAX {
                    return Err(error(pointer, "too many references"));
                }
            }
        }
        Ok(this)
    }

    /// The key of a verification method.
    #[must_use]
    pub fn method(&self, id: &str) -> Option<&DidMethod> {
        self.methods.iter().find(|method| method.id == id)
    }

    /// Reads one method and returns its absolute id.
    fn read_method(
        &mut self,
        method: &Value,
        pointer: &str,
        count: usize,
    ) -> Result<String, DidError> {
        let error = |message: &'static str| DidError::Document {
            pointer: pointer.to_owned(),
            message,
        };
        if count > METHODS_MAX {
            return Err(error("too many verification methods"));
        }
        let text = |name: &str| method.get(name).and_then(Value::as_str);
        let id = self.absolute(text("id").ok_or_else(|| error("the method's id is missing"))?);
        let url = DidUrl::parse(&id).map_err(|_| error("the method's id is not a DID URL"))?;
        if url.did() != &self.id || url.fragment().is_none() {
            return Err(error("the method's id is not one of this DID"));
        }
        let controller =
            text("controller").ok_or_else(|| error("the method's controller is missing"))?;
        if self.methods.iter().any(|known| known.id == id)
            || self.unsupported.iter().any(|(known, _)| *known == id)
        {
            return Err(error("the method's id occurs twice"));
        }
        let kind = text("type").ok_or_else(|| error("the method's type is missing"))?;
        let key = match (kind, text("publicKeyMultibase")) {
            ("Multikey" | "Ed25519VerificationKey2020", Some(key)) => {
                VerificationKey::from_multibase(key).map_err(|error| error.to_string())
            }
            ("Multikey" | "Ed25519VerificationKey2020", None) => {
                return Err(error("`publicKeyMultibase` is missing"));
            }
            ("JsonWebKey" | "JsonWebKey2020", _) => {
                let key = method.get("publicKeyJwk").filter(|key| key.is_object());
                let key = key.ok_or_else(|| error("`publicKeyJwk` is missing"))?;
                jwk::from_jwk(key).map_err(|error| error.to_string())
            }
            (other, _) => Err(format!(
                "verification method type {} is not supported",
                shorten(other)
            )),
        };
        match key {
            Ok(key) => self.methods.push(DidMethod {
                id: id.clone(),
                controller: controller.to_owned(),
                key,
                purposes: Purposes::NONE,
            }),
            Err(why) => self.unsupported.push((id.clone(), why)),
        }
        Ok(id)
    }

    /// A relative reference (`#key-1`) made absolute.
    fn absolute(&self, reference: &str) -> String {
        match reference.strip_prefix('#') {
            Some(fragment) => self.id.with_fragment(fragment),
            None => reference.to_owned(),
        }
    }
}

/// The members of an array, or the one value that stands for it.
fn list(value: Option<&Value>) -> std::slice::Iter<'_, Value> {
    match value {
        None => [].iter(),
        Some(Value::Array(items)) => items.iter(),
        Some(single) => std::slice::from_ref(single).iter(),
    }
}

/// Characters of a method-specific id: letters, digits, `.`, `-`, `_`, `:` and percent-encoded octets.
fn is_id_chars(text: &str) -> bool {
    percent_ok(text)
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':' | b'%'))
}

/// Characters of path, query and fragment by RFC 3986.
fn is_url_chars(text: &str) -> bool {
    percent_ok(text)
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%".contains(&b))
}

fn percent_ok(text: &str) -> bool {
    text.split('%')
        .skip(1)
        .all(|part| part.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2)
}

/// At most 100 characters of a text that may be long and hostile, for messages.
pub(crate) fn shorten(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::SigningKey;

    #[test]
    fn reads_dids_by_the_grammar() {
        let did = Did::parse("did:web:cbp.example%3A8443:office:laredo").unwrap();
        assert_eq!(
            (did.method(), did.method_specific_id()),
            ("web", "cbp.example%3A8443:office:laredo")
        );
        for bad in [
            "",
            "did",
            "did:",
            "did:web",
            "did:web:",
            "did::x",
            "did:Web:x",
            "did:web:x:",
            "did:web:a b",
            "did:web:%3",
            "did:web:x#y",
            "did:web:x/y",
            "DID:web:x",
            "did:web:é",
        ] {
            assert_eq!(
                Did::parse(bad).unwrap_err().code(),
                "did-malformed",
                "{bad}"
            );
        }
        assert!(Did::parse(&format!("did:web:{}", "a".repeat(2000))).is_err());
        let url = DidUrl::parse("did:web:a.example/p?q=1#key-1").unwrap();
        assert_eq!(
            (url.did().as_str(), url.fragment(), url.has_path_or_query()),
            ("did:web:a.example", Some("key-1"), true)
        );
        for bad in [
            "did:web:a.example#",
            "did:web:a.example#a#b",
            "did:web:a.example/ x",
            "https://a.example/",
        ] {
            assert!(DidUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn maps_did_web_to_its_address() {
        let check = |did: &str, public: Option<&str>, loopback: Option<&str>| {
            let did = Did::parse(did).unwrap();
            assert_eq!(web_url(&did).ok().as_deref(), public, "{did}");
            assert_eq!(web_url_loopback(&did).ok().as_deref(), loopback, "{did}");
        };
        check(
            "did:web:cbp.example",
            Some("https://cbp.example/.well-known/did.json"),
            None,
        );
        check(
            "did:web:CBP.example%3A8443:office:laredo",
            Some("https://cbp.example:8443/office/laredo/did.json"),
            None,
        );
        check(
            "did:web:localhost%3A8401",
            None,
            Some("http://localhost:8401/.well-known/did.json"),
        );
        check(
            "did:web:localhost%3A8401:sat",
            None,
            Some("http://localhost:8401/sat/did.json"),
        );
        check(
            "did:web:127.0.0.1%3A8401:sat",
            None,
            Some("http://127.0.0.1:8401/sat/did.json"),
        );
        for bad in [
            "did:web:10.0.0.1",
            "did:web:127.1",
            "did:web:2130706433",
            "did:web:0x7f000001",
            "did:web:0x7f.1",
            "did:web:0X7F.0",
            "did:web:a.example.:x",
            "did:web:a.example%3A",
            "did:web:a.example%3A80%3A81",
            "did:web:%61.example",
            "did:web:a.example:%5Cx",
            "did:web:a.example:%20",
            "did:web:a_b.example",
            "did:web:a..example",
            "did:web:-a.example",
            "did:web:a.example%3A0",
            "did:web:a.example%3A99999",
            "did:web:a.example%3A%2B80",
            "did:web:a.example:..:x",
            "did:web:a.example::x",
            "did:web:a.example:x%2Fy",
            "did:web:a.example:%2e%2e",
            "did:web:user%40a.example",
            "did:key:z6Mk",
        ] {
            check(bad, None, None);
        }
        assert_eq!(
            web_did("localhost", Some(8401), &["cbp"]).unwrap().as_str(),
            "did:web:localhost%3A8401:cbp"
        );
        assert!(web_did("local host", None, &[]).is_err());
        assert!(web_did("a.example", None, &[".."]).is_err());
    }

    #[test]
    fn reads_the_documents_that_it_writes() {
        let did = Did::parse("did:web:cbp.example").unwrap();
        let key = |n: u8| SigningKey::from_seed([n; 32]).verification_key();
        let written = document(
            &did,
            &[
                ("key-1".into(), key(1)),
                ("did:web:cbp.example#key-2".into(), key(2)),
            ],
        );
        let read = DidDocument::parse(&written).unwrap();
        assert_eq!(read.id, did);
        assert_eq!(read.methods.len(), 2);
        assert_eq!(
            read.method("did:web:cbp.example#key-2").unwrap().key,
            key(2)
        );
        assert!(read.methods.iter().all(|method| {
            Purpose::ALL
                .iter()
                .all(|purpose| method.purposes.allow(*purpose))
        }));
    }

    #[test]
    fn expands_did_key() {
        let key = SigningKey::from_seed([5; 32]).verification_key();
        let did = Did::from_key(&key);
        assert_eq!(Did::parse(did.as_str()).unwrap(), did);
        let read = DidDocument::parse(&key_document(&did).unwrap()).unwrap();
        assert_eq!(read.method(&format!("{did}#{key}")).unwrap().key, key);
        assert_eq!(
            key_document(&Did::parse("did:web:a.example").unwrap())
                .unwrap_err()
                .code(),
            "did-method-unsupported"
        );
        assert_eq!(
            key_document(
                &Did::parse("did:key:zQ3shZc2QzApp2oymGvQbzP8eKheVshBHbU4ZYjeXqwSKEn6N").unwrap()
            )
            .unwrap_err()
            .code(),
            "key-type-unsupported"
        );
        assert_eq!(
            key_document(&Did::parse("did:key:abc").unwrap())
                .unwrap_err()
                .code(),
            "key-malformed"
        );
    }

    #[test]
    fn reads_other_peoples_documents_and_refuses_bad_ones() {
        let multibase = SigningKey::from_seed([5; 32])
            .verification_key()
            .to_multibase();
        let method = |id: &str| json!({"id": id, "type": "Multikey", "controller": "did:web:a.example", "publicKeyMultibase": multibase});
        let read = DidDocument::parse(&json!({
            "id": "did:web:a.example",
            "verificationMethod": [method("#k"), {"id": "#j", "type": "JsonWebKey", "controller": "did:web:a.example", "publicKeyJwk": {}}],
            "assertionMethod": ["#k", "did:web:other.example#x"],
            "authentication": [method("#embedded")],
            "service": [{"id": "#s", "type": "X", "serviceEndpoint": "https://a.example"}],
        }))
        .unwrap();
        assert_eq!(read.unsupported.len(), 1);
        let purposes = read.method("did:web:a.example#k").unwrap().purposes;
        assert!(
            purposes.allow(Purpose::AssertionMethod) && !purposes.allow(Purpose::Authentication)
        );
        let purposes = read.method("did:web:a.example#embedded").unwrap().purposes;
        assert!(
            !purposes.allow(Purpose::AssertionMethod) && purposes.allow(Purpose::Authentication)
        );
        let many: Vec<Value> = (0..=METHODS_MAX)
            .map(|n| method(&format!("#k{n}")))
            .collect();
        for (bad, pointer) in [
            (json!([]), "/id"),
            (json!({"id": 5}), "/id"),
            (
                json!({"id": "did:web:a.example", "verificationMethod": [5]}),
                "/verificationMethod/0",
            ),
            (
                json!({"id": "did:web:a.example", "verificationMethod": [method("did:web:b.example#k")]}),
                "/verificationMethod/0",
            ),
            (
                json!({"id": "did:web:a.example", "verificationMethod": [method("#k"), method("#k")]}),
                "/verificationMethod/1",
            ),
            (
                json!({"id": "did:web:a.example", "verificationMethod": many}),
                "/verificationMethod/64",
            ),
            (
                json!({"id": "did:web:a.example", "assertionMethod": [5]}),
                "/assertionMethod/0",
            ),
        ] {
            let error = DidDocument::parse(&bad).unwrap_err();
            assert_eq!(error.code(), "did-document-malformed");
            assert!(
                matches!(&error, DidError::Document { pointer: found, .. } if found == pointer),
                "{error}"
            );
        }
    }
}
