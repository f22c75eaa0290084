//! For who looks after a folder: read it beside a running node, copy it as of one instant, find where it contradicts itself.

use std::path::Path;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};

use rusqlite::{Connection, OpenFlags, params};

use super::{Reader, Shared, limit, prepare, schema};
use crate::blobs::Blobs;
use crate::contract::{Attachment, Damage, Options};
use crate::error::StoreError;

/// How many places of one kind of damage are named.
const EXAMPLES: usize = 5;

/// What must not be there: code, and the places where it is.
const CHECKS: &[(&str, &str)] = &[
    (
        "body-missing",
        "SELECT r.id || ' ' || r.view FROM records r LEFT JOIN bodies b ON b.rec = r.rec WHERE b.rec IS NULL",
    ),
    (
        "body-of-nothing",
        "SELECT b.rec FROM bodies b LEFT JOIN records r ON r.rec = b.rec WHERE r.rec IS NULL",
    ),
    (
        "record-unlogged",
        "SELECT r.id || ' ' || r.view FROM records r LEFT JOIN log l ON l.leaf = r.local_index
         WHERE l.leaf IS NULL OR l.id <> r.id OR l.view <> r.view",
    ),
    (
        "entitlement-of-nothing",
        "SELECT e.party || ' ' || e.rec FROM entitlements e LEFT JOIN records r ON r.rec = e.rec WHERE r.rec IS NULL",
    ),
    (
        "case-link-of-nothing",
        "SELECT c.kind || ' ' || c.key FROM case_links c LEFT JOIN records r ON r.rec = c.rec WHERE r.rec IS NULL",
    ),
    (
        "record-link-of-nothing",
        "SELECT k.target FROM record_links k LEFT JOIN records r ON r.rec = k.rec WHERE r.rec IS NULL",
    ),
    (
        "attachment-link-of-nothing",
        "SELECT a.rec FROM attachment_links a LEFT JOIN records r ON r.rec = a.rec WHERE r.rec IS NULL",
    ),
    (
        "deriver-of-nothing",
        "SELECT d.id FROM derivers d WHERE NOT EXISTS (SELECT 1 FROM records r WHERE r.id = d.id)",
    ),
    (
        "outbox-of-nothing",
        "SELECT o.peer || ' ' || o.seq FROM outbox o LEFT JOIN records r ON r.rec = o.rec WHERE r.rec IS NULL",
    ),
    (
        "outbox-gap",
        // What a restored folder lost of an outbox is a hole that is written down; everything else is there.
        "WITH q AS (SELECT p.peer, p.last, p.acked, coalesce(json_extract(CAST(m.value AS TEXT), '$.from'), 0) AS a,
           coalesce(json_extract(CAST(m.value AS TEXT), '$.to'), 0) AS b
           FROM outbox_peers p LEFT JOIN meta m ON m.name = 'regain ' || p.peer)
         SELECT peer FROM q WHERE acked > last OR b > last
           OR last - (b - a) <> (SELECT count(*) FROM outbox o WHERE o.peer = q.peer AND (o.seq <= a OR o.seq > b))
           OR last < (SELECT coalesce(max(o.seq), 0) FROM outbox o WHERE o.peer = q.peer)",
    ),
    (
        "inbox-ahead",
        "SELECT i.peer || ' ' || i.seq FROM inbox_rows i LEFT JOIN inbox p ON p.peer = i.peer WHERE i.seq > coalesce(p.seq, 0)",
    ),
    (
        "salt-missing",
        "SELECT l.leaf FROM log l LEFT JOIN log_salts s ON s.leaf = l.leaf WHERE s.leaf IS NULL AND NOT EXISTS (
           SELECT 1 FROM records r WHERE r.id = l.id AND r.view = l.view AND r.erased_ms IS NOT NULL)",
    ),
    (
        "erased-kept",
        "SELECT r.id || ' ' || r.view FROM records r WHERE r.erased_ms IS NOT NULL AND (
           EXISTS (SELECT 1 FROM log_salts s WHERE s.leaf = r.local_index)
           OR EXISTS (SELECT 1 FROM derivers d WHERE d.id = r.id)
           OR EXISTS (SELECT 1 FROM attachment_links a WHERE a.rec = r.rec))",
    ),
    (
        "erasure-of-nothing",
        "SELECT e.id || ' ' || e.view FROM erasures e LEFT JOIN records r ON r.id = e.id AND r.view = e.view
         WHERE r.erased_ms IS NULL OR r.erased_ms <> e.at_ms",
    ),
    (
        "counts-wrong",
        "SELECT party || ' ' || kind || ' ' || shown FROM
           (SELECT party, kind, shown, count(*) AS n FROM case_views GROUP BY party, kind, shown) v
           LEFT JOIN case_counts c USING (party, kind, shown) WHERE coalesce(c.n, 0) <> v.n",
    ),
];

