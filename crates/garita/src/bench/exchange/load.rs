//! The load: signed records over HTTP by connections that stay open, each timed until its receipt and, where asked, until another
//! party sees it.
//!
//! `closed` keeps so many in flight and files the next when one is done; `paced` files by the clock, whatever the answers take, so that
//! a stall of the node is counted for every record that came meanwhile.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use reqwest::Client;
use serde_json::Value;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until, timeout};

use super::node::Filed;

/// A record that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(60);
/// Connections at once: processes may open a thousand files on many systems.
pub(super) const CONNECTIONS_MAX: usize = 512;
/// How often a node is asked how far it is.
const POLL: Duration = Duration::from_millis(5);

/// How a party reaches its node.
#[derive(Debug, Clone)]
pub(super) struct Door {
    client: Client,
    url: String,
    token: String,
    operator: String,
}

impl Door {
    /// `token` files; `operator` may know how much there is.
    pub(super) fn new(client: Client, url: &str, token: &str, operator: &str) -> Door {
        Door {
            client,
            url: url.to_owned(),
            token: token.to_owned(),
            operator: operator.to_owned(),
        }
    }

    /// Files a record; done when its receipt is here.
    pub(super) async fn file(&self, record: &Filed) -> Result<(), String> {
        let answer = self
            .client
            .post(format!("{}/v1/records", self.url))
            .bearer_auth(&self.token)
            .header("content-type", "application/json")
            .timeout(PATIENCE)
            .body(Bytes::clone(&record.body))
            .send()
            .await
            .map_err(|e| e.to_string())?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(|e| e.to_string())?;
        if status.as_u16() == 201 {
            Ok(())
        } else {
            let text = String::from_utf8_lossy(&body);
            Err(format!("a record was not taken: {status} {text}"))
        }
    }

    /// Waits until every delivery of this node is acknowledged, in its store.
    pub(super) async fn all_acknowledged(&self) -> Result<(), String> {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            let status = self.get("/v1/status").await?;
            let status: Value = serde_json::from_str(&status).map_err(|e| e.to_string())?;
            let pending = status.pointer("/deliveries/pending");
            if pending.and_then(Value::as_u64) == Some(0) {
                return Ok(());
            }
            sleep(POLL).await;
        }
        Err("deliveries are not acknowledged".to_owned())
    }

    /// Deliveries that wait for their acknowledgement.
    pub(super) async fn pending(&self) -> Result<u64, String> {
        let status = self.get("/v1/status").await?;
        let status: Value = serde_json::from_str(&status).map_err(|e| e.to_string())?;
        status
            .pointer("/deliveries/pending")
            .and_then(Value::as_u64)
            .ok_or_else(|| "the node does not say what is pending".to_owned())
    }

    /// Deliveries acknowledged since the node started. Costs the node nothing that grows with its store.
    pub(super) async fn delivered(&self) -> Result<u64, String> {
        let text = self.get("/metrics").await?;
        text.lines()
            .find_map(|line| line.strip_prefix("garita_deliveries_total "))
            .and_then(|number| number.trim().parse().ok())
            .ok_or_else(|| "the node does not say what it delivered".to_owned())
    }

    /// How long a backlog takes from the first acknowledgement to the last: seconds, and how many in them.
    pub(super) async fn drained(&self, before: u64, backlog: u64) -> Result<(f64, u64), String> {
        let mut first: Option<(Instant, u64)> = None;
        let (mut moved, mut last) = (Instant::now(), before);
        loop {
            let now = self.delivered().await?;
            if now > last {
                (moved, last) = (Instant::now(), now);
                first = first.or(Some((moved, now)));
            }
            if let Some((at, had)) = first
                && now >= before + backlog
            {
                return Ok((moved.duration_since(at).as_secs_f64(), now - had));
            }
            if moved.elapsed() > PATIENCE {
                return Err(format!(
                    "the backlog stands at {} of {backlog}",
                    last - before
                ));
            }
            sleep(POLL).await;
        }
    }

    async fn get(&self, path: &str) -> Result<String, String> {
        let request = self.client.get(format!("{}{path}", self.url));
        let request = request.bearer_auth(&self.operator);
        let answer = request.timeout(PATIENCE).send().await;
        let answer = answer.map_err(|e| e.to_string())?;
        answer.text().await.map_err(|e| e.to_string())
    }
}

/// What a party sees the moment it may: its stream of events.
#[derive(Debug)]
pub(super) struct Sight {
    awaited: Mutex<HashMap<String, oneshot::Sender<Instant>>>,
}

impl Sight {
    /// Opens the stream at what comes next. It ends with the runtime, or with the node.
    pub(super) async fn open(door: &Door) -> Result<Arc<Sight>, String> {
        let mut answer = door
            .client
            .get(format!("{}/v1/stream?cursor=now", door.url))
            .bearer_auth(&door.token)
            .send()
            .await
            .map_err(|e| e.to_string())?;
        if !answer.status().is_success() {
            return Err(format!("no stream: {}", answer.status()));
        }
        let sight = Arc::new(Sight {
            awaited: Mutex::default(),
        });
        let telling = Arc::clone(&sight);
        tokio::spawn(async move {
            let mut line: Vec<u8> = Vec::new();
            while let Ok(Some(chunk)) = answer.chunk().await {
                let at = Instant::now();
                for part in chunk.split_inclusive(|byte| *byte == b'\n') {
                    line.extend_from_slice(part);
                    if part.ends_with(b"\n") {
                        telling.tell(&line, at);
                        line.clear();
                    }
                }
            }
            // Whoever still waits learns that nothing comes any more.
            telling.lock().clear();
        });
        Ok(sight)
    }

