//! `cargo verify oracles`: other people's programs judge what ours writes and serves.
//!
//! An oracle is a manifest `crates/garita/tests/oracles/NAME.oracle`; `README.md` there says its lines. What it needs of a registry is
//! pinned beside it and installed into `target/oracles/NAME`. One that passed is run again when a file of its area changed.

use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::say;
use crate::verify::{BINARY, product};

const FOLDER: &str = "crates/garita/tests/oracles";
const WORK: &str = "target/oracles";
/// An oracle that ends so says that it had nothing to judge here; its last line says why.
const EXIT_SKIPPED: i32 = 77;

/// Which oracles to run, and what it means that a tool is not to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those of whose area something changed since they passed.
    Changed,
    /// All.
    All,
    /// All, and what cannot be installed is a failure.
    Demanded,
}

impl Which {
    /// By the environment: `GARITA_ORACLES=all` demands, `CI=true` runs all.
    pub(crate) fn from_environment() -> Self {
        let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|v| v == value);
        if is("GARITA_ORACLES", "all") {
            Which::Demanded
        } else if is("CI", "true") {
            Which::All
        } else {
            Which::Changed
        }
    }
}

/// One manifest.
#[derive(Debug, Default, PartialEq, Eq)]
struct Oracle {
    name: String,
    /// What is judged, by what.
    what: String,
    /// Requirements of Python, with `==` pins.
    python: Option<String>,
    /// Folder with `package.json` and `package-lock.json`.
    node: Option<String>,
    /// Files and folders that what is judged depends on.
    area: Vec<String>,
    /// Commands of ours that write what is judged.
    make: Vec<String>,
    /// The script and its arguments.
    run: Vec<String>,
}

/// How an oracle ended.
enum Outcome {
    Passed,
    Unchanged,
    Skipped(String),
    Failed(String),
}

/// Runs the oracles, or those that are named.
pub(crate) fn run(names: &[String], which: Which) -> Result<(), String> {
    let mut oracles = manifests()?;
    for name in names {
        if !oracles.iter().any(|o| o.name == *name) {
            let known: Vec<&str> = oracles.iter().map(|o| o.name.as_str()).collect();
            return Err(format!(
                "no oracle `{name}`; there are {}",
                known.join(", ")
            ));
        }
    }
    oracles.retain(|o| names.is_empty() || names.contains(&o.name));
    let mut failed = Vec::new();
    let mut built = false;
    for oracle in &oracles {
        let outcome = judge(oracle, which, &mut built).unwrap_or_else(Outcome::Failed);
        let told = match outcome {
            Outcome::Passed => "passed".to_owned(),
            Outcome::Unchanged => "nothing of its area changed since it passed".to_owned(),
            Outcome::Skipped(why) if which == Which::Demanded => {
                failed.push(oracle.name.as_str());
                format!("FAILED: {why}")
            }
            Outcome::Skipped(why) => format!("skipped: {why}"),
            Outcome::Failed(why) => {
                failed.push(oracle.name.as_str());
                format!("FAILED: {why}")
            }
        };
        say(&format!("oracle {}: {told}", oracle.name));
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "oracles that did not pass: {}; `cargo verify oracles {}` runs them again",
            failed.join(", "),
            failed.join(" ")
        ))
    }
}

