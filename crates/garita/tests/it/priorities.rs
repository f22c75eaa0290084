//! The ranking of ports: real figures go in by the command, weights stand in the address and change the order, bad ones are told, and the file
//! has all that it takes to compute a score again.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use crate::scorecard::rows;
use crate::world::{Api, Folder, Ran, World, clock, draft, garita, node, party, plan, until};

fn table(name: &str) -> String {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../profiles/infrastructure/data"
    );
    std::fs::read_to_string(Path::new(path).join(name)).unwrap()
}

async fn world() -> World {
    let mut plan = plan(clock());
    let roles = &["publisher", "compiler"];
    let desk = party("desk", "Scorecard desk", "us", roles, &[]);
    plan.nodes = vec![node("desk", "Scorecard desk", vec![desk])];
    World::planned("priorities", &plan, 1, |_, _| {}).await
}

async fn import(world: &World, files: &Folder, tables: &[(&str, &str)]) -> Ran {
    let made = world.node("desk");
    let token = files.write("token", &made.parties["desk"].token);
    let mut args: Vec<String> = ["scorecard", "import", "--url", &made.url, "--token-file"]
        .map(str::to_owned)
        .to_vec();
    args.push(token.display().to_string());
    for (name, text) in tables {
        args.push(files.write(name, text).display().to_string());
    }
    tokio::task::spawn_blocking(move || {
        garita(&args.iter().map(String::as_str).collect::<Vec<_>>())
    })
    .await
    .unwrap()
}

/// Places in their order.
fn order(text: &str) -> Vec<String> {
    let mut order: Vec<String> = rows(text).into_iter().map(|r| r["place"].clone()).collect();
    order.dedup();
    order
}

