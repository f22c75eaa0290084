//! CFDI 4.0 with the Carta Porte 3.1 and ComercioExterior 2.0 complements, in and out.
//!
//! [`read_document`] gives the plain document as it stands; [`read`] makes a draft of it; [`write`] writes one;
//! [`seal`] says what is known of its seal, [`original_string`] what the seal signs.
//! The tables of attributes under `document/` are what reading, writing, checking and the original string use: an
//! attribute that is not in them is told as not read, never dropped in silence.

mod catalogues;
mod checks;
mod document;
mod elements;
mod fields;
mod map;
mod node;
mod original;
mod reader;
mod seal;
#[cfg(test)]
mod tests;
mod writer;

pub use catalogues::{Catalogue, CodeSets};
pub use document::*;
pub use elements::elements;
pub use fields::{AttributeRule, Form};
pub use seal::{Chain, SealVerdict};
pub use writer::write;

use crate::draft::{Draft, Fault, Places};
use crate::{ReadError, xml};
use node::Source;
use serde::{Deserialize, Serialize};

/// Namespace of the Carta Porte 3.1 complement.
pub const NAMESPACE_CARTA_PORTE: &str = "http://www.sat.gob.mx/CartaPorte31";
/// Namespace of CFDI 4.0.
pub const NAMESPACE_CFDI: &str = "http://www.sat.gob.mx/cfd/4";
/// Namespace of the ComercioExterior 2.0 complement.
pub const NAMESPACE_COMERCIO_EXTERIOR: &str = "http://www.sat.gob.mx/ComercioExterior20";
/// Namespace of the fiscal stamp.
pub const NAMESPACE_TIMBRE: &str = "http://www.sat.gob.mx/TimbreFiscalDigital";

/// What the caller configures: whom to trust, and newer or larger catalogues than ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reading {
    /// Certificates of the tax authority, each PEM (one or more) or DER in base64. Each is trusted by itself: hand in
    /// those that issue the certificates of taxpayers, not the root above them alone. A certificate of a stamp's
    /// maker, handed in here, checks the seals of its stamps.
    pub roots: Vec<String>,
    /// Codes of catalogues by name, such as `c_ClaveProdServCP`; they count in place of what is known here.
    pub catalogues: CodeSets,
}

/// Reads a whole CFDI or a bare CartaPorte node into a draft, with all faults, nothing configured.
///
/// # Errors
/// When the bytes are no bounded, well-formed XML or hold neither complement.
pub fn read(bytes: &[u8]) -> Result<Draft, ReadError> {
    read_as(bytes, &Reading::default())
}

/// As [`read`], with authorities and catalogues as configured.
///
/// # Errors
/// As [`read`].
pub fn read_as(bytes: &[u8], reading: &Reading) -> Result<Draft, ReadError> {
    let (document, places, _) = checked(bytes, reading)?;
    Ok(map::draft(&document, places))
}

/// Reads the plain document, with all faults found in it.
///
/// # Errors
/// As [`read`].
pub fn read_document(bytes: &[u8]) -> Result<(CartaPorteDocument, Vec<Fault>), ReadError> {
    let (document, places, _) = checked(bytes, &Reading::default())?;
    Ok((document, places.faults().to_vec()))
}

/// What is known of the seal of a CFDI; `None` for a bare CartaPorte node, which has none.
///
/// # Errors
/// As [`read`].
pub fn seal(bytes: &[u8], reading: &Reading) -> Result<Option<SealVerdict>, ReadError> {
    checked(bytes, reading).map(|(_, _, verdict)| verdict)
}

/// The original string of a CFDI, which its seal signs.
///
/// # Errors
/// As [`read`]; `original-unknown` where the document holds something whose fields no table here knows.
pub fn original_string(bytes: &[u8]) -> Result<String, ReadError> {
    let root = xml::parse(bytes)?;
    original::of_cfdi(&root).map_err(|stranger| {
        ReadError::new(
            "original-unknown",
            format!(
                "what `{}` adds to the original string is not known here",
                stranger.name
            ),
            format!(
                "aquí no se sabe qué añade `{}` a la cadena original",
                stranger.name
            ),
        )
        .at(stranger.place())
    })
}

fn checked(
    bytes: &[u8],
    reading: &Reading,
) -> Result<(CartaPorteDocument, Places, Option<SealVerdict>), ReadError> {
    let root = xml::parse(bytes)?;
    let mut source = Source {
        places: Places::default(),
        reading,
    };
    let document = reader::read(&root, &mut source)?;
    let verdict = seal::check(&root, &document, &mut source);
    checks::check(&document, &mut source);
    Ok((document, source.places, verdict))
}
