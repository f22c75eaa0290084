//! Deliveries to peers: for each peer one task, one outbox, in order, retried until acknowledged.
//!
//! A dead or slow peer costs its own task and rows on disk; nobody else waits for it.

use std::sync::Arc;
use std::time::Duration;

use garita_store::Ack;
use garita_tlog::{CheckpointError, LeafIndex, TreeSize, leaf_hash};
use serde_json::value::RawValue;
use tokio::sync::watch;

use crate::client::{Client, ClientError};
use crate::core::Core;
use crate::encode;
use crate::governance::NodeEntry;
use crate::history::{Histories, Receipt};
use crate::intake::isolated;
use crate::metrics::Metrics;
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::sequence::store_refusal;
use crate::stamp::{Leaf, LeafAct, Stamp, audience_digest};
use crate::submit::blocking;
use crate::sync::Standings;
use crate::wire::{
    DELIVERY_BYTES_MAX, Delivery, DeliveryAnswer, DeliveryEntry, DeliveryResult, Pull,
    RECORDS_PER_DELIVERY_MAX,
};

/// First wait after a failure.
const RETRY_MS_MIN: u64 = 100;
/// Longest wait after failures in a row.
const RETRY_MS_MAX: u64 = 5_000;
/// Longest wait for news that a peer may ask for.
const PULL_MS_MAX: u64 = 15_000;
/// Even without news a peer's outbox is looked at this often.
const IDLE_MS: u64 = 5_000;

