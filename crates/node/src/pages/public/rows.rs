//! How a promise is told in one line: as coarse as it was said, how far it moved, how it stands.

use garita_profile::promises::slip::Standing as At;
use jiff::civil::Date;

use super::visit::Visit;
use crate::console::Link;
use crate::console::public::{ProjectRow, Spark, Standing, coarse, days_short};
use crate::site::judge::{Judged, SaidDate};

/// A date late by no more than this is on time (8.10).
const ON_TIME_DAYS: i64 = 30;

impl Visit {
    /// Name of a thing; its id where nothing describes it.
    pub(super) fn name_of(&self, judged: &Judged) -> String {
        let named = judged.described.as_ref().map(|d| self.name(&d.names));
        named
            .filter(|n| !n.is_empty())
            .unwrap_or_else(|| judged.id.clone())
    }

    /// Its page, as of the same days.
    pub(super) fn page_of(&self, id: &str) -> String {
        let mut address = crate::console::Address::new(crate::console::paths::project(id));
        for member in ["baseline", "stated_by", "recorded_by"] {
            address = address.with(member, self.ask.here.value(member));
        }
        address.to_string()
    }

    /// Its row in a list.
    pub(super) fn row(&self, judged: &Judged) -> ProjectRow {
        let dates = &judged.dates;
        let none = "–".to_owned();
        let said = |date: &Option<SaidDate>| date.as_ref().map(|d| coarse(&d.text, self.lang()));
        let shown = dates.actual.as_ref().or(dates.current.as_ref());
        let now = match (shown, dates.standing) {
            (Some(date), _) => coarse(&date.text, self.lang()),
            (None, At::NoCurrentDate) => self.w("no date", "sin fecha").to_owned(),
            (None, _) => none.clone(),
        };
        let growing = dates.standing == At::Overdue && !judged.done_undated;
        let place = judged.described.as_ref().map_or_else(String::new, |d| {
            let state = self.code("state", &d.state);
            match state.is_empty() {
                true => d.place.clone(),
                false => format!("{}, {state}", d.place),
            }
        });
        ProjectRow {
            name: Link::new(self.name_of(judged), self.page_of(&judged.id)),
            place,
            phase: self.code("phase", &judged.phase),
            first: said(&dates.baseline).unwrap_or_else(|| none.clone()),
            now,
            slip: dates.slip.map_or(none, |(days, _)| days_short(days)),
            growing,
            spark: spark(judged, self.as_of.today),
            last_word: judged
                .fresh
                .map_or_else(String::new, |f| age(f.age_days, self.w("y", "a"))),
            standing: standing(judged).verdict(self.lang()),
            chosen: false,
        }
    }
}

/// How it stands, from its dates only.
pub(super) fn standing(judged: &Judged) -> Standing {
    let dates = &judged.dates;
    let stale = judged.fresh.is_some_and(|f| f.stale);
    let slip = dates.slip.map(|(days, _)| days);
    if judged.done_undated {
        return Standing::Done;
    }
    match dates.standing {
        At::Met => slip.map_or(Standing::Opened { days: 0 }, |days| Standing::Opened {
            days,
        }),
        At::Overdue => Standing::Passed {
            days: dates.overdue,
        },
        At::NoCurrentDate => Standing::NoDate {
            since: dates.none_since,
        },
        At::NothingStated => Standing::Unknown,
        At::Due => match slip {
            Some(days) if days > ON_TIME_DAYS => Standing::Late { days },
            Some(days) if days < -ON_TIME_DAYS => Standing::Earlier { days, stale },
            // A date that was only told more exactly never went away.
            _ if dates.steps.iter().any(|s| s.moved.is_some_and(|m| m != 0)) => {
                Standing::BackAtFirst { stale }
            }
            _ => Standing::OnTime { stale },
        },
    }
}

/// Its shape in small: dated promises only.
fn spark(judged: &Judged, today: Date) -> Spark {
    let steps = judged.dates.steps.iter();
    Spark {
        steps: steps
            .filter_map(|s| Some((s.stated_on?, s.interval.hi)))
            .collect(),
        baseline: judged.dates.baseline.as_ref().map(|b| b.interval.hi),
        today,
    }
}

/// `259 d`, `4 y`.
fn age(days: i64, year: &str) -> String {
    if days < 730 {
        days_short(days)
    } else {
        format!("{} {year}", days / 365)
    }
}
