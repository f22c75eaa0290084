//! The target of identifiers and keys: DIDs and DID URLs, DID documents, JSON Web Keys, key files, logs of `did:webvh`.
//!
//! An input that begins with `{` is a document, or a log of several; any other is a text such as a DID or a key.

use garita_canon::json;
use garita_credential::did::{Did, DidDocument, DidUrl, key_document, web_url, web_url_loopback};
use garita_credential::keys::SecretKey as _;
use garita_credential::resolution::{KeyOptions, Resolution, resolve_key};
use garita_credential::time::{Precision, format_date_time_stamp, parse_date_time_stamp};
use garita_credential::webvh::WebvhDid;
use garita_credential::{
    DidKeyResolver, KeyFile, Resolver as _, SigningKey, VerificationKey, bbs, jwk,
};
use serde_json::Value;

use crate::webvh;

/// The years 0000 to 9999, in milliseconds.
const YEARS: std::ops::Range<i64> = -62_167_219_200_000..253_402_300_800_000;

/// A text, a document or a log.
pub(crate) fn run(_: &'static str, bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if !text.starts_with('{') {
        return identifier(text);
    }
    let _ = <KeyFile>::parse(text);
    if let Ok(document) = json::parse(bytes, &json::Limits::default()) {
        did_document(&document);
        json_web_key(&document);
        key_file(&document);
    }
    webvh::run(text);
}

/// What is read is written the same; what is asked has an answer with all its members.
fn identifier(text: &str) {
    match Did::parse(text) {
        Ok(did) => {
            assert_eq!(did.as_str(), text);
            assert_eq!(
                text,
                format!("did:{}:{}", did.method(), did.method_specific_id())
            );
            of_a_key(&did);
            for url in [web_url(&did), web_url_loopback(&did)]
                .into_iter()
                .flatten()
            {
                assert!(
                    url.starts_with("http") && !url.contains(['#', ' ']),
                    "{url}"
                );
            }
        }
        Err(error) => assert!(!error.code().is_empty() && error.to_string().len() < 1_024),
    }
    if let Ok(url) = DidUrl::parse(text) {
        assert!(text.starts_with(url.did().as_str()));
        assert!(
            url.fragment()
                .is_none_or(|fragment| text.ends_with(fragment))
        );
    }
    if let Ok(did) = WebvhDid::parse(text) {
        let urls = [
            did.log_url(),
            did.witness_url(),
            did.log_url_loopback(),
            did.witness_url_loopback(),
        ];
        assert!(
            urls.into_iter()
                .flatten()
                .all(|url| url.starts_with("http"))
        );
        assert_eq!(WebvhDid::from_did(did.did().clone()).as_ref(), Ok(&did));
        let _ = did.to_web();
    }
    if let Ok(key) = VerificationKey::from_multibase(text) {
        assert_eq!(key.to_multibase(), text);
        assert_eq!(
            VerificationKey::from_multikey_bytes(&key.to_multikey_bytes()).ok(),
            Some(key)
        );
    }
    if let Ok(key) = SigningKey::from_multibase(text) {
        assert_eq!(key.to_multibase().as_str(), text);
    }
    if let Ok(key) = bbs::SecretKey::from_multibase(text) {
        assert_eq!(key.to_multibase().as_str(), text);
    }
    // The last midnight of the year 9999 and what an offset moves beyond the years of four digits is read, and written with five.
    if let Some(at_ms) = parse_date_time_stamp(text).filter(|at_ms| YEARS.contains(at_ms)) {
        let written = format_date_time_stamp(at_ms, Precision::Milliseconds);
        assert_eq!(parse_date_time_stamp(&written), Some(at_ms), "{written}");
    }
    let _ = DidKeyResolver.key(text, None);
    for public_key_format in [
        None,
        Some("JsonWebKey"),
        Some("Ed25519VerificationKey2020"),
        Some(text),
    ] {
        answered(&resolve_key(
            text,
            &KeyOptions {
                public_key_format,
                ..KeyOptions::default()
            },
        ));
    }
}

fn of_a_key(did: &Did) {
    let Ok(key) = did.key() else { return };
    if did.method() == "key" {
        assert_eq!(&Did::from_key(&key), did);
    }
    let Ok(document) = key_document(did) else {
        return;
    };
    let read = DidDocument::parse(&document);
    let same = read.is_ok_and(|read| read.methods.iter().any(|method| method.key == key));
    assert!(same, "{document:#}");
}

/// All four members, whatever the outcome, and a status of HTTP.
pub(crate) fn answered(resolution: &Resolution) {
    let answer = resolution.to_value();
    assert_eq!(answer.as_object().map(serde_json::Map::len), Some(4));
    assert!(answer.get("didDocument").is_some_and(Value::is_object));
    assert!(
        answer
            .get("didDocumentMetadata")
            .is_some_and(Value::is_object)
    );
    let status = resolution.http_status();
    assert!(matches!(status, 200 | 400 | 404 | 410 | 501), "{status}");
}

fn did_document(document: &Value) {
    match DidDocument::parse(document) {
        Ok(read) => {
            for method in &read.methods {
                assert!(read.method(&method.id).is_some(), "{}", method.id);
                assert!(DidUrl::parse(&method.id).is_ok(), "{}", method.id);
            }
        }
        Err(error) => assert!(!error.code().is_empty() && error.to_string().len() < 4_096),
    }
}

/// A key that is read is written in one form, with one thumbprint and one DID.
fn json_web_key(document: &Value) {
    if let Ok(key) = jwk::from_jwk(document) {
        let written = jwk::to_jwk(&key).unwrap_or_default();
        assert_eq!(jwk::from_jwk(&written).as_ref(), Ok(&key));
        assert!(jwk::thumbprint(&key).is_ok());
        let did = jwk::did_of(&key);
        assert_eq!(
            did.and_then(|did| did
                .key()
                .map_err(|_| garita_credential::keys::KeyError::NotAPoint)),
            Ok(key)
        );
    }
    if let Ok(secret) = jwk::secret_from_jwk(document) {
        assert!(
            jwk::from_jwk(document).is_err(),
            "a secret is no public key"
        );
        let signed = secret.sign(b"x");
        assert!(
            signed.is_ok_and(|signature| {
                secret.verification_key().verify(b"x", &signature).is_ok()
            })
        );
    }
}

fn key_file(document: &Value) {
    if let Ok(file) = <KeyFile>::from_value(document) {
        let again = <KeyFile>::parse(&file.to_json());
        let same = again.is_ok_and(|again| {
            again.id == file.id
                && again.controller == file.controller
                && again.key.verification_key() == file.key.verification_key()
        });
        assert!(same, "{}", file.id);
    }
    let _ = KeyFile::<bbs::SecretKey>::from_value(document);
}
