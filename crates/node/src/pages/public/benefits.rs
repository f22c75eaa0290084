//! Benefits: what the offices of this node count of time, money and security, those who take part beside the others. Groups only.

mod worth;

use std::sync::Arc;

use garita_exchange::problem::Refusal;
use garita_profile::indicator::Role;
use garita_profile::indicator::compare::{variance_of_median, wilson};
use garita_profile::model::{Measure, Public};
use garita_store::Cell;

use super::visit::{Answer, framed, headed};
use super::waits::no_office;
use crate::console::public::{
    BenefitGroup, BenefitsPage, FeedKind, PublicFeed, PublicPlace, Rate, RatePair, RateTable,
    render_benefits,
};
use crate::console::{Lang, Link, Rich, grouped, paths};
use crate::csv;
use crate::measures::{self, Answer as Numbers, Asked, Declared, text};
use crate::pages::ask::Ask;
use crate::pages::indicators::{Maker, told as number_told, unit};
use crate::site::figures;

/// Groups of one measure on the page; the CSV has all.
const ROWS: usize = 12;
/// Two-sided 95 % of a normal distribution.
const Z: f64 = 1.96;
const CSV: &str = "text/csv; charset=utf-8";

/// One measure as one office counts it.
struct Counted {
    public: Public,
    declared: Declared,
    office: String,
    numbers: Arc<Numbers>,
}

/// `GET /benefits`.
pub(super) fn page(ask: &Ask) -> Result<Answer, Refusal> {
    let all = counted(ask)?;
    let mut page = BenefitsPage {
        lede: ask
            .w(
                "Trucks and inspections of those who file ahead, use trusted lanes or share a scan beside the others: time, and what it means for security. Counts and uncertainty stand beside each figure.",
                "Camiones e inspecciones de quienes declaran antes, usan carriles confiables o comparten una imagen, junto a los demás: tiempo, y lo que significa para la seguridad. Cada cifra lleva su número de casos y su incertidumbre.",
            )
            .to_owned(),
        least: all.iter().filter_map(|c| c.declared.indicator()).map(|i| i.least).max().and_then(|n| u64::try_from(n).ok()).unwrap_or(10),
        ..BenefitsPage::default()
    };
    if all.is_empty() {
        (page.none, page.elsewhere) = no_office(ask, paths::BENEFITS);
    } else {
        let priced = match ask.here.value("hour") {
            "" => "/benefits.csv".to_owned(),
            _ => {
                let (price, _) = worth::price(ask);
                format!("/benefits.csv?hour={}.{:02}", price / 100, price % 100)
            }
        };
        page.downloads = vec![Link::new("CSV", priced)];
        page.source = method(ask, &all);
    }
    for (public, title) in [
        (Public::Time, ask.w("Time", "Tiempo")),
        (Public::Money, ask.w("Money", "Dinero")),
        (Public::Security, ask.w("Security", "Seguridad")),
    ] {
        let of = || all.iter().filter(move |c| c.public == public);
        let compares = |c: &&Counted| c.declared.indicator().is_some_and(|i| i.compare.is_some());
        let mut group = BenefitGroup {
            title: title.to_owned(),
            pairs: of().filter(compares).map(|c| c.pair(ask)).collect(),
            tables: of()
                .filter(|c| !compares(c))
                .map(|c| c.table(ask))
                .collect(),
            price: None,
        };
        if public == Public::Money && !all.is_empty() {
            let (table, price) = worth::table(ask, &all);
            group.tables.push(table);
            group.price = Some(price);
        }
        if !group.pairs.is_empty() || !group.tables.is_empty() {
            page.groups.push(group);
        }
    }
    let feeds = page.downloads.iter().map(|link| PublicFeed {
        kind: FeedKind::Csv,
        link: link.clone(),
    });
    let head = headed(ask, feeds.collect());
    let frame = framed(ask, PublicPlace::Benefits, None);
    Ok(Answer::Page(render_benefits(&frame, &head, &page)))
}

