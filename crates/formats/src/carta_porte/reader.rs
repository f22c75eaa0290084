//! From the element tree to the plain document.

use super::document::*;
use super::{NAMESPACE_CARTA_PORTE, NAMESPACE_CFDI, NAMESPACE_TIMBRE};
use crate::ReadError;
use crate::draft::{Places, Severity};
use crate::xml::Element;

/// Reads the document; only a tree without any CartaPorte node is refused.
pub(super) fn read(root: &Element) -> Result<(CartaPorteDocument, Places), ReadError> {
    let mut places = Places::default();
    let mut nodes = Vec::new();
    find(root, "CartaPorte", &mut nodes);
    let Some(node) = nodes.first() else {
        return Err(ReadError::new(
            "carta-porte-missing",
            format!("`{}` holds no CartaPorte node", root.name),
            format!("`{}` no contiene un nodo CartaPorte", root.name),
        )
        .at(root.place()));
    };
    let cfdi = (root.local() == "Comprobante").then(|| comprobante(root, "/cfdi", &mut places));
    let carta_porte = carta_porte(node, "/carta_porte", &mut places);
    for extra in nodes.iter().skip(1) {
        places.fault_at(
            Severity::Error,
            "carta-porte-many",
            "",
            Some(extra.place()),
            "only the first CartaPorte node of a document is read".to_owned(),
            "solo se lee el primer nodo CartaPorte de un documento".to_owned(),
        );
    }
    Ok((CartaPorteDocument { cfdi, carta_porte }, places))
}

fn find<'a>(element: &'a Element, name: &str, found: &mut Vec<&'a Element>) {
    if element.local() == name {
        found.push(element);
        return;
    }
    for child in &element.children {
        find(child, name, found);
    }
}

