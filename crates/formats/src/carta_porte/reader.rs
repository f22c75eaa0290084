//! From the element tree to the plain document.

use super::document::*;
use super::node::{Piece, Source, named};
use super::{NAMESPACE_CARTA_PORTE, NAMESPACE_CFDI, NAMESPACE_COMERCIO_EXTERIOR, NAMESPACE_TIMBRE};
use crate::ReadError;
use crate::draft::Severity;
use crate::xml::Element;

/// Reads the document; only a tree with neither complement is refused.
pub(super) fn read(
    root: &Element,
    source: &mut Source<'_>,
) -> Result<CartaPorteDocument, ReadError> {
    let nodes = find(root, CartaPorte::ELEMENT);
    let cfdi = (root.local() == "Comprobante").then(|| comprobante(root, "/cfdi", source));
    let foreign = cfdi
        .as_ref()
        .is_some_and(|cfdi| cfdi.comercio_exterior.is_some());
    if nodes.is_empty() && !foreign {
        return Err(ReadError::new(
            "carta-porte-missing",
            format!("`{}` holds no CartaPorte node", root.name),
            format!("`{}` no contiene un nodo CartaPorte", root.name),
        )
        .at(root.place()));
    }
    let carta_porte = nodes
        .first()
        .map(|node| carta_porte(root, node, "/carta_porte", source));
    for extra in nodes.iter().skip(1) {
        source.places.fault_at(
            Severity::Error,
            "carta-porte-many",
            "",
            Some(extra.place()),
            "only the first CartaPorte node of a document is read".to_owned(),
            "solo se lee el primer nodo CartaPorte de un documento".to_owned(),
        );
    }
    Ok(CartaPorteDocument { cfdi, carta_porte })
}

/// Nodes of that name, the first in the complement before all others.
fn find<'a>(root: &'a Element, name: &str) -> Vec<&'a Element> {
    let mut found = Vec::new();
    everywhere(root, name, &mut found);
    let sealed = named(root, "Complemento")
        .flat_map(|list| &list.children)
        .find(|child| child.local() == name);
    let position =
        sealed.and_then(|sealed| found.iter().position(|known| std::ptr::eq(*known, sealed)));
    if let Some(position) = position {
        found.swap(0, position);
    }
    found
}

fn everywhere<'a>(element: &'a Element, name: &str, found: &mut Vec<&'a Element>) {
    if element.local() == name {
        found.push(element);
        return;
    }
    for child in &element.children {
        everywhere(child, name, found);
    }
}

fn namespace(element: &Element, expected: &str, pointer: &str, source: &mut Source<'_>) {
    if &*element.namespace != expected {
        source.places.fault_at(
            Severity::Error,
            "namespace-wrong",
            pointer,
            Some(element.place()),
            format!(
                "`{}` should be in namespace {expected}, not `{}`",
                element.name, element.namespace
            ),
            format!(
                "`{}` debería estar en el espacio de nombres {expected}, no `{}`",
                element.name, element.namespace
            ),
        );
    }
}

fn comprobante(root: &Element, at: &str, source: &mut Source<'_>) -> Comprobante {
    namespace(root, NAMESPACE_CFDI, at, source);
    let mut this = Comprobante::read(root, at, source);
    for element in named(root, "Complemento").flat_map(|list| &list.children) {
        match (element.local(), &*element.namespace) {
            ("CartaPorte", _) => {}
            ("TimbreFiscalDigital", NAMESPACE_TIMBRE) if this.timbre.is_none() => {
                this.timbre = Some(Timbre::read(element, &format!("{at}/timbre"), source));
            }
            ("ComercioExterior", _) if this.comercio_exterior.is_none() => {
                let at = format!("{at}/comercio_exterior");
                namespace(element, NAMESPACE_COMERCIO_EXTERIOR, &at, source);
                this.comercio_exterior = Some(ComercioExterior::read(element, &at, source));
            }
            ("ComercioExterior" | "TimbreFiscalDigital", _) => source.places.fault_at(
                Severity::Error,
                "element-repeated",
                at,
                Some(element.place()),
                format!("only the first `{}` is read", element.name),
                format!("solo se lee el primer `{}`", element.name),
            ),
            _ => source.places.fault_at(
                Severity::Note,
                "element-not-read",
                at,
                Some(element.place()),
                format!("complement `{}` is not read", element.name),
                format!("no se lee el complemento `{}`", element.name),
            ),
        }
    }
    this
}

fn carta_porte(root: &Element, node: &Element, at: &str, source: &mut Source<'_>) -> CartaPorte {
    namespace(node, NAMESPACE_CARTA_PORTE, at, source);
    // The seal covers the complement only: a Carta Porte elsewhere, as in the Addenda, is nobody's word.
    let sealed = named(root, "Complemento")
        .flat_map(|list| &list.children)
        .any(|child| std::ptr::eq(child, node));
    if root.local() == "Comprobante" && !sealed {
        source.places.fault_at(
            Severity::Error,
            "carta-porte-outside",
            at,
            Some(node.place()),
            "CartaPorte stands outside cfdi:Complemento, where no seal covers it".to_owned(),
            "CartaPorte está fuera de cfdi:Complemento, donde ningún sello lo ampara".to_owned(),
        );
    }
    CartaPorte::read(node, at, source)
}
