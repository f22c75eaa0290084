//! Links between nodes that break in every way, by chance: after they heal all who are entitled hold the same, nothing is lost, nothing
//! is there twice.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use garita_exchange::sync;
use garita_node::setup::{self, CreatedNode, NetworkPlan};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::chance::{Random, amount, seed};
use crate::fault::{Node, ready};
use crate::proxy::{Link, Way, Wires};
use crate::world::{
    Api, Folder, World, answer, appointment, clock, draft, garita, plan, record_path, trip_key,
    until,
};

/// Schedules with processes where `GARITA_TEST_PARTITIONS` does not say.
const SCHEDULES: u64 = 5;
/// Schedules in one process where `GARITA_TEST_SIMULATED` does not say.
const SIMULATED: u64 = 100;
/// Records queued for a node that is away where `GARITA_TEST_BACKLOG` does not say.
const BACKLOG: u64 = 3_000;
/// How long one schedule breaks links.
const BROKEN: Duration = Duration::from_secs(12);
/// How long a backlog may take, each thousand: to fail where something stands still, not to measure.
const THOUSAND: Duration = Duration::from_secs(60);

/// Who gets an appointment, in which form.
const APPOINTMENT: &[(&str, &str)] = &[
    ("ocotillo", "whole"),
    ("cbp", "whole"),
    ("anam", "whole"),
    ("puente", "view"),
];
/// Who gets a question of customs on it.
const INQUIRY: &[(&str, &str)] = &[("ocotillo", "whole"), ("cbp", "whole"), ("anam", "whole")];

type Entitled = &'static [(&'static str, &'static str)];

/// Three nodes, each behind the proxy that its address in the network's list leads to.
struct Wired {
    plan: NetworkPlan,
    listeners: Vec<TcpListener>,
}

impl Wired {
    async fn planned() -> Wired {
        let mut plan = plan(clock());
        plan.nodes.truncate(3);
        let mut listeners = Vec::new();
        for node in &mut plan.nodes {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            node.url = format!("http://{}", listener.local_addr().unwrap());
            listeners.push(listener);
        }
        Wired { plan, listeners }
    }

    /// Lays the wires; before a node is asked for anything.
    fn laid(self, seed: u64) -> Arc<Wires> {
        let dids: Vec<String> = self
            .plan
            .nodes
            .iter()
            .map(|node| setup::node_did(&node.url).unwrap())
            .collect();
        let wires = Wires::between(&dids, seed);
        let listen: Vec<SocketAddr> = self.plan.nodes.iter().map(|n| n.listen).collect();
        for ((did, listener), node) in dids.iter().zip(self.listeners).zip(listen) {
            wires.serve(did, listener, node);
        }
        wires
    }
}

/// A link that is broken in one way.
fn broken(random: &mut Random) -> Link {
    let open = Link::default();
    match random.below(8) {
        0 => Link {
            way: Way::Refused,
            ..open
        },
        1 => Link {
            way: Way::Silent,
            ..open
        },
        2 => Link {
            way: Way::AnswersLost,
            ..open
        },
        3 => Link {
            delay_ms: random.between(20, 400),
            ..open
        },
        4 => Link {
            bytes_a_second: random.between(2_000, 40_000),
            ..open
        },
        5 => Link {
            broken: 500,
            ..open
        },
        6 => Link {
            doubled: 500,
            late: 300,
            ..open
        },
        _ => Link {
            delay_ms: random.between(1, 100),
            broken: 150,
            doubled: 150,
            late: 150,
            ..open
        },
    }
}

/// Draws what breaks next: one link, both of a pair (a cut), or all of one node.
fn break_some(random: &mut Random, wires: &Wires, dids: &[String]) {
    let one = random.below(3);
    let other = (one + 1 + random.below(2)) % 3;
    let third = 3 - one - other;
    let at = |n: u64| dids[usize::try_from(n).unwrap()].as_str();
    let pairs: &[(u64, u64)] = match random.below(4) {
        0 | 1 => &[(one, other)],
        2 => &[(one, other), (other, one)],
        _ => &[(one, other), (other, one), (one, third), (third, one)],
    };
    let link = if random.below(4) == 0 {
        Link::default()
    } else {
        broken(random)
    };
    for (from, to) in pairs {
        wires.set(at(*from), at(*to), link);
    }
}

/// What was acknowledged: who is entitled, and the trip.
#[derive(Default)]
struct Acknowledged(Mutex<BTreeMap<String, (Entitled, String)>>);

impl Acknowledged {
    fn add(&self, id: &str, who: Entitled, trip: &str) {
        let mut held = self.0.lock().unwrap();
        held.insert(id.to_owned(), (who, trip.to_owned()));
    }

