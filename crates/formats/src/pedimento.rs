//! Pedimento, the customs declaration of Mexico: the fields of Anexo 22 from JSON and CSV, in and out.
//!
//! SAT's own file (the validator's archive) is between broker and prevalidator; what brokers' programs export to others
//! is JSON or a sheet, and no standard fixes either. Both forms here are ours: every field has the name of Anexo 22 in
//! Spanish, one name for the JSON member and the CSV column ([`FieldRule`]), in the tables of `document.rs` that reading,
//! writing, checking and the page use alike.
//!
//! A pedimento becomes a `Pedimento`, one of clave T3 a `TransitPedimento`; an R1 also a `Rectified`; where
//! acknowledgment or payment stand, also what SAT and the bank said of it, to be filed as a report.

mod checks;
mod csv_form;
mod document;
mod elements;
mod fields;
mod forms;
mod json_form;
mod map;
#[cfg(test)]
mod tests;

pub use csv_form::write_csv;
pub use document::{
    Candado, Contenedor, Contribucion, ContribucionPartida, DatosPartida, Encabezado, Factura,
    Guia, Identificador, IdentificadorPartida, Partida, PedimentoDocument, PermisoPartida,
    Transporte,
};
pub use elements::elements;
pub use fields::FieldRule;
pub use forms::Form;
pub use json_form::write_json;

use crate::ReadError;
use crate::draft::{Draft, Fault, Places, Severity};
use crate::kinds::Head;

/// Whether a file that begins so is a pedimento of either form.
pub(crate) fn recognises(head: &Head<'_>) -> bool {
    is_json(head.bytes()) && head.has("\"numeroPedimento\"")
        || !is_json(head.bytes())
            && !head.is_xml()
            && head.first_line_has("numeroPedimento")
            && head.first_line_has("clavePedimento")
}

fn is_json(bytes: &[u8]) -> bool {
    matches!(bytes.first(), Some(b'{' | b'['))
}

/// Reads all pedimentos of a file into one draft, with all faults.
///
/// # Errors
/// When the bytes are no bounded JSON or CSV, or hold no pedimento.
pub fn read(bytes: &[u8]) -> Result<Draft, ReadError> {
    let (documents, places) = documents(bytes)?;
    Ok(map::draft(&documents, places))
}

/// Reads the plain documents, with all faults found in them.
///
/// # Errors
/// As [`read`].
pub fn read_documents(bytes: &[u8]) -> Result<(Vec<PedimentoDocument>, Vec<Fault>), ReadError> {
    let (documents, places) = documents(bytes)?;
    Ok((documents, places.faults().to_vec()))
}

fn documents(bytes: &[u8]) -> Result<(Vec<PedimentoDocument>, Places), ReadError> {
    let mut places = Places::default();
    let documents = match is_json(Head::of(bytes).bytes()) {
        true => json_form::read(bytes, &mut places)?,
        false => csv_form::read(bytes, &mut places)?,
    };
    if documents.is_empty() {
        return Err(ReadError::new(
            "pedimento-missing",
            "there is no pedimento in this file",
            "no hay ningún pedimento en este archivo",
        ));
    }
    if documents
        .iter()
        .all(|document| *document == PedimentoDocument::default())
    {
        places.fault_at(
            Severity::Error,
            "pedimento-empty",
            "",
            None,
            "none of the fields of a pedimento is in this file".to_owned(),
            "ninguno de los campos de un pedimento está en este archivo".to_owned(),
        );
    }
    checks::check(&documents, &mut places);
    Ok((documents, places))
}
