//! One colour, from data only, with its reasons.
//!
//! The method, 8.10. Never shown without the dates behind it.

use jiff::civil::Date;

use super::dates::days_between;
use super::forecast::Expected;

/// Up to so many days after the baseline are no delay.
pub const ON_TIME_DAYS: i64 = 30;
/// More than so many days are red.
pub const RED_DAYS: i64 = 180;

/// The colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Colour {
    /// On time, and told so lately.
    Green,
    /// Somewhat late, or told long ago.
    Amber,
    /// Late, overdue, running away, or without a date.
    Red,
    /// Not enough data.
    Grey,
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColourReason {
    /// Four times in five it is on time, and the data are fresh.
    OnTime,
    /// It is more likely than not on time, but not four times in five.
    MayBeLate,
    /// It is to be expected 31 to 180 days late.
    SomewhatLate,
    /// The data are old.
    Stale,
    /// It is to be expected more than 180 days late.
    Late,
    /// Its date has passed.
    Overdue,
    /// Its date moves away as fast as time passes.
    MovesAway,
    /// It had a date and has none.
    NoCurrentDate,
    /// No promise to measure by.
    NoBaseline,
    /// No forecast.
    NoForecast,
}

impl ColourReason {
    /// A code that does not change.
    pub fn code(self) -> &'static str {
        match self {
            Self::OnTime => "on-time",
            Self::MayBeLate => "may-be-late",
            Self::SomewhatLate => "somewhat-late",
            Self::Stale => "stale",
            Self::Late => "late",
            Self::Overdue => "overdue",
            Self::MovesAway => "moves-away",
            Self::NoCurrentDate => "no-current-date",
            Self::NoBaseline => "no-baseline",
            Self::NoForecast => "no-forecast",
        }
    }

    /// The colour it asks for.
    pub fn colour(self) -> Colour {
        match self {
            Self::OnTime => Colour::Green,
            Self::MayBeLate | Self::SomewhatLate | Self::Stale => Colour::Amber,
            Self::Late | Self::Overdue | Self::MovesAway | Self::NoCurrentDate => Colour::Red,
            Self::NoBaseline | Self::NoForecast => Colour::Grey,
        }
    }
}

/// What the colour is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ColourInput {
    /// The last day of the baseline.
    pub baseline: Option<Date>,
    /// As likely before as after; of a milestone that was met, the day it was.
    pub p50: Option<Expected>,
    /// Four times in five by then; of a milestone that was met, the day it was.
    pub p80: Option<Expected>,
    /// Met already: age and rates no longer matter.
    pub met: bool,
    /// The data are older than their limit.
    pub stale: bool,
    /// The target has passed and it was not met.
    pub overdue: bool,
    /// Days the date moved for each day between the last two statements.
    pub rate: Option<f64>,
    /// It had a date and has none.
    pub no_current_date: bool,
    /// The colour that the party itself shows.
    pub own_colour: Option<Colour>,
}

/// The colour with all its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coloured {
    /// The worst that a reason asks for; grey only where nothing worse than green is known.
    pub colour: Colour,
    /// Why, in the order of [`ColourReason`].
    pub reasons: Vec<ColourReason>,
    /// The party itself shows another colour.
    pub disagrees: bool,
}

