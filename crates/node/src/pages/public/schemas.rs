//! What the columns of the published tables are: one list, by which the tables are written and described (CSV on the Web, W3C, 2015).

use garita_exchange::problem::Refusal;
use serde_json::{Value, json};

use super::visit::{Answer, Visit, day_of};
use crate::pages::ask::host_of;

/// Address of the description.
pub(super) const METADATA: &str = "/csv-metadata.json";
/// The licence of what is ours.
pub(super) const LICENCE: &str = "https://creativecommons.org/licenses/by/4.0/";

/// A column: name, datatype of CSV on the Web, English, Spanish.
type Column = (&'static str, &'static str, &'static str, &'static str);

/// A table.
pub(super) struct Table {
    /// Its address, from the root.
    pub(super) url: &'static str,
    /// What a row is, English and Spanish.
    row: [&'static str; 2],
    /// Its columns, in order.
    columns: &'static [Column],
    /// By what a row is known; empty: by nothing.
    key: &'static [&'static str],
}

impl Table {
    /// Names of its columns: the first row.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|(name, ..)| *name)
    }

    fn told(&self) -> Value {
        let columns: Vec<Value> = self
            .columns
            .iter()
            .map(|(name, datatype, en, es)| {
                json!({
                    "name": name,
                    "titles": name,
                    "datatype": datatype,
                    "dc:description": [
                        { "@value": en, "@language": "en" },
                        { "@value": es, "@language": "es" },
                    ],
                })
            })
            .collect();
        let mut schema = json!({ "columns": columns });
        if !self.key.is_empty()
            && let Some(members) = schema.as_object_mut()
        {
            members.insert("primaryKey".to_owned(), json!(self.key));
        }
        let [en, es] = self.row;
        json!({
            "url": self.url.trim_start_matches('/'),
            "dc:title": [
                { "@value": en, "@language": "en" },
                { "@value": es, "@language": "es" },
            ],
            "tableSchema": schema,
        })
    }
}

/// `GET /csv-metadata.json`.
pub(super) fn page(visit: &Visit) -> Result<Answer, Refusal> {
    let publisher = visit.register.publisher.as_ref();
    let publisher = publisher.map_or("", |p| visit.ask.network.name_of(&p.party));
    let tables = [
        &PROJECTS,
        &STATEMENTS,
        &CHANGES,
        &QUESTIONS,
        &PORTFOLIO,
        &MONTHS,
    ];
    let tables: Vec<Value> = tables.into_iter().map(Table::told).collect();
    let made = json!({
        "@context": ["http://www.w3.org/ns/csvw", { "@language": "en" }],
        "dc:title": format!("Border projects, {}", host_of(&visit.origin())),
        "dc:publisher": publisher,
        "dc:license": { "@id": LICENCE },
        "dc:modified": {
            "@value": day_of(visit.register.newest_ms).unwrap_or_default().to_string(),
            "@type": "xsd:date",
        },
        "dialect": { "header": true, "encoding": "utf-8" },
        "tables": tables,
    });
    let mut text = serde_json::to_string_pretty(&made).unwrap_or_default();
    text.push('\n');
    Ok(Answer::File("application/csvm+json", text))
}

const TEXT: &str = "string";
const DAY: &str = "date";
const TIME: &str = "dateTime";
const WHOLE: &str = "integer";
const NUMBER: &str = "number";

