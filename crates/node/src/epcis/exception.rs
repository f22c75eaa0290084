//! Refusals as the standard names them: `epcisException:…` in RFC 9457 form, with this node's own code and Spanish beside.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_formats::epcis::query::Slip;
use serde_json::{Value, json};

use super::headers;

/// The standard's exceptions, §8.2.6 and the OpenAPI of the REST binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Validation,
    QueryValidation,
    QueryParameter,
    QueryTooLarge,
    QueryTooComplex,
    SubscriptionControls,
    Security,
    Forbidden,
    NoSuchName,
    AlreadyExists,
    CaptureLimit,
    AddressTooLong,
    NotAcceptable,
    MediaType,
    Method,
    Busy,
    Implementation,
}

impl Kind {
    fn status(self) -> StatusCode {
        match self {
            Self::Validation
            | Self::QueryValidation
            | Self::QueryParameter
            | Self::SubscriptionControls => StatusCode::BAD_REQUEST,
            Self::Security => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NoSuchName => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::AlreadyExists => StatusCode::CONFLICT,
            Self::CaptureLimit | Self::QueryTooLarge | Self::QueryTooComplex => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Self::AddressTooLong => StatusCode::URI_TOO_LONG,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Busy => StatusCode::TOO_MANY_REQUESTS,
            Self::Implementation => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Validation => "epcisException:ValidationException",
            Self::QueryValidation => "epcisException:QueryValidationException",
            Self::QueryParameter => "epcisException:QueryParameterException",
            Self::QueryTooLarge => "epcisException:QueryTooLargeException",
            Self::QueryTooComplex => "epcisException:QueryTooComplexException",
            Self::SubscriptionControls => "epcisException:SubscriptionControlsException",
            Self::Security | Self::Forbidden => "epcisException:SecurityException",
            Self::NoSuchName => "epcisException:NoSuchNameException",
            Self::AlreadyExists => "epcisException:ResourceAlreadyExistsException",
            Self::CaptureLimit => "epcisException:CaptureLimitExceededException",
            Self::AddressTooLong => "epcisException:URITooLongException",
            Self::NotAcceptable => "epcisException:NotAcceptableException",
            Self::MediaType => "epcisException:UnsupportedMediaTypeException",
            Self::Method | Self::Busy | Self::Implementation => {
                "epcisException:ImplementationException"
            }
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Validation => "The request or its events are not valid",
            Self::QueryValidation => "The query is not valid",
            Self::QueryParameter => "A parameter of the query cannot be used",
            Self::QueryTooLarge => "The query finds more than it may",
            Self::QueryTooComplex => "The query asks too much",
            Self::SubscriptionControls => "The subscription cannot be kept",
            Self::Security => "Nobody that this node knows",
            Self::Forbidden => "Not for this party",
            Self::NoSuchName => "Nothing here",
            Self::AlreadyExists => "There is one of that name already",
            Self::CaptureLimit => "More than is captured at once",
            Self::AddressTooLong => "The address is too long",
            Self::NotAcceptable => "Cannot be answered as asked",
            Self::MediaType => "Only JSON is read",
            Self::Method => "This address does not take this method",
            Self::Busy => "Too many at once",
            Self::Implementation => "A part of the node is away",
        }
    }
}

/// A refusal on its way out.
#[derive(Debug, Clone)]
pub(super) struct Exception {
    pub(super) kind: Kind,
    pub(super) faults: Vec<Fault>,
}

/// That an answer is in the standard's form already.
#[derive(Debug, Clone, Copy)]
pub(super) struct InForm;

impl Exception {
    pub(super) fn new(kind: Kind, fault: Fault) -> Self {
        Self {
            kind,
            faults: vec![fault],
        }
    }

    pub(super) fn at(kind: Kind, code: &str, place: &str, en: &str, es: &str) -> Self {
        Self::new(kind, Fault::at(code, place, en, es))
    }

    pub(super) fn nothing() -> Self {
        Self::at(
            Kind::NoSuchName,
            "not-found",
            "",
            "there is nothing here that you may see",
            "no hay aquí nada que usted pueda ver",
        )
    }

    pub(super) fn away() -> Self {
        Self::at(
            Kind::Implementation,
            "node-unavailable",
            "",
            "a part of the node is away; ask again",
            "una parte del nodo no responde; vuelva a pedir",
        )
    }

