//! `cargo bench-all credential`: after our figures those of other implementations, on the same record in the same minutes.
//!
//! `peers/` is a workspace of its own, for what it drags in; `peers/README.md` says what is measured. A peer that cannot be had is named.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::say;

const WORK: &str = "target/peers";
const BINARY: &str = "target/release/garita";
/// What a holder shows: the part that `garita bench credential` shows of its record.
const REVEALED: &[&str] = &[
    "/credentialSubject/id",
    "/credentialSubject/type",
    "/credentialSubject/scac",
];

/// A step as the peers name it, and how a figure of ours begins and ends that measures the same.
const STEPS: &[(&str, &str, &str)] = &[
    ("JSON-LD to canonical N-Quads", "canonical N-Quads", ""),
    ("eddsa-rdfc-2022 sign", "eddsa-rdfc-2022", " sign"),
    ("eddsa-rdfc-2022 verify", "eddsa-rdfc-2022", " verify"),
    ("ecdsa-sd-2023 create", "ecdsa-sd-2023", " create"),
    ("ecdsa-sd-2023 derive", "ecdsa-sd-2023", " derive"),
    ("ecdsa-sd-2023 verify", "ecdsa-sd-2023", " verify derived"),
    ("bbs-2023 verify", "bbs-2023", " verify derived"),
];

/// Measures ours, then each peer, and prints how many times longer each takes.
pub(crate) fn run() -> Result<(), String> {
    fs::create_dir_all(WORK).map_err(|e| format!("{WORK}: {e}"))?;
    let record = Path::new(WORK).join("record.json");
    said(
        Command::new("cargo").args(["build", "--release", "--locked", "--package", "garita"]),
        Stdio::inherit(),
    )?;
    let ours = said(
        Command::new(BINARY)
            .args(["bench", "credential", "--json", "--record-out"])
            .arg(&record),
        Stdio::inherit(),
    )?;
    let ours = figures(&ours);
    for (name, value) in &ours {
        say(&format!("{name:<72} {value}"));
    }
    peer("ssi", rust(&record), &ours);
    peer("JavaScript", javascript(&record), &ours);
    Ok(())
}

/// The Rust library `ssi`: some 400 crates, several minutes the first time.
fn rust(record: &Path) -> Result<String, String> {
    said(
        Command::new("cargo").args([
            "build",
            "--release",
            "--locked",
            "--quiet",
            "--manifest-path",
            "peers/Cargo.toml",
            "--target-dir",
            "peers/target",
        ]),
        Stdio::inherit(),
    )?;
    said(
        Command::new("peers/target/release/peers")
            .arg(record)
            .args(REVEALED),
        Stdio::inherit(),
    )
}

/// Digital Bazaar's libraries under Node.
fn javascript(record: &Path) -> Result<String, String> {
    const FOLDER: &str = "peers/js";
    let (pins, held) = (
        fs::read(format!("{FOLDER}/package-lock.json")).map_err(|e| e.to_string())?,
        Path::new(WORK).join("js.pins"),
    );
    let installed = Path::new(FOLDER).join("node_modules").exists()
        && fs::read(&held).is_ok_and(|old| old == pins);
    if !installed {
        said(
            Command::new("npm")
                .args(["ci", "--silent", "--ignore-scripts"])
                .current_dir(FOLDER),
            Stdio::null(),
        )?;
        fs::write(&held, pins).map_err(|e| e.to_string())?;
    }
    said(
        Command::new("node")
            .arg(format!("{FOLDER}/bench.mjs"))
            .arg(record)
            .args(REVEALED),
        Stdio::inherit(),
    )
}

/// What a peer measured, beside ours.
fn peer(name: &str, told: Result<String, String>, ours: &[(String, f64)]) {
    let theirs = match told {
        Ok(told) => figures(&told),
        Err(why) => return say(&format!("\n{name}: not measured: {why}")),
    };
    say(&format!("\n{name}: µs, ours, times ours"));
    for (step, value) in &theirs {
        let same = STEPS.iter().find(|(theirs, ..)| theirs == step);
        let own = same.and_then(|(_, begin, end)| {
            ours.iter()
                .find(|(name, _)| name.starts_with(begin) && name.ends_with(end))
                .map(|(_, value)| *value)
        });
        match own {
            Some(own) if own > 0.0 => {
                say(&format!(
                    "{step:<40} {value:>12} {own:>10} {:>8.1}",
                    value / own
                ));
            }
            Some(_) | None => say(&format!("{step:<40} {value:>12}")),
        }
    }
}

/// What a program wrote to stdout.
fn said(command: &mut Command, talk: Stdio) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .stderr(talk)
        .output()
        .map_err(|e| format!("{program}: {e}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{program}: {}", output.status))
    }
}

/// Every member of a JSON text that is a number, in order: xtask has no JSON reader, and names of figures have no escapes.
fn figures(text: &str) -> Vec<(String, f64)> {
    let mut found = Vec::new();
    let mut parts = text.split('"');
    // Outside, name, outside, name …: a name with a number behind it is a figure.
    parts.next();
    while let (Some(name), Some(behind)) = (parts.next(), parts.next()) {
        let value = behind.trim_start().strip_prefix(':').map(str::trim_start);
        let number = value.map(|v| v.split([',', '}', ']']).next().unwrap_or_default().trim());
        if let Some(Ok(number)) = number.map(str::parse) {
            found.push((name.to_owned(), number));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_with_a_number_are_figures() {
        let text = r#"{"peer":"x 1","rounds":100,"figures":{"a, b verify":1.5,"c":{"d e":7}}}"#;
        let expected = [("rounds", 100.0), ("a, b verify", 1.5), ("d e", 7.0)];
        let expected = expected.map(|(name, value)| (name.to_owned(), value));
        assert_eq!(figures(text), expected);
    }
}
