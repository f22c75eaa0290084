//! The stream of a page: its fragments made anew after commits, at most once a second, and only what differs is sent.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use garita_exchange::problem::Refusal;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::ask::{Ask, absent};
use super::{board, case, peers};
use crate::api::problem::Problem;
use crate::console::{Address, Fragment, Frame, Live, Status, Swap, paths};
use crate::server::{App, blocking};

/// Between two renderings of one page.
const LEAST_MS: u64 = 1_000;
/// Rendered anew without any commit: standings and what is over its limit change by themselves.
const MOST_MS: u64 = 5_000;

/// The stream of a page with its filters.
pub(super) fn of(ask: &Ask, page: &str, members: &[(String, String)]) -> Live {
    let mut stream = Address::new(paths::LIVE).with("page", page);
    for (name, value) in members {
        stream = stream.with(name, value);
    }
    Live {
        stream,
        cursor: ask.cursor(),
        rate: ask.rate(),
    }
}

/// `GET /console/live`.
pub(super) async fn stream(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    let first = made(&app, &headers, &uri).await;
    match first {
        Ok(Some(first)) => {
            let (sender, receiver) = mpsc::channel(4);
            tokio::spawn(feed(app, headers, uri, first, sender));
            Sse::new(ReceiverStream::new(receiver))
                .keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
                .into_response()
        }
        Ok(None) => StatusCode::UNAUTHORIZED.into_response(),
        Err(refusal) => Problem::from(refusal).into_response(),
    }
}

/// A rendering: the cursor before it was made, fragments, status.
struct Made {
    cursor: String,
    fragments: Vec<Fragment>,
    status: Status,
}

async fn made(app: &Arc<App>, headers: &HeaderMap, uri: &Uri) -> Result<Option<Made>, Refusal> {
    let (app, headers, uri) = (Arc::clone(app), headers.clone(), uri.clone());
    blocking(move || {
        let (mut ask, known) = Ask::of(app, &headers, &uri)?;
        if !known {
            return Ok(None);
        }
        let page = ask.here.value("page").to_owned();
        // The page's own address: its links must lead back to it, not to the stream.
        ask.here.path = match page.as_str() {
            "peers" => paths::PEERS.to_owned(),
            "case" => paths::case(ask.here.value("kind"), ask.here.value("key")),
            _ => paths::BOARD.to_owned(),
        };
        let (kind, key) = (
            ask.here.value("kind").to_owned(),
            ask.here.value("key").to_owned(),
        );
        let own = ["page", "cursor"];
        ask.here.query.retain(|(n, _)| {
            !own.contains(&n.as_str()) && (page != "case" || (n != "kind" && n != "key"))
        });
        let cursor = ask.cursor();
        let (frame, fragments, announce): (Frame, Vec<Fragment>, String) = match page.as_str() {
            "board" => board::fragments(&ask)?,
            "case" => case::fragments(&ask, &kind, &key)?,
            "peers" => peers::fragments(&ask)?,
            _ => return Err(absent()),
        };
        Ok(Some(Made {
            cursor,
            fragments,
            status: Status {
                now_ms: frame.now_ms,
                rate: ask.rate(),
                announce,
            },
        }))
    })
    .await
}

async fn feed(
    app: Arc<App>,
    headers: HeaderMap,
    uri: Uri,
    first: Made,
    sender: mpsc::Sender<Result<Event, Infallible>>,
) {
    let mut published = app.core().published.clone();
    // Who stops must not look live, and his folder must be free.
    let mut stopping = app.exchange().stopping();
    let mut held: Vec<Fragment> = Vec::new();
    let mut next = Some(first);
    loop {
        published.borrow_and_update();
        let now = match next.take() {
            Some(made) => made,
            None => match made(&app, &headers, &uri).await {
                Ok(Some(made)) => made,
                // Signed out, or the store is away: the page says that it is not live.
                Ok(None) | Err(_) => return,
            },
        };
        let swap = Swap::between(&held, &now.fragments, now.cursor, now.status);
        let data = serde_json::to_string(&swap).unwrap_or_else(|_| "{}".to_owned());
        let event = Event::default()
            .event("swap")
            .id(swap.cursor.clone())
            .data(data);
        if sender.send(Ok(event)).await.is_err() {
            return;
        }
        held = now.fragments;
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(LEAST_MS)) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
            () = sender.closed() => return,
        }
        tokio::select! {
            changed = published.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(Duration::from_millis(MOST_MS - LEAST_MS)) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
            () = sender.closed() => return,
        }
    }
}
