//! For who looks after a node: copies of its folder, whether it agrees with itself, what to see to.

use std::path::Path;

use garita_exchange::governance::Network;
use garita_node::config::NodeConfig;
use garita_store::Reader;
use serde_json::Value;

pub(crate) mod backup;
pub(crate) mod doctor;
mod epoch;
pub(crate) mod files;
pub(crate) mod fsck;
pub(crate) mod regain;
pub(crate) mod rekey;
pub(crate) mod restore;
pub(crate) mod upgrade;

/// Leaves that a checkpoint covers.
fn size(checkpoint: &garita_tlog::Checkpoint) -> u64 {
    checkpoint.size.get()
}

/// Governance entries read at once.
const GOVERNANCE_PAGE: usize = 500;

/// A node's folder, read beside whoever writes in it.
pub(crate) struct Folder {
    pub(crate) config: NodeConfig,
    pub(crate) reader: Reader,
}

impl Folder {
    pub(crate) fn open(data: &Path) -> Result<Self, String> {
        let config = NodeConfig::read(data).map_err(|e| e.to_string())?;
        let reader = garita_store::open_read(data, &garita_store::Options::default())
            .map_err(|e| format!("{}: {e}", data.display()))?;
        Ok(Self { config, reader })
    }

    /// The network as the folder's chain says it is.
    pub(crate) fn network(&self) -> Result<Network, String> {
        let mut network =
            Network::from_entries(&self.config.governance).map_err(|e| e.to_string())?;
        let mut next = network.head.map_or(0, |head| head + 1);
        loop {
            let page = self
                .reader
                .governance(next, GOVERNANCE_PAGE)
                .map_err(|e| e.to_string())?;
            let Some(last) = page.last() else {
                return Ok(network);
            };
            next = last.number + 1;
            for entry in page {
                let document: Value =
                    serde_json::from_slice(&entry.document).map_err(|e| e.to_string())?;
                network.adopt(&document).map_err(|e| e.to_string())?;
            }
        }
    }
}
