//! Encrypting the key files of a node that does not run, decrypting them, and changing the passphrase.
//!
//! Each file is replaced by itself: the new one is whole on disk, and read back, before the old one goes. A crash in between leaves files of
//! both kinds, with which the node starts; the same command once more does the rest.

use std::fs::{self, File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use garita_credential::keys::{KeyFile, SigningKey};

use super::{
    ENCRYPTED, FOLDER, PLAIN, Passphrase, encrypted, files, open, plain_files, read_encrypted,
    read_plain,
};
use crate::config::{ConfigError, write_secret};

/// Ends the names of files that are being written.
const BEGUN: &str = "new";

/// How many key files of a node are encrypted, and how many are plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Encrypted.
    pub encrypted: usize,
    /// Plain.
    pub plain: usize,
    /// In the token.
    pub in_token: usize,
}

/// Looks at the files' names, and at where those say that are no secret.
///
/// # Errors
/// When the folder cannot be read.
pub fn standing(data: &Path) -> Result<Standing, ConfigError> {
    let folder = data.join(FOLDER);
    let (plain, in_token) = plain_files(&folder)?;
    Ok(Standing {
        encrypted: files(&folder, ENCRYPTED)?.len(),
        plain: plain.len(),
        in_token,
    })
}

/// Encrypts all plain key files; those that are encrypted already must open with the same passphrase. How many were encrypted.
///
/// # Errors
/// When the node runs, or a file cannot be read or written; what was done until then stays.
pub fn encrypt(data: &Path, passphrase: &Passphrase) -> Result<usize, ConfigError> {
    let _held = hold(data)?;
    let folder = data.join(FOLDER);
    for path in files(&folder, ENCRYPTED)? {
        open(&path, &read_encrypted(&path)?, passphrase)?;
    }
    let (plain, _) = plain_files(&folder)?;
    for path in &plain {
        let key = read_plain(path)?;
        let target = path.with_extension(ENCRYPTED);
        put_encrypted(&target, &key, passphrase)?;
        sync(&folder)?;
        // A crash before this line leaves both; the next run comes by here again.
        erase(path)?;
    }
    sync(&folder)?;
    Ok(plain.len())
}

/// Decrypts all encrypted key files. How many.
///
/// # Errors
/// When the node runs, the passphrase is wrong, or a file cannot be read or written.
pub fn decrypt(data: &Path, passphrase: &Passphrase) -> Result<usize, ConfigError> {
    let _held = hold(data)?;
    let folder = data.join(FOLDER);
    let paths = files(&folder, ENCRYPTED)?;
    let mut keys = Vec::new();
    for path in &paths {
        // All are opened before one is written: a wrong passphrase changes nothing.
        keys.push((path, open(path, &read_encrypted(path)?, passphrase)?));
    }
    for (path, key) in keys {
        let target = path.with_extension(PLAIN);
        put(&target, &KeyFile::did_key(key).to_json())?;
        sync(&folder)?;
        fs::remove_file(path).map_err(ConfigError::io(path))?;
    }
    sync(&folder)?;
    Ok(paths.len())
}

/// Encrypts all encrypted key files under another passphrase. How many. One that opens with the new passphrase already, as after a crash,
/// is good.
///
/// # Errors
/// When the node runs, the old passphrase is wrong, or a file cannot be read or written.
pub fn change(data: &Path, old: &Passphrase, new: &Passphrase) -> Result<usize, ConfigError> {
    let _held = hold(data)?;
    let folder = data.join(FOLDER);
    let paths = files(&folder, ENCRYPTED)?;
    let mut keys = Vec::new();
    for path in &paths {
        let file = read_encrypted(path)?;
        let key = match open(path, &file, old) {
            Err(ConfigError::Passphrase { .. }) => open(path, &file, new)
                // It is the old one that was asked for.
                .map_err(|_| ConfigError::Passphrase {
                    path: path.display().to_string(),
                })?,
            opened => opened?,
        };
        keys.push((path, key));
    }
    for (path, key) in keys {
        put_encrypted(path, &key, new)?;
    }
    sync(&folder)?;
    Ok(paths.len())
}

/// Takes the folder as a running node does, so that none runs meanwhile.
fn hold(data: &Path) -> Result<File, ConfigError> {
    let path = data.join("lock");
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(ConfigError::io(&path))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(ConfigError::Running {
                path: data.display().to_string(),
            });
        }
        Err(TryLockError::Error(source)) => return Err(ConfigError::io(&path)(source)),
    }
    // What a run that was cut short had begun to write may hold a key in plain.
    for path in files(&data.join(FOLDER), BEGUN)? {
        erase(&path)?;
    }
    Ok(lock)
}

/// Writes an encrypted file whole, and only after what was written has been opened again.
fn put_encrypted(
    path: &Path,
    key: &SigningKey,
    passphrase: &Passphrase,
) -> Result<(), ConfigError> {
    let text = encrypted(path, key, passphrase)?;
    let temporary = temporary(path);
    write_secret(&temporary, &text)?;
    let back = open(&temporary, &read_encrypted(&temporary)?, passphrase)?;
    if back.verification_key() != key.verification_key() {
        return Err(ConfigError::malformed(
            &temporary,
            "another key came back than was written",
        ));
    }
    fs::rename(&temporary, path).map_err(ConfigError::io(path))
}

/// Writes a secret whole, over another.
fn put(path: &Path, text: &str) -> Result<(), ConfigError> {
    let temporary = temporary(path);
    write_secret(&temporary, text)?;
    fs::rename(&temporary, path).map_err(ConfigError::io(path))
}

/// The name under which a file is written first.
fn temporary(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(BEGUN);
    PathBuf::from(name)
}

/// Overwrites a file with zeros and removes it. On a disk that writes elsewhere than it read (solid-state, copy-on-write, snapshots) the
/// old bytes may stay: see `docs/operating.md`.
fn erase(path: &Path) -> Result<(), ConfigError> {
    let length = fs::metadata(path).map_err(ConfigError::io(path))?.len();
    let mut file = File::options()
        .write(true)
        .open(path)
        .map_err(ConfigError::io(path))?;
    let zeros = vec![0; usize::try_from(length).unwrap_or_default()];
    file.write_all(&zeros).map_err(ConfigError::io(path))?;
    file.sync_all().map_err(ConfigError::io(path))?;
    fs::remove_file(path).map_err(ConfigError::io(path))
}

fn sync(folder: &Path) -> Result<(), ConfigError> {
    let opened = File::open(folder).map_err(ConfigError::io(folder))?;
    opened.sync_all().map_err(ConfigError::io(folder))
}
