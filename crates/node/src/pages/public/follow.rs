//! Ways to be told of changes: a mail or web address is given, confirmed, looked at and taken back. No account is needed; who has the
//! secret name of a subscription may do all that.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use garita_exchange::problem::{Fault as Wrong, Refusal, RefusalKind};
use garita_store::Follower;
use serde_json::{Value, json};

use super::changes::{capital, topic_word};
use super::visit::{Answer, Visit, looked, public_refused, secret_page, thing_name};
use crate::api::problem::Problem;
use crate::console::public::{
    FollowPage, FollowerPage, PublicPlace, render_follow, render_follower,
};
use crate::console::{Address, Choice, Fact, Fault, Filter, Lang, Link, Rich, paths, segment};
use crate::follow::terms::{Known, Pace, Terms, Where};
use crate::follow::{self, Opened, Why};
use crate::pages::ask::{Ask, pairs};
use crate::server::{App, blocking};
use crate::site::changes::Topic;
use crate::site::register::newest;

/// What most want to be told of.
const USUAL: [Topic; 3] = [Topic::Dates, Topic::Costs, Topic::Questions];
/// Ports of the choice.
const PORTS_MAX: usize = 400;

/// `GET /follow`.
pub(super) fn page(visit: &Visit) -> Result<Answer, Refusal> {
    let posted = visit.ask.here.query.clone();
    Ok(Answer::Page(form(visit, &posted, &[], String::new())))
}

/// The form, with what was typed and what is wrong with it.
fn form(visit: &Visit, posted: &[(String, String)], wrong: &[Wrong], said: String) -> String {
    let typed = |name: &str| {
        let found = posted.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, v)| v.as_str())
    };
    let (project, plan) = (typed("project"), typed("plan"));
    let about = match visit.overview.all.get(project) {
        Some(judged) => Link::new(visit.name_of(judged), paths::project(project)),
        None => Link::default(),
    };
    let ticked: Vec<&str> = posted
        .iter()
        .filter(|(name, _)| name == "when")
        .map(|(_, code)| code.as_str())
        .collect();
    let pace = Pace::ALL
        .into_iter()
        .find(|p| p.code() == typed("pace"))
        .unwrap_or_default();
    let made = FollowPage {
        said,
        mails: visit.ask.app.follow().mailer.is_some(),
        hidden: match about.label.is_empty() {
            true => Vec::new(),
            false => vec![("project".to_owned(), project.to_owned())],
        },
        about,
        ports: ports(visit, typed("port")),
        plans: plans(visit, plan),
        when: topics(visit, &ticked),
        pace: Pace::ALL
            .into_iter()
            .map(|p| Choice::new(p.code(), pace_word(p, visit.lang()), p == pace))
            .collect(),
        days: typed("days").to_owned(),
        email: typed("email").to_owned(),
        webhook: typed("webhook").to_owned(),
        faults: wrong
            .iter()
            .map(|w| Fault {
                name: w.pointer.clone(),
                text: format!("{}.", capital(visit.w(&w.en, &w.es))),
                code: w.code.clone(),
            })
            .collect(),
        ways: vec![
            Link::new("Atom", "/projects.atom"),
            Link::new("iCalendar", "/projects.ics"),
            Link::new("JSON", "/changes.json"),
        ],
    };
    let frame = visit.frame(PublicPlace::Elsewhere);
    render_follow(&frame, &visit.head(Vec::new()), &made)
}

/// Of what one may be told: those that were ticked, else what most want.
pub(super) fn topics(visit: &Visit, ticked: &[&str]) -> Vec<Choice> {
    let is_ticked = |topic: Topic| match ticked.is_empty() {
        true => USUAL.contains(&topic),
        false => ticked.contains(&topic.code()),
    };
    Topic::ALL
        .into_iter()
        .map(|t| Choice::new(t.code(), topic_word(t, visit.lang()), is_ticked(t)))
        .collect()
}

fn ports(visit: &Visit, chosen: &str) -> Filter {
    let things = visit.overview.all.values();
    let places: BTreeSet<&str> = things
        .filter_map(|j| j.described.as_ref())
        .map(|d| d.place.as_str())
        .filter(|place| !place.is_empty())
        .collect();
    let every = Choice::new(
        "",
        visit.w("everywhere", "en todas partes"),
        chosen.is_empty(),
    );
    let each = places
        .into_iter()
        .take(PORTS_MAX)
        .map(|place| Choice::new(place, place, place == chosen));
    Filter {
        name: "port".to_owned(),
        label: visit.w("Port or place", "Puerto o lugar").to_owned(),
        options: std::iter::once(every).chain(each).collect(),
    }
}

