//! Taking events in: a document becomes a capture that runs by itself, an event becomes a signed record of the party.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query as Members, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use garita_exchange::core::Core;
use garita_exchange::encode;
use garita_exchange::problem::{Fault, Refusal};
use garita_exchange::sequence::store_refusal;
use garita_exchange::submit::{self, Principal, Submission};
use garita_formats::epcis::answer::Outgoing;
use garita_formats::epcis::{self, Captured, Document, record};
use garita_formats::{ReadError, Severity};
use garita_store::CaptureJob;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::ask::{self, Page, Token};
use super::events::reading;
use super::exception::{Exception, Kind};
use super::{BASE, headers, hex, json, new_name, told};
use crate::access::{self, Scope};
use crate::server::App;
use crate::signed::Caller;

/// Most faults that one refusal tells.
const FAULTS_TOLD: usize = 100;

/// An event that was captured, now or before.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) id: String,
    pub(super) outgoing: Outgoing,
}

/// Reads a body off the async threads: a document, or one event.
pub(super) async fn read(body: Bytes, single: bool) -> Result<Document, Exception> {
    let read = tokio::task::spawn_blocking(move || {
        if single {
            epcis::single(&body)
        } else {
            epcis::document(&body)
        }
    })
    .await
    .map_err(|_| Exception::away())?;
    read.map_err(|error| unreadable(&error))
}

fn unreadable(error: &ReadError) -> Exception {
    let kind = if error.code() == "document-too-large" {
        Kind::CaptureLimit
    } else {
        Kind::Validation
    };
    let place = error
        .place
        .as_ref()
        .map(|place| format!("line {}: {}", place.line, place.path))
        .unwrap_or_default();
    Exception::at(kind, error.code(), &place, &error.en, &error.es)
}

/// All that is wrong with a document.
pub(super) fn faulty(document: &Document) -> Exception {
    faults_of(document, |_| true)
}

/// What is wrong with one of its events.
pub(super) fn faults_of_event(document: &Document, index: usize) -> Option<Exception> {
    let exception = faults_of(document, |event| event == Some(index));
    (!exception.faults.is_empty()).then_some(exception)
}

/// What is wrong with it beside its events.
fn faults_beside(document: &Document) -> Option<Exception> {
    let exception = faults_of(document, |event| event.is_none());
    (!exception.faults.is_empty()).then_some(exception)
}

fn faults_of(document: &Document, of: impl Fn(Option<usize>) -> bool) -> Exception {
    let faults: Vec<Fault> = document
        .problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error && of(problem.event))
        .take(FAULTS_TOLD)
        .map(|problem| {
            Fault::at(
                problem.code,
                &problem.pointer,
                problem.en.clone(),
                problem.es.clone(),
            )
        })
        .collect();
    let limit = faults.iter().any(|fault| fault.code == "events-too-many");
    Exception {
        kind: if limit {
            Kind::CaptureLimit
        } else {
            Kind::Validation
        },
        faults,
    }
}

