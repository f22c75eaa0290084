//! For the operator: erasing records, legal holds, retention.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use garita_exchange::encode;
use garita_exchange::erase::{self, ErasedRecord, NAME_CHARS_MAX, Order, REASON_CHARS_MAX};
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::retention::{self, Account};
use garita_exchange::sequence::store_refusal;
use garita_profile::case::CaseRef;
use garita_store::{Erased, HeldBy, HoldLifted, LegalHold, NAME_BYTES_MAX};
use serde::Deserialize;
use serde_json::{Value, json};

use super::admin::{admin, hosted};
use super::problem::Problem;
use super::reading::page_size;
use crate::server::{App, blocking};

/// How long after its start a node first looks for what is over: it has others to catch up with first.
const FIRST_RUN: Duration = Duration::from_secs(600);
/// How often it looks.
const EVERY: Duration = Duration::from_secs(24 * 3_600);

/// Body of `POST /v1/admin/erasures`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ErasureRequest {
    records: Vec<String>,
    reason: String,
    by: String,
    #[serde(default)]
    dry_run: bool,
}

/// `POST /v1/admin/erasures`: the content of some records goes from this node, of all or of none.
pub async fn erase(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Json(body): Json<ErasureRequest>,
) -> Result<Json<Value>, Problem> {
    admin(&app, &headers)?;
    let order = Order {
        records: body.records,
        reason: body.reason,
        by: body.by,
        dry_run: body.dry_run,
    };
    let done = erase::erase(app.core(), order).await?;
    if !body.dry_run {
        tracing::info!(records = done.len(), "records erased");
    }
    let items: Vec<Value> = done.iter().map(erased).collect();
    Ok(Json(json!({ "items": items, "dryRun": body.dry_run })))
}

/// Query of `GET /v1/admin/erasures`.
#[derive(Debug, Deserialize)]
pub struct ListQuery {
    after: Option<u64>,
    limit: Option<usize>,
}

/// `GET /v1/admin/erasures`: what was erased here, in order.
pub async fn list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Query(query): Query<ListQuery>,
) -> Result<Json<Value>, Problem> {
    admin(&app, &headers)?;
    let limit = page_size(query.limit)?;
    let reader = app.core().reader.clone();
    let items = blocking(move || {
        reader
            .node_erasures(query.after.unwrap_or(0), limit)
            .map_err(|e| store_refusal(&e))
    })
    .await?;
    let next = items
        .last()
        .filter(|_| items.len() == limit)
        .map(|last| last.number);
    let items: Vec<Value> = items.iter().map(told).collect();
    Ok(Json(json!({ "items": items, "next": next })))
}

/// Body of `POST /v1/admin/holds`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldRequest {
    case: Option<CaseRef>,
    party: Option<String>,
    reason: String,
    by: String,
}

/// `POST /v1/admin/holds`: from now on nothing of a case or a party is erased here.
pub async fn hold(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Json(body): Json<HoldRequest>,
) -> Result<Response, Problem> {
    admin(&app, &headers)?;
    worded(&body.reason, &body.by)?;
    let fits = |name: &str| !name.is_empty() && name.len() <= NAME_BYTES_MAX;
    let on = match (body.case, body.party) {
        (Some(CaseRef { kind, key }), None) if fits(&kind) && fits(&key) => {
            HeldBy::Case { kind, key }
        }
        // A party of another node is held by its DID: it need not be known here yet.
        (None, Some(did)) if did.starts_with("did:") && fits(&did) => HeldBy::Party { party: did },
        (None, Some(slug)) => HeldBy::Party {
            party: hosted(&app, &slug)?,
        },
        _ => {
            return Err(malformed(
                "",
                "a hold is on a `case` (`kind` and `key`) or on a `party`, one of both",
                "una retención es de un `case` (`kind` y `key`) o de una `party`, uno de los dos",
            )
            .into());
        }
    };
    let hold = LegalHold {
        number: 0,
        on: on.clone(),
        reason: body.reason,
        by: body.by,
        set_ms: app.core().clock.now_ms(),
        lifted: None,
    };
    app.core()
        .sequencer
        .change(move |commit| commit.legal_holds.push(hold))
        .await?;
    let standing = holds_now(&app, false).await?;
    let set = standing
        .iter()
        .rfind(|hold| hold.on == on)
        .ok_or_else(Problem::not_found)?;
    Ok((StatusCode::CREATED, Json(described(set))).into_response())
}

/// Query of `GET /v1/admin/holds`.
#[derive(Debug, Deserialize)]
pub struct HoldsQuery {
    #[serde(default)]
    all: bool,
}

/// `GET /v1/admin/holds`: those that stand; with `all` those that were lifted too.
pub async fn holds(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Query(query): Query<HoldsQuery>,
) -> Result<Json<Value>, Problem> {
    admin(&app, &headers)?;
    let found = holds_now(&app, query.all).await?;
    let items: Vec<Value> = found.iter().map(described).collect();
    Ok(Json(json!({ "items": items })))
}

