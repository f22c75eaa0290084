//! `garita profile check FOLDER…`: the whole program judged before it runs, its examples, its scenarios in many orders.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use garita_exchange::FieldChecks;
use garita_exchange::program::{ProgramError, read_folder};
use garita_profile::{FindingSeverity, Folder};
use garita_profile::{check, examples, scenario, uses};

use crate::say;

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// Check folders: names, life cycle, expressions, texts, views, examples, scenarios; exit 0 sound, 1 findings, 2 unreadable
    Check {
        /// Profile folders
        #[arg(required = true)]
        folders: Vec<PathBuf>,
        /// Leave the scenarios out
        #[arg(long)]
        no_scenarios: bool,
        /// Seeded orders with repeats for a case of more than six records (fewer are tried in every order)
        #[arg(long, default_value_t = scenario::SEEDED_ORDERS)]
        orders: usize,
    },
}

pub(crate) fn profile(command: ProfileCommand) -> ExitCode {
    let ProfileCommand::Check {
        folders,
        no_scenarios,
        orders,
    } = command;
    let mut sound = true;
    let mut read: Vec<(PathBuf, Folder)> = Vec::new();
    for root in folders {
        match read_folder(&root) {
            Ok(folder) => read.push((root, folder)),
            Err(error) => return say::unusable(error),
        }
    }
    let mut others: Vec<Folder> = Vec::new();
    for (root, folder) in &read {
        let beside = match beside(root, folder) {
            Ok(beside) => beside,
            Err(error) => return say::unusable(error),
        };
        let pool: Vec<&Folder> = beside.iter().collect();
        let report = check::check_with(folder, &pool);
        told(&report, &root.display().to_string());
        sound &= report.is_sound();
        if !report.is_sound() {
            others.extend(beside);
            continue;
        }
        sound &= judged(root, &examples::run_examples(folder, &pool, &FieldChecks));
        if no_scenarios {
            others.extend(beside);
            continue;
        }
        let run = scenario::run_scenarios_with(folder, &pool, orders);
        for fault in &run.faults {
            say::data(format!(
                "{}/{}:{}: scenario: {}",
                root.display(),
                fault.file,
                fault.line,
                fault.what
            ));
        }
        for unreached in &run.unreached {
            say::data(format!(
                "{}: no scenario reaches {unreached}",
                root.display()
            ));
        }
        sound &= run.faults.is_empty();
        say::data(format!(
            "{}: {} scenarios, {} expectations, {} orders, {} faults",
            root.display(),
            run.scenarios,
            run.checks,
            run.orders,
            run.faults.len()
        ));
        others.extend(beside);
    }
    // One by one they are sound; a node reads those that stand on each other as one.
    if sound && read.len() > 1 {
        let mut all: Vec<&Folder> = read.iter().map(|(_, folder)| folder).collect();
        // What they stand on, where it is not among those named.
        for other in &others {
            if !all.iter().any(|held| held.0 == other.0) {
                all.push(other);
            }
        }
        let report = check::check_together(&all);
        told(&report, "together");
        sound &= report.is_sound();
    }
    if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What came of the examples, in words; whether all were judged as they say.
fn judged(root: &Path, report: &examples::ExampleReport) -> bool {
    let root = root.display();
    for fault in &report.faults {
        say::data(format!("{root}/{}: example: {}", fault.file, fault.what));
    }
    for code in &report.unbroken {
        say::data(format!("{root}: warning: no example breaks rule {code}"));
    }
    say::data(format!(
        "{root}: {} examples ({} valid, {} invalid), {} faults",
        report.valid + report.invalid + report.faults.len(),
        report.valid,
        report.invalid,
        report.faults.len()
    ));
    report.faults.is_empty()
}

fn told(report: &check::Report, root: &str) {
    for finding in &report.findings {
        let severity = match finding.severity {
            FindingSeverity::Error => "error",
            FindingSeverity::Warning => "warning",
        };
        say::data(format!(
            "{root}/{}:{}: {severity} {}: {}\n    {}",
            finding.file, finding.line, finding.code, finding.message, finding.help
        ));
    }
}

/// The profiles beside a folder that it stands on, and those that these stand on.
fn beside(root: &Path, folder: &Folder) -> Result<Vec<Folder>, ProgramError> {
    let parent = root
        .canonicalize()
        .ok()
        .and_then(|r| r.parent().map(Path::to_path_buf))
        .unwrap_or_default();
    let mut found: Vec<Folder> = Vec::new();
    let mut open = uses::used_by(folder);
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        let other = parent.join(&id);
        if seen.insert(id) && other.join("profile.yaml").is_file() {
            let folder = read_folder(&other)?;
            open.extend(uses::used_by(&folder));
            found.push(folder);
        }
    }
    Ok(found)
}
