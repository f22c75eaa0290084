//! The field's identifiers in one place: form, check digit, normal form, source, examples.
//!
//! [`ALL`] is the table. [`check`] asks whether a value is right as written; [`normalise`] takes what people write
//! (blanks, lower case, hyphens) and gives the one normal form, under which two documents can be compared.
//! An identifier whose source is marked "unsure" is checked in form only.

use std::str::FromStr;

mod digits;
mod pattern;
#[cfg(test)]
mod tests;

pub use digits::{
    entry_check_digit, entry_number, inbond_number, iso6346_check_digit, iso6346_number,
    rfc_check_digit, vin_check_digit,
};

/// No identifier of the table is longer than 36 characters; more is not read.
pub const IDENTIFIER_CHARS_MAX: usize = 64;

/// One row of the table.
#[derive(Debug)]
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
        if value.chars().count() > IDENTIFIER_CHARS_MAX || !pattern::matches(self.form, value) {
            return Err(IdentifierError::Form {
                name: self.name,
                form: self.form,
            });
        }
        (self.test)(value)
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

fn upper(value: &str) -> String {
    value.to_uppercase()
}

fn upper_bare(value: &str) -> String {
    value
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '-'))
        .collect::<String>()
        .to_uppercase()
}

fn digits_only(value: &str) -> String {
    value
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '-' | '.'))
        .collect()
}

fn entry_tidy(value: &str) -> String {
    let bare: Vec<char> = upper_bare(value).chars().collect();
    match (bare.len(), bare.get(..3), bare.get(3..10), bare.get(10)) {
        (11, Some(filer), Some(seven), Some(check)) => {
            let filer: String = filer.iter().collect();
            let seven: String = seven.iter().collect();
            format!("{filer}-{seven}-{check}")
        }
        _ => bare.into_iter().collect(),
    }
}

fn un_tidy(value: &str) -> String {
    let bare = upper_bare(value);
    if bare.len() == 4 && bare.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("UN{bare}")
    } else {
        bare
    }
}

fn idccp_tidy(value: &str) -> String {
    let lower = value.to_lowercase();
    match lower.strip_prefix("ccc") {
        Some(rest) => format!("CCC{rest}"),
        None => lower,
    }
}

fn lower(value: &str) -> String {
    value.to_lowercase()
}

macro_rules! row {
    ($name:literal, $en:literal, $es:literal, $form:literal, $digit:literal, $normal:literal, $source:literal,
     [$($good:literal),*], [$($bad:literal),*], $test:path, $tidy:path) => {
        Identifier {
            name: $name, en: $en, es: $es, form: $form, check_digit: $digit, normal: $normal, source: $source,
            examples: &[$($good),*], counterexamples: &[$($bad),*], test: $test, tidy: $tidy,
        }
    };
}

