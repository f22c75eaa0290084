//! Whether a text has the form that the tables ask for, and how that form is said to a person.

use super::amount::Digits;
use super::structure::Value;

/// Whether the text has the form. Identifiers are not judged here: theirs is told by the identifier table.
pub(super) fn fits(value: Value, text: &str) -> bool {
    match value {
        Value::Text { least, most } => {
            // Most texts are short: bytes bound characters, so that few have to be counted.
            (text.len() <= most || text.chars().count() <= most)
                && text.chars().nth(least.saturating_sub(1)).is_some()
                || text.is_empty() && least == 0
        }
        Value::Digits { least, most } => {
            (least..=most).contains(&text.len()) && all(text, |byte| byte.is_ascii_digit())
        }
        Value::PlusDigits { most } => {
            let bare = text.strip_prefix('+').unwrap_or(text);
            (1..=most).contains(&bare.len()) && all(bare, |byte| byte.is_ascii_digit())
        }
        Value::Alphanumeric { count } => {
            text.len() == count && all(text, |byte| byte.is_ascii_alphanumeric())
        }
        Value::Codes(codes) => codes.contains(&text),
        Value::Decimal {
            total,
            fraction,
            signed,
        } => decimal(text, total, fraction, signed),
        Value::Boolean => matches!(text, "true" | "false" | "1" | "0"),
        Value::Date => offset(text, 10).is_some_and(|(date, _)| is_date(date)),
        Value::DateTime => is_date_time(text),
        Value::Time => split_time(text).is_some_and(is_time),
        Value::Year => offset(text, 4).is_some_and(|(year, _)| is_year(year)),
        Value::YearMonth => offset(text, 7)
            .is_some_and(|(month, _)| is_date(&format!("{month}-01")) && month.len() == 7),
        Value::Binary { most } => is_base64(text, most),
        Value::Currency => text.len() == 3 && all(text, |byte| byte.is_ascii_uppercase()),
        Value::Country => text.len() == 2 && all(text, |byte| byte.is_ascii_uppercase()),
        Value::Language => text.len() == 2 && all(text, |byte| byte.is_ascii_lowercase()),
        Value::Identifier(_) => !text.is_empty(),
        Value::Phone => is_phone(text),
        Value::Isin => {
            text.len() == 12
                && text.bytes().take(2).all(|byte| byte.is_ascii_uppercase())
                && text
                    .bytes()
                    .last()
                    .is_some_and(|byte| byte.is_ascii_digit())
                && all(text, |byte| {
                    byte.is_ascii_uppercase() || byte.is_ascii_digit()
                })
        }
    }
}

/// Whether it is a decimal number of at most so many digits.
pub(super) fn decimal(text: &str, total: u32, fraction: u32, signed: bool) -> bool {
    Digits::of(text).is_some_and(|digits| {
        digits.total <= total && digits.fraction <= fraction && (signed || !digits.negative)
    })
}

/// The form in words, English and Spanish.
pub(super) fn described(value: Value) -> (String, String) {
    let both = |en: &str, es: &str| (en.to_owned(), es.to_owned());
    match value {
        Value::Text { least, most } => (
            format!("{least} to {most} characters"),
            format!("de {least} a {most} caracteres"),
        ),
        Value::Digits { least, most } if least == most => {
            (format!("{most} digits"), format!("{most} dígitos"))
        }
        Value::Digits { least, most } => (
            format!("{least} to {most} digits"),
            format!("de {least} a {most} dígitos"),
        ),
        Value::PlusDigits { most } => (
            format!("up to {most} digits, a plus before them allowed"),
            format!("hasta {most} dígitos, con signo más opcional"),
        ),
        Value::Alphanumeric { count } => (
            format!("{count} letters or digits"),
            format!("{count} letras o dígitos"),
        ),
        Value::Codes(codes) => {
            let list = codes.join(" ");
            (format!("one of {list}"), format!("uno de {list}"))
        }
        Value::Decimal {
            total,
            fraction,
            signed,
        } => decimal_described(total, fraction, signed),
        Value::Boolean => both("true or false", "true o false"),
        Value::Date => both("a date YYYY-MM-DD", "una fecha AAAA-MM-DD"),
        Value::DateTime => both(
            "a time YYYY-MM-DDThh:mm:ss, with its offset",
            "una hora AAAA-MM-DDThh:mm:ss, con su desfase",
        ),
        Value::Time => both("a time hh:mm:ss", "una hora hh:mm:ss"),
        Value::Year => both("a year YYYY", "un año AAAA"),
        Value::YearMonth => both("a month YYYY-MM", "un mes AAAA-MM"),
        Value::Binary { most } => (
            format!("base64 of 1 to {most} bytes"),
            format!("base64 de 1 a {most} bytes"),
        ),
        Value::Currency => both(
            "a currency of three capitals",
            "una moneda de tres mayúsculas",
        ),
        Value::Country => both("a country of two capitals", "un país de dos mayúsculas"),
        Value::Language => both(
            "a language of two small letters",
            "un idioma de dos minúsculas",
        ),
        Value::Identifier(name) => (
            format!("an identifier of the kind {name}"),
            format!("un identificador del tipo {name}"),
        ),
        Value::Phone => both(
            "a telephone number such as +52-8671234567",
            "un teléfono como +52-8671234567",
        ),
        Value::Isin => both(
            "a security number (ISIN) of 12 characters",
            "un número de valor (ISIN) de 12 caracteres",
        ),
    }
}

