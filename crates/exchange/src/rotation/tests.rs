use std::sync::Arc;

use garita_credential::Resolver;
use garita_credential::keys::SigningKey;
use garita_profile::case::Party;

use super::*;
use crate::core::ViewKey;
use crate::derive::new_p256;

const PARTY: &str = "did:web:node.example:parties:carrier";
const DAY_MS: i64 = 24 * 3_600_000;
const NOW_MS: i64 = 100 * DAY_MS;

fn authority() -> SigningKey {
    SigningKey::from_seed([1; 32])
}

fn keys(number: u8) -> HostedKey {
    HostedKey {
        verification_method: format!("{PARTY}#key-{number}"),
        key: Arc::new(SigningKey::from_seed([number + 10; 32])),
        views: Some(ViewKey {
            verification_method: format!("{PARTY}#views-{number}"),
            key: Arc::new(new_p256().unwrap()),
        }),
    }
}

fn add(network: &mut Network, statement: &Statement, now_ms: i64) {
    let entry = network.draft(statement, &authority(), now_ms).unwrap();
    network.adopt(&entry).unwrap();
}

fn party(keys: &HostedKey) -> Statement {
    Statement::Party(PartyEntry {
        did: PARTY.into(),
        home: "did:web:node.example".into(),
        party: Party {
            name: "Carrier".into(),
            ..Party::default()
        },
        keys: keys
            .public_keys()
            .map(|(id, key)| PartyKey {
                id: id.to_owned(),
                public_key_multibase: key.to_multibase(),
                from_ms: 0,
                until_ms: None,
            })
            .collect(),
    })
}

fn network(keys: &HostedKey) -> Network {
    let mut network = Network::default();
    let genesis = Statement::Genesis {
        name: "Test".into(),
        authorities: vec![signing::did_key(&authority())],
        threshold: 1,
        simulated: true,
        witnesses: Vec::new(),
    };
    add(&mut network, &genesis, 0);
    add(&mut network, &party(keys), 0);
    network
}

fn code(network: &Network, method: &str, at_ms: i64) -> Option<&'static str> {
    network.key(method, Some(at_ms)).err().map(|e| e.code())
}

#[test]
fn the_new_key_counts_from_then_and_the_old_one_a_while_longer() {
    let (old, new) = (keys(1), keys(2));
    let mut network = network(&old);
    let asked = ask(&network, PARTY, &old, &new, DAY_MS, NOW_MS).unwrap();
    let judged = judge(&network, &asked, NOW_MS + 5).unwrap();
    assert_eq!(judged.head, 1);
    add(&mut network, &judged.statement, NOW_MS + 5);
    for (before, after) in [("key-1", "key-2"), ("views-1", "views-2")] {
        let (before, after) = (format!("{PARTY}#{before}"), format!("{PARTY}#{after}"));
        assert_eq!(code(&network, &before, NOW_MS + DAY_MS - 1), None);
        let ended = code(&network, &before, NOW_MS + DAY_MS);
        assert_eq!(ended, Some("key-retired"));
        let early = code(&network, &after, NOW_MS - 1);
        assert_eq!(early, Some("key-not-yet-valid"));
        assert_eq!(code(&network, &after, NOW_MS), None);
        assert_eq!(code(&network, &after, i64::MAX), None);
    }
    assert_eq!(network.directory.parties[PARTY].name, "Carrier");

    // The same again changes nothing: its names are taken.
    let again = judge(&network, &asked, NOW_MS + 6).unwrap_err();
    assert_eq!(again.code(), "key-change-malformed");

    // From the next one on: the first key is long gone, the second ends.
    let third = keys(3);
    let later = NOW_MS + 9 * DAY_MS;
    let asked = ask(&network, PARTY, &new, &third, 0, later).unwrap();
    let judged = judge(&network, &asked, later).unwrap();
    add(&mut network, &judged.statement, later);
    let method = format!("{PARTY}#key-2");
    assert_eq!(code(&network, &method, later), Some("key-retired"));
    let method = format!("{PARTY}#key-1");
    assert_eq!(code(&network, &method, NOW_MS), None);
}

#[test]
fn what_is_named_again_keeps_its_end_and_its_revocation() {
    let old = keys(1);
    let mut network = network(&old);
    let revoked = Statement::KeyRevoked {
        verification_method: old.verification_method.clone(),
        from_ms: NOW_MS,
        reason: "stolen".into(),
    };
    add(&mut network, &revoked, NOW_MS);
    add(&mut network, &party(&old), NOW_MS + 1);
    let found = code(&network, &old.verification_method, NOW_MS + 2);
    assert_eq!(found, Some("key-revoked"));

    // Nor can a name be given to another key, or another party's key be taken.
    let mut other = keys(1);
    other.key = Arc::new(SigningKey::from_seed([99; 32]));
    let entry = network.draft(&party(&other), &authority(), NOW_MS).unwrap();
    assert_eq!(
        network.adopt(&entry).unwrap_err().code(),
        "governance-malformed"
    );
}

#[test]
fn a_request_that_is_not_the_partys_own_of_now_is_refused() {
    let (old, new) = (keys(1), keys(2));
    let mut network = network(&old);
    let asked = ask(&network, PARTY, &old, &new, DAY_MS, NOW_MS).unwrap();
    let refused = |document: &Value, now_ms: i64| {
        judge(&network, document, now_ms)
            .map(|asked| format!("{asked:?}"))
            .unwrap_err()
            .code()
            .to_owned()
    };
    // By nobody's signature, or another's.
    let mut changed = asked.clone();
    changed["credentialSubject"]["keepOldMs"] = json!(0);
    assert_eq!(refused(&changed, NOW_MS), "proof-invalid");
    let strangers = ask(&network, PARTY, &keys(7), &new, DAY_MS, NOW_MS).unwrap();
    assert_eq!(refused(&strangers, NOW_MS), "key-unknown");
    // Too late, too early, of another network, for too long.
    for at in [NOW_MS + DAY_MS, NOW_MS - DAY_MS] {
        assert_eq!(refused(&asked, at), "key-change-malformed");
    }
    let mut elsewhere = network.clone();
    elsewhere.id = "ni:///sha-256;other".into();
    let asked_there = ask(&elsewhere, PARTY, &old, &new, DAY_MS, NOW_MS).unwrap();
    assert_eq!(refused(&asked_there, NOW_MS), "key-change-malformed");
    let long = ask(&network, PARTY, &old, &new, KEEP_OLD_MS_MAX + 1, NOW_MS).unwrap();
    assert_eq!(refused(&long, NOW_MS), "key-change-malformed");
    // Names that are another party's, or taken; kinds that a party does not have.
    let mut named = keys(2);
    named.verification_method = "did:web:node.example:parties:other#key-2".into();
    let mut taken = keys(2);
    taken.verification_method = format!("{PARTY}#key-1");
    let mut kind = keys(2);
    kind.key = Arc::new(new_p256().unwrap());
    for wrong in [named, taken, kind] {
        let asked = ask(&network, PARTY, &old, &wrong, DAY_MS, NOW_MS).unwrap();
        assert_eq!(refused(&asked, NOW_MS), "key-change-malformed");
    }
    // By a key that is revoked since.
    let revoked = Statement::KeyRevoked {
        verification_method: old.verification_method.clone(),
        from_ms: NOW_MS,
        reason: "stolen".into(),
    };
    add(&mut network, &revoked, NOW_MS);
    let found = judge(&network, &asked, NOW_MS + 1).unwrap_err();
    assert_eq!(found.code(), "key-revoked");
}
