//! `/events`: all that the party may see, one by its name, and one event taken in at once.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query as Members, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use garita_exchange::core::Core;
use garita_formats::epcis::answer;
use garita_formats::epcis::context::Namespaces;
use garita_formats::epcis::query::{self, Query};
use serde_json::json;

use super::ask::{self, Page, Question};
use super::exception::Exception;
use super::{BASE, capture, encoded, headers, json};
use crate::access::{self, Scope};
use crate::server::App;
use crate::signed::Caller;

/// Runs what reads as the party that asks, off the async threads.
pub(super) async fn reading<T: Send + 'static>(
    app: &App,
    caller: &Caller,
    work: impl FnOnce(&Arc<Core>, &str) -> Result<T, Exception> + Send + 'static,
) -> Result<T, Exception> {
    let core = Arc::clone(app.core());
    let caller = caller.clone();
    tokio::task::spawn_blocking(move || {
        let principal = access::principal(&core, &caller, Scope::Read)?;
        work(&core, &principal.party)
    })
    .await
    .unwrap_or_else(|_| Err(Exception::away()))
}

/// A query by one parameter.
pub(super) fn one_parameter(
    name: &str,
    value: serde_json::Value,
    known: &Namespaces,
) -> Result<Query, Exception> {
    Query::read(&json!({ name: value }), known).map_err(Exception::query)
}

/// `GET /events`.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Members(pairs): Members<Vec<(String, String)>>,
) -> Result<Response, Exception> {
    let known = headers::extensions(caller.headers());
    reading(&app, &caller, move |core, party| {
        let query = query::from_pairs(ask::parameters(&pairs), &known).map_err(Exception::query)?;
        let question = Question {
            queries: vec![query],
            name: None,
            page: Page::read(&pairs)?,
        };
        let found = ask::ask(core, party, &question)?;
        Ok(ask::answered(core, &question, &found, "/events", &pairs))
    })
    .await
}

/// `GET /events/{eventID}`: the event of that name, and what declares it wrong.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Exception> {
    reading(&app, &caller, move |core, party| {
        let events = capture::of_name(core, party, &id)?;
        if events.is_empty() {
            return Err(Exception::nothing());
        }
        let created = super::now(core);
        let heading = answer::Heading {
            query: "SimpleEventQuery",
            subscription: None,
            created: &created,
        };
        Ok(json(answer::document(&heading, &events)))
    })
    .await
}

/// `POST /events`: one event, captured when it is answered.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Bytes,
) -> Result<Response, Exception> {
    let core = Arc::clone(app.core());
    let principal = access::principal(&core, &caller, Scope::Submit)?;
    let readers = headers::readers(caller.headers())?;
    let document = capture::read(body, true).await?;
    if !document.is_good() {
        return Err(capture::faulty(&document));
    }
    let Some(event) = document.events.first() else {
        return Err(Exception::nothing());
    };
    let one = app.epcis().capturing.lock().await;
    let captured = capture::capture(&core, &principal, event, &document.context, &readers).await?;
    drop(one);
    let mut response = (
        StatusCode::CREATED,
        [(header::CONTENT_TYPE, "application/json")],
        answer::text(&captured.outgoing, None),
    )
        .into_response();
    if let Ok(location) = HeaderValue::from_str(&format!("{BASE}/events/{}", encoded(&captured.id)))
    {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}