/// The form of a decimal number in words.
pub(super) fn decimal_described(total: u32, fraction: u32, signed: bool) -> (String, String) {
    let (en, es) = match signed {
        true => ("a number", "un número"),
        false => ("a number not below zero", "un número no menor que cero"),
    };
    (
        format!("{en} of at most {total} digits, {fraction} of them behind the point"),
        format!("{es} de {total} dígitos como máximo, {fraction} de ellos después del punto"),
    )
}

/// Whether it is a date and time of XML Schema whose year has four digits.
pub(super) fn is_date_time(text: &str) -> bool {
    match (text.get(..10), text.get(10..11), text.get(11..)) {
        (Some(date), Some("T"), Some(rest)) => {
            is_date(date) && split_time(rest).is_some_and(is_time)
        }
        _ => false,
    }
}

/// Whether a date and time says its offset.
pub(super) fn has_offset(text: &str) -> bool {
    let time = text.get(11..).unwrap_or("");
    time.ends_with('Z') || time.contains(['+', '-'])
}

fn all(text: &str, test: impl Fn(u8) -> bool) -> bool {
    text.bytes().all(test)
}

fn number(text: &str) -> Option<u32> {
    match all(text, |byte| byte.is_ascii_digit()) {
        true => text.parse().ok(),
        false => None,
    }
}

/// Cuts an offset off after so many characters; `None` where something else follows.
fn offset(text: &str, at: usize) -> Option<(&str, &str)> {
    let (head, rest) = text.split_at_checked(at)?;
    is_offset(rest).then_some((head, rest))
}

fn is_offset(text: &str) -> bool {
    if text.is_empty() || text == "Z" {
        return true;
    }
    let Some(hours) = text.strip_prefix(['+', '-']) else {
        return false;
    };
    match (hours.len(), hours.split_once(':')) {
        (5, Some((hours, minutes))) if hours.len() == 2 => match (number(hours), number(minutes)) {
            (Some(hours), Some(minutes)) => {
                minutes < 60 && (hours < 14 || hours == 14 && minutes == 0)
            }
            _ => false,
        },
        _ => false,
    }
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && number(text).is_some_and(|year| year > 0)
}

fn is_date(text: &str) -> bool {
    let part = |from: usize, to: usize| text.get(from..to).and_then(number);
    let (Some(year), Some(month), Some(day)) = (part(0, 4), part(5, 7), part(8, 10)) else {
        return false;
    };
    if text.len() != 10 || text.get(4..5) != Some("-") || text.get(7..8) != Some("-") || year == 0 {
        return false;
    }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=last).contains(&day)
}

/// Cuts the offset off a time.
fn split_time(text: &str) -> Option<&str> {
    let end = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (time, rest) = text.split_at_checked(end)?;
    is_offset(rest).then_some(time)
}

fn is_time(text: &str) -> bool {
    let part = |from: usize, to: usize| text.get(from..to).and_then(number);
    let (Some(hour), Some(minute), Some(second)) = (part(0, 2), part(3, 5), part(6, 8)) else {
        return false;
    };
    let fraction = match text.get(8..) {
        None | Some("") => true,
        Some(rest) => rest
            .strip_prefix('.')
            .is_some_and(|digits| !digits.is_empty() && all(digits, |byte| byte.is_ascii_digit())),
    };
    let points = text.get(2..3) == Some(":") && text.get(5..6) == Some(":");
    let midnight = hour == 24 && minute == 0 && second == 0;
    points && fraction && (hour < 24 || midnight) && minute < 60 && second < 60
}

