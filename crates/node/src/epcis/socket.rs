//! A socket on a named query: events come as they are logged, or at times; each message says from where to go on.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use garita_exchange::core::Core;
use garita_formats::epcis::answer::{self, Heading};
use garita_formats::epcis::query::Query;
use garita_store::SubscriptionMark;
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::exception::Exception;
use super::standing::{self, Batch};
use super::subscriptions::{self, When};
use super::{queries, stopped};
use crate::access::{self, Scope};
use crate::server::App;
use crate::signed::Caller;

/// Events of one message.
const EVENTS: usize = 50;
/// A reader that does not take a message for so long is let go; it comes again with its cursor.
const SLOW: Duration = Duration::from_secs(30);
/// A sign of life, through whatever stands between.
const PING: Duration = Duration::from_secs(20);
/// A client has nothing to say but signs of life.
const HEARD_BYTES_MAX: usize = 4_096;
/// Name of the member of a message that says from where to go on: a URI, as the standard wants of extensions.
const CURSOR: &str = "https://w3id.org/garita/record#cursor";

/// Members of an address that say how a socket is told.
pub(super) const MEMBERS: &[&str] = &[
    "stream",
    "reportIfEmpty",
    "initialRecordTime",
    "second",
    "minute",
    "hour",
    "dayOfMonth",
    "month",
    "dayOfWeek",
    "cursor",
];

/// What a socket is opened for.
#[derive(Debug)]
pub(super) struct Opening {
    party: String,
    name: String,
    when: When,
    mark: SubscriptionMark,
}

/// Looks whether a socket may be opened.
pub(super) async fn opening(
    app: &App,
    caller: &Caller,
    name: &str,
    pairs: &[(String, String)],
) -> Result<Opening, Exception> {
    let (core, caller, name) = (Arc::clone(app.core()), caller.clone(), name.to_owned());
    let pairs = pairs.to_vec();
    tokio::task::spawn_blocking(move || {
        let principal = access::principal(&core, &caller, Scope::Read)?;
        subscriptions::may_stand(&core, &principal.party, &name)?;
        let when = subscriptions::when(&members(&pairs))?;
        let value = |name: &str| pairs.iter().find(|(found, _)| found == name);
        let mark = match value("cursor") {
            Some((_, text)) => standing::of_cursor(text).ok_or_else(|| {
                subscriptions::wrong(
                    "cursor",
                    "`cursor` is that of a message",
                    "`cursor` es el de un mensaje",
                )
            })?,
            None => {
                let initial = value("initialRecordTime").map(|(_, text)| json!(text));
                subscriptions::beginning(&core, initial.as_ref())?
            }
        };
        Ok(Opening {
            party: principal.party,
            name,
            when,
            mark,
        })
    })
    .await
    .unwrap_or_else(|_| Err(Exception::away()))
}

/// The members of an address as those of a subscription's body.
fn members(pairs: &[(String, String)]) -> Map<String, Value> {
    let (mut found, mut schedule) = (Map::new(), Map::new());
    for (name, text) in pairs {
        match name.as_str() {
            "stream" | "reportIfEmpty" => {
                let value = text
                    .parse::<bool>()
                    .map_or_else(|_| json!(text), Value::Bool);
                found.insert(name.clone(), value);
            }
            "second" | "minute" | "hour" | "dayOfMonth" | "month" | "dayOfWeek" => {
                schedule.insert(name.clone(), json!(text));
            }
            _ => {}
        }
    }
    if !schedule.is_empty() {
        found.insert("schedule".to_owned(), Value::Object(schedule));
    }
    found
}

/// Opens it.
pub(super) fn open(app: &Arc<App>, upgrade: WebSocketUpgrade, opening: Opening) -> Response {
    let core = Arc::clone(app.core());
    let stop = app.exchange().stopping();
    upgrade
        .max_message_size(HEARD_BYTES_MAX)
        .on_upgrade(move |socket| serve(core, socket, opening, stop))
}

async fn serve(
    core: Arc<Core>,
    mut socket: WebSocket,
    mut opening: Opening,
    mut stop: watch::Receiver<bool>,
) {
    let mut published = core.published.clone();
    let mut ran_ms = core.clock.now_ms();
    let why = loop {
        published.borrow_and_update();
        let due = match &opening.when {
            When::Stream => Some(0),
            When::At(schedule, _) => schedule.next_after(ran_ms),
        };
        let Some(due) = due else {
            break "the schedule has no further time";
        };
        let ahead = due - core.clock.now_ms();
        if ahead <= 0 {
            match tell(&core, &mut socket, &mut opening).await {
                Ok(true) => continue,
                Ok(false) => ran_ms = core.clock.now_ms(),
                Err(why) => break why,
            }
        }
        let wait = match &opening.when {
            When::Stream => PING,
            When::At(..) => Duration::from_millis(u64::try_from(ahead).unwrap_or(0))
                .div_f64(core.clock.speed().clamp(0.001, 1e6))
                .clamp(Duration::from_millis(5), PING),
        };
        let streams = opening.when == When::Stream;
        tokio::select! {
            changed = published.changed(), if streams => if changed.is_err() { break "the node stops" },
            () = tokio::time::sleep(wait) => {
                if send(&mut socket, Message::Ping(Vec::new().into())).await.is_err() {
                    return;
                }
            }
            heard = socket.recv() => match heard {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
            () = stopped(&mut stop) => break "the node stops",
        }
    };
    let _ = send(
        &mut socket,
        Message::Close(Some(CloseFrame {
            code: close_code::AWAY,
            reason: why.into(),
        })),
    )
    .await;
}

/// Tells what is new; whether there is more at once.
async fn tell(
    core: &Arc<Core>,
    socket: &mut WebSocket,
    opening: &mut Opening,
) -> Result<bool, &'static str> {
    let (looking, party, name) = (
        Arc::clone(core),
        opening.party.clone(),
        opening.name.clone(),
    );
    let mark = opening.mark.clone();
    let looked = tokio::task::spawn_blocking(move || -> Result<Batch, Exception> {
        let query: Query = queries::parsed(&queries::named(&looking, &party, &name)?)?;
        standing::batch(&looking, &party, &query, &mark, EVENTS)
    });
    let batch = match looked.await {
        Ok(Ok(batch)) => batch,
        Ok(Err(_)) => return Err("the query is gone"),
        Err(_) => return Err("the node stops"),
    };
    let report = matches!(opening.when, When::At(_, true)) && !batch.more;
    opening.mark = batch.mark;
    if batch.events.is_empty() && !report {
        return Ok(batch.more);
    }
    let created = super::now(core);
    let text = answer::document(
        &Heading {
            query: &opening.name,
            subscription: None,
            created: &created,
        },
        &batch.events,
    );
    let rest = text.strip_prefix('{').unwrap_or_default();
    let cursor = standing::cursor(&opening.mark);
    let message = format!("{{\"{CURSOR}\":\"{cursor}\",{rest}");
    send(socket, Message::Text(message.into()))
        .await
        .map_err(|()| "the reader does not take what is sent")?;
    Ok(batch.more)
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), ()> {
    match tokio::time::timeout(SLOW, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(()),
    }
}
