//! `garita backup`: a copy of a node's folder as of one instant, while the node works.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use garita_exchange::clock::real_now_ms;
use garita_exchange::encode;
use garita_node::config::{witness_key_files, write_file};
use garita_node::keyring::locking;

use super::Folder;
use super::files::{self, Copied, LIST, Manifest, PLAIN};
use crate::{Data, say};

/// Copies the database as of one instant, attachments, configuration, programs and keys but the witness key; the node may run. A copy that
/// was cut short keeps the name `TO.part` and is no copy.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  garita backup --data us --to /backups/us-2026-11-24\n  garita backup --data us --to /backups/us-2026-11-24 --without-keys"
)]
pub(crate) struct BackupArgs {
    #[command(flatten)]
    data: Data,
    /// A folder that is not there yet
    #[arg(long)]
    to: PathBuf,
    /// Leave out the secret keys and the operator's token: they lie elsewhere
    #[arg(long)]
    without_keys: bool,
}

pub(crate) fn backup(args: &BackupArgs) -> ExitCode {
    if args.to.exists() {
        return say::unusable(format!(
            "{} is there already; a copy gets a folder of its own",
            args.to.display()
        ));
    }
    match make(&args.data.data, &args.to, !args.without_keys) {
        Ok(manifest) => {
            let bytes: u64 = manifest.files.iter().map(|file| file.bytes).sum();
            say::data(format!(
                "{}: {} log entries, {} files, {bytes} bytes, checked",
                args.to.display(),
                manifest.log_size,
                manifest.files.len()
            ));
            if manifest.keys {
                let encrypted = locking::standing(&args.to).is_ok_and(|found| found.plain == 0);
                say::talk(if encrypted {
                    "the copy holds the node's keys, encrypted, and its operator's token in plain: keep it as you keep them, and the passphrase elsewhere"
                } else {
                    "the copy holds the node's secret keys: keep it as you keep them"
                });
            }
            ExitCode::SUCCESS
        }
        Err(error) => say::no(error),
    }
}

fn make(data: &Path, to: &Path, keys: bool) -> Result<Manifest, String> {
    let source = Folder::open(data)?;
    let mut name = to.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    if part.exists() {
        return Err(format!(
            "{} is left of a copy that was cut short; remove it and try again",
            part.display()
        ));
    }
    let io = |path: &Path| {
        let path = path.display().to_string();
        move |error: std::io::Error| format!("{path}: {error}")
    };
    files::make_folder(&part).map_err(io(&part))?;
    // The database first: every attachment that it names was on disk before it.
    let database = part.join("garita.db");
    garita_store::snapshot(data, &database).map_err(|e| e.to_string())?;
    let mut copied = Vec::new();
    let (bytes, sha256) = files::digest(&database).map_err(io(&database))?;
    copied.push(Copied {
        path: "garita.db".to_owned(),
        bytes,
        sha256,
    });
    let mut wanted: Vec<PathBuf> = Vec::new();
    for name in PLAIN {
        if !keys && ["keys", "admin.token", "monitor.token"].contains(&name) {
            continue;
        }
        let path = data.join(name);
        if path.is_symlink() {
            return Err(format!(
                "{} is a link; a copy would not have what it leads to. Put it into the folder, or leave out the keys (`--without-keys`)",
                path.display()
            ));
        }
        wanted.extend(files::below(&path).map_err(io(&path))?);
    }
    // What was cosigned after the copy is not in it: a witness that comes back from it could cosign a second history of a log.
    let witness = witness_key_files(&data.join("keys"));
    wanted.retain(|path| !witness.contains(path));
    let password = source.config.file.mail.as_ref();
    let password = password.and_then(|mail| mail.password_file.as_ref());
    if let Some(path) = password.map(|path| data.join(path)).filter(|_| keys)
        && path.starts_with(data)
        && !wanted.contains(&path)
    {
        wanted.push(path);
    }
    // As the copy of the database has it: what came since is not of this copy.
    let reader = garita_store::open_read(&part, &garita_store::Options::default())
        .map_err(|e| e.to_string())?;
    let mut after = None;
    loop {
        let page = reader
            .node_attachments(after.as_ref(), 500)
            .map_err(|e| e.to_string())?;
        let Some(last) = page.last() else { break };
        after = Some(last.digest);
        for file in &page {
            let path = source.reader.blobs().path(&file.digest);
            // A file that a record names may not have come yet: then there is nothing to copy.
            if path.exists() {
                wanted.push(path);
            }
        }
    }
    for path in wanted {
        let inside = path
            .strip_prefix(data)
            .map_err(|e| e.to_string())?
            .to_str()
            .ok_or("a file name that is not UTF-8")?
            .to_owned();
        let (bytes, sha256) = files::copy(&path, &part.join(&inside)).map_err(io(&path))?;
        copied.push(Copied {
            path: inside,
            bytes,
            sha256,
        });
    }
    let tail = reader.verify_tail(u64::MAX).map_err(|e| e.to_string())?;
    let manifest = Manifest {
        format: 1,
        made: encode::instant_text(real_now_ms()),
        node: source.config.identity.did.clone(),
        log_size: tail.size,
        log_root: tail.root,
        keys,
        files: copied,
    };
    let text = serde_json::to_string_pretty(&manifest).map_err(|e| e.to_string())?;
    write_file(&part.join(LIST), &text).map_err(|e| e.to_string())?;
    files::sync_folder(&part).map_err(io(&part))?;
    fs::rename(&part, to).map_err(io(to))?;
    if let Some(parent) = to.parent().filter(|p| !p.as_os_str().is_empty()) {
        files::sync_folder(parent).map_err(io(parent))?;
    }
    Ok(manifest)
}
