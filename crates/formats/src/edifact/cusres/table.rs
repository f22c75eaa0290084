//! The table of CUSRES by directory D.03B.

use super::derive;
use super::reading::Reading;
use crate::edi::Syntax;
use crate::edi::map::{Form, Loop, Opens, Record, Row, SetMap};
use crate::elements::OCCURRED;

const ALL: &[(&str, &str)] = &[
    ("ManifestAccepted", "/responseText"),
    ("ManifestRejected", "/responseText"),
    ("HoldPlaced", "/cause"),
    ("HoldRemoved", "/cause"),
];
const SCAC: &[(&str, &str)] = &[
    ("ManifestAccepted", "/scac"),
    ("ManifestRejected", "/scac"),
    ("ConveyanceArrived", "/scac"),
];
const DECIDES: &[(&str, &str)] = &[
    ("ManifestRejected", "/errorCode"),
    ("HoldPlaced", "/kind"),
    ("HoldPlaced", "/endsWith"),
    ("ReleaseDecision", "/decision"),
];

/// Qualifiers of DTM for when customs decided: processed, arrived, date of the document, processing.
const DECIDED: &[&str] = &["163", "178", "137", "9"];

/// The records of which that time is told.
const HAPPENED: &[(&str, &str)] = &[
    ("ManifestAccepted", OCCURRED),
    ("ManifestRejected", OCCURRED),
    ("HoldPlaced", OCCURRED),
    ("HoldRemoved", OCCURRED),
    ("ReleaseDecision", OCCURRED),
    ("ConveyanceArrived", OCCURRED),
];

