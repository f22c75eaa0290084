//! That other nodes' logs hold what they acknowledged: proven from their own tiles, while they can be reached.

use std::collections::BTreeSet;
use std::time::Duration;

use garita_tlog::{
    Hash, LeafIndex, NodeId, TreeSize, inclusion_proof, leaf_hash, verify_inclusion,
};
use tokio::time::{Instant, timeout_at};

use super::{Bundle, opened};
use crate::client::Client;
use crate::encode;
use crate::governance::{Network, NodeEntry};
use crate::history::{self, Tiles};

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
        let _ = timeout_at(one, of_peer(node, client, bundle)).await;
    }
}

async fn of_peer(node: &NodeEntry, client: &Client, bundle: &mut Bundle) {
    let note = bundle.checkpoints.get(&node.did);
    let Some(checkpoint) = note.and_then(|note| opened(node, note)) else {
        return;
    };
    let entries = |bundle: &Bundle| -> Vec<u64> {
        let holders = bundle.records.iter().flat_map(|record| &record.holders);
        holders
            .filter(|holder| holder.node == node.did)
            .filter_map(|holder| Some(holder.entry.as_ref()?.index))
            .collect()
    };
    let wanted: BTreeSet<NodeId> = entries(bundle)
        .into_iter()
        .flat_map(|index| history::nodes_of_inclusion(LeafIndex::new(index), checkpoint.size))
        .collect();
    let Ok(tiles) = history::fetch(client, node, &wanted, checkpoint.size).await else {
        return;
    };
    for record in &mut bundle.records {
        for holder in &mut record.holders {
            if holder.node != node.did {
                continue;
            }
            let Some(entry) = &holder.entry else { continue };
            let leaf = holder.leaf(&record.id, entry);
            let proof = proof(&tiles, entry.index, checkpoint.size).filter(|proof| {
                let salt = encode::from_base64url(&entry.salt).and_then(|s| s.try_into().ok());
                salt.is_some_and(|salt| {
                    let leaf = leaf_hash(&leaf.commit(&salt));
                    let index = LeafIndex::new(entry.index);
                    verify_inclusion(&leaf, index, checkpoint.size, &checkpoint.root, proof).is_ok()
                })
            });
            if let Some(entry) = &mut holder.entry {
                entry.proof = proof.map(|hashes| hashes.iter().map(Hash::to_base64).collect());
            }
        }
    }
}

fn proof(tiles: &Tiles, index: u64, size: TreeSize) -> Option<Vec<Hash>> {
    let reader = |id: NodeId| tiles.hash(id).ok_or(());
    inclusion_proof(&reader, LeafIndex::new(index), size).ok()
}
