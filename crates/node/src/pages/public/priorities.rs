//! Which port first: figures of places under weights that the reader may move, with how sure the order is, what an hour less is worth there,
//! and what is planned.
//!
//! The method is the engine's ([`garita_profile::promises::ranking`]): percentiles among those compared, a weighted geometric mean over what is
//! known, weights drawn around. Everything that went in goes out as CSV.

mod weights;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_profile::promises::dates::days_between;
use garita_profile::promises::delay::{Flow, Priority, funding_gap, hour_less};
use garita_profile::promises::ranking::{
    Candidate, Criterion, Direction, Measured, Ranked, WeightDraws, percentile_ranks, rank,
};
use garita_profile::promises::statement::{AsOf, Said, visible};
use jiff::civil::Date;

use super::plans::millions;
use super::visit::{Answer, Visit};
use crate::console::public::{
    FeedKind, Preset, PrioritiesPage, PublicFeed, PublicPlace, RankRow, Weight, day,
    render_priorities,
};
use crate::console::{Address, Lang, Link, paths};
use crate::csv::quoted;
use crate::site::judge::Judged;
use crate::site::overview::SET;
use crate::site::read::minor;
use crate::site::register::{Figure, Register, Told, in_force};
use weights::{Chosen, MEASURES, PRESETS, Weights, preset_name};

/// How weights are drawn: with the same seed, so that the same figures give the same page.
const DRAWS: WeightDraws = WeightDraws {
    count: 1_000,
    concentration: 50.0,
    seed: 2_304,
};
/// What an hour of a truck is worth, in cents of a US dollar: the operating cost of US carriers in 2024. Unsure for short hauls over a bridge,
/// and without the cargo's own time.
pub(super) const HOUR_MINOR: i128 = 9_089;
pub(super) const HOUR_SOURCE: &str =
    "ATRI, Operational Costs of Trucking, 2025; https://wtaglobalinc.com/archives/81511";
/// Kinds of money that is there, not only thought of.
const COMMITTED: &[&str] = &["appropriation", "contract", "spent", "final"];
/// Phases of what is not built yet.
const AHEAD: &[&str] = &[
    "identification",
    "preparation",
    "implementation",
    "halted",
    "paused",
];
/// Projects named on either side of the gap.
const GAP_SHOWN: usize = 8;
const TRUCKS: &str = "trucks-a-year";
const WAIT: &str = "wait-minutes-median";

/// A place with what is known of it, by measure.
struct Place<'r> {
    id: &'r str,
    names: [String; 2],
    figures: Vec<Option<&'r Told<Figure>>>,
}

impl<'r> Place<'r> {
    /// The newest figure of each measure, as of that day; none where there is none at all.
    fn of(id: &'r str, told: &'r [Told<Figure>], as_of: &AsOf) -> Option<Place<'r>> {
        let seen: Vec<&Told<Figure>> = in_force(told, as_of.stated_by, as_of.recorded_by_ms)
            .filter(|t| t.what.value.is_finite())
            .collect();
        let age = |t: &&&Told<Figure>| (t.what.as_of, t.source.stated_on, t.source.logged_ms);
        let newest = seen.iter().max_by_key(age)?;
        let of = |code: &str| {
            let own = seen.iter().filter(|t| t.what.indicator == code);
            own.max_by_key(age).copied()
        };
        Some(Place {
            id,
            names: newest.what.names.clone(),
            figures: MEASURES.iter().map(|m| of(m.code)).collect(),
        })
    }

    fn value(&self, code: &str) -> Option<&'r Told<Figure>> {
        let at = MEASURES.iter().position(|m| m.code == code)?;
        self.figures.get(at).copied().flatten()
    }

    /// Why it is not compared: a gate, before any score.
    fn gate(&self) -> Option<Date> {
        let trucks = self.value(TRUCKS)?;
        (trucks.what.value <= 0.0).then_some(trucks.what.as_of.unwrap_or(trucks.source.stated_on))
    }
}

/// Whether a figure is older than its limit.
fn is_old(told: &Told<Figure>, limit_days: i64, today: Date) -> bool {
    let at = told.what.as_of.unwrap_or(told.source.stated_on);
    days_between(at, today) > limit_days
}

