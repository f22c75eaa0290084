//! What is pulled rather than pushed: governance entries, and the digests by which two nodes see that they are in step.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use garita_tlog::LeafIndex;
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;

use crate::client::Client;
use crate::clock::real_now_ms;
use crate::core::Core;
use crate::encode;
use crate::problem::Refusal;
use crate::sequence::store_refusal;
use crate::submit::blocking;
use crate::wire::{GovernanceFeed, StepDigest};

/// How often a peer's governance head and digest are asked for.
const ROUND_MS: u64 = 1_000;

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
}

impl PeerStanding {
    /// Same records on both sides, nothing on the way.
    pub fn in_step(&self) -> bool {
        self.silent_since_ms.is_none()
            && self.pending == 0
            && self.holds_ours == Some(true)
            && self.we_hold_theirs == Some(true)
    }
}

/// Standings of all peers, by node DID.
#[derive(Debug, Default)]
pub struct Standings {
    peers: Mutex<BTreeMap<String, PeerStanding>>,
}

impl Standings {
    /// A copy of what is known.
    pub fn all(&self) -> BTreeMap<String, PeerStanding> {
        self.peers.lock().map(|p| p.clone()).unwrap_or_default()
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
    peer: String,
    mut stop: watch::Receiver<bool>,
) {
    while !*stop.borrow() {
        match round(&core, &client, &peer).await {
            Ok(standing) => standings.update(&peer, |held| *held = standing),
            Err(error) => {
                tracing::debug!(peer, error, "peer not reached");
                let pending = pending(&core, &peer).await.unwrap_or(0);
                standings.update(&peer, |held| {
                    held.silent_since_ms.get_or_insert_with(real_now_ms);
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

async fn round(core: &Arc<Core>, client: &Client, peer: &str) -> Result<PeerStanding, String> {
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
    crate::intake::retry_waiting(core)
        .await
        .map_err(|e| e.to_string())?;
    // Theirs of ours, ours of theirs: each covers what was acknowledged before the question was asked.
    let ours = delivered_to(core, peer).await.map_err(|e| e.to_string())?;
    let theirs: StepDigest = client
        .get(&node.url, &format!("/v1/peer/digest?below={}", ours.below))
        .await
        .map_err(|e| e.to_string())?;
    let pending = pending(core, peer).await.map_err(|e| e.to_string())?;
    let sent: StepDigest = client
        .get(&node.url, "/v1/peer/delivered")
        .await
        .map_err(|e| e.to_string())?;
    let held = received_from(core, peer, sent.below)
        .await
        .map_err(|e| e.to_string())?;
    Ok(PeerStanding {
        reached_ms: real_now_ms(),
        silent_since_ms: None,
        holds_ours: Some(ours.digest == theirs.digest && ours.count == theirs.count),
        we_hold_theirs: Some(held.digest == sent.digest && held.count == sent.count),
        pending,
    })
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

/// What a peer acknowledged of ours: all that we logged before the first delivery that it has not acknowledged.
///
/// # Errors
/// When the store is away.
pub async fn delivered_to(core: &Arc<Core>, peer: &str) -> Result<StepDigest, Refusal> {
    let core = Arc::clone(core);
    let peer = peer.to_owned();
    blocking(move || {
        let below = core
            .reader
            .node_delivered_below(&peer)
            .map_err(|e| store_refusal(&e))?;
        let pairs = core
            .reader
            .node_delivered(&peer, below)
            .map_err(|e| store_refusal(&e))?;
        Ok(digest(&core.identity.did, pairs, below.get()))
    })
    .await
}

/// What we hold of what a peer logged before a place of its log and delivered to us.
///
/// # Errors
/// When the store is away.
pub async fn received_from(
    core: &Arc<Core>,
    peer: &str,
    below: u64,
) -> Result<StepDigest, Refusal> {
    let core = Arc::clone(core);
    let peer = peer.to_owned();
    blocking(move || {
        let pairs = core
            .reader
            .node_received(&peer, LeafIndex::new(below))
            .map_err(|e| store_refusal(&e))?;
        Ok(digest(&peer, pairs, below))
    })
    .await
}

fn digest(home: &str, mut pairs: Vec<(String, String)>, below: u64) -> StepDigest {
    pairs.sort_unstable();
    pairs.dedup();
    let mut hasher = Sha256::new();
    for (id, view) in &pairs {
        hasher.update(id.as_bytes());
        hasher.update([0]);
        hasher.update(view.as_bytes());
        hasher.update([0]);
    }
    StepDigest {
        home: home.to_owned(),
        count: u64::try_from(pairs.len()).unwrap_or(u64::MAX),
        digest: encode::ni(&hasher.finalize().into()),
        below,
    }
}
