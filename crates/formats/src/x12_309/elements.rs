//! Which element of a 309 goes where.

use crate::elements::ElementRow;

/// All elements that are read.
pub fn elements() -> Vec<ElementRow> {
    const ROWS: &[(&str, &str, &str, bool, &[(&str, &str)])] = &[
        (
            "M10-01",
            "Carrier’s SCAC",
            "SCAC del transportista",
            true,
            &[("Manifest", "/scac"), ("Shipment", "/scac")],
        ),
        (
            "M10-07",
            "Trip number",
            "Número de viaje",
            true,
            &[("Manifest", "/trip"), ("Shipment", "/trip")],
        ),
        (
            "P4-01",
            "US port, Schedule D",
            "Puerto de EE. UU., Schedule D",
            true,
            &[("Manifest", "/port"), ("Shipment", "/port")],
        ),
        (
            "M11-01",
            "Shipment control number",
            "Número de control del embarque",
            true,
            &[("Manifest", "/shipments/*/scn"), ("Shipment", "/scn")],
        ),
        (
            "VEH-12",
            "Tractor’s plate",
            "Placa del tractor",
            false,
            &[("Manifest", "/plate")],
        ),
    ];
    ROWS.iter()
        .map(|(place, en, es, required, goes)| ElementRow::new(*place, *en, *es, *required, goes))
        .collect()
}
