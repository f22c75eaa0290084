//! What parties of two nodes share, as this node knows it: read as rows, one after the other, however many there are.

use rusqlite::{Row, params};

use super::records::word;
use super::{Reader, int, limit, uint};
use crate::contract::{OutboxEntry, OutboxItem};
use crate::error::StoreError;
use crate::shared::{SharedRow, SharedWay};

/// Rows of one case, at most.
const CASE_ROWS_MAX: usize = 16_384;

/// What went out: the recipients of a delivery are read one by one.
const SENT: &str = "SELECT r.issuer, t.value, r.logged_ms, r.id, r.view, r.type, o.peer, o.seq, o.acked_ms IS NULL, o.answer
  FROM outbox o JOIN records r ON r.rec = o.rec JOIN json_each(o.recipients) t";
/// What is held, for whom, and where its home is.
const CAME: &str = "SELECT r.issuer, e.party, r.logged_ms, r.id, r.view, r.type, r.home, 0, 0, NULL
  FROM records r JOIN entitlements e ON e.rec = r.rec";

impl Reader {
    /// What was put into a peer's outbox, for each of its parties that it is for, the newest first; until `each` says that it is enough.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_sent(
        &self,
        peer: &str,
        each: &mut dyn FnMut(SharedRow) -> bool,
    ) -> Result<(), StoreError> {
        self.with(|connection| {
            let sql = format!("{SENT} WHERE o.peer = ?1 ORDER BY o.seq DESC");
            let mut query = connection.prepare_cached(&sql)?;
            let mut rows = query.query([peer])?;
            while let Some(row) = rows.next()? {
                if !each(shared(row)?) {
                    break;
                }
            }
            Ok(())
        })
    }

    /// What is held of a peer's records, for each of this node's parties that may read it, the newest first; until `each` says that it
    /// is enough.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_came(
        &self,
        home: &str,
        each: &mut dyn FnMut(SharedRow) -> bool,
    ) -> Result<(), StoreError> {
        self.with(|connection| {
            let sql = format!("{CAME} WHERE r.home = ?1 ORDER BY r.rec DESC");
            let mut query = connection.prepare_cached(&sql)?;
            let mut rows = query.query([home])?;
            while let Some(row) = rows.next()? {
                if !each(shared(row)?) {
                    break;
                }
            }
            Ok(())
        })
    }

    /// What of a case was put into outboxes, for each party that it is for; at most `count` rows.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_case_sent(
        &self,
        kind: &str,
        key: &str,
        count: usize,
    ) -> Result<Vec<SharedRow>, StoreError> {
        self.with(|connection| {
            let sql = format!(
                "{SENT} JOIN case_links c ON c.rec = r.rec WHERE c.kind = ?1 AND c.key = ?2 LIMIT ?3"
            );
            let mut query = connection.prepare_cached(&sql)?;
            let rows = query.query_map(params![kind, key, int(count.min(CASE_ROWS_MAX) as u64)?], shared)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// What of a case is held here, for each of this node's parties that may read it; at most `count` rows.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_case_held(
        &self,
        kind: &str,
        key: &str,
        count: usize,
    ) -> Result<Vec<SharedRow>, StoreError> {
        self.with(|connection| {
            let sql = format!(
                "{CAME} JOIN case_links c ON c.rec = r.rec WHERE c.kind = ?1 AND c.key = ?2 LIMIT ?3"
            );
            let mut query = connection.prepare_cached(&sql)?;
            let rows = query.query_map(params![kind, key, int(count.min(CASE_ROWS_MAX) as u64)?], shared)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// What lies in a peer's outbox under these sequences, with what is to be sent; in order.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn outbox_at(&self, peer: &str, seqs: &[u64]) -> Result<Vec<OutboxEntry>, StoreError> {
        let mut seqs = seqs.to_vec();
        seqs.sort_unstable();
        seqs.dedup();
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT o.seq, r.id, r.view, o.recipients, o.queued_ms, b.document, r.stamp, r.logged_ms
                 FROM outbox o JOIN records r ON r.rec = o.rec JOIN bodies b ON b.rec = o.rec
                 WHERE o.peer = ?1 AND o.seq = ?2 AND r.erased_ms IS NULL",
            )?;
            let mut found = Vec::with_capacity(seqs.len());
            for seq in seqs {
                let rows = query.query_map(params![peer, int(seq)?], |row| {
                    Ok(OutboxEntry {
                        seq: uint(row.get(0)?)?,
                        item: OutboxItem {
                            peer: peer.to_owned(),
                            id: row.get(1)?,
                            view: row.get(2)?,
                            recipients: row.get(3)?,
                            queued_ms: row.get(4)?,
                        },
                        document: row.get(5)?,
                        stamp: row.get(6)?,
                        logged_ms: row.get(7)?,
                    })
                })?;
                for row in rows {
                    found.push(row?);
                }
            }
            Ok(found)
        })
    }

    /// Sequences of a peer's outbox that were taken, as far as `inbox_seen` says, and of which nothing is written down: refused ones, and
    /// what was lost. The first of each run, the newest runs first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn inbox_gaps(&self, peer: &str, count: usize) -> Result<Vec<u64>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT first FROM (
                   SELECT 1 AS first, coalesce((SELECT min(seq) FROM inbox_rows WHERE peer = ?1),
                     (SELECT seq + 1 FROM inbox WHERE peer = ?1)) AS next
                   UNION ALL
                   SELECT i.seq + 1, coalesce(lead(i.seq) OVER (ORDER BY i.seq),
                     (SELECT seq + 1 FROM inbox WHERE peer = ?1)) FROM inbox_rows i WHERE i.peer = ?1)
                 WHERE first < next ORDER BY first DESC LIMIT ?2",
            )?;
            let rows = query.query_map(params![peer, int(limit(count) as u64)?], |row| {
                uint(row.get(0)?)
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

fn shared(row: &Row<'_>) -> rusqlite::Result<SharedRow> {
    let under: bool = row.get(8)?;
    let answer: Option<String> = row.get(9)?;
    Ok(SharedRow {
        issuer: row.get(0)?,
        reader: row.get(1)?,
        logged_ms: row.get(2)?,
        id: row.get(3)?,
        view: row.get(4)?,
        record_type: row.get(5)?,
        node: row.get(6)?,
        seq: uint(row.get(7)?)?,
        way: match answer.as_deref() {
            _ if under => SharedWay::Under,
            None | Some("logged" | "waiting") => SharedWay::There,
            Some("refused") => SharedWay::Refused,
            Some(_) => return Err(word(9, "answer")),
        },
    })
}
