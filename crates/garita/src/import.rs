//! `garita import KIND FILE…`: what a document says, where it says it, what is missing; with `--url`, filed when complete.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use garita_formats::{DOCUMENT_BYTES_MAX, DocumentKind, Draft, Severity};
use serde_json::{Value, json};

use crate::say;

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// `carta-porte`, `x12-309`, or `auto`
    kind: String,
    /// Read and tell, file nothing (so also without --url)
    #[arg(long)]
    dry_run: bool,
    /// One JSON object a file
    #[arg(long)]
    json: bool,
    /// A member that the document cannot tell: NAME=VALUE, as in scac=TOCQ
    #[arg(long = "with", value_name = "NAME=VALUE")]
    with: Vec<String>,
    /// File with this node
    #[arg(long, requires = "token_file")]
    url: Option<String>,
    /// File with the party's API token
    #[arg(long)]
    token_file: Option<PathBuf>,
    /// Documents
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// Exit 0 complete, 1 faults told, 2 unreadable.
pub(crate) fn import(args: ImportArgs) -> ExitCode {
    let mut supplied = Vec::new();
    for text in &args.with {
        match text.split_once('=') {
            Some((name, value)) => supplied.push((name.to_owned(), value.to_owned())),
            None => return say::unusable(format!("`--with {text}`: write NAME=VALUE")),
        }
    }
    let (mut faulty, mut unreadable) = (false, false);
    for file in &args.files {
        let shown = file.display().to_string();
        let bytes = match fs::metadata(file).and_then(|m| {
            if usize::try_from(m.len()).is_ok_and(|n| n <= DOCUMENT_BYTES_MAX) {
                fs::read(file)
            } else {
                Err(std::io::Error::other(format!(
                    "document-too-large: {} bytes, more than the {DOCUMENT_BYTES_MAX} allowed",
                    m.len()
                )))
            }
        }) {
            Ok(bytes) => bytes,
            Err(error) => {
                say::talk(format!("{shown}: {error}"));
                unreadable = true;
                continue;
            }
        };
        let kind = if args.kind == "auto" {
            garita_formats::recognise(&bytes)
        } else {
            DocumentKind::from_name(&args.kind)
        };
        let Some(kind) = kind else {
            say::talk(format!(
                "{shown}: document-kind-unknown: no importer reads `{}`; kinds: {}, auto",
                args.kind,
                DocumentKind::all()
                    .map(DocumentKind::name)
                    .collect::<Vec<_>>()
                    .join(", ")
            ));
            unreadable = true;
            continue;
        };
        let mut draft = match garita_formats::read(kind, &bytes) {
            Ok(draft) => draft,
            Err(error) => {
                let place = error
                    .place
                    .as_ref()
                    .map(|p| format!(" line {} {}", p.line, p.path))
                    .unwrap_or_default();
                if args.json {
                    say::data(
                        json!({ "file": shown, "complete": false, "error": { "code": error.code(), "en": error.en, "es": error.es } }),
                    );
                } else {
                    say::talk(format!("{shown}:{place}: {}: {}", error.code(), error.en));
                }
                unreadable = true;
                continue;
            }
        };
        for record in &mut draft.records {
            for (name, value) in &supplied {
                record.supply(&format!("/{name}"), Value::String(value.clone()));
            }
        }
        faulty |= !draft.is_complete();
        if args.json {
            let mut value = serde_json::to_value(&draft).unwrap_or_default();
            if let Value::Object(map) = &mut value {
                map.insert("file".to_owned(), Value::String(shown.clone()));
                map.insert("complete".to_owned(), Value::Bool(draft.is_complete()));
            }
            say::data(value);
        } else {
            tell(&shown, &draft);
        }
        if let (Some(url), Some(token), false) = (&args.url, &args.token_file, args.dry_run) {
            match file_with(url, token, kind, &bytes, &supplied) {
                Ok(answer) => say::data(answer),
                Err(why) => {
                    say::talk(format!("{shown}: {why}"));
                    faulty = true;
                }
            }
        }
    }
    if unreadable {
        ExitCode::from(say::UNUSABLE)
    } else if faulty {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn tell(file: &str, draft: &Draft) {
    say::data(format!(
        "{file}: {}, {} record(s), {}",
        draft.kind.name(),
        draft.records.len(),
        if draft.is_complete() {
            "complete"
        } else {
            "not complete"
        }
    ));
    for record in &draft.records {
        say::data(format!("  {}", record.record_type));
        for (pointer, place) in &record.sources {
            say::data(format!(
                "    {pointer} = {:?}  (line {}, {})",
                place.text, place.line, place.path
            ));
        }
        for missing in &record.missing {
            let note = if record.optional {
                "would need"
            } else {
                "missing"
            };
            say::data(format!("    {note} {}: {}", missing.pointer, missing.en));
        }
    }
    for fault in &draft.faults {
        let severity = match fault.severity {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "fault",
        };
        let place = fault
            .place
            .as_ref()
            .map(|p| format!("line {}, {}: ", p.line, p.path))
            .unwrap_or_default();
        say::data(format!("  {severity} {}: {place}{}", fault.code, fault.en));
    }
    if draft.faults_untold > 0 {
        say::data(format!("  and {} more faults", draft.faults_untold));
    }
}

fn file_with(
    url: &str,
    token_file: &PathBuf,
    kind: DocumentKind,
    bytes: &[u8],
    supplied: &[(String, String)],
) -> Result<String, String> {
    let token =
        fs::read_to_string(token_file).map_err(|e| format!("{}: {e}", token_file.display()))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| e.to_string())?;
    runtime.block_on(async {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(60))
            .no_proxy()
            .build()
            .map_err(|e| e.to_string())?;
        let mut target = reqwest::Url::parse(&format!(
            "{}/v1/import/{}",
            url.trim_end_matches('/'),
            kind.name()
        ))
        .map_err(|e| e.to_string())?;
        target
            .query_pairs_mut()
            .append_pair("submit", "true")
            .extend_pairs(supplied);
        let response = client
            .post(target)
            .bearer_auth(token.trim())
            .body(bytes.to_vec())
            .send()
            .await
            .map_err(|e| e.to_string())?;
        let status = response.status();
        let text = response.text().await.map_err(|e| e.to_string())?;
        if status.is_success() {
            Ok(text)
        } else {
            Err(format!("refused ({}): {text}", status.as_u16()))
        }
    })
}