/// All identifiers this crate knows.
pub static ALL: &[Identifier] = &[
    row!(
        "scac",
        "carrier code (SCAC)",
        "código del transportista (SCAC)",
        "[A-Z]{2,4}",
        "",
        "capitals; ACE uses those of 4 letters",
        "NMFTA; 19 CFR 123.92",
        ["TOCQ", "ABCD"],
        ["TO1Q", "ABCDE", "tocq"],
        no_test,
        upper
    ),
    row!(
        "scn",
        "shipment control number (PAPS number)",
        "número de control del embarque (PAPS)",
        "[A-Z]{4}[A-Z0-9]{1,12}",
        "",
        "capitals, no blanks or hyphens",
        "CBP ACE truck e-Manifest",
        ["TOCQ88402171", "ABCD123456789012"],
        ["TOCQ", "TOC188402171", "ABCD1234567890123"],
        no_test,
        upper_bare
    ),
    row!(
        "entry-number",
        "CBP entry number",
        "número de entrada de CBP",
        "[A-Z0-9]{3}-?[0-9]{7}-?[0-9]",
        "Luhn over filer code and number, letters as digits",
        "XXX-NNNNNNN-C",
        "19 CFR 142.3a; CATAIR",
        [
            "ABC-1234567-6",
            "999-9999999-0",
            "123-4512345-4",
            "XYZ-0000001-5"
        ],
        ["ABC-1234567-5", "000-0000000-0", "AB-1234567-6"],
        digits::test_entry,
        entry_tidy
    ),
    row!(
        "inbond-number",
        "in-bond number",
        "número de in-bond",
        "[0-9]{9}",
        "serial modulo 7",
        "9 digits",
        "CBP Form 7512 number computation",
        ["257700030", "257700052", "257700015", "680001232"],
        ["257700031", "257700059", "25770003"],
        digits::test_inbond,
        digits_only
    ),
    row!(
        "container",
        "container number (ISO 6346)",
        "número de contenedor (ISO 6346)",
        "[A-Z]{3}[UJZ][0-9]{7}",
        "ISO 6346: powers of two, modulo 11",
        "capitals, no blanks",
        "ISO 6346",
        ["CSQU3054383"],
        ["CSQU3054384", "CSQX3054383", "CSQU305438"],
        digits::test_container,
        upper_bare
    ),
    row!(
        "rfc",
        "Mexican tax id (RFC)",
        "RFC",
        "[A-Z&Ñ]{3,4}[0-9]{6}[A-Z0-9]{2}[0-9A]",
        "modulo 11; generic RFCs are exempt",
        "capitals, no blanks or hyphens",
        "SAT tdCFDI.xsd",
        [
            "GODE561231GR8",
            "EKU9003173C9",
            "XIA190128J61",
            "IIA040805DZ4",
            "URE180429TM6",
            "CACX7605101P8",
            "FUNK671228PH6",
            "MISC491214B86",
            "XAXX010101000",
            "XEXX010101000"
        ],
        [
            "GODE561231GR9",
            "EKU9003173C8",
            "EKU9013173C9",
            "EKU900332C98"
        ],
        digits::test_rfc,
        upper_bare
    ),
    row!(
        "pedimento",
        "pedimento number",
        "número de pedimento",
        "[0-9]{15}|[0-9]{2}  [0-9]{2}  [0-9]{4}  [0-9]{7}",
        "year digit (9th) is that of the validation year or the year before; running number from 000001",
        "15 digits; in CFDI `NN  NN  NNNN  NNNNNNN`",
        "RGCE Anexo 22; cfdv40.xsd",
        ["262434566000123"],
        ["262434564000123", "262434566000000", "26 24 3456 6000123"],
        digits::test_pedimento,
        digits_only
    ),
    row!(
        "itn",
        "AES internal transaction number",
        "número de transacción interna de AES",
        "X[0-9]{14}",
        "the first eight digits are a date from 2000 on",
        "capital X, 14 digits",
        "15 CFR 30, appendix B",
        ["X20170101987654"],
        ["X20171301987654", "X2017010198765", "20170101987654"],
        digits::test_itn,
        upper_bare
    ),
    row!(
        "hts",
        "tariff code, 6, 8 or 10 digits",
        "fracción arancelaria, 6, 8 o 10 dígitos",
        "[0-9]{4}[.]?[0-9]{2}|[0-9]{4}[.]?[0-9]{2}[.]?[0-9]{2}|[0-9]{4}[.]?[0-9]{2}[.]?[0-9]{2}[.]?[0-9]{2}",
        "",
        "digits only; only the first 6 compare across the border",
        "HTSUS; TIGIE and NICO; HS",
        ["870880", "87088099", "8708809900", "6309000100"],
        ["87088", "870880990", "8708.8"],
        no_test,
        digits_only
    ),
    row!(
        "cove",
        "value document acknowledgment (COVE)",
        "acuse de valor (COVE)",
        "COVE[0-9A-Z]{9}",
        "",
        "capitals",
        "VUCEM (length unsure)",
        ["COVE2461AB3C9"],
        ["COVE2461", "CVE2461AB3C9X"],
        no_test,
        upper_bare
    ),
    row!(
        "mid",
        "manufacturer identification code",
        "código de identificación del fabricante",
        "[A-Z]{2}[A-Z0-9]{3,13}",
        "",
        "capitals",
        "CBP Form 7501 instructions, appendix 2 (details unsure)",
        ["MXAUTEJE1250QUE"],
        ["M1AUTEJE", "MXAUTEJE1250QUERE"],
        no_test,
        upper_bare
    ),
    row!(
        "caat",
        "Mexican carrier code (CAAT)",
        "CAAT",
        "[A-Z0-9]{4}",
        "",
        "capitals",
        "RGCE Anexo 22",
        ["3A7K"],
        ["3A7", "3A7KK"],
        no_test,
        upper_bare
    ),
    row!(
        "patente",
        "customs broker licence (patente)",
        "patente aduanal",
        "[0-9]{4}",
        "",
        "4 digits",
        "SAT c_PatenteAduanal",
        ["3456"],
        ["345", "34567"],
        no_test,
        digits_only
    ),
    row!(
        "un-number",
        "dangerous goods number (UN or NA)",
        "número ONU o NA",
        "UN[0-9]{4}|NA[0-9]{4}",
        "",
        "UN or NA and 4 digits",
        "49 CFR 172.101",
        ["UN2319", "NA1993"],
        ["UN231", "2319", "UNX319"],
        no_test,
        un_tidy
    ),
    row!(
        "locode",
        "UN/LOCODE",
        "UN/LOCODE",
        "[A-Z]{2}[A-Z2-9]{3}",
        "",
        "5 characters, no blank",
        "UNECE Recommendation 16",
        ["USLRD", "MXNLD"],
        ["US", "USLR1", "USLRDX"],
        no_test,
        upper_bare
    ),
    row!(
        "schedule-d",
        "CBP port code (Schedule D)",
        "código de puerto de CBP (Schedule D)",
        "[0-9]{4}",
        "",
        "4 digits",
        "US Census Schedule D",
        ["2304", "1803"],
        ["230", "23045", "l245"],
        no_test,
        digits_only
    ),
    row!(
        "vin",
        "vehicle identification number",
        "número de identificación vehicular (NIV)",
        "[A-HJ-NPR-Z0-9]{17}",
        "9th character, modulo 11",
        "17 capitals and digits",
        "49 CFR 565; ISO 3779",
        ["1M8GDM9AXKP042788", "11111111111111111"],
        ["1M8GDM9A1KP042788", "1M8GDM9AXKP04278"],
        digits::test_vin,
        upper_bare
    ),
    row!(
        "plate",
        "licence plate",
        "placa",
        "[A-Z0-9]{2,10}",
        "",
        "capitals and digits, no blanks or hyphens",
        "CBP manifest cover sheet; CartaPorte31.xsd (5 to 7)",
        ["12AB3C", "45CD6E"],
        ["A", "12-AB-3C", "12AB3C45CD6"],
        no_test,
        upper_bare
    ),
    row!(
        "firms",
        "facility code (FIRMS)",
        "código de instalación (FIRMS)",
        "[A-Z][A-Z0-9]{3}",
        "",
        "4 characters",
        "CBP ACE appendix",
        ["M029"],
        ["0029", "M29"],
        no_test,
        upper_bare
    ),
    row!(
        "fast-card",
        "FAST card number",
        "número de tarjeta FAST",
        "[0-9]{9,14}",
        "",
        "9 to 14 digits",
        "CBP ACE truck e-Manifest (length unsure)",
        ["411000123456", "41100000000017"],
        ["41100012", "4110000000001A"],
        no_test,
        digits_only
    ),
    row!(
        "uuid",
        "UUID (of a fiscal stamp, for one)",
        "UUID (folio fiscal, entre otros)",
        "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
        "",
        "lower case",
        "RFC 9562; TimbreFiscalDigital",
        ["5f0c1a52-7c36-4b7c-9a34-5f1b9f1f2c11"],
        [
            "5f0c1a52-7c36-4b7c-9a34-5f1b9f1f2c1",
            "5f0c1a52_7c36_4b7c_9a34_5f1b9f1f2c11"
        ],
        no_test,
        lower
    ),
    row!(
        "idccp",
        "Carta Porte identifier (IdCCP)",
        "identificador del complemento (IdCCP)",
        "CCC[a-f0-9A-F]{5}-[a-f0-9A-F]{4}-[a-f0-9A-F]{4}-[a-f0-9A-F]{4}-[a-f0-9A-F]{12}",
        "",
        "CCC, the rest in lower case",
        "CartaPorte31.xsd",
        [
            "CCC1a2b3-c4d5-4e6f-8a9b-0c1d2e3f4a5b",
            "CCCbcd94-870a-4332-a52a-a52aa52aa52a"
        ],
        [
            "CCD1a2b3-c4d5-4e6f-8a9b-0c1d2e3f4a5b",
            "CCC1a2b3c4d54e6f8a9b0c1d2e3f4a5b"
        ],
        no_test,
        idccp_tidy
    ),
    row!(
        "trip-number",
        "trip number",
        "número de viaje",
        "[A-Z0-9-]{1,25}",
        "",
        "capitals, no blanks",
        "CBP manifest cover sheet (character set unsure)",
        ["TOCQ2611240417"],
        ["TOCQ 2611", "toCQ26"],
        no_test,
        upper
    ),
    row!(
        "seal",
        "seal number",
        "número de candado o sello",
        "[A-Z0-9][A-Z0-9-]{0,19}",
        "",
        "capitals, no blanks",
        "X12 element 225 (15 characters); ISO 17712",
        ["MLBR3014246", "128105"],
        ["-128105", "MLBR30142460000000001"],
        no_test,
        upper
    ),
];

