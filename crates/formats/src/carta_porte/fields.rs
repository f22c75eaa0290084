//! One table for each element: which attributes it has, of which form, and under which field they are kept.

use crate::draft::{Places, Severity, SourcePlace};
use crate::identifiers;
use crate::xml::Element;
use serde::Serialize;

/// The form of an attribute's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Form {
    /// Any text.
    Text,
    /// A decimal number, exact, not negative.
    Decimal,
    /// A whole number, not negative.
    Integer,
    /// `YYYY-MM-DDThh:mm:ss`, local time without zone.
    DateTime,
    /// `YYYY-MM-DD`.
    Date,
    /// `Sí` or `No`.
    YesNo,
    /// RFC with check digit.
    Rfc,
    /// Pedimento, 21 characters.
    Pedimento,
    /// UUID.
    Uuid,
    /// IdCCP.
    IdCcp,
    /// Tariff code of 8 or 10 digits.
    Tariff,
    /// ISO 3166-1 alpha-3 country.
    Country,
    /// Licence plate.
    Plate,
    /// `OR` or `DE` and six digits.
    IdUbicacion,
    /// `Origen` or `Destino`.
    TipoUbicacion,
    /// `Entrada` or `Salida`.
    EntradaSalida,
    /// Way in or out: 01 road, 02 sea, 03 air, 04 rail.
    Via,
    /// Customs regime.
    Regimen,
    /// Kind of transport figure: 01 to 05.
    TipoFigura,
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

