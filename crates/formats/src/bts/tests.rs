use super::*;

const CSV: &str = "month,port_code,port_name,state,measure,value,latitude,longitude
2024-01,2304,Laredo,Texas,Trucks,244595,27.5,-99.5
2024-01,2304,Laredo,Texas,Truck Containers Loaded,200000,27.5,-99.5
2024-01,2304,Laredo,Texas,Truck Containers Empty,67740,27.5,-99.5
";

fn told(bytes: &[u8]) -> Vec<(&'static str, u32, String)> {
    match read_table(bytes) {
        Ok((_, faults)) => faults
            .iter()
            .map(|fault| {
                assert!(!fault.en.is_empty() && !fault.es.is_empty() && fault.en != fault.es);
                let place = fault.place.clone().unwrap();
                (fault.code, place.line, place.path)
            })
            .collect(),
        Err(error) => {
            let place = error.place.clone();
            vec![(
                error.code(),
                place.as_ref().map_or(0, |place| place.line),
                place.map_or(String::new(), |place| place.path),
            )]
        }
    }
}

#[test]
fn broken_tables_are_told_by_cell() {
    assert_eq!(told(CSV.as_bytes()), []);
    let table: &[(&str, &str, &str, u32, &str)] = &[
        ("2024-01,", "2024-13,", "month-form", 2, "/month"),
        ("2024-01,", "2024-00,", "month-form", 2, "/month"),
        ("2024-01,", "24-01,", "month-form", 2, "/month"),
        ("2024-01,", "2024-1,", "month-form", 2, "/month"),
        ("2024-01,", "January 2024,", "month-form", 2, "/month"),
        ("2024-01,", ",", "month-form", 2, "/month"),
        ("2304", "304", "port-form", 2, "/port_code"),
        ("2304", "23040", "port-form", 2, "/port_code"),
        ("2304", "l245", "port-form", 2, "/port_code"),
        ("2304", "", "port-form", 2, "/port_code"),
        ("Trucks", "Lorries", "measure-unknown", 2, "/measure"),
        ("Trucks", "trucks", "measure-unknown", 2, "/measure"),
        ("Trucks", "", "measure-unknown", 2, "/measure"),
        (
            "Trucks",
            "Truck Containers Empty",
            "count-repeated",
            4,
            "/measure",
        ),
        ("244595", "-5", "value-form", 2, "/value"),
        ("244595", "1.5", "value-form", 2, "/value"),
        ("244595", "\"244,595\"", "value-form", 2, "/value"),
        ("244595", "1e5", "value-form", 2, "/value"),
        ("244595", "", "value-form", 2, "/value"),
        ("244595", "N/A", "value-form", 2, "/value"),
        ("244595", "99999999999999999999", "value-form", 2, "/value"),
        ("200000", "387554", "containers-doubled", 4, "row 4"),
        ("month,", "day,", "column-missing", 1, "row 1"),
        ("port_code,", "port,", "column-missing", 1, "row 1"),
        ("measure,", "kind,", "column-missing", 1, "row 1"),
        ("value,", "count,", "column-missing", 1, "row 1"),
        ("-99.5\n", "-99.5,extra\n", "csv-row-length", 2, "row 2"),
        ("Laredo", "\"Laredo", "csv-truncated", 2, "row 2"),
        ("Texas", "Te\0xas", "encoding-unknown", 0, ""),
        ("Laredo", "Lar\u{fffd}do\u{feff}", "", 0, ""),
    ];
    assert!(table.len() >= 30);
    for (find, put, code, line, path) in table {
        assert!(CSV.contains(find), "{find}");
        let found = told(CSV.replacen(find, put, 1).as_bytes());
        if code.is_empty() {
            assert_eq!(found, [], "{put}");
            continue;
        }
        assert!(
            found
                .iter()
                .any(|(told, at, place)| told == code && at == line && place.contains(path)),
            "{put}: {found:?}"
        );
    }
    let latin = CSV.replace("Laredo", "Lar\u{e9}do");
    let latin: Vec<u8> = latin
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap())
        .collect();
    assert_eq!(told(&latin)[0].0, "encoding-latin1");
    let million = format!(
        "{CSV}{}",
        "2024-01,2304,L,T,Trucks,1,1,1\n".repeat(1_000_000)
    );
    assert!(matches!(
        told(million.as_bytes())[0].0,
        "csv-too-many-rows" | "document-too-large"
    ));
}

