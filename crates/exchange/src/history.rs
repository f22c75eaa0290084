//! Others' logs: each checkpoint that a peer shows must continue the one before (design §7).
//!
//! The deliverer notes what answers bring; the comparer checks it, at most once a second for each peer: equal sizes have equal
//! roots, sizes never shrink, and a larger tree holds the smaller one, proven from the peer's own tiles. Two histories are kept with
//! both signed notes, alarmed, and the peer is isolated: nothing goes to it, nothing is taken from it; everybody else goes on.

pub(crate) mod convict;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use garita_store::{Fork, PeerCheckpoint, Reader, StoreError};
use garita_tlog::{
    Checkpoint, CheckpointError, Hash, LeafIndex, NodeId, TILE_HEIGHT, TILE_WIDTH, TilePath,
    TreeSize, VerifierKey, consistency_proof, inclusion_proof, node_hash, parse_tile,
    verify_consistency, verify_inclusion,
};

use crate::client::{Client, ClientError};
use crate::clock::real_now_ms;
use crate::core::Core;
use crate::governance::{Network, NodeEntry};
use crate::metrics::Metrics;
use crate::problem::Refusal;
use crate::sequence::store_refusal;
use crate::signing::LogVerifier;
use crate::submit::blocking;

/// Checkpoints that wait to be checked: a second's answers of a peer that is being caught up with. Beyond it the oldest go.
const SHOWN_MAX: usize = 64;
/// A full tile's bytes.
const TILE_BYTES_MAX: usize = 256 * 32;
/// Receipts of a peer that wait to be looked up in its log. Of more, those that came last are looked up: a forger does not know which.
const RECEIPTS_MAX: usize = 64;
/// So often a receipt is looked up before its log is said to hold something else.
const MISSES_MAX: u8 = 3;
/// Tiles of leaves that are fetched at one check.
const TILES_MAX: usize = 8;
/// How often the newest checkpoint is written down: what a restart goes on from. Those in between lie with the acknowledgements.
const KEPT_EVERY_MS: i64 = 60_000;

/// Why a peer is isolated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Isolation {
    /// How its two histories disagree, in words.
    pub reason: String,
    /// When it was found, business time, ms since 1970.
    pub since_ms: i64,
}

/// What was checked of a peer's log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Size of the newest checkpoint that was checked.
    pub size: Option<u64>,
    /// Real time of that check, ms since 1970; 0: never.
    pub checked_ms: i64,
    /// Checkpoints that wait to be checked.
    pub unchecked: usize,
    /// Why the peer is isolated, where it is.
    pub isolation: Option<Isolation>,
}

/// What is known of others' logs, by their origin.
#[derive(Debug, Default)]
pub struct Histories {
    logs: Mutex<BTreeMap<String, History>>,
}

#[derive(Debug, Default)]
struct History {
    shown: Vec<Shown>,
    receipts: Vec<Receipt>,
    last: Option<Shown>,
    checked_ms: i64,
    kept_ms: i64,
    isolation: Option<Isolation>,
}

/// What a peer's log must hold by its answer to a delivery.
#[derive(Debug, Clone)]
pub(crate) struct Receipt {
    /// The record.
    pub(crate) record: String,
    /// Its place.
    pub(crate) index: LeafIndex,
    /// Hash of the leaf.
    pub(crate) hash: Hash,
    /// How often it was looked up in vain: one altered answer on the way puts nobody apart.
    pub(crate) misses: u8,
}

/// A checkpoint whose signature holds, with its note.
#[derive(Debug, Clone)]
struct Shown {
    note: String,
    checkpoint: Checkpoint,
}

/// Two checkpoints of one log, of which only one can be true.
#[derive(Debug)]
struct Violation {
    earlier: Shown,
    later: Shown,
    reason: String,
}

/// Why nothing could be said of a peer's log yet.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Refusal(#[from] Refusal),
}

