//! Captures, named queries, subscriptions: written with a commit, read by party or by the node that serves them.

use garita_tlog::LeafIndex;
use rusqlite::{OptionalExtension, Row, Transaction, params, params_from_iter};

use super::records::{COLUMNS, held};
use super::write::names;
use super::{Reader, int, limit, uint};
use crate::contract::{Commit, HeldRecord};
use crate::error::StoreError;
use crate::standing::{CaptureJob, NamedQuery, Subscription, SubscriptionMark};

const JOB: &str = "SELECT party, id, created_ms, finished_ms, proceeds, done, errors, data, body FROM capture_jobs";
const SUBSCRIPTION: &str =
    "SELECT party, id, query, data, created_ms, told, told_of_next, notified_ms, ran_ms
  FROM subscriptions";

impl Reader {
    /// The records of some types that a party may read, in order of arrival, after the record with that number, of those that were
    /// opened to it up to an entry of the log: a look at one instant, however often it is continued.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn records_of(
        &self,
        party: &str,
        types: &[&str],
        after: u64,
        up_to: LeafIndex,
        count: usize,
    ) -> Result<Vec<HeldRecord>, StoreError> {
        if types.is_empty() {
            return Ok(Vec::new());
        }
        let marks = vec!["?"; types.len()].join(", ");
        let sql = format!(
            "SELECT {COLUMNS}, e.since, e.grant_id, r.erased_ms FROM entitlements e
             JOIN records r ON r.rec = e.rec JOIN bodies b ON b.rec = e.rec
             WHERE e.party = ? AND e.rec > ? AND e.since <= ? AND +e.type IN ({marks}) ORDER BY e.rec LIMIT ?"
        );
        self.select(&sql, party, int(after)?, int(up_to.get())?, types, count)
    }

    /// The records of some types that were opened to a party after an entry of the log (`None`: from the start) and up to another, in
    /// the log's order; of those that come with one entry, in order of arrival. The first `skip` are passed over.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn records_opened(
        &self,
        party: &str,
        types: &[&str],
        after: Option<LeafIndex>,
        up_to: LeafIndex,
        skip: u64,
        count: usize,
    ) -> Result<Vec<HeldRecord>, StoreError> {
        if types.is_empty() {
            return Ok(Vec::new());
        }
        let after = after.map_or(Ok(-1), |index| int(index.get()))?;
        let marks = vec!["?"; types.len()].join(", ");
        let sql = format!(
            "SELECT {COLUMNS}, e.since, e.grant_id, r.erased_ms FROM entitlements e
             JOIN records r ON r.rec = e.rec JOIN bodies b ON b.rec = e.rec
             WHERE e.party = ? AND e.since > ? AND e.since <= ? AND +e.type IN ({marks}) ORDER BY e.since, e.rec LIMIT ? OFFSET {}",
            int(skip)?
        );
        self.select(&sql, party, after, int(up_to.get())?, types, count)
    }

    fn select(
        &self,
        sql: &str,
        party: &str,
        after: i64,
        up_to: i64,
        types: &[&str],
        count: usize,
    ) -> Result<Vec<HeldRecord>, StoreError> {
        let mut values: Vec<rusqlite::types::Value> =
            vec![party.to_owned().into(), after.into(), up_to.into()];
        values.extend(types.iter().map(|name| (*name).to_owned().into()));
        values.push(int(limit(count) as u64)?.into());
        self.with(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map(params_from_iter(values), held)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// A capture of a party.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn capture_job(&self, party: &str, id: &str) -> Result<Option<CaptureJob>, StoreError> {
        self.with(|connection| {
            let mut query =
                connection.prepare_cached(&format!("{JOB} WHERE party = ?1 AND id = ?2"))?;
            Ok(query.query_row([party, id], job).optional()?)
        })
    }

    /// Captures of a party, the newest first, after the one that came at a time with a name.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn capture_jobs(
        &self,
        party: &str,
        after: Option<(i64, &str)>,
        count: usize,
    ) -> Result<Vec<CaptureJob>, StoreError> {
        let (at, id) = after.unwrap_or((i64::MAX, ""));
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!(
                "{JOB} WHERE party = ?1 AND (created_ms, id) < (?2, ?3) ORDER BY created_ms DESC, id DESC LIMIT ?4"
            ))?;
            let rows = query.query_map(params![party, at, id, int(limit(count) as u64)?], job)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Captures that run, whoever gave them, the oldest first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_capture_jobs(&self, count: usize) -> Result<Vec<CaptureJob>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!(
                "{JOB} WHERE finished_ms IS NULL ORDER BY created_ms, id LIMIT ?1"
            ))?;
            let rows = query.query_map([int(limit(count) as u64)?], job)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// A query of a party by its name.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn named_query(&self, party: &str, name: &str) -> Result<Option<NamedQuery>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT party, name, query, created_ms FROM named_queries WHERE party = ?1 AND name = ?2",
            )?;
            Ok(query.query_row([party, name], named).optional()?)
        })
    }

    /// Queries of a party by name, after a name.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn named_queries(
        &self,
        party: &str,
        after: &str,
        count: usize,
    ) -> Result<Vec<NamedQuery>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT party, name, query, created_ms FROM named_queries WHERE party = ?1 AND name > ?2 ORDER BY name LIMIT ?3",
            )?;
            let rows = query.query_map(params![party, after, int(limit(count) as u64)?], named)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// A subscription of a party.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn subscription(&self, party: &str, id: &str) -> Result<Option<Subscription>, StoreError> {
        self.with(|connection| {
            let mut query = connection
                .prepare_cached(&format!("{SUBSCRIPTION} WHERE party = ?1 AND id = ?2"))?;
            Ok(query.query_row([party, id], subscription).optional()?)
        })
    }

    /// Subscriptions of a party to a query, by name, after a name.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn subscriptions(
        &self,
        party: &str,
        query: &str,
        after: &str,
        count: usize,
    ) -> Result<Vec<Subscription>, StoreError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "{SUBSCRIPTION} WHERE party = ?1 AND query = ?2 AND id > ?3 ORDER BY id LIMIT ?4"
            ))?;
            let rows = statement.query_map(
                params![party, query, after, int(limit(count) as u64)?],
                subscription,
            )?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Names of all subscriptions, whoever's: party and name.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_subscriptions(&self) -> Result<Vec<(String, String)>, StoreError> {
        self.with(|connection| {
            let mut query = connection
                .prepare_cached("SELECT party, id FROM subscriptions ORDER BY created_ms, id")?;
            let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// Writes what a commit says of them.
pub(super) fn write(transaction: &Transaction<'_>, commit: &Commit) -> Result<(), StoreError> {
    for job in &commit.capture_jobs {
        names(&[&job.party, &job.id])?;
        transaction
            .prepare_cached(
                "INSERT OR REPLACE INTO capture_jobs (party, id, created_ms, finished_ms, proceeds, done, errors, data, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                job.party,
                job.id,
                job.created_ms,
                job.finished_ms,
                job.proceeds,
                int(job.done)?,
                job.errors,
                job.data,
                job.body
            ])?;
    }
    for query in &commit.named_queries {
        names(&[&query.party, &query.name])?;
        transaction
            .prepare_cached(
                "INSERT OR IGNORE INTO named_queries (party, name, query, created_ms) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![query.party, query.name, query.query, query.created_ms])?;
    }
    for (party, name) in &commit.named_queries_gone {
        transaction
            .prepare_cached("DELETE FROM subscriptions WHERE party = ?1 AND query = ?2")?
            .execute([party, name])?;
        transaction
            .prepare_cached("DELETE FROM named_queries WHERE party = ?1 AND name = ?2")?
            .execute([party, name])?;
    }
    for new in &commit.subscriptions {
        names(&[&new.party, &new.id, &new.query])?;
        // A query that was taken away meanwhile takes no subscription any more.
        transaction
            .prepare_cached(
                "INSERT OR IGNORE INTO subscriptions (party, id, query, data, created_ms, told, told_of_next, notified_ms, ran_ms)
                 SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
                 WHERE EXISTS (SELECT 1 FROM named_queries WHERE party = ?1 AND name = ?3)",
            )?
            .execute(params![
                new.party,
                new.id,
                new.query,
                new.data,
                new.created_ms,
                new.mark.told.map(|at| int(at.get())).transpose()?,
                int(new.mark.told_of_next)?,
                new.mark.notified_ms,
                new.mark.ran_ms
            ])?;
    }
    for (party, id, mark) in &commit.subscription_marks {
        // One that was taken away meanwhile stays away.
        transaction
            .prepare_cached(
                "UPDATE subscriptions SET told = ?3, told_of_next = ?4, notified_ms = ?5, ran_ms = ?6
                 WHERE party = ?1 AND id = ?2",
            )?
            .execute(params![
                party,
                id,
                mark.told.map(|at| int(at.get())).transpose()?,
                int(mark.told_of_next)?,
                mark.notified_ms,
                mark.ran_ms
            ])?;
    }
    for (party, id) in &commit.subscriptions_gone {
        transaction
            .prepare_cached("DELETE FROM subscriptions WHERE party = ?1 AND id = ?2")?
            .execute([party, id])?;
    }
    Ok(())
}

fn job(row: &Row<'_>) -> rusqlite::Result<CaptureJob> {
    Ok(CaptureJob {
        party: row.get(0)?,
        id: row.get(1)?,
        created_ms: row.get(2)?,
        finished_ms: row.get(3)?,
        proceeds: row.get(4)?,
        done: uint(row.get(5)?)?,
        errors: row.get(6)?,
        data: row.get(7)?,
        body: row.get(8)?,
    })
}

fn named(row: &Row<'_>) -> rusqlite::Result<NamedQuery> {
    Ok(NamedQuery {
        party: row.get(0)?,
        name: row.get(1)?,
        query: row.get(2)?,
        created_ms: row.get(3)?,
    })
}

fn subscription(row: &Row<'_>) -> rusqlite::Result<Subscription> {
    Ok(Subscription {
        party: row.get(0)?,
        id: row.get(1)?,
        query: row.get(2)?,
        data: row.get(3)?,
        created_ms: row.get(4)?,
        mark: SubscriptionMark {
            told: row
                .get::<_, Option<i64>>(5)?
                .map(uint)
                .transpose()?
                .map(LeafIndex::new),
            told_of_next: uint(row.get(6)?)?,
            notified_ms: row.get(7)?,
            ran_ms: row.get(8)?,
        },
    })
}
