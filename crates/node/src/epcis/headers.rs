//! The standard's headers: which versions there are, what is translated (nothing), what a capture may hold. And what is asked of a
//! request before anything else: that it can be answered in JSON, in a version that this node speaks.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use garita_formats::epcis::context::Namespaces;

use super::exception::{self, Exception, InForm, Kind};
use crate::access::{self, Scope};
use crate::server::{App, blocking};
use crate::signed::Caller;

/// The largest document of a capture.
pub(super) const CAPTURE_BYTES_MAX: usize = garita_formats::DOCUMENT_BYTES_MAX;
/// Longest path with its query. A query that needs more is a named one.
const ADDRESS_BYTES_MAX: usize = 8_192;
/// Most prefixes that a request declares.
const EXTENSIONS_MAX: usize = 50;

const VERSION: &str = "2.0.0";
/// Before CBV 2.0 events were XML; what is read here is JSON.
const VERSION_PARTS: (u64, u64) = (2, 0);

/// Versions, as every answer says them.
const VERSIONS: &[(&str, &str)] = &[("gs1-epcis-version", VERSION), ("gs1-cbv-version", VERSION)];
/// What OPTIONS says beside them.
const DISCOVERY: &[(&str, &str)] = &[
    ("gs1-epcis-min", VERSION),
    ("gs1-epcis-max", VERSION),
    ("gs1-cbv-min", VERSION),
    ("gs1-cbv-max", VERSION),
    ("gs1-epc-format", "Never_Translates"),
    ("gs1-cbv-xml-format", "Never_Translates"),
    ("gs1-extensions", "garita=https://w3id.org/garita/record#"),
    (
        "gs1-vendor-version",
        concat!("garita-", env!("CARGO_PKG_VERSION")),
    ),
];

/// `OPTIONS` of what is read.
pub(super) async fn plain(state: State<Arc<App>>, caller: Caller) -> Response {
    discovery(state, caller, "OPTIONS, GET").await
}

/// The same of events of a named query, where a socket is opened too.
pub(super) async fn readable(state: State<Arc<App>>, caller: Caller) -> Response {
    discovery(state, caller, "OPTIONS, GET").await
}

/// `OPTIONS` of what things are added to.
pub(super) async fn writable(state: State<Arc<App>>, caller: Caller) -> Response {
    discovery(state, caller, "OPTIONS, GET, POST").await
}

/// `OPTIONS` of what may be taken away.
pub(super) async fn removable(state: State<Arc<App>>, caller: Caller) -> Response {
    discovery(state, caller, "OPTIONS, GET, DELETE").await
}

/// `OPTIONS /capture`.
pub(super) async fn capture(state: State<Arc<App>>, caller: Caller) -> Response {
    let mut response = discovery(state, caller, "OPTIONS, POST, GET").await;
    if response.status() == StatusCode::NO_CONTENT {
        let head = response.headers_mut();
        limits(head);
        put(head, "gs1-capture-error-behaviour", "all");
    }
    response
}

/// What a capture may hold.
pub(super) fn limits(head: &mut HeaderMap) {
    put(
        head,
        "gs1-epcis-capture-limit",
        &garita_formats::epcis::EVENTS_MAX.to_string(),
    );
    put(
        head,
        "gs1-epcis-capture-file-size-limit",
        &CAPTURE_BYTES_MAX.to_string(),
    );
}

async fn discovery(State(app): State<Arc<App>>, caller: Caller, allow: &str) -> Response {
    let core = Arc::clone(app.core());
    let known = blocking(move || access::principal(&core, &caller, Scope::Read)).await;
    if let Err(refusal) = known {
        return Exception::from(refusal).into_response();
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    let head = response.headers_mut();
    put(head, "allow", allow);
    for (name, value) in DISCOVERY {
        put(head, name, value);
    }
    response
}

fn put(head: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
        head.insert(name, value);
    }
}

/// Refuses what cannot be answered as asked, before anybody works for it; hears a body to its end.
pub(super) async fn negotiate(request: Request, next: Next) -> Response {
    if request
        .uri()
        .path_and_query()
        .is_some_and(|address| address.as_str().len() > ADDRESS_BYTES_MAX)
    {
        return Exception::at(
            Kind::AddressTooLong,
            "address-too-long",
            "",
            "the address is longer than 8192 bytes; make it a named query",
            "la dirección pasa de 8192 bytes; haga de ella una consulta con nombre",
        )
        .into_response();
    }
    if let Err(exception) = acceptable(request.headers()).and_then(|()| readable_body(&request)) {
        return exception.into_response();
    }
    crate::api::body::whole(CAPTURE_BYTES_MAX, request, next).await
}

