//! Any order of arrival, with repeats, gives the same state; and what hostile sets of records come to.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use garita_profile::Profile;
use garita_profile::case::{
    CaseRecord, CaseRef, CaseState, Directory, Party, ReplaceKind, Replaces, RoleGrant, Standing,
};
use garita_profile::fold::{fold, fold_case};
use garita_profile::knowledge::Knowledge;
use garita_profile::scenario::Chance;
use garita_profile::view::{envelope_pointers, pointers, reduce};
use serde_json::{Value, json};

use crate::trials;

const MINUTE: i64 = 60_000;
const LATER: i64 = 10_000 * MINUTE;

#[test]
fn thousands_of_orders_with_repeats_are_one_state() {
    for trial in ["a", "b"] {
        let report = trials::run(trial, 250);
        println!("trial {trial}: {} orders, one state each", report.orders);
        assert!(report.orders >= 3_000, "{}", report.orders);
    }
}

fn profile(trial: &str) -> Profile {
    Profile::load(&trials::folder(trial)).unwrap()
}

fn directory() -> Directory {
    let party = |role: &str, scac: &str| Party {
        roles: vec![RoleGrant {
            role: role.to_owned(),
            from_ms: 0,
            until_ms: None,
        }],
        holds: BTreeMap::from([("scac".to_owned(), vec![scac.to_owned()])]),
        ..Party::default()
    };
    Directory {
        parties: BTreeMap::from([
            ("did:web:toca".to_owned(), party("carrier", "TOCQ")),
            ("did:web:rival".to_owned(), party("carrier", "RVLT")),
            ("did:web:cbp".to_owned(), party("customs.us", "")),
            ("did:web:sat".to_owned(), party("customs.mx", "")),
            ("did:web:usda".to_owned(), party("agriculture.us", "")),
        ]),
        zones: BTreeMap::new(),
    }
}

fn case() -> CaseRef {
    CaseRef {
        kind: "shipment".to_owned(),
        key: "TOCQ1".to_owned(),
    }
}

fn record(id: &str, ty: &str, by: &str, minute: i64, subject: Value) -> CaseRecord {
    CaseRecord {
        id: id.to_owned(),
        record_type: ty.to_owned(),
        issuer: format!("did:web:{by}"),
        about: vec![case()],
        occurred_ms: minute * MINUTE,
        logged_ms: minute * MINUTE,
        standing: Standing::Act,
        replaces: None,
        follows: Vec::new(),
        saw: Vec::new(),
        on_behalf_of: None,
        view: None,
        disputed: None,
        document: Arc::new(json!({ "credentialSubject": subject })),
    }
}

fn opened() -> Vec<CaseRecord> {
    vec![
        record("s", "Shipment", "toca", 1, json!({"scn": "TOCQ1"})),
        record("e", "EntryAccepted", "cbp", 2, json!({"scns": ["TOCQ1"]})),
    ]
}

fn folded(records: &[CaseRecord]) -> CaseState {
    folded_at(records, LATER)
}

fn folded_at(records: &[CaseRecord], at_ms: i64) -> CaseState {
    let profile = profile("a");
    fold(
        profile.model(),
        &case(),
        records,
        &directory(),
        &|_| None,
        &Knowledge::all(),
        at_ms,
    )
}

fn why<'s>(state: &'s CaseState, id: &str) -> Option<&'s str> {
    state
        .records
        .iter()
        .find(|r| r.id == id)
        .and_then(|r| r.why.as_deref())
}

fn release(id: &str, minute: i64) -> CaseRecord {
    record(
        id,
        "ReleaseDecision",
        "cbp",
        minute,
        json!({"scns": ["TOCQ1"], "decision": "release"}),
    )
}

#[test]
fn records_that_follow_each_other_in_a_ring_end() {
    let mut records = opened();
    for (id, follows) in [("a", "b"), ("b", "c"), ("c", "a")] {
        let mut r = record(id, "NiiScan", "cbp", 5, json!({}));
        r.follows = vec![follows.to_owned()];
        r.replaces = Some(Replaces {
            id: follows.to_owned(),
            kind: ReplaceKind::Corrects,
            reason: String::new(),
        });
        r.saw = vec![follows.to_owned()];
        records.push(r);
    }
    let state = folded(&records);
    records.reverse();
    assert_eq!(state, folded(&records));
}

