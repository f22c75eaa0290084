use super::*;

#[test]
fn examples_hold_and_counterexamples_do_not() {
    for row in ALL {
        assert!(
            !row.examples.is_empty() && !row.counterexamples.is_empty(),
            "{}",
            row.name
        );
        for good in row.examples {
            assert_eq!(row.check(good), Ok(()), "{} {good}", row.name);
            assert_eq!(
                row.normalise(good).as_deref(),
                Ok(*good),
                "{} {good}",
                row.name
            );
        }
        for bad in row.counterexamples {
            assert!(row.check(bad).is_err(), "{} {bad}", row.name);
        }
    }
}

#[test]
fn all_names_of_the_issue_are_there_once() {
    let names = [
        "scac",
        "scn",
        "trip-number",
        "container",
        "seal",
        "vin",
        "plate",
        "fast-card",
        "caat",
        "entry-number",
        "filer-code",
        "inbond-number",
        "itn",
        "importer-number",
        "ein",
        "mid",
        "firms",
        "schedule-d",
        "statement-number",
        "pedimento",
        "patente",
        "rfc",
        "curp",
        "cove",
        "e-document",
        "acknowledgment",
        "doda-number",
        "capture-line",
        "idccp",
        "hts",
        "fraccion",
        "nico",
        "schedule-b",
        "un-number",
        "clabe",
        "iban",
        "routing-number",
        "bic",
        "uetr",
        "spei-tracking-key",
        "locode",
        "uuid",
        "duns",
        "lei",
    ];
    for name in names {
        assert_eq!(
            ALL.iter().filter(|row| row.name == name).count(),
            1,
            "{name}"
        );
    }
    assert_eq!(ALL.len(), names.len());
    assert_eq!(check("horoscope", "x"), None);
    assert_eq!(FieldIdentifiers.check("scn", "TOCQ88402171"), Some(true));
}

/// `domain/documents.md` §2.1.
#[test]
fn entry_check_digits() {
    for (filer, seven, digit) in [
        ("ABC", "1234567", '6'),
        ("999", "9999999", '0'),
        ("123", "4512345", '4'),
        ("XYZ", "0000001", '5'),
    ] {
        assert_eq!(entry_check_digit(filer, seven), Ok(digit), "{filer}");
    }
    assert_eq!(
        entry_number("ABC", "1234567").as_deref(),
        Ok("ABC-1234567-6")
    );
    assert!(entry_check_digit("AB", "1234567").is_err());
    assert!(entry_check_digit("ABé", "123456").is_err());
    assert_eq!(
        normalise("entry-number", " abc12345676 ").as_deref(),
        Ok("ABC-1234567-6")
    );
}

/// `domain/documents.md` §3.
#[test]
fn inbond_numbers() {
    for (serial, number) in [
        (25_770_003, "257700030"),
        (25_770_005, "257700052"),
        (25_770_001, "257700015"),
        (68_000_123, "680001232"),
    ] {
        assert_eq!(inbond_number(serial).as_deref(), Ok(number));
        assert_eq!(check("inbond-number", number), Some(true));
    }
    assert!(inbond_number(100_000_000).is_err());
}

/// `domain/documents.md` §1.2.
#[test]
fn container_check_digits() {
    assert_eq!(iso6346_check_digit("CSQU305438"), Ok('3'));
    assert_eq!(
        iso6346_number("CSQU", 305_438).as_deref(),
        Ok("CSQU3054383")
    );
    assert_eq!(
        normalise("container", "csqu 305438-3").as_deref(),
        Ok("CSQU3054383")
    );
    // Containers of the ocean sample.
    for number in ["HASU5044950", "BGBU5086915", "TCLU9308287"] {
        assert_eq!(check("container", number), Some(true), "{number}");
    }
}

/// `domain/documents.md` §5.7.
#[test]
fn rfc_check_digits() {
    assert_eq!(rfc_check_digit("GODE561231GR"), Ok('8'));
    assert_eq!(rfc_check_digit("EKU9003173C"), Ok('9'));
    assert_eq!(rfc_check_digit("XIA190128J6"), Ok('1'));
    assert!(rfc_check_digit("X").is_err());
    assert_eq!(
        normalise("rfc", "gode-561231-gr8").as_deref(),
        Ok("GODE561231GR8")
    );
}

/// `domain/documents.md` §5.1 and §6.
#[test]
fn pedimentos_in_both_forms() {
    assert_eq!(check("pedimento", "26  24  3456  6000123"), Some(true));
    assert_eq!(
        check("pedimento", "262434565000123"),
        Some(true),
        "begun the year before"
    );
    let number: Pedimento = "26  24  3456  6000123".parse().unwrap();
    assert_eq!(number.as_str(), "262434566000123");
    assert_eq!(number.cfdi(), "26  24  3456  6000123");
    assert_eq!(number.cfdi().len(), 21);
    assert_eq!(number.case_key(), "26:24:3456:6000123");
    assert_eq!((number.patente(), number.aduana()), ("3456", "24"));
}

/// `domain/documents.md` §2.2, §4, §5.8.
#[test]
fn other_examples_of_the_documents() {
    assert_eq!(check("mid", "MXAUTEJE1250QUE"), Some(true));
    assert_eq!(check("itn", "X20170101987654"), Some(true));
    assert_eq!(
        normalise("hts", "6309.00.01.00").as_deref(),
        Ok("6309000100")
    );
    assert_eq!(
        "8708.80.9900".parse::<TariffCode>().unwrap().hs6(),
        "870880"
    );
    assert_eq!(normalise("un-number", "2319").as_deref(), Ok("UN2319"));
    assert_eq!(normalise("plate", "12-ab-3c").as_deref(), Ok("12AB3C"));
    assert_eq!(
        normalise("idccp", "CCCBCD94-870A-4332-A52A-A52AA52AA52A").as_deref(),
        Ok("CCCbcd94-870a-4332-a52a-a52aa52aa52a")
    );
}

#[test]
fn errors_say_what_and_in_two_languages() {
    let wrong = normalise("rfc", "GODE561231GR9").unwrap_err();
    assert_eq!(
        wrong,
        IdentifierError::CheckDigit {
            name: "rfc",
            expected: '8'
        }
    );
    assert_eq!(wrong.code(), "identifier-check-digit");
    assert!(wrong.es().contains("verificador"));
    assert_eq!(
        normalise("x", "y").unwrap_err().code(),
        "identifier-unknown"
    );
    assert_eq!(
        normalise("scn", &"A".repeat(100_000)).unwrap_err().code(),
        "identifier-form"
    );
    assert_eq!(check("container", "ÑÑÑÑ3054383"), Some(false));
}

#[test]
fn the_guide_for_authors_names_every_identifier() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/profiles.md");
    let text = std::fs::read_to_string(path).unwrap();
    let line = text.lines().find(|l| l.starts_with("| `check('scn'"));
    let names = line.and_then(|l| l.split("name: ").nth(1)).unwrap();
    let told: Vec<&str> = names.trim_end_matches(" |").split(' ').collect();
    let known: Vec<&str> = ALL.iter().map(|row| row.name).collect();
    assert_eq!(told, known);
    for row in ALL {
        assert!(
            !row.examples.is_empty() && !row.counterexamples.is_empty(),
            "{}",
            row.name
        );
    }
}
