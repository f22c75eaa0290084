//! What a new version changes, in plain words: edits of a small program against their golden sentences, in both languages.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use garita_profile::Folder;
use garita_profile::diff::{Diff, Sight, diff};
use serde_json::{Value, json};

const PROFILE: &str = r#"profile: small
version: 1.0.0
charter: { signatories: [customs.us], notice: P14D }
kinds:
  shipment:
    key: /credentialSubject/scn
    owner: { role: carrier, holds: scac }
    seats: { broker: Shipment#/credentialSubject/broker }
records:
  Shipment:
    issued-by: [carrier]
    about: { shipment: /credentialSubject }
    audience: [{ to: customs.us }, { to: bridge, view: [/credentialSubject/scn] }, { to: seats }]
  Entry: { issued-by: [customs.us], about: { shipment: /credentialSubject/scn } }
  HoldPlaced: { issued-by: [customs.us], about: { shipment: /credentialSubject/scn } }
  HoldRemoved: { follows: HoldPlaced }
life-cycle:
  shipment:
    tracks: { entry: { first: none, keeper: customs.us, moves: [{ on: Entry, to: on-file }] } }
    holds: { opens: HoldPlaced, closes: HoldRemoved, by: same-office }
    show:
      - { state: held, when: "holds.open.size() > 0" }
      - { state: ready, when: "entry == 'on-file'" }
      - { state: expected }
clocks:
  entry: { from: Shipment, last: 15, count: days, until: Entry, owner: carrier }
tables:
  waits: { row-per: shipment, dated: ready, columns: { ready: { entered: ready }, filed: { entered: entry.on-file } } }
indicators:
  wait: { over: waits, measure: median, of: "ready - filed", unit: min, by: [month], least: 10, chart: band }
acts:
  hold: { issue: HoldPlaced, ask: reason, when: "state != 'held'" }
"#;

const RULES: &str = r#"
- { code: heavy, on: Shipment, must: "subject.weight <= 40000", pointer: /credentialSubject/weight }
"#;

const TEXTS_EN: &str = "kinds: { shipment: shipment }\nstates: { held: on hold, ready: ready, expected: expected }\nrecords: { Shipment: Shipment, Entry: Entry, HoldPlaced: Hold placed, HoldRemoved: Hold removed }\nrules: { heavy: heavier than a truck may be }\nacts.hold: Hold\nindicators.wait: Time to ready\n";
const TEXTS_ES: &str = "kinds: { shipment: embarque }\nstates: { held: retenido, ready: listo, expected: esperado }\nrecords: { Shipment: Embarque, Entry: Entrada, HoldPlaced: Retención, HoldRemoved: Fin de retención }\nrules: { heavy: más pesado de lo que puede un camión }\nacts.hold: Retener\nindicators.wait: Tiempo hasta listo\n";

type Files = BTreeMap<String, String>;

fn files() -> Files {
    let text = json!({"type": "string"});
    let schema = |required: &[&str], properties: Value| {
        json!({"type": "object", "additionalProperties": false, "required": required, "properties": properties}).to_string()
    };
    let terms = "scn weight broker seal mode reason Shipment Entry HoldPlaced HoldRemoved";
    let context: serde_json::Map<String, Value> = (terms.split(' '))
        .map(|t| (t.to_owned(), json!(format!("https://example.org/{t}"))))
        .collect();
    [
        ("profile.yaml", PROFILE.to_owned()),
        ("rules.yaml", RULES.to_owned()),
        ("context.jsonld", json!({ "@context": context }).to_string()),
        ("codelists/modes.csv", "code,en,es,valid-from,valid-to\nTR,Truck,Camión,,\nRR,Rail,Tren,,\n".to_owned()),
        ("calendars/us.csv", "2026-11-26\n2026-12-25\n".to_owned()),
        ("texts/en.yaml", TEXTS_EN.to_owned()),
        ("texts/es.yaml", TEXTS_ES.to_owned()),
        (
            "schemas/Shipment.json",
            schema(
                &["scn"],
                json!({"scn": text, "weight": {"type": "integer", "minimum": 0}, "broker": text, "mode": {"type": "string", "title": "Mode", "x-codes": "modes"}}),
            ),
        ),
        ("schemas/Entry.json", schema(&["scn"], json!({ "scn": text }))),
        ("schemas/HoldPlaced.json", schema(&["scn", "reason"], json!({"scn": text, "reason": {"type": "string", "enum": ["nii", "docs"]}}))),
        ("schemas/HoldRemoved.json", schema(&[], json!({ "reason": text }))),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), text))
    .collect()
}

