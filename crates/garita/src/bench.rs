//! `garita bench`: what this machine does, each figure beside its physical limit measured in the same run.

mod board;
mod credential;
mod exchange;
mod formats;
mod public;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use serde_json::Value;

use crate::say;

const ROUNDS: usize = 200;

#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    /// Areas: `credential`, `board`, `formats`, `public`, `exchange`; all where none is named. After `credential`, files: unsigned records to measure with instead of the built-in one
    areas: Vec<String>,
    /// Threads of the area `credential` where many work at once; as many as there are cores
    #[arg(long)]
    threads: Option<usize>,
    /// Writes the record that the area `credential` measures with, for other programs to measure with too
    #[arg(long, value_name = "FILE")]
    record_out: Option<PathBuf>,
    /// Records in the store of the area `board`, each size in its turn
    #[arg(long, value_delimiter = ',', default_values_t = [100_000, 1_000_000], value_parser = clap::value_parser!(u64).range(4_000..=20_000_000))]
    records: Vec<u64>,
    /// Projects of the area `public`
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(100..=15_000))]
    projects: u32,
    /// Statements of the area `public`
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(100..=300_000))]
    statements: u32,
    /// Documents of the area `formats`: a folder for each kind
    #[arg(long, default_value = "fuzz/corpus")]
    corpus: PathBuf,
    /// Records of the area `exchange` in each step with 256 in flight
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(200..=1_000_000))]
    filed: u32,
    /// A `nats-server` (2.10 or newer) that the area `exchange` compares with; without it, that of `GARITA_NATS_SERVER`
    #[arg(long, value_name = "PATH")]
    nats_server: Option<PathBuf>,
    /// Folder on the disk that the area `exchange` measures; the system's for temporary files where you do not say
    #[arg(long, value_name = "DIR")]
    scratch: Option<PathBuf>,
    /// Then, in the area `exchange`, memory over so many minutes of steady load
    #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(u32).range(1..=1_440))]
    soak: Option<u32>,
    /// Then, in the area `exchange`, what a record costs with so many stored; they are filed one by one, which takes an hour for some millions
    #[arg(long, value_name = "RECORDS", value_parser = clap::value_parser!(u64).range(20_000..=20_000_000))]
    stored: Option<u64>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

const AREAS: [(&str, &str); 5] = [
    ("credential", "medians in µs of one thread"),
    ("board", "medians over the node's HTTP"),
    ("formats", "MB (10^6 bytes) a second of one thread"),
    ("public", "the public pages over the node's HTTP"),
    (
        "exchange",
        "signed records over HTTP, into one node and on to another, fsync on",
    ),
];

pub(crate) fn bench(args: BenchArgs) -> ExitCode {
    let known = |area: &String| AREAS.iter().any(|(name, _)| name == area);
    let is_file = |name: &String| std::path::Path::new(name).is_file();
    let (areas, files): (Vec<String>, Vec<String>) = args
        .areas
        .into_iter()
        .partition(|name| known(name) || !is_file(name));
    if let Some(other) = areas.iter().find(|area| !known(area)) {
        return say::unusable(format!(
            "no benchmark `{other}`; there are: credential, board, formats, public, exchange"
        ));
    }
    let settings = exchange::Settings {
        nats_server: args
            .nats_server
            .or_else(|| std::env::var_os("GARITA_NATS_SERVER").map(PathBuf::from)),
        scratch: args.scratch.unwrap_or_else(std::env::temp_dir),
        filed: args.filed,
        soak_minutes: args.soak,
        stored: args.stored,
    };
    let mut all = serde_json::Map::new();
    for (area, unit) in AREAS {
        if !areas.is_empty() && !areas.iter().any(|a| a == area) {
            continue;
        }
        let figures = match area {
            "credential" => credential::run(&files, args.threads, args.record_out.as_deref()),
            "formats" => formats::run(&args.corpus),
            "public" => public::run(args.projects, args.statements),
            "exchange" => exchange::run(&settings),
            _ => board::run(&args.records),
        };
        match figures {
            Ok(figures) if args.json => {
                all.insert(area.to_owned(), figures);
            }
            Ok(figures) => {
                say::data(format!("{area}, {unit}"));
                for (name, value) in figures.as_object().into_iter().flatten() {
                    say::data(format!("{name:<60} {value}"));
                }
            }
            Err(error) => return say::no(format!("{area}: {error}")),
        }
    }
    if args.json {
        say::data(Value::Object(all));
    }
    ExitCode::SUCCESS
}

/// Median µs of a piece of work that must succeed each time.
fn median(mut work: impl FnMut() -> bool) -> Result<f64, String> {
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        if !work() {
            return Err("a measured step failed".to_owned());
        }
        times.push(start.elapsed().as_secs_f64() * 1e6);
    }
    times.sort_by(f64::total_cmp);
    Ok(times
        .get(ROUNDS / 2)
        .map_or(0.0, |us| (us * 10.0).round() / 10.0))
}
