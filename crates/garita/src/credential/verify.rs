//! Verdicts on files, on all cores.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use clap::{Args, ValueEnum};
use garita_credential::did::DidDocument;
use garita_credential::judge::{self, Judge};
use garita_credential::time::parse_date_time_stamp;
use garita_credential::{
    DidKeyResolver, Problem, ResolveError, ResolvedKey, Resolver, presentation,
};
use garita_exchange::booth::Ground as _;
use garita_exchange::clock::real_now_ms;
use garita_exchange::trust::Trust;
use serde_json::{Value, json};

use super::contexts::{Contexts, named_file};
use super::read;
use crate::{say, shown};

/// Files judged before what was found is said: enough that the cores are busy, few enough that something is seen.
const AT_ONCE: usize = 256;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Checks {
    /// Proof, data model, dates, issuer, holder
    All,
    /// The proof alone
    Proof,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// What to check
    #[arg(long, value_enum, default_value = "all")]
    checks: Checks,
    /// The time at which to judge, such as 2026-11-24T15:10:00Z; now, where none is named
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// One JSON object a file
    #[arg(long)]
    json: bool,
    /// A context that the credentials name beside the bundled ones
    #[arg(long, value_name = "URL=FILE")]
    context: Vec<String>,
    /// DID documents of issuers and holders, as their nodes serve them (`/parties/NAME/did.json`), FILE alone or DID=FILE; did:key needs none
    #[arg(long, value_name = "[DID=]FILE")]
    did: Vec<String>,
    /// Keys and contexts of a network (`garita trust export`)
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// What a presentation must answer
    #[arg(long)]
    challenge: Option<String>,
    /// For whom a presentation must be
    #[arg(long)]
    domain: Option<String>,
    /// Language of what is said
    #[arg(long, value_enum, default_value = "en")]
    lang: shown::Language,
    /// Credentials, JSON
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// What files are judged by.
struct Bench<'a> {
    args: &'a VerifyArgs,
    contexts: Contexts,
    keys: Keys,
    now_ms: i64,
}

