//! In step: what parties of two nodes share is compared, by the nodes among themselves and for who looks at a case.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::step::{self, CaseStanding, Missing, PartyStep};
use garita_exchange::wire::{CaseAnswer, CaseAsked, Reconcile, ReconcileAnswer};
use garita_exchange::{encode, reconcile};
use garita_profile::Profile;
use garita_profile::case::CaseRef;
use garita_profile::forms;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::problem::Problem;
use super::reading::reading;
use crate::access;
use crate::server::App;
use crate::signed::Caller;

/// `POST /v1/peer/reconcile`: a node compares what its parties share with parties of this one.
pub async fn reconcile(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<ReconcileAnswer>, Problem> {
    let core = app.core();
    let peer = access::peer(core, "POST", "/v1/peer/reconcile", None, &headers, &body)?;
    let asked: Reconcile = read(&body)?;
    let exchange = app.exchange();
    let (reconciler, steps) = (&exchange.reconciler, &exchange.steps);
    Ok(Json(
        reconcile::answered(core, reconciler, steps, &peer, &asked).await?,
    ))
}

/// `POST /v1/peer/case-step`: the same for one case, as somebody looks at it there.
pub async fn for_peer(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<CaseAnswer>, Problem> {
    let core = app.core();
    let peer = access::peer(core, "POST", "/v1/peer/case-step", None, &headers, &body)?;
    let asked: CaseAsked = read(&body)?;
    Ok(Json(step::answered(core, &peer, asked).await?))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|e| {
        Refusal::one(
            RefusalKind::Malformed,
            Fault::whole("reconcile-malformed", e.to_string(), e.to_string()),
        )
    })
}

/// `GET /v1/cases/{kind}/{key}/step`: whether the other parties of a case hold what they share of it, or what is missing; asked now.
pub async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((kind, key)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let party = reading(&app, &caller, |_, party| Ok(party.to_owned())).await?;
    let case = CaseRef {
        kind: kind.clone(),
        key,
    };
    let steps = step::of(app.exchange(), &party, &case)
        .await?
        .ok_or_else(Problem::not_found)?;
    let core = app.core();
    let network = core.network();
    let profile = core.governing(&kind);
    Ok(Json(json!({
        "items": steps.iter().map(|step| json_of(step, network.name_of(&step.party), profile.as_deref())).collect::<Vec<_>>(),
    })))
}

fn json_of(step: &PartyStep, name: &str, profile: Option<&Profile>) -> Value {
    let instant = |ms: i64| (ms > 0).then(|| encode::instant_text(ms));
    let (standing, lacks, coming, compared, since) = match &step.standing {
        CaseStanding::Here => ("here", &[][..], 0, None, None),
        CaseStanding::InStep { compared_ms } => {
            ("in-step", &[][..], 0, instant(*compared_ms), None)
        }
        CaseStanding::Differs {
            lacks,
            coming,
            compared_ms,
        } => (
            "differs",
            lacks.as_slice(),
            *coming,
            instant(*compared_ms),
            None,
        ),
        CaseStanding::Unasked {
            lacks,
            reached_ms,
            silent_since_ms,
        } => (
            "not-compared",
            lacks.as_slice(),
            0,
            instant(*reached_ms),
            silent_since_ms.and_then(instant),
        ),
        CaseStanding::Isolated { since_ms } => ("isolated", &[][..], 0, None, instant(*since_ms)),
    };
    json!({
        "party": step.party,
        "name": name,
        "node": step.node,
        "standing": standing,
        "lacks": lacks.iter().map(|m| missing(m, profile)).collect::<Vec<_>>(),
        "coming": coming,
        "compared": compared,
        "since": since,
    })
}

fn missing(missing: &Missing, profile: Option<&Profile>) -> Value {
    let title = profile.map(|profile| forms::title_words(profile, &missing.record_type));
    json!({
        "id": missing.id,
        "recordType": missing.record_type,
        "title": title.map(|words| json!({ "en": words.en, "es": words.es })),
        "logged": encode::instant_text(missing.logged_ms),
        "onTheWay": missing.on_the_way,
    })
}
