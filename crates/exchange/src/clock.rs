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
        /// How the hours before that moment pass; without it the clock stands until it starts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run_up: Option<RunUp>,
    },
}

/// Hours that pass quickly before a simulated day begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunUp {
    /// Real length, ms; at least 1 counts.
    pub real_ms: i64,
    /// Simulated length, ms.
    pub simulated_ms: i64,
}

impl RunUp {
    fn speed(self) -> f64 {
        self.simulated_ms.max(0) as f64 / self.real_ms.max(1) as f64
    }
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
                run_up,
            } => {
                let elapsed_ms = real_ms.saturating_sub(real_start_ms);
                let passed_ms = match run_up {
                    Some(run_up) if elapsed_ms < 0 => {
                        let first_ms = run_up.real_ms.max(1).saturating_neg();
                        elapsed_ms.max(first_ms) as f64 * run_up.speed()
                    }
                    _ => elapsed_ms.max(0) as f64 * speed,
                };
                simulated_start_ms.saturating_add(passed_ms as i64)
            }
        }
    }

    /// The real instant at which business time is `at_ms`, ms since 1970; the first one where time stood still.
    pub fn real_ms_at(&self, at_ms: i64) -> i64 {
        match *self {
            Self::System => at_ms,
            Self::Simulated {
                real_start_ms,
                simulated_start_ms,
                speed,
                run_up,
            } => {
                let wanted_ms = at_ms.saturating_sub(simulated_start_ms);
                let real_ms = match run_up {
                    Some(run_up) if wanted_ms < 0 => {
                        let real_ms = wanted_ms as f64 / run_up.speed().max(0.001);
                        real_ms.max(run_up.real_ms.max(1).saturating_neg() as f64)
                    }
                    _ => wanted_ms.max(0) as f64 / speed.max(0.001),
                };
                real_start_ms.saturating_add(real_ms as i64)
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
            run_up: None,
        };
        assert_eq!(clock.at_real_ms(500), 50_000);
        assert_eq!(clock.at_real_ms(1_000), 50_000);
        assert_eq!(clock.at_real_ms(2_000), 170_000);
    }

    #[test]
    fn the_hours_before_the_day_pass_quickly_and_both_ways_agree() {
        let clock = Clock::Simulated {
            real_start_ms: 100_000,
            simulated_start_ms: 50_000_000,
            speed: 120.0,
            run_up: Some(RunUp {
                real_ms: 10_000,
                simulated_ms: 10_800_000,
            }),
        };
        for (real_ms, business_ms) in [
            (90_000, 39_200_000),
            (95_000, 44_600_000),
            (100_000, 50_000_000),
            (101_000, 50_120_000),
        ] {
            assert_eq!(clock.at_real_ms(real_ms), business_ms);
            assert_eq!(clock.real_ms_at(business_ms), real_ms);
        }
        assert_eq!(clock.at_real_ms(1), 39_200_000);
        assert_eq!(clock.real_ms_at(1), 90_000);
        let text = serde_json::to_string(&clock).unwrap();
        assert_eq!(serde_json::from_str::<Clock>(&text).unwrap(), clock);
    }
}
