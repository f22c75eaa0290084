//! A case as a document that a party sends: which kinds its records can be written as, and one of them.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use garita_exchange::core::Core;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::read;
use garita_formats::out::{self, EXPORTERS, Exporter, Sending, WriteError};
use garita_profile::case::{CaseRecord, CaseRef, CaseState};
use garita_store::HeldRecord;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::Problem;
use super::reading::reading;
use crate::server::App;
use crate::signed::Caller;

/// Members that the format has no place for, by pointer.
const LEFT_OUT: HeaderName = HeaderName::from_static("garita-left-out");
/// A header is no place for a list without end; the JSON answer has it whole.
const LEFT_OUT_BYTES_MAX: usize = 2_000;
/// ISA13 has nine digits.
const CONTROL_NUMBERS: i64 = 1_000_000_000;

/// What no record says of a document.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    sender: Option<String>,
    sender_qualifier: Option<String>,
    receiver: Option<String>,
    receiver_qualifier: Option<String>,
    control: Option<u32>,
    #[serde(default)]
    test: bool,
}

/// Query members that are no elements of a document.
pub(crate) const STEERING: &[&str] = &[
    "sender",
    "senderQualifier",
    "receiver",
    "receiverQualifier",
    "control",
    "test",
];

/// `GET /v1/cases/{kind}/{key}/documents`: the kinds that its records can be written as.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((kind, key)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let records = reading(&app, &caller, move |core, party| {
        records_of(core, party, CaseRef { kind, key })
    })
    .await?
    .ok_or_else(Problem::not_found)?;
    let items: Vec<Value> = kinds_for(&records)
        .map(|exporter| {
            json!({
                "document": exporter.name,
                "title": { "en": exporter.en, "es": exporter.es },
                "standard": exporter.kind.importer().standard,
                "mediaType": exporter.media_type,
            })
        })
        .collect();
    Ok(Json(json!({ "items": items })))
}

/// `GET /v1/cases/{kind}/{key}/documents/{document}`: the document; with `Accept: application/json`, with what it leaves out.
pub async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((kind, key, document)): Path<(String, String, String)>,
    Query(asked): Query<Asked>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    let Some(exporter) = Exporter::named(&document) else {
        return Err(Problem::not_found());
    };
    let as_json = caller
        .headers()
        .get(header::ACCEPT)
        .is_some_and(|accept| accept.as_bytes().starts_with(b"application/json"));
    let supplied = query
        .into_iter()
        .filter(|(name, _)| !STEERING.contains(&name.as_str()))
        .collect();
    let sending = sending(asked, supplied, app.core().clock.now_ms());
    let name = file_name(&key, exporter.extension);
    let node = Arc::clone(&app);
    let written = reading(&app, &caller, move |core, party| {
        let Some(records) = records_of(core, party, CaseRef { kind, key })? else {
            return Ok(None);
        };
        out::write(exporter, &borrowed(&records), &sending, node.readings())
            .map(Some)
            .map_err(|error| refusal(&error))
    })
    .await?
    .ok_or_else(Problem::not_found)?;
    if as_json {
        return Ok(Json(json!({
            "document": String::from_utf8_lossy(&written.bytes),
            "mediaType": exporter.media_type,
            "leftOut": written.left_out,
        }))
        .into_response());
    }
    let mut left_out = String::new();
    for left in &written.left_out {
        if left_out.len() + left.pointer.len() < LEFT_OUT_BYTES_MAX && left.pointer.is_ascii() {
            if !left_out.is_empty() {
                left_out.push_str(", ");
            }
            left_out.push_str(&left.pointer);
        }
    }
    Ok((
        [
            (header::CONTENT_TYPE, exporter.media_type.to_owned()),
            (
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{name}\""),
            ),
            (LEFT_OUT, left_out),
        ],
        written.bytes,
    )
        .into_response())
}

/// Name of a case's file: a header holds it, and whoever saves it has it in a folder.
fn file_name(key: &str, extension: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || "-._".contains(c) {
            c
        } else {
            '-'
        }
    };
    format!("{}.{extension}", key.chars().map(plain).collect::<String>())
}

/// The exporters that have something to write.
pub(crate) fn kinds_for(records: &[Own]) -> impl Iterator<Item = &'static out::Exporter> {
    EXPORTERS.iter().filter(|exporter| {
        records
            .iter()
            .any(|own| exporter.from.contains(&own.record_type.as_str()))
    })
}

/// A record of the case, as far as a document is made of it.
pub(crate) struct Own {
    id: String,
    record_type: String,
    subject: Value,
    occurred: Option<Timestamp>,
}

/// As writers take them.
pub(crate) fn borrowed(records: &[Own]) -> Vec<out::CaseRecord<'_>> {
    records
        .iter()
        .map(|own| out::CaseRecord {
            record_type: &own.record_type,
            subject: &own.subject,
            occurred: own.occurred,
        })
        .collect()
}

/// The records in force that the party holds whole: the case's own, then its parts'.
pub(crate) fn records_of(
    core: &Core,
    party: &str,
    case: CaseRef,
) -> Result<Option<Vec<Own>>, Refusal> {
    let Some(read) = read::case(core, party, &case)? else {
        return Ok(None);
    };
    let mut found = in_force(&read.state, &read.records, &read.case_records);
    for (part, _) in read.state.parts.values().flat_map(|part| &part.cases) {
        if let Some(read) = read::case(core, party, part)? {
            found.extend(in_force(&read.state, &read.records, &read.case_records));
        }
    }
    Ok(Some(each_once(found)))
}

