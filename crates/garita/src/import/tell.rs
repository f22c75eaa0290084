//! A draft in words, for a terminal.

use garita_formats::{Draft, Severity};

use crate::say;

/// Prints a draft: records with the place of each member, what is missing, what is wrong.
pub(super) fn draft(file: &str, draft: &Draft) {
    say::data(format!(
        "{file}: {}, {} record(s), {}",
        draft.kind.name(),
        draft.records.len(),
        if draft.is_complete() {
            "complete"
        } else {
            "not complete"
        }
    ));
    for record in &draft.records {
        say::data(format!("  {}", record.record_type));
        for (pointer, place) in record.sources.iter() {
            say::data(format!(
                "    {pointer} = {:?}  (line {}, {})",
                place.text, place.line, place.path
            ));
        }
        if let Some(occurred) = &record.occurred {
            let place = occurred.place.as_ref();
            let place = place.map(|place| format!("  (line {}, {})", place.line, place.path));
            say::data(format!(
                "    occurred {}{}",
                occurred.at,
                place.unwrap_or_default()
            ));
        }
        for missing in &record.missing {
            let note = if record.optional {
                "would need"
            } else {
                "missing"
            };
            say::data(format!("    {note} {}: {}", missing.pointer, missing.en));
        }
    }
    for fault in &draft.faults {
        let severity = match fault.severity {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "fault",
        };
        let place = fault
            .place
            .as_ref()
            .map(|p| format!("line {}, {}: ", p.line, p.path))
            .unwrap_or_default();
        say::data(format!("  {severity} {}: {place}{}", fault.code, fault.en));
    }
    if draft.faults_untold > 0 {
        say::data(format!("  and {} more faults", draft.faults_untold));
    }
}
