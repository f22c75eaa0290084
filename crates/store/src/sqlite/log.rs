//! Reading the log: entries, nodes, proofs, tiles; checking its end.

use garita_tlog::{
    Checkpoint, Frontier, Hash, LeafIndex, NodeId, TilePath, TreeSize, consistency_proof,
    entry_bundle, inclusion_proof, leaf_hash, tile_bytes,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Reader, empty_head, int, limit, uint};
use crate::contract::{Act, Counts, LogEntry, LogHead, TailReport};
use crate::error::StoreError;

const ENTRY: &str =
    "SELECT l.leaf, l.digest, l.id, l.view, l.act, l.party, l.logged_ms, l.audience, s.salt
  FROM log l LEFT JOIN log_salts s ON s.leaf = l.leaf";

impl Reader {
    /// The head of the log: frontier, newest checkpoint, last logged time.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn head(&self) -> Result<LogHead, StoreError> {
        self.with(head)
    }

    /// One entry of the log. Not for people: its audience and salt are the exchange's.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn log_entry(&self, index: LeafIndex) -> Result<Option<LogEntry>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!("{ENTRY} WHERE l.leaf = ?1"))?;
            Ok(query.query_row([int(index.get())?], entry).optional()?)
        })
    }

    /// The first entry logged at this time or later, in ms; none where the log ends before. Logged times never decrease, so some twenty
    /// looks find it among a million.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn first_logged(&self, at_ms: i64) -> Result<Option<LeafIndex>, StoreError> {
        self.with(|connection| {
            let mut last = connection.prepare_cached("SELECT max(leaf) FROM log")?;
            let Some(last) = last.query_row([], |row| row.get::<_, Option<i64>>(0))? else {
                return Ok(None);
            };
            let mut look =
                connection.prepare_cached("SELECT logged_ms FROM log WHERE leaf = ?1")?;
            let (mut low, mut high) = (0_i64, last + 1);
            while low < high {
                let middle = low + (high - low) / 2;
                let logged: i64 = look.query_row([middle], |row| row.get(0))?;
                if logged < at_ms {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            Ok(if low > last {
                None
            } else {
                Some(LeafIndex::new(uint(low)?))
            })
        })
    }

    /// Entries from `from` on, in order.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn log_entries(&self, from: LeafIndex, count: usize) -> Result<Vec<LogEntry>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!(
                "{ENTRY} WHERE l.leaf >= ?1 ORDER BY l.leaf LIMIT ?2"
            ))?;
            let rows =
                query.query_map(params![int(from.get())?, int(limit(count) as u64)?], entry)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The path from a leaf to the root of the tree of `size` leaves, which may be an earlier one.
    ///
    /// # Errors
    /// When the tree has no such leaf or the log is not that large.
    pub fn inclusion_proof(
        &self,
        index: LeafIndex,
        size: TreeSize,
    ) -> Result<Vec<Hash>, StoreError> {
        self.with(|connection| Ok(inclusion_proof(&|id| node(connection, id), index, size)?))
    }

    /// The proof that the tree of `old` leaves is a prefix of that of `new` leaves.
    ///
    /// # Errors
    /// When `old` is larger or the log is smaller than `new`.
    pub fn consistency_proof(&self, old: TreeSize, new: TreeSize) -> Result<Vec<Hash>, StoreError> {
        self.with(|connection| Ok(consistency_proof(&|id| node(connection, id), old, new)?))
    }

    /// The root of the tree of `size` leaves.
    ///
    /// # Errors
    /// When the log is not that large.
    pub fn root_at(&self, size: TreeSize) -> Result<Hash, StoreError> {
        self.with(|connection| Ok(frontier_at(connection, size)?.root()))
    }

    /// The content of a tile or entry bundle; `None` where the log does not have all of it yet.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn tile(&self, path: TilePath) -> Result<Option<Vec<u8>>, StoreError> {
        self.with(|connection| {
            if !path.exists(head(connection)?.frontier.size()) {
                return Ok(None);
            }
            match path {
                TilePath::Hashes {
                    level,
                    index,
                    width,
                } => tile_bytes(&|id| node(connection, id), level, index, width).map(Some),
                TilePath::Entries { index, width } => {
                    let mut query = connection.prepare_cached(
                        "SELECT digest FROM log WHERE leaf >= ?1 ORDER BY leaf LIMIT ?2",
                    )?;
                    let first = int(index.saturating_mul(256))?;
                    let rows =
                        query.query_map(params![first, width], |row| row.get::<_, [u8; 32]>(0))?;
                    Ok(Some(entry_bundle(&rows.collect::<Result<Vec<_>, _>>()?)))
                }
            }
        })
    }

    /// Checks the last `count` entries against the store, at start-up: indexes without gaps, hashes of leaves and of
    /// the nodes above, the frontier against the nodes, the checkpoint against the frontier, and that each entry's
    /// record is held.
    ///
    /// # Errors
    /// `store-corrupt` with what was found.
    pub fn verify_tail(&self, count: u64) -> Result<TailReport, StoreError> {
        self.with(|connection| {
            // One snapshot for all queries.
            let snapshot = connection.unchecked_transaction()?;
            verify_tail(&snapshot, count)
        })
    }

    /// How much there is of everything.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        self.with(|connection| {
            let snapshot = connection.unchecked_transaction()?;
            counts(&snapshot)
        })
    }
}

