//! Followers are told: each in order from where it stands, by tasks of their own; those of one host, and those that fail, share few places,
//! so that who does not answer delays nobody else.
//!
//! INVARIANT (told in order): a follower's mark in the store stands behind the last change that it took, and never behind one that it did
//! not. How far a telling goes is written down before it is sent, so that what is sent again holds the same changes under the same
//! `Idempotency-Key` or `Message-ID`, also after a crash; nothing is left out.

mod words;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use garita_exchange::clock::real_now_ms;
use garita_exchange::problem::Refusal;
use garita_exchange::sequence::store_refusal;
use garita_profile::promises::slip::BaselineRule;
use garita_store::{Follower, FollowerMark};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use super::mail::MailError;
use super::terms::{Terms, Where};
use super::{CONFIRM_MS, DECIDED_MS, hook};
use crate::server::{App, blocking};
use crate::site;
use crate::site::changes::{Change, Number};
use crate::site::overview::Overview;
use crate::site::register::Register;
use words::Saying;

/// So often it is looked, beside when something was logged or somebody came.
const EVERY_MS: i64 = 20_000;
/// Between two looks. Longer than the register may lag behind the log.
const PAUSE: Duration = Duration::from_millis(800);
/// Changes of one request.
const EVENTS_MAX: usize = 100;
/// Changes of one mail.
const IN_LETTER_MAX: usize = 1_000;
/// Tellings at a time: mails, requests, and both of those that failed last time.
const MAILS: usize = 4;
const REQUESTS: usize = 12;
const FAILING: usize = 4;
/// Requests to one host at a time.
const OF_HOST: usize = 2;
/// Waited before a telling that failed is tried again: at first, and at most.
const AGAIN_MS: i64 = 2_000;
const AGAIN_MAX_MS: i64 = 3_600_000;
/// For mail: a server that refuses is not asked again at once.
const MAIL_AGAIN_MS: i64 = 15 * 60_000;
/// Who cannot be told for so long, by so many tries, has ended it.
const FAILING_MAX_MS: i64 = 3 * 24 * 3_600_000;
const TRIES_MIN: u32 = 10;
/// Changes passed over before that is noted: a note is a commit, and not each change is worth one.
const PASSED: usize = 512;
/// Followers read at once.
const READ: usize = 500;
/// What was not confirmed, and what was decided long ago, is looked for so often.
const FORGET_EVERY_MS: i64 = 3_600_000;

/// How one follower stands beside the store.
#[derive(Debug, Clone, Copy, Default)]
struct Turn {
    running: bool,
    not_before_ms: i64,
    wait_ms: i64,
    /// Looked at up to here: nothing asked for was between the mark and this.
    seen: Number,
    /// Passed over since that was noted.
    passed: usize,
}

#[derive(Debug, Default)]
struct Turns {
    all: HashMap<String, Turn>,
    /// Requests under way, by host.
    hosts: HashMap<String, usize>,
}

type Shared = Arc<Mutex<Turns>>;

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

struct Places {
    mails: Arc<Semaphore>,
    requests: Arc<Semaphore>,
    failing: Arc<Semaphore>,
}

async fn keep_telling(app: &Arc<App>) {
    let mut news = app.core().published.clone();
    let turns = Shared::default();
    let places = Places {
        mails: Arc::new(Semaphore::new(MAILS)),
        requests: Arc::new(Semaphore::new(REQUESTS)),
        failing: Arc::new(Semaphore::new(FAILING)),
    };
    let (mut forgot_ms, mut looked_at, mut next_ms) = (0, None, 0);
    loop {
        let now_ms = real_now_ms();
        if now_ms - forgot_ms > FORGET_EVERY_MS {
            forgot_ms = now_ms;
            forget(app, now_ms).await;
        }
        let (looking, held) = (Arc::clone(app), Arc::clone(&turns));
        let since = looked_at.filter(|_| now_ms < next_ms);
        match blocking(move || look(&looking, &held, since, now_ms)).await {
            Ok(Looked { due, last, next }) => {
                looked_at = Some(last);
                // News that concern nobody put off nobody whose time comes.
                next_ms = next.unwrap_or(next_ms);
                for due in due {
                    send(app, &turns, &places, due);
                }
            }
            Err(refusal) => {
                tracing::warn!(code = refusal.code(), "followers could not be looked for");
                next_ms = now_ms + EVERY_MS;
            }
        }
        tokio::time::sleep(PAUSE).await;
        let left = u64::try_from(next_ms - real_now_ms()).unwrap_or(0);
        tokio::select! {
            () = app.follow().changed.notified() => next_ms = 0,
            changed = news.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(Duration::from_millis(left)) => {}
        }
    }
}

