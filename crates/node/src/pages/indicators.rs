//! Indicators: which there are, and a page for each with its chart, its numbers and how they are computed.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use garita_profile::expr::Expr;
use garita_profile::indicator::{ColumnType, PARTS, Role};
use garita_profile::model::{Chart, Column};
use garita_store::Cell;

use super::ask::{Ask, absent, signed};
use super::words::{Say, is_identifier, readable};
use crate::console::{
    ChartKind, IndicatorGroup, IndicatorPage, IndicatorRow, IndicatorsPage, Link, MeasureChart,
    MeasureMark, MeasureRow, Notice, Place, Rich, Tone, grouped, paths, render_indicator,
    render_indicators, segment,
};
use crate::measures::{self, Answer, Asked, Declared, measure_word, number, text};
use crate::server::App;

/// Groups of a page; JSON and CSV have all.
const ROWS: usize = 500;

/// `GET /console/indicators`.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, |ask| {
        let frame = ask.frame(Place::Indicators);
        Ok(ask.html(render_indicators(&frame, &all(ask))))
    })
    .await
}

/// `GET /console/indicators/{id}`.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, move |ask| {
        let declared = measures::find(ask.app.core(), &id).ok_or_else(absent)?;
        let asked = Asked {
            as_known_ms: ask.now_ms,
            only: Vec::new(),
        };
        let answer = measures::answer(ask.app.core(), ask.party(), &declared, &asked)?;
        let page = Maker::new(ask, &declared, &answer).page();
        Ok(ask.html(render_indicator(&ask.frame(Place::Indicators), &page)))
    })
    .await
}

fn all(ask: &Ask) -> IndicatorsPage {
    let mut programs: BTreeMap<String, IndicatorGroup> = BTreeMap::new();
    for declared in measures::all(ask.app.core()) {
        let Some(indicator) = declared.indicator() else {
            continue;
        };
        let say = ask.say(&declared.profile);
        let group = programs
            .entry(declared.program.clone())
            .or_insert_with(|| IndicatorGroup {
                title: say.word(&format!("profiles.{}.title", declared.program)),
                version: declared.version.clone(),
                rows: Vec::new(),
            });
        let by: Vec<String> = indicator
            .by
            .iter()
            .map(|name| dimension(ask, &say, &declared, name))
            .collect();
        group.rows.push(IndicatorRow {
            title: declared.title(ask.lang.code()).to_owned(),
            definition: declared.definition(ask.lang.code()).to_owned(),
            unit: unit(ask, &say, &indicator.unit),
            by: by.join(", "),
            href: paths::indicator(&declared.id),
        });
    }
    IndicatorsPage {
        lede: ask
            .w(
                "What the programs in force measure, over the cases that you see. Each says how it is computed, and gives its numbers as CSV and JSON.",
                "Lo que miden los programas vigentes, sobre los expedientes que usted ve. Cada uno dice cómo se calcula y da sus números como CSV y JSON.",
            )
            .to_owned(),
        programs: programs.into_values().collect(),
        automations: Link::new(ask.lang.t("automations.title"), paths::AUTOMATIONS),
        json: "/v1/indicators".to_owned(),
    }
}

/// A unit in the page's language: `units.UNIT` of the program, else as written.
pub(super) fn unit(ask: &Ask, say: &Say, unit: &str) -> String {
    let own = say.text(&format!("units.{unit}"));
    match (own, unit) {
        (Some(own), _) => own.to_owned(),
        (None, "minutes") => ask.w("minutes", "minutos").to_owned(),
        (None, other) => other.to_owned(),
    }
}

/// The column that a dimension is of, and which part of its instant.
fn parted<'a>(declared: &'a Declared, name: &'a str) -> (&'a str, Option<&'static str>) {
    let whole = |part: &str| PARTS.into_iter().find(|p| *p == part);
    if let Some((column, part)) = name.rsplit_once('.')
        && let Some(part) = whole(part)
    {
        return (column, Some(part));
    }
    let table = declared.table();
    match whole(name).filter(|_| table.is_some_and(|t| !t.columns.contains_key(name))) {
        Some(part) => (
            table.and_then(|t| t.dated.as_deref()).unwrap_or_default(),
            Some(part),
        ),
        None => (name, None),
    }
}

