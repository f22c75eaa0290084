//! Files of a copy: each with its length and its digest, written so that they are on disk, and only their owner's.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Name of the list in a copy.
pub(super) const LIST: &str = "backup.json";
/// What stands beside a restored folder's `node.json` until it is known that nothing is lost.
pub(super) const RESTORED: &str = "restored.json";
/// What a copy holds beside the database and the attachments, where it is there.
pub(super) const PLAIN: [&str; 8] = [
    "node.json",
    "log-continues.json",
    "parties.json",
    "governance.json",
    "admin.token",
    "monitor.token",
    "keys",
    "programs",
];

/// What a copy is, and all its files.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    /// 1.
    pub(super) format: u32,
    /// When it was made, RFC 3339.
    pub(super) made: String,
    /// The node's DID.
    pub(super) node: String,
    /// Entries of its log.
    pub(super) log_size: u64,
    /// The log's root, base64.
    pub(super) log_root: String,
    /// Whether the secret keys are in it.
    pub(super) keys: bool,
    /// Its files, this one not among them.
    pub(super) files: Vec<Copied>,
}

/// A file of a copy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Copied {
    /// Path inside the copy.
    pub(super) path: String,
    pub(super) bytes: u64,
    /// SHA-256, in hexadecimal.
    pub(super) sha256: String,
}

/// Copies a file; the copy is on disk on return, and its owner's alone.
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<(u64, String)> {
    if let Some(parent) = to.parent() {
        make_folder(parent)?;
    }
    let mut target = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)?;
    let told = pour(&mut File::open(from)?, Some(&mut target))?;
    target.sync_all()?;
    Ok(told)
}

/// Length and digest of a file.
pub(super) fn digest(path: &Path) -> io::Result<(u64, String)> {
    pour(&mut File::open(path)?, None)
}

fn pour(from: &mut File, mut to: Option<&mut File>) -> io::Result<(u64, String)> {
    let (mut sha, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 18]);
    loop {
        let read = from.read(&mut buffer)?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else {
            break;
        };
        if let Some(to) = to.as_mut() {
            to.write_all(part)?;
        }
        sha.update(part);
        bytes += part.len() as u64;
    }
    Ok((bytes, hex(&sha.finalize())))
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes a folder that only its owner may enter.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    garita_node::config::make_folder(path).map_err(io::Error::other)
}

/// Writes a folder's names to disk.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// All files below a path, which may itself be one; none where there is nothing. By name.
pub(super) fn below(path: &Path) -> io::Result<Vec<PathBuf>> {
    let kind = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        found => found?,
    };
    if kind.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    if kind.is_dir() {
        let mut names: Vec<PathBuf> = fs::read_dir(path)?
            .map(|entry| entry.map(|e| e.path()))
            .collect::<Result<_, _>>()?;
        names.sort();
        for name in names {
            files.extend(below(&name)?);
        }
    }
    Ok(files)
}

/// Whether a path stays below the folder that it is joined to.
pub(super) fn stays_inside(path: &str) -> bool {
    !path.is_empty()
        && Path::new(path)
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)))
}

/// The largest file of a list is some hundred bytes for each file.
const LIST_BYTES_MAX: u64 = 1 << 30;

/// Reads a copy's list.
pub(super) fn list(copy: &Path) -> Result<Manifest, String> {
    let path = copy.join(LIST);
    let say = |why: String| format!("{}: {why}", path.display());
    let bytes = fs::metadata(&path).map_err(|e| say(e.to_string()))?.len();
    if bytes > LIST_BYTES_MAX {
        return Err(say("too large to be the list of a copy".to_owned()));
    }
    let text = fs::read_to_string(&path).map_err(|e| say(e.to_string()))?;
    let manifest: Manifest = serde_json::from_str(&text).map_err(|e| say(e.to_string()))?;
    if manifest.format != 1 {
        return Err(say(format!(
            "format {}, and this program knows 1",
            manifest.format
        )));
    }
    Ok(manifest)
}

/// Files of a copy that are missing or other than its list says.
pub(super) fn faults(copy: &Path, manifest: &Manifest) -> Vec<String> {
    manifest
        .files
        .iter()
        .filter_map(|file| {
            if !stays_inside(&file.path) {
                return Some(format!("`{}` leads out of the copy", file.path));
            }
            match digest(&copy.join(&file.path)) {
                Err(error) => Some(format!("{}: {error}", file.path)),
                Ok((bytes, sha256)) if bytes == file.bytes && sha256 == file.sha256 => None,
                Ok(_) => Some(format!("{} was changed since the copy was made", file.path)),
            }
        })
        .collect()
}
