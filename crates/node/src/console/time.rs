//! Times as the console says them: since, not when; the exact time beside it; the port's zone by name.

use jiff::{Timestamp, ZonedDateTime, tz::TimeZone};

use super::lang::Lang;

/// One second, one minute, one hour, one day, in milliseconds.
const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

const MONTHS_EN: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const MONTHS_ES: [&str; 12] = [
    "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic",
];

/// The zone of an IANA name such as `America/Chicago`; UTC where the name is unknown, which the page then says.
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// A span without its direction: `38 s`, `18 min`, `1 h 48`, `14 h`, `3 d`. The same signs in both languages.
pub fn span(span_ms: i64) -> String {
    let ms = span_ms.saturating_abs();
    if ms < MINUTE_MS {
        format!("{} s", ms / SECOND_MS)
    } else if ms < HOUR_MS {
        format!("{} min", ms / MINUTE_MS)
    } else if ms < 10 * HOUR_MS {
        format!("{} h {:02}", ms / HOUR_MS, ms % HOUR_MS / MINUTE_MS)
    } else if ms < 2 * DAY_MS {
        format!("{} h", ms / HOUR_MS)
    } else {
        format!("{} d", ms / DAY_MS)
    }
}

/// How long ago, or `in 6 min` for what is ahead.
pub fn relative(at_ms: i64, now_ms: i64, lang: Lang) -> String {
    let ago_ms = now_ms.saturating_sub(at_ms);
    if ago_ms >= 0 {
        span(ago_ms)
    } else {
        lang.with("time.in", &[("span", &span(ago_ms))])
    }
}

/// The exact time: `09:24:07` on the day of `now_ms`, `23 Nov 19:12` on another, with the year where it differs.
pub fn exact(at_ms: i64, now_ms: i64, zone: &TimeZone, lang: Lang) -> String {
    let (at, now) = (zoned(at_ms, zone), zoned(now_ms, zone));
    if at.date() == now.date() {
        clock_seconds(&at)
    } else if at.year() == now.year() {
        format!("{} {} {}", at.day(), month(&at, lang), clock_minutes(&at))
    } else {
        day(at_ms, zone, lang)
    }
}

/// An instant that a document states: `09:40 CST` today, `23 Nov 19:12 CST` on another day, with the year where it differs.
pub fn told(at_ms: i64, now_ms: i64, zone: &TimeZone, lang: Lang) -> String {
    format!(
        "{} {}",
        told_plain(at_ms, now_ms, zone, lang),
        zone_short(at_ms, zone)
    )
}

/// A window of time: `08:00–08:30 CST`, the day before it where it is another, once where both ends share it.
pub fn window(from_ms: i64, to_ms: i64, now_ms: i64, zone: &TimeZone, lang: Lang) -> String {
    let same = zoned(from_ms, zone).date() == zoned(to_ms, zone).date();
    let to = if same {
        minutes(to_ms, zone)
    } else {
        told_plain(to_ms, now_ms, zone, lang)
    };
    format!(
        "{}–{to} {}",
        told_plain(from_ms, now_ms, zone, lang),
        zone_short(to_ms, zone)
    )
}

fn told_plain(at_ms: i64, now_ms: i64, zone: &TimeZone, lang: Lang) -> String {
    let (at, now) = (zoned(at_ms, zone), zoned(now_ms, zone));
    let clock = clock_minutes(&at);
    if at.date() == now.date() {
        clock
    } else if at.year() == now.year() {
        format!("{} {} {clock}", at.day(), month(&at, lang))
    } else {
        format!("{} {clock}", day(at_ms, zone, lang))
    }
}

/// `24 Nov 2026`, `24 nov 2026`.
pub fn day(at_ms: i64, zone: &TimeZone, lang: Lang) -> String {
    let at = zoned(at_ms, zone);
    format!("{} {} {}", at.day(), month(&at, lang), at.year())
}

/// `24 Nov 2026, 09:24:07 CST`: for record and receipt pages, where the whole instant matters.
pub fn full(at_ms: i64, zone: &TimeZone, lang: Lang) -> String {
    format!("{}, {}", day(at_ms, zone, lang), clock(at_ms, zone))
}

/// `09:42:18 CST`, the zone by its short name.
pub fn clock(at_ms: i64, zone: &TimeZone) -> String {
    let at = zoned(at_ms, zone);
    format!("{} {}", clock_seconds(&at), at.strftime("%Z"))
}

