//! A peer whose log contradicts itself: it is found out, the proof is kept, it alone is put apart.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use garita_credential::keys::SigningKey;
use garita_exchange::client::{Client, ClientError};
use garita_exchange::encode;
use garita_exchange::signing::LogSigner;
use garita_exchange::stamp::{Leaf, LeafAct, audience_digest};
use garita_exchange::wire::DeliveryAnswer;
use garita_tlog::{
    Checkpoint, Frontier, Hash, NodeId, TilePath, TreeSize, leaf_hash, node_hash, tile_bytes,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::governance::{delivery, forge};
use crate::world::{Api, World, appointment, record_path, shipment, trip_key, until};

/// How the log lies from some moment on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lie {
    /// It grows on another first leaf.
    Rewrites,
    /// It shows another root of the size that it has shown.
    SecondRoot,
    /// It shows fewer leaves than it has shown.
    Shrinks,
}

/// The salt of all leaves of a log by hand.
const SALT: [u8; 32] = [7; 32];
/// When all of them are logged, ms since 1970.
const LOGGED_MS: i64 = 1;

/// A node's log by hand.
#[derive(Debug)]
pub(crate) struct HostileLog {
    /// Whose it is.
    did: String,
    /// The only node that it answers.
    peer: String,
    origin: String,
    key: Arc<SigningKey>,
    leaves: Vec<[u8; 32]>,
    answered: usize,
    lie: Option<Lie>,
}

type Shared = Arc<Mutex<HostileLog>>;

impl HostileLog {
    /// The empty log of a world's hostile node, which answers `trade` alone.
    pub(crate) fn of(world: &World) -> HostileLog {
        let hostile = world.node("hostile");
        let address = hostile.url.trim_start_matches("http://");
        HostileLog {
            did: hostile.did.clone(),
            peer: world.node("trade").did.clone(),
            origin: format!("{address}/log"),
            key: world.key("hostile", "log"),
            leaves: Vec::new(),
            answered: 0,
            lie: None,
        }
    }

    /// Whether a delivery is from the node that it answers. Customs' state notices would grow the log between two looks.
    pub(crate) fn answers(&self, delivery: &Value) -> bool {
        delivery["from"] == json!(self.peer)
    }

    /// The answer to one entry whose leaf commits to `committed`, an entry too.
    pub(crate) fn take_as(&mut self, entry: &Value, committed: &Value) -> Value {
        self.leaves.push(self.commitment(committed));
        result(entry, self.leaves.len() - 1)
    }

    /// A whole answer, with the checkpoint of now.
    pub(crate) fn answer(&self, results: &[Value]) -> Value {
        json!({ "results": results, "checkpoint": self.checkpoint(), "governanceHead": 0 })
    }

    /// What an honest node's leaf says of an entry.
    fn commitment(&self, entry: &Value) -> [u8; 32] {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let view = text(&entry["view"]);
        let to = entry["to"].as_array().unwrap().iter();
        let audience = to.map(|party| (text(party), view.clone())).collect();
        let leaf = Leaf {
            id: text(&entry["stamp"]["id"]),
            view: view.clone(),
            act: LeafAct::Received,
            party: self.did.clone(),
            logged: LOGGED_MS,
            audience: audience_digest(&audience),
        };
        leaf.commit(&SALT)
    }

    fn root(&self) -> Hash {
        let mut frontier = Frontier::new();
        for leaf in &self.leaves {
            frontier.push(leaf).unwrap();
        }
        frontier.root()
    }

    fn checkpoint(&self) -> String {
        let size = TreeSize::new(self.leaves.len() as u64);
        Checkpoint::new(&self.origin, size, self.root())
            .sign(&LogSigner::new(&self.origin, &self.key))
            .unwrap()
    }