/// `POST /capture`.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Bytes,
) -> Result<Response, Exception> {
    let core = Arc::clone(app.core());
    let principal = access::principal(&core, &caller, Scope::Submit)?;
    let proceeds = headers::proceeds(caller.headers())?;
    let readers = headers::readers(caller.headers())?;
    let document = read(body.clone(), false).await?;
    if let Some(exception) = faults_beside(&document) {
        return Err(exception);
    }
    if !proceeds && !document.is_good() {
        return Err(faulty(&document));
    }
    let id = new_name()?;
    let job = CaptureJob {
        party: principal.party.clone(),
        id: id.clone(),
        created_ms: core.clock.now_ms(),
        finished_ms: None,
        proceeds,
        done: 0,
        errors: String::new(),
        data: json!({ "person": principal.person, "post": principal.post, "readers": readers })
            .to_string(),
        body: Some(body.to_vec()),
    };
    core.sequencer
        .change(move |commit| commit.capture_jobs.push(job))
        .await?;
    app.epcis().captured.notify_one();
    let mut response = StatusCode::ACCEPTED.into_response();
    if let Ok(location) = HeaderValue::from_str(&format!("{BASE}/capture/{id}")) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// `GET /capture`.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Members(pairs): Members<Vec<(String, String)>>,
) -> Result<Response, Exception> {
    reading(&app, &caller, move |core, party| {
        let page = Page::read(&pairs)?;
        let skipped = page
            .token
            .and_then(|token| usize::try_from(token.after).ok())
            .unwrap_or(0);
        let mut jobs = Vec::new();
        let mut last: Option<(i64, String)> = None;
        while jobs.len() <= skipped.saturating_add(page.per_page) {
            let after = last.as_ref().map(|(at, id)| (*at, id.as_str()));
            let some = core
                .reader
                .capture_jobs(party, after, 0)
                .map_err(|e| store_refusal(&e))?;
            let Some(end) = some.last() else { break };
            last = Some((end.created_ms, end.id.clone()));
            jobs.extend(some);
        }
        let more = jobs.len() > skipped.saturating_add(page.per_page);
        let shown: Vec<Value> = jobs
            .iter()
            .skip(skipped)
            .take(page.per_page)
            .map(shown)
            .collect();
        let mut response = json(Value::Array(shown).to_string());
        if more {
            let token = Token {
                up_to: 0,
                after: u64::try_from(skipped + page.per_page).unwrap_or(u64::MAX),
            };
            ask::linked(response.headers_mut(), "/capture", &pairs, &token.text());
        }
        Ok(response)
    })
    .await
}

/// `GET /capture/{captureID}`.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Exception> {
    reading(&app, &caller, move |core, party| {
        let job = core
            .reader
            .capture_job(party, &id)
            .map_err(|e| store_refusal(&e))?
            .ok_or_else(Exception::nothing)?;
        Ok(json(shown(&job).to_string()))
    })
    .await
}

fn shown(job: &CaptureJob) -> Value {
    let errors: Value = serde_json::from_str(&job.errors).unwrap_or_else(|_| json!([]));
    let mut shown = json!({
        "captureID": job.id,
        "createdAt": encode::instant_text(job.created_ms),
        "running": job.finished_ms.is_none(),
        "success": job.errors.is_empty(),
        "captureErrorBehaviour": if job.proceeds { "proceed" } else { "rollback" },
        "errors": errors,
    });
    if let (Some(finished), Value::Object(members)) = (job.finished_ms, &mut shown) {
        members.insert(
            "finishedAt".to_owned(),
            json!(encode::instant_text(finished)),
        );
    }
    shown
}

/// The name of an event: its own, or one made from what it says.
pub(super) fn name_of(event: &Captured) -> String {
    match event.text_of("eventID") {
        Some(id) => id.to_owned(),
        None => encode::ni(&Sha256::digest(epcis::canonical(&event.value)).into()),
    }
}

/// Events of a name that a party holds: those it captured, those of others that it may read, and a record that is told under its own id.
pub(super) fn of_name(core: &Core, party: &str, id: &str) -> Result<Vec<Outgoing>, Exception> {
    let own = core
        .reader
        .case_records(party, record::KIND, &key_of(party, id))
        .map_err(|e| store_refusal(&e))?;
    let mut found: Vec<Outgoing> = own
        .iter()
        .filter_map(|held| told::told(core, party, held))
        .map(|event| event.outgoing)
        .collect();
    if found.is_empty()
        && encode::is_ni(id)
        && let Some(held) = core
            .reader
            .record(party, id)
            .map_err(|e| store_refusal(&e))?
    {
        found.extend(
            told::told(core, party, &held)
                .filter(|event| event.id == id)
                .map(|event| event.outgoing),
        );
    }
    if found.is_empty() {
        let query = super::events::one_parameter("EQ_eventID", json!([id]), &Default::default())?;
        let question = ask::Question {
            queries: vec![query],
            name: None,
            page: Page {
                per_page: 100,
                token: None,
            },
        };
        found = ask::ask(core, party, &question)?.events;
    }
    Ok(found)
}

