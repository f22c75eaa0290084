//! Spreadsheets of every record type of every program: template, examples out and in, generated records, other hands' workbooks.

use garita_formats::sheet::{
    Code, CodeLists, RECORD_NUMBER, Sheet, SheetDraft, SheetForm, SheetHead, SheetLanguage,
    SheetReading,
};
use garita_formats::{Fault, Severity};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const FORMS: [SheetForm; 2] = [SheetForm::Csv, SheetForm::Xlsx];

pub(crate) fn profiles() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../profiles"))
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .collect();
    found.sort();
    found
}

/// `code,en,es,…` with quotes.
fn codes_of(path: &Path) -> Vec<Code> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut codes = Vec::new();
    for line in text.lines().skip(1) {
        let mut cells = vec![String::new()];
        let mut quoted = false;
        for letter in line.chars() {
            match letter {
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(String::new()),
                other => cells.last_mut().unwrap().push(other),
            }
        }
        codes.push(Code {
            code: cells[0].clone(),
            en: cells[1].clone(),
            es: cells[2].clone(),
        });
    }
    codes
}

/// Sheets of all record types, by program and type.
pub(crate) fn sheets() -> BTreeMap<(String, String), (Sheet, Value)> {
    let programs: Vec<PathBuf> = std::fs::read_dir(profiles())
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    let mut all = CodeLists::new();
    for program in &programs {
        for path in files(&program.join("codelists"), "csv") {
            all.insert(stem(&path), codes_of(&path));
        }
    }
    let mut sheets = BTreeMap::new();
    for program in &programs {
        let mut codes = all.clone();
        for path in files(&program.join("codelists"), "csv") {
            codes.insert(stem(&path), codes_of(&path));
        }
        for path in files(&program.join("schemas"), "json") {
            let schema: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let sheet = Sheet::new(&stem(&path), &schema, &codes);
            sheets.insert((stem(program), stem(&path)), (sheet, schema));
        }
    }
    sheets
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

/// Subjects of the valid examples, by program and type.
fn examples() -> BTreeMap<(String, String), Vec<Value>> {
    let mut found: BTreeMap<(String, String), Vec<Value>> = BTreeMap::new();
    for program in std::fs::read_dir(profiles()).unwrap().flatten() {
        for path in files(&program.path().join("examples"), "json") {
            if !stem(&path).starts_with("valid") {
                continue;
            }
            let example: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let record = &example["record"];
            let types = record["type"].as_array().unwrap();
            let record_type = types.last().unwrap().as_str().unwrap().to_owned();
            let subject = record["credentialSubject"].clone();
            found
                .entry((stem(&program.path()), record_type))
                .or_default()
                .push(subject);
        }
    }
    found
}

pub(crate) fn errors(draft: &SheetDraft) -> Vec<&Fault> {
    let faults = draft.faults.iter();
    faults
        .filter(|fault| fault.severity == Severity::Error)
        .collect()
}

fn come_back(sheet: &Sheet, records: &[Value], form: SheetForm) {
    let bytes = sheet.write(records, form, SheetLanguage::Es);
    let draft = sheet.read(&bytes, &SheetReading::default()).unwrap();
    assert!(
        errors(&draft).is_empty(),
        "{} {form:?}: {:#?}\n{records:#?}",
        sheet.record_type(),
        errors(&draft)
    );
    let subjects: Vec<&Value> = draft
        .records
        .iter()
        .map(|record| &record.draft.subject)
        .collect();
    assert_eq!(
        subjects,
        records.iter().collect::<Vec<_>>(),
        "{} {form:?}",
        sheet.record_type()
    );
    assert_eq!(draft.is_complete(), !records.is_empty());
    for record in &draft.records {
        for (pointer, place) in record.draft.sources.iter() {
            assert!(record.draft.subject.pointer(pointer).is_some());
            assert!(place.line >= 3 && place.column.is_some(), "{place:?}");
        }
    }
}

#[test]
fn every_record_type_has_a_template() {
    let sheets = sheets();
    assert!(sheets.len() > 200, "{}", sheets.len());
    for (sheet, schema) in sheets.values() {
        let members = schema["properties"].as_object().unwrap();
        assert!(
            sheet.columns().len() >= members.len().min(1),
            "{}",
            sheet.record_type()
        );
        let mut names = std::collections::BTreeSet::new();
        for column in sheet.columns() {
            assert!(names.insert(&column.name), "{} twice", column.name);
            assert!(column.name != RECORD_NUMBER && !column.en.is_empty() && !column.es.is_empty());
        }
        for language in [SheetLanguage::En, SheetLanguage::Es] {
            for form in FORMS {
                let template = sheet.template(form, language);
                assert_eq!(template, sheet.template(form, language));
                let (known, of) = sheet.knows(&SheetHead::of(&template).unwrap());
                assert_eq!(known, of, "{}", sheet.record_type());
                let draft = sheet.read(&template, &SheetReading::default()).unwrap();
                assert_eq!(draft.faults, [], "{}", sheet.record_type());
                assert!(draft.records.is_empty() && !draft.is_complete());
            }
        }
    }
}

#[test]
fn every_valid_example_comes_back_equal() {
    let sheets = sheets();
    let mut count = 0;
    for ((program, record_type), subjects) in examples() {
        // A record type of another program is filed under this one's cases.
        let Some((sheet, _)) = sheets
            .get(&(program.clone(), record_type.clone()))
            .or_else(|| {
                sheets
                    .iter()
                    .find(|((_, name), _)| *name == record_type)
                    .map(|(_, found)| found)
            })
        else {
            continue;
        };
        count += subjects.len();
        for form in FORMS {
            come_back(sheet, &subjects, form);
            for subject in &subjects {
                come_back(sheet, std::slice::from_ref(subject), form);
            }
        }
    }
    assert!(count > 350, "{count} examples");
}

/// A generator of its own, so that a seed is the same case on every machine.
struct Seed(u64);

impl Seed {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(below.max(1)).unwrap()).unwrap()
    }
}

