//! What nodes take in, hand on and hold, with fsync on, beside what the disk, the database and a message log do in the same run.
//!
//! Every record is one of a shipped program, of a truck of its own, signed by its carrier before the measurement begins; it goes in over
//! HTTP at a node that is a process of its own, as any system's record does. In soaks and fills records are signed while it runs.

mod jetstream;
mod limits;
mod load;
mod node;
mod soak;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value, json};

use self::jetstream::{Publisher, Server};
use self::load::{Door, Run, Sight};
use self::node::{Kind, Memory, Shape, Site, processor_us};
use crate::say;

/// Records that nobody times: caches fill, files grow.
const WARM_UP: usize = 500;
const IN_FLIGHT: [usize; 3] = [1, 16, 256];
const MOST_IN_FLIGHT: usize = 256;
/// How long half of what saturates is kept up.
const HALF_SECONDS: f64 = 10.0;
/// Bodies that the yardstick publishes in turn.
const YARDSTICK_BODIES: usize = 1_000;

/// What to measure, and where.
#[derive(Debug)]
pub(super) struct Settings {
    /// A `nats-server` of 2.10 or newer.
    pub(super) nats_server: Option<PathBuf>,
    /// Folder on the disk that is measured.
    pub(super) scratch: PathBuf,
    /// Records of a step with 256 in flight; others take fewer.
    pub(super) filed: u32,
    /// Minutes of steady load.
    pub(super) soak_minutes: Option<u32>,
    /// Records in the store when the cost of one more is taken again.
    pub(super) stored: Option<u64>,
}

/// Figures, ratios and goals.
pub(super) fn run(settings: &Settings) -> Result<Value, String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| e.to_string())?;
    let name = format!("garita-bench-exchange-{}", std::process::id());
    let folder = settings.scratch.join(name);
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut figures = Figures::default();
    let done = runtime.block_on(measured(&folder, settings, &mut figures));
    let _ = std::fs::remove_dir_all(&folder);
    match done {
        Ok(()) => Ok(figures.finish()),
        Err(error) => {
            // Minutes of measuring are not lost because a later step failed.
            for (name, value) in figures.all {
                say::talk(format!("{name}: {value}"));
            }
            Err(error)
        }
    }
}

async fn measured(folder: &Path, settings: &Settings, figures: &mut Figures) -> Result<(), String> {
    if cfg!(debug_assertions) {
        figures.tell("build", "for tests, not in release: compare with nothing");
    }
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    figures.put("cores, for nodes and load together", cores as f64);
    figures.tell("file system", &limits::file_system(folder));
    step("the disk alone");
    let mut syncs_us = limits::fdatasync(folder)?;
    let (sync_p50, sync_p99) = (quantile(&mut syncs_us, 0.5), quantile(&mut syncs_us, 0.99));
    figures.put("fdatasync of 4 KB more, p50, ms", sync_p50 / 1e3);
    figures.put("fdatasync of 4 KB more, p99, ms", sync_p99 / 1e3);
    step("JetStream");
    let yardstick = match &settings.nats_server {
        Some(program) => yardstick(folder, program, settings, figures).await,
        None => Err("no nats-server (--nats-server PATH)".to_owned()),
    };
    // Ours is measured without it too.
    let yardstick = yardstick
        .inspect_err(|why| figures.tell("JetStream", &format!("not measured: {why}")))
        .ok();
    step("one node");
    let alone_p50 = one_node(folder, settings, sync_p99 / 1e3, figures).await?;
    if let Some(yardstick) = &yardstick {
        figures.at_most(
            "one record alone over JetStream at 1 in flight, p50",
            alone_p50 / yardstick.alone_p50_ms.max(1e-6),
            0.7,
        );
    }
    step("two nodes");
    let saturated = two_nodes(folder, settings, yardstick.as_ref(), figures).await?;
    step("two nodes, views");
    with_views(folder, settings, figures).await?;
    if let Some(minutes) = settings.soak_minutes {
        step("steady load");
        soak::memory(&folder.join("soak"), saturated / 2.0, minutes, figures).await?;
    }
    if let Some(stored) = settings.stored {
        step("a record's cost in a large store");
        soak::cost(&folder.join("stored"), stored, figures).await?;
    }
    Ok(())
}

