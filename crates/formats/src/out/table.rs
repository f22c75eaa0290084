//! The kinds of document that are written, one row each.

use super::{Exporter, edifact, iso20022, x12};
use crate::kinds::DocumentKind;
use crate::x12_309;

/// All kinds that are written.
pub static EXPORTERS: &[Exporter] = &[
    Exporter {
        name: "x12-309",
        en: "Customs manifest, ANSI X12 309",
        es: "Manifiesto aduanal, ANSI X12 309",
        kind: DocumentKind::X12Manifest309,
        media_type: X12,
        extension: "edi",
        from: &["Manifest", "Shipment"],
        write: |records, sending, readings| {
            x12_309::from_records(records, sending, &readings.x12_309)
        },
    },
    Exporter {
        name: "x12-358",
        en: "Customs consist, ANSI X12 358",
        es: "Lista de embarques del viaje, ANSI X12 358",
        kind: DocumentKind::X12Consist358,
        media_type: X12,
        extension: "edi",
        from: &["Manifest"],
        write: x12::consist_358,
    },
    Exporter {
        name: "x12-353",
        en: "Customs events advisory, ANSI X12 353",
        es: "Aviso de eventos aduanales, ANSI X12 353",
        kind: DocumentKind::X12Events353,
        media_type: X12,
        extension: "edi",
        from: &[
            "InbondArrivalReported",
            "InbondExportReported",
            "LiabilityTransferred",
        ],
        write: x12::events_353,
    },
    Exporter {
        name: "x12-355",
        en: "Customs acceptance or rejection, ANSI X12 355",
        es: "Aceptación o rechazo aduanal, ANSI X12 355",
        kind: DocumentKind::X12Answer355,
        media_type: X12,
        extension: "edi",
        from: &["ManifestAccepted", "ManifestRejected"],
        write: x12::answer_355,
    },
    Exporter {
        name: "x12-350",
        en: "Customs status information, ANSI X12 350",
        es: "Información de estado aduanal, ANSI X12 350",
        kind: DocumentKind::X12Status350,
        media_type: X12,
        extension: "edi",
        from: &[
            "ReleaseDecision",
            "HoldPlaced",
            "HoldRemoved",
            "ConveyanceArrived",
        ],
        write: x12::status_350,
    },
    Exporter {
        name: "edifact-cuscar",
        en: "Cargo report, UN/EDIFACT CUSCAR",
        es: "Informe de carga, UN/EDIFACT CUSCAR",
        kind: DocumentKind::EdifactCuscar,
        media_type: EDIFACT,
        extension: "edi",
        from: &["Manifest", "Shipment"],
        write: edifact::cargo_report,
    },
    Exporter {
        name: "edifact-cusrep",
        en: "Conveyance report, UN/EDIFACT CUSREP",
        es: "Informe del medio de transporte, UN/EDIFACT CUSREP",
        kind: DocumentKind::EdifactCusrep,
        media_type: EDIFACT,
        extension: "edi",
        from: &["Conveyance", "Appointment", "Manifest"],
        write: edifact::conveyance_report,
    },
    Exporter {
        name: "edifact-cusres",
        en: "Customs response, UN/EDIFACT CUSRES",
        es: "Respuesta aduanal, UN/EDIFACT CUSRES",
        kind: DocumentKind::EdifactCusres,
        media_type: EDIFACT,
        extension: "edi",
        from: &[
            "ManifestAccepted",
            "ManifestRejected",
            "HoldPlaced",
            "HoldRemoved",
            "ReleaseDecision",
            "ConveyanceArrived",
        ],
        write: edifact::response,
    },
    Exporter {
        name: "pain.001",
        en: "Payment order, ISO 20022 pain.001",
        es: "Orden de pago, ISO 20022 pain.001",
        kind: DocumentKind::Iso20022,
        media_type: XML,
        extension: "xml",
        from: &["PaymentOrder"],
        write: iso20022::orders,
    },
    Exporter {
        name: "pain.002",
        en: "Payment status, ISO 20022 pain.002",
        es: "Estado del pago, ISO 20022 pain.002",
        kind: DocumentKind::Iso20022,
        media_type: XML,
        extension: "xml",
        from: &["BankStatus"],
        write: iso20022::statuses,
    },
    Exporter {
        name: "camt.054",
        en: "Credit notification, ISO 20022 camt.054",
        es: "Aviso de abono, ISO 20022 camt.054",
        kind: DocumentKind::Iso20022,
        media_type: XML,
        extension: "xml",
        from: &["CreditNotice"],
        write: iso20022::credits,
    },
    Exporter {
        name: "pacs.004",
        en: "Payment return, ISO 20022 pacs.004",
        es: "Devolución de pago, ISO 20022 pacs.004",
        kind: DocumentKind::Iso20022,
        media_type: XML,
        extension: "xml",
        from: &["PaymentReturned"],
        write: iso20022::returns,
    },
];

/// Media type of an X12 interchange (RFC 1767).
const X12: &str = "application/EDI-X12";
/// Media type of an EDIFACT interchange (RFC 1767).
const EDIFACT: &str = "application/EDIFACT";
/// Media type of XML.
const XML: &str = "application/xml";
