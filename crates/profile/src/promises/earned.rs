//! Earned value and earned schedule, for subjects whose progress is published.
//!
//! The method, section 7. Money is in the currency's smallest unit; a division by zero is no number.

use jiff::civil::Date;

use super::dates::days_later_f64;

/// What was planned, done and paid by a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarnedInput {
    /// BAC: the budget of all the work.
    pub budget: i128,
    /// PV: the budgeted value of the work planned by now.
    pub planned: i128,
    /// EV: the budgeted value of the work done.
    pub earned: i128,
    /// AC: what that cost; often not published.
    pub actual: Option<i128>,
}

impl EarnedInput {
    /// From published percentages (0 to 100) of progress.
    pub fn of_progress(
        budget: i128,
        planned_percent: f64,
        done_percent: f64,
        actual: Option<i128>,
    ) -> Self {
        let part = |percent: f64| (budget as f64 * percent / 100.0).round() as i128;
        Self {
            budget,
            planned: part(planned_percent),
            earned: part(done_percent),
            actual,
        }
    }
}

/// What follows. Without an actual cost, nothing of money but the schedule variance and SPI.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EarnedValue {
    /// SV = EV - PV.
    pub schedule_variance: i128,
    /// CV = EV - AC.
    pub cost_variance: Option<i128>,
    /// SPI = EV / PV. Returns to 1 at the end of every late subject: see [`earned_schedule`].
    pub spi: Option<f64>,
    /// CPI = EV / AC. Below 1 is worse than planned.
    pub cpi: Option<f64>,
    /// EAC = BAC / CPI, to the nearest unit.
    pub estimate_at_completion: Option<i128>,
    /// ETC = EAC - AC.
    pub estimate_to_complete: Option<i128>,
    /// VAC = BAC - EAC.
    pub variance_at_completion: Option<i128>,
    /// TCPI = (BAC - EV) / (BAC - AC): the efficiency the rest would need.
    pub tcpi: Option<f64>,
}

/// The indices of earned value.
pub fn earned_value(input: &EarnedInput) -> EarnedValue {
    let EarnedInput {
        budget,
        planned,
        earned,
        actual,
    } = *input;
    // BAC / CPI = BAC x AC / EV, in whole numbers: nothing is rounded but the end.
    let eac = actual.and_then(|ac| divide_rounded(budget.checked_mul(ac)?, earned));
    EarnedValue {
        schedule_variance: earned.saturating_sub(planned),
        cost_variance: actual.map(|ac| earned.saturating_sub(ac)),
        spi: share(earned, planned),
        cpi: actual.and_then(|ac| share(earned, ac)),
        estimate_at_completion: eac,
        estimate_to_complete: eac.zip(actual).map(|(eac, ac)| eac.saturating_sub(ac)),
        variance_at_completion: eac.map(|eac| budget.saturating_sub(eac)),
        tcpi: actual.and_then(|ac| share(budget.saturating_sub(earned), budget.saturating_sub(ac))),
    }
}

/// Where on the planned curve the work done lies, in the curve's periods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EarnedSchedule {
    /// ES: the time by which the plan had this much.
    pub earned: f64,
    /// PD: the time the plan takes.
    pub planned_duration: f64,
    /// SV(t) = ES - AT.
    pub variance: f64,
    /// SPI(t) = ES / AT; none at the start.
    pub spi: Option<f64>,
    /// PD / SPI(t): the time all of it takes at this pace; none where nothing is done.
    pub duration_estimate: Option<f64>,
}

impl EarnedSchedule {
    /// The finish at this pace, for a plan that starts on that day in periods of so many days.
    pub fn finish(&self, start: Date, period_days: f64) -> Option<Date> {
        days_later_f64(start, self.duration_estimate? * period_days)
    }
}

/// Earned schedule: `curve` is the planned value at the end of periods 0, 1, 2, …, `elapsed` the periods passed (AT).
///
/// None where the curve has no period or falls: then no time is *the* one by which so much was planned. A curve that stays at its end
/// for some periods ends where it first reaches it, or all work done would look later than planned.
pub fn earned_schedule(curve: &[i128], earned: i128, elapsed: f64) -> Option<EarnedSchedule> {
    let falls = curve.iter().zip(curve.iter().skip(1)).any(|(a, b)| a > b);
    let (first, whole) = (*curve.first()?, *curve.last()?);
    if falls || first >= whole || earned < first || !elapsed.is_finite() {
        return None;
    }
    let periods = curve.partition_point(|planned| *planned < whole);
    // C: the last period with PV_C <= EV, and not past the end.
    let reached = curve
        .partition_point(|planned| *planned <= earned)
        .saturating_sub(1)
        .min(periods);
    let at = *curve.get(reached)?;
    let part = match curve.get(reached + 1) {
        Some(next) if reached < periods => {
            share(earned.saturating_sub(at), next.saturating_sub(at))
        }
        _ => None,
    };
    let es = reached as f64 + part.unwrap_or(0.0);
    let pd = periods as f64;
    let spi = (elapsed > 0.0).then(|| es / elapsed);
    Some(EarnedSchedule {
        earned: es,
        planned_duration: pd,
        variance: es - elapsed,
        spi,
        duration_estimate: spi.filter(|spi| *spi > 0.0).map(|spi| pd / spi),
    })
}