    /// Says when a record is seen. Asked before the record is filed.
    fn expect(&self, id: &str) -> oneshot::Receiver<Instant> {
        let (sender, receiver) = oneshot::channel();
        self.lock().insert(id.to_owned(), sender);
        receiver
    }

    fn tell(&self, line: &[u8], at: Instant) {
        let Some(id) = seen(line) else { return };
        if let Some(awaiting) = self.lock().remove(id) {
            let _ = awaiting.send(at);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, oneshot::Sender<Instant>>> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The record of an event's line.
fn seen(line: &[u8]) -> Option<&str> {
    let line = std::str::from_utf8(line).ok()?.strip_prefix("data:")?;
    let (_, rest) = line.split_once("\"recordId\":\"")?;
    rest.split('"').next()
}

/// What a load took.
#[derive(Debug, Default)]
pub(super) struct Run {
    /// Records.
    pub(super) records: usize,
    /// From the first request to the last answer.
    pub(super) seconds: f64,
    /// Until each receipt, ms.
    pub(super) receipts_ms: Vec<f64>,
    /// Until each was seen, ms; empty where nobody looked.
    pub(super) visible_ms: Vec<f64>,
}

impl Run {
    /// Records a second.
    pub(super) fn rate(&self) -> f64 {
        self.records as f64 / self.seconds.max(1e-9)
    }

    fn add(&mut self, done: One) {
        self.records += 1;
        self.receipts_ms.push(done.receipt_ms);
        self.visible_ms.extend(done.visible_ms);
    }
}

struct One {
    receipt_ms: f64,
    visible_ms: Option<f64>,
}

async fn one(
    door: &Door,
    record: &Filed,
    sight: Option<&Sight>,
    began: Instant,
) -> Result<One, String> {
    let shown = sight.map(|sight| sight.expect(&record.id));
    door.file(record).await?;
    let receipt_ms = milliseconds(began.elapsed());
    let visible_ms = match shown {
        None => None,
        Some(shown) => {
            let at = timeout(PATIENCE, shown)
                .await
                .map_err(|_| "a record that was acknowledged is not seen".to_owned())?
                .map_err(|_| "the stream ended".to_owned())?;
            Some(milliseconds(at.saturating_duration_since(began)))
        }
    };
    Ok(One {
        receipt_ms,
        visible_ms,
    })
}

/// Keeps so many in flight. With `sight` a record is in flight until it has its receipt and is seen there.
pub(super) async fn closed(
    door: &Door,
    records: Vec<Filed>,
    in_flight: usize,
    sight: Option<&Arc<Sight>>,
) -> Result<Run, String> {
    let records = Arc::new(records);
    let next = Arc::new(AtomicUsize::new(0));
    let mut workers = JoinSet::new();
    let began = Instant::now();
    for _ in 0..in_flight {
        let (door, records, next) = (door.clone(), Arc::clone(&records), Arc::clone(&next));
        let sight = sight.map(Arc::clone);
        workers.spawn(async move {
            let mut done = Vec::new();
            while let Some(record) = records.get(next.fetch_add(1, Ordering::Relaxed)) {
                done.push(one(&door, record, sight.as_deref(), Instant::now()).await?);
            }
            Ok::<_, String>(done)
        });
    }
    let mut run = Run::default();
    while let Some(worker) = workers.join_next().await {
        let done = worker.map_err(|e| e.to_string())??;
        done.into_iter().for_each(|one| run.add(one));
    }
    run.seconds = began.elapsed().as_secs_f64();
    Ok(run)
}

/// Files so many a second, evenly, whether or not the ones before are answered. Tokio's clock has steps of a millisecond: what is due
/// within one goes together. Each is timed from then, also where it waits for a connection.
pub(super) async fn paced(
    door: &Door,
    records: Vec<Filed>,
    a_second: f64,
    sight: Option<&Arc<Sight>>,
) -> Result<Run, String> {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut under_way = JoinSet::new();
    let began = tokio::time::Instant::now();
    for (number, record) in records.into_iter().enumerate() {
        sleep_until(began + Duration::from_secs_f64(number as f64 / a_second.max(1e-3))).await;
        let (door, sight) = (door.clone(), sight.map(Arc::clone));
        let (places, due) = (Arc::clone(&places), Instant::now());
        under_way.spawn(async move {
            let _place = places.acquire_owned().await.map_err(|e| e.to_string())?;
            one(&door, &record, sight.as_deref(), due).await
        });
    }
    let mut run = Run::default();
    while let Some(done) = under_way.join_next().await {
        run.add(done.map_err(|e| e.to_string())??);
    }
    run.seconds = began.elapsed().as_secs_f64();
    Ok(run)
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_s_line_names_its_record_and_other_lines_none() {
        let line = br#"data: {"id":"0","data":{"recordId":"ni:///sha-256;28Jl","recordType":"X"}}"#;
        assert_eq!(seen(line), Some("ni:///sha-256;28Jl"));
        for other in [b"id: 0\n".as_slice(), b"event: record\n", b": \n", b"\xff"] {
            assert_eq!(seen(other), None);
        }
    }
}
