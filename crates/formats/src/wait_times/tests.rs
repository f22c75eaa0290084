use super::*;
use crate::json;
use jiff::Timestamp;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn crossings() -> Vec<Crossing> {
    vec![
        Crossing {
            port_number: "230404".into(),
            border: "Mexican Border".into(),
            port_name: "Laredo".into(),
            crossing_name: "World Trade Bridge".into(),
            hours: "8 am-Midnight".into(),
            zone: "America/Chicago".into(),
            open: true,
            notice: "Lanes 1 & 2 <closed>".into(),
            maximum_lanes: [Some(15), None, None],
        },
        Crossing {
            port_number: "250602".into(),
            border: "Mexican Border".into(),
            port_name: "Otay Mesa".into(),
            crossing_name: String::new(),
            hours: "24 hrs/day".into(),
            zone: "America/Los_Angeles".into(),
            open: false,
            notice: String::new(),
            maximum_lanes: [Some(10), Some(13), Some(6)],
        },
    ]
}

#[test]
fn what_a_node_measured_becomes_the_feed() {
    let wait = |port: &str, lane, minutes, updated: &str| LaneWait {
        port_number: port.into(),
        lane,
        minutes: Some(minutes),
        lanes_open: Some(4),
        status: LaneStatus::Delay,
        updated: Some(at(updated)),
    };
    let waits = [
        wait(
            "230404",
            LaneKind::CommercialStandard,
            99,
            "2026-07-01T15:00:00Z",
        ),
        wait(
            "230404",
            LaneKind::CommercialStandard,
            35,
            "2026-07-01T17:00:00Z",
        ),
        wait(
            "230404",
            LaneKind::CommercialFast,
            5,
            "2026-07-01T05:00:00Z",
        ),
        wait(
            "250602",
            LaneKind::PedestrianReady,
            12,
            "2026-07-01T19:22:00Z",
        ),
        wait(
            "999999",
            LaneKind::PassengerReady,
            1,
            "2026-07-01T17:00:00Z",
        ),
    ];
    let made = feed(&crossings(), &waits, at("2026-07-01T20:30:15Z"));
    let laredo = &made.ports[0];
    assert_eq!(
        (laredo.date.as_str(), laredo.time.as_str()),
        ("7/1/2026", "15:30:15")
    );
    let standard = &laredo.commercial_vehicle_lanes.standard_lanes;
    assert_eq!(
        (
            standard.update_time.as_str(),
            standard.delay_minutes.as_str(),
            standard.lanes_open.as_str()
        ),
        ("At Noon CDT", "35", "4")
    );
    assert_eq!(
        laredo.commercial_vehicle_lanes.fast_lanes.update_time,
        "At Midnight CDT"
    );
    assert_eq!(updated(laredo, standard), Some(at("2026-07-01T17:00:00Z")));
    assert_eq!(
        laredo
            .passenger_vehicle_lanes
            .ready_lanes
            .operational_status,
        "N/A"
    );
    let otay = &made.ports[1];
    assert_eq!(
        otay.pedestrian_lanes.ready_lanes.update_time,
        "At 12:22 pm PDT"
    );
    assert_eq!(otay.port_status, "Closed");
    for text in [write_json(&made), write_xml(&made)] {
        let (back, faults) = read_feed(text.as_bytes()).unwrap();
        assert_eq!(back, made);
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(
            crate::recognise(text.as_bytes()),
            Some(crate::DocumentKind::BorderWaitTimes)
        );
    }
}