fn plans(visit: &Visit, chosen: &str) -> Filter {
    let held = visit.register.plans.values();
    let each: Vec<Choice> = held
        .filter_map(|plan| {
            let stated = newest(&plan.stated, None, None)?;
            let name = visit.name(&stated.what.names);
            Some(Choice::new(plan.id.clone(), name, plan.id == chosen))
        })
        .collect();
    let mut options = each;
    if !options.is_empty() {
        let none = visit.w("of any plan or none", "de cualquier plan o ninguno");
        options.insert(0, Choice::new("", none, chosen.is_empty()));
    }
    Filter {
        name: "plan".to_owned(),
        label: visit.w("Plan", "Plan").to_owned(),
        options,
    }
}

fn pace_word(pace: Pace, lang: Lang) -> &'static str {
    let [en, es] = match pace {
        Pace::AtOnce => ["soon after each change", "poco después de cada cambio"],
        Pace::Daily => ["once a day", "una vez al día"],
        Pace::Weekly => ["once a week", "una vez a la semana"],
    };
    match lang {
        Lang::En => en,
        Lang::Es => es,
    }
}

/// `POST /follow`: by a form, or as JSON.
pub(super) async fn open(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    body: Bytes,
) -> Response {
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.starts_with("application/json"));
    let posted = match is_json {
        false => pairs(&String::from_utf8_lossy(&body)),
        true => match of_json(&body) {
            Ok(posted) => posted,
            Err(refusal) => return Problem::from(refusal).into_response(),
        },
    };
    let read = {
        let posted = posted.clone();
        looked(
            Arc::clone(&app),
            headers.clone(),
            uri.clone(),
            move |visit| {
                let known = Known {
                    register: &visit.register,
                    overview: &visit.overview,
                    targets: visit.ask.app.webhook_targets(),
                    mails: visit.ask.app.follow().mailer.is_some(),
                    lang: visit.lang(),
                };
                Ok(Terms::read(&posted, &known))
            },
        )
        .await
    };
    let opened = match read {
        Err(refusal) => Err(refusal),
        Ok(Err(faults)) => Err(Refusal {
            kind: RefusalKind::Unprocessable,
            faults,
        }),
        Ok(Ok(terms)) => follow::open(&app, terms, Why::Changes).await,
    };
    if is_json {
        return match opened {
            Ok(Opened::Asked) => (
                StatusCode::ACCEPTED,
                axum::Json(json!({ "state": "asked" })),
            )
                .into_response(),
            Ok(Opened::Confirmed(id)) => {
                let page = follow::page_of(&app, &id);
                let made = json!({ "state": "confirmed", "subscription": page });
                let headers = [(header::LOCATION, page)];
                (StatusCode::CREATED, headers, axum::Json(made)).into_response()
            }
            Err(refusal) => Problem::from(refusal).into_response(),
        };
    }
    match opened {
        Ok(Opened::Confirmed(id)) => super::super::ask::see_other(&format!(
            "{}/{id}",
            paths::FOLLOW
        )),
        Ok(Opened::Asked) => {
            told(app, headers, uri, StatusCode::ACCEPTED, move |visit| {
                let said = visit.w(
                    "A mail is on its way. Open the page that it names and say yes: before that, nothing else comes.",
                    "Va un correo en camino. Abra la página que indica y diga que sí: antes de eso no llegará nada más.",
                );
                form(visit, &[], &[], said.to_owned())
            })
            .await
        }
        Err(refusal) => {
            let status = StatusCode::from_u16(refusal.kind.status()).unwrap_or_default();
            told(app, headers, uri, status, move |visit| {
                form(visit, &posted, &refusal.faults, String::new())
            })
            .await
        }
    }
}

/// A page that is made for one who posted.
async fn told(
    app: Arc<App>,
    headers: HeaderMap,
    uri: Uri,
    status: StatusCode,
    make: impl FnOnce(&Visit) -> String + Send + 'static,
) -> Response {
    let done = looked(app, headers, uri, move |visit| {
        let html = make(visit);
        Ok(visit.ask.answer(status, html))
    })
    .await;
    done.unwrap_or_else(|refusal| Problem::from(refusal).into_response())
}

/// Members of a JSON body, as a form would post them.
fn of_json(body: &[u8]) -> Result<Vec<(String, String)>, Refusal> {
    let wrong = |member: &str| {
        Refusal::one(
            RefusalKind::Malformed,
            Wrong::at(
                "follow-body",
                member,
                "a JSON object of texts, `when` a list of texts, `days` a number",
                "un objeto JSON de textos, `when` una lista de textos, `days` un número",
            ),
        )
    };
    let read: Value = serde_json::from_slice(body).map_err(|_| wrong(""))?;
    let Value::Object(members) = read else {
        return Err(wrong(""));
    };
    let mut out = Vec::new();
    for (name, value) in members {
        match value {
            Value::String(text) => out.push((name, text)),
            Value::Number(number) => out.push((name, number.to_string())),
            Value::Array(items) => {
                for item in items {
                    match item {
                        Value::String(text) => out.push((name.clone(), text)),
                        _ => return Err(wrong(&name)),
                    }
                }
            }
            _ => return Err(wrong(&name)),
        }
    }
    Ok(out)
}