    fn all(&self) -> BTreeMap<String, (Entitled, String)> {
        self.0.lock().unwrap().clone()
    }
}

/// Three real nodes, reached by the test beside the wires.
struct Three {
    _folder: Folder,
    nodes: Vec<CreatedNode>,
    direct: Vec<String>,
    dids: Vec<String>,
    wires: Arc<Wires>,
    _running: Vec<Node>,
}

impl Three {
    async fn started(name: &str, seed: u64) -> Three {
        let folder = Folder::new(name);
        let wired = Wired::planned().await;
        let nodes = setup::create_network(&folder.path().join("net"), &wired.plan).unwrap();
        let direct: Vec<String> = wired
            .plan
            .nodes
            .iter()
            .map(|node| format!("http://{}", node.listen))
            .collect();
        let wires = wired.laid(seed);
        let running = nodes
            .iter()
            .map(|node| {
                let log = folder.path().join(format!("{}.log", node.slug));
                Node::start(&node.data, &log)
            })
            .collect();
        for base in &direct {
            ready(base).await;
        }
        Three {
            _folder: folder,
            dids: nodes.iter().map(|n| n.did.clone()).collect(),
            nodes,
            direct,
            wires,
            _running: running,
        }
    }

    fn api(&self, party: &str) -> Api {
        let found = self.nodes.iter().zip(&self.direct);
        let (node, base) = found
            .into_iter()
            .find(|(node, _)| node.parties.contains_key(party))
            .unwrap();
        Api::new(base, &node.parties[party].token)
    }

    /// A node as its operator reaches it.
    fn operator(&self, at: usize) -> Api {
        Api::new(&self.direct[at], &self.nodes[at].admin_token)
    }

    async fn are_in_step(&self) -> bool {
        for at in 0..self.direct.len() {
            let told = self.operator(at).try_get("/v1/status").await;
            if !told
                .is_some_and(|a| a.body["inStep"] == true && a.body["deliveries"]["pending"] == 0)
            {
                return false;
            }
        }
        true
    }

    /// All parties hold what they are entitled to, in their form, once.
    async fn hold(&self, acknowledged: &Acknowledged) {
        let acknowledged = acknowledged.all();
        for party in ["ocotillo", "cbp", "anam", "puente"] {
            let held = self.api(party).all_records().await;
            let form: BTreeMap<&str, &str> = held
                .iter()
                .map(|(id, view, _)| (id.as_str(), view.as_str()))
                .collect();
            assert_eq!(form.len(), held.len(), "{party} has a record twice");
            for (id, (who, _)) in &acknowledged {
                let Some((_, wanted)) = who.iter().find(|(slug, _)| *slug == party) else {
                    continue;
                };
                let view = form.get(id.as_str());
                let view = view.unwrap_or_else(|| panic!("{party} lacks {id}"));
                assert_eq!(
                    *view == "whole",
                    *wanted == "whole",
                    "{party}, {id}: {view}"
                );
            }
        }
    }

    /// Both customs and the carrier see the same of each of some trips.
    async fn agree(&self, acknowledged: &Acknowledged, trips_max: usize) {
        let acknowledged = acknowledged.all();
        let trips: BTreeSet<&String> = acknowledged.values().map(|(_, trip)| trip).collect();
        for trip in trips.iter().rev().take(trips_max) {
            let mut seen = Vec::new();
            for party in ["ocotillo", "cbp", "anam"] {
                let case = self.api(party).case("trip", &trip_key(trip)).await;
                assert_eq!(case.status, 200, "{party}: {}", case.text);
                seen.push((party, digest(&case.body, &acknowledged)));
            }
            for (party, digest) in &seen[1..] {
                assert_eq!(*digest, seen[0].1, "{party} and ocotillo, trip {trip}");
            }
        }
    }

    fn fsck(&self) {
        for node in &self.nodes {
            let data = node.data.to_str().unwrap();
            let found = garita(&["fsck", "--data", data, "--proofs"]);
            assert_eq!(found.code, 0, "{}: {found:?}", node.slug);
        }
    }
}

/// What a case's readers must agree on: the state of each track, and the records that all of them get.
fn digest(
    case: &Value,
    acknowledged: &BTreeMap<String, (Entitled, String)>,
) -> (BTreeMap<String, Value>, BTreeSet<String>) {
    let tracks = case["tracks"].as_object().unwrap();
    let records = case["records"].as_array().unwrap();
    (
        tracks
            .iter()
            .map(|(name, track)| (name.clone(), track["state"].clone()))
            .collect(),
        records
            .iter()
            .filter_map(|record| record["id"].as_str())
            .filter(|id| acknowledged.contains_key(*id))
            .map(str::to_owned)
            .collect(),
    )
}

