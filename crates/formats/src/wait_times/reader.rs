//! From JSON or XML to the feed, and what is wrong in it.

use super::document::*;
use super::times;
use crate::ReadError;
use crate::draft::{Places, Severity, SourcePlace};
use crate::json::{self, Value};
use crate::kinds::Head;
use crate::tree::Source;
use crate::xml;
use std::collections::HashSet;

/// Both countries' borders have some 80 crossings; a feed of a thousand is none.
const PORTS_MAX: usize = 1_000;

/// Reads and checks a feed.
pub(super) fn read(bytes: &[u8]) -> Result<(WaitTimes, Places), ReadError> {
    let mut places = Places::default();
    let feed = match Head::of(bytes).is_xml() {
        true => {
            let root = xml::parse(bytes)?;
            if root.local() != "border_wait_time" {
                return Err(no_feed(root.place()));
            }
            let ports = root.children.iter().filter(|child| child.local() == "port");
            all(ports.map(Source::Xml), &mut places)?
        }
        false => {
            let root = json::parse(bytes)?;
            let (list, path) = match (&root.value, root.get("port")) {
                (Value::List(_), _) => (&root, ""),
                (Value::Object(_), Some(list)) => (list, "/port"),
                _ => return Err(no_feed(root.place(""))),
            };
            let ports = list.items().iter().enumerate();
            all(
                ports.map(|(index, node)| Source::Json(node, format!("{path}/{index}"))),
                &mut places,
            )?
        }
    };
    check(&feed, &mut places);
    Ok((feed, places))
}

fn no_feed(place: SourcePlace) -> ReadError {
    ReadError::new(
        "wait-times-missing",
        "this is no list of ports with their waits",
        "esto no es una lista de cruces con sus esperas",
    )
    .at(place)
}

fn all<'a>(
    ports: impl Iterator<Item = Source<'a>>,
    places: &mut Places,
) -> Result<WaitTimes, ReadError> {
    let mut feed = WaitTimes::default();
    for (index, source) in ports.enumerate() {
        if index == PORTS_MAX {
            return Err(ReadError::new(
                "wait-times-too-many",
                format!("more than {PORTS_MAX} crossings"),
                format!("más de {PORTS_MAX} cruces"),
            )
            .at(source.place()));
        }
        let at = format!("/{index}");
        let mut port: Port = block(&source, &at, &GROUPS, places);
        port.commercial_vehicle_lanes =
            group(&source, "commercial_vehicle_lanes", &at, COMMERCIAL, places);
        port.passenger_vehicle_lanes =
            group(&source, "passenger_vehicle_lanes", &at, PASSENGER, places);
        port.pedestrian_lanes = group(&source, "pedestrian_lanes", &at, PEDESTRIAN, places);
        feed.ports.push(port);
    }
    Ok(feed)
}

const GROUPS: [&str; 3] = [
    "commercial_vehicle_lanes",
    "passenger_vehicle_lanes",
    "pedestrian_lanes",
];

/// The kinds of lane of a group, each with the member that it fills.
type Lanes<G> = &'static [(&'static str, fn(&mut G) -> &mut Lane)];

const COMMERCIAL: Lanes<CommercialLanes> = &[
    ("standard_lanes", |group| &mut group.standard_lanes),
    ("FAST_lanes", |group| &mut group.fast_lanes),
];
const PASSENGER: Lanes<PassengerLanes> = &[
    ("standard_lanes", |group| &mut group.standard_lanes),
    ("NEXUS_SENTRI_lanes", |group| &mut group.nexus_sentri_lanes),
    ("ready_lanes", |group| &mut group.ready_lanes),
];
const PEDESTRIAN: Lanes<PedestrianLanes> = &[
    ("standard_lanes", |group| &mut group.standard_lanes),
    ("ready_lanes", |group| &mut group.ready_lanes),
];