impl Histories {
    /// What the store knows: forks that were found, and the last checkpoints written down.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) fn load(reader: &Reader) -> Result<Self, StoreError> {
        let mut logs: BTreeMap<String, History> = BTreeMap::new();
        for fork in reader.forks()? {
            logs.entry(fork.origin).or_default().isolation = Some(Isolation {
                reason: fork.reason,
                since_ms: fork.at_ms,
            });
        }
        Ok(Self {
            logs: Mutex::new(logs),
        })
    }

    /// Why a node is isolated, where it is.
    pub fn isolation(&self, network: &Network, node: &str) -> Option<Isolation> {
        self.standing(network, node).isolation
    }

    /// What was checked of a node's log.
    pub fn standing(&self, network: &Network, node: &str) -> Standing {
        let Some(origin) = network.nodes.get(node).and_then(origin) else {
            return Standing::default();
        };
        let Ok(logs) = self.logs.lock() else {
            return Standing::default();
        };
        // Who had two histories of an earlier log does not get away from it by opening another one.
        let isolation = network
            .logs
            .get(node)
            .into_iter()
            .flatten()
            .filter_map(|log| origin_of(&log.log_key))
            .find_map(|origin| logs.get(&origin)?.isolation.clone());
        let history = logs.get(&origin);
        Standing {
            size: history.and_then(|h| Some(h.last.as_ref()?.checkpoint.size.get())),
            checked_ms: history.map_or(0, |h| h.checked_ms),
            unchecked: history.map_or(0, |h| h.shown.len()),
            isolation,
        }
    }

    /// Opens a checkpoint of a node that came beside its deliveries' answers: it may have been overtaken by one of those, which are noted
    /// in order.
    ///
    /// # Errors
    /// When it is not signed by the key that the list names for the node's log.
    pub(crate) fn open(node: &NodeEntry, note: &str) -> Result<TreeSize, CheckpointError> {
        let key = LogVerifier::parse(&node.log_key)?;
        Ok(Checkpoint::open(note.as_bytes(), key.origin(), &key)?.size)
    }

    /// Opens a checkpoint that a node's answer brought, and notes it to be checked; gives the tree's size.
    ///
    /// # Errors
    /// When it is not signed by the key that the list names for the node's log.
    pub(crate) fn note(&self, node: &NodeEntry, note: &str) -> Result<TreeSize, CheckpointError> {
        let key = LogVerifier::parse(&node.log_key)?;
        let checkpoint = Checkpoint::open(note.as_bytes(), key.origin(), &key)?;
        let size = checkpoint.size;
        if let Ok(mut logs) = self.logs.lock() {
            let history = logs.entry(checkpoint.origin.clone()).or_default();
            let newest = history.shown.last().or(history.last.as_ref());
            if newest.is_none_or(|held| held.checkpoint != checkpoint) {
                if history.shown.len() == SHOWN_MAX {
                    history.shown.remove(0);
                }
                history.shown.push(Shown {
                    note: note.to_owned(),
                    checkpoint,
                });
            }
        }
        Ok(size)
    }

    /// Notes receipts, to be looked up in the peer's log at the next check. Some of many: each delivery has about the same chance.
    pub(crate) fn note_receipts(&self, node: &NodeEntry, receipts: Vec<Receipt>) {
        let Some(origin) = origin(node) else { return };
        if let Ok(mut logs) = self.logs.lock() {
            let held = &mut logs.entry(origin).or_default().receipts;
            for receipt in receipts {
                if held.len() < RECEIPTS_MAX {
                    held.push(receipt);
                } else if let Ok([a]) = crate::encode::random::<1>() {
                    // A new one takes a place by chance, half of the time.
                    if let Some(place) = held.get_mut(usize::from(a)) {
                        *place = receipt;
                    }
                }
            }
        }
    }

    fn take_receipts(&self, origin: &str) -> Vec<Receipt> {
        let Ok(mut logs) = self.logs.lock() else {
            return Vec::new();
        };
        let history = logs.entry(origin.to_owned()).or_default();
        std::mem::take(&mut history.receipts)
    }

    /// The newest checkpoint that a node has shown, as its note: what it must not go back behind.
    pub(crate) fn newest(&self, origin: &str) -> Option<String> {
        let logs = self.logs.lock().ok()?;
        let history = logs.get(origin)?;
        let newest = history.shown.last().or(history.last.as_ref())?;
        Some(newest.note.clone())
    }

    fn last_of(&self, origin: &str) -> Option<Shown> {
        self.logs.lock().ok()?.get(origin)?.last.clone()
    }

    fn take(&self, origin: &str) -> (Vec<Shown>, Option<Shown>, i64) {
        let Ok(mut logs) = self.logs.lock() else {
            return (Vec::new(), None, 0);
        };
        let history = logs.entry(origin.to_owned()).or_default();
        (
            std::mem::take(&mut history.shown),
            history.last.clone(),
            history.kept_ms,
        )
    }

    fn update(&self, origin: &str, change: impl FnOnce(&mut History)) {
        if let Ok(mut logs) = self.logs.lock() {
            change(logs.entry(origin.to_owned()).or_default());
        }
    }
}

