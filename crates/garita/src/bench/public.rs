//! The public pages at many projects and statements: a page that nobody asked for before, one from the shelf, one that the reader has
//! already; and how many of the first kind the node gives out in a second, beside the same bytes read from a file by the same server.

use std::path::Path;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::routing::get;
use garita_exchange::Clock;
use garita_node::setup::{self, NetworkPlan, NodePlan, PartyPlan};
use reqwest::Client;
use serde_json::{Value, json};

use super::board::{Serving, free_address, median};

/// Rows of one file; the importer takes at most 20,000.
const ROWS: u32 = 2_500;
/// Files on their way at once: their records share commits.
const AT_ONCE: usize = 16;
const ROUNDS: u32 = 60;
const LOAD: Duration = Duration::from_secs(4);
const READERS: usize = 16;
const ANSWER_WITHIN: Duration = Duration::from_secs(600);

/// Milliseconds and requests a second at so many projects and statements.
pub(super) fn run(projects: u32, statements: u32) -> Result<Value, String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| e.to_string())?;
    let folder = std::env::temp_dir().join(format!("garita-bench-public-{}", std::process::id()));
    let done = runtime.block_on(measured(&folder, projects, statements));
    let _ = std::fs::remove_dir_all(&folder);
    let mut figures = serde_json::Map::new();
    for (name, value) in done? {
        figures.insert(
            format!("{name}, {projects} projects, {statements} statements"),
            json!((value * 100.0).round() / 100.0),
        );
    }
    Ok(Value::Object(figures))
}

async fn measured(
    folder: &Path,
    projects: u32,
    statements: u32,
) -> Result<Vec<(&'static str, f64)>, String> {
    let address = free_address()?;
    let plan = NetworkPlan {
        adoptions: Vec::new(),
        name: "Benchmark".to_owned(),
        simulated: true,
        clock: Clock::System,
        zones: [("2304".to_owned(), "America/Chicago".to_owned())].into(),
        nodes: vec![NodePlan {
            slug: "desk".to_owned(),
            name: "Scorecard desk".to_owned(),
            listen: address,
            url: format!("http://{address}"),
            parties: vec![PartyPlan {
                slug: "desk".to_owned(),
                name: "Scorecard desk".to_owned(),
                country: "us".to_owned(),
                roles: vec!["publisher".to_owned(), "compiler".to_owned()],
                ..PartyPlan::default()
            }],
        }],
    };
    let made = setup::create_network(folder, &plan).map_err(|e| e.to_string())?;
    let node = made.first().ok_or("no node was made")?;
    let token = &node.parties.get("desk").ok_or("no such party")?.token;
    let client = Client::builder()
        .no_proxy()
        .timeout(ANSWER_WITHIN)
        .build()
        .map_err(|e| e.to_string())?;
    let mut out = Vec::new();
    {
        let _serving = Serving::start(node, &client).await?;
        let began = Instant::now();
        file(&client, &node.url, token, lists(projects)).await?;
        file(&client, &node.url, token, tables(projects, statements)).await?;
        let seconds = began.elapsed().as_secs_f64();
        out.push((
            "records filed a second",
            f64::from(projects + statements) / seconds,
        ));
    }
    // A node that was started this moment: the register is read at the first question.
    let _serving = Serving::start(node, &client).await?;
    let page = |path: String| format!("{}{path}", node.url);
    let first = ask(&client, &page("/projects".to_owned()), None).await?;
    out.push(("the first page after a start, ms", first.0));
    let mut lists = Vec::new();
    let mut ones = Vec::new();
    for round in 0..ROUNDS {
        let list = page(format!(
            "/projects?page={}",
            2 + round % (projects / 50).max(2)
        ));
        lists.push(ask(&client, &list, None).await?.0);
        let one = page(format!("/projects/bench-{:05}", round * 7 % projects));
        ones.push(ask(&client, &one, None).await?.0);
    }
    let slowest = |times: &[f64]| times.iter().copied().fold(0.0, f64::max);
    out.push((
        "a list page nobody asked for before, ms",
        median(lists.clone()),
    ));
    out.push(("the slowest of these, ms", slowest(&lists)));
    out.push((
        "a project page nobody asked for before, ms",
        median(ones.clone()),
    ));
    out.push(("the slowest of those, ms", slowest(&ones)));
    let url = page("/projects".to_owned());
    let (_, tag, bytes) = ask(&client, &url, None).await?;
    let (mut shelf, mut same) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        shelf.push(ask(&client, &url, None).await?.0);
        same.push(ask(&client, &url, Some(&tag)).await?.0);
    }
    out.push(("the list page from the shelf, ms", median(shelf)));
    out.push(("the same where the reader has it (304), ms", median(same)));
    // The same bytes from a file, by the same server library.
    let path = folder.join("page.html");
    std::fs::write(&path, &bytes).map_err(|e| e.to_string())?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .map_err(|e| e.to_string())?;
    let files = format!(
        "http://{}/page.html",
        listener.local_addr().map_err(|e| e.to_string())?
    );
    let served = Router::new()
        .route("/page.html", get(from_file))
        .with_state(path);
    let server = tokio::spawn(async move { axum::serve(listener, served).await });
    let pages = load(&client, &url).await?;
    let limit = load(&client, &files).await?;
    server.abort();
    out.push(("list pages a second, 16 readers", pages));
    out.push(("the same bytes from a file, a second (limit)", limit));
    out.push(("pages over files, ratio", pages / limit.max(1.0)));
    Ok(out)
}

