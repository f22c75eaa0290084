//! From the plain document to XML, in the order of the schema.

use super::document::*;
use super::{NAMESPACE_CARTA_PORTE, NAMESPACE_CFDI, NAMESPACE_TIMBRE};
use crate::xml::Writer;

/// Writes the document as UTF-8: the CFDI 4.0 envelope where there is one, else the bare CartaPorte node.
///
/// The seal and the stamp are written only if the document has them; none is made.
pub fn write(document: &CartaPorteDocument) -> String {
    let mut out = Writer::new();
    match &document.cfdi {
        Some(cfdi) => comprobante(&mut out, cfdi, &document.carta_porte),
        None => carta_porte(&mut out, &document.carta_porte, true),
    }
    out.finish()
}

macro_rules! leaf {
    ($out:expr, $prefix:literal, $type:ident, $value:expr) => {
        $out.empty(
            &format!("{}:{}", $prefix, $type::ELEMENT),
            &$value.attributes(),
        )
    };
}

macro_rules! open {
    ($out:expr, $prefix:literal, $type:ident, $value:expr) => {
        $out.open(
            &format!("{}:{}", $prefix, $type::ELEMENT),
            &$value.attributes(),
        )
    };
}

fn comprobante(out: &mut Writer, cfdi: &Comprobante, complement: &CartaPorte) {
    let mut attributes = vec![
        ("xmlns:cfdi", NAMESPACE_CFDI),
        ("xmlns:cartaporte31", NAMESPACE_CARTA_PORTE),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        (
            "xsi:schemaLocation",
            "http://www.sat.gob.mx/cfd/4 http://www.sat.gob.mx/sitio_internet/cfd/4/cfdv40.xsd \
             http://www.sat.gob.mx/CartaPorte31 \
             http://www.sat.gob.mx/sitio_internet/cfd/CartaPorte/CartaPorte31.xsd",
        ),
    ];
    attributes.extend(cfdi.attributes());
    out.open("cfdi:Comprobante", &attributes);
    leaf!(out, "cfdi", Emisor, cfdi.emisor);
    leaf!(out, "cfdi", Receptor, cfdi.receptor);
    out.open("cfdi:Conceptos", &[]);
    for concepto in &cfdi.conceptos {
        leaf!(out, "cfdi", Concepto, concepto);
    }
    out.close();
    out.open("cfdi:Complemento", &[]);
    carta_porte(out, complement, false);
    if let Some(timbre) = &cfdi.timbre {
        let mut attributes = vec![("xmlns:tfd", NAMESPACE_TIMBRE)];
        attributes.extend(timbre.attributes());
        out.empty("tfd:TimbreFiscalDigital", &attributes);
    }
    out.close();
    out.close();
}

fn carta_porte(out: &mut Writer, node: &CartaPorte, bare: bool) {
    let mut attributes = Vec::new();
    if bare {
        attributes.push(("xmlns:cartaporte31", NAMESPACE_CARTA_PORTE));
    }
    attributes.extend(node.attributes());
    out.open("cartaporte31:CartaPorte", &attributes);
    if !node.regimenes.is_empty() {
        out.open("cartaporte31:RegimenesAduaneros", &[]);
        for regimen in &node.regimenes {
            leaf!(out, "cartaporte31", RegimenAduanero, regimen);
        }
        out.close();
    }
    out.open("cartaporte31:Ubicaciones", &[]);
    for ubicacion in &node.ubicaciones {
        open!(out, "cartaporte31", Ubicacion, ubicacion);
        domicilio(out, ubicacion.domicilio.as_ref());
        out.close();
    }
    out.close();
    open!(out, "cartaporte31", Mercancias, node.mercancias);
    for mercancia in &node.mercancias.mercancia {
        open!(out, "cartaporte31", Mercancia, mercancia);
        for documento in &mercancia.documentacion {
            leaf!(out, "cartaporte31", DocumentacionAduanera, documento);
        }
        for guia in &mercancia.guias {
            leaf!(out, "cartaporte31", GuiaIdentificacion, guia);
        }
        for cantidad in &mercancia.cantidades {
            leaf!(out, "cartaporte31", CantidadTransporta, cantidad);
        }
        out.close();
    }
    if let Some(road) = &node.mercancias.autotransporte {
        open!(out, "cartaporte31", Autotransporte, road);
        leaf!(out, "cartaporte31", IdentificacionVehicular, road.vehiculo);
        leaf!(out, "cartaporte31", Seguros, road.seguros);
        if !road.remolques.is_empty() {
            out.open("cartaporte31:Remolques", &[]);
            for remolque in &road.remolques {
                leaf!(out, "cartaporte31", Remolque, remolque);
            }
            out.close();
        }
        out.close();
    }
    out.close();
    if !node.figuras.is_empty() {
        out.open("cartaporte31:FiguraTransporte", &[]);
        for figura in &node.figuras {
            open!(out, "cartaporte31", Figura, figura);
            domicilio(out, figura.domicilio.as_ref());
            out.close();
        }
        out.close();
    }
    out.close();
}

fn domicilio(out: &mut Writer, address: Option<&Domicilio>) {
    if let Some(address) = address {
        leaf!(out, "cartaporte31", Domicilio, address);
    }
}
