//! Entries, lists and registers: what is written, and what is refused at which place.

use garita_canon::{Canonicalizer, ContextSet};
use serde_json::{Value, json};

use super::{
    ISSUER, LIST, NOW, codes, credential, employee, four_messages, list, register, unknown,
};
use crate::data_integrity::{self, ProofOptions, Suite, VerifyOptions};
use crate::keys::{KeyFile, SigningKey};
use crate::problem::{Code, Problem};
use crate::resolver::DidKeyResolver;
use crate::status::*;

#[test]
fn reads_the_entries_that_it_writes() {
    let mut full = StatusEntry::new(StatusPurpose::Message, 492_847, LIST);
    full.id = Some(format!("{LIST}#492847"));
    full.size = 2;
    full.messages = four_messages();
    full.references = vec!["https://cbp.example/dictionary".into()];
    let mut plain = StatusEntry::new(StatusPurpose::Revocation, 0, LIST);
    plain.id = Some(format!("{LIST}#0"));
    let mut two = plain.clone();
    two.references = vec!["https://a.example/".into(), "https://b.example/".into()];
    for entry in [full, plain, two] {
        let credential = json!({"credentialStatus": entry.to_value()});
        let read = entries(&credential).unwrap();
        assert_eq!(read[0].entry, Entry::Bitstring(entry));
    }
}

#[test]
fn refuses_malformed_entries_at_their_place() {
    let mut whole = StatusEntry::new(StatusPurpose::Message, 7, LIST);
    (whole.size, whole.messages) = (2, four_messages());
    whole.references = vec!["https://cbp.example/dictionary".into()];
    let whole = whole.to_value();
    let check = |name: &str, value: Option<Value>, place: &str| {
        let mut entry = whole.clone();
        match value {
            Some(value) => entry[name] = value,
            None => drop(entry.as_object_mut().unwrap().remove(name)),
        }
        let problems = entries(&json!({"credentialStatus": [entry]})).unwrap_err();
        let expected = format!("/credentialStatus/0{place}");
        assert_eq!(
            codes(&problems),
            [("status-malformed", expected.as_str())],
            "{name}"
        );
    };
    let not_texts = || {
        [
            json!(null),
            json!(5),
            json!(true),
            json!({}),
            json!([]),
            json!(""),
        ]
    };
    for name in ["statusPurpose", "statusListIndex", "statusListCredential"] {
        check(name, None, &format!("/{name}"));
        for value in not_texts() {
            check(name, Some(value), &format!("/{name}"));
        }
    }
    for value in [json!(null), json!(5), json!("x"), json!(LIST)] {
        check("id", Some(value), "/id");
    }
    for index in ["-1", "+1", "1.0", "01", "1e3", " 1", "0x1", "١", "1_0"] {
        check("statusListIndex", Some(index.into()), "/statusListIndex");
    }
    for value in [json!(null), json!([]), json!(["x"]), json!([5]), json!("x")] {
        check("statusReference", Some(value), "/statusReference");
    }
    check(
        "statusListCredential",
        Some("/status/3".into()),
        "/statusListCredential",
    );
    check("statusMessage", None, "/statusMessage");
    let message = |status: &str| json!({"status": status, "message": "m"});
    for (n, messages) in [
        json!({}),
        json!([]),
        json!([message("0x0"), message("0x1"), message("0x2")]),
        json!([
            message("0x0"),
            message("0x1"),
            message("0x2"),
            message("0x2")
        ]),
        json!([
            message("0x0"),
            message("0x1"),
            message("0x2"),
            message("0x4")
        ]),
        json!([message("0x0"), message("0x1"), message("0x2"), message("3")]),
        json!([
            message("0x0"),
            message("0x1"),
            message("0x2"),
            message("0x+3")
        ]),
        json!([
            message("0x0"),
            message("0x1"),
            message("0x2"),
            message("0x")
        ]),
        json!([message("0x0"), message("0x1"), message("0x2"), {"status": "0x3"}]),
        json!([message("0x0"), message("0x1"), message("0x2"), {"message": "m"}]),
        json!([message("0x0"), message("0x1"), message("0x2"), 5]),
    ]
    .into_iter()
    .enumerate()
    {
        println!("{n}");
        check("statusMessage", Some(messages), "/statusMessage");
    }
    for size in [
        json!(0),
        json!(-1),
        json!(1.5),
        json!("2"),
        json!(null),
        json!(1_u64 << 40),
    ] {
        let mut entry = whole.clone();
        entry["statusSize"] = size;
        let problems = entries(&json!({"credentialStatus": entry})).unwrap_err();
        assert!(codes(&problems).contains(&("status-malformed", "/credentialStatus/statusSize")));
    }
    for entry in [
        json!(5),
        json!(null),
        json!({}),
        json!({"type": []}),
        json!({"type": [5]}),
    ] {
        let problems = entries(&json!({"credentialStatus": [entry]})).unwrap_err();
        assert_eq!(
            codes(&problems),
            [("status-malformed", "/credentialStatus/0")]
        );
    }
    let many = vec![whole; ENTRIES_PER_CREDENTIAL_MAX + 1];
    let problems = entries(&json!({"credentialStatus": many})).unwrap_err();
    assert_eq!(
        codes(&problems),
        [("status-malformed", "/credentialStatus")]
    );
}

