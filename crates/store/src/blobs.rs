//! Files by the SHA-256 of their bytes. A file is there whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use crate::error::StoreError;

/// The folder of files. Cheap to clone; all methods may be called at once from many threads.
#[derive(Debug, Clone)]
pub struct Blobs {
    folder: PathBuf,
    next_temporary: Arc<AtomicU64>,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlobInfo {
    /// SHA-256 of its bytes.
    pub digest: [u8; 32],
    /// In bytes.
    pub size: u64,
}

impl Blobs {
    /// Opens the folder, makes it where it is not there, and removes what unfinished writes left.
    pub(crate) fn open(folder: PathBuf) -> Result<Self, StoreError> {
        let temporary = folder.join("tmp");
        match fs::remove_dir_all(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        fs::create_dir_all(&temporary)?;
        Ok(Self {
            folder,
            next_temporary: Arc::default(),
        })
    }

    /// The folder as it is: makes and removes nothing. For who only reads.
    pub(crate) fn existing(folder: PathBuf) -> Self {
        Self {
            folder,
            next_temporary: Arc::default(),
        }
    }

    /// Starts a file of at most `bytes_max` bytes.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn create(&self, bytes_max: u64) -> Result<BlobWriter, StoreError> {
        let number = self.next_temporary.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join("tmp").join(number.to_string());
        let file = File::options().write(true).create_new(true).open(&path)?;
        Ok(BlobWriter {
            blobs: self.clone(),
            path,
            file,
            sha: Sha256::new(),
            size: 0,
            bytes_max,
        })
    }

    /// Writes a whole file; durable on return. Repeats succeed.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn put(&self, bytes: &[u8]) -> Result<BlobInfo, StoreError> {
        let mut writer = self.create(bytes.len() as u64)?;
        writer.write(bytes)?;
        writer.finish(None)
    }

    /// Opens a file for reading; `None` where it is not here.
    ///
    /// # Errors
    /// When it can't be opened.
    pub fn open_blob(&self, digest: &[u8; 32]) -> Result<Option<File>, StoreError> {
        match File::open(self.path(digest)) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// A file's size in bytes; `None` where it is not here.
    ///
    /// # Errors
    /// When the folder does not answer.
    pub fn size(&self, digest: &[u8; 32]) -> Result<Option<u64>, StoreError> {
        match fs::metadata(self.path(digest)) {
            Ok(data) => Ok(Some(data.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes a file; gone from disk on return. One that is not here is no error.
    ///
    /// # Errors
    /// When it can't be removed.
    pub(crate) fn remove(&self, digest: &[u8; 32]) -> Result<(), StoreError> {
        let path = self.path(digest);
        match fs::remove_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            removed => removed?,
        }
        if let Some(parent) = path.parent() {
            sync_folder(parent)?;
        }
        Ok(())
    }

    /// Where a file lies: two levels, so that no folder holds millions.
    #[must_use]
    pub fn path(&self, digest: &[u8; 32]) -> PathBuf {
        let name: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let (head, tail) = name.split_at(2);
        self.folder.join(head).join(tail)
    }
}

/// A file being written. Dropped unfinished, it leaves nothing.
#[derive(Debug)]
pub struct BlobWriter {
    blobs: Blobs,
    path: PathBuf,
    file: File,
    sha: Sha256,
    size: u64,
    bytes_max: u64,
}

impl BlobWriter {
    /// Adds bytes.
    ///
    /// # Errors
    /// When the file would be larger than allowed or can't be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let size = self.size.saturating_add(bytes.len() as u64);
        if size > self.bytes_max {
            return Err(StoreError::invalid(format!(
                "the file is larger than {} bytes",
                self.bytes_max
            )));
        }
        self.file.write_all(bytes)?;
        self.sha.update(bytes);
        self.size = size;
        Ok(())
    }

    /// Bytes written so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Puts the file in its place, durable on return. Where `expected` is given, another digest is refused.
    ///
    /// # Errors
    /// When the digest is another or the disk does not take it.
    pub fn finish(mut self, expected: Option<&[u8; 32]>) -> Result<BlobInfo, StoreError> {
        let digest: [u8; 32] = std::mem::take(&mut self.sha).finalize().into();
        if expected.is_some_and(|expected| *expected != digest) {
            return Err(StoreError::invalid("the file has another digest"));
        }
        // The bytes are on disk before the name is: a crash between leaves a file in tmp, removed at the next start.
        self.file.sync_all()?;
        let target = self.blobs.path(&digest);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
            fs::rename(&self.path, &target)?;
            sync_folder(parent)?;
            // Also where the folder was there already: its own name may have been written by a run whose sync failed, or that was
            // killed before it.
            sync_folder(&self.blobs.folder)?;
        }
        Ok(BlobInfo {
            digest,
            size: self.size,
        })
    }
}

impl Drop for BlobWriter {
    fn drop(&mut self) {
        // After a rename there is nothing under this name; else an unfinished file goes. Failing harms nobody: the
        // next start empties the folder.
        let _ = fs::remove_file(&self.path);
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
