use std::time::Instant;

use super::*;
use crate::promises::forecast::Reading;
use crate::promises::forecast::{History, basis, forecast};
use crate::promises::statement::tests::{day, interval};
use crate::promises::survival::Observed;
use crate::promises::survival::tests::FOURTEEN;

const TODAY: &str = "2024-01-01";

fn activity<'b>(id: &str, side: &str, after: &[&str], finish: Finish<'b>) -> Activity<'b> {
    Activity {
        id: id.to_owned(),
        side: side.to_owned(),
        after: after.iter().map(|a| (*a).to_owned()).collect(),
        least_days: 0,
        finish,
    }
}

/// A thousand days promised today.
fn promise() -> Promise {
    Promise {
        stated_on: day(TODAY),
        target: interval("2026-09-27"),
    }
}

fn draws(count: usize, seed: u64, correlation: Correlation) -> Draws {
    Draws {
        count,
        seed,
        correlation,
    }
}

fn hundred() -> Survival {
    Survival::of((1..=100).map(|i| Observed::ended(f64::from(i) / 100.0)))
}

fn network<'b>(activities: Vec<Activity<'b>>) -> Network<'b> {
    Network::new(activities, day(TODAY)).unwrap()
}

#[test]
fn the_latest_of_independent_ones_is_the_product_of_their_shares() {
    let ratios = hundred();
    let finish = Finish::Promised(promise(), Some(&ratios));
    for count in [1_u8, 2, 3, 6] {
        let ids: Vec<String> = (0..count).map(|i| format!("a{i}")).collect();
        let names: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut all: Vec<Activity> = names
            .iter()
            .map(|id| activity(id, id, &[], finish))
            .collect();
        all.push(activity("goal", "x", &names, Finish::WhenReady));
        let s = network(all)
            .simulate("goal", draws(20_000, 9, Correlation::none()))
            .unwrap();
        for percent in (10..=100).step_by(10) {
            let by = days_later_f64(day(TODAY), f64::from(percent) * 10.0).unwrap();
            let wanted = (f64::from(percent) / 100.0).powi(i32::from(count));
            assert!((s.share_by(by) - wanted).abs() < 0.015, "{count} {percent}");
        }
        // Each is the last as often as another.
        let each: f64 = s.critical.iter().map(|c| c.decisive).sum();
        assert!((each - 1.0).abs() < 1e-9);
        for c in s.critical.iter().filter(|c| c.id != "goal") {
            assert!((c.decisive - 1.0 / f64::from(count)).abs() < 0.02);
        }
        let drawn: usize = s.histogram.iter().map(|b| b.draws).sum();
        assert_eq!((drawn, s.beyond, s.draws), (20_000, 0, 20_000));
    }
}

#[test]
fn what_goes_together_is_late_together() {
    let ratios = hundred();
    let finish = Finish::Promised(promise(), Some(&ratios));
    let p50 = |correlation| {
        let all = vec![
            activity("north", "n", &[], finish),
            activity("south", "s", &[], finish),
            activity("goal", "x", &["north", "south"], Finish::WhenReady),
        ];
        let s = network(all)
            .simulate("goal", draws(20_000, 4, correlation))
            .unwrap();
        days_between(day(TODAY), s.p50.day().unwrap())
    };
    // Independent: sqrt(1/2) of a thousand days; wholly together: half.
    let (apart, together) = (
        p50(Correlation::none()),
        p50(Correlation::new(1.0, 1.0).unwrap()),
    );
    assert!((apart - 707).abs() <= 15, "{apart}");
    assert!((together - 500).abs() <= 15, "{together}");
    let between = p50(Correlation::new(0.5, 0.7).unwrap());
    assert!(together < between && between < apart);
    // What binds one side only does nothing between two.
    assert!((p50(Correlation::new(0.0, 1.0).unwrap()) - apart).abs() <= 15);
    for (between, within) in [(-0.1, 0.5), (0.6, 0.5), (0.5, 1.1), (f64::NAN, 0.5)] {
        assert_eq!(Correlation::new(between, within), None);
    }
}

#[test]
fn one_activity_alone_is_its_forecast() {
    let histories: Vec<History> = FOURTEEN
        .iter()
        .map(|ratio| History {
            class: "bridge".to_owned(),
            gate: "award".to_owned(),
            ratio: *ratio,
            finished: true,
        })
        .collect();
    let basis = basis(&histories, "bridge", "award").unwrap();
    let today = day("2026-01-01");
    let alone = forecast(&basis, &promise(), today, Reading::Plain).unwrap();
    let finish = Finish::Promised(promise(), Some(&basis.ratios));
    let s = Network::new(vec![activity("works", "n", &[], finish)], today)
        .unwrap()
        .simulate("works", draws(20_000, 1, Correlation::none()))
        .unwrap();
    assert_eq!((s.p50, s.p80, s.p90), (alone.p50, alone.p80, alone.p90));
    assert_eq!(s.interval80, alone.interval80);
}