#[test]
fn an_hour_joins_the_right_day() {
    let mut port = Port {
        date: "6/29/2022".into(),
        time: "00:25:16".into(),
        ..Port::default()
    };
    let lane = |text: &str| Lane {
        update_time: text.into(),
        ..Lane::default()
    };
    assert_eq!(
        updated(&port, &lane("At 11:00 pm EDT")),
        Some(at("2022-06-29T03:00:00Z"))
    );
    assert_eq!(
        updated(&port, &lane("At Midnight EDT")),
        Some(at("2022-06-29T04:00:00Z"))
    );
    port.time = "13:25:16".into();
    assert_eq!(
        updated(&port, &lane("At Noon EDT")),
        Some(at("2022-06-29T16:00:00Z"))
    );
    assert_eq!(
        updated(&port, &lane("At 12:05 am MST")),
        Some(at("2022-06-29T07:05:00Z"))
    );
    for bad in [
        "",
        "Noon EDT",
        "At Noon",
        "At Noon XYZ",
        "At 13:00 pm EDT",
        "At 1 pm EDT",
        "At 1:00 EDT",
        "At Noon EDT x",
    ] {
        assert_eq!(updated(&port, &lane(bad)), None, "{bad}");
    }
}

#[test]
fn faults_have_their_places() {
    let made = feed(&crossings(), &[], at("2026-07-01T20:30:15Z"));
    let (right_json, right_xml) = (write_json(&made), write_xml(&made));
    // In JSON, in XML, what to put, the code.
    let table: &[(&str, &str, &str, &str)] = &[
        ("230404", "230404", "l24501", "port-number-form"),
        ("250602", "250602", "230404", "port-repeated"),
        (
            "Mexican Border",
            "Mexican Border",
            "Southern Border",
            "border-unknown",
        ),
        ("7/1/2026", "7/1/2026", "2026-07-01", "date-form"),
        ("15:30:15", "15:30:15", "3:30 pm", "time-form"),
        ("230404", "230404", "23040", "port-number-form"),
        ("230404", "230404", "2304040", "port-number-form"),
        ("230404", "230404", "", "port-number-form"),
        ("230404", "230404", "２３０４０４", "port-number-form"),
        (
            "Mexican Border",
            "Mexican Border",
            "mexican border",
            "border-unknown",
        ),
        ("Mexican Border", "Mexican Border", "", "border-unknown"),
        ("7/1/2026", "7/1/2026", "2/30/2026", "date-form"),
        ("7/1/2026", "7/1/2026", "13/1/2026", "date-form"),
        ("7/1/2026", "7/1/2026", "7/1/26", "date-form"),
        ("7/1/2026", "7/1/2026", "", "date-form"),
        ("15:30:15", "15:30:15", "25:30:15", "time-form"),
        ("15:30:15", "15:30:15", "15:30", "time-form"),
        ("15:30:15", "15:30:15", "15:30:15Z", "time-form"),
        ("\"Closed\"", ">Closed<", "Shut", "status-unknown"),
        ("\"Closed\"", ">Closed<", "closed", "status-unknown"),
        ("\"Closed\"", ">Closed<", "delay", "status-unknown"),
        ("\"15\"", ">15<", "many", "number-form"),
        ("\"15\"", ">15<", "1.5", "number-form"),
        ("\"15\"", ">15<", "0x0F", "number-form"),
        ("\"15\"", ">15<", "99999999999999999999", "number-form"),
        ("\"10\"", ">10<", "-1", "number-form"),
        ("\"10\"", ">10<", "1e1", "number-form"),
        ("\"10\"", ">10<", "=10", "number-form"),
        ("\"13\"", ">13<", "thirteen", "number-form"),
        ("\"6\"", ">6<", "6 lanes", "number-form"),
    ];
    assert!(table.len() >= 30);
    for (in_json, in_xml, put, code) in table {
        for (right, find) in [(&right_json, in_json), (&right_xml, in_xml)] {
            assert!(right.contains(find), "{find}");
            let put = match find.chars().next() {
                Some('"') => format!("\"{put}\""),
                Some('>') => format!(">{put}<"),
                _ => (*put).to_owned(),
            };
            let text = right.replacen(find, &put, 1);
            let line = right[..right.find(find).unwrap()].lines().count();
            let draft = read(text.as_bytes()).unwrap();
            let told = draft.faults.iter().find(|fault| fault.code == *code);
            let told = told.unwrap_or_else(|| panic!("{put}: {:?}", draft.faults));
            assert!(!told.es.is_empty() && told.es != told.en);
            let place = told.place.as_ref().unwrap();
            assert_eq!(place.line as usize, line, "{put} {place:?}");
            assert!(draft.records.is_empty());
        }
    }
    let lane = "\"update_time\": \"\"";
    for (put, code) in [
        ("\"update_time\": \"Noon\"", "update-time-form"),
        ("\"update_time\": 5", "member-type"),
        ("\"update_time\": null", "member-type"),
        ("\"updated\": \"\"", "member-missing"),
        ("\"update_time\": \"\", \"extra\": \"\"", "member-not-read"),
    ] {
        let text = right_json.replacen(lane, put, 1);
        let (_, faults) = read_feed(text.as_bytes()).unwrap();
        let fault = faults
            .iter()
            .find(|fault| fault.code == code)
            .unwrap_or_else(|| panic!("{put} {faults:?}"));
        let place = fault.place.as_ref().unwrap();
        assert!(
            place
                .path
                .starts_with("/0/commercial_vehicle_lanes/standard_lanes"),
            "{place:?}"
        );
    }
    let code = |text: &str| read(text.as_bytes()).map_or_else(|error| error.code(), |_| "read");
    for (text, expected) in [
        ("[]", "read"),
        ("{}", "wait-times-missing"),
        ("\"x\"", "wait-times-missing"),
        ("<ports/>", "wait-times-missing"),
        ("[{]", "json-malformed"),
        (
            "[{\"port_number\": \"1\", \"port_number\": \"2\"}]",
            "json-key-repeated",
        ),
        ("<!DOCTYPE x><border_wait_time/>", "xml-dtd"),
        ("<border_wait_time>&x;</border_wait_time>", "xml-entity"),
        ("<border_wait_time>", "xml-truncated"),
    ] {
        assert_eq!(code(text), expected, "{text}");
    }
    assert_eq!(
        code(&format!("[{}{{}}]", "{},".repeat(2_000))),
        "wait-times-too-many"
    );
}

