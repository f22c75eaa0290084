//! `garita profile propose|sign|adopt`: a version of a program on its way into force. The file that `propose` writes goes from office to
//! office; each adds its signature; the founding node's operator has the network adopt it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use garita_exchange::adoption::{self, Terms};
use garita_exchange::encode;
use garita_exchange::governance::{Network, Statement};
use garita_exchange::program::read_package;
use garita_node::config::NodeConfig;
use garita_profile::model::CharterWords;
use garita_profile::package::Opened;
use serde_json::Value;

use crate::node::{admin, network_of};
use crate::passphrase::{self, PassphraseArgs};
use crate::{Data, say};

/// A document of a few signatures.
const ADOPTION_BYTES_MAX: u64 = 256 * 1024;

#[derive(Debug, Args)]
pub(crate) struct ProposeArgs {
    #[command(flatten)]
    data: Data,
    /// Package of the version (`garita profile package`)
    package: PathBuf,
    /// First instant at which records are issued under it: 2026-12-15T12:00:00-06:00
    #[arg(long, value_name = "INSTANT")]
    from: String,
    /// File to write
    #[arg(long)]
    out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct SignArgs {
    #[command(flatten)]
    data: Data,
    /// What `propose` wrote; the signature is added to it
    adoption: PathBuf,
    /// The package, to see with one's own eyes that it is the one that is signed
    #[arg(long)]
    package: PathBuf,
    /// The office's short name on this node
    #[arg(long)]
    party: String,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

#[derive(Debug, Args)]
pub(crate) struct AdoptArgs {
    #[command(flatten)]
    data: Data,
    /// What all offices signed
    adoption: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

#[derive(Debug, Args)]
pub(crate) struct InstallArgs {
    #[command(flatten)]
    data: Data,
    /// Package of the version
    package: PathBuf,
}

pub(crate) fn propose(args: &ProposeArgs) -> ExitCode {
    let made = || -> Result<Terms, String> {
        let config = NodeConfig::read(&args.data.data).map_err(|e| e.to_string())?;
        let from_ms = encode::parse_instant_ms(&args.from).ok_or_else(|| {
            format!(
                "`{}` is no instant with its zone, such as 2026-12-15T12:00:00-06:00",
                args.from
            )
        })?;
        let opened = opened(&args.package)?;
        let charter = charter(&opened)?;
        let network = network_of(&config)?;
        Ok(Terms::new(&network, &opened, &charter, from_ms))
    };
    let terms = match made() {
        Ok(terms) => terms,
        Err(error) => return say::unusable(error),
    };
    if let Err(error) = write(&args.out, &terms.document()) {
        return say::unusable(error);
    }
    told(&terms);
    say::talk(format!(
        "each of {} now adds its signature: garita profile sign {} --package {} --party NAME",
        terms.signatories.join(", "),
        args.out.display(),
        args.package.display()
    ));
    ExitCode::SUCCESS
}

pub(crate) fn sign(args: &SignArgs) -> ExitCode {
    let config = match passphrase::unlocked(&args.data.data, &args.passphrase) {
        Ok(config) => config,
        Err(error) => return error.told(),
    };
    let read = || -> Result<_, String> {
        let document = document(&args.adoption)?;
        let terms = Terms::read(&document).map_err(|e| format!("{}: {e}", e.code()))?;
        let opened = opened(&args.package)?;
        let network = network_of(&config)?;
        Ok((document, terms, opened, network))
    };
    let (document, terms, opened, network) = match read() {
        Ok(read) => read,
        Err(error) => return say::unusable(error),
    };
    let Some(party) = config.file.parties.iter().find(|p| p.slug == args.party) else {
        let known: Vec<&str> = config
            .file
            .parties
            .iter()
            .map(|p| p.slug.as_str())
            .collect();
        return say::unusable(format!(
            "this node has no party `{}`; it has {}",
            args.party,
            known.join(", ")
        ));
    };
    let Some(key) = config.hosted.get(&party.did) else {
        return say::unusable(format!("no key of `{}` is here", args.party));
    };
    let signed = || -> Result<Value, String> {
        let said = (&terms.profile, &terms.version, &terms.core, &terms.package);
        if said
            != (
                &opened.profile,
                &opened.version,
                &opened.core,
                &opened.digest,
            )
        {
            return Err(format!(
                "adoption-package: the proposal is for `{}` {} ({}), the package is `{}` {} ({})",
                terms.profile,
                terms.version,
                terms.package,
                opened.profile,
                opened.version,
                opened.digest
            ));
        }
        let charter = charter(&opened)?;
        if (&charter.signatories, &charter.notice) != (&terms.signatories, &terms.notice) {
            return Err(
                "adoption-package: the proposal names other signatories or another notice than the package's charter"
                    .to_owned(),
            );
        }
        let held = adoption::signatures(&document, &terms, &network)
            .map_err(|e| format!("{}: {e}", e.code()))?;
        if held.iter().any(|c| c.party == party.did) {
            return Err(format!("adoption-signed: `{}` has signed it", args.party));
        }
        let now_ms = config.file.clock.now_ms();
        let signed = adoption::sign(&document, &key.key, &key.verification_method, now_ms)
            .map_err(|problem| problem.to_string())?;
        let found = adoption::signatures(&signed, &terms, &network)
            .map_err(|e| format!("{}: {e}", e.code()))?;
        if !found.iter().any(|c| c.party == party.did) {
            return Err(format!(
                "adoption-role: `{}` holds none of the roles that sign: {}",
                args.party,
                terms.signatories.join(", ")
            ));
        }
        Ok(signed)
    };
    let signed = match signed() {
        Ok(signed) => signed,
        Err(why) => return say::no(why),
    };
    if let Err(error) = write(&args.adoption, &signed) {
        return say::unusable(error);
    }
    told(&terms);
    standing(&signed, &terms, &network);
    ExitCode::SUCCESS
}

pub(crate) fn adopt(args: &AdoptArgs) -> ExitCode {
    let data = &args.data.data;
    let config = match passphrase::unlocked(data, &args.passphrase) {
        Ok(config) => config,
        Err(error) => return error.told(),
    };
    let read = || -> Result<_, String> {
        let document = document(&args.adoption)?;
        let terms = Terms::read(&document).map_err(|e| format!("{}: {e}", e.code()))?;
        let authority = config
            .authority
            .clone()
            .ok_or("this node does not keep the network's authority key")?;
        let network = network_of(&config)?;
        Ok((document, terms, authority, network))
    };
    let (document, terms, authority, network) = match read() {
        Ok(read) => read,
        Err(error) => return say::unusable(error),
    };
    if let Err(error) = adoption::judge(&document, &network) {
        return say::no(format!("{}: {error}", error.code()));
    }
    let statement = Statement::Profile {
        profile: terms.profile.clone(),
        version: terms.version.clone(),
        core: terms.core.clone(),
        adoption: Some(document.clone()),
    };
    let entry = match network.draft(&statement, &authority, config.file.clock.now_ms()) {
        Ok(entry) => entry,
        Err(error) => return say::no(error),
    };
    told(&terms);
    admin(data, "POST", "/v1/governance", Some(entry), |answer| {
        say::data(format!(
            "adopted; governance entry {}",
            answer.get("head").cloned().unwrap_or_default()
        ));
    })
}

pub(crate) fn install(args: &InstallArgs) -> ExitCode {
    let done = || -> Result<(Opened, PathBuf), String> {
        let config = NodeConfig::read(&args.data.data).map_err(|e| e.to_string())?;
        let opened = opened(&args.package)?;
        let folder = config
            .file
            .programs
            .clone()
            .unwrap_or_else(|| config.data.join(garita_node::programs::FOLDER));
        fs::create_dir_all(&folder).map_err(|e| format!("`{}`: {e}", folder.display()))?;
        let path = folder.join(garita_node::programs::file_name(
            &opened.profile,
            &opened.version,
        ));
        if path.exists() {
            return Err(format!("`{}` is there already", path.display()));
        }
        fs::copy(&args.package, &path).map_err(|e| format!("`{}`: {e}", path.display()))?;
        // What keeps the node from starting does not stay.
        if let Err(error) = garita_node::programs::load(Some(&folder)) {
            let _ = fs::remove_file(&path);
            return Err(format!("with it the node would not start: {error}"));
        }
        Ok((opened, path))
    };
    match done() {
        Ok((opened, path)) => {
            say::data(format!("profile  {} {}", opened.profile, opened.version));
            say::data(format!("core     {}", opened.core));
            say::talk(format!(
                "installed as {}; restart the node to take it up",
                path.display()
            ));
            ExitCode::SUCCESS
        }
        Err(error) => say::unusable(error),
    }
}

fn told(terms: &Terms) {
    say::data(format!("profile  {} {}", terms.profile, terms.version));
    say::data(format!("core     {}", terms.core));
    say::data(format!("package  {}", terms.package));
    if let Some(before) = &terms.supersedes {
        say::data(format!("after    {before}"));
    }
    say::data(format!("in force {}", terms.in_force_from));
}

/// Who has signed and who has not.
fn standing(document: &Value, terms: &Terms, network: &Network) {
    let found = adoption::signatures(document, terms, network).unwrap_or_default();
    for role in &terms.signatories {
        let signer = found.iter().find(|c| c.role == *role);
        say::data(match signer {
            Some(c) => format!("signed   {role}: {}", network.name_of(&c.party)),
            None => format!("lacking  {role}"),
        });
    }
}

fn opened(path: &Path) -> Result<Opened, String> {
    read_package(path).map_err(|e| e.to_string())
}

fn document(path: &Path) -> Result<Value, String> {
    let told = |e: &dyn std::fmt::Display| format!("`{}`: {e}", path.display());
    let size = fs::metadata(path).map_err(|e| told(&e))?.len();
    if size > ADOPTION_BYTES_MAX {
        return Err(told(&format!(
            "{size} bytes, more than the {ADOPTION_BYTES_MAX} it may have"
        )));
    }
    let bytes = fs::read(path).map_err(|e| told(&e))?;
    serde_json::from_slice(&bytes).map_err(|e| told(&e))
}

fn write(path: &Path, document: &Value) -> Result<(), String> {
    let mut text = serde_json::to_string_pretty(document).map_err(|e| e.to_string())?;
    text.push('\n');
    fs::write(path, text).map_err(|e| format!("`{}` cannot be written: {e}", path.display()))
}

/// Who signs, and how long before, by the charter in the package itself.
fn charter(opened: &Opened) -> Result<CharterWords, String> {
    let charter = garita_node::programs::charter(opened).map_err(|e| e.to_string())?;
    if charter.signatories.is_empty() {
        return Err(format!(
            "the charter of `{}` names no signatories: write `charter: {{ signatories: [customs.us, customs.mx], notice: P14D }}` in its profile.yaml",
            opened.profile
        ));
    }
    Ok(charter)
}
