//! What is pulled rather than pushed: governance entries, and the digests by which two nodes see that they are in step.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::sync::watch;

use crate::client::Client;
use crate::clock::real_now_ms;
use crate::contacts;
use crate::core::Core;
use crate::encode;
use crate::history::{self, Isolation};
use crate::problem::Refusal;
use crate::sequence::store_refusal;
use crate::submit::blocking;
use crate::wire::{GovernanceFeed, Pull, StepDigest};

/// How often a peer's governance head and digest are asked for.
const ROUND_MS: u64 = 1_000;

/// Who asked for its deliveries by itself is expected to ask again within this time.
const PULLS_MS: i64 = 30_000;

/// What is known of a peer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeerStanding {
    /// Real time of its last answer, ms since 1970; 0: never.
    pub reached_ms: i64,
    /// Real time since which it has not answered; none: it answers.
    pub silent_since_ms: Option<i64>,
    /// Whether it holds exactly what we delivered, as of `reached_ms`.
    pub holds_ours: Option<bool>,
    /// Whether we hold exactly what it delivered.
    pub we_hold_theirs: Option<bool>,
    /// Deliveries to it that wait.
    pub pending: u64,
    /// Why it is isolated, where it is.
    pub isolated: Option<Isolation>,
    /// Real time at which it last asked for its deliveries by itself, as who cannot be called does, ms since 1970; 0: never.
    pub pulled_ms: i64,
    /// Whether this node, restored from a copy, has everything again that the peer has of it.
    pub regained: bool,
}

impl PeerStanding {
    /// Whether it asks for its deliveries by itself: it is not called then.
    pub fn pulls(&self) -> bool {
        real_now_ms().saturating_sub(self.pulled_ms) < PULLS_MS
    }

    /// Same records on both sides, nothing on the way.
    pub fn in_step(&self) -> bool {
        self.silent_since_ms.is_none()
            && self.isolated.is_none()
            && self.pending == 0
            && self.holds_ours == Some(true)
            && self.we_hold_theirs == Some(true)
    }
}

/// Silences remembered of all peers together: a link that breaks each minute for four hours.
const SILENCES_MAX: usize = 256;

/// A time in which a peer did not answer, over by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// The peer's node.
    pub peer: String,
    /// Real time of the first question that it left open, ms since 1970.
    pub from_ms: i64,
    /// Real time of its next answer.
    pub until_ms: i64,
}

/// Standings of all peers, by node DID, and their silences since this node started.
#[derive(Debug, Default)]
pub struct Standings {
    peers: Mutex<BTreeMap<String, PeerStanding>>,
    silences: Mutex<VecDeque<Silence>>,
}

impl Standings {
    /// A copy of what is known.
    pub fn all(&self) -> BTreeMap<String, PeerStanding> {
        self.peers.lock().map(|p| p.clone()).unwrap_or_default()
    }

    /// What is known of one peer.
    pub(crate) fn of(&self, peer: &str) -> PeerStanding {
        let held = self.peers.lock().ok();
        held.and_then(|all| all.get(peer).cloned())
            .unwrap_or_default()
    }

    /// Silences that ended at this real time or later, the oldest first.
    pub fn silences_since(&self, real_ms: i64) -> Vec<Silence> {
        let held = self.silences.lock().ok();
        held.map(|all| {
            all.iter()
                .filter(|s| s.until_ms >= real_ms)
                .cloned()
                .collect()
        })
        .unwrap_or_default()
    }

    /// A peer answers again: how long it did not is remembered.
    fn answered(&self, peer: &str) {
        let Some(from_ms) = self.of(peer).silent_since_ms else {
            return;
        };
        if let Ok(mut all) = self.silences.lock() {
            if all.len() >= SILENCES_MAX {
                all.pop_front();
            }
            all.push_back(Silence {
                peer: peer.to_owned(),
                from_ms,
                until_ms: real_now_ms(),
            });
        }
    }