#[test]
fn an_index_may_be_of_any_length_and_is_out_of_range() {
    let mut entry = StatusEntry::new(StatusPurpose::Revocation, 0, LIST).to_value();
    entry["statusListIndex"] = "9".repeat(100).into();
    let entry = match entries(&json!({"credentialStatus": entry}))
        .unwrap()
        .remove(0)
        .entry
    {
        Entry::Bitstring(entry) => entry,
        Entry::Other { kind } => panic!("{kind}"),
    };
    let list = list(StatusPurpose::Revocation, &[]);
    let outcome = list.judge(&entry, ISSUER, NOW, &StatusPolicy::strict(NOW));
    assert_eq!(outcome, unknown(Why::IndexOutOfRange));
}

#[test]
fn refuses_malformed_lists_at_their_place() {
    let whole = credential(StatusPurpose::Message, &[(3, 3)]);
    StatusList::read(&whole).unwrap();
    let check = |pointer: &str, value: Option<Value>, expected: &[(&str, &str)]| {
        let mut list = whole.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let members = list.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match value {
            Some(value) => drop(members.insert(name.to_owned(), value)),
            None => drop(members.remove(name)),
        }
        let problems = StatusList::read(&list).unwrap_err();
        assert_eq!(codes(&problems), expected, "{pointer}");
    };
    let malformed = "status-list-malformed";
    for name in ["type", "statusPurpose", "encodedList"] {
        let pointer = format!("/credentialSubject/{name}");
        for value in [
            None,
            Some(json!(null)),
            Some(json!(5)),
            Some(json!([])),
            Some(json!({})),
        ] {
            check(&pointer, value, &[(malformed, &pointer)]);
        }
    }
    let ttl = "/credentialSubject/ttl";
    for value in [json!(null), json!("5"), json!(-1), json!(0.5), json!([])] {
        check(ttl, Some(value), &[(malformed, ttl)]);
    }
    let messages = "/credentialSubject/statusMessages";
    for value in [json!(null), json!([]), json!({}), json!("x")] {
        check(messages, Some(value), &[(malformed, messages)]);
    }
    for value in [json!(0), json!("2"), json!(null)] {
        check(
            "/credentialSubject/statusSize",
            Some(value),
            &[
                (malformed, "/credentialSubject/statusSize"),
                (malformed, messages),
            ],
        );
    }
    check(
        "/type",
        Some(json!(["VerifiableCredential"])),
        &[(malformed, "/type")],
    );
    check("/issuer", None, &[("issuer-missing", "/issuer")]);
    check(
        "/validFrom",
        Some("2026".into()),
        &[("date-malformed", "/validFrom")],
    );
    check(
        "/validUntil",
        Some(json!(5)),
        &[("date-malformed", "/validUntil")],
    );
    let subject = whole["credentialSubject"].clone();
    let two = json!([subject, subject]);
    let problems = {
        let mut list = whole.clone();
        list["credentialSubject"] = two;
        StatusList::read(&list).unwrap_err()
    };
    assert!(codes(&problems).contains(&(malformed, "/credentialSubject")));
    for bad in [json!(5), json!(null), json!([]), json!({})] {
        assert!(!StatusList::read(&bad).unwrap_err().is_empty());
    }
}

