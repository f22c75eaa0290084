//! The W3C CCG VC API of a node: credentials of its parties issued for use outside the exchange, those of others verified, parts shown.
//!
//! What the interface is lies in [`garita_credential::vc_api`], which the test profile serves too. Here is who may: a party issues as
//! itself, with its own key, and nothing that the exchange says by itself.
//!
//! INVARIANT (nothing of the exchange by hand): what a party says inside the exchange is a record, admitted, logged and delivered, and a
//! program's credential repeats a record. No key of a party signs here what could be taken for either.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use garita_canon::rdf::Term;
use garita_credential::judge::Judge;
use garita_credential::resolver::Resolver as _;
use garita_credential::vc_api::{self as pure, Answer, Fresh, Issuer, Way};
use garita_credential::{KeyFile, SigningKey, vc};
use garita_exchange::core::{Core, HostedKey};
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::submit::Principal;
use garita_exchange::verify::fault;
use garita_exchange::{encode, parse, rotation, signing};
use serde_json::Value;

use super::problem::Problem;
use crate::access::{self, Scope};
use crate::judging;
use crate::server::{App, blocking};
use crate::signed::Caller;

/// Under which all names of the exchange and its programs stand.
const OWN_NAMES: &str = "https://w3id.org/garita/";
/// Types that parties sign outside the programs.
const OWN_TYPES: &[&str] = &[
    "DeskContact",
    "GovernanceEntry",
    "ProfileAdoption",
    rotation::KEY_CHANGE,
];

/// `POST /credentials/issue`: as the party that asks.
pub async fn issue(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Bytes,
) -> Result<Response, Problem> {
    let answer = blocking(move || {
        let core = app.core();
        let principal = access::principal(core, &caller, Scope::Submit)?;
        let body = parse::document(&body)?;
        issued(core, &principal, body).inspect_err(|refusal| core.metrics.refuse(refusal.code()))
    })
    .await?;
    Ok(told(answer))
}

/// `POST /credentials/derive`: a part of what its holder brings.
pub async fn derive(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Bytes,
) -> Result<Response, Problem> {
    let answer = blocking(move || {
        access::principal(app.core(), &caller, Scope::Read)?;
        let body = parse::document(&body)?;
        Ok(pure::derive(&body, &fresh()?, &app.core().canonicalizer))
    })
    .await?;
    Ok(told(answer))
}

/// `POST /credentials/verify`.
pub async fn verify_credential(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Bytes,
) -> Result<Response, Problem> {
    verified(app, caller, body, pure::verify_credential).await
}

/// `POST /presentations/verify`.
pub async fn verify_presentation(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Bytes,
) -> Result<Response, Problem> {
    verified(app, caller, body, pure::verify_presentation).await
}

