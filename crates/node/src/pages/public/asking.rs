//! A reader's own question: asked on the page of what it is about, looked at until the desk has decided.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use garita_exchange::problem::{Fault, Refusal, RefusalKind};

use super::changes::capital;
use super::project::of;
use super::visit::{Visit, looked, public_refused, secret_page, thing_name};
use crate::api::problem::Problem;
use crate::console::public::{AskForm, AskedPage, PublicPlace, render_asked};
use crate::console::{Choice, Link, paths};
use crate::follow::terms::{Pace, Terms, Where, read_mail};
use crate::follow::{self, Opened, Why};
use crate::pages::ask::{Ask, pairs, value_of};
use crate::readers::{self, Asked, Decision, NAME_CHARS_MAX, REASONS, TEXT_CHARS_MAX};
use crate::server::{App, blocking};
use crate::site::changes::Topic;
use crate::site::register::in_force;

/// Working days within which an answer is due.
const ANSWER_DAYS: u64 = 10;
/// Whom one may ask about one thing.
const WHOM_MAX: usize = 40;
/// Characters of whom a record takes.
const OF_CHARS_MAX: usize = 200;

/// Who may be asked about a thing: its sponsors, whom its parties and milestones name as responsible.
fn whom(visit: &Visit, id: &str) -> Vec<String> {
    let Some((subject, judged)) = of(visit, id) else {
        return Vec::new();
    };
    let (by, recorded) = (visit.as_of.stated_by, visit.as_of.recorded_by_ms);
    let described = judged.described.iter().flat_map(|d| d.sponsors.clone());
    let parties = in_force(&subject.parties, by, recorded)
        .filter(|p| p.what.role == "responsible")
        .map(|p| p.what.name.clone());
    let milestones = in_force(&subject.milestones, by, recorded).flat_map(|m| {
        let names = m.what.responsible.split([',', ';', '|']);
        names.map(|n| n.trim().to_owned()).collect::<Vec<_>>()
    });
    let mut seen = BTreeSet::new();
    described
        .chain(parties)
        .chain(milestones)
        .filter(|name| !name.is_empty() && name.chars().count() <= OF_CHARS_MAX)
        .filter(|name| seen.insert(name.to_lowercase()))
        .take(WHOM_MAX)
        .collect()
}

/// The form of a thing; none where there is nobody to ask.
pub(super) fn form(visit: &Visit, id: &str) -> Option<AskForm> {
    let whom = whom(visit, id);
    // Who looks at another day cannot ask then.
    let now = visit.as_of.stated_by.is_none() && visit.as_of.recorded_by_ms.is_none();
    (now && !whom.is_empty()).then(|| AskForm {
        action: paths::QUESTIONS.to_owned(),
        hidden: vec![("project".to_owned(), id.to_owned())],
        whom: whom
            .into_iter()
            .map(|name| Choice::new(name.clone(), name, false))
            .collect(),
        days: ANSWER_DAYS,
        mails: visit.ask.app.follow().mailer.is_some(),
        ..AskForm::default()
    })
}

