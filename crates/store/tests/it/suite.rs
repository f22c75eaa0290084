//! The contract: log, records, cases. Each function takes what makes an empty store.

use std::time::Duration;

use garita_store::{
    Ack, CaseQuery, Cell, Commit, DeliveryAnswer, Dispute, Entitlement, InboxRow, InboxSeen,
    LinkKind, Measure, Order, OutboxItem, PeerAnswer, RecordLink, RecordQuery, SharedWay,
    TableQuery, TableRow, TermMatch,
};
use garita_tlog::{
    LeafIndex, TilePath, TreeSize, leaf_hash, parse_tile, verify_consistency, verify_inclusion,
};

use crate::fixture::{ANAM, CBP, Put, Store, WHOLE, append, case_view, commit_of, term};

type Open<'a> = &'a dyn Fn() -> Store;

fn code<T: std::fmt::Debug>(result: Result<T, garita_store::StoreError>) -> &'static str {
    result.unwrap_err().code()
}

pub(crate) fn a_commit_is_read_back(open: Open<'_>) {
    let mut store = open();
    let committed = store
        .put(&[Put::new("r1", 10, &[CBP]), Put::new("r2", 11, &[CBP, ANAM])])
        .unwrap();
    assert_eq!(committed.size, TreeSize::new(2));
    let held = store.reader.record(CBP, "r2").unwrap().unwrap();
    assert_eq!(
        (
            held.record.id.as_str(),
            held.record.logged_ms,
            held.since.get()
        ),
        ("r2", 11, 1)
    );
    assert_eq!(held.record.document, br#"{"id":"r2","view":"whole"}"#);
    let entry = store.reader.log_entry(LeafIndex::new(1)).unwrap().unwrap();
    assert_eq!((entry.id.as_str(), entry.salt), ("r2", Some([1; 32])));
    assert_eq!(
        store
            .reader
            .log_entries(LeafIndex::new(0), 10)
            .unwrap()
            .len(),
        2
    );
    assert_eq!(store.reader.log_entry(LeafIndex::new(2)).unwrap(), None);
    let head = store.reader.head().unwrap();
    assert_eq!(
        (head.frontier.size(), head.last_logged_ms),
        (TreeSize::new(2), Some(11))
    );
    assert_eq!(&head, store.writer.head().unwrap());
    assert_eq!(
        store.reader.node_holds("r1", WHOLE).unwrap(),
        Some(LeafIndex::new(0))
    );
    assert_eq!(store.reader.node_holds("r1", "plate").unwrap(), None);
    assert_eq!(store.reader.verify_tail(100).unwrap().checked, 2);
    assert_eq!(store.reader.node_entitled("r2").unwrap().len(), 2);
}

pub(crate) fn refuses_another_base_size(open: Open<'_>) {
    let mut store = open();
    let early = commit_of(&mut store.writer, &[Put::new("r2", 10, &[])]);
    store.put(&[Put::new("r1", 10, &[])]).unwrap();
    assert_eq!(code(store.writer.commit(&early)), "store-conflict");
    assert_eq!(store.reader.verify_tail(10).unwrap().size, 1);
}

pub(crate) fn refuses_a_checkpoint_of_another_log(open: Open<'_>) {
    let mut store = open();
    let mut commit = commit_of(&mut store.writer, &[Put::new("r1", 10, &[])]);
    let good = commit.log.clone().unwrap();
    let mut other = good.clone();
    other.entries[0].leaf = [1; 32];
    commit.log = Some(other);
    assert_eq!(code(store.writer.commit(&commit)), "store-conflict");
    for checkpoint in ["", "nonsense", "o\n1\nAAAA\n\n\u{2014} a AAAAAAA=\n"] {
        let mut other = good.clone();
        other.checkpoint = checkpoint.to_owned();
        commit.log = Some(other);
        assert_eq!(code(store.writer.commit(&commit)), "store-conflict");
    }
    commit.log = Some(good);
    store.writer.commit(&commit).unwrap();
}

pub(crate) fn refuses_gaps_and_going_back_in_time(open: Open<'_>) {
    let mut store = open();
    store.put(&[Put::new("r1", 10, &[])]).unwrap();
    let early = commit_of(&mut store.writer, &[Put::new("r2", 9, &[])]);
    assert_eq!(code(store.writer.commit(&early)), "store-conflict");
    let mut gap = commit_of(&mut store.writer, &[Put::new("r2", 10, &[])]);
    if let Some(log) = &mut gap.log {
        log.entries[0].index = LeafIndex::new(2);
    }
    assert_eq!(code(store.writer.commit(&gap)), "store-conflict");
    store.put(&[Put::new("r2", 10, &[])]).unwrap();
}

pub(crate) fn a_failed_commit_changes_nothing(open: Open<'_>) {
    let mut store = open();
    store.put(&[Put::new("r1", 10, &[CBP])]).unwrap();
    let before = (store.reader.counts().unwrap(), store.reader.head().unwrap());
    let mut commit = commit_of(&mut store.writer, &[Put::new("r2", 11, &[CBP])]);
    commit.case_views.push(case_view(CBP, "T1", "held", 1));
    commit.entitlements.push(Entitlement {
        party: CBP.to_owned(),
        id: "nowhere".to_owned(),
        view: WHOLE.to_owned(),
        since: LeafIndex::new(1),
        grant: None,
    });
    assert_eq!(code(store.writer.commit(&commit)), "store-missing");
    assert_eq!(
        (store.reader.counts().unwrap(), store.reader.head().unwrap()),
        before
    );
    assert_eq!(store.reader.case(CBP, "trip", "T1").unwrap(), None);
    commit.entitlements.pop();
    store.writer.commit(&commit).unwrap();
    assert_eq!(store.reader.verify_tail(10).unwrap().size, 2);
}

pub(crate) fn refuses_a_record_twice(open: Open<'_>) {
    let mut store = open();
    store.put(&[Put::new("r1", 10, &[])]).unwrap();
    assert_eq!(
        code(store.put(&[Put::new("r1", 10, &[])])),
        "store-conflict"
    );
    // Another view of it is another thing to hold.
    store
        .put(&[Put {
            view: "plate",
            ..Put::new("r1", 10, &[])
        }])
        .unwrap();
    assert_eq!(store.reader.node_views("r1").unwrap(), [WHOLE, "plate"]);
}

pub(crate) fn what_views_are_derived_from_stays_as_it_was_first_kept(open: Open<'_>) {
    let mut store = open();
    assert_eq!(store.reader.node_deriver("r1").unwrap(), None);
    for proof in [b"first".as_slice(), b"second"] {
        let commit = Commit {
            derivers: vec![("r1".to_owned(), proof.to_vec())],
            ..Commit::default()
        };
        store.writer.commit(&commit).unwrap();
        let kept = store.reader.node_deriver("r1").unwrap();
        assert_eq!(kept.as_deref(), Some(b"first".as_slice()));
    }
}

pub(crate) fn proofs_of_every_size_verify(open: Open<'_>) {
    let mut store = open();
    let mut roots = vec![store.reader.root_at(TreeSize::ZERO).unwrap()];
    // Batches of 1, 2, 3 … so that batches and subtrees end at different places.
    let mut number = 0;
    for batch in 1..=8 {
        let ids: Vec<String> = (0..batch)
            .map(|place| format!("r{}", number + place))
            .collect();
        let puts: Vec<_> = ids.iter().map(|id| Put::new(id, 10, &[])).collect();
        store.put(&puts).unwrap();
        for size in number + 1..=number + batch {
            roots.push(store.reader.root_at(TreeSize::new(size)).unwrap());
        }
        number += batch;
    }
    assert_eq!(
        roots.last(),
        Some(&store.reader.head().unwrap().frontier.root())
    );
    for size in 1..=number {
        let of = TreeSize::new(size);
        for index in (0..size).step_by(3) {
            let at = LeafIndex::new(index);
            let leaf = leaf_hash(&store.reader.log_entry(at).unwrap().unwrap().leaf);
            let proof = store.reader.inclusion_proof(at, of).unwrap();
            verify_inclusion(&leaf, at, of, &roots[size as usize], &proof).unwrap();
        }
        for old in (0..=size).step_by(5) {
            let from = TreeSize::new(old);
            let proof = store.reader.consistency_proof(from, of).unwrap();
            verify_consistency(
                from,
                &roots[old as usize],
                of,
                &roots[size as usize],
                &proof,
            )
            .unwrap();
        }
    }
    let beyond = TreeSize::new(number + 1);
    assert_eq!(
        code(store.reader.inclusion_proof(LeafIndex::new(0), beyond)),
        "store-missing"
    );
    assert_eq!(
        code(store.reader.consistency_proof(TreeSize::new(1), beyond)),
        "store-missing"
    );
    assert_eq!(code(store.reader.root_at(beyond)), "store-missing");
}

pub(crate) fn tiles_hold_the_tree(open: Open<'_>) {
    let mut store = open();
    let ids: Vec<String> = (0..300).map(|number| format!("r{number}")).collect();
    let puts: Vec<_> = ids.iter().map(|id| Put::new(id, 10, &[])).collect();
    store.put(&puts).unwrap();
    let tile = |path: &str| {
        store
            .reader
            .tile(path.parse::<TilePath>().unwrap())
            .unwrap()
    };
    let hashes = parse_tile(&tile("tile/0/001.p/44").unwrap(), 44).unwrap();
    let last = store
        .reader
        .log_entry(LeafIndex::new(299))
        .unwrap()
        .unwrap();
    assert_eq!(hashes[43], leaf_hash(&last.leaf));
    let top = parse_tile(&tile("tile/1/000.p/1").unwrap(), 1).unwrap();
    assert_eq!(top[0], store.reader.root_at(TreeSize::new(256)).unwrap());
    assert_eq!(tile("tile/entries/000").unwrap().len(), 256 * 34);
    for absent in [
        "tile/0/001",
        "tile/0/001.p/45",
        "tile/1/000.p/2",
        "tile/2/000.p/1",
        "tile/entries/002.p/1",
    ] {
        assert_eq!(tile(absent), None, "{absent}");
    }
}

pub(crate) fn every_read_goes_through_the_party(open: Open<'_>) {
    let mut store = open();
    let mut commit = commit_of(
        &mut store.writer,
        &[
            Put::new("both", 10, &[CBP, ANAM]),
            Put::new("ours", 10, &[CBP]),
            Put {
                view: "plate",
                ..Put::new("ours", 10, &[ANAM])
            },
        ],
    );
    commit.case_views.push(case_view(CBP, "T1", "held", 2));
    commit.terms.push(term(CBP, "plate", "ABC-123", "T1", true));
    commit.table_rows.push(table_row("T1", Some("{}"), 10));
    store.writer.commit(&commit).unwrap();

    let read = &store.reader;
    assert_eq!(
        read.record(CBP, "ours").unwrap().unwrap().record.view,
        WHOLE
    );
    assert_eq!(
        read.record(ANAM, "ours").unwrap().unwrap().record.view,
        "plate"
    );
    let stranger = "did:web:stranger.example";
    assert_eq!(read.record(stranger, "both").unwrap(), None);
    for (party, count) in [(CBP, 2), (ANAM, 2), (stranger, 0)] {
        assert_eq!(
            read.records(party, &RecordQuery::default())
                .unwrap()
                .items
                .len(),
            count
        );
        assert_eq!(read.case_records(party, "trip", "T1").unwrap().len(), count);
        assert_eq!(read.events_after(party, None, 10).unwrap().len(), count);
    }
    for party in [ANAM, stranger] {
        assert_eq!(read.case(party, "trip", "T1").unwrap(), None);
        assert!(
            read.cases(party, "trip", &CaseQuery::default())
                .unwrap()
                .items
                .is_empty()
        );
        assert!(read.case_counts(party, "trip").unwrap().is_empty());
        assert!(
            read.table(party, "waits", &TableQuery::default())
                .unwrap()
                .items
                .is_empty()
        );
        for how in [TermMatch::Exact, TermMatch::Prefix, TermMatch::Suffix] {
            assert!(
                read.search(party, None, "ABC123", how, 10)
                    .unwrap()
                    .is_empty()
            );
        }
    }
    assert_eq!(read.node_case_records("trip", "T1").unwrap().len(), 3);
    assert_eq!(
        read.node_record("ours", "plate")
            .unwrap()
            .unwrap()
            .record
            .view,
        "plate"
    );
}

pub(crate) fn lists_page_without_loss(open: Open<'_>) {
    let mut store = open();
    let ids: Vec<String> = (0..25).map(|number| format!("r{number:02}")).collect();
    let puts: Vec<_> = ids.iter().map(|id| Put::new(id, 10, &[CBP])).collect();
    store.put(&puts).unwrap();
    for order in [Order::OldestFirst, Order::NewestFirst] {
        let mut query = RecordQuery {
            order,
            limit: 10,
            ..RecordQuery::default()
        };
        let mut seen = Vec::new();
        loop {
            let page = store.reader.records(CBP, &query).unwrap();
            assert!(page.items.len() <= 10);
            seen.extend(page.items.into_iter().map(|held| held.record.id));
            query.cursor = page.next;
            if query.cursor.is_none() {
                break;
            }
        }
        if order == Order::NewestFirst {
            seen.reverse();
        }
        assert_eq!(seen, ids);
    }
    let odd = RecordQuery {
        cursor: Some("x".to_owned()),
        ..RecordQuery::default()
    };
    assert_eq!(code(store.reader.records(CBP, &odd)), "store-invalid");
}

pub(crate) fn what_came_since_an_instant_is_found_from_there(open: Open<'_>) {
    let mut store = open();
    assert_eq!(store.reader.first_logged(0).unwrap(), None, "an empty log");
    let ids: Vec<String> = (0..30).map(|number| format!("r{number:02}")).collect();
    // Three at each instant: an instant names the first of its entries.
    let puts: Vec<_> = ids
        .iter()
        .zip(0i64..)
        .map(|(id, n)| Put::new(id, 10 + n / 3, &[CBP]))
        .collect();
    store.put(&puts).unwrap();
    for (at_ms, first) in [
        (0, Some(0)),
        (10, Some(0)),
        (11, Some(3)),
        (19, Some(27)),
        (20, None),
    ] {
        assert_eq!(
            store.reader.first_logged(at_ms).unwrap(),
            first.map(LeafIndex::new),
            "{at_ms}"
        );
    }
    let since = |leaf: u64, party: &str| -> Vec<String> {
        let query = RecordQuery {
            arrived_from: Some(LeafIndex::new(leaf)),
            order: Order::OldestFirst,
            limit: 100,
            ..RecordQuery::default()
        };
        let page = store.reader.records(party, &query).unwrap();
        page.items.into_iter().map(|held| held.record.id).collect()
    };
    assert_eq!(since(27, CBP), ids[27..]);
    assert_eq!(since(0, CBP), ids);
    assert!(since(30, CBP).is_empty());
    assert!(since(0, ANAM).is_empty(), "another party's are another's");
}

pub(crate) fn replacing_records_and_changed_cases_since_an_entry(open: Open<'_>) {
    let mut store = open();
    let puts = [
        Put::new("r0", 10, &[CBP]),
        Put::new("r1", 11, &[CBP]),
        Put::new("w0", 12, &[CBP]),
        Put::new("w1", 13, &[ANAM]),
    ];
    let mut commit = commit_of(&mut store.writer, &puts);
    let link = |id: &str, kind, to: &str| RecordLink {
        id: id.to_owned(),
        view: WHOLE.to_owned(),
        kind,
        to: to.to_owned(),
    };
    commit.record_links = vec![
        link("w0", LinkKind::Replaces, "r0"),
        link("w1", LinkKind::Replaces, "r1"),
        link("r1", LinkKind::Saw, "r0"),
    ];
    commit.case_views = (0..6)
        .map(|n| case_view(CBP, &format!("T{n}"), "held", n))
        .collect();
    store.writer.commit(&commit).unwrap();
    let replacing = |party: &str, from: u64| -> Vec<String> {
        let found = store.reader.replacing(party, LeafIndex::new(from), 10);
        found.unwrap().into_iter().map(|h| h.record.id).collect()
    };
    assert_eq!(replacing(CBP, 0), ["w0"], "what was only seen is none");
    assert_eq!(replacing(ANAM, 0), ["w1"]);
    assert!(replacing(CBP, 3).is_empty());
    let query = CaseQuery {
        updated_from: Some(LeafIndex::new(4)),
        ..CaseQuery::default()
    };
    let page = store.reader.cases(CBP, "trip", &query).unwrap();
    let keys: Vec<&str> = page.items.iter().map(|c| c.key.as_str()).collect();
    assert_eq!(keys, ["T5", "T4"]);
    let count = |most| {
        store
            .reader
            .cases_changed(CBP, "trip", LeafIndex::new(1), most)
            .unwrap()
    };
    assert_eq!((count(100), count(3)), (5, 3));
}

pub(crate) fn lists_choose_by_type_issuer_and_time(open: Open<'_>) {
    let mut store = open();
    store
        .put(&[
            Put::new("r1", 10, &[CBP]),
            Put {
                record_type: "HoldPlaced",
                ..Put::new("r2", 20, &[CBP])
            },
            Put {
                issuer: ANAM,
                ..Put::new("r3", 30, &[CBP])
            },
        ])
        .unwrap();
    let ids = |query: RecordQuery| -> Vec<String> {
        let query = RecordQuery {
            order: Order::OldestFirst,
            ..query
        };
        store
            .reader
            .records(CBP, &query)
            .unwrap()
            .items
            .into_iter()
            .map(|held| held.record.id)
            .collect()
    };
    let all = RecordQuery::default;
    assert_eq!(
        ids(RecordQuery {
            record_type: Some("HoldPlaced".to_owned()),
            ..all()
        }),
        ["r2"]
    );
    assert_eq!(
        ids(RecordQuery {
            record_type: Some("Manifest".to_owned()),
            ..all()
        }),
        ["r1", "r3"]
    );
    assert_eq!(
        ids(RecordQuery {
            issuer: Some(ANAM.to_owned()),
            ..all()
        }),
        ["r3"]
    );
    assert_eq!(
        ids(RecordQuery {
            logged_from_ms: Some(20),
            ..all()
        }),
        ["r2", "r3"]
    );
    assert_eq!(
        ids(RecordQuery {
            logged_from_ms: Some(20),
            logged_before_ms: Some(30),
            ..all()
        }),
        ["r2"]
    );
}

pub(crate) fn events_come_in_the_logs_order_and_resume(open: Open<'_>) {
    let mut store = open();
    store
        .put(&[
            Put::new("r1", 10, &[CBP]),
            Put::new("r2", 11, &[ANAM]),
            Put::new("r3", 12, &[ANAM]),
        ])
        .unwrap();
    // A grant opens two earlier records to CBP at one entry.
    let mut grant = commit_of(
        &mut store.writer,
        &[Put {
            record_type: "Grant",
            ..Put::new("g", 13, &[CBP])
        }],
    );
    for id in ["r2", "r3"] {
        grant.entitlements.push(Entitlement {
            party: CBP.to_owned(),
            id: id.to_owned(),
            view: WHOLE.to_owned(),
            since: LeafIndex::new(3),
            grant: Some("g".to_owned()),
        });
    }
    store.writer.commit(&grant).unwrap();
    store.put(&[Put::new("r4", 14, &[CBP])]).unwrap();

    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = store.reader.events_after(CBP, cursor, 1).unwrap();
        let Some(last) = page.last() else { break };
        cursor = Some(last.index);
        seen.push(page.into_iter().map(|event| event.id).collect::<Vec<_>>());
    }
    assert_eq!(seen, [vec!["r1"], vec!["r2", "r3", "g"], vec!["r4"]]);
    // What was here and became its to read is new to it, in the order in which it came here; by arrival it is old.
    let asked = |query: RecordQuery| -> Vec<String> {
        let query = RecordQuery {
            order: Order::OldestFirst,
            ..query
        };
        let page = store.reader.records(CBP, &query).unwrap();
        page.items.into_iter().map(|held| held.record.id).collect()
    };
    let granted = |leaf: u64| {
        asked(RecordQuery {
            granted_from: Some(LeafIndex::new(leaf)),
            ..RecordQuery::default()
        })
    };
    assert_eq!(granted(0), ["r1", "r2", "r3", "g", "r4"]);
    assert_eq!(granted(3), ["r2", "r3", "g", "r4"]);
    assert_eq!(granted(4), ["r4"]);
    let arrived = asked(RecordQuery {
        arrived_from: Some(LeafIndex::new(3)),
        ..RecordQuery::default()
    });
    assert_eq!(arrived, ["g", "r4"]);
    let event = store.reader.events_after(CBP, None, 10).unwrap().remove(0);
    assert_eq!(event.cases, [("trip".to_owned(), "T1".to_owned())]);
    assert_eq!(
        store
            .reader
            .record(CBP, "r2")
            .unwrap()
            .unwrap()
            .grant
            .as_deref(),
        Some("g")
    );
    // An entitlement stays as it was first given: a repeat neither moves it nor fails.
    let again = Commit {
        entitlements: grant.entitlements,
        ..Commit::default()
    };
    store.writer.commit(&again).unwrap();
    assert_eq!(store.reader.events_after(CBP, None, 10).unwrap().len(), 5);
}

