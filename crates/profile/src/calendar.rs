//! Days that count: local days of a zone, business days of a calendar.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};

use crate::model::Model;

/// Longest run of days that do not count: beyond it a calendar is wrong.
const CLOSED_DAYS_MAX: u32 = 400;

/// A time zone by its IANA name; UTC where the name is unknown.
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// `from_ms` plus `count` units (`minutes`, `hours`, `days`, `business-days`), local to `zone`; negative counts go back.
///
/// A count of days keeps the hour of the local day (a due date survives a change of clocks). None out of range, or for an unknown unit.
pub fn add(
    model: &Model,
    from_ms: i64,
    count: i64,
    unit: &str,
    calendar: Option<&str>,
    zone: &TimeZone,
) -> Option<i64> {
    let start = Timestamp::from_millisecond(from_ms).ok()?;
    match unit {
        "minutes" => from_ms.checked_add(count.checked_mul(60_000)?),
        "hours" => from_ms.checked_add(count.checked_mul(3_600_000)?),
        "days" => {
            let span = Span::new().try_days(count).ok()?;
            let due = start
                .to_zoned_datetime(zone.clone())
                .checked_add(span)
                .ok()?;
            Some(due.timestamp().as_millisecond())
        }
        "business-days" => {
            let local = start.to_zoned_datetime(zone.clone());
            let step = if count < 0 { -1 } else { 1 };
            let mut day = local.date();
            let mut left = count.unsigned_abs();
            let mut closed = 0;
            while left > 0 {
                day = day.checked_add(step.days()).ok()?;
                if is_business_day(model, calendar, day) {
                    left -= 1;
                    closed = 0;
                } else {
                    closed += 1;
                    if closed > CLOSED_DAYS_MAX {
                        return None;
                    }
                }
            }
            let due = day
                .to_datetime(local.time())
                .to_zoned_datetime(zone.clone())
                .ok()?;
            Some(due.timestamp().as_millisecond())
        }
        _ => None,
    }
}

/// Neither Saturday nor Sunday, nor a day of the named calendar.
pub fn is_business_day(model: &Model, calendar: Option<&str>, day: Date) -> bool {
    if matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
        return false;
    }
    let text = day.to_string();
    !calendar
        .and_then(|c| model.calendars.get(c))
        .is_some_and(|days| days.contains(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn business_days_skip_weekends_and_the_calendar() {
        let mut model = Model::default();
        model
            .calendars
            .insert("us.federal".to_owned(), vec!["2026-11-26".to_owned()]);
        let laredo = zone("America/Chicago");
        let due = |count, unit| {
            add(
                &model,
                at("2026-11-25T15:00:00Z"),
                count,
                unit,
                Some("us.federal"),
                &laredo,
            )
        };
        // Wednesday; Thursday is Thanksgiving, so one day on is Friday and two are Monday.
        assert_eq!(due(1, "business-days"), Some(at("2026-11-27T15:00:00Z")));
        assert_eq!(due(2, "business-days"), Some(at("2026-11-30T15:00:00Z")));
        assert_eq!(due(-3, "business-days"), Some(at("2026-11-20T15:00:00Z")));
        assert_eq!(due(90, "minutes"), Some(at("2026-11-25T16:30:00Z")));
        assert_eq!(due(1, "fortnights"), None);
    }

    #[test]
    fn days_keep_the_local_hour_across_a_change_of_clocks() {
        let model = Model::default();
        let due = add(
            &model,
            at("2026-10-31T14:00:00Z"),
            2,
            "days",
            None,
            &zone("America/Chicago"),
        );
        assert_eq!(due, Some(at("2026-11-02T15:00:00Z")));
    }
}
