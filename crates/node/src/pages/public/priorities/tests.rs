use super::*;
use crate::site::changes::Number;
use crate::site::register::Source;

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn source(id: &str, stated_on: &str) -> Source {
    Source {
        number: Number::default(),
        id: id.to_owned(),
        issuer: "did:web:desk".to_owned(),
        own: false,
        logged_ms: 0,
        stated_on: date(stated_on),
        approximate: false,
        addresses: vec!["https://a.example".to_owned()],
        rank: String::new(),
        said_by: String::new(),
        note: "=note".to_owned(),
        replaces: None,
        taken_back: false,
    }
}

fn told(name: &str, indicator: &str, value: f64, as_of: &str) -> Told<Figure> {
    Told {
        what: Figure {
            names: [name.to_owned(), name.to_owned()],
            indicator: indicator.to_owned(),
            value,
            unit: "x".to_owned(),
            as_of: Some(date(as_of)),
        },
        source: source(&format!("{name}-{indicator}-{as_of}"), as_of),
    }
}

fn register() -> Register {
    let mut register = Register::default();
    for (id, name, trucks, growth) in [
        ("2304", "Laredo", 3_000.0, Some(3.0)),
        ("2506", "Otay Mesa", 1_000.0, Some(-2.5)),
        ("2403", "Presidio", 10.0, None),
        ("2503", "Calexico", 0.0, None),
    ] {
        let mut figures = vec![
            told(name, TRUCKS, trucks, "2025-12-31"),
            told(name, TRUCKS, 9e9, "2024-12-31"),
        ];
        figures.extend(growth.map(|g| told(name, "trucks-growth", g, "2025-12-31")));
        register.figures.insert(id.to_owned(), Arc::new(figures));
    }
    register
}

fn as_of(today: &str) -> AsOf {
    AsOf {
        today: date(today),
        stated_by: None,
        recorded_by_ms: None,
    }
}

fn address(query: &[(&str, &str)]) -> Address {
    Address {
        path: paths::PRIORITIES.to_owned(),
        query: query
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect(),
    }
}

fn only(weights: &[(&str, &str)]) -> Chosen {
    let mut query: Vec<(String, &str)> = MEASURES
        .iter()
        .map(|m| (format!("w-{}", m.code), "0"))
        .collect();
    for (code, weight) in weights {
        let member = query.iter_mut().find(|(n, _)| n == &format!("w-{code}"));
        member.unwrap().1 = weight;
    }
    let query: Vec<(&str, &str)> = query.iter().map(|(n, v)| (n.as_str(), *v)).collect();
    Chosen::of(&address(&query)).unwrap()
}

#[test]
fn weights_come_from_the_address_and_bad_ones_are_told() {
    let of = |query: &[(&str, &str)]| Chosen::of(&address(query));
    assert_eq!(of(&[]), Ok(Chosen::default()));
    assert_eq!(of(&[]).unwrap().preset(), Some("equal"));
    for (name, en, es, weights) in PRESETS {
        let chosen = of(&[("preset", name)]).unwrap();
        assert_eq!((chosen.weights, chosen.preset()), (weights, Some(name)));
        assert_eq!(preset_name(name, Lang::En), en);
        assert_eq!(preset_name(name, Lang::Es), es);
        assert!(weights.iter().sum::<u32>() >= 100, "{name}");
    }
    let moved = of(&[("preset", "just-in-time"), ("w-booths", "100")]).unwrap();
    assert_eq!((moved.weights[7], moved.weights[5]), (100, 30));
    assert_eq!(moved.preset(), None);
    for (query, said) in [
        (("preset", "fast"), "fast"),
        (("w-beauty", "5"), "w-beauty"),
        (("w-booths", "101"), "101"),
        (("w-booths", "-1"), "-1"),
        (("w-booths", "+1"), "+1"),
        (("w-booths", "1.5"), "1.5"),
        (("w-booths", "ten"), "ten"),
        (("w-booths", "99999999999"), "99999999999"),
    ] {
        let [en, es] = of(&[query]).unwrap_err();
        assert!(en.contains(said) && es.contains(said) && en != es, "{en}");
    }
    let none: Vec<(String, &str)> = MEASURES
        .iter()
        .map(|m| (format!("w-{}", m.code), "0"))
        .collect();
    let none: Vec<(&str, &str)> = none.iter().map(|(n, v)| (n.as_str(), *v)).collect();
    assert!(of(&none).unwrap_err()[0].contains("All weights are 0"));
}

