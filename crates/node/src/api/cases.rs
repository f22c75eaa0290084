//! Cases: get, list, timeline, search; the programs that define them.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use garita_exchange::sequence::store_refusal;
use garita_exchange::{deeds, encode, program, read};
use garita_profile::case::CaseRef;
use garita_store::{CaseQuery, TermMatch};
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::Problem;
use super::reading::{page_size, reading};
use super::records::brief;
use crate::server::{App, blocking};
use crate::signed::Caller;

/// Search names that are the node's own and no person's.
const OWN_TERMS: &[&str] = &["part-of"];
const HITS_MAX: usize = 50;

/// Query of `GET /v1/cases`.
#[derive(Debug, Deserialize)]
pub struct ListQuery {
    kind: String,
    /// Shown states, comma-separated.
    state: Option<String>,
    cursor: Option<String>,
    limit: Option<usize>,
}

/// `GET /v1/cases?kind=…`.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<Value>, Problem> {
    let limit = page_size(query.limit)?;
    if query.kind.is_empty() {
        return Err(Problem::parameter(
            "kind",
            "`kind` is a kind of case, such as `GET /v1/profiles` lists",
            "`kind` es una clase de expediente, como las que da `GET /v1/profiles`",
        ));
    }
    let (page, counts) = reading(&app, &caller, move |core, party| {
        let page = core
            .reader
            .cases(
                party,
                &query.kind,
                &CaseQuery {
                    shown: query
                        .state
                        .map(|s| s.split(',').map(str::to_owned).collect())
                        .unwrap_or_default(),
                    limit,
                    cursor: query.cursor,
                    ..CaseQuery::default()
                },
            )
            .map_err(|e| store_refusal(&e))?;
        let counts = core
            .reader
            .case_counts(party, &query.kind)
            .map_err(|e| store_refusal(&e))?;
        Ok((page, counts))
    })
    .await?;
    let counts: serde_json::Map<String, Value> =
        counts.into_iter().map(|(s, n)| (s, n.into())).collect();
    Ok(Json(json!({
        "items": page.items.iter().map(|view| json!({
            "kind": view.kind,
            "key": view.key,
            "title": view.title,
            "state": view.shown,
            "since": encode::instant_text(view.since_ms),
        })).collect::<Vec<_>>(),
        "next": page.next,
        "counts": counts,
    })))
}

/// `GET /v1/cases/{kind}/{key}`: the state as of now.
pub async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((kind, key)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let read = reading(&app, &caller, move |core, party| {
        read::case(core, party, &CaseRef { kind, key })
    })
    .await?
    .ok_or_else(Problem::not_found)?;
    Ok(Json(
        serde_json::to_value(read.state.as_ref()).unwrap_or_default(),
    ))
}

