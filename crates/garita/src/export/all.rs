//! `garita export --all`: everything that a node holds, in formats that others read, with what proves it. Reads a few records at a time,
//! beside whoever writes: what came after the checkpoint that it begins with is not in it.

mod sheaf;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use garita_credential::did::{self, Did};
use garita_exchange::clock::real_now_ms;
use garita_exchange::contacts;
use garita_exchange::encode;
use garita_exchange::envelope::ENVELOPE_CONTEXT_URL;
use garita_exchange::program::{Programs, context_url, envelope_context};
use garita_exchange::stamp::{Leaf, LeafAct, RECORDED, Receipt, Stamp};
use garita_node::programs;
use garita_store::{Act, HeldRecord, LogEntry, LogHead, PeerAnswer, StoreError};
use garita_tlog::{Hash, TilePath, TreeSize, VerifierKey};
use serde_json::{Value, json};

use self::sheaf::{Lines, Sheaf};
use crate::say;
use crate::upkeep::{Folder, files};

/// Records in hand at once: each may have a megabyte.
const PAGE: usize = 50;
/// Hashes in a full tile.
const TILE_WIDTH: u64 = 256;
/// What people find first, in both languages.
const README: &str = include_str!("all/README.md");
const LEEME: &str = include_str!("all/LEEME.md");

/// What the manifest says beside the files.
struct Told {
    records: u64,
    erased: u64,
    receipts: u64,
    attachments: u64,
}

/// Exit 0 written, 1 not, 2 unusable.
pub(super) fn export_all(data: &Path, out: &Path, people: bool) -> ExitCode {
    if out.exists() {
        return say::unusable(format!(
            "{} is there already; an export gets a folder of its own",
            out.display()
        ));
    }
    let folder = match Folder::open(data) {
        Ok(folder) => folder,
        Err(error) => return say::unusable(error),
    };
    let mut name = out.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    if part.exists() {
        return say::no(format!(
            "{} is left of an export that was cut short; remove it and try again",
            part.display()
        ));
    }
    match written(&folder, &part, people) {
        Ok((told, size)) => {
            if let Err(error) = std::fs::rename(&part, out) {
                return say::no(format!("{}: {error}", out.display()));
            }
            say::data(format!(
                "{}: {} records and views ({} erased), {} receipts, {} files, log of {size} entries",
                out.display(),
                told.records,
                told.erased,
                told.receipts,
                told.attachments
            ));
            ExitCode::SUCCESS
        }
        Err(error) => say::no(error),
    }
}

fn written(folder: &Folder, part: &Path, people: bool) -> Result<(Told, u64), String> {
    let away = |e: StoreError| e.to_string();
    // First: whatever the checkpoint covers is in the store.
    let head = folder.reader.head().map_err(away)?;
    let size = head.frontier.size();
    let mut sheaf = Sheaf::new(part)?;
    sheaf.text("README.md", README)?;
    sheaf.text("LEEME.md", LEEME)?;
    log(folder, &head, &mut sheaf)?;
    let mut told = records(folder, &head, &mut sheaf)?;
    network(folder, &mut sheaf)?;
    told.attachments = attachments(folder, &mut sheaf)?;
    beside(folder, people, &mut sheaf)?;
    let identity = &folder.config.identity;
    sheaf.finish(json!({
        "format": "garita-export-v1",
        "made": encode::instant_text(real_now_ms()),
        "node": identity.did,
        "logOrigin": identity.origin,
        "logKey": log_key(folder),
        "logSize": size.get(),
        "logRoot": head.frontier.root().to_base64(),
        "records": told.records,
        "erased": told.erased,
        "people": people,
    }))?;
    Ok((told, size.get()))
}

fn log_key(folder: &Folder) -> String {
    let identity = &folder.config.identity;
    let key = identity.log_key.verification_key().ed25519_bytes();
    key.and_then(|key| VerifierKey::ed25519(&identity.origin, key).ok())
        .map(|key| key.to_string())
        .unwrap_or_default()
}

/// The checkpoint, and all tiles of its tree.
fn log(folder: &Folder, head: &LogHead, sheaf: &mut Sheaf) -> Result<(), String> {
    let Some(checkpoint) = &head.checkpoint else {
        return Ok(());
    };
    sheaf.text("log/checkpoint", checkpoint)?;
    sheaf.text("log/key", &format!("{}\n", log_key(folder)))?;
    let size = head.frontier.size();
    for path in tiles(size) {
        let bytes = folder.reader.tile(path).map_err(|e| e.to_string())?;
        let bytes = bytes.ok_or_else(|| format!("`{path}` is not in the log"))?;
        sheaf.bytes(&format!("log/{path}"), &bytes)?;
    }
    Ok(())
}