#[test]
fn a_long_chain_of_amendments_is_no_depth() {
    let mut records = opened();
    for i in 0..1_500 {
        let mut r = record(
            &format!("x{i:04}"),
            "HoldPlaced",
            "usda",
            10 + i,
            json!({"scn": "TOCQ1", "kind": "pest"}),
        );
        if i > 0 {
            r.replaces = Some(Replaces {
                id: format!("x{:04}", i - 1),
                kind: ReplaceKind::Corrects,
                reason: String::new(),
            });
        }
        records.push(r);
    }
    let state = folded(&records);
    assert_eq!(state.holds.len(), 1);
    assert_eq!(state.holds[0].record, "x1499");
}

#[test]
fn a_whole_record_beats_its_view_whichever_comes_first() {
    let mut records = opened();
    let whole = release("r", 10);
    let mut view = whole.clone();
    view.view = Some("bridge".to_owned());
    view.document = Arc::new(json!({"credentialSubject": {}}));
    records.push(view.clone());
    records.push(whole.clone());
    let one = folded(&records);
    assert_eq!(one.state.as_deref(), Some("released"));
    records.swap(2, 3);
    assert_eq!(one, folded(&records));
    records.pop();
    assert_eq!(one, folded(&records));
    // The view alone cannot say what was decided: unknown is never true.
    let mut alone = opened();
    alone.push(view);
    assert_eq!(folded(&alone).state, None);
}

#[test]
fn the_future_is_not_stated_as_done_and_the_late_counts_when_logged() {
    let mut records = opened();
    let mut early = release("r", 10);
    early.occurred_ms = 500 * MINUTE;
    records.push(early);
    assert_eq!(folded(&records).since_ms, 10 * MINUTE);
    let mut late = opened();
    let mut r = release("r", 10);
    r.logged_ms = 26 * MINUTE;
    late.push(r);
    assert_eq!(folded(&late).since_ms, 26 * MINUTE);
    let mut in_time = opened();
    let mut r = release("r", 10);
    r.logged_ms = 25 * MINUTE;
    in_time.push(r);
    assert_eq!(folded(&in_time).since_ms, 10 * MINUTE);
    assert_eq!(
        folded_at(&in_time, 9 * MINUTE).state.as_deref(),
        Some("expected")
    );
}

#[test]
fn leaving_saw_out_does_not_pass_over_a_hold_that_lay_there() {
    let mut records = opened();
    records.push(record(
        "h",
        "HoldPlaced",
        "usda",
        5,
        json!({"scn": "TOCQ1", "kind": "pest"}),
    ));
    records.push(release("r", 10));
    assert_eq!(folded(&records).state.as_deref(), Some("held"));
    // Logged after the act, dated before it: it could not be known.
    records[2].logged_ms = 15 * MINUTE;
    let state = folded(&records);
    assert_eq!(state.state.as_deref(), Some("released"));
    assert_eq!(state.blind[0].unseen, ["h"]);
    // The act is taken back: the hold holds.
    let mut back = release("w", 20);
    back.replaces = Some(Replaces {
        id: "r".to_owned(),
        kind: ReplaceKind::Withdraws,
        reason: String::new(),
    });
    records.push(back);
    assert_eq!(folded(&records).state.as_deref(), Some("held"));
}

#[test]
fn another_office_neither_replaces_nor_releases() {
    let mut records = opened();
    let hold = json!({"scn": "TOCQ1", "kind": "pest"});
    records.push(record("h", "HoldPlaced", "usda", 5, hold.clone()));
    let mut over = record("o", "HoldPlaced", "cbp", 6, hold);
    over.replaces = Some(Replaces {
        id: "h".to_owned(),
        kind: ReplaceKind::Withdraws,
        reason: String::new(),
    });
    records.push(over);
    records.push(record(
        "x",
        "ReleaseDecision",
        "usda",
        7,
        json!({"decision": "release"}),
    ));
    let state = folded(&records);
    assert_eq!(state.state.as_deref(), Some("held"));
    assert_eq!(why(&state, "o"), Some("disputed: not-entitled-to-replace"));
    assert_eq!(why(&state, "x"), Some("disputed: issuer-not-entitled"));
}