#[test]
fn titles_and_months_as_bts_publishes_them() {
    let text = "Port Name;State;Port Code;Border;Date;Measure;Value;Latitude;Longitude;Point\r\n\
        Laredo;Texas;2304;US-Mexico Border;Jan 2024;Trucks;244595;27.5;-99.5;POINT (1 2)\r\n";
    let (rows, faults) = read_table(text.as_bytes()).unwrap();
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(
        (rows[0].month.as_str(), rows[0].value),
        ("2024-01", 244_595)
    );
    assert_eq!(
        crate::recognise(text.as_bytes()),
        Some(DocumentKind::BtsCrossings)
    );
}

#[test]
fn a_thousand_generated_tables_come_back_equal() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut roll = |sides: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % sides
    };
    for case in 0..1_000_u64 {
        let rows: Vec<Crossings> = (0..1 + roll(20))
            .map(|row| Crossings {
                month: format!("{}-{:02}", 2019 + roll(7), 1 + roll(12)),
                port_code: format!("{:04}", case * 3 % 7000 + row),
                port_name: ["Laredo", "Otay \"Mesa\"", "A, B; C", "Ñ\nx"]
                    [usize::try_from(roll(4)).unwrap()]
                .into(),
                state: "Texas".into(),
                measure: MEASURES[usize::try_from(roll(12)).unwrap()].into(),
                value: roll(1_000_000),
                latitude: String::new(),
                longitude: "-99.5".into(),
            })
            .collect();
        let text = write_csv(&rows);
        assert_eq!(read_table(text.as_bytes()).unwrap().0, rows, "{text}");
    }
}

#[test]
fn trucks_and_trains_become_figures_and_the_rest_is_told() {
    let table = "Port Name,State,Port Code,Border,Date,Measure,Value,Latitude,Longitude,Point
Laredo,Texas,2304,US-Mexico Border,Feb 2024,Trucks,251364,27.5,-99.5,x
Laredo,Texas,2304,US-Mexico Border,Feb 2024,Trains,312,27.5,-99.5,x
,Texas,2305,US-Mexico Border,Feb 2023,Trucks,7,,,x
Laredo,Texas,2304,US-Mexico Border,Feb 2024,Buses,3030,27.5,-99.5,x
Laredo,Texas,2304,US-Mexico Border,Jan 2024,Buses,2999,27.5,-99.5,x
";
    let draft = read(table.as_bytes()).unwrap();
    let [trucks, trains, nameless] = draft.records.as_slice() else {
        panic!("{:?}", draft.records);
    };
    assert_eq!(
        trucks.subject,
        serde_json::json!({
            "place": "2304", "placeNameEn": "Laredo", "placeNameEs": "Laredo", "indicator": "trucks-a-month",
            "value": 251_364, "unit": "trucks", "asOf": "2024-02-29", "statedOn": "2024-02-29", "approximate": true,
            "statedBy": "BTS", "sources": [SOURCE],
        })
    );
    assert_eq!(trucks.standing, Some("compiled"));
    let occurred = trucks.occurred.as_ref().unwrap();
    assert_eq!(occurred.at, "2024-02-29T12:00:00Z");
    assert_eq!(occurred.place.as_ref().unwrap().text, "Feb 2024");
    assert_eq!(trucks.sources.get("/value").unwrap().text, "251364");
    assert_eq!(trains.subject["indicator"], "trains-a-month");
    assert_eq!(
        (&nameless.subject["placeNameEn"], &nameless.subject["asOf"]),
        (&"2305".into(), &"2023-02-28".into())
    );
    let told: Vec<_> = draft.faults.iter().map(|f| (f.code, f.severity)).collect();
    assert_eq!(told, [("measure-not-stated", Severity::Note)]);
    assert!(draft.faults[0].en.starts_with("2 counts of Buses"));
    assert!(draft.is_complete());
}
