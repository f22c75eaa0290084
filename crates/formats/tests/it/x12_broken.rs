//! A table of broken inputs for the customs sets: one change to a right document, the code and the place told.

use crate::breaking::{check, told};
use crate::x12_sets::{ALL, ANSWER, CONSIST, EVENTS, STATUS};
use garita_formats::{DOCUMENT_BYTES_MAX, DocumentKind, read, recognise};

/// What breaks every set alike. Answers how many changes there were.
fn envelopes(kind: DocumentKind, right: &str) -> usize {
    let lines = right.lines().count() as u32;
    let set = kind.name().trim_start_matches("x12-");
    let line_of = |start: &str| {
        right
            .lines()
            .position(|line| line.starts_with(start))
            .unwrap() as u32
            + 1
    };
    let change = |start: &str, put: &str| {
        let lines = right
            .lines()
            .map(|line| if line.starts_with(start) { put } else { line });
        lines.collect::<Vec<_>>().join("\n")
    };
    let number = format!("0{set}");
    let table: Vec<(String, &str, u32, &str)> = vec![
        (
            change("SE*", &format!("SE*99*{number}~")),
            "x12-segment-count",
            lines - 2,
            "SE01",
        ),
        (
            change("SE*", "SE*9*9999~"),
            "x12-control-number",
            lines - 2,
            "SE02",
        ),
        (
            change("GE*", &format!("GE*7*{set}~")),
            "x12-set-count",
            lines - 1,
            "GE01",
        ),
        (
            change("GE*", "GE*1*999~"),
            "x12-control-number",
            lines - 1,
            "GE02",
        ),
        (
            change("IEA*", &format!("IEA*4*000000{set}~")),
            "x12-group-count",
            lines,
            "IEA01",
        ),
        (
            change("IEA*", "IEA*1*000000999~"),
            "x12-control-number",
            lines,
            "IEA02",
        ),
        (change("SE*", ""), "x12-trailer-missing", 0, "interchange"),
        (change("GE*", ""), "x12-trailer-missing", 0, "interchange"),
        (change("IEA*", ""), "x12-trailer-missing", 0, "interchange"),
        (change("IEA*", "IEA*1*0000"), "x12-truncated", lines, "IEA"),
        (change("ST*", "ST*304*1~"), "x12-set-not-read", 3, "ST01"),
        (change("ST*", "ST*304*1~"), "set-missing", 0, ""),
        (
            right
                .replacen("GS*A", "GS*Q", 1)
                .replacen("GS*BD", "GS*QD", 1),
            "x12-group-code",
            2,
            "GS01",
        ),
        (
            right.replacen("*0*P*>", "*0*T*>", 1),
            "x12-test",
            1,
            "ISA15",
        ),
        (
            right.replacen("ISA*00*          *", "ISA*00*  *", 1),
            "x12-header",
            1,
            "ISA",
        ),
        (right.replacen("ISA*", "ISB*", 1), "x12-header", 1, "ISA"),
        (
            format!("{right}{right}"),
            "x12-control-repeated",
            lines + 1,
            "ISA13",
        ),
        (format!("{right}PK\u{3}"), "x12-header", lines + 1, "ISA"),
        (
            change("M10*", "M10~\nN@*1~"),
            "x12-segment-name",
            line_of("M10*") + 1,
            "N@",
        ),
        (
            right.replacen("GS*", "N9*A*B~\nGS*", 1),
            "x12-segment-outside",
            2,
            "N9",
        ),
        (
            right.replacen("M10*", "ZZ9*1~\nM10*", 1),
            "segment-not-read",
            4,
            "ZZ9",
        ),
        (
            change("M10*", &format!("M10*{}~", "x".repeat(9_000))),
            "x12-segment-too-long",
            4,
            "segment",
        ),
        (
            change("M10*", &format!("M10{}~", "*a".repeat(70))),
            "x12-too-many-elements",
            4,
            "segment",
        ),
        (
            right.replacen("*TOCQ*J*", "*T0CQ*J*", 1),
            "scac-form",
            4,
            "M1001",
        ),
        (
            right.replacen("*TOCQ*J*", "*TOCQX*J*", 1),
            "element-too-long",
            4,
            "M1001",
        ),
        (
            right
                .replacen("P4*2304", "P4*23O4", 1)
                .replacen("P4*5501", "P4*55O1", 1),
            "port-form",
            line_of("P4*"),
            "P401",
        ),
    ];
    for (text, code, line, path) in &table {
        let told = told(kind, text.as_bytes());
        let fits = |(found, at, place): &(&str, u32, String)| {
            found == code && (*line == 0 || at == line) && place.contains(path)
        };
        assert!(
            told.iter().any(fits),
            "{kind:?}: expected {code} at {line} {path}, got {told:#?}"
        );
    }
    table.len()
}

