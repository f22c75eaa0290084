//! Tables' columns, days and zones, and the measures declared over them.

use jiff::tz::TimeZone;

use crate::indicator::{self, ColumnType, column_types};

use super::Checker;

impl Checker<'_> {
    pub(super) fn zone(&mut self, place: &str, zone: &str) {
        if zone.starts_with("post.") {
            self.role(place, zone);
        } else if TimeZone::get(zone).is_err() {
            self.error(
                place,
                "unknown-zone",
                format!("`{zone}` is no zone"),
                "an IANA name such as America/Chicago, or a post such as post.us",
            );
        }
    }

    pub(super) fn measures(&mut self) {
        let model = self.model;
        for (name, table) in &model.tables {
            let place = format!("tables.{name}");
            if let Some(zone) = &table.zone {
                self.zone(&place, zone);
            }
            let types = column_types(model, table);
            for column in table.columns.keys() {
                let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
                if !column.chars().all(plain) {
                    self.error(
                        &format!("{place}.columns.{column}"),
                        "bad-name",
                        format!("`{column}` cannot be a column"),
                        "letters, digits, _ and - only",
                    );
                }
            }
            if let Some(dated) = &table.dated
                && types.get(dated) != Some(&Some(ColumnType::Instant))
            {
                self.error(
                    &place,
                    "dated-no-instant",
                    format!("`dated: {dated}` is no column with an instant"),
                    "name a column made by `entered`, or by `at` of a date-time",
                );
            }
        }
        for id in model.indicators.keys() {
            let place = format!("indicators.{id}");
            for f in indicator::faults(model, id) {
                self.error(&place, f.code, f.message, f.help);
            }
        }
    }
}
