//! The wait before a board's strip, from the program's declared tables: the time between entering the stage before it and entering it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use axum::response::Response;
use garita_exchange::problem::Refusal;
use garita_profile::model::{Board, Column, Table};
use garita_store::{PAGE_MAX, TableQuery};
use serde_json::Value;

use super::ask::{Ask, absent, held, signed};
use super::board;
use super::words::{Say, inside};
use crate::console::{Address, Link, Series, WaitChart, time};
use crate::server::App;

/// Rows of a table read for a chart: more than any port has in its hours.
const ROWS_MAX: usize = 20_000;
/// Points are medians over so long.
const BUCKET_MS: i64 = 15 * 60_000;
/// The picture covers the last six hours.
const WINDOW_MS: i64 = 6 * 3_600_000;
/// Fewer arrivals than this are no line.
const LEAST: usize = 4;

/// One wait: entered the stage at the end, milliseconds waited, lane.
struct Waited {
    at_ms: i64,
    wait_ms: i64,
    lane: String,
    key: String,
}

/// Columns of a table that tell the wait of a board.
struct Source<'a> {
    table: &'a str,
    from: &'a str,
    to: &'a str,
    from_stage: String,
    to_stage: String,
}

/// The chart; none where the program declares no such table, or nobody has waited yet.
pub(super) fn chart(ask: &Ask, say: &Say, board: &Board) -> Result<Option<WaitChart>, Refusal> {
    let Some(source) = source(say, board) else {
        return Ok(None);
    };
    let from_ms = ask.now_ms.saturating_sub(WINDOW_MS);
    let mut waits = waited(ask, &source)?;
    waits.retain(|w| w.at_ms >= from_ms && w.at_ms <= ask.now_ms);
    if waits.len() < LEAST {
        return Ok(None);
    }
    let mut by_lane: BTreeMap<String, Vec<&Waited>> = BTreeMap::new();
    for wait in &waits {
        by_lane.entry(wait.lane.clone()).or_default().push(wait);
    }
    let mut lanes: Vec<(String, Vec<&Waited>)> = by_lane
        .into_iter()
        .filter(|(_, w)| w.len() >= LEAST)
        .collect();
    lanes.sort_by_key(|(_, w)| std::cmp::Reverse(w.len()));
    lanes.truncate(2);
    let series: Vec<Series> = lanes
        .iter()
        .map(|(lane, waits)| Series {
            label: if lane.is_empty() {
                String::new()
            } else {
                say.any_code("lane", lane)
            },
            points: medians(waits),
        })
        .filter(|s| !s.points.is_empty())
        .collect();
    if series.is_empty() {
        return Ok(None);
    }
    let first_ms = series
        .iter()
        .filter_map(|s| s.points.first())
        .map(|(at, _)| *at)
        .min()
        .unwrap_or(from_ms);
    let now: Vec<String> = series
        .iter()
        .filter_map(|s| {
            let (_, minutes) = s.points.last()?;
            Some(format!("{} {minutes:.0} min", s.label).trim().to_owned())
        })
        .collect();
    let route = format!(
        "{} {} {}",
        source.from_stage,
        ask.w("to", "a"),
        inside(&source.to_stage)
    );
    let csv = Address::new("/console/waits.csv").with("board", ask.here.value("board"));
    Ok(Some(WaitChart {
        title: ask.w("Wait, minutes", "Espera, minutos").to_owned(),
        note: route.clone(),
        finding: format!("{route}: {}", now.join(", ")),
        from_ms: first_ms.saturating_sub(BUCKET_MS),
        to_ms: ask.now_ms.saturating_add((ask.now_ms - first_ms) / 3),
        series,
        band: None,
        caption: ask
            .w(
                "Median wait by quarter of an hour, minutes",
                "Mediana de la espera por cuarto de hora, minutos",
            )
            .to_owned(),
        csv: Some(Link::new("CSV", csv.to_string())),
    }))
}

