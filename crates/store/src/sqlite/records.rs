//! Reading records: by a party, through what it is entitled to; and as the node.

use garita_tlog::LeafIndex;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::{Reader, int, limit, limit_and_one, parse_cursor, uint};
use crate::contract::{
    Attachment, Event, HeldRecord, LinkKind, Order, Page, RecordLink, RecordQuery, RecordRow,
};
use crate::error::StoreError;

/// The columns that [`held`] reads; a query puts since, grant and when it was erased behind them.
pub(super) const COLUMNS: &str = "r.rec, r.id, r.view, r.type, r.issuer, r.logged_ms, r.occurred_ms, r.home, b.document, r.stamp,
  r.profile, r.local_index, r.disputed, r.received_from";

impl Reader {
    /// The widest view of a record that the party may read: the one with the largest document.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn record(&self, party: &str, id: &str) -> Result<Option<HeldRecord>, StoreError> {
        let views = self.record_views(party, id)?;
        Ok(views
            .into_iter()
            .max_by_key(|held| held.record.document.len()))
    }

    /// All views of a record that the party may read.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn record_views(&self, party: &str, id: &str) -> Result<Vec<HeldRecord>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!(
                "SELECT {COLUMNS}, e.since, e.grant_id, r.erased_ms FROM records r
                 JOIN entitlements e ON e.party = ?1 AND e.rec = r.rec JOIN bodies b ON b.rec = r.rec
                 WHERE r.id = ?2 ORDER BY r.rec"
            ))?;
            let rows = query.query_map(params![party, id], held)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The records that a party may read, in order of arrival, by type, issuer and logged time.
    ///
    /// # Errors
    /// When the cursor is none of ours or the store does not answer.
    pub fn records(
        &self,
        party: &str,
        query: &RecordQuery,
    ) -> Result<Page<HeldRecord>, StoreError> {
        let mut sql = listing(query);
        let mut values: Vec<Value> = vec![party.to_owned().into()];
        if let Some(record_type) = &query.record_type {
            sql.push_str(" AND e.type = ?");
            values.push(record_type.clone().into());
        }
        if let Some(issuer) = &query.issuer {
            sql.push_str(" AND r.issuer = ?");
            values.push(issuer.clone().into());
        }
        if let Some(from) = query.logged_from_ms {
            sql.push_str(" AND r.logged_ms >= ?");
            values.push(from.into());
        }
        if let Some(before) = query.logged_before_ms {
            sql.push_str(" AND r.logged_ms < ?");
            values.push(before.into());
        }
        if let Some(from) = query.arrived_from {
            let rec = self.with(|connection| rec_from(connection, from))?;
            sql.push_str(" AND e.rec >= ?");
            values.push(rec.into());
        }
        if let Some(from) = query.granted_from {
            sql.push_str(" AND e.since >= ?");
            values.push(int(from.get())?.into());
        }
        let (compare, direction) = match query.order {
            Order::NewestFirst => ("<", "DESC"),
            Order::OldestFirst => (">", "ASC"),
        };
        if let Some(cursor) = &query.cursor {
            sql.push_str(&format!(" AND e.rec {compare} ?"));
            values.push(parse_cursor(cursor)?.into());
        }
        sql.push_str(&format!(" ORDER BY e.rec {direction} LIMIT ?"));
        values.push(limit_and_one(query.limit).into());
        self.with(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_map(params_from_iter(values), held)?;
            let mut items = rows.collect::<Result<Vec<_>, _>>()?;
            let more = items.len() > limit(query.limit);
            items.truncate(limit(query.limit));
            let next = items
                .last()
                .filter(|_| more)
                .map(|last| last.number.to_string());
            Ok(Page { items, next })
        })
    }

    /// Records that replace others, among those that a party may read and that came with an entry of the log or later; the newest first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn replacing(
        &self,
        party: &str,
        from: LeafIndex,
        count: usize,
    ) -> Result<Vec<HeldRecord>, StoreError> {
        self.with(|connection| {
            let rec = rec_from(connection, from)?;
            // The kind is written out: so the index of these few links alone is read.
            let mut query = connection.prepare_cached(&format!(
                "SELECT {COLUMNS}, e.since, e.grant_id, r.erased_ms FROM record_links l
                 JOIN entitlements e ON e.party = ?1 AND e.rec = l.rec
                 JOIN records r ON r.rec = l.rec JOIN bodies b ON b.rec = l.rec
                 WHERE l.kind = 'replaces' AND l.rec >= ?2 ORDER BY l.rec DESC LIMIT ?3"
            ))?;
            let count = int(limit(count) as u64)?;
            let rows = query.query_map(params![party, rec, count], held)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The records about a case that a party may read, in order of arrival.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn case_records(
        &self,
        party: &str,
        kind: &str,
        key: &str,
    ) -> Result<Vec<HeldRecord>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!(
                "SELECT {COLUMNS}, e.since, e.grant_id, r.erased_ms FROM case_links c
                 JOIN entitlements e ON e.party = ?1 AND e.rec = c.rec
                 JOIN records r ON r.rec = c.rec JOIN bodies b ON b.rec = c.rec
                 WHERE c.kind = ?2 AND c.key = ?3 ORDER BY c.rec"
            ))?;
            let rows = query.query_map(params![party, kind, key], held)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// What is new for a party after an entry of the log (`None`: from the start), in the log's order. The last
    /// entry's records are all there, so there may be more than asked.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn events_after(
        &self,
        party: &str,
        after: Option<LeafIndex>,
        count: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let after = after.map_or(Ok(-1), |index| int(index.get()))?;
        let count = int(limit(count) as u64)?;
        self.with(|connection| {
            let snapshot = connection.unchecked_transaction()?;
            // Where the page ends: a grant may open many records at one entry, and the cursor can't stand among them.
            let mut end = snapshot.prepare_cached(
                "SELECT max(since) FROM (SELECT since FROM entitlements WHERE party = ?1 AND since > ?2
                 ORDER BY since LIMIT ?3)",
            )?;
            let Some(end) = end.query_row(params![party, after, count], |row| row.get::<_, Option<i64>>(0))? else {
                return Ok(Vec::new());
            };
            let mut query = snapshot.prepare_cached(
                "SELECT e.since, r.id, r.view, r.type, r.issuer, r.logged_ms, r.occurred_ms, r.rec
                 FROM entitlements e JOIN records r ON r.rec = e.rec
                 WHERE e.party = ?1 AND e.since > ?2 AND e.since <= ?3 ORDER BY e.since, e.rec",
            )?;
            let mut rows = query.query(params![party, after, end])?;
            let mut events = Vec::new();
            while let Some(row) = rows.next()? {
                events.push(Event {
                    index: LeafIndex::new(uint(row.get(0)?)?),
                    id: row.get(1)?,
                    view: row.get(2)?,
                    record_type: row.get(3)?,
                    issuer: row.get(4)?,
                    logged_ms: row.get(5)?,
                    occurred_ms: row.get(6)?,
                    cases: cases_of(&snapshot, row.get(7)?)?,
                });
            }
            Ok(events)
        })
    }

    /// A file that some record names which the party may read; `None` also where the file itself is not here yet.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn attachment(
        &self,
        party: &str,
        digest: &[u8; 32],
    ) -> Result<Option<Attachment>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT a.digest, a.size, a.media_type FROM attachments a WHERE a.digest = ?2 AND EXISTS (
                   SELECT 1 FROM attachment_links l JOIN entitlements e ON e.party = ?1 AND e.rec = l.rec
                   WHERE l.digest = a.digest)",
            )?;
            Ok(query.query_row(params![party, digest], attachment).optional()?)
        })
    }

    /// Homes of the records that name a file and that the party may read; empty where there is none.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn attachment_homes(
        &self,
        party: &str,
        digest: &[u8; 32],
    ) -> Result<Vec<String>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT DISTINCT r.home FROM attachment_links l
                   JOIN entitlements e ON e.party = ?1 AND e.rec = l.rec JOIN records r ON r.rec = l.rec
                 WHERE l.digest = ?2 ORDER BY r.home",
            )?;
            let rows = query.query_map(params![party, digest], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The first record of those that the party may read in which a file is named: its document.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn attachment_naming(
        &self,
        party: &str,
        digest: &[u8; 32],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT b.document FROM attachment_links l
                   JOIN entitlements e ON e.party = ?1 AND e.rec = l.rec JOIN bodies b ON b.rec = l.rec
                 WHERE l.digest = ?2 ORDER BY l.rec LIMIT 1",
            )?;
            Ok(query
                .query_row(params![party, digest], |row| row.get(0))
                .optional()?)
        })
    }

    /// Whether the party may name a file in a record: it brought it here, or may read a record that names it.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn attachment_may_name(&self, party: &str, digest: &[u8; 32]) -> Result<bool, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM attachment_owners WHERE digest = ?2 AND party = ?1)
                   OR EXISTS (SELECT 1 FROM attachment_links l JOIN entitlements e ON e.party = ?1 AND e.rec = l.rec
                     WHERE l.digest = ?2)",
            )?;
            Ok(query.query_row(params![party, digest], |row| row.get(0))?)
        })
    }

    /// Whether a record that names a file was put into a peer's outbox, in a view that names it.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn attachment_sent(&self, peer: &str, digest: &[u8; 32]) -> Result<bool, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM attachment_links l JOIN outbox o ON o.rec = l.rec AND o.peer = ?1
                   WHERE l.digest = ?2)",
            )?;
            Ok(query.query_row(params![peer, digest], |row| row.get(0))?)
        })
    }

    /// Who may read a record and which view: for pages that say who else has it, after the asking party was found
    /// among them.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_entitled(&self, id: &str) -> Result<Vec<(String, String)>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT e.party, r.view FROM records r JOIN entitlements e ON e.rec = r.rec WHERE r.id = ?1
                 ORDER BY e.party",
            )?;
            let rows = query.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// What two parties are both entitled to, as (logged, id) in this order, each id once however many views: the set
    /// that is compared to be in step. From `logged_from_ms`, before `logged_before_ms`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_shared(
        &self,
        party_a: &str,
        party_b: &str,
        logged_from_ms: i64,
        logged_before_ms: i64,
    ) -> Result<Vec<(i64, String)>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT DISTINCT r.logged_ms, r.id FROM entitlements a JOIN records r ON r.rec = a.rec
                 WHERE a.party = ?1 AND r.logged_ms >= ?3 AND r.logged_ms < ?4 AND EXISTS (
                   SELECT 1 FROM records v JOIN entitlements b ON b.rec = v.rec AND b.party = ?2 WHERE v.id = r.id)
                 ORDER BY r.logged_ms, r.id",
            )?;
            let values = params![party_a, party_b, logged_from_ms, logged_before_ms];
            let rows = query.query_map(values, |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// What a party is entitled to, as (logged, id) in this order, each id once however many views.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn ids(
        &self,
        party: &str,
        logged_from_ms: i64,
        logged_before_ms: i64,
    ) -> Result<Vec<(i64, String)>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT DISTINCT r.logged_ms, r.id FROM entitlements e JOIN records r ON r.rec = e.rec
                 WHERE e.party = ?1 AND r.logged_ms >= ?2 AND r.logged_ms < ?3 ORDER BY r.logged_ms, r.id",
            )?;
            let values = params![party, logged_from_ms, logged_before_ms];
            let rows = query.query_map(values, |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The views of a record that the node holds.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_views(&self, id: &str) -> Result<Vec<String>, StoreError> {
        self.with(|connection| {
            let mut query =
                connection.prepare_cached("SELECT view FROM records WHERE id = ?1 ORDER BY rec")?;
            let rows = query.query_map([id], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Whether the node holds this view of a record, and at which entry of its log.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_holds(&self, id: &str, view: &str) -> Result<Option<LeafIndex>, StoreError> {
        self.with(|connection| {
            let mut query = connection
                .prepare_cached("SELECT local_index FROM records WHERE id = ?1 AND view = ?2")?;
            let row = query
                .query_row(params![id, view], |row| uint(row.get(0)?))
                .optional()?;
            Ok(row.map(LeafIndex::new))
        })
    }

    /// A view of a record, as the node.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_record(&self, id: &str, view: &str) -> Result<Option<HeldRecord>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!(
                "SELECT {COLUMNS}, r.local_index, NULL, r.erased_ms FROM records r JOIN bodies b ON b.rec = r.rec
                 WHERE r.id = ?1 AND r.view = ?2"
            ))?;
            Ok(query.query_row(params![id, view], held).optional()?)
        })
    }

    /// All records and views, as the node, after a number, in order of arrival.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_records(&self, after: u64, count: usize) -> Result<Vec<HeldRecord>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!(
                "SELECT {COLUMNS}, r.local_index, NULL, r.erased_ms FROM records r JOIN bodies b ON b.rec = r.rec
                 WHERE r.rec > ?1 ORDER BY r.rec LIMIT ?2"
            ))?;
            let rows = query.query_map(params![int(after)?, int(limit(count) as u64)?], held)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The base proof from which views of a record of this node's parties are derived; none where it has none.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_deriver(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.with(|connection| {
            let mut query =
                connection.prepare_cached("SELECT proof FROM derivers WHERE id = ?1")?;
            Ok(query.query_row([id], |row| row.get(0)).optional()?)
        })
    }

    /// All records and views about a case, as the node, in order of arrival.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_case_records(&self, kind: &str, key: &str) -> Result<Vec<HeldRecord>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!(
                "SELECT {COLUMNS}, r.local_index, NULL, r.erased_ms FROM case_links c
                 JOIN records r ON r.rec = c.rec JOIN bodies b ON b.rec = c.rec
                 WHERE c.kind = ?1 AND c.key = ?2 ORDER BY c.rec"
            ))?;
            let rows = query.query_map(params![kind, key], held)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The cases that a held record is about: kind and key, by any of its views.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_cases_of(&self, id: &str) -> Result<Vec<(String, String)>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT DISTINCT c.kind, c.key FROM records r JOIN case_links c ON c.rec = r.rec WHERE r.id = ?1",
            )?;
            let rows = query.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The held records that replace, follow, affirm or saw this one, in order of arrival.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_touching(&self, id: &str) -> Result<Vec<RecordLink>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT r.id, r.view, l.kind FROM record_links l JOIN records r ON r.rec = l.rec
                 WHERE l.target = ?1 ORDER BY l.rec",
            )?;
            let rows = query.query_map([id], |row| {
                let kind: String = row.get(2)?;
                let kind = LinkKind::parse(&kind).ok_or_else(|| word(2, "kind"))?;
                Ok(RecordLink {
                    id: row.get(0)?,
                    view: row.get(1)?,
                    kind,
                    to: id.to_owned(),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// A file, as the node.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_attachment(&self, digest: &[u8; 32]) -> Result<Option<Attachment>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT digest, size, media_type FROM attachments WHERE digest = ?1",
            )?;
            Ok(query.query_row([digest], attachment).optional()?)
        })
    }
}