/// Paths of the tiles and entry bundles of a tree, full ones and at each level the partial one at its end.
fn tiles(size: TreeSize) -> impl Iterator<Item = TilePath> {
    let of = |whole: u64, path: fn(u8, u64, u16) -> TilePath, level: u8| {
        let rest = u16::try_from(whole % TILE_WIDTH).unwrap_or(0);
        let full = whole / TILE_WIDTH;
        (0..full)
            .map(move |index| path(level, index, 256))
            .chain((rest > 0).then(|| path(level, full, rest)))
    };
    let hashes = |level: u8, index: u64, width: u16| TilePath::Hashes {
        level,
        index,
        width,
    };
    let entries = |_: u8, index: u64, width: u16| TilePath::Entries { index, width };
    let levels = (0..=5_u8).flat_map(move |level| {
        let complete = size.get().checked_shr(u32::from(level) * 8).unwrap_or(0);
        of(complete, hashes, level)
    });
    levels.chain(of(size.get(), entries, 0))
}

/// Records and views with what is known of each, and the receipts of this node's log.
fn records(folder: &Folder, head: &LogHead, sheaf: &mut Sheaf) -> Result<Told, String> {
    let size = head.frontier.size();
    let mut told = Told {
        records: 0,
        erased: 0,
        receipts: 0,
        attachments: 0,
    };
    let mut lines = Lines::new("records", sheaf)?;
    let mut receipts = Lines::new("receipts", sheaf)?;
    let mut after = 0;
    loop {
        let page = folder
            .reader
            .node_records(after, PAGE)
            .map_err(|e| e.to_string())?;
        let Some(last) = page.last() else { break };
        after = last.number;
        for held in &page {
            if held.record.local_index.get() >= size.get() {
                continue;
            }
            told.records += 1;
            told.erased += u64::from(held.erased_ms.is_some());
            lines.line(sheaf, &record(folder, held)?)?;
            if let Some(receipt) = receipt(folder, head, held)? {
                told.receipts += 1;
                receipts.line(sheaf, &receipt)?;
            }
        }
    }
    lines.finish(sheaf)?;
    receipts.finish(sheaf)?;
    Ok(told)
}

/// A line of `records/`: facts, the home's stamp, who has it, and the document as it was signed.
fn record(folder: &Folder, held: &HeldRecord) -> Result<Value, String> {
    let record = &held.record;
    let away = |e: StoreError| e.to_string();
    let entitled = folder.reader.node_entitled(&record.id).map_err(away)?;
    let readers: Vec<&String> = entitled
        .iter()
        .filter(|(_, view)| *view == record.view)
        .map(|(party, _)| party)
        .collect();
    let cases = folder.reader.node_cases_of(&record.id).map_err(away)?;
    let holders: Vec<Value> = folder
        .reader
        .node_holders(&record.id)
        .map_err(away)?
        .iter()
        .filter(|holder| holder.view == record.view)
        .map(|holder| {
            let entry = match &holder.answer {
                Some(PeerAnswer::Logged { index, salt, logged_ms }) => json!({
                    "index": index.get(), "salt": encode::base64url(salt), "logged": encode::instant_text(*logged_ms),
                }),
                _ => Value::Null,
            };
            json!({
                "node": holder.peer,
                "parties": serde_json::from_str::<Value>(&holder.recipients).unwrap_or_default(),
                "sent": encode::instant_text(holder.queued_ms),
                "acknowledged": holder.acked_ms.map(encode::instant_text),
                "entry": entry,
                "checkpoint": holder.checkpoint,
            })
        })
        .collect();
    let document: Value = serde_json::from_slice(&record.document)
        .map_err(|e| format!("{} {}: {e}", record.id, record.view))?;
    let erased = match held.erased_ms {
        None => Value::Null,
        Some(at_ms) => {
            let why = folder
                .reader
                .node_erased(&record.id, &record.view)
                .map_err(away)?;
            json!({ "at": encode::instant_text(at_ms), "reason": why.map(|told| told.reason) })
        }
    };
    Ok(json!({
        "id": record.id,
        "view": record.view,
        "recordType": record.record_type,
        "issuer": record.issuer,
        "occurred": encode::instant_text(record.occurred_ms),
        "logged": encode::instant_text(record.logged_ms),
        "home": record.home,
        "receivedFrom": record.received_from,
        "index": record.local_index.get(),
        "profile": record.profile,
        "disputed": record.disputed,
        "cases": cases.iter().map(|(kind, key)| json!({ "kind": kind, "key": key })).collect::<Vec<_>>(),
        "readers": readers,
        "holders": holders,
        "erased": erased,
        "stamp": serde_json::from_slice::<Value>(&record.stamp).unwrap_or_default(),
        "document": document,
    }))
}

