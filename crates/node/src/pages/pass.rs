//! Passes: a party of a case gives a link, and whoever has it sees that one case as the program's `pass` shows it, without an account.
//!
//! A link's secret has 128 random bits and lies in its address only: the node keeps its SHA-256, writes no address into its logs, and
//! asks browsers to tell it to nobody (`Referrer-Policy`) and engines to keep off (`X-Robots-Tag`). The page is read-only and of one case;
//! an unknown, expired and revoked link look alike.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use garita_exchange::clock::real_now_ms;
use garita_exchange::encode;
use garita_exchange::problem::{Fault as Refused, Refusal, RefusalKind};
use garita_exchange::submit::Principal;
use garita_profile::clocks;
use garita_profile::pass::{self, PassText};
use garita_store::{Pass, PassRevoked};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::ask::{Ask, absent, held, pairs, signed, to_sign_in, value_of};
use super::case::{self, Opened};
use crate::access;
use crate::api::problem::Problem;
use crate::console::{
    Lang, Link, MadePass, PassPage, PassRow, PassesPage, Place, paths, render_pass,
    render_pass_gone, render_passes,
};
use crate::server::{App, blocking};

/// Links of one case that are good at a time: a driver, one who takes over, a yard's tablet.
const GOOD_MAX: usize = 5;
/// Looks at one link in a minute: the page asks three times for each phone that has it open.
const LOOKS_MAX: u32 = 60;
/// A secret's signs: 16 bytes in base64url.
const SECRET_SIGNS: usize = 22;
const HOUR_MS: i64 = 3_600_000;
/// What may keep a copy of the page or tell its address on is told not to.
const HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("x-robots-tag"),
        "noindex, nofollow, noarchive",
    ),
];

/// `GET /p/{secret}`: the holder's page.
pub(super) async fn look(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    Path(secret): Path<String>,
) -> Response {
    blocking(move || looked(app, &headers, &uri, &secret))
        .await
        .unwrap_or_else(|refusal| Problem::from(refusal).into_response())
}

fn looked(
    app: Arc<App>,
    headers: &HeaderMap,
    uri: &Uri,
    secret: &str,
) -> Result<Response, Refusal> {
    // Whoever is signed in besides is nobody here: the page is the giver's view for anyone who has the link.
    let mut bare = HeaderMap::new();
    bare.extend(
        headers
            .get(header::ACCEPT_LANGUAGE)
            .map(|v| (header::ACCEPT_LANGUAGE, v.clone())),
    );
    let (mut ask, _) = Ask::of(Arc::clone(&app), &bare, uri)?;
    let hash = access::hash(secret);
    let found = if secret.len() == SECRET_SIGNS {
        held(app.core().reader.pass(&hash))?
    } else {
        None
    };
    let Some(given) = found.filter(|p| good(p, real_now_ms())) else {
        return Ok(gone(&ask));
    };
    if !app.passes().allows(hash, LOOKS_MAX, real_now_ms()) {
        return Err(Refusal::one(
            RefusalKind::Busy,
            Refused::whole(
                "pass-too-often",
                "this link was opened too often within a minute; wait a little",
                "este enlace se abrió demasiadas veces en un minuto; espere un poco",
            ),
        ));
    }
    ask.who = Principal {
        party: given.party.clone(),
        person: String::new(),
        post: String::new(),
    };
    let opened = match case::open(&ask, &given.kind, &given.key) {
        Ok(opened) => opened,
        Err(refusal) if refusal.kind == RefusalKind::NotFound => return Ok(gone(&ask)),
        Err(refusal) => return Err(refusal),
    };
    let shown = shown(&ask, &opened, &given);
    Ok(shown.map_or_else(
        || gone(&ask),
        |page| {
            answer(
                StatusCode::OK,
                render_pass(&ask.frame(Place::Elsewhere), &page),
            )
        },
    ))
}

/// Neither expired nor taken back.
fn good(given: &Pass, now_ms: i64) -> bool {
    given.revoked_ms.is_none() && now_ms < given.expires_ms
}

fn gone(ask: &Ask) -> Response {
    answer(
        StatusCode::NOT_FOUND,
        render_pass_gone(&ask.frame(Place::Elsewhere)),
    )
}

