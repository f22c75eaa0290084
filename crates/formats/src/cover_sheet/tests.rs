use super::*;
use crate::elements::untold;
use serde_json::json;

/// The layout of the facts: 3, 25, 8, 12, 12.
const QR: &str = "001|TOCQ2611240417           |20261124|MXTAM47AK2F |MXTAM31UB8L ";

#[test]
fn the_layout_is_that_of_the_facts() {
    assert_eq!(QR.len(), 64);
    assert_eq!(FIELD_LENGTHS.iter().sum::<usize>(), 60);
    let (sheet, faults) = read_sheet(QR.as_bytes(), &Reading::default()).unwrap();
    assert_eq!(
        sheet,
        CoverSheet {
            version: "001".into(),
            trip: "TOCQ2611240417".into(),
            estimated_arrival: "20261124".into(),
            plate1: Plate {
                country: "MX".into(),
                state: "TAM".into(),
                number: "47AK2F".into()
            },
            plate2: Plate {
                country: "MX".into(),
                state: "TAM".into(),
                number: "31UB8L".into()
            },
        }
    );
    let codes: Vec<_> = faults.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["delimiter-found"]);
    assert_eq!(write(&sheet, &Reading::default()), QR);
    assert_eq!(
        crate::recognise(QR.as_bytes()),
        Some(DocumentKind::AceCoverSheet)
    );
    let draft = read(
        QR.as_bytes(),
        &Reading {
            delimiter: Some('|'),
            ..Reading::default()
        },
    )
    .unwrap();
    assert!(draft.faults.is_empty() && draft.records[0].optional);
    assert_eq!(untold(&draft), [""; 0]);
    assert_eq!(
        draft.records[0].subject,
        json!({
            "trip": "TOCQ2611240417", "plate": "47AK2F", "plateState": "MX-TAM",
            "equipment": [{"equipmentNumber": "31UB8L", "plate": "31UB8L", "plateState": "MX-TAM"}],
        })
    );
    let place = draft.records[0].sources.get("/plate").unwrap();
    assert_eq!(
        (place.line, place.column, place.path.as_str()),
        (1, Some(40), "QR/plate1")
    );
}

#[test]
fn broken_sheets_are_told() {
    let table: &[(&str, &str, &str, &str)] = &[
        ("001|", "   |", "version-missing", "version"),
        ("001|", "0001|", "cover-sheet-fields", "QR"),
        ("001|", "01|", "cover-sheet-fields", "QR"),
        ("TOCQ2611240417 ", "TOCQ 26112404170", "trip-form", "trip"),
        (
            "TOCQ2611240417           ",
            "tocq2611240417           ",
            "trip-form",
            "trip",
        ),
        (
            "TOCQ2611240417           ",
            "                         ",
            "trip-form",
            "trip",
        ),
        (
            "TOCQ2611240417           ",
            "TOCQ2611240417",
            "field-length",
            "trip",
        ),
        (
            "TOCQ2611240417 ",
            "TOCQ2611240417  ",
            "field-length",
            "trip",
        ),
        ("20261124", "20261324", "date-form", "estimatedArrival"),
        ("20261124", "20260230", "date-form", "estimatedArrival"),
        ("20261124", "2026112 ", "date-form", "estimatedArrival"),
        ("20261124", "        ", "date-form", "estimatedArrival"),
        ("20261124", "24112026", "date-form", "estimatedArrival"),
        ("20261124", "2026-11-24", "field-length", "estimatedArrival"),
        ("MXTAM47AK2F ", "            ", "plate-missing", "plate1"),
        ("MXTAM47AK2F ", "BRTAM47AK2F ", "plate-form", "plate1"),
        ("MXTAM47AK2F ", "MX   47AK2F ", "plate-form", "plate1"),
        ("MXTAM47AK2F ", "MXT  47AK2F ", "plate-form", "plate1"),
        ("MXTAM47AK2F ", "MXT4M47AK2F ", "plate-form", "plate1"),
        ("MXTAM47AK2F ", "MXTAM       ", "plate-form", "plate1"),
        ("MXTAM47AK2F ", "MXTAM4*AK2F ", "plate-form", "plate1"),
        ("MXTAM47AK2F ", "MXTAM4      ", "plate-form", "plate1"),
        ("MXTAM47AK2F ", "mxtam47ak2f ", "plate-form", "plate1"),
        ("MXTAM47AK2F ", "MXTAM47AK2F12 ", "field-length", "plate1"),
        ("MXTAM31UB8L ", "XXTAM31UB8L ", "plate-form", "plate2"),
        ("MXTAM31UB8L ", "MXTAM31UB8L", "field-length", "plate2"),
        ("MXTAM31UB8L ", "MXTAM31UB8L |x", "cover-sheet-fields", "QR"),
        ("|MXTAM31UB8L ", "", "cover-sheet-fields", "QR"),
        ("MXTAM31UB8L ", "MXTAM\n31UB8L", "cover-sheet-fields", "QR"),
        ("001|", "001", "cover-sheet-fields", "QR"),
        ("20261124", "2026\u{e9}124", "date-form", "estimatedArrival"),
    ];
    assert!(table.len() >= 30);
    for (find, put, code, at) in table {
        assert!(QR.contains(find), "{find}");
        let text = QR.replacen(find, put, 1);
        let told: Vec<(&str, String)> = match read_sheet(text.as_bytes(), &Reading::default()) {
            Ok((_, faults)) => faults
                .iter()
                .map(|fault| {
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
    let read = |bytes: &[u8]| {
        read_sheet(bytes, &Reading::default()).map_or_else(|error| error.code(), |_| "read")
    };
    assert_eq!(read(b""), "document-empty");
    assert_eq!(read(b"001|\xff"), "encoding-mixed");
    assert_eq!(read("001|x".repeat(1_000).as_bytes()), "cover-sheet-fields");
}

#[test]
fn a_thousand_generated_sheets_come_back_equal() {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut text = |length: u64| -> String {
        let letters = b"ABCXYZ0123456789";
        let mut roll = |sides: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % sides
        };
        (0..roll(length + 1))
            .map(|_| char::from(letters[usize::try_from(roll(16)).unwrap()]))
            .collect()
    };
    for case in 0..1_000 {
        let mut plate = || Plate {
            country: text(2),
            state: text(3),
            number: text(7),
        };
        let (plate1, plate2) = (plate(), plate());
        let sheet = CoverSheet {
            version: text(3),
            trip: text(25),
            estimated_arrival: text(8),
            plate1,
            plate2,
        };
        let reading = Reading {
            delimiter: Some(['|', ',', '*', ';'][case % 4]),
            ..Reading::default()
        };
        let written = write(&sheet, &reading);
        assert_eq!(written.len(), 64);
        assert_eq!(
            read_sheet(written.as_bytes(), &reading).map(|(sheet, _)| sheet),
            Ok(sheet),
            "{written}"
        );
        let draft = read(written.as_bytes(), &reading).unwrap();
        assert_eq!(untold(&draft), [""; 0]);
    }
}

#[test]
fn every_cut_and_flip_is_answered() {
    for cut in 0..QR.len() {
        let _ = read(&QR.as_bytes()[..cut], &Reading::default());
        for flip in [0_u8, b'|', b' ', 0xC3, 0xFF] {
            let mut bytes = QR.as_bytes().to_vec();
            bytes[cut] = flip;
            let _ = read(&bytes, &Reading::default());
        }
    }
}
