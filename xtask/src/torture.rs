//! What takes long: the whole-system tests that break things by chance, with more rounds than `verify` has time for.

use std::process::Command;

use crate::say;

/// One thing that is broken again and again.
struct Suite {
    /// As one names it, and `--name N`.
    name: &'static str,
    /// The tests of it.
    filter: &'static str,
    /// Where the tests read how many.
    variable: &'static str,
    /// How many, where one does not say.
    amount: u32,
    /// What they are.
    what: &'static str,
}

const SUITES: &[Suite] = &[
    Suite {
        name: "kills",
        filter: "kill::",
        variable: "GARITA_TEST_KILLS",
        amount: 500,
        what: "kills of nodes under load",
    },
    Suite {
        name: "boundaries",
        filter: "boundaries::",
        variable: "GARITA_TEST_BOUNDARIES",
        amount: 0,
        what: "writes at which a node dies (0: at each one)",
    },
    Suite {
        name: "partitions",
        filter: "partition::whatever_links_do",
        variable: "GARITA_TEST_PARTITIONS",
        amount: 40,
        what: "schedules of broken links between processes",
    },
    Suite {
        name: "simulated",
        filter: "partition::a_hundred_short_schedules",
        variable: "GARITA_TEST_SIMULATED",
        amount: 1_000,
        what: "short schedules in one process",
    },
    Suite {
        name: "backlog",
        filter: "partition::a_backlog",
        variable: "GARITA_TEST_BACKLOG",
        amount: 100_000,
        what: "records queued for a node that is away",
    },
];

/// `torture [NAME…] [--NAME N] [--seed N]`: all suites, or those named; prints the seed, by which the same run comes again. A suite
/// whose number is given is named by it.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let mut chosen: Vec<(&Suite, u32)> = Vec::new();
    let mut seed = None;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let Some(option) = argument.strip_prefix("--") else {
            let suite = suite(argument)?;
            chosen.push((suite, suite.amount));
            continue;
        };
        let value = rest
            .next()
            .ok_or_else(|| format!("`{argument}` wants a number"))?;
        if option == "seed" {
            seed = Some(number::<u64>(argument, value)?);
        } else {
            chosen.push((suite(option)?, number(argument, value)?));
        }
    }
    if chosen.is_empty() {
        chosen.extend(SUITES.iter().map(|suite| (suite, suite.amount)));
    }
    let mut failed = Vec::new();
    for (suite, amount) in chosen {
        say(&format!("{amount} {}", suite.what));
        if !broken(suite, amount, seed)? {
            failed.push(suite.name);
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "something was lost, is there twice, or stood still ({}); the seed is told above",
            failed.join(", ")
        ))
    }
}

/// Runs one suite; whether all held.
fn broken(suite: &Suite, amount: u32, seed: Option<u64>) -> Result<bool, String> {
    let mut command = Command::new("cargo");
    command
        .args([
            "test",
            "--package",
            "garita",
            "--test",
            "it",
            "--locked",
            "--",
        ])
        .args([suite.filter, "--nocapture"])
        .env(suite.variable, amount.to_string());
    if let Some(seed) = seed {
        command.env("GARITA_TEST_SEED", seed.to_string());
    }
    let status = command.status().map_err(|e| format!("cargo: {e}"))?;
    Ok(status.success())
}

fn suite(name: &str) -> Result<&'static Suite, String> {
    SUITES
        .iter()
        .find(|suite| suite.name == name)
        .ok_or_else(|| {
            let names: Vec<&str> = SUITES.iter().map(|suite| suite.name).collect();
            format!(
                "`{name}` is none of {}, and none of them with `--` and a number, nor --seed",
                names.join(", ")
            )
        })
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, String> {
    value
        .parse()
        .map_err(|_| format!("`{name}` wants a number, not `{value}`"))
}
