//! CURP, the population key: form and check digit.

/// What a CURP is found to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Curp {
    /// As it should be.
    Right,
    /// Not of the form.
    Form,
    /// The check digit should be this one.
    CheckDigit(char),
}

/// Values of the letters: digits, then the alphabet with Ñ after N.
const LETTERS: &str = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ";

/// Tests form and check digit: the weights fall from 18 to 2, the sum is taken from ten.
pub(super) fn check(value: &str) -> Curp {
    let letters: Vec<char> = value.chars().take(20).collect();
    if letters.len() != 18 {
        return Curp::Form;
    }
    let fits = letters
        .iter()
        .enumerate()
        .all(|(index, letter)| match index {
            0..=3 | 11..=15 => letter.is_ascii_uppercase() || *letter == 'Ñ',
            4..=9 => letter.is_ascii_digit(),
            10 => matches!(letter, 'H' | 'M' | 'X'),
            16 => letter.is_ascii_uppercase() || letter.is_ascii_digit(),
            _ => letter.is_ascii_digit(),
        });
    let number = |from: usize| -> u32 {
        let two: String = letters.iter().skip(from).take(2).collect();
        two.parse().unwrap_or(0)
    };
    if !fits || !(1..=12).contains(&number(6)) || !(1..=31).contains(&number(8)) {
        return Curp::Form;
    }
    let mut sum = 0;
    for (weight, letter) in (2..=18_usize).rev().zip(&letters) {
        let Some(worth) = LETTERS.chars().position(|known| known == *letter) else {
            return Curp::Form;
        };
        sum += worth * weight;
    }
    let digit = u32::try_from((10 - sum % 10) % 10).unwrap_or(0);
    let expected = char::from_digit(digit, 10).unwrap_or('0');
    match letters.last() == Some(&expected) {
        true => Curp::Right,
        false => Curp::CheckDigit(expected),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits() {
        // An invented person whose key is often printed as an example.
        assert_eq!(check("BOXW310820HNERXN09"), Curp::Right);
        assert_eq!(check("BOXW310820HNERXN08"), Curp::CheckDigit('9'));
        for bad in [
            "",
            "BOXW310820HNERXN0",
            "BOXW311320HNERXN09",
            "BOXW310820ZNERXN09",
            "boxw310820hnerxn09",
        ] {
            assert_eq!(check(bad), Curp::Form, "{bad}");
        }
    }
}