/// What was not confirmed in time goes, and what was decided long ago.
async fn forget(app: &Arc<App>, now_ms: i64) {
    // Questions bear business time, as what is shown beside them.
    let business_ms = app.core().clock.now_ms();
    let done = app.core().sequencer.change(move |commit| {
        commit.followers_expire_before_ms = Some(now_ms.saturating_sub(CONFIRM_MS));
        commit.reader_questions_expire_before_ms = Some(business_ms.saturating_sub(DECIDED_MS));
    });
    if let Err(refusal) = done.await {
        tracing::warn!(
            code = refusal.code(),
            "what nobody confirmed could not be forgotten"
        );
    }
}

/// A follower that is to be told now. While this lives no other telling of it begins.
struct Due {
    id: String,
    is_mail: bool,
    is_failing: bool,
    running: Running,
}

/// Upholds that one telling at a time runs for a follower, however it ends.
struct Running {
    turns: Shared,
    id: String,
    host: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.all.get_mut(&self.id) {
            turn.running = false;
        }
        if let Some(count) = turns.hosts.get_mut(&self.host) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                turns.hosts.remove(&self.host);
            }
        }
    }
}

/// What a look found.
struct Looked {
    due: Vec<Due>,
    /// The newest change there was.
    last: Number,
    /// When it is worth while to look again though nothing came, ms; none where nobody was looked at.
    next: Option<i64>,
}

impl Looked {
    fn again_at(&mut self, at_ms: i64) {
        self.next = self.next.map(|next| next.min(at_ms));
    }
}

/// Everything with which changes are chosen and worded, as of now.
struct Now {
    register: Arc<Register>,
    overview: Arc<Overview>,
}

impl Now {
    fn of(app: &App) -> Result<Option<Now>, Refusal> {
        let core = app.core();
        let Some(register) = app.site().register(core)? else {
            return Ok(None);
        };
        let as_of = site::as_of_now(core);
        let overview = app
            .site()
            .overview(&register, as_of, BaselineRule::FirstPromise);
        Ok(Some(Now { register, overview }))
    }

    /// Changes that a follower asked for, from one up to another (without end: all), at most so many; and up to where was looked.
    fn asked(
        &self,
        terms: &Terms,
        from: Number,
        to: Option<Number>,
        most: usize,
    ) -> (Vec<&Change>, Number, usize) {
        let (mut found, mut at, mut passed) = (Vec::new(), from, 0);
        let takes = terms.filter(&self.register, &self.overview);
        for change in self.register.changes_after(Some(from)) {
            if found.len() == most || to.is_some_and(|to| change.number > to) {
                break;
            }
            at = change.number;
            passed += 1;
            if takes(change) {
                found.push(change);
            }
        }
        (found, at, passed)
    }
}

/// Who is to be told now. Where nothing came since the last look, and nobody waited for this time, nobody is asked for.
fn look(app: &App, turns: &Shared, since: Option<Number>, now_ms: i64) -> Result<Looked, Refusal> {
    let mut looked = Looked {
        due: Vec::new(),
        last: Number::default(),
        next: Some(now_ms.saturating_add(EVERY_MS)),
    };
    let Some(now) = Now::of(app)? else {
        return Ok(looked);
    };
    looked.last = now.register.last_number();
    if since == Some(looked.last) {
        looked.next = None;
        return Ok(looked);
    }
    let reader = &app.core().reader;
    let (mut after, mut there) = (String::new(), HashSet::new());
    loop {
        let page = reader
            .followers(&after, READ)
            .map_err(|e| store_refusal(&e));
        let page = match page {
            Ok(page) => page,
            // Who was found is told; the rest at the next look.
            Err(_) if !looked.due.is_empty() => return Ok(looked),
            Err(refusal) => return Err(refusal),
        };
        let Some(last) = page.last() else { break };
        after.clone_from(&last.id);
        for follower in page {
            there.insert(follower.id.clone());
            if follower.confirmed_ms.is_some() {
                look_at(app, &now, turns, &follower, now_ms, &mut looked);
            }
        }
    }
    let mut turns = turns.lock().unwrap_or_else(PoisonError::into_inner);
    turns
        .all
        .retain(|id, turn| turn.running || there.contains(id));
    Ok(looked)
}

