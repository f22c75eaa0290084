//! A node that others cannot call, such as one behind a firewall, asks each of them for what lies there for it, again and again.
//!
//! The question stays open until there is news; with it goes what both sides hold, so that the other side can compare too.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::client::{Client, ClientError};
use crate::core::Core;
use crate::intake;
use crate::problem::Refusal;
use crate::sequence::store_refusal;
use crate::submit::blocking;
use crate::sync::{self, Steps};
use crate::wire::{Delivery, Pull};

/// How long a question may stay open: below the client's own limit.
const WAIT_MS: u64 = 10_000;
/// First wait after a failure.
const RETRY_MS_MIN: u64 = 200;
/// Longest wait after failures in a row.
const RETRY_MS_MAX: u64 = 5_000;

/// Asks one peer until `stop` says so.
pub(crate) async fn run(
    core: Arc<Core>,
    client: Arc<Client>,
    steps: Arc<Steps>,
    peer: String,
    mut stop: watch::Receiver<bool>,
) {
    let mut retry_ms = RETRY_MS_MIN;
    while !*stop.borrow() {
        let isolated = core.histories.isolation(&core.network(), &peer).is_some();
        let asked = async {
            if isolated {
                tokio::time::sleep(Duration::from_millis(RETRY_MS_MAX)).await;
                return Ok(());
            }
            ask(&core, &client, &steps, &peer).await
        };
        let asked = tokio::select! {
            asked = asked => asked,
            _ = stop.changed() => return,
        };
        match asked {
            Ok(()) => retry_ms = RETRY_MS_MIN,
            Err(error) => {
                tracing::debug!(peer, %error, retry_ms, "nothing could be fetched, will be tried again");
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_millis(retry_ms)) => {}
                    _ = stop.changed() => return,
                }
                retry_ms = (retry_ms * 2).min(RETRY_MS_MAX);
            }
        }
    }
}

/// One question, and the answer to what it brought.
async fn ask(
    core: &Arc<Core>,
    client: &Client,
    steps: &Arc<Steps>,
    peer: &str,
) -> Result<(), PullError> {
    let network = core.network();
    let node = network
        .nodes
        .get(peer)
        .ok_or_else(|| PullError::Unknown(peer.to_owned()))?;
    let seen = {
        let (core, peer) = (Arc::clone(core), peer.to_owned());
        blocking(move || core.reader.inbox_seen(&peer).map_err(|e| store_refusal(&e))).await?
    };
    let pull = Pull {
        after: None,
        wait_ms: WAIT_MS,
        held: Some(sync::received_from(core, steps, peer, seen).await?),
        sent: Some(sync::delivered_to(core, steps, peer).await?),
    };
    let delivery: Delivery = client.post(&node.url, "/v1/peer/pull", &pull).await?;
    if delivery.entries.is_empty() {
        return Ok(());
    }
    let answer = intake::take(core, peer, delivery).await?;
    let _: serde_json::Value = client.post(&node.url, "/v1/peer/answers", &answer).await?;
    Ok(())
}

#[derive(Debug, thiserror::Error)]
enum PullError {
    #[error("`{0}` is not in the network's list")]
    Unknown(String),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Refusal(#[from] Refusal),
}