/// What this node has of another one's log and deliveries: for a node that comes back from a copy, to know what it lost.
///
/// # Errors
/// When the store is away.
pub async fn seen(core: &Arc<Core>, peer: &str) -> Result<Seen, Refusal> {
    let network = core.network();
    let origin = network.nodes.get(peer).and_then(origin).unwrap_or_default();
    let newest = core.histories.newest(&origin);
    let (core, peer) = (Arc::clone(core), peer.to_owned());
    blocking(move || {
        let kept = match newest {
            Some(note) => Some(note),
            None => core
                .reader
                .peer_checkpoint(&origin)
                .map_err(|e| store_refusal(&e))?
                .map(|held| held.note),
        };
        let taken = core
            .reader
            .inbox_seen(&peer)
            .map_err(|e| store_refusal(&e))?;
        Ok(Seen {
            checkpoint: kept,
            taken,
        })
    })
    .await
}

/// Answer of `GET /v1/peer/seen`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Seen {
    /// The newest checkpoint of the asker's log that was shown here.
    #[serde(default)]
    pub checkpoint: Option<String>,
    /// The last sequence of the asker's outbox that was taken.
    pub taken: u64,
}

/// Checks what a peer has shown since the last time.
///
/// # Errors
/// When its tiles cannot be had, or the store is away: what was shown is checked the next time.
pub(crate) async fn check(core: &Arc<Core>, client: &Client, peer: &str) -> Result<(), CheckError> {
    let network = core.network();
    let Some(node) = network.nodes.get(peer) else {
        return Ok(());
    };
    let Some(origin) = origin(node) else {
        return Ok(());
    };
    let (shown, last, kept_ms) = core.histories.take(&origin);
    let Some(newest) = shown.last() else {
        return missed_before(core, client, peer, node, last).await;
    };
    let judged = match last {
        Some(last) => Ok(vec![last]),
        None => match kept(core, &origin).await {
            Ok(Some(last)) => Ok(vec![last]),
            Ok(None) => begun(core, &network, node).await,
            Err(error) => Err(error),
        },
    };
    let judged = match judged {
        Ok(before) => judge(client, node, before, &shown, newest).await,
        Err(error) => Err(error),
    };
    let judged = match judged {
        Ok(Ok(newest)) => {
            let receipts = core.histories.take_receipts(&origin);
            match held(client, node, &newest, &receipts).await {
                Ok(Ok(missed)) => {
                    core.histories.note_receipts(node, missed);
                    Ok(Ok(newest))
                }
                Ok(Err(violation)) => Ok(Err(violation)),
                Err(error) => {
                    core.histories.note_receipts(node, receipts);
                    Err(error)
                }
            }
        }
        other => other,
    };
    match judged {
        Ok(Ok(newest)) => {
            let now_ms = real_now_ms();
            let keep = now_ms.saturating_sub(kept_ms) >= KEPT_EVERY_MS;
            if keep {
                let row = row(core, peer, &newest);
                core.sequencer
                    .change(move |commit| commit.peer_checkpoints.push(row))
                    .await?;
            }
            core.histories.update(&origin, |history| {
                history.last = Some(newest);
                history.checked_ms = now_ms;
                if keep {
                    history.kept_ms = now_ms;
                }
            });
            Ok(())
        }
        Ok(Err(violation)) => {
            isolate(core, peer, &origin, *violation).await?;
            Ok(())
        }
        Err(error) => {
            core.histories.update(&origin, |history| {
                // What came meanwhile is later than what was taken.
                let later = std::mem::replace(&mut history.shown, shown);
                history.shown.extend(later);
                let over = history.shown.len().saturating_sub(SHOWN_MAX);
                history.shown.drain(..over);
            });
            Err(error)
        }
    }
}

