//! A busy port's board, search and indicators at 100 thousand and at a million records, over the node's own HTTP.
//!
//! One trip is filed for real; its fold and its row are then written again under other keys, some on the board, the rest long delivered.
//! What is measured is therefore reading: pages, lists and measures over a store of that size. Beside it stands the limit: the same
//! cases read from the store by key, with nothing computed.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use garita_exchange::Clock;
use garita_node::config::use_limits;
use garita_node::rates::Limits;
use garita_node::setup::{self, CreatedNode, NetworkPlan, NodePlan, PartyPlan};
use garita_store::{CaseView, Commit, Options, Reader, TableQuery, TableRow, Term, Writer};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::time::sleep;

/// Records that one crossing makes in the demo, without notices.
const RECORDS_A_TRIP: u64 = 12;
/// Trips on the board, in each of its columns.
const OPEN: [&str; 6] = [
    "expected",
    "export-lot",
    "bridge",
    "primary",
    "inspection",
    "released",
];
const OPEN_EACH: u64 = 50;
/// Cases in one transaction.
const BATCH: u64 = 2_000;
const ROUNDS: usize = 30;
const HOUR_MS: i64 = 3_600_000;
/// A truck every six seconds: 600 an hour, twice the busiest hour of Laredo.
const TRUCK_MS: u64 = 6_000;

/// Medians in ms at each size, with the slope between them.
pub(super) fn run(sizes: &[u64]) -> Result<Value, String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| e.to_string())?;
    let mut figures = serde_json::Map::new();
    for records in sizes {
        let folder = std::env::temp_dir().join(format!("garita-bench-{}", std::process::id()));
        let done = runtime.block_on(one(&folder, records / RECORDS_A_TRIP));
        let _ = std::fs::remove_dir_all(&folder);
        for (name, ms) in done? {
            figures.insert(format!("{name}, {records} records, ms"), json!(ms));
        }
    }
    if let [less, more] = sizes {
        let names: Vec<String> = figures
            .keys()
            .filter_map(|key| key.strip_suffix(&format!(", {less} records, ms")))
            .map(str::to_owned)
            .collect();
        for name in names {
            let at = |size: &u64| {
                figures
                    .get(&format!("{name}, {size} records, ms"))
                    .and_then(Value::as_f64)
            };
            if let (Some(few), Some(many)) = (at(less), at(more)) {
                let times = (many / few.max(0.01) * 100.0).round() / 100.0;
                figures.insert(format!("{name}, times from {less} to {more}"), json!(times));
            }
        }
    }
    Ok(Value::Object(figures))
}

async fn one(folder: &Path, trips: u64) -> Result<Vec<(&'static str, f64)>, String> {
    let address = free_address()?;
    let made = setup::create_network(folder, &plan(address)).map_err(|e| e.to_string())?;
    let node = made.first().ok_or("no node was made")?;
    let party = |slug: &str| node.parties.get(slug).ok_or("no such party");
    let client = Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|e| e.to_string())?;
    {
        let _serving = Serving::start(node, &client).await?;
        file(&client, node, &party("ocotillo")?.token).await?;
    }
    let did = party("cbp")?.did.clone();
    let data = node.data.clone();
    let limit = tokio::task::spawn_blocking(move || {
        let (mut writer, reader) = open(&data)?;
        multiply(&mut writer, &reader, &did, trips)?;
        by_key(&reader, &did)
    });
    let limit = limit.await.map_err(|e| e.to_string())??;
    let _serving = Serving::start(node, &client).await?;
    let sign_in = client.get(&party("cbp")?.sign_in).send().await;
    let cookie = sign_in
        .map_err(|e| e.to_string())?
        .headers()
        .get("set-cookie")
        .and_then(|c| c.to_str().ok())
        .and_then(|c| c.split(';').next())
        .unwrap_or_default()
        .to_owned();
    let bearer = format!("Bearer {}", party("cbp")?.token);
    let mut out = vec![("the board's cases by key (limit)", limit)];
    for (name, path, head) in [
        ("board page", "/console", ("cookie", cookie.as_str())),
        (
            "since the shift began",
            "/console/shift",
            ("cookie", cookie.as_str()),
        ),
        (
            "search by the last four",
            "/v1/search?q=*0417",
            ("authorization", bearer.as_str()),
        ),
        (
            "newest 100 trips",
            "/v1/cases?kind=trip&limit=100",
            ("authorization", bearer.as_str()),
        ),
        (
            "trucks by hour (count)",
            "/v1/indicators/trucks-by-hour",
            ("authorization", bearer.as_str()),
        ),
        (
            "minutes to release (median)",
            "/v1/indicators/release-time",
            ("authorization", bearer.as_str()),
        ),
    ] {
        let rounds = if path.contains("indicators") {
            5
        } else {
            ROUNDS
        };
        let mut times = Vec::with_capacity(rounds);
        for round in 0..=rounds {
            let start = Instant::now();
            let request = client
                .get(format!("{}{path}", node.url))
                .header(head.0, head.1);
            let answer = request.send().await.map_err(|e| e.to_string())?;
            let status = answer.status();
            let body = answer.text().await.map_err(|e| e.to_string())?;
            if !status.is_success() {
                return Err(format!("{path}: {status} {body}"));
            }
            if path == "/console" && body.matches("PLB").count() < 30 {
                return Err(format!(
                    "the board shows {} trucks",
                    body.matches("PLB").count()
                ));
            }
            // The first fills caches.
            if round > 0 {
                times.push(start.elapsed().as_secs_f64() * 1e3);
            }
        }
        out.push((name, median(times)));
    }
    Ok(out)
}

