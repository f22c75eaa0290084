//! What is issued: it verifies, and no more after one of its values is changed.

use garita_credential::Suite;
use garita_credential::judge::{Checks, Lists};
use garita_credential::vc_api::{self, Issuer, Way};
use serde_json::{Map, Value, json};

use crate::change::changed;
use crate::credential::readable;
use crate::office::{CANONICALIZER, ISSUERS, NOW, fresh, judge};

/// Issues what a document asks for in one of the ways, which the number chooses.
pub(crate) fn run(document: &Value, number: usize) {
    let chosen = number.checked_rem(ISSUERS.len());
    let (Some(issuer), Some(fresh)) = (chosen.and_then(|n| ISSUERS.get(n)), fresh()) else {
        return;
    };
    let mut credential = document.get("credential").unwrap_or(document).clone();
    name(&mut credential, issuer.controller());
    let mut options = Map::new();
    let pointers = |name: &str| {
        document
            .get("options")
            .and_then(|options| options.get(name))
    };
    if selects(issuer) {
        let asked = pointers("mandatoryPointers").cloned();
        let mandatory = asked.unwrap_or_else(|| json!(["/issuer"]));
        options.insert("mandatoryPointers".into(), mandatory);
    }
    let body = json!({"credential": credential, "options": options});
    let answer = vc_api::issue(issuer, &body, None, &fresh, NOW, &CANONICALIZER);
    readable(&answer);
    let Some(made) = answer.body.get("verifiableCredential") else {
        return;
    };
    if !selects(issuer) {
        return holds(
            made,
            Checks {
                dates: false,
                ..Checks::ALL
            },
            skipped(issuer),
            number,
        );
    }
    let asked = pointers("selectivePointers").cloned();
    for reveal in [
        json!([""]),
        asked.unwrap_or_else(|| json!(["/credentialSubject"])),
    ] {
        let body = json!({"verifiableCredential": made, "options": {"selectivePointers": reveal}});
        let derived = vc_api::derive(&body, &fresh, &CANONICALIZER);
        readable(&derived);
        if let Some(derived) = derived.body.get("verifiableCredential") {
            holds(derived, Checks::PROOF, skipped(issuer), number);
        } else {
            assert!(
                reveal != json!([""]),
                "all can be shown: {:#}",
                derived.body
            );
        }
    }
}

/// Names the issuer, so that it may issue; takes off proofs of others, which would be judged too.
fn name(credential: &mut Value, controller: &str) {
    let Some(members) = credential.as_object_mut() else {
        return;
    };
    members.shift_remove("proof");
    match members.get_mut("issuer") {
        Some(Value::Object(issuer)) => drop(issuer.insert("id".into(), controller.into())),
        Some(issuer) => *issuer = controller.into(),
        None => {}
    }
}

fn selects(issuer: &Issuer) -> bool {
    matches!(issuer.way, Way::EcdsaSd(_) | Way::Bbs(_))
}

/// What is signed as RDF says nothing of a term that its context defines and nobody uses.
fn skipped(issuer: &Issuer) -> Option<&'static str> {
    match &issuer.way {
        Way::Plain(Suite::EddsaJcs2022 | Suite::EcdsaJcs2019, _) | Way::Jwt(_) => None,
        Way::Plain(..) | Way::EcdsaSd(_) | Way::Bbs(_) => Some("@context"),
    }
}

fn holds(credential: &Value, checks: Checks, skipped: Option<&str>, number: usize) {
    let judge = judge(checks, Lists::Ignored);
    let verdict = judge.credential(credential);
    assert!(verdict.is_empty(), "{verdict:?} of {credential:#}");
    for number in [number, number / 31] {
        if let Some((place, changed)) = changed(credential, number, skipped) {
            let refused = !judge.credential(&changed).is_empty();
            assert!(refused, "changed at {place}: {changed:#}");
        }
    }
}
