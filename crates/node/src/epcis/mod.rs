//! EPCIS 2.0 over HTTP, as GS1's OpenAPI of it says, under `/epcis`: capture, queries, named queries, subscriptions.
//!
//! An event that a party captures becomes a signed record of that party; a query finds those and the records of cases that programs
//! tell as events ([`told`]), as far as the asking party holds them. Nobody is shown what he does not hold as a record.
//!
//! | file | holds |
//! | --- | --- |
//! | `told.rs` | a record as an event |
//! | `ask.rs` | a query over a party's records, page by page |
//! | `events.rs`, `typed.rs` | `/events`, and the lists by type, object, step, place, disposition |
//! | `capture.rs`, `jobs.rs` | taking events in; the captures that run |
//! | `queries.rs`, `subscriptions.rs` | what a party leaves to be asked again |
//! | `standing.rs`, `webhook.rs`, `socket.rs` | who is told, and how |
//! | `headers.rs`, `exception.rs`, `openapi.rs` | versions, refusals, the document |

mod ask;
mod capture;
mod events;
mod exception;
mod headers;
mod jobs;
mod openapi;
mod queries;
mod socket;
mod standing;
mod subscriptions;
mod told;
mod typed;
mod webhook;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header;
use axum::middleware::{from_fn, map_response};
use axum::routing::{any, delete, get};
use garita_exchange::core::Core;
use tokio::sync::{Mutex, Notify, watch};

use crate::server::App;

pub(crate) use capture::import;

/// What the interface keeps beside the store.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    /// A capture came.
    captured: Notify,
    /// A subscription came or went.
    subscribed: Notify,
    /// One event at a time is looked up and captured, so that one name is not given to two.
    capturing: Mutex<()>,
    /// One query or subscription at a time is made.
    naming: Mutex<()>,
}

/// All routes under `/epcis`.
pub(crate) fn router() -> Router<Arc<App>> {
    use headers::{plain, readable, removable, told, writable};
    let at = |path: &str| format!("{BASE}{path}");
    let mut router = Router::new()
        .route(BASE, get(typed::top).options(plain))
        .route(&at("/"), get(typed::top).options(plain))
        .route(&at("/openapi.json"), get(openapi::document))
        .route(
            &at("/capture"),
            get(capture::list)
                .post(capture::post)
                .options(headers::capture),
        )
        .route(
            &at("/capture/{captureID}"),
            get(capture::one).options(plain),
        )
        .route(
            &at("/events"),
            get(events::list).post(events::post).options(writable),
        )
        .route(&at("/events/{eventID}"), get(events::one).options(plain))
        .route(
            &at("/queries"),
            get(queries::list).post(queries::post).options(writable),
        )
        .route(
            &at("/queries/{queryName}"),
            get(queries::one).delete(queries::remove).options(removable),
        )
        .route(
            &at("/queries/{queryName}/events"),
            get(queries::events).options(readable),
        )
        .route(
            &at("/queries/{queryName}/subscriptions"),
            get(subscriptions::list)
                .post(subscriptions::post)
                .options(writable),
        )
        .route(
            &at("/queries/{queryName}/subscriptions/{subscriptionID}"),
            get(subscriptions::one)
                .delete(subscriptions::remove)
                .options(removable),
        )
        .route(&at("/nextPageToken/{token}"), delete(ask::release))
        .route(&at("/{*nowhere}"), any(nowhere));
    for list in typed::names() {
        router = router
            .route(&at(&format!("/{list}")), get(typed::list).options(plain))
            .route(
                &at(&format!("/{list}/{{value}}")),
                get(typed::one).options(plain),
            )
            .route(
                &at(&format!("/{list}/{{value}}/events")),
                get(typed::events).options(plain),
            );
    }
    router
        .layer(DefaultBodyLimit::max(headers::CAPTURE_BYTES_MAX))
        .layer(from_fn(headers::negotiate))
        .layer(map_response(told))
}

/// Starts what goes on by itself: captures that run, subscriptions.
pub(crate) fn start(app: &Arc<App>) {
    let stop = app.exchange().stopping();
    tokio::spawn(jobs::run(
        Arc::clone(app.core()),
        Arc::clone(app.epcis()),
        stop.clone(),
    ));
    tokio::spawn(standing::run(
        Arc::clone(app.core()),
        Arc::clone(app.epcis()),
        app.webhook_targets(),
        stop,
    ));
}

/// Waits until the node stops.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stopping| *stopping).await;
}

/// An address below that is none.
async fn nowhere() -> exception::Exception {
    exception::Exception::nothing()
}

/// Where the interface stands on this node.
const BASE: &str = "/epcis";

/// Answers in JSON, as JSON-LD where nothing else is taken.
fn json(text: String) -> axum::response::Response {
    use axum::response::IntoResponse as _;
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// A part of a path as it stands in an address.
fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// Lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// A new name for something that a party leaves here.
fn new_name() -> Result<String, exception::Exception> {
    garita_exchange::encode::random::<16>()
        .map(|bytes| hex(&bytes))
        .map_err(|_| exception::Exception::away())
}

/// Business time of the node, as a text.
fn now(core: &Core) -> String {
    garita_exchange::encode::instant_text(core.clock.now_ms())
}