/// `/projects.csv`.
pub(super) const PROJECTS: Table = Table {
    url: "/projects.csv",
    row: [
        "a project, as it stands now",
        "un proyecto, como está ahora",
    ],
    key: &["id"],
    columns: &[
        ("id", TEXT, "the project's id", "identificador del proyecto"),
        ("name_en", TEXT, "name in English", "nombre en inglés"),
        ("name_es", TEXT, "name in Spanish", "nombre en español"),
        ("side", TEXT, "us, mx or binational", "us, mx o binational"),
        ("state", TEXT, "code of the state", "código del estado"),
        (
            "port",
            TEXT,
            "port of entry or place",
            "puerto fronterizo o lugar",
        ),
        (
            "class",
            TEXT,
            "class by which comparable projects are found",
            "clase por la que se hallan proyectos comparables",
        ),
        (
            "type",
            TEXT,
            "what is built, in the source's words",
            "qué se construye, en palabras de la fuente",
        ),
        (
            "phase",
            TEXT,
            "phase, codes of OC4IDS projectStatus",
            "fase, códigos projectStatus de OC4IDS",
        ),
        (
            "sponsors",
            TEXT,
            "who is responsible, parted by semicolons",
            "responsables, separados por punto y coma",
        ),
        (
            "first_promise",
            TEXT,
            "the date first promised, as coarse as it was said: 2028, 2026-03, 2027-Q4",
            "primera fecha prometida, tan gruesa como se dijo: 2028, 2026-03, 2027-Q4",
        ),
        (
            "first_promise_stated_on",
            DAY,
            "the day on which that was said; empty: not on record",
            "día en que se dijo; vacío: no consta",
        ),
        (
            "current_promise",
            TEXT,
            "the date promised now",
            "fecha prometida hoy",
        ),
        ("actual", TEXT, "when it was completed", "cuándo se terminó"),
        (
            "slip_days",
            WHOLE,
            "days between the last days of both, 8.1 of the method",
            "días entre los últimos días de ambas, 8.1 del método",
        ),
        (
            "slip_days_least",
            WHOLE,
            "the fewest that it may be",
            "lo menos que puede ser",
        ),
        (
            "slip_days_most",
            WHOLE,
            "the most that it may be",
            "lo más que puede ser",
        ),
        (
            "overdue_days",
            WHOLE,
            "days past the promised date",
            "días después de la fecha prometida",
        ),
        (
            "changes",
            WHOLE,
            "how often the date changed",
            "cuántas veces cambió la fecha",
        ),
        (
            "last_word",
            DAY,
            "the day of the newest statement",
            "día de la declaración más reciente",
        ),
        (
            "statements",
            WHOLE,
            "statements on record",
            "declaraciones en el registro",
        ),
    ],
};

/// `/statements.csv`.
pub(super) const STATEMENTS: Table = Table {
    url: "/statements.csv",
    row: ["a dated statement", "una declaración fechada"],
    key: &["record"],
    columns: &[
        ("project_id", TEXT, "the project", "el proyecto"),
        (
            "stated_on",
            DAY,
            "the day on which it was said",
            "día en que se dijo",
        ),
        (
            "approximate",
            TEXT,
            "yes: that day is not sure",
            "yes: ese día no es seguro",
        ),
        (
            "milestone",
            TEXT,
            "the milestone; completion: the whole",
            "el hito; completion: el conjunto",
        ),
        (
            "fact",
            TEXT,
            "planned, actual, no_date, cost, progress, progress_planned or phase",
            "planned, actual, no_date, cost, progress, progress_planned o phase",
        ),
        ("value", TEXT, "what is said", "lo que se dice"),
        (
            "unit",
            TEXT,
            "date, percent or a currency",
            "date, percent o una moneda",
        ),
        (
            "kind",
            TEXT,
            "kind of a cost, measure of a progress",
            "tipo de costo, medida de avance",
        ),
        ("scope", TEXT, "what a cost covers", "qué abarca un costo"),
        ("reason", TEXT, "why it changed", "por qué cambió"),
        (
            "source",
            TEXT,
            "where it is said, parted by bars",
            "dónde se dice, separado por barras",
        ),
        ("stated_by", TEXT, "who says it there", "quién lo dice allí"),
        ("record", TEXT, "the signed record", "el registro firmado"),
    ],
};