/// Each record once: one may be about a whole and several of its parts.
pub(crate) fn each_once(mut found: Vec<Own>) -> Vec<Own> {
    let mut seen = HashSet::new();
    found.retain(|own| seen.insert(own.id.clone()));
    found
}

/// What documents are made of, of one case.
pub(crate) fn in_force(
    state: &CaseState,
    held: &[HeldRecord],
    case_records: &[CaseRecord],
) -> Vec<Own> {
    state
        .records
        .iter()
        .filter(|state| state.in_force)
        .filter_map(|state| {
            let held = held.iter().find(|h| h.record.id == state.id)?;
            let record = case_records.iter().find(|r| r.id == state.id)?;
            let whole = held.record.view == garita_exchange::stamp::WHOLE;
            let subject = record.document.get("credentialSubject")?;
            whole.then(|| Own {
                id: record.id.clone(),
                record_type: record.record_type.clone(),
                subject: subject.clone(),
                occurred: Timestamp::from_millisecond(record.occurred_ms).ok(),
            })
        })
        .collect()
}

/// What no record says of the document: as asked, or as is usual.
pub(crate) fn sending(asked: Asked, supplied: BTreeMap<String, String>, now_ms: i64) -> Sending {
    let at = Timestamp::from_millisecond(now_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    // Seconds since 1970: two documents of one second need `control`.
    let number = now_ms.div_euclid(1_000).rem_euclid(CONTROL_NUMBERS);
    Sending {
        sender: asked.sender.unwrap_or_default(),
        sender_qualifier: asked.sender_qualifier.unwrap_or_default(),
        receiver: asked.receiver.unwrap_or_default(),
        receiver_qualifier: asked.receiver_qualifier.unwrap_or_default(),
        control_number: asked
            .control
            .unwrap_or_else(|| u32::try_from(number).unwrap_or(1)),
        at: TimeZone::UTC.to_datetime(at),
        test: asked.test,
        supplied,
    }
}

pub(crate) fn refusal(error: &WriteError) -> Refusal {
    let faults = match error {
        WriteError::Missing(missing) => missing
            .iter()
            .map(|gap| {
                let (en, es) = (&gap.en, &gap.es);
                let name = &gap.pointer;
                match out::is_supplied(name) {
                    false => Fault::at(
                        "document-member-missing",
                        &gap.pointer,
                        format!("the document needs {en}"),
                        format!("el documento necesita {es}"),
                    ),
                    // Records have it, more than one: what is missing is the choice.
                    true if out::is_choice(name) => Fault::at(
                        "document-element-missing",
                        &format!("/{name}"),
                        format!("the document is of one record and the case has several: say in `{name}` {en}"),
                        format!("el documento es de un registro y el expediente tiene varios: diga en `{name}` {es}"),
                    ),
                    true => Fault::at(
                        "document-element-missing",
                        &format!("/{name}"),
                        format!("the document needs {en}, which no record has: supply `{name}`"),
                        format!("el documento necesita {es}, que ningún registro tiene: indique `{name}`"),
                    ),
                }
            })
            .collect(),
        WriteError::Changed {
            pointer,
            record_type,
            is,
            would_be,
        } => vec![Fault::at(
            "document-member-changed",
            pointer,
            format!(
                "`{pointer}` of {record_type} can't be said in this format: `{is}` would be read as `{would_be}`"
            ),
            format!(
                "`{pointer}` de {record_type} no se puede decir en este formato: `{is}` se leería como `{would_be}`"
            ),
        )],
        WriteError::Address {
            member,
            takes,
            takes_es,
        } => {
            let fault = Fault::at(
                "parameter-malformed",
                member,
                format!("`{member}` is {takes}"),
                format!("`{member}` admite {takes_es}"),
            );
            return Refusal::one(RefusalKind::Malformed, fault);
        }
        WriteError::Faulty(faults) => faults
            .iter()
            .map(|fault| {
                Fault::at(
                    "document-faulty",
                    fault.pointer.as_deref().unwrap_or(""),
                    format!("the document would be wrong: {}", fault.en),
                    format!("el documento saldría mal: {}", fault.es),
                )
            })
            .collect(),
        // The list of causes may grow: this one is told as it says itself.
        other => vec![Fault::whole(
            "document-not-written",
            other.to_string(),
            format!("no se pudo escribir: {other}"),
        )],
    };
    Refusal {
        kind: RefusalKind::Unprocessable,
        faults,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use garita_formats::Missing;

    #[test]
    fn a_choice_of_records_is_asked_for_as_such() {
        let said = |pointer: &str, en: &str, es: &str| {
            let gap = Missing {
                pointer: pointer.to_owned(),
                en: en.to_owned(),
                es: es.to_owned(),
            };
            let fault = refusal(&WriteError::Missing(vec![gap])).faults.remove(0);
            (fault.en, fault.es)
        };
        let (en, es) = said(
            "idCcp",
            "which one it is about, of A, B",
            "de cuál se trata, de A, B",
        );
        assert_eq!(
            en,
            "the document is of one record and the case has several: say in `idCcp` which one it is about, of A, B"
        );
        assert_eq!(
            es,
            "el documento es de un registro y el expediente tiene varios: diga en `idCcp` de cuál se trata, de A, B"
        );
        let (en, _) = said("tipoCambio", "the exchange rate", "el tipo de cambio");
        assert_eq!(
            en,
            "the document needs the exchange rate, which no record has: supply `tipoCambio`"
        );
    }
}