#[test]
fn broken_350() {
    let rows = check(
        DocumentKind::X12Status350,
        STATUS,
        &[
            (
                "M10*TOCQ*J*MX****TOCQ2611240417~\n",
                "",
                "segment-missing",
                0,
                "M10",
            ),
            ("TOCQ2611240417", "TOCQ 2611", "trip-form", 4, "M1007"),
            (
                "***********47AK2F",
                "***********4-",
                "plate-form",
                6,
                "VEH12",
            ),
            (
                "X4*TOCQ88402171*480",
                "X4*88402171*480",
                "scn-form",
                7,
                "X401",
            ),
            ("*480**", "*48x**", "number-form", 7, "X402"),
            ("ABC12345676", "ABC12345675", "entry-form", 7, "X404"),
            (
                "ABC12345676*20261124",
                "ABC12345676*20261324",
                "date-form",
                7,
                "X405",
            ),
            (
                "ABC12345676*20261124",
                "ABC12345676*",
                "element-missing",
                7,
                "X405",
            ),
            ("*1511*1C*", "*2511*1C*", "time-form", 7, "X406"),
            ("*1C*", "**", "element-missing", 7, "X407"),
            ("*1C*", "*1Q*", "disposition-unknown", 7, "X407"),
            ("*1C*", "*1C2*", "element-too-long", 7, "X407"),
            ("*1C*", "*11*", "disposition-not-taken", 7, "X407"),
            ("1C**TOCQ", "1C**T1CQ", "scac-form", 7, "X409"),
            ("1C**TOCQ", "1C", "element-missing", 7, "X409"),
            (
                "N9*IB*680001232",
                "N9*IB*680001233",
                "inbond-number",
                8,
                "N902",
            ),
            (
                "N9*IB*680001232",
                "N9*IB*680001232*SEAL",
                "element-not-read",
                8,
                "N903",
            ),
            (
                "P4*2304*20261124",
                "P4*2304*20260230",
                "date-form",
                5,
                "P402",
            ),
        ],
    );
    assert!(rows + envelopes(DocumentKind::X12Status350, STATUS) >= 30);
}

#[test]
fn broken_353() {
    let rows = check(
        DocumentKind::X12Events353,
        EVENTS,
        &[
            (
                "M15*1*680001232*20261126*5501**0905****DALLAS*TX******M029",
                "M15",
                "element-missing",
                6,
                "M1501",
            ),
            ("M15*1*", "M15*9*", "event-unknown", 6, "M1501"),
            ("M15*1*", "M15*123*", "element-too-long", 6, "M1501"),
            ("M15*1*", "M15**", "element-missing", 6, "M1501"),
            ("680001232", "680001231", "inbond-number", 6, "M1502"),
            (
                "680001232*20261126",
                "680001232*20261131",
                "date-form",
                6,
                "M1503",
            ),
            (
                "680001232*20261126",
                "680001232*",
                "element-missing",
                6,
                "M1503",
            ),
            (
                "*20261126*5501**0905",
                "*20261126*55o1**0905",
                "port-form",
                6,
                "M1504",
            ),
            ("**0905", "**2460", "time-form", 6, "M1506"),
            ("**0905", "**", "element-missing", 6, "M1506"),
            ("*M029~\nK1", "*0029~\nK1", "firms-form", 6, "M1517"),
            ("LLNO", "LL2O", "scac-form", 9, "M1509"),
            ("*TOCQ*0925", "*TO*CQ", "time-form", 10, "M1506"),
            ("IB*257700015", "IB*257700016", "inbond-number", 10, "M1514"),
            (
                "DALLAS",
                "DALLAS AND ALL THAT LIES ABOUT IT",
                "element-too-long",
                6,
                "M1510",
            ),
            ("P4*5501*20261126", "P4*5501*2026", "date-form", 5, "P402"),
        ],
    );
    let empty = EVENTS
        .lines()
        .filter(|line| !line.starts_with("M15") && !line.starts_with("K1"));
    let empty: Vec<&str> = empty.collect();
    let told = told(DocumentKind::X12Events353, empty.join("\n").as_bytes());
    assert!(
        told.iter()
            .any(|(code, _, path)| *code == "segment-missing" && path.contains("M15")),
        "{told:?}"
    );
    assert!(rows + envelopes(DocumentKind::X12Events353, EVENTS) >= 30);
}