/// The receipt of a held record, as `garita log verify-receipt` takes it; none where its salt was erased.
fn receipt(folder: &Folder, head: &LogHead, held: &HeldRecord) -> Result<Option<Value>, String> {
    let away = |e: StoreError| e.to_string();
    let index = held.record.local_index;
    let Some(entry) = folder.reader.log_entry(index).map_err(away)? else {
        return Ok(None);
    };
    let Some(salt) = entry.salt else {
        return Ok(None);
    };
    let Ok(stamp) = serde_json::from_slice::<Stamp>(&held.record.stamp) else {
        return Ok(None);
    };
    let proof = folder
        .reader
        .inclusion_proof(index, head.frontier.size())
        .map_err(away)?;
    let receipt = Receipt {
        leaf: leaf(entry),
        salt: encode::base64url(&salt),
        index: index.get(),
        stamp,
        proof: proof.iter().map(Hash::to_base64).collect(),
        checkpoint: head.checkpoint.clone().unwrap_or_default(),
        log_key: log_key(folder),
        state: RECORDED.to_owned(),
        witnessed: None,
    };
    Ok(Some(json!(receipt)))
}

fn leaf(entry: LogEntry) -> Leaf {
    Leaf {
        id: entry.id,
        view: entry.view,
        act: match entry.act {
            Act::Issued => LeafAct::Issued,
            Act::Received => LeafAct::Received,
            Act::Read => LeafAct::Read,
        },
        party: entry.party,
        logged: entry.logged_ms,
        audience: entry.audience,
    }
}

/// The governance chain, the keys that it lists as DID documents, programs and their contexts.
fn network(folder: &Folder, sheaf: &mut Sheaf) -> Result<(), String> {
    let mut chain = Lines::new("governance", sheaf)?;
    let mut next = 0;
    for entry in &folder.config.governance {
        chain.line(sheaf, entry)?;
        next += 1;
    }
    loop {
        let page = folder
            .reader
            .governance(next, 500)
            .map_err(|e| e.to_string())?;
        let Some(last) = page.last() else { break };
        next = last.number + 1;
        for entry in &page {
            let value: Value =
                serde_json::from_slice(&entry.document).map_err(|e| e.to_string())?;
            chain.line(sheaf, &value)?;
        }
    }
    chain.finish(sheaf)?;
    let network = folder.network()?;
    let mut keys: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for key in network.keys.entries() {
        let of = keys.entry(&key.controller).or_default();
        if !of
            .iter()
            .any(|(method, _)| *method == key.verification_method)
        {
            of.push((key.verification_method.clone(), key.key.clone()));
        }
    }
    let mut documents = Lines::new("dids", sheaf)?;
    for (controller, keys) in keys {
        if let Ok(parsed) = Did::parse(controller) {
            documents.line(sheaf, &did::document(&parsed, &keys))?;
        }
    }
    documents.finish(sheaf)?;
    let installed = folder.config.data.join(programs::FOLDER);
    let known = programs::load(installed.is_dir().then_some(installed.as_path()));
    contexts(&known.map_err(|e| e.to_string())?, sheaf)
}

fn contexts(known: &Programs, sheaf: &mut Sheaf) -> Result<(), String> {
    sheaf.text("contexts/record-v1.jsonld", envelope_context())?;
    let mut listed =
        vec![json!({ "url": ENVELOPE_CONTEXT_URL, "file": "contexts/record-v1.jsonld" })];
    let mut done = BTreeSet::new();
    for (_, program) in known.each() {
        let file = format!("contexts/{}-{}.jsonld", program.id, program.version);
        let plain = |name: &str| {
            name.chars()
                .all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
        };
        if !plain(&program.id) || !plain(&program.version) || !done.insert(file.clone()) {
            continue;
        }
        let text = serde_json::to_string_pretty(&program.context).map_err(|e| e.to_string())?;
        sheaf.text(&file, &text)?;
        listed.push(json!({
            "url": context_url(program), "file": file,
            "program": program.id, "version": program.version, "core": program.core_digest,
        }));
    }
    let text = serde_json::to_string_pretty(&listed).map_err(|e| e.to_string())?;
    sheaf.text("contexts/contexts.json", &text)
}

