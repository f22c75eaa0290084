//! Kaplan-Meier: what is known of a length of time when some have not ended yet.
//!
//! The method, 9: what has not ended is *censored*, not dropped. Dropping it would leave the quick ones only and promise too much.

/// A length: until it ended, or as far as it has come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observed {
    /// How long, in whatever unit: a ratio, days.
    pub value: f64,
    /// It ended there. Else it lasts at least so long.
    pub ended: bool,
}

impl Observed {
    /// One that ended.
    pub fn ended(value: f64) -> Self {
        Self { value, ended: true }
    }

    /// One that lasts still.
    pub fn lasting(value: f64) -> Self {
        Self {
            value,
            ended: false,
        }
    }
}

/// One step of the curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurvivalStep {
    /// Where some ended.
    pub at: f64,
    /// How many ended there.
    pub ended: usize,
    /// How many had come so far.
    pub at_risk: usize,
    /// The share that lasts longer.
    pub lasting: f64,
}

/// The share that lasts longer than each length.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Survival {
    /// By length; of one length those that ended come first, since what is censored there had come so far.
    observed: Vec<Observed>,
    steps: Vec<SurvivalStep>,
}

/// Sums of shares are not exact: a share of 0.8 computed by products may be 0.799…9.
const TOLERANCE: f64 = 1e-9;

impl Survival {
    /// The curve of these; a length that is no number is left out.
    pub fn of(observed: impl IntoIterator<Item = Observed>) -> Self {
        let mut observed: Vec<Observed> = observed
            .into_iter()
            .filter(|o| o.value.is_finite())
            .collect();
        observed.sort_by(|a, b| a.value.total_cmp(&b.value).then(b.ended.cmp(&a.ended)));
        let mut steps = Vec::new();
        let mut at_risk = observed.len();
        let mut lasting = 1.0;
        for same in observed.chunk_by(|a, b| a.value == b.value) {
            let ended = same.iter().filter(|o| o.ended).count();
            if let (Some(first), true) = (same.first(), ended > 0) {
                lasting *= (at_risk - ended) as f64 / at_risk as f64;
                steps.push(SurvivalStep {
                    at: first.value,
                    ended,
                    at_risk,
                    lasting,
                });
            }
            at_risk -= same.len();
        }
        Self { observed, steps }
    }

    /// How many were observed.
    pub fn n(&self) -> usize {
        self.observed.len()
    }

    /// How many of them ended.
    pub fn ended(&self) -> usize {
        self.observed.iter().filter(|o| o.ended).count()
    }

    /// The steps of the curve, by length.
    pub fn steps(&self) -> &[SurvivalStep] {
        &self.steps
    }

    /// The share that lasts longer than `value`.
    pub fn lasting(&self, value: f64) -> f64 {
        let passed = self.steps.partition_point(|s| s.at <= value);
        passed
            .checked_sub(1)
            .and_then(|i| self.steps.get(i))
            .map_or(1.0, |s| s.lasting)
    }

    /// The shortest length by which a share `q` has ended; none beyond the record, where too many last still.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let i = self
            .steps
            .partition_point(|s| 1.0 - s.lasting < q - TOLERANCE);
        self.steps.get(i).map(|s| s.at)
    }

    /// As [`Survival::quantile`], and cautious of a small record: at the rank ceil((n + 1) q), which holds for the *next* one whatever
    /// the distribution (conformal). None beyond the record.
    pub fn quantile_cautious(&self, q: f64) -> Option<f64> {
        let rank = rank_up(self.n(), q)?;
        self.quantile(rank as f64 / self.n() as f64)
    }

    /// The lower end to match: at the rank floor((n + 1) q); none below the record.
    pub fn quantile_cautious_low(&self, q: f64) -> Option<f64> {
        let rank = ((self.n() + 1) as f64 * q + TOLERANCE).floor();
        if rank < 1.0 {
            return None;
        }
        self.quantile(rank / self.n() as f64)
    }

    /// The curve of those that have come further than `value`: what is to be expected of one that has.
    ///
    /// Leaving out the others is the same as dividing by the share left, and keeps the n that the answer rests on.
    #[must_use]
    pub fn beyond(&self, value: f64) -> Self {
        Self::of(self.observed.iter().copied().filter(|o| o.value > value))
    }
}

/// The order statistic at the rank ceil((n + 1) q), for lengths that all ended; none beyond the record.
pub fn conformal(values: &[f64], q: f64) -> Option<f64> {
    let rank = rank_up(values.len(), q)?;
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(rank.saturating_sub(1)).copied()
}

/// The quantile between two order statistics, linearly at (n - 1) q: what spreadsheets give (Hyndman and Fan's type 7).
///
/// For description only. It looks between what was observed, knows nothing of what lasts still and is never beyond the record.
pub fn linear_quantile(values: &[f64], q: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = sorted.len().checked_sub(1)? as f64 * q.clamp(0.0, 1.0);
    let below = *sorted.get(at.floor() as usize)?;
    let above = *sorted.get(at.ceil() as usize)?;
    Some(below + (above - below) * at.fract())
}