#[test]
fn a_thousand_generated_feeds_come_back_equal() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut roll = |sides: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % sides
    };
    let words = [
        "",
        "N/A",
        "0",
        "25",
        "no delay",
        "Lanes Closed",
        "At 1:22 pm EDT",
        "Ñ & <x>\r\ny",
        "\"q\"",
        "6/29/2022",
    ];
    for case in 0..1_000 {
        let mut word = || words[usize::try_from(roll(words.len() as u64)).unwrap()].to_owned();
        let mut lane = || Lane {
            update_time: word(),
            operational_status: word(),
            delay_minutes: word(),
            lanes_open: word(),
        };
        let port = Port {
            commercial_vehicle_lanes: CommercialLanes {
                standard_lanes: lane(),
                fast_lanes: lane(),
                ..CommercialLanes::default()
            },
            passenger_vehicle_lanes: PassengerLanes {
                standard_lanes: lane(),
                nexus_sentri_lanes: lane(),
                ready_lanes: lane(),
                ..PassengerLanes::default()
            },
            pedestrian_lanes: PedestrianLanes {
                standard_lanes: lane(),
                ready_lanes: lane(),
                ..PedestrianLanes::default()
            },
            port_number: format!("{case:06}"),
            port_name: word(),
            construction_notice: word(),
            hours: word(),
            ..Port::default()
        };
        let made = WaitTimes {
            ports: vec![port; 2],
        };
        assert_eq!(read_feed(write_json(&made).as_bytes()).unwrap().0, made);
        assert_eq!(
            read_feed(write_xml(&made).as_bytes()).unwrap().0,
            made,
            "{}",
            write_xml(&made)
        );
    }
}

#[test]
fn members_keep_the_order_of_the_feed() {
    let made = feed(&crossings(), &[], at("2026-07-01T20:30:15Z"));
    let root = json::parse(write_json(&made).as_bytes()).unwrap();
    let names: Vec<&str> = root.items()[0]
        .members()
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        names[7..10],
        [
            "port_status",
            "commercial_vehicle_lanes",
            "passenger_vehicle_lanes"
        ]
    );
    assert_eq!(
        names[11..],
        ["construction_notice", "automation", "automation_enabled"]
    );
}
