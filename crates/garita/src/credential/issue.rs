//! Keys made, credentials signed, parts of them shown.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use garita_canon::Canonicalizer;
use garita_credential::data_integrity::{self, Form, ProofOptions, Suite};
use garita_credential::keys::{KeyError, KeyFile, KeyType, SecretKey, SigningKey};
use garita_credential::selective::{bbs, ecdsa_sd};
use garita_credential::{Problem, bbs as keys_of_bbs, vc};
use garita_exchange::clock::real_now_ms;
use garita_exchange::encode;
use garita_node::config::write_secret;
use serde_json::Value;
use zeroize::Zeroizing;

use super::contexts::Contexts;
use super::{SuiteName, read};
use crate::say;

#[derive(Debug, Args)]
pub(crate) struct IssueArgs {
    /// Cryptosuite; where none is named, the usual one of the key: eddsa-rdfc-2022, ecdsa-rdfc-2019 (ecdsa-sd-2023 with --mandatory) or bbs-2023
    #[arg(long, value_enum)]
    suite: Option<SuiteName>,
    /// Multikey file with the secret (see `garita did create`)
    #[arg(long)]
    key: PathBuf,
    /// What is shown with every part, by JSON pointer (ecdsa-sd-2023, bbs-2023), beside issuer, validity and status, which always are
    #[arg(long, value_name = "POINTER")]
    mandatory: Vec<String>,
    /// A context that the credential names beside the bundled ones
    #[arg(long, value_name = "URL=FILE")]
    context: Vec<String>,
    /// The unsigned credential, JSON
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct DeriveArgs {
    /// What to show beside what the issuer made mandatory, by JSON pointer: /credentialSubject/plate, …
    #[arg(long, value_name = "POINTER", required = true)]
    reveal: Vec<String>,
    /// A text that a verifier asks to be bound into the proof (bbs-2023)
    #[arg(long, value_name = "TEXT")]
    presentation_header: Option<String>,
    /// A context that the credential names beside the bundled ones
    #[arg(long, value_name = "URL=FILE")]
    context: Vec<String>,
    /// The credential as its issuer handed it to its holder, JSON
    file: PathBuf,
}

pub(super) fn create_key(kind: KeyType, out: &Path) -> ExitCode {
    let made = match kind {
        KeyType::Bls12381G2 => new_bbs_key().map(|key| written(KeyFile::did_key(key))),
        KeyType::Ed25519 | KeyType::P256 | KeyType::P384 | KeyType::P521 => {
            new_key(kind).map(|key| written(KeyFile::did_key(key)))
        }
    };
    let (controller, text) = match made {
        Ok(made) => made,
        Err(error) => return say::unusable(error),
    };
    match write_secret(out, &text) {
        Ok(()) => {
            say::data(controller);
            ExitCode::SUCCESS
        }
        Err(error) => say::unusable(error),
    }
}

fn written<K: SecretKey>(file: KeyFile<K>) -> (String, Zeroizing<String>) {
    let text = file.to_json();
    (file.controller, text)
}

fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, String> {
    encode::random()
        .map(Zeroizing::new)
        .map_err(|e| format!("no randomness: {e}"))
}

/// A key of random bytes; of P-256 one try in 2^32 gives none, of P-384 fewer.
pub(crate) fn new_key(kind: KeyType) -> Result<SigningKey, String> {
    for _ in 0..4 {
        let bytes = random::<66>()?;
        let secret = bytes.get(..kind.secret_bytes()).unwrap_or_default();
        match SigningKey::from_bytes(kind, secret) {
            Err(KeyError::NotAPoint) => {}
            made => return made.map_err(|e| e.to_string()),
        }
    }
    Err("the random bytes make no key".to_owned())
}

/// The group's order has 255 bits, and one number in ten of that length is beyond it.
pub(crate) fn new_bbs_key() -> Result<keys_of_bbs::SecretKey, String> {
    for _ in 0..64 {
        let mut bytes = random::<32>()?;
        if let Some(first) = bytes.first_mut() {
            *first &= 0x7f;
        }
        if let Ok(key) = keys_of_bbs::SecretKey::from_bytes(*bytes) {
            return Ok(key);
        }
    }
    Err("the random bytes make no key".to_owned())
}

/// The key of a file, by its kind.
enum AnyKey {
    Signs(KeyFile),
    Bbs(KeyFile<keys_of_bbs::SecretKey>),
}

impl AnyKey {
    fn read(file: &Path) -> Result<Self, String> {
        let text = Zeroizing::new(fs::read_to_string(file).map_err(|e| e.to_string())?);
        match <KeyFile>::parse(&text) {
            Ok(key) => Ok(Self::Signs(key)),
            Err(error) => match KeyFile::parse(&text) {
                Ok(key) => Ok(Self::Bbs(key)),
                Err(_) => Err(error.to_string()),
            },
        }
    }

    fn kind(&self) -> KeyType {
        match self {
            Self::Signs(file) => file.key.key_type(),
            Self::Bbs(_) => KeyType::Bls12381G2,
        }
    }

