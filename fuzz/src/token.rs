//! The target of tokens: JOSE, SD-JWT, COSE, envelopes of them, and what a QR code carries.
//!
//! An input that begins with `{` is a document to be secured in each way; any other is a token as it stands.

use garita_canon::json;
use garita_credential::envelope::{self, Claims, Content, Opened, Secured};
use garita_credential::presentation::Asked;
use garita_credential::sd_jwt::{self, AskedBinding, Binding, Plan, SdJwt};
use garita_credential::{DidKeyResolver, KeyFile, KeyType, Problem, carry, cose, jose};
use serde_json::Value;

use crate::change::{leaves, number};
use crate::office::{NOW, ed25519, nist, told};

const ASKED: AskedBinding<'_> = AskedBinding {
    nonce: "n",
    audience: "https://booth.example",
    now_ms: NOW,
    age_ms_max: 60_000,
};

/// A token or a document.
pub(crate) fn run(_: &'static str, bytes: &[u8]) {
    if bytes.first() == Some(&b'{') {
        if let Ok(document) = json::parse(bytes, &json::Limits::default()) {
            opened(&envelope::open_credential(
                &document,
                &DidKeyResolver,
                Some(NOW),
            ));
            secured(&document, number(bytes));
        }
        return;
    }
    let by_cose = cose::verify_credential(bytes, &DidKeyResolver, Some(NOW));
    opened(&by_cose);
    opened(&cose::verify_presentation(
        bytes,
        Asked::default(),
        &DidKeyResolver,
        Some(NOW),
    ));
    if by_cose.is_ok() {
        changed(bytes, number(bytes), |bytes| {
            cose::verify_credential(bytes, &DidKeyResolver, Some(NOW))
        });
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        told_token(text);
        carried(text);
    }
}

/// A token as text: an answer of each reader, and never one for a token of which a character was changed.
fn told_token(text: &str) {
    let by_jose = |text: &str| jose::verify_credential(text, &DidKeyResolver, Some(NOW));
    let by_sd_jwt = |text: &str| sd_jwt::verify_credential(text, None, &DidKeyResolver, Some(NOW));
    opened(&by_jose(text));
    opened(&by_sd_jwt(text));
    opened(&jose::verify_presentation(
        text,
        Asked::default(),
        &DidKeyResolver,
        Some(NOW),
    ));
    opened(&sd_jwt::verify_presentation(
        text,
        Asked::default(),
        &DidKeyResolver,
        Some(NOW),
    ));
    opened(&sd_jwt::verify_credential(
        text,
        Some(&ASKED),
        &DidKeyResolver,
        Some(NOW),
    ));
    match sd_jwt::vc::verify(text, Some(&ASKED), &DidKeyResolver, None) {
        Ok(statement) => assert!(!statement.vct().is_empty() && !statement.issuer().is_empty()),
        Err(problems) => told(&problems),
    }
    if let Ok(parts) = SdJwt::parse(text) {
        assert!(parts.disclosures.len() <= sd_jwt::DISCLOSURES_MAX);
    }
    if let Ok(places) = sd_jwt::disclosable(text) {
        let shown = sd_jwt::present(text, &places);
        told(
            shown
                .as_ref()
                .err()
                .map(std::slice::from_ref)
                .unwrap_or_default(),
        );
    }
    told(
        sd_jwt::present(text, &["/credentialSubject/name"])
            .err()
            .as_slice(),
    );
    let _ = sd_jwt::pointer_of_path(text);
    let number = number(text.as_bytes());
    let as_text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if by_jose(text).is_ok() {
        changed(text.as_bytes(), number, |bytes| by_jose(&as_text(bytes)));
    }
    if by_sd_jwt(text).is_ok() {
        changed(text.as_bytes(), number, |bytes| by_sd_jwt(&as_text(bytes)));
    }
}

/// A text of a QR code: a document that makes another such text, or a refusal.
fn carried(text: &str) {
    match carry::from_text(text) {
        Ok(document) => {
            assert!(document.is_object() && carry::is_carried(text.trim_start_matches('\u{feff}')));
            comes_back(&document);
        }
        Err(problem) => told(&[problem]),
    }
}

fn comes_back(document: &Value) {
    let text = match carry::to_text(document) {
        Ok(text) => text,
        Err(problem) => return told(&[problem]),
    };
    let size = document.to_string().len();
    let fits = text.len() <= carry::TEXT_CHARS_MAX && size < carry::INFLATED_BYTES_MAX - 64;
    match carry::from_text(&text) {
        Ok(again) => assert_eq!(&again, document),
        Err(problem) => assert!(!fits, "{problem:?}"),
    }
}

