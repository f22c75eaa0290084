//! RFC 9457 problems: a refusal as an HTTP answer.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use serde::Serialize;

/// A refusal on its way out.
#[derive(Debug)]
pub struct Problem(pub Refusal);

#[derive(Debug, Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    code: &'a str,
    detail: &'a str,
    detail_es: &'a str,
    errors: Vec<One<'a>>,
}

#[derive(Debug, Serialize)]
struct One<'a> {
    code: &'a str,
    pointer: &'a str,
    detail: &'a str,
    detail_es: &'a str,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl Problem {
    /// Something that is not there, or not for this caller to know.
    pub fn not_found() -> Self {
        Self(Refusal::one(
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
        Self(Refusal::one(
            RefusalKind::Malformed,
            Fault::at("parameter-malformed", name, en, es),
        ))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let refusal = self.0;
        let status = refusal.kind.status();
        let first = refusal.faults.first();
        let body = Body {
            kind: format!("https://w3id.org/garita/problems#{}", refusal.code()),
            title: title(refusal.kind),
            status,
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
        };
        let mut response = (
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            Json(&body),
        )
            .into_response();
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

fn title(kind: RefusalKind) -> &'static str {
    match kind {
        RefusalKind::Malformed => "The request cannot be read",
        RefusalKind::TooLarge => "The document is too large",
        RefusalKind::Unauthenticated => "Nobody that this node knows",
        RefusalKind::Forbidden => "Not for this party",
        RefusalKind::NotFound => "Nothing here",
        RefusalKind::Conflict => "Contradicts what is there",
        RefusalKind::Unprocessable => "Refused",
        RefusalKind::Busy => "Too many at once",
        RefusalKind::Full => "Out of room",
        RefusalKind::Unavailable => "A part of the node is away",
    }
}
