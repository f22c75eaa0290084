//! Days and instants as people and spreadsheets write them.

use super::value::Trouble;
use super::{DateOrder, SheetReading};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ZonedDateTime};

/// What was read, and whether it was the bare number of a day, which is told.
pub(super) struct Read {
    pub(super) text: String,
    pub(super) by_serial: bool,
}

/// A day: `2026-11-24`.
pub(super) fn day(text: &str, reading: &SheetReading) -> Result<Read, Trouble> {
    if let Some(day) = bare_serial(text) {
        return Ok(Read {
            text: day.date().to_string(),
            by_serial: true,
        });
    }
    let date = date_of(text, reading)?;
    Ok(Read {
        text: date.to_string(),
        by_serial: false,
    })
}

/// An instant in the form of RFC 3339. `utc` where the record type wants it with `Z`.
pub(super) fn instant(text: &str, utc: bool, reading: &SheetReading) -> Result<Read, Trouble> {
    // As the record has it: kept to the letter.
    if text.contains(['T', 't'])
        && let Ok(at) = text.parse::<Timestamp>()
    {
        return Ok(Read {
            text: if utc && !text.ends_with('Z') {
                at.to_string()
            } else {
                text.to_owned()
            },
            by_serial: false,
        });
    }
    if let Some(at) = bare_serial(text) {
        return Ok(Read {
            text: zoned(at, utc, reading)?,
            by_serial: true,
        });
    }
    let (date, rest) = split_date(text);
    let date = date_of(date, reading)?;
    let (time, zone) = time_of(rest)?;
    let local = date.to_datetime(time);
    let text = match zone {
        Some(offset) => {
            let at = TimeZone::fixed(offset)
                .to_timestamp(local)
                .map_err(|_| malformed())?;
            written(&at.to_zoned_datetime(TimeZone::fixed(offset)), utc)
        }
        None => zoned(local, utc, reading)?,
    };
    Ok(Read {
        text,
        by_serial: false,
    })
}

/// The day and time of a cell that the workbook shows as one.
pub(super) fn of_serial(serial: f64, from_1904: bool) -> Option<DateTime> {
    // Day 60 of the older calendar is 29 February 1900, which was not; days before it are off by one and in no record.
    if !serial.is_finite()
        || !(61.0..=2_958_465.999_99).contains(&(serial + if from_1904 { 1_462.0 } else { 0.0 }))
    {
        return None;
    }
    let start = if from_1904 {
        Date::constant(1904, 1, 1)
    } else {
        Date::constant(1899, 12, 30)
    };
    // Seconds are what a spreadsheet shows; a double holds a day of this century to some microseconds.
    let seconds = SignedDuration::try_from_secs_f64((serial * 86_400.0).round()).ok()?;
    start
        .to_datetime(Time::midnight())
        .checked_add(seconds)
        .ok()
}

/// The same as a day alone; `None` where it has a time.
pub(super) fn day_of_serial(serial: f64, from_1904: bool) -> Option<Date> {
    let at = of_serial(serial, from_1904)?;
    (at.time() == Time::midnight()).then(|| at.date())
}

/// A local time at the zone that the reading names.
pub(super) fn zoned(local: DateTime, utc: bool, reading: &SheetReading) -> Result<String, Trouble> {
    let Some(name) = &reading.zone else {
        return Err(Trouble::new(
            "zone-missing",
            format!(
                "has no time zone; write {local}Z for UTC, {local}-06:00, or say which zone the sheet is in"
            ),
            format!(
                "no tiene huso horario; escriba {local}Z para UTC, {local}-06:00, o indique el huso de la hoja"
            ),
        ));
    };
    let zone = TimeZone::get(name).map_err(|_| {
        Trouble::new(
            "zone-unknown",
            format!("is to be read in the zone `{name}`, which is none"),
            format!("debe leerse en el huso `{name}`, que no existe"),
        )
    })?;
    let at = zone.to_ambiguous_zoned_datetime(local);
    if at.is_ambiguous() {
        return Err(Trouble::new(
            "time-ambiguous",
            "falls into the hour in which clocks are changed; write it with its offset",
            "cae en la hora del cambio de horario; escríbala con su diferencia con UTC",
        ));
    }
    let at = at.unambiguous().map_err(|_| malformed())?;
    Ok(written(&at, utc))
}

