//! Numbers of Mexican customs and taxes.

use super::{Identifier, digits, no_test, tidy};

/// The rows of this family.
pub(super) const ROWS: &[Identifier] = &[
    row!(
        "pedimento",
        "pedimento number",
        "número de pedimento",
        "[0-9]{15}|[0-9]{2}  [0-9]{2}  [0-9]{4}  [0-9]{7}",
        "year digit (9th) is that of the validation year or the year before; running number from 000001",
        "15 digits; in CFDI `NN  NN  NNNN  NNNNNNN`",
        "RGCE Anexo 22; cfdv40.xsd",
        ["262434566000123"],
        ["262434564000123", "262434566000000", "26 24 3456 6000123"],
        digits::test_pedimento,
        tidy::digits
    ),
    row!(
        "patente",
        "customs broker licence (patente)",
        "patente aduanal",
        "[0-9]{4}",
        "",
        "4 digits",
        "SAT c_PatenteAduanal",
        ["3456"],
        ["345", "34567"],
        no_test,
        tidy::digits
    ),
    row!(
        "rfc",
        "Mexican tax id (RFC)",
        "RFC",
        "[A-Z&Ñ]{3,4}[0-9]{6}[A-Z0-9]{2}[0-9A]",
        "modulo 11; generic RFCs are exempt",
        "capitals, no blanks or hyphens",
        "SAT tdCFDI.xsd",
        [
            "GODE561231GR8",
            "EKU9003173C9",
            "XIA190128J61",
            "IIA040805DZ4",
            "URE180429TM6",
            "CACX7605101P8",
            "FUNK671228PH6",
            "MISC491214B86",
            "XAXX010101000",
            "XEXX010101000"
        ],
        [
            "GODE561231GR9",
            "EKU9003173C8",
            "EKU9013173C9",
            "EKU900332C98"
        ],
        digits::test_rfc,
        tidy::bare
    ),
    row!(
        "curp",
        "Mexican population key (CURP)",
        "CURP",
        "[A-Z][AEIOUX][A-Z]{2}[0-9]{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-ZÑ]{3}[A-Z0-9][0-9]",
        "modulo 10; the date and the state are possible",
        "18 capitals and digits",
        "RENAPO; RGCE Anexo 22, field 16",
        [
            "BOXW310820HNERXN09",
            "GODE561231HDFRRN00",
            "XEXX010101HNEXXXA4"
        ],
        [
            "BOXW310820HNERXN08",
            "BOXW311320HNERXN09",
            "BOXW310820HZZRXN09",
            "BOXW310820XNERXN0"
        ],
        digits::test_curp,
        tidy::bare
    ),
    row!(
        "cove",
        "value document acknowledgment (COVE)",
        "acuse de valor (COVE)",
        "COVE[0-9A-Z]{9}",
        "",
        "capitals",
        "VUCEM (length unsure)",
        ["COVE2461AB3C9"],
        ["COVE2461", "CVE2461AB3C9X"],
        no_test,
        tidy::bare
    ),
    row!(
        "e-document",
        "digitised annex in VUCEM (e-document)",
        "e-document de VUCEM",
        "[A-Z0-9]{13}",
        "",
        "13 capitals and digits",
        "VUCEM (length unsure)",
        ["0170260ABC1D2"],
        ["0170260ABC1D", "0170260-ABC1D2"],
        no_test,
        tidy::bare
    ),
    row!(
        "acknowledgment",
        "electronic acknowledgment of a validated pedimento",
        "acuse electrónico de validación",
        "[A-Z0-9]{8}",
        "",
        "8 capitals and digits",
        "RGCE Anexo 22, field 29",
        ["K7P2M4QX"],
        ["K7P2M4Q", "K7P2M4QX1", "K7P2-M4Q"],
        no_test,
        tidy::bare
    ),
    row!(
        "doda-number",
        "integration number of a DODA or PITA",
        "número de integración del DODA o PITA",
        "[0-9]{1,20}",
        "",
        "digits",
        "SAT guide of the DODA web service (length unsure)",
        ["123456789"],
        ["12345678A", "123456789012345678901"],
        no_test,
        tidy::digits
    ),
    row!(
        "capture-line",
        "payment line of a pedimento (linea de captura)",
        "línea de captura",
        "[A-Z0-9]{20}",
        "",
        "the general line: 20 capitals and digits; line indicator and request number stand with the bank",
        "PECE (form unsure)",
        ["03260024345660001237"],
        ["0326002434566000123", "0326-0024-3456-6000-123"],
        no_test,
        tidy::bare
    ),
    row!(
        "idccp",
        "Carta Porte identifier (IdCCP)",
        "identificador del complemento (IdCCP)",
        "CCC[a-f0-9A-F]{5}-[a-f0-9A-F]{4}-[a-f0-9A-F]{4}-[a-f0-9A-F]{4}-[a-f0-9A-F]{12}",
        "",
        "CCC, the rest in lower case",
        "CartaPorte31.xsd",
        [
            "CCC1a2b3-c4d5-4e6f-8a9b-0c1d2e3f4a5b",
            "CCCbcd94-870a-4332-a52a-a52aa52aa52a"
        ],
        [
            "CCD1a2b3-c4d5-4e6f-8a9b-0c1d2e3f4a5b",
            "CCC1a2b3c4d54e6f8a9b0c1d2e3f4a5b"
        ],
        no_test,
        tidy::idccp
    ),
];
