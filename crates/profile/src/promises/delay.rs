//! What waiting costs, and what it is worth to end it.
//!
//! Nearshoring notes, section 4. Money is in the currency's smallest unit, and rounded once, at the end.

use jiff::civil::Date;

use super::cost::CostFault;
use super::dates::days_between;
use super::statement::Cost;

/// So many of one kind wait so long, for one hour of the day and one lane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flow {
    /// Vehicles a year.
    pub vehicles: f64,
    /// Minutes each waits.
    pub wait_minutes: f64,
}

/// What a year of waiting costs at that value of a vehicle's hour. The value and its source are shown with every figure.
pub fn annual_delay_cost(flows: &[Flow], value_of_hour_minor: i128) -> i128 {
    valued(flows, value_of_hour_minor, |minutes| minutes)
}

/// What a year is worth in which each wait is an hour shorter; nobody waits less than nothing.
pub fn hour_less(flows: &[Flow], value_of_hour_minor: i128) -> i128 {
    valued(flows, value_of_hour_minor, |minutes| minutes.min(60.0))
}

fn valued(flows: &[Flow], value_of_hour_minor: i128, minutes: impl Fn(f64) -> f64) -> i128 {
    let hours: f64 = flows
        .iter()
        .map(|f| f.vehicles.max(0.0) * minutes(f.wait_minutes.max(0.0)) / 60.0)
        .sum();
    (hours * value_of_hour_minor as f64).round() as i128
}

/// One year with and without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearOfDelay {
    /// Which.
    pub year: i16,
    /// Its delay cost if nothing is done.
    pub without: i128,
    /// Its delay cost with it.
    pub with: i128,
    /// What it brings elsewhere: traffic diverted and induced, the next bottleneck.
    pub elsewhere: i128,
}

/// The benefit over the years from an opening, discounted to the start of `base_year`: once at the P50 opening and once at P80.
///
/// The year of the opening counts by the days left of it. A rate of 0.03 is three percent; none for a rate of -1 or less.
pub fn discounted_benefit(
    years: &[YearOfDelay],
    opening: Date,
    base_year: i16,
    rate: f64,
) -> Option<i128> {
    if !(rate > -1.0 && rate.is_finite()) {
        return None;
    }
    let sum: f64 = years
        .iter()
        .map(|y| {
            let saved = y.without.saturating_sub(y.with).saturating_sub(y.elsewhere) as f64;
            let after = i32::from(y.year) - i32::from(base_year);
            saved * open_share(y.year, opening) / (1.0 + rate).powi(after)
        })
        .sum();
    Some(sum.round() as i128)
}

fn open_share(year: i16, opening: Date) -> f64 {
    if year != opening.year() {
        return f64::from(u8::from(year > opening.year()));
    }
    let left = days_between(opening, opening.last_of_year()) + 1;
    left as f64 / f64::from(opening.days_in_year())
}

/// Benefit over cost. The costs are of one kind and one currency, the benefit's, and each scope (each side) once.
///
/// # Errors
/// They are not, or there is no cost.
pub fn benefit_over_cost(
    benefit_minor: i128,
    currency: &str,
    costs: &[Cost],
) -> Result<f64, CostFault> {
    let kind = costs.first().map_or("", |c| c.kind.as_str());
    let mut sum = 0_i128;
    for (i, cost) in costs.iter().enumerate() {
        if cost.currency != currency {
            return Err(CostFault::Currency);
        }
        if cost.kind != kind {
            return Err(CostFault::Kind);
        }
        // One scope twice would count its money twice.
        if costs.iter().skip(i + 1).any(|c| c.scope == cost.scope) {
            return Err(CostFault::Scope);
        }
        sum = sum.saturating_add(cost.amount_minor);
    }
    if sum <= 0 {
        return Err(CostFault::NoBase);
    }
    Ok(benefit_minor as f64 / sum as f64)
}

/// What decides an order of priority.
#[derive(Debug, Clone, PartialEq)]
pub struct Priority {
    /// Which.
    pub id: String,
    /// Benefit over cost; those without come last.
    pub benefit_over_cost: Option<f64>,
    /// The share of demand it serves.
    pub served: f64,
    /// How many of its conditions are met: permit, land, money, agreements.
    pub readiness: u8,
    /// Its money is there.
    pub funded: bool,
}

/// Puts them in order: by benefit over cost, then by demand served, then by readiness.
pub fn prioritise(all: &mut [Priority]) {
    all.sort_by(|a, b| {
        let value = |p: &Priority| p.benefit_over_cost.unwrap_or(f64::NEG_INFINITY);
        value(b)
            .total_cmp(&value(a))
            .then(b.served.total_cmp(&a.served))
            .then(b.readiness.cmp(&a.readiness))
    });
}

