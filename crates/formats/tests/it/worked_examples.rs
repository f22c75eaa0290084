//! Every worked example of `domain/documents.md` and `domain/payments.md` about identifiers, section by section.

use garita_formats::identifiers::{
    self, Pedimento, TariffCode, clabe_check_digit, entry_check_digit, entry_number, inbond_number,
    iso6346_check_digit, manufacturer_id, rfc_check_digit, routing_check_digit,
};

/// Section, identifier, value, whether it is right.
const EXAMPLES: &[(&str, &str, &str, bool)] = &[
    // documents.md
    ("1.2", "container", "CSQU3054383", true),
    ("1.2", "container", "CSQU3054384", false),
    ("1.2", "scac", "ABCD", true),
    ("1.2", "scn", "ABCD123456789012", true),
    ("1.2", "scn", "ABCD1234567890123", false),
    ("1.2", "trip-number", "ABCDEFGHIJKLMNOPQRSTUVWXY", true),
    ("1.2", "trip-number", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", false),
    ("2.1", "entry-number", "ABC-1234567-6", true),
    ("2.1", "entry-number", "999-9999999-0", true),
    ("2.1", "entry-number", "123-4512345-4", true),
    ("2.1", "entry-number", "XYZ-0000001-5", true),
    ("2.1", "filer-code", "001", true),
    ("2.1", "filer-code", "000", false),
    ("2.2", "mid", "MXAUTEJE1250QUE", true),
    ("2.3", "importer-number", "12-3456789XX", true),
    ("2.3", "importer-number", "123-45-6789", true),
    ("2.3", "importer-number", "260101-12345", true),
    ("3", "inbond-number", "257700030", true),
    ("3", "inbond-number", "257700052", true),
    ("3", "inbond-number", "257700015", true),
    ("3", "inbond-number", "680001232", true),
    ("4", "itn", "X20170101987654", true),
    ("5.1", "pedimento", "26  24  3456  6000123", true),
    ("5.1", "patente", "3456", true),
    ("5.2", "acknowledgment", "K7P2M4QX", true),
    ("5.5", "cove", "COVE2461AB3C9", true),
    ("5.5", "cove", "COVE2461AB3C", false),
    ("5.5", "e-document", "0170260ABC1D2", true),
    ("5.7", "rfc", "GODE561231GR8", true),
    ("5.7", "rfc", "EKU9003173C9", true),
    ("5.7", "rfc", "XIA190128J61", true),
    ("5.7", "rfc", "IIA040805DZ4", true),
    ("5.7", "rfc", "URE180429TM6", true),
    ("5.7", "rfc", "CACX7605101P8", true),
    ("5.7", "rfc", "FUNK671228PH6", true),
    ("5.7", "rfc", "MISC491214B86", true),
    ("5.7", "rfc", "XAXX010101000", true),
    ("5.7", "rfc", "XEXX010101000", true),
    ("5.8", "hts", "6309000100", true),
    ("5.8", "fraccion", "00000000", true),
    ("5.8", "fraccion", "99999999", true),
    ("6", "idccp", "CCC1a2b3-c4d5-4e6f-8a9b-0c1d2e3f4a5b", true),
    // payments.md
    ("p5", "clabe", "032180000118359719", true),
    ("p5", "routing-number", "021150706", true),
    ("p4", "uetr", "8a562c67-ca16-48ba-b074-65581be6f011", true),
    ("p2", "capture-line", "03260024345660001237", true),
];

#[test]
fn every_example_is_judged_as_the_document_says() {
    for (section, name, value, right) in EXAMPLES {
        assert_eq!(
            identifiers::check(name, value),
            Some(*right),
            "section {section}: {name} {value}"
        );
    }
}

/// `documents.md` §1.2, 2.1, 3, 5.7 and `payments.md` §5: the computations.
#[test]
fn check_digits_are_computed_as_in_the_documents() {
    assert_eq!(iso6346_check_digit("CSQU305438"), Ok('3'));
    for (filer, seven, digit) in [
        ("ABC", "1234567", '6'),
        ("999", "9999999", '0'),
        ("123", "4512345", '4'),
        ("XYZ", "0000001", '5'),
    ] {
        assert_eq!(entry_check_digit(filer, seven), Ok(digit));
    }
    assert_eq!(
        entry_number("ABC", "1234567").as_deref(),
        Ok("ABC-1234567-6")
    );
    for (serial, number) in [
        (25_770_003, "257700030"),
        (25_770_005, "257700052"),
        (25_770_001, "257700015"),
        (68_000_123, "680001232"),
    ] {
        assert_eq!(inbond_number(serial).as_deref(), Ok(number));
    }
    assert_eq!(rfc_check_digit("GODE561231GR"), Ok('8'));
    assert_eq!(clabe_check_digit("03218000011835971"), Ok('9'));
    assert_eq!(routing_check_digit("02115070"), Ok('6'));
}

/// `documents.md` §2.2.
#[test]
fn a_manufacturer_code_is_made_of_name_and_address() {
    let of = |name, address, city| manufacturer_id("MX", name, address, city);
    assert_eq!(
        of(
            "Autopartes Ejemplo SA de CV",
            "Av. Industria 1250",
            "Queretaro"
        )
        .as_deref(),
        Ok("MXAUTEJE1250QUE")
    );
    for (name, address, city, made) in [
        (
            "Autopartes Ejemplo",
            "Av. Industria 1250",
            "Querétaro",
            "MXAUTEJE1250QUE",
        ),
        ("Ñandú", "Km 7.5, Carretera 123456", "León", "MXNAN1234LEO"),
        ("3M México", "sin número", "Cd. Juárez", "MX3MMEXCDJ"),
        ("A B C", "Calle 007 y 12", "Reynosa", "MXAB12REY"),
    ] {
        let code = of(name, address, city);
        assert_eq!(code.as_deref(), Ok(made));
        assert_eq!(identifiers::check("mid", made), Some(true), "{made}");
    }
    for (country, name, city, code) in [
        ("Mx", "A", "B", "mid-country"),
        ("MEX", "A", "B", "mid-country"),
        ("MX", "¿?", "B", "mid-name"),
        ("MX", "A", "12", "mid-city"),
    ] {
        let wrong = manufacturer_id(country, name, "1", city).unwrap_err();
        assert_eq!(wrong.code(), code);
        assert!(!wrong.es().is_empty() && wrong.es() != wrong.to_string());
    }
}

/// `documents.md` §5.1 and 5.8.
#[test]
fn parts_of_numbers() {
    let number: Pedimento = "26  24  3456  6000123".parse().unwrap();
    assert_eq!((number.aduana(), number.patente()), ("24", "3456"));
    assert_eq!(number.case_key(), "26:24:3456:6000123");
    assert_eq!("6309000100".parse::<TariffCode>().unwrap().hs6(), "630900");
}