pub(crate) fn cases_page_and_count(open: Open<'_>) {
    let mut store = open();
    let mut commit = Commit::default();
    for number in 0..7u64 {
        let shown = if number % 2 == 0 { "held" } else { "released" };
        commit
            .case_views
            .push(case_view(CBP, &format!("T{number}"), shown, number / 2));
    }
    store.writer.commit(&commit).unwrap();
    let mut query = CaseQuery {
        limit: 2,
        ..CaseQuery::default()
    };
    let mut keys = Vec::new();
    loop {
        let page = store.reader.cases(CBP, "trip", &query).unwrap();
        keys.extend(page.items.into_iter().map(|case| case.key));
        query.cursor = page.next;
        if query.cursor.is_none() {
            break;
        }
    }
    assert_eq!(keys, ["T6", "T5", "T4", "T3", "T2", "T1", "T0"]);
    let counts = [("held".to_owned(), 4), ("released".to_owned(), 3)];
    assert_eq!(store.reader.case_counts(CBP, "trip").unwrap(), counts);
    let held = CaseQuery {
        shown: vec!["held".to_owned()],
        ..CaseQuery::default()
    };
    assert_eq!(
        store.reader.cases(CBP, "trip", &held).unwrap().items.len(),
        4
    );
    // A later fold takes the place of the earlier.
    let fold = Commit {
        case_views: vec![case_view(CBP, "T0", "released", 9)],
        ..Commit::default()
    };
    store.writer.commit(&fold).unwrap();
    assert_eq!(
        store
            .reader
            .cases(CBP, "trip", &CaseQuery::default())
            .unwrap()
            .items[0]
            .key,
        "T0"
    );
    assert_eq!(
        store.reader.case(CBP, "trip", "T0").unwrap().unwrap().shown,
        "released"
    );
    assert_eq!(store.reader.node_case_views("trip", "T0").unwrap().len(), 1);
}

