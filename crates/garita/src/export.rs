//! `garita export DOCUMENT KIND/KEY`: a case as a document that its party sends. `garita export --all`: everything that a node holds.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use reqwest::{Method, Url};
use serde_json::Value;

use crate::say;

mod all;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  garita export list trip/TOCQ:TOCQ2611240417 --url http://127.0.0.1:8080 --token-file ocotillo.token\n  garita export x12-309 trip/TOCQ:TOCQ2611240417 --url http://127.0.0.1:8080 --token-file ocotillo.token --out manifest.edi\n  garita export --all --data us --out /exports/us-2026-11-24"
)]
pub(crate) struct ExportArgs {
    /// Kind of document, or `list` for the kinds that this case can be written as
    #[arg(required_unless_present = "all")]
    document: Option<String>,
    /// The case: KIND/KEY
    #[arg(required_unless_present = "all")]
    case: Option<String>,
    /// Everything that the node holds, into a folder of open formats, read from its own folder (the node may run)
    #[arg(long, requires = "out", conflicts_with_all = ["document", "case", "url", "token_file", "with"])]
    all: bool,
    /// With `--all`: what the node knows of people who are no party's: followers' addresses, readers' questions
    #[arg(long, requires = "all")]
    people: bool,
    /// With `--all`: the node's folder
    #[arg(long, default_value = "garita-data")]
    data: PathBuf,
    /// The node
    #[arg(long, required_unless_present = "all")]
    url: Option<String>,
    /// File with the party's API token
    #[arg(long, required_unless_present = "all")]
    token_file: Option<PathBuf>,
    /// What no record says: sender, senderQualifier, receiver, receiverQualifier, control, test, and what a refusal asks to supply
    #[arg(long = "with", value_name = "NAME=VALUE")]
    with: Vec<String>,
    /// Where to write it; stdout where absent. With `--all` a folder that is not there yet
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Exit 0 written, 1 refused, 2 unusable.
pub(crate) fn export(args: ExportArgs) -> ExitCode {
    let (document, case, url, token_file) = match (
        args.document,
        args.case,
        args.url,
        args.token_file,
        &args.out,
    ) {
        (_, _, _, _, Some(out)) if args.all => {
            return all::export_all(&args.data, out, args.people);
        }
        (Some(document), Some(case), Some(url), Some(token_file), _) => {
            (document, case, url, token_file)
        }
        _ => return say::unusable("name a document, a case, `--url` and `--token-file`"),
    };
    let Some((kind, key)) = case.split_once('/') else {
        return say::unusable(format!("`{case}`: write a case as KIND/KEY"));
    };
    let mut target = match Url::parse(url.trim_end_matches('/')) {
        Ok(url) => url,
        Err(error) => return say::unusable(format!("`{url}`: {error}")),
    };
    match target.path_segments_mut() {
        Ok(mut path) => {
            path.pop_if_empty()
                .extend(["v1", "cases", kind, key, "documents"]);
            if document != "list" {
                path.push(&document);
            }
        }
        Err(()) => return say::unusable(format!("`{url}` is no address of a node")),
    }
    for text in &args.with {
        match text.split_once('=') {
            Some((name, value)) => target.query_pairs_mut().append_pair(name, value),
            None => return say::unusable(format!("`--with {text}`: write NAME=VALUE")),
        };
    }
    let token = match fs::read_to_string(&token_file) {
        Ok(token) => token,
        Err(error) => {
            return say::unusable(format!("{}: {error}", token_file.display()));
        }
    };
    let answer = match ask(target, token.trim()) {
        Ok(answer) => answer,
        Err(why) => return say::no(why),
    };
    if document == "list" {
        for item in answer
            .get("items")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let text = |pointer: &str| item.pointer(pointer).and_then(Value::as_str).unwrap_or("");
            say::data(format!("{:<20} {}", text("/document"), text("/title/en")));
        }
        return ExitCode::SUCCESS;
    }
    let written = answer.get("document").and_then(Value::as_str).unwrap_or("");
    for left in answer
        .get("leftOut")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let text = |name: &str| left.get(name).and_then(Value::as_str).unwrap_or("");
        say::talk(format!(
            "left out: {} {} has no place in this format",
            text("recordType"),
            text("pointer")
        ));
    }
    match args.out {
        None => say::data(written),
        Some(path) => {
            if let Err(error) = fs::write(&path, written) {
                return say::unusable(format!("{}: {error}", path.display()));
            }
        }
    }
    ExitCode::SUCCESS
}

/// What a node answers to whoever has the token.
pub(crate) fn ask(target: Url, token: &str) -> Result<Value, String> {
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
        let response = client
            .request(Method::GET, target)
            .bearer_auth(token)
            .header("accept", "application/json")
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
