//! What the demo saw happen: who acknowledged what when, what was refused, who was down. Times are real, on this machine.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Most unexpected refusals that are told one by one.
const UNEXPECTED_MAX: usize = 20;

/// A record that a node acknowledged.
#[derive(Debug, Clone, Copy)]
struct Sent {
    home: usize,
    started: Instant,
    answered: Instant,
    paced: bool,
}

#[derive(Debug, Default)]
struct Inner {
    sent: HashMap<String, Sent>,
    seen: HashMap<String, BTreeMap<usize, Instant>>,
    ids: HashMap<String, String>,
    refused: BTreeMap<String, u64>,
    unexpected: Vec<Value>,
    unexpected_count: u64,
    misfortunes: Vec<Value>,
    down: Vec<(usize, Instant, Option<Instant>)>,
    retries: u64,
    trucks: u64,
}

/// Shared by all that happens.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<Inner>);

/// Latencies in the half and in the slowest hundredth, milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Latency {
    /// Measurements.
    pub(crate) count: usize,
    /// Half were faster.
    pub(crate) p50_ms: f64,
    /// All but one in a hundred were faster.
    pub(crate) p99_ms: f64,
    /// The slowest.
    pub(crate) max_ms: f64,
}

impl Latency {
    /// Of durations.
    pub(crate) fn of(mut all: Vec<Duration>) -> Latency {
        all.sort_unstable();
        let at = |share: f64| {
            let rank = ((all.len() as f64 * share).ceil() as usize).saturating_sub(1);
            all.get(rank).map_or(0.0, |duration| {
                (duration.as_secs_f64() * 10_000.0).round() / 10.0
            })
        };
        Latency {
            count: all.len(),
            p50_ms: at(0.5),
            p99_ms: at(0.99),
            max_ms: at(1.0),
        }
    }

    /// As a member of the account.
    pub(crate) fn json(self) -> Value {
        json!({ "count": self.count, "p50_ms": self.p50_ms, "p99_ms": self.p99_ms, "max_ms": self.max_ms })
    }
}

/// Latencies of a run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Latencies {
    /// Request to answer.
    pub(crate) durable: Latency,
    /// Request to the first stream of another node, over nodes that were up.
    pub(crate) visible: Latency,
    /// Request to answer while the bridge was filled at the start.
    pub(crate) durable_warm_up: Latency,
    /// The same to visible.
    pub(crate) visible_warm_up: Latency,
    /// Sightings left out since sender or receiver was down.
    pub(crate) left_out: usize,
}

impl Ledger {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A record is acknowledged by its home; `name` is what later steps call it.
    pub(crate) fn acknowledged(
        &self,
        name: &str,
        id: &str,
        home: usize,
        started: Instant,
        paced: bool,
    ) {
        let mut inner = self.lock();
        inner.ids.insert(name.to_owned(), id.to_owned());
        inner.sent.entry(id.to_owned()).or_insert(Sent {
            home,
            started,
            answered: Instant::now(),
            paced,
        });
    }

    /// The id of a record by name.
    pub(crate) fn id(&self, name: &str) -> Option<String> {
        self.lock().ids.get(name).cloned()
    }

    /// A node's stream shows a record.
    pub(crate) fn seen(&self, id: &str, node: usize) {
        self.lock()
            .seen
            .entry(id.to_owned())
            .or_default()
            .entry(node)
            .or_insert_with(Instant::now);
    }

    /// Something was refused.
    pub(crate) fn refused(&self, code: &str) {
        *self.lock().refused.entry(code.to_owned()).or_default() += 1;
    }

    /// Something was refused, or logged, that should not have been.
    pub(crate) fn unexpected(&self, what: Value) {
        let mut inner = self.lock();
        inner.unexpected_count += 1;
        if inner.unexpected.len() < UNEXPECTED_MAX {
            inner.unexpected.push(what);
        }
    }

