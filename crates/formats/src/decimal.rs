//! Exact decimals as documents write them: millionths in an integer, so that sums are right to the last digit.

use serde_json::{Number, Value};

/// One, in millionths.
pub(crate) const ONE: i128 = 1_000_000;

/// Reads `123`, `123.45`, `0.000001`; no sign, no exponent, at most 15 digits before the point and 6 behind it.
pub(crate) fn parse(text: &str) -> Option<i128> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 15 || part.len() > 6 || !digits(whole) || !digits(part) {
        return None;
    }
    if text.contains('.') && part.is_empty() {
        return None;
    }
    let whole: i128 = whole.parse().ok()?;
    let part: i128 = format!("{part:0<6}").parse().ok()?;
    Some(whole * ONE + part)
}

/// As people write it, without needless zeros.
pub(crate) fn text(value: i128) -> String {
    let (whole, part) = (value / ONE, value % ONE);
    if part == 0 {
        return whole.to_string();
    }
    let part = format!("{part:06}");
    format!("{whole}.{}", part.trim_end_matches('0'))
}

/// As a JSON number: an integer where it is one.
pub(crate) fn json(value: i128) -> Value {
    if value % ONE == 0
        && let Ok(whole) = i64::try_from(value / ONE)
    {
        return Value::from(whole);
    }
    text(value)
        .parse::<f64>()
        .ok()
        .and_then(Number::from_f64)
        .map_or(Value::Null, Value::Number)
}

/// As a whole number, where it is one.
pub(crate) fn whole(value: i128) -> Option<i64> {
    (value % ONE == 0)
        .then(|| i64::try_from(value / ONE).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        for (written, shown) in [
            ("12450.000", "12450"),
            ("0.1", "0.1"),
            ("1.0", "1"),
            ("945.50", "945.5"),
        ] {
            assert_eq!(parse(written).map(text).as_deref(), Some(shown));
        }
        for bad in [
            "",
            ".5",
            "5.",
            "-1",
            "1e3",
            "1,000",
            "1.0000001",
            "1234567890123456",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
        let tenths: i128 = (0..10).filter_map(|_| parse("0.1")).sum();
        assert_eq!(tenths, ONE);
        assert_eq!(json(12_450 * ONE), serde_json::json!(12450));
        assert_eq!(json(898_400_000), serde_json::json!(898.4));
    }
}