/// A document in each of the wrappings: it comes out as it went in.
fn secured(document: &Value, number: usize) {
    comes_back(document);
    let keys = [Some(ed25519()), nist(KeyType::P256), nist(KeyType::P384)];
    let Some(file) = keys.get(number % keys.len()).cloned().flatten() else {
        return;
    };
    let mut document = document.clone();
    if let Some(members) = document.as_object_mut() {
        members.insert("issuer".into(), file.controller.clone().into());
    }
    let claims = Claims {
        issued_ms: Some(NOW),
        expires_ms: Some(NOW + 60_000),
        nonce: Some(ASKED.nonce.to_owned()),
        audience: Some(ASKED.audience.to_owned()),
    };
    let mut wrapped = Vec::new();
    match jose::secure_credential(&document, &file, &claims) {
        Ok(token) => {
            same(
                &jose::verify_credential(&token, &DidKeyResolver, Some(NOW)),
                &document,
            );
            wrapped.push(Secured::Jwt(token));
        }
        Err(problems) => told(&problems),
    }
    match cose::secure_credential(&document, &file, &claims) {
        Ok(message) => {
            same(
                &cose::verify_credential(&message, &DidKeyResolver, Some(NOW)),
                &document,
            );
            wrapped.push(Secured::Cose(message));
        }
        Err(problems) => told(&problems),
    }
    if let Some(token) = concealed(&document, &file, &claims) {
        wrapped.push(Secured::SdJwt(token));
    }
    for secured in wrapped {
        let envelope = envelope::wrap(Content::Credential, &secured);
        assert!(envelope::is_one(&envelope));
        assert_eq!(
            envelope::unwrap(&envelope),
            Ok((Content::Credential, secured))
        );
        same(
            &envelope::open_credential(&envelope, &DidKeyResolver, Some(NOW)),
            &document,
        );
    }
}

/// A token of which up to eight values can be concealed: all, none and one of them shown.
fn concealed(document: &Value, file: &KeyFile, claims: &Claims) -> Option<String> {
    let places = leaves(document, None);
    let under = places
        .into_iter()
        .filter(|place| place.starts_with("/credentialSubject"));
    let concealable: Vec<String> = under.take(8).collect();
    let salts: Vec<[u8; 16]> = (0..8).map(|n| [n; 16]).collect();
    let plan = Plan::of(&concealable);
    let salts = salts.get(..plan.salts())?;
    let token = match sd_jwt::secure_credential(document, file, claims, &plan, salts) {
        Ok(token) => token,
        Err(problems) => {
            told(&problems);
            return None;
        }
    };
    let verify = |token: &str| sd_jwt::verify_credential(token, None, &DidKeyResolver, Some(NOW));
    same(&verify(&token), document);
    let mut disclosable = sd_jwt::disclosable(&token).unwrap_or_default();
    let mut expected = concealable.clone();
    disclosable.sort();
    expected.sort();
    assert_eq!(disclosable, expected);
    let shown: &[String] = concealable.get(..1).unwrap_or_default();
    for shown in [&[], shown] {
        let part = sd_jwt::present(&token, shown);
        let part = part.unwrap_or_default();
        let verdict = verify(&part);
        // Of a subject that is all concealed nothing is left that a credential could be about.
        let concealed = |problem: &Problem| problem.pointer.starts_with("/credentialSubject");
        let left = verdict.err().unwrap_or_default();
        assert!(left.iter().all(concealed), "{shown:?}: {left:?}");
        let binding = Binding {
            nonce: ASKED.nonce,
            audience: ASKED.audience,
            issued_ms: NOW,
        };
        // Bound by whoever: a document that names no key for its holder cannot be shown to be his.
        let _ = sd_jwt::bind(&part, binding, &file.key).map(|bound| {
            opened(&sd_jwt::verify_credential(
                &bound,
                Some(&ASKED),
                &DidKeyResolver,
                Some(NOW),
            ))
        });
    }
    Some(token)
}

/// What was opened is what was secured, but for claims about the signature.
fn same(verdict: &Result<Opened, Vec<Problem>>, document: &Value) {
    assert!(verdict.is_ok(), "{verdict:?}");
    if let Ok(opened) = verdict {
        let mut document = document.clone();
        if let Some(members) = document.as_object_mut() {
            members.retain(|name, _| !opened.claims().contains_key(name));
        }
        assert_eq!(opened.document(), &document);
        assert_eq!(opened.check_controller(), Ok(()));
    }
}

fn opened(verdict: &Result<Opened, Vec<Problem>>) {
    match verdict {
        Ok(opened) => assert!(opened.document().is_object() && !opened.controller().is_empty()),
        Err(problems) => {
            assert!(!problems.is_empty());
            told(problems);
        }
    }
}

/// No message verifies with one of its bytes changed.
fn changed(bytes: &[u8], number: usize, verify: impl Fn(&[u8]) -> Result<Opened, Vec<Problem>>) {
    let mut changed = bytes.to_vec();
    let at = number % bytes.len().max(1);
    if let Some(byte) = changed.get_mut(at) {
        *byte = if *byte == b'A' { b'B' } else { b'A' };
        assert!(verify(&changed).is_err(), "changed at {at}");
    }
}
