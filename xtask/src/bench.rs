//! `cargo bench-all [AREA]`: the benchmarks, in release, with their peers and limits in the same run.

use std::process::Command;

/// Runs the binary's own benchmarks.
pub(crate) fn run(areas: &[String]) -> Result<(), String> {
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
