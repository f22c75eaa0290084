//! Networks to measure: nodes in processes of their own, a carrier's signed records, what a process takes of the machine.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use garita_exchange::clock::{Clock, real_now_ms};
use garita_exchange::core::HostedKey;
use garita_exchange::encode;
use garita_exchange::governance::Network;
use garita_exchange::program::Programs;
use garita_exchange::signing::{Draft, Signer};
use garita_node::setup::{self, CreatedNode, CreatedParty, NetworkPlan, NodePlan, PartyPlan};
use garita_node::{config, programs};
use garita_profile::case::CaseRef;
use reqwest::Client;
use serde_json::{Value, json};

use super::super::board::Serving;
use super::load::Door;

/// Ports tried for a node, below those that the system gives to outgoing connections: a node that is started again finds its own free.
const PORTS: std::ops::Range<u16> = 20_000..32_000;
/// Of so many ahead a truck is announced: enough that no record of a long run is late.
const ARRIVES_MS: i64 = 6 * 3_600_000;
/// A connection that no step uses is closed.
const IDLE: Duration = Duration::from_secs(5);
const MINUTE_MS: i64 = 60_000;
/// `/proc/PID/stat` counts in hundredths of a second, on every Linux of today.
const TICK_US: f64 = 10_000.0;

/// Which nodes there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// The carrier and both customs on one.
    One,
    /// The carrier on the first, both customs on the second.
    Two,
    /// As `Two`, with a bridge beside customs: it gets views, and is told of states.
    TwoWithBridge,
}

/// What is filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A loaded truck's manifest: whole to both customs.
    Manifest,
    /// An appointment: whole to both customs, a view to bridges, derived from a base proof that its home makes.
    Appointment,
}

/// A record that its party has signed.
#[derive(Debug)]
pub(super) struct Filed {
    /// Its id.
    pub(super) id: String,
    /// As it is sent.
    pub(super) body: Bytes,
}

/// A network's folders.
#[derive(Debug)]
pub(super) struct Site {
    nodes: Vec<CreatedNode>,
    /// Who signs.
    pub(super) author: Arc<Author>,
    client: Client,
}

impl Site {
    /// Makes folders and keys; starts nothing.
    pub(super) fn found(folder: &Path, shape: Shape) -> Result<Site, String> {
        let plan = plan(shape)?;
        let nodes = setup::create_network(folder, &plan).map_err(|e| e.to_string())?;
        let first = nodes.first().ok_or("no node was made")?;
        let author = Arc::new(Author::of(first)?);
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            // Well before the node ends a connection on which nothing comes.
            .pool_idle_timeout(IDLE)
            .build()
            .map_err(|e| e.to_string())?;
        Ok(Site {
            nodes,
            author,
            client,
        })
    }

    /// The carrier's node.
    pub(super) fn first(&self) -> Result<&CreatedNode, String> {
        self.nodes.first().ok_or_else(|| "no node".to_owned())
    }

    /// The node of customs; where there is one only, that.
    pub(super) fn last(&self) -> Result<&CreatedNode, String> {
        self.nodes.last().ok_or_else(|| "no node".to_owned())
    }

    /// Starts a node in a process of its own, and waits until it answers.
    pub(super) async fn start(&self, node: &CreatedNode) -> Result<Serving, String> {
        Serving::start(node, &self.client).await
    }

    /// Where the carrier files.
    pub(super) fn filing(&self) -> Result<Door, String> {
        let node = self.first()?;
        Ok(self.door(node, party(node, "ocotillo")?))
    }

    /// Where customs look.
    pub(super) fn looking(&self) -> Result<Door, String> {
        let node = self.last()?;
        Ok(self.door(node, party(node, "cbp")?))
    }

    fn door(&self, node: &CreatedNode, party: &CreatedParty) -> Door {
        Door::new(
            self.client.clone(),
            &node.url,
            &party.token,
            &node.admin_token,
        )
    }
}

fn party<'a>(node: &'a CreatedNode, slug: &str) -> Result<&'a CreatedParty, String> {
    node.parties
        .get(slug)
        .ok_or_else(|| format!("{} has no party {slug}", node.slug))
}