fn is_base64(text: &str, most: usize) -> bool {
    let mut letters = 0_usize;
    let mut padding = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => letters += 1,
            b'=' => padding += 1,
            b' ' | b'\n' | b'\r' | b'\t' => {}
            _ => return false,
        }
    }
    let whole = (letters + padding).is_multiple_of(4) && padding <= 2;
    whole && (1..=most).contains(&(letters * 3 / 4))
}

fn is_phone(text: &str) -> bool {
    let Some((country, rest)) = text.strip_prefix('+').and_then(|rest| rest.split_once('-')) else {
        return false;
    };
    let digits = |text: &str| all(text, |byte| byte.is_ascii_digit());
    (1..=3).contains(&country.len())
        && digits(country)
        && (1..=30).contains(&rest.len())
        && all(rest, |byte| {
            byte.is_ascii_digit() || matches!(byte, b'(' | b')' | b'+' | b'-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: Value, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(fits(value, text), "{value:?} {text}");
        }
        for text in bad {
            assert!(!fits(value, text), "{value:?} {text}");
        }
        let (en, es) = described(value);
        assert!(!en.is_empty() && !es.is_empty() && en != es, "{value:?}");
    }

    #[test]
    fn forms() {
        let long = "ñ".repeat(35);
        check(
            Value::Text { least: 1, most: 35 },
            &["a", &long],
            &["", &format!("{long}x")],
        );
        check(Value::Text { least: 0, most: 2 }, &["", "ñü"], &["abc"]);
        check(
            Value::Digits { least: 2, most: 3 },
            &["12", "123"],
            &["1", "1234", "1a", "٣٣"],
        );
        check(
            Value::Codes(&["CRDT", "DBIT"]),
            &["CRDT"],
            &["crdt", "", "X"],
        );
        check(Value::Boolean, &["true", "0"], &["TRUE", "yes", ""]);
        check(
            Value::Date,
            &[
                "2026-11-24",
                "2024-02-29",
                "2026-11-24Z",
                "2026-11-24-06:00",
            ],
            &[
                "2026-11-31",
                "2026-02-29",
                "24-11-2026",
                "2026-11-24T",
                "2026-11-24+6",
                "0000-01-01",
            ],
        );
        check(
            Value::DateTime,
            &[
                "2026-11-24T13:00:00",
                "2026-11-24T13:00:00.123Z",
                "2026-11-24T24:00:00-06:00",
                "2026-11-24T13:00:00+14:00",
            ],
            &[
                "2026-11-24",
                "2026-11-24 13:00:00",
                "2026-11-24T25:00:00",
                "2026-11-24T13:00",
                "2026-11-24T13:00:00.",
                "2026-11-24T13:00:00+15:00",
                "2026-11-24T13:00:60",
                "2026-11-24Tñ3:00:00",
            ],
        );
        check(
            Value::Time,
            &["13:00:00", "13:00:00.5-06:00"],
            &["1:00:00", "13:60:00"],
        );
        check(Value::Year, &["2026"], &["26", "0000", "20a6"]);
        check(Value::YearMonth, &["2026-11"], &["2026-13", "2026-1"]);
        check(
            Value::Binary { most: 3 },
            &["QUJD", "QQ==", "QUI="],
            &["", "QUJDRA==", "QUJ", "Q===", "QU=D"],
        );
        check(Value::Currency, &["USD"], &["usd", "US", "USDX"]);
        check(Value::Country, &["MX"], &["mx", "MEX"]);
        check(Value::Language, &["es"], &["ES", "spa"]);
        check(
            Value::Phone,
            &["+52-8671234567", "+1-(956)555-0100"],
            &["8671234567", "+5212-1", "+52-", "+-1"],
        );
        check(
            Value::Isin,
            &["US0378331005"],
            &["US037833100", "us0378331005", "US037833100A"],
        );
        check(
            Value::PlusDigits { most: 3 },
            &["1", "+123"],
            &["", "+", "+1234", "++1"],
        );
        check(
            Value::Alphanumeric { count: 4 },
            &["aB12"],
            &["aB1", "aB1-"],
        );
        check(
            Value::Decimal {
                total: 5,
                fraction: 2,
                signed: false,
            },
            &["123.45", "0123.450", "5."],
            &["1234.56", "1.234", "-1", "x"],
        );
        check(
            Value::Decimal {
                total: 5,
                fraction: 2,
                signed: true,
            },
            &["-1"],
            &["--1"],
        );
        assert!(has_offset("2026-11-24T13:00:00-06:00") && !has_offset("2026-11-24T13:00:00"));
    }
}
