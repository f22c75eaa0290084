//! The forms that values of a pedimento have, and the codes of Anexo 22's appendices that are tested.

use crate::decimal;
use crate::draft::Severity;
use crate::identifiers::{self, IdentifierError};
use serde::Serialize;

/// The form of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Form {
    /// Any text.
    Text,
    /// Pedimento number of 15 digits, or 21 characters with blanks.
    Pedimento,
    /// `IMP`, `EXP` or `TRA`.
    Operation,
    /// Clave de pedimento: a capital, and a capital or digit (appendix 2).
    Clave,
    /// Customs regime (appendix 16).
    Regime,
    /// Destination or origin, 1 to 11 (appendix 15).
    Zone,
    /// A decimal number, exact, not negative.
    Decimal,
    /// A decimal number greater than zero.
    Positive,
    /// A whole number, not negative.
    Integer,
    /// Aduana and section, three digits (appendix 1).
    Aduana,
    /// Means of transport (appendix 3).
    Transport,
    /// RFC with check digit.
    Rfc,
    /// CURP with check digit.
    Curp,
    /// `DD/MM/AAAA`, as Anexo 22 writes dates, or `YYYY-MM-DD`.
    Date,
    /// Electronic acknowledgment of eight characters.
    Acknowledgment,
    /// Payment line of 20 characters.
    CaptureLine,
    /// Licence plate.
    Plate,
    /// CAAT.
    Caat,
    /// Seal number.
    Seal,
    /// Container number (ISO 6346).
    Container,
    /// COVE number.
    Cove,
    /// Currency of three capitals.
    Currency,
    /// Incoterm of three letters.
    Incoterm,
    /// Country of three letters (appendix 4) or two.
    Country,
    /// Tariff code of eight digits.
    Fraccion,
    /// Two digits behind the tariff code.
    Nico,
    /// Whether the parties are linked: 0, 1 or 2.
    Linked,
    /// Method of valuation, 0 to 6 (appendix 11).
    Valuation,
    /// Unit of measure (appendix 7).
    Unit,
    /// Charge (appendix 12).
    Charge,
    /// Form of payment (appendix 13).
    Payment,
    /// Identifier or permit code: two capitals or digits (appendices 8 and 9).
    IdentifierCode,
    /// `M` master or `H` house.
    Waybill,
}

/// Regimes (appendix 16).
pub(super) const REGIMES: &[&str] = &[
    "IMD", "EXD", "ITR", "ITE", "ETR", "ETE", "DFI", "RFE", "TRA", "RFS",
];

/// Aduanas by their first two digits (appendix 1). The list changes by decree, so a stranger is a warning.
const ADUANAS: &[&str] = &[
    "01", "02", "05", "06", "07", "08", "11", "12", "14", "16", "17", "18", "19", "20", "22", "23",
    "24", "25", "26", "27", "28", "30", "31", "33", "34", "37", "38", "39", "40", "42", "43", "44",
    "46", "47", "48", "50", "51", "52", "53", "64", "65", "67", "73", "75", "80", "81", "82", "83",
    "84", "85",
];

/// Forms of payment (appendix 13, April 2025).
const PAYMENTS: &[&str] = &[
    "0", "2", "4", "5", "6", "7", "8", "9", "12", "13", "14", "15", "16", "18", "19", "21", "22",
];

/// Charges that the facts name (appendix 12); it has others, so a stranger is a warning.
const CHARGES: &[&str] = &["1", "3", "6", "7", "15", "23"];

/// Means of transport (appendix 3, April 2025). There is no 9.
const TRANSPORTS: &[&str] = &[
    "1", "2", "3", "4", "5", "6", "7", "8", "10", "11", "12", "98", "99",
];

/// What is wrong with a value.
pub(super) struct Wrong {
    pub(super) severity: Severity,
    pub(super) code: &'static str,
    pub(super) en: String,
    pub(super) es: String,
}

/// Whether the first two digits are those of an aduana in the list.
pub(super) fn known_aduana(code: &str) -> bool {
    ADUANAS.contains(&code)
}

