//! A disk that does not sync, or takes no writes any more (design §13): nothing is acknowledged, reading goes on, and the node works
//! again when the disk does.

use std::collections::BTreeSet;
use std::path::PathBuf;

use garita_node::setup::{self, CreatedNode};
use serde_json::json;

use crate::fault::{Faults, Node, ready};
use crate::world::{Answer, Api, Folder, answer, appointment, clock, draft, garita, plan};

/// A carrier's node, alone, on a disk that may fail.
struct Desk {
    folder: Folder,
    trade: CreatedNode,
    faults: Faults,
    api: Api,
    filed: u32,
}

impl Desk {
    fn made(name: &str) -> Option<Desk> {
        let folder = Folder::new(name);
        let mut plan = plan(clock());
        plan.nodes.truncate(2);
        let nodes = setup::create_network(&folder.path().join("net"), &plan).unwrap();
        let trade = nodes.into_iter().nth(1).unwrap();
        let faults = Faults::of(&folder, &trade.data)?;
        let api = Api::new(&trade.url, &trade.parties["ocotillo"].token);
        Some(Desk {
            folder,
            trade,
            faults,
            api,
            filed: 0,
        })
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("trade.log")
    }

    async fn start(&self, failing: bool) -> Node {
        let node = if failing {
            Node::on(&self.faults, &self.trade.data, &self.log(), None)
        } else {
            Node::start(&self.trade.data, &self.log())
        };
        ready(&self.trade.url).await;
        node
    }

    fn next_trip(&mut self) -> String {
        self.filed += 1;
        format!("TOCQ26{:08}", self.filed)
    }

    async fn file(&mut self) -> Answer {
        let trip = self.next_trip();
        self.api
            .draft("Appointment", appointment(&trip, "47AK2F"))
            .await
    }

    /// Files a trip's appointment under a key by which it is taken once.
    async fn file_once(&self, trip: &str) -> Answer {
        let body = draft("Appointment", appointment(trip, "47AK2F"));
        let request = self.api.request("POST", "/v1/records");
        let request = request.header("idempotency-key", trip).json(&body);
        answer(request).await.unwrap()
    }

    async fn attach(&self, bytes: &[u8]) -> Answer {
        self.api
            .send("POST", "/v1/attachments", bytes.to_vec())
            .await
    }

    /// Log, store and files agree, and what was acknowledged is there once.
    async fn holds(&self, acknowledged: &[String]) {
        let held = self.api.all_records().await;
        let ids: BTreeSet<&str> = held.iter().map(|(id, ..)| id.as_str()).collect();
        assert_eq!(ids.len(), held.len(), "a record is there twice: {held:?}");
        for id in acknowledged {
            assert!(ids.contains(id.as_str()), "{id} is lost");
        }
        let data = self.trade.data.to_str().unwrap();
        let found = garita(&["fsck", "--data", data, "--proofs"]);
        assert_eq!(found.code, 0, "{found:?}");
    }
}

