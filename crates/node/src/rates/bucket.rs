//! A token bucket for each name, in bounded memory (the generic cell rate algorithm: one instant a name).
//!
//! What is kept of a name is until when its debt lasts. What it asks for is added; as long as the debt is smaller than the bucket, more is
//! given. So one large thing always passes, and whoever asked for it waits afterwards. Who is forgotten has a full bucket again: names lie
//! in two halves, and when the newer one is full, the older one, in which are those that asked least lately, is dropped.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What a bucket belongs to, hashed.
pub(crate) type Name = [u8; 32];

/// Names of one kind that are remembered. Who has so many addresses has as many buckets anyway.
const NAMES_MAX: usize = 32_768;

/// How often something may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rate {
    /// So much a second for good; more than 0.
    pub a_second: f64,
    /// So much at once after a pause; at least 1.
    pub burst: u32,
}

impl Rate {
    /// Whether it can be kept: a finite number of things a second, and room for one.
    pub fn is_sound(&self) -> bool {
        self.a_second.is_finite() && self.a_second >= 0.001 && self.burst >= 1
    }

    /// The time in which so much comes back.
    fn time(&self, cost: u32) -> Duration {
        Duration::try_from_secs_f64(f64::from(cost) / self.a_second).unwrap_or(Duration::MAX)
    }
}

/// Buckets of one kind.
#[derive(Debug)]
pub(crate) struct Buckets {
    rate: Rate,
    held: Mutex<Held>,
}

/// Until when each name's debt lasts, since the start.
#[derive(Debug, Default)]
struct Held {
    newer: HashMap<Name, Duration>,
    older: HashMap<Name, Duration>,
}

impl Buckets {
    pub(crate) fn new(rate: Rate) -> Self {
        Self {
            rate,
            held: Mutex::default(),
        }
    }

    /// Takes `cost` out of a name's bucket at `now` since the start; nothing where it is empty, and then after how long something is in it.
    pub(crate) fn take(&self, name: Name, cost: u32, now: Duration) -> Result<(), Duration> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let until = held.until(&name).max(now);
        let answer = self.left(until, now);
        let until = match answer {
            Ok(()) => until.saturating_add(self.rate.time(cost)),
            Err(_) => until,
        };
        held.keep(name, until);
        answer
    }

    /// Whether something is in a name's bucket; else after how long.
    pub(crate) fn look(&self, name: &Name, now: Duration) -> Result<(), Duration> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        self.left(held.until(name).max(now), now)
    }

    /// Whether a name has asked lately.
    pub(crate) fn knows(&self, name: &Name) -> bool {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.newer.contains_key(name) || held.older.contains_key(name)
    }

    fn left(&self, until: Duration, now: Duration) -> Result<(), Duration> {
        // The debt at which exactly one is left in the bucket.
        let most = self.rate.time(self.rate.burst.saturating_sub(1));
        let debt = until.saturating_sub(now);
        if debt <= most {
            Ok(())
        } else {
            Err(debt.saturating_sub(most))
        }
    }
}

impl Held {
    fn until(&self, name: &Name) -> Duration {
        let found = self.newer.get(name).or_else(|| self.older.get(name));
        found.copied().unwrap_or_default()
    }

    fn keep(&mut self, name: Name, until: Duration) {
        self.older.remove(&name);
        self.newer.insert(name, until);
        if self.newer.len() >= NAMES_MAX / 2 {
            self.older = std::mem::take(&mut self.newer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Name = [1; 32];
    const B: Name = [2; 32];

    fn buckets(a_second: f64, burst: u32) -> Buckets {
        Buckets::new(Rate { a_second, burst })
    }

    fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_burst_passes_then_as_much_as_comes_back() {
        let buckets = buckets(2.0, 3);
        for _ in 0..3 {
            assert_eq!(buckets.take(A, 1, at(0)), Ok(()));
        }
        assert_eq!(buckets.take(A, 1, at(0)), Err(at(500)));
        assert_eq!(buckets.take(A, 1, at(499)), Err(at(1)));
        assert_eq!(buckets.take(A, 1, at(500)), Ok(()));
        assert!(buckets.take(A, 1, at(999)).is_err(), "half a second each");
        // A pause fills it, and no more than to the brim.
        for _ in 0..3 {
            assert_eq!(buckets.take(A, 1, at(60_000)), Ok(()));
        }
        assert!(buckets.take(A, 1, at(60_000)).is_err());
    }

    #[test]
    fn who_is_refused_loses_nothing_and_names_do_not_share() {
        let buckets = buckets(1.0, 1);
        assert_eq!(buckets.take(A, 1, at(0)), Ok(()));
        for ms in 1..1_000 {
            assert!(buckets.take(A, 1, at(ms)).is_err());
        }
        assert_eq!(buckets.take(A, 1, at(1_000)), Ok(()));
        assert_eq!(buckets.take(B, 1, at(1)), Ok(()));
    }

    #[test]
    fn one_large_thing_passes_and_is_paid_for_afterwards() {
        let buckets = buckets(10.0, 10);
        assert_eq!(buckets.take(A, 100, at(0)), Ok(()));
        assert_eq!(buckets.take(A, 1, at(0)), Err(at(9_100)));
        assert_eq!(buckets.look(&A, at(9_099)), Err(at(1)));
        assert_eq!(buckets.take(A, 1, at(9_100)), Ok(()));
    }

    #[test]
    fn looking_takes_nothing() {
        let buckets = buckets(1.0, 1);
        for _ in 0..5 {
            assert_eq!(buckets.look(&A, at(0)), Ok(()));
        }
        assert!(!buckets.knows(&A));
        assert_eq!(buckets.take(A, 1, at(0)), Ok(()));
        assert!(buckets.knows(&A) && buckets.look(&A, at(0)).is_err());
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_go() {
        let buckets = buckets(0.001, 1);
        let name = |n: u64| {
            let mut name = [0; 32];
            name[..8].copy_from_slice(&n.to_be_bytes());
            name
        };
        let last = 3 * NAMES_MAX as u64;
        for n in 0..=last {
            assert_eq!(buckets.take(name(n), 1, at(0)), Ok(()), "{n}");
            // Who goes on asking is never forgotten.
            if n > 0 {
                assert!(buckets.take(name(0), 1, at(0)).is_err(), "{n}");
            }
        }
        let held = buckets.held.lock().unwrap();
        assert!(held.newer.len() + held.older.len() <= NAMES_MAX);
        drop(held);
        assert!(buckets.knows(&name(last)) && buckets.knows(&name(0)));
        assert!(!buckets.knows(&name(1)), "the oldest is forgotten");
    }

    #[test]
    fn what_cannot_be_kept_is_no_rate() {
        for (a_second, burst, sound) in [
            (1.0, 1, true),
            (0.001, 1, true),
            (0.0, 1, false),
            (-1.0, 1, false),
            (f64::NAN, 1, false),
            (f64::INFINITY, 1, false),
            (1.0, 0, false),
        ] {
            assert_eq!(
                Rate { a_second, burst }.is_sound(),
                sound,
                "{a_second} {burst}"
            );
        }
    }
}