/// Receipts that were looked up in vain are looked up again, also where the log shows nothing new.
async fn missed_before(
    core: &Arc<Core>,
    client: &Client,
    peer: &str,
    node: &NodeEntry,
    last: Option<Shown>,
) -> Result<(), CheckError> {
    let (Some(last), Some(origin)) = (last, origin(node)) else {
        return Ok(());
    };
    let receipts = core.histories.take_receipts(&origin);
    if receipts.is_empty() {
        return Ok(());
    }
    match held(client, node, &last, &receipts).await {
        Ok(Ok(missed)) => core.histories.note_receipts(node, missed),
        Ok(Err(violation)) => isolate(core, peer, &origin, *violation).await?,
        Err(error) => {
            core.histories.note_receipts(node, receipts);
            return Err(error);
        }
    }
    Ok(())
}

/// The last checkpoint that was written down.
async fn kept(core: &Arc<Core>, origin: &str) -> Result<Option<Shown>, CheckError> {
    let (core, origin) = (Arc::clone(core), origin.to_owned());
    let held = blocking(move || {
        core.reader
            .peer_checkpoint(&origin)
            .map_err(|e| store_refusal(&e))
    })
    .await?;
    Ok(held.and_then(|held| {
        Some(Shown {
            checkpoint: Checkpoint::parse_note_unverified(held.note.as_bytes()).ok()?,
            note: held.note,
        })
    }))
}

/// Puts a peer apart: the proof on disk first, then the alarm.
async fn isolate(
    core: &Arc<Core>,
    peer: &str,
    origin: &str,
    violation: Violation,
) -> Result<(), Refusal> {
    let isolation = Isolation {
        reason: violation.reason.clone(),
        since_ms: core.clock.now_ms(),
    };
    // In memory before the commit: from here on nothing more goes to it, also where the disk is full.
    core.histories.update(origin, |history| {
        history.isolation = Some(isolation.clone());
    });
    Metrics::add(&core.metrics.log_violations, 1);
    tracing::error!(
        peer,
        origin,
        reason = violation.reason,
        "a peer's log has two histories; the peer is isolated, both notes are kept as proof"
    );
    let rows = [
        row(core, peer, &violation.earlier),
        row(core, peer, &violation.later),
    ];
    let fork = Fork {
        origin: origin.to_owned(),
        note_a: violation.earlier.note,
        note_b: violation.later.note,
        reason: violation.reason,
        at_ms: isolation.since_ms,
    };
    core.sequencer
        .change(move |commit| {
            commit.peer_checkpoints.extend(rows);
            commit.forks.push(fork);
        })
        .await
}

fn row(core: &Core, peer: &str, shown: &Shown) -> PeerCheckpoint {
    PeerCheckpoint {
        origin: shown.checkpoint.origin.clone(),
        size: shown.checkpoint.size,
        root: shown.checkpoint.root,
        note: shown.note.clone(),
        shown_by: peer.to_owned(),
        at_ms: core.clock.now_ms(),
    }
}

