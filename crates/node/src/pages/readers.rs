//! What readers of the public pages ask, before the desk that publishes: read, published, declined.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::sequence::store_refusal;
use garita_exchange::submit::Principal;
use garita_profile::Profile;
use garita_profile::published::Promises;
use garita_store::ReaderQuestion;

use super::ask::{Ask, pairs, signed, to_sign_in, value_of};
use super::public::thing_name;
use super::words::Say;
use crate::api::problem::Problem;
use crate::console::{
    Choice, DecidedQuestion, Link, ModeratePage, Place, WaitingQuestion, paths, render_moderate,
};
use crate::readers::{self, Asked, Decision, REASONS};
use crate::server::{App, blocking};
use crate::site::{self, Publisher};

/// Questions on the page.
const ROWS: usize = 50;
/// Decided ones on the page.
const DECIDED: usize = 20;

/// Who publishes here, where the reader of the page is of it.
fn publisher(ask: &Ask) -> Result<(Publisher, Arc<Profile>), Refusal> {
    let found = site::publisher(ask.app.core());
    found
        .filter(|(publisher, _)| publisher.party == ask.party())
        .ok_or_else(|| {
            Refusal::one(
                RefusalKind::NotFound,
                Fault::whole(
                    "not-the-publisher",
                    "only the party that publishes here reads what readers ask",
                    "solo el participante que publica aquí lee lo que preguntan los lectores",
                ),
            )
        })
}

/// How many wait for the reader's party; none where it publishes nothing.
pub(super) fn waiting(ask: &Ask) -> Option<u64> {
    let (publisher, _) = publisher(ask).ok()?;
    let reader = &ask.app.core().reader;
    reader.reader_questions_waiting(&publisher.party).ok()
}

/// `GET /console/readers`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, |ask| {
        let html = shown(ask, String::new(), String::new())?;
        Ok(ask.html(html))
    })
    .await
}

fn shown(ask: &Ask, said: String, fault: String) -> Result<String, Refusal> {
    let (publisher, profile) = publisher(ask)?;
    let say = ask.say(&profile);
    let reader = &ask.app.core().reader;
    let read = |waiting: bool, count: usize| {
        let found = reader.reader_questions(&publisher.party, waiting, count);
        found.map_err(|e| store_refusal(&e))
    };
    let total = reader
        .reader_questions_waiting(&publisher.party)
        .map_err(|e| store_refusal(&e))?;
    let page = ModeratePage {
        said,
        fault,
        waiting: read(true, ROWS)?
            .iter()
            .filter_map(|held| row(ask, &say, held))
            .collect(),
        total,
        reasons: REASONS
            .iter()
            .map(|(code, en, es)| Choice::new(*code, ask.w(en, es), false))
            .collect(),
        decided: read(false, DECIDED)?
            .iter()
            .filter_map(|held| decided(ask, held))
            .collect(),
        hidden: vec![("token".to_owned(), ask.token.clone())],
    };
    Ok(render_moderate(&ask.frame(Place::Elsewhere), &page))
}

fn row(ask: &Ask, say: &Say, held: &ReaderQuestion) -> Option<WaitingQuestion> {
    let asked: Asked = serde_json::from_str(&held.data).ok()?;
    // Who is of the network has a country; of others the reader of the page knows.
    let mut parties = ask.directory().parties.values();
    let country = parties
        .find(|p| p.name.eq_ignore_ascii_case(&asked.of))
        .map_or_else(String::new, |p| p.country.to_lowercase());
    Some(WaitingQuestion {
        id: held.id.clone(),
        about: Link::new(
            thing_name(ask, &asked.project),
            paths::project(&asked.project),
        ),
        text: asked.text,
        of: asked.of,
        who: asked.who,
        since_ms: held.created_ms,
        calendars: calendars(ask, say, &country),
    })
}