/// What is wrong with a value's form, if anything.
pub(super) fn misformed(form: Form, value: &str) -> Option<Wrong> {
    let error = |code, en: &str, es: &str| wrong(Severity::Error, code, en, es);
    let digits =
        |count: usize| value.len() == count && value.bytes().all(|byte| byte.is_ascii_digit());
    let capitals = |count: usize| {
        value.len() == count
            && value
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    let letters =
        |count: usize| value.len() == count && value.bytes().all(|byte| byte.is_ascii_uppercase());
    let one_of = |code, list: &[&str]| {
        let (en, es) = (
            format!("should be one of {}", list.join(", ")),
            format!("debería ser uno de {}", list.join(", ")),
        );
        (!list.contains(&value))
            .then(|| error(code, &en, &es))
            .flatten()
    };
    let when =
        |right: bool, code, en: &str, es: &str| (!right).then(|| error(code, en, es)).flatten();
    match form {
        Form::Text => None,
        Form::Pedimento => pedimento(value),
        Form::Operation => one_of("operation-unknown", &["IMP", "EXP", "TRA"]),
        Form::Clave => when(
            capitals(2) && !value.starts_with(|letter: char| letter.is_ascii_digit()),
            "clave-form",
            "should be a capital and a capital or digit, as `A1`",
            "debería ser una mayúscula y una mayúscula o dígito, como `A1`",
        ),
        Form::Regime => one_of("regime-unknown", REGIMES),
        Form::Zone => when(
            value
                .parse::<u8>()
                .is_ok_and(|zone| (1..=11).contains(&zone)),
            "zone-unknown",
            "should be a destination or origin of 1 to 11",
            "debería ser un destino u origen de 1 a 11",
        ),
        Form::Decimal => when(
            decimal::parse(value).is_some(),
            "number-form",
            "is not a decimal number without sign and thousands separators",
            "no es un número decimal sin signo ni separadores de miles",
        ),
        Form::Positive => when(
            decimal::parse(value).is_some_and(|number| number > 0),
            "number-form",
            "should be a number greater than zero",
            "debería ser un número mayor que cero",
        ),
        Form::Integer => when(
            value.len() <= 10 && value.bytes().all(|byte| byte.is_ascii_digit()),
            "number-form",
            "is not a whole number",
            "no es un número entero",
        ),
        Form::Aduana => match digits(3) {
            false => error(
                "aduana-form",
                "should be two digits of the aduana and one of the section, as `240`",
                "debería ser dos dígitos de la aduana y uno de la sección, como `240`",
            ),
            true if !known_aduana(value.get(..2).unwrap_or_default()) => aduana_unknown(value),
            true => None,
        },
        Form::Transport => one_of("transport-unknown", TRANSPORTS),
        Form::Rfc => match identifiers::normalise("rfc", value) {
            Ok(_) => None,
            Err(told @ IdentifierError::CheckDigit { .. }) => {
                error("rfc-check-digit", &told.to_string(), &told.es())
            }
            Err(told) => error("rfc-form", &told.to_string(), &told.es()),
        },
        Form::Curp => match identifiers::normalise("curp", value) {
            Ok(_) => None,
            Err(told @ IdentifierError::CheckDigit { .. }) => {
                error("curp-check-digit", &told.to_string(), &told.es())
            }
            Err(told) => error("curp-form", &told.to_string(), &told.es()),
        },
        Form::Date => when(
            date(value).is_some(),
            "date-form",
            "is not a date like 24/11/2026 or 2026-11-24",
            "no es una fecha como 24/11/2026 o 2026-11-24",
        ),
        Form::Acknowledgment => when(
            capitals(8),
            "acknowledgment-form",
            "should be eight capitals and digits",
            "debería ser de ocho mayúsculas y dígitos",
        ),
        Form::CaptureLine => when(
            capitals(20),
            "capture-line-form",
            "should be 20 capitals and digits",
            "debería ser de 20 mayúsculas y dígitos",
        ),
        Form::Plate => identifier("plate", "plate-form", value),
        Form::Caat => identifier("caat", "caat-form", value),
        Form::Seal => identifier("seal", "seal-form", value),
        Form::Container => match identifiers::normalise("container", value) {
            Ok(_) => None,
            Err(told @ IdentifierError::CheckDigit { .. }) => {
                error("container-check-digit", &told.to_string(), &told.es())
            }
            Err(told) => error("container-form", &told.to_string(), &told.es()),
        },
        Form::Cove => identifier("cove", "cove-form", value),
        Form::Currency => when(
            letters(3),
            "currency-form",
            "should be a currency of three capitals, as `USD`",
            "debería ser una moneda de tres mayúsculas, como `USD`",
        ),
        Form::Incoterm => when(
            letters(3),
            "incoterm-form",
            "should be three capitals, as `FCA`",
            "debería ser de tres mayúsculas, como `FCA`",
        ),
        Form::Country => when(
            letters(2) || letters(3),
            "country-form",
            "should be a country of two or three capitals",
            "debería ser un país de dos o tres mayúsculas",
        ),
        Form::Fraccion => when(
            digits(8),
            "fraccion-form",
            "should be eight digits",
            "debería ser de ocho dígitos",
        ),
        Form::Nico => when(
            digits(2),
            "nico-form",
            "should be two digits",
            "debería ser de dos dígitos",
        ),
        Form::Linked => one_of("linked-unknown", &["0", "1", "2"]),
        Form::Valuation => one_of("valuation-unknown", &["0", "1", "2", "3", "4", "5", "6"]),
        Form::Unit => match value.parse::<u8>() {
            Ok(1..=22) => None,
            Ok(_) | Err(_) => wrong(
                Severity::Warning,
                "unit-unknown",
                "should be a unit of 1 to 22",
                "debería ser una unidad de 1 a 22",
            ),
        },
        Form::Charge => match value.len() <= 2 && value.bytes().all(|byte| byte.is_ascii_digit()) {
            false => error(
                "charge-form",
                "should be a charge of one or two digits",
                "debería ser una contribución de uno o dos dígitos",
            ),
            true if !CHARGES.contains(&value) => wrong(
                Severity::Warning,
                "charge-unknown",
                "is not one of the charges known here: 1 DTA, 3 IVA, 6 IGI/IGE, 7 surcharges, 15 PRV, 23 IVA/PRV",
                "no es de las contribuciones conocidas aquí: 1 DTA, 3 IVA, 6 IGI/IGE, 7 recargos, 15 PRV, 23 IVA/PRV",
            ),
            true => None,
        },
        Form::Payment => one_of("payment-form-unknown", PAYMENTS),
        Form::IdentifierCode => when(
            capitals(2),
            "identifier-code-form",
            "should be two capitals or digits",
            "debería ser de dos mayúsculas o dígitos",
        ),
        Form::Waybill => one_of("waybill-kind", &["M", "H"]),
    }
}

fn wrong(severity: Severity, code: &'static str, en: &str, es: &str) -> Option<Wrong> {
    Some(Wrong {
        severity,
        code,
        en: en.to_owned(),
        es: es.to_owned(),
    })
}

fn identifier(name: &str, code: &'static str, value: &str) -> Option<Wrong> {
    match identifiers::normalise(name, value) {
        Ok(_) => None,
        Err(told) => wrong(Severity::Error, code, &told.to_string(), &told.es()),
    }
}

fn aduana_unknown(value: &str) -> Option<Wrong> {
    wrong(
        Severity::Warning,
        "aduana-unknown",
        &format!(
            "`{}` is not an aduana of the list known here",
            value.get(..2).unwrap_or_default()
        ),
        &format!(
            "`{}` no es una aduana de la lista conocida aquí",
            value.get(..2).unwrap_or_default()
        ),
    )
}

fn pedimento(value: &str) -> Option<Wrong> {
    match identifiers::normalise("pedimento", value) {
        Ok(bare) => match bare.get(2..4) {
            Some(aduana) if !known_aduana(aduana) => aduana_unknown(aduana),
            _ => None,
        },
        Err(IdentifierError::Part {
            part: "the year digit",
            ..
        }) => wrong(
            Severity::Error,
            "pedimento-year-digit",
            "digit 9 should be the last digit of the year, or of the year before",
            "el dígito 9 debería ser el último del año o del año anterior",
        ),
        Err(IdentifierError::Part { .. }) => wrong(
            Severity::Error,
            "pedimento-running-number",
            "the running number begins with 000001",
            "la numeración progresiva comienza en 000001",
        ),
        Err(told) => wrong(
            Severity::Error,
            "pedimento-form",
            &told.to_string(),
            &told.es(),
        ),
    }
}

/// A date of either form.
pub(super) fn date(value: &str) -> Option<jiff::civil::Date> {
    if value.len() == 10
        && value.as_bytes().get(2) == Some(&b'/')
        && value.as_bytes().get(5) == Some(&b'/')
    {
        let (day, month, year) = (value.get(..2)?, value.get(3..5)?, value.get(6..)?);
        return format!("{year}-{month}-{day}").parse().ok();
    }
    match value.len() == 10 && value.is_ascii() {
        true => value.parse().ok(),
        false => None,
    }
}
