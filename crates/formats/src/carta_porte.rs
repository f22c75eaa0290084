//! CFDI 4.0 with the Carta Porte 3.1 complement, in and out.
//!
//! [`read_document`] gives the plain document as it stands; [`read`] makes a draft of it; [`write`] writes one.
//! The tables of attributes in `document.rs` are what reading, writing and checking use: an attribute that is not
//! in them is told as not read, never dropped in silence.

mod checks;
mod document;
mod elements;
mod fields;
mod map;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub use document::{
    Autotransporte, CantidadTransporta, CartaPorte, CartaPorteDocument, Comprobante, Concepto,
    DocumentacionAduanera, Domicilio, Emisor, Figura, GuiaIdentificacion, IdentificacionVehicular,
    Mercancia, Mercancias, Receptor, RegimenAduanero, Remolque, Seguros, Timbre, Ubicacion,
};
pub use elements::elements;
pub use fields::{AttributeRule, Form};
pub use writer::write;

use crate::draft::{Draft, Fault};
use crate::{ReadError, xml};

/// Namespace of the Carta Porte 3.1 complement.
pub const NAMESPACE_CARTA_PORTE: &str = "http://www.sat.gob.mx/CartaPorte31";
/// Namespace of CFDI 4.0.
pub const NAMESPACE_CFDI: &str = "http://www.sat.gob.mx/cfd/4";
/// Namespace of the fiscal stamp.
pub const NAMESPACE_TIMBRE: &str = "http://www.sat.gob.mx/TimbreFiscalDigital";

/// Reads a whole CFDI or a bare CartaPorte node into a draft, with all faults.
///
/// # Errors
/// When the bytes are no bounded, well-formed XML or hold no CartaPorte node.
pub fn read(bytes: &[u8]) -> Result<Draft, ReadError> {
    let root = xml::parse(bytes)?;
    let (document, mut places) = reader::read(&root)?;
    checks::check(&document, &mut places);
    Ok(map::draft(&document, places))
}

/// Reads the plain document, with all faults found in it.
///
/// # Errors
/// As [`read`].
pub fn read_document(bytes: &[u8]) -> Result<(CartaPorteDocument, Vec<Fault>), ReadError> {
    let root = xml::parse(bytes)?;
    let (document, mut places) = reader::read(&root)?;
    checks::check(&document, &mut places);
    Ok((document, places.faults().to_vec()))
}