/// Files that records name, each by its digest.
fn attachments(folder: &Folder, sheaf: &mut Sheaf) -> Result<u64, String> {
    let mut lines = Lines::new("attachments", sheaf)?;
    let (mut after, mut count) = (None, 0);
    loop {
        let page = folder
            .reader
            .node_attachments(after.as_ref(), 500)
            .map_err(|e| e.to_string())?;
        let Some(last) = page.last() else { break };
        after = Some(last.digest);
        for file in &page {
            let name = format!("attachments/{}", files::hex(&file.digest));
            // A file that a record names may not have come yet.
            let here = sheaf.copy(&folder.reader.blobs().path(&file.digest), &name)?;
            count += u64::from(here);
            lines.line(
                sheaf,
                &json!({
                    "id": encode::ni(&file.digest), "file": here.then_some(name), "bytes": file.size, "mediaType": file.media_type,
                }),
            )?;
        }
    }
    lines.finish(sheaf)?;
    Ok(count)
}

/// What stands beside records: contacts, erasures, legal holds, proofs against other logs; people only where it was asked for.
fn beside(folder: &Folder, people: bool, sheaf: &mut Sheaf) -> Result<(), String> {
    let away = |e: StoreError| e.to_string();
    let reader = &folder.reader;
    let mut lines = Lines::new("contacts", sheaf)?;
    for (_, bytes) in reader.meta_with_prefix(contacts::META).map_err(away)? {
        let document: Value = serde_json::from_slice(&bytes).map_err(|e| e.to_string())?;
        lines.line(sheaf, &document)?;
    }
    lines.finish(sheaf)?;
    let mut lines = Lines::new("erasures", sheaf)?;
    let mut after = 0;
    loop {
        let page = reader.node_erasures(after, 500).map_err(away)?;
        let Some(last) = page.last() else { break };
        after = last.number;
        for erased in &page {
            lines.line(
                sheaf,
                &json!({
                    "id": erased.id, "view": erased.view, "erased": encode::instant_text(erased.at_ms),
                    "reason": erased.reason, "by": erased.by,
                }),
            )?;
        }
    }
    lines.finish(sheaf)?;
    let mut lines = Lines::new("legal-holds", sheaf)?;
    for hold in reader.legal_holds(true).map_err(away)? {
        lines.line(sheaf, &json!(hold))?;
    }
    lines.finish(sheaf)?;
    let mut lines = Lines::new("forks", sheaf)?;
    for fork in reader.forks().map_err(away)? {
        lines.line(
            sheaf,
            &json!({
                "log": fork.origin, "checkpoints": [fork.note_a, fork.note_b], "reason": fork.reason,
                "found": encode::instant_text(fork.at_ms),
            }),
        )?;
    }
    lines.finish(sheaf)?;
    if !people {
        return Ok(());
    }
    let mut lines = Lines::new("people/followers", sheaf)?;
    let mut after = String::new();
    loop {
        let page = reader.followers(&after, 500).map_err(away)?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.id);
        for follower in &page {
            lines.line(
                sheaf,
                &json!({
                    "party": follower.party, "address": follower.address,
                    "asked": serde_json::from_str::<Value>(&follower.data).unwrap_or_default(),
                    "since": encode::instant_text(follower.created_ms),
                    "confirmed": follower.confirmed_ms.map(encode::instant_text),
                }),
            )?;
        }
    }
    lines.finish(sheaf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tiles_of_a_tree_are_all_that_it_has() {
        for size in [0, 1, 255, 256, 257, 65_536, 65_537, 70_000] {
            let size = TreeSize::new(size);
            let paths: Vec<TilePath> = tiles(size).collect();
            assert!(paths.iter().all(|path| path.exists(size)), "{size}");
            let leaves = |path: &TilePath| match path {
                TilePath::Entries { width, .. } => u64::from(*width),
                TilePath::Hashes { .. } => 0,
            };
            assert_eq!(paths.iter().map(leaves).sum::<u64>(), size.get());
            let bottom = |path: &TilePath| match path {
                TilePath::Hashes {
                    level: 0, width, ..
                } => u64::from(*width),
                _ => 0,
            };
            assert_eq!(paths.iter().map(bottom).sum::<u64>(), size.get());
            let above = |path: &TilePath| match path {
                TilePath::Hashes {
                    level: 1, width, ..
                } => u64::from(*width),
                _ => 0,
            };
            assert_eq!(paths.iter().map(above).sum::<u64>(), size.get() / 256);
        }
    }
}
