//! `garita demo`: a stretch of a day at Laredo on four nodes of this machine. Synthetic data, no agency affiliation.
//!
//! | want | look |
//! | --- | --- |
//! | volumes with their sources | `volumes` |
//! | who takes part | `cast` |
//! | the day as data | `world`, `life`, `scenes`, `programs`, `versions`, `documents`, `script` |
//! | the four processes | `cluster` |
//! | the works at the border, from public sources | `scorecard` |
//! | how the day is fed and what goes wrong | `drive`, `trouble`, `streams` |
//! | what is said at the end | `ledger`, `account` |
//!
//! Everything that the demo makes lies in one folder that it names.

mod account;
mod cast;
mod cluster;
mod documents;
mod drive;
mod ledger;
mod life;
mod picture;
mod programs;
mod random;
mod scenes;
mod scorecard;
mod script;
mod streams;
mod trouble;
mod versions;
mod volumes;
mod world;
#[cfg(test)]
mod world_tests;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use garita_exchange::Clock;
use garita_exchange::clock::{RunUp, real_now_ms};
use serde_json::Value;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::say;
use cast::NODES;
use cluster::Cluster;
use ledger::Ledger;
use volumes::Volumes;
use world::{DAY_MS, Plan};

/// Nodes get this long to be in step at the end.
const SETTLE: Duration = Duration::from_secs(30);
/// The day begins this long after the folders are made: nodes start, the hours before pass, the bridge fills.
const LEAD_MS: i64 = 22_000;
/// Of that, the hours before the day take this long.
const RUN_UP_REAL_MS: i64 = 17_000;
/// The hours before the day that pass: papers of the first trucks are begun in them.
const RUN_UP_MS: i64 = 180 * 60_000;
/// A live summary is said this often.
const SUMMARY: Duration = Duration::from_secs(5);

/// Arguments of `garita demo`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DemoArgs {
    /// End by itself after this long, as in 60s or 2m; without it the demo runs until Ctrl-C
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    run_for: Option<Duration>,
    /// Print the account as one JSON object
    #[arg(long)]
    json: bool,
    /// Keep the folder with all that was made
    #[arg(long)]
    keep: bool,
    /// Folder to make; a new one below the system's temporary folder where absent
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Simulated seconds for each real one
    #[arg(long, default_value_t = 120.0)]
    speed: f64,
    /// Port of the first node; the others follow
    #[arg(long, default_value_t = 8101)]
    port: u16,
    /// Seed: the same seed makes the same day
    #[arg(long, default_value_t = 417)]
    seed: u64,
    /// Show one northbound truck in so many
    #[arg(long, default_value_t = volumes::ONE_IN, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    one_in: u32,
    /// Trucks under way when the day begins
    #[arg(long, default_value_t = 130, value_parser = clap::value_parser!(u32).range(0..=5_000))]
    under_way: u32,
    /// Language of the summary: en or es
    #[arg(long, default_value = "en", value_parser = ["en", "es"])]
    lang: String,
}

/// Runs the demo.
pub(crate) fn command(args: DemoArgs) -> ExitCode {
    if !(0.1..=100_000.0).contains(&args.speed) {
        return say::unusable("--speed is a number from 0.1 to 100000");
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return say::unusable(error),
    };
    match runtime.block_on(run(args)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => say::unusable(error),
    }
}

/// One of two texts by language.
fn told<'a>(args: &DemoArgs, en: &'a str, es: &'a str) -> &'a str {
    if args.lang == "es" { es } else { en }
}

