//! What a restored node lost, had again from those who have it.
//!
//! A copy of yesterday lacks what was given out and taken in since. Each peer is asked, until it has told everything: what it took of
//! ours, under the sequences that our outbox had (so that both sides count the same again), and what it had sent us, from where the copy
//! ends. Nothing of it is believed: each record is judged by its own proof and stamp. Regaining sets nothing off: no notice, no
//! automation, for what followed from these records then was a record too, and comes back as one.

use std::sync::Arc;
use std::time::Duration;

use garita_store::{
    Ack, DeliveryAnswer as KeptAnswer, OutboxHole, PeerAnswer, RegainProgress, TakenRow,
};
use garita_tlog::{CheckpointError, LeafIndex};
use serde_json::value::RawValue;
use tokio::sync::watch;

use crate::client::{Client, ClientError};
use crate::core::Core;
use crate::encode;
use crate::history::Histories;
use crate::intake::{self, VerifiedEntry};
use crate::problem::Refusal;
use crate::sequence::store_refusal;
use crate::stamp::Stamp;
use crate::submit::blocking;
use crate::sync::{Standings, Steps};
use crate::wire::{
    DELIVERY_BYTES_MAX, Delivery, DeliveryEntry, DeliveryResult, Pull, RECORDS_PER_DELIVERY_MAX,
    TakenEntry, TakenFeed,
};

/// How long a peer that does not answer is left alone at first.
const RETRY_MS_MIN: u64 = 500;
/// The longest it is left alone.
const RETRY_MS_MAX: u64 = 10_000;

/// What became of something that was regained.
#[derive(Debug)]
pub(crate) struct Regained {
    /// What the peer gave back, judged.
    pub(crate) entry: VerifiedEntry,
    /// Its parties that it was for.
    pub(crate) to: Vec<String>,
}

/// What this node took of a peer's deliveries after a sequence of its outbox, for the peer to have again.
///
/// # Errors
/// When the store is away.
pub async fn taken(core: &Arc<Core>, peer: &str, after: u64) -> Result<TakenFeed, Refusal> {
    let (core, peer) = (Arc::clone(core), peer.to_owned());
    blocking(move || {
        let unread = |e: garita_store::StoreError| store_refusal(&e);
        let seen = core.reader.inbox_seen(&peer).map_err(unread)?;
        let rows = core
            .reader
            .inbox_after(&peer, after, RECORDS_PER_DELIVERY_MAX)
            .map_err(unread)?;
        let whole = rows.len() < RECORDS_PER_DELIVERY_MAX;
        let (mut entries, mut bytes, mut through) = (Vec::new(), 0, after);
        let mut cut = false;
        for row in rows {
            let size = row.held.as_ref().map_or(0, |(document, _)| document.len()) + 1_024;
            if !entries.is_empty() && bytes + size > DELIVERY_BYTES_MAX {
                cut = true;
                break;
            }
            bytes += size;
            through = row.seq;
            entries.extend(entry_of(&core, row)?);
        }
        if whole && !cut {
            through = seen.max(after);
        }
        let head = core.reader.head().map_err(unread)?;
        Ok(TakenFeed {
            entries,
            through,
            more: cut || !whole,
            checkpoint: head.checkpoint.unwrap_or_default(),
        })
    })
    .await
}

fn entry_of(core: &Core, row: TakenRow) -> Result<Option<TakenEntry>, Refusal> {
    let unread = |e: garita_store::StoreError| store_refusal(&e);
    let result = |status: &str| DeliveryResult {
        seq: row.seq,
        status: status.to_owned(),
        index: None,
        salt: None,
        logged: None,
        audience: None,
        code: None,
    };
    if let Some((document, stamp)) = row.held {
        let record = String::from_utf8(document)
            .ok()
            .and_then(|text| RawValue::from_string(text).ok());
        let stamp = serde_json::from_slice::<Stamp>(&stamp).ok();
        let held = core
            .reader
            .node_record(&row.id, &row.view)
            .map_err(unread)?;
        let logged = match held {
            Some(held) => core
                .reader
                .log_entry(held.record.local_index)
                .map_err(unread)?,
            None => None,
        };
        let (Some(record), Some(stamp), Some(logged)) = (record, stamp, logged) else {
            return Ok(None);
        };
        let entitled = core.reader.node_entitled(&row.id).map_err(unread)?;
        let to = entitled
            .into_iter()
            .filter(|(_, view)| *view == row.view)
            .map(|(party, _)| party)
            .collect();
        return Ok(Some(TakenEntry {
            result: DeliveryResult {
                index: Some(logged.index.get()),
                salt: logged.salt.map(|salt| encode::base64url(&salt)),
                logged: Some(logged.logged_ms),
                audience: Some(logged.audience),
                ..result("held")
            },
            entry: DeliveryEntry {
                seq: row.seq,
                view: row.view,
                record,
                stamp,
                to,
            },
        }));
    }
    let waiting = row
        .waiting
        .and_then(|bytes| serde_json::from_slice::<DeliveryEntry>(&bytes).ok());
    Ok(waiting.map(|entry| TakenEntry {
        result: result("waiting"),
        entry: DeliveryEntry {
            seq: row.seq,
            ..entry
        },
    }))
}