pub(crate) fn search_finds_by_all_beginning_and_end(open: Open<'_>) {
    let mut store = open();
    let commit = Commit {
        terms: vec![
            term(CBP, "plate", "67-abc 8901", "T1", true),
            term(CBP, "plate", "67ABD8901", "T2", true),
            term(CBP, "scn", "TOCQ88402171", "T1", false),
            term(CBP, "scn", " - ", "T1", true),
            term(CBP, "plate", "67ABC8901", "T1", true),
            term(CBP, "nota", "Ñandú%_", "T3", false),
        ],
        ..Commit::default()
    };
    store.writer.commit(&commit).unwrap();
    let keys = |name, text: &str, how| -> Vec<String> {
        store
            .reader
            .search(CBP, name, text, how, 10)
            .unwrap()
            .into_iter()
            .map(|hit| hit.key)
            .collect()
    };
    assert_eq!(keys(None, "67 ABC-8901", TermMatch::Exact), ["T1"]);
    assert_eq!(keys(None, "67AB", TermMatch::Prefix), ["T1", "T2"]);
    assert_eq!(keys(Some("plate"), "8901", TermMatch::Suffix), ["T1", "T2"]);
    assert_eq!(
        keys(Some("scn"), "8901", TermMatch::Suffix),
        Vec::<String>::new()
    );
    assert_eq!(keys(None, "tocq-88402171", TermMatch::Exact), ["T1"]);
    assert_eq!(keys(None, "ñan", TermMatch::Prefix), ["T3"]);
    for hostile in ["", "%", "_", "' OR 1=1 --", "\u{10ffff}", "%%%%"] {
        for how in [TermMatch::Exact, TermMatch::Prefix, TermMatch::Suffix] {
            assert!(keys(None, hostile, how).is_empty(), "{hostile}");
        }
    }
    let hit = store
        .reader
        .search(CBP, None, "8901", TermMatch::Suffix, 1)
        .unwrap()
        .remove(0);
    assert_eq!(
        (hit.name.as_str(), hit.value.as_str()),
        ("plate", "67ABC8901")
    );
}