fn answer(status: StatusCode, body: String) -> Response {
    let mut response = (status, body).into_response();
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The page; none where the program shows none, or the case ended long enough ago.
fn shown(ask: &Ask, opened: &Opened, given: &Pass) -> Option<PassPage> {
    let (profile, state) = (opened.profile(), &opened.read.state);
    let (_, after_ms) = pass::spans_ms(profile, &given.kind)?;
    let over = pass::ended_ms(profile, state)
        .is_some_and(|ended| ask.now_ms.saturating_sub(ended) > after_ms);
    if over {
        return None;
    }
    let page = pass::page(profile, opened.view(ask))?;
    let spanish = ask.lang == Lang::Es;
    let told = |value: &str| told(ask, value);
    let line = |text: &PassText| text.filled(spanish, &told);
    let newest = opened
        .read
        .records
        .iter()
        .map(|h| h.record.logged_ms)
        .max()
        .unwrap_or(state.since_ms);
    let until = ask.clock_text(business_of(ask, given.expires_ms));
    Some(PassPage {
        kind: opened.say.kind(&given.kind),
        title: opened.title.clone(),
        step: page.step.as_ref().map(line).unwrap_or_default(),
        number: page.number,
        number_label: opened
            .say
            .text("pass.number")
            .unwrap_or(ask.lang.t("pass.show"))
            .to_owned(),
        ready: page.ready,
        lacks: page.lacks.iter().map(line).collect(),
        state: opened.say.state(state.state.as_deref()),
        sides: page
            .sides
            .iter()
            .map(|(side, text)| (side == "mx", line(text)))
            .collect(),
        fields: page
            .fields
            .iter()
            .map(|(label, value)| {
                let of = |w| opened.say.of(w).to_owned();
                (of(label), told(&of(value)))
            })
            .collect(),
        told_ms: newest,
        good_until: ask.lang.with("pass.good-until", &[("at", &until)]),
        given_by: ask.network.name_of(&given.party).to_owned(),
    })
}

/// An instant in the port's zone; anything else as it is.
fn told(ask: &Ask, value: &str) -> String {
    let instant = (value.as_bytes().get(10) == Some(&b'T'))
        .then(|| clocks::instant(value))
        .flatten();
    instant.map_or_else(|| value.to_owned(), |at| ask.clock_text(at))
}

/// A real instant on the node's clock, which in the demonstration runs faster.
fn business_of(ask: &Ask, real_ms: i64) -> i64 {
    let ahead = real_ms.saturating_sub(real_now_ms()) as f64 * ask.app.core().clock.speed();
    ask.now_ms.saturating_add(ahead as i64)
}

/// `GET …/pass`: the links of a case.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    Path((kind, key)): Path<(String, String)>,
) -> Response {
    signed(app, headers, uri, move |ask| {
        let opened = may_give(ask, &kind, &key)?;
        listed(ask, &opened, StatusCode::OK, None, None)
    })
    .await
}

