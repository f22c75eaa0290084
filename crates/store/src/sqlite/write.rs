//! Writing: one commit, one transaction.

use std::collections::HashMap;

use garita_tlog::Frontier;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::cases::reverse;
use super::log::{check_head, concat};
use super::{int, uint};
use crate::contract::{
    Ack, Commit, Committed, LogAppend, LogHead, NAME_BYTES_MAX, OutboxHole, OutboxItem, PeerAnswer,
    RecordRow, TableRow, Waiting, normalise_term,
};
use crate::error::StoreError;

/// What a commit left behind, for the writer to remember.
pub(super) struct Written {
    pub(super) head: LogHead,
    pub(super) next_rec: i64,
    pub(super) committed: Committed,
}

/// The number that the next record gets.
pub(super) fn next_rec(connection: &Connection) -> Result<i64, StoreError> {
    Ok(
        connection.query_row("SELECT coalesce(max(rec), 0) + 1 FROM records", [], |row| {
            row.get(0)
        })?,
    )
}

/// Writes all of it. An error on the way drops the transaction, which undoes it.
pub(super) fn run(
    connection: &mut Connection,
    head: &LogHead,
    next_rec: i64,
    commit: &Commit,
) -> Result<Written, StoreError> {
    // IMMEDIATE: whatever stands in the way is found before anything is written.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut step = Step {
        transaction: &transaction,
        next_rec,
        fresh: HashMap::new(),
    };
    let head = match &commit.log {
        Some(append) => step.log(head, append)?,
        None => head.clone(),
    };
    step.records(commit)?;
    step.links(commit)?;
    step.cases(commit)?;
    step.table_rows(&commit.table_rows)?;
    step.attachments(commit)?;
    step.regained(commit)?;
    // After what the commit adds: a notice of the erasing comes in the same one.
    super::erasing::write(&transaction, commit)?;
    let outbox = step.outbox(&commit.outbox)?;
    for ack in &commit.acks {
        step.ack(ack)?;
    }
    let waiting = step.inbox(commit)?;
    step.others(commit)?;
    step.access(commit)?;
    super::standing::write(&transaction, commit)?;
    super::followers::write(&transaction, commit)?;
    let next_rec = step.next_rec;
    drop(step);
    transaction.commit()?;
    let size = head.frontier.size();
    Ok(Written {
        head,
        next_rec,
        committed: Committed {
            size,
            outbox,
            waiting,
        },
    })
}

struct Step<'a> {
    transaction: &'a Transaction<'a>,
    next_rec: i64,
    /// Records of this commit by id and view, so that what refers to them asks no index.
    fresh: HashMap<(&'a str, &'a str), i64>,
}

