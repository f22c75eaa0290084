//! DID resolution over HTTP (DID Resolution, HTTP(S) binding): parties and nodes of the network by its chain, DIDs that are their own keys,
//! and for whoever may read here what owners of `did:web` and `did:webvh` publish.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use garita_credential::did::{self, Did};
use garita_credential::resolution::{Asked, Resolution, ResolutionError, VersionQuery};
use garita_credential::resolver::Resolver as _;
use garita_exchange::encode;
use garita_exchange::governance::Network;
use serde::Deserialize;
use serde_json::json;

use super::problem::Problem;
use super::reading::reading;
use crate::dids::Dids;
use crate::judging;
use crate::server::App;
use crate::signed::Caller;

/// A whole answer of a resolver.
pub(super) const RESOLUTION: &str = "application/did-resolution";
/// Forms in which the whole answer is given; the first where nobody says.
const WHOLE: &[&str] = &[RESOLUTION, "application/json", LINKED];
/// The same, as it was called before.
const LINKED: &str = "application/ld+json;profile=\"https://w3id.org/did-resolution\"";
/// Forms in which the document is given alone: all are the same JSON.
const DOCUMENT: &[&str] = &[
    "application/did+ld+json",
    "application/did+json",
    "application/did",
];
/// Where this stands.
const PLACE: &str = "/1.0/identifiers/";

/// Which version of the document.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    version_id: Option<String>,
    version_time: Option<String>,
}

/// `GET /1.0/identifiers/{did}`.
pub async fn resolve(
    State(app): State<Arc<App>>,
    caller: Caller,
    uri: Uri,
    Path(decoded): Path<String>,
    Query(version): Query<Version>,
) -> Result<Response, Problem> {
    let Some(form) = form(caller.headers()) else {
        let error = ResolutionError::RepresentationNotSupported;
        return Ok(answer(&Resolution::refused(Asked::Did, error), RESOLUTION));
    };
    let query = version.query()?;
    let network = app.core().network();
    // `%3A` before a port belongs to the DID, so that it stands as `%253A` in an address; who leaves that out means the same.
    let written = uri.path().strip_prefix(PLACE).unwrap_or_default();
    let did = if judging::is_of(&network, written) {
        written
    } else {
        decoded.as_str()
    };
    if let Some(found) = of_network(&network, did, query, app.core().clock.now_ms()) {
        return Ok(answer(&found, form));
    }
    let fetched = Did::parse(did).is_ok_and(|did| Dids::is_fetched(&did));
    let _leave = if fetched {
        // What a stranger names this node asks for nobody that it does not know.
        reading(&app, &caller, |_, _| Ok(())).await?;
        Some(app.outside().leave()?)
    } else {
        None
    };
    Ok(answer(&app.outside().dids.resolve(did, query).await, form))
}

impl Version {
    fn query(&self) -> Result<VersionQuery<'_>, Problem> {
        match (&self.version_id, &self.version_time) {
            (None, None) => Ok(VersionQuery::Latest),
            (Some(id), None) => Ok(VersionQuery::Id(id)),
            (None, Some(time)) => encode::parse_instant_ms(time)
                .map(VersionQuery::AtMs)
                .ok_or_else(|| {
                    Problem::parameter(
                        "versionTime",
                        "`versionTime` is a date and time with zone, as in 2026-11-24T15:00:00Z",
                        "`versionTime` es fecha y hora con zona, como 2026-11-24T15:00:00Z",
                    )
                }),
            (Some(_), Some(_)) => Err(Problem::parameter(
                "versionTime",
                "`versionId` and `versionTime` are not given both",
                "`versionId` y `versionTime` no se dan a la vez",
            )),
        }
    }
}

/// A party or node as the network's chain names it: with the keys that count, or counted at that time.
fn of_network(
    network: &Network,
    text: &str,
    version: VersionQuery<'_>,
    now_ms: i64,
) -> Option<Resolution> {
    if !judging::is_of(network, text) {
        return None;
    }
    let did = Did::parse(text).ok()?;
    let at_ms = match version {
        VersionQuery::Latest => now_ms,
        VersionQuery::AtMs(at_ms) => at_ms,
        VersionQuery::Id(_) | VersionQuery::Number(_) => {
            return Some(Resolution::refused(Asked::Did, ResolutionError::NotFound));
        }
    };
    let mut methods: Vec<&str> = network
        .keys
        .entries()
        .filter(|entry| entry.controller == text)
        .map(|entry| entry.verification_method.as_str())
        .collect();
    methods.sort_unstable();
    methods.dedup();
    let keys: Vec<_> = methods
        .into_iter()
        .filter_map(|method| {
            let found = network.key(method, Some(at_ms)).ok()?;
            Some((method.to_owned(), found.key))
        })
        .collect();
    Some(Resolution {
        asked: Asked::Did,
        outcome: Ok(did::document(&did, &keys)),
        metadata: json!({}),
    })
}

/// The form that the caller asks for; none where there is none of those that it takes.
fn form(headers: &HeaderMap) -> Option<&'static str> {
    let mut accepted = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .peekable();
    if accepted.peek().is_none() {
        return Some(RESOLUTION);
    }
    accepted.find_map(|range| {
        let media = range.split(';').next().unwrap_or_default().trim();
        if matches!(media, "*/*" | "application/*") {
            return Some(RESOLUTION);
        }
        let of = |known: &&&str| known.split(';').next() == Some(media);
        WHOLE.iter().chain(DOCUMENT).find(of).copied()
    })
}

fn answer(resolution: &Resolution, form: &'static str) -> Response {
    let status =
        StatusCode::from_u16(resolution.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (form, body) = match &resolution.outcome {
        Ok(document) if DOCUMENT.contains(&form) => (form, document.to_string()),
        Ok(_) => (form, resolution.to_value().to_string()),
        // Why there is no document is told whole, whatever form the document was asked for in.
        Err(_) => (RESOLUTION, resolution.to_value().to_string()),
    };
    (status, [(header::CONTENT_TYPE, form)], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_form_that_is_known_is_given() {
        for (accept, expected) in [
            ("", Some(RESOLUTION)),
            ("*/*", Some(RESOLUTION)),
            ("text/html, application/*;q=0.8", Some(RESOLUTION)),
            ("application/did-resolution", Some(RESOLUTION)),
            ("application/json", Some("application/json")),
            (LINKED, Some(LINKED)),
            (
                "text/html, application/did+ld+json",
                Some("application/did+ld+json"),
            ),
            ("application/did", Some("application/did")),
            ("application/did+cbor", None),
            ("text/html", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            assert_eq!(form(&headers), expected, "{accept}");
        }
    }
}
