//! A node whose log goes on under another origin or key asks for its place on the network's list, until it has it.
//!
//! Until then others cannot open its checkpoints: what they deliver waits with them. Its own records go out all the same.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use garita_exchange::client::{Client, ClientError};
use garita_exchange::epoch;
use garita_exchange::governance::LogContinues;
use garita_exchange::submit;
use garita_exchange::wire::GovernanceFeed;
use serde_json::Value;

use crate::config::{self, ConfigError};
use crate::server::App;

/// What waits to be put on the list, beside `node.json`.
const PENDING: &str = "log-continues.json";
/// How long between two tries.
const RETRY: Duration = Duration::from_secs(1);

/// Writes down that the log goes on: asked for when the node starts.
///
/// # Errors
/// When the file cannot be written.
pub fn write(data: &Path, continues: &LogContinues) -> Result<(), ConfigError> {
    let text = serde_json::to_string_pretty(continues).unwrap_or_default();
    config::write_file(&data.join(PENDING), &text)
}

/// Begins to ask, where something waits.
pub(crate) fn start(app: &Arc<App>) {
    let path = app.data().join(PENDING);
    if !path.exists() {
        return;
    }
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let mut stop = app.exchange().stopping();
        loop {
            match round(&app, &path).await {
                Ok(()) => return,
                Err(why) => tracing::warn!(
                    why,
                    "the network's list does not name this node's log yet; asking again"
                ),
            }
            tokio::select! {
                () = tokio::time::sleep(RETRY) => {}
                _ = stop.changed() => return,
            }
        }
    });
}

async fn round(app: &Arc<App>, path: &PathBuf) -> Result<(), String> {
    let core = app.core();
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    let continues: LogContinues = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let http = Client::new(&core.identity.did, Arc::clone(&core.identity.key))
        .map_err(|e| e.to_string())?;
    // First what the others know of the list: a copy's is older, and an entry beside it would fork the chain.
    let (mut reached, mut silent) = (0, Vec::new());
    for node in core.network().nodes.values() {
        if node.did == core.identity.did {
            continue;
        }
        let after = core.network().head.unwrap_or(0);
        let feed: Result<GovernanceFeed, ClientError> = http
            .get(&node.url, &format!("/v1/governance?after={after}"))
            .await;
        match feed {
            Ok(feed) => {
                reached += 1;
                core.govern(feed.entries).await.map_err(|e| e.to_string())?;
            }
            Err(error) => silent.push(format!("{}: {error}", node.name)),
        }
    }
    let log_key = submit::log_verifier_key(core);
    let listed = |app: &App| {
        let network = app.core().network();
        let node = network.nodes.get(&app.core().identity.did);
        node.is_some_and(|node| node.log_key == log_key)
    };
    if !listed(app) {
        let alone = core.network().nodes.len() <= 1;
        if app.authority().is_some() && (reached > 0 || alone) {
            let document = asked(app, &log_key, &continues)?;
            super::api::epochs::list(app, &document)
                .await
                .map_err(|e| e.to_string())?;
        } else if app.authority().is_none() {
            for node in core.network().nodes.values() {
                if node.did == core.identity.did {
                    continue;
                }
                let document = asked(app, &log_key, &continues)?;
                match http
                    .post::<Value>(&node.url, "/v1/peer/log-epochs", &document)
                    .await
                {
                    Ok(answer) => {
                        let entries = answer.get("entries").and_then(Value::as_array).cloned();
                        core.govern(entries.unwrap_or_default())
                            .await
                            .map_err(|e| e.to_string())?;
                        break;
                    }
                    Err(error) => silent.push(format!("{}: {error}", node.name)),
                }
            }
        }
    }
    if !listed(app) {
        return Err(silent.join("; "));
    }
    tracing::warn!(
        origin = core.identity.origin,
        epoch = continues.epoch,
        lost = epoch::lost(&continues),
        "this node's log goes on as the network's list says"
    );
    std::fs::remove_file(path).map_err(|e| e.to_string())
}

fn asked(app: &App, log_key: &str, continues: &LogContinues) -> Result<Value, String> {
    let core = app.core();
    let now_ms = core.clock.now_ms();
    epoch::ask(&core.network(), &core.identity, log_key, continues, now_ms)
        .map_err(|e| e.to_string())
}
