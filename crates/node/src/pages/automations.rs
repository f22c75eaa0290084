//! The register of what offices of this node sign by rule.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use axum::response::Response;
use garita_exchange::deeds::{self, Registered};
use garita_exchange::problem::Refusal;

use super::ask::{Ask, held, signed};
use super::words::{Say, readable};
use crate::console::{
    AutomationGroup, AutomationRow, AutomationsPage, Lang, Link, Place, paths, render_automations,
};
use crate::server::App;

/// `GET /console/automations`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, |ask| {
        let page = make(ask)?;
        Ok(ask.html(render_automations(&ask.frame(Place::Indicators), &page)))
    })
    .await
}

fn make(ask: &Ask) -> Result<AutomationsPage, Refusal> {
    let core = ask.app.core();
    let mut programs: BTreeMap<String, AutomationGroup> = BTreeMap::new();
    for line in deeds::register(core)? {
        let Some(profile) = core.programs.for_record_type(&line.issue) else {
            continue;
        };
        let say = ask.say(&profile);
        let group = programs
            .entry(line.profile.clone())
            .or_insert_with(|| AutomationGroup {
                title: say.word(&format!("profiles.{}.title", line.profile)),
                version: line.version.clone(),
                rows: Vec::new(),
            });
        group.rows.push(row(ask, &say, line)?);
    }
    Ok(AutomationsPage {
        programs: programs.into_values().collect(),
        json: "/v1/automations".to_owned(),
    })
}

fn row(ask: &Ask, say: &Say, line: Registered) -> Result<AutomationRow, Refusal> {
    let pick = |(en, es): &(String, String)| match ask.lang {
        Lang::Es if !es.is_empty() => es.clone(),
        Lang::En | Lang::Es => en.clone(),
    };
    // Only what the reader may see of them: the register itself names no case.
    let mut latest = Vec::new();
    for (id, at_ms) in &line.latest {
        if held(ask.app.core().reader.record(ask.party(), id))?.is_some() {
            let short: String = id
                .rsplit(';')
                .next()
                .unwrap_or(id)
                .chars()
                .take(8)
                .collect();
            latest.push((Link::new(short, paths::record(id)), *at_ms));
        }
    }
    let title = pick(&line.title);
    let on: Vec<String> = line
        .on
        .iter()
        .map(|on| match on.split_once(": ") {
            Some((kind, state)) => format!(
                "{}: {}",
                say.kind(kind),
                say.word(&format!("states.{state}")).to_lowercase()
            ),
            None => say.record(on),
        })
        .collect();
    let run_by: Vec<&str> = line
        .run_by
        .iter()
        .map(|did| ask.network.name_of(did))
        .collect();
    Ok(AutomationRow {
        title: if title.is_empty() {
            readable(&line.rule)
        } else {
            title
        },
        why: pick(&line.why),
        on: on.join(", "),
        when: line.when,
        office: say.role(line.office.strip_prefix("post.").unwrap_or(&line.office)),
        run_by: run_by.join(", "),
        issue: say.record(&line.issue),
        issued: line.issued,
        refused: line.refused,
        last_ms: line.last_ms,
        latest,
        rule: line.rule,
    })
}
