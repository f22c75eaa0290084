use garita_profile::case::{Party, RoleGrant};
use serde_json::json;

use super::*;
use crate::governance::{PartyEntry, PartyKey, Statement};

const DAY_MS: i64 = 24 * 3_600_000;
const US: &str = "did:web:us.example";
const MX: &str = "did:web:mx.example";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; 32])
}

fn add(network: &mut Network, statement: &Statement) -> Result<(), GovernanceError> {
    let entry = network.draft(statement, &key(1), 0)?;
    network.adopt(&entry)
}

fn office(did: &str, role: &str, key: &SigningKey, number: u8, from_ms: i64) -> Statement {
    Statement::Party(PartyEntry {
        did: did.into(),
        home: "did:web:node.example".into(),
        party: Party {
            name: did.into(),
            roles: vec![RoleGrant {
                role: role.into(),
                from_ms: 0,
                until_ms: None,
            }],
            ..Party::default()
        },
        keys: vec![PartyKey {
            id: format!("{did}#key-{number}"),
            public_key_multibase: key.verification_key().to_multibase(),
            from_ms,
            until_ms: None,
        }],
    })
}

/// A network of two offices, founded with core `c1` of `gate`.
fn founded() -> Network {
    let mut network = Network::default();
    let genesis = Statement::Genesis {
        name: "Test".into(),
        authorities: vec![signing::did_key(&key(1))],
        threshold: 1,
        simulated: true,
        witnesses: Vec::new(),
    };
    add(&mut network, &genesis).unwrap();
    add(&mut network, &version("1.0.0", "c1", None)).unwrap();
    add(&mut network, &office(US, "customs.us", &key(2), 1, 0)).unwrap();
    add(&mut network, &office(MX, "customs.mx", &key(3), 1, 0)).unwrap();
    network
}

fn version(version: &str, core: &str, adoption: Option<Value>) -> Statement {
    Statement::Profile {
        profile: "gate".into(),
        version: version.into(),
        core: core.into(),
        adoption,
    }
}

fn terms(network: &Network, core: &str, from_ms: i64) -> Terms {
    let opened = Opened {
        profile: "gate".into(),
        version: "1.1.0".into(),
        digest: "ni:///sha-256;p".into(),
        core: core.into(),
        folder: garita_profile::Folder::default(),
    };
    let charter = CharterWords {
        signatories: vec!["customs.us".into(), "customs.mx".into()],
        notice: Some("P14D".into()),
    };
    Terms::new(network, &opened, &charter, from_ms)
}

fn signed(terms: &Terms, by: &[(&str, u8, u8)], at_ms: i64) -> Value {
    by.iter()
        .fold(terms.document(), |document, (did, number, seed)| {
            sign(
                &document,
                &key(*seed),
                &format!("{did}#key-{number}"),
                at_ms,
            )
            .unwrap()
        })
}

const BOTH: &[(&str, u8, u8)] = &[(US, 1, 2), (MX, 1, 3)];

fn code(result: Result<(), GovernanceError>) -> &'static str {
    result.map_or_else(|e| e.code(), |()| "adopted")
}

#[test]
fn a_version_that_both_offices_signed_is_in_force_from_its_instant_and_supersedes() {
    let mut network = founded();
    assert!(network.may_issue_under("gate", "c1", 0));
    let from_ms = 20 * DAY_MS;
    let whole = signed(&terms(&network, "c2", from_ms), BOTH, DAY_MS);
    add(&mut network, &version("1.1.0", "c2", Some(whole))).unwrap();

    assert!(network.may_issue_under("gate", "c1", from_ms - 1));
    assert!(!network.may_issue_under("gate", "c2", from_ms - 1));
    assert!(!network.may_issue_under("gate", "c1", from_ms));
    assert!(network.may_issue_under("gate", "c2", from_ms));
    let held = &network.profiles["c2"];
    assert_eq!(held.supersedes.as_deref(), Some("c1"));
    let roles: Vec<&str> = held.cosignatures.iter().map(|c| c.role.as_str()).collect();
    assert_eq!(roles, ["customs.us", "customs.mx"]);
    // The version before is not forgotten.
    assert_eq!(network.profiles["c1"].version, "1.0.0");
}

