use super::super::tests::{Roll, broken, fit};
use super::*;
use crate::draft::Severity;
use crate::elements::untold;
use crate::recognise;

const PORTS: &[u8] =
    include_bytes!("../../../../../profiles/infrastructure/data/port-indicators.csv");
const TABLE: &str = "place,name_en,name_es,indicator,value,unit,as_of,source,note\n\
    2304,Laredo,Laredo,trucks-a-year,3026632,trucks,2024-12-31,https://a.example | BTS,sum of months\n\
    2304,Laredo,Laredo,trucks-growth,-3.1,percent,2024-12-31,https://a.example,\n\
    2402,El Paso,Ciudad El Paso,hours-open-a-week,104,hours,2024-06-30,https://a.example,\n";

fn read(bytes: &[u8]) -> Result<Draft, ReadError> {
    draft(bytes).map(|(draft, _)| draft)
}

#[test]
fn the_figures_of_the_ports_are_right() {
    assert_eq!(recognise(PORTS), Some(DocumentKind::PlaceIndicators));
    let read = read(PORTS).unwrap();
    assert_eq!(read.faults, []);
    assert_eq!(read.records.len(), 100);
    fit(&read.records);
    assert_eq!(untold(&read), Vec::<String>::new());
    let laredo = read.records.iter().find(|r| {
        r.subject["place"] == "2304"
            && r.subject["indicator"] == "trucks-a-year"
            && r.subject["asOf"] == "2024-12-31"
    });
    let laredo = laredo.unwrap();
    assert_eq!(laredo.subject["value"], 3_026_632);
    assert_eq!(laredo.subject["sources"].as_array().unwrap().len(), 2);
    assert_eq!(laredo.occurred.as_ref().unwrap().at, "2024-12-31T12:00:00Z");
    // Every figure says where it stands, none is made up.
    for record in &read.records {
        let first = record.subject["sources"][0].as_str().unwrap();
        assert!(first.starts_with("https://"), "{first}");
    }
}

