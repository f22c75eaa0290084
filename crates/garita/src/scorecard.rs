//! `garita scorecard import FILE…`: projects, dated statements and figures of places from CSV or OC4IDS, read together, all faults told at
//! once, and filed whole or not at all.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use garita_formats::projects::unknown_projects;
use garita_formats::{DocumentKind, Draft, Readings, read_as, recognise};
use serde_json::{Value, json};

use crate::import::{self, Outcome};
use crate::say;

#[derive(Debug, Subcommand)]
pub(crate) enum ScorecardCommand {
    /// Read projects and statements; with --url, file them as compiled from public sources
    #[command(after_help = AFTER_HELP)]
    Import(ScorecardImport),
}

#[derive(Debug, Args)]
pub(crate) struct ScorecardImport {
    /// Read and tell, file nothing (so also without --url)
    #[arg(long)]
    dry_run: bool,
    /// One JSON object a file
    #[arg(long)]
    json: bool,
    /// File with this node
    #[arg(long, requires = "token_file")]
    url: Option<String>,
    /// File with the API token of a party that compiles (or of a sponsor)
    #[arg(long)]
    token_file: Option<PathBuf>,
    /// The list of projects, statements of them, figures of places, BTS's counts of crossings, OC4IDS packages: in any order
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

const AFTER_HELP: &str = "The files are looked at together: a statement may speak of a project of another file, or of one that the node knows.
One row with an error, and nothing of any file is filed. The same file sent again is filed once.

Exit codes: 0 complete, 1 faults told, 2 unreadable.

Examples:
  garita scorecard import --dry-run border-projects.csv border-projects-history.csv
  garita scorecard import --url http://127.0.0.1:8104 --token-file desk.token border-projects.csv border-projects-history.csv
  garita scorecard import --url http://127.0.0.1:8104 --token-file desk.token package.json
  garita scorecard import --url http://127.0.0.1:8104 --token-file desk.token port-indicators.csv
  garita scorecard import --url http://127.0.0.1:8104 --token-file desk.token Border_Crossing_Entry_Data.csv";

/// How long a node may take to say which projects it knows.
const ASK_WITHIN: Duration = Duration::from_secs(30);

/// A file that was read.
struct Read {
    shown: String,
    kind: DocumentKind,
    bytes: Vec<u8>,
    draft: Draft,
}

/// Exit 0 complete, 1 faults told, 2 unreadable.
pub(crate) fn scorecard(command: ScorecardCommand) -> ExitCode {
    let ScorecardCommand::Import(args) = command;
    let mut worst = Outcome::Complete;
    let mut read = Vec::new();
    for file in &args.files {
        let shown = file.display().to_string();
        match one(&shown, file) {
            Ok(found) => {
                import::show(args.json, &shown, &found.draft);
                if !found.draft.is_complete() {
                    worst = worst.max(Outcome::Faulty);
                }
                read.push(found);
            }
            Err(why) => {
                why.tell(args.json, &shown);
                worst = Outcome::Unreadable;
            }
        }
    }
    let node = match (&args.url, &args.token_file, args.dry_run) {
        (Some(url), Some(token), false) => Some((url.as_str(), token)),
        _ => None,
    };
    let known = match node.map(|(url, _)| known(url)).transpose() {
        Ok(known) => known.unwrap_or_default(),
        Err(why) => return say::unusable(why),
    };
    let drafts: Vec<&Draft> = read.iter().map(|r| &r.draft).collect();
    for unknown in unknown_projects(&drafts, |id| known.contains(id)) {
        let shown = read.get(unknown.draft).map_or("", |r| r.shown.as_str());
        let fault = &unknown.fault;
        let place = fault.place.as_ref();
        let line = place.map_or(0, |p| p.line);
        if args.json {
            say::data(json!({ "file": shown, "fault": fault }));
        } else {
            say::talk(format!("{shown}:{line}: {}: {}", fault.code, fault.en));
        }
        worst = worst.max(Outcome::Faulty);
    }
    let Some((url, token)) = node else {
        return worst.exit();
    };
    if worst != Outcome::Complete {
        say::talk("nothing was filed");
        return worst.exit();
    }
    // What describes a project comes before what speaks of it.
    read.sort_by_key(|r| r.kind == DocumentKind::ProjectStatements);
    for file in &read {
        let sender = match import::Sender::new(url, token, file.kind.name(), Vec::new()) {
            Ok(sender) => sender,
            Err(why) => return say::unusable(why),
        };
        match sender.file(&file.bytes) {
            Ok(answer) => {
                let records = answer.get("records").and_then(Value::as_array);
                let count = records.map_or(0, Vec::len);
                if args.json {
                    say::data(json!({ "file": file.shown, "filed": count }));
                } else {
                    say::talk(format!("{}: {count} records filed", file.shown));
                }
            }
            Err(refused) => {
                say::talk(format!("{}: {refused}", file.shown));
                worst = worst.max(Outcome::Faulty);
            }
        }
    }
    if worst == Outcome::Complete {
        say::talk(format!("{}/projects", url.trim_end_matches('/')));
    }
    worst.exit()
}

/// Why a file could not be read.
enum Unread {
    Words(String),
    Form(garita_formats::ReadError),
}

impl Unread {
    fn tell(&self, as_json: bool, shown: &str) {
        match self {
            Unread::Words(why) if as_json => {
                say::data(json!({ "file": shown, "complete": false, "error": { "en": why } }));
            }
            Unread::Words(why) => say::talk(format!("{shown}: {why}")),
            Unread::Form(error) => import::unreadable(as_json, shown, error),
        }
    }
}

fn one(shown: &str, file: &std::path::Path) -> Result<Read, Unread> {
    let bytes = import::bytes_of(file).map_err(Unread::Words)?;
    let kinds = [
        DocumentKind::ProjectList,
        DocumentKind::ProjectStatements,
        DocumentKind::PlaceIndicators,
        DocumentKind::BtsCrossings,
        DocumentKind::Oc4ids,
    ];
    let kind = recognise(&bytes).filter(|kind| kinds.contains(kind));
    let Some(kind) = kind else {
        return Err(Unread::Words(
            "document-kind-unknown: neither the list of projects, nor statements of them, nor figures of places, nor BTS’s counts of crossings, nor an OC4IDS package".to_owned(),
        ));
    };
    let draft = read_as(kind, &bytes, &Readings::default()).map_err(Unread::Form)?;
    Ok(Read {
        shown: shown.to_owned(),
        kind,
        bytes,
        draft,
    })
}

/// Ids of the projects that a node publishes; none where it publishes nothing yet.
fn known(url: &str) -> Result<BTreeSet<String>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| e.to_string())?;
    let address = format!("{}/projects.csv", url.trim_end_matches('/'));
    runtime.block_on(async {
        let client = reqwest::Client::builder()
            .timeout(ASK_WITHIN)
            .no_proxy()
            .build()
            .map_err(|e| e.to_string())?;
        let answer = client.get(&address).send().await;
        let answer = answer.map_err(|e| format!("{address}: {e}"))?;
        if answer.status() == reqwest::StatusCode::NOT_FOUND {
            return Ok(BTreeSet::new());
        }
        let text = answer.text().await.map_err(|e| e.to_string())?;
        let first = |line: &str| line.split(',').next().unwrap_or_default().to_owned();
        Ok(text.lines().skip(1).map(first).collect())
    })
}
