//! Everything that a node holds, written out: what it says is checked by other means than it was written with, as far as they go.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::world::{Folder, Ran, World, appointment, draft, garita, manifest};

const TRIP: &str = "TOCQ2611240417";

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

fn sha256(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All lines under a name, in order.
fn lines(out: &Path, name: &str) -> Vec<Value> {
    let mut files: Vec<PathBuf> = fs::read_dir(out.join(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "ndjson"))
        .collect();
    files.sort();
    let parse = |line: &str| serde_json::from_str(line).unwrap();
    files
        .iter()
        .flat_map(|file| {
            fs::read_to_string(file)
                .unwrap()
                .lines()
                .map(parse)
                .collect::<Vec<Value>>()
        })
        .collect()
}

/// The root of a tree by RFC 9162 §2.1.1, from its definition.
fn root(leaves: &[Vec<u8>]) -> Vec<u8> {
    match leaves {
        [] => sha256(b""),
        [one] => one.clone(),
        _ => {
            let left = leaves.len().next_power_of_two() / 2;
            let node = [vec![1], root(&leaves[..left]), root(&leaves[left..])].concat();
            sha256(&node)
        }
    }
}

/// Leaf hashes out of the entry bundles of a log of `size` leaves.
fn leaves(out: &Path, size: usize) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for bundle in 0..size.div_ceil(256) {
        let width = (size - bundle * 256).min(256);
        let part = if width < 256 {
            format!(".p/{width}")
        } else {
            String::new()
        };
        let bytes = fs::read(out.join(format!("log/tile/entries/{bundle:03}{part}"))).unwrap();
        for entry in bytes.chunks(34) {
            assert_eq!(entry[..2], [0, 32], "a leaf has 32 bytes");
            found.push(sha256(&[&[0], &entry[2..]].concat()));
        }
    }
    assert_eq!(found.len(), size);
    found
}