/// `GET /benefits.csv`: every group of which the page is made, those withheld too.
pub(super) fn csv(ask: &Ask) -> Result<Answer, Refusal> {
    let mut out = csv::row([
        "indicator",
        "office",
        "group",
        "value",
        "unit",
        "quartile_low",
        "quartile_high",
        "from_95",
        "to_95",
        "numerator",
        "denominator",
        "rows",
        "withheld",
    ]);
    let all = counted(ask)?;
    for counted in &all {
        let numbers = &counted.numbers;
        let office = ask.network.name_of(&counted.office).to_owned();
        let unit = counted
            .declared
            .indicator()
            .map_or("", |i| &i.unit)
            .to_owned();
        for row in &numbers.rows {
            let columns = numbers.columns.iter().zip(row);
            let group: Vec<String> = columns
                .filter(|(column, _)| column.role == Role::By)
                .map(|(column, cell)| format!("{}={}", column.name, text(cell)))
                .collect();
            let number = |role| {
                numbers
                    .number(row, role)
                    .map_or_else(String::new, |n| n.to_string())
            };
            let (from, to) = counted
                .sure(row)
                .map_or_else(Default::default, |(a, b)| (a.to_string(), b.to_string()));
            let withheld = if numbers.withheld(row) { "yes" } else { "no" };
            out.push_str(&csv::row([
                counted.declared.id.clone(),
                office.clone(),
                group.join("; "),
                number(Role::Value),
                unit.clone(),
                number(Role::Low),
                number(Role::High),
                from,
                to,
                number(Role::Numerator),
                number(Role::Denominator),
                number(Role::Rows),
                withheld.to_owned(),
            ]));
        }
    }
    let (price, _) = worth::price(ask);
    for counted in &all {
        let Some(saved) = worth::saved(counted) else {
            continue;
        };
        let usd = |hours: f64| format!("{:.2}", hours * price as f64 / 100.0);
        let (from, to) = saved
            .sure
            .map_or_else(Default::default, |(low, high)| (usd(low), usd(high)));
        out.push_str(&csv::row([
            format!("worth-of-{}", counted.declared.id),
            ask.network.name_of(&counted.office).to_owned(),
            format!("usd_an_hour={}.{:02}", price / 100, price % 100),
            usd(saved.hours),
            "USD".to_owned(),
            String::new(),
            String::new(),
            from,
            to,
            String::new(),
            String::new(),
            saved.rows.to_string(),
            "no".to_owned(),
        ]));
    }
    Ok(Answer::File(CSV, out))
}

fn counted(ask: &Ask) -> Result<Vec<Counted>, Refusal> {
    let core = ask.app.core();
    let asked = Asked {
        as_known_ms: ask.now_ms,
        only: Vec::new(),
    };
    let mut out = Vec::new();
    for (public, declared) in figures::public(core) {
        if matches!(public, Public::Waits | Public::Passage) {
            continue;
        }
        let Some(indicator) = declared.indicator() else {
            continue;
        };
        let mut best: Option<Counted> = None;
        for office in figures::offices(core, &declared) {
            let name = format!("{office} {}", declared.id);
            let numbers = ask.app.site().figures().told(name, None, indicator, || {
                measures::answer(core, &office, &declared, &asked)
            })?;
            if best
                .as_ref()
                .is_none_or(|b| numbers.counted > b.numbers.counted)
            {
                best = Some(Counted {
                    public,
                    declared: declared.clone(),
                    office,
                    numbers,
                });
            }
        }
        out.extend(best);
    }
    Ok(out)
}

/// What many groups come to, with its interval and of how many rows.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sum {
    value: f64,
    sure: Option<(f64, f64)>,
    rows: f64,
}

impl Counted {
    fn percent(&self) -> f64 {
        let percent = self.declared.indicator().is_some_and(|i| i.unit == "%");
        if percent { 100.0 } else { 1.0 }
    }

    /// The 95 % interval of one group: Wilson's of a share of rows, that of order statistics of a median.
    fn sure(&self, row: &[Cell]) -> Option<(f64, f64)> {
        let number = |role| self.numbers.number(row, role);
        if let Some(ends) = number(Role::From).zip(number(Role::To)) {
            return Some(ends);
        }
        let (counted, of, rows) = (
            number(Role::Numerator)?,
            number(Role::Denominator)?,
            number(Role::Rows)?,
        );
        share_interval(counted, of, rows, self.percent())
    }

