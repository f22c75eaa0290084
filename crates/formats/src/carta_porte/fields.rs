//! Attributes: which form each value has, and what is told where it has another.

use super::catalogues::Catalogue;
use super::node::Source;
use crate::draft::{Noted, Severity};
use crate::xml::Element;
use crate::{decimal, identifiers};
use serde::Serialize;

/// The form of an attribute's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Form {
    /// Any text.
    Text,
    /// Text of at least and at most so many characters, without `|`, which parts the fields of the original string.
    Chars(usize, usize),
    /// At least and at most so many digits.
    Digits(usize, usize),
    /// An amount of money: not negative, at most six decimals.
    Amount,
    /// A quantity or rate: more than zero, at most six decimals.
    Quantity,
    /// A weight: more than zero, at most three decimals.
    Weight,
    /// A length or tonnage: more than zero, at most two decimals.
    Measure,
    /// Kilometres: 0.01 to 99999.
    Kilometres,
    /// A whole number, not negative.
    Integer,
    /// A year from 1900 to 2099.
    Year,
    /// `YYYY-MM-DDThh:mm:ss`, local time without zone.
    DateTime,
    /// `YYYY-MM-DD`.
    Date,
    /// `Sí` or `No`.
    YesNo,
    /// `Sí`.
    Yes,
    /// `0` or `1`.
    ZeroOne,
    /// RFC with check digit.
    Rfc,
    /// CURP: 18 letters and digits.
    Curp,
    /// Pedimento, 21 characters.
    Pedimento,
    /// UUID.
    Uuid,
    /// IdCCP.
    IdCcp,
    /// Tariff code of 8 or 10 digits.
    Tariff,
    /// Licence plate.
    Plate,
    /// `OR` or `DE` and six digits.
    IdUbicacion,
    /// `Origen` or `Destino`.
    TipoUbicacion,
    /// `Entrada` or `Salida`.
    EntradaSalida,
    /// `Altura` or `Cabotaje`.
    Navigation,
    /// `IMO` and seven digits, the last a check digit.
    Imo,
    /// Length, width and height in `cm` or `plg`, such as `30/30/10cm`.
    Dimensions,
    /// Base64.
    Base64,
    /// A code of a catalogue.
    Code(Catalogue),
}

/// One attribute of one element.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct AttributeRule {
    /// The attribute's name in the XML schema.
    pub attribute: &'static str,
    /// The field of the plain document.
    pub field: &'static str,
    /// Whether the XML schema requires it.
    pub required: bool,
    /// The form of its value.
    pub form: Form,
}

/// A value that an attribute fills: present or required.
pub(super) trait Slot {
    fn fill(&mut self, value: Option<String>);
    fn text(&self) -> Option<&str>;
}

