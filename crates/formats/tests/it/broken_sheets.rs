//! A table of broken sheets: the code and the cell it must be told at; and files that are no sheet, or one made to do harm.

use garita_formats::sheet::{
    Code, CodeLists, DateOrder, DecimalMark, Sheet, SheetForm, SheetLanguage, SheetReading,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

use crate::workbooks::{container, workbook};

fn schema() -> Value {
    serde_json::from_str(
        r#"{
        "type": "object", "title": "Trip", "x-title-es": "Viaje",
        "required": ["trip", "port", "packages"],
        "properties": {
            "trip": {"title": "Trip", "x-title-es": "Viaje", "type": "string", "pattern": "^[A-Z]{4}[0-9]{1,12}$"},
            "port": {"title": "Port", "x-title-es": "Puerto", "type": "string", "pattern": "^[0-9]{4}$"},
            "office": {"title": "Office", "x-title-es": "Aduana", "type": "string", "x-codes": "offices"},
            "flow": {"title": "Direction", "x-title-es": "Sentido", "type": "string", "enum": ["northbound", "southbound"],
                "x-enum-en": {"northbound": "North", "southbound": "South"}, "x-enum-es": {"northbound": "Norte", "southbound": "Sur"}},
            "packages": {"title": "Packages", "x-title-es": "Bultos", "type": "integer", "minimum": 1, "maximum": 99999},
            "weight": {"title": "Weight", "x-title-es": "Peso", "type": "number", "minimum": 0},
            "day": {"title": "Day", "x-title-es": "Día", "type": "string", "format": "date"},
            "at": {"title": "Arrival", "x-title-es": "Llegada", "type": "string", "format": "date-time"},
            "sealed": {"title": "Sealed", "x-title-es": "Sellado", "type": "boolean"},
            "seals": {"title": "Seals", "x-title-es": "Candados", "type": "array", "minItems": 1, "maxItems": 3, "uniqueItems": true,
                "items": {"type": "string", "pattern": "^[A-Z0-9]{1,10}$"}},
            "account": {"title": "Account", "x-title-es": "Cuenta", "type": "string", "pattern": "^[0-9]{18}$"},
            "mail": {"title": "Mail", "x-title-es": "Correo", "type": "string", "format": "email"},
            "link": {"title": "Link", "x-title-es": "Enlace", "type": "string", "format": "uri"},
            "note": {"title": "Note", "x-title-es": "Nota", "type": "string", "minLength": 3, "maxLength": 12},
            "shipper": {"title": "Shipper", "x-title-es": "Remitente", "type": "object", "required": ["name"], "properties": {
                "name": {"title": "Name", "x-title-es": "Nombre", "type": "string"},
                "city": {"title": "City", "x-title-es": "Ciudad", "type": "string"}}},
            "goods": {"title": "Goods", "x-title-es": "Mercancías", "type": "array", "maxItems": 2, "items": {"type": "object",
                "required": ["text"], "properties": {
                    "text": {"title": "Text", "x-title-es": "Texto", "type": "string"},
                    "value": {"title": "Value", "x-title-es": "Valor", "type": "number"},
                    "permits": {"title": "Permits", "x-title-es": "Permisos", "type": "array", "items": {"type": "object",
                        "required": ["permit"], "properties": {"permit": {"title": "Permit", "x-title-es": "Permiso", "type": "string"}}}}}}}
        }}"#,
    )
    .unwrap()
}

fn sheet() -> Sheet {
    let code = |code: &str, en: &str, es: &str| Code {
        code: code.into(),
        en: en.into(),
        es: es.into(),
    };
    let offices = vec![
        code("020", "Agua Prieta", "Agua Prieta"),
        code("240", "Nuevo Laredo", "Nuevo Laredo"),
        code("801", "Bridge", "Puente"),
        code("802", "Bridge", "Puente"),
    ];
    Sheet::new(
        "Trip",
        &schema(),
        &BTreeMap::from([("offices".to_owned(), offices)]),
    )
}

fn told(bytes: &[u8], reading: &SheetReading) -> Vec<(&'static str, String)> {
    let both = |en: &str, es: &str| {
        assert!(!en.is_empty() && !es.is_empty() && en != es, "{en} / {es}");
    };
    match sheet().read(bytes, reading) {
        Ok(draft) => draft
            .faults
            .iter()
            .map(|fault| {
                both(&fault.en, &fault.es);
                let place = fault.place.as_ref().map(|place| place.path.clone());
                (fault.code, place.unwrap_or_default())
            })
            .collect(),
        Err(error) => {
            both(&error.en, &error.es);
            let place = error.place.as_ref().map(|place| place.path.clone());
            vec![(error.code(), place.unwrap_or_default())]
        }
    }
}

