//! `POST /v1/import/{kind}`: a document that people already have becomes draft records; complete ones are submitted.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::submit::{self, Submission};
use garita_formats::{DocumentKind, Draft, Severity};
use serde_json::{Value, json};

use super::problem::Problem;
use crate::access::{self, Scope};
use crate::server::{App, blocking};

/// Query members that steer the import; all others supply members of the draft.
const STEERING: &[&str] = &["submit", "occurred", "lang"];

/// `POST /v1/import/{kind}?submit=true&scac=…&trip=…`.
///
/// Query members beside `submit` and `occurred` are supplied to every draft record as members of its subject.
pub async fn import(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(kind): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    body: Bytes,
) -> Result<Response, Problem> {
    let core = app.core();
    let submits = query.get("submit").map(String::as_str) == Some("true");
    let scope = if submits { Scope::Submit } else { Scope::Read };
    let principal = access::principal(core, &headers, scope)?;
    let kind = if kind == "auto" {
        garita_formats::recognise(&body)
    } else {
        DocumentKind::from_name(&kind)
    };
    let Some(kind) = kind else {
        return Err(Refusal::one(
            RefusalKind::Malformed,
            Fault::whole(
                "document-kind-unknown",
                format!("no importer reads this; kinds: {}", kinds()),
                format!("ningún importador lo lee; tipos: {}", kinds()),
            ),
        )
        .into());
    };
    let supplied: Vec<(String, String)> = query
        .iter()
        .filter(|(name, _)| !STEERING.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let whole = body.clone();
    let read = blocking(move || {
        garita_formats::read(kind, &body).map_err(|error| {
            let refusal = if error.code() == "document-too-large" {
                RefusalKind::TooLarge
            } else {
                RefusalKind::Malformed
            };
            let place = error
                .place
                .as_ref()
                .map(|p| format!("line {}, {}", p.line, p.path))
                .unwrap_or_default();
            Refusal::one(
                refusal,
                Fault::at(error.code(), &place, error.en.clone(), error.es.clone()),
            )
        })
    })
    .await;
    let mut draft = read.inspect_err(|r| core.metrics.refuse(r.code()))?;
    for record in &mut draft.records {
        for (name, value) in &supplied {
            // Several values of a list stand with commas, as in `scns=A,B`.
            let value =
                if name.ends_with('s') && record.subject.get(name).is_none_or(Value::is_array) {
                    Value::Array(
                        value
                            .split(',')
                            .map(|v| Value::String(v.to_owned()))
                            .collect(),
                    )
                } else {
                    Value::String(value.clone())
                };
            record.supply(&format!("/{name}"), value);
        }
    }
    if !submits {
        return Ok(Json(serde_json::to_value(&draft).unwrap_or_default()).into_response());
    }
    if !draft.is_complete() {
        core.metrics.refuse("import-incomplete");
        return Err(incomplete(&draft).into());
    }
    // An event's key names its party, so it is made where events are captured.
    if kind == DocumentKind::Epcis {
        let records = crate::epcis::import(&app, &principal, whole).await?;
        return Ok((
            StatusCode::CREATED,
            Json(json!({ "records": records, "faults": draft.faults })),
        )
            .into_response());
    }
    let mut records = Vec::new();
    for record in draft.records.iter().filter(|r| r.missing.is_empty()) {
        let submission = Submission {
            record_type: record.record_type.clone(),
            occurred: query.get("occurred").cloned(),
            subject: record.subject.clone(),
            standing: None,
            replaces: None,
            follows: Vec::new(),
            saw: None,
            about: Vec::new(),
            on_behalf_of: None,
            source: None,
            related: Vec::new(),
        };
        match submit::draft(core, submission, &principal).await {
            Ok(receipt) => records.push(json!({
                "recordType": record.record_type,
                "id": receipt.leaf.id,
                "index": receipt.index,
                "logged": receipt.leaf.logged,
            })),
            // A by-product that is refused keeps nothing else out; a main record's refusal is the answer.
            Err(refusal) if record.optional => records.push(json!({
                "recordType": record.record_type,
                "refused": refusal.code(),
            })),
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Ok((
        StatusCode::CREATED,
        Json(json!({ "records": records, "faults": draft.faults })),
    )
        .into_response())
}

/// Names of all kinds.
fn kinds() -> String {
    let names = DocumentKind::all().map(|kind| format!("`{}`", kind.name()));
    names
        .chain(["`auto`".to_owned()])
        .collect::<Vec<_>>()
        .join(", ")
}

/// All that keeps a draft from being filed, as one refusal.
fn incomplete(draft: &Draft) -> Refusal {
    let mut faults: Vec<Fault> = draft
        .faults
        .iter()
        .filter(|f| f.severity == Severity::Error)
        .map(|f| {
            let place = f
                .place
                .as_ref()
                .map(|p| format!("line {}: {}", p.line, p.path))
                .unwrap_or_default();
            Fault::at(
                f.code,
                f.pointer.as_deref().unwrap_or(&place),
                f.en.clone(),
                f.es.clone(),
            )
        })
        .collect();
    for (index, record) in draft.records.iter().enumerate() {
        if record.optional {
            continue;
        }
        faults.extend(record.missing.iter().map(|m| {
            Fault::at(
                "import-missing",
                &format!("/records/{index}{}", m.pointer),
                m.en.clone(),
                m.es.clone(),
            )
        }));
    }
    if faults.is_empty() {
        faults.push(Fault::whole(
            "import-incomplete",
            "the document has more faults than are told one by one",
            "el documento tiene más faltas de las que se dicen una por una",
        ));
    }
    Refusal {
        kind: RefusalKind::Unprocessable,
        faults,
    }
}