/// The weighted geometric mean of what is known, from the figures of the table alone.
fn by_hand(place: &str, weights: &[(&str, f64, bool)]) -> f64 {
    let mut newest: BTreeMap<(String, String), (String, f64)> = BTreeMap::new();
    for row in rows(&table("port-indicators.csv")) {
        let key = (row["indicator"].clone(), row["place"].clone());
        let value = (row["as_of"].clone(), row["value"].parse().unwrap());
        let held = newest.entry(key).or_insert_with(|| value.clone());
        if value.0 > held.0 {
            *held = value;
        }
    }
    // Where no truck crosses there is nothing to compare.
    let shut: Vec<String> = newest
        .iter()
        .filter(|((indicator, _), (_, value))| indicator == "trucks-a-year" && *value == 0.0)
        .map(|((_, place), _)| place.clone())
        .collect();
    let (mut sum, mut known) = (0.0, 0.0);
    for (indicator, weight, more) in weights {
        let of = |(i, p): &(String, String)| i == indicator && !shut.contains(p);
        let all: Vec<f64> = newest
            .iter()
            .filter(|(k, _)| of(k))
            .map(|(_, v)| v.1)
            .collect();
        let Some((_, own)) = newest.get(&((*indicator).to_owned(), place.to_owned())) else {
            continue;
        };
        let below = all.iter().filter(|v| *v < own).count();
        let same = all.iter().filter(|v| *v == own).count();
        let rank = (below as f64 + same as f64 / 2.0) / all.len() as f64;
        sum += weight * if *more { rank } else { 1.0 - rank }.ln();
        known += weight;
    }
    (sum / known).exp()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ports_are_ranked_by_what_is_on_record_and_by_weights_of_the_address() {
    let world = world().await;
    let files = Folder::new("priorities-files");
    let anybody = Api::new(&world.node("desk").url, "");

    // Nothing is ranked before there is a figure, and nothing leads there.
    let empty = anybody.get("/priorities?lang=en").await;
    assert_eq!(empty.status, 200);
    assert!(empty.text.contains("Nothing is ranked yet"));
    assert!(
        !anybody
            .get("/projects")
            .await
            .text
            .contains("href=\"/priorities\"")
    );

    // One bad row, and nothing is filed.
    let before = world.records("desk").await;
    let figures = table("port-indicators.csv");
    let bad = figures.replacen("trucks-growth,-6.4,percent", "trucks-growth,-6.4,trucks", 1);
    let ran = import(&world, &files, &[("bad.csv", &bad)]).await;
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(format!("{}{}", ran.out, ran.err).contains("unit-unfit"));
    assert_eq!(world.records("desk").await, before);

    let (projects, statements) = (
        table("border-projects.csv"),
        table("border-projects-history.csv"),
    );
    let tables = [
        ("figures.csv", figures.as_str()),
        ("projects.csv", &projects),
        ("statements.csv", &statements),
    ];
    let ran = import(&world, &files, &tables).await;
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("100 records filed"), "{}", ran.err);
    until("the ranking is there", || async {
        rows(&anybody.get("/priorities.csv").await.text).len() > 300
    })
    .await;
    assert!(
        anybody
            .get("/projects")
            .await
            .text
            .contains("href=\"/priorities\"")
    );

    // The page: presets, what is missing, the gate, what an hour less is worth at most, how sure the order is.
    for (lang, words) in [
        (
            "en",
            [
                "Just in time",
                "no figure on record",
                "Not now: no truck crossed",
                "up to 275 M USD",
                "Not distinguishable from",
                "Some of it is old",
                "90.89 USD",
            ],
        ),
        (
            "es",
            [
                "Justo a tiempo",
                "sin cifra registrada",
                "Aún no: ningún camión cruzó",
                "hasta 275 M USD",
                "No se distingue de",
                "Algunos son antiguos",
                "90.89 USD",
            ],
        ),
    ] {
        let page = anybody.get(&format!("/priorities?lang={lang}")).await.text;
        for word in words {
            assert!(page.contains(word), "{lang}: {word}");
        }
    }

    // Weights change the order, and the address holds them all.
    let weights = |of: &[(&str, u32)]| -> String {
        let codes = [
            "trucks-a-year",
            "trucks-growth",
            "trains-a-year",
            "value-of-trade",
            "wait-minutes-median",
            "wait-minutes-p90",
            "truck-crossings",
            "booths",
            "hours-open-a-week",
            "immex-jobs",
            "projects-planned",
        ];
        let given = |code: &str| of.iter().find(|(c, _)| *c == code).map_or(0, |(_, w)| *w);
        let all: Vec<String> = codes
            .iter()
            .map(|c| format!("w-{c}={}", given(c)))
            .collect();
        format!("?{}", all.join("&"))
    };
    let trucks = weights(&[("trucks-a-year", 100)]);
    let growth = weights(&[("trucks-growth", 100)]);
    let by_trucks = order(&anybody.get(&format!("/priorities.csv{trucks}")).await.text);
    let by_growth = order(&anybody.get(&format!("/priorities.csv{growth}")).await.text);
    assert_eq!(
        (by_trucks[0].as_str(), by_trucks[1].as_str()),
        ("2304", "2506")
    );
    assert_eq!(by_growth[0], "2402");
    let page = anybody
        .get(&format!("/priorities{growth}&lang=en"))
        .await
        .text;
    assert!(page.contains("name=\"w-trucks-growth\"") && page.contains("value=\"100\""));
    assert!(
        page.contains("w-trucks-growth=100"),
        "the file has the same weights"
    );
    let again = anybody
        .get(&format!("/priorities{growth}&lang=en"))
        .await
        .text;
    assert_eq!(page, again, "the same address, the same page");

    // One port's score, by hand.
    let mixed = weights(&[
        ("trucks-a-year", 40),
        ("trucks-growth", 20),
        ("trains-a-year", 10),
        ("truck-crossings", 30),
        ("booths", 100),
    ]);
    let text = anybody.get(&format!("/priorities.csv{mixed}")).await.text;
    let own = rows(&text)
        .into_iter()
        .find(|r| r["place"] == "2604")
        .unwrap();
    let hand = by_hand(
        "2604",
        &[
            ("trucks-a-year", 40.0, true),
            ("trucks-growth", 20.0, true),
            ("trains-a-year", 10.0, true),
            ("truck-crossings", 30.0, false),
        ],
    );
    let told: f64 = own["score"].parse().unwrap();
    assert!((told - hand).abs() < 1e-5, "{told} {hand}");
    assert_eq!(own["missing_weight"], "0.500000");
    assert!(text.contains(",-6.4,"), "a number stays a number");

    // What is wrong with weights is told, and nothing is guessed.
    for (query, said) in [
        ("w-booths=101", "w-booths"),
        ("w-booths=-1", "w-booths"),
        ("w-beauty=1", "w-beauty"),
        ("preset=fast", "fast"),
        ("w-booths=%3Cscript%3E", "&#60;script&#62;"),
    ] {
        let page = anybody.get(&format!("/priorities?{query}&lang=en")).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("id=\"weights-fault\""), "{query}");
        assert!(
            page.text.contains(said) && !page.text.contains("<script>"),
            "{query}"
        );
        assert_eq!(
            anybody
                .get(&format!("/priorities.csv?{query}"))
                .await
                .status,
            400
        );
    }
    let none = anybody
        .get(&format!("/priorities{}&lang=en", weights(&[])))
        .await
        .text;
    assert!(none.contains("All weights are 0"));

    // What was known on another day; and a figure that is corrected.
    let then = anybody
        .get("/priorities.csv?stated_by=2024-06-30")
        .await
        .text;
    let laredo = |text: &str| {
        rows(text)
            .into_iter()
            .find(|r| r["place"] == "2304" && r["indicator"] == "trucks-a-year")
    };
    assert_eq!(laredo(&then).unwrap()["value"], "2936130");
    let now = laredo(&text).unwrap();
    assert_eq!(now["value"], "3026632");
    let mut corrected = draft(
        "IndicatorStated",
        json!({
            "place": "2304", "placeNameEn": "Laredo", "placeNameEs": "Laredo", "indicator": "trucks-a-year", "value": 3_026_600,
            "unit": "trucks", "asOf": "2024-12-31", "statedOn": "2024-12-31", "sources": ["Corrected for this test"],
        }),
    );
    corrected["replaces"] = json!({ "id": now["record"], "kind": "corrects", "reason": "misread" });
    let corrected = world.api("desk").post("/v1/records", &corrected).await;
    assert_eq!(corrected.status, 201, "{}", corrected.text);
    until("the correction counts", || async {
        let text = anybody.get("/priorities.csv").await.text;
        laredo(&text).is_some_and(|r| r["value"] == "3026600")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn months_of_bts_are_shown_with_both_clocks() {
    let world = world().await;
    let files = Folder::new("months-files");
    let anybody = Api::new(&world.node("desk").url, "");
    let none = anybody.get("/wait-times?lang=en").await;
    assert!(!none.text.contains("Trucks a month"), "{}", none.text);
    let mut table = "Port Name,State,Port Code,Border,Date,Measure,Value\n".to_owned();
    // Two years without a gap for Laredo, one month missing at Hidalgo.
    for (at, month) in (0..24).map(|n| (n, format!("{}-{:02}", 2023 + n / 12, n % 12 + 1))) {
        let value = if at < 12 { 1_000 } else { 1_100 };
        table.push_str(&format!(
            "Laredo,Texas,2304,US-Mexico Border,{month},Trucks,{value}\n"
        ));
        if at != 20 {
            table.push_str(&format!(
                "Hidalgo,Texas,2305,US-Mexico Border,{month},Trucks,7\n"
            ));
        }
    }
    let bad = table.replacen(",1000\n", ",-1000\n", 1);
    let ran = import(&world, &files, &[("bad.csv", &bad)]).await;
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let ran = import(&world, &files, &[("months.csv", &table)]).await;
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("47 records filed"), "{}", ran.err);
    until("the months are there", || async {
        rows(&anybody.get("/wait-times/months.csv").await.text).len() == 47
    })
    .await;
    let months = rows(&anybody.get("/wait-times/months.csv").await.text);
    let first = &months[0];
    assert_eq!(
        (&*first["place"], &*first["month"], &*first["value"]),
        ("2304", "2023-01", "1000")
    );
    assert!(first["source"].contains("data.bts.gov"), "{first:?}");

    // The busiest port first, its year beside the one before, the source beside it.
    let page = anybody.get("/wait-times?lang=en").await.text;
    for words in [
        "Laredo: Trucks a month",
        "13,200, +10.0 % against the twelve before",
        "BTS",
        "CSV by month",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let page = anybody.get("/wait-times?lang=es&port=2305").await.text;
    for words in ["Hidalgo: Camiones al mes", "Meses que faltan: 1"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let sitemap = anybody.get("/sitemap.xml").await.text;
    for path in ["/priorities</loc>", "/wait-times</loc>"] {
        assert!(sitemap.contains(path), "{path}: {sitemap}");
    }
    // Said by then; recorded by then; a day that is none.
    let count = |query: &'static str| {
        let anybody = &anybody;
        async move {
            rows(
                &anybody
                    .get(&format!("/wait-times/months.csv?{query}"))
                    .await
                    .text,
            )
            .len()
        }
    };
    assert_eq!(count("stated_by=2023-02-28").await, 4);
    assert_eq!(count("recorded_by=2024-12-31").await, 0);
    assert_eq!(
        anybody.get("/wait-times?stated_by=yesterday").await.status,
        400
    );
}