/// What JetStream does on this disk.
struct Yardstick {
    alone_p50_ms: f64,
    at_16: f64,
    at_256: f64,
}

async fn yardstick(
    folder: &Path,
    program: &Path,
    settings: &Settings,
    figures: &mut Figures,
) -> Result<Yardstick, String> {
    let signed = Site::found(&folder.join("bodies"), Shape::One)?;
    let bodies = signed.author.sign(Kind::Manifest, YARDSTICK_BODIES)?;
    let server = Server::start(program, &folder.join("nats"))?;
    let mut publisher = Publisher::connect(&server).await?;
    figures.tell("JetStream, sync_interval always", &publisher.version);
    publisher.publish(&bodies, WARM_UP, 16).await?;
    let mut found = Yardstick {
        alone_p50_ms: 0.0,
        at_16: 0.0,
        at_256: 0.0,
    };
    for in_flight in IN_FLIGHT {
        let count = records_of(settings, in_flight);
        let mut done = publisher.publish(&bodies, count, in_flight).await?;
        let name = format!("JetStream, {in_flight} in flight");
        figures.put(format!("{name}, acks a second"), done.a_second);
        let p50 = quantile(&mut done.times_ms, 0.5);
        figures.put(format!("{name}, p50, ms"), p50);
        match in_flight {
            1 => found.alone_p50_ms = p50,
            16 => found.at_16 = done.a_second,
            _ => found.at_256 = done.a_second,
        }
    }
    Ok(found)
}

/// Durable ingest of one node, and the same rows by the database alone. Gives the median of one record alone, ms.
async fn one_node(
    folder: &Path,
    settings: &Settings,
    sync_p99_ms: f64,
    figures: &mut Figures,
) -> Result<f64, String> {
    let site = Site::found(&folder.join("one"), Shape::One)?;
    let data = site.first()?.data.clone();
    let serving = site.start(site.first()?).await?;
    let door = site.filing()?;
    let warm = site.author.sign(Kind::Manifest, WARM_UP)?;
    let bytes: usize = warm.iter().map(|record| record.body.len()).sum();
    figures.put("bytes of a record", bytes as f64 / WARM_UP as f64);
    load::closed(&door, warm, 16, None).await?;
    let (mut alone_p50, mut most) = (0.0, 0.0);
    for in_flight in IN_FLIGHT {
        let records = site
            .author
            .sign(Kind::Manifest, records_of(settings, in_flight))?;
        let before_us = processor_us(serving.id())?;
        let mut run = load::closed(&door, records, in_flight, None).await?;
        let took_us = processor_us(serving.id())? - before_us;
        let name = format!("one node, {in_flight} in flight");
        figures.put(format!("{name}, records a second"), run.rate());
        let p50 = quantile(&mut run.receipts_ms, 0.5);
        figures.put(format!("{name}, receipt p50, ms"), p50);
        figures.put(
            format!("{name}, receipt p99, ms"),
            quantile(&mut run.receipts_ms, 0.99),
        );
        figures.put(
            format!("{name}, processor time of the node a record, µs"),
            took_us / run.records.max(1) as f64,
        );
        match in_flight {
            1 => alone_p50 = p50,
            _ => most = run.rate(),
        }
    }
    let records = site.author.sign(Kind::Manifest, half(most))?;
    let mut run = load::paced(&door, records, most / 2.0, None).await?;
    figures.put(
        "one node, half of saturation, receipt p50, ms",
        quantile(&mut run.receipts_ms, 0.5),
    );
    let p99 = quantile(&mut run.receipts_ms, 0.99);
    figures.put("one node, half of saturation, receipt p99, ms", p99);
    figures.at_most(
        "one node, half of saturation, p99 over fdatasync's p99",
        p99 / sync_p99_ms.max(1e-6),
        2.0,
    );
    drop(serving);
    step("the same rows by SQLite alone");
    let copy = folder.join("raw.db");
    let raw = tokio::task::spawn_blocking(move || limits::raw(&data.join("garita.db"), &copy))
        .await
        .map_err(|e| e.to_string())??;
    let raw = raw.records as f64 / raw.seconds.max(1e-9);
    figures.put(
        "SQLite FULL, the same rows, 256 records a transaction, a second",
        raw,
    );
    figures.at_least(
        "one node, 256 in flight, over SQLite",
        most / raw.max(1e-9),
        0.6,
    );
    Ok(alone_p50)
}

