//! Who follows what is published: asked, confirmed by who has the address, told of each change in order, ended with one click.
//!
//! | want | look |
//! | --- | --- |
//! | what a follower asked for | [`terms`] |
//! | who is told what and when | [`telling`] |
//! | mail | [`mail`] |
//! | signed requests | `hook.rs` |
//!
//! A mail address is told nothing but one question until who reads it says yes; a web address must give our word back.

mod hook;
pub(crate) mod mail;
pub(crate) mod telling;
pub(crate) mod terms;

use std::sync::Arc;

use garita_exchange::clock::real_now_ms;
use garita_exchange::encode;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::sequence::store_refusal;
use garita_store::{Follower, FollowerMark};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::sync::{Mutex, Notify, Semaphore};

use crate::console::{Lang, paths};
use crate::limits::Limiter;
use crate::pages::public::changes::topic_word;
use crate::server::{App, blocking};
use crate::site::changes::{Number, Topic};
use mail::{Letter, Mailer};
use terms::{Terms, Where};

/// Followers of one node, and those of them who said neither yes nor no.
const FOLLOWERS_MAX: u64 = 10_000;
const ASKED_MAX: u64 = 1_000;
/// Taken in at a time.
const OPENING_MAX: usize = 8;
/// Followers at one address.
const OF_ADDRESS_MAX: usize = 20;
/// Questions to one mail address that are not answered: nobody's box is filled by others typing its address.
const UNCONFIRMED_MAX: usize = 3;
/// New followers in a minute.
const A_MINUTE_MAX: u32 = 60;
/// A question that is not answered is forgotten after so long.
pub(crate) const CONFIRM_MS: i64 = 48 * 3_600_000;
/// What became of a reader's question is told for half a year.
pub(crate) const DECIDED_MS: i64 = 183 * 24 * 3_600_000;

/// What following needs beside the store.
#[derive(Debug)]
pub(crate) struct Follow {
    /// Sends mail; none where the node has no server for it.
    pub(crate) mailer: Option<Mailer>,
    /// Somebody came, or said yes.
    changed: Notify,
    /// One at a time is taken in, so that what is counted holds.
    opening: Mutex<()>,
    /// Questions by mail under way.
    mails: Semaphore,
    /// Challenges under way.
    challenges: Semaphore,
    asked: Limiter,
}

/// Why an address was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// To be told of changes.
    Changes,
    /// For the answer to a question.
    Answer,
}

/// What came of asking to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Opened {
    /// A mail is on its way.
    Asked,
    /// The web address gave our word back: its name.
    Confirmed(String),
}

impl Follow {
    pub(crate) fn of(mailer: Option<Mailer>) -> Follow {
        Follow {
            mailer,
            changed: Notify::new(),
            opening: Mutex::new(()),
            mails: Semaphore::new(OPENING_MAX),
            challenges: Semaphore::new(OPENING_MAX),
            asked: Limiter::default(),
        }
    }
}

/// Takes a follower in: of all that changes from now on.
///
/// # Errors
/// `follow-too-many` where the address, or the node, has all it takes; `follow-not-confirmed` where a web address does not give our word
/// back; `mail-not-sent`.
pub(crate) async fn open(app: &Arc<App>, terms: Terms, why: Why) -> Result<Opened, Refusal> {
    let follow = app.follow();
    let now_ms = real_now_ms();
    if !follow.asked.allows([0; 32], A_MINUTE_MAX, now_ms) {
        return Err(too_many());
    }
    // Whoever answers slowly holds one of few places, and nobody waits for one.
    let places = match &terms.to {
        Where::Mail(_) => &follow.mails,
        Where::Webhook(_) => &follow.challenges,
    };
    let _place = places.try_acquire().map_err(|_| too_many())?;
    let id = encode::random::<18>()
        .map(|bytes| encode::base64url(&bytes))
        .map_err(|_| away())?;
    match &terms.to {
        Where::Webhook(address) => {
            // Nobody is asked for whom there is no room.
            admit(app, &terms, now_ms).await?;
            challenge(app, address, &id).await?;
            take_in(app, &terms, &id, true).await?;
            follow.changed.notify_one();
            Ok(Opened::Confirmed(id))
        }
        Where::Mail(address) => {
            let Some(mailer) = &follow.mailer else {
                return Err(away());
            };
            take_in(app, &terms, &id, false).await?;
            let letter = question(app, address, &id, &terms, why);
            if let Err(error) = mailer.send(&letter).await {
                tracing::warn!(%error, "a mail was not sent");
                end(app, &id).await?;
                return Err(Refusal::one(
                    RefusalKind::Unavailable,
                    Fault::whole(
                        "mail-not-sent",
                        "the mail could not be sent; try again later",
                        "no se pudo enviar el correo; intente más tarde",
                    ),
                ));
            }
            Ok(Opened::Asked)
        }
    }
}

