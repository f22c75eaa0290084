//! Listens to the live streams of the nodes, as their users do: what shows there is visible.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::sleep;

use super::cluster::Cluster;
use super::ledger::Ledger;

/// One or a few parties of each node; more would only add readers, not sightings.
pub(crate) const LISTENERS: [&str; 7] =
    ["cbp", "anam", "bridge", "mines", "lozano", "tocq", "huiz"];

/// Longest line of an event that is taken.
const LINE_BYTES_MAX: usize = 1 << 20;

/// Listens as one party until the task is ended, resuming by cursor.
pub(crate) async fn listen(cluster: Arc<Cluster>, ledger: Arc<Ledger>, party: &'static str) {
    let Some(access) = cluster.parties.get(party).cloned() else {
        return;
    };
    let mut cursor = String::new();
    loop {
        let query = if cursor.is_empty() {
            String::new()
        } else {
            format!("?cursor={cursor}")
        };
        let request = cluster
            .client
            .get(format!("{}/v1/stream{query}", access.url))
            .bearer_auth(&access.token)
            .header("accept", "text/event-stream");
        if let Ok(mut answer) = request.send().await
            && answer.status().is_success()
        {
            let mut held: Vec<u8> = Vec::new();
            while let Ok(Some(chunk)) = answer.chunk().await {
                held.extend_from_slice(&chunk);
                while let Some(end) = held.iter().position(|byte| *byte == b'\n') {
                    let line: Vec<u8> = held.drain(..=end).collect();
                    take(&line, &mut cursor, access.node, &ledger);
                }
                if held.len() > LINE_BYTES_MAX {
                    break;
                }
            }
        }
        sleep(Duration::from_millis(150)).await;
    }
}

fn take(line: &[u8], cursor: &mut String, node: usize, ledger: &Ledger) {
    let Ok(line) = std::str::from_utf8(line) else {
        return;
    };
    let line = line.trim_end();
    if let Some(id) = line.strip_prefix("id:") {
        *cursor = id.trim().to_owned();
    } else if let Some(data) = line.strip_prefix("data:")
        && let Ok(event) = serde_json::from_str::<Value>(data.trim_start())
        && let Some(id) = event.pointer("/data/recordId").and_then(Value::as_str)
    {
        ledger.seen(id, node);
    }
}