    /// A misfortune is over.
    pub(crate) fn misfortune(&self, what: Value) {
        self.lock().misfortunes.push(what);
    }

    /// A node goes down.
    pub(crate) fn down(&self, node: usize) {
        self.lock().down.push((node, Instant::now(), None));
    }

    /// A node has caught up.
    pub(crate) fn caught_up(&self, node: usize) {
        for (known, _, until) in &mut self.lock().down {
            if *known == node && until.is_none() {
                *until = Some(Instant::now());
            }
        }
    }

    /// A request is made again.
    pub(crate) fn retried(&self) {
        self.lock().retries += 1;
    }

    /// A truck's first record is filed.
    pub(crate) fn truck(&self) {
        self.lock().trucks += 1;
    }

    /// Trucks and acknowledged records so far.
    pub(crate) fn counts(&self) -> (u64, usize) {
        let inner = self.lock();
        (inner.trucks, inner.sent.len())
    }

    /// Acknowledged records that were answered after an instant.
    pub(crate) fn answered_after(&self, from: Instant) -> usize {
        self.lock()
            .sent
            .values()
            .filter(|sent| sent.answered >= from)
            .count()
    }

    /// Latencies so far.
    pub(crate) fn latencies(&self) -> Latencies {
        let inner = self.lock();
        let touched = |node: usize, from: Instant, to: Instant| {
            inner.down.iter().any(|(down, start, end)| {
                *down == node && to >= *start && end.is_none_or(|end| from <= end)
            })
        };
        let (mut durable, mut visible) = (Vec::new(), Vec::new());
        let (mut durable_warm_up, mut visible_warm_up) = (Vec::new(), Vec::new());
        let mut left_out = 0;
        for (id, sent) in &inner.sent {
            if touched(sent.home, sent.started, sent.answered) {
                left_out += 1;
                continue;
            }
            let took = sent.answered.duration_since(sent.started);
            if sent.paced {
                durable.push(took)
            } else {
                durable_warm_up.push(took)
            }
            for (node, at) in inner.seen.get(id).into_iter().flatten() {
                if *node == sent.home {
                    continue;
                }
                if touched(*node, sent.started, *at) || touched(sent.home, sent.started, *at) {
                    left_out += 1;
                    continue;
                }
                let took = at.saturating_duration_since(sent.started);
                if sent.paced {
                    visible.push(took)
                } else {
                    visible_warm_up.push(took)
                }
            }
        }
        Latencies {
            durable: Latency::of(durable),
            visible: Latency::of(visible),
            durable_warm_up: Latency::of(durable_warm_up),
            visible_warm_up: Latency::of(visible_warm_up),
            left_out,
        }
    }

    /// What the account takes over as it stands.
    pub(crate) fn told(&self) -> Value {
        let inner = self.lock();
        json!({
            "refused": inner.refused,
            "unexpected": { "count": inner.unexpected_count, "first": inner.unexpected },
            "misfortunes": inner.misfortunes,
            "retries": inner.retries,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_leave_out_who_was_down() {
        let ledger = Ledger::default();
        let start = Instant::now();
        ledger.acknowledged("a/manifest", "ni:1", 0, start, true);
        ledger.seen("ni:1", 1);
        ledger.seen("ni:1", 0);
        ledger.down(2);
        ledger.seen("ni:1", 2);
        let found = ledger.latencies();
        assert_eq!(
            (found.durable.count, found.visible.count, found.left_out),
            (1, 1, 1)
        );
        assert_eq!(ledger.id("a/manifest").as_deref(), Some("ni:1"));
    }

    #[test]
    fn a_hundredth_is_a_hundredth() {
        let all = (1..=200).map(Duration::from_millis).collect();
        let found = Latency::of(all);
        assert_eq!(
            (found.p50_ms, found.p99_ms, found.max_ms),
            (100.0, 198.0, 200.0)
        );
        assert_eq!(Latency::of(Vec::new()), Latency::default());
    }
}
