//! What it costs, and how that grew: within one kind, one scope and one currency only.
//!
//! The method, 8.6. Never through an exchange rate: a subject paid in two currencies shows each side apart.

use jiff::civil::Date;

use super::statement::{Cost, Said, Statement};

/// Why two amounts cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CostFault {
    /// An estimate is not a contract.
    #[error("amounts of two kinds are not compared")]
    Kind,
    /// One side is not both.
    #[error("amounts for two scopes are not compared")]
    Scope,
    /// Dollars are not pesos.
    #[error("amounts in two currencies are not compared")]
    Currency,
    /// The first amount is zero or less.
    #[error("growth from nothing has no size")]
    NoBase,
    /// The index has no value on or before the day.
    #[error("the price index has no value for that day")]
    NoIndex,
}

impl CostFault {
    /// A code that does not change.
    pub fn code(self) -> &'static str {
        match self {
            Self::Kind => "cost-kind",
            Self::Scope => "cost-scope",
            Self::Currency => "cost-currency",
            Self::NoBase => "cost-no-base",
            Self::NoIndex => "cost-no-index",
        }
    }
}

/// A price index: the construction prices of the subject's own country, handed in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PriceIndex {
    /// Days from which a value holds, in any order.
    pub values: Vec<(Date, f64)>,
}

impl PriceIndex {
    /// The value that held on that day: the newest on or before it.
    pub fn on(&self, day: Date) -> Option<f64> {
        self.values
            .iter()
            .filter(|(from, value)| *from <= day && *value > 0.0)
            .max_by_key(|(from, _)| *from)
            .map(|(_, value)| *value)
    }
}

/// Growth of one kind, one scope and one currency, from the first amount stated to the last.
#[derive(Debug, Clone, PartialEq)]
pub struct CostGrowth<'s> {
    /// The first amount.
    pub base: &'s Cost,
    /// The day it was stated.
    pub base_on: Date,
    /// The last amount.
    pub now: &'s Cost,
    /// The day it was stated.
    pub now_on: Date,
    /// How many amounts were stated.
    pub statements: usize,
    /// The share it grew: 0.284 is 28.4 percent.
    pub growth: f64,
    /// The same at constant prices, where an index was given and knows both days.
    pub growth_real: Option<f64>,
}

/// The share by which an amount grew.
///
/// # Errors
/// They differ in kind, scope or currency, or the first is not above zero.
pub fn growth(base: &Cost, now: &Cost) -> Result<f64, CostFault> {
    if base.kind != now.kind {
        return Err(CostFault::Kind);
    }
    if base.scope != now.scope {
        return Err(CostFault::Scope);
    }
    if base.currency != now.currency {
        return Err(CostFault::Currency);
    }
    if base.amount_minor <= 0 {
        return Err(CostFault::NoBase);
    }
    // The difference is exact; only the share is rounded.
    Ok(now.amount_minor.saturating_sub(base.amount_minor) as f64 / base.amount_minor as f64)
}

/// The share by which an amount grew at the prices of the first day.
///
/// # Errors
/// As [`growth`], or the index does not know one of the days.
pub fn growth_real(
    (base, base_on): (&Cost, Date),
    (now, now_on): (&Cost, Date),
    index: &PriceIndex,
) -> Result<f64, CostFault> {
    let nominal = growth(base, now)?;
    let (then, later) = index
        .on(base_on)
        .zip(index.on(now_on))
        .ok_or(CostFault::NoIndex)?;
    Ok((nominal + 1.0) * then / later - 1.0)
}

