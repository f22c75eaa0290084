//! Checks a message against its table: unknown, misplaced, repeated and missing elements, and the form of each text.

use super::source::{local_path, place};
use super::structure::{DataType, Form, Rule, Value};
use super::values;
use crate::currency;
use crate::draft::{Places, Severity};
use crate::identifiers;
use crate::xml::Element;

/// Checks the content of an element, and of all in it.
pub(super) fn check(element: &Element, data_type: &'static DataType, places: &mut Places) {
    match &data_type.form {
        Form::Any { namespace } => {
            bare(element, places);
            foreign(element, namespace, places);
        }
        Form::Sequence(rules) => {
            bare(element, places);
            sequence(element, rules, places);
        }
        Form::Choice(rules) => {
            bare(element, places);
            choice(element, rules, places);
        }
        Form::Amount { fraction } => amount(element, *fraction, data_type, places),
        Form::Value(value) => {
            attributes(element, &[], places);
            leaf(element, *value, places);
        }
    }
}

/// Adds an error about an element.
pub(super) fn error(
    places: &mut Places,
    code: &'static str,
    element: &Element,
    en: String,
    es: String,
) {
    tell(places, Severity::Error, code, element, en, es);
}

/// Adds a fault about an element; its origin is the element's path.
pub(super) fn tell(
    places: &mut Places,
    severity: Severity,
    code: &'static str,
    element: &Element,
    en: String,
    es: String,
) {
    let origin = local_path(&element.path);
    places.fault_at(severity, code, &origin, Some(place(element)), en, es);
}

/// An element made of elements has neither text nor attributes.
fn bare(element: &Element, places: &mut Places) {
    attributes(element, &[], places);
    if !element.text.is_empty() {
        error(
            places,
            "text-misplaced",
            element,
            format!("`{}` holds elements, not text", element.local()),
            format!("`{}` contiene elementos, no texto", element.local()),
        );
    }
}

/// An envelope for another standard holds one element, which is not looked into.
fn foreign(element: &Element, namespace: &str, places: &mut Places) {
    match element.children.as_slice() {
        [] => missing(element, "*", places),
        [only] if !namespace.is_empty() && &*only.namespace != namespace => {
            out_of_namespace(only, namespace, places);
        }
        [_] => {}
        [_, more @ ..] => {
            for child in more {
                unknown(child, element, places);
            }
        }
    }
}

fn attributes(element: &Element, known: &[&str], places: &mut Places) {
    for attribute in &element.attributes {
        // Attributes with a prefix are XML Schema's own, such as the place of a schema.
        if !attribute.qualified && !known.contains(&attribute.name.as_str()) {
            let at = element.place_of(attribute);
            places.fault_at(
                Severity::Error,
                "attribute-unknown",
                &local_path(&at.path),
                Some(at.clone()),
                format!(
                    "`{}` has no attribute `{}`",
                    element.local(),
                    attribute.name
                ),
                format!(
                    "`{}` no tiene un atributo `{}`",
                    element.local(),
                    attribute.name
                ),
            );
        }
    }
}

fn sequence(element: &Element, rules: &'static [Rule], places: &mut Places) {
    // Nearly all sequences are short: their counts need no allocation.
    let (mut short, mut long) = ([0_u32; 48], Vec::new());
    let counts = match short.get_mut(..rules.len()) {
        Some(counts) => counts,
        None => {
            long.resize(rules.len(), 0_u32);
            long.as_mut_slice()
        }
    };
    let mut at = 0;
    for child in &element.children {
        if !in_namespace(child, element, places) {
            continue;
        }
        let name = child.local();
        let ahead = rules.iter().skip(at).position(|rule| rule.name == name);
        let index = match ahead {
            Some(skipped) => Some(at + skipped),
            None => rules.iter().position(|rule| rule.name == name),
        };
        let Some((index, rule)) = index.and_then(|index| Some((index, rules.get(index)?))) else {
            unknown(child, element, places);
            continue;
        };
        if ahead.is_none() {
            let before = rules.get(at).map_or("", |rule| rule.name);
            error(
                places,
                "element-misplaced",
                child,
                format!("`{name}` should stand before `{before}`"),
                format!("`{name}` debería ir antes de `{before}`"),
            );
        } else {
            at = index;
        }
        count(child, rule, counts.get_mut(index), places);
        check(child, rule.data_type, places);
    }
    for (rule, count) in rules.iter().zip(counts) {
        if *count < rule.least {
            missing(element, rule.name, places);
        }
    }
}

fn choice(element: &Element, rules: &'static [Rule], places: &mut Places) {
    let mut chosen: Option<&'static Rule> = None;
    let mut counted = 0;
    for child in &element.children {
        if !in_namespace(child, element, places) {
            continue;
        }
        let Some(rule) = rules.iter().find(|rule| rule.name == child.local()) else {
            unknown(child, element, places);
            continue;
        };
        match chosen {
            Some(first) if first.name != rule.name => error(
                places,
                "choice-many",
                child,
                format!(
                    "`{}` holds `{}` or `{}`, not both",
                    element.local(),
                    first.name,
                    rule.name
                ),
                format!(
                    "`{}` contiene `{}` o `{}`, no ambos",
                    element.local(),
                    first.name,
                    rule.name
                ),
            ),
            _ => {
                chosen = Some(rule);
                count(child, rule, Some(&mut counted), places);
            }
        }
        check(child, rule.data_type, places);
    }
    if chosen.is_none() && rules.iter().all(|rule| rule.least > 0) {
        let names: Vec<&str> = rules.iter().map(|rule| rule.name).collect();
        error(
            places,
            "choice-missing",
            element,
            format!("`{}` needs one of {}", element.local(), names.join(", ")),
            format!("`{}` necesita uno de {}", element.local(), names.join(", ")),
        );
    }
}

