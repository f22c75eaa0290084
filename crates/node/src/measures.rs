//! Indicators of the programs in force, computed for a party: what the API and the pages have in common.

use std::sync::Arc;
use std::time::Duration;

use garita_exchange::core::Core;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::sequence::store_refusal;
use garita_profile::Profile;
use garita_profile::indicator::compare::{self, Comparison, Group};
use garita_profile::indicator::{self, Bind, Engine, ResultColumn, Role};
use garita_profile::model::{Indicator, Measure, Table};
use garita_store::Cell;

/// Groups that one answer gives: hours of a week at ten ports are 1,680.
pub const ROWS_MAX: usize = 10_000;
/// A measure over a million rows takes a few seconds on one core; more is asked by mistake.
const TIME_MAX: Duration = Duration::from_secs(10);

/// Where a total less the rest would tell what is withheld.
const WITHHELD_EN: &str = "groups of fewer than {least} rows are withheld, and with them the smallest group that a total less the rest would give away";
const WITHHELD_ES: &str = "los grupos de menos de {least} filas se reservan, y con ellos el menor de los que un total menos el resto delataría";

/// A declared indicator of a program in force.
#[derive(Debug, Clone)]
pub struct Declared {
    /// The profile that it can be computed with.
    pub profile: Arc<Profile>,
    /// The program that declares it.
    pub program: String,
    /// Its version.
    pub version: String,
    /// The indicator's name.
    pub id: String,
}

/// What is asked beside the indicator.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// As known at this instant, ms since 1970.
    pub as_known_ms: i64,
    /// Dimension and value: groups that have another value are left out of the answer.
    pub only: Vec<(String, String)>,
}

/// An indicator's numbers.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What the columns are.
    pub columns: Vec<ResultColumn>,
    /// Groups.
    pub rows: Vec<Vec<Cell>>,
    /// As known at this instant, ms since 1970.
    pub as_known_ms: i64,
    /// How many of the groups are withheld.
    pub withheld: usize,
    /// Rows that the groups shown were computed from.
    pub counted: u64,
    /// Whether there are more groups than were given.
    pub more: bool,
    /// What the column under `compare` makes of the measure; none where nothing is compared, or no two groups can be.
    pub comparison: Option<Comparison>,
}

impl Declared {
    /// The indicator; none only if the profile changed under us, which it does not.
    pub fn indicator(&self) -> Option<&Indicator> {
        self.profile.model().indicators.get(&self.id)
    }

    /// The table that it is computed over.
    pub fn table(&self) -> Option<&Table> {
        self.profile.model().tables.get(&self.indicator()?.over)
    }

    /// Its title.
    pub fn title(&self, lang: &str) -> &str {
        let texts = &self.profile.model().texts;
        let find = |key: &str| texts.get(lang).and_then(|t| t.get(key));
        find(&format!("indicators.{}.title", self.id))
            .or_else(|| find(&format!("indicators.{}", self.id)))
            .map_or(&self.id, String::as_str)
    }

    /// What it says.
    pub fn definition(&self, lang: &str) -> &str {
        let texts = self.profile.model().texts.get(lang);
        texts
            .and_then(|t| t.get(&format!("indicators.{}.definition", self.id)))
            .map_or("", String::as_str)
    }

    /// Why groups are withheld, in English and Spanish; none where none ever is.
    pub fn why_withheld(&self) -> Option<(String, String)> {
        let least = self.indicator()?.least;
        let fill = |text: &str| text.replace("{least}", &least.to_string());
        (least > 1).then(|| (fill(WITHHELD_EN), fill(WITHHELD_ES)))
    }
}

/// The measure's word, as a profile writes it.
pub fn measure_word(measure: Measure) -> &'static str {
    match measure {
        Measure::Median => "median",
        Measure::Mean => "mean",
        Measure::P90 => "p90",
        Measure::Min => "min",
        Measure::Max => "max",
        Measure::Sum => "sum",
        Measure::Count => "count",
        Measure::Distinct => "distinct",
        Measure::Share => "share",
    }
}