fn plan(shape: Shape) -> Result<NetworkPlan, String> {
    let party = |slug: &str, name: &str, country: &str, role: &str| PartyPlan {
        slug: slug.to_owned(),
        name: name.to_owned(),
        country: country.to_owned(),
        roles: vec![role.to_owned()],
        ..PartyPlan::default()
    };
    let node = |slug: &str, parties: Vec<PartyPlan>| {
        let listen = address()?;
        Ok::<_, String>(NodePlan {
            slug: slug.to_owned(),
            name: slug.to_owned(),
            listen,
            url: format!("http://{listen}"),
            parties,
        })
    };
    let mut carrier = party("ocotillo", "Transportes Ocotillo", "mx", "carrier");
    carrier.holds = [("scac".to_owned(), vec!["TOCQ".to_owned()])].into();
    let mut customs = vec![
        party("cbp", "CBP Laredo", "us", "customs.us"),
        party("anam", "ANAM Nuevo Laredo", "mx", "customs.mx"),
    ];
    for (office, place) in customs.iter_mut().zip(["2304", "240"]) {
        office.places = vec![place.to_owned()];
    }
    if shape == Shape::TwoWithBridge {
        customs.push(party("puente", "City of Laredo Bridges", "us", "bridge"));
    }
    let nodes = match shape {
        Shape::One => {
            customs.push(carrier);
            vec![node("port", customs)?]
        }
        Shape::Two | Shape::TwoWithBridge => {
            vec![node("trade", vec![carrier])?, node("customs", customs)?]
        }
    };
    Ok(NetworkPlan {
        adoptions: Vec::new(),
        name: "Benchmark".to_owned(),
        simulated: true,
        clock: Clock::System,
        zones: [
            ("2304".to_owned(), "America/Chicago".to_owned()),
            ("240".to_owned(), "America/Matamoros".to_owned()),
        ]
        .into(),
        nodes,
    })
}

/// An address that nobody listens at.
pub(super) fn address() -> Result<SocketAddr, String> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let span = PORTS.end - PORTS.start;
    // Processes with neighbouring numbers begin apart, so that none takes what another has found free and not yet bound.
    let begin = u16::try_from(std::process::id() % 1_500 * 8).unwrap_or(0);
    for _ in 0..span {
        let step = NEXT.fetch_add(1, Ordering::Relaxed) % span;
        let port = PORTS.start + (begin + step) % span;
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            return listener.local_addr().map_err(|e| e.to_string());
        }
    }
    Err("no port is free".to_owned())
}

/// The carrier, signing with its own key as its own system would: what the node then gets is complete.
#[derive(Debug)]
pub(super) struct Author {
    network: Network,
    programs: Programs,
    signer: Signer,
    key: HostedKey,
    issuer: String,
    next: AtomicU64,
}

impl Author {
    fn of(node: &CreatedNode) -> Result<Author, String> {
        let text = std::fs::read_to_string(node.data.join("governance.json"))
            .map_err(|e| e.to_string())?;
        let entries: Vec<Value> = serde_json::from_str(&text).map_err(|e| e.to_string())?;
        let network = Network::from_entries(&entries).map_err(|e| e.to_string())?;
        let programs = programs::load(None).map_err(|e| e.to_string())?;
        let canonicalizer = programs.canonicalizer().map_err(|e| e.to_string())?;
        let carrier = party(node, "ocotillo")?;
        let key = config::read_key(&carrier.key_file).map_err(|e| e.to_string())?;
        Ok(Author {
            network,
            programs,
            signer: Signer::new(Arc::new(canonicalizer)),
            key: HostedKey {
                verification_method: carrier.verification_method.clone(),
                key: Arc::new(key),
                views: None,
            },
            issuer: carrier.did.clone(),
            next: AtomicU64::new(0),
        })
    }

    /// So many records, each about a truck of its own; on all cores.
    pub(super) fn sign(&self, kind: Kind, count: usize) -> Result<Vec<Filed>, String> {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let each = count.div_ceil(threads.max(1));
        std::thread::scope(|scope| {
            let signing: Vec<_> = (0..threads)
                .map(|at| {
                    let some = each.min(count.saturating_sub(at * each));
                    scope.spawn(move || {
                        (0..some)
                            .map(|_| self.one(kind))
                            .collect::<Result<Vec<_>, _>>()
                    })
                })
                .collect();
            let mut all = Vec::with_capacity(count);
            for part in signing {
                let part = part.join().map_err(|_| "a thread that signs ended")?;
                all.extend(part?);
            }
            Ok(all)
        })
    }

