//! Reading who may come in, and what else the node keeps: sessions, tokens, repeated requests, governance, keys.

use rusqlite::{OptionalExtension, Row, params};

use super::{Reader, int, limit, uint};
use crate::contract::{
    ApiToken, GovernanceEntry, Idempotency, KeyObservation, Pass, Session, SignInLink,
};
use crate::error::StoreError;

const TOKEN: &str =
    "SELECT hash, name, party, scopes, created_ms, expires_ms, revoked_ms FROM api_tokens";
const KEY: &str =
    "SELECT did, method, multibase, from_ms, until_ms, revoked_from_ms FROM key_observations";
const PASS: &str =
    "SELECT hash, party, kind, key, data, created_ms, expires_ms, revoked_ms FROM passes";
const GOVERNANCE: &str =
    "SELECT number, id, predecessor, kind, document, logged_ms FROM governance";

impl Reader {
    /// The answer that a repeatable request got, where it is kept still at `now_ms`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn idempotency(
        &self,
        principal: &str,
        key: &str,
        now_ms: i64,
    ) -> Result<Option<Idempotency>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT request, status, response, expires_ms FROM idempotency
                 WHERE principal = ?1 AND key = ?2 AND expires_ms > ?3",
            )?;
            let row = query.query_row(params![principal, key, now_ms], |row| {
                Ok(Idempotency {
                    key: key.to_owned(),
                    principal: principal.to_owned(),
                    request: row.get(0)?,
                    status: row.get(1)?,
                    response: row.get(2)?,
                    expires_ms: row.get(3)?,
                })
            });
            Ok(row.optional()?)
        })
    }

    /// The token of this hash that is neither expired nor revoked at `now_ms`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn api_token(&self, hash: &[u8; 32], now_ms: i64) -> Result<Option<ApiToken>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!(
                "{TOKEN} WHERE hash = ?1 AND expires_ms > ?2 AND (revoked_ms IS NULL OR revoked_ms > ?2)"
            ))?;
            Ok(query.query_row(params![hash, now_ms], token).optional()?)
        })
    }

    /// All tokens of a party, expired and revoked ones too.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn api_tokens(&self, party: &str) -> Result<Vec<ApiToken>, StoreError> {
        self.with(|connection| {
            let mut query = connection
                .prepare_cached(&format!("{TOKEN} WHERE party = ?1 ORDER BY created_ms"))?;
            let rows = query.query_map([party], token)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The sign-in link of this hash, used and expired ones too.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn sign_in_link(&self, hash: &[u8; 32]) -> Result<Option<SignInLink>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT hash, party, data, expires_ms, used_ms FROM sign_in_links WHERE hash = ?1",
            )?;
            let row = query.query_row([hash], |row| {
                Ok(SignInLink {
                    hash: row.get(0)?,
                    party: row.get(1)?,
                    data: row.get(2)?,
                    expires_ms: row.get(3)?,
                    used_ms: row.get(4)?,
                })
            });
            Ok(row.optional()?)
        })
    }

    /// The session of this hash that is not expired at `now_ms`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn session(&self, hash: &[u8; 32], now_ms: i64) -> Result<Option<Session>, StoreError> {
        self.with(|connection| {
            let mut query = connection
                .prepare_cached("SELECT hash, party, data, expires_ms FROM sessions WHERE hash = ?1 AND expires_ms > ?2")?;
            let row = query.query_row(params![hash, now_ms], |row| {
                Ok(Session { hash: row.get(0)?, party: row.get(1)?, data: row.get(2)?, expires_ms: row.get(3)? })
            });
            Ok(row.optional()?)
        })
    }

    /// The pass of this hash, expired and revoked ones too.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn pass(&self, hash: &[u8; 32]) -> Result<Option<Pass>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!("{PASS} WHERE hash = ?1"))?;
            Ok(query.query_row([hash], pass).optional()?)
        })
    }

    /// The passes that a party gave to a case, the newest first, expired and revoked ones too.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn passes(&self, party: &str, kind: &str, key: &str) -> Result<Vec<Pass>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!(
                "{PASS} WHERE party = ?1 AND kind = ?2 AND key = ?3 ORDER BY created_ms DESC, hash"
            ))?;
            let rows = query.query_map([party, kind, key], pass)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Governance entries from a number on; rivals with one number stand beside each other.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn governance(&self, from: u64, count: usize) -> Result<Vec<GovernanceEntry>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!(
                "{GOVERNANCE} WHERE number >= ?1 ORDER BY number, id LIMIT ?2"
            ))?;
            let rows = query.query_map(params![int(from)?, int(limit(count) as u64)?], |row| {
                Ok(GovernanceEntry {
                    number: uint(row.get(0)?)?,
                    id: row.get(1)?,
                    predecessor: row.get(2)?,
                    kind: row.get(3)?,
                    document: row.get(4)?,
                    logged_ms: row.get(5)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The keys seen of a party, oldest first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn keys(&self, did: &str) -> Result<Vec<KeyObservation>, StoreError> {
        self.with(|connection| {
            let mut query =
                connection.prepare_cached(&format!("{KEY} WHERE did = ?1 ORDER BY from_ms"))?;
            let rows = query.query_map([did], key_observation)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// All keys seen: to fill a cache at start-up.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn all_keys(&self) -> Result<Vec<KeyObservation>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(&format!("{KEY} ORDER BY did, from_ms"))?;
            let rows = query.query_map([], key_observation)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// A named value.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn meta(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached("SELECT value FROM meta WHERE name = ?1")?;
            Ok(query.query_row([name], |row| row.get(0)).optional()?)
        })
    }

    /// All named values whose name begins so, by name.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn meta_with_prefix(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        self.with(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT name, value FROM meta WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name",
            )?;
            let rows = query.query_map([prefix], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

fn token(row: &Row<'_>) -> rusqlite::Result<ApiToken> {
    Ok(ApiToken {
        hash: row.get(0)?,
        name: row.get(1)?,
        party: row.get(2)?,
        scopes: row.get(3)?,
        created_ms: row.get(4)?,
        expires_ms: row.get(5)?,
        revoked_ms: row.get(6)?,
    })
}

fn pass(row: &Row<'_>) -> rusqlite::Result<Pass> {
    Ok(Pass {
        hash: row.get(0)?,
        party: row.get(1)?,
        kind: row.get(2)?,
        key: row.get(3)?,
        data: row.get(4)?,
        created_ms: row.get(5)?,
        expires_ms: row.get(6)?,
        revoked_ms: row.get(7)?,
    })
}

fn key_observation(row: &Row<'_>) -> rusqlite::Result<KeyObservation> {
    Ok(KeyObservation {
        did: row.get(0)?,
        method: row.get(1)?,
        multibase: row.get(2)?,
        from_ms: row.get(3)?,
        until_ms: row.get(4)?,
        revoked_from_ms: row.get(5)?,
    })
}
