mod forms;

use serde_json::{Value, json};

use super::*;
use crate::problem::{Code, Problem};

const LIST: &str = "https://cbp.example/status/3";
const ISSUER: &str = "did:web:cbp.example";
/// 2026-11-24T15:00:00Z.
const NOW: i64 = 1_795_532_400_000;

fn register(purpose: StatusPurpose, set: &[(u64, u8)]) -> Register {
    let size = if purpose == StatusPurpose::Message {
        2
    } else {
        1
    };
    let mut register = Register::new(&[purpose], ENTRIES_MIN, size).unwrap();
    for (index, value) in set {
        assert!(register.set(*index, *value).unwrap());
    }
    register
}

fn four_messages() -> Vec<StatusMessage> {
    ["pending_review", "accepted", "rejected", "undefined"]
        .into_iter()
        .zip(0..)
        .map(|(text, value)| StatusMessage {
            value,
            text: text.to_owned(),
        })
        .collect()
}

fn credential(purpose: StatusPurpose, set: &[(u64, u8)]) -> Value {
    let mut options = ListOptions::new(LIST, ISSUER, NOW);
    if purpose == StatusPurpose::Message {
        options.messages = four_messages();
    }
    register(purpose, set).credential(&options).unwrap()
}

fn list(purpose: StatusPurpose, set: &[(u64, u8)]) -> StatusList {
    StatusList::read(&credential(purpose, set)).unwrap()
}

fn unknown(why: Why) -> Outcome {
    Outcome::Unknown { why }
}

fn codes(problems: &[Problem]) -> Vec<(&'static str, &str)> {
    problems
        .iter()
        .map(|problem| (problem.code(), problem.pointer.as_str()))
        .collect()
}

#[test]
fn each_purpose_has_its_outcome() {
    let policy = StatusPolicy::strict(NOW);
    for (purpose, good, set) in [
        (StatusPurpose::Revocation, Outcome::Good, Outcome::Revoked),
        (StatusPurpose::Suspension, Outcome::Good, Outcome::Suspended),
        (
            StatusPurpose::Refresh,
            Outcome::Good,
            Outcome::RefreshAvailable,
        ),
    ] {
        let list = list(purpose, &[(94_567, 1)]);
        let at = |index| {
            list.judge(
                &StatusEntry::new(purpose, index, LIST),
                ISSUER,
                NOW,
                &policy,
            )
        };
        assert_eq!((at(94_567), at(94_566)), (set, good));
        assert_eq!(StatusPurpose::from_name(purpose.as_str()), Some(purpose));
    }
    let list = list(StatusPurpose::Message, &[(7, 2)]);
    let mut entry = StatusEntry::new(StatusPurpose::Message, 7, LIST);
    entry.size = 2;
    let said = |value, text: &str| Outcome::Message {
        value,
        text: text.to_owned(),
    };
    // The list's own words, where the entry has none; the entry's, where it has.
    assert_eq!(
        list.judge(&entry, ISSUER, NOW, &policy),
        said(2, "rejected")
    );
    entry.messages = four_messages();
    entry.messages[2].text = "refused".to_owned();
    assert_eq!(list.judge(&entry, ISSUER, NOW, &policy), said(2, "refused"));
    entry.index = 8;
    assert_eq!(
        list.judge(&entry, ISSUER, NOW, &policy),
        said(0, "pending_review")
    );
}

#[test]
fn a_message_of_one_bit_is_set_or_unset() {
    let mut subject = credential(StatusPurpose::Revocation, &[(1, 1)]);
    subject["credentialSubject"]["statusPurpose"] = "message".into();
    let list = StatusList::read(&subject).unwrap();
    let policy = StatusPolicy::strict(NOW);
    for (index, value, expected) in [(0, 0, "unset"), (1, 1, "set")] {
        let entry = StatusEntry::new(StatusPurpose::Message, index, LIST);
        let text = expected.to_owned();
        assert_eq!(
            list.judge(&entry, ISSUER, NOW, &policy),
            Outcome::Message { value, text }
        );
    }
}

