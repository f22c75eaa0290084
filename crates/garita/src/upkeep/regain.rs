//! A restored node before it starts: whether the others have seen more of it than it has. If they have, it would write its log a second
//! time, with other entries at places that receipts and peers know already: it does not start.

use std::fs;
use std::sync::Arc;

use garita_exchange::client::Client;
use garita_exchange::history::Seen;
use garita_exchange::signing::LogVerifier;
use garita_node::config::NodeConfig;
use garita_tlog::Checkpoint;

use super::Folder;
use super::files::{LIST, RESTORED};
use crate::say;

/// Asks, where the folder was restored; says why the node may not start.
pub(crate) async fn checked(config: &NodeConfig, without_peers: bool) -> Result<(), String> {
    let data = &config.data;
    if data.join(LIST).exists() {
        return Err(format!(
            "{} is a copy that `garita backup` made, not a node's folder; make one of it: garita restore --from {} --data FOLDER",
            data.display(),
            data.display()
        ));
    }
    let mark = data.join(RESTORED);
    if !mark.exists() {
        return Ok(());
    }
    let folder = Folder::open(data)?;
    let network = folder.network()?;
    // With keys that sign: the folder beside it is read without.
    let identity = &config.identity;
    let head = folder.reader.head().map_err(|e| e.to_string())?;
    let own = head.frontier.size();
    let key = garita_tlog::VerifierKey::ed25519(
        &identity.origin,
        identity
            .log_key
            .verification_key()
            .ed25519_bytes()
            .unwrap_or_default(),
    )
    .map_err(|e| e.to_string())?;
    let key = LogVerifier::parse(&key.to_string()).map_err(|e| e.to_string())?;
    let client =
        Client::new(&identity.did, Arc::clone(&identity.key)).map_err(|e| e.to_string())?;
    let (mut silent, mut ahead) = (Vec::new(), Vec::new());
    for node in network.nodes.values().filter(|n| n.did != identity.did) {
        let seen: Seen = match client.get(&node.url, "/v1/peer/seen").await {
            Ok(seen) => seen,
            Err(error) => {
                silent.push(format!("{} ({error})", node.name));
                continue;
            }
        };
        // What we did not sign proves nothing.
        let size = seen
            .checkpoint
            .as_deref()
            .and_then(|note| Checkpoint::open(note.as_bytes(), &identity.origin, &key).ok())
            .map_or(0, |checkpoint| checkpoint.size.get());
        let sent = folder
            .reader
            .outbox_status(&node.did)
            .map_err(|e| e.to_string())?
            .map_or(0, |outbox| outbox.last);
        if size > own.get() {
            ahead.push(format!("{} has seen {size} entries", node.name));
        }
        if seen.taken > sent {
            ahead.push(format!(
                "{} has taken {} deliveries, and {sent} are here",
                node.name, seen.taken
            ));
        }
    }
    if !ahead.is_empty() {
        return Err(format!(
            "the copy has {} log entries, and more was given out since it was made: {}. If this node started, it would have two histories, and the others would put it apart. Restore a newer copy",
            own.get(),
            ahead.join("; ")
        ));
    }
    if !silent.is_empty() && !without_peers {
        return Err(format!(
            "this folder was restored, and whether something is missing can be said only when the other nodes answer. Silent: {}. Try again when they do; `--without-peers` starts all the same, where they are gone for good",
            silent.join("; ")
        ));
    }
    fs::remove_file(&mark).map_err(|e| format!("{}: {e}", mark.display()))?;
    say::talk(format!(
        "restored with {} log entries; nobody who answers has seen more",
        own.get()
    ));
    Ok(())
}
