//! The target of signed requests: the fields of RFC 9421 and RFC 9530.
//!
//! An input is as a request is written: a line with method and target, a line for each field, an empty line, the body.

use garita_credential::DidKeyResolver;
use garita_credential::http_signature::{
    Component, LABEL, Parameters, Request, VerifyOptions, check_content_digest, content_digest,
    sign, verify,
};

use crate::office::{NOW, ed25519, told};

/// A request: a verdict as it stands, and one that holds when it is signed anew, until something of it is changed.
pub(crate) fn run(_: &'static str, bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let (first, rest) = head.split_once('\n').unwrap_or((head, ""));
    let (method, target) = first.split_once(' ').unwrap_or((first, "/"));
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let fields: Vec<(&str, &str)> = rest
        .lines()
        .filter_map(|line| line.split_once(": "))
        .collect();
    let request = Request {
        method,
        scheme: "https",
        authority: "cbp.example",
        path,
        query,
        fields: &fields,
    };
    let options = VerifyOptions::between_nodes(&DidKeyResolver, NOW);
    for body in [None, Some(body.as_bytes())] {
        for label in [None, Some(LABEL)] {
            let options = VerifyOptions { label, ..options };
            told(verify(&request, body, &options).err().as_slice());
        }
    }
    for (_, value) in &fields {
        told(
            check_content_digest(value, body.as_bytes())
                .err()
                .as_slice(),
        );
    }
    signed(&request, body.as_bytes(), &options);
}

fn signed(request: &Request<'_>, body: &[u8], options: &VerifyOptions<'_>) {
    let file = ed25519();
    let digest = content_digest(body);
    let ours = ["content-digest", "signature", "signature-input"];
    let mut fields: Vec<(&str, &str)> = request.fields.to_vec();
    fields.retain(|(name, _)| !ours.iter().any(|one| name.eq_ignore_ascii_case(one)));
    fields.push(("content-digest", &digest));
    let components = Component::between_nodes(true);
    let parameters = Parameters::between_nodes(&file.id, NOW, 60_000);
    let unsigned = Request {
        fields: &fields,
        ..*request
    };
    let made = match sign(&unsigned, LABEL, &components, &parameters, &file.key) {
        Ok(made) => made,
        Err(problem) => return told(&[problem]),
    };
    let mut with = fields.clone();
    with.push(("signature-input", &made.signature_input));
    with.push(("signature", &made.signature));
    let whole = Request {
        fields: &with,
        ..unsigned
    };
    let verdict = verify(&whole, Some(body), options);
    assert!(
        verdict
            .as_ref()
            .is_ok_and(|verified| verified.keyid() == file.id),
        "{verdict:?}"
    );
    let longer = [body, b"x"].concat();
    assert!(verify(&whole, Some(&longer), options).is_err());
    let path = format!("{}x", request.path);
    assert!(
        verify(
            &Request {
                path: &path,
                ..whole
            },
            Some(body),
            options
        )
        .is_err()
    );
}
