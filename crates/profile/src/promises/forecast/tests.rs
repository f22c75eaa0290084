use super::*;
use crate::promises::statement::tests::{day, interval};
use crate::promises::survival::tests::FOURTEEN;

fn histories(class: &str, ratios: &[f64], finished: usize) -> Vec<History> {
    ratios
        .iter()
        .enumerate()
        .map(|(i, ratio)| History::new(class, "award", *ratio, i < finished))
        .collect()
}

fn promise(stated_on: &str, target: &str) -> Promise {
    Promise {
        stated_on: day(stated_on),
        target: interval(target),
    }
}

fn on(text: &str) -> Expected {
    Expected::Day(day(text))
}

#[test]
fn the_ratios_of_the_method() {
    for (stated_on, target, finish, ratio) in [
        ("2015-07-03", "2018-12", "2026-12-31", "3.29"),
        ("2019-07-30", "2023", "2028-12-31", "2.13"),
        ("2021-12-01", "2023", "2026-06-20", "2.19"),
        ("2022-05-07", "2026-05", "2028-12-31", "1.64"),
        ("2016-12-23", "2019-02", "2019-09-05", "1.24"),
        ("2024-08-22", "2031", "2027-12-31", "0.46"),
    ] {
        let found = promise(stated_on, target).ratio(day(finish)).unwrap();
        assert_eq!(format!("{found:.2}"), ratio, "{target}");
    }
}

#[test]
fn a_class_widens_until_it_is_enough() {
    let mut all = histories("bridge", &FOURTEEN, 14);
    assert_eq!(
        basis(&all, "bridge", "award").unwrap().class.as_deref(),
        Some("bridge")
    );
    assert_eq!(basis(&all, "road", "award").unwrap().class, None);
    // Another gate is another thing, however many there are.
    assert_eq!(
        basis(&all, "bridge", "permit"),
        Err(NoBasis { n: 0, finished: 0 })
    );
    all.truncate(9);
    assert_eq!(
        basis(&all, "bridge", "award"),
        Err(NoBasis { n: 9, finished: 9 })
    );
    let open = histories("bridge", &FOURTEEN, 4);
    assert_eq!(
        basis(&open, "bridge", "award"),
        Err(NoBasis { n: 14, finished: 4 })
    );
    let mixed = [all, histories("road", &[1.5], 1)].concat();
    let widened = basis(&mixed, "bridge", "award").unwrap();
    assert_eq!((widened.class, widened.ratios.n()), (None, 10));
}

#[test]
fn a_promise_is_stretched_by_the_record() {
    let basis = basis(&histories("bridge", &FOURTEEN, 14), "bridge", "award").unwrap();
    // A thousand days promised, nothing passed.
    let p = promise("2024-01-01", "2026-09-27");
    let plain = forecast(&basis, &p, day("2024-01-01"), Reading::Plain).unwrap();
    assert_eq!(plain.p50, on(&p.day_at(1.64).unwrap().to_string()));
    assert_eq!(plain.p80, on("2029-10-31"));
    assert_eq!(plain.interval50, (on("2027-04-15"), on("2029-06-13")));
    let cautious = forecast(&basis, &p, day("2024-01-01"), Reading::Cautious).unwrap();
    assert_eq!(cautious.p50, on(&p.day_at(1.65).unwrap().to_string()));
    assert_eq!(cautious.p90, on(&p.day_at(3.29).unwrap().to_string()));
    assert_eq!(
        cautious.interval80.0,
        on(&p.day_at(0.46).unwrap().to_string())
    );
    assert_eq!((cautious.n, cautious.finished), (14, 14));
}

#[test]
fn what_has_passed_is_given() {
    let basis = basis(&histories("bridge", &FOURTEEN, 14), "bridge", "award").unwrap();
    let p = promise("2024-01-01", "2026-09-27");
    let late = p.day_at(2.0).unwrap();
    let f = forecast(&basis, &p, late, Reading::Plain).unwrap();
    // Three had come further: 2.13, 2.19, 3.29.
    assert_eq!(f.n, 3);
    assert_eq!(f.p50, on(&p.day_at(2.19).unwrap().to_string()));
    // Of three, no rank is cautious enough for four in five.
    let cautious = forecast(&basis, &p, late, Reading::Cautious).unwrap();
    assert_eq!(cautious.p80, Expected::BeyondRecord);
    assert_eq!(cautious.interval80.0, Expected::Day(late));
    // Later than all: beyond the record, whole.
    let over = forecast(&basis, &p, p.day_at(4.0).unwrap(), Reading::Cautious).unwrap();
    assert_eq!((over.n, over.p50), (0, Expected::BeyondRecord));
    assert_eq!(
        over.interval50,
        (Expected::BeyondRecord, Expected::BeyondRecord)
    );
}

#[test]
fn no_forecast_lies_in_the_past() {
    let basis = basis(&histories("bridge", &FOURTEEN, 9), "bridge", "award").unwrap();
    let p = promise("2024-01-01", "2026-09-27");
    for days in 0..4_000 {
        let today = crate::promises::dates::days_later(p.stated_on, days).unwrap();
        for reading in [Reading::Plain, Reading::Cautious] {
            let f = forecast(&basis, &p, today, reading).unwrap();
            let ends = [f.interval80.0, f.interval50.0, f.p50, f.p80, f.p90];
            assert!(ends.iter().all(|e| e.day().is_none_or(|d| d >= today)));
        }
    }
}

#[test]
fn an_unfinished_one_lasts_to_its_latest_target_and_to_today_at_least() {
    let p = promise("2020-01-01", "2020-12-31");
    let until = |target: Option<&str>, today: &str| {
        History::unfinished("x", "award", &p, target.map(interval), day(today))
            .unwrap()
            .ratio
    };
    assert_eq!(until(Some("2021-12-31"), "2021-06-01"), 2.0);
    assert_eq!(until(Some("2020-12-31"), "2021-12-31"), 2.0);
    assert_eq!(until(None, "2020-12-31"), 1.0);
    let due = promise("2020-01-01", "2019");
    assert_eq!(
        History::finished("x", "award", &due, day("2021-01-01")),
        None
    );
}

#[test]
fn stale_data_widen_the_later_ends() {
    let basis = basis(&histories("bridge", &FOURTEEN, 14), "bridge", "award").unwrap();
    let p = promise("2024-01-01", "2026-09-27");
    let f = forecast(&basis, &p, day("2024-01-01"), Reading::Plain).unwrap();
    let wide = f.widened(31);
    assert_eq!((wide.p50, wide.interval80.0), (f.p50, f.interval80.0));
    assert_eq!(wide.p80, on("2029-12-01"));
}
