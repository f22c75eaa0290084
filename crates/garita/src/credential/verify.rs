//! Verdicts on files, on all cores.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use clap::{Args, ValueEnum};
use garita_credential::data_integrity::KeysAt;
use garita_credential::did::DidDocument;
use garita_credential::judge::{self, Judge, StatusLists};
use garita_credential::status::{Given, StatusList};
use garita_credential::time::parse_date_time_stamp;
use garita_credential::{
    Code, KeyHistory, Lang, Problem, ResolveError, ResolvedKey, Resolver, envelope, presentation,
};
use garita_exchange::booth::Ground as _;
use garita_exchange::clock::real_now_ms;
use garita_exchange::trust::Trust;
use serde_json::{Value, json};

use super::contexts::{Contexts, named_file};
use super::did::read_log;
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

/// By what credentials are judged.
#[derive(Debug, Args)]
pub(super) struct By {
    /// The time at which to judge, such as 2026-11-24T15:10:00Z; now, where none is named
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// A context that the credentials name beside the bundled ones
    #[arg(long, value_name = "URL=FILE")]
    context: Vec<String>,
    /// DID documents of issuers and holders, as their nodes serve them (`/parties/NAME/did.json`), or logs of did:webvh (did.jsonl); FILE alone or DID=FILE; did:key needs none
    #[arg(long, value_name = "[DID=]FILE")]
    did: Vec<String>,
    /// A status list that was fetched; its age is that of the file
    #[arg(long, value_name = "URL=FILE")]
    status: Vec<String>,
    /// A JSON Schema that the credentials name
    #[arg(long, value_name = "URL=FILE")]
    schema: Vec<String>,
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
    pub(super) lang: shown::Language,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// What to check
    #[arg(long, value_enum, default_value = "all")]
    checks: Checks,
    /// One JSON object a file
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    by: By,
    /// Credentials, JSON
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// What files are judged by.
pub(super) struct Bench<'a> {
    by: &'a By,
    checks: judge::Checks,
    contexts: Contexts,
    keys: Keys,
    lists: Lists,
    schemas: Schemas,
    pub(super) now_ms: i64,
}

