//! Prints what a manifest-like document costs: `cargo run -p garita-canon --example timing`.

#![expect(clippy::print_stdout, reason = "an example speaks to who runs it")]

use std::time::Instant;

use garita_canon::{Canonicalizer, ContextSet, WorkLimit, jcs, json, rdfc};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let context = json!({"@context": {"@protected": true, "id": "@id", "type": "@type", "e": "https://example.org/terms#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "Manifest": {"@id": "e:Manifest", "@context": {"@protected": true, "id": "@id", "type": "@type",
            "trip": "e:trip", "scac": "e:scac", "port": "e:port", "arrival": {"@id": "e:arrival", "@type": "xsd:dateTime"},
            "conveyance": {"@id": "e:conveyance", "@context": {"plate": "e:plate", "country": "e:country", "vin": "e:vin"}},
            "driver": {"@id": "e:driver", "@context": {"name": "e:name", "licence": "e:licence"}},
            "shipments": {"@id": "e:shipments", "@context": {"scn": "e:scn", "pieces": "e:pieces",
                "weight": {"@id": "e:weight", "@type": "xsd:decimal"}, "goods": "e:goods", "shipper": "e:shipper",
                "consignee": "e:consignee", "value": "e:value", "origin": "e:origin"}}}}}});
    let contexts = ContextSet::bundled().with("https://example.org/terms/v1", context)?;
    let shipments: Vec<Value> = (0..8)
        .map(|n| {
            json!({"scn": format!("TOCQ884021{n:02}"), "pieces": 10 + n, "weight": format!("{}.5", 400 + n),
                "goods": "Auto parts of steel, stamped, for bodies of motor vehicles, on pallets", "shipper": "Estampados del Norte SA de CV",
                "consignee": "Great Lakes Assembly Inc", "value": 1_800_000 + n, "origin": "MX"})
        })
        .collect();
    let document = json!({"@context": ["https://www.w3.org/ns/credentials/v2", "https://example.org/terms/v1"],
        "id": "ni:///sha-256;n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg", "type": ["VerifiableCredential", "Manifest"],
        "issuer": {"id": "did:web:carrier.example"}, "validFrom": "2026-11-24T15:10:00.000Z",
        "credentialSubject": {"id": "urn:trip:TOCQ2611240417", "type": "Manifest", "trip": "TOCQ2611240417", "scac": "TOCQ", "port": "2304",
            "arrival": "2026-11-24T17:00:00Z", "conveyance": {"plate": "45AB7C", "country": "MX", "vin": "3AKJHHDR9KSJV1234"},
            "driver": {"name": "A. Treviño", "licence": "LFD01234567"}, "shipments": shipments}});
    let bytes = serde_json::to_vec(&document)?;
    let canonicalizer = Canonicalizer::new(contexts);
    let dataset = canonicalizer.dataset(&document)?;
    println!("{} bytes, {} quads", bytes.len(), dataset.len());
    measure("parse", || {
        json::parse(&bytes, &json::Limits::default()).is_ok()
    });
    measure("jcs digest", || jcs::digest(&document).is_ok());
    measure("json-ld to rdf", || {
        canonicalizer.dataset(&document).is_ok()
    });
    measure("rdfc", || {
        rdfc::canonicalize(&dataset, &WorkLimit::default()).is_ok()
    });
    measure("json value to canonical n-quads", || {
        canonicalizer.nquads(&document).is_ok()
    });
    Ok(())
}

/// The median of many rounds, in µs.
fn measure(what: &str, run: impl Fn() -> bool) {
    let mut rounds: Vec<f64> = (0..600)
        .map(|_| {
            let start = Instant::now();
            assert!(std::hint::black_box(run()));
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    println!(
        "{what}: {:.0} µs",
        rounds.get(300).copied().unwrap_or_default()
    );
}
