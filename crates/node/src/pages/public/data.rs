//! Open data: the same things as files, each with its address; what there is and how to enter more.

use std::fmt::Write as _;

use garita_exchange::problem::Refusal;
use garita_profile::promises::statement::Said;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::project::{nearest, of};
use super::projects::found;
use super::schemas;
use super::visit::{Answer, Visit, day_of};
use crate::console::public::{
    DataFile, DataRoute, DataVersion, OpenDataPage, PublicPlace, render_open_data,
};
use crate::console::{Fact, Link, Rich, paths};
use crate::csv;
use crate::pages::ask::held;
use crate::site::judge::{Judged, seen};
use crate::site::register::{Source, Subject, newest};

/// The standard of project data.
const OC4IDS: &str = "https://standard.open-contracting.org/infrastructure/0.9.5/en/";
/// Versions on the page; all are behind the two clocks.
const VERSIONS: usize = 5;
const CSV: &str = "text/csv; charset=utf-8";
const JSON: &str = "application/json";

/// `GET /open-data`.
pub(super) fn page(visit: &Visit) -> Result<Answer, Refusal> {
    let updated = day_of(visit.register.newest_ms);
    let file = |name: &str, href: &str, what: &str, format: &str| DataFile {
        link: Link::new(name, href),
        what: what.to_owned(),
        format: format.to_owned(),
        updated,
        schema: match format {
            "CSV" => Link::new("CSVW", schemas::METADATA),
            "JSON (OC4IDS 0.9.5)" => Link::new("OC4IDS", OC4IDS),
            _ => Link::default(),
        },
        ..DataFile::default()
    };
    let things = visit.overview.all.len();
    let said: usize = visit.overview.all.values().map(|j| j.statements).sum();
    let made = OpenDataPage {
        lede: match visit.lang() {
            crate::console::Lang::Es => format!("{things} proyectos y {said} declaraciones fechadas, con su fuente. Todo lo que muestran estas páginas puede descargarse y calcularse de nuevo."),
            crate::console::Lang::En => format!("{things} projects and {said} dated statements, each with its source. Everything that these pages show can be downloaded and computed again."),
        },
        files: vec![
            file("projects.csv", "/projects.csv", visit.w("one row a project: what it is, first and current date, slip", "una fila por proyecto: qué es, primera fecha y vigente, corrimiento"), "CSV"),
            file("projects.json", "/projects.json", visit.w("the same, with every milestone and statement", "lo mismo, con cada hito y declaración"), "JSON (OC4IDS 0.9.5)"),
            file("statements.csv", "/statements.csv", visit.w("one row a statement, with its day and source", "una fila por declaración, con su día y su fuente"), "CSV"),
            file("statements.json", "/statements.json", visit.w("the same", "lo mismo"), "JSON"),
            file("priorities.csv", "/priorities.csv", visit.w("figures of ports with weights, scores and ranks", "cifras de puertos con ponderaciones, puntajes y lugares"), "CSV"),
            file("changes.json", "/changes.json", visit.w("every change by its number, to go on from where one stopped", "cada cambio con su número, para seguir donde uno se quedó"), "JSON"),
            file("changes.csv", "/changes.csv", visit.w("the same", "lo mismo"), "CSV"),
            file("questions.csv", "/questions.csv", visit.w("questions with their clocks and answers", "preguntas con sus plazos y respuestas"), "CSV"),
            file("portfolio.csv", "/portfolio.csv", visit.w("projects added up by port, state, sponsor or phase (?by=)", "proyectos sumados por puerto, estado, responsable o fase (?by=)"), "CSV"),
            file("projects.atom", "/projects.atom", visit.w("changes, newest first", "cambios, lo más reciente primero"), "Atom"),
            file("projects.ics", "/projects.ics", visit.w("promised days as a calendar", "fechas prometidas como calendario"), "iCalendar"),
        ],
        licence: Rich::text(visit.w(
            "Our own compilation and figures: Creative Commons Attribution 4.0 (CC BY 4.0). Sources stay their owners'; each statement names its address.",
            "Nuestra compilación y cifras: Creative Commons Atribución 4.0 (CC BY 4.0). Las fuentes son de sus dueños; cada declaración nombra su dirección.",
        )),
        feeds: vec![
            Link::new(visit.w("Atom, all projects", "Atom, todos los proyectos"), "/projects.atom"),
            Link::new(visit.w("iCalendar, all projects", "iCalendar, todos los proyectos"), "/projects.ics"),
        ],
        routes: vec![
            DataRoute {
                route: "GET /projects/{id}/project.json".to_owned(),
                what: visit.w("one project, OC4IDS", "un proyecto, OC4IDS").to_owned(),
            },
            DataRoute {
                route: "GET /projects/{id}/statements.csv".to_owned(),
                what: visit.w("its statements", "sus declaraciones").to_owned(),
            },
            DataRoute {
                route: "GET /projects/{id}/slip.svg".to_owned(),
                what: visit.w("its slip chart, for other pages", "su gráfica de corrimiento, para otras páginas").to_owned(),
            },
            DataRoute {
                route: "GET /changes.json?after={number}&limit=&project=&plan=&port=&topic=".to_owned(),
                what: visit.w("changes after that number, oldest first; `last` is where to go on", "los cambios posteriores a ese número, del más antiguo al más nuevo; `last` es dónde seguir").to_owned(),
            },
            DataRoute {
                route: "GET /projects/{id}/versions".to_owned(),
                what: visit.w("every version of its page, each with an address of its own", "cada versión de su página, con dirección propia").to_owned(),
            },
            DataRoute {
                route: "GET /projects/{id}/card.png".to_owned(),
                what: visit.w("a picture of 1200 by 630 for those who share it", "una imagen de 1200 por 630 para quien lo comparte").to_owned(),
            },
            DataRoute {
                route: "POST /follow".to_owned(),
                what: visit.w("be told by mail or by signed requests", "recibir avisos por correo o por peticiones firmadas").to_owned(),
            },
            DataRoute {
                route: "?stated_by=2025-01-01&recorded_by=2026-06-30".to_owned(),
                what: visit.w("any of these as stated by a day, as recorded by a day", "cualquiera de estos según lo dicho a una fecha, según lo registrado a una fecha").to_owned(),
            },
            DataRoute {
                route: "garita scorecard import FILE…".to_owned(),
                what: visit.w("enters projects and statements from CSV or OC4IDS", "carga proyectos y declaraciones desde CSV u OC4IDS").to_owned(),
            },
        ],
        provenance: provenance(visit),
        versions: versions(visit),
        all_versions: Some(Link::new(
            visit.w("Every change", "Cada cambio"),
            paths::CHANGES,
        )),
        interface: vec![
            Link::new("OpenAPI", "/openapi.json"),
            Link::new(visit.w("The interface for people", "La interfaz para personas"), paths::INTERFACES),
        ],
    };
    let frame = visit.frame(PublicPlace::OpenData);
    Ok(Answer::Page(render_open_data(
        &frame,
        &visit.head(Vec::new()),
        &made,
    )))
}

