//! Who follows what a party publishes, and what readers ask: written with a commit, read by the node that serves them.

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::write::names;
use super::{Reader, int, limit, uint};
use crate::contract::Commit;
use crate::error::StoreError;
use crate::standing::{Follower, FollowerMark, ReaderQuestion};

const FOLLOWER: &str =
    "SELECT id, party, address, data, created_ms, confirmed_ms, told_entry, told_record, seen_entry, seen_record,
  sending_entry, sending_record, told_ms, failing_ms, tries FROM followers";
const QUESTION: &str =
    "SELECT id, party, data, created_ms, decided_ms, decision FROM reader_questions";

impl Reader {
    /// A follower by its name.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn follower(&self, id: &str) -> Result<Option<Follower>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!("{FOLLOWER} WHERE id = ?1"))?;
            Ok(query.query_row([id], follower).optional()?)
        })
    }

    /// Followers by name, after a name.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn followers(&self, after: &str, count: usize) -> Result<Vec<Follower>, StoreError> {
        self.with(|connection| {
            let mut query = connection
                .prepare_cached(&format!("{FOLLOWER} WHERE id > ?1 ORDER BY id LIMIT ?2"))?;
            let rows = query.query_map(params![after, int(limit(count) as u64)?], follower)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Followers at one address.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn followers_at(&self, address: &str, count: usize) -> Result<Vec<Follower>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!(
                "{FOLLOWER} WHERE address = ?1 ORDER BY id LIMIT ?2"
            ))?;
            let rows = query.query_map(params![address, int(limit(count) as u64)?], follower)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// How many followers there are: those that were confirmed, and those that were not.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn follower_counts(&self) -> Result<(u64, u64), StoreError> {
        self.with(|connection| {
            let sql = "SELECT count(confirmed_ms), count(*) - count(confirmed_ms) FROM followers";
            let counts = connection
                .query_row(sql, [], |row| Ok((uint(row.get(0)?)?, uint(row.get(1)?)?)))?;
            Ok(counts)
        })
    }

    /// A question of a reader.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn reader_question(&self, id: &str) -> Result<Option<ReaderQuestion>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!("{QUESTION} WHERE id = ?1"))?;
            Ok(query.query_row([id], question).optional()?)
        })
    }

    /// Questions of readers to what a party publishes: those that wait, the oldest first; else those that were decided, the newest first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn reader_questions(
        &self,
        party: &str,
        waiting: bool,
        count: usize,
    ) -> Result<Vec<ReaderQuestion>, StoreError> {
        let which = match waiting {
            true => "decided_ms IS NULL ORDER BY created_ms, id",
            false => "decided_ms IS NOT NULL ORDER BY decided_ms DESC, id",
        };
        self.with(|connection| {
            let mut query = connection
                .prepare_cached(&format!("{QUESTION} WHERE party = ?1 AND {which} LIMIT ?2"))?;
            let rows = query.query_map(params![party, int(limit(count) as u64)?], question)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// How many questions of readers wait for a party.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn reader_questions_waiting(&self, party: &str) -> Result<u64, StoreError> {
        self.with(|connection| {
            let count = connection.query_row(
                "SELECT count(*) FROM reader_questions WHERE party = ?1 AND decided_ms IS NULL",
                [party],
                |row| uint(row.get(0)?),
            )?;
            Ok(count)
        })
    }
}

/// Writes what a commit says of them.
pub(super) fn write(transaction: &Transaction<'_>, commit: &Commit) -> Result<(), StoreError> {
    for new in &commit.followers {
        names(&[&new.id, &new.party])?;
        transaction
            .prepare_cached(
                "INSERT OR IGNORE INTO followers
                 (id, party, address, data, created_ms, confirmed_ms, told_entry, told_record, seen_entry, seen_record, tries)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0)",
            )?
            .execute(params![
                new.id,
                new.party,
                new.address,
                new.data,
                new.created_ms,
                new.confirmed_ms,
                int(new.mark.told.0)?,
                int(new.mark.told.1)?,
                int(new.mark.seen.0)?,
                int(new.mark.seen.1)?
            ])?;
    }
    for (id, at_ms) in &commit.followers_confirmed {
        transaction
            .prepare_cached(
                "UPDATE followers SET confirmed_ms = ?2 WHERE id = ?1 AND confirmed_ms IS NULL",
            )?
            .execute(params![id, at_ms])?;
    }
    for (id, mark) in &commit.follower_marks {
        transaction
            .prepare_cached(
                "UPDATE followers SET told_entry = ?2, told_record = ?3, seen_entry = ?4, seen_record = ?5,
                 sending_entry = ?6, sending_record = ?7, told_ms = ?8, failing_ms = ?9, tries = ?10
                 WHERE id = ?1 AND (told_entry, told_record) <= (?2, ?3)",
            )?
            .execute(params![
                id,
                int(mark.told.0)?,
                int(mark.told.1)?,
                int(mark.seen.0)?,
                int(mark.seen.1)?,
                mark.sending.map(|(entry, _)| int(entry)).transpose()?,
                mark.sending.map(|(_, record)| int(record)).transpose()?,
                mark.told_ms,
                mark.failing_ms,
                mark.tries
            ])?;
    }
    for id in &commit.followers_gone {
        transaction
            .prepare_cached("DELETE FROM followers WHERE id = ?1")?
            .execute([id])?;
    }
    for new in &commit.reader_questions {
        names(&[&new.id, &new.party])?;
        transaction
            .prepare_cached(
                "INSERT OR IGNORE INTO reader_questions (id, party, data, created_ms, decided_ms, decision)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                new.id,
                new.party,
                new.data,
                new.created_ms,
                new.decided_ms,
                new.decision
            ])?;
    }
    for (id, at_ms, decision) in &commit.reader_questions_decided {
        transaction
            .prepare_cached(
                "UPDATE reader_questions SET decided_ms = ?2, decision = ?3
                 WHERE id = ?1 AND decided_ms IS NULL",
            )?
            .execute(params![id, at_ms, decision])?;
    }
    if let Some(before_ms) = commit.followers_expire_before_ms {
        transaction
            .prepare_cached("DELETE FROM followers WHERE confirmed_ms IS NULL AND created_ms < ?1")?
            .execute([before_ms])?;
    }
    if let Some(before_ms) = commit.reader_questions_expire_before_ms {
        transaction
            .prepare_cached("DELETE FROM reader_questions WHERE decided_ms < ?1")?
            .execute([before_ms])?;
    }
    Ok(())
}

fn follower(row: &Row<'_>) -> rusqlite::Result<Follower> {
    Ok(Follower {
        id: row.get(0)?,
        party: row.get(1)?,
        address: row.get(2)?,
        data: row.get(3)?,
        created_ms: row.get(4)?,
        confirmed_ms: row.get(5)?,
        mark: FollowerMark {
            told: (uint(row.get(6)?)?, uint(row.get(7)?)?),
            seen: (uint(row.get(8)?)?, uint(row.get(9)?)?),
            sending: match (
                row.get::<_, Option<i64>>(10)?,
                row.get::<_, Option<i64>>(11)?,
            ) {
                (Some(entry), Some(record)) => Some((uint(entry)?, uint(record)?)),
                _ => None,
            },
            told_ms: row.get(12)?,
            failing_ms: row.get(13)?,
            tries: row.get(14)?,
        },
    })
}

fn question(row: &Row<'_>) -> rusqlite::Result<ReaderQuestion> {
    Ok(ReaderQuestion {
        id: row.get(0)?,
        party: row.get(1)?,
        data: row.get(2)?,
        created_ms: row.get(3)?,
        decided_ms: row.get(4)?,
        decision: row.get::<_, Option<String>>(5)?.unwrap_or_default(),
    })
}
