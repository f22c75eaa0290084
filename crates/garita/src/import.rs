//! `garita import KIND FILE…`: what a document says, where it says it, what is missing; with `--url`, filed when complete.
//! `garita import KIND --watch DIR`: the same for each file that another program writes into a folder.

mod pieces;
mod send;
mod tell;
mod watch;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use garita_formats::{
    DOCUMENT_BYTES_MAX, DocumentKind, Draft, IMPORTERS, ReadError, Readings, read_as, recognise,
};
use serde_json::{Value, json};

use crate::{say, sheet};
pub(crate) use send::Sender;

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct ImportArgs {
    /// What the files are, by name (below); `auto` looks at each file, `csv` is a spreadsheet (CSV or XLSX) of the record type --type
    kind: String,
    /// Read and tell, file nothing (so also without --url)
    #[arg(long)]
    dry_run: bool,
    /// One JSON object a document
    #[arg(long)]
    json: bool,
    /// A member that the document cannot tell: NAME=VALUE, as in scac=TOCQ
    #[arg(long = "with", value_name = "NAME=VALUE")]
    with: Vec<String>,
    /// How an ambiguous guide is read: a JSON file with a member for each kind (a node has its own in node.json)
    #[arg(long, value_name = "FILE", conflicts_with = "url")]
    readings: Option<PathBuf>,
    /// File with this node
    #[arg(long, requires = "token_file")]
    url: Option<String>,
    /// File with the party's API token
    #[arg(long)]
    token_file: Option<PathBuf>,
    /// Take each file that appears in this folder: filed ones go to DIR/done, others to DIR/failed with a report
    #[arg(long, value_name = "DIR", requires = "url", conflicts_with_all = ["files", "dry_run"])]
    watch: Option<PathBuf>,
    /// With --watch: end when nothing is left to take
    #[arg(long, requires = "watch")]
    once: bool,
    #[command(flatten)]
    sheet: sheet::SheetArgs,
    /// Documents
    #[arg(required_unless_present_any = ["watch", "list"])]
    files: Vec<PathBuf>,
    /// List the kinds
    #[arg(long)]
    list: bool,
}

const AFTER_HELP: &str = "`garita import auto --list` lists the kinds.

Exit codes: 0 complete, 1 faults told, 2 unreadable.

