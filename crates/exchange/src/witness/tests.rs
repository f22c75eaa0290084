use std::sync::Arc;

use garita_credential::keys::SigningKey;
use garita_tlog::{EMPTY_ROOT, Hash, VerifierKey};

use super::*;
use crate::core::WitnessIdentity;
use crate::governance::{NodeEntry, Statement};
use crate::signing::{self, LogSigner};

const NOW_MS: i64 = 1_795_532_400_999;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; 32])
}

fn did(n: u8) -> String {
    format!("did:web:n{n}.example")
}

fn identity(n: u8) -> WitnessIdentity {
    WitnessIdentity {
        name: format!("n{n}.example/witness"),
        key: Arc::new(key(100 + n)),
    }
}

/// A node whose witness key is that of another, or none.
fn node(n: u8, witness: Option<u8>) -> NodeEntry {
    let origin = format!("n{n}.example/log");
    let log = key(50 + n).verification_key().ed25519_bytes().unwrap();
    NodeEntry {
        continues: None,
        did: did(n),
        name: format!("Node {n}"),
        url: format!("https://n{n}.example"),
        key: key(n).verification_key().to_multibase(),
        log_key: VerifierKey::ed25519(&origin, log).unwrap().to_string(),
        witness_key: witness.map(|of| identity(of).public().unwrap().to_string()),
    }
}

fn network(nodes: &[NodeEntry], witnesses: Vec<String>) -> Network {
    let authority = key(1);
    let mut network = Network::default();
    let genesis = Statement::Genesis {
        name: "Test".into(),
        authorities: vec![signing::did_key(&authority)],
        threshold: 1,
        simulated: true,
        witnesses,
    };
    let statements = std::iter::once(genesis).chain(nodes.iter().cloned().map(Statement::Node));
    for statement in statements {
        let entry = network.draft(&statement, &authority, NOW_MS).unwrap();
        network.adopt(&entry).unwrap();
    }
    network
}

fn dids(panel: &Panel) -> Vec<&str> {
    panel.witnesses.iter().map(|w| w.did.as_str()).collect()
}

fn four() -> Network {
    let nodes = [1, 2, 3, 4].map(|n| node(n, Some(n)));
    network(&nodes, Vec::new())
}

/// A checkpoint of node 1's log, cosigned by some.
fn note(by: &[u8]) -> Note {
    let log = key(51);
    let text = Checkpoint::new("n1.example/log", TreeSize::new(7), Hash::new([7; 32]))
        .sign(&LogSigner::new("n1.example/log", &log))
        .unwrap();
    let mut note = Note::parse(text.as_bytes()).unwrap();
    for (later, n) in by.iter().enumerate() {
        let now_ms = NOW_MS + i64::try_from(later).unwrap() * 1_000;
        let identity = identity(*n);
        note.add_signature(&WitnessSigner::new(&identity, now_ms).unwrap())
            .unwrap();
    }
    note
}

#[test]
fn all_other_nodes_with_a_key_are_witnesses_where_the_charter_names_none() {
    let nodes = [
        node(1, Some(1)),
        node(2, None),
        node(3, Some(3)),
        node(4, Some(4)),
    ];
    let network = network(&nodes, Vec::new());
    let panel = Panel::of(&network, &did(1));
    assert_eq!(dids(&panel), [did(3), did(4)]);
    assert_eq!((panel.named, panel.needed()), (2, 2));
    // A node without a key has its log witnessed all the same.
    assert_eq!(Panel::of(&network, &did(2)).named, 3);
    assert_eq!(Panel::of(&network, &did(2)).needed(), 2);
    assert_eq!(Panel::of(&Network::default(), &did(1)).named, 0);
    assert!(!Panel::default().suffices(0) && !Panel::default().suffices(1));
}

#[test]
fn those_whom_the_charter_names_count_whether_they_can_sign_or_not() {
    let nodes = [node(1, Some(1)), node(2, Some(2)), node(3, None)];
    let network = network(&nodes, vec![did(2), did(2), did(3), did(9), did(1)]);
    let panel = Panel::of(&network, &did(1));
    assert_eq!(dids(&panel), [did(2)]);
    assert_eq!((panel.named, panel.needed()), (3, 2));
    assert!(!panel.suffices(1));
}

#[test]
fn one_key_is_one_witness() {
    let nodes = [node(1, Some(1)), node(2, Some(2)), node(3, Some(2))];
    let network = network(&nodes, Vec::new());
    let panel = Panel::of(&network, &did(1));
    assert_eq!((dids(&panel), panel.named), (vec![did(2).as_str()], 1));
}

#[test]
fn what_is_no_witness_key_makes_no_witness_and_breaks_no_list() {
    let mut bad = node(2, None);
    // A log's key is none.
    bad.witness_key = Some(bad.log_key.clone());
    let network = network(&[node(1, Some(1)), bad], Vec::new());
    assert_eq!(Panel::of(&network, &did(1)).named, 0);
}

#[test]
fn more_than_half_must_cosign() {
    let network = four();
    let read = |by: &[u8]| WitnessedCheckpoint::read(&network, &did(1), &note(by).to_string());
    assert_eq!(read(&[]), None);
    assert_eq!(read(&[2]), None);
    let held = read(&[4, 2]).unwrap();
    let by: Vec<&str> = held.by.iter().map(|b| b.did.as_str()).collect();
    assert_eq!((by, held.of), (vec![did(4).as_str(), did(2).as_str()], 3));
    // In seconds, and that of the last.
    assert_eq!(held.by[0].time_ms, 1_795_532_400_000);
    assert_eq!(held.at_ms(), 1_795_532_401_000);
    // The log's own key as a witness, or a stranger's, counts for nothing.
    assert_eq!(read(&[1, 2, 77]), None);
    assert!(read(&[1, 2, 77, 3]).is_some());
    // Another log's checkpoint is not this one's.
    let other = WitnessedCheckpoint::read(&network, &did(2), &note(&[3, 4]).to_string());
    assert_eq!(other, None);
}

#[test]
fn a_false_line_under_a_witnesss_name_spoils_the_note() {
    let network = four();
    let good = note(&[2, 3]);
    let panel = Panel::of(&network, &did(1));
    assert_eq!(panel.cosigners(&good).unwrap().len(), 2);
    let mut line = good.signatures().last().unwrap().clone();
    line.signature[7] ^= 1;
    let mut bad = good.clone();
    bad.put_signature(line).unwrap();
    assert!(panel.cosigners(&bad).is_err());
    assert_eq!(
        WitnessedCheckpoint::read(&network, &did(1), &bad.to_string()),
        None
    );
    // A cosignature of another tree is none of this one.
    let identity = identity(4);
    let elsewhere = Checkpoint::new("n1.example/log", TreeSize::new(7), EMPTY_ROOT)
        .sign(&WitnessSigner::new(&identity, NOW_MS).unwrap())
        .unwrap();
    let line = Note::parse(elsewhere.as_bytes()).unwrap().signatures()[0].clone();
    let mut bad = good;
    bad.put_signature(line).unwrap();
    assert!(panel.cosigners(&bad).is_err());
}