fn namespace(element: &Element, expected: &str, pointer: &str, places: &mut Places) {
    if &*element.namespace != expected {
        places.fault_at(
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

/// The children by name, in the parent's namespace; tells those that nobody reads.
struct Children<'a> {
    parent: &'a Element,
    known: &'a [&'a str],
}

impl<'a> Children<'a> {
    fn of(parent: &'a Element, known: &'a [&'a str], places: &mut Places) -> Children<'a> {
        for child in &parent.children {
            if !known.contains(&child.local()) || child.namespace != parent.namespace {
                places.fault_at(
                    Severity::Note,
                    "element-not-read",
                    "",
                    Some(child.place()),
                    format!("`{}` is not read", child.name),
                    format!("no se lee `{}`", child.name),
                );
            }
        }
        Children { parent, known }
    }

    fn all(&self, name: &'a str) -> impl Iterator<Item = &'a Element> + use<'a> {
        debug_assert!(self.known.contains(&name));
        let parent = self.parent;
        parent
            .children
            .iter()
            .filter(move |child| child.local() == name && child.namespace == parent.namespace)
    }

    fn one(&self, name: &'a str) -> Option<&'a Element> {
        self.all(name).next()
    }

    /// A required child; where it is absent a fault is told.
    fn required(&self, name: &'a str, pointer: &str, places: &mut Places) -> Option<&'a Element> {
        let found = self.one(name);
        if found.is_none() {
            places.fault_at(
                Severity::Error,
                "element-missing",
                pointer,
                Some(self.parent.place()),
                format!("{name} of {} is required", self.parent.name),
                format!("falta {name} de {}", self.parent.name),
            );
        }
        found
    }
}

fn comprobante(root: &Element, at: &str, places: &mut Places) -> Comprobante {
    namespace(root, NAMESPACE_CFDI, at, places);
    let mut this = Comprobante::from_element(root, at, places);
    // Taxes and related CFDIs concern the carrier's fee, not the crossing; what stands in Complemento is told below.
    let children = Children::of(
        root,
        &[
            "Emisor",
            "Receptor",
            "Conceptos",
            "Complemento",
            "Impuestos",
        ],
        places,
    );
    let emisor = format!("{at}/emisor");
    if let Some(element) = children.required("Emisor", &emisor, places) {
        this.emisor = Emisor::from_element(element, &emisor, places);
    }
    let receptor = format!("{at}/receptor");
    if let Some(element) = children.required("Receptor", &receptor, places) {
        this.receptor = Receptor::from_element(element, &receptor, places);
    }
    let conceptos = children
        .one("Conceptos")
        .into_iter()
        .flat_map(|list| &list.children);
    for (index, element) in conceptos
        .filter(|child| child.local() == "Concepto")
        .enumerate()
    {
        this.conceptos.push(Concepto::from_element(
            element,
            &format!("{at}/conceptos/{index}"),
            places,
        ));
    }
    for element in children.all("Complemento").flat_map(|list| &list.children) {
        match (element.local(), &*element.namespace) {
            ("CartaPorte", _) => {}
            ("TimbreFiscalDigital", NAMESPACE_TIMBRE) if this.timbre.is_none() => {
                this.timbre = Some(Timbre::from_element(
                    element,
                    &format!("{at}/timbre"),
                    places,
                ));
            }
            _ => places.fault_at(
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

fn carta_porte(node: &Element, at: &str, places: &mut Places) -> CartaPorte {
    namespace(node, NAMESPACE_CARTA_PORTE, at, places);
    let mut this = CartaPorte::from_element(node, at, places);
    let children = Children::of(
        node,
        &[
            "RegimenesAduaneros",
            "Ubicaciones",
            "Mercancias",
            "FiguraTransporte",
        ],
        places,
    );
    let listed = |list: &'static str, item: &'static str| {
        let found = children
            .one(list)
            .into_iter()
            .flat_map(|element| &element.children);
        found.filter(move |child| child.local() == item).enumerate()
    };
    for (index, element) in listed("RegimenesAduaneros", RegimenAduanero::ELEMENT) {
        let pointer = format!("{at}/regimenes/{index}");
        this.regimenes
            .push(RegimenAduanero::from_element(element, &pointer, places));
    }
    for (index, element) in listed("Ubicaciones", Ubicacion::ELEMENT) {
        let pointer = format!("{at}/ubicaciones/{index}");
        let mut ubicacion = Ubicacion::from_element(element, &pointer, places);
        ubicacion.domicilio = domicilio(element, &pointer, places);
        this.ubicaciones.push(ubicacion);
    }
    for (index, element) in listed("FiguraTransporte", Figura::ELEMENT) {
        let pointer = format!("{at}/figuras/{index}");
        let mut figura = Figura::from_element(element, &pointer, places);
        figura.domicilio = domicilio(element, &pointer, places);
        this.figuras.push(figura);
    }
    let pointer = format!("{at}/mercancias");
    if let Some(element) = children.required("Mercancias", &pointer, places) {
        this.mercancias = mercancias(element, &pointer, places);
    }
    this
}

fn domicilio(parent: &Element, at: &str, places: &mut Places) -> Option<Domicilio> {
    let children = Children::of(parent, &["Domicilio", "PartesTransporte"], places);
    children
        .one("Domicilio")
        .map(|element| Domicilio::from_element(element, &format!("{at}/domicilio"), places))
}

fn mercancias(node: &Element, at: &str, places: &mut Places) -> Mercancias {
    let mut this = Mercancias::from_element(node, at, places);
    let children = Children::of(node, &["Mercancia", "Autotransporte"], places);
    for (index, element) in children.all("Mercancia").enumerate() {
        this.mercancia.push(mercancia(
            element,
            &format!("{at}/mercancia/{index}"),
            places,
        ));
    }
    if let Some(element) = children.one("Autotransporte") {
        this.autotransporte = Some(autotransporte(
            element,
            &format!("{at}/autotransporte"),
            places,
        ));
    }
    this
}

fn mercancia(node: &Element, at: &str, places: &mut Places) -> Mercancia {
    let mut this = Mercancia::from_element(node, at, places);
    let known = [
        "DocumentacionAduanera",
        "GuiasIdentificacion",
        "CantidadTransporta",
    ];
    let children = Children::of(node, &known, places);
    for (index, element) in children.all("DocumentacionAduanera").enumerate() {
        let pointer = format!("{at}/documentacion/{index}");
        this.documentacion.push(DocumentacionAduanera::from_element(
            element, &pointer, places,
        ));
    }
    for (index, element) in children.all("GuiasIdentificacion").enumerate() {
        let pointer = format!("{at}/guias/{index}");
        this.guias
            .push(GuiaIdentificacion::from_element(element, &pointer, places));
    }
    for (index, element) in children.all("CantidadTransporta").enumerate() {
        let pointer = format!("{at}/cantidades/{index}");
        this.cantidades
            .push(CantidadTransporta::from_element(element, &pointer, places));
    }
    this
}

fn autotransporte(node: &Element, at: &str, places: &mut Places) -> Autotransporte {
    let mut this = Autotransporte::from_element(node, at, places);
    let children = Children::of(
        node,
        &["IdentificacionVehicular", "Seguros", "Remolques"],
        places,
    );
    let pointer = format!("{at}/vehiculo");
    if let Some(element) = children.required("IdentificacionVehicular", &pointer, places) {
        this.vehiculo = IdentificacionVehicular::from_element(element, &pointer, places);
    }
    let pointer = format!("{at}/seguros");
    if let Some(element) = children.required("Seguros", &pointer, places) {
        this.seguros = Seguros::from_element(element, &pointer, places);
    }
    let remolques = children
        .one("Remolques")
        .into_iter()
        .flat_map(|list| &list.children);
    for (index, element) in remolques
        .filter(|child| child.local() == "Remolque")
        .enumerate()
    {
        let pointer = format!("{at}/remolques/{index}");
        this.remolques
            .push(Remolque::from_element(element, &pointer, places));
    }
    this
}
