//! Microseconds of signing and verifying a record like a truck's manifest, beside the raw signature and hash:
//! `cargo run --release -p garita-credential --example timing`.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use garita_canon::{Canonicalizer, ContextSet};
use garita_credential::data_integrity::{create, verify};
use garita_credential::resolver::{KeyEntry, KeyHistory};
use garita_credential::{ProofOptions, SigningKey, Suite, VerifyOptions};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

const ROUNDS: usize = 400;
const METHOD: &str = "did:web:tocq.example#key-1";

fn main() -> Result<(), Box<dyn Error>> {
    let contexts = ContextSet::bundled().with("https://w3id.org/garita/timing/v1", context())?;
    let canonicalizer = Canonicalizer::new(contexts);
    let key = SigningKey::from_seed([7; 32]);
    let history: KeyHistory = [KeyEntry::new(METHOD, key.verification_key(), 0)]
        .into_iter()
        .collect();
    let options = VerifyOptions::assertion(&history, Some(1_795_532_400_000));
    let record = record();
    println!(
        "record of {} bytes, {} rounds, median µs",
        record.to_string().len(),
        ROUNDS
    );

    let bytes = record.to_string().into_bytes();
    let signature = key.sign(&bytes)?;
    let public = key.verification_key();
    report("raw: SHA-256 and Ed25519 verify", || {
        black_box(Sha256::digest(&bytes));
        public.verify(black_box(&bytes), &signature).is_ok()
    });
    for suite in [Suite::EddsaRdfc2022, Suite::EddsaJcs2022] {
        let proof = ProofOptions::assertion(METHOD, 1_795_532_400_000);
        let signed = create(&record, suite, &key, &proof, &canonicalizer)
            .map_err(|problem| problem.to_string())?;
        let name = suite.as_str();
        report(&format!("{name}: sign"), || {
            create(black_box(&record), suite, &key, &proof, &canonicalizer).is_ok()
        });
        report(&format!("{name}: verify"), || {
            verify(black_box(&signed), &options, &canonicalizer).is_ok()
        });
    }
    report("JSON-LD to canonical N-Quads alone", || {
        canonicalizer.nquads(black_box(&record)).is_ok()
    });
    report("clone of the document alone", || {
        black_box(record.clone()).is_object()
    });
    Ok(())
}

/// Runs a piece of work and prints its median.
fn report(name: &str, mut work: impl FnMut() -> bool) {
    let mut took_ns = Vec::with_capacity(ROUNDS);
    let mut good = true;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        good &= work();
        took_ns.push(start.elapsed().as_nanos());
    }
    took_ns.sort_unstable();
    let median_ns = took_ns.get(ROUNDS / 2).copied().unwrap_or_default();
    println!(
        "{name:40} {:>8.1}{}",
        median_ns as f64 / 1000.0,
        if good { "" } else { "  FAILED" }
    );
}

const TERMS: [&str; 24] = [
    "plate",
    "trailerPlate",
    "container",
    "seal",
    "driver",
    "scac",
    "port",
    "shipments",
    "scn",
    "shipper",
    "consignee",
    "party",
    "city",
    "country",
    "commodities",
    "goods",
    "hts",
    "pieces",
    "weight",
    "unit",
    "value",
    "currency",
    "network",
    "Shipment",
];

fn context() -> Value {
    let mut terms = Map::new();
    for term in TERMS {
        terms.insert(
            term.to_owned(),
            json!(format!("https://w3id.org/garita/timing#{term}")),
        );
    }
    json!({ "@context": terms })
}

/// Three shipments of two line items, two of them alike.
fn record() -> Value {
    let party = |name: &str, city: &str| json!({"party": name, "city": city, "country": "MX"});
    let commodity = |n: usize| {
        json!({
            "goods": "Brake discs of iron, machined, for passenger vehicles",
            "hts": format!("8708.30.50{}", 20 + n / 2 * 10),
            "pieces": 480, "weight": "7200.50", "unit": "KGM", "value": "48000.00", "currency": "USD",
        })
    };
    let shipments: Vec<Value> = (0..3)
        .map(|n| {
            json!({
                "type": "Shipment",
                "scn": format!("TOCQ8840217{n}"),
                "shipper": party("Autopartes del Bajío SA de CV", "Celaya"),
                "consignee": party("Great Lakes Motors Inc", "Laredo"),
                "commodities": [commodity(2 * n), commodity(2 * n + 1)],
            })
        })
        .collect();
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://w3id.org/garita/timing/v1"],
        "id": "ni:///sha-256;47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
        "type": ["VerifiableCredential"],
        "issuer": {"id": "did:web:tocq.example"},
        "network": "ni:///sha-256;47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
        "validFrom": "2026-11-24T15:10:00.000Z",
        "credentialSubject": {
            "plate": "64AR8N", "trailerPlate": "1A2B3C", "container": "MSCU6639870", "seal": ["4711-A", "4711-B"],
            "driver": "did:example:driver", "scac": "TOCQ", "port": "2304", "shipments": shipments,
        },
    })
}