async fn admit(app: &Arc<App>, terms: &Terms, now_ms: i64) -> Result<(String, Number), Refusal> {
    let (looking, terms) = (Arc::clone(app), terms.clone());
    blocking(move || room(&looking, &terms, now_ms)).await
}

/// Counts and keeps it, one at a time, so that what is counted holds.
async fn take_in(
    app: &Arc<App>,
    terms: &Terms,
    id: &str,
    is_confirmed: bool,
) -> Result<(), Refusal> {
    let now_ms = real_now_ms();
    let _one_at_a_time = app.follow().opening.lock().await;
    let (party, last) = admit(app, terms, now_ms).await?;
    let at = (last.entry, last.record);
    let follower = Follower {
        id: id.to_owned(),
        party,
        address: terms.to.compared(),
        data: serde_json::to_string(terms).unwrap_or_default(),
        created_ms: now_ms,
        confirmed_ms: is_confirmed.then_some(now_ms),
        mark: FollowerMark {
            told: at,
            seen: at,
            ..FollowerMark::default()
        },
    };
    app.core()
        .sequencer
        .change(move |commit| commit.followers.push(follower))
        .await
}

/// Who has the address says yes.
///
/// # Errors
/// Not found where there is none of that name.
pub(crate) async fn confirm(app: &Arc<App>, id: &str) -> Result<Follower, Refusal> {
    let held = find(app, id).await?;
    let (name, now_ms) = (held.id.clone(), real_now_ms());
    if held.confirmed_ms.is_none() && now_ms - held.created_ms > CONFIRM_MS {
        return Err(unknown());
    }
    app.core()
        .sequencer
        .change(move |commit| commit.followers_confirmed.push((name, now_ms)))
        .await?;
    app.follow().changed.notify_one();
    Ok(Follower {
        confirmed_ms: held.confirmed_ms.or(Some(now_ms)),
        ..held
    })
}

/// Ends it. One that is not there any more has ended before.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn end(app: &Arc<App>, id: &str) -> Result<(), Refusal> {
    let id = id.to_owned();
    app.core()
        .sequencer
        .change(move |commit| commit.followers_gone.push(id))
        .await
}

/// A follower by its name.
///
/// # Errors
/// Not found, or that the store does not answer.
pub(crate) async fn find(app: &Arc<App>, id: &str) -> Result<Follower, Refusal> {
    let (looking, id) = (Arc::clone(app), id.to_owned());
    blocking(move || {
        let reader = &looking.core().reader;
        let held = reader.follower(&id).map_err(|e| store_refusal(&e))?;
        held.ok_or_else(unknown)
    })
    .await
}

/// Where a follower looks at it.
pub(crate) fn page_of(app: &App, id: &str) -> String {
    let origin = app.core().identity.url.trim_end_matches('/');
    format!("{origin}{}/{id}", paths::FOLLOW)
}

/// Who publishes, and the last change before now; refused where there is no room.
fn room(app: &App, terms: &Terms, now_ms: i64) -> Result<(String, Number), Refusal> {
    let core = app.core();
    let register = app.site().register(core)?;
    let publisher = register.as_ref().and_then(|r| r.publisher.as_ref());
    let (Some(register), Some(publisher)) = (&register, publisher) else {
        return Err(away());
    };
    let held = core
        .reader
        .followers_at(&terms.to.compared(), OF_ADDRESS_MAX)
        .map_err(|e| store_refusal(&e))?;
    let waits = |f: &&Follower| f.confirmed_ms.is_none() && now_ms - f.created_ms < CONFIRM_MS;
    let (confirmed, asked) = core
        .reader
        .follower_counts()
        .map_err(|e| store_refusal(&e))?;
    if held.len() >= OF_ADDRESS_MAX
        || held.iter().filter(waits).count() >= UNCONFIRMED_MAX
        || confirmed >= FOLLOWERS_MAX
        || asked >= ASKED_MAX
    {
        return Err(too_many());
    }
    Ok((publisher.party.clone(), register.last_number()))
}

/// Asks a web address to give a word back: so nobody has us send requests to who does not want them.
async fn challenge(app: &Arc<App>, address: &str, id: &str) -> Result<(), Refusal> {
    let digest = Sha256::digest(format!("follow challenge v1\n{id}\n").as_bytes());
    let word = encode::base64url(&digest);
    let body = json!({
        "type": "confirmation",
        "challenge": word,
        "subscription": page_of(app, id),
    });
    let key = format!("confirm.{}", telling::short(id));
    let heard = hook::post(app.core(), app.webhook_targets(), address, &key, &body).await;
    let given_back = heard
        .is_some_and(|heard| (200..300).contains(&heard.status) && gives_back(&heard.body, &word));
    match given_back {
        true => Ok(()),
        false => Err(Refusal::one(
            RefusalKind::Unprocessable,
            Fault::at(
                "follow-not-confirmed",
                "webhook",
                "the address did not answer our request with status 200 and the `challenge` alone, as text or as {\"challenge\": …}",
                "la dirección no respondió a nuestra petición con estado 200 y solo el `challenge`, como texto o como {\"challenge\": …}",
            ),
        )),
    }
}