/// `09:38`.
pub fn minutes(at_ms: i64, zone: &TimeZone) -> String {
    clock_minutes(&zoned(at_ms, zone))
}

/// `CST`.
pub fn zone_short(at_ms: i64, zone: &TimeZone) -> String {
    zoned(at_ms, zone).strftime("%Z").to_string()
}

/// The zone's distance from UTC at that instant, in minutes east.
pub fn offset_min(at_ms: i64, zone: &TimeZone) -> i32 {
    zoned(at_ms, zone).offset().seconds() / 60
}

/// RFC 3339 with the zone's offset, for `datetime`.
pub fn machine(at_ms: i64, zone: &TimeZone) -> String {
    zoned(at_ms, zone)
        .strftime("%Y-%m-%dT%H:%M:%S%:z")
        .to_string()
}

/// `2026-11-24T10:40`, the value of a `datetime-local` input in the port's zone.
pub fn local_input(at_ms: i64, zone: &TimeZone) -> String {
    zoned(at_ms, zone).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// A record's instant outside what a calendar can hold is shown as the epoch rather than refused: the page must come up.
fn zoned(at_ms: i64, zone: &TimeZone) -> ZonedDateTime {
    Timestamp::from_millisecond(at_ms)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned_datetime(zone.clone())
}

fn clock_seconds(at: &ZonedDateTime) -> String {
    format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
}

fn clock_minutes(at: &ZonedDateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

fn month(at: &ZonedDateTime, lang: Lang) -> &'static str {
    month_name(at.month(), lang)
}

/// `Nov`, `nov`, of 1 to 12.
pub(super) fn month_name(number: i8, lang: Lang) -> &'static str {
    let months = match lang {
        Lang::En => &MONTHS_EN,
        Lang::Es => &MONTHS_ES,
    };
    usize::try_from(number - 1)
        .ok()
        .and_then(|m| months.get(m))
        .copied()
        .unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_spans_in_the_console_units() {
        for (ms, said) in [
            (0, "0 s"),
            (38_000, "38 s"),
            (18 * MINUTE_MS + 59_000, "18 min"),
            (HOUR_MS + 48 * MINUTE_MS, "1 h 48"),
            (HOUR_MS + 4 * MINUTE_MS, "1 h 04"),
            (14 * HOUR_MS + 20 * MINUTE_MS, "14 h"),
            (3 * DAY_MS, "3 d"),
        ] {
            assert_eq!(span(ms), said);
        }
    }

    #[test]
    fn says_what_is_ahead() {
        assert_eq!(relative(6 * MINUTE_MS, 0, Lang::En), "in 6 min");
        assert_eq!(relative(6 * MINUTE_MS, 0, Lang::Es), "en 6 min");
    }

    #[test]
    fn names_the_port_zone() {
        let laredo = zone("America/Chicago");
        let at = 1_795_534_938_000; // 2026-11-24T15:42:18Z
        assert_eq!(clock(at, &laredo), "09:42:18 CST");
        assert_eq!(machine(at, &laredo), "2026-11-24T09:42:18-06:00");
        assert_eq!(day(at, &laredo, Lang::Es), "24 nov 2026");
        assert_eq!(offset_min(at, &laredo), -360);
        assert_eq!(exact(at - DAY_MS, at, &laredo, Lang::En), "23 Nov 09:42");
    }

    #[test]
    fn says_windows_in_people_s_words() {
        let laredo = zone("America/Chicago");
        let at = 1_795_534_938_000; // 2026-11-24T15:42:18Z
        let say = |from, to| window(from, to, at, &laredo, Lang::En);
        assert_eq!(say(at, at + 30 * MINUTE_MS), "09:42–10:12 CST");
        assert_eq!(
            say(at - DAY_MS, at - DAY_MS + HOUR_MS),
            "23 Nov 09:42–10:42 CST"
        );
        assert_eq!(say(at - DAY_MS, at), "23 Nov 09:42–09:42 CST");
        assert_eq!(told(at, at, &laredo, Lang::Es), "09:42 CST");
    }

    #[test]
    fn survives_instants_out_of_range() {
        assert_eq!(
            machine(i64::MAX, &TimeZone::UTC),
            "1970-01-01T00:00:00+00:00"
        );
        assert!(!span(i64::MIN).is_empty());
    }
}
