//! The tables, by version. Migrations only run forward.

use rusqlite::Connection;

use crate::error::StoreError;

/// Each element takes the schema from its index to the next version. An element that was released never changes.
const MIGRATIONS: &[&str] = &[
    VERSION_1, VERSION_2, VERSION_3, VERSION_4, VERSION_5, VERSION_6, VERSION_7, VERSION_8,
    VERSION_9,
];

/// The version of a database, and this program's.
pub(super) fn versions(connection: &Connection) -> Result<(i64, i64), StoreError> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let found = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    Ok((found, known))
}

/// That a database was not written by a newer program.
pub(super) fn not_newer(connection: &Connection) -> Result<(), StoreError> {
    let (found, known) = versions(connection)?;
    if found > known {
        return Err(StoreError::NewerVersion { found, known });
    }
    Ok(())
}

/// That a database has this program's schema.
pub(super) fn check(connection: &Connection) -> Result<(), StoreError> {
    let (found, known) = versions(connection)?;
    match found.cmp(&known) {
        std::cmp::Ordering::Greater => Err(StoreError::NewerVersion { found, known }),
        std::cmp::Ordering::Less => Err(StoreError::OlderVersion { found, known }),
        std::cmp::Ordering::Equal => Ok(()),
    }
}

/// Brings the schema to this program's version, each step in a transaction of its own.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    not_newer(connection)?;
    let (found, _) = versions(connection)?;
    let done = usize::try_from(found)
        .map_err(|_| StoreError::corrupt("the schema's version is negative"))?;
    for (place, sql) in MIGRATIONS.iter().enumerate().skip(done) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(
            None,
            "user_version",
            i64::try_from(place + 1).unwrap_or(i64::MAX),
        )?;
        transaction.commit()?;
    }
    Ok(())
}

/// `rec` is a record's number in order of arrival. What refers to records does so by it, so that nearly all indexes
/// grow at their end; `records_id` is the only one with random keys, which cost as much as the body.
const VERSION_1: &str = "
CREATE TABLE log (
  leaf INTEGER PRIMARY KEY, digest BLOB NOT NULL, id TEXT NOT NULL, view TEXT NOT NULL, act TEXT NOT NULL,
  party TEXT NOT NULL, logged_ms INTEGER NOT NULL, audience TEXT NOT NULL);
-- The hashes that this leaf completed, lowest level first: node (level, index) is in the row of its last leaf.
CREATE TABLE log_nodes (leaf INTEGER PRIMARY KEY, hashes BLOB NOT NULL);
CREATE TABLE log_salts (leaf INTEGER PRIMARY KEY, salt BLOB NOT NULL);
CREATE TABLE log_head (
  one INTEGER PRIMARY KEY CHECK (one = 1), frontier BLOB NOT NULL, checkpoint TEXT, last_logged_ms INTEGER);

CREATE TABLE records (
  rec INTEGER PRIMARY KEY, id TEXT NOT NULL, view TEXT NOT NULL, type TEXT NOT NULL, issuer TEXT NOT NULL,
  logged_ms INTEGER NOT NULL, occurred_ms INTEGER NOT NULL, home TEXT NOT NULL, profile TEXT NOT NULL,
  local_index INTEGER NOT NULL, stamp BLOB NOT NULL, disputed TEXT, received_from TEXT);
CREATE UNIQUE INDEX records_id ON records (id, view);
CREATE TABLE bodies (rec INTEGER PRIMARY KEY, document BLOB NOT NULL);
CREATE TABLE entitlements (
  party TEXT NOT NULL, rec INTEGER NOT NULL, type TEXT NOT NULL, since INTEGER NOT NULL, grant_id TEXT,
  PRIMARY KEY (party, rec)) WITHOUT ROWID;
CREATE INDEX entitlements_since ON entitlements (party, since);
CREATE INDEX entitlements_type ON entitlements (party, type, rec);
CREATE INDEX entitlements_rec ON entitlements (rec);
CREATE TABLE case_links (
  kind TEXT NOT NULL, key TEXT NOT NULL, rec INTEGER NOT NULL, PRIMARY KEY (kind, key, rec)) WITHOUT ROWID;
