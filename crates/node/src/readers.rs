//! What readers of the public pages ask. A question waits until the publisher's desk has read it: published, it becomes a record of the
//! publisher with its clock; declined, its reader is told why.

use std::sync::Arc;

use garita_exchange::clock::real_now_ms;
use garita_exchange::encode;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::sequence::store_refusal;
use garita_exchange::submit::{self, Principal};
use garita_exchange::verify::Once;
use garita_profile::published::Promises;
use garita_store::ReaderQuestion;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;

use crate::limits::Limiter;
use crate::server::{App, blocking};
use crate::sheets::submission;

/// Characters of a question, as a record of one takes.
pub(crate) const TEXT_CHARS_MAX: usize = 1_000;
/// Characters of what a reader wants to be called.
pub(crate) const NAME_CHARS_MAX: usize = 120;
/// Questions that wait for one desk.
const WAITING_MAX: u64 = 500;
/// New questions in a minute.
const A_MINUTE_MAX: u32 = 30;

/// What asking needs beside the store.
#[derive(Debug, Default)]
pub(crate) struct Readers {
    asked: Limiter,
    /// One at a time is decided, so that none is published twice.
    deciding: Mutex<()>,
}

/// A question as its reader typed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Asked {
    /// Id of what it is about.
    pub(crate) project: String,
    /// Of whom it is asked.
    pub(crate) of: String,
    /// The question.
    pub(crate) text: String,
    /// What its reader wants to be called; empty: nothing.
    pub(crate) who: String,
    /// Code of the language in which it was asked.
    pub(crate) language: String,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Decision {
    /// It is on record under that number.
    Published(String),
    /// Code of why not.
    Declined(String),
}

/// Why a question is not published: code, English, Spanish.
pub(crate) const REASONS: [(&str, &str, &str); 5] = [
    (
        "asked-before",
        "it was asked before",
        "ya se había preguntado",
    ),
    (
        "not-about-it",
        "it is not about this project",
        "no trata de este proyecto",
    ),
    (
        "no-question",
        "it asks nothing that somebody could answer",
        "no pregunta nada que alguien pueda responder",
    ),
    (
        "personal-data",
        "it tells of persons",
        "contiene datos de personas",
    ),
    (
        "offends",
        "it offends or accuses without a source",
        "ofende o acusa sin fuente",
    ),
];

/// A decision as kept; none of what cannot be read.
pub(crate) fn decision(held: &ReaderQuestion) -> Option<Decision> {
    serde_json::from_str(&held.decision).ok()
}

/// Takes a question in; its name, which its reader keeps.
///
/// # Errors
/// `ask-too-many`.
pub(crate) async fn open(app: &Arc<App>, asked: Asked) -> Result<String, Refusal> {
    let now_ms = real_now_ms();
    let too_many = || {
        Refusal::one(
            RefusalKind::Busy,
            Fault::whole(
                "ask-too-many",
                "more questions wait than the desk can read; try again later",
                "esperan más preguntas de las que la oficina puede leer; intente más tarde",
            ),
        )
    };
    if !app.readers().asked.allows([0; 32], A_MINUTE_MAX, now_ms) {
        return Err(too_many());
    }
    let looking = Arc::clone(app);
    let party = blocking(move || {
        let core = looking.core();
        let register = looking.site().register(core)?;
        let publisher = register.as_ref().and_then(|r| r.publisher.as_ref());
        let Some(publisher) = publisher else {
            return Ok(None);
        };
        let waiting = core
            .reader
            .reader_questions_waiting(&publisher.party)
            .map_err(|e| store_refusal(&e))?;
        Ok((waiting < WAITING_MAX).then(|| publisher.party.clone()))
    });
    let party = party.await?.ok_or_else(too_many)?;
    let id = encode::random::<18>()
        .map(|bytes| encode::base64url(&bytes))
        .map_err(|_| too_many())?;
    let question = ReaderQuestion {
        id: id.clone(),
        party,
        data: serde_json::to_string(&asked).unwrap_or_default(),
        created_ms: app.core().clock.now_ms(),
        decided_ms: None,
        decision: String::new(),
    };
    app.core()
        .sequencer
        .change(move |commit| commit.reader_questions.push(question))
        .await?;
    Ok(id)
}

