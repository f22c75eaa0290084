//! The contract on SQLite: WAL, full sync, one writer, a few readers.

mod access;
mod cases;
mod erasing;
mod followers;
mod log;
mod measure;
mod peers;
mod records;
mod schema;
mod shared;
mod standing;
mod upkeep;
mod write;

use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use garita_tlog::Frontier;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::blobs::Blobs;
use crate::contract::{Commit, Committed, LogHead, Options, PAGE_MAX};
use crate::error::StoreError;

pub use upkeep::{open_read, schema_versions, snapshot, snapshot_before_upgrade};

/// How long a connection waits for another.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long folding the write-ahead log back waits for readers after something was erased.
const SWEEP_PATIENCE: Duration = Duration::from_millis(200);

/// The one who writes. There is one a data folder; dropping it lets another process have the folder.
#[derive(Debug)]
pub struct Writer {
    connection: Connection,
    head: LogHead,
    next_rec: i64,
    // Set while a commit runs, cleared when it is known to be done: after a failure what is cached is read anew.
    stale: bool,
    blobs: Blobs,
    _lock: File,
}

/// Who reads. Cheap to clone, may be used from many threads at once; each call blocks for one query.
#[derive(Debug, Clone)]
pub struct Reader {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    pool: Vec<Mutex<Connection>>,
    next: AtomicUsize,
    /// Measures read many rows: they have a connection of their own, so that no board waits for one.
    measures: Mutex<Connection>,
    /// How many have it or wait for it.
    measuring: AtomicUsize,
    blobs: Blobs,
}

/// Opens a data folder, makes it where it is not there, and brings its schema to this version.
///
/// # Errors
/// When another process has it, a newer version wrote it, or the disk does not answer.
pub fn open(folder: &Path, options: &Options) -> Result<(Writer, Reader), StoreError> {
    let lock = Lock::take(folder)?;
    open_locked(folder, lock, options)
}

/// That nobody else opens a data folder for writing. Dropping it lets go.
#[derive(Debug)]
pub struct Lock(File);

impl Lock {
    /// Takes a data folder, makes it where it is not there.
    ///
    /// # Errors
    /// `store-in-use` when another process has it, or the disk does not answer.
    pub fn take(folder: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(folder)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self(lock)),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

/// As [`open`], with a folder that was taken before.
///
/// # Errors
/// As [`open`].
pub fn open_locked(
    folder: &Path,
    lock: Lock,
    options: &Options,
) -> Result<(Writer, Reader), StoreError> {
    let path = folder.join("garita.db");
    let mut connection = Connection::open(&path)?;
    prepare(&connection, options)?;
    // The writer goes through all indexes, whose pages lie far apart: more of them stay in its cache than in a reader's.
    connection.pragma_update(None, "cache_size", -i64::from(options.cache_kib) * 4)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // A larger log before it is folded back: fewer stalls of the writer; some 16 MB on disk.
    connection.pragma_update(None, "wal_autocheckpoint", 4000)?;
    schema::migrate(&mut connection)?;
    if let Some(bytes) = options.database_bytes_max {
        let page: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
        let pages = i64::try_from(bytes).unwrap_or(i64::MAX) / page.max(1);
        connection.query_row(
            &format!("PRAGMA max_page_count = {}", pages.max(1)),
            [],
            |_| Ok(()),
        )?;
    }
    let head = log::head(&connection)?;
    let next_rec = write::next_rec(&connection)?;
    let read = || -> Result<Mutex<Connection>, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = Connection::open_with_flags(&path, flags)?;
        prepare(&reader, options)?;
        Ok(Mutex::new(reader))
    };
    let readers = options.readers.clamp(1, 64);
    let pool = (0..readers).map(|_| read()).collect::<Result<_, _>>()?;
    let blobs = Blobs::open(folder.join("blobs"))?;
    erasing::remove_files(&connection, &blobs)?;
    let reader = Reader {
        shared: Arc::new(Shared {
            pool,
            next: AtomicUsize::new(0),
            measures: read()?,
            measuring: AtomicUsize::new(0),
            blobs: blobs.clone(),
        }),
    };
    Ok((
        Writer {
            connection,
            head,
            next_rec,
            stale: false,
            blobs,
            _lock: lock.0,
        },
        reader,
    ))
}

