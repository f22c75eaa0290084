//! The list of projects: a row is a `ProjectStated`.

use serde::Serialize;
use serde_json::Value;

use super::cells::{Column, Reader, Seen, noon};
use super::words::{self, PHASES, SIDES};
use crate::ReadError;
use crate::delimited::{Row, Writer};
use crate::draft::{Draft, Fault, Severity};
use crate::kinds::DocumentKind;

/// What a record holds of them.
const SPONSORS_MAX: usize = 30;
const SOURCES_MAX: usize = 20;
const SOURCE_CHARS_MAX: usize = 600;
const NAME_CHARS_MAX: usize = 200;
const RECORD: &str = "ProjectStated";

/// A project as the list has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ListedProject {
    /// Its id: `us-ca-otay-mesa-east-poe`.
    pub project: String,
    /// Name in English.
    pub name_en: String,
    /// Name in Spanish.
    pub name_es: String,
    /// `us`, `mx` or `binational`.
    pub side: String,
    /// Port or place.
    pub port: String,
    /// Who is responsible.
    pub sponsors: Vec<String>,
    /// What is built, in words.
    pub project_type: String,
    /// Code of the phase.
    pub phase: String,
    /// The amount stated last.
    pub budget: Option<Budget>,
    /// First published target.
    pub original_target: Option<String>,
    /// The target published last.
    pub current_target: Option<String>,
    /// When it was completed.
    pub actual_completion: Option<String>,
    /// Addresses or references.
    pub sources: Vec<String>,
    /// Day of the newest statement that was used, `YYYY-MM-DD`.
    pub stated_on: String,
    /// Whether that day is approximate.
    pub approximate: bool,
    /// Note.
    pub note: Option<String>,
}

/// An amount as stated, of whatever kind the note tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Budget {
    /// Decimal text.
    pub amount: String,
    /// `USD` or `MXN`.
    pub currency: String,
    /// The year in which it was stated.
    pub year: Option<i16>,
}

macro_rules! columns {
    ($($name:literal $required:literal $max:literal $en:literal $es:literal [$($member:literal),*])*) => {
        pub(super) const COLUMNS: &[Column] = &[$(Column {
            name: $name, required: $required, chars_max: $max, en: $en, es: $es, goes: &[$((RECORD, $member)),*],
        }),*];
    };
}

columns! {
    "id" true 80 "id of the project, whose beginning may say the state" "id del proyecto, cuyo inicio puede decir la entidad" ["/project", "/state"]
    "name_en" true 200 "name in English" "nombre en inglés" ["/nameEn"]
    "name_es" true 200 "name in Spanish" "nombre en español" ["/nameEs"]
    "side" true 20 "US, MX or binational" "US, MX o binational" ["/side"]
    "port" true 120 "port or place" "puerto o lugar" ["/port"]
    "sponsor_agencies" true 3000 "who is responsible, parted by semicolons" "responsables, separados por punto y coma" ["/sponsors/*"]
    "type" true 200 "what is built, in words" "qué se construye, en palabras" ["/projectClass", "/projectType"]
    "phase" true 40 "phase: a code of OC4IDS, halted or paused" "fase: un código de OC4IDS, halted o paused" ["/phase"]
    "budget_amount" false 40 "amount as stated last" "monto según lo último declarado" ["/budgetAmount"]
    "budget_currency" false 10 "USD or MXN" "USD o MXN" ["/budgetCurrency"]
    "budget_year" false 10 "year of that amount" "año de ese monto" ["/budgetYear"]
    "original_planned_completion" false 20 "first published date" "primera fecha publicada" ["/originalTarget"]
    "current_planned_completion" false 20 "date published last" "última fecha publicada" ["/currentTarget"]
    "actual_completion" false 20 "when it was completed" "cuándo se terminó" ["/actualCompletion"]
    "source" true 12000 "addresses or references, parted by a bar between blanks" "direcciones o referencias, separadas por una barra entre espacios" ["/sources/*"]
    "as_of" true 10 "day of the newest statement that was used" "día de la declaración más reciente que se usó" ["/statedOn", "occurred"]
    "note" false 1000 "note, which may say that the day is approximate" "nota, que puede decir que el día es aproximado" ["/sourceNote", "/approximate"]
}

/// Reads the list, with all faults; a row that has an error is told and left out.
///
/// # Errors
/// As [`super::read_list`].
pub fn read_projects(bytes: &[u8]) -> Result<(Vec<ListedProject>, Vec<Fault>), ReadError> {
    let (draft, projects) = draft(bytes)?;
    Ok((projects, draft.faults))
}

