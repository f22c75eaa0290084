//! Earned value and earned schedule of one thing: only where somebody publishes both what was to be done by a day and what was.

use garita_profile::promises::dates::{days_between, days_later};
use garita_profile::promises::earned::{EarnedInput, earned_schedule, earned_value};
use garita_profile::promises::statement::{Said, Statement};
use jiff::civil::Date;

use super::One;
use crate::console::public::{day, month_year};
use crate::console::{Fact, Lang, Rich};
use crate::site::read::{START, WHOLE};

/// The measure by which value is earned (OC4IDS: `physicalProgress`).
const PHYSICAL: &str = "physical";
/// The measure of money paid (OC4IDS: `financialProgress`).
const FINANCIAL: &str = "financial";
/// Steps of the planned curve: a month.
const PERIOD_DAYS: i64 = 30;
/// Months of the longest plan that is reckoned with.
const PERIODS_MAX: i64 = 1_200;
/// What stands for the whole where no budget is published: hundredths of a percent.
const PARTS: i128 = 10_000;

/// A share in percent, as of a day.
type Point = (Date, f64);

impl One<'_> {
    /// Facts of earned value; empty where the data allow none.
    pub(super) fn earned(&self) -> Vec<Fact> {
        let said = self.seen();
        let whole: Vec<&Statement> = said
            .iter()
            .copied()
            .filter(|s| s.milestone == WHOLE)
            .collect();
        let plan = points(&whole, PHYSICAL, true);
        let Some((on, done)) = points(&whole, PHYSICAL, false).last().copied() else {
            return Vec::new();
        };
        let Some(planned) = at(&plan, on) else {
            return Vec::new();
        };
        let paid = points(&whole, FINANCIAL, false);
        let paid = paid.iter().rev().find(|(paid_on, _)| *paid_on <= on);
        let budget = whole.iter().rev().find_map(|s| match &s.said {
            Said::Cost(cost) if cost.kind == "contract" => Some(cost),
            _ => None,
        });
        let whole_minor = budget.map_or(PARTS, |b| b.amount_minor);
        let actual =
            paid.map(|(_, percent)| (whole_minor as f64 * percent / 100.0).round() as i128);
        let value = earned_value(&EarnedInput::of_progress(
            whole_minor,
            planned,
            done,
            actual,
        ));
        let mut facts = Vec::new();
        if let Some(spi) = value.spi {
            let sub = match self.lang() {
                Lang::En => format!(
                    "{done} % done, {planned:.1} % planned by {}",
                    day(on, Lang::En)
                ),
                Lang::Es => format!(
                    "{done} % hecho, {planned:.1} % previsto al {}",
                    day(on, Lang::Es)
                ),
            };
            facts.push(fact(
                self.w(
                    "Done for each unit planned (SPI)",
                    "Hecho por cada unidad prevista (SPI)",
                ),
                format!("{spi:.2}"),
                sub,
            ));
        }
        if let (Some(cpi), Some((_, percent))) = (value.cpi, paid) {
            facts.push(fact(
                self.w(
                    "Done for each unit paid (CPI)",
                    "Hecho por cada unidad pagada (CPI)",
                ),
                format!("{cpi:.2}"),
                match self.lang() {
                    Lang::En => format!("{percent} % of the money is paid"),
                    Lang::Es => format!("se ha pagado {percent} % del dinero"),
                },
            ));
            if let (Some(estimate), Some(budget)) = (value.estimate_at_completion, budget) {
                facts.push(fact(
                    self.w("Cost at this pace (EAC)", "Costo a este ritmo (EAC)"),
                    self.money(estimate, &budget.currency),
                    match self.lang() {
                        Lang::En => format!(
                            "the contract: {}",
                            self.money(budget.amount_minor, &budget.currency)
                        ),
                        Lang::Es => format!(
                            "el contrato: {}",
                            self.money(budget.amount_minor, &budget.currency)
                        ),
                    },
                ));
            }
        }
        facts.extend(self.schedule(&said, &plan, on, done));
        facts
    }

    /// Where on the planned curve the work done lies: the curve goes from the start of works to all of it.
    fn schedule(&self, said: &[&Statement], plan: &[Point], on: Date, done: f64) -> Vec<Fact> {
        let start = said.iter().rev().find_map(|s| match &s.said {
            Said::Actual(interval) if s.milestone == START => Some(interval.hi),
            _ => None,
        });
        let (Some(start), Some((end, whole))) = (start, plan.last().copied()) else {
            return Vec::new();
        };
        let periods = days_between(start, end).div_euclid(PERIOD_DAYS) + 1;
        if whole < 100.0 || !(1..=PERIODS_MAX).contains(&periods) {
            return Vec::new();
        }
        let mut points = vec![(start, 0.0)];
        points.extend(plan.iter().copied().filter(|(day, _)| *day > start));
        let curve: Option<Vec<i128>> = (0..=periods)
            .map(|n| {
                let day = days_later(start, n * PERIOD_DAYS)?;
                let percent = at(&points, day).unwrap_or(whole);
                Some((percent * PARTS as f64 / 100.0).round() as i128)
            })
            .collect();
        let earned = (done * PARTS as f64 / 100.0).round() as i128;
        let elapsed = days_between(start, on) as f64 / PERIOD_DAYS as f64;
        let Some(found) = curve.and_then(|curve| earned_schedule(&curve, earned, elapsed)) else {
            return Vec::new();
        };
        let Some(spi) = found.spi else {
            return Vec::new();
        };
        let months = |n: f64| match self.lang() {
            Lang::En => format!("{n:.1} months"),
            Lang::Es => format!("{n:.1} meses"),
        };
        let mut facts = vec![fact(
            self.w(
                "Time earned for time passed (SPI(t))",
                "Tiempo ganado por tiempo transcurrido (SPI(t))",
            ),
            format!("{spi:.2}"),
            match self.lang() {
                Lang::En => format!(
                    "so much was planned to take {}, and took {}",
                    months(found.earned),
                    months(elapsed)
                ),
                Lang::Es => format!(
                    "tanto debía tomar {}, y tomó {}",
                    months(found.earned),
                    months(elapsed)
                ),
            },
        )];
        if let Some(finish) = found.finish(start, PERIOD_DAYS as f64) {
            facts.push(fact(
                self.w("Finish at this pace", "Término a este ritmo"),
                month_year(finish, self.lang()),
                String::new(),
            ));
        }
        facts
    }
}

