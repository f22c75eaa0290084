//! Dates as they are stated: "2028", "fall 2028", "late 2029". Each is an interval of days, never a made-up day.
//!
//! The method, 8.1.

use std::fmt;

use jiff::Span;
use jiff::civil::Date;

#[cfg(test)]
mod tests;

/// The first year a stated date may lie in. Anything earlier is a slip of the pen.
pub const YEAR_MIN: i16 = 1900;
/// The last year a stated date may lie in.
pub const YEAR_MAX: i16 = 2200;

/// From the first to the last day that a stated date may mean, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Interval {
    /// First day.
    pub lo: Date,
    /// Last day; differences are computed on it.
    pub hi: Date,
    /// How coarse the statement was.
    pub precision: Precision,
}

/// How coarse a date was stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Precision {
    /// `2028-06-20`
    Day,
    /// `2028-06`
    Month,
    /// `2028-Q2`
    Quarter,
    /// `2028-spring`
    Season,
    /// `2028-early`: four months.
    Third,
    /// `2028`
    Year,
}

/// What "winter 2028" means. The words are ambiguous, so the reading is chosen in the open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WinterRule {
    /// 21 December 2027 to 20 March 2028: the winter that ends in the year.
    #[default]
    Ending,
    /// 21 December 2027 to 20 March 2029: either winter, as 8.1 is written.
    Either,
    /// 21 to 31 December 2028: what the numbers of the method were computed with.
    YearEnd,
}

/// Why a text is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DateFault {
    /// None of the forms.
    #[error(
        "a date is a year, a month, a day, a quarter, a season or a third: 2028, 2028-06, 2028-06-20, 2028-Q2, 2028-spring, 2028-early"
    )]
    Form,
    /// The year is outside what is accepted.
    #[error("the year must be between 1900 and 2200")]
    Year,
    /// The month is not 01 to 12.
    #[error("the month must be between 01 and 12")]
    Month,
    /// The month has no such day.
    #[error("the month has no such day")]
    Day,
    /// The quarter is not Q1 to Q4.
    #[error("the quarter must be between Q1 and Q4")]
    Quarter,
}

impl DateFault {
    /// A code that does not change.
    pub fn code(self) -> &'static str {
        match self {
            Self::Form => "date-form",
            Self::Year => "date-year",
            Self::Month => "date-month",
            Self::Day => "date-day",
            Self::Quarter => "date-quarter",
        }
    }

    /// What is wrong, in English.
    pub fn en(self) -> String {
        self.to_string()
    }

    /// What is wrong, in Spanish.
    pub fn es(self) -> &'static str {
        match self {
            Self::Form => {
                "una fecha es un año, un mes, un día, un trimestre, una estación o un tercio: 2028, 2028-06, 2028-06-20, 2028-Q2, 2028-spring, 2028-early"
            }
            Self::Year => "el año debe estar entre 1900 y 2200",
            Self::Month => "el mes debe estar entre 01 y 12",
            Self::Day => "el mes no tiene ese día",
            Self::Quarter => "el trimestre debe estar entre Q1 y Q4",
        }
    }
}

impl Interval {
    /// One day.
    pub fn day(day: Date) -> Self {
        Self {
            lo: day,
            hi: day,
            precision: Precision::Day,
        }
    }

    /// Reads a stated date; winter is [`WinterRule::Ending`].
    ///
    /// # Errors
    /// The text is none of the forms, or names a year, month, day or quarter that is none.
    pub fn parse(text: &str) -> Result<Self, DateFault> {
        Self::parse_with(text, WinterRule::default())
    }

