//! Examples are judged as at their issuer's home, their case folded; what is not as they say is told.

use garita_profile::Folder;
use garita_profile::examples::{ExampleReport, run_examples};
use garita_profile::rules::NoIdentifiers;
use serde_json::{Value, json};

const PROFILE: &str = r#"profile: tickets
version: 1.0.0
charter: { signatories: [office], notice: P1D }
posts: { desk: { role: office, at: Ticket#/credentialSubject/place } }
kinds:
  ticket:
    key: /credentialSubject/ticket
    owner: filer
    seats: { filer: Ticket#/issuer/id }
records:
  Ticket: { issued-by: [filer, office], about: { ticket: /credentialSubject } }
  Answer: { issued-by: [post.desk, seat.filer], follows: Ticket }
  Closed: { issued-by: [office], about: { ticket: /credentialSubject } }
life-cycle:
  ticket:
    tracks: { desk: { first: open, keeper: office, moves: [{ on: Closed, to: closed }] } }
    show: [{ state: closed, when: "desk == 'closed'" }, { state: open }]
"#;
const RULES: &str = r#"
- { code: weight-positive, on: Ticket, must: "subject.weight > 0", pointer: /credentialSubject/weight }
- { code: closed-once, on: Closed, must: "case.ticket.state != 'closed'", pointer: /credentialSubject/ticket }
"#;
const TEXTS: &str = "kinds.ticket: T\nstates: { closed: c, open: o }\nrecords: { Ticket: t, Answer: a, Closed: c }\nrules: { weight-positive: more than nothing, closed-once: closed already }\n";

fn run(examples: &[(&str, Value)]) -> ExampleReport {
    let text = json!({"type": "string", "title": "T", "x-title-es": "T"});
    let schema = |properties: Value| {
        json!({"type": "object", "additionalProperties": false, "required": ["ticket"], "properties": properties}).to_string()
    };
    let ticket = schema(
        json!({"ticket": text, "place": text, "weight": {"type": "integer", "title": "W", "x-title-es": "P"}}),
    );
    let closed = schema(json!({ "ticket": text }));
    let answer =
        json!({"type": "object", "additionalProperties": false, "properties": {"words": text}})
            .to_string();
    let context = json!({"@context": {"Ticket": "https://e.example/T", "Answer": "https://e.example/A", "Closed": "https://e.example/C", "ticket": "https://e.example/t", "place": "https://e.example/p", "weight": "https://e.example/w", "words": "https://e.example/s"}}).to_string();
    let mut folder = Folder::of([
        ("profile.yaml", PROFILE),
        ("rules.yaml", RULES),
        ("texts/en.yaml", TEXTS),
        ("texts/es.yaml", TEXTS),
        ("context.jsonld", &context),
        ("schemas/Ticket.json", &ticket),
        ("schemas/Closed.json", &closed),
        ("schemas/Answer.json", &answer),
    ]);
    for (name, example) in examples {
        folder
            .0
            .insert(format!("examples/{name}.json"), example.to_string().into());
    }
    run_examples(&folder, &[], &NoIdentifiers)
}

fn record(name: &str, subject: Value) -> Value {
    json!({"type": ["VerifiableCredential", name], "occurred": "2026-11-24T12:00:00Z", "standing": "act", "credentialSubject": subject})
}

fn example(roles: &[&str], record: Value, case: Vec<Value>, expect: Value) -> Value {
    json!({"record": record, "issuer-roles": roles, "now": "2026-11-24T12:00:00Z", "case": case, "expect": expect})
}

fn only_fault(name: &str, example: Value) -> String {
    let report = run(&[(name, example)]);
    assert_eq!((report.valid, report.invalid), (0, 0));
    match &report.faults[..] {
        [fault] => {
            assert_eq!(fault.file, format!("examples/{name}.json"));
            fault.what.clone()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn counts_what_is_as_it_says_and_names_rules_that_nothing_breaks() {
    let heavy = record("Ticket", json!({"ticket": "1", "weight": 3}));
    let light = record("Ticket", json!({"ticket": "1", "weight": 0}));
    let report = run(&[
        ("a", example(&["filer"], heavy, vec![], json!("valid"))),
        (
            "b",
            example(
                &["filer"],
                light,
                vec![],
                json!(["weight-positive", "/credentialSubject/weight"]),
            ),
        ),
    ]);
    assert_eq!(report.faults, []);
    assert_eq!((report.valid, report.invalid), (1, 1));
    assert_eq!(report.unbroken, ["closed-once"]);
}

#[test]
fn another_code_another_pointer_and_no_fault_are_told() {
    let light = || record("Ticket", json!({"ticket": "1", "weight": 0}));
    let told = "weight-positive at /credentialSubject/weight";
    for (expect, wanted) in [
        (json!("valid"), format!("says valid; judged {told}")),
        (
            json!(["weight-positive", "/credentialSubject"]),
            format!("says weight-positive at /credentialSubject; judged {told}"),
        ),
        (
            json!(["weight-negative", "/credentialSubject/weight"]),
            format!("says weight-negative at /credentialSubject/weight; judged {told}"),
        ),
    ] {
        assert_eq!(
            only_fault("x", example(&["filer"], light(), vec![], expect)),
            wanted
        );
    }
    let heavy = record("Ticket", json!({"ticket": "1", "weight": 3}));
    let what = only_fault(
        "x",
        example(
            &["filer"],
            heavy,
            vec![],
            json!(["weight-positive", "/credentialSubject/weight"]),
        ),
    );
    assert!(what.ends_with("judged no fault"), "{what}");
}

#[test]
fn what_is_in_hand_is_folded() {
    let ticket = || record("Ticket", json!({"ticket": "1", "weight": 3}));
    let closed = || record("Closed", json!({"ticket": "1"}));
    let report = run(&[
        (
            "a",
            example(&["office"], closed(), vec![ticket()], json!("valid")),
        ),
        (
            "b",
            example(
                &["office"],
                closed(),
                vec![ticket(), closed()],
                json!(["closed-once", "/credentialSubject/ticket"]),
            ),
        ),
        // A closing that waits for its opening closes nothing.
        (
            "c",
            example(&["office"], closed(), vec![closed()], json!("valid")),
        ),
    ]);
    assert_eq!(report.faults, []);
    assert_eq!((report.valid, report.invalid), (2, 1));
    assert_eq!(report.unbroken, ["weight-positive"]);
}

#[test]
fn a_seat_comes_from_the_case_or_from_the_example() {
    let ticket = record("Ticket", json!({"ticket": "1", "weight": 3}));
    let mut own = ticket.clone();
    own["issuer"] = json!({ "id": "did:web:issuer.example" });
    let answer = || record("Answer", json!({"words": "yes"}));
    let refused = json!(["issuer-role", "/issuer"]);
    let report = run(&[
        (
            "a",
            example(&["filer"], answer(), vec![own], json!("valid")),
        ),
        (
            "b",
            example(&["filer"], answer(), vec![ticket.clone()], refused.clone()),
        ),
        (
            "c",
            example(&["seat.filer"], answer(), vec![ticket], json!("valid")),
        ),
        (
            "d",
            example(&["post.desk"], answer(), vec![], json!("valid")),
        ),
        ("e", example(&["office"], answer(), vec![], refused)),
    ]);
    assert_eq!(report.faults, []);
    assert_eq!((report.valid, report.invalid), (3, 2));
}

#[test]
fn what_is_no_example_is_told() {
    let ticket = record("Ticket", json!({"ticket": "1", "weight": 3}));
    let good = example(&["filer"], ticket, vec![], json!("valid"));
    let change = |member: &str, value: Value| {
        let mut bad = good.clone();
        bad[member] = value;
        only_fault("x", bad)
    };
    assert!(change("expects", json!(1)).contains("unknown field `expects`"));
    assert!(change("now", json!("noon")).contains("no instant"));
    assert!(change("expect", json!("right")).contains("expects `right`"));
    assert!(change("record", json!({})).contains("has no type"));
    assert!(change("case", json!([{}])).contains("`case` 0 has no type"));
}
