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
use tokio::sync::{Mutex, Notify};

use crate::console::{Lang, paths};
use crate::limits::Limiter;
use crate::server::{App, blocking};
use crate::site::changes::Number;
use mail::{Letter, Mailer};
use terms::{Terms, Where};

/// Followers of one node.
const FOLLOWERS_MAX: u64 = 10_000;
/// Followers at one address.
const OF_ADDRESS_MAX: usize = 20;
/// Questions to one mail address that are not answered: nobody's box is filled by others typing its address.
const UNCONFIRMED_MAX: usize = 3;
/// New followers in a minute.
const A_MINUTE_MAX: u32 = 30;
/// A question that is not answered is forgotten after so long.
pub(crate) const CONFIRM_MS: i64 = 48 * 3_600_000;

/// What following needs beside the store.
#[derive(Debug)]
pub(crate) struct Follow {
    /// Sends mail; none where the node has no server for it.
    pub(crate) mailer: Option<Mailer>,
    /// Somebody came, or said yes.
    changed: Notify,
    /// One at a time is taken in, so that what is counted holds.
    opening: Mutex<()>,
    asked: Limiter,
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
            asked: Limiter::default(),
        }
    }
}

/// Takes a follower in: of all that changes from now on.
///
/// # Errors
/// `follow-too-many` where the address, or the node, has all it takes; `follow-not-confirmed` where a web address does not give our word
/// back; `mail-not-sent`.
pub(crate) async fn open(app: &Arc<App>, terms: Terms) -> Result<Opened, Refusal> {
    let follow = app.follow();
    let now_ms = real_now_ms();
    if !follow.asked.allows([0; 32], A_MINUTE_MAX, now_ms) {
        return Err(too_many());
    }
    let id = encode::random::<18>()
        .map(|bytes| encode::base64url(&bytes))
        .map_err(|_| away())?;
    let _one_at_a_time = follow.opening.lock().await;
    let looking = Arc::clone(app);
    let address = terms.to.address().to_owned();
    let (party, last) = blocking(move || room(&looking, &address, now_ms)).await?;
    let mut follower = Follower {
        id: id.clone(),
        party,
        address: terms.to.address().to_owned(),
        data: serde_json::to_string(&terms).unwrap_or_default(),
        created_ms: now_ms,
        confirmed_ms: None,
        mark: FollowerMark {
            entry: last.entry,
            record: last.record,
            ..FollowerMark::default()
        },
    };
    match &terms.to {
        Where::Webhook(address) => {
            challenge(app, address, &id).await?;
            follower.confirmed_ms = Some(now_ms);
            keep(app, follower).await?;
            follow.changed.notify_one();
            Ok(Opened::Confirmed(id))
        }
        Where::Mail(address) => {
            let letter = question(app, address, &id, terms.lang());
            keep(app, follower).await?;
            let Some(mailer) = &follow.mailer else {
                return Err(away());
            };
            if let Err(error) = mailer.send(&letter).await {
                tracing::warn!(%error, "a mail was not sent");
                let gone = id.clone();
                app.core()
                    .sequencer
                    .change(move |commit| commit.followers_gone.push(gone))
                    .await?;
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

/// Who has the address says yes.
///
/// # Errors
/// Not found where there is none of that name.
pub(crate) async fn confirm(app: &Arc<App>, id: &str) -> Result<Follower, Refusal> {
    let held = find(app, id).await?;
    let (name, now_ms) = (held.id.clone(), real_now_ms());
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
        held.ok_or_else(|| {
            Refusal::one(
                RefusalKind::NotFound,
                Fault::whole(
                    "follow-unknown",
                    "there is no such subscription, or it has ended",
                    "no existe esa suscripción, o ya terminó",
                ),
            )
        })
    })
    .await
}

/// Where a follower looks at it.
pub(crate) fn page_of(app: &App, id: &str) -> String {
    let origin = app.core().identity.url.trim_end_matches('/');
    format!("{origin}{}/{id}", paths::FOLLOW)
}

/// Who publishes, and the last change before now; refused where there is no room.
fn room(app: &App, address: &str, now_ms: i64) -> Result<(String, Number), Refusal> {
    let core = app.core();
    let register = app.site().register(core)?;
    let publisher = register.as_ref().and_then(|r| r.publisher.as_ref());
    let (Some(register), Some(publisher)) = (&register, publisher) else {
        return Err(away());
    };
    let held = core
        .reader
        .followers_at(address, OF_ADDRESS_MAX)
        .map_err(|e| store_refusal(&e))?;
    let waits = |f: &&Follower| f.confirmed_ms.is_none() && now_ms - f.created_ms < CONFIRM_MS;
    let all = core
        .reader
        .follower_count()
        .map_err(|e| store_refusal(&e))?;
    if held.len() >= OF_ADDRESS_MAX
        || held.iter().filter(waits).count() >= UNCONFIRMED_MAX
        || all >= FOLLOWERS_MAX
    {
        return Err(too_many());
    }
    Ok((publisher.party.clone(), register.last_number()))
}

async fn keep(app: &Arc<App>, follower: Follower) -> Result<(), Refusal> {
    app.core()
        .sequencer
        .change(move |commit| commit.followers.push(follower))
        .await
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
    let key = format!("confirm-{word}");
    let heard = hook::post(app.core(), app.webhook_targets(), address, &key, &body).await;
    let given_back = heard.is_some_and(|heard| {
        let said = String::from_utf8_lossy(&heard.body);
        (200..300).contains(&heard.status) && said.contains(&word)
    });
    match given_back {
        true => Ok(()),
        false => Err(Refusal::one(
            RefusalKind::Unprocessable,
            Fault::at(
                "follow-not-confirmed",
                "webhook",
                "the address did not give the `challenge` of our request back with status 200",
                "la dirección no devolvió el `challenge` de nuestra petición con estado 200",
            ),
        )),
    }
}

fn question(app: &App, to: &str, id: &str, lang: Lang) -> Letter {
    let page = page_of(app, id);
    let (subject, text) = match lang {
        Lang::En => (
            "Confirm that you want to be told of changes",
            format!(
                "Somebody, we hope you, asked that this address be told of changes to border projects.\n\nTo say yes, open this page and press the button:\n{page}\n\nIf it was not you, do nothing: no other mail will come, and in two days the request is forgotten.\n"
            ),
        ),
        Lang::Es => (
            "Confirme que quiere recibir avisos de cambios",
            format!(
                "Alguien, esperamos que usted, pidió que esta dirección reciba avisos de cambios en proyectos fronterizos.\n\nPara decir que sí, abra esta página y pulse el botón:\n{page}\n\nSi no fue usted, no haga nada: no llegará ningún otro correo y en dos días se olvida la petición.\n"
            ),
        ),
    };
    Letter {
        to: to.to_owned(),
        subject: subject.to_owned(),
        text,
        language: lang.code(),
        key: format!("confirm.{}", telling::short(id)),
        end: String::new(),
    }
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
