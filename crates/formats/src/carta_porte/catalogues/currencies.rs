//! Currencies of c_Moneda: those of ISO 4217, and those withdrawn since, which stand in documents of their time.

use crate::currency::minor_unit;

/// Withdrawn, or never of ISO 4217 (CNH), with two digits.
const WITHDRAWN: &[&str] = &[
    "ANG", "BGN", "CNH", "CUC", "ESD", "HRK", "MRO", "NIC", "SLL", "STD", "UYP", "VEF", "ZWL",
];
/// Withdrawn, without minor unit.
const WITHDRAWN_WHOLE: &[&str] = &["BYR"];

/// Whether the code is known.
pub(super) fn known(code: &str) -> bool {
    minor_unit(code).is_some() || minor_digits(code).is_some()
}

/// Digits of the minor unit, where the currency has one or is counted whole; none for metals, units of account and `XXX`, no currency.
pub(crate) fn minor_digits(code: &str) -> Option<u32> {
    match minor_unit(code) {
        Some(digits) => digits,
        None if WITHDRAWN.contains(&code) => Some(2),
        None => WITHDRAWN_WHOLE.contains(&code).then_some(0),
    }
}
