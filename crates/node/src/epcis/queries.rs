//! Queries by name: a party keeps them here, asks them again, and opens a socket on them.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts as _, Path, Query as Members, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use garita_exchange::core::Core;
use garita_exchange::sequence::store_refusal;
use garita_formats::epcis::context::Namespaces;
use garita_formats::epcis::query::Query;
use garita_store::NamedQuery;
use serde_json::{Map, Value, json};

use super::ask::{self, Page, Question};
use super::events::reading;
use super::exception::{Exception, Kind};
use super::{BASE, encoded, headers, json, socket};
use crate::access::{self, Scope};
use crate::server::App;
use crate::signed::Caller;

/// Longest name of a query, in characters.
const NAME_LENGTH_MAX: usize = 200;
/// Longest query.
const QUERY_BYTES_MAX: usize = 256 * 1024;
/// Most queries of a party: more is a program that forgets to take its own away.
const QUERIES_MAX: usize = 1_000;

/// `POST /queries`.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Bytes,
) -> Result<Response, Exception> {
    let core = Arc::clone(app.core());
    let principal = access::principal(&core, &caller, Scope::Submit)?;
    let wrong = |place: &str, en: &str, es: &str| {
        Exception::at(Kind::QueryValidation, "query-malformed", place, en, es)
    };
    let asked: Value = serde_json::from_slice(&body).map_err(|_| {
        wrong(
            "",
            "a JSON object with `name` and `query` is wanted",
            "se requiere un objeto JSON con `name` y `query`",
        )
    })?;
    let name = asked.get("name").and_then(Value::as_str).unwrap_or("");
    if name.is_empty()
        || name.chars().count() > NAME_LENGTH_MAX
        || name.chars().any(char::is_control)
    {
        return Err(wrong(
            "/name",
            "`name` is a text of at most 200 characters, none of them for control",
            "`name` es un texto de a lo más 200 caracteres, ninguno de control",
        ));
    }
    let Some(Value::Object(query)) = asked.get("query") else {
        return Err(wrong(
            "/query",
            "`query` is an object of parameters",
            "`query` es un objeto de parámetros",
        ));
    };
    let query = with_prefixes(query.clone(), &headers::extensions(caller.headers()));
    Query::read(&query, &Namespaces::default()).map_err(Exception::query)?;
    let text = query.to_string();
    if text.len() > QUERY_BYTES_MAX {
        return Err(Exception::at(
            Kind::QueryTooComplex,
            "query-too-complex",
            "/query",
            "a query has at most 262144 bytes",
            "una consulta tiene a lo más 262144 bytes",
        ));
    }
    let row = NamedQuery {
        party: principal.party.clone(),
        name: name.to_owned(),
        query: text,
        created_ms: core.clock.now_ms(),
    };
    let naming = app.epcis().naming.lock().await;
    let (looking, party, wanted) = (Arc::clone(&core), principal.party, name.to_owned());
    tokio::task::spawn_blocking(move || {
        let reader = &looking.reader;
        if reader
            .named_query(&party, &wanted)
            .map_err(|e| store_refusal(&e))?
            .is_some()
        {
            return Err(Exception::at(
                Kind::AlreadyExists,
                "query-name-taken",
                "/name",
                "there is a query of this name; take it away first, or choose another",
                "ya hay una consulta con este nombre; quítela antes o elija otro",
            ));
        }
        let all = reader
            .named_queries(&party, "", QUERIES_MAX)
            .map_err(|e| store_refusal(&e))?;
        if all.len() >= QUERIES_MAX {
            return Err(Exception::at(
                Kind::QueryTooComplex,
                "queries-too-many",
                "",
                "a party keeps at most 1000 queries; take away those that nobody asks",
                "una parte guarda a lo más 1000 consultas; quite las que nadie pide",
            ));
        }
        Ok(())
    })
    .await
    .map_err(|_| Exception::away())??;
    core.sequencer
        .change(move |commit| commit.named_queries.push(row))
        .await?;
    drop(naming);
    let mut response = StatusCode::CREATED.into_response();
    if let Ok(location) = HeaderValue::from_str(&format!("{BASE}/queries/{}", encoded(name))) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// A query with the prefixes of its request among its own, so that it means the same whoever asks it later.
fn with_prefixes(mut query: Map<String, Value>, known: &Namespaces) -> Value {
    let prefixes: Map<String, Value> = known
        .pairs()
        .map(|(prefix, address)| (prefix.to_owned(), json!(address)))
        .collect();
    if !prefixes.is_empty() {
        let held = query.get("@context").cloned();
        let mut contexts = vec![Value::Object(prefixes)];
        match held {
            Some(Value::Array(items)) => contexts.extend(items),
            Some(context) => contexts.push(context),
            None => {}
        }
        query.insert("@context".to_owned(), Value::Array(contexts));
    }
    Value::Object(query)
}

/// `GET /queries`.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Members(pairs): Members<Vec<(String, String)>>,
) -> Result<Response, Exception> {
    reading(&app, &caller, move |core, party| {
        let page = Page::read(&pairs)?;
        let all = core
            .reader
            .named_queries(party, "", QUERIES_MAX)
            .map_err(|e| store_refusal(&e))?;
        let shown: Vec<Value> = all.iter().map(shown).collect();
        Ok(paged(shown, page, "/queries", &pairs))
    })
    .await
}