impl Slot for String {
    fn fill(&mut self, value: Option<String>) {
        *self = value.unwrap_or_default();
    }
    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl Slot for Option<String> {
    fn fill(&mut self, value: Option<String>) {
        *self = value;
    }
    fn text(&self) -> Option<&str> {
        self.as_deref()
    }
}

/// Notes the element's own place and tells the attributes that the table does not have.
pub(super) fn open(
    element: &Element,
    pointer: &str,
    rules: &[AttributeRule],
    source: &mut Source<'_>,
) -> Noted {
    let places = &mut source.places;
    let noted = places.put_element(pointer.to_owned(), element.place());
    for attribute in &element.attributes {
        let known = rules.iter().any(|rule| rule.attribute == attribute.name);
        if !known && !attribute.qualified {
            places.fault_at(
                Severity::Note,
                "attribute-not-read",
                pointer,
                Some(element.place_of(attribute)),
                format!("`{}` of {} is not read", attribute.name, element.name),
                format!("no se lee `{}` de {}", attribute.name, element.name),
            );
        }
    }
    noted
}

/// Takes one attribute, noting its place and what is wrong with its form.
pub(super) fn take(
    element: &Element,
    (pointer, noted): (&str, Noted),
    rule: &AttributeRule,
    source: &mut Source<'_>,
) -> Option<String> {
    let origin = || format!("{pointer}/{}", rule.field);
    let places = &mut source.places;
    let Some(attribute) = element.attribute(rule.attribute) else {
        if rule.required {
            places.fault(
                Severity::Error,
                "attribute-missing",
                &origin(),
                format!("`{}` of {} is required", rule.attribute, element.name),
                format!("falta `{}` de {}", rule.attribute, element.name),
            );
        }
        return None;
    };
    let value = &attribute.value;
    let wrong = if value.is_empty() {
        Some(empty(rule.required))
    } else if let Form::Code(catalogue) = rule.form {
        (!catalogue.has(value, &source.reading.catalogues)).then(|| unknown(catalogue))
    } else {
        let wrong = misformed(rule.form, value);
        let tariff = Catalogue::FraccionArancelaria;
        let handed_in = &source.reading.catalogues;
        // The form of a tariff code is known here; which codes there are is known if handed in.
        match rule.form {
            Form::Tariff if wrong.is_none() && handed_in.contains_key(tariff.name()) => {
                (!tariff.has(value, handed_in)).then(|| unknown(tariff))
            }
            _ => wrong,
        }
    };
    if let Some(wrong) = wrong {
        let name = rule.attribute;
        places.fault_at(
            wrong.severity,
            wrong.code,
            &origin(),
            Some(element.place_of(attribute)),
            format!("`{name}`: {}", wrong.en),
            format!("`{name}`: {}", wrong.es),
        );
    }
    let at = (attribute.line, attribute.column);
    places.put_attribute(noted, (rule.field, rule.attribute), at, value);
    Some(value.clone())
}

/// What is wrong with a value.
struct Wrong {
    severity: Severity,
    code: &'static str,
    en: String,
    es: String,
}

fn error(code: &'static str, en: impl Into<String>, es: impl Into<String>) -> Wrong {
    Wrong {
        severity: Severity::Error,
        code,
        en: en.into(),
        es: es.into(),
    }
}

fn empty(required: bool) -> Wrong {
    if required {
        return error(
            "attribute-empty",
            "is required and empty",
            "es obligatorio y está vacío",
        );
    }
    Wrong {
        severity: Severity::Warning,
        ..error(
            "attribute-empty",
            "is empty; an attribute without value is left out",
            "está vacío; un atributo sin valor se omite",
        )
    }
}

fn unknown(catalogue: Catalogue) -> Wrong {
    let name = catalogue.name();
    match catalogue.listed() {
        Some(codes) if codes.len() <= 32 => {
            let list = codes.join(", ");
            error(
                "code-unknown",
                format!("should be one of {list} ({name})"),
                format!("debería ser uno de {list} ({name})"),
            )
        }
        _ => error(
            "code-unknown",
            format!("is no code of {name}"),
            format!("no es una clave de {name}"),
        ),
    }
}

fn misformed(form: Form, value: &str) -> Option<Wrong> {
    let one_of = |codes: &[&str]| {
        let list = codes.join(", ");
        (!codes.contains(&value)).then(|| {
            error(
                "code-unknown",
                format!("should be one of {list}"),
                format!("debería ser uno de {list}"),
            )
        })
    };
    let identifier = |name: &str, code| match identifiers::normalise(name, value) {
        Ok(_) => None,
        Err(wrong @ identifiers::IdentifierError::CheckDigit { .. }) if name == "rfc" => {
            Some(error("rfc-check-digit", wrong.to_string(), wrong.es()))
        }
        Err(wrong) => Some(error(code, wrong.to_string(), wrong.es())),
    };
    let unless = |right: bool, code, en: &str, es: &str| (!right).then(|| error(code, en, es));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match form {
        Form::Text | Form::Code(_) => None,
        Form::Chars(least, most) => chars(value, least, most),
        Form::Digits(least, most) => {
            let right = (least..=most).contains(&value.len()) && digits(value);
            (!right).then(|| digits_wanted(least, most))
        }
        Form::Amount => number(value, 6, 0, i128::MAX),
        Form::Quantity => number(value, 6, 1, i128::MAX),
        Form::Weight => number(value, 3, 1, i128::MAX),
        Form::Measure => number(value, 2, 1, i128::MAX),
        Form::Kilometres => number(value, 6, decimal::ONE / 100, 99_999 * decimal::ONE),
        Form::Integer => unless(
            digits(value) && value.len() < 10,
            "number-form",
            "is not a whole number",
            "no es un número entero",
        ),
        Form::Year => unless(
            value.len() == 4
                && digits(value)
                && (value.starts_with("19") || value.starts_with("20")),
            "number-form",
            "is not a year from 1900 to 2099",
            "no es un año de 1900 a 2099",
        ),
        Form::DateTime => unless(
            date_time(value),
            "date-form",
            "is not a date and time like 2026-11-02T06:00:00",
            "no es fecha y hora como 2026-11-02T06:00:00",
        ),
        Form::Date => unless(
            value.len() == 10 && value.parse::<jiff::civil::Date>().is_ok(),
            "date-form",
            "is not a date like 2026-11-02",
            "no es una fecha como 2026-11-02",
        ),
        Form::YesNo => one_of(&["Sí", "No"]),
        Form::Yes => one_of(&["Sí"]),
        Form::ZeroOne => one_of(&["0", "1"]),
        Form::Rfc => identifier("rfc", "rfc-form"),
        Form::Curp => unless(
            value.len() == 18
                && value
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()),
            "curp-form",
            "is not a CURP of 18 capital letters and digits",
            "no es una CURP de 18 mayúsculas y dígitos",
        ),
        Form::Pedimento => unless(
            identifiers::check("pedimento", value) == Some(true) && value.len() == 21,
            "pedimento-form",
            "is not a pedimento like `26  24  3456  6000123`, 21 characters with two blanks between the parts",
            "no es un pedimento como `26  24  3456  6000123`, 21 caracteres con dos espacios entre las partes",
        ),
        Form::Uuid => identifier("uuid", "uuid-form"),
        Form::IdCcp => identifier("idccp", "idccp-form"),
        Form::Tariff => match value.len() != 6 {
            true => identifier("hts", "tariff-form"),
            false => Some(error(
                "tariff-form",
                "needs 8 or 10 digits",
                "necesita 8 o 10 dígitos",
            )),
        },
        Form::Plate => match (5..=7).contains(&value.chars().count()) {
            true => identifier("plate", "plate-form"),
            false => Some(error(
                "plate-form",
                "should have 5 to 7 characters",
                "debería tener de 5 a 7 caracteres",
            )),
        },
        Form::IdUbicacion => unless(
            value.len() == 8
                && value
                    .strip_prefix("OR")
                    .or_else(|| value.strip_prefix("DE"))
                    .is_some_and(digits),
            "location-id-form",
            "should be OR or DE and six digits",
            "debería ser OR o DE y seis dígitos",
        ),
        Form::TipoUbicacion => one_of(&["Origen", "Destino"]),
        Form::EntradaSalida => one_of(&["Entrada", "Salida"]),
        Form::Navigation => one_of(&["Altura", "Cabotaje"]),
        Form::Imo => imo(value),
        Form::Dimensions => unless(
            dimensions(value),
            "dimensions-form",
            "is not length/width/height with cm or plg, like 30/30/10cm",
            "no es largo/ancho/alto con cm o plg, como 30/30/10cm",
        ),
        Form::Base64 => unless(
            value
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+/= \n\r\t".contains(&byte)),
            "base64-form",
            "is not base64",
            "no es base64",
        ),
    }
}

