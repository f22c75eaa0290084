//! RFC 9457 problems: a refusal as an HTTP answer.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_tlog::TLOG_SIZE_MEDIA_TYPE;
use serde::Serialize;
use serde_json::{Map, Value};

use super::identifiers::RESOLUTION;

/// A reason that the framework gives has some words.
const REASON_BYTES_MAX: usize = 4_096;

/// A refusal on its way out, with what was filed before it where several records were asked for.
#[derive(Debug)]
pub struct Problem(pub Refusal, Vec<Value>);

#[derive(Debug, Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    code: &'a str,
    detail: &'a str,
    #[serde(rename = "detailEs")]
    detail_es: &'a str,
    errors: Vec<One<'a>>,
    #[serde(skip_serializing_if = "<[Value]>::is_empty")]
    filed: &'a [Value],
    #[serde(flatten)]
    beside: Map<String, Value>,
}

#[derive(Debug, Serialize)]
struct One<'a> {
    code: &'a str,
    pointer: &'a str,
    detail: &'a str,
    #[serde(rename = "detailEs")]
    detail_es: &'a str,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self(refusal, Vec::new())
    }
}

impl Problem {
    /// A refusal in the middle of several records: those before it are filed.
    pub fn after(refusal: Refusal, filed: Vec<Value>) -> Self {
        Self(refusal, filed)
    }

    /// Something that is not there, or not for this caller to know.
    pub fn not_found() -> Self {
        Self::from(Refusal::one(
            RefusalKind::NotFound,
            Fault::whole(
                "not-found",
                "there is nothing here that you may see",
                "no hay aquí nada que usted pueda ver",
            ),
        ))
    }

    /// A parameter that cannot be read.
    pub fn parameter(name: &str, en: &str, es: &str) -> Self {
        Self::from(Refusal::one(
            RefusalKind::Malformed,
            Fault::at("parameter-malformed", name, en, es),
        ))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.0.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self.answer(status)
    }
}

impl Problem {
    /// The answer of an interface that asks for a status of its own, and for members beside those of a problem.
    pub(crate) fn beside(self, status: StatusCode, members: Map<String, Value>) -> Response {
        self.answered(status, members)
    }

    fn answer(self, status: StatusCode) -> Response {
        self.answered(status, Map::new())
    }

    fn answered(self, status: StatusCode, beside: Map<String, Value>) -> Response {
        let Self(refusal, filed) = self;
        let first = refusal.faults.first();
        let body = Body {
            kind: format!("https://w3id.org/garita/problems#{}", refusal.code()),
            title: title(refusal.kind),
            status: status.as_u16(),
            code: refusal.code(),
            detail: first.map_or("", |f| f.en.as_str()),
            detail_es: first.map_or("", |f| f.es.as_str()),
            errors: refusal
                .faults
                .iter()
                .map(|f| One {
                    code: &f.code,
                    pointer: &f.pointer,
                    detail: &f.en,
                    detail_es: &f.es,
                })
                .collect(),
            filed: &filed,
            beside,
        };
        let mut response = (status, Json(&body)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if matches!(refusal.kind, RefusalKind::Busy | RefusalKind::Unavailable) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if refusal.kind == RefusalKind::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// What the framework refuses before a handler sees it (a body too large, a query that cannot be read, another method), told as
/// any other refusal.
pub(crate) async fn told(response: Response) -> Response {
    let status = response.status();
    // A DID that cannot be resolved, and a checkpoint that does not come next, are told in the words of their interfaces.
    let is_told = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| {
            [
                b"application/problem+json".as_slice(),
                RESOLUTION.as_bytes(),
                TLOG_SIZE_MEDIA_TYPE.as_bytes(),
            ]
            .contains(&kind.as_bytes())
        });
    if !status.is_client_error() || is_told {
        return response;
    }
    let allow = response.headers().get(header::ALLOW).cloned();
    let text = axum::body::to_bytes(response.into_body(), REASON_BYTES_MAX)
        .await
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default();
    let (kind, code, en, es) = match status {
        StatusCode::PAYLOAD_TOO_LARGE => (
            RefusalKind::TooLarge,
            "document-too-large",
            "the document is larger than this address takes".to_owned(),
            "el documento es más grande de lo que admite esta dirección".to_owned(),
        ),
        StatusCode::METHOD_NOT_ALLOWED => (
            RefusalKind::Malformed,
            "method-not-allowed",
            "this address does not take this method; `/openapi.json` lists what it takes"
                .to_owned(),
            "esta dirección no admite este método; `/openapi.json` dice cuáles admite".to_owned(),
        ),
        _ => (
            RefusalKind::Malformed,
            "request-malformed",
            format!("the request cannot be read: {text}"),
            format!("la petición no se puede leer: {text}"),
        ),
    };
    let mut told = Problem::from(Refusal::one(kind, Fault::whole(code, en, es))).answer(
        if status == StatusCode::METHOD_NOT_ALLOWED {
            status
        } else {
            StatusCode::from_u16(kind.status()).unwrap_or(status)
        },
    );
    if let Some(allow) = allow {
        told.headers_mut().insert(header::ALLOW, allow);
    }
    told
}

fn title(kind: RefusalKind) -> &'static str {
    match kind {
        RefusalKind::Malformed => "The request cannot be read",
        RefusalKind::TooLarge => "The document is too large",
        RefusalKind::Unauthenticated => "Nobody that this node knows",
        RefusalKind::Forbidden => "Not for this party",
        RefusalKind::NotFound => "Nothing here",
        RefusalKind::Gone => "Erased",
        RefusalKind::Conflict => "Contradicts what is there",
        RefusalKind::Unprocessable => "Refused",
        RefusalKind::Busy => "Too many at once",
        RefusalKind::Full => "Out of room",
        RefusalKind::Unavailable => "A part of the node is away",
    }
}