    /// Groups put together. A share adds up; medians are averaged, each weighted by its rows; sums and counts add up.
    fn together<'r>(&self, rows: impl Iterator<Item = &'r Vec<Cell>>) -> Option<Sum> {
        let measure = self.declared.indicator()?.measure;
        let number = |row: &Vec<Cell>, role| self.numbers.number(row, role);
        let shown: Vec<&Vec<Cell>> = rows.filter(|row| !self.numbers.withheld(row)).collect();
        let total = |role| {
            shown
                .iter()
                .filter_map(|row| number(row, role))
                .sum::<f64>()
        };
        let rows = total(Role::Rows);
        if rows <= 0.0 {
            return None;
        }
        let (value, sure) = match measure {
            Measure::Share => {
                let (counted, of) = (total(Role::Numerator), total(Role::Denominator));
                (
                    self.percent() * counted / of,
                    share_interval(counted, of, rows, self.percent()),
                )
            }
            Measure::Sum | Measure::Count => (total(Role::Value), None),
            Measure::Median => {
                let (mut value, mut variance) = (0.0, 0.0);
                for row in &shown {
                    let n = number(row, Role::Rows)?;
                    let weight = n / rows;
                    value += weight * number(row, Role::Value)?;
                    let quartiles = number(row, Role::Low).zip(number(row, Role::High));
                    variance += quartiles.map_or(f64::NAN, |(low, high)| {
                        weight * weight * variance_of_median(low, high, n)
                    });
                }
                let error = Z * variance.sqrt();
                (
                    value,
                    error.is_finite().then_some((value - error, value + error)),
                )
            }
            Measure::Mean | Measure::P90 | Measure::Min | Measure::Max | Measure::Distinct => {
                return None;
            }
        };
        value.is_finite().then_some(Sum { value, sure, rows })
    }

    fn withheld(&self, ask: &Ask) -> String {
        match self.numbers.withheld {
            0 => String::new(),
            n => format!(
                "{} {n}.",
                ask.w(
                    "Groups withheld, too few to be shown:",
                    "Grupos reservados, muy pequeños para mostrarse:"
                )
            ),
        }
    }

    fn unit(&self, ask: &Ask) -> String {
        let say = ask.say(&self.declared.profile);
        unit(
            ask,
            &say,
            self.declared.indicator().map_or("", |i| i.unit.as_str()),
        )
    }

    /// Those who take part beside the others.
    fn pair(&self, ask: &Ask) -> RatePair {
        let lang = ask.lang.code();
        let say = ask.say(&self.declared.profile);
        let maker = Maker::new(ask, &self.declared, &self.numbers);
        let compared = self.declared.indicator().and_then(|i| i.compare.as_deref());
        let at = self
            .numbers
            .columns
            .iter()
            .position(|c| c.role == Role::By && Some(c.name.as_str()) == compared);
        let of = |with: bool| {
            let rows = self.numbers.rows.iter();
            self.together(rows.filter(|row| {
                at.and_then(|at| row.get(at))
                    .and_then(measures::number)
                    .map(|n| n != 0.0)
                    == Some(with)
            }))
        };
        let what = self.declared.title(lang).to_owned();
        let definition = self.declared.definition(lang);
        let (Some(with), Some(without), Some((finding, method))) =
            (of(true), of(false), maker.comparison())
        else {
            return RatePair {
                what,
                withheld: format!(
                    "{} {}",
                    ask.w(
                        "There are no groups of both sides yet that are large enough.",
                        "Todavía no hay grupos de ambos lados bastante grandes."
                    ),
                    self.withheld(ask)
                )
                .trim_end()
                .to_owned(),
                method: Rich::text(definition),
                ..RatePair::default()
            };
        };
        let unit = self.unit(ask);
        let named = |key: &str| say.word(&format!("indicators.{}.{key}", self.declared.id));
        let rate = |label: String, sum: Sum| self.rate(label, sum.value, sum.sure, sum.rows, &unit);
        let scale_to = [with, without]
            .iter()
            .flat_map(|sum| [Some(sum.value), sum.sure.map(|(_, high)| high)])
            .flatten()
            .fold(0.0_f64, f64::max);
        RatePair {
            what,
            finding,
            members: rate(named("with"), with),
            others: rate(named("without"), without),
            difference: String::new(),
            method: Rich::text(
                format!("{definition} {method} {}", self.withheld(ask))
                    .trim_end()
                    .to_owned(),
            ),
            withheld: String::new(),
            scale_to,
        }
    }

    fn rate(
        &self,
        label: String,
        value: f64,
        interval: Option<(f64, f64)>,
        rows: f64,
        unit: &str,
    ) -> Rate {
        Rate {
            label,
            text: format!("{} {unit}", number_told(value))
                .trim_end()
                .to_owned(),
            value,
            sure: interval.map_or_else(String::new, |(low, high)| {
                format!("{}–{}", number_told(low), number_told(high))
            }),
            interval,
            count: format!("n = {}", grouped(rows as u64)),
        }
    }

    /// Groups under each other, newest first.
    fn table(&self, ask: &Ask) -> RateTable {
        let lang = ask.lang.code();
        let maker = Maker::new(ask, &self.declared, &self.numbers);
        let unit = self.unit(ask);
        let by: Vec<usize> = (0..self.numbers.columns.len())
            .filter(|at| {
                self.numbers
                    .columns
                    .get(*at)
                    .is_some_and(|c| c.role == Role::By)
            })
            .collect();
        let shown = || {
            self.numbers
                .rows
                .iter()
                .filter(|row| !self.numbers.withheld(row))
        };
        let mut newest: Vec<&Vec<Cell>> = shown().collect();
        // A part of an instant stands last where there is one, and it sorts as text.
        newest
            .sort_by_key(|row| std::cmp::Reverse(by.last().and_then(|at| row.get(*at)).map(text)));
        let rows = newest.into_iter().take(ROWS).filter_map(|row| {
            let label: Vec<String> = by.iter().map(|at| maker.told(row, *at)).collect();
            let (value, n) = (
                self.numbers.number(row, Role::Value)?,
                self.numbers.number(row, Role::Rows)?,
            );
            Some(self.rate(label.join(", "), value, self.sure(row), n, &unit))
        });
        let rows: Vec<Rate> = rows.collect();
        let finding = match self.together(shown()) {
            _ if rows.len() < 2 => String::new(),
            None => String::new(),
            Some(sum) => {
                let all = self.rate(String::new(), sum.value, sum.sure, sum.rows, &unit);
                let sure = if all.sure.is_empty() {
                    String::new()
                } else {
                    format!("95 %: {}; ", all.sure)
                };
                format!(
                    "{} {} ({sure}{}).",
                    ask.w(
                        "All groups shown together:",
                        "Todos los grupos mostrados, juntos:"
                    ),
                    all.text,
                    all.count
                )
            }
        };
        let withheld = match (rows.is_empty(), self.numbers.withheld) {
            (true, 0) => ask
                .w(
                    "Nothing has been recorded of this yet.",
                    "Todavía no se ha registrado nada de esto.",
                )
                .to_owned(),
            _ => self.withheld(ask),
        };
        RateTable {
            what: self.declared.title(lang).to_owned(),
            definition: self.declared.definition(lang).to_owned(),
            finding,
            rows,
            withheld,
        }
    }
}