CREATE INDEX case_links_rec ON case_links (rec);
CREATE TABLE record_links (
  target TEXT NOT NULL, kind TEXT NOT NULL, rec INTEGER NOT NULL, PRIMARY KEY (target, kind, rec)) WITHOUT ROWID;

CREATE TABLE case_views (
  no INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, party TEXT NOT NULL, state TEXT NOT NULL,
  shown TEXT NOT NULL, title TEXT NOT NULL, since_ms INTEGER NOT NULL, updated INTEGER NOT NULL, opening TEXT,
  board TEXT NOT NULL);
CREATE UNIQUE INDEX case_views_case ON case_views (kind, key, party);
CREATE INDEX case_views_list ON case_views (party, kind, updated, shown);
CREATE TABLE terms (
  party TEXT NOT NULL, value TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
  PRIMARY KEY (party, value, name, kind, key)) WITHOUT ROWID;
-- The same with the value's letters in reverse order, for those that are found by their end.
CREATE TABLE terms_reversed (
  party TEXT NOT NULL, value TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
  PRIMARY KEY (party, value, name, kind, key)) WITHOUT ROWID;
CREATE TABLE table_rows (
  no INTEGER PRIMARY KEY, party TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
  stated_on_ms INTEGER, columns TEXT NOT NULL, recorded_from_ms INTEGER NOT NULL, recorded_to_ms INTEGER);
CREATE INDEX table_rows_case ON table_rows (party, name, kind, key);

