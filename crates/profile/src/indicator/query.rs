//! The query of an indicator.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::load::Profile;
use crate::model::{Chart, Indicator, Measure, Model};

use super::columns::{ColumnType, PARTS, column_types};
use super::expression::{Ty, Writer};
use super::{DIMENSIONS_MAX, Fault, fault, in_percent, unit_ms};

/// Rounds of withholding complements along each dimension.
const ROUNDS: usize = 2;

/// Whose SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// SQLite 3.35 or newer.
    Sqlite,
    /// PostgreSQL 14 or newer.
    Postgres,
}

/// A value to bind, in order: `?1`, `?2`, … in SQLite, `$1`, `$2`, … in PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bind {
    /// A text.
    Text(String),
    /// A whole number.
    Int(i64),
}

/// Whose rows, as known when.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The party whose cases' rows are read.
    pub party: &'a str,
    /// As known at this instant, ms since 1970: later rows and corrections are not seen.
    pub as_known_ms: i64,
}

/// A query and what its columns mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// One SELECT.
    pub sql: String,
    /// What to bind.
    pub binds: Vec<Bind>,
    /// Its columns, in order. Withheld groups have NULL in all but their dimensions and `withheld`.
    pub columns: Vec<ResultColumn>,
}

/// A column of the result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultColumn {
    /// Name: a dimension as the profile writes it, else its role's.
    pub name: String,
    /// What it is.
    pub role: Role,
    /// Its kind of value.
    pub kind: ColumnType,
}

/// What a column of the result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// A dimension.
    By,
    /// The measure, in the indicator's unit.
    Value,
    /// The lower quartile of a band.
    Low,
    /// The upper quartile of a band.
    High,
    /// Lower end of the 95 % interval of a public median, by order statistics.
    From,
    /// Upper end of that interval.
    To,
    /// Sum of a share's numerator.
    Numerator,
    /// Sum of a share's denominator.
    Denominator,
    /// Rows in the group.
    Rows,
    /// 1 where the group is withheld.
    Withheld,
}

/// Compiles an indicator. None where the profile has none of that name.
///
/// # Errors
/// What is wrong with it; a profile that `profile check` passes has nothing.
pub fn compile(
    profile: &Profile,
    id: &str,
    engine: Engine,
    ask: &Ask<'_>,
) -> Option<Result<Query, Vec<Fault>>> {
    let model = profile.model();
    let indicator = model.indicators.get(id)?;
    Some(of(model, indicator, engine, ask))
}

/// Compiles an indicator that no profile has as it stands: one of its own over fewer rows.
///
/// # Errors
/// What is wrong with it.
pub fn compile_as(
    profile: &Profile,
    indicator: &Indicator,
    engine: Engine,
    ask: &Ask<'_>,
) -> Result<Query, Vec<Fault>> {
    of(profile.model(), indicator, engine, ask)
}

pub(super) fn of(
    model: &Model,
    indicator: &Indicator,
    engine: Engine,
    ask: &Ask<'_>,
) -> Result<Query, Vec<Fault>> {
    let Some(table) = model.tables.get(&indicator.over) else {
        let message = format!("there is no table `{}`", indicator.over);
        return Err(vec![fault(
            "unknown-table",
            message,
            "add it under `tables`",
        )]);
    };
    let types = column_types(model, table);
    let mut writer = Writer {
        engine,
        types: &types,
        read: Vec::new(),
        binds: Vec::new(),
    };
    let party = writer.bind(Bind::Text(ask.party.to_owned()));
    let name = writer.bind(Bind::Text(indicator.over.clone()));
    let kind = writer.bind(Bind::Text(table.row_per.clone()));
    let as_known = writer.bind(Bind::Int(ask.as_known_ms));
    let mut faults = Vec::new();
    let dims = dimensions(indicator, table.dated.as_deref(), &mut writer, &mut faults);
    let keep = keep(indicator, &mut writer, &mut faults);
    let values = values(indicator, &mut writer, &mut faults);
    compared(indicator, engine, &types, &dims, &mut faults);
    let (Some(values), true) = (values, faults.is_empty()) else {
        return Err(faults);
    };
    let base = base(&writer, &party, &name, &kind, &as_known);
    let sql = assemble(indicator, engine, &base, &dims, &keep, &values);
    Ok(Query {
        sql,
        binds: writer.binds,
        columns: result_columns(indicator, &dims),
    })
}

/// A dimension: its name as written, the column of the base, its kind.
struct Dimension {
    name: String,
    column: String,
    kind: ColumnType,
}

