//! A workbook: the records, a sheet of help, a sheet of codes from which cells are chosen.

use super::cell::{self, Cell};
use super::columns::{Column, Kind};
use super::workbook::OWN_SHEETS;
use super::{ROWS_MAX, Sheet, SheetLanguage, codes, container};
use std::fmt::Write as _;

/// A list of choices in a workbook; longer ones are typed and checked on reading.
const CHOICES_MAX: usize = 2_000;
/// Codes that the help names; the sheet of codes has all.
const CODES_IN_HELP: usize = 20;

// Formats of cells, by their place in `STYLES`.
const PLAIN: usize = 0;
const AS_TEXT: usize = 1;
const NAME: usize = 2;
const TITLE: usize = 3;
const WRAPPED: usize = 4;

const STYLES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
<fonts count=\"3\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font>\
<font><sz val=\"9\"/><color rgb=\"FF6B7280\"/><name val=\"Calibri\"/></font>\
<font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>\
<fills count=\"3\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill>\
<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFE8EDF3\"/><bgColor indexed=\"64\"/></patternFill></fill></fills>\
<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
<cellXfs count=\"5\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>\
<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
<xf numFmtId=\"49\" fontId=\"1\" fillId=\"2\" borderId=\"0\" xfId=\"0\" applyFont=\"1\" applyFill=\"1\"/>\
<xf numFmtId=\"49\" fontId=\"2\" fillId=\"2\" borderId=\"0\" xfId=\"0\" applyFont=\"1\" applyFill=\"1\" applyAlignment=\"1\"><alignment wrapText=\"1\" vertical=\"top\"/></xf>\
<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyAlignment=\"1\"><alignment wrapText=\"1\" vertical=\"top\"/></xf></cellXfs>\
</styleSheet>";
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