const GOOD: &str = "record-number,trip,port,packages";

/// A column with one value beside a right record.
fn one(column: &str, value: &str) -> String {
    let value = if value.contains([',', '"', '\n']) {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value.to_owned()
    };
    format!("{GOOD},{column}\n1,TOCQ1,2304,5,{value}\n")
}

#[test]
fn the_right_sheet_is_right() {
    for text in [
        format!("{GOOD}\n1,TOCQ1,2304,5\n"),
        format!("\u{feff}{GOOD}\r\nRecord number,Trip *,Port *,Packages *\r\n1,TOCQ1,2304,5\r\n"),
        format!("{}\n1;TOCQ1;2304;5\n", GOOD.replace(',', ";")),
        format!("{}\n1\tTOCQ1\t2304\t5\n", GOOD.replace(',', "\t")),
        "sep=;\nViaje;Puerto;Bultos\nTOCQ1;2304;5\n".to_owned(),
        one("office", "Nuevo Laredo"),
        one("office", "240 - Nuevo Laredo"),
        one("flow", "norte"),
        one("flow", "NORTHBOUND"),
        one("sealed", "Sí"),
        one("seals", "A1; B2\nC3"),
        one("day", "24-nov-2026"),
        one("at", "2026-11-24T15:10:00Z"),
    ] {
        let draft = sheet()
            .read(text.as_bytes(), &SheetReading::default())
            .unwrap();
        assert_eq!(draft.faults, [], "{text}");
        assert!(draft.is_complete());
    }
}

#[test]
fn broken_sheets_are_told_by_cell() {
    let table: Vec<(String, &str, &str)> = vec![
        (
            format!("{GOOD},colour\n1,TOCQ1,2304,5,red\n"),
            "column-unknown",
            "E1",
        ),
        (
            format!("{GOOD},port\n1,TOCQ1,2304,5,2304\n"),
            "column-repeated",
            "E1",
        ),
        (
            format!("{GOOD},\n1,TOCQ1,2304,5,x\n"),
            "column-untitled",
            "E2",
        ),
        (
            "trip,port\nTOCQ1,2304\n".to_owned(),
            "column-missing",
            "row 1",
        ),
        (format!("{GOOD}\n1,,2304,5\n"), "cell-missing", "B2 Trip"),
        (
            format!("{GOOD}\n1,TOCQ1,2304,5\n\n\n2,TOCQ2,,5\n"),
            "cell-missing",
            "C5 Port",
        ),
        (
            format!("{GOOD},shipper.name,shipper.city\n1,TOCQ1,2304,5,,Laredo\n"),
            "cell-missing",
            "E2 Shipper: Name",
        ),
        (
            format!("{GOOD},goods[].text,goods[].value\n1,TOCQ1,2304,5,,7\n"),
            "cell-missing",
            "E2 Goods: Text",
        ),
        (
            format!("{GOOD},goods[].text,goods[].value\n1,TOCQ1,2304,5,a,7\n1,,,,,8\n"),
            "cell-missing",
            "E3 Goods: Text",
        ),
        (
            format!("{GOOD},goods[].text\n1,TOCQ1,2304,5,a\n1,,,,b\n1,,,,c\n"),
            "items-too-many",
            "row 2",
        ),
        (
            format!("{GOOD},goods[].permits[].permit\n1,TOCQ1,2304,5,X\n"),
            "row-without-item",
            "row 2",
        ),
        (
            format!("{GOOD}\n1,TOCQ1,2304,5\n1,TOCQ2,,\n"),
            "record-contradicts",
            "B3 Trip",
        ),
        (format!("{GOOD}\n1,tocq1,2304,5\n"), "form-wrong", "B2 Trip"),
        (
            format!("{GOOD}\n1,TOCQ1,704,5\n"),
            "leading-zeros-lost",
            "C2 Port",
        ),
        (one("office", "20"), "leading-zeros-lost", "E2 Office"),
        (one("office", "999"), "code-unknown", "E2 Office"),
        (one("office", "Bridge"), "code-ambiguous", "E2 Office"),
        (one("flow", "east"), "code-unknown", "E2 Direction"),
        (one("account", "1.23457E+17"), "digits-lost", "E2 Account"),
        (
            format!("{GOOD}\n1,TOCQ1,2304,five\n"),
            "number-malformed",
            "D2 Packages",
        ),
        (
            format!("{GOOD}\n1,TOCQ1,2304,5.5\n"),
            "number-not-whole",
            "D2 Packages",
        ),
        (
            format!("{GOOD}\n1,TOCQ1,2304,0\n"),
            "number-too-small",
            "D2 Packages",
        ),
        (
            format!("{GOOD}\n1,TOCQ1,2304,100000\n"),
            "number-too-large",
            "D2 Packages",
        ),
        (one("weight", "12,345"), "number-ambiguous", "E2 Weight"),
        (one("weight", "12,345.5"), "number-separated", "E2 Weight"),
        (one("weight", "120 kg"), "number-malformed", "E2 Weight"),
        (one("day", "03/04/2026"), "date-ambiguous", "E2 Day"),
        (one("day", "24/11/26"), "year-two-digits", "E2 Day"),
        (one("day", "46350"), "date-by-number", "E2 Day"),
        (one("day", "31 November 2026"), "date-malformed", "E2 Day"),
        (one("at", "2026-11-24 09:10"), "zone-missing", "E2 Arrival"),
        (one("at", "2026-11-24"), "time-malformed", "E2 Arrival"),
        (one("sealed", "perhaps"), "boolean-malformed", "E2 Sealed"),
        (one("seals", "A1; B2; C3; D4"), "items-too-many", "E2 Seals"),
        (one("seals", "A1; A1"), "items-repeated", "E2 Seals"),
        (one("seals", "[]"), "items-too-few", "E2 Seals"),
        (one("seals", "A1; b-2"), "form-wrong", "E2 Seals"),
        (one("mail", "nobody"), "email-malformed", "E2 Mail"),
        (one("link", "example"), "uri-malformed", "E2 Link"),
        (one("note", "ab"), "text-too-short", "E2 Note"),
        (
            one("note", "much too long a note"),
            "text-too-long",
            "E2 Note",
        ),
        (one("note", "=A1+A2"), "cell-formula", "E2 Note"),
        ("a,b\n1,2\n".to_owned(), "sheet-no-header", "row 1"),
        (format!("{GOOD}\n1,TOCQ1,2304,\"5\n"), "quote-open", "D2"),
        ("".to_owned(), "document-empty", ""),
        (
            "<html><table><tr><td>trip</td></tr></table>".to_owned(),
            "sheet-html",
            "",
        ),
        ("%PDF-1.7 x".to_owned(), "sheet-pdf", ""),
        ("trip\0port".to_owned(), "sheet-kind-unknown", ""),
    ];
    assert!(table.len() > 40);
    assert!(table.len() >= 30);
    for (text, code, place) in table {
        let told = told(text.as_bytes(), &SheetReading::default());
        assert!(
            told.iter()
                .any(|(found, at)| *found == code && at.starts_with(place)),
            "{text}\nexpected {code} at {place}, got {told:#?}"
        );
    }
}