fn dimensions(
    indicator: &Indicator,
    dated: Option<&str>,
    writer: &mut Writer<'_>,
    faults: &mut Vec<Fault>,
) -> Vec<Dimension> {
    if indicator.by.len() > DIMENSIONS_MAX {
        faults.push(fault(
            "too-many-dimensions",
            format!("an indicator has at most {DIMENSIONS_MAX} dimensions"),
            "take some out of `by`",
        ));
    }
    let mut out = Vec::new();
    for by in &indicator.by {
        let name = match dated {
            Some(dated) if PARTS.contains(&by.as_str()) && !writer.types.contains_key(by) => {
                format!("{dated}.{by}")
            }
            None if PARTS.contains(&by.as_str()) && !writer.types.contains_key(by) => {
                faults.push(fault(
                    "no-dated",
                    format!("`by: {by}` of which instant?"),
                    format!("add `dated: COLUMN` to the table, or write COLUMN.{by}"),
                ));
                continue;
            }
            _ => by.clone(),
        };
        match writer.column(&name) {
            Ok((_, ColumnType::Instant)) => faults.push(fault(
                "measure-type",
                format!("grouping by the instant `{name}` makes a group of each row"),
                format!("write {name}.day, {name}.month, {name}.hour or {name}.weekday"),
            )),
            Ok((column, kind)) => out.push(Dimension {
                name: by.clone(),
                column,
                kind,
            }),
            Err(f) => faults.push(f),
        }
    }
    out
}

/// What can be set against each other: groups by a flag, of a share of rows or of a median with its quartiles.
fn compared(
    indicator: &Indicator,
    engine: Engine,
    types: &BTreeMap<String, Option<ColumnType>>,
    dims: &[Dimension],
    faults: &mut Vec<Fault>,
) {
    let Some(name) = &indicator.compare else {
        return;
    };
    match dims.iter().find(|d| d.name == *name).map(|d| d.kind) {
        Some(ColumnType::Flag) => {}
        Some(ColumnType::Text | ColumnType::Number | ColumnType::Instant) => faults.push(fault(
            "compare-no-flag",
            format!("`compare: {name}` is no column that is true or false"),
            "compare by a column made with `is`, such as `{ is: \"seats.holder.size() > 0\" }`",
        )),
        None => faults.push(fault(
            "compare-no-flag",
            format!("`compare: {name}` is not one of `by`"),
            format!("add `{name}` to `by`: its groups are what is compared"),
        )),
    }
    let measurable = match indicator.measure {
        Measure::Share => {
            let mut scratch = Writer {
                engine,
                types,
                read: Vec::new(),
                binds: Vec::new(),
            };
            indicator.denominator.is_none()
                && indicator
                    .numerator
                    .as_ref()
                    .and_then(|e| scratch.expr(e).ok())
                    .is_some_and(|sql| sql.ty == Ty::Flag)
        }
        Measure::Median => indicator.chart == Chart::Band,
        Measure::Mean
        | Measure::P90
        | Measure::Min
        | Measure::Max
        | Measure::Sum
        | Measure::Count
        | Measure::Distinct => false,
    };
    if !measurable {
        faults.push(fault(
            "compare-measure",
            "how sure a difference is can be told of a share of rows and of a median with its quartiles only",
            "measure: share with a numerator that is true or false and no denominator, or measure: median with chart: band",
        ));
    }
}

/// The rows that count.
fn keep(indicator: &Indicator, writer: &mut Writer<'_>, faults: &mut Vec<Fault>) -> String {
    let Some(filter) = &indicator.filter else {
        return "1 = 1".to_owned();
    };
    match writer.expr(filter) {
        Ok(sql) if sql.ty == Ty::Flag => return sql.text,
        Ok(_) => faults.push(fault(
            "measure-type",
            format!("`where: {}` is not true or false", filter.text()),
            "compare with `==`, or ask with `has(column)`",
        )),
        Err(f) => faults.push(f),
    }
    String::new()
}

/// What is measured of a row: `v`, and of a share `num` and `den`.
struct Values {
    v: String,
    num: String,
    den: String,
    /// A distinct count is over texts too.
    text: bool,
    /// What a value is divided by to come to the unit.
    divide: i64,
}