Examples:
  garita import auto --dry-run papers/*
  garita import carta-porte --with scac=TOCQ --with trip=TOCQ2611240417 cfdi.xml
  garita import x12-309 --url http://127.0.0.1:8080 --token-file ocotillo.token manifest.edi
  garita import auto --url http://127.0.0.1:8080 --token-file ocotillo.token --watch /srv/out";

/// How one file ended; the worst of all is the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    Complete,
    Faulty,
    Unreadable,
}

impl Outcome {
    pub(crate) fn exit(self) -> ExitCode {
        match self {
            Outcome::Complete => ExitCode::SUCCESS,
            Outcome::Faulty => ExitCode::FAILURE,
            Outcome::Unreadable => ExitCode::from(say::UNUSABLE),
        }
    }
}

/// Exit 0 complete, 1 faults told, 2 unreadable.
pub(crate) fn import(args: ImportArgs) -> ExitCode {
    if args.list {
        for importer in IMPORTERS {
            say::data(format!(
                "{:<20} {} ({})",
                importer.name, importer.en, importer.standard
            ));
        }
        return ExitCode::SUCCESS;
    }
    if args.kind == "csv" {
        let node = match (&args.url, &args.token_file, args.dry_run) {
            (Some(url), Some(token), false) => Some((url.as_str(), token.as_path())),
            _ => None,
        };
        let told = sheet::Told {
            json: args.json,
            node,
        };
        return sheet::import(&args.sheet, &told, &args.files);
    }
    if args.kind != "auto" && DocumentKind::from_name(&args.kind).is_none() {
        let known: Vec<&str> = IMPORTERS.iter().map(|importer| importer.name).collect();
        return say::unusable(format!(
            "document-kind-unknown: no importer reads `{}`; kinds: auto, {}",
            args.kind,
            known.join(", ")
        ));
    }
    let readings = match args.readings.as_deref().map(readings_of).transpose() {
        Ok(readings) => readings.unwrap_or_default(),
        Err(why) => return say::unusable(why),
    };
    let mut supplied = Vec::new();
    for text in &args.with {
        match text.split_once('=') {
            Some((name, value)) => supplied.push((name.to_owned(), value.to_owned())),
            None => return say::unusable(format!("`--with {text}`: write NAME=VALUE")),
        }
    }
    let sender = match (&args.url, &args.token_file, args.dry_run) {
        (Some(url), Some(token), false) => {
            match Sender::new(url, token, &args.kind, supplied.clone()) {
                Ok(sender) => Some(sender),
                Err(why) => return say::unusable(why),
            }
        }
        _ => None,
    };
    if let (Some(folder), Some(sender)) = (&args.watch, &sender) {
        return watch::run(folder, sender, args.once);
    }
    let mut worst = Outcome::Complete;
    let desk = Desk {
        args: &args,
        readings: &readings,
        supplied: &supplied,
        sender: sender.as_ref(),
    };
    for file in &args.files {
        worst = worst.max(desk.file(file));
    }
    worst.exit()
}

fn readings_of(path: &Path) -> Result<Readings, String> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))
}

/// The bytes of a file that is not too large to be a document.
pub(crate) fn bytes_of(file: &Path) -> Result<Vec<u8>, String> {
    let size = fs::metadata(file).map_err(|e| e.to_string())?.len();
    if usize::try_from(size).is_ok_and(|n| n <= DOCUMENT_BYTES_MAX) {
        fs::read(file).map_err(|e| e.to_string())
    } else {
        Err(format!(
            "document-too-large: {size} bytes, more than the {DOCUMENT_BYTES_MAX} allowed"
        ))
    }
}

/// The kind that was asked for, or what the bytes are.
fn kind_of(asked: &str, bytes: &[u8]) -> Option<DocumentKind> {
    match asked {
        "auto" => recognise(bytes),
        name => DocumentKind::from_name(name),
    }
}

/// What one document is read and filed with.
struct Desk<'a> {
    args: &'a ImportArgs,
    readings: &'a Readings,
    supplied: &'a [(String, String)],
    sender: Option<&'a Sender>,
}

impl Desk<'_> {
    /// A file: one document, or interchange after interchange, which need no more memory than one of them.
    fn file(&self, path: &Path) -> Outcome {
        let shown = path.display().to_string();
        match pieces::of(path) {
            Ok(Some(pieces)) => self.interchanges(&shown, pieces),
            Ok(None) => match bytes_of(path) {
                Ok(bytes) => self.document(&shown, &bytes, 1),
                Err(why) => {
                    say::talk(format!("{shown}: {why}"));
                    Outcome::Unreadable
                }
            },
            Err(why) => {
                say::talk(format!("{shown}: {why}"));
                Outcome::Unreadable
            }
        }
    }

    fn interchanges(&self, shown: &str, mut pieces: pieces::Pieces) -> Outcome {
        let mut worst = Outcome::Complete;
        let mut number = 0_u64;
        loop {
            let piece = match pieces.next() {
                Ok(Some(piece)) => piece,
                Ok(None) => return worst,
                Err(pieces::Broken::Disk(why)) => {
                    say::talk(format!("{shown}: {why}"));
                    return Outcome::Unreadable;
                }
                Err(pieces::Broken::Form(error)) => {
                    unreadable(self.args.json, shown, &error);
                    return Outcome::Unreadable;
                }
            };
            number += 1;
            let name = match number {
                1 => shown.to_owned(),
                _ => format!("{shown}, interchange {number}"),
            };
            worst = worst.max(self.document(&name, &piece.bytes, piece.line));
        }
    }

    /// A document that begins on a line of its file.
    fn document(&self, shown: &str, bytes: &[u8], line: u32) -> Outcome {
        let Some(kind) = kind_of(&self.args.kind, bytes) else {
            say::talk(format!(
                "{shown}: document-kind-unknown: no importer knows this file; name its kind (`garita import auto --list`)"
            ));
            return Outcome::Unreadable;
        };
        let mut draft = match read_as(kind, bytes, self.readings) {
            Ok(draft) => draft,
            Err(error) => {
                unreadable(self.args.json, shown, &error);
                return Outcome::Unreadable;
            }
        };
        draft.shift_lines(line.saturating_sub(1));
        for record in &mut draft.records {
            for (name, value) in self.supplied {
                record.supply(&format!("/{name}"), Value::String(value.clone()));
            }
        }
        show(self.args.json, shown, &draft);
        let mut outcome = if draft.is_complete() {
            Outcome::Complete
        } else {
            Outcome::Faulty
        };
        if let Some(sender) = self.sender {
            match sender.file(bytes) {
                Ok(answer) => say::data(answer),
                Err(refused) => {
                    say::talk(format!("{shown}: {refused}"));
                    outcome = Outcome::Faulty;
                }
            }
        }
        outcome
    }
}

pub(crate) fn show(as_json: bool, file: &str, draft: &Draft) {
    if !as_json {
        tell::draft(file, draft);
        return;
    }
    let mut value = serde_json::to_value(draft).unwrap_or_default();
    if let Value::Object(map) = &mut value {
        map.insert("file".to_owned(), Value::String(file.to_owned()));
        map.insert("complete".to_owned(), Value::Bool(draft.is_complete()));
    }
    say::data(value);
}

pub(crate) fn unreadable(as_json: bool, file: &str, error: &ReadError) {
    if as_json {
        say::data(json!({
            "file": file,
            "complete": false,
            "error": { "code": error.code(), "place": error.place, "en": error.en, "es": error.es },
        }));
        return;
    }
    let place = error
        .place
        .as_ref()
        .map(|p| format!(" line {} {}", p.line, p.path))
        .unwrap_or_default();
    say::talk(format!("{file}:{place}: {}: {}", error.code(), error.en));
}
