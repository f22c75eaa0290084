//! The contract: what moves between nodes, who may come in, files.

use std::io::Read as _;

use garita_store::{
    Ack, ApiToken, Attachment, AttachmentLink, Commit, DeliveryAnswer, Fork, GovernanceEntry,
    Idempotency, InboxSeen, KeyObservation, Lacking, OutboxItem, OutboxJump, OutboxRegained, Peer,
    PeerAnswer, PeerCheckpoint, Refusal, RegainProgress, Session, SignInLink, SignInUse,
    StoreError, Waiting,
};
use garita_tlog::{Hash, LeafIndex, TreeSize};

use crate::fixture::{ANAM, CBP, Put, Store, WHOLE, commit_of};

type Open<'a> = &'a dyn Fn() -> Store;

fn code<T: std::fmt::Debug>(result: Result<T, StoreError>) -> &'static str {
    result.unwrap_err().code()
}

fn item(peer: &str, id: &str) -> OutboxItem {
    OutboxItem {
        peer: peer.to_owned(),
        id: id.to_owned(),
        view: WHOLE.to_owned(),
        recipients: "[]".to_owned(),
        queued_ms: 10,
    }
}

/// A store with records r1, r2, r3 queued for `mx` and r1 for `bridge`.
fn queued(open: Open<'_>) -> Store {
    let mut store = open();
    let puts = [
        Put::new("r1", 10, &[CBP]),
        Put::new("r2", 10, &[CBP]),
        Put::new("r3", 10, &[CBP]),
    ];
    let mut commit = commit_of(&mut store.writer, &puts);
    commit.outbox = vec![
        item("mx", "r1"),
        item("mx", "r2"),
        item("bridge", "r1"),
        item("mx", "r3"),
    ];
    assert_eq!(store.writer.commit(&commit).unwrap().outbox, [1, 2, 1, 3]);
    store
}

fn ack(up_to: u64, answers: Vec<(u64, PeerAnswer)>) -> Commit {
    let answers = answers
        .into_iter()
        .map(|(seq, answer)| DeliveryAnswer { seq, answer })
        .collect();
    let ack = Ack {
        peer: "mx".to_owned(),
        up_to,
        acked_ms: 50,
        checkpoint: Some("note".to_owned()),
        answers,
    };
    Commit {
        acks: vec![ack],
        ..Commit::default()
    }
}

fn logged(index: u64) -> PeerAnswer {
    PeerAnswer::Logged {
        index: LeafIndex::new(index),
        salt: [3; 32],
        logged_ms: 40,
    }
}