/// Writes the workbook.
pub(super) fn write(sheet: &Sheet, rows: &[Vec<Option<Cell>>], language: SheetLanguage) -> Vec<u8> {
    let [help_en, help_es, codes_en, codes_es] = OWN_SHEETS;
    let (codes, choices) = codes_sheet(sheet, language, language.of(codes_en, codes_es));
    let mut sheets = vec![
        (
            sheet_name(&sheet.record_type),
            records_sheet(sheet, rows, &choices),
        ),
        (
            language.of(help_en, help_es).to_owned(),
            help_sheet(sheet, language),
        ),
    ];
    if let Some(codes) = codes {
        sheets.push((language.of(codes_en, codes_es).to_owned(), codes));
    }
    let (mut types, mut listed, mut relations) = (String::new(), String::new(), String::new());
    let worksheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml";
    for (at, (name, _)) in sheets.iter().enumerate() {
        let n = at + 1;
        let _ = write!(
            types,
            "<Override PartName=\"/xl/worksheets/sheet{n}.xml\" ContentType=\"{worksheet}\"/>"
        );
        let _ = write!(
            listed,
            "<sheet name=\"{}\" sheetId=\"{n}\" r:id=\"rId{n}\"/>",
            escaped(name)
        );
        let _ = write!(
            relations,
            "<Relationship Id=\"rId{n}\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"
        );
    }
    let last = sheets.len() + 1;
    let book = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let mut parts = vec![
        (
            "[Content_Types].xml".to_owned(),
            format!(
                "{HEAD}<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"{book}.sheet.main+xml\"/><Override PartName=\"/xl/styles.xml\" ContentType=\"{book}.styles+xml\"/>{types}</Types>"
            ),
        ),
        (
            "_rels/.rels".to_owned(),
            format!(
                "{HEAD}<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml".to_owned(),
            format!(
                "{HEAD}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets>{listed}</sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!(
                "{HEAD}<Relationships xmlns=\"{PACKAGE}/relationships\">{relations}<Relationship Id=\"rId{last}\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        ("xl/styles.xml".to_owned(), STYLES.to_owned()),
    ];
    for (at, (_, part)) in sheets.into_iter().enumerate() {
        parts.push((format!("xl/worksheets/sheet{}.xml", at + 1), part));
    }
    let parts: Vec<(&str, String)> = parts
        .iter()
        .map(|(name, part)| (name.as_str(), part.clone()))
        .collect();
    container::pack(&parts)
}

/// At most 31 characters, none of those that a sheet's name must not have.
fn sheet_name(record_type: &str) -> String {
    let kept = record_type
        .chars()
        .filter(|letter| !matches!(letter, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\''));
    kept.take(31).collect()
}

/// Where the choices of a column stand: `Codes!$B$2:$B$30`.
type Choices = Vec<(usize, String)>;

fn records_sheet(sheet: &Sheet, rows: &[Vec<Option<Cell>>], choices: &Choices) -> String {
    let offset = usize::from(sheet.has_lists());
    let format_of = |column: &Column| match column.shape.kind {
        Kind::Integer | Kind::Number | Kind::Boolean if !column.shape.many => PLAIN,
        _ => AS_TEXT,
    };
    let mut columns = String::new();
    if offset == 1 {
        let _ = write!(
            columns,
            "<col min=\"1\" max=\"1\" width=\"16\" customWidth=\"1\" style=\"{AS_TEXT}\"/>"
        );
    }
    for (at, column) in sheet.columns.iter().enumerate() {
        let n = at + offset + 1;
        let width = column.name.chars().count().clamp(14, 40) + 2;
        // Text is the format that keeps zeros in front and long numbers whole.
        let _ = write!(
            columns,
            "<col min=\"{n}\" max=\"{n}\" width=\"{width}\" customWidth=\"1\" style=\"{}\"/>",
            format_of(column)
        );
    }
    let mut data = String::new();
    for (at, row) in rows.iter().enumerate() {
        let _ = write!(data, "<row r=\"{}\">", at + 1);
        for (column, cell) in row.iter().enumerate() {
            let Some(cell) = cell else { continue };
            let format = match at {
                0 => NAME,
                1 => TITLE,
                _ => column
                    .checked_sub(offset)
                    .and_then(|column| sheet.columns.get(column))
                    .map_or(AS_TEXT, format_of),
            };
            put(&mut data, at, column, format, cell);
        }
        data.push_str("</row>");
    }
    let mut validations = String::new();
    for (at, range) in choices {
        let letters = cell::letters(u32::try_from(at + offset).unwrap_or(0));
        let last = ROWS_MAX + 2;
        // The cell takes other texts as well: the bare code, and what a reader of the sheet tells by its cell.
        let _ = write!(
            validations,
            "<dataValidation type=\"list\" allowBlank=\"1\" showErrorMessage=\"0\" sqref=\"{letters}3:{letters}{last}\"><formula1>{range}</formula1></dataValidation>"
        );
    }
    if !validations.is_empty() {
        validations = format!(
            "<dataValidations count=\"{}\">{validations}</dataValidations>",
            choices.len()
        );
    }
    format!(
        "{HEAD}<worksheet xmlns=\"{MAIN}\"><sheetViews><sheetView tabSelected=\"1\" workbookViewId=\"0\"><pane ySplit=\"2\" topLeftCell=\"A3\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews><cols>{columns}</cols><sheetData>{data}</sheetData>{validations}</worksheet>"
    )
}

fn table_sheet(widths: &[usize], rows: &[Vec<String>]) -> String {
    let mut columns = String::new();
    for (at, width) in widths.iter().enumerate() {
        let _ = write!(
            columns,
            "<col min=\"{0}\" max=\"{0}\" width=\"{width}\" customWidth=\"1\" style=\"{WRAPPED}\"/>",
            at + 1
        );
    }
    let mut data = String::new();
    for (at, row) in rows.iter().enumerate() {
        let _ = write!(data, "<row r=\"{}\">", at + 1);
        for (column, text) in row.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let format = if at == 0 { TITLE } else { WRAPPED };
            put(&mut data, at, column, format, &Cell::Text(text.clone()));
        }
        data.push_str("</row>");
    }
    format!(
        "{HEAD}<worksheet xmlns=\"{MAIN}\"><cols>{columns}</cols><sheetData>{data}</sheetData></worksheet>"
    )
}

fn help_sheet(sheet: &Sheet, language: SheetLanguage) -> String {
    let heads = match language {
        SheetLanguage::En => [
            "Column",
            "Title",
            "What it is",
            "Required",
            "How it is written",
            "Allowed codes",
            "Example",
        ],
        SheetLanguage::Es => [
            "Columna",
            "Título",
            "Qué es",
            "Obligatoria",
            "Cómo se escribe",
            "Claves permitidas",
            "Ejemplo",
        ],
    };
    let mut rows: Vec<Vec<String>> = vec![heads.iter().map(|head| (*head).to_owned()).collect()];
    if sheet.has_lists() {
        let [en, es] = super::reader::record_number_titles();
        rows.push(vec![
            super::RECORD_NUMBER.to_owned(),
            language.of(en, es).to_owned(),
            language.of(
                "Rows with the same number are one record: one row for each item of its lists. The columns that are in no list stand in its first row.",
                "Las filas con el mismo número son un solo registro: una fila por cada elemento de sus listas. Las columnas que no son de una lista van en su primera fila.",
            ).to_owned(),
            language.of("where a record takes several rows", "si un registro ocupa varias filas").to_owned(),
            language.of("any text", "cualquier texto").to_owned(),
            String::new(),
            "1".to_owned(),
        ]);
    }
    for column in &sheet.columns {
        let required = if column.required {
            language.of("yes", "sí")
        } else if column.required_in_group {
            language.of("with the others of its group", "con las demás de su grupo")
        } else {
            language.of("no", "no")
        };
        let codes = &column.shape.codes;
        let mut allowed: Vec<String> = Vec::new();
        for code in codes.iter().take(CODES_IN_HELP) {
            allowed.push(codes::offered(code, language.of(&code.en, &code.es)));
        }
        if codes.len() > CODES_IN_HELP {
            allowed.push(format!("… ({})", codes.len()));
        }
        rows.push(vec![
            column.name.clone(),
            language.of(&column.en, &column.es).to_owned(),
            language.of(&column.about_en, &column.about_es).to_owned(),
            required.to_owned(),
            how(column, language),
            allowed.join("\n"),
            column.example.clone(),
        ]);
    }
    table_sheet(&[30, 34, 48, 16, 34, 36, 28], &rows)
}

fn how(column: &Column, language: SheetLanguage) -> String {
    let one = match column.shape.kind {
        Kind::Text => language.of("text", "texto"),
        Kind::Date => language.of("day, 2026-11-24", "fecha, 2026-11-24"),
        Kind::DateTime => language.of(
            "day and time with zone, 2026-11-24T15:10:00Z",
            "fecha y hora con huso, 2026-11-24T15:10:00Z",
        ),
        Kind::Uri => language.of("address", "dirección"),
        Kind::Email => language.of("e-mail address", "correo electrónico"),
        Kind::Integer => language.of("whole number", "número entero"),
        Kind::Number => language.of("number, decimal point", "número, con punto decimal"),
        Kind::Boolean => language.of("yes or no", "sí o no"),
        Kind::Json => "JSON",
    };
    if column.shape.many {
        format!(
            "{one}; {}",
            language.of("several with ; between them", "varios separados por ;")
        )
    } else {
        one.to_owned()
    }
}

/// The sheet of codes, one column for each column that has some, and where the choices of each stand.
fn codes_sheet(sheet: &Sheet, language: SheetLanguage, name: &str) -> (Option<String>, Choices) {
    let mut choices = Vec::new();
    let mut lists: Vec<(String, Vec<String>)> = Vec::new();
    for (at, column) in sheet.columns.iter().enumerate() {
        let codes = &column.shape.codes;
        if codes.is_empty() || codes.len() > CHOICES_MAX {
            continue;
        }
        let texts: Vec<String> = codes
            .iter()
            .map(|code| codes::offered(code, language.of(&code.en, &code.es)))
            .collect();
        let known = lists.iter().position(|(_, known)| *known == texts);
        let place = known.unwrap_or_else(|| {
            lists.push((column.name.clone(), texts));
            lists.len() - 1
        });
        if !column.shape.many {
            let letters = cell::letters(u32::try_from(place).unwrap_or(0));
            choices.push((
                at,
                format!("{name}!${letters}$2:${letters}${}", codes.len() + 1),
            ));
        }
    }
    if lists.is_empty() {
        return (None, choices);
    }
    let height = lists
        .iter()
        .map(|(_, texts)| texts.len())
        .max()
        .unwrap_or(0);
    let mut rows = vec![
        lists
            .iter()
            .map(|(name, _)| name.clone())
            .collect::<Vec<_>>(),
    ];
    for at in 0..height {
        let cell = |texts: &Vec<String>| texts.get(at).cloned().unwrap_or_default();
        rows.push(lists.iter().map(|(_, texts)| cell(texts)).collect());
    }
    (Some(table_sheet(&vec![34; lists.len()], &rows)), choices)
}

fn put(out: &mut String, row: usize, column: usize, format: usize, cell: &Cell) {
    let name = cell::name(
        u32::try_from(row + 1).unwrap_or(0),
        u32::try_from(column).unwrap_or(0),
    );
    let _ = match cell {
        Cell::Number(number) => write!(
            out,
            "<c r=\"{name}\" s=\"{format}\"><v>{}</v></c>",
            escaped(number)
        ),
        Cell::Bool(yes) => write!(
            out,
            "<c r=\"{name}\" s=\"{format}\" t=\"b\"><v>{}</v></c>",
            u8::from(*yes)
        ),
        other => write!(
            out,
            "<c r=\"{name}\" s=\"{format}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
            escaped(&other.shown())
        ),
    };
}

/// Text in markup; characters that XML cannot hold, and what would be taken for one, as ISO/IEC 29500-1 §22.9.2.19 writes them.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let after = rest.get(letter.len_utf8()..).unwrap_or_default();
        let looks_escaped = letter == '_'
            && after.starts_with('x')
            && after
                .get(1..5)
                .is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
            && after.get(5..6) == Some("_");
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ if looks_escaped => out.push_str("_x005F_"),
            '\t' | '\n' => out.push(letter),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "_x{:04X}_", u32::from(letter));
            }
            _ => out.push(letter),
        }
        rest = after;
    }
    out
}
