//! Numbers of the carriage: carrier, shipment, trip, equipment, driver.

use super::{Identifier, digits, no_test, tidy};

/// The rows of this family.
pub(super) const ROWS: &[Identifier] = &[
    row!(
        "scac",
        "carrier code (SCAC)",
        "código del transportista (SCAC)",
        "[A-Z]{2,4}",
        "",
        "capitals; ACE uses those of 4 letters",
        "NMFTA; 19 CFR 123.92",
        ["TOCQ", "ABCD"],
        ["TO1Q", "ABCDE", "tocq"],
        no_test,
        tidy::upper
    ),
    row!(
        "scn",
        "shipment control number (PAPS number)",
        "número de control del embarque (PAPS)",
        "[A-Z]{4}[A-Z0-9]{1,12}",
        "",
        "capitals, no blanks or hyphens",
        "CBP ACE truck e-Manifest",
        ["TOCQ88402171", "ABCD123456789012"],
        ["TOCQ", "TOC188402171", "ABCD1234567890123"],
        no_test,
        tidy::bare
    ),
    row!(
        "trip-number",
        "trip number",
        "número de viaje",
        "[A-Z0-9-]{1,25}",
        "",
        "capitals, no blanks",
        "CBP manifest cover sheet (character set unsure)",
        ["TOCQ2611240417"],
        ["TOCQ 2611", "toCQ26"],
        no_test,
        tidy::upper
    ),
    row!(
        "container",
        "container number (ISO 6346)",
        "número de contenedor (ISO 6346)",
        "[A-Z]{3}[UJZ][0-9]{7}",
        "ISO 6346: powers of two, modulo 11",
        "capitals, no blanks",
        "ISO 6346",
        ["CSQU3054383"],
        ["CSQU3054384", "CSQX3054383", "CSQU305438"],
        digits::test_container,
        tidy::bare
    ),
    row!(
        "seal",
        "seal number",
        "número de candado o sello",
        "[A-Z0-9][A-Z0-9-]{0,19}",
        "",
        "capitals, no blanks",
        "X12 element 225 (15 characters); ISO 17712",
        ["MLBR3014246", "128105"],
        ["-128105", "MLBR30142460000000001"],
        no_test,
        tidy::upper
    ),
    row!(
        "vin",
        "vehicle identification number",
        "número de identificación vehicular (NIV)",
        "[A-HJ-NPR-Z0-9]{17}",
        "9th character, modulo 11",
        "17 capitals and digits",
        "49 CFR 565; ISO 3779",
        ["1M8GDM9AXKP042788", "11111111111111111"],
        ["1M8GDM9A1KP042788", "1M8GDM9AXKP04278"],
        digits::test_vin,
        tidy::bare
    ),
    row!(
        "plate",
        "licence plate",
        "placa",
        "[A-Z0-9]{2,10}",
        "",
        "capitals and digits, no blanks or hyphens",
        "CBP manifest cover sheet; CartaPorte31.xsd (5 to 7)",
        ["12AB3C", "45CD6E"],
        ["A", "12-AB-3C", "12AB3C45CD6"],
        no_test,
        tidy::bare
    ),
    row!(
        "fast-card",
        "FAST card number",
        "número de tarjeta FAST",
        "[0-9]{9,14}",
        "",
        "9 to 14 digits",
        "CBP ACE truck e-Manifest (length unsure)",
        ["411000123456", "41100000000017"],
        ["41100012", "4110000000001A"],
        no_test,
        tidy::digits
    ),
    row!(
        "caat",
        "Mexican carrier code (CAAT)",
        "CAAT",
        "[A-Z0-9]{4}",
        "",
        "capitals",
        "RGCE Anexo 22",
        ["3A7K"],
        ["3A7", "3A7KK"],
        no_test,
        tidy::bare
    ),
];
