//! That other nodes' logs hold what they acknowledged: proven from their own tiles, while they can be reached.

use std::collections::BTreeSet;
use std::time::Duration;

use garita_tlog::{
    Checkpoint, Hash, LeafIndex, NOTE_BYTES_MAX, NodeId, TreeSize, inclusion_proof, leaf_hash,
    verify_inclusion,
};
use tokio::time::{Instant, timeout_at};

use super::{Bundle, HolderLine, opened};
use crate::client::Client;
use crate::encode;
use crate::governance::{Network, NodeEntry};
use crate::history::{self, Tiles};
use crate::witness::WitnessedCheckpoint;

/// All peers together: whoever asks for a bundle waits so long at most. What could not be had by then stays acknowledged by word.
const PROVE_MS: u64 = 8_000;
/// One peer of them.
const PEER_MS: u64 = 3_000;

/// Adds the proofs that can be had. What does not prove what was acknowledged is left out: the bundle then says that it is not proven.
pub(super) async fn prove(network: &Network, client: &Client, bundle: &mut Bundle) {
    let until = Instant::now() + Duration::from_millis(PROVE_MS);
    let peers: Vec<String> = bundle
        .checkpoints
        .keys()
        .filter(|node| **node != bundle.node)
        .cloned()
        .collect();
    for peer in peers {
        let Some(node) = network.nodes.get(&peer) else {
            continue;
        };
        let one = until.min(Instant::now() + Duration::from_millis(PEER_MS));
        // An answer that comes too late is as good as none.
        let _ = timeout_at(one, of_peer(node, network, client, bundle)).await;
    }
}

async fn of_peer(node: &NodeEntry, network: &Network, client: &Client, bundle: &mut Bundle) {
    let note = bundle.checkpoints.get(&node.did);
    let Some(acknowledged) = note.and_then(|note| opened(node, note)) else {
        return;
    };
    // What witnesses cosigned is worth more than what was shown to us alone: where it proves as much.
    if let Some(witnessed) = witnessed(node, network, client, acknowledged.size).await {
        let proofs = at(node, client, bundle, &witnessed.checkpoint).await;
        if proofs.iter().all(Option::is_some) {
            let note = witnessed.note;
            bundle.checkpoints.insert(node.did.clone(), note);
            put(node, bundle, proofs);
            return;
        }
    }
    let proofs = at(node, client, bundle, &acknowledged).await;
    put(node, bundle, proofs);
}

/// The newest witnessed checkpoint of a node's log, where it is no older than what it acknowledged.
async fn witnessed(
    node: &NodeEntry,
    network: &Network,
    client: &Client,
    size: TreeSize,
) -> Option<WitnessedCheckpoint> {
    let bytes = client
        .get_bytes(&node.url, "/log/witnessed", NOTE_BYTES_MAX)
        .await
        .ok()?;
    let note = String::from_utf8(bytes).ok()?;
    WitnessedCheckpoint::read(network, &node.did, &note).filter(|held| held.checkpoint.size >= size)
}

/// The node's entries in the bundle, in its order, with the record's id.
fn entries<'a>(node: &'a NodeEntry, bundle: &'a Bundle) -> Vec<(&'a str, &'a HolderLine)> {
    let each = bundle.records.iter().flat_map(|record| {
        let holders = record.holders.iter();
        holders.map(|holder| (record.id.as_str(), holder))
    });
    each.filter(|(_, holder)| holder.node == node.did && holder.entry.is_some())
        .collect()
}

/// Proofs of all entries of a node at a checkpoint, in their order; none where there is none that holds.
async fn at(
    node: &NodeEntry,
    client: &Client,
    bundle: &Bundle,
    checkpoint: &Checkpoint,
) -> Vec<Option<Vec<String>>> {
    let (size, root) = (checkpoint.size, &checkpoint.root);
    let entries = entries(node, bundle);
    let wanted: BTreeSet<NodeId> = entries
        .iter()
        .filter_map(|(_, holder)| holder.entry.as_ref())
        .flat_map(|entry| history::nodes_of_inclusion(LeafIndex::new(entry.index), size))
        .collect();
    let Ok(tiles) = history::fetch(client, node, &wanted, size).await else {
        return vec![None; entries.len()];
    };
    let proven = |(id, holder): &(&str, &HolderLine)| {
        let entry = holder.entry.as_ref()?;
        let proof = proof(&tiles, entry.index, size)?;
        let salt: [u8; 32] = encode::from_base64url(&entry.salt)?.try_into().ok()?;
        let leaf = leaf_hash(&holder.leaf(id, entry).commit(&salt));
        verify_inclusion(&leaf, LeafIndex::new(entry.index), size, root, &proof).ok()?;
        Some(proof.iter().map(Hash::to_base64).collect())
    };
    entries.iter().map(proven).collect()
}

fn put(node: &NodeEntry, bundle: &mut Bundle, proofs: Vec<Option<Vec<String>>>) {
    let holders = bundle.records.iter_mut().flat_map(|r| &mut r.holders);
    let entries = holders
        .filter(|holder| holder.node == node.did)
        .filter_map(|holder| holder.entry.as_mut());
    for (entry, proof) in entries.zip(proofs) {
        entry.proof = proof;
    }
}

fn proof(tiles: &Tiles, index: u64, size: TreeSize) -> Option<Vec<Hash>> {
    let reader = |id: NodeId| tiles.hash(id).ok_or(());
    inclusion_proof(&reader, LeafIndex::new(index), size).ok()
}
