use super::*;

fn exact(value: f64) -> Option<Measured> {
    Some(Measured { value, error: 0.0 })
}

fn candidate(id: &str, values: Vec<Option<Measured>>) -> Candidate {
    Candidate {
        id: id.to_owned(),
        values,
        not_now: Vec::new(),
    }
}

fn criteria(weights: &[f64]) -> Vec<Criterion> {
    weights
        .iter()
        .map(|weight| Criterion {
            id: "c".to_owned(),
            direction: Direction::More,
            weight: *weight,
        })
        .collect()
}

const DRAWS: WeightDraws = WeightDraws {
    count: 1_000,
    concentration: 50.0,
    seed: 1,
};

#[test]
fn ranks_are_shares_and_what_is_missing_stays_missing() {
    let values = [Some(10.0), None, Some(1e9), Some(20.0), Some(10.0)];
    assert_eq!(
        percentile_ranks(&values, Direction::More),
        [Some(0.25), None, Some(0.875), Some(0.625), Some(0.25)]
    );
    assert_eq!(
        percentile_ranks(&values, Direction::Less),
        [Some(0.75), None, Some(0.125), Some(0.375), Some(0.75)]
    );
    assert_eq!(percentile_ranks(&[Some(f64::NAN)], Direction::More), [None]);
}

#[test]
fn rank_shares_add_up_to_half_of_the_known() {
    let mut chance = Chance::new(2);
    for n in 1..40_i32 {
        let values: Vec<Option<f64>> = (0..n)
            .map(|_| (chance.uniform() < 0.8).then(|| (chance.uniform() * 9.0).floor()))
            .collect();
        let known = values.iter().flatten().count() as f64;
        for direction in [Direction::More, Direction::Less] {
            let ranks = percentile_ranks(&values, direction);
            let sum: f64 = ranks.iter().flatten().sum();
            assert!((sum - known / 2.0).abs() < 1e-9);
            assert!(ranks.iter().flatten().all(|r| *r > 0.0 && *r < 1.0));
        }
    }
}

#[test]
fn a_weak_part_cannot_be_bought_off() {
    let even = score(&[Some(0.5), Some(0.5)], &[1.0, 1.0]);
    let uneven = score(&[Some(0.98), Some(0.02)], &[1.0, 1.0]);
    assert!((even.value.unwrap() - 0.5).abs() < 1e-12);
    assert!((uneven.value.unwrap() - 0.14).abs() < 1e-12);
    let partial = score(&[Some(0.25), None, None], &[2.0, 1.0, 1.0]);
    assert!((partial.value.unwrap() - 0.25).abs() < 1e-12);
    assert_eq!(partial.missing_weight, 0.5);
    assert_eq!(score(&[None, Some(0.3)], &[1.0, 0.0]).value, None);
    assert_eq!(score(&[], &[]).missing_weight, 0.0);
}

#[test]
fn what_is_better_in_all_is_first_whatever_the_weights() {
    let all: Vec<Candidate> = (0..4)
        .map(|i| {
            let value = f64::from(i);
            candidate(&format!("{i}"), vec![exact(value), exact(value * 2.0)])
        })
        .collect();
    let ranked = rank(&all, &criteria(&[0.3, 0.7]), DRAWS);
    let told: Vec<(&str, Option<(usize, usize)>)> = ranked
        .iter()
        .map(|r| (r.id.as_str(), r.rank_interval))
        .collect();
    assert_eq!(
        told,
        [
            ("3", Some((1, 1))),
            ("2", Some((2, 2))),
            ("1", Some((3, 3))),
            ("0", Some((4, 4)))
        ]
    );
    assert!(ranked[0].distinguishable(&ranked[1]));
    let sum: usize = ranked.iter().filter_map(|r| r.rank).sum();
    assert_eq!(sum, 10);
}

#[test]
fn what_depends_on_the_weights_is_not_distinguishable() {
    let all = [
        candidate("a", vec![exact(2.0), exact(1.0)]),
        candidate("b", vec![exact(1.0), exact(2.0)]),
    ];
    let ranked = rank(&all, &criteria(&[0.51, 0.49]), DRAWS);
    assert_eq!(ranked[0].id, "a");
    assert_eq!(ranked[0].rank_interval, Some((1, 2)));
    assert!(!ranked[0].distinguishable(&ranked[1]));
    // Nor is what lies within the error of its values.
    let blurred = |value| Some(Measured { value, error: 5.0 });
    let all = [
        candidate("a", vec![blurred(2.0)]),
        candidate("b", vec![blurred(1.0)]),
    ];
    let ranked = rank(&all, &criteria(&[1.0]), DRAWS);
    assert!(!ranked[0].distinguishable(&ranked[1]));
    // The same seed, the same answer.
    assert_eq!(rank(&all, &criteria(&[1.0]), DRAWS), ranked);
}

#[test]
fn a_gate_comes_before_any_score() {
    let mut all = vec![
        candidate("dry", vec![exact(100.0)]),
        candidate("fair", vec![exact(2.0)]),
        candidate("unknown", vec![None]),
        candidate("poor", vec![exact(1.0)]),
    ];
    all[0].not_now = vec!["no water balance".to_owned()];
    let ranked = rank(&all, &criteria(&[1.0]), DRAWS);
    let told: Vec<(&str, Option<usize>)> = ranked.iter().map(|r| (r.id.as_str(), r.rank)).collect();
    assert_eq!(
        told,
        [
            ("fair", Some(1)),
            ("poor", Some(2)),
            ("unknown", None),
            ("dry", None)
        ]
    );
    assert_eq!(ranked[3].not_now, ["no water balance"]);
    assert_eq!(ranked[2].score.missing_weight, 1.0);
    // Nothing weighs: nobody is ranked, and nothing breaks.
    let none = rank(&all, &criteria(&[0.0]), DRAWS);
    assert!(
        none.iter()
            .all(|r| r.rank.is_none() && r.median_rank.is_none())
    );
}

#[test]
fn places_of_every_draw_add_up() {
    let mut chance = Chance::new(6);
    let all: Vec<Candidate> = (0..9)
        .map(|i| {
            let values = (0..5).map(|_| exact(chance.uniform())).collect();
            candidate(&format!("{i}"), values)
        })
        .collect();
    for seed in 0..20 {
        let one = WeightDraws {
            count: 1,
            seed,
            ..DRAWS
        };
        let ranked = rank(&all, &criteria(&[0.1, 0.2, 0.3, 0.2, 0.2]), one);
        let sum: usize = ranked.iter().filter_map(|r| r.median_rank).sum();
        assert_eq!(sum, 45);
    }
}