/// Wilson's interval where a share is one of rows; a share of something else (minutes, people) has none.
fn share_interval(counted: f64, of: f64, rows: f64, scale: f64) -> Option<(f64, f64)> {
    if of != rows {
        return None;
    }
    wilson(counted, rows).map(|(low, high)| (scale * low, scale * high))
}

fn method(ask: &Ask, all: &[Counted]) -> String {
    let mut offices: Vec<&str> = all.iter().map(|c| ask.network.name_of(&c.office)).collect();
    offices.sort_unstable();
    offices.dedup();
    let offices = offices.join(", ");
    match ask.lang {
        Lang::Es => format!(
            "Contado de los registros de {offices}. Intervalos de 95 %: de una proporción, de Wilson; de una mediana, por estadísticos de orden; de medianas juntas, de sus cuartiles. Con cada grupo pequeño se reserva el menor que un total delataría. Una cifra se renueva solo cuando cambian al menos tantos casos como el grupo mínimo. Todo se calcula de nuevo con el CSV."
        ),
        Lang::En => format!(
            "Counted from the records of {offices}. 95 % intervals: of a share, Wilson’s; of a median, by order statistics; of medians together, from their quartiles. With each small group the smallest that a total would give away is withheld. A figure is told anew only when at least as many cases as the smallest group have changed. All of it can be computed again from the CSV."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::share_interval;

    #[test]
    fn only_a_share_of_rows_has_an_interval() {
        let (low, high) = share_interval(0.0, 20.0, 20.0, 100.0).unwrap();
        assert_eq!(low, 0.0);
        assert!((high - 16.11).abs() < 0.01, "{high}");
        // Minutes of minutes planned, over twenty days: no count of independent rows.
        assert_eq!(share_interval(1_200.0, 1_440.0, 20.0, 100.0), None);
    }
}
