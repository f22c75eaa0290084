//! A bundle whose checkpoints witnesses cosigned: counted, and told for what it is where they did not.

use std::sync::Arc;

use garita_tlog::Note;

use super::*;
use crate::core::WitnessIdentity;
use crate::witness::WitnessSigner;

/// Seconds after the records.
const COSIGNED_MS: i64 = NOW_MS + 30_000;

fn witness(name: &str, seed: u8) -> WitnessIdentity {
    WitnessIdentity {
        name: format!("{name}.example/witness"),
        key: Arc::new(key(seed)),
    }
}

/// The honest bundle after `names` joined as witnesses: customs 60, and others that are nothing else.
fn bundle(names: &[(&str, u8)]) -> Bundle {
    let mut bundle = honest();
    let mut network = Network::from_entries(&bundle.governance).unwrap();
    for (name, seed) in names {
        let did = format!("did:web:{name}.example");
        let held = network.nodes.get(&did).cloned();
        let mut entry = held.unwrap_or_else(|| {
            let log: &'static str = match *name {
                "bridge" => "bridge.example/log",
                _ => "anam.example/log",
            };
            let Statement::Node(entry) = node_statement(&did, name, *seed, &Log::new(log, 90))
            else {
                unreachable!("it makes a node's statement")
            };
            entry
        });
        let public = witness(name, *seed).public().unwrap();
        entry.witness_key = Some(public.to_string());
        let entry = network
            .draft(&Statement::Node(entry), &key(1), NOW_MS)
            .unwrap();
        network.adopt(&entry).unwrap();
        bundle.governance.push(entry);
    }
    bundle
}

fn cosign(bundle: &mut Bundle, node: &str, by: &[(&str, u8)]) {
    let note = bundle.checkpoints.get_mut(node).unwrap();
    let mut cosigned = Note::parse(note.as_bytes()).unwrap();
    for (name, seed) in by {
        let identity = witness(name, *seed);
        let signer = WitnessSigner::new(&identity, COSIGNED_MS).unwrap();
        cosigned.add_signature(&signer).unwrap();
    }
    *note = cosigned.to_string();
}

const THREE: [(&str, u8); 3] = [("customs", 60), ("bridge", 61), ("anam", 62)];

#[test]
fn more_than_half_of_the_witnesses_make_a_log_witnessed() {
    let mut file = bundle(&THREE);
    cosign(&mut file, TRADE, &THREE[..2]);
    let told = report(&sign_listed(&json!(file)), &ground());
    assert!(told.holds(), "{told:#?}");
    let finding = told
        .findings
        .iter()
        .find(|f| f.code == "witnessed")
        .unwrap();
    assert_eq!(finding.standing, Standing::Proven);
    assert!(finding.en.contains("witnessed by 2 of 3"), "{}", finding.en);
    assert!(
        finding.es.contains("atestiguado por 2 de 3"),
        "{}",
        finding.es
    );
    assert!(finding.en.contains("2026-11-24T15:00:30"), "{}", finding.en);
    // The other log in the file is not.
    let other = told
        .findings
        .iter()
        .find(|f| f.code == "not-witnessed")
        .unwrap();
    assert_eq!(other.standing, Standing::NotProven);
    assert!(
        !other.en.contains("no witness has cosigned"),
        "{}",
        other.en
    );
}

#[test]
fn half_is_not_enough_and_who_is_no_witness_does_not_count() {
    for by in [
        &[][..],
        &[("customs", 60)],
        // A stranger, the log's own node, one under another's name.
        &[("customs", 60), ("stranger", 70), ("trade", 71)],
        &[("customs", 60), ("bridge", 62)],
    ] {
        let mut file = bundle(&THREE);
        cosign(&mut file, TRADE, by);
        let told = report(&sign_listed(&json!(file)), &ground());
        assert!(told.holds(), "{by:?}: {told:#?}");
        assert!(
            told.tells("not-witnessed") && !told.tells("witnessed"),
            "{by:?}"
        );
    }
}

#[test]
fn a_cosignature_that_is_none_is_told() {
    let mut file = bundle(&THREE);
    cosign(&mut file, TRADE, &THREE);
    let mut note = Note::parse(file.checkpoints[TRADE].as_bytes()).unwrap();
    let mut line = note.signatures().last().unwrap().clone();
    line.signature[40] ^= 1;
    note.put_signature(line).unwrap();
    file.checkpoints.insert(TRADE.to_owned(), note.to_string());
    assert_eq!(
        faults(&sign_listed(&json!(file)), &ground()),
        ["evidence-cosignature"]
    );
    // One of another tree of the same log.
    let mut file = bundle(&THREE);
    let mut other = bundle(&THREE);
    let shorter = Checkpoint::new(
        "trade.example/log",
        TreeSize::new(1),
        garita_tlog::EMPTY_ROOT,
    )
    .sign(&LogSigner::new("trade.example/log", &key(4)))
    .unwrap();
    other.checkpoints.insert(TRADE.to_owned(), shorter);
    cosign(&mut other, TRADE, &THREE[..1]);
    let lines = Note::parse(other.checkpoints[TRADE].as_bytes()).unwrap();
    let mut note = Note::parse(file.checkpoints[TRADE].as_bytes()).unwrap();
    note.put_signature(lines.signatures()[1].clone()).unwrap();
    file.checkpoints.insert(TRADE.to_owned(), note.to_string());
    assert_eq!(
        faults(&sign_listed(&json!(file)), &ground()),
        ["evidence-cosignature"]
    );
}