fn fact(label: &str, value: String, sub: String) -> Fact {
    Fact {
        label: label.to_owned(),
        value: Rich::text(value),
        sub: Rich::text(sub),
        ..Fact::default()
    }
}

/// The statements of a measure, by their day; of two of one day the later recorded.
fn points(said: &[&Statement], measure: &str, is_planned: bool) -> Vec<Point> {
    let mut out: Vec<Point> = Vec::new();
    for statement in said {
        let Said::Progress {
            measure: of,
            percent,
            planned,
        } = &statement.said
        else {
            continue;
        };
        if of != measure || *planned != is_planned {
            continue;
        }
        out.retain(|(day, _)| *day != statement.stated_on);
        out.push((statement.stated_on, *percent));
    }
    out.sort_by_key(|(day, _)| *day);
    out
}

/// The curve's value on a day, straight between two of its points; none before its first and after its last unless that is all.
fn at(points: &[Point], on: Date) -> Option<f64> {
    let after = points.iter().position(|(day, _)| *day >= on);
    match after {
        Some(index) => {
            let (day, percent) = *points.get(index)?;
            if day == on {
                return Some(percent);
            }
            let (from, start) = *points.get(index.checked_sub(1)?)?;
            let part = days_between(from, on) as f64 / days_between(from, day) as f64;
            Some(start + (percent - start) * part)
        }
        None => points
            .last()
            .filter(|(_, percent)| *percent >= 100.0)
            .map(|(_, percent)| *percent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_curve_is_straight_between_its_points_and_unknown_beyond_them() {
        let points = [(date(2026, 1, 1), 0.0), (date(2026, 1, 11), 50.0)];
        assert_eq!(at(&points, date(2026, 1, 6)), Some(25.0));
        assert_eq!(at(&points, date(2026, 1, 11)), Some(50.0));
        assert_eq!(at(&points, date(2025, 12, 31)), None);
        assert_eq!(at(&points, date(2026, 1, 12)), None);
        let whole = [(date(2026, 1, 1), 100.0)];
        assert_eq!(at(&whole, date(2027, 1, 1)), Some(100.0));
    }
}