/// The colour of a milestone.
///
/// The method leaves a gap: fresh, P50 on time, P80 not. It is amber here ([`ColourReason::MayBeLate`]), since it is not green.
pub fn colour(input: &ColourInput) -> Coloured {
    let mut reasons = Vec::new();
    // Beyond the record is later than any limit.
    let late = |baseline: Date, expected: Expected| {
        expected
            .day()
            .map_or(i64::MAX, |day| days_between(baseline, day))
    };
    match (input.baseline, input.p50, input.p80) {
        (None, _, _) => reasons.push(ColourReason::NoBaseline),
        (Some(_), None, _) | (Some(_), _, None) => reasons.push(ColourReason::NoForecast),
        (Some(baseline), Some(p50), Some(p80)) => {
            let median = late(baseline, p50);
            if median > RED_DAYS {
                reasons.push(ColourReason::Late);
            } else if median > ON_TIME_DAYS {
                reasons.push(ColourReason::SomewhatLate);
            } else if late(baseline, p80) > ON_TIME_DAYS {
                reasons.push(ColourReason::MayBeLate);
            } else {
                reasons.push(ColourReason::OnTime);
            }
        }
    }
    if !input.met {
        let running = input.rate.is_some_and(|r| r >= 1.0);
        for (holds, reason) in [
            (input.stale, ColourReason::Stale),
            (input.overdue, ColourReason::Overdue),
            (running, ColourReason::MovesAway),
            (input.no_current_date, ColourReason::NoCurrentDate),
        ] {
            if holds {
                reasons.push(reason);
            }
        }
    }
    reasons.sort_unstable();
    let asked = |colour: Colour| reasons.iter().any(|r| r.colour() == colour);
    let colour = [Colour::Red, Colour::Amber, Colour::Grey]
        .into_iter()
        .find(|c| asked(*c))
        .unwrap_or(Colour::Green);
    Coloured {
        colour,
        disagrees: input.own_colour.is_some_and(|own| own != colour),
        reasons,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promises::dates::days_later;
    use crate::promises::statement::tests::day;

    /// So many days after the baseline at P50 and P80.
    fn input(p50: i64, p80: i64) -> ColourInput {
        let at = |days| days_later(day("2026-01-01"), days).map(Expected::Day);
        ColourInput {
            baseline: Some(day("2026-01-01")),
            p50: at(p50),
            p80: at(p80),
            ..ColourInput::default()
        }
    }

    fn told(input: &ColourInput) -> (Colour, Vec<&'static str>) {
        let c = colour(input);
        (c.colour, c.reasons.iter().map(|r| r.code()).collect())
    }

    #[test]
    fn each_rule_has_its_colour() {
        for (p50, p80, colour, reason) in [
            (-100, 30, Colour::Green, "on-time"),
            (30, 31, Colour::Amber, "may-be-late"),
            (31, 60, Colour::Amber, "somewhat-late"),
            (180, 400, Colour::Amber, "somewhat-late"),
            (181, 400, Colour::Red, "late"),
        ] {
            assert_eq!(
                told(&input(p50, p80)),
                (colour, vec![reason]),
                "{p50} {p80}"
            );
        }
    }

    #[test]
    fn the_worst_reason_wins_and_all_are_told() {
        let fine = input(0, 10);
        let stale = ColourInput {
            stale: true,
            ..fine
        };
        assert_eq!(told(&stale), (Colour::Amber, vec!["on-time", "stale"]));
        let running = ColourInput {
            rate: Some(1.0),
            ..stale
        };
        assert_eq!(
            told(&running),
            (Colour::Red, vec!["on-time", "stale", "moves-away"])
        );
        let overdue = ColourInput {
            overdue: true,
            ..fine
        };
        assert_eq!(told(&overdue).0, Colour::Red);
        // Once met, only the day counts.
        let met = ColourInput {
            met: true,
            stale: true,
            overdue: true,
            rate: Some(2.0),
            ..fine
        };
        assert_eq!(told(&met), (Colour::Green, vec!["on-time"]));
    }

    #[test]
    fn grey_is_for_not_knowing() {
        let nothing = ColourInput::default();
        assert_eq!(told(&nothing), (Colour::Grey, vec!["no-baseline"]));
        let no_forecast = ColourInput {
            p50: None,
            ..input(0, 0)
        };
        assert_eq!(told(&no_forecast), (Colour::Grey, vec!["no-forecast"]));
        // A date that is gone is known to be bad.
        let gone = ColourInput {
            no_current_date: true,
            ..no_forecast
        };
        assert_eq!(told(&gone).0, Colour::Red);
        let beyond = ColourInput {
            p50: Some(Expected::BeyondRecord),
            ..input(0, 0)
        };
        assert_eq!(told(&beyond), (Colour::Red, vec!["late"]));
    }

    #[test]
    fn the_partys_own_colour_is_compared() {
        let own = |own| {
            colour(&ColourInput {
                own_colour: own,
                ..input(200, 300)
            })
            .disagrees
        };
        assert!(own(Some(Colour::Green)));
        assert!(!own(Some(Colour::Red)) && !own(None));
    }
}
