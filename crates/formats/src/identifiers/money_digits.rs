//! Check digits of money: accounts, banks, legal entities.

use super::IdentifierError;
use super::digits::{compare, digit, form};

/// The sum of the digits with weights 3, 7, 1 over and over; `None` where one is no digit.
fn weighted(digits: &str) -> Option<u32> {
    let mut sum = 0;
    for (letter, weight) in digits.chars().zip([3, 7, 1].into_iter().cycle()) {
        sum += letter.to_digit(10)? * weight;
    }
    Some(sum)
}

/// The check digit of a CLABE's first 17 digits.
///
/// # Errors
/// When they are not 17 digits.
pub fn clabe_check_digit(seventeen: &str) -> Result<char, IdentifierError> {
    match weighted(seventeen) {
        // Each product modulo 10, summed, is the sum modulo 10.
        Some(sum) if seventeen.len() == 17 => Ok(digit((10 - sum % 10) % 10)),
        _ => Err(form("clabe", "[0-9]{17}")),
    }
}

/// The check digit of a US routing number's first 8 digits.
///
/// # Errors
/// When they are not 8 digits.
pub fn routing_check_digit(eight: &str) -> Result<char, IdentifierError> {
    match weighted(eight) {
        // The ninth digit has weight 1.
        Some(sum) if eight.len() == 8 => Ok(digit((10 - sum % 10) % 10)),
        _ => Err(form("routing-number", "[0-9]{8}")),
    }
}

/// The remainder modulo 97 of the text, letters as 10 to 35 (ISO/IEC 7064, MOD 97-10).
fn modulo_97(text: impl Iterator<Item = char>) -> Option<u32> {
    let mut rest = 0;
    for letter in text {
        let value = letter
            .to_digit(36)
            .filter(|_| !letter.is_ascii_lowercase())?;
        rest = (rest * if value < 10 { 10 } else { 100 } + value) % 97;
    }
    Some(rest)
}

fn two_digits(rest: u32) -> String {
    format!("{:02}", 98 - rest)
}

/// The two check digits of an IBAN of that country and national account number (ISO 13616).
///
/// # Errors
/// When the country is not in the registry, or the account has not its length or characters.
pub fn iban_check_digits(country: &str, account: &str) -> Result<String, IdentifierError> {
    let wrong = || form("iban", "[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}");
    if iban_length(country) != Some(account.len() + 4) {
        return Err(wrong());
    }
    let all = account.chars().chain(country.chars()).chain("00".chars());
    modulo_97(all).map(two_digits).ok_or_else(wrong)
}

/// The two check digits of a LEI's first 18 characters (ISO 17442).
///
/// # Errors
/// When they are not 18 capitals and digits.
pub fn lei_check_digits(eighteen: &str) -> Result<String, IdentifierError> {
    let rest = modulo_97(eighteen.chars().chain("00".chars()));
    match rest {
        Some(rest) if eighteen.len() == 18 => Ok(two_digits(rest)),
        _ => Err(form("lei", "[A-Z0-9]{18}")),
    }
}

/// How many characters an IBAN of that country has; `None` where the country has none.
pub fn iban_length(country: &str) -> Option<usize> {
    IBAN_LENGTHS
        .iter()
        .find(|(_, countries)| countries.split(' ').any(|known| known == country))
        .map(|(length, _)| *length)
}

/// Lengths in the IBAN registry. Mexico and the United States have no IBAN.
const IBAN_LENGTHS: &[(usize, &str)] = &[
    (15, "NO"),
    (16, "BE"),
    (18, "DK FI FK FO GL NL SD"),
    (19, "MK SI"),
    (20, "AT BA EE KZ LT LU MN XK"),
    (21, "CH HR LI LV"),
    (22, "BG BH CR DE GB GE IE ME RS VA"),
    (23, "AE GI IL IQ OM SO TL"),
    (24, "AD CZ ES MD PK RO SA SE SK TN VG"),
    (25, "LY PT ST"),
    (26, "IS TR"),
    (27, "BI DJ FR GR IT MC MR SM"),
    (28, "AL AZ BY CY DO GT HN HU LB NI PL SV"),
    (29, "BR EG PS QA UA"),
    (30, "JO KW MU YE"),
    (31, "MT SC"),
    (32, "LC"),
    (33, "RU"),
];

pub(super) fn test_clabe(value: &str) -> Result<(), IdentifierError> {
    let expected = clabe_check_digit(value.get(..17).unwrap_or(""))?;
    compare("clabe", value.chars().nth(17), expected)
}

pub(super) fn test_routing(value: &str) -> Result<(), IdentifierError> {
    let district: u32 = value
        .get(..2)
        .and_then(|two| two.parse().ok())
        .unwrap_or(99);
    if !matches!(district, 0..=12 | 21..=32 | 61..=72 | 80) {
        return Err(IdentifierError::Part {
            name: "routing-number",
            part: "the district",
        });
    }
    let expected = routing_check_digit(value.get(..8).unwrap_or(""))?;
    compare("routing-number", value.chars().nth(8), expected)
}

pub(super) fn test_iban(value: &str) -> Result<(), IdentifierError> {
    let part = |part| Err(IdentifierError::Part { name: "iban", part });
    let (country, rest) = value.split_at_checked(2).unwrap_or((value, ""));
    match iban_length(country) {
        None => return part("the country"),
        Some(length) if length != value.len() => return part("the length"),
        Some(_) => {}
    }
    let (given, account) = rest.split_at_checked(2).unwrap_or((rest, ""));
    let expected = iban_check_digits(country, account)?;
    pair("iban", given, &expected)
}

pub(super) fn test_lei(value: &str) -> Result<(), IdentifierError> {
    let (body, given) = value.split_at_checked(18).unwrap_or((value, ""));
    let expected = lei_check_digits(body)?;
    pair("lei", given, &expected)
}

/// Compares two check digits; the first that differs is told.
///
/// The whole pair is compared, not the remainder: 00, 01 and 99 have the remainder of other pairs and are no check digits.
fn pair(name: &'static str, given: &str, expected: &str) -> Result<(), IdentifierError> {
    for (found, expected) in given.chars().zip(expected.chars()) {
        compare(name, Some(found), expected)?;
    }
    Ok(())
}