/// All places in order.
struct Ranking<'r> {
    weights: Weights,
    places: BTreeMap<&'r str, Place<'r>>,
    order: Vec<Ranked>,
    /// By place and measure, between 0 and 1.
    percentiles: BTreeMap<&'r str, Vec<Option<f64>>>,
}

impl<'r> Ranking<'r> {
    fn of(register: &'r Register, as_of: &AsOf, chosen: Chosen) -> Ranking<'r> {
        let figures = register.figures.iter();
        let places: BTreeMap<&str, Place<'_>> = figures
            .filter_map(|(id, told)| Some((id.as_str(), Place::of(id, told, as_of)?)))
            .collect();
        let criteria: Vec<Criterion> = MEASURES
            .iter()
            .zip(chosen.weights)
            .map(|(measure, weight)| Criterion {
                id: measure.code.to_owned(),
                direction: measure.direction,
                weight: f64::from(weight),
            })
            .collect();
        let exact = |told: &Told<Figure>| Measured {
            value: told.what.value,
            error: 0.0,
        };
        let candidates: Vec<Candidate> = places
            .values()
            .map(|place| Candidate {
                id: place.id.to_owned(),
                values: place.figures.iter().map(|f| f.map(exact)).collect(),
                not_now: place
                    .gate()
                    .map(|_| TRUCKS.to_owned())
                    .into_iter()
                    .collect(),
            })
            .collect();
        let mut order = rank(&candidates, &criteria, DRAWS);
        order.sort_by_key(|r| {
            (
                !r.not_now.is_empty(),
                r.median_rank.unwrap_or(usize::MAX),
                r.rank.unwrap_or(usize::MAX),
            )
        });
        let open: Vec<&Place<'_>> = places.values().filter(|p| p.gate().is_none()).collect();
        let mut percentiles: BTreeMap<&str, Vec<Option<f64>>> = BTreeMap::new();
        for (at, measure) in MEASURES.iter().enumerate() {
            let value = |p: &&Place<'_>| p.figures.get(at).copied().flatten().map(|t| t.what.value);
            let values: Vec<Option<f64>> = open.iter().map(value).collect();
            let ranks = percentile_ranks(&values, measure.direction);
            for (place, part) in open.iter().zip(ranks) {
                percentiles.entry(place.id).or_default().push(part);
            }
        }
        Ranking {
            weights: chosen.weights,
            places,
            order,
            percentiles,
        }
    }

    /// Measures with their weights and at how many places compared they are known.
    fn measures(&self) -> impl Iterator<Item = (usize, weights::Measure, u32, usize)> {
        MEASURES
            .iter()
            .zip(self.weights)
            .enumerate()
            .map(|(at, (measure, weight))| {
                let known = self
                    .percentiles
                    .values()
                    .filter(|parts| parts.get(at).copied().flatten().is_some());
                (at, *measure, weight, known.count())
            })
    }

    /// In hundredths of all weight.
    fn share(&self, weight: u32) -> u32 {
        let all: u32 = self.weights.iter().sum();
        (weight * 100 + all / 2) / all.max(1)
    }
}

/// `GET /priorities`.
pub(super) fn page(visit: &Visit) -> Result<Answer, Refusal> {
    let (chosen, fault) = match Chosen::of(&visit.ask.here) {
        Ok(chosen) => (chosen, String::new()),
        Err([en, es]) => {
            let told = visit.w(&en, &es);
            let instead = visit.w(
                " Equal weights are shown instead.",
                " Se muestran ponderaciones iguales.",
            );
            (Chosen::default(), format!("{told}{instead}"))
        }
    };
    let ranking = Ranking::of(&visit.register, &visit.as_of, chosen);
    let csv = Address {
        path: "/priorities.csv".to_owned(),
        query: match fault.is_empty() {
            true => visit.ask.here.query.clone(),
            false => Vec::new(),
        },
    };
    let csv = Link::new("CSV", csv.to_string());
    let made = match ranking.places.is_empty() {
        true => PrioritiesPage {
            lede: visit
                .w(
                    "Ports by figures that are on record of them.",
                    "Puertos según las cifras registradas de ellos.",
                )
                .to_owned(),
            ..PrioritiesPage::default()
        },
        false => InWords {
            visit,
            ranking: &ranking,
        }
        .page(chosen, fault, csv.clone()),
    };
    let frame = visit.frame(PublicPlace::Priorities);
    let feeds = match made.rows.is_empty() {
        true => Vec::new(),
        false => vec![PublicFeed {
            kind: FeedKind::Csv,
            link: csv,
        }],
    };
    Ok(Answer::Page(render_priorities(
        &frame,
        &visit.head(feeds),
        &made,
    )))
}

/// The ranking in words.
struct InWords<'v> {
    visit: &'v Visit,
    ranking: &'v Ranking<'v>,
}