macro_rules! newtype {
    ($(#[$meta:meta])* $type:ident, $name:literal) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(String);

        impl $type {
            /// The normal form.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = IdentifierError;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                normalise($name, value).map($type)
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

newtype!(/** A carrier's code. */ Scac, "scac");
newtype!(/** A shipment control number. */ Scn, "scn");
newtype!(/** A CBP entry number. */ EntryNumber, "entry-number");
newtype!(/** An in-bond number. */ InbondNumber, "inbond-number");
newtype!(/** An ISO 6346 container number. */ ContainerNumber, "container");
newtype!(/** A Mexican tax id. */ Rfc, "rfc");
newtype!(/** A pedimento number, as 15 digits. */ Pedimento, "pedimento");
newtype!(/** An AES internal transaction number. */ Itn, "itn");
newtype!(/** A tariff code of 6, 8 or 10 digits. */ TariffCode, "hts");
newtype!(/** A vehicle identification number. */ Vin, "vin");
newtype!(/** A seal number. */ Seal, "seal");
newtype!(/** A trip number. */ TripNumber, "trip-number");
newtype!(/** The identifier of a Carta Porte. */ IdCcp, "idccp");

impl Pedimento {
    /// As written in a CFDI: `NN  NN  NNNN  NNNNNNN`, 21 characters.
    pub fn cfdi(&self) -> String {
        let part = |from: usize, to: usize| self.0.get(from..to).unwrap_or_default();
        format!(
            "{}  {}  {}  {}",
            part(0, 2),
            part(2, 4),
            part(4, 8),
            part(8, 15)
        )
    }

    /// As the key of a case: `NN:NN:NNNN:NNNNNNN`.
    pub fn case_key(&self) -> String {
        self.cfdi().replace("  ", ":")
    }

    /// The patente of the broker: digits 5 to 8.
    pub fn patente(&self) -> &str {
        self.0.get(4..8).unwrap_or_default()
    }

    /// The aduana of dispatch: digits 3 and 4.
    pub fn aduana(&self) -> &str {
        self.0.get(2..4).unwrap_or_default()
    }
}

impl TariffCode {
    /// The first six digits, the only ones that may be compared across the border.
    pub fn hs6(&self) -> &str {
        self.0.get(..6).unwrap_or_default()
    }
}
