//! Crossings by month, as published elsewhere and stated here: the history beside what the offices of a node count themselves.
//!
//! A figure is one of a month where its code ends in `-a-month`, as the list of indicators has it; a month is named by the last day of
//! which the figure speaks.

use std::collections::BTreeMap;
use std::sync::Arc;

use garita_exchange::problem::Refusal;
use garita_profile::Profile;
use garita_profile::promises::statement::AsOf;
use jiff::civil::Date;

use crate::console::Link;
use crate::console::public::MonthChart;
use crate::csv;
use crate::pages::ask::Ask;
use crate::pages::public::visit::{Answer, as_of};
use crate::site::register::{Figure, OF_MONTH, Register, Told, in_force};

const CSV: &str = "text/csv; charset=utf-8";
/// No chart goes further back, whatever a table says.
const MONTHS_MAX: usize = 1_200;

/// What is known by month.
pub(super) struct Monthly {
    register: Arc<Register>,
    profile: Arc<Profile>,
    as_of: AsOf,
}

/// One month of a place and a code.
struct Month<'r> {
    first: Date,
    told: &'r Told<Figure>,
}

impl Monthly {
    /// What this node's publisher holds; none where it has none, or holds nothing of months.
    pub(super) fn of(ask: &Ask) -> Result<Option<Monthly>, Refusal> {
        let core = ask.app.core();
        let Some(register) = ask.app.site().register(core)? else {
            return Ok(None);
        };
        let kind = register.publisher.as_ref().map(|p| p.words.of.clone());
        let Some(profile) = kind.and_then(|kind| core.governing(&kind)) else {
            return Ok(None);
        };
        let monthly = Monthly {
            register,
            profile,
            as_of: as_of(ask)?,
        };
        Ok((!monthly.places(ask).is_empty()).then_some(monthly))
    }

    /// Places of which months are known, with their names.
    pub(super) fn places(&self, ask: &Ask) -> BTreeMap<String, String> {
        let known = self.register.figures.iter();
        let named = known.filter_map(|(id, told)| {
            let newest = self.seen(told).max_by_key(|t| t.what.as_of)?;
            let [en, es] = &newest.what.names;
            Some((id.clone(), ask.w(en, es).to_owned()))
        });
        named.collect()
    }

    /// The charts of a place, one for each code.
    pub(super) fn charts(&self, ask: &Ask, place: &str) -> Vec<MonthChart> {
        let say = ask.say(&self.profile);
        let name = self.places(ask).remove(place).unwrap_or_default();
        let of = self.months(place);
        let charts = of.iter().filter_map(|(code, months)| {
            let (first, last) = (months.first()?, months.last()?);
            let title = format!("{name}: {}", say.any_code("indicator", code));
            let source = last.told.source.addresses.first().cloned();
            let by = match last.told.source.said_by.as_str() {
                "" => ask.network.name_of(&last.told.source.issuer).to_owned(),
                said => said.to_owned(),
            };
            Some(MonthChart {
                title,
                finding: finding(ask, months),
                months: calendar(first.first, last.first, months),
                source: Link::new(by, source.unwrap_or_default()),
            })
        });
        charts.collect()
    }

    /// The largest newest count of a place, 0 where none is known.
    pub(super) fn newest(&self, place: &str) -> u64 {
        let newest = |months: &Vec<Month<'_>>| Some(months.last()?.told.what.value.round() as u64);
        let of = self.months(place);
        of.values().filter_map(newest).max().unwrap_or(0)
    }