#[test]
fn a_chain_waits_and_what_is_met_does_not() {
    let fixed = |target: &str| {
        let promise = Promise {
            stated_on: day("2023-01-01"),
            target: interval(target),
        };
        Finish::Promised(promise, None)
    };
    let all = vec![
        Activity {
            least_days: 30,
            ..activity("opening", "n", &["works", "permit"], fixed("2024-06-30"))
        },
        activity("works", "n", &["permit"], fixed("2025-01-31")),
        // Done before what it waited for was: no longer moved by it.
        activity("permit", "s", &["study"], Finish::Met(day("2023-05-01"))),
        activity("study", "s", &[], fixed("2029")),
        activity("side show", "s", &["opening"], Finish::WhenReady),
    ];
    let s = network(all)
        .simulate("opening", draws(100, 1, Correlation::none()))
        .unwrap();
    assert_eq!(s.p50, Expected::Day(day("2025-03-02")));
    assert_eq!(s.interval80, (s.p50, s.p50));
    let told: Vec<(&str, f64, f64)> = s
        .critical
        .iter()
        .map(|c| (c.id.as_str(), c.on_path, c.decisive))
        .collect();
    assert_eq!(told, [("works", 1.0, 1.0), ("opening", 1.0, 0.0)]);
    assert_eq!(s.without_basis, ["opening", "works", "study"]);
}

#[test]
fn a_promise_that_has_passed_is_today_at_the_earliest() {
    let late = Promise {
        stated_on: day("2020-01-01"),
        target: interval("2021"),
    };
    let s = network(vec![activity("x", "n", &[], Finish::Promised(late, None))])
        .simulate("x", draws(10, 1, Correlation::none()))
        .unwrap();
    assert_eq!(s.p50, Expected::Day(day(TODAY)));
}

#[test]
fn draws_beyond_the_record_are_counted_and_not_dated() {
    // Half of the class lasts still.
    let ratios = Survival::of(
        [1.0, 1.1, 1.2, 1.3, 1.4]
            .map(Observed::ended)
            .into_iter()
            .chain([1.5; 5].map(Observed::lasting)),
    );
    let s = network(vec![activity(
        "x",
        "n",
        &[],
        Finish::Promised(promise(), Some(&ratios)),
    )])
    .simulate("x", draws(10_000, 1, Correlation::none()))
    .unwrap();
    assert_eq!(s.p80, Expected::BeyondRecord);
    assert!((s.beyond as f64 / 10_000.0 - 0.5).abs() < 0.02);
    let drawn: usize = s.histogram.iter().map(|b| b.draws).sum();
    assert_eq!(drawn + s.beyond, 10_000);
}

#[test]
fn rings_and_strangers_are_refused_by_name() {
    let make = |pairs: &[(&str, &[&str])]| {
        let all = pairs
            .iter()
            .map(|(id, after)| activity(id, "n", after, Finish::WhenReady))
            .collect();
        Network::new(all, day(TODAY)).map(|_| ())
    };
    // The ring is named, and neither what leads to it nor what follows.
    let ring = make(&[
        ("follows", &["a"]),
        ("a", &["before", "b"]),
        ("b", &["c"]),
        ("c", &["a"]),
        ("before", &[]),
    ]);
    let members = ["a", "b", "c"].map(str::to_owned).to_vec();
    assert_eq!(ring, Err(NetworkFault::Ring { members }));
    assert_eq!(
        ring.unwrap_err().to_string(),
        "these wait for each other: a, b, c"
    );
    assert_eq!(make(&[("a", &["a"])]).unwrap_err().code(), "network-ring");
    assert_eq!(
        make(&[("a", &["b"])]).unwrap_err().code(),
        "network-unknown"
    );
    assert_eq!(
        make(&[("a", &[]), ("a", &[])]).unwrap_err().code(),
        "network-twice"
    );
    let n = network(vec![activity("a", "n", &[], Finish::WhenReady)]);
    let fault = n.simulate("b", draws(1, 1, Correlation::none()));
    assert_eq!(fault.unwrap_err().code(), "network-unknown");
}

#[test]
fn the_same_seed_is_the_same_answer() {
    let ratios = hundred();
    let run = |seed| {
        network(vec![activity(
            "x",
            "n",
            &[],
            Finish::Promised(promise(), Some(&ratios)),
        )])
        .simulate("x", draws(500, seed, Correlation::none()))
        .unwrap()
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

/// Sixty activities of two sides in ten layers, each waiting for two of the layer before.
#[test]
fn sixty_activities_ten_thousand_times() {
    let ratios = Survival::of(FOURTEEN.map(Observed::ended));
    let mut all = Vec::new();
    for i in 0..59_usize {
        let after: Vec<String> = match i.checked_sub(6) {
            Some(b) => vec![format!("a{b}"), format!("a{}", b / 6 * 6 + (b + 1) % 6)],
            None => Vec::new(),
        };
        let side = if i % 2 == 0 { "n" } else { "s" };
        let after: Vec<&str> = after.iter().map(String::as_str).collect();
        let finish = Finish::Promised(promise(), Some(&ratios));
        all.push(activity(&format!("a{i}"), side, &after, finish));
    }
    let last: Vec<String> = (53..59).map(|i| format!("a{i}")).collect();
    let last: Vec<&str> = last.iter().map(String::as_str).collect();
    all.push(activity("goal", "n", &last, Finish::WhenReady));
    let network = network(all);
    let started = Instant::now();
    let s = network
        .simulate(
            "goal",
            draws(10_000, 1, Correlation::new(0.3, 0.6).unwrap()),
        )
        .unwrap();
    println!(
        "60 activities, 10,000 draws: {} us",
        started.elapsed().as_micros()
    );
    assert_eq!(s.draws, 10_000);
    assert!(s.p80.day() >= s.p50.day());
}
