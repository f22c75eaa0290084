use super::*;

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let (a, b) = (self.share().max(1e-12), self.share());
        (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
    }
}

/// Ports with their rate of inspection, and how many in a hundred trucks there are members': the two go together, so that the totals
/// mislead.
const PORTS: [(&str, f64, f64); 4] = [
    ("2304", 0.30, 0.70),
    ("2404", 0.22, 0.50),
    ("2506", 0.14, 0.25),
    ("2602", 0.10, 0.10),
];

fn shares(chance: &mut Chance, effect: f64, trucks: usize) -> Vec<Group> {
    let mut out = Vec::new();
    for month in ["2026-09", "2026-10", "2026-11"] {
        for (port, rate, members) in PORTS {
            for with in [true, false] {
                let rows = trucks as f64 * if with { members } else { 1.0 - members };
                let rate = if with { rate + effect } else { rate };
                let hits = (0..rows as usize).filter(|_| chance.share() < rate).count() as f64;
                out.push(Group {
                    stratum: vec![port.to_owned(), month.to_owned()],
                    with,
                    rows,
                    value: 100.0 * hits / rows,
                    variance: variance_of_share(hits, rows, 100.0),
                });
            }
        }
    }
    out
}

fn medians(chance: &mut Chance, effect: f64, trucks: usize) -> Vec<Group> {
    let mut out = Vec::new();
    for (port, rate, members) in PORTS {
        for with in [true, false] {
            let rows = trucks as f64 * if with { members } else { 1.0 - members };
            let middle = 60.0 + 100.0 * rate + if with { effect } else { 0.0 };
            let mut minutes: Vec<f64> = (0..rows as usize)
                .map(|_| middle + 15.0 * chance.normal())
                .collect();
            minutes.sort_by(f64::total_cmp);
            let at = |share: f64| minutes[((minutes.len() - 1) as f64 * share) as usize];
            out.push(Group {
                stratum: vec![port.to_owned()],
                with,
                rows,
                value: at(0.5),
                variance: variance_of_median(at(0.25), at(0.75), rows),
            });
        }
    }
    out
}

/// In how many of 400 made worlds the interval holds the planted effect, and the mean of the estimates.
fn worlds(effect: f64, make: impl Fn(&mut Chance) -> Vec<Group>) -> (usize, f64) {
    let (mut held, mut sum) = (0, 0.0);
    for seed in 0..400 {
        let found = compare(&make(&mut Chance(seed))).unwrap();
        held += usize::from(found.low <= effect && effect <= found.high);
        sum += found.difference;
    }
    (held, sum / 400.0)
}

#[test]
fn a_planted_difference_of_shares_is_found() {
    for effect in [-0.08, -0.02, 0.0, 0.05] {
        let (held, mean) = worlds(100.0 * effect, |chance| shares(chance, effect, 600));
        assert!(
            (368..=394).contains(&held),
            "{effect}: {held} of 400 intervals hold it"
        );
        assert!((mean - 100.0 * effect).abs() < 0.2, "{effect}: {mean}");
    }
}

#[test]
fn a_planted_difference_of_medians_is_found() {
    for effect in [-12.0, 0.0, 4.0] {
        let (held, mean) = worlds(effect, |chance| medians(chance, effect, 800));
        assert!(
            (364..=396).contains(&held),
            "{effect}: {held} of 400 intervals hold it"
        );
        assert!((mean - effect).abs() < 0.3, "{effect}: {mean}");
    }
}

#[test]
fn the_totals_would_have_misled() {
    let found = compare(&shares(&mut Chance(7), -0.03, 4_000)).unwrap();
    assert!(found.crude > 2.0, "members look worse off: {}", found.crude);
    assert!(found.high < 0.0, "and are better off: {found:?}");
    assert_eq!((found.strata, found.left_out), (12, 0));
}

#[test]
fn a_stratum_with_one_side_only_is_left_out_and_counted() {
    let mut groups = shares(&mut Chance(1), -0.08, 600);
    groups.retain(|g| !(g.with && g.stratum[0] == "2602"));
    let found = compare(&groups).unwrap();
    assert_eq!((found.strata, found.left_out), (9, 3));
    groups.retain(|g| !g.with);
    assert_eq!(compare(&groups), None);
    assert_eq!(compare(&[]), None);
}

#[test]
fn none_and_all_are_not_taken_for_certain() {
    assert!(variance_of_share(0.0, 12.0, 100.0) > 0.0);
    assert!(variance_of_share(12.0, 12.0, 100.0) > 0.0);
    assert_eq!(variance_of_share(0.0, 0.0, 100.0), 0.0);
}

#[test]
fn a_share_has_the_interval_of_wilson() {
    let near = |counted: f64, rows: f64, low: f64, high: f64| {
        let (from, to) = wilson(counted, rows).unwrap();
        assert!(
            (from - low).abs() < 5e-5 && (to - high).abs() < 5e-5,
            "{from} {to}"
        );
    };
    // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    near(81.0, 263.0, 0.2553, 0.3662);
    near(15.0, 148.0, 0.0624, 0.1605);
    near(0.0, 20.0, 0.0, 0.1611);
    near(1.0, 29.0, 0.0061, 0.1718);
    assert_eq!(wilson(0.0, 0.0), None);
    assert_eq!(wilson(3.0, 2.0), None);
}
