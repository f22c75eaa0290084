//! The table of CUSREP: segment groups by directory D.03B, with the segments that the truck guides add.

use super::derive;
use crate::edi::Syntax;
use crate::edi::map::{Form, Loop, Opens, Record, Row, SetMap, When};
use crate::edifact::reading::TripReading;
use crate::edifact::trip::{driver_loop, equipment_loop, vehicle_loop};
use crate::elements::OCCURRED;

const TRIP: &[(&str, &str)] = &[
    ("Manifest", "/trip"),
    ("Conveyance", "/trip"),
    ("ConveyanceArrived", "/trip"),
    ("Appointment", "/trip"),
    ("TripCancelled", "/trip"),
];
const SCAC: &[(&str, &str)] = &[
    ("Manifest", "/scac"),
    ("Conveyance", "/scac"),
    ("ConveyanceArrived", "/scac"),
    ("Appointment", "/scac"),
    ("TripCancelled", "/scac"),
];
const CAUSE: &[(&str, &str)] = &[("TripCancelled", "/cause"), ("Conveyance", "/cause")];
const DRIVER: &[(&str, &str)] = &[
    ("Manifest", "/driver/driverName"),
    ("Conveyance", "/driver/driverName"),
];

/// Customs conveyance report.
pub static CUSREP: SetMap<TripReading> = SetMap {
    set: "CUSREP",
    syntax: Syntax::Edifact,
    groups: &[],
    root: Loop {
        needs: &["BGM"],
        passing: &["QTY", "POC", "MEA", "GEI"],
        rows: &[
            Row::new(
                "BGM",
                1,
                "document",
                "Kind of document",
                "Clase de documento",
            )
            .component(1)
            .derived(&[("Manifest", "/empty")]),
            Row::new(
                "BGM",
                1,
                "document-name",
                "Name of the document",
                "Nombre del documento",
            )
            .component(4),
            Row::new("BGM", 2, "trip", "Trip number", "Número de viaje")
                .component(1)
                .form(Form::Identifier("trip-number", "trip-form"))
                .derived(TRIP),
            Row::new(
                "BGM",
                3,
                "function",
                "Original, change, cancellation",
                "Original, cambio, cancelación",
            )
            .derived(&[("Conveyance", "/swapped")]),
            Row::new(
                "DTM",
                1,
                "arrival",
                "Expected at the port, local",
                "Llegada prevista al puerto, hora local",
            )
            .component(2)
            .when(1, 1, &["132"])
            .derived(&[
                ("Manifest", "/estimatedArrival"),
                ("Appointment", "/window/windowStart"),
                ("Appointment", "/window/windowEnd"),
            ]),
            Row::new(
                "DTM",
                1,
                "arrival-format",
                "Format of the time",
                "Formato de la hora",
            )
            .component(3)
            .when(1, 1, &["132"]),
            Row::new("DTM", 1, "arrived", "Arrived", "Llegada")
                .component(2)
                .when(1, 1, &["178"])
                .derived(&[("ConveyanceArrived", OCCURRED)]),
            Row::new(
                "DTM",
                1,
                "arrived-format",
                "Format of the time",
                "Formato de la hora",
            )
            .component(3)
            .when(1, 1, &["178"]),
            Row::new(
                "DTM",
                1,
                "issued",
                "Date of the report",
                "Fecha del reporte",
            )
            .component(2)
            .when(1, 1, &["137"]),
            Row::new(
                "DTM",
                1,
                "issued-format",
                "Format of the date",
                "Formato de la fecha",
            )
            .component(3)
            .when(1, 1, &["137"]),
            Row::new("FTX", 1, "remark-use", "Use of the text", "Uso del texto").fixed("CHG"),
            Row::new(
                "FTX",
                4,
                "remark-1",
                "Reason of a change",
                "Motivo de un cambio",
            )
            .component(1)
            .derived(CAUSE),
            Row::new(
                "FTX",
                4,
                "remark-2",
                "Reason of a change",
                "Motivo de un cambio",
            )
            .component(2)
            .derived(CAUSE),
            Row::new(
                "FTX",
                4,
                "remark-3",
                "Reason of a change",
                "Motivo de un cambio",
            )
            .component(3)
            .derived(CAUSE),
            Row::new(
                "FTX",
                4,
                "remark-4",
                "Reason of a change",
                "Motivo de un cambio",
            )
            .component(4)
            .derived(CAUSE),
            Row::new(
                "FTX",
                4,
                "remark-5",
                "Reason of a change",
                "Motivo de un cambio",
            )
            .component(5)
            .derived(CAUSE),
            Row::new(
                "RFF",
                1,
                "message",
                "The sender’s number of the report",
                "Número del reporte del remitente",
            )
            .component(2)
            .when(1, 1, &["ABO", "ACW"]),
            Row::new("RFF", 1, "seal", "Seal on the truck", "Candado del camión")
                .component(2)
                .when(1, 1, &["SN"])
                .derived(&[("Manifest", "/seals/*")]),
            Row::new(
                "LOC",
                2,
                "port",
                "US port, Schedule D",
                "Puerto de EE. UU., Schedule D",
            )
            .component(1)
            .when(1, 0, &["60", "41"])
            .form(Form::Identifier("schedule-d", "port-form"))
            .goes(&[("Manifest", "/port"), ("ConveyanceArrived", "/port")])
            .derived(&[("Manifest", "/direction"), ("Appointment", "/direction")]),
            Row::new(
                "LOC",
                2,
                "port-list",
                "Code list of the port",
                "Lista de códigos del puerto",
            )
            .component(2)
            .when(1, 0, &["60", "41"]),
        ],
        opens: Opens::By(
            &[
                "Manifest",
                "Conveyance",
                "ConveyanceArrived",
                "Appointment",
                "TripCancelled",
            ],
            derive::heads,
        ),
        loops: &[
            Loop {
                passing: &["DTM", "LOC"],
                rows: &[
                    Row::new(
                        "DOC",
                        1,
                        "named-kind",
                        "Kind of the document named",
                        "Clase del documento citado",
                    )
                    .component(1)
                    .fixed("700"),
                    Row::new(
                        "DOC",
                        2,
                        "named-number",
                        "Number of the document named",
                        "Número del documento citado",
                    )
                    .component(1),
                    Row::new(
                        "DOC",
                        2,
                        "named-status",
                        "State of the document named",
                        "Estado del documento citado",
                    )
                    .component(2),
                    Row::new(
                        "RFF",
                        1,
                        "scn",
                        "Shipment control number",
                        "Número de control del embarque",
                    )
                    .component(2)
                    .when(1, 1, &["AAM", "CN"])
                    .form(Form::Identifier("scn", "scn-form"))
                    .derived(&[("Manifest", "/shipments/*/scn")]),
                    Row::new(
                        "QTY",
                        1,
                        "aboard",
                        "Packages of the shipment on the truck",
                        "Bultos del embarque en el camión",
                    )
                    .component(2)
                    .when(1, 1, &["11"])
                    .form(Form::Whole)
                    .derived(&[
                        ("Manifest", "/shipments/*/packages"),
                        ("Manifest", "/packages"),
                    ]),
                ],
                ..Loop::new("DOC", "DOC")
            },
            Loop {
                // Insurance and bonds.
                passing: &["MOA", "FII", "LOC", "RFF", "DTM", "GEI"],
                quiet: true,
                rows: &[Row::new(
                    "TAX",
                    1,
                    "insurance",
                    "Insurance or bond",
                    "Seguro o fianza",
                )],
                ..Loop::new("TAX", "TAX")
            },
            Loop {
                when: Some(When {
                    element: 1,
                    component: 0,
                    codes: &["CA"],
                }),
                rows: &[
                    Row::new("NAD", 2, "scac", "Carrier’s SCAC", "SCAC del transportista")
                        .component(1)
                        .form(Form::Identifier("scac", "scac-form"))
                        .derived(SCAC),
                    Row::new(
                        "NAD",
                        2,
                        "scac-list",
                        "Code list of the carrier",
                        "Lista de códigos del transportista",
                    )
                    .component(2)
                    .fixed("172"),
                ],
                ..Loop::new("NAD carrier", "NAD")
            },
            driver_loop!(DRIVER),
            vehicle_loop!(
                identity: &[
                    ("Manifest", "/plate"),
                    ("Manifest", "/vin"),
                    ("Conveyance", "/plate"),
                    ("Conveyance", "/vin"),
                    ("ConveyanceArrived", "/plate"),
                    ("Appointment", "/plate"),
                ],
                state: &[
                    ("Manifest", "/plateState"),
                    ("Conveyance", "/plateState"),
                    ("Appointment", "/plateState"),
                ],
                trip: TRIP,
                scac: SCAC
            ),
            equipment_loop!("Manifest", "Conveyance"; seals: &[("Manifest", "/seals/*")]),
        ],
        ..Loop::root()
    },
    records: &[
        Record {
            needs: &[
                ("/scac", "the carrier's SCAC", "el SCAC del transportista"),
                ("/trip", "the trip number", "el número de viaje"),
                (
                    "/direction",
                    "northbound or southbound",
                    "hacia el norte o hacia el sur",
                ),
                (
                    "/port",
                    "the US port, Schedule D",
                    "el puerto de EE. UU., Schedule D",
                ),
                (
                    "/estimatedArrival",
                    "when the truck is expected at the US port",
                    "cuándo se espera el camión en el puerto de EE. UU.",
                ),
                ("/plate", "the tractor's plate", "la placa del tractor"),
                (
                    "/empty",
                    "whether the truck is empty",
                    "si el camión va vacío",
                ),
                (
                    "/shipments/*/packages",
                    "the number of packages",
                    "el número de bultos",
                ),
                (
                    "/shipments/*/grossWeightKg",
                    "the gross weight",
                    "el peso bruto",
                ),
            ],
            derive: Some(derive::manifest),
            ..Record::new("Manifest")
        },
        Record {
            needs: &[
                ("/scac", "the carrier's SCAC", "el SCAC del transportista"),
                ("/trip", "the trip number", "el número de viaje"),
                (
                    "/swapped",
                    "whether tractor, trailer or driver changed",
                    "si cambió el tractor, el remolque o el operador",
                ),
            ],
            derive: Some(derive::conveyance),
            ..Record::new("Conveyance")
        },
        Record {
            needs: &[
                ("/scac", "the carrier's SCAC", "el SCAC del transportista"),
                ("/trip", "the trip number", "el número de viaje"),
            ],
            derive: Some(derive::arrived),
            ..Record::new("ConveyanceArrived")
        },
        Record {
            needs: &[
                ("/scac", "the carrier's SCAC", "el SCAC del transportista"),
                ("/trip", "the trip number", "el número de viaje"),
                ("/plate", "the tractor's plate", "la placa del tractor"),
                (
                    "/window/windowStart",
                    "when the appointment begins",
                    "cuándo comienza la cita",
                ),
                (
                    "/window/windowEnd",
                    "when the appointment ends",
                    "cuándo termina la cita",
                ),
            ],
            derive: Some(derive::appointment),
            ..Record::new("Appointment")
        },
        Record {
            needs: &[
                ("/scac", "the carrier's SCAC", "el SCAC del transportista"),
                ("/trip", "the trip number", "el número de viaje"),
                (
                    "/cause",
                    "why the trip is cancelled",
                    "por qué se cancela el viaje",
                ),
            ],
            derive: Some(derive::trip_cancelled),
            ..Record::new("TripCancelled")
        },
    ],
};
