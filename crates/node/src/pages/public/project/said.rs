//! Every statement as it was made: what it says, how coarse, who says it and where.

use garita_profile::promises::dates::Precision;
use garita_profile::promises::statement::Said;

use super::One;
use crate::console::Link;
use crate::console::public::{SaidBy, Statement, coarse, days_short};
use crate::pages::public::visit::day_of;
use crate::site::judge::seen;
use crate::site::register::{Detail, Source, newest};

impl One<'_> {
    /// Who said it: the party that the source names, or who signed.
    pub(super) fn who(&self, source: &Source) -> String {
        if !source.said_by.is_empty() {
            return source.said_by.clone();
        }
        self.visit.ask.network.name_of(&source.issuer).to_owned()
    }

    /// Signed by who is responsible, or compiled.
    pub(super) fn said_by(&self, source: &Source) -> SaidBy {
        match source.own {
            true => SaidBy::Sponsor,
            false => SaidBy::Compiled,
        }
    }

    pub(super) fn source(&self, source: &Source) -> Link {
        source_link(&source.addresses)
    }

    pub(super) fn proof(&self, source: &Source) -> Link {
        Link::new(
            self.w("signed record", "registro firmado"),
            crate::console::paths::public_record(&source.id),
        )
    }

    /// The promises behind the chart, oldest first.
    pub(super) fn promises(&self) -> Vec<Statement> {
        let steps = self.judged.dates.steps.iter();
        let steps = steps.chain(self.judged.dates.actual.as_ref());
        let told = steps.filter(|s| s.stated_on.is_some());
        told.filter_map(|step| {
            let source = self.subject.sources.get(&step.statement)?;
            let detail = self.subject.details.get(&step.statement)?;
            Some(Statement {
                moved: step.moved.map_or_else(String::new, |moved| match moved {
                    0 => self.w("same", "igual").to_owned(),
                    n if n > 0 => format!("+{}", days_short(n)),
                    n => days_short(n),
                }),
                conflict: step.conflict,
                ..self.statement(
                    source,
                    detail,
                    self.coarse(step),
                    self.w("Completion", "Término"),
                )
            })
        })
        .collect()
    }

    /// Every statement that counts as of then, newest first.
    pub(super) fn statements(&self) -> Vec<Statement> {
        let as_of = &self.visit.as_of;
        let described = newest(
            &self.subject.described,
            as_of.stated_by,
            as_of.recorded_by_ms,
        );
        let mut told = Vec::new();
        for statement in seen(self.subject, described, as_of).into_iter().rev() {
            let (Some(source), Some(detail)) = (
                self.subject.sources.get(&statement.id),
                self.subject.details.get(&statement.id),
            ) else {
                continue;
            };
            if statement.milestone.is_empty() || detail.undated {
                continue;
            }
            let (says, about) = self.says(&statement.said, detail, &statement.milestone);
            let mut one = self.statement(source, detail, says, &about);
            one.precision = match &statement.said {
                Said::Target(interval) | Said::Actual(interval) => {
                    precision(interval.precision).to_owned()
                }
                _ => String::new(),
            };
            if !one.precision.is_empty() {
                one.precision =
                    crate::console::public::CodeList::Precision.word(self.lang(), &one.precision);
            }
            told.push(one);
        }
        told
    }

    fn statement(&self, source: &Source, detail: &Detail, says: String, about: &str) -> Statement {
        let recorded = day_of(source.logged_ms).filter(|day| *day != source.stated_on);
        Statement {
            stated: source.stated_on,
            recorded,
            about: about.to_owned(),
            says,
            reason: detail.reason_text.clone(),
            said_by: self.said_by(source),
            who: self.who(source),
            source: self.source(source),
            rank: self.visit.code("sourceRank", &source.rank),
            proof: self.proof(source),
            ..Statement::default()
        }
    }

    /// What it says, and of what.
    fn says(&self, said: &Said, detail: &Detail, milestone: &str) -> (String, String) {
        let named = self.milestone_name(milestone);
        match said {
            Said::Target(_) => (
                coarse(&detail.text, self.lang()),
                match detail.date_kind.as_str() {
                    "start-target" => self
                        .w("Start of works, promised", "Inicio de obras, prometido")
                        .to_owned(),
                    _ => format!("{named}, {}", self.w("promised", "prometido")),
                },
            ),
            Said::Actual(_) => (
                coarse(&detail.text, self.lang()),
                match detail.date_kind.as_str() {
                    "start-actual" => self.w("Start of works", "Inicio de obras").to_owned(),
                    _ => named,
                },
            ),
            Said::NoDate => (self.w("no date any more", "ya sin fecha").to_owned(), named),
            Said::Cost(cost) => (
                self.money(cost.amount_minor, &cost.currency),
                format!(
                    "{}, {}",
                    self.w("Cost", "Costo"),
                    self.visit.code("costKind", &cost.kind)
                ),
            ),
            Said::Progress {
                measure,
                percent,
                planned,
            } => (
                format!("{percent} %"),
                format!(
                    "{} {}{}",
                    self.w("Progress,", "Avance"),
                    self.visit.code("progressMeasure", measure),
                    if *planned {
                        self.w(", as planned", ", previsto")
                    } else {
                        ""
                    }
                ),
            ),
            Said::Phase(phase) => (
                self.visit.code("phase", phase),
                self.w("Phase", "Fase").to_owned(),
            ),
            Said::Award => (String::new(), self.w("Award", "Adjudicación").to_owned()),
        }
    }
}

fn precision(precision: Precision) -> &'static str {
    match precision {
        Precision::Day => "day",
        Precision::Month => "month",
        Precision::Quarter => "quarter",
        Precision::Season => "season",
        Precision::Third => "third",
        Precision::Year => "year",
    }
}

/// The best address of a source: a link where it is one, else the words.
pub(in crate::pages::public) fn source_link(addresses: &[String]) -> Link {
    let best = addresses.first().map_or("", String::as_str);
    let is_link = best.starts_with("https://") || best.starts_with("http://");
    if !is_link {
        return Link::new(best, String::new());
    }
    let host = best.split('/').nth(2).unwrap_or(best);
    Link::new(host.trim_start_matches("www."), best)
}
