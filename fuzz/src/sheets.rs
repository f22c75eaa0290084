//! The target of spreadsheets: the sheet of a truck manifest, with lists, codes, dates and numbers.
//!
//! An input that begins with `<` is the worksheet of a workbook, whose container no mutation would leave whole; one that begins with `PK`
//! is a workbook as it stands; any other is CSV.

use std::sync::LazyLock;

use garita_formats::sheet::{CodeLists, Sheet, SheetForm, SheetLanguage, SheetReading};
use serde_json::Value;

use crate::{both, faults, workbooks::workbook};

const SCHEMA: &str = include_str!("../../profiles/crossing/schemas/Manifest.json");

static SHEET: LazyLock<Sheet> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap_or_default();
    Sheet::new("Manifest", &schema, &CodeLists::new())
});

/// A sheet: an answer in both languages, places, and what can be filed comes back when it is written.
pub(crate) fn run(_: &'static str, bytes: &[u8]) {
    let packed = match bytes.first() {
        Some(b'<') => workbook(&String::from_utf8_lossy(bytes)),
        _ => bytes.to_vec(),
    };
    let reading = SheetReading::default();
    let draft = match SHEET.read(&packed, &reading) {
        Ok(draft) => draft,
        Err(error) => {
            assert!(!error.code().is_empty());
            both(&error.en, &error.es);
            return;
        }
    };
    faults(&draft.faults, draft.records.len());
    for record in &draft.records {
        for pointer in record.draft.sources.pointers() {
            assert!(record.draft.subject.pointer(pointer).is_some(), "{pointer}");
        }
    }
    assert!(serde_json::to_string(&draft).is_ok());
    let filed: Vec<Value> = draft
        .records
        .iter()
        .filter(|record| record.complete)
        .map(|record| record.draft.subject.clone())
        .collect();
    if !filed.is_empty() && filed.len() < 50 {
        let written = SHEET.write(&filed, SheetForm::Csv, SheetLanguage::Es);
        let again = SHEET.read(&written, &reading);
        let again: Vec<Value> = again
            .map(|draft| draft.records.into_iter().map(|r| r.draft.subject).collect())
            .unwrap_or_default();
        assert_eq!(again, filed);
    }
}
