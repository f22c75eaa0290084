//! `garita status …`: what became of credentials, as a Bitstring Status List that an issuer publishes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use garita_canon::{Canonicalizer, ContextSet};
use garita_credential::data_integrity::{self, ProofOptions, Suite, VerifyOptions};
use garita_credential::judge::StatusLists as _;
use garita_credential::keys::KeyFile;
use garita_credential::status::{
    self, Bitstring, ENTRIES_MIN, ListOptions, Outcome, Register, StatusEntry, StatusList,
    StatusPolicy, StatusPurpose,
};
use garita_credential::time::parse_date_time_stamp;
use garita_exchange::clock::real_now_ms;
use garita_exchange::encode;
use serde_json::Value;

use super::locked::{self, Locked};
use super::{read, verify};
use crate::{say, shown};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PurposeName {
    /// Cancelled, for good
    Revocation,
    /// Not to be accepted for now; can be taken back
    Suspension,
    /// There is a newer one, for good
    Refresh,
}

impl PurposeName {
    fn of(self) -> StatusPurpose {
        match self {
            Self::Revocation => StatusPurpose::Revocation,
            Self::Suspension => StatusPurpose::Suspension,
            Self::Refresh => StatusPurpose::Refresh,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum StatusCommand {
    /// Make a list with every status unset, signed; publish the file at its URL
    Create(CreateArgs),
    /// Print an entry for a new credential (`credentialStatus`), at a place chosen by chance
    Entry(EntryArgs),
    /// Set or clear statuses, and sign the list anew; what is revoked stays revoked
    Set(SetArgs),
    /// Say what became of credentials; exit 0 nothing against any, 1 something, 2 not to be read
    Check(CheckArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// Multikey file of the issuer
    #[arg(long)]
    key: PathBuf,
    /// Where the list will be published
    #[arg(long)]
    url: String,
    /// What it is about
    #[arg(long, value_enum, default_value = "revocation")]
    purpose: PurposeName,
    /// How many credentials it has room for, at least 131072: among fewer nobody is hidden
    #[arg(long, default_value_t = ENTRIES_MIN)]
    entries: u64,
    /// Until when it is good, such as 2027-01-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    valid_until: Option<String>,
    /// After how many seconds it should be fetched again
    #[arg(long, value_name = "SECONDS")]
    ttl: Option<u32>,
    /// File to write; never over another
    #[arg(long)]
    out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct EntryArgs {
    /// The list
    list: PathBuf,
    /// Places that credentials have already, one a line
    #[arg(long, value_name = "FILE")]
    taken: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct SetArgs {
    /// Multikey file of the issuer
    #[arg(long)]
    key: PathBuf,
    /// Take the status back: of a suspension alone
    #[arg(long)]
    clear: bool,
    /// The list, which is written anew
    list: PathBuf,
    /// Places of credentials (`statusListIndex`)
    #[arg(required = true)]
    index: Vec<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// A list that was fetched; its age is that of the file
    #[arg(long, value_name = "URL=FILE", required = true)]
    status: Vec<String>,
    /// The time at which to judge; now, where none is named
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// Language of what is said
    #[arg(long, value_enum, default_value = "en")]
    lang: shown::Language,
    /// Credentials, JSON
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

pub(crate) fn status(command: StatusCommand) -> ExitCode {
    let done = match command {
        StatusCommand::Create(args) => create(&args),
        StatusCommand::Entry(args) => entry(&args),
        StatusCommand::Set(args) => set(&args),
        StatusCommand::Check(args) => return check(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => say::unusable(error),
    }
}

fn create(args: &CreateArgs) -> Result<(), String> {
    let key = read_key(&args.key)?;
    let bits = Bitstring::new(args.entries, 1).map_err(|e| e.to_string())?;
    let register =
        Register::resume(&[args.purpose.of()], bits).map_err(|problem| problem.to_string())?;
    let now_ms = real_now_ms();
    let mut options = ListOptions::new(&args.url, &key.controller, now_ms);
    options.valid_until_ms = args
        .valid_until
        .as_deref()
        .map(|text| time_of("--valid-until", text))
        .transpose()?;
    options.ttl_ms = args
        .ttl
        .map(|s| s.checked_mul(1_000).ok_or("--ttl: too long"))
        .transpose()?;
    let signed = signed(&register, &options, &key, now_ms)?;
    let text = format!("{signed:#}\n");
    locked::create(&args.out, &text)?;
    say::data(&args.url);
    Ok(())
}

fn entry(args: &EntryArgs) -> Result<(), String> {
    let (document, list) = read_list(&args.list)?;
    let url = text_of(&document, "/id")?;
    let taken: std::collections::HashSet<u64> = match &args.taken {
        None => std::collections::HashSet::new(),
        Some(file) => fs::read_to_string(file)
            .map_err(|e| format!("{}: {e}", file.display()))?
            .split_whitespace()
            .map(|word| word.parse().map_err(|_| format!("`{word}` is no place")))
            .collect::<Result<_, _>>()?,
    };
    let random = (0..64).map_while(|_| encode::random::<8>().ok().map(u64::from_le_bytes));
    let index = garita_credential::status::choose_index(list.entries(1), random, |index| {
        taken.contains(&index) || list.status(index, 1) != Some(0)
    })
    .ok_or("no place was found; make another list")?;
    let entry = StatusEntry::new(purpose_of(&document)?, index, url);
    say::data(serde_json::to_string_pretty(&entry.to_value()).unwrap_or_default());
    Ok(())
}

fn set(args: &SetArgs) -> Result<(), String> {
    let key = read_key(&args.key)?;
    // Held from before it is read until it is written: two that set at once would each undo the other.
    let held = Locked::open(&args.list)?;
    let (document, _) = read_list(held.path())?;
    let subject = document.get("credentialSubject");
    let plain = |name: &str| subject.is_none_or(|s| s.get(name).is_none());
    if !plain("statusSize") && subject.and_then(|s| s.get("statusSize")) != Some(&1.into())
        || !plain("statusMessages")
    {
        return Err("statuses of more than one bit are not kept here".to_owned());
    }
    // What was changed behind its issuer's back is not signed anew.
    let canonicalizer = Canonicalizer::new(ContextSet::bundled());
    let own = VerifyOptions::assertion(&garita_credential::DidKeyResolver, None);
    if let Err(problems) = data_integrity::verify(&document, &own, &canonicalizer) {
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        return Err(format!("{}: {}", args.list.display(), told.join("; ")));
    }
    let issuer = text_of(&document, "/issuer")?;
    if issuer != key.controller {
        return Err(format!(
            "the list is of `{issuer}`, the key of `{}`",
            key.controller
        ));
    }
    let bits = Bitstring::decode(&text_of(&document, "/credentialSubject/encodedList")?, 1)
        .map_err(|e| e.to_string())?;
    let mut register =
        Register::resume(&[purpose_of(&document)?], bits).map_err(|problem| problem.to_string())?;
    let (mut changed, value) = (0, u8::from(!args.clear));
    for index in &args.index {
        let set = register.set(*index, value);
        changed += usize::from(set.map_err(|e| format!("place {index}: {e}"))?);
    }
    let now_ms = real_now_ms();
    let mut options = ListOptions::new(text_of(&document, "/id")?, issuer, now_ms);
    options.valid_until_ms = match document.get("validUntil").and_then(Value::as_str) {
        None => None,
        Some(text) => Some(time_of("validUntil", text)?),
    };
    options.ttl_ms = document
        .pointer("/credentialSubject/ttl")
        .and_then(Value::as_u64)
        .and_then(|ttl| u32::try_from(ttl).ok());
    let text = format!("{:#}\n", signed(&register, &options, &key, now_ms)?);
    held.replace(&text)?;
    say::data(format!("{changed} of {} changed", args.index.len()));
    Ok(())
}

fn check(args: &CheckArgs) -> ExitCode {
    let (mut against, mut unreadable) = (false, false);
    let now_ms = match args.now.as_deref().map(|text| time_of("--now", text)) {
        None => real_now_ms(),
        Some(Ok(now_ms)) => now_ms,
        Some(Err(error)) => return say::unusable(error),
    };
    let lists = match verify::Lists::of_did_key(&args.status, now_ms) {
        Ok(lists) => lists,
        Err(error) => return say::unusable(error),
    };
    let lang = args.lang.of();
    for file in &args.files {
        let place = file.display();
        let document = match read(file) {
            Ok(document) => document,
            Err((code, why)) => {
                unreadable = true;
                say::words(format!("{place}: {code}: {why}"));
                continue;
            }
        };
        let policy = StatusPolicy::strict(now_ms);
        match status::judge(&document, |url| lists.given(url), &policy) {
            Ok(outcomes) if outcomes.is_empty() => {
                let text = match lang {
                    garita_credential::Lang::En => "has no status",
                    garita_credential::Lang::Es => "no tiene estado",
                };
                say::words(format!("{place}: {text}"));
            }
            Ok(outcomes) => {
                for outcome in outcomes {
                    against |= !outcome.outcome.is_acceptable();
                    let said = match (&outcome.outcome, lang) {
                        (Outcome::Message { text, .. }, _) => text.clone(),
                        (other, lang) => match (other.code(), lang) {
                            (Some(code), lang) => code.describe(lang).to_owned(),
                            (None, garita_credential::Lang::En) => "good".to_owned(),
                            (None, garita_credential::Lang::Es) => "en regla".to_owned(),
                        },
                    };
                    say::words(format!("{place}: {}: {said}", outcome.purpose));
                }
            }
            Err(problems) => {
                against = true;
                for problem in problems {
                    say::words(format!("{place}: {problem}"));
                }
            }
        }
    }
    if unreadable {
        ExitCode::from(say::UNUSABLE)
    } else if against {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn signed(
    register: &Register,
    options: &ListOptions,
    key: &KeyFile,
    now_ms: i64,
) -> Result<Value, String> {
    let list = register
        .credential(options)
        .map_err(|problem| problem.to_string())?;
    let canonicalizer = Canonicalizer::new(ContextSet::bundled());
    let kind = key.key.key_type();
    let suite = Suite::usual(kind)
        .ok_or_else(|| format!("no cryptosuite signs with a key of {}", kind.name()))?;
    let proof = ProofOptions::assertion(&key.id, now_ms);
    data_integrity::create(&list, suite, &key.key, &proof, &canonicalizer)
        .map_err(|problem| problem.to_string())
}

fn read_key(file: &Path) -> Result<KeyFile, String> {
    let text = fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    <KeyFile>::parse(&text).map_err(|e| format!("{}: {e}", file.display()))
}

fn read_list(file: &Path) -> Result<(Value, StatusList), String> {
    let document =
        read(file).map_err(|(code, why)| format!("{}: {code}: {why}", file.display()))?;
    match StatusList::read(&document) {
        Ok(list) => Ok((document, list)),
        Err(problems) => {
            let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
            Err(format!("{}: {}", file.display(), told.join("; ")))
        }
    }
}

fn purpose_of(list: &Value) -> Result<StatusPurpose, String> {
    let name = text_of(list, "/credentialSubject/statusPurpose")?;
    StatusPurpose::from_name(&name).ok_or_else(|| format!("purpose `{name}` is not kept here"))
}

fn text_of(document: &Value, pointer: &str) -> Result<String, String> {
    let found = document.pointer(pointer).and_then(Value::as_str);
    found
        .map(str::to_owned)
        .ok_or_else(|| format!("the list has no single text at {pointer}"))
}

fn time_of(name: &str, text: &str) -> Result<i64, String> {
    parse_date_time_stamp(text)
        .ok_or_else(|| format!("{name}: `{text}` must have date, time and zone"))
}
