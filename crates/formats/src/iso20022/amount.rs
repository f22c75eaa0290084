//! Exact decimal numbers as XML Schema writes them, so that sums are right to the last digit.

/// Digits behind the point that are kept: `DecimalNumber` has 17.
const SCALE: u32 = 17;

/// A decimal number, exact: in units of 10 to the power of -17.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exact(i128);

/// How a number is written: what XML Schema counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Digits {
    /// Significant digits in all.
    pub(super) total: u32,
    /// Digits behind the point, without zeros at the end.
    pub(super) fraction: u32,
    /// Whether it is below zero.
    pub(super) negative: bool,
}

impl Exact {
    /// Zero.
    pub const ZERO: Exact = Exact(0);

    /// Reads `12`, `12.5`, `+12.`, `-.5`; no exponent; at most 18 digits before the point and 17 behind it.
    pub fn parse(text: &str) -> Option<Exact> {
        let digits = Digits::of(text)?;
        let (whole, part) = halves(text);
        if digits.fraction > SCALE || whole.len() > 18 {
            return None;
        }
        let mut units: i128 = 0;
        for byte in whole.bytes().chain(part.bytes()) {
            units = units * 10 + i128::from(byte - b'0');
        }
        let missing = SCALE - u32::try_from(part.len()).ok()?;
        units *= 10_i128.pow(missing);
        Some(Exact(if digits.negative { -units } else { units }))
    }

    /// The sum; `None` where it is too large.
    pub fn plus(self, other: Exact) -> Option<Exact> {
        self.0.checked_add(other.0).map(Exact)
    }

    /// The difference; `None` where it is too large.
    pub fn minus(self, other: Exact) -> Option<Exact> {
        self.0.checked_sub(other.0).map(Exact)
    }

    /// With exactly so many digits behind the point; `None` where that would cut one off.
    pub fn text(self, fraction: u32) -> Option<String> {
        let cut = 10_i128.pow(SCALE.checked_sub(fraction)?);
        if self.0 % cut != 0 {
            return None;
        }
        let (units, one) = ((self.0 / cut).unsigned_abs(), 10_u128.pow(fraction));
        let sign = if self.0 < 0 { "-" } else { "" };
        Some(match fraction {
            0 => format!("{sign}{units}"),
            _ => format!(
                "{sign}{}.{:0width$}",
                units / one,
                units % one,
                width = fraction as usize
            ),
        })
    }

    /// As people write it: no digit behind the point that says nothing.
    pub fn plain(self) -> String {
        let mut fraction = 0;
        while fraction < SCALE && self.0 % 10_i128.pow(SCALE - fraction) != 0 {
            fraction += 1;
        }
        self.text(fraction).unwrap_or_default()
    }
}

impl Digits {
    /// Counts the digits of a number; `None` where it is none.
    pub(super) fn of(text: &str) -> Option<Digits> {
        let bare = text.strip_prefix(['+', '-']).unwrap_or(text);
        let mut points = 0;
        let mut digits = 0;
        for byte in bare.bytes() {
            match byte {
                b'0'..=b'9' => digits += 1,
                b'.' => points += 1,
                _ => return None,
            }
        }
        if digits == 0 || points > 1 || bare.len() > 64 {
            return None;
        }
        let (whole, part) = halves(text);
        let count = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX);
        Some(Digits {
            total: count(whole) + count(part),
            fraction: count(part),
            negative: text.starts_with('-') && !(whole.is_empty() && part.is_empty()),
        })
    }
}

/// Before and behind the point, without sign and needless zeros.
fn halves(text: &str) -> (&str, &str) {
    let bare = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, part) = bare.split_once('.').unwrap_or((bare, ""));
    (whole.trim_start_matches('0'), part.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact() {
        for (written, plain) in [
            ("51.74", "51.74"),
            ("051.7400", "51.74"),
            ("+5.", "5"),
            (".5", "0.5"),
            ("-0.10", "-0.1"),
            ("-0", "0"),
            ("999999999999999999", "999999999999999999"),
            ("0.00000000000000001", "0.00000000000000001"),
        ] {
            assert_eq!(
                Exact::parse(written).map(Exact::plain).as_deref(),
                Some(plain)
            );
        }
        for bad in [
            "",
            ".",
            "+",
            "1e3",
            "1,5",
            "1.2.3",
            " 1",
            "1000000000000000000",
        ] {
            assert_eq!(Exact::parse(bad), None, "{bad}");
        }
        let tenth = Exact::parse("0.1").unwrap();
        let sum = (0..10).try_fold(Exact::ZERO, |sum, _| sum.plus(tenth));
        assert_eq!(sum, Exact::parse("1"));
        assert_eq!(
            Exact::parse("51.7").unwrap().text(2).as_deref(),
            Some("51.70")
        );
        assert_eq!(Exact::parse("51.745").unwrap().text(2), None);
        assert_eq!(Exact::parse("5").unwrap().text(0).as_deref(), Some("5"));
        assert_eq!(
            Exact::parse("-0.05").unwrap().text(2).as_deref(),
            Some("-0.05")
        );
    }
}