fn base64(bytes: &[u8]) -> String {
    let url = garita_exchange::encode::base64url(bytes);
    let mut plain = url.replace('-', "+").replace('_', "/");
    while !plain.len().is_multiple_of(4) {
        plain.push('=');
    }
    plain
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_exported_holds_without_the_node() {
    let mut world = World::three("export-all").await;
    let carrier = world.api("ocotillo");
    let seal = b"a seal, photographed".to_vec();
    let kept = carrier.send("POST", "/v1/attachments", seal.clone()).await;
    let mut one = draft("Appointment", appointment(TRIP, "47AK2F"));
    one["relatedResource"] = json!([kept.body["relatedResource"]]);
    let first = carrier.post("/v1/records", &one).await.id();
    carrier
        .file("Manifest", manifest(TRIP, "47AK2F", "TOCQ88402171"))
        .await;
    let erased = carrier
        .file("Appointment", appointment("TOCQ2611240418", "47AK2F"))
        .await;
    world.api("cbp").holds(&first).await;
    world.api("puente").holds(&erased).await;
    world.quiet().await;
    let trade = world.node("trade");
    let operator = crate::world::Api::new(&trade.url, &trade.admin_token);
    let order = json!({ "records": [erased], "reason": "asked for", "by": "operator" });
    let done = operator.post("/v1/admin/erasures", &order).await;
    assert_eq!(done.status, 200, "{}", done.text);

    let place = Folder::new("export-all-out");
    let (data, out) = (world.node("trade").data.clone(), place.path().join("out"));
    let order = [
        "export",
        "--all",
        "--data",
        text(&data),
        "--out",
        text(&out),
    ];
    // While the node works.
    let filing = async {
        for n in 0..10 {
            let trip = format!("TOCQ26112405{n:02}");
            world
                .api("ocotillo")
                .file("Appointment", appointment(&trip, "47AK2F"))
                .await;
        }
    };
    let (made, ()) = tokio::join!(run(&order), filing);
    assert_eq!(made.code, 0, "{made:?}");
    assert_eq!(run(&order).await.code, 2, "it is there already");
    world.stop("trade").await;
    world.stop("customs").await;
    world.stop("bridges").await;

    // Each file is as the manifest says, and there is no other.
    let told: Value =
        serde_json::from_slice(&fs::read(out.join("manifest.json")).unwrap()).unwrap();
    let mut listed = BTreeMap::new();
    for file in told["files"].as_array().unwrap() {
        let path = file["path"].as_str().unwrap();
        let bytes = fs::read(out.join(path)).unwrap();
        assert_eq!(file["bytes"], bytes.len(), "{path}");
        assert_eq!(file["sha256"], hex(&sha256(&bytes)), "{path}");
        assert!(
            listed.insert(path.to_owned(), bytes.len()).is_none(),
            "{path} twice"
        );
    }
    fn below(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                below(&path, found);
            } else {
                found.push(path);
            }
        }
    }
    let mut there = Vec::new();
    below(&out, &mut there);
    assert_eq!(there.len(), listed.len() + 1, "{listed:?}");
    for file in [
        "README.md",
        "LEEME.md",
        "log/checkpoint",
        "contexts/record-v1.jsonld",
    ] {
        assert!(listed.contains_key(file), "{file}");
    }
    let secret = fs::read_to_string(data.join("keys/node.json")).unwrap();
    let secret: Value = serde_json::from_str(&secret).unwrap();
    let secret = secret["secretKeyMultibase"].as_str().unwrap().to_owned();
    for path in &there {
        let bytes = fs::read(path).unwrap();
        assert!(
            !String::from_utf8_lossy(&bytes).contains(&secret),
            "{}",
            path.display()
        );
    }

    // The tree of the tiles is the checkpoint's.
    let size = usize::try_from(told["logSize"].as_u64().unwrap()).unwrap();
    assert!(size >= 6, "{size}");
    let checkpoint = fs::read_to_string(out.join("log/checkpoint")).unwrap();
    let mut head = checkpoint.lines();
    assert_eq!(head.next(), told["logOrigin"].as_str());
    assert_eq!(head.next(), Some(size.to_string().as_str()));
    let computed = base64(&root(&leaves(&out, size)));
    assert_eq!(head.next(), Some(computed.as_str()));

    // Each record's signature, by the DID documents that are there.
    let mut verify: Vec<String> = ["credential", "verify", "--checks", "proof", "--now"]
        .map(str::to_owned)
        .to_vec();
    verify.push("2026-11-24T20:00:00Z".to_owned());
    for (n, document) in lines(&out, "dids").iter().enumerate() {
        let file = place.write(&format!("did-{n}.json"), &document.to_string());
        verify.extend(["--did".to_owned(), text(&file).to_owned()]);
    }
    let records = lines(&out, "records");
    assert_eq!(told["records"], records.len());
    let (mut files, mut views) = (Vec::new(), 0);
    for (n, record) in records.iter().enumerate() {
        assert_eq!(record["id"], record["document"]["id"]);
        if record["erased"].is_null() {
            views += usize::from(record["view"] != "whole");
            files.push(place.write(&format!("record-{n}.json"), &record["document"].to_string()));
        } else {
            assert_eq!(record["id"], erased);
            assert_eq!(record["document"].get("salt"), None);
        }
    }
    assert!(views > 0 && files.len() > 3, "{views} {}", files.len());
    verify.extend(files.iter().map(|file| text(file).to_owned()));
    let verified = run(&verify.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert_eq!(verified.code, 0, "{verified:?}");
    // The check itself can fail.
    let forged = fs::read_to_string(&files[0])
        .unwrap()
        .replace("47AK2F", "99ZZ9Z");
    fs::write(&files[0], forged).unwrap();
    let verified = run(&verify.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert_eq!(verified.code, 1, "{verified:?}");

    // Each receipt, under the log's key; one for each record that was not erased.
    let key = fs::read_to_string(out.join("log/key")).unwrap();
    let receipts = lines(&out, "receipts");
    assert_eq!(receipts.len(), files.len());
    for (n, receipt) in receipts.iter().enumerate() {
        assert_ne!(receipt["leaf"]["id"], erased);
        let file = place.write(&format!("receipt-{n}.json"), &receipt.to_string());
        let held = run(&[
            "log",
            "verify-receipt",
            text(&file),
            "--log-key",
            key.trim(),
        ])
        .await;
        assert_eq!(held.code, 0, "{held:?}");
    }

    // The chain is the network's, the file is there by its digest, and what was erased is told.
    let chain = lines(&out, "governance");
    let network = garita_exchange::governance::Network::from_entries(&chain).unwrap();
    assert!(network.nodes.contains_key(told["node"].as_str().unwrap()));
    let attached = out.join(format!("attachments/{}", hex(&sha256(&seal))));
    assert_eq!(fs::read(attached).unwrap(), seal);
    assert_eq!(lines(&out, "attachments")[0]["bytes"], seal.len());
    assert!(
        lines(&out, "erasures")
            .iter()
            .all(|line| line["id"] == erased)
    );
    assert!(!lines(&out, "erasures").is_empty());
    assert!(!out.join("people").exists());
}
