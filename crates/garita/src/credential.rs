//! `garita did …`, `garita credential …`: without a node, without a network.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use garita_canon::{Canonicalizer, ContextSet, json};
use garita_credential::data_integrity::{self, ProofOptions, VerifyOptions};
use garita_credential::did::DidDocument;
use garita_credential::keys::{KeyError, KeyFile, KeyType, SigningKey};
use garita_credential::presentation::{self, Asked};
use garita_credential::{
    DidKeyResolver, Lang, Problem, ResolveError, ResolvedKey, Resolver, Suite, carry, vc,
};
use garita_exchange::booth::Ground as _;
use garita_exchange::clock::real_now_ms;
use garita_exchange::encode;
use garita_exchange::trust::Trust;
use garita_node::config::write_secret;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::{say, shown};

/// A credential of another's making may be larger than a record of ours.
const CREDENTIAL_BYTES_MAX: usize = 4 << 20;

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum KeyTypeName {
    /// Edwards curve 25519: for eddsa-rdfc-2022 and eddsa-jcs-2022, and for nodes and parties
    Ed25519,
    /// NIST P-256: for ecdsa-rdfc-2019 and ecdsa-jcs-2019
    P256,
    /// NIST P-384: for ecdsa-rdfc-2019 and ecdsa-jcs-2019
    P384,
}

