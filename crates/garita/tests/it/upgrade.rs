//! A folder of an earlier schema comes up with all that is in it; a folder of a later one is left alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rusqlite::Connection;

use crate::epochs::{answers, served};
use crate::upkeep::copy_folder;
use crate::world::{Folder, Ran, World, appointment, garita, manifest};

/// The migrations, as they stand in the source: an element that was released never changes.
const SCHEMA: &str = include_str!("../../../store/src/sqlite/schema.rs");

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

async fn run(args: &[&str]) -> Ran {
    let args: Vec<String> = args.iter().map(|a| (*a).to_owned()).collect();
    tokio::task::spawn_blocking(move || {
        garita(&args.iter().map(String::as_str).collect::<Vec<_>>())
    })
    .await
    .unwrap()
}

/// The SQL of each version, oldest first.
fn versions() -> Vec<&'static str> {
    let mut found = Vec::new();
    loop {
        let start = format!("const VERSION_{}: &str = \"", found.len() + 1);
        let Some((_, rest)) = SCHEMA.split_once(&start) else {
            return found;
        };
        found.push(rest.split_once("\";\n").unwrap().0);
    }
}

/// Names that a query gives.
fn names(db: &Connection, sql: &str) -> BTreeSet<String> {
    let mut query = db.prepare(sql).unwrap();
    let rows = query.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// A node's database as an earlier release would have it: its schema, and of each table the columns that were there then.
fn as_of(version: usize, from: &Path, to: &Path) {
    let db = Connection::open(to).unwrap();
    for sql in versions().iter().take(version) {
        db.execute_batch(sql).unwrap();
    }
    db.pragma_update(None, "user_version", i64::try_from(version).unwrap())
        .unwrap();
    db.execute("ATTACH ?1 AS now", [text(from)]).unwrap();
    let tables = names(
        &db,
        "SELECT name FROM main.sqlite_master WHERE type = 'table'",
    );
    // Counts are kept by triggers.
    for table in tables.iter().filter(|table| *table != "case_counts") {
        let columns = |schema: &str| {
            names(
                &db,
                &format!("SELECT name FROM pragma_table_info('{table}', '{schema}')"),
            )
        };
        let both: Vec<String> = columns("main")
            .intersection(&columns("now"))
            .cloned()
            .collect();
        let both = both.join(", ");
        let sql = format!("INSERT INTO main.{table} ({both}) SELECT {both} FROM now.{table}");
        db.execute(&sql, []).unwrap();
    }
    db.execute_batch("DETACH now").unwrap();
}

/// Records, entries, cases, entitlements: what was in every schema.
fn counts(database: &Path) -> Vec<i64> {
    let db = Connection::open(database).unwrap();
    [
        "records",
        "bodies",
        "log",
        "log_salts",
        "entitlements",
        "case_views",
        "terms",
        "outbox",
    ]
    .iter()
    .map(|table| {
        let sql = format!("SELECT count(*) FROM {table}");
        db.query_row(&sql, [], |row| row.get(0)).unwrap()
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_of_any_earlier_schema_comes_up_with_all_its_data() {
    let mut world = World::three("upgrade").await;
    let carrier = world.api("ocotillo");
    let id = carrier
        .file("Appointment", appointment("TOCQ2611240417", "47AK2F"))
        .await;
    carrier
        .file(
            "Manifest",
            manifest("TOCQ2611240417", "47AK2F", "TOCQ88402171"),
        )
        .await;
    world.api("cbp").holds(&id).await;
    world.quiet().await;
    let data = world.node("trade").data.clone();
    let running = run(&["upgrade", "--data", text(&data)]).await;
    assert_eq!(running.code, 0, "{running:?}");
    assert!(running.out.contains("nothing to do"), "{running:?}");
    world.stop("trade").await;
    let kept = Folder::new("upgrade-kept");
    // This process keeps the node's own folder open.
    let moved = kept.path().join("trade");
    copy_folder(&data, &moved);
    let data = moved;
    let now = kept.path().join("now.db");
    // One file, without what lies beside a database that was open.
    garita_store::snapshot(&data, &now).unwrap();
    let whole = counts(&now);
    assert!(whole.iter().all(|count| *count > 0), "{whole:?}");
    let newest = versions().len();
    assert!(newest >= 9, "{newest}");

    for version in 1..newest {
        for name in ["garita.db", "garita.db-wal", "garita.db-shm"] {
            let _ = fs::remove_file(data.join(name));
        }
        as_of(version, &now, &data.join("garita.db"));
        // Commands that only read say what to do.
        let read = run(&["fsck", "--data", text(&data)]).await;
        assert_eq!(read.code, 2, "{version}: {read:?}");
        assert!(read.err.contains("garita upgrade"), "{version}: {read:?}");
        let dry = run(&["upgrade", "--data", text(&data), "--dry-run"]).await;
        assert_eq!(dry.code, 0, "{version}: {dry:?}");
        let from_to = format!("schema {version}: would be brought to {newest}");
        assert!(dry.out.contains(&from_to), "{version}: {dry:?}");
        assert_eq!(
            garita_store::schema_versions(&data).unwrap().0,
            i64::try_from(version).unwrap()
        );
        // What a run that was ended in the middle leaves: half a copy.
        let copy = data.join(format!("before-upgrade-v{version}.db"));
        fs::write(copy.with_extension("part"), b"half").unwrap();
        let done = run(&["upgrade", "--data", text(&data)]).await;
        assert_eq!(done.code, 0, "{version}: {done:?}");
        let from_to = format!("schema {version} to {newest}");
        assert!(done.out.contains(&from_to), "{version}: {done:?}");
        assert!(!copy.with_extension("part").exists());
        assert_eq!(counts(&data.join("garita.db")), whole, "{version}");
        assert_eq!(counts(&copy), whole, "{version}");
        let held = run(&["fsck", "--data", text(&data), "--proofs"]).await;
        assert_eq!(held.code, 0, "{version}: {held:?}");
        let again = run(&["upgrade", "--data", text(&data)]).await;
        assert!(again.out.contains("nothing to do"), "{version}: {again:?}");
    }

    // The node works with it.
    as_previous(&now, &data, newest - 1);
    let child = served(&data);
    answers(&world.node("trade").url).await;
    let api = world.api("ocotillo");
    assert_eq!(api.record(&id).await.status, 200);
    let next = api
        .file("Appointment", appointment("TOCQ2611240499", "47AK2F"))
        .await;
    world.api("cbp").holds(&next).await;

    // While it runs, nothing is changed; a later schema is left alone.
    let db = Connection::open(data.join("garita.db")).unwrap();
    db.pragma_update(None, "user_version", 1).unwrap();
    let busy = run(&["upgrade", "--data", text(&data)]).await;
    assert_eq!(busy.code, 1, "{busy:?}");
    assert!(busy.err.contains("another process"), "{busy:?}");
    db.pragma_update(None, "user_version", 99).unwrap();
    let later = run(&["upgrade", "--data", text(&data)]).await;
    assert_eq!(later.code, 1, "{later:?}");
    assert!(later.err.contains("version 99"), "{later:?}");
    db.pragma_update(None, "user_version", i64::try_from(newest).unwrap())
        .unwrap();
    drop(child);
}

/// Puts the last release's database into a folder.
fn as_previous(now: &Path, data: &Path, version: usize) {
    for name in ["garita.db", "garita.db-wal", "garita.db-shm"] {
        let _ = fs::remove_file(data.join(name));
    }
    as_of(version, now, &data.join("garita.db"));
}
