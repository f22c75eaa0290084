//! Infrastructure projects as two tables: the list of projects, and what was stated of them day by day; a third has figures of places. In and out,
//! as CSV.
//!
//! A row of the list is a `ProjectStated`, a row of the statements a `DateStated`, `CostStated`, `ProgressStated` or
//! `PhaseStated`, a row of the figures an `IndicatorStated`. All of them are compiled from public sources. A row with an error makes no record, and a draft with an
//! error is not [complete](crate::Draft::is_complete): a table is filed whole or not at all.

mod cells;
mod coarse_date;
mod known;
mod list;
mod places;
mod statements;
#[cfg(test)]
mod tests;
mod words;

pub use coarse_date::{CoarseDate, DateError, Precision};
pub use known::{UnknownProject, unknown_projects};
pub use list::{Budget, ListedProject, read_projects, write_projects};
pub use places::{PlaceFigure, read_place_figures, write_place_figures};
pub use statements::{Fact, Statement, read_statements, write_statements};

pub(crate) use cells::{noon, project_id};
pub(crate) use words::CURRENCIES;

use crate::elements::ElementRow;
use crate::kinds::Head;
use crate::{Draft, ReadError};

/// All projects of both countries are some hundreds, their statements some thousands; more is another table.
pub const ROWS_MAX: usize = 20_000;

/// Whether a file that begins so is the list.
pub(crate) fn recognises_list(head: &Head<'_>) -> bool {
    let has = |name: &str| head.first_line_has(name);
    !head.is_xml() && has("name_en") && has("original_planned_completion")
}

/// Whether a file that begins so is the table of statements.
pub(crate) fn recognises_statements(head: &Head<'_>) -> bool {
    let has = |name: &str| head.first_line_has(name);
    !head.is_xml() && has("project_id") && has("stated_on") && has("fact")
}

/// Whether a file that begins so is the table of figures of places.
pub(crate) fn recognises_places(head: &Head<'_>) -> bool {
    let has = |name: &str| head.first_line_has(name);
    !head.is_xml() && has("place") && has("indicator") && has("as_of")
}

/// Reads the list into a draft, a record for each right row.
///
/// # Errors
/// When the bytes are no bounded CSV, have more than [`ROWS_MAX`] rows or none of the list's columns.
pub fn read_list(bytes: &[u8]) -> Result<Draft, ReadError> {
    list::draft(bytes).map(|(draft, _)| draft)
}

/// Reads the statements into a draft, a record for each right row.
///
/// # Errors
/// As [`read_list`].
pub fn read_statement_list(bytes: &[u8]) -> Result<Draft, ReadError> {
    statements::draft(bytes).map(|(draft, _)| draft)
}

/// Reads figures of places into a draft, a record for each right row.
///
/// # Errors
/// As [`read_list`].
pub fn read_place_list(bytes: &[u8]) -> Result<Draft, ReadError> {
    places::draft(bytes).map(|(draft, _)| draft)
}

/// The columns of the list.
pub fn list_elements() -> Vec<ElementRow> {
    cells::elements(list::COLUMNS)
}

/// The columns of the statements.
pub fn statement_elements() -> Vec<ElementRow> {
    cells::elements(statements::COLUMNS)
}

/// The columns of the figures of places.
pub fn place_elements() -> Vec<ElementRow> {
    cells::elements(places::COLUMNS)
}