    fn node(&self, id: NodeId) -> Result<Hash, ()> {
        if id.level == 0 {
            let leaf = usize::try_from(id.index)
                .ok()
                .and_then(|i| self.leaves.get(i));
            return leaf.map(|l| leaf_hash(l)).ok_or(());
        }
        let left = self.node(NodeId::new(id.level - 1, id.index * 2))?;
        let right = self.node(NodeId::new(id.level - 1, id.index * 2 + 1))?;
        Ok(node_hash(&left, &right))
    }

    /// A tile of the log as of now.
    pub(crate) fn tile(&self, path: &str) -> Result<Vec<u8>, StatusCode> {
        let path: TilePath = format!("tile/{path}")
            .parse()
            .map_err(|_| StatusCode::NOT_FOUND)?;
        let TilePath::Hashes {
            level,
            index,
            width,
        } = path
        else {
            return Err(StatusCode::NOT_FOUND);
        };
        let reader = |id: NodeId| self.node(id);
        tile_bytes(&reader, level, index, width).map_err(|()| StatusCode::NOT_FOUND)
    }

    /// Takes one delivered record; its place. Whatever the log does, its last leaf is of that record: its history alone is a lie.
    fn take(&mut self, entry: &Value) -> usize {
        self.answered += 1;
        match self.lie {
            Some(Lie::SecondRoot) => drop(self.leaves.pop()),
            Some(Lie::Shrinks) => self.leaves.truncate(1),
            Some(Lie::Rewrites) => self.leaves[0] = [0xee; 32],
            None => {}
        }
        self.leaves.push(self.commitment(entry));
        self.leaves.len() - 1
    }
}

fn result(entry: &Value, index: usize) -> Value {
    json!({ "seq": entry["seq"], "status": "recorded", "index": index,
        "salt": encode::base64url(&SALT), "logged": LOGGED_MS })
}

async fn deliveries(
    State(log): State<Shared>,
    body: String,
) -> Result<axum::Json<Value>, StatusCode> {
    let delivery: Value = serde_json::from_str(&body).unwrap();
    let mut log = log.lock().unwrap();
    if !log.answers(&delivery) {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let results: Vec<Value> = delivery["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let index = log.take(entry);
            result(entry, index)
        })
        .collect();
    Ok(axum::Json(log.answer(&results)))
}

async fn tile(State(log): State<Shared>, Path(path): Path<String>) -> Result<Vec<u8>, StatusCode> {
    log.lock().unwrap().tile(&path)
}

/// Runs the hostile node of a world: it takes deliveries, serves tiles, and nothing else.
async fn run(world: &World) -> Shared {
    let url = &world.node("hostile").url;
    let address = url.trim_start_matches("http://").to_owned();
    let log = Arc::new(Mutex::new(HostileLog::of(world)));
    let router = Router::new()
        .route("/v1/peer/deliveries", post(deliveries))
        .route("/log/tile/{*path}", get(tile))
        .with_state(Arc::clone(&log));
    let listener = TcpListener::bind(&address).await.unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    log
}

/// How the hostile node stands at trade.
async fn standing(world: &World) -> Value {
    standing_at(world, "trade").await
}