fn written(at: &ZonedDateTime, utc: bool) -> String {
    if utc || at.offset().is_zero() {
        return at.timestamp().to_string();
    }
    let minutes = at.offset().seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.abs();
    format!(
        "{}{sign}{:02}:{:02}",
        at.datetime(),
        minutes / 60,
        minutes % 60
    )
}

/// A number alone where a day is due: what a spreadsheet shows of a day when its format is lost. Days of 1954 to 2119.
fn bare_serial(text: &str) -> Option<DateTime> {
    let whole = text.split('.').next()?;
    let serial: f64 = text.parse().ok()?;
    (whole.len() == 5 && (20_000.0..80_000.0).contains(&serial))
        .then(|| of_serial(serial, false))
        .flatten()
}

fn malformed() -> Trouble {
    Trouble::new(
        "date-malformed",
        "is no date that can be read; write it as 2026-11-24",
        "no es una fecha que se pueda leer; escríbala como 2026-11-24",
    )
}

fn time_malformed() -> Trouble {
    Trouble::new(
        "time-malformed",
        "is no date with a time that can be read; write it as 2026-11-24T15:10:00Z",
        "no es una fecha con hora que se pueda leer; escríbala como 2026-11-24T15:10:00Z",
    )
}

/// The text of the day and what follows it.
fn split_date(text: &str) -> (&str, &str) {
    let is_time = |part: &str| part.contains(':');
    if let Some((date, time)) = text.split_once(['T', 't'])
        && date
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-' || byte == b'/')
    {
        return (date, time);
    }
    let mut at = 0;
    for part in text.split_inclusive(' ') {
        if is_time(part) {
            let (date, time) = text.split_at_checked(at).unwrap_or((text, ""));
            return (date.trim().trim_end_matches(','), time.trim());
        }
        at += part.len();
    }
    (text.trim(), "")
}

fn date_of(text: &str, reading: &SheetReading) -> Result<Date, Trouble> {
    let text = text.trim();
    let compact = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    if compact {
        let part = |from: usize, until: usize| text.get(from..until);
        return date(part(0, 4), part(4, 6), part(6, 8));
    }
    let mut parts: Vec<&str> = text
        .split(['-', '/', '.', ' ', ','])
        .filter(|part| {
            !part.is_empty() && !matches!(part.to_lowercase().as_str(), "de" | "del" | "of")
        })
        .collect();
    // The weekday in front says nothing more.
    if parts.len() == 4
        && parts
            .first()
            .is_some_and(|part| part.chars().all(char::is_alphabetic))
    {
        parts.remove(0);
    }
    let [first, second, third] = parts.as_slice() else {
        return Err(malformed());
    };
    if first.len() == 4 {
        return match month_of(second) {
            Some(month) => date(Some(first), Some(month), Some(third)),
            None => date(Some(first), Some(second), Some(third)),
        };
    }
    let is_year = |part: &str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    if third.len() <= 2 && third.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Trouble::new(
            "year-two-digits",
            "has a year of two digits; write it as 2026-11-24",
            "tiene un año de dos dígitos; escríbala como 2026-11-24",
        ));
    }
    if !is_year(third) {
        return Err(malformed());
    }
    if let Some(month) = month_of(second) {
        return date(Some(third), Some(month), Some(first));
    }
    if let Some(month) = month_of(first) {
        return date(Some(third), Some(month), Some(second));
    }
    let day_first = date(Some(third), Some(second), Some(first));
    let month_first = date(Some(third), Some(first), Some(second));
    match (reading.dates, day_first, month_first) {
        (Some(DateOrder::DayFirst), found, _) | (Some(DateOrder::MonthFirst), _, found) => found,
        (None, Ok(one), Ok(other)) if one != other => Err(Trouble::new(
            "date-ambiguous",
            format!(
                "can be {one} or {other}; write the year first, or say whether days or months come first"
            ),
            format!(
                "puede ser {one} o {other}; escriba primero el año, o indique si va primero el día o el mes"
            ),
        )),
        (None, Ok(one), _) | (None, _, Ok(one)) => Ok(one),
        (None, Err(trouble), Err(_)) => Err(trouble),
    }
}

fn date(year: Option<&str>, month: Option<&str>, day: Option<&str>) -> Result<Date, Trouble> {
    let number = |part: Option<&str>| {
        let part = part.filter(|part| {
            !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit())
        });
        part.and_then(|part| part.parse::<i16>().ok())
    };
    let (Some(year), Some(month), Some(day)) = (number(year), number(month), number(day)) else {
        return Err(malformed());
    };
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else {
        return Err(malformed());
    };
    Date::new(year, month, day).map_err(|_| malformed())
}

