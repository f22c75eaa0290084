//! Days: of an instant in a zone, between, and so many further on.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::expr::EvalError;
use crate::expr_value::Val;
use crate::functions::instant_ms;

/// The functions of days; none where the values are not theirs.
pub(crate) fn function(name: &str, args: &[Val]) -> Option<Result<Val, EvalError>> {
    Some(match (name, args) {
        ("day", [at]) => Ok(local_day(at, "UTC")),
        ("day", [at, Val::Str(zone)]) => Ok(local_day(at, zone)),
        ("days_between", [a, b]) => Ok(match (day_of(a), day_of(b)) {
            (Some(a), Some(b)) => Val::Int(i64::from((b - a).get_days())),
            _ => Val::unknown("not two days"),
        }),
        ("add_days", [day, Val::Int(n)]) => later(day, Span::new().try_days(*n)),
        // The last day of a shorter month, where the day is none of it.
        ("add_months", [day, Val::Int(n)]) => later(day, Span::new().try_months(*n)),
        _ => return None,
    })
}

/// The day of an instant (UTC), or a day written as such.
pub(crate) fn day_of(v: &Val) -> Option<Date> {
    match v {
        Val::Int(ms) => day_in(*ms, "UTC"),
        Val::Str(s) if s.len() == 10 => s.parse().ok(),
        Val::Str(s) => day_in(instant_ms(s)?, "UTC"),
        _ => None,
    }
}

fn later(day: &Val, span: Result<Span, jiff::Error>) -> Result<Val, EvalError> {
    let span = span.map_err(|_| EvalError::Range)?;
    match day_of(day) {
        Some(day) => day
            .checked_add(span)
            .map(|d| Val::str(d.to_string()))
            .map_err(|_| EvalError::Range),
        None => Ok(Val::unknown("not a day")),
    }
}

fn day_in(ms: i64, zone: &str) -> Option<Date> {
    let zone = TimeZone::get(zone).ok()?;
    let at = Timestamp::from_millisecond(ms).ok()?;
    Some(zone.to_datetime(at).date())
}

fn local_day(at: &Val, zone: &str) -> Val {
    let ms = match at {
        Val::Int(ms) => Some(*ms),
        Val::Str(s) => instant_ms(s),
        _ => None,
    };
    ms.and_then(|ms| day_in(ms, zone)).map_or_else(
        || Val::unknown("no instant, or no such zone"),
        |d| Val::str(d.to_string()),
    )
}

#[cfg(test)]
mod tests {
    use crate::expr::{Expr, STEPS_MAX, Scope, Val};

    struct Nothing;
    impl Scope for Nothing {
        fn var(&self, _name: &str) -> Option<Val> {
            None
        }
    }

    #[test]
    fn days_are_counted_by_the_calendar_of_their_zone() {
        for (text, wanted) in [
            ("days_between('2026-02-27', '2026-03-02')", "3"),
            ("days_between('2026-03-02', '2026-02-27')", "-3"),
            ("add_days('2026-12-30', 3)", "2027-01-02"),
            ("add_months('2026-01-31', 1)", "2026-02-28"),
            ("add_months('2028-02-29', -12)", "2027-02-28"),
            (
                "day('2026-11-25T03:00:00Z', 'America/Chicago')",
                "2026-11-24",
            ),
            ("day(time('2026-11-25T03:00:00Z'))", "2026-11-25"),
            (
                "instant(time('2026-11-25T03:00:00+01:00'))",
                "2026-11-25T02:00:00.000Z",
            ),
            ("decimals('12.50')", "2"),
            ("decimals('12')", "0"),
            ("same_items(['a', 'b'], ['b', 'a', 'a'])", "true"),
            ("same_items(['a'], [])", "false"),
        ] {
            let got = Expr::parse(text).unwrap().eval(&Nothing, STEPS_MAX);
            assert_eq!(
                got.known().map(Val::to_string).as_deref(),
                Some(wanted),
                "{text}"
            );
        }
        for unknown in [
            "days_between('soon', '2026-03-02')",
            "add_days('2026-13-01', 1)",
            "day('2026-11-25')",
            "day('2026-11-25T03:00:00Z', 'America/Laredo')",
        ] {
            assert!(
                Expr::parse(unknown)
                    .unwrap()
                    .eval(&Nothing, STEPS_MAX)
                    .is_unknown(),
                "{unknown}"
            );
        }
    }
}
