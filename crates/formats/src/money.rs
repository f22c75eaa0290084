//! Amounts as records hold them: whole minor units of their currency. And the forms that invoice fields have there.

use crate::currency::minor_unit;
use crate::decimal;

/// Incoterms that the record types know.
pub(crate) const INCOTERMS: &[&str] = &[
    "EXW", "FCA", "FAS", "FOB", "CFR", "CIF", "CPT", "CIP", "DAP", "DPU", "DDP",
];

/// An amount in minor units; `None` where it has finer parts, is too large for a record, or its currency has no minor unit or is none of
/// ISO 4217: an amount read with the wrong number of digits is off by a power of ten.
pub(crate) fn minor(amount: &str, currency: &str) -> Option<i64> {
    let digits = minor_unit(currency)??;
    let scaled = decimal::parse(amount)? * 10_i128.pow(digits);
    let minor = decimal::whole(scaled)?;
    (minor <= 100_000_000_000_000).then_some(minor)
}

/// An amount of pesos or dollars in cents.
pub(crate) fn cents(amount: &str) -> Option<i64> {
    minor(amount, "MXN")
}

/// Whether a record takes this as an invoice number.
pub(crate) fn invoice_number(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte))
}

/// Whether a record takes this as a tax number.
pub(crate) fn tax_number(text: &str) -> bool {
    (5..=20).contains(&text.chars().count())
        && text.chars().all(|letter| {
            letter.is_ascii_uppercase() || letter.is_ascii_digit() || "&Ñ-".contains(letter)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minor_units() {
        assert_eq!(minor("48120.00", "USD"), Some(4_812_000));
        assert_eq!(minor("48120", "JPY"), Some(48_120));
        assert_eq!(minor("0.001", "USD"), None);
        assert_eq!(minor("1.234", "KWD"), Some(1_234));
        assert_eq!(minor("5000", "BIF"), Some(5_000));
        assert_eq!(minor("1.2345", "CLF"), Some(12_345));
        assert_eq!(minor("1", "XAU"), None);
        assert_eq!(minor("1", "ZZZ"), None);
        assert_eq!(minor("999999999999999", "USD"), None);
        assert!(invoice_number("AQ-20417") && !invoice_number("AQ 20417"));
        assert!(tax_number("74-1234567") && !tax_number("74 1"));
    }
}