/// Asks one peer for what was lost, until it has told everything, or `stop` says so. Ends at once where nothing is missing.
pub(crate) async fn run(
    core: Arc<Core>,
    client: Arc<Client>,
    standings: Arc<Standings>,
    steps: Arc<Steps>,
    peer: String,
    mut stop: watch::Receiver<bool>,
) {
    let mut retry_ms = RETRY_MS_MIN;
    while !*stop.borrow() {
        match round(&core, &client, &steps, &peer).await {
            Ok(true) => {
                standings.regained(&peer);
                return;
            }
            Ok(false) => {
                retry_ms = RETRY_MS_MIN;
                continue;
            }
            Err(error) => {
                tracing::debug!(peer, %error, "what was lost could not be regained yet, will be tried again");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(retry_ms)) => {}
            _ = stop.changed() => {}
        }
        retry_ms = (retry_ms * 2).min(RETRY_MS_MAX);
    }
}

/// One question each way; whether nothing is left.
async fn round(
    core: &Arc<Core>,
    client: &Client,
    steps: &Arc<Steps>,
    peer: &str,
) -> Result<bool, RegainError> {
    let Some(hole) = missing(core, peer).await? else {
        return Ok(true);
    };
    let network = core.network();
    let node = network
        .nodes
        .get(peer)
        .ok_or_else(|| RegainError::Unknown(peer.to_owned()))?;
    let feed: TakenFeed = client
        .get(&node.url, &format!("/v1/peer/taken?after={}", hole.asked))
        .await?;
    let ours = told(core, peer, feed, &hole).await?;
    let pull = Pull {
        after: Some(hole.taken),
        ..Pull::default()
    };
    let delivery: Delivery = client.post(&node.url, "/v1/peer/pull", &pull).await?;
    if delivery.entries.iter().any(|entry| entry.seq <= hole.taken) {
        return Err(RegainError::Malformed);
    }
    let last = delivery.entries.last().map(|entry| entry.seq);
    let theirs = RegainProgress {
        taken: last.unwrap_or(hole.taken),
        ..RegainProgress::default()
    };
    let nothing_more = ours.is_none() && last.is_none();
    if last.is_some() {
        intake::taken(core, peer, delivery, true).await?;
    }
    let done = RegainProgress {
        done_ms: nothing_more.then(|| core.clock.now_ms()),
        ..theirs
    };
    let name = peer.to_owned();
    core.sequencer
        .change(move |commit| commit.outbox_asked.push((name, done)))
        .await?;
    if nothing_more {
        // What was closed without the rows that came back is counted anew.
        steps.forget(peer);
        tracing::warn!(
            peer,
            sequences = hole.to.saturating_sub(hole.from),
            "what the copy lacked was regained from this peer"
        );
    }
    Ok(nothing_more)
}

