//! Prints what documents like a carrier's manifest cost, beside the general processor:
//! `cargo run --release -p garita-canon --example timing`.

#![expect(clippy::print_stdout, reason = "an example speaks to who runs it")]

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use garita_canon::{Canonicalizer, ContextSet, WorkLimit, jcs, json, rdfc};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const ROUNDS: usize = 401;

fn main() -> Result<(), Box<dyn Error>> {
    let contexts = ContextSet::bundled().with("https://example.org/terms/v1", context())?;
    let canonicalizer = Canonicalizer::new(contexts);
    let proof = json!({"@context": ["https://www.w3.org/ns/credentials/v2", "https://example.org/terms/v1"],
        "type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "created": "2026-11-24T15:10:00Z",
        "verificationMethod": "did:web:carrier.example#key-1", "proofPurpose": "assertionMethod"});
    println!("median µs of {ROUNDS} rounds");
    println!(
        "{:28} {:>7} {:>6} {:>6} {:>9} {:>9} {:>9} {:>9}",
        "document", "bytes", "quads", "hash", "compiled", "per quad", "general", "per quad"
    );
    report(&canonicalizer, "proof options", &proof)?;
    for (name, shipments, items, alike) in [
        ("manifest, 8 shipments", 8, 0, false),
        ("5 line items", 1, 5, false),
        ("25 line items", 1, 25, false),
        ("25 line items, alike", 1, 25, true),
        ("500 line items", 1, 500, false),
        ("500 line items, alike", 1, 500, true),
    ] {
        report(&canonicalizer, name, &manifest(shipments, items, alike))?;
    }
    let document = manifest(8, 0, false);
    let bytes = serde_json::to_vec(&document)?;
    let nquads = canonicalizer.nquads(&document)?;
    println!("\nof the manifest of 8 shipments:");
    for (name, took) in [
        (
            "parse",
            median(|| json::parse(&bytes, &json::Limits::default()).is_ok()),
        ),
        ("jcs digest", median(|| jcs::digest(&document).is_ok())),
        (
            "clone of the value",
            median(|| black_box(document.clone()).is_object()),
        ),
        (
            "SHA-256 of the n-quads",
            median(|| black_box(Sha256::digest(&nquads)).len() == 32),
        ),
    ] {
        println!("{name:28} {took:>9.1}");
    }
    println!("\ncanonical forms in a second, of the manifest of 8 shipments:");
    for threads in [1, 2] {
        println!(
            "{threads} thread(s) {:>32.0}",
            rate(&canonicalizer, &document, threads)
        );
    }
    Ok(())
}

fn report(
    canonicalizer: &Canonicalizer,
    name: &str,
    document: &Value,
) -> Result<(), Box<dyn Error>> {
    let nquads = canonicalizer.nquads(document)?;
    let quads = nquads.lines().count() as f64;
    let general = || -> Option<String> {
        let dataset = canonicalizer.dataset(black_box(document)).ok()?;
        Some(
            rdfc::canonicalize(&dataset, &WorkLimit::default())
                .ok()?
                .nquads,
        )
    };
    assert!(canonicalizer.is_ordinary(document) && general().is_some_and(|g| g == nquads));
    let hash = median(|| black_box(Sha256::digest(&nquads)).len() == 32);
    let compiled = median(|| canonicalizer.nquads(black_box(document)).is_ok());
    let slow = median(|| general().is_some());
    println!(
        "{name:28} {:>7} {quads:>6} {hash:>6.1} {compiled:>9.1} {:>9.3} {slow:>9.1} {:>9.3}",
        document.to_string().len(),
        compiled / quads,
        slow / quads
    );
    Ok(())
}

/// The median of many rounds, in µs.
fn median(run: impl Fn() -> bool) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            assert!(black_box(run()));
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds.get(ROUNDS / 2).copied().unwrap_or_default()
}

/// Canonical forms in a second by so many threads at once.
fn rate(canonicalizer: &Canonicalizer, document: &Value, threads: usize) -> f64 {
    const EACH: usize = 20_000;
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..EACH {
                    assert!(canonicalizer.nquads(black_box(document)).is_ok());
                }
            });
        }
    });
    (threads * EACH) as f64 / start.elapsed().as_secs_f64()
}

fn context() -> Value {
    json!({"@context": {"@protected": true, "id": "@id", "type": "@type", "e": "https://example.org/terms#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "Manifest": {"@id": "e:Manifest", "@context": {"@protected": true, "id": "@id", "type": "@type",
            "trip": "e:trip", "scac": "e:scac", "port": "e:port", "arrival": {"@id": "e:arrival", "@type": "xsd:dateTime"},
            "conveyance": {"@id": "e:conveyance", "@context": {"plate": "e:plate", "country": "e:country", "vin": "e:vin"}},
            "driver": {"@id": "e:driver", "@context": {"name": "e:name", "licence": "e:licence"}},
            "items": {"@id": "e:items", "@context": {"description": "e:description", "hts": "e:hts", "pieces": "e:pieces",
                "weight": {"@id": "e:weight", "@type": "xsd:decimal"}, "value": "e:value", "origin": "e:origin"}},
            "shipments": {"@id": "e:shipments", "@context": {"scn": "e:scn", "pieces": "e:pieces",
                "weight": {"@id": "e:weight", "@type": "xsd:decimal"}, "goods": "e:goods", "shipper": "e:shipper",
                "consignee": "e:consignee", "value": "e:value", "origin": "e:origin", "remark": "e:remark"}}}}}})
}

/// A truck's manifest of some shipments and some line items.
fn manifest(shipments: usize, items: usize, alike: bool) -> Value {
    let shipments: Vec<Value> = (0..shipments)
        .map(|n| {
            json!({"scn": format!("TOCQ884021{n:02}"), "pieces": 10 + n, "weight": format!("{}.5", 400 + n),
                "goods": "Auto parts of steel, stamped, for bodies of motor vehicles, on pallets", "shipper": "Estampados del Norte SA de CV",
                "consignee": "Great Lakes Assembly Inc", "value": 1_800_000 + n, "origin": "MX",
                "remark": "Sealed at the plant in Ramos Arizpe under the exporter's own programme, seals listed apart, delivered to the line side by the carrier named above"})
        })
        .collect();
    let items: Vec<Value> = (0..items)
        .map(|n| {
            let n = if alike { 0 } else { n };
            json!({"description": format!("Brake disc {n:04}, machined, iron"), "hts": "8708.30.5020", "pieces": 480 + n, "weight": "7200.50",
                "value": "48000.00", "origin": "MX"})
        })
        .collect();
    let mut document = json!({"@context": ["https://www.w3.org/ns/credentials/v2", "https://example.org/terms/v1"],
        "id": "ni:///sha-256;n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg", "type": ["VerifiableCredential", "Manifest"],
        "issuer": {"id": "did:web:carrier.example"}, "validFrom": "2026-11-24T15:10:00.000Z",
        "credentialSubject": {"id": "urn:trip:TOCQ2611240417", "type": "Manifest", "trip": "TOCQ2611240417", "scac": "TOCQ", "port": "2304",
            "arrival": "2026-11-24T17:00:00Z", "conveyance": {"plate": "45AB7C", "country": "MX", "vin": "3AKJHHDR9KSJV1234"},
            "driver": {"name": "A. Treviño", "licence": "LFD01234567"}, "shipments": shipments}});
    if let (Some(subject), false) = (document.get_mut("credentialSubject"), items.is_empty()) {
        subject["items"] = Value::Array(items);
    }
    document
}
