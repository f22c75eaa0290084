//! What can be imported, and for each kind which element goes where.

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use garita_formats::{DocumentKind, IMPORTERS};
use garita_profile::builtin::BUILT_IN;

use super::ask::{Ask, absent, signed};
use super::{file, import};
use crate::api::formats::{joined, titles};
use crate::console::{
    Address, FormatGoes, FormatPage, FormatRow, FormatsPage, Link, Place, paths, render_format,
    render_formats,
};
use crate::server::App;

/// `GET /console/formats`.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, |ask| {
        let page = FormatsPage {
            kinds: IMPORTERS
                .iter()
                .map(|one| {
                    let link = Link::new(
                        ask.w(one.en, one.es),
                        format!("{}/{}", paths::FORMATS, one.name),
                    );
                    let count = u64::try_from((one.elements)().len()).unwrap_or(0);
                    (link, one.standard.to_owned(), count)
                })
                .collect(),
            sheets: own_sheets(ask)
                .into_iter()
                .map(|(record_type, title)| {
                    let mut links = templates(ask, &record_type);
                    links.push(Link::new(
                        ask.w("filled sheet in", "entregar la hoja llena"),
                        import::href(&record_type),
                    ));
                    (title, links)
                })
                .collect(),
        };
        Ok(ask.html(render_formats(&ask.frame(Place::Interfaces), &page)))
    })
    .await
}

/// `GET /console/formats/{kind}`.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    Path(kind): Path<String>,
) -> Response {
    signed(app, headers, uri, move |ask| {
        let kind = DocumentKind::from_name(&kind).ok_or_else(absent)?;
        let importer = kind.importer();
        let page = FormatPage {
            title: ask.w(importer.en, importer.es).to_owned(),
            name: importer.name.to_owned(),
            standard: importer.standard.to_owned(),
            json: format!("/v1/formats/{}", importer.name),
            rows: joined(ask.app.core(), kind)
                .into_iter()
                .map(|(row, goes)| FormatRow {
                    place: row.place.into_owned(),
                    title: ask.w(&row.en, &row.es).to_owned(),
                    required: row.required,
                    goes: goes
                        .into_iter()
                        .map(|(goes, element)| FormatGoes {
                            record: record(ask, &goes.record_type),
                            title: titles(&goes, element.as_ref())
                                .map_or_else(String::new, |(en, es)| ask.w(en, es).to_owned()),
                            member: goes.member.into_owned(),
                            wco: element
                                .as_ref()
                                .map_or_else(String::new, |e| e.wco.join(" ")),
                            uncefact: element.and_then(|e| e.uncefact).unwrap_or_default(),
                        })
                        .collect(),
                })
                .collect(),
        };
        Ok(ask.html(render_format(&ask.frame(Place::Interfaces), &page)))
    })
    .await
}

fn record(ask: &Ask, record_type: &str) -> String {
    let profile = ask.app.core().programs.for_record_type(record_type);
    profile.map_or_else(
        || record_type.to_owned(),
        |profile| ask.say(&profile).record(record_type),
    )
}

/// Record types that the reader's role files and a sheet can hold: name and title, by title.
pub(super) fn own_sheets(ask: &Ask) -> Vec<(String, String)> {
    let roles = ask.roles();
    let mut found: Vec<(String, String)> = Vec::new();
    for profile in ask.app.core().programs.iter() {
        let say = ask.say(profile);
        let model = profile.model();
        for record_type in model.records.keys() {
            let has_schema = model.schemas.contains_key(record_type);
            if !has_schema
                || BUILT_IN.contains(&record_type.as_str())
                || !file::may(profile, record_type, &roles)
                || found.iter().any(|(name, _)| name == record_type)
            {
                continue;
            }
            found.push((record_type.clone(), say.record(record_type)));
        }
    }
    found.sort_by(|a, b| a.1.cmp(&b.1));
    found
}

/// Links to the template of a record type; none where there is no such type.
pub(super) fn templates(ask: &Ask, record_type: &str) -> Vec<Link> {
    let known = ask.app.core().programs.for_record_type(record_type);
    if known.is_none() {
        return Vec::new();
    }
    let at = |format: &str| {
        Address::new(format!(
            "/v1/sheets/{}",
            crate::console::segment(record_type)
        ))
        .with("format", format)
        .with("lang", ask.lang.code())
        .to_string()
    };
    vec![Link::new("Excel", at("xlsx")), Link::new("CSV", at("csv"))]
}