fn group<G: Block>(
    port: &Source<'_>,
    name: &str,
    at: &str,
    lanes: Lanes<G>,
    places: &mut Places,
) -> G {
    let at = format!("{at}/{name}");
    let Some(source) = port.child(name) else {
        missing(name, &at, places);
        return G::default();
    };
    let names: Vec<&str> = lanes.iter().map(|(name, _)| *name).collect();
    let mut group: G = block(&source, &at, &names, places);
    for (name, slot) in lanes {
        let at = format!("{at}/{name}");
        match source.child(name) {
            Some(lane) => *slot(&mut group) = block(&lane, &at, &[], places),
            None => missing(name, &at, places),
        }
    }
    group
}

fn missing(name: &str, at: &str, places: &mut Places) {
    places.fault(
        Severity::Error,
        "member-missing",
        at,
        format!("`{name}` is missing"),
        format!("falta `{name}`"),
    );
}

/// The texts of a block; names that it does not have are told.
fn block<B: Block>(source: &Source<'_>, at: &str, below: &[&str], places: &mut Places) -> B {
    let mut this = B::default();
    places.put(at.to_owned(), source.place());
    for (index, name) in B::TEXTS.iter().enumerate() {
        let at = format!("{at}/{name}");
        let Some(leaf) = source.child(name) else {
            missing(name, &at, places);
            continue;
        };
        places.put(at.clone(), leaf.place());
        match leaf.text() {
            Some((text, right)) => {
                if !right {
                    places.fault(
                        Severity::Warning,
                        "member-type",
                        &at,
                        format!("`{name}` is a number; in this feed all values are texts"),
                        format!(
                            "`{name}` es un número; en este formato todos los valores son textos"
                        ),
                    );
                }
                this.fill(index, text);
            }
            None => places.fault(
                Severity::Error,
                "member-type",
                &at,
                format!("`{name}` should be a text"),
                format!("`{name}` debería ser un texto"),
            ),
        }
    }
    for name in source.names() {
        if !B::TEXTS.contains(&name) && !below.contains(&name) {
            let place = source.child(name).map(|child| child.place());
            let name: String = name.chars().take(40).collect();
            places.fault_at(
                Severity::Note,
                "member-not-read",
                at,
                place,
                format!("`{name}` is not read"),
                format!("no se lee `{name}`"),
            );
        }
    }
    this
}

fn check(feed: &WaitTimes, places: &mut Places) {
    let mut seen: HashSet<&str> = HashSet::new();
    for (index, port) in feed.ports.iter().enumerate() {
        let at = |member: &str| format!("/{index}/{member}");
        let number = port.port_number.as_str();
        let digits = number.len() == 6 && number.bytes().all(|byte| byte.is_ascii_digit());
        if !digits {
            let shown: String = number.chars().take(20).collect();
            places.fault(
                Severity::Error,
                "port-number-form",
                &at("port_number"),
                format!("`{shown}` is not a port number of six digits"),
                format!("`{shown}` no es un número de puerto de seis dígitos"),
            );
        }
        if !seen.insert(number) {
            places.fault(
                Severity::Error,
                "port-repeated",
                &at("port_number"),
                format!("port {number} is in the feed twice"),
                format!("el puerto {number} está dos veces"),
            );
        }
        known(
            &port.border,
            &["Mexican Border", "Canadian Border"],
            "border-unknown",
            &at("border"),
            places,
        );
        known(
            &port.port_status,
            &["Open", "Closed"],
            "status-unknown",
            &at("port_status"),
            places,
        );
        if times::date(&port.date).is_none() {
            places.fault(
                Severity::Error,
                "date-form",
                &at("date"),
                "the date should be like 6/29/2022".to_owned(),
                "la fecha debería ser como 6/29/2022".to_owned(),
            );
        }
        if port.time.len() != 8 || port.time.parse::<jiff::civil::Time>().is_err() {
            places.fault(
                Severity::Error,
                "time-form",
                &at("time"),
                "the time should be like 13:25:16".to_owned(),
                "la hora debería ser como 13:25:16".to_owned(),
            );
        }
        for (group, maximum, lanes) in groups(port) {
            number_or_nothing(maximum, &at(&format!("{group}/maximum_lanes")), places);
            for (name, lane) in lanes {
                lane_check(port, lane, &at(&format!("{group}/{name}")), places);
            }
        }
    }
}

