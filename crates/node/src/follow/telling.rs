//! Followers are told: each in order from where it stands, by tasks of their own, so that one that does not answer delays nobody else.
//!
//! INVARIANT (told in order): a follower's mark in the store stands behind the last change that it took, and never behind one that it did
//! not. A crash between the taking and the mark tells the same changes once more, under the same `Idempotency-Key` or `Message-ID`;
//! nothing is left out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use garita_exchange::clock::real_now_ms;
use garita_exchange::problem::Refusal;
use garita_exchange::sequence::store_refusal;
use garita_profile::promises::slip::BaselineRule;
use garita_profile::promises::statement::AsOf;
use garita_store::{Follower, FollowerMark};
use jiff::tz::TimeZone;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use super::mail::Letter;
use super::terms::{Terms, Where};
use super::{CONFIRM_MS, hook, page_of};
use crate::console::{Lang, paths};
use crate::pages::public::changes::{capital, event};
use crate::pages::public::sentence::Wording;
use crate::pages::words::Say;
use crate::server::{App, blocking};
use crate::site::changes::{Change, Number};
use crate::site::overview::Overview;
use crate::site::register::Register;

/// So often it is looked, beside when something was logged or somebody came.
const EVERY: Duration = Duration::from_secs(20);
/// Between two looks. Longer than the register may lag behind the log.
const PAUSE: Duration = Duration::from_millis(800);
/// Changes of one request.
const EVENTS_MAX: usize = 100;
/// Changes told in one mail; the rest is a line with an address.
const IN_MAIL_MAX: usize = 40;
/// Followers that are told at a time.
const AT_ONCE: usize = 16;
/// Waited before a telling that failed is tried again: at first, and at most.
const AGAIN_MS: i64 = 2_000;
const AGAIN_MAX_MS: i64 = 3_600_000;
/// For mail: a server that refuses is not asked again at once.
const MAIL_AGAIN_MS: i64 = 15 * 60_000;
/// Who cannot be told for so long has ended it.
const FAILING_MAX_MS: i64 = 3 * 24 * 3_600_000;
/// Changes passed over before that is noted: a note is a commit, and not each change is worth one.
const PASSED: usize = 512;
/// Followers read at once.
const READ: usize = 500;
/// What was not confirmed is looked for so often.
const FORGET_EVERY_MS: i64 = 3_600_000;
/// Characters of a sentence in a subject.
const SUBJECT_CHARS: usize = 110;

/// How one follower stands beside the store.
#[derive(Debug, Clone, Copy, Default)]
struct Turn {
    running: bool,
    not_before_ms: i64,
    wait_ms: i64,
    /// Looked at up to here: nothing asked for was between the mark and this.
    seen: Number,
}

type Turns = Arc<Mutex<HashMap<String, Turn>>>;

/// Starts telling; it ends with the node.
pub(crate) fn start(app: &Arc<App>) {
    let mut stop = app.exchange().stopping();
    let app = Arc::clone(app);
    tokio::spawn(async move {
        tokio::select! {
            () = keep_telling(&app) => {}
            _ = stop.wait_for(|stopping| *stopping) => {}
        }
    });
}