#[test]
fn the_newest_figure_counts_and_a_gate_comes_before_any_score() {
    let register = register();
    let ranking = Ranking::of(&register, &as_of("2026-06-01"), only(&[(TRUCKS, "10")]));
    let ids: Vec<&str> = ranking.order.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(ids, ["2304", "2506", "2403", "2503"]);
    let last = ranking.order.last().unwrap();
    assert_eq!((last.rank, last.not_now.len()), (None, 1));
    assert_eq!(ranking.percentiles["2304"][0], Some(2.5 / 3.0));
    assert_eq!(ranking.order[0].rank_interval, Some((1, 1)));
    // Before the newer figure was stated, the older one stood.
    let then = AsOf {
        stated_by: Some(date("2025-01-01")),
        ..as_of("2025-01-01")
    };
    let ranking = Ranking::of(&register, &then, only(&[(TRUCKS, "10")]));
    assert!(ranking.places["2503"].gate().is_none());
    assert_eq!(
        ranking.places["2503"].value(TRUCKS).unwrap().what.value,
        9e9
    );
    let before = AsOf {
        stated_by: Some(date("2020-01-01")),
        ..as_of("2020-01-01")
    };
    assert!(
        Ranking::of(&register, &before, Chosen::default())
            .places
            .is_empty()
    );
}

#[test]
fn the_file_has_what_it_takes_to_compute_a_score_again() {
    let register = register();
    let chosen = only(&[(TRUCKS, "30"), ("trucks-growth", "10"), ("booths", "60")]);
    let ranking = Ranking::of(&register, &as_of("2026-06-01"), chosen);
    let text = table(&ranking, date("2026-06-01"));
    let rows: Vec<Vec<&str>> = text
        .lines()
        .skip(1)
        .map(|l| l.split(',').collect())
        .collect();
    let of = |place: &str| -> Vec<&Vec<&str>> { rows.iter().filter(|r| r[0] == place).collect() };
    let (mut sum, mut known, mut all) = (0.0_f64, 0.0, 0.0);
    for row in of("2506") {
        let weight: f64 = row[9].parse().unwrap();
        all += weight;
        if let Ok(percentile) = row[10].parse::<f64>() {
            sum += weight * percentile.ln();
            known += weight;
        }
    }
    let told: f64 = of("2506")[0][11].parse().unwrap();
    assert!(((sum / known).exp() - told).abs() < 1e-5, "{told}");
    let missing: f64 = of("2506")[0][12].parse().unwrap();
    assert!(((all - known) / all - missing).abs() < 1e-5);
    // A number below zero stays a number; a text that a spreadsheet would run does not stay one.
    assert!(of("2506").iter().any(|r| r[4] == "-2.5"));
    assert!(text.contains(",'=note,"));
    assert_eq!(of("2503")[0][11], "");
    assert!(text.lines().all(|l| l.split(',').count() == COLUMNS.len()));
}

#[test]
fn what_is_older_than_its_limit_is_old() {
    let figure = told("Laredo", TRUCKS, 1.0, "2024-12-31");
    assert!(!is_old(&figure, 550, date("2026-07-04")));
    assert!(is_old(&figure, 550, date("2026-07-05")));
}

#[test]
fn a_project_belongs_to_the_port_whose_name_its_place_begins_with() {
    let names = [
        ("a", "El Paso"),
        ("b", "El Paso Ysleta"),
        ("c", "San Luis"),
        ("d", ""),
    ];
    assert_eq!(port_of("El Paso BOTA", &names), Some("a"));
    assert_eq!(port_of("El Paso Ysleta", &names), Some("b"));
    assert_eq!(port_of("San Luis I", &names), Some("c"));
    assert_eq!(port_of("San Luisito", &names), None);
    assert_eq!(port_of("Pharr / El Paso", &names), None);
}