async fn run(args: DemoArgs) -> Result<bool, String> {
    let folder = match &args.folder {
        Some(folder) => folder.clone(),
        None => std::env::temp_dir().join(format!("garita-demo-{}", std::process::id())),
    };
    say::talk(told(
        &args,
        "Demonstration. Synthetic data. No agency affiliation.",
        "Demostración. Datos sintéticos. Sin afiliación a autoridad alguna.",
    ));
    say::talk(format!(
        "{} {}",
        told(
            &args,
            "everything it makes lies in",
            "todo lo que hace está en"
        ),
        folder.display()
    ));
    let clock = Clock::Simulated {
        real_start_ms: real_now_ms() + LEAD_MS,
        simulated_start_ms: DAY_MS,
        speed: args.speed,
        run_up: Some(RunUp {
            real_ms: RUN_UP_REAL_MS,
            simulated_ms: RUN_UP_MS,
        }),
    };
    let made = {
        let (folder, port) = (folder.clone(), args.port);
        tokio::task::spawn_blocking(move || Cluster::make(&folder, port, clock)).await
    };
    let cluster = Arc::new(made.map_err(|e| e.to_string())??);
    let outcome = day(&args, &cluster).await;
    cluster.stop().await;
    if args.keep {
        say::talk(format!(
            "{} {}",
            told(&args, "kept:", "se conserva:"),
            folder.display()
        ));
    } else {
        remove(&folder);
    }
    outcome
}

/// Starts the nodes, drives the day, tells what came of it; whether all is in step.
async fn day(args: &DemoArgs, cluster: &Arc<Cluster>) -> Result<bool, String> {
    let plan = Plan {
        seed: args.seed,
        volumes: Volumes {
            one_in: args.one_in,
        },
        minutes: minutes(args),
        under_way: args.under_way,
    };
    let making = tokio::task::spawn_blocking(move || world::script(plan));
    let mut starts = JoinSet::new();
    for at in 0..cluster.nodes.len() {
        let cluster = Arc::clone(cluster);
        starts.spawn(async move { cluster.start(at).await });
    }
    while let Some(started) = starts.join_next().await {
        started.map_err(|e| e.to_string())??;
    }
    cluster.name_desks().await?;
    let published = scorecard::publish(cluster).await?;
    let script = making.await.map_err(|e| e.to_string())?;
    introduce(args, cluster, plan);
    say::talk(published.told(&args.lang));

    let ledger = Arc::new(Ledger::default());
    let mut listeners = JoinSet::new();
    for party in streams::LISTENERS {
        listeners.spawn(streams::listen(
            Arc::clone(cluster),
            Arc::clone(&ledger),
            party,
        ));
    }
    let begun = Instant::now();
    let mut driver = drive::Driver::begin(cluster, &ledger, &script);
    let warm_up = drive_until_day(args, cluster, &mut driver, &ledger).await;
    let paced_from = Instant::now();
    let until = args.run_for.map(|length| paced_from + length);
    pace(args, &mut driver, &ledger, until).await;
    let paced = paced_from.elapsed();
    let records_paced = ledger.answered_after(paced_from);
    driver.end().await;

    let settling = Instant::now();
    let mut in_step = cluster.in_step().await;
    while !in_step && settling.elapsed() < SETTLE {
        sleep(Duration::from_millis(250)).await;
        in_step = cluster.in_step().await;
    }
    let settled = settling.elapsed();
    listeners.abort_all();
    let run = account::Run {
        begun,
        warm_up,
        paced,
        records_paced,
        settled,
        in_step,
        plan,
        speed: args.speed,
    };
    let account = account::make(cluster, &ledger, &script, &run).await;
    let text = serde_json::to_string_pretty(&account).unwrap_or_default();
    if args.keep {
        let _ = std::fs::write(cluster.root.join("account.json"), &text);
    }
    if args.json {
        say::data(text);
    } else {
        for line in account::lines(&account, &args.lang) {
            say::data(line);
        }
    }
    Ok(in_step)
}