/// The stored head.
pub(super) fn head(connection: &Connection) -> Result<LogHead, StoreError> {
    let mut query =
        connection.prepare_cached("SELECT frontier, checkpoint, last_logged_ms FROM log_head")?;
    let row = query
        .query_row([], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    match row {
        None => Ok(empty_head()),
        Some((frontier, checkpoint, last_logged_ms)) => Ok(LogHead {
            frontier: Frontier::from_bytes(&frontier)?,
            checkpoint,
            last_logged_ms,
        }),
    }
}

/// The stored hash of a complete subtree.
fn node(connection: &Connection, id: NodeId) -> Result<Hash, StoreError> {
    let missing = || StoreError::missing(format!("node {} of level {}", id.index, id.level));
    let leaf = id.completed_by().ok_or_else(missing)?;
    let mut query = connection.prepare_cached("SELECT hashes FROM log_nodes WHERE leaf = ?1")?;
    let hashes: Option<Vec<u8>> = query
        .query_row([int(leaf.get())?], |row| row.get(0))
        .optional()?;
    let hashes = hashes.ok_or_else(missing)?;
    let (hashes, _) = hashes.as_chunks::<32>();
    hashes
        .get(usize::from(id.level))
        .copied()
        .map(Hash::new)
        .ok_or_else(missing)
}

fn frontier_at(connection: &Connection, size: TreeSize) -> Result<Frontier, StoreError> {
    let peaks = Frontier::peak_ids(size)
        .map(|id| node(connection, id))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Frontier::from_peaks(size, peaks)?)
}

fn entry(row: &Row<'_>) -> rusqlite::Result<LogEntry> {
    let act: String = row.get(4)?;
    Ok(LogEntry {
        index: LeafIndex::new(uint(row.get(0)?)?),
        leaf: row.get(1)?,
        id: row.get(2)?,
        view: row.get(3)?,
        act: Act::parse(&act).ok_or_else(|| {
            rusqlite::Error::InvalidColumnType(4, "act".to_owned(), rusqlite::types::Type::Text)
        })?,
        party: row.get(5)?,
        logged_ms: row.get(6)?,
        audience: row.get(7)?,
        salt: row.get(8)?,
    })
}

