//! Counters of one node, without a label that could name a case, a party or a record.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counters since start.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Records sequenced here as home.
    pub issued: AtomicU64,
    /// Records (and views) taken from peers.
    pub received: AtomicU64,
    /// Commits of the sequencer.
    pub commits: AtomicU64,
    /// Microseconds the sequencer spent in commits.
    pub commit_us: AtomicU64,
    /// Microseconds the sequencer spent in all.
    pub sequence_us: AtomicU64,
    /// Deliveries acknowledged by peers.
    pub delivered: AtomicU64,
    /// Delivery requests that failed and were tried again.
    pub delivery_retries: AtomicU64,
    /// Others' logs that contradicted themselves.
    pub log_violations: AtomicU64,
    /// Comparisons with a peer by which one side lacked what it should have.
    pub divergences: AtomicU64,
    /// Records that were had or given again after one.
    pub divergence_records: AtomicU64,
    /// Files of which a peer gave other bytes, or more than it said.
    pub file_violations: AtomicU64,
    refused: Mutex<BTreeMap<String, u64>>,
}

impl Metrics {
    /// Adds one.
    pub fn add(counter: &AtomicU64, n: u64) {
        counter.fetch_add(n, Ordering::Relaxed);
    }

    /// Counts a refusal by code.
    pub fn refuse(&self, code: &str) {
        if let Ok(mut refused) = self.refused.lock() {
            *refused.entry(code.to_owned()).or_insert(0) += 1;
        }
    }

    /// Refusals by code.
    pub fn refused(&self) -> BTreeMap<String, u64> {
        self.refused.lock().map(|r| r.clone()).unwrap_or_default()
    }
}