/// `POST …/pass`: makes a link, or takes one back.
pub(super) async fn change(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    Path((kind, key)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let posted = pairs(&String::from_utf8_lossy(&body));
    let step = {
        let (app, headers, uri) = (Arc::clone(&app), headers.clone(), uri.clone());
        let (kind, key) = (kind.clone(), key.clone());
        blocking(move || {
            let (ask, known) = Ask::of(app, &headers, &uri)?;
            if !known {
                return Ok(Step::Answer(to_sign_in()));
            }
            Ok(wanted(&ask, &headers, &posted, &kind, &key)
                .unwrap_or_else(|refusal| Step::Answer(ask.refused(&refusal))))
        })
        .await
    };
    let made = match step {
        Ok(Step::Answer(response)) => return response,
        Err(refusal) => return Problem::from(refusal).into_response(),
        Ok(Step::Give(row, secret)) => app
            .core()
            .sequencer
            .change(move |commit| commit.passes.push(row))
            .await
            .map(|()| Some(secret)),
        Ok(Step::Revoke(revoked)) => app
            .core()
            .sequencer
            .change(move |commit| commit.passes_revoked.push(revoked))
            .await
            .map(|()| None),
    };
    signed(app, headers, uri, move |ask| {
        let secret = made?;
        let opened = may_give(ask, &kind, &key)?;
        listed(ask, &opened, StatusCode::OK, secret, None)
    })
    .await
}

enum Step {
    Answer(Response),
    Give(Pass, String),
    Revoke(PassRevoked),
}

fn wanted(
    ask: &Ask,
    headers: &HeaderMap,
    posted: &[(String, String)],
    kind: &str,
    key: &str,
) -> Result<Step, Refusal> {
    ask.check_token(posted)?;
    let opened = may_give(ask, kind, key)?;
    let now_ms = real_now_ms();
    if value_of(posted, "do") == "revoke" {
        let hash = unhex(value_of(posted, "pass")).ok_or_else(absent)?;
        return Ok(Step::Revoke(PassRevoked {
            hash,
            party: ask.party().to_owned(),
            at_ms: now_ms,
        }));
    }
    let secret = secret_of(headers, posted).ok_or_else(absent)?;
    let hash = access::hash(&secret);
    let good_now = good_ones(ask, kind, key)?;
    // A page that is loaded again sends its form again: the same link is shown, not another made.
    let again = good_now.iter().any(|p| p.hash == hash);
    if good_now.len() >= GOOD_MAX && !again {
        let most = GOOD_MAX.to_string();
        let fault = ask.lang.with("passes.too-many", &[("most", &most)]);
        return Ok(Step::Answer(listed(
            ask,
            &opened,
            StatusCode::CONFLICT,
            None,
            Some(fault),
        )?));
    }
    let (lasts_ms, _) = pass::spans_ms(opened.profile(), kind).ok_or_else(absent)?;
    Ok(Step::Give(
        Pass {
            hash,
            party: ask.party().to_owned(),
            kind: kind.to_owned(),
            key: key.to_owned(),
            data: json!({ "person": ask.who.person }).to_string(),
            created_ms: now_ms,
            expires_ms: now_ms.saturating_add(lasts_ms),
            revoked_ms: None,
        },
        secret,
    ))
}

/// The secret of the link that a form asks for: 128 bits out of the form's own random key and the session's secret, so that the same form
/// sent twice asks for the same link.
fn secret_of(headers: &HeaderMap, posted: &[(String, String)]) -> Option<String> {
    let once = value_of(posted, "once");
    let session = access::cookie(headers, access::SESSION_COOKIE)?;
    if once.is_empty() {
        return None;
    }
    let mut hasher = Sha256::new();
    hasher.update(b"garita pass v1\n");
    hasher.update(session.as_bytes());
    hasher.update(b"\n");
    hasher.update(once.as_bytes());
    let digest = hasher.finalize();
    digest.get(..16).map(encode::base64url)
}

/// Opens a case to which the reader may give a link.
fn may_give(ask: &Ask, kind: &str, key: &str) -> Result<Opened, Refusal> {
    let opened = case::open(ask, kind, key)?;
    if pass::may_give(
        opened.profile(),
        &opened.read.state,
        ask.party(),
        &ask.roles(),
    ) {
        Ok(opened)
    } else {
        Err(absent())
    }
}

fn good_ones(ask: &Ask, kind: &str, key: &str) -> Result<Vec<Pass>, Refusal> {
    let mut all = held(ask.app.core().reader.passes(ask.party(), kind, key))?;
    let now_ms = real_now_ms();
    all.retain(|p| good(p, now_ms));
    Ok(all)
}

/// What the page is called: by the program, else by the console.
pub(super) fn title(ask: &Ask, opened: &Opened) -> String {
    let key = format!("pass.{}.title", opened.case.kind);
    opened
        .say
        .text(&key)
        .unwrap_or(ask.lang.t("passes.page"))
        .to_owned()
}

/// Its address, where the reader may give links to the case and the case goes on.
pub(super) fn link(ask: &Ask, opened: &Opened) -> Option<Link> {
    let (profile, state) = (opened.profile(), &opened.read.state);
    let may = pass::may_give(profile, state, ask.party(), &ask.roles())
        && pass::ended_ms(profile, state).is_none();
    may.then(|| Link::new(title(ask, opened), href(opened)))
}

fn href(opened: &Opened) -> String {
    format!("{}/pass", paths::case(&opened.case.kind, &opened.case.key))
}

fn listed(
    ask: &Ask,
    opened: &Opened,
    status: StatusCode,
    secret: Option<String>,
    fault: Option<String>,
) -> Result<Response, Refusal> {
    let (kind, key) = (&opened.case.kind, &opened.case.key);
    let (lasts_ms, after_ms) = pass::spans_ms(opened.profile(), kind).ok_or_else(absent)?;
    let hours = |ms: i64| u64::try_from(ms / HOUR_MS).unwrap_or(0);
    let person = |data: &str| {
        let data: Value = serde_json::from_str(data).unwrap_or_default();
        let name = data.get("person").and_then(Value::as_str).unwrap_or("");
        if name.is_empty() {
            ask.network.name_of(ask.party()).to_owned()
        } else {
            name.to_owned()
        }
    };
    let rows = good_ones(ask, kind, key)?
        .into_iter()
        .map(|p| PassRow {
            id: hex(&p.hash),
            who: person(&p.data),
            since_ms: business_of(ask, p.created_ms),
            until: ask.clock_text(business_of(ask, p.expires_ms)),
        })
        .collect();
    let case_link = Link::new(
        format!("{} {}", opened.say.kind(kind), opened.title),
        paths::case(kind, key),
    );
    let page = PassesPage {
        title: format!("{}: {}", title(ask, opened), opened.title),
        action: href(opened),
        hidden: ask.hidden(),
        made: secret.map(|secret| MadePass {
            address: format!("{}{}/{secret}", ask.app.core().identity.url, paths::PASS),
        }),
        fault,
        rows,
        hours: hours(lasts_ms),
        hours_after: hours(after_ms),
        most: GOOD_MAX as u64,
        back: Link::new(
            ask.w("Back to the case", "Volver al expediente"),
            case_link.href.clone(),
        ),
        path: vec![case_link],
    };
    let mut response = ask.answer(status, render_passes(&ask.frame(Place::Cases), &page));
    // A link on this page leads to the pass: it must not say from which case's page it was opened.
    response.headers_mut().insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    Ok(response)
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut out = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, at) in out.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(out)
}