fn verify_tail(connection: &Connection, count: u64) -> Result<TailReport, StoreError> {
    let head = head(connection)?;
    let size = head.frontier.size();
    let last: Option<i64> =
        connection.query_row("SELECT max(leaf) FROM log", [], |row| row.get(0))?;
    if last.unwrap_or(-1) != int(size.get())? - 1 {
        return Err(StoreError::corrupt(format!(
            "the log's head says {size} entries, the last stored is {last:?}"
        )));
    }
    // Begin from the tree as it was, and grow it again: leaves, nodes and head must agree.
    let start = TreeSize::new(size.get().saturating_sub(count));
    let mut frontier =
        frontier_at(connection, start).map_err(|error| StoreError::corrupt(error.to_string()))?;
    let mut query = connection.prepare(
        "SELECT l.digest, n.hashes, l.logged_ms, r.rec, l.leaf FROM log l
         LEFT JOIN log_nodes n ON n.leaf = l.leaf LEFT JOIN records r ON r.id = l.id AND r.view = l.view
         WHERE l.leaf >= ?1 ORDER BY l.leaf",
    )?;
    let mut rows = query.query([int(start.get())?])?;
    let mut last_ms = i64::MIN;
    while let Some(row) = rows.next()? {
        let index = frontier.size().next();
        if row.get::<_, i64>(4)? != int(index.get())? {
            return Err(StoreError::corrupt(format!("entry {index} is missing")));
        }
        let hashes: Option<Vec<u8>> = row.get(1)?;
        let appended = frontier.push_hash(leaf_hash(&row.get::<_, [u8; 32]>(0)?))?;
        if hashes.unwrap_or_default() != concat(&appended.completed) {
            return Err(StoreError::corrupt(format!(
                "the tree's nodes at leaf {index} are not those of its leaves"
            )));
        }
        if row.get::<_, Option<i64>>(3)?.is_none() {
            return Err(StoreError::corrupt(format!(
                "the record of leaf {index} is not held"
            )));
        }
        let logged_ms: i64 = row.get(2)?;
        if logged_ms < last_ms {
            return Err(StoreError::corrupt(format!(
                "leaf {index} was logged before the one before it"
            )));
        }
        last_ms = logged_ms;
    }
    if frontier != head.frontier {
        return Err(StoreError::corrupt(
            "the log's head is not that of its leaves",
        ));
    }
    check_head(&frontier, head.checkpoint.as_deref()).map_err(StoreError::corrupt)?;
    Ok(TailReport {
        size: size.get(),
        checked: size.get() - start.get(),
        root: frontier.root().to_base64(),
    })
}

/// Whether a checkpoint is that of the tree. Upholds (head).
pub(super) fn check_head(frontier: &Frontier, note: Option<&str>) -> Result<(), String> {
    let Some(note) = note else {
        return if frontier.size() == TreeSize::ZERO {
            Ok(())
        } else {
            Err("the log has no checkpoint".to_owned())
        };
    };
    let checkpoint =
        Checkpoint::parse_note_unverified(note.as_bytes()).map_err(|error| error.to_string())?;
    if checkpoint.size == frontier.size() && checkpoint.root == frontier.root() {
        Ok(())
    } else {
        Err(format!(
            "the checkpoint of {} leaves is not that of the log of {}",
            checkpoint.size,
            frontier.size()
        ))
    }
}

/// Hashes one after the other, as they are stored.
pub(super) fn concat(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

fn counts(connection: &Connection) -> Result<Counts, StoreError> {
    let one = |sql: &str| -> Result<u64, StoreError> {
        Ok(uint(connection.query_row(sql, [], |row| row.get(0))?)?)
    };
    let frontier = head(connection)?.frontier;
    let mut refused = connection
        .prepare_cached("SELECT code, count(*) FROM refusals WHERE given GROUP BY code")?;
    let refused = refused.query_map([], |row| Ok((row.get(0)?, uint(row.get(1)?)?)))?;
    let deliveries = one("SELECT coalesce(sum(last), 0) FROM outbox_peers")?;
    let deliveries_acked = one("SELECT coalesce(sum(acked), 0) FROM outbox_peers")?;
    Ok(Counts {
        records: one("SELECT count(DISTINCT id) FROM records")?,
        cases: one("SELECT count(*) FROM (SELECT DISTINCT kind, key FROM case_links)")?,
        log_size: frontier.size().get(),
        log_root: frontier.root().to_base64(),
        deliveries,
        deliveries_acked,
        deliveries_pending: deliveries.saturating_sub(deliveries_acked),
        waiting: one("SELECT count(*) FROM waiting")?,
        refused: refused.collect::<Result<_, _>>()?,
        forks: one("SELECT count(*) FROM forks")?,
        attachments: one("SELECT count(*) FROM attachments")?,
    })
}