fn rank_up(n: usize, q: f64) -> Option<usize> {
    let rank = ((n + 1) as f64 * q - TOLERANCE).ceil().max(1.0);
    (rank <= n as f64).then_some(rank as usize)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::promises::chance::Chance;

    /// "A first class from our own file": unfinished ones treated as ended.
    pub(in crate::promises) const FOURTEEN: [f64; 14] = [
        0.46, 1.00, 1.12, 1.20, 1.24, 1.33, 1.64, 1.65, 1.72, 1.82, 1.99, 2.13, 2.19, 3.29,
    ];

    #[test]
    fn the_fourteen_ratios_have_their_quantiles_by_the_linear_rule() {
        // P50 1.65, P80 2.05, P90 2.17 of the method are type 7 (1.645, 2.046, 2.172): between two order statistics.
        for (q, exact, told) in [(0.5, 1.645, 1.65), (0.8, 2.046, 2.05), (0.9, 2.172, 2.17)] {
            let found = linear_quantile(&FOURTEEN, q).unwrap();
            assert!((found - exact).abs() < 1e-9);
            assert!((found - told).abs() <= 0.005 + 1e-9);
        }
    }

    #[test]
    fn the_rules_of_the_method_give_others() {
        // Points 1 and 4 of section 9 ask for Kaplan-Meier and for conformal ranks; neither gives 1.65, 2.05, 2.17 as a whole.
        let km = Survival::of(FOURTEEN.map(Observed::ended));
        let quantiles = |f: &dyn Fn(f64) -> Option<f64>| [0.5, 0.8, 0.9].map(f);
        assert_eq!(
            quantiles(&|q| km.quantile(q)),
            [Some(1.64), Some(2.13), Some(2.19)]
        );
        let cautious = [Some(1.65), Some(2.13), Some(3.29)];
        assert_eq!(quantiles(&|q| conformal(&FOURTEEN, q)), cautious);
        assert_eq!(quantiles(&|q| km.quantile_cautious(q)), cautious);
        assert_eq!(conformal(&FOURTEEN, 0.95), None);
        assert_eq!(km.quantile_cautious(0.95), None);
    }

    #[test]
    fn a_textbook_curve() {
        // Freireich's 6-MP group: 21 patients, weeks in remission, 12 still in it.
        let ended = [6.0, 6.0, 6.0, 7.0, 10.0, 13.0, 16.0, 22.0, 23.0];
        let lasting = [
            6.0, 9.0, 10.0, 11.0, 17.0, 19.0, 20.0, 25.0, 32.0, 32.0, 34.0, 35.0,
        ];
        let km = Survival::of(
            ended
                .map(Observed::ended)
                .into_iter()
                .chain(lasting.map(Observed::lasting)),
        );
        for (week, share) in [
            (5.9, 1.0),
            (6.0, 0.857),
            (7.0, 0.807),
            (10.0, 0.753),
            (13.0, 0.690),
            (16.0, 0.627),
            (22.0, 0.538),
            (23.0, 0.448),
            (99.0, 0.448),
        ] {
            assert!((km.lasting(week) - share).abs() < 5e-4, "{week}");
        }
        assert_eq!((km.quantile(0.5), km.quantile(0.6)), (Some(23.0), None));
        assert_eq!((km.n(), km.ended()), (21, 9));
    }

    #[test]
    fn without_censoring_it_is_the_empirical_distribution() {
        let mut chance = Chance::new(11);
        for n in 1..60 {
            let values: Vec<f64> = (0..n).map(|_| (chance.uniform() * 30.0).floor()).collect();
            let km = Survival::of(values.iter().copied().map(Observed::ended));
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            for x in 0..31 {
                let x = f64::from(x);
                let naive = values.iter().filter(|v| **v > x).count() as f64 / f64::from(n);
                assert!((km.lasting(x) - naive).abs() < 1e-12);
            }
            for rank in 1..=n {
                let q = f64::from(rank) / f64::from(n);
                assert_eq!(km.quantile(q), sorted.get(rank as usize - 1).copied());
            }
            assert_eq!(km.quantile(1.0), sorted.last().copied());
        }
    }

    #[test]
    fn beyond_is_the_curve_divided_by_the_share_left() {
        let mut chance = Chance::new(12);
        let observed: Vec<Observed> = (0..80)
            .map(|_| Observed {
                value: (chance.uniform() * 40.0).floor(),
                ended: chance.uniform() < 0.6,
            })
            .collect();
        let km = Survival::of(observed);
        for from in 0..35 {
            let from = f64::from(from);
            let rest = km.beyond(from);
            for x in (0..40).map(f64::from).filter(|x| *x > from) {
                let divided = km.lasting(x) / km.lasting(from);
                assert!((rest.lasting(x) - divided).abs() < 1e-12);
            }
        }
        assert_eq!(km.beyond(1e9).quantile(0.5), None);
    }

    #[test]
    fn nothing_observed_says_nothing() {
        let km = Survival::of([Observed::ended(f64::NAN)]);
        assert_eq!((km.n(), km.quantile(0.5), km.lasting(3.0)), (0, None, 1.0));
        assert_eq!(km.quantile_cautious(0.5), None);
        assert_eq!(
            (conformal(&[], 0.5), linear_quantile(&[], 0.5)),
            (None, None)
        );
        // All last still: the median is beyond the record.
        let open = Survival::of([1.0, 2.0, 3.0].map(Observed::lasting));
        assert_eq!((open.quantile(0.5), open.ended()), (None, 0));
    }
}
