//! The field's identifiers in one place: form, check digit, normal form, source, examples.
//!
//! [`ALL`] is the table. [`check`] asks whether a value is right as written; [`normalise`] takes what people write
//! (blanks, lower case, hyphens) and gives the one normal form, under which two documents can be compared.
//! An identifier whose source is marked "unsure" is checked in form only.

use std::collections::BTreeMap;
use std::sync::LazyLock;

macro_rules! row {
    ($name:literal, $en:literal, $es:literal, $form:literal, $digit:literal, $normal:literal, $source:literal,
     [$($good:literal),*], [$($bad:literal),*], $test:path, $tidy:path) => {
        Identifier {
            name: $name, en: $en, es: $es, form: $form, check_digit: $digit, normal: $normal, source: $source,
            examples: &[$($good),*], counterexamples: &[$($bad),*], test: $test, tidy: $tidy,
        }
    };
}

mod carriage;
mod customs_mx;
mod customs_us;
mod digits;
mod general;
mod goods;
mod mid;
mod money;
mod money_digits;
mod newtypes;
mod pattern;
#[cfg(test)]
mod tests;
mod tidy;

pub use digits::{
    curp_check_digit, entry_check_digit, entry_number, inbond_number, iso6346_check_digit,
    iso6346_number, rfc_check_digit, vin_check_digit,
};
pub use mid::{MidError, manufacturer_id};
pub use money_digits::{
    clabe_check_digit, iban_check_digits, iban_length, lei_check_digits, routing_check_digit,
};
pub use newtypes::{
    Clabe, ContainerNumber, EntryNumber, Iban, IdCcp, InbondNumber, Itn, Pedimento, Rfc, Scac, Scn,
    Seal, TariffCode, TripNumber, Uetr, Vin,
};

/// All identifiers this crate knows, one family after the other.
pub static ALL: &[Identifier] = &joined::<TOTAL>(FAMILIES);

const FAMILIES: &[&[Identifier]] = &[
    carriage::ROWS,
    customs_us::ROWS,
    customs_mx::ROWS,
    goods::ROWS,
    money::ROWS,
    general::ROWS,
];

const TOTAL: usize = carriage::ROWS.len()
    + customs_us::ROWS.len()
    + customs_mx::ROWS.len()
    + goods::ROWS.len()
    + money::ROWS.len()
    + general::ROWS.len();

/// The forms of the table, taken apart once: a file of payments asks for the same ones thousands of times.
static PATTERNS: LazyLock<BTreeMap<&'static str, pattern::Pattern>> = LazyLock::new(|| {
    ALL.iter()
        .map(|row| (row.name, pattern::Pattern::of(row.form)))
        .collect()
});

/// No identifier of the table is longer than 36 characters; more is not read.
pub const IDENTIFIER_CHARS_MAX: usize = 64;

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Identifier {
    /// The name, as rules and schemas use it.
    pub name: &'static str,
    /// What it is, in English.
    pub en: &'static str,
    /// What it is, in Spanish.
    pub es: &'static str,
    /// The form: a regular expression of literals, classes, `?`, `{n}`, `{m,n}` and top-level `|`, anchored.
    pub form: &'static str,
    /// The check digit or consistency test, in words; empty where there is none.
    pub check_digit: &'static str,
    /// The normal form, in words.
    pub normal: &'static str,
    /// Where this is from.
    pub source: &'static str,
    /// Right values, in normal form.
    pub examples: &'static [&'static str],
    /// Wrong values that look right.
    pub counterexamples: &'static [&'static str],
    test: fn(&str) -> Result<(), IdentifierError>,
    tidy: fn(&str) -> String,
}

/// Why a value is not the identifier it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentifierError {
    /// No row of the table has this name.
    #[error("there is no identifier called `{name}`")]
    Unknown {
        /// The name asked for.
        name: String,
    },
    /// The value does not have the form.
    #[error("this is not of the form of {name}: `{form}`")]
    Form {
        /// The identifier's name.
        name: &'static str,
        /// The form it should have.
        form: &'static str,
    },
    /// The check digit does not fit.
    #[error("the check digit of this {name} should be `{expected}`")]
    CheckDigit {
        /// The identifier's name.
        name: &'static str,
        /// The digit that would fit.
        expected: char,
    },
    /// A part of the value can't be what it stands for.
    #[error("{part} in this {name} is not possible")]
    Part {
        /// The identifier's name.
        name: &'static str,
        /// The part.
        part: &'static str,
    },
}

