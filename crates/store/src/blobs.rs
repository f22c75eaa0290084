//! Files by the SHA-256 of their bytes. A file is there whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use crate::error::StoreError;

/// Unfinished files that are gone at the next start.
const TEMPORARY: &str = "tmp";
/// Unfinished files of which the rest can be asked for: kept over a restart.
const PARTIAL: &str = "partial";
/// Bytes that are read at once.
const PIECE_BYTES: usize = 64 << 10;

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
        let temporary = folder.join(TEMPORARY);
        match fs::remove_dir_all(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        fs::create_dir_all(&temporary)?;
        fs::create_dir_all(folder.join(PARTIAL))?;
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
        let path = self.folder.join(TEMPORARY).join(number.to_string());
        let file = File::options().write(true).create_new(true).open(&path)?;
        Ok(BlobWriter {
            blobs: self.clone(),
            path,
            file,
            sha: Sha256::new(),
            size: 0,
            bytes_max,
            kept: false,
        })
    }

    /// Goes on with a file whose digest is known and which comes from `source`; begins it where nothing of it is here. What is written stays
    /// when the writer is dropped, also over a restart, for the next who goes on. Reads what is here: it takes as long as that takes.
    ///
    /// For one source and digest there must be one writer at a time.
    ///
    /// # Errors
    /// When it can't be opened or read.
    pub fn go_on(
        &self,
        digest: &[u8; 32],
        source: &str,
        bytes_max: u64,
    ) -> Result<BlobWriter, StoreError> {
        // By source: bytes that one made up must not stand in the way of another's.
        let name = Sha256::new()
            .chain_update(digest)
            .chain_update(source.as_bytes())
            .finalize();
        let path = self.folder.join(PARTIAL).join(hexadecimal(&name));
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)?;
        let (mut sha, mut size) = (Sha256::new(), 0_u64);
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let read = file.read(&mut piece)?;
            let Some(bytes) = piece.get(..read).filter(|bytes| !bytes.is_empty()) else {
                break;
            };
            size = size.saturating_add(bytes.len() as u64);
            sha.update(bytes);
            if size > bytes_max {
                // Longer than it may be, so it is not what was asked for.
                (sha, size) = (Sha256::new(), 0);
                file.set_len(0)?;
                file.seek(SeekFrom::Start(0))?;
                break;
            }
        }
        Ok(BlobWriter {
            blobs: self.clone(),
            path,
            file,
            sha,
            size,
            bytes_max,
            kept: true,
        })
    }

    /// Removes what [`Self::go_on`] left to which nothing was added for so long; how many there were.
    ///
    /// # Errors
    /// When the folder does not answer.
    pub fn sweep(&self, older_than: Duration) -> Result<usize, StoreError> {
        let (mut removed, now) = (0, SystemTime::now());
        for entry in fs::read_dir(self.folder.join(PARTIAL))? {
            let entry = entry?;
            let touched = entry.metadata().and_then(|data| data.modified());
            // One that has just been finished has gone by itself.
            let Ok(touched) = touched else { continue };
            if now.duration_since(touched).unwrap_or_default() >= older_than
                && fs::remove_file(entry.path()).is_ok()
            {
                removed += 1;
            }
        }
        Ok(removed)
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
        let name = hexadecimal(digest);
        let (head, tail) = name.split_at(2);
        self.folder.join(head).join(tail)
    }
}

/// A file being written. Dropped unfinished it leaves nothing, but where it was begun by [`Blobs::go_on`].
#[derive(Debug)]
pub struct BlobWriter {
    blobs: Blobs,
    path: PathBuf,
    file: File,
    sha: Sha256,
    size: u64,
    bytes_max: u64,
    kept: bool,
}

/// A place in a file being written, to which it can go back.
#[derive(Debug, Clone)]
pub struct Mark {
    sha: Sha256,
    size: u64,
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

    /// The most that it may have, in bytes.
    #[must_use]
    pub fn bytes_max(&self) -> u64 {
        self.bytes_max
    }

    /// SHA-256 of what was written.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.sha.clone().finalize().into()
    }

    /// Where it is now.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark {
            sha: self.sha.clone(),
            size: self.size,
        }
    }

    /// Forgets what was written since a mark of this file.
    ///
    /// # Errors
    /// When the disk does not take it: then the file is of no more use.
    pub fn back_to(&mut self, mark: Mark) -> Result<(), StoreError> {
        self.file.set_len(mark.size)?;
        self.file.seek(SeekFrom::Start(mark.size))?;
        self.sha = mark.sha;
        self.size = mark.size;
        Ok(())
    }

    /// Forgets all that was written.
    ///
    /// # Errors
    /// As [`Self::back_to`].
    pub fn begin_anew(&mut self) -> Result<(), StoreError> {
        self.back_to(Mark {
            sha: Sha256::new(),
            size: 0,
        })
    }

    /// What was written is on disk on return.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn sync(&self) -> Result<(), StoreError> {
        Ok(self.file.sync_data()?)
    }

    /// Leaves nothing, however it was begun.
    pub fn discard(mut self) {
        self.kept = false;
    }

    /// Puts the file in its place, durable on return. Where `expected` is given, another digest is refused.
    ///
    /// # Errors
    /// When the digest is another or the disk does not take it.
    pub fn finish(mut self, expected: Option<&[u8; 32]>) -> Result<BlobInfo, StoreError> {
        let digest: [u8; 32] = std::mem::take(&mut self.sha).finalize().into();
        if expected.is_some_and(|expected| *expected != digest) {
            self.kept = false;
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
        if self.kept {
            return;
        }
        // After a rename there is nothing under this name; else an unfinished file goes. Failing harms nobody: the
        // next start empties the folder.
        let _ = fs::remove_file(&self.path);
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