impl InWords<'_> {
    fn page(&self, chosen: Chosen, fault: String, csv: Link) -> PrioritiesPage {
        let visit = self.visit;
        let works = Works::of(visit, self.ranking);
        let carried = ["stated_by", "recorded_by"];
        let with_days = |address: Address| {
            carried.iter().fold(address, |address, member| {
                address.with(member, visit.ask.here.value(member))
            })
        };
        let preset = |(name, ..): &(&str, &str, &str, Weights)| Preset {
            link: Link::new(
                preset_name(name, visit.lang()),
                with_days(Address::new(paths::PRIORITIES).with("preset", name)).to_string(),
            ),
            chosen: chosen.preset() == Some(*name),
        };
        let hidden = carried.iter().filter_map(|member| {
            let value = visit.ask.here.value(member);
            (!value.is_empty()).then(|| ((*member).to_owned(), value.to_owned()))
        });
        let compared = self
            .ranking
            .order
            .iter()
            .filter(|r| r.not_now.is_empty())
            .count();
        let (unfunded, funded_low) = works.gap(visit, self.ranking);
        PrioritiesPage {
            lede: self.lede(chosen, compared),
            finding: self.finding(),
            presets: PRESETS.iter().map(preset).collect(),
            weights: self.weights(compared),
            fault,
            action: paths::PRIORITIES.to_owned(),
            hidden: hidden.collect(),
            rows: self
                .ranking
                .order
                .iter()
                .filter_map(|r| self.row(r, &works))
                .collect(),
            places: u32::try_from(compared).unwrap_or(u32::MAX),
            draws: u64::try_from(DRAWS.count).unwrap_or(u64::MAX),
            hour_note: self.note(&works),
            unfunded,
            funded_low,
            downloads: vec![csv],
        }
    }

    fn label(&self, code: &str) -> String {
        self.visit.code("indicator", code)
    }

    fn lede(&self, chosen: Chosen, compared: usize) -> String {
        let silent: Vec<(String, u32)> = self
            .ranking
            .measures()
            .filter(|(_, _, weight, known)| *known == 0 && *weight > 0)
            .map(|(_, measure, weight, _)| (self.label(measure.code), weight))
            .collect();
        let mut lede = match self.visit.lang() {
            Lang::Es => format!(
                "{compared} puertos, comparados por cifras publicadas. Cada cifra cuenta por su lugar entre los puertos, más alto donde más apremia; el puntaje es la media geométrica ponderada de lo que se conoce."
            ),
            Lang::En => format!(
                "{compared} ports, compared by published figures. Each figure counts by its place among the ports, higher where it is more pressing; the score is the weighted geometric mean of what is known."
            ),
        };
        if !silent.is_empty() {
            let share = self.ranking.share(silent.iter().map(|(_, w)| w).sum());
            let names: Vec<String> = silent.into_iter().map(|(name, _)| name).collect();
            let names = names.join("; ");
            lede.push_str(&match self.visit.lang() {
                Lang::Es => format!(
                    " No hay ninguna cifra registrada de: {names} ({share} de 100 del peso)."
                ),
                Lang::En => format!(
                    " No figure at all is on record for: {names} ({share} of 100 of the weight)."
                ),
            });
        }
        if matches!(chosen.preset(), Some("power-hungry" | "water-hungry")) {
            lede.push_str(self.visit.w(
                " Power and water are not measured of ports: these weights hold what such plants move.",
                " La electricidad y el agua no se miden por puerto: estas ponderaciones son de lo que esas plantas mueven.",
            ));
        }
        lede
    }

    fn finding(&self) -> String {
        let open: Vec<&Ranked> = self.compared().collect();
        let alone: Vec<String> = open
            .iter()
            .filter(|r| self.alike(r) == 0)
            .filter_map(|r| {
                Some(
                    self.visit
                        .name(&self.ranking.places.get(r.id.as_str())?.names),
                )
            })
            .collect();
        let text = match (alone.as_slice(), self.visit.lang()) {
            ([], Lang::Es) => "Ningún puerto se distingue de todos los demás",
            ([], Lang::En) => "No port can be told apart from all others",
            (names, Lang::Es) if names.len() <= 3 => {
                return format!("Se distinguen de todos los demás: {}", names.join(", "));
            }
            (names, Lang::En) if names.len() <= 3 => {
                return format!("Told apart from all others: {}", names.join(", "));
            }
            (names, Lang::Es) => {
                return format!("{} puertos se distinguen de todos los demás", names.len());
            }
            (names, Lang::En) => {
                return format!("{} ports can be told apart from all others", names.len());
            }
        };
        text.to_owned()
    }

    fn compared(&self) -> impl Iterator<Item = &Ranked> {
        self.ranking
            .order
            .iter()
            .filter(|r| r.rank_interval.is_some())
    }

    /// How many others it cannot be told apart from.
    fn alike(&self, of: &Ranked) -> usize {
        self.compared()
            .filter(|other| other.id != of.id && !of.distinguishable(other))
            .count()
    }

    fn weights(&self, compared: usize) -> Vec<Weight> {
        let rows = self.ranking.measures().map(|(at, measure, weight, known)| {
            let newest = self.ranking.places.values().filter_map(|p| {
                p.figures
                    .get(at)
                    .copied()
                    .flatten()
                    .and_then(|t| t.what.as_of)
            });
            let hint = match (known, newest.max(), self.visit.lang()) {
                (0, _, _) | (_, None, _) => self
                    .visit
                    .w("no figure on record", "sin cifra registrada")
                    .to_owned(),
                (known, Some(at), Lang::Es) => {
                    format!("{known} de {compared} puertos, al {}", day(at, Lang::Es))
                }
                (known, Some(at), Lang::En) => {
                    format!("{known} of {compared} ports, as of {}", day(at, Lang::En))
                }
            };
            Weight {
                name: format!("w-{}", measure.code),
                label: self.label(measure.code),
                hint,
                value: weight,
            }
        });
        rows.collect()
    }

    fn row(&self, ranked: &Ranked, works: &Works) -> Option<RankRow> {
        let place = self.ranking.places.get(ranked.id.as_str())?;
        let name = self.visit.name(&place.names);
        let found = Address::new(paths::PROJECTS).with("q", &place.names[0]);
        let mut row = RankRow {
            name: Link::new(name, found.to_string()),
            place: place.id.to_owned(),
            ..RankRow::default()
        };
        if let Some(at) = place.gate() {
            row.gate = match self.visit.lang() {
                Lang::Es => format!(
                    "Aún no: ningún camión cruzó en el año al {}",
                    day(at, Lang::Es)
                ),
                Lang::En => format!(
                    "Not now: no truck crossed in the year to {}",
                    day(at, Lang::En)
                ),
            };
            row.cost = works.cost(self.visit, place.id);
            return Some(row);
        }
        row.rank = ranked
            .median_rank
            .and_then(|r| u32::try_from(r).ok())
            .map(f64::from);
        row.interval = ranked.rank_interval.and_then(|(low, high)| {
            let of = |r: usize| u32::try_from(r).ok().map(f64::from);
            of(low).zip(of(high))
        });
        row.alike = match (self.alike(ranked), self.visit.lang()) {
            (0, _) => String::new(),
            (1, Lang::Es) => "No se distingue de otro".to_owned(),
            (1, Lang::En) => "Not distinguishable from 1 other".to_owned(),
            (n, Lang::Es) => format!("No se distingue de otros {n}"),
            (n, Lang::En) => format!("Not distinguishable from {n} others"),
        };
        row.benefit = self.benefit(place);
        row.cost = works.cost(self.visit, place.id);
        row.missing = self.missing(place);
        row.old = place
            .figures
            .iter()
            .zip(MEASURES)
            .zip(self.ranking.weights)
            .any(|((figure, measure), weight)| {
                weight > 0
                    && figure.is_some_and(|t| is_old(t, measure.limit_days, self.visit.as_of.today))
            });
        Some(row)
    }

    /// What an hour less of each truck is worth; at most that where no wait is on record.
    fn benefit(&self, place: &Place<'_>) -> String {
        let Some(trucks) = place.value(TRUCKS) else {
            return String::new();
        };
        let wait = place.value(WAIT).map(|t| t.what.value);
        let worth = hour_less(
            &[Flow {
                vehicles: trucks.what.value,
                wait_minutes: wait.unwrap_or(60.0),
            }],
            HOUR_MINOR,
        );
        let amount = millions(worth, "USD");
        match wait {
            Some(_) => amount,
            None => format!("{} {amount}", self.visit.w("up to", "hasta")),
        }
    }

    /// What is not known of it: how much of all weight, and which of what is known elsewhere.
    fn missing(&self, place: &Place<'_>) -> String {
        let lacking: Vec<(weights::Measure, u32, usize)> = self
            .ranking
            .measures()
            .filter(|(at, _, weight, _)| {
                *weight > 0 && place.figures.get(*at).is_some_and(Option::is_none)
            })
            .map(|(_, measure, weight, known)| (measure, weight, known))
            .collect();
        if lacking.is_empty() {
            return String::new();
        }
        let share = self.ranking.share(lacking.iter().map(|(_, w, _)| w).sum());
        let own = lacking.iter().filter(|(_, _, known)| *known > 0);
        let own: Vec<String> = own.map(|(measure, ..)| self.label(measure.code)).collect();
        let weight = match self.visit.lang() {
            Lang::Es => format!("{share} de 100 del peso"),
            Lang::En => format!("{share} of 100 of the weight"),
        };
        match own.is_empty() {
            true => weight,
            false => format!("{weight}: {}", own.join("; ")),
        }
    }

    fn note(&self, works: &Works) -> String {
        let no_wait = self
            .ranking
            .places
            .values()
            .all(|p| p.value(WAIT).is_none());
        let waits = match (no_wait, self.visit.lang()) {
            (true, Lang::Es) => {
                " No hay esperas registradas de ningún puerto: lo que vale una hora menos es un tope, como si cada camión esperara al menos una hora."
            }
            (true, Lang::En) => {
                " No wait is on record for any port: what an hour less is worth is a ceiling, as if every truck waited an hour at least."
            }
            (false, _) => "",
        };
        let elsewhere = works.elsewhere;
        match self.visit.lang() {
            Lang::Es => format!(
                "La hora de un camión se toma en 90.89 USD, el costo de operación de transportistas de EE. UU. en 2024 ({HOUR_SOURCE}); es dudoso para el cruce corto y no cuenta la carga.{waits} Costo previsto: proyectos sin terminar cuyo lugar empieza con el nombre del puerto; solo se suman montos del mismo tipo y moneda, y los de tipo no declarado no se suman. {elsewhere} proyectos sin terminar no son de ningún puerto de la lista. Con dinero quiere decir: hay registrada una asignación, un contrato o un gasto."
            ),
            Lang::En => format!(
                "An hour of a truck is taken as 90.89 USD, the operating cost of US carriers in 2024 ({HOUR_SOURCE}); unsure for a short haul over a bridge, and the cargo is not counted.{waits} Planned cost: unfinished projects whose place begins with the port's name; only amounts of one kind and currency are added, those of no stated kind are not. {elsewhere} unfinished projects belong to no port of the list. Money means: an appropriation, a contract or spending is on record."
            ),
        }
    }
}

