//! `xsd:dateTimeStamp` (XML Schema 1.1 part 2 §3.4.28) to milliseconds since 1970 UTC and back.
//!
//! Own, because the form is stricter than most readers of dates: the zone is required, spaces and lower case are not
//! allowed, a 60th second does not exist.

/// The longest text we read: a date, nine digits and many more of a fraction, and an offset.
const CHARS_MAX: usize = 64;

/// Reads a `dateTimeStamp` with a year of four digits. Digits finer than a millisecond are cut off.
#[must_use]
pub fn parse_date_time_stamp(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() > CHARS_MAX {
        return None;
    }
    let mut reader = Reader { rest: bytes };
    let year = reader.digits(4)?;
    reader.byte(b'-')?;
    let month = reader.digits(2)?;
    reader.byte(b'-')?;
    let day = reader.digits(2)?;
    reader.byte(b'T')?;
    let hour = reader.digits(2)?;
    reader.byte(b':')?;
    let minute = reader.digits(2)?;
    reader.byte(b':')?;
    let second = reader.digits(2)?;
    let (milli, fraction_is_zero) = if reader.byte(b'.').is_some() {
        reader.fraction()?
    } else {
        (0, true)
    };
    let offset_minutes = reader.zone()?;
    if !reader.rest.is_empty()
        || !(1..=12).contains(&month)
        || day < 1
        || day > days_in_month(year, month)
    {
        return None;
    }
    // XML Schema knows the end of a day as 24:00:00.
    let end_of_day = hour == 24 && minute == 0 && second == 0 && fraction_is_zero;
    if (hour > 23 && !end_of_day) || minute > 59 || second > 59 {
        return None;
    }
    let minutes = (days_from_civil(year, month, day) * 24 + hour) * 60 + minute - offset_minutes;
    Some((minutes * 60 + second) * 1000 + milli)
}

/// Writes milliseconds as `2026-11-24T15:10:00.000Z` or, in whole seconds, `2026-11-24T15:10:00Z`.
#[must_use]
pub fn format_date_time_stamp(at_ms: i64, precision: Precision) -> String {
    let days = at_ms.div_euclid(86_400_000);
    let in_day = at_ms.rem_euclid(86_400_000);
    let (year, month, day) = civil_from_days(days);
    let (hour, minute, second, milli) = (
        in_day / 3_600_000,
        in_day / 60_000 % 60,
        in_day / 1000 % 60,
        in_day % 1000,
    );
    match precision {
        Precision::Seconds => {
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
        }
        Precision::Milliseconds => {
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
        }
    }
}

/// How finely a time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Whole seconds; what is finer is cut off.
    Seconds,
    /// Three digits of fraction, always.
    Milliseconds,
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn byte(&mut self, expected: u8) -> Option<()> {
        let (first, rest) = self.rest.split_first()?;
        if *first != expected {
            return None;
        }
        self.rest = rest;
        Some(())
    }

    fn digit(&mut self) -> Option<i64> {
        let (first, rest) = self.rest.split_first()?;
        if !first.is_ascii_digit() {
            return None;
        }
        self.rest = rest;
        Some(i64::from(first - b'0'))
    }

    fn digits(&mut self, count: usize) -> Option<i64> {
        let mut value = 0;
        for _ in 0..count {
            value = value * 10 + self.digit()?;
        }
        Some(value)
    }

    /// At least one digit; the first three count. Also whether all are zero.
    fn fraction(&mut self) -> Option<(i64, bool)> {
        let mut milli = 0;
        let mut weight = 100;
        let mut zero = true;
        let mut digit = self.digit()?;
        loop {
            milli += digit * weight;
            weight /= 10;
            zero &= digit == 0;
            match self.digit() {
                Some(next) => digit = next,
                None => return Some((milli, zero)),
            }
        }
    }

    fn zone(&mut self) -> Option<i64> {
        if self.byte(b'Z').is_some() {
            return Some(0);
        }
        let sign = if self.byte(b'+').is_some() {
            1
        } else {
            self.byte(b'-')?;
            -1
        };
        let hours = self.digits(2)?;
        self.byte(b':')?;
        let minutes = self.digits(2)?;
        if minutes > 59 || hours * 60 + minutes > 14 * 60 {
            return None;
        }
        Some(sign * (hours * 60 + minutes))
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar. Years are counted from March, so that the leap day is the last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_date_time_stamps() {
        let check = |text: &str, expected: Option<i64>| {
            assert_eq!(parse_date_time_stamp(text), expected, "{text}")
        };
        check("1970-01-01T00:00:00Z", Some(0));
        check("2023-02-24T23:36:38Z", Some(1_677_281_798_000));
        check("2023-02-24T17:36:38.25-06:00", Some(1_677_281_798_250));
        check("2023-02-24T23:36:38.123456789123Z", Some(1_677_281_798_123));
        check("2024-02-29T24:00:00Z", Some(1_709_251_200_000));
        check("0001-01-01T00:00:00Z", Some(-62_135_596_800_000));
        for bad in [
            "",
            "2023-02-24",
            "2023-02-24T23:36:38",
            "2023-02-24 23:36:38Z",
            "2023-02-24t23:36:38z",
            "2023-02-29T00:00:00Z",
            "2023-13-01T00:00:00Z",
            "2023-02-24T23:36:60Z",
            "2023-02-24T24:00:01Z",
            "2023-02-24T23:36:38.Z",
            "2023-02-24T23:36Z",
            "2023-02-24T23:36:38+15:00",
            "2023-02-24T23:36:38+0500",
            "2023-02-24T23:36:38ZZ",
            " 2023-02-24T23:36:38Z",
            "٢٠٢٣-02-24T23:36:38Z",
            "2023-00-01T00:00:00Z",
            "2023-01-00T00:00:00Z",
        ] {
            check(bad, None);
        }
    }

    #[test]
    fn writes_what_it_reads() {
        for days in (-800_000..800_000).step_by(97) {
            let at_ms = days * 86_400_000 + 3_723_004;
            let year = civil_from_days(days).0;
            if (0..=9999).contains(&year) {
                let text = format_date_time_stamp(at_ms, Precision::Milliseconds);
                assert_eq!(parse_date_time_stamp(&text), Some(at_ms), "{text}");
            }
        }
        assert_eq!(
            format_date_time_stamp(1_677_281_798_999, Precision::Seconds),
            "2023-02-24T23:36:38Z"
        );
    }
}
