//! Indicators: which there are, how each is computed, its numbers as JSON and as CSV.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use garita_exchange::encode;
use garita_profile::indicator::Role;
use garita_store::Cell;
use serde_json::{Map, Value, json};

use super::problem::Problem;
use super::reading::reading;
use crate::csv;
use crate::measures::{self, Answer, Asked, Declared, measure_word};
use crate::server::App;
use crate::signed::Caller;

/// Members of the query that choose no dimension.
const AS_KNOWN: &str = "asKnown";
const FORMAT: &str = "format";

/// `GET /v1/indicators`: what is measured, in which unit, how. No numbers.
pub async fn list(State(app): State<Arc<App>>) -> Json<Value> {
    let items: Vec<Value> = measures::all(app.core()).iter().map(described).collect();
    Json(json!({ "items": items }))
}

/// `GET /v1/indicators/{id}`: its numbers over the cases that the asking party has, as known at an instant.
pub async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let (format, as_known, only) = asked(query);
    let as_csv = match format.as_deref() {
        Some("csv") => true,
        Some("json") => false,
        None => accepts_csv(caller.headers()),
        Some(_) => {
            return Err(Problem::parameter(
                FORMAT,
                "`format` is json or csv",
                "`format` es json o csv",
            ));
        }
    };
    let as_known = match as_known {
        None => None,
        Some(text) => Some(encode::parse_instant_ms(&text).ok_or_else(|| {
            Problem::parameter(
                AS_KNOWN,
                "`asKnown` is an instant such as 2026-11-24T15:00:00Z",
                "`asKnown` es un instante como 2026-11-24T15:00:00Z",
            )
        })?),
    };
    let (declared, answer) = reading(&app, &caller, move |core, party| {
        let declared = measures::find(core, &id).ok_or_else(|| measures::not_declared(&id))?;
        let now_ms = core.clock.now_ms();
        let asked = Asked {
            // What will be known later nobody knows now.
            as_known_ms: as_known.map_or(now_ms, |at| at.min(now_ms)),
            only,
        };
        let answer = measures::answer(core, party, &declared, &asked)?;
        Ok((declared, answer))
    })
    .await?;
    if as_csv {
        let name = format!("attachment; filename=\"{}.csv\"", declared.id);
        return Ok((
            [
                (
                    header::CONTENT_TYPE,
                    "text/csv; charset=utf-8; header=present".to_owned(),
                ),
                (header::CONTENT_DISPOSITION, name),
                (header::VARY, "Accept".to_owned()),
            ],
            csv_of(&declared, &answer),
        )
            .into_response());
    }
    let mut body = described(&declared);
    if let Value::Object(map) = &mut body {
        numbers(map, &declared, &answer);
    }
    Ok(([(header::VARY, "Accept")], Json(body)).into_response())
}

/// Format, instant and filters of a query.
fn asked(query: Vec<(String, String)>) -> (Option<String>, Option<String>, Vec<(String, String)>) {
    let (mut format, mut as_known, mut only) = (None, None, Vec::new());
    for (name, value) in query {
        match name.as_str() {
            FORMAT => format = Some(value),
            AS_KNOWN => as_known = Some(value),
            _ => only.push((name, value)),
        }
    }
    (format, as_known, only)
}