#[test]
fn who_opens_must_hold_the_number_at_that_time() {
    let records = [record(
        "z",
        "Shipment",
        "rival",
        1,
        json!({"scn": "TOCQ1", "broker": "did:web:rival"}),
    )];
    let state = folded(&records);
    assert_eq!(
        (state.opening.clone(), state.state.clone(), why(&state, "z")),
        (None, None, Some("waiting-for-opening"))
    );
    assert!(state.seats.is_empty());
    let profile = profile("a");
    let mut ended = directory();
    ended.parties.get_mut("did:web:toca").unwrap().roles[0].until_ms = Some(30_000);
    let state = fold(
        profile.model(),
        &case(),
        &opened(),
        &ended,
        &|_| None,
        &Knowledge::all(),
        LATER,
    );
    assert_eq!(state.opening, None);
}

#[test]
fn a_number_is_used_again_after_three_years() {
    const YEAR: i64 = 365 * 24 * 60;
    let trip = CaseRef {
        kind: "trip".to_owned(),
        key: "TOCQ:1".to_owned(),
    };
    let made = |id: &str, ty: &str, by: &str, minute: i64| {
        let mut r = record(
            id,
            ty,
            by,
            minute,
            json!({"scac": "TOCQ", "trip": "1", "shipments": []}),
        );
        r.about = vec![trip.clone()];
        r
    };
    let records = [
        made("m1", "Manifest", "toca", 0),
        made("g1", "CompoundExit", "cbp", 50),
        made("z", "Manifest", "rival", 2 * YEAR),
        made("m2", "Manifest", "toca", 4 * YEAR),
    ];
    let profile = profile("a");
    let at = |at: i64| {
        fold(
            profile.model(),
            &trip,
            &records,
            &directory(),
            &|_| None,
            &Knowledge::all(),
            at * MINUTE,
        )
    };
    assert_eq!(at(YEAR).state.as_deref(), Some("gone"));
    let again = at(5 * YEAR);
    assert_eq!(again.opening.as_deref(), Some("m2"));
    assert_eq!(again.state.as_deref(), Some("expected"));
    assert_eq!(why(&again, "g1"), Some("earlier-case"));
}

#[test]
fn a_view_has_no_salt_and_nothing_beside_what_it_shows() {
    let profile = profile("a");
    let document = json!({
        "@context": ["c"], "id": "ni:///sha-256;x", "type": ["VerifiableCredential", "Appointment"], "issuer": {"id": "did:web:toca"},
        "salt": "secret", "saw": ["ni:///sha-256;y"], "about": [{"kind": "trip", "key": "TOCQ:1"}], "proof": {"proofValue": "z"},
        "credentialSubject": {"plate": "12AB3C", "window": "10:00", "driver": "J. Perez", "scac": "TOCQ"}
    });
    let view = reduce(profile.model(), &document, "Appointment", "bridge").unwrap();
    assert_eq!(
        view["credentialSubject"],
        json!({"plate": "12AB3C", "window": "10:00"})
    );
    assert_eq!(view["id"], document["id"]);
    assert_eq!(
        pointers(profile.model(), &document, "Appointment", "bridge").unwrap(),
        ["/credentialSubject/plate", "/credentialSubject/window"]
    );
    assert_eq!(envelope_pointers(&document), ["/type", "/issuer", "/about"]);
    for gone in ["salt", "saw", "proof"] {
        assert_eq!(view.get(gone), None, "{gone}");
    }
    assert_eq!(
        reduce(profile.model(), &document, "Appointment", "nobody"),
        None
    );
    assert_eq!(
        reduce(profile.model(), &document, "Manifest", "bridge"),
        None
    );
}