#[test]
fn what_is_not_duly_signed_is_refused_with_its_reason() {
    let network = founded();
    let from_ms = 20 * DAY_MS;
    let good = terms(&network, "c2", from_ms);
    let try_it = |core: &str, adoption: Option<Value>| {
        let mut copy = network.clone();
        code(add(&mut copy, &version("1.1.0", core, adoption)))
    };
    let changed = |member: &str, value: Value| {
        let mut document = signed(&good, BOTH, DAY_MS);
        document[member] = value;
        document
    };
    let other = |change: &dyn Fn(&mut Terms)| {
        let mut terms = good.clone();
        change(&mut terms);
        signed(&terms, BOTH, DAY_MS)
    };
    let only_us: &[(&str, u8, u8)] = &[(US, 1, 2)];
    let twice: &[(&str, u8, u8)] = &[(US, 1, 2), (US, 1, 2)];
    let forged: &[(&str, u8, u8)] = &[(US, 1, 2), (MX, 1, 2)];
    for (adoption, expected) in [
        (Some(signed(&good, BOTH, DAY_MS)), "adopted"),
        (None, "adoption-not-cosigned"),
        (Some(good.document()), "adoption-not-cosigned"),
        (
            Some(signed(&good, only_us, DAY_MS)),
            "adoption-not-cosigned",
        ),
        (Some(signed(&good, twice, DAY_MS)), "adoption-not-cosigned"),
        (Some(signed(&good, forged, DAY_MS)), "adoption-signature"),
        (
            Some(changed("inForceFrom", json!("2030-01-01T00:00:00Z"))),
            "adoption-signature",
        ),
        (Some(changed("more", json!(1))), "adoption-malformed"),
        (Some(signed(&good, BOTH, 10 * DAY_MS)), "adoption-notice"),
        (
            Some(other(&|t| t.network = "ni:///other".into())),
            "adoption-network",
        ),
        (Some(other(&|t| t.supersedes = None)), "adoption-supersedes"),
        (
            Some(other(&|t| t.supersedes = Some("c9".into()))),
            "adoption-supersedes",
        ),
        (
            Some(other(&|t| t.notice = Some("soon".into()))),
            "adoption-malformed",
        ),
        (
            Some(other(&|t| t.signatories.clear())),
            "adoption-malformed",
        ),
    ] {
        assert_eq!(try_it("c2", adoption.clone()), expected, "{adoption:?}");
    }
    // The entry may not name another core than the one that was signed.
    let whole = signed(&good, BOTH, DAY_MS);
    assert_eq!(try_it("c3", Some(whole)), "adoption-malformed");
}

#[test]
fn offices_confirm_what_the_network_was_founded_with_without_moving_its_beginning() {
    let mut network = founded();
    let mut same = terms(&network, "c1", 0);
    same.version = "1.0.0".into();
    assert_eq!(same.supersedes, None);
    let whole = signed(&same, BOTH, DAY_MS);
    add(&mut network, &version("1.0.0", "c1", Some(whole))).unwrap();
    assert!(network.may_issue_under("gate", "c1", i64::MIN));
    assert_eq!(network.profiles["c1"].cosignatures.len(), 2);
}

#[test]
fn a_change_of_officers_breaks_nothing_and_the_old_key_signs_no_more() {
    let mut network = founded();
    let second = signed(&terms(&network, "c2", 20 * DAY_MS), BOTH, DAY_MS);
    add(&mut network, &version("1.1.0", "c2", Some(second))).unwrap();
    // New officer at the same office: a new key, the old one revoked.
    add(
        &mut network,
        &office(MX, "customs.mx", &key(4), 2, 30 * DAY_MS),
    )
    .unwrap();
    let revoked = Statement::KeyRevoked {
        verification_method: format!("{MX}#key-1"),
        from_ms: 30 * DAY_MS,
        reason: "change of officers".into(),
    };
    add(&mut network, &revoked).unwrap();
    assert!(network.may_issue_under("gate", "c2", 40 * DAY_MS));

    let third = terms(&network, "c3", 60 * DAY_MS);
    let new: &[(&str, u8, u8)] = &[(US, 1, 2), (MX, 2, 4)];
    let mut copy = network.clone();
    // The old key does not count, whatever date it gives; the new one not before it was the office's.
    for (by, at_ms) in [(BOTH, 31 * DAY_MS), (BOTH, DAY_MS), (new, DAY_MS)] {
        let document = signed(&third, by, at_ms);
        let refused = add(&mut copy, &version("1.1.0", "c3", Some(document)));
        assert_eq!(code(refused), "adoption-signature");
    }
    let document = signed(&third, new, 31 * DAY_MS);
    add(&mut network, &version("1.1.0", "c3", Some(document))).unwrap();
    assert!(network.may_issue_under("gate", "c3", 60 * DAY_MS));
}

#[test]
fn who_had_to_sign_before_signs_what_comes_after() {
    let mut network = founded();
    let second = signed(&terms(&network, "c2", 20 * DAY_MS), BOTH, DAY_MS);
    add(&mut network, &version("1.1.0", "c2", Some(second))).unwrap();
    let mut third = terms(&network, "c3", 60 * DAY_MS);
    third.signatories = vec!["customs.us".into()];
    let alone = signed(&third, &[(US, 1, 2)], DAY_MS);
    let refused = add(&mut network, &version("1.1.0", "c3", Some(alone)));
    assert_eq!(code(refused), "adoption-signatories");
    // Nor is an older version brought back.
    let back = terms(&network, "c1", 60 * DAY_MS);
    let whole = signed(&back, BOTH, DAY_MS);
    let refused = add(&mut network, &version("1.1.0", "c1", Some(whole)));
    assert_eq!(code(refused), "adoption-order");
}
