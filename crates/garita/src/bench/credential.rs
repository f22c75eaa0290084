//! Area `credential`: what signing and verifying cost on this machine, each beside the raw signature and hash of the same bytes.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use garita_canon::{Canonicalizer, ContextSet, HashAlgorithm, jcs};
use garita_credential::data_integrity::{self, ProofOptions, VerifyOptions};
use garita_credential::selective::{bbs, ecdsa_sd};
use garita_credential::{DidKeyResolver, KeyFile, KeyType, SigningKey, Suite};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256, Sha384};

use super::median;
use crate::credential::read;

/// Time of the proofs; any will do.
const AT_MS: i64 = 1_795_532_400_000;
/// For how long threads work to be counted.
const COUNTED: Duration = Duration::from_millis(1_500);
/// Items of the records by which the cost of a statement is compared.
const LINES: [usize; 3] = [5, 50, 500];

/// Medians in µs of one thread, and ratios.
pub(super) fn run(
    files: &[String],
    threads: Option<usize>,
    record_out: Option<&Path>,
) -> Result<Value, String> {
    if let Some(file) = record_out {
        let text = format!("{:#}\n", record(14, Lines::Distinct));
        std::fs::write(file, text).map_err(|e| format!("{}: {e}", file.display()))?;
    }
    let mut figures = Map::new();
    if files.is_empty() {
        measure("", &record(14, Lines::Distinct), &mut figures)?;
        by_lines(&mut figures)?;
        poison(&mut figures)?;
        by_threads(threads, &mut figures)?;
    }
    for file in files {
        let document =
            read(Path::new(file)).map_err(|(code, why)| format!("{file}: {code}: {why}"))?;
        measure(&format!("{file}: "), &document, &mut figures)?;
    }
    Ok(Value::Object(figures))
}

/// A figure with two decimals where it is a ratio or small.
fn put(figures: &mut Map<String, Value>, name: String, value: f64) {
    let value = (value * 100.0).round() / 100.0;
    figures.insert(name, json!(value));
}

fn canonicalizer() -> Canonicalizer {
    Canonicalizer::new(ContextSet::bundled())
}

fn key(kind: KeyType) -> Result<SigningKey, String> {
    SigningKey::from_bytes(kind, &vec![42; kind.secret_bytes()]).map_err(|e| e.to_string())
}

/// What verifying cannot do without: the hash of the bytes and the check of one signature.
fn raw(kind: KeyType, bytes: &[u8]) -> Result<f64, String> {
    let key = key(kind)?;
    let public = key.verification_key();
    let signature = key.sign(&hash(kind, bytes)).map_err(|e| e.to_string())?;
    median(|| public.verify(&hash(kind, bytes), &signature).is_ok())
}

fn hash(kind: KeyType, bytes: &[u8]) -> Vec<u8> {
    match kind {
        KeyType::P384 => Sha384::digest(bytes).to_vec(),
        _ => Sha256::digest(bytes).to_vec(),
    }
}

fn measure(of: &str, document: &Value, figures: &mut Map<String, Value>) -> Result<(), String> {
    let canonicalizer = canonicalizer();
    let bytes = document.to_string().into_bytes();
    put(figures, format!("{of}bytes"), bytes.len() as f64);
    let form = canonicalizer.nquads(document).map_err(|e| e.to_string())?;
    put(
        figures,
        format!("{of}statements"),
        form.lines().count() as f64,
    );
    let canonical = median(|| canonicalizer.nquads(document).is_ok())?;
    put(figures, format!("{of}canonical N-Quads"), canonical);
    put(
        figures,
        format!("{of}canonical JSON"),
        median(|| jcs::digest(document).is_ok())?,
    );
    for (suite, kind) in [
        (Suite::EddsaRdfc2022, KeyType::Ed25519),
        (Suite::EddsaJcs2022, KeyType::Ed25519),
        (Suite::EcdsaRdfc2019, KeyType::P256),
        (Suite::EcdsaRdfc2019, KeyType::P384),
        (Suite::EcdsaJcs2019, KeyType::P256),
    ] {
        let name = format!("{of}{} {}", suite.as_str(), kind.name());
        let limit = raw(kind, &bytes)?;
        let file = KeyFile::did_key(key(kind)?);
        let options = ProofOptions::assertion(&file.id, AT_MS);
        let sign = || data_integrity::create(document, suite, &file.key, &options, &canonicalizer);
        let signed = sign().map_err(|e| e.to_string())?;
        let verify = median(|| holds(&signed, &canonicalizer))?;
        put(figures, format!("{name} sign"), median(|| sign().is_ok())?);
        put(figures, format!("{name} verify"), verify);
        put(figures, format!("{name} raw signature and hash"), limit);
        put(figures, format!("{name} verify, times raw"), verify / limit);
    }
    selective(of, document, &canonicalizer, figures)
}