/// How a party's records are listed, as far as its own. The planner knows nothing of how often a type occurs, and would pass over all that
/// the party has; so the index of types is named where one is asked for.
fn listing(query: &RecordQuery) -> String {
    let index = match query.record_type {
        Some(_) => "INDEXED BY entitlements_type",
        None => "",
    };
    format!(
        "SELECT {COLUMNS}, e.since, e.grant_id, r.erased_ms FROM entitlements e {index}
         JOIN records r ON r.rec = e.rec JOIN bodies b ON b.rec = e.rec WHERE e.party = ?"
    )
}

/// The number of the first record that came with an entry of the log or later: records are numbered as they come, and so are entries, so
/// some twenty looks find the place among a million.
fn rec_from(connection: &Connection, from: LeafIndex) -> Result<i64, StoreError> {
    let from = int(from.get())?;
    let mut last = connection.prepare_cached("SELECT coalesce(max(rec), 0) FROM records")?;
    let mut look = connection.prepare_cached(
        "SELECT rec, local_index FROM records WHERE rec >= ?1 ORDER BY rec LIMIT 1",
    )?;
    let (mut low, mut high) = (1_i64, last.query_row([], |row| row.get::<_, i64>(0))? + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let found: Option<(i64, i64)> = look
            .query_row([middle], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match found {
            Some((rec, index)) if index < from => low = rec + 1,
            Some(_) | None => high = middle,
        }
    }
    Ok(low)
}

/// A word in the store that this program does not know.
pub(super) fn word(column: usize, name: &str) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(column, name.to_owned(), rusqlite::types::Type::Text)
}

