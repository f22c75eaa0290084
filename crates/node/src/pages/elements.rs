//! The table of data elements, one program at a time.

use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use axum::response::Response;
use garita_exchange::problem::Refusal;

use super::ask::{Ask, absent, signed};
use crate::api::elements::of_all;
use crate::console::{
    Address, ElementGroup, ElementRow, ElementsPage, Lang, Link, Place, paths, render_elements,
};
use crate::server::App;

/// `GET /console/elements?profile=`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, |ask| {
        let page = make(ask)?;
        Ok(ask.html(render_elements(&ask.frame(Place::Interfaces), &page)))
    })
    .await
}

fn make(ask: &Ask) -> Result<ElementsPage, Refusal> {
    let all = of_all(ask.app.core());
    let mut programs: Vec<(&str, bool)> = Vec::new();
    for element in &all {
        let mapped = !element.wco.is_empty();
        match programs.iter_mut().find(|(id, _)| *id == element.profile) {
            Some((_, some)) => *some |= mapped,
            None => programs.push((&element.profile, mapped)),
        }
    }
    // Without a choice, the first program that was mapped to the WCO's model.
    let asked = ask.here.value("profile");
    let first = programs.iter().find(|(_, mapped)| *mapped);
    let chosen = programs
        .iter()
        .find(|(id, _)| *id == asked)
        .or_else(|| first.or(programs.first()).filter(|_| asked.is_empty()))
        .map(|(id, _)| *id)
        .ok_or_else(absent)?;
    let title = |id: &str| {
        let core = ask.app.core();
        let found = core
            .programs
            .each()
            .find(|(_, program)| program.id == id)
            .map(|(profile, _)| ask.say(profile).word(&format!("profiles.{id}.title")));
        found.unwrap_or_else(|| id.to_owned())
    };
    let here = |id: &str| {
        Address::new(paths::ELEMENTS)
            .with("profile", id)
            .to_string()
    };
    let api = |format: &str| {
        Address::new("/v1/elements")
            .with("profile", chosen)
            .with("format", format)
            .to_string()
    };
    let mut groups: Vec<ElementGroup> = Vec::new();
    let (mut mapped, mut total) = (0, 0);
    for element in all.iter().filter(|e| e.profile == chosen) {
        total += 1;
        mapped += u64::from(!element.wco.is_empty() || element.uncefact.is_some());
        let row = ElementRow {
            pointer: element
                .pointer
                .strip_prefix("/credentialSubject")
                .unwrap_or(&element.pointer)
                .to_owned(),
            title: match ask.lang {
                Lang::En => element.en.clone(),
                Lang::Es => element.es.clone(),
            },
            kind: element.codes.as_ref().map_or_else(
                || element.kind.clone(),
                |list| format!("{}, {list}", element.kind),
            ),
            required: element.required,
            wco: element.wco.join(" "),
            uncefact: element.uncefact.clone().unwrap_or_default(),
        };
        match groups.last_mut().filter(|g| g.name == element.record_type) {
            Some(group) => group.rows.push(row),
            None => {
                let profile = ask
                    .app
                    .core()
                    .programs
                    .for_record_type(&element.record_type);
                groups.push(ElementGroup {
                    title: profile.map_or_else(
                        || element.record_type.clone(),
                        |profile| ask.say(&profile).record(&element.record_type),
                    ),
                    name: element.record_type.clone(),
                    rows: vec![row],
                });
            }
        }
    }
    Ok(ElementsPage {
        title: title(chosen),
        programs: programs
            .iter()
            .map(|(id, _)| (Link::new(title(id), here(id)), *id == chosen))
            .collect(),
        groups,
        total,
        mapped,
        csv: api("csv"),
        json: api("json"),
    })
}