/// Who publishes, of how many records, under which keys.
fn provenance(visit: &Visit) -> Vec<Fact> {
    let publisher = visit.register.publisher.as_ref();
    let publisher = publisher.map_or("", |p| p.party.as_str());
    let fact = |en: &str, es: &str, value: String, sub: String| Fact {
        label: visit.w(en, es).to_owned(),
        value: Rich::text(value),
        sub: Rich::text(sub),
        ..Fact::default()
    };
    let records = crate::console::grouped(visit.register.records);
    vec![
        fact(
            "Published by",
            "Publica",
            visit.ask.network.name_of(publisher).to_owned(),
            publisher.to_owned(),
        ),
        fact(
            "Made of",
            "Hecho de",
            match visit.lang() {
                crate::console::Lang::En => format!("{records} signed records"),
                crate::console::Lang::Es => format!("{records} registros firmados"),
            },
            visit
                .w(
                    "each with its source, its signature and the stamp of its home",
                    "cada uno con su fuente, su firma y el sello de su nodo",
                )
                .to_owned(),
        ),
        fact(
            "Keys",
            "Claves",
            format!("{}/.well-known/did.json", visit.origin()),
            String::new(),
        ),
    ]
}

/// The last days on which something was recorded. The digest is SHA-256 over the `record` column of `/changes.csv` up to that day, a line
/// each: who has the file works it out again.
fn versions(visit: &Visit) -> Vec<DataVersion> {
    let all: Vec<_> = visit
        .register
        .whole()
        .map(|c| (day_of(c.recorded_ms).unwrap_or_default(), c))
        .collect();
    let mut days: Vec<jiff::civil::Date> = all.iter().map(|(day, _)| *day).collect();
    days.sort_unstable();
    days.dedup();
    let newest = days.into_iter().rev().take(VERSIONS);
    newest
        .map(|on| {
            let (mut hasher, mut count, mut new) = (Sha256::new(), 0_u64, 0_u64);
            for (day, change) in all.iter().filter(|(day, _)| *day <= on) {
                hasher.update(change.record.as_bytes());
                hasher.update(b"\n");
                count += 1;
                new += u64::from(*day == on);
            }
            let digest = hasher.finalize();
            let digest: String = digest.iter().map(|b| format!("{b:02x}")).collect();
            let address = crate::console::Address::new("/projects.json").with("recorded_by", on);
            let (new, count) = (crate::console::grouped(new), crate::console::grouped(count));
            DataVersion {
                link: Link::new(on.to_string(), address.to_string()),
                at: on,
                what: match visit.lang() {
                    crate::console::Lang::En => format!("{new} changes, {count} in all"),
                    crate::console::Lang::Es => format!("{new} cambios, {count} en total"),
                },
                digest,
            }
        })
        .collect()
}