pub(crate) fn outboxes_have_no_gaps(open: Open<'_>) {
    let mut store = queued(open);
    // A commit that fails uses up no number.
    let failing = Commit {
        outbox: vec![item("mx", "r1"), item("mx", "nowhere")],
        ..Commit::default()
    };
    assert_eq!(code(store.writer.commit(&failing)), "store-missing");
    let more = Commit {
        outbox: vec![item("mx", "r2")],
        ..Commit::default()
    };
    assert_eq!(store.writer.commit(&more).unwrap().outbox, [4]);
    let entries = store.reader.outbox_after("mx", 1, 2).unwrap();
    assert_eq!(
        entries
            .iter()
            .map(|entry| (entry.seq, entry.item.id.as_str()))
            .collect::<Vec<_>>(),
        [(2, "r2"), (3, "r3")]
    );
    assert_eq!(entries[0].document, br#"{"id":"r2","view":"whole"}"#);
    assert!(
        store
            .reader
            .outbox_after("nobody", 0, 9)
            .unwrap()
            .is_empty()
    );
    assert_eq!(store.reader.outbox_status("nobody").unwrap(), None);
    let peers: Vec<_> = store
        .reader
        .outboxes()
        .unwrap()
        .into_iter()
        .map(|one| (one.peer.clone(), one.pending()))
        .collect();
    assert_eq!(peers, [("bridge".to_owned(), 1), ("mx".to_owned(), 4)]);
}

/// After a restore: what the peer took is a hole that is written down, new numbers begin behind it, and it fills as the peer tells.
pub(crate) fn an_outbox_goes_on_behind_what_its_peer_took(open: Open<'_>) {
    let mut store = queued(open);
    store.writer.commit(&ack(1, Vec::new())).unwrap();
    let jump = Commit {
        outbox_jumps: vec![OutboxJump {
            peer: "mx".to_owned(),
            to: 6,
            at_ms: 70,
        }],
        ..Commit::default()
    };
    store.writer.commit(&jump).unwrap();
    let hole = store.reader.outbox_hole("mx").unwrap().unwrap();
    assert_eq!(
        (hole.from, hole.to, hole.asked, hole.done_ms),
        (1, 6, 1, None)
    );
    let next = Commit {
        outbox: vec![item("mx", "r1")],
        ..Commit::default()
    };
    assert_eq!(store.writer.commit(&next).unwrap().outbox, [7]);
    let none: Vec<String> = store
        .reader
        .damages()
        .unwrap()
        .iter()
        .map(|d| d.code.to_owned())
        .collect();
    assert!(!none.contains(&"outbox-gap".to_owned()), "{none:?}");
    let back = |seq| Commit {
        outbox_regained: vec![OutboxRegained {
            seq,
            item: item("mx", "r2"),
        }],
        ..Commit::default()
    };
    // Only what is missing is filled: not what was answered before, nor what was given since.
    for seq in [1, 7] {
        assert_eq!(code(store.writer.commit(&back(seq))), "store-conflict");
    }
    store.writer.commit(&back(5)).unwrap();
    let sequences: Vec<u64> = store
        .reader
        .outbox_after("mx", 0, 20)
        .unwrap()
        .iter()
        .map(|entry| entry.seq)
        .collect();
    assert_eq!(sequences, [1, 2, 3, 5, 7]);
    let done = Commit {
        outbox_asked: vec![(
            "mx".to_owned(),
            RegainProgress {
                asked: 6,
                taken: 0,
                done_ms: Some(80),
            },
        )],
        ..Commit::default()
    };
    store.writer.commit(&done).unwrap();
    let hole = store.reader.outbox_hole("mx").unwrap().unwrap();
    assert_eq!((hole.asked, hole.done_ms), (6, Some(80)));
    let codes: Vec<&str> = store
        .reader
        .damages()
        .unwrap()
        .iter()
        .map(|d| d.code)
        .collect();
    assert!(!codes.contains(&"outbox-gap"), "{codes:?}");
}

pub(crate) fn refuses_acknowledgements_beyond_the_outbox(open: Open<'_>) {
    let mut store = queued(open);
    for commit in [
        ack(4, Vec::new()),
        ack(1, vec![(4, logged(0))]),
        ack(0, vec![(0, logged(0))]),
    ] {
        assert_eq!(code(store.writer.commit(&commit)), "store-conflict");
    }
    store.writer.commit(&ack(2, Vec::new())).unwrap();
    store.writer.commit(&ack(1, Vec::new())).unwrap();
    let status = store.reader.outbox_status("mx").unwrap().unwrap();
    assert_eq!(
        (status.acked, status.last, status.oldest_pending_ms),
        (2, 3, Some(10))
    );
}

pub(crate) fn receipts_are_kept_for_good(open: Open<'_>) {
    let mut store = queued(open);
    let refused = PeerAnswer::Refused {
        answer: b"signed".to_vec(),
    };
    let waiting = PeerAnswer::Waiting {
        lacking: "key did:web:x".to_owned(),
    };
    store
        .writer
        .commit(&ack(
            3,
            vec![(1, logged(7)), (2, waiting), (3, refused.clone())],
        ))
        .unwrap();
    let holders = store.reader.node_holders("r1").unwrap();
    assert_eq!(holders.len(), 2);
    let mx = holders.iter().find(|holder| holder.peer == "mx").unwrap();
    assert_eq!(
        (mx.answer.clone(), mx.acked_ms),
        (Some(logged(7)), Some(50))
    );
    assert_eq!(mx.checkpoint.as_deref(), Some("note"));
    assert_eq!(
        holders
            .iter()
            .find(|holder| holder.peer == "bridge")
            .unwrap()
            .answer,
        None
    );
    assert_eq!(
        store.reader.node_holders("r3").unwrap()[0].answer,
        Some(refused)
    );
    // What waited there was logged later; what was logged can't be taken back.
    let later = PeerAnswer::Refused { answer: Vec::new() };
    store
        .writer
        .commit(&ack(3, vec![(2, logged(8)), (1, later)]))
        .unwrap();
    assert_eq!(
        store.reader.node_holders("r2").unwrap()[0].answer,
        Some(logged(8))
    );
    let first = store.reader.node_holders("r1").unwrap();
    assert!(first.iter().any(|holder| holder.answer == Some(logged(7))));
}

pub(crate) fn the_inbox_never_goes_back(open: Open<'_>) {
    let mut store = open();
    assert_eq!(store.reader.inbox_seen("mx").unwrap(), 0);
    for (seq, expected) in [(5, 5), (3, 5), (6, 6)] {
        let commit = Commit {
            inbox: vec![InboxSeen {
                peer: "mx".to_owned(),
                seq,
            }],
            ..Commit::default()
        };
        store.writer.commit(&commit).unwrap();
        assert_eq!(store.reader.inbox_seen("mx").unwrap(), expected);
    }
}

pub(crate) fn waiting_is_found_by_what_lacks(open: Open<'_>) {
    let mut store = open();
    let waiting = |id: &str, lacking, name: &str| Waiting {
        number: 0,
        peer: "mx".to_owned(),
        seq: 4,
        id: id.to_owned(),
        view: WHOLE.to_owned(),
        lacking,
        name: name.to_owned(),
        bytes: b"delivery".to_vec(),
        since_ms: 10,
    };
    let rows = vec![
        waiting("r1", Lacking::Key, "did:a"),
        waiting("r2", Lacking::Profile, "p"),
    ];
    let numbers = store
        .writer
        .commit(&Commit {
            waiting: rows,
            ..Commit::default()
        })
        .unwrap()
        .waiting;
    let again = Commit {
        waiting: vec![waiting("r1", Lacking::Profile, "p")],
        ..Commit::default()
    };
    assert_eq!(store.writer.commit(&again).unwrap().waiting, numbers[..1]);
    assert!(
        store
            .reader
            .waiting_for(Lacking::Key, "did:a")
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        store
            .reader
            .waiting_for(Lacking::Profile, "p")
            .unwrap()
            .len(),
        2
    );
    assert_eq!(store.reader.counts().unwrap().waiting, 2);
    store
        .writer
        .commit(&Commit {
            waiting_done: numbers,
            ..Commit::default()
        })
        .unwrap();
    assert!(store.reader.waiting(0, 10).unwrap().is_empty());
}

pub(crate) fn others_checkpoints_and_forks_are_kept(open: Open<'_>) {
    let mut store = open();
    let checkpoint = |size, root| PeerCheckpoint {
        origin: "mx".to_owned(),
        size: TreeSize::new(size),
        root: Hash::new([root; 32]),
        note: format!("{size}-{root}"),
        shown_by: "bridge".to_owned(),
        at_ms: 1,
    };
    let fork = Fork {
        origin: "mx".to_owned(),
        note_a: "9-1".to_owned(),
        note_b: "9-2".to_owned(),
        reason: "two roots".to_owned(),
        at_ms: 2,
    };
    let peer = |data: &str| Peer {
        peer: "mx".to_owned(),
        data: data.to_owned(),
        updated_ms: 3,
    };
    let commit = Commit {
        peer_checkpoints: vec![
            checkpoint(9, 1),
            checkpoint(5, 3),
            checkpoint(9, 2),
            checkpoint(9, 1),
        ],
        forks: vec![fork.clone()],
        peers: vec![peer("old"), peer("new")],
        ..Commit::default()
    };
    store.writer.commit(&commit).unwrap();
    assert_eq!(
        store.reader.peer_checkpoint("mx").unwrap().unwrap().size,
        TreeSize::new(9)
    );
    assert_eq!(
        store
            .reader
            .peer_checkpoints_at("mx", TreeSize::new(9))
            .unwrap()
            .len(),
        2
    );
    assert_eq!(store.reader.peer_checkpoint("us").unwrap(), None);
    assert_eq!(store.reader.forks().unwrap(), [fork]);
    assert_eq!(store.reader.peers().unwrap(), [peer("new")]);
}

pub(crate) fn repeated_requests_get_one_answer(open: Open<'_>) {
    let mut store = open();
    let answer = |request, response: &[u8], expires_ms| Idempotency {
        key: "k".to_owned(),
        principal: CBP.to_owned(),
        request: [request; 32],
        status: 201,
        response: response.to_vec(),
        expires_ms,
    };
    let mut write = |row, expire| {
        store.writer.commit(&Commit {
            idempotency: vec![row],
            expire_before_ms: expire,
            ..Commit::default()
        })
    };
    write(answer(1, b"first", 100), None).unwrap();
    write(answer(1, b"second", 100), None).unwrap();
    assert_eq!(
        code(write(answer(2, b"other", 100), None)),
        "store-conflict"
    );
    let read = |principal, now| {
        store
            .reader
            .idempotency(principal, "k", now)
            .unwrap()
            .map(|row| row.response)
    };
    assert_eq!(read(CBP, 50), Some(b"first".to_vec()));
    assert_eq!(read(CBP, 100), None);
    assert_eq!(read(ANAM, 50), None);
    write(answer(2, b"other", 300), Some(200)).unwrap();
    assert_eq!(read(CBP, 250), Some(b"other".to_vec()));
}

pub(crate) fn sign_in_links_work_once(open: Open<'_>) {
    let mut store = open();
    let link = |hash| SignInLink {
        hash: [hash; 32],
        party: CBP.to_owned(),
        data: "{}".to_owned(),
        expires_ms: 100,
        used_ms: None,
    };
    store
        .writer
        .commit(&Commit {
            sign_in_links: vec![link(1), link(2)],
            ..Commit::default()
        })
        .unwrap();
    let mut use_link = |hash, at_ms| {
        let used = SignInUse {
            hash: [hash; 32],
            at_ms,
        };
        store.writer.commit(&Commit {
            sign_in_used: vec![used],
            ..Commit::default()
        })
    };
    use_link(1, 50).unwrap();
    assert_eq!(code(use_link(1, 51)), "store-conflict");
    assert_eq!(code(use_link(2, 100)), "store-conflict");
    assert_eq!(code(use_link(3, 50)), "store-conflict");
    assert_eq!(
        store
            .reader
            .sign_in_link(&[1; 32])
            .unwrap()
            .unwrap()
            .used_ms,
        Some(50)
    );
}

pub(crate) fn tokens_and_sessions_end(open: Open<'_>) {
    let mut store = open();
    let token = |revoked_ms| ApiToken {
        hash: [1; 32],
        name: "tms".to_owned(),
        party: CBP.to_owned(),
        scopes: "[]".to_owned(),
        created_ms: 0,
        expires_ms: 100,
        revoked_ms,
    };
    let session = Session {
        hash: [2; 32],
        party: CBP.to_owned(),
        data: "{}".to_owned(),
        expires_ms: 100,
    };
    let commit = Commit {
        api_tokens: vec![token(None)],
        sessions: vec![session.clone()],
        ..Commit::default()
    };
    store.writer.commit(&commit).unwrap();
    assert!(store.reader.api_token(&[1; 32], 99).unwrap().is_some());
    assert!(store.reader.api_token(&[1; 32], 100).unwrap().is_none());
    assert!(store.reader.api_token(&[9; 32], 1).unwrap().is_none());
    assert_eq!(store.reader.session(&[2; 32], 99).unwrap(), Some(session));
    assert_eq!(store.reader.session(&[2; 32], 100).unwrap(), None);
    let end = Commit {
        api_tokens: vec![token(Some(50))],
        sessions_ended: vec![[2; 32]],
        ..Commit::default()
    };
    store.writer.commit(&end).unwrap();
    assert!(store.reader.api_token(&[1; 32], 60).unwrap().is_none());
    assert_eq!(store.reader.session(&[2; 32], 1).unwrap(), None);
    assert_eq!(store.reader.api_tokens(CBP).unwrap().len(), 1);
}

pub(crate) fn governance_keys_and_meta(open: Open<'_>) {
    let mut store = open();
    let entry = |number, id: &str| GovernanceEntry {
        number,
        id: id.to_owned(),
        predecessor: None,
        kind: "charter".to_owned(),
        document: b"{}".to_vec(),
        logged_ms: 1,
    };
    let key = |until_ms| KeyObservation {
        did: CBP.to_owned(),
        method: format!("{CBP}#k1"),
        multibase: "z6Mk".to_owned(),
        from_ms: 1,
        until_ms,
        revoked_from_ms: None,
    };
    let commit = Commit {
        governance: vec![entry(1, "b"), entry(0, "a"), entry(1, "rival")],
        key_observations: vec![key(None), key(Some(9))],
        meta: vec![
            ("node.a".to_owned(), Some(b"1".to_vec())),
            ("node.b".to_owned(), Some(b"2".to_vec())),
        ],
        ..Commit::default()
    };
    store.writer.commit(&commit).unwrap();
    let ids: Vec<_> = store
        .reader
        .governance(0, 10)
        .unwrap()
        .into_iter()
        .map(|entry| entry.id)
        .collect();
    assert_eq!(ids, ["a", "b", "rival"]);
    assert_eq!(store.reader.keys(CBP).unwrap(), [key(Some(9))]);
    assert_eq!(store.reader.all_keys().unwrap().len(), 1);
    assert_eq!(store.reader.meta("node.a").unwrap(), Some(b"1".to_vec()));
    assert_eq!(store.reader.meta_with_prefix("node.").unwrap().len(), 2);
    store
        .writer
        .commit(&Commit {
            meta: vec![("node.a".to_owned(), None)],
            ..Commit::default()
        })
        .unwrap();
    assert_eq!(store.reader.meta("node.a").unwrap(), None);
}

pub(crate) fn a_named_value_is_changed_only_from_what_it_was(open: Open<'_>) {
    let mut store = open();
    let step = |from: Option<&str>, to: &str| Commit {
        meta_expected: vec![("witness:a".to_owned(), from.map(|v| v.as_bytes().to_vec()))],
        meta: vec![("witness:a".to_owned(), Some(to.as_bytes().to_vec()))],
        ..Commit::default()
    };
    assert_eq!(
        code(store.writer.commit(&step(Some("1"), "2"))),
        "store-conflict"
    );
    assert_eq!(store.reader.meta("witness:a").unwrap(), None);
    store.writer.commit(&step(None, "1")).unwrap();
    // The second of two that were made for the same state changes nothing.
    assert_eq!(
        code(store.writer.commit(&step(None, "rival"))),
        "store-conflict"
    );
    assert_eq!(store.reader.meta("witness:a").unwrap(), Some(b"1".to_vec()));
    store.writer.commit(&step(Some("1"), "2")).unwrap();
    assert_eq!(
        code(store.writer.commit(&step(Some("1"), "3"))),
        "store-conflict"
    );
    assert_eq!(store.reader.meta("witness:a").unwrap(), Some(b"2".to_vec()));
}

pub(crate) fn files_are_for_those_who_may_read_the_record(open: Open<'_>) {
    let mut store = open();
    let info = store.reader.blobs().put(b"a scan").unwrap();
    assert_eq!(store.reader.blobs().put(b"a scan").unwrap(), info);
    let file = Attachment {
        digest: info.digest,
        size: info.size,
        media_type: "image/png".to_owned(),
    };
    let mut commit = commit_of(&mut store.writer, &[Put::new("r1", 10, &[CBP])]);
    commit.attachments.push(file.clone());
    commit.attachment_links.push(AttachmentLink {
        digest: info.digest,
        id: "r1".to_owned(),
        view: WHOLE.to_owned(),
    });
    store.writer.commit(&commit).unwrap();
    assert_eq!(
        store.reader.attachment(CBP, &info.digest).unwrap(),
        Some(file.clone())
    );
    assert_eq!(store.reader.attachment(ANAM, &info.digest).unwrap(), None);
    assert_eq!(
        store.reader.node_attachment(&info.digest).unwrap(),
        Some(file)
    );
    let mut bytes = Vec::new();
    store
        .reader
        .blobs()
        .open_blob(&info.digest)
        .unwrap()
        .unwrap()
        .read_to_end(&mut bytes)
        .unwrap();
    assert_eq!(bytes, b"a scan");
    assert_eq!(store.reader.blobs().size(&info.digest).unwrap(), Some(6));
    assert_eq!(store.reader.blobs().size(&[0; 32]).unwrap(), None);
    let mut large = store.reader.blobs().create(4).unwrap();
    assert_eq!(code(large.write(b"12345")), "store-invalid");
    let mut other = store.reader.blobs().create(9).unwrap();
    other.write(b"other").unwrap();
    assert_eq!(code(other.finish(Some(&info.digest))), "store-invalid");
}

pub(crate) fn counts_are_of_what_is_there(open: Open<'_>) {
    let mut store = queued(open);
    store
        .put(&[Put {
            view: "plate",
            case: "T2",
            ..Put::new("r1", 10, &[])
        }])
        .unwrap();
    let refusal = |given| Refusal {
        peer: "mx".to_owned(),
        given,
        id: None,
        code: "proof-invalid".to_owned(),
        answer: Vec::new(),
        at_ms: 1,
    };
    let mut commit = ack(2, Vec::new());
    commit.refusals = vec![refusal(true), refusal(true), refusal(false)];
    store.writer.commit(&commit).unwrap();
    let counts = store.reader.counts().unwrap();
    assert_eq!((counts.records, counts.cases, counts.log_size), (3, 2, 4));
    assert_eq!(
        (
            counts.deliveries,
            counts.deliveries_acked,
            counts.deliveries_pending
        ),
        (4, 2, 2)
    );
    assert_eq!(counts.refused, [("proof-invalid".to_owned(), 2)]);
    assert_eq!(
        counts.log_root,
        store.reader.head().unwrap().frontier.root().to_base64()
    );
    assert_eq!(store.reader.refusals(10).unwrap().len(), 3);
}