fn count(child: &Element, rule: &Rule, counted: Option<&mut u32>, places: &mut Places) {
    let Some(counted) = counted else { return };
    *counted = counted.saturating_add(1);
    // Told once: the first that is too many.
    if *counted == rule.most.saturating_add(1) {
        error(
            places,
            "element-repeated",
            child,
            format!("`{}` may stand here at most {} times", rule.name, rule.most),
            format!(
                "`{}` puede estar aquí {} veces como máximo",
                rule.name, rule.most
            ),
        );
    }
}

fn in_namespace(child: &Element, parent: &Element, places: &mut Places) -> bool {
    let inside = child.namespace == parent.namespace;
    if !inside {
        out_of_namespace(child, &parent.namespace, places);
    }
    inside
}

fn out_of_namespace(child: &Element, namespace: &str, places: &mut Places) {
    error(
        places,
        "namespace-wrong",
        child,
        format!(
            "`{}` should be in namespace {namespace}, not `{}`",
            child.local(),
            child.namespace
        ),
        format!(
            "`{}` debería estar en el espacio de nombres {namespace}, no `{}`",
            child.local(),
            child.namespace
        ),
    );
}

pub(super) fn unknown(child: &Element, parent: &Element, places: &mut Places) {
    error(
        places,
        "element-unknown",
        child,
        format!("`{}` has no element `{}`", parent.local(), child.local()),
        format!(
            "`{}` no tiene un elemento `{}`",
            parent.local(),
            child.local()
        ),
    );
}

/// Tells that an element lacks a child that it needs.
pub(super) fn missing(element: &Element, name: &str, places: &mut Places) {
    let origin = format!("{}/{name}", local_path(&element.path));
    places.fault_at(
        Severity::Error,
        "element-missing",
        &origin,
        Some(place(element)),
        format!("`{}` needs `{name}`", element.local()),
        format!("`{}` necesita `{name}`", element.local()),
    );
}

/// A leaf has no elements.
fn without_elements(element: &Element, places: &mut Places) {
    for child in &element.children {
        unknown(child, element, places);
    }
}

fn leaf(element: &Element, value: Value, places: &mut Places) {
    without_elements(element, places);
    let text = element.text.as_str();
    if !values::fits(value, text) {
        let code = match value {
            Value::Codes(_) => "value-code",
            _ => "value-form",
        };
        let (en, es) = values::described(value);
        error(
            places,
            code,
            element,
            format!("`{}` should be {en}", element.local()),
            format!("`{}` debería ser {es}", element.local()),
        );
        return;
    }
    match value {
        Value::Identifier(name) => {
            let found = identifiers::identifier(name).map(|row| row.check(text));
            if let Some(Err(wrong)) = found {
                error(places, wrong.code(), element, wrong.to_string(), wrong.es());
            }
        }
        Value::Currency if currency::minor_unit(text).is_none() => {
            currency_unknown(element, text, Severity::Warning, places);
        }
        _ => {}
    }
}

fn amount(element: &Element, fraction: u32, data_type: &DataType, places: &mut Places) {
    attributes(element, &["Ccy"], places);
    without_elements(element, places);
    let fits = values::decimal(&element.text, 18, fraction, false);
    if !fits {
        let (en, es) = values::decimal_described(18, fraction, false);
        error(
            places,
            "value-form",
            element,
            format!("`{}` should be {en}", element.local()),
            format!("`{}` debería ser {es}", element.local()),
        );
    }
    let Some(currency) = element.attribute("Ccy") else {
        error(
            places,
            "attribute-missing",
            element,
            format!("`{}` needs its currency in `Ccy`", element.local()),
            format!("`{}` necesita su moneda en `Ccy`", element.local()),
        );
        return;
    };
    match currency::minor_unit(&currency.value) {
        None => {
            // A closed account of long ago may have a currency that is no more.
            let severity = match data_type.name.starts_with("ActiveOrHistoric") {
                true if values::fits(Value::Currency, &currency.value) => Severity::Warning,
                _ => Severity::Error,
            };
            currency_unknown(element, &currency.value, severity, places);
        }
        // A price for one piece may be finer than the coin: 13 digits are its point.
        Some(Some(minor)) if fits && fraction == 5 => {
            let digits = super::amount::Digits::of(&element.text);
            if digits.is_some_and(|digits| digits.fraction > minor) {
                error(
                    places,
                    "amount-minor-unit",
                    element,
                    format!("{} has {minor} digits behind the point", currency.value),
                    format!("{} tiene {minor} dígitos después del punto", currency.value),
                );
            }
        }
        Some(_) => {}
    }
}

fn currency_unknown(element: &Element, currency: &str, severity: Severity, places: &mut Places) {
    let shown: String = currency.chars().take(10).collect();
    tell(
        places,
        severity,
        "currency-unknown",
        element,
        format!("`{shown}` is no active currency of ISO 4217"),
        format!("`{shown}` no es una moneda vigente de ISO 4217"),
    );
}