#[test]
fn a_reading_says_how_it_is_meant() {
    let reading = SheetReading {
        dates: Some(DateOrder::DayFirst),
        zone: Some("America/Chicago".to_owned()),
        decimal: Some(DecimalMark::Comma),
    };
    let text =
        format!("{GOOD},weight,day,at\n1,TOCQ1,2304,5,\"12,345\",03/04/2026,03/04/2026 09:10\n");
    let draft = sheet().read(text.as_bytes(), &reading).unwrap();
    assert_eq!(draft.faults, []);
    assert_eq!(
        draft.records[0].draft.subject,
        json!({"trip": "TOCQ1", "port": "2304", "packages": 5, "weight": 12.345, "day": "2026-04-03", "at": "2026-04-03T09:10:00-05:00"})
    );
}

#[test]
fn all_faults_at_once_and_a_fault_in_one_row_holds_up_no_other() {
    let text = format!(
        "{GOOD},flow,weight\n1,x,704,0,east,heavy\n2,TOCQ2,2304,5,south,1\n3,,2304,5,south,1\n"
    );
    let mut draft = sheet()
        .read(text.as_bytes(), &SheetReading::default())
        .unwrap();
    let told: Vec<&str> = draft.faults.iter().map(|fault| fault.code).collect();
    assert_eq!(
        told,
        [
            "form-wrong",
            "leading-zeros-lost",
            "number-too-small",
            "code-unknown",
            "number-malformed",
            "cell-missing"
        ]
    );
    let complete: Vec<bool> = draft.records.iter().map(|record| record.complete).collect();
    assert_eq!(complete, [false, true, false]);
    assert_eq!(draft.records[2].draft.missing[0].pointer, "/trip");
    assert!(draft.supply(2, "/trip", json!("TOCQ3")));
    assert!(draft.records[2].complete);
    assert_eq!(draft.faults.len(), 5);
}