fn values(
    indicator: &Indicator,
    writer: &mut Writer<'_>,
    faults: &mut Vec<Fault>,
) -> Option<Values> {
    let mut number = |e: &crate::expr::Expr, span: bool, what: &str| match writer.number(e) {
        Ok(sql) if sql.ty == Ty::Number || (span && sql.ty == Ty::Span) => Some(sql),
        Ok(_) => {
            faults.push(fault(
                "measure-type",
                format!("`{what}: {}` is no number", e.text()),
                "a number, a flag, or one instant less another",
            ));
            None
        }
        Err(f) => {
            faults.push(f);
            None
        }
    };
    let one = || "1".to_owned();
    let mut out = Values {
        v: one(),
        num: one(),
        den: one(),
        text: false,
        divide: 1,
    };
    match indicator.measure {
        Measure::Count => {}
        Measure::Share => {
            out.num = number(indicator.numerator.as_ref()?, true, "numerator")?.text;
            if let Some(den) = &indicator.denominator {
                out.den = number(den, true, "denominator")?.text;
            }
        }
        Measure::Distinct => {
            let sql = writer
                .number(indicator.of.as_ref()?)
                .map_err(|f| faults.push(f));
            let sql = sql.ok()?;
            out.text = sql.ty == Ty::Text;
            out.v = sql.text;
        }
        Measure::Median
        | Measure::Mean
        | Measure::P90
        | Measure::Min
        | Measure::Max
        | Measure::Sum => {
            let of = indicator.of.as_ref()?;
            let sql = number(of, true, "of")?;
            if sql.ty == Ty::Span {
                match unit_ms(&indicator.unit) {
                    Some(ms) => out.divide = ms,
                    None => {
                        faults.push(fault(
                            "unit-of-time",
                            format!(
                                "`{}` is a time, and `{}` is no unit of time",
                                of.text(),
                                indicator.unit
                            ),
                            "unit: s, min, h or d",
                        ));
                        return None;
                    }
                }
            }
            out.v = sql.text;
        }
    }
    Some(out)
}

/// The rows of the table as columns. The one place that knows how they are kept: one JSON object a row.
fn base(writer: &Writer<'_>, party: &str, name: &str, kind: &str, as_known: &str) -> String {
    let mut columns: Vec<String> = writer
        .read
        .iter()
        .enumerate()
        .map(|(i, (column, ty))| format!("{} AS c{i}", stored(writer.engine, column, *ty)))
        .collect();
    if columns.is_empty() {
        columns.push("1 AS c0".to_owned());
    }
    format!(
        "SELECT {} FROM table_rows WHERE party = {party} AND name = {name} AND kind = {kind} \
         AND recorded_from_ms <= {as_known} AND (recorded_to_ms IS NULL OR recorded_to_ms > {as_known})",
        columns.join(", ")
    )
}

fn stored(engine: Engine, column: &str, ty: ColumnType) -> String {
    // INVARIANT (column names): `check` lets letters, digits, `_`, `-` and the parts' dot through, so neither quote needs escaping.
    let sql_type = match ty {
        ColumnType::Text => "TEXT",
        ColumnType::Number => "DOUBLE PRECISION",
        ColumnType::Instant => "BIGINT",
        ColumnType::Flag => "INTEGER",
    };
    match (engine, ty) {
        (Engine::Sqlite, _) => {
            format!("CAST(json_extract(columns, '$.\"{column}\"') AS {sql_type})")
        }
        (Engine::Postgres, ColumnType::Flag) => format!(
            "CASE CAST(columns AS jsonb) ->> '{column}' WHEN 'true' THEN 1 WHEN 'false' THEN 0 END"
        ),
        (Engine::Postgres, _) => {
            format!("CAST(CAST(columns AS jsonb) ->> '{column}' AS {sql_type})")
        }
    }
}