/// From a carrier's node to that of customs. Gives the records a second at 256 in flight.
async fn two_nodes(
    folder: &Path,
    settings: &Settings,
    yardstick: Option<&Yardstick>,
    figures: &mut Figures,
) -> Result<f64, String> {
    let site = Site::found(&folder.join("two"), Shape::Two)?;
    let (from, to) = (site.first()?, site.last()?);
    let first = site.start(from).await?;
    let second = site.start(to).await?;
    let door = site.filing()?;
    let sight = Sight::open(&site.looking()?).await?;
    let warm = site.author.sign(Kind::Manifest, WARM_UP)?;
    end_to_end(&door, warm, 16, &sight).await?;
    let mut most = 0.0;
    for (in_flight, goal) in [(16, 1.5), (256, 1.2)] {
        let records = site
            .author
            .sign(Kind::Manifest, records_of(settings, in_flight))?;
        let before_us = processor_us(first.id())? + processor_us(second.id())?;
        let mut run = end_to_end(&door, records, in_flight, &sight).await?;
        let took_us = processor_us(first.id())? + processor_us(second.id())? - before_us;
        let name = format!("two nodes, {in_flight} in flight");
        told(figures, &name, &mut run);
        figures.put(
            format!("{name}, processor time of both nodes a record, µs"),
            took_us / run.records.max(1) as f64,
        );
        if let Some(yardstick) = yardstick {
            let theirs = if in_flight == 16 {
                yardstick.at_16
            } else {
                yardstick.at_256
            };
            figures.at_least(
                format!("{name}, over JetStream"),
                run.rate() / theirs.max(1e-9),
                goal,
            );
        }
        most = run.rate();
    }
    figures.at_least("two nodes, the most a second", most, 2_000.0);
    for (name, process) in [("carrier's", first.id()), ("customs'", second.id())] {
        let memory = Memory::of(process)?;
        figures.put(
            format!("two nodes, {name} memory after that load, MB"),
            memory.resident_mb,
        );
    }
    let records = site.author.sign(Kind::Manifest, half(most))?;
    let mut run = load::paced(&door, records, most / 2.0, Some(&sight)).await?;
    let name = "two nodes, half of saturation";
    figures.put(
        format!("{name}, receipt p99, ms"),
        quantile(&mut run.receipts_ms, 0.99),
    );
    for (part, word) in [(0.5, "p50"), (0.99, "p99")] {
        figures.put(
            format!("{name}, submit to visible {word}, ms"),
            quantile(&mut run.visible_ms, part),
        );
    }
    door.all_acknowledged().await?;
    let highest = Memory::of(second.id())?.highest_mb;
    drop(second);
    let (second, drained) = drain(&site, &door, records_of(settings, MOST_IN_FLIGHT)).await?;
    figures.at_least("a backlog, records a second", drained, 3_000.0);
    if let Some(yardstick) = yardstick {
        figures.at_least(
            "a backlog, over JetStream at 256 in flight",
            drained / yardstick.at_256.max(1e-9),
            2.0,
        );
    }
    let highest = highest.max(Memory::of(second.id())?.highest_mb);
    let sender = Memory::of(first.id())?.highest_mb;
    figures.at_most(
        "two nodes, carrier's memory at its highest, MB",
        sender,
        256.0,
    );
    figures.at_most(
        "two nodes, customs' memory at its highest, MB",
        highest,
        256.0,
    );
    Ok(most)
}

/// Records of which one of the entitled gets a part: their home makes the proof from which it is derived.
async fn with_views(
    folder: &Path,
    settings: &Settings,
    figures: &mut Figures,
) -> Result<(), String> {
    let site = Site::found(&folder.join("views"), Shape::TwoWithBridge)?;
    let _first = site.start(site.first()?).await?;
    let _second = site.start(site.last()?).await?;
    let door = site.filing()?;
    let sight = Sight::open(&site.looking()?).await?;
    let warm = site.author.sign(Kind::Appointment, WARM_UP / 2)?;
    end_to_end(&door, warm, 16, &sight).await?;
    for in_flight in [16, 256] {
        let count = records_of(settings, in_flight) / 2;
        let records = site.author.sign(Kind::Appointment, count)?;
        let mut run = end_to_end(&door, records, in_flight, &sight).await?;
        let name = format!("two nodes, records with a view, {in_flight} in flight");
        told(figures, &name, &mut run);
    }
    Ok(())
}

