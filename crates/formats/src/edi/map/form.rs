//! What the text of an element must be, and the value that it becomes.

use crate::{decimal, identifiers};
use jiff::civil;
use serde_json::Value;

/// What the text of an element must be.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// Any text.
    Text,
    /// An identifier of [`crate::identifiers`], by its name; what does not fit is told under the code.
    Identifier(&'static str, &'static str),
    /// A number without part.
    Whole,
    /// A number, at most six digits behind the point.
    Decimal,
    /// A code, and the value that stands for it in a record. An unknown code is told and goes nowhere.
    Codes(&'static [(&'static str, &'static str)]),
    /// A day, `CCYYMMDD` or `YYMMDD`; in a record `CCYY-MM-DD`.
    Date,
    /// A time of day, `HHMM`, `HHMMSS` or with hundredths.
    Time,
}

/// What is wrong with a text.
pub(super) struct Misfit {
    pub(super) code: &'static str,
    pub(super) en: String,
    pub(super) es: String,
    /// Whether the text is still shown in the record, so that a person sees it there.
    pub(super) shown: bool,
}

impl Form {
    /// The value of a text.
    pub(super) fn value(&self, text: &str) -> Result<Value, Misfit> {
        match self {
            Form::Text => Ok(Value::from(text)),
            Form::Identifier(name, code) => identifiers::normalise(name, text)
                .map(Value::from)
                .map_err(|wrong| Misfit {
                    code,
                    en: format!("`{text}`: {wrong}"),
                    es: format!("`{text}`: {}", wrong.es()),
                    shown: true,
                }),
            Form::Whole => decimal::parse(text)
                .and_then(decimal::whole)
                .map(Value::from)
                .ok_or_else(|| no_number(text)),
            Form::Decimal => decimal::parse(text)
                .map(decimal::json)
                .ok_or_else(|| no_number(text)),
            Form::Codes(codes) => codes
                .iter()
                .find(|(code, _)| *code == text)
                .map(|(_, value)| Value::from(*value))
                .ok_or_else(|| Misfit {
                    code: "code-unknown",
                    en: format!("code `{text}` is not known here"),
                    es: format!("aquí no se conoce el código `{text}`"),
                    shown: false,
                }),
            Form::Date => parse_date(text)
                .map(|day| Value::from(day.to_string()))
                .ok_or_else(|| Misfit {
                    code: "date-form",
                    en: format!("`{text}` is no date like 20261124"),
                    es: format!("`{text}` no es una fecha como 20261124"),
                    shown: false,
                }),
            Form::Time => parse_time(text)
                .map(|_| Value::from(text))
                .ok_or_else(|| Misfit {
                    code: "time-form",
                    en: format!("`{text}` is no time like 0910"),
                    es: format!("`{text}` no es una hora como 0910"),
                    shown: false,
                }),
        }
    }

    /// What is wrong with a text.
    pub(super) fn check(&self, text: &str) -> Result<(), Misfit> {
        match self {
            // Any text is right: none is copied to find that out.
            Form::Text => Ok(()),
            _ => self.value(text).map(|_| ()),
        }
    }

    /// The text that stands for a value of a record; `None` where it has none.
    pub(super) fn text(&self, value: &Value) -> Option<String> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(_) | Value::Null | Value::Array(_) | Value::Object(_) => return None,
        };
        match self {
            Form::Codes(codes) => codes
                .iter()
                .find(|(_, value)| *value == text)
                .map(|(code, _)| (*code).to_owned()),
            // Messages have no room for the hyphens of an entry number.
            Form::Date | Form::Identifier("entry-number", _) => Some(text.replace('-', "")),
            Form::Text | Form::Identifier(..) | Form::Whole | Form::Decimal | Form::Time => {
                Some(text)
            }
        }
    }

    /// Whether its text has a decimal mark that UNA may have changed.
    pub(super) fn is_number(&self) -> bool {
        matches!(self, Form::Whole | Form::Decimal)
    }
}

fn no_number(text: &str) -> Misfit {
    Misfit {
        code: "number-form",
        en: format!("`{text}` is no number"),
        es: format!("`{text}` no es un número"),
        shown: false,
    }
}

/// `CCYYMMDD`, or `YYMMDD` of the older releases.
pub(crate) fn parse_date(text: &str) -> Option<civil::Date> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = match text.len() {
        8 => (text.get(..4)?.parse().ok()?, text.get(4..)?),
        6 => (2000 + text.get(..2)?.parse::<i16>().ok()?, text.get(2..)?),
        _ => return None,
    };
    civil::Date::new(
        year,
        rest.get(..2)?.parse().ok()?,
        rest.get(2..4)?.parse().ok()?,
    )
    .ok()
}

/// `HHMM`, `HHMMSS` or `HHMMSSDD`, of which the hundredths are left out.
pub(crate) fn parse_time(text: &str) -> Option<civil::Time> {
    if !matches!(text.len(), 4 | 6 | 8) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let second = text
        .get(4..6)
        .map_or(Some(0), |second| second.parse().ok())?;
    civil::Time::new(
        text.get(..2)?.parse().ok()?,
        text.get(2..4)?.parse().ok()?,
        second,
        0,
    )
    .ok()
}