fn prepare(connection: &Connection, options: &Options) -> Result<(), StoreError> {
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "cache_size", -i64::from(options.cache_kib))?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // Plans do not depend on the values bound: else each statement with a bound prefix is planned anew at each use.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(())
}

impl Writer {
    /// Writes all of it in one transaction, or nothing. On disk on return.
    ///
    /// # Errors
    /// `store-conflict` where it was made for another state, `store-missing` where it names a record that is not held,
    /// `store-full` and `store-unavailable` as they say. After any error nothing has changed, but see the next line.
    ///
    /// Where the disk failed at the very end it may be unknown whether the commit is there: read
    /// [`Writer::head`] before making the next.
    pub fn commit(&mut self, commit: &Commit) -> Result<Committed, StoreError> {
        self.refresh()?;
        self.stale = true;
        let erases = !commit.erasures.is_empty();
        if erases {
            // What is erased is written over, not only unlinked.
            self.connection.pragma_update(None, "secure_delete", true)?;
        }
        let written = write::run(&mut self.connection, &self.head, self.next_rec, commit);
        if erases {
            self.connection
                .pragma_update(None, "secure_delete", false)?;
        }
        let written = written?;
        self.stale = false;
        self.head = written.head;
        self.next_rec = written.next_rec;
        if erases {
            self.sweep();
        }
        Ok(written.committed)
    }

    /// Removes what a commit that erased left beside the tables: files, and the old pages in the write-ahead log. The commit is done
    /// whatever becomes of this: files go at the next start at the latest, old pages when the log is folded back.
    fn sweep(&mut self) {
        let _ = erasing::remove_files(&self.connection, &self.blobs);
        // A reader in the middle of a long query must not hold up the writer.
        let _ = self.connection.busy_timeout(SWEEP_PATIENCE);
        let _ = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        let _ = self.connection.busy_timeout(PATIENCE);
    }

    /// The log's head, as the next commit must continue it.
    ///
    /// # Errors
    /// When it had to be read again after a failure and could not be.
    pub fn head(&mut self) -> Result<&LogHead, StoreError> {
        self.refresh()?;
        Ok(&self.head)
    }

    fn refresh(&mut self) -> Result<(), StoreError> {
        if self.stale {
            self.head = log::head(&self.connection)?;
            self.next_rec = write::next_rec(&self.connection)?;
            self.stale = false;
        }
        Ok(())
    }
}

impl Reader {
    /// The files.
    #[must_use]
    pub fn blobs(&self) -> &Blobs {
        &self.shared.blobs
    }

    /// Runs a query on a free connection, or waits for one.
    fn with<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let connection = self.connection()?;
        query(&connection)
    }

    fn connection(&self) -> Result<MutexGuard<'_, Connection>, StoreError> {
        let pool = &self.shared.pool;
        if let Some(free) = pool.iter().find_map(|one| one.try_lock().ok()) {
            return Ok(free);
        }
        let turn = self
            .shared
            .next
            .fetch_add(1, Ordering::Relaxed)
            .checked_rem(pool.len())
            .unwrap_or(0);
        let one = pool.get(turn).ok_or_else(|| StoreError::Unavailable {
            reason: "no reader".to_owned(),
        })?;
        // A reader that panicked left no half-done work: connections only read.
        Ok(one.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// An empty log's head.
fn empty_head() -> LogHead {
    LogHead {
        frontier: Frontier::new(),
        checkpoint: None,
        last_logged_ms: None,
    }
}

/// SQLite's integers are signed.
fn int(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::invalid("a number beyond 2^63"))
}

/// The way back; what we wrote was not negative.
fn uint(number: i64) -> rusqlite::Result<u64> {
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, number))
}

/// How many rows a page has.
fn limit(asked: usize) -> usize {
    if asked == 0 { 50 } else { asked.min(PAGE_MAX) }
}

/// One row more than the page, to know whether there is a next; as SQLite's integer.
fn limit_and_one(asked: usize) -> i64 {
    i64::try_from(limit(asked) + 1).unwrap_or(i64::MAX)
}

/// A cursor of one number.
fn parse_cursor(cursor: &str) -> Result<i64, StoreError> {
    cursor
        .parse()
        .map_err(|_| StoreError::invalid("the cursor"))
}