/// Those who file until they are told to stop: appointments at the carrier's node, questions on them at customs'.
struct Load {
    stop: Arc<AtomicBool>,
    writers: Vec<JoinHandle<()>>,
    /// How long each acknowledgement took, ms.
    took_ms: Arc<Mutex<Vec<u64>>>,
}

impl Load {
    fn started(three: &Three, acknowledged: &Arc<Acknowledged>, trips: &Arc<AtomicU32>) -> Load {
        let stop = Arc::new(AtomicBool::new(false));
        let took_ms = Arc::new(Mutex::new(Vec::new()));
        let writers = (0..4)
            .map(|at| {
                let (stop, took_ms, acknowledged, trips) = (
                    Arc::clone(&stop),
                    Arc::clone(&took_ms),
                    Arc::clone(acknowledged),
                    Arc::clone(trips),
                );
                let (carrier, cbp) = (three.api("ocotillo"), three.api("cbp"));
                tokio::spawn(async move {
                    while !stop.load(Ordering::Relaxed) {
                        let trip = format!("TOCQ26{:08}", trips.fetch_add(1, Ordering::Relaxed));
                        let began = Instant::now();
                        let id = post(&carrier, "Appointment", appointment(&trip, "47AK2F")).await;
                        let Some(id) = id else { continue };
                        let took = u64::try_from(began.elapsed().as_millis()).unwrap();
                        took_ms.lock().unwrap().push(took);
                        acknowledged.add(&id, APPOINTMENT, &trip);
                        // Customs ask where they know of the trip: with a cut between, they do not, and the turn is over.
                        if at % 2 == 0 && known(&cbp, &id).await {
                            let asked =
                                json!({ "scac": "TOCQ", "trip": trip, "question": "Which dock?" });
                            if let Some(id) = post(&cbp, "Inquiry", asked).await {
                                acknowledged.add(&id, INQUIRY, &trip);
                            }
                        }
                        // Load, not a flood: the links are what is tried.
                        tokio::time::sleep(Duration::from_millis(25)).await;
                    }
                })
            })
            .collect();
        Load {
            stop,
            writers,
            took_ms,
        }
    }

    /// Ends it; how long acknowledgements took, ms, the shortest first.
    async fn ended(self) -> Vec<u64> {
        self.stop.store(true, Ordering::Relaxed);
        for writer in self.writers {
            writer.await.unwrap();
        }
        let mut took = std::mem::take(&mut *self.took_ms.lock().unwrap());
        took.sort_unstable();
        took
    }
}

fn told(took: &[u64]) -> String {
    let of_hundred = |n: usize| took.get(took.len() * n / 100).copied().unwrap_or_default();
    format!(
        "p50 {} ms, p99 {} ms of {}",
        of_hundred(50),
        of_hundred(99),
        took.len()
    )
}

/// Files a draft at its own home, which no link is between: taken, or come back later.
async fn post(api: &Api, record_type: &str, subject: Value) -> Option<String> {
    let request = api.request("POST", "/v1/records");
    let taken = answer(request.json(&draft(record_type, subject)))
        .await
        .unwrap();
    match taken.status {
        201 => Some(taken.id()),
        429 | 503 => None,
        _ => panic!("{record_type} is refused: {}", taken.text),
    }
}

