//! Kinds of document that are read, and which element of each goes where, with identifiers of the members in others' models.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use garita_exchange::core::Core;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_formats::elements::{ElementRow, Goes, OCCURRED};
use garita_formats::kinds::Importer;
use garita_formats::{DocumentKind, IMPORTERS};
use garita_profile::elements::Element;
use serde_json::{Value, json};

use super::elements::of_all;
use super::problem::Problem;
use crate::server::{App, blocking};

/// `GET /v1/formats`.
pub async fn list() -> Json<Value> {
    let items: Vec<Value> = IMPORTERS
        .iter()
        .map(|one| {
            let mut said = described(one);
            if let Value::Object(map) = &mut said {
                map.insert("elements".to_owned(), json!((one.elements)().len()));
            }
            said
        })
        .collect();
    Json(json!({ "items": items }))
}

/// `GET /v1/formats/{kind}`.
pub async fn one(
    State(app): State<Arc<App>>,
    Path(kind): Path<String>,
) -> Result<Json<Value>, Problem> {
    let Some(found) = DocumentKind::from_name(&kind) else {
        return Err(Refusal::one(
            RefusalKind::NotFound,
            Fault::whole(
                "document-kind-unknown",
                format!("no importer is named `{kind}`; `/v1/formats` lists them"),
                format!("ningún importador se llama `{kind}`; `/v1/formats` los lista"),
            ),
        )
        .into());
    };
    let core = Arc::clone(app.core());
    let rows = blocking(move || Ok(joined(&core, found))).await?;
    let elements: Vec<Value> = rows.into_iter().map(told).collect();
    let mut said = described(found.importer());
    if let Value::Object(map) = &mut said {
        map.insert("elements".to_owned(), Value::Array(elements));
    }
    Ok(Json(said))
}

/// An element, each member that it fills with the programs' own element.
pub type Joined = (ElementRow, Vec<(Goes, Option<Element>)>);

/// The table of a kind, joined with the elements of the programs in force.
pub fn joined(core: &Core, kind: DocumentKind) -> Vec<Joined> {
    let all = of_all(core);
    let element = |goes: &Goes| {
        let pointer = format!("/credentialSubject{}", goes.member);
        let own = |e: &&Element| e.record_type == goes.record_type && e.pointer == pointer;
        // A list of plain values is an element of its own, its values are not.
        let list = pointer.strip_suffix("/*");
        let of_list =
            |e: &&Element| e.record_type == goes.record_type && Some(e.pointer.as_str()) == list;
        all.iter()
            .find(own)
            .or_else(|| all.iter().find(of_list))
            .cloned()
    };
    (kind.importer().elements)()
        .into_iter()
        .map(|row| {
            let goes = row.goes.iter().map(|goes| (goes.clone(), element(goes)));
            let goes = goes.collect();
            (row, goes)
        })
        .collect()
}

/// What people call a member, in English and Spanish.
pub fn titles<'a>(goes: &Goes, element: Option<&'a Element>) -> Option<(&'a str, &'a str)> {
    match element {
        Some(element) => Some((&element.en, &element.es)),
        None if goes.member == OCCURRED => Some(("When it happened", "Cuándo ocurrió")),
        None => None,
    }
}

fn described(importer: &Importer) -> Value {
    json!({
        "kind": importer.name,
        "title": { "en": importer.en, "es": importer.es },
        "standard": importer.standard,
    })
}

fn told((row, goes): Joined) -> Value {
    let goes: Vec<Value> = goes
        .into_iter()
        .map(|(goes, element)| {
            json!({
                "recordType": goes.record_type,
                "member": goes.member,
                "title": titles(&goes, element.as_ref()).map(|(en, es)| json!({ "en": en, "es": es })),
                "wco": element.as_ref().map(|e| e.wco.clone()).unwrap_or_default(),
                "uncefact": element.as_ref().and_then(|e| e.uncefact.clone()),
            })
        })
        .collect();
    json!({
        "place": row.place,
        "title": { "en": row.en, "es": row.es },
        "required": row.required,
        "goes": goes,
    })
}