/// Countries whose working days the program counts; where it is not known whose, none is chosen.
fn calendars(ask: &Ask, say: &Say, country: &str) -> Vec<Choice> {
    let clocks = say.profile.model().clocks.values();
    let named = clocks.filter_map(|clock| clock.calendar.as_deref());
    let codes: BTreeSet<&str> = named
        .filter_map(|name| Some(name.split_once('.')?.0))
        .collect();
    let is_known = codes.contains(country);
    let none = (!is_known).then(|| Choice::new("", ask.lang.t("moderate.choose"), true));
    let each = codes
        .into_iter()
        .map(|code| Choice::new(code, say.any_code("answerCalendar", code), code == country));
    none.into_iter().chain(each).collect()
}

fn decided(ask: &Ask, held: &ReaderQuestion) -> Option<DecidedQuestion> {
    let asked: Asked = serde_json::from_str(&held.data).ok()?;
    let (page, decision) = match readers::decision(held)? {
        Decision::Published(number) => (
            Link::new(number.clone(), paths::question(&number)),
            ask.w("published", "publicada").to_owned(),
        ),
        Decision::Declined(reason) => {
            let why = REASONS.iter().find(|(code, ..)| *code == reason);
            let why = why.map_or("", |(_, en, es)| ask.w(en, es));
            let declined = ask.w("declined:", "rechazada:");
            (Link::default(), format!("{declined} {why}"))
        }
    };
    Some(DecidedQuestion {
        text: asked.text,
        page,
        decision,
        at_ms: held.decided_ms?,
    })
}

/// `POST /console/readers`.
pub(super) async fn decide(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    body: Bytes,
) -> Response {
    let posted = pairs(&String::from_utf8_lossy(&body));
    let (principal, words) = match allowed(&app, &headers, &uri, &posted).await {
        Ok(Ok(known)) => known,
        Ok(Err(answer)) => return *answer,
        Err(refusal) => return Problem::from(refusal).into_response(),
    };
    let id = value_of(&posted, "id");
    let done = match value_of(&posted, "do") {
        "publish" => {
            let calendar = value_of(&posted, "calendar");
            let published = readers::publish(&app, id, calendar, &principal, &words).await;
            published.map(|number| ["Published: ", "Publicada: "].map(|w| format!("{w}{number}")))
        }
        _ => {
            let declined = readers::decline(&app, id, value_of(&posted, "reason"), &principal);
            let told = ["Declined.", "Rechazada."].map(str::to_owned);
            declined.await.map(|()| told)
        }
    };
    signed(app, headers, uri, move |ask| {
        let (status, said, fault) = match &done {
            Ok([en, es]) => (StatusCode::OK, ask.w(en, es).to_owned(), String::new()),
            Err(refusal) => {
                let told = refusal.faults.iter().map(|f| ask.w(&f.en, &f.es));
                let told: Vec<&str> = told.collect();
                let status = StatusCode::from_u16(refusal.kind.status()).unwrap_or_default();
                (status, String::new(), told.join("; "))
            }
        };
        let html = shown(ask, said, fault)?;
        Ok(ask.answer(status, html))
    })
    .await
}

/// Who decides, and the program's words; else the answer.
async fn allowed(
    app: &Arc<App>,
    headers: &HeaderMap,
    uri: &Uri,
    posted: &[(String, String)],
) -> Result<Result<(Principal, Promises), Box<Response>>, Refusal> {
    let (app, headers, uri) = (Arc::clone(app), headers.clone(), uri.clone());
    let posted = posted.to_vec();
    blocking(move || {
        let (ask, known) = Ask::of(app, &headers, &uri)?;
        if !known {
            return Ok(Err(Box::new(to_sign_in())));
        }
        let publisher = match ask.check_token(&posted).and_then(|()| publisher(&ask)) {
            Ok((publisher, _)) => publisher,
            Err(refusal) => return Ok(Err(Box::new(ask.refused(&refusal)))),
        };
        Ok(Ok((ask.who, publisher.words)))
    })
    .await
}