/// Waits until the bridge is full and the clock runs; how long the filling took.
async fn drive_until_day(
    args: &DemoArgs,
    cluster: &Cluster,
    driver: &mut drive::Driver,
    ledger: &Ledger,
) -> Duration {
    let began = Instant::now();
    say::talk(told(args, "filling the bridge", "se llena el puente"));
    while !driver.warm_up_done() && began.elapsed() < Duration::from_secs(120) {
        tokio::select! {
            () = sleep(Duration::from_millis(50)) => {}
            () = interrupted() => return began.elapsed(),
        }
    }
    let took = began.elapsed();
    let (_, records) = ledger.counts();
    say::talk(format!(
        "{records} {} {:.1} s",
        told(
            args,
            "records of trucks under way filed in",
            "registros de camiones en camino presentados en"
        ),
        took.as_secs_f64()
    ));
    // What was filed at once is delivered before the day begins, as far as the clock allows.
    let draining = Instant::now();
    while !cluster.in_step().await && draining.elapsed() < Duration::from_secs(12) {
        sleep(Duration::from_millis(200)).await;
    }
    driver.wait_for_day().await;
    took
}

/// Says how it goes until the time is up, the script is at its end without a time limit reached, or Ctrl-C.
async fn pace(
    args: &DemoArgs,
    driver: &mut drive::Driver,
    ledger: &Ledger,
    until: Option<Instant>,
) {
    let mut next = Instant::now() + SUMMARY;
    loop {
        let now = Instant::now();
        if until.is_some_and(|until| now >= until) {
            return;
        }
        if now >= next {
            next += SUMMARY;
            say::talk(account::live(ledger, driver.now_ms(), &args.lang));
        }
        let wake = until.map_or(next, |until| until.min(next));
        tokio::select! {
            () = sleep(wake.saturating_duration_since(now)) => {}
            () = interrupted() => return,
        }
    }
}

/// Ctrl-C or SIGTERM.
async fn interrupted() {
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

/// How much of the day is made: what fits into the time, else until the bridge closes at midnight.
fn minutes(args: &DemoArgs) -> i64 {
    match args.run_for {
        Some(length) => ((length.as_secs_f64() * args.speed / 60.0) as i64).clamp(1, 16 * 60) + 20,
        None => 16 * 60,
    }
}

/// Addresses and sign-in links.
fn introduce(args: &DemoArgs, cluster: &Cluster, plan: Plan) {
    let (en, es) = plan.volumes.note();
    say::talk(told(args, &en, &es));
    for (node, cast) in cluster.nodes.iter().zip(&NODES) {
        say::talk(format!("\n{}  {}", node.name, node.made.url));
        // A few of the broker's many are enough to look around.
        for party in cast
            .parties
            .iter()
            .filter(|party| !party.roles.contains(&"importer"))
            .take(5)
        {
            if let Some(access) = cluster.parties.get(party.slug) {
                say::talk(format!("  {}: {}", access.name, access.sign_in));
            }
        }
    }
    say::talk("");
}

fn remove(folder: &Path) {
    if let Err(error) = std::fs::remove_dir_all(folder) {
        say::talk(format!("{}: {error}", folder.display()));
    }
}

/// `60s`, `2m`, `1h`, or seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(char::is_alphabetic);
    let unit = text.strip_prefix(digits).unwrap_or_default();
    let number: f64 = digits
        .parse()
        .map_err(|_| format!("`{text}` is no time like 60s or 2m"))?;
    let seconds = match unit {
        "" | "s" => number,
        "m" => number * 60.0,
        "h" => number * 3_600.0,
        _ => return Err(format!("`{text}` is no time like 60s or 2m")),
    };
    if !(1.0..=86_400.0).contains(&seconds) {
        return Err("the demo runs from 1s to 24h".to_owned());
    }
    Ok(Duration::from_secs_f64(seconds))
}

/// A member of the account as a number.
fn number(value: &Value, pointer: &str) -> u64 {
    value.pointer(pointer).and_then(Value::as_u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        assert_eq!(duration("60s"), Ok(Duration::from_secs(60)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert!(
            duration("soon").is_err() && duration("0s").is_err() && duration("5 parsecs").is_err()
        );
    }
}
