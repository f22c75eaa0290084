//! `garita sheet template RECORD_TYPE` and `garita import csv`: spreadsheets of record types, out and in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use garita_formats::sheet::{Sheet, SheetDraft, SheetForm, SheetLanguage, SheetReading};
use garita_formats::{DOCUMENT_BYTES_MAX, Severity};
use serde_json::{Value, json};

use crate::say;

#[derive(Debug, Subcommand)]
pub(crate) enum SheetCommand {
    /// The spreadsheet of a record type, to fill in
    Template(TemplateArgs),
}

#[derive(Debug, Args)]
pub(crate) struct TemplateArgs {
    /// Record type, as in `Manifest`
    record_type: String,
    /// Language of titles and help
    #[arg(long, default_value = "en", value_parser = ["en", "es"])]
    lang: String,
    /// File to write, `.xlsx` or `.csv`; without it CSV goes to the standard output
    #[arg(long)]
    out: Option<PathBuf>,
}

/// How a sheet is read and filed.
#[derive(Debug, Args)]
pub(crate) struct SheetArgs {
    /// Record type of a sheet (kind `csv`)
    #[arg(long = "type", value_name = "RECORD_TYPE")]
    record_type: Option<String>,
    /// Whether 03/04/2026 in a sheet has the day or the month first
    #[arg(long, value_parser = ["day-first", "month-first"])]
    dates: Option<String>,
    /// Zone of a sheet's times that name none, as in America/Chicago
    #[arg(long)]
    zone: Option<String>,
    /// The decimal mark of a sheet's numbers
    #[arg(long, value_parser = ["point", "comma"])]
    decimal: Option<String>,
}

/// What else `garita import` was told.
pub(crate) struct Told<'a> {
    /// One JSON object a file.
    pub(crate) json: bool,
    /// The node and the file with its token, where complete records are filed.
    pub(crate) node: Option<(&'a str, &'a Path)>,
}

/// The sheet of a record type of the packed programs.
fn sheet_of(record_type: &str) -> Result<Sheet, String> {
    let programs = garita_node::programs::load(None).map_err(|e| e.to_string())?;
    let profile = programs.for_record_type(record_type);
    profile
        .and_then(|profile| garita_node::sheets::of(&profile, record_type))
        .ok_or_else(|| format!("record-type-unknown: no packed program has a record type `{record_type}` that a sheet can hold"))
}

pub(crate) fn sheet(command: SheetCommand) -> ExitCode {
    let SheetCommand::Template(args) = command;
    let sheet = match sheet_of(&args.record_type) {
        Ok(sheet) => sheet,
        Err(why) => return say::unusable(why),
    };
    let language = if args.lang == "es" {
        SheetLanguage::Es
    } else {
        SheetLanguage::En
    };
    let Some(out) = args.out else {
        let text = sheet.template(SheetForm::Csv, language);
        say::data(String::from_utf8_lossy(&text).trim_end());
        return ExitCode::SUCCESS;
    };
    let form = match out.extension().and_then(|ending| ending.to_str()) {
        Some("xlsx") => SheetForm::Xlsx,
        Some("csv") => SheetForm::Csv,
        _ => return say::unusable("`--out`: name a file that ends with .xlsx or .csv"),
    };
    match fs::write(&out, sheet.template(form, language)) {
        Ok(()) => {
            say::talk(format!(
                "{}: {} columns for {}",
                out.display(),
                sheet.columns().len(),
                sheet.title(language)
            ));
            ExitCode::SUCCESS
        }
        Err(error) => say::unusable(format!("{}: {error}", out.display())),
    }
}

