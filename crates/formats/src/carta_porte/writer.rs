//! From the plain document to XML, in the order of the schema.

use super::document::*;
use super::node::Piece;
use super::{NAMESPACE_CARTA_PORTE, NAMESPACE_CFDI, NAMESPACE_COMERCIO_EXTERIOR, NAMESPACE_TIMBRE};
use crate::xml::Writer;

/// Writes the document as UTF-8: the CFDI 4.0 envelope where there is one, else the bare CartaPorte node.
///
/// The seal and the stamp are written only if the document has them; none is made. Of two complements the
/// foreign-trade one is written first.
pub fn write(document: &CartaPorteDocument) -> String {
    let mut out = Writer::new();
    match &document.cfdi {
        Some(cfdi) => comprobante(&mut out, cfdi, document.carta_porte.as_ref()),
        None => {
            let bare = document.carta_porte.clone().unwrap_or_default();
            declared(&mut out, "cartaporte31", NAMESPACE_CARTA_PORTE, &bare);
        }
    }
    out.finish()
}

fn comprobante(out: &mut Writer, cfdi: &Comprobante, carta_porte: Option<&CartaPorte>) {
    let mut locations = String::from(
        "http://www.sat.gob.mx/cfd/4 http://www.sat.gob.mx/sitio_internet/cfd/4/cfdv40.xsd",
    );
    let mut attributes = vec![("xmlns:cfdi", NAMESPACE_CFDI)];
    if cfdi.comercio_exterior.is_some() {
        attributes.push(("xmlns:cce20", NAMESPACE_COMERCIO_EXTERIOR));
        locations.push_str(
            " http://www.sat.gob.mx/ComercioExterior20 \
             http://www.sat.gob.mx/sitio_internet/cfd/ComercioExterior20/ComercioExterior20.xsd",
        );
    }
    if carta_porte.is_some() {
        attributes.push(("xmlns:cartaporte31", NAMESPACE_CARTA_PORTE));
        locations.push_str(
            " http://www.sat.gob.mx/CartaPorte31 \
             http://www.sat.gob.mx/sitio_internet/cfd/CartaPorte/CartaPorte31.xsd",
        );
    }
    attributes.push(("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"));
    attributes.push(("xsi:schemaLocation", &locations));
    attributes.extend(cfdi.attributes());
    out.open("cfdi:Comprobante", &attributes);
    cfdi.write_children("cfdi", out);
    out.open("cfdi:Complemento", &[]);
    if let Some(foreign) = &cfdi.comercio_exterior {
        foreign.write("cce20", out);
    }
    if let Some(carta_porte) = carta_porte {
        carta_porte.write("cartaporte31", out);
    }
    if let Some(timbre) = &cfdi.timbre {
        declared(out, "tfd", NAMESPACE_TIMBRE, timbre);
    }
    out.close();
    out.close();
}

/// Writes an element that declares its own namespace.
fn declared<T: Piece>(out: &mut Writer, prefix: &str, namespace: &str, piece: &T) {
    let binding = format!("xmlns:{prefix}");
    let mut attributes = vec![(binding.as_str(), namespace)];
    attributes.extend(piece.attributes());
    let name = format!("{prefix}:{}", T::NODE.element);
    // An element without children is written without content: the schema of the stamp allows not even a blank.
    if T::NODE.children.is_empty() {
        out.empty(&name, &attributes);
        return;
    }
    out.open(&name, &attributes);
    piece.write_children(prefix, out);
    out.close();
}
