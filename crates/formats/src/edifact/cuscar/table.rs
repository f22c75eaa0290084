//! The table of CUSCAR: segment groups by directory D.03B, with the segments that the truck guides add.

use super::derive;
use crate::edi::Syntax;
use crate::edi::map::{Form, Loop, Opens, Record, Row, SetMap, When};
use crate::edifact::reading::TripReading;
use crate::edifact::trip::{driver_loop, equipment_loop, vehicle_loop};

/// Tells two groups of one trigger apart.
macro_rules! qualified {
    ($($code:literal),*) => {
        Some(When { element: 1, component: 0, codes: &[$($code),*] })
    };
}

/// NAD of a party with name and address.
macro_rules! party_loop {
    ($id:literal, $to:literal, $($code:literal),*) => {
        Loop {
            when: qualified!($($code),*),
            passing: &["CTA", "COM"],
            rows: &[
                Row::new("NAD", 2, "id", "The party, by code", "La parte, por código").component(1),
                Row::new("NAD", 4, "name-1", "Name", "Nombre").component(1)
                    .derived(&[("Shipment", concat!($to, "/partyName"))]),
                Row::new("NAD", 4, "name-2", "Name, more", "Nombre, continuación").component(2)
                    .derived(&[("Shipment", concat!($to, "/partyName"))]),
                Row::new("NAD", 4, "name-3", "Name, more", "Nombre, continuación").component(3)
                    .derived(&[("Shipment", concat!($to, "/partyName"))]),
                Row::new("NAD", 4, "name-4", "Name, more", "Nombre, continuación").component(4)
                    .derived(&[("Shipment", concat!($to, "/partyName"))]),
                Row::new("NAD", 4, "name-5", "Name, more", "Nombre, continuación").component(5)
                    .derived(&[("Shipment", concat!($to, "/partyName"))]),
                Row::new("NAD", 5, "street-1", "Street", "Calle").component(1)
                    .derived(&[("Shipment", concat!($to, "/streetAddress"))]),
                Row::new("NAD", 5, "street-2", "Street, more", "Calle, continuación").component(2)
                    .derived(&[("Shipment", concat!($to, "/streetAddress"))]),
                Row::new("NAD", 5, "street-3", "Street, more", "Calle, continuación").component(3)
                    .derived(&[("Shipment", concat!($to, "/streetAddress"))]),
                Row::new("NAD", 5, "street-4", "Street, more", "Calle, continuación").component(4)
                    .derived(&[("Shipment", concat!($to, "/streetAddress"))]),
                Row::new("NAD", 6, "city", "City", "Ciudad").component(1)
                    .goes(&[("Shipment", concat!($to, "/locality"))]),
                Row::new("NAD", 7, "region", "State", "Estado").component(1)
                    .goes(&[("Shipment", concat!($to, "/region"))]),
                Row::new("NAD", 7, "region-list", "Code list of the state", "Lista de códigos del estado")
                    .component(2),
                Row::new("NAD", 8, "postal-code", "Postal code", "Código postal").component(1)
                    .goes(&[("Shipment", concat!($to, "/postalCode"))]),
                Row::new("NAD", 9, "country", "Country", "País").component(1)
                    .derived(&[("Shipment", concat!($to, "/country"))]),
            ],
            ..Loop::new($id, "NAD")
        }
    };
}
const PLATE_STATE: &[(&str, &str)] = &[("Manifest", "/plateState")];
const TRIP: &[(&str, &str)] = &[
    ("Manifest", "/trip"),
    ("Shipment", "/trip"),
    ("TripCancelled", "/trip"),
];
const SCAC: &[(&str, &str)] = &[
    ("Manifest", "/scac"),
    ("Shipment", "/scac"),
    ("TripCancelled", "/scac"),
];