/// Whether CSV is asked for before JSON.
pub(super) fn accepts_csv(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let place = |kind: &str| {
        accept
            .split(',')
            .position(|one| one.trim().starts_with(kind))
    };
    match (place("text/csv"), place("application/json")) {
        (Some(csv), Some(json)) => csv < json,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// What an indicator is, without numbers.
fn described(declared: &Declared) -> Value {
    let Some(indicator) = declared.indicator() else {
        return Value::Null;
    };
    let expression = |e: &Option<garita_profile::expr::Expr>| {
        e.as_ref()
            .map_or(Value::Null, |e| Value::from(e.text().to_owned()))
    };
    json!({
        "id": declared.id,
        "profile": declared.program,
        "version": declared.version,
        "title": { "en": declared.title("en"), "es": declared.title("es") },
        "definition": { "en": declared.definition("en"), "es": declared.definition("es") },
        "unit": indicator.unit,
        "chart": indicator.chart,
        "dimensions": indicator.by,
        "computed": {
            "measure": measure_word(indicator.measure),
            "over": indicator.over,
            "rowPer": declared.table().map(|t| t.row_per.clone()),
            "of": expression(&indicator.of),
            "numerator": expression(&indicator.numerator),
            "denominator": expression(&indicator.denominator),
            "where": expression(&indicator.filter),
            "least": indicator.least,
            "compare": indicator.compare,
        },
    })
}

/// Adds the numbers.
fn numbers(map: &mut Map<String, Value>, declared: &Declared, answer: &Answer) {
    let rows: Vec<Value> = answer
        .rows
        .iter()
        .map(|row| {
            let mut one = Map::new();
            for (column, cell) in answer.columns.iter().zip(row) {
                let value = match column.role {
                    Role::Withheld => Value::Bool(answer.withheld(row)),
                    _ => json_of(cell),
                };
                one.insert(column.name.clone(), value);
            }
            Value::Object(one)
        })
        .collect();
    let why = declared.why_withheld().filter(|_| answer.withheld > 0);
    map.insert(
        "asKnown".to_owned(),
        encode::instant_text(answer.as_known_ms).into(),
    );
    map.insert("columns".to_owned(), json!(answer.columns));
    map.insert("rows".to_owned(), Value::Array(rows));
    map.insert("counted".to_owned(), answer.counted.into());
    map.insert(
        "withheld".to_owned(),
        json!({
            "groups": answer.withheld,
            "why": why.map(|(en, es)| json!({ "en": en, "es": es })),
        }),
    );
    map.insert("more".to_owned(), answer.more.into());
    if declared.indicator().is_some_and(|i| i.compare.is_some()) {
        map.insert("comparison".to_owned(), compared(answer));
    }
}

/// The difference that the compared column makes, with how sure it is; null where no two groups can be compared.
fn compared(answer: &Answer) -> Value {
    answer.comparison.map_or(Value::Null, |c| {
        json!({
            "difference": c.difference,
            "low95": c.low,
            "high95": c.high,
            "crude": c.crude,
            "strata": c.strata,
            "strataLeftOut": c.left_out,
            "rowsWith": c.rows_with,
            "rowsWithout": c.rows_without,
            "method": "difference within strata of the other dimensions, averaged with Mantel-Haenszel weights",
        })
    })
}

/// A whole number stays one, whichever engine gave it.
fn json_of(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Int(n) => Value::from(*n),
        Cell::Real(n) if n.fract() == 0.0 && n.abs() < 9e15 => Value::from(*n as i64),
        Cell::Real(n) => json!(n),
        Cell::Text(text) => Value::from(text.as_str()),
    }
}

/// RFC 4180: a head, lines that end with CR LF. Each line says its unit and instant, so that it can be read alone.
fn csv_of(declared: &Declared, answer: &Answer) -> String {
    let unit = declared.indicator().map_or("", |i| i.unit.as_str());
    let as_known = encode::instant_text(answer.as_known_ms);
    let mut heads: Vec<String> = answer
        .columns
        .iter()
        .map(|column| csv::quoted(&column.name))
        .collect();
    heads.extend(["unit", "as_known"].map(str::to_owned));
    let mut out = heads.join(",");
    out.push_str("\r\n");
    for row in &answer.rows {
        let mut cells: Vec<String> = answer
            .columns
            .iter()
            .zip(row)
            .map(|(column, cell)| match (column.role, cell) {
                (Role::Withheld, _) if answer.withheld(row) => "yes".to_owned(),
                (Role::Withheld, _) => "no".to_owned(),
                (_, Cell::Text(text)) => csv::quoted(text),
                // A number below zero is no formula: it stays a number.
                _ => measures::text(cell),
            })
            .collect();
        cells.push(csv::quoted(unit));
        cells.push(as_known.clone());
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}
