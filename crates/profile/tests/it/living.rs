//! What changes on boards and acts without a record of the case: other cases, and time.

use std::cell::Cell;
use std::sync::Arc;

use garita_profile::acts::CaseView;
use garita_profile::board::{BoardRow, kept_row};
use garita_profile::board_live::{InHand, LiveBoard, Looking, links_of_boards, links_of_kind};
use garita_profile::case::{CaseRecord, CaseRef, CaseState, Directory, Standing};
use garita_profile::check::check;
use garita_profile::fold::fold;
use garita_profile::knowledge::Knowledge;
use garita_profile::links::{self, Found, Linked, LooksFor};
use garita_profile::scenario::run_scenarios_in;
use garita_profile::{Folder, Profile};
use serde_json::{Value, json};

use crate::uses::program;

const DOCK: &str = r#"profile: dock
version: 1.0.0
charter: { signatories: [customs.us], notice: P14D }
kinds:
  trip: { key: /credentialSubject/trip, owner: { role: carrier } }
  certificate: { key: /credentialSubject/certificate, owner: { role: certifier } }
records:
  Manifest:  { issued-by: [carrier], about: { trip: /credentialSubject/trip } }
  Left:      { issued-by: [customs.us], about: { trip: /credentialSubject/trip } }
  Granted:   { issued-by: [customs.us], about: { trip: /credentialSubject/trip } }
  Certified: { issued-by: [certifier], about: { certificate: /credentialSubject/certificate }, search: { mid: /credentialSubject/mid }, brief: [/credentialSubject/tier], audience: [{ to: [customs.us, certifier] }] }
  Suspended: { issued-by: [certifier], about: { certificate: /credentialSubject/certificate }, audience: [{ to: [customs.us, certifier] }] }
life-cycle:
  trip:
    tracks: { place: { first: road, keeper: customs.us, moves: [{ on: Manifest, to: here }, { on: Left, to: gone }] } }
    show: [{ state: gone, when: "place == 'gone'" }, { state: here, when: "place == 'here'" }, { state: road }]
  certificate:
    tracks: { word: { first: none, keeper: certifier, moves: [{ on: Certified, to: good }, { on: Suspended, to: suspended }] } }
    show: [{ state: suspended, when: "word == 'suspended'" }, { state: certified, when: "word == 'good'" }, { state: applied }]
clocks:
  leave: { from: Manifest, last: 60, count: minutes, until: Left, owner: carrier, warn: PT15M }
