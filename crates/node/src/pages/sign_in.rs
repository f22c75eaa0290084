//! Signing in by a one-time link, and out.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use garita_exchange::clock::real_now_ms;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_store::{Session, SignInUse};

use super::ask::{Ask, held, host_of, pairs, see_other, set_cookie, to_sign_in, value_of};
use crate::access;
use crate::api::problem::Problem;
use crate::console::{Place, SignInPage, paths, render_sign_in};
use crate::server::{App, blocking};

/// A session lasts twelve hours: one shift with its handover.
const SESSION_S: i64 = 12 * 3_600;
/// A link's secret: 43 signs of base64url.
const SECRET_BYTES_MAX: usize = 200;

/// `GET /signin/{secret}`: uses a one-time link.
pub(super) async fn link(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    Path(secret): Path<String>,
) -> Response {
    use_link(app, headers, uri, secret).await
}

/// `GET /console/sign-in`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    show(app, headers, uri, false).await
}

/// `POST /console/sign-in`: the code of a link, or the whole link.
pub(super) async fn enter(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    body: Bytes,
) -> Response {
    let posted = pairs(&String::from_utf8_lossy(&body));
    let code = value_of(&posted, "code").trim();
    let secret = code.rsplit(['/', '=']).next().unwrap_or(code).to_owned();
    use_link(app, headers, uri, secret).await
}

/// `POST /console/sign-out`. It needs no form token: the cookie is SameSite=Lax, and who is signed out by force signs in again.
pub(super) async fn leave(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    if let Some(secret) = access::cookie(&headers, access::SESSION_COOKIE) {
        let hash = access::hash(&secret);
        let ended = app
            .core()
            .sequencer
            .change(move |commit| commit.sessions_ended.push(hash))
            .await;
        if let Err(refusal) = ended {
            return Problem::from(refusal).into_response();
        }
    }
    let mut response = to_sign_in();
    set_cookie(
        &mut response,
        &format!(
            "{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
            access::SESSION_COOKIE
        ),
    );
    response
}

async fn use_link(app: Arc<App>, headers: HeaderMap, uri: Uri, secret: String) -> Response {
    match session_of(&app, &secret).await {
        Ok(Some(session)) => {
            let secure = if app.core().identity.url.starts_with("https:") {
                "; Secure"
            } else {
                ""
            };
            let mut response = see_other(paths::BOARD);
            set_cookie(
                &mut response,
                &format!(
                    "{}={session}; Path=/; Max-Age={SESSION_S}; HttpOnly; SameSite=Lax{secure}",
                    access::SESSION_COOKIE
                ),
            );
            response
        }
        Ok(None) => {
            // Who opens the link a second time in the same browser is already in.
            let (held_app, held_headers) = (Arc::clone(&app), headers.clone());
            let inside = blocking(move || already_in(&held_app, &held_headers, &secret)).await;
            if let Ok(true) = inside {
                return see_other(paths::BOARD);
            }
            show(app, headers, uri, true).await
        }
        Err(refusal) => Problem::from(refusal).into_response(),
    }
}

/// Whether a link was for the party that is signed in with these headers.
fn already_in(app: &App, headers: &HeaderMap, secret: &str) -> Result<bool, Refusal> {
    let Some(who) = access::session(app.core(), headers)? else {
        return Ok(false);
    };
    let link = held(app.core().reader.sign_in_link(&access::hash(secret)))?;
    Ok(link.is_some_and(|l| l.used_ms.is_some() && l.party == who.party))
}

/// A new session's secret; none where the link is unknown, used or expired.
async fn session_of(app: &Arc<App>, secret: &str) -> Result<Option<String>, Refusal> {
    if secret.is_empty() || secret.len() > SECRET_BYTES_MAX {
        return Ok(None);
    }
    let hash = access::hash(secret);
    let now_ms = real_now_ms();
    let core = Arc::clone(app.core());
    let found = blocking(move || held(core.reader.sign_in_link(&hash))).await?;
    let Some(link) = found.filter(|l| l.used_ms.is_none() && l.expires_ms > now_ms) else {
        return Ok(None);
    };
    let session = access::new_secret().map_err(|e| {
        Refusal::one(
            RefusalKind::Unavailable,
            Fault::whole("no-randomness", e.to_string(), e.to_string()),
        )
    })?;
    let row = Session {
        hash: access::hash(&session),
        party: link.party,
        data: link.data,
        expires_ms: now_ms.saturating_add(SESSION_S * 1_000),
    };
    let changed = app
        .core()
        .sequencer
        .change(move |commit| {
            commit.sign_in_used.push(SignInUse {
                hash,
                at_ms: now_ms,
            });
            commit.sessions.push(row);
        })
        .await;
    match changed {
        Ok(()) => Ok(Some(session)),
        // Somebody used it between our look and our write.
        Err(refusal) if refusal.kind == RefusalKind::Conflict => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

async fn show(app: Arc<App>, headers: HeaderMap, uri: Uri, bad: bool) -> Response {
    let answer = blocking(move || {
        let (ask, _) = Ask::of(app, &headers, &uri)?;
        let mut ask = ask;
        // A secret in an address must not come back in the page's own links.
        ask.here.path = paths::SIGN_IN.to_owned();
        ask.here.query.clear();
        let core = ask.app.core();
        let page = SignInPage {
            whose: ask.app.name().to_owned(),
            host: host_of(&core.identity.url).to_owned(),
            node_key: core.identity.key.verification_key().to_multibase(),
            action: paths::SIGN_IN.to_owned(),
            fault: bad.then(|| {
                ask.w(
                    "This link is used up, expired or not of this node. Ask for a new one.",
                    "Este enlace ya se usó, venció o no es de este nodo. Pida otro.",
                )
                .to_owned()
            }),
            ..SignInPage::default()
        };
        let status = if bad {
            StatusCode::UNAUTHORIZED
        } else {
            StatusCode::OK
        };
        Ok(ask.answer(status, render_sign_in(&ask.frame(Place::Elsewhere), &page)))
    })
    .await;
    answer.unwrap_or_else(|refusal| Problem::from(refusal).into_response())
}
