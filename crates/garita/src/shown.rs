//! `garita credential present|check`, `garita trust export`: a holder shows a credential, a booth without a net checks it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use garita_canon::json;
use garita_credential::carry;
use garita_credential::data_integrity::{ProofOptions, Purpose};
use garita_credential::keys::KeyFile;
use garita_credential::{Lang, presentation};
use garita_exchange::booth::{self, Ground as _, Verdict};
use garita_exchange::clock::real_now_ms;
use garita_exchange::encode;
use garita_exchange::trust::{self, Trust};
use garita_node::config::NodeConfig;
use serde_json::{Value, json};

use crate::credential::contexts::Contexts;
use crate::node::request;
use crate::{Data, credential, say};

#[derive(Debug, Args)]
pub(crate) struct PresentArgs {
    /// The holder's key (Multikey file)
    #[arg(long)]
    key: PathBuf,
    /// The key as the holder's DID document names it, such as did:web:HOST:parties:NAME#key-1, where the file knows it as did:key only
    #[arg(long, value_name = "DID#KEY")]
    method: Option<String>,
    /// What the verifier set, to be answered
    #[arg(long)]
    challenge: String,
    /// For whom it is: nobody else can use it
    #[arg(long)]
    domain: String,
    /// Credentials that speak of the holder
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// English
    En,
    /// Spanish
    Es,
}