links:
  makers: { kind: certificate, by: mid, at: Manifest#/credentialSubject/mids/* }
boards:
  yard:
    rows: trip
    columns: [road, here]
    fields: { tiers: "linked.makers.map(c, c.subject.tier)" }
    needs:
      - { id: stopped, when: "linked.makers.exists(c, c.state == 'suspended')", roles: [customs.us] }
      - { id: here-now, when: "place == 'here'" }
      - { id: soon, when: "clocks.leave.state == 'soon'" }
      - { id: late, when: "clocks.leave.state == 'overdue' && place == 'here'", values: { trip: "records.Manifest.subject.trip" } }
acts:
  grant: { kind: trip, issue: Granted, take: { tier: "linked.makers[0].subject.tier" }, when: "linked.makers.all(c, c.state == 'certified')" }
"#;

const TEXTS: &str = "kinds: { trip: t, certificate: c }\nstates: { road: r, here: h, gone: g, suspended: s, certified: c, applied: a }\nboard: { road: r, here: h, yard: y, tiers: t }\nneeds: { stopped: s, here-now: h, soon: s, late: \"{trip} is late\" }\nacts: { grant: { title: g, not: n } }\nclocks.leave: l\nrecords: { Manifest: m, Left: l, Granted: g, Certified: c, Suspended: s }\n";

fn dock(profile: &str, scenario: &str) -> Folder {
    let mut folder = program(
        profile,
        TEXTS,
        &[
            ("Manifest", "trip mids"),
            ("Left", "trip"),
            ("Granted", "trip tier"),
            ("Certified", "certificate mid tier"),
            ("Suspended", "certificate"),
        ],
    );
    if !scenario.is_empty() {
        let text = scenario.as_bytes().to_vec();
        folder.0.insert("scenarios/a.yaml".to_owned(), text);
    }
    folder
}

const SCENARIO: &str = "scenario: s
starts: 2026-11-24T14:00:00Z
parties:
  toca: { roles: [carrier] }
  cbp: { roles: [customs.us] }
  ctpat: { roles: [certifier] }
records:
  c: { type: Certified, by: ctpat, at: 0, subject: { certificate: C1, mid: M1, tier: III } }
  a: { type: Manifest, by: toca, at: 5, subject: { trip: A, mids: [M1] } }
  b: { type: Manifest, by: toca, at: 6, subject: { trip: B, mids: [M1, M2] } }
";

#[test]
fn boards_and_acts_follow_other_cases_and_the_clock_in_scenarios() {
    assert_eq!(check(&dock(DOCK, "")).findings, []);
    let good = format!(
        "{SCENARIO}expect:
  - {{ case: trip A, as: cbp, needs: [here-now], acts: {{ grant: true }}, clocks: {{ leave: running }} }}
  - {{ case: trip B, as: cbp, needs: [here-now], acts: {{ grant: false }} }}
  - {{ case: trip A, at: 49, needs: [here-now], clocks: {{ leave: running }} }}
  - {{ case: trip A, at: 50, needs: [here-now, soon], clocks: {{ leave: soon }} }}
  - {{ case: trip A, at: 65, needs: [here-now, soon], clocks: {{ leave: soon }} }}
  - {{ case: trip A, at: 66, needs: [here-now, late], clocks: {{ leave: overdue }} }}
"
    );
    assert_eq!(run_scenarios_in(&dock(DOCK, &good), 20).faults, []);
    let bad = format!(
        "{SCENARIO}  s: {{ type: Suspended, by: ctpat, at: 10, subject: {{ certificate: C1 }} }}
expect:
  - {{ case: trip A, as: cbp, needs: [here-now, stopped], acts: {{ grant: false }} }}
  - {{ case: trip B, as: cbp, needs: [here-now, stopped], acts: {{ grant: false }} }}
  - {{ case: trip A, as: toca, needs: [here-now], acts: {{ grant: false }} }}
"
    );
    assert_eq!(run_scenarios_in(&dock(DOCK, &bad), 20).faults, []);
    // A wrong expectation is told.
    let wrong = bad.replace("[here-now, stopped]", "[here-now]");
    assert_eq!(run_scenarios_in(&dock(DOCK, &wrong), 20).faults.len(), 2);
}

#[test]
fn a_warning_is_a_duration() {
    for (warn, code) in [("PT15M", None), ("15 minutes", Some("bad-duration"))] {
        let profile = DOCK.replace("warn: PT15M", &format!("warn: {warn}"));
        let found = check(&dock(&profile, "")).findings;
        let found = found.first().map(|f| (f.code.as_str(), f.message.as_str()));
        assert_eq!(found.map(|f| f.0), code, "{warn}: {found:?}");
    }
}

const START: i64 = 1_795_000_000_000;
const MINUTE: i64 = 60_000;

fn record(ty: &str, issuer: &str, minute: i64, subject: Value) -> CaseRecord {
    let (kind, key) = if subject["trip"].is_string() {
        ("trip", subject["trip"].as_str())
    } else {
        ("certificate", subject["certificate"].as_str())
    };
    let id = format!("ni:///sha-256;{ty}{minute}");
    CaseRecord {
        id: id.clone(),
        record_type: ty.to_owned(),
        issuer: issuer.to_owned(),
        about: vec![CaseRef {
            kind: kind.to_owned(),
            key: key.unwrap().to_owned(),
        }],
        occurred_ms: START + minute * MINUTE,
        logged_ms: START + minute * MINUTE,
        standing: Standing::Act,
        replaces: None,
        follows: Vec::new(),
        saw: Vec::new(),
        on_behalf_of: None,
        view: None,
        disputed: None,
        document: Arc::new(json!({
            "id": id, "type": ["VerifiableCredential", ty], "issuer": { "id": issuer }, "credentialSubject": subject,
        })),
    }
}

fn folded(
    profile: &Profile,
    directory: &Directory,
    records: &[CaseRecord],
    minute: i64,
) -> Arc<CaseState> {
    let none = |_: &CaseRef| None;
    Arc::new(fold(
        profile.model(),
        &records[0].about[0],
        records,
        directory,
        &none,
        &Knowledge::all(),
        START + minute * MINUTE,
    ))
}

/// A case that counts how often it is opened.
struct Counted<'a> {
    state: &'a CaseState,
    records: &'a [CaseRecord],
    states: Cell<usize>,
    documents: Cell<usize>,
}

