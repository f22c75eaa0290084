//! What was stated of projects, a dated statement a row.

use std::collections::HashMap;

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

use super::cells::{Cell, Column, Reader, Seen, noon};
use super::coarse_date::CoarseDate;
use super::list::{joined, texts};
use super::words::{self, CURRENCIES, PHASES};
use crate::ReadError;
use crate::decimal;
use crate::delimited::{Row, Writer};
use crate::draft::{Draft, Fault, Severity};
use crate::kinds::DocumentKind;

const SOURCES_MAX: usize = 20;
const SOURCE_CHARS_MAX: usize = 600;

/// What a statement is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// The promised completion of the whole.
    PlannedCompletion,
    /// When it was completed.
    ActualCompletion,
    /// The promised start of works.
    ConstructionStart,
    /// When works started.
    ConstructionStarted,
    /// An amount.
    Cost,
    /// Physical progress.
    PhysicalProgress,
    /// Financial progress.
    FinancialProgress,
    /// Phase.
    Phase,
}

/// How the value of a fact is read.
enum Form {
    /// A date; its kind in a record.
    Date(&'static str),
    Money,
    /// Percent; its measure in a record.
    Percent(&'static str),
    Phase,
}

impl Fact {
    /// All of them.
    pub const ALL: &[Fact] = &[
        Fact::PlannedCompletion,
        Fact::ActualCompletion,
        Fact::ConstructionStart,
        Fact::ConstructionStarted,
        Fact::Cost,
        Fact::PhysicalProgress,
        Fact::FinancialProgress,
        Fact::Phase,
    ];

    /// As the table writes it.
    pub fn name(self) -> &'static str {
        match self {
            Fact::PlannedCompletion => "planned_completion",
            Fact::ActualCompletion => "actual_completion",
            Fact::ConstructionStart => "construction_start",
            Fact::ConstructionStarted => "construction_started",
            Fact::Cost => "cost",
            Fact::PhysicalProgress => "physical_progress",
            Fact::FinancialProgress => "financial_progress",
            Fact::Phase => "phase",
        }
    }

    fn form(self) -> Form {
        match self {
            Fact::PlannedCompletion => Form::Date("target"),
            Fact::ActualCompletion => Form::Date("actual"),
            Fact::ConstructionStart => Form::Date("start-target"),
            Fact::ConstructionStarted => Form::Date("start-actual"),
            Fact::Cost => Form::Money,
            Fact::PhysicalProgress => Form::Percent("physical"),
            Fact::FinancialProgress => Form::Percent("financial"),
            Fact::Phase => Form::Phase,
        }
    }
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// Of which project.
    pub project: String,
    /// The day on which it was stated, `YYYY-MM-DD`.
    pub stated_on: String,
    /// What about.
    pub fact: Fact,
    /// A date, an amount, a percentage or a phase, as written.
    pub value: String,
    /// The currency of an amount; empty for all else.
    pub currency: String,
    /// Addresses or references.
    pub sources: Vec<String>,
    /// Whether that day is approximate.
    pub approximate: bool,
    /// Note.
    pub note: Option<String>,
}

macro_rules! columns {
    ($($name:literal $required:literal $max:literal $en:literal $es:literal [$($record:literal $member:literal),*])*) => {
        pub(super) const COLUMNS: &[Column] = &[$(Column {
            name: $name, required: $required, chars_max: $max, en: $en, es: $es, goes: &[$(($record, $member)),*],
        }),*];
    };
}

columns! {
    "project_id" true 80 "id of the project" "id del proyecto"
        ["DateStated" "/project", "CostStated" "/project", "ProgressStated" "/project", "PhaseStated" "/project"]
    "stated_on" true 10 "the day on which it was stated" "el día en que se declaró"
        ["DateStated" "/statedOn", "CostStated" "/statedOn", "ProgressStated" "/statedOn", "PhaseStated" "/statedOn",
         "DateStated" "occurred", "CostStated" "occurred", "ProgressStated" "occurred", "PhaseStated" "occurred"]
    "fact" true 40 "what it is about: planned_completion, cost, …" "de qué se trata: planned_completion, cost, …"
        ["DateStated" "/dateKind", "ProgressStated" "/progressMeasure"]
    "value" true 40 "a date, an amount, a percentage or a phase" "una fecha, un monto, un porcentaje o una fase"
        ["DateStated" "/date", "CostStated" "/amount", "ProgressStated" "/percent", "PhaseStated" "/phase"]
    "unit" false 20 "date, USD, MXN, percent, or nothing for a phase" "date, USD, MXN, percent, o nada para una fase"
        ["CostStated" "/currency"]
    "source" true 12000 "addresses or references, parted by a bar between blanks" "direcciones o referencias, separadas por una barra entre espacios"
        ["DateStated" "/sources/*", "CostStated" "/sources/*", "ProgressStated" "/sources/*", "PhaseStated" "/sources/*"]
    "note" false 1000 "note, which may say the kind and scope of an amount, and that the day is approximate" "nota, que puede decir el tipo y alcance de un monto, y que el día es aproximado"
        ["DateStated" "/sourceNote", "CostStated" "/sourceNote", "ProgressStated" "/sourceNote", "PhaseStated" "/sourceNote",
         "DateStated" "/approximate", "CostStated" "/approximate", "ProgressStated" "/approximate", "PhaseStated" "/approximate",
         "CostStated" "/costKind", "CostStated" "/costScope"]
}

/// Reads the statements, with all faults; a row that has an error is told and left out.
///
/// # Errors
/// As [`super::read_statement_list`].
pub fn read_statements(bytes: &[u8]) -> Result<(Vec<Statement>, Vec<Fault>), ReadError> {
    let (draft, statements) = draft(bytes)?;
    Ok((statements, draft.faults))
}

/// Writes the statements, safe to open in a spreadsheet.
pub fn write_statements(statements: &[Statement]) -> String {
    let mut out = Writer::new(',');
    out.row(COLUMNS.iter().map(|column| column.name));
    for statement in statements {
        let unit = match statement.fact.form() {
            Form::Date(_) => "date",
            Form::Money => &statement.currency,
            Form::Percent(_) => "percent",
            Form::Phase => "",
        };
        let note = match (&statement.note, statement.approximate) {
            (Some(note), true) if !words::is_approximate(note) => {
                format!("{note}; date approximate")
            }
            (None, true) => "date approximate".to_owned(),
            (note, _) => note.clone().unwrap_or_default(),
        };
        out.row([
            statement.project.as_str(),
            &statement.stated_on,
            statement.fact.name(),
            &statement.value,
            unit,
            &joined(&statement.sources, " | ", " / "),
            &note,
        ]);
    }
    out.finish()
}

impl Statement {
    /// From a record's type and subject; `None` where the table has no fact for it: another type, a date or progress of one
    /// milestone, a date that is withdrawn, progress as planned.
    pub fn of_record(record_type: &str, subject: &Value) -> Option<Statement> {
        let text = |name: &str| subject.get(name).and_then(Value::as_str);
        if subject.get("milestone").is_some() || subject.get("planned") == Some(&Value::Bool(true))
        {
            return None;
        }
        let of = |kind: &str| {
            Fact::ALL.iter().copied().find(|fact| match fact.form() {
                Form::Date(known) | Form::Percent(known) => known == kind,
                Form::Money | Form::Phase => false,
            })
        };
        let (fact, value) = match record_type {
            "DateStated" => (of(text("dateKind")?)?, text("date")?.to_owned()),
            "CostStated" => (Fact::Cost, text("amount")?.to_owned()),
            "ProgressStated" => (
                of(text("progressMeasure")?)?,
                subject.get("percent")?.to_string(),
            ),
            "PhaseStated" => (Fact::Phase, text("phase")?.to_owned()),
            _ => return None,
        };
        let mut note: Vec<String> = text("sourceNote").map(str::to_owned).into_iter().collect();
        // The table says kind and scope of an amount in its note and nowhere else.
        for (code, said) in [
            (
                text("costKind"),
                text("sourceNote").and_then(words::cost_kind_of),
            ),
            (
                text("costScope"),
                text("sourceNote").and_then(words::cost_scope_of),
            ),
        ] {
            if let Some(code) = code.filter(|code| said != Some(code)) {
                note.extend(words::clause_of(code).map(str::to_owned));
            }
        }
        Some(Statement {
            project: text("project")?.to_owned(),
            stated_on: text("statedOn")?.to_owned(),
            fact,
            value,
            currency: text("currency").unwrap_or("").to_owned(),
            sources: texts(subject, "sources"),
            approximate: subject.get("approximate") == Some(&Value::Bool(true)),
            note: (!note.is_empty()).then(|| note.join("; ")),
        })
    }
}

pub(super) fn draft(bytes: &[u8]) -> Result<(Draft, Vec<Statement>), ReadError> {
    let (mut reader, rows) = Reader::open(DocumentKind::ProjectStatements, bytes, COLUMNS)?;
    let mut seen = Seen::default();
    let mut read: Vec<(Statement, &Row)> = Vec::new();
    for row in &rows {
        read.extend(read_row(&mut reader, row, &mut seen).map(|statement| (statement, row)));
    }
    late_targets(&mut reader, &read);
    let statements = read.into_iter().map(|(statement, _)| statement).collect();
    Ok((reader.out.finish(), statements))
}

/// Tells of promises that are stated after the project's completion.
fn late_targets(reader: &mut Reader, read: &[(Statement, &Row)]) {
    let mut completed: HashMap<&str, CoarseDate> = HashMap::new();
    for (statement, _) in read {
        if statement.fact == Fact::ActualCompletion
            && let Ok(date) = statement.value.parse()
        {
            completed.insert(&statement.project, date);
        }
    }
    for (statement, row) in read {
        let promises = matches!(
            statement.fact,
            Fact::PlannedCompletion | Fact::ConstructionStart
        );
        let stated = statement.stated_on.parse::<Date>();
        if let (true, Some(done), Ok(stated)) =
            (promises, completed.get(statement.project.as_str()), stated)
            && stated > done.last()
        {
            let cell = reader.cell(row, "stated_on");
            reader.tell(
                Severity::Warning,
                "promise-after-completion",
                &cell,
                (
                    &format!("lies after {}, when the project was completed", done.last()),
                    &format!(
                        "es posterior a {}, cuando se terminó el proyecto",
                        done.last()
                    ),
                ),
            );
        }
    }
}

fn read_row(reader: &mut Reader, row: &Row, seen: &mut Seen) -> Option<Statement> {
    let before = reader.errors();
    reader.row(row);
    let project_cell = reader.cell(row, "project_id");
    let project = reader.project(&project_cell);
    let day_cell = reader.cell(row, "stated_on");
    let day = reader.day(&day_cell);
    let fact_cell = reader.cell(row, "fact");
    let value_cell = reader.cell(row, "value");
    let unit_cell = reader.cell(row, "unit");
    let source_cell = reader.cell(row, "source");
    let sources = reader.parts(&source_cell, " | ", (SOURCES_MAX, SOURCE_CHARS_MAX));
    let note_cell = reader.cell(row, "note");
    let fact = Fact::ALL
        .iter()
        .copied()
        .find(|fact| fact.name() == fact_cell.text);
    if fact.is_none() && !fact_cell.is_empty() {
        let all: Vec<&str> = Fact::ALL.iter().map(|fact| fact.name()).collect();
        let all = all.join(", ");
        reader.error(
            "fact-unknown",
            &fact_cell,
            (
                &format!("should be one of {all}"),
                &format!("debería ser uno de {all}"),
            ),
        );
    }
    let value = fact.map(|fact| value(reader, fact, &value_cell, &unit_cell));
    if let (Some(Fact::ActualCompletion | Fact::ConstructionStarted), Ok(date)) =
        (fact, value_cell.text.parse())
    {
        reader.is_past(Some(date), day, &value_cell);
    }
    let key = [project_cell, day_cell, fact_cell, value_cell].map(|cell| cell.text.to_lowercase());
    if key.iter().all(|part| !part.is_empty())
        && let Some(line) = seen.before(key.join("\n"), row.line)
    {
        reader.error(
            "statement-repeated",
            &value_cell,
            (
                &format!("is stated by line {line} already, of the same project, day and fact"),
                &format!("ya se declara en la línea {line}, del mismo proyecto, día y hecho"),
            ),
        );
    }
    if reader.errors() > before {
        return None;
    }
    let (project, day, fact) = (project?, day?, fact?);
    let value = value??;

    let (record_type, pointer) = match fact.form() {
        Form::Date(_) => ("DateStated", "/date"),
        Form::Money => ("CostStated", "/amount"),
        Form::Percent(_) => ("ProgressStated", "/percent"),
        Form::Phase => ("PhaseStated", "/phase"),
    };
    let record = reader.out.record(record_type);
    reader.out.compiled(record, &format!("row {}", row.line));
    reader.set(record, "/project", project.as_str(), &project_cell);
    match fact.form() {
        Form::Date(kind) => reader.set(record, "/dateKind", kind, &fact_cell),
        Form::Percent(measure) => reader.set(record, "/progressMeasure", measure, &fact_cell),
        Form::Money | Form::Phase => {}
    }
    reader.set(record, pointer, value, &value_cell);
    if fact == Fact::Cost {
        reader.set(record, "/currency", unit_cell.text, &unit_cell);
        match words::cost_kind_of(note_cell.text) {
            Some(kind) => reader.set(record, "/costKind", kind, &note_cell),
            None => reader.set(record, "/costKind", "not-stated", &note_cell),
        }
        if let Some(scope) = words::cost_scope_of(note_cell.text) {
            reader.set(record, "/costScope", scope, &note_cell);
        }
    }
    reader.set(record, "/statedOn", day_cell.text, &day_cell);
    if let Some(at) = noon(day) {
        reader.occurred(record, at, &day_cell);
    }
    reader.set_each(record, "/sources", &sources, &source_cell);
    let approximate = words::is_approximate(note_cell.text);
    if approximate {
        reader.set(record, "/approximate", true, &note_cell);
    }
    if !note_cell.is_empty() {
        reader.set(record, "/sourceNote", note_cell.text, &note_cell);
    }
    Some(Statement {
        project,
        stated_on: day_cell.text.to_owned(),
        fact,
        value: value_cell.text.to_owned(),
        currency: match fact {
            Fact::Cost => unit_cell.text.to_owned(),
            _ => String::new(),
        },
        sources,
        approximate,
        note: (!note_cell.is_empty()).then(|| note_cell.text.to_owned()),
    })
}

/// The value of a fact, in the unit that fits it.
fn value(reader: &mut Reader, fact: Fact, value: &Cell<'_>, unit: &Cell<'_>) -> Option<Value> {
    let name = fact.name();
    let fits = match fact.form() {
        Form::Date(_) => unit.text == "date",
        Form::Percent(_) => unit.text == "percent",
        Form::Phase => unit.is_empty(),
        Form::Money => !matches!(unit.text, "date" | "percent" | ""),
    };
    if !fits {
        let wanted = match fact.form() {
            Form::Date(_) => "date".to_owned(),
            Form::Percent(_) => "percent".to_owned(),
            Form::Phase => "\"\"".to_owned(),
            Form::Money => CURRENCIES.join(" / "),
        };
        reader.error(
            "unit-unfit",
            unit,
            (
                &format!("does not fit {name}, whose unit is {wanted}"),
                &format!("no corresponde a {name}, cuya unidad es {wanted}"),
            ),
        );
    }
    match fact.form() {
        Form::Date(_) => reader.date(value).map(|_| Value::from(value.text)),
        Form::Percent(_) => percent(reader, value),
        Form::Phase => reader.code(value, PHASES, "phase-unknown").map(Value::from),
        Form::Money => {
            if fits {
                reader.currency(unit);
            }
            reader.amount(value).map(Value::from)
        }
    }
}

fn percent(reader: &mut Reader, cell: &Cell<'_>) -> Option<Value> {
    if cell.is_empty() {
        return None;
    }
    let digits = cell.text.strip_prefix('-').unwrap_or(cell.text);
    match decimal::parse(digits) {
        Some(value) if value <= 100 * decimal::ONE && digits == cell.text => {
            Some(decimal::json(value))
        }
        Some(_) => {
            reader.error(
                "percent-out-of-range",
                cell,
                ("should be from 0 to 100", "debería ser de 0 a 100"),
            );
            None
        }
        None => {
            reader.error(
                "percent-form",
                cell,
                (
                    "should be a plain number from 0 to 100, without a sign of percent",
                    "debería ser un número simple de 0 a 100, sin signo de porcentaje",
                ),
            );
            None
        }
    }
}