/// A group of lanes: its name, how many there are, its kinds of lane by name.
type Group<'a> = (&'static str, &'a str, Vec<(&'static str, &'a Lane)>);

/// The groups of a port.
pub(super) fn groups(port: &Port) -> [Group<'_>; 3] {
    let (trucks, cars, feet) = (
        &port.commercial_vehicle_lanes,
        &port.passenger_vehicle_lanes,
        &port.pedestrian_lanes,
    );
    [
        (
            "commercial_vehicle_lanes",
            &trucks.maximum_lanes,
            vec![
                ("standard_lanes", &trucks.standard_lanes),
                ("FAST_lanes", &trucks.fast_lanes),
            ],
        ),
        (
            "passenger_vehicle_lanes",
            &cars.maximum_lanes,
            vec![
                ("standard_lanes", &cars.standard_lanes),
                ("NEXUS_SENTRI_lanes", &cars.nexus_sentri_lanes),
                ("ready_lanes", &cars.ready_lanes),
            ],
        ),
        (
            "pedestrian_lanes",
            &feet.maximum_lanes,
            vec![
                ("standard_lanes", &feet.standard_lanes),
                ("ready_lanes", &feet.ready_lanes),
            ],
        ),
    ]
}

fn lane_check(port: &Port, lane: &Lane, at: &str, places: &mut Places) {
    known(
        &lane.operational_status,
        &["no delay", "delay", "Lanes Closed", "Update Pending", "N/A"],
        "status-unknown",
        &format!("{at}/operational_status"),
        places,
    );
    number_or_nothing(&lane.delay_minutes, &format!("{at}/delay_minutes"), places);
    number_or_nothing(&lane.lanes_open, &format!("{at}/lanes_open"), places);
    if !lane.update_time.is_empty() && times::clock(&lane.update_time).is_none() {
        places.fault(
            Severity::Error,
            "update-time-form",
            &format!("{at}/update_time"),
            "the time of the update should be like `At 1:00 pm EDT` or `At Noon CDT`".to_owned(),
            "la hora de actualización debería ser como `At 1:00 pm EDT` o `At Noon CDT`".to_owned(),
        );
    }
    if matches!(lane.operational_status.as_str(), "no delay" | "delay")
        && lane.update_time.is_empty()
    {
        places.fault(
            Severity::Warning,
            "update-time-missing",
            &format!("{at}/update_time"),
            format!(
                "lanes of port {} have a wait without its time",
                port.port_number
            ),
            format!(
                "hay carriles del puerto {} con espera sin su hora",
                port.port_number
            ),
        );
    }
}

fn known(value: &str, list: &[&str], code: &'static str, at: &str, places: &mut Places) {
    if !list.contains(&value) {
        let (shown, list): (String, String) = (value.chars().take(40).collect(), list.join(", "));
        places.fault(
            Severity::Warning,
            code,
            at,
            format!("`{shown}` is none of {list}"),
            format!("`{shown}` no es ninguno de {list}"),
        );
    }
}

fn number_or_nothing(value: &str, at: &str, places: &mut Places) {
    let right = value.is_empty()
        || value == "N/A"
        || (value.len() <= 4 && value.bytes().all(|byte| byte.is_ascii_digit()));
    if !right {
        places.fault(
            Severity::Error,
            "number-form",
            at,
            "should be a whole number, `N/A` or empty".to_owned(),
            "debería ser un número entero, `N/A` o vacío".to_owned(),
        );
    }
}