    fn names(&self) -> (&str, &str) {
        match self {
            Self::Signs(file) => (&file.id, &file.controller),
            Self::Bbs(file) => (&file.id, &file.controller),
        }
    }
}

pub(super) fn issue(args: &IssueArgs) -> ExitCode {
    let key = match AnyKey::read(&args.key) {
        Ok(key) => key,
        Err(error) => return say::unusable(format!("{}: {error}", args.key.display())),
    };
    let suite = match args.suite {
        Some(name) => name.suite(),
        None if !args.mandatory.is_empty() && key.kind() == KeyType::P256 => Suite::EcdsaSd2023,
        None => match Suite::usual(key.kind()) {
            Some(suite) => suite,
            None => {
                let kind = key.kind().name();
                return say::unusable(format!("no cryptosuite signs with a key of {kind}"));
            }
        },
    };
    if !suite.takes(key.kind()) {
        let (suite, kind) = (suite.as_str(), key.kind().name());
        return say::unusable(format!("{suite} does not sign with a key of {kind}"));
    }
    if suite.form() != Form::Selective && !args.mandatory.is_empty() {
        let suite = suite.as_str();
        return say::unusable(format!(
            "--mandatory: {suite} signs the whole, of which no part is shown"
        ));
    }
    let (document, contexts) = match opened(&args.file, &args.context) {
        Ok(opened) => opened,
        Err(error) => return say::unusable(error),
    };
    let canonicalizer = contexts.of(&document);
    let (id, controller) = key.names();
    if vc::issuer_of(&document).is_some_and(|issuer| issuer != controller) {
        let file = args.file.display();
        return say::no(format!(
            "{file}: issuer is not the key's controller `{controller}`"
        ));
    }
    let mut problems = vc::check(&document, None);
    problems.extend(vc::check_known_resources(&document));
    // The JSON form signs terms that no context defines; who reads the credential as linked data would not see them.
    problems.extend(vc::check_terms(&document, canonicalizer));
    if !problems.is_empty() {
        for problem in problems {
            say::talk(format!("{}: {problem}", args.file.display()));
        }
        return ExitCode::FAILURE;
    }
    let options = ProofOptions::assertion(id, real_now_ms());
    let mandatory = mandatory(&document, &args.mandatory, suite);
    match signed(&document, &key, suite, &options, &mandatory, canonicalizer) {
        Ok(Ok(signed)) => told(&signed),
        Ok(Err(problem)) => say::no(format!("{}: {problem}", args.file.display())),
        Err(error) => say::unusable(error),
    }
}

/// What is shown always: what was asked for, and what a verifier goes by. A holder who could leave out when a credential ends, or where its
/// revocation is told, would.
fn mandatory(document: &Value, asked: &[String], suite: Suite) -> Vec<String> {
    let mut all = asked.to_vec();
    if suite.form() == Form::Selective {
        for name in ["issuer", "validFrom", "validUntil", "credentialStatus"] {
            let pointer = format!("/{name}");
            if document.get(name).is_some() && !all.contains(&pointer) {
                all.push(pointer);
            }
        }
    }
    all
}

fn signed(
    document: &Value,
    key: &AnyKey,
    suite: Suite,
    options: &ProofOptions,
    mandatory: &[String],
    canonicalizer: &Canonicalizer,
) -> Result<Result<Value, Problem>, String> {
    Ok(match key {
        AnyKey::Bbs(file) => {
            let hmac_key = random()?;
            bbs::create(
                document,
                &file.key,
                options,
                mandatory,
                &hmac_key,
                canonicalizer,
            )
        }
        AnyKey::Signs(file) if suite == Suite::EcdsaSd2023 => {
            let secrets = ecdsa_sd::Secrets {
                hmac_key: *random()?,
                proof_key: new_key(KeyType::P256)?,
                // This process signs one document, and the first random nonce of a process takes longer than all of these.
                nonces: ecdsa_sd::Nonces::Repeatable,
            };
            ecdsa_sd::create(
                document,
                &file.key,
                options,
                mandatory,
                &secrets,
                canonicalizer,
            )
        }
        AnyKey::Signs(file) => {
            data_integrity::create(document, suite, &file.key, options, canonicalizer)
        }
    })
}

pub(super) fn derive(args: &DeriveArgs) -> ExitCode {
    let (document, contexts) = match opened(&args.file, &args.context) {
        Ok(opened) => opened,
        Err(error) => return say::unusable(error),
    };
    let canonicalizer = contexts.of(&document);
    let suite = document
        .pointer("/proof/cryptosuite")
        .and_then(Value::as_str);
    let header = args.presentation_header.as_deref();
    let derived = match suite.and_then(Suite::from_name) {
        Some(Suite::Bbs2023) => {
            let header = header.unwrap_or_default().as_bytes();
            bbs::derive(&document, &args.reveal, header, canonicalizer)
        }
        _ if header.is_some() => {
            return say::unusable("--presentation-header: only bbs-2023 binds one");
        }
        _ => ecdsa_sd::derive(&document, &args.reveal, canonicalizer),
    };
    match derived {
        Ok(derived) => told(&derived),
        Err(problem) => say::no(format!("{}: {problem}", args.file.display())),
    }
}

fn opened(file: &Path, contexts: &[String]) -> Result<(Value, Contexts), String> {
    let document =
        read(file).map_err(|(code, why)| format!("{}: {code}: {why}", file.display()))?;
    Ok((document, Contexts::new(contexts)?))
}

fn told(document: &Value) -> ExitCode {
    say::data(serde_json::to_string_pretty(document).unwrap_or_default());
    ExitCode::SUCCESS
}