pub(super) fn verify(args: &VerifyArgs) -> ExitCode {
    let bench = match Bench::of(args) {
        Ok(bench) => bench,
        Err(error) => return say::unusable(error),
    };
    let (mut invalid, mut unreadable) = (false, false);
    for files in args.files.chunks(AT_ONCE) {
        for (file, found) in files.iter().zip(bench.judge_all(files)) {
            match &found {
                Err(_) => unreadable = true,
                Ok(problems) => invalid |= !problems.is_empty(),
            }
            bench.tell(file, &found);
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

/// What was found in a file; code and reason of one that cannot be read.
type Found = Result<Vec<Problem>, (String, String)>;

impl<'a> Bench<'a> {
    fn of(args: &'a VerifyArgs) -> Result<Self, String> {
        let trust = args.trust.as_deref().map(shown::read_trust).transpose()?;
        let now_ms = match &args.now {
            None => real_now_ms(),
            Some(text) => parse_date_time_stamp(text)
                .ok_or_else(|| format!("--now: `{text}` must have date, time and zone"))?,
        };
        Ok(Self {
            contexts: Contexts::new(&args.context)?,
            keys: Keys {
                documents: documents(&args.did)?,
                trust,
            },
            now_ms,
            args,
        })
    }

    fn judge_all(&self, files: &[PathBuf]) -> Vec<Found> {
        let cores = thread::available_parallelism().map_or(1, |n| n.get());
        let share = files.len().div_ceil(cores).max(1);
        if files.len() == 1 {
            return files.iter().map(|file| self.judge(file)).collect();
        }
        thread::scope(|scope| {
            let parts: Vec<_> = files
                .chunks(share)
                .map(|part| {
                    let work = move || part.iter().map(|file| self.judge(file)).collect();
                    (part, scope.spawn(work))
                })
                .collect();
            let died = || Err(("internal".to_owned(), "the check did not end".to_owned()));
            parts
                .into_iter()
                .flat_map(|(part, work)| {
                    let judged: Vec<Found> = work.join().unwrap_or_default();
                    let missing = part.len() - judged.len();
                    judged.into_iter().chain((0..missing).map(move |_| died()))
                })
                .collect()
        })
    }

    fn judge(&self, file: &Path) -> Found {
        let document = read(file)?;
        let canonicalizer = match &self.keys.trust {
            Some(trust) => trust.canonicalizer(),
            None => self.contexts.of(&document),
        };
        let asked = presentation::is_one(&document);
        let judge = Judge {
            resolver: &self.keys,
            canonicalizer,
            now_ms: self.now_ms,
            checks: match self.args.checks {
                Checks::All => judge::Checks::ALL,
                Checks::Proof => judge::Checks::PROOF,
            },
            domain: self.args.domain.as_deref().filter(|_| asked),
            challenge: self.args.challenge.as_deref().filter(|_| asked),
        };
        Ok(judge.shown(&document))
    }

    fn tell(&self, file: &Path, found: &Found) {
        let lang = self.args.lang.of();
        let problems: Vec<(&str, &str, String)> = match found {
            Err((code, why)) => vec![(code, "", why.clone())],
            Ok(problems) => problems
                .iter()
                .map(|p| {
                    let message = format!("{} ({})", p.code.describe(lang), p.message);
                    (p.code(), p.pointer.as_str(), message)
                })
                .collect(),
        };
        if self.args.json {
            let problems: Vec<Value> = problems
                .into_iter()
                .map(|(code, pointer, message)| {
                    json!({ "code": code, "pointer": pointer, "message": message })
                })
                .collect();
            let verified = problems.is_empty();
            say::data(json!({ "file": file, "verified": verified, "problems": problems }));
            return;
        }
        let spanish = lang == garita_credential::Lang::Es;
        let verdict = match (problems.is_empty(), spanish) {
            (true, false) => "verified",
            (false, false) => "not verified",
            (true, true) => "verificado",
            (false, true) => "no verificado",
        };
        say::data(format!("{}: {verdict}", file.display()));
        for (code, pointer, message) in problems {
            let place = match (pointer, spanish) {
                ("", _) => String::new(),
                (pointer, false) => format!(" at {pointer}"),
                (pointer, true) => format!(" en {pointer}"),
            };
            say::data(format!("  {code}{place}: {message}"));
        }
    }
}

/// DID documents as read from files.
fn documents(files: &[String]) -> Result<Vec<DidDocument>, String> {
    files
        .iter()
        .map(|given| {
            let (did, file) = match named_file(given) {
                Ok((did, file)) => (Some(did), file),
                Err(_) => (None, PathBuf::from(given)),
            };
            let place = file.display();
            let document = read(&file).map_err(|(code, why)| format!("{place}: {code}: {why}"))?;
            let document = DidDocument::parse(&document).map_err(|e| format!("{place}: {e}"))?;
            match did {
                Some(did) if did != document.id.as_str() => {
                    Err(format!("{place}: the document is of `{}`", document.id))
                }
                _ => Ok(document),
            }
        })
        .collect()
}

/// Keys at hand: of the DID documents given, of a trust file, of did:key itself. Nothing is fetched.
struct Keys {
    documents: Vec<DidDocument>,
    trust: Option<Trust>,
}

impl Resolver for Keys {
    fn key(&self, method: &str, at_ms: Option<i64>) -> Result<ResolvedKey, ResolveError> {
        let found = self.documents.iter().find_map(|d| d.method(method));
        if let Some(found) = found {
            return Ok(ResolvedKey {
                controller: found.controller.clone(),
                key: found.key.clone(),
                purposes: found.purposes,
            });
        }
        match &self.trust {
            Some(trust) => trust.network().keys.key(method, at_ms),
            None => DidKeyResolver.key(method, at_ms),
        }
    }
}
