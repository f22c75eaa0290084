//! Groups of projects (the method, 8.11): how many, how far they slipped, how many are red, what money is in these; which year they open.

use std::collections::BTreeMap;
use std::sync::Arc;

use garita_exchange::problem::Refusal;
use garita_profile::promises::colour::Colour;
use garita_profile::promises::survival::linear_quantile;

use super::project::money;
use super::schemas;
use super::visit::{Answer, Visit};
use crate::console::public::{
    GroupRow, OpeningRow, PortfolioPage, PublicPlace, days_short, render_portfolio,
};
use crate::console::{Address, Choice, Filter, Link, paths};
use crate::csv;
use crate::site::judge::Judged;
use crate::site::overview::SET;
use crate::site::read::minor;

/// By what things are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Port,
    State,
    Sponsor,
    Phase,
}

impl By {
    const ALL: [By; 4] = [By::Port, By::State, By::Sponsor, By::Phase];

    fn of(visit: &Visit) -> By {
        let asked = visit.ask.here.value("by");
        let mut all = By::ALL.into_iter();
        all.find(|by| by.code() == asked).unwrap_or(By::Port)
    }

    fn code(self) -> &'static str {
        match self {
            By::Port => "port",
            By::State => "state",
            By::Sponsor => "sponsor",
            By::Phase => "phase",
        }
    }

    fn word(self, visit: &Visit) -> &str {
        match self {
            By::Port => visit.w("port or place", "puerto o lugar"),
            By::State => visit.w("state", "estado"),
            By::Sponsor => visit.w("sponsor", "responsable"),
            By::Phase => visit.w("phase", "fase"),
        }
    }

    /// Codes of the groups that a thing belongs to: it may have several sponsors.
    fn groups(self, judged: &Judged) -> Vec<String> {
        let described = judged.described.as_ref();
        match self {
            By::Port => vec![described.map_or_else(String::new, |d| d.place.clone())],
            By::State => vec![described.map_or_else(String::new, |d| d.state.clone())],
            By::Phase => vec![judged.phase.clone()],
            By::Sponsor => match described.map(|d| d.sponsors.clone()) {
                Some(sponsors) if !sponsors.is_empty() => sponsors,
                _ => vec![String::new()],
            },
        }
    }
}

/// A group with what it comes to.
struct Group<'v> {
    code: String,
    name: String,
    things: Vec<&'v Arc<Judged>>,
    slips: Vec<f64>,
    red: usize,
    /// Amounts of the red ones as last stated, by currency, in its smallest unit.
    money: BTreeMap<String, i128>,
}

impl Group<'_> {
    fn median(&self) -> Option<f64> {
        let mut slips = self.slips.clone();
        slips.sort_by(f64::total_cmp);
        linear_quantile(&slips, 0.5)
    }

    fn share(&self) -> f64 {
        self.red as f64 / self.things.len().max(1) as f64
    }
}

fn things(visit: &Visit) -> impl Iterator<Item = &Arc<Judged>> {
    let all = visit.overview.all.values();
    all.filter(|j| j.class() != SET)
}

fn grouped(visit: &Visit, by: By) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<String, Group<'_>> = BTreeMap::new();
    for judged in things(visit) {
        let red = visit.overview.colour(judged).colour == Colour::Red;
        for code in by.groups(judged) {
            let group = groups.entry(code.clone()).or_insert_with(|| Group {
                name: name(visit, by, &code),
                code,
                things: Vec::new(),
                slips: Vec::new(),
                red: 0,
                money: BTreeMap::new(),
            });
            group.things.push(judged);
            group
                .slips
                .extend(judged.dates.slip.map(|(days, _)| days as f64));
            group.red += usize::from(red);
            let budget = judged.described.as_ref().and_then(|d| d.budget.as_ref());
            if let Some((amount, currency, _)) = budget.filter(|_| red)
                && let Some(amount) = minor(amount)
            {
                let sum = group.money.entry(currency.clone()).or_default();
                *sum = sum.saturating_add(amount);
            }
        }
    }
    let mut groups: Vec<Group<'_>> = groups.into_values().collect();
    groups.sort_by(|a, b| (b.things.len(), &a.name).cmp(&(a.things.len(), &b.name)));
    groups
}

fn name(visit: &Visit, by: By, code: &str) -> String {
    if code.is_empty() {
        return visit.w("not stated", "no se dice").to_owned();
    }
    match by {
        By::Port | By::Sponsor => code.to_owned(),
        By::State => visit.code("state", code),
        By::Phase => visit.code("phase", code),
    }
}