/// Customs cargo report.
pub static CUSCAR: SetMap<TripReading> = SetMap {
    set: "CUSCAR",
    syntax: Syntax::Edifact,
    groups: &[],
    root: Loop {
        needs: &["BGM"],
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
            ),
            Row::new(
                "DTM",
                1,
                "arrival",
                "Expected at the port, local",
                "Llegada prevista al puerto, hora local",
            )
            .component(2)
            .when(1, 1, &["132"])
            .derived(&[("Manifest", "/estimatedArrival")]),
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
            .goes(&[("Manifest", "/port"), ("Shipment", "/port")])
            .derived(&[("Manifest", "/direction"), ("Shipment", "/direction")]),
            Row::new(
                "LOC",
                2,
                "port-list",
                "Code list of the port",
                "Lista de códigos del puerto",
            )
            .component(2)
            .when(1, 0, &["60", "41"]),
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
        ],
        opens: Opens::By(&["Manifest", "TripCancelled"], derive::heads),
        loops: &[
            Loop {
                when: qualified!("CA"),
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
            driver_loop!(&[("Manifest", "/driver/driverName")]),
            Loop {
                rows: REMARK,
                ..Loop::new("FTX", "FTX")
            },
            vehicle_loop!(
                identity: &[("Manifest", "/plate"), ("Manifest", "/vin")],
                state: PLATE_STATE,
                trip: TRIP,
                scac: SCAC
            ),
            equipment_loop!("Manifest"; seals: &[("Manifest", "/seals/*")]),
            Loop {
                when: Some(When {
                    element: 1,
                    component: 1,
                    codes: &["10"],
                }),
                rows: &[Row::new(
                    "CNT",
                    1,
                    "consignments",
                    "Number of consignments",
                    "Número de embarques",
                )
                .component(2)],
                ..Loop::new("CNT", "CNT")
            },
            CONSIGNMENT,
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
                    "/shipments/*/scn",
                    "the shipment control number",
                    "el número de control del embarque",
                ),
                (
                    "/shipments/*/packages",
                    "the number of packages",
                    "el número de bultos",
                ),
                (
                    "/shipments/*/grossWeightKg",
                    "the gross weight, with its unit",
                    "el peso bruto, con su unidad",
                ),
            ],
            derive: Some(derive::manifest),
            ..Record::new("Manifest")
        },
        Record {
            needs: &[
                (
                    "/scn",
                    "the shipment control number",
                    "el número de control del embarque",
                ),
                (
                    "/direction",
                    "northbound or southbound",
                    "hacia el norte o hacia el sur",
                ),
                (
                    "/shipper/partyName",
                    "the shipper's name",
                    "el nombre del remitente",
                ),
                (
                    "/shipper/country",
                    "the shipper's country, two letters",
                    "el país del remitente, dos letras",
                ),
                (
                    "/consignee/partyName",
                    "the consignee's name",
                    "el nombre del destinatario",
                ),
                (
                    "/consignee/country",
                    "the consignee's country, two letters",
                    "el país del destinatario, dos letras",
                ),
                ("/packages", "the number of packages", "el número de bultos"),
                (
                    "/grossWeightKg",
                    "the gross weight, with its unit",
                    "el peso bruto, con su unidad",
                ),
                (
                    "/goods/*/goodsText",
                    "what the goods are",
                    "qué son las mercancías",
                ),
                (
                    "/goods/*/packages",
                    "the number of packages",
                    "el número de bultos",
                ),
            ],
            derive: Some(derive::shipment),
            ..Record::new("Shipment")
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
        Record {
            needs: &[
                (
                    "/scn",
                    "the shipment control number",
                    "el número de control del embarque",
                ),
                (
                    "/cause",
                    "why the shipment is cancelled",
                    "por qué se cancela el embarque",
                ),
            ],
            derive: Some(derive::shipment_cancelled),
            ..Record::new("ShipmentCancelled")
        },
    ],
};

const CAUSE: &[(&str, &str)] = &[("TripCancelled", "/cause"), ("ShipmentCancelled", "/cause")];
const REMARK: &[Row<TripReading>] = &[
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
];

const PACKAGES: &[(&str, &str)] = &[
    ("Manifest", "/shipments/*/packages"),
    ("Manifest", "/packages"),
    ("Shipment", "/packages"),
];
const WEIGHT: &[(&str, &str)] = &[
    ("Manifest", "/shipments/*/grossWeightKg"),
    ("Manifest", "/grossWeightKg"),
    ("Shipment", "/grossWeightKg"),
];
const RELEASE: &[(&str, &str)] = &[("Shipment", "/releaseType")];
const LOADED: &[(&str, &str)] = &[("Manifest", "/loadedAt"), ("Shipment", "/loadedAt")];

