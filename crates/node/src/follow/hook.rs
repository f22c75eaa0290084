//! Requests to a follower's own address, signed by the node: HTTP Message Signatures (RFC 9421) over method, address and body.

use garita_credential::http_signature::{self, Component, LABEL, Parameters, Request};
use garita_exchange::clock::real_now_ms;
use garita_exchange::core::Core;
use garita_exchange::governance::node_method;
use serde_json::Value;

use crate::outside::{Heard, Targets};

/// A signature counts this long.
const SIGNATURE_MS: i64 = 60_000;

/// Posts a body under a key that makes it the same when it is sent again; none where nobody answered.
pub(super) async fn post(
    core: &Core,
    targets: Targets,
    address: &str,
    key: &str,
    body: &Value,
) -> Option<Heard> {
    let body = body.to_string();
    let headers = signed(core, targets, address, key, &body)?;
    targets.post(address, &headers, body).await
}

fn signed(
    core: &Core,
    targets: Targets,
    address: &str,
    key: &str,
    body: &str,
) -> Option<Vec<(&'static str, String)>> {
    let url = targets.check(address).ok()?;
    let host = url.host_str()?;
    let authority = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    let digest = http_signature::content_digest(body.as_bytes());
    let signed = http_signature::sign(
        &Request {
            method: "POST",
            scheme: url.scheme(),
            authority: &authority,
            path: url.path(),
            query: url.query(),
            fields: &[("content-digest", &digest)],
        },
        LABEL,
        &Component::between_nodes(true),
        &Parameters::between_nodes(node_method(&core.identity.did), real_now_ms(), SIGNATURE_MS),
        &core.identity.key,
    )
    .ok()?;
    Some(vec![
        ("content-digest", digest),
        ("signature-input", signed.signature_input),
        ("signature", signed.signature),
        ("idempotency-key", key.to_owned()),
    ])
}
