//! `cargo bench-all fuzz [--seconds N] [--jobs N] [TARGET…]`: libFuzzer over each target, ten minutes each, and a line a target in
//! `docs/fuzz-log.md`, written when the target ends: a run that is broken off keeps those that ended.
//!
//! The engine is C++ and is built by the compiler that the machine has; rustc's own coverage pass feeds it, so no other toolchain is needed.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use crate::say;

const SECONDS: u64 = 600;
/// Targets at once: one for each core of a small machine. More share the cores, and each sees fewer inputs.
const JOBS: usize = 2;
const LOG: &str = "docs/fuzz-log.md";
const HEAD: &str = "# Fuzzing, by date

`cargo bench-all fuzz` adds a line for each target: how long, how many inputs, edges covered, and what broke. `cargo verify` replays the corpus
and some seconds of mutations of it.

| date | target | seconds | inputs | edges | findings |
| --- | --- | ---: | ---: | ---: | --- |
";
/// What libFuzzer needs to see of each branch; `--cfg fuzzing` is its convention.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Cdebug-assertions -Coverflow-checks";

/// What one target's run gave.
struct Ran {
    target: String,
    inputs: String,
    edges: String,
    finding: Option<PathBuf>,
}

/// Runs all targets, or the named ones.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let Options {
        seconds,
        jobs,
        named,
    } = options(arguments)?;
    let targets = targets(&named)?;
    let binary = build()?;
    let queue = Mutex::new(targets);
    let results: Mutex<Vec<Result<Ran, String>>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                while let Some(target) = queue.lock().ok().and_then(|mut q| q.pop()) {
                    let ran = one(&binary, &target, seconds);
                    if let Ok(mut results) = results.lock() {
                        let noted = ran.and_then(|ran| note(&ran, seconds).map(|()| ran));
                        results.push(noted);
                    }
                }
            });
        }
    });
    let results = results.into_inner().map_err(|e| e.to_string())?;
    let ran: Vec<Ran> = results.into_iter().collect::<Result<_, _>>()?;
    let found: Vec<String> = ran
        .iter()
        .filter_map(|r| {
            r.finding
                .as_ref()
                .map(|p| format!("{}: {}", r.target, p.display()))
        })
        .collect();
    if found.is_empty() {
        say(&format!("{} targets, clean; noted in {LOG}", ran.len()));
        Ok(())
    } else {
        Err(format!("found:\n{}", found.join("\n")))
    }
}

struct Options {
    seconds: u64,
    jobs: usize,
    named: Vec<String>,
}

fn options(arguments: &[String]) -> Result<Options, String> {
    let mut options = Options {
        seconds: SECONDS,
        jobs: JOBS,
        named: Vec::new(),
    };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut number = || rest.next().and_then(|text| text.parse::<u64>().ok());
        match argument.as_str() {
            "--seconds" => options.seconds = number().ok_or("--seconds wants a number")?,
            "--jobs" => {
                let jobs = number().and_then(|jobs| usize::try_from(jobs).ok());
                options.jobs = jobs
                    .filter(|jobs| *jobs > 0)
                    .ok_or("--jobs wants a number")?;
            }
            _ => options.named.push(argument.clone()),
        }
    }
    Ok(options)
}

/// Every target has its corpus' folder.
fn targets(named: &[String]) -> Result<Vec<String>, String> {
    let mut all: Vec<String> = fs::read_dir("fuzz/corpus")
        .map_err(|e| format!("fuzz/corpus: {e}"))?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    all.sort();
    if let Some(other) = named.iter().find(|name| !all.contains(name)) {
        return Err(format!(
            "no target `{other}`; there are: {}",
            all.join(", ")
        ));
    }
    if !named.is_empty() {
        all.retain(|name| named.contains(name));
    }
    all.reverse();
    Ok(all)
}