/// `/changes.csv`, and the members of `/changes.json` in its own spelling.
pub(super) const CHANGES: Table = Table {
    url: "/changes.csv",
    row: [
        "a change, in the order of its number",
        "un cambio, en el orden de su número",
    ],
    key: &["number"],
    columns: &[
        (
            "number",
            TEXT,
            "its number, which only grows",
            "su número, que solo crece",
        ),
        (
            "recorded_at",
            TIME,
            "when its home logged it, UTC",
            "cuándo lo registró su nodo, UTC",
        ),
        (
            "stated_on",
            DAY,
            "the day on which it was said",
            "día en que se dijo",
        ),
        (
            "kind",
            TEXT,
            "what it is of, finely",
            "de qué es, con detalle",
        ),
        (
            "topic",
            TEXT,
            "dates, costs, progress, questions or other",
            "dates, costs, progress, questions u other",
        ),
        (
            "project",
            TEXT,
            "the project; empty for a plan",
            "el proyecto; vacío para un plan",
        ),
        (
            "plan",
            TEXT,
            "the plan; else empty",
            "el plan; si no, vacío",
        ),
        (
            "question",
            TEXT,
            "the question's number; else empty",
            "número de la pregunta; si no, vacío",
        ),
        (
            "milestone",
            TEXT,
            "the milestone; else empty",
            "el hito; si no, vacío",
        ),
        (
            "measure",
            TEXT,
            "kind of a cost, measure of a progress",
            "tipo de costo, medida de avance",
        ),
        ("old", TEXT, "what was said before", "lo que se decía antes"),
        (
            "new",
            TEXT,
            "what is said now; empty: taken back",
            "lo que se dice ahora; vacío: se retiró",
        ),
        (
            "moved_days",
            WHOLE,
            "days by which a promised date moved",
            "días que se movió una fecha prometida",
        ),
        ("reason", TEXT, "why it changed", "por qué cambió"),
        (
            "stated_by",
            TEXT,
            "who says it at the source",
            "quién lo dice en la fuente",
        ),
        ("issuer", TEXT, "DID of who signed", "DID de quien firmó"),
        (
            "sources",
            TEXT,
            "where it is said, parted by bars",
            "dónde se dice, separado por barras",
        ),
        ("record", TEXT, "the signed record", "el registro firmado"),
        (
            "supersedes",
            TEXT,
            "the record that it takes the place of",
            "el registro al que sustituye",
        ),
        (
            "taken_back",
            TEXT,
            "yes: it says nothing of its own",
            "yes: no dice nada propio",
        ),
    ],
};

/// `/questions.csv`.
pub(super) const QUESTIONS: Table = Table {
    url: "/questions.csv",
    row: ["a question with its clock", "una pregunta con su plazo"],
    key: &["question"],
    columns: &[
        ("question", TEXT, "its number", "su número"),
        ("project", TEXT, "the project", "el proyecto"),
        ("asked_on", DAY, "when it was asked", "cuándo se preguntó"),
        ("asked_of", TEXT, "who must answer", "quién debe responder"),
        (
            "calendar",
            TEXT,
            "whose working days count",
            "de quién son los días hábiles",
        ),
        ("cause", TEXT, "why it is asked", "por qué se pregunta"),
        ("asker", TEXT, "kind of who asks", "tipo de quien pregunta"),
        ("due_on", DAY, "the last day in time", "último día a tiempo"),
        (
            "answered_on",
            DAY,
            "the day of the answer",
            "día de la respuesta",
        ),
        (
            "state",
            TEXT,
            "unanswered, overdue, answered or settled",
            "unanswered, overdue, answered o settled",
        ),
        ("answers", WHOLE, "how many answers", "cuántas respuestas"),
        ("text", TEXT, "the question", "la pregunta"),
    ],
};

/// `/portfolio.csv`.
pub(super) const PORTFOLIO: Table = Table {
    url: "/portfolio.csv",
    row: [
        "a group of projects, and a currency",
        "un grupo de proyectos y una moneda",
    ],
    key: &[],
    columns: &[
        (
            "by",
            TEXT,
            "port, state, sponsor or phase",
            "port, state, sponsor o phase",
        ),
        (
            "group",
            TEXT,
            "which one; empty: not stated",
            "cuál; vacío: no se dice",
        ),
        ("projects", WHOLE, "how many", "cuántos"),
        (
            "with_slip",
            WHOLE,
            "how many with a slip",
            "cuántos con corrimiento",
        ),
        (
            "median_slip_days",
            NUMBER,
            "median of these",
            "mediana de estos",
        ),
        ("red", WHOLE, "how many are red", "cuántos en rojo"),
        (
            "red_amount",
            NUMBER,
            "money last stated for these",
            "dinero dicho por último de estos",
        ),
        ("currency", TEXT, "ISO 4217", "ISO 4217"),
    ],
};

/// `/wait-times/months.csv`.
pub(super) const MONTHS: Table = Table {
    url: "/wait-times/months.csv",
    row: ["a month of a port", "un mes de un puerto"],
    key: &[],
    columns: &[
        ("place", TEXT, "code of the port", "código del puerto"),
        ("name", TEXT, "its name", "su nombre"),
        ("indicator", TEXT, "what is counted", "qué se cuenta"),
        ("month", "gYearMonth", "the month", "el mes"),
        ("value", NUMBER, "how many", "cuántos"),
        ("unit", TEXT, "in what", "en qué"),
        ("said_by", TEXT, "who counted", "quién contó"),
        ("source", TEXT, "where it is said", "dónde se dice"),
        ("record", TEXT, "the signed record", "el registro firmado"),
    ],
};