async fn verified(
    app: Arc<App>,
    caller: Caller,
    body: Bytes,
    verify: fn(&Value, &Judge<'_>) -> Answer,
) -> Result<Response, Problem> {
    let answer = blocking(move || {
        access::principal(app.core(), &caller, Scope::Read)?;
        let body = parse::document(&body)?;
        judging::judged(&app, |judge| verify(&body, judge))
    })
    .await?;
    Ok(told(answer))
}

/// In the interface's own words; what is refused has the members of a problem (RFC 9457) beside them.
fn told(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match (answer.body, answer.problems.is_empty()) {
        (Value::Object(members), false) => {
            let refusal = Refusal {
                kind: RefusalKind::Unprocessable,
                faults: answer.problems.iter().map(fault).collect(),
            };
            Problem::from(refusal).beside(status, members)
        }
        (body, _) => (status, Json(body)).into_response(),
    }
}

fn issued(core: &Core, principal: &Principal, mut body: Value) -> Result<Answer, Refusal> {
    let party = &principal.party;
    let hosted = core.hosted.get(party).ok_or_else(|| {
        forbidden(
            "issuer-not-hosted",
            "the key of your party is not at this node",
            "la llave de su parte no está en este nodo",
        )
    })?;
    if let Some(Value::Object(credential)) = body.get_mut("credential") {
        // Who issues is known: it is the one who asks.
        credential
            .entry("issuer")
            .or_insert_with(|| Value::String(party.clone()));
    }
    if let Some(credential) = body.get("credential") {
        if vc::issuer_of(credential).is_some_and(|issuer| issuer != party) {
            return Err(forbidden(
                "issuer-not-you",
                "you issue as your own party; leave `issuer` out, or name it",
                "usted emite como su propia parte; omita `issuer` o nómbrela",
            ));
        }
        not_the_exchanges(core, credential)?;
    }
    let now_ms = core.clock.now_ms();
    let (method, key) = key_for(&hosted.current(), &body);
    // A key that is revoked signs nothing any more, whatever time the proof would bear.
    core.network().key(&method, Some(now_ms)).map_err(|error| {
        Refusal::one(
            RefusalKind::Conflict,
            Fault::whole(
                error.code(),
                format!("the key of your party signs nothing any more: {error}"),
                format!("la llave de su parte ya no firma nada: {error}"),
            ),
        )
    })?;
    let file = KeyFile {
        id: method,
        controller: party.clone(),
        key,
    };
    let way = Way::asked_for(&body, file)
        .map_err(|problem| Refusal::one(RefusalKind::Unprocessable, fault(&problem)))?;
    let issuer = Issuer { way };
    let answer = pure::issue(&issuer, &body, None, &fresh()?, now_ms, &core.canonicalizer);
    if let Some(refusal) = answer.problems.iter().find_map(signing::signer_away) {
        return Err(refusal);
    }
    if answer.problems.is_empty() {
        tracing::info!(
            party,
            person = principal.person,
            "a credential for use outside was issued"
        );
    }
    Ok(answer)
}

/// The key of a party that the suite uses which is asked for: that of P-256 for those of ECDSA, where the party has one.
fn key_for(hosted: &HostedKey, body: &Value) -> (String, SigningKey) {
    let suite = body.pointer("/options/cryptosuite").and_then(Value::as_str);
    match &hosted.views {
        Some(views) if suite.is_some_and(|suite| suite.starts_with("ecdsa-")) => (
            views.verification_method.clone(),
            views.key.as_ref().clone(),
        ),
        _ => (
            hosted.verification_method.clone(),
            hosted.key.as_ref().clone(),
        ),
    }
}

/// Upholds (nothing of the exchange by hand). By the contexts and types as they are written, which is what readers go by; and by the
/// statements that they come to, which is what a proof is over: the same statements could be written with other names.
fn not_the_exchanges(core: &Core, credential: &Value) -> Result<(), Refusal> {
    let is_own_type = |name: &str| {
        OWN_TYPES.contains(&name)
            || core.programs.iter().any(|profile| {
                let model = profile.model();
                model.records.contains_key(name)
                    || model.credentials.values().any(|c| {
                        c.types
                            .iter()
                            .any(|of| of == name && of != "VerifiableCredential")
                    })
            })
    };
    let texts = |name: &str| match credential.get(name) {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(one)) => vec![one.as_str()],
        _ => Vec::new(),
    };
    let pointer = if texts("type").into_iter().any(is_own_type) {
        "/type"
    } else if texts("@context")
        .iter()
        .any(|url| url.starts_with(OWN_NAMES))
    {
        "/@context"
    } else if states_own_names(core, credential) {
        ""
    } else {
        return Ok(());
    };
    Err(Refusal::one(
        RefusalKind::Unprocessable,
        Fault::at(
            "credential-reserved",
            pointer,
            "records and credentials of a program are not issued by hand; file a record with `POST /v1/records`, from which the program makes its credentials",
            "los registros y las credenciales de un programa no se emiten a mano; presente un registro con `POST /v1/records`, del que el programa hace sus credenciales",
        ),
    ))
}

fn states_own_names(core: &Core, credential: &Value) -> bool {
    // What is no linked data is refused later, with the place.
    let Ok(statements) = core.canonicalizer.dataset(credential) else {
        return false;
    };
    statements.quads().iter().any(|quad| {
        let own_type = matches!(&quad.object, Term::Iri(iri) if iri.starts_with(OWN_NAMES));
        quad.predicate.starts_with(OWN_NAMES) || own_type
    })
}

fn fresh() -> Result<Fresh, Refusal> {
    Fresh::from_random(|| encode::random().ok()).ok_or_else(|| {
        Refusal::one(
            RefusalKind::Unavailable,
            Fault::whole(
                "no-randomness",
                "the system has no randomness to give; nothing was signed",
                "el sistema no tiene azar que dar; nada se firmó",
            ),
        )
    })
}

fn forbidden(code: &str, en: &str, es: &str) -> Refusal {
    Refusal::one(
        RefusalKind::Forbidden,
        Fault::at(code, "/credential/issuer", en, es),
    )
}