/// Writes the list, safe to open in a spreadsheet.
pub fn write_projects(projects: &[ListedProject]) -> String {
    let mut out = Writer::new(',');
    out.row(COLUMNS.iter().map(|column| column.name));
    for project in projects {
        let budget = project.budget.as_ref();
        let side = SIDES.iter().find(|(_, code)| *code == project.side);
        let year = budget.and_then(|budget| budget.year);
        let note = match (&project.note, project.approximate) {
            (Some(note), true) if !words::is_approximate(note) => {
                format!("{note}; as_of approximate")
            }
            (None, true) => "as_of approximate".to_owned(),
            (note, _) => note.clone().unwrap_or_default(),
        };
        out.row([
            project.project.as_str(),
            &project.name_en,
            &project.name_es,
            side.map_or(project.side.as_str(), |(written, _)| written),
            &project.port,
            &joined(&project.sponsors, ";", ","),
            &project.project_type,
            &project.phase,
            budget.map_or("", |budget| &budget.amount),
            budget.map_or("", |budget| &budget.currency),
            &year.map_or_else(String::new, |year| year.to_string()),
            project.original_target.as_deref().unwrap_or(""),
            project.current_target.as_deref().unwrap_or(""),
            project.actual_completion.as_deref().unwrap_or(""),
            &joined(&project.sources, " | ", " / "),
            &project.stated_on,
            &note,
        ]);
    }
    out.finish()
}

impl ListedProject {
    /// From the subject of a `ProjectStated`.
    pub fn of_record(subject: &Value) -> ListedProject {
        let text = |name: &str| subject.get(name).and_then(Value::as_str).map(str::to_owned);
        let given = |name: &str| text(name).unwrap_or_default();
        let budget = text("budgetAmount").zip(text("budgetCurrency"));
        let year = subject.get("budgetYear").and_then(Value::as_i64);
        ListedProject {
            project: given("project"),
            name_en: given("nameEn"),
            name_es: given("nameEs"),
            side: given("side"),
            port: given("port"),
            sponsors: texts(subject, "sponsors"),
            project_type: text("projectType").unwrap_or_else(|| given("projectClass")),
            phase: given("phase"),
            budget: budget.map(|(amount, currency)| Budget {
                amount,
                currency,
                year: year.and_then(|year| i16::try_from(year).ok()),
            }),
            original_target: text("originalTarget"),
            current_target: text("currentTarget"),
            actual_completion: text("actualCompletion"),
            sources: texts(subject, "sources"),
            stated_on: given("statedOn"),
            approximate: subject.get("approximate") == Some(&Value::Bool(true)),
            note: text("sourceNote"),
        }
    }
}

/// The texts of a list.
pub(super) fn texts(subject: &Value, name: &str) -> Vec<String> {
    let items = subject.get(name).and_then(Value::as_array);
    let items = items.into_iter().flatten().filter_map(Value::as_str);
    items.map(str::to_owned).collect()
}

/// Parts with a separator between them, which no part holds.
pub(super) fn joined(parts: &[String], separator: &str, instead: &str) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|part| part.replace(separator, instead))
        .collect();
    let between = if separator == ";" { "; " } else { separator };
    parts.join(between)
}

pub(super) fn draft(bytes: &[u8]) -> Result<(Draft, Vec<ListedProject>), ReadError> {
    let (mut reader, rows) = Reader::open(DocumentKind::ProjectList, bytes, COLUMNS)?;
    let mut seen = Seen::default();
    let projects = rows
        .iter()
        .filter_map(|row| read_row(&mut reader, row, &mut seen))
        .collect();
    Ok((reader.out.finish(), projects))
}

