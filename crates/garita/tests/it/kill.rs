//! Three real processes, one of them killed at a random point, again and again: nothing that was acknowledged is lost, nothing twice.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use garita_exchange::encode;
use garita_node::setup::{self, CreatedNode};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::world::{Api, Folder, appointment, clock, garita, plan, trip_key, until};

/// Kills where `GARITA_TEST_KILLS` does not say: `cargo xtask torture` says five hundred.
const ROUNDS: usize = 60;
/// The folders are looked through after so many kills, and at the end.
const FSCK_EVERY: usize = 10;
const WRITERS: usize = 4;
/// Records acknowledged in a round before and after the kill.
const BEFORE: u64 = 12;
const AFTER: u64 = 12;

/// SplitMix64: small, seeded, enough to choose a victim and a moment.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    fn start(folder: &Folder, node: &CreatedNode, turn: usize) -> Process {
        let log = folder.path().join(format!("{}-{turn}.log", node.slug));
        let child = Command::new(env!("CARGO_BIN_EXE_garita"))
            .args(["serve", "--data"])
            .arg(&node.data)
            .stdout(Stdio::null())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        Process { child, log }
    }

    /// SIGKILL: no chance to tidy up.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What was acknowledged: id and who is entitled, by party.
#[derive(Default)]
struct Acknowledged(Mutex<BTreeMap<String, &'static [(&'static str, &'static str)]>>);

/// Who gets an appointment, in which form.
const APPOINTMENT: &[(&str, &str)] = &[
    ("ocotillo", "whole"),
    ("cbp", "whole"),
    ("anam", "whole"),
    ("puente", "view"),
];
/// Who gets an arrival: customs and the seats of the trip; the carrier has the owner's seat.
const INQUIRY: &[(&str, &str)] = &[("ocotillo", "whole"), ("cbp", "whole"), ("anam", "whole")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_and_nothing_is_there_twice() {
    let seed = std::env::var("GARITA_TEST_SEED")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or_else(|| u64::from_le_bytes(encode::random().unwrap()));
    println!("seed: GARITA_TEST_SEED={seed}");
    let mut random = Random(seed);
    let folder = Folder::new("kill");
    let mut plan = plan(clock());
    plan.nodes.truncate(3);
    let nodes = setup::create_network(&folder.path().join("net"), &plan).unwrap();
    let mut processes: Vec<Process> = nodes
        .iter()
        .map(|n| Process::start(&folder, n, 0))
        .collect();
    for node in &nodes {
        ready(node).await;
    }
    let acknowledged = Arc::new(Acknowledged::default());
    let taken = Arc::new(AtomicU32::new(0));
    let trips = Arc::new(AtomicU32::new(0));
    let rounds = std::env::var("GARITA_TEST_KILLS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(ROUNDS);
    for round in 1..=rounds {
        let stop = Arc::new(AtomicBool::new(false));
        let writers: Vec<_> = (0..WRITERS)
            .map(|at| {
                let (stop, acknowledged, taken, trips) = (
                    Arc::clone(&stop),
                    Arc::clone(&acknowledged),
                    Arc::clone(&taken),
                    Arc::clone(&trips),
                );
                let carrier = Api::new(&nodes[1].url, &nodes[1].parties["ocotillo"].token);
                let cbp = Api::new(&nodes[0].url, &nodes[0].parties["cbp"].token);
                tokio::spawn(async move {
                    while !stop.load(Ordering::Relaxed) {
                        let trip = format!("TOCQ26{:08}", trips.fetch_add(1, Ordering::Relaxed));
                        let filed = if at % 2 == 0 {
                            post(&carrier, "Appointment", appointment(&trip, "47AK2F"))
                                .await
                                .map(|id| (id, APPOINTMENT))
                        } else {
                            ask(&carrier, &cbp, &trip, &acknowledged)
                                .await
                                .map(|id| (id, INQUIRY))
                        };
                        match filed {
                            Some((id, who)) => {
                                acknowledged.0.lock().await.insert(id, who);
                                taken.fetch_add(1, Ordering::Relaxed);
                            }
                            // A dead node refuses at once: no busy loop, no lost time.
                            None => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
                        }
                    }
                })
            })
            .collect();
        let goal = u64::from(taken.load(Ordering::Relaxed)) + BEFORE + random.below(30);
        until("records are acknowledged", || async {
            u64::from(taken.load(Ordering::Relaxed)) >= goal
        })
        .await;
        let victim = usize::try_from(random.below(3)).unwrap();
        processes[victim].kill();
        println!(
            "round {round}: killed {} after {goal} acknowledged",
            nodes[victim].slug
        );
        // The others go on; the victim comes back after a while that chance gives in polls, not in records: it may be the one asked.
        let mut polls = random.below(8);
        until("some time passes", || {
            polls = polls.saturating_sub(1);
            let over = polls == 0;
            async move { over }
        })
        .await;
        processes[victim] = Process::start(&folder, &nodes[victim], round);
        ready(&nodes[victim]).await;
        let line = started(&processes[victim]);
        // Killed at once, a node that waits for others may have logged nothing yet: then there is no tail.
        let told = |name: &str| line["fields"][name].as_u64().expect("a number");
        assert_eq!(
            told("checked") > 0,
            told("log_size") > 0,
            "the tail was checked: {line}"
        );
        let goal = u64::from(taken.load(Ordering::Relaxed)) + AFTER;
        until("records are acknowledged again", || async {
            u64::from(taken.load(Ordering::Relaxed)) >= goal
        })
        .await;
        stop.store(true, Ordering::Relaxed);
        for writer in writers {
            writer.await.unwrap();
        }
        for node in &nodes {
            let api = Api::operator(node);
            until(&format!("{} is in step", node.slug), || async {
                api.try_get("/v1/status").await.is_some_and(|a| {
                    a.body["inStep"] == true && a.body["deliveries"]["pending"] == 0
                })
            })
            .await;
        }
        compare(&nodes, &*acknowledged.0.lock().await).await;
        if round % FSCK_EVERY == 0 || round == rounds {
            for node in &nodes {
                agrees(node);
            }
        }
    }
    println!(
        "{} records acknowledged over {rounds} kills",
        taken.load(Ordering::Relaxed)
    );
}

/// An appointment, and a question of customs on it once customs know it.
async fn ask(carrier: &Api, cbp: &Api, trip: &str, acknowledged: &Acknowledged) -> Option<String> {
    let first = post(carrier, "Appointment", appointment(trip, "47AK2F")).await?;
    acknowledged
        .0
        .lock()
        .await
        .insert(first.clone(), APPOINTMENT);
    // Who sits in the case is known to customs when the appointment is there; with a dead node between, the turn is over.
    for _ in 0..40 {
        if cbp
            .try_get(&crate::world::record_path(&first))
            .await
            .is_some_and(|a| a.status == 200)
        {
            let subject = json!({ "scac": "TOCQ", "trip": trip, "question": "Which dock?" });
            return post(cbp, "Inquiry", subject).await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    None
}

/// Files a draft; the id where it was acknowledged.
async fn post(api: &Api, record_type: &str, subject: Value) -> Option<String> {
    let request = api
        .request("POST", "/v1/records")
        .json(&crate::world::draft(record_type, subject));
    let answer = crate::world::answer(request).await.ok()?;
    match answer.status {
        201 => Some(answer.id()),
        // Stopping or out of breath: not acknowledged, so not ours to find again.
        503 | 429 => None,
        _ => panic!("{record_type} is refused: {}", answer.text),
    }
}

/// Log, store, stamps, proofs and files of a node agree, while it runs.
fn agrees(node: &CreatedNode) {
    let data = node.data.to_str().unwrap();
    let found = garita(&["fsck", "--data", data, "--proofs"]);
    assert_eq!(found.code, 0, "{}: {found:?}", node.slug);
}

async fn ready(node: &CreatedNode) {
    let api = Api::new(&node.url, "");
    until(&format!("{} is ready", node.slug), || async {
        api.try_get("/readyz")
            .await
            .is_some_and(|a| a.status == 200)
    })
    .await;
}

/// The line by which a node says that its log's tail agrees with its store.
fn started(process: &Process) -> Value {
    let text = std::fs::read_to_string(&process.log).unwrap();
    text.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find(|line| {
            line["fields"]["message"]
                .as_str()
                .is_some_and(|m| m.contains("tail agrees"))
        })
        .unwrap_or_else(|| panic!("no word on the tail: {text}"))
}

async fn compare(
    nodes: &[CreatedNode],
    acknowledged: &BTreeMap<String, &'static [(&'static str, &'static str)]>,
) {
    for node in nodes {
        for (slug, party) in &node.parties {
            let wanted: BTreeMap<&str, &str> = acknowledged
                .iter()
                .filter_map(|(id, who)| Some((id.as_str(), who.iter().find(|(s, _)| s == slug)?.1)))
                .collect();
            if wanted.is_empty() {
                continue;
            }
            let held = Api::new(&node.url, &party.token).all_records().await;
            let distinct: BTreeSet<&str> = held.iter().map(|(id, ..)| id.as_str()).collect();
            assert_eq!(distinct.len(), held.len(), "{slug} has a record twice");
            let form: BTreeMap<&str, &str> = held
                .iter()
                .map(|(id, view, _)| (id.as_str(), view.as_str()))
                .collect();
            for (id, view) in wanted {
                match form.get(id) {
                    Some(&"whole") => assert_eq!(view, "whole", "{slug} has the whole of {id}"),
                    Some(_) => assert_eq!(view, "view", "{slug} has a view of {id}"),
                    None => panic!("{slug} lacks {id} of {} acknowledged", acknowledged.len()),
                }
            }
        }
    }
    // Both customs and the carrier fold the same case to the same state.
    let Some(id) = acknowledged
        .iter()
        .find(|(_, who)| who.len() == INQUIRY.len())
        .map(|(id, _)| id)
    else {
        return;
    };
    let customs = Api::new(&nodes[0].url, &nodes[0].parties["cbp"].token);
    let trip = customs.record(id).await.body["record"]["credentialSubject"]["trip"]
        .as_str()
        .unwrap()
        .to_owned();
    let carrier = Api::new(&nodes[1].url, &nodes[1].parties["ocotillo"].token);
    let (ours, theirs) = (
        customs.case("trip", &trip_key(&trip)).await.body,
        carrier.case("trip", &trip_key(&trip)).await.body,
    );
    assert_eq!(ours["tracks"]["talk"]["state"], "asked", "{ours}");
    assert_eq!(theirs["tracks"]["talk"]["state"], "asked", "{theirs}");
}