fn table_row(key: &str, columns: Option<&str>, from_ms: i64) -> TableRow {
    TableRow {
        party: CBP.to_owned(),
        table: "waits".to_owned(),
        kind: "trip".to_owned(),
        key: key.to_owned(),
        stated_on_ms: None,
        columns: columns.map(str::to_owned),
        recorded_from_ms: from_ms,
        recorded_to_ms: None,
    }
}

pub(crate) fn measures_read_a_partys_rows_and_no_longer_than_they_may(open: Open<'_>) {
    let mut store = open();
    store
        .writer
        .commit(&Commit {
            table_rows: vec![
                table_row("T1", Some("{\"n\":1}"), 10),
                table_row("T2", Some("{\"n\":2}"), 10),
                table_row("T3", Some("{\"n\":2.5}"), 10),
            ],
            ..Commit::default()
        })
        .unwrap();
    let ask = |party: &str, sql: &str, rows_max: usize| {
        store.reader.measure(
            CBP,
            &Measure {
                sql: sql.to_owned(),
                binds: vec![Cell::Text(party.to_owned())],
                rows_max,
                time_max: Duration::from_millis(50),
            },
        )
    };
    let sql = "SELECT key, json_extract(columns, '$.n'), NULL FROM table_rows WHERE party = ?1 ORDER BY key";
    let text = |t: &str| Cell::Text(t.to_owned());
    let all = ask(CBP, sql, 10).unwrap();
    assert!(!all.more);
    assert_eq!(
        all.rows,
        [
            [text("T1"), Cell::Int(1), Cell::Null],
            [text("T2"), Cell::Int(2), Cell::Null],
            [text("T3"), Cell::Real(2.5), Cell::Null],
        ]
    );
    let two = ask(CBP, sql, 2).unwrap();
    assert!(two.more);
    assert_eq!(two.rows.len(), 2);
    assert_eq!(code(ask(ANAM, sql, 10)), "store-invalid");
    assert_eq!(
        code(ask(CBP, "DELETE FROM table_rows WHERE party = ?1", 10)),
        "store-invalid"
    );
    // A query without end: the clock ends it, and the connection serves the next.
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n WHERE ?1 <> ''";
    assert_eq!(code(ask(CBP, endless, 10)), "store-too-long");
    assert_eq!(ask(CBP, sql, 10).unwrap().rows.len(), 3);
}

