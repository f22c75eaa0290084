//! `garita did …`: keys made, DIDs resolved, a DID with a history begun and its key changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use garita_canon::{Canonicalizer, ContextSet};
use garita_credential::keys::{KeyFile, KeyType};
use garita_credential::resolution::{VersionQuery, resolve_history};
use garita_credential::time::parse_date_time_stamp;
use garita_credential::webvh::{self, Changes, Documents, History, WebvhDid};
use garita_exchange::clock::real_now_ms;
use garita_node::config::write_secret;
use garita_node::dids::Dids;
use serde_json::Value;

use super::KeyTypeName;
use super::issue::{create_key, new_key};
use super::locked::{self, Locked};
use crate::say;

#[derive(Debug, Subcommand)]
pub(crate) enum DidCommand {
    /// Make a key and its did:key; the file holds the secret and only its owner may read it
    Create(CreateArgs),
    /// Say what a DID stands for: did:key and did:jwk without a net, did:web and did:webvh from where they are published
    Resolve(ResolveArgs),
    /// Change the key of a did:webvh: the next version of its log, signed by the key that it had
    Rotate(RotateArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// What kind of key
    #[arg(long = "type", value_enum, default_value = "ed25519")]
    kind: KeyTypeName,
    /// Where to write it; never over another file
    #[arg(long)]
    out: PathBuf,
    /// Begin a did:webvh at this place instead: HOST, or HOST/PATH; with an Ed25519 key
    #[arg(long, value_name = "HOST[/PATH]", requires = "log")]
    webvh: Option<String>,
    /// Where to write the log of the did:webvh, to be published as did.jsonl; never over another file
    #[arg(long, value_name = "FILE", requires = "webvh")]
    log: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ResolveArgs {
    /// The DID, or the DID URL of one of its keys
    did: String,
    /// As of then, for a DID with a history, such as 2026-11-24T15:10:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// The log of a did:webvh, where it is at hand: nothing is fetched
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Also from this machine and its network, without TLS: for demonstrations
    #[arg(long)]
    inside: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RotateArgs {
    /// The log (did.jsonl), which gets one version more
    #[arg(long)]
    log: PathBuf,
    /// The key that it has
    #[arg(long)]
    key: PathBuf,
    /// Where to write the new key; never over another file
    #[arg(long, required_unless_present = "end")]
    out: Option<PathBuf>,
    /// End the DID instead: no key speaks for it from now on
    #[arg(long, conflicts_with = "out")]
    end: bool,
}

pub(crate) fn did(command: DidCommand) -> ExitCode {
    let done = match command {
        DidCommand::Create(args) => match (&args.webvh, &args.log) {
            (Some(place), Some(log)) => begin(&args, place, log),
            _ => return create_key(args.kind.kind(), &args.out),
        },
        DidCommand::Resolve(args) => return resolve(&args),
        DidCommand::Rotate(args) => rotate(&args),
    };
    match done {
        Ok(did) => {
            say::data(did);
            ExitCode::SUCCESS
        }
        Err(error) => say::unusable(error),
    }
}

fn canonicalizer() -> Canonicalizer {
    Canonicalizer::new(ContextSet::bundled())
}

/// Name of the key that a version brings: its number, which no later one has.
fn key_name(number: u64) -> String {
    format!("key-{number}")
}

fn begin(args: &CreateArgs, place: &str, log: &Path) -> Result<String, String> {
    if args.kind.kind() != KeyType::Ed25519 {
        return Err("only Ed25519 keys sign the log of a did:webvh".to_owned());
    }
    if log.exists() {
        return Err(format!("{} is there already", log.display()));
    }
    let place = place.replace(':', "%3A").replace('/', ":");
    let key = new_key(KeyType::Ed25519)?;
    let public = key.verification_key();
    let document = webvh::document(&webvh::template(&place), &[(key_name(1), public.clone())]);
    let changes = Changes::update_keys(&[public]);
    let history = webvh::create(
        &place,
        document,
        changes,
        whole_second(),
        &key,
        &canonicalizer(),
    )
    .map_err(|problem| problem.to_string())?;
    let did = history.did().as_str().to_owned();
    let file = KeyFile {
        id: format!("{did}#{}", key_name(1)),
        controller: did.clone(),
        key,
    };
    write_secret(&args.out, &file.to_json()).map_err(|e| e.to_string())?;
    locked::create(log, &history.to_jsonl())?;
    Ok(did)
}

fn rotate(args: &RotateArgs) -> Result<String, String> {
    let text = fs::read_to_string(&args.key).map_err(|e| format!("{}: {e}", args.key.display()))?;
    let old = <KeyFile>::parse(&text).map_err(|e| format!("{}: {e}", args.key.display()))?;
    let held = Locked::open(&args.log)?;
    let mut history = read_log(held.path())?;
    let did = history.did().as_str().to_owned();
    let at_ms = next_second(&history);
    let Some(out) = &args.out else {
        history
            .deactivate(at_ms, &old.key, &canonicalizer())
            .map_err(|problem| problem.to_string())?;
        held.replace(&history.to_jsonl())?;
        return Ok(did);
    };
    let number = history.latest().map_or(1, |version| version.number()) + 1;
    let key = new_key(KeyType::Ed25519)?;
    let public = key.verification_key();
    let document = next_document(&history, &did, number, &public)?;
    history
        .update(
            document,
            Changes::update_keys(&[public]),
            at_ms,
            &old.key,
            &canonicalizer(),
        )
        .map_err(|problem| problem.to_string())?;
    let file = KeyFile {
        id: format!("{did}#{}", key_name(number)),
        controller: did.clone(),
        key,
    };
    // The key first: a log that names a key which nobody has could never be changed again.
    write_secret(out, &file.to_json()).map_err(|e| e.to_string())?;
    if let Err(error) = held.replace(&history.to_jsonl()) {
        // The log does not name it, and it would stand in the way of the next try.
        let _ = fs::remove_file(out);
        return Err(error);
    }
    Ok(file.id)
}

/// The document with the new key in the place of the old one; what else it says stays.
fn next_document(
    history: &History,
    did: &str,
    number: u64,
    key: &garita_credential::VerificationKey,
) -> Result<Value, String> {
    let before = history.latest().map(|version| version.state());
    let methods = before
        .and_then(|document| document.get("verificationMethod"))
        .and_then(Value::as_array);
    if methods.is_none_or(|methods| methods.len() != 1) {
        return Err("its document has not just one key; change it by hand".to_owned());
    }
    let mut document = webvh::document(did, &[(key_name(number), key.clone())]);
    if let (Some(Value::Object(old)), Some(new)) = (before, document.as_object_mut()) {
        for (name, member) in old {
            if !new.contains_key(name) {
                new.insert(name.clone(), member.clone());
            }
        }
    }
    Ok(document)
}

fn resolve(args: &ResolveArgs) -> ExitCode {
    let at_ms = match &args.at {
        None => None,
        Some(text) => match parse_date_time_stamp(text) {
            Some(at_ms) => Some(at_ms),
            None => {
                return say::unusable(format!("--at: `{text}` must have date, time and zone"));
            }
        },
    };
    let version = at_ms.map_or(VersionQuery::Latest, VersionQuery::AtMs);
    let resolution = match &args.log {
        Some(file) => match read_log(file) {
            Ok(history) => resolve_history(&history, version),
            Err(error) => return say::unusable(error),
        },
        None => {
            let runtime = match tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
            {
                Ok(runtime) => runtime,
                Err(error) => return say::unusable(error),
            };
            runtime.block_on(Dids::new(args.inside).resolve(&args.did, version))
        }
    };
    let answer: Value = resolution.to_value();
    say::data(serde_json::to_string_pretty(&answer).unwrap_or_default());
    if resolution.outcome.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The history that a log file tells; it names its own DID.
pub(super) fn read_log(file: &Path) -> Result<History, String> {
    let place = file.display();
    let log = fs::read(file).map_err(|e| format!("{place}: {e}"))?;
    let last = log
        .split(|byte| *byte == b'\n')
        .rfind(|line| !line.is_empty())
        .unwrap_or_default();
    let entry: Value = serde_json::from_slice(last).map_err(|e| format!("{place}: {e}"))?;
    let did = entry.pointer("/state/id").and_then(Value::as_str);
    let did = did.ok_or_else(|| format!("{place}: its last version has no DID"))?;
    let did = WebvhDid::parse(did).map_err(|e| format!("{place}: {e}"))?;
    let documents = Documents {
        log: &log,
        witness: None,
    };
    webvh::verify(&did, documents, real_now_ms(), &canonicalizer())
        .map_err(|broken| format!("{place}: {}", broken.problem))
}

/// Times of versions are in whole seconds.
fn whole_second() -> i64 {
    real_now_ms() / 1_000 * 1_000
}

/// The time of the next version: a whole second that has not begun, and later than the last version's, waited for. What was signed up to now
/// is before it, what is signed from now on is not.
fn next_second(history: &History) -> i64 {
    let last_ms = history.latest().map_or(0, |version| version.at_ms());
    let at_ms = (whole_second() + 1_000).max(last_ms + 1_000);
    // A version far in the future is for the check of times to refuse, not to be waited for.
    let wait_ms = (at_ms - real_now_ms()).clamp(0, 2_000);
    std::thread::sleep(Duration::from_millis(wait_ms.unsigned_abs()));
    at_ms
}