/// The number of a month by its name or the beginning of it, in English and Spanish.
fn month_of(name: &str) -> Option<&'static str> {
    const MONTHS: [(&str, &[&str]); 12] = [
        ("01", &["january", "enero"]),
        ("02", &["february", "febrero"]),
        ("03", &["march", "marzo"]),
        ("04", &["april", "abril"]),
        ("05", &["may", "mayo"]),
        ("06", &["june", "junio"]),
        ("07", &["july", "julio"]),
        ("08", &["august", "agosto"]),
        ("09", &["september", "septiembre", "setiembre"]),
        ("10", &["october", "octubre"]),
        ("11", &["november", "noviembre"]),
        ("12", &["december", "diciembre"]),
    ];
    let name = name.to_lowercase();
    let fits = |whole: &&str| {
        *whole == name || (name.len() >= 3 && name.len() <= 4 && whole.starts_with(&name))
    };
    MONTHS
        .iter()
        .find(|(_, names)| names.iter().any(fits))
        .map(|(number, _)| *number)
}

/// A time of day and its offset, where it says one.
fn time_of(text: &str) -> Result<(Time, Option<jiff::tz::Offset>), Trouble> {
    let text = text.trim();
    let (clock, zone) =
        match text.find(|letter: char| !(letter.is_ascii_digit() || matches!(letter, ':' | '.'))) {
            Some(at) => text.split_at_checked(at).unwrap_or((text, "")),
            None => (text, ""),
        };
    let mut zone = zone.trim();
    let mut parts = clock.split(':');
    let mut number = |most: i8| -> Option<i8> {
        let part = parts.next()?;
        let value: i8 = part.parse().ok()?;
        (part.len() <= 2 && !part.is_empty() && (0..=most).contains(&value)).then_some(value)
    };
    let (Some(mut hour), Some(minute)) = (number(23), number(59)) else {
        return Err(time_malformed());
    };
    let (second, nanosecond) = match parts.next() {
        None => (0, 0),
        Some(part) => {
            let (whole, fraction) = part.split_once('.').unwrap_or((part, ""));
            let second: i8 = whole.parse().map_err(|_| time_malformed())?;
            let fraction = if fraction.len() <= 9 {
                format!("{fraction:0<9}")
                    .parse::<i32>()
                    .map_err(|_| time_malformed())?
            } else {
                return Err(time_malformed());
            };
            (second, fraction)
        }
    };
    if parts.next().is_some() {
        return Err(time_malformed());
    }
    let lower = zone.to_lowercase();
    for (marks, after_noon) in [
        (["am", "a.m.", "a. m."], false),
        (["pm", "p.m.", "p. m."], true),
    ] {
        if let Some(mark) = marks.iter().find(|mark| lower.starts_with(**mark)) {
            if !(1..=12).contains(&hour) {
                return Err(time_malformed());
            }
            hour = hour % 12 + if after_noon { 12 } else { 0 };
            zone = zone.get(mark.len()..).unwrap_or_default().trim();
        }
    }
    let time = Time::new(hour, minute, second, nanosecond).map_err(|_| time_malformed())?;
    let offset = match zone {
        "" => None,
        "Z" | "z" | "UTC" | "GMT" => Some(jiff::tz::Offset::UTC),
        other => Some(offset_of(other).ok_or_else(time_malformed)?),
    };
    Ok((time, offset))
}

