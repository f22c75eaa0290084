//! Dates and times of DTM, in the formats of data element 2379.

use crate::edi::map::{Deriving, Pass};
use crate::manifest::southern_port_zone;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

/// What the text of a DTM is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// A day without a time: no instant.
    Day(Date),
    /// A local time; somebody has to say where.
    Local(DateTime),
    /// A local time with its offset.
    Instant(Timestamp),
    /// From one local time to another.
    Period(DateTime, DateTime),
}

/// Reads a text in a format; without a format its length decides, as senders that leave it out mean it.
pub(super) fn moment(text: &str, format: Option<&str>) -> Option<Moment> {
    let format = format.unwrap_or(match text.len() {
        6 => "101",
        8 => "102",
        10 => "201",
        12 => "203",
        14 => "204",
        25 => "719",
        _ => "",
    });
    match format {
        "101" => day(&format!("20{text}")).map(Moment::Day),
        "102" => day(text).map(Moment::Day),
        "201" => local(&format!("20{text}")).map(Moment::Local),
        "203" | "204" => local(text).map(Moment::Local),
        "205" => offset(text).map(Moment::Instant),
        "719" => {
            let (from, until) = text.split_once('-')?;
            let (from, until) = (local(from)?, local(until)?);
            (from < until).then_some(Moment::Period(from, until))
        }
        _ => None,
    }
}

/// The instant of a local time in a zone.
pub(super) fn instant(time: DateTime, zone: &str) -> Option<Timestamp> {
    TimeZone::get(zone).ok()?.to_timestamp(time).ok()
}

/// The local time of an instant, as format 203 writes it; seconds are left out.
pub(super) fn text(instant: Timestamp, zone: &str) -> Option<String> {
    let local = TimeZone::get(zone).ok()?.to_datetime(instant);
    Some(local.strftime("%Y%m%d%H%M").to_string())
}

/// Says when what a record states happened: the texts of a row and of its format, in one of the segments of a message.
///
/// A day alone is no instant, and a text of no known format is no time: then it is for who files the record.
pub(super) fn happened<R>(
    one: &mut Deriving<'_, '_, R>,
    root: &Pass<'_, R>,
    (name, format, at): (&str, &str, usize),
    zone: Option<&str>,
) {
    let Some(text) = root.text_in(name, at) else {
        return;
    };
    let origin = root.origin_in((name, at));
    let port = root.each("port").next().map_or("", |(_, port)| port);
    let zone = zone.or_else(|| southern_port_zone(port));
    let local = match moment(text, root.text_in(format, at)) {
        Some(Moment::Instant(instant)) => return one.happened(instant, origin),
        Some(Moment::Local(time) | Moment::Period(time, _)) => time,
        Some(Moment::Day(_)) | None => return,
    };
    if let Some((instant, zone)) = zone.and_then(|zone| Some((instant(local, zone)?, zone))) {
        one.happened(instant, origin);
        let words = (
            format!("DTM has no zone: the time is taken as local in {zone}"),
            format!("DTM no tiene huso: la hora se toma como local en {zone}"),
        );
        one.note_once("local-time", origin, words);
    } else {
        let words = (
            format!("the zone of port `{port}` is not known, so when it happened is no instant"),
            format!(
                "no se conoce el huso del puerto `{port}`, así que cuándo ocurrió no es un instante"
            ),
        );
        one.note_once("zone-unknown", origin, words);
    }
}

fn day(text: &str) -> Option<Date> {
    if text.len() != 8 {
        return None;
    }
    Date::new(
        number(text, 0, 4)?,
        number(text, 4, 6)?,
        number(text, 6, 8)?,
    )
    .ok()
}

/// `CCYYMMDDHHMM`, or with seconds.
fn local(text: &str) -> Option<DateTime> {
    let second = match text.len() {
        12 => 0,
        14 => number(text, 12, 14)?,
        _ => return None,
    };
    let time = Time::new(number(text, 8, 10)?, number(text, 10, 12)?, second, 0).ok()?;
    Some(day(text.get(..8)?)?.to_datetime(time))
}

/// `CCYYMMDDHHMM+HHMM`.
fn offset(text: &str) -> Option<Timestamp> {
    let (before, behind) = text.split_at_checked(12)?;
    let sign = match behind.get(..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    if behind.len() != 5 {
        return None;
    }
    let (hours, minutes): (i32, i32) = (number(behind, 1, 3)?, number(behind, 3, 5)?);
    let offset = Offset::from_seconds(sign * (hours * 3_600 + minutes * 60)).ok()?;
    offset.to_timestamp(local(before)?).ok()
}

fn number<T: std::str::FromStr>(text: &str, from: usize, until: usize) -> Option<T> {
    let digits = text.get(from..until)?;
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| digits.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_dtm() {
        let shown = |text: &str, format: Option<&str>| match moment(text, format) {
            Some(Moment::Day(day)) => day.to_string(),
            Some(Moment::Local(time)) => time.to_string(),
            Some(Moment::Instant(instant)) => instant.to_string(),
            Some(Moment::Period(from, until)) => format!("{from} {until}"),
            None => "none".to_owned(),
        };
        for (text, format, expected) in [
            ("20261124", Some("102"), "2026-11-24"),
            ("261124", None, "2026-11-24"),
            ("202611240910", Some("203"), "2026-11-24T09:10:00"),
            ("202611240910", None, "2026-11-24T09:10:00"),
            ("20261124091005", Some("204"), "2026-11-24T09:10:05"),
            ("202611240910-0600", Some("205"), "2026-11-24T15:10:00Z"),
            (
                "202611240910-202611240940",
                Some("719"),
                "2026-11-24T09:10:00 2026-11-24T09:40:00",
            ),
            ("202611240940-202611240910", Some("719"), "none"),
            ("20261324", Some("102"), "none"),
            ("202611242510", Some("203"), "none"),
            ("202611240910CST", Some("304"), "none"),
            ("2026112409ñ", Some("203"), "none"),
            ("+26112409100", Some("203"), "none"),
            ("", None, "none"),
        ] {
            assert_eq!(shown(text, format), expected, "{text}");
        }
        let instant = instant(
            DateTime::constant(2026, 11, 24, 9, 10, 0, 0),
            "America/Chicago",
        );
        assert_eq!(instant.unwrap().to_string(), "2026-11-24T15:10:00Z");
        assert_eq!(
            text(instant.unwrap(), "America/Chicago").unwrap(),
            "202611240910"
        );
    }
}