/// Body of `POST /v1/admin/holds/{number}/lift`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiftRequest {
    reason: String,
    by: String,
}

/// `POST /v1/admin/holds/{number}/lift`: the hold ends. Lifting again changes nothing.
pub async fn lift(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(number): Path<String>,
    Json(body): Json<LiftRequest>,
) -> Result<Json<Value>, Problem> {
    admin(&app, &headers)?;
    worded(&body.reason, &body.by)?;
    let number: u64 = number.parse().map_err(|_| Problem::not_found())?;
    let lifted = HoldLifted {
        number,
        by: body.by,
        at_ms: app.core().clock.now_ms(),
        reason: body.reason,
    };
    app.core()
        .sequencer
        .change(move |commit| commit.legal_holds_lifted.push(lifted))
        .await?;
    let all = holds_now(&app, true).await?;
    let hold = all.iter().find(|hold| hold.number == number);
    Ok(Json(described(hold.ok_or_else(Problem::not_found)?)))
}

/// Body of `POST /v1/admin/retention`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RetentionRequest {
    #[serde(default)]
    dry_run: bool,
}

/// `POST /v1/admin/retention`: erases what is over by the rules of `node.json`, or says what would be.
pub async fn retention(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Json(body): Json<RetentionRequest>,
) -> Result<Json<Value>, Problem> {
    admin(&app, &headers)?;
    let rules = app.retention();
    let account = retention::run(app.core(), rules, body.dry_run).await?;
    let mut answer = json!(account);
    if let Value::Object(members) = &mut answer {
        members.insert("rules".to_owned(), json!(rules.len()));
        members.insert("dryRun".to_owned(), json!(body.dry_run));
    }
    Ok(Json(answer))
}

/// Erases once a day what is over, where there are rules; ends with the node.
pub(crate) fn start(app: &Arc<App>) {
    if app.retention().is_empty() {
        return;
    }
    let mut stop = app.exchange().stopping();
    let app = Arc::clone(app);
    tokio::spawn(async move {
        tokio::select! {
            () = daily(&app) => {}
            _ = stop.wait_for(|stopping| *stopping) => {}
        }
    });
}

async fn daily(app: &App) {
    tokio::time::sleep(FIRST_RUN).await;
    loop {
        match retention::run(app.core(), app.retention(), false).await {
            Ok(Account { erased, kept, .. }) => {
                tracing::info!(erased, kept, "looked for what is over by the rules");
            }
            Err(refusal) => {
                tracing::warn!(%refusal, "what is over could not be erased; tried again tomorrow");
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn holds_now(app: &App, all: bool) -> Result<Vec<LegalHold>, Problem> {
    let reader = app.core().reader.clone();
    let held = blocking(move || reader.legal_holds(all).map_err(|e| store_refusal(&e)));
    Ok(held.await?)
}

fn worded(reason: &str, by: &str) -> Result<(), Refusal> {
    let fits = |text: &str, most: usize| !text.trim().is_empty() && text.chars().count() <= most;
    if fits(reason, REASON_CHARS_MAX) && fits(by, NAME_CHARS_MAX) {
        return Ok(());
    }
    Err(malformed(
        "/reason",
        &format!("`reason` has 1 to {REASON_CHARS_MAX} characters, `by` 1 to {NAME_CHARS_MAX}"),
        &format!(
            "`reason` tiene de 1 a {REASON_CHARS_MAX} caracteres, `by` de 1 a {NAME_CHARS_MAX}"
        ),
    ))
}

fn malformed(pointer: &str, en: &str, es: &str) -> Refusal {
    Refusal::one(
        RefusalKind::Malformed,
        Fault::at("hold-malformed", pointer, en, es),
    )
}

fn erased(one: &ErasedRecord) -> Value {
    json!({
        "id": one.id,
        "recordType": one.record_type,
        "cases": one.cases,
        "views": one.views,
        "before": one.before,
        "told": one.told,
    })
}

fn told(one: &Erased) -> Value {
    json!({
        "number": one.number,
        "id": one.id,
        "view": one.view,
        "erased": encode::instant_text(one.at_ms),
        "reason": one.reason,
        "by": one.by,
    })
}

fn described(hold: &LegalHold) -> Value {
    let (case, party) = match &hold.on {
        HeldBy::Case { kind, key } => (Some(json!({ "kind": kind, "key": key })), None),
        HeldBy::Party { party } => (None, Some(party)),
    };
    json!({
        "number": hold.number,
        "case": case,
        "party": party,
        "reason": hold.reason,
        "by": hold.by,
        "set": encode::instant_text(hold.set_ms),
        "lifted": hold.lifted.as_ref().map(|lifted| json!({
            "at": encode::instant_text(lifted.at_ms),
            "by": lifted.by,
            "reason": lifted.reason,
        })),
    })
}