#[test]
fn parts_in_a_ring_end() {
    let profile = profile("a");
    let trip = CaseRef {
        kind: "trip".to_owned(),
        key: "TOCQ:1".to_owned(),
    };
    let mut m = record(
        "m",
        "Manifest",
        "toca",
        1,
        json!({"scac": "TOCQ", "trip": "1", "shipments": [{"scn": "TOCQ1"}]}),
    );
    m.about = vec![trip.clone()];
    let mut model = profile.model().clone();
    // A shipment that names its trip as its part: `check` refuses it, the fold survives it.
    let mut part = model.kinds["trip"].parts["shipments"].clone();
    part.kind = "trip".to_owned();
    model
        .kinds
        .get_mut("trip")
        .unwrap()
        .parts
        .insert("ring".to_owned(), part);
    m.document = Arc::new(
        json!({"credentialSubject": {"scac": "TOCQ", "trip": "1", "shipments": [{"scn": "TOCQ:1"}]}}),
    );
    let held = Arc::new(vec![m]);
    let state = fold_case(
        &model,
        &trip,
        &|_| held.clone(),
        &directory(),
        &Knowledge::all(),
        LATER,
    );
    assert_eq!(state.state.as_deref(), Some("expected"));
}

#[test]
fn thirty_records_fold_quickly() {
    let profile = profile("a");
    let directory = directory();
    let mut records = opened();
    for i in 0..7 {
        let n = i * 10 + 10;
        records.push(record(
            &format!("h{i}"),
            "HoldPlaced",
            "usda",
            n,
            json!({"scn": "TOCQ1", "kind": "pest"}),
        ));
        let mut r = record(&format!("r{i}"), "HoldRemoved", "usda", n + 2, json!({}));
        r.follows = vec![format!("h{i}")];
        records.push(r);
        records.push(record(
            &format!("t{i}"),
            "Referral",
            "cbp",
            n + 3,
            json!({"scn": "TOCQ1"}),
        ));
        let mut d = release(&format!("d{i}"), n + 4);
        d.saw = vec![
            format!("t{i}"),
            format!("r{i}"),
            "e".to_owned(),
            "s".to_owned(),
        ];
        if i > 0 {
            d.saw.push(format!("d{}", i - 1));
        }
        records.push(d);
    }
    assert_eq!(records.len(), 30);
    let mut chance = Chance(7);
    let base = folded(&records);
    let rounds = 200;
    let started = Instant::now();
    for _ in 0..rounds {
        let state = fold(
            profile.model(),
            &case(),
            &records,
            &directory,
            &|_| None,
            &Knowledge::all(),
            LATER,
        );
        assert_eq!(state.way.len(), base.way.len());
    }
    println!(
        "30 records, {} states: {} us a fold",
        base.way.len(),
        started.elapsed().as_micros() / rounds
    );
    assert_eq!(folded(&chance.order_with_repeats(&records)), base);
}

#[test]
fn of_two_notices_at_one_instant_the_later_follows_the_earlier() {
    use garita_profile::notice::notices;
    let profile = profile("a");
    let tell = |before: Option<&CaseState>, after: &CaseState| {
        notices(
            profile.model(),
            before,
            after,
            &directory(),
            &|_| None,
            "did:web:cbp",
            10 * MINUTE,
        )
    };
    let mut records = opened();
    records.push(record(
        "seat",
        "Shipment",
        "toca",
        1,
        json!({"scn": "TOCQ1", "broker": "did:web:garza"}),
    ));
    let expected = folded(&records);
    let first = tell(None, &expected).pop().expect("the broker is told");
    assert_eq!(first.follows, None);
    // Its id sorts after that of the notice which follows it, at the same millisecond.
    let notice = record("z-first", "StateNotice", "cbp", 10, first.subject);
    records.push(notice);
    records.push(release("r", 10));
    let released = folded(&records);
    let second = tell(Some(&expected), &released)
        .pop()
        .expect("told of the release");
    assert_eq!(second.follows.as_deref(), Some("z-first"));
    let mut last = record("a-second", "StateNotice", "cbp", 10, second.subject);
    last.follows = second.follows.into_iter().collect();
    records.push(last);
    let told = folded(&records).told;
    assert_eq!(told.last().map(|t| t.state.as_str()), Some("released"));
}