/// Reads a posted question; all that is wrong at once.
fn read(visit: &Visit, posted: &[(String, String)]) -> Result<(Asked, Option<String>), Refusal> {
    let value = |name: &str| value_of(posted, name).trim();
    let mut faults = Vec::new();
    let mut wrong = |code: &str, at: &str, en: String, es: String| {
        faults.push(Fault::at(code, at, en, es));
    };
    let project = value("project");
    let whom = whom(visit, project);
    if of(visit, project).is_none() {
        wrong(
            "ask-project",
            "project",
            "no project of that name is on record".to_owned(),
            "no hay en el registro un proyecto con ese nombre".to_owned(),
        );
    } else if !whom.iter().any(|name| name == value("about")) {
        wrong(
            "ask-whom",
            "about",
            "choose of whom it is asked".to_owned(),
            "elija a quién se pregunta".to_owned(),
        );
    }
    let text = one_line(value("question"));
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
    if letters < 3 || text.chars().count() > TEXT_CHARS_MAX {
        wrong(
            "ask-text",
            "question",
            format!("the question has 3 to {TEXT_CHARS_MAX} letters"),
            format!("la pregunta tiene de 3 a {TEXT_CHARS_MAX} letras"),
        );
    }
    let who = one_line(value("who"));
    if who.chars().count() > NAME_CHARS_MAX {
        wrong(
            "ask-name",
            "who",
            format!("a name of at most {NAME_CHARS_MAX} letters"),
            format!("un nombre de a lo más {NAME_CHARS_MAX} letras"),
        );
    }
    let email = value("email");
    let mails = visit.ask.app.follow().mailer.is_some();
    let email = match (email.is_empty(), read_mail(email, mails)) {
        (true, _) => None,
        (false, Ok(address)) => Some(address),
        (false, Err(fault)) => {
            faults.push(fault);
            None
        }
    };
    if !faults.is_empty() {
        return Err(Refusal {
            kind: RefusalKind::Unprocessable,
            faults,
        });
    }
    let asked = Asked {
        project: project.to_owned(),
        of: value("about").to_owned(),
        text,
        who,
        language: visit.lang().code().to_owned(),
    };
    Ok((asked, email))
}

