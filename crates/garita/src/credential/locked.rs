//! A file that is read, changed and written anew while nobody else does the same.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// A file held until this is dropped, also by the end of the process.
pub(super) struct Locked {
    /// Where it lies, behind any link.
    path: PathBuf,
    /// Holds the lock.
    file: File,
}

impl Locked {
    /// Waits for whoever else holds the file.
    ///
    /// # Errors
    /// When it is not there, or may not be written.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let told = |e: std::io::Error| format!("{}: {e}", path.display());
        let path = fs::canonicalize(path).map_err(told)?;
        loop {
            let file = OpenOptions::new()
                .read(true)
                .write(true)
                .open(&path)
                .map_err(told)?;
            file.lock().map_err(told)?;
            // Who held it has put another in its place meanwhile.
            let (held, there) = (
                file.metadata().map_err(told)?,
                fs::metadata(&path).map_err(told)?,
            );
            if (held.dev(), held.ino()) == (there.dev(), there.ino()) {
                return Ok(Self { path, file });
            }
        }
    }

    /// Where it lies.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A new text in its place, whole or not at all: half a list would revoke nobody.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn replace(self, text: &str) -> Result<(), String> {
        let mode = self.file.metadata().map(|m| m.permissions());
        write_whole(&self.path, text, mode.ok())
    }
}

/// A file that is not there yet, whole or not at all.
///
/// # Errors
/// When it is there, or cannot be written.
pub(super) fn create(path: &Path, text: &str) -> Result<(), String> {
    if path.exists() {
        return Err(format!("{} is there already", path.display()));
    }
    write_whole(path, text, None)
}

fn write_whole(path: &Path, text: &str, mode: Option<fs::Permissions>) -> Result<(), String> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = PathBuf::from(beside);
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&beside)
        .and_then(|mut new| {
            new.write_all(text.as_bytes())?;
            mode.map_or(Ok(()), |mode| new.set_permissions(mode))?;
            new.sync_all()
        })
        .and_then(|()| fs::rename(&beside, path));
    written.map_err(|e| {
        // What was begun is of no use to anybody.
        let _ = fs::remove_file(&beside);
        format!("{}: {e}", path.display())
    })
}