#[test]
fn latin_1_is_read_and_told_and_mixed_is_refused() {
    let latin: Vec<u8> = format!("{GOOD},shipper.name\n1,TOCQ1,2304,5,PE\u{d1}A \u{93}X\u{94}\n")
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap())
        .collect();
    let draft = sheet().read(&latin, &SheetReading::default()).unwrap();
    assert_eq!(
        draft.records[0].draft.subject["shipper"]["name"],
        json!("PEÑA “X”")
    );
    assert_eq!(draft.faults[0].code, "encoding-latin1");
    assert!(draft.is_complete());
    let mut mixed = format!("{GOOD},note\n1,TOCQ1,2304,5,Ñandú\n").into_bytes();
    mixed.extend_from_slice(b"2,TOCQ2,2304,5,\xD1and\n");
    assert_eq!(
        told(&mixed, &SheetReading::default())[0].0,
        "encoding-mixed"
    );
    let wide: Vec<u8> = b"\xFF\xFE"
        .iter()
        .copied()
        .chain("trip".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    assert_eq!(
        told(&wide, &SheetReading::default())[0].0,
        "encoding-unknown"
    );
}

/// Rows of inline texts.
fn rows(rows: &[&[&str]]) -> String {
    let rows: String = rows
        .iter()
        .map(|row| {
            let cells: String = row
                .iter()
                .map(|text| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>"))
                .collect();
            format!("<row>{cells}</row>")
        })
        .collect();
    format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")
}

#[test]
fn broken_workbooks_are_told() {
    let head = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>trip</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>port</t></is></c><c r=\"C1\" t=\"inlineStr\"><is><t>packages</t></is></c></row>";
    let with = |row: &str| {
        workbook(&format!(
            "<worksheet><sheetData>{head}{row}</sheetData></worksheet>"
        ))
    };
    let zeros = vec![0; 3_000_000];
    let bomb = miniz(&zeros);
    let table: Vec<(Vec<u8>, &str, &str)> = vec![
        (
            with("<row r=\"2\"><c r=\"A2\" t=\"e\"><v>#N/A</v></c></row>"),
            "cell-error",
            "A2 Trip",
        ),
        (
            with("<row r=\"2\"><c r=\"B2\"><f>A1*2</f><v>2304</v></c></row>"),
            "cell-formula",
            "B2 Port",
        ),
        (
            with("<row r=\"2\"><c r=\"B2\"><v>704</v></c></row>"),
            "leading-zeros-lost",
            "B2 Port",
        ),
        (
            with("<row r=\"2\"><c r=\"XFD2\"><v>1</v></c></row>"),
            "sheet-too-many-columns",
            "XFD2",
        ),
        (
            with("<row r=\"2\"><c r=\"A2\" t=\"s\"><v>9</v></c></row>"),
            "sheet-damaged",
            "",
        ),
        (
            with("<row r=\"1\"><c r=\"A1\"><v>9</v></c></row>"),
            "sheet-damaged",
            "",
        ),
        (
            with("<row r=\"2\"><c r=\"B2\"><v>1</v></c><c r=\"A2\"><v>1</v></c></row>"),
            "sheet-damaged",
            "",
        ),
        (
            with("<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>&lol;</t></is></c></row>"),
            "sheet-damaged",
            "",
        ),
        (
            workbook("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><worksheet/>"),
            "xml-dtd",
            "",
        ),
        (
            workbook("<worksheet><sheetData></worksheet>"),
            "sheet-damaged",
            "",
        ),
        (
            workbook(&rows(&[&["colour"], &["red"]])),
            "sheet-no-header",
            "row 1",
        ),
        (
            workbook(&format!(
                "<worksheet><sheetData>{head}</sheetData><mergeCells><mergeCell ref=\"A2:A3\"/></mergeCells></worksheet>"
            )),
            "cells-merged",
            "A2",
        ),
        (
            container(&[("xl/workbook.bin", vec![0], None)]),
            "sheet-xlsb",
            "",
        ),
        (
            container(&[(
                "mimetype",
                b"application/vnd.oasis.opendocument.spreadsheet".to_vec(),
                None,
            )]),
            "sheet-ods",
            "",
        ),
        (
            container(&[("readme.txt", b"x".to_vec(), None)]),
            "sheet-kind-unknown",
            "",
        ),
        // A part that says it inflates to four gigabytes, and one that inflates to more than it says.
        (
            container(&[("xl/workbook.xml", bomb.clone(), Some(u32::MAX))]),
            "sheet-too-large",
            "",
        ),
        (
            container(&[("xl/workbook.xml", bomb, Some(1_000))]),
            "sheet-too-large",
            "",
        ),
        (b"PK\x03\x04 and no more".to_vec(), "sheet-damaged", ""),
        (
            workbook(&rows(&[&["trip"]]))[..300].to_vec(),
            "sheet-damaged",
            "",
        ),
        (
            [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0; 600]].concat(),
            "sheet-xls",
            "",
        ),
        (
            [
                b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(),
                vec![0; 600],
                "EncryptedPackage"
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes)
                    .collect(),
            ]
            .concat(),
            "sheet-encrypted",
            "",
        ),
    ];
    for (bytes, code, place) in table {
        let told = told(&bytes, &SheetReading::default());
        assert!(
            told.iter()
                .any(|(found, at)| *found == code && at.starts_with(place)),
            "expected {code} at {place}, got {told:#?}"
        );
    }
}

