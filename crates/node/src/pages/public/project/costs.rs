//! What it costs, by kind, scope and currency: growth is counted inside, never across. How much of it is done.

use std::collections::BTreeMap;

use garita_profile::promises::cost;
use garita_profile::promises::statement::{Cost, Said, Statement as Told};

use super::One;
use crate::console::grouped;
use crate::console::public::{CostGroup, CostRow, ProgressRow};
use crate::site::judge::seen;
use crate::site::register::newest;

/// Kind, scope and currency: only what has all three in common is compared.
type Alike = (String, String, String);

impl One<'_> {
    pub(super) fn seen(&self) -> Vec<&Told> {
        let as_of = &self.visit.as_of;
        let described = newest(
            &self.subject.described,
            as_of.stated_by,
            as_of.recorded_by_ms,
        );
        seen(self.subject, described, as_of)
    }

    pub(super) fn money(&self, minor: i128, currency: &str) -> String {
        money(minor, currency)
    }

    /// One group a kind, scope and currency.
    pub(super) fn costs(&self) -> Vec<CostGroup> {
        let mut groups: BTreeMap<Alike, Vec<(&Told, &Cost)>> = BTreeMap::new();
        for statement in self.seen() {
            if let Said::Cost(cost) = &statement.said {
                let key = (cost.kind.clone(), cost.scope.clone(), cost.currency.clone());
                groups.entry(key).or_default().push((statement, cost));
            }
        }
        groups
            .into_iter()
            .map(|((kind, scope, _), rows)| CostGroup {
                kind: self.visit.code("costKind", &kind),
                covers: self.visit.code("costScope", &scope),
                // What has no known kind may be of several: it is listed and not compared.
                growth: growth(&rows)
                    .filter(|_| kind != "not-stated" && scope != "not-stated")
                    .map_or_else(String::new, |g| match self.lang() {
                        crate::console::Lang::Es => {
                            format!("{g:+.1} % desde el primero de este tipo")
                        }
                        crate::console::Lang::En => {
                            format!("{g:+.1} % since the first of this kind")
                        }
                    }),
                real_growth: String::new(),
                rows: rows
                    .iter()
                    .map(|(told, cost)| self.cost(told, cost))
                    .collect(),
            })
            .collect()
    }

    fn cost(&self, told: &Told, cost: &Cost) -> CostRow {
        let source = self.subject.sources.get(&told.id);
        CostRow {
            stated: told.stated_on,
            amount: self.money(cost.amount_minor, &cost.currency),
            said_by: source.map(|s| self.said_by(s)).unwrap_or_default(),
            source: source.map(|s| self.source(s)).unwrap_or_default(),
            note: told.note.clone(),
        }
    }

    /// The newest word on each measure, planned beside done.
    pub(super) fn progress(&self) -> Vec<ProgressRow> {
        let mut rows: BTreeMap<(String, String), ProgressRow> = BTreeMap::new();
        for told in self.seen() {
            let Said::Progress {
                measure,
                percent,
                planned,
            } = &told.said
            else {
                continue;
            };
            let key = (told.milestone.clone(), measure.clone());
            let row = rows.entry(key).or_insert_with(|| ProgressRow {
                what: format!(
                    "{}, {}",
                    self.milestone_name(&told.milestone),
                    self.visit.code("progressMeasure", measure)
                ),
                ..ProgressRow::default()
            });
            let text = format!("{percent} %");
            if *planned {
                row.planned = text;
            } else {
                row.actual = text;
                row.share = percent / 100.0;
                row.at = Some(told.stated_on);
                let source = self.subject.sources.get(&told.id);
                row.source = source.map(|s| self.source(s)).unwrap_or_default();
            }
        }
        rows.into_values().collect()
    }
}

/// Percent between the first and the last of one kind (8.6); none with one figure.
fn growth(rows: &[(&Told, &Cost)]) -> Option<f64> {
    let ((_, base), (_, now)) = (rows.first()?, rows.last()?);
    let grown = cost::growth(base, now).ok()?;
    (rows.len() > 1).then_some(grown * 100.0)
}

/// `1,300 M USD`.
pub(in crate::pages::public) fn money(minor: i128, currency: &str) -> String {
    let whole = minor / 100;
    let amount = match u64::try_from(whole) {
        Ok(n) if n >= 1_000_000 => {
            let tenths = (n + 50_000) / 100_000;
            let (millions, tenth) = (tenths / 10, tenths % 10);
            match tenth {
                0 => format!("{} M", grouped(millions)),
                t => format!("{}.{t} M", grouped(millions)),
            }
        }
        Ok(n) => grouped(n),
        Err(_) => whole.to_string(),
    };
    format!("{amount} {currency}")
}