fn digits_wanted(least: usize, most: usize) -> Wrong {
    if least == most {
        error(
            "digits-form",
            format!("should have {least} digits"),
            format!("debería tener {least} dígitos"),
        )
    } else {
        error(
            "digits-form",
            format!("should have {least} to {most} digits"),
            format!("debería tener de {least} a {most} dígitos"),
        )
    }
}

/// A text is of the schema's length and holds no `|`: with one, two documents could have one original string.
fn chars(value: &str, least: usize, most: usize) -> Option<Wrong> {
    if value.contains('|') {
        return Some(error(
            "text-bar",
            "holds `|`, which parts the fields of the original string",
            "contiene `|`, que separa los campos de la cadena original",
        ));
    }
    let count = value.chars().count();
    (!(least..=most).contains(&count)).then(|| Wrong {
        severity: Severity::Warning,
        ..error(
            "text-length",
            format!("has {count} characters, the schema allows {least} to {most}"),
            format!("tiene {count} caracteres, el esquema permite de {least} a {most}"),
        )
    })
}

fn number(value: &str, places: usize, least: i128, most: i128) -> Option<Wrong> {
    let Some(number) = decimal::parse(value) else {
        return Some(error(
            "number-form",
            "is not a decimal number",
            "no es un número decimal",
        ));
    };
    if value
        .split_once('.')
        .is_some_and(|(_, part)| part.len() > places)
    {
        return Some(error(
            "number-form",
            format!("has more than {places} decimals"),
            format!("tiene más de {places} decimales"),
        ));
    }
    if number < least {
        return Some(error(
            "number-range",
            "should be more than zero",
            "debería ser mayor que cero",
        ));
    }
    (number > most).then(|| {
        let most = decimal::text(most);
        error(
            "number-range",
            format!("is more than {most}"),
            format!("es mayor que {most}"),
        )
    })
}

/// The last of seven digits is that of the sum of the six before it, times 7 to 2 (IMO resolution A.1117).
fn imo(value: &str) -> Option<Wrong> {
    let number = value
        .strip_prefix("IMO")
        .filter(|rest| rest.len() == 7 && rest.bytes().all(|byte| byte.is_ascii_digit()));
    let Some(number) = number else {
        return Some(error(
            "imo-form",
            "is not IMO and seven digits",
            "no es IMO y siete dígitos",
        ));
    };
    let mut digits = number.bytes().map(|byte| u32::from(byte - b'0'));
    let sum: u32 = digits
        .clone()
        .take(6)
        .zip((2..=7).rev())
        .map(|(digit, weight)| digit * weight)
        .sum();
    (digits.next_back() != Some(sum % 10)).then(|| Wrong {
        severity: Severity::Warning,
        ..error(
            "imo-check-digit",
            "the last digit doesn't fit the six before it",
            "el último dígito no corresponde a los seis anteriores",
        )
    })
}

fn dimensions(value: &str) -> bool {
    let Some(sizes) = value
        .strip_suffix("cm")
        .or_else(|| value.strip_suffix("plg"))
    else {
        return false;
    };
    let parts: Vec<&str> = sizes.split('/').collect();
    parts.len() == 3
        && parts.iter().all(|part| {
            (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// Whether this is a local date and time of exactly the CFDI form.
pub(super) fn date_time(value: &str) -> bool {
    value.len() == 19
        && value.as_bytes().get(10) == Some(&b'T')
        && value.parse::<jiff::civil::DateTime>().is_ok()
}
