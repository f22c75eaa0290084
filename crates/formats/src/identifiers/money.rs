//! Numbers of money: accounts, banks, orders.

use super::{Identifier, money_digits, no_test, tidy};

/// The rows of this family.
pub(super) const ROWS: &[Identifier] = &[
    row!(
        "clabe",
        "Mexican account number (CLABE)",
        "CLABE",
        "[0-9]{18}",
        "weights 3, 7, 1, each product modulo 10",
        "18 digits: bank 3, place 3, account 11, check 1",
        "Banxico; payments.md section 5",
        ["032180000118359719"],
        [
            "032180000118359710",
            "03218000011835971",
            "03218000011835971A"
        ],
        money_digits::test_clabe,
        tidy::digits
    ),
    row!(
        "iban",
        "international bank account number",
        "número internacional de cuenta (IBAN)",
        "[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}",
        "modulo 97-10; the length of the country",
        "capitals and digits, no blanks",
        "ISO 13616 and its registry of lengths",
        [
            "GB82WEST12345698765432",
            "DE89370400440532013000",
            "FR1420041010050500013M02606",
            "NO9386011117947"
        ],
        [
            "GB83WEST12345698765432",
            "DE8937040044053201300",
            "ZZ82WEST12345698765432",
            "DE00370400440532013000"
        ],
        money_digits::test_iban,
        tidy::bare
    ),
    row!(
        "routing-number",
        "US bank routing number (ABA)",
        "número de ruta bancaria de EE. UU. (ABA)",
        "[0-9]{9}",
        "weights 3, 7, 1, sum modulo 10; the first two digits are 00 to 12, 21 to 32, 61 to 72 or 80",
        "9 digits",
        "American Bankers Association; ANSI X9.100",
        ["021150706", "021000021", "011000015"],
        ["021150707", "111111111", "131150708", "02115070"],
        money_digits::test_routing,
        tidy::digits
    ),
    row!(
        "bic",
        "business identifier code",
        "código de identificación de empresa (BIC)",
        "[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}|[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{5}",
        "",
        "8 or 11 capitals and digits",
        "ISO 9362",
        ["BNMXMXMM", "BOFAUS3N", "DEUTDEFF500"],
        ["BNMXMX", "BNMXMXM", "BNMX12MM", "DEUTDEFF50"],
        no_test,
        tidy::bare
    ),
    row!(
        "uetr",
        "end-to-end transaction reference (UETR)",
        "referencia única de la operación (UETR)",
        "[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}",
        "version 4 and variant of the UUID",
        "lower case",
        "ISO 20022 UUIDv4Identifier; RFC 9562",
        [
            "eb6305c9-1f7f-49de-aed0-16487c27b42d",
            "8a562c67-ca16-48ba-b074-65581be6f011"
        ],
        [
            "eb6305c9-1f7f-19de-aed0-16487c27b42d",
            "eb6305c9-1f7f-49de-ced0-16487c27b42d",
            "EB6305C9-1F7F-49DE-AED0-16487C27B42D"
        ],
        no_test,
        tidy::lower
    ),
    row!(
        "spei-tracking-key",
        "tracking key of a SPEI order",
        "clave de rastreo de SPEI",
        "[A-Za-z0-9-]{1,30}",
        "",
        "as written: capitals and small letters differ",
        "Banxico (length and characters unsure)",
        ["MBAN01002611240000123"],
        ["MBAN 0100", "MBAN01002611240000123456789012345"],
        no_test,
        tidy::as_written
    ),
];
