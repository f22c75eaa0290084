//! `GET /v1/stream`: what is new for the party, as CloudEvents over SSE, resumable by cursor.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use garita_exchange::core::Core;
use garita_exchange::encode;
use garita_exchange::sequence::store_refusal;
use garita_store::Event as StoreEvent;
use garita_tlog::LeafIndex;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::problem::Problem;
use crate::access::{self, Scope};
use crate::server::{App, blocking};
use crate::signed::Caller;

const PAGE: usize = 500;
/// Events that wait for a slow reader; beyond it the reader's own connection waits, nobody else.
const QUEUE: usize = 64;

/// Query of the stream.
#[derive(Debug, Deserialize)]
pub struct StreamQuery {
    /// Last event seen; `now` begins with what comes next; absent: from the start.
    cursor: Option<String>,
}

/// `GET /v1/stream`.
pub async fn stream(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<StreamQuery>,
) -> Result<Response, Problem> {
    let core = Arc::clone(app.core());
    let principal = access::principal(&core, &caller, Scope::Read)?;
    let last = caller
        .headers()
        .get("last-event-id")
        .and_then(|v| v.to_str().ok())
        .map(str::to_owned)
        .or(query.cursor);
    let after = match last.as_deref() {
        None | Some("") => None,
        Some("now") => core
            .reader
            .head()
            .map_err(|e| store_refusal(&e))?
            .frontier
            .size()
            .last(),
        Some(text) => resumed(text).ok_or_else(|| {
            Problem::parameter(
                "cursor",
                "`cursor` is the id of an event, or `now`",
                "`cursor` es el id de un evento, o `now`",
            )
        })?,
    };
    let (sender, receiver) = mpsc::channel(QUEUE);
    tokio::spawn(feed(core, principal.party, after, sender));
    Ok(Sse::new(ReceiverStream::new(receiver))
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
        .into_response())
}

/// After which entry a stream goes on that broke off after an event. `5.0` is an event among several of entry 5, all of which are told
/// again. The outer option is none where the text is no id.
fn resumed(id: &str) -> Option<Option<LeafIndex>> {
    let (entry, among) = id.split_once('.').map_or((id, None), |(e, a)| (e, Some(a)));
    let entry: u64 = entry.parse().ok()?;
    match among {
        None => Some(Some(LeafIndex::new(entry))),
        Some(among) => {
            among.parse::<u64>().ok()?;
            Some(entry.checked_sub(1).map(LeafIndex::new))
        }
    }
}

async fn feed(
    core: Arc<Core>,
    party: String,
    mut after: Option<LeafIndex>,
    sender: mpsc::Sender<Result<Event, Infallible>>,
) {
    let mut published = core.published.clone();
    loop {
        published.borrow_and_update();
        loop {
            let page = {
                let (core, party) = (Arc::clone(&core), party.clone());
                blocking(move || {
                    core.reader
                        .events_after(&party, after, PAGE)
                        .map_err(|e| store_refusal(&e))
                })
                .await
            };
            let Ok(events) = page else { break };
            let Some(last) = events.last() else { break };
            after = Some(last.index);
            for (event, name) in events.iter().zip(names(&events)) {
                if sender
                    .send(Ok(cloud_event(&core, event, &name)))
                    .await
                    .is_err()
                {
                    return;
                }
            }
        }
        tokio::select! {
            changed = published.changed() => if changed.is_err() { return },
            () = sender.closed() => return,
        }
    }
}

/// What an event is called, and whether a reader may go on from it.
#[derive(Debug, PartialEq, Eq)]
struct Name {
    id: String,
    cursor: bool,
}

/// Names of a page's events, which holds all of an entry or none. One entry of the log may open many records to a party: each event
/// has an id of its own, and only the last is a cursor, so that who breaks off among them is told all of them again and loses none.
fn names(events: &[StoreEvent]) -> Vec<Name> {
    let mut named = Vec::with_capacity(events.len());
    let mut earlier = 0;
    for (place, event) in events.iter().enumerate() {
        let cursor = events
            .get(place + 1)
            .is_none_or(|next| next.index != event.index);
        named.push(Name {
            id: if cursor {
                event.index.get().to_string()
            } else {
                format!("{}.{earlier}", event.index.get())
            },
            cursor,
        });
        earlier = if cursor { 0 } else { earlier + 1 };
    }
    named
}

fn cloud_event(core: &Core, event: &StoreEvent, name: &Name) -> Event {
    let body = json!({
        "specversion": "1.0",
        "id": name.id,
        "source": core.identity.did,
        "type": "org.garita.record.logged",
        "subject": event.id,
        "time": encode::instant_text(event.logged_ms),
        "datacontenttype": "application/json",
        "data": {
            "recordId": event.id,
            "recordType": event.record_type,
            "view": event.view,
            "issuer": event.issuer,
            "occurred": encode::instant_text(event.occurred_ms),
            "logged": encode::instant_text(event.logged_ms),
            "cases": event.cases.iter().map(|(kind, key)| json!({ "kind": kind, "key": key })).collect::<Vec<_>>(),
        },
    });
    let told = Event::default().event("record").data(body.to_string());
    if name.cursor {
        told.id(name.id.clone())
    } else {
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_s_id_is_a_place_to_go_on_from() {
        let at = |index| Some(Some(LeafIndex::new(index)));
        assert_eq!(resumed("5"), at(5));
        assert_eq!(resumed("5.1"), at(4), "the entry's other events come again");
        assert_eq!(resumed("0.0"), Some(None), "from the start");
        for none in ["", "x", "-1", "5.", ".5", "5.x", "99999999999999999999"] {
            assert_eq!(resumed(none), None, "{none}");
        }
    }

    #[test]
    fn only_the_last_event_of_an_entry_is_a_cursor_and_no_two_share_an_id() {
        let events: Vec<StoreEvent> = [3, 5, 5, 5, 8, 9, 9]
            .into_iter()
            .map(|index| StoreEvent {
                index: LeafIndex::new(index),
                id: String::new(),
                view: String::new(),
                record_type: String::new(),
                issuer: String::new(),
                logged_ms: 0,
                occurred_ms: 0,
                cases: Vec::new(),
            })
            .collect();
        let told: Vec<(String, bool)> = names(&events)
            .into_iter()
            .map(|name| (name.id, name.cursor))
            .collect();
        let expected = [
            ("3", true),
            ("5.0", false),
            ("5.1", false),
            ("5", true),
            ("8", true),
            ("9.0", false),
            ("9", true),
        ]
        .map(|(id, cursor)| (id.to_owned(), cursor));
        assert_eq!(told, expected);
    }
}