    fn seen<'r>(&self, told: &'r [Told<Figure>]) -> impl Iterator<Item = &'r Told<Figure>> {
        in_force(told, self.as_of.stated_by, self.as_of.recorded_by_ms)
            .filter(|t| t.what.indicator.ends_with(OF_MONTH))
            .filter(|t| t.what.value.is_finite() && t.what.value >= 0.0)
    }

    /// By code, in the order of time; of two figures of one month the one recorded last.
    fn months(&self, place: &str) -> BTreeMap<&str, Vec<Month<'_>>> {
        let mut of: BTreeMap<&str, BTreeMap<Date, &Told<Figure>>> = BTreeMap::new();
        let told = self.register.figures.get(place);
        for told in told.into_iter().flat_map(|told| self.seen(told)) {
            let Some(as_of) = told.what.as_of else {
                continue;
            };
            let months = of.entry(&told.what.indicator).or_default();
            let held = months.entry(as_of.first_of_month()).or_insert(told);
            if held.source.logged_ms <= told.source.logged_ms {
                *held = told;
            }
        }
        let listed = |months: BTreeMap<Date, _>| {
            let all = months.into_iter();
            all.map(|(first, told)| Month { first, told }).collect()
        };
        of.into_iter()
            .map(|(code, months)| (code, listed(months)))
            .collect()
    }
}

/// `GET /wait-times/months.csv`: every month of every place, with its source.
pub(in crate::pages::public) fn file(ask: &Ask) -> Result<Answer, Refusal> {
    let mut out = csv::row(crate::pages::public::schemas::MONTHS.names());
    if let Some(monthly) = Monthly::of(ask)? {
        for (place, name) in monthly.places(ask) {
            for (code, months) in monthly.months(&place) {
                for month in months {
                    let (what, source) = (&month.told.what, &month.told.source);
                    out.push_str(&csv::row([
                        place.clone(),
                        name.clone(),
                        code.to_owned(),
                        month.first.strftime("%Y-%m").to_string(),
                        what.value.to_string(),
                        what.unit.clone(),
                        source.said_by.clone(),
                        source.addresses.join(" | "),
                        source.id.clone(),
                    ]));
                }
            }
        }
    }
    Ok(Answer::File(CSV, out))
}

/// Every month from the first to the last, also those of which nothing is known.
fn calendar(first: Date, last: Date, months: &[Month<'_>]) -> Vec<(Date, Option<u64>)> {
    let known: BTreeMap<Date, u64> = months
        .iter()
        .map(|m| (m.first, m.told.what.value.round() as u64))
        .collect();
    let mut out = Vec::new();
    let mut at = first;
    while at <= last && out.len() < MONTHS_MAX {
        out.push((at, known.get(&at).copied()));
        let Ok(next) = at.checked_add(jiff::Span::new().months(1)) else {
            break;
        };
        at = next;
    }
    out
}

/// The last twelve months beside the twelve before: only where none of the twenty-four is missing.
fn finding(ask: &Ask, months: &[Month<'_>]) -> String {
    let (Some(first), Some(last)) = (months.first(), months.last()) else {
        return String::new();
    };
    let all = calendar(first.first, last.first, months);
    let missing = all.iter().filter(|(_, count)| count.is_none()).count();
    let sum = |skip: usize| -> Option<u64> {
        let mut newest = all.iter().rev().skip(skip).take(12);
        (all.len() >= skip + 12)
            .then(|| newest.try_fold(0, |sum, (_, count)| Some(sum + (*count)?)))?
    };
    let until = last.first.strftime("%Y-%m");
    let year = sum(0).map(|year| match sum(12).filter(|before| *before > 0) {
        Some(before) => {
            let change = 100.0 * (year as f64 / before as f64 - 1.0);
            let told = crate::console::grouped(year);
            match ask.lang {
                crate::console::Lang::Es => format!(
                    "Doce meses hasta {until}: {told}, {change:+.1} % frente a los doce anteriores."
                ),
                crate::console::Lang::En => format!(
                    "Twelve months until {until}: {told}, {change:+.1} % against the twelve before."
                ),
            }
        }
        None => format!(
            "{} {until}: {}.",
            ask.w("Twelve months until", "Doce meses hasta"),
            crate::console::grouped(year)
        ),
    });
    let year = year.unwrap_or_else(|| {
        let told = crate::console::grouped(last.told.what.value.round() as u64);
        format!("{until}: {told}.")
    });
    match missing {
        0 => year,
        n => format!(
            "{year} {} {n}.",
            ask.w("Months missing:", "Meses que faltan:")
        ),
    }
}
