//! The one clock of a node, injected everywhere.
//!
//! Occurred, logged and due times come from here; TLS, request windows, tokens and latency use [`real_now_ms`].

use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Where a node's business time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Clock {
    /// The machine's own.
    #[default]
    System,
    /// The demo's: all nodes compute the same instant from the same three numbers.
    Simulated {
        /// Real instant at which the demo began, ms since 1970.
        real_start_ms: i64,
        /// Simulated instant at that moment, ms since 1970.
        simulated_start_ms: i64,
        /// Simulated milliseconds for each real one.
        speed: f64,
    },
}

impl Clock {
    /// Business time, ms since 1970 UTC.
    pub fn now_ms(&self) -> i64 {
        self.at_real_ms(real_now_ms())
    }

    /// Business time at a real instant.
    pub fn at_real_ms(&self, real_ms: i64) -> i64 {
        match *self {
            Self::System => real_ms,
            Self::Simulated {
                real_start_ms,
                simulated_start_ms,
                speed,
            } => {
                let elapsed = real_ms.saturating_sub(real_start_ms).max(0) as f64;
                simulated_start_ms.saturating_add((elapsed * speed) as i64)
            }
        }
    }

    /// Simulated milliseconds for each real one; 1 for the machine's clock.
    pub fn speed(&self) -> f64 {
        match *self {
            Self::System => 1.0,
            Self::Simulated { speed, .. } => speed,
        }
    }
}

/// The machine's clock, ms since 1970 UTC; 0 where it stands before 1970.
pub fn real_now_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|d| i64::try_from(d.as_millis()).ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simulated_time_runs_at_its_speed_and_never_before_its_start() {
        let clock = Clock::Simulated {
            real_start_ms: 1_000,
            simulated_start_ms: 50_000,
            speed: 120.0,
        };
        assert_eq!(clock.at_real_ms(500), 50_000);
        assert_eq!(clock.at_real_ms(1_000), 50_000);
        assert_eq!(clock.at_real_ms(2_000), 170_000);
    }
}
