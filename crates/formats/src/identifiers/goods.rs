//! What goods are called: tariff codes, dangerous goods.

use super::{Identifier, no_test, tidy};

/// The rows of this family.
pub(super) const ROWS: &[Identifier] = &[
    row!(
        "hts",
        "tariff code, 6, 8 or 10 digits",
        "fracción arancelaria, 6, 8 o 10 dígitos",
        "[0-9]{4}[.]?[0-9]{2}|[0-9]{4}[.]?[0-9]{2}[.]?[0-9]{2}|[0-9]{4}[.]?[0-9]{2}[.]?[0-9]{2}[.]?[0-9]{2}",
        "",
        "digits only; only the first 6 compare across the border",
        "HTSUS; TIGIE and NICO; HS",
        ["870880", "87088099", "8708809900", "6309000100"],
        ["87088", "870880990", "8708.8"],
        no_test,
        tidy::digits
    ),
    row!(
        "fraccion",
        "Mexican tariff item (fraccion, TIGIE)",
        "fracción arancelaria (TIGIE)",
        "[0-9]{8}",
        "",
        "8 digits; 00000000 in transit, 99999999 in complementary pedimentos",
        "TIGIE; RGCE Anexo 22",
        ["87088099", "00000000", "99999999"],
        ["870880", "8708809900", "8708.80.9x"],
        no_test,
        tidy::digits
    ),
    row!(
        "nico",
        "Mexican commercial identification number (NICO)",
        "número de identificación comercial (NICO)",
        "[0-9]{2}",
        "",
        "2 digits after the fraccion",
        "TIGIE",
        ["00", "01"],
        ["0", "001", "A1"],
        no_test,
        tidy::digits
    ),
    row!(
        "schedule-b",
        "US export commodity code (Schedule B)",
        "clave de exportación de EE. UU. (Schedule B)",
        "[0-9]{10}",
        "",
        "10 digits; the first 6 are the HS",
        "US Census Schedule B",
        ["8708809900"],
        ["87088099", "870880990", "8708.80.9900x"],
        no_test,
        tidy::digits
    ),
    row!(
        "un-number",
        "dangerous goods number (UN or NA)",
        "número ONU o NA",
        "UN[0-9]{4}|NA[0-9]{4}",
        "",
        "UN or NA and 4 digits",
        "49 CFR 172.101",
        ["UN2319", "NA1993"],
        ["UN231", "2319", "UNX319"],
        no_test,
        tidy::un
    ),
];