/// Every indicator of the programs in force, by program and name.
pub fn all(core: &Core) -> Vec<Declared> {
    let mut out = Vec::new();
    for (profile, program) in core.programs.each() {
        let model = profile.model();
        let own =
            |id: &str| model.profile_of(&format!("indicators.{id}")) == Some(program.id.as_str());
        out.extend(
            model
                .indicators
                .keys()
                .filter(|id| own(id))
                .map(|id| Declared {
                    profile: Arc::clone(profile),
                    program: program.id.clone(),
                    version: program.version.clone(),
                    id: id.clone(),
                }),
        );
    }
    out.sort_by(|a, b| {
        (&a.program, &a.id)
            .cmp(&(&b.program, &b.id))
            .then_with(|| b.version.cmp(&a.version))
    });
    // Of two versions in force side by side the later one is asked: its tables are what cases are projected into.
    out.dedup_by(|a, b| (&a.program, &a.id) == (&b.program, &b.id));
    out
}

/// The indicator of a name.
pub fn find(core: &Core, id: &str) -> Option<Declared> {
    all(core).into_iter().find(|d| d.id == id)
}

/// Computes an indicator over the rows of the cases that a party has.
///
/// # Errors
/// `dimension-unknown` for a filter by what is none, `measure-too-long`, `measures-busy`; when the store is away.
pub fn answer(
    core: &Core,
    party: &str,
    declared: &Declared,
    asked: &Asked,
) -> Result<Answer, Refusal> {
    let indicator = declared.indicator().ok_or_else(|| unknown(&declared.id))?;
    answer_as(core, party, declared, indicator, asked)
}

/// The same of an indicator that differs from the declared one, in which rows count.
///
/// # Errors
/// As [`answer`].
pub(crate) fn answer_as(
    core: &Core,
    party: &str,
    declared: &Declared,
    indicator: &Indicator,
    asked: &Asked,
) -> Result<Answer, Refusal> {
    let ask = indicator::Ask {
        party,
        as_known_ms: asked.as_known_ms,
    };
    // A program that does not pass its check is not loaded.
    let query = indicator::compile_as(&declared.profile, indicator, Engine::Sqlite, &ask)
        .map_err(|_| unknown(&declared.id))?;
    let by = |name: &str| {
        query
            .columns
            .iter()
            .position(|c| c.role == Role::By && c.name == name)
    };
    let mut only = Vec::new();
    for (name, value) in &asked.only {
        let Some(at) = by(name) else {
            return Err(no_dimension(name, &query.columns));
        };
        only.push((at, value.as_str()));
    }
    let measured = core
        .reader
        .measure(
            party,
            &garita_store::Measure {
                sql: query.sql,
                binds: query
                    .binds
                    .into_iter()
                    .map(|bind| match bind {
                        Bind::Text(text) => Cell::Text(text),
                        Bind::Int(number) => Cell::Int(number),
                    })
                    .collect(),
                rows_max: ROWS_MAX,
                time_max: TIME_MAX,
            },
        )
        .map_err(|e| store_refusal(&e))?;
    let mut rows = measured.rows;
    // Chosen after what is withheld was settled over all groups: a filter opens nothing.
    rows.retain(|row| {
        only.iter()
            .all(|(at, value)| row.get(*at).is_some_and(|cell| text(cell) == *value))
    });
    let mut answer = Answer {
        columns: query.columns,
        rows,
        as_known_ms: asked.as_known_ms,
        withheld: 0,
        counted: 0,
        more: measured.more,
        comparison: None,
    };
    answer.settle(indicator);
    Ok(answer)
}

impl Answer {
    /// Counts and compares what the rows are now.
    pub(crate) fn settle(&mut self, indicator: &Indicator) {
        self.withheld = self.rows.iter().filter(|row| self.withheld(row)).count();
        self.counted = self.at(Role::Rows).map_or(0, |at| {
            let rows = self.rows.iter().filter_map(|row| number(row.get(at)?));
            rows.map(|n| n as u64).sum()
        });
        let groups = self.groups(indicator);
        self.comparison = groups.and_then(|groups| compare::compare(&groups));
    }

    /// A row's number by what it is; none where it is withheld or the indicator has none.
    pub(crate) fn number(&self, row: &[Cell], role: Role) -> Option<f64> {
        row.get(self.at(role)?).and_then(number)
    }