/// Deflates by the help of a workbook writer: our own container is not reached from here.
fn miniz(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec(bytes, 9)
}

#[test]
fn what_is_too_much_is_refused_at_once() {
    let started = std::time::Instant::now();
    let many = format!("{GOOD}\n{}", "1,A,2,3\n".repeat(1_000_000));
    assert_eq!(
        told(many.as_bytes(), &SheetReading::default())[0].0,
        "sheet-too-many-rows"
    );
    let wide = format!("trip{}\n", ",x".repeat(2_000));
    assert_eq!(
        told(wide.as_bytes(), &SheetReading::default())[0].0,
        "sheet-too-many-columns"
    );
    let large = vec![b'x'; 200 * 1024 * 1024];
    assert_eq!(
        told(&large, &SheetReading::default())[0].0,
        "document-too-large"
    );
    let long = one("note", &"x".repeat(40_000));
    assert_eq!(
        told(long.as_bytes(), &SheetReading::default())[0].0,
        "cell-too-long"
    );
    let packed: Vec<Vec<&str>> = vec![vec!["trip", "port", "packages"]; 30_000];
    let packed: Vec<&[&str]> = packed.iter().map(Vec::as_slice).collect();
    assert_eq!(
        told(&workbook(&rows(&packed)), &SheetReading::default())[0].0,
        "sheet-too-many-rows"
    );
    // A thousand faults are told, the rest counted; no record with an untold one counts as complete.
    let faulty = format!("{GOOD}\n{}", "1,a,b,c\n".replace("1,", ",").repeat(2_000));
    let draft = sheet()
        .read(faulty.as_bytes(), &SheetReading::default())
        .unwrap();
    assert_eq!((draft.faults.len(), draft.faults_untold), (1_000, 5_000));
    assert!(draft.records.iter().all(|record| !record.complete));
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn every_cut_and_flip_is_answered() {
    let record = json!({"trip": "TOCQ1", "port": "2304", "packages": 5, "goods": [{"text": "a", "permits": [{"permit": "X"}]}]});
    for form in [SheetForm::Csv, SheetForm::Xlsx] {
        let bytes = sheet().write(std::slice::from_ref(&record), form, SheetLanguage::En);
        for at in 0..bytes.len() {
            let _ = sheet().read(&bytes[..at], &SheetReading::default());
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            let _ = sheet().read(&flipped, &SheetReading::default());
        }
    }
    let inner = rows(&[&["trip", "port", "packages"], &["TOCQ1", "2304", "5"]]);
    for at in 0..inner.len() {
        let mut flipped = inner.clone().into_bytes();
        flipped[at] ^= 1 << (at % 7);
        let text = String::from_utf8_lossy(&flipped).into_owned();
        let _ = sheet().read(&workbook(&text), &SheetReading::default());
        let cut = String::from_utf8_lossy(&inner.as_bytes()[..at]).into_owned();
        let _ = sheet().read(&workbook(&cut), &SheetReading::default());
    }
}

#[test]
fn what_a_spreadsheet_would_run_is_guarded() {
    let lists = CodeLists::new();
    let schema = json!({"type": "object", "properties": {"note": {"type": "string"}}});
    let sheet = Sheet::new("Note", &schema, &lists);
    for text in ["=1+1", "+A1", "-2+3", "@SUM(A1)", "'=x"] {
        let bytes = sheet.write(&[json!({"note": text})], SheetForm::Csv, SheetLanguage::En);
        let written = String::from_utf8(bytes).unwrap();
        assert!(written.contains(&format!("\n'{text}")), "{written}");
    }
}