async fn known(party: &Api, id: &str) -> bool {
    for _ in 0..20 {
        if party.record(id).await.status == 200 {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    false
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_links_do_all_hold_the_same_when_they_heal() {
    let seed = seed();
    let three = Three::started("partition", seed).await;
    let acknowledged = Arc::new(Acknowledged::default());
    let trips = Arc::new(AtomicU32::new(0));
    for schedule in 1..=amount("GARITA_TEST_PARTITIONS", SCHEDULES) {
        // Each schedule comes again by itself: from the seed and its number.
        let mut random = Random::new(seed ^ schedule);
        let load = Load::started(&three, &acknowledged, &trips);
        let began = Instant::now();
        while began.elapsed() < BROKEN {
            break_some(&mut random, &three.wires, &three.dids);
            tokio::time::sleep(Duration::from_millis(random.between(200, 2_000))).await;
        }
        let took = load.ended().await;
        three.wires.heal();
        let healed = Instant::now();
        until("all are in step", || three.are_in_step()).await;
        println!(
            "schedule {schedule}: in step {:.1} s after healing; acknowledged at home meanwhile: {}",
            healed.elapsed().as_secs_f64(),
            told(&took)
        );
        three.hold(&acknowledged).await;
        three.agree(&acknowledged, 40).await;
    }
    println!("{:?}", three.wires.happened);
    assert!(three.wires.happened.all() > 0, "nothing was broken");
    let asked = acknowledged.all();
    let asked = asked.values().filter(|(who, _)| who.len() == INQUIRY.len());
    assert!(asked.count() > 0, "customs never asked");
    three.fsck();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backlog_is_caught_up_and_slows_nobody_else() {
    let seed = seed();
    let three = Three::started("backlog", seed).await;
    let backlog = amount("GARITA_TEST_BACKLOG", BACKLOG);
    let (customs, trade) = (&three.dids[0], &three.dids[1]);
    let away = Link {
        way: Way::Refused,
        ..Link::default()
    };
    three.wires.set(trade, customs, away);
    three.wires.set(customs, trade, away);

    // Queued at the carrier's node by several at once.
    let acknowledged = Arc::new(Acknowledged::default());
    let trips = Arc::new(AtomicU32::new(0));
    let began = Instant::now();
    let writers: Vec<_> = (0..8)
        .map(|_| {
            let (acknowledged, trips) = (Arc::clone(&acknowledged), Arc::clone(&trips));
            let carrier = three.api("ocotillo");
            tokio::spawn(async move {
                loop {
                    let number = trips.fetch_add(1, Ordering::Relaxed);
                    if u64::from(number) >= backlog {
                        return;
                    }
                    let trip = format!("TOCQ26{number:08}");
                    let id = loop {
                        let subject = appointment(&trip, "47AK2F");
                        match post(&carrier, "Appointment", subject).await {
                            Some(id) => break id,
                            None => tokio::time::sleep(Duration::from_millis(50)).await,
                        }
                    };
                    acknowledged.add(&id, APPOINTMENT, &trip);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    println!("{backlog} queued in {:.1} s", began.elapsed().as_secs_f64());
    let waits = three.operator(1).get("/v1/status").await;
    assert!(
        waits.body["deliveries"]["pending"].as_u64().unwrap() >= backlog,
        "{}",
        waits.text
    );

    three.wires.heal();
    let healed = Instant::now();
    // Meanwhile live records go their way: from the carrier to the bridge, between whom nothing was cut.
    let stop = Arc::new(AtomicBool::new(false));
    let live = tokio::spawn({
        let (stop, acknowledged) = (Arc::clone(&stop), Arc::clone(&acknowledged));
        let (carrier, bridge) = (three.api("ocotillo"), three.api("puente"));
        async move {
            let (mut taken, mut seen) = (Vec::new(), Vec::new());
            let mut number = 0;
            while !stop.load(Ordering::Relaxed) {
                number += 1;
                let trip = format!("TOCQ27{number:08}");
                let began = Instant::now();
                let subject = appointment(&trip, "47AK2F");
                let Some(id) = post(&carrier, "Appointment", subject).await else {
                    continue;
                };
                taken.push(u64::try_from(began.elapsed().as_millis()).unwrap());
                acknowledged.add(&id, APPOINTMENT, &trip);
                while bridge.record(&id).await.status != 200 {
                    assert!(
                        began.elapsed() < THOUSAND,
                        "a live record does not come to the bridge"
                    );
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                seen.push(u64::try_from(began.elapsed().as_millis()).unwrap());
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            taken.sort_unstable();
            seen.sort_unstable();
            (taken, seen)
        }
    });
    let limit = THOUSAND * u32::try_from(backlog / 1_000 + 1).unwrap();
    let mut last = 0;
    loop {
        let held = three.operator(0).get("/v1/status").await;
        let held = held.body["records"].as_u64().unwrap();
        if held >= backlog && all_delivered(&three, backlog).await {
            break;
        }
        if held >= last + 10_000 {
            println!("{held} after {:.1} s", healed.elapsed().as_secs_f64());
            last = held;
        }
        assert!(healed.elapsed() < limit, "{held} after {limit:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let caught_up = healed.elapsed();
    stop.store(true, Ordering::Relaxed);
    let (taken, seen) = live.await.unwrap();
    until("all are in step", || three.are_in_step()).await;
    println!(
        "{backlog} queued records caught up in {:.1} s ({:.0} a second); live records: taken {}, seen at the bridge {}",
        caught_up.as_secs_f64(),
        backlog as f64 / caught_up.as_secs_f64(),
        told(&taken),
        told(&seen)
    );
    three.hold(&acknowledged).await;
    three.agree(&acknowledged, 40).await;
    three.fsck();
}

/// Whether the carrier's node has answers for what it had queued for customs.
async fn all_delivered(three: &Three, backlog: u64) -> bool {
    let told = three.operator(1).get("/v1/status").await;
    let counts = &told.body["deliveries"];
    let peers = told.body["peers"].as_array().unwrap();
    let customs = peers.iter().find(|peer| peer["did"] == three.dids[0]);
    counts["acknowledged"].as_u64().unwrap() >= backlog
        && customs.unwrap()["holdsOurs"] == true
        && counts["pending"].as_u64().unwrap() < 64
}

/// Whether each node of a world holds what each other one delivered to it, and nothing is on its way.
async fn delivered(world: &World) -> bool {
    let slugs = ["customs", "trade", "bridges"];
    for from in slugs {
        for to in slugs.into_iter().filter(|to| *to != from) {
            let (giver, taker) = (world.app(from), world.app(to));
            let did = &taker.core().identity.did;
            let status = giver.core().reader.outbox_status(did).unwrap();
            if status.is_some_and(|status| status.pending() > 0) {
                return false;
            }
            let given = sync::delivered_to(giver.core(), &giver.exchange().steps, did)
                .await
                .unwrap();
            let taken = sync::received_from(
                taker.core(),
                &taker.exchange().steps,
                &giver.core().identity.did,
                given.through,
            )
            .await
            .unwrap();
            if (given.count, &given.digest) != (taken.count, &taken.digest) {
                return false;
            }
        }
    }
    true
}

/// Many short schedules in one process: the nodes' own tasks, clocks and stores, and requests by loopback through the wires. What breaks,
/// when and how comes from the seed; who runs first is the machine's to say, so that a seed comes again nearly, not wholly.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_short_schedules_end_with_the_same_on_all_sides() {
    let seed = seed();
    let wired = Wired::planned().await;
    let plan = wired.plan.clone();
    let wires = wired.laid(seed);
    let world = World::planned("schedules", &plan, 3, |_, _| {}).await;
    let dids: Vec<String> = world.nodes.iter().map(|n| n.did.clone()).collect();
    let (carrier, cbp) = (world.api("ocotillo"), world.api("cbp"));
    let mut held: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut earlier: Option<String> = None;
    let mut number = 0;
    let began = Instant::now();
    let schedules = amount("GARITA_TEST_SIMULATED", SIMULATED);
    for schedule in 1..=schedules {
        let mut random = Random::new(seed ^ schedule);
        for _ in 0..random.between(1, 4) {
            break_some(&mut random, &wires, &dids);
        }
        let mut filed: Vec<(String, Entitled)> = Vec::new();
        for turn in 0..3 {
            number += 1;
            let trip = format!("TOCQ26{number:08}");
            let subject = appointment(&trip, "47AK2F");
            filed.push((carrier.file("Appointment", subject).await, APPOINTMENT));
            // On a trip that customs know since an earlier schedule.
            if turn == 1
                && let Some(trip) = earlier.replace(trip)
            {
                let asked = json!({ "scac": "TOCQ", "trip": trip, "question": "Which dock?" });
                filed.push((cbp.file("Inquiry", asked).await, INQUIRY));
            }
            if random.below(2) == 0 {
                break_some(&mut random, &wires, &dids);
            }
            tokio::time::sleep(Duration::from_millis(random.between(1, 120))).await;
        }
        wires.heal();
        until(&format!("schedule {schedule} ends in step"), || {
            delivered(&world)
        })
        .await;
        for (id, who) in filed {
            for (party, wanted) in who {
                let record = world.api(party).get(&record_path(&id)).await;
                assert_eq!(
                    record.status, 200,
                    "schedule {schedule}: {party} lacks {id}"
                );
                let whole = record.body["view"] == "whole";
                assert_eq!(whole, *wanted == "whole", "schedule {schedule}: {party}");
                held.entry(party).or_default().insert(id.clone());
            }
        }
    }
    println!(
        "{schedules} schedules in {:.1} s: {:?}",
        began.elapsed().as_secs_f64(),
        wires.happened
    );
    assert!(wires.happened.all() > 0, "nothing was broken");
    for (party, ids) in held {
        let all = world.api(party).all_records().await;
        let distinct: BTreeSet<&str> = all.iter().map(|(id, ..)| id.as_str()).collect();
        assert_eq!(distinct.len(), all.len(), "{party} has a record twice");
        assert!(
            ids.iter().all(|id| distinct.contains(id.as_str())),
            "{party} lost one"
        );
    }
}
