//! The ledger of minutes: what each step of `verify` took, against what it may take from nothing on two cores.

use std::time::{Duration, Instant};

use crate::say;

/// Minutes each area may take from nothing on two cores (issue 2, acceptance 6: 30 in all; the end cap is 45).
const BUDGET_MIN: &[(&str, u64)] = &[
    ("tidy", 1),
    ("format", 1),
    ("clippy", 8),
    ("tests", 14),
    ("profiles", 2),
    ("oracles", 8),
    ("servers", 3),
];

/// Steps done so far.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    rows: Vec<(String, Duration)>,
}

impl Ledger {
    /// Runs a step and writes down what it took, also when it fails.
    pub(crate) fn step(
        &mut self,
        name: &str,
        work: impl FnOnce() -> Result<(), String>,
    ) -> Result<(), String> {
        say(&format!("== {name}"));
        let start = Instant::now();
        let result = work();
        self.rows.push((name.to_owned(), start.elapsed()));
        result.map_err(|e| format!("{name}: {e}"))
    }

    /// Prints the ledger. A step over its budget is told, never failed: no test asserts a time.
    pub(crate) fn print(&self) {
        say("\nminutes (budget from nothing on two cores)");
        for (name, took) in &self.rows {
            let minutes = took.as_secs_f64() / 60.0;
            let budget = BUDGET_MIN.iter().find(|(area, _)| area == name);
            let note = match budget {
                Some((_, most)) if minutes > *most as f64 => " over",
                Some(_) | None => "",
            };
            let most = budget.map_or_else(String::new, |(_, m)| format!("{m:>3}"));
            say(&format!("{name:<10} {minutes:>6.1} {most}{note}"));
        }
    }
}
