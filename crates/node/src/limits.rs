//! How often something may be asked, counted in memory: a node that starts anew forgets, which harms nobody.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// What is counted is forgotten after so long.
const WINDOW_MS: i64 = 60_000;
/// Names counted at a time; beyond it, those whose window is over are dropped, and then all.
const NAMES_MAX: usize = 10_000;

/// Counts by name, in windows of a minute.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    counts: Mutex<HashMap<[u8; 32], (i64, u32)>>,
}

impl Limiter {
    /// Counts one more under a name, and says whether it is among the first `most` of its minute.
    pub(crate) fn allows(&self, name: [u8; 32], most: u32, now_ms: i64) -> bool {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= NAMES_MAX && !counts.contains_key(&name) {
            counts.retain(|_, (from_ms, _)| now_ms.saturating_sub(*from_ms) < WINDOW_MS);
            if counts.len() >= NAMES_MAX {
                counts.clear();
            }
        }
        let (from_ms, count) = counts.entry(name).or_insert((now_ms, 0));
        if now_ms.saturating_sub(*from_ms) >= WINDOW_MS {
            (*from_ms, *count) = (now_ms, 0);
        }
        *count = count.saturating_add(1);
        *count <= most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_each_minute_pass_and_names_do_not_share() {
        let limiter = Limiter::default();
        let (a, b) = ([1; 32], [2; 32]);
        assert!(limiter.allows(a, 2, 0) && limiter.allows(a, 2, 1));
        assert!(!limiter.allows(a, 2, 59_999));
        assert!(limiter.allows(b, 2, 59_999));
        assert!(limiter.allows(a, 2, 60_000));
    }

    #[test]
    fn memory_is_bounded() {
        let limiter = Limiter::default();
        for n in 0..(NAMES_MAX as u64 + 5) {
            let mut name = [0; 32];
            name[..8].copy_from_slice(&n.to_be_bytes());
            limiter.allows(name, 1, 0);
        }
        assert!(limiter.counts.lock().unwrap().len() <= NAMES_MAX);
    }
}