CREATE TABLE attachments (digest BLOB PRIMARY KEY, size INTEGER NOT NULL, media_type TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE attachment_links (digest BLOB NOT NULL, rec INTEGER NOT NULL, PRIMARY KEY (digest, rec)) WITHOUT ROWID;

-- INVARIANT (gapless outbox): last counts the rows of the peer.
CREATE TABLE outbox_peers (peer TEXT PRIMARY KEY, last INTEGER NOT NULL, acked INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE outbox (
  peer TEXT NOT NULL, seq INTEGER NOT NULL, rec INTEGER NOT NULL, recipients TEXT NOT NULL,
  queued_ms INTEGER NOT NULL, acked_ms INTEGER, answer TEXT, peer_index INTEGER, peer_salt BLOB,
  peer_logged_ms INTEGER, answer_text BLOB, note INTEGER, PRIMARY KEY (peer, seq)) WITHOUT ROWID;
CREATE INDEX outbox_rec ON outbox (rec);
-- Checkpoints that came with acknowledgements, each once for all receipts that it covers.
CREATE TABLE ack_notes (no INTEGER PRIMARY KEY, note TEXT NOT NULL);
CREATE TABLE inbox (peer TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
-- What came under which place of a peer's outbox: to compare with what it says it delivered.
CREATE TABLE inbox_rows (
  peer TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, view TEXT NOT NULL, PRIMARY KEY (peer, seq)) WITHOUT ROWID;
CREATE TABLE waiting (
  no INTEGER PRIMARY KEY, peer TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, view TEXT NOT NULL,
  lacking TEXT NOT NULL, name TEXT NOT NULL, bytes BLOB NOT NULL, since_ms INTEGER NOT NULL);
CREATE UNIQUE INDEX waiting_id ON waiting (id, view, peer);
CREATE INDEX waiting_name ON waiting (lacking, name);
CREATE TABLE refusals (
  no INTEGER PRIMARY KEY, peer TEXT NOT NULL, given INTEGER NOT NULL, id TEXT, code TEXT NOT NULL,
  answer BLOB NOT NULL, at_ms INTEGER NOT NULL);
CREATE TABLE peer_checkpoints (
  origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL, shown_by TEXT NOT NULL,
  at_ms INTEGER NOT NULL, PRIMARY KEY (origin, size, root)) WITHOUT ROWID;
CREATE TABLE forks (
  no INTEGER PRIMARY KEY, origin TEXT NOT NULL, note_a TEXT NOT NULL, note_b TEXT NOT NULL, reason TEXT NOT NULL,
  at_ms INTEGER NOT NULL);
CREATE TABLE peers (peer TEXT PRIMARY KEY, data TEXT NOT NULL, updated_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE governance (
  number INTEGER NOT NULL, id TEXT NOT NULL, predecessor TEXT, kind TEXT NOT NULL, document BLOB NOT NULL,
  logged_ms INTEGER NOT NULL, PRIMARY KEY (number, id)) WITHOUT ROWID;
CREATE TABLE key_observations (
  did TEXT NOT NULL, method TEXT NOT NULL, multibase TEXT NOT NULL, from_ms INTEGER NOT NULL, until_ms INTEGER,
  revoked_from_ms INTEGER, PRIMARY KEY (did, method, multibase, from_ms)) WITHOUT ROWID;

CREATE TABLE idempotency (
  principal TEXT NOT NULL, key TEXT NOT NULL, request BLOB NOT NULL, status INTEGER NOT NULL,
  response BLOB NOT NULL, expires_ms INTEGER NOT NULL, PRIMARY KEY (principal, key));
CREATE INDEX idempotency_expires ON idempotency (expires_ms);
CREATE TABLE api_tokens (
  hash BLOB PRIMARY KEY, name TEXT NOT NULL, party TEXT NOT NULL, scopes TEXT NOT NULL, created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL, revoked_ms INTEGER) WITHOUT ROWID;
CREATE TABLE sign_in_links (
  hash BLOB PRIMARY KEY, party TEXT NOT NULL, data TEXT NOT NULL, expires_ms INTEGER NOT NULL,
  used_ms INTEGER) WITHOUT ROWID;
CREATE TABLE sessions (
  hash BLOB PRIMARY KEY, party TEXT NOT NULL, data TEXT NOT NULL, expires_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
";

/// A board asks for the few open cases among all that ever were, and how many there are in each state: neither may cost more as
/// the store grows. Counts are kept by triggers, so that they are right whoever writes; lists by state have an index of their own.
const VERSION_2: &str = "
CREATE TABLE case_counts (
  party TEXT NOT NULL, kind TEXT NOT NULL, shown TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (party, kind, shown)) WITHOUT ROWID;
INSERT INTO case_counts SELECT party, kind, shown, count(*) FROM case_views GROUP BY party, kind, shown;
CREATE TRIGGER case_views_new AFTER INSERT ON case_views BEGIN
  INSERT INTO case_counts VALUES (new.party, new.kind, new.shown, 1)
    ON CONFLICT (party, kind, shown) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER case_views_moved AFTER UPDATE OF shown ON case_views WHEN old.shown <> new.shown BEGIN
  UPDATE case_counts SET n = n - 1 WHERE party = old.party AND kind = old.kind AND shown = old.shown;
  INSERT INTO case_counts VALUES (new.party, new.kind, new.shown, 1)
    ON CONFLICT (party, kind, shown) DO UPDATE SET n = n + 1;
END;
DROP INDEX case_views_list;
CREATE INDEX case_views_list ON case_views (party, kind, updated);
CREATE INDEX case_views_shown ON case_views (party, kind, shown, updated);
CREATE INDEX table_rows_recorded ON table_rows (party, name, recorded_from_ms);
";

/// Naming a file in a record opens it to the record's readers: only who brought it here, or may read it, does so.
const VERSION_3: &str = "
CREATE TABLE attachment_owners (digest BLOB NOT NULL, party TEXT NOT NULL, PRIMARY KEY (digest, party)) WITHOUT ROWID;
";

/// What was corrected or withdrawn lately is asked for each time somebody takes over a shift: the few links that replace, in order of
/// arrival, without passing over the many that only say what was seen.
const VERSION_4: &str = "
CREATE INDEX record_links_replaces ON record_links (rec) WHERE kind = 'replaces';
";

/// What a list says of a case beside its state, and when time alone may change it: a clock that runs out moves no record. Passes, by
/// which somebody without an account sees one case.
const VERSION_5: &str = "
ALTER TABLE case_views ADD COLUMN line TEXT NOT NULL DEFAULT '';
ALTER TABLE case_views ADD COLUMN due_ms INTEGER;
CREATE INDEX case_views_due ON case_views (due_ms) WHERE due_ms IS NOT NULL;
CREATE TABLE passes (
  hash BLOB PRIMARY KEY, party TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, data TEXT NOT NULL,
  created_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, revoked_ms INTEGER) WITHOUT ROWID;
CREATE INDEX passes_case ON passes (party, kind, key);
CREATE INDEX passes_expires ON passes (expires_ms);
";

/// What a party leaves with its node to be done: captures of events, queries by name, and subscriptions, each with its place in the log.
const VERSION_6: &str = "
CREATE TABLE capture_jobs (
  party TEXT NOT NULL, id TEXT NOT NULL, created_ms INTEGER NOT NULL, finished_ms INTEGER, proceeds INTEGER NOT NULL,
  done INTEGER NOT NULL, errors TEXT NOT NULL, data TEXT NOT NULL, body BLOB, PRIMARY KEY (party, id));
CREATE INDEX capture_jobs_list ON capture_jobs (party, created_ms, id);
CREATE INDEX capture_jobs_open ON capture_jobs (created_ms, id) WHERE finished_ms IS NULL;
CREATE TABLE named_queries (
  party TEXT NOT NULL, name TEXT NOT NULL, query TEXT NOT NULL, created_ms INTEGER NOT NULL,
  PRIMARY KEY (party, name)) WITHOUT ROWID;
CREATE TABLE subscriptions (
  party TEXT NOT NULL, id TEXT NOT NULL, query TEXT NOT NULL, data TEXT NOT NULL, created_ms INTEGER NOT NULL, told INTEGER,
  told_of_next INTEGER NOT NULL, notified_ms INTEGER, ran_ms INTEGER, PRIMARY KEY (party, id)) WITHOUT ROWID;
CREATE INDEX subscriptions_query ON subscriptions (party, query, id);
";

/// Who asked to be told of what is published, with the last event that he was told; and what readers ask, until the publisher decides.
const VERSION_7: &str = "
CREATE TABLE followers (
  id TEXT PRIMARY KEY, party TEXT NOT NULL, address TEXT NOT NULL, data TEXT NOT NULL, created_ms INTEGER NOT NULL,
  confirmed_ms INTEGER, told_entry INTEGER NOT NULL, told_record INTEGER NOT NULL, seen_entry INTEGER NOT NULL,
  seen_record INTEGER NOT NULL, sending_entry INTEGER, sending_record INTEGER, told_ms INTEGER, failing_ms INTEGER,
  tries INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX followers_address ON followers (address);
CREATE TABLE reader_questions (
  id TEXT PRIMARY KEY, party TEXT NOT NULL, data TEXT NOT NULL, created_ms INTEGER NOT NULL, decided_ms INTEGER,
  decision TEXT) WITHOUT ROWID;
CREATE INDEX reader_questions_open ON reader_questions (party, created_ms, id) WHERE decided_ms IS NULL;
CREATE INDEX reader_questions_done ON reader_questions (party, decided_ms, id) WHERE decided_ms IS NOT NULL;
";

/// The base proof of a record of ours of which views may be derived. Whoever has it can show anything that the record says.
const VERSION_8: &str = "
CREATE TABLE derivers (id TEXT PRIMARY KEY, proof BLOB NOT NULL) WITHOUT ROWID;
";

/// What was erased, and why; files that go with it; holds that forbid it. When a record was erased stands in its row, so that a read that
/// has the row knows without asking.
const VERSION_9: &str = "
ALTER TABLE records ADD COLUMN erased_ms INTEGER;
CREATE TABLE erasures (
  no INTEGER PRIMARY KEY, id TEXT NOT NULL, view TEXT NOT NULL, at_ms INTEGER NOT NULL, reason TEXT NOT NULL, by_whom TEXT NOT NULL);
CREATE UNIQUE INDEX erasures_id ON erasures (id, view);
CREATE TABLE files_gone (digest BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE legal_holds (
  no INTEGER PRIMARY KEY, party TEXT, kind TEXT, key TEXT, reason TEXT NOT NULL, set_by TEXT NOT NULL, set_ms INTEGER NOT NULL,
  lifted_by TEXT, lifted_ms INTEGER, lift_reason TEXT);
CREATE INDEX legal_holds_standing ON legal_holds (no) WHERE lifted_ms IS NULL;
";
