//! What is kept of a divergence: that a node lacked what it should have had, by whom it was found, and whether it has it again.

use serde::{Deserialize, Serialize};

use garita_store::Reader;

use crate::core::Core;
use crate::problem::Refusal;
use crate::sequence::store_refusal;

/// Incidents kept of each peer, the newest last.
const KEPT_MAX: usize = 32;
/// Ids kept of each incident: enough to look into, whatever was lost.
pub const IDS_MAX: usize = 64;

/// One divergence from a peer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Incident {
    /// When it was found, business time, ms since 1970.
    pub at_ms: i64,
    /// Records that this node had delivered and that the peer lacked.
    pub they_lacked: u64,
    /// Records that the peer has for this node's parties and that this node lacked.
    pub we_lacked: u64,
    /// Records of this node's own parties that the peer holds and this node does not: only a copy brings them back.
    pub lost_here: u64,
    /// Records of the peer's own parties that are held here and not there.
    pub lost_there: u64,
    /// Sequences of the peer's deliveries of which nothing was written down, had again.
    pub recounted: u64,
    /// Ids of what could be named, at most [`IDS_MAX`].
    pub ids: Vec<String>,
    /// When both had the same again; none: not yet.
    pub healed_ms: Option<i64>,
}

impl Incident {
    /// How many records in all.
    pub fn records(&self) -> u64 {
        self.they_lacked + self.we_lacked + self.lost_here + self.lost_there
    }

    /// Whether it is the same trouble as one that was told before and is not over.
    fn goes_on(&self, later: &Self) -> bool {
        self.healed_ms.is_none()
            && (self.lost_here, self.lost_there) == (later.lost_here, later.lost_there)
    }
}

fn name(peer: &str) -> String {
    format!("divergence {peer}")
}

/// Divergences from a peer, the oldest first.
///
/// # Errors
/// When the store is away.
pub fn incidents(reader: &Reader, peer: &str) -> Result<Vec<Incident>, Refusal> {
    let kept = reader.meta(&name(peer)).map_err(|e| store_refusal(&e))?;
    Ok(kept
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default())
}

/// Keeps what was found; one that goes on is told once. Where nothing differs any more, those that were open are over.
pub(crate) async fn keep(
    core: &Core,
    peer: &str,
    mut kept: Vec<Incident>,
    found: Option<Incident>,
) -> Result<(), Refusal> {
    let before = kept.clone();
    match found {
        None => {
            let now_ms = core.clock.now_ms();
            for open in kept.iter_mut().filter(|i| i.healed_ms.is_none()) {
                open.healed_ms = Some(now_ms);
            }
        }
        Some(found) => match kept.last_mut().filter(|last| last.goes_on(&found)) {
            Some(last) => {
                last.healed_ms = found.healed_ms;
                last.they_lacked = last.they_lacked.max(found.they_lacked);
                last.we_lacked = last.we_lacked.max(found.we_lacked);
                last.recounted += found.recounted;
                for id in found.ids {
                    if last.ids.len() < IDS_MAX && !last.ids.contains(&id) {
                        last.ids.push(id);
                    }
                }
            }
            None => kept.push(found),
        },
    }
    if kept == before {
        return Ok(());
    }
    let surplus = kept.len().saturating_sub(KEPT_MAX);
    kept.drain(..surplus);
    let (name, text) = (name(peer), serde_json::to_vec(&kept).unwrap_or_default());
    core.sequencer
        .change(move |commit| commit.meta.push((name, Some(text))))
        .await
}