/// Unfinished projects by port.
struct Works {
    at: BTreeMap<String, Vec<Work>>,
    /// Unfinished projects at none of the ports.
    elsewhere: usize,
}

struct Work {
    judged: Arc<Judged>,
    /// Newest amount by kind and currency.
    costs: BTreeMap<(String, String), i128>,
}

impl Work {
    fn funded(&self) -> bool {
        self.costs
            .keys()
            .any(|(kind, _)| COMMITTED.contains(&kind.as_str()))
    }
}

impl Works {
    fn of(visit: &Visit, ranking: &Ranking<'_>) -> Works {
        let mut works = Works {
            at: BTreeMap::new(),
            elsewhere: 0,
        };
        let ahead = |j: &&Arc<Judged>| {
            AHEAD.contains(&j.phase.as_str()) && j.dates.actual.is_none() && j.class() != SET
        };
        let names: Vec<(&str, &str)> = ranking
            .places
            .values()
            .map(|p| (p.id, p.names[0].as_str()))
            .collect();
        for judged in visit.overview.all.values().filter(ahead) {
            let described = judged.described.as_ref();
            let Some(port) = described.and_then(|d| port_of(&d.place, &names)) else {
                works.elsewhere += 1;
                continue;
            };
            let mut costs = BTreeMap::new();
            let subject = visit.register.subjects.get(&judged.id);
            for statement in subject
                .map(|s| visible(&s.statements, &visit.as_of))
                .unwrap_or_default()
            {
                if let Said::Cost(cost) = &statement.said {
                    costs.insert(
                        (cost.kind.clone(), cost.currency.clone()),
                        cost.amount_minor,
                    );
                }
            }
            let budget = described.and_then(|d| d.budget.as_ref());
            if costs.is_empty()
                && let Some((amount, currency, _)) = budget
                && let Some(amount) = minor(amount)
            {
                costs.insert(("not-stated".to_owned(), currency.clone()), amount);
            }
            works.at.entry(port.to_owned()).or_default().push(Work {
                judged: Arc::clone(judged),
                costs,
            });
        }
        works
    }

