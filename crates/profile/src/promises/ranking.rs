//! Which comes first, by many measures and weights, and how sure that is.
//!
//! Nearshoring notes, section 3: gates before scores, ranks before values, a weighted geometric mean, and the weights drawn around.

use super::chance::Chance;

#[cfg(test)]
mod tests;

/// More draws of weights than anyone can tell apart; a request for more is cut to it.
pub const WEIGHT_DRAWS_MAX: usize = 20_000;

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More is better.
    More,
    /// Less is better.
    Less,
}

/// One thing that is measured of all.
#[derive(Debug, Clone, PartialEq)]
pub struct Criterion {
    /// Its name.
    pub id: String,
    /// Which way is better.
    pub direction: Direction,
    /// Its share of the whole; weights are divided by their sum. Below zero counts as zero.
    pub weight: f64,
}

/// A value with its error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// The value.
    pub value: f64,
    /// Its standard error; 0 where it is exact.
    pub error: f64,
}

/// One that is compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its own.
    pub id: String,
    /// By criterion, in their order; what is missing stays missing.
    pub values: Vec<Option<Measured>>,
    /// Why it cannot be chosen now; empty where it can. Such a one is not scored and compared with none.
    pub not_now: Vec<String>,
}

/// A score with what it leaves out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// 0 to 1; none where nothing of weight is known.
    pub value: Option<f64>,
    /// The share of the weights for which nothing is known.
    pub missing_weight: f64,
}

/// How to draw weights and values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightDraws {
    /// How many; 1,000 by the notes, [`WEIGHT_DRAWS_MAX`] at most.
    pub count: usize,
    /// How closely the drawn weights keep to the stated ones: the sum of the Dirichlet parameters. 50 moves a weight of 0.2 by some 0.06.
    pub concentration: f64,
    /// The same seed gives the same answer.
    pub seed: u64,
}

/// One with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Which.
    pub id: String,
    /// By the stated weights and values.
    pub score: Score,
    /// Its place by that score, from 1; none where it has no score. Equal scores share the better place.
    pub rank: Option<usize>,
    /// The median of its places over the draws.
    pub median_rank: Option<usize>,
    /// The 5th and the 95th percentile of its places.
    pub rank_interval: Option<(usize, usize)>,
    /// Why it cannot be chosen now.
    pub not_now: Vec<String>,
}

impl Ranked {
    /// Whether the places of the two can be told apart: their intervals do not meet.
    pub fn distinguishable(&self, other: &Self) -> bool {
        match (self.rank_interval, other.rank_interval) {
            (Some(a), Some(b)) => a.1 < b.0 || b.1 < a.0,
            _ => false,
        }
    }
}

/// The rank of each value as a share of those known: between 0 and 1, neither reached; more is better. Equal values share a rank.
pub fn percentile_ranks(values: &[Option<f64>], direction: Direction) -> Vec<Option<f64>> {
    let mut known: Vec<f64> = values
        .iter()
        .flatten()
        .copied()
        .filter(|v| !v.is_nan())
        .collect();
    known.sort_by(f64::total_cmp);
    let n = known.len() as f64;
    values
        .iter()
        .map(|value| {
            let value = value.filter(|v| !v.is_nan())?;
            let below = known.partition_point(|k| *k < value);
            let upto = known.partition_point(|k| *k <= value);
            // The middle of the equal ones. Never 0: one weak part must pull the product down, not end it.
            let rank = (below + upto) as f64 / 2.0 / n;
            Some(match direction {
                Direction::More => rank,
                Direction::Less => 1.0 - rank,
            })
        })
        .collect()
}

/// The weighted geometric mean over what is known, and the weight of what is not.
pub fn score(parts: &[Option<f64>], weights: &[f64]) -> Score {
    let (mut known, mut missing, mut sum) = (0.0, 0.0, 0.0);
    for (part, weight) in parts.iter().zip(weights) {
        let weight = weight.max(0.0);
        match part {
            Some(part) => {
                known += weight;
                if weight > 0.0 {
                    sum += weight * part.ln();
                }
            }
            None => missing += weight,
        }
    }
    let all = known + missing;
    Score {
        value: (known > 0.0).then(|| (sum / known).exp()),
        missing_weight: if all > 0.0 { missing / all } else { 0.0 },
    }
}

