//! `garita bench`: what this machine does, each figure beside its physical limit measured in the same run.

mod board;
mod formats;
mod public;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use garita_credential::data_integrity::{self, ProofOptions, VerifyOptions};
use garita_credential::keys::SigningKey;
use garita_credential::{DidKeyResolver, Suite};
use garita_exchange::signing;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::say;

const ROUNDS: usize = 200;

#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    /// Areas: `credential`, `board`, `formats`, `public`; all where none is named
    areas: Vec<String>,
    /// Records in the store of the area `board`, each size in its turn
    #[arg(long, value_delimiter = ',', default_values_t = [100_000, 1_000_000], value_parser = clap::value_parser!(u64).range(4_000..=20_000_000))]
    records: Vec<u64>,
    /// Projects of the area `public`
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(100..=15_000))]
    projects: u32,
    /// Statements of the area `public`
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(100..=300_000))]
    statements: u32,
    /// Documents of the area `formats`: a folder for each kind
    #[arg(long, default_value = "fuzz/corpus")]
    corpus: PathBuf,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

const AREAS: [(&str, &str); 4] = [
    ("credential", "medians in µs of one thread"),
    ("board", "medians over the node's HTTP"),
    ("formats", "MB (10^6 bytes) a second of one thread"),
    ("public", "the public pages over the node's HTTP"),
];

pub(crate) fn bench(args: BenchArgs) -> ExitCode {
    let known = |area: &String| AREAS.iter().any(|(name, _)| name == area);
    if let Some(other) = args.areas.iter().find(|area| !known(area)) {
        return say::unusable(format!(
            "no benchmark `{other}`; there are: credential, board, formats, public"
        ));
    }
    let mut all = serde_json::Map::new();
    for (area, unit) in AREAS {
        if !args.areas.is_empty() && !args.areas.iter().any(|a| a == area) {
            continue;
        }
        let figures = match area {
            "credential" => credential(),
            "formats" => formats::run(&args.corpus),
            "public" => public::run(args.projects, args.statements),
            _ => board::run(&args.records),
        };
        match figures {
            Ok(figures) if args.json => {
                all.insert(area.to_owned(), figures);
            }
            Ok(figures) => {
                say::data(format!("{area}, {unit}"));
                for (name, value) in figures.as_object().into_iter().flatten() {
                    say::data(format!("{name:<60} {value}"));
                }
            }
            Err(error) => return say::no(format!("{area}: {error}")),
        }
    }
    if args.json {
        say::data(Value::Object(all));
    }
    ExitCode::SUCCESS
}

/// Sign and verify, beside the raw signature and hash of the same bytes.
fn credential() -> Result<Value, String> {
    let programs = garita_node::programs::load(None).map_err(|e| e.to_string())?;
    let canonicalizer = programs.canonicalizer().map_err(|e| e.to_string())?;
    let key = SigningKey::from_seed([42; 32]);
    let options = ProofOptions::assertion(signing::did_key_method(&key), 1_795_532_400_000);
    let document = sample(&signing::did_key(&key));
    let bytes = document.to_string().into_bytes();
    let raw_signature = key.sign(&Sha256::digest(&bytes));
    let public = key.verification_key();
    let raw = median(|| {
        let digest = Sha256::digest(&bytes);
        public.verify(&digest, &raw_signature).is_ok()
    })?;
    let mut figures = json!({ "document bytes": bytes.len(), "raw Ed25519 verify + SHA-256": raw });
    for (name, suite) in [
        ("eddsa-rdfc-2022", Suite::EddsaRdfc2022),
        ("eddsa-jcs-2022", Suite::EddsaJcs2022),
    ] {
        let signed = data_integrity::create(&document, suite, &key, &options, &canonicalizer)
            .map_err(|e| e.to_string())?;
        let sign = median(|| {
            data_integrity::create(&document, suite, &key, &options, &canonicalizer).is_ok()
        })?;
        let verify = median(|| {
            data_integrity::verify(
                &signed,
                &VerifyOptions::assertion(&DidKeyResolver, None),
                &canonicalizer,
            )
            .is_ok()
        })?;
        if let Value::Object(map) = &mut figures {
            map.insert(format!("{name} sign"), json!(sign));
            map.insert(format!("{name} verify"), json!(verify));
            map.insert(
                format!("{name} verify, times raw"),
                json!((verify / raw * 100.0).round() / 100.0),
            );
        }
    }
    Ok(figures)
}

/// Median µs of a piece of work that must succeed each time.
fn median(mut work: impl FnMut() -> bool) -> Result<f64, String> {
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        if !work() {
            return Err("a measured step failed".to_owned());
        }
        times.push(start.elapsed().as_secs_f64() * 1e6);
    }
    times.sort_by(f64::total_cmp);
    Ok(times
        .get(ROUNDS / 2)
        .map_or(0.0, |us| (us * 10.0).round() / 10.0))
}

/// A credential of some forty statements under the W3C examples' terms, so that it needs no program.
fn sample(issuer: &str) -> Value {
    let lines: Vec<Value> = (0..10)
        .map(|n| json!({ "type": "AlumniCredential", "name": format!("line {n}"), "description": format!("wire harnesses, carton {n}") }))
        .collect();
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
        "type": ["VerifiableCredential", "ExampleAlumniCredential"],
        "issuer": issuer,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": { "id": "urn:example:subject", "alumniOf": lines },
    })
}