/// `GET /projects.csv`: the rows that the address asks for.
pub(super) fn projects_csv(visit: &Visit) -> Result<Answer, Refusal> {
    let mut out = csv::row(schemas::PROJECTS.names());
    for judged in found(visit) {
        out.push_str(&csv::row(line(&judged)));
    }
    Ok(Answer::File(CSV, out))
}

fn line(judged: &Judged) -> Vec<String> {
    let d = judged.described.clone().unwrap_or_default();
    let [en, es] = d.names;
    let dates = &judged.dates;
    let text = |said: &Option<crate::site::judge::SaidDate>| {
        said.as_ref().map_or_else(String::new, |s| s.text.clone())
    };
    let number = |n: Option<i64>| n.map_or_else(String::new, |n| n.to_string());
    let stated = dates.baseline.as_ref().and_then(|b| b.stated_on);
    vec![
        judged.id.clone(),
        en,
        es,
        d.side,
        d.state,
        d.place,
        d.class,
        d.kind,
        judged.phase.clone(),
        d.sponsors.join("; "),
        text(&dates.baseline),
        stated.map_or_else(String::new, |d| d.to_string()),
        text(&dates.current),
        text(&dates.actual),
        number(dates.slip.map(|(days, _)| days)),
        number(dates.slip.map(|(_, (least, _))| least)),
        number(dates.slip.map(|(_, (_, most))| most)),
        dates.overdue.to_string(),
        dates.changes.to_string(),
        judged.last_word.map_or_else(String::new, |d| d.to_string()),
        judged.statements.to_string(),
    ]
}

/// `GET /statements.csv`.
pub(super) fn statements_csv(visit: &Visit) -> Result<Answer, Refusal> {
    let mut out = csv::row(schemas::STATEMENTS.names());
    for judged in visit.overview.all.values() {
        if let Some(subject) = visit.register.subjects.get(&judged.id) {
            statements(visit, subject, &mut |told| {
                out.push_str(&csv::row(told.cells()))
            });
        }
    }
    Ok(Answer::File(CSV, out))
}

/// `GET /statements.json`.
pub(super) fn statements_json(visit: &Visit) -> Result<Answer, Refusal> {
    let mut all = Vec::new();
    for judged in visit.overview.all.values() {
        if let Some(subject) = visit.register.subjects.get(&judged.id) {
            statements(visit, subject, &mut |told| all.push(told.json()));
        }
    }
    file(&Value::Array(all))
}

/// `GET /projects/{id}/statements.csv`.
pub(super) fn project_csv(visit: &Visit, id: &str) -> Result<Answer, Refusal> {
    let Some((subject, _)) = of(visit, id) else {
        return Ok(Answer::Absent(nearest(visit, id)));
    };
    let mut out = csv::row(schemas::STATEMENTS.names());
    statements(visit, subject, &mut |told| {
        out.push_str(&csv::row(told.cells()))
    });
    Ok(Answer::File(CSV, out))
}

/// A statement as a row.
struct Row<'s> {
    subject: &'s Subject,
    source: &'s Source,
    id: &'s str,
    milestone: &'s str,
    fact: &'static str,
    value: String,
    unit: String,
    kind: String,
    scope: String,
    reason: String,
}

impl Row<'_> {
    fn cells(&self) -> [String; 13] {
        [
            self.subject.id.clone(),
            self.source.stated_on.to_string(),
            if self.source.approximate { "yes" } else { "" }.to_owned(),
            self.milestone.to_owned(),
            self.fact.to_owned(),
            self.value.clone(),
            self.unit.clone(),
            self.kind.clone(),
            self.scope.clone(),
            self.reason.clone(),
            self.source.addresses.join(" | "),
            self.source.said_by.clone(),
            self.id.to_owned(),
        ]
    }

    fn json(&self) -> Value {
        let cells = self.cells();
        let members = schemas::STATEMENTS
            .names()
            .zip(cells)
            .filter(|(_, cell)| !cell.is_empty());
        Value::Object(
            members
                .map(|(name, cell)| ((*name).to_owned(), Value::String(cell)))
                .collect(),
        )
    }
}