/// SG7 with what hangs on it. The references of SG8 stand in it directly: a truck's consignment has one.
const CONSIGNMENT: Loop<TripReading> = Loop {
    passing: &["MOA", "CUX", "CPI", "TSR", "QTY"],
    rows: &[
        Row::new("CNI", 1, "line", "Line", "Línea"),
        Row::new("CNI", 2, "bill", "Bill of lading", "Conocimiento").component(1),
        Row::new(
            "CNI",
            2,
            "status",
            "State of the consignment",
            "Estado del embarque",
        )
        .component(2),
        Row::new(
            "DOC",
            1,
            "inbond-type",
            "Kind of in-bond movement",
            "Clase de movimiento in-bond",
        )
        .component(4)
        .when(1, 1, &["950"])
        .derived(RELEASE),
        Row::new("DOC", 2, "inbond", "In-bond number", "Número in-bond")
            .component(1)
            .when(1, 1, &["950"])
            .form(Form::Identifier("inbond-number", "inbond-number"))
            .goes(&[("Shipment", "/inBondNumber")])
            .derived(RELEASE),
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
        .goes(&[("Shipment", "/scn"), ("ShipmentCancelled", "/scn")])
        .derived(&[("Manifest", "/shipments/*/scn")]),
        Row::new(
            "RFF",
            1,
            "inbond-reference",
            "In-bond number",
            "Número in-bond",
        )
        .component(2)
        .when(1, 1, &["IB"])
        .form(Form::Identifier("inbond-number", "inbond-number"))
        .goes(&[("Shipment", "/inBondNumber")])
        .derived(RELEASE),
        Row::new(
            "CNT",
            1,
            "packages",
            "Packages of the consignment",
            "Bultos del embarque",
        )
        .component(2)
        .when(1, 1, &["11"])
        .form(Form::Whole)
        .derived(PACKAGES),
        Row::new(
            "CNT",
            1,
            "weight",
            "Gross weight of the consignment",
            "Peso bruto del embarque",
        )
        .component(2)
        .when(1, 1, &["7"])
        .form(Form::Decimal)
        .derived(WEIGHT),
        Row::new(
            "CNT",
            1,
            "weight-unit",
            "Unit of the weight",
            "Unidad del peso",
        )
        .component(3)
        .when(1, 1, &["7"]),
        Row::new(
            "LOC",
            2,
            "loading",
            "Foreign port of loading, Schedule K",
            "Puerto extranjero de carga, Schedule K",
        )
        .component(1)
        .when(1, 0, &["9"]),
        Row::new(
            "LOC",
            2,
            "received-code",
            "Where the carrier took the goods",
            "Donde el transportista tomó la carga",
        )
        .component(1)
        .when(1, 0, &["88", "4", "10"])
        .derived(LOADED),
        Row::new(
            "LOC",
            2,
            "received",
            "Where the carrier took the goods",
            "Donde el transportista tomó la carga",
        )
        .component(4)
        .when(1, 0, &["88", "4", "10"])
        .derived(LOADED),
        Row::new(
            "LOC",
            2,
            "transfer",
            "Facility, FIRMS code",
            "Instalación, código FIRMS",
        )
        .component(1)
        .when(1, 0, &["103"]),
        Row::new(
            "LOC",
            2,
            "foreign-destination",
            "Foreign destination",
            "Destino extranjero",
        )
        .component(1)
        .when(1, 0, &["8"]),
        Row::new(
            "LOC",
            2,
            "destination",
            "US port of destination, Schedule D",
            "Puerto de destino en EE. UU., Schedule D",
        )
        .component(1)
        .when(1, 0, &["45"])
        .form(Form::Identifier("schedule-d", "port-form"))
        .goes(&[("Shipment", "/destinationPort")]),
        Row::new(
            "LOC",
            2,
            "destination-list",
            "Code list of the port",
            "Lista de códigos del puerto",
        )
        .component(2)
        .when(1, 0, &["45"]),
        Row::new(
            "GEI",
            1,
            "release-use",
            "Use of the indicator",
            "Uso del indicador",
        )
        .fixed("7"),
        Row::new("GEI", 2, "release", "Release type", "Tipo de liberación")
            .component(1)
            .derived(RELEASE),
    ],
    opens: Opens::By(&["Shipment", "ShipmentCancelled"], derive::consignment),
    loops: &[
        Loop {
            // When and how the goods leave again: nothing that a record has.
            passing: &["DTM", "MEA"],
            quiet: true,
            rows: &[Row::new(
                "TDT",
                1,
                "onward",
                "Onward transport",
                "Transporte siguiente",
            )],
            ..Loop::new("SG9", "TDT")
        },
        party_loop!("NAD shipper", "/shipper", "OS", "CZ"),
        party_loop!("NAD consignee", "/consignee", "CN"),
        GOODS,
    ],
    ..Loop::new("SG7", "CNI")
};