async fn from_file(
    State(path): State<std::path::PathBuf>,
) -> ([(header::HeaderName, &'static str); 1], Vec<u8>) {
    let bytes = tokio::fs::read(path).await.unwrap_or_default();
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], bytes)
}

/// One page: milliseconds until its last byte, its tag, its bytes.
async fn ask(
    client: &Client,
    url: &str,
    tag: Option<&str>,
) -> Result<(f64, String, Vec<u8>), String> {
    let mut request = client.get(url);
    if let Some(tag) = tag {
        request = request.header("if-none-match", tag);
    }
    let began = Instant::now();
    let answer = request.send().await.map_err(|e| e.to_string())?;
    let status = answer.status();
    let held = answer.headers().get("etag").and_then(|v| v.to_str().ok());
    let held = held.unwrap_or_default().to_owned();
    let bytes = answer.bytes().await.map_err(|e| e.to_string())?.to_vec();
    let took = began.elapsed().as_secs_f64() * 1e3;
    let wanted = if tag.is_some() { 304 } else { 200 };
    match status.as_u16() == wanted {
        true => Ok((took, held, bytes)),
        false => Err(format!("{url}: {status}")),
    }
}

/// Requests a second of some readers at once.
async fn load(client: &Client, url: &str) -> Result<f64, String> {
    let began = Instant::now();
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..READERS {
        let (client, url) = (client.clone(), url.to_owned());
        readers.spawn(async move {
            let mut count = 0_u32;
            while began.elapsed() < LOAD {
                ask(&client, &url, None).await?;
                count += 1;
            }
            Ok::<u32, String>(count)
        });
    }
    let mut all = 0;
    while let Some(done) = readers.join_next().await {
        all += done.map_err(|e| e.to_string())??;
    }
    Ok(f64::from(all) / began.elapsed().as_secs_f64())
}

/// Files tables, some at once.
async fn file(
    client: &Client,
    url: &str,
    token: &str,
    tables: (&'static str, Vec<String>),
) -> Result<(), String> {
    let (kind, tables) = tables;
    let turns = std::sync::Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
    let mut sent = tokio::task::JoinSet::new();
    for table in tables {
        let (client, turns) = (client.clone(), std::sync::Arc::clone(&turns));
        let request = client
            .post(format!("{url}/v1/import/{kind}?submit=true"))
            .bearer_auth(token)
            .body(table);
        sent.spawn(async move {
            let _turn = turns.acquire().await.map_err(|e| e.to_string())?;
            let answer = request.send().await.map_err(|e| e.to_string())?;
            match answer.status().is_success() {
                true => Ok(()),
                false => Err(answer.text().await.unwrap_or_default()),
            }
        });
    }
    while let Some(done) = sent.join_next().await {
        done.map_err(|e| e.to_string())??;
    }
    Ok(())
}

fn lists(projects: u32) -> (&'static str, Vec<String>) {
    let head = "id,name_en,name_es,side,port,sponsor_agencies,type,phase,budget_amount,budget_currency,budget_year,original_planned_completion,current_planned_completion,actual_completion,source,as_of,note\n";
    let row = |n: u32| {
        let side = if n.is_multiple_of(2) { "US" } else { "MX" };
        format!(
            "bench-{n:05},Bench bridge {n},Puente de prueba {n},{side},Port {},Agency {},bridge expansion,implementation,{}000000,USD,2024,,,,https://bench.example/{n},2025-06-01,\n",
            n % 40,
            n % 9,
            n % 500 + 1
        )
    };
    ("project-list", pieces(projects, head, row))
}

fn tables(projects: u32, statements: u32) -> (&'static str, Vec<String>) {
    let head = "project_id,stated_on,fact,value,unit,source,note\n";
    let row = |n: u32| {
        let (project, turn) = (n % projects, n / projects);
        let on = format!(
            "20{:02}-{:02}-{:02}",
            15 + turn % 10,
            turn % 12 + 1,
            n % 28 + 1
        );
        let (fact, value, unit) = match turn % 4 {
            0 | 1 => ("planned_completion", format!("20{}", 26 + turn % 9), "date"),
            2 => ("cost", format!("{}000", 1_000 + n), "USD"),
            _ => ("physical_progress", (turn * 4 % 100).to_string(), "percent"),
        };
        format!("bench-{project:05},{on},{fact},{value},{unit},https://bench.example/{n},\n")
    };
    ("project-statements", pieces(statements, head, row))
}

fn pieces(count: u32, head: &str, row: impl Fn(u32) -> String) -> Vec<String> {
    let starts = (0..count).step_by(ROWS as usize);
    let piece = |from: u32| {
        let rows: String = (from..count.min(from + ROWS)).map(&row).collect();
        format!("{head}{rows}")
    };
    starts.map(piece).collect()
}
