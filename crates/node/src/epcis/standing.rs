//! Who subscribed is told: each subscription by a task of its own, so that one that does not answer delays nobody else.
//!
//! INVARIANT (told in order): a subscription's mark in the store stands behind the last event that its subscriber took, and never
//! behind one that it did not. A crash between the taking and the mark tells the same events once more, each under the same `eventID`,
//! and under the same `Idempotency-Key` where nothing came to them meanwhile; nothing is left out.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use garita_exchange::core::Core;
use garita_exchange::sequence::store_refusal;
use garita_formats::epcis::answer::{self, Heading, Outgoing};
use garita_formats::epcis::query::Query;
use garita_store::{Subscription, SubscriptionMark};
use garita_tlog::LeafIndex;
use tokio::sync::watch;

use super::exception::Exception;
use super::subscriptions::{self, Terms, When};
use super::webhook::{self, Heard, signature};
use super::{Desk, queries, stopped, told};
use crate::outside::Targets;

/// How often it is looked for new subscriptions, beside when one comes.
const EVERY: Duration = Duration::from_secs(2);
/// Events that one request holds.
const EVENTS: usize = 100;
/// Bytes of events that one request holds, as soon as it holds one.
const BYTES: usize = 1 << 20;
/// Records read at once.
const READ: usize = 500;
/// Entries of the log passed over before that is noted: a note is a commit, and not each entry is worth one.
const PASSED: u64 = 512;
/// Waited before a telling that failed is tried again: at first, and at most.
const AGAIN: Duration = Duration::from_millis(250);
const AGAIN_MAX: Duration = Duration::from_secs(300);
/// A time of a schedule is looked for in steps of at most this, as a simulated clock may be changed.
const STEP: Duration = Duration::from_secs(60);