    /// One record.
    pub(super) fn one(&self, kind: Kind) -> Result<Filed, String> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let now_ms = real_now_ms();
        let trip = format!("TOCQ{number:010}");
        let (record_type, subject) = match kind {
            Kind::Manifest => ("Manifest", manifest(&trip, number, now_ms)),
            Kind::Appointment => ("Appointment", appointment(&trip, number, now_ms)),
        };
        let profile = self
            .programs
            .issuing(record_type, &self.network, now_ms)
            .ok_or("no program has the record type")?;
        let document = Draft {
            record_type: record_type.to_owned(),
            issuer: self.issuer.clone(),
            about: vec![CaseRef {
                kind: "trip".to_owned(),
                key: format!("TOCQ:{trip}"),
            }],
            occurred_ms: now_ms,
            subject,
            ..Draft::default()
        }
        .document(&self.network, &profile)
        .map_err(|fault| format!("{}: {}", fault.code, fault.en))?;
        let signed = self
            .signer
            .sign(&document, &self.key, now_ms)
            .map_err(|problem| problem.to_string())?;
        let id = signed.get("id").and_then(Value::as_str);
        Ok(Filed {
            id: id.ok_or("a record without an id")?.to_owned(),
            body: Bytes::from(signed.to_string()),
        })
    }
}

/// A loaded truck of three shipments, of the size that the program's own example has.
fn manifest(trip: &str, number: u64, now_ms: i64) -> Value {
    let plate = plate(number);
    let scn = |at: u64| format!("TOCQ{number:010}{at}");
    json!({
        "scac": "TOCQ", "trip": trip, "direction": "northbound", "port": "2304", "aduana": "240", "crossing": "230404",
        "estimatedArrival": encode::instant_text(now_ms + ARRIVES_MS), "plate": plate, "plateState": "MX-TAM",
        "lane": "standard", "empty": false, "vin": "1M8GDM9AXKP042788", "tag": "9f2c7a1b44d0e3c8", "caat": "3A7K",
        "shipments": [
            { "scn": scn(1), "packages": 480, "grossWeightKg": 9120 },
            { "scn": scn(2), "packages": 36, "grossWeightKg": 5400.5 },
            { "scn": scn(3), "packages": 12, "grossWeightKg": 1210 },
        ],
        "equipment": [{ "equipmentNumber": "31UB8L", "equipmentKind": "trailer-53", "plate": "31UB8L", "plateState": "MX-TAM" }],
        "seals": [format!("{:07}", number % 10_000_000)], "packages": 528, "grossWeightKg": 15_730.5,
        "loadedAt": "Querétaro, QRO",
        "driver": { "driverName": "Xóchitl Casas Chávez", "fastCard": "41100000000017", "licence": "LFD0123456" },
    })
}

fn appointment(trip: &str, number: u64, now_ms: i64) -> Value {
    let from_ms = now_ms + ARRIVES_MS;
    json!({
        "scac": "TOCQ", "trip": trip, "plate": plate(number), "plateState": "MX-TAM",
        "window": { "windowStart": encode::instant_text(from_ms), "windowEnd": encode::instant_text(from_ms + 30 * MINUTE_MS) },
        "direction": "northbound", "crossing": "230404", "lane": "standard", "empty": false,
        "contact": "dispatch@ocotillo.example", "remarks": "Tyre change on the way",
    })
}

fn plate(number: u64) -> String {
    format!("PLB{:07}", number % 10_000_000)
}

/// What a process holds in memory, in MB (10^6 bytes).
#[derive(Debug, Clone, Copy)]
pub(super) struct Memory {
    /// Now (`VmRSS`).
    pub(super) resident_mb: f64,
    /// The most so far (`VmHWM`).
    pub(super) highest_mb: f64,
}

impl Memory {
    /// Of a process of this machine.
    pub(super) fn of(process: u32) -> Result<Memory, String> {
        let path = format!("/proc/{process}/status");
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))?;
        let line = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
                .and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse::<f64>().ok())
                .map(|kib| kib * 1_024.0 / 1e6)
                .ok_or_else(|| format!("{path} does not tell {name}"))
        };
        Ok(Memory {
            resident_mb: line("VmRSS")?,
            highest_mb: line("VmHWM")?,
        })
    }
}

/// Processor time that a process has taken so far, all its threads, in µs.
pub(super) fn processor_us(process: u32) -> Result<f64, String> {
    let path = format!("/proc/{process}/stat");
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))?;
    // The name, in parentheses, may hold blanks; after it come state and numbers, of which the 12th and 13th are user's and system's.
    let (_, rest) = text.rsplit_once(')').ok_or("no such line")?;
    let mut ticks = rest.split_whitespace().skip(11).map(str::parse::<f64>);
    match (ticks.next(), ticks.next()) {
        (Some(Ok(user)), Some(Ok(system))) => Ok((user + system) * TICK_US),
        _ => Err(format!("{path} does not tell the processor's time")),
    }
}
