//! What a holder shows: it answers one verifier's challenge, and no more after one of its values is changed.

use garita_credential::data_integrity::Purpose;
use garita_credential::presentation::{self, Asked};
use garita_credential::{DidKeyResolver, ProofOptions};
use serde_json::Value;

use crate::change::changed;
use crate::office::{CANONICALIZER, NOW, ed25519, told};

const CHALLENGE: &str = "c-1";
const DOMAIN: &str = "booth.example";

/// Shows a credential of the holder's.
pub(crate) fn run(document: &Value, number: usize) {
    let file = ed25519();
    let options = ProofOptions {
        purpose: Purpose::Authentication,
        challenge: Some(CHALLENGE.to_owned()),
        domain: Some(DOMAIN.to_owned()),
        ..ProofOptions::assertion(&file.id, NOW)
    };
    let mut credential = document.get("credential").unwrap_or(document).clone();
    let subject = credential
        .get_mut("credentialSubject")
        .and_then(Value::as_object_mut);
    if let Some(subject) = subject {
        subject.insert("id".into(), file.controller.clone().into());
    }
    let made = presentation::create(
        &file.controller,
        &[credential],
        &file.key,
        &options,
        &CANONICALIZER,
    );
    let presentation = match made {
        Ok(presentation) => presentation,
        Err(problem) => return told(&[problem]),
    };
    let asked = Asked {
        challenge: Some(CHALLENGE),
        domain: Some(DOMAIN),
        age_ms_max: Some(60_000),
    };
    let verify = |presentation: &Value, asked| {
        presentation::verify(presentation, asked, &DidKeyResolver, NOW, &CANONICALIZER)
    };
    assert_eq!(verify(&presentation, asked), Ok(()));
    let another = Asked {
        challenge: Some("c-2"),
        ..asked
    };
    assert!(verify(&presentation, another).is_err());
    if let Some((place, changed)) = changed(&presentation, number, Some("@context")) {
        let verdict = verify(&changed, asked);
        told(verdict.as_ref().err().map_or(&[], Vec::as_slice));
        assert!(verdict.is_err(), "changed at {place}: {changed:#}");
    }
}
