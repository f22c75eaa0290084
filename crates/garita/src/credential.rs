//! `garita did …`, `garita credential …`: without a node, without a network.

pub(crate) mod contexts;
pub(crate) mod did;
mod inspect;
pub(crate) mod issue;
mod locked;
pub(crate) mod status;
mod verify;

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use garita_canon::json;
use garita_credential::carry;
use garita_credential::data_integrity::Suite;
use garita_credential::keys::KeyType;
use serde_json::Value;

use crate::{say, shown};
use contexts::Contexts;

/// A credential of another's making may be larger than a record of ours.
const CREDENTIAL_BYTES_MAX: usize = 4 << 20;

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum KeyTypeName {
    /// Edwards curve 25519: for eddsa-rdfc-2022 and eddsa-jcs-2022, and for nodes and parties
    Ed25519,
    /// NIST P-256: for ecdsa-rdfc-2019, ecdsa-jcs-2019 and ecdsa-sd-2023
    P256,
    /// NIST P-384: for ecdsa-rdfc-2019 and ecdsa-jcs-2019
    P384,
    /// BLS12-381 G2: for bbs-2023
    Bls12381g2,
}

impl KeyTypeName {
    fn kind(self) -> KeyType {
        match self {
            Self::Ed25519 => KeyType::Ed25519,
            Self::P256 => KeyType::P256,
            Self::P384 => KeyType::P384,
            Self::Bls12381g2 => KeyType::Bls12381G2,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum SuiteName {
    /// Over the RDF canonical form, with an Ed25519 key
    #[value(name = "eddsa-rdfc-2022")]
    EddsaRdfc2022,
    /// Over the JSON canonical form, with an Ed25519 key
    #[value(name = "eddsa-jcs-2022")]
    EddsaJcs2022,
    /// Over the RDF canonical form, with a P-256 or P-384 key
    #[value(name = "ecdsa-rdfc-2019")]
    EcdsaRdfc2019,
    /// Over the JSON canonical form, with a P-256 or P-384 key
    #[value(name = "ecdsa-jcs-2019")]
    EcdsaJcs2019,
    /// Each statement, so that a part can be shown; with a P-256 key
    #[value(name = "ecdsa-sd-2023")]
    EcdsaSd2023,
    /// Each statement, so that a part can be shown and two showings cannot be linked; with a BLS12-381 G2 key
    #[value(name = "bbs-2023")]
    Bbs2023,
}

impl SuiteName {
    fn suite(self) -> Suite {
        match self {
            Self::EddsaRdfc2022 => Suite::EddsaRdfc2022,
            Self::EddsaJcs2022 => Suite::EddsaJcs2022,
            Self::EcdsaRdfc2019 => Suite::EcdsaRdfc2019,
            Self::EcdsaJcs2019 => Suite::EcdsaJcs2019,
            Self::EcdsaSd2023 => Suite::EcdsaSd2023,
            Self::Bbs2023 => Suite::Bbs2023,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum CredentialCommand {
    /// Sign a credential; it goes to stdout
    Issue(issue::IssueArgs),
    /// Show a part of a credential that was issued by ecdsa-sd-2023 or bbs-2023; it goes to stdout
    Derive(issue::DeriveArgs),
    /// Verify credentials and presentations: files, or files with the text of a QR code; exit 0 all valid, 1 one is not, 2 one cannot be read
    Verify(verify::VerifyArgs),
    /// Say in words what a credential says, by whom, what was checked and what was not; exit 0 nothing is against it, 1 something is, 2 it cannot be read
    Inspect(inspect::InspectArgs),
    /// Show credentials as their holder; the presentation goes to stdout
    Present(shown::PresentArgs),
    /// Check what somebody shows, without a node and without a net; exit 0 valid, 1 not, 2 it cannot be read
    Check(shown::CheckArgs),
}

pub(crate) fn credential(command: CredentialCommand) -> ExitCode {
    match command {
        CredentialCommand::Issue(args) => issue::issue(&args),
        CredentialCommand::Derive(args) => issue::derive(&args),
        CredentialCommand::Verify(args) => verify::verify(&args),
        CredentialCommand::Inspect(args) => inspect::inspect(&args),
        CredentialCommand::Present(args) => match Contexts::new(&[]) {
            Ok(contexts) => shown::present(&args, &contexts),
            Err(error) => say::unusable(error),
        },
        CredentialCommand::Check(args) => shown::check(&args),
    }
}

/// A document, as JSON or as the text of a QR code.
pub(crate) fn read(file: &Path) -> Result<Value, (String, String)> {
    let mut bytes = Vec::new();
    // No more than one byte too many: what is larger is told so, and something without an end has one here.
    File::open(file)
        .and_then(|opened| {
            opened
                .take(CREDENTIAL_BYTES_MAX as u64 + 1)
                .read_to_end(&mut bytes)
        })
        .map_err(|e| ("file-unreadable".to_owned(), e.to_string()))?;
    if let Some(text) = std::str::from_utf8(&bytes)
        .ok()
        .filter(|t| carry::is_carried(t))
    {
        return carry::from_text(text).map_err(|p| (p.code().to_owned(), p.message.clone()));
    }
    let limits = json::Limits {
        bytes_max: CREDENTIAL_BYTES_MAX,
        ..garita_exchange::parse::limits()
    };
    json::parse(&bytes, &limits).map_err(|e| (e.code().to_owned(), e.to_string()))
}
