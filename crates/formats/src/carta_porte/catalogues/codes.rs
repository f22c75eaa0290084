//! Codes of SAT catalogues that are small and settled, as of April 2026. A caller may hand in a newer edition.

/// Customs regimes.
pub(super) const REGIMEN_ADUANERO: &[&str] = &[
    "IMD", "EXD", "ITR", "ITE", "ETR", "ETE", "DFI", "RFE", "RFS", "TRA",
];

/// Means of transport: 01 road, 02 sea, 03 air, 04 rail, 05 pipe.
pub(super) const CVE_TRANSPORTE: &[&str] = &["01", "02", "03", "04", "05"];

/// Kinds of station.
pub(super) const TIPO_ESTACION: &[&str] = &["01", "02", "03"];

/// Permits of SICT.
pub(super) const TIPO_PERMISO: &[&str] = &[
    "TPAF01", "TPAF02", "TPAF03", "TPAF04", "TPAF05", "TPAF06", "TPAF07", "TPAF08", "TPAF09",
    "TPAF10", "TPAF11", "TPAF12", "TPAF13", "TPAF14", "TPAF15", "TPAF16", "TPAF17", "TPAF18",
    "TPAF19", "TPAF20", "TPTM01", "TPTA01", "TPTA02", "TPTA03", "TPTA04", "TPXX00",
];

/// Vehicle configurations of NOM-012.
pub(super) const CONFIG_AUTOTRANSPORTE: &[&str] = &[
    "C2", "C3", "C2R2", "C3R2", "C2R3", "C3R3", "T2S1", "T2S2", "T2S3", "T3S1", "T3S2", "T3S3",
    "T2S1R2", "T2S2R2", "T2S1R3", "T3S1R2", "T3S1R3", "T3S2R2", "T3S2R3", "T3S2R4", "T2S2S2",
    "T3S2S2", "T3S3S2", "OTROEV", "OTROEGP", "OTROSG", "VL", "OTROEVGP", "GPLUTA", "GPLUTB",
    "GPLUTC", "GPLUTD", "GPLATA", "GPLATB", "GPLATC", "GPLATD",
];

/// Kinds of trailer.
pub(super) const SUB_TIPO_REM: &[&str] = &[
    "CTR001", "CTR002", "CTR003", "CTR004", "CTR005", "CTR006", "CTR007", "CTR008", "CTR009",
    "CTR010", "CTR011", "CTR012", "CTR013", "CTR014", "CTR015", "CTR016", "CTR017", "CTR018",
    "CTR019", "CTR020", "CTR021", "CTR022", "CTR023", "CTR024", "CTR025", "CTR026", "CTR027",
    "CTR028", "CTR029", "CTR030", "CTR031", "CTR032",
];

/// Kinds of ship.
pub(super) const CONFIG_MARITIMA: &[&str] = &[
    "B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B09", "B10", "B11", "B12", "B13",
    "B14", "B15",
];

/// Kinds of sea cargo.
pub(super) const CLAVE_TIPO_CARGA: &[&str] = &["CGS", "CGC", "GMN", "GAG", "OFL", "PYD"];

/// Sea containers.
pub(super) const CONTENEDOR_MARITIMO: &[&str] = &[
    "CM001", "CM002", "CM003", "CM004", "CM005", "CM006", "CM007", "CM008", "CM009", "CM010",
    "CM011", "CM012",
];

/// Rail services.
pub(super) const TIPO_DE_SERVICIO: &[&str] = &["TS01", "TS02", "TS03", "TS04"];

/// Rail cars.
pub(super) const TIPO_CARRO: &[&str] = &[
    "TC01", "TC02", "TC03", "TC04", "TC05", "TC06", "TC07", "TC08", "TC09", "TC10", "TC11",
];

/// Rail containers.
pub(super) const CONTENEDOR: &[&str] = &["TC01", "TC02", "TC03", "TC04", "TC05"];

/// Rail traffic.
pub(super) const TIPO_DE_TRAFICO: &[&str] = &["TT01", "TT02", "TT03", "TT04"];

/// Transport figures: 01 operator, 02 owner, 03 lessor, 04 notified, 05 member of a coordinated group.
pub(super) const FIGURA_TRANSPORTE: &[&str] = &["01", "02", "03", "04", "05"];

/// Parts of a transport that others own.
pub(super) const PARTE_TRANSPORTE: &[&str] = &[
    "PT01", "PT02", "PT03", "PT04", "PT05", "PT06", "PT07", "PT08", "PT09", "PT10", "PT11", "PT12",
];

/// Customs documents.
pub(super) const DOCUMENTO_ADUANERO: &[&str] = &[
    "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16",
    "17", "18", "19", "20",
];

/// States of matter of goods.
pub(super) const TIPO_MATERIA: &[&str] = &["01", "02", "03", "04", "05"];

/// Health sectors.
pub(super) const SECTOR_COFEPRIS: &[&str] = &["01", "02", "03", "04", "05"];

/// Pharmaceutical forms.
pub(super) const FORMA_FARMACEUTICA: &[&str] = &[
    "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16",
    "17", "18", "19", "20",
];

/// Conditions of carriage.
pub(super) const CONDICIONES_ESPECIALES: &[&str] = &["01", "02", "03", "04"];