/// Delivers to one peer until `stop` says so.
pub(crate) async fn run(
    core: Arc<Core>,
    client: Arc<Client>,
    standings: Arc<Standings>,
    peer: String,
    mut stop: watch::Receiver<bool>,
) {
    let mut published = core.published.clone();
    let mut retry_ms = RETRY_MS_MIN;
    let mut sent = acked(&core, &peer).await.unwrap_or_default();
    loop {
        if *stop.borrow() {
            return;
        }
        let isolated = core.histories.isolation(&core.network(), &peer).is_some();
        let delivered = if isolated || standings.of(&peer).pulls() {
            // Its outbox waits on disk; nobody else is slowed. Who asks for it by itself is not called.
            Ok(None)
        } else {
            deliver_next(&core, &client, &peer, sent).await
        };
        let wait_ms = match delivered {
            Ok(Some(seq)) => {
                sent = seq;
                retry_ms = RETRY_MS_MIN;
                0
            }
            Ok(None) => IDLE_MS,
            Err(error) => {
                Metrics::add(&core.metrics.delivery_retries, 1);
                tracing::debug!(peer, %error, retry_ms, "delivery failed, will be tried again");
                let jitter = encode::random::<1>().map_or(0, |[b]| u64::from(b)) * retry_ms / 512;
                let wait = retry_ms + jitter;
                retry_ms = (retry_ms * 2).min(RETRY_MS_MAX);
                // What the peer has taken is known best from the store: an answer may have been lost on the way.
                sent = acked(&core, &peer).await.unwrap_or(sent);
                wait
            }
        };
        if wait_ms == 0 {
            continue;
        }
        let idle = wait_ms == IDLE_MS;
        tokio::select! {
            changed = published.changed(), if idle => if changed.is_err() { return },
            () = tokio::time::sleep(Duration::from_millis(wait_ms)) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Sends what comes after `sent`, at most one request; gives the last sequence acknowledged, or none where nothing waits.
async fn deliver_next(
    core: &Arc<Core>,
    client: &Client,
    peer: &str,
    sent: u64,
) -> Result<Option<u64>, DeliverError> {
    let Some(delivery) = collect(core, peer, sent).await? else {
        return Ok(None);
    };
    let network = core.network();
    let node = network
        .nodes
        .get(peer)
        .ok_or_else(|| DeliverError::Unknown(peer.to_owned()))?;
    let expected: Vec<Sent> = delivery.entries.iter().map(Sent::of).collect();
    let answer: DeliveryAnswer = client
        .post(&node.url, "/v1/peer/deliveries", &delivery)
        .await?;
    // One request at a time: what it shows of its log comes in order.
    if !answer.checkpoint.is_empty() {
        core.histories.note(node, &answer.checkpoint)?;
    }
    acknowledged(core, node, &expected, answer).await.map(Some)
}

/// What a peer's answer is about.
struct Sent {
    seq: u64,
    id: String,
    view: String,
    to: Vec<String>,
}

impl Sent {
    fn of(entry: &DeliveryEntry) -> Self {
        Self {
            seq: entry.seq,
            id: entry.stamp.id.clone(),
            view: entry.view.clone(),
            to: entry.to.clone(),
        }
    }

    /// The leaf that the receiver's log must hold by its answer; none where it says of nothing that it holds it, or holds an earlier one
    /// of which only a newer version tells.
    fn leaf(&self, node: &str, result: &DeliveryResult) -> Option<Receipt> {
        let salt = encode::from_base64url(result.salt.as_deref()?)?;
        let audience = match &result.audience {
            Some(audience) => audience.clone(),
            None if result.status == "recorded" => audience_digest(
                &self
                    .to
                    .iter()
                    .map(|party| (party.clone(), self.view.clone()))
                    .collect(),
            ),
            None => return None,
        };
        let leaf = Leaf {
            id: self.id.clone(),
            view: self.view.clone(),
            act: LeafAct::Received,
            party: node.to_owned(),
            logged: result.logged?,
            audience,
        };
        Some(Receipt {
            record: self.id.clone(),
            index: LeafIndex::new(result.index?),
            hash: leaf_hash(&leaf.commit(&salt.try_into().ok()?)),
            misses: 0,
        })
    }
}

/// Writes down what a peer answered to these deliveries; gives the last sequence of them.
async fn acknowledged(
    core: &Arc<Core>,
    node: &NodeEntry,
    expected: &[Sent],
    answer: DeliveryAnswer,
) -> Result<u64, DeliverError> {
    let answered = answer.results.iter().map(|r| r.seq);
    let Some(last) = expected
        .last()
        .map(|sent| sent.seq)
        .filter(|_| answered.eq(expected.iter().map(|sent| sent.seq)))
    else {
        return Err(DeliverError::Mismatch);
    };
    // What a peer acknowledges it signs: an answer without a checkpoint of its log that covers it is none. An empty log has none yet.
    let empty = answer.checkpoint.is_empty();
    let size = if empty {
        TreeSize::ZERO
    } else {
        Histories::open(node, &answer.checkpoint)?
    };
    if answer
        .results
        .iter()
        .filter_map(|r| r.index)
        .any(|index| !size.has(LeafIndex::new(index)))
    {
        return Err(DeliverError::NotCovered);
    }
    let receipts = expected
        .iter()
        .zip(&answer.results)
        .filter_map(|(sent, result)| sent.leaf(&node.did, result))
        .collect();
    core.histories.note_receipts(node, receipts);
    Metrics::add(
        &core.metrics.delivered,
        u64::try_from(expected.len()).unwrap_or(0),
    );
    let ack = Ack {
        peer: node.did.clone(),
        up_to: last,
        acked_ms: core.clock.now_ms(),
        checkpoint: (!empty).then_some(answer.checkpoint),
        answers: answer
            .results
            .into_iter()
            .map(crate::regain::kept_answer)
            .collect(),
    };
    core.sequencer.acked(ack).await?;
    Ok(last)
}

/// What lies here for a peer that asks, for want of a way to it; waits for news as long as it asks for, within bounds.
///
/// # Errors
/// When the peer is put apart, or the store is away.
pub async fn pulled(core: &Arc<Core>, peer: &str, pull: &Pull) -> Result<Delivery, Refusal> {
    let network = core.network();
    if let Some(isolation) = core.histories.isolation(&network, peer) {
        return Err(isolated(&isolation.reason));
    }
    let until = tokio::time::Instant::now() + Duration::from_millis(pull.wait_ms.min(PULL_MS_MAX));
    let mut published = core.published.clone();
    let after = match pull.after {
        Some(after) => after,
        None => acked(core, peer).await?,
    };
    loop {
        published.mark_unchanged();
        let found = collect(core, peer, after).await;
        let found = found.map_err(|error| match error {
            DeliverError::Refusal(refusal) => refusal,
            other => crate::batch::internal("outbox-unreadable", &other.to_string()),
        })?;
        if let Some(delivery) = found {
            return Ok(delivery);
        }
        let news = tokio::time::timeout_at(until, published.changed()).await;
        if !matches!(news, Ok(Ok(()))) {
            return Ok(Delivery {
                from: core.identity.did.clone(),
                entries: Vec::new(),
                governance_head: core.network().head.unwrap_or(0),
            });
        }
    }
}

/// Takes a peer's answer to what it pulled.
///
/// # Errors
/// When it answers other sequences than the next ones, its checkpoint does not cover what it says it holds, or the store is away.
pub async fn answered(core: &Arc<Core>, peer: &str, answer: DeliveryAnswer) -> Result<(), Refusal> {
    let network = core.network();
    if let Some(isolation) = core.histories.isolation(&network, peer) {
        return Err(isolated(&isolation.reason));
    }
    let sent = acked(core, peer).await?;
    // What it answers again after a lost reply was written down before.
    let answer = DeliveryAnswer {
        results: answer
            .results
            .into_iter()
            .filter(|result| result.seq > sent)
            .collect(),
        ..answer
    };
    if answer.results.is_empty() {
        return Ok(());
    }
    let count = answer.results.len().min(RECORDS_PER_DELIVERY_MAX);
    let expected: Vec<Sent> = {
        let (core, peer) = (Arc::clone(core), peer.to_owned());
        blocking(move || {
            let entries = core
                .reader
                .outbox_after(&peer, sent, count)
                .map_err(|e| store_refusal(&e))?;
            let sent = entries.into_iter().map(|entry| Sent {
                seq: entry.seq,
                id: entry.item.id,
                view: entry.item.view,
                to: serde_json::from_str(&entry.item.recipients).unwrap_or_default(),
            });
            Ok(sent.collect())
        })
        .await?
    };
    let Some(node) = network.nodes.get(peer) else {
        return Err(answer_refused(&DeliverError::Unknown(peer.to_owned())));
    };
    match acknowledged(core, node, &expected, answer).await {
        Ok(_) => Ok(()),
        Err(DeliverError::Refusal(refusal)) => Err(refusal),
        Err(error) => Err(answer_refused(&error)),
    }
}

fn answer_refused(error: &DeliverError) -> Refusal {
    Refusal::one(
        RefusalKind::Unprocessable,
        Fault::whole(
            "answer-refused",
            format!("this answer to deliveries cannot be taken: {error}"),
            format!("esta respuesta a entregas no puede tomarse: {error}"),
        ),
    )
}

async fn collect(
    core: &Arc<Core>,
    peer: &str,
    sent: u64,
) -> Result<Option<Delivery>, DeliverError> {
    let core = Arc::clone(core);
    let peer = peer.to_owned();
    let delivery = blocking(move || {
        let found = core
            .reader
            .outbox_after(&peer, sent, RECORDS_PER_DELIVERY_MAX)
            .map_err(|e| store_refusal(&e))?;
        let mut entries = Vec::with_capacity(found.len());
        let mut bytes = 0;
        for entry in found {
            // Room for the wrapping of each entry; one entry always goes, however large.
            let size = entry.document.len() + entry.stamp.len() + entry.item.recipients.len() + 256;
            if !entries.is_empty() && bytes + size > DELIVERY_BYTES_MAX {
                break;
            }
            bytes += size;
            let record = String::from_utf8(entry.document)
                .ok()
                .and_then(|text| RawValue::from_string(text).ok());
            let (Some(record), Ok(stamp)) = (record, serde_json::from_slice::<Stamp>(&entry.stamp))
            else {
                tracing::error!(
                    seq = entry.seq,
                    "an outbox entry cannot be read; this peer's deliveries stop before it"
                );
                break;
            };
            entries.push(DeliveryEntry {
                seq: entry.seq,
                view: entry.item.view,
                record,
                stamp,
                to: serde_json::from_str(&entry.item.recipients).unwrap_or_default(),
            });
        }
        Ok((!entries.is_empty()).then(|| Delivery {
            from: core.identity.did.clone(),
            entries,
            governance_head: core.network().head.unwrap_or(0),
        }))
    })
    .await?;
    Ok(delivery)
}

async fn acked(core: &Arc<Core>, peer: &str) -> Result<u64, Refusal> {
    let core = Arc::clone(core);
    let peer = peer.to_owned();
    blocking(move || {
        core.reader
            .outbox_status(&peer)
            .map(|status| status.map_or(0, |s| s.acked))
            .map_err(|e| store_refusal(&e))
    })
    .await
}

#[derive(Debug, thiserror::Error)]
enum DeliverError {
    #[error("`{0}` is not in the network's list")]
    Unknown(String),
    #[error("the peer answered other entries than were sent")]
    Mismatch,
    #[error("the peer's checkpoint does not hold: {0}")]
    Checkpoint(#[from] CheckpointError),
    #[error("the peer's checkpoint does not cover what it acknowledges")]
    NotCovered,
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Refusal(#[from] Refusal),
}
