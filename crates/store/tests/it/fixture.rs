//! Stores in folders of their own, and commits that fit them.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use garita_store::{
    Act, CaseLink, CaseView, Commit, Committed, Entitlement, LogAppend, LogEntry, Options, Reader,
    RecordRow, StoreError, Term, Writer, open,
};
use garita_tlog::{Checkpoint, Frontier, KeyId, LeafIndex, NoteSigner, SigningFailed};

pub(crate) const ORIGIN: &str = "node.example/log";
pub(crate) const CBP: &str = "did:web:cbp.example";
pub(crate) const ANAM: &str = "did:web:anam.example";
pub(crate) const WHOLE: &str = "whole";

/// A folder that goes with the value.
#[derive(Debug)]
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!(
            "garita-store-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An open store.
pub(crate) struct Store {
    pub(crate) writer: Writer,
    pub(crate) reader: Reader,
    // Last, so that it goes after the connections.
    _folder: Folder,
}

impl Store {
    pub(crate) fn temporary() -> Self {
        let folder = Folder::new();
        let (writer, reader) = open(&folder.0, &Options::default()).unwrap();
        Self {
            writer,
            reader,
            _folder: folder,
        }
    }

    /// Logs and stores records, each entitled to its parties, in one commit.
    pub(crate) fn put(&mut self, records: &[Put<'_>]) -> Result<Committed, StoreError> {
        let commit = commit_of(&mut self.writer, records);
        self.writer.commit(&commit)
    }
}

/// What a test says of a record.
#[derive(Clone, Copy)]
pub(crate) struct Put<'a> {
    pub(crate) id: &'a str,
    pub(crate) view: &'a str,
    pub(crate) record_type: &'a str,
    pub(crate) issuer: &'a str,
    pub(crate) ms: i64,
    pub(crate) parties: &'a [&'a str],
    pub(crate) case: &'a str,
}

impl<'a> Put<'a> {
    pub(crate) fn new(id: &'a str, ms: i64, parties: &'a [&'a str]) -> Self {
        Self {
            id,
            view: WHOLE,
            record_type: "Manifest",
            issuer: "did:web:carrier.example",
            ms,
            parties,
            case: "T1",
        }
    }
}

/// A commit that continues the store as it is.
pub(crate) fn commit_of(writer: &mut Writer, records: &[Put<'_>]) -> Commit {
    let head = writer.head().unwrap().clone();
    let mut commit = Commit::default();
    let mut entries = Vec::new();
    for (place, put) in records.iter().enumerate() {
        let index = LeafIndex::new(head.frontier.size().get() + place as u64);
        entries.push(entry(index, put));
        commit.records.push(row(index, put));
        for party in put.parties {
            commit.entitlements.push(Entitlement {
                party: (*party).to_owned(),
                id: put.id.to_owned(),
                view: put.view.to_owned(),
                since: index,
                grant: None,
            });
        }
        commit.case_links.push(CaseLink {
            kind: "trip".to_owned(),
            key: put.case.to_owned(),
            id: put.id.to_owned(),
            view: put.view.to_owned(),
        });
    }
    commit.log = Some(append(&head.frontier, entries));
    commit
}

pub(crate) fn append(before: &Frontier, entries: Vec<LogEntry>) -> LogAppend {
    let base = before.size();
    let mut frontier = before.clone();
    for entry in &entries {
        frontier.push(&entry.leaf).unwrap();
    }
    let checkpoint = Checkpoint::new(ORIGIN, frontier.size(), frontier.root())
        .sign(&FixedSigner)
        .unwrap();
    LogAppend {
        base,
        entries,
        checkpoint,
    }
}

fn entry(index: LeafIndex, put: &Put<'_>) -> LogEntry {
    let mut leaf = [9; 32];
    leaf[..8].copy_from_slice(&index.get().to_be_bytes());
    LogEntry {
        index,
        leaf,
        id: put.id.to_owned(),
        view: put.view.to_owned(),
        act: Act::Issued,
        party: put.issuer.to_owned(),
        logged_ms: put.ms,
        audience: "[]".to_owned(),
        salt: Some([u8::try_from(index.get() % 256).unwrap(); 32]),
    }
}

fn row(index: LeafIndex, put: &Put<'_>) -> RecordRow {
    RecordRow {
        id: put.id.to_owned(),
        view: put.view.to_owned(),
        record_type: put.record_type.to_owned(),
        issuer: put.issuer.to_owned(),
        logged_ms: put.ms,
        occurred_ms: put.ms - 1,
        home: "node.example".to_owned(),
        document: format!("{{\"id\":\"{}\",\"view\":\"{}\"}}", put.id, put.view).into_bytes(),
        stamp: b"{}".to_vec(),
        profile: "ni:///sha-256;p".to_owned(),
        local_index: index,
        disputed: None,
        received_from: None,
    }
}

pub(crate) fn case_view(party: &str, key: &str, shown: &str, updated: u64) -> CaseView {
    CaseView {
        party: party.to_owned(),
        kind: "trip".to_owned(),
        key: key.to_owned(),
        state: "{}".to_owned(),
        shown: shown.to_owned(),
        title: format!("Trip {key}"),
        since_ms: 5,
        updated: LeafIndex::new(updated),
        opening: None,
        board: "{}".to_owned(),
        line: String::new(),
        due_ms: None,
    }
}

pub(crate) fn term(party: &str, name: &str, value: &str, key: &str, by_suffix: bool) -> Term {
    Term {
        party: party.to_owned(),
        name: name.to_owned(),
        value: value.to_owned(),
        kind: "trip".to_owned(),
        key: key.to_owned(),
        by_suffix,
    }
}

/// The store checks what a checkpoint says, not who signed it: that is the exchange's.
struct FixedSigner;

impl NoteSigner for FixedSigner {
    fn name(&self) -> &str {
        ORIGIN
    }
    fn key_id(&self) -> KeyId {
        KeyId::new([1, 2, 3, 4])
    }
    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, SigningFailed> {
        Ok(vec![0; 64])
    }
}