/// `GET /v1/cases/{kind}/{key}/timeline`: its records, oldest first, with what became of each.
pub async fn timeline(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((kind, key)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let read = reading(&app, &caller, move |core, party| {
        read::case(core, party, &CaseRef { kind, key })
    })
    .await?
    .ok_or_else(Problem::not_found)?;
    let items: Vec<Value> = read
        .state
        .records
        .iter()
        .filter_map(|state| {
            let held = read.records.iter().find(|h| h.record.id == state.id)?;
            let mut value = brief(held);
            if let Value::Object(map) = &mut value {
                map.insert(
                    "effective".to_owned(),
                    encode::instant_text(state.effective_ms).into(),
                );
                map.insert("inForce".to_owned(), state.in_force.into());
                map.insert("why".to_owned(), json!(state.why));
                map.insert("moved".to_owned(), json!(state.moved));
            }
            Some(value)
        })
        .collect();
    Ok(Json(json!({ "items": items })))
}

/// Query of `GET /v1/search`.
#[derive(Debug, Deserialize)]
pub struct SearchQuery {
    q: String,
    name: Option<String>,
}

/// `GET /v1/search?q=…`: plate, SCN, entry, pedimento, trip, container, seal; whole, its beginning, or its end.
pub async fn search(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<SearchQuery>,
) -> Result<Json<Value>, Problem> {
    if query.q.is_empty() {
        return Err(Problem::parameter(
            "q",
            "`q` is the number that is looked for",
            "`q` es el número que se busca",
        ));
    }
    let hits = reading(&app, &caller, move |core, party| {
        found(core, party, &query.q, query.name.as_deref())
    })
    .await?;
    Ok(Json(json!({
        "items": hits.iter().map(|(name, value, case)| json!({
            "name": name, "value": value, "kind": case.kind, "key": case.key,
        })).collect::<Vec<_>>(),
    })))
}

/// Cases that a text finds: exact first, then by beginning, then by end; each once.
pub(crate) fn found(
    core: &garita_exchange::core::Core,
    party: &str,
    text: &str,
    name: Option<&str>,
) -> Result<Vec<(String, String, CaseRef)>, garita_exchange::Refusal> {
    let mut hits: Vec<(String, String, CaseRef)> = Vec::new();
    for how in [TermMatch::Exact, TermMatch::Prefix, TermMatch::Suffix] {
        // Two letters would name half of the bridge.
        if how != TermMatch::Exact && garita_store::normalise_term(text).chars().count() < 3 {
            continue;
        }
        let found = core
            .reader
            .search(party, name, text, how, HITS_MAX)
            .map_err(|e| store_refusal(&e))?;
        for hit in found {
            let case = CaseRef {
                kind: hit.kind,
                key: hit.key,
            };
            if OWN_TERMS.contains(&hit.name.as_str()) || hits.iter().any(|(_, _, c)| *c == case) {
                continue;
            }
            hits.push((hit.name, hit.value, case));
        }
    }
    hits.truncate(HITS_MAX);
    Ok(hits)
}

/// `GET /v1/profiles`.
pub async fn profiles(State(app): State<Arc<App>>) -> Json<Value> {
    let network = app.core().network();
    let now_ms = app.core().clock.now_ms();
    let items: Vec<Value> = app
        .core()
        .programs
        .each()
        .map(|(profile, program)| {
            let model = profile.model();
            let member = model.members.iter().find(|m| m.id == program.id);
            let own = |of: &BTreeMap<String, String>| -> Vec<String> {
                of.iter()
                    .filter(|(_, p)| **p == program.id)
                    .map(|(name, _)| name.clone())
                    .collect()
            };
            json!({
                "id": program.id,
                "version": program.version,
                "core": program.core_digest,
                "face": program.face_digest,
                "adopted": network.profiles.contains_key(&program.core_digest),
                "mayIssue": network.may_issue_under(&program.id, &program.core_digest, now_ms),
                "context": program::context_url(program),
                "uses": member.map(|m| &m.uses),
                "kinds": own(&model.kind_of),
                "recordTypes": own(&model.type_of),
            })
        })
        .collect();
    Json(json!({ "items": items }))
}

/// `GET /v1/automations`: the public register of what offices of this node sign by rule.
pub async fn automations(State(app): State<Arc<App>>) -> Result<Json<Value>, Problem> {
    let core = Arc::clone(app.core());
    let lines = blocking(move || deeds::register(&core)).await?;
    let instant = |at: Option<i64>| at.map(encode::instant_text);
    let items: Vec<Value> = lines
        .into_iter()
        .map(|line| {
            json!({
                "profile": line.profile,
                "version": line.version,
                "rule": line.rule,
                "office": line.office,
                "runBy": line.run_by,
                "on": line.on,
                "when": line.when,
                "issue": line.issue,
                "title": { "en": line.title.0, "es": line.title.1 },
                "why": { "en": line.why.0, "es": line.why.1 },
                "issued": line.issued,
                "refused": line.refused,
                "first": instant(line.first_ms),
                "last": instant(line.last_ms),
            })
        })
        .collect();
    Ok(Json(json!({ "items": items })))
}

/// `GET /v1/profiles/{profile}/context`: the JSON-LD context; `record` names the envelope's.
pub async fn context(
    State(app): State<Arc<App>>,
    Path(profile): Path<String>,
) -> Result<Json<Value>, Problem> {
    if profile == "record" {
        return Ok(Json(
            serde_json::from_str(program::envelope_context()).unwrap_or_default(),
        ));
    }
    app.core()
        .programs
        .each()
        .find(|(_, p)| p.id == profile)
        .map(|(_, p)| Json(p.context.clone()))
        .ok_or_else(Problem::not_found)
}
