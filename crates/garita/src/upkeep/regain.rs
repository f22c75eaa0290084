//! A restored node before it starts: whether the others have seen more of it than it has. If they have, its log goes on as the next
//! epoch, so that nothing is written at a place which receipts and peers know already, and the rest is regained from them.

use std::fs;
use std::sync::Arc;

use garita_exchange::client::Client;
use garita_exchange::epoch::RESTORED as REASON;
use garita_exchange::governance::Network;
use garita_exchange::history::Seen;
use garita_exchange::signing::LogVerifier;
use garita_exchange::wire::GovernanceFeed;
use garita_exchange::witness;
use garita_node::config::{NodeConfig, witness_key_files};
use garita_store::OutboxJump;
use garita_tlog::{Checkpoint, NoteVerifier as _};

use super::epoch::{self, Next};
use super::files::{LIST, RESTORED};
use super::{Folder, size};
use crate::say;

/// Room left in the outbox of a peer that does not say what it took.
const SILENT_ROOM: u64 = 1 << 15;

/// What the others told.
#[derive(Default)]
struct Told {
    /// The largest checkpoint of the listed log, with its size.
    seen: Option<(u64, String)>,
    jumps: Vec<OutboxJump>,
    ahead: Vec<String>,
    silent: Vec<String>,
}

/// Asks, where the folder was restored, and opens the next epoch where something was lost: then the log's new origin. Says why the node may
/// not start. `config` has keys that sign; the folder beside it is read without.
pub(crate) async fn checked(
    config: &NodeConfig,
    without_peers: bool,
) -> Result<Option<String>, String> {
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
        return Ok(None);
    }
    let witness_key = witness_key_files(&data.join("keys"));
    if let Some(witness_key) = witness_key.iter().find(|path| path.exists()) {
        return Err(format!(
            "this folder was restored, and what it cosigned of others' logs after the copy was made is not in it: with its old witness key it could cosign a second history. Take {} out of the folder; it is a node like any other without it",
            witness_key.display()
        ));
    }
    let folder = Folder::open(data)?;
    let client = Client::new(&config.identity.did, Arc::clone(&config.identity.key))
        .map_err(|e| e.to_string())?;
    let mut network = folder.network()?;
    catch_up(&mut network, &folder, &client).await;
    let told = ask(&network, &folder, &client).await?;
    if !told.silent.is_empty() && !without_peers {
        return Err(format!(
            "this folder was restored, and whether something is missing can be said only when the other nodes answer. Silent: {}. Try again when they do; `--without-peers` starts all the same, where they are gone for good",
            told.silent.join("; ")
        ));
    }
    let own = folder.reader.head().map_err(|e| e.to_string())?;
    let own = own.frontier.size().get();
    // What silent ones have seen nobody can say: their places are not written again either.
    if told.ahead.is_empty() && told.silent.is_empty() {
        fs::remove_file(&mark).map_err(|e| format!("{}: {e}", mark.display()))?;
        say::talk(format!(
            "restored with {own} log entries; nobody who answers has seen more"
        ));
        return Ok(None);
    }
    let (continues, origin) = epoch::open(
        config,
        Next {
            network: &network,
            reason: REASON,
            seen: told.seen.map(|(_, note)| note),
            jumps: told.jumps,
            key: Arc::clone(&config.identity.log_key),
        },
    )?;
    fs::remove_file(&mark).map_err(|e| format!("{}: {e}", mark.display()))?;
    say::talk(format!(
        "the copy has {own} log entries, and more was or may have been given out since it was made: {}. This node's log goes on as epoch {}; what the others have is regained from them, and they see an incident",
        [told.ahead, told.silent].concat().join("; "),
        continues.epoch
    ));
    Ok(Some(origin))
}

/// The list as the others have it: a copy's is older.
async fn catch_up(network: &mut Network, folder: &Folder, client: &Client) {
    let own = &folder.config.identity.did;
    let peers: Vec<String> = network
        .nodes
        .values()
        .filter(|node| node.did != *own)
        .map(|node| node.url.clone())
        .collect();
    for url in peers {
        let after = network.head.unwrap_or(0);
        let path = format!("/v1/governance?after={after}");
        let Ok(feed) = client.get::<GovernanceFeed>(&url, &path).await else {
            continue;
        };
        for entry in feed.entries {
            if let Err(error) = network.adopt(&entry) {
                say::talk(format!("{url} tells another list: {error}"));
                break;
            }
        }
    }
}

async fn ask(network: &Network, folder: &Folder, client: &Client) -> Result<Told, String> {
    let identity = &folder.config.identity;
    let own = folder.reader.head().map_err(|e| e.to_string())?;
    let own = own.frontier.size().get();
    let now_ms = folder.config.file.clock.now_ms();
    let mut told = Told::default();
    let listed = network
        .nodes
        .get(&identity.did)
        .and_then(|node| LogVerifier::parse(&node.log_key).ok());
    let current = epoch::verifier(&identity.origin, &identity.log_key)?;
    if let Some(listed) = &listed
        && listed.key_id() != current.key_id()
    {
        told.ahead
            .push(format!("its log goes on as `{}`", listed.origin()));
    }
    for node in network.nodes.values().filter(|n| n.did != identity.did) {
        let outbox = folder
            .reader
            .outbox_status(&node.did)
            .map_err(|e| e.to_string())?;
        let (last, acked) = outbox.map_or((0, 0), |outbox| (outbox.last, outbox.acked));
        let jump = |to: u64| OutboxJump {
            peer: node.did.clone(),
            to,
            at_ms: now_ms,
        };
        let seen: Seen = match client.get(&node.url, "/v1/peer/seen").await {
            Ok(seen) => seen,
            Err(error) => {
                told.silent.push(format!("{} ({error})", node.name));
                told.jumps.push(jump(last + SILENT_ROOM));
                continue;
            }
        };
        // What it cosigned as a witness is older or newer than what its deliveries were answered with. What we did not sign proves nothing.
        if let Some(listed) = &listed {
            let cosigned = witness::cosigned_by(client, node, listed.origin()).await;
            for note in [seen.checkpoint, cosigned].into_iter().flatten() {
                let Ok(checkpoint) = Checkpoint::open(note.as_bytes(), listed.origin(), listed)
                else {
                    continue;
                };
                let entries = size(&checkpoint);
                if entries > own {
                    told.ahead
                        .push(format!("{} has seen {entries} entries", node.name));
                }
                if told.seen.as_ref().is_none_or(|(most, _)| *most < entries) {
                    told.seen = Some((entries, note));
                }
            }
        }
        if seen.taken > last {
            told.ahead.push(format!(
                "{} has taken {} deliveries, and {last} are here",
                node.name, seen.taken
            ));
        }
        told.jumps.push(jump(seen.taken.max(acked)));
    }
    Ok(told)
}