const TEXTS: [&str; 12] = [
    "=1+1",
    "'=HYPERLINK(\"x\")",
    "-5 +3; @a",
    "say \"no\", then; yes",
    "line one\nline two",
    "Ñandú ‘curly’ €",
    "back\\slash \\n \\;",
    "_x000D_ & <b> ]]>",
    "007",
    "1.234,50",
    "true",
    "03/04/2026",
];

/// A record with other values where the schema leaves them free, optional members left out, items doubled.
fn changed(seed: &mut Seed, schema: &Value, value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let required: Vec<&str> = schema["required"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            let mut out = serde_json::Map::new();
            for (name, value) in members {
                if required.contains(&name.as_str()) || seed.next(4) > 0 {
                    let value = changed(seed, &schema["properties"][name], value);
                    out.insert(name.clone(), value);
                }
            }
            out.into()
        }
        Value::Array(items) => {
            let most = schema["maxItems"].as_u64().unwrap_or(50);
            let mut out: Vec<Value> = items
                .iter()
                .map(|item| changed(seed, &schema["items"], item))
                .collect();
            if schema["uniqueItems"] == true {
                let mut seen: Vec<Value> = Vec::new();
                out.retain(|item| !seen.contains(item) && (seen.push(item.clone()), true).1);
            }
            for _ in 0..seed.next(3) {
                if let Some(item) = items.get(seed.next(items.len()))
                    && u64::try_from(out.len()).unwrap() < most
                {
                    let item = changed(seed, &schema["items"], item);
                    if schema["uniqueItems"] != true || !out.contains(&item) {
                        out.push(item);
                    }
                }
            }
            out.into()
        }
        Value::String(text) => {
            let free = ["pattern", "format", "enum", "x-codes", "const"]
                .iter()
                .all(|key| schema.get(key).is_none());
            let other = TEXTS[seed.next(TEXTS.len())];
            let length = u64::try_from(other.chars().count()).unwrap();
            let fits = length >= schema["minLength"].as_u64().unwrap_or(0)
                && length <= schema["maxLength"].as_u64().unwrap_or(10_000);
            if free && fits && seed.next(2) == 0 {
                json!(other)
            } else {
                json!(text)
            }
        }
        Value::Number(_) => {
            let least = schema["minimum"].as_f64().unwrap_or(0.0).ceil();
            let most = schema["maximum"].as_f64().unwrap_or(least + 100_000.0);
            let number = least + f64::from(u32::try_from(seed.next(90_000)).unwrap()) / 10.0;
            if schema["type"] == "integer" || number.fract() == 0.0 || number > most {
                json!(
                    least as i64
                        + i64::try_from(seed.next(((most - least) as usize).min(9_000))).unwrap()
                )
            } else {
                json!(number)
            }
        }
        other => other.clone(),
    }
}

