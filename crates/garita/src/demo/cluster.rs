//! The four nodes as child processes of this program, and how to speak to them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use garita_exchange::Clock;
use garita_node::setup::{self, CreatedNode, NetworkPlan, NodePlan, PartyPlan};
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, Semaphore};
use tokio::time::sleep;

use super::cast::{NODES, ZONES};
use super::ledger::Ledger;

/// Requests under way to one node at a time.
const IN_FLIGHT: usize = 24;
/// A request is made again this long while a node is away.
const PATIENCE: Duration = Duration::from_secs(45);
/// A node gets this long to come up.
const BOOT: Duration = Duration::from_secs(60);

/// The running network.
#[derive(Debug)]
pub(crate) struct Cluster {
    /// Folder of everything.
    pub(crate) root: PathBuf,
    /// Business time of all nodes.
    pub(crate) clock: Clock,
    /// Nodes in the order of the cast.
    pub(crate) nodes: Vec<Running>,
    /// Parties by key.
    pub(crate) parties: BTreeMap<&'static str, Access>,
    /// For requests.
    pub(crate) client: Client,
}

/// One node.
#[derive(Debug)]
pub(crate) struct Running {
    /// As made.
    pub(crate) made: CreatedNode,
    /// Its name for people.
    pub(crate) name: &'static str,
    child: Mutex<Option<Child>>,
    turns: Semaphore,
}

/// How a party reaches its node.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    /// Position of its node.
    pub(crate) node: usize,
    /// Base address.
    pub(crate) url: String,
    /// DID.
    pub(crate) did: String,
    /// Token.
    pub(crate) token: String,
    /// Sign-in link.
    pub(crate) sign_in: String,
    /// Verification method.
    pub(crate) method: String,
    /// Key.
    pub(crate) key_file: PathBuf,
    /// Name for people.
    pub(crate) name: &'static str,
}

/// What a node answered.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// Body, `null` where it was no JSON.
    pub(crate) body: Value,
    /// When the first try began.
    pub(crate) started: Instant,
}

impl Answer {
    /// Whether the node took it.
    pub(crate) fn good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The refusal's code; the status in words where the body has none.
    pub(crate) fn code(&self) -> String {
        match self.body.get("code").and_then(Value::as_str) {
            Some(code) => code.to_owned(),
            None => format!("http-{}", self.status),
        }
    }
}

impl Cluster {
    /// Makes folders and keys of the whole network; starts nothing.
    ///
    /// # Errors
    /// When the folder cannot be written, or holds nodes already.
    pub(crate) fn make(root: &Path, first_port: u16, clock: Clock) -> Result<Cluster, String> {
        let nodes = NODES
            .iter()
            .zip(first_port..)
            .map(|(node, port)| NodePlan {
                slug: node.slug.to_owned(),
                name: node.name.to_owned(),
                listen: SocketAddr::from(([127, 0, 0, 1], port)),
                url: format!("http://127.0.0.1:{port}"),
                parties: node.parties.iter().map(party_plan).collect(),
            })
            .collect();
        let plan = NetworkPlan {
            name: "Laredo demonstration".to_owned(),
            simulated: true,
            clock,
            zones: ZONES
                .iter()
                .map(|(place, zone)| ((*place).to_owned(), (*zone).to_owned()))
                .collect(),
            nodes,
            adoptions: vec![super::versions::next_version()?],
        };
        let made = setup::create_network(root, &plan).map_err(|e| e.to_string())?;
        let mut parties = BTreeMap::new();
        for (index, (node, made)) in NODES.iter().zip(&made).enumerate() {
            for party in node.parties {
                if let Some(created) = made.parties.get(party.slug) {
                    parties.insert(
                        party.slug,
                        Access {
                            node: index,
                            url: made.url.clone(),
                            did: created.did.clone(),
                            token: created.token.clone(),
                            sign_in: created.sign_in.clone(),
                            method: created.verification_method.clone(),
                            key_file: created.key_file.clone(),
                            name: party.name,
                        },
                    );
                }
            }
        }
        let client = Client::builder()
            .no_proxy()
            .connect_timeout(Duration::from_secs(2))
            .build()
            .map_err(|e| e.to_string())?;
        let nodes = NODES
            .iter()
            .zip(made)
            .map(|(node, made)| Running {
                made,
                name: node.name,
                child: Mutex::new(None),
                turns: Semaphore::new(IN_FLIGHT),
            })
            .collect();
        Ok(Cluster {
            root: root.to_owned(),
            clock,
            nodes,
            parties,
            client,
        })
    }