fn judge(oracle: &Oracle, which: Which, built: &mut bool) -> Result<Outcome, String> {
    let work = PathBuf::from(WORK).join(&oracle.name);
    let stamp = work.join("passed");
    let digest = area_digest(oracle)?;
    // Their tools come from registries, some hundred megabytes: a fresh clone asks for them when it wants them.
    if which == Which::Changed && !stamp.exists() {
        return Ok(Outcome::Skipped(format!(
            "it never passed here; `cargo verify oracles {}` runs it",
            oracle.name
        )));
    }
    if which == Which::Changed && fs::read_to_string(&stamp).is_ok_and(|held| held == digest) {
        return Ok(Outcome::Unchanged);
    }
    say(&format!("oracle {}: {}", oracle.name, oracle.what));
    let out = work.join("out");
    // What an earlier run wrote is not judged again.
    let _ = fs::remove_dir_all(&out);
    fs::create_dir_all(&out).map_err(|e| format!("{}: {e}", out.display()))?;
    let python = match &oracle.python {
        Some(requirements) => match python(&work, requirements) {
            Ok(python) => Some(python),
            Err(why) => return Ok(Outcome::Skipped(why)),
        },
        None => None,
    };
    let modules = match &oracle.node {
        Some(folder) => match node(&work, folder) {
            Ok(modules) => Some(modules),
            Err(why) => return Ok(Outcome::Skipped(why)),
        },
        None => None,
    };
    if !*built {
        product()?;
        *built = true;
    }
    let root = std::env::current_dir().map_err(|e| e.to_string())?;
    let set = |command: &mut Command| {
        command
            .env("GARITA", root.join(BINARY))
            .env("ORACLE_OUT", root.join(&out))
            .env("ORACLE_WORK", root.join(&work));
        if let Some(modules) = &modules {
            command.env("ORACLE_NODE_MODULES", root.join(modules));
        }
    };
    for line in &oracle.make {
        let mut words = line.split_whitespace();
        let program = words.next().unwrap_or_default();
        let mut command = if program == "garita" {
            Command::new(BINARY)
        } else {
            Command::new(program)
        };
        command.args(words.map(|word| {
            if word == "OUT" {
                root.join(&out).into_os_string()
            } else {
                word.into()
            }
        }));
        set(&mut command);
        ran(&mut command).map_err(|e| format!("`{line}`: {e}"))?;
    }
    let Some((script, arguments)) = oracle.run.split_first() else {
        return Err("its manifest has no `run`".to_owned());
    };
    let mut command = match (&python, script.ends_with(".py")) {
        (Some(python), true) => Command::new(root.join(python)),
        (None, true) => Command::new("python3"),
        (_, false) => Command::new("node"),
    };
    command.arg(Path::new(FOLDER).join(script)).args(arguments);
    set(&mut command);
    let status = command.status().map_err(|e| format!("{script}: {e}"))?;
    match status.code() {
        Some(0) => {
            fs::write(&stamp, digest).map_err(|e| format!("{}: {e}", stamp.display()))?;
            Ok(Outcome::Passed)
        }
        Some(EXIT_SKIPPED) => Ok(Outcome::Skipped("it had nothing to judge here".to_owned())),
        Some(_) | None => Ok(Outcome::Failed(format!(
            "`{}` {status}",
            oracle.run.join(" ")
        ))),
    }
}

/// All manifests, by name.
fn manifests() -> Result<Vec<Oracle>, String> {
    let mut found = Vec::new();
    let entries = fs::read_dir(FOLDER).map_err(|e| format!("{FOLDER}: {e}"))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_none_or(|e| e != "oracle") {
            continue;
        }
        let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        found.push(parse(&name, &text).map_err(|e| format!("{}: {e}", path.display()))?);
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// A manifest: a line is a word and what it says.
fn parse(name: &str, text: &str) -> Result<Oracle, String> {
    let mut oracle = Oracle {
        name: name.to_owned(),
        ..Oracle::default()
    };
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        let words = rest.split_whitespace().map(str::to_owned);
        match word {
            "what" => rest.clone_into(&mut oracle.what),
            "python" => oracle.python = Some(rest.to_owned()),
            "node" => oracle.node = Some(rest.to_owned()),
            "area" => oracle.area.extend(words),
            "make" => oracle.make.push(rest.to_owned()),
            "run" => oracle.run = words.collect(),
            _ => return Err(format!("`{word}` is no line of a manifest")),
        }
    }
    if oracle.what.is_empty() || oracle.run.is_empty() || oracle.area.is_empty() {
        return Err("it needs `what`, `area` and `run`".to_owned());
    }
    Ok(oracle)
}