#[test]
fn revocation_stands_and_suspension_is_lifted() {
    let mut revocation = register(StatusPurpose::Revocation, &[(5, 1)]);
    let before = revocation.clone();
    let refused = revocation.set(5, 0).unwrap_err();
    assert_eq!(Problem::from(refused).code(), "status-irreversible");
    assert_eq!(revocation, before);
    // To say it again is no change; another entry is its own matter.
    assert!(!revocation.set(5, 1).unwrap());
    assert!(!revocation.set(6, 0).unwrap());
    let mut suspension = register(StatusPurpose::Suspension, &[(5, 1)]);
    assert!(suspension.set(5, 0).unwrap());
    assert_eq!(suspension.bits().get(5), Some(0));
    // A list for both can be lifted for neither.
    let both = [StatusPurpose::Suspension, StatusPurpose::Revocation];
    let mut both = Register::new(&both, ENTRIES_MIN, 1).unwrap();
    both.set(5, 1).unwrap();
    assert_eq!(both.set(5, 0).unwrap_err().kind(), Code::StatusIrreversible);
    assert_eq!(
        both.set(ENTRIES_MIN, 1).unwrap_err().kind(),
        Code::StatusIndexOutOfRange
    );
    // What was published can be taken up again.
    let encoded = revocation.bits().encode();
    let bits = Bitstring::decode(&encoded, 1).unwrap();
    let mut resumed = Register::resume(&[StatusPurpose::Revocation], bits).unwrap();
    assert_eq!(resumed, revocation);
    assert!(resumed.set(5, 0).is_err());
    assert!(Register::new(&[], ENTRIES_MIN, 1).is_err());
}

#[test]
fn refuses_to_publish_a_list_that_others_could_not_read() {
    let good = ListOptions::new(LIST, ISSUER, NOW);
    let plain = register(StatusPurpose::Revocation, &[]);
    let message = register(StatusPurpose::Message, &[]);
    let place = |register: &Register, change: &dyn Fn(&mut ListOptions)| {
        let mut options = good.clone();
        change(&mut options);
        register.credential(&options).unwrap_err().pointer
    };
    assert_eq!(
        place(&plain, &|options| options.id = "status/3".into()),
        "/id"
    );
    assert_eq!(place(&plain, &|options| options.id.push_str("#x")), "/id");
    assert_eq!(place(&plain, &|options| options.issuer.clear()), "/issuer");
    assert_eq!(
        place(&plain, &|options| options.valid_until_ms = Some(NOW - 1)),
        "/validUntil"
    );
    let messages = "/credentialSubject/statusMessages";
    assert_eq!(place(&message, &|_| {}), messages);
    assert_eq!(
        place(&message, &|options| options.messages =
            four_messages()[..3].to_vec()),
        messages
    );
    assert_eq!(
        place(&plain, &|options| options.messages = four_messages()),
        messages
    );
}

#[test]
fn lists_are_credentials_that_every_suite_can_sign() {
    let canonicalizer = Canonicalizer::new(ContextSet::bundled());
    let file = KeyFile::did_key(SigningKey::from_seed([7; 32]));
    for purpose in StatusPurpose::ALL {
        let mut list = credential(purpose, &[(1, 1)]);
        list["issuer"] = file.controller.clone().into();
        assert_eq!(crate::vc::check(&list, Some(NOW)), []);
        assert_eq!(crate::vc::check_terms(&list, &canonicalizer), []);
        for suite in [Suite::EddsaRdfc2022, Suite::EddsaJcs2022] {
            let options = ProofOptions::assertion(&file.id, NOW);
            let signed =
                data_integrity::create(&list, suite, &file.key, &options, &canonicalizer).unwrap();
            let expected = VerifyOptions::assertion(&DidKeyResolver, Some(NOW));
            let verified = data_integrity::verify(&signed, &expected, &canonicalizer).unwrap();
            crate::vc::check_controller(&signed, &verified).unwrap();
            StatusList::read(&signed).unwrap();
        }
    }
    let mut entry = StatusEntry::new(StatusPurpose::Message, 7, LIST);
    (entry.size, entry.messages) = (2, four_messages());
    let mut with_status = employee();
    with_status["credentialStatus"] = entry.to_value();
    assert_eq!(crate::vc::check(&with_status, None), []);
    assert_eq!(crate::vc::check_terms(&with_status, &canonicalizer), []);
}

#[test]
fn indexes_are_spread_and_not_given_twice() {
    assert_eq!(choose_index(ENTRIES_MIN, [0], |_| false), Some(0));
    assert_eq!(
        choose_index(ENTRIES_MIN, [u64::MAX], |_| false),
        Some(ENTRIES_MIN - 1)
    );
    assert_eq!(
        choose_index(ENTRIES_MIN, [1 << 63, u64::MAX], |index| index
            == ENTRIES_MIN / 2),
        Some(ENTRIES_MIN - 1)
    );
    assert_eq!(choose_index(ENTRIES_MIN, [1, 2, 3], |_| true), None);
    assert_eq!(choose_index(ENTRIES_MIN, [], |_| false), None);
    assert_eq!(choose_index(0, [5], |_| false), None);
}