/// Starts a task for each subscription, now and later.
pub(super) async fn run(
    core: Arc<Core>,
    desk: Arc<Desk>,
    targets: Targets,
    mut stop: watch::Receiver<bool>,
) {
    let running: Arc<Mutex<HashSet<String>>> = Arc::default();
    let task_stop = stop.clone();
    let work = async {
        loop {
            let subscribed = desk.subscribed.notified();
            let looking = Arc::clone(&core);
            let all = tokio::task::spawn_blocking(move || looking.reader.node_subscriptions());
            for (party, id) in all.await.ok().and_then(Result::ok).unwrap_or_default() {
                let fresh = running
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(id.clone());
                if !fresh {
                    continue;
                }
                let (core, running, mut stop) =
                    (Arc::clone(&core), Arc::clone(&running), task_stop.clone());
                let desk = Arc::clone(&desk);
                tokio::spawn(async move {
                    tokio::select! {
                        () = keep_told(&core, &desk, targets, &party, &id) => {}
                        () = stopped(&mut stop) => {}
                    }
                    running
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .remove(&id);
                });
            }
            tokio::select! {
                () = subscribed => {}
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    };
    tokio::select! {
        () = work => {}
        () = stopped(&mut stop) => {}
    }
}

/// What a subscription is, read anew.
struct Standing {
    subscription: Subscription,
    terms: Terms,
    query: Query,
}

/// Tells one subscriber until its subscription is gone.
async fn keep_told(core: &Arc<Core>, desk: &Desk, targets: Targets, party: &str, id: &str) {
    let mut wait = AGAIN;
    let mut least = EVENTS;
    loop {
        let standing = match read(core, party, id).await {
            Ok(Some(standing)) => standing,
            Ok(None) => return,
            Err(_) => {
                tokio::time::sleep(AGAIN).await;
                continue;
            }
        };
        let heard = match &standing.terms.when {
            When::Stream => stream(core, targets, &standing, least).await,
            When::At(schedule, report) => {
                let since = standing
                    .subscription
                    .mark
                    .ran_ms
                    .unwrap_or(standing.subscription.created_ms);
                match schedule.next_after(since) {
                    Some(due) if due <= core.clock.now_ms() => {
                        scheduled(core, targets, &standing, least, *report).await
                    }
                    Some(due) => {
                        pause(core, desk, due).await;
                        continue;
                    }
                    None => return,
                }
            }
        };
        match heard {
            Ok(Heard::Taken) => {
                wait = AGAIN;
                least = EVENTS;
            }
            Ok(Heard::Less) if least > 1 => least = (least / 2).max(1),
            Ok(Heard::Less | Heard::Not) | Err(_) => {
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(AGAIN_MAX);
            }
        }
    }
}

async fn read(core: &Arc<Core>, party: &str, id: &str) -> Result<Option<Standing>, Exception> {
    let (core, party, id) = (Arc::clone(core), party.to_owned(), id.to_owned());
    tokio::task::spawn_blocking(move || {
        let found = core
            .reader
            .subscription(&party, &id)
            .map_err(|e| store_refusal(&e))?;
        let Some(subscription) = found else {
            return Ok(None);
        };
        let named = core
            .reader
            .named_query(&party, &subscription.query)
            .map_err(|e| store_refusal(&e))?;
        let Some(named) = named else { return Ok(None) };
        Ok(Some(Standing {
            terms: subscriptions::terms(&subscription)?,
            query: queries::parsed(&named)?,
            subscription,
        }))
    })
    .await
    .unwrap_or_else(|_| Err(Exception::away()))
}

/// Waits for an instant of the node's clock, in steps.
async fn pause(core: &Core, desk: &Desk, due_ms: i64) {
    let ahead = u64::try_from(due_ms - core.clock.now_ms()).unwrap_or(0);
    let real = Duration::from_millis(ahead).div_f64(core.clock.speed().clamp(0.001, 1e6));
    tokio::select! {
        () = tokio::time::sleep(real.min(STEP).max(Duration::from_millis(5))) => {}
        () = desk.subscribed.notified() => {}
    }
}

/// Tells what is new, or waits until something is.
async fn stream(
    core: &Arc<Core>,
    targets: Targets,
    standing: &Standing,
    least: usize,
) -> Result<Heard, Exception> {
    let mut published = core.published.clone();
    published.borrow_and_update();
    let mut mark = standing.subscription.mark.clone();
    loop {
        let batch = collect(core, standing, &mark, least).await?;
        if !batch.events.is_empty() {
            let heard = tell(core, targets, standing, &mark, &batch).await;
            if heard == Heard::Taken {
                keep(core, standing, batch.mark, true).await?;
            }
            return Ok(heard);
        }
        let passed = batch.mark != mark;
        mark = batch.mark;
        if passed && batch.more {
            continue;
        }
        let ahead = mark.told.map_or(0, LeafIndex::get)
            - standing
                .subscription
                .mark
                .told
                .map_or(0, LeafIndex::get)
                .min(mark.told.map_or(0, LeafIndex::get));
        if ahead >= PASSED {
            // What was passed over need not be looked at again after a restart.
            keep(core, standing, mark, false).await?;
            return Ok(Heard::Taken);
        }
        tokio::select! {
            changed = published.changed() => if changed.is_err() { return Err(Exception::away()) },
            // The subscription may be gone, or its query.
            () = tokio::time::sleep(EVERY) => return Ok(Heard::Taken),
        }
    }
}

/// Tells all that came since the last time, in as many requests as it takes; then notes that this time is over.
async fn scheduled(
    core: &Arc<Core>,
    targets: Targets,
    standing: &Standing,
    least: usize,
    report: bool,
) -> Result<Heard, Exception> {
    let now_ms = core.clock.now_ms();
    let mut mark = standing.subscription.mark.clone();
    let mut any = false;
    loop {
        let batch = collect(core, standing, &mark, least).await?;
        let last = !batch.more;
        if !batch.events.is_empty() || (last && report && !any) {
            let heard = tell(core, targets, standing, &mark, &batch).await;
            if heard != Heard::Taken {
                return Ok(heard);
            }
            any = true;
            keep(core, standing, batch.mark.clone(), true).await?;
        }
        let told = batch.mark.clone();
        mark = told;
        if last {
            mark.ran_ms = Some(now_ms);
            if any {
                mark.notified_ms = Some(core.clock.now_ms());
            }
            keep(core, standing, mark, false).await?;
            return Ok(Heard::Taken);
        }
    }
}

/// Some events that a subscriber was not told yet, and where it stands once it took them.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) events: Vec<Outgoing>,
    pub(super) mark: SubscriptionMark,
    /// Whether there may be more behind it.
    pub(super) more: bool,
}

async fn collect(
    core: &Arc<Core>,
    standing: &Standing,
    mark: &SubscriptionMark,
    least: usize,
) -> Result<Batch, Exception> {
    let (core, party) = (Arc::clone(core), standing.subscription.party.clone());
    let (query, mark) = (standing.query.clone(), mark.clone());
    tokio::task::spawn_blocking(move || batch(&core, &party, &query, &mark, least))
        .await
        .unwrap_or_else(|_| Err(Exception::away()))
}

/// The events after a mark, at most so many. Blocks.
pub(super) fn batch(
    core: &Core,
    party: &str,
    query: &Query,
    mark: &SubscriptionMark,
    most: usize,
) -> Result<Batch, Exception> {
    let head = core.reader.head().map_err(|e| store_refusal(&e))?;
    let mut found = Batch {
        events: Vec::new(),
        mark: mark.clone(),
        more: false,
    };
    let Some(up_to) = head.frontier.size().last() else {
        return Ok(found);
    };
    if mark.told.is_some_and(|told| told >= up_to) {
        return Ok(found);
    }
    let types = told::types(core);
    let types: Vec<&str> = types.iter().map(String::as_str).collect();
    let skipped = mark.told_of_next;
    let records = core
        .reader
        .records_opened(party, &types, mark.told, up_to, skipped, READ)
        .map_err(|e| store_refusal(&e))?;
    let mut bytes = 0;
    // The entry of the log that is gone through, and how many of its records are dealt with, those told before among them.
    let mut entry: Option<(LeafIndex, u64)> = None;
    for held in &records {
        match entry {
            Some((index, _)) if index == held.since => {}
            Some((index, _)) => {
                found.mark.told = Some(index);
                found.mark.told_of_next = 0;
                entry = Some((held.since, 0));
            }
            None => entry = Some((held.since, skipped)),
        }
        let dealt = entry.map_or(0, |(_, count)| count);
        found.mark.told_of_next = dealt;
        if found.events.len() >= most || (bytes > BYTES && !found.events.is_empty()) {
            // The mark stands before this one, among those of its entry.
            found.more = true;
            return Ok(found);
        }
        if let Some(event) = told::told(core, party, held)
            && query.takes(&event.seen())
        {
            bytes += event.outgoing.text.len();
            found.events.push(event.outgoing);
        }
        entry = Some((held.since, dealt + 1));
        found.mark.told_of_next = dealt + 1;
    }
    found.more = records.len() == READ;
    if !found.more {
        found.mark.told = Some(up_to);
        found.mark.told_of_next = 0;
    }
    Ok(found)
}

async fn tell(
    core: &Core,
    targets: Targets,
    standing: &Standing,
    from: &SubscriptionMark,
    batch: &Batch,
) -> Heard {
    let subscription = &standing.subscription;
    let created = super::now(core);
    let body = answer::document(
        &Heading {
            query: &subscription.query,
            subscription: Some(&subscription.id),
            created: &created,
        },
        &batch.events,
    );
    let mut headers = vec![
        (
            "idempotency-key",
            format!(
                "{}:{}-{}",
                subscription.id,
                cursor(from),
                cursor(&batch.mark)
            ),
        ),
        ("gs1-epcis-version", "2.0.0".to_owned()),
        ("gs1-cbv-version", "2.0.0".to_owned()),
    ];
    if !standing.terms.secret.is_empty() {
        headers.push((
            "gs1-signature",
            signature(&standing.terms.secret, body.as_bytes()),
        ));
    }
    webhook::post(targets, &standing.terms.dest, &headers, body).await
}

/// Writes how far a subscriber is. Upholds (told in order): called only after it took what stands before the mark.
async fn keep(
    core: &Core,
    standing: &Standing,
    mut mark: SubscriptionMark,
    notified: bool,
) -> Result<(), Exception> {
    if notified {
        mark.notified_ms = Some(core.clock.now_ms());
    }
    let (party, id) = (
        standing.subscription.party.clone(),
        standing.subscription.id.clone(),
    );
    core.sequencer
        .change(move |commit| commit.subscription_marks.push((party, id, mark)))
        .await
        .map_err(Exception::from)
}

/// A mark as a reader gives it back: entry, and how many of the next.
pub(super) fn cursor(mark: &SubscriptionMark) -> String {
    let told = mark.told.map_or(0, |index| index.get() + 1);
    format!("{told}.{}", mark.told_of_next)
}

/// The mark of a cursor.
pub(super) fn of_cursor(text: &str) -> Option<SubscriptionMark> {
    let (told, of_next) = text.split_once('.')?;
    let told: u64 = told.parse().ok()?;
    i64::try_from(told).ok()?;
    Some(SubscriptionMark {
        told: told.checked_sub(1).map(LeafIndex::new),
        told_of_next: of_next.parse().ok()?,
        ..SubscriptionMark::default()
    })
}
