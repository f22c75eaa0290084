//! What `verify` needs and a newcomer's machine lacks.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::say;

const CHROMIUM_PLACES: &[&str] = &[
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
];

/// Installs Chromium where it is missing and this user may; else says exactly what to install.
pub(crate) fn run() -> Result<(), String> {
    if chromium().is_some() {
        return Ok(());
    }
    if !is_root() {
        return Err(
            "the browser tests need Chromium: run `sudo apt-get install -y chromium fonts-noto-core`, then again"
                .to_owned(),
        );
    }
    say("installing chromium with apt");
    apt(&["update", "-q"])?;
    apt(&[
        "install",
        "-y",
        "-q",
        "--no-install-recommends",
        "chromium",
        "fonts-noto-core",
    ])?;
    chromium()
        .map(|_| ())
        .ok_or_else(|| "apt installed chromium, but it is not in /usr/bin".to_owned())
}

/// Where Chromium is.
pub(crate) fn chromium() -> Option<&'static str> {
    CHROMIUM_PLACES
        .iter()
        .copied()
        .find(|place| Path::new(place).exists())
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|o| o.stdout.starts_with(b"0\n"))
}

fn apt(arguments: &[&str]) -> Result<(), String> {
    let status = Command::new("apt-get")
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .map_err(|e| format!("apt-get: {e}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`apt-get {}` failed", arguments.join(" ")))
    }
}
