//! Numbers as people write them.

use super::DecimalMark;
use super::value::Trouble;

/// A number in plain digits, and whether separators were taken out that had one meaning only.
pub(super) fn plain(
    text: &str,
    whole: bool,
    mark: Option<DecimalMark>,
) -> Result<(String, bool), Trouble> {
    let (sign, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let malformed = || {
        Trouble::new(
            "number-malformed",
            "is no number; write digits only, without unit or currency",
            "no es un número; escriba solo dígitos, sin unidad ni moneda",
        )
    };
    let signed = |number: String| format!("{sign}{number}");
    // As machines write it: also with an exponent, as a workbook holds it.
    if !matches!(mark, Some(DecimalMark::Comma)) && is_machine(digits) {
        return Ok((signed(digits.to_owned()), false));
    }
    let grouped_by_blank = digits.contains([' ', '\u{a0}', '\u{202f}', '\'', '’']);
    let joined = if grouped_by_blank {
        joined(digits).ok_or_else(malformed)?
    } else {
        digits.to_owned()
    };
    let (points, commas) = (joined.matches('.').count(), joined.matches(',').count());
    let with = |group: char, decimal: char| -> Option<String> {
        let (before, after) = match joined.split_once(decimal) {
            Some((before, after)) => (before, Some(after)),
            None => (joined.as_str(), None),
        };
        let mut groups = before.split(group);
        let first = groups.next().unwrap_or_default();
        let mut number = first.to_owned();
        let mut many = false;
        for more in groups {
            if more.len() != 3 {
                return None;
            }
            many = true;
            number.push_str(more);
        }
        if many && (first.is_empty() || first.len() > 3) {
            return None;
        }
        if let Some(after) = after {
            number.push('.');
            number.push_str(after);
        }
        is_machine(&number).then_some(number)
    };
    let (point, comma) = (with(',', '.'), with('.', ','));
    let told = |number: Option<String>| {
        let told = points + commas > 1 || grouped_by_blank || number.is_some();
        number
            .map(|number| (signed(number), told))
            .ok_or_else(malformed)
    };
    match (mark, point, comma) {
        (Some(DecimalMark::Point), point, _) => told(point).map(|(number, _)| (number, false)),
        (Some(DecimalMark::Comma), _, comma) => told(comma).map(|(number, _)| (number, false)),
        (None, Some(point), Some(comma)) if point == comma => told(Some(point)),
        (None, Some(point), Some(comma)) => {
            // Of a whole number only one of the two readings is one.
            match (whole, point.contains('.'), comma.contains('.')) {
                (true, false, true) => told(Some(point)),
                (true, true, false) => told(Some(comma)),
                _ => Err(Trouble::new(
                    "number-ambiguous",
                    format!(
                        "can be {point} or {comma}; write it without a thousands separator and with a decimal point, or say which mark is the decimal one"
                    ),
                    format!(
                        "puede ser {point} o {comma}; escríbalo sin separador de miles y con punto decimal, o indique cuál es el signo decimal"
                    ),
                )),
            }
        }
        (None, point, comma) => told(point.or(comma)),
    }
}

/// Digits, at most one point with digits on both sides, at most one exponent.
fn is_machine(text: &str) -> bool {
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (text, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = match number.split_once('.') {
        Some((before, after)) => digits(before) && digits(after),
        None => digits(number),
    };
    fits && exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        digits(exponent) && exponent.len() <= 3
    })
}

/// Takes out blanks and apostrophes that stand between groups of three.
fn joined(text: &str) -> Option<String> {
    let is_group = |letter: char| matches!(letter, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’');
    let (before, after) = match text.find(['.', ',']) {
        Some(at) => text.split_at_checked(at)?,
        None => (text, ""),
    };
    let mut groups = before.split(is_group);
    let mut number = groups.next()?.to_owned();
    if number.is_empty() || number.len() > 3 {
        return None;
    }
    for more in groups {
        if more.len() != 3 {
            return None;
        }
        number.push_str(more);
    }
    (!after.contains(is_group)).then(|| format!("{number}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, whole: bool, mark: Option<DecimalMark>) -> String {
        match plain(text, whole, mark) {
            Ok((number, _)) => number,
            Err(trouble) => trouble.code.to_owned(),
        }
    }

    #[test]
    fn numbers_of_people() {
        use DecimalMark::{Comma, Point};
        for (text, whole, mark, expected) in [
            ("12450", true, None, "12450"),
            ("-5.2", false, None, "-5.2"),
            ("1.234", false, None, "1.234"),
            ("1,234.5", false, None, "1234.5"),
            ("1.234,5", false, None, "1234.5"),
            ("1,234,567", false, None, "1234567"),
            ("12,5", false, None, "12.5"),
            ("12 450", true, None, "12450"),
            ("12'450.5", false, None, "12450.5"),
            ("12,345", true, None, "12345"),
            ("12,345", false, None, "number-ambiguous"),
            ("12,345", false, Some(Point), "12345"),
            ("12,345", false, Some(Comma), "12.345"),
            ("1.234", false, Some(Comma), "1234"),
            ("1e3", false, None, "1e3"),
            ("$100", false, None, "number-malformed"),
            ("100 kg", false, None, "number-malformed"),
            ("12,34,567", false, None, "number-malformed"),
            ("1 2", false, None, "number-malformed"),
            (".5", false, None, "number-malformed"),
            ("NaN", false, None, "number-malformed"),
            ("12%", false, None, "number-malformed"),
        ] {
            assert_eq!(of(text, whole, mark), expected, "{text}");
        }
    }
}
