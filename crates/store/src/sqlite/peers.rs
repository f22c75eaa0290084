//! Reading what moves between nodes: outbox, inbox, waiting, refusals, others' checkpoints.

use garita_tlog::{Hash, LeafIndex, TreeSize};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::records::word;
use super::{Reader, int, limit, uint};
use crate::contract::{
    Fork, Holder, Lacking, OutboxEntry, OutboxHole, OutboxItem, OutboxStatus, Peer, PeerAnswer,
    PeerCheckpoint, Refusal, TakenRow, Waiting, WaitingFor,
};
use crate::error::StoreError;

const STATUS: &str = "SELECT p.peer, p.last, p.acked,
  (SELECT o.queued_ms FROM outbox o WHERE o.peer = p.peer AND o.seq = p.acked + 1) FROM outbox_peers p";
const WAITING: &str = "SELECT no, peer, seq, id, view, lacking, name, bytes, since_ms FROM waiting";
const CHECKPOINT: &str = "SELECT origin, size, root, note, shown_by, at_ms FROM peer_checkpoints";

/// Under which name a peer's hole is kept.
pub(super) fn hole_name(peer: &str) -> String {
    format!("regain {peer}")
}

pub(super) fn hole(connection: &Connection, peer: &str) -> Result<Option<OutboxHole>, StoreError> {
    let bytes: Option<Vec<u8>> = connection
        .prepare_cached("SELECT value FROM meta WHERE name = ?1")?
        .query_row([hole_name(peer)], |row| row.get(0))
        .optional()?;
    bytes
        .map(|bytes| {
            serde_json::from_slice(&bytes).map_err(|e| StoreError::Corrupt {
                what: format!("the hole in the outbox for `{peer}`: {e}"),
            })
        })
        .transpose()
}