fn cases_of(connection: &Connection, rec: i64) -> Result<Vec<(String, String)>, StoreError> {
    let mut query = connection
        .prepare_cached("SELECT kind, key FROM case_links WHERE rec = ?1 ORDER BY kind, key")?;
    let rows = query.query_map([rec], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn attachment(row: &Row<'_>) -> rusqlite::Result<Attachment> {
    Ok(Attachment {
        digest: row.get(0)?,
        size: uint(row.get(1)?)?,
        media_type: row.get(2)?,
    })
}

pub(super) fn held(row: &Row<'_>) -> rusqlite::Result<HeldRecord> {
    Ok(HeldRecord {
        number: uint(row.get(0)?)?,
        record: RecordRow {
            id: row.get(1)?,
            view: row.get(2)?,
            record_type: row.get(3)?,
            issuer: row.get(4)?,
            logged_ms: row.get(5)?,
            occurred_ms: row.get(6)?,
            home: row.get(7)?,
            document: row.get(8)?,
            stamp: row.get(9)?,
            profile: row.get(10)?,
            local_index: LeafIndex::new(uint(row.get(11)?)?),
            disputed: row.get(12)?,
            received_from: row.get(13)?,
        },
        since: LeafIndex::new(uint(row.get(14)?)?),
        grant: row.get(15)?,
        erased_ms: row.get(16)?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::schema;
    use super::*;

    /// How SQLite goes about a query, in its words.
    fn plan(sql: &str, bound: usize) -> String {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection).unwrap();
        let mut query = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
            .unwrap();
        let values = params_from_iter(std::iter::repeat_n(1_i64, bound));
        let lines = query
            .query_map(values, |row| row.get::<_, String>(3))
            .unwrap();
        lines.map(Result::unwrap).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_party_s_list_passes_over_nothing_of_others_and_a_type_s_over_no_other_type() {
        let all = listing(&RecordQuery::default());
        let all = plan(
            &format!("{all} AND e.rec < ? ORDER BY e.rec DESC LIMIT 50"),
            2,
        );
        assert!(all.contains("(party=? AND rec<?)"), "{all}");
        let of_type = listing(&RecordQuery {
            record_type: Some("Mandate".to_owned()),
            ..RecordQuery::default()
        });
        let of_type = plan(
            &format!("{of_type} AND e.type = ? AND e.rec < ? ORDER BY e.rec DESC LIMIT 50"),
            3,
        );
        assert!(
            of_type.contains("(party=? AND type=? AND rec<?)"),
            "{of_type}"
        );
        for plan in [all, of_type] {
            assert!(!plan.contains("SCAN") && !plan.contains("B-TREE"), "{plan}");
        }
    }
}
