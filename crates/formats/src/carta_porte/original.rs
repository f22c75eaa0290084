//! The original string: what the seal of a CFDI 4.0 and the seal of its stamp sign.
//!
//! The authority defines it by style sheets; each is a plain walk, and so a table does as well: the attributes of
//! an element in the order of its table, each behind a `|`, blanks collapsed, a required one even if absent, an
//! optional one if present; then the children in the order of the table. The whole stands between `|` and `||`.
//!
//! The string has no names in it, so it does not tell an absent `Serie` before `Folio="7"` from `Serie="7"` without
//! `Folio`: two documents that differ in that alone share a seal. That is the authority's rule, not ours.

use super::document::{CartaPorte, ComercioExterior, Comprobante, Impuestos, Timbre};
use super::fields::AttributeRule;
use super::node::{Child, Node, Piece, named};
use super::{NAMESPACE_CARTA_PORTE, NAMESPACE_CFDI, NAMESPACE_COMERCIO_EXTERIOR};
use crate::xml::Element;

/// Attributes of the envelope that the string leaves out: the seal and the key it fits.
const UNSIGNED: &[&str] = &["Sello", "Certificado"];

/// The original string of a CFDI.
///
/// # Errors
/// The first element whose fields no table here knows, such as another complement: what it adds is not known, so no
/// string is made.
pub(super) fn of_cfdi(root: &Element) -> Result<String, &Element> {
    if root.local() != Comprobante::ELEMENT || &*root.namespace != NAMESPACE_CFDI {
        return Err(root);
    }
    let mut out = String::from("|");
    attributes(root, Comprobante::ATTRIBUTES, &mut out);
    for child in Comprobante::NODE.children {
        if std::ptr::eq(child.node, Impuestos::NODE) {
            for element in named(root, child.node.element) {
                taxes(element, &mut out);
            }
        } else {
            children(root, child, &mut out)?;
        }
    }
    for complement in named(root, "Complemento").flat_map(|list| &list.children) {
        match (complement.local(), &*complement.namespace) {
            (CartaPorte::ELEMENT, NAMESPACE_CARTA_PORTE) => {
                walk(complement, CartaPorte::NODE, &mut out)?;
            }
            (ComercioExterior::ELEMENT, NAMESPACE_COMERCIO_EXTERIOR) => {
                walk(complement, ComercioExterior::NODE, &mut out)?;
            }
            // The stamp comes after the seal.
            (Timbre::ELEMENT, super::NAMESPACE_TIMBRE) => {}
            _ => return Err(complement),
        }
    }
    out.push_str("||");
    Ok(out)
}

/// The original string of a stamp (TimbreFiscalDigital 1.1): all but the seal that signs it.
pub(super) fn of_stamp(stamp: &Timbre) -> String {
    let mut out = String::from("|");
    for (name, value) in stamp.attributes() {
        if name != "SelloSAT" {
            field(value, &mut out);
        }
    }
    out.push_str("||");
    out
}

fn walk<'a>(element: &'a Element, node: &Node, out: &mut String) -> Result<(), &'a Element> {
    // Extensions of one line (ComplementoConcepto) have style sheets of their own.
    if let Some(extension) = element
        .children
        .iter()
        .find(|child| child.local() == "ComplementoConcepto")
    {
        return Err(extension);
    }
    attributes(element, node.attributes, out);
    for child in node.children {
        children(element, child, out)?;
    }
    Ok(())
}

fn children<'a>(
    element: &'a Element,
    child: &'static Child,
    out: &mut String,
) -> Result<(), &'a Element> {
    for found in named(element, child.outer()) {
        if child.wrapper.is_none() {
            walk(found, child.node, out)?;
            continue;
        }
        for item in named(found, child.node.element) {
            walk(item, child.node, out)?;
        }
    }
    Ok(())
}

/// In the taxes of the whole, each sum stands behind the taxes that it sums.
fn taxes(element: &Element, out: &mut String) {
    for (child, sum) in Impuestos::NODE.children.iter().zip(Impuestos::ATTRIBUTES) {
        for list in named(element, child.outer()) {
            for tax in named(list, child.node.element) {
                attributes(tax, child.node.attributes, out);
            }
        }
        attributes(element, std::slice::from_ref(sum), out);
    }
}

fn attributes(element: &Element, rules: &[AttributeRule], out: &mut String) {
    for rule in rules {
        if UNSIGNED.contains(&rule.attribute) {
            continue;
        }
        match element.attribute(rule.attribute) {
            Some(attribute) => field(&attribute.value, out),
            None if rule.required || rule.attribute == "NoCertificado" => out.push('|'),
            None => {}
        }
    }
}

/// One field: its words, with one blank between them.
fn field(value: &str, out: &mut String) {
    out.push('|');
    // The blanks of XML only: a non-breaking space is a character like others.
    let blank = [' ', '\t', '\r', '\n'];
    for (index, word) in value
        .split(blank)
        .filter(|word| !word.is_empty())
        .enumerate()
    {
        if index > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
}
