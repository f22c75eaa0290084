//! Credentials for outsiders: made from a case, told apart from slips, the same bytes each time.

use std::sync::Arc;

use garita_profile::acts::CaseView;
use garita_profile::case::{CaseRecord, CaseRef, Directory, Party, Standing};
use garita_profile::check::check;
use garita_profile::credentials::{self, CredentialError};
use garita_profile::fold;
use garita_profile::knowledge::Knowledge;
use garita_profile::{Folder, Profile};
use serde_json::{Value, json};

use crate::uses::program;

const LICENCE: &str = r#"profile: licence
version: 1.2.0
charter: { signatories: [office], notice: P14D }
kinds:
  licence: { key: /credentialSubject/licence, owner: { role: office } }
records:
  Granted: { issued-by: [office], about: { licence: /credentialSubject/licence }, audience: [{ to: office }, { to: others, view: [/credentialSubject/licence] }] }
  Ended:   { issued-by: [office], about: { licence: /credentialSubject/licence } }
  Checked: { issued-by: [office], about: { licence: /credentialSubject/licence } }
life-cycle:
  licence:
    tracks: { word: { first: none, keeper: office, moves: [{ on: Granted, to: good }, { on: Ended, to: ended }] } }
    show: [{ state: good, when: "word == 'good'" }, { state: ended, when: "word == 'ended'" }, { state: asked }]
acts:
  shown: { issue: Checked, take: { how: checked.how, result: checked.result, offline: "string(checked.offline)", asOf?: checked.asOf } }
