//! The content of the QR of a DODA that was issued.

use serde_json::Value;

use super::{CaseRecord, Reads, Sending, leading};
use crate::doda::{DodaDocument, write};
use crate::draft::Missing;
use crate::kinds::Readings;

/// The QR of a `DodaIssued`; the day of issue, which no record has, is said where it is supplied.
pub(super) fn code(
    records: &[CaseRecord<'_>],
    sending: &Sending,
    readings: &Readings,
) -> Result<Vec<u8>, Vec<Missing>> {
    let issued = leading(
        records,
        "DodaIssued",
        ("the DODA issued", "el DODA emitido"),
    )?;
    let mut reads = Reads::of(issued.subject);
    let texts = |reads: &Reads<'_>, pointer: &str| -> Vec<String> {
        let items = reads.items(pointer).iter();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let document = DodaDocument {
        integration_number: reads.required(
            "/integrationNumber",
            "the integration number",
            "el número de integración",
        ),
        kind: reads.text("/dodaKind"),
        aduana: reads.required("/aduana", "aduana and section", "la aduana y sección"),
        operation: reads.required(
            "/operation",
            "the type of operation",
            "el tipo de operación",
        ),
        patente: reads.required("/patente", "the broker's licence", "la patente"),
        // A record parts the number with colons, the QR has its 15 digits.
        pedimentos: texts(&reads, "/pedimentos")
            .iter()
            .map(|key| key.replace(':', ""))
            .collect(),
        coves: texts(&reads, "/coves"),
        plate: reads.text("/plate"),
        caat: reads.text("/caat"),
        equipment: reads
            .items("/equipment")
            .iter()
            .filter_map(|item| item.get("equipmentNumber")?.as_str())
            .map(str::to_owned)
            .collect(),
        seals: texts(&reads, "/seals"),
        us_entry: reads.text("/usEntry"),
        date: sending.supplied.get("date").cloned().unwrap_or_default(),
    };
    if document.pedimentos.is_empty() {
        reads.lacks(
            "/pedimentos",
            "at least one pedimento",
            "al menos un pedimento",
        );
    }
    let missing = reads.missing();
    match missing.is_empty() {
        true => Ok(write(&document, &readings.doda).into_bytes()),
        false => Err(missing),
    }
}