/// Takes what a peer tells that it took; how far it told, or none where there is nothing more.
async fn told(
    core: &Arc<Core>,
    peer: &str,
    feed: TakenFeed,
    hole: &OutboxHole,
) -> Result<Option<u64>, RegainError> {
    let network = core.network();
    let node = network
        .nodes
        .get(peer)
        .ok_or_else(|| RegainError::Unknown(peer.to_owned()))?;
    if feed.entries.len() > RECORDS_PER_DELIVERY_MAX {
        return Err(RegainError::Malformed);
    }
    let ascending = feed
        .entries
        .windows(2)
        .all(|pair| matches!(pair, [a, b] if a.entry.seq < b.entry.seq));
    let within = feed
        .entries
        .iter()
        .all(|e| e.entry.seq > hole.asked && e.entry.seq <= feed.through);
    // Who says that there is more goes on from further.
    if !ascending || !within || (feed.more && feed.through <= hole.asked) {
        return Err(RegainError::Malformed);
    }
    let checkpoint = if feed.checkpoint.is_empty() {
        None
    } else {
        Histories::open(node, &feed.checkpoint)?;
        Some(feed.checkpoint)
    };
    let results: Vec<DeliveryResult> = feed.entries.iter().map(|e| e.result.clone()).collect();
    let (home, to_max) = (core.identity.did.clone(), hole.to);
    let judged = {
        let core = Arc::clone(core);
        blocking(move || {
            let network = core.network();
            Ok(feed
                .entries
                .into_iter()
                // What lies beyond what it said at first came after this node was back.
                .filter(|taken| taken.entry.seq <= to_max)
                .map(|taken| {
                    let to = taken.entry.to.clone();
                    let home = intake::Home::Own(&home);
                    Regained {
                        entry: intake::judge(&core, &network, home, taken.entry, None),
                        to,
                    }
                })
                .collect::<Vec<_>>())
        })
        .await?
    };
    // A key, party or program that the copy did not know comes with the network's list: not before.
    if let Some(name) = judged.iter().find_map(|regained| match &regained.entry {
        VerifiedEntry::Waiting { name, .. } => Some(name.clone()),
        _ => None,
    }) {
        return Err(RegainError::Lacking(name));
    }
    for regained in &judged {
        if let VerifiedEntry::Refused { seq, fault, .. } = &regained.entry {
            tracing::error!(
                peer,
                seq,
                code = fault.code,
                "what a peer gave back does not hold; it is left out"
            );
        }
    }
    let through = feed.through.min(hole.to);
    let answers: Vec<KeptAnswer> = results
        .into_iter()
        .filter(|result| result.seq <= through)
        .filter(|result| {
            judged.iter().any(|r| {
                r.entry.seq() == result.seq && matches!(r.entry, VerifiedEntry::Good { .. })
            })
        })
        .map(kept_answer)
        .collect();
    let ack = Ack {
        peer: peer.to_owned(),
        up_to: through,
        acked_ms: core.clock.now_ms(),
        checkpoint,
        answers,
    };
    let progress = RegainProgress {
        asked: through,
        ..RegainProgress::default()
    };
    core.sequencer.regained(peer, judged, ack, progress).await?;
    Ok((feed.more && through < hole.to).then_some(through))
}

/// A peer's answer as it is kept.
pub(crate) fn kept_answer(result: DeliveryResult) -> KeptAnswer {
    let answer = match (result.index, result.logged, result.salt.as_deref()) {
        (Some(index), Some(logged_ms), Some(salt)) => PeerAnswer::Logged {
            index: LeafIndex::new(index),
            salt: encode::from_base64url(salt)
                .and_then(|b| b.try_into().ok())
                .unwrap_or_default(),
            logged_ms,
        },
        _ if result.status == "waiting" => PeerAnswer::Waiting {
            lacking: result.code.unwrap_or_default(),
        },
        _ => PeerAnswer::Refused {
            answer: result.code.unwrap_or_default().into_bytes(),
        },
    };
    KeptAnswer {
        seq: result.seq,
        answer,
    }
}

/// What is missing of a peer's outbox and not regained yet.
async fn missing(core: &Arc<Core>, peer: &str) -> Result<Option<OutboxHole>, Refusal> {
    let (core, peer) = (Arc::clone(core), peer.to_owned());
    blocking(move || {
        let hole = core
            .reader
            .outbox_hole(&peer)
            .map_err(|e| store_refusal(&e))?;
        Ok(hole.filter(|hole| hole.done_ms.is_none()))
    })
    .await
}

#[derive(Debug, thiserror::Error)]
enum RegainError {
    #[error("`{0}` is not in the network's list")]
    Unknown(String),
    #[error("the peer tells sequences out of order, or more than was asked")]
    Malformed,
    #[error("`{0}` is not known here yet")]
    Lacking(String),
    #[error("the peer's checkpoint does not hold: {0}")]
    Checkpoint(#[from] CheckpointError),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Refusal(#[from] Refusal),
}