impl KeyTypeName {
    fn kind(self) -> KeyType {
        match self {
            Self::Ed25519 => KeyType::Ed25519,
            Self::P256 => KeyType::P256,
            Self::P384 => KeyType::P384,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum DidCommand {
    /// Make a key and its did:key; the file holds the secret and only its owner may read it
    Create {
        /// What kind of key
        #[arg(long = "type", value_enum, default_value = "ed25519")]
        kind: KeyTypeName,
        /// Where to write it; never over another file
        #[arg(long)]
        out: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum SuiteName {
    /// Over the RDF canonical form
    #[value(name = "eddsa-rdfc-2022")]
    EddsaRdfc2022,
    /// Over the JSON canonical form
    #[value(name = "eddsa-jcs-2022")]
    EddsaJcs2022,
    /// Over the RDF canonical form, with a P-256 or P-384 key
    #[value(name = "ecdsa-rdfc-2019")]
    EcdsaRdfc2019,
    /// Over the JSON canonical form, with a P-256 or P-384 key
    #[value(name = "ecdsa-jcs-2019")]
    EcdsaJcs2019,
}

impl SuiteName {
    fn suite(self) -> Suite {
        match self {
            Self::EddsaRdfc2022 => Suite::EddsaRdfc2022,
            Self::EddsaJcs2022 => Suite::EddsaJcs2022,
            Self::EcdsaRdfc2019 => Suite::EcdsaRdfc2019,
            Self::EcdsaJcs2019 => Suite::EcdsaJcs2019,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Checks {
    /// Proof, data model, dates, issuer
    All,
    /// The proof alone
    Proof,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CredentialCommand {
    /// Sign a credential; it goes to stdout
    Issue {
        /// Cryptosuite
        #[arg(long, value_enum, default_value = "eddsa-rdfc-2022")]
        suite: SuiteName,
        /// Multikey file with the secret (see `garita did create`)
        #[arg(long)]
        key: PathBuf,
        /// The unsigned credential, JSON
        file: PathBuf,
    },
    /// Verify credentials and presentations: files, or files with the text of a QR code; exit 0 all valid, 1 one is not, 2 one cannot be read
    Verify {
        /// What to check
        #[arg(long, value_enum, default_value = "all")]
        checks: Checks,
        /// One JSON object a file
        #[arg(long)]
        json: bool,
        /// DID documents of issuers and holders, as their nodes serve them (`/parties/NAME/did.json`); did:key needs none
        #[arg(long, value_name = "FILE")]
        did: Vec<PathBuf>,
        /// Keys and contexts of a network (`garita trust export`)
        #[arg(long, value_name = "FILE")]
        trust: Option<PathBuf>,
        /// What a presentation must answer
        #[arg(long)]
        challenge: Option<String>,
        /// For whom a presentation must be
        #[arg(long)]
        domain: Option<String>,
        /// Credentials, JSON
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Show credentials as their holder; the presentation goes to stdout
    Present(shown::PresentArgs),
    /// Check what somebody shows, without a node and without a net; exit 0 valid, 1 not, 2 it cannot be read
    Check(shown::CheckArgs),
}

pub(crate) fn did(command: DidCommand) -> ExitCode {
    match command {
        DidCommand::Create { kind, out } => {
            let file = match new_key(kind.kind()) {
                Ok(key) => KeyFile::did_key(key),
                Err(error) => return say::unusable(error),
            };
            match write_secret(&out, &file.to_json()) {
                Ok(()) => {
                    say::data(&file.controller);
                    ExitCode::SUCCESS
                }
                Err(error) => say::unusable(error),
            }
        }
    }
}

/// A key of random bytes; of P-256 one try in 2^32 gives none, of P-384 fewer.
fn new_key(kind: KeyType) -> Result<SigningKey, String> {
    for _ in 0..4 {
        let bytes: Zeroizing<[u8; 48]> =
            Zeroizing::new(encode::random().map_err(|e| format!("no randomness: {e}"))?);
        let secret = bytes.get(..kind.secret_bytes()).unwrap_or_default();
        match SigningKey::from_bytes(kind, secret) {
            Err(KeyError::NotAPoint) => {}
            made => return made.map_err(|e| e.to_string()),
        }
    }
    Err("the random bytes make no key".to_owned())
}

pub(crate) fn credential(command: CredentialCommand) -> ExitCode {
    let canonicalizer = match canonicalizer() {
        Ok(canonicalizer) => canonicalizer,
        Err(error) => return say::unusable(error),
    };
    match command {
        CredentialCommand::Issue { suite, key, file } => issue(suite, &key, &file, &canonicalizer),
        CredentialCommand::Verify {
            checks,
            json,
            did,
            trust,
            challenge,
            domain,
            files,
        } => {
            let trust = match trust.as_deref().map(shown::read_trust).transpose() {
                Ok(trust) => trust,
                Err(error) => return say::unusable(error),
            };
            let documents = match documents(&did) {
                Ok(documents) => documents,
                Err(error) => return say::unusable(error),
            };
            let keys = Keys {
                documents,
                trust: trust.as_ref(),
            };
            let asked = Asked {
                challenge: challenge.as_deref(),
                domain: domain.as_deref(),
                age_ms_max: None,
            };
            let canonicalizer = trust.as_ref().map_or(&canonicalizer, |t| t.canonicalizer());
            let judge = Judge {
                checks,
                keys,
                asked,
                canonicalizer,
                now_ms: real_now_ms(),
            };
            verify(&judge, json, &files)
        }
        CredentialCommand::Present(args) => shown::present(&args, &canonicalizer),
        CredentialCommand::Check(args) => shown::check(&args),
    }
}

fn issue(suite: SuiteName, key: &Path, file: &Path, canonicalizer: &Canonicalizer) -> ExitCode {
    let key = match fs::read_to_string(key)
        .map_err(|e| e.to_string())
        .and_then(|text| <KeyFile>::parse(&text).map_err(|e| e.to_string()))
    {
        Ok(key) => key,
        Err(error) => return say::unusable(format!("{}: {error}", key.display())),
    };
    let document = match read(file) {
        Ok(document) => document,
        Err((code, message)) => {
            return say::unusable(format!("{}: {code}: {message}", file.display()));
        }
    };
    let suite = suite.suite();
    let now_ms = real_now_ms();
    let mut problems = vc::check(&document, None);
    // The JSON form signs terms that no context defines; who reads the credential as linked data would not see them.
    problems.extend(vc::check_terms(&document, canonicalizer));
    if vc::issuer_of(&document).is_some_and(|issuer| issuer != key.controller) {
        say::talk(format!(
            "issuer is not the key's controller `{}`",
            key.controller
        ));
        return ExitCode::FAILURE;
    }
    if !problems.is_empty() {
        for problem in problems {
            say::talk(format!("{}: {problem}", file.display()));
        }
        return ExitCode::FAILURE;
    }
    match data_integrity::create(
        &document,
        suite,
        &key.key,
        &ProofOptions::assertion(&key.id, now_ms),
        canonicalizer,
    ) {
        Ok(signed) => {
            say::data(serde_json::to_string_pretty(&signed).unwrap_or_default());
            ExitCode::SUCCESS
        }
        Err(problem) => say::no(format!("{}: {problem}", file.display())),
    }
}

/// DID documents as read from files.
fn documents(files: &[PathBuf]) -> Result<Vec<DidDocument>, String> {
    files
        .iter()
        .map(|file| {
            let document =
                read(file).map_err(|(code, why)| format!("{}: {code}: {why}", file.display()))?;
            DidDocument::parse(&document).map_err(|e| format!("{}: {e}", file.display()))
        })
        .collect()
}

/// Keys at hand: of the DID documents given, of a trust file, of did:key itself. Nothing is fetched.
struct Keys<'a> {
    documents: Vec<DidDocument>,
    trust: Option<&'a Trust>,
}

impl Resolver for Keys<'_> {
    fn key(&self, method: &str, at_ms: Option<i64>) -> Result<ResolvedKey, ResolveError> {
        let found = self.documents.iter().find_map(|d| d.method(method));
        if let Some(found) = found {
            return Ok(ResolvedKey {
                controller: found.controller.clone(),
                key: found.key.clone(),
                purposes: found.purposes,
            });
        }
        match self.trust {
            Some(trust) => trust.network().keys.key(method, at_ms),
            None => DidKeyResolver.key(method, at_ms),
        }
    }
}

/// What files are judged by.
struct Judge<'a> {
    checks: Checks,
    keys: Keys<'a>,
    asked: Asked<'a>,
    canonicalizer: &'a Canonicalizer,
    now_ms: i64,
}

fn verify(judge: &Judge<'_>, as_json: bool, files: &[PathBuf]) -> ExitCode {
    let (mut invalid, mut unreadable) = (false, false);
    for file in files {
        let problems = match read(file) {
            Err((code, message)) => {
                unreadable = true;
                vec![json!({ "code": code, "pointer": "", "message": message })]
            }
            Ok(document) => {
                let problems = judge.shown(&document);
                invalid |= !problems.is_empty();
                problems
            }
        };
        if as_json {
            say::data(
                json!({ "file": file, "verified": problems.is_empty(), "problems": problems }),
            );
        } else if problems.is_empty() {
            say::data(format!("{}: verified", file.display()));
        } else {
            say::data(format!("{}: not verified", file.display()));
            for problem in &problems {
                let text = |name: &str| {
                    problem
                        .get(name)
                        .and_then(Value::as_str)
                        .unwrap_or_default()
                };
                let place = if text("pointer").is_empty() {
                    String::new()
                } else {
                    format!(" at {}", text("pointer"))
                };
                say::data(format!("  {}{place}: {}", text("code"), text("message")));
            }
        }
    }
    if unreadable {
        ExitCode::from(say::UNUSABLE)
    } else if invalid {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

impl Judge<'_> {
    /// A credential, or a presentation with all that it shows.
    fn shown(&self, document: &Value) -> Vec<Value> {
        if !presentation::is_one(document) {
            return told("", self.credential(document));
        }
        let own = presentation::verify(
            document,
            self.asked,
            &self.keys,
            self.now_ms,
            self.canonicalizer,
        );
        let mut problems = told("", own.err().unwrap_or_default());
        for (n, credential) in presentation::credentials_of(document).iter().enumerate() {
            let place = format!("/verifiableCredential/{n}");
            problems.extend(told(&place, self.credential(credential)));
        }
        problems
    }

    fn credential(&self, document: &Value) -> Vec<Problem> {
        let mut problems = Vec::new();
        let options = VerifyOptions::assertion(&self.keys, Some(self.now_ms));
        match data_integrity::verify(document, &options, self.canonicalizer) {
            Ok(verified) => {
                if self.checks == Checks::All {
                    problems.extend(vc::check_controller(document, &verified).err());
                }
            }
            Err(found) => problems.extend(found),
        }
        if self.checks == Checks::All {
            problems.extend(vc::check(document, Some(self.now_ms)));
        }
        problems
    }
}

fn told(above: &str, problems: Vec<Problem>) -> Vec<Value> {
    problems
        .iter()
        .map(|p| {
            json!({
                "code": p.code(),
                "pointer": format!("{above}{}", p.pointer),
                "message": format!("{} ({})", p.code.describe(Lang::En), p.message),
            })
        })
        .collect()
}

/// A document, as JSON or as the text of a QR code.
pub(crate) fn read(file: &Path) -> Result<Value, (String, String)> {
    let bytes = fs::read(file).map_err(|e| ("file-unreadable".to_owned(), e.to_string()))?;
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

/// Bundled contexts and those of the programs in the binary, so that records of ours verify too.
fn canonicalizer() -> Result<Canonicalizer, String> {
    match garita_node::programs::load(None) {
        Ok(programs) => programs.canonicalizer().map_err(|e| e.to_string()),
        Err(_) => Ok(Canonicalizer::new(ContextSet::bundled())),
    }
}
