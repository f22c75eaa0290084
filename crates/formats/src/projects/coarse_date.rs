//! A date as people state it, which is a stretch of days: a day, a month, a quarter, a season, a part of a year, a year.

use std::str::FromStr;

use jiff::civil::Date;

/// Works at this border are not older.
const YEAR_MIN: i16 = 1900;
/// As far as the record types go.
const YEAR_MAX: i16 = 2200;

/// A stated date as the days that it may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CoarseDate {
    first: Date,
    last: Date,
    precision: Precision,
}

/// How coarse a date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Precision {
    /// `2026-03-10`.
    Day,
    /// `2026-03`.
    Month,
    /// `2027-Q4`.
    Quarter,
    /// `2028-fall`.
    Season,
    /// `2029-late`: four months.
    Part,
    /// `2028`.
    Year,
}

/// Why a text is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// None of the forms.
    #[error("is no date like 2028-03-10, 2028-03, 2028-Q1, 2028-spring, 2028-early or 2028")]
    Form,
    /// A month or day that no calendar has.
    #[error("is a day that no calendar has")]
    Calendar,
    /// Before 1900 or after 2200.
    #[error("is not between {YEAR_MIN} and {YEAR_MAX}")]
    Range,
}

impl DateError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            DateError::Form => "date-form",
            DateError::Calendar => "date-not-in-calendar",
            DateError::Range => "date-out-of-range",
        }
    }

    /// The message in Spanish.
    pub fn es(self) -> String {
        match self {
            DateError::Form => {
                "no es una fecha como 2028-03-10, 2028-03, 2028-Q1, 2028-spring, 2028-early o 2028"
                    .to_owned()
            }
            DateError::Calendar => "es un día que no existe en el calendario".to_owned(),
            DateError::Range => format!("no está entre {YEAR_MIN} y {YEAR_MAX}"),
        }
    }
}

impl CoarseDate {
    /// The first day that it may mean.
    pub fn first(self) -> Date {
        self.first
    }

    /// The last day that it may mean; differences are computed on it.
    pub fn last(self) -> Date {
        self.last
    }

    /// How coarse it is.
    pub fn precision(self) -> Precision {
        self.precision
    }
}

impl FromStr for CoarseDate {
    type Err = DateError;

    fn from_str(text: &str) -> Result<CoarseDate, DateError> {
        let (year, rest) = match text.split_once('-') {
            Some((year, rest)) => (digits(year, 4)?, Some(rest)),
            None => (digits(text, 4)?, None),
        };
        let at = |year: i16, month: i8, day: i8| {
            Date::new(year, month, day).map_err(|_| DateError::Calendar)
        };
        let months = |first: i8, last: i8, precision: Precision| {
            Ok((
                at(year, first, 1)?,
                at(year, last, 1)?.last_of_month(),
                precision,
            ))
        };
        // INVARIANT (year first): whatever follows, a year out of range is told as that.
        let found = match rest {
            None => months(1, 12, Precision::Year),
            Some("Q1") => months(1, 3, Precision::Quarter),
            Some("Q2") => months(4, 6, Precision::Quarter),
            Some("Q3") => months(7, 9, Precision::Quarter),
            Some("Q4") => months(10, 12, Precision::Quarter),
            Some("early") => months(1, 4, Precision::Part),
            Some("mid") => months(5, 8, Precision::Part),
            Some("late") => months(9, 12, Precision::Part),
            Some("spring") => Ok((at(year, 3, 21)?, at(year, 6, 20)?, Precision::Season)),
            Some("summer") => Ok((at(year, 6, 21)?, at(year, 9, 22)?, Precision::Season)),
            Some("fall") => Ok((at(year, 9, 23)?, at(year, 12, 20)?, Precision::Season)),
            // The winter that ends in that year.
            Some("winter") => Ok((
                at(year.saturating_sub(1), 12, 21)?,
                at(year, 3, 20)?,
                Precision::Season,
            )),
            Some(rest) => match rest.split_once('-') {
                None => {
                    let month = small(rest)?;
                    months(month, month, Precision::Month)
                }
                Some((month, day)) => {
                    let day = at(year, small(month)?, small(day)?)?;
                    Ok((day, day, Precision::Day))
                }
            },
        };
        let (first, last, precision) = found?;
        if !(YEAR_MIN..=YEAR_MAX).contains(&year) {
            return Err(DateError::Range);
        }
        Ok(CoarseDate {
            first,
            last,
            precision,
        })
    }
}

fn digits(text: &str, count: usize) -> Result<i16, DateError> {
    let right = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    right
        .then(|| text.parse().ok())
        .flatten()
        .ok_or(DateError::Form)
}

fn small(text: &str) -> Result<i8, DateError> {
    i8::try_from(digits(text, 2)?).map_err(|_| DateError::Form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_a_stretch_of_days() {
        for (text, first, last) in [
            ("2028-02-29", "2028-02-29", "2028-02-29"),
            ("2028-02", "2028-02-01", "2028-02-29"),
            ("2027-Q1", "2027-01-01", "2027-03-31"),
            ("2027-Q4", "2027-10-01", "2027-12-31"),
            ("2028-spring", "2028-03-21", "2028-06-20"),
            ("2028-summer", "2028-06-21", "2028-09-22"),
            ("2028-fall", "2028-09-23", "2028-12-20"),
            ("2028-winter", "2027-12-21", "2028-03-20"),
            ("2029-early", "2029-01-01", "2029-04-30"),
            ("2029-mid", "2029-05-01", "2029-08-31"),
            ("2029-late", "2029-09-01", "2029-12-31"),
            ("2028", "2028-01-01", "2028-12-31"),
            ("1900", "1900-01-01", "1900-12-31"),
            ("2200-12-31", "2200-12-31", "2200-12-31"),
        ] {
            let date: CoarseDate = text.parse().unwrap();
            let told = (date.first().to_string(), date.last().to_string());
            assert_eq!(told, (first.to_owned(), last.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_says_why() {
        for (text, error) in [
            ("", DateError::Form),
            ("late 2029", DateError::Form),
            ("2029-LATE", DateError::Form),
            ("2029-autumn", DateError::Form),
            ("2027-Q5", DateError::Form),
            ("2027-4Q", DateError::Form),
            ("27", DateError::Form),
            ("2027-1", DateError::Form),
            ("2027/10", DateError::Form),
            ("10/2027", DateError::Form),
            ("2027-10-1", DateError::Form),
            ("2027-10-01T00:00", DateError::Form),
            ("２０２７", DateError::Form),
            ("2027-13", DateError::Calendar),
            ("2027-00", DateError::Calendar),
            ("2027-02-29", DateError::Calendar),
            ("2024-02-30", DateError::Calendar),
            ("2024-04-31", DateError::Calendar),
            ("1899-12-31", DateError::Range),
            ("2201", DateError::Range),
            ("0000", DateError::Range),
            ("9999-Q4", DateError::Range),
        ] {
            assert_eq!(text.parse::<CoarseDate>(), Err(error), "{text}");
            assert!(!error.es().is_empty() && error.es() != error.to_string());
        }
    }
}