/// How many open in each year: as promised, and at the two forecasts.
fn openings(visit: &Visit) -> BTreeMap<i16, [usize; 3]> {
    let mut years: BTreeMap<i16, [usize; 3]> = BTreeMap::new();
    for judged in things(visit) {
        if judged.dates.actual.is_some() || judged.done_undated {
            continue;
        }
        let forecast = visit.overview.forecast(judged);
        let days = [
            judged.dates.current.as_ref().map(|c| c.interval.hi),
            forecast.as_ref().and_then(|f| f.p50.day()),
            forecast.as_ref().and_then(|f| f.p80.day()),
        ];
        for (at, day) in days.into_iter().enumerate() {
            if let Some(day) = day
                && let Some(count) = years.entry(day.year()).or_default().get_mut(at)
            {
                *count += 1;
            }
        }
    }
    years
}

/// `GET /portfolio`.
pub(super) fn page(visit: &Visit) -> Result<Answer, Refusal> {
    let by = By::of(visit);
    let rows = grouped(visit, by).into_iter().map(|group| {
        let mut found = Address::new(paths::PROJECTS);
        if !group.code.is_empty() {
            found = match by {
                By::Port | By::Sponsor => found.with("q", &group.code),
                By::State => found.with("state", &group.code),
                By::Phase => found.with("phase", &group.code),
            };
        }
        let amounts = group.money.iter();
        let amounts: Vec<String> = amounts.map(|(c, minor)| money(*minor, c)).collect();
        GroupRow {
            name: match group.code.is_empty() {
                true => Link::new(group.name.clone(), String::new()),
                false => Link::new(group.name.clone(), found.to_string()),
            },
            count: group.things.len().to_string(),
            slip: group.median().map_or_else(
                || "–".to_owned(),
                |days| {
                    format!(
                        "{} ({})",
                        days_short(days.round() as i64),
                        group.slips.len()
                    )
                },
            ),
            red: match group.red {
                0 => "0".to_owned(),
                red => format!("{red} ({:.0} %)", group.share() * 100.0),
            },
            money: match amounts.is_empty() {
                true => "–".to_owned(),
                false => amounts.join(", "),
            },
        }
    });
    let cell = |n: usize| match n {
        0 => "–".to_owned(),
        n => n.to_string(),
    };
    let made = PortfolioPage {
        lede: visit
            .w(
                "The same projects, added up: how many there are, how far their dates moved, how many stand red by the rule on the method page, and what was last stated as the money of these. A project with several sponsors counts at each.",
                "Los mismos proyectos, sumados: cuántos son, cuánto se movieron sus fechas, cuántos están en rojo según la regla de la página de método, y cuánto dinero se dijo por último de estos. Un proyecto con varios responsables cuenta en cada uno.",
            )
            .to_owned(),
        by: Filter {
            name: "by".to_owned(),
            label: visit.w("By", "Por").to_owned(),
            options: By::ALL
                .into_iter()
                .map(|each| Choice::new(each.code(), each.word(visit).to_owned(), each == by))
                .collect(),
        },
        group: super::changes::capital(by.word(visit)),
        rows: rows.collect(),
        openings: openings(visit)
            .into_iter()
            .map(|(year, [promised, p50, p80])| OpeningRow {
                year: year.to_string(),
                promised: cell(promised),
                p50: cell(p50),
                p80: cell(p80),
            })
            .collect(),
        downloads: vec![Link::new(
            "CSV",
            Address::new("/portfolio.csv").with("by", by.code()).to_string(),
        )],
    };
    let frame = visit.frame(PublicPlace::Projects);
    Ok(Answer::Page(render_portfolio(
        &frame,
        &visit.head(Vec::new()),
        &made,
    )))
}

/// `GET /portfolio.csv`: a row a group and currency, so that amounts are never added across.
pub(super) fn csv(visit: &Visit) -> Result<Answer, Refusal> {
    let by = By::of(visit);
    let mut out = csv::row(schemas::PORTFOLIO.names());
    for group in grouped(visit, by) {
        let mut row = |amount: String, currency: &str| {
            out.push_str(&csv::row([
                by.code().to_owned(),
                group.code.clone(),
                group.things.len().to_string(),
                group.slips.len().to_string(),
                group.median().map_or_else(String::new, |d| d.to_string()),
                group.red.to_string(),
                amount,
                currency.to_owned(),
            ]));
        };
        if group.money.is_empty() {
            row(String::new(), "");
        }
        for (currency, minor) in &group.money {
            row(format!("{}.{:02}", minor / 100, minor % 100), currency);
        }
    }
    Ok(Answer::File("text/csv; charset=utf-8", out))
}
