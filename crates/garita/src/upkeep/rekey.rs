//! A log's new key: the log goes on as the next epoch, with nothing lost.

use std::fs;
use std::sync::Arc;

use garita_credential::keys::KeyType;
use garita_exchange::epoch::REKEYED;
use garita_node::config::NodeConfig;
use garita_node::{keyring, setup};

use super::Folder;
use super::epoch::{self, Next};

/// Makes the key and opens the next epoch; says what to do next. The node must not run.
///
/// # Errors
/// When it runs, its network does not know it, or something cannot be written.
pub(crate) fn log(config: &NodeConfig) -> Result<String, String> {
    const NEXT: &str = "log.next.json";
    let folder = Folder::open(&config.data)?;
    let network = folder.network()?;
    // What an interrupted try made is taken up again: the store may have been signed with it.
    let key = if config.keyring.has(NEXT) {
        let read = config.keyring.read(NEXT, KeyType::Ed25519);
        read.map_err(|e| e.to_string())?
    } else {
        setup::new_key(&config.keyring, NEXT).map_err(|e| e.to_string())?
    };
    let (continues, _) = epoch::open(
        config,
        Next {
            network: &network,
            reason: REKEYED,
            seen: None,
            jumps: Vec::new(),
            key: Arc::new(key),
        },
    )?;
    let keys = config.data.join(keyring::FOLDER);
    for kind in ["json", "pem"] {
        let (next, current) = (
            keys.join(format!("log.next.{kind}")),
            keys.join(format!("log.{kind}")),
        );
        if next.exists() {
            fs::rename(&next, &current).map_err(|e| format!("{}: {e}", current.display()))?;
        }
    }
    Ok(format!(
        "the log goes on as epoch {} under a new key; start the node: garita serve --data {}",
        continues.epoch,
        config.data.display()
    ))
}
