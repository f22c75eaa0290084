//! The target of credentials and presentations: whatever is shown, a verdict; whatever is asked over HTTP, an answer.

use garita_canon::json;
use garita_credential::judge::{Checks, Lists};
use garita_credential::vc_api::{self, Answer};
use garita_credential::{presentation, vc};
use serde_json::{Value, json};

use crate::change::number;
use crate::office::{CANONICALIZER, LISTS, fresh, judge, told};
use crate::{issued, shown};

/// A document, or the body of a request.
pub(crate) fn run(_: &'static str, bytes: &[u8]) {
    let Ok(document) = json::parse(bytes, &json::Limits::default()) else {
        return;
    };
    judged(&document);
    asked(&document);
    let number = number(bytes);
    issued::run(&document, number);
    shown::run(&document, number);
}

fn judged(document: &Value) {
    let judge = judge(Checks::ALL, Lists::By(&*LISTS));
    let problems = judge.shown(document);
    told(&problems);
    assert!(problems.len() <= 3 * vc::PROBLEMS_MAX, "{}", problems.len());
    if !presentation::is_one(document) {
        told(&presentation::check(document));
    }
    for resource in vc::related_resources(document) {
        told(resource.check(b"").err().as_slice());
    }
}

/// Through each door of the API: as it stands, where it is a body, and as what a body holds.
fn asked(document: &Value) {
    let judge = judge(Checks::ALL, Lists::Ignored);
    let Some(fresh) = fresh() else { return };
    let body = ["verifiableCredential", "verifiablePresentation", "options"]
        .iter()
        .any(|name| document.get(name).is_some());
    let bodies = [
        json!({"verifiableCredential": document, "verifiablePresentation": document}),
        if body { document.clone() } else { Value::Null },
    ];
    for body in bodies {
        readable(&vc_api::verify_credential(&body, &judge));
        readable(&vc_api::verify_presentation(&body, &judge));
        readable(&vc_api::derive(&body, &fresh, &CANONICALIZER));
    }
}

/// A status that the VC API has, and with it what it promises.
pub(crate) fn readable(answer: &Answer) {
    let details = answer.body.get("problemDetails").and_then(Value::as_array);
    let verified = answer.body.get("verified");
    match answer.status {
        200 => assert!(verified == Some(&Value::Bool(true)) && details.is_some_and(Vec::is_empty)),
        201 => assert!(answer.body.get("verifiableCredential").is_some()),
        400 => {
            assert!(verified == Some(&Value::Bool(false)));
            assert!(details.is_some_and(|details| !details.is_empty()));
        }
        other => assert!(other == 400, "status {other}"),
    }
}