fn holds(signed: &Value, canonicalizer: &Canonicalizer) -> bool {
    let expected = VerifyOptions::assertion(&DidKeyResolver, None);
    data_integrity::verify(signed, &expected, canonicalizer).is_ok()
}

/// A part of about a third of the record.
fn selective(
    of: &str,
    document: &Value,
    canonicalizer: &Canonicalizer,
    figures: &mut Map<String, Value>,
) -> Result<(), String> {
    let mandatory = ["/issuer".to_owned()];
    let reveal = reveal(document);
    let file = KeyFile::did_key(key(KeyType::P256)?);
    let options = ProofOptions::assertion(&file.id, AT_MS);
    let secrets = ecdsa_sd::Secrets {
        hmac_key: [7; 32],
        proof_key: key(KeyType::P256)?,
        nonces: ecdsa_sd::Nonces::Random,
    };
    let create = || {
        ecdsa_sd::create(
            document,
            &file.key,
            &options,
            &mandatory,
            &secrets,
            canonicalizer,
        )
    };
    let base = create().map_err(|e| e.to_string())?;
    let derive = || ecdsa_sd::derive(&base, &reveal, canonicalizer);
    let shown = derive().map_err(|e| e.to_string())?;
    put(
        figures,
        format!("{of}ecdsa-sd-2023 create"),
        median(|| create().is_ok())?,
    );
    put(
        figures,
        format!("{of}ecdsa-sd-2023 derive"),
        median(|| derive().is_ok())?,
    );
    put(
        figures,
        format!("{of}ecdsa-sd-2023 verify derived"),
        median(|| holds(&shown, canonicalizer))?,
    );
    let secret = garita_credential::bbs::SecretKey::from_bytes([7; 32]);
    let file = KeyFile::did_key(secret.map_err(|e| e.to_string())?);
    let options = ProofOptions::assertion(&file.id, AT_MS);
    let create = || {
        bbs::create(
            document,
            &file.key,
            &options,
            &mandatory,
            &[7; 32],
            canonicalizer,
        )
    };
    let base = create().map_err(|e| e.to_string())?;
    let derive = || bbs::derive(&base, &reveal, b"", canonicalizer);
    let shown = derive().map_err(|e| e.to_string())?;
    put(
        figures,
        format!("{of}bbs-2023 create"),
        few(|| create().is_ok())?,
    );
    put(
        figures,
        format!("{of}bbs-2023 derive"),
        few(|| derive().is_ok())?,
    );
    put(
        figures,
        format!("{of}bbs-2023 verify derived"),
        few(|| holds(&shown, canonicalizer))?,
    );
    Ok(())
}

/// The first members of the subject, a third of them.
fn reveal(document: &Value) -> Vec<String> {
    let subject = document.get("credentialSubject").and_then(Value::as_object);
    let names: Vec<&String> = subject.into_iter().flat_map(Map::keys).collect();
    let third = names.len().div_ceil(3);
    names
        .into_iter()
        .take(third)
        .map(|name| format!("/credentialSubject/{name}"))
        .collect()
}

/// The median of fewer rounds: what takes tens of milliseconds is measured in fewer.
fn few(mut work: impl FnMut() -> bool) -> Result<f64, String> {
    let mut times = Vec::new();
    for _ in 0..15 {
        let start = Instant::now();
        if !work() {
            return Err("a measured step failed".to_owned());
        }
        times.push(start.elapsed().as_secs_f64() * 1e6);
    }
    times.sort_by(f64::total_cmp);
    Ok(times.get(times.len() / 2).copied().unwrap_or_default())
}

/// What a statement costs in small and large records, of items that differ and of items that are all alike.
fn by_lines(figures: &mut Map<String, Value>) -> Result<(), String> {
    let canonicalizer = canonicalizer();
    for (name, alike) in [("distinct", Lines::Distinct), ("alike", Lines::Alike)] {
        let (mut least, mut most) = (f64::MAX, 0.0_f64);
        for lines in LINES {
            let document = record(lines, alike);
            let form = canonicalizer.nquads(&document).map_err(|e| e.to_string())?;
            let statements = form.lines().count() as f64;
            let each = median(|| canonicalizer.nquads(&document).is_ok())? / statements;
            (least, most) = (least.min(each), most.max(each));
            let bytes = document.to_string().len();
            figures.insert(
                format!("{lines} {name} items, {bytes} bytes, ns a statement"),
                json!((each * 1_000.0).round()),
            );
        }
        put(
            figures,
            format!("{name} items, dearest statement by cheapest"),
            most / least,
        );
    }
    Ok(())
}