/// Digest of all that decides how an oracle ends.
fn area_digest(oracle: &Oracle) -> Result<String, String> {
    let mut files = Vec::new();
    let script = oracle.run.first().map(|s| format!("{FOLDER}/{s}"));
    let manifest = format!("{FOLDER}/{}.oracle", oracle.name);
    let own = [
        Some(manifest),
        script,
        oracle.python.clone(),
        oracle.node.clone(),
    ];
    for place in own.into_iter().flatten().chain(oracle.area.iter().cloned()) {
        let path = PathBuf::from(&place);
        if !path.exists() {
            return Err(format!("{place} is not there"));
        }
        collect(&path, &mut files);
    }
    files.sort();
    files.dedup();
    let mut hasher = DefaultHasher::new();
    for file in files {
        let bytes = fs::read(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        hasher.write(file.to_string_lossy().as_bytes());
        hasher.write_usize(bytes.len());
        hasher.write(&bytes);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// The files under a place, but for what tools leave there.
fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    const LEFT: &[&str] = &["node_modules", "dist", "__pycache__", "target"];
    if path.is_file() {
        files.push(path.to_owned());
        return;
    }
    let Ok(entries) = fs::read_dir(path) else {
        return;
    };
    for entry in entries.flatten() {
        if !LEFT.iter().any(|left| entry.file_name() == *left) {
            collect(&entry.path(), files);
        }
    }
}

/// The Python of an environment that has the requirements.
pub(crate) fn python(work: &Path, requirements: &str) -> Result<PathBuf, String> {
    let pins = fs::read_to_string(requirements).map_err(|e| format!("{requirements}: {e}"))?;
    let (folder, held) = (work.join("venv"), work.join("venv.pins"));
    let python = folder.join("bin/python");
    if python.exists() && fs::read_to_string(&held).is_ok_and(|old| old == pins) {
        return Ok(python);
    }
    let _ = fs::remove_dir_all(&folder);
    quietly(Command::new("python3").args(["-m", "venv"]).arg(&folder))
        .map_err(|why| format!("no Python environment (python3 with venv): {why}"))?;
    quietly(Command::new(&python).args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "-r",
        requirements,
    ]))
    .map_err(|why| format!("{requirements} could not be installed: {why}"))?;
    fs::write(&held, pins).map_err(|e| e.to_string())?;
    Ok(python)
}

/// The modules that a lock file names.
fn node(work: &Path, folder: &str) -> Result<PathBuf, String> {
    let target = work.join("node");
    fs::create_dir_all(&target).map_err(|e| e.to_string())?;
    let lock = Path::new(folder).join("package-lock.json");
    let pins = fs::read_to_string(&lock).map_err(|e| format!("{}: {e}", lock.display()))?;
    let (modules, held) = (target.join("node_modules"), work.join("node.pins"));
    if modules.exists() && fs::read_to_string(&held).is_ok_and(|old| old == pins) {
        return Ok(modules);
    }
    for name in ["package.json", "package-lock.json"] {
        fs::copy(Path::new(folder).join(name), target.join(name))
            .map_err(|e| format!("{folder}/{name}: {e}"))?;
    }
    quietly(
        Command::new("npm")
            .args(["ci", "--silent", "--ignore-scripts"])
            .current_dir(&target),
    )
    .map_err(|why| format!("the packages of {folder} could not be installed (npm): {why}"))?;
    fs::write(&held, pins).map_err(|e| e.to_string())?;
    Ok(modules)
}

/// Runs a tool; where it fails, the last line that it said.
fn quietly(command: &mut Command) -> Result<(), String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|e| e.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let last = said.lines().rev().find(|line| !line.trim().is_empty());
    Err(last.map_or_else(|| output.status.to_string(), str::to_owned))
}

fn ran(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|e| e.to_string())?;
    if status.success() {
        Ok(())
    } else {
        Err(status.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_is_read_line_by_line() {
        let text = "# why\nwhat  X12 that we write, read by pyx12\npython a/requirements.txt\narea one two\narea three\nmake garita x OUT\nrun x.py --all\n";
        let oracle = parse("x12", text).unwrap();
        assert_eq!(oracle.what, "X12 that we write, read by pyx12");
        assert_eq!(oracle.area, ["one", "two", "three"]);
        assert_eq!(oracle.make, ["garita x OUT"]);
        assert_eq!(oracle.run, ["x.py", "--all"]);
        assert!(
            parse("x", "what y\nrun z.py\n")
                .unwrap_err()
                .contains("area")
        );
        assert!(parse("x", "color red\n").unwrap_err().contains("color"));
    }

    #[test]
    fn every_manifest_holds_and_its_pins_are_pins() {
        std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).unwrap();
        for oracle in manifests().unwrap() {
            area_digest(&oracle).unwrap();
            for pin in oracle.python.iter().flat_map(|p| {
                fs::read_to_string(p)
                    .unwrap()
                    .lines()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            }) {
                assert!(
                    pin.is_empty() || pin.starts_with('#') || pin.contains("=="),
                    "{}: {pin}",
                    oracle.name
                );
            }
            let lock = oracle
                .node
                .map(|n| fs::read_to_string(format!("{n}/package-lock.json")).unwrap());
            assert!(
                !lock.unwrap_or_default().contains("\"resolved\""),
                "{}: a lock file names no host",
                oracle.name
            );
        }
    }
}
