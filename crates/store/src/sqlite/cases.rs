//! Reading cases: a party's folds, boards, search, tables.

use std::collections::BTreeSet;

use garita_tlog::LeafIndex;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::{Reader, int, limit, limit_and_one, parse_cursor, uint};
use crate::contract::{
    CaseQuery, CaseView, Page, TableQuery, TableRow, TermHit, TermMatch, normalise_term,
};
use crate::error::StoreError;

const VIEW: &str = "party, kind, key, state, shown, title, since_ms, updated, opening, board, line, due_ms FROM case_views";

impl Reader {
    /// A party's fold of a case.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn case(&self, party: &str, kind: &str, key: &str) -> Result<Option<CaseView>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!(
                "SELECT {VIEW} WHERE kind = ?1 AND key = ?2 AND party = ?3"
            ))?;
            Ok(query
                .query_row(params![kind, key, party], case_view)
                .optional()?)
        })
    }

    /// Cases of all parties that time alone may have changed by now, the longest due first: (party, kind, key).
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_due_cases(
        &self,
        now_ms: i64,
        count: usize,
    ) -> Result<Vec<(String, String, String)>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT party, kind, key FROM case_views WHERE due_ms < ?1 ORDER BY due_ms LIMIT ?2",
            )?;
            let rows = query.query_map(params![now_ms, int(limit(count) as u64)?], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// A party's cases of a kind, the last changed first: lists and boards.
    ///
    /// # Errors
    /// When the cursor is none of ours or the store does not answer.
    pub fn cases(
        &self,
        party: &str,
        kind: &str,
        query: &CaseQuery,
    ) -> Result<Page<CaseView>, StoreError> {
        let before = match &query.cursor {
            None => None,
            Some(cursor) => {
                let (updated, number) = cursor
                    .split_once('.')
                    .ok_or_else(|| StoreError::invalid("the cursor"))?;
                Some((parse_cursor(updated)?, parse_cursor(number)?))
            }
        };
        self.with(|connection| {
            // One view of the store for all that follows: a case that moves meanwhile is neither lost nor told twice.
            let connection = connection.unchecked_transaction()?;
            // Each state by itself in the order of its index, then merged: what is asked for is found without passing over the rest.
            let mut found: Vec<(i64, i64)> = Vec::new();
            if query.shown.is_empty() {
                places(
                    &connection,
                    (party, kind),
                    None,
                    query.updated_from,
                    before,
                    query.limit,
                    &mut found,
                )?;
            }
            let states: BTreeSet<&String> = query.shown.iter().collect();
            for shown in states {
                places(
                    &connection,
                    (party, kind),
                    Some(shown),
                    query.updated_from,
                    before,
                    query.limit,
                    &mut found,
                )?;
            }
            found.sort_unstable_by(|a, b| b.cmp(a));
            let more = found.len() > limit(query.limit);
            found.truncate(limit(query.limit));
            let mut view = connection.prepare_cached(&format!("SELECT {VIEW} WHERE no = ?1"))?;
            let items = found
                .iter()
                .map(|(_, number)| view.query_row([number], case_view))
                .collect::<Result<Vec<_>, _>>()?;
            let next = found
                .last()
                .filter(|_| more)
                .map(|(updated, number)| format!("{updated}.{number}"));
            Ok(Page { items, next })
        })
    }

    /// How many of a party's cases of a kind changed with an entry of the log or later; counts no further than `most`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn cases_changed(
        &self,
        party: &str,
        kind: &str,
        from: LeafIndex,
        most: usize,
    ) -> Result<u64, StoreError> {
        let (from, most) = (int(from.get())?, int(most as u64)?);
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT count(*) FROM (SELECT 1 FROM case_views WHERE party = ?1 AND kind = ?2 AND updated >= ?3 LIMIT ?4)",
            )?;
            query.query_row(params![party, kind, from, most], |row| uint(row.get(0)?))
                .map_err(StoreError::from)
        })
    }

    /// How many of a party's cases of a kind are in each shown state.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn case_counts(&self, party: &str, kind: &str) -> Result<Vec<(String, u64)>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT shown, n FROM case_counts WHERE party = ?1 AND kind = ?2 AND n > 0 ORDER BY shown",
            )?;
            let rows = query.query_map(params![party, kind], |row| Ok((row.get(0)?, uint(row.get(1)?)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// All parties' folds of a case, as the node.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_case_views(&self, kind: &str, key: &str) -> Result<Vec<CaseView>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!(
                "SELECT {VIEW} WHERE kind = ?1 AND key = ?2 ORDER BY party"
            ))?;
            let rows = query.query_map(params![kind, key], case_view)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The cases that a party finds by a term. The text is normalised first; one that has no letter or digit finds
    /// nothing. With `name`, only terms of this name.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn search(
        &self,
        party: &str,
        name: Option<&str>,
        text: &str,
        how: TermMatch,
        count: usize,
    ) -> Result<Vec<TermHit>, StoreError> {
        let value = normalise_term(text);
        if value.is_empty() {
            return Ok(Vec::new());
        }
        let (table, from, to) = match how {
            TermMatch::Exact => ("terms", value.clone(), value),
            TermMatch::Prefix => ("terms", value.clone(), after_prefix(&value)),
            TermMatch::Suffix => {
                let reversed = reverse(&value);
                ("terms_reversed", reversed.clone(), after_prefix(&reversed))
            }
        };
        let sql = format!(
            "SELECT name, value, kind, key FROM {table} WHERE party = ?1 AND value >= ?2 AND value <= ?3
             AND (?4 IS NULL OR name = ?4) ORDER BY value, name, kind, key LIMIT ?5"
        );
        self.with(|connection| {
            let mut query = connection.prepare_cached(&sql)?;
            let rows = query.query_map(
                params![party, from, to, name, int(limit(count) as u64)?],
                |row| {
                    let value: String = row.get(1)?;
                    let value = if how == TermMatch::Suffix {
                        reverse(&value)
                    } else {
                        value
                    };
                    Ok(TermHit {
                        name: row.get(0)?,
                        value,
                        kind: row.get(2)?,
                        key: row.get(3)?,
                    })
                },
            )?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Rows of one of a party's tables, as known at a time, in the order recorded.
    ///
    /// # Errors
    /// When the cursor is none of ours or the store does not answer.
    pub fn table(
        &self,
        party: &str,
        table: &str,
        query: &TableQuery,
    ) -> Result<Page<TableRow>, StoreError> {
        let mut sql = "SELECT no, party, name, kind, key, stated_on_ms, columns, recorded_from_ms, recorded_to_ms
             FROM table_rows WHERE party = ? AND name = ?"
            .to_owned();
        let mut values: Vec<Value> = vec![party.to_owned().into(), table.to_owned().into()];
        match query.as_known_ms {
            None => sql.push_str(" AND recorded_to_ms IS NULL"),
            Some(known) => {
                sql.push_str(
                    " AND recorded_from_ms <= ? AND (recorded_to_ms IS NULL OR recorded_to_ms > ?)",
                );
                values.extend([known.into(), known.into()]);
            }
        }
        if let Some((kind, key)) = &query.case {
            sql.push_str(" AND kind = ? AND key = ?");
            values.extend([kind.clone().into(), key.clone().into()]);
        }
        if let Some(since_ms) = query.recorded_since_ms {
            sql.push_str(" AND recorded_from_ms >= ?");
            values.push(since_ms.into());
        }
        if let Some(cursor) = &query.cursor {
            sql.push_str(" AND no > ?");
            values.push(parse_cursor(cursor)?.into());
        }
        sql.push_str(" ORDER BY no LIMIT ?");
        values.push(limit_and_one(query.limit).into());
        self.with(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_map(params_from_iter(values), |row| {
                let table_row = TableRow {
                    party: row.get(1)?,
                    table: row.get(2)?,
                    kind: row.get(3)?,
                    key: row.get(4)?,
                    stated_on_ms: row.get(5)?,
                    columns: Some(row.get(6)?),
                    recorded_from_ms: row.get(7)?,
                    recorded_to_ms: row.get(8)?,
                };
                Ok((table_row, row.get::<_, i64>(0)?))
            })?;
            let mut rows = rows.collect::<Result<Vec<_>, _>>()?;
            let more = rows.len() > limit(query.limit);
            rows.truncate(limit(query.limit));
            let next = rows
                .last()
                .filter(|_| more)
                .map(|(_, number)| number.to_string());
            Ok(Page {
                items: rows.into_iter().map(|(row, _)| row).collect(),
                next,
            })
        })
    }
}

/// Where the newest cases of a party stand (of a shown state, before a place): when changed, and number.
fn places(
    connection: &Connection,
    (party, kind): (&str, &str),
    shown: Option<&String>,
    from: Option<LeafIndex>,
    before: Option<(i64, i64)>,
    count: usize,
    found: &mut Vec<(i64, i64)>,
) -> Result<(), StoreError> {
    let mut sql = "SELECT updated, no FROM case_views WHERE party = ? AND kind = ?".to_owned();
    let mut values: Vec<Value> = vec![party.to_owned().into(), kind.to_owned().into()];
    if let Some(shown) = shown {
        sql.push_str(" AND shown = ?");
        values.push(shown.clone().into());
    }
    if let Some(from) = from {
        sql.push_str(" AND updated >= ?");
        values.push(int(from.get())?.into());
    }
    if let Some((updated, number)) = before {
        sql.push_str(" AND (updated, no) < (?, ?)");
        values.extend([updated.into(), number.into()]);
    }
    sql.push_str(" ORDER BY updated DESC, no DESC LIMIT ?");
    values.push(limit_and_one(count).into());
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params_from_iter(values), |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    for row in rows {
        found.push(row?);
    }
    Ok(())
}

/// The letters in reverse order: a search by the end becomes one by the beginning.
pub(super) fn reverse(value: &str) -> String {
    value.chars().rev().collect()
}

/// A text that sorts after all that begin so and before all others: normalised terms hold no such character.
fn after_prefix(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}

fn case_view(row: &Row<'_>) -> rusqlite::Result<CaseView> {
    Ok(CaseView {
        party: row.get(0)?,
        kind: row.get(1)?,
        key: row.get(2)?,
        state: row.get(3)?,
        shown: row.get(4)?,
        title: row.get(5)?,
        since_ms: row.get(6)?,
        updated: LeafIndex::new(uint(row.get(7)?)?),
        opening: row.get(8)?,
        board: row.get(9)?,
        line: row.get(10)?,
        due_ms: row.get(11)?,
    })
}