/// What a dimension is called: as the schema calls the member that it is read from.
fn dimension(ask: &Ask, say: &Say, declared: &Declared, name: &str) -> String {
    let (column, part) = parted(declared, name);
    match part {
        Some("day") => ask.w("Day", "Día").to_owned(),
        Some("month") => ask.w("Month", "Mes").to_owned(),
        Some("hour") => ask.w("Hour", "Hora").to_owned(),
        Some(_) => ask.w("Weekday", "Día de la semana").to_owned(),
        None => {
            if let Some(own) = say.text(&format!("columns.{column}")) {
                return own.to_owned();
            }
            match source(declared, column) {
                Some((record_type, member)) => say.label(record_type, member),
                None => readable(column),
            }
        }
    }
}

/// The record type and member that a column is read from.
fn source<'a>(declared: &'a Declared, column: &str) -> Option<(&'a str, &'a str)> {
    match declared.table()?.columns.get(column)? {
        Column::At(typed) => Some((typed.record_type.as_str(), typed.path.last_name()?)),
        Column::Entered { .. } | Column::Is(_) => None,
    }
}

pub(super) struct Maker<'a> {
    ask: &'a Ask,
    say: Say,
    declared: &'a Declared,
    answer: &'a Answer,
    /// Places of the dimensions.
    by: Vec<usize>,
    unit: String,
}

impl<'a> Maker<'a> {
    pub(super) fn new(ask: &'a Ask, declared: &'a Declared, answer: &'a Answer) -> Self {
        let say = ask.say(&declared.profile);
        let by = answer
            .columns
            .iter()
            .enumerate()
            .filter(|(_, c)| c.role == Role::By)
            .map(|(at, _)| at)
            .collect();
        let unit = unit(
            ask,
            &say,
            declared.indicator().map_or("", |i| i.unit.as_str()),
        );
        Maker {
            ask,
            say,
            declared,
            answer,
            by,
            unit,
        }
    }

    fn page(&self) -> IndicatorPage {
        let ask = self.ask;
        let lang = ask.lang.code();
        let rows: Vec<MeasureRow> = self
            .answer
            .rows
            .iter()
            .take(ROWS)
            .map(|row| self.row(row))
            .collect();
        let cut = self.answer.more || self.answer.rows.len() > ROWS;
        let href = format!("/v1/indicators/{}", segment(&self.declared.id));
        let why = self
            .declared
            .why_withheld()
            .filter(|_| self.answer.withheld > 0);
        IndicatorPage {
            program: self
                .say
                .word(&format!("profiles.{}.title", self.declared.program)),
            title: self.declared.title(lang).to_owned(),
            definition: self.declared.definition(lang).to_owned(),
            chart: self.chart(),
            heads: self.heads(),
            number_heads: self.number_heads(),
            caption: self.caption(),
            comparison: self.comparison(),
            rows,
            formula: self.formula(),
            as_known_ms: self.answer.as_known_ms,
            withheld: why.map_or_else(String::new, |(en, es)| {
                let groups = self.answer.withheld;
                format!(
                    "{}: {groups}. {}.",
                    ask.w("Withheld groups", "Grupos reservados"),
                    super::words::readable(ask.w(&en, &es))
                )
            }),
            empty: ask
                .w(
                    "No case that you see counts here yet. Numbers come with the records of the cases; nothing needs to be entered for them.",
                    "Ningún expediente que usted ve cuenta aquí todavía. Los números llegan con los registros de los expedientes; no hay que capturarlos aparte.",
                )
                .to_owned(),
            next: Some(Link::new(
                ask.w("See the cases", "Ver los expedientes"),
                paths::CASES,
            )),
            csv: format!("{href}?format=csv"),
            json: href,
            more: cut.then(|| Notice {
                tone: Tone::Warn,
                text: Rich::text(ask.w(
                    "There are more groups than a page shows; the CSV has them.",
                    "Hay más grupos de los que muestra una página; el CSV los tiene.",
                )),
                ..Notice::default()
            }),
        }
    }

    fn heads(&self) -> Vec<String> {
        let mut heads: Vec<String> = self
            .by
            .iter()
            .filter_map(|at| self.answer.columns.get(*at))
            .map(|c| dimension(self.ask, &self.say, self.declared, &c.name))
            .collect();
        if heads.is_empty() {
            heads.push(self.ask.w("All", "Todos").to_owned());
        }
        heads
    }

