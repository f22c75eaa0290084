//! Subscriptions of a query: where to, when, and how far. Who is told is `standing.rs`.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query as Members, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use garita_exchange::core::Core;
use garita_exchange::encode;
use garita_exchange::problem::Fault;
use garita_exchange::sequence::store_refusal;
use garita_formats::epcis::schedule::Schedule;
use garita_store::{Subscription, SubscriptionMark};
use garita_tlog::LeafIndex;
use serde_json::{Map, Value, json};

use super::ask::Page;
use super::events::reading;
use super::exception::{Exception, Kind};
use super::{BASE, encoded, new_name, queries, webhook};
use crate::access::{self, Scope};
use crate::server::App;
use crate::signed::Caller;

/// Most subscriptions of one query.
const SUBSCRIPTIONS_MAX: usize = 100;
/// Longest secret of a subscriber, in characters.
const SECRET_LENGTH_MAX: usize = 1_000;
/// Members of a subscription.
const MEMBERS: &[&str] = &[
    "dest",
    "signatureToken",
    "stream",
    "schedule",
    "reportIfEmpty",
    "initialRecordTime",
];

/// When a subscriber is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum When {
    /// Whenever an event comes.
    Stream,
    /// At times; also where there is nothing to tell.
    At(Schedule, bool),
}

/// What a subscription says, as kept.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    pub(super) dest: String,
    pub(super) secret: String,
    pub(super) when: When,
}

/// What is wrong with a subscription.
pub(super) fn wrong(place: &str, en: &str, es: &str) -> Exception {
    Exception::at(
        Kind::SubscriptionControls,
        "subscription-malformed",
        place,
        en,
        es,
    )
}

/// Reads when a subscriber is told, from members of a body or an address.
pub(super) fn when(members: &Map<String, Value>) -> Result<When, Exception> {
    let stream = match members.get("stream") {
        None => false,
        Some(Value::Bool(true)) => true,
        Some(_) => {
            return Err(wrong(
                "/stream",
                "`stream` is true, or left out",
                "`stream` es true, o se omite",
            ));
        }
    };
    let report = match members.get("reportIfEmpty") {
        None => false,
        Some(Value::Bool(report)) => *report,
        Some(_) => {
            return Err(wrong(
                "/reportIfEmpty",
                "`reportIfEmpty` is true or false",
                "`reportIfEmpty` es true o false",
            ));
        }
    };
    match (stream, members.get("schedule")) {
        (true, None) => Ok(When::Stream),
        (false, Some(schedule)) => Schedule::read(schedule)
            .map(|schedule| When::At(schedule, report))
            .map_err(|slips| Exception {
                kind: Kind::SubscriptionControls,
                faults: slips
                    .into_iter()
                    .map(|slip| {
                        Fault::at(
                            slip.code,
                            &format!("/schedule/{}", slip.member),
                            slip.en,
                            slip.es,
                        )
                    })
                    .collect(),
            }),
        (true, Some(_)) | (false, None) => Err(wrong(
            "",
            "either `stream: true` or a `schedule`",
            "o `stream: true` o un `schedule`",
        )),
    }
}

/// Where a subscriber begins: with what comes next, or with what was logged at a time or later. Blocks.
pub(super) fn beginning(
    core: &Core,
    initial: Option<&Value>,
) -> Result<SubscriptionMark, Exception> {
    let told = match initial {
        None => core
            .reader
            .head()
            .map_err(|e| store_refusal(&e))?
            .frontier
            .size()
            .last(),
        Some(value) => {
            let at = value
                .as_str()
                .and_then(encode::parse_instant_ms)
                .ok_or_else(|| {
                    wrong(
                        "/initialRecordTime",
                        "`initialRecordTime` is a date and time with zone",
                        "`initialRecordTime` es fecha y hora con zona",
                    )
                })?;
            match core
                .reader
                .first_logged(at)
                .map_err(|e| store_refusal(&e))?
            {
                Some(first) => first.get().checked_sub(1).map(LeafIndex::new),
                None => core
                    .reader
                    .head()
                    .map_err(|e| store_refusal(&e))?
                    .frontier
                    .size()
                    .last(),
            }
        }
    };
    Ok(SubscriptionMark {
        told,
        ..SubscriptionMark::default()
    })
}

/// That a query may stand: one that orders or counts has no meaning event by event.
pub(super) fn may_stand(core: &Core, party: &str, name: &str) -> Result<(), Exception> {
    let query = queries::parsed(&queries::named(core, party, name)?)?;
    if query.is_ordered() || query.count_limit.is_some() || query.count_max.is_some() {
        return Err(wrong(
            "",
            "a query with `orderBy`, `eventCountLimit` or `maxEventCount` cannot be subscribed to",
            "a una consulta con `orderBy`, `eventCountLimit` o `maxEventCount` no se puede suscribir",
        ));
    }
    Ok(())
}