/// The newest of what was shown, or how it contradicts itself.
async fn judge(
    client: &Client,
    node: &NodeEntry,
    before: Vec<Shown>,
    shown: &[Shown],
    newest: &Shown,
) -> Result<Result<Shown, Box<Violation>>, CheckError> {
    let line: Vec<&Shown> = before.iter().chain(shown).collect();
    if let Some(violation) = contradiction(&line) {
        return Ok(Err(Box::new(violation)));
    }
    // Sizes do not shrink along the line: the last is the largest.
    let size = newest.checkpoint.size;
    let older: Vec<&Shown> = line
        .iter()
        .copied()
        .filter(|held| held.checkpoint.size < size && held.checkpoint.size != TreeSize::ZERO)
        .collect();
    let wanted: BTreeSet<NodeId> = older
        .iter()
        .flat_map(|held| nodes_of_proof(held.checkpoint.size, size))
        .collect();
    let tiles = fetch(client, node, &wanted, size).await?;
    for held in older {
        let reader = |id: NodeId| tiles.hash(id).ok_or(());
        let proven = consistency_proof(&reader, held.checkpoint.size, size)
            .ok()
            .is_some_and(|proof| {
                verify_consistency(
                    held.checkpoint.size,
                    &held.checkpoint.root,
                    size,
                    &newest.checkpoint.root,
                    &proof,
                )
                .is_ok()
            });
        if !proven {
            return Ok(Err(Box::new(Violation {
                earlier: held.clone(),
                later: newest.clone(),
                reason: format!(
                    "its tree of {size} leaves does not hold its tree of {} leaves",
                    held.checkpoint.size
                ),
            })));
        }
    }
    Ok(Ok(newest.clone()))
}

/// Whether a peer's log holds what it acknowledged, at the places that it named; those to look up once more.
async fn held(
    client: &Client,
    node: &NodeEntry,
    newest: &Shown,
    receipts: &[Receipt],
) -> Result<Result<Vec<Receipt>, Box<Violation>>, CheckError> {
    let size = newest.checkpoint.size;
    let mut tiles_asked = BTreeSet::new();
    let covered: Vec<&Receipt> = receipts
        .iter()
        .filter(|receipt| size.has(receipt.index))
        .filter(|receipt| {
            let tile = receipt.index.get() / u64::from(TILE_WIDTH);
            tiles_asked.contains(&tile)
                || (tiles_asked.len() < TILES_MAX && tiles_asked.insert(tile))
        })
        .collect();
    let wanted: BTreeSet<NodeId> = covered
        .iter()
        .flat_map(|receipt| nodes_of_inclusion(receipt.index, size))
        .collect();
    let tiles = fetch(client, node, &wanted, size).await?;
    let reader = |id: NodeId| tiles.hash(id).ok_or(());
    let mut missed = Vec::new();
    for receipt in covered {
        let proven = inclusion_proof(&reader, receipt.index, size)
            .ok()
            .is_some_and(|proof| {
                let root = &newest.checkpoint.root;
                verify_inclusion(&receipt.hash, receipt.index, size, root, &proof).is_ok()
            });
        if !proven && receipt.misses + 1 < MISSES_MAX {
            missed.push(Receipt {
                misses: receipt.misses + 1,
                ..receipt.clone()
            });
            continue;
        }
        if !proven {
            return Ok(Err(Box::new(Violation {
                earlier: newest.clone(),
                later: newest.clone(),
                reason: format!(
                    "its receipt for {} names entry {} of its log, which holds something else there",
                    receipt.record, receipt.index
                ),
            })));
        }
    }
    Ok(Ok(missed))
}