/// Whether an answer is the word and nothing else: what only repeats whatever it is sent has agreed to nothing.
fn gives_back(body: &[u8], word: &str) -> bool {
    let text = String::from_utf8_lossy(body);
    let alone = serde_json::from_str(&text).ok();
    let alone: Option<std::collections::BTreeMap<String, String>> = alone;
    text.trim() == word
        || alone.is_some_and(|members| {
            members.len() == 1 && members.get("challenge").is_some_and(|c| c == word)
        })
}

fn question(app: &App, to: &str, id: &str, terms: &Terms, why: Why) -> Letter {
    let lang = terms.lang();
    let page = page_of(app, id);
    let origin = app.core().identity.url.trim_end_matches('/');
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    let of = asked_for(terms, origin);
    // Nothing that somebody typed freely stands in a mail to one who has not said yes.
    let (subject, text) = match (lang, why) {
        (Lang::En, Why::Changes) => (
            format!("Confirm that {host} may tell you of changes"),
            format!(
                "Somebody, we hope you, asked at {host} that this address be told of changes to border projects:\n\n{of}\n\nTo say yes, open this page and press the button:\n{page}\n\nIf it was not you, do nothing: no other mail will come, and in two days the request is forgotten.\n"
            ),
        ),
        (Lang::Es, Why::Changes) => (
            format!("Confirme que {host} puede avisarle de cambios"),
            format!(
                "Alguien, esperamos que usted, pidió en {host} que esta dirección reciba avisos de cambios en proyectos fronterizos:\n\n{of}\n\nPara decir que sí, abra esta página y pulse el botón:\n{page}\n\nSi no fue usted, no haga nada: no llegará ningún otro correo y en dos días se olvida la petición.\n"
            ),
        ),
        (Lang::En, Why::Answer) => (
            format!("Confirm that you want the answer to your question at {host}"),
            format!(
                "Somebody, we hope you, asked a question at {host} and gave this address for the answer:\n\n{of}\n\nTo say yes, open this page and press the button:\n{page}\n\nYou are then told of questions about this project and of their answers. If it was not you, do nothing: no other mail will come, and in two days the request is forgotten.\n"
            ),
        ),
        (Lang::Es, Why::Answer) => (
            format!("Confirme que quiere la respuesta a su pregunta en {host}"),
            format!(
                "Alguien, esperamos que usted, hizo una pregunta en {host} y dio esta dirección para la respuesta:\n\n{of}\n\nPara decir que sí, abra esta página y pulse el botón:\n{page}\n\nRecibirá entonces avisos de las preguntas sobre este proyecto y de sus respuestas. Si no fue usted, no haga nada: no llegará ningún otro correo y en dos días se olvida la petición.\n"
            ),
        ),
    };
    Letter {
        to: to.to_owned(),
        subject,
        text,
        language: lang.code(),
        key: format!("confirm.{}", telling::short(id)),
        end: String::new(),
    }
}

/// What was asked for, a line each: only names that are on record, and codes.
fn asked_for(terms: &Terms, origin: &str) -> String {
    let lang = terms.lang();
    let topics = terms.topics.iter().filter_map(|code| Topic::of(code));
    let topics: Vec<&str> = topics.map(|t| topic_word(t, lang)).collect();
    let mut lines = vec![topics.join(", ")];
    if !terms.project.is_empty() {
        lines.push(format!("{origin}{}", paths::project(&terms.project)));
    }
    if !terms.plan.is_empty() {
        lines.push(format!("{origin}{}", paths::plan(&terms.plan)));
    }
    if !terms.port.is_empty() {
        lines.push(terms.port.clone());
    }
    lines.join("\n")
}

fn unknown() -> Refusal {
    Refusal::one(
        RefusalKind::NotFound,
        Fault::whole(
            "follow-unknown",
            "there is no such subscription, or it has ended",
            "no existe esa suscripción, o ya terminó",
        ),
    )
}

fn too_many() -> Refusal {
    Refusal::one(
        RefusalKind::Busy,
        Fault::whole(
            "follow-too-many",
            "too many subscriptions at once, or for this address; look for the mail to confirm, or try again later",
            "demasiadas suscripciones a la vez o para esta dirección; busque el correo para confirmar o intente más tarde",
        ),
    )
}

fn away() -> Refusal {
    Refusal::one(
        RefusalKind::Unavailable,
        Fault::whole(
            "follow-away",
            "nothing can be followed here now",
            "aquí no se puede seguir nada por ahora",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::gives_back;

    #[test]
    fn only_the_word_alone_is_a_yes() {
        assert!(gives_back(b"abc\n", "abc"));
        assert!(gives_back(br#"{"challenge": "abc"}"#, "abc"));
        for other in [
            r#"{"type":"confirmation","challenge":"abc","subscription":"x"}"#,
            "you said abc",
            "",
            "ABC",
        ] {
            assert!(!gives_back(other.as_bytes(), "abc"), "{other}");
        }
    }
}
