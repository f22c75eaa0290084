//! From the plain document to draft records: a `CartaPorte`, what it tells of a `Shipment`, an `InvoiceSummary`.

mod carta_porte;
mod goods;
mod invoice;
mod party;
mod shipment;

use super::document::*;
use crate::draft::{Builder, Draft, Places, Severity};
use crate::identifiers;
use crate::kinds::DocumentKind;

/// Makes the draft.
pub(super) fn draft(document: &CartaPorteDocument, places: Places) -> Draft {
    let mut out = Builder::new(DocumentKind::CartaPorte, places);
    let node = document.carta_porte.as_ref();
    let scns = node.map_or_else(Vec::new, |node| waybills(node, &mut out));
    if let Some(node) = node {
        carta_porte::record(document.cfdi.as_ref(), node, &scns, &mut out);
        shipment::record(node, &scns, &mut out);
    }
    if let Some(cfdi) = &document.cfdi
        && let Some(foreign) = &cfdi.comercio_exterior
    {
        invoice::record(cfdi, foreign, node, &scns, &mut out);
    }
    out.finish()
}

/// A shipment control number and the pointer of the field that tells it.
type Scn = (String, String);

/// Waybill numbers that have the form of a shipment control number.
fn waybills(node: &CartaPorte, out: &mut Builder) -> Vec<Scn> {
    let mut found: Vec<Scn> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (index, line) in node.mercancias.mercancia.iter().enumerate() {
        for (number, waybill) in line.guias.iter().enumerate() {
            let Ok(scn) = identifiers::normalise("scn", &waybill.numero_guia) else {
                continue;
            };
            let origin =
                format!("/carta_porte/mercancias/mercancia/{index}/guias/{number}/numero_guia");
            if seen.insert(scn.clone()) {
                out.fault(
                    Severity::Note,
                    "waybill-as-scn",
                    &origin,
                    format!("waybill {scn} has the form of a shipment control number and is taken as one"),
                    format!("la guía {scn} tiene la forma de un número de control de embarque y se toma como tal"),
                );
                found.push((scn, origin));
            }
        }
    }
    found
}

/// Northbound or southbound, where the document says so.
fn direction(node: &CartaPorte) -> Option<&'static str> {
    let by_road = node
        .via_entrada_salida
        .as_deref()
        .is_none_or(|via| via == "01");
    let beyond = matches!(node.pais_origen_destino.as_deref(), Some("USA" | "CAN"));
    if node.transp_internac != "Sí" || !by_road || !beyond {
        return None;
    }
    match node.entrada_salida_merc.as_deref() {
        Some("Salida") => Some("northbound"),
        Some("Entrada") => Some("southbound"),
        _ => None,
    }
}

/// City and state in words where the document has words, else postal code, state and country.
///
/// Municipio and Localidad are mostly codes of SAT catalogues; this crate has no catalogue to name them by.
fn place_name(address: &Domicilio) -> String {
    match city(&address.localidad, &address.municipio) {
        Some(city) => format!("{city}, {}", address.estado),
        None => format!(
            "{} {}, {}",
            address.codigo_postal, address.estado, address.pais
        ),
    }
}

/// The name of a city, where locality or municipality is a name and no code.
fn city<'a>(localidad: &'a Option<String>, municipio: &'a Option<String>) -> Option<&'a str> {
    [localidad, municipio]
        .into_iter()
        .filter_map(|name| name.as_deref())
        .find(|name| name.chars().any(char::is_alphabetic))
}

/// Normalises an identifier; what does not fit is left out, its fault is already told.
fn normal(
    out: &mut Builder,
    record: usize,
    pointer: &str,
    name: &str,
    value: Option<&str>,
    origin: &str,
) -> bool {
    match value.and_then(|value| identifiers::normalise(name, value).ok()) {
        Some(text) => {
            out.set(record, pointer, text, origin);
            true
        }
        None => false,
    }
}

/// Sets a text within the member's length, cutting with a note; tells whether it landed.
fn set_text(
    out: &mut Builder,
    record: usize,
    pointer: &str,
    value: &str,
    origin: &str,
    (least, most): (usize, usize),
) -> bool {
    let value = value.trim();
    let count = value.chars().count();
    if count < least {
        return false;
    }
    if count <= most {
        out.set(record, pointer, value, origin);
        return true;
    }
    out.fault(
        Severity::Note,
        "text-cut",
        origin,
        format!("the text is longer than the record's {most} characters and is cut there"),
        format!("el texto supera los {most} caracteres del registro y se corta ahí"),
    );
    let cut: String = value.chars().take(most).collect();
    out.set(record, pointer, cut.trim_end(), origin);
    true
}

/// Sets a code of capital letters, digits and the marks told, if it is one of the lengths told.
fn set_code(
    out: &mut Builder,
    record: usize,
    pointer: &str,
    value: Option<&str>,
    origin: &str,
    (least, most, marks): (usize, usize, &str),
) -> bool {
    let Some(code) = value.map(|value| value.trim().to_uppercase()) else {
        return false;
    };
    let fits = (least..=most).contains(&code.chars().count())
        && code.chars().all(|letter| {
            letter.is_ascii_uppercase() || letter.is_ascii_digit() || marks.contains(letter)
        });
    if fits {
        out.set(record, pointer, code, origin);
    }
    fits
}