    /// The numbers' columns: place and head.
    fn number_columns(&self) -> Vec<(usize, String)> {
        let ask = self.ask;
        self.answer
            .columns
            .iter()
            .enumerate()
            .filter_map(|(at, column)| {
                let head = match column.role {
                    Role::By | Role::Withheld => return None,
                    Role::Value => match self.unit.as_str() {
                        "" => ask.w("Value", "Valor").to_owned(),
                        unit => unit.to_owned(),
                    },
                    Role::Low => ask.w("Lower quartile", "Cuartil inferior").to_owned(),
                    Role::High => ask.w("Upper quartile", "Cuartil superior").to_owned(),
                    Role::From => ask.w("95 % from", "95 % desde").to_owned(),
                    Role::To => ask.w("95 % to", "95 % hasta").to_owned(),
                    Role::Numerator => ask.w("Counted", "Contados").to_owned(),
                    Role::Denominator => ask.w("Out of", "De").to_owned(),
                    Role::Rows => "n".to_owned(),
                };
                Some((at, head))
            })
            .collect()
    }

    fn number_heads(&self) -> Vec<String> {
        self.number_columns().into_iter().map(|(_, h)| h).collect()
    }

    fn row(&self, row: &[Cell]) -> MeasureRow {
        let mut by: Vec<String> = self.by.iter().map(|at| self.told(row, *at)).collect();
        if by.is_empty() {
            by.push(self.ask.w("All", "Todos").to_owned());
        }
        MeasureRow {
            by,
            numbers: self
                .number_columns()
                .into_iter()
                .map(|(at, _)| row.get(at).and_then(number).map_or("–".to_owned(), told))
                .collect(),
            withheld: self.answer.withheld(row),
        }
    }

    /// A dimension's value as people read it.
    pub(super) fn told(&self, row: &[Cell], at: usize) -> String {
        let (Some(cell), Some(column)) = (row.get(at), self.answer.columns.get(at)) else {
            return String::new();
        };
        let value = text(cell);
        if *cell == Cell::Null {
            return self.ask.w("not told", "no consta").to_owned();
        }
        let (name, part) = parted(self.declared, &column.name);
        match part {
            Some("hour") => return format!("{value:0>2}:00"),
            Some("weekday") => return weekday(self.ask, &value),
            Some(_) => return value,
            None => {}
        }
        if column.kind == ColumnType::Flag {
            return match value.as_str() {
                "0" => self.ask.w("no", "no"),
                _ => self.ask.w("yes", "sí"),
            }
            .to_owned();
        }
        let code = source(self.declared, name)
            .and_then(|(record_type, member)| self.say.code(record_type, member, &value))
            .or_else(|| self.say.place(&value));
        match code {
            // A number of a list says more to who knows it; a word of the program says nothing beside its own words.
            Some(words) if words != value && is_identifier(&value) => format!("{words} {value}"),
            Some(words) => words,
            _ => value,
        }
    }

    fn caption(&self) -> String {
        let groups = grouped(self.answer.rows.len() as u64);
        let counted = grouped(self.answer.counted);
        let ask = self.ask;
        match self.by.is_empty() {
            true => format!("n = {counted}"),
            false => format!("{groups} {}, n = {counted}", ask.w("groups", "grupos")),
        }
    }

    /// What the compared column makes of the measure: the finding, then how sure it is and how it was had.
    pub(super) fn comparison(&self) -> Option<(String, String)> {
        let indicator = self.declared.indicator()?;
        let column = indicator.compare.as_deref()?;
        let ask = self.ask;
        let named = |key: &str| {
            self.say
                .word(&format!("indicators.{}.{key}", self.declared.id))
        };
        let (with, without) = (named("with"), named("without"));
        let Some(c) = self.answer.comparison else {
            return Some((
                ask.w(
                    "Nothing to compare yet.",
                    "Todavía no hay nada que comparar.",
                )
                .to_owned(),
                ask.w(
                    "A comparison needs groups of both that agree in all other dimensions and are large enough to be shown.",
                    "Una comparación necesita grupos de ambos que coincidan en las demás dimensiones y sean bastante grandes para mostrarse.",
                )
                .to_owned(),
            ));
        };
        let unit = match self.unit.as_str() {
            "%" => ask.w("points", "puntos").to_owned(),
            unit => unit.to_owned(),
        };
        let way = if c.difference < 0.0 {
            ask.w("less", "menos")
        } else {
            ask.w("more", "más")
        };
        let sure = if c.low > 0.0 || c.high < 0.0 {
            ""
        } else {
            ask.w(
                " It may be chance: the interval holds zero.",
                " Puede ser azar: el intervalo contiene el cero.",
            )
        };
        let finding = format!(
            "{with}: {} {unit} {way} {} {without} (95 %: {} {} {}).{sure}",
            told(c.difference.abs()),
            ask.w("than", "que"),
            signed_told(c.low),
            ask.w("to", "a"),
            signed_told(c.high),
        );
        let method = format!(
            "{} {} {} {} ({}); {} {} {}. {}",
            ask.w("Compared within", "Comparado dentro de"),
            c.strata,
            ask.w("groups alike in:", "grupos iguales en:"),
            self.others(column),
            ask.w("Mantel-Haenszel weights", "pesos de Mantel-Haenszel"),
            ask.w(
                "left out, since only one side is shown there:",
                "excluidos, pues ahí solo se muestra un lado:"
            ),
            c.left_out,
            ask.w("groups", "grupos"),
            ask.w(
                "Without regard to where and when, the difference would read",
                "Sin atender a dónde y cuándo, la diferencia se leería"
            ),
        ) + &format!(" {} {unit}.", signed_told(c.crude));
        Some((finding, method))
    }