/// `garita import csv --type RECORD_TYPE FILE…`: exit 0 complete, 1 faults told or rows refused, 2 unreadable.
pub(crate) fn import(args: &SheetArgs, told: &Told<'_>, files: &[PathBuf]) -> ExitCode {
    let Some(record_type) = &args.record_type else {
        return say::unusable("say of which record type the sheet is: `--type RECORD_TYPE`");
    };
    let sheet = match sheet_of(record_type) {
        Ok(sheet) => sheet,
        Err(why) => return say::unusable(why),
    };
    let member = |name: &str| match name {
        "dates" => args.dates.as_deref(),
        "zone" => args.zone.as_deref(),
        "decimal" => args.decimal.as_deref(),
        _ => None,
    };
    let Ok(reading) = garita_node::sheets::reading(member) else {
        return say::unusable(
            "`--dates`, `--zone` or `--decimal` has a value that it does not take",
        );
    };
    let (mut faulty, mut unreadable) = (false, false);
    for file in files {
        let shown = file.display().to_string();
        let (bytes, draft) = match read(&sheet, file, &reading) {
            Ok(read) => read,
            Err(why) => {
                say::talk(format!("{shown}: {why}"));
                unreadable = true;
                continue;
            }
        };
        faulty |= !draft.is_complete();
        if told.json {
            let mut value = serde_json::to_value(&draft).unwrap_or_default();
            if let Value::Object(map) = &mut value {
                map.insert("file".to_owned(), json!(shown));
                map.insert("complete".to_owned(), json!(draft.is_complete()));
            }
            say::data(value);
        } else {
            tell(&shown, &draft);
        }
        if let Some((url, token)) = told.node {
            match file_with(url, token, record_type, args, bytes) {
                Ok(answer) => {
                    let member = |name: &str| answer.get(name).cloned().unwrap_or_default();
                    faulty |= member("refused") != 0 || member("incomplete") != 0;
                    say::data(json!({
                        "file": shown,
                        "filed": member("filed"),
                        "filedBefore": member("filedBefore"),
                        "refused": member("refused"),
                        "incomplete": member("incomplete"),
                        "rows": member("rows"),
                    }));
                }
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

fn read(
    sheet: &Sheet,
    file: &Path,
    reading: &SheetReading,
) -> Result<(Vec<u8>, SheetDraft), String> {
    let length = fs::metadata(file).map_err(|e| e.to_string())?.len();
    if usize::try_from(length).is_ok_and(|length| length > DOCUMENT_BYTES_MAX) {
        return Err(format!(
            "document-too-large: {length} bytes, more than the {DOCUMENT_BYTES_MAX} allowed"
        ));
    }
    let bytes = fs::read(file).map_err(|e| e.to_string())?;
    let draft = sheet.read(&bytes, reading).map_err(|error| {
        let place = error
            .place
            .as_ref()
            .map(|place| format!("{}: ", place.path));
        format!(
            "{}{}: {}",
            place.unwrap_or_default(),
            error.code(),
            error.en
        )
    })?;
    Ok((bytes, draft))
}

fn tell(file: &str, draft: &SheetDraft) {
    let complete = draft.records.iter().filter(|record| record.complete);
    say::data(format!(
        "{file}: {}, {} record(s), {} complete",
        draft.record_type,
        draft.records.len(),
        complete.count()
    ));
    for fault in &draft.faults {
        let severity = match fault.severity {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "fault",
        };
        let place = fault
            .place
            .as_ref()
            .map(|place| format!("{}: ", place.path));
        say::data(format!(
            "  {}{severity} {}: {}",
            place.unwrap_or_default(),
            fault.code,
            fault.en
        ));
    }
    if draft.faults_untold > 0 {
        say::data(format!("  and {} more faults", draft.faults_untold));
    }
}

fn file_with(
    url: &str,
    token_file: &Path,
    record_type: &str,
    args: &SheetArgs,
    bytes: Vec<u8>,
) -> Result<Value, String> {
    let token =
        fs::read_to_string(token_file).map_err(|e| format!("{}: {e}", token_file.display()))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| e.to_string())?;
    runtime.block_on(async {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(300))
            .no_proxy()
            .build()
            .map_err(|e| e.to_string())?;
        let mut target = reqwest::Url::parse(&format!("{}/v1/sheets/", url.trim_end_matches('/')))
            .and_then(|base| base.join(record_type))
            .map_err(|e| e.to_string())?;
        target.query_pairs_mut().append_pair("submit", "true");
        for (name, value) in [
            ("dates", &args.dates),
            ("zone", &args.zone),
            ("decimal", &args.decimal),
        ] {
            if let Some(value) = value {
                target.query_pairs_mut().append_pair(name, value);
            }
        }
        let response = client
            .post(target)
            .bearer_auth(token.trim())
            .body(bytes)
            .send()
            .await
            .map_err(|e| e.to_string())?;
        let status = response.status();
        let text = response.text().await.map_err(|e| e.to_string())?;
        if status.is_success() {
            serde_json::from_str(&text).map_err(|e| e.to_string())
        } else {
            Err(format!("refused ({}): {text}", status.as_u16()))
        }
    })
}
