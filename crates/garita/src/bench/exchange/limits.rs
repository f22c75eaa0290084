//! What the disk and the database under ours do by themselves, in the same run.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use garita_store::Options;
use rusqlite::types::Value;
use rusqlite::{Connection, Rows, TransactionBehavior, params_from_iter};

/// Appends of the disk alone.
const APPENDS: usize = 500;
const APPEND_BYTES: usize = 4_096;
/// Records in one transaction of the database alone.
const GROUP: u64 = 256;

/// Microseconds that `fdatasync` of 4 KB more took, each time.
pub(super) fn fdatasync(folder: &Path) -> Result<Vec<f64>, String> {
    let path = folder.join("append");
    let mut file = File::create(&path).map_err(|e| e.to_string())?;
    let block = vec![0x5a_u8; APPEND_BYTES];
    let mut times = Vec::with_capacity(APPENDS);
    for _ in 0..APPENDS {
        let began = Instant::now();
        file.write_all(&block).map_err(|e| e.to_string())?;
        file.sync_data().map_err(|e| e.to_string())?;
        times.push(began.elapsed().as_secs_f64() * 1e6);
    }
    let _ = std::fs::remove_file(&path);
    Ok(times)
}

/// The file system that a folder is on: in memory nothing is ever synced.
pub(super) fn file_system(folder: &Path) -> String {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    mounts
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ').skip(1);
            let (place, kind) = (words.next()?, words.next()?);
            folder.starts_with(place).then_some((place.len(), kind))
        })
        // Of two mounted at one place the later one counts.
        .max_by_key(|(length, _)| *length)
        .map_or_else(|| "unknown".to_owned(), |(_, kind)| kind.to_owned())
}

/// What writing a node's rows again took.
#[derive(Debug)]
pub(super) struct Raw {
    /// Records of the database.
    pub(super) records: u64,
    /// In transactions; reading the rows is not counted.
    pub(super) seconds: f64,
}

/// Writes every row of a node's database into a new one of the same tables, indexes and triggers, as the store sets SQLite (WAL, FULL,
/// the same cache), in the order in which they came, 256 records in one transaction.
pub(super) fn raw(database: &Path, copy: &Path) -> Result<Raw, String> {
    again(database, copy).map_err(|e| format!("raw SQLite: {e}"))
}

struct Table {
    select: String,
    insert: String,
    columns: usize,
    rows: u64,
}

fn again(database: &Path, copy: &Path) -> rusqlite::Result<Raw> {
    let source = Connection::open(database)?;
    let mut target = Connection::open(copy)?;
    let options = Options::default();
    target.pragma_update(None, "cache_size", -i64::from(options.cache_kib))?;
    target.pragma_update(None, "temp_store", "MEMORY")?;
    target.pragma_update(None, "journal_mode", "WAL")?;
    target.pragma_update(None, "synchronous", "FULL")?;
    target.pragma_update(None, "wal_autocheckpoint", 4000)?;
    target.set_prepared_statement_cache_capacity(128);
    for sql in texts(
        &source,
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
    )? {
        target.execute_batch(&sql)?;
    }
    let tables = tables(&source)?;
    let records: u64 = source.query_row("SELECT count(*) FROM records", [], number)?;
    let mut statements = tables
        .iter()
        .map(|table| source.prepare(&table.select))
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut rows = Vec::with_capacity(tables.len());
    for statement in &mut statements {
        rows.push(statement.query([])?);
    }
    let groups = records.div_ceil(GROUP).max(1);
    let mut seconds = 0.0;
    for group in 0..groups {
        let mut batches = Vec::with_capacity(tables.len());
        for (table, rows) in tables.iter().zip(&mut rows) {
            let upto = |group: u64| table.rows * group / groups;
            batches.push(take(rows, table.columns, upto(group + 1) - upto(group))?);
        }
        let began = Instant::now();
        let transaction = target.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (table, batch) in tables.iter().zip(&batches) {
            let mut insert = transaction.prepare_cached(&table.insert)?;
            for row in batch {
                insert.execute(params_from_iter(row))?;
            }
        }
        transaction.commit()?;
        seconds += began.elapsed().as_secs_f64();
    }
    Ok(Raw { records, seconds })
}

/// The tables that have rows, but for the one that triggers fill.
fn tables(source: &Connection) -> rusqlite::Result<Vec<Table>> {
    let mut tables = Vec::new();
    for name in texts(
        source,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'case_counts' ORDER BY rowid",
    )? {
        let rows: u64 = source.query_row(&format!("SELECT count(*) FROM {name}"), [], number)?;
        if rows == 0 {
            continue;
        }
        let columns = texts(
            source,
            &format!("SELECT name FROM pragma_table_info('{name}') ORDER BY cid"),
        )?;
        // What each table counts by as it grows; a case's key counts up with the records of this benchmark.
        let order = ["rec", "leaf", "no", "seq", "key"]
            .into_iter()
            .find(|column| columns.iter().any(|held| held == column));
        let places: Vec<String> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
        tables.push(Table {
            select: format!(
                "SELECT {} FROM {name} ORDER BY {}",
                columns.join(", "),
                order.unwrap_or("1")
            ),
            insert: format!(
                "INSERT INTO {name} ({}) VALUES ({})",
                columns.join(", "),
                places.join(", ")
            ),
            columns: columns.len(),
            rows,
        });
    }
    Ok(tables)
}

fn take(rows: &mut Rows<'_>, columns: usize, count: u64) -> rusqlite::Result<Vec<Vec<Value>>> {
    let mut taken = Vec::new();
    for _ in 0..count {
        let Some(row) = rows.next()? else { break };
        taken.push(
            (0..columns)
                .map(|at| row.get(at))
                .collect::<rusqlite::Result<Vec<Value>>>()?,
        );
    }
    Ok(taken)
}

fn texts(source: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = source.prepare(sql)?;
    let found = statement.query_map([], |row| row.get(0))?;
    found.collect()
}

fn number(row: &rusqlite::Row<'_>) -> rusqlite::Result<u64> {
    let count: i64 = row.get(0)?;
    Ok(u64::try_from(count).unwrap_or(0))
}