    /// Position of a node by its short name.
    pub(crate) fn position(&self, slug: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.made.slug == slug)
    }

    /// Starts a node and waits until it answers.
    ///
    /// # Errors
    /// When it ends or stays silent.
    pub(crate) async fn start(&self, at: usize) -> Result<(), String> {
        let node = self.nodes.get(at).ok_or("no such node")?;
        let program = std::env::current_exe().map_err(|e| e.to_string())?;
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.root.join(format!("{}.log", node.made.slug)))
            .map_err(|e| e.to_string())?;
        let errors = log.try_clone().map_err(|e| e.to_string())?;
        let child = Command::new(program)
            .arg("serve")
            .arg("--data")
            .arg(&node.made.data)
            .stdin(Stdio::null())
            .stdout(Stdio::from(log))
            .stderr(Stdio::from(errors))
            // Ctrl-C is for this program, which then stops its nodes in order.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| format!("{}: {e}", node.made.slug))?;
        *node.child.lock().await = Some(child);
        let until = Instant::now() + BOOT;
        let address = format!("{}/readyz", node.made.url);
        while Instant::now() < until {
            if let Ok(answer) = self
                .client
                .get(&address)
                .timeout(Duration::from_secs(2))
                .send()
                .await
                && answer.status().is_success()
            {
                return Ok(());
            }
            if let Some(child) = node.child.lock().await.as_mut()
                && let Ok(Some(status)) = child.try_wait()
            {
                return Err(format!(
                    "{} ended at once ({status}); see {}.log",
                    node.made.slug, node.made.slug
                ));
            }
            sleep(Duration::from_millis(40)).await;
        }
        Err(format!(
            "{} did not answer in {} s",
            node.made.slug,
            BOOT.as_secs()
        ))
    }

    /// Kills a node with SIGKILL.
    ///
    /// # Errors
    /// When it can't be.
    pub(crate) async fn kill(&self, at: usize) -> Result<(), String> {
        let node = self.nodes.get(at).ok_or("no such node")?;
        if let Some(mut child) = node.child.lock().await.take() {
            child.kill().await.map_err(|e| e.to_string())?;
        }
        Ok(())
    }

    /// Says whom to call at each office.
    ///
    /// # Errors
    /// When a node does not take it.
    pub(crate) async fn name_desks(&self) -> Result<(), String> {
        for (party, desk, telephone, hours, languages) in super::cast::DESKS {
            let access = self.parties.get(party).ok_or("no such party")?;
            let answer = self
                .client
                .post(format!("{}/v1/contacts", access.url))
                .bearer_auth(&access.token)
                .json(&serde_json::json!({
                    "desk": desk, "telephone": telephone, "hours": hours, "languages": languages,
                }))
                .timeout(Duration::from_secs(10))
                .send()
                .await
                .map_err(|e| e.to_string())?;
            if !answer.status().is_success() {
                return Err(format!(
                    "{party}: the desk was not taken: {}",
                    answer.status()
                ));
            }
        }
        Ok(())
    }

    /// Stops all nodes in order, by SIGTERM; those that stay are killed.
    pub(crate) async fn stop(&self) {
        for node in &self.nodes {
            if let Some(id) = node.child.lock().await.as_ref().and_then(Child::id) {
                let _ = Command::new("kill")
                    .arg("-TERM")
                    .arg(id.to_string())
                    .status()
                    .await;
            }
        }
        for node in &self.nodes {
            if let Some(mut child) = node.child.lock().await.take()
                && tokio::time::timeout(Duration::from_secs(8), child.wait())
                    .await
                    .is_err()
            {
                let _ = child.kill().await;
            }
        }
    }

    /// Sends a request as often as needed while the node is away or asks to wait.
    pub(crate) async fn send(
        &self,
        node: usize,
        ledger: &Ledger,
        request: impl Fn(&Client) -> RequestBuilder,
    ) -> Answer {
        let started = Instant::now();
        let mut pause = Duration::from_millis(50);
        loop {
            let answer = {
                let _turn = match self.nodes.get(node) {
                    Some(node) => node.turns.acquire().await.ok(),
                    None => None,
                };
                request(&self.client)
                    .timeout(Duration::from_secs(30))
                    .send()
                    .await
            };
            let status = match answer {
                Ok(answer) => {
                    let status = answer.status().as_u16();
                    if status != 429 && status != 503 {
                        let body = answer.json().await.unwrap_or_default();
                        return Answer {
                            status,
                            body,
                            started,
                        };
                    }
                    status
                }
                Err(_) => 0,
            };
            if started.elapsed() > PATIENCE {
                return Answer {
                    status,
                    body: Value::Null,
                    started,
                };
            }
            ledger.retried();
            sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(800));
        }
    }

    /// Asks one node something as a party.
    pub(crate) async fn get(&self, party: &str, path: &str) -> Option<Value> {
        let access = self.parties.get(party)?;
        let answer = self
            .client
            .get(format!("{}{path}", access.url))
            .bearer_auth(&access.token)
            .timeout(Duration::from_secs(10))
            .send()
            .await
            .ok()?;
        if !answer.status().is_success() {
            return None;
        }
        answer.json().await.ok()
    }

    /// What a node says of itself.
    pub(crate) async fn status(&self, node: usize) -> Option<Value> {
        let node = self.nodes.get(node)?;
        let answer = self
            .client
            .get(format!("{}/v1/status", node.made.url))
            .bearer_auth(&node.made.admin_token)
            .timeout(Duration::from_secs(10))
            .send()
            .await
            .ok()?;
        answer.json().await.ok()
    }

    /// Deliveries that wait for a node anywhere else.
    pub(crate) async fn waiting_for(&self, node: usize) -> Option<u64> {
        let did = &self.nodes.get(node)?.made.did;
        let mut waiting = 0;
        for other in (0..self.nodes.len()).filter(|other| *other != node) {
            let status = self.status(other).await?;
            let peers = status.get("peers").and_then(Value::as_array)?;
            let peer = peers
                .iter()
                .find(|peer| peer.get("did").and_then(Value::as_str) == Some(did))?;
            waiting += peer.get("pending").and_then(Value::as_u64).unwrap_or(0);
        }
        Some(waiting)
    }

    /// Whether all nodes hold what they are entitled to, nothing pending.
    pub(crate) async fn in_step(&self) -> bool {
        for node in 0..self.nodes.len() {
            let Some(status) = self.status(node).await else {
                return false;
            };
            let pending = status
                .pointer("/deliveries/pending")
                .and_then(Value::as_u64);
            if status.get("inStep").and_then(Value::as_bool) != Some(true) || pending != Some(0) {
                return false;
            }
        }
        true
    }
}

fn party_plan(party: &super::cast::Party) -> PartyPlan {
    let mut holds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (space, number) in party.holds {
        holds
            .entry((*space).to_owned())
            .or_default()
            .push((*number).to_owned());
    }
    let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
    PartyPlan {
        slug: party.slug.to_owned(),
        name: party.name.to_owned(),
        country: party.country.to_owned(),
        roles: owned(party.roles),
        holds,
        places: owned(party.places),
        marks: owned(party.marks),
    }
}