fn plan(address: SocketAddr) -> NetworkPlan {
    let party = |slug: &str, name: &str, country: &str, role: &str| PartyPlan {
        slug: slug.to_owned(),
        name: name.to_owned(),
        country: country.to_owned(),
        roles: vec![role.to_owned()],
        ..PartyPlan::default()
    };
    let mut carrier = party("ocotillo", "Transportes Ocotillo", "mx", "carrier");
    carrier.holds = [("scac".to_owned(), vec!["TOCQ".to_owned()])].into();
    NetworkPlan {
        adoptions: Vec::new(),
        name: "Benchmark".to_owned(),
        simulated: true,
        clock: Clock::System,
        zones: [("2304".to_owned(), "America/Chicago".to_owned())].into(),
        nodes: vec![NodePlan {
            slug: "us".to_owned(),
            name: "US customs".to_owned(),
            listen: address,
            url: format!("http://{address}"),
            parties: vec![party("cbp", "CBP Laredo", "us", "customs.us"), carrier],
        }],
    }
}

pub(super) fn free_address() -> Result<SocketAddr, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|e| e.to_string())?;
    listener.local_addr().map_err(|e| e.to_string())
}

/// A node in a process of its own, as it runs anywhere.
pub(super) struct Serving(Child);

impl Serving {
    pub(super) async fn start(node: &CreatedNode, client: &Client) -> Result<Serving, String> {
        use_limits(&node.data, Limits::none()).map_err(|e| e.to_string())?;
        let program = std::env::current_exe().map_err(|e| e.to_string())?;
        let mut command = Command::new(program);
        command.arg("serve").arg("--data").arg(&node.data);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let serving = Serving(command.spawn().map_err(|e| e.to_string())?);
        for _ in 0..1_200 {
            let ready = client.get(format!("{}/readyz", node.url)).send().await;
            if ready.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(serving);
            }
            sleep(Duration::from_millis(50)).await;
        }
        Err("the node did not answer within a minute".to_owned())
    }

    /// The process.
    pub(super) fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The one trip that is filed for real.
async fn file(client: &Client, node: &CreatedNode, token: &str) -> Result<(), String> {
    let later = |hours: i64| {
        jiff::Timestamp::from_millisecond(garita_exchange::clock::real_now_ms() + hours * HOUR_MS)
            .map_or_else(|e| e.to_string(), |at| at.to_string())
    };
    let subject = json!({
        "scac": "TOCQ", "trip": "TOCQ0000000", "direction": "northbound", "port": "2304", "estimatedArrival": later(3),
        "plate": "PLB0000000", "lane": "standard", "empty": true,
    });
    let body = json!({ "recordType": "Manifest", "credentialSubject": subject });
    let request = client
        .request(Method::POST, format!("{}/v1/records", node.url))
        .bearer_auth(token)
        .json(&body);
    let answer = request.send().await.map_err(|e| e.to_string())?;
    if answer.status().is_success() {
        Ok(())
    } else {
        Err(answer.text().await.unwrap_or_default())
    }
}

