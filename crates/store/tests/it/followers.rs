//! The contract: who follows what is published, and what readers ask.

use garita_store::{Commit, Follower, FollowerMark, ReaderQuestion};

use crate::fixture::{ANAM, CBP, Store};

type Open<'a> = &'a dyn Fn() -> Store;

fn follower(id: &str, address: &str, created_ms: i64) -> Follower {
    Follower {
        id: id.to_owned(),
        party: CBP.to_owned(),
        address: address.to_owned(),
        data: "{}".to_owned(),
        created_ms,
        confirmed_ms: None,
        mark: FollowerMark {
            told: (7, 3),
            seen: (7, 3),
            ..FollowerMark::default()
        },
    }
}

pub(crate) fn followers_are_confirmed_once_and_keep_their_place(open: Open<'_>) {
    let mut store = open();
    let (a, b, c) = (
        follower("a", "x@example.org", 10),
        follower("b", "x@example.org", 20),
        follower("c", "y@example.org", 30),
    );
    let mut commit = |commit: Commit| {
        store.writer.commit(&commit).unwrap();
    };
    commit(Commit {
        followers: vec![a.clone(), b, c],
        ..Commit::default()
    });
    // One of the same name takes nobody's place.
    commit(Commit {
        followers: vec![follower("a", "z@example.org", 90)],
        followers_confirmed: vec![("a".to_owned(), 40), ("none".to_owned(), 40)],
        ..Commit::default()
    });
    let mark = FollowerMark {
        told: (9, 5),
        seen: (11, 1),
        sending: Some((12, 0)),
        told_ms: Some(60),
        failing_ms: Some(50),
        tries: 2,
    };
    commit(Commit {
        followers_confirmed: vec![("a".to_owned(), 70)],
        follower_marks: vec![("a".to_owned(), mark), ("none".to_owned(), mark)],
        ..Commit::default()
    });
    // A mark never goes back.
    let back = FollowerMark {
        told: (9, 4),
        ..mark
    };
    commit(Commit {
        follower_marks: vec![("a".to_owned(), back)],
        ..Commit::default()
    });
    let held = store.reader.follower("a").unwrap().unwrap();
    assert_eq!(
        held,
        Follower {
            confirmed_ms: Some(40),
            mark,
            ..a
        }
    );
    assert_eq!(store.reader.follower_counts().unwrap(), (1, 2));
    let ids = |found: Vec<Follower>| found.into_iter().map(|f| f.id).collect::<Vec<_>>();
    assert_eq!(ids(store.reader.followers("", 2).unwrap()), ["a", "b"]);
    assert_eq!(ids(store.reader.followers("b", 2).unwrap()), ["c"]);
    let at = store.reader.followers_at("x@example.org", 9).unwrap();
    assert_eq!(ids(at), ["a", "b"]);
    // Whom nobody confirmed goes after its time; who was confirmed stays.
    store
        .writer
        .commit(&Commit {
            followers_expire_before_ms: Some(25),
            ..Commit::default()
        })
        .unwrap();
    assert_eq!(ids(store.reader.followers("", 9).unwrap()), ["a", "c"]);
    store
        .writer
        .commit(&Commit {
            followers_gone: vec!["a".to_owned(), "none".to_owned()],
            ..Commit::default()
        })
        .unwrap();
    assert_eq!(store.reader.follower("a").unwrap(), None);
}

pub(crate) fn a_reader_s_question_is_decided_once(open: Open<'_>) {
    let mut store = open();
    let question = |id: &str, created_ms: i64| ReaderQuestion {
        id: id.to_owned(),
        party: CBP.to_owned(),
        data: "{}".to_owned(),
        created_ms,
        decided_ms: None,
        decision: String::new(),
    };
    store
        .writer
        .commit(&Commit {
            reader_questions: vec![question("b", 20), question("a", 10)],
            ..Commit::default()
        })
        .unwrap();
    let ids = |waiting: bool, party: &str| {
        let found = store.reader.reader_questions(party, waiting, 9).unwrap();
        found.into_iter().map(|q| q.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(true, CBP), ["a", "b"]);
    assert!(ids(true, ANAM).is_empty());
    for (at_ms, decision) in [(30, "first"), (40, "second")] {
        store
            .writer
            .commit(&Commit {
                reader_questions_decided: vec![("a".to_owned(), at_ms, decision.to_owned())],
                ..Commit::default()
            })
            .unwrap();
    }
    let ids = |waiting: bool| {
        let found = store.reader.reader_questions(CBP, waiting, 9).unwrap();
        found.into_iter().map(|q| q.id).collect::<Vec<_>>()
    };
    assert_eq!(
        (ids(true), ids(false)),
        (vec!["b".to_owned()], vec!["a".to_owned()])
    );
    let held = store.reader.reader_question("a").unwrap().unwrap();
    assert_eq!(
        (held.decided_ms, held.decision.as_str()),
        (Some(30), "first")
    );
    assert_eq!(store.reader.reader_questions_waiting(CBP).unwrap(), 1);
    store
        .writer
        .commit(&Commit {
            reader_questions_expire_before_ms: Some(35),
            ..Commit::default()
        })
        .unwrap();
    assert_eq!(store.reader.reader_question("a").unwrap(), None);
    assert_eq!(store.reader.reader_questions_waiting(CBP).unwrap(), 1);
}