pub(super) fn verify(args: &VerifyArgs) -> ExitCode {
    let checks = match args.checks {
        Checks::All => judge::Checks::ALL,
        Checks::Proof => judge::Checks::PROOF,
    };
    let bench = match Bench::of(&args.by, checks) {
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
            tell(file, &found, args.json, args.by.lang.of());
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
    pub(super) fn of(by: &'a By, checks: judge::Checks) -> Result<Self, String> {
        if by.trust.is_some() && !by.context.is_empty() {
            return Err("--trust brings its own contexts; leave --context out".to_owned());
        }
        let trust = by.trust.as_deref().map(shown::read_trust).transpose()?;
        let now_ms = match &by.now {
            None => real_now_ms(),
            Some(text) => parse_date_time_stamp(text)
                .ok_or_else(|| format!("--now: `{text}` must have date, time and zone"))?,
        };
        let (documents, histories) = documents(&by.did)?;
        let contexts = Contexts::new(&by.context)?;
        let keys = Keys {
            documents,
            histories,
            trust,
        };
        Ok(Self {
            lists: Lists::read(&by.status, &keys, &contexts, now_ms)?,
            schemas: Schemas::read(&by.schema)?,
            contexts,
            keys,
            now_ms,
            checks,
            by,
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
        Ok(self.problems(&read(file)?))
    }

    /// Whether it is asked for whom a presentation is, and what it answers.
    pub(super) fn asks(&self) -> bool {
        self.by.challenge.is_some() && self.by.domain.is_some()
    }

    /// What an envelope holds, where its signature holds.
    pub(super) fn opened(&self, document: &Value) -> Option<Value> {
        let time = envelope::Time {
            at_ms: Some(self.now_ms),
            keys_at: KeysAt::Created,
        };
        let opened = if envelope::is_presentation(document) {
            let asked = presentation::Asked::default();
            envelope::open_presentation(document, asked, &self.keys, time)
        } else {
            envelope::open_credential(document, &self.keys, time)
        };
        Some(opened.ok()?.into_document())
    }

    /// All that is wrong with what is shown.
    pub(super) fn problems(&self, document: &Value) -> Vec<Problem> {
        let canonicalizer = match &self.keys.trust {
            Some(trust) => trust.canonicalizer(),
            None => self.contexts.of(document),
        };
        let asked = presentation::is_one(document) || envelope::is_presentation(document);
        let judge = Judge {
            resolver: &self.keys,
            canonicalizer,
            keys_at: KeysAt::Created,
            now_ms: self.now_ms,
            checks: self.checks,
            lists: match self.checks {
                judge::Checks::PROOF => judge::Lists::Ignored,
                _ => judge::Lists::By(&self.lists),
            },
            schemas: Some(&self.schemas),
            domain: self.by.domain.as_deref().filter(|_| asked),
            challenge: self.by.challenge.as_deref().filter(|_| asked),
        };
        judge.shown(document)
    }
}

fn tell(file: &Path, found: &Found, as_json: bool, lang: Lang) {
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
    if as_json {
        let problems: Vec<Value> = problems
            .into_iter()
            .map(|(code, pointer, message)| {
                json!({ "code": code, "pointer": pointer, "message": message })
            })
            .collect();
        let verified = problems.is_empty();
        let file = file.display().to_string();
        say::data(json!({ "file": file, "verified": verified, "problems": problems }));
        return;
    }
    let verdict = match (problems.is_empty(), lang) {
        (true, Lang::En) => "verified",
        (false, Lang::En) => "not verified",
        (true, Lang::Es) => "verificado",
        (false, Lang::Es) => "no verificado",
    };
    say::words(format!("{}: {verdict}", file.display()));
    for (code, pointer, message) in problems {
        let place = match (pointer, lang) {
            ("", _) => String::new(),
            (pointer, Lang::En) => format!(" at {pointer}"),
            (pointer, Lang::Es) => format!(" en {pointer}"),
        };
        say::words(format!("  {code}{place}: {message}"));
    }
}

/// JSON Schemas from files: address, and the schema ready to judge.
struct Schemas(Vec<(String, jsonschema::Validator)>);

impl Schemas {
    /// # Errors
    /// When a file cannot be read, or is no schema; one that leans on others is none here, as nothing is fetched.
    fn read(given: &[String]) -> Result<Self, String> {
        let schemas = given.iter().map(|pair| {
            let (url, file) = named_file(pair)?;
            let place = file.display();
            let schema = read(&file).map_err(|(code, why)| format!("{place}: {code}: {why}"))?;
            let validator = jsonschema::options()
                .should_validate_formats(true)
                .build(&schema);
            Ok((url, validator.map_err(|e| format!("{place}: {e}"))?))
        });
        schemas.collect::<Result<_, String>>().map(Self)
    }
}

impl judge::Schemas for Schemas {
    fn faults(&self, url: &str, document: &Value) -> Option<Vec<(String, String)>> {
        let (_, validator) = self.0.iter().find(|(of, _)| of == url)?;
        let faults = validator.iter_errors(document);
        Some(
            faults
                .map(|e| (e.instance_path().to_string(), e.to_string()))
                .collect(),
        )
    }
}

/// Status lists from files: address, the list or why it is none, when it was fetched.
pub(super) struct Lists(Vec<(String, Result<StatusList, Code>, i64)>);

impl Lists {
    /// Reads lists; one whose proof does not hold is none.
    ///
    /// # Errors
    /// When a file cannot be read.
    fn read(
        given: &[String],
        keys: &Keys,
        contexts: &Contexts,
        now_ms: i64,
    ) -> Result<Self, String> {
        let lists = given.iter().map(|pair| {
            let (url, file) = named_file(pair)?;
            let place = file.display();
            let document = read(&file).map_err(|(code, why)| format!("{place}: {code}: {why}"))?;
            let fetched = std::fs::metadata(&file).and_then(|m| m.modified()).ok();
            let fetched_ms = fetched
                .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok())
                .and_then(|since| i64::try_from(since.as_millis()).ok());
            let judge = Judge {
                resolver: keys,
                keys_at: KeysAt::Created,
                canonicalizer: contexts.of(&document),
                now_ms,
                checks: judge::Checks {
                    // How old it may be is judged with the credential.
                    dates: false,
                    ..judge::Checks::ALL
                },
                lists: judge::Lists::Ignored,
                schemas: None,
                domain: None,
                challenge: None,
            };
            let list = match judge.credential(&document).first() {
                Some(problem) => Err(problem.code),
                None => StatusList::read(&document)
                    .map_err(|found| found.first().map_or(Code::StatusListMalformed, |p| p.code)),
            };
            Ok((url, list, fetched_ms.unwrap_or_default()))
        });
        lists.collect::<Result<_, String>>().map(Self)
    }

    /// Lists of issuers that are their own keys.
    pub(super) fn of_did_key(given: &[String], now_ms: i64) -> Result<Self, String> {
        Self::read(given, &Keys::default(), &Contexts::new(&[])?, now_ms)
    }
}

impl StatusLists for Lists {
    fn given(&self, url: &str) -> Given<'_> {
        let found = self.0.iter().find(|(of, ..)| of == url);
        found.map_or(Given::Nothing, |(_, list, fetched_ms)| match list {
            Ok(list) => Given::List {
                list,
                fetched_ms: *fetched_ms,
            },
            Err(code) => Given::Refused(*code),
        })
    }
}

/// DID documents and histories as read from files.
fn documents(files: &[String]) -> Result<(Vec<DidDocument>, KeyHistory), String> {
    let (mut documents, mut histories) = (Vec::new(), KeyHistory::new());
    for given in files {
        let (did, file) = match named_file(given) {
            Ok((did, file)) => (Some(did), file),
            Err(_) => (None, PathBuf::from(given)),
        };
        let place = file.display();
        let about = if file.extension().is_some_and(|ending| ending == "jsonl") {
            let history = read_log(&file)?;
            for entry in history.key_entries(|version| version.at_ms()) {
                histories.add(entry);
            }
            history.did().as_str().to_owned()
        } else {
            let document = read(&file).map_err(|(code, why)| format!("{place}: {code}: {why}"))?;
            let document = DidDocument::parse(&document).map_err(|e| format!("{place}: {e}"))?;
            let about = document.id.as_str().to_owned();
            documents.push(document);
            about
        };
        if did.is_some_and(|did| did != about) {
            return Err(format!("{place}: the document is of `{about}`"));
        }
    }
    Ok((documents, histories))
}

/// Keys at hand: of the DID documents and histories given, of a trust file, of did:key itself. Nothing is fetched.
#[derive(Default)]
struct Keys {
    documents: Vec<DidDocument>,
    histories: KeyHistory,
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
        // A trust file may say of a did:key that it is revoked; the histories answer for any such key by themselves, so they come after.
        let of_trust = self
            .trust
            .as_ref()
            .map(|trust| trust.network().keys.key(method, at_ms));
        match of_trust {
            None
            | Some(Err(
                ResolveError::KeyUnknown { .. } | ResolveError::DidMethodUnsupported { .. },
            )) => self.histories.key(method, at_ms),
            Some(said) => said,
        }
    }
}