fn read_row(reader: &mut Reader, row: &Row, seen: &mut Seen) -> Option<ListedProject> {
    let before = reader.errors();
    reader.row(row);
    let cell = |reader: &Reader, name: &'static str| reader.cell(row, name);

    let id = cell(reader, "id");
    let project = reader.project(&id).unwrap_or_default();
    if !id.is_empty()
        && let Some(line) = seen.before(id.text.to_lowercase(), row.line)
    {
        reader.error(
            "project-repeated",
            &id,
            (
                &format!("is the id of line {line} already"),
                &format!("ya es el id de la línea {line}"),
            ),
        );
    }
    let side_cell = cell(reader, "side");
    let side = SIDES
        .iter()
        .find(|(written, code)| side_cell.text == *written || side_cell.text == *code);
    if side.is_none() && !side_cell.is_empty() {
        reader.error(
            "side-unknown",
            &side_cell,
            (
                "should be US, MX or binational",
                "debería ser US, MX o binational",
            ),
        );
    }
    let sponsors_cell = cell(reader, "sponsor_agencies");
    let sponsors = reader.parts(&sponsors_cell, ";", (SPONSORS_MAX, NAME_CHARS_MAX));
    let type_cell = cell(reader, "type");
    let class = words::class_of(type_cell.text);
    let phase_cell = cell(reader, "phase");
    let phase = reader.code(&phase_cell, PHASES, "phase-unknown");
    let budget = budget(reader, row);
    let dates = [
        "original_planned_completion",
        "current_planned_completion",
        "actual_completion",
    ]
    .map(|name| {
        let cell = cell(reader, name);
        (cell, reader.date(&cell))
    });
    let source_cell = cell(reader, "source");
    let sources = reader.parts(&source_cell, " | ", (SOURCES_MAX, SOURCE_CHARS_MAX));
    let day_cell = cell(reader, "as_of");
    let day = reader.day(&day_cell);
    let (actual_cell, actual) = dates[2];
    reader.is_past(actual, day, &actual_cell);
    if reader.errors() > before {
        return None;
    }

    let note_cell = cell(reader, "note");
    let approximate = words::is_approximate(note_cell.text);
    let record = reader.out.record(RECORD);
    reader.out.compiled(record, &format!("row {}", row.line));
    reader.set(record, "/project", project.as_str(), &id);
    for (member, name) in [("/nameEn", "name_en"), ("/nameEs", "name_es")] {
        let cell = cell(reader, name);
        reader.set(record, member, cell.text, &cell);
    }
    let side = side.map_or("", |(_, code)| *code);
    reader.set(record, "/side", side, &side_cell);
    let port_cell = cell(reader, "port");
    reader.set(record, "/port", port_cell.text, &port_cell);
    if let Some(state) = words::state_of(&project) {
        reader.set(record, "/state", state, &id);
    }
    reader.set(
        record,
        "/projectClass",
        class.unwrap_or("other"),
        &type_cell,
    );
    reader.set(record, "/projectType", type_cell.text, &type_cell);
    let phase = phase.unwrap_or_default();
    reader.set(record, "/phase", phase, &phase_cell);
    if let Some(budget) = &budget {
        let amount = cell(reader, "budget_amount");
        reader.set(record, "/budgetAmount", budget.amount.as_str(), &amount);
        let currency = cell(reader, "budget_currency");
        reader.set(
            record,
            "/budgetCurrency",
            budget.currency.as_str(),
            &currency,
        );
        if let Some(year) = budget.year {
            let cell = cell(reader, "budget_year");
            reader.set(record, "/budgetYear", year, &cell);
        }
    }
    for ((cell, _), member) in
        dates
            .iter()
            .zip(["/originalTarget", "/currentTarget", "/actualCompletion"])
    {
        if !cell.is_empty() {
            reader.set(record, member, cell.text, cell);
        }
    }
    reader.set_each(record, "/sponsors", &sponsors, &sponsors_cell);
    reader.set(record, "/statedOn", day_cell.text, &day_cell);
    if let Some(at) = day.and_then(noon) {
        reader.occurred(record, at, &day_cell);
    }
    reader.set_each(record, "/sources", &sources, &source_cell);
    if approximate {
        reader.set(record, "/approximate", true, &note_cell);
    }
    if !note_cell.is_empty() {
        reader.set(record, "/sourceNote", note_cell.text, &note_cell);
    }
    if class.is_none() {
        reader.tell(
            Severity::Note,
            "type-unclassed",
            &type_cell,
            (
                "names none of the classes and is filed as other",
                "no nombra ninguna de las clases y se registra como otro",
            ),
        );
    }
    let written = |cell: &super::cells::Cell<'_>| (!cell.is_empty()).then(|| cell.text.to_owned());
    Some(ListedProject {
        project,
        name_en: cell(reader, "name_en").text.to_owned(),
        name_es: cell(reader, "name_es").text.to_owned(),
        side: side.to_owned(),
        port: port_cell.text.to_owned(),
        sponsors,
        project_type: type_cell.text.to_owned(),
        phase: phase.to_owned(),
        budget,
        original_target: written(&dates[0].0),
        current_target: written(&dates[1].0),
        actual_completion: written(&dates[2].0),
        sources,
        stated_on: day_cell.text.to_owned(),
        approximate,
        note: written(&note_cell),
    })
}

/// Amount, currency and year, which stand or fall together.
fn budget(reader: &mut Reader, row: &Row) -> Option<Budget> {
    let amount_cell = reader.cell(row, "budget_amount");
    let currency_cell = reader.cell(row, "budget_currency");
    let year_cell = reader.cell(row, "budget_year");
    let amount = reader.amount(&amount_cell);
    let currency = reader.currency(&currency_cell);
    let year = match year_cell.text.parse::<i16>() {
        Ok(year) if (1950..=2200).contains(&year) && year_cell.text.len() == 4 => Some(year),
        _ if year_cell.is_empty() => None,
        _ => {
            reader.error(
                "year-form",
                &year_cell,
                (
                    "should be a year from 1950 to 2200",
                    "debería ser un año de 1950 a 2200",
                ),
            );
            None
        }
    };
    if amount_cell.is_empty() && !(currency_cell.is_empty() && year_cell.is_empty()) {
        reader.error(
            "amount-missing",
            &amount_cell,
            (
                "is empty beside a currency or a year",
                "está vacía junto a una moneda o un año",
            ),
        );
    }
    if currency_cell.is_empty() && !amount_cell.is_empty() {
        reader.error(
            "currency-missing",
            &currency_cell,
            ("is empty beside an amount", "está vacía junto a un monto"),
        );
    }
    Some(Budget {
        amount: amount?,
        currency: currency?.to_owned(),
        year,
    })
}
