//! Links and automations: what an office signs by rule, and that nothing unknown gives a benefit.

use garita_profile::check::check;
use garita_profile::scenario::run_scenarios_in;
use garita_profile::{Folder, Profile};

use crate::uses::program;

const LANE: &str = r#"profile: lane
version: 1.0.0
charter: { signatories: [customs.us], notice: P14D }
kinds:
  trip: { key: /credentialSubject/trip, owner: { role: carrier } }
  certificate: { key: /credentialSubject/certificate, owner: { role: certifier } }
records:
  Manifest:  { issued-by: [carrier], about: { trip: /credentialSubject/trip } }
  Certified: { issued-by: [certifier], about: { certificate: /credentialSubject/certificate }, search: { mid: /credentialSubject/mid }, brief: [/credentialSubject/tier], audience: [{ to: [customs.us, certifier] }] }
  Suspended: { issued-by: [certifier], about: { certificate: /credentialSubject/certificate }, audience: [{ to: [customs.us, certifier] }] }
  Granted:   { issued-by: [customs.us], about: { trip: /credentialSubject/trip }, follows: Manifest }
  Warned:    { issued-by: [customs.us], about: { certificate: /credentialSubject/certificate } }
life-cycle:
  trip:
    tracks: { lane: { first: usual, keeper: customs.us, moves: [{ on: Granted, to: fast }] } }
    show: [{ state: fast, when: "lane == 'fast'" }, { state: usual }]
  certificate:
    tracks: { word: { first: none, keeper: certifier, moves: [{ on: Certified, to: good }, { on: Suspended, to: suspended }] } }
    show: [{ state: suspended, when: "word == 'suspended'" }, { state: certified, when: "word == 'good'" }, { state: applied }]