#[test]
fn broken_355() {
    let rows = check(
        DocumentKind::X12Answer355,
        ANSWER,
        &[
            (
                "M10*TOCQ*J*MX****TOCQ2611240417*1*X~\n",
                "",
                "segment-missing",
                0,
                "M10",
            ),
            ("M10*TOCQ*", "M10**", "element-missing", 4, "M1001"),
            ("TOCQ2611240417", "TOCQ_2611", "trip-form", 4, "M1007"),
            (
                "*1*X~\nVEH",
                "*1*X~\nM12*61~\nVEH",
                "segment-not-read",
                5,
                "M12",
            ),
            (
                "K3*MANIFEST REJECTED",
                "K3*MANIFEST REJECTED, SEE THE REMARKS ABOVE FOR ALL OF THE REASONS THAT WERE FOUND IN THE MANIFEST",
                "element-too-long",
                11,
                "K301",
            ),
        ],
    );
    let many = ANSWER.replacen("P4*2304*20261124~\n", &"P4*2304*20261124~\n".repeat(21), 1);
    let told = told(DocumentKind::X12Answer355, many.as_bytes());
    assert!(
        told.iter()
            .any(|(code, line, path)| *code == "loop-too-many"
                && *line == 27
                && path.ends_with("P4")),
        "{told:?}"
    );
    assert!(rows + envelopes(DocumentKind::X12Answer355, ANSWER) >= 30);
}

#[test]
fn broken_358() {
    let rows = check(
        DocumentKind::X12Consist358,
        CONSIST,
        &[
            ("P4*2304*20261124***0910~\n", "", "segment-missing", 0, "P4"),
            (
                "M10*TOCQ*J*",
                "M10*TOCQ*O*",
                "not-a-truck-manifest",
                4,
                "M1002",
            ),
            ("0417*2~", "0417*3~", "bill-count", 4, "M1008"),
            ("0417*2~", "0417*two~", "number-form", 4, "M1008"),
            ("TOCQ2611240417", "TOCQ 2611", "trip-form", 4, "M1007"),
            (
                "1M8GDM9AXKP042788",
                "1M8GDM9A1KP042788",
                "vin-form",
                5,
                "VEH02",
            ),
            ("47AK2F", "4", "plate-form", 5, "VEH12"),
            ("M7*7741091", "M7*77 41", "seal-form", 6, "M701"),
            (
                "P4*2304*20261124",
                "P4*2304*20261324",
                "date-form",
                7,
                "P402",
            ),
            ("***0910", "***2510", "time-form", 7, "P405"),
            ("P4*2304*", "P4**", "element-missing", 7, "P401"),
            ("P4*2304*", "P4*3901*", "zone-unknown", 7, "P405"),
            (
                "VID*TL**31UB8L",
                "VID***31UB8L",
                "element-missing",
                8,
                "VID01",
            ),
            (
                "VID*TL**31UB8L",
                "VID*4B*CSQU*3054384",
                "container-check-digit",
                8,
                "VID03",
            ),
            ("31UB8L*7741093", "31UB8L*77 41", "seal-form", 8, "VID04"),
            (
                "MBL*TOCQ*TOCQ88402171",
                "MBL*TOCQ",
                "element-missing",
                9,
                "MBL02",
            ),
            (
                "MBL*TOCQ*TOCQ88402171",
                "MBL**TOCQ88402171",
                "element-missing",
                9,
                "MBL01",
            ),
            (
                "MBL*TOCQ*TOCQ88402171",
                "MBL*TOCQ*88402171",
                "scn-form",
                9,
                "MBL02",
            ),
            (
                "MBL*TOCQ*TOCQ88402171",
                "MBL*T0*TOCQ88402171",
                "scac-form",
                9,
                "MBL01",
            ),
        ],
    );
    assert!(rows + envelopes(DocumentKind::X12Consist358, CONSIST) >= 30);
}

#[test]
fn sizes_and_encodings() {
    for (kind, right) in ALL {
        let large = vec![b' '; 200 * 1024 * 1024];
        assert!(large.len() > DOCUMENT_BYTES_MAX);
        assert_eq!(told(kind, &large)[0].0, "document-too-large");
        drop(large);
        assert_eq!(told(kind, b"")[0].0, "document-empty");
        assert_eq!(told(kind, b"\xFF\xFEI\0S\0A\0")[0].0, "encoding-unknown");
        let marked = [b"\xEF\xBB\xBF".as_slice(), right.as_bytes()].concat();
        assert_eq!(recognise(&marked), Some(kind));
        assert_eq!(
            read(kind, &marked).unwrap().records,
            read(kind, right.as_bytes()).unwrap().records
        );
        let latin1 = right.replacen("*MX**", "*M\u{e9}**", 1);
        let latin1: Vec<u8> = latin1
            .chars()
            .map(|letter| u8::try_from(letter as u32).unwrap())
            .collect();
        assert!(
            told(kind, &latin1)
                .iter()
                .any(|(code, line, path)| *code == "encoding-mixed" && *line == 1 && path == "ISA")
        );
        let (head, tail) = right.split_once("M10*").unwrap();
        let many = format!("{head}{}M10*{tail}", "N9*A~".repeat(1_000_000));
        assert_eq!(told(kind, many.as_bytes())[0].0, "x12-too-many-segments");
    }
}

