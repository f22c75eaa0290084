//! `garita conformance jose issue|verify`: the command line that the VC-JOSE-COSE suite asks for.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use garita_canon::{Canonicalizer, ContextSet};
use garita_credential::secured::{self, Feature, Operation, Task};
use garita_exchange::encode;
use serde_json::{Value, json};

use crate::credential::read;
use crate::say;

#[derive(Debug, Subcommand)]
pub(crate) enum ConformanceCommand {
    /// VC-JOSE-COSE: `issue` or `verify` with a key at hand
    #[command(subcommand)]
    Jose(JoseCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum JoseCommand {
    /// Secure a document
    Issue(JoseArgs),
    /// Verify what is secured
    Verify(JoseArgs),
}

#[derive(Debug, Args)]
pub(crate) struct JoseArgs {
    /// The document, or what is secured
    #[arg(long)]
    input: PathBuf,
    /// A `JsonWebKey` with its secret
    #[arg(long)]
    key: PathBuf,
    /// `credential_jose`, `presentation_cose`, …
    #[arg(long)]
    feature: String,
    /// What can be concealed: a JSON list of paths such as `credentialSubject.name`
    #[arg(long)]
    sd: Option<String>,
    /// Where the verdict goes: `{"result", "data"}`
    #[arg(long)]
    output: PathBuf,
}

pub(crate) fn run(command: ConformanceCommand) -> ExitCode {
    let ConformanceCommand::Jose(command) = command;
    let (operation, args) = match &command {
        JoseCommand::Issue(args) => (Operation::Issue, args),
        JoseCommand::Verify(args) => (Operation::Verify, args),
    };
    let (result, data) = match judged(operation, args) {
        Ok(Ok(token)) => ("success", token),
        Ok(Err(faults)) => ("failure", faults),
        Err(why) => ("indeterminate", why),
    };
    let said = json!({ "result": result, "data": data }).to_string();
    match fs::write(&args.output, said) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => say::unusable(format!("{}: {error}", args.output.display())),
    }
}

/// The token, or what is wrong; an error where it cannot be tried.
fn judged(operation: Operation, args: &JoseArgs) -> Result<Result<String, String>, String> {
    let feature = Feature::from_name(&args.feature)
        .ok_or_else(|| format!("no feature `{}`", args.feature))?;
    let input = text(&args.input)?;
    let key: Value = read(&args.key).map_err(|(code, why)| format!("{code}: {why}"))?;
    let concealable: Vec<String> = match &args.sd {
        None => Vec::new(),
        Some(list) => serde_json::from_str(list).map_err(|e| format!("--sd: {e}"))?,
    };
    let task = Task {
        operation,
        feature,
        input: &input,
        key: &key,
        concealable: &concealable,
    };
    let mut no_randomness = false;
    let mut salt = || {
        encode::random().unwrap_or_else(|_| {
            no_randomness = true;
            [0; 16]
        })
    };
    let canonicalizer = Canonicalizer::new(ContextSet::bundled());
    let done = secured::run(&task, &mut salt, &canonicalizer);
    if no_randomness {
        return Err("no randomness".to_owned());
    }
    Ok(done.map_err(|problems| {
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        told.join("; ")
    }))
}

fn text(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))
}