/// All candidates, the best first; those without a score after them, those that cannot be chosen now last.
pub fn rank(candidates: &[Candidate], criteria: &[Criterion], draws: WeightDraws) -> Vec<Ranked> {
    let open: Vec<&Candidate> = candidates.iter().filter(|c| c.not_now.is_empty()).collect();
    let stated: Vec<f64> = criteria.iter().map(|c| c.weight.max(0.0)).collect();
    let sum: f64 = stated.iter().sum();
    let scores = scores(&open, criteria, &stated, |m| m.value);
    let places = ranks(&scores);
    let mut drawn: Vec<Vec<usize>> = vec![Vec::new(); open.len()];
    let mut chance = Chance::new(draws.seed);
    let around: Vec<f64> = stated
        .iter()
        .map(|w| w / sum * draws.concentration)
        .collect();
    for _ in 0..draws.count.min(WEIGHT_DRAWS_MAX) {
        let weights = chance.dirichlet(&around);
        let scores = self::scores(&open, criteria, &weights, |m| {
            if m.error > 0.0 {
                m.value + m.error * chance.normal()
            } else {
                m.value
            }
        });
        for (of_one, place) in drawn.iter_mut().zip(ranks(&scores)) {
            of_one.extend(place);
        }
    }
    let mut ranked: Vec<Ranked> = open
        .iter()
        .zip(scores.into_iter().zip(places))
        .zip(&mut drawn)
        .map(|((candidate, (score, rank)), drawn)| {
            drawn.sort_unstable();
            Ranked {
                id: candidate.id.clone(),
                score,
                rank,
                median_rank: at(drawn, 0.5),
                rank_interval: at(drawn, 0.05).zip(at(drawn, 0.95)),
                not_now: Vec::new(),
            }
        })
        .collect();
    ranked.sort_by_key(|r| r.rank.unwrap_or(usize::MAX));
    ranked.extend(
        candidates
            .iter()
            .filter(|c| !c.not_now.is_empty())
            .map(|c| Ranked {
                id: c.id.clone(),
                score: Score {
                    value: None,
                    missing_weight: 0.0,
                },
                rank: None,
                median_rank: None,
                rank_interval: None,
                not_now: c.not_now.clone(),
            }),
    );
    ranked
}

fn scores(
    candidates: &[&Candidate],
    criteria: &[Criterion],
    weights: &[f64],
    mut value: impl FnMut(&Measured) -> f64,
) -> Vec<Score> {
    let mut parts: Vec<Vec<Option<f64>>> = vec![Vec::new(); candidates.len()];
    for (i, criterion) in criteria.iter().enumerate() {
        let values: Vec<Option<f64>> = candidates
            .iter()
            .map(|c| c.values.get(i).and_then(Option::as_ref).map(&mut value))
            .collect();
        for (of_one, part) in parts
            .iter_mut()
            .zip(percentile_ranks(&values, criterion.direction))
        {
            of_one.push(part);
        }
    }
    parts.iter().map(|parts| score(parts, weights)).collect()
}

/// Places from 1, one more than there are better ones.
fn ranks(scores: &[Score]) -> Vec<Option<usize>> {
    let mut sorted: Vec<f64> = scores.iter().filter_map(|s| s.value).collect();
    sorted.sort_by(|a, b| b.total_cmp(a));
    scores
        .iter()
        .map(|s| {
            s.value
                .map(|value| sorted.partition_point(|other| *other > value) + 1)
        })
        .collect()
}

fn at(sorted: &[usize], q: f64) -> Option<usize> {
    let rank = (sorted.len() as f64 * q).ceil().max(1.0) as usize;
    sorted.get(rank - 1).copied()
}