/// A page of a short list.
pub(super) fn paged(
    all: Vec<Value>,
    page: Page,
    path: &str,
    pairs: &[(String, String)],
) -> Response {
    let begin = page
        .token
        .and_then(|token| usize::try_from(token.after).ok())
        .unwrap_or(0);
    let end = begin.saturating_add(page.per_page);
    let more = end < all.len();
    let items: Vec<Value> = all.into_iter().skip(begin).take(page.per_page).collect();
    let mut response = json(Value::Array(items).to_string());
    if more {
        let token = ask::Token {
            up_to: 0,
            after: u64::try_from(end).unwrap_or(u64::MAX),
        };
        ask::linked(response.headers_mut(), path, pairs, &token.text());
    }
    response
}

fn shown(query: &NamedQuery) -> Value {
    json!({
        "name": query.name,
        "query": serde_json::from_str::<Value>(&query.query).unwrap_or_default(),
    })
}

/// A party's query by name. Blocks.
pub(super) fn named(core: &Core, party: &str, name: &str) -> Result<NamedQuery, Exception> {
    core.reader
        .named_query(party, name)
        .map_err(|e| store_refusal(&e))?
        .ok_or_else(Exception::nothing)
}

/// What a kept query asks. It was read when it was kept.
pub(super) fn parsed(query: &NamedQuery) -> Result<Query, Exception> {
    let value: Value = serde_json::from_str(&query.query).map_err(|_| Exception::nothing())?;
    Query::read(&value, &Namespaces::default()).map_err(Exception::query)
}

/// `GET /queries/{queryName}`.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Exception> {
    reading(&app, &caller, move |core, party| {
        Ok(json(shown(&named(core, party, &name)?).to_string()))
    })
    .await
}

/// `DELETE /queries/{queryName}`: its subscriptions go with it.
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, Exception> {
    let core = Arc::clone(app.core());
    let principal = access::principal(&core, &caller, Scope::Submit)?;
    let (looking, party, wanted) = (Arc::clone(&core), principal.party.clone(), name.clone());
    tokio::task::spawn_blocking(move || named(&looking, &party, &wanted).map(|_| ()))
        .await
        .map_err(|_| Exception::away())??;
    core.sequencer
        .change(move |commit| commit.named_queries_gone.push((principal.party, name)))
        .await?;
    app.epcis().subscribed.notify_waiters();
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /queries/{queryName}/events`: the events that it finds, or a socket on which they come.
pub(super) async fn events(State(app): State<Arc<App>>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let caller = match Caller::from_request_parts(&mut parts, &app).await {
        Ok(caller) => caller,
        Err(problem) => return problem.into_response(),
    };
    let named = Path::<String>::from_request_parts(&mut parts, &app).await;
    let members = Members::<Vec<(String, String)>>::from_request_parts(&mut parts, &app).await;
    let (Ok(Path(name)), Ok(Members(pairs))) = (named, members) else {
        return super::exception::of_status(StatusCode::BAD_REQUEST).into_response();
    };
    let wants_socket = caller
        .headers()
        .get(header::UPGRADE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.eq_ignore_ascii_case("websocket"));
    if !wants_socket {
        return answered(&app, &caller, name, pairs)
            .await
            .unwrap_or_else(|exception| exception.into_response());
    }
    let opened = socket::opening(&app, &caller, &name, &pairs).await;
    let opening = match opened {
        Ok(opening) => opening,
        Err(exception) => return exception.into_response(),
    };
    match WebSocketUpgrade::from_request_parts(&mut parts, &app).await {
        Ok(upgrade) => socket::open(&app, upgrade, opening),
        Err(_) => super::exception::of_status(StatusCode::BAD_REQUEST).into_response(),
    }
}

async fn answered(
    app: &App,
    caller: &Caller,
    name: String,
    pairs: Vec<(String, String)>,
) -> Result<Response, Exception> {
    reading(app, caller, move |core, party| {
        let query = named(core, party, &name)?;
        // Who forgot the upgrade would take one answer for a socket that is open.
        if let Some((member, _)) = pairs.iter().find(|(name, _)| socket::MEMBERS.contains(&name.as_str())) {
            return Err(Exception::at(
                Kind::QueryParameter,
                "parameter-without-socket",
                member,
                "this member is for a socket; ask with `Connection: upgrade` and `Upgrade: websocket`",
                "este miembro es para un socket; pida con `Connection: upgrade` y `Upgrade: websocket`",
            ));
        }
        let question = Question {
            queries: vec![parsed(&query)?],
            name: Some(name.clone()),
            page: Page::read(&pairs)?,
        };
        let found = ask::ask(core, party, &question)?;
        let path = format!("/queries/{}/events", encoded(&name));
        Ok(ask::answered(core, &question, &found, &path, &pairs))
    })
    .await
}
