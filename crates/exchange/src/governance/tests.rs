use garita_credential::keys::SigningKey;
use garita_credential::resolver::Resolver;
use garita_profile::case::{Party, RoleGrant};
use serde_json::Value;

use super::*;

fn authority() -> SigningKey {
    SigningKey::from_seed([1; 32])
}

fn genesis(threshold: usize, authorities: &[&SigningKey]) -> Statement {
    Statement::Genesis {
        name: "Test".into(),
        authorities: authorities.iter().map(|k| signing::did_key(k)).collect(),
        threshold,
        simulated: true,
        witnesses: Vec::new(),
    }
}

fn party(did: &str, key: &SigningKey) -> Statement {
    Statement::Party(PartyEntry {
        did: did.into(),
        home: "did:web:node.example".into(),
        party: Party {
            name: "Carrier".into(),
            roles: vec![RoleGrant {
                role: "carrier".into(),
                from_ms: 0,
                until_ms: None,
            }],
            ..Party::default()
        },
        keys: vec![PartyKey {
            id: format!("{did}#key-1"),
            public_key_multibase: key.verification_key().to_multibase(),
            from_ms: 0,
            until_ms: None,
        }],
    })
}

fn founded() -> Network {
    let mut network = Network::default();
    let entry = network
        .draft(&genesis(1, &[&authority()]), &authority(), 0)
        .unwrap();
    network.adopt(&entry).unwrap();
    network
}

fn add(network: &mut Network, statement: &Statement) -> Value {
    let entry = network.draft(statement, &authority(), 1_000).unwrap();
    network.adopt(&entry).unwrap();
    entry
}

#[test]
fn a_chain_built_entry_by_entry_reads_the_same_from_its_entries() {
    let mut network = Network::default();
    let mut entries = vec![
        network
            .draft(&genesis(1, &[&authority()]), &authority(), 0)
            .unwrap(),
    ];
    network.adopt(entries.first().unwrap()).unwrap();
    entries.push(add(
        &mut network,
        &party("did:web:a", &SigningKey::from_seed([2; 32])),
    ));
    let again = Network::from_entries(&entries).unwrap();
    assert_eq!(again.head, Some(1));
    assert_eq!(again.id, network.id);
    assert!(again.directory.has_role("did:web:a", "carrier", 5));
    assert_eq!(
        again.homes.get("did:web:a").map(String::as_str),
        Some("did:web:node.example")
    );
}

#[test]
fn an_entry_held_already_is_no_news_and_another_with_its_number_is_a_fork() {
    let mut network = founded();
    let before = network.clone();
    let entry = add(
        &mut network,
        &party("did:web:a", &SigningKey::from_seed([2; 32])),
    );
    network.adopt(&entry).unwrap();
    assert_eq!(network.head, Some(1));
    let rival = before
        .draft(
            &party("did:web:b", &SigningKey::from_seed([3; 32])),
            &authority(),
            1_000,
        )
        .unwrap();
    assert_eq!(network.adopt(&rival).unwrap_err().code(), "governance-fork");
    assert_eq!(
        network.head,
        Some(1),
        "the exchange goes on with the last agreed"
    );
}

#[test]
fn refuses_what_the_authorities_have_not_signed() {
    let mut network = founded();
    let stranger = SigningKey::from_seed([9; 32]);
    let entry = network
        .draft(&party("did:web:a", &stranger), &stranger, 1_000)
        .unwrap();
    assert_eq!(
        network.adopt(&entry).unwrap_err().code(),
        "governance-not-signed"
    );

    let mut entry = network
        .draft(&party("did:web:a", &stranger), &authority(), 1_000)
        .unwrap();
    if let Some(Value::Object(subject)) = entry.get_mut("credentialSubject") {
        subject.insert("note".into(), "added after signing".into());
    }
    assert_eq!(
        network.adopt(&entry).unwrap_err().code(),
        "governance-malformed"
    );
    if let Some(map) = entry.as_object_mut() {
        map.remove("proof");
    }
    assert!(network.adopt(&entry).is_err());
}

#[test]
fn a_threshold_of_two_is_not_met_by_one() {
    let second = SigningKey::from_seed([5; 32]);
    let mut network = Network::default();
    let one = network
        .draft(&genesis(2, &[&authority(), &second]), &authority(), 0)
        .unwrap();
    assert_eq!(
        network.adopt(&one).unwrap_err().code(),
        "governance-not-signed"
    );
    let both = signing::sign_jcs(&one, &second, 0).unwrap();
    network.adopt(&both).unwrap();
    assert_eq!(network.threshold, 2);
}

#[test]
fn refuses_an_entry_that_skips_one() {
    let network = founded();
    let mut ahead = network.clone();
    add(
        &mut ahead,
        &party("did:web:a", &SigningKey::from_seed([2; 32])),
    );
    let later = ahead
        .draft(
            &party("did:web:b", &SigningKey::from_seed([3; 32])),
            &authority(),
            1_000,
        )
        .unwrap();
    let mut behind = network;
    assert_eq!(
        behind.adopt(&later).unwrap_err().code(),
        "governance-out-of-order"
    );
}

#[test]
fn a_revoked_key_counts_for_what_was_logged_before() {
    let mut network = founded();
    add(
        &mut network,
        &party("did:web:a", &SigningKey::from_seed([2; 32])),
    );
    add(
        &mut network,
        &Statement::KeyRevoked {
            verification_method: "did:web:a#key-1".into(),
            from_ms: 5_000,
            reason: "stolen".into(),
        },
    );
    assert!(network.key("did:web:a#key-1", Some(4_999)).is_ok());
    assert_eq!(
        network
            .key("did:web:a#key-1", Some(5_000))
            .unwrap_err()
            .code(),
        "key-revoked"
    );
    assert_eq!(
        network.key("did:web:b#key-1", Some(1)).unwrap_err().code(),
        "key-unknown"
    );
}