fn share(part: i128, of: i128) -> Option<f64> {
    (of != 0).then(|| part as f64 / of as f64)
}

fn divide_rounded(a: i128, b: i128) -> Option<i128> {
    let quotient = a.checked_div(b)?;
    let rest = a.checked_rem(b)?.unsigned_abs();
    // Half and more goes away from zero.
    let more = rest >= b.unsigned_abs().div_ceil(2) && rest != 0;
    let away = if (a < 0) == (b < 0) { 1 } else { -1 };
    if more {
        quotient.checked_add(away)
    } else {
        Some(quotient)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promises::chance::Chance;
    use crate::promises::statement::tests::day;

    #[test]
    fn a_worked_example() {
        // 1 000 budgeted, half planned, 40 percent done at a cost of 500.
        let input = EarnedInput::of_progress(1_000, 50.0, 40.0, Some(500));
        let e = earned_value(&input);
        assert_eq!((e.schedule_variance, e.cost_variance), (-100, Some(-100)));
        assert_eq!((e.spi, e.cpi), (Some(0.8), Some(0.8)));
        assert_eq!(e.estimate_at_completion, Some(1_250));
        assert_eq!(e.estimate_to_complete, Some(750));
        assert_eq!(e.variance_at_completion, Some(-250));
        assert_eq!(e.tcpi, Some(600.0 / 500.0));
    }

    #[test]
    fn what_is_not_known_or_divides_by_zero_is_none() {
        let e = earned_value(&EarnedInput::of_progress(1_000, 0.0, 0.0, None));
        assert_eq!((e.spi, e.cpi, e.tcpi), (None, None, None));
        assert_eq!(e.estimate_at_completion, None);
        let spent = earned_value(&EarnedInput::of_progress(1_000, 10.0, 0.0, Some(1_000)));
        assert_eq!((spent.cpi, spent.tcpi), (Some(0.0), None));
        assert_eq!(spent.estimate_at_completion, None);
    }

    #[test]
    fn both_forms_of_the_estimate_agree() {
        let mut chance = Chance::new(5);
        for _ in 0..1_000 {
            let mut amount = || i128::from(chance.next_u64() % 1_000_000) + 1;
            let (budget, earned, actual) = (amount(), amount(), amount());
            let e = earned_value(&EarnedInput {
                budget,
                planned: 1,
                earned,
                actual: Some(actual),
            });
            let other = actual as f64 + (budget - earned) as f64 / e.cpi.unwrap();
            let eac = e.estimate_at_completion.unwrap() as f64;
            assert!(
                (eac - other).abs() <= 0.501 + other.abs() * 1e-12,
                "{eac} {other}"
            );
        }
        assert_eq!(divide_rounded(5, 2), Some(3));
        assert_eq!(divide_rounded(-5, 2), Some(-3));
        assert_eq!(divide_rounded(4, 3), Some(1));
        assert_eq!(divide_rounded(i128::MIN, -1), None);
    }

    #[test]
    fn earned_schedule_lies_on_the_curve() {
        let curve = [0, 100, 300, 600, 900, 1_000];
        // 400 done after four periods: the plan had 300 after two and 600 after three.
        let e = earned_schedule(&curve, 400, 4.0).unwrap();
        assert!((e.earned - (2.0 + 1.0 / 3.0)).abs() < 1e-12);
        assert!((e.variance + 1.0 + 2.0 / 3.0).abs() < 1e-12);
        let estimate = e.duration_estimate.unwrap();
        assert!((estimate - 5.0 * 4.0 / (2.0 + 1.0 / 3.0)).abs() < 1e-12);
        assert_eq!(
            e.finish(day("2024-01-01"), 30.0).unwrap().to_string(),
            "2024-09-14"
        );
        // At each period's own value the earned schedule is the period, so at its own time SPI(t) is 1.
        for (period, planned) in curve.iter().enumerate() {
            let e = earned_schedule(&curve, *planned, period as f64).unwrap();
            assert_eq!((e.earned, e.variance), (period as f64, 0.0));
        }
    }

    #[test]
    fn a_late_finish_stays_late() {
        let curve = [0, 500, 1_000, 1_000, 1_000];
        let e = earned_schedule(&curve, 1_000, 4.0).unwrap();
        // SPI of money says 1; the schedule says it took twice the time.
        assert_eq!((e.earned, e.spi), (2.0, Some(0.5)));
        assert_eq!(e.duration_estimate, Some(4.0));
        assert_eq!(earned_schedule(&curve, 5_000, 4.0).unwrap().earned, 2.0);
    }

    #[test]
    fn a_curve_that_is_none_gives_no_schedule() {
        for curve in [&[][..], &[0][..], &[0, 0][..], &[0, 5, 3, 9][..]] {
            assert_eq!(earned_schedule(curve, 3, 1.0), None);
        }
        let start = earned_schedule(&[0, 10], 0, 0.0).unwrap();
        assert_eq!((start.spi, start.duration_estimate), (None, None));
        // Nothing done: no pace, so no finish.
        assert_eq!(
            earned_schedule(&[0, 10], 0, 1.0).unwrap().duration_estimate,
            None
        );
    }
}
