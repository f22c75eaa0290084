//! What takes long: the whole-system tests that break things by chance, with more rounds than `verify` has time for.

use std::process::Command;

use crate::say;

/// Kills, where one does not say how many.
const KILLS: u32 = 500;

/// `torture [--kills N] [--seed N]`: prints the seed, by which the same run comes again.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let (mut kills, mut seed) = (KILLS, None);
    let mut rest = arguments.iter();
    while let Some(name) = rest.next() {
        let value = rest
            .next()
            .ok_or_else(|| format!("`{name}` wants a number"))?;
        match name.as_str() {
            "--kills" => kills = number(name, value)?,
            "--seed" => seed = Some(number::<u64>(name, value)?),
            other => return Err(format!("`{other}` is none of --kills, --seed")),
        }
    }
    say(&format!("{kills} kills of nodes under load"));
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
        .args(["kill::", "--nocapture"])
        .env("GARITA_TEST_KILLS", kills.to_string());
    if let Some(seed) = seed {
        command.env("GARITA_TEST_SEED", seed.to_string());
    }
    let status = command.status().map_err(|e| format!("cargo: {e}"))?;
    if status.success() {
        Ok(())
    } else {
        Err("something was lost, or is there twice; the seed is told above".to_owned())
    }
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, String> {
    value
        .parse()
        .map_err(|_| format!("`{name}` wants a number, not `{value}`"))
}