credentials:
  card:
    kind: licence
    from: Granted
    when: "state == 'good'"
    to: [others]
    context: [https://www.w3.org/ns/credentials/v2, https://w3id.org/garita/licence/v1]
    type: [VerifiableCredential, LicenceCard]
    valid-until?: "records.Granted.subject.until"
    key: [/credentialSubject/number]
    checked-by: shown
    members:
      issuer: { name: "=issuer.name" }
      credentialSubject:
        number: "=records.Granted.subject.licence"
        who: "=sha256(records.Granted.subject.person + salt)"
        classes: [A, "=records.Granted.subject.class"]
        note?: "=records.Granted.subject.note"
"#;

const TEXTS: &str = "kinds: { licence: l }\nstates: { good: g, ended: e, asked: a }\nacts.shown: s\ncredentials.card: Card\nrecords: { Granted: g, Ended: e, Checked: c }\n";

fn licence(profile: &str) -> Folder {
    let mut folder = program(
        profile,
        TEXTS,
        &[
            ("Granted", "licence person class until note"),
            ("Ended", "licence"),
            ("Checked", "licence how result offline asOf"),
        ],
    );
    let mut context: Value = serde_json::from_str(folder.text("context.jsonld").unwrap()).unwrap();
    for term in ["LicenceCard", "number", "who", "classes"] {
        context["@context"][term] = json!(format!("https://example.org/{term}"));
    }
    folder.0.insert(
        "context.jsonld".to_owned(),
        context.to_string().into_bytes(),
    );
    folder
}

fn record(id: &str, ty: &str, at: i64, view: Option<&str>, subject: Value) -> CaseRecord {
    CaseRecord {
        id: id.to_owned(),
        record_type: ty.to_owned(),
        issuer: "did:example:office".to_owned(),
        about: vec![CaseRef {
            kind: "licence".to_owned(),
            key: "L1".to_owned(),
        }],
        occurred_ms: at,
        logged_ms: at,
        standing: Standing::Act,
        replaces: None,
        follows: Vec::new(),
        saw: Vec::new(),
        on_behalf_of: None,
        view: view.map(str::to_owned),
        disputed: None,
        document: Arc::new(
            json!({ "type": ["VerifiableCredential", ty], "salt": "EWl862k4ZE6IvtjqYUsauw", "credentialSubject": subject }),
        ),
    }
}

fn directory() -> Directory {
    let mut directory = Directory::default();
    let office = Party {
        name: "The office".to_owned(),
        roles: vec![garita_profile::case::RoleGrant {
            role: "office".to_owned(),
            ..Default::default()
        }],
        ..Party::default()
    };
    directory
        .parties
        .insert("did:example:office".to_owned(), office);
    directory
}

/// What a case of these records gives.
fn made(records: &[CaseRecord]) -> Result<credentials::Made, CredentialError> {
    let profile = Profile::load(&licence(LICENCE)).unwrap();
    let directory = directory();
    let case = records[0].about[0].clone();
    let knowledge = Knowledge::of(&directory, "did:example:office", 2_000_000);
    let state = fold::fold(
        profile.model(),
        &case,
        records,
        &directory,
        &|_| None,
        &knowledge,
        2_000_000,
    );
    let view = CaseView {
        state: &state,
        records,
        directory: &directory,
        as_of_ms: 2_000_000,
        linked: None,
    };
    credentials::make(&profile, "card", view)
}

fn granted() -> Value {
    json!({ "licence": "L1", "person": "k3v9", "class": "B" })
}

#[test]
fn a_credential_follows_from_the_case_alone() {
    assert_eq!(check(&licence(LICENCE)).findings, []);
    let first = made(&[record("ni:1", "Granted", 1_000_000, None, granted())]).unwrap();
    assert_eq!(
        first.document,
        json!({
            "@context": ["https://www.w3.org/ns/credentials/v2", "https://w3id.org/garita/licence/v1"],
            "id": first.document["id"],
            "type": ["VerifiableCredential", "LicenceCard"],
            "issuer": { "id": "did:example:office", "name": "The office" },
            "validFrom": "1970-01-01T00:16:40Z",
            "credentialSubject": { "number": "L1", "who": first.document["credentialSubject"]["who"], "classes": ["A", "B"] },
        })
    );
    let id = first.document["id"].as_str().unwrap();
    assert!(id.starts_with("urn:uuid:") && id.len() == 45, "{id}");
    let who = first.document["credentialSubject"]["who"].as_str().unwrap();
    assert!(who.len() == 64 && !who.contains("k3v9"));
    // Again, and with a later record that changes nothing in it: the same bytes. Another record, another credential.
    let checked = record(
        "ni:2",
        "Checked",
        1_500_000,
        None,
        json!({ "licence": "L1" }),
    );
    let again = made(&[
        record("ni:1", "Granted", 1_000_000, None, granted()),
        checked,
    ])
    .unwrap();
    assert_eq!(first.document.to_string(), again.document.to_string());
    let other = made(&[record("ni:3", "Granted", 1_000_000, None, granted())]).unwrap();
    assert_ne!(first.document["id"], other.document["id"]);
    // Its end stands in it where the record names one.
    let mut ends = granted();
    ends["until"] = json!("2030-01-01T00:00:00Z");
    let ending = made(&[record("ni:1", "Granted", 1_000_000, None, ends)]).unwrap();
    assert_eq!(ending.document["validUntil"], "2030-01-01T00:00:00Z");
    // Who is shown it finds its case by it.
    let profile = Profile::load(&licence(LICENCE)).unwrap();
    let card = &profile.model().credentials["card"];
    assert_eq!(
        credentials::case_key(&card.key, &first.document).as_deref(),
        Some("L1")
    );
    assert!(credentials::is_of(&card.types, &first.document));
    assert!(!credentials::is_of(
        &card.types,
        &json!({ "type": ["VerifiableCredential"] })
    ));
}

#[test]
fn there_is_none_of_an_ended_case_a_part_of_a_record_or_a_member_that_lacks() {
    let ended = [
        record("ni:1", "Granted", 1_000_000, None, granted()),
        record("ni:2", "Ended", 1_100_000, None, json!({ "licence": "L1" })),
    ];
    assert_eq!(made(&ended).unwrap_err().code(), "credential-not-now");
    let view = record(
        "ni:1",
        "Granted",
        1_000_000,
        Some("others"),
        json!({ "licence": "L1" }),
    );
    assert_eq!(made(&[view]).unwrap_err().code(), "credential-no-record");
    let nobody = json!({ "licence": "L1", "class": "B" });
    let error = made(&[record("ni:1", "Granted", 1_000_000, None, nobody)]).unwrap_err();
    assert_eq!(error.code(), "credential-member-lacking");
    assert!(
        error.to_string().contains("/credentialSubject/who"),
        "{error}"
    );
}

#[test]
fn slips_of_a_credential_are_told() {
    for (from, to, code) in [
        (
            "kind: licence\n    from",
            "kind: licens\n    from",
            "unknown-kind",
        ),
        ("from: Granted", "from: Grantet", "unknown-record-type"),
        ("to: [others]", "to: [seat.nobody]", "unknown-seat"),
        (
            "https://w3id.org/garita/licence/v1",
            "https://w3id.org/garita/license/v1",
            "unknown-context",
        ),
        (
            "https://w3id.org/garita/licence/v1",
            "https://example.org/v1",
            "unknown-context",
        ),
        (
            "[https://www.w3.org/ns/credentials/v2, ",
            "[",
            "credential-context-first",
        ),
        (
            "[VerifiableCredential, LicenceCard]",
            "[LicenceCard]",
            "credential-type-missing",
        ),
        (
            "[VerifiableCredential, LicenceCard]",
            "[VerifiableCredential]",
            "credential-type-missing",
        ),
        ("LicenceCard]", "LicenceCart]", "context-term-missing"),
        ("note?:", "notice?:", "context-term-missing"),
        (
            "key: [/credentialSubject/number]",
            "key: [/credentialSubject/nummer]",
            "unknown-member",
        ),
        (
            "key: [/credentialSubject/number]",
            "key: [/credentialSubject/note]",
            "unknown-member",
        ),
        (
            "key: [/credentialSubject/number]",
            "key: [/credentialSubject/number, /credentialSubject/who]",
            "credential-key",
        ),
        ("checked-by: shown", "checked-by: showed", "unknown-act"),
        (
            "    key: [/credentialSubject/number]\n",
            "",
            "credential-checked-nowhere",
        ),
        (
            "      credentialSubject:",
            "      other:",
            "credential-no-subject",
        ),
        (
            "issuer: { name",
            "validFrom: { name",
            "credential-member-given",
        ),
        (
            "records.Granted.subject.class\"",
            "records.Granted.subject.klass\"",
            "expression-type",
        ),
        (
            "\"state == 'good'\"\n    to",
            "\"state == 'god'\"\n    to",
            "expression-type",
        ),
        ("checked.how,", "checked.who,", "expression-type"),
        ("valid-until?:", "valid-to:", "unknown-word"),
        ("=issuer.name", "=issuer.name +", "bad-expression"),
    ] {
        assert!(LICENCE.contains(from), "{from}");
        let report = check(&licence(&LICENCE.replacen(from, to, 1)));
        let codes: Vec<&str> = report.findings.iter().map(|f| f.code.as_str()).collect();
        assert!(codes.contains(&code), "{from} -> {to}: {codes:?}");
    }
}

#[test]
fn what_a_version_changes_of_a_credential_is_told() {
    let edits = [
        ("to: [others]", "to: [others, office]"),
        (
            "when: \"state == 'good'\"\n    to",
            "when: \"state != 'ended'\"\n    to",
        ),
        ("        note?: \"=records.Granted.subject.note\"\n", ""),
        ("valid-until?:", "valid-until:"),
    ];
    let mut told = Vec::new();
    for (from, to) in edits {
        assert!(LICENCE.contains(from), "{from}");
        let new = licence(&LICENCE.replacen(from, to, 1));
        let found = garita_profile::diff::diff(&licence(LICENCE), &[], &new, &[]).unwrap();
        assert!(found.changes.iter().all(|c| c.core), "{found:?}");
        told.extend(
            found
                .changes
                .into_iter()
                .map(|c| format!("{} | {} | {}", c.code, c.en, c.es)),
        );
    }
    let whole = garita_profile::diff::diff(
        &licence(LICENCE.split("credentials:").next().unwrap()),
        &[],
        &licence(LICENCE),
        &[],
    )
    .unwrap();
    let added = whole
        .changes
        .iter()
        .find(|c| c.code == "credential-added")
        .unwrap();
    told.push(format!("{} | {} | {}", added.code, added.en, added.es));
    assert_eq!(told.join("\n"), TOLD);
}

const TOLD: &str = "\
credential-to-added | Credential for outsiders `card` (Card): who may have it gained `office`. | Credencial para terceros `card` (Card): se añade `office` a quiénes pueden tenerla.\n\
credential-condition-changed | Credential for outsiders `card` (Card): condition was `state == 'good'` and is now `state != 'ended'`. | Credencial para terceros `card` (Card): la condición era `state == 'good'` y ahora es `state != 'ended'`.\n\
credential-members-removed | Credential for outsiders `card` (Card): what it says lost `/credentialSubject/note?: records.Granted.subject.note`. | Credencial para terceros `card` (Card): se quita `/credentialSubject/note?: records.Granted.subject.note` de lo que dice.\n\
credential-may-not-end-changed | Credential for outsiders `card` (Card): now made only where its end is known. | Credencial para terceros `card` (Card): ahora se hace solo donde se conoce su fin.\n\
credential-added | New credential for outsiders `card` (Card); kind of case: `licence`; record it repeats: `Granted`; condition: `state == 'good'`. | Se añade la credencial para terceros `card` (Card); el tipo de expediente: `licence`; el registro que repite: `Granted`; la condición: `state == 'good'`.";