/// Two neighbours in order of arrival that contradict each other by themselves.
fn contradiction(line: &[&Shown]) -> Option<Violation> {
    line.windows(2).find_map(|pair| {
        let [earlier, later] = pair else { return None };
        let (a, b) = (&earlier.checkpoint, &later.checkpoint);
        let reason = if b.size < a.size {
            format!("it showed {} leaves, then {}", a.size, b.size)
        } else if b.size == a.size && b.root != a.root {
            format!("it showed two roots of {} leaves", a.size)
        } else {
            return None;
        };
        Some(Violation {
            earlier: Shown::clone(earlier),
            later: Shown::clone(later),
            reason,
        })
    })
}

/// The nodes from which a consistency proof is made; which they are does not depend on their hashes.
fn nodes_of_proof(old: TreeSize, new: TreeSize) -> BTreeSet<NodeId> {
    let asked = RefCell::new(BTreeSet::new());
    let recorder = |id: NodeId| {
        asked.borrow_mut().insert(id);
        Ok::<Hash, Infallible>(garita_tlog::EMPTY_ROOT)
    };
    // What cannot be proven is told when the proof is made from real hashes.
    let _ = consistency_proof(&recorder, old, new);
    asked.into_inner()
}

/// The nodes from which an inclusion proof is made.
pub(crate) fn nodes_of_inclusion(index: LeafIndex, size: TreeSize) -> BTreeSet<NodeId> {
    let asked = RefCell::new(BTreeSet::new());
    let recorder = |id: NodeId| {
        asked.borrow_mut().insert(id);
        Ok::<Hash, Infallible>(garita_tlog::EMPTY_ROOT)
    };
    // As above.
    let _ = inclusion_proof(&recorder, index, size);
    asked.into_inner()
}

/// Tiles of a log, as its node served them.
#[derive(Debug, Default)]
pub(crate) struct Tiles(BTreeMap<(u8, u64), Vec<Hash>>);

impl Tiles {
    /// The hash of a complete subtree, from the tile that spans it.
    pub(crate) fn hash(&self, id: NodeId) -> Option<Hash> {
        let (tile, first, width) = place(id);
        let hashes = self.0.get(&tile)?;
        let mut row: Vec<Hash> = hashes.get(first..first.checked_add(width)?)?.to_vec();
        while row.len() > 1 {
            row = row
                .chunks_exact(2)
                .filter_map(|pair| match pair {
                    [left, right] => Some(node_hash(left, right)),
                    _ => None,
                })
                .collect();
        }
        row.first().copied()
    }
}

/// The tile in which a node's hash is found or computed, its first hash there, and how many hashes it spans.
fn place(id: NodeId) -> ((u8, u64), usize, usize) {
    let level = id.level / TILE_HEIGHT;
    let within = u32::from(id.level % TILE_HEIGHT);
    let first = id.index << within;
    let width = u64::from(TILE_WIDTH);
    (
        (level, first / width),
        usize::try_from(first % width).unwrap_or(usize::MAX),
        1 << within,
    )
}

/// The tiles that span some nodes of a tree.
pub(crate) async fn fetch(
    client: &Client,
    node: &NodeEntry,
    wanted: &BTreeSet<NodeId>,
    size: TreeSize,
) -> Result<Tiles, ClientError> {
    let mut tiles = Tiles::default();
    for id in wanted {
        let ((level, index), _, _) = place(*id);
        if tiles.0.contains_key(&(level, index)) {
            continue;
        }
        let full = TilePath::Hashes {
            level,
            index,
            width: TILE_WIDTH,
        };
        let width = full.available(size);
        let path = TilePath::Hashes {
            level,
            index,
            width,
        };
        let bytes = client
            .get_bytes(&node.url, &format!("/log/{path}"), TILE_BYTES_MAX)
            .await?;
        let hashes = parse_tile(&bytes, width).map_err(|e| ClientError::Answer(e.to_string()))?;
        tiles.0.insert((level, index), hashes);
    }
    Ok(tiles)
}

/// Origin of a node's log, by the key that the list names.
fn origin(node: &NodeEntry) -> Option<String> {
    origin_of(&node.log_key)
}

fn origin_of(log_key: &str) -> Option<String> {
    let key = VerifierKey::parse(log_key).ok()?;
    Some(key.name().to_owned())
}