/// `GET /console/waits.csv`: each wait of the chart's hours.
pub(super) async fn csv(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, |ask| {
        let (profile, name) = board::chosen(ask, ask.here.value("board")).ok_or_else(absent)?;
        let say = ask.say(&profile);
        let board = profile.model().boards.get(&name).ok_or_else(absent)?;
        let source = source(&say, board).ok_or_else(absent)?;
        let mut text = String::from("case,lane,entered,waited_minutes\n");
        for wait in waited(ask, &source)? {
            text.push_str(&format!(
                "{},{},{},{:.1}\n",
                crate::csv::quoted(&wait.key),
                crate::csv::quoted(&wait.lane),
                time::machine(wait.at_ms, &ask.zone()),
                wait.wait_ms as f64 / 60_000.0
            ));
        }
        Ok(crate::csv::download("waits.csv", text))
    })
    .await
}

fn source<'a>(say: &'a Say, board: &Board) -> Option<Source<'a>> {
    let to = board
        .columns
        .iter()
        .position(|c| c.show == "strip")
        .unwrap_or(2);
    let (before, after) = (
        board.columns.get(to.checked_sub(1)?)?,
        board.columns.get(to)?,
    );
    let entered = |table: &'a Table, states: &[String]| {
        table
            .columns
            .iter()
            .find_map(|(name, column)| match column {
                Column::Entered { state, .. } if states.contains(state) => Some(name.as_str()),
                Column::Entered { .. } | Column::At(_) | Column::Is(_) => None,
            })
    };
    say.profile
        .model()
        .tables
        .iter()
        .filter(|(_, t)| t.row_per == board.rows)
        .find_map(|(name, table)| {
            Some(Source {
                table: name,
                from: entered(table, &before.states)?,
                to: entered(table, &after.states)?,
                from_stage: say.word(&format!("board.{}", before.id)),
                to_stage: say.word(&format!("board.{}", after.id)),
            })
        })
}

fn waited(ask: &Ask, source: &Source<'_>) -> Result<Vec<Waited>, Refusal> {
    // Who came in the window has a row that was written in it: nothing is told before it happened.
    let mut query = TableQuery {
        recorded_since_ms: Some(ask.now_ms.saturating_sub(WINDOW_MS)),
        limit: PAGE_MAX,
        ..TableQuery::default()
    };
    let (mut out, mut seen) = (Vec::new(), 0usize);
    loop {
        let page = held(
            ask.app
                .core()
                .reader
                .table(ask.party(), source.table, &query),
        )?;
        seen += page.items.len();
        for row in page.items {
            let columns: Value = row
                .columns
                .as_deref()
                .and_then(|text| serde_json::from_str(text).ok())
                .unwrap_or_default();
            let at = |name: &str| columns.get(name).and_then(Value::as_i64);
            if let (Some(from_ms), Some(to_ms)) = (at(source.from), at(source.to))
                && to_ms >= from_ms
            {
                out.push(Waited {
                    at_ms: to_ms,
                    wait_ms: to_ms - from_ms,
                    lane: columns
                        .get("lane")
                        .and_then(Value::as_str)
                        .unwrap_or_default()
                        .to_owned(),
                    key: row.key,
                });
            }
        }
        query.cursor = page.next;
        if query.cursor.is_none() || seen >= ROWS_MAX {
            return Ok(out);
        }
    }
}

fn medians(waits: &[&Waited]) -> Vec<(i64, f64)> {
    let mut buckets: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for wait in waits {
        buckets
            .entry(wait.at_ms.div_euclid(BUCKET_MS))
            .or_default()
            .push(wait.wait_ms);
    }
    buckets
        .into_iter()
        .filter_map(|(bucket, mut spans)| {
            spans.sort_unstable();
            let median = *spans.get(spans.len() / 2)?;
            // A bucket's point stands at its middle.
            Some((
                bucket
                    .saturating_mul(BUCKET_MS)
                    .saturating_add(BUCKET_MS / 2),
                median as f64 / 60_000.0,
            ))
        })
        .collect()
}