fn assemble(
    indicator: &Indicator,
    engine: Engine,
    base: &str,
    dims: &[Dimension],
    keep: &str,
    values: &Values,
) -> String {
    let b: Vec<String> = (0..dims.len()).map(|i| format!("b{i}")).collect();
    let as_b: String = dims
        .iter()
        .enumerate()
        .map(|(i, d)| format!("{} AS b{i}, ", d.column))
        .collect();
    let list = |tail: &str| -> String {
        let mut all = b.clone();
        all.extend((!tail.is_empty()).then(|| tail.to_owned()));
        all.join(", ")
    };
    let partition = |by: &[String]| {
        if by.is_empty() {
            String::new()
        } else {
            format!("PARTITION BY {} ", by.join(", "))
        }
    };
    let double = |e: &str| format!("CAST({e} AS DOUBLE PRECISION)");
    let v = if values.text {
        values.v.clone()
    } else {
        double(&values.v)
    };
    let mut with = vec![
        format!("base AS ({base})"),
        format!(
            "picked AS (SELECT {as_b}{v} AS v, {} AS num, {} AS den FROM base WHERE {keep})",
            double(&values.num),
            double(&values.den)
        ),
        format!(
            "ranked AS (SELECT {}, ROW_NUMBER() OVER ({}ORDER BY v) AS rn, COUNT(*) OVER ({}) AS m \
             FROM picked WHERE v IS NOT NULL AND num IS NOT NULL AND den IS NOT NULL)",
            list("v, num, den"),
            partition(&b),
            partition(&b).trim_end()
        ),
    ];
    let band = indicator.chart == Chart::Band && indicator.measure == Measure::Median;
    let at_rank = |rank: &str| format!("MIN(CASE WHEN rn = {rank} THEN v END)");
    let (low, high) = if band {
        (at_rank("(m + 3) / 4"), at_rank("(3 * m + 3) / 4"))
    } else {
        ("NULL".to_owned(), "NULL".to_owned())
    };
    let value = match indicator.measure {
        Measure::Median => "SUM(CASE WHEN rn IN ((m + 1) / 2, (m + 2) / 2) THEN v END) / COUNT(CASE WHEN rn IN ((m + 1) / 2, (m + 2) / 2) THEN v END)".to_owned(),
        Measure::Mean => "SUM(v) / COUNT(*)".to_owned(),
        Measure::P90 => at_rank("(9 * m + 9) / 10"),
        Measure::Min => "MIN(v)".to_owned(),
        Measure::Max => "MAX(v)".to_owned(),
        Measure::Sum => "SUM(v)".to_owned(),
        Measure::Count => double("COUNT(*)"),
        Measure::Distinct => double("COUNT(DISTINCT v)"),
        Measure::Share => {
            let times = if in_percent(indicator) { "100 * " } else { "" };
            format!("{times}SUM(num) / NULLIF(SUM(den), 0)")
        }
    };
    // The value at the largest rank r with (m + 1 - 2r)² ≥ 1.96² m, and its mirror: the sign test's interval with its correction for
    // continuity, in whole numbers alone.
    let (from, to) = if told_surely(indicator) {
        let outside = |rank: &str| {
            let off = format!("(m + 1 - 2 * {rank})");
            format!("2 * {rank} <= m AND {off} * {off} * 10000 >= 38416 * m")
        };
        (
            format!("MAX(CASE WHEN {} THEN v END)", outside("rn")),
            format!("MIN(CASE WHEN {} THEN v END)", outside("(m + 1 - rn)")),
        )
    } else {
        ("NULL".to_owned(), "NULL".to_owned())
    };
    let scaled = |e: &str| {
        if values.divide == 1 || e == "NULL" {
            e.to_owned()
        } else {
            format!("({e}) / {}", values.divide)
        }
    };
    let group = if b.is_empty() {
        String::new()
    } else {
        format!(" GROUP BY {}", b.join(", "))
    };
    with.push(format!(
        "grouped AS (SELECT {}, {} AS value, {} AS low, {} AS high, {} AS ci_from, {} AS ci_to, SUM(num) AS num, SUM(den) AS den, COUNT(*) AS n \
         FROM ranked{group} HAVING COUNT(*) > 0)",
        if b.is_empty() { "1 AS all_rows".to_owned() } else { b.join(", ") },
        scaled(&value),
        scaled(&low),
        scaled(&high),
        scaled(&from),
        scaled(&to),
    ));
    // Nothing of a group's order may be an engine's own: where its NULLs stand, how it collates.
    let order: Vec<String> = dims
        .iter()
        .enumerate()
        .map(|(i, d)| {
            let collate = match (engine, d.kind) {
                (Engine::Postgres, ColumnType::Text) => " COLLATE \"C\"",
                _ => "",
            };
            format!("b{i} IS NULL, b{i}{collate}")
        })
        .collect();
    let last = withhold(indicator.least, &b, &order, &mut with);
    let mut columns = b.clone();
    let shown = |column: &str| format!("CASE WHEN w = 0 THEN {column} END AS {column}");
    for column in shown_columns(indicator) {
        columns.push(shown(column));
    }
    columns.push(shown("n"));
    columns.push("w AS withheld".to_owned());
    let order = if order.is_empty() {
        String::new()
    } else {
        format!(" ORDER BY {}", order.join(", "))
    };
    format!(
        "WITH {} SELECT {} FROM {last}{order}",
        with.join(", "),
        columns.join(", ")
    )
}

