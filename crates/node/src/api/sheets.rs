//! `/v1/sheets/{recordType}`: the spreadsheet of a record type to fill in, and the filled one in, row by row.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use garita_exchange::problem::Refusal;
use garita_formats::sheet::{SheetForm, SheetLanguage};
use serde_json::{Value, json};

use super::problem::Problem;
use super::reading::{occurred, once_each, submits};
use crate::access::{self, Scope};
use crate::server::{App, blocking};
use crate::sheets::{self, Filed, Outcome};
use crate::signed::Caller;

/// `GET /v1/sheets/{recordType}?format=csv|xlsx&lang=en|es`.
pub async fn template(
    State(app): State<Arc<App>>,
    Path(record_type): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let query = once_each(pairs)?;
    let member = |name: &str| query.get(name).map(String::as_str);
    let (form, ending) = match member("format") {
        None | Some("xlsx") => (SheetForm::Xlsx, "xlsx"),
        Some("csv") => (SheetForm::Csv, "csv"),
        Some(_) => {
            return Err(Problem::parameter(
                "format",
                "`format` is csv or xlsx",
                "`format` es csv o xlsx",
            ));
        }
    };
    let language = match member("lang") {
        None | Some("en") => SheetLanguage::En,
        Some("es") => SheetLanguage::Es,
        Some(_) => {
            return Err(Problem::parameter(
                "lang",
                "`lang` is en or es",
                "`lang` es en o es",
            ));
        }
    };
    let core = Arc::clone(app.core());
    let name = format!("attachment; filename=\"{record_type}.{ending}\"");
    let bytes = blocking(move || {
        let sheet = sheets::in_force(&core, &record_type)?;
        Ok(sheet.template(form, language))
    })
    .await?;
    Ok((
        [
            (header::CONTENT_TYPE, sheets::media(form).to_owned()),
            (header::CONTENT_DISPOSITION, name),
        ],
        bytes,
    )
        .into_response())
}

/// `POST /v1/sheets/{recordType}?submit=true&dates=&zone=&decimal=&occurred=`.
pub async fn fill(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(record_type): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
    body: Bytes,
) -> Result<Response, Problem> {
    let core = app.core();
    let query = once_each(pairs)?;
    let member = |name: &str| query.get(name).map(String::as_str);
    let submits = submits(&query)?;
    let scope = if submits { Scope::Submit } else { Scope::Read };
    let principal = access::principal(core, &caller, scope)?;
    let reading = sheets::reading(member)?;
    let occurred = occurred(&query)?.map(String::as_str);
    let draft = {
        let core = Arc::clone(core);
        blocking(move || {
            let sheet = sheets::in_force(&core, &record_type)?;
            sheet
                .read(&body, &reading)
                .map_err(|error| sheets::unreadable(&error))
        })
        .await
    };
    let draft = draft.inspect_err(|refusal| core.metrics.refuse(refusal.code()))?;
    let mut answer = serde_json::to_value(&draft).unwrap_or_default();
    set(&mut answer, "complete", Value::Bool(draft.is_complete()));
    if submits {
        let filed = sheets::file(core, &principal, &draft, occurred).await;
        let rows: Vec<Value> = filed
            .iter()
            .map(|one| {
                let record = draft.records.get(one.record);
                told(one, record.map(|record| record.row))
            })
            .collect();
        let count = |status: &str| rows.iter().filter(|row| row["status"] == status).count();
        set(&mut answer, "filed", json!(count("filed")));
        set(&mut answer, "filedBefore", json!(count("filed-before")));
        set(&mut answer, "refused", json!(count("refused")));
        set(&mut answer, "incomplete", json!(count("incomplete")));
        set(&mut answer, "rows", Value::Array(rows));
    }
    Ok(Json(answer).into_response())
}

/// What became of a record, for its sender.
fn told(filed: &Filed, row: Option<u32>) -> Value {
    let base = |status: &str| json!({ "record": filed.record, "row": row, "status": status });
    match &filed.outcome {
        Outcome::Filed(id) | Outcome::Before(id) => {
            let status = match &filed.outcome {
                Outcome::Filed(_) => "filed",
                _ => "filed-before",
            };
            let mut told = base(status);
            set(&mut told, "id", json!(id));
            told
        }
        Outcome::Incomplete => base("incomplete"),
        Outcome::Refused(refusal) => {
            let mut told = base("refused");
            set(&mut told, "code", json!(refusal.code()));
            set(&mut told, "errors", errors(refusal));
            told
        }
    }
}

fn errors(refusal: &Refusal) -> Value {
    refusal
        .faults
        .iter()
        .map(|fault| {
            json!({
                "code": fault.code,
                "pointer": fault.pointer,
                "detail": fault.en,
                "detailEs": fault.es,
            })
        })
        .collect()
}

fn set(value: &mut Value, name: &str, member: Value) {
    if let Value::Object(map) = value {
        map.insert(name.to_owned(), member);
    }
}
