//! The contract: captures, named queries, subscriptions, and the records that they are about.

use garita_store::{CaptureJob, Commit, NamedQuery, Subscription, SubscriptionMark};
use garita_tlog::LeafIndex;

use crate::fixture::{ANAM, CBP, Put, Store};

type Open<'a> = &'a dyn Fn() -> Store;

fn job(id: &str, created_ms: i64) -> CaptureJob {
    CaptureJob {
        party: CBP.to_owned(),
        id: id.to_owned(),
        created_ms,
        finished_ms: None,
        proceeds: true,
        done: 0,
        errors: String::new(),
        data: "{}".to_owned(),
        body: Some(b"{}".to_vec()),
    }
}

pub(crate) fn captures_go_on_where_they_were(open: Open<'_>) {
    let mut store = open();
    let jobs = vec![job("a", 10), job("b", 20), job("c", 20)];
    let commit = |jobs| Commit {
        capture_jobs: jobs,
        ..Commit::default()
    };
    store.writer.commit(&commit(jobs)).unwrap();
    let open: Vec<String> = store
        .reader
        .node_capture_jobs(10)
        .unwrap()
        .into_iter()
        .map(|job| job.id)
        .collect();
    assert_eq!(open, ["a", "b", "c"]);
    let done = CaptureJob {
        finished_ms: Some(30),
        done: 7,
        errors: "[]".to_owned(),
        body: None,
        ..job("a", 10)
    };
    store.writer.commit(&commit(vec![done.clone()])).unwrap();
    assert_eq!(store.reader.capture_job(CBP, "a").unwrap(), Some(done));
    assert_eq!(store.reader.capture_job(ANAM, "a").unwrap(), None);
    assert_eq!(store.reader.node_capture_jobs(10).unwrap().len(), 2);
    let first = store.reader.capture_jobs(CBP, None, 2).unwrap();
    assert_eq!((first[0].id.as_str(), first[1].id.as_str()), ("c", "b"));
    let rest = store.reader.capture_jobs(CBP, Some((20, "b")), 2).unwrap();
    assert_eq!((rest.len(), rest[0].id.as_str()), (1, "a"));
    assert!(store.reader.capture_jobs(ANAM, None, 2).unwrap().is_empty());
}

pub(crate) fn subscriptions_keep_their_place_and_go_with_their_query(open: Open<'_>) {
    let mut store = open();
    let query = |party: &str| NamedQuery {
        party: party.to_owned(),
        name: "q".to_owned(),
        query: "{}".to_owned(),
        created_ms: 1,
    };
    let subscription = |id: &str, query: &str| Subscription {
        party: CBP.to_owned(),
        id: id.to_owned(),
        query: query.to_owned(),
        data: "{}".to_owned(),
        created_ms: 2,
        mark: SubscriptionMark::default(),
    };
    let put = |store: &mut Store, commit: Commit| store.writer.commit(&commit).unwrap();
    put(
        &mut store,
        Commit {
            named_queries: vec![query(CBP), query(ANAM)],
            subscriptions: vec![subscription("s", "q"), subscription("t", "none")],
            ..Commit::default()
        },
    );
    // A second of the name changes nothing; a subscription of no query is not there.
    put(
        &mut store,
        Commit {
            named_queries: vec![NamedQuery {
                query: "{\"a\":1}".to_owned(),
                ..query(CBP)
            }],
            ..Commit::default()
        },
    );
    assert_eq!(
        store.reader.named_query(CBP, "q").unwrap(),
        Some(query(CBP))
    );
    assert_eq!(
        store.reader.node_subscriptions().unwrap(),
        [(CBP.to_owned(), "s".to_owned())]
    );
    let mark = SubscriptionMark {
        told: Some(LeafIndex::new(7)),
        told_of_next: 3,
        notified_ms: Some(9),
        ran_ms: None,
    };
    let marks = vec![
        (CBP.to_owned(), "s".to_owned(), mark.clone()),
        (CBP.to_owned(), "gone".to_owned(), mark.clone()),
        (ANAM.to_owned(), "s".to_owned(), SubscriptionMark::default()),
    ];
    put(
        &mut store,
        Commit {
            subscription_marks: marks,
            ..Commit::default()
        },
    );
    assert_eq!(
        store.reader.subscription(CBP, "s").unwrap().unwrap().mark,
        mark
    );
    assert!(store.reader.subscription(ANAM, "s").unwrap().is_none());
    assert_eq!(
        store.reader.subscriptions(CBP, "q", "", 10).unwrap().len(),
        1
    );
    put(
        &mut store,
        Commit {
            named_queries_gone: vec![(CBP.to_owned(), "q".to_owned())],
            ..Commit::default()
        },
    );
    assert!(store.reader.node_subscriptions().unwrap().is_empty());
    assert!(store.reader.named_queries(CBP, "", 10).unwrap().is_empty());
    assert_eq!(store.reader.named_queries(ANAM, "", 10).unwrap().len(), 1);
}

pub(crate) fn records_of_types_are_read_by_arrival_and_by_the_log(open: Open<'_>) {
    let mut store = open();
    let typed = |id, record_type, ms, parties| Put {
        record_type,
        ..Put::new(id, ms, parties)
    };
    store
        .put(&[
            typed("a", "X", 10, &[CBP]),
            typed("b", "Y", 11, &[CBP]),
            typed("c", "X", 12, &[ANAM]),
            typed("d", "X", 13, &[CBP, ANAM]),
            typed("e", "Z", 14, &[CBP]),
        ])
        .unwrap();
    let ids = |held: Vec<garita_store::HeldRecord>| -> Vec<String> {
        held.into_iter().map(|held| held.record.id).collect()
    };
    let all = LeafIndex::new(4);
    let reader = &store.reader;
    assert_eq!(
        ids(reader.records_of(CBP, &["X", "Y"], 0, all, 10).unwrap()),
        ["a", "b", "d"]
    );
    assert_eq!(
        ids(reader.records_of(CBP, &["X"], 1, all, 10).unwrap()),
        ["d"]
    );
    assert_eq!(
        ids(reader
            .records_of(CBP, &["X"], 0, LeafIndex::new(2), 10)
            .unwrap()),
        ["a"]
    );
    assert!(reader.records_of(CBP, &[], 0, all, 10).unwrap().is_empty());
    assert_eq!(
        ids(reader
            .records_opened(CBP, &["X", "Z"], None, all, 0, 10)
            .unwrap()),
        ["a", "d", "e"]
    );
    assert_eq!(
        ids(reader
            .records_opened(CBP, &["X", "Z"], Some(LeafIndex::new(0)), all, 1, 10)
            .unwrap()),
        ["e"]
    );
    assert_eq!(
        ids(reader
            .records_opened(ANAM, &["X"], None, all, 0, 1)
            .unwrap()),
        ["c"]
    );
}
