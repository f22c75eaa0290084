//! Declared measures, compiled: one SQL text for each engine, over the rows that cases project into declared tables.
//!
//! Pure: [`compile`] gives the text, what to bind and what the columns mean; who has a database runs it. Both engines get the same
//! arithmetic: sums and ranks over doubles and whole milliseconds, never an engine's own percentile or average.
//!
//! **Withholding.** Groups of fewer than `least` rows are withheld, and with them a complement: along each dimension, where what is
//! withheld could be had as a total less the rest, the smallest group shown is withheld too. Where that does not come to rest in a
//! few passes, all groups are withheld. The numbers never leave the database.

mod columns;
pub mod compare;
mod expression;
mod query;

pub(crate) use columns::column_type;
pub use columns::{ColumnType, PARTS, column_types};
pub use query::{Ask, Bind, Engine, Query, ResultColumn, Role, compile, compile_as};

use crate::model::{Indicator, Measure, Model};

/// Most dimensions of an indicator: a chart shows two, a table three.
pub const DIMENSIONS_MAX: usize = 3;

/// What is wrong with an indicator or its table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// Stable code.
    pub code: &'static str,
    /// In words.
    pub message: String,
    /// What helps.
    pub help: String,
}

pub(crate) fn fault(
    code: &'static str,
    message: impl Into<String>,
    help: impl Into<String>,
) -> Fault {
    Fault {
        code,
        message: message.into(),
        help: help.into(),
    }
}

/// Milliseconds of a unit of time; none where `unit` is none.
pub(crate) fn unit_ms(unit: &str) -> Option<i64> {
    match unit {
        "ms" => Some(1),
        "s" => Some(1_000),
        "min" => Some(60_000),
        "h" => Some(3_600_000),
        "d" => Some(86_400_000),
        _ => None,
    }
}

/// All faults of an indicator, for `profile check`.
pub(crate) fn faults(model: &Model, id: &str) -> Vec<Fault> {
    let Some(indicator) = model.indicators.get(id) else {
        return Vec::new();
    };
    let ask = Ask {
        party: "",
        as_known_ms: 0,
    };
    match query::of(model, indicator, Engine::Sqlite, &ask) {
        Ok(_) => Vec::new(),
        Err(faults) => faults,
    }
}

/// Whether an indicator's measure is a share given in percent.
pub(crate) fn in_percent(indicator: &Indicator) -> bool {
    indicator.measure == Measure::Share && indicator.unit == "%"
}