/// Declares the structure of one element from its table of attributes and its children.
macro_rules! node {
    ($(#[$meta:meta])* $name:ident $element:literal {
        $($field:ident : $attribute:literal $presence:ident $form:ident,)*
    } $({ $($(#[$child_meta:meta])* $child:ident : $child_type:ty,)* })?) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $(#[doc = concat!("Attribute `", $attribute, "`.")] pub $field: node!(@type $presence),)*
            $($($(#[$child_meta])* pub $child: $child_type,)*)?
        }

        impl $name {
            /// The element's name.
            pub const ELEMENT: &'static str = $element;

            /// The element's attributes.
            pub const ATTRIBUTES: &'static [super::fields::AttributeRule] = &[
                $(super::fields::AttributeRule {
                    attribute: $attribute,
                    field: stringify!($field),
                    required: node!(@required $presence),
                    form: super::fields::Form::$form,
                },)*
            ];

            /// Fills the attributes from an element, noting places and faults under `pointer`.
            pub(super) fn from_element(
                element: &crate::xml::Element,
                pointer: &str,
                places: &mut crate::draft::Places,
            ) -> Self {
                let mut this = Self::default();
                super::fields::open(element, pointer, Self::ATTRIBUTES, places);
                let mut rules = Self::ATTRIBUTES.iter();
                $(if let Some(rule) = rules.next() {
                    super::fields::Slot::fill(
                        &mut this.$field,
                        super::fields::take(element, pointer, rule, places),
                    );
                })*
                let _ = rules;
                this
            }

            /// The attributes that have a value, in the table's order.
            pub(super) fn attributes(&self) -> Vec<(&'static str, &str)> {
                let mut found = Vec::new();
                $(if let Some(text) = super::fields::Slot::text(&self.$field) {
                    found.push(($attribute, text));
                })*
                found
            }
        }
    };
    (@type required) => { String };
    (@type optional) => { Option<String> };
    (@required required) => { true };
    (@required optional) => { false };
}
pub(super) use node;

/// Notes the element's own place and tells the attributes that the table does not have.
pub(super) fn open(element: &Element, pointer: &str, rules: &[AttributeRule], places: &mut Places) {
    places.put(
        pointer.to_owned(),
        SourcePlace::new(
            element.line,
            Some(element.column),
            element.path.clone(),
            &element.name,
        ),
    );
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
}

/// Takes one attribute, noting its place and what is wrong with its form.
pub(super) fn take(
    element: &Element,
    pointer: &str,
    rule: &AttributeRule,
    places: &mut Places,
) -> Option<String> {
    let origin = format!("{pointer}/{}", rule.field);
    let Some(attribute) = element.attribute(rule.attribute) else {
        if rule.required {
            places.fault(
                Severity::Error,
                "attribute-missing",
                &origin,
                format!("`{}` of {} is required", rule.attribute, element.name),
                format!("falta `{}` de {}", rule.attribute, element.name),
            );
        }
        return None;
    };
    places.put(origin.clone(), element.place_of(attribute));
    if let Some((severity, code, en, es)) = misformed(rule, &attribute.value) {
        let name = rule.attribute;
        places.fault(
            severity,
            code,
            &origin,
            format!("`{name}`: {en}"),
            format!("`{name}`: {es}"),
        );
    }
    Some(attribute.value.clone())
}

fn misformed(
    rule: &AttributeRule,
    value: &str,
) -> Option<(Severity, &'static str, String, String)> {
    let error =
        |code, en: &str, es: &str| Some((Severity::Error, code, en.to_owned(), es.to_owned()));
    let one_of = |codes: &[&str]| {
        if codes.contains(&value) {
            None
        } else {
            let list = codes.join(", ");
            error(
                "code-unknown",
                &format!("should be one of {list}"),
                &format!("debería ser uno de {list}"),
            )
        }
    };
    let identifier = |name: &str, code| match identifiers::normalise(name, value) {
        Ok(_) => None,
        Err(wrong @ identifiers::IdentifierError::CheckDigit { .. }) if name == "rfc" => {
            error("rfc-check-digit", &wrong.to_string(), &wrong.es())
        }
        Err(wrong) => error(code, &wrong.to_string(), &wrong.es()),
    };
    if value.is_empty() {
        return rule
            .required
            .then(|| {
                error(
                    "attribute-empty",
                    "is required and empty",
                    "es obligatorio y está vacío",
                )
            })
            .flatten();
    }
    match rule.form {
        Form::Text => None,
        Form::Decimal => match crate::decimal::parse(value) {
            Some(_) => None,
            None => error(
                "number-form",
                "is not a decimal number",
                "no es un número decimal",
            ),
        },
        Form::Integer => {
            match value.bytes().all(|byte| byte.is_ascii_digit()) && value.len() < 10 {
                true => None,
                false => error(
                    "number-form",
                    "is not a whole number",
                    "no es un número entero",
                ),
            }
        }
        Form::DateTime => match date_time(value) {
            true => None,
            false => error(
                "date-form",
                "is not a date and time like 2026-11-02T06:00:00",
                "no es fecha y hora como 2026-11-02T06:00:00",
            ),
        },
        Form::Date => match value.len() == 10 && value.parse::<jiff::civil::Date>().is_ok() {
            true => None,
            false => error(
                "date-form",
                "is not a date like 2026-11-02",
                "no es una fecha como 2026-11-02",
            ),
        },
        Form::YesNo => one_of(&["Sí", "No"]),
        Form::Rfc => identifier("rfc", "rfc-form"),
        Form::Pedimento => {
            match identifiers::check("pedimento", value) == Some(true) && value.len() == 21 {
                true => None,
                false => error(
                    "pedimento-form",
                    "is not a pedimento like `26  24  3456  6000123`, 21 characters with two blanks between the parts",
                    "no es un pedimento como `26  24  3456  6000123`, 21 caracteres con dos espacios entre las partes",
                ),
            }
        }
        Form::Uuid => identifier("uuid", "uuid-form"),
        Form::IdCcp => identifier("idccp", "idccp-form"),
        Form::Tariff => match value.len() != 6 {
            true => identifier("hts", "tariff-form"),
            false => error(
                "tariff-form",
                "needs 8 or 10 digits",
                "necesita 8 o 10 dígitos",
            ),
        },
        Form::Country => {
            match value.len() == 3 && value.bytes().all(|byte| byte.is_ascii_uppercase()) {
                true => None,
                false => error(
                    "code-unknown",
                    "should be a country of three letters",
                    "debería ser un país de tres letras",
                ),
            }
        }
        Form::Plate => match (5..=7).contains(&value.chars().count()) {
            true => identifier("plate", "plate-form"),
            false => error(
                "plate-form",
                "should have 5 to 7 characters",
                "debería tener de 5 a 7 caracteres",
            ),
        },
        Form::IdUbicacion => match value
            .get(..2)
            .is_some_and(|kind| kind == "OR" || kind == "DE")
            && value.len() == 8
            && value.bytes().skip(2).all(|byte| byte.is_ascii_digit())
        {
            true => None,
            false => error(
                "location-id-form",
                "should be OR or DE and six digits",
                "debería ser OR o DE y seis dígitos",
            ),
        },
        Form::TipoUbicacion => one_of(&["Origen", "Destino"]),
        Form::EntradaSalida => one_of(&["Entrada", "Salida"]),
        Form::Via => one_of(&["01", "02", "03", "04"]),
        Form::Regimen => one_of(&[
            "IMD", "EXD", "ITR", "ITE", "ETR", "ETE", "DFI", "RFE", "RFS", "TRA",
        ]),
        Form::TipoFigura => one_of(&["01", "02", "03", "04", "05"]),
    }
}

/// Whether this is a local date and time of exactly the CFDI form.
pub(super) fn date_time(value: &str) -> bool {
    value.len() == 19
        && value.as_bytes().get(10) == Some(&b'T')
        && value.parse::<jiff::civil::DateTime>().is_ok()
}