links:
  certificates: { kind: certificate, by: mid, at: Manifest#/credentialSubject/mids/* }
automations:
  - { id: fast-lane, office: customs.us, on: Manifest, when: "linked.certificates.all(c, c.state == 'certified')", issue: Granted, take: { tier: "linked.certificates[0].subject.tier" }, follows-trigger: true }
  - { id: warn, office: customs.us, on: { kind: certificate, state: suspended }, issue: Warned, with: { tier: none } }
"#;

const TEXTS: &str = "kinds: { trip: t, certificate: c }\nstates: { fast: f, usual: u, suspended: s, certified: c, applied: a }\nautomations: { fast-lane: { title: f, why: w }, warn: { title: w, why: w } }\nrecords: { Manifest: m, Certified: c, Suspended: s, Granted: g, Warned: w }\n";

fn lane(profile: &str, scenario: &str) -> Folder {
    let mut folder = program(
        profile,
        TEXTS,
        &[
            ("Manifest", "trip mids"),
            ("Certified", "certificate mid tier"),
            ("Suspended", "certificate"),
            ("Granted", "trip tier"),
            ("Warned", "certificate tier"),
        ],
    );
    if !scenario.is_empty() {
        folder
            .0
            .insert("scenarios/a.yaml".to_owned(), scenario.as_bytes().to_vec());
    }
    folder
}

const PARTIES: &str = "scenario: s\nstarts: 2026-11-24T14:00:00Z\nautomations: on\nparties:\n  toca: { roles: [carrier] }\n  cbp: { roles: [customs.us] }\n  ctpat: { roles: [certifier] }\nrecords:\n  c: { type: Certified, by: ctpat, at: 0, subject: { certificate: C1, mid: M1, tier: III } }\n";

#[test]
fn a_benefit_follows_from_what_is_known_good_and_from_nothing_else() {
    assert_eq!(check(&lane(LANE, "")).findings, []);
    let scenario = format!(
        "{PARTIES}  a: {{ type: Manifest, by: toca, at: 5, subject: {{ trip: A, mids: [M1] }} }}
  b: {{ type: Manifest, by: toca, at: 6, subject: {{ trip: B, mids: [M1, M2] }} }}
  n: {{ type: Manifest, by: toca, at: 7, subject: {{ trip: N }} }}
  s: {{ type: Suspended, by: ctpat, at: 10, subject: {{ certificate: C1 }} }}
  d: {{ type: Manifest, by: toca, at: 11, subject: {{ trip: D, mids: [M1] }} }}
expect:
  - {{ case: trip A, state: fast, issued: [fast-lane], at: 11 }}
  - {{ case: trip A, as: cbp, at: 11, sees: [a, fast-lane@a] }}
  - {{ case: trip B, state: usual, issued: [] }}
  - {{ case: trip N, state: usual, issued: [] }}
  - {{ case: trip D, state: usual, issued: [] }}
  - {{ case: certificate C1, state: suspended, issued: [warn] }}
"
    );
    let run = run_scenarios_in(&lane(LANE, &scenario), 50);
    assert_eq!(run.faults, []);
    // The record takes its members from the case that was found, fills in its own, and follows its trigger.
    assert!(
        run.unreached.iter().all(|u| !u.starts_with("automation")),
        "{run:?}"
    );
}

#[test]
fn links_stay_out_of_the_fold_and_slips_are_told() {
    let codes = |text: &str| -> Vec<String> {
        let report = check(&lane(text, ""));
        report.findings.iter().map(|f| f.code.clone()).collect()
    };
    for (from, to, code) in [
        (
            "when: \"lane == 'fast'\"",
            "when: \"linked.certificates.known\"",
            "link-in-fold",
        ),
        ("by: mid", "by: maker", "unknown-search"),
        (
            "kind: certificate, by",
            "kind: certifikate, by",
            "unknown-kind",
        ),
        (
            "office: customs.us, on: Manifest",
            "office: customs.mx, on: Manifest",
            "automation-not-issuer",
        ),
        ("issue: Granted", "issue: Manifest", "automation-of-itself"),
        (
            "state: suspended }, issue",
            "state: suspendet }, issue",
            "unknown-state",
        ),
        (
            "c.state == 'certified'",
            "c.state == 'certifed'",
            "expression-type",
        ),
        (
            "linked.certificates.all",
            "linked.certificate.all",
            "expression-type",
        ),
        (
            "with: { tier: none }",
            "with: { teir: none }",
            "unknown-member",
        ),
        ("fast-lane, office", "slow-lane, office", "text-missing"),
    ] {
        let text = LANE.replace(from, to);
        assert_ne!(text, LANE, "{from}");
        let found = codes(&text);
        assert!(found.iter().any(|c| c == code), "{to}: {found:?}");
    }
    assert!(Profile::load(&lane(LANE, "")).is_ok());
}

#[test]
fn a_link_takes_what_counts_or_one_case_by_its_key() {
    let trips =
        "  x: { type: Certified, by: oea, at: 1, subject: { certificate: C2, mid: M1, tier: I } }
  a: { type: Manifest, by: toca, at: 5, subject: { trip: A, mids: [M1] } }
";
    let two = PARTIES.replace("records:\n", "  oea: { roles: [certifier.mx] }\nrecords:\n");
    let issued = |profile: &str, wanted: &str| {
        let scenario = format!("{two}{trips}expect:\n  - {{ case: trip A, issued: {wanted} }}\n");
        let run = run_scenarios_in(&lane(profile, &scenario), 10);
        assert_eq!(run.faults, [], "{profile}");
    };
    // Two countries' offices certify, each what it issues.
    let both = LANE
        .replace(
            "owner: { role: certifier }",
            "owner: { role: [certifier, certifier.mx] }",
        )
        .replace(
            "Certified: { issued-by: [certifier]",
            "Certified: { issued-by: [certifier, certifier.mx]",
        );
    let all = "all(c, c.state == 'certified')";
    let tier = "all(c, c.subject.tier == 'III')";
    issued(&both.replace(all, tier), "[]");
    let counted = both
        .replace(all, tier)
        .replace("by: mid,", "by: mid, where: \"subject.tier == 'III'\",");
    assert_eq!(check(&lane(&counted, "")).findings, []);
    issued(&counted, "[fast-lane]");
    let none = counted.replace(
        "where: \"subject.tier == 'III'\"",
        "where: \"subject.tier == 'V'\"",
    );
    issued(&none, "[]");
    let one = |key: &str| {
        let from = "{ kind: certificate, by: mid, at: Manifest#/credentialSubject/mids/* }";
        both.replace(from, &format!("{{ kind: certificate, key: {key} }}"))
    };
    issued(&one("C1"), "[fast-lane]");
    issued(&one("C9"), "[]");
}
