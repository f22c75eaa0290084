//! All things at once, as of a day and by a rule: what each may count on from what the others did, and the figures over all.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use garita_profile::promises::backtest::{Backtest, Case, Scheme, backtest};
use garita_profile::promises::colour::{ColourInput, Coloured, colour};
use garita_profile::promises::forecast::{
    Basis, Expected, Forecast, History, NoBasis, Reading, basis, forecast,
};
use garita_profile::promises::slip::hits::HitRates;
use garita_profile::promises::slip::{BaselineRule, Standing};
use garita_profile::promises::statement::AsOf;
use garita_profile::promises::survival::linear_quantile;

use super::judge::{Judged, judge};
use super::register::Register;

/// What may be said over all.
#[derive(Debug)]
pub(crate) struct Overview {
    /// As of when.
    pub(crate) as_of: AsOf,
    /// Held against what.
    pub(crate) rule: BaselineRule,
    /// Records of the register when this was worked out.
    pub(crate) records: u64,
    /// Each thing by its id.
    pub(crate) all: BTreeMap<String, Arc<Judged>>,
    /// What each class tells of its promises.
    bases: BTreeMap<String, Result<Basis, NoBasis>>,
    figures: OnceLock<Figures>,
    tested: OnceLock<Backtest>,
}

/// Figures over all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    /// Things of which anything is known by then; sets of things are none.
    pub(crate) things: usize,
    /// With two dated promises or more.
    pub(crate) promised_again: usize,
    /// Of these, how many are promised later now than first.
    pub(crate) moved_later: usize,
    /// Median of time taken over time first promised, unfinished ones until their latest target.
    pub(crate) median_ratio: Option<f64>,
    /// Over how many.
    pub(crate) ratios: usize,
    /// In a phase that asks for word each quarter.
    pub(crate) building: usize,
    /// Of these, without a word for longer.
    pub(crate) silent: usize,
    /// Due by now and met in time; of what was halted or done on no known day neither is said.
    pub(crate) hits: HitRates,
}

impl Overview {
    /// Works all out; what `before` knows of a thing that has not changed is taken over.
    pub(super) fn of(
        register: &Register,
        as_of: AsOf,
        rule: BaselineRule,
        before: Option<&Overview>,
    ) -> Overview {
        let mut all = BTreeMap::new();
        for (id, subject) in &register.subjects {
            let held = before.and_then(|b| b.all.get(id));
            let judged = match held.filter(|j| j.revision == subject.revision) {
                Some(same) => Arc::clone(same),
                None => Arc::new(judge(subject, &as_of, rule)),
            };
            if judged.last_word.is_some() {
                all.insert(id.clone(), judged);
            }
        }
        let histories: Vec<History> = all.values().filter_map(|j| j.history.clone()).collect();
        let mut bases = BTreeMap::new();
        for judged in all.values() {
            let class = judged.class();
            if !bases.contains_key(class) {
                bases.insert(class.to_owned(), basis(&histories, class, rule.code()));
            }
        }
        Overview {
            as_of,
            rule,
            records: register.records,
            all,
            bases,
            figures: OnceLock::new(),
            tested: OnceLock::new(),
        }
    }

    /// What others of its class have done with such promises.
    pub(crate) fn basis(&self, judged: &Judged) -> Option<&Result<Basis, NoBasis>> {
        self.bases.get(judged.class())
    }

    /// What to expect of it; none where nothing can be.
    pub(crate) fn forecast(&self, judged: &Judged) -> Option<Forecast> {
        if judged.dates.actual.is_some() || judged.done_undated {
            return None;
        }
        let basis = self.basis(judged)?.as_ref().ok()?;
        let promise = judged.promise.as_ref()?;
        let made = forecast(basis, promise, self.as_of.today, Reading::default())?;
        let age = judged.fresh.filter(|f| f.stale).map_or(0, |f| f.age_days);
        Some(made.widened(age))
    }

    /// Its colour, from data only.
    pub(crate) fn colour(&self, judged: &Judged) -> Coloured {
        let dates = &judged.dates;
        let met = dates.actual.as_ref().map(|a| Expected::Day(a.interval.hi));
        let made = self.forecast(judged);
        colour(&ColourInput {
            baseline: dates.baseline.as_ref().map(|b| b.interval.hi),
            p50: met.or(made.as_ref().map(|m| m.p50)),
            p80: met.or(made.as_ref().map(|m| m.p80)),
            met: met.is_some() || judged.done_undated,
            stale: judged.fresh.is_some_and(|f| f.stale),
            overdue: dates.standing == Standing::Overdue,
            rate: dates.rate,
            no_current_date: dates.standing == Standing::NoCurrentDate,
            own_colour: judged.own_colour.as_ref().map(|(own, _)| *own),
        })
    }

    /// How forecasts would have done: each finished thing from what the others did. Worked out once.
    pub(crate) fn tested(&self) -> &Backtest {
        self.tested.get_or_init(|| {
            let things = self
                .all
                .values()
                .filter(|j| j.class() != SET && !j.done_undated);
            let cases: Vec<Case> = things
                .filter_map(|judged| {
                    Some(Case {
                        class: judged.class().to_owned(),
                        gate: self.rule.code().to_owned(),
                        promise: judged.promise?,
                        latest_target: judged.dates.current.as_ref().map(|c| c.interval),
                        finished_on: judged.dates.actual.as_ref().map(|a| a.interval.hi),
                    })
                })
                .take(CASES_MAX)
                .collect();
            backtest(
                &cases,
                self.as_of.today,
                Scheme::LeaveOneOut,
                Reading::default(),
            )
        })
    }

    /// Figures over all. Worked out once.
    pub(crate) fn figures(&self) -> &Figures {
        self.figures.get_or_init(|| self.counted())
    }

    fn counted(&self) -> Figures {
        let mut figures = Figures::default();
        let mut ratios = Vec::new();
        for judged in self.all.values().filter(|j| j.class() != SET) {
            figures.things += 1;
            figures.hits.add(judged.dates.hits);
            let dated = judged.dates.steps.iter().filter(|s| s.stated_on.is_some());
            let ends: Vec<_> = dated.collect();
            if let [first, .., last] = ends.as_slice() {
                figures.promised_again += 1;
                figures.moved_later += usize::from(last.interval.hi > first.interval.hi);
            }
            // As the method's own sample counts: what is not finished is taken as ended at its latest promise, and so is told too low.
            let end = judged
                .dates
                .actual
                .as_ref()
                .or(judged.dates.current.as_ref());
            if let (Some(promise), Some(end)) = (&judged.promise, end)
                && (ends.len() > 1 || judged.dates.actual.is_some())
                && !judged.done_undated
                && let Some(ratio) = promise.ratio(end.interval.hi)
            {
                ratios.push(ratio);
            }
            if judged.phase == "implementation" {
                figures.building += 1;
                figures.silent += usize::from(judged.fresh.is_some_and(|f| f.stale));
            }
        }
        figures.ratios = ratios.len();
        figures.median_ratio = linear_quantile(&ratios, 0.5);
        figures
    }
}

/// The back-test compares each with all others: so many at most, which is more than any border has finished.
const CASES_MAX: usize = 400;

/// The class of what is a set of things and none itself: it is listed and never counted.
pub(crate) const SET: &str = "program";

impl Judged {
    /// Code of its class; empty where nothing describes it.
    pub(crate) fn class(&self) -> &str {
        self.described.as_ref().map_or("", |d| d.class.as_str())
    }
}
