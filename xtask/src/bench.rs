//! `cargo bench-all [AREA]`: the benchmarks, in release, with their peers and limits in the same run; `fuzz` is an area of its own.

use std::process::Command;

use crate::{fuzz, peers};

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
    let status = command.status().map_err(|e| format!("cargo: {e}"))?;
    if status.success() {
        Ok(())
    } else {
        Err("a benchmark did not finish".to_owned())
    }
}
