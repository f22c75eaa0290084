//! A node's folder is copied while it works, restored, and looked through: what was changed in it is told for what it is.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::world::{Folder, Ran, World, appointment, garita, manifest, until};

async fn run(args: &[&str]) -> Ran {
    let args: Vec<String> = args.iter().map(|a| (*a).to_owned()).collect();
    tokio::task::spawn_blocking(move || {
        garita(&args.iter().map(String::as_str).collect::<Vec<_>>())
    })
    .await
    .unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Records with views, an attachment, and deliveries that are answered.
async fn worked(name: &str) -> World {
    let world = World::three(name).await;
    let carrier = world.api("ocotillo");
    let kept = carrier
        .send("POST", "/v1/attachments", b"%PDF-1.7 packing list".to_vec())
        .await;
    assert_eq!(kept.status, 201, "{}", kept.text);
    let draft = json!({
        "recordType": "Appointment",
        "credentialSubject": appointment("TOCQ2611240417", "47AK2F"),
        "relatedResource": [kept.body["relatedResource"]],
    });
    let filed = carrier.post("/v1/records", &draft).await;
    assert_eq!(filed.status, 201, "{}", filed.text);
    let id = carrier
        .file(
            "Manifest",
            manifest("TOCQ2611240417", "47AK2F", "TOCQ88402171"),
        )
        .await;
    world.api("cbp").holds(&id).await;
    world.quiet().await;
    world
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_is_made_while_the_node_works_and_comes_back() {
    let mut world = worked("upkeep").await;
    let place = Folder::new("upkeep-copies");
    let data = world.node("trade").data.clone();
    let copy = place.path().join("copy");
    let filing = async {
        for n in 0..10 {
            let trip = format!("TOCQ26112405{n:02}");
            world
                .api("ocotillo")
                .file("Appointment", appointment(&trip, "47AK2F"))
                .await;
        }
    };
    let backup = ["backup", "--data", text(&data), "--to", text(&copy)];
    let (made, ()) = tokio::join!(run(&backup), filing);
    assert_eq!(made.code, 0, "{made:?}");
    assert!(made.out.contains("log entries"), "{made:?}");
    let again = run(&backup).await;
    assert_eq!(again.code, 2, "{again:?}");
    let whole = run(&["fsck", "--data", text(&data), "--proofs", "--json"]).await;
    let account: Value = serde_json::from_str(&whole.out).unwrap();
    assert_eq!(
        (whole.code, &account["holds"]),
        (0, &json!(true)),
        "{whole:?}"
    );
    assert!(
        account["entries"].as_u64().unwrap() > 12 && account["files"] == 1,
        "{account}"
    );
    let looked = run(&["doctor", "--data", text(&data)]).await;
    assert_eq!(looked.code, 0, "{looked:?}");
    let looked = run(&["doctor", "--data", text(&data), "--lang", "es", "--json"]).await;
    let account: Value = serde_json::from_str(&looked.out).unwrap();
    assert_eq!(account["bad"], 0, "{looked:?}");

    // A copy of now, with nothing given out since: the node goes on from it as if nothing had been.
    world.quiet().await;
    let newest = place.path().join("newest");
    let made = run(&["backup", "--data", text(&data), "--to", text(&newest)]).await;
    assert_eq!(made.code, 0, "{made:?}");
    world.stop("trade").await;
    let lost = place.path().join("lost");
    fs::rename(&data, &lost).unwrap();

    // What is restored is not restored over: see `epochs` for a copy that is older than what was given out.
    let restored = run(&["restore", "--from", text(&copy), "--data", text(&data)]).await;
    assert_eq!(restored.code, 0, "{restored:?}");
    let over = run(&["restore", "--from", text(&copy), "--data", text(&data)]).await;
    assert_eq!(over.code, 2, "{over:?}");
    fs::remove_dir_all(&data).unwrap();

    let restored = run(&["restore", "--from", text(&newest), "--data", text(&data)]).await;
    assert_eq!(restored.code, 0, "{restored:?}");
    assert!(data.join("restored.json").exists());
    // One node of the network never runs here: whether it has seen more cannot be said.
    let waits = run(&["serve", "--data", text(&data)]).await;
    assert_eq!(waits.code, 1, "{waits:?}");
    assert!(waits.err.contains("--without-peers"), "{waits:?}");
    assert!(data.join("restored.json").exists());
    let (child, url) = (served(&data), world.node("trade").url.clone());
    let api = crate::world::Api::new(&url, "");
    until("the restored node answers", || async {
        api.try_get("/readyz")
            .await
            .is_some_and(|a| a.status == 200)
    })
    .await;
    assert!(!data.join("restored.json").exists());
    let id = world
        .api("ocotillo")
        .file("Appointment", appointment("TOCQ2611240599", "47AK2F"))
        .await;
    world.api("cbp").holds(&id).await;
    world.api("puente").holds(&id).await;
    drop(child);
    let whole = run(&["fsck", "--data", text(&data), "--proofs"]).await;
    assert_eq!(whole.code, 0, "{whole:?}");
}

/// A node in a process of its own, which ends with the value.
struct Served(std::process::Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn served(data: &Path) -> Served {
    let child = std::process::Command::new(env!("CARGO_BIN_EXE_garita"))
        .args(["serve", "--data", text(data), "--without-peers"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    Served(child)
}

type Change = fn(&Connection);

/// What somebody may do to a database, and what it is told for.
const CHANGES: [(&str, Change); 13] = [
    ("row-unreadable", |db| {
        db.execute("UPDATE bodies SET document = 'text' WHERE rec = 1", [])
            .unwrap();
    }),
    ("id-mismatch", |db| {
        db.execute(
            "UPDATE bodies SET document = CAST(replace(CAST(document AS TEXT), '47AK2F', '99ZZ9Z') AS BLOB)
             WHERE rec = (SELECT min(rec) FROM records WHERE view = 'whole')",
            [],
        )
        .unwrap();
    }),
    ("leaf-other", |db| {
        db.execute(
            "UPDATE log_salts SET salt = zeroblob(32) WHERE leaf = 0",
            [],
        )
        .unwrap();
    }),
    ("leaf-other", |db| {
        db.execute(
            "UPDATE log SET party = 'did:web:another' WHERE leaf = 0",
            [],
        )
        .unwrap();
    }),
    ("stamp-invalid", |db| {
        db.execute(
            "UPDATE records SET stamp = CAST(replace(CAST(stamp AS TEXT), '\"signature\":\"', '\"signature\":\"AAAA') AS BLOB)",
            [],
        )
        .unwrap();
    }),
    ("stamp-other", |db| {
        db.execute(
            "UPDATE records SET logged_ms = logged_ms + 1 WHERE rec = 1",
            [],
        )
        .unwrap();
    }),
    ("body-missing", |db| {
        db.execute("DELETE FROM bodies WHERE rec = 1", []).unwrap();
    }),
    ("outbox-gap", |db| {
        db.execute("DELETE FROM outbox WHERE seq = 1", []).unwrap();
    }),
    ("log-damaged", |db| {
        db.execute("UPDATE log SET digest = zeroblob(32) WHERE leaf = 1", [])
            .unwrap();
    }),
    ("log-damaged", |db| {
        db.execute(
            "DELETE FROM log WHERE leaf = (SELECT max(leaf) FROM log)",
            [],
        )
        .unwrap();
    }),
    ("entitlement-of-nothing", |db| {
        db.execute(
            "INSERT INTO entitlements VALUES ('did:web:x', 9999, 'T', 0, NULL)",
            [],
        )
        .unwrap();
    }),
    ("checkpoint-unsigned", |db| {
        db.execute(
            "UPDATE log_head SET checkpoint = replace(checkpoint, '— ', '— x')",
            [],
        )
        .unwrap();
    }),
    ("counts-wrong", |db| {
        db.execute("UPDATE case_counts SET n = n + 7", []).unwrap();
    }),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_changed_in_a_folder_is_told_for_what_it_is() {
    let world = worked("upkeep-damage").await;
    let place = Folder::new("upkeep-damages");
    let copy = place.path().join("copy");
    let data = world.node("trade").data.clone();
    let made = run(&["backup", "--data", text(&data), "--to", text(&copy)]).await;
    assert_eq!(made.code, 0, "{made:?}");
    let whole = run(&["fsck", "--data", text(&copy)]).await;
    assert_eq!(whole.code, 0, "{whole:?}");
    for (n, (code, change)) in CHANGES.iter().enumerate() {
        let folder: PathBuf = place.path().join(format!("changed-{n}"));
        copy_folder(&copy, &folder);
        let db = Connection::open(folder.join("garita.db")).unwrap();
        change(&db);
        drop(db);
        let found = run(&["fsck", "--data", text(&folder), "--json"]).await;
        assert_eq!(found.code, 1, "{code}: {found:?}");
        let account: Value = serde_json::from_str(&found.out).unwrap();
        let codes: Vec<&str> = account["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f["code"].as_str().unwrap())
            .collect();
        assert!(codes.contains(code), "{code}: {codes:?}");
        // Nor is a copy restored that was changed since it was made.
        let to = place.path().join(format!("restored-{n}"));
        let refused = run(&["restore", "--from", text(&folder), "--data", text(&to)]).await;
        assert_eq!(refused.code, 1, "{refused:?}");
        assert!(!to.exists());
    }
    // A file.
    let folder = place.path().join("changed-file");
    copy_folder(&copy, &folder);
    let blob = first_file(&folder.join("blobs")).unwrap();
    fs::write(&blob, b"other").unwrap();
    let found = run(&["fsck", "--data", text(&folder), "--lang", "es"]).await;
    assert_eq!(found.code, 1, "{found:?}");
    assert!(
        found.out.contains("file-other") && found.out.contains("adjunto"),
        "{found:?}"
    );
    fs::remove_file(&blob).unwrap();
    let found = run(&["fsck", "--data", text(&folder)]).await;
    assert!(
        found.code == 1 && found.out.contains("file-missing"),
        "{found:?}"
    );
    // Keys that others may read.
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(
        copy.join("keys/node.json"),
        fs::Permissions::from_mode(0o644),
    )
    .unwrap();
    let looked = run(&["doctor", "--data", text(&copy)]).await;
    assert!(
        looked.code == 1 && looked.out.contains("chmod 600"),
        "{looked:?}"
    );
    let none = run(&["fsck", "--data", text(&place.path().join("nowhere"))]).await;
    assert_eq!(none.code, 2, "{none:?}");
}

fn first_file(folder: &Path) -> Option<PathBuf> {
    for entry in fs::read_dir(folder).ok()? {
        let path = entry.ok()?.path();
        if path.is_file() {
            return Some(path);
        }
        if let Some(found) = first_file(&path) {
            return Some(found);
        }
    }
    None
}
