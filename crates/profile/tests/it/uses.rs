//! Profiles that stand on each other: one model, each word its own profile's.

use garita_profile::check::{check, check_together, check_with};
use garita_profile::scenario::run_scenarios_with;
use garita_profile::{Finding, Folder, Profile};
use serde_json::{Map, Value, json};

/// A yard: trips come and leave. It takes findings from whoever inspects.
pub(crate) const YARD: &str = r#"profile: yard
version: 1.2.0
charter: { signatories: [customs.us], notice: P14D }
kinds:
  trip: { key: /credentialSubject/trip, owner: { role: carrier }, seats: { carrier: Arrived#/issuer/id } }
accepts: { exam: [Finding] }
records:
  Arrived: { issued-by: [carrier], about: { trip: /credentialSubject/trip }, search: { plate: /credentialSubject/plate } }
  Left:    { issued-by: [customs.us], about: { trip: /credentialSubject/trip } }
life-cycle:
  trip:
    tracks:
      place: { first: away, keeper: customs.us, moves: [{ on: Arrived, to: here }, { on: Left, to: gone }] }
      exam:  { first: none, keeper: customs.us, moves: [{ on: Finding, to: found }] }
    show:
      - { state: gone, when: "place == 'gone'" }
      - { state: found, when: "exam == 'found'" }
      - { state: here }
board: { rows: trip, columns: [here, found], fields: [plate] }
acts: { leave: { issue: Left } }
"#;

/// Inspections of what stands in a yard, by another charter.
pub(crate) const EXAM: &str = r#"profile: exam
version: 0.3.1
charter: { signatories: [customs.mx], notice: P14D }
uses: { yard: ^1 }
kinds:
  device: { key: /credentialSubject/device, owner: { role: customs.mx } }
records:
  Finding: { issued-by: [customs.mx, customs.us], about: { trip: /credentialSubject/trip, device: /credentialSubject/device } }
  Installed: { issued-by: [customs.mx], about: { device: /credentialSubject/device } }
life-cycle:
  device:
    tracks: { use: { first: new, keeper: customs.mx, moves: [{ on: Finding, to: used }] } }
    show: [{ state: used, when: "use == 'used'" }, { state: new }]
clocks:
  look: { kind: trip, from: Arrived, last: 30, count: minutes, until: Finding, owner: customs.mx }
needs: [{ kind: trip, id: not-looked, when: "count.Finding == 0", act: report, values: { plate: plate } }]
acts: { report: { kind: trip, issue: Finding, ask: device } }
tables: { looks: { row-per: trip, columns: { looked: { entered: exam.found } } } }
"#;

const YARD_TEXTS: &str = "profile.title: Yard\nkinds.trip: t\nstates: { gone: g, found: f, here: h }\nboard: { here: h, found: f }\nacts.leave: l\nrecords: { Arrived: a, Left: l }\n";
const EXAM_TEXTS: &str = "profile.title: Exam\nkinds.device: d\nstates: { used: u, new: n }\nclocks.look: l\nneeds.not-looked: \"{plate} waits\"\nacts.report: r\nrecords: { Finding: f, Installed: i }\n";

/// A folder with schemas and a context made from lists of members: `Type: a b c`.
pub(crate) fn program(profile: &str, texts: &str, types: &[(&str, &str)]) -> Folder {
    let mut files = vec![
        ("profile.yaml".to_owned(), profile.to_owned()),
        ("texts/en.yaml".to_owned(), texts.to_owned()),
        ("texts/es.yaml".to_owned(), texts.to_owned()),
    ];
    let mut context = Map::new();
    for (name, members) in types {
        let mut properties = Map::new();
        for member in members.split_whitespace().chain([*name]) {
            context.insert(
                member.to_owned(),
                json!(format!("https://example.org/{member}")),
            );
        }
        for member in members.split_whitespace() {
            let schema = match member {
                "at" | "referred" | "released" => json!({"type": "string", "format": "date-time"}),
                "weight" | "people" | "civilians" => json!({"type": "integer"}),
                "mids" => json!({"type": "array", "items": {"type": "string"}}),
                _ => json!({"type": "string"}),
            };
            properties.insert(member.to_owned(), schema);
        }
        let schema =
            json!({"type": "object", "additionalProperties": false, "properties": properties});
        files.push((format!("schemas/{name}.json"), schema.to_string()));
    }
    files.push((
        "context.jsonld".to_owned(),
        json!({ "@context": context }).to_string(),
    ));
    Folder(
        files
            .into_iter()
            .map(|(path, text)| (path, text.into_bytes()))
            .collect(),
    )
}

fn yard(profile: &str) -> Folder {
    program(
        profile,
        YARD_TEXTS,
        &[("Arrived", "trip plate"), ("Left", "trip")],
    )
}

fn exam(profile: &str) -> Folder {
    program(
        profile,
        EXAM_TEXTS,
        &[("Finding", "trip device"), ("Installed", "device")],
    )
}

fn with(mut folder: Folder, path: &str, text: &str) -> Folder {
    folder.0.insert(path.to_owned(), text.as_bytes().to_vec());
    folder
}

fn told(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|f| format!("{}:{} {}", f.file, f.line, f.code))
        .collect()
}

#[test]
fn a_program_stands_on_another_and_alone_it_says_what_is_missing() {
    let (yard, exam) = (yard(YARD), exam(EXAM));
    assert_eq!(check(&yard).findings, [], "the accepted type is not there");
    assert_eq!(check_with(&exam, &[&yard]).findings, []);
    let alone = check(&exam);
    assert_eq!(told(&alone.findings), ["profile.yaml:4 uses-missing"]);
    assert!(alone.findings[0].help.contains("../yard"));
    assert_eq!(check_together(&[&yard, &exam]).findings, []);
}

#[test]
fn each_word_belongs_to_the_profile_that_defines_it() {
    let (yard, exam) = (yard(YARD), exam(EXAM));
    let alone = Profile::load(&yard).unwrap();
    let merged = Profile::together(&[&exam, &yard]).unwrap();
    assert_eq!(merged.len(), 1);
    let merged = &merged[0];
    let ids: Vec<&str> = merged.programs().iter().map(|p| p.id.as_str()).collect();
    assert_eq!(ids, ["yard", "exam"], "used ones first");
    let core = |ty: &str, kinds: &[&str]| {
        let of = merged.program_for(ty, kinds.iter().copied()).unwrap();
        (of.id.clone(), of.core_digest.clone())
    };
    // What the yard's offices signed does not change because somebody stands on it.
    assert_eq!(
        core("Arrived", &["trip"]),
        ("yard".to_owned(), alone.core_digest().to_owned())
    );
    assert_eq!(core("Finding", &["trip"]).0, "exam");
    assert_eq!(core("StateNotice", &["trip"]).0, "yard");
    assert_eq!(core("StateNotice", &["device"]).0, "exam");
    assert_eq!(merged.program_of_kind("trip").unwrap().id, "yard");
    let model = merged.model();
    assert_eq!(model.clocks["look"].kind, "trip");
    assert_eq!(model.boards["yard"].needs[0].id, "not-looked");
    assert_eq!(model.first_board(), Some("yard"));
    assert_eq!(merged.text("en", "profiles.exam.title"), "Exam");
    // Whom a type goes to where it says nothing: its own charter's offices.
    let to = |ty: &str| model.records[ty].audience[0].to.clone();
    assert_eq!(to("Left"), ["customs.us", "seats"]);
    assert_eq!(to("Finding"), ["customs.mx", "seats"]);
}

#[test]
fn its_records_move_the_other_case_where_that_accepts_them() {
    let yard = yard(YARD);
    let scenario = "scenario: looked at\nstarts: 2026-11-24T14:00:00Z\nparties:\n  toca: { roles: [carrier] }\n  cbp: { roles: [customs.us] }\n  anam: { roles: [customs.mx] }\nrecords:\n  a: { type: Arrived, by: toca, at: 0, subject: { trip: T1, plate: P1 } }\n  i: { type: Installed, by: anam, at: 0, subject: { device: D1 } }\n  f: { type: Finding, by: anam, at: 10, subject: { trip: T1, device: D1 } }\nexpect:\n  - { case: trip T1, at: 5, state: here, clocks: { look: running } }\n  - { case: trip T1, state: found, way: [here, found], clocks: { look: met } }\n  - { case: device D1, state: used }\n  - { case: device D1, at: 5, state: new }\n";
    let exam = with(exam(EXAM), "scenarios/a.yaml", scenario);
    let run = run_scenarios_with(&exam, &[&yard], 50);
    assert_eq!(run.faults, []);
    assert_eq!(run.scenarios, 1);
    assert!(run.checks >= 7, "{run:?}");
    assert_eq!(run.unreached, Vec::<String>::new());
}

#[test]
fn what_is_not_its_own_is_told_with_file_and_line() {
    let yard_folder = yard(YARD);
    let find = |text: &str| {
        let folder = exam(text);
        told(&check_with(&folder, &[&yard_folder]).findings)
    };
    let line = |text: &str, word: &str| {
        1 + text
            .lines()
            .position(|l| l.contains(word))
            .unwrap_or_default()
    };
    let twice = EXAM.replace(
        "  Installed: {",
        "  Left: { issued-by: [customs.mx] }\n  Installed: {",
    );
    assert_eq!(
        find(&twice),
        [format!(
            "profile.yaml:{} name-in-two-profiles",
            line(&twice, "Left")
        )]
    );
    let life = EXAM.replace(
        "life-cycle:\n",
        "life-cycle:\n  trip: { show: [{ state: x }] }\n",
    );
    assert!(find(&life).iter().any(|f| f.ends_with("not-your-own")));
    let rule = with(
        exam(EXAM),
        "rules.yaml",
        "- { code: no, on: Arrived, must: \"true\" }\n",
    );
    assert!(
        told(&check_with(&rule, &[&yard_folder]).findings)
            .contains(&"rules.yaml:1 not-your-own".to_owned())
    );
    let version = EXAM.replace("^1", "^2");
    assert_eq!(find(&version), ["profile.yaml:4 uses-version"]);
    let ring = yard(&YARD.replace("accepts:", "uses: { exam: 0.3.1 }\naccepts:"));
    assert!(
        told(&check_with(&exam(EXAM), &[&ring]).findings)
            .iter()
            .any(|f| f.ends_with("uses-cycle"))
    );
    // A yard that does not accept the type cannot name it; one that accepts what is not there says so.
    let closed = yard(&YARD.replace("accepts: { exam: [Finding] }\n", ""));
    assert!(
        told(&check(&closed).findings)
            .iter()
            .any(|f| f.ends_with("unknown-record-type"))
    );
    let slip = yard(&YARD.replace("exam: [Finding]", "exam: [Finding, Findign]"));
    assert!(check(&slip).is_sound());
}

#[test]
fn two_that_do_not_know_each_other_may_not_share_a_name() {
    let yard = yard(YARD);
    let other = program(
        &EXAM
            .replace("profile: exam", "profile: look")
            .replace("device", "apparatus"),
        &EXAM_TEXTS.replace("device", "apparatus"),
        &[("Finding", "trip apparatus"), ("Installed", "apparatus")],
    );
    let exam = exam(EXAM);
    assert!(check_with(&other, &[&yard]).is_sound());
    let together = check_together(&[&yard, &exam, &other]);
    assert!(!together.is_sound());
    assert!(
        told(&together.findings)
            .iter()
            .any(|f| f.starts_with("profile.yaml:") && f.ends_with("name-in-two-profiles")),
        "{together:?}"
    );
}

#[test]
fn an_older_version_goes_on_beside_the_newer_one() {
    let (old, new, exam) = (
        yard(&YARD.replace("1.2.0", "1.1.0")),
        yard(YARD),
        exam(EXAM),
    );
    let all = Profile::together(&[&new, &exam, &old]).unwrap();
    let made: Vec<Vec<String>> = all
        .iter()
        .map(|p| {
            let programs = p.programs().iter();
            programs
                .map(|p| format!("{} {}", p.id, p.version))
                .collect()
        })
        .collect();
    assert_eq!(
        made,
        [["yard 1.1.0", "exam 0.3.1"], ["yard 1.2.0", "exam 0.3.1"]],
        "what stands on both goes with each; the later in the list is the newest"
    );
    let _: Value = all[0].programs()[0].context.clone();
}