    /// Sums by kind and currency; amounts of no stated kind are counted, never added.
    fn cost(&self, visit: &Visit, place: &str) -> String {
        let mut sums: BTreeMap<(&str, &str), (i128, usize)> = BTreeMap::new();
        for work in self.at.get(place).into_iter().flatten() {
            for ((kind, currency), amount) in &work.costs {
                let sum = sums.entry((kind, currency)).or_default();
                sum.0 = sum.0.saturating_add(*amount);
                sum.1 += 1;
            }
        }
        let told =
            sums.into_iter().map(
                |((kind, currency), (sum, n))| match (kind, n, visit.lang()) {
                    ("not-stated", 2.., Lang::Es) => {
                        format!("{n} montos en {currency} de tipo no declarado")
                    }
                    ("not-stated", 2.., Lang::En) => {
                        format!("{n} amounts in {currency} of no stated kind")
                    }
                    _ => format!(
                        "{}, {}",
                        millions(sum, currency),
                        visit.code("costKind", kind)
                    ),
                },
            );
        told.collect::<Vec<_>>().join("; ")
    }

    /// Projects in the order of their ports: those of the upper half without money, those of the lower half with it.
    fn gap(&self, visit: &Visit, ranking: &Ranking<'_>) -> (Vec<Link>, Vec<Link>) {
        let mut ordered = Vec::new();
        for ranked in ranking.order.iter().filter(|r| r.rank.is_some()) {
            for work in self.at.get(&ranked.id).into_iter().flatten() {
                ordered.push(Priority {
                    id: work.judged.id.clone(),
                    benefit_over_cost: None,
                    served: ranked.score.value.unwrap_or(0.0),
                    readiness: 0,
                    funded: work.funded(),
                });
            }
        }
        let (without, with) = funding_gap(&ordered);
        let link = |p: &&Priority| {
            let judged = visit.overview.all.get(&p.id)?;
            Some(Link::new(visit.name_of(judged), visit.page_of(&p.id)))
        };
        let links = |list: &[&Priority]| list.iter().filter_map(link).take(GAP_SHOWN).collect();
        (links(&without), links(&with))
    }
}