fn key_of(party: &str, id: &str) -> String {
    hex(&Sha256::digest(record::key_text(party, id)))
}

/// What of an event's name is here already.
pub(super) enum Before {
    /// Nothing.
    Nothing,
    /// The same event.
    Same,
    /// Another event, which this one does not declare wrong.
    Another,
}

/// Looks up an event's name. Blocks.
pub(super) fn before(core: &Core, party: &str, event: &Captured) -> Result<Before, Exception> {
    let held = core
        .reader
        .case_records(party, record::KIND, &key_of(party, &name_of(event)))
        .map_err(|e| store_refusal(&e))?;
    let text = epcis::canonical(&event.value);
    let mut plain = false;
    for held in &held {
        let stored = serde_json::from_slice::<Value>(&held.record.document)
            .ok()
            .and_then(|document| record::stored(document.get("credentialSubject")?))
            .and_then(|stored| serde_json::from_str::<Value>(&stored.text).ok());
        let Some(stored) = stored else { continue };
        if epcis::canonical(&stored) == text {
            return Ok(Before::Same);
        }
        plain |= stored.get("errorDeclaration").is_none();
    }
    Ok(if plain && event.value.get("errorDeclaration").is_none() {
        Before::Another
    } else {
        Before::Nothing
    })
}

/// That another event has the name.
pub(super) fn taken(event: &Captured) -> Exception {
    Exception::at(
        Kind::AlreadyExists,
        "event-name-taken",
        &format!("{}/eventID", event.pointer),
        "another event of this name is captured already; one that corrects it has an `errorDeclaration`",
        "ya se capturó otro evento con este nombre; el que lo corrige lleva `errorDeclaration`",
    )
}

/// The record that an event would become.
pub(super) fn submission(
    party: &str,
    event: &Captured,
    context: &Value,
    readers: &[String],
) -> Submission {
    let id = name_of(event);
    Submission {
        record_type: record::RECORD_TYPE.to_owned(),
        occurred: None,
        subject: record::subject(event, context, &id, &key_of(party, &id), readers),
        standing: None,
        replaces: None,
        follows: Vec::new(),
        saw: None,
        about: Vec::new(),
        on_behalf_of: None,
        source: None,
        related: Vec::new(),
    }
}

/// Captures one event; the same one again changes nothing.
pub(super) async fn capture(
    core: &Arc<Core>,
    principal: &Principal,
    event: &Captured,
    context: &Value,
    readers: &[String],
) -> Result<Kept, Exception> {
    let looking = {
        let (core, party, event) = (Arc::clone(core), principal.party.clone(), event.clone());
        tokio::task::spawn_blocking(move || before(&core, &party, &event))
    };
    let id = name_of(event);
    let mut added = vec![("eventID", id.clone())];
    match looking.await.map_err(|_| Exception::away())?? {
        Before::Same => {}
        Before::Another => return Err(taken(event)),
        Before::Nothing => {
            let receipt = submit::draft(
                core,
                submission(&principal.party, event, context, readers),
                principal,
            )
            .await?;
            added.push(("recordTime", encode::instant_text(receipt.leaf.logged)));
        }
    }
    Ok(Kept {
        id,
        outgoing: Outgoing {
            text: event.text.clone(),
            context: context.clone(),
            added,
        },
    })
}

/// Captures all events of a document that was found good, in order; what each became.
///
/// # Errors
/// The first event that is refused; those before it are captured, and are found again when the document comes again.
pub(crate) async fn import(
    app: &App,
    principal: &Principal,
    body: Bytes,
) -> Result<Vec<Value>, Refusal> {
    let document = read(body, false).await.map_err(Refusal::from)?;
    let _one = app.epcis().capturing.lock().await;
    let mut made = Vec::new();
    for event in &document.events {
        let kept = capture(app.core(), principal, event, &document.context, &[]).await?;
        made.push(json!({ "recordType": record::RECORD_TYPE, "eventID": kept.id }));
    }
    Ok(made)
}
