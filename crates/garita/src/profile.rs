//! `garita profile check FOLDER…`: the whole program judged before it runs, its scenarios in many orders.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use garita_exchange::program::read_folder;
use garita_profile::FindingSeverity;
use garita_profile::{check, scenario};

use crate::say;

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// Check folders: names, life cycle, expressions, texts, views, scenarios; exit 0 sound, 1 findings, 2 unreadable
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
    for root in folders {
        let folder = match read_folder(&root) {
            Ok(folder) => folder,
            Err(error) => return say::unusable(error),
        };
        let report = check::check(&folder);
        for finding in &report.findings {
            let severity = match finding.severity {
                FindingSeverity::Error => "error",
                FindingSeverity::Warning => "warning",
            };
            say::data(format!(
                "{}/{}:{}: {severity} {}: {}\n    {}",
                root.display(),
                finding.file,
                finding.line,
                finding.code,
                finding.message,
                finding.help
            ));
        }
        sound &= report.is_sound();
        if no_scenarios || !report.is_sound() {
            continue;
        }
        let run = scenario::run_scenarios_in(&folder, orders);
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
    }
    if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
