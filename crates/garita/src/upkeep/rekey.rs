//! A log's new key: the log goes on as the next epoch, with nothing lost.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use garita_credential::keys::KeyType;
use garita_exchange::epoch::REKEYED;
use garita_node::config;
use garita_node::setup;

use super::Folder;
use super::epoch::{self, Next};

/// Makes the key and opens the next epoch; says what to do next. The node must not run.
///
/// # Errors
/// When it runs, its network does not know it, or something cannot be written.
pub(crate) fn log(data: &Path) -> Result<String, String> {
    let folder = Folder::open(data)?;
    let network = folder.network()?;
    let keys = data.join("keys");
    let (next, current) = (keys.join("log.next.json"), keys.join("log.json"));
    // What an interrupted try made is taken up again: the store may have been signed with it.
    let key = if next.exists() {
        config::read_key_of(&next, KeyType::Ed25519).map_err(|e| e.to_string())?
    } else {
        setup::new_key(&next).map_err(|e| e.to_string())?
    };
    let continues = epoch::open(
        data,
        &folder,
        Next {
            network: &network,
            reason: REKEYED,
            seen: None,
            jumps: Vec::new(),
            key: Arc::new(key),
        },
    )?;
    fs::rename(&next, &current).map_err(|e| format!("{}: {e}", current.display()))?;
    Ok(format!(
        "the log goes on as epoch {} under a new key; start the node: garita serve --data {}",
        continues.epoch,
        data.display()
    ))
}
