//! Numbers of US customs and export control.

use super::{Identifier, digits, no_test, tidy};

/// The rows of this family.
pub(super) const ROWS: &[Identifier] = &[
    row!(
        "entry-number",
        "CBP entry number",
        "número de entrada de CBP",
        "[A-Z0-9]{3}-?[0-9]{7}-?[0-9]",
        "Luhn over filer code and number, letters as digits",
        "XXX-NNNNNNN-C",
        "19 CFR 142.3a; CATAIR",
        [
            "ABC-1234567-6",
            "999-9999999-0",
            "123-4512345-4",
            "XYZ-0000001-5"
        ],
        ["ABC-1234567-5", "000-0000000-0", "AB-1234567-6"],
        digits::test_entry,
        tidy::entry
    ),
    row!(
        "filer-code",
        "filer code of an entry",
        "clave del declarante (filer code)",
        "[A-Z0-9]{3}",
        "not 000: letters and digits in any order, digits alone from 001",
        "3 capitals and digits",
        "19 CFR 142.3a; CATAIR",
        ["ABC", "999", "A1B", "001"],
        ["000", "AB", "AB-1"],
        digits::test_filer,
        tidy::bare
    ),
    row!(
        "inbond-number",
        "in-bond number",
        "número de in-bond",
        "[0-9]{9}",
        "serial modulo 7",
        "9 digits",
        "CBP Form 7512 number computation",
        ["257700030", "257700052", "257700015", "680001232"],
        ["257700031", "257700059", "25770003"],
        digits::test_inbond,
        tidy::digits
    ),
    row!(
        "itn",
        "AES internal transaction number",
        "número de transacción interna de AES",
        "X[0-9]{14}",
        "the first eight digits are a date from 2000 on",
        "capital X, 14 digits",
        "15 CFR 30, appendix B",
        ["X20170101987654"],
        ["X20171301987654", "X2017010198765", "20170101987654"],
        digits::test_itn,
        tidy::bare
    ),
    row!(
        "importer-number",
        "importer of record number",
        "número del importador de registro",
        "[0-9]{2}-[0-9]{7}[A-Z0-9]{2}|[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{6}-[0-9]{5}",
        "",
        "IRS `NN-NNNNNNNXX`, SSN `NNN-NN-NNNN`, CBP-assigned `YYDDPP-NNNNN`, with their hyphens",
        "CBP Form 5106 (use in ABI unsure)",
        [
            "12-345678900",
            "12-3456789AB",
            "123-45-6789",
            "261234-00017"
        ],
        ["12-3456789", "123456789", "1234-56-789", "26123-000170"],
        no_test,
        tidy::upper
    ),
    row!(
        "ein",
        "employer identification number",
        "número de identificación patronal (EIN)",
        "[0-9]{2}-[0-9]{7}",
        "",
        "`NN-NNNNNNN`",
        "IRS",
        ["12-3456789"],
        ["123456789012", "12-345678", "1-23456789"],
        no_test,
        tidy::ein
    ),
    row!(
        "mid",
        "manufacturer identification code",
        "código de identificación del fabricante",
        "[A-Z]{2}[A-Z0-9]{3,13}",
        "",
        "capitals",
        "CBP Form 7501 instructions, appendix 2 (details unsure)",
        ["MXAUTEJE1250QUE"],
        ["M1AUTEJE", "MXAUTEJE1250QUERE"],
        no_test,
        tidy::bare
    ),
    row!(
        "firms",
        "facility code (FIRMS)",
        "código de instalación (FIRMS)",
        "[A-Z][A-Z0-9]{3}",
        "",
        "4 characters",
        "CBP ACE appendix",
        ["M029"],
        ["0029", "M29"],
        no_test,
        tidy::bare
    ),
    row!(
        "schedule-d",
        "CBP port code (Schedule D)",
        "código de puerto de CBP (Schedule D)",
        "[0-9]{4}",
        "",
        "4 digits",
        "US Census Schedule D",
        ["2304", "1803"],
        ["230", "23045", "l245"],
        no_test,
        tidy::digits
    ),
    row!(
        "statement-number",
        "number of a CBP statement",
        "número del estado de cuenta de CBP",
        "[A-Z0-9]{8,14}",
        "",
        "capitals and digits",
        "19 CFR 24.25 (form unsure)",
        ["2304261124A1"],
        ["2304261", "2304-261124-A1", "2304261124A1234"],
        no_test,
        tidy::bare
    ),
];
