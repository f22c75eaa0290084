//! What `verify` needs and a newcomer's machine lacks.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::say;

const CHROMIUM_PLACES: &[&str] = &[
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
];

const SOFTHSM_PLACES: &[&str] = &[
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];

/// Installs Chromium, PostgreSQL and SoftHSM where they are missing and this user may; else says exactly what to install.
pub(crate) fn run() -> Result<(), String> {
    let mut packages: Vec<&str> = Vec::new();
    if chromium().is_none() {
        packages.extend(["chromium", "fonts-noto-core"]);
    }
    if !postgresql() {
        packages.push("postgresql");
    }
    if !softhsm() {
        packages.push("softhsm2");
    }
    if packages.is_empty() {
        return Ok(());
    }
    if !is_root() {
        return Err(format!(
            "the tests need what is not here: run `sudo apt-get install -y {}`, then again",
            packages.join(" ")
        ));
    }
    say(&format!("installing {} with apt", packages.join(", ")));
    apt(&["update", "-q"])?;
    let mut arguments = vec!["install", "-y", "-q", "--no-install-recommends"];
    arguments.extend(&packages);
    apt(&arguments)?;
    if chromium().is_none() {
        return Err("apt installed chromium, but it is not in /usr/bin".to_owned());
    }
    if !postgresql() {
        return Err("apt installed postgresql, but it is not in /usr/lib/postgresql".to_owned());
    }
    if !softhsm() {
        return Err("apt installed softhsm2, but its module is not in /usr/lib/softhsm".to_owned());
    }
    Ok(())
}

/// Whether Debian's PostgreSQL is here.
fn postgresql() -> bool {
    std::fs::read_dir("/usr/lib/postgresql").is_ok_and(|versions| {
        versions
            .flatten()
            .any(|version| version.path().join("bin/initdb").exists())
    })
}

/// Whether SoftHSM is here, the token that keys are tested in.
fn softhsm() -> bool {
    SOFTHSM_PLACES.iter().any(|place| Path::new(place).exists())
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