fn build() -> Result<PathBuf, String> {
    let status = Command::new("cargo")
        .env("RUSTFLAGS", FLAGS)
        .env("CARGO_INCREMENTAL", "0")
        .args(["build", "--release", "--locked", "--package", "garita-fuzz"])
        // With a target named, build scripts and procedural macros stay without the coverage that nothing links.
        .args(["--features", "libfuzzer", "--bin", "fuzz"])
        .args(["--target-dir", "target/fuzz", "--target", &host()?])
        .status()
        .map_err(|e| format!("cargo: {e}"))?;
    if !status.success() {
        return Err("the fuzzer was not built".to_owned());
    }
    Ok(Path::new("target/fuzz").join(host()?).join("release/fuzz"))
}

fn host() -> Result<String, String> {
    let output = Command::new("rustc")
        .arg("-vV")
        .output()
        .map_err(|e| format!("rustc: {e}"))?;
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .find_map(|line| line.strip_prefix("host: ").map(str::to_owned))
        .ok_or_else(|| "rustc does not say its host".to_owned())
}

fn one(binary: &Path, target: &str, seconds: u64) -> Result<Ran, String> {
    let folder = Path::new("target/fuzz/runs").join(target);
    let grown = folder.join("corpus");
    fs::create_dir_all(&grown).map_err(|e| format!("{}: {e}", grown.display()))?;
    let log = fs::File::create(folder.join("log")).map_err(|e| e.to_string())?;
    let prefix = format!("-artifact_prefix={}/", folder.display());
    let before = artifacts(&folder);
    let status = Command::new(binary)
        .env("GARITA_FUZZ_TARGET", target)
        .arg(&grown)
        .arg(Path::new("fuzz/corpus").join(target))
        .args([format!("-max_total_time={seconds}"), prefix])
        .args(["-max_len=65536", "-timeout=10", "-rss_limit_mb=4096"])
        .args(["-print_final_stats=1", "-verbosity=1"])
        .stdout(Stdio::null())
        .stderr(log)
        .status()
        .map_err(|e| format!("{}: {e}", binary.display()))?;
    let told = fs::read_to_string(folder.join("log")).unwrap_or_default();
    let edges = told
        .lines()
        .rev()
        .find_map(|line| line.split_once("cov: ")?.1.split(' ').next())
        .unwrap_or("?")
        .to_owned();
    let inputs = told
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
        .map_or_else(|| "?".to_owned(), |n| n.trim().to_owned());
    let finding = artifacts(&folder).into_iter().find(|p| !before.contains(p));
    if !status.success() && finding.is_none() {
        return Err(format!(
            "{target}: the fuzzer failed; see {}",
            folder.join("log").display()
        ));
    }
    say(&format!(
        "{target}: {inputs} inputs, {edges} edges, {}",
        if finding.is_some() { "FOUND" } else { "clean" }
    ));
    Ok(Ran {
        target: target.to_owned(),
        inputs,
        edges,
        finding,
    })
}

/// Inputs that broke something: crashes, timeouts, too much memory.
fn artifacts(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
            name.is_some_and(|n| {
                ["crash-", "timeout-", "oom-"]
                    .iter()
                    .any(|p| n.starts_with(p))
            })
        })
        .collect()
}

/// Adds the line of a target that ended.
fn note(ran: &Ran, seconds: u64) -> Result<(), String> {
    let date = Command::new("date")
        .args(["-u", "+%Y-%m-%d"])
        .output()
        .map_err(|e| format!("date: {e}"))?;
    let date = String::from_utf8_lossy(&date.stdout).trim().to_owned();
    let mut text = String::new();
    if !Path::new(LOG).exists() {
        text.push_str(HEAD);
    }
    let finding = match &ran.finding {
        Some(path) => path.display().to_string(),
        None => "none".to_owned(),
    };
    text.push_str(&format!(
        "| {date} | {} | {seconds} | {} | {} | {finding} |\n",
        ran.target, ran.inputs, ran.edges
    ));
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(LOG)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|e| format!("{LOG}: {e}"))
}
