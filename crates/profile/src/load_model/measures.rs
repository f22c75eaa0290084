//! Tables, and the measures declared over them.

use std::collections::BTreeMap;

use crate::model::*;
use crate::yaml::{Data, Node};

use super::Reader;

impl Reader {
    pub(super) fn table(&mut self, table: &str, n: &Node) -> Table {
        self.only(n, "a table", &["row-per", "columns", "zone", "dated"]);
        let mut columns = BTreeMap::new();
        for (name, line, c) in n.get("columns").map(Node::members).unwrap_or_default() {
            self.place(format!("tables.{table}.columns.{name}"), *line);
            self.only(c, "a column", &["at", "entered", "is"]);
            let column = if let Some(at) = self.text(c, "at") {
                Some(Column::At(self.typed(&at, *line)))
            } else if let Some(entered) = self.text(c, "entered") {
                Some(match entered.split_once('.') {
                    Some((track, state)) => Column::Entered {
                        track: Some(track.to_owned()),
                        state: state.to_owned(),
                    },
                    None => Column::Entered {
                        track: None,
                        state: entered,
                    },
                })
            } else {
                self.expr_at(c, "is").map(Column::Is)
            };
            match column {
                Some(column) => {
                    columns.insert(name.clone(), column);
                }
                None => self.fault(
                    *line,
                    "bad-column",
                    format!("column `{name}` says not where its value comes from"),
                    "use `at`, `entered` or `is`",
                ),
            }
        }
        Table {
            row_per: self.need_text(n, "a table", "row-per"),
            zone: self.text(n, "zone"),
            dated: self.text(n, "dated"),
            columns,
        }
    }

    pub(super) fn indicator(&mut self, name: &str, n: &Node) -> Option<Indicator> {
        self.only(
            n,
            "an indicator",
            &[
                "over",
                "measure",
                "of",
                "where",
                "numerator",
                "denominator",
                "unit",
                "by",
                "least",
                "chart",
                "compare",
                "public",
            ],
        );
        let measure = match self.need_text(n, "an indicator", "measure").as_str() {
            "median" => Measure::Median,
            "mean" => Measure::Mean,
            "p90" => Measure::P90,
            "min" => Measure::Min,
            "max" => Measure::Max,
            "sum" => Measure::Sum,
            "count" => Measure::Count,
            "distinct" => Measure::Distinct,
            "share" => Measure::Share,
            other => {
                self.fault(
                    n.line,
                    "unknown-word",
                    format!("`{other}` is no measure"),
                    "measure is median, mean, p90, min, max, sum, count, distinct or share",
                );
                return None;
            }
        };
        let chart = match self.text(n, "chart").as_deref() {
            None | Some("line") => Chart::Line,
            Some("bar") => Chart::Bar,
            Some("band") => Chart::Band,
            Some("heat") => Chart::Heat,
            Some(other) => {
                self.fault(
                    n.line,
                    "unknown-word",
                    format!("`{other}` is no chart"),
                    "chart is line, bar, band or heat",
                );
                Chart::Line
            }
        };
        let (wants, refuses): (&[&str], &[&str]) = match measure {
            Measure::Count => (&[], &["of", "numerator", "denominator"]),
            Measure::Share => (&["numerator"], &["of"]),
            Measure::Median
            | Measure::Mean
            | Measure::P90
            | Measure::Min
            | Measure::Max
            | Measure::Distinct
            | Measure::Sum => (&["of"], &["numerator", "denominator"]),
        };
        for word in wants.iter().filter(|w| n.get(w).is_none()) {
            self.fault(
                n.line,
                "word-missing",
                format!("indicator `{name}` needs `{word}`"),
                format!("add `{word}: \"…\"`, an expression over the table's columns"),
            );
        }
        for word in refuses.iter().filter(|w| n.get(w).is_some()) {
            self.fault(
                n.line,
                "unknown-word",
                format!("`{word}` does not go with this measure"),
                "`of` goes with numbers, `numerator` and `denominator` with a share",
            );
        }
        let least = match n.get("least").map(|l| &l.data) {
            None => 0,
            Some(Data::Int(i)) if (0..=10_000).contains(i) => *i,
            Some(_) => {
                self.fault(
                    n.line,
                    "bad-number",
                    format!("indicator `{name}`: `least` is a whole number"),
                    "write `least: 10`",
                );
                0
            }
        };
        let public = self.text(n, "public").and_then(|word| {
            let known = Public::ALL.into_iter().find(|p| p.word() == word);
            if known.is_none() {
                self.fault(
                    n.line,
                    "unknown-word",
                    format!("`public: {word}` is no place where everybody looks"),
                    "public is waits, passage, time, money or security; left out, only who has the cases sees it",
                );
            }
            known
        });
        let unit = self.text(n, "unit").unwrap_or_else(|| {
            let percent = measure == Measure::Share;
            if percent { "%" } else { "" }.to_owned()
        });
        let made = Indicator {
            over: self.need_text(n, "an indicator", "over"),
            measure,
            of: self.expr_at(n, "of"),
            filter: self.expr_at(n, "where"),
            numerator: self.expr_at(n, "numerator"),
            denominator: self.expr_at(n, "denominator"),
            unit,
            by: self.texts(n.get("by")),
            least,
            chart,
            compare: self.text(n, "compare"),
            public,
        };
        // A condition that cannot be read must not become "all rows".
        let lost = [
            ("of", made.of.is_some()),
            ("where", made.filter.is_some()),
            ("numerator", made.numerator.is_some()),
            ("denominator", made.denominator.is_some()),
        ];
        let read = lost
            .iter()
            .all(|(word, there)| *there || n.get(word).is_none())
            && wants.iter().all(|w| n.get(w).is_some());
        read.then_some(made)
    }
}