/// The place whose name a project's place begins with: the longest, and only at the end of a word.
fn port_of<'p>(place: &str, names: &[(&'p str, &str)]) -> Option<&'p str> {
    let begins = |name: &str| {
        place.strip_prefix(name).is_some_and(|rest| {
            !name.is_empty() && !rest.starts_with(|letter: char| letter.is_alphanumeric())
        })
    };
    let found = names.iter().filter(|(_, name)| begins(name));
    found.max_by_key(|(_, name)| name.len()).map(|(id, _)| *id)
}

const COLUMNS: [&str; 21] = [
    "place",
    "name_en",
    "name_es",
    "indicator",
    "value",
    "unit",
    "as_of",
    "old",
    "better",
    "weight",
    "percentile",
    "score",
    "missing_weight",
    "rank",
    "median_rank",
    "rank_p5",
    "rank_p95",
    "not_now",
    "source",
    "note",
    "record",
];

/// `GET /priorities.csv`: what went in and what came out, a row for each place and indicator, so that anybody can compute it again.
pub(super) fn csv(visit: &Visit) -> Result<Answer, Refusal> {
    let chosen = Chosen::of(&visit.ask.here).map_err(|[en, es]| {
        Refusal::one(RefusalKind::Malformed, Fault::whole("weights-form", en, es))
    })?;
    let ranking = Ranking::of(&visit.register, &visit.as_of, chosen);
    Ok(Answer::File(
        "text/csv; charset=utf-8",
        table(&ranking, visit.as_of.today),
    ))
}