    /// The dimensions beside one, by name.
    fn others(&self, column: &str) -> String {
        self.by
            .iter()
            .filter_map(|at| self.answer.columns.get(*at))
            .filter(|c| c.name != column)
            .map(|c| dimension(self.ask, &self.say, self.declared, &c.name))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn formula(&self) -> Vec<(String, Rich)> {
        let ask = self.ask;
        let Some(indicator) = self.declared.indicator() else {
            return Vec::new();
        };
        let mut out = vec![(
            ask.w("Measure", "Medida").to_owned(),
            Rich::text(self.measure()),
        )];
        let mut expression = |label: &str, e: &Option<Expr>| {
            if let Some(e) = e {
                out.push((label.to_owned(), Rich::id(e.text())));
            }
        };
        expression(ask.w("Of", "De"), &indicator.of);
        expression(ask.w("Numerator", "Numerador"), &indicator.numerator);
        expression(ask.w("Denominator", "Denominador"), &indicator.denominator);
        expression(ask.w("Only rows", "Solo filas"), &indicator.filter);
        let kind = self.declared.table().map_or("", |t| t.row_per.as_str());
        out.push((
            ask.w("One row for each", "Una fila por cada").to_owned(),
            Rich::text(self.say.kind(kind)),
        ));
        out.push((
            ask.w("Table", "Tabla").to_owned(),
            Rich::id(indicator.over.as_str()),
        ));
        if indicator.least > 1 {
            out.push((
                ask.w("Least group", "Grupo mínimo").to_owned(),
                Rich::text(format!("{} {}", indicator.least, ask.w("rows", "filas"))),
            ));
        }
        out.push((
            ask.w("Program", "Programa").to_owned(),
            Rich::text(format!(
                "{} {}",
                self.declared.program, self.declared.version
            )),
        ));
        out
    }

    fn measure(&self) -> &'static str {
        let Some(indicator) = self.declared.indicator() else {
            return "";
        };
        let word = measure_word(indicator.measure);
        if self.ask.lang == crate::console::Lang::En {
            return match word {
                "p90" => "nine in ten are at most",
                "mean" => "arithmetic mean",
                "min" => "least",
                "max" => "most",
                "distinct" => "different values",
                "count" => "number of rows",
                "share" => "share: numerator over denominator",
                "median" => "median",
                _ => "sum",
            };
        }
        match word {
            "p90" => "nueve de diez son a lo más",
            "mean" => "media aritmética",
            "min" => "el menor",
            "max" => "el mayor",
            "distinct" => "valores distintos",
            "count" => "número de filas",
            "share" => "proporción: numerador entre denominador",
            "median" => "mediana",
            _ => "suma",
        }
    }

