//! `cargo verify`: everything that must hold on main.

use std::process::{Command, Stdio};

use crate::ledger::Ledger;
use crate::oracles::Which;
use crate::{install, oracles, say, tidy};

/// Runs all steps in the order in which they fail fastest.
pub(crate) fn run() -> Result<(), String> {
    let mut ledger = Ledger::default();
    let result = steps(&mut ledger);
    ledger.print();
    result
}

/// The oracles alone: all, or those named.
pub(crate) fn oracles(names: &[String]) -> Result<(), String> {
    let which = match Which::from_environment() {
        Which::Changed => Which::All,
        asked => asked,
    };
    oracles::run(names, which)
}

fn steps(ledger: &mut Ledger) -> Result<(), String> {
    ledger.step("tidy", tidy::run)?;
    ledger.step("format", || cargo(&["fmt", "--all", "--check"]))?;
    ledger.step("servers", install::run)?;
    ledger.step("clippy", || {
        cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "--deny",
            "warnings",
        ])
    })?;
    ledger.step("tests", tests)?;
    ledger.step("profiles", profiles)?;
    ledger.step("oracles", || oracles::run(&[], Which::from_environment()))?;
    say("\nverified");
    Ok(())
}

/// All programs together: one may stand on another.
fn profiles() -> Result<(), String> {
    let mut folders: Vec<String> = std::fs::read_dir("profiles")
        .map_err(|e| format!("profiles/ cannot be read: {e}"))?
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join("profile.yaml").is_file())
        .map(|entry| entry.path().to_string_lossy().into_owned())
        .collect();
    folders.sort();
    product()?;
    let status = Command::new(BINARY)
        .args(["profile", "check"])
        .args(&folders)
        .status()
        .map_err(|e| format!("{BINARY}: {e}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{BINARY} profile check` failed"))
    }
}

/// Where [`product`] leaves the binary.
pub(crate) const BINARY: &str = "target/debug/garita";

/// Builds the binary as the tests build it: another selection of packages has other features of the same crates, and all that stands on
/// them would be compiled twice.
pub(crate) fn product() -> Result<(), String> {
    cargo(&[
        "build",
        "--workspace",
        "--locked",
        "--quiet",
        "--bin",
        "garita",
        "--test",
        "it",
    ])
}

/// nextest where it is, cargo's own runner else: a newcomer's machine has no nextest.
fn tests() -> Result<(), String> {
    let has_nextest = Command::new("cargo")
        .args(["nextest", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success());
    if has_nextest {
        cargo(&[
            "nextest",
            "run",
            "--workspace",
            "--locked",
            "--no-fail-fast",
        ])?;
        cargo(&["test", "--workspace", "--doc", "--locked", "--quiet"])
    } else {
        cargo(&["test", "--workspace", "--locked", "--no-fail-fast"])
    }
}

fn cargo(arguments: &[&str]) -> Result<(), String> {
    let status = Command::new("cargo")
        .args(arguments)
        .status()
        .map_err(|e| format!("cargo: {e}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`cargo {}` failed", arguments.join(" ")))
    }
}