/// Versions on every answer, and every refusal in the standard's form.
pub(super) async fn told(response: Response) -> Response {
    let status = response.status();
    let mut response =
        if status.is_client_error() && response.extensions().get::<InForm>().is_none() {
            let allow = response.headers().get(header::ALLOW).cloned();
            let mut told = exception::of_status(status).into_response();
            if let Some(allow) = allow {
                told.headers_mut().insert(header::ALLOW, allow);
            }
            told
        } else {
            response
        };
    for (name, value) in VERSIONS {
        put(response.headers_mut(), name, value);
    }
    response
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn acceptable(headers: &HeaderMap) -> Result<(), Exception> {
    let refuse = |place: &str, en: &str, es: &str| {
        Exception::at(Kind::NotAcceptable, "not-acceptable", place, en, es)
    };
    if let Some(accept) = text(headers, "accept") {
        let taken = accept.split(',').any(|kind| {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            matches!(
                kind,
                "" | "*/*"
                    | "application/*"
                    | "application/json"
                    | "application/ld+json"
                    | "application/problem+json"
            )
        });
        if !taken {
            return Err(refuse(
                "Accept",
                "answers are application/json",
                "las respuestas son application/json",
            ));
        }
    }
    for (name, least) in [
        ("gs1-epcis-min", true),
        ("gs1-epcis-max", false),
        ("gs1-cbv-min", true),
        ("gs1-cbv-max", false),
    ] {
        let Some(asked) = version(headers, name)? else {
            continue;
        };
        if (least && asked > VERSION_PARTS) || (!least && asked < VERSION_PARTS) {
            return Err(refuse(
                name,
                "this node speaks EPCIS 2.0 and CBV 2.0",
                "este nodo habla EPCIS 2.0 y CBV 2.0",
            ));
        }
    }
    for name in ["gs1-epcis-version", "gs1-cbv-version"] {
        if version(headers, name)?.is_some_and(|asked| asked != VERSION_PARTS) {
            return Err(refuse(
                name,
                "this node speaks EPCIS 2.0 and CBV 2.0",
                "este nodo habla EPCIS 2.0 y CBV 2.0",
            ));
        }
    }
    for (name, known) in [
        (
            "gs1-epc-format",
            &["Always_GS1_Digital_Link", "Always_EPC_URN"],
        ),
        ("gs1-cbv-xml-format", &["Always_Web_URI", "Always_URN"]),
    ] {
        // What is no text is no word of the standard either.
        let word = headers
            .get(name)
            .map(|value| value.to_str().unwrap_or_default());
        match word {
            None | Some("No_Preference" | "Never_Translates") => {}
            Some(word) if known.contains(&word) => {
                return Err(refuse(
                    name,
                    "this node translates no identifiers: events come as they were captured",
                    "este nodo no traduce identificadores: los eventos salen como se capturaron",
                ));
            }
            Some(_) => {
                return Err(Exception::at(
                    Kind::Validation,
                    "header-malformed",
                    name,
                    "this header has another value than the standard's words",
                    "este encabezado tiene un valor que no es palabra del estándar",
                ));
            }
        }
    }
    Ok(())
}

/// Major and minor of a version header.
fn version(headers: &HeaderMap, name: &str) -> Result<Option<(u64, u64)>, Exception> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    let malformed = || {
        Exception::at(
            Kind::Validation,
            "header-malformed",
            name,
            "a version is numbers with points, as in 2.0.0",
            "una versión son números con puntos, como 2.0.0",
        )
    };
    let text = value.to_str().map_err(|_| malformed())?;
    let parts: Vec<u64> = text
        .split('.')
        .map(|part| number(part).ok_or_else(malformed))
        .collect::<Result<_, _>>()?;
    match parts.as_slice() {
        [major] => Ok(Some((*major, 0))),
        [major, minor, ..] => Ok(Some((*major, *minor))),
        [] => Err(malformed()),
    }
}

/// A part of a version: digits, as they are written without a sign or a zero before them.
fn number(part: &str) -> Option<u64> {
    let plain =
        part.bytes().all(|byte| byte.is_ascii_digit()) && (part == "0" || !part.starts_with('0'));
    plain.then(|| part.parse().ok()).flatten()
}

fn readable_body(request: &Request) -> Result<(), Exception> {
    if request.method() != Method::POST {
        return Ok(());
    }
    let Some(kind) = text(request.headers(), "content-type") else {
        return Ok(());
    };
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json")
        || kind.eq_ignore_ascii_case("application/ld+json")
    {
        return Ok(());
    }
    Err(exception::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE))
}

/// Prefixes that a request declares: `GS1-Extensions: ex=https://ns.example.org/, …`.
pub(super) fn extensions(headers: &HeaderMap) -> Namespaces {
    let mut found = Namespaces::default();
    for value in headers.get_all("gs1-extensions") {
        for pair in value
            .to_str()
            .unwrap_or_default()
            .split(',')
            .take(EXTENSIONS_MAX)
        {
            if let Some((prefix, address)) = pair.trim().split_once('=')
                && !prefix.is_empty()
            {
                found.insert(prefix, address);
            }
        }
    }
    found
}

/// Whether a capture goes on after a fault: `GS1-Capture-Error-Behaviour`.
pub(super) fn proceeds(headers: &HeaderMap) -> Result<bool, Exception> {
    match headers
        .get("gs1-capture-error-behaviour")
        .map(|v| v.to_str())
    {
        None | Some(Ok("rollback")) => Ok(false),
        Some(Ok("proceed")) => Ok(true),
        Some(_) => Err(Exception::at(
            Kind::Validation,
            "header-malformed",
            "GS1-Capture-Error-Behaviour",
            "`rollback` or `proceed`",
            "`rollback` o `proceed`",
        )),
    }
}

/// Who may read what is captured beside who captures it: `Garita-Readers: did:web:a.example, did:web:b.example`.
pub(super) fn readers(headers: &HeaderMap) -> Result<Vec<String>, Exception> {
    let mut found: Vec<String> = Vec::new();
    for value in headers.get_all("garita-readers") {
        for did in value.to_str().unwrap_or_default().split(',') {
            let did = did.trim();
            if !did.is_empty() && !found.iter().any(|held| held == did) {
                found.push(did.to_owned());
            }
        }
    }
    if found.len() > garita_formats::epcis::record::READERS_MAX
        || found.iter().any(|did| !did.starts_with("did:"))
    {
        return Err(Exception::at(
            Kind::Validation,
            "header-malformed",
            "Garita-Readers",
            "at most 50 DIDs, with commas between them",
            "a lo más 50 DID, separados por comas",
        ));
    }
    Ok(found)
}
