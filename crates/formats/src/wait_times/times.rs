//! `At Noon EDT`: an hour and a zone without a date, joined with the date of the feed.

use super::document::{Lane, Port};
use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp, ZonedDateTime};

/// The zones that the feed names, with their hours from UTC.
const ZONES: &[(&str, i8)] = &[
    ("EST", -5),
    ("EDT", -4),
    ("CST", -6),
    ("CDT", -5),
    ("MST", -7),
    ("MDT", -6),
    ("PST", -8),
    ("PDT", -7),
    ("AKST", -9),
    ("AKDT", -8),
];

/// The instant of a lane's last update: its hour and zone on the feed's date.
///
/// An hour that lies more than an hour after the feed's own time belongs to the day before: a feed shortly after
/// midnight still tells the evening. `None` where there is no update or its form is not the feed's.
pub fn updated(port: &Port, lane: &Lane) -> Option<Timestamp> {
    let (time, offset) = clock(&lane.update_time)?;
    let date = date(&port.date)?;
    let told = port.time.parse::<Time>().ok()?;
    let late = i32::from(time.hour()) * 60 + i32::from(time.minute())
        > i32::from(told.hour()) * 60 + i32::from(told.minute()) + 60;
    let date = match late {
        true => date.yesterday().ok()?,
        false => date,
    };
    let zoned = date
        .to_datetime(time)
        .to_zoned_datetime(TimeZone::fixed(offset))
        .ok()?;
    Some(zoned.timestamp())
}

/// An instant as the feed writes it, in the zone of the crossing: `At 1:22 pm EDT`, `At Noon CDT`.
pub fn update_text(at: &ZonedDateTime) -> String {
    let zone = at.strftime("%Z");
    match (at.hour(), at.minute()) {
        (12, 0) => format!("At Noon {zone}"),
        (0, 0) => format!("At Midnight {zone}"),
        (hour, minute) => {
            let half = if hour < 12 { "am" } else { "pm" };
            let hour = match hour % 12 {
                0 => 12,
                hour => hour,
            };
            format!("At {hour}:{minute:02} {half} {zone}")
        }
    }
}

/// The feed's date, `M/D/YYYY`.
pub(super) fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Hour and zone of an update.
pub(super) fn clock(text: &str) -> Option<(Time, Offset)> {
    let mut words = text.strip_prefix("At ")?.split(' ');
    let first = words.next()?;
    let time = match first {
        "Noon" => Time::midnight().checked_add(Span::new().hours(12)).ok()?,
        "Midnight" => Time::midnight(),
        clock => {
            let (hour, minute) = clock.split_once(':')?;
            let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
            let hour = match (words.next()?, hour) {
                ("am", 12) => 0,
                ("am", 1..=11) => hour,
                ("pm", 12) => 12,
                ("pm", 1..=11) => hour + 12,
                _ => return None,
            };
            Time::new(hour, minute, 0, 0).ok()?
        }
    };
    let zone = words.next()?;
    let (_, hours) = ZONES.iter().find(|(name, _)| *name == zone)?;
    if words.next().is_some() {
        return None;
    }
    Some((time, Offset::from_hours(*hours).ok()?))
}