/// Every statement of a thing that counts as of then.
fn statements(visit: &Visit, subject: &Subject, each: &mut dyn FnMut(&Row<'_>)) {
    let as_of = &visit.as_of;
    let described = newest(&subject.described, as_of.stated_by, as_of.recorded_by_ms);
    for statement in seen(subject, described, as_of) {
        let (Some(source), Some(detail)) = (
            subject.sources.get(&statement.id),
            subject.details.get(&statement.id),
        ) else {
            continue;
        };
        if detail.from_description || statement.milestone.is_empty() {
            continue;
        }
        let mut row = Row {
            subject,
            source,
            id: &statement.id,
            milestone: &statement.milestone,
            fact: "",
            value: detail.text.clone(),
            unit: String::new(),
            kind: String::new(),
            scope: String::new(),
            reason: detail.reason_text.clone(),
        };
        match &statement.said {
            Said::Target(_) => (row.fact, row.unit) = ("planned", "date".to_owned()),
            Said::Actual(_) => (row.fact, row.unit) = ("actual", "date".to_owned()),
            Said::NoDate => row.fact = "no_date",
            Said::Cost(cost) => {
                row.fact = "cost";
                row.unit.clone_from(&cost.currency);
                row.kind.clone_from(&cost.kind);
                row.scope.clone_from(&cost.scope);
            }
            Said::Progress {
                measure,
                percent,
                planned,
            } => {
                row.fact = if *planned {
                    "progress_planned"
                } else {
                    "progress"
                };
                row.value = percent.to_string();
                row.unit = "percent".to_owned();
                row.kind.clone_from(measure);
            }
            Said::Phase(phase) => {
                row.fact = "phase";
                row.value.clone_from(phase);
            }
            Said::Award => continue,
        }
        each(&row);
    }
}

fn file(value: &Value) -> Result<Answer, Refusal> {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    Ok(Answer::File(JSON, text))
}

/// `GET /records/{id}`: a published record as it was signed, with its home's stamp. Nothing else that the publisher holds is shown.
pub(super) fn record(visit: &Visit, id: &str) -> Result<Answer, Refusal> {
    let Some(publisher) = &visit.register.publisher else {
        return Ok(Answer::Absent(Vec::new()));
    };
    let core = visit.ask.app.core();
    let held = held(core.reader.record(&publisher.party, id))?;
    let held = held.filter(|h| publisher.words.says(&h.record.record_type).is_some());
    let Some(held) = held else {
        return Ok(Answer::Absent(Vec::new()));
    };
    let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap_or_default();
    file(&json!({
        "record": read(&held.record.document),
        "stamp": read(&held.record.stamp),
    }))
}

/// `GET /robots.txt`: everything public may be found.
pub(super) fn robots(visit: &Visit) -> Result<Answer, Refusal> {
    let text = format!(
        "User-agent: *\nAllow: /*?lang=en$\nAllow: /*?lang=es$\nDisallow: /console\nDisallow: /v1\nDisallow: /p/\nDisallow: /follow/\nDisallow: /asked/\nDisallow: /*?\nSitemap: {}/sitemap.xml\n",
        visit.origin()
    );
    Ok(Answer::File("text/plain; charset=utf-8", text))
}

/// `GET /sitemap.xml`, both languages of each page.
pub(super) fn sitemap(visit: &Visit) -> Result<Answer, Refusal> {
    let origin = visit.origin();
    // What this node cannot fill is no page to lead anybody to.
    let filled = super::visit::filled(&visit.ask);
    let mut pages: Vec<(String, Option<jiff::civil::Date>)> = filled
        .iter()
        .filter_map(|place| place.path())
        .map(|path| (path.to_owned(), None))
        .collect();
    let more = [
        paths::CHANGES,
        paths::QUESTIONS,
        paths::PORTFOLIO,
        paths::FOLLOW,
    ];
    pages.extend(more.map(|path| (path.to_owned(), None)));
    pages.extend(
        visit
            .register
            .questions
            .keys()
            .map(|number| (paths::question(number), None)),
    );
    pages.extend(
        visit
            .overview
            .all
            .values()
            .map(|j| (paths::project(&j.id), j.last_word)),
    );
    pages.extend(
        visit
            .register
            .plans
            .keys()
            .map(|id| (paths::plan(id), None)),
    );
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for (path, changed) in pages {
        let changed = changed.map_or_else(String::new, |d| format!("<lastmod>{d}</lastmod>"));
        // Paths are percent-encoded: nothing in them needs escaping.
        let _ = writeln!(out, "<url><loc>{origin}{path}</loc>{changed}</url>");
    }
    out.push_str("</urlset>\n");
    Ok(Answer::File("application/xml; charset=utf-8", out))
}