/// `POST /queries/{queryName}/subscriptions`.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Response, Exception> {
    let core = Arc::clone(app.core());
    let principal = access::principal(&core, &caller, Scope::Submit)?;
    let id = new_name()?;
    let targets = app.webhook_targets();
    let looking = Arc::clone(&core);
    let party = principal.party.clone();
    let naming = app.epcis().naming.lock().await;
    let row = tokio::task::spawn_blocking(move || {
        may_stand(&looking, &party, &name)?;
        let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
        let Value::Object(asked) = asked else {
            return Err(wrong(
                "",
                "a JSON object with `dest` is wanted",
                "se requiere un objeto JSON con `dest`",
            ));
        };
        if let Some(strange) = asked.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
            return Err(wrong(
                &format!("/{strange}"),
                "no member of a subscription",
                "no es miembro de una suscripción",
            ));
        }
        when(&asked)?;
        let dest = asked.get("dest").and_then(Value::as_str).unwrap_or("");
        webhook::check(targets, dest)?;
        let secret = match asked.get("signatureToken") {
            None => "",
            Some(Value::String(secret)) if secret.chars().count() <= SECRET_LENGTH_MAX => secret,
            Some(_) => {
                return Err(wrong(
                    "/signatureToken",
                    "`signatureToken` is a text of at most 1000 characters",
                    "`signatureToken` es un texto de a lo más 1000 caracteres",
                ));
            }
        };
        let held = looking
            .reader
            .subscriptions(&party, &name, "", SUBSCRIPTIONS_MAX)
            .map_err(|e| store_refusal(&e))?;
        if held.len() >= SUBSCRIPTIONS_MAX {
            return Err(wrong(
                "",
                "a query has at most 100 subscriptions",
                "una consulta tiene a lo más 100 suscripciones",
            ));
        }
        let mark = beginning(&looking, asked.get("initialRecordTime"))?;
        let mut data = asked.clone();
        data.insert("signatureToken".to_owned(), json!(secret));
        Ok(Subscription {
            party,
            id,
            query: name,
            data: Value::Object(data).to_string(),
            created_ms: looking.clock.now_ms(),
            mark,
        })
    })
    .await
    .map_err(|_| Exception::away())??;
    let kept = row.clone();
    core.sequencer
        .change(move |commit| commit.subscriptions.push(kept))
        .await?;
    drop(naming);
    app.epcis().subscribed.notify_waiters();
    let location = format!(
        "{}{BASE}/queries/{}/subscriptions/{}",
        core.identity.url,
        encoded(&row.query),
        row.id
    );
    let mut response = (
        StatusCode::CREATED,
        [(header::CONTENT_TYPE, "application/json")],
        shown(&row).to_string(),
    )
        .into_response();
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// The terms of a kept subscription.
pub(super) fn terms(subscription: &Subscription) -> Result<Terms, Exception> {
    let data: Value = serde_json::from_str(&subscription.data).map_err(|_| Exception::nothing())?;
    let Value::Object(data) = data else {
        return Err(Exception::nothing());
    };
    let text = |name: &str| {
        data.get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    Ok(Terms {
        dest: text("dest"),
        secret: text("signatureToken"),
        when: when(&data)?,
    })
}

/// As it is shown: without its secret.
fn shown(subscription: &Subscription) -> Value {
    let mut shown = Map::new();
    shown.insert("subscriptionID".to_owned(), json!(subscription.id));
    shown.insert("queryName".to_owned(), json!(subscription.query));
    if let Ok(Value::Object(data)) = serde_json::from_str(&subscription.data) {
        shown.extend(
            data.into_iter()
                .filter(|(name, _)| name != "signatureToken"),
        );
    }
    shown.insert(
        "createdAt".to_owned(),
        json!(encode::instant_text(subscription.created_ms)),
    );
    for (name, at) in [
        ("lastNotifiedAt", subscription.mark.notified_ms),
        ("minRecordTime", subscription.mark.ran_ms),
    ] {
        if let Some(at) = at {
            shown.insert(name.to_owned(), json!(encode::instant_text(at)));
        }
    }
    Value::Object(shown)
}

/// `GET /queries/{queryName}/subscriptions`.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
    Members(pairs): Members<Vec<(String, String)>>,
) -> Result<Response, Exception> {
    reading(&app, &caller, move |core, party| {
        let page = Page::read(&pairs)?;
        queries::named(core, party, &name)?;
        let all = core
            .reader
            .subscriptions(party, &name, "", SUBSCRIPTIONS_MAX)
            .map_err(|e| store_refusal(&e))?;
        let path = format!("/queries/{}/subscriptions", encoded(&name));
        Ok(queries::paged(
            all.iter().map(shown).collect(),
            page,
            &path,
            &pairs,
        ))
    })
    .await
}

fn held(core: &Core, party: &str, name: &str, id: &str) -> Result<Subscription, Exception> {
    core.reader
        .subscription(party, id)
        .map_err(|e| store_refusal(&e))?
        .filter(|subscription| subscription.query == name)
        .ok_or_else(Exception::nothing)
}

/// `GET /queries/{queryName}/subscriptions/{subscriptionID}`.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((name, id)): Path<(String, String)>,
) -> Result<Response, Exception> {
    reading(&app, &caller, move |core, party| {
        Ok(super::json(
            shown(&held(core, party, &name, &id)?).to_string(),
        ))
    })
    .await
}

/// `DELETE /queries/{queryName}/subscriptions/{subscriptionID}`.
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((name, id)): Path<(String, String)>,
) -> Result<StatusCode, Exception> {
    let core = Arc::clone(app.core());
    let principal = access::principal(&core, &caller, Scope::Submit)?;
    let (looking, party, wanted) = (Arc::clone(&core), principal.party.clone(), id.clone());
    tokio::task::spawn_blocking(move || held(&looking, &party, &name, &wanted).map(|_| ()))
        .await
        .map_err(|_| Exception::away())??;
    core.sequencer
        .change(move |commit| commit.subscriptions_gone.push((principal.party, id)))
        .await?;
    app.epcis().subscribed.notify_waiters();
    Ok(StatusCode::NO_CONTENT)
}