/// A clique of twelve: nodes so alike that naming them would take for ever.
fn poison(figures: &mut Map<String, Value>) -> Result<(), String> {
    let nodes: Vec<Value> = (0..12)
        .map(|a| {
            let others: Vec<String> = (0..12)
                .filter(|b| *b != a)
                .map(|b| format!("_:n{b}"))
                .collect();
            json!({ "@id": format!("_:n{a}"), "p": others })
        })
        .collect();
    let document = json!({
        "@context": { "p": { "@id": "https://example.org/p", "@type": "@id" } },
        "@graph": nodes,
    });
    let canonicalizer = canonicalizer();
    let took = few(|| {
        canonicalizer
            .canonical(&document, HashAlgorithm::Sha256)
            .is_err_and(|e| e.code() == "rdfc-work-limit")
    })?;
    put(figures, "poison (clique of 12) refused in".to_owned(), took);
    Ok(())
}

/// Records a second on one thread and on several.
fn by_threads(threads: Option<usize>, figures: &mut Map<String, Value>) -> Result<(), String> {
    let many = threads.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from));
    let canonicalizer = canonicalizer();
    let file = KeyFile::did_key(key(KeyType::Ed25519)?);
    let options = ProofOptions::assertion(&file.id, AT_MS);
    let document = record(14, Lines::Distinct);
    let suite = Suite::EddsaRdfc2022;
    let signed = data_integrity::create(&document, suite, &file.key, &options, &canonicalizer)
        .map_err(|e| e.to_string())?;
    let counted = |threads: usize| -> f64 {
        let done = AtomicUsize::new(0);
        let start = Instant::now();
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    let mut own = 0;
                    while start.elapsed() < COUNTED {
                        own += usize::from(holds(&signed, &canonicalizer));
                    }
                    done.fetch_add(own, Ordering::Relaxed);
                });
            }
        });
        done.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64()
    };
    let (one, several) = (counted(1), counted(many));
    put(
        figures,
        "eddsa-rdfc-2022 verify, records a second, one thread".to_owned(),
        one,
    );
    put(
        figures,
        format!("eddsa-rdfc-2022 verify, records a second, {many} threads"),
        several,
    );
    put(figures, format!("{many} threads, times one"), several / one);
    Ok(())
}

/// Whether the items of a record say the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lines {
    Distinct,
    Alike,
}

/// A truck's manifest with so many items, under terms of its own, so that it needs no program.
fn record(lines: usize, alike: Lines) -> Value {
    let term = |name: &str| json!(format!("https://example.org/manifest#{name}"));
    let typed = |name: &str, kind: &str| json!({ "@id": format!("https://example.org/manifest#{name}"), "@type": kind });
    let integer = "http://www.w3.org/2001/XMLSchema#integer";
    let items: Vec<Value> = (0..lines)
        .map(|line| {
            let n = if alike == Lines::Alike { 0 } else { line };
            json!({
                "type": "Line",
                "goods": format!("wire harnesses, carton {n}"),
                "tariff": format!("8544.30.{:02}", n % 100),
                "origin": "MX",
                "packages": 10 + n,
                "weight": 120 + n,
                "marks": format!("QRO-{n:05}"),
            })
        })
        .collect();
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", {
            "Manifest": term("Manifest"), "Line": term("Line"), "scac": term("scac"), "trip": term("trip"), "plate": term("plate"),
            "driver": term("driver"), "seal": term("seal"), "port": term("port"), "line": term("line"), "goods": term("goods"),
            "tariff": term("tariff"), "origin": term("origin"), "packages": typed("packages", integer),
            "weight": typed("weight", integer), "marks": term("marks"),
        }],
        "id": "urn:uuid:2f6d3c0e-5b7a-4c1d-9e8f-0a1b2c3d4e5f",
        "type": ["VerifiableCredential"],
        "issuer": "did:web:carrier.example",
        "validFrom": "2026-11-24T13:00:00Z",
        "credentialSubject": {
            "id": "urn:scac:TOCQ:2611240001", "type": "Manifest", "scac": "TOCQ", "trip": "2611240001", "plate": "64AR8N",
            "driver": "Rosa Ibarra Luna", "seal": ["MX0481516", "MX0481517"], "port": "2304", "line": items,
        },
    })
}