impl InHand for Counted<'_> {
    fn state(&self) -> Option<&CaseState> {
        self.states.set(self.states.get() + 1);
        Some(self.state)
    }
    fn records(&self) -> &[CaseRecord] {
        self.documents.set(self.documents.get() + 1);
        self.records
    }
}

#[test]
fn a_kept_row_is_asked_anew_and_opens_its_case_only_where_it_must() {
    let profile = Profile::load(&dock(DOCK, "")).unwrap();
    let model = profile.model();
    let mut directory = Directory::default();
    for (did, role) in [
        ("did:web:toca", "carrier"),
        ("did:web:cbp", "customs.us"),
        ("did:web:ctpat", "certifier"),
    ] {
        let role = serde_json::from_value(json!({"role": role, "from_ms": 0, "until_ms": null}));
        let party = directory.parties.entry(did.to_owned()).or_default();
        party.roles.push(role.unwrap());
    }
    let manifest = [record(
        "Manifest",
        "did:web:toca",
        0,
        json!({"trip": "A", "mids": ["M1"]}),
    )];
    let state = folded(&profile, &directory, &manifest, 0);
    let names = links_of_boards(&profile, "trip");
    assert_eq!(names, links_of_kind(&profile, "trip"));
    let looks_for = links::looks_for(model, &names, None, [(state.as_ref(), manifest.as_slice())]);
    assert_eq!(looks_for["makers"].iter().collect::<Vec<_>>(), ["M1"]);
    let view = CaseView {
        state: &state,
        records: &manifest,
        directory: &directory,
        as_of_ms: START,
        linked: None,
    };
    let roles = ["customs.us"];
    let kept = kept_row(&profile, "yard", view, &roles, &looks_for).unwrap();
    let ids = |row: &BoardRow| -> Vec<String> { row.needs.iter().map(|n| n.id.clone()).collect() };
    assert_eq!(ids(&kept), ["here-now"]);

    let certificate = |suspended: bool| {
        let mut records = vec![record(
            "Certified",
            "did:web:ctpat",
            0,
            json!({"certificate": "C1", "mid": "M1", "tier": "III"}),
        )];
        if suspended {
            records.push(record(
                "Suspended",
                "did:web:ctpat",
                1,
                json!({"certificate": "C1"}),
            ));
        }
        Found {
            state: folded(&profile, &directory, &records, 2),
            records: Arc::new(records),
            heard_ago_ms: Some(0),
        }
    };
    let look = |suspended: bool, looks_for: &LooksFor| -> Linked {
        let find = |kind: &str, by: &str, value: &str| {
            assert_eq!((kind, by, value), ("certificate", "mid", "M1"));
            vec![certificate(suspended)]
        };
        links::look_up(model, looks_for, &find)
    };
    let words = LiveBoard::of(&profile, "yard").unwrap();
    let ask = |minute: i64, suspended: bool| {
        let mut row = kept.clone();
        let linked = look(suspended, &row.live.as_ref().unwrap().looks_for);
        let case = Counted {
            state: &state,
            records: &manifest,
            states: Cell::new(0),
            documents: Cell::new(0),
        };
        let looking = Looking {
            directory: &directory,
            as_of_ms: START + minute * MINUTE,
            roles: &roles,
        };
        assert!(words.ask(&mut row, &case, Some(&linked), looking));
        (row, case.states.get(), case.documents.get())
    };
    // The same state, kept since minute 0: what time and the other case bring is told, and the case stays closed.
    let (row, states, documents) = ask(1, false);
    assert_eq!(ids(&row), ["here-now"]);
    assert_eq!(row.fields["tiers"], json!(["III"]));
    assert_eq!((states, documents), (0, 0));
    let (row, states, documents) = ask(50, true);
    assert_eq!(ids(&row), ["stopped", "here-now", "soon"]);
    assert_eq!((states, documents), (0, 0));
    // A need that is true and says a member of a document: now it is opened.
    let (row, states, documents) = ask(61, false);
    assert_eq!(ids(&row), ["here-now", "late"]);
    assert_eq!(row.needs[1].text.en, "A is late");
    assert!(states > 0 && documents > 0);
}