/// Development poles of the isthmus.
pub(super) const REGISTRO_ISTMO: &[&str] = &["01", "02", "03", "04", "05", "06"];

/// Packings of dangerous goods.
pub(super) const TIPO_EMBALAJE: &[&str] = &[
    "1A1", "1A2", "1B1", "1B2", "1D", "1G", "1H1", "1H2", "1N1", "1N2", "3A1", "3A2", "3B1", "3B2",
    "3H1", "3H2", "4A", "4B", "4C1", "4C2", "4D", "4F", "4G", "4H1", "4H2", "5H1", "5H2", "5H3",
    "5H4", "5L1", "5L2", "5L3", "5M1", "5M2", "6HA1", "6HA2", "6HB1", "6HB2", "6HC", "6HD1",
    "6HD2", "6HG1", "6HG2", "6HH1", "6HH2", "6PA1", "6PA2", "6PB1", "6PB2", "6PC", "6PD1", "6PD2",
    "6PG1", "6PG2", "6PH1", "6PH2", "7H1", "7L1", "Z01",
];

/// Reasons of a transfer abroad.
pub(super) const MOTIVO_TRASLADO: &[&str] = &["01", "02", "03", "04", "05", "99"];

/// Pedimento keys of the foreign-trade complement.
pub(super) const CLAVE_PEDIMENTO: &[&str] = &["A1"];

/// Incoterms, those of older editions too.
pub(super) const INCOTERM: &[&str] = &[
    "CFR", "CIF", "CPT", "CIP", "DAF", "DAP", "DAT", "DES", "DEQ", "DDU", "DDP", "EXW", "FCA",
    "FAS", "FOB", "DPU",
];

/// Customs units of measure.
pub(super) const UNIDAD_ADUANA: &[&str] = &[
    "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16",
    "17", "18", "19", "20", "21", "22", "99",
];

/// Forms of payment.
pub(super) const FORMA_PAGO: &[&str] = &[
    "01", "02", "03", "04", "05", "06", "08", "12", "13", "14", "15", "17", "23", "24", "25", "26",
    "27", "28", "29", "30", "31", "99",
];

/// Kinds of CFDI.
pub(super) const TIPO_DE_COMPROBANTE: &[&str] = &["I", "E", "T", "N", "P"];

/// Whether goods are exported, and how.
pub(super) const EXPORTACION: &[&str] = &["01", "02", "03", "04"];

/// Methods of payment.
pub(super) const METODO_PAGO: &[&str] = &["PUE", "PPD"];

/// Periods of a global invoice.
pub(super) const PERIODICIDAD: &[&str] = &["01", "02", "03", "04", "05"];

/// Months of a global invoice.
pub(super) const MESES: &[&str] = &[
    "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16",
    "17", "18",
];

/// How CFDIs relate.
pub(super) const TIPO_RELACION: &[&str] = &["01", "02", "03", "04", "05", "06", "07", "08", "09"];

/// Tax regimes.
pub(super) const REGIMEN_FISCAL: &[&str] = &[
    "601", "603", "605", "606", "607", "608", "609", "610", "611", "612", "614", "615", "616",
    "620", "621", "622", "623", "624", "625", "626", "628", "629", "630",
];

/// Uses of a CFDI.
pub(super) const USO_CFDI: &[&str] = &[
    "G01", "G02", "G03", "I01", "I02", "I03", "I04", "I05", "I06", "I07", "I08", "D01", "D02",
    "D03", "D04", "D05", "D06", "D07", "D08", "D09", "D10", "P01", "S01", "CP01", "CN01",
];

/// Whether a line is taxed.
pub(super) const OBJETO_IMP: &[&str] = &["01", "02", "03", "04", "05", "06", "07", "08"];

/// Taxes.
pub(super) const IMPUESTO: &[&str] = &["001", "002", "003"];

/// Kinds of tax factor.
pub(super) const TIPO_FACTOR: &[&str] = &["Tasa", "Cuota", "Exento"];

/// States of Mexico.
pub(super) const STATES_MEXICO: &[&str] = &[
    "AGU", "BCN", "BCS", "CAM", "CHP", "CHH", "COA", "COL", "DIF", "CMX", "DUR", "GUA", "GRO",
    "HID", "JAL", "MEX", "MIC", "MOR", "NAY", "NLE", "OAX", "PUE", "QUE", "ROO", "SLP", "SIN",
    "SON", "TAB", "TAM", "TLA", "VER", "YUC", "ZAC",
];

/// States of the United States.
pub(super) const STATES_USA: &[&str] = &[
    "AL", "AK", "AZ", "AR", "CA", "NC", "SC", "CO", "CT", "ND", "SD", "DE", "FL", "GA", "HI", "ID",
    "IL", "IN", "IA", "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV",
    "NJ", "NY", "NH", "NM", "OH", "OK", "OR", "PA", "RI", "TN", "TX", "UT", "VT", "VA", "WV", "WA",
    "WI", "WY",
];

/// Provinces of Canada.
pub(super) const PROVINCES_CANADA: &[&str] = &[
    "ON", "QC", "NS", "NB", "MB", "BC", "PE", "SK", "AB", "NL", "NT", "YT", "UN",
];