/// How the hostile node stands at another one.
pub(crate) async fn standing_at(world: &World, node: &str) -> Value {
    let node = world.node(node);
    let peers = Api::new(&node.url, &node.admin_token)
        .get("/v1/peers")
        .await
        .body;
    let hostile = json!(world.node("hostile").did);
    peers["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["did"] == hostile)
        .unwrap()
        .clone()
}

/// Files a shipment whose importer lives on the hostile node: it goes there, and to customs.
pub(crate) async fn file(world: &World, number: u32) -> String {
    let scn = format!("TOCQ884021{number:02}");
    world
        .api("ocotillo")
        .file(
            "Shipment",
            shipment(&scn, &world.did("mines"), &world.did("stranger")),
        )
        .await
}

async fn found_out(lie: Lie, reason: &str) {
    let mut world = World::running(&format!("log-{lie:?}"), 2).await;
    let log = run(&world).await;
    let checked = async |size: u64| {
        until("the log is checked", || async {
            standing(&world).await["log"]["size"] == json!(size)
        })
        .await;
    };
    // Honest at first: each step is proven from its tiles.
    file(&world, 1).await;
    checked(1).await;
    file(&world, 2).await;
    file(&world, 3).await;
    checked(3).await;
    assert_eq!(standing(&world).await["isolated"], Value::Null);

    log.lock().unwrap().lie = Some(lie);
    file(&world, 4).await;
    until("the lie is found out", || async {
        standing(&world).await["isolated"].is_object()
    })
    .await;
    let told = standing(&world).await;
    assert!(
        told["isolated"]["reason"]
            .as_str()
            .unwrap()
            .contains(reason),
        "{told}"
    );
    assert_eq!(told["inStep"], false);
    let nobody = Api::new(&world.node("trade").url, "");
    let operator = Api::operator(world.node("trade"));
    // It is isolated at once; the proof of it is on disk a moment later.
    until("the proof is kept", || async {
        operator.get("/v1/status").await.body["forks"] == 1
    })
    .await;
    let metrics = nobody.get("/metrics").await.text;
    assert!(
        metrics.contains("garita_log_violations_total 1"),
        "{metrics}"
    );
    let gauge = format!(
        "garita_peer_isolated{{peer=\"{}\"}} 1",
        world.node("hostile").did
    );
    until("the alarm is among the metrics", || async {
        nobody.get("/metrics").await.text.contains(&gauge)
    })
    .await;
    // Both signed notes are kept.
    let forks = world.app("trade").core().reader.forks().unwrap();
    assert_eq!(forks.len(), 1);
    let sizes: Vec<u64> = [&forks[0].note_a, &forks[0].note_b]
        .into_iter()
        .map(|note| {
            Checkpoint::parse_note_unverified(note.as_bytes())
                .unwrap()
                .size
                .get()
        })
        .collect();
    let later = match lie {
        Lie::Rewrites => 4,
        Lie::SecondRoot => 3,
        Lie::Shrinks => 2,
    };
    assert_eq!(sizes[1], later, "{forks:?}");
    assert_ne!(forks[0].note_a, forks[0].note_b);

    // Nothing more goes to it; customs get theirs as before.
    let answered = log.lock().unwrap().answered;
    let id = file(&world, 5).await;
    world.api("cbp").holds(&id).await;
    until("what is for it waits", || async {
        standing(&world).await["pending"].as_u64().unwrap_or(0) >= 1
    })
    .await;
    assert_eq!(log.lock().unwrap().answered, answered);
    let holders = world
        .api("ocotillo")
        .get(&format!("{}/holders", record_path(&id)))
        .await
        .body;
    assert_eq!(holders["items"].as_array().unwrap().len(), 2, "{holders}");

    // Nothing is taken from it.
    let record = forge(
        &world,
        "Appointment",
        &world.did("stranger"),
        world.key("hostile", "stranger"),
        ("trip", &trip_key("TOCQ2611240417")),
        appointment("TOCQ2611240417", "47AK2F"),
    )
    .await;
    let key = world.key("hostile", "node");
    let client = Client::new(&world.node("hostile").did, Arc::clone(&key)).unwrap();
    let entry = delivery(&world, "hostile", 1, &record, &world.did("ocotillo"), &key);
    let error = client
        .post::<DeliveryAnswer>(&world.node("trade").url, "/v1/peer/deliveries", &entry)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, ClientError::Status { status: 403, body } if body.contains("peer-isolated")),
        "{error}"
    );
    // A restart forgets nothing.
    world.restart("trade").await;
    assert!(
        standing(&world).await["isolated"]["reason"]
            .as_str()
            .unwrap()
            .contains(reason)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_grows_on_another_past_is_found_out() {
    found_out(Lie::Rewrites, "does not hold").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_with_two_roots_of_one_size_is_found_out() {
    found_out(Lie::SecondRoot, "two roots").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_shrinks_is_found_out() {
    found_out(Lie::Shrinks, "then 2").await;
}