/// Records that the submitter has a receipt of, that customs see, and whose acknowledgement by customs' node is in the carrier's store.
async fn end_to_end(
    door: &Door,
    records: Vec<node::Filed>,
    in_flight: usize,
    sight: &Arc<Sight>,
) -> Result<Run, String> {
    let began = Instant::now();
    let mut run = load::closed(door, records, in_flight, Some(sight)).await?;
    door.all_acknowledged().await?;
    run.seconds = began.elapsed().as_secs_f64();
    Ok(run)
}

fn told(figures: &mut Figures, name: &str, run: &mut Run) {
    figures.put(format!("{name}, records a second"), run.rate());
    for (part, word) in [(0.5, "p50"), (0.99, "p99")] {
        figures.put(
            format!("{name}, receipt {word}, ms"),
            quantile(&mut run.receipts_ms, part),
        );
        figures.put(
            format!("{name}, submit to visible {word}, ms"),
            quantile(&mut run.visible_ms, part),
        );
    }
}

/// Files while customs' node is away, starts it, and takes from the first acknowledgement to the last: records a second.
async fn drain(
    site: &Site,
    door: &Door,
    count: usize,
) -> Result<(super::board::Serving, f64), String> {
    let records = site.author.sign(Kind::Manifest, count)?;
    load::closed(door, records, MOST_IN_FLIGHT, None).await?;
    let (backlog, before) = (door.pending().await?, door.delivered().await?);
    // The carrier's node tries again by itself, after some seconds: that wait is not the rate.
    let (second, drained) = tokio::join!(site.start(site.last()?), door.drained(before, backlog));
    let (seconds, moved) = drained?;
    door.all_acknowledged().await?;
    Ok((second?, moved as f64 / seconds.max(1e-9)))
}

/// Records of a step: enough to be seconds, few enough that one at a time does not take minutes.
fn records_of(settings: &Settings, in_flight: usize) -> usize {
    let filed = usize::try_from(settings.filed).unwrap_or(usize::MAX);
    match in_flight {
        1 => filed / 20,
        256 => filed,
        _ => filed / 2,
    }
}

/// Records of half of saturation, for as long as it is kept up.
fn half(a_second: f64) -> usize {
    (a_second / 2.0 * HALF_SECONDS).max(1.0) as usize
}

/// The value below which a part of the times lies; 0 where there are none.
fn quantile(times: &mut [f64], part: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    let last = times.len().saturating_sub(1) as f64;
    let at = (last * part).ceil() as usize;
    times.get(at).copied().unwrap_or_default()
}

/// Says what is measured now: a run takes minutes.
fn step(what: &str) {
    say::talk(format!("exchange: {what}"));
}

/// What was found, in order, and which goals it misses.
#[derive(Debug, Default)]
pub(super) struct Figures {
    all: Map<String, Value>,
    missed: Vec<String>,
}

impl Figures {
    fn put(&mut self, name: impl Into<String>, value: f64) {
        let places = if value.abs() < 10.0 { 1e3 } else { 10.0 };
        let rounded = (value * places).round() / places;
        self.all.insert(name.into(), json!(rounded));
    }

    fn tell(&mut self, name: &str, text: &str) {
        self.all.insert(name.to_owned(), json!(text));
    }

    fn at_least(&mut self, name: impl AsRef<str>, value: f64, goal: f64) {
        let name = format!("{} (goal: at least {goal})", name.as_ref());
        self.judge(name, value, value >= goal);
    }

    fn at_most(&mut self, name: impl AsRef<str>, value: f64, goal: f64) {
        let name = format!("{} (goal: at most {goal})", name.as_ref());
        self.judge(name, value, value <= goal);
    }

    fn judge(&mut self, name: String, value: f64, met: bool) {
        if !met {
            self.missed.push(name.clone());
        }
        self.put(name, value);
    }

    fn finish(mut self) -> Value {
        self.all
            .insert("goals missed".to_owned(), json!(self.missed));
        Value::Object(self.all)
    }
}

#[cfg(test)]
mod tests;