/// Opens a data folder for reading alone, also while a node has it. Makes and changes nothing.
///
/// # Errors
/// When there is none, or it was written by another version of the schema.
pub fn open_read(folder: &Path, options: &Options) -> Result<Reader, StoreError> {
    let path = folder.join("garita.db");
    let read = || -> Result<Mutex<Connection>, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = Connection::open_with_flags(&path, flags)?;
        prepare(&reader, options)?;
        Ok(Mutex::new(reader))
    };
    let measures = read()?;
    if let Ok(connection) = measures.lock() {
        schema::check(&connection)?;
    }
    let pool = (0..options.readers.clamp(1, 64))
        .map(|_| read())
        .collect::<Result<_, _>>()?;
    Ok(Reader {
        shared: Arc::new(Shared {
            pool,
            next: AtomicUsize::new(0),
            measures,
            measuring: AtomicUsize::new(0),
            blobs: Blobs::existing(folder.join("blobs")),
        }),
    })
}

/// Copies the database as of one instant into a new file, also while a node writes. The file is on disk on return.
///
/// # Errors
/// When the target is there already, there is no room, or the source does not answer.
pub fn snapshot(folder: &Path, target: &Path) -> Result<(), StoreError> {
    let source = source(folder)?;
    schema::check(&source)?;
    copy_into(&source, target)
}

/// The same of a database whose schema may be an older one: what an upgrade begins with.
///
/// # Errors
/// As [`snapshot`]; `store-newer-version` where a newer program wrote it.
pub fn snapshot_before_upgrade(folder: &Path, target: &Path) -> Result<(), StoreError> {
    let source = source(folder)?;
    schema::not_newer(&source)?;
    copy_into(&source, target)
}

/// The version of a folder's schema, and the one that this program works with.
///
/// # Errors
/// When there is no database or it does not answer.
pub fn schema_versions(folder: &Path) -> Result<(i64, i64), StoreError> {
    schema::versions(&source(folder)?)
}

fn source(folder: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok(Connection::open_with_flags(
        folder.join("garita.db"),
        flags,
    )?)
}

fn copy_into(source: &Connection, target: &Path) -> Result<(), StoreError> {
    let Some(target) = target.to_str() else {
        return Err(StoreError::invalid("a path that is not UTF-8"));
    };
    source.execute("VACUUM INTO ?1", [target])?;
    std::fs::File::open(target)?.sync_all()?;
    Ok(())
}

impl Reader {
    /// All places where the tables contradict each other, and what the database says of itself. Reads everything: some seconds for
    /// each gigabyte.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn damages(&self) -> Result<Vec<Damage>, StoreError> {
        self.with(|connection| {
            let mut damages = Vec::new();
            let mut integrity = connection.prepare("PRAGMA integrity_check(20)")?;
            let told = integrity.query_map([], |row| row.get::<_, String>(0))?;
            let told: Vec<String> = told.collect::<Result<_, _>>()?;
            if told.iter().any(|line| line != "ok") {
                damages.push(Damage {
                    code: "database-damaged",
                    count: told.len() as u64,
                    examples: told,
                });
            }
            for (code, sql) in CHECKS {
                let mut query = connection.prepare(sql)?;
                let mut rows = query.query([])?;
                let (mut count, mut examples) = (0, Vec::new());
                while let Some(row) = rows.next()? {
                    count += 1;
                    if examples.len() < EXAMPLES {
                        examples.push(match row.get_ref(0)? {
                            rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                            other => other.as_str().unwrap_or_default().to_owned(),
                        });
                    }
                }
                if count > 0 {
                    damages.push(Damage {
                        code,
                        count,
                        examples,
                    });
                }
            }
            Ok(damages)
        })
    }

    /// Files that are known, by digest, a page at a time.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_attachments(
        &self,
        after: Option<&[u8; 32]>,
        count: usize,
    ) -> Result<Vec<Attachment>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT digest, size, media_type FROM attachments WHERE ?1 IS NULL OR digest > ?1 ORDER BY digest LIMIT ?2",
            )?;
            let rows = query.query_map(params![after, i64::try_from(limit(count)).unwrap_or(1)], |row| {
                Ok(Attachment {
                    digest: row.get(0)?,
                    size: super::uint(row.get(1)?)?,
                    media_type: row.get(2)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
