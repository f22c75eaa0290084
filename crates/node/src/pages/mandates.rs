//! Mandates: who may act for the reader's party, for whom it may act; giving one, and taking one back.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use garita_exchange::problem::Refusal;
use garita_exchange::read;
use garita_exchange::submit::{self, Principal, Submission};
use garita_profile::builtin::MANDATE;
use garita_profile::case::{CaseRecord, ReplaceKind, Replaces};
use garita_profile::functions::instant_ms;
use serde_json::Value;

use super::ask::{Ask, absent, held, see_other, signed, to_sign_in, value_of};
use crate::api::problem::Problem;
use crate::api::records::digest_of;
use crate::console::{Link, MandateRow, MandatesPage, Place, Rich, Tone, paths, render_mandates};
use crate::server::{App, blocking};

/// How long before its end a mandate is called out: time for a signature by post.
const ENDING_MS: i64 = 30 * 24 * 3_600_000;

/// `GET /console/mandates`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, |ask| {
        let all = held(read::mandates(&ask.app.core().reader, ask.party()))?;
        let (mut given, mut received) = (Vec::new(), Vec::new());
        for mandate in in_force(&all) {
            if mandate.issuer == ask.party() {
                given.push(row(ask, mandate, "agent"));
            } else {
                received.push(row(ask, mandate, "grantor"));
            }
        }
        let page = MandatesPage {
            given,
            received,
            action: paths::MANDATES.to_owned(),
            hidden: ask.hidden(),
            give: Link::new(
                ask.w("Give a mandate", "Dar un encargo"),
                format!("/console/file/{MANDATE}"),
            ),
        };
        Ok(ask.html(render_mandates(&ask.frame(Place::Elsewhere), &page)))
    })
    .await
}

/// `POST /console/mandates`: takes one back.
pub(super) async fn withdraw(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    body: Bytes,
) -> Response {
    let posted = super::ask::pairs(&String::from_utf8_lossy(&body));
    let step = {
        let (app, headers, uri) = (Arc::clone(&app), headers.clone(), uri.clone());
        blocking(move || {
            let (ask, known) = Ask::of(app, &headers, &uri)?;
            if !known {
                return Ok(Err(to_sign_in()));
            }
            Ok(withdrawal(&ask, &posted).map_err(|refusal| ask.refused(&refusal)))
        })
        .await
    };
    let (submission, principal) = match step {
        Ok(Ok(wanted)) => wanted,
        Ok(Err(response)) => return response,
        Err(refusal) => return Problem::from(refusal).into_response(),
    };
    match submit::draft(app.core(), submission, &principal).await {
        Ok(_) => see_other(paths::MANDATES),
        Err(refusal) => signed(app, headers, uri, move |_| Err(refusal)).await,
    }
}

fn withdrawal(ask: &Ask, posted: &[(String, String)]) -> Result<(Submission, Principal), Refusal> {
    ask.check_token(posted)?;
    let id = value_of(posted, "mandate");
    let all = held(read::mandates(&ask.app.core().reader, ask.party()))?;
    let mandate = in_force(&all)
        .find(|m| m.id == id && m.issuer == ask.party())
        .ok_or_else(absent)?;
    let submission = Submission {
        record_type: MANDATE.to_owned(),
        occurred: None,
        subject: mandate
            .document
            .get("credentialSubject")
            .cloned()
            .unwrap_or_default(),
        standing: None,
        replaces: Some(Replaces {
            id: mandate.id.clone(),
            kind: ReplaceKind::Withdraws,
            reason: ask
                .w("Taken back by its grantor", "Retirado por quien lo dio")
                .to_owned(),
        }),
        follows: Vec::new(),
        saw: None,
        about: Vec::new(),
        on_behalf_of: None,
        source: None,
        related: Vec::new(),
    };
    Ok((submission, ask.who.clone()))
}

/// Mandates that nothing replaced; withdrawals are none.
fn in_force(all: &[CaseRecord]) -> impl Iterator<Item = &CaseRecord> {
    let replaced = |id: &str| {
        let mut ids = all.iter().filter_map(|r| r.replaces.as_ref());
        ids.any(|r| r.id == id)
    };
    all.iter().filter(move |m| {
        let how = m.replaces.as_ref().map(|r| r.kind);
        how != Some(ReplaceKind::Withdraws) && !replaced(&m.id)
    })
}

fn row(ask: &Ask, mandate: &CaseRecord, other: &str) -> MandateRow {
    let subject = mandate.document.get("credentialSubject");
    let text = |member: &str| subject?.get(member)?.as_str();
    let until_ms = text("until").and_then(instant_ms);
    let scope: Vec<String> = subject
        .and_then(|s| s.get("scope"))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|ty| {
            let profile = ask.app.core().programs.for_record_type(ty);
            profile.map_or_else(|| ty.to_owned(), |p| ask.say(&p).record(ty))
        })
        .collect();
    let left = until_ms.map(|until| until.saturating_sub(ask.now_ms));
    let (tone, state) = match left {
        Some(left) if left <= 0 => (Tone::Stop, ask.w("Ended", "Terminado")),
        Some(left) if left <= ENDING_MS => (Tone::Warn, ask.w("Ends soon", "Por terminar")),
        _ => (Tone::Go, ask.w("In force", "Vigente")),
    };
    MandateRow {
        id: mandate.id.clone(),
        href: paths::record(digest_of(&mandate.id)),
        who: text(other).map_or_else(String::new, |did| ask.network.name_of(did).to_owned()),
        scope: if scope.is_empty() {
            ask.w("Everything", "Todo").to_owned()
        } else {
            scope.join(", ")
        },
        tone,
        state: Rich::text(state),
        until: until_ms.map_or_else(String::new, |at| ask.clock_text(at)),
        since_ms: mandate.logged_ms,
    }
}
