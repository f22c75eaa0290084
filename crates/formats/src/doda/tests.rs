use super::*;
use crate::draft::Severity;
use crate::elements::untold;
use serde_json::json;

const QR: &str = "240|EXP|3456|262434566000123,262434566000124|COVE26A4F7K21|47AK2F|3A7K|31UB8L,CSQU3054383|7741093,MLBR3014246|ABC-1234567-6|418204417|2026-11-24|DODA";

fn loud(draft: &Draft) -> Vec<&'static str> {
    let faults = draft
        .faults
        .iter()
        .filter(|fault| fault.severity > Severity::Note);
    faults.map(|fault| fault.code).collect()
}

#[test]
fn a_qr_becomes_a_doda() {
    let draft = read(QR.as_bytes(), &Reading::default()).unwrap();
    assert_eq!(loud(&draft), [""; 0]);
    assert_eq!(untold(&draft), [""; 0]);
    assert!(draft.is_complete());
    assert_eq!(
        draft.records[0].subject,
        json!({
            "integrationNumber": "418204417", "dodaKind": "DODA", "operation": "EXP",
            "pedimentos": ["26:24:3456:6000123", "26:24:3456:6000124"], "aduana": "240", "patente": "3456",
            "plate": "47AK2F", "caat": "3A7K", "seals": ["7741093", "MLBR3014246"],
            "equipment": [{"equipmentNumber": "31UB8L"},
                          {"containerNumber": "CSQU3054383", "equipmentNumber": "CSQU3054383"}],
            "coves": ["COVE26A4F7K21"], "usEntry": "ABC-1234567-6",
        })
    );
    let place = draft.records[0].sources.get("/pedimentos/1").unwrap();
    assert_eq!(
        (place.column, place.path.as_str()),
        (Some(30), "QR/pedimentos")
    );
    assert_eq!(
        crate::recognise(QR.as_bytes()),
        Some(crate::DocumentKind::Doda)
    );
    let (document, _) = read_document(QR.as_bytes(), &Reading::default()).unwrap();
    assert_eq!(write(&document, &Reading::default()), QR);
    let short = QR.strip_suffix("|DODA").unwrap();
    let draft = read(short.as_bytes(), &Reading::default()).unwrap();
    assert_eq!(draft.records[0].subject["dodaKind"], "DODA");
    assert!(
        draft
            .faults
            .iter()
            .any(|fault| fault.code == "doda-kind-assumed")
    );
}

#[test]
fn an_address_is_read_by_its_parameters() {
    let text = "https://customs.example/qr?D1=16&D2=1&D3=418204417&x=1";
    let draft = read(text.as_bytes(), &Reading::default()).unwrap();
    assert_eq!(draft.records[0].subject["integrationNumber"], "418204417");
    let place = draft.records[0].sources.get("/integrationNumber").unwrap();
    assert_eq!(place.column, Some(42));
    let missing: Vec<&str> = draft.records[0]
        .missing
        .iter()
        .map(|gap| gap.pointer.as_str())
        .collect();
    assert_eq!(missing, ["/operation", "/pedimentos"]);
    assert!(
        draft
            .faults
            .iter()
            .any(|fault| fault.code == "parameter-not-read")
    );
    let reading = Reading {
        address: Some("https://customs.example/qr".into()),
        parameters: vec![
            ("n".into(), DodaField::IntegrationNumber),
            ("p".into(), DodaField::Pedimentos),
            ("op".into(), DodaField::Operation),
        ],
        ..Reading::default()
    };
    let document = DodaDocument {
        integration_number: "418204417".into(),
        pedimentos: vec!["26  24  3456  6000123".into()],
        operation: "1".into(),
        ..DodaDocument::default()
    };
    let text = write(&document, &reading);
    assert_eq!(
        text,
        "https://customs.example/qr?n=418204417&p=26%20%2024%20%203456%20%206000123&op=1"
    );
    assert_eq!(
        read_document(text.as_bytes(), &reading).unwrap().0,
        document
    );
    let draft = read(text.as_bytes(), &reading).unwrap();
    assert_eq!(draft.records[0].subject["operation"], "IMP");
    assert!(draft.is_complete());
}