/// Text without line breaks and other controls: a line break parts the two languages of questions that the node asks itself. Marks that
/// nobody sees, or that turn the order of letters, go.
fn one_line(text: &str) -> String {
    let is_unseen = |c: &char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let flat: String = text
        .chars()
        .filter(|c| !is_unseen(c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    flat.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `POST /questions`.
pub(super) async fn ask(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    body: Bytes,
) -> Response {
    let posted = pairs(&String::from_utf8_lossy(&body));
    let asked = {
        let posted = posted.clone();
        let known = looked(
            Arc::clone(&app),
            headers.clone(),
            uri.clone(),
            move |visit| read(visit, &posted),
        );
        known.await
    };
    let opened = match asked {
        Err(refusal) => Err(refusal),
        Ok((asked, email)) => {
            let project = asked.project.clone();
            let language = asked.language.clone();
            match readers::open(&app, asked).await {
                Err(refusal) => Err(refusal),
                Ok(id) => {
                    let told = match email {
                        None => None,
                        Some(address) => {
                            let terms = Terms {
                                to: Where::Mail(address),
                                topics: vec![Topic::Questions.code().to_owned()],
                                project,
                                plan: String::new(),
                                port: String::new(),
                                days: 0,
                                language,
                                pace: Pace::AtOnce,
                            };
                            let asked = follow::open(&app, terms, Why::Answer).await;
                            Some(matches!(asked, Ok(Opened::Asked)))
                        }
                    };
                    Ok((id, told))
                }
            }
        }
    };
    match opened {
        Ok((id, told)) => {
            let mail = match told {
                None => "",
                Some(true) => "?mail=1",
                Some(false) => "?mail=0",
            };
            super::super::ask::see_other(&format!("{}/{id}{mail}", paths::ASKED))
        }
        Err(refusal) => again(app, headers, uri, posted, refusal).await,
    }
}

/// The form once more, with what was typed and what is wrong with it.
async fn again(
    app: Arc<App>,
    headers: HeaderMap,
    uri: Uri,
    posted: Vec<(String, String)>,
    refusal: Refusal,
) -> Response {
    let done = looked(app, headers, uri, move |visit| {
        let project = value_of(&posted, "project");
        let text = |name: &str| value_of(&posted, name).to_owned();
        let told: Vec<&str> = refusal
            .faults
            .iter()
            .map(|f| visit.w(&f.en, &f.es))
            .collect();
        let told = format!("{}.", capital(&told.join("; ")));
        let form = form(visit, project).map(|form| AskForm {
            fault: told.clone(),
            typed: text("question"),
            who: text("who"),
            email: text("email"),
            whom: form
                .whom
                .into_iter()
                .map(|c| Choice {
                    chosen: c.value == text("about"),
                    ..c
                })
                .collect(),
            ..form
        });
        let about = match of(visit, project) {
            Some((_, judged)) => Link::new(visit.name_of(judged), paths::project(project)),
            None => Link::default(),
        };
        let page = AskedPage {
            about,
            said: match form.is_some() {
                true => String::new(),
                false => told,
            },
            form,
            ..AskedPage::default()
        };
        let frame = visit.frame(PublicPlace::Elsewhere);
        let html = render_asked(&frame, &visit.head(Vec::new()), &page);
        let status = StatusCode::from_u16(refusal.kind.status()).unwrap_or_default();
        Ok(visit.ask.answer(status, html))
    })
    .await;
    done.unwrap_or_else(|refusal| Problem::from(refusal).into_response())
}

/// `GET /asked/{id}`: how a reader's question stands.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    Path(id): Path<String>,
) -> Response {
    let done = blocking(move || {
        let (ask, _) = Ask::of(Arc::clone(&app), &headers, &uri)?;
        let held = match readers::find(&app, &id) {
            Ok(held) => held,
            Err(refusal) => return Ok(public_refused(&ask, &refusal)),
        };
        let asked: Option<Asked> = serde_json::from_str(&held.data).ok();
        let (said, published) = match readers::decision(&held) {
            None => (
                ask.w(
                    "Thank you. The desk reads it before it is published; then its clock starts. Keep the address of this page: it tells what became of it.",
                    "Gracias. La oficina la lee antes de publicarla; entonces empieza su plazo. Guarde la dirección de esta página: dice qué fue de ella.",
                )
                .to_owned(),
                Link::default(),
            ),
            Some(Decision::Published(number)) => (
                ask.w(
                    "It is published, and who must answer has it.",
                    "Está publicada y la tiene quien debe responder.",
                )
                .to_owned(),
                Link::new(number.clone(), paths::question(&number)),
            ),
            Some(Decision::Declined(reason)) => {
                let why = REASONS.iter().find(|(code, ..)| *code == reason);
                let why = why.map_or("", |(_, en, es)| ask.w(en, es));
                (
                    format!(
                        "{} {why}.",
                        ask.w("It was not published:", "No se publicó:")
                    ),
                    Link::default(),
                )
            }
        };
        let mail = match ask.here.value("mail") {
            "" => String::new(),
            "0" => ask
                .w(
                    "The mail to confirm could not be sent: you will not be told by mail.",
                    "No se pudo enviar el correo de confirmación: no recibirá avisos por correo.",
                )
                .to_owned(),
            _ => ask
                .w(
                    "A mail is on its way to confirm that you want the answer.",
                    "Va un correo en camino para confirmar que quiere la respuesta.",
                )
                .to_owned(),
        };
        let page = AskedPage {
            about: asked
                .as_ref()
                .map(|a| Link::new(thing_name(&ask, &a.project), paths::project(&a.project)))
                .unwrap_or_default(),
            text: asked.as_ref().map(|a| a.text.clone()).unwrap_or_default(),
            of: asked.map(|a| a.of).unwrap_or_default(),
            said,
            mail,
            published,
            form: None,
        };
        Ok(secret_page(&ask, |frame, head| render_asked(frame, head, &page)))
    })
    .await;
    done.unwrap_or_else(|refusal| Problem::from(refusal).into_response())
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn a_question_is_one_line_whatever_was_pasted() {
        assert_eq!(one_line(" Why\r\n\tnot\u{7} now? "), "Why not now?");
        assert_eq!(one_line("\u{0}\n"), "");
        assert_eq!(one_line("a\u{202e}b\u{200b}c"), "abc");
    }
}