#[test]
fn broken_tables_are_told_by_cell() {
    let long = "x".repeat(121);
    let note = "n".repeat(1_001);
    let many = vec!["https://a.example"; 21].join(" | ");
    let head = TABLE.lines().next().unwrap();
    let second = TABLE.lines().nth(1).unwrap();
    let doubled = format!("{second}\n{second}");
    let table: &[(&str, &str, &str, u32, &str)] = &[
        (head, "a,b,c", "columns-unknown", 1, "row 1"),
        ("place,", "port,", "column-missing", 1, "row 1"),
        ("place,", "port,", "column-unknown", 1, "row 1/1"),
        ("note\n", "note,\n", "column-untitled", 1, "row 1/10"),
        ("unit,", "value,", "column-repeated", 1, "row 1/6"),
        ("2304,Laredo", ",Laredo", "cell-missing", 2, "/place"),
        ("2304,Laredo", "Laredo TX,Laredo", "place-form", 2, "/place"),
        ("2304,Laredo", "23,Laredo", "place-form", 2, "/place"),
        ("Laredo,Laredo", ",Laredo", "cell-missing", 2, "/name_en"),
        ("Laredo,Laredo", "Laredo,", "cell-missing", 2, "/name_es"),
        (
            "Laredo,Laredo",
            "Nuevo,Laredo",
            "place-named-otherwise",
            3,
            "/name_en",
        ),
        (
            "Laredo,Laredo",
            "Laredo,Nuevo",
            "place-named-otherwise",
            3,
            "/name_es",
        ),
        (
            "El Paso,",
            &format!("{long},"),
            "cell-too-long",
            4,
            "/name_en",
        ),
        (
            "El Paso,",
            "El\u{7}Paso,",
            "control-character",
            4,
            "/name_en",
        ),
        (
            "El Paso,",
            "El \u{202e}Paso,",
            "control-character",
            4,
            "/name_en",
        ),
        (
            "El Paso,",
            "\"El\nPaso\",",
            "control-character",
            4,
            "/name_en",
        ),
        ("El Paso,", "=1+1,", "formula-in-cell", 4, "/name_en"),
        ("El Paso,", "@SUM(1),", "formula-in-cell", 4, "/name_en"),
        (
            "trucks-a-year",
            "trucks",
            "indicator-unknown",
            2,
            "/indicator",
        ),
        (
            "trucks-a-year",
            "Trucks-a-year",
            "indicator-unknown",
            2,
            "/indicator",
        ),
        ("trucks-a-year", "", "cell-missing", 2, "/indicator"),
        ("3026632", "", "cell-missing", 2, "/value"),
        ("3026632", "\"3,026,632\"", "value-form", 2, "/value"),
        ("3026632", "3.026.632", "value-form", 2, "/value"),
        ("3026632", "3 M", "value-form", 2, "/value"),
        ("3026632", "3e6", "value-form", 2, "/value"),
        ("3026632", "NaN", "value-form", 2, "/value"),
        ("3026632", "03026632", "value-form", 2, "/value"),
        ("3026632", "1.", "value-form", 2, "/value"),
        ("3026632", "0.1234567", "value-digits", 2, "/value"),
        ("3026632", "1234567890123456", "value-digits", 2, "/value"),
        ("3026632", "-1", "value-negative", 2, "/value"),
        ("3026632", "1000000001", "value-out-of-range", 2, "/value"),
        ("3026632", "3026632.500", "", 0, ""),
        (",104,", ",169,", "value-out-of-range", 4, "/value"),
        ("trucks,2024", "lorries,2024", "unit-unfit", 2, "/unit"),
        ("trucks,2024", ",2024", "cell-missing", 2, "/unit"),
        ("percent", "%", "unit-unfit", 3, "/unit"),
        (
            "2024-12-31,https://a.example |",
            "2024,https://a.example |",
            "day-form",
            2,
            "/as_of",
        ),
        (
            "2024-12-31,https://a.example |",
            ",https://a.example |",
            "cell-missing",
            2,
            "/as_of",
        ),
        (
            "2024-12-31,https://a.example |",
            "2024-02-30,https://a.example |",
            "date-not-in-calendar",
            2,
            "/as_of",
        ),
        ("https://a.example | BTS", "", "cell-missing", 2, "/source"),
        (
            "https://a.example | BTS",
            "https://a.example |  | BTS",
            "part-empty",
            2,
            "/source",
        ),
        (
            "https://a.example | BTS",
            &many,
            "cell-too-long",
            2,
            "/source",
        ),
        ("sum of months", &note, "cell-too-long", 2, "/note"),
        ("sum of months", "", "", 0, ""),
        (second, &doubled, "figure-repeated", 3, "/indicator"),
        (",sum of months", "", "csv-row-length", 2, "row 2"),
    ];
    broken(TABLE, read, table);
}

#[test]
fn a_thousand_generated_tables_come_back_equal() {
    let mut roll = Roll::new(0x5DEE_CE66_D1CE_5EED);
    for _ in 0..1_000 {
        let mut figures = Vec::new();
        for number in 0..1 + roll.of(8) {
            let (indicator, unit, below, most) = INDICATORS[roll.of(INDICATORS.len())];
            let most = (most as usize).min(1_000_000);
            let whole = roll.of(most);
            let value = match roll.of(3) {
                0 => format!("{whole}.{}", 1 + roll.of(9)),
                1 if below => format!("-{}", 1 + whole),
                _ => whole.to_string(),
            };
            figures.push(PlaceFigure {
                place: format!("place-{number}"),
                name_en: roll.text(),
                name_es: roll.text(),
                indicator: indicator.to_owned(),
                value,
                unit: unit.to_owned(),
                as_of: format!("2019-07-{:02}", 1 + roll.of(31)),
                sources: vec![roll.text(), "https://a.example/?a=1|2".to_owned()],
                note: roll.maybe(Roll::text),
            });
        }
        let text = write_place_figures(&figures);
        let (read, faults) = read_place_figures(text.as_bytes()).unwrap();
        let errors = faults.iter().any(|f| f.severity == Severity::Error);
        assert!(!errors, "{faults:?}\n{text}");
        assert_eq!(read, figures, "{text}");
        let (draft, _) = draft(text.as_bytes()).unwrap();
        let again: Vec<PlaceFigure> = draft
            .records
            .iter()
            .map(|record| PlaceFigure::of_record(&record.subject))
            .collect();
        assert_eq!(again, figures);
        fit(&draft.records);
    }
}