/// Those in the upper half without money and those in the lower half with it, of a list in order. That gap is the message.
pub fn funding_gap(ordered: &[Priority]) -> (Vec<&Priority>, Vec<&Priority>) {
    let (upper, lower) = ordered.split_at(ordered.len().div_ceil(2));
    (
        upper.iter().filter(|p| !p.funded).collect(),
        lower.iter().filter(|p| p.funded).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promises::statement::tests::day;

    #[test]
    fn waiting_costs_hours_times_their_value() {
        let flows = [
            Flow {
                vehicles: 100_000.0,
                wait_minutes: 90.0,
            },
            Flow {
                vehicles: 50_000.0,
                wait_minutes: 30.0,
            },
        ];
        // 150 000 and 25 000 hours at 80.00.
        assert_eq!(annual_delay_cost(&flows, 8_000), 175_000 * 8_000);
        // An hour less saves 60 minutes of the first and only 30 of the second.
        assert_eq!(hour_less(&flows, 8_000), 125_000 * 8_000);
        assert_eq!(annual_delay_cost(&[], 8_000), 0);
    }

    #[test]
    fn benefits_count_from_the_opening_and_are_discounted() {
        let year = |year| YearOfDelay {
            year,
            without: 1_000,
            with: 300,
            elsewhere: 100,
        };
        let years = [year(2027), year(2028), year(2029)];
        let from =
            |opening: &str, rate| discounted_benefit(&years, day(opening), 2027, rate).unwrap();
        assert_eq!(from("2027-01-01", 0.0), 1_800);
        // 184 of 366 days of 2028 are left, and all of 2029.
        assert_eq!(from("2028-07-01", 0.0), 902);
        assert_eq!(from("2030-01-01", 0.0), 0);
        // 600 / 1.1 + 600 / 1.21
        assert_eq!(from("2028-01-01", 0.1), 1_041);
        assert_eq!(
            discounted_benefit(&years, day("2028-01-01"), 2027, -1.0),
            None
        );
        assert_eq!(
            discounted_benefit(&years, day("2028-01-01"), 2027, f64::NAN),
            None
        );
    }

    fn cost(kind: &str, scope: &str, amount_minor: i128, currency: &str) -> Cost {
        Cost {
            kind: kind.to_owned(),
            scope: scope.to_owned(),
            amount_minor,
            currency: currency.to_owned(),
        }
    }

    #[test]
    fn costs_of_one_kind_and_both_sides_are_added() {
        let north = cost("contract", "north", 400, "USD");
        let south = cost("contract", "south", 100, "USD");
        let ratio = |costs: &[Cost]| benefit_over_cost(1_000, "USD", costs);
        assert_eq!(ratio(&[north.clone(), south.clone()]), Ok(2.0));
        assert_eq!(
            ratio(&[north.clone(), cost("estimate", "south", 100, "USD")]),
            Err(CostFault::Kind)
        );
        assert_eq!(
            ratio(&[north.clone(), cost("contract", "south", 100, "MXN")]),
            Err(CostFault::Currency)
        );
        assert_eq!(ratio(&[north.clone(), north]), Err(CostFault::Scope));
        assert_eq!(ratio(&[]), Err(CostFault::NoBase));
    }

    #[test]
    fn order_is_by_value_then_demand_then_readiness() {
        let priority = |id: &str, value, served, readiness, funded| Priority {
            id: id.to_owned(),
            benefit_over_cost: value,
            served,
            readiness,
            funded,
        };
        let mut all = vec![
            priority("unknown", None, 0.9, 9, true),
            priority("low", Some(0.5), 0.9, 9, true),
            priority("ready", Some(2.0), 0.1, 3, true),
            priority("unready", Some(2.0), 0.1, 1, false),
            priority("served", Some(2.0), 0.2, 0, true),
        ];
        prioritise(&mut all);
        let ids = |list: &[&Priority]| list.iter().map(|p| p.id.clone()).collect::<Vec<_>>();
        let order: Vec<&Priority> = all.iter().collect();
        assert_eq!(
            ids(&order),
            ["served", "ready", "unready", "low", "unknown"]
        );
        let (waiting, paid) = funding_gap(&all);
        assert_eq!(ids(&waiting), ["unready"]);
        assert_eq!(ids(&paid), ["low", "unknown"]);
    }
}