async fn keep_telling(app: &Arc<App>) {
    let mut news = app.core().published.clone();
    let turns: Turns = Turns::default();
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut forgot_ms = 0;
    loop {
        let now_ms = real_now_ms();
        if now_ms - forgot_ms > FORGET_EVERY_MS {
            forgot_ms = now_ms;
            forget(app, now_ms).await;
        }
        let (looking, held) = (Arc::clone(app), Arc::clone(&turns));
        let due = match blocking(move || look(&looking, &held, now_ms)).await {
            Ok(due) => due,
            Err(refusal) => {
                tracing::warn!(code = refusal.code(), "followers could not be looked for");
                Vec::new()
            }
        };
        let more = due.iter().any(|d| d.more);
        for due in due {
            let (app, turns, places) = (Arc::clone(app), Arc::clone(&turns), Arc::clone(&places));
            let mut stop = app.exchange().stopping();
            tokio::spawn(async move {
                let id = due.follower.id.clone();
                let Ok(_place) = places.acquire_owned().await else {
                    return;
                };
                let told = tokio::select! {
                    told = tell(&app, due) => told,
                    _ = stop.wait_for(|stopping| *stopping) => return,
                };
                settle(&turns, &id, told);
                app.follow().changed.notify_one();
            });
        }
        let changed = app.follow().changed.notified();
        if more {
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        tokio::select! {
            () = changed => {}
            changed = news.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(EVERY) => {}
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// What was not confirmed in time goes.
async fn forget(app: &Arc<App>, now_ms: i64) {
    let before = now_ms.saturating_sub(CONFIRM_MS);
    let done = app
        .core()
        .sequencer
        .change(move |commit| commit.public_expire_before_ms = Some(before));
    if let Err(refusal) = done.await {
        tracing::warn!(
            code = refusal.code(),
            "what nobody confirmed could not be forgotten"
        );
    }
}

/// A follower that is to be told now.
struct Due {
    follower: Follower,
    terms: Terms,
    /// What is said; for a mail the letter, for a web address the body.
    say: Saying,
    to: Number,
    more: bool,
}

enum Saying {
    Letter(Box<Letter>),
    Body(String, serde_json::Value),
}

/// Everything with which changes are worded, as of now.
struct Now {
    register: Arc<Register>,
    overview: Arc<Overview>,
}

fn look(app: &App, turns: &Turns, now_ms: i64) -> Result<Vec<Due>, Refusal> {
    let core = app.core();
    let Some(register) = app.site().register(core)? else {
        return Ok(Vec::new());
    };
    let today = jiff::Timestamp::from_millisecond(core.clock.now_ms())
        .map(|at| TimeZone::UTC.to_datetime(at).date())
        .unwrap_or_default();
    let as_of = AsOf {
        today,
        stated_by: None,
        recorded_by_ms: None,
    };
    let overview = app
        .site()
        .overview(&register, as_of, BaselineRule::FirstPromise);
    let now = Now { register, overview };
    let mut due = Vec::new();
    let mut after = String::new();
    loop {
        let page = core
            .reader
            .followers(&after, READ)
            .map_err(|e| store_refusal(&e))?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.id);
        for follower in page {
            if follower.confirmed_ms.is_none() {
                continue;
            }
            if let Some(found) = look_at(app, &now, turns, follower, now_ms) {
                due.push(found);
            }
        }
    }
    Ok(due)
}

/// What one follower is to be told now; none where it is not its turn, or nothing that it asked for came.
fn look_at(app: &App, now: &Now, turns: &Turns, follower: Follower, now_ms: i64) -> Option<Due> {
    let terms: Terms = serde_json::from_str(&follower.data).ok()?;
    let mark = Number {
        entry: follower.mark.entry,
        record: follower.mark.record,
    };
    let mut turns = turns.lock().unwrap_or_else(PoisonError::into_inner);
    let turn = turns.entry(follower.id.clone()).or_default();
    if turn.running || now_ms < turn.not_before_ms {
        return None;
    }
    let is_mail = matches!(terms.to, Where::Mail(_));
    let told_ms = follower.mark.told_ms.unwrap_or(0);
    // A clock that went back is no reason to be silent.
    if is_mail && (0..terms.pace.between_ms()).contains(&(now_ms - told_ms)) {
        return None;
    }
    let most = if is_mail { usize::MAX } else { EVENTS_MAX };
    let mut found: Vec<&Change> = Vec::new();
    let (mut to, mut passed, mut more) = (mark.max(turn.seen), 0_usize, false);
    for change in now.register.changes_after(Some(to)) {
        if found.len() == most {
            more = true;
            break;
        }
        to = change.number;
        passed += 1;
        if terms.takes(change, &now.register, &now.overview) {
            found.push(change);
        }
    }
    if found.is_empty() {
        turn.seen = to;
        if passed >= PASSED {
            note(app, &follower, to);
        }
        return None;
    }
    let say = words(app, now, &follower, &terms, &found, mark, to)?;
    turn.running = true;
    Some(Due {
        follower,
        terms,
        say,
        to,
        more,
    })
}

/// What was passed over need not be looked at again after a restart.
fn note(app: &App, follower: &Follower, to: Number) {
    let (id, mark) = (
        follower.id.clone(),
        FollowerMark {
            entry: to.entry,
            record: to.record,
            ..follower.mark
        },
    );
    let sequencer = app.core().sequencer.clone();
    tokio::runtime::Handle::current().spawn(async move {
        let noted = sequencer.change(move |commit| commit.follower_marks.push((id, mark)));
        // Else it is looked at again, which harms nobody.
        drop(noted.await);
    });
}

fn words(
    app: &App,
    now: &Now,
    follower: &Follower,
    terms: &Terms,
    found: &[&Change],
    from: Number,
    to: Number,
) -> Option<Saying> {
    let core = app.core();
    let publisher = now.register.publisher.as_ref()?;
    let profile = core.governing(&publisher.words.of)?;
    let lang = terms.lang();
    let say = Say::new(profile, lang, core.clock.now_ms(), TimeZone::UTC);
    let network = core.network();
    let wording = Wording {
        say: &say,
        register: &now.register,
        overview: &now.overview,
        network: &network,
    };
    let origin = core.identity.url.trim_end_matches('/');
    let page = page_of(app, &follower.id);
    let key = format!("{}.{from}-{to}", short(&follower.id));
    match &terms.to {
        Where::Mail(address) => Some(Saying::Letter(Box::new(Letter {
            to: address.clone(),
            subject: subject(&wording, found, lang),
            text: text(&wording, found, lang, origin, &page),
            language: lang.code(),
            key: format!("changes.{key}"),
            end: format!("{page}/end"),
        }))),
        Where::Webhook(_) => {
            let changes: Vec<serde_json::Value> = found
                .iter()
                .map(|change| {
                    let mut event = event(origin, change);
                    if let Some(members) = event.as_object_mut() {
                        let told = format!(
                            "{}: {} {}",
                            wording.about(change),
                            wording.what(change),
                            wording.source(change)
                        );
                        members.insert("text".to_owned(), told.into());
                    }
                    event
                })
                .collect();
            let body = json!({
                "type": "changes",
                "subscription": page,
                "after": from.to_string(),
                "last": to.to_string(),
                "language": lang.code(),
                "changes": changes,
            });
            Some(Saying::Body(key, body))
        }
    }
}

fn subject(wording: &Wording<'_>, found: &[&Change], lang: Lang) -> String {
    let Some(first) = found.first() else {
        return String::new();
    };
    match (found.len(), lang) {
        (1, _) => {
            let told = format!("{}: {}", wording.about(first), wording.what(first));
            match told.chars().count() > SUBJECT_CHARS {
                true => {
                    let cut: String = told.chars().take(SUBJECT_CHARS).collect();
                    format!("{cut}…")
                }
                false => told,
            }
        }
        (n, Lang::En) => format!("{n} changes to border projects"),
        (n, Lang::Es) => format!("{n} cambios en proyectos fronterizos"),
    }
}

fn text(wording: &Wording<'_>, found: &[&Change], lang: Lang, origin: &str, page: &str) -> String {
    let mut out = String::new();
    for change in found.iter().take(IN_MAIL_MAX) {
        let about = match change.subject.is_empty() {
            true => paths::plan(&change.plan),
            false => paths::project(&change.subject),
        };
        let mut lines = vec![
            wording.about(change),
            capital(&wording.what(change)),
            wording.source(change),
        ];
        lines.extend(change.addresses.first().cloned());
        lines.push(format!("{origin}{about}"));
        // What came from outside stays one line of its own, whatever is in it.
        for line in lines {
            let flat: String = line
                .chars()
                .map(|c| if c.is_control() { ' ' } else { c })
                .collect();
            out.push_str(&flat);
            out.push('\n');
        }
        out.push('\n');
    }
    let rest = found.len().saturating_sub(IN_MAIL_MAX);
    let all = format!("{origin}{}", paths::CHANGES);
    if rest > 0 {
        out.push_str(&match lang {
            Lang::En => format!("And {rest} more: {all}\n\n"),
            Lang::Es => format!("Y {rest} más: {all}\n\n"),
        });
    }
    out.push_str(&match lang {
        Lang::En => format!("-- \nYou asked to be told of these changes. To see what you asked for, or to end it:\n{page}\n"),
        Lang::Es => format!("-- \nUsted pidió estos avisos. Para ver qué pidió o para terminarlos:\n{page}\n"),
    });
    out
}

/// What came of a telling.
struct Told {
    taken: bool,
    is_mail: bool,
    to: Number,
    gone: bool,
}

async fn tell(app: &Arc<App>, due: Due) -> Told {
    let is_mail = matches!(due.terms.to, Where::Mail(_));
    let taken = match (&due.say, &due.terms.to) {
        (Saying::Letter(letter), _) => match &app.follow().mailer {
            Some(mailer) => {
                let sent = mailer.send(letter).await;
                if let Err(error) = &sent {
                    tracing::warn!(%error, "a mail to a follower was not sent");
                }
                sent.is_ok()
            }
            None => false,
        },
        (Saying::Body(key, body), to) => {
            let (core, targets) = (app.core(), app.webhook_targets());
            let heard = hook::post(core, targets, to.address(), key, body).await;
            heard.is_some_and(|h| (200..300).contains(&h.status))
        }
    };
    let now_ms = real_now_ms();
    let before = due.follower.mark;
    let failing_ms = (!taken).then(|| before.failing_ms.unwrap_or(now_ms));
    let gone = failing_ms.is_some_and(|since| now_ms - since > FAILING_MAX_MS);
    let mark = match taken {
        true => FollowerMark {
            entry: due.to.entry,
            record: due.to.record,
            told_ms: Some(now_ms),
            failing_ms: None,
        },
        false => FollowerMark {
            failing_ms,
            ..before
        },
    };
    let id = due.follower.id.clone();
    if gone {
        tracing::warn!(
            follower = short(&id),
            "could not be told for three days: ended"
        );
    }
    let kept = app.core().sequencer.change(move |commit| match gone {
        true => commit.followers_gone.push(id),
        false => commit.follower_marks.push((id, mark)),
    });
    Told {
        // What was taken and could not be noted is told once more.
        taken: kept.await.is_ok() && taken,
        is_mail,
        to: due.to,
        gone,
    }
}

fn settle(turns: &Turns, id: &str, told: Told) {
    let mut turns = turns.lock().unwrap_or_else(PoisonError::into_inner);
    if told.gone {
        turns.remove(id);
        return;
    }
    let turn = turns.entry(id.to_owned()).or_default();
    turn.running = false;
    if told.taken {
        turn.seen = told.to;
        turn.wait_ms = 0;
        turn.not_before_ms = 0;
        return;
    }
    let first = if told.is_mail {
        MAIL_AGAIN_MS
    } else {
        AGAIN_MS
    };
    turn.wait_ms = (turn.wait_ms * 2).clamp(first, AGAIN_MAX_MS);
    turn.not_before_ms = real_now_ms().saturating_add(turn.wait_ms);
}

/// What may be told of a secret name: not it.
pub(super) fn short(id: &str) -> String {
    let digest = Sha256::digest(id.as_bytes());
    digest.iter().take(8).map(|b| format!("{b:02x}")).collect()
}