/// Adds the steps that withhold small groups with their complements; the name of the last.
fn withhold(least: i64, b: &[String], order: &[String], with: &mut Vec<String>) -> String {
    let carried = {
        let mut all: Vec<&str> = b.iter().map(String::as_str).collect();
        all.extend([
            "value", "low", "high", "ci_from", "ci_to", "num", "den", "n",
        ]);
        all.join(", ")
    };
    with.push(format!(
        "w0 AS (SELECT {carried}, CASE WHEN n < {least} THEN 1 ELSE 0 END AS w FROM grouped)"
    ));
    let mut last = 0;
    if least <= 1 {
        return "w0".to_owned();
    }
    // What a total along one dimension, less what is shown of it, would give away.
    let others = |dim: usize| -> String {
        let rest: Vec<&str> = b
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != dim)
            .map(|(_, name)| name.as_str())
            .collect();
        if rest.is_empty() {
            String::new()
        } else {
            format!("PARTITION BY {}", rest.join(", "))
        }
    };
    let told = |line: &str| {
        format!(
            "SUM(w) OVER ({line}) AS ws, SUM(CASE WHEN w = 1 THEN n ELSE 0 END) OVER ({line}) AS wn, \
             SUM(1 - w) OVER ({line}) AS open"
        )
    };
    for _ in 0..ROUNDS {
        for dim in 0..b.len() {
            let line = others(dim);
            let next = last + 1;
            with.push(format!(
                "s{next} AS (SELECT {carried}, w, {}, ROW_NUMBER() OVER ({line} ORDER BY w, n, {}) AS r FROM w{last})",
                told(&line),
                order.join(", ")
            ));
            with.push(format!(
                "w{next} AS (SELECT {carried}, CASE WHEN w = 1 OR (ws > 0 AND (ws = 1 OR wn < {least}) AND r = 1) \
                 THEN 1 ELSE 0 END AS w FROM s{next})"
            ));
            last = next;
        }
    }
    if b.is_empty() {
        return format!("w{last}");
    }
    // Where a line can still be told by difference, nothing is shown.
    let open: Vec<String> = (0..b.len())
        .map(|dim| {
            format!(
                "SELECT 1 AS one FROM (SELECT w, {} FROM w{last}) AS line{dim} WHERE open > 0 AND ws > 0 AND (ws = 1 OR wn < {least})",
                told(&others(dim))
            )
        })
        .collect();
    with.push(format!("leaks AS ({})", open.join(" UNION ALL ")));
    with.push(format!(
        "kept AS (SELECT {carried}, CASE WHEN (SELECT COUNT(*) FROM leaks) > 0 THEN 1 ELSE w END AS w FROM w{last})"
    ));
    "kept".to_owned()
}

/// Whether a median says how sure it is: what everybody may see does.
fn told_surely(indicator: &Indicator) -> bool {
    indicator.public.is_some() && indicator.measure == Measure::Median
}

/// Columns that a withheld group hides, beside its rows.
fn shown_columns(indicator: &Indicator) -> Vec<&'static str> {
    let mut out = vec!["value"];
    if indicator.chart == Chart::Band && indicator.measure == Measure::Median {
        out.extend(["low", "high"]);
    }
    if told_surely(indicator) {
        out.extend(["ci_from", "ci_to"]);
    }
    if indicator.measure == Measure::Share {
        out.extend(["num", "den"]);
    }
    out
}

fn result_columns(indicator: &Indicator, dims: &[Dimension]) -> Vec<ResultColumn> {
    let mut out: Vec<ResultColumn> = dims
        .iter()
        .map(|d| ResultColumn {
            name: d.name.clone(),
            role: Role::By,
            kind: d.kind,
        })
        .collect();
    let rest = shown_columns(indicator)
        .into_iter()
        .chain(["n", "withheld"]);
    out.extend(rest.map(|column| {
        let role = match column {
            "low" => Role::Low,
            "high" => Role::High,
            "ci_from" => Role::From,
            "ci_to" => Role::To,
            "num" => Role::Numerator,
            "den" => Role::Denominator,
            "n" => Role::Rows,
            "withheld" => Role::Withheld,
            _ => Role::Value,
        };
        let name = match role {
            Role::Numerator => "numerator",
            Role::Denominator => "denominator",
            Role::Rows => "rows",
            Role::From => "from",
            Role::To => "to",
            Role::By | Role::Value | Role::Low | Role::High | Role::Withheld => column,
        };
        ResultColumn {
            name: name.to_owned(),
            role,
            kind: ColumnType::Number,
        }
    }));
    out
}
