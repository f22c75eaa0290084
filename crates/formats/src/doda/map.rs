//! From the plain document to a `DodaIssued`.

use super::parse::{equipment, looks_like_container, operation, seal, us_entry};
use super::{DodaDocument, DodaField};
use crate::draft::{Builder, Draft, Places, Severity};
use crate::identifiers::{self, Pedimento};
use crate::kinds::DocumentKind;

/// The record type holds at most so many seals.
const SEALS_MAX: usize = 20;
/// The record type holds at most so many pieces of equipment.
const EQUIPMENT_MAX: usize = 6;

pub(super) fn draft(document: &DodaDocument, places: Places) -> Draft {
    let mut out = Builder::new(DocumentKind::Doda, places);
    let record = out.record("DodaIssued");
    let number = document.integration_number.as_str();
    match (6..=15).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit()) {
        true => out.set(record, "/integrationNumber", number, "/integrationNumber"),
        false => out.missing(
            record,
            "/integrationNumber",
            "the integration number",
            "el número de integración",
        ),
    }
    match document.kind.as_str() {
        "DODA" | "PITA" => out.set(record, "/dodaKind", document.kind.as_str(), "/kind"),
        kind if !kind.is_empty() => out.missing(
            record,
            "/dodaKind",
            "whether it is DODA or PITA",
            "si es DODA o PITA",
        ),
        _ => {
            // PITA's number is tied to a tag in place of a sheet, so what stands in a QR is a DODA.
            out.set(record, "/dodaKind", "DODA", "/kind");
            out.fault(
                Severity::Note,
                "doda-kind-assumed",
                "/kind",
                "the QR does not say so, but only a DODA has one: taken as DODA".to_owned(),
                "el QR no lo dice, pero solo un DODA lo tiene: se toma como DODA".to_owned(),
            );
        }
    }
    match operation(&document.operation) {
        Some(code) => {
            if code != document.operation {
                out.fault(
                    Severity::Note,
                    "operation-by-digit",
                    "/operation",
                    format!("{} is taken as {code}", document.operation),
                    format!("{} se toma como {code}", document.operation),
                );
            }
            out.set(record, "/operation", code, "/operation");
        }
        None => out.missing(
            record,
            "/operation",
            "the type of operation",
            "el tipo de operación",
        ),
    }
    let mut count = 0;
    let mut patentes: Vec<String> = Vec::new();
    for (index, text) in document.pedimentos.iter().enumerate() {
        if let Ok(pedimento) = text.parse::<Pedimento>() {
            let origin = format!("/pedimentos/{index}");
            out.set(
                record,
                &format!("/pedimentos/{count}"),
                pedimento.case_key(),
                &origin,
            );
            count += 1;
            patentes.push(pedimento.patente().to_owned());
        }
    }
    if count == 0 {
        out.missing(
            record,
            "/pedimentos",
            "at least one pedimento",
            "al menos un pedimento",
        );
    }
    let patente = identifiers::normalise("patente", &document.patente).ok();
    if let Some(patente) = &patente
        && patentes.iter().any(|of_pedimento| of_pedimento != patente)
    {
        out.fault(
            Severity::Warning,
            "patente-differs",
            "/patente",
            format!("a pedimento of this document is not of patente {patente}"),
            format!("un pedimento de este documento no es de la patente {patente}"),
        );
    }
    if document.aduana.len() == 3 && document.aduana.bytes().all(|byte| byte.is_ascii_digit()) {
        out.set(record, "/aduana", document.aduana.as_str(), "/aduana");
    }
    for (pointer, name, text, origin) in [
        ("/patente", "patente", &document.patente, "/patente"),
        ("/plate", "plate", &document.plate, "/plate"),
        ("/caat", "caat", &document.caat, "/caat"),
    ] {
        if let Ok(value) = identifiers::normalise(name, text) {
            out.set(record, pointer, value, origin);
        }
    }
    if document.plate.is_empty() && document.caat.is_empty() {
        out.fault(
            Severity::Warning,
            "transport-unnamed",
            "/plate",
            "neither plate nor CAAT is told".to_owned(),
            "no se indican placa ni CAAT".to_owned(),
        );
    }
    let taken = |texts: &[String], fits: fn(&str) -> bool, most: usize| -> Vec<(usize, String)> {
        let right = texts.iter().enumerate().filter(|(_, text)| fits(text));
        right
            .map(|(index, text)| (index, text.clone()))
            .take(most)
            .collect()
    };
    for (to, (from, value)) in taken(&document.seals, seal, SEALS_MAX)
        .into_iter()
        .enumerate()
    {
        out.set(
            record,
            &format!("/seals/{to}"),
            value,
            &format!("/seals/{from}"),
        );
    }
    for (to, (from, value)) in taken(&document.equipment, equipment, EQUIPMENT_MAX)
        .into_iter()
        .enumerate()
    {
        let origin = format!("/equipment/{from}");
        if looks_like_container(&value) && identifiers::check("container", &value) == Some(true) {
            out.set(
                record,
                &format!("/equipment/{to}/containerNumber"),
                value.as_str(),
                &origin,
            );
        }
        out.set(
            record,
            &format!("/equipment/{to}/equipmentNumber"),
            value,
            &origin,
        );
    }
    for (field, right, most) in [
        (
            DodaField::Seals,
            document.seals.iter().filter(|text| seal(text)).count(),
            SEALS_MAX,
        ),
        (
            DodaField::Equipment,
            document
                .equipment
                .iter()
                .filter(|text| equipment(text))
                .count(),
            EQUIPMENT_MAX,
        ),
    ] {
        if right > most {
            out.fault(
                Severity::Error,
                "too-many-values",
                &format!("/{}/0", field.name()),
                format!("{} are {right}, a record holds {most}", field.name()),
                format!("{}: son {right} y un registro admite {most}", field.name()),
            );
        }
    }
    let mut count = 0;
    for (index, text) in document.coves.iter().enumerate() {
        if let Ok(cove) = identifiers::normalise("cove", text) {
            out.set(
                record,
                &format!("/coves/{count}"),
                cove,
                &format!("/coves/{index}"),
            );
            count += 1;
        }
    }
    if let Some(entry) = us_entry(&document.us_entry) {
        out.set(record, "/usEntry", entry, "/usEntry");
    }
    out.finish()
}