/// Puts one follower among those who are to be told, if it is its turn and something that it asked for came.
fn look_at(
    app: &App,
    now: &Now,
    turns: &Shared,
    follower: &Follower,
    now_ms: i64,
    looked: &mut Looked,
) {
    let Ok(terms) = serde_json::from_str::<Terms>(&follower.data) else {
        return;
    };
    let mark = follower.mark;
    let is_mail = matches!(terms.to, Where::Mail(_));
    let host = terms.to.host();
    let mut held = turns.lock().unwrap_or_else(PoisonError::into_inner);
    let Turns { all, hosts } = &mut *held;
    let turn = all.entry(follower.id.clone()).or_default();
    if turn.running {
        return;
    }
    // A clock that went back is no reason to be silent.
    let told_ms = mark.told_ms.filter(|at| *at <= now_ms);
    let pace_ms = match (is_mail, told_ms) {
        (true, Some(at)) => at.saturating_add(terms.pace.between_ms()),
        _ => 0,
    };
    let not_before = pace_ms.max(turn.not_before_ms);
    if now_ms < not_before {
        looked.again_at(not_before);
        return;
    }
    if mark.sending.is_none() {
        turn.seen = turn.seen.max(number(mark.seen));
        let (found, to, passed) = now.asked(&terms, turn.seen, None, 1);
        if found.is_empty() {
            turn.seen = to;
            turn.passed += passed;
            if turn.passed >= PASSED {
                turn.passed = 0;
                note(app, follower, to);
            }
            return;
        }
    }
    let busy = hosts.get(&host).copied().unwrap_or(0);
    if !is_mail && busy >= OF_HOST {
        looked.again_at(now_ms.saturating_add(1_000));
        return;
    }
    turn.running = true;
    if !is_mail {
        *hosts.entry(host.clone()).or_default() += 1;
    }
    looked.due.push(Due {
        id: follower.id.clone(),
        is_mail,
        is_failing: mark.failing_ms.is_some(),
        running: Running {
            turns: Arc::clone(turns),
            id: follower.id.clone(),
            host,
        },
    });
}

fn number((entry, record): (u64, u64)) -> Number {
    Number { entry, record }
}

fn pair(number: Number) -> (u64, u64) {
    (number.entry, number.record)
}