/// Customs response.
pub static CUSRES: SetMap<Reading> = SetMap {
    set: "CUSRES",
    syntax: Syntax::Edifact,
    groups: &[],
    root: Loop {
        needs: &["BGM"],
        passing: &["EQD", "CNT"],
        rows: &[
            Row::new(
                "BGM",
                1,
                "document",
                "Kind of response",
                "Clase de respuesta",
            )
            .component(1),
            Row::new(
                "BGM",
                1,
                "document-name",
                "Name of the response",
                "Nombre de la respuesta",
            )
            .component(4),
            Row::new("BGM", 2, "trip", "Trip number", "Número de viaje")
                .component(1)
                .form(Form::Identifier("trip-number", "trip-form"))
                .goes(&[
                    ("ManifestAccepted", "/trip"),
                    ("ManifestRejected", "/trip"),
                    ("ConveyanceArrived", "/trip"),
                ]),
            Row::new("BGM", 3, "function", "Accepted or not", "Aceptado o no")
                .derived(&[("ManifestRejected", "/errorCode")]),
            Row::new(
                "DTM",
                1,
                "arrival",
                "Expected at the port",
                "Llegada prevista al puerto",
            )
            .component(2)
            .when(1, 1, &["132"]),
            Row::new(
                "DTM",
                1,
                "arrival-format",
                "Format of the time",
                "Formato de la hora",
            )
            .component(3)
            .when(1, 1, &["132"]),
            Row::new(
                "DTM",
                1,
                "decided",
                "When it was decided",
                "Cuándo se decidió",
            )
            .component(2)
            .when(1, 1, DECIDED)
            .derived(HAPPENED),
            Row::new(
                "DTM",
                1,
                "decided-format",
                "Format of the time",
                "Formato de la hora",
            )
            .component(3)
            .when(1, 1, DECIDED),
            Row::new(
                "DTM",
                1,
                "decided-kind",
                "Which time it is",
                "De qué hora se trata",
            )
            .component(1)
            .when(1, 1, DECIDED),
            Row::new(
                "FTX",
                4,
                "original",
                "The sender’s number of the report",
                "Número del reporte del remitente",
            )
            .component(1)
            .when(1, 0, &["AIQ"]),
            Row::new(
                "TDT",
                1,
                "stage",
                "Stage of transport",
                "Etapa del transporte",
            )
            .fixed("11"),
            Row::new("TDT", 3, "mode", "Mode of transport", "Modo de transporte")
                .component(1)
                .fixed("03"),
            Row::new(
                "TDT",
                4,
                "vehicle-kind",
                "Kind of vehicle",
                "Clase de vehículo",
            )
            .component(4),
            Row::new(
                "TDT",
                5,
                "carrier",
                "Carrier’s SCAC",
                "SCAC del transportista",
            )
            .component(1)
            .derived(SCAC),
            Row::new("TDT", 6, "way", "Direction", "Sentido"),
            Row::new(
                "TDT",
                8,
                "identity-list",
                "What names the vehicle",
                "Qué identifica al vehículo",
            )
            .component(2),
            Row::new("TDT", 8, "identity", "Vehicle", "Vehículo").component(4),
            Row::new(
                "LOC",
                2,
                "port",
                "US port, Schedule D",
                "Puerto de EE. UU., Schedule D",
            )
            .component(1)
            .when(1, 0, &["60", "24", "41", "22"])
            .form(Form::Identifier("schedule-d", "port-form"))
            .goes(&[
                ("ManifestAccepted", "/port"),
                ("ManifestRejected", "/port"),
                ("ReleaseDecision", "/port"),
                ("ConveyanceArrived", "/port"),
            ]),
            Row::new(
                "LOC",
                2,
                "port-list",
                "Code list of the port",
                "Lista de códigos del puerto",
            )
            .component(2)
            .when(1, 0, &["60", "24", "41", "22"]),
            Row::new(
                "LOC",
                2,
                "plate-place",
                "Where the plate was issued",
                "Dónde se expidió la placa",
            )
            .component(1)
            .when(1, 0, &["89"]),
            Row::new(
                "GEI",
                1,
                "indicator-use",
                "Use of the indicator",
                "Uso del indicador",
            )
            .fixed("7"),
            Row::new(
                "GEI",
                2,
                "indicator",
                "Processing indicator",
                "Indicador de proceso",
            )
            .component(1),
            Row::new("RFF", 1, "plate", "Plate", "Placa")
                .component(2)
                .when(1, 1, &["ACD"])
                .form(Form::Identifier("plate", "plate-form"))
                .goes(&[("ConveyanceArrived", "/plate")]),
        ],
        opens: Opens::By(&["ManifestAccepted", "ManifestRejected"], derive::answers),
        loops: &[
            Loop {
                passing: &["CTA", "COM"],
                quiet: true,
                rows: &[
                    Row::new("NAD", 1, "party", "Role of the party", "Papel de la parte"),
                    Row::new(
                        "NAD",
                        2,
                        "party-id",
                        "Carrier’s SCAC",
                        "SCAC del transportista",
                    )
                    .component(1)
                    .derived(SCAC),
                ],
                ..Loop::new("NAD", "NAD")
            },
            Loop {
                opens: Opens::By(derive::DECISIONS, derive::decides),
                rows: ERROR,
                ..Loop::new("SG4", "ERP")
            },
            Loop {
                // Duties: nothing of a crossing.
                passing: &["MOA", "GEI"],
                quiet: true,
                rows: &[Row::new("TAX", 1, "duty", "Duty", "Contribución")],
                ..Loop::new("SG5", "TAX")
            },
            Loop {
                // A copy of what was reported, sent back so that it can be found again.
                passing: &[
                    "PAC", "PCI", "FTX", "TDT", "LOC", "DTM", "MEA", "EQD", "NAD", "CTA", "COM",
                    "MOA", "CUX", "TAX", "CST", "CNT", "ATT", "NAT",
                ],
                opens: Opens::By(derive::DECISIONS, derive::decides),
                rows: &[
                    Row::new(
                        "DOC",
                        1,
                        "named-kind",
                        "Kind of the document named",
                        "Clase del documento citado",
                    )
                    .component(1),
                    Row::new("DOC", 2, "entry", "Entry number", "Número de entry")
                        .component(1)
                        .when(1, 1, &["929"])
                        .derived(&[("ReleaseDecision", "/entryNumber")]),
                    Row::new("DOC", 2, "inbond", "In-bond number", "Número in-bond")
                        .component(1)
                        .when(1, 1, &["950"])
                        .derived(&[("ReleaseDecision", "/inBondNumber")]),
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
                    .goes(&[("HoldPlaced", "/scn"), ("HoldRemoved", "/scn")])
                    .derived(&[("ReleaseDecision", "/scns/*")]),
                    Row::new("RFF", 1, "bill", "Bill of lading", "Conocimiento")
                        .component(2)
                        .when(1, 1, &["BM"]),
                    Row::new(
                        "GEI",
                        1,
                        "indicator-use",
                        "Use of the indicator",
                        "Uso del indicador",
                    )
                    .fixed("7"),
                    Row::new(
                        "GEI",
                        2,
                        "indicator",
                        "Processing indicator",
                        "Indicador de proceso",
                    )
                    .component(1)
                    .derived(DECIDES),
                ],
                loops: &[Loop {
                    opens: Opens::By(derive::DECISIONS, derive::decides),
                    rows: ERROR,
                    ..Loop::new("SG14", "ERP")
                }],
                ..Loop::new("SG6", "DOC")
            },
        ],
        ..Loop::root()
    },
    records: &[
        Record {
            needs: &[
                ("/scac", "the carrier's SCAC", "el SCAC del transportista"),
                ("/trip", "the trip number", "el número de viaje"),
            ],
            report: true,
            derive: Some(derive::accepted),
            ..Record::new("ManifestAccepted")
        },
        Record {
            needs: &[
                ("/scac", "the carrier's SCAC", "el SCAC del transportista"),
                ("/trip", "the trip number", "el número de viaje"),
                (
                    "/responseText",
                    "what customs answered",
                    "qué respondió la aduana",
                ),
            ],
            report: true,
            derive: Some(derive::rejected),
            ..Record::new("ManifestRejected")
        },
        Record {
            needs: &[
                (
                    "/scn",
                    "the shipment control number",
                    "el número de control del embarque",
                ),
                (
                    "/kind",
                    "what kind of hold it is",
                    "qué clase de retención es",
                ),
                (
                    "/endsWith",
                    "what the hold ends with",
                    "con qué termina la retención",
                ),
            ],
            report: true,
            derive: Some(derive::hold),
            ..Record::new("HoldPlaced")
        },
        Record {
            needs: &[(
                "/scn",
                "the shipment control number",
                "el número de control del embarque",
            )],
            report: true,
            derive: Some(derive::hold_removed),
            ..Record::new("HoldRemoved")
        },
        Record {
            needs: &[("/scns", "the shipments released", "los embarques liberados")],
            report: true,
            derive: Some(derive::released),
            ..Record::new("ReleaseDecision")
        },
        Record {
            needs: &[
                ("/scac", "the carrier's SCAC", "el SCAC del transportista"),
                ("/trip", "the trip number", "el número de viaje"),
            ],
            report: true,
            derive: Some(derive::arrived),
            ..Record::new("ConveyanceArrived")
        },
    ],
};