fn open(data: &Path) -> Result<(Writer, Reader), String> {
    garita_store::open(&PathBuf::from(data), &Options::default()).map_err(|e| e.to_string())
}

/// Writes the trip's fold, terms and row again under other keys.
fn multiply(writer: &mut Writer, reader: &Reader, party: &str, trips: u64) -> Result<(), String> {
    let first = reader
        .case(party, "trip", "TOCQ:TOCQ0000000")
        .map_err(|e| e.to_string())?
        .ok_or("the trip that was filed is not there")?;
    let rows = reader
        .table(party, "trip_waits", &TableQuery::default())
        .map_err(|e| e.to_string())?;
    let row = rows.items.into_iter().next().ok_or("the trip has no row")?;
    let open = OPEN_EACH * OPEN.len() as u64;
    let mut next = 1;
    while next <= trips {
        let mut commit = Commit::default();
        for number in next..(next + BATCH).min(trips + 1) {
            let place = usize::try_from(number % OPEN.len() as u64).unwrap_or(0);
            let shown = if number > trips.saturating_sub(open) {
                OPEN.get(place).copied().unwrap_or("expected")
            } else {
                "delivered"
            };
            let name = format!("{number:07}");
            commit.case_views.push(view(&first, &name, shown)?);
            commit.terms.push(Term {
                party: party.to_owned(),
                name: "plate".to_owned(),
                value: format!("PLB{name}"),
                kind: "trip".to_owned(),
                key: format!("TOCQ:TOCQ{name}"),
                by_suffix: true,
            });
            commit.table_rows.push(row_of(&row, &name, trips - number)?);
        }
        writer.commit(&commit).map_err(|e| e.to_string())?;
        next += BATCH;
    }
    Ok(())
}

fn view(first: &CaseView, name: &str, shown: &str) -> Result<CaseView, String> {
    let text = first.state.replace("0000000", name);
    let mut state: Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    if let Some(member) = state.get_mut("state") {
        *member = json!(shown);
    }
    let text = first.board.replace("0000000", name);
    let mut boards: Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    for row in boards
        .as_object_mut()
        .into_iter()
        .flat_map(|b| b.values_mut())
    {
        if let Value::Object(members) = row {
            members.insert("column".to_owned(), json!(shown));
            members.insert("state".to_owned(), json!(shown));
        }
    }
    Ok(CaseView {
        key: format!("TOCQ:TOCQ{name}"),
        state: state.to_string(),
        shown: shown.to_owned(),
        title: format!("PLB{name}"),
        board: boards.to_string(),
        ..first.clone()
    })
}

/// A crossing so many trucks before the newest, at a port that takes ten in a minute; released some minutes after it arrived.
fn row_of(row: &TableRow, name: &str, before: u64) -> Result<TableRow, String> {
    let text = row.columns.clone().unwrap_or_default();
    let mut columns: Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let back = |ms: u64| i64::try_from(ms).unwrap_or(0);
    let arrived_ms = row.recorded_from_ms - back(before * TRUCK_MS);
    if let Value::Object(members) = &mut columns {
        members.insert("arrived".to_owned(), json!(arrived_ms));
        members.insert("left_mexico".to_owned(), json!(arrived_ms - 30 * 60_000));
        members.insert("arrived.hour".to_owned(), json!(before % 24));
        let released_ms = arrived_ms + back(before % 97) * 60_000;
        members.insert("released".to_owned(), json!(released_ms));
    }
    Ok(TableRow {
        key: format!("TOCQ:TOCQ{name}"),
        columns: Some(columns.to_string()),
        recorded_from_ms: arrived_ms,
        ..row.clone()
    })
}

/// The cases that stand on the board, each read by its key: what any board must read.
fn by_key(reader: &Reader, party: &str) -> Result<f64, String> {
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for number in 1..=OPEN_EACH * OPEN.len() as u64 {
            let key = format!("TOCQ:TOCQ{number:07}");
            let found = reader
                .case(party, "trip", &key)
                .map_err(|e| e.to_string())?;
            found.ok_or("a case that was written is not there")?;
        }
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok(median(times))
}

pub(super) fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    let middle = times.get(times.len() / 2).copied().unwrap_or_default();
    (middle * 100.0).round() / 100.0
}