impl<'a> Step<'a> {
    /// Upholds (gapless log) and (head).
    fn log(&self, head: &LogHead, append: &LogAppend) -> Result<LogHead, StoreError> {
        let mut frontier: Frontier = head.frontier.clone();
        if append.base != frontier.size() {
            return Err(StoreError::conflict(format!(
                "made for a log of {} entries, there are {}",
                append.base,
                frontier.size()
            )));
        }
        let mut entries = self.transaction.prepare_cached(
            "INSERT INTO log (leaf, digest, id, view, act, party, logged_ms, audience)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        let mut nodes = self
            .transaction
            .prepare_cached("INSERT INTO log_nodes (leaf, hashes) VALUES (?1, ?2)")?;
        let mut salts = self
            .transaction
            .prepare_cached("INSERT INTO log_salts (leaf, salt) VALUES (?1, ?2)")?;
        let mut last_logged_ms = head.last_logged_ms;
        for entry in &append.entries {
            names(&[&entry.id, &entry.view, &entry.party])?;
            let appended = frontier.push(&entry.leaf)?;
            if appended.index != entry.index {
                return Err(StoreError::conflict(format!(
                    "entry {} comes where {} is next",
                    entry.index, appended.index
                )));
            }
            if last_logged_ms.is_some_and(|last| entry.logged_ms < last) {
                return Err(StoreError::conflict(format!(
                    "entry {} is logged before the one before it",
                    entry.index
                )));
            }
            last_logged_ms = Some(entry.logged_ms);
            let leaf = int(entry.index.get())?;
            entries.execute(params![
                leaf,
                entry.leaf,
                entry.id,
                entry.view,
                entry.act.as_str(),
                entry.party,
                entry.logged_ms,
                entry.audience
            ])?;
            nodes.execute(params![leaf, concat(&appended.completed)])?;
            if let Some(salt) = &entry.salt {
                salts.execute(params![leaf, salt])?;
            }
        }
        check_head(&frontier, Some(&append.checkpoint)).map_err(StoreError::conflict)?;
        self.transaction
            .prepare_cached(
                "INSERT INTO log_head (one, frontier, checkpoint, last_logged_ms) VALUES (1, ?1, ?2, ?3)
                 ON CONFLICT (one) DO UPDATE SET frontier = ?1, checkpoint = ?2, last_logged_ms = ?3",
            )?
            .execute(params![frontier.to_bytes(), append.checkpoint, last_logged_ms])?;
        Ok(LogHead {
            frontier,
            checkpoint: Some(append.checkpoint.clone()),
            last_logged_ms,
        })
    }

    fn records(&mut self, commit: &'a Commit) -> Result<(), StoreError> {
        for record in &commit.records {
            self.record(record)?;
        }
        // An entry whose record is not held would be found as damage at the next start.
        for entry in commit.log.iter().flat_map(|append| &append.entries) {
            self.rec(&entry.id, &entry.view)?;
        }
        for dispute in &commit.disputes {
            let rec = self.rec(&dispute.id, &dispute.view)?;
            self.transaction
                .prepare_cached("UPDATE records SET disputed = ?2 WHERE rec = ?1")?
                .execute(params![rec, dispute.reason])?;
        }
        for (id, proof) in &commit.derivers {
            names(&[id])?;
            self.transaction
                .prepare_cached(
                    "INSERT INTO derivers (id, proof) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                )?
                .execute(params![id, proof])?;
        }
        // The type is copied, so that lists by type read one index.
        let mut entitle = self.transaction.prepare_cached(
            "INSERT INTO entitlements (party, rec, type, since, grant_id)
             SELECT ?1, rec, type, ?3, ?4 FROM records WHERE rec = ?2 ON CONFLICT DO NOTHING",
        )?;
        for entitlement in &commit.entitlements {
            names(&[&entitlement.party])?;
            let rec = self.rec(&entitlement.id, &entitlement.view)?;
            let since = int(entitlement.since.get())?;
            entitle.execute(params![entitlement.party, rec, since, entitlement.grant])?;
        }
        Ok(())
    }

    fn record(&mut self, record: &'a RecordRow) -> Result<(), StoreError> {
        names(&[
            &record.id,
            &record.view,
            &record.record_type,
            &record.issuer,
            &record.home,
            &record.profile,
        ])?;
        let rec = self.next_rec;
        self.transaction
            .prepare_cached(
                "INSERT INTO records (rec, id, view, type, issuer, logged_ms, occurred_ms, home, profile, local_index,
                   stamp, disputed, received_from) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            )?
            .execute(params![
                rec,
                record.id,
                record.view,
                record.record_type,
                record.issuer,
                record.logged_ms,
                record.occurred_ms,
                record.home,
                record.profile,
                int(record.local_index.get())?,
                record.stamp,
                record.disputed,
                record.received_from
            ])?;
        self.transaction
            .prepare_cached("INSERT INTO bodies (rec, document) VALUES (?1, ?2)")?
            .execute(params![rec, record.document])?;
        self.fresh.insert((&record.id, &record.view), rec);
        self.next_rec += 1;
        Ok(())
    }

    /// The number of a held record.
    fn rec(&self, id: &str, view: &str) -> Result<i64, StoreError> {
        if let Some(rec) = self.fresh.get(&(id, view)) {
            return Ok(*rec);
        }
        let mut query = self
            .transaction
            .prepare_cached("SELECT rec FROM records WHERE id = ?1 AND view = ?2")?;
        let rec = query
            .query_row(params![id, view], |row| row.get(0))
            .optional()?;
        rec.ok_or_else(|| StoreError::missing(format!("record `{id}`, view `{view}`")))
    }

    fn links(&self, commit: &Commit) -> Result<(), StoreError> {
        let mut cases = self.transaction.prepare_cached(
            "INSERT INTO case_links (kind, key, rec) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?;
        for link in &commit.case_links {
            names(&[&link.kind, &link.key])?;
            cases.execute(params![
                link.kind,
                link.key,
                self.rec(&link.id, &link.view)?
            ])?;
        }
        let mut links = self
            .transaction
            .prepare_cached("INSERT INTO record_links (target, kind, rec) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?;
        for link in &commit.record_links {
            names(&[&link.to])?;
            links.execute(params![
                link.to,
                link.kind.as_str(),
                self.rec(&link.id, &link.view)?
            ])?;
        }
        Ok(())
    }

    fn cases(&self, commit: &Commit) -> Result<(), StoreError> {
        let mut views = self.transaction.prepare_cached(
            "INSERT INTO case_views (kind, key, party, state, shown, title, since_ms, updated, opening, board, line, due_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
             ON CONFLICT (kind, key, party) DO UPDATE SET
               state = ?4, shown = ?5, title = ?6, since_ms = ?7, updated = ?8, opening = ?9, board = ?10, line = ?11, due_ms = ?12",
        )?;
        for view in &commit.case_views {
            names(&[&view.party, &view.kind, &view.key, &view.shown])?;
            let updated = int(view.updated.get())?;
            views.execute(params![
                view.kind,
                view.key,
                view.party,
                view.state,
                view.shown,
                view.title,
                view.since_ms,
                updated,
                view.opening,
                view.board,
                view.line,
                view.due_ms
            ])?;
        }
        for term in &commit.terms {
            names(&[&term.party, &term.name, &term.kind, &term.key])?;
            let value = normalise_term(&term.value);
            if value.is_empty() {
                continue;
            }
            self.transaction
                .prepare_cached(
                    "INSERT INTO terms (party, value, name, kind, key) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT DO NOTHING",
                )?
                .execute(params![term.party, value, term.name, term.kind, term.key])?;
            if term.by_suffix {
                self.transaction
                    .prepare_cached(
                        "INSERT INTO terms_reversed (party, value, name, kind, key) VALUES (?1, ?2, ?3, ?4, ?5)
                         ON CONFLICT DO NOTHING",
                    )?
                    .execute(params![term.party, reverse(&value), term.name, term.kind, term.key])?;
            }
        }
        Ok(())
    }

    /// Rows are only added; the one before gets its end. What was known on any day stays a query.
    fn table_rows(&self, rows: &[TableRow]) -> Result<(), StoreError> {
        for row in rows {
            names(&[&row.party, &row.table, &row.kind, &row.key])?;
            let mut open = self.transaction.prepare_cached(
                "SELECT no, columns, recorded_from_ms FROM table_rows WHERE party = ?1 AND name = ?2 AND kind = ?3
                 AND key = ?4 AND stated_on_ms IS ?5 AND recorded_to_ms IS NULL",
            )?;
            let open: Option<(i64, String, i64)> = open
                .query_row(
                    params![row.party, row.table, row.kind, row.key, row.stated_on_ms],
                    |found| Ok((found.get(0)?, found.get(1)?, found.get(2)?)),
                )
                .optional()?;
            if let Some((number, columns, from_ms)) = open {
                if row.columns.as_ref() == Some(&columns) {
                    continue;
                }
                if row.recorded_from_ms < from_ms {
                    return Err(StoreError::conflict(
                        "a table's row is recorded before the one that it follows",
                    ));
                }
                self.transaction
                    .prepare_cached("UPDATE table_rows SET recorded_to_ms = ?2 WHERE no = ?1")?
                    .execute(params![number, row.recorded_from_ms])?;
            }
            if let Some(columns) = &row.columns {
                self.transaction
                    .prepare_cached(
                        "INSERT INTO table_rows (party, name, kind, key, stated_on_ms, columns, recorded_from_ms)
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    )?
                    .execute(params![
                        row.party,
                        row.table,
                        row.kind,
                        row.key,
                        row.stated_on_ms,
                        columns,
                        row.recorded_from_ms
                    ])?;
            }
        }
        Ok(())
    }

    fn attachments(&self, commit: &Commit) -> Result<(), StoreError> {
        for file in &commit.attachments {
            self.transaction
                .prepare_cached(
                    "INSERT INTO attachments (digest, size, media_type) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                )?
                .execute(params![file.digest, int(file.size)?, file.media_type])?;
            self.transaction
                .prepare_cached("DELETE FROM files_gone WHERE digest = ?1")?
                .execute([file.digest])?;
        }
        for (digest, party) in &commit.attachment_owners {
            self.transaction
                .prepare_cached("INSERT INTO attachment_owners (digest, party) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
                .execute(params![digest, party])?;
        }
        for link in &commit.attachment_links {
            self.transaction
                .prepare_cached("INSERT INTO attachment_links (digest, rec) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
                .execute(params![link.digest, self.rec(&link.id, &link.view)?])?;
        }
        Ok(())
    }

    /// Upholds (gapless outbox): the peer's counter grows in the same transaction, by the rows written.
    fn outbox(&self, items: &[OutboxItem]) -> Result<Vec<u64>, StoreError> {
        let mut next = self.transaction.prepare_cached(
            "INSERT INTO outbox_peers (peer, last, acked) VALUES (?1, 1, 0)
             ON CONFLICT (peer) DO UPDATE SET last = last + 1 RETURNING last",
        )?;
        let mut insert = self.transaction.prepare_cached(
            "INSERT INTO outbox (peer, seq, rec, recipients, queued_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        let mut given = Vec::with_capacity(items.len());
        for item in items {
            names(&[&item.peer])?;
            let seq: i64 = next.query_row([&item.peer], |row| row.get(0))?;
            let rec = self.rec(&item.id, &item.view)?;
            insert.execute(params![
                item.peer,
                seq,
                rec,
                item.recipients,
                item.queued_ms
            ])?;
            given.push(uint(seq)?);
        }
        Ok(given)
    }

    /// Outboxes of a restored folder: where they go on, and what peers gave back of them.
    fn regained(&self, commit: &Commit) -> Result<(), StoreError> {
        for jump in &commit.outbox_jumps {
            names(&[&jump.peer])?;
            let taken: i64 = self
                .transaction
                .prepare_cached("SELECT seq FROM inbox WHERE peer = ?1")?
                .query_row([&jump.peer], |row| row.get(0))
                .optional()?
                .unwrap_or(0);
            let acked: i64 = self
                .transaction
                .prepare_cached("SELECT acked FROM outbox_peers WHERE peer = ?1")?
                .query_row([&jump.peer], |row| row.get(0))
                .optional()?
                .unwrap_or(0);
            let held = self.hole(&jump.peer)?;
            let from = uint(acked)?;
            let hole = OutboxHole {
                from: held.as_ref().map_or(from, |held| held.from.min(from)),
                to: jump.to.max(from),
                asked: held
                    .filter(|held| held.done_ms.is_none())
                    .map_or(from, |held| held.asked.min(from)),
                taken: uint(taken)?,
                at_ms: jump.at_ms,
                done_ms: None,
            };
            self.transaction
                .prepare_cached(
                    "INSERT INTO outbox_peers (peer, last, acked) VALUES (?1, ?2, ?2)
                     ON CONFLICT (peer) DO UPDATE SET last = max(last, ?2), acked = max(acked, ?2)",
                )?
                .execute(params![jump.peer, int(jump.to)?])?;
            self.write_hole(&jump.peer, &hole)?;
        }
        for regained in &commit.outbox_regained {
            let item = &regained.item;
            names(&[&item.peer])?;
            let hole = self.hole(&item.peer)?;
            // Upholds (gapless outbox): only what is written down as missing is filled.
            if hole.is_none_or(|hole| regained.seq <= hole.from || regained.seq > hole.to) {
                return Err(StoreError::conflict(format!(
                    "sequence {} of the outbox for `{}` is not missing",
                    regained.seq, item.peer
                )));
            }
            self.transaction
                .prepare_cached(
                    "INSERT INTO outbox (peer, seq, rec, recipients, queued_ms) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT (peer, seq) DO NOTHING",
                )?
                .execute(params![
                    item.peer,
                    int(regained.seq)?,
                    self.rec(&item.id, &item.view)?,
                    item.recipients,
                    item.queued_ms
                ])?;
        }
        for (peer, progress) in &commit.outbox_asked {
            if let Some(hole) = self.hole(peer)? {
                let hole = OutboxHole {
                    asked: hole.asked.max(progress.asked),
                    taken: hole.taken.max(progress.taken),
                    done_ms: progress.done_ms.or(hole.done_ms),
                    ..hole
                };
                self.write_hole(peer, &hole)?;
            }
        }
        Ok(())
    }

    fn hole(&self, peer: &str) -> Result<Option<OutboxHole>, StoreError> {
        super::peers::hole(self.transaction, peer)
    }

    fn write_hole(&self, peer: &str, hole: &OutboxHole) -> Result<(), StoreError> {
        let text = serde_json::to_vec(hole).map_err(|e| StoreError::invalid(e.to_string()))?;
        self.transaction
            .prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)")?
            .execute(params![super::peers::hole_name(peer), text])?;
        Ok(())
    }

    /// Upholds (acknowledged).
    fn ack(&self, ack: &Ack) -> Result<(), StoreError> {
        let mut query = self
            .transaction
            .prepare_cached("SELECT last FROM outbox_peers WHERE peer = ?1")?;
        let last: i64 = query
            .query_row([&ack.peer], |row| row.get(0))
            .optional()?
            .unwrap_or(0);
        let up_to = int(ack.up_to)?;
        if up_to > last {
            return Err(StoreError::conflict(format!(
                "`{}` acknowledges {up_to}, the outbox ends at {last}",
                ack.peer
            )));
        }
        let note = match &ack.checkpoint {
            Some(note) if !ack.answers.is_empty() => {
                self.transaction
                    .prepare_cached("INSERT INTO ack_notes (note) VALUES (?1)")?
                    .execute([note])?;
                Some(self.transaction.last_insert_rowid())
            }
            _ => None,
        };
        // A receipt is never overwritten: a repeated answer must not lose the first proof.
        let mut update = self.transaction.prepare_cached(
            "UPDATE outbox SET acked_ms = ?3, answer = ?4, peer_index = ?5, peer_salt = ?6, peer_logged_ms = ?7,
               answer_text = ?8, note = ?9 WHERE peer = ?1 AND seq = ?2 AND answer IS NOT 'logged'",
        )?;
        for answer in &ack.answers {
            let seq = int(answer.seq)?;
            if seq > last || seq < 1 {
                return Err(StoreError::conflict(format!(
                    "`{}` answers {seq}, the outbox ends at {last}",
                    ack.peer
                )));
            }
            let (kind, index, salt, logged_ms, text): (_, _, _, _, Option<&[u8]>) =
                match &answer.answer {
                    PeerAnswer::Logged {
                        index,
                        salt,
                        logged_ms,
                    } => (
                        "logged",
                        Some(int(index.get())?),
                        Some(salt),
                        Some(*logged_ms),
                        None,
                    ),
                    PeerAnswer::Waiting { lacking } => {
                        ("waiting", None, None, None, Some(lacking.as_bytes()))
                    }
                    PeerAnswer::Refused { answer } => ("refused", None, None, None, Some(answer)),
                };
            update.execute(params![
                ack.peer,
                seq,
                ack.acked_ms,
                kind,
                index,
                salt,
                logged_ms,
                text,
                note
            ])?;
        }
        self.transaction
            .prepare_cached("UPDATE outbox_peers SET acked = ?2 WHERE peer = ?1 AND acked < ?2")?
            .execute(params![ack.peer, up_to])?;
        Ok(())
    }

    fn inbox(&self, commit: &Commit) -> Result<Vec<u64>, StoreError> {
        for seen in &commit.inbox {
            names(&[&seen.peer])?;
            self.transaction
                .prepare_cached(
                    "INSERT INTO inbox (peer, seq) VALUES (?1, ?2)
                     ON CONFLICT (peer) DO UPDATE SET seq = max(seq, ?2)",
                )?
                .execute(params![seen.peer, int(seen.seq)?])?;
        }
        for row in &commit.inbox_rows {
            names(&[&row.peer, &row.id, &row.view])?;
            self.transaction
                .prepare_cached(
                    "INSERT INTO inbox_rows (peer, seq, id, view) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                )?
                .execute(params![row.peer, int(row.seq)?, row.id, row.view])?;
        }
        let mut numbers = Vec::with_capacity(commit.waiting.len());
        for waiting in &commit.waiting {
            numbers.push(self.wait(waiting)?);
        }
        for number in &commit.waiting_done {
            self.transaction
                .prepare_cached("DELETE FROM waiting WHERE no = ?1")?
                .execute([int(*number)?])?;
        }
        for refusal in &commit.refusals {
            self.transaction
                .prepare_cached(
                    "INSERT INTO refusals (peer, given, id, code, answer, at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    refusal.peer,
                    refusal.given,
                    refusal.id,
                    refusal.code,
                    refusal.answer,
                    refusal.at_ms
                ])?;
        }
        Ok(numbers)
    }

    fn wait(&self, waiting: &Waiting) -> Result<u64, StoreError> {
        names(&[&waiting.peer, &waiting.id, &waiting.view, &waiting.name])?;
        let number: i64 = self
            .transaction
            .prepare_cached(
                "INSERT INTO waiting (peer, seq, id, view, lacking, name, bytes, since_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (id, view, peer) DO UPDATE SET seq = ?2, lacking = ?5, name = ?6, bytes = ?7
                 RETURNING no",
            )?
            .query_row(
                params![
                    waiting.peer,
                    int(waiting.seq)?,
                    waiting.id,
                    waiting.view,
                    waiting.lacking.as_str(),
                    waiting.name,
                    waiting.bytes,
                    waiting.since_ms
                ],
                |row| row.get(0),
            )?;
        Ok(uint(number)?)
    }

    /// Peers, their logs, governance and keys.
    fn others(&self, commit: &Commit) -> Result<(), StoreError> {
        for checkpoint in &commit.peer_checkpoints {
            names(&[&checkpoint.origin])?;
            self.transaction
                .prepare_cached(
                    "INSERT INTO peer_checkpoints (origin, size, root, note, shown_by, at_ms)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
                )?
                .execute(params![
                    checkpoint.origin,
                    int(checkpoint.size.get())?,
                    checkpoint.root.as_bytes(),
                    checkpoint.note,
                    checkpoint.shown_by,
                    checkpoint.at_ms
                ])?;
        }
        for fork in &commit.forks {
            self.transaction
                .prepare_cached("INSERT INTO forks (origin, note_a, note_b, reason, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![fork.origin, fork.note_a, fork.note_b, fork.reason, fork.at_ms])?;
        }
        for peer in &commit.peers {
            names(&[&peer.peer])?;
            self.transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO peers (peer, data, updated_ms) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![peer.peer, peer.data, peer.updated_ms])?;
        }
        for entry in &commit.governance {
            names(&[&entry.id])?;
            self.transaction
                .prepare_cached(
                    "INSERT INTO governance (number, id, predecessor, kind, document, logged_ms)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
                )?
                .execute(params![
                    int(entry.number)?,
                    entry.id,
                    entry.predecessor,
                    entry.kind,
                    entry.document,
                    entry.logged_ms
                ])?;
        }
        for key in &commit.key_observations {
            names(&[&key.did, &key.method, &key.multibase])?;
            self.transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO key_observations (did, method, multibase, from_ms, until_ms,
                       revoked_from_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![key.did, key.method, key.multibase, key.from_ms, key.until_ms, key.revoked_from_ms])?;
        }
        for (name, expected) in &commit.meta_expected {
            let held: Option<Vec<u8>> = self
                .transaction
                .prepare_cached("SELECT value FROM meta WHERE name = ?1")?
                .query_row([name], |row| row.get(0))
                .optional()?;
            if held != *expected {
                return Err(StoreError::conflict(format!(
                    "`{name}` is not what the commit was made for"
                )));
            }
        }
        for (name, value) in &commit.meta {
            names(&[name])?;
            match value {
                Some(value) => self
                    .transaction
                    .prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)")?
                    .execute(params![name, value])?,
                None => self
                    .transaction
                    .prepare_cached("DELETE FROM meta WHERE name = ?1")?
                    .execute([name])?,
            };
        }
        Ok(())
    }

    /// Repeated requests, tokens, links, sessions.
    fn access(&self, commit: &Commit) -> Result<(), StoreError> {
        if let Some(before) = commit.expire_before_ms {
            for table in ["idempotency", "sign_in_links", "sessions", "passes"] {
                self.transaction
                    .prepare_cached(&format!("DELETE FROM {table} WHERE expires_ms < ?1"))?
                    .execute([before])?;
            }
        }
        for answer in &commit.idempotency {
            names(&[&answer.key, &answer.principal])?;
            // The same request's answer is kept as it was first given; another request under the key is refused.
            let changed = self
                .transaction
                .prepare_cached(
                    "INSERT INTO idempotency (principal, key, request, status, response, expires_ms)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                     ON CONFLICT (principal, key) DO UPDATE SET expires_ms = max(expires_ms, ?6) WHERE request = ?3",
                )?
                .execute(params![
                    answer.principal,
                    answer.key,
                    answer.request,
                    answer.status,
                    answer.response,
                    answer.expires_ms
                ])?;
            if changed == 0 {
                return Err(StoreError::conflict(
                    "the idempotency key was used for another request",
                ));
            }
        }
        for token in &commit.api_tokens {
            names(&[&token.party, &token.name])?;
            self.transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO api_tokens (hash, name, party, scopes, created_ms, expires_ms, revoked_ms)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    token.hash,
                    token.name,
                    token.party,
                    token.scopes,
                    token.created_ms,
                    token.expires_ms,
                    token.revoked_ms
                ])?;
        }
        for link in &commit.sign_in_links {
            self.transaction
                .prepare_cached("INSERT INTO sign_in_links (hash, party, data, expires_ms) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![link.hash, link.party, link.data, link.expires_ms])?;
        }
        for used in &commit.sign_in_used {
            let changed = self
                .transaction
                .prepare_cached(
                    "UPDATE sign_in_links SET used_ms = ?2 WHERE hash = ?1 AND used_ms IS NULL AND expires_ms > ?2",
                )?
                .execute(params![used.hash, used.at_ms])?;
            if changed == 0 {
                return Err(StoreError::conflict(
                    "the sign-in link is unknown, used or expired",
                ));
            }
        }
        for pass in &commit.passes {
            names(&[&pass.party, &pass.kind, &pass.key])?;
            self.transaction
                .prepare_cached(
                    "INSERT OR IGNORE INTO passes (hash, party, kind, key, data, created_ms, expires_ms)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    pass.hash,
                    pass.party,
                    pass.kind,
                    pass.key,
                    pass.data,
                    pass.created_ms,
                    pass.expires_ms
                ])?;
        }
        for revoked in &commit.passes_revoked {
            self.transaction
                .prepare_cached(
                    "UPDATE passes SET revoked_ms = ?3 WHERE hash = ?1 AND party = ?2 AND revoked_ms IS NULL",
                )?
                .execute(params![revoked.hash, revoked.party, revoked.at_ms])?;
        }
        for session in &commit.sessions {
            self.transaction
                .prepare_cached("INSERT OR REPLACE INTO sessions (hash, party, data, expires_ms) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![session.hash, session.party, session.data, session.expires_ms])?;
        }
        for hash in &commit.sessions_ended {
            self.transaction
                .prepare_cached("DELETE FROM sessions WHERE hash = ?1")?
                .execute([hash])?;
        }
        Ok(())
    }
}

/// Names are bounded before they reach an index.
pub(super) fn names(names: &[&str]) -> Result<(), StoreError> {
    match names.iter().find(|name| name.len() > NAME_BYTES_MAX) {
        Some(name) => Err(StoreError::invalid(format!(
            "a name of {} bytes, {NAME_BYTES_MAX} are allowed",
            name.len()
        ))),
        None => Ok(()),
    }
}