fn table(ranking: &Ranking<'_>, today: Date) -> String {
    let mut out = COLUMNS.join(",") + "\r\n";
    let whole = |n: Option<usize>| n.map_or_else(String::new, |n| n.to_string());
    let part = |n: Option<f64>| n.map_or_else(String::new, |n| format!("{n:.6}"));
    for ranked in &ranking.order {
        let Some(place) = ranking.places.get(ranked.id.as_str()) else {
            continue;
        };
        let parts = ranking.percentiles.get(place.id);
        for (at, (measure, weight)) in MEASURES.iter().zip(ranking.weights).enumerate() {
            let told = place.figures.get(at).copied().flatten();
            if weight == 0 && told.is_none() {
                continue;
            }
            let text = |of: &dyn Fn(&Told<Figure>) -> String| {
                told.map_or_else(String::new, |t| quoted(&of(t)))
            };
            let cells = [
                quoted(place.id),
                quoted(&place.names[0]),
                quoted(&place.names[1]),
                measure.code.to_owned(),
                // A number stays one: below zero it begins with its sign.
                told.map_or_else(String::new, |t| t.what.value.to_string()),
                text(&|t| t.what.unit.clone()),
                text(&|t| t.what.as_of.map_or_else(String::new, |d| d.to_string())),
                told.map_or("", |t| match is_old(t, measure.limit_days, today) {
                    true => "yes",
                    false => "no",
                })
                .to_owned(),
                match measure.direction {
                    Direction::More => "more",
                    Direction::Less => "less",
                }
                .to_owned(),
                weight.to_string(),
                part(parts.and_then(|p| p.get(at).copied().flatten())),
                part(ranked.score.value),
                match ranked.not_now.is_empty() {
                    true => format!("{:.6}", ranked.score.missing_weight),
                    false => String::new(),
                },
                whole(ranked.rank),
                whole(ranked.median_rank),
                whole(ranked.rank_interval.map(|(low, _)| low)),
                whole(ranked.rank_interval.map(|(_, high)| high)),
                quoted(&ranked.not_now.join("; ")),
                text(&|t| t.source.addresses.join(" | ")),
                text(&|t| t.source.note.clone()),
                text(&|t| t.source.id.clone()),
            ];
            out.push_str(&cells.join(","));
            out.push_str("\r\n");
        }
    }
    out
}