#[test]
fn every_cut_and_every_flip_is_answered() {
    use garita_formats::Readings;
    use garita_formats::edi::acknowledge::{Acknowledgement, Stamp, acknowledge, answers};
    let stamp = Stamp {
        date: "20261124".into(),
        time: "1600".into(),
        control_number: 1,
    };
    let readings = Readings::default();
    let all = |kind, bytes: &[u8]| {
        let _ = read(kind, bytes);
        let _ = recognise(bytes);
        for form in [Acknowledgement::Functional997, Acknowledgement::Contrl] {
            if let Ok(answer) = acknowledge(bytes, form, &stamp, &readings) {
                // An answer to anything can be read again.
                let read = answers(&answer);
                assert!(
                    answer.is_empty() || read.is_ok(),
                    "{}",
                    String::from_utf8_lossy(&answer)
                );
            }
        }
        let _ = answers(bytes);
    };
    for (kind, right) in ALL {
        let bytes = right.as_bytes();
        for cut in 0..bytes.len() {
            all(kind, &bytes[..cut]);
        }
        for at in 0..bytes.len() {
            for wrong in [0, b'*', b'~', b'>', b'^', b'\n', 0xC3] {
                let mut bytes = bytes.to_vec();
                bytes[at] = wrong;
                all(kind, &bytes);
            }
        }
    }
}

/// Many segments under one head and many records beside each other: time stays in proportion.
#[test]
fn many_of_everything_at_once() {
    use garita_formats::Readings;
    use garita_formats::edi::acknowledge::{Acknowledgement, Stamp, acknowledge};
    let many = |kind: DocumentKind, head: &str, parts: &[&str]| {
        let set = kind.name().trim_start_matches("x12-");
        let right = ALL.iter().find(|(found, _)| *found == kind).unwrap().1;
        let start = right.split_once("M10*").unwrap().0;
        let body: String = parts.iter().map(|part| part.repeat(20_000)).collect();
        let text = format!("{start}{head}{body}SE*1*0{set}~\nGE*1*{set}~\nIEA*1*000000{set}~\n");
        assert!(text.len() < DOCUMENT_BYTES_MAX);
        let draft = read(kind, text.as_bytes()).unwrap();
        assert!(!draft.is_complete());
        let stamp = Stamp {
            date: "20261124".into(),
            time: "1600".into(),
            control_number: 1,
        };
        acknowledge(
            text.as_bytes(),
            Acknowledgement::Functional997,
            &stamp,
            &Readings::default(),
        )
        .unwrap();
        draft.records.len()
    };
    let head = "M10*TOCQ*J*MX****T1~P4*2304~";
    let records = many(
        DocumentKind::X12Status350,
        head,
        &[
            "V9*ABC~",
            "X4*TOCQ1****20261124*0910*1I**TOCQ~",
            "X4*TOCQ1****20261124*0910*19**TOCQ~",
        ],
    );
    assert_eq!(records, 20_001);
    many(
        DocumentKind::X12Status350,
        head,
        &[
            "X4*TOCQ1****20261124*0910*1C**TOCQ~N9*XX*1~",
            "K1*A*B~N9*IB*1~",
        ],
    );
    many(
        DocumentKind::X12Events353,
        head,
        &["M15*1*680001232*20261124*2304**0910~", "K1*A*B~"],
    );
    many(
        DocumentKind::X12Answer355,
        head,
        &["K1*A*B~", "LX*1~M11*A~K1*A*B~"],
    );
    many(
        DocumentKind::X12Consist358,
        "M10*TOCQ*J*MX****T1~",
        &["M7*1~", "P4*2304~", "VID*TL**A~MBL*TOCQ*TOCQ1~"],
    );
    let trailers: String = (0..20_000)
        .map(|number| format!("VID*TL**A{number}~"))
        .collect();
    many(
        DocumentKind::X12Consist358,
        &format!("{head}{trailers}"),
        &["MBL*TOCQ*TOCQ1~"],
    );
}
