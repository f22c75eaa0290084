//! `garita upgrade`: a folder of an earlier release, brought forward. A node does the same at its start; this makes a copy first and says
//! what it does.
//!
//! The schema goes forward step by step, each step a transaction: whoever ends the program in the middle leaves a version between, from
//! which the next run, or the node's start, goes on. The copy gets its name when it is whole.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use garita_store::{Options, StoreError};

use super::files;
use crate::{Data, say};

/// Brings the database of a stopped node to this program's schema. Before anything is changed, a copy of it is made beside it:
/// `before-upgrade-vN.db`; to go back, stop the node, remove `garita.db-wal` and `garita.db-shm`, and put the copy in the place of
/// `garita.db`, as long as nothing was filed since. May be ended at any moment and run again.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit: 0 done or nothing to do, 1 not done, 2 the folder cannot be read.\n\nExamples:\n  garita upgrade --data us --dry-run\n  garita upgrade --data us"
)]
pub(crate) struct UpgradeArgs {
    #[command(flatten)]
    data: Data,
    /// Say what would be done, change nothing
    #[arg(long)]
    dry_run: bool,
    /// Language of what is said
    #[arg(long, default_value = "en", value_parser = ["en", "es"])]
    lang: String,
}

pub(crate) fn upgrade(args: &UpgradeArgs) -> ExitCode {
    let data = args.data.data.as_path();
    let spanish = args.lang == "es";
    if !data.join("garita.db").is_file() {
        return say::unusable(format!("{}: no node's folder", data.display()));
    }
    let (found, known) = match garita_store::schema_versions(data) {
        Ok(versions) => versions,
        Err(error) => return say::unusable(format!("{}: {error}", data.display())),
    };
    if found > known {
        return say::no(StoreError::NewerVersion { found, known });
    }
    if found == known {
        say::data(if spanish {
            format!("esquema {found}: nada que hacer")
        } else {
            format!("schema {found}: nothing to do")
        });
        return ExitCode::SUCCESS;
    }
    let copy = copy_path(data, found);
    if args.dry_run {
        say::data(if spanish {
            format!(
                "esquema {found}: se llevaría a {known}, con copia previa en {}",
                copy.display()
            )
        } else {
            format!(
                "schema {found}: would be brought to {known}, with a copy before in {}",
                copy.display()
            )
        });
        return ExitCode::SUCCESS;
    }
    match done(data, &copy) {
        Ok((entries, root)) => {
            say::data(if spanish {
                format!(
                    "esquema {found} a {known}: {entries} asientos de la bitácora, raíz {root}, revisados; copia previa en {}",
                    copy.display()
                )
            } else {
                format!(
                    "schema {found} to {known}: {entries} log entries, root {root}, checked; the copy from before is {}",
                    copy.display()
                )
            });
            ExitCode::SUCCESS
        }
        Err(error) => say::no(error),
    }
}

fn copy_path(data: &Path, found: i64) -> PathBuf {
    data.join(format!("before-upgrade-v{found}.db"))
}

/// Copies, upgrades, and looks whether the log is the one that it was.
fn done(data: &Path, copy: &Path) -> Result<(u64, String), String> {
    let at = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    // The lock of the node, held from here on: nobody writes between the copy and the upgrade.
    let lock = garita_store::Lock::take(data).map_err(|e| at(data, &e))?;
    let part = copy.with_extension("part");
    match fs::remove_file(&part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(at(&part, &error));
        }
        _ => {}
    }
    garita_store::snapshot_before_upgrade(data, &part).map_err(|e| at(&part, &e))?;
    private(&part).map_err(|e| at(&part, &e))?;
    fs::rename(&part, copy).map_err(|e| at(copy, &e))?;
    files::sync_folder(data).map_err(|e| at(data, &e))?;
    let (writer, reader) =
        garita_store::open_locked(data, lock, &Options::default()).map_err(|e| at(data, &e))?;
    let tail = reader.verify_tail(u64::MAX).map_err(|e| at(data, &e))?;
    drop(writer);
    Ok((tail.size, tail.root))
}

/// The copy is its owner's alone, as the database is by its folder.
fn private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}