#[test]
fn what_is_not_known_says_why() {
    let policy = StatusPolicy::strict(NOW);
    let list = list(StatusPurpose::Suspension, &[(5, 1)]);
    let entry = StatusEntry::new(StatusPurpose::Suspension, 5, LIST);
    let check = |change: &dyn Fn(&mut StatusEntry), why: Why| {
        let mut entry = entry.clone();
        change(&mut entry);
        assert_eq!(
            list.judge(&entry, ISSUER, NOW, &policy),
            unknown(why.clone()),
            "{why:?}"
        );
    };
    check(&|entry| entry.list.push('1'), Why::WrongList);
    check(
        &|entry| entry.purpose = "revocation".into(),
        Why::WrongPurpose,
    );
    check(&|entry| entry.purpose = "colour".into(), Why::Unsupported);
    check(&|entry| entry.index = ENTRIES_MIN, Why::IndexOutOfRange);
    check(&|entry| entry.index = u64::MAX, Why::IndexOutOfRange);
    check(&|entry| entry.size = 2, Why::TooShort);
    check(&|entry| entry.size = 9, Why::Unsupported);
    check(&|entry| entry.size = 1 << 30, Why::Unsupported);
    let by = |issuer: &str, issuers| {
        let policy = StatusPolicy { issuers, ..policy };
        list.judge(&entry, issuer, NOW, &policy)
    };
    let other = "did:web:sat.example";
    let wrong = unknown(Why::WrongIssuer);
    assert_eq!(by(other, ListIssuers::Own), wrong);
    assert_eq!(
        by(other, ListIssuers::OwnAnd(&["did:web:x.example"])),
        wrong
    );
    assert_eq!(
        by(other, ListIssuers::OwnAnd(&[ISSUER])),
        Outcome::Suspended
    );
    assert_eq!(by(ISSUER, ListIssuers::OwnAnd(&[])), Outcome::Suspended);
    let agreed = StatusPolicy {
        entries_min: 1 << 20,
        ..policy
    };
    assert_eq!(
        list.judge(&entry, ISSUER, NOW, &agreed),
        unknown(Why::TooShort)
    );
    let mut sized = credential(StatusPurpose::Suspension, &[]);
    sized["credentialSubject"]["statusSize"] = 2.into();
    let sized = StatusList::read(&sized).unwrap();
    assert_eq!(
        sized.judge(&entry, ISSUER, NOW, &policy),
        unknown(Why::WrongSize)
    );
}

#[test]
fn a_short_list_is_read_and_not_believed() {
    let mut short = credential(StatusPurpose::Revocation, &[]);
    short["credentialSubject"]["encodedList"] = Value::from(
        // 16 KiB less one byte.
        format!("u{}", {
            use base64::Engine as _;
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(gzip::compress(&[0; 16_383]))
        }),
    );
    let short = StatusList::read(&short).unwrap();
    let entry = StatusEntry::new(StatusPurpose::Revocation, 5, LIST);
    let outcome = short.judge(&entry, ISSUER, NOW, &StatusPolicy::strict(NOW));
    assert_eq!(outcome, unknown(Why::TooShort));
    assert_eq!(outcome.code(), Some(Code::StatusListTooShort));
    assert!(!outcome.is_acceptable());
}

#[test]
fn a_stale_list_tells_only_what_cannot_be_taken_back() {
    let make = |purpose| {
        let mut options = ListOptions::new(LIST, ISSUER, NOW);
        options.ttl_ms = Some(300_000);
        options.valid_until_ms = Some(NOW + 3_600_000);
        let credential = register(purpose, &[(1, 1)]).credential(&options);
        StatusList::read(&credential.unwrap()).unwrap()
    };
    let judge = |purpose, index, at_ms, grace_ms| {
        let policy = StatusPolicy {
            grace_ms,
            ..StatusPolicy::strict(at_ms)
        };
        make(purpose).judge(
            &StatusEntry::new(purpose, index, LIST),
            ISSUER,
            NOW,
            &policy,
        )
    };
    let stale = |since_ms| unknown(Why::Stale { since_ms });
    use StatusPurpose::{Refresh, Revocation, Suspension};
    for (at_ms, grace_ms, fresh, since_ms) in [
        (NOW, 0, true, 0),
        (NOW + 300_000, 0, true, 0),
        (NOW + 300_001, 0, false, NOW + 300_000),
        (NOW + 300_001, -5, false, NOW + 300_000),
        (NOW + 600_000, 300_000, true, 0),
        (NOW + 600_001, 300_000, false, NOW + 300_000),
        (NOW + 3_600_000, i64::MAX, true, 0),
        // No grace helps beyond the list's validity.
        (NOW + 3_600_001, i64::MAX, false, NOW + 3_600_000),
    ] {
        for (purpose, set) in [
            (Revocation, Outcome::Revoked),
            (Refresh, Outcome::RefreshAvailable),
        ] {
            assert_eq!(judge(purpose, 1, at_ms, grace_ms), set);
            let expected = if fresh {
                Outcome::Good
            } else {
                stale(since_ms)
            };
            assert_eq!(judge(purpose, 2, at_ms, grace_ms), expected);
        }
        let expected = if fresh {
            Outcome::Suspended
        } else {
            stale(since_ms)
        };
        assert_eq!(judge(Suspension, 1, at_ms, grace_ms), expected);
    }
    assert_eq!(
        judge(Revocation, 1, NOW - 1, 0),
        unknown(Why::NotYetValid { from_ms: NOW })
    );
    let list = make(Revocation);
    assert_eq!(list.refresh_at_ms(NOW), Some(NOW + 300_000));
    assert_eq!(list.refresh_at_ms(NOW + 3_500_000), Some(NOW + 3_600_000));
    let endless = super::tests::list(Revocation, &[]);
    assert_eq!(endless.refresh_at_ms(NOW), None);
}