fn folder(files: &Files) -> Folder {
    Folder(
        files
            .iter()
            .map(|(p, t)| (p.clone(), t.clone().into_bytes()))
            .collect(),
    )
}

fn replace(files: &mut Files, file: &str, from: &str, to: &str) {
    let text = files.get_mut(file).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    *text = text.replace(from, to);
}

fn compared(new: &Files) -> Diff {
    diff(&folder(&files()), &[], &folder(new), &[]).unwrap_or_else(|f| panic!("{f:#?}"))
}

/// What an edit is called, and (file, what stands there, what comes instead).
type Edit = (
    &'static str,
    &'static [(&'static str, &'static str, &'static str)],
);

const EDITS: &[Edit] = &[
    (
        "a field that must be given, and one that must no longer",
        &[
            (
                "schemas/Shipment.json",
                r#""required":["scn"]"#,
                r#""required":["scn","seal"]"#,
            ),
            (
                "schemas/Shipment.json",
                r#""properties":{"#,
                r#""properties":{"seal":{"type":"string"},"#,
            ),
            ("schemas/HoldPlaced.json", r#","reason"]"#, "]"),
        ],
    ),
    (
        "other limits of fields",
        &[
            ("schemas/Shipment.json", r#""minimum":0"#, r#""minimum":1"#),
            (
                "schemas/HoldPlaced.json",
                r#"["nii","docs"]"#,
                r#"["nii","seal"]"#,
            ),
            ("schemas/Shipment.json", r#","x-codes":"modes""#, ""),
        ],
    ),
    (
        "a new record type that moves a track",
        &[
            (
                "profile.yaml",
                "  HoldRemoved:",
                "  Referral: { issued-by: [customs.us], about: { shipment: /credentialSubject/scn }, decisive: true }\n  HoldRemoved:",
            ),
            (
                "profile.yaml",
                "to: on-file }]",
                "to: on-file }, { on: Referral, to: referred, from: [on-file] }]",
            ),
            (
                "context.jsonld",
                "{\"@context\":{",
                "{\"@context\":{\"Referral\":\"https://example.org/Referral\",",
            ),
            (
                "texts/en.yaml",
                "Entry: Entry",
                "Entry: Entry, Referral: Referral to exam",
            ),
            (
                "texts/es.yaml",
                "Entry: Entrada",
                "Entry: Entrada, Referral: Envío a revisión",
            ),
        ],
    ),
    (
        "the bridge sees the weight, a broker nothing, a new reader comes",
        &[(
            "profile.yaml",
            "view: [/credentialSubject/scn] }, { to: seats }",
            "view: [/credentialSubject/scn, /credentialSubject/weight] }, { to: health.us }",
        )],
    ),
    (
        "another office may issue the entry, and none is decisive alone",
        &[
            (
                "profile.yaml",
                "Entry: { issued-by: [customs.us],",
                "Entry: { issued-by: [customs.us, customs.mx],",
            ),
            (
                "profile.yaml",
                "life-cycle:",
                "affirmed-by: { Entry: [customs.us, customs.mx] }\nlife-cycle:",
            ),
        ],
    ),
    (
        "any office closes a hold, and what is ready shows before what is held",
        &[
            ("profile.yaml", "by: same-office", "by: any-office"),
            (
                "profile.yaml",
                "      - { state: held, when: \"holds.open.size() > 0\" }\n      - { state: ready, when: \"entry == 'on-file'\" }\n",
                "      - { state: ready, when: \"entry == 'on-file'\" }\n      - { state: held, when: \"holds.open.size() > 0\" }\n",
            ),
        ],
    ),
    (
        "a shorter clock, in business days, ended by a condition",
        &[(
            "profile.yaml",
            "last: 15, count: days, until: Entry,",
            "last: 10, count: business-days, calendar: us, until: \"entry == 'on-file'\",",
        )],
    ),
    (
        "a clock that warns",
        &[(
            "profile.yaml",
            "last: 15, count: days, until: Entry,",
            "last: 15, count: days, warn: P3D, until: Entry,",
        )],
    ),
    (
        "a rule that only warns, one gone and one new",
        &[
            (
                "rules.yaml",
                "\"subject.weight <= 40000\",",
                "\"subject.weight <= 36000\", severity: warn,",
            ),
            (
                "rules.yaml",
                "\n- {",
                "\n- { code: hold-reason, on: HoldRemoved, must: \"has(subject.reason)\", pointer: /credentialSubject/reason }\n- {",
            ),
            (
                "texts/en.yaml",
                "be }",
                "be, hold-reason: say why it ends }",
            ),
            (
                "texts/es.yaml",
                "camión }",
                "camión, hold-reason: diga por qué termina }",
            ),
        ],
    ),
    (
        "codes and days",
        &[
            (
                "codelists/modes.csv",
                "RR,Rail,Tren,,\n",
                "RR,Rail,Ferrocarril,,2026-12-31\nAI,Air,Aéreo,2027-01-01,\n",
            ),
            ("calendars/us.csv", "2026-12-25", "2026-12-24\n2026-12-25"),
        ],
    ),
    (
        "words for people only",
        &[
            ("texts/es.yaml", "retenido", "detenido"),
            (
                "texts/en.yaml",
                "acts.hold: Hold",
                "acts.hold: Place a hold",
            ),
            (
                "schemas/Shipment.json",
                "\"title\":\"Mode\"",
                "\"title\":\"Means\"",
            ),
            (
                "profile.yaml",
                "ask: reason, when",
                "ask: reason, grave: true, when",
            ),
        ],
    ),
    (
        "what is measured",
        &[
            ("profile.yaml", "measure: median", "measure: p90"),
            ("profile.yaml", "least: 10", "least: 5"),
            (
                "profile.yaml",
                "filed: { entered: entry.on-file }",
                "filed: { entered: entry.on-file }, late: { is: \"count.Shipment > 1\" }",
            ),
        ],
    ),
    (
        "a second signatory and the next version",
        &[
            ("profile.yaml", "version: 1.0.0", "version: 1.1.0"),
            (
                "profile.yaml",
                "signatories: [customs.us]",
                "signatories: [customs.us, customs.mx]",
            ),
            ("profile.yaml", "notice: P14D", "notice: P30D"),
        ],
    ),
];

#[test]
fn thirteen_edits_are_told_in_plain_words() {
    let mut told = String::new();
    for (title, edits) in EDITS {
        let mut new = files();
        for (file, from, to) in *edits {
            replace(&mut new, file, from, to);
        }
        let found = compared(&new);
        assert_eq!(
            found.core_changed(),
            found.changes.iter().any(|c| c.core),
            "{title}: the core digest and what is told of it"
        );
        writeln!(told, "## {title}").unwrap();
        for change in &found.changes {
            let core = if change.core { "core" } else { "face" };
            let sees = match change.sees {
                Some(Sight::Wider) => ", wider",
                Some(Sight::Narrower) => ", narrower",
                None => "",
            };
            writeln!(
                told,
                "{} ({core}{sees})\n  {}\n  {}",
                change.code, change.en, change.es
            )
            .unwrap();
        }
    }
    assert_eq!(EDITS.len(), 13);
    let golden = include_str!("diff.golden.txt");
    assert!(told == golden, "told:\n{told}");
}

#[test]
fn another_spelling_is_no_change_of_meaning() {
    let mut new = files();
    replace(
        &mut new,
        "profile.yaml",
        "  Entry: {",
        "  # what the office files\n  Entry:   {",
    );
    let same = compared(&new);
    assert_eq!((same.changes, same.face_changed), (vec![], false));
    // An order of words that the core has and the meaning has not.
    replace(
        &mut new,
        "profile.yaml",
        "issued-by: [carrier]\n",
        "issued-by: carrier\n",
    );
    let found = compared(&new);
    let codes: Vec<&str> = found.changes.iter().map(|c| c.code.as_str()).collect();
    assert_eq!(codes, ["core-other"]);
}

#[test]
fn back_is_the_contrary() {
    let mut new = files();
    for (file, from, to) in EDITS[3].1 {
        replace(&mut new, file, from, to);
    }
    let there = compared(&new);
    let back = diff(&folder(&new), &[], &folder(&files()), &[]).unwrap();
    let sight = |d: &Diff, what| d.changes.iter().filter(|c| c.sees == Some(what)).count();
    assert_eq!(sight(&there, Sight::Wider), sight(&back, Sight::Narrower));
    assert_eq!(sight(&there, Sight::Narrower), sight(&back, Sight::Wider));
    assert!(sight(&there, Sight::Wider) > 0);
}

#[test]
fn a_folder_that_does_not_load_is_told() {
    let mut new = files();
    replace(
        &mut new,
        "profile.yaml",
        "version: 1.0.0",
        "version: 1.0.0\nversion: 2.0.0",
    );
    let findings = diff(&folder(&files()), &[], &folder(&new), &[]).unwrap_err();
    assert_eq!(findings[0].code, "bad-yaml");
}