impl IdentifierError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            IdentifierError::Unknown { .. } => "identifier-unknown",
            IdentifierError::Form { .. } => "identifier-form",
            IdentifierError::CheckDigit { .. } => "identifier-check-digit",
            IdentifierError::Part { .. } => "identifier-part",
        }
    }

    /// The message in Spanish.
    pub fn es(&self) -> String {
        match self {
            IdentifierError::Unknown { name } => format!("no hay identificador llamado `{name}`"),
            IdentifierError::Form { name, form } => {
                format!("no tiene la forma de {name}: `{form}`")
            }
            IdentifierError::CheckDigit { name, expected } => {
                format!("el dígito verificador de este {name} debería ser `{expected}`")
            }
            IdentifierError::Part { name, part } => {
                format!("una parte de este {name} no es posible: {part}")
            }
        }
    }
}

/// The row of that name.
pub fn identifier(name: &str) -> Option<&'static Identifier> {
    ALL.iter().find(|row| row.name == name)
}

/// Whether the value is right as written; `None` where the table has no such name.
pub fn check(name: &str, value: &str) -> Option<bool> {
    identifier(name).map(|row| row.check(value).is_ok())
}

/// The normal form of a value that people wrote.
///
/// # Errors
/// When the name is unknown, or the value, tidied, has not the form, the check digit or the parts it should have.
pub fn normalise(name: &str, value: &str) -> Result<String, IdentifierError> {
    match identifier(name) {
        Some(row) => row.normalise(value),
        None => Err(IdentifierError::Unknown {
            name: name.to_owned(),
        }),
    }
}

/// The table as a checker that rules can be given.
#[derive(Clone, Copy, Debug, Default)]
pub struct FieldIdentifiers;

impl FieldIdentifiers {
    /// Whether the value is right as written; `None` where the table has no such name.
    pub fn check(&self, name: &str, value: &str) -> Option<bool> {
        check(name, value)
    }
}

impl Identifier {
    /// Tests a value as written.
    ///
    /// # Errors
    /// When form, check digit or parts don't fit.
    pub fn check(&self, value: &str) -> Result<(), IdentifierError> {
        if value.chars().count() > IDENTIFIER_CHARS_MAX || !self.has_form(value) {
            return Err(IdentifierError::Form {
                name: self.name,
                form: self.form,
            });
        }
        (self.test)(value)
    }

    fn has_form(&self, value: &str) -> bool {
        PATTERNS
            .get(self.name)
            .is_some_and(|pattern| pattern.matches(value))
    }

    /// The normal form of a value that people wrote.
    ///
    /// # Errors
    /// When the tidied value does not fit.
    pub fn normalise(&self, value: &str) -> Result<String, IdentifierError> {
        if value.len() > IDENTIFIER_CHARS_MAX * 4 {
            return Err(IdentifierError::Form {
                name: self.name,
                form: self.form,
            });
        }
        let tidied = (self.tidy)(value.trim());
        self.check(&tidied)?;
        Ok(tidied)
    }
}

fn no_test(_: &str) -> Result<(), IdentifierError> {
    Ok(())
}

/// The families laid end to end, when the crate is compiled.
#[expect(
    clippy::indexing_slicing,
    reason = "runs in the compiler only, where a wrong index stops the build"
)]
const fn joined<const N: usize>(families: &[&[Identifier]]) -> [Identifier; N] {
    let mut out = [carriage::ROWS[0]; N];
    let (mut at, mut family) = (0, 0);
    while family < families.len() {
        let mut row = 0;
        while row < families[family].len() {
            out[at] = families[family][row];
            at += 1;
            row += 1;
        }
        family += 1;
    }
    out
}