pub(crate) fn tables_know_what_was_known(open: Open<'_>) {
    let mut store = open();
    let mut write = |rows| {
        store.writer.commit(&Commit {
            table_rows: rows,
            ..Commit::default()
        })
    };
    write(vec![
        table_row("T1", Some("a"), 10),
        table_row("T2", Some("x"), 10),
    ])
    .unwrap();
    write(vec![table_row("T1", Some("a"), 15)]).unwrap();
    write(vec![table_row("T1", Some("b"), 20)]).unwrap();
    write(vec![table_row("T2", None, 30)]).unwrap();
    assert_eq!(
        code(write(vec![table_row("T1", Some("c"), 19)])),
        "store-conflict"
    );
    let known = |at: Option<i64>| -> Vec<(String, i64)> {
        let query = TableQuery {
            as_known_ms: at,
            ..TableQuery::default()
        };
        let rows = store.reader.table(CBP, "waits", &query).unwrap().items;
        rows.into_iter()
            .map(|row| (row.columns.unwrap(), row.recorded_from_ms))
            .collect()
    };
    let row = |columns: &str, from| (columns.to_owned(), from);
    assert_eq!(known(Some(9)), []);
    assert_eq!(known(Some(19)), [row("a", 10), row("x", 10)]);
    assert_eq!(known(Some(20)), [row("x", 10), row("b", 20)]);
    assert_eq!(known(None), [row("b", 20)]);
    let case = Some(("trip".to_owned(), "T2".to_owned()));
    let query = TableQuery {
        as_known_ms: Some(12),
        case,
        ..TableQuery::default()
    };
    assert_eq!(
        store
            .reader
            .table(CBP, "waits", &query)
            .unwrap()
            .items
            .len(),
        1
    );
    let since = |recorded_since_ms| {
        let query = TableQuery {
            recorded_since_ms: Some(recorded_since_ms),
            ..TableQuery::default()
        };
        store.reader.table(CBP, "waits", &query).unwrap().items
    };
    let newest = since(10).iter().map(|r| r.recorded_from_ms).max().unwrap();
    assert!(since(newest).iter().all(|r| r.recorded_from_ms == newest));
    assert!(!since(newest).is_empty());
    assert_eq!(since(newest + 1), []);
}