/// What was passed over need not be looked at again after a restart.
fn note(app: &App, follower: &Follower, to: Number) {
    let (id, mark) = (
        follower.id.clone(),
        FollowerMark {
            seen: pair(to),
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

/// Tells one follower in a task of its own, once there is a place for it.
fn send(app: &Arc<App>, turns: &Shared, places: &Places, due: Due) {
    let place = match (due.is_failing, due.is_mail) {
        (true, _) => &places.failing,
        (false, true) => &places.mails,
        (false, false) => &places.requests,
    };
    let (app, turns, place) = (Arc::clone(app), Arc::clone(turns), Arc::clone(place));
    let mut stop = app.exchange().stopping();
    tokio::spawn(async move {
        let Due { id, running, .. } = due;
        let work = async {
            let _place = place.acquire_owned().await.ok()?;
            Some(tell(&app, &id).await)
        };
        let told = tokio::select! {
            told = work => told,
            _ = stop.wait_for(|stopping| *stopping) => None,
        };
        if let Some(told) = told {
            settle(&turns, &id, &told);
        }
        drop(running);
        app.follow().changed.notify_one();
    });
}

/// What came of a telling.
enum Told {
    /// Up to there.
    Taken(Number),
    /// It was not taken, or could not be noted; for a mail.
    Failed { is_mail: bool },
    /// Nothing that was asked for is left, up to there.
    Nothing(Number),
    /// It has ended meanwhile.
    Gone,
}

async fn tell(app: &Arc<App>, id: &str) -> Told {
    let (looking, name) = (Arc::clone(app), id.to_owned());
    // Read anew: it may have waited long for its place.
    let prepared = blocking(move || prepare(&looking, &name)).await;
    let prepared = match prepared {
        Ok(Prepared::Send(prepared)) => prepared,
        Ok(Prepared::Nothing(mark, to)) => {
            // What was begun is no more: a record in dispute counts no longer.
            let done = FollowerMark {
                seen: pair(to),
                sending: None,
                ..mark
            };
            return match mark.sending.is_none() || keep(app, id, done).await.is_ok() {
                true => Told::Nothing(to),
                false => Told::Failed { is_mail: false },
            };
        }
        Ok(Prepared::Gone) => return Told::Gone,
        Err(_) => return Told::Failed { is_mail: false },
    };
    let is_mail = matches!(prepared.terms.to, Where::Mail(_));
    let failed = Told::Failed { is_mail };
    let before = FollowerMark {
        sending: Some(pair(prepared.to)),
        ..prepared.follower.mark
    };
    // Upholds (told in order): how far it goes is on disk before it goes.
    if prepared.follower.mark.sending != before.sending && keep(app, id, before).await.is_err() {
        return failed;
    }
    let sent = deliver(app, &prepared).await;
    let now_ms = real_now_ms();
    if let Sent::Taken = sent {
        let mark = FollowerMark {
            told: pair(prepared.to),
            seen: pair(prepared.to),
            sending: None,
            told_ms: Some(now_ms),
            failing_ms: None,
            tries: 0,
        };
        // What was taken and could not be noted is told once more, the same.
        return match keep(app, id, mark).await {
            Ok(()) => Told::Taken(prepared.to),
            Err(_) => failed,
        };
    }
    let since = before.failing_ms.unwrap_or(now_ms);
    let mark = FollowerMark {
        failing_ms: Some(since),
        tries: before.tries.saturating_add(1),
        ..before
    };
    // A server of ours that does not send is no word of the reader's.
    let is_theirs = !matches!(sent, Sent::NotOurs);
    if is_theirs && now_ms - since > FAILING_MAX_MS && mark.tries >= TRIES_MIN {
        tracing::warn!(
            follower = short(id),
            "could not be told for three days: ended"
        );
        return match super::end(app, id).await {
            Ok(()) => Told::Gone,
            Err(_) => failed,
        };
    }
    // Else it is one try less, which harms nobody.
    drop(keep(app, id, mark).await);
    failed
}

async fn keep(app: &Arc<App>, id: &str, mark: FollowerMark) -> Result<(), Refusal> {
    let id = id.to_owned();
    app.core()
        .sequencer
        .change(move |commit| commit.follower_marks.push((id, mark)))
        .await
}

/// What is to be sent.
struct ToSend {
    follower: Follower,
    terms: Terms,
    say: Saying,
    to: Number,
}

enum Prepared {
    Send(Box<ToSend>),
    Nothing(FollowerMark, Number),
    Gone,
}

fn prepare(app: &App, id: &str) -> Result<Prepared, Refusal> {
    let held = app.core().reader.follower(id);
    let held = held.map_err(|e| store_refusal(&e))?;
    let Some(follower) = held else {
        return Ok(Prepared::Gone);
    };
    let (Ok(terms), Some(now)) = (serde_json::from_str::<Terms>(&follower.data), Now::of(app)?)
    else {
        return Ok(Prepared::Gone);
    };
    let mark = follower.mark;
    let most = match terms.to {
        Where::Mail(_) => IN_LETTER_MAX,
        Where::Webhook(_) => EVENTS_MAX,
    };
    let begun = mark.sending.map(number);
    let (found, at, _) = now.asked(&terms, number(mark.seen), begun, most);
    // What was begun ends where it was to end.
    let to = begun.unwrap_or(at);
    if found.is_empty() {
        return Ok(Prepared::Nothing(mark, to));
    }
    let say = words::of(app, &now, &follower, &terms, &found, to);
    Ok(match say {
        Some(say) => Prepared::Send(Box::new(ToSend {
            follower,
            terms,
            say,
            to,
        })),
        None => Prepared::Gone,
    })
}

enum Sent {
    Taken,
    /// Who gets it did not take it.
    NotTaken,
    /// It did not come so far.
    NotOurs,
}

async fn deliver(app: &Arc<App>, prepared: &ToSend) -> Sent {
    match &prepared.say {
        Saying::Letter(letter) => {
            let Some(mailer) = &app.follow().mailer else {
                return Sent::NotOurs;
            };
            match mailer.send(letter).await {
                Ok(()) => Sent::Taken,
                Err(error) => {
                    tracing::warn!(%error, "a mail to a follower was not sent");
                    match error {
                        MailError::Recipient(_) => Sent::NotTaken,
                        _ => Sent::NotOurs,
                    }
                }
            }
        }
        Saying::Body(key, body) => {
            let (core, targets) = (app.core(), app.webhook_targets());
            let address = prepared.terms.to.address();
            let heard = hook::post(core, targets, address, key, body).await;
            match heard.is_some_and(|h| (200..300).contains(&h.status)) {
                true => Sent::Taken,
                false => Sent::NotTaken,
            }
        }
    }
}

fn settle(turns: &Shared, id: &str, told: &Told) {
    let mut turns = turns.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(turn) = turns.all.get_mut(id) else {
        return;
    };
    match told {
        Told::Taken(to) | Told::Nothing(to) => {
            turn.seen = turn.seen.max(*to);
            (turn.wait_ms, turn.not_before_ms) = (0, 0);
        }
        Told::Failed { is_mail } => {
            let first = if *is_mail { MAIL_AGAIN_MS } else { AGAIN_MS };
            turn.wait_ms = (turn.wait_ms * 2).clamp(first, AGAIN_MAX_MS);
            turn.not_before_ms = real_now_ms().saturating_add(turn.wait_ms);
        }
        Told::Gone => turn.not_before_ms = i64::MAX,
    }
}

/// What may be told of a secret name: not it.
pub(super) fn short(id: &str) -> String {
    let digest = Sha256::digest(id.as_bytes());
    digest.iter().take(8).map(|b| format!("{b:02x}")).collect()
}
