//! The contract: what erasing removes and leaves, and what keeps a record from it.

use garita_store::{
    Attachment, AttachmentLink, Commit, Erasure, HeldBy, HoldLifted, LegalHold, OutboxItem,
};
use garita_tlog::LeafIndex;

use crate::fixture::{ANAM, CBP, Put, Store, WHOLE, commit_of};

type Open<'a> = &'a dyn Fn() -> Store;

const RESIDUE: &[u8] = br#"{"id":"r1"}"#;

fn erasure(id: &str, view: &str, at_ms: i64) -> Erasure {
    Erasure {
        id: id.to_owned(),
        view: view.to_owned(),
        residue: RESIDUE.to_vec(),
        at_ms,
        reason: "asked for".to_owned(),
        by: "operator".to_owned(),
    }
}

fn erase(store: &mut Store, erasures: Vec<Erasure>) {
    let commit = Commit {
        erasures,
        ..Commit::default()
    };
    store.writer.commit(&commit).unwrap();
}

pub(crate) fn what_is_erased_leaves_its_row_and_the_log_whole(open: Open<'_>) {
    let mut store = open();
    let plate = Put {
        view: "plate",
        ..Put::new("r1", 10, &[ANAM])
    };
    let records = [
        Put::new("r1", 10, &[CBP]),
        plate,
        Put::new("r2", 11, &[CBP]),
    ];
    let mut commit = commit_of(&mut store.writer, &records);
    commit.derivers.push(("r1".to_owned(), b"base".to_vec()));
    store.writer.commit(&commit).unwrap();
    let head = store.reader.head().unwrap();
    assert_eq!(store.reader.node_erased("r1", WHOLE).unwrap(), None);

    erase(
        &mut store,
        vec![erasure("r1", WHOLE, 20), erasure("r1", "plate", 20)],
    );
    // Held, found and listed as before, with what was left of it.
    let held = store.reader.record(CBP, "r1").unwrap().unwrap();
    assert_eq!(
        (held.record.document.as_slice(), held.erased_ms),
        (RESIDUE, Some(20))
    );
    assert_eq!(
        store.reader.node_holds("r1", WHOLE).unwrap(),
        Some(LeafIndex::new(0))
    );
    assert_eq!(
        store.reader.case_records(CBP, "trip", "T1").unwrap().len(),
        2
    );
    assert_eq!(store.reader.ids(CBP, 0, 100).unwrap().len(), 2);
    assert_eq!(store.reader.node_deriver("r1").unwrap(), None);
    // Salts go with it, those of others stay; the tree does not move.
    let salts: Vec<bool> = store
        .reader
        .log_entries(LeafIndex::new(0), 10)
        .unwrap()
        .iter()
        .map(|entry| entry.salt.is_some())
        .collect();
    assert_eq!(salts, [false, false, true]);
    assert_eq!(store.reader.head().unwrap(), head);
    assert_eq!(store.reader.verify_tail(10).unwrap().checked, 3);
    let damages = store.reader.damages().unwrap();
    assert!(damages.is_empty(), "{damages:?}");
    let told = store.reader.node_erased("r1", WHOLE).unwrap().unwrap();
    assert_eq!(
        (told.at_ms, told.reason.as_str(), told.by.as_str()),
        (20, "asked for", "operator")
    );
    assert_eq!(store.reader.node_erasures(0, 10).unwrap().len(), 2);
    assert_eq!(
        store.reader.node_erasures(told.number, 10).unwrap().len(),
        1
    );

    // Again it changes nothing; of what is not here it is a mistake.
    erase(&mut store, vec![erasure("r1", WHOLE, 30)]);
    let held = store.reader.record(CBP, "r1").unwrap().unwrap();
    assert_eq!(held.erased_ms, Some(20));
    let wrong = Commit {
        erasures: vec![erasure("nowhere", WHOLE, 30)],
        ..Commit::default()
    };
    let refused = store.writer.commit(&wrong).unwrap_err();
    assert_eq!(refused.code(), "store-missing");
    // The log goes on.
    store.put(&[Put::new("r3", 40, &[CBP])]).unwrap();
    assert_eq!(store.reader.verify_tail(10).unwrap().checked, 4);
}

