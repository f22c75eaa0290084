//! Every function that `docs/profiles.md` offers to rules, with an example; and no function without its line there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use garita_profile::Profile;
use garita_profile::case::{CaseRecord, CaseRef, CaseState};
use garita_profile::expr::{Expr, STEPS_MAX};
use garita_profile::rules::{DocumentScope, Identifiers};
use serde_json::json;

use crate::uses::program;

const PROFILE: &str = "profile: shop
version: 1.0.0
charter: { signatories: [customs.us], notice: P14D }
kinds: { box: { key: /credentialSubject/box, owner: { role: carrier } } }
records: { Packed: { issued-by: [carrier], about: { box: /credentialSubject/box } } }
life-cycle: { box: { show: [{ state: here }] } }
";
const TEXTS: &str = "kinds.box: b\nstates.here: h\nrecords.Packed: p\n";

/// By function: expressions that are true of the document below.
const TRUE: &[(&str, &[&str])] = &[
    ("size", &["size('abc') == 3", "subject.items.size() == 2"]),
    ("startsWith", &["subject.box.startsWith('B-')"]),
    ("endsWith", &["subject.box.endsWith('7')"]),
    ("contains", &["subject.box.contains('-')"]),
    (
        "substring",
        &[
            "subject.box.substring(2, 3) == '1'",
            "'abc'.substring(1) == 'bc'",
        ],
    ),
    ("upperAscii", &["'b-1'.upperAscii() == 'B-1'"]),
    ("lowerAscii", &["'B-1'.lowerAscii() == 'b-1'"]),
    ("decimal", &["decimal(subject.price) == decimal('12.5')"]),
    ("int", &["int('7') + 1 == 8"]),
    ("string", &["string(7) == '7'"]),
    ("abs", &["abs(-3) == 3"]),
    ("min", &["min(3, 2) == 2"]),
    ("max", &["max(3, 2) == 3"]),
    ("total", &["total(['0.10', '0.20']) == decimal('0.30')"]),
    ("distinct", &["distinct(['a', 'a', 'b']).size() == 2"]),
    (
        "within",
        &[
            "within(100, 104, 5)",
            "!within(100, 106, 5)",
            "within(100, 101, '2%')",
            "within('/credentialSubject/items/*/weight', '/credentialSubject/weight', 1)",
        ],
    ),
    ("time", &["time('2026-11-24T12:00:00Z') == occurred"]),
    (
        "instant",
        &["instant(occurred) == '2026-11-24T12:00:00.000Z'"],
    ),
    (
        "minutes_between",
        &["minutes_between(time('2026-11-24T12:00:00Z'), time('2026-11-24T12:59:59Z')) == 59"],
    ),
    (
        "day",
        &[
            "day(occurred) == '2026-11-24'",
            "day(time('2026-11-24T03:00:00Z'), 'America/Chicago') == '2026-11-23'",
        ],
    ),
    (
        "days_between",
        &["days_between('2026-11-24', '2026-12-01') == 7"],
    ),
    ("add_days", &["add_days('2026-11-24', 7) == '2026-12-01'"]),
    (
        "add_months",
        &["add_months('2026-01-31', 1) == '2026-02-28'"],
    ),
    // From the World Trade Bridge at Laredo to Dallas/Fort Worth: 636 km as the crow flies.
    (
        "distance_km",
        &[
            "within(distance_km(27.5965, -99.5350, 32.8998, -97.0403), 636, '1%')",
            "distance_km(0, 0, 0, 0) == 0",
        ],
    ),
    (
        "same_items",
        &[
            "same_items(['a', 'b'], ['b', 'a'])",
            "!same_items(['a'], ['b'])",
        ],
    ),
    ("decimals", &["decimals('12.50') == 2"]),
    (
        "sha256",
        &["size(sha256('abc')) == 64 && sha256('abc').startsWith('ba7816bf8f01')"],
    ),
    (
        "has",
        &[
            "has('/credentialSubject/price')",
            "!has('/credentialSubject/none')",
        ],
    ),
    ("value", &["value('/credentialSubject/box') == 'B-17'"]),
    (
        "values",
        &["'7' in values('/credentialSubject/items/*/weight')"],
    ),
    (
        "count",
        &["count('/credentialSubject/items/*/weight') == 2"],
    ),
    ("sum", &["sum('/credentialSubject/items/*/weight') == 12"]),
    (
        "same",
        &["same('/credentialSubject/items/*/weight', '/credentialSubject/weights/*')"],
    ),
    ("check", &["check('even', '12')", "!check('even', '13')"]),
    (
        "code",
        &["code('colours', 'red')", "!code('colours', 'grey')"],
    ),
    // Thanksgiving 2026 is Thursday the 26th.
    (
        "business_days",
        &["business_days('2026-11-24', '2026-11-30', 'us') == 3"],
    ),
    (
        "add_business_days",
        &["add_business_days('2026-11-24', 2, 'us') == '2026-11-27'"],
    ),
    (
        "is_business_day",
        &[
            "!is_business_day('2026-11-26', 'us')",
            "!is_business_day('2026-11-28', 'us')",
            "is_business_day('2026-11-27', 'us')",
        ],
    ),
    ("latest", &["latest('Packed').box == 'B-17'"]),
    ("records", &["records('Packed').size() == 1"]),
];