#[test]
fn a_thousand_generated_records_come_back_equal() {
    let sheets = sheets();
    let mut seed = Seed(0x5EED_0004);
    let mut count = 0;
    let examples: Vec<_> = examples().into_iter().collect();
    while count < 1_000 {
        let ((program, record_type), subjects) = &examples[seed.next(examples.len())];
        let Some((sheet, schema)) = sheets.get(&(program.clone(), record_type.clone())) else {
            continue;
        };
        let records: Vec<Value> = (0..1 + seed.next(6))
            .map(|_| {
                let subject = &subjects[seed.next(subjects.len())];
                changed(&mut seed, schema, subject)
            })
            .collect();
        count += records.len();
        for form in FORMS {
            come_back(sheet, &records, form);
        }
    }
}

#[test]
fn another_reader_reads_our_workbook() {
    use calamine::{Data, Reader, Xlsx};
    let sheets = sheets();
    for ((program, record_type), subjects) in examples() {
        let Some((sheet, _)) = sheets.get(&(program, record_type)) else {
            continue;
        };
        let bytes = sheet.write(&subjects, SheetForm::Xlsx, SheetLanguage::En);
        let mut book: Xlsx<_> =
            calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
        let names = book.sheet_names();
        assert_eq!(names[1], "Help");
        let range = book.worksheet_range(&names[0]).unwrap();
        let ours = sheet.write(&subjects, SheetForm::Csv, SheetLanguage::En);
        let ours = String::from_utf8(ours).unwrap();
        // Every cell that the other reader finds stands in our CSV as well.
        for cell in range.rows().flatten() {
            let text = match cell {
                Data::String(text) => text.replace('"', "\"\""),
                Data::Float(number) => number.to_string(),
                Data::Bool(yes) => yes.to_string(),
                _ => continue,
            };
            assert!(ours.contains(&text), "{}: {text}", sheet.record_type());
        }
        let help = book.worksheet_range("Help").unwrap();
        let listed = sheet.columns().len() + 1 + usize::from(sheet.has_lists());
        assert_eq!(help.rows().count(), listed, "{}", sheet.record_type());
    }
}

#[test]
fn a_workbook_of_another_writer_is_read() {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    let schema = json!({"type": "object", "required": ["scac", "port"], "properties": {
        "scac": {"type": "string", "pattern": "^[A-Z]{4}$"},
        "port": {"type": "string", "pattern": "^[0-9]{4}$"},
        "day": {"type": "string", "format": "date"},
        "at": {"type": "string", "format": "date-time"},
        "weight": {"type": "number"},
        "sealed": {"type": "boolean"},
        "note": {"type": "string"},
    }});
    let sheet = Sheet::new("Trip", &schema, &CodeLists::new());
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let at = Format::new().set_num_format("dd/mm/yyyy hh:mm");
    for (column, name) in ["scac", "port", "day", "at", "weight", "sealed", "note"]
        .iter()
        .enumerate()
    {
        page.write(0, u16::try_from(column).unwrap(), *name)
            .unwrap();
    }
    page.write(1, 0, "TOCQ").unwrap();
    page.write(1, 1, 2304).unwrap();
    page.write_with_format(1, 2, ExcelDateTime::from_ymd(2026, 11, 24).unwrap(), &day)
        .unwrap();
    let instant = ExcelDateTime::from_ymd(2026, 11, 24)
        .unwrap()
        .and_hms(9, 10, 0)
        .unwrap();
    page.write_with_format(1, 3, &instant, &at).unwrap();
    page.write(1, 4, 945.5).unwrap();
    page.write(1, 5, true).unwrap();
    page.write(1, 6, "two\nlines").unwrap();
    page.write(2, 0, "TOCQ").unwrap();
    page.write(2, 1, 704).unwrap();
    page.write_formula(2, 4, "=SUM(E2:E2)").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let reading = SheetReading {
        zone: Some("America/Chicago".into()),
        ..SheetReading::default()
    };
    let draft = sheet.read(&bytes, &reading).unwrap();
    assert_eq!(
        draft.records[0].draft.subject,
        json!({"scac": "TOCQ", "port": "2304", "day": "2026-11-24", "at": "2026-11-24T09:10:00-06:00",
            "weight": 945.5, "sealed": true, "note": "two\nlines"})
    );
    let told: Vec<(&str, &str)> = errors(&draft)
        .iter()
        .map(|fault| (fault.code, fault.place.as_ref().unwrap().path.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("leading-zeros-lost", "B3 port"),
            ("cell-formula", "E3 weight")
        ]
    );
    assert!(draft.records[0].complete && !draft.records[1].complete);
}
