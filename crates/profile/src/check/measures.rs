//! Tables' columns, days and zones, and the measures declared over them.

use jiff::tz::TimeZone;

use crate::indicator::{self, ColumnType, PARTS, column_type, column_types};
use crate::model::{Chart, Column, Measure, Public, Table};
use crate::schema;

use super::Checker;

/// Rows of the smallest group that everybody may see.
const PUBLIC_LEAST: i64 = 10;

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
            self.public(id, &place);
        }
    }

    /// What everybody may see tells of no company and of no single row.
    fn public(&mut self, id: &str, place: &str) {
        let model = self.model;
        let Some((indicator, public)) = model.indicators.get(id).and_then(|i| Some((i, i.public?)))
        else {
            return;
        };
        if indicator.least < PUBLIC_LEAST {
            self.error(
                place,
                "public-least",
                format!(
                    "everybody sees `{id}`, and a group of {} may be one company's",
                    indicator.least.max(1)
                ),
                format!("write `least: {PUBLIC_LEAST}` or more"),
            );
        }
        if !matches!(
            indicator.measure,
            Measure::Median | Measure::Share | Measure::Sum | Measure::Count
        ) {
            self.error(
                place,
                "public-measure",
                format!("everybody sees `{id}`, and how sure this measure is cannot be told"),
                "measure: median, share, sum or count",
            );
        }
        let Some(table) = model.tables.get(&indicator.over) else {
            return;
        };
        let types = column_types(model, table);
        let is_part = |by: &str| {
            let whole = PARTS.contains(&by) && !types.contains_key(by);
            whole
                || by
                    .rsplit_once('.')
                    .is_some_and(|(_, part)| PARTS.contains(&part))
        };
        for by in indicator.by.iter().filter(|by| !is_part(by)) {
            if !self.is_closed(table, by) {
                self.error(
                    place,
                    "public-names",
                    format!("everybody sees `{id}`, and `{by}` may name a party or a person"),
                    "group by a code list (`x-codes`), an `enum`, true or false, or a part of an instant",
                );
            }
        }
        let hour = |by: &String| by == "hour" || by.ends_with(".hour");
        let waits = indicator.measure == Measure::Median
            && indicator.chart == Chart::Band
            && indicator.unit == "min"
            && matches!(indicator.by.as_slice(), [_, _, last] if hour(last))
            && table.dated.is_some();
        if matches!(public, Public::Waits | Public::Passage) && !waits {
            self.error(
                place,
                "public-waits",
                format!("`{id}` is no wait by place, lane and hour"),
                "measure: median, unit: min, chart: band, by: [PLACE, LANE, hour], over a table with `dated`",
            );
        }
    }

    /// Whether a column has only values that the program itself names: a code list's, an `enum`'s, a state, true or false, a number.
    fn is_closed(&self, table: &Table, column: &str) -> bool {
        let model = self.model;
        let Some(source) = table.columns.get(column) else {
            // Told already as unknown.
            return true;
        };
        let text = column_type(model, table, source) == Some(ColumnType::Text);
        match source {
            Column::Entered { .. } => true,
            Column::At(typed) => {
                let steps = typed.path.under("credentialSubject");
                let steps =
                    steps.map(|inside| inside.steps().map(|s| s.map(str::to_owned)).collect());
                !self.is_personal(&typed.record_type, &typed.path)
                    && (!text
                        || steps.is_some_and(|steps| self.is_listed(&typed.record_type, steps)))
            }
            Column::Is(_) if !text => true,
            Column::Is(expr) => expr.dotted().iter().all(|name| {
                let mut steps = name.split('.');
                let of_record = steps.next() == Some("records");
                let (Some(record_type), Some("subject"), true) =
                    (steps.next(), steps.next(), of_record)
                else {
                    // States, counts, clocks: words of the program.
                    return !of_record
                        && !["key", "title", "owner", "seats", "posts", "reference"]
                            .iter()
                            .any(|word| name == word || name.starts_with(&format!("{word}.")));
                };
                self.is_listed(record_type, steps.map(|s| Some(s.to_owned())).collect())
            }),
        }
    }

    /// Whether a member's values are a code list's or an `enum`'s.
    fn is_listed(&self, record_type: &str, steps: Vec<Option<String>>) -> bool {
        let Some(root) = self.model.schemas.get(record_type) else {
            return false;
        };
        schema::member(root, steps.into_iter()).is_some_and(|member| {
            let member = schema::resolve(root, member);
            member.get("x-codes").is_some() || member.get("enum").is_some()
        })
    }
}