pub(crate) fn a_file_goes_with_the_last_record_that_names_it(open: Open<'_>) {
    let mut store = open();
    let info = store.reader.blobs().put(b"a scan").unwrap();
    let issuer = "did:web:carrier.example";
    let mut commit = commit_of(
        &mut store.writer,
        &[Put::new("r1", 10, &[CBP]), Put::new("r2", 10, &[CBP])],
    );
    commit.attachments.push(Attachment {
        digest: info.digest,
        size: info.size,
        media_type: "image/png".to_owned(),
    });
    commit
        .attachment_owners
        .push((info.digest, issuer.to_owned()));
    for id in ["r1", "r2"] {
        commit.attachment_links.push(AttachmentLink {
            digest: info.digest,
            id: id.to_owned(),
            view: WHOLE.to_owned(),
        });
    }
    store.writer.commit(&commit).unwrap();
    erase(&mut store, vec![erasure("r1", WHOLE, 20)]);
    assert!(
        store
            .reader
            .attachment(CBP, &info.digest)
            .unwrap()
            .is_some()
    );
    assert_eq!(store.reader.blobs().size(&info.digest).unwrap(), Some(6));
    erase(&mut store, vec![erasure("r2", WHOLE, 20)]);
    assert_eq!(store.reader.node_attachment(&info.digest).unwrap(), None);
    assert_eq!(store.reader.blobs().size(&info.digest).unwrap(), None);
    assert!(
        !store
            .reader
            .attachment_may_name(issuer, &info.digest)
            .unwrap()
    );

    // Brought again it is there again, and stays.
    store.reader.blobs().put(b"a scan").unwrap();
    let again = Commit {
        attachments: commit.attachments.clone(),
        attachment_owners: commit.attachment_owners.clone(),
        ..Commit::default()
    };
    store.writer.commit(&again).unwrap();
    store.put(&[Put::new("r3", 30, &[CBP])]).unwrap();
    erase(&mut store, vec![erasure("r3", WHOLE, 40)]);
    assert_eq!(store.reader.blobs().size(&info.digest).unwrap(), Some(6));
}

pub(crate) fn holds_and_deliveries_keep_a_record(open: Open<'_>) {
    let mut store = open();
    let other = Put {
        case: "T2",
        issuer: "did:web:other.example",
        ..Put::new("r2", 11, &[ANAM])
    };
    let mut commit = commit_of(&mut store.writer, &[Put::new("r1", 10, &[CBP]), other]);
    commit.outbox.push(OutboxItem {
        peer: "node.peer".to_owned(),
        id: "r2".to_owned(),
        view: WHOLE.to_owned(),
        recipients: "[]".to_owned(),
        queued_ms: 11,
    });
    store.writer.commit(&commit).unwrap();
    let hold = |on: HeldBy| LegalHold {
        number: 0,
        on,
        reason: "order 12".to_owned(),
        by: "M. Herrera".to_owned(),
        set_ms: 15,
        lifted: None,
    };
    let case = HeldBy::Case {
        kind: "trip".to_owned(),
        key: "T1".to_owned(),
    };
    let party = |did: &str| HeldBy::Party {
        party: did.to_owned(),
    };
    let set = Commit {
        legal_holds: vec![
            hold(case.clone()),
            hold(party(ANAM)),
            hold(party("did:web:carrier.example")),
        ],
        ..Commit::default()
    };
    store.writer.commit(&set).unwrap();
    let on = |store: &Store, id: &str| -> Vec<HeldBy> {
        let holds = store.reader.node_holds_on(id).unwrap();
        holds.into_iter().map(|hold| hold.on).collect()
    };
    // By its case and its issuer; by who may read it.
    assert_eq!(
        on(&store, "r1"),
        [case.clone(), party("did:web:carrier.example")]
    );
    assert_eq!(on(&store, "r2"), [party(ANAM)]);
    let standing = store.reader.legal_holds(false).unwrap();
    assert_eq!((standing.len(), standing[0].by.as_str()), (3, "M. Herrera"));
    let lift = |by: &str| Commit {
        legal_holds_lifted: vec![HoldLifted {
            number: standing[0].number,
            by: by.to_owned(),
            at_ms: 30,
            reason: "closed".to_owned(),
        }],
        ..Commit::default()
    };
    for by in ["first", "second"] {
        store.writer.commit(&lift(by)).unwrap();
    }
    assert_eq!(on(&store, "r1"), [party("did:web:carrier.example")]);
    assert_eq!(store.reader.legal_holds(false).unwrap().len(), 2);
    let all = store.reader.legal_holds(true).unwrap();
    let lifted = all[0].lifted.as_ref().unwrap();
    assert_eq!((all.len(), lifted.by.as_str()), (3, "first"));

    assert_eq!(store.reader.node_owed("r2").unwrap(), ["node.peer"]);
    assert_eq!(store.reader.node_owed("r1").unwrap(), Vec::<String>::new());

    // What retention asks: each record once, with the newest of its cases, but for notices.
    let kept = store.reader.node_kept(0, 11, "Erased", 10).unwrap();
    let told: Vec<(&str, i64)> = kept.iter().map(|k| (k.id.as_str(), k.cases[0].2)).collect();
    assert_eq!(told, [("r1", 10)]);
    let notice = Put {
        record_type: "Erased",
        ..Put::new("r3", 50, &[CBP])
    };
    store
        .put(&[
            notice,
            Put {
                view: "plate",
                ..Put::new("r1", 50, &[])
            },
        ])
        .unwrap();
    let kept = store.reader.node_kept(0, 20, "Erased", 10).unwrap();
    let told: Vec<(&str, i64)> = kept.iter().map(|k| (k.id.as_str(), k.cases[0].2)).collect();
    assert_eq!(told, [("r1", 50), ("r2", 11)]);
    erase(&mut store, vec![erasure("r2", WHOLE, 60)]);
    let kept = store
        .reader
        .node_kept(kept[0].number, 100, "Erased", 10)
        .unwrap();
    assert_eq!(
        kept.iter().map(|k| k.id.as_str()).collect::<Vec<_>>(),
        ["r3"]
    );
}