pub(crate) fn links_tell_what_touches_a_record(open: Open<'_>) {
    let mut store = open();
    let mut commit = commit_of(
        &mut store.writer,
        &[Put::new("r1", 10, &[]), Put::new("r2", 10, &[])],
    );
    let link = |id: &str, kind, to: &str| RecordLink {
        id: id.to_owned(),
        view: WHOLE.to_owned(),
        kind,
        to: to.to_owned(),
    };
    commit.record_links = vec![
        link("r2", LinkKind::Replaces, "r1"),
        link("r2", LinkKind::Follows, "not-come-yet"),
        link("r2", LinkKind::Replaces, "r1"),
    ];
    commit.disputes = vec![Dispute {
        id: "r1".to_owned(),
        view: WHOLE.to_owned(),
        reason: Some("rivals".to_owned()),
    }];
    store.writer.commit(&commit).unwrap();
    assert_eq!(
        store.reader.node_touching("r1").unwrap(),
        [link("r2", LinkKind::Replaces, "r1")]
    );
    assert_eq!(store.reader.node_touching("not-come-yet").unwrap().len(), 1);
    assert_eq!(
        store.reader.node_cases_of("r1").unwrap(),
        [("trip".to_owned(), "T1".to_owned())]
    );
    let disputed = |store: &Store| {
        store
            .reader
            .node_record("r1", WHOLE)
            .unwrap()
            .unwrap()
            .record
            .disputed
    };
    assert_eq!(disputed(&store).as_deref(), Some("rivals"));
    commit = Commit::default();
    commit.disputes = vec![Dispute {
        id: "r1".to_owned(),
        view: WHOLE.to_owned(),
        reason: None,
    }];
    store.writer.commit(&commit).unwrap();
    assert_eq!(disputed(&store), None);
}