    /// The values of a row's dimensions, in the order of `by`.
    pub(crate) fn key(&self, row: &[Cell]) -> Vec<Cell> {
        let columns = self.columns.iter().zip(row);
        let by = columns.filter(|(column, _)| column.role == Role::By);
        by.map(|(_, cell)| cell.clone()).collect()
    }

    /// The place of the column with a role.
    pub fn at(&self, role: Role) -> Option<usize> {
        self.columns.iter().position(|c| c.role == role)
    }

    /// The groups shown, as a comparison needs them; none where the indicator compares nothing.
    fn groups(&self, indicator: &Indicator) -> Option<Vec<Group>> {
        let name = indicator.compare.as_deref()?;
        let by = |column: &ResultColumn| column.role == Role::By;
        let compared = self.columns.iter().position(|c| by(c) && c.name == name)?;
        let read = |row: &[Cell], role: Role| row.get(self.at(role)?).and_then(number);
        let group = |row: &Vec<Cell>| {
            let rows = read(row, Role::Rows)?;
            let (value, variance) = match indicator.measure {
                Measure::Share => {
                    let scale = if indicator.unit == "%" { 100.0 } else { 1.0 };
                    let counted = read(row, Role::Numerator)?;
                    (
                        read(row, Role::Value)?,
                        compare::variance_of_share(counted, rows, scale),
                    )
                }
                Measure::Median
                | Measure::Mean
                | Measure::P90
                | Measure::Min
                | Measure::Max
                | Measure::Sum
                | Measure::Count
                | Measure::Distinct => (
                    read(row, Role::Value)?,
                    compare::variance_of_median(
                        read(row, Role::Low)?,
                        read(row, Role::High)?,
                        rows,
                    ),
                ),
            };
            Some(Group {
                stratum: self
                    .columns
                    .iter()
                    .zip(row)
                    .enumerate()
                    .filter(|(at, (column, _))| by(column) && *at != compared)
                    .map(|(_, (_, cell))| text(cell))
                    .collect(),
                with: row.get(compared).and_then(number)? != 0.0,
                rows,
                value,
                variance,
            })
        };
        Some(
            self.rows
                .iter()
                .filter(|row| !self.withheld(row))
                .filter_map(group)
                .collect(),
        )
    }

    /// Whether a row is withheld.
    pub fn withheld(&self, row: &[Cell]) -> bool {
        self.at(Role::Withheld)
            .is_some_and(|at| is_withheld(row, at))
    }
}

fn is_withheld(row: &[Cell], at: usize) -> bool {
    row.get(at).and_then(number) == Some(1.0)
}

/// A cell's number.
pub fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Int(n) => Some(*n as f64),
        Cell::Real(n) => Some(*n),
        Cell::Null | Cell::Text(_) => None,
    }
}

/// A cell as text: whole numbers without a point, nothing as an empty text.
pub fn text(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Int(n) => n.to_string(),
        Cell::Real(n) => n.to_string(),
        Cell::Text(text) => text.clone(),
    }
}

fn unknown(id: &str) -> Refusal {
    Refusal::one(
        RefusalKind::NotFound,
        Fault::whole(
            "indicator-unknown",
            format!("no program in force has an indicator `{id}`; `/v1/indicators` lists them"),
            format!(
                "ningún programa vigente tiene un indicador `{id}`; `/v1/indicators` los enumera"
            ),
        ),
    )
}

fn no_dimension(name: &str, columns: &[ResultColumn]) -> Refusal {
    let known: Vec<&str> = columns
        .iter()
        .filter(|c| c.role == Role::By)
        .map(|c| c.name.as_str())
        .collect();
    let known = known.join(", ");
    Refusal::one(
        RefusalKind::Malformed,
        Fault::at(
            "dimension-unknown",
            name,
            format!("`{name}` is no dimension of this indicator; its dimensions: {known}"),
            format!("`{name}` no es dimensión de este indicador; sus dimensiones: {known}"),
        ),
    )
}

/// The refusal for a name that no indicator has.
pub fn not_declared(id: &str) -> Refusal {
    unknown(id)
}
