//! `garita restore`: a node's folder from a copy of it, every file checked.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use garita_exchange::clock::real_now_ms;
use garita_exchange::encode;
use garita_node::config::write_file;
use serde_json::json;

use super::files::{self, Manifest, RESTORED};
use crate::say;

/// Checks every file of a copy against its list, and makes a folder of it that a node can start with. At its first start the node asks
/// the others what they have seen of it, and does not start where it would write its log a second time.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  garita restore --from /backups/us-2026-11-24 --data us\n  garita serve --data us"
)]
pub(crate) struct RestoreArgs {
    /// The copy
    #[arg(long)]
    from: PathBuf,
    /// The folder to be made; it is not there yet
    #[arg(long)]
    data: PathBuf,
}

pub(crate) fn restore(args: &RestoreArgs) -> ExitCode {
    let manifest = match files::list(&args.from) {
        Ok(manifest) => manifest,
        Err(error) => return say::unusable(error),
    };
    if args.data.exists() {
        return say::unusable(format!(
            "{} is there already; put it aside first: nothing is written over",
            args.data.display()
        ));
    }
    let faults = files::faults(&args.from, &manifest);
    if !faults.is_empty() {
        for fault in &faults {
            say::talk(format!("garita: {fault}"));
        }
        return say::no("the copy is damaged, and nothing was restored; take another one");
    }
    match make(&args.from, &args.data, &manifest) {
        Ok(()) => {
            say::data(format!(
                "{}: {} log entries of {}, as of {}",
                args.data.display(),
                manifest.log_size,
                manifest.node,
                manifest.made
            ));
            if !manifest.keys {
                say::talk(
                    "the copy has no keys: put `keys/`, but not `keys/witness.json`, and `admin.token` into the folder before the node starts",
                );
            }
            ExitCode::SUCCESS
        }
        Err(error) => say::no(error),
    }
}

fn make(from: &Path, data: &Path, manifest: &Manifest) -> Result<(), String> {
    let mut name = data.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    files::make_folder(&part).map_err(|e| e.to_string())?;
    for file in &manifest.files {
        let copied = files::copy(&from.join(&file.path), &part.join(&file.path))
            .map_err(|e| format!("{}: {e}", file.path))?;
        if copied != (file.bytes, file.sha256.clone()) {
            return Err(format!("{} changed while it was read", file.path));
        }
    }
    let reader = garita_store::open_read(&part, &garita_store::Options::default())
        .map_err(|e| e.to_string())?;
    let tail = reader.verify_tail(u64::MAX).map_err(|e| e.to_string())?;
    if (tail.size, &tail.root) != (manifest.log_size, &manifest.log_root) {
        return Err("the copy's log is not the one that its list names".to_owned());
    }
    drop(reader);
    let note = json!({
        "from": manifest.made,
        "restored": encode::instant_text(real_now_ms()),
        "logSize": manifest.log_size,
        "logRoot": manifest.log_root,
    });
    write_file(&part.join(RESTORED), &note.to_string()).map_err(|e| e.to_string())?;
    files::sync_folder(&part).map_err(|e| e.to_string())?;
    std::fs::rename(&part, data).map_err(|e| e.to_string())
}