pub(crate) fn what_two_parties_share_is_one_set(open: Open<'_>) {
    let mut store = open();
    store
        .put(&[
            Put::new("b", 10, &[CBP, ANAM]),
            Put::new("a", 10, &[CBP]),
            Put {
                view: "plate",
                ..Put::new("a", 10, &[ANAM])
            },
            Put::new("own", 11, &[CBP]),
            Put::new("late", 20, &[CBP, ANAM]),
        ])
        .unwrap();
    let set = |rows: &[(i64, &str)]| {
        rows.iter()
            .map(|(ms, id)| (*ms, (*id).to_owned()))
            .collect::<Vec<_>>()
    };
    let shared = |a, b, from, before| store.reader.node_shared(a, b, from, before).unwrap();
    assert_eq!(shared(CBP, ANAM, 0, 20), set(&[(10, "a"), (10, "b")]));
    assert_eq!(
        shared(ANAM, CBP, 0, 21),
        set(&[(10, "a"), (10, "b"), (20, "late")])
    );
    assert_eq!(shared(CBP, "did:web:stranger.example", 0, 21), []);
    assert_eq!(
        store.reader.ids(CBP, 11, 21).unwrap(),
        set(&[(11, "own"), (20, "late")])
    );
}

pub(crate) fn what_parties_of_two_nodes_share_is_read_both_ways(open: Open<'_>) {
    const PEER: &str = "did:web:peer.example";
    let mut store = open();
    let mut commit = commit_of(
        &mut store.writer,
        &[
            Put::new("a", 10, &[CBP]),
            Put::new("b", 11, &[CBP]),
            Put::new("c", 12, &[CBP]),
        ],
    );
    for (id, recipients) in [
        ("a", format!("[\"{ANAM}\"]")),
        ("b", format!("[\"{ANAM}\",\"did:web:other.example\"]")),
        ("c", format!("[\"{ANAM}\"]")),
    ] {
        commit.outbox.push(OutboxItem {
            peer: PEER.to_owned(),
            id: id.to_owned(),
            view: WHOLE.to_owned(),
            recipients,
            queued_ms: 12,
        });
    }
    store.writer.commit(&commit).unwrap();
    let ack = Commit {
        acks: vec![Ack {
            peer: PEER.to_owned(),
            up_to: 2,
            acked_ms: 13,
            checkpoint: None,
            answers: vec![
                DeliveryAnswer {
                    seq: 1,
                    answer: PeerAnswer::Logged {
                        index: LeafIndex::new(0),
                        salt: [1; 32],
                        logged_ms: 13,
                    },
                },
                DeliveryAnswer {
                    seq: 2,
                    answer: PeerAnswer::Refused {
                        answer: b"no".to_vec(),
                    },
                },
            ],
        }],
        inbox: vec![InboxSeen {
            peer: PEER.to_owned(),
            seq: 9,
        }],
        inbox_rows: [2, 3, 6]
            .map(|seq| InboxRow {
                peer: PEER.to_owned(),
                seq,
                id: "a".to_owned(),
                view: WHOLE.to_owned(),
            })
            .to_vec(),
        ..Commit::default()
    };
    store.writer.commit(&ack).unwrap();
    let mut sent = Vec::new();
    store
        .reader
        .node_sent(PEER, &mut |row| {
            sent.push((row.seq, row.reader, row.id, row.way));
            true
        })
        .unwrap();
    let row = |seq, reader: &str, id: &str, way| (seq, reader.to_owned(), id.to_owned(), way);
    sent.sort_by(|a, b| (b.0, &a.1).cmp(&(a.0, &b.1)));
    assert_eq!(
        sent,
        [
            row(3, ANAM, "c", SharedWay::Under),
            row(2, ANAM, "b", SharedWay::Refused),
            row(2, "did:web:other.example", "b", SharedWay::Refused),
            row(1, ANAM, "a", SharedWay::There),
        ]
    );
    let mut first = 0;
    store
        .reader
        .node_sent(PEER, &mut |_| {
            first += 1;
            false
        })
        .unwrap();
    assert_eq!(first, 1, "it ends where it is told to");
    let mut came = Vec::new();
    store
        .reader
        .node_came("node.example", &mut |row| {
            came.push((row.reader, row.id));
            true
        })
        .unwrap();
    assert_eq!(
        came,
        ["c", "b", "a"].map(|id| (CBP.to_owned(), id.to_owned()))
    );
    let of_case = store.reader.node_case_sent("trip", "T1", 100).unwrap();
    assert_eq!(of_case.len(), 4);
    let held = store.reader.node_case_held("trip", "T1", 100).unwrap();
    assert_eq!(held.len(), 3);
    assert!(
        store
            .reader
            .node_case_held("trip", "T2", 100)
            .unwrap()
            .is_empty()
    );
    let again = store.reader.outbox_at(PEER, &[3, 1, 1, 7]).unwrap();
    let seqs: Vec<u64> = again.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, [1, 3]);
    // Nothing is written down of 1, 4 to 5, 7 to 9.
    assert_eq!(store.reader.inbox_gaps(PEER, 10).unwrap(), [7, 4, 1]);
    assert_eq!(store.reader.inbox_gaps(PEER, 2).unwrap(), [7, 4]);
    assert!(
        store
            .reader
            .inbox_gaps("did:web:nobody.example", 10)
            .unwrap()
            .is_empty()
    );
}

pub(crate) fn refuses_an_entry_without_its_record(open: Open<'_>) {
    let mut store = open();
    let mut commit = commit_of(&mut store.writer, &[Put::new("r1", 10, &[])]);
    commit.records.clear();
    commit.case_links.clear();
    assert_eq!(code(store.writer.commit(&commit)), "store-missing");
    assert_eq!(store.reader.verify_tail(10).unwrap().size, 0);
}

pub(crate) fn names_are_bounded(open: Open<'_>) {
    let mut store = open();
    let long = "x".repeat(1025);
    assert_eq!(
        code(store.put(&[Put::new(&long, 10, &[])])),
        "store-invalid"
    );
    let commit = Commit {
        case_views: vec![case_view(&long, "T1", "held", 0)],
        ..Commit::default()
    };
    assert_eq!(code(store.writer.commit(&commit)), "store-invalid");
    let commit = Commit {
        meta: vec![(long, Some(Vec::new()))],
        ..Commit::default()
    };
    assert_eq!(code(store.writer.commit(&commit)), "store-invalid");
    let empty = append(&store.reader.head().unwrap().frontier, Vec::new());
    store
        .writer
        .commit(&Commit {
            log: Some(empty),
            ..Commit::default()
        })
        .unwrap();
}
