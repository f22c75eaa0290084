//! What a script can see in the source tree: import direction, file sizes, leftovers, vectors without a source, languages.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::{programs, say, threats};

/// Which of ours a crate may name in `[dependencies]` (design §2). `[dev-dependencies]` may reach wider.
const IMPORTS: &[(&str, &[&str])] = &[
    ("canon", &[]),
    ("tlog", &[]),
    ("profile", &[]),
    ("formats", &[]),
    ("credential", &["canon"]),
    ("store", &["tlog"]),
    (
        "exchange",
        &["canon", "tlog", "profile", "formats", "credential", "store"],
    ),
    (
        "node",
        &[
            "canon",
            "tlog",
            "profile",
            "formats",
            "credential",
            "store",
            "exchange",
        ],
    ),
    (
        "garita",
        &[
            "canon",
            "tlog",
            "profile",
            "formats",
            "credential",
            "store",
            "exchange",
            "node",
        ],
    ),
];

/// The pure crates, and what would make them impure.
const PURE: &[&str] = &["canon", "tlog", "profile", "formats", "credential"];
const IMPURE_WORDS: &[&str] = &[
    "std::fs",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "std::env",
    "std::process",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "getrandom",
    "async fn",
    "tokio",
];

/// A file over this many lines tells two stories.
const LINES_MAX: usize = 1_200;

/// Runs all checks, tells all findings at once.
pub(crate) fn run() -> Result<(), String> {
    let mut findings = Vec::new();
    import_direction(&mut findings)?;
    let mut sources = Vec::new();
    for root in ["crates", "fuzz", "xtask", "tests"] {
        collect(Path::new(root), "rs", &mut sources);
    }
    for source in &sources {
        source_file(source, &mut findings);
    }
    threats::missing(&sources, &mut findings);
    let mut shown = sources.clone();
    for extension in ["html", "js"] {
        collect(Path::new("crates/node"), extension, &mut shown);
    }
    programs::only_formats_knows_programs(&shown, &mut findings);
    vectors_have_a_source(&mut findings);
    languages(&mut findings);
    if findings.is_empty() {
        say(&format!("{} source files are tidy", sources.len()));
        Ok(())
    } else {
        Err(findings.join("\n"))
    }
}

fn import_direction(findings: &mut Vec<String>) -> Result<(), String> {
    for (krate, allowed) in IMPORTS {
        let path = format!("crates/{krate}/Cargo.toml");
        let manifest = fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))?;
        let mut section = "";
        for (number, line) in manifest.lines().enumerate() {
            let line = line.trim();
            if line.starts_with('[') {
                section = line;
                continue;
            }
            if section != "[dependencies]" {
                continue;
            }
            let Some(name) = line
                .strip_prefix("garita-")
                .and_then(|rest| rest.split([' ', '=', '.']).next())
            else {
                continue;
            };
            if !allowed.contains(&name) {
                findings.push(format!(
                    "{path}:{}: `{krate}` may not import `{name}` (design §2: {})",
                    number + 1,
                    if allowed.is_empty() {
                        "nothing of ours".to_owned()
                    } else {
                        allowed.join(", ")
                    }
                ));
            }
        }
    }
    Ok(())
}

fn source_file(path: &Path, findings: &mut Vec<String>) {
    let Ok(text) = fs::read_to_string(path) else {
        return;
    };
    let shown = path.display();
    let lines = text.lines().count();
    if lines > LINES_MAX {
        findings.push(format!(
            "{shown}: {lines} lines, more than {LINES_MAX}: which two stories does it tell?"
        ));
    }
    let pure = PURE
        .iter()
        .any(|krate| path.starts_with(format!("crates/{krate}/src")));
    let is_test = path.components().any(|c| c.as_os_str() == "tests")
        || path.file_name().is_some_and(|n| n == "tests.rs");
    let this_file = path.ends_with("xtask/src/tidy.rs");
    let mut in_tests = is_test;
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("#[cfg(test)]") {
            in_tests = true;
        }
        let code = line.split("//").next().unwrap_or_default();
        if !this_file && (code.contains("todo!(") || code.contains("unimplemented!(")) {
            findings.push(format!("{shown}:{}: unfinished", number + 1));
        }
        if pure && !in_tests {
            for word in IMPURE_WORDS {
                if code.contains(word) {
                    findings.push(format!("{shown}:{}: `{word}` in a pure crate", number + 1));
                }
            }
        }
    }
}

fn vectors_have_a_source(findings: &mut Vec<String>) {
    let Ok(folders) = fs::read_dir("tests/vectors") else {
        return;
    };
    for folder in folders.flatten() {
        if folder.path().is_dir() && !folder.path().join("SOURCE").exists() {
            findings.push(format!("{}: no SOURCE file", folder.path().display()));
        }
    }
}

/// Every text key of a profile and of the console stands in both languages.
fn languages(findings: &mut Vec<String>) {
    let mut pairs: Vec<(PathBuf, PathBuf)> = Vec::new();
    if let Ok(profiles) = fs::read_dir("profiles") {
        for profile in profiles.flatten() {
            let texts = profile.path().join("texts");
            pairs.push((texts.join("en.yaml"), texts.join("es.yaml")));
        }
    }
    for (en, es) in pairs {
        let (Some(english), Some(spanish)) = (keys(&en), keys(&es)) else {
            continue;
        };
        for (key, place) in &english {
            if !spanish.contains_key(key) {
                findings.push(format!("{}:{place}: `{key}` has no Spanish", en.display()));
            }
        }
        for (key, place) in &spanish {
            if !english.contains_key(key) {
                findings.push(format!("{}:{place}: `{key}` has no English", es.display()));
            }
        }
    }
}

/// Nested keys of a plain YAML mapping, by indentation: enough to compare two files of texts.
fn keys(path: &Path) -> Option<BTreeMap<String, usize>> {
    let text = fs::read_to_string(path).ok()?;
    let mut found = BTreeMap::new();
    let mut stack: Vec<(usize, String)> = Vec::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for (number, line) in text.lines().enumerate() {
        let body = line.trim_start();
        if body.is_empty() || body.starts_with('#') || body.starts_with('-') {
            continue;
        }
        let Some((key, _)) = body.split_once(':') else {
            continue;
        };
        if key.contains(' ') || key.contains('"') && !key.starts_with('"') {
            continue;
        }
        let indent = line.len() - body.len();
        while stack.last().is_some_and(|(depth, _)| *depth >= indent) {
            stack.pop();
        }
        stack.push((indent, key.trim_matches('"').to_owned()));
        let whole = stack
            .iter()
            .map(|(_, k)| k.as_str())
            .collect::<Vec<_>>()
            .join(".");
        if seen.insert(whole.clone()) {
            found.insert(whole, number + 1);
        }
    }
    Some(found)
}

fn collect(folder: &Path, extension: &str, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if path.file_name().is_none_or(|n| n != "target") {
                collect(&path, extension, into);
            }
        } else if path.extension().is_some_and(|e| e == extension) {
            into.push(path);
        }
    }
}