/// Asked of the offices in a case, or of who acts for whom, not of a document: their examples are scenarios and records of programs.
const OF_CASES: &[&str] = &["agreed", "mandated"];

struct Even;

impl Identifiers for Even {
    fn check(&self, name: &str, value: &str) -> Option<bool> {
        (name == "even").then(|| value.parse::<u32>().is_ok_and(|n| n % 2 == 0))
    }
}

/// Names before `(` in the first column of the tables under *Functions*.
fn documented() -> BTreeSet<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/profiles.md");
    let text = std::fs::read_to_string(path).unwrap();
    let from = text.find("### Functions").unwrap();
    let to = from + text[from..].find("## Schemas").unwrap();
    let mut names = BTreeSet::new();
    for line in text[from..to].lines().filter(|l| l.starts_with("| `")) {
        let cell = line.split(" | ").next().unwrap();
        for word in cell.split('`').skip(1).step_by(2) {
            let name = word.split('(').next().unwrap();
            names.insert(name.rsplit('.').next().unwrap().to_owned());
        }
    }
    names
}

#[test]
fn every_function_of_the_guide_does_what_it_says() {
    let mut folder = program(PROFILE, TEXTS, &[("Packed", "box")]);
    for (name, text) in [
        ("calendars/us.csv", "2026-11-26\n"),
        (
            "codelists/colours.csv",
            "code,en,es,valid-from,valid-to\nred,Red,Rojo,,\ngrey,Grey,Gris,,2026-01-01\n",
        ),
    ] {
        folder.0.insert(name.to_owned(), text.as_bytes().to_vec());
    }
    let profile = Profile::load(&folder).unwrap();
    let case = CaseRef {
        kind: "box".to_owned(),
        key: "B-17".to_owned(),
    };
    let document = json!({
        "id": "ni:///sha-256;packed", "type": ["VerifiableCredential", "Packed"], "issuer": { "id": "did:web:toca" },
        "occurred": "2026-11-24T12:00:00Z",
        "credentialSubject": {
            "box": "B-17", "price": "12.50", "weight": "12", "items": [{ "weight": "5" }, { "weight": "7" }], "weights": ["7", "5"],
        },
    });
    let occurred_ms = 1_795_521_600_000;
    let records = Arc::new(vec![CaseRecord {
        id: "ni:///sha-256;packed".to_owned(),
        record_type: "Packed".to_owned(),
        issuer: "did:web:toca".to_owned(),
        about: vec![case.clone()],
        occurred_ms,
        logged_ms: occurred_ms,
        standing: garita_profile::case::Standing::Act,
        replaces: None,
        follows: Vec::new(),
        saw: Vec::new(),
        on_behalf_of: None,
        view: None,
        disputed: None,
        document: Arc::new(document.clone()),
    }]);
    let mut directory = garita_profile::case::Directory::default();
    let role = serde_json::from_value(json!({"role": "carrier", "from_ms": 0, "until_ms": null}));
    let party = directory.parties.entry("did:web:toca".to_owned());
    party.or_default().roles.push(role.unwrap());
    let state: CaseState = garita_profile::fold::fold(
        profile.model(),
        &case,
        &records,
        &directory,
        &|_: &CaseRef| None,
        &garita_profile::knowledge::Knowledge::all(),
        occurred_ms,
    );
    let cases = BTreeMap::from([(case.clone(), state)]);
    let of = |_: &CaseRef| Arc::clone(&records);
    let about = [case];
    let scope = DocumentScope::new(
        &profile,
        &document,
        None,
        occurred_ms,
        &about,
        &cases,
        &of,
        &Even,
    );
    for (name, expressions) in TRUE {
        for text in *expressions {
            assert!(text.contains(&format!("{name}(")), "{name}: {text}");
            let found = Expr::parse(text).unwrap().eval(&scope, STEPS_MAX);
            assert!(found.is_true(), "{text}: {found:?}");
        }
    }
    let tried: BTreeSet<String> = (TRUE.iter().map(|(name, _)| *name))
        .chain(OF_CASES.iter().copied())
        .map(str::to_owned)
        .collect();
    assert_eq!(documented(), tried);
}