/// A question by its name.
///
/// # Errors
/// Not found, or that the store does not answer.
pub(crate) fn find(app: &App, id: &str) -> Result<ReaderQuestion, Refusal> {
    let reader = &app.core().reader;
    let held = reader.reader_question(id).map_err(|e| store_refusal(&e))?;
    held.ok_or_else(|| {
        Refusal::one(
            RefusalKind::NotFound,
            Fault::whole(
                "ask-unknown",
                "there is no such question, or it was decided long ago",
                "no existe esa pregunta, o se decidió hace mucho",
            ),
        )
    })
}

/// Publishes a question: a record of the publisher, with the calendar of the country of who must answer.
///
/// # Errors
/// What the program's rules refuse; `ask-decided` where somebody was quicker.
pub(crate) async fn publish(
    app: &Arc<App>,
    id: &str,
    calendar: &str,
    principal: &Principal,
    words: &Promises,
) -> Result<String, Refusal> {
    let _one_at_a_time = app.readers().deciding.lock().await;
    let (held, asked) = waiting(app, id, principal).await?;
    let (digest, number) = number_of(&held.id);
    let Some(record_type) = words.type_of("question") else {
        return Err(decided());
    };
    let mut subject = json!({
        "question": number,
        "project": asked.project,
        "questionText": asked.text,
        "askedOf": asked.of,
        "answerCalendar": calendar,
        "askedFor": "asked",
        "askerKind": "public",
    });
    if !asked.who.is_empty()
        && let Some(members) = subject.as_object_mut()
    {
        members.insert("askedBy".to_owned(), asked.who.clone().into());
    }
    let once = Once {
        key: format!("reader-{number}"),
        request: digest,
    };
    let draft = submission(record_type, &subject, None);
    submit::draft_once(app.core(), draft, principal, Some(once)).await?;
    settle(app, held.id, &Decision::Published(number.clone())).await?;
    Ok(number)
}

/// Declines a question.
///
/// # Errors
/// `ask-reason` where the reason is none; `ask-decided` where somebody was quicker.
pub(crate) async fn decline(
    app: &Arc<App>,
    id: &str,
    reason: &str,
    principal: &Principal,
) -> Result<(), Refusal> {
    if !REASONS.iter().any(|(code, ..)| *code == reason) {
        return Err(Refusal::one(
            RefusalKind::Unprocessable,
            Fault::at(
                "ask-reason",
                "reason",
                "say why it is declined: its reader is told",
                "diga por qué se rechaza: se le dirá a quien preguntó",
            ),
        ));
    }
    let _one_at_a_time = app.readers().deciding.lock().await;
    let (held, _) = waiting(app, id, principal).await?;
    let (_, number) = number_of(&held.id);
    let looking = Arc::clone(app);
    let register = blocking(move || looking.site().register(looking.core())).await?;
    if register.is_some_and(|r| r.questions.contains_key(&number)) {
        // It was published, and the node ended before that was noted.
        settle(app, held.id, &Decision::Published(number)).await?;
        return Err(decided());
    }
    settle(app, held.id, &Decision::Declined(reason.to_owned())).await
}

/// The number under which a question is published, and what it is made of.
fn number_of(id: &str) -> ([u8; 32], String) {
    let digest: [u8; 32] = Sha256::digest(id.as_bytes()).into();
    let short: String = digest.iter().take(6).map(|b| format!("{b:02X}")).collect();
    (digest, format!("R-{short}"))
}

/// A question that waits for this desk.
async fn waiting(
    app: &Arc<App>,
    id: &str,
    principal: &Principal,
) -> Result<(ReaderQuestion, Asked), Refusal> {
    let (looking, id) = (Arc::clone(app), id.to_owned());
    let held = blocking(move || find(&looking, &id)).await?;
    let asked = serde_json::from_str(&held.data).ok();
    match asked {
        Some(asked) if held.party == principal.party && held.decided_ms.is_none() => {
            Ok((held, asked))
        }
        _ => Err(decided()),
    }
}

async fn settle(app: &Arc<App>, id: String, decision: &Decision) -> Result<(), Refusal> {
    let text = serde_json::to_string(decision).unwrap_or_default();
    let now_ms = app.core().clock.now_ms();
    app.core()
        .sequencer
        .change(move |commit| commit.reader_questions_decided.push((id, now_ms, text)))
        .await
}

fn decided() -> Refusal {
    Refusal::one(
        RefusalKind::Conflict,
        Fault::whole(
            "ask-decided",
            "this question was decided already",
            "esta pregunta ya se decidió",
        ),
    )
}
