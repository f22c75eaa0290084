//! The samples of `../shared/samples/border` that are JSON and CSV, asserted by content.

use garita_formats::elements::untold;
use garita_formats::{DocumentKind, Draft, Severity, bts, read, recognise, wait_times};
use serde_json::{Value, json};
use std::path::PathBuf;

/// The bytes of a sample, or `None` with a word that the test is skipped.
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn sample(name: &str) -> Option<Vec<u8>> {
    let path = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/samples/border"
    ))
    .join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(_) => {
            println!("skipped: {} is not there", path.display());
            None
        }
    }
}

fn loud(draft: &Draft) -> Vec<(&'static str, String)> {
    let faults = draft
        .faults
        .iter()
        .filter(|fault| fault.severity > Severity::Note);
    faults
        .map(|fault| {
            let place = fault.place.as_ref();
            (
                fault.code,
                place.map_or(String::new(), |place| place.path.clone()),
            )
        })
        .collect()
}

#[test]
fn wait_times_of_all_crossings_come_back_equal() {
    let Some(bytes) = sample("cbp-bwt-2022-06-29.json") else {
        return;
    };
    assert_eq!(recognise(&bytes), Some(DocumentKind::BorderWaitTimes));
    let (feed, faults) = wait_times::read_feed(&bytes).unwrap();
    assert_eq!(feed.ports.len(), 76);
    let told: Vec<(&str, u32, &str, &str)> = faults
        .iter()
        .map(|fault| {
            let place = fault.place.as_ref().unwrap();
            (
                fault.code,
                place.line,
                place.path.as_str(),
                place.text.as_str(),
            )
        })
        .collect();
    let text = String::from_utf8(bytes.clone()).unwrap();
    let line = text
        .lines()
        .position(|line| line.contains("l24501"))
        .unwrap()
        + 1;
    assert_eq!(
        told,
        [(
            "port-number-form",
            u32::try_from(line).unwrap(),
            "/47/port_number",
            "l24501"
        )]
    );
    // Out again: equal member by member, order and all.
    let sample: Value = serde_json::from_slice(&bytes).unwrap();
    let written: Value = serde_json::from_str(&wait_times::write_json(&feed)).unwrap();
    assert_eq!(written, sample);
    assert_eq!(
        serde_json::to_string(&written).unwrap(),
        serde_json::to_string(&sample).unwrap()
    );
    assert_eq!(
        wait_times::read_feed(wait_times::write_json(&feed).as_bytes())
            .unwrap()
            .0,
        feed
    );
    // As XML too, but that blanks at the ends of a text don't survive there.
    let (from_xml, _) = wait_times::read_feed(wait_times::write_xml(&feed).as_bytes()).unwrap();
    let trimmed = |text: &str| text.trim().to_owned();
    for (left, right) in feed.ports.iter().zip(&from_xml.ports) {
        let mut left = left.clone();
        for text in [
            &mut left.construction_notice,
            &mut left.crossing_name,
            &mut left.port_name,
        ] {
            *text = trimmed(text);
        }
        assert_eq!(&left, right);
    }
    // Every update that is told is an instant not after the feed: of that day, or late the day before.
    let mut updates = 0;
    for port in &feed.ports {
        let lane = &port.commercial_vehicle_lanes.standard_lanes;
        if !lane.update_time.is_empty() {
            updates += 1;
            let at = wait_times::updated(port, lane).unwrap();
            let day = at.to_string();
            assert!(
                day.starts_with("2022-06-29T") || day.starts_with("2022-06-28T"),
                "{at}"
            );
        }
    }
    assert!(updates > 20, "{updates}");
    let draft = read(DocumentKind::BorderWaitTimes, &bytes).unwrap();
    assert!(draft.records.is_empty() && !draft.is_complete());
}

#[test]
fn the_example_entry_is_refused_for_its_number() {
    let Some(bytes) = sample("vc-example-cbp3461-entry.json") else {
        return;
    };
    assert_eq!(recognise(&bytes), Some(DocumentKind::TradeCredential));
    let draft = read(DocumentKind::TradeCredential, &bytes).unwrap();
    assert_eq!(untold(&draft), [""; 0]);
    let told = loud(&draft);
    assert!(
        told.contains(&(
            "entry-number-form",
            "/credentialSubject/entryNumber".to_owned()
        )),
        "{told:?}"
    );
    // The rest is told beside it: by sea, an importer number and an in-bond number of no known form.
    let codes: Vec<&str> = told.iter().map(|(code, _)| *code).collect();
    assert_eq!(
        codes,
        [
            "importer-number-form",
            "entry-number-form",
            "not-by-truck",
            "inbond-number"
        ]
    );
    assert!(!draft.is_complete());
    assert_eq!(
        draft.records[0].subject,
        json!({
            "entryType": "11", "port": "2709", "estimatedValueUsdCents": 1200000, "packages": 200,
            "entryLines": [{"commodityCode": "9403700000", "originCountry": "CN",
                            "goodsText": "Mobility assistance equipment", "valueUsdCents": 680000}],
        })
    );
    let missing: Vec<&str> = draft.records[0]
        .missing
        .iter()
        .map(|gap| gap.pointer.as_str())
        .collect();
    assert_eq!(missing, ["/scns", "/entryNumber"]);
    let number = draft
        .faults
        .iter()
        .find(|fault| fault.code == "entry-number-form")
        .unwrap();
    let place = number.place.as_ref().unwrap();
    assert_eq!((place.text.as_str(), place.column), ("A123456", Some(18)));
}