/// `-06:00`, `-0600`, `UTC-6`.
fn offset_of(text: &str) -> Option<jiff::tz::Offset> {
    let text = text.trim_start_matches("UTC").trim_start_matches("GMT");
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-" | "−", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some(parts) => parts,
        None if rest.len() == 4 => rest.split_at_checked(2)?,
        None => (rest, "0"),
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    if !(0..=14).contains(&hours) || !(0..=59).contains(&minutes) {
        return None;
    }
    jiff::tz::Offset::from_seconds(sign * (hours * 3_600 + minutes * 60)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(read: Result<Read, Trouble>) -> String {
        match read {
            Ok(read) if read.by_serial => format!("{} by its number", read.text),
            Ok(read) => read.text,
            Err(trouble) => trouble.code.to_owned(),
        }
    }

    #[test]
    fn days_of_people() {
        let none = SheetReading::default();
        let days = SheetReading {
            dates: Some(DateOrder::DayFirst),
            ..none.clone()
        };
        let months = SheetReading {
            dates: Some(DateOrder::MonthFirst),
            ..none.clone()
        };
        for (text, reading, expected) in [
            ("2026-11-24", &none, "2026-11-24"),
            ("2026/11/24", &none, "2026-11-24"),
            ("20261124", &none, "2026-11-24"),
            ("24/11/2026", &none, "2026-11-24"),
            ("11/24/2026", &none, "2026-11-24"),
            ("03/04/2026", &none, "date-ambiguous"),
            ("03/03/2026", &none, "2026-03-03"),
            ("03/04/2026", &days, "2026-04-03"),
            ("03/04/2026", &months, "2026-03-04"),
            ("24/11/2026", &months, "date-malformed"),
            ("24-nov-2026", &none, "2026-11-24"),
            ("Nov 24, 2026", &none, "2026-11-24"),
            ("24 de noviembre de 2026", &none, "2026-11-24"),
            ("Martes, 24 de noviembre de 2026", &none, "2026-11-24"),
            ("24/11/26", &none, "year-two-digits"),
            ("46350", &none, "2026-11-24 by its number"),
            ("2026-02-30", &none, "date-malformed"),
            ("tomorrow", &none, "date-malformed"),
            ("1", &none, "date-malformed"),
        ] {
            assert_eq!(told(day(text, reading)), expected, "{text}");
        }
    }

    #[test]
    fn instants_of_people() {
        let none = SheetReading::default();
        let laredo = SheetReading {
            zone: Some("America/Chicago".into()),
            ..none.clone()
        };
        let nowhere = SheetReading {
            zone: Some("Laredo".into()),
            ..none.clone()
        };
        for (text, utc, reading, expected) in [
            ("2026-11-24T15:10:00Z", true, &none, "2026-11-24T15:10:00Z"),
            (
                "2026-11-24T15:10:00.000Z",
                true,
                &none,
                "2026-11-24T15:10:00.000Z",
            ),
            (
                "2026-11-24T09:10:00-06:00",
                false,
                &none,
                "2026-11-24T09:10:00-06:00",
            ),
            (
                "2026-11-24T09:10:00-06:00",
                true,
                &none,
                "2026-11-24T15:10:00Z",
            ),
            (
                "2026-11-24 09:10 -06:00",
                true,
                &none,
                "2026-11-24T15:10:00Z",
            ),
            (
                "2026-11-24 09:10 UTC-6",
                false,
                &none,
                "2026-11-24T09:10:00-06:00",
            ),
            ("2026-11-24 15:10 UTC", true, &none, "2026-11-24T15:10:00Z"),
            ("2026-11-24 09:10", true, &none, "zone-missing"),
            ("2026-11-24 09:10", true, &laredo, "2026-11-24T15:10:00Z"),
            ("2026-11-24 09:10", true, &nowhere, "zone-unknown"),
            (
                "24/11/2026 3:10 p. m.",
                true,
                &laredo,
                "2026-11-24T21:10:00Z",
            ),
            (
                "24/11/2026 12:10 a.m.",
                false,
                &laredo,
                "2026-11-24T00:10:00-06:00",
            ),
            ("2026-11-01 01:30", true, &laredo, "time-ambiguous"),
            ("03/04/2026 09:10 Z", true, &none, "date-ambiguous"),
            (
                "46350.5",
                true,
                &laredo,
                "2026-11-24T18:00:00Z by its number",
            ),
            ("2026-11-24", true, &laredo, "time-malformed"),
            ("2026-11-24 25:10 Z", true, &none, "time-malformed"),
            ("soon", true, &none, "date-malformed"),
        ] {
            assert_eq!(told(instant(text, utc, reading)), expected, "{text}");
        }
        assert_eq!(
            of_serial(46_350.632, false)
                .map(|at| at.to_string())
                .as_deref(),
            Some("2026-11-24T15:10:05")
        );
        assert_eq!(
            day_of_serial(44_888.0, true)
                .map(|at| at.to_string())
                .as_deref(),
            Some("2026-11-24")
        );
        assert_eq!(of_serial(f64::NAN, false), None);
        assert_eq!(of_serial(1e300, false), None);
    }
}