#[test]
fn broken_qrs_are_told() {
    let table: &[(&str, &str, &str, &str)] = &[
        ("240|", "24|", "aduana-form", "aduana"),
        ("240|", "24O|", "aduana-form", "aduana"),
        ("EXP", "EXPORT", "operation-unknown", "operation"),
        ("EXP", "3", "operation-unknown", "operation"),
        ("EXP", "exp", "operation-unknown", "operation"),
        ("|3456|", "|345|", "patente-form", "patente"),
        ("|3456|", "|34567|", "patente-form", "patente"),
        ("|3456|", "|9999|", "patente-differs", "patente"),
        (
            "262434566000123",
            "26243456600012",
            "pedimento-form",
            "pedimentos",
        ),
        (
            "262434566000123",
            "262434564000123",
            "pedimento-part",
            "pedimentos",
        ),
        (
            "262434566000123",
            "262434566000000",
            "pedimento-part",
            "pedimentos",
        ),
        ("262434566000123", "X", "pedimento-form", "pedimentos"),
        (
            "262434566000123",
            "262434566000124",
            "value-repeated",
            "pedimentos",
        ),
        ("COVE26A4F7K21", "CVE26A4F7K21X", "cove-form", "coves"),
        ("COVE26A4F7K21", "COVE26A4", "cove-form", "coves"),
        ("47AK2F", "4", "plate-form", "plate"),
        ("47AK2F", "47_AK2F", "plate-form", "plate"),
        ("47AK2F|3A7K", "|", "transport-unnamed", ""),
        ("3A7K", "3A7", "caat-form", "caat"),
        ("31UB8L", "X", "equipment-form", "equipment"),
        ("31UB8L", "31_UB8L", "equipment-form", "equipment"),
        (
            "CSQU3054383",
            "CSQU3054384",
            "container-check-digit",
            "equipment",
        ),
        ("7741093", "77", "seal-form", "seals"),
        ("7741093", "774 1093", "seal-form", "seals"),
        ("7741093", "MLBR3014246", "value-repeated", "seals"),
        ("ABC-1234567-6", "ABC-1234567-5", "us-entry-form", "usEntry"),
        ("ABC-1234567-6", "680001233", "us-entry-form", "usEntry"),
        (
            "418204417",
            "41820",
            "integration-number-form",
            "integrationNumber",
        ),
        (
            "418204417",
            "4182044171234567",
            "integration-number-form",
            "integrationNumber",
        ),
        (
            "418204417",
            "41820441X",
            "integration-number-form",
            "integrationNumber",
        ),
        ("2026-11-24", "2026-02-30", "date-form", "date"),
        ("2026-11-24", "24/11/2026", "date-form", "date"),
        ("|DODA", "|DODO", "doda-kind-unknown", "kind"),
        ("|DODA", "|DODA|x", "doda-fields", "QR"),
        ("|2026-11-24|DODA", "", "doda-fields", "QR"),
        ("|EXP|", "\n", "doda-fields", "QR"),
    ];
    assert!(table.len() >= 30);
    for (find, put, code, at) in table {
        assert!(QR.contains(find), "{find}");
        let text = QR.replacen(find, put, 1);
        let told: Vec<(&str, String)> = match read(text.as_bytes(), &Reading::default()) {
            Ok(draft) => draft
                .faults
                .iter()
                .map(|fault| {
                    assert!(fault.en != fault.es);
                    (
                        fault.code,
                        fault
                            .place
                            .clone()
                            .map_or(String::new(), |place| place.path),
                    )
                })
                .collect(),
            Err(error) => vec![(
                error.code(),
                error.place.map_or(String::new(), |place| place.path),
            )],
        };
        assert!(
            told.iter()
                .any(|(found, path)| found == code && path.ends_with(at)),
            "{put:?}: {told:?}"
        );
    }
    let code = |bytes: &[u8]| {
        read(bytes, &Reading::default()).map_or_else(|error| error.code(), |_| "read")
    };
    assert_eq!(code(b""), "document-empty");
    assert_eq!(code(b"240|\xe9"), "encoding-mixed");
    assert_eq!(code("x".repeat(10_000).as_bytes()), "doda-fields");
    assert_eq!(code(b"https://customs.example/"), "doda-fields");
    let many = format!("240|EXP|3456|{}|||||||418204417||", "1,2,".repeat(60));
    let draft = read(many.as_bytes(), &Reading::default()).unwrap();
    assert!(
        draft
            .faults
            .iter()
            .any(|fault| fault.code == "value-repeated")
    );
    let seals: Vec<String> = (0..25).map(|index| format!("S{index:04}")).collect();
    let text = QR.replace("7741093", &seals.join(","));
    assert_eq!(
        loud(&read(text.as_bytes(), &Reading::default()).unwrap()),
        ["too-many-values"]
    );
}

#[test]
fn a_thousand_generated_qrs_come_back_equal() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut roll = move |sides: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % sides
    };
    for case in 0..1_000_u64 {
        let mut word = |prefix: &str| {
            let length = roll(8);
            let mut text = prefix.to_owned();
            for _ in 0..length {
                text.push(char::from(b"ABC019-x"[usize::try_from(roll(8)).unwrap()]));
            }
            text
        };
        let document = DodaDocument {
            integration_number: word("4"),
            kind: word("D"),
            aduana: word("2"),
            operation: word("E"),
            patente: word("3"),
            pedimentos: (0..case % 4)
                .map(|index| word(&format!("26{index}")))
                .collect(),
            coves: (0..case % 3)
                .map(|index| word(&format!("C{index}")))
                .collect(),
            plate: word(""),
            caat: word(""),
            equipment: (0..case % 2)
                .map(|index| word(&format!("E{index}")))
                .collect(),
            seals: (0..case % 5)
                .map(|index| word(&format!("S{index}")))
                .collect(),
            us_entry: word(""),
            date: word(""),
        };
        let reading = Reading {
            delimiter: ['|', '*', '~'][usize::try_from(case % 3).unwrap()],
            ..Reading::default()
        };
        let text = write(&document, &reading);
        assert_eq!(
            read_document(text.as_bytes(), &reading).unwrap().0,
            document,
            "{text}"
        );
        assert_eq!(untold(&read(text.as_bytes(), &reading).unwrap()), [""; 0]);
    }
}

#[test]
fn every_cut_and_flip_is_answered() {
    let url = "https://x.example/?D1=1&D3=%34%zz%F";
    for text in [QR, url] {
        for cut in 0..text.len() {
            let _ = read(&text.as_bytes()[..cut], &Reading::default());
            for flip in [0_u8, b'|', b'%', b',', 0xC3, 0xFF] {
                let mut bytes = text.as_bytes().to_vec();
                bytes[cut] = flip;
                let _ = read(&bytes, &Reading::default());
            }
        }
    }
}