impl Reader {
    /// What was lost of a peer's outbox when this folder was restored; `None` where it never was.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn outbox_hole(&self, peer: &str) -> Result<Option<OutboxHole>, StoreError> {
        self.with(|connection| hole(connection, peer))
    }

    /// What a peer sent under sequences after `seq`, with what came, in order: where a record is held, its document and stamp; where it
    /// waits, the delivery as it came.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn inbox_after(
        &self,
        peer: &str,
        seq: u64,
        count: usize,
    ) -> Result<Vec<TakenRow>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT i.seq, i.id, i.view, b.document, r.stamp, w.bytes FROM inbox_rows i
                 LEFT JOIN records r ON r.id = i.id AND r.view = i.view AND r.erased_ms IS NULL LEFT JOIN bodies b ON b.rec = r.rec
                 LEFT JOIN waiting w ON w.id = i.id AND w.view = i.view AND w.peer = i.peer
                 WHERE i.peer = ?1 AND i.seq > ?2 ORDER BY i.seq LIMIT ?3",
            )?;
            let rows = query.query_map(params![peer, int(seq)?, int(limit(count) as u64)?], |row| {
                let document: Option<Vec<u8>> = row.get(3)?;
                let stamp: Option<Vec<u8>> = row.get(4)?;
                Ok(TakenRow {
                    seq: uint(row.get(0)?)?,
                    id: row.get(1)?,
                    view: row.get(2)?,
                    held: document.zip(stamp),
                    waiting: row.get(5)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// What lies in a peer's outbox after `seq`, in order, with what is to be sent.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn outbox_after(
        &self,
        peer: &str,
        seq: u64,
        count: usize,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT o.seq, r.id, r.view, o.recipients, o.queued_ms, b.document, r.stamp, r.logged_ms
                 FROM outbox o JOIN records r ON r.rec = o.rec JOIN bodies b ON b.rec = o.rec
                 WHERE o.peer = ?1 AND o.seq > ?2 AND r.erased_ms IS NULL ORDER BY o.seq LIMIT ?3",
            )?;
            let rows = query.query_map(params![peer, int(seq)?, int(limit(count) as u64)?], |row| {
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
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// How far a peer's outbox is; `None` where nothing was ever put there.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn outbox_status(&self, peer: &str) -> Result<Option<OutboxStatus>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!("{STATUS} WHERE p.peer = ?1"))?;
            Ok(query.query_row([peer], outbox_status).optional()?)
        })
    }

    /// How far all outboxes are.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn outboxes(&self) -> Result<Vec<OutboxStatus>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!("{STATUS} ORDER BY p.peer"))?;
            let rows = query.query_map([], outbox_status)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Who has a record, by the answers to its deliveries; what is on its way too. To be asked only for a record that
    /// the asking party may read.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_holders(&self, id: &str) -> Result<Vec<Holder>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT o.peer, o.seq, r.view, o.recipients, o.queued_ms, o.acked_ms, o.answer, o.peer_index,
                   o.peer_salt, o.peer_logged_ms, o.answer_text, n.note
                 FROM records r JOIN outbox o ON o.rec = r.rec LEFT JOIN ack_notes n ON n.no = o.note
                 WHERE r.id = ?1 ORDER BY o.queued_ms, o.peer, o.seq",
            )?;
            let rows = query.query_map([id], |row| {
                Ok(Holder {
                    peer: row.get(0)?,
                    seq: uint(row.get(1)?)?,
                    view: row.get(2)?,
                    recipients: row.get(3)?,
                    queued_ms: row.get(4)?,
                    acked_ms: row.get(5)?,
                    answer: answer(row)?,
                    checkpoint: row.get(11)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// What was delivered to a peer under sequences `from` to `to`, both counted, and not refused by it: (sequence, id,
    /// view), in order.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_delivered(
        &self,
        peer: &str,
        from: u64,
        to: u64,
    ) -> Result<Vec<(u64, String, String)>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT o.seq, r.id, r.view FROM outbox o JOIN records r ON r.rec = o.rec
                 WHERE o.peer = ?1 AND o.seq BETWEEN ?2 AND ?3 AND o.answer <> 'refused' ORDER BY o.seq",
            )?;
            let rows = query.query_map(params![peer, int(from)?, int(to)?], sequence_row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// What a peer delivered under its sequences `from` to `to`, both counted: (sequence, id, view), in order.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_received(
        &self,
        peer: &str,
        from: u64,
        to: u64,
    ) -> Result<Vec<(u64, String, String)>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT seq, id, view FROM inbox_rows WHERE peer = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq",
            )?;
            let rows = query.query_map(params![peer, int(from)?, int(to)?], sequence_row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The last sequence taken from a peer; 0 where none was.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn inbox_seen(&self, peer: &str) -> Result<u64, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached("SELECT seq FROM inbox WHERE peer = ?1")?;
            Ok(query
                .query_row([peer], |row| uint(row.get(0)?))
                .optional()?
                .unwrap_or(0))
        })
    }

    /// Deliveries that wait for what is named, in order of arrival.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn waiting_for(&self, lacking: Lacking, name: &str) -> Result<Vec<Waiting>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!(
                "{WAITING} WHERE lacking = ?1 AND name = ?2 ORDER BY no"
            ))?;
            let rows = query.query_map(params![lacking.as_str(), name], waiting)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Deliveries that wait, after a number, in order of arrival.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn waiting(&self, after: u64, count: usize) -> Result<Vec<Waiting>, StoreError> {
        self.with(|connection| {
            let mut query = connection
                .prepare_cached(&format!("{WAITING} WHERE no > ?1 ORDER BY no LIMIT ?2"))?;
            let rows = query.query_map(params![int(after)?, int(limit(count) as u64)?], waiting)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// What deliveries wait for, by peer and name; the longest waiting first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn waiting_by_name(&self, count: usize) -> Result<Vec<WaitingFor>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT peer, lacking, name, count(*), min(since_ms) FROM waiting
                 GROUP BY peer, lacking, name ORDER BY min(no) LIMIT ?1",
            )?;
            let rows = query.query_map([int(limit(count) as u64)?], |row| {
                let lacking: String = row.get(1)?;
                Ok(WaitingFor {
                    peer: row.get(0)?,
                    lacking: Lacking::parse(&lacking).ok_or_else(|| word(1, "lacking"))?,
                    name: row.get(2)?,
                    count: uint(row.get(3)?)?,
                    since_ms: row.get(4)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The newest refusals, given or got.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn refusals(&self, count: usize) -> Result<Vec<Refusal>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT peer, given, id, code, answer, at_ms FROM refusals ORDER BY no DESC LIMIT ?1",
            )?;
            let rows = query.query_map([int(limit(count) as u64)?], |row| {
                Ok(Refusal {
                    peer: row.get(0)?,
                    given: row.get(1)?,
                    id: row.get(2)?,
                    code: row.get(3)?,
                    answer: row.get(4)?,
                    at_ms: row.get(5)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The largest checkpoint that is known of another log.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn peer_checkpoint(&self, origin: &str) -> Result<Option<PeerCheckpoint>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!(
                "{CHECKPOINT} WHERE origin = ?1 ORDER BY size DESC LIMIT 1"
            ))?;
            Ok(query.query_row([origin], peer_checkpoint).optional()?)
        })
    }

    /// All known checkpoints of another log at one size: more than one root is a fork.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn peer_checkpoints_at(
        &self,
        origin: &str,
        size: TreeSize,
    ) -> Result<Vec<PeerCheckpoint>, StoreError> {
        self.with(|connection| {
            let mut query = connection
                .prepare_cached(&format!("{CHECKPOINT} WHERE origin = ?1 AND size = ?2"))?;
            let rows = query.query_map(params![origin, int(size.get())?], peer_checkpoint)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The forks found, oldest first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn forks(&self) -> Result<Vec<Fork>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT origin, note_a, note_b, reason, at_ms FROM forks ORDER BY no",
            )?;
            let rows = query.query_map([], |row| {
                Ok(Fork {
                    origin: row.get(0)?,
                    note_a: row.get(1)?,
                    note_b: row.get(2)?,
                    reason: row.get(3)?,
                    at_ms: row.get(4)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// All peers.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn peers(&self) -> Result<Vec<Peer>, StoreError> {
        self.with(|connection| {
            let mut query = connection
                .prepare_cached("SELECT peer, data, updated_ms FROM peers ORDER BY peer")?;
            let rows = query.query_map([], |row| {
                Ok(Peer {
                    peer: row.get(0)?,
                    data: row.get(1)?,
                    updated_ms: row.get(2)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

fn outbox_status(row: &Row<'_>) -> rusqlite::Result<OutboxStatus> {
    Ok(OutboxStatus {
        peer: row.get(0)?,
        last: uint(row.get(1)?)?,
        acked: uint(row.get(2)?)?,
        oldest_pending_ms: row.get(3)?,
    })
}

fn answer(row: &Row<'_>) -> rusqlite::Result<Option<PeerAnswer>> {
    let Some(kind) = row.get::<_, Option<String>>(6)? else {
        return Ok(None);
    };
    let answer = match kind.as_str() {
        "logged" => PeerAnswer::Logged {
            index: LeafIndex::new(uint(row.get(7)?)?),
            salt: row.get(8)?,
            logged_ms: row.get(9)?,
        },
        "waiting" => PeerAnswer::Waiting {
            lacking: String::from_utf8_lossy(&row.get::<_, Vec<u8>>(10)?).into_owned(),
        },
        "refused" => PeerAnswer::Refused {
            answer: row.get(10)?,
        },
        _ => return Err(word(6, "answer")),
    };
    Ok(Some(answer))
}

fn waiting(row: &Row<'_>) -> rusqlite::Result<Waiting> {
    let lacking: String = row.get(5)?;
    Ok(Waiting {
        number: uint(row.get(0)?)?,
        peer: row.get(1)?,
        seq: uint(row.get(2)?)?,
        id: row.get(3)?,
        view: row.get(4)?,
        lacking: Lacking::parse(&lacking).ok_or_else(|| word(5, "lacking"))?,
        name: row.get(6)?,
        bytes: row.get(7)?,
        since_ms: row.get(8)?,
    })
}

fn peer_checkpoint(row: &Row<'_>) -> rusqlite::Result<PeerCheckpoint> {
    Ok(PeerCheckpoint {
        origin: row.get(0)?,
        size: TreeSize::new(uint(row.get(1)?)?),
        root: Hash::new(row.get(2)?),
        note: row.get(3)?,
        shown_by: row.get(4)?,
        at_ms: row.get(5)?,
    })
}

fn sequence_row(row: &Row<'_>) -> rusqlite::Result<(u64, String, String)> {
    Ok((uint(row.get(0)?)?, row.get(1)?, row.get(2)?))
}