#[test]
fn the_example_certification_is_read() {
    let Some(bytes) = sample("vc-example-usmca-certification.json") else {
        return;
    };
    assert_eq!(recognise(&bytes), Some(DocumentKind::TradeCredential));
    let draft = read(DocumentKind::TradeCredential, &bytes).unwrap();
    assert_eq!(loud(&draft), []);
    assert_eq!(untold(&draft), [""; 0]);
    assert_eq!(
        draft.records[0].subject,
        json!({
            "certifier": {"partyName": "American Prime Steel Inc.", "streetAddress": "1551 Keebler Knoll",
                          "locality": "Vivianeburgh", "region": "Oregon", "postalCode": "47090", "country": "US"},
            "certifierRole": "exporter",
            "exporterName": "American Prime Steel Inc.",
            "producer": {"partyName": "Melt Global, Inc.", "locality": "Hunter Valley", "region": "Texas",
                         "postalCode": "78599", "country": "US", "taxNumber": "12-3456780"},
            "importerName": "Maxi Acero Mexicano",
            "invoiceNumber": "inv-2023091",
            "originLines": [{"goodsText": "Non-alloy steel rolls", "commodityCode": "721320",
                             "originCriterion": "A", "originCountry": "MX"}],
            "periodStart": "2023-01-01", "periodEnd": "2023-12-31",
            "signatory": "John Doe, Legal Assistant",
        })
    );
    let missing: Vec<&str> = draft.records[0]
        .missing
        .iter()
        .map(|gap| gap.pointer.as_str())
        .collect();
    assert_eq!(missing, ["/scns", "/signedOn"]);
    let notes: Vec<&str> = draft.faults.iter().map(|fault| fault.code).collect();
    assert_eq!(notes, ["proof-missing", "role-by-name", "country-by-name"]);
}

#[test]
fn monthly_counts_are_read_and_their_doubled_containers_told() {
    let Some(bytes) = sample("bts-mexico-border-trucks-monthly-2019-01_2025-02.csv") else {
        return;
    };
    assert_eq!(recognise(&bytes), Some(DocumentKind::BtsCrossings));
    let (rows, faults) = bts::read_table(&bytes).unwrap();
    assert_eq!(rows.len(), 4_629);
    let trucks = |port: &str, year: &str| -> u64 {
        rows.iter()
            .filter(|row| row.measure == "Trucks" && row.month.starts_with(year))
            .filter(|row| port.is_empty() || row.port_code == port)
            .map(|row| row.value)
            .sum()
    };
    // The sums of lifecycle.md §6.
    for (port, year, value) in [
        ("2304", "2019", 2_364_681),
        ("2304", "2024", 3_026_632),
        ("2506", "2023", 1_034_188),
        ("2401", "2019", 0),
        ("2401", "2020", 483_732),
        ("2402", "2024", 133_841),
        ("2404", "2023", 7_139),
        ("2602", "2025", 106),
        ("", "2019", 6_440_255),
        ("", "2020", 6_366_384),
        ("", "2021", 6_949_300),
        ("", "2022", 7_258_400),
        ("", "2023", 7_356_659),
        ("", "2024", 7_617_207),
        ("", "2025", 1_222_339),
    ] {
        assert_eq!(trucks(port, year), value, "{port} {year}");
    }
    assert!(
        faults
            .iter()
            .all(|fault| fault.code == "containers-doubled"),
        "{faults:?}"
    );
    let laredo = faults
        .iter()
        .find(|fault| fault.en.contains("port 2304 "))
        .unwrap();
    assert!(
        laredo.en.contains("in 14 months from 2024-01 on"),
        "{}",
        laredo.en
    );
    assert!(
        laredo
            .place
            .as_ref()
            .unwrap()
            .text
            .starts_with("2024-01 2304 Laredo")
    );
    let draft = read(DocumentKind::BtsCrossings, &bytes).unwrap();
    let counted = rows.iter().filter(|row| row.measure == "Trucks").count();
    assert_eq!(draft.records.len(), counted);
    let again = bts::read_table(bts::write_csv(&rows).as_bytes()).unwrap().0;
    assert_eq!(again, rows);
}