impl Language {
    /// As the crates below name it.
    pub(crate) fn of(self) -> Lang {
        match self {
            Self::En => Lang::En,
            Self::Es => Lang::Es,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// What `garita trust export` wrote
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
    /// The time, where the machine's clock is not to be believed: 2026-11-24T09:30:00-06:00
    #[arg(long, value_name = "INSTANT")]
    now: Option<String>,
    /// For whom a presentation must be made
    #[arg(long)]
    domain: Option<String>,
    /// Language of what is said
    #[arg(long, value_enum, default_value = "en")]
    lang: Language,
    /// One JSON object, for programs
    #[arg(long)]
    json: bool,
    /// A file (credential, presentation, or the text of a QR code), or that text itself
    #[arg(value_name = "FILE-OR-QR-TEXT")]
    shown: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TrustCommand {
    /// Write the file (the node must run); it is as good as its instant, so write a new one each shift
    Export(ExportArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    data: Data,
    /// Short name of the party whose records it tells of; its API token lies in the node's folder
    #[arg(long)]
    party: String,
    /// File to write
    #[arg(long)]
    out: PathBuf,
}

pub(crate) fn present(args: &PresentArgs, contexts: &Contexts) -> ExitCode {
    let key = match fs::read_to_string(&args.key)
        .map_err(|e| e.to_string())
        .and_then(|text| <KeyFile>::parse(&text).map_err(|e| e.to_string()))
    {
        Ok(key) => key,
        Err(error) => return say::unusable(format!("{}: {error}", args.key.display())),
    };
    let mut credentials = Vec::new();
    for file in &args.files {
        match credential::read(file) {
            Ok(document) => credentials.push(document),
            Err((code, why)) => {
                return say::unusable(format!("{}: {code}: {why}", file.display()));
            }
        }
    }
    let options = ProofOptions {
        purpose: Purpose::Authentication,
        challenge: Some(args.challenge.clone()),
        domain: Some(args.domain.clone()),
        ..ProofOptions::assertion(args.method.as_deref().unwrap_or(&key.id), real_now_ms())
    };
    let holder = match &args.method {
        None => key.controller.as_str(),
        Some(method) => match method.split_once('#') {
            Some((did, _)) => did,
            None => return say::unusable(format!("`{method}` names no key: DID#KEY")),
        },
    };
    let canonicalizer = contexts.of(&json!({ "verifiableCredential": &credentials }));
    match presentation::create(holder, &credentials, &key.key, &options, canonicalizer) {
        Ok(signed) => {
            say::data(serde_json::to_string_pretty(&signed).unwrap_or_default());
            ExitCode::SUCCESS
        }
        Err(problem) => say::no(problem),
    }
}

/// Reads a trust file.
pub(crate) fn read_trust(file: &Path) -> Result<Trust, String> {
    let unusable = |why: String| format!("{}: {why}", file.display());
    let bytes = fs::read(file).map_err(|e| unusable(e.to_string()))?;
    let limits = json::Limits {
        bytes_max: trust::FILE_BYTES_MAX,
        // Each case is some twenty values, the chain some hundreds of entries.
        values_max: 4_000_000,
        ..json::Limits::default()
    };
    let document = json::parse(&bytes, &limits).map_err(|e| unusable(e.to_string()))?;
    Trust::read(&document).map_err(|e| unusable(e.to_string()))
}

pub(crate) fn check(args: &CheckArgs) -> ExitCode {
    let trust = match read_trust(&args.trust) {
        Ok(trust) => trust,
        Err(error) => return say::unusable(error),
    };
    let now_ms = match args.now.as_deref() {
        None => real_now_ms(),
        Some(text) => match encode::parse_instant_ms(text) {
            Some(now_ms) => now_ms,
            None => return say::unusable(format!("`{text}` is no instant with its zone")),
        },
    };
    let shown = if carry::is_carried(&args.shown) {
        args.shown.clone().into_bytes()
    } else {
        match fs::read(&args.shown) {
            Ok(bytes) => bytes,
            Err(error) => return say::unusable(format!("{}: {error}", args.shown)),
        }
    };
    let domains: Vec<&str> = args.domain.as_deref().into_iter().collect();
    match booth::judge(&shown, &domains, &trust, trust.canonicalizer(), now_ms) {
        Ok(verdict) => {
            if args.json {
                say::data(as_json(&verdict, &trust));
            } else {
                for line in lines(&verdict, &trust, args.lang, now_ms) {
                    say::data(line);
                }
            }
            if verdict.result == "valid" {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(refusal) => {
            let fault = refusal.faults.first();
            let text = fault.map_or("", |f| match args.lang {
                Language::En => f.en.as_str(),
                Language::Es => f.es.as_str(),
            });
            say::unusable(format!("{}: {text}", refusal.code()))
        }
    }
}

fn as_json(verdict: &Verdict, trust: &Trust) -> Value {
    json!({
        "result": verdict.result,
        "presentedAs": verdict.how,
        "issuer": verdict.issuer,
        "issuerName": verdict.issuer_name,
        "case": verdict.case,
        "status": verdict.status,
        "faults": verdict.faults,
        "trust": { "at": encode::instant_text(trust.at_ms()), "network": trust.network().id, "party": trust.party() },
    })
}

fn lines(verdict: &Verdict, trust: &Trust, lang: Language, now_ms: i64) -> Vec<String> {
    let w = |en: &str, es: &str| match lang {
        Language::En => en.to_owned(),
        Language::Es => es.to_owned(),
    };
    let mut out = vec![w(
        garita_node::shown::result(verdict).0.as_str(),
        garita_node::shown::result(verdict).1.as_str(),
    )];
    if let (Some(of), Some(case)) = (&verdict.of, &verdict.case) {
        out.push(format!("{}: {}", w(&of.title.en, &of.title.es), case.key));
    }
    let signer = verdict.issuer_name.as_deref().unwrap_or(&verdict.issuer);
    out.push(match verdict.faults.is_empty() {
        true => w(
            &format!("signed by {signer}"),
            &format!("firmado por {signer}"),
        ),
        false => w(
            &format!("says that it is of {signer}"),
            &format!("dice ser de {signer}"),
        ),
    });
    for fault in &verdict.faults {
        out.push(format!("  {}: {}", fault.code, w(&fault.en, &fault.es)));
    }
    let instant = encode::instant_text;
    match &verdict.status {
        Some(status) => out.push(w(
            &format!(
                "status as of {} ({}), as told by {}",
                instant(status.as_of),
                ago(now_ms - status.as_of, Language::En),
                trust.network().name_of(&status.keeper)
            ),
            &format!(
                "estatus al {} ({}), según {}",
                instant(status.as_of),
                ago(now_ms - status.as_of, Language::Es),
                trust.network().name_of(&status.keeper)
            ),
        )),
        None => out.push(w(
            "the trust file says nothing of it",
            "el archivo de confianza no dice nada de él",
        )),
    }
    out.push(w(
        &format!(
            "trust file of {} ({})",
            instant(trust.at_ms()),
            trust.network().name
        ),
        &format!(
            "archivo de confianza del {} ({})",
            instant(trust.at_ms()),
            trust.network().name
        ),
    ));
    out
}

/// How long ago, in the largest unit that fits.
fn ago(ms: i64, lang: Language) -> String {
    let minutes = ms.max(0) / 60_000;
    let (n, unit) = match minutes {
        0..120 => (minutes, "min"),
        120..2_880 => (minutes / 60, "h"),
        _ => (minutes / 1_440, "d"),
    };
    match lang {
        Language::En => format!("{n} {unit} ago"),
        Language::Es => format!("hace {n} {unit}"),
    }
}

pub(crate) fn trust(command: TrustCommand) -> ExitCode {
    let TrustCommand::Export(args) = command;
    let config = match NodeConfig::read(&args.data.data) {
        Ok(config) => config,
        Err(error) => return say::unusable(error),
    };
    let token_file = args.data.data.join(format!("{}.token", args.party));
    let token = match fs::read_to_string(&token_file) {
        Ok(token) => token,
        Err(error) => return say::unusable(format!("{}: {error}", token_file.display())),
    };
    let url = format!("http://{}", config.file.listen);
    let mut written = Ok(());
    let code = request(&url, "GET", "/v1/trust", token.trim(), None, |answer| {
        written = fs::write(&args.out, answer.to_string());
        let count = answer
            .get("statuses")
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        say::talk(format!(
            "{}: {count} cases as of {}",
            args.out.display(),
            answer.get("at").and_then(Value::as_str).unwrap_or_default()
        ));
    });
    match written {
        Ok(()) => code,
        Err(error) => say::unusable(format!("{}: {error}", args.out.display())),
    }
}
