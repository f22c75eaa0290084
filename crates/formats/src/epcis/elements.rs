//! A draft from a document: one record an event, for people who have a file; and the table that says so.

use super::check::at;
use super::document;
use crate::ReadError;
use crate::draft::{Builder, Draft, Places, Severity};
use crate::elements::ElementRow;
use crate::kinds::DocumentKind;

const RECORD: &str = super::record::RECORD_TYPE;

/// Member of the event, member of the record, English, Spanish, required by the standard.
const MEMBERS: &[(&str, &str, &str, &str, bool)] = &[
    (
        "eventID",
        "/eventID",
        "Name of the event",
        "Nombre del evento",
        false,
    ),
    (
        "type",
        "/eventType",
        "Type of the event",
        "Tipo de evento",
        true,
    ),
    (
        "eventTime",
        "/eventTime",
        "When it happened",
        "Cuándo ocurrió",
        true,
    ),
    (
        "bizStep",
        "/bizStep",
        "Business step",
        "Paso de negocio",
        false,
    ),
];

/// Reads a document into a draft: one optional record for each event. Its key is made where it is captured, as it names the party.
pub(crate) fn read(bytes: &[u8]) -> Result<Draft, ReadError> {
    let read = document(bytes)?;
    let mut places = Places::default();
    for (pointer, place) in &read.places {
        places.put(pointer.clone(), place.clone());
    }
    let mut builder = Builder::new(DocumentKind::Epcis, places);
    for event in &read.events {
        let record = builder.optional_record(RECORD);
        for (member, to, _, _, _) in MEMBERS {
            builder.set_some(
                record,
                to,
                event.text_of(member),
                &at(&event.pointer, member),
            );
        }
        builder.set(record, "/event", event.text.as_str(), &event.pointer);
        if !read.context.is_null() {
            builder.set(record, "/context", read.context.to_string(), "/@context");
        }
        builder.missing(
            record,
            "/observation",
            "the record's key: made from the party and the eventID when the event is captured at /epcis/capture",
            "la clave del registro: se forma con la parte y el eventID al capturar el evento en /epcis/capture",
        );
        if event.text_of("eventID").is_none() {
            builder.missing(
                record,
                "/eventID",
                "the event has no eventID: it gets one when it is captured",
                "el evento no trae eventID: lo recibe al capturarse",
            );
        }
    }
    for problem in read.problems {
        builder.fault(
            problem.severity,
            problem.code,
            &problem.pointer,
            problem.en,
            problem.es,
        );
    }
    if read.events.is_empty() {
        builder.fault(
            Severity::Warning,
            "events-none",
            "",
            "the document has no events".to_owned(),
            "el documento no trae eventos".to_owned(),
        );
    }
    Ok(builder.finish())
}

/// Which element goes where.
pub(crate) fn elements() -> Vec<ElementRow> {
    let mut rows: Vec<ElementRow> = MEMBERS
        .iter()
        .map(|(member, to, en, es, required)| {
            ElementRow::new(*member, *en, *es, *required, &[(RECORD, to)])
        })
        .collect();
    rows.push(ElementRow::new(
        "eventList",
        "The event, as it stands",
        "El evento, tal como está",
        true,
        &[(RECORD, "/event")],
    ));
    rows.push(ElementRow::new(
        "@context",
        "Context of the document: what its prefixes mean",
        "Contexto del documento: qué significan sus prefijos",
        true,
        &[(RECORD, "/context")],
    ));
    for (place, en, es) in [
        (
            "schemaVersion",
            "Version of the standard",
            "Versión del estándar",
        ),
        (
            "creationDate",
            "When the document was made",
            "Cuándo se hizo el documento",
        ),
        (
            "epcisHeader",
            "Master data: read over",
            "Datos maestros: no se toman",
        ),
    ] {
        rows.push(ElementRow::new(place, en, es, place != "epcisHeader", &[]));
    }
    rows
}

/// Whether a text looks like a document or event of this standard.
pub(crate) fn recognises(head: &crate::kinds::Head<'_>) -> bool {
    head.bytes().starts_with(b"{")
        && (head.has("\"EPCISDocument\"")
            || head.has("\"EPCISQueryDocument\"")
            || (head.has("epcis-context.jsonld") && head.has("\"eventTime\"")))
}