async fn takes_nothing_and_comes_back(name: &str, kind: &str, part: &str) {
    let Some(mut desk) = Desk::made(name) else {
        return;
    };
    let mut node = desk.start(true).await;
    let mut acknowledged = Vec::new();
    for _ in 0..3 {
        acknowledged.push(desk.file().await.id());
    }

    desk.faults.fail(kind, part);
    for _ in 0..3 {
        let refused = desk.file().await;
        assert_eq!(
            (refused.status, refused.code()),
            (503, "store-unavailable"),
            "{}",
            refused.text
        );
    }
    let refused = desk.attach(b"seal").await;
    assert_eq!(refused.status, 503, "{}", refused.text);
    for id in &acknowledged {
        assert_eq!(desk.api.record(id).await.status, 200, "{id}");
    }
    assert_eq!(desk.api.get("/livez").await.status, 200);

    // Without a restart.
    desk.faults.heal();
    acknowledged.push(desk.file().await.id());
    assert_eq!(desk.attach(b"seal").await.status, 201);
    desk.holds(&acknowledged).await;

    // Killed while the disk fails: whether the last draft was written nobody can know. Sent again under its key it is there once.
    desk.faults.fail(kind, part);
    let trip = desk.next_trip();
    let refused = desk.file_once(&trip).await;
    assert_eq!(refused.status, 503, "{}", refused.text);
    node.kill();
    desk.faults.heal();
    let _node = desk.start(false).await;
    let before = desk.api.all_records().await.len();
    assert!(
        (acknowledged.len()..=acknowledged.len() + 1).contains(&before),
        "{before} records after {} that were acknowledged",
        acknowledged.len()
    );
    acknowledged.push(desk.file_once(&trip).await.id());
    assert_eq!(desk.api.all_records().await.len(), acknowledged.len());
    desk.holds(&acknowledged).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_does_not_sync_acknowledges_nothing_until_it_does() {
    takes_nothing_and_comes_back("sync", "sync", "/garita.db").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_turned_read_only_takes_nothing_and_reads_go_on() {
    takes_nothing_and_comes_back("read-only", "ro", "/").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_not_synced_is_not_taken_and_records_go_on() {
    let Some(mut desk) = Desk::made("file-sync") else {
        return;
    };
    let mut node = desk.start(true).await;
    let mut acknowledged = vec![desk.file().await.id()];
    let bytes = b"a seal's picture";
    // The file itself; then the folder in which the first file of its kind makes another: that it is there by now says nothing.
    for part in ["/blobs/tmp/", "/blobs$"] {
        desk.faults.fail("sync", part);
        for _ in 0..2 {
            let refused = desk.attach(bytes).await;
            assert_eq!(
                (refused.status, refused.code()),
                (503, "store-unavailable"),
                "{part}: {}",
                refused.text
            );
        }
        acknowledged.push(desk.file().await.id());
        desk.faults.heal();
    }
    let left = std::fs::read_dir(desk.trade.data.join("blobs/tmp")).unwrap();
    assert_eq!(left.count(), 0, "what was not taken is gone");
    let taken = desk.attach(bytes).await;
    assert_eq!(taken.status, 201, "{}", taken.text);
    let digest = taken.body["id"].as_str().unwrap();
    let digest = digest.trim_start_matches("ni:///sha-256;");
    // Read by who holds a record that names it.
    let trip = desk.next_trip();
    let mut named = draft("Appointment", appointment(&trip, "47AK2F"));
    named["relatedResource"] = json!([taken.body["relatedResource"]]);
    acknowledged.push(desk.api.post("/v1/records", &named).await.id());
    node.kill();
    let _node = desk.start(false).await;
    let read = desk.api.get(&format!("/v1/attachments/{digest}")).await;
    assert_eq!(read.text.as_bytes(), bytes);
    desk.holds(&acknowledged).await;
}

/// After a failed sync the system may have given away what it never wrote, and take the next sync for good: PostgreSQL's lesson of 2018.
/// The write-ahead log is written anew from where it held, the database from the log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_failed_sync_lost_is_written_anew() {
    let Some(mut desk) = Desk::made("lost") else {
        return;
    };
    let mut node = desk.start(true).await;
    let mut acknowledged = vec![desk.file().await.id()];
    for killed in [false, true] {
        desk.faults.fail("lose", "/garita.db-wal");
        let refused = desk.file().await;
        assert_eq!(refused.code(), "store-unavailable", "{}", refused.text);
        desk.faults.heal();
        if killed {
            node.kill();
            node = desk.start(true).await;
        }
        acknowledged.push(desk.file().await.id());
        desk.holds(&acknowledged).await;
    }

    // The log is whole, but what is folded back from it into the database is lost each time.
    let folding = desk.trade.data.join("garita.db-wal");
    desk.faults.fail("lose", "/garita.db$");
    let pages = 4_096 * 4_096;
    for _ in 0..400 {
        let answer = desk.file().await;
        // SQLite counts on pages of an earlier, partial folding that it has not synced: once they are lost too, nothing is taken any
        // more until the node starts anew and folds the whole log.
        if answer.status >= 500 {
            break;
        }
        acknowledged.push(answer.id());
        if std::fs::metadata(&folding).unwrap().len() > 2 * pages {
            break;
        }
    }
    let size = std::fs::metadata(&folding).unwrap().len();
    assert!(size > pages, "it was never folded back: {size} bytes");
    node.kill();
    node = desk.start(true).await;
    desk.holds(&acknowledged).await;
    desk.faults.heal();
    for _ in 0..20 {
        acknowledged.push(desk.file().await.id());
    }
    node.kill();
    let _node = desk.start(false).await;
    desk.holds(&acknowledged).await;
}