/// The first example of the specification, §2.1, with places that the lists here have.
fn employee() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": {"id": ISSUER},
        "credentialStatus": [
            {"id": format!("{LIST}#94567"), "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
             "statusListIndex": "94567", "statusListCredential": LIST},
            {"type": "BitstringStatusListEntry", "statusPurpose": "suspension",
             "statusListIndex": "23452", "statusListCredential": "https://cbp.example/status/4"},
            {"type": "SomethingElse"},
        ],
        "credentialSubject": {"id": "did:example:6789"},
    })
}

#[test]
fn every_entry_of_a_credential_has_an_outcome() {
    let revoked = list(StatusPurpose::Revocation, &[(94_567, 1)]);
    let good = list(StatusPurpose::Revocation, &[]);
    let outcomes = |given: &dyn Fn(&str) -> Given<'static>, policy: StatusPolicy<'_>| {
        judge(&employee(), given, &policy)
            .unwrap()
            .into_iter()
            .map(|entry| {
                (
                    entry.pointer.clone(),
                    entry.problem().map(|p| p.code),
                    entry.outcome,
                )
            })
            .collect::<Vec<_>>()
    };
    let leak = |list: StatusList| -> &'static StatusList { Box::leak(Box::new(list)) };
    let (revoked, good) = (leak(revoked), leak(good));
    let given = |list: &'static StatusList| {
        move |url: &str| {
            if url == LIST {
                Given::List {
                    list,
                    fetched_ms: NOW,
                }
            } else {
                Given::Nothing
            }
        }
    };
    let at = |n: usize| format!("/credentialStatus/{n}");
    let strict = StatusPolicy::strict(NOW);
    assert_eq!(
        outcomes(&given(revoked), strict),
        [
            (at(0), Some(Code::CredentialRevoked), Outcome::Revoked),
            (
                at(1),
                Some(Code::StatusListNotGiven),
                unknown(Why::NotGiven)
            ),
            (
                at(2),
                Some(Code::StatusUnsupported),
                unknown(Why::Unsupported)
            ),
        ]
    );
    assert_eq!(
        outcomes(&given(good), strict)[0],
        (at(0), None, Outcome::Good)
    );
    let refused = |_: &str| Given::Refused(Code::ProofInvalid);
    assert_eq!(
        outcomes(&refused, strict)[1],
        (
            at(1),
            Some(Code::ProofInvalid),
            unknown(Why::Refused(Code::ProofInvalid))
        )
    );
    // The list of one issuer for a credential of another.
    let mut others = employee();
    others["issuer"] = "did:web:sat.example".into();
    let first = |issuers| {
        let policy = StatusPolicy { issuers, ..strict };
        judge(&others, given(good), &policy)
            .unwrap()
            .remove(0)
            .outcome
    };
    assert_eq!(first(ListIssuers::Own), unknown(Why::WrongIssuer));
    assert_eq!(first(ListIssuers::OwnAnd(&[ISSUER])), Outcome::Good);
    // One entry that stands alone; none at all.
    let mut single = employee();
    single["credentialStatus"] = single["credentialStatus"][0].take();
    let outcome = judge(&single, given(revoked), &StatusPolicy::strict(NOW)).unwrap();
    assert_eq!(outcome[0].pointer, "/credentialStatus");
    single.as_object_mut().unwrap().remove("credentialStatus");
    assert_eq!(
        judge(&single, given(revoked), &StatusPolicy::strict(NOW)).unwrap(),
        []
    );
}

#[test]
fn errors_have_the_names_of_the_specification() {
    for (why, name) in [
        (Why::NotGiven, "STATUS_RETRIEVAL_ERROR"),
        (Why::WrongPurpose, "STATUS_VERIFICATION_ERROR"),
        (
            Why::Refused(Code::ProofInvalid),
            "STATUS_VERIFICATION_ERROR",
        ),
        (Why::TooShort, "STATUS_LIST_LENGTH_ERROR"),
        (Why::IndexOutOfRange, "RANGE_ERROR"),
    ] {
        assert!(why.error_type().ends_with(&format!("#{name}")), "{why:?}");
    }
}
