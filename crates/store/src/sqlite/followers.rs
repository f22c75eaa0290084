//! Who follows what a party publishes, and what readers ask: written with a commit, read by the node that serves them.

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::write::names;
use super::{Reader, int, limit, uint};
use crate::contract::Commit;
use crate::error::StoreError;
use crate::standing::{Follower, FollowerMark, ReaderQuestion};

const FOLLOWER: &str =
    "SELECT id, party, address, data, created_ms, confirmed_ms, entry, record, told_ms, failing_ms
  FROM followers";
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

    /// How many followers there are.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn follower_count(&self) -> Result<u64, StoreError> {
        self.with(|connection| {
            let count = connection.query_row("SELECT count(*) FROM followers", [], |row| {
                uint(row.get(0)?)
            })?;
            Ok(count)
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
                 (id, party, address, data, created_ms, confirmed_ms, entry, record, told_ms, failing_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                new.id,
                new.party,
                new.address,
                new.data,
                new.created_ms,
                new.confirmed_ms,
                int(new.mark.entry)?,
                int(new.mark.record)?,
                new.mark.told_ms,
                new.mark.failing_ms
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
                "UPDATE followers SET entry = ?2, record = ?3, told_ms = ?4, failing_ms = ?5 WHERE id = ?1",
            )?
            .execute(params![
                id,
                int(mark.entry)?,
                int(mark.record)?,
                mark.told_ms,
                mark.failing_ms
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
    if let Some(before_ms) = commit.public_expire_before_ms {
        transaction
            .prepare_cached("DELETE FROM followers WHERE confirmed_ms IS NULL AND created_ms < ?1")?
            .execute([before_ms])?;
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
            entry: uint(row.get(6)?)?,
            record: uint(row.get(7)?)?,
            told_ms: row.get(8)?,
            failing_ms: row.get(9)?,
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
