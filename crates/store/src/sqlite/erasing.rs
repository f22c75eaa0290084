//! Erasing: what goes, what stays, and what keeps it from going.
//!
//! The body's row stays and holds the residue, so that every read finds the record as before and sees that it is one.

use rusqlite::{Connection, Row, Transaction, params};

use super::write::names;
use super::{Reader, int, limit, uint};
use crate::blobs::Blobs;
use crate::contract::Commit;
use crate::erasing::{Erased, Erasure, HeldBy, HoldLifted, Kept, LegalHold};
use crate::error::StoreError;

const HOLD: &str = "SELECT no, party, kind, key, reason, set_by, set_ms, lifted_by, lifted_ms, lift_reason FROM legal_holds";

/// Writes what a commit erases and the holds that it sets and lifts.
pub(super) fn write(transaction: &Transaction<'_>, commit: &Commit) -> Result<(), StoreError> {
    for erasure in &commit.erasures {
        erase(transaction, erasure)?;
    }
    for hold in &commit.legal_holds {
        let (party, case) = match &hold.on {
            HeldBy::Party { party } => (Some(party), None),
            HeldBy::Case { kind, key } => (None, Some((kind, key))),
        };
        let named: Vec<&str> = party
            .into_iter()
            .chain(case.into_iter().flat_map(|(kind, key)| [kind, key]))
            .map(String::as_str)
            .collect();
        names(&named)?;
        transaction
            .prepare_cached(
                "INSERT INTO legal_holds (party, kind, key, reason, set_by, set_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                party,
                case.map(|(kind, _)| kind),
                case.map(|(_, key)| key),
                hold.reason,
                hold.by,
                hold.set_ms
            ])?;
    }
    for lifted in &commit.legal_holds_lifted {
        transaction
            .prepare_cached(
                "UPDATE legal_holds SET lifted_by = ?2, lifted_ms = ?3, lift_reason = ?4
                 WHERE no = ?1 AND lifted_ms IS NULL",
            )?
            .execute(params![
                int(lifted.number)?,
                lifted.by,
                lifted.at_ms,
                lifted.reason
            ])?;
    }
    Ok(())
}

fn erase(transaction: &Transaction<'_>, erasure: &Erasure) -> Result<(), StoreError> {
    let mut find = transaction
        .prepare_cached("SELECT rec, issuer, erased_ms FROM records WHERE id = ?1 AND view = ?2")?;
    let mut rows = find.query(params![erasure.id, erasure.view])?;
    let Some(row) = rows.next()? else {
        return Err(StoreError::missing(format!(
            "record `{}`, view `{}`",
            erasure.id, erasure.view
        )));
    };
    let (rec, issuer): (i64, String) = (row.get(0)?, row.get(1)?);
    if row.get::<_, Option<i64>>(2)?.is_some() {
        return Ok(());
    }
    drop(rows);
    transaction
        .prepare_cached("UPDATE bodies SET document = ?2 WHERE rec = ?1")?
        .execute(params![rec, erasure.residue])?;
    transaction
        .prepare_cached("UPDATE records SET erased_ms = ?2 WHERE rec = ?1")?
        .execute(params![rec, erasure.at_ms])?;
    // Its own entry, and those by which others came to read it here; an entry of a grant is the grant's.
    transaction
        .prepare_cached(
            "DELETE FROM log_salts WHERE leaf IN (SELECT l.leaf FROM log l WHERE l.id = ?2 AND l.view = ?3 AND l.leaf IN (
               SELECT local_index FROM records WHERE rec = ?1 UNION SELECT since FROM entitlements WHERE rec = ?1))",
        )?
        .execute(params![rec, erasure.id, erasure.view])?;
    transaction
        .prepare_cached("DELETE FROM derivers WHERE id = ?1")?
        .execute([&erasure.id])?;
    transaction
        .prepare_cached("DELETE FROM waiting WHERE id = ?1")?
        .execute([&erasure.id])?;
    let digests: Vec<[u8; 32]> = transaction
        .prepare_cached("DELETE FROM attachment_links WHERE rec = ?1 RETURNING digest")?
        .query_map([rec], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for digest in digests {
        forget_file(transaction, &digest, &issuer)?;
    }
    transaction
        .prepare_cached(
            "INSERT INTO erasures (id, view, at_ms, reason, by_whom) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            erasure.id,
            erasure.view,
            erasure.at_ms,
            erasure.reason,
            erasure.by
        ])?;
    Ok(())
}

/// A file that no record names any more goes, unless somebody else brought it as well.
fn forget_file(
    transaction: &Transaction<'_>,
    digest: &[u8; 32],
    issuer: &str,
) -> Result<(), StoreError> {
    let named: bool = transaction
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM attachment_links WHERE digest = ?1)")?
        .query_row([digest], |row| row.get(0))?;
    if named {
        return Ok(());
    }
    transaction
        .prepare_cached("DELETE FROM attachment_owners WHERE digest = ?1 AND party = ?2")?
        .execute(params![digest, issuer])?;
    let owned: bool = transaction
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM attachment_owners WHERE digest = ?1)")?
        .query_row([digest], |row| row.get(0))?;
    if owned {
        return Ok(());
    }
    transaction
        .prepare_cached("DELETE FROM attachments WHERE digest = ?1")?
        .execute([digest])?;
    // The file itself goes after the commit. A crash before leaves this row, and the next start removes the file.
    transaction
        .prepare_cached("INSERT INTO files_gone (digest) VALUES (?1) ON CONFLICT DO NOTHING")?
        .execute([digest])?;
    Ok(())
}

