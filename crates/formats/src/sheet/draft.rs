//! What a filled sheet became.

use crate::draft::{DraftRecord, Fault, Severity};
use serde::Serialize;
use serde_json::Value;

/// A filled sheet, read.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SheetDraft {
    /// The record type of all its records.
    pub record_type: String,
    /// One draft for each record, in the order of the sheet.
    pub records: Vec<SheetRecord>,
    /// All faults at once, in the order of the sheet.
    pub faults: Vec<Fault>,
    /// Faults beyond [`crate::draft::FAULTS_MAX`], counted but not told.
    pub faults_untold: usize,
}

/// One record of a sheet.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SheetRecord {
    /// What its rows have in the column of record numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Its first row, as a spreadsheet counts.
    pub row: u32,
    /// Whether nothing hinders filing it.
    pub complete: bool,
    /// The draft.
    #[serde(flatten)]
    pub draft: DraftRecord,
    /// Errors of its cells, told or not.
    #[serde(skip)]
    pub(super) errors: usize,
}

impl SheetDraft {
    /// Whether nothing hinders filing all of it, and there is something to file.
    pub fn is_complete(&self) -> bool {
        !self.records.is_empty() && self.records.iter().all(|record| record.complete)
    }

    /// Gives a member that the sheet leaves out; tells whether it landed. The fault that told its lack goes with it.
    pub fn supply(&mut self, record: usize, pointer: &str, value: Value) -> bool {
        let Some(given) = self.records.get_mut(record) else {
            return false;
        };
        if !given.draft.supply(pointer, value) {
            return false;
        }
        let before = self.faults.len();
        self.faults.retain(|fault| {
            !(fault.code == "cell-missing"
                && fault.record == Some(record)
                && fault.pointer.as_deref() == Some(pointer))
        });
        given.errors = given.errors.saturating_sub(before - self.faults.len());
        let of_sheet = self
            .faults
            .iter()
            .any(|fault| fault.record.is_none() && fault.severity == Severity::Error);
        given.complete = given.errors == 0 && given.draft.missing.is_empty() && !of_sheet;
        true
    }
}