/// `GET /follow/{id}`.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    Path(id): Path<String>,
) -> Response {
    match follow::find(&app, &id).await {
        Ok(held) => shown(app, headers, uri, Some(held), "").await,
        Err(refusal) => refused(app, headers, uri, refusal).await,
    }
}

/// `POST /follow/{id}/confirm`.
pub(super) async fn confirm(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    Path(id): Path<String>,
) -> Response {
    match follow::confirm(&app, &id).await {
        Ok(held) => shown(app, headers, uri, Some(held), "public.follow.confirmed").await,
        Err(refusal) => refused(app, headers, uri, refusal).await,
    }
}

/// `POST /follow/{id}/end`: by the page's button, and by a mail program that ends it in one click (RFC 8058).
pub(super) async fn end(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    Path(id): Path<String>,
) -> Response {
    match follow::end(&app, &id).await {
        Ok(()) => shown(app, headers, uri, None, "public.follow.ended").await,
        Err(refusal) => refused(app, headers, uri, refusal).await,
    }
}

/// `GET` of what is only posted to: a mail program that knows no one-click leads here, and so does a page's change of language.
pub(super) async fn to_page(Path(id): Path<String>) -> Response {
    super::super::ask::see_other(
        &Address::new(format!("{}/{}", paths::FOLLOW, segment(&id))).to_string(),
    )
}

async fn refused(app: Arc<App>, headers: HeaderMap, uri: Uri, refusal: Refusal) -> Response {
    let done = blocking(move || {
        let (ask, _) = Ask::of(app, &headers, &uri)?;
        Ok(public_refused(&ask, &refusal))
    })
    .await;
    done.unwrap_or_else(|refusal| Problem::from(refusal).into_response())
}

/// A subscription as it stands; none where it has ended.
async fn shown(
    app: Arc<App>,
    headers: HeaderMap,
    uri: Uri,
    held: Option<Follower>,
    said: &'static str,
) -> Response {
    let done = blocking(move || {
        let (mut ask, _) = Ask::of(app, &headers, &uri)?;
        // What was posted to is no page: links on it lead to the one that is.
        ask.here = Address::new(match &held {
            Some(held) => format!("{}/{}", paths::FOLLOW, held.id),
            None => paths::FOLLOW.to_owned(),
        });
        let said = match said {
            "" => String::new(),
            key => ask.lang.t(key).to_owned(),
        };
        let page = match &held {
            None => FollowerPage {
                said,
                ..FollowerPage::default()
            },
            Some(held) => FollowerPage {
                said,
                facts: facts(&ask, held),
                confirm: match held.confirmed_ms {
                    None => format!("{}/{}/confirm", paths::FOLLOW, held.id),
                    Some(_) => String::new(),
                },
                end: format!("{}/{}/end", paths::FOLLOW, held.id),
            },
        };
        Ok(secret_page(&ask, |frame, head| {
            render_follower(frame, head, &page)
        }))
    })
    .await;
    done.unwrap_or_else(|refusal| Problem::from(refusal).into_response())
}

fn facts(ask: &Ask, held: &Follower) -> Vec<Fact> {
    let Ok(terms) = serde_json::from_str::<Terms>(&held.data) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    let mut add = |en: &str, es: &str, value: String| {
        out.push(Fact {
            label: ask.w(en, es).to_owned(),
            value: Rich::text(value),
            ..Fact::default()
        });
    };
    let topics = terms.topics.iter().filter_map(|code| Topic::of(code));
    let topics: Vec<&str> = topics.map(|t| topic_word(t, ask.lang)).collect();
    match &terms.to {
        Where::Mail(address) => {
            add("Mail to", "Correo a", address.clone());
            add(
                "How often",
                "Cada cuánto",
                pace_word(terms.pace, ask.lang).to_owned(),
            );
        }
        Where::Webhook(address) => add(
            "Signed requests to",
            "Peticiones firmadas a",
            address.clone(),
        ),
    }
    add("Of", "De", topics.join(", "));
    for (en, es, value) in [
        ("Project", "Proyecto", thing_name(ask, &terms.project)),
        ("Plan", "Plan", terms.plan.clone()),
        ("Port or place", "Puerto o lugar", terms.port.clone()),
    ] {
        if !value.is_empty() {
            add(en, es, value);
        }
    }
    if terms.days > 0 {
        let days = crate::console::public::days(i64::from(terms.days), ask.lang);
        add(
            "Dates that moved at least",
            "Fechas que cambiaron al menos",
            days,
        );
    }
    add("In", "En", terms.lang().name().to_owned());
    let (en, es) = match (held.confirmed_ms, held.mark.failing_ms) {
        (None, _) => ("waits for your yes", "espera su confirmación"),
        (Some(_), None) => ("running", "en marcha"),
        (Some(_), Some(_)) => (
            "it could not be delivered lately; tried again for three days",
            "últimamente no se pudo entregar; se intenta durante tres días",
        ),
    };
    add("State", "Estado", ask.w(en, es).to_owned());
    out
}