    /// Reads a stated date by a chosen reading of "winter".
    ///
    /// # Errors
    /// As [`Interval::parse`].
    pub fn parse_with(text: &str, winter: WinterRule) -> Result<Self, DateFault> {
        let (year, rest) = match text.split_once('-') {
            Some((year, rest)) => (year, Some(rest)),
            None => (text, None),
        };
        let year = digits(year, 4)?;
        if !(YEAR_MIN..=YEAR_MAX).contains(&year) {
            return Err(DateFault::Year);
        }
        let Some(rest) = rest else {
            return months(year, 1, 12, Precision::Year);
        };
        match rest {
            "early" => return months(year, 1, 4, Precision::Third),
            "mid" => return months(year, 5, 8, Precision::Third),
            "late" => return months(year, 9, 12, Precision::Third),
            "spring" => return season((year, 3, 21), (year, 6, 20)),
            "summer" => return season((year, 6, 21), (year, 9, 22)),
            "fall" | "autumn" => return season((year, 9, 23), (year, 12, 20)),
            "winter" => {
                let before = (year.saturating_sub(1), 12, 21);
                return match winter {
                    WinterRule::Ending => season(before, (year, 3, 20)),
                    WinterRule::Either => season(before, (year.saturating_add(1), 3, 20)),
                    WinterRule::YearEnd => season((year, 12, 21), (year, 12, 31)),
                };
            }
            _ => {}
        }
        if let Some(quarter) = rest.strip_prefix('Q') {
            let quarter = digits(quarter, 1)?;
            if !(1..=4).contains(&quarter) {
                return Err(DateFault::Quarter);
            }
            return months(year, quarter * 3 - 2, quarter * 3, Precision::Quarter);
        }
        let (month, day) = match rest.split_once('-') {
            Some((month, day)) => (digits(month, 2)?, Some(digits(day, 2)?)),
            None => (digits(rest, 2)?, None),
        };
        if !(1..=12).contains(&month) {
            return Err(DateFault::Month);
        }
        match day {
            Some(day) => Ok(Self::day(date(year, month, day)?)),
            None => months(year, month, month, Precision::Month),
        }
    }

    /// Days from `other` to this one, on the last day of each; negative where this one is earlier.
    pub fn days_after(&self, other: &Self) -> i64 {
        days_between(other.hi, self.hi)
    }

    /// The fewest and the most days that may lie between `other` and this one.
    pub fn range_after(&self, other: &Self) -> (i64, i64) {
        (
            days_between(other.hi, self.lo),
            days_between(other.lo, self.hi),
        )
    }

    /// Whether both may mean one day.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.lo <= other.hi && other.lo <= self.hi
    }

    /// Whether both say the same days, however coarsely.
    pub fn same_days(&self, other: &Self) -> bool {
        self.lo == other.lo && self.hi == other.hi
    }
}

/// The form it is read from: `2028-Q2`. Autumn is written `fall`.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.lo.year(), self.lo.month());
        match self.precision {
            Precision::Day => write!(f, "{}", self.lo),
            Precision::Month => write!(f, "{year:04}-{month:02}"),
            Precision::Quarter => write!(f, "{year:04}-Q{}", (month + 2) / 3),
            Precision::Third => {
                let third = match month {
                    1..=4 => "early",
                    5..=8 => "mid",
                    _ => "late",
                };
                write!(f, "{year:04}-{third}")
            }
            Precision::Season => match month {
                3 => write!(f, "{year:04}-spring"),
                6 => write!(f, "{year:04}-summer"),
                9 => write!(f, "{year:04}-fall"),
                // A winter that ends in its own December is named after it, any other after the year that follows.
                _ if self.hi.month() == 12 => write!(f, "{year:04}-winter"),
                _ => write!(f, "{:04}-winter", year.saturating_add(1)),
            },
            Precision::Year => write!(f, "{year:04}"),
        }
    }
}

/// Days from `a` to `b`.
pub fn days_between(a: Date, b: Date) -> i64 {
    i64::from((b - a).get_days())
}

/// The day so many days later; none beyond the calendar (years -9999 to 9999).
pub fn days_later(day: Date, days: i64) -> Option<Date> {
    let span = Span::new().try_days(days).ok()?;
    day.checked_add(span).ok()
}

/// The day so many days later, to the nearest whole day; none beyond the calendar.
pub(super) fn days_later_f64(day: Date, days: f64) -> Option<Date> {
    // The calendar has some 7.3 million days; a cast of more would saturate and pass for a date.
    if !days.is_finite() || days.abs() > 1.0e7 {
        return None;
    }
    days_later(day, days.round() as i64)
}

fn digits(text: &str, count: usize) -> Result<i16, DateFault> {
    if text.len() != count || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(DateFault::Form);
    }
    text.parse().map_err(|_| DateFault::Form)
}

fn date(year: i16, month: i16, day: i16) -> Result<Date, DateFault> {
    let month = i8::try_from(month).map_err(|_| DateFault::Month)?;
    let day = i8::try_from(day).map_err(|_| DateFault::Day)?;
    Date::new(year, month, day).map_err(|_| DateFault::Day)
}

fn months(year: i16, first: i16, last: i16, precision: Precision) -> Result<Interval, DateFault> {
    Ok(Interval {
        lo: date(year, first, 1)?,
        hi: date(year, last, 1)?.last_of_month(),
        precision,
    })
}

fn season(lo: (i16, i16, i16), hi: (i16, i16, i16)) -> Result<Interval, DateFault> {
    Ok(Interval {
        lo: date(lo.0, lo.1, lo.2)?,
        hi: date(hi.0, hi.1, hi.2)?,
        precision: Precision::Season,
    })
}
