//! A verdict on an envelope, from its `data:` URL to the last credential inside.

use serde_json::Value;

use super::{is_one, malformed, open_credential, open_presentation};
use crate::presentation::{self, Asked};
use crate::problem::Problem;
use crate::resolver::Resolver;

/// All that is wrong with an enveloped credential: the envelope, the signature, the form. Nothing where all holds.
///
/// Whether it is in force, and whether the signer is its issuer, is told of what [`open_credential`] gives.
#[must_use]
pub(super) fn judge_credential(
    document: &Value,
    resolver: &dyn Resolver,
    at_ms: Option<i64>,
) -> Vec<Problem> {
    open_credential(document, resolver, at_ms)
        .err()
        .unwrap_or_default()
}

/// All that is wrong with an enveloped presentation and with each credential in it. What was not asked, `challenge` or `domain`, is
/// not looked at.
#[must_use]
pub(super) fn judge_presentation(
    document: &Value,
    challenge: Option<&str>,
    domain: Option<&str>,
    resolver: &dyn Resolver,
    at_ms: Option<i64>,
) -> Vec<Problem> {
    let asked = Asked {
        challenge,
        domain,
        age_ms_max: None,
    };
    let opened = match open_presentation(document, asked, resolver, at_ms) {
        Ok(opened) => opened,
        Err(problems) => return problems,
    };
    let credentials = presentation::credentials_of(opened.document());
    let mut problems = Vec::new();
    for (n, credential) in credentials.iter().enumerate() {
        let place = format!("/verifiableCredential/{n}");
        if is_one(credential) {
            // Inside the envelope there are places that the presentation does not have.
            let found = judge_credential(credential, resolver, at_ms).into_iter();
            problems.extend(found.map(|problem| Problem {
                pointer: place.clone(),
                ..problem
            }));
        } else {
            // VC-JOSE-COSE §3.1.2. One with a proof of its own would go unjudged here.
            problems.push(malformed(&place, "what a token shows must be enveloped"));
        }
    }
    problems
}
