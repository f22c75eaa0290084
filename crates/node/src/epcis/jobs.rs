//! Captures that run: one after the other, each from where it was when the node stopped.
//!
//! An event that was captured before is found again by its name and passed over: a crash between a record and the note of it leaves
//! neither a gap nor a second record.

use std::sync::Arc;
use std::time::Duration;

use garita_exchange::core::Core;
use garita_exchange::problem::Refusal;
use garita_exchange::sequence::store_refusal;
use garita_exchange::submit::{self, Principal};
use garita_formats::epcis::{self, Document};
use garita_store::CaptureJob;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::capture::{self, Before};
use super::exception::{Exception, Kind};
use super::{Desk, stopped};
use crate::server::blocking;

/// How often it is looked whether a capture waits, beside when one comes.
const EVERY: Duration = Duration::from_secs(5);
/// Waited where the node is busy or its store away.
const AGAIN: Duration = Duration::from_millis(300);
/// Events after which it is noted how far a capture is.
const NOTED: usize = 100;
/// Errors that a capture tells; further ones are counted.
const ERRORS_MAX: usize = 200;

/// Runs captures until the node stops.
pub(super) async fn run(core: Arc<Core>, desk: Arc<Desk>, mut stop: watch::Receiver<bool>) {
    let work = async {
        loop {
            match next(&core).await {
                Ok(Some(job)) => {
                    if let Err(exception) = one(&core, &desk, job).await {
                        tracing::warn!(
                            code = exception.code(),
                            "a capture could not go on; it is tried again"
                        );
                        tokio::time::sleep(AGAIN).await;
                    }
                }
                Ok(None) => {
                    tokio::select! {
                        () = desk.captured.notified() => {}
                        () = tokio::time::sleep(EVERY) => {}
                    }
                }
                Err(refusal) => {
                    tracing::warn!(%refusal, "captures cannot be read; looked again");
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
    };
    tokio::select! {
        () = work => {}
        () = stopped(&mut stop) => {}
    }
}

async fn next(core: &Arc<Core>) -> Result<Option<CaptureJob>, Refusal> {
    let core = Arc::clone(core);
    blocking(move || {
        core.reader
            .node_capture_jobs(1)
            .map(|jobs| jobs.into_iter().next())
            .map_err(|e| store_refusal(&e))
    })
    .await
}

/// Brings a capture to its end.
async fn one(core: &Arc<Core>, desk: &Desk, mut job: CaptureJob) -> Result<(), Exception> {
    let body = job.body.clone().unwrap_or_default();
    let document = tokio::task::spawn_blocking(move || epcis::document(&body))
        .await
        .map_err(|_| Exception::away())?;
    let Ok(document) = document else {
        // It was read when it came; a store that gives other bytes back is said so by its own checks.
        return finish(core, job).await;
    };
    let data: Value = serde_json::from_str(&job.data).unwrap_or_default();
    let text = |name: &str| {
        data.get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let principal = Principal {
        party: job.party.clone(),
        person: text("person"),
        post: text("post"),
    };
    let readers: Vec<String> = data
        .get("readers")
        .and_then(|readers| serde_json::from_value(readers.clone()).ok())
        .unwrap_or_default();
    let mut errors: Vec<Value> = serde_json::from_str(&job.errors).unwrap_or_default();
    let capturing = desk.capturing.lock().await;
    if !job.proceeds && job.done == 0 {
        errors = foreseen(core, &principal, &document, &readers).await?;
        if !errors.is_empty() {
            note(&mut job, &errors);
            return finish(core, job).await;
        }
    }
    let done = usize::try_from(job.done).unwrap_or(usize::MAX);
    for (index, event) in document.events.iter().enumerate().skip(done) {
        let refused = match capture::faults_of_event(&document, index) {
            Some(exception) => Some(exception),
            None => loop {
                match capture::capture(core, &principal, event, &document.context, &readers).await {
                    Ok(_) => break None,
                    Err(exception)
                        if matches!(exception.kind, Kind::Busy | Kind::Implementation) =>
                    {
                        tokio::time::sleep(AGAIN).await;
                    }
                    Err(exception) => break Some(exception),
                }
            },
        };
        if let Some(exception) = refused {
            errors.push(told(&exception, index, &event.pointer));
            note(&mut job, &errors);
        }
        job.done = u64::try_from(index + 1).unwrap_or(u64::MAX);
        if (index + 1) % NOTED == 0 {
            keep(core, job.clone()).await?;
        }
    }
    drop(capturing);
    finish(core, job).await
}

/// What would be refused of a document that is taken whole or not at all: nothing is recorded.
async fn foreseen(
    core: &Arc<Core>,
    principal: &Principal,
    document: &Document,
    readers: &[String],
) -> Result<Vec<Value>, Exception> {
    let mut errors = Vec::new();
    let mut named = std::collections::HashMap::new();
    for (index, event) in document.events.iter().enumerate() {
        let name = capture::name_of(event);
        let value = epcis::canonical(&event.value);
        let declares = event.value.get("errorDeclaration").is_some();
        let twice = named
            .insert(name, value.clone())
            .is_some_and(|earlier| earlier != value && !declares);
        let looked = {
            let (core, party, event) = (Arc::clone(core), principal.party.clone(), event.clone());
            tokio::task::spawn_blocking(move || capture::before(&core, &party, &event))
                .await
                .map_err(|_| Exception::away())??
        };
        let refused = match looked {
            Before::Same => None,
            Before::Another => Some(capture::taken(event)),
            Before::Nothing if twice => Some(capture::taken(event)),
            Before::Nothing => {
                let submission =
                    capture::submission(&principal.party, event, &document.context, readers);
                submit::dry_run(core, submission, principal)
                    .await
                    .err()
                    .map(Exception::from)
            }
        };
        if let Some(exception) = refused {
            if matches!(exception.kind, Kind::Busy | Kind::Implementation) {
                return Err(exception);
            }
            errors.push(told(&exception, index, &event.pointer));
        }
    }
    Ok(errors)
}

/// One error of a capture, with the event that it is about.
fn told(exception: &Exception, index: usize, pointer: &str) -> Value {
    let mut body = exception.body();
    if let Value::Object(members) = &mut body {
        members.insert("event".to_owned(), json!(index));
        members.insert("pointer".to_owned(), json!(pointer));
    }
    body
}

fn note(job: &mut CaptureJob, errors: &[Value]) {
    let told = errors.get(..ERRORS_MAX).unwrap_or(errors);
    job.errors = Value::Array(told.to_vec()).to_string();
}

async fn keep(core: &Core, job: CaptureJob) -> Result<(), Exception> {
    core.sequencer
        .change(move |commit| commit.capture_jobs.push(job))
        .await
        .map_err(Exception::from)
}

async fn finish(core: &Core, mut job: CaptureJob) -> Result<(), Exception> {
    job.finished_ms = Some(core.clock.now_ms());
    job.body = None;
    keep(core, job).await
}
