//! Measures: bounded queries over the rows of declared tables.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Instant;

use rusqlite::types::Value;
use rusqlite::{ErrorCode, params_from_iter};

use super::Reader;
use crate::contract::{Cell, Measure, Measured};
use crate::error::StoreError;

/// Steps of SQLite's machine between two looks at the clock: some tenths of a millisecond.
const STEPS: i32 = 10_000;
/// Who may wait for the one connection: at ten seconds each, nobody would wait for more.
const WAITING_MAX: usize = 8;

impl Reader {
    /// Runs a query over table rows for a party.
    ///
    /// # Errors
    /// `store-invalid` where its first value is not the party or it would write, `store-too-long` after its time, `store-busy`
    /// where too many wait; when the store does not answer.
    pub fn measure(&self, party: &str, measure: &Measure) -> Result<Measured, StoreError> {
        // INVARIANT (rows are somebody's): who makes the SQL binds the party first; a slip there is told here, not answered.
        if measure.binds.first() != Some(&Cell::Text(party.to_owned())) {
            return Err(StoreError::invalid("a measure for another party"));
        }
        let waiting = self.shared.measuring.fetch_add(1, Ordering::Relaxed);
        let result = if waiting >= WAITING_MAX {
            Err(StoreError::Busy { waiting })
        } else {
            self.measured(measure)
        };
        self.shared.measuring.fetch_sub(1, Ordering::Relaxed);
        result
    }

    fn measured(&self, measure: &Measure) -> Result<Measured, StoreError> {
        // A reader that panicked left no half-done work: connections only read.
        let mut connection = self
            .shared
            .measures
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let until = Instant::now() + measure.time_max;
        connection.progress_handler(STEPS, Some(move || Instant::now() > until))?;
        let result = (|| -> Result<Measured, MeasureError> {
            let mut statement = connection.prepare_cached(&measure.sql)?;
            if !statement.readonly() {
                return Err(StoreError::invalid("a measure that writes").into());
            }
            let columns = statement.column_count();
            let values = measure.binds.iter().cloned().map(Value::from);
            let mut rows = statement.query(params_from_iter(values))?;
            let mut out = Measured {
                rows: Vec::new(),
                more: false,
            };
            while let Some(row) = rows.next()? {
                if out.rows.len() >= measure.rows_max {
                    out.more = true;
                    break;
                }
                let cells = (0..columns).map(|at| Ok(Cell::from(row.get::<_, Value>(at)?)));
                out.rows.push(cells.collect::<rusqlite::Result<_>>()?);
            }
            Ok(out)
        })();
        connection.progress_handler(0, None::<fn() -> bool>)?;
        result.map_err(|error| error.told(measure))
    }
}

/// An error on its way out, before it is known whether it was the clock's.
enum MeasureError {
    Store(StoreError),
    Sqlite(rusqlite::Error),
}

impl MeasureError {
    fn told(self, measure: &Measure) -> StoreError {
        match self {
            Self::Store(error) => error,
            Self::Sqlite(error)
                if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) =>
            {
                StoreError::TooLong {
                    limit_ms: u64::try_from(measure.time_max.as_millis()).unwrap_or(u64::MAX),
                }
            }
            Self::Sqlite(error) => error.into(),
        }
    }
}

impl From<StoreError> for MeasureError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<rusqlite::Error> for MeasureError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<Cell> for Value {
    fn from(cell: Cell) -> Self {
        match cell {
            Cell::Null => Value::Null,
            Cell::Int(number) => Value::Integer(number),
            Cell::Real(number) => Value::Real(number),
            Cell::Text(text) => Value::Text(text),
        }
    }
}

impl From<Value> for Cell {
    fn from(value: Value) -> Self {
        match value {
            Value::Null | Value::Blob(_) => Cell::Null,
            Value::Integer(number) => Cell::Int(number),
            Value::Real(number) => Cell::Real(number),
            Value::Text(text) => Cell::Text(text),
        }
    }
}
