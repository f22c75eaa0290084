//! What this node has of what its parties share with a peer's, by its own knowledge: read once, kept as sorted sets while it is compared.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use garita_store::{SharedRow, SharedWay};

use crate::core::Core;
use crate::governance::Network;
use crate::problem::Refusal;
use crate::ranges::Item;
use crate::sequence::store_refusal;
use crate::submit::blocking;
use crate::wire::{DeliveryEntry, Pair, PairItem};

/// Deliveries that wait and are counted as there.
const WAITING_MAX: usize = 16_384;

/// What this node has of what its parties share with a peer's, at one instant.
#[derive(Debug, Default)]
pub(crate) struct Look {
    /// Sorted, each once.
    pub(crate) sets: BTreeMap<Pair, Vec<Item>>,
    /// On its way to the peer: it may be there or not.
    pub(crate) under: BTreeSet<PairItem>,
    /// Records logged before are left out.
    pub(crate) from_ms: i64,
}

impl Look {
    /// The set of a pair; empty where there is none.
    pub(crate) fn of(&self, pair: &Pair) -> &[Item] {
        self.sets.get(pair).map_or(&[], Vec::as_slice)
    }
}

/// Whether a pair is of this node and the peer, one way or the other; none where it is not.
pub(crate) fn sends(network: &Network, own: &str, peer: &str, pair: &Pair) -> Option<bool> {
    let home = |party: &str| network.homes.get(party).map(String::as_str);
    match (home(&pair.issuer), home(&pair.reader)) {
        (Some(issuer), Some(reader)) if issuer == own && reader == peer => Some(true),
        (Some(issuer), Some(reader)) if issuer == peer && reader == own => Some(false),
        _ => None,
    }
}

/// Reads the sets of a node pair; whether there was more than `items_max` each way, so that only the newest are among them.
pub(crate) async fn look_at(
    core: &Arc<Core>,
    peer: &str,
    from_ms: i64,
    items_max: usize,
) -> Result<(Look, bool), Refusal> {
    let (core, peer) = (Arc::clone(core), peer.to_owned());
    blocking(move || {
        let network = core.network();
        let own = core.identity.did.as_str();
        let mut look = Look {
            from_ms,
            ..Look::default()
        };
        let mut cut = false;
        for sent in [true, false] {
            let mut count = 0;
            let mut each = |row: SharedRow| {
                if row.logged_ms < from_ms {
                    return true;
                }
                let pair = Pair {
                    issuer: row.issuer,
                    reader: row.reader,
                };
                if sends(&network, own, &peer, &pair) != Some(sent) {
                    return true;
                }
                if count >= items_max {
                    // The rows come the newest first: what was logged with this one may be left out in part.
                    cut = true;
                    look.from_ms = look.from_ms.max(row.logged_ms.saturating_add(1));
                    return false;
                }
                count += 1;
                let item = Item::new(row.logged_ms, &row.id, &row.view);
                match row.way {
                    SharedWay::There => look.sets.entry(pair).or_default().push(item),
                    SharedWay::Under => {
                        look.under.insert(PairItem { pair, item });
                    }
                    SharedWay::Refused => {}
                }
                true
            };
            if sent {
                core.reader.node_sent(&peer, &mut each)
            } else {
                core.reader.node_came(&peer, &mut each)
            }
            .map_err(|e| store_refusal(&e))?;
        }
        waiting(&core, &network, &peer, &mut look)?;
        let from_ms = look.from_ms;
        for set in look.sets.values_mut() {
            set.retain(|item| item.logged_ms >= from_ms);
            set.sort_unstable();
            set.dedup();
            set.shrink_to_fit();
        }
        look.sets.retain(|_, set| !set.is_empty());
        Ok((look, cut))
    })
    .await
}

/// What came and waits is there, by this node's own answer.
fn waiting(core: &Core, network: &Network, peer: &str, look: &mut Look) -> Result<(), Refusal> {
    let (mut after, mut count) = (0, 0);
    while count < WAITING_MAX {
        let page = core
            .reader
            .waiting(after, 1_000)
            .map_err(|e| store_refusal(&e))?;
        let Some(last) = page.last() else { break };
        after = last.number;
        count += page.len();
        for held in page.into_iter().filter(|held| held.peer == peer) {
            let Ok(entry) = serde_json::from_slice::<DeliveryEntry>(&held.bytes) else {
                continue;
            };
            let Ok(parsed) = crate::parse::parse(entry.record.get().as_bytes(), &entry.view) else {
                continue;
            };
            let item = Item::new(entry.stamp.logged, &held.id, &held.view);
            for reader in entry.to {
                let pair = Pair {
                    issuer: parsed.envelope.issuer.clone(),
                    reader,
                };
                if sends(network, &core.identity.did, peer, &pair) == Some(false) {
                    look.sets.entry(pair).or_default().push(item);
                }
            }
        }
    }
    Ok(())
}
