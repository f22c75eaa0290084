//! A table of broken inputs for the EDIFACT messages, and inputs made to hurt.

use crate::breaking::{check, told};
use crate::edifact::{ALL, CUSCAR, CUSREP, CUSRES, STATUS};
use garita_formats::{DOCUMENT_BYTES_MAX, DocumentKind, read, recognise};

/// What breaks every message alike. Answers how many changes there were.
fn envelopes(kind: DocumentKind, right: &str) -> usize {
    let lines = right.lines().count() as u32;
    let line_of = |start: &str| {
        let place = right.lines().position(|line| line.starts_with(start));
        place.map_or(0, |place| place as u32 + 1)
    };
    let change = |start: &str, put: &str| {
        let lines = right
            .lines()
            .map(|line| if line.starts_with(start) { put } else { line });
        lines.collect::<Vec<_>>().join("\n")
    };
    let (header, end) = (line_of("UNB"), line_of("UNT"));
    let message = kind.name().trim_start_matches("edifact-").to_uppercase();
    let of = |start: &str, part: usize| -> String {
        let line = right.lines().nth(line_of(start) as usize - 1).unwrap();
        let part = line.trim_end_matches('\'').split('+').nth(part);
        part.unwrap().to_owned()
    };
    let (count, name, control) = (of("UNT", 1), of("UNT", 2), of("UNZ", 2));
    let before = |put: &str| right.replacen("BGM+", &format!("{put}\nBGM+"), 1);
    let table: Vec<(String, &str, u32, &str)> = vec![
        (
            right.replacen("UNB+", "UNX+", 1),
            "edifact-header",
            0,
            "UNB",
        ),
        (
            right
                .replacen(":4+", ":7+", 1)
                .replacen("UNOC:3", "UNOC:7", 1),
            "edifact-syntax-version",
            header,
            "UNB01.2",
        ),
        (change("UNB", "UNB+UNOA:4'"), "edifact-header", 1, "UNB"),
        (
            change(
                "UNB",
                &format!(
                    "{}++++++1'",
                    right
                        .lines()
                        .nth(header as usize - 1)
                        .unwrap()
                        .trim_end_matches('\'')
                ),
            ),
            "edifact-test",
            header,
            "UNB11",
        ),
        (
            change("UNT", &format!("UNT+99+{name}'")),
            "edifact-segment-count",
            end,
            "UNT01",
        ),
        (
            change("UNT", &format!("UNT+x+{name}'")),
            "edifact-segment-count",
            end,
            "UNT01",
        ),
        (
            change("UNT", &format!("UNT+{count}+9999'")),
            "edifact-control-number",
            end,
            "UNT02",
        ),
        (
            change("UNZ", &format!("UNZ+4+{control}'")),
            "edifact-group-count",
            lines,
            "UNZ01",
        ),
        (
            change("UNZ", "UNZ+1+999'"),
            "edifact-control-number",
            lines,
            "UNZ02",
        ),
        (
            change("UNZ", &format!("UNZ+1+{control}")),
            "edifact-truncated",
            lines,
            "UNZ",
        ),
        (
            change("UNT", ""),
            "edifact-trailer-missing",
            0,
            "interchange",
        ),
        (
            change("UNZ", ""),
            "edifact-trailer-missing",
            0,
            "interchange",
        ),
        (change("UNH", ""), "edifact-segment-outside", 0, ""),
        (
            right.replacen(&format!("+{message}:D:03B"), "+CUSDEC:D:03B", 1),
            "edifact-message-not-read",
            line_of("UNH"),
            "UNH",
        ),
        (
            before("D!M+132'"),
            "edifact-segment-name",
            line_of("BGM"),
            "D!M",
        ),
        (before("XYZ+1'"), "segment-not-read", line_of("BGM"), "XYZ"),
        (
            before(&format!("FTX+{}'", "x".repeat(20_000))),
            "edifact-segment-too-long",
            line_of("BGM"),
            "segment",
        ),
        (
            before(&format!("FTX{}'", "+a".repeat(100))),
            "edifact-too-many-elements",
            line_of("BGM"),
            "segment",
        ),
        (
            format!("{right}PK\u{3}"),
            "edifact-header",
            lines + 1,
            "UNB",
        ),
        (
            format!("{right}{right}"),
            "edifact-control-repeated",
            0,
            "UNB05",
        ),
        (change("BGM", ""), "segment-missing", 0, "BGM"),
        (
            right.replacen("TOCQ2611240417", "TOCQ 2611", 1),
            "trip-form",
            line_of("BGM"),
            "BGM02.1",
        ),
        (
            right.replacen("+2304:77", "+23O4:77", 1),
            "port-form",
            0,
            "LOC02.1",
        ),
    ];
    let mut wrong = Vec::new();
    for (text, code, line, path) in &table {
        let told = told(kind, text.as_bytes());
        let fits = |(found, at, place): &(&str, u32, String)| {
            found == code && (*line == 0 || at == line) && place.contains(path)
        };
        if text == right || !told.iter().any(fits) {
            wrong.push(format!("{code} at {line} {path}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{kind:?}\n{}", wrong.join("\n"));
    table.len()
}

#[test]
fn broken_cargo_reports() {
    let rows = check(
        DocumentKind::EdifactCuscar,
        CUSCAR,
        &[
            ("UNA:+.? '", "UNA:+.? A", "edifact-header", 1, "UNB"),
            ("UNA:+.? '", "UNA::.? '", "edifact-header", 1, "UNB"),
            ("UNB+UNOC:3", "UNX+UNOC:3", "edifact-header", 1, "UNB"),
            (
                "+TOCQ:02+CBP-ACE:ZZ+261124:0810+417'",
                "'",
                "edifact-header",
                1,
                "UNB",
            ),
            ("UNOC:3", "UNOC:9", "edifact-syntax-version", 2, "UNB01.2"),
            ("0810+417'", "0810+417++++++1'", "edifact-test", 2, "UNB11"),
            (
                "Arneses Queretanos",
                "Arneses Querétanos",
                "edifact-charset",
                2,
                "UNB01.1",
            ),
            ("UNT+48", "UNT+47", "edifact-segment-count", 51, "UNT01"),
            (
                "UNT+48+0417",
                "UNT+48+0418",
                "edifact-control-number",
                51,
                "UNT02",
            ),
            ("UNE+1+417", "UNE+2+417", "edifact-set-count", 52, "UNE01"),
            (
                "UNE+1+417",
                "UNE+1+418",
                "edifact-control-number",
                52,
                "UNE02",
            ),
            ("UNZ+1", "UNZ+2", "edifact-group-count", 53, "UNZ01"),
            (
                "UNZ+1+417",
                "UNZ+1+999",
                "edifact-control-number",
                53,
                "UNZ02",
            ),
            (
                "UNT+48+0417'\n",
                "",
                "edifact-trailer-missing",
                0,
                "interchange",
            ),
            (
                "UNE+1+417'\n",
                "",
                "edifact-trailer-missing",
                0,
                "interchange",
            ),
            ("UNZ+1+417'", "UNZ+1+417", "edifact-truncated", 53, "UNZ"),
            (
                "D:03B:UN'\nBGM",
                "D:03B:UN'\nUNH+1+X'\nBGM",
                "edifact-trailer-missing",
                0,
                "interchange",
            ),
            ("DTM+132", "D!M+132", "edifact-segment-name", 6, "D!M"),
            ("CUSCAR:D", "CUSDEC:D", "edifact-message-not-read", 4, "UNH"),
            (
                "BGM+85:::STANDARD+TOCQ2611240417+22'\n",
                "",
                "segment-missing",
                0,
                "BGM",
            ),
            (
                "TOCQ2611240417+22",
                "TOCQ26112404!+22",
                "trip-form",
                5,
                "BGM02.1",
            ),
            ("0417+22'\n", "0417+4'\n", "replaces-earlier", 5, "BGM03"),
            ("202611240910", "202613240910", "date-form", 6, "DTM01.2"),
            ("60+2304:77", "60+230:77", "port-form", 7, "LOC02.1"),
            ("60+2304:77", "60+1803:77", "zone-unknown", 6, "DTM01.2"),
            ("SN:7741093", "SN:77*", "seal-form", 9, "RFF01.2"),
            ("RFF+SN", "RFF+XX", "element-not-read", 9, "RFF01"),
            ("CA+TOCQ:172", "CA+TO1:172", "scac-form", 10, "NAD02.1"),
            ("NAD+VW", "NAD+ZZ", "segment-not-read", 11, "NAD"),
            (
                "++03+:::TR",
                "++1+:::TR",
                "not-a-truck-manifest",
                12,
                "TDT03.1",
            ),
            (
                "1M8GDM9AXKP042788",
                "1M8GDM9AXKP04278I",
                "vin-form",
                12,
                "TDT08.4",
            ),
            ("215::47AK2F", "215::*", "plate-form", 13, "TDT08.4"),
            (
                "EQD+TL+31UB8L",
                "EQD+CN+CSQU3054384",
                "container-check-digit",
                15,
                "EQD02.1",
            ),
            ("CNT+10:2", "CNT+10:3", "consignment-count", 20, "CNT01.2"),
            ("CNI+2", "CNI+3", "line-number", 40, "CNI01"),
            (
                "AAM:TOCQ88402172",
                "AAM:TOCQ88402171",
                "scn-repeated",
                42,
                "RFF01.2",
            ),
            (
                "AAM:TOCQ88402171",
                "AAM:88402171",
                "scn-form",
                22,
                "RFF01.2",
            ),
            ("CNT+11:480", "CNT+11:481", "quantity-sum", 23, "CNT01.2"),
            ("CNT+11:480", "CNT+11:48O", "number-form", 23, "CNT01.2"),
            ("CNT+7:9120", "CNT+7:9999", "weight-sum", 24, "CNT01.2"),
            ("LOC+88", "XYZ+88", "segment-not-read", 26, "XYZ"),
            (
                "GEI+7+135",
                "GEI+7+136",
                "release-not-mapped",
                27,
                "GEI02.1",
            ),
            (
                "PAC+480++CTN'\n",
                "PAC+480++CTN'\nPAC+2++PLT'\n",
                "packages-many",
                34,
                "PAC01",
            ),
            ("PAC+480", "PAC+x", "number-form", 33, "PAC01"),
            (
                "MEA+AAI++K:9120",
                "MEA+AAI++K:9,120",
                "number-form",
                35,
                "MEA03.2",
            ),
            ("DGS+++3480", "DGS+++34X", "un-number-form", 37, "DGS03.1"),
            (
                "DGS+++3480'\n",
                "DGS+++3480'\nDGS+++1203'\n",
                "hazard-many",
                38,
                "DGS03.1",
            ),
            ("8544300000", "85443", "tariff-form", 38, "CST02.1"),
            ("680001232", "680001233", "inbond-number", 41, "DOC02.1"),
            ("45+5501", "45+55", "port-form", 44, "LOC02.1"),
        ],
    );
    assert!(rows + envelopes(DocumentKind::EdifactCuscar, CUSCAR) >= 30);
}

#[test]
fn broken_conveyance_reports() {
    let rows = check(
        DocumentKind::EdifactCusrep,
        CUSREP,
        &[
            (
                "UNB+UNOA:4+TOCQ:02+CBP-ACE:ZZ+20261124:0810+418",
                "UNB+UNOA:4",
                "edifact-header",
                1,
                "UNB",
            ),
            ("UNT+17", "UNT+15", "edifact-segment-count", 18, "UNT01"),
            ("UNZ+1+418", "UNZ+0+418", "edifact-group-count", 19, "UNZ01"),
            ("CUSREP:D", "CUSCAR:D", "edifact-message-not-read", 2, "UNH"),
            ("TOCQ2611240417", "TOCQ!", "trip-form", 3, "BGM02.1"),
            ("202611240910", "2026112409", "date-form", 4, "DTM01.2"),
            ("60+2304", "60+x", "port-form", 7, "LOC02.1"),
            ("AAM:TOCQ88402172", "AAM:1", "scn-form", 12, "RFF01.2"),
            ("QTY+11:480", "QTY+11:4.5.6", "number-form", 10, "QTY01.2"),
            ("CA+TOCQ", "CA+T", "scac-form", 13, "NAD02.1"),
            ("215::47AK2F", "215::?'", "plate-form", 14, "TDT08.4"),
            ("SEL+7741094", "SEL+/", "seal-form", 17, "SEL01"),
            ("0417+22", "0417+6", "confirms-earlier", 3, "BGM03"),
        ],
    );
    assert!(rows + envelopes(DocumentKind::EdifactCusrep, CUSREP) >= 30);
}

#[test]
fn broken_responses() {
    let rejection = check(
        DocumentKind::EdifactCusres,
        CUSRES,
        &[
            ("UNT+19", "UNT+18", "edifact-segment-count", 21, "UNT01"),
            ("ERC+033", "ERC", "element-missing", 10, "ERC01.1"),
            ("+TOCQ+I++:146", "+T1+I++:146", "scac-form", 7, "TDT05.1"),
            ("60+2304", "60+23", "port-form", 8, "LOC02.1"),
            ("TOCQ2611240417", "TOCQ!", "trip-form", 4, "BGM02.1"),
            ("RFF+AAM", "RFF+ZZZ", "element-not-read", 17, "RFF01"),
            ("ERP+2", "XRP+2", "segment-not-read", 18, "XRP"),
        ],
    );
    let status = check(
        DocumentKind::EdifactCusres,
        STATUS,
        &[
            ("ERC+SN525", "ERC+SN999", "status-unknown", 21, "ERC01.1"),
            ("ACD:47AK2F", "ACD:!", "plate-form", 7, "RFF01.2"),
            ("AAM:TOCQ88402172", "AAM:X", "scn-form", 19, "RFF01.2"),
            (
                "ABC12345676",
                "ABC12345675",
                "entry-number-form",
                12,
                "DOC02.1",
            ),
        ],
    );
    let envelopes = envelopes(DocumentKind::EdifactCusres, CUSRES)
        .min(envelopes(DocumentKind::EdifactCusres, STATUS));
    assert!(rejection + status + envelopes >= 30);
}

#[test]
fn encodings() {
    let latin1 =
        |text: &str| -> Vec<u8> { text.chars().map(|letter| letter as u32 as u8).collect() };
    let spanish = CUSCAR.replace("Arneses Queretanos", "Compañía Querétana");
    let name = |bytes: &[u8]| {
        let draft = read(DocumentKind::EdifactCuscar, bytes).unwrap();
        let codes: Vec<&str> = draft.faults.iter().map(|fault| fault.code).collect();
        assert!(!codes.contains(&"edifact-charset-not-read"), "{codes:?}");
        draft.records[1].subject["shipper"]["partyName"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(name(&latin1(&spanish)), "Compañía Querétana");
    assert_eq!(name(spanish.as_bytes()), "Compañía Querétana");
    assert_eq!(
        name(format!("\u{FEFF}{spanish}").as_bytes()),
        "Compañía Querétana"
    );
    assert_eq!(
        recognise(format!("\u{FEFF}{spanish}").as_bytes()),
        Some(DocumentKind::EdifactCuscar)
    );
    // Part of the file is UTF-8, part ISO 8859-1: read as the latter, and told.
    let mut mixed = spanish.clone().into_bytes();
    mixed.extend(latin1(
        &spanish
            .replace("+417'", "+418'")
            .replace("UNZ+1+417", "UNZ+1+418"),
    ));
    let told = told(DocumentKind::EdifactCuscar, &mixed);
    assert!(told.len() > 6, "{told:?}");
    let wide: Vec<u8> = CUSCAR.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_ne!(self::told(DocumentKind::EdifactCuscar, &wide), []);
    assert_eq!(
        self::told(
            DocumentKind::EdifactCuscar,
            &[b"\xFF\xFE".as_slice(), &wide].concat()
        )[0]
        .0,
        "encoding-unknown"
    );
}

#[test]
fn limits() {
    let large = vec![b' '; DOCUMENT_BYTES_MAX + 1];
    for (kind, text) in ALL {
        let code = |bytes: &[u8]| told(kind, bytes)[0].0;
        assert_eq!(code(&large), "document-too-large");
        assert_eq!(code(b""), "document-empty");
        assert_eq!(code(b" \n "), "document-empty");
        let end = text.find("UNT").unwrap();
        let with = |segment: &str| format!("{}{segment}{}", &text[..end], &text[end..]);
        let long = format!("FTX+{}'", "x".repeat(100_000));
        assert_eq!(code(with(&long).as_bytes()), "edifact-segment-too-long");
        let wide = format!("FTX{}'", "+a".repeat(100));
        assert_eq!(code(with(&wide).as_bytes()), "edifact-too-many-elements");
        // Many components are no attack on memory, only on patience.
        let _ = told(
            kind,
            with(&format!("FTX+AAA+++{}'", "a:".repeat(3_000))).as_bytes(),
        );
        // Each fault of thousands is counted, and some are told.
        let many = with(&"CNI+x'\nRFF+AAM:?'\nERP+1'\nERC'\nDOC+1'\n".repeat(2_000));
        assert!(told(kind, many.as_bytes()).len() <= 1_000);
    }
    // As many passes as an interchange may have, of each kind and with nothing in the head to stop a search.
    for (kind, head, body) in [
        (
            DocumentKind::EdifactCuscar,
            "CUSCAR:D:03B:UN'BGM+85+T1+9'LOC+60+2304'",
            "CNI+1'RFF+AAM:TOCQ1'",
        ),
        (
            DocumentKind::EdifactCuscar,
            "CUSCAR:D:03B:UN'BGM+85+T1+9'",
            "TDT+11++03'CNI+1'",
        ),
        (
            DocumentKind::EdifactCuscar,
            "CUSCAR:D:03B:UN'BGM+85+T1+9'CNI+1'",
            "GID+1'MEA+AAI+N+K:1'",
        ),
        (
            DocumentKind::EdifactCuscar,
            "CUSCAR:D:03B:UN'BGM+85+T1+9'CNI+1'GID+1'",
            "MEA+AAI+N+K:1'DGS+++1'",
        ),
        (
            DocumentKind::EdifactCusrep,
            "CUSREP:D:03B:UN'BGM+336+T1+9'",
            "RFF+SN:1'RFF+SN:2'",
        ),
        (
            DocumentKind::EdifactCusrep,
            "CUSREP:D:03B:UN'BGM+336+T1+9'",
            "DOC+700'RFF+AAM:TOCQ1'",
        ),
        (
            DocumentKind::EdifactCusres,
            "CUSRES:D:03B:UN'BGM+132+T1'",
            "ERP+1'ERC+SN038'",
        ),
        (
            DocumentKind::EdifactCusres,
            "CUSRES:D:03B:UN'BGM+132+T1'ERP+1'",
            "ERC+SN030'ERC+999'",
        ),
        (
            DocumentKind::EdifactCusres,
            "CUSRES:D:03B:UN'BGM+34+T1'",
            "DOC+700'ERP+1'ERC+SN030'",
        ),
    ] {
        let text = format!(
            "UNB+UNOA:3+A+B+261124:0810+1'UNH+1+{head}{}",
            body.repeat(60_000)
        );
        let began = std::time::Instant::now();
        let _ = told(kind, text.as_bytes());
        let took = began.elapsed();
        assert!(took.as_secs() < 60, "{head}{body}: {took:?}");
        println!("{took:?} {body}");
    }
    let end = CUSCAR.find("UNT").unwrap();
    let million = format!("{}{}", &CUSCAR[..end], "RFF+A:B'".repeat(1_000_000));
    assert_eq!(
        told(DocumentKind::EdifactCuscar, million.as_bytes())[0].0,
        "edifact-too-many-segments"
    );
}

const SMALL: &[(DocumentKind, &str)] = &[
    (
        DocumentKind::EdifactCuscar,
        "UNA:+.? 'UNB+UNOC:3+A+B+261124:0810+1'UNH+1+CUSCAR:D:03B:UN'BGM+85+T1+9'DTM+132:202611240910:203'LOC+60+2304'\
         RFF+SN:1'NAD+CA+TOCQ'NAD+VW+1+++A:B'FTX+CHG+++x'TDT+11++3+++++:215::P:MX'LOC+89+TX:163'EQD+TE+1'SEL+2'CNT+10:1'\
         CNI+1'DOC+950:::61+1'RFF+AAM:TOCQ1'CNT+7:1:K'LOC+88+:::Q'GEI+7+1'NAD+CN+++X?'+Y:Z+C+S+P+MX'GID+1'PAC+1++CT'\
         FTX+AAA+++a:b'MEA+AAI++L:1.5'DGS+++1'CST++1:122'LOC+27+MX'UNT+29+1'UNZ+1+1'",
    ),
    (
        DocumentKind::EdifactCusrep,
        "UNB+UNOA:4+A+B+20261124:0810+1'UNG+CUSREP+A+B+20261124:0810+1+UN+D:03B'UNH+1+CUSREP:D:03B:UN'BGM+336+T1+4'\
         DTM+132:202611240700-202611240730:719'DTM+178:20261124:102'FTX+CHG+++x'LOC+60+2304'DOC+950+1'RFF+AAM:TOCQ1'\
         QTY+11:4'NAD+CA+TOCQ'TDT+11++3+++++:146::V'EQD+CN+CSQU3054383'UNT+13+1'UNE+1+1'UNZ+1+1'",
    ),
    (
        DocumentKind::EdifactCusres,
        "UNB+UNOA:4+A+B+20261124:0810+1'UNH+1+CUSRES:D:03B:UN'BGM+132+T1+27'TDT+11++3++TOCQ'LOC+60+2304'GEI+7+1'\
         RFF+ACD:P1'NAD+CA+X'ERP+1:2+LOC:1:2'ERC+509'FTX+AAO+++a:b'DOC+929+ABC12345676'RFF+AAM:TOCQ1'ERP+2'ERC+SN521'\
         FTX+AAO+++c'UNT+16+1'UNZ+1+1'",
    ),
];

/// Each prefix and each single wrong byte of small documents: an answer, never a panic.
#[test]
fn every_cut_and_every_flip_is_answered() {
    for (kind, text) in SMALL {
        let bytes = text.as_bytes();
        assert!(read(*kind, bytes).is_ok());
        for cut in 0..bytes.len() {
            let _ = read(*kind, &bytes[..cut]);
        }
        for at in 0..bytes.len() {
            for wrong in [0, b'+', b'\'', b':', b'?', b'9', 0xC3, 0xFF] {
                let mut bytes = bytes.to_vec();
                bytes[at] = wrong;
                let _ = read(*kind, &bytes);
                let _ = recognise(&bytes);
            }
        }
    }
}
