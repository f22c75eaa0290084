//! Numbers that belong to no one trade: places, organisations, documents.

use super::{Identifier, money_digits, no_test, tidy};

/// The rows of this family.
pub(super) const ROWS: &[Identifier] = &[
    row!(
        "locode",
        "UN/LOCODE",
        "UN/LOCODE",
        "[A-Z]{2}[A-Z2-9]{3}",
        "",
        "5 characters, no blank",
        "UNECE Recommendation 16",
        ["USLRD", "MXNLD"],
        ["US", "USLR1", "USLRDX"],
        no_test,
        tidy::bare
    ),
    row!(
        "uuid",
        "UUID (of a fiscal stamp, for one)",
        "UUID (folio fiscal, entre otros)",
        "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
        "",
        "lower case",
        "RFC 9562; TimbreFiscalDigital",
        ["5f0c1a52-7c36-4b7c-9a34-5f1b9f1f2c11"],
        [
            "5f0c1a52-7c36-4b7c-9a34-5f1b9f1f2c1",
            "5f0c1a52_7c36_4b7c_9a34_5f1b9f1f2c11"
        ],
        no_test,
        tidy::lower
    ),
    row!(
        "duns",
        "D-U-N-S number",
        "número D-U-N-S",
        "[0-9]{9}",
        "",
        "9 digits",
        "Dun & Bradstreet; no check digit since 2006",
        ["123456789"],
        ["12345678", "1234567890"],
        no_test,
        tidy::digits
    ),
    row!(
        "lei",
        "legal entity identifier",
        "identificador de entidad jurídica (LEI)",
        "[A-Z0-9]{18}[0-9]{2}",
        "modulo 97-10, letters as 10 to 35",
        "20 capitals and digits",
        "ISO 17442; ISO/IEC 7064",
        ["5493001KJTIIGC8Y1R12", "9999EXAMPLEGARITA040"],
        [
            "5493001KJTIIGC8Y1R13",
            "5493001KJTIIGC8Y1R1",
            "5493001KJTIIGC8Y1RAA"
        ],
        money_digits::test_lei,
        tidy::bare
    ),
];
