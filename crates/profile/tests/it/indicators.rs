//! Declared measures: the SQL runs, says what the rows say, and gives no small group away.

use garita_profile::check::check;
use garita_profile::indicator::{Ask, Bind, Engine, Role, compile};
use garita_profile::scenario::Chance;
use garita_profile::{Folder, Profile};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params, params_from_iter};
use serde_json::{Value, json};

use crate::uses::program;

const WAITS: &str = r#"profile: waits
version: 1.0.0
charter: { signatories: [customs.us], notice: P14D }
kinds:
  trip: { key: /credentialSubject/trip, owner: { role: carrier } }
records:
  Passed: { issued-by: [carrier], about: { trip: /credentialSubject/trip } }
life-cycle:
  trip: { tracks: { t: { first: a, keeper: customs.us, moves: [{ on: Passed, to: b }] } }, show: [{ state: x }] }
tables:
  waits:
    row-per: trip
    zone: America/Chicago
    dated: released
    columns:
      port:     { at: Passed#/credentialSubject/port }
      weight:   { at: Passed#/credentialSubject/weight }
      people:   { at: Passed#/credentialSubject/people }
      civilians: { at: Passed#/credentialSubject/civilians }
      referred: { at: Passed#/credentialSubject/referred }
      released: { at: Passed#/credentialSubject/released }
      heavy:    { is: "records.Passed.subject.weight > 100" }
indicators:
  median:   { over: waits, measure: median, of: "released - referred", unit: min, by: [port], chart: band }
  mean:     { over: waits, measure: mean, of: weight, unit: kg, where: "port in ['A', 'B']", by: [port], chart: bar }
  p90:      { over: waits, measure: p90, of: "released - referred", unit: min, chart: bar }
  heavy:    { over: waits, measure: share, numerator: heavy, by: [port], chart: line }
  civil:    { over: waits, measure: share, numerator: civilians, denominator: people, unit: "%", chart: line }
  count:    { over: waits, measure: count, where: "weight > 100 || !has(weight)", by: [month], chart: bar }
  ports:    { over: waits, measure: distinct, of: port, chart: bar }
  hours:    { over: waits, measure: sum, of: "minutes_between(referred, released)", by: [released.hour, weekday], chart: heat }
  small:    { over: waits, measure: count, by: [port, month], least: 10, chart: heat }
"#;

const TEXTS: &str = "kinds.trip: t\nstates.x: x\nrecords.Passed: p\nindicators:\n  median: { title: t, definition: d }\n  mean: { title: t, definition: d }\n  p90: { title: t, definition: d }\n  heavy: { title: t, definition: d }\n  civil: { title: t, definition: d }\n  count: { title: t, definition: d }\n  ports: { title: t, definition: d }\n  hours: { title: t, definition: d }\n  small: { title: t, definition: d }\n";

fn folder(text: &str) -> Folder {
    program(
        text,
        TEXTS,
        &[(
            "Passed",
            "trip port weight people civilians referred released",
        )],
    )
}

/// A store's table with these rows, the way the store keeps them.
fn store(rows: &[Value]) -> Connection {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch("CREATE TABLE table_rows (no INTEGER PRIMARY KEY, party TEXT, name TEXT, kind TEXT, key TEXT, stated_on_ms INTEGER, columns TEXT, recorded_from_ms INTEGER, recorded_to_ms INTEGER)")
        .unwrap();
    for (i, row) in rows.iter().enumerate() {
        let put = |party: &str, name: &str, from: i64, to: Option<i64>| {
            db.execute(
                "INSERT INTO table_rows (party, name, kind, key, columns, recorded_from_ms, recorded_to_ms) VALUES (?1, ?2, 'trip', ?3, ?4, ?5, ?6)",
                params![party, name, i.to_string(), row.to_string(), from, to],
            )
            .unwrap();
        };
        put("did:web:cbp", "waits", 0, None);
        // Another tenant's, another table's, one corrected before, one not yet known: none of them counts.
        put("did:web:other", "waits", 0, None);
        put("did:web:cbp", "others", 0, None);
        put("did:web:cbp", "waits", 0, Some(900));
        put("did:web:cbp", "waits", 2_000, None);
    }
    db
}

fn run(profile: &Profile, id: &str, db: &Connection) -> Vec<Vec<Value>> {
    let ask = Ask {
        party: "did:web:cbp",
        as_known_ms: 1_000,
    };
    let query = compile(profile, id, Engine::Sqlite, &ask).unwrap().unwrap();
    let mut statement = db.prepare(&query.sql).unwrap();
    let names = statement.column_count();
    assert_eq!(names, query.columns.len());
    let binds = query.binds.iter().map(|b| match b {
        Bind::Text(t) => Sql::Text(t.clone()),
        Bind::Int(i) => Sql::Integer(*i),
    });
    let rows = statement
        .query_map(params_from_iter(binds), |row| {
            (0..names)
                .map(|i| {
                    Ok(match row.get::<_, Sql>(i)? {
                        Sql::Integer(i) => json!(i),
                        Sql::Real(f) => json!(f),
                        Sql::Text(t) => json!(t),
                        Sql::Null | Sql::Blob(_) => Value::Null,
                    })
                })
                .collect::<Result<Vec<Value>, rusqlite::Error>>()
        })
        .unwrap();
    rows.map(Result::unwrap).collect()
}

fn row(port: &str, minutes: i64, weight: Option<i64>) -> Value {
    let released = 1_795_000_000_000_i64;
    json!({
        "port": port, "weight": weight, "people": 4, "civilians": 1, "heavy": weight.map(|w| w > 100),
        "referred": released - minutes * 60_000, "released": released,
        "released.day": "2026-11-18", "released.month": "2026-11", "released.hour": 7, "released.weekday": 3
    })
}

#[test]
fn the_measures_say_what_the_rows_say() {
    let found = check(&folder(WAITS));
    assert_eq!(found.findings, []);
    let p = Profile::load(&folder(WAITS)).unwrap();
    let mut rows: Vec<Value> = [5, 1, 3, 2]
        .iter()
        .map(|m| row("A", *m, Some(100 + m)))
        .collect();
    rows.push(row("B", 10, None));
    rows.push(row("B", 30, Some(50)));
    rows.push(row("B", 20, Some(150)));
    let db = store(&rows);
    assert_eq!(
        run(&p, "median", &db),
        [
            vec![
                json!("A"),
                json!(2.5),
                json!(1.0),
                json!(3.0),
                json!(4),
                json!(0)
            ],
            vec![
                json!("B"),
                json!(20.0),
                json!(10.0),
                json!(30.0),
                json!(3),
                json!(0)
            ]
        ]
    );
    // Who has no weight is in no mean of it.
    assert_eq!(
        run(&p, "mean", &db),
        [
            vec![json!("A"), json!(102.75), json!(4), json!(0)],
            vec![json!("B"), json!(100.0), json!(2), json!(0)]
        ]
    );
    assert_eq!(run(&p, "p90", &db), [[json!(30.0), json!(7), json!(0)]]);
    assert_eq!(
        run(&p, "heavy", &db),
        [
            vec![
                json!("A"),
                json!(100.0),
                json!(4.0),
                json!(4.0),
                json!(4),
                json!(0)
            ],
            vec![
                json!("B"),
                json!(50.0),
                json!(1.0),
                json!(2.0),
                json!(2),
                json!(0)
            ]
        ]
    );
    assert_eq!(
        run(&p, "civil", &db),
        [[json!(25.0), json!(7.0), json!(28.0), json!(7), json!(0)]]
    );
    assert_eq!(
        run(&p, "count", &db),
        [[json!("2026-11"), json!(6.0), json!(6), json!(0)]]
    );
    assert_eq!(run(&p, "ports", &db), [[json!(2.0), json!(7), json!(0)]]);
    assert_eq!(
        run(&p, "hours", &db),
        [[json!(7.0), json!(3.0), json!(71.0), json!(7), json!(0)]]
    );
}

/// A grid of groups of random sizes: whoever knows every total along a dimension learns no group's size, nor that of fewer than
/// `least` rows together.
#[test]
fn no_small_group_can_be_had_by_difference() {
    let p = Profile::load(&folder(WAITS)).unwrap();
    let mut chance = Chance(42);
    let (mut withheld, mut shown) = (0, 0);
    for round in 0..40 {
        let (ports, months) = (1 + chance.below(5), 1 + chance.below(5));
        let mut rows = Vec::new();
        let mut size = vec![vec![0usize; months]; ports];
        for (p, line) in size.iter_mut().enumerate() {
            for (m, n) in line.iter_mut().enumerate() {
                *n = if chance.below(4) == 0 {
                    chance.below(10)
                } else {
                    10 + chance.below(20)
                };
                for _ in 0..*n {
                    let mut one = row(&format!("P{p}"), 1, Some(1));
                    one["released.month"] = json!(format!("2026-{:02}", m + 1));
                    rows.push(one);
                }
            }
        }
        let db = store(&rows);
        let result = run(&p, "small", &db);
        let hidden = |p: usize, m: usize| {
            let found = result.iter().find(|r| {
                r[0] == json!(format!("P{p}")) && r[1] == json!(format!("2026-{:02}", m + 1))
            });
            found.is_none_or(|r| {
                let told = r.last() == Some(&json!(0));
                assert_eq!(told, !r[2].is_null(), "{r:?}");
                if told {
                    assert_eq!(r[3], json!(size[p][m]));
                }
                !told
            })
        };
        for (p, line) in size.iter().enumerate() {
            for (m, n) in line.iter().enumerate() {
                assert!(hidden(p, m) || *n >= 10, "{round}: a group of {n} is shown");
            }
        }
        let check = |cells: Vec<(usize, usize)>| {
            let there: Vec<_> = cells.iter().filter(|(p, m)| size[*p][*m] > 0).collect();
            let dark: Vec<_> = there.iter().filter(|(p, m)| hidden(*p, *m)).collect();
            if dark.is_empty() || dark.len() == there.len() {
                return;
            }
            let rows: usize = dark.iter().map(|(p, m)| size[*p][*m]).sum();
            assert!(dark.len() > 1 && rows >= 10, "{round}: {size:?} {result:?}");
        };
        for p in 0..ports {
            check((0..months).map(|m| (p, m)).collect());
        }
        for m in 0..months {
            check((0..ports).map(|p| (p, m)).collect());
        }
        withheld += result.iter().filter(|r| r[2].is_null()).count();
        shown += result.iter().filter(|r| !r[2].is_null()).count();
    }
    assert!(withheld > 50 && shown > 50, "{withheld} {shown}");
}

#[test]
fn a_measure_that_cannot_be_is_told() {
    let codes = |text: &str| -> Vec<String> {
        let report = check(&folder(text));
        report.findings.iter().map(|f| f.code.clone()).collect()
    };
    for (from, to, code) in [
        ("of: weight", "of: wieght", "unknown-column"),
        ("of: weight", "of: port", "measure-type"),
        ("of: weight", "of: \"released\"", "measure-type"),
        (
            "of: weight",
            "of: \"port.startsWith('A')\"",
            "measure-words",
        ),
        ("unit: min, by", "unit: kg, by", "unit-of-time"),
        (
            "over: waits, measure: p90",
            "over: wait, measure: p90",
            "unknown-table",
        ),
        ("by: [month]", "by: [released]", "measure-type"),
        (
            "by: [month]",
            "by: [port, month, hour, day]",
            "too-many-dimensions",
        ),
        ("    dated: released\n", "", "no-dated"),
        ("dated: released", "dated: port", "dated-no-instant"),
        ("America/Chicago", "America/Chicagoland", "unknown-zone"),
        ("measure: p90", "measure: p95", "unknown-word"),
        (
            "by: [port], chart: band }\n  mean",
            "by: [port], chart: band, compare: port }\n  mean",
            "compare-no-flag",
        ),
        (
            "numerator: heavy, by: [port]",
            "numerator: heavy, by: [port], compare: heavy",
            "compare-no-flag",
        ),
        (
            "numerator: civilians, denominator: people, unit: \"%\", chart",
            "numerator: civilians, denominator: people, unit: \"%\", by: [heavy], compare: heavy, chart",
            "compare-measure",
        ),
        (
            "measure: p90, of: \"released - referred\", unit: min, chart",
            "measure: p90, of: \"released - referred\", unit: min, by: [heavy], compare: heavy, chart",
            "compare-measure",
        ),
        (
            "measure: distinct, of: port",
            "measure: distinct",
            "word-missing",
        ),
    ] {
        let text = WAITS.replace(from, to);
        assert_ne!(text, WAITS, "{from}");
        let found = codes(&text);
        assert!(found.iter().any(|c| c == code), "{to}: {found:?}");
    }
}

#[test]
fn what_everybody_may_see_tells_of_nobody() {
    let made = |from: &str, to: &str| {
        let text = WAITS.replace(from, to);
        assert_ne!(text, WAITS, "{from}");
        folder(&text)
    };
    let codes = |from: &str, to: &str| -> Vec<String> {
        let report = check(&made(from, to));
        report.findings.iter().map(|f| f.code.clone()).collect()
    };
    let small = "measure: count, by: [port, month], least: 10, chart: heat";
    for (to, code) in [
        // A free text may be a company's name.
        (
            "measure: count, by: [port, month], least: 10, chart: heat, public: time",
            "public-names",
        ),
        (
            "measure: count, by: [heavy, month], least: 9, chart: heat, public: time",
            "public-least",
        ),
        (
            "measure: count, by: [heavy, month], chart: heat, public: security",
            "public-least",
        ),
        (
            "measure: max, of: weight, by: [heavy], least: 10, chart: heat, public: time",
            "public-measure",
        ),
        (
            "measure: median, of: weight, by: [heavy], least: 10, chart: band, public: waits",
            "public-waits",
        ),
        (
            "measure: count, by: [heavy], least: 10, chart: bar, public: yes",
            "unknown-word",
        ),
    ] {
        let found = codes(small, to);
        assert!(found.iter().any(|c| c == code), "{to}: {found:?}");
    }
    let found = codes(
        small,
        "measure: count, by: [heavy, month], least: 10, chart: heat, public: money",
    );
    assert!(!found.iter().any(|c| c.starts_with("public")), "{found:?}");
    // The offices sign what is measured; where it is shown is a face.
    let old = Profile::load(&folder(WAITS)).unwrap();
    let new = Profile::load(&made(
        small,
        "measure: count, by: [port, month], least: 10, chart: heat, public: time",
    ))
    .unwrap();
    assert_eq!(old.core_digest(), new.core_digest());
    assert_ne!(old.face_digest(), new.face_digest());
}

#[test]
fn a_public_median_says_how_sure_it_is() {
    let text = WAITS.replace(
        "by: [port], chart: band }\n  mean",
        "by: [port], least: 10, chart: band, public: time }\n  mean",
    );
    let profile = Profile::load(&folder(&text)).unwrap();
    // 1 to 25 minutes, each once: of 25 the eighth from either end has 95 % between it and its mirror.
    let rows: Vec<Value> = (1..=25)
        .map(|n| json!({ "port": "A", "referred": 0, "released": n * 60_000 }))
        .collect();
    let result = run(&profile, "median", &store(&rows));
    assert_eq!(
        result,
        [[
            json!("A"),
            json!(13.0),
            json!(7.0),
            json!(19.0),
            json!(8.0),
            json!(18.0),
            json!(25),
            json!(0)
        ]]
    );
}

#[test]
fn both_engines_get_one_select_with_the_same_columns_and_values() {
    let p = Profile::load(&folder(WAITS)).unwrap();
    let ask = Ask {
        party: "did:web:cbp'; DROP TABLE table_rows; --",
        as_known_ms: 7,
    };
    for id in p.model().indicators.keys() {
        let of = |engine| compile(&p, id, engine, &ask).unwrap().unwrap();
        let (lite, pg) = (of(Engine::Sqlite), of(Engine::Postgres));
        assert_eq!(lite.columns, pg.columns);
        assert_eq!(lite.binds, pg.binds);
        assert!(lite.columns.iter().any(|c| c.role == Role::Value));
        for sql in [&lite.sql, &pg.sql] {
            assert!(!sql.contains(';') && !sql.contains("DROP"), "{sql}");
        }
        assert!(
            pg.sql.contains("jsonb") && !pg.sql.contains('?'),
            "{}",
            pg.sql
        );
    }
    assert!(compile(&p, "none", Engine::Sqlite, &ask).is_none());
}
