//! `garita export DOCUMENT KIND/KEY`: a case as a document that its party sends.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use reqwest::{Method, Url};
use serde_json::Value;

use crate::say;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  garita export list trip/TOCQ:TOCQ2611240417 --url http://127.0.0.1:8080 --token-file ocotillo.token\n  garita export x12-309 trip/TOCQ:TOCQ2611240417 --url http://127.0.0.1:8080 --token-file ocotillo.token --out manifest.edi"
)]
pub(crate) struct ExportArgs {
    /// Kind of document, or `list` for the kinds that this case can be written as
    document: String,
    /// The case: KIND/KEY
    case: String,
    /// The node
    #[arg(long)]
    url: String,
    /// File with the party's API token
    #[arg(long)]
    token_file: PathBuf,
    /// What no record says: sender, senderQualifier, receiver, receiverQualifier, control, test, and what a refusal asks to supply
    #[arg(long = "with", value_name = "NAME=VALUE")]
    with: Vec<String>,
    /// Where to write it; stdout where absent
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Exit 0 written, 1 refused, 2 unusable.
pub(crate) fn export(args: ExportArgs) -> ExitCode {
    let Some((kind, key)) = args.case.split_once('/') else {
        return say::unusable(format!("`{}`: write a case as KIND/KEY", args.case));
    };
    let mut target = match Url::parse(args.url.trim_end_matches('/')) {
        Ok(url) => url,
        Err(error) => return say::unusable(format!("`{}`: {error}", args.url)),
    };
    match target.path_segments_mut() {
        Ok(mut path) => {
            path.pop_if_empty()
                .extend(["v1", "cases", kind, key, "documents"]);
            if args.document != "list" {
                path.push(&args.document);
            }
        }
        Err(()) => return say::unusable(format!("`{}` is no address of a node", args.url)),
    }
    for text in &args.with {
        match text.split_once('=') {
            Some((name, value)) => target.query_pairs_mut().append_pair(name, value),
            None => return say::unusable(format!("`--with {text}`: write NAME=VALUE")),
        };
    }
    let token = match fs::read_to_string(&args.token_file) {
        Ok(token) => token,
        Err(error) => {
            return say::unusable(format!("{}: {error}", args.token_file.display()));
        }
    };
    let answer = match ask(target, token.trim()) {
        Ok(answer) => answer,
        Err(why) => return say::no(why),
    };
    if args.document == "list" {
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
    let document = answer.get("document").and_then(Value::as_str).unwrap_or("");
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
        None => say::data(document),
        Some(path) => {
            if let Err(error) = fs::write(&path, document) {
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