/// The growth of each kind, scope and currency that was stated at least twice, in the order first stated.
pub fn growths<'s>(
    statements: &[&'s Statement],
    index: Option<&PriceIndex>,
) -> Vec<CostGrowth<'s>> {
    let mut groups: Vec<Vec<(&Cost, Date)>> = Vec::new();
    for statement in statements {
        let Said::Cost(cost) = &statement.said else {
            continue;
        };
        let of_one = |(first, _): &(&Cost, Date)| {
            first.kind == cost.kind && first.scope == cost.scope && first.currency == cost.currency
        };
        let next = (cost, statement.stated_on);
        match groups.iter_mut().find(|g| g.first().is_some_and(of_one)) {
            Some(group) => group.push(next),
            None => groups.push(vec![next]),
        }
    }
    groups
        .iter()
        .filter(|group| group.len() > 1)
        .filter_map(|group| {
            let (first, last) = (*group.first()?, *group.last()?);
            Some(CostGrowth {
                base: first.0,
                base_on: first.1,
                now: last.0,
                now_on: last.1,
                statements: group.len(),
                growth: growth(first.0, last.0).ok()?,
                growth_real: index.and_then(|i| growth_real(first, last, i).ok()),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promises::statement::tests::{day, said};

    fn cost(kind: &str, scope: &str, millions_tenths: i128, currency: &str) -> Cost {
        Cost {
            kind: kind.to_owned(),
            scope: scope.to_owned(),
            amount_minor: millions_tenths * 10_000_000,
            currency: currency.to_owned(),
        }
    }

    #[test]
    fn the_growths_of_the_method() {
        for (base, now, currency, percent) in [
            (1_372, 1_340, "USD", "-2.3"),
            (5_770, 7_410, "USD", "28.4"),
            (120_000, 140_000, "MXN", "16.7"),
        ] {
            let g = growth(
                &cost("contract", "all", base, currency),
                &cost("contract", "all", now, currency),
            )
            .unwrap();
            assert_eq!(format!("{:.1}", g * 100.0), percent);
        }
    }

    #[test]
    fn never_across_kinds_scopes_or_currencies() {
        let base = cost("estimate", "one side", 470, "USD");
        for (now, code) in [
            (cost("contract", "one side", 900, "USD"), "cost-kind"),
            (cost("estimate", "both sides", 1_200, "USD"), "cost-scope"),
            (cost("estimate", "one side", 1_500, "MXN"), "cost-currency"),
        ] {
            assert_eq!(growth(&base, &now).unwrap_err().code(), code);
        }
        let nothing = cost("estimate", "one side", 0, "USD");
        assert_eq!(growth(&nothing, &base), Err(CostFault::NoBase));
        // Four reports of four kinds: no growth at all.
        let all = [
            said("1", "2021-04-01", Said::Cost(base.clone())),
            said(
                "2",
                "2022-04-01",
                Said::Cost(cost("contract", "one side", 900, "USD")),
            ),
            said(
                "3",
                "2023-04-01",
                Said::Cost(cost("estimate", "both sides", 1_200, "USD")),
            ),
            said(
                "4",
                "2024-04-01",
                Said::Cost(cost("estimate", "one side", 1_500, "MXN")),
            ),
        ];
        let seen: Vec<&Statement> = all.iter().collect();
        assert!(growths(&seen, None).is_empty());
    }

    #[test]
    fn growth_at_constant_prices_takes_the_index_of_both_days() {
        let all = [
            said(
                "1",
                "2020-06-15",
                Said::Cost(cost("contract", "all", 1_000, "USD")),
            ),
            said(
                "2",
                "2022-01-01",
                Said::Cost(cost("estimate", "all", 9_999, "USD")),
            ),
            said(
                "3",
                "2024-06-15",
                Said::Cost(cost("contract", "all", 1_500, "USD")),
            ),
        ];
        let seen: Vec<&Statement> = all.iter().collect();
        let index = PriceIndex {
            values: vec![
                (day("2024-01-01"), 125.0),
                (day("2020-01-01"), 100.0),
                (day("2024-07-01"), 999.0),
            ],
        };
        let found = growths(&seen, Some(&index));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].statements, found[0].growth), (2, 0.5));
        assert!((found[0].growth_real.unwrap() - 0.2).abs() < 1e-12);
        let late = PriceIndex {
            values: vec![(day("2021-01-01"), 100.0)],
        };
        assert_eq!(growths(&seen, Some(&late))[0].growth_real, None);
    }
}
