//! Data elements of the programs in force, with their identifiers in the WCO Data Model and in UN/CEFACT's dictionary.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use garita_exchange::core::Core;
use garita_profile::elements::{Element, elements};
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::Problem;
use crate::csv;
use crate::server::App;

/// What is asked for: all where nothing is.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    profile: Option<String>,
    record_type: Option<String>,
    /// An identifier of the WCO Data Model.
    wco: Option<String>,
    /// Only elements that have an identifier in one of both models.
    #[serde(default)]
    mapped: bool,
    format: Option<String>,
}

/// `GET /v1/elements`.
pub async fn list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let as_csv = match asked.format.as_deref() {
        Some("csv") => true,
        Some("json") => false,
        None => super::indicators::accepts_csv(&headers),
        Some(_) => {
            return Err(Problem::parameter(
                "format",
                "`format` is json or csv",
                "`format` es json o csv",
            ));
        }
    };
    let found: Vec<Element> = of_all(app.core())
        .into_iter()
        .filter(|e| asked.profile.as_ref().is_none_or(|p| *p == e.profile))
        .filter(|e| {
            asked
                .record_type
                .as_ref()
                .is_none_or(|t| *t == e.record_type)
        })
        .filter(|e| asked.wco.as_ref().is_none_or(|id| e.wco.contains(id)))
        .filter(|e| !asked.mapped || !e.wco.is_empty() || e.uncefact.is_some())
        .collect();
    if as_csv {
        return Ok((
            [
                (
                    header::CONTENT_TYPE,
                    "text/csv; charset=utf-8; header=present",
                ),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"elements.csv\"",
                ),
                (header::VARY, "Accept"),
            ],
            csv_of(&found),
        )
            .into_response());
    }
    let items: Vec<Value> = found.iter().map(described).collect();
    Ok(([(header::VARY, "Accept")], Json(json!({ "items": items }))).into_response())
}

/// The elements of every program in force, by program; of several versions in force the newest.
pub fn of_all(core: &Core) -> Vec<Element> {
    let mut programs: Vec<_> = core.programs.each().collect();
    programs.sort_by(|(_, a), (_, b)| a.id.cmp(&b.id).then_with(|| b.version.cmp(&a.version)));
    programs.dedup_by(|(_, a), (_, b)| a.id == b.id);
    programs
        .into_iter()
        .flat_map(|(profile, program)| elements(profile, &program.id))
        .collect()
}

fn described(element: &Element) -> Value {
    json!({
        "profile": element.profile,
        "version": element.version,
        "recordType": element.record_type,
        "pointer": element.pointer,
        "title": { "en": element.en, "es": element.es },
        "type": element.kind,
        "required": element.required,
        "personal": element.personal,
        "codes": element.codes,
        "wco": element.wco,
        "uncefact": element.uncefact,
        "term": element.term,
    })
}

fn csv_of(found: &[Element]) -> String {
    let mut text = String::from(
        "profile,version,recordType,pointer,en,es,type,required,personal,codes,wco,uncefact,term\r\n",
    );
    let word = |yes: bool| if yes { "true" } else { "false" };
    for e in found {
        let cells = [
            e.profile.as_str(),
            &e.version,
            &e.record_type,
            &e.pointer,
            &e.en,
            &e.es,
            &e.kind,
            word(e.required),
            word(e.personal),
            e.codes.as_deref().unwrap_or_default(),
            &e.wco.join(" "),
            e.uncefact.as_deref().unwrap_or_default(),
            e.term.as_deref().unwrap_or_default(),
        ];
        let cells: Vec<String> = cells.iter().map(|cell| csv::quoted(cell)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}