    fn chart(&self) -> Option<MeasureChart> {
        let indicator = self.declared.indicator()?;
        let value_at = self.answer.at(Role::Value)?;
        let (low, high) = (self.answer.at(Role::Low), self.answer.at(Role::High));
        let named = |at: &usize| self.answer.columns.get(*at).map_or("", |c| &c.name);
        // Time runs across; where there is none, the last dimension does.
        let across_at = self
            .by
            .iter()
            .copied()
            .rfind(|at| parted(self.declared, named(at)).1.is_some())
            .or_else(|| self.by.last().copied());
        let mut kind = match indicator.chart {
            Chart::Line => ChartKind::Line,
            Chart::Band => ChartKind::Band,
            Chart::Bar => ChartKind::Bar,
            Chart::Heat => ChartKind::Heat,
        };
        let mut values: Vec<&Cell> = Vec::new();
        if let Some(at) = across_at {
            for cell in self.answer.rows.iter().filter_map(|r| r.get(at)) {
                if !values.contains(&cell) {
                    values.push(cell);
                }
            }
        }
        values.sort_by(|a, b| match (number(a), number(b)) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => text(a).cmp(&text(b)),
        });
        // One instant makes no line.
        if values.len() < 2 && kind != ChartKind::Heat {
            kind = ChartKind::Bar;
        }
        let mut marks = Vec::new();
        for row in &self.answer.rows {
            let series: Vec<String> = self
                .by
                .iter()
                .filter(|at| Some(**at) != across_at)
                .map(|at| self.told(row, *at))
                .collect();
            let at = across_at
                .and_then(|at| values.iter().position(|v| Some(*v) == row.get(at)))
                .unwrap_or(0);
            let value = row.get(value_at).and_then(number);
            let end = |at: Option<usize>| row.get(at?).and_then(number);
            marks.push(MeasureMark {
                series: series.join(", "),
                at,
                value,
                range: end(low).zip(end(high)),
                text: match value {
                    Some(v) => told(v),
                    None if self.answer.withheld(row) => "·".to_owned(),
                    None => String::new(),
                },
            });
        }
        if marks.iter().all(|m| m.value.is_none()) {
            return None;
        }
        let row_of = |value: &Cell| {
            self.answer
                .rows
                .iter()
                .find(|r| across_at.and_then(|at| r.get(at)) == Some(value))
        };
        let across: Vec<String> = values
            .iter()
            .filter_map(|value| Some(self.told(row_of(value)?, across_at?)))
            .collect();
        let finding = self.finding(&marks, &across);
        Some(MeasureChart {
            kind,
            finding,
            marks,
            across,
            unit: self.unit.clone(),
        })
    }

    /// The chart in one sentence: the most and the least, with their groups.
    fn finding(&self, marks: &[MeasureMark], across: &[String]) -> String {
        let known = || marks.iter().filter_map(|m| Some((m, m.value?)));
        let title = self.declared.title(self.ask.lang.code());
        let (Some((most, _)), Some((least, _))) = (
            known().max_by(|a, b| a.1.total_cmp(&b.1)),
            known().min_by(|a, b| a.1.total_cmp(&b.1)),
        ) else {
            return title.to_owned();
        };
        let name = |mark: &MeasureMark| {
            let across = across.get(mark.at).map_or("", String::as_str);
            [mark.series.as_str(), across]
                .into_iter()
                .filter(|p| !p.is_empty())
                .collect::<Vec<_>>()
                .join(", ")
        };
        let unit = &self.unit;
        if most.text == least.text {
            return format!("{title}: {} {unit}", most.text);
        }
        format!(
            "{title}: {} {} {unit} ({}), {} {} {unit} ({})",
            self.ask.w("most", "máximo"),
            most.text,
            name(most),
            self.ask.w("least", "mínimo"),
            least.text,
            name(least)
        )
    }
}

/// A number as people read it: whole where it is large, one digit where it is small.
pub(super) fn told(value: f64) -> String {
    let rounded = if value.abs() >= 100.0 {
        value.round()
    } else {
        (value * 10.0).round() / 10.0
    };
    if rounded.fract() == 0.0 && rounded >= 0.0 {
        return grouped(rounded as u64);
    }
    format!("{rounded}")
}

/// A number with its sign, as people read it.
pub(super) fn signed_told(value: f64) -> String {
    let sign = if value < 0.0 { "\u{2212}" } else { "+" };
    format!("{sign}{}", told(value.abs()))
}

fn weekday(ask: &Ask, number: &str) -> String {
    match number {
        "1" => ask.w("Monday", "lunes"),
        "2" => ask.w("Tuesday", "martes"),
        "3" => ask.w("Wednesday", "miércoles"),
        "4" => ask.w("Thursday", "jueves"),
        "5" => ask.w("Friday", "viernes"),
        "6" => ask.w("Saturday", "sábado"),
        _ => ask.w("Sunday", "domingo"),
    }
    .to_owned()
}