/// What a log that goes on from an earlier one must hold: the checkpoint whose leaves it says to begin with, and before it the last one
/// that was checked here of the earlier log, where that is not larger. What is larger was lost: an incident, not a fraud.
async fn begun(
    core: &Arc<Core>,
    network: &Network,
    node: &NodeEntry,
) -> Result<Vec<Shown>, CheckError> {
    let logs = network.logs.get(&node.did).map_or(&[][..], Vec::as_slice);
    let [.., earlier, now] = logs else {
        return Ok(Vec::new());
    };
    let Some(held) = now.continues.as_ref().and_then(|c| c.held.as_deref()) else {
        return Ok(Vec::new());
    };
    let Ok(key) = LogVerifier::parse(&earlier.log_key) else {
        return Ok(Vec::new());
    };
    let Ok(checkpoint) = Checkpoint::open(held.as_bytes(), key.origin(), &key) else {
        return Ok(Vec::new());
    };
    let before = core.histories.last_of(key.origin());
    let before = match before {
        Some(last) => Some(last),
        None => kept(core, key.origin()).await?,
    };
    let size = checkpoint.size;
    Ok(before
        .filter(|last| last.checkpoint.size <= size)
        .into_iter()
        .chain([Shown {
            note: held.to_owned(),
            checkpoint,
        }])
        .collect())
}

#[cfg(test)]
mod tests {
    use garita_tlog::{Frontier, leaf_hash, tile_bytes};

    use super::*;

    /// Complete subtrees of a log of `size` leaves, by level.
    fn levels(size: u64) -> Vec<Vec<Hash>> {
        let mut rows = vec![
            (0..size)
                .map(|n| leaf_hash(&leaf(n)))
                .collect::<Vec<Hash>>(),
        ];
        while rows.last().unwrap().len() > 1 {
            let next = rows
                .last()
                .unwrap()
                .chunks_exact(2)
                .map(|pair| node_hash(&pair[0], &pair[1]))
                .collect();
            rows.push(next);
        }
        rows
    }

    fn leaf(n: u64) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&n.to_be_bytes());
        bytes
    }

    fn root(size: u64) -> Hash {
        let mut frontier = Frontier::new();
        for n in 0..size {
            frontier.push(&leaf(n)).unwrap();
        }
        frontier.root()
    }

    #[test]
    fn a_proof_is_made_from_the_tiles_that_hold_its_nodes() {
        let stored = levels(70_000);
        let hash = |id: NodeId| {
            stored
                .get(usize::from(id.level))
                .and_then(|row| row.get(usize::try_from(id.index).unwrap()))
                .copied()
                .ok_or(())
        };
        for (old, new) in [
            (1, 2),
            (3, 7),
            (255, 256),
            (256, 257),
            (300, 1_000),
            (512, 1_000),
            (999, 1_000),
            (65_535, 65_537),
            (257, 70_000),
        ] {
            let (old, new) = (TreeSize::new(old), TreeSize::new(new));
            let mut tiles = Tiles::default();
            for id in nodes_of_proof(old, new) {
                let ((level, index), _, _) = place(id);
                let whole = TilePath::Hashes {
                    level,
                    index,
                    width: TILE_WIDTH,
                };
                let width = whole.available(new);
                let bytes = tile_bytes(&hash, level, index, width).unwrap();
                tiles
                    .0
                    .insert((level, index), parse_tile(&bytes, width).unwrap());
            }
            let proof = consistency_proof(&|id| tiles.hash(id).ok_or(()), old, new).unwrap();
            let (before, after) = (root(old.get()), root(new.get()));
            assert_eq!(
                verify_consistency(old, &before, new, &after, &proof),
                Ok(()),
                "{old} {new}"
            );
            assert!(
                verify_consistency(old, &root(old.get() + 1), new, &after, &proof).is_err(),
                "{old} {new}"
            );
        }
    }
}