const TEXT: &[(&str, &str)] = &[("Shipment", "/goods/*/goodsText")];

/// SG14: a line of goods.
const GOODS: Loop<TripReading> = Loop {
    passing: &["HAN", "MOA", "PCI", "TMD", "SGP"],
    rows: &[
        Row::new(
            "GID",
            1,
            "goods-line",
            "Line of goods",
            "Línea de mercancía",
        ),
        Row::new("GID", 2, "goods-packages-in-line", "Packages", "Bultos")
            .component(1)
            .form(Form::Whole)
            .derived(GOODS_PACKAGES),
        Row::new(
            "GID",
            2,
            "goods-unit-in-line",
            "Unit of the packages",
            "Unidad de los bultos",
        )
        .component(2)
        .derived(&[("Shipment", "/goods/*/packageUnit")]),
        Row::new("PAC", 1, "goods-packages", "Packages", "Bultos")
            .component(1)
            .form(Form::Whole)
            .derived(GOODS_PACKAGES),
        Row::new(
            "PAC",
            3,
            "goods-unit",
            "Unit of the packages",
            "Unidad de los bultos",
        )
        .component(1)
        .derived(&[("Shipment", "/goods/*/packageUnit")]),
        Row::new(
            "FTX",
            4,
            "text-1",
            "What the goods are",
            "Qué son las mercancías",
        )
        .component(1)
        .when(1, 0, &["AAA"])
        .derived(TEXT),
        Row::new(
            "FTX",
            4,
            "text-2",
            "What the goods are",
            "Qué son las mercancías",
        )
        .component(2)
        .when(1, 0, &["AAA"])
        .derived(TEXT),
        Row::new(
            "FTX",
            4,
            "text-3",
            "What the goods are",
            "Qué son las mercancías",
        )
        .component(3)
        .when(1, 0, &["AAA"])
        .derived(TEXT),
        Row::new(
            "FTX",
            4,
            "text-4",
            "What the goods are",
            "Qué son las mercancías",
        )
        .component(4)
        .when(1, 0, &["AAA"])
        .derived(TEXT),
        Row::new(
            "FTX",
            4,
            "text-5",
            "What the goods are",
            "Qué son las mercancías",
        )
        .component(5)
        .when(1, 0, &["AAA"])
        .derived(TEXT),
        Row::new("MEA", 2, "measured", "What is measured", "Qué se mide")
            .component(1)
            .when(1, 0, &["AAI", "AAE", "WT", "AAX"]),
        Row::new(
            "MEA",
            3,
            "goods-weight-unit",
            "Unit of the weight",
            "Unidad del peso",
        )
        .component(1)
        .when(1, 0, &["AAI", "AAE", "WT", "AAX"]),
        Row::new("MEA", 3, "goods-weight", "Gross weight", "Peso bruto")
            .component(2)
            .when(1, 0, &["AAI", "AAE", "WT", "AAX"])
            .form(Form::Decimal)
            .derived(&[
                ("Shipment", "/goods/*/grossWeightKg"),
                ("Shipment", "/grossWeightKg"),
                ("Manifest", "/shipments/*/grossWeightKg"),
                ("Manifest", "/grossWeightKg"),
            ]),
        Row::new(
            "DGS",
            3,
            "hazard",
            "Dangerous goods, UN number",
            "Mercancía peligrosa, número ONU",
        )
        .component(1)
        .derived(&[("Shipment", "/goods/*/unNumber")]),
        Row::new("CST", 2, "tariff", "Tariff number", "Fracción arancelaria")
            .component(1)
            .when(2, 2, &["122"])
            .derived(&[("Shipment", "/goods/*/commodityCode")]),
        Row::new("LOC", 2, "origin", "Country of origin", "País de origen")
            .component(1)
            .when(1, 0, &["27"])
            .derived(&[("Shipment", "/goods/*/originCountry")]),
    ],
    ..Loop::new("GID", "GID")
};

const GOODS_PACKAGES: &[(&str, &str)] = &[
    ("Shipment", "/goods/*/packages"),
    ("Shipment", "/packages"),
    ("Manifest", "/shipments/*/packages"),
    ("Manifest", "/packages"),
];