    /// That what a copy lacked is there again.
    pub(crate) fn regained(&self, peer: &str) {
        self.update(peer, |held| held.regained = true);
    }

    fn update(&self, peer: &str, change: impl FnOnce(&mut PeerStanding)) {
        if let Ok(mut peers) = self.peers.lock() {
            change(peers.entry(peer.to_owned()).or_default());
        }
    }
}

/// Asks one peer, again and again, until `stop` says so.
pub(crate) async fn run(
    core: Arc<Core>,
    client: Arc<Client>,
    standings: Arc<Standings>,
    steps: Arc<Steps>,
    peer: String,
    mut stop: watch::Receiver<bool>,
) {
    while !*stop.borrow() {
        if let Err(error) = history::check(&core, &client, &peer).await {
            tracing::debug!(peer, %error, "the peer's log could not be checked, will be tried again");
        }
        let asked = match core.histories.isolation(&core.network(), &peer) {
            Some(isolation) => Ok(PeerStanding {
                // Who has two histories holds nothing that one could compare.
                holds_ours: Some(false),
                we_hold_theirs: Some(false),
                pending: pending(&core, &peer).await.unwrap_or(0),
                isolated: Some(isolation),
                ..standings.of(&peer)
            }),
            None => round(&core, &client, &steps, &peer).await,
        };
        match asked {
            Ok(standing) => {
                if standing.silent_since_ms.is_none() {
                    standings.answered(&peer);
                }
                standings.update(&peer, |held| {
                    *held = PeerStanding {
                        pulled_ms: held.pulled_ms,
                        regained: held.regained,
                        ..standing
                    }
                });
            }
            Err(error) => {
                tracing::debug!(peer, error, "peer not reached");
                let pending = pending(&core, &peer).await.unwrap_or(0);
                standings.update(&peer, |held| {
                    // Who asks by itself cannot be called, and is not silent.
                    if !held.pulls() {
                        held.silent_since_ms.get_or_insert_with(real_now_ms);
                    }
                    held.pending = pending;
                });
            }
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(ROUND_MS)) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn round(
    core: &Arc<Core>,
    client: &Client,
    steps: &Arc<Steps>,
    peer: &str,
) -> Result<PeerStanding, String> {
    let network = core.network();
    let node = network.nodes.get(peer).ok_or("not in the network's list")?;
    let after = network.head.unwrap_or(0);
    let feed: GovernanceFeed = client
        .get(&node.url, &format!("/v1/governance?after={after}"))
        .await
        .map_err(|e| e.to_string())?;
    if !feed.entries.is_empty()
        && let Err(refusal) = core.govern(feed.entries).await
    {
        tracing::warn!(peer, %refusal, "a governance entry was not adopted");
    }
    let known = core.contacts.digest(&network, peer);
    let feed = client
        .get::<contacts::Feed>(&node.url, &format!("/v1/peer/contacts?known={known}"))
        .await;
    match feed {
        Ok(feed) => {
            if let Err(refusal) = contacts::take(core, peer, feed.contacts).await {
                tracing::warn!(peer, %refusal, "contacts could not be kept");
            }
        }
        // A node of an older version has none to tell; one that is not reached fails at the next question.
        Err(error) => tracing::debug!(peer, %error, "no contacts from the peer"),
    }
    // Theirs of ours, ours of theirs: each covers what was acknowledged before the question was asked.
    let ours = delivered_to(core, steps, peer)
        .await
        .map_err(|e| e.to_string())?;
    let theirs: StepDigest = client
        .get(
            &node.url,
            &format!("/v1/peer/digest?through={}", ours.through),
        )
        .await
        .map_err(|e| e.to_string())?;
    let pending = pending(core, peer).await.map_err(|e| e.to_string())?;
    let sent: StepDigest = client
        .get(&node.url, "/v1/peer/delivered")
        .await
        .map_err(|e| e.to_string())?;
    let held = received_from(core, steps, peer, sent.through)
        .await
        .map_err(|e| e.to_string())?;
    Ok(PeerStanding {
        reached_ms: real_now_ms(),
        silent_since_ms: None,
        holds_ours: Some(ours.digest == theirs.digest && ours.count == theirs.count),
        we_hold_theirs: Some(held.digest == sent.digest && held.count == sent.count),
        pending,
        ..PeerStanding::default()
    })
}

/// What a peer that asks by itself told of both sides' holdings, compared: it cannot be asked.
///
/// # Errors
/// When the store is away.
pub async fn told(
    core: &Arc<Core>,
    standings: &Standings,
    steps: &Arc<Steps>,
    peer: &str,
    pull: &Pull,
) -> Result<(), Refusal> {
    let ours = delivered_to(core, steps, peer).await?;
    let holds_ours = match &pull.held {
        Some(held) if held.through == ours.through => {
            Some(held.digest == ours.digest && held.count == ours.count)
        }
        // Of another moment, or not told: the next question tells.
        Some(_) | None => None,
    };
    let we_hold_theirs = match &pull.sent {
        Some(sent) => {
            let held = received_from(core, steps, peer, sent.through).await?;
            Some(held.digest == sent.digest && held.count == sent.count)
        }
        None => None,
    };
    let pending = pending(core, peer).await?;
    standings.answered(peer);
    standings.update(peer, |held| {
        held.reached_ms = real_now_ms();
        held.pulled_ms = held.reached_ms;
        held.silent_since_ms = None;
        held.holds_ours = holds_ours.or(held.holds_ours);
        held.we_hold_theirs = we_hold_theirs.or(held.we_hold_theirs);
        held.pending = pending;
    });
    Ok(())
}

async fn pending(core: &Arc<Core>, peer: &str) -> Result<u64, Refusal> {
    let core = Arc::clone(core);
    let peer = peer.to_owned();
    blocking(move || {
        core.reader
            .outbox_status(&peer)
            .map(|s| s.map_or(0, |s| s.pending()))
            .map_err(|e| store_refusal(&e))
    })
    .await
}

/// What a peer acknowledged of ours, up to its last acknowledgement.
///
/// # Errors
/// When the store is away.
pub async fn delivered_to(
    core: &Arc<Core>,
    steps: &Arc<Steps>,
    peer: &str,
) -> Result<StepDigest, Refusal> {
    let (core, steps, peer) = (Arc::clone(core), Arc::clone(steps), peer.to_owned());
    blocking(move || {
        let through = core
            .reader
            .outbox_status(&peer)
            .map_err(|e| store_refusal(&e))?
            .map_or(0, |s| s.acked);
        steps.digest(
            &core.identity.did,
            &format!("to {peer}"),
            through,
            |from, to| {
                core.reader
                    .node_delivered(&peer, from, to)
                    .map_err(|e| store_refusal(&e))
            },
        )
    })
    .await
}

/// What we hold of what a peer delivered up to a sequence of its outbox.
///
/// # Errors
/// When the store is away.
pub async fn received_from(
    core: &Arc<Core>,
    steps: &Arc<Steps>,
    peer: &str,
    through: u64,
) -> Result<StepDigest, Refusal> {
    let (core, steps, peer) = (Arc::clone(core), Arc::clone(steps), peer.to_owned());
    blocking(move || {
        // A peer may ask for anything; what has not come yet is no closed bucket.
        let seen = core
            .reader
            .inbox_seen(&peer)
            .map_err(|e| store_refusal(&e))?;
        let through = through.min(seen);
        steps.digest(&peer, &format!("from {peer}"), through, |from, to| {
            core.reader
                .node_received(&peer, from, to)
                .map_err(|e| store_refusal(&e))
        })
    })
    .await
}

/// Sequences in one bucket of the digest: a closed bucket is read and hashed once.
const BUCKET: u64 = 1_024;

/// Digests of closed buckets, by direction and peer. A bucket is closed when all its sequences are acknowledged; what it holds
/// never changes then: a delivery that waits stands under its sequence as one that is logged.
#[derive(Debug, Default)]
pub struct Steps {
    closed: Mutex<BTreeMap<String, Vec<Bucket>>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    digest: [u8; 32],
    count: u64,
}

impl Steps {
    /// Forgets what was counted of one peer, both ways.
    pub(crate) fn forget(&self, peer: &str) {
        if let Ok(mut closed) = self.closed.lock() {
            closed.retain(|name, _| !name.ends_with(peer));
        }
    }

    /// The digest of sequences 1 to `through`: SHA-256 over the digests of the buckets in order.
    fn digest(
        &self,
        home: &str,
        name: &str,
        through: u64,
        rows: impl Fn(u64, u64) -> Result<Vec<(u64, String, String)>, Refusal>,
    ) -> Result<StepDigest, Refusal> {
        let mut closed = self
            .closed
            .lock()
            .map(|all| all.get(name).cloned().unwrap_or_default())
            .unwrap_or_default();
        let known = closed.len();
        let whole = usize::try_from(through / BUCKET).unwrap_or(usize::MAX);
        while closed.len() < whole {
            let from = u64::try_from(closed.len()).unwrap_or(u64::MAX) * BUCKET + 1;
            closed.push(bucket(&rows(from, from + BUCKET - 1)?));
        }
        let open = if through.is_multiple_of(BUCKET) {
            None
        } else {
            let from = through / BUCKET * BUCKET + 1;
            Some(bucket(&rows(from, through)?))
        };
        let mut hasher = Sha256::new();
        let mut count = 0;
        for bucket in closed.iter().take(whole).chain(&open) {
            hasher.update(bucket.digest);
            count += bucket.count;
        }
        if closed.len() > known
            && let Ok(mut all) = self.closed.lock()
        {
            all.insert(name.to_owned(), closed);
        }
        Ok(StepDigest {
            home: home.to_owned(),
            count,
            digest: encode::ni(&hasher.finalize().into()),
            through,
        })
    }
}

fn bucket(rows: &[(u64, String, String)]) -> Bucket {
    let mut hasher = Sha256::new();
    for (seq, id, view) in rows {
        hasher.update(seq.to_be_bytes());
        hasher.update(id.as_bytes());
        hasher.update([0]);
        hasher.update(view.as_bytes());
        hasher.update([0]);
    }
    Bucket {
        digest: hasher.finalize().into(),
        count: u64::try_from(rows.len()).unwrap_or(u64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(from: u64, to: u64) -> Vec<(u64, String, String)> {
        (from..=to)
            .map(|seq| (seq, format!("ni:{seq}"), "whole".to_owned()))
            .collect()
    }

    #[test]
    fn a_digest_from_closed_buckets_is_that_of_all_rows_and_tells_each_change() {
        let warm = Steps::default();
        for through in [
            0,
            1,
            BUCKET - 1,
            BUCKET,
            BUCKET + 1,
            3 * BUCKET,
            3 * BUCKET + 7,
        ] {
            let cached = warm
                .digest("a", "to b", through, |f, t| Ok(rows(f, t)))
                .unwrap();
            let fresh = Steps::default()
                .digest("a", "from a", through, |f, t| Ok(rows(f, t)))
                .unwrap();
            assert_eq!(cached.digest, fresh.digest, "{through}");
            assert_eq!(cached.count, through);
            let lacking = Steps::default()
                .digest("a", "from a", through, |f, t| {
                    Ok(rows(f, t)
                        .into_iter()
                        .filter(|(seq, _, _)| *seq != 1)
                        .collect())
                })
                .unwrap();
            assert_eq!(lacking.digest == fresh.digest, through == 0);
        }
    }
}