    /// What is wrong with a query.
    pub(super) fn query(slips: Vec<Slip>) -> Self {
        let complex = slips.iter().any(|slip| slip.code == "query-too-complex");
        Self {
            kind: if complex {
                Kind::QueryTooComplex
            } else {
                Kind::QueryParameter
            },
            faults: slips
                .into_iter()
                .map(|slip| Fault::at(slip.code, &slip.parameter, slip.en, slip.es))
                .collect(),
        }
    }

    /// The first fault's code.
    pub(super) fn code(&self) -> &str {
        self.faults
            .first()
            .map_or("refused", |fault| fault.code.as_str())
    }

    /// The body, as it also stands among the errors of a capture.
    pub(super) fn body(&self) -> Value {
        let first = self.faults.first();
        json!({
            "type": self.kind.name(),
            "title": self.kind.title(),
            "status": self.kind.status().as_u16(),
            "detail": first.map_or("", |fault| fault.en.as_str()),
            "detailEs": first.map_or("", |fault| fault.es.as_str()),
            "code": first.map_or("refused", |fault| fault.code.as_str()),
            "errors": self.faults.iter().map(|fault| json!({
                "code": fault.code, "pointer": fault.pointer, "detail": fault.en, "detailEs": fault.es,
            })).collect::<Vec<_>>(),
        })
    }
}

impl From<Refusal> for Exception {
    fn from(refusal: Refusal) -> Self {
        let kind = match refusal.kind {
            RefusalKind::Malformed | RefusalKind::Unprocessable => Kind::Validation,
            RefusalKind::TooLarge => Kind::CaptureLimit,
            RefusalKind::Unauthenticated => Kind::Security,
            RefusalKind::Forbidden => Kind::Forbidden,
            RefusalKind::NotFound | RefusalKind::Gone => Kind::NoSuchName,
            RefusalKind::Conflict => Kind::AlreadyExists,
            RefusalKind::Busy => Kind::Busy,
            RefusalKind::Full | RefusalKind::Unavailable => Kind::Implementation,
        };
        Self {
            kind,
            faults: refusal.faults,
        }
    }
}

impl From<Exception> for Refusal {
    fn from(exception: Exception) -> Self {
        let kind = match exception.kind {
            Kind::Security => RefusalKind::Unauthenticated,
            Kind::Forbidden => RefusalKind::Forbidden,
            Kind::NoSuchName => RefusalKind::NotFound,
            Kind::AlreadyExists => RefusalKind::Conflict,
            Kind::CaptureLimit | Kind::QueryTooLarge | Kind::QueryTooComplex => {
                RefusalKind::TooLarge
            }
            Kind::Busy => RefusalKind::Busy,
            Kind::Implementation => RefusalKind::Unavailable,
            Kind::Validation
            | Kind::QueryValidation
            | Kind::QueryParameter
            | Kind::SubscriptionControls
            | Kind::AddressTooLong
            | Kind::NotAcceptable
            | Kind::MediaType
            | Kind::Method => RefusalKind::Unprocessable,
        };
        Self {
            kind,
            faults: exception.faults,
        }
    }
}

impl IntoResponse for Exception {
    fn into_response(self) -> Response {
        let mut response = (self.kind.status(), self.body().to_string()).into_response();
        let head = response.headers_mut();
        head.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        match self.kind {
            Kind::Security => {
                head.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Kind::Busy | Kind::Implementation => {
                head.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Kind::CaptureLimit => headers::limits(head),
            _ => {}
        }
        response.extensions_mut().insert(InForm);
        response
    }
}

/// What the framework refuses by itself, in the standard's form.
pub(super) fn of_status(status: StatusCode) -> Exception {
    let (kind, code, en, es) = match status {
        StatusCode::METHOD_NOT_ALLOWED => (
            Kind::Method,
            "method-not-allowed",
            "this address does not take this method; OPTIONS says which it takes",
            "esta dirección no admite este método; OPTIONS dice cuáles admite",
        ),
        StatusCode::NOT_FOUND => return Exception::nothing(),
        StatusCode::PAYLOAD_TOO_LARGE => (
            Kind::CaptureLimit,
            "document-too-large",
            "the document is larger than is captured at once",
            "el documento es más grande de lo que se captura de una vez",
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            Kind::MediaType,
            "media-type-unsupported",
            "only application/json and application/ld+json are read",
            "solo se lee application/json y application/ld+json",
        ),
        _ => (
            Kind::Validation,
            "request-malformed",
            "the request cannot be read",
            "la petición no se puede leer",
        ),
    };
    Exception::at(kind, code, "", en, es)
}
