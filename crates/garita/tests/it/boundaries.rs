//! A node that ends at one write, sync, rename, truncation or removal after the other, killed or by a power cut: whatever it had
//! acknowledged is there once, and its folder holds.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use garita_node::setup::{self, CreatedNode};
use serde_json::json;

use crate::chance::{Random, amount, seed};
use crate::fault::{Death, Faults, Node, ready};
use crate::world::{
    Api, Folder, answer, appointment, clock, draft, garita, plan, record_path, until,
};

/// Boundaries where `GARITA_TEST_BOUNDARIES` does not say: drawn from all, and as many as there are where it says 0.
const SAMPLE: u64 = 24;
/// Records of one round; after some of them a file.
const ROUND: u32 = 6;
const FILE_AFTER: u32 = 3;

/// What one round after the other files at a carrier's node.
struct Work {
    api: Api,
    filed: u32,
    acknowledged: BTreeSet<String>,
    /// Files that were taken, by the path under which they are read.
    files: BTreeMap<String, Vec<u8>>,
}

impl Work {
    /// One round, or what there is of it until the node is gone.
    async fn round(&mut self) -> Option<()> {
        for turn in 0..ROUND {
            self.filed += 1;
            let trip = format!("TOCQ26{:08}", self.filed);
            let mut body = draft("Appointment", appointment(&trip, "47AK2F"));
            let mut file = None;
            if turn == FILE_AFTER {
                let bytes = trip.repeat(600).into_bytes();
                let request = self.api.request("POST", "/v1/attachments");
                let taken = answer(request.body(bytes.clone())).await.ok()?;
                assert_eq!(taken.status, 201, "{}", taken.text);
                body["relatedResource"] = json!([taken.body["relatedResource"]]);
                let digest = taken.body["id"].as_str().unwrap().to_owned();
                let digest = digest.trim_start_matches("ni:///sha-256;").to_owned();
                file = Some((format!("/v1/attachments/{digest}"), bytes));
            }
            let request = self.api.request("POST", "/v1/records").json(&body);
            let filed = answer(request).await.ok()?;
            self.acknowledged.insert(filed.id());
            self.files.extend(file);
        }
        Some(())
    }

    /// What was acknowledged is held, once; at the end by another node's party too.
    async fn is_held_by(&self, party: &Api) {
        let held = party.all_records().await;
        let ids: BTreeSet<&str> = held.iter().map(|(id, ..)| id.as_str()).collect();
        assert_eq!(ids.len(), held.len(), "{} has a record twice", party.base);
        for id in &self.acknowledged {
            assert!(ids.contains(id.as_str()), "{} lacks {id}", party.base);
        }
    }
}

fn holds(node: &CreatedNode, place: &str) {
    let data = node.data.to_str().unwrap();
    let found = garita(&["fsck", "--data", data, "--proofs"]);
    assert_eq!(found.code, 0, "{place}: {}: {found:?}", node.slug);
}

/// Waits until a node answers or has ended; whether it answers.
async fn up(node: &mut Node, base: &str) -> bool {
    let api = Api::new(base, "");
    let answers = Cell::new(false);
    until("the node answers, or is gone", || {
        let ended = node.ended();
        let (api, answers) = (&api, &answers);
        async move {
            answers.set(
                api.try_get("/readyz")
                    .await
                    .is_some_and(|a| a.status == 200),
            );
            answers.get() || ended
        }
    })
    .await;
    answers.get()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_dies_at_any_write_loses_nothing_and_has_nothing_twice() {
    let seed = seed();
    let mut random = Random::new(seed);
    let folder = Folder::new("boundaries");
    let mut plan = plan(clock());
    plan.nodes.truncate(2);
    let nodes = setup::create_network(&folder.path().join("net"), &plan).unwrap();
    let (customs, trade) = (&nodes[0], &nodes[1]);
    let Some(faults) = Faults::of(&folder, &trade.data) else {
        return;
    };
    let log = folder.path().join("trade.log");
    let _customs = Node::start(&customs.data, &folder.path().join("customs.log"));
    ready(&customs.url).await;
    let mut work = Work {
        api: Api::new(&trade.url, &trade.parties["ocotillo"].token),
        filed: 0,
        acknowledged: BTreeSet::new(),
        files: BTreeMap::new(),
    };

    // How many boundaries a round has, from the first of a start to the last acknowledgement from customs.
    let mut node = Node::on(&faults, &trade.data, &log, None);
    ready(&trade.url).await;
    work.round().await.expect("nothing kills it");
    let cbp = Api::new(&customs.url, &customs.parties["cbp"].token);
    for id in &work.acknowledged {
        cbp.holds(id).await;
    }
    let all = faults.count();
    assert!(all > 50, "only {all} boundaries: is the library loaded?");
    node.kill();
    let sample = amount("GARITA_TEST_BOUNDARIES", SAMPLE);
    let boundaries: Vec<u64> = if sample == 0 {
        (1..=all).collect()
    } else {
        (0..sample).map(|_| random.between(1, all)).collect()
    };
    println!("{} of {all} boundaries", boundaries.len());

    let (mut early, mut whole) = (0, 0);
    for at in boundaries {
        let death = if random.below(2) == 0 {
            Death::Killed(at)
        } else {
            Death::PowerCut(at)
        };
        let place = format!("{death:?}");
        let mut node = Node::on(&faults, &trade.data, &log, Some(death));
        if up(&mut node, &trade.url).await {
            // What the one before left is whole, unless this one is gone already.
            for id in work.acknowledged.iter().rev().take(ROUND as usize) {
                if let Some(held) = work.api.try_get(&record_path(id)).await {
                    assert_eq!(held.status, 200, "{place}: {id}: {}", held.text);
                }
            }
            if work.round().await.is_some() {
                // Deliveries and their acknowledgements may be what is killed; where it is not, it is killed as it stands.
                whole += 1;
            }
        } else {
            early += 1;
        }
        node.kill();
        holds(trade, &place);
    }
    println!(
        "{} acknowledged; {early} times gone before it answered, {whole} times after the round",
        work.acknowledged.len()
    );

    let _node = Node::start(&trade.data, &log);
    ready(&trade.url).await;
    work.is_held_by(&work.api).await;
    for (path, bytes) in &work.files {
        let read = work.api.get(path).await;
        assert_eq!(read.text.as_bytes(), bytes, "{path}");
    }
    let operator = Api::operator(trade);
    until("all is delivered", || async {
        operator
            .try_get("/v1/status")
            .await
            .is_some_and(|a| a.body["inStep"] == true && a.body["deliveries"]["pending"] == 0)
    })
    .await;
    work.is_held_by(&cbp).await;
    holds(trade, "the end");
    holds(customs, "the end");
}