/// ERP with what stands with it.
const ERROR: &[Row<Reading>] = &[
    Row::new(
        "ERP",
        1,
        "section",
        "Section that is wrong",
        "Sección con error",
    )
    .component(1),
    Row::new("ERP", 1, "item", "Item that is wrong", "Elemento con error").component(2),
    Row::new(
        "ERP",
        2,
        "segment",
        "Segment that is wrong",
        "Segmento con error",
    )
    .component(1),
    Row::new(
        "ERP",
        2,
        "sequence",
        "Which of the segments",
        "Cuál de los segmentos",
    )
    .component(2),
    Row::new(
        "ERP",
        2,
        "position",
        "Position of the data element",
        "Posición del dato",
    )
    .component(3),
    Row::new(
        "RFF",
        1,
        "reference-kind",
        "What is referred to",
        "A qué se refiere",
    )
    .component(1),
    Row::new(
        "RFF",
        1,
        "reference",
        "Reference of the error",
        "Referencia del error",
    )
    .component(2),
    Row::new("ERC", 1, "code", "Error or status", "Error o estado")
        .component(1)
        .required()
        .derived(DECIDES),
    Row::new(
        "ERC",
        1,
        "code-list",
        "Code list of the error",
        "Lista de códigos del error",
    )
    .component(2),
    Row::new("FTX", 1, "text-use", "Use of the text", "Uso del texto").fixed("AAO"),
    Row::new("FTX", 4, "text-1", "Error in words", "Error en palabras")
        .component(1)
        .derived(ALL),
    Row::new("FTX", 4, "text-2", "Error in words", "Error en palabras")
        .component(2)
        .derived(ALL),
    Row::new("FTX", 4, "text-3", "Error in words", "Error en palabras")
        .component(3)
        .derived(ALL),
    Row::new("FTX", 4, "text-4", "Error in words", "Error en palabras")
        .component(4)
        .derived(ALL),
    Row::new("FTX", 4, "text-5", "Error in words", "Error en palabras")
        .component(5)
        .derived(ALL),
];