/// Removes the files that erasing left behind, but those that came again since.
pub(super) fn remove_files(connection: &Connection, blobs: &Blobs) -> Result<(), StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT g.digest, EXISTS (SELECT 1 FROM attachments a WHERE a.digest = g.digest) FROM files_gone g",
    )?;
    let gone: Vec<([u8; 32], bool)> = query
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    drop(query);
    for (digest, again) in gone {
        if !again {
            blobs.remove(&digest)?;
        }
        connection
            .prepare_cached("DELETE FROM files_gone WHERE digest = ?1")?
            .execute([digest])?;
    }
    Ok(())
}

impl Reader {
    /// That a view of a record was erased here; none where it was not.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_erased(&self, id: &str, view: &str) -> Result<Option<Erased>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT no, id, view, at_ms, reason, by_whom FROM erasures WHERE id = ?1 AND view = ?2",
            )?;
            let mut rows = query.query_map(params![id, view], erased)?;
            Ok(rows.next().transpose()?)
        })
    }

    /// What was erased here, after a number, in order of erasing.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_erasures(&self, after: u64, count: usize) -> Result<Vec<Erased>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT no, id, view, at_ms, reason, by_whom FROM erasures WHERE no > ?1 ORDER BY no LIMIT ?2",
            )?;
            let rows =
                query.query_map(params![int(after)?, int(limit(count) as u64)?], erased)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Peers that have not answered yet for any view of a record that lies in their outbox.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_owed(&self, id: &str) -> Result<Vec<String>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT DISTINCT o.peer FROM records r JOIN outbox o ON o.rec = r.rec
                 JOIN outbox_peers p ON p.peer = o.peer WHERE r.id = ?1 AND o.seq > p.acked ORDER BY o.peer",
            )?;
            let rows = query.query_map([id], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Records that were logged before a time and not erased, after a number, in order of arrival; each once, by the view that came first.
    /// Records of the type `but` do not count as a case's newest.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_kept(
        &self,
        after: u64,
        logged_before_ms: i64,
        but: &str,
        count: usize,
    ) -> Result<Vec<Kept>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT r.rec, r.id, r.type, r.logged_ms FROM records r
                 WHERE r.rec > ?1 AND r.logged_ms < ?2 AND r.erased_ms IS NULL
                   AND r.rec = (SELECT min(f.rec) FROM records f WHERE f.id = r.id AND f.erased_ms IS NULL)
                 ORDER BY r.rec LIMIT ?3",
            )?;
            let mut cases = connection.prepare_cached(
                "SELECT c.kind, c.key, (SELECT max(n.logged_ms) FROM case_links o JOIN records n ON n.rec = o.rec
                   WHERE o.kind = c.kind AND o.key = c.key AND n.type <> ?2)
                 FROM case_links c WHERE c.rec = ?1 ORDER BY c.kind, c.key",
            )?;
            let values = params![int(after)?, logged_before_ms, int(limit(count) as u64)?];
            let mut rows = query.query(values)?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let rec: i64 = row.get(0)?;
                let about = cases.query_map(params![rec, but], |c| {
                    Ok((c.get(0)?, c.get(1)?, c.get::<_, Option<i64>>(2)?.unwrap_or(i64::MIN)))
                })?;
                found.push(Kept {
                    number: uint(rec)?,
                    id: row.get(1)?,
                    record_type: row.get(2)?,
                    logged_ms: row.get(3)?,
                    cases: about.collect::<Result<_, _>>()?,
                });
            }
            Ok(found)
        })
    }

    /// Legal holds that stand, the oldest first; those that were lifted too where `all`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn legal_holds(&self, all: bool) -> Result<Vec<LegalHold>, StoreError> {
        self.with(|connection| {
            let mut query = connection
                .prepare_cached(&format!("{HOLD} WHERE ?1 OR lifted_ms IS NULL ORDER BY no"))?;
            let rows = query.query_map([all], hold)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Legal holds that keep a record: on a case that it is about, on its issuer, or on a party that may read it here.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn node_holds_on(&self, id: &str) -> Result<Vec<LegalHold>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!(
                "{HOLD} AS h WHERE h.lifted_ms IS NULL AND EXISTS (SELECT 1 FROM records r WHERE r.id = ?1 AND (
                   r.issuer = h.party
                   OR EXISTS (SELECT 1 FROM entitlements e WHERE e.party = h.party AND e.rec = r.rec)
                   OR EXISTS (SELECT 1 FROM case_links c WHERE c.kind = h.kind AND c.key = h.key AND c.rec = r.rec)))
                 ORDER BY h.no"
            ))?;
            let rows = query.query_map([id], hold)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

fn erased(row: &Row<'_>) -> rusqlite::Result<Erased> {
    Ok(Erased {
        number: uint(row.get(0)?)?,
        id: row.get(1)?,
        view: row.get(2)?,
        at_ms: row.get(3)?,
        reason: row.get(4)?,
        by: row.get(5)?,
    })
}

fn hold(row: &Row<'_>) -> rusqlite::Result<LegalHold> {
    let number = uint(row.get(0)?)?;
    let party: Option<String> = row.get(1)?;
    let on = match party {
        Some(party) => HeldBy::Party { party },
        None => HeldBy::Case {
            kind: row.get(2)?,
            key: row.get(3)?,
        },
    };
    let lifted_ms: Option<i64> = row.get(8)?;
    let lifted = match lifted_ms {
        None => None,
        Some(at_ms) => Some(HoldLifted {
            number,
            by: row.get(7)?,
            at_ms,
            reason: row.get(9)?,
        }),
    };
    Ok(LegalHold {
        number,
        on,
        reason: row.get(4)?,
        by: row.get(5)?,
        set_ms: row.get(6)?,
        lifted,
    })
}
